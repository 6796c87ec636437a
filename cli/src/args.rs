//! The command line, as data.

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValuesParser, builder::TypedValueParser};
use lariat_jolt_core::{Argument, Config, HashKind, Params, PcsKind, Products, ProveOptions, VerifyOptions};
use lariat_pcs::Schemes;
use std::path::PathBuf;
use std::sync::OnceLock;

#[cfg(feature = "attack")]
mod attack;
mod bench;
mod memory;
mod paths;

#[cfg(feature = "attack")]
pub use attack::AttackArgs;
pub use bench::BenchArgs;
pub use memory::MemoryArgs;
pub use paths::Named;

/// The schemes that `--pcs` accepts.
static KINDS: OnceLock<Vec<PcsKind>> = OnceLock::new();

/// Makes these the schemes that `--pcs` accepts. Before the first parse.
pub fn know_schemes(schemes: &Schemes) {
    KINDS.get_or_init(|| schemes.iter().map(|scheme| scheme.kind).collect());
}

fn kinds() -> &'static [PcsKind] {
    KINDS.get().map_or(&[], Vec::as_slice)
}

/// A zkVM for RV32IM in which every instruction is a lookup.
///
/// Proofs are succinct, not zero-knowledge: a proof may reveal the private input.
#[derive(Debug, Parser)]
#[command(
    name = "lariat",
    version,
    max_term_width = 100,
    after_help = "Exit codes: 0 success, 1 refused or failed, 2 wrong usage.\n\nFirst step:\n  lariat demo"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prove and verify a built-in guest: a chain of 18 SHA-256 hashes
    #[command(after_help = "Example:\n  lariat demo --threads 1")]
    Demo(DemoArgs),
    /// Run a program without proving anything
    ///
    /// The exit code of the guest is printed; a guest that fails or panics was still run, and the command succeeds.
    #[command(after_help = "Example:\n  lariat run guests/elf/fibonacci.elf --input-hex 0a000000")]
    Run(RunArgs),
    /// Run a program and prove the run
    ///
    /// A guest that fails or panics is provable: the statement says how it ended, and the command succeeds. The proof
    /// is verified before it is written. It is succinct, not zero-knowledge: it may reveal the private input.
    #[command(after_help = "Example:\n  lariat prove guests/elf/fibonacci.elf --input-hex 0a000000 -o fibonacci.proof")]
    Prove(ProveArgs),
    /// Verify a proof and print its statement
    ///
    /// Without further options the command tells which input, output and exit the proof is about, and it is for the
    /// caller to compare them. Each option demands one of them.
    #[command(
        after_help = "Example:\n  lariat verify guests/elf/fibonacci.elf fibonacci.proof --input-hex 0a000000 --exit 0"
    )]
    Verify(VerifyArgs),
    /// Show a proof's header, and its parts with their sizes
    ///
    /// The parts follow from the program: without it only the header is shown, and nothing is verified.
    #[command(after_help = "Example:\n  lariat inspect fibonacci.proof guests/elf/fibonacci.elf")]
    Inspect(InspectArgs),
    /// Measure schemes x guests x sizes x threads: records, a table and plots
    ///
    /// Each cell is a process of its own, and its proof is verified after the clock has stopped. Schemes that need a setup
    /// get an INSECURE one in the folder unless --setup is given; every record names it.
    #[command(
        after_help = "Examples:\n  lariat bench -o curves\n  lariat bench --pcs hyrax --guests fibonacci --sizes \
                            10,12 --runs 1 -o small\n  lariat bench --alone --sizes 10,14 -o alone\n  lariat bench \
                            --plot curves/results.jsonl -o plots"
    )]
    Bench(Box<BenchArgs>),
    #[cfg(feature = "attack")]
    /// Attack schemes with forged proofs: mutated messages, bad witnesses, frozen challenges, faulty runs
    ///
    /// Prints how many of each kind every scheme rejected, and fails if one was accepted or made a verifier panic.
    /// Schemes that need a setup get an INSECURE one in memory unless --setup is given.
    #[command(
        after_help = "Examples:\n  lariat attack\n  lariat attack --pcs hyrax --engine 1 --seed 7\n  lariat attack \
                            --nightly -o attack.json"
    )]
    Attack(Box<AttackArgs>),
    /// List what can be chosen: commitment schemes, arguments, hashes
    #[command(after_help = "Example:\n  lariat list pcs --json")]
    List(ListArgs),
    /// Make the setup file of the pairing schemes: import a ceremony, or make an insecure one for tests
    ///
    /// A .ptau file is checked before anything is written: the curve, every power in G1 (those that --log-size cuts off
    /// too), that each follows from the one before by the tau in G2 and none repeats, and that the last contribution led
    /// to this tau. Further powers in G2 and sections 4, 5, 6 and 12 to 15 are neither used nor read. Whether contributions
    /// are genuine, `snarkjs powersoftau verify` checks. A file without any becomes an INSECURE setup.
    ///
    /// The digest is that of the powers: neither the name nor the number of powers kept changes it.
    #[command(after_help = "Examples:\n  lariat setup --ptau ceremony_20.ptau -o setup.tau\n  lariat setup \
                            --insecure-seed demo -o demo.tau")]
    Setup(SetupMakeArgs),
    /// Load a program once and save it as a key file, which prove and verify take in place of the ELF
    #[command(after_help = "Example:\n  lariat preprocess guests/elf/fibonacci.elf -o fibonacci.key")]
    Preprocess(PreprocessArgs),
}

