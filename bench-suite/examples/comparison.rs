//! Writes `docs/pcs-comparison.md` from the records in `bench-suite/results`.
//!
//! ```text
//! cargo run -p lariat-bench-suite --example comparison [-- --check]
//! ```
//!
//! With `--check` the document is left alone and the exit code is 1 when it would change.
//! `scripts/pcs-comparison.sh` calls this.

#![allow(clippy::print_stdout)]

use lariat_bench_suite::{BenchError, HeightRecord, SCHEMA, comparison, load};
use std::{fs, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let check = args == ["--check"];
    if !(check || args.is_empty()) {
        println!("usage: comparison [--check]");
        return ExitCode::from(2);
    }
    match run(check) {
        Ok(code) => code,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The records of the example `heights`.
fn heights(path: &Path) -> Result<Vec<HeightRecord>, BenchError> {
    let text =
        fs::read_to_string(path).map_err(|source| BenchError::File { what: "read", path: path.into(), source })?;
    let record = |(i, line): (usize, &str)| {
        let bad = |source| BenchError::BadRecord { path: path.into(), line: i + 1, expected: SCHEMA, source };
        serde_json::from_str(line).map_err(bad)
    };
    text.lines().enumerate().map(record).collect()
}

fn run(check: bool) -> Result<ExitCode, BenchError> {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR"));
    let alone = load(&suite.join("results/alone.jsonl"))?;
    let proofs = load(&suite.join("results/zkvm.jsonl"))?;
    let heights = heights(&suite.join("results/heights.jsonl"))?;
    let papers = load(&suite.join("results/papers.jsonl"))?;
    let text = comparison::document(&lariat_schemes::all(), &alone, &proofs, &heights, &papers)?;
    let path = suite.join("../docs/pcs-comparison.md");
    if fs::read_to_string(&path).is_ok_and(|old| old == text) {
        return Ok(ExitCode::SUCCESS);
    }
    if check {
        println!("docs/pcs-comparison.md is stale; run scripts/pcs-comparison.sh");
        return Ok(ExitCode::FAILURE);
    }
    fs::write(&path, text).map_err(|source| BenchError::File { what: "write", path, source })?;
    println!("docs/pcs-comparison.md rewritten");
    Ok(ExitCode::SUCCESS)
}
