//! Polynomials by coefficients, lowest first, and tensor polynomials.

use ark_ff::{Field, One, Zero};
use lariat_algebra::{
    Fr,
    count::{self, Kernel},
    ifma::slices,
};

/// `P_u(x) = sum_i eq(u, i) x^i = prod_k (1 - u_k + u_k x^(2^(n-1-k)))`, in two products a coordinate.
pub(crate) fn tensor_eval(u: &[Fr], x: Fr) -> Fr {
    let (mut product, mut power) = (Fr::one(), x);
    for u_k in u.iter().rev() {
        product *= Fr::one() - u_k + *u_k * power;
        power.square_in_place();
    }
    product
}

/// Value at `x`.
pub(crate) fn eval(f: &[Fr], x: Fr) -> Fr {
    count::add(Kernel::ScaledSums, f.len());
    f.iter().rev().fold(Fr::zero(), |acc, c| acc * x + c)
}

/// `(q, g)` with `f(X) = q(X) (X^b - alpha) + g(X)` and `g` of `b` coefficients; `b` divides the length of `f`. One
/// product a coefficient, on vector lanes.
pub(crate) fn divide_by_binomial(f: &[Fr], b: usize, alpha: Fr) -> (Vec<Fr>, Vec<Fr>) {
    let (low, high) = f.split_at(b);
    let mut quotient = high.to_vec();
    for row in (1..quotient.len() / b).rev() {
        let (below, above) = quotient.split_at_mut(row * b);
        slices::scale_add(&mut below[(row - 1) * b..], alpha, &above[..b]);
    }
    let mut remainder = low.to_vec();
    if let Some(lowest) = quotient.get(..b) {
        slices::scale_add(&mut remainder, alpha, lowest);
    }
    (quotient, remainder)
}

/// The coefficients of `X, X^2, ...` in `R(X) + R(1/X)`, where `R(X) = p(X) P_u(1/X)`: of `X S(X)` in
/// `p(X) P_u(1/X) + p(1/X) P_u(X) = X S(X) + 2 <p, P_u> + S(1/X) / X`.
///
/// `P_u(1/X)` is a product of binomials: `2^(n+1) n` products for `n` coordinates and as many more as `p` is longer than
/// `2^n`, and no transform.
pub(crate) fn cross_terms(p: &[Fr], u: &[Fr]) -> Vec<Fr> {
    let width = p.len().max(1 << u.len());
    // The coefficient of X^e is at e + width - 1.
    let mut laurent = vec![Fr::zero(); width - 1];
    laurent.extend(p);
    laurent.resize(2 * width - 1, Fr::zero());
    count::add(Kernel::Binds, laurent.len() * u.len());
    for (k, u_k) in u.iter().rev().enumerate() {
        // Times 1 - u_k + u_k X^-shift, from the lowest coefficient up.
        let shift = 1 << k;
        for e in 0..laurent.len() {
            let other = laurent.get(e + shift).copied().unwrap_or_default();
            let here = laurent[e];
            laurent[e] = here + *u_k * (other - here);
        }
    }
    (1..width).map(|e| laurent[width - 1 + e] + laurent[width - 1 - e]).collect()
}

/// The inner product of coefficients, of which the shorter polynomial has no more.
#[cfg(test)]
pub(crate) fn inner_product(f: &[Fr], g: &[Fr]) -> Fr {
    f.iter().zip(g).map(|(a, b)| *a * b).sum()
}

/// The points `zeta`, `1/zeta` and `alpha`, distinct, at which polynomials are opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Points {
    /// `zeta`, `1/zeta`, `alpha`.
    pub x: [Fr; 3],
    /// `1 / (1/zeta - zeta)`.
    first_gap_inv: Fr,
    /// `1 / ((alpha - zeta)(alpha - 1/zeta))`.
    second_gap_inv: Fr,
}

