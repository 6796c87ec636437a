//! Marsaglia's xorshift32 (13, 17, 5): the source of data for the example guests, three shifts a word.
#![no_std]
#![forbid(unsafe_code)]

/// A stream of nonzero words with period 2^32 - 1.
#[derive(Clone, Debug)]
pub struct XorShift32(u32);

impl XorShift32 {
    /// Starts at `seed`; the seed 0, which the generator cannot leave, stands for 0x9e3779b9.
    #[must_use]
    pub const fn new(seed: u32) -> Self {
        Self(if seed == 0 { 0x9e37_79b9 } else { seed })
    }

    /// The next word.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}
