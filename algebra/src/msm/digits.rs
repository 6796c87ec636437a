//! Signed windows: how a scalar becomes a few small digits.

use crate::Fr;
use ark_ff::{BigInteger, PrimeField};

/// Widest window that [`best_window`] considers; bounds the bucket array at `2^13` entries.
const MAX_WINDOW: usize = 14;

/// Bits of the magnitude that [`centered`] returns.
pub(crate) const CENTERED_BITS: usize = 253;

/// Number of signed windows of `window` bits that hold every magnitude below `2^bits`.
pub(crate) fn num_windows(bits: usize, window: usize) -> usize {
    // The largest value of T windows exceeds 2^(window T - 1), so one bit of headroom absorbs the last carry.
    (bits + 1).div_ceil(window)
}

/// The window width that minimises additions for `len` magnitudes below `2^bits` when the digits of all windows fall into
/// one set of buckets: one addition per digit and two per bucket.
pub(crate) fn best_window(bits: usize, len: usize) -> usize {
    (2..=MAX_WINDOW).min_by_key(|&w| num_windows(bits, w) * len + (1 << w)).unwrap_or(MAX_WINDOW)
}

/// Emits `(window index, |digit|, digit is negative)` for each nonzero signed digit of `magnitude`, digits in
/// `-(2^(w-1) - 1)..=2^(w-1)`.
#[inline(always)]
pub(crate) fn digits_u64(mut magnitude: u64, window: usize, mut emit: impl FnMut(usize, u32, bool)) {
    let (mask, half) = ((1u64 << window) - 1, 1u64 << (window - 1));
    let mut k = 0;
    while magnitude != 0 {
        let digit = magnitude & mask;
        magnitude >>= window;
        if digit > half {
            emit(k, (mask + 1 - digit) as u32, true);
            magnitude += 1;
        } else if digit != 0 {
            emit(k, digit as u32, false);
        }
        k += 1;
    }
}

/// As [`digits_u64`] for a four-limb magnitude below `2^255`.
#[inline(always)]
pub(crate) fn digits_wide(magnitude: &[u64; 4], window: usize, mut emit: impl FnMut(usize, u32, bool)) {
    let (mask, half) = ((1u64 << window) - 1, 1u64 << (window - 1));
    let significant = magnitude.iter().rposition(|&limb| limb != 0).map_or(0, |i| 64 * (i + 1));
    let (mut carry, mut k, mut bit) = (0u64, 0, 0);
    while bit < significant || carry != 0 {
        let (limb, shift) = (bit / 64, bit % 64);
        let mut raw = magnitude.get(limb).map_or(0, |x| x >> shift);
        if shift + window > 64 {
            raw |= magnitude.get(limb + 1).map_or(0, |x| x << (64 - shift));
        }
        let digit = (raw & mask) + carry;
        carry = u64::from(digit > half);
        if carry == 1 {
            // A digit of 2^w is zero with a carry.
            let negated = mask + 1 - digit;
            if negated != 0 {
                emit(k, negated as u32, true);
            }
        } else if digit != 0 {
            emit(k, digit as u32, false);
        }
        k += 1;
        bit += window;
    }
}

/// A scalar of which every signed digit can be read by itself: its centered magnitude plus half a window in every window
/// but the top one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Biased {
    limbs: [u64; 4],
    negative: bool,
}

impl Biased {
    /// For windows of `window` bits.
    pub(crate) fn new(x: &Fr, window: usize) -> Self {
        let (mut limbs, negative) = centered(x);
        let (mut bias, mut bit) = ([0u64; 4], window - 1);
        for _ in 1..num_windows(CENTERED_BITS, window) {
            bias[bit / 64] |= 1 << (bit % 64);
            bit += window;
        }
        let mut carry = false;
        for (limb, bias) in limbs.iter_mut().zip(bias) {
            let (sum, c1) = limb.overflowing_add(bias);
            let (sum, c2) = sum.overflowing_add(u64::from(carry));
            (*limb, carry) = (sum, c1 | c2);
        }
        Self { limbs, negative }
    }

    /// Digit `k` of `num_windows` as `(|digit|, digit is negative)`, in `-2^(w-1)..=2^(w-1)`; `None` for zero.
    #[inline(always)]
    pub(crate) fn digit(&self, k: usize, window: usize, num_windows: usize) -> Option<(u32, bool)> {
        let (mask, half) = ((1u64 << window) - 1, 1u64 << (window - 1));
        let (limb, shift) = (window * k / 64, window * k % 64);
        let mut raw = self.limbs[limb] >> shift;
        if shift + window > 64 {
            raw |= self.limbs.get(limb + 1).map_or(0, |x| x << (64 - shift));
        }
        let digit = (raw & mask) as i64 - if k + 1 < num_windows { half as i64 } else { 0 };
        (digit != 0).then_some((digit.unsigned_abs() as u32, (digit < 0) != self.negative))
    }
}

