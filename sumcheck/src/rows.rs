//! Rows of compact columns as machine integers, a chunk at a time, and forms over them.

use crate::quadratic::{IntForm, LinearForm};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    forms::{IntegerRows, SmallForm},
    wide::SmallAcc,
};

/// Copies rows from `start` of a column into `out` as integers (zeros past the stored prefix).
///
/// # Panics
/// On columns of 64-bit or full-size entries or sparse ones, which this kernel does not take.
#[expect(clippy::panic, reason = "a documented precondition of the prover")]
fn load(column: &Column, start: usize, out: &mut [i64]) {
    fn copy<T: Copy + Into<i64>>(v: &[T], start: usize, out: &mut [i64]) {
        let v = &v[start.min(v.len())..];
        let len = v.len().min(out.len());
        for (o, x) in out.iter_mut().zip(v) {
            *o = (*x).into();
        }
        out[len..].fill(0);
    }
    match column.data() {
        ColumnData::Bool(v) => copy(v, start, out),
        ColumnData::U8(v) => copy(v, start, out),
        ColumnData::U16(v) => copy(v, start, out),
        ColumnData::U32(v) => copy(v, start, out),
        ColumnData::I32(v) => copy(v, start, out),
        ColumnData::U64(_) | ColumnData::Field(_) | ColumnData::Sparse(_) => {
            panic!("the quadratic kernel takes dense columns of at most 32 bits")
        }
    }
}

/// What is added to entries of a column so that they are not negative, as [`gather_rows`] gives them.
pub(crate) fn bias(column: &Column) -> u32 {
    if matches!(column.data(), ColumnData::I32(_)) { 1 << 31 } else { 0 }
}

/// Rows from `start` of a column as integers (zeros past the stored prefix).
///
/// # Panics
/// As [`load`].
pub(crate) fn load_integers(column: &Column, start: usize, rows: usize, out: &mut Vec<i64>) {
    out.resize(rows, 0);
    load(column, start, out);
}

/// `out[i]` is the entry on row `start + rows[i]` and the column's [`bias`]; zero and the bias past the stored prefix.
///
/// # Panics
/// As [`load`].
#[expect(clippy::panic, reason = "a documented precondition of the prover")]
pub(crate) fn gather_rows(column: &Column, start: usize, rows: &[u32], out: &mut [u32]) {
    fn copy<T: Copy>(v: &[T], start: usize, rows: &[u32], out: &mut [u32], zero: u32, convert: impl Fn(T) -> u32) {
        let v = &v[start.min(v.len())..];
        // Rows increase: these are stored.
        let stored = rows.partition_point(|&i| (i as usize) < v.len());
        for (x, &i) in out.iter_mut().zip(&rows[..stored]) {
            *x = convert(v[i as usize]);
        }
        out[stored..].fill(zero);
    }
    match column.data() {
        ColumnData::Bool(v) => copy(v, start, rows, out, 0, u32::from),
        ColumnData::U8(v) => copy(v, start, rows, out, 0, u32::from),
        ColumnData::U16(v) => copy(v, start, rows, out, 0, u32::from),
        ColumnData::U32(v) => copy(v, start, rows, out, 0, |x| x),
        ColumnData::I32(v) => copy(v, start, rows, out, 1 << 31, |x| x as u32 ^ 1 << 31),
        ColumnData::U64(_) | ColumnData::Field(_) | ColumnData::Sparse(_) => {
            panic!("the kernels take dense columns of at most 32 bits")
        }
    }
}

/// Rows of all columns of which so many of the last coordinates are bound: row `i` is number `start + order[i]` of the bound
/// ones, and its entries, `2^bound` a column, are columns `k 2^bound + y` for column `k` and the last bits `y`. Entries
/// have their column's [`bias`].
///
/// # Panics
/// As [`load`].
pub(crate) fn load_bound(columns: &[&Column], bound: usize, start: usize, order: &[usize], out: &mut IntegerRows) {
    out.reset(order.len(), columns.len() << bound);
    let (first, most) = (start << bound, order.len() << bound);
    let mut values = vec![0u32; most];
    for (k, column) in columns.iter().enumerate() {
        copy_rows(column, first, &mut values);
        for y in 0..1 << bound {
            for (x, &i) in out.column_mut((k << bound) + y).iter_mut().zip(order) {
                *x = values[(i << bound) + y];
            }
        }
    }
}

