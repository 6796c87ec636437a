//! A codeword a block of positions at a time, from coefficients that are integers.
//!
//! Block `i` of `2^s` positions is node `i` of the tree of factors: the values there are those of the polynomial modulo
//! `X^(2^s) - a_i`, which is `sum_j a_i^j chunk_j` over the chunks of `2^s` coefficients. Coefficients are small, so that
//! this remainder is a form in small integers ([`crate::forms`]) and takes the place of the upper layers of butterflies.

use super::{Domain, factors, transform, widen};
use crate::Fr;
use crate::forms::{IntegerRows, SmallForm};
use crate::ifma::slices::scale_add;
use crate::msm::RowValues;
use ark_ff::{AdditiveGroup, Field};

/// Longest block that is transformed as a whole for a position.
const SHORT: usize = 32;

/// Added to signed integers.
const BIAS: u32 = 1 << 31;

/// Blocks of the codewords over one domain. Memory is kept from one block to the next.
#[derive(Debug)]
pub struct BlockEncoder {
    domain: Domain,
    log_block: usize,
    integers: IntegerRows,
    values: Vec<Fr>,
}

impl BlockEncoder {
    /// Blocks of `2^log_block` positions of `domain`.
    ///
    /// # Panics
    /// When a block is longer than the domain, or one position of more.
    pub fn new(domain: Domain, log_block: usize) -> Self {
        let log_size = domain.log_size();
        assert!((log_size.min(1)..=log_size).contains(&log_block), "blocks of 2^{log_block} on 2^{log_size} points");
        Self { domain, log_block, integers: IntegerRows::default(), values: Vec::new() }
    }

    /// Number of positions of a block.
    pub fn block_len(&self) -> usize {
        1 << self.log_block
    }

    /// The values of the polynomial with these coefficients on block `block`: what [`Domain::encode`] has there.
    ///
    /// # Panics
    /// When there is no such block, there are more coefficients than points or more chunks of them than a form has terms
    /// ([`MAX_TERMS`](crate::forms::MAX_TERMS); 64-bit integers have two each), or `out` is not as long as a block.
    pub fn encode(&mut self, coefficients: RowValues<'_>, block: usize, out: &mut [Fr]) {
        let len = self.remainder(coefficients, block, out);
        let nodes = out.len() / len;
        for (i, part) in out.chunks_mut(len).enumerate() {
            transform(part, block * nodes + i, factors(self.domain.log_size()));
        }
    }

    /// The values on some positions of a block, which are counted from its first and increase. A few positions of a long
    /// block cost less than all.
    ///
    /// # Panics
    /// As [`Self::encode`], or when a position is not in the block.
    pub fn encode_at(&mut self, coefficients: RowValues<'_>, block: usize, positions: &[usize]) -> Vec<Fr> {
        let mut values = std::mem::take(&mut self.values);
        values.resize(self.block_len(), Fr::ZERO);
        let len = self.remainder(coefficients, block, &mut values);
        let nodes = values.len() / len;
        let (mut out, mut rest) = (Vec::with_capacity(positions.len()), positions);
        for (i, part) in values.chunks_mut(len).enumerate() {
            let (here, later) = rest.split_at(rest.partition_point(|p| *p < (i + 1) * len));
            pick(part, block * nodes + i, i * len, here, factors(self.domain.log_size()), &mut out);
            rest = later;
        }
        assert!(rest.is_empty(), "positions {rest:?} of a block of 2^{}", self.log_block);
        self.values = values;
        out
    }

    /// Writes the polynomial modulo that of each node into the node's part of the block. Returns the length of the parts.
    fn remainder(&mut self, coefficients: RowValues<'_>, block: usize, out: &mut [Fr]) -> usize {
        let (end, log_size) = (coefficients.end(), self.domain.log_size());
        assert!(end <= self.domain.size(), "{end} coefficients on 2^{log_size} points");
        assert!(block < self.domain.size() >> self.log_block, "block {block} of 2^{}", log_size - self.log_block);
        assert_eq!(out.len(), self.block_len(), "values of a block");
        if end > out.len() {
            let root = factors(log_size)[block];
            self.remainder_modulo(coefficients, root * root, out);
            return out.len();
        }
        // The remainder is the polynomial itself, on every node that is long enough.
        let coefficients = widen(coefficients);
        let len = coefficients.len().next_power_of_two();
        out.fill(Fr::ZERO);
        for part in out.chunks_mut(len) {
            part[..coefficients.len()].copy_from_slice(&coefficients);
        }
        len
    }

