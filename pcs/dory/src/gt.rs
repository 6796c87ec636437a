//! The target group GT: the subgroup of order `r` of `F_{q^12}^*`.
//!
//! # Encoding
//! An element is `a + b w` with `a, b` in `F_{q^6}` and `w^2 = v`. Its norm to `F_{q^6}` is one, so unless it is one
//! itself it equals `(c + w) / (c - w)` for `c = (1 + a) / b` alone: the compression by tori [RS03]. An element is
//! encoded as the six coordinates of `c`, 32 bytes each; the identity as zeros, since `c = 0` would be `-1`, which is
//! not cyclotomic. No encoding stands for zero, or for an element of another norm.
//!
//! # Membership
//! Elements of norm one form a group of order `q^6 + 1`. They are in its subgroup of order `q^4 - q^2 + 1`, where
//! inverses are conjugates and squares are cheap [GS10], exactly if `f f^(q^4) = f^(q^2)`; and there they have order
//! `r` or one exactly if `f^(6 x + 2) f^q f^(q^3) = f^(q^2)`, for the curve's parameter `x` [Scott21; DLZZ22]: the
//! group is cyclic, powers of `q` are cheap, and the greatest common divisor of `6 x + 2 + q - q^2 + q^3` and
//! `q^4 - q^2 + 1` is `r`. One exponentiation by 65 bits instead of one by 254. The first test comes with decoding; the
//! second, which costs twenty times as much, turns a [`Cyclotomic`] into a [`Gt`].
//!
//! # Products of powers
//! `f^q = f^(6 x^2)` in GT, so an exponent is split into two of 127 bits by one division by `6 x^2`, and
//! [`product_of_powers`] runs over buckets of signed digits.

use crate::fq;
use ark_bn254::{Config, Fq2, Fq6, Fq12};
use ark_ec::bn::BnConfig;
use ark_ff::{CyclotomicMultSubgroup, Field, Fp6Config, One, PrimeField, Zero, batch_inversion};
use lariat_algebra::{
    Fr,
    count::{self, Kernel},
    par,
};
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
    // Only the identity has b = 0: -1 is not cyclotomic. Inversion leaves zero as it is, and c = 0.
    let mut c: Vec<Fq6> = elements.iter().map(|f| f.0.c1).collect();
    batch_inversion(&mut c);
    let mut out = Vec::with_capacity(BYTES * elements.len());
    for (c, Cyclotomic(f)) in c.iter().zip(elements) {
        let c = *c * (f.c0 + Fq6::one());
        for coordinate in [c.c0, c.c1, c.c2].iter().flat_map(|x| [x.c0, x.c1]) {
            out.extend(fq::to_bytes(&coordinate));
        }
    }
    out
}

