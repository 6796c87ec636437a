//! The scheme from outside conforms, and is in every verb of a command that links it.
#![allow(clippy::unwrap_used, clippy::panic)]

use lariat_example_clear_pcs::SCHEME;
use lariat_jolt_core::{Config, Inputs, Params, Program, ProveOptions, Schemes, VerifyError, prove, verify};
use lariat_pcs::{Resources, conformance};
use std::path::Path;
use std::process::Command;

fn guest() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/elf/fibonacci.elf")
}

fn lariat(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_lariat-example-clear-pcs")).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn conforms() {
    conformance::run_scheme(SCHEME, &Resources::default());
}

#[test]
fn rejects_other_evaluations_and_other_values() {
    let program = Program::from_elf(&std::fs::read(guest()).unwrap()).unwrap();
    let schemes = Schemes::new().with(SCHEME);
    let config = Config { pcs: SCHEME.kind, params: Params::M8, ..Config::default() };
    let options = ProveOptions { config, ..ProveOptions::default() };
    let input = 10u32.to_le_bytes();
    let proven = prove(&program, Inputs { public: &input, private: &[] }, &options, &schemes, &mut |_| {}).unwrap();
    assert_eq!(verify(&program, &proven.proof, &schemes).unwrap().output, 55u32.to_le_bytes());
    // The last message is an evaluation; the least significant byte comes first.
    let mut wrong = proven.proof.clone();
    let at = wrong.len() - 32;
    wrong[at] ^= 1;
    let expected = lariat_pcs::VerifyError::Check { check: "digest of the evaluations" };
    assert!(matches!(verify(&program, &wrong, &schemes), Err(VerifyError::Pcs(error)) if error == expected));
}

#[test]
fn is_in_the_commands_of_a_program_that_links_it() {
    let folder = tempfile::tempdir().unwrap();
    let proof = folder.path().join("proof");
    let (elf, proof) = (guest(), proof.to_str().unwrap().to_owned());
    let elf = elf.to_str().unwrap();
    let input = ["--input-hex", "0a000000"];
    let json =
        lariat(&[&["prove", elf, "--pcs", "clear", "--log-m", "8", "--json", "-o", &proof], &input[..]].concat());
    let made: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(made["pcs"], "clear");
    let json = lariat(&[&["verify", elf, &proof, "--json"], &input[..]].concat());
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["pcs"], "clear");
    let listed: serde_json::Value = serde_json::from_str(&lariat(&["list", "pcs", "--json"])).unwrap();
    assert!(listed["pcs"].as_array().unwrap().iter().any(|scheme| scheme["name"] == "clear"));
}
