//! Public parameters: generators, their lines, and the products of pairings that the verifier needs.

use crate::gt::Gt;
use crate::pairing::{self, Lines};
use crate::{g2, generators};
use ark_bn254::G2Affine;
use lariat_algebra::G1Affine;
use lariat_algebra::msm::FixedBases;
use lariat_pcs::PcsError;
use lariat_transcript::encoding::point_to_bytes;
use std::sync::{Arc, OnceLock};

/// Logarithm of the most generators in each group.
pub const MAX_LOG_LEN: usize = 14;

/// Generators of G2 whose lines are in memory at once when the products are made: 12 MiB.
const BLOCK: usize = 1 << 10;

/// Generators `Gamma_1`, `Gamma_2` of both groups, `n = 2^sigma` each, and products of pairings of their prefixes.
///
/// Memory is dominated by the lines, 12 KiB a generator of G2, which only provers keep: a verifier needs the products alone.
#[derive(Debug)]
pub struct Setup {
    /// `sigma`.
    pub(crate) log_len: usize,
    /// `Gamma_1`.
    pub(crate) gamma1: FixedBases,
    /// `Gamma_2`.
    pub(crate) gamma2: Vec<G2Affine>,
    /// The lines of `Gamma_2`, once a prover has asked for them.
    lines: OnceLock<Vec<Lines>>,
    /// The lines of `Gamma_2[0]`.
    pub(crate) first_lines: Vec<Lines>,
    /// `chi_k = <Gamma_1[..2^k], Gamma_2[..2^k]>` for `k = 0..=sigma`.
    pub(crate) chi: Vec<Gt>,
    /// `<Gamma_1[2^(k-1)..2^k], Gamma_2[..2^(k-1)]>` at index `k - 1`: the paper's `Delta_1R`.
    pub(crate) delta1_right: Vec<Gt>,
    /// `<Gamma_1[..2^(k-1)], Gamma_2[2^(k-1)..2^k]>` at index `k - 1`: the paper's `Delta_2R`.
    pub(crate) delta2_right: Vec<Gt>,
    /// Digest of the generators, from which all else follows.
    pub(crate) digest: [u8; 32],
}

impl Setup {
    /// Derives `2^log_len` generators of each group and pairs them up: `3 * 2^log_len` pairings.
    ///
    /// # Errors
    /// When `log_len` exceeds [`MAX_LOG_LEN`].
    pub fn new(log_len: usize) -> Result<Self, PcsError> {
        if log_len > MAX_LOG_LEN {
            return Err(PcsError::RowTooLong { log_row_len: log_len, max: MAX_LOG_LEN });
        }
        let gamma1 = generators::g1_generators(1 << log_len);
        let gamma2 = generators::g2_generators(1 << log_len);
        let first_lines = pairing::prepare(&gamma2[..1]);

        // Level k pairs the halves of prefixes of 2^k generators: (right, left), (left, right), (right, right). A block of
        // generators of G2 is paired at all levels before the next one's lines are made.
        let mut values = vec![Gt::ONE; 1 + 3 * log_len];
        for start in (0..gamma2.len()).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(gamma2.len());
            let lines = pairing::prepare(&gamma2[block.clone()]);
            // Generators of G1 from `first` on, paired with those of G2 from `second` on, `count` of them.
            let part = |first: usize, second: usize, count: usize| -> (&[G1Affine], &[Lines]) {
                let (from, to) = (second.max(block.start), (second + count).min(block.end));
                if from >= to {
                    return (&[], &[]);
                }
                (&gamma1[first + from - second..first + to - second], &lines[from - start..to - start])
            };
            let mut products: Vec<(&[G1Affine], &[Lines])> = vec![part(0, 0, 1)];
            for k in 1..=log_len {
                let half = 1 << (k - 1);
                products.extend([part(half, 0, half), part(0, half, half), part(half, half, half)]);
            }
            for (value, part) in values.iter_mut().zip(pairing::products(&products)) {
                *value = value.times(&part);
            }
        }
        let (mut chi, mut delta1_right, mut delta2_right) = (vec![values[0]], Vec::new(), Vec::new());
        for level in values[1..].chunks(3) {
            delta1_right.push(level[0]);
            delta2_right.push(level[1]);
            chi.push(chi[chi.len() - 1].times(&level[2]));
        }
        let digest = digest(&gamma1, &gamma2);
        let gamma1 = FixedBases::new(gamma1);
        Ok(Self {
            log_len,
            gamma1,
            gamma2,
            lines: OnceLock::new(),
            first_lines,
            chi,
            delta1_right,
            delta2_right,
            digest,
        })
    }

    /// The lines of `Gamma_2`: made when a prover first asks for them, and kept.
    pub(crate) fn lines(&self) -> &[Lines] {
        if let Some(lines) = self.lines.get() {
            return lines;
        }
        // Made outside of the cell, as in `shared`.
        let made = pairing::prepare(&self.gamma2);
        self.lines.get_or_init(|| made)
    }

    /// [`new`](Self::new), made once in a process for each length and kept: the generators are public constants.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn shared(log_len: usize) -> Result<Arc<Self>, PcsError> {
        static MADE: [OnceLock<Arc<Setup>>; MAX_LOG_LEN + 1] = [const { OnceLock::new() }; MAX_LOG_LEN + 1];
        let slot = MADE.get(log_len).ok_or(PcsError::RowTooLong { log_row_len: log_len, max: MAX_LOG_LEN })?;
        if let Some(made) = slot.get() {
            return Ok(Arc::clone(made));
        }
        // Made outside of the cell: a thread that waits for the cell must not hold up the pool that does the work.
        let made = Arc::new(Self::new(log_len)?);
        Ok(Arc::clone(slot.get_or_init(|| made)))
    }
}

