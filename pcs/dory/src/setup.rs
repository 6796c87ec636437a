//! The prover's public parameters: generators and their lines.

use crate::generators;
use crate::pairing::{self, Lines};
use ark_bn254::G2Affine;
use lariat_algebra::{column::Column, msm::FixedBases};
use lariat_pcs::PcsError;
use std::sync::{Arc, OnceLock};

/// Logarithm of the most generators in each group.
pub const MAX_LOG_LEN: usize = 14;

/// What openings compute in, whatever their size. Measured on runs of 2^10 rows.
const FIXED_BYTES: u64 = 5 << 19;

/// Generators `Gamma_1`, `Gamma_2` of both groups, `n = 2^sigma` each: what a prover needs beside the
/// [`Constants`](crate::constants::Constants), and a verifier does not.
///
/// Memory is dominated by the lines, 12 KiB a generator of G2.
#[derive(Debug)]
pub struct Setup {
    /// `sigma`.
    pub(crate) log_len: usize,
    /// `Gamma_1`.
    pub(crate) gamma1: FixedBases,
    /// `Gamma_2`.
    pub(crate) gamma2: Vec<G2Affine>,
    /// The lines of `Gamma_2`, once they are asked for.
    lines: OnceLock<Vec<Lines>>,
}

impl Setup {
    /// Derives `2^log_len` generators of each group.
    ///
    /// # Errors
    /// When `log_len` exceeds [`MAX_LOG_LEN`].
    pub fn new(log_len: usize) -> Result<Self, PcsError> {
        if log_len > MAX_LOG_LEN {
            return Err(PcsError::RowTooLong { log_row_len: log_len, max: MAX_LOG_LEN });
        }
        let gamma1 = FixedBases::new(generators::g1_generators(1 << log_len));
        Ok(Self { log_len, gamma1, gamma2: generators::g2_generators(1 << log_len), lines: OnceLock::new() })
    }

    /// Bytes of `2^log_len` generators of each group, their lines, and the tables that these columns need; without columns,
    /// all tables.
    pub(crate) fn bytes(log_len: usize, columns: Option<&[&Column]>) -> u64 {
        let of_second_group = size_of::<G2Affine>() + size_of::<Lines>() + Lines::heap_bytes();
        FIXED_BYTES + FixedBases::bytes_for(1 << log_len, columns) + ((of_second_group as u64) << log_len)
    }

    /// The lines of `Gamma_2`: made when they are first asked for, and kept.
    pub(crate) fn lines(&self) -> &[Lines] {
        if let Some(lines) = self.lines.get() {
            return lines;
        }
        // Made outside of the cell, as in `shared`.
        let made = pairing::prepare(&self.gamma2);
        self.lines.get_or_init(|| made)
    }

    /// [`new`](Self::new), made once in a process for each length and kept: the generators are public constants.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn shared(log_len: usize) -> Result<Arc<Self>, PcsError> {
        static MADE: [OnceLock<Arc<Setup>>; MAX_LOG_LEN + 1] = [const { OnceLock::new() }; MAX_LOG_LEN + 1];
        let slot = MADE.get(log_len).ok_or(PcsError::RowTooLong { log_row_len: log_len, max: MAX_LOG_LEN })?;
        if let Some(made) = slot.get() {
            return Ok(Arc::clone(made));
        }
        // Made outside of the cell: a thread that waits for the cell must not hold up the pool that does the work.
        let made = Arc::new(Self::new(log_len)?);
        Ok(Arc::clone(slot.get_or_init(|| made)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setups_are_made_once_and_have_a_largest_size() {
        assert!(Arc::ptr_eq(&Setup::shared(2).unwrap(), &Setup::shared(2).unwrap()));
        let error = PcsError::RowTooLong { log_row_len: 15, max: 14 };
        assert_eq!(Setup::new(15).unwrap_err(), error);
        assert_eq!(Setup::shared(15).unwrap_err(), error);
    }
}
