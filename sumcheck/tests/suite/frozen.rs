//! Frozen-challenge attacks on grand products: forgeries in the kernel of known challenges. The verifier that replays
//! the old challenges accepts each of them, which shows that the forgery is a good one; the real verifier, whose
//! challenges depend on the forged message, rejects it.

use crate::common::session;
use crate::engine::{offset, scalars};
use crate::grand_product::{Dense, Rejection, Sparse};
use ark_ff::{Field, One};
use lariat_algebra::Fr;
use lariat_sumcheck::SumcheckError;
use lariat_transcript::{ChallengeTape, encoding::scalar_from_bytes};

fn scalar(proof: &[u8], index: usize) -> Fr {
    scalar_from_bytes(proof[32 * index..32 * index + 32].try_into().unwrap()).unwrap()
}

/// The solution of `m (x, y) = v`.
fn solve(m: [[Fr; 2]; 2], v: [Fr; 2]) -> [Fr; 2] {
    let det = (m[0][0] * m[1][1] - m[0][1] * m[1][0]).inverse().unwrap();
    [(v[0] * m[1][1] - v[1] * m[0][1]) * det, (m[0][0] * v[1] - m[1][0] * v[0]) * det]
}

fn assert_only_frozen_accepts(statement: &Dense, tape: ChallengeTape, forged: &[u8], case: &str) {
    statement.verify_protocol(session().freeze(tape), forged).unwrap_or_else(|e| panic!("{case}: frozen: {e:?}"));
    let error = statement.verify_protocol(session(), forged).unwrap_err();
    assert!(matches!(error, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{case}: {error:?}");
}

/// Two groups of one leaf in at least two variables: where layer `k` of the trees starts, in drawn challenges and in scalars
/// sent. Layer 2 is the first.
fn layer_start(k: usize) -> (usize, usize) {
    (2..k).fold((2, 8), |(drawn, sent), j| (drawn + j + 2, sent + 2 * j + 4))
}

/// Values in the clear with another product and the same evaluation: both coordinates of the point are needed.
#[test]
fn rejects_values_in_the_kernel_of_a_frozen_point() {
    let statement = Dense::random(4, 13, 2, 1, 706);
    let (proof, tape, _) = statement.prove();
    // Coordinate 0 is bit 1 of an index.
    for (coordinate, neighbour) in [(0, 2), (1, 1)] {
        let r = scalars(&tape)[coordinate];
        let mut forged = proof.clone();
        offset(&mut forged, 0, r);
        offset(&mut forged, neighbour, r - Fr::one());
        assert_only_frozen_accepts(&statement, tape.clone(), &forged, &format!("coordinate {coordinate}"));
    }
}

#[test]
fn rejects_products_in_the_kernel_of_frozen_batching() {
    let statement = Dense::random(3, 7, 1, 2, 700);
    let (proof, tape, _) = statement.prove();
    // Behind the two coordinates of the values' point; a group has four values.
    let alpha = scalars(&tape)[2];
    let mut forged = proof.clone();
    offset(&mut forged, 0, -alpha);
    offset(&mut forged, 4, Fr::one());
    assert_only_frozen_accepts(&statement, tape, &forged, "products");
}

#[test]
fn rejects_products_in_the_kernel_of_frozen_slot_batching() {
    // No tree at all: the products go straight to the slots.
    let statement = Dense::random(0, 1, 4, 2, 701);
    let (proof, tape, _) = statement.prove();
    let mut forged = proof.clone();
    offset(&mut forged, 0, -scalars(&tape)[0]);
    offset(&mut forged, 1, Fr::one());
    assert_only_frozen_accepts(&statement, tape, &forged, "products");
}

#[test]
fn rejects_layer_rounds_in_the_kernel_of_a_frozen_challenge() {
    let statement = Dense::random(4, 13, 1, 2, 702);
    let (proof, tape, _) = statement.prove();
    for layer in 2..4 {
        let (drawn, sent) = layer_start(layer);
        for round in 0..layer {
            let r = scalars(&tape)[drawn + 1 + round];
            // What the round binds was bound by the fold of the layer before, or by its round before; at first it is a
            // coordinate of the values' point.
            let bound = match layer {
                2 => 1 - round,
                _ => layer_start(layer - 1).0 + if round == 0 { layer } else { round },
            };
            let t = scalars(&tape)[bound];
            // d(X) = d_1 (X - t) + X^2 - t: (1 - t) d(0) + t d(1) = 0 = d(r).
            let d_1 = (r * r - t) / (t - r);
            let mut forged = proof.clone();
            offset(&mut forged, sent + 2 * round, d_1);
            offset(&mut forged, sent + 2 * round + 1, Fr::one());
            assert_only_frozen_accepts(&statement, tape.clone(), &forged, &format!("layer {layer}, round {round}"));
        }
    }
}

/// Layer claims of two groups moved so that the layer's check and the next layer's input stay as they were.
#[test]
fn rejects_layer_claims_in_the_kernel_of_frozen_fold_and_batching() {
    let statement = Dense::random(5, 32, 1, 2, 703);
    let (proof, tape, _) = statement.prove();
    let challenges = scalars(&tape);
    for layer in 2..4 {
        let (drawn, sent) = layer_start(layer);
        let (alpha, fold, next_alpha) =
            (challenges[drawn], challenges[drawn + 1 + layer], challenges[drawn + 2 + layer]);
        let claims = sent + 2 * layer;
        let [l0, r0, _, r1] = [0, 1, 2, 3].map(|k| scalar(&proof, claims + k));
        // l_0 + x, r_0 + 1, l_1 + y.
        let [x, y] = solve(
            [[r0 + Fr::one(), alpha * r1], [Fr::one(), next_alpha]],
            [-l0, -fold * (Fr::one() - fold).inverse().unwrap()],
        );
        let mut forged = proof.clone();
        offset(&mut forged, claims, x);
        offset(&mut forged, claims + 1, Fr::one());
        offset(&mut forged, claims + 2, y);
        assert_only_frozen_accepts(&statement, tape.clone(), &forged, &format!("layer {layer}"));
    }
}

/// Slot claims moved so that the level's check and the next level's input stay as they were.
#[test]
fn rejects_slot_claims_in_the_kernel_of_frozen_batching() {
    let statement = Dense::random(3, 6, 8, 1, 704);
    let (proof, tape, _) = statement.prove();
    let challenges = scalars(&tape);
    // Draws: point 2; tree 2 + 1; slot level 0: 3 rounds; level 1: 1 coefficient, 3 rounds; level 2: 3 coefficients.
    let (alpha, next) = (challenges[8], &challenges[12..15]);
    // Sent: 4 values; tree 4 + 2; level 0: 6 + 2; level 1: 6, then 4 claims.
    let claims = 24;
    let [p0, p1, _, p3] = [0, 1, 2, 3].map(|k| scalar(&proof, claims + k));
    let [x, y] = solve([[p1 + Fr::one(), alpha * p3], [Fr::one(), next[1]]], [-p0, -next[0]]);
    let mut forged = proof.clone();
    offset(&mut forged, claims, x);
    offset(&mut forged, claims + 1, Fr::one());
    offset(&mut forged, claims + 2, y);
    assert_only_frozen_accepts(&statement, tape, &forged, "slot level 1");
}

#[test]
fn rejects_sparse_products_in_the_kernel_of_frozen_batching() {
    let statement = Sparse::random(4, |i| i % 3 != 1, 705);
    let (proof, tape, _) = statement.prove();
    // Behind the two coordinates of the values' point; a group has four values.
    let alpha = scalars(&tape)[2];
    let mut forged = proof.clone();
    offset(&mut forged, 0, -alpha);
    offset(&mut forged, 4, Fr::one());
    // Only the comparison with the true products is left to reject.
    let frozen = statement.verify(session().freeze(tape), &forged).unwrap_err();
    assert!(matches!(frozen, Rejection::Product), "{frozen:?}");
    let real = statement.verify(session(), &forged).unwrap_err();
    assert!(matches!(real, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{real:?}");
}