/// `lariat demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    pub prover: ProverArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// `lariat run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Program: a static RV32IM ELF, or a key made by `lariat preprocess`
    #[arg(value_name = "ELF")]
    pub program: PathBuf,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub private: PrivateInputArgs,
    /// Write the program's output to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub memory: MemoryArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `lariat prove`.
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// Program: a static RV32IM ELF, or a key made by `lariat preprocess`
    #[arg(value_name = "ELF")]
    pub program: PathBuf,
    /// Write the proof to this file; `-` is standard output, and what the command reports goes to standard error then
    #[arg(short = 'o', long = "proof", value_name = "PROOF")]
    pub proof: PathBuf,
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub private: PrivateInputArgs,
    /// Write the program's output to this file; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write what the prover did when to this file, as a trace that Perfetto and Chrome show; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub memory: MemoryArgs,
    #[command(flatten)]
    pub prover: ProverArgs,
    #[command(flatten)]
    pub report: ReportArgs,
}

/// `lariat verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Program: a static RV32IM ELF, or a key made by `lariat preprocess`
    #[arg(value_name = "ELF")]
    pub program: PathBuf,
    /// Proof made by `lariat prove`
    #[arg(value_name = "PROOF")]
    pub proof: PathBuf,
    #[command(flatten)]
    pub input: InputArgs,
    /// Demand that the proof is about the output in this file
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub rows: RowArgs,
    #[command(flatten)]
    pub exit: ExitArgs,
    #[command(flatten)]
    pub memory: MemoryArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub setup: SetupArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `lariat inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Proof made by `lariat prove`
    #[arg(value_name = "PROOF")]
    pub proof: PathBuf,
    /// The proof's program: verifies the proof and shows its parts
    #[arg(value_name = "ELF")]
    pub program: Option<PathBuf>,
    #[command(flatten)]
    pub rows: RowArgs,
    #[command(flatten)]
    pub memory: MemoryArgs,
    #[command(flatten)]
    pub setup: SetupArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `lariat setup`.
#[derive(Debug, Args)]
pub struct SetupMakeArgs {
    /// Import the powers of tau of this ceremony file, as snarkjs writes it
    #[arg(long, value_name = "FILE", required_unless_present = "insecure_seed", conflicts_with = "insecure_seed")]
    pub ptau: Option<PathBuf>,
    /// Name that reports and proofs show for the ceremony; the digest does not depend on it [default: the file's name]
    #[arg(long, value_name = "NAME", conflicts_with = "insecure_seed")]
    pub name: Option<String>,
    /// Make powers from this seed: INSECURE, whoever knows the seed can forge proofs
    #[arg(long, value_name = "NAME")]
    pub insecure_seed: Option<String>,
    /// Keep 2^N powers [default: all of a ceremony's; 18 with --insecure-seed]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=28))]
    pub log_size: Option<u8>,
    /// Write the setup to this file; `-` is standard output
    #[arg(short = 'o', long, value_name = "FILE")]
    pub output: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `lariat list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list
    #[arg(value_name = "WHAT")]
    pub what: Listed,
    #[command(flatten)]
    pub setup: SetupArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// What `lariat list` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Listed {
    /// Polynomial commitment schemes, with assumptions and security bits.
    Pcs,
    /// Lookup and memory-checking arguments.
    Arguments,
    /// Fiat-Shamir hashes.
    Hashes,
}

