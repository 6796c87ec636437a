//! The kernel of one layer of a dense grand product: `sum_x eq(tau, x) sum_j alpha_j L_j(x) R_j(x)`.
//!
//! Vectors are stored as prefixes; every entry past a prefix is one, so a trace of any length costs what its rows
//! cost, not the next power of two.

use crate::{RoundProver, eq_factor::EqFactor};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr, par,
    poly::Univariate,
    wide::{ProductAcc, SmallAcc},
};
use std::sync::Arc;

/// Positions handled by one task of a parallel loop.
const CHUNK: usize = 1 << 10;

/// A factor of a layer: a prefix of evaluations, one beyond it.
pub type Leaves = Arc<Vec<Fr>>;

/// Round prover of one layer. `pairs[j]` is `(L_j, R_j)`; a missing right factor is the constant one.
pub struct LayerProver {
    num_vars: usize,
    alphas: Vec<Fr>,
    alpha_sum: Fr,
    /// Inputs before the first bind; then empty.
    inputs: Vec<(Leaves, Option<Leaves>)>,
    /// Left factors scaled by `alpha_j`, and right factors, after the first bind.
    left: Vec<Vec<Fr>>,
    right: Vec<Option<Vec<Fr>>>,
    len: usize,
    eq: EqFactor,
}

impl LayerProver {
    /// All prefixes of one layer have the same length `len <= 2^n`, `n = tau.len()`. The coefficients `alphas`, one a
    /// pair, must not be zero.
    ///
    /// # Panics
    /// When lengths differ or exceed `2^n`.
    pub fn new(tau: &[Fr], pairs: Vec<(Leaves, Option<Leaves>)>, alphas: &[Fr]) -> Self {
        let len = pairs.first().map_or(0, |p| p.0.len());
        let same = |v: &Leaves| v.len() == len;
        assert!(pairs.iter().all(|(l, r)| same(l) && r.as_ref().is_none_or(same)), "all prefixes have one length");
        assert!(len <= 1 << tau.len(), "prefix longer than the hypercube");
        assert_eq!(pairs.len(), alphas.len(), "one coefficient a pair");
        Self {
            num_vars: tau.len(),
            alphas: alphas.to_vec(),
            alpha_sum: alphas.iter().sum(),
            inputs: pairs,
            left: Vec::new(),
            right: Vec::new(),
            len,
            eq: EqFactor::new(tau),
        }
    }

    /// `(L_j, R_j)` at the bound point, for every pair; a missing right factor gives one.
    pub fn finals(&self) -> Vec<(Fr, Fr)> {
        if self.num_vars == 0 {
            let one = Fr::one();
            return self
                .inputs
                .iter()
                .map(|(l, r)| {
                    (l.first().copied().unwrap_or(one), r.as_ref().and_then(|r| r.first().copied()).unwrap_or(one))
                })
                .collect();
        }
        self.alphas
            .iter()
            .zip(self.left.iter().zip(&self.right))
            .map(|(alpha, (l, r))| {
                let unscale = ark_ff::Field::inverse(alpha).expect("a random coefficient is not zero");
                (
                    l.first().map_or(Fr::one(), |&l| l * unscale),
                    r.as_ref().and_then(|r| r.first().copied()).unwrap_or(Fr::one()),
                )
            })
            .collect()
    }

    /// `(q(0), q(inf))` contributions of positions `range` (pairs of entries), eq weights included.
    fn evals(&self, range: std::ops::Range<usize>) -> (Fr, Fr) {
        let weights = self.eq.weights();
        let lo_mask = weights.lo.len() - 1;
        let (mut q0, mut qi) = (Fr::zero(), Fr::zero());
        let mut at = range.start;
        while at < range.end {
            let block_end = range.end.min((at | lo_mask) + 1);
            let hi = weights.hi[at >> weights.lo_bits];
            let (mut s0, mut si) = (ProductAcc::default(), ProductAcc::default());
            for i in at..block_end {
                let (p0, pi) = if self.left.is_empty() { self.first_round_at(i) } else { self.later_round_at(i) };
                let w = weights.lo[i & lo_mask];
                s0.add(p0, w);
                si.add(pi, w);
            }
            q0 += hi * s0.reduce();
            qi += hi * si.reduce();
            at = block_end;
        }
        (q0, qi)
    }

