//! Many multiples of one point.

use super::digits::{CENTERED_BITS, centered, digits_wide, num_windows};
use super::kernel::{Adder, Backend};
use super::packed::{PackedPoint, PointRef};
use crate::{Fr, G1Affine, par};

/// Multiples that are computed together by one task.
const CHUNK: usize = 1 << 11;
/// Widest window: a table of 21 windows of 12 bits takes 2.6 MiB and stays in the cache.
const MAX_WINDOW: usize = 12;

/// `scalars[i] * base` for all `i`, in parallel.
///
/// About `254 / w` affine additions each, from a table of `2^(w - 1)` multiples a window, `w` up to 12: about 0.8
/// microseconds a multiple on IFMA. Variable time: not for secrets.
pub fn fixed_base_multiples(base: &G1Affine, scalars: &[Fr]) -> Vec<G1Affine> {
    fixed_base_multiples_with(Backend::detect(), base, scalars)
}

/// [`fixed_base_multiples`] on a chosen backend.
///
/// # Panics
/// When this CPU does not run the backend.
pub(crate) fn fixed_base_multiples_with(backend: Backend, base: &G1Affine, scalars: &[Fr]) -> Vec<G1Affine> {
    assert!(backend.is_available(), "backend not available on this CPU");
    let cost = |w: &usize| num_windows(CENTERED_BITS, *w) * (scalars.len() + (1 << (w - 1)));
    let window = (2..=MAX_WINDOW).min_by_key(cost).unwrap_or(MAX_WINDOW);
    let half = 1usize << (window - 1);
    let table = multiples_table(backend, base, window);

    let chunks = par::map_collect(scalars.len().div_ceil(CHUNK), |c| {
        let scalars = &scalars[c * CHUNK..scalars.len().min((c + 1) * CHUNK)];
        // Multiple i is the sum of one table entry a window; window after window, all of the chunk at once.
        let mut by_window: Vec<Vec<(u32, PointRef)>> = vec![Vec::new(); num_windows(CENTERED_BITS, window)];
        for (i, scalar) in scalars.iter().enumerate() {
            let (magnitude, negative) = centered(scalar);
            digits_wide(&magnitude, window, |k, digit, digit_negative| {
                let entry = k * half + digit as usize - 1;
                by_window[k].push((i as u32, PointRef::table(entry, digit_negative != negative)));
            });
        }
        let mut adder = Adder::new(backend, &table);
        let mut sums: Vec<Option<PointRef>> = vec![None; scalars.len()];
        let mut pairs = Vec::with_capacity(scalars.len());
        for items in by_window {
            pairs.clear();
            for (i, point) in items {
                let sum = &mut sums[i as usize];
                *sum = Some(match *sum {
                    Some(partial) => {
                        let next = adder.next_ref(pairs.len());
                        pairs.push((partial, point));
                        next
                    }
                    None => point,
                });
            }
            adder.add(&pairs);
        }
        sums.into_iter().map(|sum| sum.map_or(G1Affine::identity(), |sum| adder.get(sum))).collect::<Vec<_>>()
    });
    chunks.into_iter().flatten().collect()
}

/// `d 2^(window k) base` for `d` in `1..=2^(window - 1)` at index `k 2^(window - 1) + d - 1`.
fn multiples_table(backend: Backend, base: &G1Affine, window: usize) -> Vec<PackedPoint> {
    let num_windows = num_windows(CENTERED_BITS, window);
    let half = 1usize << (window - 1);
    let first = [backend.pack(base)];
    let mut adder = Adder::new(backend, &first);
    let mut entries: Vec<Vec<PointRef>> = Vec::with_capacity(num_windows);
    let mut lowest = PointRef::table(0, false);
    for k in 0..num_windows {
        if k > 0 {
            for _ in 0..window {
                let double = adder.next_ref(0);
                adder.add(&[(lowest, lowest)]);
                lowest = double;
            }
        }
        entries.push(vec![lowest]);
    }
    // From 1..=m to 1..=2m: add the m-th multiple to each, all windows at once.
    for _ in 1..window {
        let mut pairs = Vec::new();
        for entries in &mut entries {
            let len = entries.len();
            for d in 0..len {
                let sum = adder.next_ref(pairs.len());
                pairs.push((entries[d], entries[len - 1]));
                entries.push(sum);
            }
        }
        adder.add(&pairs);
    }
    debug_assert!(entries.iter().all(|e| e.len() == half));
    entries.iter().flatten().map(|&entry| adder.packed(entry)).collect()
}
