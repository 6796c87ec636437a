//! `lariat verify`: a proof's statement, compared with what is demanded.

use crate::{
    Report,
    args::VerifyArgs,
    error::CliError,
    files::{self, Kind, load_program},
    format::{self, Lines, NOT_ZERO_KNOWLEDGE},
};
use lariat_jolt_core::{Config, VerifiedStatement, VerifyError, verify_with};
use lariat_pcs::Schemes;
use serde::Serialize;
use std::time::{Duration, Instant};

/// The JSON object; its names are stable. What is not known of a rejected proof is null.
#[derive(Debug, Default, Serialize)]
struct Verdict {
    ok: bool,
    program_digest: Option<String>,
    input_digest: Option<String>,
    exit_code: Option<u32>,
    panicked: Option<bool>,
    output_hex: Option<String>,
    rows: Option<u64>,
    private_input_commitment: Option<String>,
    pcs: Option<String>,
    setup: Option<&'static str>,
    setup_name: Option<String>,
    setup_digest: Option<String>,
    argument: Option<&'static str>,
    products: Option<&'static str>,
    hash: Option<&'static str>,
    log_m: Option<usize>,
    verify_ns: Option<u64>,
    #[serde(flatten)]
    security: format::Security,
    error: Option<String>,
    error_kind: Option<&'static str>,
}

/// Verifies a proof.
pub fn verify(args: &VerifyArgs, schemes: &Schemes) -> Report {
    match (check(args, schemes), args.json) {
        (Ok((statement, time)), true) => Ok(format::json(&Verdict::accepted(&statement, time))),
        (Ok((statement, time)), false) => Ok(summary(&statement, time)),
        (Err(source), true) => {
            let verdict =
                Verdict { error: Some(source.to_string()), error_kind: Some(source.word()), ..Verdict::default() };
            Err(CliError::Reported { report: format::json(&verdict), source: Box::new(source) })
        }
        (Err(source), false) => Err(source),
    }
}

/// Verifies first and compares then, so that what is said about a proof's contents is about a valid proof.
fn check(args: &VerifyArgs, schemes: &Schemes) -> Result<(VerifiedStatement, Duration), CliError> {
    let schemes = &args.setup.apply(schemes)?;
    let (program, _) = load_program(&args.program, &args.memory)?;
    let proof = files::read(Kind::Proof, &args.proof)?;
    let input = args.input.load()?;
    let output = args.output.as_deref().map(|path| files::read(Kind::Output, path)).transpose()?;
    let rejected = |error: VerifyError| CliError::rejected(&args.proof, error);
    let start = Instant::now();
    let statement = verify_with(&program, &proof, schemes, &args.rows.options()).map_err(rejected)?;
    let time = start.elapsed();
    if args.config.or(statement.config) != statement.config {
        return Err(rejected(VerifyError::OtherConfig));
    }
    if input.is_some_and(|input| input != statement.input) {
        return Err(rejected(VerifyError::OtherInput));
    }
    if output.is_some_and(|output| output != statement.output) {
        return Err(rejected(VerifyError::OtherOutput));
    }
    if args.exit.no_panic {
        statement.demand_no_panic().map_err(rejected)?;
    }
    if let Some(code) = args.exit.exit {
        statement.demand_exit(code).map_err(rejected)?;
    }
    Ok((statement, time))
}

impl Verdict {
    fn accepted(statement: &VerifiedStatement, time: Duration) -> Self {
        let (exit_code, panicked) = format::exit_parts(statement.exit);
        let Config { pcs, argument, hash, params, products } = statement.config;
        Self {
            ok: true,
            program_digest: Some(format::hex(&statement.program_digest)),
            input_digest: Some(format::hex(&statement.input_digest())),
            exit_code: Some(exit_code),
            panicked: Some(panicked),
            output_hex: Some(format::hex(&statement.output)),
            rows: Some(statement.rows),
            private_input_commitment: Some(format::hex(&statement.private_input_commitment)),
            pcs: Some(pcs.to_string()),
            setup: Some(statement.setup.source.kind()),
            setup_name: Some(statement.setup.source.name().to_owned()),
            setup_digest: Some(format::hex(&statement.setup.digest)),
            argument: Some(argument.name()),
            products: Some(products.name()),
            hash: Some(hash.name()),
            log_m: Some(params.log_m()),
            verify_ns: Some(format::ns(time)),
            security: format::Security::new(&statement.security),
            error: None,
            error_kind: None,
        }
    }
}

fn summary(statement: &VerifiedStatement, time: Duration) -> String {
    let mut lines = Lines::new(format!("verified in {}: the proof is valid, and says", format::time(time)));
    lines.line("program", format::hex(&statement.program_digest));
    let digest = format::hex(&statement.input_digest());
    lines.line("input", format!("{} bytes with BLAKE3 digest {digest}", statement.input.len()));
    lines.line("private input", format!("commitment {}", format::hex(&statement.private_input_commitment)));
    lines.line("exit", format::exit(statement.exit));
    lines.line("output", format::output(&statement.output));
    lines.line("rows", statement.rows);
    lines.line("configuration", format::config(statement.config));
    lines.line("setup", &statement.setup);
    lines.line("security", format::security(&statement.security));
    lines.note(NOT_ZERO_KNOWLEDGE);
    lines.finish()
}
