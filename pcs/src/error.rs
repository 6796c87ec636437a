//! What can go wrong on either side of a commitment scheme.

use crate::{PcsKind, SetupSource};
use lariat_sumcheck::SumcheckError;
use lariat_transcript::ChannelError;

/// The prover asked for something that the scheme does not do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PcsError {
    /// A column has more variables than the public parameters support.
    #[error("a column has {num_vars} variables, the setup supports {max}")]
    TooManyVariables {
        /// Variables of the column.
        num_vars: usize,
        /// Most variables supported.
        max: usize,
    },
    /// The program does not know the scheme.
    #[error("this program does not have the commitment scheme `{kind}`")]
    UnknownScheme {
        /// The scheme asked for.
        kind: PcsKind,
    },
    /// Parameters whose trapdoor is public, and nobody said that this is wanted.
    #[error(
        "`{kind}` would run under an insecure setup ({setup}): whoever knows its tau can forge proofs; import a ceremony \
         with `lariat setup`, or pass --allow-insecure-setup for tests and benchmarks"
    )]
    InsecureSetup {
        /// The scheme.
        kind: PcsKind,
        /// Where the parameters come from.
        setup: SetupSource,
    },
    /// The scheme needs a structured reference string and was given none.
    #[error(
        "`{kind}` needs a powers-of-tau setup file: make one with `lariat setup` (import a .ptau file, or \
         --insecure-seed NAME for tests) and pass it with --setup FILE"
    )]
    NoSetup {
        /// The scheme.
        kind: PcsKind,
    },
    /// The structured reference string is too short.
    #[error(
        "`{kind}` needs 2^{needed} powers of tau here, the setup file has 2^{available}: make a larger one with \
         `lariat setup`"
    )]
    SetupTooSmall {
        /// The scheme.
        kind: PcsKind,
        /// Logarithm of the number of powers needed.
        needed: usize,
        /// Logarithm of the number of powers available.
        available: usize,
    },
    /// The scheme's parameters could not be made or read.
    #[error("public parameters of `{kind}`: {reason}")]
    Parameters {
        /// The scheme.
        kind: PcsKind,
        /// What is wrong with them.
        reason: String,
    },
    /// Rows longer than bases are ever derived for.
    #[error("rows of 2^{log_row_len} evaluations asked for, at most 2^{max} are supported")]
    RowTooLong {
        /// Logarithm of the row length asked for.
        log_row_len: usize,
        /// Logarithm of the longest row.
        max: usize,
    },
    /// The opening does not fit what was committed to.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

/// A proof was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The bytes of the proof are not the messages that the scheme prescribes.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// The statement does not fit the commitments.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A column has more variables than the public parameters support.
    #[error("a column has {num_vars} variables, the setup supports {max}")]
    TooManyVariables {
        /// Variables of the column.
        num_vars: usize,
        /// Most variables supported.
        max: usize,
    },
    /// The messages end before the bits that say which parts of a commitment are sent.
    #[error("the messages end before a commitment's parts are told, at least {needed} bytes are needed")]
    PartsMissing {
        /// Bytes up to the end of those bits.
        needed: usize,
    },
    /// A bit of the bits that say which parts are sent is past the last part.
    #[error("a bit is set past the last part of the commitment")]
    PartsPadding,
    /// A part that is said not to be zero has the commitment of one that is.
    #[error("part {index} of those sent is zero, and zero parts are not sent")]
    ZeroPart {
        /// Position among the parts that are sent.
        index: usize,
    },
    /// A sumcheck of the batch reduction or of the scheme fails.
    #[error(transparent)]
    Sumcheck(#[from] SumcheckError),
    /// A check that is the scheme's own.
    #[error("the opening fails the check `{check}`")]
    Check {
        /// Name of the check, as the scheme's documentation lists it.
        check: &'static str,
    },
    /// The opened vector does not evaluate to the claimed values.
    #[error("opened row of 2^{log_row_len} entries does not have the claimed evaluation")]
    EvaluationMismatch {
        /// Logarithm of the length of the row.
        log_row_len: usize,
    },
    /// The opened vectors are not what the commitments bind the prover to.
    #[error("opened rows do not match the commitments")]
    CommitmentMismatch,
}

/// Arguments that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// A hint or commitment comes from another scheme.
    #[error("made by scheme `{got}`, given to `{expected}`")]
    OtherScheme {
        /// The scheme at work.
        expected: PcsKind,
        /// The scheme that made the value.
        got: PcsKind,
    },
    /// The number of columns opened is not the number committed to.
    #[error("{columns} columns for {committed} commitments")]
    ColumnCount {
        /// Columns given.
        columns: usize,
        /// Columns committed to.
        committed: usize,
    },
    /// A column has another number of variables than when it was committed to.
    #[error("column {index} has {got} variables, was committed with {expected}")]
    NumVars {
        /// Position of the column over all commitments.
        index: usize,
        /// Variables at commitment.
        expected: usize,
        /// Variables now.
        got: usize,
    },
    /// As many claimed values as columns are needed.
    #[error("{evals} values claimed for {columns} columns")]
    EvalCount {
        /// Values given.
        evals: usize,
        /// Columns committed to.
        columns: usize,
    },
    /// A column has more variables than the point has coordinates.
    #[error("column {index} has {num_vars} variables, the point {point_len} coordinates")]
    PointTooShort {
        /// Position of the column over all commitments.
        index: usize,
        /// Variables of the column.
        num_vars: usize,
        /// Coordinates of the point.
        point_len: usize,
    },
}
