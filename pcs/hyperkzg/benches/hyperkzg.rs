//! HyperKZG against the same protocol, written plainly, on arkworks' multi-scalar multiplication.
//!
//! Workload: four pieces of 2^18 uniform 16-bit values, committed to and opened at one random point; setup and tables made
//! beforehand; one thread (`RAYON_NUM_THREADS=1`, else the threads that the machine has for this crate and one for
//! arkworks). The baseline sends the same bytes, which is asserted before anything is timed.

use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{Field, One, UniformRand, Zero};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::poly::eq_evals;
use lariat_algebra::{Fr, G1Affine, G1Projective};
use lariat_hyperkzg::HyperKzg;
use lariat_kzg::PowersOfTau;
use lariat_pcs::batch::{PieceClaim, PieceOpening, PiecePcs};
use lariat_transcript::{HashKind, ProverChannel, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;
use std::sync::Arc;

const NUM_VARS: usize = 18;
const PIECES: usize = 4;

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"")
}

/// Folding, division and evaluation by their definitions; every commitment by arkworks.
mod baseline {
    use super::{CurveGroup, Field, Fr, G1Affine, G1Projective, One, ProverChannel, VariableBaseMSM, Zero};

    fn commit(bases: &[G1Affine], f: &[Fr]) -> G1Affine {
        G1Projective::msm_unchecked(&bases[..f.len()], f).into_affine()
    }

    fn eval(f: &[Fr], x: Fr) -> Fr {
        f.iter().rev().fold(Fr::zero(), |acc, c| acc * x + c)
    }

    /// The quotient by `X - x`.
    fn divide(f: &[Fr], x: Fr) -> Vec<Fr> {
        let mut q = vec![Fr::zero(); f.len().saturating_sub(1)];
        let mut carry = Fr::zero();
        for i in (0..q.len()).rev() {
            carry = carry * x + f[i + 1];
            q[i] = carry;
        }
        q
    }

    fn add_scaled(sum: &mut [Fr], scale: Fr, f: &[Fr]) {
        for (sum, c) in sum.iter_mut().zip(f) {
            *sum += scale * c;
        }
    }

    pub fn open(bases: &[G1Affine], f: &[Fr], point: &[Fr], channel: &mut ProverChannel) {
        let mut polys = vec![f.to_vec()];
        for x in point[1..].iter().rev() {
            let last = &polys[polys.len() - 1];
            let next = last.chunks(2).map(|pair| pair[0] + *x * (pair[1] - pair[0])).collect();
            polys.push(next);
        }
        let folds: Vec<G1Affine> = polys[1..].iter().map(|f| commit(bases, f)).collect();
        channel.send_points("hyperkzg/folds", &folds);
        let r = channel.challenge("hyperkzg/r");
        let evals: Vec<Fr> = polys.iter().flat_map(|f| [eval(f, r), eval(f, -r)]).collect();
        channel.send_scalars("hyperkzg/evals", &evals);
        let gamma = channel.challenge("hyperkzg/gamma");
        let mut folded = vec![Fr::zero(); polys[1].len()];
        let mut weight = Fr::one();
        for f in &polys[1..] {
            add_scaled(&mut folded, weight, f);
            weight *= gamma;
        }
        let mut quotient = divide(&divide(f, r), -r);
        add_scaled(&mut quotient, gamma, &divide(&divide(&divide(&folded, r), -r), r * r));
        channel.send_points("hyperkzg/quotient", &[commit(bases, &quotient)]);
        let z = channel.challenge("hyperkzg/z");
        let third = z - r * r;
        let mut linear = vec![Fr::zero(); f.len()];
        add_scaled(&mut linear, third, f);
        add_scaled(&mut linear, gamma, &folded);
        add_scaled(&mut linear, -(z.square() - r * r) * third, &quotient);
        channel.send_points("hyperkzg/witness", &[commit(bases, &divide(&linear, z))]);
    }
}

fn hyperkzg(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let setup = Arc::new(PowersOfTau::from_seed("bench", NUM_VARS).expect("a supported length"));
    let pcs = HyperKzg::new(&setup, NUM_VARS).expect("a setup of that length");
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
    let baseline = |combined: Vec<Fr>| {
        let mut channel = session().into_prover();
        baseline::open(&bases, &combined, &point, &mut channel);
        channel.finish().0
    };
    let proof = open(combined.clone());
    assert!(proof == baseline(combined.clone()), "both send the same bytes");
    let verify = || {
        let mut channel = session().into_verifier(&proof);
        pcs.verify(&[&commitment], claim, &mut channel).expect("an honest proof");
        channel.finish().expect("an honest proof")
    };
    verify();

    let mut group = c.benchmark_group(format!("hyperkzg/2^{NUM_VARS}"));
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("commit 4 u16", "lariat"), |b| b.iter(|| black_box(pcs.commit(&pieces))));
    group.bench_function(BenchmarkId::new("commit 4 u16", "arkworks"), |b| {
        b.iter(|| values.iter().map(|v| G1Projective::msm_u16(&bases, black_box(v)).into_affine()).collect::<Vec<_>>());
    });
    let full = [RowValues::Field(&combined)];
    group.bench_function(BenchmarkId::new("commit 1 full", "lariat"), |b| b.iter(|| black_box(pcs.commit(&full))));
    group.bench_function(BenchmarkId::new("commit 1 full", "arkworks"), |b| {
        b.iter(|| G1Projective::msm_unchecked(&bases, black_box(&combined)).into_affine());
    });
    group.bench_function(BenchmarkId::new("open", "lariat"), |b| {
        b.iter_batched(|| combined.clone(), open, BatchSize::PerIteration);
    });
    group.bench_function(BenchmarkId::new("open", "arkworks"), |b| {
        b.iter_batched(|| combined.clone(), baseline, BatchSize::PerIteration);
    });
    group.bench_function(BenchmarkId::new("verify", "lariat"), |b| b.iter(verify));
    group.finish();
}

criterion_group!(benches, hyperkzg);
criterion_main!(benches);
