//! The optimal ate pairing, products of many at a time.
//!
//! # Lines
//! A pairing `e(P, Q)` multiplies the values at `P` of lines through multiples of `Q`. A line of slope `m` through `T`
//! has the value `y_P - m x_P w + (m x_T - y_T) w^3` (on BN254's twist, `w` generating `F_{q^12}` over `F_{q^6}`).
//! Factors in `F_q` vanish in the final exponentiation, so that the value is divided by `y_P`: then one coefficient is
//! one, and a product with the value takes ten products in `F_{q^2}` instead of thirteen.
//!
//! [`Lines`] keeps the two other coefficients, which depend on `Q` alone. They are computed in affine coordinates for
//! many points at once, which share their inversions.
//!
//! # Products
//! [`miller`] multiplies all values of one step into one accumulator, so that the accumulator is squared once a step for
//! all pairs; the final exponentiation is also shared.

use crate::gt::Gt;
use ark_bn254::{Bn254, Config, Fq2, Fq6, Fq12, G2Affine};
use ark_ec::AffineRepr;
use ark_ec::bn::BnConfig;
use ark_ec::pairing::{MillerLoopOutput, Pairing};
use ark_ff::{AdditiveGroup, Field, Fp6Config, One, batch_inversion};
use lariat_algebra::{
    Fq, G1Affine,
    count::{self, Kernel},
    par,
};

/// Pairs that share their squarings: few enough that their lines fit the second-level cache.
const BLOCK: usize = 64;
/// Points whose lines share their inversions.
const PREPARE_BLOCK: usize = 64;

/// What a point of G2 contributes to pairings: its lines, in the order in which they are used. Empty for the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines(Vec<Line>);

impl Lines {
    /// Bytes of the lines of a point other than the identity.
    pub(crate) fn heap_bytes() -> usize {
        num_lines() * size_of::<Line>()
    }
}

/// A line of slope `m` through `T`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Line {
    /// `-m`.
    slope: Fq2,
    /// `m x_T - y_T`.
    offset: Fq2,
}

/// A point of G1 as lines take it: `x / y` and `1 / y`.
#[derive(Clone, Copy, Debug)]
struct Argument {
    x_over_y: Fq,
    y_inverse: Fq,
}

/// The digits of `6 x + 2` below the leading one, most significant first.
fn digits() -> impl Iterator<Item = i8> {
    Config::ATE_LOOP_COUNT.iter().rev().skip(1).copied()
}

/// The multiple `T` that the next line passes through, of several points at once.
struct Walk<'a> {
    start: &'a [G2Affine],
    x: Vec<Fq2>,
    y: Vec<Fq2>,
    denominators: Vec<Fq2>,
    lines: Vec<Vec<Line>>,
}

impl<'a> Walk<'a> {
    /// Starts at `T = Q`. No point is the identity.
    fn new(start: &'a [G2Affine]) -> Self {
        Self {
            start,
            x: start.iter().map(|q| q.x).collect(),
            y: start.iter().map(|q| q.y).collect(),
            denominators: Vec::with_capacity(start.len()),
            lines: vec![Vec::with_capacity(num_lines()); start.len()],
        }
    }

    /// The tangents at `T`, then `T = 2 T`. `T` has odd order: `y` is not zero.
    fn double(&mut self) {
        self.denominators.clear();
        self.denominators.extend(self.y.iter().map(AdditiveGroup::double));
        batch_inversion(&mut self.denominators);
        for i in 0..self.x.len() {
            let square = self.x[i].square();
            let slope = (square.double() + square) * self.denominators[i];
            self.step(i, slope, self.x[i]);
        }
    }

    /// The lines through `T` and `R`, then `T = T + R`. `T` is a multiple of `R` other than `R` and `-R`.
    fn add(&mut self, points: impl Fn(&G2Affine) -> (Fq2, Fq2)) {
        let points: Vec<(Fq2, Fq2)> = self.start.iter().map(points).collect();
        self.denominators.clear();
        self.denominators.extend(self.x.iter().zip(&points).map(|(x, r)| *x - r.0));
        batch_inversion(&mut self.denominators);
        for (i, r) in points.iter().enumerate() {
            let slope = (self.y[i] - r.1) * self.denominators[i];
            self.step(i, slope, r.0);
        }
    }

