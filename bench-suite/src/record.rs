//! Records of proofs and of openings: one JSON object a line.
//!
//! Names of fields are a schema; a change of what one means is a new [`SCHEMA`].

use crate::{Machine, Operations};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::fmt;

/// Version of the records.
pub const SCHEMA: u32 = 2;

/// What a process measures, with what makes it one of several runs.
pub trait Measured: Serialize + DeserializeOwned + Clone {
    /// What is measured.
    type Cell: Serialize + DeserializeOwned + Clone + PartialEq + fmt::Display;

    /// Name of the file of such records.
    const FILE: &'static str;

    /// What was measured.
    fn cell(&self) -> &Self::Cell;

    /// The parameters under which it was.
    fn setup(&self) -> &SetupRecord;

    /// What no measurement can have said; `None` if there is nothing. Records come from files, and what is drawn of them
    /// has names and sizes from them.
    fn problem(&self) -> Option<&'static str>;
}

/// Logarithm of the largest size that a record may name.
const MAX_LOG_SIZE: u32 = 40;

/// Of a name that becomes part of a file's, and of a size that becomes a number.
fn problem_with(name: &str, log_size: u32) -> Option<&'static str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    match (name.bytes().all(plain), log_size <= MAX_LOG_SIZE) {
        (false, _) => Some("a name may have letters, digits, - and _ only"),
        (_, false) => Some("a size is beyond 2^40"),
        _ => None,
    }
}

/// The public parameters of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupRecord {
    /// `transparent`, `ceremony`, `insecure-seed` or `insecure-file`.
    pub setup: String,
    /// Name of the ceremony or seed; empty for transparent parameters.
    pub setup_name: String,
    /// Bytes of the powers of tau that the prover needs for this workload; 0 for transparent parameters. `None` for a
    /// scheme that takes its parameters from elsewhere.
    pub setup_bytes: Option<u64>,
    /// Bits of security to those who know the seed: 0 for an `insecure-seed`, nothing for others. All other bits in a
    /// record are those under a sound setup. Missing in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_known_seed: Option<u32>,
}

impl SetupRecord {
    /// Whether the seed is public, so that what was measured is worth nothing to those who know it.
    pub fn is_insecure(&self) -> bool {
        self.setup == "insecure-seed"
    }

    /// Bits of security for a table: proven, conjectured, and what knowing the seed makes of them.
    pub(crate) fn bits(&self, proven: f64, conjectured: f64) -> String {
        let [proven, conjectured] = [proven, conjectured].map(whole_bits);
        let seed = if self.is_insecure() { "; seed: 0" } else { "" };
        format!("{proven:.0} / {conjectured:.0}{seed}")
    }
}

/// Bits as tables have them: rounded down, but for errors of rounding.
pub(crate) fn whole_bits(bits: f64) -> f64 {
    (bits + 1e-9).floor()
}

/// What tables say of bits under an insecure setup.
pub(crate) const SEED_NOTE: &str = "*seed: 0* marks an insecure setup, whose proofs are worth nothing to whoever \
                                    knows the seed; the bits beside it are those under a ceremony's.";

/// Security of the commitment scheme in the proof, in bits; see `lariat_pcs::SecurityBits`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecurityRecord {
    /// Soundness error that is proven, given the assumptions.
    pub security_proven: f64,
    /// Work of the best known attack.
    pub security_conjectured: f64,
}

/// Security of a whole proof under a sound setup, in bits; see `lariat_jolt_core::security`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProofSecurityRecord {
    /// Proven in the random oracle model, given that commitments bind.
    pub proof_security_proven: f64,
    /// What limits that.
    pub proof_security_proven_limit: String,
    /// Work of the best known attack, on assumptions too.
    pub proof_security_conjectured: f64,
    /// What limits that.
    pub proof_security_conjectured_limit: String,
}

/// One proof: a guest at a size under a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Commitment scheme.
    pub pcs: String,
    /// Guest.
    pub guest: String,
    /// Logarithm of the nominal number of rows.
    pub log_rows: u32,
    /// Threads of prover and verifier.
    pub threads: usize,
    /// Logarithm of the table size.
    pub log_m: usize,
    /// Fiat-Shamir hash.
    pub hash: String,
    /// Number of the run, from 1.
    pub run: usize,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pcs, guest, log_rows, threads, run, .. } = self;
        let plural = if *threads == 1 { "" } else { "s" };
        write!(f, "{guest} at 2^{log_rows} rows under {pcs}, {threads} thread{plural}, run {run}")
    }
}

