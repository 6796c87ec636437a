//! Rows of small integers, borrowed from columns.

use crate::Fr;
use crate::column::{Column, ColumnData};
use ark_ff::Zero;

/// Consecutive evaluations in the type in which they are stored.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RowValues<'a> {
    /// Zeros and ones.
    Bool(&'a [bool]),
    /// 8-bit unsigned integers.
    U8(&'a [u8]),
    /// 16-bit unsigned integers.
    U16(&'a [u16]),
    /// 32-bit unsigned integers.
    U32(&'a [u32]),
    /// 32-bit signed integers.
    I32(&'a [i32]),
    /// 64-bit unsigned integers.
    U64(&'a [u64]),
    /// Field elements.
    Field(&'a [Fr]),
    /// `(index, value)` pairs in strictly increasing order of index; indices count from `offset`.
    Sparse {
        /// The pairs; every index is at least `offset`.
        entries: &'a [(u32, u32)],
        /// Index of the row's first value.
        offset: u32,
    },
    /// Rows one after the other, each in a type of its own.
    Stack {
        /// The rows, at most `2^log_slot` values each, padded with zeros to as many positions.
        slots: &'a [RowValues<'a>],
        /// Logarithm of the positions of a slot.
        log_slot: usize,
    },
}

macro_rules! row_from_slice {
    ($($variant:ident($ty:ty)),*) => {
        $(impl<'a> From<&'a [$ty]> for RowValues<'a> {
            fn from(values: &'a [$ty]) -> Self {
                Self::$variant(values)
            }
        })*
    };
}

row_from_slice!(Bool(bool), U8(u8), U16(u16), U32(u32), I32(i32), U64(u64), Field(Fr));

/// `values[start..start + len]`, cut at the end of `values`.
fn window<T>(values: &[T], start: usize, len: usize) -> &[T] {
    let start = start.min(values.len());
    &values[start..values.len().min(start + len)]
}

/// The entries with indices in `start..start + len`.
fn sparse_window(entries: &[(u32, u32)], start: usize, len: usize) -> &[(u32, u32)] {
    let first = entries.partition_point(|e| (e.0 as usize) < start);
    let last = entries.partition_point(|e| (e.0 as usize) < start + len);
    &entries[first..last]
}

impl<'a> RowValues<'a> {
    /// Evaluations `start..start + len` of a column, without the zeros past its stored prefix.
    pub fn of_column(column: &'a Column, start: usize, len: usize) -> Self {
        match column.data() {
            ColumnData::Bool(v) => Self::Bool(window(v, start, len)),
            ColumnData::U8(v) => Self::U8(window(v, start, len)),
            ColumnData::U16(v) => Self::U16(window(v, start, len)),
            ColumnData::U32(v) => Self::U32(window(v, start, len)),
            ColumnData::I32(v) => Self::I32(window(v, start, len)),
            ColumnData::U64(v) => Self::U64(window(v, start, len)),
            ColumnData::Field(v) => Self::Field(window(v, start, len)),
            ColumnData::Sparse(v) => Self::Sparse { entries: sparse_window(v, start, len), offset: start as u32 },
        }
    }

    /// Positions `start..start + len` of this row, without what lies past its end.
    ///
    /// # Panics
    /// When that cuts a slot of a stack, and takes in more of the stack than a part of that slot.
    #[must_use]
    pub fn slice(self, start: usize, len: usize) -> Self {
        match self {
            Self::Bool(v) => Self::Bool(window(v, start, len)),
            Self::U8(v) => Self::U8(window(v, start, len)),
            Self::U16(v) => Self::U16(window(v, start, len)),
            Self::U32(v) => Self::U32(window(v, start, len)),
            Self::I32(v) => Self::I32(window(v, start, len)),
            Self::U64(v) => Self::U64(window(v, start, len)),
            Self::Field(v) => Self::Field(window(v, start, len)),
            Self::Sparse { entries, offset } => {
                let start = offset as usize + start;
                Self::Sparse { entries: sparse_window(entries, start, len), offset: start as u32 }
            }
            Self::Stack { slots, log_slot } => {
                let (first, within) = (start >> log_slot, start & ((1 << log_slot) - 1));
                if within + len <= 1 << log_slot {
                    return slots.get(first).map_or(Self::Bool(&[]), |slot| slot.slice(within, len));
                }
                let count = len.div_ceil(1 << log_slot);
                let is_whole = within == 0 && (len == count << log_slot || first + count > slots.len());
                assert!(is_whole, "positions {start}..{} of slots of 2^{log_slot}", start + len);
                Self::Stack { slots: window(slots, first, count), log_slot }
            }
        }
    }

    /// Calls `f(position, row)` for the rows of one type that this one is made of, in order; none is a stack.
    pub fn for_each_part(self, f: &mut dyn FnMut(usize, Self)) {
        if let Self::Stack { slots, log_slot } = self {
            for (i, slot) in slots.iter().enumerate() {
                slot.for_each_part(&mut |start, part| f((i << log_slot) + start, part));
            }
        } else {
            f(0, self);
        }
    }

    /// [`Self::for_each_part`] of many rows: the number of the row, the position in it, and the part.
    pub(crate) fn parts_of(rows: &[Self]) -> Vec<(usize, usize, Self)> {
        let mut parts = Vec::with_capacity(rows.len());
        for (i, row) in rows.iter().enumerate() {
            row.for_each_part(&mut |start, part| parts.push((i, start, part)));
        }
        parts
    }

    /// Whether there are field elements among the values, and not integers alone.
    pub fn has_elements(&self) -> bool {
        match self {
            Self::Field(_) => true,
            Self::Stack { slots, .. } => slots.iter().any(Self::has_elements),
            _ => false,
        }
    }

    /// One past the last position that may be nonzero.
    pub fn end(&self) -> usize {
        match self {
            Self::Bool(v) => v.len(),
            Self::U8(v) => v.len(),
            Self::U16(v) => v.len(),
            Self::U32(v) => v.len(),
            Self::I32(v) => v.len(),
            Self::U64(v) => v.len(),
            Self::Field(v) => v.len(),
            Self::Sparse { entries, offset } => entries.last().map_or(0, |e| (e.0 - offset) as usize + 1),
            Self::Stack { slots, log_slot } => {
                let last = slots.iter().enumerate().rfind(|(_, slot)| slot.end() > 0);
                last.map_or(0, |(i, slot)| (i << log_slot) + slot.end())
            }
        }
    }

    /// Whether all values are zero. Reads no further than the first that is not.
    pub fn is_zero(&self) -> bool {
        match self {
            Self::Bool(v) => !v.contains(&true),
            Self::U8(v) => v.iter().all(|x| *x == 0),
            Self::U16(v) => v.iter().all(|x| *x == 0),
            Self::U32(v) => v.iter().all(|x| *x == 0),
            Self::I32(v) => v.iter().all(|x| *x == 0),
            Self::U64(v) => v.iter().all(|x| *x == 0),
            Self::Field(v) => v.iter().all(Zero::is_zero),
            Self::Sparse { entries, .. } => entries.iter().all(|entry| entry.1 == 0),
            Self::Stack { slots, .. } => slots.iter().all(Self::is_zero),
        }
    }

    /// Values that are stored.
    pub(crate) fn num_stored(&self) -> usize {
        match self {
            Self::Sparse { entries, .. } => entries.len(),
            Self::Stack { slots, .. } => slots.iter().map(Self::num_stored).sum(),
            dense => dense.end(),
        }
    }

    /// Bits of the largest magnitude and number of nonzero values; `None` if there are field elements.
    pub(crate) fn size(&self) -> Option<(usize, usize)> {
        if self.has_elements() {
            return None;
        }
        let (mut union, mut nonzero) = (0, 0);
        self.for_each_nonzero(|_, magnitude, _| {
            union |= magnitude;
            nonzero += 1;
        });
        Some((64 - union.leading_zeros() as usize, nonzero))
    }

    /// An estimate from above of the digits of this row, for balancing work.
    pub(crate) fn num_items_bound(&self, grouped: bool, group: usize) -> usize {
        match self {
            Self::Bool(v) if grouped => v.len().div_ceil(group),
            Self::Bool(v) => v.len(),
            Self::U8(v) => v.len(),
            Self::U16(v) => 2 * v.len(),
            Self::U32(v) => 3 * v.len(),
            Self::I32(v) => 3 * v.len(),
            Self::U64(v) => 6 * v.len(),
            Self::Field(v) => 20 * v.len(),
            Self::Sparse { entries, .. } => 3 * entries.len(),
            Self::Stack { slots, .. } => slots.iter().map(|slot| slot.num_items_bound(grouped, group)).sum(),
        }
    }

    /// Calls `f(position, magnitude, negative)` for every nonzero integer; nothing for field elements.
    #[inline(always)]
    pub(crate) fn for_each_nonzero(&self, mut f: impl FnMut(usize, u64, bool)) {
        if let Self::Stack { .. } = self {
            self.for_each_part(&mut |start, part| {
                part.for_each_of_one_type(|i, magnitude, negative| f(start + i, magnitude, negative));
            });
        } else {
            self.for_each_of_one_type(f);
        }
    }

    /// The same for rows that are no stacks.
    #[inline(always)]
    fn for_each_of_one_type(&self, mut f: impl FnMut(usize, u64, bool)) {
        macro_rules! unsigned {
            ($values:expr) => {
                for (i, &value) in $values.iter().enumerate() {
                    let value = u64::from(value);
                    if value != 0 {
                        f(i, value, false);
                    }
                }
            };
        }
        match self {
            Self::Bool(v) => unsigned!(v),
            Self::U8(v) => unsigned!(v),
            Self::U16(v) => unsigned!(v),
            Self::U32(v) => unsigned!(v),
            Self::U64(v) => unsigned!(v),
            Self::I32(v) => {
                for (i, &value) in v.iter().enumerate() {
                    if value != 0 {
                        f(i, u64::from(value.unsigned_abs()), value < 0);
                    }
                }
            }
            Self::Field(_) | Self::Stack { .. } => {}
            Self::Sparse { entries, offset } => {
                for &(index, value) in *entries {
                    if value != 0 {
                        f((index - offset) as usize, u64::from(value), false);
                    }
                }
            }
        }
    }
}
