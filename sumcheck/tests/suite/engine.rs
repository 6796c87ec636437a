//! The batched engine: completeness over instances of different sizes, and every way to spoil a round.

use crate::common::{dense_mle, random, random_vec, rng, session};
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_sumcheck::{
    Instance, InstanceShape, SumcheckError,
    engine::{self, BatchVerdict},
    naive::NaiveProver,
};
use lariat_transcript::{ChallengeTape, ChannelError, Drawn, EventKind, Ready, Session, encoding::scalar_to_bytes};

const CLAIMS: &str = "claims";
const ROUNDS: &str = "rounds";
const FINALS: &str = "finals";

/// Products of `degree` multilinear polynomials in `num_vars` variables, one instance a `(num_vars, degree)`.
pub struct Statement {
    tables: Vec<Vec<Vec<Fr>>>,
    shapes: Vec<(usize, usize)>,
}

impl Statement {
    pub fn random(shapes: &[(usize, usize)], seed: u64) -> Self {
        let mut rng = rng(seed);
        let tables = shapes.iter().map(|&(n, d)| (0..d).map(|_| random_vec(1 << n, &mut rng)).collect()).collect();
        Self { tables, shapes: shapes.to_vec() }
    }

    pub fn prover(&self, j: usize) -> NaiveProver<'static> {
        let (n, d) = self.shapes[j];
        NaiveProver::new(n, self.tables[j].clone(), d, |z| z.iter().product())
    }

    pub fn claims(&self) -> Vec<Fr> {
        (0..self.shapes.len()).map(|j| self.prover(j).sum()).collect()
    }

    /// Honest rounds and final evaluations for the given claims, true or not.
    pub fn prove(&self, session: Session<Ready>, claims: &[Fr]) -> (Vec<u8>, ChallengeTape, Vec<Fr>) {
        let mut channel = session.into_prover();
        channel.send_scalars(CLAIMS, claims);
        let mut provers: Vec<NaiveProver<'_>> = (0..self.shapes.len()).map(|j| self.prover(j)).collect();
        let mut instances: Vec<Instance<'_>> =
            provers.iter_mut().zip(claims).map(|(p, &claim)| Instance { prover: p, claim }).collect();
        let point = engine::prove(ROUNDS, &mut instances, &mut channel);
        for p in &provers {
            channel.send_scalars(FINALS, &p.finals());
        }
        let tape = channel.tape();
        (channel.finish().0, tape, point)
    }

    /// The whole verifier: rounds, then the final evaluations against the tables themselves.
    pub fn verify(&self, session: Session<Ready>, proof: &[u8]) -> Result<Vec<Fr>, SumcheckError> {
        let mut channel = session.into_verifier(proof);
        let claims = channel.recv_scalars(CLAIMS, self.shapes.len())?;
        let shapes: Vec<InstanceShape> = self
            .shapes
            .iter()
            .zip(&claims)
            .map(|(&(num_vars, degree), &claim)| InstanceShape { num_vars, degree, claim })
            .collect();
        let verdict: BatchVerdict = engine::verify(ROUNDS, &shapes, &mut channel)?;
        let mut finals = Vec::new();
        for &(_, degree) in &self.shapes {
            finals.push(channel.recv_scalars(FINALS, degree)?);
        }
        verdict.check(&finals.iter().map(|f| f.iter().product()).collect::<Vec<_>>())?;
        for ((values, tables), (n, _)) in finals.iter().zip(&self.tables).zip(&self.shapes) {
            let suffix = &verdict.point[verdict.point.len() - n..];
            if values.iter().zip(tables).any(|(value, table)| *value != dense_mle(table, suffix)) {
                return Err(SumcheckError::FinalClaim { protocol: FINALS });
            }
        }
        channel.finish()?;
        Ok(verdict.point)
    }
}

pub fn scalars(tape: &ChallengeTape) -> Vec<Fr> {
    tape.0.iter().map(|d| if let Drawn::Scalar(c) = d { *c } else { unreachable!("only scalars are drawn") }).collect()
}

/// Adds `delta` to scalar number `index` of the proof.
pub fn offset(proof: &mut [u8], index: usize, delta: Fr) {
    let bytes: &mut [u8; 32] = (&mut proof[32 * index..32 * index + 32]).try_into().unwrap();
    let value = lariat_transcript::encoding::scalar_from_bytes(bytes).unwrap();
    *bytes = scalar_to_bytes(&(value + delta));
}

