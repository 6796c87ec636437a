//! Measures how high pieces are best stacked, for `docs/pcs-comparison.md`.
//!
//! ```text
//! scripts/pcs-comparison.sh --heights
//! ```
//!
//! Proves `sha256-chain` at 2^16 rows under WHIR and BaseFold in stacks of 2^0 to 2^4 pieces, three times each, in processes of their own, and
//! replaces `bench-suite/results/heights.jsonl` when all have succeeded. `scripts/pcs-comparison.sh` writes the document.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use lariat_basefold::BaseFold;
use lariat_bench_suite::{BenchError, Cell, HeightRecord, measure};
use lariat_jolt_core::Schemes;
use lariat_pcs::{Pcs, PcsError, Scheme, batch::Batched};
use lariat_whir::Whir;
use std::{
    env, error, fs,
    path::Path,
    process::{Command, ExitCode},
    sync::Arc,
};

const RUNS: usize = 3;
const HEIGHTS: std::ops::RangeInclusive<usize> = 0..=4;

fn whir<const HEIGHT: usize>() -> Scheme {
    Scheme {
        setup: |workload, _| {
            let scheme = Whir::stacked(workload, lariat_whir::LOG_INV_RATE, HEIGHT)?;
            Ok::<Arc<dyn Pcs>, PcsError>(Arc::new(Batched(scheme)))
        },
        ..lariat_whir::SCHEME
    }
}

fn basefold<const HEIGHT: usize>() -> Scheme {
    Scheme {
        setup: |workload, _| {
            let scheme = BaseFold::stacked(workload, lariat_basefold::Config::default(), HEIGHT)?;
            Ok::<Arc<dyn Pcs>, PcsError>(Arc::new(Batched(scheme)))
        },
        ..lariat_basefold::SCHEME
    }
}

/// Both schemes in stacks of `2^HEIGHT` pieces.
fn stacked<const HEIGHT: usize>() -> Schemes {
    Schemes::new().with(whir::<HEIGHT>()).with(basefold::<HEIGHT>())
}

fn schemes(height: usize) -> Option<Schemes> {
    [stacked::<0>, stacked::<1>, stacked::<2>, stacked::<3>, stacked::<4>].get(height).map(|make| make())
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        [] => measure_all(),
        [height, cell] => measure_one(height, cell),
        _ => Err("usage: heights".into()),
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
fn measure_one(height: &str, cell: &str) -> Result<(), Box<dyn error::Error>> {
    let height: usize = height.parse()?;
    let cell: Cell = serde_json::from_str(cell)?;
    let schemes = schemes(height).ok_or("no such height")?;
    println!("{}", serde_json::to_string(&HeightRecord { height, record: measure(&cell, &schemes)? })?);
    Ok(())
}

fn measure_all() -> Result<(), Box<dyn error::Error>> {
    let mut lines = String::new();
    for run in 1..=RUNS {
        for pcs in ["whir", "basefold"] {
            for height in HEIGHTS {
                let cell = Cell {
                    pcs: pcs.to_owned(),
                    guest: "sha256-chain".to_owned(),
                    log_rows: 16,
                    threads: 1,
                    log_m: 16,
                    hash: "blake3".to_owned(),
                    run,
                };
                eprintln!("{cell}, stacks of 2^{height}");
                let mut command = Command::new(env::current_exe()?);
                let output = command.arg(height.to_string()).arg(serde_json::to_string(&cell)?).output()?;
                if !output.status.success() {
                    return Err(String::from_utf8_lossy(&output.stderr).into());
                }
                lines += &String::from_utf8(output.stdout)?;
            }
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/heights.jsonl");
    let whole = path.with_extension("jsonl.new");
    fs::write(&whole, lines)?;
    fs::rename(&whole, &path).map_err(|source| BenchError::File { what: "write", path, source })?;
    Ok(())
}
