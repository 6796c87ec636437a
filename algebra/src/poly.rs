//! Multilinear building blocks: `eq`, `lt` and identity polynomials, and univariate interpolation.
//!
//! Points list coordinate 0 first, and coordinate 0 is the most significant bit of a hypercube index.

use crate::{
    Fr,
    count::{self, Kernel},
};
use ark_ff::{AdditiveGroup, Field, One, Zero};

/// The powers `1, x, x^2, ...`, without end.
#[derive(Clone, Debug)]
pub struct Powers {
    base: Fr,
    next: Fr,
}

impl Powers {
    /// From `1` on.
    pub fn new(base: Fr) -> Self {
        Self { base, next: Fr::one() }
    }

    /// The next power.
    pub fn draw(&mut self) -> Fr {
        let power = self.next;
        self.next *= self.base;
        power
    }
}

impl Iterator for Powers {
    type Item = Fr;

    fn next(&mut self) -> Option<Fr> {
        Some(self.draw())
    }
}

/// All `2^n` evaluations of `eq(r, x)` for `x` in the Boolean hypercube, `n = r.len()`. Costs `2^n` products.
pub fn eq_evals(r: &[Fr]) -> Vec<Fr> {
    eq_evals_scaled(r, Fr::one())
}

/// All evaluations of `scale * eq(r, x)`.
pub fn eq_evals_scaled(r: &[Fr], scale: Fr) -> Vec<Fr> {
    count::add(Kernel::EqTables, (1 << r.len()) - 1);
    let mut evals = Vec::with_capacity(1 << r.len());
    evals.push(scale);
    for &r_i in r {
        // Later coordinates are less significant: entry i becomes entries 2i and 2i+1.
        let len = evals.len();
        evals.resize(2 * len, Fr::zero());
        for i in (0..len).rev() {
            let hi = evals[i] * r_i;
            evals[2 * i] = evals[i] - hi;
            evals[2 * i + 1] = hi;
        }
    }
    evals
}

/// The tables of `eq(r[..k], x)` for every `k` in `0..=r.len()`: entry `k` has `2^k` evaluations.
pub fn eq_prefix_tables(r: &[Fr]) -> Vec<Vec<Fr>> {
    count::add(Kernel::EqTables, (1 << r.len()) - 1);
    let mut tables = Vec::with_capacity(r.len() + 1);
    tables.push(vec![Fr::one()]);
    for (k, &r_k) in r.iter().enumerate() {
        let mut next = Vec::with_capacity(2 << k);
        for &e in &tables[k] {
            let hi = e * r_k;
            next.push(e - hi);
            next.push(hi);
        }
        tables.push(next);
    }
    tables
}

/// `eq(a, b) = prod_i (a_i b_i + (1 - a_i)(1 - b_i))`.
///
/// # Panics
/// When the lengths differ.
pub fn eq_eval(a: &[Fr], b: &[Fr]) -> Fr {
    assert_eq!(a.len(), b.len(), "eq of points of different dimension");
    a.iter().zip(b).map(|(&x, &y)| (x * y).double() - x - y + Fr::one()).product()
}

/// `eq(bits of index, r)`, the bits of `index` most significant first.
pub fn eq_index(index: usize, r: &[Fr]) -> Fr {
    let n = r.len();
    (0..n).map(|i| if (index >> (n - 1 - i)) & 1 == 1 { r[i] } else { Fr::one() - r[i] }).product()
}

/// The MLE at `r` of the identity `x -> x` on `{0,1}^n` read as an integer.
pub fn identity_mle(r: &[Fr]) -> Fr {
    r.iter().fold(Fr::zero(), |acc, &r_i| acc.double() + r_i)
}

/// The MLEs at `r` of `[x < bound]` and of `x * [x < bound]`, in `O(n)` products.
///
/// `bound` may be `2^n` (all of the hypercube); larger bounds mean the same.
pub fn truncated_identity_mle(bound: u64, r: &[Fr]) -> (Fr, Fr) {
    let n = r.len();
    if n < 64 && bound >= 1u64 << n {
        return (Fr::one(), identity_mle(r));
    }
    let Some((&first, rest)) = r.split_first() else {
        return (Fr::zero(), Fr::zero());
    };
    let half = 1u64 << (n - 1);
    let low = Fr::one() - first;
    if bound <= half {
        let (lt, id) = truncated_identity_mle(bound, rest);
        (low * lt, low * id)
    } else {
        let (lt, id) = truncated_identity_mle(bound - half, rest);
        (low + first * lt, low * identity_mle(rest) + first * (id + Fr::from(half) * lt))
    }
}

/// The MLE at `r` of the indicator of `start <= x < end`.
pub fn interval_mle(start: u64, end: u64, r: &[Fr]) -> Fr {
    truncated_identity_mle(end, r).0 - truncated_identity_mle(start, r).0
}

