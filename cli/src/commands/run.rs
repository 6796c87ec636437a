//! `lariat run`: a program without a proof.

use crate::{
    Report,
    args::RunArgs,
    files::{Kind, Target, load_program},
    format::{self, Lines},
};
use lariat_jolt_core::Inputs;
use serde::Serialize;
use std::{
    io::{self, Write},
    time::Instant,
};

/// The JSON object; its names are stable.
#[derive(Serialize)]
struct Ran {
    instructions: u64,
    exit_code: u32,
    panicked: bool,
    output_hex: String,
    /// Bytes that went to the console; a run with any has no proof.
    printed_bytes: u64,
    execute_ns: u64,
    program_digest: String,
}

/// Runs a program. That the guest fails or panics is a result, not an error.
pub fn run(args: &RunArgs) -> Report {
    let target = args.output.as_deref().map(|path| Target::new(Kind::Output, path)).transpose()?;
    let (program, _) = load_program(&args.program, &args.memory)?;
    let (public, private) = (args.input.load()?.unwrap_or_default(), args.private.load()?);
    let start = Instant::now();
    let mut console = Console::default();
    let run = program.execute_with_console(
        Inputs { public: &public, private: &private },
        args.limits.max_steps,
        &mut |bytes| console.take(bytes),
    );
    console.flush();
    let run = run?;
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
            printed_bytes: console.taken,
            execute_ns: format::ns(time),
            program_digest: format::hex(&program.digest()),
        }));
    }
    let speed = run.steps as f64 / time.as_secs_f64().max(1e-9) / 1e6;
    let mut lines =
        Lines::new(format!("ran {} instructions in {} ({speed:.1} million a second)", run.steps, format::time(time)));
    lines.line("exit", format::exit(run.exit)).line("output", format::output(&run.output));
    if console.taken > 0 {
        let note = "by ecall 64 (write), here on standard error; such a run has no proof";
        lines.line("printed", format!("{} bytes, {note}", console.taken));
    }
    Ok(lines.finish())
}

/// Prints what the guest prints to standard error, line by line, so that standard output stays this command's. Control
/// characters are escaped: the guest is not trusted with the terminal.
#[derive(Default)]
struct Console {
    line: Vec<u8>,
    taken: u64,
}

impl Console {
    /// Longest line that is kept back, in bytes.
    const MAX_LINE_BYTES: usize = 1 << 16;

    fn take(&mut self, bytes: &[u8]) {
        self.taken += bytes.len() as u64;
        for &byte in bytes {
            self.line.push(byte);
            if byte == b'\n' || self.line.len() >= Self::MAX_LINE_BYTES {
                self.flush();
            }
        }
    }

    fn flush(&mut self) {
        let text = printable(&self.line);
        self.line.clear();
        // Whoever closed standard error does not want to see it.
        let _ = io::stderr().write_all(text.as_bytes());
    }
}

/// Text of the bytes, in which control characters other than tabs and line ends are escaped.
fn printable(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for character in String::from_utf8_lossy(bytes).chars() {
        match character {
            '\n' | '\t' => text.push(character),
            _ if character.is_control() => text.extend(character.escape_default()),
            _ => text.push(character),
        }
    }
    text
}
