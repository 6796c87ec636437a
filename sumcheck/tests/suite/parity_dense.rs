//! The dense product layer against the naive prover.

use crate::common::{WithWeights, assert_parity, padded, prefix_lengths, random, random_vec, rng};
use ark_ff::{One, Zero};
use lariat_algebra::{Fr, poly::eq_evals};
use lariat_sumcheck::{
    WeightedRoundProver,
    dense_product::{LayerProver, Leaves, evaluate_prefix},
    naive::NaiveProver,
};
use rand_chacha::ChaCha20Rng;
use std::sync::Arc;

/// How the entries of a factor look.
#[derive(Clone, Copy)]
enum Entries {
    Random,
    /// Three of four entries are one, in runs of two.
    ManyOnes,
    AllOnes,
    /// Zeros, ones and minus ones.
    Edges,
}

fn factor(len: usize, entries: Entries, rng: &mut ChaCha20Rng) -> Leaves {
    let edges = [Fr::zero(), Fr::one(), -Fr::one()];
    let values = (0..len)
        .map(|i| match entries {
            Entries::Random => random(rng),
            Entries::ManyOnes if i / 2 % 4 == 3 || i % 7 == 3 => random(rng),
            Entries::ManyOnes | Entries::AllOnes => Fr::one(),
            Entries::Edges => edges[(i * 5 + i / 3) % 3],
        })
        .collect();
    Arc::new(values)
}

fn check(n: usize, pairs: &[(Leaves, Option<Leaves>)], rng: &mut ChaCha20Rng, case: &str) {
    let tau = random_vec(n, rng);
    let alphas = random_vec(pairs.len(), rng);
    let mut columns = vec![eq_evals(&tau)];
    let one = Arc::new(Vec::new());
    for (l, r) in pairs {
        columns.push(padded(l, n, Fr::one()));
        columns.push(padded(r.as_ref().unwrap_or(&one), n, Fr::one()));
    }
    let weights = alphas.clone();
    let mut naive = NaiveProver::new(n, columns, 3, move |z| {
        z[0] * z[1..].chunks(2).zip(&weights).map(|(p, a)| *a * p[0] * p[1]).sum::<Fr>()
    });
    assert!(!naive.sum().is_zero(), "{case}: the claim is not zero");
    let mut fast = LayerProver::new(&tau, pairs.to_vec(), &alphas);
    assert_parity(case, &mut WithWeights::new(&tau, &mut fast), &mut naive, rng);
    let finals: Vec<Fr> = fast.finals().iter().flat_map(|(l, r)| [*l, *r]).collect();
    assert_eq!(finals, naive.finals()[1..], "{case}: finals");
}

#[test]
fn matches_naive_at_every_round() {
    let mut rng = rng(1);
    let kinds = [Entries::Random, Entries::ManyOnes, Entries::AllOnes, Entries::Edges];
    for n in 0..7usize {
        for len in prefix_lengths(n) {
            for (shape, rights) in [vec![true], vec![false], vec![true, true, false], vec![false, true, true, true]]
                .into_iter()
                .enumerate()
            {
                let pairs: Vec<(Leaves, Option<Leaves>)> = rights
                    .iter()
                    .enumerate()
                    .map(|(j, &right)| {
                        // The first factor is random, so that no case has a zero claim.
                        let kind = if j == 0 { Entries::Random } else { kinds[(j + len) % 4] };
                        let left = factor(len, kind, &mut rng);
                        let right = right.then(|| factor(len, kinds[(j + len / 2) % 3], &mut rng));
                        (left, right)
                    })
                    .collect();
                check(n, &pairs, &mut rng, &format!("n = {n}, len = {len}, shape {shape}"));
            }
        }
    }
}

#[test]
fn matches_naive_across_task_boundaries() {
    let mut rng = rng(2);
    for (n, len) in
        [(11, 2047), (12, 2049), (12, 4096), (13, 4099), (14, (1 << 14) - 1), (15, (1 << 14) + 3), (16, 40_001)]
    {
        let pairs = vec![
            (factor(len, Entries::ManyOnes, &mut rng), Some(factor(len, Entries::Random, &mut rng))),
            (factor(len, Entries::Random, &mut rng), None),
        ];
        check(n, &pairs, &mut rng, &format!("n = {n}, len = {len}"));
    }
}

#[test]
fn matches_naive_with_many_factors() {
    let mut rng = rng(4);
    for (n, len) in [(8, 131), (10, 1023), (10, 700), (11, 1029)] {
        let pairs: Vec<(Leaves, Option<Leaves>)> = (0..37)
            .map(|j| {
                let left = factor(len, if j % 3 == 0 { Entries::Random } else { Entries::ManyOnes }, &mut rng);
                (left, (j % 5 != 4).then(|| factor(len, Entries::ManyOnes, &mut rng)))
            })
            .collect();
        check(n, &pairs, &mut rng, &format!("n = {n}, len = {len}"));
    }
}

#[test]
fn finals_are_the_multilinear_extensions() {
    let mut rng = rng(3);
    for n in 0..6usize {
        for len in prefix_lengths(n) {
            let left = factor(len, Entries::Random, &mut rng);
            let right = factor(len, Entries::ManyOnes, &mut rng);
            let tau = random_vec(n, &mut rng);
            let mut prover =
                LayerProver::new(&tau, vec![(Arc::clone(&left), Some(Arc::clone(&right)))], &[random(&mut rng)]);
            let mut point = random_vec(n, &mut rng);
            for r in point.iter().rev() {
                prover.bind(*r);
            }
            let expected = [&left, &right].map(|v| evaluate_prefix(v, &point, Fr::one()));
            assert_eq!(prover.finals(), [(expected[0], expected[1])]);
            point.reverse();
            if n > 1 && len > 2 {
                assert_ne!(evaluate_prefix(&left, &point, Fr::one()), expected[0], "coordinates have an order");
            }
        }
    }
}

#[test]
#[should_panic(expected = "one length")]
fn unequal_prefixes_are_refused() {
    let pair = (Arc::new(vec![Fr::one(); 3]), Some(Arc::new(vec![Fr::one(); 2])));
    let _ = LayerProver::new(&[Fr::one(); 2], vec![pair], &[Fr::one()]);
}

#[test]
#[should_panic(expected = "prefix longer than the hypercube")]
fn overlong_prefixes_are_refused() {
    let pair = (Arc::new(vec![Fr::one(); 5]), None);
    let _ = LayerProver::new(&[Fr::one(); 2], vec![pair], &[Fr::one()]);
}