    /// `sum_j a^j chunk_j` over the chunks of as many coefficients as `out` has places.
    fn remainder_modulo(&mut self, coefficients: RowValues<'_>, a: Fr, out: &mut [Fr]) {
        let len = out.len();
        let powers = std::iter::successors(Some(Fr::ONE), |power| Some(*power * a));
        let chunks: Vec<RowValues<'_>> =
            (0..coefficients.end().div_ceil(len)).map(|j| coefficients.slice(j * len, len)).collect();
        // Elements, and slots that are shorter than a chunk: no column of small integers.
        let is_wide = |chunk: &RowValues<'_>| matches!(chunk, RowValues::Field(_) | RowValues::Stack { .. });
        if chunks.iter().any(is_wide) {
            out.fill(Fr::ZERO);
            for (chunk, power) in chunks.into_iter().zip(powers) {
                if let RowValues::Field(values) = chunk {
                    scale_add(&mut out[..values.len()], power, values);
                } else {
                    let values = widen(chunk);
                    scale_add(&mut out[..values.len()], power, &values);
                }
            }
            return;
        }
        let chunks = chunks.into_iter().zip(powers);
        let stored: Vec<(RowValues<'_>, Fr)> = chunks.filter(|(chunk, _)| chunk.num_stored() > 0).collect();
        load(&mut self.integers, &stored, len).evaluate(&self.integers, out, 1);
    }
}

/// Writes chunks of `len` coefficients into columns, at most two for each. Returns their combination.
fn load(integers: &mut IntegerRows, chunks: &[(RowValues<'_>, Fr)], len: usize) -> SmallForm {
    let words = |chunk: &RowValues<'_>| if matches!(chunk, RowValues::U64(_)) { 2 } else { 1 };
    integers.reset(len, chunks.iter().map(|(chunk, _)| words(chunk)).sum());
    let (mut constant, mut terms) = (Fr::ZERO, Vec::new());
    for &(chunk, power) in chunks {
        let k = terms.len();
        terms.push((k, power));
        let column = integers.column_mut(k);
        match chunk {
            RowValues::Bool(v) => copy(column, v, u32::from),
            RowValues::U8(v) => copy(column, v, u32::from),
            RowValues::U16(v) => copy(column, v, u32::from),
            RowValues::U32(v) => copy(column, v, |x| x),
            RowValues::I32(v) => {
                column.fill(BIAS);
                copy(column, v, |x| x.cast_unsigned() ^ BIAS);
                constant -= power * Fr::from(BIAS);
            }
            RowValues::U64(v) => {
                copy(column, v, |x| x as u32);
                copy(integers.column_mut(k + 1), v, |x| (x >> 32) as u32);
                terms.push((k + 1, power * Fr::from(1u64 << 32)));
            }
            RowValues::Sparse { entries, offset } => {
                for &(index, value) in entries {
                    column[(index - offset) as usize] = value;
                }
            }
            RowValues::Field(_) | RowValues::Stack { .. } => unreachable!("chunks of integers of one type"),
        }
    }
    SmallForm::new(constant, terms)
}

fn copy<T: Copy>(column: &mut [u32], values: &[T], word: impl Fn(T) -> u32) {
    column.iter_mut().zip(values).for_each(|(out, x)| *out = word(*x));
}

/// Appends the values at `positions` of the part of a block that starts at position `first` and holds the polynomial of
/// node `node`.
fn pick(part: &mut [Fr], node: usize, first: usize, positions: &[usize], factors: &[Fr], out: &mut Vec<Fr>) {
    if positions.is_empty() {
        return;
    }
    if part.len() <= SHORT {
        transform(part, node, factors);
        out.extend(positions.iter().map(|p| part[p - first]));
        return;
    }
    let middle = first + part.len() / 2;
    let (low, high) = part.split_at_mut(part.len() / 2);
    let (left, right) = positions.split_at(positions.partition_point(|p| *p < middle));
    let factor = factors[node];
    match (left.is_empty(), right.is_empty()) {
        (_, true) => scale_add(low, factor, high),
        (true, _) => scale_add(low, -factor, high),
        _ => {
            let mut product = vec![Fr::ZERO; high.len()];
            scale_add(&mut product, factor, high);
            for ((u, v), t) in low.iter_mut().zip(&mut *high).zip(&product) {
                *v = *u - t;
                *u += t;
            }
        }
    }
    pick(low, 2 * node, first, left, factors, out);
    let right_part = if left.is_empty() { low } else { high };
    pick(right_part, 2 * node + 1, middle, right, factors, out);
}
