//! Powers of tau: where they come from and what of them is in memory.

use crate::file::FilePowers;
use crate::spaced::Spaced;
use crate::{SetupError, VerifyingKey, check_pairing};
use ark_bn254::G2Affine;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{One, PrimeField};
use lariat_algebra::msm::{fixed_base_multiples, msm};
use lariat_algebra::{Fr, G1Affine};
use lariat_pcs::SetupSource;
use lariat_transcript::encoding::coordinates_to_bytes;
use std::sync::OnceLock;

/// Domain separation of seeds.
const SEED_CONTEXT: &str = "lariat-kzg 2025 insecure secrets from a seed v1";
/// Domain separation of digests.
const DIGEST_CONTEXT: &str = "lariat-kzg 2026 digest of powers of tau v2";
/// Domain separation of the challenge by which powers are checked.
const CHECK_CONTEXT: &str = "lariat-kzg 2025 check of powers of tau v1";

/// `[tau^i]_1` for `i < 2^log_len`, `[1]_2`, `[tau]_2` and some further powers in G2, for a `tau` that nobody should know.
#[derive(Debug)]
pub struct PowersOfTau {
    log_len: usize,
    source: SetupSource,
    key: VerifyingKey,
    digest: [u8; 32],
    origin: Origin,
    spaced: Spaced,
    powers: OnceLock<Vec<G1Affine>>,
}

/// Where powers come from when they are first needed.
#[derive(Debug)]
pub(crate) enum Origin {
    /// Computed from `tau`.
    Seed(Fr),
    /// Read from a file.
    File(FilePowers),
    /// There from the start.
    Memory(Vec<G1Affine>),
}

/// A scalar that follows from a seed and the role that it plays.
pub(crate) fn secret(seed: &str, role: &'static str) -> Fr {
    let mut bytes = [0; 64];
    let mut hasher = blake3::Hasher::new_derive_key(SEED_CONTEXT);
    hasher.update(&[role.len() as u8]).update(role.as_bytes()).update(seed.as_bytes());
    hasher.finalize_xof().fill(&mut bytes);
    Fr::from_le_bytes_mod_order(&bytes)
}

impl PowersOfTau {
    /// Logarithm of the largest number of powers.
    pub const MAX_LOG_LEN: usize = 28;

    /// Powers of a `tau` that follows from `name` by a hash: **insecure**, for tests and benchmarks. Powers are computed
    /// when they are first needed, about a microsecond each on one thread; a verifier never needs them.
    ///
    /// # Errors
    /// When the name is not one, or `log_len` exceeds [`Self::MAX_LOG_LEN`].
    pub fn from_seed(name: &str, log_len: usize) -> Result<Self, SetupError> {
        if !SetupSource::is_name(name) {
            return Err(SetupError::BadName);
        }
        let tau = secret(name, "tau");
        let (g, h) = (G1Affine::generator(), G2Affine::generator());
        let key = VerifyingKey::new(g, h, (h * tau).into_affine());
        let source = SetupSource::InsecureSeed { name: name.to_owned() };
        Self::new(log_len, source, key, Origin::Seed(tau), Spaced::Seed(tau))
    }

    pub(crate) fn new(
        log_len: usize,
        source: SetupSource,
        key: VerifyingKey,
        origin: Origin,
        spaced: Spaced,
    ) -> Result<Self, SetupError> {
        if log_len > Self::MAX_LOG_LEN {
            return Err(SetupError::TooLong { log_len, max: Self::MAX_LOG_LEN });
        }
        check_tau(&key)?;
        let mut hasher = blake3::Hasher::new_derive_key(DIGEST_CONTEXT);
        hasher.update(&key.to_bytes());
        let digest = *hasher.finalize().as_bytes();
        Ok(Self { log_len, source, key, digest, origin, spaced, powers: OnceLock::new() })
    }

    /// Logarithm of the number of powers.
    pub fn log_len(&self) -> usize {
        self.log_len
    }

    /// Where `tau` comes from.
    pub fn source(&self) -> &SetupSource {
        &self.source
    }

