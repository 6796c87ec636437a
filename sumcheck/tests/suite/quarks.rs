//! Products by committed columns: completeness, forgeries of every message, and false columns.

use crate::common::{dense_mle, random_vec, rng, session};
use crate::engine::{offset, scalars};
use ark_ff::{Field, One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    poly::eq_evals,
    wide::inner_product,
};
use lariat_sumcheck::{
    Instance, InstanceShape, SumcheckError, engine,
    quarks::{self, Reduced, message_scalars},
};
use lariat_transcript::{ChallengeTape, Ready, Session};

/// Levels of one size, and what is committed to.
struct Statement {
    num_vars: usize,
    levels: Vec<Vec<Fr>>,
    columns: Vec<Column>,
}

/// Why a whole verifier rejects, that knows levels and columns.
#[derive(Debug)]
enum Rejection {
    Protocol(SumcheckError),
    Level,
    Column(SumcheckError),
    Product,
}

const COLUMNS: &str = "columns";

impl Statement {
    fn random(num_vars: usize, groups: usize, seed: u64) -> Self {
        let mut rng = rng(seed);
        let mut levels: Vec<Vec<Fr>> = (0..groups).map(|_| random_vec(1 << num_vars, &mut rng)).collect();
        // As in a run: the last rows have no factors.
        for v in &mut levels {
            v[(1 << num_vars) / 2 + 1..].fill(Fr::one());
        }
        let columns = levels.iter().map(|v| quarks::column(v)).collect();
        Self { num_vars, levels, columns }
    }

    /// The argument, then the sumcheck of the claims on columns.
    fn prove(&self) -> (Vec<u8>, ChallengeTape) {
        let columns: Vec<&Column> = self.columns.iter().collect();
        let mut channel = session().into_prover();
        let reduced = quarks::prove(&self.levels, &columns, &mut channel);
        let mu = channel.challenge(COLUMNS);
        let mut prover = reduced.columns.prover(mu, &columns);
        let instance = Instance { prover: &mut prover, claim: reduced.columns.claim(mu) };
        engine::prove(COLUMNS, &mut [instance], &mut channel);
        let tape = channel.tape();
        (channel.finish().0, tape)
    }

    fn verify(&self, session: Session<Ready>, proof: &[u8]) -> Result<Reduced, Rejection> {
        let mut channel = session.into_verifier(proof);
        let reduced = quarks::verify(self.num_vars, self.levels.len(), &mut channel).map_err(Rejection::Protocol)?;
        for (claim, level) in reduced.claims.iter().zip(&self.levels) {
            if *claim != dense_mle(level, &reduced.point) {
                return Err(Rejection::Level);
            }
        }
        let mu = channel.challenge(COLUMNS);
        let shape = InstanceShape { num_vars: self.num_vars, degree: 2, claim: reduced.columns.claim(mu) };
        let verdict = engine::verify(COLUMNS, &[shape], &mut channel).map_err(Rejection::Column)?;
        let values = |column: &Column| -> Vec<Fr> { (0..1 << self.num_vars).map(|i| column.get(i)).collect() };
        let eq = eq_evals(&verdict.point);
        let at_point: Vec<Fr> = self.columns.iter().map(|c| inner_product(&values(c), &eq)).collect();
        let summand = reduced.columns.summand(mu, &verdict.point, &at_point);
        verdict.check(&[summand]).map_err(Rejection::Column)?;
        channel.finish().map_err(|e| Rejection::Protocol(e.into()))?;
        let products: Vec<Fr> = self.levels.iter().map(|v| v.iter().product()).collect();
        if reduced.products == products { Ok(reduced) } else { Err(Rejection::Product) }
    }
}

#[test]
fn products_by_columns_are_complete() {
    for num_vars in 1..8 {
        for groups in 1..5 {
            let statement = Statement::random(num_vars, groups, 900 + num_vars as u64);
            let (proof, _) = statement.prove();
            let case = format!("{num_vars} variables, {groups} groups");
            let reduced = statement.verify(session(), &proof).unwrap_or_else(|e| panic!("{case}: {e:?}"));
            assert_eq!(reduced.point.len(), num_vars, "{case}");
            assert_eq!(proof.len(), 32 * (message_scalars(num_vars, groups) + 2 * num_vars), "{case}");
        }
    }
}

