//! The encoded matrix under a Merkle tree, as the prover keeps and the verifier sees it.

use lariat_algebra::msm::RowValues;
use lariat_merkle::{CommittedRows, OpeningLabels, OpeningShape, RateAndRegime, Regime, TreeShape, rows};

/// Labels of opened columns, and the check that they are under the cap.
pub(crate) const OPENINGS: OpeningLabels =
    OpeningLabels { leaves: "ligero/columns", paths: "ligero/paths", check: "merkle" };
/// The code of the rows, and how many positions of it are opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// Logarithm of the number of coefficients.
    pub log_row_len: usize,
    /// Logarithm of the inverse of the rate.
    pub log_inv_rate: usize,
    /// Positions that are opened.
    pub queries: usize,
}

impl Code {
    /// Logarithm of the number of positions.
    pub fn log_domain(&self) -> usize {
        self.log_row_len + self.log_inv_rate
    }

    /// The rate, within the unique decoding radius.
    pub fn rate(&self) -> RateAndRegime {
        RateAndRegime::new(self.log_inv_rate, Regime::Unique)
    }

    /// The code as rows of codewords know it.
    pub fn of_rows(&self) -> rows::Code {
        rows::Code { log_coefficients: self.log_row_len, log_blowup: self.log_inv_rate }
    }

    /// The tree over the positions.
    pub fn tree(&self) -> TreeShape {
        TreeShape::for_queries(self.log_domain(), self.queries)
    }
}

/// Bytes of the opened columns of a matrix with so many rows.
pub(crate) fn query_bytes(code: &Code, rows: usize) -> usize {
    OpeningShape { tree: code.tree(), leaf_scalars: rows, num_queries: code.queries }.bytes()
}

/// The rows of pieces.
pub(crate) fn rows_of<'a>(code: &Code, pieces: &[RowValues<'a>], rows_per_piece: usize) -> Vec<RowValues<'a>> {
    let len = 1usize << code.log_row_len;
    pieces.iter().flat_map(|p| (0..rows_per_piece).map(move |row| p.slice(row * len, len))).collect()
}

/// Encodes the rows of pieces and hashes the columns.
pub(crate) fn commit(code: &Code, pieces: &[RowValues<'_>], rows_per_piece: usize) -> CommittedRows {
    CommittedRows::encode(&rows_of(code, pieces, rows_per_piece), code.of_rows(), code.queries)
}
