//! Zero everywhere: a lookup into it shows only that the index exists, which is a range check.

use super::Subtable;
use crate::Params;
use ark_ff::AdditiveGroup;
use lariat_algebra::Fr;

/// The zero table on `p` of a given number of bits.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    name: &'static str,
    log_p: usize,
}

impl Range {
    /// Indices of a lookup: `log_m` bits.
    pub const fn index(params: Params) -> Self {
        Self { name: "range", log_p: params.log_m() }
    }

    /// Timestamps of `log_p` bits.
    pub const fn timestamp(log_p: usize) -> Self {
        Self { name: "range_ts", log_p }
    }
}

impl Subtable for Range {
    fn name(&self) -> &'static str {
        self.name
    }

    fn log_p(&self) -> usize {
        self.log_p
    }

    fn log_q(&self) -> usize {
        0
    }

    fn value(&self, _p: u32, _q: u32) -> u32 {
        0
    }

    /// Free.
    fn mle(&self, _r_p: &[Fr], _r_q: &[Fr]) -> Fr {
        Fr::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_zero_for_each_index() {
        for params in Params::ALL {
            assert_eq!(Range::index(params).entries(), vec![0; 1 << params.log_m()]);
        }
        for log_p in 0..=20 {
            assert_eq!(Range::timestamp(log_p).entries(), vec![0; 1 << log_p]);
        }
    }
}
