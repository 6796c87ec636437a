//! Errors of proving and of verifying, apart.

use crate::statement::SetupId;
use lariat_emulator::{
    image::LoadError,
    machine::{ExecError, Exit},
};
use lariat_pcs::PcsError;
use lariat_sumcheck::SumcheckError;
use lariat_transcript::ChannelError;
use std::fmt::Write;

/// Why bytes are not the header of a proof, or not one for this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// The magic bytes are missing.
    #[error("this is not a Lariat proof file")]
    NotAProof,
    /// Another version of the format.
    #[error(
        "the proof has format version {found}, this verifier takes version {expected}; use the release that made it"
    )]
    Version {
        /// Version of the proof.
        found: u16,
        /// Version of this library.
        expected: u16,
    },
    /// A choice that this verifier does not know.
    #[error("the proof names an unknown {field} ({value}); a newer release may know it")]
    UnknownChoice {
        /// Which choice.
        field: &'static str,
        /// Its number.
        value: u8,
    },
    /// Fewer bytes than the header needs.
    #[error("the proof file is truncated inside its header")]
    Truncated,
    /// A field that the program does not allow.
    #[error("the proof's header is out of the program's bounds: {field}")]
    OutOfBounds {
        /// Which field.
        field: &'static str,
    },
}

/// Why a proof is rejected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The header is malformed or out of bounds.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The proof is about another program.
    #[error("the proof is about another program (digest {})", hex(.found))]
    OtherProgram {
        /// Digest in the proof.
        found: [u8; 32],
    },
    /// The run has more rows than the verifier accepts.
    #[error("the proof is about a run of {rows} rows, more than the {max_rows} that are accepted")]
    TooManyRows {
        /// Rows that the header claims.
        rows: u64,
        /// Most rows that are accepted.
        max_rows: u64,
    },
    /// The proof was made under another configuration.
    #[error("the proof was made under another configuration than the one asked for")]
    OtherConfig,
    /// The proof is about another public input.
    #[error("the proof is about another public input")]
    OtherInput,
    /// The proof is about another output.
    #[error("the proof is about another output")]
    OtherOutput,
    /// The proof is about a run that ended otherwise.
    #[error("the proof is about a run that ended {}, where exit code {expected} is demanded", ended(*.found))]
    OtherExit {
        /// How the run ended.
        found: Exit,
        /// The exit code that was demanded.
        expected: u32,
    },
    /// The proof is about a run in which the program panicked.
    #[error("the proof is about a run that ended {}, where none with a panic is accepted", ended(Exit::Panicked { code: *.code }))]
    Panicked {
        /// Exit code of the run.
        code: u32,
    },
    /// The proof was made under other public parameters than the verifier's.
    #[error(
        "the proof was made under another setup ({found}) than the one at hand ({expected}): pass the setup file that \
         it was made with"
    )]
    OtherSetup {
        /// The proof's.
        found: Box<SetupId>,
        /// The verifier's.
        expected: Box<SetupId>,
    },
    /// The file has another length than this statement's proofs have.
    #[error("the proof has {found} bytes where a proof of this statement has {expected}: truncated or extended")]
    Length {
        /// Bytes of the file.
        found: usize,
        /// Bytes of a proof that sends these parts; where the file ends before they are told, bytes up to there.
        expected: usize,
    },
    /// A message is malformed.
    #[error("malformed proof: {0}")]
    Channel(#[from] ChannelError),
    /// A sumcheck or grand product does not verify.
    #[error("the proof does not verify: {0}")]
    Sumcheck(#[from] SumcheckError),
    /// The tuples read are not the tuples written.
    #[error("the proof does not verify: memory, bytecode or lookup tuples do not balance")]
    Multiset,
    /// A coordinate of the zero check's point is zero or one, which happens to no honest proof in practice.
    #[error("the proof does not verify: the challenges of its zero check are degenerate; prove again")]
    DegeneratePoint,
    /// The commitment opening does not verify.
    #[error("the proof does not verify: {0}")]
    Pcs(#[from] lariat_pcs::VerifyError),
    /// Public parameters cannot be made for this size.
    #[error("no public parameters for a proof of this size: {0}")]
    Setup(#[from] PcsError),
}

/// Why a program cannot be proven.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The program cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The program does not run to its end.
    #[error(transparent)]
    Exec(#[from] ExecError),
    /// The execution has more rows than a proof can have.
    #[error("the execution has {rows} rows, a proof has at most {max}; split the work or shrink the input")]
    TooLong {
        /// Rows of the execution.
        rows: u64,
        /// Most rows of a proof.
        max: u64,
    },
    /// The witness violates a constraint: the trace is not an execution of the program.
    #[error("row {row} of the trace violates the constraint `{constraint}`")]
    Unsatisfied {
        /// Row number.
        row: usize,
        /// The constraint's name.
        constraint: String,
    },
    /// A row of the trace is at no instruction of the program.
    #[error("row {row} of the trace is at instruction {pc_index}, which the program does not have")]
    NoInstruction {
        /// Row number.
        row: usize,
        /// Index of the instruction.
        pc_index: u32,
    },
    /// The trace's sizes are not those of a run of the program.
    #[error("the trace is no run of this program on these inputs: {0}")]
    Extents(HeaderError),
    /// The memory accesses of the trace do not belong together.
    #[error("row {row} of the trace accesses address {address:#010x}, which the proof does not cover")]
    Uncovered {
        /// Row number.
        row: usize,
        /// Byte address.
        address: u32,
    },
    /// A coordinate of the zero check's point is zero or one: one run in 2^248, and none in practice.
    #[error("the challenges of the zero check are degenerate; change anything of the statement and prove again")]
    DegeneratePoint,
    /// The trace has no rows.
    #[error("the trace has no rows; every run has at least one")]
    Empty,
    /// The commitment scheme failed.
    #[error(transparent)]
    Pcs(#[from] PcsError),
}

fn ended(exit: Exit) -> String {
    match exit {
        Exit::Halted { code } => format!("with exit code {code}"),
        Exit::Panicked { code } => format!("in a panic, with exit code {code}"),
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().fold(String::new(), |mut out, b| {
        // Writing to a string does not fail.
        let _ = write!(out, "{b:02x}");
        out
    })
}
