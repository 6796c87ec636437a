//! How words are cut into chunks.

/// Bits of a machine word.
pub const WORD_BITS: usize = 32;

/// The table size `M = 2^log_m`, which fixes the chunking: a table on two operands takes `log_m / 2` bits of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Params {
    log_m: u8,
}

impl Params {
    /// `M = 2^8`: 8 chunks of 4 bits.
    pub const M8: Self = Self { log_m: 8 };
    /// `M = 2^16`: 4 chunks of 8 bits.
    pub const M16: Self = Self { log_m: 16 };
    /// Every supported choice.
    pub const ALL: [Self; 2] = [Self::M8, Self::M16];

    /// Parameters with `M = 2^log_m`.
    ///
    /// # Errors
    /// When `log_m` is neither 8 nor 16.
    pub const fn new(log_m: usize) -> Result<Self, UnsupportedTableSize> {
        match log_m {
            8 => Ok(Self::M8),
            16 => Ok(Self::M16),
            _ => Err(UnsupportedTableSize { log_m }),
        }
    }

    /// `log M`: the bits of a lookup index.
    pub const fn log_m(self) -> usize {
        self.log_m as usize
    }

    /// `b = log_m / 2`: bits of an operand's chunk.
    pub const fn chunk_bits(self) -> usize {
        self.log_m() / 2
    }

    /// `C = 32 / b`: chunks of an operand.
    pub const fn num_chunks(self) -> usize {
        WORD_BITS / self.chunk_bits()
    }

    /// Chunk `i` of `word`; chunk 0 is the least significant.
    pub const fn chunk(self, word: u32, i: usize) -> u32 {
        (word >> (self.chunk_bits() * i)) & ((1 << self.chunk_bits()) - 1)
    }
}

/// There are no tables of this size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("log_m must be 8 or 16, not {log_m}")]
#[non_exhaustive]
pub struct UnsupportedTableSize {
    /// The size asked for.
    pub log_m: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_sizes_exist() {
        for log_m in 0..100 {
            match Params::new(log_m) {
                Ok(params) => assert!(Params::ALL.contains(&params) && params.log_m() == log_m),
                Err(e) => assert!(e.log_m == log_m && log_m != 8 && log_m != 16),
            }
        }
    }

    #[test]
    fn chunks_recompose_the_word() {
        for params in Params::ALL {
            for word in [0, 1, 0x8000_0000, 0x1234_5678, u32::MAX] {
                let sum: u32 =
                    (0..params.num_chunks()).map(|i| params.chunk(word, i) << (params.chunk_bits() * i)).sum();
                assert_eq!(sum, word);
            }
            assert_eq!(params.chunk(0xab, 0), 0xab % (1 << params.chunk_bits()));
        }
    }
}
