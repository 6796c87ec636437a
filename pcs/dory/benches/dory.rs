//! Dory as the zkVM uses it: many polynomials of one length committed together, and one opening.
//!
//! Workload: 100 columns of 2^14, 2^16 or 2^18 evaluations each, a quarter Booleans, half 16-bit and a quarter 32-bit
//! integers, uniform; one batch, opened at one random point; the number of columns of the matrices is the default for
//! the workload. Generators, their lines and tables are made beforehand, except in `setup`, which makes all that prover
//! and verifier need. `verify` includes reading the proof, with the tests of membership. All use the threads that the
//! machine has; the figures in the documentation are of one (`RAYON_NUM_THREADS=1`).

use ark_ff::UniformRand;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::poly::eq_evals;
use lariat_dory::{Dory, Setup, constants::Constants, gt};
use lariat_pcs::batch::Batched;
use lariat_pcs::{Commitments, Pcs};
use lariat_transcript::{HashKind, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;

const COLUMNS: usize = 100;

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"")
}

fn columns(num_vars: usize, rng: &mut ChaCha20Rng) -> Vec<Column> {
    let n = 1usize << num_vars;
    (0..COLUMNS)
        .map(|i| match i % 4 {
            0 => ColumnData::Bool((0..n).map(|_| rng.r#gen()).collect()),
            1 => ColumnData::U32((0..n).map(|_| rng.r#gen()).collect()),
            _ => ColumnData::U16((0..n).map(|_| rng.r#gen()).collect()),
        })
        .map(|data| Column::new(num_vars, data))
        .collect()
}

fn dory(c: &mut Criterion) {
    for num_vars in [14usize, 16, 18] {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let log_columns = Dory::log_columns_for(num_vars, COLUMNS);
        let pcs = Batched(Dory::new(num_vars, log_columns).expect("a supported length"));
        let pcs: &dyn Pcs = &pcs;
        let columns = columns(num_vars, &mut rng);
        let columns: Vec<&Column> = columns.iter().collect();
        let point: Vec<Fr> = (0..num_vars).map(|_| Fr::rand(&mut rng)).collect();
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

        let mut group = c.benchmark_group(format!("dory/2^{num_vars}"));
        group.sample_size(10).throughput(Throughput::Elements((COLUMNS << num_vars) as u64));
        let setup = BenchmarkId::new("setup", format!("2^{log_columns} columns"));
        group.bench_function(setup, |b| b.iter(|| Setup::new(log_columns).expect("a supported length")));
        group.bench_function("commit", |b| b.iter(|| black_box(commit())));
        group.bench_function("open", |b| {
            let (hint, mut channel) = commit();
            let hints = [hint];
            b.iter(|| pcs.open(&columns, &hints, &point, &evals, &mut channel));
        });
        group.bench_function(BenchmarkId::new("verify", format!("{} bytes", proof.len())), |b| {
            b.iter(|| {
                let mut channel = session().into_verifier(&proof);
                let commitments: Commitments =
                    pcs.recv_commitments(&[num_vars; COLUMNS], &mut channel).expect("honest proof");
                channel.recv_scalars("evals", COLUMNS).expect("honest proof");
                pcs.verify(&[commitments], &point, &evals, &mut channel).expect("honest proof");
                channel.finish().expect("honest proof")
            });
        });
        group.finish();
    }
}

/// Elements of the target group as bytes and back, as many as six rounds have messages in, and the test of membership.
fn target_group(c: &mut Criterion) {
    const ELEMENTS: usize = 36;
    let bytes = &Constants::get().to_bytes()[..ELEMENTS * gt::BYTES];
    let elements = gt::from_bytes(bytes, ELEMENTS).expect("elements");
    let mut group = c.benchmark_group(format!("gt/{ELEMENTS} elements of {} bytes", gt::BYTES));
    group.throughput(Throughput::Elements(ELEMENTS as u64));
    group.bench_function("compress", |b| b.iter(|| gt::to_bytes(black_box(&elements))));
    group.bench_function("decompress", |b| b.iter(|| gt::from_bytes(black_box(bytes), ELEMENTS)));
    // A round's first message.
    group.bench_function("decompress in fours", |b| {
        b.iter(|| bytes.chunks_exact(4 * gt::BYTES).map(|four| gt::from_bytes(black_box(four), 4)).all(|r| r.is_ok()));
    });
    group.bench_function("members", |b| b.iter(|| gt::members(black_box(&elements))));
    group.finish();
}

criterion_group!(benches, target_group, dory);
criterion_main!(benches);
