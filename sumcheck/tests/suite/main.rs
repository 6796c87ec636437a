//! Tests of the sumcheck crate: parity of every kernel with the naive prover, completeness, and forgeries.

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
mod reduction;
