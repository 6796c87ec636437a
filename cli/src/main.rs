//! The `lariat` command with the schemes of this project.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    lariat_cli::main(&lariat_schemes::all())
}
