//! Attacks on the zkVM, to be run against any commitment scheme.
//!
//! The crate is for tests and for `lariat attack`: no part of it belongs into a program that relies on proofs.
#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "attacks are made of fixed data, and fail by panicking"
)]

pub mod bad_witness;
pub mod checker;
mod error;
pub mod faults;
pub mod forger;
pub mod forgeries;
pub mod frozen;
pub mod inventory;
pub mod kinds;
pub mod mutation;
pub mod named;
pub mod openings;
pub mod outcome;
#[cfg(test)]
mod parity;
pub mod programs;
pub mod report;
pub mod run;
pub mod tables;
pub mod uniqueness;

pub use error::AttackError;

/// The scheme of the crate's own tests; the suite of the command line runs the others.
#[cfg(test)]
fn test_schemes() -> lariat_jolt_core::Schemes {
    lariat_jolt_core::Schemes::new().with(lariat_hyrax::SCHEME)
}
