//! Multi-scalar multiplication of arbitrary points by full-size scalars.

use super::bucket::Buckets;
use super::digits::{BucketSets, CENTERED_BITS, best_window, centered, digits_wide, num_windows};
use super::kernel::{Adder, Backend};
use super::packed::{PackedPoint, PointRef};
use crate::{Fr, G1Affine, G1Projective};
use ark_ec::{AdditiveGroup, AffineRepr};
use ark_ff::Zero;

/// Items that are summed in one go; bounds the arena at 2 MiB.
const CHUNK_ITEMS: usize = 1 << 15;

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

/// `sum_i scalars[i] * bases[i]` on the calling thread: Pippenger's buckets with signed digits, filled by affine
/// additions that share inversions.
///
/// About `ceil(254 / w) (n + 2^w)` affine additions for `n` points, `w` chosen to minimise it. Zero scalars and
/// identity points cost nothing; small scalars and their negatives cost less. Variable time: not for secrets.
///
/// # Errors
/// When the lengths differ, or exceed `2^30`.
pub fn msm(bases: &[G1Affine], scalars: &[Fr]) -> Result<G1Projective, MsmError> {
    msm_with(Backend::detect(), bases, scalars)
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
    let table: Vec<PackedPoint> = used.iter().map(|&i| backend.pack(&bases[i])).collect();

    let window = best_window(CENTERED_BITS, used.len(), BucketSets::PerWindow);
    let mut windows: Vec<Vec<(u32, PointRef)>> = vec![Vec::new(); num_windows(CENTERED_BITS, window)];
    for (index, &i) in used.iter().enumerate() {
        let (magnitude, negative) = centered(&scalars[i]);
        digits_wide(&magnitude, window, |k, digit, digit_negative| {
            windows[k].push((digit, PointRef::table(index, digit_negative != negative)));
        });
    }

    let mut adder = Adder::new(backend, &table);
    let mut buckets = Buckets::default();
    let mut sums = Vec::with_capacity(windows.len());
    let mut jobs = 0;
    for items in &mut windows {
        if buckets.num_items() > 0 && buckets.num_items() + items.len() > CHUNK_ITEMS {
            sums.append(&mut buckets.sum_jobs(jobs, &mut adder));
            buckets.clear();
            adder.clear();
            jobs = 0;
        }
        buckets.push_job(jobs, 1 << (window - 1), items);
        jobs += 1;
    }
    sums.append(&mut buckets.sum_jobs(jobs, &mut adder));

    let mut total = G1Projective::zero();
    for sum in sums.iter().rev() {
        if !total.is_zero() {
            for _ in 0..window {
                total.double_in_place();
            }
        }
        total += sum;
    }
    Ok(total)
}
