//! Guests from ELF to verified statement.

#![allow(clippy::unwrap_used)]

use lariat_jolt_core::{Config, Inputs, Params, Program, ProveOptions, Schemes, prove, verify, witness};

fn guest(name: &str) -> Program {
    let path = format!("{}/../guests/elf/{name}.elf", env!("CARGO_MANIFEST_DIR"));
    Program::from_elf(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn fibonacci_rows_satisfy_the_constraints() {
    let program = guest("fibonacci");
    let input = 10u32.to_le_bytes();
    let inputs = Inputs { public: &input, private: &[] };
    let trace = lariat_emulator::machine::trace(program.image(), inputs, 1 << 20).unwrap();
    for params in Params::ALL {
        let w = witness::build(&program, Config { params, ..Config::default() }, inputs, &trace).unwrap();
        w.check(&program).unwrap();
    }
}

#[test]
fn fibonacci_is_proven_and_verified() {
    let program = guest("fibonacci");
    let input = 10u32.to_le_bytes();
    let inputs = Inputs { public: &input, private: &[] };
    for params in Params::ALL {
        let options = ProveOptions { config: Config { params, ..Config::default() }, ..ProveOptions::default() };
        let proven =
            prove(&program, inputs, &options, &Schemes::new().with(lariat_hyrax::SCHEME), &mut |_| {}).unwrap();
        let statement = verify(&program, &proven.proof, &Schemes::new().with(lariat_hyrax::SCHEME)).unwrap();
        assert_eq!(statement.output, 55u32.to_le_bytes());
    }
}
