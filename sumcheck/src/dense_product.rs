//! The kernel of one layer of a dense grand product: `sum_x eq(tau, x) sum_j alpha_j L_j(x) R_j(x)`.
//!
//! Vectors are stored as prefixes; every entry past a prefix is one, so a trace of any length costs what its rows
//! cost, not the next power of two. The first round reads the prefixes where they are; what the first bind leaves, half
//! as long, goes into blocks for vector kernels.

pub use crate::evaluate::{EqFactorTables, evaluate_column, evaluate_prefix};

use crate::{
    RoundProver,
    eq_factor::EqFactor,
    kernels::{Positions, is_one},
    product_table::{Block, ProductTable, RowWeights, Tail, reverse_bits},
};
use ark_ff::{One, Zero};
use lariat_algebra::{Fr, ifma::slices, par, poly::Univariate};
use std::sync::Arc;

/// A factor of a layer: a prefix of evaluations, one beyond it.
pub type Leaves = Arc<Vec<Fr>>;

/// Round prover of one layer. `pairs[j]` is `(L_j, R_j)`; a missing right factor is the constant one.
pub struct LayerProver {
    num_vars: usize,
    alphas: Vec<Fr>,
    inputs: Vec<(Leaves, Option<Leaves>)>,
    /// Length of the prefixes.
    len: usize,
    eq: EqFactor,
    /// Weights of the first round's pairs of rows, by block; they are those of the bound rows too.
    weights: RowWeights,
    /// The factors after the first bind; then the inputs are gone, but for which of them have a right factor.
    table: Option<ProductTable>,
    has_right: Vec<bool>,
}

impl LayerProver {
    /// All prefixes of one layer have the same length `len <= 2^n`, `n = tau.len()`. The coefficients `alphas`, one a
    /// pair, must not be zero, the coordinates of `tau` neither zero nor one.
    ///
    /// # Panics
    /// When lengths differ or exceed `2^n`.
    pub fn new(tau: &[Fr], pairs: Vec<(Leaves, Option<Leaves>)>, alphas: &[Fr]) -> Self {
        let len = pairs.first().map_or(0, |p| p.0.len());
        let same = |v: &Leaves| v.len() == len;
        assert!(pairs.iter().all(|(l, r)| same(l) && r.as_ref().is_none_or(same)), "all prefixes have one length");
        assert!(len <= 1 << tau.len(), "prefix longer than the hypercube");
        assert_eq!(pairs.len(), alphas.len(), "one coefficient a pair");
        let has_right: Vec<bool> = pairs.iter().map(|p| p.1.is_some()).collect();
        let width = has_right.iter().filter(|&&both| both).count();
        Self {
            num_vars: tau.len(),
            alphas: alphas.to_vec(),
            inputs: pairs,
            len,
            eq: EqFactor::new(tau),
            weights: RowWeights::new(&tau[..tau.len().saturating_sub(1)], len.div_ceil(2), width),
            table: None,
            has_right,
        }
    }