#[test]
fn batches_of_any_shape_are_complete() {
    for (seed, shapes) in [
        vec![(0, 1)],
        vec![(1, 1)],
        vec![(5, 2)],
        vec![(3, 1), (3, 3)],
        vec![(0, 2), (4, 2), (1, 3)],
        vec![(6, 3), (2, 1), (6, 1), (5, 4)],
        vec![(0, 1), (0, 2)],
    ]
    .into_iter()
    .enumerate()
    {
        let statement = Statement::random(&shapes, seed as u64);
        let claims = statement.claims();
        assert!(claims.iter().all(|c| !c.is_zero()));
        let (proof, _, point) = statement.prove(session(), &claims);
        let num_rounds = shapes.iter().map(|s| s.0).max().unwrap();
        let degree = shapes.iter().map(|s| s.1).max().unwrap();
        let finals: usize = shapes.iter().map(|s| s.1).sum();
        assert_eq!(proof.len(), 32 * (shapes.len() + num_rounds * degree + finals));
        assert_eq!(statement.verify(session(), &proof).unwrap(), point, "{shapes:?}");
    }
}

#[test]
fn a_batch_of_no_instances_claims_nothing() {
    let mut prover = session().into_prover();
    assert!(engine::prove(ROUNDS, &mut [], &mut prover).is_empty());
    let (proof, _) = prover.finish();
    assert!(proof.is_empty());
    let verdict = engine::verify(ROUNDS, &[], &mut session().into_verifier(&proof)).unwrap();
    assert!(verdict.check(&[]).is_ok());
}

#[test]
fn constant_instances_send_linear_rounds() {
    let mut constant = NaiveProver::new(3, vec![vec![Fr::one(); 8]], 0, |z| z[0] * Fr::from(5u64));
    let claim = Fr::from(40u64);
    let mut prover = session().into_prover();
    let point = engine::prove(ROUNDS, &mut [Instance { prover: &mut constant, claim }], &mut prover);
    let (proof, _) = prover.finish();
    let shape = InstanceShape { num_vars: 3, degree: 0, claim };
    let verdict = engine::verify(ROUNDS, &[shape], &mut session().into_verifier(&proof)).unwrap();
    assert_eq!(verdict.point, point);
    verdict.check(&[Fr::from(5u64)]).unwrap();
}

#[test]
fn every_challenge_follows_the_message_it_tests() {
    let statement = Statement::random(&[(2, 2), (1, 1)], 40);
    let mut channel = session().into_prover();
    let claims = statement.claims();
    let mut provers = [statement.prover(0), statement.prover(1)];
    let mut instances: Vec<Instance<'_>> =
        provers.iter_mut().zip(&claims).map(|(p, &claim)| Instance { prover: p, claim }).collect();
    channel.send_scalars(CLAIMS, &claims);
    engine::prove(ROUNDS, &mut instances, &mut channel);
    let (_, log) = channel.finish();
    let kinds: Vec<(EventKind, usize)> =
        log.events().iter().filter(|e| e.kind != EventKind::Bind).map(|e| (e.kind, e.count)).collect();
    assert_eq!(
        kinds,
        [
            (EventKind::Message, 2),
            (EventKind::Challenge, 1),
            (EventKind::Message, 2),
            (EventKind::Challenge, 1),
            (EventKind::Message, 2),
            (EventKind::Challenge, 1)
        ]
    );
}

#[test]
fn rejects_any_scalar_offset() {
    let shapes = [(3, 2), (4, 3), (0, 1)];
    let statement = Statement::random(&shapes, 41);
    let (proof, _, _) = statement.prove(session(), &statement.claims());
    for index in 0..proof.len() / 32 {
        let mut forged = proof.clone();
        offset(&mut forged, index, Fr::one());
        let error = statement.verify(session(), &forged).unwrap_err();
        assert!(matches!(error, SumcheckError::FinalClaim { .. }), "scalar {index}: {error}");
    }
}

#[test]
fn rejects_false_claims_with_honest_rounds() {
    let shapes = [(3, 2), (4, 3)];
    let statement = Statement::random(&shapes, 42);
    for j in 0..2 {
        let mut claims = statement.claims();
        claims[j] += Fr::one();
        let (proof, _, _) = statement.prove(session(), &claims);
        let error = statement.verify(session(), &proof).unwrap_err();
        assert!(matches!(error, SumcheckError::FinalClaim { protocol: ROUNDS }), "{error}");
    }
}

