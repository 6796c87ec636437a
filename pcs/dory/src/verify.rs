//! The verifier's side of the evaluation proof.

use crate::constants::{Constants, FirstGenerators};
use crate::gt::{Cyclotomic, Gt, product_of_powers};
use crate::messages::{First, LABEL_ALPHA, LABEL_BETA, LABEL_D, Last, Second, Statement};
use crate::pairing::{miller, prepare};
use crate::{g2, gt};
use ark_bn254::{G2Affine, G2Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{Field, One, Zero};
use lariat_algebra::msm::msm;
use lariat_algebra::{Fr, G1Affine, G1Projective};
use lariat_pcs::VerifyError;
use lariat_transcript::VerifierChannel;

/// A challenge is zero.
pub const CHECK_CHALLENGES: &str = "challenges are invertible";
/// `E_1` of the last round is not `s_2 V_1`.
pub const CHECK_ROWS: &str = "folded row weights";
/// `E_2` of the last round is not `s_1 V_2`.
pub const CHECK_COLUMNS: &str = "folded column weights";
/// `C`, `D_1`, `D_2` of the last round are not the products of `V_1`, `V_2`.
pub const CHECK_PRODUCTS: &str = "folded inner products";

/// What is verified.
pub(crate) struct Claim<'a> {
    /// `sigma`.
    pub log_len: usize,
    /// The commitment, as a product of powers.
    pub commitment: Vec<(Cyclotomic, Fr)>,
    /// As in the prover's opening.
    pub columns: &'a [Fr],
    /// As in the prover's opening.
    pub row_point: &'a [Fr],
    /// `y`.
    pub value: Fr,
}

/// A round's messages, and its challenges with their inverses.
struct Round {
    first: First,
    second: Second,
    alpha: [Fr; 2],
    beta: [Fr; 2],
}

/// A challenge and its inverse.
fn challenge(label: &'static str, channel: &mut VerifierChannel<'_>) -> Result<[Fr; 2], VerifyError> {
    let x = channel.challenge(label);
    let inverse = x.inverse().ok_or(VerifyError::Check { check: CHECK_CHALLENGES })?;
    Ok([x, inverse])
}

/// The only entry of `s_1` or `s_2` after the last round: each round multiplies by `factor (1 - x) + x`.
fn folded(coordinates: &[Fr], factors: impl Iterator<Item = Fr>) -> Fr {
    coordinates.iter().zip(factors).map(|(x, factor)| factor * (Fr::one() - x) + x).product()
}

