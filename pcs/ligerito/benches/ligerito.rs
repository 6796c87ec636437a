//! Ligerito: commit, open, verify.
//!
//! Workload: columns of 2^14 to 2^18 uniform 16-bit values (prefix full): one column, and 16 of them in one commit call,
//! opened at one random point; public parameters made beforehand. All threads of the machine.

use ark_ff::UniformRand;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::poly::eq_evals;
use lariat_ligerito::SCHEME;
use lariat_pcs::{Resources, Workload};
use lariat_transcript::{HashKind, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"")
}

fn bench(c: &mut Criterion) {
    for num_columns in [1usize, 16] {
        for num_vars in [14usize, 16, 18] {
            let mut rng = ChaCha20Rng::seed_from_u64(1);
            let shapes = vec![num_vars; num_columns];
            let columns: Vec<Column> = shapes
                .iter()
                .map(|&m| Column::new(m, ColumnData::U16((0..1 << m).map(|_| rng.r#gen()).collect())))
                .collect();
            let columns: Vec<&Column> = columns.iter().collect();
            let point: Vec<Fr> = (0..num_vars).map(|_| Fr::rand(&mut rng)).collect();
            let weights = eq_evals(&point);
            let evals: Vec<Fr> =
                columns.iter().map(|c| weights.iter().enumerate().map(|(i, w)| *w * c.get(i)).sum()).collect();
            let workload = Workload { num_vars: &shapes };
            let pcs = (SCHEME.setup)(workload, &Resources::default()).expect("a supported shape");
            let commit = || {
                let mut channel = session().into_prover();
                let hint = pcs.commit(&columns, &mut channel).expect("supported columns");
                channel.send_scalars("evals", &evals);
                (hint, channel)
            };
            let (hint, mut channel) = commit();
            pcs.open(&columns, &[hint], &point, &evals, &mut channel).expect("supported columns");
            let (proof, _) = channel.finish();

            let mut group = c.benchmark_group(format!("{}/{num_columns}x2^{num_vars}", SCHEME.kind));
            group.sample_size(10).throughput(Throughput::Elements((num_columns << num_vars) as u64));
            group.bench_function("commit", |b| b.iter(|| black_box(commit())));
            group.bench_function("open", |b| {
                let (hint, mut channel) = commit();
                let hints = [hint];
                b.iter(|| pcs.open(&columns, &hints, &point, &evals, &mut channel));
            });
            group.bench_function(format!("verify {} bytes", proof.len()), |b| {
                b.iter(|| {
                    let mut channel = session().into_verifier(&proof);
                    let commitments = pcs.recv_commitments(&shapes, &mut channel).expect("honest proof");
                    channel.recv_scalars("evals", num_columns).expect("honest proof");
                    pcs.verify(&[commitments], &point, &evals, &mut channel).expect("honest proof");
                    channel.finish().expect("honest proof")
                });
            });
            group.finish();
        }
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