/// A univariate polynomial by its coefficients, constant term first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Univariate {
    /// Coefficients, constant term first.
    pub coeffs: Vec<Fr>,
}

impl Univariate {
    /// The polynomial of degree at most `evals.len() - 1` with the given values at `0, 1, 2, ...`.
    pub fn interpolate(evals: &[Fr]) -> Self {
        let n = evals.len();
        // Newton's divided differences on the nodes 0, 1, ..., n-1.
        let mut table = evals.to_vec();
        for order in 1..n {
            let inv = Fr::from(order as u64).inverse().unwrap_or_else(Fr::zero);
            for i in (order..n).rev() {
                table[i] = (table[i] - table[i - 1]) * inv;
            }
        }
        let mut coeffs = vec![Fr::zero(); n];
        for k in (0..n).rev() {
            // coeffs <- coeffs * (X - k) + table[k]
            for i in (1..n).rev() {
                coeffs[i] = coeffs[i - 1] - Fr::from(k as u64) * coeffs[i];
            }
            coeffs[0] = table[k] - Fr::from(k as u64) * coeffs[0];
        }
        Self { coeffs }
    }

    /// `(l_0 + l_1 X) * (q_0 + q_1 X + q_2 X^2)`.
    pub fn linear_times_quadratic(l: [Fr; 2], q: [Fr; 3]) -> Self {
        Self { coeffs: vec![l[0] * q[0], l[0] * q[1] + l[1] * q[0], l[0] * q[2] + l[1] * q[1], l[1] * q[2]] }
    }

    /// Value at `x`.
    pub fn eval(&self, x: Fr) -> Fr {
        self.coeffs.iter().rev().fold(Fr::zero(), |acc, &c| acc * x + c)
    }

    /// Adds `scale * other`.
    pub fn add_scaled(&mut self, other: &Self, scale: Fr) {
        if self.coeffs.len() < other.coeffs.len() {
            self.coeffs.resize(other.coeffs.len(), Fr::zero());
        }
        for (a, &b) in self.coeffs.iter_mut().zip(&other.coeffs) {
            *a += scale * b;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use rand_chacha::rand_core::SeedableRng;

    fn rng() -> rand_chacha::ChaCha20Rng {
        rand_chacha::ChaCha20Rng::seed_from_u64(7)
    }

    #[test]
    fn powers_are_products() {
        let x = Fr::from(7u64);
        assert_eq!(Powers::new(x).take(4).collect::<Vec<_>>(), [1u64, 7, 49, 343].map(Fr::from));
        let mut zero = Powers::new(Fr::zero());
        assert_eq!([zero.draw(), zero.draw(), zero.draw()], [1u64, 0, 0].map(Fr::from));
    }

    #[test]
    fn eq_table_is_the_product_of_coordinates() {
        let mut rng = rng();
        let r: Vec<Fr> = (0..5).map(|_| Fr::rand(&mut rng)).collect();
        let table = eq_evals(&r);
        let prefixes = eq_prefix_tables(&r);
        for (i, &e) in table.iter().enumerate() {
            assert_eq!(e, eq_index(i, &r));
            let bits: Vec<Fr> = (0..5).map(|k| Fr::from(((i >> (4 - k)) & 1) as u64)).collect();
            assert_eq!(e, eq_eval(&bits, &r));
        }
        assert_eq!(prefixes[5], table);
        assert_eq!(prefixes[2], eq_evals(&r[..2]));
    }

    #[test]
    fn truncated_identity_matches_the_dense_extension() {
        let mut rng = rng();
        for n in 0..6usize {
            let r: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
            let eq = eq_evals(&r);
            for bound in 0..=(1u64 << n) {
                let (lt, id) = truncated_identity_mle(bound, &r);
                let dense_lt: Fr = eq.iter().take(bound as usize).sum();
                let dense_id: Fr =
                    eq.iter().take(bound as usize).enumerate().map(|(i, e)| Fr::from(i as u64) * e).sum();
                assert_eq!((lt, id), (dense_lt, dense_id), "n = {n}, bound = {bound}");
            }
            assert_eq!(truncated_identity_mle(1 << n, &r).1, identity_mle(&r));
        }
    }

    #[test]
    fn interpolation_reproduces_values_off_the_nodes() {
        let mut rng = rng();
        for degree in 0..6usize {
            let p = Univariate { coeffs: (0..=degree).map(|_| Fr::rand(&mut rng)).collect() };
            let evals: Vec<Fr> = (0..=degree).map(|i| p.eval(Fr::from(i as u64))).collect();
            assert_eq!(Univariate::interpolate(&evals), p);
        }
    }
}
