//! Sampled leaves with their paths, through a channel.
//!
//! Two messages: the scalars of all leaves, leaf after leaf; the paths, path after path. Indices may repeat, and a leaf
//! is sent as often as it is asked for: lengths depend on the shape alone.

use crate::tree::{Cap, MerkleTree, TreeShape, hash_scalars};
use lariat_algebra::Fr;
use lariat_pcs::VerifyError;
use lariat_transcript::encoding::SCALAR_BYTES;
use lariat_transcript::{ProverChannel, VerifierChannel};

/// Labels of the two messages, and the name of the check that the verifier makes.
#[derive(Clone, Copy, Debug)]
pub struct OpeningLabels {
    /// Label of the leaves.
    pub leaves: &'static str,
    /// Label of the paths.
    pub paths: &'static str,
    /// What [`VerifyError::Check`] says when a leaf is not under the cap.
    pub check: &'static str,
}

/// The shape of the openings of one tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpeningShape {
    /// The tree.
    pub tree: TreeShape,
    /// Scalars in a leaf.
    pub leaf_scalars: usize,
    /// Leaves opened.
    pub num_queries: usize,
}

impl OpeningShape {
    /// Bytes of the two messages.
    pub fn bytes(&self) -> usize {
        self.num_queries * (SCALAR_BYTES * self.leaf_scalars + self.tree.path_bytes())
    }
}

/// Sends the scalars of the leaves at these indices, leaf after leaf, and their paths; of a tree that is kept whole.
///
/// # Panics
/// When there is no such leaf.
pub fn send_openings(
    leaves: &[Fr],
    tree: &MerkleTree,
    indices: &[usize],
    labels: OpeningLabels,
    channel: &mut ProverChannel,
) {
    let paths: Vec<u8> = indices.iter().flat_map(|&i| tree.open(i, &[])).collect();
    send(leaves, &paths, labels, channel);
}

/// Sends leaves and their paths.
pub(crate) fn send(leaves: &[Fr], paths: &[u8], labels: OpeningLabels, channel: &mut ProverChannel) {
    channel.send_scalars(labels.leaves, leaves);
    channel.send_bytes(labels.paths, paths);
}

/// Receives the leaves of `leaf_scalars` scalars at these indices and checks them against the cap.
///
/// # Errors
/// When the proof ends before, a scalar is not canonical, or a leaf is not under the cap at its index. Allocates no more
/// than the two messages.
pub fn recv_openings(
    cap: &Cap,
    leaf_scalars: usize,
    indices: &[usize],
    labels: OpeningLabels,
    channel: &mut VerifierChannel<'_>,
) -> Result<Vec<Vec<Fr>>, VerifyError> {
    let path_bytes = cap.shape().path_bytes();
    let scalars = channel.recv_scalars(labels.leaves, leaf_scalars.saturating_mul(indices.len()))?;
    let paths = channel.recv_bytes(labels.paths, path_bytes.saturating_mul(indices.len()))?;
    let (mut scalars, mut paths) = (&scalars[..], &paths[..]);
    let mut leaves = Vec::with_capacity(indices.len());
    for &index in indices {
        let failed = VerifyError::Check { check: labels.check };
        let (Some((leaf, rest)), Some((path, others))) =
            (scalars.split_at_checked(leaf_scalars), paths.split_at_checked(path_bytes))
        else {
            return Err(failed);
        };
        (scalars, paths) = (rest, others);
        if !cap.verify(index, &hash_scalars(leaf), path) {
            return Err(failed);
        }
        leaves.push(leaf.to_vec());
    }
    Ok(leaves)
}
