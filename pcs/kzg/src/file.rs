//! The project's setup file.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `lariatpt` |
//! | 4 | version, 2 |
//! | 4 | logarithm of the number of powers |
//! | 66 | source: number, length of the name, name padded with zeros |
//! | 320 | verifying key: `[1]_1`, `[1]_2`, `[tau]_2` |
//! | 128 a point | powers in G2 at odd multiples below 16 of powers of two, from `[tau^2]_2` on |
//! | 32 a block | BLAKE3 digest of each block of powers |
//! | 32 | BLAKE3 digest of all of the above |
//! | 64 a power | the powers in G1, from `[1]_1` on |
//!
//! Integers are little-endian, coordinates canonical, a block has 2^12 powers (the only block of a shorter file: all of
//! them). A verifier reads up to the powers, a prover as many blocks as it has use for. Digests tell a damaged file from
//! a sound one; that a sound one holds consecutive powers was checked when it was made, and
//! [`PowersOfTau::check_powers`] checks it again.

use crate::encoding::{G2_BYTES, g2_from_bytes};
use crate::setup::Origin;
use crate::spaced::{self, Spaced};
use crate::{PowersOfTau, SetupError, VerifyingKey};
use ark_bn254::G2Affine;
use ark_ec::AffineRepr;
use lariat_algebra::{G1Affine, par};
use lariat_pcs::SetupSource;
use lariat_transcript::encoding::{COORDINATES_BYTES, coordinates_from_bytes, coordinates_to_bytes};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const MAGIC: [u8; 8] = *b"lariatpt";
const VERSION: u32 = 2;
const SOURCE_BYTES: usize = 2 + SetupSource::MAX_NAME_BYTES;
const FIXED_BYTES: usize = 8 + 4 + 4 + SOURCE_BYTES + VerifyingKey::BYTES;
const DIGEST_BYTES: usize = 32;
/// Logarithm of the number of powers of a block.
const LOG_BLOCK: usize = 12;
/// Blocks that are read, hashed and decoded together.
const BLOCKS_AT_ONCE: usize = 64;

/// The powers of an opened file.
#[derive(Debug)]
pub(crate) struct FilePowers {
    path: PathBuf,
    log_len: usize,
    blocks: Vec<[u8; DIGEST_BYTES]>,
}

fn num_blocks(log_len: usize) -> usize {
    1 << log_len.saturating_sub(LOG_BLOCK)
}

/// Bytes before the powers.
fn header_bytes(log_len: usize) -> usize {
    FIXED_BYTES + spaced::bytes_for(log_len) + DIGEST_BYTES * (num_blocks(log_len) + 1)
}

fn file_bytes(log_len: usize) -> u64 {
    header_bytes(log_len) as u64 + ((COORDINATES_BYTES as u64) << log_len)
}

fn digest(bytes: &[u8]) -> [u8; DIGEST_BYTES] {
    *blake3::hash(bytes).as_bytes()
}

/// A number of bytes that were read already; `start + N` is within them by construction of the format.
fn array<const N: usize>(bytes: &[u8], start: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&bytes[start..start + N]);
    out
}

fn check_length(file: &File, log_len: usize) -> Result<(), SetupError> {
    let (expected, got) = (file_bytes(log_len), file.metadata()?.len());
    if expected == got { Ok(()) } else { Err(SetupError::BadLength { expected, got }) }
}

/// Reads `bytes.len()` bytes; a file that ends before has a bad length.
fn read(file: &mut File, bytes: &mut [u8]) -> Result<(), SetupError> {
    file.read_exact(bytes).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => SetupError::BadHeader { what: "the file ends within it" },
        _ => e.into(),
    })
}

