//! Bitwise or.

use super::Subtable;
use crate::Params;
use lariat_algebra::Fr;
use lariat_algebra::poly::identity_mle;

/// `p | q` on chunks of `b` bits.
#[derive(Clone, Copy, Debug)]
pub struct Or {
    chunk_bits: usize,
}

impl Or {
    /// The table on chunks of `params`.
    pub const fn new(params: Params) -> Self {
        Self { chunk_bits: params.chunk_bits() }
    }
}

impl Subtable for Or {
    fn name(&self) -> &'static str {
        "or"
    }

    fn log_p(&self) -> usize {
        self.chunk_bits
    }

    fn log_q(&self) -> usize {
        self.chunk_bits
    }

    fn value(&self, p: u32, q: u32) -> u32 {
        p | q
    }

    /// `Σ_j 2^j (x_j + y_j - x_j y_j)`: `b` products.
    fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
        assert_eq!((r_p.len(), r_q.len()), (self.chunk_bits, self.chunk_bits), "dimension of the point");
        let bits: Vec<Fr> = r_p.iter().zip(r_q).map(|(&x, &y)| x + y - x * y).collect();
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
            assert_entries(&Or::new(params), |p, q| {
                (0..params.chunk_bits()).map(|j| u64::from((p >> j) % 2 == 1 || (q >> j) % 2 == 1) << j).sum()
            });
        }
    }
}
