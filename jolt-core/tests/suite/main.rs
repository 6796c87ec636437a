//! The zkVM as a whole: what is true proves and verifies, and nothing else does.
//!
//! The long form of every sampled test runs with `LARIAT_NIGHTLY=1`. `docs/soundness-tests.md` maps the catalogue of
//! failures to the tests.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "test helpers fail by panicking and say what they count"
)]

mod bad_witness;
mod checker;
mod common;
mod forger;
mod forgeries;
mod guests;
mod instructions;
mod kinds;
mod mutation;
mod parity;
mod statement;
