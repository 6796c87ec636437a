//! Bitwise exclusive or.

use super::Subtable;
use crate::Params;
use ark_ff::AdditiveGroup;
use lariat_algebra::Fr;
use lariat_algebra::poly::identity_mle;

/// `p ^ q` on chunks of `b` bits.
#[derive(Clone, Copy, Debug)]
pub struct Xor {
    chunk_bits: usize,
}

impl Xor {
    /// The table on chunks of `params`.
    pub const fn new(params: Params) -> Self {
        Self { chunk_bits: params.chunk_bits() }
    }
}

impl Subtable for Xor {
    fn name(&self) -> &'static str {
        "xor"
    }

    fn log_p(&self) -> usize {
        self.chunk_bits
    }

    fn log_q(&self) -> usize {
        self.chunk_bits
    }

    fn value(&self, p: u32, q: u32) -> u32 {
        p ^ q
    }

    /// `Σ_j 2^j (x_j + y_j - 2 x_j y_j)`: `b` products.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
        assert_eq!((r_p.len(), r_q.len()), (self.chunk_bits, self.chunk_bits), "dimension of the point");
        let bits: Vec<Fr> = r_p.iter().zip(r_q).map(|(&x, &y)| x + y - (x * y).double()).collect();
        identity_mle(&bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::assert_entries;

    #[test]
    fn entries_follow_the_truth_table() {
        for params in Params::ALL {
            assert_entries(&Xor::new(params), |p, q| {
                (0..params.chunk_bits()).map(|j| u64::from((p >> j) % 2 != (q >> j) % 2) << j).sum()
            });
        }
    }
}
