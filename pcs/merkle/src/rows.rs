//! Rows of the codewords of many pieces under a tree, as the prover has them from committing to opening.
//!
//! Codewords take `2^blowup` times 32 bytes for every value of a piece. Where the values are integers of one to eight bytes, long
//! codewords are not kept: commitment and opening encode a block of positions of all pieces at a time ([`BlockEncoder`]). An opening then costs
//! about half of the encoding again; which way it went, no message tells. Of the tree over such rows the lowest layers are not kept either:
//! an opening encodes and hashes the subtrees that its positions are in.

use crate::matrix::{InterleavedMatrix, Word, hash_rows};
use crate::openings::{OpeningLabels, send};
use crate::tree::{
    Cap, DIGEST_BYTES, Digest, LEAF_SCALAR_BYTES, MerkleTree, TreeShape, hash_leaves, hash_scalars, hash_subtrees,
    write_leaf_scalar,
};
use ark_ff::Zero;
use lariat_algebra::msm::RowValues;
use lariat_algebra::ntt::{BlockEncoder, Domain, constant};
use lariat_algebra::{Fr, par};
use lariat_transcript::ProverChannel;

/// Most bytes of codewords that are kept.
const KEPT_BYTES: u64 = 32 << 20;

/// Bytes of the blocks that are there at once. As few blocks as this allows, and no more than [`MAX_CHUNKS`] a piece.
const BLOCKS_BYTES: usize = 4 << 20;

/// Most chunks of coefficients that a block combines: from 64 on, that takes longer than the butterflies that it replaces.
const MAX_CHUNKS: usize = 32;

/// Logarithm of the leaves of a subtree that is not kept. An opening encodes so many rows for each position: more take longer than
/// what they save in memory is worth.
const LOG_SUBTREE: usize = 4;

/// Positions that an opening is estimated to have.
const USUAL_QUERIES: usize = 256;

/// Pieces and their code: what rows follow from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Logarithm of the most values of a piece, which are the coefficients of a polynomial.
    pub log_coefficients: usize,
    /// Logarithm of the positions a coefficient.
    pub log_blowup: usize,
}

impl Code {
    /// Logarithm of the number of positions.
    pub fn log_len(self) -> usize {
        self.log_coefficients + self.log_blowup
    }

    /// Bytes of so many codewords.
    fn word_bytes(self, width: usize) -> u64 {
        ((width * size_of::<Fr>()) as u64) << self.log_len()
    }

    /// Logarithm of the positions of a block, for so many pieces.
    fn log_block(self, width: usize) -> usize {
        let fits = (BLOCKS_BYTES / (width.max(1) * size_of::<Fr>())).max(1).ilog2() as usize;
        let least = self.log_coefficients.saturating_sub(MAX_CHUNKS.ilog2() as usize);
        fits.max(least).max(1).min(self.log_len())
    }
}

/// Rows `(word_1[i], ..., word_w[i])` of the codewords of one commit call, and the tree over them.
#[derive(Clone, Debug)]
pub struct CommittedRows {
    source: Source,
    tree: MerkleTree,
}

#[derive(Clone, Debug)]
enum Source {
    /// The codewords.
    Words(InterleavedMatrix),
    /// Encoded anew from the pieces.
    Pieces(Code),
}

