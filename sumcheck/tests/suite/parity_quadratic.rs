//! The quadratic kernel over compact columns against the naive prover.

use crate::common::{assert_parity, prefix_lengths, random, random_vec, rng};
use ark_ff::Zero;
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    poly::eq_evals,
};
use lariat_sumcheck::{
    naive::NaiveProver,
    quadratic::{IntForm, LinearForm, QuadraticProver, QuadraticRelation},
};
use rand::{Rng, RngCore};
use rand_chacha::ChaCha20Rng;

/// One column of every kind and a shorter one of each: ten columns.
fn columns(n: usize, len: usize, rng: &mut ChaCha20Rng) -> Vec<Column> {
    let mut out = Vec::new();
    for len in [len, len / 2 + len % 3 / 2] {
        out.push(ColumnData::Bool((0..len).map(|_| rng.gen_bool(0.3)).collect()));
        out.push(ColumnData::U8((0..len).map(|_| rng.next_u32() as u8).collect()));
        out.push(ColumnData::U16((0..len).map(|_| rng.next_u32() as u16).collect()));
        out.push(ColumnData::U32((0..len).map(|i| if i % 3 == 0 { u32::MAX } else { rng.next_u32() }).collect()));
        out.push(ColumnData::I32(
            (0..len)
                .map(|i| match i % 4 {
                    0 => i32::MIN,
                    1 => i32::MAX,
                    2 => 0,
                    _ => rng.next_u32() as i32,
                })
                .collect(),
        ));
    }
    out.into_iter().map(|data| Column::new(n, data)).collect()
}

fn form(columns: &[usize], constant: Fr, rng: &mut ChaCha20Rng) -> LinearForm {
    LinearForm { constant, terms: columns.iter().map(|&k| (k, random(rng))).collect() }
}

/// Flags, signed forms with constants, second factors with and without constant, shared columns.
fn relation(constants: bool, rng: &mut ChaCha20Rng) -> QuadraticRelation {
    let constant = |rng: &mut ChaCha20Rng| if constants { random(rng) } else { Fr::zero() };
    let mut q = QuadraticRelation::new(10);
    let c = constant(rng);
    *q.factor_of(&IntForm::column(0)) = form(&[1, 2, 3, 4, 9], c, rng);
    let c = constant(rng);
    *q.factor_of(&IntForm::column(5)) = form(&[0, 8], c, rng);
    // The flag that no flag is set.
    let c = constant(rng);
    let none = IntForm { constant: i64::from(constants), terms: vec![(0, -1), (5, -1)] };
    *q.factor_of(&none) = form(&[6, 7], c, rng);
    let wide = IntForm { constant: if constants { -17 } else { 0 }, terms: vec![(3, 1), (4, -2), (8, 1 << 20)] };
    let c = constant(rng);
    *q.factor_of(&wide) = form(&[3, 4, 9], c, rng);
    // A second factor that is constant, and one without terms at all.
    let c = constant(rng);
    *q.factor_of(&IntForm::column(4)) = form(&[], c, rng);
    let c = constant(rng);
    q.linear = form(&[0, 4, 8], c, rng);
    q
}

fn check(n: usize, relation: &QuadraticRelation, columns: &[Column], rng: &mut ChaCha20Rng, case: &str) {
    let tau = random_vec(n, rng);
    let mut tables = vec![eq_evals(&tau)];
    tables.extend(columns.iter().map(|c| (0..1 << n).map(|i| c.get(i)).collect::<Vec<Fr>>()));
    for depth in [0, 1, 2, 4, 6] {
        let mut naive = NaiveProver::new(n, tables.clone(), 3, |z| z[0] * relation.eval(&z[1..]));
        let mut fast = QuadraticProver::new(relation, columns.iter().collect(), &tau, depth);
        assert_parity(&format!("{case}, depth {depth}"), &mut fast, &mut naive, rng);
    }
}

