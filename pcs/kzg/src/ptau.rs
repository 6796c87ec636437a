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
//! | 4 to 6 | `[alpha tau^i]_1`, `[beta tau^i]_1`, `[beta]_2` |
//! | 7 | number of contributions, and each with the `[tau]_1` and `[tau]_2` that it led to |
//! | 12 to 15 | the same powers at roots of unity, in files prepared for circuits |
//!
//! An import reads sections 1, 2 and 7 whole, and of section 3 the points that it uses, `[1]_2`, `[tau]_2` and those of
//! [`PowersOfTau::spaced_powers`]. The others are neither used nor read.

use crate::encoding::{G2_BYTES, checked_g2, limbs};
use crate::setup::{Origin, check_order, check_ratio, check_tau, secret};
use crate::spaced::{self, Spaced};
use crate::{PowersOfTau, SetupError, VerifyingKey};
use ark_bn254::G2Affine;
use ark_ec::scalar_mul::BatchMulPreprocessing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInt, PrimeField};
use lariat_algebra::msm::fixed_base_multiples;
use lariat_algebra::{Fq, Fr, G1Affine, par};
use lariat_pcs::SetupSource;
use lariat_transcript::encoding::COORDINATES_BYTES;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

const MAGIC: [u8; 4] = *b"ptau";
const VERSION: u32 = 1;
const COORDINATE_BYTES: u32 = 32;
/// Points that are read, decoded and checked together.
pub(crate) const POINTS_AT_ONCE: usize = 1 << 14;

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

