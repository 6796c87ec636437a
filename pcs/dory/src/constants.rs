//! What the verifier knows of the generators: the first of each group, products of pairings of their prefixes, and digests.
//!
//! All follow from the public hashes of [`generators`](crate::generators), and [`Constants::derive`] makes them anew: for
//! `2^14` generators a third of a minute on one core. They are kept in a file beside this one, so that a verifier does not
//! spend that time on a header that claims many rows before it has looked at a message. A test derives the file again, up
//! to `2^10` generators on every change and whole in the nightly run.
//!
//! The file has `chi_0, .., chi_14`, then `Delta_1R` and `Delta_2R` of lengths `2^1, .., 2^14`, elements of GT as
//! [`gt`](crate::gt) encodes them, then the 15 digests of 32 bytes.

use crate::g2;
use crate::generators::{g1_generator, g1_generators, g2_generator, g2_generators};
use crate::gt::{self, Cyclotomic, Gt};
use crate::pairing::{self, Lines, prepare};
use crate::setup::MAX_LOG_LEN;
use ark_bn254::G2Affine;
use lariat_algebra::G1Affine;
use lariat_transcript::encoding::coordinates_to_bytes;
use std::sync::OnceLock;

/// The file.
const BYTES: &[u8] = include_bytes!("constants.bin");

/// Elements of GT in the file.
const NUM_ELEMENTS: usize = (MAX_LOG_LEN + 1) + 2 * MAX_LOG_LEN;

/// Bytes of a digest.
const DIGEST_BYTES: usize = 32;

/// Generators of G2 whose lines are in memory at once when the products are made: 12 MiB.
const BLOCK: usize = 1 << 10;

/// Products of pairings of prefixes of the generators `Gamma_1` and `Gamma_2`, which do not depend on how many generators
/// there are, and digests of the prefixes.
#[derive(Debug, PartialEq, Eq)]
pub struct Constants {
    /// `chi_k = <Gamma_1[..2^k], Gamma_2[..2^k]>` at index `k`.
    pub(crate) chi: Vec<Gt>,
    /// `<Gamma_1[2^(k-1)..2^k], Gamma_2[..2^(k-1)]>` at index `k - 1`: the paper's `Delta_1R`.
    pub(crate) delta1_right: Vec<Gt>,
    /// `<Gamma_1[..2^(k-1)], Gamma_2[2^(k-1)..2^k]>` at index `k - 1`: the paper's `Delta_2R`.
    pub(crate) delta2_right: Vec<Gt>,
    /// Digest of the first `2^k` generators of each group at index `k`.
    pub(crate) digests: Vec<[u8; DIGEST_BYTES]>,
}

/// The first generators of both groups, and the lines of the one in G2.
#[derive(Debug)]
pub(crate) struct FirstGenerators {
    pub gamma1: G1Affine,
    pub gamma2: G2Affine,
    pub lines: Vec<Lines>,
}

impl FirstGenerators {
    /// Made once in a process.
    pub(crate) fn get() -> &'static Self {
        static FIRST: OnceLock<FirstGenerators> = OnceLock::new();
        FIRST.get_or_init(|| {
            let gamma2 = g2_generator(0);
            Self { gamma1: g1_generator(0), gamma2, lines: prepare(&[gamma2]) }
        })
    }
}

/// The digest of `2^log_len` generators of each group.
pub(crate) fn generators_digest(log_len: usize) -> [u8; DIGEST_BYTES] {
    Constants::get().digests.get(log_len).copied().expect("at most 2^MAX_LOG_LEN generators")
}

impl Constants {
    /// Those of the file, decoded once in a process.
    pub fn get() -> &'static Self {
        static CONSTANTS: OnceLock<Constants> = OnceLock::new();
        CONSTANTS.get_or_init(|| Self::from_bytes(BYTES).expect("a test reads the file"))
    }

    /// Derives `2^log_len` generators of each group and pairs them up: `3 * 2^log_len` pairings.
    pub fn derive(log_len: usize) -> Self {
        let (gamma1, gamma2) = (g1_generators(1 << log_len), g2_generators(1 << log_len));
        // Level k pairs the halves of prefixes of 2^k generators: (right, left), (left, right), (right, right). A block of
        // generators of G2 is paired at all levels before the next one's lines are made.
        let mut values = vec![Gt::ONE; 1 + 3 * log_len];
        for start in (0..gamma2.len()).step_by(BLOCK) {
            let block = start..(start + BLOCK).min(gamma2.len());
            let lines = prepare(&gamma2[block.clone()]);
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
        let digests = (0..=log_len).map(|k| digest(&gamma1[..1 << k], &gamma2[..1 << k])).collect();
        Self { chi, delta1_right, delta2_right, digests }
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let elements = [&self.chi[..], &self.delta1_right, &self.delta2_right].concat();
        let elements: Vec<Cyclotomic> = elements.into_iter().map(Cyclotomic::from).collect();
        [gt::to_bytes(&elements), self.digests.concat()].concat()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (elements, digests) = bytes.split_at_checked(NUM_ELEMENTS * gt::BYTES)?;
        let elements = gt::constants_from_bytes(elements, NUM_ELEMENTS)?;
        let (chi, deltas) = elements.split_at_checked(MAX_LOG_LEN + 1)?;
        let (delta1_right, delta2_right) = deltas.split_at_checked(MAX_LOG_LEN)?;
        let (digests, rest) = digests.as_chunks::<DIGEST_BYTES>();
        let whole = digests.len() == MAX_LOG_LEN + 1 && rest.is_empty();
        whole.then(|| Self {
            chi: chi.to_vec(),
            delta1_right: delta1_right.to_vec(),
            delta2_right: delta2_right.to_vec(),
            digests: digests.to_vec(),
        })
    }
}

