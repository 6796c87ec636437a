//! Writes the inventory of challenges.
//!
//! ```text
//! cargo run -p lariat-attack --example challenges -- [--check] FILE
//! ```
//!
//! With `--check`, the file is left alone and the exit code is 1 when it would change. `scripts/generate-docs.sh` calls
//! this.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use lariat_attack::inventory::{Run, document};
use lariat_kzg::PowersOfTau;
use std::{process::ExitCode, sync::Arc};

fn main() -> ExitCode {
    let (flags, files): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|a| a.starts_with("--"));
    let check = flags == ["--check"];
    let [file] = &files[..] else {
        println!("usage: challenges [--check] FILE");
        return ExitCode::from(2);
    };
    if !(check || flags.is_empty()) {
        println!("usage: challenges [--check] FILE");
        return ExitCode::from(2);
    }
    let setup = PowersOfTau::from_seed("inventory", 16).unwrap();
    let schemes = lariat_schemes::all().with_resource(Arc::new(setup)).allow_insecure_setup(true);
    let new = document(&Run::all(&schemes).unwrap());
    if std::fs::read_to_string(file).is_ok_and(|old| old == new) {
        return ExitCode::SUCCESS;
    }
    if check {
        println!("{file} is stale; run scripts/generate-docs.sh and review the change");
        return ExitCode::FAILURE;
    }
    std::fs::write(file, new).unwrap();
    println!("{file} rewritten");
    ExitCode::SUCCESS
}
