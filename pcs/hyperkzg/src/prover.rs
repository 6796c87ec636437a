//! The prover's side of an opening.

use crate::poly::{Line, divide_by_square, fold};
use crate::{HyperKzg, LABEL_EVALS, LABEL_FOLDS, LABEL_GAMMA, LABEL_QUOTIENT, LABEL_R, LABEL_WITNESS, LABEL_Z, powers};
use ark_ff::Field;
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::{Fr, par};
use lariat_kzg::divide_by_linear;
use lariat_pcs::PcsError;
use lariat_transcript::ProverChannel;

/// `f_0` and its folds `f_1, ..., f_{l - 1}`.
pub(crate) fn folds(f: Vec<Fr>, point: &[Fr]) -> Vec<Vec<Fr>> {
    let mut polys = vec![f];
    for (k, &x) in point.iter().rev().enumerate().take(point.len().saturating_sub(1)) {
        let next = fold(&polys[k], x);
        polys.push(next);
    }
    polys
}

/// `sum_i c_i f_i`, padded to `len` coefficients.
fn combine<'a>(terms: impl IntoIterator<Item = (Fr, &'a Vec<Fr>)>, len: usize) -> Vec<Fr> {
    let terms: Vec<(Fr, RowValues<'_>)> = terms.into_iter().map(|(c, f)| (c, RowValues::Field(f))).collect();
    combine_rows(&terms, len)
}

/// `f_0, ..., f_{l-1}` divided by `X^2 - r^2`.
pub(crate) fn divide_all(polys: &[Vec<Fr>], square: Fr) -> Vec<(Vec<Fr>, Line)> {
    par::map_collect(polys.len(), |k| divide_by_square(&polys[k], square))
}

/// `B = sum_{k > 0} gamma^(k-1) f_k`, and the batched quotient `q`.
pub(crate) fn batch(polys: &[Vec<Fr>], divided: &[(Vec<Fr>, Line)], gamma: Fr, square: Fr) -> (Vec<Fr>, Vec<Fr>) {
    let weights = || powers(gamma, polys.len() - 1);
    let half = polys.get(1).map_or(0, Vec::len);
    let folded = combine(weights().zip(&polys[1..]), half);
    let twice = combine(weights().zip(divided[1..].iter().map(|(q, _)| q)), half.saturating_sub(2));
    let (thrice, _) = divide_by_linear(&twice, square);
    let quotient = combine([(Fr::from(1u64), &divided[0].0), (gamma, &thrice)], polys[0].len() - 2);
    (folded, quotient)
}

/// `L`, but for its constant coefficient.
pub(crate) fn linearise(f: &Vec<Fr>, folded: &Vec<Fr>, quotient: &Vec<Fr>, gamma: Fr, z: Fr, square: Fr) -> Vec<Fr> {
    let third = z - square;
    let vanishing = (z.square() - square) * third;
    combine([(third, f), (gamma, folded), (-vanishing, quotient)], f.len())
}

impl HyperKzg {
    /// Everything after the claim, for `f_0` and what is said to be its folds; `l` of them, at least one.
    pub(crate) fn prove(&self, polys: &[Vec<Fr>], channel: &mut ProverChannel) -> Result<(), PcsError> {
        // Step 1: the folds.
        let folds: Vec<&[Fr]> = polys[1..].iter().map(Vec::as_slice).collect();
        channel.send_points(LABEL_FOLDS, &self.kzg.commit_all(&folds)?);

        // Step 2: the point.
        let r = channel.challenge(LABEL_R);
        let square = r.square();

        // Step 3: values at r and -r. Division by X^2 - r^2 finds them, as remainders.
        let divided = divide_all(polys, square);
        let evals: Vec<Fr> = divided.iter().flat_map(|(_, line)| [line.at(r), line.at(-r)]).collect();
        channel.send_scalars(LABEL_EVALS, &evals);

        // Step 4: the quotient over all points, batched.
        let gamma = channel.challenge(LABEL_GAMMA);
        let (folded, quotient) = batch(polys, &divided, gamma, square);
        channel.send_points(LABEL_QUOTIENT, &[self.kzg.commit(&quotient)?]);

        // Step 5: the same equation at z, linear in the committed polynomials.
        let z = channel.challenge(LABEL_Z);
        let linear = linearise(&polys[0], &folded, &quotient, gamma, z, square);
        let (witness, _) = divide_by_linear(&linear, z);
        channel.send_points(LABEL_WITNESS, &[self.kzg.commit(&witness)?]);
        Ok(())
    }
}
