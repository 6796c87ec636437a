//! What the hash-based schemes share: Merkle trees over rows of Reed-Solomon codewords, openings of sampled rows, and
//! the number of rows to sample.
//!
//! * [`tree`]: BLAKE3 Merkle trees of fixed shape, sent as a cap.
//! * [`matrix`]: the codewords of many polynomials as one matrix that is hashed row by row.
//! * [`row_code`]: polynomials as matrices whose rows are codewords.
//! * [`rows`]: the rows of the codewords of pieces, kept or encoded anew.
//! * [`folding`]: a polynomial under linear constraints, folded by sumcheck; values of its codeword as constraints.
//! * [`openings`]: sampled leaves and their paths through a channel, with exact lengths.
//! * [`samples`]: values of committed pieces at a hash of their commitment.
//! * [`queries`]: query counts and error terms from rate, regime and target, by formula.
#![forbid(unsafe_code)]

pub mod folding;
pub mod matrix;
pub mod openings;
pub mod queries;
pub mod row_code;
pub mod rows;
pub mod samples;
#[cfg(test)]
mod tests;
pub mod tree;

pub use matrix::InterleavedMatrix;
pub use openings::{OpeningLabels, OpeningShape, recv_openings, send_openings};
pub use queries::{RateAndRegime, Regime};
pub use row_code::RowCode;
pub use rows::{Code, CommittedRows};
pub use samples::{SampleLabels, SampledCommitment};
pub use tree::{Cap, Digest, MerkleTree, TreeShape};