/// The representative of `x` in `(-r/2, r/2)`: its magnitude, and whether it is negative.
pub(crate) fn centered(x: &Fr) -> ([u64; 4], bool) {
    let value = x.into_bigint();
    let mut negated = Fr::MODULUS;
    negated.sub_with_borrow(&value);
    if negated < value { (negated.0, true) } else { (value.0, false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{BigInt, Field, One, Zero};
    use proptest::prelude::*;
    use rand_chacha::rand_core::SeedableRng;

    fn recompose(window: usize, digits: &[(usize, u32, bool)]) -> Fr {
        digits.iter().fold(Fr::zero(), |sum, &(k, d, negative)| {
            assert!(d >= 1 && d <= 1 << (window - 1));
            let term = Fr::from(2u64).pow([(window * k) as u64]) * Fr::from(d);
            if negative { sum - term } else { sum + term }
        })
    }

    proptest! {
        #[test]
        fn digits_recompose(x in any::<u64>(), shift in 0u32..64, window in 2usize..=14, top in 0u64..1 << 61) {
            let x = x >> shift;
            let mut digits = Vec::new();
            digits_u64(x >> 1, window, |k, d, n| digits.push((k, d, n)));
            prop_assert_eq!(recompose(window, &digits), Fr::from(x >> 1));
            prop_assert!(digits.iter().all(|d| d.0 < num_windows(63, window)));
            for limbs in [[x, 0, 0, 0], [x, x, 0, 0], [x, 0, x, top], [u64::MAX, u64::MAX, x, top]] {
                digits.clear();
                digits_wide(&limbs, window, |k, d, n| digits.push((k, d, n)));
                let expected = limbs.iter().rev().fold(Fr::zero(), |v, &l| v * Fr::from(1u128 << 64) + Fr::from(l));
                prop_assert_eq!(recompose(window, &digits), expected);
                prop_assert!(digits.iter().all(|d| d.0 < num_windows(CENTERED_BITS, window)));
            }
        }
    }

    #[test]
    fn biased_digits_recompose() {
        use ark_ff::UniformRand;
        let mut rng = rand_chacha::ChaCha20Rng::from_seed([7; 32]);
        let half = Fr::from_bigint(Fr::MODULUS_MINUS_ONE_DIV_TWO).unwrap();
        let corners = [Fr::zero(), Fr::one(), -Fr::one(), half, -half, half - Fr::one(), Fr::from(u64::MAX)];
        let powers = (0..254u64).map(|i| Fr::from(2u64).pow([i])).flat_map(|x| [x, -x, x - Fr::one()]);
        for x in corners.into_iter().chain(powers).chain((0..200).map(|_| Fr::rand(&mut rng))) {
            for window in 2..=17 {
                let (biased, count) = (Biased::new(&x, window), num_windows(CENTERED_BITS, window));
                let digits: Vec<_> =
                    (0..count).filter_map(|k| biased.digit(k, window, count).map(|(d, n)| (k, d, n))).collect();
                assert_eq!(recompose(window, &digits), x, "window {window}");
            }
        }
    }

    #[test]
    fn extreme_magnitudes_fit_their_windows() {
        for window in 2..=14 {
            for bits in [1usize, 8, 16, 31, 32, 64] {
                let x = if bits == 64 { u64::MAX } else { (1 << bits) - 1 };
                let mut digits = Vec::new();
                digits_u64(x, window, |k, d, n| digits.push((k, d, n)));
                assert_eq!(recompose(window, &digits), Fr::from(x));
                assert!(digits.iter().all(|d| d.0 < num_windows(bits, window)), "{bits} bits, window {window}");
            }
        }
    }

    #[test]
    fn centering_is_exact() {
        let half = Fr::from_bigint(Fr::MODULUS_MINUS_ONE_DIV_TWO).unwrap();
        for x in [Fr::zero(), Fr::one(), -Fr::one(), half, half + Fr::one(), -Fr::from(7u64)] {
            let (magnitude, negative) = centered(&x);
            assert!(magnitude[3] >> 61 == 0);
            let value = Fr::from_bigint(BigInt(magnitude)).unwrap();
            assert_eq!(if negative { -value } else { value }, x);
        }
        assert_eq!(centered(&-Fr::from(7u64)), ([7, 0, 0, 0], true));
    }
}
