//! Sixteen BLAKE3 hashes at a time, for Merkle trees, where the CPU has AVX-512.
//!
//! The `blake3` package runs a long input on many lanes but exposes no way to run many short inputs on them, and leaves
//! and nodes of a tree are short. This is the same function (keyed mode, 32 bytes of output): lane `m` of every vector
//! works on input `m`. The caller hashes with the package what [`keyed_hashes`] leaves over, which is everything on other
//! processors; `lariat-merkle` tests both against each other at every length.

/// Inputs that are hashed together.
pub const LANES: usize = 16;

/// Hashes as many inputs as come in groups of [`LANES`], if the CPU can; returns their number. Input `i` is the `len` bytes
/// at `len i`.
///
/// # Panics
/// When `len` is zero or no multiple of 32, or `inputs` has another length than `out` inputs.
pub fn keyed_hashes(key: &[u8; 32], inputs: &[u8], len: usize, out: &mut [[u8; 32]]) -> usize {
    assert!(len > 0 && len.is_multiple_of(32), "inputs of {len} bytes");
    assert_eq!(inputs.len(), len * out.len(), "bytes of all inputs");
    let done = out.len() - out.len() % LANES;
    if done == 0 || !super::is_available() {
        return 0;
    }
    lanes::keyed_hashes(key, inputs, len, &mut out[..done]);
    done
}

#[cfg(not(target_arch = "x86_64"))]
mod lanes {
    //! Never called: [`super::super::is_available`] is false on this architecture.
    pub(super) fn keyed_hashes(_: &[u8; 32], _: &[u8], _: usize, _: &mut [[u8; 32]]) {
        unreachable!("no AVX-512");
    }
}

#[cfg(target_arch = "x86_64")]
mod lanes {
    use super::LANES;
    use core::arch::x86_64::{
        __m512i, _mm256_storeu_si256, _mm512_add_epi32, _mm512_castsi512_si256, _mm512_loadu_si512,
        _mm512_maskz_loadu_epi64, _mm512_ror_epi32, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_shuffle_i32x4,
        _mm512_unpackhi_epi32, _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm512_xor_si512,
    };

    const IV: [u32; 8] =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
    const PERMUTATION: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
    /// Order of message words in each round.
    const SCHEDULE: [[usize; 16]; 7] = {
        let mut rounds = [[0; 16]; 7];
        let mut i = 0;
        while i < 16 {
            rounds[0][i] = i;
            i += 1;
        }
        let mut round = 1;
        while round < 7 {
            let mut i = 0;
            while i < 16 {
                rounds[round][i] = rounds[round - 1][PERMUTATION[i]];
                i += 1;
            }
            round += 1;
        }
        rounds
    };

    const BLOCK: usize = 64;
    const CHUNK: usize = 1024;
    const CHUNK_START: u32 = 1;
    const CHUNK_END: u32 = 2;
    const PARENT: u32 = 4;
    const ROOT: u32 = 8;
    const KEYED: u32 = 16;

    /// Chaining values, word by word.
    type Chaining = [__m512i; 8];

    pub(super) fn keyed_hashes(key: &[u8; 32], inputs: &[u8], len: usize, out: &mut [[u8; 32]]) {
        assert!(crate::ifma::is_available(), "AVX-512 is not available");
        assert!(out.len().is_multiple_of(LANES) && inputs.len() >= len * out.len(), "whole groups");
        let (words, _) = key.as_chunks::<4>();
        let key: [u32; 8] = core::array::from_fn(|i| u32::from_le_bytes(words[i]));
        for (group, out) in inputs.chunks_exact(len * LANES).zip(out.as_chunks_mut().0) {
            // SAFETY: the instructions exist, as just asserted.
            unsafe { hash_group(&key, group, len, out) };
        }
    }

