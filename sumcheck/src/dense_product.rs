//! The kernel of one layer of a dense grand product: `sum_x eq(tau, x) sum_j alpha_j L_j(x) R_j(x)`.
//!
//! Vectors are stored as prefixes; every entry past a prefix is one, so a trace of any length costs what its rows
//! cost, not the next power of two. The first rounds read the prefixes where they are, or compute them; what is left when
//! they are bound goes into blocks for vector kernels.

pub use crate::evaluate::{EqFactorTables, evaluate_column, evaluate_prefix, evaluate_row};

use crate::{
    eq_factor::EqFactor,
    kernels::{Positions, is_one},
    levels::Buffers,
    product_table::{Block, ProductTable, RowWeights, Tail},
    weighted::{Quadratic, WeightedRoundProver},
};
use ark_ff::{One, Zero};
use lariat_algebra::{Fr, ifma::slices, par};
use std::sync::Arc;

/// A factor of a layer: a prefix of evaluations, one beyond it.
pub type Leaves = Arc<Vec<Fr>>;

/// The factors of a layer, read a block of rows at a time: left and right factor of each pair, or its only factor.
pub(crate) trait Factors: Sync {
    /// Length of the prefixes.
    fn len(&self) -> usize;
    /// The stored ones of entries `start..start + rows` of every factor.
    fn rows<'s>(&'s self, start: usize, rows: usize, buffers: &'s mut Buffers) -> Vec<&'s [Fr]>;
}

/// Factors that are there, as whole vectors.
struct Whole {
    factors: Vec<Leaves>,
    len: usize,
}

impl Factors for Whole {
    fn len(&self) -> usize {
        self.len
    }

    fn rows<'s>(&'s self, start: usize, rows: usize, _: &'s mut Buffers) -> Vec<&'s [Fr]> {
        let range = start.min(self.len)..self.len.min(start + rows);
        self.factors.iter().map(|v| &v[range.clone()]).collect()
    }
}

/// Round prover of one layer. A pair is `(L_j, R_j)`; a missing right factor is the constant one.
///
/// The first rounds, `depth` of them, read the factors anew and bind what was bound before a block of rows at a time;
/// only then the bound factors are kept, `2^depth` times shorter.
pub struct LayerProver<'a> {
    tau: Vec<Fr>,
    alphas: Vec<Fr>,
    has_right: Vec<bool>,
    factors: Option<Box<dyn Factors + 'a>>,
    /// Length of the prefixes.
    len: usize,
    depth: usize,
    /// Challenges so far, at most `depth`.
    bound: Vec<Fr>,
    eq: EqFactor,
    /// Weights of the current round's pairs of rows, by block, before the table; they are those of the bound rows too.
    weights: RowWeights,
    /// The factors after `depth` challenges; then the source is gone.
    table: Option<ProductTable>,
}

impl<'a> LayerProver<'a> {
    /// All prefixes of one layer have the same length `len <= 2^n`, `n = tau.len()`. The coefficients `alphas`, one a
    /// pair, must not be zero, the coordinates of `tau` neither zero nor one.
    ///
    /// # Panics
    /// When lengths differ or exceed `2^n`.
    pub fn new(tau: &[Fr], pairs: Vec<(Leaves, Option<Leaves>)>, alphas: &[Fr]) -> Self {
        let len = pairs.first().map_or(0, |p| p.0.len());
        let same = |v: &Leaves| v.len() == len;
        assert!(pairs.iter().all(|(l, r)| same(l) && r.as_ref().is_none_or(same)), "all prefixes have one length");
        let has_right = pairs.iter().map(|p| p.1.is_some()).collect();
        let factors = pairs.into_iter().flat_map(|(l, r)| std::iter::once(l).chain(r)).collect();
        Self::from_factors(tau, Box::new(Whole { factors, len }), has_right, alphas, 1)
    }

    /// From factors that are read when they are needed, `1 + depth` times: `depth` is at least one.
    pub(crate) fn from_factors(
        tau: &[Fr],
        factors: Box<dyn Factors + 'a>,
        has_right: Vec<bool>,
        alphas: &[Fr],
        depth: usize,
    ) -> Self {
        let len = factors.len();
        assert!(len <= 1 << tau.len(), "prefix longer than the hypercube");
        assert_eq!(has_right.len(), alphas.len(), "one coefficient a pair");
        let mut this = Self {
            tau: tau.to_vec(),
            alphas: alphas.to_vec(),
            has_right,
            factors: Some(factors),
            len,
            depth,
            bound: Vec::new(),
            eq: EqFactor::new(tau),
            weights: RowWeights::default(),
            table: None,
        };
        this.weights = this.weights_of(1);
        this
    }

