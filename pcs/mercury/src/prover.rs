//! The prover's side of an opening.

use crate::equation::{NUM_EVALS, Weights};
use crate::poly::{cross_terms, divide_by_binomial, eval};
use crate::{
    LABEL_ALPHA, LABEL_BETA, LABEL_CROSS, LABEL_EVALS, LABEL_FOLDED, LABEL_GAMMA, LABEL_QUOTIENT, LABEL_ROWS,
    LABEL_WITNESS, LABEL_ZETA, Mercury, challenge_pair,
};
use ark_ff::Field;
use lariat_algebra::ifma::slices;
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::poly::eq_evals;
use lariat_algebra::{Fr, par};
use lariat_kzg::divide_by_linear;
use lariat_pcs::PcsError;
use lariat_transcript::ProverChannel;

/// What the prover holds when it has sent everything but openings.
pub(crate) struct Polys {
    /// The combination of pieces.
    pub f: Vec<Fr>,
    /// Values of the rows at `u_1`.
    pub h: Vec<Fr>,
    /// `f mod X^b - alpha`.
    pub g: Vec<Fr>,
    /// `(f - g) / (X^b - alpha)`.
    pub q: Vec<Fr>,
    /// `X^(b-1) g(1/X)`.
    pub d: Vec<Fr>,
    /// The cross terms of both inner products.
    pub s: Vec<Fr>,
}

/// `h_i = <row i of f, weights>`.
pub(crate) fn fold_rows(f: &[Fr], weights: &[Fr]) -> Vec<Fr> {
    let b = weights.len();
    par::map_collect(f.len() / b, |i| slices::inner_product(&f[i * b..(i + 1) * b], weights))
}

/// `S(X)` for `<g, P_low> + gamma <h, P_high>`.
pub(crate) fn cross_sum(g: &[Fr], low: &[Fr], h: &[Fr], high: &[Fr], gamma: Fr) -> Vec<Fr> {
    let (mut of_g, of_h) = (cross_terms(g, low), cross_terms(h, high));
    of_g.resize(of_g.len().max(of_h.len()), Fr::default());
    slices::scale_add(&mut of_g[..of_h.len()], gamma, &of_h);
    of_g
}

fn combine(terms: &[(Fr, &[Fr])]) -> Vec<Fr> {
    let len = terms.iter().map(|(_, f)| f.len()).max().unwrap_or(0);
    let terms: Vec<(Fr, RowValues<'_>)> = terms.iter().map(|(c, f)| (*c, RowValues::Field(f))).collect();
    combine_rows(&terms, len)
}

/// The quotient by `(X - x_0)(X - x_1)...`, without its remainder.
fn divide(f: Vec<Fr>, points: &[Fr]) -> Vec<Fr> {
    points.iter().fold(f, |f, x| divide_by_linear(&f, *x).0)
}

impl Polys {
    /// The values that are sent.
    pub(crate) fn evals(&self, [zeta, inverse, alpha]: [Fr; 3]) -> [Fr; NUM_EVALS] {
        let Self { h, g, s, .. } = self;
        [eval(g, zeta), eval(g, inverse), eval(h, zeta), eval(h, inverse), eval(h, alpha), eval(s, inverse)]
    }

    /// `W`.
    pub(crate) fn quotient(&self, [zeta, inverse, alpha]: [Fr; 3], beta: Fr) -> Vec<Fr> {
        let beta_2 = beta.square();
        let of_h = divide(self.h.clone(), &[zeta, inverse, alpha]);
        let of_pair = divide(combine(&[(beta, &self.g), (beta_2, &self.s)]), &[zeta, inverse]);
        let of_d = divide(self.d.clone(), &[zeta]);
        let one = Fr::from(1u64);
        combine(&[(one, &of_h), (one, &of_pair), (beta_2 * beta, &of_d)])
    }

    /// `A + delta B`, but for its constant coefficient.
    pub(crate) fn linearise(&self, quotient: &[Fr], weights: &Weights) -> Vec<Fr> {
        let Weights { beta, pair, single, vanishing, delta, binomial, .. } = *weights;
        combine(&[
            (Fr::from(1u64), &self.h),
            (pair - delta, &self.g),
            (pair * beta, &self.s),
            (single, &self.d),
            (-vanishing, quotient),
            (delta, &self.f),
            (-binomial, &self.q),
        ])
    }
}

impl Mercury {
    /// Everything after the claim.
    pub(crate) fn prove(&self, f: Vec<Fr>, point: &[Fr], channel: &mut ProverChannel) -> Result<(), PcsError> {
        let (high, low) = self.split(point);

        // Step 1: rows.
        let h = fold_rows(&f, &eq_evals(low));
        channel.send_points(LABEL_ROWS, &[self.kzg.commit(&h)?]);

        // Step 2: columns.
        let alpha = channel.challenge(LABEL_ALPHA);
        let (q, g) = divide_by_binomial(&f, 1 << low.len(), alpha);
        let d: Vec<Fr> = g.iter().rev().copied().collect();
        self.send_folded(&g, &q, &d, channel)?;

        // Step 3: inner products.
        let gamma = channel.challenge(LABEL_GAMMA);
        let s = cross_sum(&g, low, &h, high, gamma);
        channel.send_points(LABEL_CROSS, &[self.kzg.commit(&s)?]);

        self.prove_values(&Polys { f, h, g, q, d, s }, alpha, channel)
    }

    /// Sends the points of step 2.
    pub(crate) fn send_folded(
        &self,
        g: &[Fr],
        q: &[Fr],
        d: &[Fr],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        channel.send_points(LABEL_FOLDED, &self.kzg.commit_all(&[g, q, d])?);
        Ok(())
    }

    /// Everything from `zeta` on.
    fn prove_values(&self, polys: &Polys, alpha: Fr, channel: &mut ProverChannel) -> Result<(), PcsError> {
        // Step 4: values.
        let zeta = channel.challenge(LABEL_ZETA);
        let points = [zeta, zeta.inverse().unwrap_or_default(), alpha];
        channel.send_scalars(LABEL_EVALS, &polys.evals(points));

        // Step 5: the quotient over all points, batched.
        let beta = channel.challenge(LABEL_BETA);
        let quotient = polys.quotient(points, beta);
        channel.send_points(LABEL_QUOTIENT, &[self.kzg.commit(&quotient)?]);

        // Step 6: (a) and (d) at z, linear in the committed polynomials.
        let z_delta = challenge_pair(channel);
        let weights = Weights::new(self.low_vars(), points, beta, z_delta);
        let witness = divide(polys.linearise(&quotient, &weights), &[weights.z]);
        channel.send_points(LABEL_WITNESS, &[self.kzg.commit(&witness)?]);
        Ok(())
    }
}
