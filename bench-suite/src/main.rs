//! Costs of proving: every cell of guests x sizes x threads in a fresh process, the proof verified, one JSON line a
//! cell, and a Markdown table of medians.

use anyhow::Context;
use clap::Parser;
use lariat_bench_suite::{Record, Workload, measure};
use lariat_jolt_core::{Config, HashKind, Params, ProveOptions};
use std::{io::Write, path::PathBuf, process::Command};

/// Measures what proofs cost.
///
/// Example: lariat-costs --guests sha256-chain,fibonacci --sizes 16,18 --threads 1,2 --runs 3 --out results.jsonl
#[derive(Parser, Debug)]
#[command(version)]
struct Args {
    /// Guests, by name.
    #[arg(long, value_delimiter = ',', default_value = "sha256-chain,fibonacci")]
    guests: Vec<String>,
    /// Logarithms of trace lengths.
    #[arg(long, value_delimiter = ',', default_value = "16,18")]
    sizes: Vec<u32>,
    /// Numbers of threads.
    #[arg(long, value_delimiter = ',', default_value = "1,2")]
    threads: Vec<usize>,
    /// Runs of each cell.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Logarithm of the table size.
    #[arg(long, default_value_t = 16)]
    log_m: usize,
    /// Fiat-Shamir hash.
    #[arg(long, default_value_t = HashKind::Keccak256)]
    hash: HashKind,
    /// Where the JSON lines go; they are appended. Standard output if absent.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Measure a single cell in this process and print its record.
    #[arg(long, hide = true)]
    cell: bool,
}

#[allow(clippy::print_stdout)]
fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if args.cell {
        let (guest, size) = (&args.guests[0], args.sizes[0]);
        let workload = Workload::new(guest, size).with_context(|| format!("no workload {guest} at 2^{size}"))?;
        let config = Config { params: Params::new(args.log_m)?, hash: args.hash, ..Config::default() };
        let record = measure(&workload, &ProveOptions { config, max_steps: 1 << 26 }, args.threads[0])?;
        println!("{}", serde_json::to_string(&record)?);
        return Ok(());
    }
    let exe = std::env::current_exe()?;
    let mut medians = Vec::new();
    for guest in &args.guests {
        for &size in &args.sizes {
            if Workload::new(guest, size).is_none() {
                anyhow::bail!("no workload {guest} at 2^{size}; guests/README.md lists the sizes");
            }
            for &threads in &args.threads {
                let mut records = Vec::new();
                for _ in 0..args.runs.max(1) {
                    let output = Command::new(&exe)
                        .args(["--cell", "--guests", guest, "--sizes", &size.to_string()])
                        .args(["--threads", &threads.to_string(), "--log-m", &args.log_m.to_string()])
                        .args(["--hash", &args.hash.to_string()])
                        .output()?;
                    anyhow::ensure!(
                        output.status.success(),
                        "{guest} at 2^{size} failed: {}",
                        String::from_utf8_lossy(&output.stderr)
                    );
                    let line = String::from_utf8(output.stdout)?;
                    let record: Record = serde_json::from_str(&line)?;
                    match &args.out {
                        // One write of a whole line: a killed run leaves no half record.
                        Some(path) => std::fs::OpenOptions::new()
                            .create(true)
                            .append(true)
                            .open(path)
                            .with_context(|| format!("cannot write {}", path.display()))?
                            .write_all(line.as_bytes())?,
                        None => print!("{line}"),
                    }
                    records.push(record);
                }
                records.sort_by(|a, b| a.mul_equivalents_per_instruction.total_cmp(&b.mul_equivalents_per_instruction));
                medians.push(records.swap_remove(records.len() / 2));
            }
        }
    }
    println!(
        "\n| guest | instructions | threads | prove s | instr/s | muls/instr | verify ms | proof KiB | peak KiB/row |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for r in medians {
        println!(
            "| {} | {} | {} | {:.2} | {:.0} | {:.0} | {:.0} | {:.0} | {} |",
            r.guest,
            r.instructions,
            r.threads,
            r.prove_ns as f64 / 1e9,
            r.instructions as f64 / (r.prove_ns as f64 / 1e9),
            r.mul_equivalents_per_instruction,
            r.verify_ns as f64 / 1e6,
            r.proof_bytes as f64 / 1024.0,
            r.peak_rss_bytes.map_or("-".into(), |b| format!("{:.2}", b as f64 / 1024.0 / r.rows as f64)),
        );
    }
    Ok(())
}