    /// Weights of rows with so many of the last coordinates bound. A block is made of so many rows that memory for it
    /// does not grow with their number.
    fn weights_of(&self, bound: usize) -> RowWeights {
        let width = self.has_right.iter().filter(|&&both| both).count();
        let free = self.tau.len().saturating_sub(bound);
        RowWeights::new(&self.tau[..free], self.len.div_ceil(1 << bound), width.max(1) << (bound - 1))
    }

    /// `(L_j, R_j)` at the bound point, for every pair; a missing right factor gives one.
    pub fn finals(&self) -> Vec<(Fr, Fr)> {
        let one = Fr::one();
        if let Some(factors) = &self.factors {
            let mut buffers = Buffers::default();
            let rows = factors.rows(0, 1, &mut buffers);
            let mut values = rows.into_iter().map(|v| v.first().copied().unwrap_or(one));
            let mut next = || values.next().expect("every pair has its factors");
            return self.has_right.iter().map(|&both| (next(), if both { next() } else { one })).collect();
        }
        let table = self.table.as_ref().expect("a layer has factors or a table");
        let (left, right, single) = table.finals();
        let (mut pairs, mut single) = (left.into_iter().zip(right), single.into_iter());
        let mut unscale = self.alphas.clone();
        ark_ff::batch_inversion(&mut unscale);
        self.has_right
            .iter()
            .zip(unscale)
            .map(|(&both, unscale)| {
                let next = if both { pairs.next() } else { single.next().map(|l| (l, one)) };
                let (l, r) = next.expect("the table holds every factor");
                (l * unscale, r)
            })
            .collect()
    }

    /// Which pairs have a right factor.
    pub(crate) fn has_right(&self) -> impl Iterator<Item = bool> + '_ {
        self.has_right.iter().copied()
    }

    /// Pairs of rows of block `k`, `2^{log_rows + 1}` rows after binding what is bound: `(q(0), q(inf))` of the round.
    fn round_block(&self, k: usize) -> (Fr, Fr) {
        let mut buffers = Buffers::default();
        let pairs = 1usize << self.weights.log_rows;
        let factors = self.block(k, 2 * pairs, self.bound.len(), &mut buffers);
        let mut factors = Bound::new(factors, &self.bound, 2 * pairs);
        let mut work = FirstRound::default();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for (&both, &alpha) in self.has_right.iter().zip(&self.alphas) {
            let l = factors.next(&mut left);
            if both {
                let r = factors.next(&mut right);
                work.add_pair(&self.weights.lo, alpha, l, r);
            } else {
                work.add_single(&self.weights.lo, alpha, l);
            }
        }
        (self.weights.hi[k] * work.q_0, self.weights.hi[k] * work.q_inf)
    }

    /// The rows of all factors that `rows` rows of block `k` with so many coordinates bound come from.
    fn block<'s>(&'s self, k: usize, rows: usize, bound: usize, buffers: &'s mut Buffers) -> Vec<&'s [Fr]> {
        let factors = self.factors.as_ref().expect("factors are there until the table is");
        let rows = rows << bound;
        factors.rows(k * rows, rows, buffers)
    }

    /// Block `k` of the factors with all `depth` challenges bound.
    fn bind_block(&self, k: usize, block: &mut Block) {
        let log_rows = self.weights.log_rows;
        let rows = 1usize << log_rows;
        let mut buffers = Buffers::default();
        let Some((&last, before)) = self.bound.split_last() else { return };
        let factors = self.block(k, 2 * rows, before.len(), &mut buffers);
        let mut factors = Bound::new(factors, before, 2 * rows);
        let mut bound = BoundFactor::default();
        let width = |v: &[Fr]| v.len() >> log_rows;
        let (pair_width, single_width) = (width(&block.left), width(&block.single));
        let (mut pair, mut single) = (0, 0);
        let mut buffer = Vec::new();
        for (&both, &alpha) in self.has_right.iter().zip(&self.alphas) {
            bound.load(factors.next(&mut buffer), rows, last);
            bound.weigh(&self.weights.lo, alpha);
            if both {
                bound.store(&mut block.left, pair_width, pair, &self.weights.places);
                bound.load(factors.next(&mut buffer), rows, last);
                bound.store(&mut block.right, pair_width, pair, &self.weights.places);
                pair += 1;
            } else {
                bound.store(&mut block.single, single_width, single, &self.weights.places);
                single += 1;
            }
        }
    }
}

/// Factors of a block of rows, one after the other, with challenges bound.
struct Bound<'s> {
    factors: std::vec::IntoIter<&'s [Fr]>,
    challenges: &'s [Fr],
    /// Rows after binding.
    rows: usize,
    work: BoundFactor,
}

impl<'s> Bound<'s> {
    fn new(factors: Vec<&'s [Fr]>, challenges: &'s [Fr], rows: usize) -> Self {
        Self { factors: factors.into_iter(), challenges, rows, work: BoundFactor::default() }
    }