/// Entries are products of the two before them, the last but one of all; where nothing is multiplied the column is zero.
#[test]
fn columns_hold_all_products() {
    let level: Vec<Fr> = [2u64, 3, 5, 7, 1, 1, 1, 1].map(Fr::from).into();
    let column = quarks::column(&level);
    let expected = [6u64, 35, 1, 1, 210, 1, 210, 0].map(|x| Fr::from(x) - Fr::one());
    assert_eq!((0..8).map(|i| column.get(i)).collect::<Vec<_>>(), expected);
}

#[test]
fn rejects_every_scalar_offset() {
    for (num_vars, groups) in [(1, 1), (3, 2), (4, 4)] {
        let statement = Statement::random(num_vars, groups, 910);
        let (proof, _) = statement.prove();
        for i in 0..proof.len() / 32 {
            for delta in [Fr::one(), -Fr::one()] {
                let mut forged = proof.clone();
                offset(&mut forged, i, delta);
                assert!(statement.verify(session(), &forged).is_err(), "{num_vars} variables, scalar {i}");
            }
        }
    }
}

/// A column that breaks one equation only, whichever: the zero check fails, for the prover sends what the column says.
#[test]
fn rejects_a_column_that_breaks_any_equation() {
    let honest = Statement::random(3, 2, 920);
    for at in 0..8 {
        let mut statement = Statement::random(3, 2, 920);
        if let ColumnData::Field(h) = statement.columns[1].data_mut() {
            h[at] += Fr::one();
        }
        let (proof, _) = statement.prove();
        let error = statement.verify(session(), &proof).unwrap_err();
        let in_check = matches!(error, Rejection::Protocol(SumcheckError::FinalClaim { protocol }) if protocol == "product column check");
        assert!(in_check, "entry {at}: {error:?}");
        assert!(honest.verify(session(), &proof).is_err());
    }
}

