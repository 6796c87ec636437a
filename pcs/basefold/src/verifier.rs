//! The verifier's side of an opening. Steps are numbered as in the prover.

use crate::{
    CHECK_COMBINATION, CHECK_FINAL_VALUE, CHECK_FINAL_WORD, CHECK_FOLD, LABEL_ALPHA, LABEL_BETA, LABEL_EXTRA,
    LABEL_FINAL, LABEL_GAMMA, LABEL_ORACLE, LABEL_SLOPE, LEAVES, Params, ROWS, SAMPLES, test_coefficients,
};
use ark_ff::{Field, Zero};
use lariat_algebra::Fr;
use lariat_algebra::ntt::Domain;
use lariat_algebra::poly::{Univariate, eq_evals};
use lariat_algebra::wide::inner_product;
use lariat_merkle::{Cap, SampledCommitment, recv_openings, samples};
use lariat_pcs::VerifyError;
use lariat_pcs::batch::PieceClaim;
use lariat_transcript::VerifierChannel;

fn failed<T>(check: &'static str) -> Result<T, VerifyError> {
    Err(VerifyError::Check { check })
}

/// A claimed value of the polynomial that is left.
struct PointClaim<'a> {
    /// The coordinates that are not bound yet.
    rest: &'a [Fr],
    value: Fr,
}

pub(crate) fn verify(
    params: &Params,
    commitments: &[&SampledCommitment],
    claim: PieceClaim<'_>,
    channel: &mut VerifierChannel<'_>,
) -> Result<(), VerifyError> {
    // Step 0: samples.
    let sampled = samples::recv_others(commitments, params.piece_vars(), params.config().regime, SAMPLES, channel)?;

    // Step 1: a random combination of all pieces, and its value.
    let gamma = channel.challenge(LABEL_GAMMA);
    let [extra] = channel.recv_array(LABEL_EXTRA)?;

    // Step 2: both combinations in one.
    let beta = channel.challenge(LABEL_BETA);
    let coefficients = test_coefficients(claim.coefficients, gamma, beta);
    let of_samples =
        sampled.iter().map(|s| PointClaim { rest: &s.point, value: s.combine(coefficients.iter().flatten()) });
    let claimed = PointClaim { rest: claim.point, value: claim.value + beta * extra };
    let mut claims: Vec<PointClaim<'_>> = std::iter::once(claimed).chain(of_samples).collect();

    // Step 3: folds.
    let mut oracles: Vec<(Cap, Vec<Fr>)> = Vec::with_capacity(params.folds().len());
    for oracle in params.oracles() {
        let cap = Cap::recv(oracle.tree, LABEL_ORACLE, channel)?;
        let mut alphas = Vec::with_capacity(oracle.log_fold);
        for _ in 0..oracle.log_fold {
            let slopes = channel.recv_scalars(LABEL_SLOPE, claims.len())?;
            let alpha = channel.challenge(LABEL_ALPHA);
            for (claim, slope) in claims.iter_mut().zip(slopes) {
                let Some((z, most)) = claim.rest.split_last() else { return failed(CHECK_FINAL_VALUE) };
                // The line with this slope through the claim at z.
                claim.value += (alpha - z) * slope;
                claim.rest = most;
            }
            alphas.push(alpha);
        }
        oracles.push((cap, alphas));
    }

    // Step 4: the final polynomial.
    let poly = channel.recv_scalars(LABEL_FINAL, 1 << params.final_vars())?;
    // Check 1.
    for claim in &claims {
        if inner_product(&poly, &eq_evals(claim.rest)) != claim.value {
            return failed(CHECK_FINAL_VALUE);
        }
    }

    // Step 5: queries.
    let mut indices = params.draw_queries(channel);
    let mut values = vec![Fr::zero(); indices.len()];
    for (commitment, coefficients) in commitments.iter().zip(&coefficients) {
        // Check 2.
        let rows = recv_openings(&commitment.cap, commitment.num_pieces, &indices, ROWS, channel)?;
        for (value, row) in values.iter_mut().zip(&rows) {
            *value += inner_product(row, coefficients);
        }
    }
    let mut check = CHECK_COMBINATION;
    for (oracle, (cap, alphas)) in params.oracles().zip(&oracles) {
        let places: Vec<usize> = indices.iter().map(|i| i & ((1 << oracle.log_fold) - 1)).collect();
        for i in &mut indices {
            *i >>= oracle.log_fold;
        }
        // Check 3.
        let leaves = recv_openings(cap, 1 << oracle.log_fold, &indices, LEAVES, channel)?;
        for (((value, leaf), place), index) in values.iter_mut().zip(leaves).zip(places).zip(&indices) {
            // Check 4 for the first oracle, check 5 for the others.
            if leaf.get(place) != Some(value) {
                return failed(check);
            }
            *value = fold_leaf(leaf, *index, oracle.log_len, alphas);
        }
        check = CHECK_FOLD;
    }
    // Check 6.
    let domain = Domain::new(params.final_vars() + params.config().log_inv_rate);
    let poly = Univariate { coeffs: poly };
    for (value, index) in values.iter().zip(indices) {
        if poly.eval(domain.element(index)) != *value {
            return failed(CHECK_FINAL_WORD);
        }
    }
    Ok(())
}

/// Folds a leaf of consecutive positions of a codeword of length `2^log_len` to the one value of the folded codeword at
/// position `index`.
pub(crate) fn fold_leaf(mut leaf: Vec<Fr>, index: usize, log_len: usize, alphas: &[Fr]) -> Fr {
    let mut log_leaf = alphas.len();
    let half = Fr::from(2u64).inverse().expect("two is not zero");
    // Position (index 2^k + j) is the point at index 2^k times the point at j of the domain of size 2^k.
    let mut start = Domain::new(log_len).inverse_element(index << log_leaf);
    for alpha in alphas {
        let points = Domain::new(log_leaf);
        let pairs = leaf.as_chunks::<2>().0.iter().enumerate();
        leaf = pairs
            .map(|(j, [u, v])| {
                let even = (*u + v) * half;
                let odd = (*u - v) * half * start * points.inverse_element(2 * j);
                even + *alpha * (odd - even)
            })
            .collect();
        start.square_in_place();
        log_leaf -= 1;
    }
    *leaf.first().expect("a leaf has a value for each position that its folds join")
}
