//! Out-of-domain samples of commitments: values that single out one of the polynomials close to a word.

use ark_ff::{Field, One, PrimeField, Zero};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::{Fr, par};
use lariat_merkle::Cap;
use lariat_sumcheck::dense_product::{EqFactorTables, evaluate_row};

use lariat_merkle::folding::evaluate;

/// A commitment to pieces of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// Top of the tree over the codewords.
    pub cap: Cap,
    /// The values of all pieces at the commitment's own point; none in the unique decoding regime.
    pub samples: Vec<Fr>,
}

/// The point at which a commitment's pieces are sampled: a hash of the cap, so that equal pieces have equal commitments in all
/// proofs.
pub(crate) fn point(cap: &Cap, num_pieces: usize) -> Fr {
    let mut hasher = blake3::Hasher::new_derive_key("lariat-whir 2026 out-of-domain point of a commitment v1");
    hasher.update(&(num_pieces as u64).to_le_bytes());
    hasher.update(&(cap.shape().log_leaves() as u64).to_le_bytes());
    hasher.update(cap.digests().as_flattened());
    let mut bytes = [0; 64];
    hasher.finalize_xof().fill(&mut bytes);
    Fr::from_le_bytes_mod_order(&bytes)
}

/// The values at `x` of polynomials in `num_vars` variables, whose evaluations are taken as coefficients.
pub(crate) fn values(pieces: &[RowValues<'_>], num_vars: usize, x: Fr) -> Vec<Fr> {
    // x^b is a multiple of the weight eq(a, b): 1 and y are (1 + y) times 1 - a and a, for a = y / (1 + y).
    let mut powers = vec![Fr::one() + x; num_vars];
    let mut power = x;
    for sum in powers.iter_mut().rev() {
        *sum = Fr::one() + power;
        power = power.square();
    }
    let scale: Fr = powers.iter().product();
    let weight = |sum: &Fr| sum.inverse().map(|inverse| Fr::one() - inverse);
    let Some(point) = powers.iter().map(weight).collect::<Option<Vec<Fr>>>() else {
        let coefficients = |piece: &RowValues<'_>| combine_rows(&[(Fr::one(), *piece)], 1 << num_vars);
        return pieces.iter().map(|piece| evaluate(&coefficients(piece), x)).collect();
    };
    let eq = EqFactorTables::new(&point);
    par::map_collect(pieces.len(), |i| scale * evaluate_row(pieces[i], &eq))
}

/// The values of all pieces of all commitments at one commitment's point.
#[derive(Clone, Debug)]
pub(crate) struct Sampled {
    /// The point.
    pub point: Fr,
    /// The values, commitment by commitment.
    pub values: Vec<Vec<Fr>>,
}

impl Sampled {
    /// The claim on the combination with these weights: its point and its value there.
    pub fn claim(&self, weights: &[Vec<Fr>]) -> (Fr, Fr) {
        let terms = weights.iter().flatten().zip(self.values.iter().flatten());
        (self.point, terms.fold(Fr::zero(), |sum, (w, v)| sum + *w * v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    /// At a random point, and at one whose powers have no weights.
    #[test]
    fn values_are_those_of_the_definition() {
        let mut rng = ChaCha20Rng::seed_from_u64(8);
        for num_vars in [0usize, 1, 5] {
            let field: Vec<Fr> = (0..1 << num_vars).map(|_| Fr::rand(&mut rng)).collect();
            let small: Vec<u16> = (0..(1u16 << num_vars) - 1).map(|i| 7 * i + 3).collect();
            for x in [Fr::rand(&mut rng), Fr::zero(), -Fr::one()] {
                let term = |(b, c): (usize, Fr)| c * x.pow([b as u64]);
                let expected: [Fr; 2] = [
                    field.iter().copied().enumerate().map(term).sum(),
                    small.iter().map(|&c| Fr::from(c)).enumerate().map(term).sum(),
                ];
                assert_eq!(values(&[RowValues::Field(&field), RowValues::U16(&small)], num_vars, x), expected);
            }
        }
    }
}
