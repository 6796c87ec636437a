//! The most significant bit: signs for extension.

use super::Subtable;
use crate::Params;
use lariat_algebra::Fr;

/// The top bit of `p`.
#[derive(Clone, Copy, Debug)]
pub struct Msb {
    name: &'static str,
    log_p: usize,
}

impl Msb {
    /// The top bit of an index of `log_m` bits.
    pub const fn index(params: Params) -> Self {
        Self { name: "msb", log_p: params.log_m() }
    }

    /// The top bit of a byte.
    pub const fn byte() -> Self {
        Self { name: "msb8", log_p: 8 }
    }
}

impl Subtable for Msb {
    fn name(&self) -> &'static str {
        self.name
    }

    fn log_p(&self) -> usize {
        self.log_p
    }

    fn log_q(&self) -> usize {
        0
    }

    fn value(&self, p: u32, _q: u32) -> u32 {
        p >> (self.log_p - 1)
    }

    /// The top coordinate.
    fn mle(&self, r_p: &[Fr], _r_q: &[Fr]) -> Fr {
        assert_eq!(r_p.len(), self.log_p, "dimension of the point");
        r_p[0]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::tests::assert_entries;

    #[test]
    fn entries_say_whether_the_upper_half_was_hit() {
        for params in Params::ALL {
            assert_entries(&Msb::index(params), |p, _| u64::from(p >= 1 << (params.log_m() - 1)));
        }
        assert_entries(&Msb::byte(), |p, _| u64::from(p >= 128));
    }
}