#[test]
fn rejects_swapped_claims() {
    let statement = Statement::random(&[(3, 2), (3, 2)], 43);
    let mut claims = statement.claims();
    claims.swap(0, 1);
    let (proof, _, _) = statement.prove(session(), &claims);
    assert!(matches!(statement.verify(session(), &proof), Err(SumcheckError::FinalClaim { protocol: ROUNDS })));
}

#[test]
fn rejects_dropped_and_added_rounds() {
    let statement = Statement::random(&[(4, 2)], 44);
    let (proof, _, _) = statement.prove(session(), &statement.claims());
    for round in 0..4 {
        let at = 32 * (1 + 2 * round);
        let mut dropped = proof.clone();
        dropped.drain(at..at + 64);
        assert!(statement.verify(session(), &dropped).is_err(), "round {round} dropped");
        let mut doubled = proof.clone();
        let message = proof[at..at + 64].to_vec();
        doubled.splice(at..at, message);
        assert!(statement.verify(session(), &doubled).is_err(), "round {round} doubled");
        let mut zero = proof.clone();
        zero.splice(at..at, [0; 64]);
        assert!(statement.verify(session(), &zero).is_err(), "zero round before round {round}");
    }
}

#[test]
fn rejects_swapped_rounds() {
    let statement = Statement::random(&[(4, 2)], 45);
    let (proof, _, _) = statement.prove(session(), &statement.claims());
    for (a, b) in [(0, 1), (0, 3), (2, 3)] {
        let mut forged = proof.clone();
        let message = |k: usize| 32 * (1 + 2 * k)..32 * (1 + 2 * k) + 64;
        forged[message(a)].copy_from_slice(&proof[message(b)]);
        forged[message(b)].copy_from_slice(&proof[message(a)]);
        assert!(matches!(statement.verify(session(), &forged), Err(SumcheckError::FinalClaim { .. })));
    }
}

#[test]
fn rejects_truncated_and_extended_proofs() {
    let statement = Statement::random(&[(3, 2), (1, 1)], 46);
    let (proof, _, _) = statement.prove(session(), &statement.claims());
    for len in 0..proof.len() {
        let error = statement.verify(session(), &proof[..len]).unwrap_err();
        assert!(matches!(error, SumcheckError::Channel(ChannelError::Truncated { .. })), "{len} bytes: {error}");
    }
    for extra in [1, 31, 32, 64] {
        let mut longer = proof.clone();
        longer.resize(proof.len() + extra, 0);
        let error = statement.verify(session(), &longer).unwrap_err();
        assert!(matches!(error, SumcheckError::Channel(ChannelError::TrailingBytes { .. })), "{error}");
    }
}

#[test]
fn rejects_non_canonical_scalars() {
    let statement = Statement::random(&[(2, 2)], 47);
    let (proof, _, _) = statement.prove(session(), &statement.claims());
    // value + modulus, where it fits into 256 bits, is another encoding of the same scalar.
    let modulus = <Fr as ark_ff::PrimeField>::MODULUS;
    for index in 0..proof.len() / 32 {
        let mut forged = proof.clone();
        let mut carry = 0u128;
        for (limb, m) in forged[32 * index..32 * index + 32].chunks_exact_mut(8).zip(modulus.0) {
            let value = u64::from_le_bytes((&*limb).try_into().unwrap());
            let sum = u128::from(value) + u128::from(m) + carry;
            limb.copy_from_slice(&(sum as u64).to_le_bytes());
            carry = sum >> 64;
        }
        assert_eq!(carry, 0);
        let error = statement.verify(session(), &forged).unwrap_err();
        assert!(matches!(error, SumcheckError::Channel(ChannelError::NonCanonicalScalar { .. })), "{error}");
    }
}

