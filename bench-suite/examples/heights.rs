//! Measures how high pieces are best stacked, for `docs/pcs-comparison.md`.
//!
//! ```text
//! scripts/pcs-comparison.sh --heights
//! ```
//!
//! Proves `sha256-chain` at 2^16 rows under WHIR and BaseFold, at rates 1/2 and 1/4, in stacks of 2^0 to 2^4 pieces, three times each, in
//! processes of their own, and
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
/// Logarithms of inverse rates.
const RATES: [usize; 2] = [1, 2];

fn whir<const RATE: usize, const HEIGHT: usize>() -> Scheme {
    Scheme {
        setup: |workload, _| {
            let options = lariat_whir::Options { log_inv_rate: RATE, ..lariat_whir::Options::default() };
            let scheme = Whir::stacked(workload, options, HEIGHT)?;
            Ok::<Arc<dyn Pcs>, PcsError>(Arc::new(Batched(scheme)))
        },
        ..lariat_whir::SCHEME
    }
}

fn basefold<const RATE: usize, const HEIGHT: usize>() -> Scheme {
    Scheme {
        setup: |workload, _| {
            let config = lariat_basefold::Config { log_inv_rate: RATE, ..lariat_basefold::Config::default() };
            let scheme = BaseFold::stacked(workload, config, HEIGHT)?;
            Ok::<Arc<dyn Pcs>, PcsError>(Arc::new(Batched(scheme)))
        },
        ..lariat_basefold::SCHEME
    }
}

/// Both schemes at rate `2^-RATE` in stacks of `2^HEIGHT` pieces.
fn stacked<const RATE: usize, const HEIGHT: usize>() -> Schemes {
    Schemes::new().with(whir::<RATE, HEIGHT>()).with(basefold::<RATE, HEIGHT>())
}

fn of_rate<const RATE: usize>(height: usize) -> Option<Schemes> {
    let makers = [stacked::<RATE, 0>, stacked::<RATE, 1>, stacked::<RATE, 2>, stacked::<RATE, 3>, stacked::<RATE, 4>];
    makers.get(height).map(|make| make())
}

fn schemes(log_inv_rate: usize, height: usize) -> Option<Schemes> {
    match log_inv_rate {
        1 => of_rate::<1>(height),
        2 => of_rate::<2>(height),
        _ => None,
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match args[..] {
        [] => measure_all(),
        [rate, height, cell] => measure_one(rate, height, cell),
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
fn measure_one(rate: &str, height: &str, cell: &str) -> Result<(), Box<dyn error::Error>> {
    let (log_inv_rate, height): (usize, usize) = (rate.parse()?, height.parse()?);
    let cell: Cell = serde_json::from_str(cell)?;
    let schemes = schemes(log_inv_rate, height).ok_or("no such rate or height")?;
    let record = HeightRecord { log_inv_rate, height, record: measure(&cell, &schemes)? };
    println!("{}", serde_json::to_string(&record)?);
    Ok(())
}

fn measure_all() -> Result<(), Box<dyn error::Error>> {
    let mut lines = String::new();
    for run in 1..=RUNS {
        for pcs in ["whir", "basefold"] {
            for (rate, height) in RATES.into_iter().flat_map(|rate| HEIGHTS.map(move |height| (rate, height))) {
                let cell = Cell {
                    pcs: pcs.to_owned(),
                    guest: "sha256-chain".to_owned(),
                    log_rows: 16,
                    threads: 1,
                    log_m: 16,
                    hash: "blake3".to_owned(),
                    run,
                };
                eprintln!("{cell}, rate 2^-{rate}, stacks of 2^{height}");
                let mut command = Command::new(env::current_exe()?);
                command.args([rate.to_string(), height.to_string(), serde_json::to_string(&cell)?]);
                let output = command.output()?;
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
