//! The official ISA tests and the corpus of small programs, proven and verified under every commitment scheme.
//!
//! Two programs on every change. With `LARIAT_NIGHTLY=1` all official tests and all programs of the corpus that end. `docs/isa-tests.md` says what the programs are.

#![allow(clippy::print_stdout, reason = "tests say what they count")]

use lariat_emulator::test_util::{
    corpus::{Expected, corpus},
    figure, nightly, patch_exit, riscv_tests,
};
use lariat_jolt_core::{
    Config, Exit, HashKind, Image, Inputs, MemoryConfig, Params, Program, ProveOptions, Schemes, prove, verify,
};
use lariat_kzg::PowersOfTau;
use std::{sync::Arc, time::Instant};

/// Logarithm of the number of powers of tau: enough for programs of a few thousand rows.
const LOG_POWERS: usize = 17;

/// A program with what the statement of its proof must say.
struct Case {
    name: String,
    program: Program,
    exit: Exit,
    output: Vec<u8>,
}

fn schemes() -> Schemes {
    let powers = PowersOfTau::from_seed("isa-test", LOG_POWERS).unwrap();
    lariat_schemes::all().with_resource(Arc::new(powers)).allow_insecure_setup(true)
}

fn official() -> Vec<Case> {
    let tests = riscv_tests().unwrap().into_iter();
    tests
        .map(|(name, elf)| {
            let mut image = Image::from_elf(&elf, &MemoryConfig::default()).unwrap();
            patch_exit(&mut image).unwrap();
            let program = Program::from_image(image);
            Case { name, program, exit: Exit::Halted { code: 0 }, output: Vec::new() }
        })
        .collect()
}

fn small_programs() -> Vec<Case> {
    let mut cases = Vec::new();
    for entry in corpus() {
        for program in entry.programs {
            let Expected::Ends { exit, output } = program.expected.clone() else { continue };
            let program = Program::from_elf(&program.elf()).unwrap();
            cases.push(Case { name: entry.name.clone(), program, exit, output });
        }
    }
    cases
}

fn proves(what: &str, mut cases: Vec<Case>, always: &str) {
    let all = cases.len();
    if !nightly() {
        cases.retain(|case| case.name == always);
    }
    assert!(!cases.is_empty(), "{always} is one of the {what}");
    let schemes = schemes();
    let (mut proofs, mut instructions, mut slowest) = (0, 0, String::new());
    let mut most_seconds = 0.0;
    let start = Instant::now();
    for scheme in lariat_schemes::ALL {
        let config = Config { pcs: scheme.kind, params: Params::M8, hash: HashKind::Blake3, ..Config::default() };
        let options = ProveOptions { config, ..ProveOptions::default() };
        let lap = Instant::now();
        for Case { name, program, exit, output } in &cases {
            let proven = prove(program, Inputs::default(), &options, &schemes, &mut |_| {});
            let proven = proven.unwrap_or_else(|error| panic!("{name} under {}: {error}", scheme.kind));
            let statement = verify(program, &proven.proof, &schemes)
                .unwrap_or_else(|error| panic!("{name} under {}: {error}", scheme.kind));
            assert_eq!((statement.exit, &statement.output), (*exit, output), "{name} under {}", scheme.kind);
            assert_eq!((statement.config, statement.program_digest), (config, program.digest()), "{name}");
            proofs += 1;
            instructions += proven.instructions;
        }
        if lap.elapsed().as_secs_f64() > most_seconds {
            most_seconds = lap.elapsed().as_secs_f64();
            slowest = format!("{} with {most_seconds:.0} s", scheme.kind);
        }
    }
    println!(
        "{what} under {} schemes: {} of {all} proven and verified under each, {proofs} proofs, {instructions} \
         instructions, {:.0} s, the slowest {slowest}",
        lariat_schemes::ALL.len(),
        cases.len(),
        start.elapsed().as_secs_f64()
    );
    figure(&format!("proofs of {what} under every scheme"), proofs).unwrap();
}

#[test]
fn every_scheme_proves_the_official_isa_tests() {
    proves("official tests", official(), "mulhsu");
}

#[test]
fn every_scheme_proves_the_isa_corpus() {
    proves("corpus", small_programs(), "x0-jal");
}
