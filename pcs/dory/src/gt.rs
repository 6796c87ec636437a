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
        assert_eq!(BYTES, 128, "a third of an element of the field");
    }

    /// `v` times an element of `F_{q^6} = F_{q^2}[v] / (v^3 - xi)`.
    fn times_v(x: Fq6) -> Fq6 {
        Fq6::new(times_xi(x.c2), x.c0, x.c1)
    }

    /// The definition: `(c + w) / (c - w)`.
    fn by_the_torus(c: Fq6) -> Fq12 {
        Fq12::new(c, Fq6::one()) * Fq12::new(c, -Fq6::one()).inverse().unwrap()
    }

    /// `c` by its definition, `(1 + a) / b`.
    fn coordinates(f: &Fq12) -> Fq6 {
        (f.c0 + Fq6::one()) * f.c1.inverse().unwrap()
    }

    /// Whether an element of norm one has an order that divides `q^4 - q^2 + 1`.
    fn is_cyclotomic(f: &Fq12) -> bool {
        let q2 = f.frobenius_map(2);
        q2.frobenius_map(2) * f == q2
    }

    fn pair_bytes(c0: Fq2, c2: Fq2) -> Vec<u8> {
        [c0.c0, c0.c1, c2.c0, c2.c1].iter().flat_map(fq::to_bytes).collect()
    }

    /// Elements of `F_{q^2}`: random, and those where formulas tend to break.
    fn edges(rng: &mut ChaCha20Rng) -> Vec<Fq2> {
        let small: Vec<Fq> = vec![Fq::ZERO, Fq::ONE, -Fq::ONE, THIRD, -THIRD, Fq::from(9u64)];
        let mut out: Vec<Fq2> = small.iter().flat_map(|x| small.iter().map(|y| Fq2::new(*x, *y))).collect();
        out.extend((0..12).map(|_| Fq2::rand(rng)));
        out
    }

    #[test]
    fn constants_are_what_they_are_called() {
        assert_eq!(THIRD * Fq::from(3u64), Fq::ONE);
        assert_eq!(times_xi(BY_THREE_XI).double() + times_xi(BY_THREE_XI), Fq2::ONE);
        // What the module's head says of the equation's right side.
        assert!(Fq2::new(-THIRD, Fq::ZERO).legendre().is_qr());
        assert!(times_xi(Fq2::ONE).legendre().is_qnr());
    }

    /// Every pair but those with `c_0 = 0` is one cyclotomic element's, and is what that element is encoded as.
    #[test]
    fn pairs_are_the_cyclotomic_elements() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let edges = edges(&mut rng);
        for c0 in edges.iter().filter(|c0| !c0.is_zero()) {
            for c2 in &edges {
                let bytes = pair_bytes(*c0, *c2);
                let decoded = from_bytes(&bytes, 1).unwrap();
                let c1 = (times_xi(c2.square()) + Fq2::new(THIRD, Fq::ZERO)) * c0.inverse().unwrap();
                assert_eq!(decoded[0].0, by_the_torus(Fq6::new(*c0, c1, *c2)));
                assert!(is_cyclotomic(&decoded[0].0) && !decoded[0].is_one());
                assert_eq!(to_bytes(&decoded), bytes);
            }
        }
    }

    /// The other way round, from the definition of `c`, for elements of GT and of the cyclotomic subgroup.
    #[test]
    fn encodings_are_two_coordinates_of_the_torus() {
        let mut rng = ChaCha20Rng::seed_from_u64(8);
        let mut all: Vec<Fq12> = elements(8, &mut rng).iter().map(|f| f.0).collect();
        all.extend((0..8).map(|_| outsider(&mut rng)));
        for f in all {
            let c = coordinates(&f);
            assert_eq!(c.c0 * c.c1, times_xi(c.c2.square()) + Fq2::new(THIRD, Fq::ZERO));
            assert_eq!(by_the_torus(c), f);
            assert_eq!(to_bytes(&[Cyclotomic(f)]), pair_bytes(c.c0, c.c2));
            assert_eq!(from_bytes(&pair_bytes(c.c0, c.c2), 1), Ok(vec![Cyclotomic(f)]));
        }
        // v is that of the tower.
        assert_eq!(times_v(Fq6::one()), Fq12::new(Fq6::zero(), Fq6::one()).square().c0);
    }

    /// Without the check, each of these would be the identity once more.
    #[test]
    fn further_encodings_of_the_identity_are_rejected() {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        assert_eq!(decode(&[0; BYTES]), Ok(vec![Gt::ONE]));
        let honest = encode(&elements(3, &mut rng));
        for c2 in edges(&mut rng).into_iter().filter(|c2| !c2.is_zero()) {
            assert!(decompress(&[(Fq2::ZERO, c2)])[0].is_one());
            let forged = pair_bytes(Fq2::ZERO, c2);
            assert_eq!(from_bytes(&forged, 1), failed(CHECK_ENCODING));
            for i in 0..3 {
                let mut bytes = honest.clone();
                bytes[BYTES * i..BYTES * (i + 1)].copy_from_slice(&forged);
                assert_eq!(from_bytes(&bytes, 3), failed(CHECK_ENCODING));
            }
        }
    }

    /// Processor time of decoding by the torus `T_2`, with the test for cyclotomic elements that it needs, over that of
    /// decoding by `T_6`; printed, as it depends on the machine.
    #[test]
    fn decoding_is_cheaper_than_by_half_of_the_coordinates() {
        let mut rng = ChaCha20Rng::seed_from_u64(10);
        let all = elements(36, &mut rng);
        let (pairs, wide): (Vec<(Fq2, Fq2)>, Vec<Fq6>) = all
            .iter()
            .map(|f| {
                let c = coordinates(&f.0);
                ((c.c0, c.c2), c)
            })
            .unzip();
        let v = times_v(Fq6::one());
        let halved = |tori: &[Fq6]| {
            let mut inverses: Vec<Fq6> = tori.iter().map(|c| c.square() - v).collect();
            batch_inversion(&mut inverses);
            let f = |(c, inverse): (&Fq6, &Fq6)| Fq12::new((c.square() + v) * inverse, c.double() * inverse);
            tori.iter().zip(&inverses).map(f).collect::<Vec<Fq12>>()
        };
        let expected: Vec<Fq12> = all.iter().map(|f| f.0).collect();
        let mut best = [u128::MAX; 3];
        for _ in 0..20 {
            let start = std::time::Instant::now();
            let by_six = decompress(&pairs);
            let first = start.elapsed().as_nanos();
            let start = std::time::Instant::now();
            let by_two = halved(&wide);
            assert!(by_two.iter().all(is_cyclotomic));
            let second = start.elapsed().as_nanos();
            assert_eq!((&by_six, &by_two), (&expected, &expected));
            let start = std::time::Instant::now();
            assert!(members(&all.iter().copied().map(Cyclotomic::from).collect::<Vec<_>>()).is_ok());
            for (best, now) in best.iter_mut().zip([first, second, start.elapsed().as_nanos()]) {
                *best = now.min(*best);
            }
        }
        let [six, two, members] = best.map(|ns| ns as f64 / 36e3);
        println!("an element: {six:.1} us by T6, {two:.1} us by T2, {members:.1} us for membership (all threads)");
    }

    #[test]
    fn coordinates_not_below_the_modulus_are_rejected() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let bytes = encode(&elements(2, &mut rng));
        for i in 0..8 {
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
