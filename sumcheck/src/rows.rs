//! Rows of compact columns as integers of 32 bits, a block at a time, and forms over them.
//!
//! Entries of signed columns have [`bias`] added, so that none is negative.

use crate::quadratic::LinearForm;
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    forms::IntegerRows,
};

/// What is added to entries of a column.
pub(crate) fn bias(column: &Column) -> u32 {
    if matches!(column.data(), ColumnData::I32(_)) { 1 << 31 } else { 0 }
}

/// `out[i]` is the entry on row `start + rows[i]`, zero past the stored prefix, and the [`bias`].
///
/// # Panics
/// On columns of 64-bit or full-size entries or sparse ones, which the kernels do not take.
#[expect(clippy::panic, reason = "a documented precondition of the prover")]
pub(crate) fn copy_rows(column: &Column, start: usize, rows: impl Iterator<Item = usize>, out: &mut [u32]) {
    fn copy<T: Copy>(
        v: &[T],
        start: usize,
        rows: impl Iterator<Item = usize>,
        out: &mut [u32],
        convert: impl Fn(T) -> u32,
        zero: u32,
    ) {
        let v = &v[start.min(v.len())..];
        for (x, i) in out.iter_mut().zip(rows) {
            *x = v.get(i).map_or(zero, |&entry| convert(entry));
        }
    }
    match column.data() {
        ColumnData::Bool(v) => copy(v, start, rows, out, u32::from, 0),
        ColumnData::U8(v) => copy(v, start, rows, out, u32::from, 0),
        ColumnData::U16(v) => copy(v, start, rows, out, u32::from, 0),
        ColumnData::U32(v) => copy(v, start, rows, out, |x| x, 0),
        ColumnData::I32(v) => copy(v, start, rows, out, |x| (x as u32) ^ (1 << 31), 1 << 31),
        ColumnData::U64(_) | ColumnData::Field(_) | ColumnData::Sparse(_) => {
            panic!("the quadratic kernel takes dense columns of at most 32 bits")
        }
    }
}

/// Rows of all columns of which so many of the last coordinates are bound: row `i` is number `start + order[i]` of the bound
/// ones, and its entries, `2^bound` a column, are columns `k 2^bound + y` for column `k` and the last bits `y`.
///
/// # Panics
/// As [`copy_rows`].
pub(crate) fn load_bound(columns: &[&Column], bound: usize, start: usize, order: &[usize], out: &mut IntegerRows) {
    out.reset(order.len(), columns.len() << bound);
    for (k, column) in columns.iter().enumerate() {
        for y in 0..1 << bound {
            let rows = order.iter().map(|i| (i << bound) + y);
            copy_rows(column, start << bound, rows, out.column_mut((k << bound) + y));
        }
    }
}

/// What the biases of copied columns add to a form.
pub(crate) fn bias_of(form: &LinearForm, columns: &[&Column]) -> Fr {
    form.terms.iter().map(|&(k, c)| c * Fr::from(bias(columns[k]))).sum()
}
