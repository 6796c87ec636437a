//! The target group GT: the subgroup of order `r` of `F_{q^12}^*`.
//!
//! # Encoding
//! An element is `a + b w` with `a, b` in `F_{q^6} = F_{q^2}[v] / (v^3 - xi)` and `w^2 = v`. Its norm to `F_{q^6}` is
//! one, so unless it is one itself it equals `(c + w) / (c - w)` for `c = (1 + a) / b` alone: the compression by the
//! torus `T_2` [RS03], to half of the coordinates. An element of GT is in the smaller torus `T_6` over `F_{q^2}` as well,
//! the cyclotomic subgroup, in which `f f^(q^4) = f^(q^2)`. With `c = c_0 + c_1 v + c_2 v^2` this is [NBS08]
//!
//! `c_0 c_1 = xi c_2^2 + 1/3`,
//!
//! since `q^2`-powers of `f` have `-(z c_0 + z^2 c_1 v + c_2 v^2)` and `z^2 c_0 + z c_1 v + c_2 v^2` in place of `c`, for a
//! cube root of unity `z`. The right side is never zero: `-1/3` is a square of `F_{q^2}`, as all of `F_q` are, and `xi` is
//! none. So `c_0` is never zero, and the pair `c_0, c_2` determines `c_1`. Every pair with `c_0 != 0` comes from exactly
//! one element: of both, pairs and elements other than one, there are `q^4 - q^2`. An element is encoded as the four
//! coordinates of `c_0` and `c_2`, 32 bytes each; the identity as zeros. No other bytes with `c_0 = 0` are accepted. All
//! that is decoded is thus cyclotomic, and no test for that is left to make.
//!
//! Back to `F_{q^12}`: with `b` and `e` for what the two powers have in place of `c`, the first with its sign changed, the
//! condition reads `c e + c b + b e = -v`, and so `c^2 - v = (c + b) (c + e)`, whose inverse is `(b + e) / s` for
//! `s = (c + b) (b + e) (e + c)` in `F_{q^2}`. Multiplied out,
//!
//! `f = 1 - 2/D [2 xi c_2 C^3 - C^4 v - t C^2 v^2] + 2/D [(C^3 - xi t c_2) C^2 + 2/3 C^3 v + (t^2 - C^3 c_2) C v^2] w`
//!
//! where `C = c_0`, `t = c_0 c_1 = xi c_2^2 + 1/3` and `D = -s C^3 = C^6 + xi t^3 + 2 xi c_2 (4/3 - t) C^3`, which is not
//! zero: 16 products and 4 squares in `F_{q^2}`, and one inversion for all elements of a message. Reading `c_0` and `c_2`
//! off this, `c_0 = 2 a_1 / (3 b_1)` and `c_2 = (1 - a_0) / (3 xi b_1)`, with `b_1 != 0` but for the identity.
//!
//! # Membership
//! The cyclotomic subgroup has `q^4 - q^2 + 1` elements; inverses are conjugates there and squares are cheap [GS10]. Its
//! elements have order `r` or one exactly if `f^(6 x + 2) f^q f^(q^3) = f^(q^2)`, for the curve's parameter `x`
//! [Scott21; DLZZ22]: the group is cyclic, powers of `q` are cheap, and the greatest common divisor of
//! `6 x + 2 + q - q^2 + q^3` and `q^4 - q^2 + 1` is `r`. One exponentiation by 65 bits instead of one by 254. This test
//! turns a [`Cyclotomic`], which is what decoding gives, into a [`Gt`].
//!
//! # Products of powers
//! `f^q = f^(6 x^2)` in GT, so an exponent is split into two of 127 bits by one division by `6 x^2`, and
//! [`product_of_powers`] runs over buckets of signed digits.

use crate::fq;
use ark_bn254::{Config, Fq2, Fq6, Fq12};
use ark_ec::bn::BnConfig;
use ark_ff::{AdditiveGroup, CyclotomicMultSubgroup, Field, Fp6Config, MontFp, One, PrimeField, Zero, batch_inversion};
use lariat_algebra::{
    Fq, Fr,
    count::{self, Kernel},
    par,
};
use lariat_pcs::VerifyError;