/// Checks the evaluation proof.
pub(crate) fn verify(claim: Claim<'_>, channel: &mut VerifierChannel<'_>) -> Result<(), VerifyError> {
    let Claim { log_len, commitment, columns, row_point, value } = claim;
    let failed = |check| Err(VerifyError::Check { check });

    // Step 1: the statement about vectors.
    let statement = Statement::recv(channel)?;

    // Steps 2 to 5: rounds.
    let mut rounds = Vec::with_capacity(log_len);
    for _ in 0..log_len {
        let first = First::recv(channel)?;
        let beta = challenge(LABEL_BETA, channel)?;
        let second = Second::recv(channel)?;
        let alpha = challenge(LABEL_ALPHA, channel)?;
        rounds.push(Round { first, second, alpha, beta });
    }

    // Step 6: the vectors of length one.
    let Last { v1, v2 } = Last::recv(channel)?;
    let [d, d_inverse] = challenge(LABEL_D, channel)?;

    // Check 6: <v1, s_2> is E_1, and in the end s_2 V_1.
    let s2 = folded(row_point, rounds.iter().map(|r| r.alpha[1]));
    let mut points = vec![statement.e1, v1];
    let mut scalars = vec![Fr::one(), -s2];
    for Round { first, second, alpha, beta } in &rounds {
        points.extend([first.e1_beta, second.e1[0], second.e1[1]]);
        scalars.extend([beta[0], alpha[0], alpha[1]]);
    }
    if !msm(&points, &scalars).is_ok_and(|sum| sum.is_zero()) {
        return failed(CHECK_ROWS);
    }

    let FirstGenerators { gamma1, gamma2, lines: first_lines } = FirstGenerators::get();
    // Checks 7 and 8: <s_1, v2> is E_2 = y Gamma_2[0], and in the end s_1 V_2.
    let s1 = folded(columns, rounds.iter().map(|r| r.alpha[0]));
    let mut points = vec![*gamma2, v2];
    let mut scalars = vec![value, -s1];
    for Round { first, second, alpha, beta } in &rounds {
        points.extend([first.e2_beta, second.e2[0], second.e2[1]]);
        scalars.extend([beta[1], alpha[0], alpha[1]]);
    }
    g2::check_members(&points)?;
    if !G2Projective::msm(&points, &scalars).is_ok_and(|sum| sum.is_zero()) {
        return failed(CHECK_COLUMNS);
    }

    // Checks 9 and 10: <v1, v2>, <v1, Gamma_2>, <Gamma_1, v2> are C, D_1, D_2, and in the end, combined under d,
    // e(V_1 + d Gamma_1[0], V_2 + d^-1 Gamma_2[0]) = chi_0 + C + d D_2 + d^-1 D_1, GT written additively.
    // Round k takes D_1 and D_2 of length 2^k into C under beta^-1 and beta; those of length one come under d^-1 and d.
    let statement_weights = rounds.first().map_or([d_inverse, d], |r| [r.beta[1], r.beta[0]]);
    let weights = rounds.iter().skip(1).map(|r| [r.beta[1], r.beta[0]]).chain([[d_inverse, d]]);
    let [w1, statement_w2] = statement_weights;
    let (mut elements, mut exponents): (Vec<Cyclotomic>, Vec<Fr>) =
        commitment.into_iter().map(|(piece, c)| (piece, c * w1)).unzip();
    let known = Constants::get();
    let mut constants: Vec<(Gt, Fr)> = Vec::new();
    // chi_k enters C in round k, chi_0 in the equation itself.
    let mut chi = vec![Fr::one(); log_len + 1];
    for ((k, round), [w1, w2]) in (0..log_len).rev().zip(&rounds).zip(weights) {
        // From length 2^(k + 1) to 2^k.
        let Round { first, second, alpha, beta } = round;
        elements.extend(first.d1.iter().chain(&first.d2).chain(&second.c));
        exponents.extend([alpha[0] * w1, w1, alpha[1] * w2, w2, alpha[0], alpha[1]]);
        // Delta_1L = Delta_2L = chi_k.
        let (Some(delta1), Some(delta2), Some(chi)) =
            (known.delta1_right.get(k), known.delta2_right.get(k), chi.get_mut(k))
        else {
            return failed(CHECK_PRODUCTS);
        };
        constants.extend([(*delta1, beta[0] * w1), (*delta2, beta[1] * w2)]);
        *chi += alpha[0] * beta[0] * w1 + alpha[1] * beta[1] * w2;
    }
    let elements = gt::members(&elements)?;
    let powers: Vec<(Gt, Fr)> =
        elements.into_iter().zip(exponents).chain(constants).chain(known.chi.iter().copied().zip(chi)).collect();
    // C = e(C_1, Gamma_2[0]) and D_2 = e(E_1, Gamma_2[0]) of the statement go to the left, with the other sign.
    let first = combine(&[v1, *gamma1], &[Fr::one(), d]);
    let second: G2Affine = (*gamma2 * d_inverse + v2).into_affine();
    let from_statement = combine(&[statement.c1, statement.e1], &[-Fr::one(), -statement_w2]);
    let lines = prepare(&[second]);
    let left = miller(&[first, from_statement], lines.iter().chain(first_lines)).reduce();
    if left == product_of_powers(&powers) { Ok(()) } else { failed(CHECK_PRODUCTS) }
}

/// `sum_i scalars_i points_i`.
fn combine<const N: usize>(points: &[G1Affine; N], scalars: &[Fr; N]) -> G1Affine {
    points.iter().zip(scalars).map(|(point, scalar)| *point * scalar).sum::<G1Projective>().into_affine()
}
