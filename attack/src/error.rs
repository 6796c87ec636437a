//! Why an attack cannot be run.

use lariat_jolt_core::{PcsKind, ProveError, VerifyError};
use lariat_pcs::PcsError;

/// Why a scheme cannot be attacked: what is honest does not work under it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttackError {
    /// The scheme has no parameters for the workload, or they may not be used.
    #[error("{pcs} cannot be set up: {source}")]
    Setup {
        /// The scheme.
        pcs: PcsKind,
        /// Why not.
        source: PcsError,
    },
    /// An honest run cannot be proven.
    #[error("{pcs} does not prove an honest run: {source}")]
    Prove {
        /// The scheme.
        pcs: PcsKind,
        /// Why not.
        source: ProveError,
    },
    /// An honest proof is rejected.
    #[error("{pcs} rejects an honest proof: {source}")]
    Verify {
        /// The scheme.
        pcs: PcsKind,
        /// What the verifier said.
        source: VerifyError,
    },
    /// An opening of an honest commitment fails.
    #[error("{pcs} does not open what it committed to: {source}")]
    Open {
        /// The scheme.
        pcs: PcsKind,
        /// Why not.
        source: PcsError,
    },
    /// An honest opening is rejected.
    #[error("{pcs} rejects an honest opening: {source}")]
    Opening {
        /// The scheme.
        pcs: PcsKind,
        /// What the scheme said.
        source: lariat_pcs::VerifyError,
    },
    /// Honest code panics.
    #[error("{pcs} panics on an honest run: {message}")]
    Panic {
        /// The scheme.
        pcs: PcsKind,
        /// The panic's words.
        message: String,
    },
}
