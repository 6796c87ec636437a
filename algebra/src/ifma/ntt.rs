//! Transforms, folds and conversions of [`crate::ntt`], eight lanes at a time.
//!
//! # Ranges
//! Between passes values are stored below `2^256`, which is `5.29 p`; only the last pass makes them canonical. A factor
//! `w < p` enters products as `16 w`, so `w v` for `v < c p` comes out below `(1 + 0.19 c) p`: below `2 p` for any stored
//! `v`. A butterfly is `u + t, u - t + 2 p`; sums that only feed further sums stay without carries.
//!
//! # Measured
//! See [`crate::ntt`].

#[cfg(not(target_arch = "x86_64"))]
mod vector {
    //! Never called: [`super::super::is_available`] is false on this architecture.
    use crate::Fr;

    pub(crate) fn forward(_: &mut [Fr], _: usize, _: &[Fr]) {
        unreachable!("no IFMA");
    }
    pub(crate) fn fold(_: &[Fr], _: &[Fr], _: Fr, _: Fr, _: &mut [Fr]) {
        unreachable!("no IFMA");
    }
    pub(crate) fn scale(_: &mut [Fr], _: Fr) {
        unreachable!("no IFMA");
    }
}

pub(crate) use vector::{fold, forward, scale};

/// Elements in a vector.
pub(crate) const LANES: usize = 8;

/// Shortest block that [`forward`] takes.
pub(crate) const MIN_BLOCK: usize = 64;

#[cfg(target_arch = "x86_64")]
mod vector {
    use super::MIN_BLOCK;
    use crate::Fr;
    use crate::ifma::lanes::{
        Lanes, Prime, add_raw, carry, join, mul as mul_lanes, reduce_small, splat, split, split_times_16, sub_raw,
        subtract_once, transpose_in, transpose_out,
    };
    use ark_ff::PrimeField;
    use core::arch::x86_64::{
        __m256i, __m512i, _mm256_loadu_si256, _mm256_storeu_si256, _mm512_castsi256_si512, _mm512_castsi512_si256,
        _mm512_extracti64x4_epi64, _mm512_inserti64x4, _mm512_set1_epi64,
    };

    struct Scalar;

    impl Prime for Scalar {
        const MODULUS: [u64; 4] = Fr::MODULUS.0;
    }

    /// Elements of a block that is transformed pass by pass; larger ones are quartered first. 256 KiB.
    const CACHED: usize = 1 << 13;

    macro_rules! with_instructions {
        ($call:expr) => {{
            assert!(crate::ifma::is_available(), "AVX-512 IFMA is not available");
            // SAFETY: the instructions exist, as just asserted.
            unsafe { $call }
        }};
    }

    /// Lane `m` is element `offset + STRIDE m`.
    #[inline]
    #[target_feature(enable = "avx512f")]
    #[allow(clippy::cast_ptr_alignment, reason = "accessed by unaligned instructions only")]
    fn load<const STRIDE: usize>(from: &[Fr], offset: usize) -> [__m512i; 4] {
        const { assert!(size_of::<Fr>() == 32) };
        assert!(offset + 7 * STRIDE < from.len());
        let start = from.as_ptr();
        let element = |m: usize| {
            // SAFETY: m < 8, and element offset + 7 STRIDE exists, as just asserted; an element is 32 readable bytes.
            unsafe { _mm256_loadu_si256(start.add(offset + STRIDE * m).cast::<__m256i>()) }
        };
        transpose_in(&core::array::from_fn(|k| {
            _mm512_inserti64x4::<1>(_mm512_castsi256_si512(element(k)), element(k + 4))
        }))
    }

    /// Inverse of [`load`] for normalised lanes below `2^256`.
    #[inline]
    #[target_feature(enable = "avx512f")]
    #[allow(clippy::cast_ptr_alignment, reason = "accessed by unaligned instructions only")]
    fn store<const STRIDE: usize>(to: &mut [Fr], offset: usize, value: &Lanes) {
        const { assert!(size_of::<Fr>() == 32) };
        assert!(offset + 7 * STRIDE < to.len());
        let start = to.as_mut_ptr();
        for (k, pair) in transpose_out(&join(value)).into_iter().enumerate() {
            // SAFETY: as in `load`; every bit pattern is a valid word. Values that are not canonical stay within this
            // module, whose last pass makes them so.
            unsafe {
                _mm256_storeu_si256(start.add(offset + STRIDE * k).cast::<__m256i>(), _mm512_castsi512_si256(pair));
                _mm256_storeu_si256(
                    start.add(offset + STRIDE * (k + 4)).cast::<__m256i>(),
                    _mm512_extracti64x4_epi64::<1>(pair),
                );
            }
        }
    }

