//! The target group GT: the subgroup of order `r` of `F_{q^12}^*`.
//!
//! # Encoding
//! An element is `a + b w` with `a, b` in `F_{q^6}` and `w^2 = v`. Its norm to `F_{q^6}` is one, so unless it is one
//! itself it equals `(c + w) / (c - w)` for `c = (1 + a) / b` alone: the compression by tori [RS03, §3]. An element is
//! encoded as the six coordinates of `c`, 32 bytes each; the identity as zeros, since `c = 0` would be `-1`, which is
//! not in the group. No encoding stands for zero, or for an element of another norm.
//!
//! # Membership
//! Elements of norm one form a group of order `q^6 + 1`. They are in its subgroup of order `q^4 - q^2 + 1`, where
//! inverses are conjugates and squares are cheap [GS10], exactly if `f f^(q^4) = f^(q^2)`; and there they have order
//! `r` or one exactly if `f^(6 x + 2) f^q f^(q^3) = f^(q^2)`, for the curve's parameter `x` [Scott21, DLZZ22]: the
//! group is cyclic, powers of `q` are cheap, and the greatest common divisor of `6 x + 2 + q - q^2 + q^3` and
//! `q^4 - q^2 + 1` is `r`. One exponentiation by 65 bits instead of one by 254.
//!
//! # Products of powers
//! `f^q = f^(6 x^2)` in GT, so an exponent is split into two of 127 bits by one division by `6 x^2`, and
//! [`product_of_powers`] runs over buckets of signed digits.

use crate::fq;
use ark_bn254::{Config, Fq2, Fq6, Fq12};
use ark_ec::bn::BnConfig;
use ark_ff::{CyclotomicMultSubgroup, Field, Fp6Config, One, PrimeField, Zero, batch_inversion};
use lariat_algebra::{Fr, par};
use lariat_pcs::VerifyError;

/// Bytes of an encoded element.
pub const BYTES: usize = 6 * fq::BYTES;

/// A coordinate is not below the base field's modulus.
pub const CHECK_CANONICAL: &str = "GT coordinates are canonical";
/// An element is not in the cyclotomic subgroup.
pub const CHECK_CYCLOTOMIC: &str = "GT elements are cyclotomic";
/// An element is not of order `r`.
pub const CHECK_SUBGROUP: &str = "GT elements are in the subgroup";

/// An element of GT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gt(Fq12);

/// `6 x^2`, congruent to `q` modulo `r`.
const SIX_X_SQUARED: u128 = 6 * (Config::X[0] as u128) * (Config::X[0] as u128);

impl Gt {
    /// The identity.
    pub const ONE: Self = Self(Fq12::ONE);

    /// A pairing's value.
    pub(crate) fn from_pairing(value: Fq12) -> Self {
        Self(value)
    }

    /// The product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }

    /// The inverse: the conjugate.
    #[must_use]
    pub fn inverse(self) -> Self {
        let mut conjugate = self.0;
        conjugate.conjugate_in_place();
        Self(conjugate)
    }

    /// A power.
    #[must_use]
    pub fn pow(self, exponent: Fr) -> Self {
        product_of_powers(&[(self, exponent)])
    }

    /// Whether this is the identity.
    pub fn is_one(&self) -> bool {
        self.0.is_one()
    }

    fn frobenius(self) -> Self {
        let mut power = self.0;
        power.frobenius_map_in_place(1);
        Self(power)
    }

    fn square(self) -> Self {
        Self(self.0.cyclotomic_square())
    }
}

/// The encodings of many elements, one after the other. One inversion.
pub fn to_bytes(elements: &[Gt]) -> Vec<u8> {
    // Only the identity has b = 0: -1 is not in the group. Inversion leaves zero as it is, and c = 0.
    let mut c: Vec<Fq6> = elements.iter().map(|f| f.0.c1).collect();
    batch_inversion(&mut c);
    let mut out = Vec::with_capacity(BYTES * elements.len());
    for (c, Gt(f)) in c.iter().zip(elements) {
        let c = *c * (f.c0 + Fq6::one());
        for coordinate in [c.c0, c.c1, c.c2].iter().flat_map(|x| [x.c0, x.c1]) {
            out.extend(fq::to_bytes(&coordinate));
        }
    }
    out
}

