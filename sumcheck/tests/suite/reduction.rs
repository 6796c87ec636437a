//! Many claims to one point: completeness and forgeries.

use crate::common::{dense_mle, random, random_vec, rng, session};
use crate::engine::offset;
use ark_ff::One;
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
};
use lariat_sumcheck::{
    SumcheckError,
    reduction::{self, Claim, Reduced},
};
use lariat_transcript::{ChallengeTape, ChannelError, Drawn, Ready, Session};
use rand::RngCore;

const VALUES: &str = "claimed values";

/// Columns, and the (polynomial, point) pairs at which values are claimed.
struct Statement {
    columns: Vec<Column>,
    at: Vec<(usize, Vec<Fr>)>,
}

fn dense(column: &Column) -> Vec<Fr> {
    (0..1 << column.num_vars()).map(|i| column.get(i)).collect()
}

impl Statement {
    /// Columns of every kind in 5, 3 and 0 variables; points shared, single, and Boolean.
    fn new(seed: u64) -> Self {
        let mut rng = rng(seed);
        let columns = vec![
            Column::new(5, ColumnData::U32((0..23).map(|_| rng.next_u32()).collect())),
            Column::new(5, ColumnData::I32((0..32).map(|_| rng.next_u32() as i32).collect())),
            Column::new(3, ColumnData::Field(random_vec(7, &mut rng))),
            Column::new(5, ColumnData::Bool((0..9).map(|i| i % 3 == 0).collect())),
            Column::new(3, ColumnData::U8(vec![3, 0, 255, 9])),
            Column::new(5, ColumnData::Sparse(vec![(0, 4), (7, 1), (30, 12)])),
            Column::new(0, ColumnData::U64(vec![u64::MAX])),
            Column::new(5, ColumnData::U16(vec![])),
        ];
        let (p, q, small) = (random_vec(5, &mut rng), random_vec(5, &mut rng), random_vec(3, &mut rng));
        let bits = |i: u32, n: u32| (0..n).map(|k| Fr::from(i >> (n - 1 - k) & 1)).collect::<Vec<_>>();
        let at = vec![
            (0, p.clone()),
            (1, p.clone()),
            (2, small.clone()),
            (0, q.clone()),
            (5, q),
            (3, bits(0, 5)),
            (0, bits(22, 5)),
            (4, small),
            (4, bits(7, 3)),
            (6, vec![]),
            (7, p),
        ];
        Self { columns, at }
    }

    fn claims(&self) -> Vec<Claim> {
        self.at
            .iter()
            .map(|(poly, point)| Claim {
                poly: *poly,
                point: point.clone(),
                value: dense_mle(&dense(&self.columns[*poly]), point),
            })
            .collect()
    }

    fn prove(&self, claims: &[Claim]) -> (Vec<u8>, ChallengeTape, Reduced) {
        let mut channel = session().into_prover();
        channel.send_scalars(VALUES, &claims.iter().map(|c| c.value).collect::<Vec<_>>());
        let columns: Vec<&Column> = self.columns.iter().collect();
        let reduced = reduction::prove(&columns, claims, &mut channel);
        let tape = channel.tape();
        (channel.finish().0, tape, reduced)
    }

    /// The verifier without the opening: claims as received.
    fn reduce(&self, session: Session<Ready>, proof: &[u8]) -> Result<Reduced, SumcheckError> {
        let mut channel = session.into_verifier(proof);
        let values = channel.recv_scalars(VALUES, self.at.len())?;
        let claims: Vec<Claim> = self
            .at
            .iter()
            .zip(values)
            .map(|((poly, point), value)| Claim { poly: *poly, point: point.clone(), value })
            .collect();
        let num_vars: Vec<usize> = self.columns.iter().map(Column::num_vars).collect();
        let reduced = reduction::verify(&num_vars, &claims, &mut channel)?;
        channel.finish()?;
        Ok(reduced)
    }

    /// Whether the reduced evaluations are those of the columns: the opening's work.
    fn opens(&self, reduced: &Reduced) -> bool {
        self.columns
            .iter()
            .zip(&reduced.evals)
            .all(|(c, eval)| *eval == dense_mle(&dense(c), &reduced.point[reduced.point.len() - c.num_vars()..]))
    }

    fn accepts(&self, session: Session<Ready>, proof: &[u8]) -> bool {
        self.reduce(session, proof).is_ok_and(|reduced| self.opens(&reduced))
    }
}

fn challenge(tape: &ChallengeTape, k: usize) -> Fr {
    if let Drawn::Scalar(c) = tape.0[k] { c } else { unreachable!("only scalars are drawn") }
}

