//! Zeromorph against a straightforward implementation on arkworks' multi-scalar multiplication.
//!
//! Workload: columns of 2^18 uniform evaluations, full-size or of 16 bits, one commit call, opened at one random point
//! under a seeded setup; powers and tables made beforehand. The baseline speaks the same protocol over the same powers
//! with arkworks' `msm`, field loops and pairing, so both make and verify the same proofs. All on one thread (arkworks is
//! compiled without its own). The setup itself, and making and importing ceremony files, are timed at 2^16 powers.

use ark_ec::pairing::Pairing;
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{Field, One, UniformRand, Zero};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::poly::eq_evals;
use lariat_algebra::{Fr, G1Affine, G1Projective};
use lariat_kzg::{Kzg, PowersOfTau, VerifyingKey};
use lariat_pcs::Pcs;
use lariat_pcs::batch::Batched;
use lariat_transcript::{HashKind, ProverChannel, Ready, Session, VerifierChannel};
use lariat_zeromorph::{SCHEME, Zeromorph};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::hint::black_box;
use std::sync::Arc;

const NUM_VARS: usize = 18;

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "bench").bind("statement", b"")
}

/// Runs on one thread, whatever the machine has.
fn on_one_thread<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    static POOL: std::sync::OnceLock<Option<rayon::ThreadPool>> = std::sync::OnceLock::new();
    match POOL.get_or_init(|| rayon::ThreadPoolBuilder::new().num_threads(1).build().ok()) {
        Some(pool) => pool.install(run),
        None => run(),
    }
}

fn msm(powers: &[G1Affine], scalars: &[Fr]) -> G1Affine {
    G1Projective::msm_unchecked(&powers[..scalars.len()], scalars).into_affine()
}

fn divide(f: &[Fr], z: Fr) -> (Vec<Fr>, Fr) {
    let mut q = vec![Fr::zero(); f.len()];
    let mut carry = Fr::zero();
    for i in (0..f.len()).rev() {
        q[i] = carry;
        carry = carry * z + f[i];
    }
    (q, carry)
}

/// `Phi_n(w)`, the `c_k`, and `y^k w^(1 - 2^k)`.
fn scalars(point: &[Fr], y: Fr, w: Fr) -> (Fr, Vec<Fr>, Vec<Fr>) {
    let n = point.len();
    let phi = |m: usize, x: Fr| (0..m).fold((Fr::one(), x), |(p, s), _| (p * (Fr::one() + s), s.square())).0;
    let power = |k: usize| w.pow([1u64 << k]);
    let c = (0..n).map(|k| power(k) * phi(n - k - 1, power(k + 1)) - point[n - 1 - k] * phi(n - k, power(k))).collect();
    let d = (0..n).map(|k| y.pow([k as u64]) * w / power(k)).collect();
    (phi(n, w), c, d)
}

/// The batch reduction of one column of as many variables as pieces have: `rho` scales nothing.
fn reduction(point: &[Fr], channel: &mut impl lariat_transcript::PublicCoin) {
    channel.challenge("batch/rho");
    channel.challenges("batch/slots", 0);
    black_box(point);
}

