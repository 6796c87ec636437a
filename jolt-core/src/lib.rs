//! The Lariat zkVM: RV32IM programs in, proofs out.
//!
//! ```text
//! Program::from_elf -> prove -> bytes of a proof -> verify -> VerifiedStatement
//! ```
//!
//! The proof is succinct, **not** zero-knowledge: it may reveal the private input.

#![forbid(unsafe_code)]

pub mod bytecode;
pub mod cells;
pub mod columns;
pub mod constraints;
mod cost;
mod error;
pub mod keys;
pub mod memory;
pub mod operations;
mod plan;
pub mod products;
mod program;
pub mod protocol;
mod prove;
pub mod security;
mod statement;
mod verify;
pub mod witness;

pub use cost::cheapest_tables;
pub use error::{HeaderError, ProveError, VerifyError};
pub use lariat_emulator::{
    image::{Image, LoadError},
    machine::{ExecError, Exit, Inputs, RunResult, TraceResult, trace},
    memory_map::MemoryConfig,
};
pub use lariat_pcs::{PcsKind, Schemes, SetupSource};
pub use lariat_subtables::Params;
pub use lariat_transcript::{EventLog, HashKind};
pub use memory::ProverMemory;
pub use plan::Plan;
pub use program::Program;
#[cfg(feature = "test-util")]
pub use prove::prove_witness_frozen;
pub use prove::{Phase, ProveOptions, Proven, prove, prove_trace, prove_witness, prove_witness_by};
pub use security::SecurityLedger;
pub use statement::{Argument, Config, Header, MAX_STEPS, Products, SetupId, VerifiedStatement};
#[cfg(feature = "test-util")]
pub use verify::verify_frozen;
pub use verify::{VerifyOptions, verify, verify_with, verify_with_log};
