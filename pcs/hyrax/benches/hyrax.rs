//! Hyrax against a straightforward implementation on arkworks' multi-scalar multiplication.
//!
//! Workload: 16 columns of one type and 2^16 or 2^18 uniform evaluations each (prefix full), default row length, one
//! batch, opened at one random point; public parameters and tables made beforehand. The baseline commits row by row
//! with arkworks' best routine for the type, combines rows in field arithmetic, and verifies with arkworks'
//! `msm`; it speaks the same protocol, so both verify the same proofs. Both use the threads that the machine has (the
//! baseline by rows).

use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{UniformRand, Zero};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::poly::{eq_evals, eq_evals_scaled};
use lariat_algebra::{Fr, G1Affine, G1Projective, par};
use lariat_hyrax::Hyrax;
use lariat_pcs::{Commitments, Pcs};
use lariat_transcript::{HashKind, ProverChannel, Ready, Session, VerifierChannel};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;

const COLUMNS: usize = 16;

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"")
}

fn columns(kind: &str, num_vars: usize) -> Vec<Column> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let n = 1usize << num_vars;
    (0..COLUMNS)
        .map(|_| match kind {
            "bool" => ColumnData::Bool((0..n).map(|_| rng.r#gen()).collect()),
            "u16" => ColumnData::U16((0..n).map(|_| rng.r#gen()).collect()),
            _ => ColumnData::Field((0..n).map(|_| Fr::rand(&mut rng)).collect()),
        })
        .map(|data| Column::new(num_vars, data))
        .collect()
}

/// Arkworks' best routine for each type.
fn baseline_commit(bases: &[G1Affine], columns: &[&Column]) -> Vec<G1Affine> {
    let len = bases.len();
    let rows = (1usize << columns[0].num_vars()) / len;
    let sums = par::map_collect(columns.len() * rows, |i| {
        let range = (i % rows) * len..(i % rows + 1) * len;
        match columns[i / rows].data() {
            ColumnData::Bool(v) => G1Projective::msm_u1(bases, &v[range]),
            ColumnData::U16(v) => G1Projective::msm_u16(bases, &v[range]),
            ColumnData::Field(v) => G1Projective::msm_unchecked(bases, &v[range]),
            _ => G1Projective::zero(),
        }
    });
    G1Projective::normalize_batch(&sums)
}

fn powers(x: Fr, n: usize) -> impl Iterator<Item = Fr> {
    std::iter::successors(Some(Fr::from(1u64)), move |p| Some(*p * x)).take(n)
}

/// Rows combined by field arithmetic.
fn baseline_open(log_len: usize, columns: &[&Column], point: &[Fr], channel: &mut ProverChannel) {
    channel.absorb_public_scalars("pcs/point", point);
    let rho = channel.challenge("hyrax/rho");
    let len = 1usize << log_len;
    let weights: Vec<Vec<Fr>> =
        powers(rho, columns.len()).map(|p| eq_evals_scaled(&point[..point.len() - log_len], p)).collect();
    let u = par::map_collect(len, |j| {
        let mut sum = Fr::zero();
        for (column, weights) in columns.iter().zip(&weights) {
            for (i, w) in weights.iter().enumerate() {
                sum += *w * column.get(i * len + j);
            }
        }
        sum
    });
    channel.send_scalars("hyrax/row", &u);
    channel.challenge("hyrax/sigma");
}

fn baseline_verify(bases: &[G1Affine], num_vars: usize, point: &[Fr], evals: &[Fr], channel: &mut VerifierChannel<'_>) {
    let log_len = bases.len().trailing_zeros() as usize;
    let count = COLUMNS << (num_vars - log_len);
    let mut points = channel.recv_points("hyrax/commitments", count).expect("honest proof");
    channel.recv_scalars("evals", COLUMNS).expect("honest proof");
    channel.absorb_public_scalars("pcs/point", point);
    let rho = channel.challenge("hyrax/rho");
    let u = channel.recv_scalars("hyrax/row", bases.len()).expect("honest proof");
    channel.challenge("hyrax/sigma");
    let (high, low) = point.split_at(point.len() - log_len);
    let value: Fr = u.iter().zip(eq_evals(low)).map(|(u, w)| *u * w).sum();
    assert_eq!(value, powers(rho, COLUMNS).zip(evals).map(|(p, e)| p * e).sum::<Fr>());
    let mut scalars: Vec<Fr> = powers(rho, COLUMNS).flat_map(|p| eq_evals_scaled(high, p)).collect();
    points.extend(bases);
    scalars.extend(u.iter().map(|u| -*u));
    assert!(G1Projective::msm_unchecked(&points, &scalars).is_zero());
}

fn hyrax(c: &mut Criterion) {
    for num_vars in [16usize, 18] {
        let shapes = [num_vars; COLUMNS];
        let pcs = Hyrax::new(Hyrax::log_row_len_for(&shapes)).expect("a supported length");
        let bases = pcs.bases().bases();
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let point: Vec<Fr> = (0..num_vars).map(|_| Fr::rand(&mut rng)).collect();
        for kind in ["bool", "u16", "full"] {
            let columns = columns(kind, num_vars);
            let columns: Vec<&Column> = columns.iter().collect();
            let weights = eq_evals(&point);
            let evals: Vec<Fr> =
                columns.iter().map(|c| weights.iter().enumerate().map(|(i, w)| *w * c.get(i)).sum()).collect();
            let commit = || {
                let mut channel = session().into_prover();
                let hint = pcs.commit(&columns, &mut channel).expect("supported columns");
                channel.send_scalars("evals", &evals);
                (hint, channel)
            };
            let (hint, mut channel) = commit();
            pcs.open(&columns, &[hint], &point, &evals, &mut channel).expect("supported columns");
            let (proof, _) = channel.finish();

            let mut group = c.benchmark_group(format!("hyrax/{kind}/2^{num_vars}"));
            group.sample_size(10).throughput(Throughput::Elements((COLUMNS << num_vars) as u64));
            group.bench_function(BenchmarkId::new("commit", "lariat"), |b| b.iter(|| black_box(commit())));
            let arkworks = |b: &mut criterion::Bencher<'_>| b.iter(|| black_box(baseline_commit(bases, &columns)));
            group.bench_function(BenchmarkId::new("commit", "arkworks"), arkworks);
            group.bench_function(BenchmarkId::new("open", "lariat"), |b| {
                let (hint, mut channel) = commit();
                let hints = [hint];
                b.iter(|| pcs.open(&columns, &hints, &point, &evals, &mut channel));
            });
            group.bench_function(BenchmarkId::new("open", "arkworks"), |b| {
                let mut channel = session().into_prover();
                b.iter(|| baseline_open(pcs.log_row_len(), &columns, &point, &mut channel));
            });
            let verify = || {
                let mut channel = session().into_verifier(&proof);
                let commitments: Commitments = pcs.recv_commitments(&shapes, &mut channel).expect("honest proof");
                channel.recv_scalars("evals", COLUMNS).expect("honest proof");
                pcs.verify(&[commitments], &point, &evals, &mut channel).expect("honest proof");
                channel.finish().expect("honest proof")
            };
            group.bench_function(BenchmarkId::new("verify", "lariat"), |b| b.iter(verify));
            group.bench_function(BenchmarkId::new("verify", "arkworks"), |b| {
                b.iter(|| {
                    let mut channel = session().into_verifier(&proof);
                    baseline_verify(bases, num_vars, &point, &evals, &mut channel);
                    channel.finish().expect("honest proof")
                });
            });
            group.finish();
        }
    }
}

criterion_group!(benches, hyrax);
criterion_main!(benches);
