//! The codewords of many polynomials as the columns of one matrix, hashed row by row.

use crate::tree::{Digest, LEAF_SCALAR_BYTES, MerkleTree, TreeShape, hash_leaves, hash_scalars, write_leaf_scalar};
use ark_ff::Zero;
use lariat_algebra::ifma::blake3::LANES;
use lariat_algebra::ifma::slices::scale_add;
use lariat_algebra::msm::RowValues;
use lariat_algebra::ntt::{Domain, widen};
use lariat_algebra::{Fr, par};

/// Scalars of the rows that are gathered at a time: 64 KiB, which allocators keep at hand.
const TILE_SCALARS: usize = 1 << 11;

/// A codeword.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Codeword {
    /// The same value everywhere: the codeword of a polynomial with no coefficients but the first.
    Constant(Fr),
    /// All values.
    Full(Vec<Fr>),
}

impl Codeword {
    fn whole(&self) -> Word<'_> {
        match self {
            Self::Constant(c) => Word::Constant(*c),
            Self::Full(values) => Word::Full(values),
        }
    }

    fn get(&self, i: usize) -> Fr {
        match self {
            Self::Constant(c) => *c,
            Self::Full(v) => v[i],
        }
    }
}

/// A part of a codeword.
#[derive(Clone, Copy)]
pub(crate) enum Word<'a> {
    /// The same value everywhere.
    Constant(Fr),
    /// All values of the part.
    Full(&'a [Fr]),
}

