//! The `lariat` command with one scheme more.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    lariat_cli::main(&lariat_schemes::all().with(lariat_example_clear_pcs::SCHEME))
}
