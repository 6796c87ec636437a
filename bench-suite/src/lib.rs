//! Workloads, measurements and records of the benchmarks.
//!
//! A figure that travels between machines is a *mul-equivalent*: core time divided by the time of one BN254
//! scalar-field multiplication of arkworks (a dependent chain), measured in the same process.

use ark_ff::Field;
use lariat_algebra::Fr;
use lariat_jolt_core::{Inputs, Phase, Program, ProveOptions, Proven, prove, verify};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

/// Version of [`Record`]'s fields.
pub const SCHEMA: u32 = 1;

/// A guest with an input that makes its trace about `2^log_rows` rows long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Name of the guest.
    pub guest: String,
    /// Logarithm of the length that the trace fills.
    pub log_rows: u32,
    /// Public input.
    pub input: Vec<u8>,
}

/// Logarithm of a size, and the words of the input.
type Sizes = &'static [(u32, &'static [u32])];

/// Inputs by guest and size: the largest whose trace fits, from `guests/README.md`.
const SIZES: &[(&str, Sizes)] = &[
    ("fibonacci", &[(10, &[190]), (12, &[800]), (14, &[3_200]), (16, &[13_000]), (18, &[52_000]), (20, &[208_000])]),
    ("sha256-chain", &[(12, &[1]), (14, &[4]), (16, &[18]), (18, &[72]), (20, &[290])]),
    ("keccak-chain", &[(16, &[3]), (18, &[15]), (20, &[60])]),
    ("quicksort", &[(10, &[16, 1]), (16, &[640, 1]), (18, &[2_250, 1]), (20, &[8_000, 1])]),
    ("btree", &[(10, &[4, 1]), (16, &[110, 1]), (18, &[400, 1]), (20, &[1_400, 1])]),
    ("modexp", &[(16, &[8, 14, 1]), (18, &[8, 56, 1]), (20, &[8, 220, 1])]),
    ("strsearch", &[(10, &[12, 1]), (16, &[1_000, 1]), (18, &[4_000, 1]), (20, &[16_000, 1])]),
    ("c-program", &[(10, &[16]), (16, &[1_500]), (18, &[4_400]), (20, &[17_000])]),
];

impl Workload {
    /// The workload of a guest at a size, if there is one.
    pub fn new(guest: &str, log_rows: u32) -> Option<Self> {
        let sizes = SIZES.iter().find(|(name, _)| *name == guest)?.1;
        let words = sizes.iter().find(|(size, _)| *size == log_rows)?.1;
        let mut input: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        if guest.ends_with("-chain") {
            input.extend(0..32);
        }
        Some(Self { guest: guest.into(), log_rows, input })
    }

    /// Every guest and size.
    pub fn all() -> Vec<Self> {
        SIZES.iter().flat_map(|(g, sizes)| sizes.iter().filter_map(|(s, _)| Self::new(g, *s))).collect()
    }
}

/// Folder of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Loads a committed guest.
///
/// # Errors
/// When the file is missing or no program.
pub fn guest(name: &str) -> anyhow::Result<Program> {
    let path = repository().join("guests/elf").join(format!("{name}.elf"));
    let elf = std::fs::read(&path).map_err(|e| anyhow::anyhow!("cannot read {}: {e}", path.display()))?;
    Ok(Program::from_elf(&elf)?)
}

/// Median nanoseconds of one scalar-field multiplication in a dependent chain.
pub fn mul_ns() -> f64 {
    const CHAIN: u32 = 50_000;
    let (mut x, y) = (Fr::from(3u64).pow([12_345]), Fr::from(5u64).pow([54_321]));
    let mut samples: Vec<f64> = (0..21)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..CHAIN {
                x *= y;
            }
            start.elapsed().as_nanos() as f64 / f64::from(CHAIN)
        })
        .collect();
    std::hint::black_box(x);
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// One measured proof.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Version of these fields.
    pub schema: u32,
    /// Guest.
    pub guest: String,
    /// Logarithm of the nominal size.
    pub log_rows: u32,
    /// Executed instructions.
    pub instructions: u64,
    /// Rows, those of virtual sequences included.
    pub rows: u64,
    /// Threads of the prover.
    pub threads: usize,
    /// Commitment scheme.
    pub pcs: String,
    /// Lookup and memory argument.
    pub argument: String,
    /// Fiat-Shamir hash.
    pub hash: String,
    /// Logarithm of the table size.
    pub log_m: usize,
    /// Nanoseconds by phase.
    pub phases_ns: Vec<(String, u64)>,
    /// Nanoseconds of witness to opening, without execution and parameters.
    pub prove_ns: u64,
    /// Nanoseconds of verification, the median of five.
    pub verify_ns: u64,
    /// Nanoseconds of one multiplication, the median around the proof.
    pub mul_ns: f64,
    /// `threads * prove_ns / instructions / mul_ns`.
    pub mul_equivalents_per_instruction: f64,
    /// Bytes of the proof file.
    pub proof_bytes: usize,
    /// Peak resident bytes of the process, where the system tells.
    pub peak_rss_bytes: Option<u64>,
    /// Processor.
    pub cpu: String,
    /// Processors that the process may use.
    pub cores: usize,
    /// Version of the bench suite.
    pub version: String,
}

