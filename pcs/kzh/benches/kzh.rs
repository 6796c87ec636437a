//! KZH beside Mercury: an opening of the same pieces under the same setup, and its check.
//!
//! Workload: four pieces of 2^18 uniform 16-bit values, committed to and opened at one random point; setup made
//! beforehand; one thread with `RAYON_NUM_THREADS=1`, else the threads that the machine has.

use ark_ff::UniformRand;
use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use lariat_algebra::Fr;
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::poly::eq_evals;
use lariat_kzg::PowersOfTau;
use lariat_kzh::Kzh;
use lariat_mercury::Mercury;
use lariat_pcs::batch::{PieceClaim, PieceOpening, PiecePcs};
use lariat_transcript::{HashKind, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::sync::Arc;

const NUM_VARS: usize = 18;
const PIECES: usize = 4;

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"")
}

/// Opening and check of one scheme.
fn measure<S: PiecePcs<Hint = ()>>(
    pcs: &S,
    pieces: &[RowValues<'_>],
    claim: PieceClaim<'_>,
    combined: &[Fr],
    group: &mut BenchmarkGroup<'_, WallTime>,
) {
    let name = S::KIND.name();
    let pieces = pieces.to_vec();
    let (commitment, ()) = pcs.commit(&pieces).expect("pieces of that length");
    let open = |combined: Vec<Fr>| {
        let mut channel = session().into_prover();
        let opening = PieceOpening { claim, pieces: std::slice::from_ref(&pieces), combined };
        pcs.open(opening, &[&()], &mut channel).expect("a setup of that length");
        channel.finish().0
    };
    let proof = open(combined.to_vec());
    let verify = || {
        let mut channel = session().into_verifier(&proof);
        pcs.verify(&[&commitment], claim, &mut channel).expect("an honest proof");
        channel.finish().expect("an honest proof")
    };
    verify();
    group.bench_function(BenchmarkId::new("open", name), |b| {
        b.iter_batched(|| combined.to_vec(), open, BatchSize::PerIteration);
    });
    group.bench_function(BenchmarkId::new("verify", name), |b| b.iter(verify));
}

fn both(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let setup = Arc::new(PowersOfTau::from_seed("bench", NUM_VARS).expect("a supported length"));
    let values: Vec<Vec<u16>> = (0..PIECES).map(|_| (0..1 << NUM_VARS).map(|_| rng.r#gen()).collect()).collect();
    let pieces: Vec<RowValues<'_>> = values.iter().map(|v| RowValues::from(&v[..])).collect();
    let coefficients: Vec<Fr> = pieces.iter().map(|_| Fr::rand(&mut rng)).collect();
    let terms: Vec<(Fr, RowValues<'_>)> = coefficients.iter().copied().zip(pieces.iter().copied()).collect();
    let combined = combine_rows(&terms, 1 << NUM_VARS);
    let point: Vec<Fr> = (0..NUM_VARS).map(|_| Fr::rand(&mut rng)).collect();
    let value = combined.iter().zip(eq_evals(&point)).map(|(c, w)| *c * w).sum();
    let coefficients = [coefficients];
    let claim = PieceClaim { coefficients: &coefficients, point: &point, value };

    let mut group = c.benchmark_group(format!("kzh/2^{NUM_VARS}"));
    group.sample_size(10);
    let kzh = Kzh::new(&setup, NUM_VARS).expect("a setup of that length");
    measure(&kzh, &pieces, claim, &combined, &mut group);
    let mercury = Mercury::new(&setup, NUM_VARS).expect("a setup of that length");
    measure(&mercury, &pieces, claim, &combined, &mut group);
    group.finish();
}

criterion_group!(benches, both);
criterion_main!(benches);