fn digest(gamma1: &[G1Affine], gamma2: &[G2Affine]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("lariat-pcs 2025 dory generators digest v1");
    for (p, q) in gamma1.iter().zip(gamma2) {
        hasher.update(&point_to_bytes(p));
        hasher.update(&g2::to_bytes(q));
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Bn254;
    use ark_ec::pairing::Pairing;

    #[test]
    fn products_of_generators_match_arkworks() {
        let setup = Setup::new(4).unwrap();
        let pair = |p: std::ops::Range<usize>, q: std::ops::Range<usize>| {
            Gt::from_pairing(&Bn254::multi_pairing(&setup.gamma1.bases()[p], &setup.gamma2[q]).0)
        };
        for k in 0..=4usize {
            let n = 1 << k;
            assert_eq!(setup.chi[k], pair(0..n, 0..n));
            if k > 0 {
                assert_eq!(setup.delta1_right[k - 1], pair(n / 2..n, 0..n / 2));
                assert_eq!(setup.delta2_right[k - 1], pair(0..n / 2, n / 2..n));
            }
        }
    }

    #[test]
    fn products_do_not_depend_on_blocks() {
        // Two blocks: the highest level against a product over all lines at once.
        let setup = Setup::new(11).unwrap();
        let (gamma1, half) = (setup.gamma1.bases(), 1 << 10);
        let (left, right) = setup.lines().split_at(half);
        let products = [(&gamma1[half..], left), (&gamma1[..half], right), (gamma1, setup.lines())];
        assert_eq!(pairing::products(&products), [setup.delta1_right[10], setup.delta2_right[10], setup.chi[11]]);
    }

    #[test]
    fn setups_are_made_once_and_have_a_largest_size() {
        assert!(Arc::ptr_eq(&Setup::shared(2).unwrap(), &Setup::shared(2).unwrap()));
        let error = PcsError::RowTooLong { log_row_len: 15, max: 14 };
        assert_eq!(Setup::new(15).unwrap_err(), error);
        assert_eq!(Setup::shared(15).unwrap_err(), error);
        assert_ne!(Setup::shared(1).unwrap().digest, Setup::shared(2).unwrap().digest);
    }
}
