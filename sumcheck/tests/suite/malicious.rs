//! A prover that starts from a wrong product and adapts every later message as well as it can.

use crate::common::session;
use crate::grand_product::{Dense, Rejection};
use ark_ff::{Field, One, Zero};
use lariat_algebra::{Fr, poly::eq_evals, wide::inner_product};
use lariat_sumcheck::{
    SumcheckError, WeightedRoundProver,
    dense_product::{LayerProver, Leaves},
    weighted::{self, Quadratic},
};
use std::sync::Arc;

/// Follows the claim through the rounds.
struct Recorder<P> {
    inner: P,
    claim: Fr,
    last: Quadratic,
}

impl<P: WeightedRoundProver> WeightedRoundProver for Recorder<P> {
    fn num_vars(&self) -> usize {
        self.inner.num_vars()
    }

    fn round(&mut self, claim: Fr) -> Quadratic {
        self.last = self.inner.round(claim);
        self.last
    }

    fn bind(&mut self, r: Fr) {
        self.claim = weighted::evaluate(self.last, r);
        self.inner.bind(r);
    }
}

/// Trees over full tables, one leaf a group, below the four values in the clear. The first value is scaled by `factor`; in the
/// first `patched` layers the first group's left claim is set to what makes the layer's check pass, in later ones the claims
/// are the true ones.
fn prove(statement: &Dense, factor: Fr, patched: usize) -> Vec<u8> {
    let mut current: Vec<Vec<Fr>> = statement.groups.iter().map(|g| g[0].to_vec()).collect();
    let mut trees: Vec<Vec<(Leaves, Option<Leaves>)>> = Vec::new();
    for _ in 2..statement.num_vars {
        let side = |v: &[Fr], at: usize| Arc::new(v.iter().skip(at).step_by(2).copied().collect::<Vec<_>>());
        let halves: Vec<_> = current.iter().map(|v| (side(v, 0), Some(side(v, 1)))).collect();
        current = current.iter().map(|v| v.chunks(2).map(|p| p[0] * p[1]).collect()).collect();
        trees.push(halves);
    }
    let mut channel = session().into_prover();
    current[0][0] *= factor;
    channel.send_scalars("grand products", &current.concat());
    let mut point = channel.challenges("grand product fold", 2);
    let mut claims: Vec<Fr> = current.iter().map(|v| inner_product(v, &eq_evals(&point))).collect();
    for (layer, halves) in trees.into_iter().rev().enumerate() {
        let mut alphas = vec![Fr::one()];
        if claims.len() > 1 {
            alphas.extend(channel.challenges("grand product batching", claims.len() - 1));
        }
        let claim: Fr = alphas.iter().zip(&claims).map(|(a, c)| *a * c).sum();
        let inner = LayerProver::new(&point, halves, &alphas);
        let mut recorder = Recorder { inner, claim, last: [Fr::zero(); 3] };
        let next = weighted::prove("grand product layer", &mut recorder, claim, &mut channel);
        let mut finals = recorder.inner.finals();
        if layer < patched {
            // claim = sum_g alpha_g l_g r_g, solved for l_0.
            let others: Fr = alphas.iter().zip(&finals).skip(1).map(|(a, (l, r))| *a * l * r).sum();
            finals[0].0 = (recorder.claim - others) * finals[0].1.inverse().unwrap();
        }
        channel.send_scalars("grand product claims", &finals.iter().flat_map(|(l, r)| [*l, *r]).collect::<Vec<_>>());
        let fold = channel.challenge("grand product fold");
        claims = finals.iter().map(|(l, r)| *l + fold * (*r - *l)).collect();
        point = next;
        point.push(fold);
    }
    channel.finish().0
}

#[test]
fn the_malicious_prover_is_honest_when_it_does_not_lie() {
    for num_groups in 1..4 {
        let statement = Dense::random(5, 32, 1, num_groups, 800);
        assert_eq!(prove(&statement, Fr::one(), 3), statement.prove().0);
    }
}

#[test]
fn rejects_wrong_products_with_the_rest_recomputed() {
    for num_groups in 1..3 {
        let statement = Dense::random(5, 32, 1, num_groups, 801);
        let proof = prove(&statement, Fr::from(2u64), 0);
        let error = statement.verify_protocol(session(), &proof).unwrap_err();
        assert!(matches!(error, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{error:?}");
    }
}

/// The lie is handed down layer by layer and dies where the prover stops patching; patched to the end, the protocol
/// itself has nothing left to say, and the leaves' evaluations reject.
#[test]
fn rejects_wrong_products_patched_down_to_any_layer() {
    for num_groups in 1..3 {
        let statement = Dense::random(5, 32, 1, num_groups, 802);
        for patched in 1..=3 {
            let proof = prove(&statement, Fr::from(2u64), patched);
            let error = statement.verify_protocol(session(), &proof).unwrap_err();
            if patched < 3 {
                assert!(matches!(error, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{error:?}");
            } else {
                assert!(matches!(error, Rejection::LeafClaim), "{error:?}");
            }
        }
    }
}
