//! Every target over its committed corpus, and over random mutations of it.

#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests fail by panicking and say what they count"
)]

use lariat_emulator::test_util::figure;
use lariat_fuzz_targets::runner::{Budget, MAX_CORPUS_FILE_BYTES, corpus, corpus_folder, run};
use lariat_fuzz_targets::{TARGETS, Target};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Mutations of each corpus where no long run is asked for.
const MUTATIONS: u64 = 300;
/// Mutations for targets whose executions take milliseconds.
const SLOW_MUTATIONS: u64 = 30;

const SEED: u64 = 0x6675_7a7a_2121_2121;

/// So many seconds a target where `LARIAT_FUZZ_SECONDS` says so, as continuous integration does.
fn budget(target: &Target) -> Budget {
    if let Some(seconds) = std::env::var("LARIAT_FUZZ_SECONDS").ok().filter(|seconds| !seconds.is_empty()) {
        let seconds =
            seconds.parse().unwrap_or_else(|_| panic!("LARIAT_FUZZ_SECONDS={seconds} is no number of seconds"));
        return Budget::Time(Duration::from_secs(seconds));
    }
    let slow = target.name.starts_with("verify") || target.name.starts_with("pcs");
    Budget::Executions(if slow { SLOW_MUTATIONS } else { MUTATIONS })
}

/// Runs the targets of one part, so that parts run at the same time.
fn run_part(part: usize) {
    const PARTS: usize = 2;
    let (mut targets, mut executions) = (0, 0);
    for target in TARGETS.iter().skip(part).step_by(PARTS) {
        let outcome = run(target, &corpus(target.name), SEED, budget(target));
        println!("{}: {} executions, slowest {:.1?}", target.name, outcome.executions, outcome.slowest);
        executions += outcome.executions;
        targets += 1;
        if let Some((input, message)) = outcome.failure {
            panic!("{} fails on {input:?} (seed {SEED:#x}): {message}", target.name);
        }
        assert!(outcome.slowest < Duration::from_secs(20), "{}: {:?} for one input", target.name, outcome.slowest);
    }
    figure("targets fuzzed", targets).unwrap();
    figure("inputs of fuzzing", executions).unwrap();
}

#[test]
fn every_target_holds_on_its_corpus_and_near_it_first_half() {
    run_part(0);
}

#[test]
fn every_target_holds_on_its_corpus_and_near_it_second_half() {
    run_part(1);
}

#[test]
fn every_target_has_a_small_corpus_and_a_binary() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for Target { name, .. } in TARGETS {
        let files = corpus(name);
        assert!((3..=64).contains(&files.len()), "{name}: {} files", files.len());
        assert!(files.iter().all(|file| file.len() <= MAX_CORPUS_FILE_BYTES), "{name}: a file is too large");
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name} is not in fuzz/Cargo.toml");
        let binary = fs::read_to_string(fuzz.join(format!("fuzz_targets/{name}.rs"))).unwrap();
        assert!(binary.contains(&format!("init: {name}(&[]), |data: &[u8]| {name}(data)")), "{binary}");
    }
    let entries = |folder: &Path| -> BTreeSet<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        names.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let expected: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(entries(&fuzz.join("fuzz_targets")), expected);
    assert_eq!(entries(corpus_folder("x").parent().unwrap()), expected);
}

/// The runner itself: it finds a failure, keeps the input, and does the same for the same seed.
#[test]
fn the_runner_finds_what_fails() {
    fn fails(data: &[u8]) {
        assert!(data.len() < 12, "{} bytes", data.len());
    }
    let target = Target { name: "fails", run: fails };
    let seeds = vec![b"0123456789".to_vec()];
    let found = run(&target, &seeds, 1, Budget::Executions(10_000));
    let (input, message) = found.failure.clone().unwrap();
    assert!(input.len() >= 12 && message == format!("{} bytes", input.len()));
    let again = run(&target, &seeds, 1, Budget::Executions(10_000));
    assert_eq!((again.failure, again.executions), (found.failure, found.executions));
    let holds = run(&Target { name: "holds", run: |_| {} }, &seeds, 1, Budget::Executions(50));
    assert_eq!((holds.failure, holds.executions), (None, 51));
}
