//! Mercury, and for its opening a bound: what two multiplications of 2^18 scalars alone take arkworks.
//!
//! Workload: four pieces of 2^18 uniform 16-bit values, committed to and opened at one random point; setup made
//! beforehand; one thread with `RAYON_NUM_THREADS=1`, else the threads that the machine has for this crate and one
//! for arkworks.

use ark_ec::VariableBaseMSM;
use ark_ff::UniformRand;
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::poly::eq_evals;
use lariat_algebra::{Fr, G1Projective};
use lariat_kzg::PowersOfTau;
use lariat_mercury::Mercury;
use lariat_pcs::batch::{PieceClaim, PieceOpening, PiecePcs};
use lariat_transcript::{HashKind, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;
use std::sync::Arc;

const NUM_VARS: usize = 18;
const PIECES: usize = 4;

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"")
}

fn mercury(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let setup = Arc::new(PowersOfTau::from_seed("bench", NUM_VARS).expect("a supported length"));
    let pcs = Mercury::new(&setup, NUM_VARS).expect("a setup of that length");
    let bases = pcs.kzg().powers().expect("a seed has powers").to_vec();
    let values: Vec<Vec<u16>> = (0..PIECES).map(|_| (0..1 << NUM_VARS).map(|_| rng.r#gen()).collect()).collect();
    let pieces: Vec<RowValues<'_>> = values.iter().map(|v| RowValues::from(&v[..])).collect();
    let coefficients: Vec<Fr> = pieces.iter().map(|_| Fr::rand(&mut rng)).collect();
    let terms: Vec<(Fr, RowValues<'_>)> = coefficients.iter().copied().zip(pieces.iter().copied()).collect();
    let combined = combine_rows(&terms, 1 << NUM_VARS);
    let point: Vec<Fr> = (0..NUM_VARS).map(|_| Fr::rand(&mut rng)).collect();
    let value = combined.iter().zip(eq_evals(&point)).map(|(c, w)| *c * w).sum();
    let coefficients = [coefficients];
    let claim = PieceClaim { coefficients: &coefficients, point: &point, value };
    let (commitment, ()) = pcs.commit(&pieces).expect("pieces of that length");

    let open = |combined: Vec<Fr>| {
        let mut channel = session().into_prover();
        let opening = PieceOpening { claim, pieces: std::slice::from_ref(&pieces), combined };
        pcs.open(opening, &[&()], &mut channel).expect("a setup of that length");
        channel.finish().0
    };
    let proof = open(combined.clone());
    let verify = || {
        let mut channel = session().into_verifier(&proof);
        pcs.verify(&[&commitment], claim, &mut channel).expect("an honest proof");
        channel.finish().expect("an honest proof")
    };
    verify();

    let mut group = c.benchmark_group(format!("mercury/2^{NUM_VARS}"));
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("open", "lariat"), |b| {
        b.iter_batched(|| combined.clone(), open, BatchSize::PerIteration);
    });
    group.bench_function(BenchmarkId::new("open", "bound for arkworks"), |b| {
        b.iter(|| [(); 2].map(|()| G1Projective::msm_unchecked(&bases, black_box(&combined))));
    });
    group.bench_function(BenchmarkId::new("verify", "lariat"), |b| b.iter(verify));
    group.finish();
}

criterion_group!(benches, mercury);
criterion_main!(benches);
