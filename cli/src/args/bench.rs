//! The command line of `lariat bench`.

use super::{HashKind, Params, ReportArgs, SetupArgs, hash_parser, kinds, parse_log_m};
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use lariat_bench_suite::{Values, Workload};
use std::path::PathBuf;

/// `lariat bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Commitment schemes, or all
    #[arg(long, value_name = "SCHEMES", value_delimiter = ',', default_value = "all", value_parser = schemes_parser())]
    pub pcs: Vec<String>,
    /// Guests, built in
    #[arg(
        long,
        value_name = "GUESTS",
        value_delimiter = ',',
        default_value = "sha256-chain,fibonacci",
        value_parser = PossibleValuesParser::new(Workload::guests()),
        conflicts_with = "alone"
    )]
    pub guests: Vec<String>,
    /// Logarithms of the numbers of rows [default: 12,14,16], or of evaluations with --alone [default: 10,14,18]
    #[arg(long, value_name = "LOGS", value_delimiter = ',', value_parser = clap::value_parser!(u32).range(0..=24))]
    pub sizes: Vec<u32>,
    /// Numbers of threads; a cell runs on exactly as many, or fails
    #[arg(
        long,
        value_name = "NUMBERS",
        value_delimiter = ',',
        default_value = "1",
        value_parser = clap::value_parser!(u16).range(1..=1024)
    )]
    pub threads: Vec<u16>,
    /// Runs of each cell
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..))]
    pub runs: u16,
    /// Lookup tables have 2^LOG_M entries: 8 or 16
    #[arg(long, value_name = "LOG_M", default_value = "16", value_parser = parse_log_m, conflicts_with = "alone")]
    pub log_m: Params,
    /// Fiat-Shamir hash
    #[arg(long, value_name = "HASH", default_value = "keccak256", value_parser = hash_parser(), conflicts_with = "alone")]
    pub hash: HashKind,
    /// Measure the schemes alone, without a zkVM around them: commit, open, verify
    #[arg(long)]
    pub alone: bool,
    /// With --alone: what columns hold
    #[arg(
        long,
        value_name = "KINDS",
        value_delimiter = ',',
        default_value = "u16,full",
        value_parser = values_parser(),
        requires = "alone"
    )]
    pub values: Vec<Values>,
    /// With --alone: columns of a batch
    #[arg(
        long,
        value_name = "NUMBERS",
        value_delimiter = ',',
        default_value = "1,16",
        value_parser = clap::value_parser!(u16).range(1..),
        requires = "alone"
    )]
    pub columns: Vec<u16>,
    #[command(flatten)]
    pub setup: SetupArgs,
    /// Write records, table and plots into this folder
    #[arg(short = 'o', long, value_name = "FOLDER", required_unless_present = "cell")]
    pub output: Option<PathBuf>,
    /// Keep the folder's records and measure what is missing
    #[arg(long)]
    pub resume: bool,
    /// Measure nothing: draw table and plots from this file of records (with --alone, of a sweep with --alone)
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    pub plot: Option<PathBuf>,
    #[command(flatten)]
    pub report: ReportArgs,
    /// Measure this cell, given as JSON, in this process
    #[arg(long, value_name = "JSON", hide = true)]
    pub cell: Option<String>,
}

fn schemes_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(["all"].into_iter().chain(kinds().iter().map(|kind| kind.name())))
}

fn values_parser() -> impl TypedValueParser<Value = Values> {
    // The parser has let only these names pass.
    PossibleValuesParser::new(Values::ALL.map(Values::name)).map(|name| Values::by_name(&name).unwrap_or(Values::Full))
}
