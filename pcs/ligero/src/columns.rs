//! The encoded matrix under a Merkle tree, as the prover keeps and the verifier sees it.

use lariat_algebra::msm::RowValues;
use lariat_merkle::{
    InterleavedMatrix, MerkleTree, OpeningLabels, OpeningShape, RateAndRegime, Regime, TreeShape, send_openings,
};
use lariat_transcript::ProverChannel;

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

    /// The tree over the positions.
    pub fn tree(&self) -> TreeShape {
        TreeShape::for_queries(self.log_domain(), self.queries)
    }
}

/// Bytes of the opened columns of a matrix with so many rows.
pub(crate) fn query_bytes(code: &Code, rows: usize) -> usize {
    OpeningShape { tree: code.tree(), leaf_scalars: rows, num_queries: code.queries }.bytes()
}

/// What the prover keeps of a commitment: all codewords, and the tree over their columns.
#[derive(Debug)]
pub struct Columns {
    pub(crate) matrix: InterleavedMatrix,
    pub(crate) tree: MerkleTree,
}

impl Columns {
    /// Encodes the rows of pieces and hashes the columns.
    pub(crate) fn commit(code: &Code, pieces: &[RowValues<'_>], rows_per_piece: usize) -> Self {
        let len = 1usize << code.log_row_len;
        let rows: Vec<RowValues<'_>> =
            pieces.iter().flat_map(|p| (0..rows_per_piece).map(move |row| p.slice(row * len, len))).collect();
        let matrix = InterleavedMatrix::encode(&rows, code.log_row_len, code.log_inv_rate, 0);
        let tree = matrix.commit(code.queries);
        Self { matrix, tree }
    }

    /// Sends the columns at these positions with their paths.
    pub(crate) fn send(&self, positions: &[usize], channel: &mut ProverChannel) {
        send_openings(&self.matrix, &self.tree, positions, OPENINGS, channel);
    }
}
