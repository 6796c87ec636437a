//! The sparse product layer and the sparse quadratic kernel against the naive prover.

use crate::common::{WithWeights, assert_parity, padded, random, random_vec, rng};
use ark_ff::{One, Zero};
use lariat_algebra::{Fr, poly::eq_evals};
use lariat_sumcheck::{
    RoundProver,
    naive::NaiveProver,
    quadratic::{IntForm, LinearForm, QuadraticRelation},
    sparse_product::{SparseLayer, SparseLayerProver},
    sparse_quadratic::{SparseQuadraticProver, SparseRow},
};
use rand::Rng;
use rand_chacha::ChaCha20Rng;

/// Position sets: empty, single ones at both ends, siblings, a prefix, random, everything.
fn position_sets(n: usize, rng: &mut ChaCha20Rng) -> Vec<Vec<u32>> {
    let full = 1u32 << n;
    let mut sets = vec![
        vec![],
        vec![0],
        vec![full - 1],
        (0..full).step_by(2).collect(),
        (0..full).skip(1).step_by(2).collect(),
        (0..full.min(3)).collect(),
        (0..full).filter(|i| i / 2 % 3 == 1).collect(),
        (0..full).collect(),
    ];
    for density in [0.1, 0.5, 0.9] {
        sets.push((0..full).filter(|_| rng.gen_bool(density)).collect());
    }
    sets
}

fn layer<const G: usize>(num_vars: usize, positions: &[u32], rng: &mut ChaCha20Rng) -> SparseLayer<G> {
    let entries = positions.iter().map(|&i| (i, std::array::from_fn(|_| random(rng)))).collect();
    SparseLayer { num_vars, entries }
}

/// The full table of group `g`.
fn table<const G: usize>(layer: &SparseLayer<G>, g: usize) -> Vec<Fr> {
    let mut out = vec![Fr::one(); 1 << layer.num_vars];
    for (i, values) in &layer.entries {
        out[*i as usize] = values[g];
    }
    out
}

fn check_layer<const G: usize>(children: &SparseLayer<G>, rng: &mut ChaCha20Rng, case: &str) {
    let n = children.num_vars - 1;
    let tau = random_vec(n, rng);
    let alphas: [Fr; G] = std::array::from_fn(|_| random(rng));
    let mut columns = vec![eq_evals(&tau)];
    for g in 0..G {
        let full = table(children, g);
        columns.push(full.iter().step_by(2).copied().collect());
        columns.push(full.iter().skip(1).step_by(2).copied().collect());
    }
    let mut naive = NaiveProver::new(n, columns, 3, move |z| {
        z[0] * z[1..].chunks(2).zip(&alphas).map(|(p, a)| *a * p[0] * p[1]).sum::<Fr>()
    });
    assert!(!naive.sum().is_zero(), "{case}: the claim is not zero");
    let mut fast = SparseLayerProver::new(&tau, children, alphas);
    assert_parity(case, &mut WithWeights::new(&tau, &mut fast), &mut naive, rng);
    let finals: Vec<Fr> = fast.finals().iter().flat_map(|(l, r)| [*l, *r]).collect();
    assert_eq!(finals, naive.finals()[1..], "{case}: finals");
}

#[test]
fn sparse_layer_matches_naive_at_every_round() {
    let mut rng = rng(11);
    for n in 1..8usize {
        for (set, positions) in position_sets(n, &mut rng).iter().enumerate() {
            check_layer(&layer::<1>(n, positions, &mut rng), &mut rng, &format!("G = 1, n = {n}, set {set}"));
            check_layer(&layer::<3>(n, positions, &mut rng), &mut rng, &format!("G = 3, n = {n}, set {set}"));
        }
    }
}

#[test]
fn sparse_layer_matches_naive_across_task_boundaries() {
    let mut rng = rng(12);
    // A task has 4096 pairs; with the positions 1, 2, ... a plain split would part siblings.
    for positions in [(1..1 << 14).collect::<Vec<u32>>(), (0..1 << 14).filter(|i| i % 5 != 0).collect()] {
        check_layer(&layer::<2>(14, &positions, &mut rng), &mut rng, "n = 14");
    }
}

