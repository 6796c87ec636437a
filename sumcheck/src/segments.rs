//! Long vectors of field elements in segments of one size.
//!
//! A segment is small enough for the allocator to keep it when it is freed, so that the next long vector is made of
//! memory that was touched before: on a virtual machine, a first touch costs more than the arithmetic on what is written.

use crate::kernels::Multiplication;
use ark_ff::One;
use lariat_algebra::{Fr, par};

/// Entries of a segment: 1 MiB.
const LOG_SEGMENT: usize = 15;

/// A prefix of evaluations; every entry past it is one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Segments {
    len: usize,
    segments: Vec<Vec<Fr>>,
}

impl Segments {
    /// Zeros.
    pub fn zeros(len: usize) -> Self {
        let size = 1 << LOG_SEGMENT;
        let segments = par::map_collect(len.div_ceil(size), |k| vec![Fr::default(); size.min(len - k * size)]);
        Self { len, segments }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Consecutive chunks of `size` entries, a power of two that is not longer than a segment.
    pub fn chunks_mut(&mut self, size: usize) -> impl Iterator<Item = &mut [Fr]> {
        debug_assert!(size.is_power_of_two() && size <= 1 << LOG_SEGMENT);
        self.segments.iter_mut().flat_map(move |segment| segment.chunks_mut(size))
    }

    /// The stored ones of entries `start..start + rows`: `rows` is a power of two, `start` a multiple of it. In the buffer
    /// if they are longer than a segment.
    pub fn rows<'s>(&'s self, start: usize, rows: usize, buffer: &'s mut Vec<Fr>) -> &'s [Fr] {
        let at = start & ((1 << LOG_SEGMENT) - 1);
        if rows <= 1 << LOG_SEGMENT {
            let segment = self.segments.get(start >> LOG_SEGMENT).map_or(&[][..], Vec::as_slice);
            return &segment[at.min(segment.len())..segment.len().min(at + rows)];
        }
        let range =
            self.segments.len().min(start >> LOG_SEGMENT)..self.segments.len().min((start + rows) >> LOG_SEGMENT);
        buffer.clear();
        self.segments[range].iter().for_each(|segment| buffer.extend_from_slice(segment));
        buffer
    }

    /// Even and odd entries, the odd ones padded with one to equal length. Segments are freed as they are read, in parallel.
    pub fn halves(self) -> (Self, Self) {
        let len = self.len.div_ceil(2);
        // Two neighbours become two halves, which take their places.
        let mut pairs: Vec<[Vec<Fr>; 2]> = Vec::with_capacity(self.segments.len().div_ceil(2));
        let mut segments = self.segments.into_iter();
        while let Some(first) = segments.next() {
            pairs.push([first, segments.next().unwrap_or_default()]);
        }
        par::for_each_mut(&mut pairs, |_, pair| {
            let room = (pair[0].len() + pair[1].len()).div_ceil(2);
            let [mut evens, mut odds] = [Vec::with_capacity(room), Vec::with_capacity(room)];
            for segment in &*pair {
                let (full, rest) = segment.as_chunks::<2>();
                evens.extend(full.iter().map(|p| p[0]).chain(rest.first().copied()));
                odds.extend(full.iter().map(|p| p[1]).chain(rest.first().map(|_| Fr::one())));
            }
            *pair = [evens, odds];
        });
        let (even, odd) = pairs.into_iter().map(|[even, odd]| (even, odd)).unzip();
        (Self { len, segments: even }, Self { len, segments: odd })
    }

    /// Products entry by entry.
    pub fn product(&self, other: &Self) -> Self {
        debug_assert_eq!(self.len, other.len);
        let segments = par::map_collect(self.segments.len(), |k| {
            let mut out = self.segments[k].clone();
            for (out, other) in out.chunks_mut(1 << 10).zip(other.segments[k].chunks(1 << 10)) {
                Multiplication::default().multiply(out, other);
            }
            out
        });
        Self { len: self.len, segments }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_one_vector() {
        let size = 1 << LOG_SEGMENT;
        for len in [0, 1, 2, 3, size - 1, size, size + 1, 3 * size + 5] {
            let mut v = Segments::zeros(len);
            let chunks = v.chunks_mut(1 << 6).enumerate();
            chunks
                .for_each(|(k, c)| c.iter_mut().enumerate().for_each(|(i, x)| *x = Fr::from((k << 6 | i) as u64 + 2)));
            assert_eq!(v.len(), len);
            let entry = |i: usize| Fr::from(i as u64 + 2);
            for (start, rows) in [(0, 1), (0, 4 * size), (size, 2), (2 * size, 2 * size), (4 * size, 64), (3 * size, 4)]
            {
                let expected: Vec<Fr> = (start..start + rows).take_while(|&i| i < len).map(entry).collect();
                assert_eq!(v.rows(start, rows, &mut Vec::new()), expected, "{rows} rows from {start} of {len}");
            }
            let (even, odd) = v.clone().halves();
            let product = even.product(&odd);
            let whole = |v: &Segments| v.rows(0, 4 * size, &mut Vec::new()).to_vec();
            let half = len.div_ceil(2);
            let odd_entry = |i: usize| if 2 * i + 1 < len { entry(2 * i + 1) } else { Fr::one() };
            assert_eq!(whole(&even), (0..half).map(|i| entry(2 * i)).collect::<Vec<_>>());
            assert_eq!(whole(&odd), (0..half).map(odd_entry).collect::<Vec<_>>());
            assert_eq!(whole(&product), (0..half).map(|i| entry(2 * i) * odd_entry(i)).collect::<Vec<_>>());
        }
    }
}
