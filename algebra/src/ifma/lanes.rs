//! Eight lanes of a 254-bit prime field: five limbs of 52 bits, Montgomery form to the base `2^260`.
//!
//! A lane's value is `sum_i limb_i 2^(52 i)`. "Normalised" means limbs in `[0, 2^52)`; products need normalised
//! operands, sums and differences may leave limbs signed until [`carry`] normalises them. For operands `a, b` the
//! product is below `p (1 + a b / (85 p^2))`, as `p < 2^260 / 84.6`: operands of a few `p` need no reduction.

use core::arch::x86_64::{
    __m512i, _mm512_add_epi64, _mm512_and_si512, _mm512_madd52hi_epu64, _mm512_madd52lo_epu64, _mm512_mask_blend_epi64,
    _mm512_movepi64_mask, _mm512_or_si512, _mm512_permutex2var_epi64, _mm512_permutexvar_epi64, _mm512_set_epi64,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_shrdi_epi64, _mm512_slli_epi64, _mm512_srai_epi64,
    _mm512_srli_epi64, _mm512_sub_epi64, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64,
};

/// Eight field elements, limb by limb.
pub(super) type Lanes = [__m512i; 5];

const MASK: u64 = (1 << 52) - 1;

/// Shift that turns the high half of `top limb * QUOTIENT` into a quotient by `p`.
const QUOTIENT_SHIFT: u32 = 43;

/// A prime below `2^254`, above `2^253`.
pub(super) trait Prime {
    /// The prime in four limbs of 64 bits.
    const MODULUS: [u64; 4];
    /// `k p` in limbs of 52 bits at index `k`.
    const MULTIPLES: [[u64; 5]; 8] = multiples(&Self::MODULUS);
    /// `-p^(-1) mod 2^52`.
    const INV: u64 = negative_inverse(Self::MODULUS[0]);
    /// `floor(2^(52 + 43) / (ceil(p / 2^208)))`.
    const QUOTIENT: u64 = ((1u128 << (52 + QUOTIENT_SHIFT)) / ((Self::MODULUS[3] >> 16) as u128 + 1)) as u64;
}

const fn negative_inverse(modulus: u64) -> u64 {
    let mut inverse = 1u64;
    let mut i = 0;
    // Newton's iteration doubles the number of correct bits.
    while i < 6 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(modulus.wrapping_mul(inverse)));
        i += 1;
    }
    inverse.wrapping_neg() & MASK
}

const fn multiples(modulus: &[u64; 4]) -> [[u64; 5]; 8] {
    let limbs = [
        modulus[0] & MASK,
        (modulus[0] >> 52 | modulus[1] << 12) & MASK,
        (modulus[1] >> 40 | modulus[2] << 24) & MASK,
        (modulus[2] >> 28 | modulus[3] << 36) & MASK,
        modulus[3] >> 16,
    ];
    let mut out = [[0; 5]; 8];
    let mut k = 0;
    while k < 8 {
        let (mut carry, mut i) = (0, 0);
        while i < 5 {
            let t = limbs[i] * k as u64 + carry;
            out[k][i] = t & MASK;
            carry = t >> 52;
            i += 1;
        }
        k += 1;
    }
    out
}

/// The same value in all lanes.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn splat(limbs: &[u64; 5]) -> Lanes {
    limbs.map(|limb| _mm512_set1_epi64(limb as i64))
}

/// `a + b`, limb by limb.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn add_raw(a: &Lanes, b: &Lanes) -> Lanes {
    core::array::from_fn(|i| _mm512_add_epi64(a[i], b[i]))
}

/// `a - b`, limb by limb.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn sub_raw(a: &Lanes, b: &Lanes) -> Lanes {
    core::array::from_fn(|i| _mm512_sub_epi64(a[i], b[i]))
}

/// Lanes of `b` where the mask is set, else of `a`.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn blend(mask: u8, a: &Lanes, b: &Lanes) -> Lanes {
    core::array::from_fn(|i| _mm512_mask_blend_epi64(mask, a[i], b[i]))
}