    /// The line of this slope, and the third intersection with the curve, negated.
    fn step(&mut self, i: usize, slope: Fq2, other_x: Fq2) {
        let (x, y) = (self.x[i], self.y[i]);
        self.lines[i].push(Line { slope: -slope, offset: slope * x - y });
        self.x[i] = slope.square() - x - other_x;
        self.y[i] = slope * (x - self.x[i]) - y;
    }
}

/// Number of lines of a point.
fn num_lines() -> usize {
    digits().map(|digit| 1 + usize::from(digit != 0)).sum::<usize>() + 2
}

/// The image of a point under `psi`, in affine coordinates.
fn psi_affine(x: Fq2, y: Fq2) -> (Fq2, Fq2) {
    let conjugate = |c: Fq2| Fq2::new(c.c0, -c.c1);
    (conjugate(x) * Config::TWIST_MUL_BY_Q_X, conjugate(y) * Config::TWIST_MUL_BY_Q_Y)
}

/// The lines of many points of G2, in parallel: about 90 steps of eight products in `F_{q^2}` a point.
pub fn prepare(points: &[G2Affine]) -> Vec<Lines> {
    let blocks = par::map_collect(points.len().div_ceil(PREPARE_BLOCK), |b| {
        let block = &points[b * PREPARE_BLOCK..points.len().min((b + 1) * PREPARE_BLOCK)];
        let present: Vec<G2Affine> = block.iter().filter(|q| !q.is_zero()).copied().collect();
        let mut walk = Walk::new(&present);
        count::add(Kernel::G2Additions, num_lines() * present.len());
        for digit in digits() {
            walk.double();
            match digit {
                1 => walk.add(|q| (q.x, q.y)),
                -1 => walk.add(|q| (q.x, -q.y)),
                _ => {}
            }
        }
        walk.add(|q| psi_affine(q.x, q.y));
        walk.add(|q| {
            let (x, y) = psi_affine(q.x, q.y);
            let (x, y) = psi_affine(x, y);
            (x, -y)
        });
        let mut lines = walk.lines.into_iter().map(Lines);
        let of = |q: &G2Affine| if q.is_zero() { None } else { lines.next() };
        block.iter().map(of).map(|l| l.unwrap_or(Lines(Vec::new()))).collect::<Vec<_>>()
    });
    blocks.into_iter().flatten().collect()
}

/// `f (1 + (slope x/y) w + (offset/y) w^3)`.
#[inline]
fn mul_by_line(f: &mut Fq12, line: &Line, at: &Argument) {
    let (mut b0, mut b1) = (line.slope, line.offset);
    b0.mul_assign_by_fp(&at.x_over_y);
    b1.mul_assign_by_fp(&at.y_inverse);
    // With B = b0 + b1 v: (f0 + f1 w) (1 + B w) = (f0 + v f1 B) + (f1 + f0 B) w.
    let (mut low, mut high) = (f.c1, f.c0);
    low.mul_by_01(&b0, &b1);
    high.mul_by_01(&b0, &b1);
    let shifted = Fq6::new(ark_bn254::Fq6Config::mul_fp2_by_nonresidue(low.c2), low.c0, low.c1);
    f.c0 += shifted;
    f.c1 += high;
}

/// The product of Miller's functions over the pairs of a block.
fn miller_block(pairs: &[(Argument, &Lines)]) -> Fq12 {
    let mut f = Fq12::one();
    let mut next = 0;
    let mut lines = |f: &mut Fq12| {
        for (at, Lines(lines)) in pairs {
            mul_by_line(f, &lines[next], at);
        }
        next += 1;
    };
    for (i, digit) in digits().enumerate() {
        if i > 0 {
            f.square_in_place();
        }
        lines(&mut f);
        if digit != 0 {
            lines(&mut f);
        }
    }
    lines(&mut f);
    lines(&mut f);
    f
}

/// A product of pairings before the final exponentiation.
#[derive(Clone, Copy, Debug)]
pub struct Unreduced(Fq12);

impl Unreduced {
    /// No pairings.
    pub fn one() -> Self {
        Self(Fq12::one())
    }

