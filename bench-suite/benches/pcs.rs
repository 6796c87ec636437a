//! Every commitment scheme alone: commit, open, verify, on one thread, under an insecure setup made in memory.
//!
//! Workload: a batch of equal columns of random values, full prefix, opened at one random point; parameters and what
//! schemes build on first use are made beforehand. Verification includes receiving the commitments.
//!
//! By default 2^10, 2^14 and 2^18 evaluations of 16 bits and of full size, one column and a batch of 16. With
//! `LARIAT_BENCH_WIDE=1` every size from 2^10 to 2^20 in steps of two, and sparse and Boolean columns too.

use criterion::{BatchSize, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use lariat_bench_suite::{Batches, Values, setup};
use lariat_pcs::Workload;
use std::{cell::LazyCell, hint::black_box, time::Duration};

fn pcs(c: &mut Criterion) {
    let wide = std::env::var_os("LARIAT_BENCH_WIDE").is_some_and(|v| !v.is_empty() && v != "0");
    let sizes: &[usize] = if wide { &[10, 12, 14, 16, 18, 20] } else { &[10, 14, 18] };
    let kinds: &[Values] = if wide { &Values::ALL } else { &[Values::U16, Values::Full] };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    for &num_vars in sizes {
        let log_powers = setup::log_powers_for(num_vars as u32);
        let schemes = setup::with_insecure_setup(&lariat_schemes::all(), log_powers).expect("a supported length");
        for &values in kinds {
            for columns in [1usize, 16] {
                // Made when a bench that passes the filter first needs it.
                let batch = LazyCell::new(|| Batches::equal(values, num_vars, columns));
                let shapes = vec![num_vars; columns];
                let mut group = c.benchmark_group(format!("pcs/{values}/{columns}x2^{num_vars}"));
                group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(1));
                group.measurement_time(Duration::from_secs(1));
                group.throughput(Throughput::Elements((columns << num_vars) as u64));
                for scheme in schemes.iter() {
                    let name = scheme.kind.name();
                    let prepared = LazyCell::new(|| {
                        let (batch, workload) = (&*batch, Workload { num_vars: &shapes });
                        let pcs = schemes.setup(scheme.kind, workload).expect("parameters");
                        let proof = pool.install(|| {
                            let (hints, mut channel) = batch.commit(pcs.as_ref()).expect("supported columns");
                            batch.open(pcs.as_ref(), &hints, &mut channel).expect("supported columns");
                            channel.finish().0
                        });
                        (pcs, proof)
                    });
                    group.bench_function(BenchmarkId::new("commit", name), |b| {
                        let (batch, pcs) = (&*batch, prepared.0.as_ref());
                        b.iter(|| pool.install(|| black_box(batch.commit(pcs).expect("supported columns"))));
                    });
                    group.bench_function(BenchmarkId::new("open", name), |b| {
                        let (batch, pcs) = (&*batch, prepared.0.as_ref());
                        b.iter_batched(
                            || pool.install(|| batch.commit(pcs)).expect("supported columns"),
                            |(hints, mut channel)| {
                                pool.install(|| batch.open(pcs, &hints, &mut channel)).expect("supported columns");
                            },
                            BatchSize::PerIteration,
                        );
                    });
                    group.bench_function(BenchmarkId::new("verify", name), |b| {
                        let (batch, pcs, proof) = (&*batch, prepared.0.as_ref(), prepared.1.as_slice());
                        b.iter(|| pool.install(|| batch.verify(pcs, proof)).expect("an honest proof"));
                    });
                }
                group.finish();
            }
        }
    }
}

criterion_group!(benches, pcs);
criterion_main!(benches);
