//! Lookup tables: what they hold, as integers and as multilinear extensions.
//!
//! Operands are 32-bit words, cut into [`Params::num_chunks`] chunks of [`Params::chunk_bits`] bits; chunk 0 is the least
//! significant. A table maps a pair `(p, q)`, usually a chunk of each operand, to a `u32` ([`Subtable`]). Results on
//! whole words are linear combinations of table values, or two levels of lookups (comparisons: chunk by chunk, then
//! [`Decide`](tables::Decide)).
//!
//! A new table is one file in [`tables`] and one line in its registry.
#![forbid(unsafe_code)]

#[cfg(any(test, feature = "test-util"))]
pub mod conformance;
pub mod decompose;
mod params;
pub mod tables;

pub use params::{Params, UnsupportedTableSize, WORD_BITS};
pub use tables::{Subtable, TableId, Visitor, all, table};