    /// Both products.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        Self(self.0 * other.0)
    }

    /// The element of GT.
    pub fn reduce(&self) -> Gt {
        // Values of lines are not zero: 1 + ... w + ... w^3 is nonzero, as 1, w, w^3 are independent.
        match Bn254::final_exponentiation(MillerLoopOutput(self.0)) {
            Some(output) => Gt::from_pairing(&output.0),
            None => Gt::ONE,
        }
    }
}

/// `prod_i e(points_i, lines_i)` before the final exponentiation, over the shorter of both lengths. Pairs with an
/// identity cost nothing. On the calling thread.
///
/// About 90 products of an element of `F_{q^12}` by a line a pair.
pub fn miller<'a>(points: &[G1Affine], lines: impl IntoIterator<Item = &'a Lines>) -> Unreduced {
    let pairs: Vec<(&G1Affine, &Lines)> =
        points.iter().zip(lines).filter(|(p, l)| !p.is_zero() && !l.0.is_empty()).collect();
    // Points of odd order: y is not zero.
    let mut inverses: Vec<Fq> = pairs.iter().map(|(p, _)| p.y).collect();
    batch_inversion(&mut inverses);
    let pairs: Vec<(Argument, &Lines)> = pairs
        .iter()
        .zip(&inverses)
        .map(|((p, lines), y_inverse)| (Argument { x_over_y: p.x * y_inverse, y_inverse: *y_inverse }, *lines))
        .collect();
    count::add(Kernel::MillerLoops, pairs.len());
    pairs.chunks(BLOCK).fold(Unreduced::one(), |product, block| product.times(&Unreduced(miller_block(block))))
}

/// Pairs of one task.
const TASK: usize = 32;

/// Several products of pairings, in parallel over products and within them.
pub fn products(products: &[(&[G1Affine], &[Lines])]) -> Vec<Gt> {
    let tasks: Vec<(usize, usize)> = products
        .iter()
        .enumerate()
        .flat_map(|(i, (points, lines))| (0..points.len().min(lines.len()).div_ceil(TASK)).map(move |t| (i, t)))
        .collect();
    let parts = par::map_collect(tasks.len(), |k| {
        let (i, t) = tasks[k];
        let (points, lines) = products[i];
        let range = t * TASK..points.len().min(lines.len()).min((t + 1) * TASK);
        miller(&points[range.clone()], &lines[range])
    });
    let mut out = vec![Unreduced::one(); products.len()];
    for (&(i, _), part) in tasks.iter().zip(parts) {
        out[i] = out[i].times(&part);
    }
    par::map_collect(out.len(), |i| out[i].reduce())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::CurveGroup;
    use ark_ff::{UniformRand, Zero};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    #[test]
    fn products_match_arkworks() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for n in [0usize, 1, 2, 5, 33, 70] {
            let mut p: Vec<G1Affine> = (0..n).map(|_| G1Affine::rand(&mut rng)).collect();
            let mut q: Vec<G2Affine> = (0..n).map(|_| G2Affine::rand(&mut rng)).collect();
            if n > 4 {
                (p[1], q[3]) = (G1Affine::identity(), G2Affine::identity());
                (p[4], q[4]) = (G1Affine::identity(), G2Affine::identity());
                (p[0], q[0]) = (G1Affine::generator(), G2Affine::generator());
                (p[2], q[2]) = (-p[0], q[0]);
            }
            let lines = prepare(&q);
            let expected = Gt::from_pairing(&Bn254::multi_pairing(&p, &q).0);
            assert_eq!(miller(&p, &lines).reduce(), expected, "{n} pairs");
            assert_eq!(products(&[(&p, &lines), (&p[..n / 2], &lines)])[0], expected);
        }
        assert!(products(&[]).is_empty());
        assert_eq!(products(&[(&[], &[])]), [Gt::ONE]);
    }

    #[test]
    fn pairings_are_bilinear() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let (p, q) = (G1Affine::rand(&mut rng), G2Affine::rand(&mut rng));
        let a = lariat_algebra::Fr::rand(&mut rng);
        let pair = |p: G1Affine, q: G2Affine| miller(&[p], &prepare(&[q])).reduce();
        assert_eq!(pair((p * a).into_affine(), q), pair(p, (q * a).into_affine()));
        assert_ne!(pair(p, q), Gt::ONE);
        assert_eq!(num_lines(), prepare(&[q])[0].0.len());
        assert!(!prepare(&[q])[0].0.iter().any(|l| l.slope.is_zero()));
    }
}
