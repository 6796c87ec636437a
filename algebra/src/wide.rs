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
            let low = from_unreduced([x[0], x[1], x[2], x[3]], 0);
            if x[4] == 0 && x[5] == 0 {
                return low;
            }
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
    use ark_ff::{One, UniformRand};
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
