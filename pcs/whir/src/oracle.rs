//! Interleaved codewords under a Merkle tree, as the prover keeps and the verifier sees them.

use crate::config::Round;
use lariat_algebra::Fr;
use lariat_algebra::msm::RowValues;
use lariat_merkle::tree::DIGEST_BYTES;
use lariat_merkle::{Code, CommittedRows, OpeningLabels, OpeningShape, TreeShape};

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

/// The code of the rows of a round's polynomials.
pub(crate) fn code(round: &Round) -> Code {
    Code { log_coefficients: round.log_dimension(), log_blowup: round.log_inv_rate }
}

/// Bytes of memory of a round's oracle of one polynomial: its codewords and its tree.
pub(crate) fn bytes(round: &Round) -> u64 {
    ((size_of::<Fr>() as u64) << (round.num_vars + round.log_inv_rate))
        + ((2 * DIGEST_BYTES as u64) << round.log_domain())
}

/// The rows of polynomials that a round's code encodes, `2^fold` for each.
pub(crate) fn rows_of<'a>(round: &Round, polynomials: &[RowValues<'a>]) -> Vec<RowValues<'a>> {
    let len = 1usize << round.log_dimension();
    polynomials.iter().flat_map(|p| (0..1usize << round.fold).map(move |row| p.slice(row * len, len))).collect()
}

/// Encodes the rows of polynomials and hashes the columns.
pub(crate) fn commit(round: &Round, polynomials: &[RowValues<'_>]) -> CommittedRows {
    CommittedRows::encode(&rows_of(round, polynomials), code(round), round.queries)
}
