//! Left shift of one chunk of a word.

use super::Subtable;
use crate::{Params, WORD_BITS};
use ark_ff::AdditiveGroup;
use lariat_algebra::Fr;
use lariat_algebra::poly::eq_evals;

/// `((p << b i) << q) mod 2^32`: what chunk `i` contributes to the left shift of its word by `q < 32`. The chunks'
/// contributions are disjoint bits and add up to the shifted word.
#[derive(Clone, Copy, Debug)]
pub struct Sll {
    chunk_bits: usize,
    chunk: usize,
}

impl Sll {
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

const NAMES: [&str; 8] = ["sll0", "sll1", "sll2", "sll3", "sll4", "sll5", "sll6", "sll7"];

impl Subtable for Sll {
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
        (p << self.offset()) << (q & 31)
    }

    /// `Σ_s eq(r_q, s) 2^(offset + s) Σ_{j < 32 - offset - s} 2^j x_j`: at most 63 products.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
        assert_eq!((r_p.len(), r_q.len()), (self.chunk_bits, 5), "dimension of the point");
        // low[n] = Σ_{j < n} 2^j x_j: the chunk's n lowest bits, those that a shift leaves inside the word.
        let mut low = vec![Fr::ZERO];
        for n in 0..self.chunk_bits {
            let mut term = r_p[self.chunk_bits - 1 - n];
            for _ in 0..n {
                term.double_in_place();
            }
            low.push(low[n] + term);
        }
        let eq = eq_evals(r_q);
        let room = WORD_BITS - self.offset();
        // Horner in powers of two, from the largest shift that leaves anything.
        let mut sum = Fr::ZERO;
        for s in (0..room).rev() {
            sum = sum.double() + eq[s] * low[self.chunk_bits.min(room - s)];
        }
        (0..self.offset()).fold(sum, |sum, _| sum.double())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::assert_entries;

    #[test]
    fn entries_are_products_with_powers_of_two() {
        for params in Params::ALL {
            for i in 0..params.num_chunks() {
                let weight = 2u64.pow((params.chunk_bits() * i) as u32);
                assert_entries(&Sll::new(params, i), |p, q| {
                    ((p * weight) % (1 << 32) * 2u64.pow(q as u32)) % (1 << 32)
                });
            }
        }
    }
}
