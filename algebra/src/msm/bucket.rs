//! From `(bucket, point)` items to `sum_d d * (sum of bucket d)`, by rounds of independent additions.
//!
//! A *segment* is a run of items to be summed. Each round pairs neighbours inside every segment at once, so segments of
//! any shape halve together, collisions inside a bucket do not exist, and batches stay long. The weighted sum over
//! the buckets of a job follows from `sum_d d B_d = sum_k 2^k S_k`, where `S_k` sums the odd-numbered entries of the
//! `k`-fold halved bucket array: two additions a bucket, all of them in the same kind of rounds.

use super::kernel::Adder;
use super::packed::PointRef;
use crate::G1Projective;
use crate::count::{self, Kernel};
use ark_ec::AdditiveGroup;
use ark_ff::Zero;

/// A run of items that have one sum.
#[derive(Clone, Copy, Debug)]
struct Segment {
    start: u32,
    len: u32,
}

/// Bucket of a job with its items, before summation; jobs are numbered by the caller.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    job: u32,
    weight: u32,
    segment: Segment,
}

/// Collects the items of several jobs and sums them together.
#[derive(Default)]
pub(crate) struct Buckets {
    items: Vec<PointRef>,
    filled: Vec<Bucket>,
    pairs: Vec<(PointRef, PointRef)>,
    counts: Vec<u32>,
}

/// Below this many items a job is sorted by comparison instead of by counting.
const COUNTING_THRESHOLD: usize = 48;

/// Items whose buckets are summed together: their intermediate sums take up to 2 MiB.
const SLICE_ITEMS: usize = 1 << 15;

impl Buckets {
    /// Forgets all jobs.
    pub(crate) fn clear(&mut self) {
        self.items.clear();
        self.filled.clear();
    }

    /// Number of items collected.
    pub(crate) fn num_items(&self) -> usize {
        self.items.len()
    }

    /// Adds a job whose sum is `sum weight * point` over `items`, all weights in `1..=max_weight`. `items` is scratch:
    /// its order is lost.
    pub(crate) fn push_job(&mut self, job: usize, max_weight: usize, items: &mut [(u32, PointRef)]) {
        let first_bucket = self.filled.len();
        let base = self.items.len() as u32;
        if items.len() < COUNTING_THRESHOLD || max_weight > 4 * items.len() {
            items.sort_unstable_by_key(|item| item.0);
            for (i, &(weight, point)) in items.iter().enumerate() {
                self.items.push(point);
                match self.filled[first_bucket..].last_mut() {
                    Some(bucket) if bucket.weight == weight => bucket.segment.len += 1,
                    _ => self.filled.push(Bucket {
                        job: job as u32,
                        weight,
                        segment: Segment { start: base + i as u32, len: 1 },
                    }),
                }
            }
            return;
        }
        self.counts.clear();
        self.counts.resize(max_weight + 1, 0);
        for &(weight, _) in items.iter() {
            self.counts[weight as usize] += 1;
        }
        let mut start = base;
        for (weight, count) in self.counts.iter_mut().enumerate() {
            let len = *count;
            if len > 0 {
                self.filled.push(Bucket { job: job as u32, weight: weight as u32, segment: Segment { start, len } });
            }
            *count = start;
            start += len;
        }
        self.items.resize(start as usize, PointRef::table(0, false));
        for &(weight, point) in items.iter() {
            let slot = &mut self.counts[weight as usize];
            self.items[*slot as usize] = point;
            *slot += 1;
        }
    }