/// `lariat preprocess`.
#[derive(Debug, Args)]
pub struct PreprocessArgs {
    /// Program: a static RV32IM ELF
    #[arg(value_name = "ELF")]
    pub program: PathBuf,
    /// Write the key to this file; `-` is standard output
    #[arg(short = 'o', long = "key", value_name = "KEY")]
    pub key: PathBuf,
    #[command(flatten)]
    pub memory: MemoryArgs,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// How the program must have ended.
#[derive(Debug, Args)]
pub struct ExitArgs {
    /// Demand that the program ended with this exit code, and hence without a panic
    #[arg(long, value_name = "CODE")]
    pub exit: Option<u32>,
    /// Demand that the program did not panic, whatever its exit code
    #[arg(long)]
    pub no_panic: bool,
}

/// The public input: what the guest reads, or for `verify` what the proof must be about.
#[derive(Debug, Args)]
pub struct InputArgs {
    /// Public input: the bytes of this file; `-` is standard input, here and for every other file that is read at once
    #[arg(long, value_name = "FILE", conflicts_with = "input_hex")]
    pub input: Option<PathBuf>,
    /// Public input as hexadecimal digits
    #[arg(long, value_name = "HEX", value_parser = HexBytes::parse)]
    pub input_hex: Option<HexBytes>,
}

/// The private input.
#[derive(Debug, Args)]
pub struct PrivateInputArgs {
    /// Private input: the bytes of this file. The proof binds it but may reveal it
    #[arg(long, value_name = "FILE", conflicts_with = "private_input_hex")]
    pub private_input: Option<PathBuf>,
    /// Private input as hexadecimal digits; other users of this machine may see it in the list of processes
    #[arg(long, value_name = "HEX", value_parser = HexBytes::parse)]
    pub private_input_hex: Option<HexBytes>,
}

/// How long a program may run.
#[derive(Debug, Args)]
pub struct LimitArgs {
    /// Refuse a program that does not end within this many instructions
    #[arg(long, value_name = "N", default_value_t = ProveOptions::default().max_steps)]
    pub max_steps: u64,
}

/// How long the run of a proof may be.
#[derive(Debug, Args)]
pub struct RowArgs {
    /// Refuse a proof of more rows, before any work is done for it: a bound on the time that a stranger's file takes
    #[arg(long, value_name = "N", default_value_t = VerifyOptions::default().max_rows)]
    pub max_rows: u64,
}

impl RowArgs {
    /// The verifier's options.
    pub fn options(&self) -> VerifyOptions {
        VerifyOptions { max_rows: self.max_rows }
    }
}

/// The parts of the proof system that can be exchanged.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Polynomial commitment scheme [prove: hyrax unless given; verify: any unless given]
    #[arg(long, value_name = "SCHEME", value_parser = pcs_parser())]
    pub pcs: Option<PcsKind>,
    /// Lookup and memory-checking argument [prove: lasso unless given; verify: any unless given]
    #[arg(long, value_name = "NAME", value_parser = argument_parser())]
    pub argument: Option<Argument>,
    /// Fiat-Shamir hash [prove: keccak256 unless given; verify: any unless given]
    #[arg(long, value_name = "HASH", value_parser = hash_parser())]
    pub hash: Option<HashKind>,
    /// Lookup tables have 2^LOG_M entries: 8 or 16 [prove: what is estimated to cost the run less, unless given; verify: any
    /// unless given]
    #[arg(long, value_name = "LOG_M", value_parser = parse_log_m)]
    pub log_m: Option<Params>,
    /// Products of fingerprints layer by layer (gkr), or their upper levels by committed columns (quarks): shorter proofs that take
    /// longer [prove: gkr unless given; verify: any unless given]
    #[arg(long, value_name = "NAME", value_parser = products_parser())]
    pub products: Option<Products>,
}

impl ConfigArgs {
    /// The given choices, with those of `other` where none was given.
    pub fn or(&self, other: Config) -> Config {
        Config {
            pcs: self.pcs.unwrap_or(other.pcs),
            argument: self.argument.unwrap_or(other.argument),
            hash: self.hash.unwrap_or(other.hash),
            params: self.log_m.unwrap_or(other.params),
            products: self.products.unwrap_or(other.products),
        }
    }
}

/// Structured public parameters, for the schemes that need them.
#[derive(Debug, Args)]
pub struct SetupArgs {
    /// Powers of tau made by `lariat setup`, for the schemes that need them [default: the file that the variable
    /// LARIAT_SETUP names, if it is not empty]
    #[arg(long = "setup", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Accept a setup made from a known seed: whoever knows the seed can forge proofs
    #[arg(long = "allow-insecure-setup")]
    pub allow_insecure: bool,
}

