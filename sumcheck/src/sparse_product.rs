//! The kernel of one layer of a sparse grand product: leaves that are one except at listed positions.
//!
//! With `L = 1 + l`, `R = 1 + r` the summand is `eq(tau, x) sum_g alpha_g (1 + l_g + r_g + l_g r_g)`, whose constant
//! part sums to `sum_g alpha_g`: the cost of a layer is proportional to the listed positions.

use crate::{
    eq_factor::EqFactor,
    weighted::{Quadratic, WeightedRoundProver},
};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    count::{self, Kernel},
    par,
};

/// Values of `G` groups at one position.
pub type Entry<const G: usize> = (u32, [Fr; G]);

/// A layer of `G` products side by side: entries in increasing order of position; elsewhere all values are one.
#[derive(Clone, Debug)]
pub struct SparseLayer<const G: usize> {
    /// Number of variables of the layer.
    pub num_vars: usize,
    /// The listed positions.
    pub entries: Vec<Entry<G>>,
}

impl<const G: usize> SparseLayer<G> {
    /// The layer above: products of sibling positions (the last coordinate).
    #[must_use]
    pub fn parent(&self) -> Self {
        let mut entries: Vec<Entry<G>> = Vec::with_capacity(self.entries.len());
        for (i, values) in &self.entries {
            match entries.last_mut() {
                Some((p, acc)) if *p == i >> 1 => {
                    for (a, v) in acc.iter_mut().zip(values) {
                        *a *= v;
                    }
                }
                _ => entries.push((i >> 1, *values)),
            }
        }
        count::add(Kernel::SparseProducts, G * (self.entries.len() - entries.len()));
        Self { num_vars: self.num_vars - 1, entries }
    }
}

/// `(position, l, r)` with `L = 1 + l`, `R = 1 + r`.
type Pair<const G: usize> = (u32, [Fr; G], [Fr; G]);

/// Round prover of a sparse layer; the children's last coordinate tells left from right.
pub struct SparseLayerProver<const G: usize> {
    num_vars: usize,
    alphas: [Fr; G],
    pairs: Vec<Pair<G>>,
    eq: EqFactor,
}

impl<const G: usize> SparseLayerProver<G> {
    /// `children` has one variable more than `tau`.
    pub fn new(tau: &[Fr], children: &SparseLayer<G>, alphas: [Fr; G]) -> Self {
        let one = Fr::one();
        let mut pairs: Vec<Pair<G>> = Vec::with_capacity(children.entries.len());
        for (i, values) in &children.entries {
            if pairs.last().is_none_or(|p| p.0 != i >> 1) {
                pairs.push((i >> 1, [Fr::zero(); G], [Fr::zero(); G]));
            }
            if let Some(p) = pairs.last_mut() {
                let side = if i & 1 == 0 { &mut p.1 } else { &mut p.2 };
                for (s, v) in side.iter_mut().zip(values) {
                    *s = *v - one;
                }
            }
        }
        Self { num_vars: tau.len(), alphas, pairs, eq: EqFactor::new(tau) }
    }

    /// `(L_g, R_g)` at the bound point.
    pub fn finals(&self) -> [(Fr, Fr); G] {
        let one = Fr::one();
        let mut out = [(one, one); G];
        if let Some((_, l, r)) = self.pairs.first() {
            for g in 0..G {
                out[g] = (one + l[g], one + r[g]);
            }
        }
        out
    }

    fn chunks(&self) -> Vec<std::ops::Range<usize>> {
        const CHUNK: usize = 1 << 12;
        let mut out = Vec::new();
        let mut start = 0;
        while start < self.pairs.len() {
            let mut end = self.pairs.len().min(start + CHUNK);
            while end < self.pairs.len() && self.pairs[end].0 >> 1 == self.pairs[end - 1].0 >> 1 {
                end += 1;
            }
            out.push(start..end);
            start = end;
        }
        out
    }
}

/// Calls `f(position / 2, even sibling, odd sibling)` for every pair of siblings of which one is listed.
pub(crate) fn for_siblings<T>(
    entries: &[T],
    position: impl Fn(&T) -> u32,
    mut f: impl FnMut(u32, Option<&T>, Option<&T>),
) {
    let mut k = 0;
    while k < entries.len() {
        let p = position(&entries[k]);
        if p & 1 == 1 {
            f(p >> 1, None, Some(&entries[k]));
            k += 1;
        } else if k + 1 < entries.len() && position(&entries[k + 1]) == p + 1 {
            f(p >> 1, Some(&entries[k]), Some(&entries[k + 1]));
            k += 2;
        } else {
            f(p >> 1, Some(&entries[k]), None);
            k += 1;
        }
    }
}

impl<const G: usize> WeightedRoundProver for SparseLayerProver<G> {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn round(&mut self, claim: Fr) -> Quadratic {
        let chunks = self.chunks();
        let weights = self.eq.weights();
        let (alphas, pairs) = (&self.alphas, &self.pairs);
        let zero = (0u32, [Fr::zero(); G], [Fr::zero(); G]);
        let (q0, qi) = par::map_reduce(
            chunks.len(),
            || (Fr::zero(), Fr::zero()),
            |c| {
                let (mut q0, mut qi) = (Fr::zero(), Fr::zero());
                let mut products = 0;
                for_siblings(
                    &pairs[chunks[c].clone()],
                    |p| p.0,
                    |i, even, odd| {
                        let (a, b) = (even.unwrap_or(&zero), odd.unwrap_or(&zero));
                        let w = weights.at(i as usize);
                        let (mut s0, mut si) = (Fr::zero(), Fr::zero());
                        products += 3 + 2 * G + if even.is_some() { 2 * G } else { 0 };
                        for g in 0..G {
                            if even.is_some() {
                                s0 += alphas[g] * (a.1[g] + a.2[g] + a.1[g] * a.2[g]);
                            }
                            si += alphas[g] * ((b.1[g] - a.1[g]) * (b.2[g] - a.2[g]));
                        }
                        q0 += w * s0;
                        qi += w * si;
                    },
                );
                count::add(Kernel::SparseProducts, products);
                (q0, qi)
            },
            |a, b| (a.0 + b.0, a.1 + b.1),
        );
        let constant: Fr = self.alphas.iter().sum();
        self.eq.quadratic(claim, q0 + constant, qi)
    }

    fn bind(&mut self, r: Fr) {
        self.eq.bind(r);
        let zero = (0u32, [Fr::zero(); G], [Fr::zero(); G]);
        let (chunks, pairs) = (self.chunks(), &self.pairs);
        let bound = par::map_collect(chunks.len(), |c| {
            let pairs = &pairs[chunks[c].clone()];
            let mut out: Vec<Pair<G>> = Vec::with_capacity(pairs.len());
            for_siblings(
                pairs,
                |p| p.0,
                |i, even, odd| {
                    let (a, b) = (even.unwrap_or(&zero), odd.unwrap_or(&zero));
                    let (mut l, mut rt) = ([Fr::zero(); G], [Fr::zero(); G]);
                    for g in 0..G {
                        l[g] = a.1[g] + r * (b.1[g] - a.1[g]);
                        rt[g] = a.2[g] + r * (b.2[g] - a.2[g]);
                    }
                    out.push((i, l, rt));
                },
            );
            out
        });
        let out: Vec<Pair<G>> = bound.into_iter().flatten().collect();
        count::add(Kernel::SparseProducts, 2 * G * out.len());
        self.pairs = out;
    }
}
