//! Arithmetic right shift of a word's most significant chunk.

use super::Subtable;
use super::srl::shift_right_mle;
use crate::{Params, WORD_BITS};
use ark_ff::{AdditiveGroup, Field};
use lariat_algebra::Fr;

/// `(p << (32 - b)) >> q` with copies of the sign shifted in, as a `u32`. With [`Srl`](super::Srl) for the other
/// chunks, the contributions add up to the arithmetic right shift of the word.
#[derive(Clone, Copy, Debug)]
pub struct SraTop {
    chunk_bits: usize,
}

impl SraTop {
    /// The table on the top chunk of `params`.
    pub const fn new(params: Params) -> Self {
        Self { chunk_bits: params.chunk_bits() }
    }
}

impl Subtable for SraTop {
    fn name(&self) -> &'static str {
        "sra_top"
    }

    fn log_p(&self) -> usize {
        self.chunk_bits
    }

    fn log_q(&self) -> usize {
        5
    }

    fn value(&self, p: u32, q: u32) -> u32 {
        ((p << (WORD_BITS - self.chunk_bits)).cast_signed() >> (q & 31)).cast_unsigned()
    }

    /// The logical shift plus the sign times `Σ_s eq(r_q, s) (2^32 - 2^(32 - s))`. The second term of the sum is
    /// `2 Σ_s eq(r_q, s) 2^(31 - s)`, and `31 - s` has the complements of the bits of `s`, so that it is a product over
    /// them. At most 50 products.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
        assert_eq!((r_p.len(), r_q.len()), (self.chunk_bits, 5), "dimension of the point");
        let logical = shift_right_mle(r_p, r_q, WORD_BITS - self.chunk_bits);
        let kept = r_q.iter().zip([16, 8, 4, 2, 1]).map(|(&y, k)| y + (Fr::ONE - y) * Fr::from(1u32 << k));
        let filled = Fr::from(1u64 << 32) - kept.product::<Fr>().double();
        logical + r_p[0] * filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::{assert_entries, signed};

    #[test]
    fn entries_are_floored_quotients_modulo_the_word() {
        for params in Params::ALL {
            let b = params.chunk_bits();
            assert_entries(&SraTop::new(params), |p, q| {
                let top = signed(p, b) * 2i64.pow(32 - b as u32);
                top.div_euclid(2i64.pow(q as u32)).rem_euclid(1 << 32) as u64
            });
        }
    }
}
