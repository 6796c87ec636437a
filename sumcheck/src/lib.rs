//! Sumcheck as a library of parts: relations as data, round provers that never see the channel, a batched engine,
//! layered grand products for dense and for sparse leaves, and the reduction of many claims to one point.
//!
//! Conventions: coordinate 0 of a point is the most significant bit of a hypercube index. Every round binds the
//! **last** free coordinate, so a vector stored as a prefix (all later entries equal to a known default) stays a
//! prefix of half the length, and a polynomial in `m < n` variables batched with one in `n` ends at the last `m`
//! coordinates of the common point.

#![forbid(unsafe_code)]

pub mod block_column;
pub mod dense_product;
pub mod engine;
pub mod eq_factor;
mod error;
mod evaluate;
pub mod grand_product;
mod kernels;
pub mod leaves;
pub mod ledger;
mod levels;
pub mod naive;
mod product_table;
pub mod quadratic;
pub mod quarks;
pub mod reduction;
mod rows;
mod segments;
pub mod sparse_product;
pub mod sparse_quadratic;
pub mod weighted;

pub use engine::{BatchVerdict, Instance, InstanceShape, RoundProver};
pub use error::SumcheckError;
pub use weighted::WeightedRoundProver;
