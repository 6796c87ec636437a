//! Logical right shift of one chunk of a word.

use super::Subtable;
use crate::Params;
use ark_ff::AdditiveGroup;
use lariat_algebra::Fr;
use lariat_algebra::poly::eq_evals;

/// `(p << b i) >> q`: what chunk `i` contributes to the logical right shift of its word by `q < 32`. The chunks'
/// contributions are disjoint bits and add up to the shifted word.
#[derive(Clone, Copy, Debug)]
pub struct Srl {
    chunk_bits: usize,
    chunk: usize,
}

impl Srl {
    /// The table of chunk `chunk`, 0 the least significant.
    ///
    /// # Panics
    /// When there is no such chunk.
    pub const fn new(params: Params, chunk: usize) -> Self {
        assert!(chunk < params.num_chunks(), "no such chunk");
        Self { chunk_bits: params.chunk_bits(), chunk }
    }

    /// Position of the chunk's lowest bit in the word.
    const fn offset(&self) -> usize {
        self.chunk_bits * self.chunk
    }
}

const NAMES: [&str; 8] = ["srl0", "srl1", "srl2", "srl3", "srl4", "srl5", "srl6", "srl7"];

impl Subtable for Srl {
    fn name(&self) -> &'static str {
        NAMES[self.chunk]
    }

    fn log_p(&self) -> usize {
        self.chunk_bits
    }

    fn log_q(&self) -> usize {
        5
    }

    fn value(&self, p: u32, q: u32) -> u32 {
        (p << self.offset()) >> (q & 31)
    }

    /// Grouped by the bits that a shift cuts off: at most 39 products.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
        assert_eq!((r_p.len(), r_q.len()), (self.chunk_bits, 5), "dimension of the point");
        shift_right_mle(r_p, r_q, self.offset())
    }
}

/// The MLE of `(p << offset) >> q`:
/// `Σ_{s <= offset} eq(r_q, s) 2^(offset - s) high_0 + Σ_{0 < n < b} eq(r_q, offset + n) high_n` with
/// `high_n = Σ_{j >= n} 2^(j - n) x_j`, the chunk without its `n` lowest bits.
pub(super) fn shift_right_mle(r_p: &[Fr], r_q: &[Fr], offset: usize) -> Fr {
    let eq = eq_evals(r_q);
    // Shifts that cut nothing off: Horner in powers of two.
    let whole = eq[..=offset].iter().fold(Fr::ZERO, |sum, e| sum.double() + e);
    // Reading r_p from the most significant coordinate on gives high_{b-1}, ..., high_0.
    let (mut high, mut sum) = (Fr::ZERO, Fr::ZERO);
    for (j, x) in r_p.iter().enumerate() {
        high = high.double() + x;
        let n = r_p.len() - 1 - j;
        sum += high * if n == 0 { whole } else { eq[offset + n] };
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::assert_entries;

    #[test]
    fn entries_are_quotients_by_powers_of_two() {
        for params in Params::ALL {
            for i in 0..params.num_chunks() {
                let weight = 2u64.pow((params.chunk_bits() * i) as u32);
                assert_entries(&Srl::new(params, i), |p, q| p * weight / 2u64.pow(q as u32));
            }
        }
    }
}
