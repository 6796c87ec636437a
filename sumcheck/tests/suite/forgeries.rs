//! Mutated grand product proofs: the verifier, leaf claims included, rejects every one.

use crate::common::session;
use crate::engine::offset;
use crate::grand_product::{Both, Dense, Rejection, Sparse};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_sumcheck::{SumcheckError, dense_product::Leaves, grand_product::clear_vars};
use lariat_transcript::{ChannelError, Event, EventLog};
use proptest::{prelude::*, test_runner::RngSeed};
use std::sync::Arc;

/// Trees alone, trees and slot levels, one group and three.
fn statements() -> Vec<Dense> {
    [(3, 7, 1, 1), (3, 5, 1, 2), (2, 4, 5, 2), (4, 9, 2, 3), (0, 1, 4, 2), (1, 2, 3, 1)]
        .map(|(n, len, leaves, groups)| Dense::random(n, len, leaves, groups, 600))
        .into()
}

/// The honest log: the schema from which the mutations are drawn.
fn log(statement: &Dense, proof: &[u8]) -> EventLog {
    let mut channel = session().into_verifier(proof);
    lariat_sumcheck::grand_product::verify(&[statement.shape()], &mut channel).unwrap();
    channel.finish().unwrap()
}

fn messages(statement: &Dense, proof: &[u8], label: &str) -> Vec<Event> {
    log(statement, proof).messages().filter(|e| e.label == label && e.count > 0).copied().collect()
}

fn assert_rejects(statement: &Dense, forged: &[u8], case: &str) {
    assert!(statement.verify(session(), forged).is_err(), "accepted: {case}");
}

fn swap_scalars(proof: &[u8], i: usize, j: usize) -> Vec<u8> {
    let mut forged = proof.to_vec();
    forged[32 * i..32 * i + 32].copy_from_slice(&proof[32 * j..32 * j + 32]);
    forged[32 * j..32 * j + 32].copy_from_slice(&proof[32 * i..32 * i + 32]);
    forged
}

#[test]
fn rejects_every_scalar_offset() {
    for statement in statements() {
        let (proof, _, _) = statement.prove();
        for event in log(&statement, &proof).messages() {
            for k in 0..event.count {
                for delta in [Fr::one(), -Fr::one()] {
                    let mut forged = proof.clone();
                    offset(&mut forged, event.offset / 32 + k, delta);
                    assert_rejects(&statement, &forged, &format!("{} + {delta} at scalar {k}", event.label));
                }
            }
        }
    }
}

#[test]
fn rejects_every_scalar_zeroed_or_negated() {
    for statement in statements() {
        let (proof, _, _) = statement.prove();
        for i in 0..proof.len() / 32 {
            let mut forged = proof.clone();
            forged[32 * i..32 * i + 32].fill(0);
            assert_rejects(&statement, &forged, &format!("scalar {i} zeroed"));
            let bytes = proof[32 * i..32 * i + 32].try_into().unwrap();
            let value = lariat_transcript::encoding::scalar_from_bytes(bytes).unwrap();
            let mut forged = proof.clone();
            offset(&mut forged, i, -(value + value));
            assert_rejects(&statement, &forged, &format!("scalar {i} negated"));
        }
    }
}

#[test]
fn rejects_neighbours_swapped() {
    for statement in statements() {
        let (proof, _, _) = statement.prove();
        for i in 1..proof.len() / 32 {
            let forged = swap_scalars(&proof, i - 1, i);
            if forged != proof {
                assert_rejects(&statement, &forged, &format!("scalars {} and {i} swapped", i - 1));
            }
        }
    }
}