/// Proves and verifies a workload in a pool of `threads` threads.
///
/// # Errors
/// When the guest is missing, or the proof is not made or does not verify.
pub fn measure(workload: &Workload, options: &ProveOptions, threads: usize) -> anyhow::Result<Record> {
    let program = guest(&workload.guest)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
    let before = mul_ns();
    let proven = pool.install(|| prove_once(&program, workload, options))?;
    let mul = f64::midpoint(before, mul_ns());
    let mut verifications: Vec<u64> = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        let statement = verify(&program, &proven.proof)?;
        verifications.push(start.elapsed().as_nanos() as u64);
        anyhow::ensure!(statement.rows == proven.header.steps, "the statement is about another run");
    }
    verifications.sort_unstable();
    let prove_ns = core_ns(&proven);
    let c = proven.header.config;
    Ok(Record {
        schema: SCHEMA,
        guest: workload.guest.clone(),
        log_rows: workload.log_rows,
        instructions: proven.instructions,
        rows: proven.header.steps,
        threads,
        pcs: c.pcs.to_string(),
        argument: c.argument.name().into(),
        hash: c.hash.to_string(),
        log_m: c.params.log_m(),
        phases_ns: proven.phases.iter().map(|(p, d)| (p.name().into(), d.as_nanos() as u64)).collect(),
        prove_ns,
        verify_ns: verifications[2],
        mul_ns: mul,
        mul_equivalents_per_instruction: prove_ns as f64 * threads as f64 / proven.instructions as f64 / mul,
        proof_bytes: proven.proof.len(),
        peak_rss_bytes: peak_rss(),
        cpu: cpu_name(),
        cores: std::thread::available_parallelism().map_or(1, usize::from),
        version: env!("CARGO_PKG_VERSION").into(),
    })
}

/// Makes one proof of a workload.
///
/// # Errors
/// When the guest does not run to its end or cannot be proven.
pub fn prove_once(program: &Program, workload: &Workload, options: &ProveOptions) -> anyhow::Result<Proven> {
    Ok(prove(program, Inputs { public: &workload.input, private: &[] }, options, &mut |_| {})?)
}

/// Nanoseconds from the witness to the opening.
pub fn core_ns(proven: &Proven) -> u64 {
    let core = proven.phases.iter().filter(|(p, _)| !matches!(p, Phase::Execute | Phase::Setup));
    core.map(|(_, d)| d.as_nanos() as u64).sum()
}

/// Peak resident memory of this process in bytes (Linux).
pub fn peak_rss() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}

fn cpu_name() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|l| l.starts_with("model name"));
    line.and_then(|l| l.split(':').nth(1)).map_or_else(|| std::env::consts::ARCH.into(), |n| n.trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workloads_fit_their_size() {
        for w in Workload::all().into_iter().filter(|w| w.log_rows <= 16) {
            let program = guest(&w.guest).unwrap();
            let options = ProveOptions::default();
            let inputs = Inputs { public: &w.input, private: &[] };
            let trace_rows = {
                let trace = lariat_jolt_core::trace(program.image(), inputs, options.max_steps).unwrap();
                lariat_jolt_core::witness::count_rows(&program, &trace.rows)
            };
            assert!(trace_rows <= 1 << w.log_rows, "{} at 2^{} has {trace_rows} rows", w.guest, w.log_rows);
            assert!(trace_rows > 1 << (w.log_rows - 1), "{} at 2^{} has {trace_rows} rows", w.guest, w.log_rows);
        }
    }

    #[test]
    fn a_measured_proof_has_all_figures() {
        let record = measure(&Workload::new("fibonacci", 10).unwrap(), &ProveOptions::default(), 1).unwrap();
        assert_eq!(record.instructions, 981);
        assert!(record.mul_ns > 0.0 && record.mul_equivalents_per_instruction > 0.0 && record.proof_bytes > 0);
        let json = serde_json::to_string(&record).unwrap();
        let back: Record = serde_json::from_str(&json).unwrap();
        assert_eq!(back.rows, record.rows);
    }
}