fn decode_g1(bytes: &[u8; COORDINATES_BYTES], index: usize) -> Result<G1Affine, SetupError> {
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

/// Numbers of the sections that matter.
const SECTIONS: [u32; 4] = [1, 2, 3, 7];

/// Those sections.
fn sections(file: &mut BufReader<File>) -> Result<[Section; 4], SetupError> {
    let total = file.get_ref().metadata()?.len();
    if total < MAGIC.len() as u64 || integer::<4>(file)? != MAGIC {
        return Err(SetupError::BadMagic { expected: ".ptau" });
    }
    let version = read_u32(file)?;
    if version != VERSION {
        return Err(SetupError::BadVersion { format: ".ptau", expected: VERSION, got: version });
    }
    let count = read_u32(file)?;
    let mut found = [None; 4];
    let mut position = 12u64;
    for _ in 0..count {
        let number = read_u32(file)?;
        let len = u64::from_le_bytes(integer(file)?);
        let start = position + 12;
        position = start.saturating_add(len);
        if position > total {
            return Err(SetupError::BadLength { expected: position, got: total });
        }
        if let Some(slot) = SECTIONS.iter().position(|known| *known == number).and_then(|i| found.get_mut(i)) {
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
    let [one, two, three, seven] = found;
    let missing = |section| SetupError::BadSection { section, problem: "is absent" };
    Ok([one.ok_or(missing(1))?, two.ok_or(missing(2))?, three.ok_or(missing(3))?, seven.ok_or(missing(7))?])
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

/// Bytes of a contribution between `[tau]_2` and the length of its parameters: `alpha` and `beta`, the contributor's key,
/// the state of a hash, the next challenge and the kind.
const CONTRIBUTION_BYTES: u64 =
    (2 * COORDINATES_BYTES + G2_BYTES + 6 * COORDINATES_BYTES + 3 * G2_BYTES + 216 + 64 + 4) as u64;

/// The `[tau]_1` and `[tau]_2` of the last contribution that section 7 lists, if there is one.
fn read_contributions(
    file: &mut BufReader<File>,
    section: Section,
) -> Result<Option<(G1Affine, G2Affine)>, SetupError> {
    let wrong = || SetupError::BadSection { section: 7, problem: "does not hold as many contributions as it states" };
    let less = |left: u64, bytes: u64| left.checked_sub(bytes).ok_or_else(wrong);
    file.seek(SeekFrom::Start(section.start))?;
    let mut left = less(section.len, 4)?;
    let mut last = None;
    for index in 0..read_u32(file)? {
        left = less(left, (COORDINATES_BYTES + G2_BYTES) as u64 + CONTRIBUTION_BYTES + 4)?;
        last = Some((decode_g1(&integer(file)?, index as usize)?, decode_g2(&integer(file)?, index as usize)?));
        file.seek_relative(CONTRIBUTION_BYTES as i64)?;
        let parameters = read_u32(file)?;
        left = less(left, parameters.into())?;
        file.seek_relative(parameters.into())?;
    }
    if left == 0 { Ok(last) } else { Err(wrong()) }
}

/// Reads and checks the `count` points of section 2, and returns the first `kept` of them.
fn read_powers(
    file: &mut BufReader<File>,
    key: &VerifyingKey,
    count: usize,
    kept: usize,
) -> Result<Vec<G1Affine>, SetupError> {
    let mut powers: Vec<G1Affine> = Vec::with_capacity(kept);
    let mut bytes = Vec::new();
    // The last point of the block before, which the next one must follow, then the block.
    let mut run: Vec<G1Affine> = Vec::new();
    let mut first = 0;
    while first < count {
        let len = POINTS_AT_ONCE.min(count - first);
        bytes.resize(len * COORDINATES_BYTES, 0);
        file.read_exact(&mut bytes)?;
        let (points, _) = bytes.as_chunks::<COORDINATES_BYTES>();
        run.drain(..run.len().saturating_sub(1));
        let before = run.len();
        for point in par::map_collect(len, |i| decode_g1(&points[i], first + i)) {
            run.push(point?);
        }
        if first == 0 && run.first() != Some(&key.g) {
            return Err(SetupError::NotTheGenerator { group: "G1" });
        }
        check_ratio(key, &run)?;
        check_order(key, first, &run[before..])?;
        powers.extend(run[before..].iter().take(kept - powers.len()));
        first += len;
    }
    Ok(powers)
}

/// The powers of section 3 that a setup of `2^log_len` powers keeps.
fn read_spaced(file: &mut BufReader<File>, section: Section, log_len: usize) -> Result<Vec<G2Affine>, SetupError> {
    let read = |exponent: usize| {
        file.seek(SeekFrom::Start(section.start + (exponent * G2_BYTES) as u64))?;
        decode_g2(&integer(file)?, exponent)
    };
    spaced::exponents(log_len).into_iter().map(read).collect()
}

impl PowersOfTau {
    /// Reads the first `2^max_log_len` powers (all, without a bound) of a ceremony's file.
    ///
    /// Checks the section table, the curve and the numbers of points; of all powers in G1, also of those past the bound, that
    /// each is a point of the curve, that the zeroth is the generator, that each follows from the one before by
    /// `[tau]_2`, and that none repeats; that `[1]_2` and `[tau]_2` are of the group of order `r`, and the former its
    /// generator; that the other powers in G2 that it keeps are of that group and the same as those in G1; and that the last
    /// contribution led to this `tau`. Further powers in G2 and the other sections are not read. A file without contributions becomes a [`SetupSource::InsecureFile`]: its `tau` is known to whoever
    /// wrote it.
    ///
    /// Which ceremony it was, that contributors knew what they contributed, and that one of them was honest, is not
    /// checked here: let `snarkjs powersoftau verify` check the contributions, and compare the file's digest with the one
    /// that the ceremony published.
    ///
    /// # Errors
    /// At the first check that fails.
    pub fn import_ptau(path: impl AsRef<Path>, name: &str, max_log_len: Option<usize>) -> Result<Self, SetupError> {
        if !SetupSource::is_name(name) {
            return Err(SetupError::BadName);
        }
        let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
        let [header, g1, g2, contributions] = sections(&mut file)?;
        let power = read_power(&mut file, header)?;
        let check_len = |section: u32, len: u64, expected: u64| {
            if len == expected {
                Ok(())
            } else {
                Err(SetupError::BadSection { section, problem: "does not have as many points as the header states" })
            }
        };
        check_len(2, g1.len, ((2u64 << power) - 1) * COORDINATES_BYTES as u64)?;
        check_len(3, g2.len, (1u64 << power) * G2_BYTES as u64)?;
        if power == 0 {
            return Err(SetupError::BadSection { section: 3, problem: "holds no tau" });
        }

        file.seek(SeekFrom::Start(g2.start))?;
        let (h, tau_h) = (decode_g2(&integer(&mut file)?, 0)?, decode_g2(&integer(&mut file)?, 1)?);
        if h != G2Affine::generator() {
            return Err(SetupError::NotTheGenerator { group: "G2" });
        }
        let key = VerifyingKey::new(G1Affine::generator(), h, tau_h);
        check_tau(&key)?;
        file.seek(SeekFrom::Start(g1.start))?;
        let log_len = max_log_len.unwrap_or(power).min(power);
        // The power is at least one: there is a power past the zeroth.
        let powers = read_powers(&mut file, &key, (2 << power) - 1, (1 << log_len).max(2))?;
        let tau_g = powers.get(1).copied();
        let source = match read_contributions(&mut file, contributions)? {
            None => SetupSource::InsecureFile { name: name.to_owned() },
            Some((last_g, last_h)) if Some(last_g) == tau_g && last_h == tau_h => {
                SetupSource::Ceremony { name: name.to_owned() }
            }
            Some(_) => {
                return Err(SetupError::BadSection { section: 7, problem: "ends with another tau than the powers" });
            }
        };
        let in_g2 = read_spaced(&mut file, g2, log_len)?;
        let powers = powers.into_iter().take(1 << log_len).collect();
        let setup = Self::new(log_len, source, key, Origin::Memory(powers), Spaced::Points(in_g2))?;
        setup.check_spaced(log_len, setup.powers()?)?;
        Ok(setup)
    }

    /// Writes a `.ptau` file of an insecure setup, with all sections that an import asks for: for tests of importers.
    ///
    /// # Errors
    /// [`SetupError::NoTrapdoor`] unless `self` comes from [`Self::from_seed`]; else when the file cannot be written.
    #[cfg(feature = "files")]
    pub fn write_ptau(&self, path: impl AsRef<Path>, contributions: Contributions) -> Result<(), SetupError> {
        lariat_files::save_with(path.as_ref(), |out| self.write_ptau_to(out, contributions))
    }

    /// Writes what [`Self::write_ptau`] puts into a file.
    ///
    /// # Errors
    /// [`SetupError::NoTrapdoor`] unless `self` comes from [`Self::from_seed`]; else when it cannot be written.
    pub fn write_ptau_to(&self, out: &mut dyn Write, contributions: Contributions) -> Result<(), SetupError> {
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
            match contributions {
                Contributions::None => 0u32.to_le_bytes().to_vec(),
                Contributions::StandIn => {
                    let tau = [g1(tau, 1), g2(&[(h * tau).into_affine()])].concat();
                    let rest = vec![0; CONTRIBUTION_BYTES as usize + 4];
                    [&1u32.to_le_bytes()[..], &tau, &rest].concat()
                }
            },
        ];
        out.write_all(&MAGIC)?;
        out.write_all(&VERSION.to_le_bytes())?;
        out.write_all(&(sections.len() as u32).to_le_bytes())?;
        for (number, bytes) in (1u32..).zip(&sections) {
            out.write_all(&number.to_le_bytes())?;
            out.write_all(&(bytes.len() as u64).to_le_bytes())?;
            out.write_all(bytes)?;
        }
        Ok(())
    }
}

/// What a written file says of contributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contributions {
    /// There were none.
    None,
    /// There was one, which led to this `tau`. It has no key and no hashes: programs that check those refuse the file.
    StandIn,
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
