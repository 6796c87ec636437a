//! Sums over points without shifted copies: for bases too many for tables, and for points that are used once.
//!
//! Every window of a row has buckets of its own. With thousands of points a window's buckets are few beside its items, so
//! the shared buckets that shifted copies buy would save little. Rows are cut into blocks of positions, which bounds the
//! memory of a task: the items of one window of one block.

use super::bucket::Buckets;
use super::digits::{Biased, CENTERED_BITS, centered, digits_u64, digits_wide, num_windows};
use super::kernel::{Adder, Backend};
use super::packed::{PackedPoint, PointRef};
use super::rows::RowValues;
use crate::{
    Fr, G1Projective,
    count::{self, Kernel},
    par,
};
use ark_ec::AdditiveGroup;
use ark_ff::Zero;

/// Positions of a block.
const BLOCK: usize = 1 << 18;
/// Items that are summed in one go, unless a single window has more.
const CHUNK_ITEMS: usize = 1 << 15;
/// Smallest share of work for a task of its own.
const MIN_TASK_ITEMS: usize = 1 << 12;
/// Widest window: one window for 16-bit values, with buckets for all of them.
const MAX_WINDOW: usize = 17;

/// The window that minimises additions for `len` magnitudes below `2^bits`: one a digit, two a nonempty bucket.
fn best_window(bits: usize, len: usize) -> usize {
    (2..=MAX_WINDOW).min_by_key(|&w| window_cost(bits, len, w)).unwrap_or(MAX_WINDOW)
}

fn window_cost(bits: usize, len: usize, window: usize) -> usize {
    num_windows(bits, window) * (len + (1 << window).min(2 * len))
}

/// Additions for `len` nonzero magnitudes below `2^bits`. Bits are in one bucket.
pub(super) fn cost(bits: usize, len: usize) -> usize {
    if bits == 1 { len } else { window_cost(bits, len, best_window(bits, len)) }
}

/// A block of a row that has something to sum.
#[derive(Clone, Copy)]
struct Block<'a> {
    /// Number of the part.
    part: usize,
    start: usize,
    values: RowValues<'a>,
    window: usize,
    windows: usize,
    /// An estimate of the number of digits.
    load: usize,
}

impl<'a> Block<'a> {
    fn new(part: usize, start: usize, values: RowValues<'a>) -> Option<Self> {
        let (bits, nonzero) = values.size().unwrap_or((CENTERED_BITS, values.end()));
        if nonzero == 0 {
            return None;
        }
        let window = best_window(bits, nonzero);
        let windows = num_windows(bits, window);
        Some(Self { part, start, values, window, windows, load: nonzero * windows })
    }

    /// Field elements whose windows are spread over tasks.
    fn is_large(&self) -> bool {
        matches!(self.values, RowValues::Field(_)) && self.load > CHUNK_ITEMS
    }
}

/// Sums jobs of one window each, as many at a time as make long batches.
struct Summer<'a> {
    buckets: Buckets,
    adder: Adder<'a>,
    pending: usize,
    sums: Vec<G1Projective>,
}

impl<'a> Summer<'a> {
    fn new(backend: Backend, table: &'a [PackedPoint]) -> Self {
        Self { buckets: Buckets::default(), adder: Adder::new(backend, table), pending: 0, sums: Vec::new() }
    }

    /// Adds the job of a window; `items` is scratch.
    fn push(&mut self, window: usize, items: &mut [(u32, PointRef)]) {
        if self.buckets.num_items() > 0 && self.buckets.num_items() + items.len() > CHUNK_ITEMS {
            self.flush();
        }
        self.buckets.push_job(self.pending, 1 << (window - 1), items);
        self.pending += 1;
    }

    fn flush(&mut self) {
        self.sums.append(&mut self.buckets.sum_jobs(self.pending, &mut self.adder));
        self.buckets.clear();
        self.adder.clear();
        self.pending = 0;
    }

    /// The sums of all jobs, in order.
    fn finish(mut self) -> Vec<G1Projective> {
        self.flush();
        self.sums
    }
}

/// `sum_k 2^(window k) sums[k]`.
fn horner(sums: &[G1Projective], window: usize) -> G1Projective {
    let mut total = G1Projective::zero();
    for sum in sums.iter().rev() {
        if !total.is_zero() {
            count::add(Kernel::G1Additions, window);
            for _ in 0..window {
                total.double_in_place();
            }
        }
        total += sum;
    }
    count::add(Kernel::G1Additions, sums.len());
    total
}

