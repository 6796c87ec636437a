//! Ceremony files (`.ptau`) as snarkjs writes and reads them.
//!
//! A file is `ptau`, a version (1), the number of sections, and sections of a number, a length and that many bytes, in
//! any order. Points are `x ‖ y` (in G2 `x_0 ‖ x_1 ‖ y_0 ‖ y_1`) in Montgomery form to the base `2^256`, the identity all
//! zeros; all integers are little-endian.
//!
//! | section | content |
//! |---|---|
//! | 1 | bytes of a coordinate, the base field's prime, power `p`, power of the whole ceremony |
//! | 2 | `[tau^i]_1` for `i < 2^(p+1) - 1` |
//! | 3 | `[tau^i]_2` for `i < 2^p` |
//! | 4 to 7 | `[alpha tau^i]_1`, `[beta tau^i]_1`, `[beta]_2`, contributions: unused here |

use crate::encoding::{G2_BYTES, checked_g2, limbs};
use crate::file::write_and_rename;
use crate::setup::{Origin, secret};
use crate::{PowersOfTau, SetupError, VerifyingKey};
use ark_bn254::G2Affine;
use ark_ec::scalar_mul::BatchMulPreprocessing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInt, PrimeField};
use lariat_algebra::msm::fixed_base_multiples;
use lariat_algebra::{Fq, Fr, G1Affine, par};
use lariat_pcs::SetupSource;
use lariat_transcript::encoding::POINT_BYTES;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

const MAGIC: [u8; 4] = *b"ptau";
const VERSION: u32 = 1;
const COORDINATE_BYTES: u32 = 32;
/// Points that are read and decoded together.
const POINTS_AT_ONCE: usize = 1 << 16;

fn integer<const N: usize>(file: &mut impl Read) -> Result<[u8; N], SetupError> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => SetupError::BadHeader { what: "the file ends within it" },
        _ => e.into(),
    })?;
    Ok(bytes)
}

fn read_u32(file: &mut impl Read) -> Result<u32, SetupError> {
    integer(file).map(u32::from_le_bytes)
}

/// A coordinate in Montgomery form.
fn coordinate(bytes: &[u8; 32]) -> Option<Fq> {
    let stored = limbs(bytes);
    (stored < Fq::MODULUS).then(|| Fq::new_unchecked(stored))
}

fn decode_g1(bytes: &[u8; POINT_BYTES], index: usize) -> Result<G1Affine, SetupError> {
    let bad = SetupError::BadPoint { group: "G1", index };
    let (c, _) = bytes.as_chunks::<32>();
    let (Some(x), Some(y)) = (coordinate(&c[0]), coordinate(&c[1])) else { return Err(bad) };
    // Coordinates that are all zero stand for the identity, which no power is.
    let point = G1Affine::new_unchecked(x, y);
    if point.is_on_curve() && !point.is_zero() { Ok(point) } else { Err(bad) }
}

fn decode_g2(bytes: &[u8; G2_BYTES], index: usize) -> Result<G2Affine, SetupError> {
    let (chunks, _) = bytes.as_chunks::<32>();
    let mut c = [Fq::default(); 4];
    for (c, chunk) in c.iter_mut().zip(chunks) {
        *c = coordinate(chunk).ok_or(SetupError::BadPoint { group: "G2", index })?;
    }
    checked_g2(c, index)
}

/// Where a section's bytes are.
#[derive(Clone, Copy, Debug)]
struct Section {
    start: u64,
    len: u64,
}

