//! `lariat run`: a program without a proof.

use crate::{
    Report,
    args::RunArgs,
    files::{Kind, Target, load_program},
    format::{self, Lines},
};
use lariat_jolt_core::Inputs;
use serde::Serialize;
use std::time::Instant;

/// The JSON object; its names are stable.
#[derive(Serialize)]
struct Ran {
    instructions: u64,
    exit_code: u32,
    panicked: bool,
    output_hex: String,
    execute_ns: u64,
    program_digest: String,
}

/// Runs a program. That the guest fails or panics is a result, not an error.
pub fn run(args: &RunArgs) -> Report {
    let target = args.output.as_deref().map(|path| Target::new(Kind::Output, path)).transpose()?;
    let (program, _) = load_program(&args.program, &args.memory)?;
    let (public, private) = (args.input.load()?.unwrap_or_default(), args.private.load()?);
    let start = Instant::now();
    let run = program.execute(Inputs { public: &public, private: &private }, args.limits.max_steps)?;
    let time = start.elapsed();
    if let Some(target) = target {
        target.save(&run.output)?;
    }
    let (exit_code, panicked) = format::exit_parts(run.exit);
    if args.json {
        return Ok(format::json(&Ran {
            instructions: run.steps,
            exit_code,
            panicked,
            output_hex: format::hex(&run.output),
            execute_ns: format::ns(time),
            program_digest: format::hex(&program.digest()),
        }));
    }
    let speed = run.steps as f64 / time.as_secs_f64().max(1e-9) / 1e6;
    let mut lines =
        Lines::new(format!("ran {} instructions in {} ({speed:.1} million a second)", run.steps, format::time(time)));
    lines.line("exit", format::exit(run.exit)).line("output", format::output(&run.output));
    Ok(lines.finish())
}
