//! Merkle trees over BLAKE3, of a shape that both sides know.
//!
//! # Hashing
//! `leaf(bytes) = BLAKE3_keyed(LEAF_KEY, bytes)`, `node(a, b) = BLAKE3_keyed(NODE_KEY, a || b)`: two keys, so that no
//! leaf is a node. The number of leaves is `2^log_leaves`, the bytes of every leaf and of every path are fixed by the
//! shape, and the bits of the index say at each level which side the digest is on; neither index nor height is hashed,
//! because no verifier takes either from a proof. A scalar `x` is hashed as the 32 little-endian bytes of `x 2^256 mod r`,
//! the form in which the field library keeps it: a bijection with field elements that costs no conversion.
//!
//! # Caps
//! The commitment is the root with the layer of `2^cap_height` nodes below it. The layer costs 32 bytes a node and saves
//! every path `cap_height` digests; [`TreeShape::for_queries`] takes the height at which the sum is smallest. The root
//! makes the nodes above no opened leaf count too: without it a commitment with such a node changed could have openings
//! that still verify.
//!
//! Security: two leaves under one cap at one index are a collision of BLAKE3 with 256 bits of output, about `2^128`
//! work.

use ark_ff::BigInt;
use lariat_algebra::ifma::blake3 as lanes;
use lariat_algebra::{Fr, count, par};
use lariat_pcs::VerifyError;
use lariat_transcript::{ProverChannel, VerifierChannel};

/// A node of a tree.
pub type Digest = [u8; 32];

/// Bytes of a digest.
pub const DIGEST_BYTES: usize = 32;

const LEAF_KEY: &[u8; 32] = b"lariat-merkle v1 leaf of scalars";
const NODE_KEY: &[u8; 32] = b"lariat-merkle v1 pair of digests";

/// Name of the check that a cap hashes to its root.
pub const CHECK_CAP: &str = "cap-root";

/// Nodes that one task hashes.
const TASK: usize = 1 << 9;

/// The digest of a leaf's bytes.
pub fn hash_leaf(bytes: &[u8]) -> Digest {
    count::blake3(bytes.len(), 1);
    *blake3::keyed_hash(LEAF_KEY, bytes).as_bytes()
}

/// The digest of a node's two children.
pub fn hash_node(left: &Digest, right: &Digest) -> Digest {
    let mut pair = [0; 2 * DIGEST_BYTES];
    let (low, high) = pair.split_at_mut(DIGEST_BYTES);
    low.copy_from_slice(left);
    high.copy_from_slice(right);
    count::blake3(pair.len(), 1);
    *blake3::keyed_hash(NODE_KEY, &pair).as_bytes()
}

/// The root over a layer; a power of two of digests.
fn root(mut layer: Vec<Digest>) -> Digest {
    while layer.len() > 1 {
        layer = layer.as_chunks::<2>().0.iter().map(|[left, right]| hash_node(left, right)).collect();
    }
    *layer.first().expect("a layer has a node")
}

/// The digests of leaves of `len` bytes each, one after the other.
///
/// # Panics
/// When `len` is zero or `bytes` has another length than all leaves together.
pub fn hash_leaves(bytes: &[u8], len: usize, out: &mut [Digest]) {
    assert!(len > 0 && bytes.len() == len * out.len(), "{} leaves of {len} bytes", out.len());
    keyed_hashes(LEAF_KEY, bytes, len, out);
}

/// The digests of consecutive pairs of nodes.
///
/// # Panics
/// When there are not two nodes for each digest.
pub fn hash_nodes(children: &[Digest], out: &mut [Digest]) {
    assert_eq!(children.len(), 2 * out.len(), "children of {} nodes", out.len());
    keyed_hashes(NODE_KEY, children.as_flattened(), 2 * DIGEST_BYTES, out);
}

/// Many inputs on vectors where that is possible, the others one by one.
fn keyed_hashes(key: &[u8; 32], inputs: &[u8], len: usize, out: &mut [Digest]) {
    count::blake3(len, out.len());
    let done = if len.is_multiple_of(32) { lanes::keyed_hashes(key, inputs, len, out) } else { 0 };
    for (input, out) in inputs.chunks_exact(len).zip(out).skip(done) {
        *out = *blake3::keyed_hash(key, input).as_bytes();
    }
}

/// Bytes of a scalar in a leaf.
pub const LEAF_SCALAR_BYTES: usize = 32;

/// Writes a scalar as leaves hold it.
///
/// # Panics
/// When `out` has not 32 bytes.
#[inline]
pub fn write_leaf_scalar(x: &Fr, out: &mut [u8]) {
    let BigInt([a, b, c, d]) = x.0;
    let mut bytes = [[0; 8]; 4];
    for (bytes, limb) in bytes.iter_mut().zip([a, b, c, d]) {
        *bytes = limb.to_le_bytes();
    }
    out.copy_from_slice(bytes.as_flattened());
}

