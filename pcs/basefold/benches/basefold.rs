//! BaseFold through the seam: commit, open and verify a batch of columns.
//!
//! Workload: one column of one value, then 16 columns of 2^14, 2^16 or 2^18 uniform 16-bit integers, in two commit calls
//! as the machine above makes them, opened at one random point. `BASEFOLD_COLUMNS` sets another number of columns and
//! `BASEFOLD_RATES` a list of `-log2(rate)`. Sizes of proofs are printed. Threads as the machine has them.

use ark_ff::UniformRand;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::poly::eq_evals;
use lariat_basefold::{BaseFold, Config};
use lariat_pcs::batch::{Batched, piece_vars};
use lariat_pcs::{CommitHint, Pcs};
use lariat_transcript::{HashKind, ProverChannel, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"")
}

fn numbers(name: &str, default: &[usize]) -> Vec<usize> {
    let parse = |list: String| list.split(',').filter_map(|n| n.parse().ok()).collect();
    std::env::var(name).map_or_else(|_| default.to_vec(), parse)
}

fn basefold(c: &mut Criterion) {
    let width = numbers("BASEFOLD_COLUMNS", &[16])[0];
    for num_vars in numbers("BASEFOLD_VARS", &[14, 16, 18]) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let first = Column::new(0, ColumnData::U8(vec![3]));
        let others: Vec<Column> = (0..width)
            .map(|_| Column::new(num_vars, ColumnData::U16((0..1 << num_vars).map(|_| rng.r#gen()).collect())))
            .collect();
        let others: Vec<&Column> = others.iter().collect();
        let all: Vec<&Column> = [&first].into_iter().chain(others.iter().copied()).collect();
        let shapes: Vec<usize> = all.iter().map(|c| c.num_vars()).collect();
        let point: Vec<Fr> = (0..num_vars).map(|_| Fr::rand(&mut rng)).collect();
        let weights = eq_evals(&point);
        let value = |c: &&Column| (0..c.stored_len()).map(|i| weights[i] * c.get(i)).sum::<Fr>();
        let mut evals: Vec<Fr> = all.iter().map(value).collect();
        evals[0] = first.get(0);
        for log_inv_rate in numbers("BASEFOLD_RATES", &[1, 2]) {
            let config = Config { log_inv_rate, ..Config::default() };
            let scheme = BaseFold::new(piece_vars(&shapes), config).expect("a supported length");
            let folds = scheme.params().folds().to_vec();
            let pcs = Batched(scheme);
            let commit = || -> (Vec<CommitHint>, ProverChannel) {
                let mut channel = session().into_prover();
                let a = pcs.commit(&[&first], &mut channel).expect("supported columns");
                let b = pcs.commit(&others, &mut channel).expect("supported columns");
                channel.send_scalars("evals", &evals);
                (vec![a, b], channel)
            };
            let (hints, mut channel) = commit();
            pcs.open(&all, &hints, &point, &evals, &mut channel).expect("supported columns");
            let (proof, _) = channel.finish();
            eprintln!("2^{num_vars} x {width}, rate 2^-{log_inv_rate}: {} bytes, folds {folds:?}", proof.len());

            let mut group = c.benchmark_group(format!("basefold/2^{num_vars} x {width}"));
            group.sample_size(10).throughput(Throughput::Elements((width << num_vars) as u64));
            let rate = format!("rate 1/{}", 1 << log_inv_rate);
            group.bench_function(BenchmarkId::new("commit", &rate), |b| b.iter(|| black_box(commit())));
            group.bench_function(BenchmarkId::new("open", &rate), |b| {
                let mut channel = session().into_prover();
                b.iter(|| pcs.open(&all, &hints, &point, &evals, &mut channel));
            });
            group.bench_function(BenchmarkId::new("verify", &rate), |b| {
                b.iter(|| {
                    let mut channel = session().into_verifier(&proof);
                    let first = pcs.recv_commitments(&shapes[..1], &mut channel).expect("honest proof");
                    let others = pcs.recv_commitments(&shapes[1..], &mut channel).expect("honest proof");
                    channel.recv_scalars("evals", evals.len()).expect("honest proof");
                    pcs.verify(&[first, others], &point, &evals, &mut channel).expect("honest proof");
                    channel.finish().expect("honest proof")
                });
            });
            group.finish();
        }
    }
}

criterion_group!(benches, basefold);
criterion_main!(benches);
