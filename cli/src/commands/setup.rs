//! `lariat setup`: a file with powers of tau, for the pairing schemes.

use crate::{
    Report,
    args::SetupMakeArgs,
    error::CliError,
    files::{Kind, Target},
    format::{self, Lines},
};
use lariat_kzg::{PowersOfTau, SetupError};
use lariat_pcs::SetupSource;
use serde::Serialize;
use std::time::Instant;

/// The JSON object; its names are stable.
#[derive(Debug, Serialize)]
struct Made {
    setup: &'static str,
    setup_name: String,
    setup_digest: String,
    log_size: usize,
    bytes: u64,
    setup_ns: u64,
}

/// Imports a ceremony or makes an insecure setup, checks it and writes it.
pub fn setup(args: &SetupMakeArgs) -> Report {
    let target = Target::new(Kind::Setup, &args.output)?;
    let start = Instant::now();
    let (powers, made) = match (&args.ptau, &args.insecure_seed) {
        (Some(ptau), _) => {
            let stem = ptau.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            let name = args.name.clone().or(stem).unwrap_or_default();
            (PowersOfTau::import_ptau(ptau, &name, args.log_size.map(usize::from)), ptau)
        }
        (None, seed) => {
            let log_len = usize::from(args.log_size.unwrap_or(DEFAULT_LOG_SIZE));
            (PowersOfTau::from_seed(seed.as_deref().unwrap_or_default(), log_len), &args.output)
        }
    };
    // What the system refuses is about the file that was read, or else about the one that was to be written.
    let error = |source| CliError::Setup { path: made.clone(), source: Box::new(source) };
    let powers = powers.map_err(|e| match (e, &args.ptau) {
        (SetupError::Io(source), Some(ptau)) => CliError::Read { kind: Kind::Setup, path: ptau.clone(), source },
        (e, _) => error(e),
    })?;
    let bytes = target.save_with(|out| powers.write(out)).map_err(|e| match e {
        SetupError::Io(source) => CliError::Write { kind: Kind::Setup, path: args.output.clone(), source },
        e => error(e),
    })?;
    let made = Made {
        setup: powers.source().kind(),
        setup_name: powers.source().name().to_owned(),
        setup_digest: format::hex(&powers.digest()),
        log_size: powers.log_len(),
        bytes,
        setup_ns: format::ns(start.elapsed()),
    };
    if args.json {
        return Ok(format::json(&made));
    }
    let mut lines =
        Lines::new(format!("2^{} powers of tau, checked, in {}", made.log_size, format::time(start.elapsed())));
    lines.line("source", powers.source());
    lines.line("digest", &made.setup_digest);
    lines.line("file", format::size(made.bytes));
    lines.line("written to", target.place());
    if let SetupSource::InsecureFile { .. } = powers.source() {
        lines.note(UNCONTRIBUTED);
    } else if powers.source().is_insecure() {
        lines.note(INSECURE);
    } else {
        lines.note("Compare the digest with one from a source that you trust; proofs and verifiers pin it.");
    }
    Ok(lines.finish())
}

/// What is said of a setup that nobody contributed to.
const UNCONTRIBUTED: &str = "Nobody contributed to this file: whoever wrote it can forge proofs. For tests and benchmarks \
                             only: `lariat prove` and `lariat verify` take it with --allow-insecure-setup.";

/// What is said of a setup whose seed is known.
const INSECURE: &str = "Whoever knows the seed can forge proofs: for tests and benchmarks only. `lariat prove` and `lariat \
                        verify` take it with --allow-insecure-setup.";

/// Powers of an insecure setup where none are asked for: enough for runs of 2^18 rows.
const DEFAULT_LOG_SIZE: u8 = 18;
