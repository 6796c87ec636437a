//! Measures each scheme on its paper's own case, for `docs/pcs-comparison.md`.
//!
//! ```text
//! scripts/pcs-comparison.sh --papers
//! ```
//!
//! One polynomial of uniform field elements, one thread, a process for each case of [`papers::CASES`]; the longest takes
//! 6 GB and a minute. Names of schemes as arguments measure those alone and leave the other records as they are. The
//! records replace `bench-suite/results/papers.jsonl` when all have succeeded; `scripts/pcs-comparison.sh` writes the document.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use lariat_bench_suite::{AloneCell, AloneRecord, BenchError, load, measure_alone, papers, setup};
use std::{
    env, error, fs,
    path::Path,
    process::{Command, ExitCode},
};

/// With this as the first argument and a cell as the second, the process measures that cell.
const ONE: &str = "--cell";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        [ONE, cell] => measure_one(cell),
        _ => measure_all(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// In this process: prints the record.
fn measure_one(cell: &str) -> Result<(), Box<dyn error::Error>> {
    let cell: AloneCell = serde_json::from_str(cell)?;
    let mut schemes = lariat_schemes::all();
    if setup::scheme(&schemes, &cell.pcs)?.needs_setup {
        schemes = setup::with_insecure_setup(&schemes, cell.num_vars as usize)?;
    }
    println!("{}", serde_json::to_string(&measure_alone(&cell, &schemes)?)?);
    Ok(())
}

fn measure_all(names: &[&str]) -> Result<(), Box<dyn error::Error>> {
    if let Some(unknown) = names.iter().find(|name| papers::CASES.iter().all(|case| case.pcs != **name)) {
        return Err(format!("no case for {unknown}").into());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/papers.jsonl");
    let known: Vec<AloneRecord> = if names.is_empty() || !path.exists() { Vec::new() } else { load(&path)? };
    let mut lines = String::new();
    for case in papers::CASES {
        if let Some(record) = known.iter().find(|r| r.cell.pcs == case.pcs && !names.contains(&case.pcs)) {
            lines += &serde_json::to_string(record)?;
            lines.push('\n');
            continue;
        }
        if !names.is_empty() && !names.contains(&case.pcs) {
            continue;
        }
        let cell = AloneCell {
            pcs: case.pcs.to_owned(),
            num_vars: case.num_vars,
            values: "full".to_owned(),
            columns: 1,
            threads: 1,
            run: 1,
        };
        eprintln!("{cell}");
        let output = Command::new(env::current_exe()?).arg(ONE).arg(serde_json::to_string(&cell)?).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        lines += &String::from_utf8(output.stdout)?;
    }
    let whole = path.with_extension("jsonl.new");
    fs::write(&whole, lines)?;
    fs::rename(&whole, &path).map_err(|source| BenchError::File { what: "write", path, source })?;
    Ok(())
}