impl CommittedRows {
    /// The rows of pieces of at most `2^log_coefficients` values, with the cap that suits so many queries.
    ///
    /// # Panics
    /// When a piece is longer, or the domain larger than the field has.
    pub fn encode(pieces: &[RowValues<'_>], code: Code, num_queries: usize) -> Self {
        // A form in elements is no cheaper than butterflies, and their codewords are not much longer than they are.
        let elements = pieces.iter().any(RowValues::has_elements);
        if elements || code.word_bytes(pieces.len()) <= KEPT_BYTES {
            let words = InterleavedMatrix::encode(pieces, code.log_coefficients, code.log_blowup, 0);
            return Self::of_words(words, num_queries);
        }
        Self::encode_in_blocks(pieces, code, None, num_queries)
    }

    /// The rows of given codewords.
    pub fn of_words(words: InterleavedMatrix, num_queries: usize) -> Self {
        let tree = words.commit(num_queries);
        Self { source: Source::Words(words), tree }
    }

    pub(crate) fn encode_in_blocks(
        pieces: &[RowValues<'_>],
        code: Code,
        log_block: Option<usize>,
        num_queries: usize,
    ) -> Self {
        let shape = TreeShape::for_queries(code.log_len(), num_queries);
        let mut blocks = Blocks::new(pieces, code, log_block);
        let tree = if let Some(row) = blocks.uniform() {
            MerkleTree::uniform(hash_scalars(&row), shape)
        } else {
            let log_subtree = LOG_SUBTREE.min(code.log_len() - shape.cap_height()).min(blocks.log_block);
            MerkleTree::over_subtrees(blocks.roots(log_subtree), log_subtree, shape)
        };
        Self { source: Source::Pieces(code), tree }
    }

    /// The cap of the tree.
    pub fn cap(&self) -> Cap {
        self.tree.cap()
    }

    /// The codewords, if they are kept.
    pub fn words(&self) -> Option<&InterleavedMatrix> {
        match &self.source {
            Source::Words(words) => Some(words),
            Source::Pieces(_) => None,
        }
    }

    /// The rows at these indices, one after the other. `pieces` are those that were committed.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn rows(&self, pieces: &[RowValues<'_>], indices: &[usize]) -> Vec<Fr> {
        match &self.source {
            Source::Words(words) => words.leaves(indices),
            Source::Pieces(code) => Blocks::new(pieces, *code, None).rows(indices),
        }
    }

    /// Sends the rows at these indices with their paths. `pieces` are those that were committed.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn send(
        &self,
        pieces: &[RowValues<'_>],
        indices: &[usize],
        labels: OpeningLabels,
        channel: &mut ProverChannel,
    ) {
        let log_subtree = self.tree.log_subtree();
        if log_subtree == 0 {
            let paths: Vec<u8> = indices.iter().flat_map(|&i| self.tree.open(i, &[])).collect();
            return send(&self.rows(pieces, indices), &paths, labels, channel);
        }
        // All rows of the subtrees that the positions are in.
        let mut subtrees: Vec<usize> = indices.iter().map(|i| i >> log_subtree).collect();
        subtrees.sort_unstable();
        subtrees.dedup();
        let positions = |subtree: &usize| subtree << log_subtree..(subtree + 1) << log_subtree;
        let rows = self.rows(pieces, &subtrees.iter().flat_map(positions).collect::<Vec<_>>());
        let width = pieces.len();
        let mut digests = vec![Digest::default(); subtrees.len() << log_subtree];
        par::for_each_chunk(&mut digests, 1 << log_subtree, |i, out| {
            let rows = &rows[(i << log_subtree) * width..][..width << log_subtree];
            let mut bytes = vec![0; LEAF_SCALAR_BYTES * rows.len()];
            let places = bytes.chunks_exact_mut(LEAF_SCALAR_BYTES);
            rows.iter().zip(places).for_each(|(x, place)| write_leaf_scalar(x, place));
            hash_leaves(&bytes, LEAF_SCALAR_BYTES * width, out);
        });
        let (mut leaves, mut paths) = (Vec::with_capacity(indices.len() * width), Vec::new());
        for &index in indices {
            let first = subtrees.partition_point(|subtree| *subtree < index >> log_subtree) << log_subtree;
            let at = first + (index & ((1 << log_subtree) - 1));
            leaves.extend(&rows[at * width..][..width]);
            paths.extend(self.tree.open(index, &digests[first..][..1 << log_subtree]));
        }
        send(&leaves, &paths, labels, channel);
    }

    /// Bytes that are kept of the rows of so many pieces of integers.
    pub fn kept_bytes(width: usize, code: Code) -> u64 {
        if width == 0 {
            return 0;
        }
        let words = code.word_bytes(width);
        let tree = (2 * DIGEST_BYTES as u64) << code.log_len();
        if words <= KEPT_BYTES { words + tree } else { tree >> LOG_SUBTREE }
    }

    /// Bytes that committing so many pieces of integers, or opening them, takes beside what is kept.
    pub fn working_bytes(width: usize, code: Code) -> u64 {
        if code.word_bytes(width) <= KEPT_BYTES {
            return 0;
        }
        let blocks = ((width * size_of::<Fr>()) as u64) << code.log_block(width);
        let opened = ((USUAL_QUERIES * width * size_of::<Fr>()) as u64) << LOG_SUBTREE;
        blocks.max(opened) + (((size_of::<u32>() * workers(width)) as u64) << code.log_coefficients)
    }
}

/// Parts that pieces are dealt to: more than threads, for pieces take unequal time.
fn workers(width: usize) -> usize {
    (2 * par::num_threads()).min(width).max(1)
}

/// Pieces, and one block of their codewords at a time.
struct Blocks<'a> {
    width: usize,
    code: Code,
    log_block: usize,
    /// Codewords that have one value everywhere.
    constants: Vec<Option<Fr>>,
    workers: Vec<Worker<'a>>,
}

