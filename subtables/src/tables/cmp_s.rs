//! Signed comparison of two chunks, with three outcomes.

use super::Subtable;
use super::cmp_u::compare;
use crate::Params;
use ark_ff::Field;
use lariat_algebra::Fr;

/// 0 when `p < q`, 1 when `p = q`, 2 when `p > q`, as two's complement integers of `b` bits.
///
/// Used for the most significant chunk of signed words; the others compare by [`CmpU`](super::CmpU).
#[derive(Clone, Copy, Debug)]
pub struct CmpS {
    chunk_bits: usize,
}

impl CmpS {
    /// The table on chunks of `params`.
    pub const fn new(params: Params) -> Self {
        Self { chunk_bits: params.chunk_bits() }
    }
}

impl Subtable for CmpS {
    fn name(&self) -> &'static str {
        "cmp_s"
    }

    fn log_p(&self) -> usize {
        self.chunk_bits
    }

    fn log_q(&self) -> usize {
        self.chunk_bits
    }

    fn value(&self, p: u32, q: u32) -> u32 {
        // Flipping the sign bits maps the signed order to the unsigned one.
        let sign = 1 << (self.chunk_bits - 1);
        let (p, q) = (p ^ sign, q ^ sign);
        u32::from(p >= q) + u32::from(p > q)
    }

    /// The MLE of [`CmpU`](super::CmpU) with `1 - x`, `1 - y` for the sign bits: `3b` products.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
        assert_eq!((r_p.len(), r_q.len()), (self.chunk_bits, self.chunk_bits), "dimension of the point");
        let coordinates = r_p.iter().zip(r_q).enumerate();
        compare(coordinates.map(|(j, (&x, &y))| if j == 0 { (Fr::ONE - x, Fr::ONE - y) } else { (x, y) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::{assert_entries, signed};
    use core::cmp::Ordering;

    #[test]
    fn entries_are_the_order_of_signed_integers() {
        for params in Params::ALL {
            let b = params.chunk_bits();
            assert_entries(&CmpS::new(params), |p, q| match signed(p, b).cmp(&signed(q, b)) {
                Ordering::Less => 0,
                Ordering::Equal => 1,
                Ordering::Greater => 2,
            });
        }
    }
}