/// The digest of a leaf of scalars.
pub fn hash_scalars(scalars: &[Fr]) -> Digest {
    let mut bytes = vec![0; LEAF_SCALAR_BYTES * scalars.len()];
    for (x, out) in scalars.iter().zip(bytes.chunks_exact_mut(LEAF_SCALAR_BYTES)) {
        write_leaf_scalar(x, out);
    }
    hash_leaf(&bytes)
}

/// The shape of a tree: all that sizes depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeShape {
    log_leaves: usize,
    cap_height: usize,
}

impl TreeShape {
    /// A tree of `2^log_leaves` leaves with a cap of `2^cap_height` nodes; a cap beyond the leaves is the leaves.
    pub fn new(log_leaves: usize, cap_height: usize) -> Self {
        Self { log_leaves, cap_height: cap_height.min(log_leaves) }
    }

    /// The shape with the fewest bytes of cap and paths together when so many leaves are opened: `2^cap_height` is the
    /// number of queries, rounded up to a power of two.
    pub fn for_queries(log_leaves: usize, num_queries: usize) -> Self {
        Self::new(log_leaves, num_queries.max(1).next_power_of_two().ilog2() as usize)
    }

    /// Logarithm of the number of leaves.
    pub fn log_leaves(&self) -> usize {
        self.log_leaves
    }

    /// Number of leaves.
    pub fn num_leaves(&self) -> usize {
        1 << self.log_leaves
    }

    /// Logarithm of the number of nodes in the cap.
    pub fn cap_height(&self) -> usize {
        self.cap_height
    }

    /// Bytes of the cap: its nodes, and the root unless that is the only node.
    pub fn cap_bytes(&self) -> usize {
        (DIGEST_BYTES << self.cap_height) + if self.cap_height > 0 { DIGEST_BYTES } else { 0 }
    }

    /// Bytes of a path.
    pub fn path_bytes(&self) -> usize {
        DIGEST_BYTES * (self.log_leaves - self.cap_height)
    }
}

/// A tree, as the prover keeps it: all of it, or all above subtrees whose leaves the prover can make again.
#[derive(Clone, Debug)]
pub struct MerkleTree {
    shape: TreeShape,
    /// Logarithm of the number of leaves under a node of the lowest layer that is kept.
    log_subtree: usize,
    /// The lowest layer first, the cap last; of equal digests only the first is kept.
    layers: Vec<Vec<Digest>>,
}

/// The layers above `below`, halved each time, up to one of `2^cap_height` nodes.
fn layers_above(lowest: Vec<Digest>, cap_height: usize) -> Vec<Vec<Digest>> {
    let mut layers = vec![lowest];
    while layers[layers.len() - 1].len() > 1 << cap_height {
        let below = &layers[layers.len() - 1];
        let mut layer = vec![[0; DIGEST_BYTES]; below.len() / 2];
        par::for_each_chunk(&mut layer, TASK, |task, out| {
            hash_nodes(&below[2 * TASK * task..][..2 * out.len()], out);
        });
        layers.push(layer);
    }
    layers
}

/// The roots of subtrees of `2^log_subtree` leaves each, from digests of leaves, in `out`.
///
/// # Panics
/// When there are not so many leaves for each root.
pub(crate) fn hash_subtrees(leaves: &[Digest], log_subtree: usize, out: &mut [Digest]) {
    assert_eq!(leaves.len(), out.len() << log_subtree, "leaves of {} subtrees", out.len());
    let roots = (TASK >> log_subtree).max(1);
    par::for_each_chunk(out, roots, |task, out| {
        let mut below = leaves[(task * roots) << log_subtree..][..out.len() << log_subtree].to_vec();
        for _ in 0..log_subtree {
            let mut layer = vec![[0; DIGEST_BYTES]; below.len() / 2];
            hash_nodes(&below, &mut layer);
            below = layer;
        }
        out.copy_from_slice(&below);
    });
}

impl MerkleTree {
    /// The tree over digests of leaves.
    ///
    /// # Panics
    /// When there are not as many digests as the shape has leaves.
    pub fn new(leaves: Vec<Digest>, shape: TreeShape) -> Self {
        Self::over_subtrees(leaves, 0, shape)
    }

    /// The tree over the roots of subtrees of `2^log_subtree` leaves each, without what is below them.
    ///
    /// # Panics
    /// When there are not as many roots as that takes, or a subtree reaches above the cap.
    pub fn over_subtrees(roots: Vec<Digest>, log_subtree: usize, shape: TreeShape) -> Self {
        assert!(log_subtree + shape.cap_height <= shape.log_leaves, "subtrees of 2^{log_subtree} leaves in {shape:?}");
        assert_eq!(roots.len() << log_subtree, shape.num_leaves(), "leaves of the tree");
        Self { shape, log_subtree, layers: layers_above(roots, shape.cap_height) }
    }