/// The variable that names a setup's file where `--setup` does not.
pub const SETUP_VARIABLE: &str = "LARIAT_SETUP";

/// Who named the setup's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// `--setup`.
    Option,
    /// [`SETUP_VARIABLE`].
    Variable,
}

impl SetupArgs {
    /// The setup's file, if one was named.
    pub fn file(&self) -> Option<(PathBuf, NamedBy)> {
        let variable = || std::env::var_os(SETUP_VARIABLE).filter(|value| !value.is_empty());
        let option = self.file.clone().map(|file| (file, NamedBy::Option));
        option.or_else(|| Some((variable()?.into(), NamedBy::Variable)))
    }
}

/// How a proof is made.
#[derive(Debug, Args)]
pub struct ProverArgs {
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub setup: SetupArgs,
    /// Threads of the prover: no more are used than the machine runs at a time and the run keeps busy, nor more than the
    /// system starts; the report says how many [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Take no more memory than this, as estimated: the prover then keeps less and computes more, and refuses where even
    /// that takes more [default: what is available]
    #[arg(long, value_name = "BYTES", value_parser = memory::parse_memory)]
    pub memory: Option<u64>,
    /// Count field and group operations, hashes and bytes, by phase: the same on every machine and for any number of
    /// threads
    #[arg(long)]
    pub count: bool,
    /// Prove even if the memory is estimated not to suffice
    #[arg(long)]
    pub force: bool,
}

/// How a long command reports.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Progress on standard error: a bar, JSON lines, or nothing; auto is a bar on a terminal and else nothing
    #[arg(long, value_name = "HOW", default_value = "auto")]
    pub progress: ProgressMode,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub enum ProgressMode {
    /// A bar on a terminal, else nothing.
    Auto,
    /// A bar; without a terminal, a line of text for each phase.
    Bar,
    /// One JSON object a line.
    Json,
    /// Nothing.
    None,
}

/// Bytes given as hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexBytes(pub Vec<u8>);

impl HexBytes {
    fn parse(text: &str) -> Result<Self, String> {
        let digits: Vec<u32> = text
            .chars()
            .map(|c| c.to_digit(16).ok_or_else(|| format!("{c:?} is not a hexadecimal digit")))
            .collect::<Result<_, _>>()?;
        let (pairs, rest) = digits.as_chunks::<2>();
        if !rest.is_empty() {
            return Err("an odd number of digits; a byte has two".to_owned());
        }
        Ok(Self(pairs.iter().map(|[high, low]| (16 * high + low) as u8).collect()))
    }
}

fn pcs_parser() -> impl TypedValueParser<Value = PcsKind> {
    PossibleValuesParser::new(kinds().iter().map(|kind| kind.name()))
        .try_map(|name| kinds().iter().copied().find(|kind| kind.name() == name).ok_or(unknown(&name)))
}

fn hash_parser() -> impl TypedValueParser<Value = HashKind> {
    PossibleValuesParser::new(HashKind::ALL.map(HashKind::name)).try_map(|name| name.parse::<HashKind>())
}

fn argument_parser() -> impl TypedValueParser<Value = Argument> {
    PossibleValuesParser::new(Argument::ALL.iter().map(|argument| argument.name()))
        .try_map(|name| Argument::ALL.iter().copied().find(|argument| argument.name() == name).ok_or(unknown(&name)))
}

fn products_parser() -> impl TypedValueParser<Value = Products> {
    PossibleValuesParser::new(Products::ALL.iter().map(|products| products.name()))
        .try_map(|name| Products::ALL.iter().copied().find(|products| products.name() == name).ok_or(unknown(&name)))
}

/// Says so of a name that none has; the list of possible values lets none pass.
fn unknown(name: &str) -> String {
    format!("no such name: {name}")
}

fn parse_log_m(text: &str) -> Result<Params, String> {
    let log_m = text.parse::<usize>().map_err(|_| "not a number; it is 8 or 16".to_owned())?;
    Params::new(log_m).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_has_an_example() {
        for verb in Cli::command().get_subcommands() {
            let example = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(example.contains(&format!("lariat {}", verb.get_name())), "{}", verb.get_name());
        }
    }

    #[test]
    fn hexadecimal_digits_are_bytes() {
        assert_eq!(HexBytes::parse("00fF7a"), Ok(HexBytes(vec![0, 255, 0x7a])));
        assert_eq!(HexBytes::parse(""), Ok(HexBytes(Vec::new())));
        for wrong in ["0", "0x", "0g", "+1", "é0"] {
            assert!(HexBytes::parse(wrong).is_err(), "{wrong}");
        }
    }
}
