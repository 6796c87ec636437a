//! Unreduced accumulators: sums of products that are reduced modulo `r` once at the end.
//!
//! A product of an element by a 64-bit integer costs 4 word multiplications instead of the 32 of a Montgomery
//! product; a product of two elements costs 16.

use crate::Fr;
use ark_ff::{BigInt, PrimeField, Zero};

const MODULUS: [u64; 4] = Fr::MODULUS.0;

/// `-r^{-1} mod 2^64`, by Newton's iteration.
const INV: u64 = {
    let mut inv = 1u64;
    let mut i = 0;
    while i < 63 {
        inv = inv.wrapping_mul(inv).wrapping_mul(MODULUS[0]);
        i += 1;
    }
    inv.wrapping_neg()
};

#[inline(always)]
fn mac(acc: u64, a: u64, b: u64, carry: u64) -> (u64, u64) {
    let t = u128::from(a) * u128::from(b) + u128::from(acc) + u128::from(carry);
    (t as u64, (t >> 64) as u64)
}

#[inline(always)]
fn geq(a: &[u64; 4], b: &[u64; 4]) -> bool {
    for i in (0..4).rev() {
        if a[i] != b[i] {
            return a[i] > b[i];
        }
    }
    true
}

#[inline(always)]
fn sub_modulus(a: &mut [u64; 4]) -> u64 {
    let mut borrow = 0u64;
    for i in 0..4 {
        let (d, b1) = a[i].overflowing_sub(MODULUS[i]);
        let (d, b2) = d.overflowing_sub(borrow);
        a[i] = d;
        borrow = u64::from(b1 | b2);
    }
    borrow
}

/// The element whose Montgomery form is congruent to `carry * 2^256 + limbs`, `carry` at most one.
#[inline(always)]
fn from_unreduced(mut limbs: [u64; 4], mut carry: u64) -> Fr {
    while carry != 0 || geq(&limbs, &MODULUS) {
        carry = carry.wrapping_sub(sub_modulus(&mut limbs));
    }
    Fr::new_unchecked(BigInt::new(limbs))
}

/// `floor(2^318 / r) - 2^64`: Barrett's constant for [`reduce_high`].
const BARRETT: u64 = 5949766971370771102;

/// `limbs + high * 2^256` modulo the modulus, for `high < 2^62`, by one Barrett quotient.
#[inline(always)]
fn reduce_high(limbs: [u64; 4], high: u64) -> Fr {
    // With t = floor(x / 2^254) < 2^64, q = floor(t (2^64 + BARRETT) / 2^64) is at most x / r, and x - q r < 4 r.
    let t = (high << 2) | (limbs[3] >> 62);
    let q = u128::from(t) + ((u128::from(t) * u128::from(BARRETT)) >> 64);
    let (q_lo, q_hi) = (q as u64, (q >> 64) as u64);
    let mut out = [limbs[0], limbs[1], limbs[2], limbs[3], high];
    let mut borrow = 0u64;
    let mut carry = 0u64;
    for i in 0..5 {
        // Limb i of q * r; q has 65 bits.
        let low = if i < 4 { MODULUS[i] } else { 0 };
        let shifted = if i > 0 && q_hi != 0 { MODULUS[i - 1] } else { 0 };
        let product = u128::from(q_lo) * u128::from(low) + u128::from(carry);
        let (limb, c1) = (product as u64).overflowing_add(shifted);
        carry = ((product >> 64) as u64) + u64::from(c1);
        let (d, b1) = out[i].overflowing_sub(limb);
        let (d, b2) = d.overflowing_sub(borrow);
        out[i] = d;
        borrow = u64::from(b1 | b2);
    }
    from_unreduced([out[0], out[1], out[2], out[3]], out[4])
}

/// A sum of `element * integer` products, `integer` of at most 64 bits and either sign; holds at least `2^60` terms.
#[derive(Clone, Copy, Debug, Default)]
pub struct SmallAcc {
    pos: [u64; 6],
    neg: [u64; 6],
}

#[inline(always)]
fn mac_small(acc: &mut [u64; 6], a: Fr, s: u64) {
    let limbs = &a.0.0;
    let mut carry = 0;
    for i in 0..4 {
        (acc[i], carry) = mac(acc[i], limbs[i], s, carry);
    }
    let (v, c) = acc[4].overflowing_add(carry);
    acc[4] = v;
    acc[5] += u64::from(c);
}

impl SmallAcc {
    /// Adds `a * s`.
    #[inline(always)]
    pub fn add_u64(&mut self, a: Fr, s: u64) {
        mac_small(&mut self.pos, a, s);
    }

    /// Subtracts `a * s`.
    #[inline(always)]
    pub fn sub_u64(&mut self, a: Fr, s: u64) {
        mac_small(&mut self.neg, a, s);
    }

    /// Adds `a * s` for signed `s`.
    #[inline(always)]
    pub fn add_i64(&mut self, a: Fr, s: i64) {
        if s < 0 {
            self.sub_u64(a, s.unsigned_abs());
        } else {
            self.add_u64(a, s as u64);
        }
    }

    /// Adds `a`.
    #[inline(always)]
    pub fn add(&mut self, a: Fr) {
        let limbs = &a.0.0;
        let mut carry = 0u64;
        for i in 0..4 {
            let t = u128::from(self.pos[i]) + u128::from(limbs[i]) + u128::from(carry);
            self.pos[i] = t as u64;
            carry = (t >> 64) as u64;
        }
        let (v, c) = self.pos[4].overflowing_add(carry);
        self.pos[4] = v;
        self.pos[5] += u64::from(c);
    }