    /// The verifier's part.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Binds the verifying key, and with `[tau]_2` all powers: a prover with many and a verifier with few agree. Neither
    /// the number of powers nor the name or kind of the source enters, so one ceremony under two names is one setup.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) fn spaced(&self) -> &Spaced {
        &self.spaced
    }

    /// All powers `[tau^i]_1`, `i < 2^log_len`; read or computed at the first call and kept.
    ///
    /// # Errors
    /// When the file that they come from turns out to be damaged.
    pub fn powers(&self) -> Result<&[G1Affine], SetupError> {
        if let Origin::Memory(powers) = &self.origin {
            return Ok(powers);
        }
        if let Some(powers) = self.powers.get() {
            return Ok(powers);
        }
        // Made outside of the cell: a waiting thread must not hold up the pool that makes them.
        let made = self.prefix(self.log_len)?;
        Ok(self.powers.get_or_init(|| made))
    }

    /// A copy of the first `2^log_len` powers; no more than those are computed, or read from a file.
    ///
    /// # Errors
    /// When there are fewer, or the file that they come from turns out to be damaged.
    pub fn prefix(&self, log_len: usize) -> Result<Vec<G1Affine>, SetupError> {
        if log_len > self.log_len {
            return Err(SetupError::TooShort { needed: log_len, available: self.log_len });
        }
        let len = 1usize << log_len;
        if let Some(powers) = self.powers.get() {
            return Ok(powers[..len].to_vec());
        }
        match &self.origin {
            Origin::Seed(tau) => {
                let powers: Vec<Fr> = std::iter::successors(Some(Fr::one()), |p| Some(*p * tau)).take(len).collect();
                Ok(fixed_base_multiples(&self.key.g, &powers))
            }
            Origin::File(file) => file.prefix(log_len),
            Origin::Memory(powers) => Ok(powers[..len].to_vec()),
        }
    }

    /// Checks that the first `2^log_len` powers begin with the generator, are in the ratio that `[tau]_2` states
    /// ([`check_ratio`]), and do not repeat; and that those kept in G2 are the same ones.
    ///
    /// # Errors
    /// [`SetupError::NotTheGenerator`], [`SetupError::Inconsistent`], [`SetupError::RootOfUnity`]; as [`Self::prefix`].
    pub fn check_powers(&self, log_len: usize) -> Result<(), SetupError> {
        let powers = self.prefix(log_len)?;
        if powers.first() != Some(&self.key.g) {
            return Err(SetupError::NotTheGenerator { group: "G1" });
        }
        check_ratio(&self.key, &powers)?;
        check_order(&self.key, 0, &powers)?;
        self.check_spaced(log_len, &powers)
    }
}

/// Checks that `tau` is not zero, one or minus one.
pub(crate) fn check_tau(key: &VerifyingKey) -> Result<(), SetupError> {
    if key.tau_h.is_zero() || key.tau_h == key.h || key.tau_h == -key.h {
        return Err(SetupError::DegenerateTau);
    }
    Ok(())
}

/// Checks that a power of `tau` other than the zeroth is not one. `first` is the exponent of the first of `powers`, which are
/// known to be powers of `tau`.
pub(crate) fn check_order(key: &VerifyingKey, first: usize, powers: &[G1Affine]) -> Result<(), SetupError> {
    match powers.iter().zip(first..).find(|(power, exponent)| *exponent > 0 && **power == key.g) {
        Some((_, order)) => Err(SetupError::RootOfUnity { order }),
        None => Ok(()),
    }
}

/// Checks that consecutive points are in the ratio `tau` of the key: one multi-scalar multiplication and a pairing check of
/// their random combination, whose challenge is a hash of all of them. `n` points of which some are not pass with
/// probability at most `n / r`.
pub(crate) fn check_ratio(key: &VerifyingKey, powers: &[G1Affine]) -> Result<(), SetupError> {
    let (Some(first), Some(last)) = (powers.first(), powers.last()) else { return Err(SetupError::Inconsistent) };
    let mut hasher = blake3::Hasher::new_derive_key(CHECK_CONTEXT);
    hasher.update(&key.to_bytes());
    for power in powers {
        hasher.update(&coordinates_to_bytes(power));
    }
    let mut bytes = [0; 64];
    hasher.finalize_xof().fill(&mut bytes);
    let r = Fr::from_le_bytes_mod_order(&bytes);
    let scalars: Vec<Fr> = std::iter::successors(Some(Fr::one()), |p| Some(*p * r)).take(powers.len()).collect();
    // S = sum_i r^i P_i: without its last term, sum_i r^i P_i; without its first, r times sum_i r^i P_{i+1}.
    let (Ok(sum), Some(highest)) = (msm(powers, &scalars), scalars.last()) else {
        return Err(SetupError::Inconsistent);
    };
    let low = (sum - *last * highest) * r;
    if check_pairing(key, sum - first, low) { Ok(()) } else { Err(SetupError::Inconsistent) }
}
