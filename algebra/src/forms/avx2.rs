//! The vector kernel: four rows at a time.
//!
//! Coefficients are scaled by `2^52` and cut into ten limbs of 26 bits, so that a product by a 32-bit integer is below
//! `2^58` and 32 of them fit a word with what is there. A sum of at most 4096 coefficients times integers is
//! below `p 2^44`, which ten limbs hold with a top one of 64 bits; two steps of Montgomery's reduction in 26-bit digits
//! divide it by `2^52` and leave less than `p (1 + 2^-8)`.

#[cfg(target_arch = "x86_64")]
pub(super) use x86::Prepared;

#[cfg(not(target_arch = "x86_64"))]
pub(super) use portable::Prepared;

#[cfg(not(target_arch = "x86_64"))]
mod portable {
    use super::super::IntegerRows;
    use crate::Fr;

    /// Nothing to prepare.
    #[derive(Clone, Debug)]
    pub(in super::super) struct Prepared;

    impl Prepared {
        pub(in super::super) fn new(_: Fr, _: &[(usize, Fr)]) -> Self {
            Self
        }

        pub(in super::super) fn evaluate(&self, _: &IntegerRows, _: &mut [Fr], _: usize) -> usize {
            0
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::super::IntegerRows;
    use crate::Fr;
    use crate::simd::Simd;
    use ark_ff::{BigInt, PrimeField};
    use core::arch::x86_64::{
        __m256i, _mm_loadu_si128, _mm256_add_epi64, _mm256_and_si256, _mm256_cvtepu32_epi64, _mm256_mul_epu32,
        _mm256_or_si256, _mm256_permute2x128_si256, _mm256_set1_epi64x, _mm256_setzero_si256, _mm256_slli_epi64,
        _mm256_srli_epi64, _mm256_storeu_si256, _mm256_unpackhi_epi64, _mm256_unpacklo_epi64,
    };

    const BITS: usize = 26;
    const MASK: u64 = (1 << BITS) - 1;

    /// Limbs of an element.
    const LIMBS: usize = 10;

    /// Terms that are added without carries.
    const RUN: usize = 32;

    const MODULUS: [u64; LIMBS] = limbs(&Fr::MODULUS.0);

    /// `-p^(-1) mod 2^26`.
    const INVERSE: u64 = {
        let (p, mut inverse, mut i) = (Fr::MODULUS.0[0], 1u64, 0);
        // Newton's iteration doubles the number of correct bits.
        while i < 5 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(p.wrapping_mul(inverse)));
            i += 1;
        }
        inverse.wrapping_neg() & MASK
    };

    /// 256 bits in limbs of 26.
    const fn limbs(words: &[u64; 4]) -> [u64; LIMBS] {
        let (mut out, mut i) = ([0; LIMBS], 0);
        while i < LIMBS {
            let (word, shift) = (i * BITS / 64, i * BITS % 64);
            let high = if shift + BITS > 64 && word < 3 { words[word + 1] << (64 - shift) } else { 0 };
            out[i] = (words[word] >> shift | high) & MASK;
            i += 1;
        }
        out
    }

    /// A form's constant and coefficients times `2^52`, in limbs of their representation.
    #[derive(Clone, Debug)]
    pub(in super::super) struct Prepared {
        constant: [u64; LIMBS],
        terms: Vec<(usize, [u64; LIMBS])>,
    }

    impl Prepared {
        pub(in super::super) fn new(constant: Fr, terms: &[(usize, Fr)]) -> Self {
            let scaled = |x: Fr| limbs(&(x * Fr::from(1u64 << 52)).0.0);
            Self { constant: scaled(constant), terms: terms.iter().map(|(column, c)| (*column, scaled(*c))).collect() }
        }