#[test]
fn claims_at_several_points_and_sizes_are_complete() {
    for seed in 500..505 {
        let statement = Statement::new(seed);
        let (proof, _, reduced) = statement.prove(&statement.claims());
        let verified = statement.reduce(session(), &proof).unwrap();
        assert_eq!(verified.point, reduced.point);
        assert_eq!(verified.evals, reduced.evals);
        assert!(statement.opens(&verified));
    }
}

#[test]
fn one_claim_and_no_claim_are_complete() {
    let mut statement = Statement::new(510);
    statement.columns.truncate(1);
    statement.at.truncate(1);
    let (proof, _, _) = statement.prove(&statement.claims());
    assert!(statement.accepts(session(), &proof));
    let nothing = Statement { columns: vec![], at: vec![] };
    let (proof, _, _) = nothing.prove(&[]);
    assert!(nothing.accepts(session(), &proof));
}

#[test]
fn large_columns_are_complete() {
    let mut rng = rng(511);
    let columns = vec![
        Column::new(13, ColumnData::U16((0..8001).map(|_| rng.next_u32() as u16).collect())),
        Column::new(12, ColumnData::Field(random_vec(3001, &mut rng))),
        Column::new(13, ColumnData::Sparse((0..2000).map(|i| (4 * i + i % 3, i)).collect())),
    ];
    let at = vec![
        (0, random_vec(13, &mut rng)),
        (1, random_vec(12, &mut rng)),
        (2, random_vec(13, &mut rng)),
        (0, random_vec(13, &mut rng)),
    ];
    let statement = Statement { columns, at };
    let (proof, _, _) = statement.prove(&statement.claims());
    assert!(statement.accepts(session(), &proof));
}

#[test]
fn rejects_each_claim_offset_with_the_rest_recomputed() {
    let statement = Statement::new(520);
    for k in 0..statement.at.len() {
        let mut claims = statement.claims();
        claims[k].value += Fr::one();
        let (proof, _, _) = statement.prove(&claims);
        let error = statement.reduce(session(), &proof).unwrap_err();
        assert!(matches!(error, SumcheckError::FinalClaim { protocol: "claim reduction" }), "claim {k}: {error}");
    }
}

#[test]
fn rejects_each_scalar_offset() {
    let statement = Statement::new(521);
    let (proof, _, _) = statement.prove(&statement.claims());
    for index in 0..proof.len() / 32 {
        let mut forged = proof.clone();
        offset(&mut forged, index, Fr::one());
        assert!(!statement.accepts(session(), &forged), "scalar {index}");
    }
}

#[test]
fn rejects_each_reduced_evaluation_offset() {
    let statement = Statement::new(522);
    let (proof, _, reduced) = statement.prove(&statement.claims());
    let first = proof.len() / 32 - reduced.evals.len();
    for k in 0..reduced.evals.len() {
        let mut forged = proof.clone();
        offset(&mut forged, first + k, Fr::one());
        assert!(matches!(statement.reduce(session(), &forged), Err(SumcheckError::FinalClaim { .. })), "column {k}");
    }
}

/// Two evaluations moved so that their combination stays: the reduction cannot see it, the opening must.
#[test]
fn rejects_evaluations_in_the_kernel_of_gamma_at_the_opening() {
    let mut statement = Statement::new(523);
    statement.at.truncate(2);
    statement.columns.truncate(2);
    let (proof, tape, reduced) = statement.prove(&statement.claims());
    let gamma = challenge(&tape, 0);
    let first = proof.len() / 32 - reduced.evals.len();
    let mut forged = proof.clone();
    offset(&mut forged, first, -gamma);
    offset(&mut forged, first + 1, Fr::one());
    let seen = statement.reduce(session(), &forged).expect("the sums agree");
    assert!(!statement.opens(&seen));
    // What follows depends on the evaluations: the opening's challenges are not those of the honest proof.
    let next = |proof: &[u8]| {
        let mut channel = session().into_verifier(proof);
        let values = channel.recv_scalars(VALUES, 2).unwrap();
        let claims: Vec<Claim> =
            statement.claims().into_iter().zip(values).map(|(c, value)| Claim { value, ..c }).collect();
        reduction::verify(&[5, 5], &claims, &mut channel).unwrap();
        channel.challenge("opening")
    };
    assert_ne!(next(&proof), next(&forged));
}

#[test]
fn rejects_swapped_values() {
    let statement = Statement::new(524);
    for (a, b) in [(0, 1), (0, 3), (2, 7), (5, 6)] {
        let mut claims = statement.claims();
        let value = claims[a].value;
        claims[a].value = claims[b].value;
        claims[b].value = value;
        let (proof, _, _) = statement.prove(&claims);
        assert!(!statement.accepts(session(), &proof), "claims {a} and {b}");
    }
}

