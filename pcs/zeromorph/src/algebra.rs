//! The polynomials of the protocol, without commitments.

use ark_ff::{Field, One, Zero};
use lariat_algebra::Fr;
use lariat_algebra::count::{self, Kernel};
use lariat_algebra::ifma::slices::{bind, scale_add};

/// The multilinear quotients `q_0, ..., q_{n-1}` and the value: `f(X) - v = sum_k (X_k - u_k) q_k(X_0, ..., X_{k-1})`.
///
/// `f` has `2^n` evaluations, `u_k` is coordinate `n - 1 - k` of the point. Quotient `k` has `2^k` evaluations, and all
/// of them lie behind one another, quotient `k` from index `2^k - 1` on. `2^n` products.
pub(crate) fn quotients(f: &[Fr], point: &[Fr]) -> (Vec<Fr>, Fr) {
    let mut rest = f.to_vec();
    let mut quotients = vec![Fr::zero(); f.len().saturating_sub(1)];
    count::add(Kernel::Differences, quotients.len());
    // The most significant variable first: X_{n-1}, coordinate 0.
    for u in point {
        let half = rest.len() / 2;
        let (low, high) = rest.split_at_mut(half);
        for ((q, l), h) in quotients[half - 1..].iter_mut().zip(&*low).zip(&*high) {
            *q = *h - l;
        }
        bind(low, high, *u);
        rest.truncate(half);
    }
    (quotients, rest.first().copied().unwrap_or_default())
}

/// Quotient `k` of [`quotients`].
pub(crate) fn quotient(quotients: &[Fr], k: usize) -> &[Fr] {
    &quotients[(1 << k) - 1..(2 << k) - 1]
}

/// `h(X) = sum_k y^k X^(2^k - 1) q_k(1/X)`: the combination of the reversed quotients, `2^(n-1)` coefficients (one for
/// `n = 0`, where it is zero).
pub(crate) fn reversal(quotients: &[Fr], num_vars: usize, y: Fr) -> Vec<Fr> {
    let mut out = vec![Fr::zero(); (1 << num_vars) / 2];
    let mut scale = Fr::one();
    for k in 0..num_vars {
        let mut reversed = quotient(quotients, k).to_vec();
        reversed.reverse();
        scale_add(&mut out[..1 << k], scale, &reversed);
        scale *= y;
    }
    if out.is_empty() { vec![Fr::zero()] } else { out }
}

/// The scalars that commitments are combined with, at a challenge `w`.
pub(crate) struct Scalars {
    /// `Phi_n(w) = sum_{i < 2^n} w^i`.
    pub(crate) phi: Fr,
    /// `c_k = w^(2^k) Phi_{n-k-1}(w^(2^(k+1))) - u_k Phi_{n-k}(w^(2^k))`.
    pub(crate) identity: Vec<Fr>,
    /// `y^k w^(1 - 2^k)`.
    pub(crate) degree: Vec<Fr>,
}

impl Scalars {
    /// For a point, the degree challenge `y` and the evaluation challenge `w` with its inverse.
    pub(crate) fn new(point: &[Fr], y: Fr, w: Fr, w_inverse: Fr) -> Self {
        let n = point.len();
        let squares: Vec<Fr> = std::iter::successors(Some(w), |x| Some(x.square())).take(n).collect();
        // Phi_{n-k}(w^(2^k)) = prod_{i = k}^{n-1} (1 + w^(2^i)).
        let mut phi = Fr::one();
        let mut identity = vec![Fr::zero(); n];
        for ((c, square), u) in identity.iter_mut().zip(&squares).rev().zip(point) {
            let next = phi;
            phi *= Fr::one() + square;
            *c = *square * next - *u * phi;
        }
        // w^(1 - 2^(k+1)) = (w^(1 - 2^k))^2 / w.
        let (mut shift, mut scale) = (Fr::one(), Fr::one());
        let degree = (0..n)
            .map(|_| {
                let out = shift * scale;
                shift = shift.square() * w_inverse;
                scale *= y;
                out
            })
            .collect();
        Self { phi, identity, degree }
    }

    /// The factor of quotient `k` in the polynomial that is opened at `w`: `z y^k w^(1 - 2^k) - c_k`.
    pub(crate) fn quotient_factors(&self, z: Fr) -> impl Iterator<Item = Fr> + '_ {
        self.identity.iter().zip(&self.degree).map(move |(c, d)| z * d - c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use lariat_algebra::poly::eq_evals;
    use rand::SeedableRng;

    fn eval(coeffs: &[Fr], x: Fr) -> Fr {
        coeffs.iter().rev().fold(Fr::zero(), |sum, c| sum * x + c)
    }

    fn phi(n: usize, x: Fr) -> Fr {
        (0..1u64 << n).map(|i| x.pow([i])).sum()
    }

    /// The identities of the module's documentation, from definitions, at random points.
    #[test]
    fn identities_hold_in_every_number_of_variables() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        for n in 0..8usize {
            let f: Vec<Fr> = (0..1 << n).map(|_| Fr::rand(&mut rng)).collect();
            let point: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
            let [y, w] = [Fr::rand(&mut rng), Fr::rand(&mut rng)];
            let (q, v) = quotients(&f, &point);
            assert_eq!(v, eq_evals(&point).iter().zip(&f).map(|(w, f)| *w * f).sum::<Fr>());
            let u = |k: usize| point[n - 1 - k];
            let scalars = Scalars::new(&point, y, w, w.inverse().unwrap());
            assert_eq!(scalars.phi, phi(n, w));
            let mut sum = Fr::zero();
            let mut reversed = Fr::zero();
            for k in 0..n {
                let power = w.pow([1 << k]);
                let c = power * phi(n - k - 1, power.square()) - u(k) * phi(n - k, power);
                assert_eq!(scalars.identity[k], c);
                let d = y.pow([k as u64]) * w.pow([(1 << k) - 1]).inverse().unwrap();
                assert_eq!(scalars.degree[k], d);
                sum += c * eval(quotient(&q, k), w);
                reversed += d * eval(quotient(&q, k), w);
            }
            assert_eq!(eval(&f, w) - v * scalars.phi, sum);
            assert_eq!(eval(&reversal(&q, n, y), w.inverse().unwrap()), reversed);
        }
    }
}