/// Normalises signed limbs; the top limb keeps the sign.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn carry(mut a: Lanes) -> Lanes {
    let mask = _mm512_set1_epi64(MASK as i64);
    for i in 0..4 {
        a[i + 1] = _mm512_add_epi64(a[i + 1], _mm512_srai_epi64::<52>(a[i]));
        a[i] = _mm512_and_si512(a[i], mask);
    }
    a
}

/// Montgomery product `a b / 2^260`, up to a multiple of `p`; see the module for the range. Operands are normalised.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn mul<P: Prime>(a: &Lanes, b: &Lanes) -> Lanes {
    let mut t = [_mm512_setzero_si512(); 10];
    accumulate(&mut t, a, b);
    reduce_wide::<P>(t)
}

/// Adds `a b` to ten limbs, without carries: each limb grows by less than `10 * 2^52`. Operands are normalised.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn accumulate(t: &mut [__m512i; 10], a: &Lanes, b: &Lanes) {
    for i in 0..5 {
        for j in 0..5 {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], a[i], b[j]);
            t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a[i], b[j]);
        }
    }
}

/// [`mul`] of a value by itself, with two fifths of the products less.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn square<P: Prime>(a: &Lanes) -> Lanes {
    let zero = _mm512_setzero_si512();
    let mut t = [zero; 10];
    for i in 0..5 {
        for j in i + 1..5 {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], a[i], a[j]);
            t[i + j + 1] = _mm512_madd52hi_epu64(t[i + j + 1], a[i], a[j]);
        }
    }
    for limb in &mut t[1..9] {
        *limb = _mm512_add_epi64(*limb, *limb);
    }
    for i in 0..5 {
        t[2 * i] = _mm512_madd52lo_epu64(t[2 * i], a[i], a[i]);
        t[2 * i + 1] = _mm512_madd52hi_epu64(t[2 * i + 1], a[i], a[i]);
    }
    reduce_wide::<P>(t)
}

/// Montgomery reduction of ten limbs below `2^60` each.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn reduce_wide<P: Prime>(mut t: [__m512i; 10]) -> Lanes {
    let zero = _mm512_setzero_si512();
    let p = splat(&P::MULTIPLES[1]);
    let inv = _mm512_set1_epi64(P::INV as i64);
    let mask = _mm512_set1_epi64(MASK as i64);
    for i in 0..5 {
        let m = _mm512_madd52lo_epu64(zero, t[i], inv);
        // Adding m p_0 would clear the low 52 bits of t_i, with a carry exactly when they are not all zero.
        t[i + 1] = _mm512_add_epi64(t[i + 1], _mm512_srli_epi64::<52>(_mm512_add_epi64(t[i], mask)));
        // Two short sums instead of one long one: the next round waits for this limb.
        let low = _mm512_madd52lo_epu64(zero, m, p[1]);
        t[i + 1] = _mm512_add_epi64(_mm512_madd52hi_epu64(t[i + 1], m, p[0]), low);
        for j in 2..5 {
            t[i + j] = _mm512_madd52lo_epu64(t[i + j], m, p[j]);
            t[i + j] = _mm512_madd52hi_epu64(t[i + j], m, p[j - 1]);
        }
        t[i + 5] = _mm512_madd52hi_epu64(t[i + 5], m, p[4]);
    }
    carry([t[5], t[6], t[7], t[8], t[9]])
}

