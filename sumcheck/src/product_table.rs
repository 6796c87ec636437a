//! The bound tables of `sum_x eq(tau, x) (sum_j L_j(x) R_j(x) + sum_k S_k(x))`, laid out for vector kernels.
//!
//! **Layout.** The rows `x` are cut into blocks of `2^b`. In a block the rows stand in bit-reversed order, and the
//! factors of one row stand side by side. The even rows of a block (last free coordinate 0) are then its first half,
//! the odd ones its second half, for all factors at once; binding combines the two halves entry by entry and leaves
//! the same layout with `b - 1`. So every loop runs over long contiguous slices, whatever the number of factors.
//!
//! **Weights.** `eq` is not multiplied in round after round: left and single factors carry it. With `k` free
//! coordinates, `t = tau[k - 1]` and `s` the scale,
//!
//! ```text
//! eq(tau[..k], x) L_j(x) = s * weight(block) * left_j(x)
//! q(0)   = s / (1 - t) * sum left_j(x', 0) R_j(x', 0)
//! q(inf) = s / t       * sum left_j(x', 1) (R_j(x', 1) - R_j(x', 0))
//!        - s / (1 - t) * sum left_j(x', 0) (R_j(x', 1) - R_j(x', 0))
//! bind:  left_j(x') <- left_j(x', 0) + c left_j(x', 1),   c = r (1 - t) / (t (1 - r)),   s <- s (1 - r) / (1 - t)
//! ```
//!
//! A round so costs three inner products, reduced once a block, and one product a stored entry.

use crate::eq_factor::{EqFactor, Fold};
use ark_ff::{Field, One, Zero};
use lariat_algebra::{
    Fr,
    count::{self, Kernel},
    ifma::slices,
    par,
    poly::eq_evals,
};

/// Entries of one side of a block: both sides stay in a second-level cache.
const BLOCK_ENTRIES: usize = 1 << 13;

/// Blocks with fewer entries a side are merged: each costs a few reductions a round whatever its size.
const MIN_ENTRIES: usize = 1 << 9;

/// Weights `eq(tau, x)` of rows cut into blocks: `hi[block] * lo[row in block]`, rows in natural order.
#[derive(Default)]
pub(crate) struct RowWeights {
    pub log_rows: usize,
    pub hi: Vec<Fr>,
    pub lo: Vec<Fr>,
    /// Where a row of a block stands: its number with bits reversed.
    pub places: Vec<usize>,
}

impl RowWeights {
    /// Blocks for `num_rows` rows of `width` left factors, over the coordinates `tau`.
    pub fn new(tau: &[Fr], num_rows: usize, width: usize) -> Self {
        let wanted = (BLOCK_ENTRIES / width.max(1)).max(2).ilog2() as usize;
        let needed = num_rows.next_power_of_two().ilog2() as usize;
        let log_rows = wanted.min(needed).min(tau.len());
        let (high, low) = tau.split_at(tau.len() - log_rows);
        let places = (0..1 << log_rows).map(|i| reverse_bits(i, log_rows)).collect();
        Self { log_rows, hi: eq_evals(high), lo: eq_evals(low), places }
    }

    /// Blocks that cover `num_rows` rows.
    pub fn num_blocks(&self, num_rows: usize) -> usize {
        num_rows.div_ceil(1 << self.log_rows)
    }
}

/// `bits` lowest bits of `i`, reversed.
#[inline]
fn reverse_bits(i: usize, bits: usize) -> usize {
    if bits == 0 { 0 } else { i.reverse_bits() >> (usize::BITS as usize - bits) }
}

/// `2^b` rows; entry `j` of row `x` is at `reverse_bits(x) * width + j`.
#[derive(Default)]
pub(crate) struct Block {
    pub left: Vec<Fr>,
    pub right: Vec<Fr>,
    pub single: Vec<Fr>,
    pub weight: Fr,
    sums: Sums,
}

/// Sums over a block, with halves `a` of even and odd rows.
#[derive(Clone, Copy, Default)]
struct Sums {
    /// `sum left_0 right_0`.
    even: Fr,
    /// `sum left_a (right_1 - right_0)`.
    slopes: [Fr; 2],
    /// The sum of the even single factors.
    single: Fr,
}

impl Block {
    fn update_sums(&mut self) {
        let (l0, l1) = self.left.split_at(self.left.len() / 2);
        let (r0, r1) = self.right.split_at(self.right.len() / 2);
        let mut slope = vec![Fr::zero(); r0.len()];
        slices::difference(r1, r0, &mut slope);
        let slopes = [l0, l1].map(|l| slices::inner_product(l, &slope));
        let single = self.single[..self.single.len() / 2].iter().sum();
        self.sums = Sums { even: slices::inner_product(l0, r0), slopes, single };
    }

    fn bind(&mut self, r: Fr, c: Fr) {
        for v in [&mut self.left, &mut self.single] {
            let half = v.len() / 2;
            let (lo, hi) = v.split_at_mut(half);
            slices::scale_add(lo, c, hi);
            v.truncate(half);
        }
        let half = self.right.len() / 2;
        let (lo, hi) = self.right.split_at_mut(half);
        slices::bind(lo, hi, r);
        self.right.truncate(half);
    }
}

/// The factors of a row past the prefix.
#[derive(Default)]
pub(crate) struct Tail {
    pub left: Vec<Fr>,
    pub right: Vec<Fr>,
    pub single: Vec<Fr>,
}

impl Tail {
    /// `sum_j L_j R_j + sum_k S_k`.
    pub fn value(&self) -> Fr {
        slices::inner_product(&self.left, &self.right) + self.single.iter().sum::<Fr>()
    }
}

