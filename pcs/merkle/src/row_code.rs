//! Polynomials as matrices whose rows are codewords and whose columns are leaves, of which some are opened.

use crate::openings::OpeningShape;
use crate::queries::{RateAndRegime, Regime};
use crate::rows::{Code, CommittedRows};
use crate::tree::TreeShape;
use lariat_algebra::msm::RowValues;
use lariat_transcript::PublicCoin;
use std::num::NonZeroU64;

/// The code of the rows, and how many positions of it are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowCode {
    /// Logarithm of the number of coefficients.
    pub log_row_len: usize,
    /// Logarithm of the inverse of the rate.
    pub log_inv_rate: usize,
    /// Positions that are opened.
    pub queries: usize,
    /// What counts as close to the code.
    pub regime: Regime,
}

impl RowCode {
    /// Logarithm of the number of positions.
    pub fn log_domain(&self) -> usize {
        self.log_row_len + self.log_inv_rate
    }

    /// The rate, with what counts as close.
    pub fn rate(&self) -> RateAndRegime {
        RateAndRegime::new(self.log_inv_rate, self.regime)
    }

    /// The code as rows of codewords know it.
    pub fn of_rows(&self) -> Code {
        Code { log_coefficients: self.log_row_len, log_blowup: self.log_inv_rate }
    }

    /// The tree over the positions.
    pub fn tree(&self) -> TreeShape {
        TreeShape::for_queries(self.log_domain(), self.queries)
    }

    /// Bytes of the opened columns of a matrix with so many rows.
    pub fn query_bytes(&self, rows: usize) -> usize {
        OpeningShape { tree: self.tree(), leaf_scalars: rows, num_queries: self.queries }.bytes()
    }

    /// The rows of polynomials, so many for each: consecutive slices of their evaluations.
    pub fn rows_of<'a>(&self, polynomials: &[RowValues<'a>], rows_per_polynomial: usize) -> Vec<RowValues<'a>> {
        let len = 1usize << self.log_row_len;
        polynomials.iter().flat_map(|p| (0..rows_per_polynomial).map(move |row| p.slice(row * len, len))).collect()
    }

    /// Encodes the rows of polynomials and hashes the columns.
    pub fn commit(&self, polynomials: &[RowValues<'_>], rows_per_polynomial: usize) -> CommittedRows {
        CommittedRows::encode(&self.rows_of(polynomials, rows_per_polynomial), self.of_rows(), self.queries)
    }

    /// Draws the positions that are opened.
    pub fn draw_positions(&self, label: &'static str, channel: &mut impl PublicCoin) -> Vec<usize> {
        let bound = NonZeroU64::new(1 << self.log_domain()).expect("a power of two");
        channel.challenge_indices(label, self.queries, bound).into_iter().map(|i| i as usize).collect()
    }
}
