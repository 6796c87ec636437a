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

mod common;
mod guests;
mod instructions;
mod isa_corpus;
mod large_memory;
mod plans;
mod products;
mod random_programs;
mod statement;
mod wrong_traces;