/// Rows from `start` of a column with its [`bias`].
#[expect(clippy::panic, reason = "a documented precondition of the prover")]
fn copy_rows(column: &Column, start: usize, out: &mut [u32]) {
    fn copy<T: Copy>(v: &[T], start: usize, out: &mut [u32], zero: u32, convert: impl Fn(T) -> u32) {
        let v = &v[start.min(v.len())..];
        let stored = v.len().min(out.len());
        out.iter_mut().zip(v).for_each(|(x, &v)| *x = convert(v));
        out[stored..].fill(zero);
    }
    match column.data() {
        ColumnData::Bool(v) => copy(v, start, out, 0, u32::from),
        ColumnData::U8(v) => copy(v, start, out, 0, u32::from),
        ColumnData::U16(v) => copy(v, start, out, 0, u32::from),
        ColumnData::U32(v) => copy(v, start, out, 0, |x| x),
        ColumnData::I32(v) => copy(v, start, out, 1 << 31, |x| x as u32 ^ 1 << 31),
        ColumnData::U64(_) | ColumnData::Field(_) | ColumnData::Sparse(_) => {
            panic!("the kernels take dense columns of at most 32 bits")
        }
    }
}

/// A [`SmallForm`] that is being put together.
pub(crate) struct SmallFormBuilder {
    constant: Fr,
    terms: Vec<(usize, Fr)>,
}

impl SmallFormBuilder {
    /// Adds a term in a column without bias.
    pub fn push_term(&mut self, column: usize, coefficient: Fr) {
        self.terms.push((column, coefficient));
    }

    pub fn build(self) -> SmallForm {
        SmallForm::new(self.constant, self.terms)
    }
}

/// A form over copies of columns with their biases: column `k` is copied to `place(k)`.
pub(crate) fn small_form(form: &LinearForm, columns: &[&Column], place: impl Fn(usize) -> usize) -> SmallFormBuilder {
    let mut out = SmallFormBuilder { constant: form.constant, terms: Vec::with_capacity(form.terms.len()) };
    for &(k, c) in &form.terms {
        out.constant -= c * Fr::from(bias(columns[k]));
        out.push_term(place(k), c);
    }
    out
}

/// Consecutive pairs of rows of all columns, column-major: the even rows of a column, then its odd rows.
pub(crate) struct RowPairs {
    pairs: usize,
    data: Vec<i64>,
}

/// Splits the even entries from the odd ones.
fn deinterleave(v: &[i64], even: &mut [i64], odd: &mut [i64]) {
    for ((p, e), o) in v.as_chunks::<2>().0.iter().zip(even).zip(odd) {
        (*e, *o) = (p[0], p[1]);
    }
}

impl RowPairs {
    pub fn load(columns: &[&Column], start_pair: usize, pairs: usize) -> Self {
        let mut data = vec![0i64; columns.len() * 2 * pairs];
        let mut rows = vec![0i64; 2 * pairs];
        for (column, out) in columns.iter().zip(data.chunks_exact_mut(2 * pairs)) {
            load(column, 2 * start_pair, &mut rows);
            let (even, odd) = out.split_at_mut(pairs);
            deinterleave(&rows, even, odd);
        }
        Self { pairs, data }
    }

    /// The even and the odd rows of a column.
    #[inline]
    fn column(&self, k: usize) -> (&[i64], &[i64]) {
        self.data[2 * k * self.pairs..2 * (k + 1) * self.pairs].split_at(self.pairs)
    }

    pub fn int_form(&self, form: &IntForm, even: &mut [i64], odd: &mut [i64]) {
        even.fill(form.constant);
        odd.fill(form.constant);
        for &(k, c) in &form.terms {
            let (e, o) = self.column(k);
            for (out, x) in even.iter_mut().zip(e).chain(odd.iter_mut().zip(o)) {
                *out += c * x;
            }
        }
    }

    /// Adds `scale * form` on the even row of pair `i`.
    #[inline]
    pub fn add_even(&self, form: &LinearForm, i: usize, scale: i64, acc: &mut SmallAcc) {
        acc.add_i64(form.constant, scale);
        for &(k, c) in &form.terms {
            add_product(acc, c, self.data[2 * k * self.pairs + i], scale);
        }
    }

    /// Adds `scale * (form on the odd row - form on the even row)` of pair `i`.
    #[inline]
    pub fn add_difference(&self, form: &LinearForm, i: usize, scale: i64, acc: &mut SmallAcc) {
        for &(k, c) in &form.terms {
            let at = 2 * k * self.pairs + i;
            // Entries have at most 33 bits with sign.
            add_product(acc, c, self.data[at + self.pairs] - self.data[at], scale);
        }
    }
}

/// Adds `c * x * y`.
#[inline(always)]
fn add_product(acc: &mut SmallAcc, c: Fr, x: i64, y: i64) {
    if x == 0 {
        return;
    }
    match x.checked_mul(y) {
        Some(xy) => acc.add_i64(c, xy),
        None => acc.add(c * Fr::from(x) * Fr::from(y)),
    }
}