    /// `(L_j, R_j)` at the bound point, for every pair; a missing right factor gives one.
    pub fn finals(&self) -> Vec<(Fr, Fr)> {
        let one = Fr::one();
        let Some(table) = &self.table else {
            let first = |v: &Leaves| v.first().copied().unwrap_or(one);
            return self.inputs.iter().map(|(l, r)| (first(l), r.as_ref().map_or(one, first))).collect();
        };
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

    /// `(q(0), q(inf))` contributions of block `k` in the first round.
    fn first_round_block(&self, k: usize) -> (Fr, Fr) {
        let rows = 1usize << self.weights.log_rows;
        let mut work = FirstRound::default();
        for ((l, r), &alpha) in self.inputs.iter().zip(&self.alphas) {
            match r {
                Some(r) => work.add_pair(k * rows, &self.weights.lo, alpha, l, r),
                None => work.add_single(k * rows, &self.weights.lo, alpha, l),
            }
        }
        (self.weights.hi[k] * work.q_0, self.weights.hi[k] * work.q_inf)
    }

    /// Block `k` of the bound factors.
    fn first_bind_block(&self, k: usize, r: Fr, block: &mut Block) {
        let log_rows = self.weights.log_rows;
        let start = k << log_rows;
        let mut bound = BoundFactor::default();
        let width = |v: &[Fr]| v.len() >> log_rows;
        let (pair_width, single_width) = (width(&block.left), width(&block.single));
        let (mut pair, mut single) = (0, 0);
        for ((left, right), &alpha) in self.inputs.iter().zip(&self.alphas) {
            bound.load(left, start, 1 << log_rows, r);
            bound.weigh(&self.weights.lo, alpha);
            if let Some(right) = right {
                bound.store(&mut block.left, pair_width, pair, log_rows);
                bound.load(right, start, 1 << log_rows, r);
                bound.store(&mut block.right, pair_width, pair, log_rows);
                pair += 1;
            } else {
                bound.store(&mut block.single, single_width, single, log_rows);
                single += 1;
            }
        }
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
    /// Adds `alpha` times the pair `l, r` on the pairs of rows from `start`, one for each weight.
    fn add_pair(&mut self, start: usize, weights: &[Fr], alpha: Fr, l: &[Fr], r: &[Fr]) {
        let (l, r) = (tail_from(l, start, weights.len()), tail_from(r, start, weights.len()));
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
        let mut s = [[Fr::zero(); 2]; 2];
        for (left, s) in s.iter_mut().enumerate() {
            take(&mut self.values, self.full.iter().map(|i| lefts[i][left]));
            slices::mul_slices(&self.weights, &self.values, &mut self.products);
            for (right, s) in s.iter_mut().enumerate() {
                take(&mut self.values, self.full.iter().map(|i| rights[i][right]));
                *s = slices::inner_product(&self.products, &self.values);
            }
        }
        q_0 += s[0][0];
        let mut q_inf = s[0][0] + s[1][1] - s[0][1] - s[1][0];
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
    fn add_single(&mut self, start: usize, weights: &[Fr], alpha: Fr, l: &[Fr]) {
        let l = tail_from(l, start, weights.len());
        take(&mut self.values, l.iter().step_by(2).copied());
        let stored = slices::inner_product(&weights[..self.values.len()], &self.values);
        self.q_0 += alpha * (stored + rest_of(weights, l.len()).iter().sum::<Fr>());
    }
}

/// The stored entries of `pairs` pairs of rows from pair `start`.
fn tail_from(v: &[Fr], start: usize, pairs: usize) -> &[Fr] {
    &v[(2 * start).min(v.len())..v.len().min(2 * (start + pairs))]
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
    /// `v(x, r)` for rows `start..start + num_rows`.
    fn load(&mut self, v: &[Fr], start: usize, num_rows: usize, r: Fr) {
        let v = tail_from(v, start, num_rows);
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

    /// Writes the rows as factor `slot` of `width` into a block of `2^log_rows` rows.
    fn store(&self, out: &mut [Fr], width: usize, slot: usize, log_rows: usize) {
        for (i, x) in self.rows.iter().enumerate() {
            out[reverse_bits(i, log_rows) * width + slot] = *x;
        }
    }
}

impl RoundProver for LayerProver {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        3
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        let (q_0, q_inf) = if let Some(table) = &self.table {
            table.round(&self.eq)
        } else {
            let this = &*self;
            let blocks = this.weights.num_blocks(this.len.div_ceil(2));
            let (q_0, q_inf) = par::map_reduce(
                blocks,
                || (Fr::zero(), Fr::zero()),
                |k| this.first_round_block(k),
                |a, b| (a.0 + b.0, a.1 + b.1),
            );
            // Beyond the blocks every factor is one.
            let beyond = Fr::one() - this.eq.weights().prefix_sum(blocks << this.weights.log_rows);
            (q_0 + this.alphas.iter().sum::<Fr>() * beyond, q_inf)
        };
        self.eq.round_polynomial(claim, q_0, q_inf)
    }

    fn bind(&mut self, r: Fr) {
        let fold = self.eq.fold(r);
        if let Some(table) = &mut self.table {
            table.bind(&self.eq, fold, r);
            return;
        }
        let alphas_where = |both: bool| {
            let chosen = self.alphas.iter().zip(&self.has_right).filter(move |(_, b)| **b == both);
            chosen.map(|(a, _)| *a).collect::<Vec<_>>()
        };
        let left = alphas_where(true);
        let tail = Tail { right: vec![Fr::one(); left.len()], left, single: alphas_where(false) };
        let this = &*self;
        let rows = this.len.div_ceil(2);
        let fill = |k: usize, block: &mut Block| this.first_bind_block(k, r, block);
        self.table = Some(ProductTable::new(&this.eq, &this.weights, rows, tail, fill));
        self.inputs = Vec::new();
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
            bound.load(&v, start, 4, r);
            gather(&v, start, Fr::one(), &mut even, &mut odd);
            slices::bind(&mut even, &odd, r);
            assert_eq!(bound.rows, even);
        }
    }
}