/// All of the column follows from a wrong entry on: every equation holds but one.
#[test]
fn rejects_a_wrong_product_that_the_rest_of_the_column_follows() {
    let mut statement = Statement::random(3, 1, 930);
    let mut wrong = statement.levels[0].clone();
    wrong[0] += Fr::one();
    statement.columns[0] = quarks::column(&wrong);
    let error = statement.verify(session(), &statement.prove().0).unwrap_err();
    assert!(matches!(error, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{error:?}");
}

/// The claimed product is the column's: another one is left to the sumcheck of the columns.
#[test]
fn rejects_a_product_that_is_not_the_columns() {
    let statement = Statement::random(3, 2, 940);
    let (proof, tape) = statement.prove();
    for group in 0..2 {
        let mut forged = proof.clone();
        offset(&mut forged, group, Fr::one());
        let error = statement.verify(session().freeze(tape.clone()), &forged).unwrap_err();
        assert!(matches!(error, Rejection::Column(SumcheckError::FinalClaim { .. })), "{error:?}");
    }
}

/// Where each challenge is on the tape, for `k` variables and two groups.
struct Tape {
    alpha: Fr,
    rounds: Vec<Fr>,
    fold: Fr,
    mu: Fr,
}

fn challenges(num_vars: usize, tape: &ChallengeTape) -> Tape {
    let c = scalars(tape);
    let rounds = c[num_vars + 1..=2 * num_vars].to_vec();
    Tape { alpha: c[num_vars], rounds, fold: c[2 * num_vars + 1], mu: c[2 * num_vars + 2] }
}

/// The frozen verifier accepts the forgery up to the products, or altogether, and the real one does not.
fn assert_only_frozen_accepts(statement: &Statement, tape: ChallengeTape, forged: &[u8], case: &str) {
    match statement.verify(session().freeze(tape), forged) {
        Ok(_) | Err(Rejection::Product) => {}
        Err(e) => panic!("{case}: frozen: {e:?}"),
    }
    let error = statement.verify(session(), forged).unwrap_err();
    assert!(!matches!(error, Rejection::Product), "{case}: {error:?}");
}

#[test]
fn rejects_products_in_the_kernel_of_a_frozen_combination() {
    let statement = Statement::random(3, 2, 950);
    let (proof, tape) = statement.prove();
    // The product is claim 2 of its group, the next group's has three powers more.
    let mu = challenges(3, &tape).mu;
    let mut forged = proof.clone();
    offset(&mut forged, 0, mu * mu * mu);
    offset(&mut forged, 1, -Fr::one());
    assert_only_frozen_accepts(&statement, tape, &forged, "mu");
}

#[test]
fn rejects_rounds_in_the_kernel_of_a_frozen_challenge() {
    let statement = Statement::random(4, 2, 951);
    let (proof, tape) = statement.prove();
    let tau = scalars(&tape)[..4].to_vec();
    for (round, r) in challenges(4, &tape).rounds.into_iter().enumerate() {
        let t = tau[3 - round];
        // (1 - t) d(0) + t d(1) = 0 = d(r).
        let mut forged = proof.clone();
        offset(&mut forged, 2 + 2 * round, (r * r - t) / (t - r));
        offset(&mut forged, 2 + 2 * round + 1, Fr::one());
        assert_only_frozen_accepts(&statement, tape.clone(), &forged, &format!("round {round}"));
    }
}

/// Evaluations that keep the check's final claim, and move no claim on a level or a column but those that `mu` combines: the
/// values of both groups at `r`.
#[test]
fn rejects_evaluations_in_the_kernel_of_frozen_coefficients_and_combination() {
    let statement = Statement::random(3, 2, 952);
    let (proof, tape) = statement.prove();
    let Tape { alpha, fold, mu, rounds, .. } = challenges(3, &tape);
    let first = 2 + 2 * 3;
    // u_0(r', 0) and u_0(r', 1) on a line through the right value at c; u_0(r) and u_1(r) so that the check and the
    // combination hold.
    let scalar = |at: usize| {
        lariat_transcript::encoding::scalar_from_bytes(proof[32 * at..32 * at + 32].try_into().unwrap()).unwrap()
    };
    let r_1 = rounds[2];
    let f = |v: usize, u: usize| scalar(first + v) + r_1 * (scalar(first + u) - scalar(first + v));
    let (d_0, d_1) = (fold, fold - Fr::one());
    let moved = (f(0, 2) + r_1 * d_0) * (f(1, 3) + r_1 * d_1) - f(0, 2) * f(1, 3);
    // x + alpha y = moved, x + mu^3 y = 0.
    let y = moved * (alpha - mu * mu * mu).inverse().unwrap();
    let x = -(mu * mu * mu) * y;
    assert!(!x.is_zero());
    let mut forged = proof.clone();
    offset(&mut forged, first + 2, d_0);
    offset(&mut forged, first + 3, d_1);
    offset(&mut forged, first + 4, x);
    offset(&mut forged, first + 9, y);
    assert_only_frozen_accepts(&statement, tape, &forged, "evaluations");
}

/// A column that breaks two equations which cancel at a known `tau`.
#[test]
fn rejects_equations_that_cancel_at_a_frozen_point() {
    let honest = Statement::random(3, 1, 953);
    let (_, tape) = honest.prove();
    let tau = scalars(&tape)[..3].to_vec();
    let eq = eq_evals(&tau);
    // Entries 6 and 7, the product and the free one: x + 1 breaks equation 6 by 1, and 7 by u_7 = 0; moving u_7 by e breaks 7 by
    // e - e (P + x).
    let mut statement = Statement::random(3, 1, 953);
    let product: Fr = statement.levels[0].iter().product();
    let x = Fr::one();
    let e = -(eq[6] * x) * (eq[7] * (Fr::one() - product - x)).inverse().unwrap();
    if let ColumnData::Field(h) = statement.columns[0].data_mut() {
        h[6] += x;
        h[7] += e;
    }
    let columns: Vec<&Column> = statement.columns.iter().collect();
    let prove = |session: Session<Ready>| {
        let mut channel = session.into_prover();
        let reduced = quarks::prove(&statement.levels, &columns, &mut channel);
        let mu = channel.challenge(COLUMNS);
        let mut prover = reduced.columns.prover(mu, &columns);
        let instance = Instance { prover: &mut prover, claim: reduced.columns.claim(mu) };
        engine::prove(COLUMNS, &mut [instance], &mut channel);
        channel.finish().0
    };
    let frozen = statement.verify(session().freeze(tape.clone()), &prove(session().freeze(tape))).unwrap_err();
    assert!(matches!(frozen, Rejection::Product), "{frozen:?}");
    let real = statement.verify(session(), &prove(session())).unwrap_err();
    assert!(matches!(real, Rejection::Protocol(SumcheckError::FinalClaim { .. })), "{real:?}");
}

/// A column of one value has no halves: an error, not a default.
#[test]
fn rejects_columns_without_variables() {
    let mut channel = session().into_prover();
    channel.send_scalars("grand products", &[Fr::one()]);
    channel.send_scalars("product column claims", &[Fr::zero(); 5]);
    let (proof, _) = channel.finish();
    let verdict = quarks::verify(0, 1, &mut session().into_verifier(&proof));
    assert!(matches!(verdict, Err(SumcheckError::NoVariables)), "{verdict:?}");
}