    /// The tree over leaves that are all equal: one hash and one digest a layer.
    pub fn uniform(leaf: Digest, shape: TreeShape) -> Self {
        let layer = |below: &Digest| Some(hash_node(below, below));
        let digests = std::iter::successors(Some(leaf), layer).take(shape.log_leaves - shape.cap_height + 1);
        Self { shape, log_subtree: 0, layers: digests.map(|digest| vec![digest]).collect() }
    }

    /// The shape.
    pub fn shape(&self) -> TreeShape {
        self.shape
    }

    /// The cap.
    pub fn cap(&self) -> Cap {
        let top = &self.layers[self.layers.len() - 1];
        Cap { shape: self.shape, digests: top.iter().copied().cycle().take(1 << self.shape.cap_height).collect() }
    }

    /// Logarithm of the number of leaves under a node of the lowest layer that is kept: zero if that is the leaves' own.
    pub fn log_subtree(&self) -> usize {
        self.log_subtree
    }

    /// The siblings from a leaf up to below the cap: [`TreeShape::path_bytes`] bytes. `subtree` are the digests of the
    /// `2^log_subtree` leaves of the subtree that the leaf is in; without subtrees, nothing has to be given.
    ///
    /// # Panics
    /// When there is no such leaf, or the subtree is not the one that the tree was made over.
    pub fn open(&self, index: usize, subtree: &[Digest]) -> Vec<u8> {
        assert!(index < self.shape.num_leaves(), "leaf {index} of 2^{}", self.shape.log_leaves);
        let sibling = |index: usize, layer: &[Digest]| layer[(index ^ 1) % layer.len()];
        let mut path = Vec::with_capacity(self.shape.path_bytes());
        let node = index >> self.log_subtree;
        if self.log_subtree > 0 {
            assert_eq!(subtree.len(), 1 << self.log_subtree, "leaves of a subtree");
            let own = layers_above(subtree.to_vec(), 0);
            assert_eq!(own[self.log_subtree][0], self.layers[0][node], "the root of the subtree of leaf {index}");
            let within = index & ((1 << self.log_subtree) - 1);
            let levels = own[..self.log_subtree].iter().enumerate();
            levels.for_each(|(level, layer)| path.extend(sibling(within >> level, layer)));
        }
        let below_cap = self.layers[..self.layers.len() - 1].iter().enumerate();
        below_cap.for_each(|(level, layer)| path.extend(sibling(node >> level, layer)));
        path
    }
}

/// The commitment: the top of a tree, with its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    shape: TreeShape,
    digests: Vec<Digest>,
}

impl Cap {
    /// The shape.
    pub fn shape(&self) -> TreeShape {
        self.shape
    }

    /// The nodes, left to right.
    pub fn digests(&self) -> &[Digest] {
        &self.digests
    }

    /// Sends the cap: its nodes, and the root unless that is the only node.
    pub fn send(&self, label: &'static str, channel: &mut ProverChannel) {
        let mut bytes = self.digests.as_flattened().to_vec();
        if self.shape.cap_height > 0 {
            bytes.extend(root(self.digests.clone()));
        }
        channel.send_bytes(label, &bytes);
    }

    /// Receives the cap of a tree of this shape.
    ///
    /// # Errors
    /// When the proof ends before, or the nodes do not hash to the root: the check [`CHECK_CAP`]. Allocates no more than
    /// twice the message.
    pub fn recv(shape: TreeShape, label: &'static str, channel: &mut VerifierChannel<'_>) -> Result<Self, VerifyError> {
        let bytes = channel.recv_bytes(label, shape.cap_bytes())?;
        let mut digests: Vec<Digest> = bytes.as_chunks().0.to_vec();
        if shape.cap_height > 0 {
            let claimed = digests.pop();
            if claimed != Some(root(digests.clone())) {
                return Err(VerifyError::Check { check: CHECK_CAP });
            }
        }
        Ok(Self { shape, digests })
    }

    /// Whether the leaf at `index` has this digest. False as well for an index or a path that does not fit the shape.
    #[must_use]
    pub fn verify(&self, index: usize, leaf: &Digest, path: &[u8]) -> bool {
        if path.len() != self.shape.path_bytes() {
            return false;
        }
        let (siblings, _) = path.as_chunks::<DIGEST_BYTES>();
        let mut digest = *leaf;
        let mut position = index;
        for sibling in siblings {
            digest = if position & 1 == 0 { hash_node(&digest, sibling) } else { hash_node(sibling, &digest) };
            position >>= 1;
        }
        self.digests.get(position) == Some(&digest)
    }
}
