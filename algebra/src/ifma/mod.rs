//! Eight field elements at a time on AVX-512 IFMA, chosen at run time; every entry has a portable twin.
//!
//! `lanes` holds the arithmetic (52-bit limbs, Montgomery form), `points` drives the batch additions of
//! [`crate::msm`], and [`slices`] offers kernels over slices of scalars.

use crate::simd::Simd;

pub mod blake3;
#[cfg(target_arch = "x86_64")]
mod lanes;
pub(crate) mod ntt;
pub(crate) mod points;
pub mod slices;

/// Whether the kernels of this module run: this CPU has the instructions, and [`Simd`] allows for them.
pub fn is_available() -> bool {
    Simd::current() == Simd::Ifma
}
