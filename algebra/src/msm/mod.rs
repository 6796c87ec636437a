//! Multi-scalar multiplication: rows of small integers over [`FixedBases`], and [`msm`] for full-size scalars.
//!
//! Both rest on the same engine. Scalars are cut into signed digits, each digit puts a (possibly negated) point into a
//! bucket, and buckets are summed by rounds of independent *affine* additions that share one inversion per batch: about
//! six field products an addition where projective coordinates take eleven. See `bucket.rs` for the rounds and
//! `kernel.rs` for the additions, which are exact for identities, doublings and opposite points.
//!
//! # Measured
//! Nanoseconds per scalar on one thread of a Zen 4 server core at 3.6 GHz, `cargo bench -p lariat-algebra --bench msm`:
//! rows of 4,096 uniform values over 4,096 bases, tables built. The baseline is arkworks 0.6 with its routine for the
//! type.
//!
//! | values | IFMA | portable | arkworks | arkworks / IFMA |
//! |---|---|---|---|---|
//! | bool, half ones | 8.4 | 30 | 131 | 15.7 |
//! | bool, one in 16 | 3.9 | 9.5 | 15.6 | 4.0 |
//! | u8 | 52 | 183 | 310 | 6.0 |
//! | u16 | 97 | 363 | 646 | 6.7 |
//! | u32 below 2^20 | 114 | 403 | 750 | 6.6 |
//! | u32 | 160 | 591 | 1,310 | 8.2 |
//! | u64 | 298 | 1,170 | 2,450 | 8.2 |
//! | full size | 1,110 | 4,970 | 8,390 | 7.6 |
//!
//! [`msm`] of 8,192 points: 12.1 ms on IFMA, 41.5 ms portable, 62.8 ms arkworks. For scale: one multiplication of
//! arkworks' scalars that waits for the one before takes 19.6 ns.

mod bucket;
mod combine;
mod digits;
mod fixed;
pub(crate) mod inverse;
mod kernel;
mod multiples;
pub(crate) mod packed;
mod plain;
mod rows;
#[cfg(test)]
mod tests;
mod variable;

pub use combine::combine_rows;
pub use fixed::FixedBases;
pub use kernel::Backend;
pub use multiples::fixed_base_multiples;
pub use rows::RowValues;
pub use variable::{MsmError, msm, msm_with};