/// See the module's documentation. All coordinates of `tau` must differ from zero and one, all challenges from one.
pub(crate) struct ProductTable {
    log_rows: usize,
    blocks: Vec<Block>,
    scale: Fr,
    tail: Tail,
    tail_value: Fr,
}

impl ProductTable {
    /// `fill(k, block)` writes the factors of block `k`, left and single ones times `weights.lo`, rows past the prefix
    /// included; the block arrives with zeros. The free coordinates of `eq` are those of `weights`.
    #[tracing::instrument(name = "keep factors", skip_all, fields(num_rows, width = tail.left.len()))]
    pub fn new(
        eq: &EqFactor,
        weights: &RowWeights,
        num_rows: usize,
        tail: Tail,
        fill: impl Fn(usize, &mut Block) + Sync + Send,
    ) -> Self {
        let log_rows = weights.log_rows;
        let blocks = par::map_collect(weights.num_blocks(num_rows), |k| {
            let mut block = Block {
                left: vec![Fr::zero(); tail.left.len() << log_rows],
                right: vec![Fr::zero(); tail.right.len() << log_rows],
                single: vec![Fr::zero(); tail.single.len() << log_rows],
                weight: weights.hi[k],
                sums: Sums::default(),
            };
            fill(k, &mut block);
            if log_rows > 0 {
                block.update_sums();
            }
            block
        });
        let mut table = Self { log_rows, blocks, scale: Fr::one(), tail_value: tail.value(), tail };
        table.merge_if_small(eq);
        table
    }

    /// `(q(0), q(inf))` of the current round.
    ///
    /// # Panics
    /// When the current coordinate of `tau` is zero or one.
    pub fn round(&self, eq: &EqFactor) -> (Fr, Fr) {
        let mut s = Sums::default();
        for block in &self.blocks {
            s.even += block.weight * block.sums.even;
            s.single += block.weight * block.sums.single;
            for (s, b) in s.slopes.iter_mut().zip(block.sums.slopes) {
                *s += block.weight * b;
            }
        }
        let [at_zero, at_one] = eq.current_inverses().map(|inverse| self.scale * inverse);
        assert!(!(at_zero.is_zero() || at_one.is_zero()), "a random coordinate of tau is neither zero nor one");
        let covered = self.blocks.len() << self.log_rows >> 1;
        let beyond = Fr::one() - eq.weights().prefix_sum(covered);
        (at_zero * (s.even + s.single) + self.tail_value * beyond, at_one * s.slopes[1] - at_zero * s.slopes[0])
    }

    /// Binds the last free coordinate to `r`, which `eq` has bound already with the outcome `fold`.
    pub fn bind(&mut self, eq: &EqFactor, fold: Fold, r: Fr) {
        self.scale *= fold.ratio;
        self.log_rows -= self.log_rows.min(1);
        let more = self.log_rows > 0;
        par::for_each_mut(&mut self.blocks, |_, block| {
            block.bind(r, fold.odd);
            if more {
                block.update_sums();
            }
        });
        self.merge_if_small(eq);
    }

    /// Joins neighbouring blocks when they have become small, filling up with rows past the prefix.
    fn merge_if_small(&mut self, eq: &EqFactor) {
        let (free, width) = (eq.free(), self.tail.left.len().max(self.tail.single.len()).max(1));
        let count = self.blocks.len();
        let small = width << self.log_rows < MIN_ENTRIES && count > 1;
        if count == 0 || free == self.log_rows || !(small || self.log_rows == 0) {
            return;
        }
        let wanted = (BLOCK_ENTRIES / width).max(2).ilog2() as usize;
        let bits = wanted
            .saturating_sub(self.log_rows)
            .min(count.next_power_of_two().ilog2() as usize)
            .max(1)
            .min(free - self.log_rows);
        let unscale = self.scale.inverse().expect("random coordinates and challenges are neither zero nor one");
        let (rows, this) = (1 << self.log_rows, &*self);
        let weights = eq.all_weights();
        let merged = par::map_collect(count.div_ceil(1 << bits), |k| {
            let mut out = Block { weight: Fr::one(), ..Block::default() };
            for row in 0..rows {
                for q in 0..1usize << bits {
                    let from = (k << bits) + reverse_bits(q, bits);
                    if let Some(block) = this.blocks.get(from) {
                        count::add(Kernel::Products, (block.left.len() + block.single.len()) / rows);
                        let part = |v: &[Fr]| {
                            let width = v.len() / rows;
                            row * width..(row + 1) * width
                        };
                        out.left.extend(block.left[part(&block.left)].iter().map(|x| block.weight * x));
                        out.right.extend_from_slice(&block.right[part(&block.right)]);
                        out.single.extend(block.single[part(&block.single)].iter().map(|x| block.weight * x));
                    } else {
                        let x = (from << this.log_rows) + reverse_bits(row, this.log_rows);
                        let weight = weights.at(x) * unscale;
                        out.left.extend(this.tail.left.iter().map(|x| weight * x));
                        out.right.extend_from_slice(&this.tail.right);
                        out.single.extend(this.tail.single.iter().map(|x| weight * x));
                    }
                }
            }
            out.update_sums();
            out
        });
        self.blocks = merged;
        self.log_rows += bits;
    }

    /// The left (weight included) and right factors when all coordinates are bound; a weight of one is left.
    pub fn finals(&self) -> (Vec<Fr>, Vec<Fr>, Vec<Fr>) {
        match self.blocks.first() {
            Some(b) => {
                let scale = self.scale * b.weight;
                let scaled = |v: &[Fr]| v.iter().map(|x| scale * x).collect();
                (scaled(&b.left), b.right.clone(), scaled(&b.single))
            }
            None => (self.tail.left.clone(), self.tail.right.clone(), self.tail.single.clone()),
        }
    }
}
