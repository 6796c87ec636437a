//! Linear combinations of vectors of points under few common scalars.
//!
//! `out_i = sum_k a_k P_{k,i}` runs the same doublings and additions for every `i`, so that they are affine and share
//! inversions: six or seven products in the coordinates' field a step, where projective coordinates take eleven to
//! sixteen. Scalars are halved by the curve's endomorphism [GLV01] and recoded into sparse signed digits.

use ark_ec::AffineRepr;
use ark_ec::scalar_mul::glv::GLVConfig;
use ark_ec::short_weierstrass::Affine;
use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField, Zero, batch_inversion};
use lariat_algebra::{
    count::{self, Kernel},
    par,
};

/// Points whose steps share an inversion.
const BLOCK: usize = 128;
/// Width of the signed digits: odd and below `2^(WIDTH - 1)` in magnitude, at most one in `WIDTH` places.
const WIDTH: usize = 5;
/// Odd multiples of a point that digits refer to.
const TABLE: usize = 1 << (WIDTH - 2);

/// The digits of a number, least significant first.
fn sparse_digits<F: PrimeField>(number: F, negative: bool) -> Vec<i32> {
    let mut number = number.into_bigint();
    let mut out = Vec::new();
    while !number.is_zero() {
        let mut digit = 0;
        if number.is_odd() {
            let low = (number.as_ref()[0] & ((1 << WIDTH) - 1)) as i32;
            digit = if low >= 1 << (WIDTH - 1) { low - (1 << WIDTH) } else { low };
            let magnitude = F::BigInt::from(digit.unsigned_abs());
            if digit < 0 {
                number.add_with_carry(&magnitude);
            } else {
                number.sub_with_borrow(&magnitude);
            }
        }
        out.push(if negative { -digit } else { digit });
        number.div2();
    }
    out
}

/// Points that are doubled and added to together.
struct Sums<P: GLVConfig> {
    points: Vec<Affine<P>>,
    denominators: Vec<P::BaseField>,
}

impl<P: GLVConfig> Sums<P> {
    fn new(points: Vec<Affine<P>>) -> Self {
        Self { denominators: Vec::with_capacity(points.len()), points }
    }

    /// Doubles all. Points of odd order have `y != 0`; an identity's denominator is zero and stays so.
    fn double(&mut self) {
        self.denominators.clear();
        let denominator = |p: &Affine<P>| if p.is_zero() { P::BaseField::zero() } else { p.y.double() };
        self.denominators.extend(self.points.iter().map(denominator));
        batch_inversion(&mut self.denominators);
        count::add(additions::<P>(), self.points.len());
        for (p, inverse) in self.points.iter_mut().zip(&self.denominators).filter(|(p, _)| !p.is_zero()) {
            *p = tangent(p, inverse);
        }
    }

    /// Adds a point to each.
    fn add(&mut self, other: impl Fn(usize) -> Affine<P>) {
        self.denominators.clear();
        self.denominators.extend(self.points.iter().enumerate().map(|(i, p)| {
            let q = other(i);
            match () {
                () if p.is_zero() || q.is_zero() => P::BaseField::zero(),
                () if p.x != q.x => q.x - p.x,
                () if p.y == q.y => p.y.double(),
                () => P::BaseField::zero(),
            }
        }));
        batch_inversion(&mut self.denominators);
        count::add(additions::<P>(), self.points.len());
        for (i, (p, inverse)) in self.points.iter_mut().zip(&self.denominators).enumerate() {
            let q = other(i);
            if q.is_zero() {
                continue;
            }
            *p = match () {
                () if p.is_zero() => q,
                () if p.x != q.x => {
                    let slope = (q.y - p.y) * inverse;
                    third(p, slope, q.x)
                }
                () if p.y == q.y => tangent(p, inverse),
                () => Affine::identity(),
            };
        }
    }
}

/// The kernel that additions on a curve are counted as.
fn additions<P: GLVConfig>() -> Kernel {
    if P::BaseField::extension_degree() == 1 { Kernel::G1Additions } else { Kernel::G2Additions }
}

/// `2 P`, given `1 / (2 y)`. Both curves have `a = 0`.
fn tangent<P: GLVConfig>(p: &Affine<P>, inverse: &P::BaseField) -> Affine<P> {
    let square = p.x.square();
    third(p, (square.double() + square) * inverse, p.x)
}

/// The negative of the third point on the line of this slope through `P` and a point with this `x`.
fn third<P: GLVConfig>(p: &Affine<P>, slope: P::BaseField, other_x: P::BaseField) -> Affine<P> {
    let x = slope.square() - p.x - other_x;
    Affine::new_unchecked(x, slope * (p.x - x) - p.y)
}

