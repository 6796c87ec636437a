//! Out-of-domain samples of commitments: values at a point that single out one of the polynomials close to a word.
//!
//! Up to Johnson's bound, a word is close to a list of at most `L` codewords. Two multilinear polynomials in `l` variables agree at a
//! random point with probability at most `l / r`, so that the values of all pieces there determine one tuple of the list, but for
//! `L^2 l / (2 r)`. The point is a hash of the commitment's cap and of nothing else: with its samples, the commitment binds the same
//! pieces in every proof.

use crate::Cap;
use ark_ff::{PrimeField, Zero};
use lariat_algebra::msm::RowValues;
use lariat_algebra::{Fr, par};
use lariat_pcs::VerifyError;
use lariat_sumcheck::dense_product::{EqFactorTables, evaluate_row};
use lariat_transcript::{ProverChannel, VerifierChannel};

/// A commitment to pieces of one commit call, with samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledCommitment {
    /// Top of the tree over the codewords.
    pub cap: Cap,
    /// Number of pieces.
    pub num_pieces: usize,
    /// The values of all pieces at the commitment's own point; none where a scheme needs no samples.
    pub samples: Vec<Fr>,
}

/// The point in `num_vars` variables at which a commitment's pieces are sampled.
pub fn point(cap: &Cap, num_pieces: usize, num_vars: usize) -> Vec<Fr> {
    let mut hasher = blake3::Hasher::new_derive_key("lariat-merkle 2026 out-of-domain point of a commitment v1");
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
pub fn values(pieces: &[RowValues<'_>], point: &[Fr]) -> Vec<Fr> {
    let eq = EqFactorTables::new(point);
    par::map_collect(pieces.len(), |i| evaluate_row(pieces[i], &eq))
}

/// Sends, for each commitment's point, the values there of all other commitments' pieces.
pub fn send_others(
    points: &[Vec<Fr>],
    pieces: &[Vec<RowValues<'_>>],
    label: &'static str,
    channel: &mut ProverChannel,
) {
    for (at, point) in points.iter().enumerate() {
        for (_, others) in pieces.iter().enumerate().filter(|(other, _)| *other != at) {
            channel.send_scalars(label, &values(others, point));
        }
    }
}

/// Receives those values: with the commitments' own samples, the values of all pieces at every commitment's point.
///
/// # Errors
/// When the proof ends before, or a scalar is not canonical.
pub fn recv_others(
    commitments: &[&SampledCommitment],
    num_vars: usize,
    label: &'static str,
    channel: &mut VerifierChannel<'_>,
) -> Result<Vec<Sampled>, VerifyError> {
    let mut all = Vec::with_capacity(commitments.len());
    for (at, own) in commitments.iter().enumerate() {
        let mut values = Vec::with_capacity(commitments.len());
        for (other, commitment) in commitments.iter().enumerate() {
            values.push(if other == at {
                own.samples.clone()
            } else {
                channel.recv_scalars(label, commitment.num_pieces)?
            });
        }
        all.push(Sampled { point: point(&own.cap, own.num_pieces, num_vars), values });
    }
    Ok(all)
}

/// The values of all pieces of all commitments at one commitment's point.
#[derive(Clone, Debug)]
pub struct Sampled {
    /// The point.
    pub point: Vec<Fr>,
    /// The values, commitment by commitment.
    pub values: Vec<Vec<Fr>>,
}

impl Sampled {
    /// The value there of the combination with these coefficients.
    pub fn combine<'a>(&self, coefficients: impl IntoIterator<Item = &'a Fr>) -> Fr {
        let terms = coefficients.into_iter().zip(self.values.iter().flatten());
        terms.fold(Fr::zero(), |sum, (c, v)| sum + *c * v)
    }
}