/// Subtracts a multiple of `p` from a value in `[p / 2, 7p)` whose limbs are signed and below `2^56`: the result is
/// normalised and in `[0, p + 2.15 * 2^212)`, which is below `p + 2^214`.
///
/// With lower limbs below `L 2^52` the excess over `p` is less than `(1.15 + L / 16) 2^212`, which tests reach: 1.34 for
/// the sums of three normalised values that additions of points make. Nothing depends on more than a tenth of `p`.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn reduce_small<P: Prime>(a: &Lanes) -> Lanes {
    // The lower limbs change the top one by less than 2^4 in either direction, so with 2^4 less the quotient is never too
    // large. In units of 2^208, it leaves above p: these 2^4, what the lower limbs add, and what rounding up the top limb
    // of p and rounding down QUOTIENT take from the quotient of a value below 7p, less than 2.4.
    let top = _mm512_sub_epi64(a[4], _mm512_set1_epi64(16));
    let top = _mm512_and_si512(top, _mm512_set1_epi64(!(-1i64 << 52)));
    let high = _mm512_madd52hi_epu64(_mm512_setzero_si512(), top, _mm512_set1_epi64(P::QUOTIENT as i64));
    let quotient = _mm512_srli_epi64::<QUOTIENT_SHIFT>(high);
    carry(core::array::from_fn(|i| {
        let m = P::MULTIPLES.map(|multiple| multiple[i] as i64);
        let table = _mm512_set_epi64(m[7], m[6], m[5], m[4], m[3], m[2], m[1], m[0]);
        _mm512_sub_epi64(a[i], _mm512_permutexvar_epi64(quotient, table))
    }))
}

/// Subtracts `p` once from normalised values that are at least `p`.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
pub(super) fn subtract_once<P: Prime>(a: &Lanes) -> Lanes {
    let difference = carry(sub_raw(a, &splat(&P::MULTIPLES[1])));
    blend(_mm512_movepi64_mask(difference[4]), &difference, a)
}

/// Four vectors of 64-bit limbs to five of 52 bits. Values below `2^256`.
#[inline]
#[target_feature(enable = "avx512f,avx512vbmi2")]
pub(super) fn split(l: &[__m512i; 4]) -> Lanes {
    let mask = _mm512_set1_epi64(MASK as i64);
    [
        _mm512_and_si512(l[0], mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<52>(l[0], l[1]), mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<40>(l[1], l[2]), mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<28>(l[2], l[3]), mask),
        _mm512_srli_epi64::<16>(l[3]),
    ]
}

/// [`split`] of sixteen times the value: turns a factor in Montgomery form to the base `2^256` into one whose
/// product by another such factor is again of that form.
#[inline]
#[target_feature(enable = "avx512f,avx512vbmi2")]
pub(super) fn split_times_16(l: &[__m512i; 4]) -> Lanes {
    let mask = _mm512_set1_epi64(MASK as i64);
    [
        _mm512_and_si512(_mm512_slli_epi64::<4>(l[0]), mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<48>(l[0], l[1]), mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<36>(l[1], l[2]), mask),
        _mm512_and_si512(_mm512_shrdi_epi64::<24>(l[2], l[3]), mask),
        _mm512_srli_epi64::<12>(l[3]),
    ]
}

/// Inverse of [`split`] for normalised values below `2^256`.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn join(t: &Lanes) -> [__m512i; 4] {
    [
        _mm512_or_si512(t[0], _mm512_slli_epi64::<52>(t[1])),
        _mm512_or_si512(_mm512_srli_epi64::<12>(t[1]), _mm512_slli_epi64::<40>(t[2])),
        _mm512_or_si512(_mm512_srli_epi64::<24>(t[2]), _mm512_slli_epi64::<28>(t[3])),
        _mm512_or_si512(_mm512_srli_epi64::<36>(t[3]), _mm512_slli_epi64::<16>(t[4])),
    ]
}

/// From vectors that hold two elements of four words each, elements `k` and `k + 4` in vector `k`, to vectors of
/// words: lane `k` of vector `w` is word `w` of element `k`.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn transpose_in(z: &[__m512i; 4]) -> [__m512i; 4] {
    let (low01, high01) = (_mm512_unpacklo_epi64(z[0], z[1]), _mm512_unpackhi_epi64(z[0], z[1]));
    let (low23, high23) = (_mm512_unpacklo_epi64(z[2], z[3]), _mm512_unpackhi_epi64(z[2], z[3]));
    let first = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
    let second = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    [
        _mm512_permutex2var_epi64(low01, first, low23),
        _mm512_permutex2var_epi64(high01, first, high23),
        _mm512_permutex2var_epi64(low01, second, low23),
        _mm512_permutex2var_epi64(high01, second, high23),
    ]
}

