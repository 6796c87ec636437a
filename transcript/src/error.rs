//! What can be wrong with the bytes of a proof.

use crate::encoding::PointDecodeError;

/// A proof is not the byte string that the protocol's sequence of messages prescribes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// Fewer bytes are left than the message takes.
    #[error("proof ends inside `{label}`: {needed} bytes needed at offset {offset}, {remaining} left")]
    Truncated {
        /// Label of the message.
        label: &'static str,
        /// Where in the proof the message starts.
        offset: usize,
        /// Bytes that the message takes (saturating).
        needed: usize,
        /// Bytes left.
        remaining: usize,
    },
    /// Bytes are left after the last message.
    #[error("{extra} bytes left after the last message at offset {offset}")]
    TrailingBytes {
        /// Where the protocol ended.
        offset: usize,
        /// Bytes left.
        extra: usize,
    },
    /// A scalar is not below the modulus of the scalar field.
    #[error("scalar {index} of `{label}` at offset {offset} is not below the modulus")]
    NonCanonicalScalar {
        /// Label of the message.
        label: &'static str,
        /// Position of the scalar in the message.
        index: usize,
        /// Where in the proof the scalar starts.
        offset: usize,
    },
    /// A point is not canonically encoded or not on the curve.
    #[error("point {index} of `{label}` at offset {offset}")]
    InvalidPoint {
        /// Label of the message.
        label: &'static str,
        /// Position of the point in the message.
        index: usize,
        /// Where in the proof the point starts.
        offset: usize,
        /// What is wrong with it.
        source: PointDecodeError,
    },
}