    #[target_feature(enable = "avx512f")]
    fn hash_group(key: &[u32; 8], group: &[u8], len: usize, out: &mut [[u8; 32]; LANES]) {
        let key = key.map(|word| _mm512_set1_epi32(word as i32));
        let result = subtree(&key, group, len, 0, len.div_ceil(CHUNK), ROOT);
        let zero = _mm512_setzero_si512();
        let rows = transpose(&core::array::from_fn(|i| if i < 8 { result[i] } else { zero }));
        for (row, out) in rows.into_iter().zip(out) {
            // SAFETY: `out` is 32 writable bytes, and the store needs no alignment.
            unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), _mm512_castsi512_si256(row)) };
        }
    }

    /// The chaining value over chunks `first..first + count` of every input; the left subtree takes the largest power of
    /// two of chunks below the count.
    #[target_feature(enable = "avx512f")]
    fn subtree(key: &Chaining, group: &[u8], len: usize, first: usize, count: usize, root: u32) -> Chaining {
        if count == 1 {
            return chunk(key, group, len, first, root);
        }
        let left_count = count.next_power_of_two() / 2;
        let left = subtree(key, group, len, first, left_count, 0);
        let right = subtree(key, group, len, first + left_count, count - left_count, 0);
        let message = core::array::from_fn(|i| if i < 8 { left[i] } else { right[i - 8] });
        compress(key, &message, 0, BLOCK, KEYED | PARENT | root)
    }

    #[target_feature(enable = "avx512f")]
    fn chunk(key: &Chaining, group: &[u8], len: usize, index: usize, root: u32) -> Chaining {
        let (start, end) = (index * CHUNK, len.min((index + 1) * CHUNK));
        let mut value = *key;
        let mut position = start;
        while position < end {
            let size = BLOCK.min(end - position);
            let mut flags = KEYED;
            if position == start {
                flags |= CHUNK_START;
            }
            if position + size == end {
                flags |= CHUNK_END | root;
            }
            value = compress(&value, &message(group, len, position, size), index as u32, size, flags);
            position += size;
        }
        value
    }

    /// The words of the block of `size` bytes (64 or 32, the rest zeros) at `position` of every input.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn message(group: &[u8], len: usize, position: usize, size: usize) -> [__m512i; 16] {
        assert!(position + size <= len && len * LANES <= group.len());
        assert!(size == BLOCK || size == BLOCK / 2);
        transpose(&core::array::from_fn(|lane| {
            let start = &raw const group[lane * len + position];
            // SAFETY: `size` bytes of the input are readable from `start`, as just asserted; the mask reads half.
            unsafe {
                if size == BLOCK {
                    _mm512_loadu_si512(start.cast())
                } else {
                    _mm512_maskz_loadu_epi64(0x0f, start.cast())
                }
            }
        }))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn mix(v: &mut [__m512i; 16], [a, b, c, d]: [usize; 4], x: __m512i, y: __m512i) {
        v[a] = _mm512_add_epi32(_mm512_add_epi32(v[a], v[b]), x);
        v[d] = _mm512_ror_epi32::<16>(_mm512_xor_si512(v[d], v[a]));
        v[c] = _mm512_add_epi32(v[c], v[d]);
        v[b] = _mm512_ror_epi32::<12>(_mm512_xor_si512(v[b], v[c]));
        v[a] = _mm512_add_epi32(_mm512_add_epi32(v[a], v[b]), y);
        v[d] = _mm512_ror_epi32::<8>(_mm512_xor_si512(v[d], v[a]));
        v[c] = _mm512_add_epi32(v[c], v[d]);
        v[b] = _mm512_ror_epi32::<7>(_mm512_xor_si512(v[b], v[c]));
    }

    #[target_feature(enable = "avx512f")]
    fn compress(value: &Chaining, m: &[__m512i; 16], counter: u32, size: usize, flags: u32) -> Chaining {
        let constant = |x: u32| _mm512_set1_epi32(x as i32);
        let mut v: [__m512i; 16] = core::array::from_fn(|i| match i {
            0..8 => value[i],
            8..12 => constant(IV[i - 8]),
            12 => constant(counter),
            13 => constant(0),
            14 => constant(size as u32),
            _ => constant(flags),
        });
        for order in &SCHEDULE {
            mix(&mut v, [0, 4, 8, 12], m[order[0]], m[order[1]]);
            mix(&mut v, [1, 5, 9, 13], m[order[2]], m[order[3]]);
            mix(&mut v, [2, 6, 10, 14], m[order[4]], m[order[5]]);
            mix(&mut v, [3, 7, 11, 15], m[order[6]], m[order[7]]);
            mix(&mut v, [0, 5, 10, 15], m[order[8]], m[order[9]]);
            mix(&mut v, [1, 6, 11, 12], m[order[10]], m[order[11]]);
            mix(&mut v, [2, 7, 8, 13], m[order[12]], m[order[13]]);
            mix(&mut v, [3, 4, 9, 14], m[order[14]], m[order[15]]);
        }
        core::array::from_fn(|i| _mm512_xor_si512(v[i], v[i + 8]))
    }

    /// Rows to columns, of 16 by 16 words.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn transpose(rows: &[__m512i; 16]) -> [__m512i; 16] {
        // In group g, entry c: words c, c + 4, c + 8, c + 12 of rows 4g to 4g + 3, four rows a 128-bit lane.
        let groups: [[__m512i; 4]; 4] = core::array::from_fn(|g| {
            let r = &rows[4 * g..4 * g + 4];
            let (low01, high01) = (_mm512_unpacklo_epi32(r[0], r[1]), _mm512_unpackhi_epi32(r[0], r[1]));
            let (low23, high23) = (_mm512_unpacklo_epi32(r[2], r[3]), _mm512_unpackhi_epi32(r[2], r[3]));
            [
                _mm512_unpacklo_epi64(low01, low23),
                _mm512_unpackhi_epi64(low01, low23),
                _mm512_unpacklo_epi64(high01, high23),
                _mm512_unpackhi_epi64(high01, high23),
            ]
        });
        let mut out = [_mm512_setzero_si512(); 16];
        for c in 0..4 {
            let [a, b, d, e] = groups.map(|group| group[c]);
            let (even_ab, odd_ab) = (_mm512_shuffle_i32x4::<0x88>(a, b), _mm512_shuffle_i32x4::<0xdd>(a, b));
            let (even_de, odd_de) = (_mm512_shuffle_i32x4::<0x88>(d, e), _mm512_shuffle_i32x4::<0xdd>(d, e));
            out[c] = _mm512_shuffle_i32x4::<0x88>(even_ab, even_de);
            out[c + 8] = _mm512_shuffle_i32x4::<0xdd>(even_ab, even_de);
            out[c + 4] = _mm512_shuffle_i32x4::<0x88>(odd_ab, odd_de);
            out[c + 12] = _mm512_shuffle_i32x4::<0xdd>(odd_ab, odd_de);
        }
        out
    }
}