/// Inverse of [`transpose_in`].
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn transpose_out(l: &[__m512i; 4]) -> [__m512i; 4] {
    let first = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
    let second = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    let (low01, low23) = (_mm512_permutex2var_epi64(l[0], first, l[2]), _mm512_permutex2var_epi64(l[0], second, l[2]));
    let (high01, high23) =
        (_mm512_permutex2var_epi64(l[1], first, l[3]), _mm512_permutex2var_epi64(l[1], second, l[3]));
    [
        _mm512_unpacklo_epi64(low01, high01),
        _mm512_unpackhi_epi64(low01, high01),
        _mm512_unpacklo_epi64(low23, high23),
        _mm512_unpackhi_epi64(low23, high23),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fq, Fr};
    use ark_ff::PrimeField;
    use core::arch::x86_64::_mm512_storeu_si512;

    struct Scalar;

    impl Prime for Scalar {
        const MODULUS: [u64; 4] = Fr::MODULUS.0;
    }

    struct Base;

    impl Prime for Base {
        const MODULUS: [u64; 4] = Fq::MODULUS.0;
    }

    /// [`reduce_small`] of one value.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn reduced<P: Prime>(limbs: [i64; 5]) -> [i64; 5] {
        reduce_small::<P>(&limbs.map(|limb| _mm512_set1_epi64(limb))).map(|limb| {
            let mut words = [0i64; 8];
            // SAFETY: a vector is eight words.
            unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), limb) };
            assert!(words.iter().all(|word| *word == words[0]));
            words[0]
        })
    }

    /// Reduces values whose lower limbs are all `limb` or all `-limb`, around every value at which the quotient changes.
    /// Returns by how many times `2^208` results exceed `p` at most, by their top limbs.
    fn worst_excess<P: Prime, F: PrimeField>(limb: i64) -> i64 {
        let top_of_p = P::MULTIPLES[1][4] as i64;
        // What lower limbs of this size come to, rounded up.
        let low = (limb >> 52) + 1;
        let value = |limbs: [i64; 5]| {
            let shift = F::from(1u64 << 52);
            limbs.iter().rev().fold(F::zero(), |sum, limb| sum * shift + F::from(*limb))
        };
        let mut worst = 0;
        for quotient in 0..7u128 {
            // The least top limb with this quotient, but for the 16 that are taken from it.
            let least = (quotient << (52 + QUOTIENT_SHIFT)).div_ceil(u128::from(P::QUOTIENT)) as i64 + 16;
            for top in (least - 3..least + 3).filter(|t| t - low > top_of_p / 2 && t + low < 7 * top_of_p) {
                for limb in [limb, -limb] {
                    let limbs = [limb, limb, limb, limb, top];
                    // SAFETY: the caller has asked whether there are these instructions.
                    let result = unsafe { reduced::<P>(limbs) };
                    assert_eq!(value(result), value(limbs), "{limbs:?}");
                    assert!(result.iter().all(|limb| (0..1 << 52).contains(limb)), "{limbs:?}: {result:?}");
                    worst = worst.max(result[4] - top_of_p);
                }
            }
        }
        worst
    }

    /// The documented bound, which values come close to; more than `p + 2^212`, sixteen units, do occur.
    #[test]
    fn reduce_small_reaches_its_bound_and_not_more() {
        if !crate::ifma::is_available() {
            eprintln!("SKIPPED: this CPU has no AVX-512 IFMA");
            return;
        }
        for log_units in 0..=4 {
            let limb = (1i64 << (52 + log_units)) - 1;
            let bound = 16.0 * 1.15 + f64::from(1 << log_units);
            for worst in [worst_excess::<Scalar, Fr>(limb), worst_excess::<Base, Fq>(limb)] {
                // The top limb of p is rounded down.
                assert!(worst as f64 <= bound + 1.0, "limbs below 2^{}: {worst}", 52 + log_units);
                assert!(worst as f64 >= bound - 2.0 && worst > 16, "limbs below 2^{}: {worst}", 52 + log_units);
            }
        }
    }
}
