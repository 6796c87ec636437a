//! Eight field elements at a time on AVX-512 IFMA, chosen at run time; every entry has a portable twin.
//!
//! `lanes` holds the arithmetic (52-bit limbs, Montgomery form), `points` drives the batch additions of
//! [`crate::msm`], and [`slices`] offers kernels over slices of scalars.

pub mod blake3;
#[cfg(target_arch = "x86_64")]
mod lanes;
pub(crate) mod ntt;
pub(crate) mod points;
pub mod slices;

/// Whether this CPU runs the kernels of this module.
pub fn is_available() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512ifma")
            && is_x86_feature_detected!("avx512vbmi2")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}
