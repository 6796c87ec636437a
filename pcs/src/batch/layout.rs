//! Where columns lie in pieces, and how claims on columns become claims on pieces.

use ark_ff::Zero;
use lariat_algebra::Fr;
use lariat_algebra::column::Column;
use lariat_algebra::msm::RowValues;
use lariat_algebra::poly::{Powers, eq_evals, eq_evals_scaled};
use lariat_sumcheck::reduction::Claim;
use lariat_transcript::encoding::SCALAR_BYTES;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Logarithm of the most pieces that a column may be cut into.
pub(super) const MAX_LOG_PIECES: usize = 16;
/// Most variables of a column.
pub(super) const MAX_NUM_VARS: usize = 32;
/// Pieces that may come on top of one a column.
const EXTRA_PIECES: u128 = 64;

/// Number of variables `l` of a piece for a workload: at least that of most columns (the largest one on a tie), and
/// the smallest with which there are at most 64 pieces more than columns.
///
/// A function of the shapes alone, which the verifier knows; no proof carries it.
pub fn piece_vars(num_vars: &[usize]) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for &m in num_vars {
        *counts.entry(m.min(MAX_NUM_VARS)).or_default() += 1;
    }
    let Some((&most, _)) = counts.iter().max_by_key(|&(&m, &count)| (count, m)) else { return 0 };
    let pieces = |l: usize| -> u128 {
        let of = |(&m, &count): (&usize, &usize)| {
            if m >= l { (count as u128) << (m - l) } else { (count as u128).div_ceil(1 << (l - m).min(63)) }
        };
        counts.iter().map(of).sum()
    };
    let limit = num_vars.len() as u128 + EXTRA_PIECES;
    (most..=MAX_NUM_VARS).find(|&l| pieces(l) <= limit).unwrap_or(MAX_NUM_VARS)
}

/// What one piece holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    /// Evaluations `index 2^l ..` of a long column.
    Part { column: usize, index: usize },
    /// Short columns in `num_vars` variables, one a slot.
    Slots { num_vars: usize, columns: Vec<usize> },
}

/// The pieces of all commit calls.
#[derive(Clone, Debug)]
pub struct Shape {
    piece_vars: usize,
    batches: Vec<Vec<Content>>,
    /// Index of each batch's first column.
    first_column: Vec<usize>,
    num_vars: Vec<usize>,
    /// Numbers of variables that occur, capped at `l`; ascending.
    sizes: Vec<usize>,
}

/// The challenges of the first step.
pub(super) struct Draws {
    pub rho: Fr,
    /// A point in the slot variables for each size.
    pub slots: Vec<Vec<Fr>>,
}

impl Shape {
    /// The pieces of commit calls over columns with these numbers of variables.
    pub fn new(piece_vars: usize, batches: &[&[usize]]) -> Self {
        let num_vars = batches.concat();
        let sizes: BTreeSet<usize> = num_vars.iter().map(|&m| m.min(piece_vars)).collect();
        let mut first_column = Vec::with_capacity(batches.len());
        let mut next = 0;
        let layout = |batch: &[usize]| {
            let mut pieces = Vec::new();
            let mut short: Vec<usize> = Vec::new();
            for (k, &m) in batch.iter().enumerate() {
                if m >= piece_vars {
                    pieces.extend((0..1usize << (m - piece_vars)).map(|index| Content::Part { column: k, index }));
                } else {
                    short.push(k);
                }
            }
            short.sort_by_key(|&k| Reverse(batch[k]));
            for columns in short.chunk_by(|&a, &b| batch[a] == batch[b]) {
                let num_vars = batch[columns[0]];
                let per_piece = 1usize << (piece_vars - num_vars);
                let slots = |columns: &[usize]| Content::Slots { num_vars, columns: columns.to_vec() };
                pieces.extend(columns.chunks(per_piece).map(slots));
            }
            pieces
        };
        let layouts = batches
            .iter()
            .map(|batch| {
                first_column.push(next);
                next += batch.len();
                layout(batch)
            })
            .collect();
        Self { piece_vars, batches: layouts, first_column, num_vars, sizes: sizes.into_iter().collect() }
    }

    /// Number of variables `l` of a piece.
    pub fn piece_vars(&self) -> usize {
        self.piece_vars
    }

    /// Number of pieces of every commit call.
    pub fn num_pieces(&self) -> Vec<usize> {
        self.batches.iter().map(Vec::len).collect()
    }

    /// The numbers of variables that occur, those above `l` counted as `l`; ascending.
    pub fn sizes(&self) -> &[usize] {
        &self.sizes
    }