    /// The next factor, in the buffer if anything is bound.
    fn next<'b>(&mut self, buffer: &'b mut Vec<Fr>) -> &'b [Fr]
    where
        's: 'b,
    {
        let factor = self.factors.next().expect("every pair has its factors");
        let Some((&first, rest)) = self.challenges.split_first() else { return factor };
        let mut rows = self.rows << rest.len();
        self.work.load(factor, rows, first);
        std::mem::swap(buffer, &mut self.work.rows);
        for &r in rest {
            rows /= 2;
            self.work.load(buffer, rows, r);
            std::mem::swap(buffer, &mut self.work.rows);
        }
        buffer
    }
}

/// Terms of the first round, sorted by what they need: factors are one on rows that do not use them.
#[derive(Default)]
struct FirstRound {
    q_0: Fr,
    q_inf: Fr,
    /// Pairs of rows on which neither factor is one twice, and those on which the left or the right factor is.
    full: Positions,
    left_one: Positions,
    right_one: Positions,
    /// Weights and values of the chosen pairs.
    weights: Vec<Fr>,
    products: Vec<Fr>,
    values: Vec<Fr>,
}

impl FirstRound {
    /// Adds `alpha` times the pair `l, r` on pairs of rows, one for each weight.
    fn add_pair(&mut self, weights: &[Fr], alpha: Fr, l: &[Fr], r: &[Fr]) {
        let (lefts, rest) = l.as_chunks::<2>();
        let rights = r.as_chunks::<2>().0;
        for list in [&mut self.full, &mut self.left_one, &mut self.right_one] {
            list.reset(lefts.len());
        }
        for (i, (l, r)) in lefts.iter().zip(rights).enumerate() {
            let (left, right) = (is_one(&l[0]) & is_one(&l[1]), is_one(&r[0]) & is_one(&r[1]));
            self.full.push_if(i, !(left | right));
            self.left_one.push_if(i, left);
            self.right_one.push_if(i, right && !left);
        }
        let mut q_0 = Fr::zero();
        // Where one factor is one, the other's even entry counts in q(0), and nothing does in q(inf).
        for (list, values) in [(&self.left_one, rights), (&self.right_one, lefts)] {
            take(&mut self.weights, list.iter().map(|i| weights[i]));
            take(&mut self.values, list.iter().map(|i| values[i][0]));
            q_0 += slices::inner_product(&self.weights, &self.values);
        }
        take(&mut self.weights, self.full.iter().map(|i| weights[i]));
        self.products.resize(self.weights.len(), Fr::zero());
        let (mut left, mut right) = ([const { Vec::new() }; 2], [const { Vec::new() }; 2]);
        for half in [0, 1] {
            take(&mut left[half], self.full.iter().map(|i| lefts[i][half]));
            take(&mut right[half], self.full.iter().map(|i| rights[i][half]));
        }
        slices::mul_slices(&self.weights, &left[0], &mut self.products);
        q_0 += slices::inner_product(&self.products, &right[0]);
        self.values.resize(self.weights.len(), Fr::zero());
        slices::difference(&left[1], &left[0], &mut self.values);
        slices::mul_slices(&self.weights, &self.values, &mut self.products);
        slices::difference(&right[1], &right[0], &mut self.values);
        let mut q_inf = slices::inner_product(&self.products, &self.values);
        // A last row without partner: the missing entries are one.
        if let (Some(&l), Some(&r)) = (rest.first(), r.last()) {
            let w = weights[lefts.len()];
            q_0 += w * l * r;
            q_inf += w * (Fr::one() - l) * (Fr::one() - r);
        }
        q_0 += rest_of(weights, l.len()).iter().sum::<Fr>();
        self.q_0 += alpha * q_0;
        self.q_inf += alpha * q_inf;
    }

    /// Adds `alpha` times the factor `l`.
    fn add_single(&mut self, weights: &[Fr], alpha: Fr, l: &[Fr]) {
        take(&mut self.values, l.iter().step_by(2).copied());
        let stored = slices::inner_product(&weights[..self.values.len()], &self.values);
        self.q_0 += alpha * (stored + rest_of(weights, l.len()).iter().sum::<Fr>());
    }
}

/// The weights of pairs of rows past `len` stored entries: there every factor is one.
fn rest_of(weights: &[Fr], len: usize) -> &[Fr] {
    &weights[len.div_ceil(2)..]
}

/// Refills a buffer.
fn take(out: &mut Vec<Fr>, values: impl Iterator<Item = Fr>) {
    out.clear();
    out.extend(values);
}

/// Rows of one factor, bound: only where the two entries are not both one is there something to compute.
#[derive(Default)]
struct BoundFactor {
    rows: Vec<Fr>,
    /// Rows that are not one.
    at: Positions,
    values: Vec<Fr>,
    odd: Vec<Fr>,
    scratch: Vec<Fr>,
}

