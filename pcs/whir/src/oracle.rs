//! Interleaved codewords under a Merkle tree, as the prover keeps and the verifier sees them.

use crate::config::Round;
use lariat_algebra::msm::RowValues;
use lariat_merkle::{InterleavedMatrix, MerkleTree, OpeningLabels, OpeningShape, TreeShape, send_openings};
use lariat_transcript::ProverChannel;

/// Labels of opened leaves, and the check that they are under the cap.
pub(crate) const OPENINGS: OpeningLabels =
    OpeningLabels { leaves: "whir/leaves", paths: "whir/paths", check: "merkle" };

/// The tree of a round's oracle.
pub(crate) fn tree_shape(round: &Round) -> TreeShape {
    TreeShape::for_queries(round.log_domain(), round.queries)
}

/// Bytes of a round's openings with so many scalars in a leaf.
pub(crate) fn query_bytes(round: &Round, leaf_scalars: usize) -> usize {
    OpeningShape { tree: tree_shape(round), leaf_scalars, num_queries: round.queries }.bytes()
}

/// The prover's side of an oracle.
#[derive(Debug)]
pub struct Oracle {
    pub(crate) matrix: InterleavedMatrix,
    pub(crate) tree: MerkleTree,
}

impl Oracle {
    /// Encodes the rows of polynomials, `2^fold` for each, and hashes the columns.
    pub(crate) fn commit(round: &Round, polynomials: &[RowValues<'_>]) -> Self {
        let len = 1usize << round.log_dimension();
        let rows: Vec<RowValues<'_>> = polynomials
            .iter()
            .flat_map(|p| (0..1usize << round.fold).map(move |row| p.slice(row * len, len)))
            .collect();
        let matrix = InterleavedMatrix::encode(&rows, round.log_dimension(), round.log_inv_rate, 0);
        let tree = matrix.commit(round.queries);
        Self { matrix, tree }
    }

    /// Sends the leaves at these positions with their paths.
    pub(crate) fn send_openings(&self, positions: &[usize], channel: &mut ProverChannel) {
        send_openings(&self.matrix, &self.tree, positions, OPENINGS, channel);
    }
}
