//! Reed-Solomon encoding, folding, and hashing of rows.
//!
//! Workload: one polynomial of 2^14, 2^16 or 2^18 coefficients at rate 1/4, of full-size values or of 16-bit integers;
//! the inverse transform of the same length; a matrix of 16 codewords of 2^14 to 2^18 values, hashed row by row; and one
//! codeword alone, eight values a leaf. Threads as the machine has them; throughput in scalars of the result.

use ark_ff::UniformRand;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lariat_algebra::Fr;
use lariat_algebra::msm::RowValues;
use lariat_algebra::ntt::{self, Domain};
use lariat_merkle::InterleavedMatrix;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;

fn transforms(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for log_len in [14usize, 16, 18] {
        let coefficients: Vec<Fr> = (0..1 << log_len).map(|_| Fr::rand(&mut rng)).collect();
        let small: Vec<u16> = (0..1 << log_len).map(|_| rng.r#gen()).collect();
        let mut group = c.benchmark_group(format!("ntt/2^{log_len}"));
        group.sample_size(10).throughput(Throughput::Elements(1 << log_len));
        let domain = Domain::new(log_len);
        let mut values = coefficients.clone();
        group.bench_function("forward", |b| b.iter(|| domain.forward(black_box(&mut values))));
        group.bench_function("inverse", |b| b.iter(|| domain.inverse(black_box(&mut values))));
        group.bench_function("fold", |b| b.iter(|| ntt::fold(black_box(&values), values[0])));
        group.bench_function("widen_u16", |b| b.iter(|| ntt::widen(black_box(RowValues::U16(&small)))));
        group.throughput(Throughput::Elements(4 << log_len));
        group.bench_function("encode_rate_1_4", |b| b.iter(|| ntt::encode(black_box(&coefficients), 2)));
        group.finish();
    }
}

fn hashing(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for log_len in [14usize, 16, 18] {
        let word: Vec<Fr> = (0..1 << log_len).map(|_| Fr::rand(&mut rng)).collect();
        for (width, log_group) in [(16usize, 0), (1, 3)] {
            let matrix = InterleavedMatrix::from_words(vec![word.clone(); width], log_len, log_group);
            let mut group = c.benchmark_group(format!("hash/2^{log_len}"));
            group.sample_size(10).throughput(Throughput::Elements((width << log_len) as u64));
            let name = format!("{width} words, {} rows a leaf", 1 << log_group);
            group.bench_function(BenchmarkId::new("commit", name), |b| b.iter(|| matrix.commit(black_box(101))));
            group.finish();
        }
    }
}

criterion_group!(benches, transforms, hashing);
criterion_main!(benches);
