//! Multi-scalar multiplication of arbitrary points by full-size scalars.

use super::kernel::Backend;
use super::packed::{PackedPoint, PointRef};
use super::plain;
use crate::{Fr, G1Affine, G1Projective, par};
use ark_ec::AffineRepr;
use ark_ff::Zero;

/// Points that are packed by one task.
const PACK_CHUNK: usize = 1 << 12;

/// Why [`msm`] refused its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MsmError {
    /// As many scalars as points are needed.
    #[error("{bases} points but {scalars} scalars")]
    LengthMismatch {
        /// Number of points given.
        bases: usize,
        /// Number of scalars given.
        scalars: usize,
    },
    /// More points than 30-bit references can name.
    #[error("{bases} points are more than 2^30")]
    TooLong {
        /// Number of points given.
        bases: usize,
    },
}

/// `sum_i scalars[i] * bases[i]`: Pippenger's buckets with signed digits, filled by affine additions that share
/// inversions. Windows of thousands of points run in parallel on the current thread pool.
///
/// About `ceil(254 / w) (n + 2^w)` affine additions for `n` points, `w` chosen to minimise it. Zero scalars and
/// identity points cost nothing; small scalars and their negatives cost less. Variable time: not for secrets.
///
/// # Errors
/// When the lengths differ, or exceed `2^30`.
pub fn msm(bases: &[G1Affine], scalars: &[Fr]) -> Result<G1Projective, MsmError> {
    msm_with(Backend::detect(), bases, scalars)
}

/// Points in a backend's form, in parallel.
pub(crate) fn pack_all<'a>(
    backend: Backend,
    len: usize,
    point: impl Fn(usize) -> &'a G1Affine + Sync + Send,
) -> Vec<PackedPoint> {
    let mut table = vec![PackedPoint::IDENTITY; len];
    par::for_each_chunk(&mut table, PACK_CHUNK, |chunk, out| {
        for (i, out) in out.iter_mut().enumerate() {
            *out = backend.pack(point(chunk * PACK_CHUNK + i));
        }
    });
    table
}

/// [`msm`] on a chosen backend.
///
/// # Errors
/// As [`msm`].
///
/// # Panics
/// When this CPU does not run the backend.
pub fn msm_with(backend: Backend, bases: &[G1Affine], scalars: &[Fr]) -> Result<G1Projective, MsmError> {
    assert!(backend.is_available(), "backend not available on this CPU");
    if bases.len() != scalars.len() {
        return Err(MsmError::LengthMismatch { bases: bases.len(), scalars: scalars.len() });
    }
    if bases.len() > PointRef::CAPACITY {
        return Err(MsmError::TooLong { bases: bases.len() });
    }
    let used: Vec<usize> = (0..bases.len()).filter(|&i| !scalars[i].is_zero() && !bases[i].is_zero()).collect();
    let table = pack_all(backend, used.len(), |i| &bases[used[i]]);

    if used.len() == bases.len() {
        return Ok(plain::sum_scalars(backend, &table, scalars));
    }
    let scalars: Vec<Fr> = used.iter().map(|&i| scalars[i]).collect();
    Ok(plain::sum_scalars(backend, &table, &scalars))
}
