//! A public column over a large hypercube that is affine in the index on most of it.
//!
//! The column is cut into blocks of `2^s` entries at multiples of `2^s`. On a block it is either `offset + slope * i`,
//! with `i` counted from the block's first entry, or a list of values; off the blocks it is constant. Binding the last
//! coordinate to `r` keeps this shape: an affine block becomes the affine block `(offset + slope r) + 2 slope i` of half
//! the size, and blocks of one entry merge with their siblings. So memory and time follow the number of blocks and of
//! listed values, whatever the size of the hypercube.

use crate::kernels::bind_in_place;
use ark_ff::{AdditiveGroup, Zero};
use lariat_algebra::{Fr, par};

/// Entries filled by one task of a parallel loop.
const CHUNK: usize = 1 << 12;

#[derive(Clone, Debug)]
enum Contents {
    /// `offset + slope * i`.
    Affine { offset: Fr, slope: Fr },
    /// One value an entry.
    Values(Vec<Fr>),
}

impl Contents {
    fn at(&self, i: usize) -> Fr {
        match self {
            Self::Affine { offset, slope } if slope.is_zero() => *offset,
            Self::Affine { offset, slope } => *offset + *slope * Fr::from(i as u64),
            Self::Values(values) => values[i],
        }
    }
}

/// `2^log_size` entries from `first` on, a multiple of the size.
#[derive(Clone, Debug)]
struct Block {
    first: usize,
    log_size: u32,
    contents: Contents,
}

impl Block {
    fn contains(&self, i: usize) -> bool {
        i.checked_sub(self.first).is_some_and(|k| k >> self.log_size == 0)
    }
}

/// The column; see the [module](self).
#[derive(Clone, Debug)]
pub struct BlockColumn {
    num_vars: usize,
    elsewhere: Fr,
    /// In the order of their places, disjoint.
    blocks: Vec<Block>,
}

impl BlockColumn {
    /// A column of `2^num_vars` entries, all of them `elsewhere`.
    pub fn new(num_vars: usize, elsewhere: Fr) -> Self {
        Self { num_vars, elsewhere, blocks: Vec::new() }
    }

    /// Number of variables that are not bound.
    pub fn num_vars(&self) -> usize {
        self.num_vars
    }

    /// Number of values that are stored, affine blocks not counted.
    pub fn stored(&self) -> usize {
        let values = |block: &Block| if let Contents::Values(v) = &block.contents { v.len() } else { 0 };
        self.blocks.iter().map(values).sum()
    }

    /// Makes entry `first + i` the value `offset + slope * i`, for `i < len`. Costs `O(num_vars)` blocks.
    ///
    /// # Panics
    /// When an entry at or behind `first` was given before, or the range does not fit.
    pub fn push_affine(&mut self, first: usize, len: usize, offset: Fr, slope: Fr) {
        self.push(first, len, |start, _| Contents::Affine {
            offset: offset + slope * Fr::from((start - first) as u64),
            slope,
        });
    }

    /// Makes entry `first + i` the value `value(i)`, for `i < len`.
    ///
    /// # Panics
    /// As [`Self::push_affine`].
    pub fn push_values(&mut self, first: usize, len: usize, value: impl Fn(usize) -> Fr + Sync + Send) {
        self.push(first, len, |start, size| {
            let mut values = vec![Fr::zero(); size];
            par::for_each_chunk(&mut values, CHUNK, |chunk, values| {
                for (k, v) in values.iter_mut().enumerate() {
                    *v = value(start - first + chunk * CHUNK + k);
                }
            });
            Contents::Values(values)
        });
    }

    /// Cuts a range into blocks, each as large as its place and the rest of the range allow.
    fn push(&mut self, first: usize, len: usize, contents: impl Fn(usize, usize) -> Contents) {
        let behind = self.blocks.last().map_or(0, |b| b.first + (1 << b.log_size));
        let end = first + len;
        assert!(behind <= first, "entries come in order");
        assert!(end <= 1 << self.num_vars, "entries fit into the hypercube");
        let mut start = first;
        while start < end {
            let aligned = if start == 0 { usize::BITS } else { start.trailing_zeros() };
            let log_size = aligned.min((end - start).ilog2());
            self.blocks.push(Block { first: start, log_size, contents: contents(start, 1 << log_size) });
            start += 1 << log_size;
        }
    }

    /// Entry `i`. `at` is where a search begins that most often ends there: an index of a block, that of the entry
    /// looked up before.
    pub(crate) fn get_near(&self, i: usize, at: &mut usize) -> Fr {
        if !self.blocks.get(*at).is_some_and(|b| b.contains(i)) {
            *at = self.blocks.partition_point(|b| b.first <= i).saturating_sub(1);
        }
        match self.blocks.get(*at) {
            Some(block) if block.contains(i) => block.contents.at(i - block.first),
            _ => self.elsewhere,
        }
    }

    /// Entry `i`.
    pub fn get(&self, i: usize) -> Fr {
        self.get_near(i, &mut 0)
    }