        /// Values on the largest multiple of four rows if the CPU has the instructions; returns how many rows it did.
        pub(in super::super) fn evaluate(&self, rows: &IntegerRows, out: &mut [Fr], stride: usize) -> usize {
            let n = rows.rows() & !3;
            if n == 0 || Simd::current() < Simd::Avx2 {
                return 0;
            }
            let columns: Vec<(&[u32], &[u64; LIMBS])> =
                self.terms.iter().map(|(column, limbs)| (rows.column(*column), limbs)).collect();
            // SAFETY: the instructions exist, as just asked.
            unsafe { evaluate(&self.constant, &columns, n, out, stride) };
            n
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn splat(x: u64) -> __m256i {
        _mm256_set1_epi64x(x as i64)
    }

    /// `n` is a multiple of four; columns are as long or longer.
    #[target_feature(enable = "avx2")]
    fn evaluate(constant: &[u64; LIMBS], columns: &[(&[u32], &[u64; LIMBS])], n: usize, out: &mut [Fr], stride: usize) {
        for start in (0..n).step_by(4) {
            let mut sum: [__m256i; LIMBS] = constant.map(|limb| splat(limb));
            for run in columns.chunks(RUN) {
                for (column, coefficient) in run {
                    let four: &[u32; 4] = column[start..].first_chunk().expect("four rows");
                    // SAFETY: four words of 32 bits.
                    let z = _mm256_cvtepu32_epi64(unsafe { _mm_loadu_si128(four.as_ptr().cast()) });
                    for (sum, limb) in sum.iter_mut().zip(*coefficient) {
                        *sum = _mm256_add_epi64(*sum, _mm256_mul_epu32(z, splat(*limb)));
                    }
                }
                carry(&mut sum);
            }
            for (k, words) in rows_of(&reduce(&sum)).into_iter().enumerate() {
                out[(start + k) * stride] = element(words);
            }
        }
    }

    /// Moves what exceeds 26 bits to the next limb; the top limb keeps it.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn carry<const N: usize>(limbs: &mut [__m256i; N]) {
        for i in 0..N - 1 {
            limbs[i + 1] = _mm256_add_epi64(limbs[i + 1], _mm256_srli_epi64::<{ BITS as i32 }>(limbs[i]));
            limbs[i] = _mm256_and_si256(limbs[i], splat(MASK));
        }
    }

    /// Two steps of Montgomery's reduction, then four words of 64 bits: below `p (1 + 2^-8)`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn reduce(sum: &[__m256i; LIMBS]) -> [__m256i; 4] {
        let mut t = [_mm256_setzero_si256(); LIMBS + 1];
        t[..LIMBS].copy_from_slice(sum);
        for i in 0..2 {
            // The product's low 26 bits depend on those of the limb alone.
            let m = _mm256_and_si256(_mm256_mul_epu32(t[i], splat(INVERSE)), splat(MASK));
            for j in 0..LIMBS {
                t[i + j] = _mm256_add_epi64(t[i + j], _mm256_mul_epu32(m, splat(MODULUS[j])));
            }
            // The low 26 bits are zero now.
            t[i + 1] = _mm256_add_epi64(t[i + 1], _mm256_srli_epi64::<{ BITS as i32 }>(t[i]));
        }
        let mut r: [__m256i; LIMBS - 1] = core::array::from_fn(|i| t[i + 2]);
        carry(&mut r);
        let or = |a, b, c| _mm256_or_si256(_mm256_or_si256(a, b), c);
        [
            or(r[0], _mm256_slli_epi64::<26>(r[1]), _mm256_slli_epi64::<52>(r[2])),
            or(_mm256_srli_epi64::<12>(r[2]), _mm256_slli_epi64::<14>(r[3]), _mm256_slli_epi64::<40>(r[4])),
            _mm256_or_si256(
                or(_mm256_srli_epi64::<24>(r[4]), _mm256_slli_epi64::<2>(r[5]), _mm256_slli_epi64::<28>(r[6])),
                _mm256_slli_epi64::<54>(r[7]),
            ),
            _mm256_or_si256(_mm256_srli_epi64::<10>(r[7]), _mm256_slli_epi64::<16>(r[8])),
        ]
    }

    /// From words of four rows to the rows' words.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn rows_of(w: &[__m256i; 4]) -> [[u64; 4]; 4] {
        let (low01, high01) = (_mm256_unpacklo_epi64(w[0], w[1]), _mm256_unpackhi_epi64(w[0], w[1]));
        let (low23, high23) = (_mm256_unpacklo_epi64(w[2], w[3]), _mm256_unpackhi_epi64(w[2], w[3]));
        let rows = [
            _mm256_permute2x128_si256::<0x20>(low01, low23),
            _mm256_permute2x128_si256::<0x20>(high01, high23),
            _mm256_permute2x128_si256::<0x31>(low01, low23),
            _mm256_permute2x128_si256::<0x31>(high01, high23),
        ];
        rows.map(|row| {
            let mut words = [0; 4];
            // SAFETY: a vector is four words.
            unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), row) };
            words
        })
    }

    /// The element with this representation, which is below `2p`.
    #[inline(always)]
    fn element(mut words: [u64; 4]) -> Fr {
        const P: [u64; 4] = Fr::MODULUS.0;
        let below = words.iter().rev().lt(P.iter().rev());
        if !below {
            let mut borrow = false;
            for (word, p) in words.iter_mut().zip(P) {
                let (d, b1) = word.overflowing_sub(p);
                let (d, b2) = d.overflowing_sub(borrow.into());
                (*word, borrow) = (d, b1 | b2);
            }
        }
        Fr::new_unchecked(BigInt(words))
    }
}