fn baseline_open(powers: &[G1Affine], f: &[Fr], point: &[Fr], channel: &mut ProverChannel) {
    channel.absorb_public_scalars("pcs/point", point);
    reduction(point, channel);
    let n = point.len();
    let mut rest = f.to_vec();
    let mut quotients = vec![Vec::new(); n];
    for (u, k) in point.iter().zip((0..n).rev()) {
        let (low, high) = rest.split_at(1 << k);
        quotients[k] = low.iter().zip(high).map(|(l, h)| *h - l).collect::<Vec<_>>();
        rest = low.iter().zip(&quotients[k]).map(|(l, q)| *l + *u * q).collect();
    }
    channel.send_points("zeromorph/quotients", &quotients.iter().map(|q| msm(powers, q)).collect::<Vec<_>>());
    let y = channel.challenge("zeromorph/y");
    let mut h = vec![Fr::zero(); 1 << (n - 1)];
    for (k, q) in quotients.iter().enumerate() {
        let scale = y.pow([k as u64]);
        for (h, q) in h.iter_mut().zip(q.iter().rev()) {
            *h += scale * q;
        }
    }
    channel.send_points("zeromorph/reversal", &[msm(powers, &h)]);
    let w = channel.challenge("zeromorph/w");
    let (h_quotient, a) = divide(&h, w.inverse().expect("not zero"));
    channel.send_scalars("zeromorph/value", &[a]);
    let z = channel.challenge("zeromorph/z");
    let (_, c, d) = scalars(point, y, w);
    let mut opened = f.to_vec();
    for (k, q) in quotients.iter().enumerate() {
        let factor = z * d[k] - c[k];
        for (f, q) in opened.iter_mut().zip(q) {
            *f += factor * q;
        }
    }
    let (f_quotient, _) = divide(&opened, w);
    channel.send_points("zeromorph/openings", &[msm(powers, &f_quotient), msm(powers, &h_quotient)]);
    channel.challenge("zeromorph/delta");
}

fn baseline_verify(key: &VerifyingKey, point: &[Fr], eval: Fr, channel: &mut VerifierChannel<'_>) {
    let n = point.len();
    let points = |label, n, channel: &mut VerifierChannel<'_>| channel.recv_points(label, n).expect("honest proof");
    let commitment = points("zeromorph/commitments", 1, channel)[0];
    channel.recv_scalars("evals", 1).expect("honest proof");
    channel.absorb_public_scalars("pcs/point", point);
    reduction(point, channel);
    let quotients = points("zeromorph/quotients", n, channel);
    let y = channel.challenge("zeromorph/y");
    let h = points("zeromorph/reversal", 1, channel)[0];
    let w = channel.challenge("zeromorph/w");
    let a = channel.recv_scalars("zeromorph/value", 1).expect("honest proof")[0];
    let z = channel.challenge("zeromorph/z");
    let openings = points("zeromorph/openings", 2, channel);
    let delta = channel.challenge("zeromorph/delta");
    let (phi, c, d) = scalars(point, y, w);
    let factors: Vec<Fr> = c.iter().zip(&d).map(|(c, d)| z * d - c).collect();
    let left = commitment + G1Projective::msm_unchecked(&quotients, &factors) + openings[0] * w
        - key.g * (eval * phi + z * a)
        + (h + openings[1] * w.inverse().expect("not zero") - key.g * a) * delta;
    let right = openings[0] + openings[1] * delta;
    assert!(ark_bn254::Bn254::multi_pairing([left, -right], [key.h, key.tau_h]).is_zero());
}