/// The sections that matter: numbers 1, 2 and 3.
fn sections(file: &mut BufReader<File>) -> Result<[Section; 3], SetupError> {
    let total = file.get_ref().metadata()?.len();
    if total < MAGIC.len() as u64 || integer::<4>(file)? != MAGIC {
        return Err(SetupError::BadMagic { expected: ".ptau" });
    }
    let version = read_u32(file)?;
    if version != VERSION {
        return Err(SetupError::BadVersion { format: ".ptau", expected: VERSION, got: version });
    }
    let count = read_u32(file)?;
    let mut found = [None; 3];
    let mut position = 12u64;
    for _ in 0..count {
        let number = read_u32(file)?;
        let len = u64::from_le_bytes(integer(file)?);
        let start = position + 12;
        position = start.saturating_add(len);
        if position > total {
            return Err(SetupError::BadLength { expected: position, got: total });
        }
        if let Some(slot) = (number as usize).checked_sub(1).and_then(|i| found.get_mut(i)) {
            if slot.is_some() {
                return Err(SetupError::BadSection { section: number, problem: "is there twice" });
            }
            *slot = Some(Section { start, len });
        }
        file.seek(SeekFrom::Start(position))?;
    }
    if position != total {
        return Err(SetupError::BadLength { expected: position, got: total });
    }
    let [one, two, three] = found;
    let missing = |section| SetupError::BadSection { section, problem: "is absent" };
    Ok([one.ok_or(missing(1))?, two.ok_or(missing(2))?, three.ok_or(missing(3))?])
}

/// The power `p` that section 1 states.
fn read_power(file: &mut BufReader<File>, section: Section) -> Result<usize, SetupError> {
    file.seek(SeekFrom::Start(section.start))?;
    if read_u32(file)? != COORDINATE_BYTES || limbs(&integer(file)?) != Fq::MODULUS {
        return Err(SetupError::WrongCurve);
    }
    let (power, whole) = (read_u32(file)?, read_u32(file)?);
    if section.len != u64::from(COORDINATE_BYTES) + 12 {
        return Err(SetupError::BadSection { section: 1, problem: "has the wrong length" });
    }
    if power as usize > PowersOfTau::MAX_LOG_LEN {
        return Err(SetupError::TooLong { log_len: power as usize, max: PowersOfTau::MAX_LOG_LEN });
    }
    if power > whole || whole as usize > PowersOfTau::MAX_LOG_LEN {
        return Err(SetupError::BadHeader {
            what: "its ceremony had fewer powers than the file, or more than any is known to have",
        });
    }
    Ok(power as usize)
}

impl PowersOfTau {
    /// Reads the first `2^max_log_len` powers (all, without a bound) of a ceremony's file.
    ///
    /// Checks the section table, the curve, the numbers of points, that every point read is one of its group, that the
    /// zeroth powers are the generators, and that all powers follow from `[tau]_2` ([`Self::check_powers`]). Which
    /// ceremony it was, and that one of its participants was honest, no check can tell: compare the file's digest with
    /// the one that the ceremony published.
    ///
    /// # Errors
    /// At the first check that fails.
    pub fn import_ptau(path: impl AsRef<Path>, name: &str, max_log_len: Option<usize>) -> Result<Self, SetupError> {
        let source = SetupSource::Ceremony { name: name.to_owned() };
        if !SetupSource::is_name(name) {
            return Err(SetupError::BadName);
        }
        let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
        let [header, g1, g2] = sections(&mut file)?;
        let power = read_power(&mut file, header)?;
        let check_len = |section: u32, len: u64, expected: u64| {
            if len == expected {
                Ok(())
            } else {
                Err(SetupError::BadSection { section, problem: "does not have as many points as the header states" })
            }
        };
        check_len(2, g1.len, ((2u64 << power) - 1) * POINT_BYTES as u64)?;
        check_len(3, g2.len, (1u64 << power) * G2_BYTES as u64)?;
        if power == 0 {
            return Err(SetupError::BadSection { section: 3, problem: "holds no tau" });
        }

        file.seek(SeekFrom::Start(g2.start))?;
        let (h, tau_h) = (decode_g2(&integer(&mut file)?, 0)?, decode_g2(&integer(&mut file)?, 1)?);
        let log_len = max_log_len.unwrap_or(power).min(power);
        file.seek(SeekFrom::Start(g1.start))?;
        let mut powers: Vec<G1Affine> = Vec::with_capacity(1 << log_len);
        let mut bytes = Vec::new();
        while powers.len() < 1 << log_len {
            let (first, count) = (powers.len(), POINTS_AT_ONCE.min((1 << log_len) - powers.len()));
            bytes.resize(count * POINT_BYTES, 0);
            file.read_exact(&mut bytes)?;
            let (points, _) = bytes.as_chunks::<POINT_BYTES>();
            for point in par::map_collect(count, |i| decode_g1(&points[i], first + i)) {
                powers.push(point?);
            }
        }
        if h != G2Affine::generator() {
            return Err(SetupError::NotTheGenerator { group: "G2" });
        }
        let key = VerifyingKey::new(G1Affine::generator(), h, tau_h);
        let setup = Self::new(log_len, source, key, Origin::Memory(powers))?;
        setup.check_powers(log_len)?;
        Ok(setup)
    }

