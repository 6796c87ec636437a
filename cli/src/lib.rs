//! The `lariat` command: run, prove and verify RV32IM programs.
//!
//! A program of your own that links a further commitment scheme is one line: it calls [`main`] with a longer list, and
//! has every verb, the benchmarks and the plots included. See `docs/add-a-pcs.md`.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod counts;
mod error;
mod files;
mod format;
mod measure;
mod progress;
mod spans;
mod threads;

use clap::Parser;
use lariat_pcs::Schemes;
use std::{
    env,
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

/// What succeeded, as text for a person or as one JSON object.
type Report = Result<String, error::CliError>;

/// The whole command: reads the arguments of the process, does what they ask for with these schemes, and returns the
/// exit code.
///
/// Call it once: the names of the schemes become part of the command line's description.
pub fn main(schemes: &Schemes) -> ExitCode {
    lariat_algebra::heap::keep();
    args::know_schemes(schemes);
    // Wrong usage ends here with code 2, help and version with code 0.
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(refusal) => return refuse(refusal),
    };
    // A panic has already printed where it happened.
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| commands::dispatch(&cli.command, schemes)));
    // Where a result goes to standard output, nothing else does.
    let taken = files::take_standard_output(&cli.command.writes());
    let print = if taken { print_beside } else { print };
    match outcome {
        Ok(Ok(report)) => print(&report),
        Ok(Err(error)) => {
            if let Some(report) = error.report() {
                print(report);
            }
            complain(&error.to_string())
        }
        Err(_) => complain("an internal check failed, which is a bug of lariat; please report it with the lines above"),
    }
}

/// Parses a command line, the program's name first, and does nothing of what it asks for: the arguments in Rust's debugging
/// form, or what [`main`] would print before it returns. For tests of the command line.
///
/// # Errors
/// The refusal, as text; help and version count as one.
pub fn parse(schemes: &Schemes, words: &[String]) -> Result<String, String> {
    args::know_schemes(schemes);
    args::Cli::try_parse_from(words).map(|cli| format!("{cli:?}")).map_err(|refusal| refusal.to_string())
}

/// Prints what is wrong with the command line, or help. Arguments may be names of files that somebody else made: the
/// refusal is that of a command line in which they are written out.
fn refuse(refusal: clap::Error) -> ExitCode {
    let written_out = env::args_os().map(|word| format::plain(&word.to_string_lossy()));
    let refusal = if refusal.use_stderr() { args::Cli::try_parse_from(written_out).err() } else { Some(refusal) };
    // An argument that is right only when it is written out is as wrong as the other ones.
    let code = refusal.as_ref().map_or(2, clap::Error::exit_code);
    match refusal {
        // There is nowhere left to report a failure of this one, and a reader of help may go away.
        Some(refusal) => drop(refusal.print()),
        None => drop(complain("the command line has control characters where none may be")),
    }
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Prints to standard output. A reader that went away is not a failure.
fn print(text: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("cannot write to standard output: {error}"))
        }
        _ => ExitCode::SUCCESS,
    }
}

/// Prints to standard error, beside a result on standard output.
fn print_beside(text: &str) -> ExitCode {
    // The result is written: that nobody reads the report is not a failure.
    let _ = writeln!(io::stderr(), "{text}");
    ExitCode::SUCCESS
}

/// Prints one sentence to standard error.
fn complain(sentence: &str) -> ExitCode {
    // There is nowhere left to report a failure of this one.
    let _ = writeln!(io::stderr(), "lariat: {}", format::plain(sentence));
    ExitCode::FAILURE
}

/// The README's example is compiled with this crate, so that it cannot go stale.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