#[test]
fn rejects_swapped_left_and_right_layer_claims() {
    let statement = Dense::random(4, 13, 1, 2, 610);
    let (proof, _, _) = statement.prove();
    let claims = messages(&statement, &proof, "grand product claims");
    assert_eq!(claims.len(), 2);
    for (layer, event) in claims.iter().enumerate() {
        for group in 0..2 {
            let at = event.offset / 32 + 2 * group;
            let error = statement.verify(session(), &swap_scalars(&proof, at, at + 1)).unwrap_err();
            // The product of a layer is symmetric: the swap shows one layer below, or in the leaves.
            if layer == 0 {
                assert!(matches!(error, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{error:?}");
            } else {
                assert!(matches!(error, Rejection::LeafClaim), "{error:?}");
            }
        }
    }
}

#[test]
fn rejects_claims_swapped_between_groups() {
    let statement = Dense::random(3, 8, 3, 2, 611);
    let (proof, _, _) = statement.prove();
    for event in messages(&statement, &proof, "grand product claims") {
        let (first, half) = (event.offset / 32, event.count / 2);
        let mut forged = proof.clone();
        for k in 0..half {
            forged = swap_scalars(&forged, first + k, first + half + k);
        }
        assert_rejects(&statement, &forged, "groups swapped");
    }
}

#[test]
fn rejects_products_swapped_between_groups() {
    let statement = Dense::random(3, 8, 1, 2, 612);
    let (proof, _, _) = statement.prove();
    let error = statement.verify_protocol(session(), &swap_scalars(&proof, 0, 4)).unwrap_err();
    assert!(matches!(error, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{error:?}");
}

/// The values in the clear have the right product in any order.
#[test]
fn rejects_values_swapped_within_a_group() {
    let statement = Dense::random(3, 8, 1, 2, 613);
    let (proof, _, _) = statement.prove();
    for (i, j) in [(0, 1), (0, 2), (5, 7)] {
        let error = statement.verify_protocol(session(), &swap_scalars(&proof, i, j)).unwrap_err();
        assert!(matches!(error, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{error:?}");
    }
}

#[test]
fn rejects_wrong_products() {
    for statement in statements() {
        let (proof, _, _) = statement.prove();
        for at in 0..statement.groups.len() << clear_vars(&[statement.shape()]) {
            let mut forged = proof.clone();
            offset(&mut forged, at, Fr::one());
            assert!(statement.verify_protocol(session(), &forged).is_err(), "value {at}");
        }
    }
}

#[test]
fn rejects_a_proof_of_other_leaves() {
    let statement = Dense::random(4, 11, 3, 2, 613);
    for g in 0..2 {
        for j in 0..3 {
            for row in [0, 5, 10] {
                let mut other = Dense::random(4, 11, 3, 2, 613);
                Arc::make_mut(&mut other.groups[g][j])[row] += Fr::one();
                let (proof, _, _) = other.prove();
                other.verify(session(), &proof).unwrap();
                assert!(matches!(statement.verify(session(), &proof), Err(Rejection::LeafClaim)));
            }
        }
    }
}

#[test]
fn rejects_permuted_rows_with_equal_products() {
    let statement = Dense::random(3, 8, 2, 1, 614);
    let mut other = Dense::random(3, 8, 2, 1, 614);
    for leaf in &mut other.groups[0] {
        Arc::make_mut(leaf).swap(1, 6);
    }
    assert_eq!(statement.products(), other.products());
    assert!(matches!(statement.verify(session(), &other.prove().0), Err(Rejection::LeafClaim)));
}

#[test]
fn rejects_dropped_and_doubled_messages() {
    for statement in statements() {
        let (proof, _, _) = statement.prove();
        for event in log(&statement, &proof).messages().filter(|e| e.count > 0) {
            let mut dropped = proof.clone();
            dropped.drain(event.range());
            assert_rejects(&statement, &dropped, &format!("{} dropped", event.label));
            let mut doubled = proof.clone();
            doubled.splice(event.offset..event.offset, proof[event.range()].to_vec());
            assert_rejects(&statement, &doubled, &format!("{} doubled", event.label));
        }
    }
}

#[test]
fn rejects_truncated_and_extended_products() {
    let statement = Dense::random(2, 3, 3, 2, 615);
    let (proof, _, _) = statement.prove();
    for len in 0..proof.len() {
        let error = statement.verify(session(), &proof[..len]).unwrap_err();
        let truncated = matches!(error, Rejection::Protocol(SumcheckError::Channel(ChannelError::Truncated { .. })));
        assert!(truncated, "{len} bytes: {error:?}");
    }
    for extra in [1, 32, 1000] {
        let mut longer = proof.clone();
        longer.resize(proof.len() + extra, 0);
        let error = statement.verify(session(), &longer).unwrap_err();
        let trailing = matches!(error, Rejection::Protocol(SumcheckError::Channel(ChannelError::TrailingBytes { .. })));
        assert!(trailing, "{extra} bytes more: {error:?}");
    }
}

/// The shape is the verifier's: a proof of one more or one fewer variable, leaf or group is not a proof.
#[test]
fn rejects_other_shapes() {
    let statement = Dense::random(3, 5, 3, 2, 616);
    let (proof, _, _) = statement.prove();
    let ones: Leaves = Arc::new(vec![Fr::one(); 5]);
    let mut wider = Dense::random(3, 5, 3, 2, 616);
    wider.num_vars = 4;
    assert_rejects(&wider, &proof, "one more variable");
    let mut narrower = Dense::random(2, 4, 3, 2, 616);
    for (g, group) in narrower.groups.iter_mut().enumerate() {
        for (j, leaf) in group.iter_mut().enumerate() {
            *leaf = Arc::new(statement.groups[g][j][..4].to_vec());
        }
    }
    assert_rejects(&narrower, &proof, "one fewer variable");
    let mut more = Dense::random(3, 5, 3, 2, 616);
    more.groups.iter_mut().for_each(|g| g.push(Arc::clone(&ones)));
    assert_eq!(more.products(), statement.products());
    assert_rejects(&more, &proof, "one more leaf");
    let mut fewer = Dense::random(3, 5, 3, 2, 616);
    fewer.groups.iter_mut().for_each(|g| drop(g.pop()));
    assert_rejects(&fewer, &proof, "one fewer leaf");
    let mut more = Dense::random(3, 5, 3, 2, 616);
    more.groups.push(vec![ones; 3]);
    assert_rejects(&more, &proof, "one more group");
    let mut fewer = Dense::random(3, 5, 3, 2, 616);
    fewer.groups.pop();
    assert_rejects(&fewer, &proof, "one fewer group");
}

#[test]
fn rejects_every_sparse_scalar_offset() {
    for (num_vars, modulus) in [(4, 3), (5, 2), (1, 1), (0, 1)] {
        let statement = Sparse::random(num_vars, |i| i % modulus == 0, 617);
        let (proof, _, _) = statement.prove();
        for i in 0..proof.len() / 32 {
            let mut forged = proof.clone();
            offset(&mut forged, i, Fr::one());
            assert!(statement.verify(session(), &forged).is_err(), "{num_vars} variables, scalar {i}");
        }
    }
}

#[test]
fn rejects_sparse_proofs_of_other_leaves() {
    let statement = Sparse::random(5, |i| i % 3 == 0, 618);
    for k in 0..statement.leaves.entries.len() {
        for g in 0..2 {
            let mut other = Sparse::random(5, |i| i % 3 == 0, 618);
            other.leaves.entries[k].1[g] += Fr::one();
            let (proof, _, _) = other.prove();
            assert!(matches!(statement.verify(session(), &proof), Err(Rejection::LeafClaim)));
        }
        // An entry moved to its free neighbour keeps the product.
        let mut other = Sparse::random(5, |i| i % 3 == 0, 618);
        if other.leaves.entries[k].0 < 31 {
            other.leaves.entries[k].0 += 1;
            assert_eq!(other.products(), statement.products());
            assert!(matches!(statement.verify(session(), &other.prove().0), Err(Rejection::LeafClaim)));
        }
    }
}

#[test]
fn rejects_truncated_and_extended_sparse_products() {
    let statement = Sparse::random(3, |i| i != 2, 619);
    let (proof, _, _) = statement.prove();
    for len in (0..proof.len()).step_by(8) {
        assert!(statement.verify(session(), &proof[..len]).is_err(), "{len} bytes");
    }
    let mut longer = proof.clone();
    longer.push(0);
    assert!(statement.verify(session(), &longer).is_err());
}

/// Every scalar of two products side by side, whichever is the larger.
#[test]
fn rejects_every_scalar_offset_of_products_side_by_side() {
    for (step_vars, num_leaves, cell_vars) in [(3, 5, 6), (4, 3, 2), (0, 3, 4), (3, 1, 3)] {
        let both = Both::random(step_vars, 1 << step_vars, num_leaves, cell_vars, 622);
        let (proof, _, _) = both.prove();
        both.verify(session(), &proof).unwrap();
        for i in 0..proof.len() / 32 {
            let mut forged = proof.clone();
            offset(&mut forged, i, Fr::one());
            assert!(both.verify(session(), &forged).is_err(), "{step_vars} and {cell_vars} variables, scalar {i}");
        }
    }
}

/// Evaluations of one product in place of the other's, where they have the same number.
#[test]
fn rejects_evaluations_swapped_between_products() {
    let both = Both::random(4, 16, 1, 4, 623);
    let (proof, _, _) = both.prove();
    let mut channel = session().into_verifier(&proof);
    lariat_sumcheck::grand_product::verify(&both.shapes(), &mut channel).unwrap();
    let log = channel.finish().unwrap();
    for event in log.messages().filter(|e| e.label == "grand product claims" || e.label == "grand products") {
        let (first, half) = (event.offset / 32, event.count / 2);
        let mut forged = proof.clone();
        for k in 0..half {
            forged = swap_scalars(&forged, first + k, first + half + k);
        }
        assert!(both.verify(session(), &forged).is_err(), "{} swapped", event.label);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        rng_seed: RngSeed::Fixed(620),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Any shape, any bit.
    #[test]
    fn rejects_flipped_bits(
        num_vars in 0usize..5,
        fill in 0.0..1.0f64,
        num_leaves in 1usize..7,
        num_groups in 1usize..4,
        at in any::<prop::sample::Index>(),
        bit in 0u32..8,
    ) {
        let len = (fill * ((1 << num_vars) + 1) as f64) as usize;
        let statement = Dense::random(num_vars, len, num_leaves, num_groups, 621);
        let (mut proof, _, _) = statement.prove();
        prop_assert!(statement.verify(session(), &proof).is_ok());
        let at = at.index(proof.len());
        proof[at] ^= 1 << bit;
        prop_assert!(statement.verify(session(), &proof).is_err());
    }
}