    /// Writes a `.ptau` file of an insecure setup, with all sections and no contributions: for tests of importers.
    ///
    /// # Errors
    /// [`SetupError::NoTrapdoor`] unless `self` comes from [`Self::from_seed`]; else when the file cannot be written.
    pub fn write_ptau(&self, path: impl AsRef<Path>) -> Result<(), SetupError> {
        let Origin::Seed(tau) = *self.origin() else { return Err(SetupError::NoTrapdoor) };
        let (name, power) = (self.source().name(), self.log_len());
        let (alpha, beta) = (secret(name, "alpha"), secret(name, "beta"));
        let g1 = |scale: Fr, count: usize| -> Vec<u8> {
            let points = fixed_base_multiples(&G1Affine::generator(), &geometric(scale, tau, count));
            points.iter().flat_map(|p| [p.x, p.y]).flat_map(montgomery).collect()
        };
        let g2 = |points: &[G2Affine]| -> Vec<u8> {
            points.iter().flat_map(|p| [p.x.c0, p.x.c1, p.y.c0, p.y.c1]).flat_map(montgomery).collect()
        };
        let one = Fr::from(1u64);
        let h = G2Affine::generator().into_group();
        let powers_g2 = BatchMulPreprocessing::new(h, 1 << power).batch_mul(&geometric(one, tau, 1 << power));
        let header = [
            &COORDINATE_BYTES.to_le_bytes()[..],
            &bytes_of(Fq::MODULUS),
            &(power as u32).to_le_bytes(),
            &(power as u32).to_le_bytes(),
        ];
        let sections = [
            header.concat(),
            g1(one, (2 << power) - 1),
            g2(&powers_g2),
            g1(alpha, 1 << power),
            g1(beta, 1 << power),
            g2(&[(h * beta).into_affine()]),
            0u32.to_le_bytes().to_vec(),
        ];
        write_and_rename(path.as_ref(), |out| {
            out.write_all(&MAGIC)?;
            out.write_all(&VERSION.to_le_bytes())?;
            out.write_all(&(sections.len() as u32).to_le_bytes())?;
            for (number, bytes) in (1u32..).zip(&sections) {
                out.write_all(&number.to_le_bytes())?;
                out.write_all(&(bytes.len() as u64).to_le_bytes())?;
                out.write_all(bytes)?;
            }
            Ok(())
        })
    }
}

fn geometric(first: Fr, ratio: Fr, count: usize) -> Vec<Fr> {
    std::iter::successors(Some(first), |p| Some(*p * ratio)).take(count).collect()
}

fn bytes_of(integer: BigInt<4>) -> [u8; 32] {
    let mut out = [0; 32];
    for (word, limb) in out.chunks_exact_mut(8).zip(integer.0) {
        word.copy_from_slice(&limb.to_le_bytes());
    }
    out
}

/// The stored limbs, which are the Montgomery form.
fn montgomery(x: Fq) -> [u8; 32] {
    bytes_of(x.0)
}
