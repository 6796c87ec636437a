//! Commitments to rows over fixed bases, and the verifier's multi-scalar multiplication.
//!
//! Workload: rows of 4,096 uniform values of each type over 4,096 fixed bases, and one row over 2^18 bases, tables built
//! beforehand; full-size scalars over arbitrary points; multiples of one point. All on one thread. Baselines: arkworks' `msm` (and its `msm_u1`, `msm_u8`, `msm_u16`,
//! `msm_u32`, `msm_u64`), compiled without its own threads. Throughput is given in scalars.

use ark_ec::{AffineRepr, CurveGroup, VariableBaseMSM};
use ark_ff::UniformRand;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lariat_algebra::forms::{IntegerRows, SmallForm};
use lariat_algebra::ifma::slices;
use lariat_algebra::msm::{Backend, FixedBases, RowValues, fixed_base_multiples, msm_with};
use lariat_algebra::{Fr, G1Affine, G1Projective, wide};
use rand::{Rng, RngCore};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use std::hint::black_box;

const LEN: usize = 4096;
const ROWS: usize = 16;

fn points(n: usize) -> Vec<G1Affine> {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let step = G1Affine::generator() * Fr::rand(&mut rng);
    let multiples: Vec<G1Projective> = std::iter::successors(Some(step), |p| Some(*p + step)).take(n).collect();
    G1Projective::normalize_batch(&multiples)
}

fn backends() -> impl Iterator<Item = Backend> {
    [Backend::Portable, Backend::Ifma].into_iter().filter(|b| b.is_available())
}

/// Runs on one thread, whatever the machine has.
fn on_one_thread<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    #[cfg(feature = "parallel")]
    {
        static POOL: std::sync::OnceLock<Option<rayon::ThreadPool>> = std::sync::OnceLock::new();
        if let Some(pool) = POOL.get_or_init(|| rayon::ThreadPoolBuilder::new().num_threads(1).build().ok()) {
            return pool.install(run);
        }
    }
    run()
}