impl PowersOfTau {
    /// Opens a file that [`Self::save`] wrote: reads and checks the header; powers are read when they are needed.
    ///
    /// # Errors
    /// When the file is not one, has another length than it should, or its header is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SetupError> {
        let path = path.as_ref();
        let mut file = File::open(path)?;
        let mut header = vec![0; FIXED_BYTES];
        if file.metadata()?.len() < MAGIC.len() as u64 {
            return Err(SetupError::BadMagic { expected: "setup" });
        }
        read(&mut file, &mut header[..MAGIC.len()])?;
        if header[..MAGIC.len()] != MAGIC {
            return Err(SetupError::BadMagic { expected: "setup" });
        }
        read(&mut file, &mut header[MAGIC.len()..])?;
        let version = u32::from_le_bytes(array(&header, 8));
        if version != VERSION {
            return Err(SetupError::BadVersion { format: "setup file", expected: VERSION, got: version });
        }
        let log_len = u32::from_le_bytes(array(&header, 12)) as usize;
        if log_len > Self::MAX_LOG_LEN {
            return Err(SetupError::TooLong { log_len, max: Self::MAX_LOG_LEN });
        }
        check_length(&file, log_len)?;
        // At most 2 MiB, and no more than the file has.
        header.resize(header_bytes(log_len), 0);
        read(&mut file, &mut header[FIXED_BYTES..])?;
        let (hashed, claimed) = header.split_at(header_bytes(log_len) - DIGEST_BYTES);
        if digest(hashed) != claimed {
            return Err(SetupError::BadHeader { what: "its digest differs" });
        }
        let source = read_source(&hashed[16..16 + SOURCE_BYTES])?;
        let key = read_key(&hashed[16 + SOURCE_BYTES..FIXED_BYTES])?;
        let (in_g2, blocks) = hashed[FIXED_BYTES..].split_at(spaced::bytes_for(log_len));
        let (blocks, _) = blocks.as_chunks::<DIGEST_BYTES>();
        let powers = FilePowers { path: path.to_owned(), log_len, blocks: blocks.to_vec() };
        Self::new(log_len, source, key, Origin::File(powers), Spaced::Bytes(in_g2.to_vec()))
    }

    /// Writes the setup with all its powers to a file, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written, or the powers cannot be read.
    #[cfg(feature = "files")]
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), SetupError> {
        lariat_files::save_with(path.as_ref(), |out| self.write(out))
    }

    /// Writes the setup with all its powers.
    ///
    /// # Errors
    /// When it cannot be written, or the powers cannot be read.
    pub fn write(&self, out: &mut dyn Write) -> Result<(), SetupError> {
        let powers = self.powers()?;
        let blocks = powers.len().div_ceil(1 << LOG_BLOCK);
        let block = |b: usize| {
            let points = powers.chunks(1 << LOG_BLOCK).nth(b).unwrap_or_default();
            points.iter().flat_map(coordinates_to_bytes).collect::<Vec<u8>>()
        };
        let mut header = Vec::with_capacity(header_bytes(self.log_len()));
        header.extend_from_slice(&MAGIC);
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&(self.log_len() as u32).to_le_bytes());
        let source = self.source().to_bytes();
        header.extend_from_slice(&source);
        header.resize(16 + SOURCE_BYTES, 0);
        header.extend_from_slice(&self.verifying_key().to_bytes());
        header.extend_from_slice(&self.spaced_bytes()?);
        header.extend(par::map_collect(blocks, |b| digest(&block(b))).iter().flatten());
        let all = digest(&header);
        header.extend_from_slice(&all);
        out.write_all(&header)?;
        Ok((0..blocks).try_for_each(|b| out.write_all(&block(b)))?)
    }
}

fn read_source(bytes: &[u8]) -> Result<SetupSource, SetupError> {
    let bad = SetupError::BadHeader { what: "its source is no valid one" };
    let (number, len) = (bytes[0], bytes[1] as usize);
    let Some((name, padding)) = bytes[2..].split_at_checked(len) else { return Err(bad) };
    if padding.iter().any(|&b| b != 0) {
        return Err(bad);
    }
    let source = std::str::from_utf8(name).ok().and_then(|name| SetupSource::from_parts(number, name));
    source.filter(|source| *source != SetupSource::Transparent).ok_or(bad)
}

fn read_key(bytes: &[u8]) -> Result<VerifyingKey, SetupError> {
    let g = coordinates_from_bytes(&array(bytes, 0)).map_err(|_| SetupError::BadPoint { group: "G1", index: 0 })?;
    let g2 = |index| g2_from_bytes(&array(bytes, COORDINATES_BYTES + G2_BYTES * index), index);
    let (h, tau_h) = (g2(0)?, g2(1)?);
    if g != G1Affine::generator() {
        return Err(SetupError::NotTheGenerator { group: "G1" });
    }
    if h != G2Affine::generator() {
        return Err(SetupError::NotTheGenerator { group: "G2" });
    }
    Ok(VerifyingKey::new(g, h, tau_h))
}

impl FilePowers {
    /// The first `2^log_len` powers; whole blocks are read and compared with their digests.
    pub(crate) fn prefix(&self, log_len: usize) -> Result<Vec<G1Affine>, SetupError> {
        let mut file = File::open(&self.path)?;
        check_length(&file, self.log_len)?;
        file.seek(SeekFrom::Start(header_bytes(self.log_len) as u64))?;
        let block_len = 1usize << LOG_BLOCK.min(self.log_len);
        let block_bytes = block_len * COORDINATES_BYTES;
        let digests = &self.blocks[..num_blocks(log_len)];
        let mut powers: Vec<G1Affine> = Vec::with_capacity(digests.len() * block_len);
        let mut bytes = vec![0; block_bytes * BLOCKS_AT_ONCE.min(digests.len())];
        for digests in digests.chunks(BLOCKS_AT_ONCE) {
            let bytes = &mut bytes[..block_bytes * digests.len()];
            file.read_exact(bytes)?;
            let first = powers.len();
            let decoded = par::map_collect(digests.len(), |b| {
                let (block, first) = (&bytes[b * block_bytes..(b + 1) * block_bytes], first + b * block_len);
                if digest(block) != digests[b] {
                    return Err(SetupError::BadBlock { first });
                }
                let (points, _) = block.as_chunks::<COORDINATES_BYTES>();
                let decode = |(i, bytes)| {
                    coordinates_from_bytes(bytes).map_err(|_| SetupError::BadPoint { group: "G1", index: first + i })
                };
                points.iter().enumerate().map(decode).collect::<Result<Vec<_>, _>>()
            });
            for block in decoded {
                powers.extend(block?);
            }
        }
        powers.truncate(1 << log_len);
        Ok(powers)
    }
}