/// Bytes of an encoded element.
pub const BYTES: usize = 4 * fq::BYTES;

/// A coordinate is not below the base field's modulus.
pub const CHECK_CANONICAL: &str = "GT coordinates are canonical";
/// `c_0` is zero and `c_2` is not: an encoding of nothing.
pub const CHECK_ENCODING: &str = "GT encodings are those of elements";
/// An element is not of order `r`.
pub const CHECK_SUBGROUP: &str = "GT elements are in the subgroup";

/// An element of GT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gt(Fq12);

/// An element of the cyclotomic subgroup that has not been found to be in GT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cyclotomic(Fq12);

impl From<Gt> for Cyclotomic {
    fn from(element: Gt) -> Self {
        Self(element.0)
    }
}

impl Cyclotomic {
    /// The identity.
    pub const ONE: Self = Self(Fq12::ONE);

    /// Whether this is the identity.
    pub fn is_one(&self) -> bool {
        self.0.is_one()
    }
}

/// A third.
const THIRD: Fq = MontFp!("14592161914559516814830937163504850059130874104865215775126025263096817472389");
/// `1 / (3 xi)`.
const BY_THREE_XI: Fq2 = Fq2::new(
    MontFp!("21621313080719284060999498358119991246151234191964923374119659383734918571893"),
    MontFp!("4893712837199837956193302097516870446659744364436505290438606033355640005984"),
);

/// `6 x^2`, congruent to `q` modulo `r`.
const SIX_X_SQUARED: u128 = 6 * (Config::X[0] as u128) * (Config::X[0] as u128);

impl Gt {
    /// The identity.
    pub const ONE: Self = Self(Fq12::ONE);

    /// A pairing's value.
    pub(crate) fn from_pairing(value: &Fq12) -> Self {
        Self(*value)
    }

    /// The product.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        Self(self.0 * other.0)
    }

    /// The inverse: the conjugate.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let mut conjugate = self.0;
        conjugate.conjugate_in_place();
        Self(conjugate)
    }

    /// A power.
    #[must_use]
    pub fn pow(&self, exponent: Fr) -> Self {
        product_of_powers(&[(*self, exponent)])
    }

    /// Whether this is the identity.
    pub fn is_one(&self) -> bool {
        self.0.is_one()
    }

    fn frobenius(&self) -> Self {
        let mut power = self.0;
        power.frobenius_map_in_place(1);
        Self(power)
    }
}

/// The encodings of many elements, one after the other. One inversion.
pub fn to_bytes(elements: &[Cyclotomic]) -> Vec<u8> {
    // Only the identity has b_1 = 0. Inversion leaves zero as it is, and both coordinates are zero then.
    let mut inverses: Vec<Fq2> = elements.iter().map(|f| f.0.c1.c1).collect();
    batch_inversion(&mut inverses);
    let mut out = Vec::with_capacity(BYTES * elements.len());
    for (inverse, Cyclotomic(f)) in inverses.iter().zip(elements) {
        let c0 = by(f.c0.c1 * inverse, THIRD).double();
        let c2 = (Fq2::ONE - f.c0.c0) * inverse * BY_THREE_XI;
        for coordinate in [c0.c0, c0.c1, c2.c0, c2.c1] {
            out.extend(fq::to_bytes(&coordinate));
        }
    }
    out
}

/// The `count` elements that `bytes` encode: of the cyclotomic subgroup, and of GT if [`members`] says so. One
/// inversion.
///
/// # Errors
/// When there are more or fewer bytes, a coordinate is not canonical, or `c_0` is zero and `c_2` is not.
pub fn from_bytes(bytes: &[u8], count: usize) -> Result<Vec<Cyclotomic>, VerifyError> {
    let (chunks, _) = bytes.as_chunks::<BYTES>();
    if bytes.len() != BYTES * count {
        return Err(VerifyError::Check { check: CHECK_CANONICAL });
    }
    let mut pairs = Vec::with_capacity(count);
    for chunk in chunks {
        let [x0, x1, x2, x3] = fq::many_from_bytes(chunk).ok_or(VerifyError::Check { check: CHECK_CANONICAL })?;
        let (c0, c2) = (Fq2::new(x0, x1), Fq2::new(x2, x3));
        if c0.is_zero() && !c2.is_zero() {
            return Err(VerifyError::Check { check: CHECK_ENCODING });
        }
        pairs.push((c0, c2));
    }
    Ok(decompress(&pairs).into_iter().map(Cyclotomic).collect())
}

