//! Polynomials by coefficients, lowest first: folding, and division by `X^2 - s`.

use ark_ff::{Field, One, Zero};
use lariat_algebra::{
    Fr,
    count::{self, Kernel},
    par,
};

/// Coefficients that one task folds.
const BLOCK: usize = 1 << 12;

/// `(1 - x) even + x odd`, where `f(X) = even(X^2) + X odd(X^2)`: binds the last variable of the multilinear polynomial
/// whose evaluations are the coefficients. One product a coefficient of the result.
pub(crate) fn fold(f: &[Fr], x: Fr) -> Vec<Fr> {
    let (pairs, _) = f.as_chunks::<2>();
    count::add(Kernel::Binds, pairs.len());
    let mut out = vec![Fr::zero(); pairs.len()];
    par::for_each_chunk(&mut out, BLOCK, |block, out| {
        for (out, [even, odd]) in out.iter_mut().zip(&pairs[block * BLOCK..]) {
            *out = *even + x * (*odd - even);
        }
    });
    out
}

/// `(q, line)` with `f(X) = q(X) (X^2 - s) + line(X)`: the quotient, two coefficients shorter. One product a coefficient.
pub(crate) fn divide_by_square(f: &[Fr], s: Fr) -> (Vec<Fr>, Line) {
    count::add(Kernel::ScaledSums, f.len());
    let mut quotient = vec![Fr::zero(); f.len().saturating_sub(2)];
    // The last two coefficients of the quotient: a product waits for the one before the last.
    let mut carry = [Fr::zero(); 2];
    let (low, high) = f.split_at(f.len().min(2));
    for (q, c) in quotient.iter_mut().zip(high).rev() {
        let next = carry[1] * s + c;
        carry = [next, carry[0]];
        *q = next;
    }
    let at = |i: usize| low.get(i).copied().unwrap_or_default();
    let quotient_at = |i: usize| quotient.get(i).copied().unwrap_or_default();
    let line = Line { even: at(0) + s * quotient_at(0), odd: at(1) + s * quotient_at(1) };
    (quotient, line)
}

/// `even + odd X`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    /// Constant coefficient.
    pub even: Fr,
    /// Coefficient of `X`.
    pub odd: Fr,
}

impl Line {
    /// Value at `x`.
    pub fn at(&self, x: Fr) -> Fr {
        self.even + self.odd * x
    }

    /// The value at `s` of the fold with `x` of any polynomial whose remainder modulo `X^2 - s` this is.
    pub fn fold(&self, x: Fr) -> Fr {
        self.even + x * (self.odd - self.even)
    }

    /// Adds `scale * other`.
    pub fn add_scaled(&mut self, scale: Fr, other: &Self) {
        self.even += scale * other.even;
        self.odd += scale * other.odd;
    }
}

/// The points `r`, `-r` and `r^2`, distinct, with the inverses that interpolation over them needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Points {
    /// `r^2`.
    pub square: Fr,
    half: Fr,
    half_r_inv: Fr,
    /// `1 / (r^4 - r^2)`.
    gap_inv: Fr,
}

impl Points {
    /// The points, unless `r` is 0, 1 or -1 and two of them are one.
    pub fn new(r: Fr) -> Option<Self> {
        let square = r.square();
        let half = (Fr::one() + Fr::one()).inverse()?;
        // r^4 - r^2 = r (r^3 - r): it vanishes exactly where two points are one.
        let gap_inv = (square.square() - square).inverse()?;
        let half_r_inv = half * gap_inv * (square * r - r);
        Some(Self { square, half, half_r_inv, gap_inv })
    }

    /// The line through `(r, plus)` and `(-r, minus)`.
    pub fn line(&self, plus: Fr, minus: Fr) -> Line {
        Line { even: (plus + minus) * self.half, odd: (plus - minus) * self.half_r_inv }
    }

    /// The value at `z` of the polynomial of degree 2 that is `line` at `r` and `-r`, and `value` at `r^2`.
    pub fn extend(&self, line: &Line, value: Fr, z: Fr) -> Fr {
        line.at(z) + (z.square() - self.square) * (value - line.at(self.square)) * self.gap_inv
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

    fn eval(f: &[Fr], x: Fr) -> Fr {
        f.iter().rev().fold(Fr::zero(), |acc, c| acc * x + c)
    }

    #[test]
    fn folding_every_variable_from_the_last_evaluates() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for num_vars in [0usize, 1, 5, 14] {
            let f = random(1 << num_vars, &mut rng);
            let point = random(num_vars, &mut rng);
            let expected: Fr = f.iter().zip(eq_evals(&point)).map(|(c, w)| *c * w).sum();
            let last = point.iter().rev().fold(f, |f, &x| fold(&f, x));
            assert_eq!(last, [expected]);
        }
    }

    #[test]
    fn division_has_the_remainder_that_interpolation_finds() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        for len in [0usize, 1, 2, 3, 4, 5, 32, 33] {
            let f = random(len, &mut rng);
            let r = Fr::rand(&mut rng);
            let points = Points::new(r).unwrap();
            let (q, line) = divide_by_square(&f, points.square);
            assert_eq!(q.len(), len.saturating_sub(2));
            for x in random(3, &mut rng) {
                assert_eq!(eval(&f, x), eval(&q, x) * (x.square() - points.square) + line.at(x));
            }
            let (plus, minus) = (eval(&f, r), eval(&f, -r));
            assert_eq!(points.line(plus, minus), line);
            let x = Fr::rand(&mut rng);
            let even: Vec<Fr> = f.iter().copied().chain([Fr::zero()]).collect();
            assert_eq!(line.fold(x), eval(&fold(&even[..len.next_multiple_of(2)], x), points.square));
        }
    }

    #[test]
    fn interpolation_over_three_points_reproduces_a_parabola() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let f = random(3, &mut rng);
        let r = Fr::rand(&mut rng);
        let points = Points::new(r).unwrap();
        let line = points.line(eval(&f, r), eval(&f, -r));
        let z = Fr::rand(&mut rng);
        assert_eq!(points.extend(&line, eval(&f, points.square), z), eval(&f, z));
    }

    #[test]
    fn points_that_coincide_are_refused() {
        for r in [Fr::zero(), Fr::one(), -Fr::one()] {
            assert!(Points::new(r).is_none());
        }
        assert!(Points::new(Fr::from(2u64)).is_some());
    }
}