/// `sum_k a_k P_{k,i}` for every `i`; points are in the subgroup of order `r`. In parallel over blocks.
///
/// For two or three full-size scalars about 130 doublings and 50 additions a scalar, each of six or seven products.
///
/// # Panics
/// When the vectors differ in length.
pub fn linear_combination<P: GLVConfig>(terms: &[(&[Affine<P>], P::ScalarField)]) -> Vec<Affine<P>> {
    let len = terms.first().map_or(0, |(points, _)| points.len());
    assert!(terms.iter().all(|(points, _)| points.len() == len), "vectors of different lengths");
    // A scalar is k1 + lambda k2; the flag says that the half is not negative.
    let digits: Vec<[Vec<i32>; 2]> = terms
        .iter()
        .map(|(_, scalar)| {
            if *scalar == P::ScalarField::ONE {
                return [vec![1], Vec::new()];
            }
            let ((positive1, k1), (positive2, k2)) = P::scalar_decomposition(*scalar);
            [sparse_digits(k1, !positive1), sparse_digits(k2, !positive2)]
        })
        .collect();
    let num_digits = digits.iter().flatten().map(Vec::len).max().unwrap_or(0);
    let blocks = par::map_collect(len.div_ceil(BLOCK), |b| {
        let range = b * BLOCK..len.min((b + 1) * BLOCK);
        let tables: Vec<Vec<Vec<Affine<P>>>> = terms
            .iter()
            .zip(&digits)
            .map(|((points, _), digits)| {
                let largest = digits.iter().flatten().map(|d| d.unsigned_abs() as usize).max().unwrap_or(0);
                odd_multiples(&points[range.clone()], largest.div_ceil(2))
            })
            .collect();
        let mut sums = Sums::<P>::new(vec![Affine::identity(); range.len()]);
        for k in (0..num_digits).rev() {
            if k + 1 < num_digits {
                sums.double();
            }
            for (table, halves) in tables.iter().zip(&digits) {
                for (digits, endomorphism) in halves.iter().zip([false, true]) {
                    let Some(&digit) = digits.get(k).filter(|d| **d != 0) else { continue };
                    let multiples = &table[digit.unsigned_abs() as usize / 2];
                    sums.add(|i| {
                        let mut point = multiples[i];
                        if endomorphism {
                            point.x *= P::ENDO_COEFFS[0];
                        }
                        if digit < 0 {
                            point.y = -point.y;
                        }
                        point
                    });
                }
            }
        }
        sums.points
    });
    blocks.into_iter().flatten().collect()
}

/// `P, 3 P, 5 P, ...` for every point; `count` of them.
fn odd_multiples<P: GLVConfig>(points: &[Affine<P>], count: usize) -> Vec<Vec<Affine<P>>> {
    let count = count.min(TABLE);
    let mut out = Vec::with_capacity(count);
    if count == 0 {
        return out;
    }
    let mut twice = Sums::<P>::new(points.to_vec());
    if count > 1 {
        twice.double();
    }
    let mut sums = Sums::<P>::new(points.to_vec());
    for k in 0..count {
        if k > 0 {
            sums.add(|i| twice.points[i]);
        }
        out.push(sums.points.clone());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_bn254::{Fr, g1, g2};
    use ark_ec::CurveGroup;
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn check<P: GLVConfig<ScalarField = Fr>>() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let edges = [Fr::from(0u64), Fr::from(1u64), -Fr::from(1u64), P::LAMBDA, Fr::from(16u64), -Fr::from(15u64)];
        for (n, rounds) in [(0usize, 12), (1, 12), (5, 12), (130, 1)] {
            let vector = |rng: &mut ChaCha20Rng| -> Vec<Affine<P>> {
                (0..n).map(|i| if i % 5 == 2 { Affine::identity() } else { Affine::rand(rng) }).collect()
            };
            let (a, mut b, mut c) = (vector(&mut rng), vector(&mut rng), vector(&mut rng));
            if n > 1 {
                // Equal, opposite and absent points among the summands.
                (b[0], c[0]) = (a[0], -a[0]);
                (b[1], c[1]) = (-a[1], -a[1]);
            }
            let random: Vec<Fr> = (0..6).map(|_| Fr::rand(&mut rng)).collect();
            for (i, &x) in random.iter().chain(&edges).enumerate().take(rounds) {
                let (y, z) = (edges[i % 6], random[(i + 1) % 6]);
                for scalars in [[x, y, z], [x, x, x], [z, y, x], [x, -x, y]] {
                    let got = linear_combination(&[(&a, scalars[0]), (&b, scalars[1]), (&c, scalars[2])]);
                    let expected: Vec<Affine<P>> = (0..n)
                        .map(|i| (a[i] * scalars[0] + b[i] * scalars[1] + c[i] * scalars[2]).into_affine())
                        .collect();
                    assert_eq!(got, expected, "{scalars:?}");
                }
            }
        }
        assert!(linear_combination::<P>(&[]).is_empty());
    }

    #[test]
    fn combinations_in_g1_match_scalar_multiplication() {
        check::<g1::Config>();
    }

    #[test]
    fn combinations_in_g2_match_scalar_multiplication() {
        check::<g2::Config>();
    }

    #[test]
    fn digits_are_sparse_and_add_up() {
        for n in (0u64..300).chain([u64::MAX, 1 << 63]) {
            let digits = sparse_digits(Fr::from(n), false);
            let value = digits.iter().rev().fold(Fr::from(0u64), |sum, d| sum.double() + Fr::from(*d));
            assert_eq!(value, Fr::from(n));
            assert!(digits.iter().all(|d| *d == 0 || (d % 2 != 0 && d.unsigned_abs() < 1 << (WIDTH - 1))));
            assert!(digits.windows(WIDTH).all(|w| w.iter().filter(|d| **d != 0).count() <= 1));
        }
    }
}