#[test]
fn rejects_wrong_number_of_summands() {
    let statement = Statement::random(&[(2, 2), (2, 1)], 48);
    let (proof, _, _) = statement.prove(session(), &statement.claims());
    let verdict = |channel: &mut lariat_transcript::VerifierChannel<'_>| {
        let claims = channel.recv_scalars(CLAIMS, 2).unwrap();
        let shapes = [(2, 2, claims[0]), (2, 1, claims[1])];
        let shapes = shapes.map(|(num_vars, degree, claim)| InstanceShape { num_vars, degree, claim });
        engine::verify(ROUNDS, &shapes, channel).unwrap()
    };
    let mut channel = session().into_verifier(&proof);
    let v = verdict(&mut channel);
    let finals = channel.recv_scalars(FINALS, 3).unwrap_or_default();
    assert_eq!(finals.len(), 3);
    let good = [finals[0] * finals[1], finals[2]];
    assert!(v.check(&good).is_ok());
    for bad in [vec![], vec![good[0]], vec![good[1], good[0]], vec![good[0], good[1], Fr::zero()]] {
        assert!(matches!(v.check(&bad), Err(SumcheckError::FinalClaim { protocol: ROUNDS })), "{bad:?}");
    }
}

#[test]
fn rejects_another_statement() {
    let statement = Statement::random(&[(3, 2)], 49);
    let (proof, _, _) = statement.prove(session(), &statement.claims());
    let other = session().bind("more", b"");
    assert!(matches!(statement.verify(other, &proof), Err(SumcheckError::FinalClaim { .. })));
}

/// Claims moved along the kernel of the batching coefficients: `c_0 - alpha, c_1 + 1`.
#[test]
fn rejects_claims_in_the_kernel_of_a_frozen_batching_coefficient() {
    let statement = Statement::random(&[(3, 2), (3, 3)], 50);
    let (proof, tape, _) = statement.prove(session(), &statement.claims());
    let alpha = scalars(&tape)[0];
    let mut forged = proof.clone();
    offset(&mut forged, 0, -alpha);
    offset(&mut forged, 1, Fr::one());
    statement.verify(session().freeze(tape), &forged).expect("the frozen verifier accepts");
    assert!(matches!(statement.verify(session(), &forged), Err(SumcheckError::FinalClaim { protocol: ROUNDS })));
}

/// The same with instances of different sizes: the smaller one counts `2^(N - m)` times.
#[test]
fn rejects_claims_in_the_kernel_for_different_sizes() {
    let statement = Statement::random(&[(5, 2), (2, 3)], 51);
    let (proof, tape, _) = statement.prove(session(), &statement.claims());
    let alpha = scalars(&tape)[0];
    let mut forged = proof.clone();
    offset(&mut forged, 0, -alpha * Fr::from(8u64));
    offset(&mut forged, 1, Fr::one());
    statement.verify(session().freeze(tape), &forged).expect("the frozen verifier accepts");
    assert!(matches!(statement.verify(session(), &forged), Err(SumcheckError::FinalClaim { protocol: ROUNDS })));
}

/// A round polynomial moved by a multiple of `t` with `t(0) + t(1) = 0 = t(r)`.
#[test]
fn rejects_rounds_in_the_kernel_of_a_frozen_challenge() {
    let statement = Statement::random(&[(4, 3)], 52);
    let (proof, tape, _) = statement.prove(session(), &statement.claims());
    for round in 0..4 {
        let r = scalars(&tape)[round];
        // t = d0 (1 - 2 X) + (X^2 - X) has no unknown but d0.
        let d0 = (r - r * r) / (Fr::one() - r - r);
        let mut forged = proof.clone();
        offset(&mut forged, 1 + 3 * round, d0);
        offset(&mut forged, 1 + 3 * round + 1, Fr::one());
        statement.verify(session().freeze(tape.clone()), &forged).expect("the frozen verifier accepts");
        let error = statement.verify(session(), &forged).unwrap_err();
        assert!(matches!(error, SumcheckError::FinalClaim { .. }), "round {round}: {error}");
    }
}

/// With the challenge known in advance, a false claim is proven by a bent first round.
#[test]
fn rejects_a_false_claim_bent_into_a_frozen_round() {
    let statement = Statement::random(&[(3, 2)], 53);
    let (proof, tape, _) = statement.prove(session(), &statement.claims());
    let r = scalars(&tape)[0];
    let delta = random(&mut rng(54));
    // s + t with t(0) + t(1) = delta and t(r) = 0: t = d0 + (delta - 2 d0) X.
    let d0 = -delta * r / (Fr::one() - r - r);
    let mut forged = proof.clone();
    offset(&mut forged, 0, delta);
    offset(&mut forged, 1, d0);
    statement.verify(session().freeze(tape), &forged).expect("the frozen verifier accepts");
    assert!(matches!(statement.verify(session(), &forged), Err(SumcheckError::FinalClaim { .. })));
}
