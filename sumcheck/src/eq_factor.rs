//! The factor `eq(tau, x)` of a summand, kept out of the summand's tables [Gruen24, §3; DT24].
//!
//! For `g(x) = eq(tau, x) q(x)` the round polynomial is `s(X) = l(X) q'(X)` with `l` linear and known, and `q'` of
//! one degree less, of which one coefficient follows from the claim. Where a sumcheck has one such factor, `q'` alone is sent
//! ([`weighted`](crate::weighted)).

use ark_ff::{AdditiveGroup, Field, One, Zero};
use lariat_algebra::{
    Fr,
    poly::{Univariate, eq_prefix_tables},
};

/// `eq(tau, .)` with the last coordinates bound one after the other.
#[derive(Debug)]
pub struct EqFactor {
    tau: Vec<Fr>,
    /// Inverses of `1 - t` and `t` for every coordinate `t`; zero where there is none.
    inverses: Vec<[Fr; 2]>,
    /// `eq` of the bound coordinates, and its inverse.
    bound: Fr,
    bound_inverse: Fr,
    split: usize,
    hi: Vec<Vec<Fr>>,
    lo: Vec<Vec<Fr>>,
    free: usize,
}

/// How weighted tables fold when a coordinate `t` is bound to `r`: see [`EqFactor::fold`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fold {
    /// `(1 - r) / (1 - t)`.
    pub ratio: Fr,
    /// `r (1 - t) / (t (1 - r))`.
    pub odd: Fr,
}

/// Weights `eq(tau[..k], x)` for a `k`-bit index `i`, as `hi[i >> lo_bits] * lo[i mod 2^lo_bits]`.
#[derive(Clone, Copy, Debug)]
pub struct EqWeights<'a> {
    /// Weights of the high bits.
    pub hi: &'a [Fr],
    /// Weights of the low bits.
    pub lo: &'a [Fr],
    /// Number of low bits.
    pub lo_bits: usize,
}

impl EqWeights<'_> {
    /// The weight of index `i`.
    #[inline]
    pub fn at(&self, i: usize) -> Fr {
        self.hi[i >> self.lo_bits] * self.lo[i & (self.lo.len() - 1)]
    }

    /// The sum of the weights of indices below `end`.
    pub fn prefix_sum(&self, end: usize) -> Fr {
        let (block, rest) = (end >> self.lo_bits, end & (self.lo.len() - 1));
        let full: Fr = self.hi[..block].iter().sum();
        let partial = if rest == 0 { Fr::zero() } else { self.hi[block] * self.lo[..rest].iter().sum::<Fr>() };
        full + partial
    }
}

impl EqFactor {
    /// No coordinate bound yet. Costs `2^{n/2 + 2}` products.
    pub fn new(tau: &[Fr]) -> Self {
        let split = tau.len() / 2;
        let mut inverses: Vec<[Fr; 2]> = tau.iter().map(|&t| [Fr::one() - t, t]).collect();
        ark_ff::batch_inversion(inverses.as_flattened_mut());
        Self {
            tau: tau.to_vec(),
            inverses,
            bound: Fr::one(),
            bound_inverse: Fr::one(),
            split,
            hi: eq_prefix_tables(&tau[..split]),
            lo: eq_prefix_tables(&tau[split..]),
            free: tau.len(),
        }
    }

    /// Number of free coordinates.
    pub fn free(&self) -> usize {
        self.free
    }

    /// `eq` of the bound coordinates: after all rounds, `eq(tau, point)`.
    pub fn bound(&self) -> Fr {
        self.bound
    }

    /// The coordinate of `tau` that the current round binds.
    pub fn current(&self) -> Fr {
        self.tau[self.free - 1]
    }

    /// The inverses of `1 - t` and `t` for the coordinate that the current round binds; zero where there is none.
    pub(crate) fn current_inverses(&self) -> [Fr; 2] {
        self.inverses[self.free - 1]
    }