/// The `count` elements of GT that `bytes` encode. One inversion; elements in parallel.
///
/// # Errors
/// When a coordinate is not canonical or an element is not in GT.
pub fn from_bytes(bytes: &[u8], count: usize) -> Result<Vec<Gt>, VerifyError> {
    let (chunks, rest) = bytes.as_chunks::<BYTES>();
    if chunks.len() != count || !rest.is_empty() {
        return Err(VerifyError::Check { check: CHECK_CANONICAL });
    }
    let mut tori = Vec::with_capacity(count);
    for chunk in chunks {
        let [x0, x1, x2, x3, x4, x5] =
            fq::many_from_bytes(chunk).ok_or(VerifyError::Check { check: CHECK_CANONICAL })?;
        tori.push(Fq6::new(Fq2::new(x0, x1), Fq2::new(x2, x3), Fq2::new(x4, x5)));
    }
    let elements = decompress(&tori);
    let verdicts = par::map_collect(elements.len(), |i| {
        if !is_cyclotomic(&elements[i]) {
            Err(CHECK_CYCLOTOMIC)
        } else if !has_order_r(&elements[i]) {
            Err(CHECK_SUBGROUP)
        } else {
            Ok(())
        }
    });
    for verdict in verdicts {
        verdict.map_err(|check| VerifyError::Check { check })?;
    }
    Ok(elements.into_iter().map(Gt).collect())
}

/// `v` times an element of `F_{q^6} = F_{q^2}[v] / (v^3 - xi)`.
fn times_v(x: Fq6) -> Fq6 {
    Fq6::new(ark_bn254::Fq6Config::mul_fp2_by_nonresidue(x.c2), x.c0, x.c1)
}

/// `(c + w) / (c - w)`, and one for `c = 0`.
fn decompress(tori: &[Fq6]) -> Vec<Fq12> {
    // (c + w) / (c - w) = (c^2 + v + 2 c w) / (c^2 - v); v is no square.
    let v = times_v(Fq6::one());
    let squares: Vec<Fq6> = tori.iter().map(Field::square).collect();
    let mut inverses: Vec<Fq6> = squares.iter().map(|s| *s - v).collect();
    batch_inversion(&mut inverses);
    tori.iter()
        .zip(&squares)
        .zip(&inverses)
        .map(|((c, square), inverse)| {
            if c.is_zero() {
                return Fq12::one();
            }
            Fq12::new((*square + v) * inverse, (*c + c) * inverse)
        })
        .collect()
}

/// Whether an element of norm one has an order that divides `q^4 - q^2 + 1`.
fn is_cyclotomic(f: &Fq12) -> bool {
    let q2 = f.frobenius_map(2);
    q2.frobenius_map(2) * f == q2
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
                let bucket = &mut buckets[digit.unsigned_abs() as usize - 1];
                *bucket = Some(bucket.map_or(factor, |product| product.times(factor)));
            }
        }
        // prod_d bucket_d^d, by running products from the largest digit down.
        let (mut running, mut total): (Option<Gt>, Option<Gt>) = (None, None);
        for bucket in buckets.into_iter().rev() {
            running = times(running, bucket);
            total = times(total, running);
        }
        total
    });
    let mut out: Option<Gt> = None;
    for product in products.into_iter().rev() {
        if let Some(value) = &mut out {
            for _ in 0..window {
                *value = value.square();
            }
        }
        out = times(out, product);
    }
    out.unwrap_or(Gt::ONE)
}

/// The product, the identity being nothing.
fn times(a: Option<Gt>, b: Option<Gt>) -> Option<Gt> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.times(b)),
        (a, b) => a.or(b),
    }
}