/// The `count` elements that `bytes` encode: of the cyclotomic subgroup, and of GT if [`members`] says so. One
/// inversion.
///
/// # Errors
/// When a coordinate is not canonical or an element is not cyclotomic.
pub fn from_bytes(bytes: &[u8], count: usize) -> Result<Vec<Cyclotomic>, VerifyError> {
    let (chunks, _) = bytes.as_chunks::<BYTES>();
    if bytes.len() != BYTES * count {
        return Err(VerifyError::Check { check: CHECK_CANONICAL });
    }
    let mut tori = Vec::with_capacity(count);
    for chunk in chunks {
        let [x0, x1, x2, x3, x4, x5] =
            fq::many_from_bytes(chunk).ok_or(VerifyError::Check { check: CHECK_CANONICAL })?;
        tori.push(Fq6::new(Fq2::new(x0, x1), Fq2::new(x2, x3), Fq2::new(x4, x5)));
    }
    let elements = decompress(&tori);
    if !elements.iter().all(is_cyclotomic) {
        return Err(VerifyError::Check { check: CHECK_CYCLOTOMIC });
    }
    Ok(elements.into_iter().map(Cyclotomic).collect())
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
mod tests {
    use super::*;
    use ark_bn254::{Bn254, G1Affine, G2Affine};
    use ark_ec::pairing::Pairing;
    use ark_ff::UniformRand;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn elements(n: usize, rng: &mut ChaCha20Rng) -> Vec<Gt> {
        (0..n).map(|_| Gt(Bn254::pairing(G1Affine::rand(rng), G2Affine::rand(rng)).0)).collect()
    }

    fn failed<T>(check: &'static str) -> Result<T, VerifyError> {
        Err(VerifyError::Check { check })
    }

    fn encode(elements: &[Gt]) -> Vec<u8> {
        to_bytes(&elements.iter().copied().map(Cyclotomic::from).collect::<Vec<_>>())
    }

    fn decode(bytes: &[u8]) -> Result<Vec<Gt>, VerifyError> {
        members(&from_bytes(bytes, bytes.len() / BYTES)?)
    }

    /// An element of norm one to `F_{q^6}`.
    fn norm_one(rng: &mut ChaCha20Rng) -> Fq12 {
        let f = Fq12::rand(rng);
        let mut conjugate = f;
        conjugate.conjugate_in_place();
        conjugate * f.inverse().unwrap()
    }

    /// A cyclotomic element that is not in GT.
    fn outsider(rng: &mut ChaCha20Rng) -> Fq12 {
        let f = norm_one(rng);
        f.frobenius_map(2) * f
    }

    #[test]
    fn encoding_round_trip() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let mut elements = elements(6, &mut rng);
        elements.insert(3, Gt::ONE);
        let bytes = encode(&elements);
        assert_eq!(bytes.len(), 7 * BYTES);
        assert_eq!(bytes[3 * BYTES..4 * BYTES], [0; BYTES], "the identity");
        assert_eq!(decode(&bytes), Ok(elements));
        assert_eq!(decode(&[]), Ok(Vec::new()));
        assert!(to_bytes(&[]).is_empty());
    }

    #[test]
    fn no_bytes_decode_to_zero() {
        // The encoding that would be c = 0 is the identity's; anything else has norm one.
        assert_eq!(decode(&[0; BYTES]), Ok(vec![Gt::ONE]));
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let c: Vec<Fq6> = (0..20).map(|_| Fq6::rand(&mut rng)).chain([Fq6::zero(), Fq6::one()]).collect();
        for f in decompress(&c) {
            let mut conjugate = f;
            conjugate.conjugate_in_place();
            assert!((f * conjugate).is_one() && !f.is_zero());
        }
    }

    #[test]
    fn coordinates_not_below_the_modulus_are_rejected() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let bytes = encode(&elements(2, &mut rng));
        for i in 0..12 {
            let range = 32 * i..32 * (i + 1);
            for other in [ark_ff::BigInteger::to_bytes_le(&lariat_algebra::Fq::MODULUS), vec![0xff; 32]] {
                let mut forged = bytes.clone();
                forged[range.clone()].copy_from_slice(&other);
                assert_eq!(decode(&forged), failed(CHECK_CANONICAL));
            }
        }
        for len in [BYTES - 1, 2 * BYTES - 32, 2 * BYTES - 1] {
            assert_eq!(from_bytes(&bytes[..len], 2), failed(CHECK_CANONICAL));
        }
        assert_eq!(from_bytes(&bytes, 1), failed(CHECK_CANONICAL));
    }

    #[test]
    fn elements_outside_of_the_cyclotomic_subgroup_are_rejected() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        for _ in 0..10 {
            let f = norm_one(&mut rng);
            assert_eq!(decode(&encode(&[Gt(f)])), failed(CHECK_CYCLOTOMIC));
        }
        let random: Vec<u8> = (0..6).flat_map(|_| fq::to_bytes(&lariat_algebra::Fq::rand(&mut rng))).collect();
        assert_eq!(decode(&random), failed(CHECK_CYCLOTOMIC));
    }

    #[test]
    fn cyclotomic_elements_of_other_orders_are_rejected() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        for _ in 0..10 {
            let f = outsider(&mut rng);
            assert!(is_cyclotomic(&f) && !f.pow(Fr::MODULUS).is_one());
            assert_eq!(decode(&encode(&[Gt::ONE, Gt(f)])), failed(CHECK_SUBGROUP));
            // Neither its part of order r nor the rest is mistaken for the other.
            let rest = f.pow(Fr::MODULUS);
            assert_eq!(decode(&encode(&[Gt(rest)])), failed(CHECK_SUBGROUP));
        }
        for f in elements(10, &mut rng) {
            assert!(f.0.pow(Fr::MODULUS).is_one() && has_order_r(&f.0));
        }
    }

    #[test]
    fn products_of_powers_match_exponentiation() {
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        let edges = [
            Fr::zero(),
            Fr::one(),
            -Fr::one(),
            Fr::from(SIX_X_SQUARED),
            Fr::from(SIX_X_SQUARED - 1),
            Fr::from(u128::MAX),
            -Fr::from(2u64),
        ];
        for n in [0usize, 1, 2, 7, 40] {
            let mut bases = elements(n, &mut rng);
            if n > 2 {
                (bases[0], bases[1]) = (Gt::ONE, bases[2].inverse());
            }
            for offset in 0..3 {
                let exponent = |i: usize, rng: &mut ChaCha20Rng| match edges.get(i + 2 * offset) {
                    Some(edge) => *edge,
                    None => Fr::rand(rng),
                };
                let terms: Vec<(Gt, Fr)> = bases.iter().enumerate().map(|(i, b)| (*b, exponent(i, &mut rng))).collect();
                let expected = terms.iter().fold(Fq12::one(), |product, (b, e)| product * b.0.pow(e.into_bigint()));
                assert_eq!(product_of_powers(&terms).0, expected);
            }
        }
    }

    #[test]
    fn exponents_are_split_and_recoded_exactly() {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let edges = [Fr::zero(), Fr::one(), -Fr::one(), Fr::from(SIX_X_SQUARED), Fr::from(u128::MAX)];
        for e in edges.into_iter().chain((0..50).map(|_| Fr::rand(&mut rng))) {
            let (low, high) = split(&e);
            assert!(low < SIX_X_SQUARED);
            assert_eq!(Fr::from(low) + Fr::from(high) * Fr::from(SIX_X_SQUARED), e);
            for number in [low, high, u128::MAX, 1 << 127] {
                for window in 2..=12 {
                    let radix = Fr::from(1u64 << window);
                    let value = (0..num_digits(window)).rev().fold(Fr::zero(), |sum, k| {
                        let digit = digit(number, window, k);
                        assert!(digit.unsigned_abs() <= 1 << (window - 1));
                        sum * radix + Fr::from(digit)
                    });
                    assert_eq!(value, Fr::from(number));
                }
            }
        }
    }
}