fn rows(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let n = LEN * ROWS;
    let bases = points(LEN);
    let bools: Vec<bool> = (0..n).map(|_| rng.r#gen()).collect();
    let flags: Vec<bool> = (0..n).map(|_| rng.gen_ratio(1, 16)).collect();
    let u8s: Vec<u8> = (0..n).map(|_| rng.r#gen()).collect();
    let u16s: Vec<u16> = (0..n).map(|_| rng.r#gen()).collect();
    let times: Vec<u32> = (0..n).map(|_| rng.next_u32() & 0xf_ffff).collect();
    let u32s: Vec<u32> = (0..n).map(|_| rng.r#gen()).collect();
    let u64s: Vec<u64> = (0..n).map(|_| rng.r#gen()).collect();
    let full: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
    let cases: Vec<(&str, Vec<RowValues<'_>>)> = vec![
        ("bool", bools.chunks(LEN).map(Into::into).collect()),
        ("flag_1_in_16", flags.chunks(LEN).map(Into::into).collect()),
        ("u8", u8s.chunks(LEN).map(Into::into).collect()),
        ("u16", u16s.chunks(LEN).map(Into::into).collect()),
        ("u32_20_bits", times.chunks(LEN).map(Into::into).collect()),
        ("u32", u32s.chunks(LEN).map(Into::into).collect()),
        ("u64", u64s.chunks(LEN).map(Into::into).collect()),
        ("full", full.chunks(LEN).map(Into::into).collect()),
    ];
    let mut group = c.benchmark_group("rows");
    group.sample_size(10).throughput(Throughput::Elements(n as u64));
    for backend in backends() {
        let fixed = FixedBases::with_backend(bases.clone(), backend);
        for (name, rows) in &cases {
            let _ = fixed.commit_rows(&rows[..1]);
            group.bench_function(BenchmarkId::new(format!("{backend:?}"), name), |b| {
                b.iter(|| on_one_thread(|| black_box(fixed.commit_rows(rows))));
            });
        }
    }
    type P = G1Projective;
    let each = |f: &dyn Fn(usize) -> P| -> Vec<P> { (0..ROWS).map(|r| f(r * LEN)).collect() };
    let mut arkworks = |name: &str, f: &dyn Fn(usize) -> P| {
        group.bench_function(BenchmarkId::new("arkworks", name), |b| b.iter(|| black_box(each(f))));
    };
    arkworks("bool", &|s| P::msm_u1(&bases, &bools[s..s + LEN]));
    arkworks("flag_1_in_16", &|s| P::msm_u1(&bases, &flags[s..s + LEN]));
    arkworks("u8", &|s| P::msm_u8(&bases, &u8s[s..s + LEN]));
    arkworks("u16", &|s| P::msm_u16(&bases, &u16s[s..s + LEN]));
    arkworks("u32_20_bits", &|s| P::msm_u32(&bases, &times[s..s + LEN]));
    arkworks("u32", &|s| P::msm_u32(&bases, &u32s[s..s + LEN]));
    arkworks("u64", &|s| P::msm_u64(&bases, &u64s[s..s + LEN]));
    arkworks("full", &|s| P::msm_unchecked(&bases, &full[s..s + LEN]));
    group.finish();
}

/// One row over as many bases as a commitment under powers of tau has, and making such bases.
fn large(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let n = 1 << 18;
    let full: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
    let g = G1Affine::generator();
    let mut group = c.benchmark_group("large");
    group.sample_size(10).throughput(Throughput::Elements(n as u64));
    group.bench_function("bases", |b| b.iter(|| on_one_thread(|| black_box(fixed_base_multiples(&g, &full)))));
    let bases = fixed_base_multiples(&g, &full);
    let bools: Vec<bool> = (0..n).map(|_| rng.r#gen()).collect();
    let u16s: Vec<u16> = (0..n).map(|_| rng.r#gen()).collect();
    let u32s: Vec<u32> = (0..n).map(|_| rng.r#gen()).collect();
    let sparse: Vec<(u32, u32)> = (0..n as u32).step_by(256).map(|i| (i, rng.r#gen())).collect();
    let rows: [(&str, RowValues<'_>); 5] = [
        ("bool", RowValues::Bool(&bools)),
        ("u16", RowValues::U16(&u16s)),
        ("u32", RowValues::U32(&u32s)),
        ("u32_1_in_256", RowValues::Sparse { entries: &sparse, offset: 0 }),
        ("full", RowValues::Field(&full)),
    ];
    for backend in backends() {
        let fixed = FixedBases::with_backend(bases.clone(), backend);
        for (name, row) in rows {
            let _ = fixed.commit_row(row);
            group.bench_function(BenchmarkId::new(format!("{backend:?}"), name), |b| {
                b.iter(|| on_one_thread(|| black_box(fixed.commit_row(row))));
            });
        }
    }
    type P = G1Projective;
    let mut arkworks = |name: &str, f: &dyn Fn() -> P| {
        group.bench_function(BenchmarkId::new("arkworks", name), |b| b.iter(|| black_box(f())));
    };
    arkworks("bool", &|| P::msm_u1(&bases, &bools));
    arkworks("u16", &|| P::msm_u16(&bases, &u16s));
    arkworks("u32", &|| P::msm_u32(&bases, &u32s));
    let (points, values): (Vec<G1Affine>, Vec<u32>) = sparse.iter().map(|&(i, v)| (bases[i as usize], v)).unzip();
    arkworks("u32_1_in_256", &|| P::msm_u32(&points, &values));
    arkworks("full", &|| P::msm_unchecked(&bases, &full));
    group.finish();
}

fn verifier(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let mut group = c.benchmark_group("msm");
    group.sample_size(10);
    for n in [1024, 8192] {
        let bases = points(n);
        let scalars: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
        group.throughput(Throughput::Elements(n as u64));
        for backend in backends() {
            group.bench_function(BenchmarkId::new(format!("{backend:?}"), n), |b| {
                b.iter(|| on_one_thread(|| black_box(msm_with(backend, &bases, &scalars))));
            });
        }
        group.bench_function(BenchmarkId::new("arkworks", n), |b| {
            b.iter(|| black_box(G1Projective::msm_unchecked(&bases, &scalars)));
        });
    }
    group.finish();
}

/// Slices of scalars in the first-level cache, against loops over arkworks' arithmetic; and one multiplication at a
/// time, each waiting for the one before, as the yardstick for every other figure.
fn field(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let n = 512;
    let (r, mut x) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
    let a: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
    let mut y: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
    let mut out = vec![Fr::default(); n];
    let mut group = c.benchmark_group("field");
    group.throughput(Throughput::Elements(n as u64));
    group.bench_function("arkworks/mul_dependent", |b| {
        b.iter(|| {
            for _ in 0..n {
                x *= r;
            }
            black_box(x)
        });
    });
    group.bench_function("arkworks/mul_slices", |b| {
        b.iter(|| {
            for ((z, x), y) in out.iter_mut().zip(&a).zip(&y) {
                *z = *x * y;
            }
            black_box(&out);
        });
    });
    group.bench_function("lanes/mul_slices", |b| {
        b.iter(|| {
            slices::mul_slices(&a, &y, &mut out);
            black_box(&out);
        });
    });
    group.bench_function("arkworks/inner_product", |b| {
        b.iter(|| black_box(a.iter().zip(&y).map(|(x, y)| *x * y).sum::<Fr>()));
    });
    group.bench_function("wide/inner_product", |b| b.iter(|| black_box(wide::inner_product(&a, &y))));
    group.bench_function("lanes/inner_product", |b| b.iter(|| black_box(slices::inner_product(&a, &y))));
    group.bench_function("arkworks/bind", |b| {
        b.iter(|| {
            for (y, x) in y.iter_mut().zip(&a) {
                *y += r * (*x - *y);
            }
        });
    });
    group.bench_function("lanes/bind", |b| b.iter(|| slices::bind(&mut y, &a, r)));
    group.bench_function("arkworks/scale_add", |b| {
        b.iter(|| {
            for (y, x) in y.iter_mut().zip(&a) {
                *y += r * x;
            }
        });
    });
    group.bench_function("lanes/scale_add", |b| b.iter(|| slices::scale_add(&mut y, r, &a)));
    group.finish();
}

/// Forms of eight terms over 512 rows of 32-bit integers, in time per term: by vectors, one row at a time without reduction
/// in between, and by arkworks' arithmetic.
fn forms(c: &mut Criterion) {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let (n, num_terms) = (512, 8);
    let terms: Vec<(usize, Fr)> = (0..num_terms).map(|k| (k, Fr::rand(&mut rng))).collect();
    let mut rows = IntegerRows::default();
    rows.reset(n, num_terms);
    for k in 0..num_terms {
        rows.column_mut(k).fill_with(|| rng.next_u32());
    }
    let form = SmallForm::new(Fr::from(1u64), terms.clone());
    let mut out = vec![Fr::default(); n];
    let mut group = c.benchmark_group("forms");
    group.throughput(Throughput::Elements((n * num_terms) as u64));
    group.bench_function("arkworks", |b| {
        b.iter(|| {
            for (i, out) in out.iter_mut().enumerate() {
                *out = terms.iter().map(|(k, c)| *c * Fr::from(rows.column(*k)[i])).sum();
            }
            black_box(&out);
        });
    });
    group.bench_function("wide", |b| {
        b.iter(|| {
            for (i, out) in out.iter_mut().enumerate() {
                *out = form.at(&rows, i);
            }
            black_box(&out);
        });
    });
    group.bench_function("vector", |b| {
        b.iter(|| {
            form.evaluate(&rows, &mut out, 1);
            black_box(&out);
        });
    });
    group.finish();
}

criterion_group!(benches, field, forms, rows, large, verifier);
criterion_main!(benches);