/// The digests of leaves of `2^log_group` consecutive rows over these words. Rows are gathered in tiles, so that each word is
/// read in runs.
pub(crate) fn hash_rows(words: &[Word<'_>], log_group: usize, digests: &mut [Digest]) {
    let leaf_scalars = words.len() << log_group;
    let leaf_bytes = LEAF_SCALAR_BYTES * leaf_scalars;
    let tile_leaves = (TILE_SCALARS / leaf_scalars).next_power_of_two().max(LANES);
    par::for_each_chunk(digests, tile_leaves, |tile, out| {
        let rows = out.len() << log_group;
        let first = (tile * tile_leaves) << log_group;
        let mut bytes = vec![0; leaf_bytes * out.len()];
        let row_bytes = LEAF_SCALAR_BYTES * words.len();
        for (column, word) in words.iter().enumerate() {
            let places = bytes[LEAF_SCALAR_BYTES * column..].chunks_mut(row_bytes);
            match word {
                Word::Constant(c) => places.for_each(|place| write_leaf_scalar(c, &mut place[..LEAF_SCALAR_BYTES])),
                Word::Full(values) => {
                    for (x, place) in values[first..first + rows].iter().zip(places) {
                        write_leaf_scalar(x, &mut place[..LEAF_SCALAR_BYTES]);
                    }
                }
            }
        }
        hash_leaves(&bytes, leaf_bytes, out);
    });
}

/// Codewords of `2^log_len` values each, side by side: row `i` is `(word_1[i], ..., word_w[i])`. A leaf is `2^log_group`
/// consecutive rows, one after the other.
///
/// Codewords are in the order of [`lariat_algebra::ntt`], so consecutive rows are the ones that folds combine.
#[derive(Clone, Debug)]
pub struct InterleavedMatrix {
    words: Vec<Codeword>,
    log_len: usize,
    log_group: usize,
}

impl InterleavedMatrix {
    /// Encodes pieces of at most `2^log_coefficients` values each: a piece's values are the coefficients of a univariate
    /// polynomial, evaluated on `2^(log_coefficients + log_blowup)` points.
    ///
    /// Zeros at the end of a piece cost nothing; a piece that is zero past its first value costs no memory either.
    ///
    /// # Panics
    /// When a piece is longer, or the domain larger than the field has.
    pub fn encode(pieces: &[RowValues<'_>], log_coefficients: usize, log_blowup: usize, log_group: usize) -> Self {
        let log_len = log_coefficients + log_blowup;
        let domain = Domain::new(log_len);
        let words = par::map_collect(pieces.len(), |i| {
            let piece = pieces[i];
            assert!(piece.end() <= 1 << log_coefficients, "{} values in 2^{log_coefficients}", piece.end());
            let coefficients = widen(piece);
            match coefficients[..] {
                [] => Codeword::Constant(Fr::zero()),
                [first] => Codeword::Constant(first),
                _ => Codeword::Full(domain.encode(&coefficients)),
            }
        });
        Self::checked(words, log_len, log_group)
    }

    /// The matrix of given codewords.
    ///
    /// # Panics
    /// When a codeword has not `2^log_len` values or a group is longer than a codeword.
    pub fn from_words(words: Vec<Vec<Fr>>, log_len: usize, log_group: usize) -> Self {
        for word in &words {
            assert_eq!(word.len(), 1 << log_len, "values of a codeword");
        }
        Self::checked(words.into_iter().map(Codeword::Full).collect(), log_len, log_group)
    }

    fn checked(words: Vec<Codeword>, log_len: usize, log_group: usize) -> Self {
        assert!(log_group <= log_len, "2^{log_group} rows a leaf of 2^{log_len}");
        Self { words, log_len, log_group }
    }

    /// Number of codewords.
    pub fn width(&self) -> usize {
        self.words.len()
    }

    /// Logarithm of the number of rows.
    pub fn log_len(&self) -> usize {
        self.log_len
    }

    /// Logarithm of the number of leaves.
    pub fn log_leaves(&self) -> usize {
        self.log_len - self.log_group
    }

    /// Scalars in a leaf.
    pub fn leaf_scalars(&self) -> usize {
        self.words.len() << self.log_group
    }

    /// A codeword, if it is kept in full.
    pub fn word(&self, column: usize) -> Option<&[Fr]> {
        match self.words.get(column) {
            Some(Codeword::Full(values)) => Some(values),
            _ => None,
        }
    }

    /// Bytes of memory that the codewords take.
    pub fn heap_bytes(&self) -> usize {
        self.words.iter().map(|w| if let Codeword::Full(v) = w { size_of_val(&v[..]) } else { 0 }).sum()
    }

    /// The scalars of a leaf, row by row.
    ///
    /// # Panics
    /// When there is no such leaf.
    pub fn leaf(&self, index: usize) -> Vec<Fr> {
        assert!(index < 1 << self.log_leaves(), "leaf {index} of 2^{}", self.log_leaves());
        let rows = index << self.log_group..(index + 1) << self.log_group;
        rows.flat_map(|row| self.words.iter().map(move |word| word.get(row))).collect()
    }

    /// The scalars of the leaves at these indices, leaf after leaf.
    ///
    /// # Panics
    /// When there is no such leaf.
    pub fn leaves(&self, indices: &[usize]) -> Vec<Fr> {
        indices.iter().flat_map(|&i| self.leaf(i)).collect()
    }

    /// The tree over the leaves, with the cap that suits so many queries.
    pub fn commit(&self, num_queries: usize) -> MerkleTree {
        let shape = TreeShape::for_queries(self.log_leaves(), num_queries);
        if self.words.iter().all(|word| matches!(word, Codeword::Constant(_))) {
            return MerkleTree::uniform(hash_scalars(&self.leaf(0)), shape);
        }
        MerkleTree::new(self.leaf_digests(), shape)
    }

    /// The digests of all leaves.
    fn leaf_digests(&self) -> Vec<Digest> {
        let mut digests = vec![Digest::default(); 1 << self.log_leaves()];
        let words: Vec<Word<'_>> = self.words.iter().map(Codeword::whole).collect();
        hash_rows(&words, self.log_group, &mut digests);
        digests
    }

    /// The linear combination of the codewords with these coefficients.
    ///
    /// # Panics
    /// When there are not as many coefficients as codewords.
    pub fn combine(&self, coefficients: &[Fr]) -> Vec<Fr> {
        assert_eq!(coefficients.len(), self.width(), "coefficients of the combination");
        let terms = || self.words.iter().zip(coefficients);
        let constant: Fr = terms().map(|(w, c)| if let Codeword::Constant(x) = w { *x * c } else { Fr::zero() }).sum();
        let mut out = vec![constant; 1 << self.log_len];
        par::for_each_chunk(&mut out, 1 << 12, |chunk, out| {
            let start = chunk << 12;
            for (word, c) in terms() {
                if let Codeword::Full(values) = word {
                    scale_add(out, *c, &values[start..start + out.len()]);
                }
            }
        });
        out
    }
}