fn protocol(c: &mut Criterion) {
    let setup = Arc::new(PowersOfTau::from_seed("bench", NUM_VARS).expect("a valid name"));
    let kzg = Kzg::shared(&setup, NUM_VARS, SCHEME.kind).expect("long enough");
    let powers = kzg.powers().expect("computed");
    let pcs = Batched(Zeromorph::new(Arc::clone(&kzg)));
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let point: Vec<Fr> = (0..NUM_VARS).map(|_| Fr::rand(&mut rng)).collect();
    let full: Vec<Fr> = (0..1 << NUM_VARS).map(|_| Fr::rand(&mut rng)).collect();
    let small: Vec<u16> = (0..1 << NUM_VARS).map(|_| rng.r#gen()).collect();
    let eval: Fr = eq_evals(&point).iter().zip(&full).map(|(w, f)| *w * f).sum();
    let columns = [ColumnData::Field(full.clone()), ColumnData::U16(small.clone())].map(|d| Column::new(NUM_VARS, d));
    let commit = |column: &Column| {
        let mut channel = session().into_prover();
        let hint = Pcs::commit(&pcs, &[column], &mut channel).expect("long enough");
        (hint, channel)
    };

    let mut group = c.benchmark_group(format!("zeromorph/2^{NUM_VARS}"));
    group.sample_size(10).throughput(Throughput::Elements(1 << NUM_VARS));
    for (name, column) in ["full", "u16"].into_iter().zip(&columns) {
        group.bench_function(BenchmarkId::new(format!("commit/{name}"), "lariat"), |b| {
            b.iter(|| on_one_thread(|| black_box(commit(column).0.num_vars().len())));
        });
    }
    group.bench_function(BenchmarkId::new("commit/full", "arkworks"), |b| b.iter(|| black_box(msm(powers, &full))));
    group.bench_function(BenchmarkId::new("commit/u16", "arkworks"), |b| {
        b.iter(|| black_box(G1Projective::msm_u16(powers, &small).into_affine()));
    });

    let (hint, mut channel) = commit(&columns[0]);
    let hints = [hint];
    channel.send_scalars("evals", &[eval]);
    let mut other = session().into_prover();
    other.send_points("zeromorph/commitments", &[msm(powers, &full)]);
    other.send_scalars("evals", &[eval]);
    Pcs::open(&pcs, &[&columns[0]], &hints, &point, &[eval], &mut channel).expect("long enough");
    baseline_open(powers, &full, &point, &mut other);
    let (proof, _) = channel.finish();
    assert_eq!(proof, other.finish().0, "both speak the same protocol");
    group.bench_function(BenchmarkId::new("open", "lariat"), |b| {
        let mut channel = session().into_prover();
        b.iter(|| on_one_thread(|| Pcs::open(&pcs, &[&columns[0]], &hints, &point, &[eval], &mut channel)));
    });
    group.bench_function(BenchmarkId::new("open", "arkworks"), |b| {
        let mut channel = session().into_prover();
        b.iter(|| baseline_open(powers, &full, &point, &mut channel));
    });
    group.bench_function(BenchmarkId::new("verify", "lariat"), |b| {
        b.iter(|| {
            let mut channel = session().into_verifier(&proof);
            let commitments = pcs.recv_commitments(&[NUM_VARS], &mut channel).expect("honest proof");
            channel.recv_scalars("evals", 1).expect("honest proof");
            Pcs::verify(&pcs, &[commitments], &point, &[eval], &mut channel).expect("honest proof");
            channel.finish().expect("honest proof")
        });
    });
    group.bench_function(BenchmarkId::new("verify", "arkworks"), |b| {
        b.iter(|| {
            let mut channel = session().into_verifier(&proof);
            baseline_verify(kzg.verifying_key(), &point, eval, &mut channel);
            channel.finish().expect("honest proof")
        });
    });
    group.finish();
}

fn setups(c: &mut Criterion) {
    let log_len = 16;
    let dir = std::env::temp_dir().join(format!("lariat-zeromorph-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a writable directory");
    let (ptau, saved) = (dir.join("bench.ptau"), dir.join("bench.setup"));
    let seeded = || PowersOfTau::from_seed("bench", log_len).expect("a valid name");
    seeded().write_ptau(&ptau, lariat_kzg::Contributions::StandIn).expect("a writable file");
    seeded().save(&saved).expect("a writable file");
    let mut group = c.benchmark_group(format!("setup/2^{log_len}"));
    group.sample_size(10).throughput(Throughput::Elements(1 << log_len));
    group.bench_function("from_seed", |b| b.iter(|| on_one_thread(|| black_box(seeded().prefix(log_len)))));
    group.bench_function("import_ptau", |b| {
        b.iter(|| on_one_thread(|| black_box(PowersOfTau::import_ptau(&ptau, "bench", None))));
    });
    group.bench_function("open_header", |b| b.iter(|| black_box(PowersOfTau::open(&saved))));
    group.bench_function("open_powers", |b| {
        b.iter(|| on_one_thread(|| black_box(PowersOfTau::open(&saved).and_then(|s| s.prefix(log_len)))));
    });
    group.finish();
    std::fs::remove_dir_all(&dir).expect("made above");
}

criterion_group!(benches, protocol, setups);
criterion_main!(benches);
