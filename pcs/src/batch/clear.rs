//! Commit calls that are sent in clear, because a commitment of their own would make the proof longer.

use super::Shape;
use crate::VerifyError;
use ark_ff::Zero;
use lariat_algebra::Fr;
use lariat_algebra::column::Column;
use lariat_algebra::poly::eq_evals;
use lariat_algebra::wide::inner_product;

/// Whether a commit call over columns with these numbers of variables is sent in clear, if up to `max_values` evaluations may be:
/// all columns are of one size, shorter than a piece, and fit one.
pub(super) fn is_clear(piece_vars: usize, num_vars: &[usize], max_values: usize) -> bool {
    let Some(&first) = num_vars.first() else { return false };
    let is_one_piece = first < piece_vars && Shape::new(piece_vars, &[num_vars]).num_pieces() == [1];
    is_one_piece && num_vars.len() << first <= max_values
}

/// The evaluations of columns, one column after the other.
pub(super) fn evaluations(columns: &[&Column]) -> Vec<Fr> {
    columns.iter().flat_map(|column| (0..1usize << column.num_vars()).map(|i| column.get(i))).collect()
}

/// Checks that columns in `num_vars` variables, sent one after the other, have these values at a suffix of the point.
///
/// # Errors
/// When one has another value.
pub(super) fn check(values: &[Fr], num_vars: usize, point: &[Fr], evals: &[Fr]) -> Result<(), VerifyError> {
    let weights = eq_evals(&point[point.len() - num_vars..]);
    for (column, eval) in values.chunks_exact(1 << num_vars).zip(evals) {
        if inner_product(column, &weights) != *eval {
            return Err(VerifyError::Check { check: "evaluation of what is sent in clear" });
        }
    }
    Ok(())
}

/// Checks the values of columns that are all zero.
///
/// # Errors
/// When one is another.
pub(super) fn check_zeros(evals: &[Fr]) -> Result<(), VerifyError> {
    if evals.iter().all(Zero::is_zero) { Ok(()) } else { Err(VerifyError::Check { check: "value of zeros in clear" }) }
}

/// Which commit calls the scheme commits to; the others are sent in clear.
pub(super) struct Split<'a> {
    is_clear: Vec<bool>,
    batches: &'a [&'a [usize]],
}

impl<'a> Split<'a> {
    /// For calls over columns with these numbers of variables.
    pub fn new(piece_vars: usize, batches: &'a [&'a [usize]], max_values: usize) -> Self {
        Self { is_clear: batches.iter().map(|batch| is_clear(piece_vars, batch, max_values)).collect(), batches }
    }

    /// The items of the calls that are committed to, out of one for each call.
    pub fn committed<T>(&self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        all.into_iter().zip(&self.is_clear).filter_map(|(item, &clear)| (!clear).then_some(item)).collect()
    }

    /// The pieces of the calls that are committed to.
    pub fn shape(&self, piece_vars: usize) -> Shape {
        Shape::new(piece_vars, &self.committed(self.batches.iter().copied()))
    }

    /// Items of all columns, call by call.
    pub fn by_call<'b, T>(&self, mut all: &'b [T]) -> Vec<&'b [T]> {
        let own = |batch: &&[usize]| {
            let (own, others) = all.split_at(batch.len());
            all = others;
            own
        };
        self.batches.iter().map(own).collect()
    }
}
