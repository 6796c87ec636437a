//! The low bits of an index: shift amounts and bytes.

use super::Subtable;
use crate::Params;
use lariat_algebra::Fr;
use lariat_algebra::poly::identity_mle;

/// `p mod 2^n` for `p` of `log_m` bits.
#[derive(Clone, Copy, Debug)]
pub struct LowBits {
    name: &'static str,
    log_m: usize,
    num_bits: usize,
}

impl LowBits {
    /// `p mod 2^5`: the amount of a shift.
    pub const fn five(params: Params) -> Self {
        Self { name: "low5", log_m: params.log_m(), num_bits: 5 }
    }

    /// `p mod 2^8`: the lowest byte.
    pub const fn byte(params: Params) -> Self {
        Self { name: "low_byte", log_m: params.log_m(), num_bits: 8 }
    }
}

impl Subtable for LowBits {
    fn name(&self) -> &'static str {
        self.name
    }

    fn log_p(&self) -> usize {
        self.log_m
    }

    fn log_q(&self) -> usize {
        0
    }

    fn value(&self, p: u32, _q: u32) -> u32 {
        p & ((1 << self.num_bits) - 1)
    }

    /// `Σ_{j < n} 2^j x_j`: doublings only.
    fn mle(&self, r_p: &[Fr], _r_q: &[Fr]) -> Fr {
        assert_eq!(r_p.len(), self.log_m, "dimension of the point");
        identity_mle(&r_p[self.log_m - self.num_bits..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::assert_entries;

    #[test]
    fn entries_are_remainders() {
        for params in Params::ALL {
            assert_entries(&LowBits::five(params), |p, _| p % 32);
            assert_entries(&LowBits::byte(params), |p, _| p % 256);
        }
    }
}