fn digest(gamma1: &[G1Affine], gamma2: &[G2Affine]) -> [u8; DIGEST_BYTES] {
    let mut hasher = blake3::Hasher::new_derive_key("lariat-pcs 2025 dory generators digest v1");
    for (p, q) in gamma1.iter().zip(gamma2) {
        hasher.update(&coordinates_to_bytes(p));
        hasher.update(&g2::to_bytes(q));
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::Bn254;
    use ark_ec::pairing::Pairing;
    use std::ops::Range;

    /// Set to `1`, it has the file written anew.
    const WRITE: &str = "LARIAT_WRITE_CONSTANTS";

    fn is_set(name: &str) -> bool {
        std::env::var_os(name).is_some_and(|value| !value.is_empty())
    }

    #[test]
    fn the_file_is_what_the_generators_give() {
        if is_set(WRITE) {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/constants.bin");
            std::fs::write(path, Constants::derive(MAX_LOG_LEN).to_bytes()).unwrap();
            return;
        }
        let log_len = if is_set("LARIAT_NIGHTLY") { MAX_LOG_LEN } else { 10 };
        let (derived, kept) = (Constants::derive(log_len), Constants::get());
        assert_eq!(derived.chi, kept.chi[..=log_len]);
        assert_eq!(derived.delta1_right, kept.delta1_right[..log_len]);
        assert_eq!(derived.delta2_right, kept.delta2_right[..log_len]);
        assert_eq!(derived.digests, kept.digests[..=log_len]);
        assert_eq!(kept.to_bytes(), BYTES);
        let all = [&kept.chi[..], &kept.delta1_right, &kept.delta2_right].concat();
        assert!(gt::members(&all.into_iter().map(Cyclotomic::from).collect::<Vec<_>>()).is_ok());
        let first = FirstGenerators::get();
        assert_eq!((first.gamma1, first.gamma2), (g1_generators(1)[0], g2_generators(1)[0]));
    }

    #[test]
    fn a_damaged_file_is_not_read() {
        assert_eq!(Constants::from_bytes(BYTES).as_ref(), Some(Constants::get()));
        let mut no_element = BYTES.to_vec();
        no_element[gt::BYTES..gt::BYTES + gt::BYTES / 2].fill(0);
        let mut not_canonical = BYTES.to_vec();
        not_canonical[..32].fill(0xff);
        let shorter = &BYTES[..BYTES.len() - 32];
        for bytes in [&BYTES[1..], &[BYTES, &[0]].concat(), shorter, &no_element, &not_canonical, &[]] {
            assert_eq!(Constants::from_bytes(bytes), None);
        }
    }

    #[test]
    fn products_of_generators_match_arkworks() {
        let derived = Constants::derive(4);
        let (gamma1, gamma2) = (g1_generators(16), g2_generators(16));
        let pair = |p: Range<usize>, q: Range<usize>| Gt::from_pairing(&Bn254::multi_pairing(&gamma1[p], &gamma2[q]).0);
        for k in 0..=4usize {
            let n = 1 << k;
            assert_eq!(derived.chi[k], pair(0..n, 0..n));
            if k > 0 {
                assert_eq!(derived.delta1_right[k - 1], pair(n / 2..n, 0..n / 2));
                assert_eq!(derived.delta2_right[k - 1], pair(0..n / 2, n / 2..n));
            }
        }
    }

    #[test]
    fn products_do_not_depend_on_blocks() {
        // Two blocks: the highest level against a product over all lines at once.
        let (gamma1, lines) = (g1_generators(1 << 11), prepare(&g2_generators(1 << 11)));
        let (left, right) = lines.split_at(1 << 10);
        let products = pairing::products(&[(&gamma1[1 << 10..], left), (&gamma1[..1 << 10], right), (&gamma1, &lines)]);
        let derived = Constants::derive(11);
        assert_eq!(products, [derived.delta1_right[10], derived.delta2_right[10], derived.chi[11]]);
    }
}