    #[inline]
    fn first_round_at(&self, i: usize) -> (Fr, Fr) {
        let one = Fr::one();
        let (mut p0, mut pi) = (ProductAcc::default(), ProductAcc::default());
        let mut single = Fr::zero();
        for ((l, r), &alpha) in self.inputs.iter().zip(&self.alphas) {
            let l0 = l[2 * i];
            let l1 = l.get(2 * i + 1).copied().unwrap_or(one);
            match r {
                Some(r) => {
                    let r0 = r[2 * i];
                    let r1 = r.get(2 * i + 1).copied().unwrap_or(one);
                    // Factors are one on rows that do not use them.
                    if l0 == one && l1 == one {
                        p0.add(alpha, r0);
                    } else {
                        p0.add(alpha * l0, r0);
                        if r0 != r1 {
                            pi.add(alpha * (l1 - l0), r1 - r0);
                        }
                    }
                }
                None => single += alpha * l0,
            }
        }
        (p0.reduce() + single, pi.reduce())
    }

    #[inline]
    fn later_round_at(&self, i: usize) -> (Fr, Fr) {
        let (mut p0, mut pi) = (ProductAcc::default(), ProductAcc::default());
        let mut single = Fr::zero();
        for (l, r) in self.left.iter().zip(&self.right) {
            let (l0, l1) = (l[2 * i], l[2 * i + 1]);
            match r {
                Some(r) => {
                    let (r0, r1) = (r[2 * i], r[2 * i + 1]);
                    p0.add(l0, r0);
                    pi.add(l1 - l0, r1 - r0);
                }
                None => single += l0,
            }
        }
        (p0.reduce() + single, pi.reduce())
    }
}

/// Pads to even length with `default` so that pairs are whole.
fn pad_even(v: &mut Vec<Fr>, default: Fr) {
    if v.len() % 2 == 1 {
        v.push(default);
    }
}

/// `out[i] = scale * (lo + r (hi - lo))` of consecutive pairs of `v`, `default` past its end.
fn bind_scaled(v: &[Fr], r: Fr, scale: Fr, default: Fr) -> Vec<Fr> {
    let (c0, c1) = (scale * (Fr::one() - r), scale * r);
    let out_len = v.len().div_ceil(2);
    let mut out = vec![Fr::zero(); out_len];
    par::for_each_chunk(&mut out, CHUNK, |chunk, out| {
        for (k, o) in out.iter_mut().enumerate() {
            let i = chunk * CHUNK + k;
            let lo = v[2 * i];
            let hi = v.get(2 * i + 1).copied().unwrap_or(default);
            *o = if lo == hi {
                scale * lo
            } else {
                let mut acc = ProductAcc::default();
                acc.add(lo, c0);
                acc.add(hi, c1);
                acc.reduce()
            };
        }
    });
    out
}

/// Binds in place; the vector halves.
pub(crate) fn bind_in_place(v: &mut Vec<Fr>, r: Fr) {
    let half = v.len() / 2;
    for i in 0..half {
        let lo = v[2 * i];
        v[i] = lo + r * (v[2 * i + 1] - lo);
    }
    v.truncate(half);
}

impl RoundProver for LayerProver {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        3
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        let pairs = self.len.div_ceil(2);
        let this = &*self;
        let (mut q0, qi) = par::map_reduce(
            pairs.div_ceil(CHUNK),
            || (Fr::zero(), Fr::zero()),
            |chunk| this.evals(chunk * CHUNK..pairs.min((chunk + 1) * CHUNK)),
            |a, b| (a.0 + b.0, a.1 + b.1),
        );
        // Beyond the prefix every factor is one.
        q0 += self.alpha_sum * (Fr::one() - self.eq.weights().prefix_sum(pairs));
        self.eq.round_polynomial(claim, q0, qi)
    }

    fn bind(&mut self, r: Fr) {
        let one = Fr::one();
        self.eq.bind(r);
        self.len = self.len.div_ceil(2);
        let more = self.eq.free() > 0;
        if self.left.is_empty() {
            for ((l, rt), &alpha) in std::mem::take(&mut self.inputs).into_iter().zip(&self.alphas) {
                let mut left = bind_scaled(&l, r, alpha, one);
                drop(l);
                let mut right = rt.map(|rt| bind_scaled(&rt, r, one, one));
                if more {
                    pad_even(&mut left, alpha);
                    if let Some(right) = right.as_mut() {
                        pad_even(right, one);
                    }
                }
                self.left.push(left);
                self.right.push(right);
            }
        } else {
            let alphas = &self.alphas;
            par::for_each_mut(&mut self.left, |j, v| {
                bind_in_place(v, r);
                if more {
                    pad_even(v, alphas[j]);
                }
            });
            par::for_each_mut(&mut self.right, |_, v| {
                if let Some(v) = v {
                    bind_in_place(v, r);
                    if more {
                        pad_even(v, one);
                    }
                }
            });
        }
    }
}