    /// Weights over all free coordinates but the last, the one of the current round.
    pub fn weights(&self) -> EqWeights<'_> {
        self.weights_over(self.free - 1)
    }

    /// Weights over all free coordinates.
    pub fn all_weights(&self) -> EqWeights<'_> {
        self.weights_over(self.free)
    }

    fn weights_over(&self, k: usize) -> EqWeights<'_> {
        if k > self.split {
            EqWeights { hi: &self.hi[self.split], lo: &self.lo[k - self.split], lo_bits: k - self.split }
        } else {
            EqWeights { hi: &self.hi[0], lo: &self.hi[k], lo_bits: k }
        }
    }

    /// The linear factor `l(X) = l_0 + l_1 X` of the current round: `eq` of the bound and the current coordinates.
    pub fn line(&self) -> [Fr; 2] {
        let at_one = self.bound * self.tau[self.free - 1];
        let at_zero = self.bound - at_one;
        [at_zero, at_one - at_zero]
    }

    /// `q(1)` from the claim `l(0) q(0) + l(1) q(1)`, or `None` when the current coordinate of `tau` is zero and the
    /// claim says nothing of it.
    pub fn solve_at_one(&self, claim: Fr, q_0: Fr) -> Option<Fr> {
        let [_, inverse] = self.current_inverses();
        (!inverse.is_zero()).then(|| (claim - self.line()[0] * q_0) * inverse * self.bound_inverse)
    }

    /// The round polynomial from `q(0)` and the coefficient of `X^2` of `q`, for `q` of degree 2.
    ///
    /// # Panics
    /// When the current coordinate of `tau` is zero (probability `1/|F|` for a random `tau`).
    pub fn round_polynomial(&self, claim: Fr, q_0: Fr, q_inf: Fr) -> Univariate {
        let q_1 = self.solve_at_one(claim, q_0).expect("a random coordinate of tau is not zero");
        Univariate::linear_times_quadratic(self.line(), [q_0, q_1 - q_0 - q_inf, q_inf])
    }

    /// `q` itself from the claim `(1 - t) q(0) + t q(1)`, `q(0)` and the coefficient of `X^2`, for `q` of degree 2 and the
    /// current coordinate `t`.
    ///
    /// # Panics
    /// As [`Self::round_polynomial`].
    pub fn quadratic(&self, claim: Fr, q_0: Fr, q_inf: Fr) -> [Fr; 3] {
        let [_, inverse] = self.current_inverses();
        assert!(!inverse.is_zero(), "a random coordinate of tau is not zero");
        // claim = q(0) + t (q(1) - q(0)).
        [q_0, (claim - q_0) * inverse - q_inf, q_inf]
    }

    /// Binds the last free coordinate. One inversion.
    ///
    /// # Panics
    /// When `r` is one or `eq(t, r)` is zero (probability `2/|F|` for a random `r`).
    pub fn bind(&mut self, r: Fr) {
        self.fold(r);
    }

    /// Binds the last free coordinate `t` and tells how tables that carry the weights fold: with `k` free coordinates
    /// before, `eq(tau[..k - 1], x) f(x, r)` is `ratio` times the even entry plus `odd` times the odd entry of
    /// `eq(tau[..k], .) f`. Without meaning for `t` zero or one.
    ///
    /// # Panics
    /// As [`Self::bind`].
    pub(crate) fn fold(&mut self, r: Fr) -> Fold {
        let t = self.current();
        let [inverse_even, inverse_odd] = self.current_inverses();
        let eq = (t * r).double() - t - r + Fr::one();
        let even = Fr::one() - r;
        let inverse = (eq * even).inverse().expect("a random challenge is neither one nor a zero of eq");
        self.bound *= eq;
        self.bound_inverse *= inverse * even;
        self.free -= 1;
        Fold { ratio: even * inverse_even, odd: r * inverse * eq * (Fr::one() - t) * inverse_odd }
    }
}
