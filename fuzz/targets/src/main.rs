//! Runs fuzz targets on a stable compiler: `lariat-fuzz SECONDS [TARGET...]`.
//!
//! Without coverage feedback, so it finds less than `cargo fuzz`; `scripts/fuzz.sh` chooses between the two.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command")]

use lariat_fuzz_targets::runner::{Budget, Outcome, corpus, run};
use lariat_fuzz_targets::{TARGETS, Target};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs, io};

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let seconds = args.next().and_then(|seconds| seconds.parse().ok());
    let names: Vec<String> = args.collect();
    let unknown = names.iter().find(|name| TARGETS.iter().all(|target| target.name != **name));
    let (Some(seconds), None) = (seconds, unknown) else {
        let all: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        eprintln!("usage: lariat-fuzz SECONDS [TARGET...]\ntargets: {}", all.join(" "));
        return ExitCode::from(2);
    };
    // Other inputs on every run, which the seed brings back.
    let seed = env::var("LARIAT_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    println!("seed {seed} (LARIAT_FUZZ_SEED)");
    let mut failed = 0;
    for target in TARGETS.iter().filter(|t| names.is_empty() || names.iter().any(|name| name == t.name)) {
        let outcome = run(target, &corpus(target.name), seed, Budget::Time(Duration::from_secs(seconds)));
        let Outcome { executions, elapsed, slowest, failure } = &outcome;
        let rate = *executions as f64 / elapsed.as_secs_f64().max(1e-9);
        println!("{:<18} {executions:>9} executions, {rate:>9.0} a second, slowest {slowest:.1?}", target.name);
        if let Some((input, message)) = failure {
            failed += 1;
            println!("FAILED {}: {message}", target.name);
            match save(target, input) {
                Ok(path) => println!("  input written to {path}"),
                Err(error) => println!("  input {input:?} (not written: {error})"),
            }
        }
    }
    println!("{failed} targets failed");
    ExitCode::from(u8::from(failed > 0))
}

/// Keeps an input that failed where `cargo fuzz` keeps its own.
fn save(target: &Target, input: &[u8]) -> io::Result<String> {
    let folder = format!("{}/../artifacts/{}", env!("CARGO_MANIFEST_DIR"), target.name);
    fs::create_dir_all(&folder)?;
    let path = format!("{folder}/crash-{}", &blake3::hash(input).to_hex()[..16]);
    fs::write(&path, input)?;
    Ok(path)
}
