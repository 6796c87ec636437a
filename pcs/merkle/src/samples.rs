//! Out-of-domain samples of commitments: values at a point that single out one of the polynomials close to a word.
//!
//! Up to Johnson's bound, a word is close to a list of at most `L` codewords. Two multilinear polynomials in `l` variables agree at a
//! random point with probability at most `l / r`, so that the values of all pieces there determine one tuple of the list, but for
//! `L^2 l / (2 r)`. The point is a hash of the commitment's cap and of nothing else: with its samples, the commitment binds the same
//! pieces in every proof.

use crate::{Cap, CommittedRows, Regime, TreeShape};
use ark_ff::{PrimeField, Zero};
use lariat_algebra::msm::RowValues;
use lariat_algebra::{Fr, par};
use lariat_pcs::VerifyError;
use lariat_sumcheck::dense_product::{EqFactorTables, evaluate_row};
use lariat_transcript::encoding::SCALAR_BYTES;
use lariat_transcript::{ProverChannel, VerifierChannel};

/// Labels of a commitment's cap, of its samples, and of other commitments' pieces' values at its point.
#[derive(Clone, Copy, Debug)]
pub struct SampleLabels {
    /// Label of the cap.
    pub cap: &'static str,
    /// Label of the samples.
    pub own: &'static str,
    /// Label of the values of other pieces.
    pub others: &'static str,
}

/// A commitment to pieces of one commit call, with samples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledCommitment {
    /// Top of the tree over the codewords.
    pub cap: Cap,
    /// Number of pieces.
    pub num_pieces: usize,
    /// The values of all pieces at the commitment's own point; none where the regime asks for none.
    pub samples: Vec<Fr>,
}

impl SampledCommitment {
    /// The commitment to pieces in `num_vars` variables, of which `cap` is the tree's.
    pub fn new(cap: Cap, pieces: &[RowValues<'_>], num_vars: usize, regime: Regime) -> Self {
        let samples = match regime {
            Regime::Unique => Vec::new(),
            Regime::Johnson => values(pieces, &point(&cap, pieces.len(), num_vars)),
        };
        Self { cap, num_pieces: pieces.len(), samples }
    }

    /// Sends the cap and the samples.
    pub fn send(&self, regime: Regime, labels: SampleLabels, channel: &mut ProverChannel) {
        self.cap.send(labels.cap, channel);
        if regime.samples() > 0 {
            channel.send_scalars(labels.own, &self.samples);
        }
    }

    /// Receives the commitment to so many pieces, whose tree has this shape.
    ///
    /// # Errors
    /// When the proof ends before, the cap does not hash to its root, or a scalar is not canonical.
    pub fn recv(
        shape: TreeShape,
        num_pieces: usize,
        regime: Regime,
        labels: SampleLabels,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Self, VerifyError> {
        let cap = Cap::recv(shape, labels.cap, channel)?;
        let samples = match regime {
            Regime::Unique => Vec::new(),
            Regime::Johnson => channel.recv_scalars(labels.own, num_pieces)?,
        };
        Ok(Self { cap, num_pieces, samples })
    }

    /// Bytes of the commitment to so many pieces.
    pub fn bytes(shape: TreeShape, num_pieces: usize, regime: Regime) -> usize {
        shape.cap_bytes() + SCALAR_BYTES * num_pieces * regime.samples()
    }
}

/// Number of values of pieces at the points of other commitments that an opening sends.
pub fn num_others(num_pieces: &[usize], regime: Regime) -> usize {
    let total: usize = num_pieces.iter().sum();
    let others: usize = num_pieces.iter().map(|&own| total - own).sum();
    others * regime.samples()
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

/// Sends, for each commitment's point, the values there of all other commitments' pieces. Returns the points, none where the regime
/// asks for no samples.
pub fn send_others(
    rows: &[&CommittedRows],
    pieces: &[Vec<RowValues<'_>>],
    num_vars: usize,
    regime: Regime,
    labels: SampleLabels,
    channel: &mut ProverChannel,
) -> Vec<Vec<Fr>> {
    let with_samples = rows.iter().zip(pieces).filter(|_| regime.samples() > 0);
    let points: Vec<Vec<Fr>> = with_samples.map(|(rows, own)| point(&rows.cap(), own.len(), num_vars)).collect();
    for (at, point) in points.iter().enumerate() {
        for (_, others) in pieces.iter().enumerate().filter(|(other, _)| *other != at) {
            channel.send_scalars(labels.others, &values(others, point));
        }
    }
    points
}

/// Receives those values: with the commitments' own samples, the values of all pieces at every commitment's point. None where the
/// regime asks for no samples.
///
/// # Errors
/// When the proof ends before, or a scalar is not canonical.
pub fn recv_others(
    commitments: &[&SampledCommitment],
    num_vars: usize,
    regime: Regime,
    labels: SampleLabels,
    channel: &mut VerifierChannel<'_>,
) -> Result<Vec<Sampled>, VerifyError> {
    let mut all = Vec::with_capacity(commitments.len());
    for (at, own) in commitments.iter().enumerate().filter(|_| regime.samples() > 0) {
        let mut values = Vec::with_capacity(commitments.len());
        for (other, commitment) in commitments.iter().enumerate() {
            values.push(if other == at {
                own.samples.clone()
            } else {
                channel.recv_scalars(labels.others, commitment.num_pieces)?
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use lariat_algebra::poly::eq_evals;

    fn pieces() -> [Vec<Fr>; 2] {
        [3u64, 5].map(|k| (0..16).map(|i| Fr::from(k * i * i + 1)).collect())
    }

    fn commit(pieces: &[Vec<Fr>], regime: Regime) -> SampledCommitment {
        let rows: Vec<RowValues<'_>> = pieces.iter().map(|piece| RowValues::Field(piece)).collect();
        let code = Code { log_coefficients: 4, log_blowup: 1 };
        SampledCommitment::new(CommittedRows::encode(&rows, code, 4).cap(), &rows, 4, regime)
    }

    /// The samples are the values at a point that every node of the cap and the number of pieces decide on.
    #[test]
    fn samples_are_values_at_a_point_of_the_cap() {
        let pieces = pieces();
        let commitment = commit(&pieces, Regime::Johnson);
        let point_of = |commitment: &SampledCommitment| point(&commitment.cap, commitment.num_pieces, 4);
        let weights = eq_evals(&point_of(&commitment));
        let expected = pieces.each_ref().map(|piece| piece.iter().zip(&weights).map(|(p, w)| *p * w).sum::<Fr>());
        assert_eq!(commitment.samples, expected);
        assert_eq!(commit(&pieces, Regime::Johnson), commitment);
        assert!(commit(&pieces, Regime::Unique).samples.is_empty());
        let mut other = pieces.clone();
        other[1][15] += Fr::from(1u64);
        let points = [point_of(&commit(&other, Regime::Johnson)), point(&commitment.cap, 3, 4), point_of(&commitment)];
        assert!(points[0] != points[2] && points[1] != points[2]);
        assert_ne!(point(&commitment.cap, 2, 3)[..], points[2][..3]);
    }
}