/// A proof that was measured and verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Version of these fields.
    pub schema: u32,
    /// What was measured.
    #[serde(flatten)]
    pub cell: Cell,
    /// Public parameters.
    #[serde(flatten)]
    pub setup: SetupRecord,
    /// Security of the commitment scheme in this proof.
    #[serde(flatten)]
    pub security: SecurityRecord,
    /// Security of this proof. `None` in records that are older than the ledger.
    #[serde(flatten)]
    pub proof_security: Option<ProofSecurityRecord>,
    /// Lookup and memory argument.
    pub argument: String,
    /// Digest of the program, hexadecimal.
    pub program: String,
    /// Executed instructions.
    pub instructions: u64,
    /// Rows, those of virtual sequences included.
    pub rows: u64,
    /// Committed columns.
    pub columns: usize,
    /// Nanoseconds by phase, in the order of the protocol.
    pub phases_ns: Vec<(String, u64)>,
    /// Nanoseconds of making the parameters, and of committing to the columns and opening them for the first time, with
    /// which schemes build what they keep for a process. Not part of `prove_ns`.
    pub setup_ns: u64,
    /// Nanoseconds from the trace to the proof, without execution and parameters.
    pub prove_ns: u64,
    /// Of these, committing.
    pub commit_ns: u64,
    /// Of these, grand products and sumchecks.
    pub iop_ns: u64,
    /// Of these, evaluating and opening.
    pub open_ns: u64,
    /// Nanoseconds of verification, the median of five.
    pub verify_ns: u64,
    /// Nanoseconds of one field multiplication, around the proof.
    pub mul_ns: f64,
    /// `threads * prove_ns / instructions / mul_ns`.
    pub mul_equivalents_per_instruction: f64,
    /// Bytes of the proof file.
    pub proof_bytes: usize,
    /// Of these, commitments.
    pub commitment_bytes: usize,
    /// Of these, the opening.
    pub opening_bytes: usize,
    /// Messages and challenges outside of the commitment scheme: identical for all schemes at a workload.
    pub iop: Operations,
    /// Messages and challenges of the commitment scheme.
    pub pcs_part: Operations,
    /// Peak resident bytes of the process, where the system tells.
    pub peak_rss_bytes: Option<u64>,
    /// Where it was measured.
    pub machine: Machine,
}

impl Measured for Record {
    type Cell = Cell;
    const FILE: &'static str = "results.jsonl";

    fn cell(&self) -> &Cell {
        &self.cell
    }

    fn setup(&self) -> &SetupRecord {
        &self.setup
    }

    fn problem(&self) -> Option<&'static str> {
        problem_with(&self.cell.guest, self.cell.log_rows)
    }
}

/// A proof under a scheme whose pieces are stacked, `2^height` in one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeightRecord {
    /// Logarithm of the inverse of the code's rate.
    pub log_inv_rate: usize,
    /// Logarithm of the number of pieces in a stack.
    pub height: usize,
    /// What was measured.
    #[serde(flatten)]
    pub record: Record,
}

/// One opening of a scheme alone: a batch of equal columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AloneCell {
    /// Commitment scheme.
    pub pcs: String,
    /// Logarithm of the number of evaluations of a column.
    pub num_vars: u32,
    /// What the columns hold: the name of a [`Values`](crate::Values).
    pub values: String,
    /// Columns of the batch.
    pub columns: usize,
    /// Threads of prover and verifier.
    pub threads: usize,
    /// Number of the run, from 1.
    pub run: usize,
}

impl fmt::Display for AloneCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pcs, num_vars, values, columns, threads, run } = self;
        let of = if *columns == 1 { "" } else { "s" };
        let plural = if *threads == 1 { "" } else { "s" };
        write!(f, "{pcs} on {columns} {values} column{of} of 2^{num_vars}, {threads} thread{plural}, run {run}")
    }
}

/// An opening that was measured and verified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AloneRecord {
    /// Version of these fields.
    pub schema: u32,
    /// What was measured.
    #[serde(flatten)]
    pub cell: AloneCell,
    /// Public parameters.
    #[serde(flatten)]
    pub setup: SetupRecord,
    /// Security of the opening.
    #[serde(flatten)]
    pub security: SecurityRecord,
    /// Nanoseconds of making the parameters, and of a first commitment and opening.
    pub setup_ns: u64,
    /// Nanoseconds of committing to the batch.
    pub commit_ns: u64,
    /// Nanoseconds of opening it at one point.
    pub open_ns: u64,
    /// Nanoseconds of verifying, commitments received included; the median of five.
    pub verify_ns: u64,
    /// Nanoseconds of one field multiplication, around the measurement.
    pub mul_ns: f64,
    /// Bytes of the commitments.
    pub commitment_bytes: usize,
    /// Bytes of the opening.
    pub opening_bytes: usize,
    /// Bytes of both.
    pub proof_bytes: usize,
    /// Peak resident bytes of the process, where the system tells.
    pub peak_rss_bytes: Option<u64>,
    /// Where it was measured.
    pub machine: Machine,
}

impl Measured for AloneRecord {
    type Cell = AloneCell;
    const FILE: &'static str = "alone.jsonl";

    fn cell(&self) -> &AloneCell {
        &self.cell
    }

    fn setup(&self) -> &SetupRecord {
        &self.setup
    }

    fn problem(&self) -> Option<&'static str> {
        problem_with(&self.cell.values, self.cell.num_vars)
    }
}
