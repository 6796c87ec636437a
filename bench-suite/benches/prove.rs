//! Proving whole programs: SHA-256 chain and fibonacci at about 2^16 and 2^18 rows, one and two threads.
//!
//! Criterion's time is that of a whole proof (execution, parameters and witness included); the throughput is in guest
//! instructions. Before each cell one line gives the core time an instruction in products of the scalar field.

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use lariat_bench_suite::{Workload, core_ns, mul_ns, prove_once};
use lariat_jolt_core::ProveOptions;
use std::time::Duration;

fn prove(c: &mut Criterion) {
    let options = ProveOptions::default();
    let schemes = lariat_schemes::all();
    for name in ["sha256-chain", "fibonacci"] {
        let mut group = c.benchmark_group(format!("prove/{name}"));
        group.sample_size(10).sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_millis(1));
        for size in [16u32, 18] {
            let workload = Workload::new(name, size).expect("a workload");
            let program = workload.program().expect("an embedded guest");
            for threads in [1usize, 2] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
                let proven = pool.install(|| prove_once(&program, &workload, &options, &schemes)).expect("a proof");
                let per_instruction = core_ns(&proven) as f64 * threads as f64 / proven.instructions as f64;
                eprintln!(
                    "{name} 2^{size}, {threads} thread(s): {:.0} muls per instruction, {} proof bytes",
                    per_instruction / mul_ns(),
                    proven.proof.len()
                );
                group.throughput(Throughput::Elements(proven.instructions));
                group.bench_function(BenchmarkId::new(format!("{threads}-threads"), size), |b| {
                    b.iter(|| pool.install(|| prove_once(&program, &workload, &options, &schemes)).expect("a proof"));
                });
            }
        }
        group.finish();
    }
}

criterion_group!(benches, prove);
criterion_main!(benches);
