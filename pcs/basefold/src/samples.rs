//! Out-of-domain samples of commitments: values that single out one of the polynomials close to a word.

use ark_ff::{PrimeField, Zero};
use lariat_algebra::msm::RowValues;
use lariat_algebra::{Fr, par};
use lariat_merkle::Cap;
use lariat_sumcheck::dense_product::{EqFactorTables, evaluate_row};

/// The point at which a commitment's pieces are sampled: a hash of the cap, so that equal pieces have equal commitments in all
/// proofs.
pub(crate) fn point(cap: &Cap, num_pieces: usize, num_vars: usize) -> Vec<Fr> {
    let mut hasher = blake3::Hasher::new_derive_key("lariat 2026 basefold out-of-domain point of a commitment v1");
    for number in [num_pieces, num_vars, cap.shape().log_leaves()] {
        hasher.update(&(number as u64).to_le_bytes());
    }
    hasher.update(cap.digests().as_flattened());
    let mut stream = hasher.finalize_xof();
    let coordinate = |_| {
        let mut bytes = [0; 64];
        stream.fill(&mut bytes);
        Fr::from_le_bytes_mod_order(&bytes)
    };
    (0..num_vars).map(coordinate).collect()
}

/// The values of pieces at a point.
pub(crate) fn values(pieces: &[RowValues<'_>], point: &[Fr]) -> Vec<Fr> {
    let eq = EqFactorTables::new(point);
    par::map_collect(pieces.len(), |i| evaluate_row(pieces[i], &eq))
}

/// The values of all pieces of all commitments at one commitment's point.
#[derive(Clone, Debug)]
pub(crate) struct Sampled {
    /// The point.
    pub point: Vec<Fr>,
    /// The values, commitment by commitment.
    pub values: Vec<Vec<Fr>>,
}

impl Sampled {
    /// The value there of the combination with these coefficients.
    pub fn combine(&self, coefficients: &[Vec<Fr>]) -> Fr {
        let terms = coefficients.iter().flatten().zip(self.values.iter().flatten());
        terms.fold(Fr::zero(), |sum, (c, v)| sum + *c * v)
    }
}
