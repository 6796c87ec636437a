//! Unsigned comparison of two chunks, with three outcomes.

use super::Subtable;
use crate::Params;
use ark_ff::{AdditiveGroup, Field};
use lariat_algebra::Fr;

/// 0 when `p < q`, 1 when `p = q`, 2 when `p > q`, as unsigned integers of `b` bits.
///
/// With digits `c_i` of all chunks, `Σ_i 2^i c_i` compares whole words: see [`Decide`](super::Decide).
#[derive(Clone, Copy, Debug)]
pub struct CmpU {
    chunk_bits: usize,
}

impl CmpU {
    /// The table on chunks of `params`.
    pub const fn new(params: Params) -> Self {
        Self { chunk_bits: params.chunk_bits() }
    }
}

impl Subtable for CmpU {
    fn name(&self) -> &'static str {
        "cmp_u"
    }

    fn log_p(&self) -> usize {
        self.chunk_bits
    }

    fn log_q(&self) -> usize {
        self.chunk_bits
    }

    fn value(&self, p: u32, q: u32) -> u32 {
        u32::from(p >= q) + u32::from(p > q)
    }

    /// `Π_j eq(x_j, y_j) + 2 Σ_j x_j (1 - y_j) Π_{k above j} eq(x_k, y_k)`: `3b` products.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
        assert_eq!((r_p.len(), r_q.len()), (self.chunk_bits, self.chunk_bits), "dimension of the point");
        compare(r_p.iter().copied().zip(r_q.iter().copied()))
    }
}

/// The MLE of the unsigned comparison at pairs of coordinates, most significant first.
pub(super) fn compare(coordinates: impl Iterator<Item = (Fr, Fr)>) -> Fr {
    let (mut equal_so_far, mut above) = (Fr::ONE, Fr::ZERO);
    for (x, y) in coordinates {
        let xy = x * y;
        above += equal_so_far * (x - xy);
        equal_so_far *= Fr::ONE - x - y + xy.double();
    }
    equal_so_far + above.double()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::assert_entries;
    use core::cmp::Ordering;

    #[test]
    fn entries_are_the_order_of_integers() {
        for params in Params::ALL {
            assert_entries(&CmpU::new(params), |p, q| match p.cmp(&q) {
                Ordering::Less => 0,
                Ordering::Equal => 1,
                Ordering::Greater => 2,
            });
        }
    }
}
