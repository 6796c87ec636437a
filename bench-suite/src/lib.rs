//! Benchmarks: sweeps of cells in processes of their own, their records, tables and plots; and the schemes alone.
//!
//! ```text
//! Plan -> cells -> one process each: measure -> Record -> results.jsonl -> table.md, *.svg
//! AlonePlan -> ...................: measure_alone -> AloneRecord -> alone.jsonl -> alone.md, *.svg
//! ```
//!
//! Nothing here names a commitment scheme: all that a program knows are measured alike. `lariat bench` is the command;
//! tables and plots are drawn from the files of records alone, and the same file always gives the same bytes.

#![forbid(unsafe_code)]

mod alone;
pub mod comparison;
mod error;
mod machine;
mod measure;
mod operations;
pub mod papers;
pub mod plot;
mod record;
pub mod report;
pub mod setup;
mod stats;
mod store;
mod sweep;
mod workload;

pub use alone::{Batches, Values, measure_alone};
pub use error::BenchError;
pub use machine::{Machine, mul_ns, peak_rss_bytes};
pub use measure::{core_ns, measure, prove_once};
pub use operations::{Operations, pcs_bytes};
pub use record::{
    AloneCell, AloneRecord, Cell, HeightRecord, Measured, ProofSecurityRecord, Record, SCHEMA, SecurityRecord,
    SetupRecord,
};
pub use stats::Spread;
pub use store::{Existing, Store, read};
pub use sweep::{AlonePlan, Failure, Plan, Step, Swept, load, sweep};
pub use workload::Workload;