impl BoundFactor {
    /// `v(x, r)` for `num_rows` rows `x`, of whose entries `v` has those that are stored.
    fn load(&mut self, v: &[Fr], num_rows: usize, r: Fr) {
        let (pairs, rest) = v.as_chunks::<2>();
        self.at.reset(pairs.len() + 1);
        for (i, [even, odd]) in pairs.iter().enumerate() {
            self.at.push_if(i, !(is_one(even) & is_one(odd)));
        }
        take(&mut self.values, self.at.iter().map(|i| pairs[i][0]));
        take(&mut self.odd, self.at.iter().map(|i| pairs[i][1]));
        if let Some(&last) = rest.first() {
            self.at.push_if(pairs.len(), true);
            self.values.push(last);
            self.odd.push(Fr::one());
        }
        slices::bind(&mut self.values, &self.odd, r);
        self.rows.clear();
        self.rows.resize(num_rows, Fr::one());
        for (i, x) in self.at.iter().zip(&self.values) {
            self.rows[i] = *x;
        }
    }

    /// Multiplies by `weights` and by `alpha`.
    fn weigh(&mut self, weights: &[Fr], alpha: Fr) {
        // alpha * weights: the value of rows that are one.
        self.rows.fill(Fr::zero());
        slices::scale_add(&mut self.rows, alpha, weights);
        take(&mut self.odd, self.at.iter().map(|i| self.rows[i]));
        self.scratch.resize(self.odd.len(), Fr::zero());
        slices::mul_slices(&self.odd, &self.values, &mut self.scratch);
        for (i, x) in self.at.iter().zip(&self.scratch) {
            self.rows[i] = *x;
        }
    }

    /// Writes the rows as factor `slot` of `width` into a block, each at its place.
    fn store(&self, out: &mut [Fr], width: usize, slot: usize, places: &[usize]) {
        for (x, place) in self.rows.iter().zip(places) {
            out[place * width + slot] = *x;
        }
    }
}

impl WeightedRoundProver for LayerProver<'_> {
    fn num_vars(&self) -> usize {
        self.tau.len()
    }

    fn round(&mut self, claim: Fr) -> Quadratic {
        let (q_0, q_inf) = if let Some(table) = &self.table {
            table.round(&self.eq)
        } else {
            let this = &*self;
            let blocks = this.weights.num_blocks(this.len.div_ceil(2 << this.bound.len()));
            let (q_0, q_inf) = par::map_reduce(
                blocks,
                || (Fr::zero(), Fr::zero()),
                |k| this.round_block(k),
                |a, b| (a.0 + b.0, a.1 + b.1),
            );
            // Beyond the blocks every factor is one.
            let beyond = Fr::one() - this.eq.weights().prefix_sum(blocks << this.weights.log_rows);
            (q_0 + this.alphas.iter().sum::<Fr>() * beyond, q_inf)
        };
        self.eq.quadratic(claim, q_0, q_inf)
    }

    fn bind(&mut self, r: Fr) {
        let fold = self.eq.fold(r);
        if let Some(table) = &mut self.table {
            table.bind(&self.eq, fold, r);
            return;
        }
        self.bound.push(r);
        if self.bound.len() < self.depth && self.bound.len() < self.tau.len() {
            self.weights = self.weights_of(self.bound.len() + 1);
            return;
        }
        let alphas_where = |both: bool| {
            let chosen = self.alphas.iter().zip(&self.has_right).filter(move |(_, b)| **b == both);
            chosen.map(|(a, _)| *a).collect::<Vec<_>>()
        };
        let left = alphas_where(true);
        let tail = Tail { right: vec![Fr::one(); left.len()], left, single: alphas_where(false) };
        let this = &*self;
        let rows = this.len.div_ceil(1 << this.bound.len());
        let fill = |k: usize, block: &mut Block| this.bind_block(k, block);
        self.table = Some(ProductTable::new(&this.eq, &this.weights, rows, tail, fill));
        self.factors = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernels::gather;

    /// Blocks that end before, at and after the prefix.
    #[test]
    fn factors_past_the_prefix_are_one() {
        let v: Vec<Fr> = (2..9u64).map(Fr::from).collect();
        let (mut even, mut odd) = (vec![Fr::zero(); 4], vec![Fr::zero(); 4]);
        let r = Fr::from(77u64);
        for start in [0, 2, 3, 4, 9] {
            let mut bound = BoundFactor::default();
            let stored = &v[(2 * start).min(v.len())..v.len().min(2 * (start + 4))];
            bound.load(stored, 4, r);
            gather(&v, start, Fr::one(), &mut even, &mut odd);
            slices::bind(&mut even, &odd, r);
            assert_eq!(bound.rows, even);
        }
    }
}
