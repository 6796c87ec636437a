//! The hot kernels of the sumcheck crate, in time per row of a trace.
//!
//! * `field/mul`: one dependent chain of field multiplications, the unit to which the others are compared.
//! * `grand_product`: `DenseProduct` of 36 leaves in 2 groups; every other leaf is one on nine rows of ten.
//! * `quadratic`: all rounds of a relation of 60 products of 0/1 first factors and six-term second factors over 115
//!   compact columns; each row has nine set flags.
//! * `reduction`: 115 claims at one point and 36 at another.
//!
//! Rows: `2^16`, and `2^18` under `LARIAT_BENCH_LARGE=1`. Threads: rayon's, so `RAYON_NUM_THREADS=1` for one.

use ark_ff::{One, UniformRand};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
};
use lariat_sumcheck::{
    Instance,
    dense_product::Leaves,
    engine,
    grand_product::{self, DenseProduct, Plan},
    leaves::StoredLeaves,
    quadratic::{IntForm, LinearForm, QuadraticProver, QuadraticRelation},
    reduction::{self, Claim},
};
use lariat_transcript::{HashKind, ProverChannel, Session};
use rand::{Rng, RngCore};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use std::{hint::black_box, sync::Arc, time::Duration};

const NUM_COLUMNS: usize = 115;
const NUM_FLAGS: usize = 60;

fn log_rows() -> Vec<usize> {
    if std::env::var_os("LARIAT_BENCH_LARGE").is_some_and(|v| !v.is_empty()) { vec![16, 18] } else { vec![16] }
}

fn channel() -> ProverChannel {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"").into_prover()
}

fn point(n: usize, rng: &mut ChaCha20Rng) -> Vec<Fr> {
    (0..n).map(|_| Fr::rand(rng)).collect()
}

/// Flags first, then bytes, half words and words.
fn columns(n: usize, rng: &mut ChaCha20Rng) -> Vec<Column> {
    let len = (1 << n) - 5;
    let column = |k: usize, rng: &mut ChaCha20Rng| match k {
        0..NUM_FLAGS => ColumnData::Bool((0..len).map(|_| rng.gen_bool(0.15)).collect()),
        60..80 => ColumnData::U8((0..len).map(|_| rng.next_u32() as u8).collect()),
        80..95 => ColumnData::U16((0..len).map(|_| rng.next_u32() as u16).collect()),
        _ => ColumnData::U32((0..len).map(|_| rng.next_u32()).collect()),
    };
    (0..NUM_COLUMNS).map(|k| Column::new(n, column(k, rng))).collect()
}

fn relation(rng: &mut ChaCha20Rng) -> QuadraticRelation {
    let mut form = |constant| {
        let terms: Vec<(usize, Fr)> =
            (0..6).map(|j| (NUM_FLAGS + (rng.next_u32() as usize + 9 * j) % 55, Fr::rand(rng))).collect();
        LinearForm { constant, terms }
    };
    let mut q = QuadraticRelation::new(NUM_COLUMNS);
    for k in 0..NUM_FLAGS {
        *q.factor_of(&IntForm::column(k)) = form(Fr::one());
    }
    q.linear = form(Fr::one());
    q
}

fn field(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    let (x, mut y) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
    let mut group = c.benchmark_group("field");
    group.throughput(Throughput::Elements(1000));
    group.bench_function("mul", |b| {
        b.iter(|| {
            for _ in 0..1000 {
                y *= x;
            }
            black_box(y)
        });
    });
    group.finish();
}

fn dense(c: &mut Criterion) {
    let mut group = c.benchmark_group("grand_product");
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    for n in log_rows() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let rows = (1usize << n) - 5;
        let leaf = |j: usize, rng: &mut ChaCha20Rng| -> Leaves {
            let entry = |_| if j % 2 == 1 && !rng.gen_bool(0.1) { Fr::one() } else { Fr::rand(rng) };
            Arc::new((0..rows).map(entry).collect())
        };
        let groups: Vec<Vec<Leaves>> = (0..2).map(|_| (0..18).map(|j| leaf(j, &mut rng)).collect()).collect();
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_with_input(BenchmarkId::from_parameter(n), &n, |b, &n| {
            let leaves = StoredLeaves::new(groups.clone());
            b.iter(|| {
                let mut product = DenseProduct::new(n, &leaves, Plan::default());
                grand_product::prove(&mut [&mut product], &mut channel())
            });
        });
    }
    group.finish();
}

fn quadratic(c: &mut Criterion) {
    let mut group = c.benchmark_group("quadratic");
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    for n in log_rows() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let (columns, relation, tau) = (columns(n, &mut rng), relation(&mut rng), point(n, &mut rng));
        group.throughput(Throughput::Elements(1 << n));
        group.bench_with_input(BenchmarkId::from_parameter(n), &n, |b, _| {
            b.iter(|| {
                let mut prover = QuadraticProver::new(&relation, columns.iter().collect(), &tau, 4);
                // Any claim costs the same.
                engine::prove("bench", &mut [Instance { prover: &mut prover, claim: tau[0] }], &mut channel())
            });
        });
    }
    group.finish();
}

fn many_claims(c: &mut Criterion) {
    let mut group = c.benchmark_group("reduction");
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    for n in log_rows() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let columns = columns(n, &mut rng);
        let (p, q) = (point(n, &mut rng), point(n, &mut rng));
        let claim = |poly, point: &[Fr]| Claim { poly, point: point.to_vec(), value: point[0] };
        let claims: Vec<Claim> = (0..NUM_COLUMNS)
            .map(|k| claim(k, &p))
            .chain((NUM_COLUMNS - 36..NUM_COLUMNS).map(|k| claim(k, &q)))
            .collect();
        let refs: Vec<&Column> = columns.iter().collect();
        group.throughput(Throughput::Elements(1 << n));
        group.bench_with_input(BenchmarkId::from_parameter(n), &n, |b, _| {
            b.iter(|| reduction::prove(&refs, &claims, &mut channel()));
        });
    }
    group.finish();
}

criterion_group!(benches, field, dense, quadratic, many_claims);
criterion_main!(benches);
