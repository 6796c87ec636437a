//! The committed guests and the official ISA tests, proven and verified.

use crate::common::{MAX_STEPS, NO_INPUT, nightly, prove_and_verify, small};
use lariat_emulator::test_util::{arch_tests, figure, patch_exit, riscv_tests};
use lariat_jolt_core::{Config, Exit, Image, Inputs, MemoryConfig, Program};
use std::{collections::BTreeMap, time::Instant};

/// Longest run, in instructions, that is proven on every change, besides the shortest of every guest.
const SHORT: u64 = 30_000;
/// Longest run that is proven with `LARIAT_NIGHTLY=1`.
const LONG: u64 = 500_000;

/// One line of `guests/vectors.txt`.
struct Vector {
    name: String,
    public: Vec<u8>,
    private: Vec<u8>,
    output: Vec<u8>,
    exit: Exit,
}

fn bytes(hex: &str) -> Vec<u8> {
    if hex == "-" {
        return Vec::new();
    }
    (0..hex.len()).step_by(2).map(|k| u8::from_str_radix(&hex[k..k + 2], 16).unwrap()).collect()
}

fn vectors() -> Vec<Vector> {
    let path = format!("{}/../guests/vectors.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let option = |key: &str| fields[3..].iter().find_map(|f| f.strip_prefix(key)?.strip_prefix('='));
            let code = option("exit").map_or(0, |code| code.parse().unwrap());
            Vector {
                name: fields[0].to_owned(),
                public: bytes(fields[1]),
                private: bytes(option("private").unwrap_or("-")),
                output: bytes(fields[2]),
                exit: if option("panicked").is_some() { Exit::Panicked { code } } else { Exit::Halted { code } },
            }
        })
        .collect()
}

fn guest(name: &str) -> Program {
    let path = format!("{}/../guests/elf/{name}.elf", env!("CARGO_MANIFEST_DIR"));
    Program::from_elf(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn proves_the_guests_on_their_vectors() {
    let limit = if nightly() { LONG } else { SHORT };
    let mut by_guest: BTreeMap<String, Vec<(u64, Vector)>> = BTreeMap::new();
    for v in vectors() {
        let inputs = Inputs { public: &v.public, private: &v.private };
        let steps = guest(&v.name).execute(inputs, 1 << 26).unwrap().steps;
        by_guest.entry(v.name.clone()).or_default().push((steps, v));
    }
    assert_eq!(by_guest.len(), 14);
    for (name, mut vectors) in by_guest {
        vectors.sort_by_key(|v| v.0);
        let shortest = vectors[0].0;
        let program = guest(&name);
        for (steps, v) in vectors.iter().filter(|v| v.0 <= limit.max(shortest)) {
            let inputs = Inputs { public: &v.public, private: &v.private };
            let statement = prove_and_verify(&program, Config::default(), inputs);
            assert_eq!((&statement.output, statement.exit), (&v.output, v.exit), "{name}");
            println!("{name}: {steps} instructions, {} rows", statement.rows);
        }
    }
}

#[test]
fn proves_the_freestanding_guest_and_its_exit_code() {
    for config in crate::common::configurations() {
        let statement = prove_and_verify(&guest("freestanding"), config, NO_INPUT);
        assert_eq!(statement.exit, Exit::Halted { code: 42 });
    }
}

/// The official architectural tests, all of them; at both table sizes with `LARIAT_NIGHTLY=1`. That their outputs are the
/// right signatures is a test of the emulator.
#[test]
fn proves_the_official_architectural_tests() {
    let Some(tests) = arch_tests().unwrap() else { return };
    let start = Instant::now();
    let configurations = match std::env::var_os("LARIAT_NIGHTLY") {
        Some(_) => vec![Config::default(), small()],
        None => vec![Config::default()],
    };
    let (mut proofs, mut rows) = (0, 0);
    for test in &tests {
        let program = Program::from_elf(&test.elf).unwrap();
        let run = program.execute(NO_INPUT, MAX_STEPS).unwrap();
        for &config in &configurations {
            let statement = prove_and_verify(&program, config, NO_INPUT);
            assert_eq!((&statement.output, statement.exit), (&run.output, Exit::Halted { code: 0 }), "{}", test.name);
            proofs += 1;
            rows += statement.rows;
        }
    }
    println!(
        "architectural tests: {0} of {0} proven and verified, {proofs} proofs, {rows} rows, {1:.0} s",
        tests.len(),
        start.elapsed().as_secs_f64()
    );
    figure("architectural tests proven", tests.len() as u64).unwrap();
}

/// The official ISA tests, all of them, at both table sizes.
#[test]
fn proves_the_official_isa_tests() {
    let tests = riscv_tests().unwrap();
    let start = Instant::now();
    let (mut proofs, mut instructions, mut rows) = (0, 0, 0);
    for (name, elf) in &tests {
        let mut image = Image::from_elf(elf, &MemoryConfig::default()).unwrap();
        patch_exit(&mut image).unwrap();
        let program = Program::from_image(image);
        let steps = program.execute(NO_INPUT, MAX_STEPS).unwrap().steps;
        for config in [small(), Config::default()] {
            let statement = prove_and_verify(&program, config, NO_INPUT);
            assert_eq!(statement.exit, Exit::Halted { code: 0 }, "{name}");
            proofs += 1;
            instructions += steps;
            rows += statement.rows;
        }
    }
    println!(
        "official tests: {0} of {0} proven and verified, {proofs} proofs, {instructions} instructions proven in {rows} \
         rows, {1:.0} s",
        tests.len(),
        start.elapsed().as_secs_f64()
    );
    assert_eq!(proofs, 2 * tests.len());
    figure("official tests proven", tests.len() as u64).unwrap();
}
