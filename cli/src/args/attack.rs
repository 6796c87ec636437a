//! The command line of `lariat attack`.

use super::{HashKind, Params, ReportArgs, SetupArgs, hash_parser, kinds, parse_log_m};
use clap::{Args, builder::PossibleValuesParser};
use lariat_attack::run::ENGINES;
use std::path::PathBuf;

/// `lariat attack`.
#[derive(Debug, Args)]
pub struct AttackArgs {
    /// Commitment schemes, or all
    #[arg(long, value_name = "SCHEMES", value_delimiter = ',', default_value = "all", value_parser = schemes_parser())]
    pub pcs: Vec<String>,
    /// Engines: 1 mutated proofs; 2 bad witnesses, false openings, tables; 3 frozen challenges; 5 completions of rows; 6 faults
    /// in the executor
    #[arg(
        long,
        value_name = "ENGINES",
        value_delimiter = ',',
        default_value = "1,2,3,5,6",
        value_parser = parse_engine
    )]
    pub engine: Vec<u8>,
    /// Fiat-Shamir hash
    #[arg(long, value_name = "HASH", default_value = "blake3", value_parser = hash_parser())]
    pub hash: HashKind,
    /// Lookup tables have 2^LOG_M entries: 8 or 16
    #[arg(long, value_name = "LOG_M", default_value = "8", value_parser = parse_log_m)]
    pub log_m: Params,
    /// 5,200 mutated proofs, 1,700 bad witnesses and 424 faults over all schemes together: the default
    #[arg(long, conflicts_with = "nightly")]
    pub quick: bool,
    /// 100,000 mutated proofs, 6,800 changed entries and 8,480 faults; every case of every forgery under every scheme
    #[arg(long)]
    pub nightly: bool,
    /// Mutated proofs over all schemes together
    #[arg(long, value_name = "N")]
    pub mutations: Option<u32>,
    /// Witnesses with one changed entry over all schemes together
    #[arg(long, value_name = "N")]
    pub witnesses: Option<u32>,
    /// Faults in the executor over all schemes together
    #[arg(long, value_name = "N")]
    pub faults: Option<u32>,
    /// Seed of all that is random: the same seed makes the same attacks
    #[arg(long, value_name = "N", default_value = "1", value_parser = parse_seed)]
    pub seed: u64,
    /// Write the report to this file, as JSON; `-` is standard output
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub setup: SetupArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

fn schemes_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(["all"].into_iter().chain(kinds().iter().map(|kind| kind.name())))
}

fn parse_engine(text: &str) -> Result<u8, String> {
    let known = || ENGINES.map(|engine| engine.to_string()).join(", ");
    text.parse().ok().filter(|engine| ENGINES.contains(engine)).ok_or_else(|| format!("there are engines {}", known()))
}

fn parse_seed(text: &str) -> Result<u64, String> {
    let parsed = match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| "not a number below 2^64, decimal or hexadecimal after 0x".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_those_that_there_are() {
        assert!(ENGINES.iter().all(|engine| parse_engine(&engine.to_string()) == Ok(*engine)));
        for wrong in ["0", "4", "7", "x", ""] {
            assert!(parse_engine(wrong).unwrap_err().starts_with("there are engines 1, 2, 3"), "{wrong}");
        }
    }

    #[test]
    fn seeds_are_decimal_or_hexadecimal() {
        assert_eq!(parse_seed("42"), Ok(42));
        assert_eq!(parse_seed("0xffffffffffffffff"), Ok(u64::MAX));
        for wrong in ["", "0x", "-1", "1e3", "18446744073709551616"] {
            assert!(parse_seed(wrong).is_err(), "{wrong}");
        }
    }
}