    /// The degree that bounds the error of the reduction to one claim: it is at most this divided by the size of the
    /// field.
    pub fn error_degree(&self) -> usize {
        let pieces: usize = self.num_pieces().iter().sum();
        let slots: usize = self.sizes.iter().map(|m| self.piece_vars - m).sum();
        let reduction = if self.sizes.len() > 1 { 2 * self.piece_vars + 3 * self.sizes.len() } else { 0 };
        self.num_vars.len() + pieces + slots + reduction
    }

    /// Bytes of the reduction's messages.
    pub fn reduction_bytes(&self) -> usize {
        match self.sizes.len() {
            0 | 1 => 0,
            sizes => SCALAR_BYTES * (2 * self.piece_vars + sizes),
        }
    }

    /// Position of the size of every piece of a batch in [`Self::sizes`].
    pub(super) fn sizes_of_pieces(&self, batch: usize) -> impl Iterator<Item = usize> {
        self.batches[batch].iter().map(|content| self.size_index(content))
    }

    fn size_index(&self, content: &Content) -> usize {
        let size = match content {
            Content::Part { .. } => self.piece_vars,
            Content::Slots { num_vars, .. } => *num_vars,
        };
        self.sizes.partition_point(|&m| m < size)
    }

    /// One claim a size, and the coefficients of all pieces in the polynomials that the claims are about.
    ///
    /// `rho` runs over the claims of all sizes: long columns, and pieces of short ones.
    pub(super) fn combine(&self, draws: &Draws, point: &[Fr], evals: &[Fr]) -> (Vec<Claim>, Vec<Vec<Fr>>) {
        let suffix = |m: usize| &point[point.len() - m..];
        let mut claims: Vec<Claim> = self
            .sizes
            .iter()
            .zip(&draws.slots)
            .enumerate()
            .map(|(poly, (&m, slots))| Claim { poly, point: [slots, suffix(m)].concat(), value: Fr::zero() })
            .collect();
        let slot_weights: Vec<Vec<Fr>> = draws.slots.iter().map(|s| eq_evals(s)).collect();
        let mut powers = Powers::new(draws.rho);
        let mut coefficients = Vec::with_capacity(self.batches.len());
        for (contents, &first) in self.batches.iter().zip(&self.first_column) {
            let mut own = Vec::with_capacity(contents.len());
            let mut part_weights = Vec::new();
            for content in contents {
                let size = self.size_index(content);
                match content {
                    Content::Part { column, index } => {
                        if *index == 0 {
                            let m = self.num_vars[first + column];
                            let scale = powers.draw();
                            part_weights = eq_evals_scaled(&suffix(m)[..m - self.piece_vars], scale);
                            claims[size].value += scale * evals[first + column];
                        }
                        own.push(part_weights[*index]);
                    }
                    Content::Slots { columns, .. } => {
                        let scale = powers.draw();
                        let value: Fr =
                            columns.iter().zip(&slot_weights[size]).map(|(&k, w)| *w * evals[first + k]).sum();
                        claims[size].value += scale * value;
                        own.push(scale);
                    }
                }
            }
            coefficients.push(own);
        }
        (claims, coefficients)
    }

    /// The short columns that each piece of a batch has, as rows one after the other; none for a part of a long one.
    pub(super) fn slots<'a>(&self, batch: usize, columns: &[&'a Column]) -> Vec<Vec<RowValues<'a>>> {
        let row = |m: usize, k: usize| RowValues::of_column(columns[k], 0, 1 << m);
        let of_piece = |content: &Content| match content {
            Content::Part { .. } => Vec::new(),
            Content::Slots { num_vars, columns } => columns.iter().map(|&k| row(*num_vars, k)).collect(),
        };
        self.batches[batch].iter().map(of_piece).collect()
    }

    /// The pieces of a batch; `slots` are those of [`Self::slots`].
    pub(super) fn pieces<'a>(
        &self,
        batch: usize,
        columns: &[&'a Column],
        slots: &'a [Vec<RowValues<'a>>],
    ) -> Vec<RowValues<'a>> {
        let len = 1usize << self.piece_vars;
        let of_piece = |(content, slots): (&Content, &'a Vec<RowValues<'a>>)| match content {
            Content::Part { column, index } => RowValues::of_column(columns[*column], index * len, len),
            Content::Slots { num_vars, .. } => RowValues::Stack { slots, log_slot: *num_vars },
        };
        self.batches[batch].iter().zip(slots).map(of_piece).collect()
    }
}
