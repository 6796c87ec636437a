//! Tests of the sumcheck crate: parity of every kernel with the naive prover, completeness, and forgeries.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail tests")]

mod common;
mod engine;
mod forgeries;
mod frozen;
mod grand_product;
mod leaves;
mod malicious;
mod parity_dense;
mod parity_quadratic;
mod parity_sparse;
mod quarks;
mod reduction;