    /// The sums of jobs `0..num_jobs`. Jobs must have been pushed in increasing order; a job without items sums to
    /// the identity.
    pub(crate) fn sum_jobs(&mut self, num_jobs: usize, adder: &mut Adder<'_>) -> Vec<G1Projective> {
        // Step 1: one point per bucket.
        // Slice after slice: a slice's intermediate sums stay in the cache, and only its buckets are kept.
        let mut segments: Vec<Segment> = self.filled.iter().map(|b| b.segment).collect();
        let mut rest = &mut segments[..];
        while !rest.is_empty() {
            let mut load = 0;
            let full = |s: &Segment| {
                load += s.len as usize;
                load >= SLICE_ITEMS
            };
            let end = rest.iter().position(full).map_or(rest.len(), |i| i + 1);
            let (slice, others) = rest.split_at_mut(end);
            let start = adder.num_sums();
            reduce_segments(&mut self.items, slice, adder, &mut self.pairs);
            if !others.is_empty() {
                // Segments lie behind one another; their sums are in their first items.
                let (mut items, mut position) = (&mut self.items[..], 0);
                let sums = slice.iter().map(|segment| {
                    let here = std::mem::take(&mut items).split_at_mut(segment.start as usize - position).1;
                    position = segment.start as usize + 1;
                    let (sum, behind) = here.split_first_mut().expect("segments are not empty");
                    items = behind;
                    sum
                });
                adder.compact(start, sums);
            }
            rest = others;
        }
        let mut level: Vec<(u32, u32, PointRef)> =
            self.filled.iter().map(|b| (b.job, b.weight, self.items[b.segment.start as usize])).collect();

        // Step 2: halve the bucket arrays of all jobs together; odd entries at level k belong to S_k.
        let mut odd: Vec<(u32, u32, PointRef)> = Vec::new();
        for k in 0.. {
            if level.is_empty() {
                break;
            }
            self.pairs.clear();
            let mut next: Vec<(u32, u32, PointRef)> = Vec::with_capacity(level.len());
            for &(job, weight, point) in &level {
                if weight & 1 == 1 {
                    odd.push((job, k, point));
                }
                let half = weight >> 1;
                if half == 0 {
                    continue;
                }
                match next.last_mut() {
                    Some((j, w, p)) if *j == job && *w == half => {
                        let sum = adder.next_ref(self.pairs.len());
                        self.pairs.push((*p, point));
                        *p = sum;
                    }
                    _ => next.push((job, half, point)),
                }
            }
            adder.add(&self.pairs);
            level = next;
        }

        // Step 3: the S_k of every job. `odd` is sorted by k, then by job.
        self.items.clear();
        segments.clear();
        let mut names: Vec<(u32, u32)> = Vec::new();
        for &(job, k, point) in &odd {
            if names.last() == Some(&(job, k)) {
                segments.last_mut().expect("one segment per name").len += 1;
            } else {
                names.push((job, k));
                segments.push(Segment { start: self.items.len() as u32, len: 1 });
            }
            self.items.push(point);
        }
        reduce_segments(&mut self.items, &mut segments, adder, &mut self.pairs);

        // Step 4: Horner's rule in 2, from the highest k down.
        let mut sums = vec![(G1Projective::zero(), 0); num_jobs];
        let double_down = |(sum, power): &mut (G1Projective, u32), k| {
            count::add(Kernel::G1Additions, power.saturating_sub(k) as usize);
            for _ in k..*power {
                sum.double_in_place();
            }
            *power = k;
        };
        for ((job, k), segment) in names.iter().zip(&segments).rev() {
            let sum = &mut sums[*job as usize];
            double_down(sum, *k);
            sum.0 += adder.get(self.items[segment.start as usize]);
            sum.1 = *k;
        }
        count::add(Kernel::G1Additions, names.len());
        for sum in &mut sums {
            double_down(sum, 0);
        }
        sums.into_iter().map(|(sum, _)| sum).collect()
    }
}

/// Sums every segment; the sum of segment `s` ends up in `items[s.start]`. All segments must be nonempty.
fn reduce_segments(
    items: &mut [PointRef],
    segments: &mut [Segment],
    adder: &mut Adder<'_>,
    pairs: &mut Vec<(PointRef, PointRef)>,
) {
    let mut active: Vec<u32> = (0..segments.len() as u32).filter(|&s| segments[s as usize].len > 1).collect();
    while !active.is_empty() {
        pairs.clear();
        active.retain(|&s| {
            let segment = &mut segments[s as usize];
            let (start, len) = (segment.start as usize, segment.len as usize);
            let items = &mut items[start..start + len];
            let half = len / 2;
            for i in 0..half {
                let pair = (items[2 * i], items[2 * i + 1]);
                items[i] = adder.next_ref(pairs.len());
                pairs.push(pair);
            }
            if len % 2 == 1 {
                items[half] = items[len - 1];
            }
            segment.len = len.div_ceil(2) as u32;
            segment.len > 1
        });
        adder.add(pairs);
    }
}