#[test]
fn matches_naive_at_every_round() {
    let mut rng = rng(21);
    for n in 0..8usize {
        for len in prefix_lengths(n) {
            for constants in [false, true] {
                let relation = relation(constants, &mut rng);
                assert_eq!(relation.at_zero().is_zero(), !constants);
                let columns = columns(n, len, &mut rng);
                check(n, &relation, &columns, &mut rng, &format!("n = {n}, len = {len}, constants: {constants}"));
            }
        }
    }
}

#[test]
fn matches_naive_across_task_boundaries() {
    let mut rng = rng(22);
    for (n, len) in [(9, 511), (10, 513), (10, 1023), (10, 1024), (11, 1027), (13, 8191), (14, 8195), (15, 20_001)] {
        let relation = relation(true, &mut rng);
        let columns = columns(n, len, &mut rng);
        check(n, &relation, &columns, &mut rng, &format!("n = {n}, len = {len}"));
    }
}

#[test]
fn claims_of_the_tests_are_not_zero() {
    let mut rng = rng(23);
    let relation = relation(true, &mut rng);
    let columns = columns(4, 11, &mut rng);
    let eq = eq_evals(&random_vec(4, &mut rng));
    let at = |i: usize| relation.eval(&columns.iter().map(|c| c.get(i)).collect::<Vec<_>>());
    assert!(!eq.iter().enumerate().map(|(i, e)| *e * at(i)).sum::<Fr>().is_zero());
}

#[test]
fn relations_without_products_or_without_linear_part() {
    let mut rng = rng(24);
    for n in 1..5usize {
        let columns = columns(n, (1 << n) - 1, &mut rng);
        let mut only_linear = QuadraticRelation::new(10);
        only_linear.linear = form(&[1, 4], random(&mut rng), &mut rng);
        check(n, &only_linear, &columns, &mut rng, "only linear");
        let mut only_products = QuadraticRelation::new(10);
        *only_products.factor_of(&IntForm::column(2)) = form(&[1, 4], random(&mut rng), &mut rng);
        check(n, &only_products, &columns, &mut rng, "only products");
    }
}

#[test]
fn factors_of_equal_forms_are_merged() {
    let mut rng = rng(25);
    let mut q = QuadraticRelation::new(3);
    let (x, y) = (random(&mut rng), random(&mut rng));
    q.factor_of(&IntForm::column(0)).add_term(1, x);
    q.factor_of(&IntForm::column(2)).add_term(1, x);
    let other = IntForm { constant: -4, terms: vec![(1, 3), (2, 1)] };
    q.factor_of(&IntForm::column(0)).add_scaled_int(&other, y);
    assert_eq!(q.products.len(), 2);
    let z = random_vec(3, &mut rng);
    assert_eq!(q.eval(&z), z[0] * (x * z[1] + y * other.eval(&z)) + z[2] * x * z[1]);
}

#[test]
#[should_panic(expected = "at most 32 bits")]
fn wide_columns_are_refused() {
    let mut rng = rng(26);
    let mut q = QuadraticRelation::new(1);
    q.linear = form(&[0], random(&mut rng), &mut rng);
    let column = Column::new(1, ColumnData::U64(vec![1, 2]));
    let tau = random_vec(1, &mut rng);
    let mut prover = QuadraticProver::new(&q, vec![&column], &tau, 4);
    let _ = lariat_sumcheck::RoundProver::round(&mut prover, Fr::zero());
}

#[test]
#[should_panic(expected = "neither zero nor one")]
fn boolean_coordinates_of_tau_are_refused() {
    let mut rng = rng(27);
    let mut q = QuadraticRelation::new(1);
    q.linear = form(&[0], random(&mut rng), &mut rng);
    let column = Column::new(6, ColumnData::U8(vec![1; 33]));
    // The first coordinate is the last that is bound, when the factors are kept.
    let tau: Vec<Fr> = std::iter::once(Fr::from(1u64)).chain(random_vec(5, &mut rng)).collect();
    let mut prover = QuadraticProver::new(&q, vec![&column], &tau, 4);
    for _ in 0..6 {
        let _ = lariat_sumcheck::RoundProver::round(&mut prover, Fr::zero());
        lariat_sumcheck::RoundProver::bind(&mut prover, random(&mut rng));
    }
}
