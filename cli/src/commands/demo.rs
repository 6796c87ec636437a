//! `lariat demo`: a real guest, built in, whose result is known.

use crate::{
    Report,
    args::DemoArgs,
    commands::prove::Task,
    error::CliError,
    files::Kind,
    format::{self, NOT_ZERO_KNOWLEDGE},
};
use lariat_jolt_core::{Inputs, Program};
use lariat_pcs::Schemes;
use std::time::Instant;

/// The committed guest: reads a number and 32 bytes, and hashes the bytes so many times.
const ELF: &[u8] = include_bytes!("../../../guests/elf/sha256-chain.elf");

/// Hashes in the chain, for about 2^16 rows.
const NUM_HASHES: u32 = 18;

/// SHA-256 applied [`NUM_HASHES`] times to the bytes 0 to 31, computed elsewhere.
const EXPECTED: &str = "b444c2aed009986cfd0ff660f5a576548198070541d5d24c66d7c1bd323aaee2";

/// Proves and verifies the guest.
pub fn demo(args: &DemoArgs, schemes: &Schemes) -> Report {
    let schemes = &args.prover.setup.apply(schemes)?;
    let input: Vec<u8> = NUM_HASHES.to_le_bytes().into_iter().chain(0..32).collect();
    let start = Instant::now();
    let program = Program::from_elf(ELF)
        .map_err(|source| CliError::Load { path: format!("(built-in {})", Kind::Program).into(), source })?;
    let task = Task {
        program: &program,
        load_time: start.elapsed(),
        inputs: Inputs { public: &input, private: &[] },
        max_steps: 1 << 20,
        schemes,
    };
    let made = task.prove(&args.prover, args.report.progress)?;
    let found = format::hex(&made.statement.output);
    if found != EXPECTED || made.statement.input != input {
        return Err(CliError::DemoOutput { found, expected: EXPECTED });
    }
    if args.report.json {
        return Ok(format::json(&made.costs));
    }
    let mut lines = made.summary();
    lines.line("expected", format!("the verified output is SHA-256 applied {NUM_HASHES} times to the bytes 0 to 31"));
    lines.note(NOT_ZERO_KNOWLEDGE);
    made.note_counts(&mut lines);
    Ok(lines.finish())
}
