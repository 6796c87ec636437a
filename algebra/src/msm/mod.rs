//! Multi-scalar multiplication: rows of small integers over [`FixedBases`], and [`msm`] for full-size scalars.
//!
//! Both rest on the same engine. Scalars are cut into signed digits, each digit puts a (possibly negated) point into a
//! bucket, and buckets are summed by rounds of independent *affine* additions that share one inversion per batch: about
//! six field products an addition where projective coordinates take eleven. See `bucket.rs` for the rounds and
//! `kernel.rs` for the additions, which are exact for identities, doublings and opposite points.

mod bucket;
mod combine;
mod digits;
mod fixed;
pub(crate) mod inverse;
mod kernel;
pub(crate) mod packed;
mod rows;
#[cfg(test)]
mod tests;
mod variable;

pub use combine::combine_rows;
pub use fixed::FixedBases;
pub use kernel::Backend;
pub use rows::RowValues;
pub use variable::{MsmError, msm, msm_with};