/// The `count` elements that bytes of this crate's own encode: a test shows that they are in GT.
pub(crate) fn constants_from_bytes(bytes: &[u8], count: usize) -> Option<Vec<Gt>> {
    let elements = from_bytes(bytes, count).ok()?;
    Some(elements.into_iter().map(|element| Gt(element.0)).collect())
}

/// The same elements, once they are known to be in GT; in parallel.
///
/// # Errors
/// When one is not.
pub fn members(elements: &[Cyclotomic]) -> Result<Vec<Gt>, VerifyError> {
    let verdicts = par::map_collect(elements.len(), |i| has_order_r(&elements[i].0));
    if verdicts.contains(&false) {
        return Err(VerifyError::Check { check: CHECK_SUBGROUP });
    }
    Ok(elements.iter().map(|element| Gt(element.0)).collect())
}

/// An element of `F_{q^2}` times one of `F_q`.
fn by(mut x: Fq2, factor: Fq) -> Fq2 {
    x.mul_assign_by_fp(&factor);
    x
}

/// `xi` times an element of `F_{q^2}`.
fn times_xi(x: Fq2) -> Fq2 {
    ark_bn254::Fq6Config::mul_fp2_by_nonresidue(x)
}

/// The elements with coordinates `c_0` and `c_2`; one for `c_0 = 0`. One inversion.
fn decompress(pairs: &[(Fq2, Fq2)]) -> Vec<Fq12> {
    let third = Fq2::new(THIRD, Fq::ZERO);
    // c_0^3, xi t c_2, and t.
    let parts: Vec<[Fq2; 3]> = pairs
        .iter()
        .map(|(c0, c2)| {
            let t = times_xi(c2.square()) + third;
            [c0.square() * c0, times_xi(t * c2), t]
        })
        .collect();
    // Never zero: (2 / D)^-1 is half of the root of a norm.
    let mut factors: Vec<Fq2> = pairs
        .iter()
        .zip(&parts)
        .map(|((_, c2), [cube, mixed, t])| {
            let linear = by(times_xi(*c2), THIRD + Fq::ONE) - mixed;
            (*cube + linear.double()) * cube + times_xi(t.square() * t)
        })
        .collect();
    batch_inversion(&mut factors);
    pairs
        .iter()
        .zip(&parts)
        .zip(&factors)
        .map(|(((c0, c2), [cube, mixed, t]), inverse)| {
            let by_c0 = inverse.double() * c0;
            let by_square = by_c0 * c0;
            let by_cube = by_square * c0;
            let a = Fq6::new(Fq2::ONE - times_xi(by_cube * c2).double(), by_cube * c0, by_square * t);
            let b =
                Fq6::new((*cube - mixed) * by_square, by(by_cube, THIRD).double(), (t.square() - *cube * c2) * by_c0);
            Fq12::new(a, b)
        })
        .collect()
}

/// Whether a cyclotomic element has order `r` or one.
fn has_order_r(f: &Fq12) -> bool {
    let inverse = {
        let mut conjugate = *f;
        conjugate.conjugate_in_place();
        conjugate
    };
    // f^(6 x + 2), by the signed digits of the pairing's loop.
    let mut power = *f;
    for digit in Config::ATE_LOOP_COUNT.iter().rev().skip(1) {
        power.cyclotomic_square_in_place();
        match digit {
            1 => power *= f,
            -1 => power *= &inverse,
            _ => {}
        }
    }
    let q = f.frobenius_map(1);
    let q2 = q.frobenius_map(1);
    power * q * q2.frobenius_map(1) == q2
}