impl Points {
    /// The points, unless `zeta` has no inverse or two of them are one.
    pub fn new(zeta: Fr, alpha: Fr) -> Option<Self> {
        // 1/zeta - zeta = (1 - zeta^2) / zeta.
        let square = zeta.square();
        let both = (zeta * (Fr::ONE - square)).inverse()?;
        let inverse = both * (Fr::ONE - square);
        let first_gap_inv = both * square;
        let second_gap_inv = ((alpha - zeta) * (alpha - inverse)).inverse()?;
        Some(Self { x: [zeta, inverse, alpha], first_gap_inv, second_gap_inv })
    }

    /// The value at `z` of the line through `(zeta, y_0)` and `(1/zeta, y_1)`.
    pub fn line(&self, y: [Fr; 2], z: Fr) -> Fr {
        y[0] + (z - self.x[0]) * (y[1] - y[0]) * self.first_gap_inv
    }

    /// The value at `z` of the polynomial of degree 2 with values `y` at the three points.
    pub fn parabola(&self, y: [Fr; 3], z: Fr) -> Fr {
        let pair = [y[0], y[1]];
        let rest = (y[2] - self.line(pair, self.x[2])) * self.second_gap_inv;
        self.line(pair, z) + rest * (z - self.x[0]) * (z - self.x[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use lariat_algebra::poly::eq_evals;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn random(len: usize, rng: &mut ChaCha20Rng) -> Vec<Fr> {
        (0..len).map(|_| Fr::rand(rng)).collect()
    }

    #[test]
    fn the_tensor_polynomial_has_the_weights_as_coefficients() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for n in 0..7 {
            let u = random(n, &mut rng);
            let x = Fr::rand(&mut rng);
            assert_eq!(tensor_eval(&u, x), eval(&eq_evals(&u), x));
        }
    }

    #[test]
    fn binomial_division_is_division() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        for (rows, b) in [(1, 1), (1, 4), (2, 1), (2, 8), (8, 16), (16, 8), (3, 5)] {
            let f = random(rows * b, &mut rng);
            let alpha = Fr::rand(&mut rng);
            let (q, g) = divide_by_binomial(&f, b, alpha);
            assert_eq!((q.len(), g.len()), (f.len() - b, b));
            let x = Fr::rand(&mut rng);
            assert_eq!(eval(&f, x), eval(&q, x) * (x.pow([b as u64]) - alpha) + eval(&g, x));
        }
    }

    #[test]
    fn cross_terms_leave_twice_the_inner_product() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        // As long as the tensor, longer (a degree that should be refused) and shorter.
        for (len, n) in [(1, 0), (3, 0), (2, 1), (8, 3), (9, 3), (20, 3), (5, 3), (64, 6)] {
            let p = random(len, &mut rng);
            let u = random(n, &mut rng);
            let s = cross_terms(&p, &u);
            assert_eq!(s.len(), len.max(1 << n) - 1);
            let x = Fr::rand(&mut rng);
            let y = x.inverse().unwrap();
            let left = eval(&p, x) * tensor_eval(&u, y) + eval(&p, y) * tensor_eval(&u, x);
            let product = inner_product(&p, &eq_evals(&u));
            assert_eq!(left, x * eval(&s, x) + product + product + y * eval(&s, y));
        }
    }

    #[test]
    fn interpolation_reproduces_polynomials() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let points = Points::new(Fr::rand(&mut rng), Fr::rand(&mut rng)).unwrap();
        let z = Fr::rand(&mut rng);
        let f = random(3, &mut rng);
        assert_eq!(points.parabola(points.x.map(|x| eval(&f, x)), z), eval(&f, z));
        let [a, b, _] = points.x.map(|x| eval(&f[..2], x));
        assert_eq!(points.line([a, b], z), eval(&f[..2], z));
    }

    #[test]
    fn points_that_coincide_are_refused() {
        let (two, half) = (Fr::from(2u64), Fr::from(2u64).inverse().unwrap());
        for (zeta, alpha) in [(Fr::zero(), two), (Fr::one(), two), (-Fr::one(), two), (two, two), (two, half)] {
            assert!(Points::new(zeta, alpha).is_none());
        }
        assert!(Points::new(two, Fr::zero()).is_some());
    }
}