    /// The same element in all lanes, times 16.
    #[inline]
    #[target_feature(enable = "avx512f,avx512vbmi2")]
    fn splat_times_16(x: Fr) -> Lanes {
        split_times_16(&x.0.0.map(|word| _mm512_set1_epi64(word as i64)))
    }

    /// From below `6 p` to below `p + 2^214`; limbs may be signed and below `2^56`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn reduce(a: &Lanes) -> Lanes {
        reduce_small::<Scalar>(&add_raw(a, &splat(&Scalar::MULTIPLES[1])))
    }

    /// `(u + w v, u - w v + 2 p)`, without carries; `w` is times 16, `v` normalised and below `2^256`.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn butterfly(u: &Lanes, v: &Lanes, w: &Lanes) -> [Lanes; 2] {
        let t = mul_lanes::<Scalar>(v, w);
        [add_raw(u, &t), add_raw(&sub_raw(u, &t), &splat(&Scalar::MULTIPLES[2]))]
    }

    /// All layers below a node; see [`crate::ntt`]. At least [`MIN_BLOCK`] elements, canonical; so is the result.
    pub(crate) fn forward(block: &mut [Fr], node: usize, factors: &[Fr]) {
        assert!(block.len().is_power_of_two() && block.len() >= MIN_BLOCK, "a block of {} elements", block.len());
        with_instructions!(layers(block, node, factors));
    }

    #[target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")]
    fn layers(block: &mut [Fr], node: usize, factors: &[Fr]) {
        if block.len() > CACHED {
            let quarter = block.len() / 4;
            four_way(block, node, factors);
            for (i, part) in block.chunks_exact_mut(quarter).enumerate() {
                layers(part, 4 * node + i, factors);
            }
            return;
        }
        let (mut len, mut first) = (block.len(), node);
        // Three layers are left to the last pass; an odd one goes first.
        if len.ilog2() % 2 == 0 {
            two_way(block, first, factors);
            (len, first) = (len / 2, 2 * first);
        }
        while len > 8 {
            for (i, part) in block.chunks_exact_mut(len).enumerate() {
                four_way(part, first + i, factors);
            }
            (len, first) = (len / 4, 4 * first);
        }
        for (i, tile) in block.as_chunks_mut().0.iter_mut().enumerate() {
            last_three(tile, first + 8 * i, factors);
        }
    }

    /// One layer of one node. Values below `2^256` before and after.
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")]
    fn two_way(block: &mut [Fr], node: usize, factors: &[Fr]) {
        let w = splat_times_16(factors[node]);
        let (low, high) = block.split_at_mut(block.len() / 2);
        for (low, high) in low.as_chunks_mut::<8>().0.iter_mut().zip(high.as_chunks_mut::<8>().0) {
            let u = reduce(&split(&load::<1>(low, 0)));
            let [u, v] = butterfly(&u, &split(&load::<1>(high, 0)), &w);
            store::<1>(low, 0, &carry(u));
            store::<1>(high, 0, &carry(v));
        }
    }

    /// Two layers of one node and its children. Values below `2^256` before and after.
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")]
    fn four_way(block: &mut [Fr], node: usize, factors: &[Fr]) {
        let w = splat_times_16(factors[node]);
        let [w0, w1] = [splat_times_16(factors[2 * node]), splat_times_16(factors[2 * node + 1])];
        let quarter = block.len() / 4;
        let (low, high) = block.split_at_mut(2 * quarter);
        let (a, b) = low.split_at_mut(quarter);
        let (c, d) = high.split_at_mut(quarter);
        let a = a.as_chunks_mut::<8>().0.iter_mut();
        let rest = b.as_chunks_mut::<8>().0.iter_mut().zip(c.as_chunks_mut::<8>().0).zip(d.as_chunks_mut::<8>().0);
        for (a, ((b, c), d)) in a.zip(rest) {
            // The two that are not multiplied in the first layer: below 1.1 p.
            let (u0, u1) = (reduce(&split(&load::<1>(a, 0))), reduce(&split(&load::<1>(b, 0))));
            // Below 3.1 p each.
            let [x0, x2] = butterfly(&u0, &split(&load::<1>(c, 0)), &w);
            let [x1, x3] = butterfly(&u1, &split(&load::<1>(d, 0)), &w);
            // Products below 1.6 p: sums below 4.7 p, differences below 5.1 p.
            let [y0, y1] = butterfly(&x0, &carry(x1), &w0);
            let [y2, y3] = butterfly(&x2, &carry(x3), &w1);
            store::<1>(a, 0, &carry(y0));
            store::<1>(b, 0, &carry(y1));
            store::<1>(c, 0, &carry(y2));
            store::<1>(d, 0, &carry(y3));
        }
    }

    /// The last three layers of eight nodes of degree eight; canonical results. Lane `m` works on node `node + m`.
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")]
    fn last_three(tile: &mut [Fr; 64], node: usize, factors: &[Fr]) {
        let mut x: [Lanes; 8] = core::array::from_fn(|k| split(&load::<8>(tile, k)));
        let w = split_times_16(&load::<1>(&factors[node..node + 8], 0));
        for k in 0..4 {
            [x[k], x[k + 4]] = butterfly(&reduce(&x[k]), &x[k + 4], &w);
        }
        // Below 3.1 p.
        let factors_2 = &factors[2 * node..2 * node + 16];
        for half in 0..2 {
            let w = split_times_16(&load::<2>(factors_2, half));
            for k in [4 * half, 4 * half + 1] {
                [x[k], x[k + 2]] = butterfly(&x[k], &carry(x[k + 2]), &w);
            }
        }
        // Below 5.1 p.
        let factors_4 = &factors[4 * node..4 * node + 32];
        for pair in 0..4 {
            let w = split_times_16(&load::<4>(factors_4, pair));
            let [u, v] = butterfly(&reduce(&x[2 * pair]), &carry(x[2 * pair + 1]), &w);
            for (k, value) in [(2 * pair, u), (2 * pair + 1, v)] {
                store::<8>(tile, k, &canonical(&value));
            }
        }
    }

    /// From below `6 p`, signed limbs, to canonical.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq,avx512ifma")]
    fn canonical(a: &Lanes) -> Lanes {
        subtract_once::<Scalar>(&reduce(a))
    }

    /// `out[j] = even (u + v) + odd (u - v) / x_j` for pairs `(u, v)`. In each block of eight, `reversed_inverses` has
    /// the `-1 / x_j` in reversed order. Lengths are multiples of eight.
    pub(crate) fn fold(word: &[Fr], reversed_inverses: &[Fr], even: Fr, odd: Fr, out: &mut [Fr]) {
        assert!(word.len() == 2 * out.len() && reversed_inverses.len() == out.len(), "lengths of a fold");
        with_instructions!(fold_blocks(word, reversed_inverses, even, odd, out));
    }

    #[target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")]
    fn fold_blocks(word: &[Fr], reversed_inverses: &[Fr], even: Fr, odd: Fr, out: &mut [Fr]) {
        let (even, odd) = (splat_times_16(even), splat_times_16(odd));
        let two = splat(&Scalar::MULTIPLES[2]);
        let blocks = word.as_chunks::<16>().0.iter().zip(reversed_inverses.as_chunks::<8>().0);
        for ((pairs, inverses), out) in blocks.zip(out.as_chunks_mut::<8>().0) {
            let mut ordered = *inverses;
            ordered.reverse();
            let (u, v) = (split(&load::<2>(pairs, 0)), split(&load::<2>(pairs, 1)));
            let sum = carry(add_raw(&u, &v));
            // The negated difference, for the negated inverses: below 3 p.
            let difference = carry(add_raw(&sub_raw(&v, &u), &two));
            let quotient = mul_lanes::<Scalar>(&difference, &split_times_16(&load::<1>(&ordered, 0)));
            let result = add_raw(&mul_lanes::<Scalar>(&sum, &even), &mul_lanes::<Scalar>(&quotient, &odd));
            store::<1>(out, 0, &canonical(&result));
        }
    }

    /// `x[i] *= factor`, for words below `2^256`. The length is a multiple of eight.
    pub(crate) fn scale(x: &mut [Fr], factor: Fr) {
        with_instructions!(scale_blocks(x, factor));
    }

    #[target_feature(enable = "avx512f,avx512dq,avx512ifma,avx512vbmi2")]
    fn scale_blocks(x: &mut [Fr], factor: Fr) {
        let factor = splat_times_16(factor);
        for x in x.as_chunks_mut::<8>().0 {
            let product = mul_lanes::<Scalar>(&split(&load::<1>(x, 0)), &factor);
            store::<1>(x, 0, &canonical(&product));
        }
    }
}
