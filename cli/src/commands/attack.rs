//! `lariat attack`: forged proofs against every scheme, and the matrix of what was rejected.

use crate::{
    Report,
    args::{AttackArgs, ProgressMode},
    error::CliError,
    files::{Kind, Target},
    format,
    progress::spin,
};
use indicatif::{ProgressBar, ProgressStyle};
use lariat_attack::{
    outcome::quiet_panics,
    report::{self, Totals},
    run::{self, Part, Plan},
};
use lariat_bench_suite::setup;
use lariat_jolt_core::{Config, HashKind, Params, PcsKind};
use lariat_kzg::PowersOfTau;
use lariat_pcs::Schemes;
use serde::Serialize;
use std::{
    io::{self, IsTerminal, Write},
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

/// Powers of tau of the insecure setup for attacks, as a logarithm: more than any attack needs. Only those that are used
/// are computed.
const LOG_POWERS: usize = 22;

/// The JSON object; its names are stable.
#[derive(Debug, Serialize)]
struct Json<'a> {
    ok: bool,
    size: &'static str,
    totals: Totals,
    #[serde(flatten)]
    report: &'a report::Report,
}

/// Attacks; fails if anything survives.
pub fn attack(args: &AttackArgs, schemes: &Schemes) -> Report {
    let kinds = setup::choose(schemes, &args.pcs)?;
    let schemes = with_setup(args, schemes)?;
    let target = args.output.as_deref().map(|path| Target::new(Kind::Report, path)).transpose()?;
    let config = Config { hash: args.hash, params: args.log_m, ..Config::default() };
    let (size, mut plan) =
        if args.nightly { ("nightly", Plan::nightly(config)) } else { ("quick", Plan::quick(config)) };
    plan.mutations = args.mutations.map_or(plan.mutations, |n| n as usize);
    plan.entries = args.witnesses.map_or(plan.entries, |n| n as usize);
    plan.faults = args.faults.map_or(plan.faults, |n| n as usize);
    let mut engines = args.engine.clone();
    engines.sort_unstable();
    engines.dedup();
    let plan = Plan { seed: args.seed, engines, ..plan };

    let report = {
        let display = Display::new(args.report.progress);
        let _quiet = quiet_panics();
        run::run(&schemes, &kinds, &plan, &display)
    };
    let json = || format::json(&Json { ok: report.is_clean(), size, totals: report.totals(), report: &report });
    if let Some(target) = target {
        target.save((json() + "\n").as_bytes())?;
    }
    let text = if args.report.json { json() } else { format::plain_lines(&report.text()) };
    if report.is_clean() {
        return Ok(text);
    }
    let Totals { accepted, panicked, .. } = report.totals();
    let failed = report.schemes.iter().filter(|scheme| scheme.failure.is_some()).count();
    let first = report.survivors().into_iter().next().unwrap_or_default();
    let source = Box::new(CliError::Survived { accepted, panicked, failed, first, again: again(args, size) });
    Err(CliError::Reported { report: text, source })
}

/// The command that makes the same attacks.
fn again(args: &AttackArgs, size: &str) -> String {
    let list = |items: &[String]| items.join(",");
    let engines: Vec<String> = args.engine.iter().map(ToString::to_string).collect();
    let mut command =
        format!("lariat attack --{size} --seed {:#x} --engine {} --pcs {}", args.seed, list(&engines), list(&args.pcs));
    let standard = Config { hash: HashKind::Blake3, params: Params::M8, ..Config::default() };
    let mut option = |name: &str, value: Option<String>| {
        command.extend(value.map(|value| format!(" --{name} {value}")));
    };
    option("hash", (args.hash != standard.hash).then(|| args.hash.name().to_owned()));
    option("log-m", (args.log_m != standard.params).then(|| args.log_m.log_m().to_string()));
    option("mutations", args.mutations.map(|n| n.to_string()));
    option("witnesses", args.witnesses.map(|n| n.to_string()));
    option("faults", args.faults.map(|n| n.to_string()));
    command
}

/// The schemes with the setup that was given, or with an insecure one in memory: attacks never need a ceremony.
fn with_setup(args: &AttackArgs, schemes: &Schemes) -> Result<Schemes, CliError> {
    let given = args.setup.apply(schemes)?;
    if given.resources().get::<PowersOfTau>().is_some() {
        return Ok(given.allow_insecure_setup(true));
    }
    Ok(setup::with_insecure_setup(&given, LOG_POWERS)?)
}

/// Shows how far a run is, on standard error.
struct Display {
    how: How,
    started: Instant,
    attacks: AtomicUsize,
}

enum How {
    Nothing,
    Bar(ProgressBar),
    Text,
    Json,
}

/// One line of `--progress json`; the names are stable.
#[derive(Serialize)]
struct Line<'a> {
    scheme: Option<&'a str>,
    part: &'a str,
    attacks: usize,
    elapsed_ns: u64,
}

const TEMPLATE: &str = "{spinner} {msg} {pos} attacks {elapsed}";

impl Display {
    fn new(mode: ProgressMode) -> Self {
        let how = match (mode, io::stderr().is_terminal()) {
            (ProgressMode::None, _) | (ProgressMode::Auto, false) => How::Nothing,
            (ProgressMode::Auto | ProgressMode::Bar, true) => How::Bar(bar()),
            (ProgressMode::Bar, false) => How::Text,
            (ProgressMode::Json, _) => How::Json,
        };
        Self { how, started: Instant::now(), attacks: AtomicUsize::new(0) }
    }
}

impl run::Progress for Display {
    fn begin(&self, scheme: Option<PcsKind>, part: Part) {
        let (name, part) = (scheme.map(PcsKind::name), part.name());
        let title = name.map_or_else(|| part.to_owned(), |name| format!("{name}: {part}"));
        let attacks = self.attacks.load(Ordering::Relaxed);
        match &self.how {
            How::Nothing => {}
            How::Bar(bar) => bar.set_message(title),
            How::Text => write_line(&format!("{title}, after {attacks} attacks")),
            How::Json => {
                let elapsed_ns = format::ns(self.started.elapsed());
                write_line(&format::json(&Line { scheme: name, part, attacks, elapsed_ns }));
            }
        }
    }

    fn done(&self, attacks: usize) {
        self.attacks.fetch_add(attacks, Ordering::Relaxed);
        if let How::Bar(bar) = &self.how {
            bar.inc(attacks as u64);
        }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        if let How::Bar(bar) = &self.how {
            bar.finish_and_clear();
        }
    }
}

/// A reader of the progress that went away must not stop the attack.
fn write_line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    // The template is a constant that a test parses.
    if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
        bar.set_style(style);
    }
    spin(&bar);
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_parses() {
        ProgressStyle::with_template(TEMPLATE).unwrap();
    }
}
