//! Transforms in field arithmetic, for every processor.

use super::mirrored;
use crate::Fr;

/// Elements of a block that is transformed layer by layer; larger ones are halved first. 256 KiB.
const CACHED: usize = 1 << 13;

/// All layers below a node, in place.
pub(super) fn forward(block: &mut [Fr], node: usize, factors: &[Fr]) {
    if block.len() > CACHED {
        let (low, high) = block.split_at_mut(block.len() / 2);
        butterflies(low, high, factors[node]);
        forward(low, 2 * node, factors);
        forward(high, 2 * node + 1, factors);
        return;
    }
    let (mut len, mut first) = (block.len(), node);
    while len > 1 {
        for (i, part) in block.chunks_mut(len).enumerate() {
            let (low, high) = part.split_at_mut(len / 2);
            butterflies(low, high, factors[first + i]);
        }
        (len, first) = (len / 2, 2 * first);
    }
}

fn butterflies(low: &mut [Fr], high: &mut [Fr], factor: Fr) {
    for (u, v) in low.iter_mut().zip(high) {
        let t = factor * *v;
        *v = *u - t;
        *u += t;
    }
}

/// The inverse of [`forward`] from the root, times the length.
pub(super) fn inverse(values: &mut [Fr], factors: &[Fr]) {
    let mut len = 2;
    while len <= values.len() {
        crate::par::for_each_chunk(values, len, |i, part| {
            let factor = inverse_factor(i, factors);
            let (low, high) = part.split_at_mut(len / 2);
            for (u, v) in low.iter_mut().zip(high) {
                let t = (*u - *v) * factor;
                *u += *v;
                *v = t;
            }
        });
        len *= 2;
    }
}

/// `1 / w_i`.
fn inverse_factor(i: usize, factors: &[Fr]) -> Fr {
    if i == 0 { factors[0] } else { -factors[mirrored(i)] }
}

/// `out[j] = even (u + v) + odd (u - v) / x` for the values `u, v` at `x, -x`, where `x` is the point at position
/// `2 (first + j)`: factor `first + j`.
pub(super) fn fold(word: &[Fr], first: usize, factors: &[Fr], even: Fr, odd: Fr, out: &mut [Fr]) {
    let (pairs, _) = word.as_chunks::<2>();
    for (j, ([u, v], out)) in pairs.iter().zip(out).enumerate() {
        *out = even * (*u + v) + odd * ((*u - v) * inverse_factor(first + j, factors));
    }
}