/// `out[i] = a[i] * b[i]` of two prefixes of equal length.
pub(crate) fn multiply(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let one = Fr::one();
    let mut out = vec![Fr::zero(); a.len()];
    par::for_each_chunk(&mut out, CHUNK, |chunk, out| {
        for (k, o) in out.iter_mut().enumerate() {
            let (x, y) = (a[chunk * CHUNK + k], b[chunk * CHUNK + k]);
            *o = if x == one {
                y
            } else if y == one {
                x
            } else {
                x * y
            };
        }
    });
    out
}

/// The MLE at `point` of a prefix whose later entries are `default`.
pub fn evaluate_prefix(v: &[Fr], point: &[Fr], default: Fr) -> Fr {
    let eq = EqFactorTables::new(point);
    let mut total = Fr::zero();
    let mut weight = Fr::zero();
    for (i, x) in v.iter().enumerate() {
        let e = eq.at(i);
        total += e * x;
        weight += e;
    }
    total + default * (Fr::one() - weight)
}

/// `eq(point, i)` for single indices, from two half-size tables.
pub struct EqFactorTables {
    hi: Vec<Fr>,
    lo: Vec<Fr>,
    lo_bits: usize,
}

impl EqFactorTables {
    /// Costs `2^{n/2 + 1}` products.
    pub fn new(point: &[Fr]) -> Self {
        let split = point.len() / 2;
        Self {
            hi: lariat_algebra::poly::eq_evals(&point[..split]),
            lo: lariat_algebra::poly::eq_evals(&point[split..]),
            lo_bits: point.len() - split,
        }
    }

    /// `eq(point, i)`.
    pub fn at(&self, i: usize) -> Fr {
        self.hi[i >> self.lo_bits] * self.lo[i & (self.lo.len() - 1)]
    }

    /// The high half's table, the low half's table and the number of low bits.
    pub fn halves(&self) -> (&[Fr], &[Fr], usize) {
        (&self.hi, &self.lo, self.lo_bits)
    }
}

/// The MLE at `point` of a compact column.
pub fn evaluate_column(column: &lariat_algebra::column::Column, eq: &EqFactorTables) -> Fr {
    use lariat_algebra::column::ColumnData;
    fn run<T: Copy + Sync>(v: &[T], eq: &EqFactorTables, add: impl Fn(&mut SmallAcc, Fr, T) + Sync + Send) -> Fr {
        let (hi, lo, lo_bits) = eq.halves();
        par::map_reduce(
            v.len().div_ceil(1 << lo_bits),
            Fr::zero,
            |block| {
                let start = block << lo_bits;
                let end = v.len().min(start + lo.len());
                let mut acc = SmallAcc::default();
                for (x, &e) in v[start..end].iter().zip(lo) {
                    add(&mut acc, e, *x);
                }
                hi[block] * acc.reduce()
            },
            |a, b| a + b,
        )
    }
    fn unsigned(acc: &mut SmallAcc, e: Fr, x: u64) {
        if x != 0 {
            acc.add_u64(e, x);
        }
    }
    match column.data() {
        ColumnData::Bool(v) => run(v, eq, |acc, e, x| {
            if x {
                acc.add(e);
            }
        }),
        ColumnData::U8(v) => run(v, eq, |acc, e, x| unsigned(acc, e, x.into())),
        ColumnData::U16(v) => run(v, eq, |acc, e, x| unsigned(acc, e, x.into())),
        ColumnData::U32(v) => run(v, eq, |acc, e, x| unsigned(acc, e, x.into())),
        ColumnData::I32(v) => run(v, eq, |acc, e, x| {
            if x != 0 {
                acc.add_i64(e, x.into());
            }
        }),
        ColumnData::U64(v) => run(v, eq, unsigned),
        ColumnData::Field(v) => v.iter().enumerate().map(|(i, x)| eq.at(i) * x).sum(),
        ColumnData::Sparse(v) => {
            let mut acc = SmallAcc::default();
            for &(i, x) in v {
                acc.add_u64(eq.at(i as usize), x.into());
            }
            acc.reduce()
        }
    }
}