#[test]
fn rejects_swapped_evaluations() {
    let statement = Statement::new(525);
    let (proof, _, reduced) = statement.prove(&statement.claims());
    let first = proof.len() / 32 - reduced.evals.len();
    for k in 1..reduced.evals.len() {
        let mut forged = proof.clone();
        let difference = reduced.evals[k] - reduced.evals[0];
        offset(&mut forged, first, difference);
        offset(&mut forged, first + k, -difference);
        assert!(!statement.accepts(session(), &forged), "columns 0 and {k}");
    }
}

#[test]
fn rejects_values_in_the_kernel_of_a_frozen_gamma() {
    let statement = Statement::new(526);
    let (proof, tape, _) = statement.prove(&statement.claims());
    // Claims 0 and 1 share a point: their coefficients are 1 and gamma.
    let gamma = challenge(&tape, 0);
    let mut forged = proof.clone();
    offset(&mut forged, 0, -gamma);
    offset(&mut forged, 1, Fr::one());
    assert!(statement.accepts(session().freeze(tape), &forged), "the frozen verifier accepts");
    assert!(matches!(statement.reduce(session(), &forged), Err(SumcheckError::FinalClaim { .. })));
}

#[test]
fn rejects_values_in_the_kernel_of_a_frozen_batch_of_points() {
    let mut statement = Statement::new(527);
    statement.at = vec![statement.at[0].clone(), statement.at[3].clone()];
    let (proof, tape, _) = statement.prove(&statement.claims());
    // Two points: the second claim counts gamma times the engine's batching coefficient.
    let weight = challenge(&tape, 0) * challenge(&tape, 1);
    let mut forged = proof.clone();
    offset(&mut forged, 0, -weight);
    offset(&mut forged, 1, Fr::one());
    assert!(statement.accepts(session().freeze(tape), &forged), "the frozen verifier accepts");
    assert!(matches!(statement.reduce(session(), &forged), Err(SumcheckError::FinalClaim { .. })));
}

#[test]
fn rejects_a_claim_at_another_point() {
    let statement = Statement::new(528);
    let (proof, _, _) = statement.prove(&statement.claims());
    for k in 0..statement.at.len() {
        let mut other = Statement::new(528);
        let Some(first) = other.at[k].1.first_mut() else { continue };
        *first += Fr::one();
        assert!(!other.accepts(session(), &proof), "claim {k}");
    }
}

#[test]
fn rejects_dropped_and_added_claims() {
    let statement = Statement::new(529);
    let (proof, _, _) = statement.prove(&statement.claims());
    let mut fewer = Statement::new(529);
    fewer.at.pop();
    assert!(!fewer.accepts(session(), &proof));
    let mut more = Statement::new(529);
    let mut rng = rng(530);
    more.at.push((0, random_vec(5, &mut rng)));
    assert!(!more.accepts(session(), &proof));
    // A zero value for the added claim, everything behind it as it was.
    let mut spliced = proof.clone();
    spliced.splice(32 * statement.at.len()..32 * statement.at.len(), [0; 32]);
    assert!(!more.accepts(session(), &spliced));
}

#[test]
fn rejects_claims_of_another_shape() {
    let mut rng = rng(531);
    let value = random(&mut rng);
    let claim = |poly: usize, n: usize, rng: &mut _| Claim { poly, point: random_vec(n, rng), value };
    for (num_vars, claims) in [
        (vec![3, 2], vec![claim(0, 2, &mut rng)]),
        (vec![3, 2], vec![claim(0, 3, &mut rng), claim(1, 3, &mut rng)]),
        (vec![3], vec![claim(1, 3, &mut rng)]),
        (vec![3, 4], vec![claim(0, 3, &mut rng)]),
    ] {
        let proof = [0u8; 32 * 64];
        let error = reduction::verify(&num_vars, &claims, &mut session().into_verifier(&proof)).unwrap_err();
        assert!(matches!(error, SumcheckError::ClaimShape { .. }), "{num_vars:?}: {error}");
    }
}

#[test]
fn rejects_truncated_and_extended_reductions() {
    let statement = Statement::new(532);
    let (proof, _, _) = statement.prove(&statement.claims());
    for len in (0..proof.len()).step_by(16) {
        let error = statement.reduce(session(), &proof[..len]).unwrap_err();
        assert!(matches!(error, SumcheckError::Channel(ChannelError::Truncated { .. })), "{len} bytes: {error}");
    }
    let mut longer = proof.clone();
    longer.push(0);
    let error = statement.reduce(session(), &longer).unwrap_err();
    assert!(matches!(error, SumcheckError::Channel(ChannelError::TrailingBytes { extra: 1, .. })), "{error}");
}
