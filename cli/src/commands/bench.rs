//! `lariat bench`: curves of all schemes, from processes that measure one cell each.

use crate::{
    Report,
    args::{BenchArgs, ProgressMode},
    error::CliError,
    format::{self, Lines},
};
use lariat_bench_suite::{
    AloneCell, AlonePlan, BenchError, Existing, Failure, Measured, Plan, Record, Step, Store, Swept, load, measure,
    measure_alone, report, setup, sweep,
};
use lariat_kzg::PowersOfTau;
use lariat_pcs::Schemes;
use serde::Serialize;
use std::{
    env,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// Sizes where none are given: of traces, and of columns of a scheme alone.
const SIZES: [&[u32]; 2] = [&[12, 14, 16], &[10, 14, 18]];

/// File in the output folder with the setup that is made where none is given.
const INSECURE_SETUP: &str = "insecure.tau";

/// The JSON object; its names are stable.
#[derive(Debug, Serialize)]
struct Summary {
    records: usize,
    measured: usize,
    found: usize,
    setup: Option<&'static str>,
    setup_name: Option<String>,
    failures: Vec<Failure>,
    files: Vec<String>,
}

/// Measures, or draws again what was measured.
pub fn bench(args: &BenchArgs, schemes: &Schemes) -> Report {
    if let Some(cell) = &args.cell {
        return measure_cell(args, cell, schemes);
    }
    // Clap has made sure that there is one.
    let folder = args.output.as_deref().unwrap_or(Path::new("."));
    if folder.as_os_str() == "-" {
        return Err(CliError::NotAFolder);
    }
    match (&args.plot, args.alone) {
        (Some(file), false) => plot(args, folder, &load(file)?, report::of_proofs),
        (Some(file), true) => plot(args, folder, &load(file)?, report::of_openings),
        (None, false) => run(args, folder, schemes, proofs, report::of_proofs),
        (None, true) => run(args, folder, schemes, |args, pcs| Ok(openings(args, pcs)), report::of_openings),
    }
}

/// The hidden mode: measures one cell in this process and prints its record.
fn measure_cell(args: &BenchArgs, cell: &str, schemes: &Schemes) -> Report {
    let schemes = args.setup.apply(schemes)?;
    Ok(if args.alone {
        let cell = serde_json::from_str(cell).map_err(BenchError::BadCell)?;
        format::json(&measure_alone(&cell, &schemes)?)
    } else {
        let cell = serde_json::from_str(cell).map_err(BenchError::BadCell)?;
        format::json(&measure(&cell, &schemes)?)
    })
}

/// The cells of a sweep of some kind.
type Cells<M> = Result<Vec<<M as Measured>::Cell>, BenchError>;

/// The cells of a sweep of proofs.
fn proofs(args: &BenchArgs, pcs: Vec<String>) -> Cells<Record> {
    let plan = Plan {
        pcs,
        guests: args.guests.clone(),
        sizes: sizes(args),
        threads: threads(args),
        runs: args.runs.into(),
        log_m: args.log_m.log_m(),
        hash: args.hash.name().to_owned(),
    };
    plan.cells()
}

/// The cells of a sweep of schemes alone.
fn openings(args: &BenchArgs, pcs: Vec<String>) -> Vec<AloneCell> {
    let plan = AlonePlan {
        pcs,
        values: args.values.clone(),
        columns: args.columns.iter().map(|&columns| columns.into()).collect(),
        sizes: sizes(args),
        threads: threads(args),
        runs: args.runs.into(),
    };
    plan.cells()
}

fn sizes(args: &BenchArgs) -> Vec<u32> {
    if args.sizes.is_empty() { SIZES[usize::from(args.alone)].to_vec() } else { args.sizes.clone() }
}

fn threads(args: &BenchArgs) -> Vec<usize> {
    args.threads.iter().map(|&threads| threads.into()).collect()
}

/// Measures the cells that are missing, and draws all.
fn run<M: Measured>(
    args: &BenchArgs,
    folder: &Path,
    schemes: &Schemes,
    cells: fn(&BenchArgs, Vec<String>) -> Cells<M>,
    draw: fn(&[M]) -> Vec<report::File>,
) -> Report {
    let kinds = setup::choose(schemes, &args.pcs)?;
    let needs_setup = schemes.iter().any(|s| s.needs_setup && kinds.contains(&s.kind));
    let cells = cells(args, kinds.iter().map(|kind| kind.name().to_owned()).collect())?;
    let existing = if args.resume { Existing::Resume } else { Existing::Refuse };
    let (mut store, found) = Store::<M>::open(folder, existing)?;
    let setup = if needs_setup { Some(Setup::find(args, folder)?) } else { None };
    if let Some(setup) = &setup {
        // Of the records that rest on powers of tau.
        let other = |r: &&M| r.setup().setup_bytes.is_some_and(|b| b > 0) && r.setup().setup_name != setup.name;
        if let Some(record) = found.iter().find(other) {
            let (found, expected) = (record.setup().setup_name.clone(), setup.name.clone());
            return Err(BenchError::OtherSetup { path: store.path().to_path_buf(), found, expected }.into());
        }
    }
    let mut progress = Progress::new(args.report.progress);
    if let Some(setup) = &setup {
        progress.note(&setup.describe());
    }
    // A user's own program measures its own schemes: the process is this program again.
    let exe = env::current_exe().map_err(|source| BenchError::Start { cell: "a cell".to_owned(), source })?;
    let process = |cell: &str| {
        let mut command = Command::new(&exe);
        command.args(["bench", "--cell", cell]);
        command.args(args.alone.then_some("--alone"));
        if let Some(setup) = &setup {
            command.arg("--setup").arg(&setup.path);
            command.args((setup.made || args.setup.allow_insecure).then_some("--allow-insecure-setup"));
        }
        command
    };
    let swept = sweep(&cells, found, &mut store, process, |step| progress.begin(&step))?;
    progress.finish();
    let mut summary = finish(folder, &swept.records, draw)?;
    let Swept { found, failures, .. } = swept;
    summary.files.insert(0, M::FILE.to_owned());
    (summary.found, summary.measured) = (found, summary.records - found);
    if let Some(setup) = &setup {
        (summary.setup, summary.setup_name) = (Some(setup.kind), Some(setup.name.clone()));
    }
    summary.failures = failures;
    let report = text(args, folder, &summary, setup.as_ref());
    let Some(Failure { cell, reason }) = summary.failures.first() else { return Ok(report) };
    let source = CliError::Cells { failed: summary.failures.len(), first: cell.clone(), reason: one_line(reason) };
    Err(CliError::Reported { report, source: Box::new(source) })
}

/// Draws from a file of records alone.
fn plot<M: Measured>(args: &BenchArgs, folder: &Path, records: &[M], draw: fn(&[M]) -> Vec<report::File>) -> Report {
    let mut summary = finish(folder, records, draw)?;
    summary.found = records.len();
    Ok(text(args, folder, &summary, None))
}

/// Writes table and plots.
fn finish<M: Measured>(folder: &Path, records: &[M], draw: fn(&[M]) -> Vec<report::File>) -> Result<Summary, CliError> {
    let files = if records.is_empty() { Vec::new() } else { draw(records) };
    report::write(folder, &files)?;
    Ok(Summary {
        records: records.len(),
        measured: 0,
        found: 0,
        setup: None,
        setup_name: None,
        failures: Vec::new(),
        files: files.into_iter().map(|(name, _)| name).collect(),
    })
}

/// The structured parameters of a sweep.
struct Setup {
    path: PathBuf,
    kind: &'static str,
    name: String,
    /// Made here, and insecure.
    made: bool,
}

impl Setup {
    /// The file that was given, or an insecure one in the output folder.
    fn find(args: &BenchArgs, folder: &Path) -> Result<Self, CliError> {
        if let Some((path, powers)) = args.setup.open()? {
            return Ok(Self::new(path, &powers, false));
        }
        let path = folder.join(INSECURE_SETUP);
        let largest = sizes(args).into_iter().max().unwrap_or_default();
        setup::save_insecure(&path, setup::log_powers_for(largest))?;
        let powers = PowersOfTau::open(&path)
            .map_err(|source| CliError::Setup { path: path.clone(), source: Box::new(source) })?;
        Ok(Self::new(path, &powers, true))
    }

    fn new(path: PathBuf, powers: &PowersOfTau, made: bool) -> Self {
        Self { path, kind: powers.source().kind(), name: powers.source().name().to_owned(), made }
    }

    fn describe(&self) -> String {
        if self.made {
            format!(
                "no --setup given: schemes that need one run under an INSECURE setup from the seed {}, kept in {}",
                self.name,
                self.path.display()
            )
        } else {
            format!("schemes that need a setup run under the {} {}", self.kind, self.name)
        }
    }
}

fn text(args: &BenchArgs, folder: &Path, summary: &Summary, setup: Option<&Setup>) -> String {
    if args.report.json {
        return format::json(summary);
    }
    let Summary { records, measured, found, files, .. } = summary;
    let mut lines = Lines::new(format!("{records} records: {measured} measured, {found} found"));
    if let Some(setup) = setup {
        lines.note(setup.describe());
    }
    lines.note(format!("written to {}:", folder.display()));
    for file in files {
        lines.note(format!("  {file}"));
    }
    for Failure { cell, reason } in &summary.failures {
        lines.note(format!("FAILED {cell}: {}", one_line(reason)));
    }
    lines.finish()
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

/// One line a cell on standard error: text on a terminal or by `bar`, or JSON.
struct Progress {
    mode: ProgressMode,
    start: Instant,
}

impl Progress {
    fn new(mode: ProgressMode) -> Self {
        let mode = match mode {
            ProgressMode::Auto if io::stderr().is_terminal() => ProgressMode::Bar,
            ProgressMode::Auto => ProgressMode::None,
            mode => mode,
        };
        Self { mode, start: Instant::now() }
    }

    fn line(text: &str) {
        // Progress is no result: nowhere to report that it cannot be shown.
        let _ = writeln!(io::stderr(), "{text}");
    }

    fn note(&self, text: &str) {
        if self.mode == ProgressMode::Bar {
            Self::line(&format::plain(text));
        }
    }

    fn begin<M: Measured>(&mut self, step: &Step<'_, M>) {
        let (index, count) = (step.index, step.count);
        match self.mode {
            ProgressMode::Bar => {
                Self::line(&format!("[{}/{count}] {}", index + 1, format::plain(&step.cell.to_string())));
            }
            ProgressMode::Json => {
                let (cell, elapsed_ns) = (step.cell, format::ns(self.start.elapsed()));
                let line = serde_json::json!({"cell": cell, "index": index, "cells": count, "elapsed_ns": elapsed_ns});
                Self::line(&line.to_string());
            }
            ProgressMode::Auto | ProgressMode::None => {}
        }
    }

    fn finish(&self) {
        self.note(&format!("done in {}", format::time(self.start.elapsed())));
    }
}