/// `(low, high)` with `exponent = low + 6 x^2 high`, both below `2^128`.
fn split(exponent: &Fr) -> (u128, u128) {
    let [a, b, c, d] = exponent.into_bigint().0;
    let words = |low: u64, high: u64| u128::from(high) << 64 | u128::from(low);
    // Binary long division. The remainder stays below 6 x^2 < 2^127; the upper half of an exponent below r does too.
    let (mut remainder, mut rest) = (words(c, d), words(a, b));
    let mut quotient = 0u128;
    for _ in 0..128 {
        remainder = remainder << 1 | rest >> 127;
        rest <<= 1;
        quotient <<= 1;
        if remainder >= SIX_X_SQUARED {
            remainder -= SIX_X_SQUARED;
            quotient |= 1;
        }
    }
    (remainder, quotient)
}

/// Signed digit `k` of a number in windows of `window` bits: in `-2^(window - 1) ..= 2^(window - 1)`.
fn digit(number: u128, window: usize, k: usize) -> i32 {
    // Digits d_k = floor(n / 2^(w k)) mod 2^w, plus the carry out of the bit below, minus 2^w times the carry out of
    // the digit's own top bit: a sum in which the carries cancel.
    let bits = |from: usize| if from < 128 { number >> from } else { 0 };
    let value = (bits(window * k) & ((1 << window) - 1)) as i32;
    let below = if k == 0 { 0 } else { (bits(window * k - 1) & 1) as i32 };
    value + below - (value >> (window - 1) << window)
}

/// Number of signed digits of numbers below `2^128`.
fn num_digits(window: usize) -> usize {
    // One bit above the number, so that the topmost digit carries nothing.
    129usize.div_ceil(window)
}

/// `prod_i base_i^exponent_i`, windows in parallel.
///
/// About `128 / w (2 n + 2^w)` products in `F_{q^12}` for `n` bases, `w` chosen to minimise it, and 128 cyclotomic
/// squarings. Variable time: not for secrets.
pub fn product_of_powers(terms: &[(Gt, Fr)]) -> Gt {
    let halves: Vec<(Gt, u128)> = terms
        .iter()
        .filter(|(base, exponent)| !exponent.is_zero() && !base.is_one())
        .flat_map(|(base, exponent)| {
            let (low, high) = split(exponent);
            [(*base, low), (base.frobenius(), high)]
        })
        .collect();
    let cost = |w: usize| num_digits(w) * (halves.len() + (1 << w));
    let window = (2..=12).min_by_key(|&w| cost(w)).unwrap_or(2);
    let digits = num_digits(window);
    let products = par::map_collect(digits, |k| {
        let mut buckets: Vec<Option<Gt>> = vec![None; 1 << (window - 1)];
        for (base, number) in &halves {
            let digit = digit(*number, window, k);
            if digit != 0 {
                let factor = if digit < 0 { base.inverse() } else { *base };
                multiply(&mut buckets[digit.unsigned_abs() as usize - 1], Some(&factor));
            }
        }
        // prod_d bucket_d^d, by running products from the largest digit down.
        let (mut running, mut total): (Option<Gt>, Option<Gt>) = (None, None);
        for bucket in buckets.iter().rev() {
            multiply(&mut running, bucket.as_ref());
            multiply(&mut total, running.as_ref());
        }
        total
    });
    let mut out: Option<Gt> = None;
    for product in products.iter().rev() {
        if let Some(value) = &mut out {
            count::add(Kernel::TargetProducts, window);
            for _ in 0..window {
                value.0.cyclotomic_square_in_place();
            }
        }
        multiply(&mut out, product.as_ref());
    }
    out.unwrap_or(Gt::ONE)
}

/// Multiplies a product in place; nothing is the identity.
fn multiply(product: &mut Option<Gt>, factor: Option<&Gt>) {
    if let Some(factor) = factor {
        match product {
            Some(product) => {
                count::add(Kernel::TargetProducts, 1);
                product.0 *= &factor.0;
            }
            None => *product = Some(*factor),
        }
    }
}

#[cfg(test)]
mod tests;
