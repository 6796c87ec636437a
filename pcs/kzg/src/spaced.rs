//! Powers of `tau` in G2 at exponents that are small multiples of powers of two: `[tau^(i 2^s)]_2` for `i < 16`.
//!
//! A polynomial of `16 * 2^s` coefficients in rows of `2^s` is `sum_i X^(i 2^s) f_i(X)`, which these points pair with
//! commitments to the rows. Those of all `s` are some 150 points for `2^21` powers, where all powers in G2 would be twice the
//! size of those in G1. `[1]_2` and `[tau]_2` are in the verifier's key; the others are what is kept here.

use crate::encoding::{G2_BYTES, g2_from_bytes, g2_to_bytes};
use crate::{PowersOfTau, SetupError, VerifyingKey};
use ark_bn254::G2Affine;
use ark_ec::CurveGroup;
use ark_ff::Field;
use lariat_algebra::{Fr, G1Affine, par};

/// Logarithm of the largest number of powers of one spacing.
pub(crate) const MAX_LOG_SPACED: usize = 4;

/// Exponents of the powers kept beside `2^log_len` powers in G1, ascending: those that are odd numbers below 16 times a power
/// of two, from 2 up to below `2^log_len`.
pub(crate) fn exponents(log_len: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..log_len)
        .flat_map(|s| (1usize..1 << MAX_LOG_SPACED).step_by(2).map(move |odd| odd << s))
        .filter(|exponent| (2..1 << log_len).contains(exponent))
        .collect();
    all.sort_unstable();
    all
}

/// Where the kept powers come from.
#[derive(Debug)]
pub(crate) enum Spaced {
    /// Computed from `tau`.
    Seed(Fr),
    /// Decoded from a file's bytes, in the order of [`exponents`], when they are asked for.
    Bytes(Vec<u8>),
    /// There from the start, in that order.
    Points(Vec<G2Affine>),
}

impl Spaced {
    /// `[tau^exponent]_2`, which is number `index` of [`exponents`].
    fn get(&self, key: &VerifyingKey, index: usize, exponent: usize) -> Result<G2Affine, SetupError> {
        let bad = SetupError::BadPoint { group: "G2", index: exponent };
        match self {
            Self::Seed(tau) => Ok((key.h * tau.pow([exponent as u64])).into_affine()),
            Self::Points(points) => points.get(index).copied().ok_or(bad),
            Self::Bytes(bytes) => {
                let (points, _) = bytes.as_chunks::<G2_BYTES>();
                g2_from_bytes(points.get(index).ok_or(bad)?, exponent)
            }
        }
    }
}

/// Bytes of the kept powers in a file of `2^log_len` powers.
pub(crate) fn bytes_for(log_len: usize) -> usize {
    G2_BYTES * exponents(log_len).len()
}

impl PowersOfTau {
    /// `[tau^(i 2^s)]_2` for `i < 2^log_count`, where `log_count` is at most 4 and `s + log_count` at most the setup's length.
    ///
    /// Reads no power in G1: a verifier may ask for them. Each point of a file is checked to be of the group of order `r`.
    ///
    /// # Errors
    /// [`SetupError::TooShort`] when the setup has no such powers; when the file that they come from has points that are none.
    pub fn spaced_powers(&self, s: usize, log_count: usize) -> Result<Vec<G2Affine>, SetupError> {
        if log_count > MAX_LOG_SPACED || s + log_count > self.log_len() {
            return Err(SetupError::TooShort { needed: s + log_count, available: self.log_len() });
        }
        let kept = exponents(self.log_len());
        let key = self.verifying_key();
        let power = |i: usize| match i << s {
            0 => Ok(key.h),
            1 => Ok(key.tau_h),
            exponent => match kept.binary_search(&exponent) {
                Ok(index) => self.spaced().get(key, index, exponent),
                Err(_) => Err(SetupError::BadPoint { group: "G2", index: exponent }),
            },
        };
        par::map_collect(1 << log_count, power).into_iter().collect()
    }

    /// The kept powers of exponents below `2^log_len`, in order.
    fn kept_powers(&self, log_len: usize) -> Result<Vec<G2Affine>, SetupError> {
        let kept = exponents(log_len);
        let power = |index: usize| self.spaced().get(self.verifying_key(), index, kept[index]);
        par::map_collect(kept.len(), power).into_iter().collect()
    }

    /// The kept powers as a file has them.
    pub(crate) fn spaced_bytes(&self) -> Result<Vec<u8>, SetupError> {
        Ok(self.kept_powers(self.log_len())?.iter().flat_map(g2_to_bytes).collect())
    }

    /// Checks that the kept powers of exponents below that of the last of `powers` are those that `powers`, known to be powers of
    /// `tau`, are in G1.
    pub(crate) fn check_spaced(&self, log_len: usize, powers: &[G1Affine]) -> Result<(), SetupError> {
        let twins: Vec<G1Affine> = exponents(log_len).iter().filter_map(|e| powers.get(*e)).copied().collect();
        let points = self.kept_powers(log_len)?;
        if crate::pairing::are_twins(self.verifying_key(), &twins, &points) {
            Ok(())
        } else {
            Err(SetupError::Inconsistent)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_small_odd_multiples_of_powers_of_two() {
        assert_eq!(exponents(0), []);
        assert_eq!(exponents(1), []);
        assert_eq!(exponents(3), [2, 3, 4, 5, 6, 7]);
        assert_eq!(exponents(5)[14..], [16, 18, 20, 22, 24, 26, 28, 30]);
        for log_len in 4..30 {
            // One less than 8 a spacing, for [tau]_2 is in the key.
            assert_eq!(exponents(log_len).len(), 8 * (log_len - 3) + 6);
        }
        // Shorter setups keep the first of the longer one's: a prefix of a file's points is a check's.
        for log_len in 0..12 {
            assert!(exponents(12).starts_with(&exponents(log_len)));
        }
    }
}