    /// Binds the last coordinate to `r`.
    ///
    /// # Panics
    /// When no coordinate is left.
    pub fn bind(&mut self, r: Fr) {
        self.num_vars = self.num_vars.checked_sub(1).expect("a coordinate to bind");
        let between = |even: Fr, odd: Fr| even + r * (odd - even);
        let mut bound: Vec<Block> = Vec::with_capacity(self.blocks.len());
        let mut blocks = std::mem::take(&mut self.blocks).into_iter().peekable();
        while let Some(Block { first, log_size, contents }) = blocks.next() {
            let contents = match contents {
                contents if log_size == 0 => {
                    let value = contents.at(0);
                    let (even, odd) = if first & 1 == 1 {
                        (self.elsewhere, value)
                    } else {
                        let sibling = blocks.next_if(|b| b.first == first + 1);
                        (value, sibling.map_or(self.elsewhere, |b| b.contents.at(0)))
                    };
                    Contents::Affine { offset: between(even, odd), slope: Fr::zero() }
                }
                Contents::Affine { offset, slope } => {
                    Contents::Affine { offset: offset + slope * r, slope: slope.double() }
                }
                Contents::Values(mut values) => {
                    bind_in_place(&mut values, r);
                    Contents::Values(values)
                }
            };
            bound.push(Block { first: first >> 1, log_size: log_size.saturating_sub(1), contents });
        }
        self.blocks = bound;
    }
}

impl From<Vec<Fr>> for BlockColumn {
    /// The column of `2^n` values.
    ///
    /// # Panics
    /// When the number of values is no power of two.
    fn from(values: Vec<Fr>) -> Self {
        assert!(values.len().is_power_of_two(), "a power of two of values");
        let log_size = values.len().ilog2();
        let block = Block { first: 0, log_size, contents: Contents::Values(values) };
        Self { num_vars: log_size as usize, elsewhere: Fr::zero(), blocks: vec![block] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    fn table(column: &BlockColumn) -> Vec<Fr> {
        (0..1 << column.num_vars()).map(|i| column.get(i)).collect()
    }

    /// A column of random ranges, and its table.
    fn random_column(n: usize, rng: &mut ChaCha20Rng) -> (BlockColumn, Vec<Fr>) {
        let elsewhere = Fr::rand(rng);
        let mut column = BlockColumn::new(n, elsewhere);
        let mut expected = vec![elsewhere; 1 << n];
        let mut at = 0;
        loop {
            let first = at + rng.next_u32() as usize % 5;
            let len = 1 + rng.next_u32() as usize % (1 << n);
            if first + len > 1 << n {
                return (column, expected);
            }
            let (offset, slope) = (Fr::rand(rng), Fr::rand(rng));
            let cubed = |i: usize| offset + slope * Fr::from((i * i * i) as u64);
            if rng.next_u32().is_multiple_of(2) {
                column.push_affine(first, len, offset, slope);
                (0..len).for_each(|i| expected[first + i] = offset + slope * Fr::from(i as u64));
            } else {
                column.push_values(first, len, cubed);
                (0..len).for_each(|i| expected[first + i] = cubed(i));
            }
            at = first + len;
        }
    }

    #[test]
    fn binding_matches_the_dense_table_at_every_round() {
        let mut rng = ChaCha20Rng::seed_from_u64(41);
        for n in 0..9 {
            for _ in 0..20 {
                let (mut column, mut expected) = random_column(n, &mut rng);
                loop {
                    assert_eq!(table(&column), expected);
                    if column.num_vars() == 0 {
                        break;
                    }
                    let r = Fr::rand(&mut rng);
                    column.bind(r);
                    expected = expected.chunks(2).map(|p| p[0] + r * (p[1] - p[0])).collect();
                }
            }
        }
    }

    #[test]
    fn large_affine_columns_take_few_blocks() {
        let mut rng = ChaCha20Rng::seed_from_u64(42);
        let mut column = BlockColumn::new(40, Fr::rand(&mut rng));
        column.push_values(3, 5, |i| Fr::from(i as u64));
        column.push_affine(8, (1 << 39) + 12_345, Fr::rand(&mut rng), Fr::rand(&mut rng));
        for _ in 0..40 {
            assert!(column.blocks.len() <= 80 && column.stored() <= 5);
            column.bind(Fr::rand(&mut rng));
        }
        assert_eq!(column.blocks.len(), 1);
    }

    #[test]
    #[should_panic(expected = "in order")]
    fn entries_out_of_order_are_refused() {
        let mut column = BlockColumn::new(3, Fr::zero());
        column.push_affine(4, 2, Fr::zero(), Fr::zero());
        column.push_affine(5, 1, Fr::zero(), Fr::zero());
    }

    #[test]
    #[should_panic(expected = "fit into the hypercube")]
    fn entries_behind_the_end_are_refused() {
        BlockColumn::new(3, Fr::zero()).push_affine(4, 5, Fr::zero(), Fr::zero());
    }
}
