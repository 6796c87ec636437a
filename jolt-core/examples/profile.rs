//! Proves one guest and prints the time of each phase, in nanoseconds and products per instruction.
//!
//! `cargo run --release -p lariat-jolt-core --example profile -- guests/elf/fibonacci.elf HEX_INPUT`

use ark_ff::{Field, UniformRand};
use lariat_jolt_core::{Config, HashKind, Inputs, Params, Program, ProveOptions, prove, verify};
use rand_chacha::rand_core::SeedableRng;
use std::time::Instant;

/// Median nanoseconds of one product in a dependent chain.
fn mul_ns() -> f64 {
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(0);
    let (mut x, y) = (lariat_algebra::Fr::rand(&mut rng), lariat_algebra::Fr::rand(&mut rng));
    let mut samples: Vec<f64> = (0..15)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..100_000 {
                x *= y;
            }
            start.elapsed().as_nanos() as f64 / 1e5
        })
        .collect();
    std::hint::black_box(x.square());
    samples.sort_by(f64::total_cmp);
    samples[7]
}

#[allow(clippy::print_stdout)]
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let hex = args.get(2).cloned().unwrap_or_default();
    let input: Vec<u8> =
        (0..hex.len() / 2).filter_map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).ok()).collect();
    let program = Program::from_elf(&std::fs::read(&args[1]).expect("an ELF")).expect("a program");
    let params = if std::env::var("LOG_M").as_deref() == Ok("8") { Params::M8 } else { Params::M16 };
    let options = ProveOptions {
        config: Config { params, hash: HashKind::Blake3, ..Config::default() },
        ..ProveOptions::default()
    };
    let before = mul_ns();
    let proven = prove(
        &program,
        Inputs { public: &input, private: &[] },
        &options,
        &lariat_jolt_core::Schemes::new().with(lariat_hyrax::SCHEME),
        &mut |_| {},
    )
    .expect("a proof");
    let mul = before.min(mul_ns());
    let n = proven.instructions as f64;
    println!("instructions {} rows {} mul {mul:.1} ns", proven.instructions, proven.header.steps);
    let mut total = 0.0;
    for (phase, time) in &proven.phases {
        let ns = time.as_nanos() as f64;
        if !matches!(phase.name(), "execute" | "setup") {
            total += ns;
        }
        println!("{:>16} {:>9.1} ms {:>8.0} ns/instr {:>7.0} mul/instr", phase.name(), ns / 1e6, ns / n, ns / n / mul);
    }
    println!("{:>16} {:>9.1} ms {:>8.0} ns/instr {:>7.0} mul/instr", "prove", total / 1e6, total / n, total / n / mul);
    for _ in 0..3 {
        let start = Instant::now();
        let verdict = verify(&program, &proven.proof, &lariat_jolt_core::Schemes::new().with(lariat_hyrax::SCHEME));
        println!("verify {:.1} ms ok {}", start.elapsed().as_secs_f64() * 1e3, verdict.is_ok());
    }
    for (section, bytes) in proven.log.bytes_by_section() {
        println!("{section:>28} {bytes:>8} bytes");
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let rss = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or("");
    println!("proof {} bytes; {rss}", proven.proof.len());
}