/// A part of the pieces.
struct Worker<'a> {
    encoder: BlockEncoder,
    /// Numbers of pieces.
    numbers: Vec<usize>,
    pieces: Vec<RowValues<'a>>,
    /// Values of the current block, or at some of its positions, piece after piece.
    values: Vec<Fr>,
}

impl<'a> Blocks<'a> {
    /// With blocks of `2^log_block` positions, if a length is given.
    fn new(pieces: &[RowValues<'a>], code: Code, log_block: Option<usize>) -> Self {
        for piece in pieces {
            assert!(piece.end() <= 1 << code.log_coefficients, "{} values in 2^{}", piece.end(), code.log_coefficients);
        }
        let constants: Vec<Option<Fr>> = par::map_collect(pieces.len(), |i| constant(pieces[i]));
        let full: Vec<usize> = (0..pieces.len()).filter(|&i| constants[i].is_none()).collect();
        let log_block = log_block.unwrap_or_else(|| code.log_block(full.len()));
        let count = workers(full.len());
        let worker = |k: usize| {
            let numbers: Vec<usize> = full.iter().copied().skip(k).step_by(count).collect();
            Worker {
                encoder: BlockEncoder::new(Domain::new(code.log_len()), log_block),
                pieces: numbers.iter().map(|&i| pieces[i]).collect(),
                values: Vec::new(),
                numbers,
            }
        };
        Self { width: pieces.len(), code, log_block, constants, workers: (0..count).map(worker).collect() }
    }

    /// The one row that there is, if all codewords are constant.
    fn uniform(&self) -> Option<Vec<Fr>> {
        self.constants.iter().copied().collect()
    }

    /// A row with zero in place of what depends on the position.
    fn row_of_constants(&self) -> Vec<Fr> {
        self.constants.iter().map(|x| x.unwrap_or_else(Fr::zero)).collect()
    }

    /// The roots of the subtrees over `2^log_subtree` rows each, which are no more than a block has.
    fn roots(&mut self, log_subtree: usize) -> Vec<Digest> {
        let mut roots = vec![Digest::default(); 1 << (self.code.log_len() - log_subtree)];
        let mut leaves = vec![Digest::default(); 1 << self.log_block];
        let len = 1usize << self.log_block;
        for worker in &mut self.workers {
            worker.values.resize(worker.pieces.len() * len, Fr::zero());
        }
        for (block, out) in roots.chunks_mut(len >> log_subtree).enumerate() {
            par::for_each_mut(&mut self.workers, |_, worker| {
                for (piece, values) in worker.pieces.iter().zip(worker.values.chunks_mut(len)) {
                    worker.encoder.encode(*piece, block, values);
                }
            });
            let mut words: Vec<Word<'_>> = self.row_of_constants().into_iter().map(Word::Constant).collect();
            for worker in &self.workers {
                for (&i, values) in worker.numbers.iter().zip(worker.values.chunks(len)) {
                    words[i] = Word::Full(values);
                }
            }
            hash_rows(&words, 0, &mut leaves);
            hash_subtrees(&leaves, log_subtree, out);
        }
        roots
    }

    /// Rows, one after the other.
    fn rows(&mut self, indices: &[usize]) -> Vec<Fr> {
        let mut order: Vec<usize> = indices.to_vec();
        order.sort_unstable();
        order.dedup();
        assert!(
            order.last().is_none_or(|i| *i < 1 << self.code.log_len()),
            "rows {order:?} of 2^{}",
            self.code.log_len()
        );
        let mut rows = self.row_of_constants().repeat(order.len());
        let (width, mut first) = (self.width, 0);
        for same in order.chunk_by(|a, b| a >> self.log_block == b >> self.log_block) {
            let block = same[0] >> self.log_block;
            let positions: Vec<usize> = same.iter().map(|i| i & ((1 << self.log_block) - 1)).collect();
            par::for_each_mut(&mut self.workers, |_, worker| {
                worker.values.clear();
                for piece in &worker.pieces {
                    worker.values.extend(worker.encoder.encode_at(*piece, block, &positions));
                }
            });
            for worker in &self.workers {
                for (&i, values) in worker.numbers.iter().zip(worker.values.chunks(positions.len())) {
                    values.iter().enumerate().for_each(|(row, x)| rows[(first + row) * width + i] = *x);
                }
            }
            first += same.len();
        }
        let place = |i: &usize| order.partition_point(|x| x < i) * width;
        indices.iter().flat_map(|i| rows[place(i)..place(i) + width].iter().copied()).collect()
    }
}
