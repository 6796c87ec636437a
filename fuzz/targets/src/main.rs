//! Runs fuzz targets on a stable compiler: `lariat-fuzz SECONDS [TARGET...]`.
//!
//! Without coverage feedback, so it finds less than `cargo fuzz`; `scripts/fuzz.sh` chooses between the two.

#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command")]

use lariat_fuzz_targets::runner::{Budget, Outcome, corpus, run};
use lariat_fuzz_targets::{TARGETS, Target};
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{env, fs, io, thread};

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
    let chosen = TARGETS.iter().filter(|t| names.is_empty() || names.iter().any(|name| name == t.name));
    let left = Mutex::new(chosen);
    let failed = AtomicUsize::new(0);
    let work = || {
        let next = || left.lock().ok()?.next();
        while let Some(target) = next() {
            let outcome = run(target, &corpus(target.name), seed, Budget::Time(Duration::from_secs(seconds)));
            failed.fetch_add(usize::from(outcome.failure.is_some()), Ordering::Relaxed);
            print!("{}", summary(target, &outcome));
        }
    };
    // One target at a time on every processor; on this thread alone where no other can be started.
    thread::scope(|scope| {
        for _ in 1..thread::available_parallelism().map_or(1, NonZero::get) {
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
    let failed = failed.into_inner();
    println!("{failed} targets failed");
    ExitCode::from(u8::from(failed > 0))
}

/// What a run did, in a line, and what it failed on.
fn summary(target: &Target, outcome: &Outcome) -> String {
    let Outcome { executions, elapsed, slowest, failure } = outcome;
    let rate = *executions as f64 / elapsed.as_secs_f64().max(1e-9);
    let line = format!("{:<18} {executions:>9} executions, {rate:>9.0} a second, slowest {slowest:.1?}\n", target.name);
    let Some((input, message)) = failure else { return line };
    let place = match save(target, input) {
        Ok(path) => format!("written to {path}"),
        Err(error) => format!("{input:?} (not written: {error})"),
    };
    format!("{line}FAILED {}: {message}\n  input {place}\n", target.name)
}

/// Keeps an input that failed where `cargo fuzz` keeps its own.
fn save(target: &Target, input: &[u8]) -> io::Result<String> {
    let folder = format!("{}/../artifacts/{}", env!("CARGO_MANIFEST_DIR"), target.name);
    fs::create_dir_all(&folder)?;
    let path = format!("{folder}/crash-{}", &blake3::hash(input).to_hex()[..16]);
    fs::write(&path, input)?;
    Ok(path)
}