#[test]
fn parents_are_products_of_siblings() {
    let mut rng = rng(13);
    for n in 1..7usize {
        for positions in position_sets(n, &mut rng) {
            let children = layer::<2>(n, &positions, &mut rng);
            let parent = children.parent();
            assert_eq!(parent.num_vars, n - 1);
            for g in 0..2 {
                let expected: Vec<Fr> = table(&children, g).chunks(2).map(|p| p[0] * p[1]).collect();
                assert_eq!(table(&parent, g), expected);
            }
        }
    }
}

/// Three sparse columns (0..3) and two dense ones (3, 4), a constant at zero.
fn relation(rng: &mut ChaCha20Rng) -> QuadraticRelation {
    let mut q = QuadraticRelation::new(5);
    *q.factor_of(&IntForm::column(0)) =
        LinearForm { constant: random(rng), terms: vec![(1, random(rng)), (3, random(rng)), (4, random(rng))] };
    *q.factor_of(&IntForm { constant: 0, terms: vec![(1, 2), (2, -3)] }) =
        LinearForm { constant: random(rng), terms: vec![(2, random(rng)), (3, random(rng))] };
    // A constant first factor excludes dense terms in the second.
    *q.factor_of(&IntForm { constant: 7, terms: vec![(0, -1)] }) =
        LinearForm { constant: random(rng), terms: vec![(0, random(rng)), (2, random(rng))] };
    q.linear = LinearForm { constant: random(rng), terms: vec![(0, random(rng)), (2, random(rng))] };
    q
}

fn check_quadratic(n: usize, positions: &[u32], rng: &mut ChaCha20Rng, case: &str) {
    let relation = relation(rng);
    assert!(!relation.at_zero().is_zero());
    let tau = random_vec(n, rng);
    let rows: Vec<SparseRow<3>> = positions
        .iter()
        .map(|&i| (i, [Fr::from(u64::from(i % 3)), random(rng), if i % 4 == 0 { Fr::zero() } else { random(rng) }]))
        .collect();
    let dense: Vec<Vec<Fr>> = (0..2).map(|_| random_vec(1 << n, rng)).collect();
    let mut columns = vec![eq_evals(&tau)];
    for k in 0..3 {
        let mut column = vec![Fr::zero(); 1 << n];
        for (i, values) in &rows {
            column[*i as usize] = values[k];
        }
        columns.push(padded(&column, n, Fr::zero()));
    }
    columns.extend(dense.clone());
    let mut naive = NaiveProver::new(n, columns, 3, |z| z[0] * relation.eval(&z[1..]));
    assert!(!naive.sum().is_zero(), "{case}: the claim is not zero");
    let mut fast = SparseQuadraticProver::new(&relation, rows, dense.into_iter().map(Into::into).collect(), &tau);
    assert_parity(case, &mut fast, &mut naive, rng);
    assert_eq!(fast.finals().as_slice(), &naive.finals()[1..4], "{case}: finals");
    assert_eq!(fast.num_vars(), n);
}

#[test]
fn sparse_quadratic_matches_naive_at_every_round() {
    let mut rng = rng(14);
    for n in 0..8usize {
        for (set, positions) in position_sets(n, &mut rng).iter().enumerate() {
            check_quadratic(n, positions, &mut rng, &format!("n = {n}, set {set}"));
        }
    }
}

#[test]
fn sparse_quadratic_matches_naive_across_task_boundaries() {
    let mut rng = rng(15);
    check_quadratic(13, &(1..1 << 13).collect::<Vec<u32>>(), &mut rng, "n = 13");
}

#[test]
#[should_panic(expected = "dense factor needs a sparse partner")]
fn dense_columns_beside_a_constant_are_refused() {
    let mut q = QuadraticRelation::new(2);
    q.factor_of(&IntForm { constant: 1, terms: vec![(0, 1)] }).add_term(1, Fr::one());
    let _ = SparseQuadraticProver::<1>::new(&q, vec![], vec![vec![Fr::one(); 2].into()], &[Fr::one()]);
}
