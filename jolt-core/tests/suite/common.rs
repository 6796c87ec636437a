//! Proofs of small programs.

pub use lariat_attack::programs::*;
use lariat_jolt_core::{Config, Inputs, Program, ProveOptions, Schemes, VerifiedStatement, prove, verify};

/// The scheme of these tests; the suite of the command line runs the others.
pub fn schemes() -> Schemes {
    Schemes::new().with(lariat_hyrax::SCHEME)
}

/// Proves a run, checks its rows on the way, and verifies the proof.
pub fn prove_and_verify(program: &Program, config: Config, inputs: Inputs<'_>) -> VerifiedStatement {
    honest_witness(program, config, inputs).check(program).unwrap();
    let options = ProveOptions { config, ..ProveOptions::default() };
    let proven = prove(program, inputs, &options, &schemes(), &mut |_| {}).unwrap();
    let statement = verify(program, &proven.proof, &schemes()).unwrap();
    assert_eq!(statement.program_digest, program.digest());
    assert_eq!(statement.input, inputs.public);
    assert_eq!(statement.config, config);
    assert_eq!(statement.rows, proven.header.steps);
    statement
}