/// The sum of a large block of field elements, a few windows a task.
fn sum_large(backend: Backend, table: &[PackedPoint], block: &Block<'_>) -> G1Projective {
    let RowValues::Field(values) = block.values else { return G1Projective::zero() };
    let window = block.window;
    let mut scalars = vec![Biased::default(); values.len()];
    par::for_each_chunk(&mut scalars, MIN_TASK_ITEMS, |chunk, out| {
        for (out, value) in out.iter_mut().zip(&values[chunk * MIN_TASK_ITEMS..]) {
            *out = Biased::new(value, window);
        }
    });
    let per_task = (CHUNK_ITEMS / values.len().max(1)).max(1);
    let tasks = par::map_collect(block.windows.div_ceil(per_task), |task| {
        let mut summer = Summer::new(backend, table);
        let mut items: Vec<(u32, PointRef)> = Vec::with_capacity(scalars.len());
        for k in task * per_task..block.windows.min((task + 1) * per_task) {
            items.clear();
            for (i, scalar) in scalars.iter().enumerate() {
                if let Some((digit, negative)) = scalar.digit(k, window, block.windows) {
                    items.push((digit, PointRef::table(block.start + i, negative)));
                }
            }
            summer.push(window, &mut items);
        }
        summer.finish()
    });
    let sums: Vec<G1Projective> = tasks.into_iter().flatten().collect();
    horner(&sums, window)
}

/// The sums of small blocks, one after the other.
fn sum_small(backend: Backend, table: &[PackedPoint], blocks: &[Block<'_>]) -> Vec<G1Projective> {
    let mut summer = Summer::new(backend, table);
    let mut items: Vec<Vec<(u32, PointRef)>> = Vec::new();
    for block in blocks {
        items.resize_with(items.len().max(block.windows), Vec::new);
        let items = &mut items[..block.windows];
        for items in &mut *items {
            items.clear();
        }
        match block.values {
            RowValues::Field(values) => {
                for (i, value) in values.iter().enumerate().filter(|(_, v)| !v.is_zero()) {
                    let (magnitude, negative) = centered(value);
                    digits_wide(&magnitude, block.window, |k, digit, digit_negative| {
                        items[k].push((digit, PointRef::table(block.start + i, digit_negative != negative)));
                    });
                }
            }
            values => values.for_each_nonzero(|i, magnitude, negative| {
                digits_u64(magnitude, block.window, |k, digit, digit_negative| {
                    items[k].push((digit, PointRef::table(block.start + i, digit_negative != negative)));
                });
            }),
        }
        for items in items {
            summer.push(block.window, items);
        }
    }
    let sums = summer.finish();
    let mut rest = &sums[..];
    let of_block = |block: &Block<'_>| {
        let (own, others) = rest.split_at(block.windows);
        rest = others;
        horner(own, block.window)
    };
    blocks.iter().map(of_block).collect()
}

/// `sum_i values[i] * table[start + i]` for every part `(start, values)` of a row, in parallel; none is a stack.
///
/// # Panics
/// When a part ends past the table.
pub(crate) fn sum_parts(
    backend: Backend,
    table: &[PackedPoint],
    parts: &[(usize, RowValues<'_>)],
) -> Vec<G1Projective> {
    let blocks = par::map_collect(parts.len(), |i| {
        let (first, values) = parts[i];
        let end = first + values.end();
        assert!(end <= table.len(), "row of {end} values over {} bases", table.len());
        let starts = (0..values.end()).step_by(BLOCK);
        starts.filter_map(|start| Block::new(i, first + start, values.slice(start, BLOCK))).collect::<Vec<_>>()
    });
    let (large, small): (Vec<Block<'_>>, Vec<Block<'_>>) = blocks.into_iter().flatten().partition(Block::is_large);

    let total: usize = small.iter().map(|b| b.load).sum();
    let target = (total / (4 * par::num_threads())).clamp(MIN_TASK_ITEMS, CHUNK_ITEMS);
    let mut tasks: Vec<&[Block<'_>]> = Vec::new();
    let (mut start, mut load) = (0, 0);
    for (end, block) in small.iter().enumerate() {
        if end > start && load >= target {
            tasks.push(&small[start..end]);
            (start, load) = (end, 0);
        }
        load += block.load;
    }
    tasks.push(&small[start..]);

    let large_sums = par::map_collect(large.len(), |i| sum_large(backend, table, &large[i]));
    let small_sums = par::map_collect(tasks.len(), |t| sum_small(backend, table, tasks[t]));
    let mut out = vec![G1Projective::zero(); parts.len()];
    let all = large.iter().chain(&small).zip(large_sums.into_iter().chain(small_sums.into_iter().flatten()));
    for (block, sum) in all {
        out[block.part] += sum;
    }
    out
}

/// `sum_i scalars[i] * table[i]` in parallel.
pub(crate) fn sum_scalars(backend: Backend, table: &[PackedPoint], scalars: &[Fr]) -> G1Projective {
    sum_parts(backend, table, &[(0, RowValues::Field(scalars))]).pop().unwrap_or_else(G1Projective::zero)
}