    /// The sum.
    #[inline]
    pub fn reduce(&self) -> Fr {
        let half = |x: &[u64; 6]| {
            let limbs = [x[0], x[1], x[2], x[3]];
            if x[5] == 0 && x[4] >> 62 == 0 {
                return reduce_high(limbs, x[4]);
            }
            let low = from_unreduced(limbs, 0);
            // hi * 2^256 is the Montgomery form of hi.
            low + Fr::from(u128::from(x[4]) | (u128::from(x[5]) << 64))
        };
        let pos = half(&self.pos);
        if self.neg == [0; 6] { pos } else { pos - half(&self.neg) }
    }
}

/// A sum of products of two elements, reduced once; holds at least `2^60` terms.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProductAcc {
    limbs: [u64; 9],
}

impl ProductAcc {
    /// Adds `a * b`.
    #[inline(always)]
    pub fn add(&mut self, a: Fr, b: Fr) {
        let (a, b) = (&a.0.0, &b.0.0);
        let mut t = [0u64; 8];
        for i in 0..4 {
            let mut carry = 0;
            for j in 0..4 {
                (t[i + j], carry) = mac(t[i + j], a[i], b[j], carry);
            }
            t[i + 4] = carry;
        }
        let mut carry = 0u64;
        for i in 0..8 {
            let s = u128::from(self.limbs[i]) + u128::from(t[i]) + u128::from(carry);
            self.limbs[i] = s as u64;
            carry = (s >> 64) as u64;
        }
        self.limbs[8] += carry;
    }

    /// The sum, by one Montgomery reduction.
    #[inline]
    pub fn reduce(&self) -> Fr {
        let mut t = [0u64; 8];
        t.copy_from_slice(&self.limbs[..8]);
        let mut top = 0u64;
        for i in 0..4 {
            let k = t[i].wrapping_mul(INV);
            let mut carry = 0;
            (_, carry) = mac(t[i], k, MODULUS[0], carry);
            for j in 1..4 {
                (t[i + j], carry) = mac(t[i + j], k, MODULUS[j], carry);
            }
            let s = u128::from(t[i + 4]) + u128::from(carry) + u128::from(top);
            t[i + 4] = s as u64;
            top = (s >> 64) as u64;
        }
        let low = from_unreduced([t[4], t[5], t[6], t[7]], top);
        // The ninth limb counts multiples of 2^512, whose reduction is the Montgomery form of the count.
        if self.limbs[8] == 0 { low } else { low + Fr::from(self.limbs[8]) }
    }
}

/// `sum_i a_i b_i`.
///
/// # Panics
/// When the lengths differ.
pub fn inner_product(a: &[Fr], b: &[Fr]) -> Fr {
    assert_eq!(a.len(), b.len(), "inner product of different lengths");
    if a.is_empty() {
        return Fr::zero();
    }
    let mut acc = ProductAcc::default();
    for (&x, &y) in a.iter().zip(b) {
        acc.add(x, y);
    }
    acc.reduce()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{Field, One, UniformRand};
    use rand::RngCore;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn small_accumulator_matches_field_arithmetic() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
        let edges = [Fr::zero(), Fr::one(), -Fr::one()];
        for len in [0usize, 1, 2, 50, 5000] {
            let (mut acc, mut expected) = (SmallAcc::default(), Fr::zero());
            for i in 0..len {
                let a = if i % 3 == 0 { edges[i / 3 % 3] } else { Fr::rand(&mut rng) };
                let s: i64 = match i % 4 {
                    0 => i64::MIN,
                    1 => i64::MAX,
                    _ => rng.next_u64() as i64,
                };
                acc.add_i64(a, s);
                expected += a * Fr::from(s);
                acc.add_u64(a, u64::MAX);
                expected += a * Fr::from(u64::MAX);
                acc.add(a);
                expected += a;
            }
            assert_eq!(acc.reduce(), expected);
        }
    }

    #[test]
    fn barrett_reduction_holds_at_the_edges() {
        let two_256 = Fr::from(2u64).pow([256]);
        let highs = [0, 1, 2, 3, 5, 1 << 20, 1 << 40, (1 << 62) - 2, (1 << 62) - 1];
        let lows = [[0; 4], [u64::MAX; 4], MODULUS, [0, 0, 0, 1 << 62], [u64::MAX, 0, 0, u64::MAX], [1, 0, 0, 3 << 62]];
        // Montgomery form: the element whose form is x is x / 2^256.
        let element = |limbs: [u64; 4]| {
            limbs.iter().rev().fold(Fr::zero(), |acc, &l| acc * Fr::from(1u128 << 64) + Fr::from(l)) / two_256
        };
        for high in highs {
            for low in lows {
                let expected = element(low) + Fr::from(high);
                assert_eq!(reduce_high(low, high), expected, "{high} {low:?}");
            }
        }
    }

    #[test]
    fn product_accumulator_matches_field_arithmetic() {
        let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(2);
        for len in [0usize, 1, 5, 6, 7, 23, 1000, 100_000] {
            let a: Vec<Fr> = (0..len).map(|i| if i % 2 == 0 { -Fr::one() } else { Fr::rand(&mut rng) }).collect();
            let b: Vec<Fr> = (0..len).map(|i| if i % 3 == 0 { -Fr::one() } else { Fr::rand(&mut rng) }).collect();
            let expected: Fr = a.iter().zip(&b).map(|(x, y)| x * y).sum();
            assert_eq!(inner_product(&a, &b), expected);
        }
    }
}
