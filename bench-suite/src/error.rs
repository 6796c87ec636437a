//! What can go wrong: one sentence each, with what to do.

use lariat_jolt_core::{ExecError, LoadError, ProveError, VerifyError};
use lariat_kzg::SetupError;
use lariat_pcs::PcsError;
use std::{io, path::PathBuf};

/// Why a measurement, a data file or a plot failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BenchError {
    /// No guest of that name is embedded.
    #[error("there is no guest `{guest}`; there are {}", list(known))]
    UnknownGuest {
        /// The name.
        guest: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// The guest has no input for that size.
    #[error("`{guest}` has no input for 2^{log_rows} rows; choose --sizes among {}", list(known))]
    UnknownSize {
        /// The guest.
        guest: &'static str,
        /// Logarithm of the size.
        log_rows: u32,
        /// Logarithms of the sizes that it has.
        known: Vec<u32>,
    },
    /// The program does not have the scheme.
    #[error("there is no commitment scheme `{pcs}`; there are {}", list(known))]
    UnknownScheme {
        /// The name.
        pcs: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// No such kind of values.
    #[error("there are no columns of `{values}`; there are {}", list(known))]
    UnknownValues {
        /// The name.
        values: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// No such Fiat-Shamir hash.
    #[error("there is no hash `{hash}`; there are {}", list(known))]
    UnknownHash {
        /// The name.
        hash: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// An embedded guest does not load.
    #[error("cannot load the guest `{guest}`: {source}")]
    Program {
        /// The guest.
        guest: &'static str,
        /// Why.
        source: LoadError,
    },
    /// A table size that the zkVM does not have.
    #[error("tables of 2^{log_m} are not supported; --log-m is 8 or 16")]
    LogM {
        /// Logarithm of the size.
        log_m: usize,
    },
    /// The guest does not run to its end.
    #[error(transparent)]
    Exec(#[from] ExecError),
    /// No proof was made.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// A proof that was made is rejected.
    #[error("the proof that was just measured does not verify, which is a bug: {0}")]
    Verify(#[from] Box<VerifyError>),
    /// A proof that was made is about something else.
    #[error("the proof that was just measured is about another run, which is a bug")]
    OtherStatement,
    /// A scheme's parameters cannot be made, or it cannot do what it is measured at.
    #[error(transparent)]
    Pcs(#[from] PcsError),
    /// An opening that was made is rejected.
    #[error("the opening that was just measured does not verify, which is a bug: {0}")]
    Opening(#[from] lariat_pcs::VerifyError),
    /// The insecure setup cannot be made, written or read.
    #[error("cannot use the setup {}: {source}", path.display())]
    Setup {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SetupError,
    },
    /// The threads of a cell cannot be started, and a record of fewer would be of another cell.
    #[error("only {started} of {wanted} threads can be started; ask for no more with --threads")]
    Threads {
        /// Those of the cell.
        wanted: usize,
        /// Those that can be started.
        started: usize,
    },
    /// A file or folder cannot be read or written.
    #[error("cannot {what} {}: {source}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The file of records is there already.
    #[error("{} has records already; continue them with --resume, or choose another folder", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A line of a data file is no record.
    #[error("{} line {line} is no record of schema {expected}: {source}", path.display())]
    BadRecord {
        /// The file.
        path: PathBuf,
        /// The line, from one.
        line: usize,
        /// The schema that this program reads.
        expected: u32,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// A line of a data file has another schema.
    #[error("{} line {line} has schema {found}, this program reads {expected}; measure anew", path.display())]
    Schema {
        /// The file.
        path: PathBuf,
        /// The line, from one.
        line: usize,
        /// The line's schema.
        found: u32,
        /// The schema that this program reads.
        expected: u32,
    },
    /// There is nothing to plot.
    #[error("{} has no records", path.display())]
    NoRecords {
        /// The file.
        path: PathBuf,
    },
    /// Records of another setup would be mixed with those to be made.
    #[error(
        "{} has records under the setup `{found}`, and this run has `{expected}`; choose another folder", path.display()
    )]
    OtherSetup {
        /// The file.
        path: PathBuf,
        /// Name of the setup of the records.
        found: String,
        /// Name of the setup now.
        expected: String,
    },
    /// The process that measures a cell cannot be started.
    #[error("cannot start this program again to measure {cell}: {source}")]
    Start {
        /// The cell.
        cell: String,
        /// Why.
        source: io::Error,
    },
    /// The argument that names a cell cannot be read.
    #[error("--cell is for this program's own use and takes a cell as JSON: {0}")]
    BadCell(serde_json::Error),
}

impl BenchError {
    /// For `map_err`: what was tried on which file.
    pub(crate) fn file<P: Into<PathBuf>>(what: &'static str, path: P) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { what, path, source }
    }
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
