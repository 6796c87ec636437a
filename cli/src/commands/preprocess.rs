//! `lariat preprocess`: a program as a key file.

use crate::{
    Report,
    args::PreprocessArgs,
    files::{Kind, Target, load_program},
    format::{self, Lines},
};
use serde::Serialize;

/// The JSON object; its names are stable.
#[derive(Serialize)]
struct Preprocessed {
    program_digest: String,
    key_bytes: usize,
    preprocess_ns: u64,
}

/// Loads a program and saves its key.
pub fn preprocess(args: &PreprocessArgs) -> Report {
    let target = Target::new(Kind::Key, &args.key)?;
    let (program, time) = load_program(&args.program, &args.memory)?;
    let key = program.to_bytes();
    target.save(&key)?;
    let program_digest = format::hex(&program.digest());
    if args.json {
        return Ok(format::json(&Preprocessed {
            program_digest,
            key_bytes: key.len(),
            preprocess_ns: format::ns(time),
        }));
    }
    let mut lines = Lines::new(format!("preprocessed {} in {}", args.program.display(), format::time(time)));
    lines.line("program", program_digest);
    lines.line("key", format!("{} in {}", format::size(key.len() as u64), target.place()));
    Ok(lines.finish())
}
