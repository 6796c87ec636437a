//! Compact columns: witness polynomials whose evaluations stay small integers until the first challenge is bound.

use crate::Fr;
use ark_ff::Zero;

/// The evaluations of a multilinear polynomial in `num_vars` variables over the Boolean hypercube, in the smallest
/// representation that holds them. Only a prefix is stored: every evaluation past it is zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    num_vars: usize,
    data: ColumnData,
}

/// The stored evaluations of a [`Column`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnData {
    /// Zeros and ones.
    Bool(Vec<bool>),
    /// 8-bit unsigned integers.
    U8(Vec<u8>),
    /// 16-bit unsigned integers.
    U16(Vec<u16>),
    /// 32-bit unsigned integers.
    U32(Vec<u32>),
    /// 32-bit signed integers.
    I32(Vec<i32>),
    /// 64-bit unsigned integers.
    U64(Vec<u64>),
    /// Full-size field elements.
    Field(Vec<Fr>),
    /// `(index, value)` pairs in strictly increasing order of index; every other evaluation is zero.
    Sparse(Vec<(u32, u32)>),
}

impl Column {
    /// A column in `num_vars` variables from its stored prefix.
    ///
    /// # Panics
    /// When the prefix is longer than `2^num_vars`, or a sparse index is out of range or out of order.
    pub fn new(num_vars: usize, data: ColumnData) -> Self {
        let column = Self { num_vars, data };
        if let ColumnData::Sparse(entries) = &column.data {
            assert!(entries.windows(2).all(|w| w[0].0 < w[1].0), "sparse indices must increase strictly");
        }
        assert!(column.stored_len() <= 1usize << num_vars, "column prefix longer than 2^num_vars");
        column
    }

    /// Number of variables of the polynomial.
    pub fn num_vars(&self) -> usize {
        self.num_vars
    }

    /// The stored evaluations.
    pub fn data(&self) -> &ColumnData {
        &self.data
    }

    /// Mutable access for witness mutation in tests and for builders; the prefix length must not change.
    pub fn data_mut(&mut self) -> &mut ColumnData {
        &mut self.data
    }

    /// Number of stored evaluations.
    pub fn num_stored(&self) -> usize {
        if let ColumnData::Sparse(entries) = &self.data { entries.len() } else { self.stored_len() }
    }

    /// Length of the shortest prefix that holds every stored evaluation.
    pub fn stored_len(&self) -> usize {
        match &self.data {
            ColumnData::Bool(v) => v.len(),
            ColumnData::U8(v) => v.len(),
            ColumnData::U16(v) => v.len(),
            ColumnData::U32(v) => v.len(),
            ColumnData::I32(v) => v.len(),
            ColumnData::U64(v) => v.len(),
            ColumnData::Field(v) => v.len(),
            ColumnData::Sparse(v) => v.last().map_or(0, |e| e.0 as usize + 1),
        }
    }

    /// Bytes of heap memory that the evaluations take.
    pub fn heap_bytes(&self) -> usize {
        match &self.data {
            ColumnData::Bool(v) => v.len(),
            ColumnData::U8(v) => v.len(),
            ColumnData::U16(v) => 2 * v.len(),
            ColumnData::U32(v) => 4 * v.len(),
            ColumnData::I32(v) => 4 * v.len(),
            ColumnData::U64(v) => 8 * v.len(),
            ColumnData::Field(v) => 32 * v.len(),
            ColumnData::Sparse(v) => 8 * v.len(),
        }
    }

    /// Evaluation at hypercube index `i` as a field element (zero past the stored prefix).
    pub fn get(&self, i: usize) -> Fr {
        match &self.data {
            ColumnData::Bool(v) => v.get(i).map_or(Fr::zero(), |&x| Fr::from(x)),
            ColumnData::U8(v) => v.get(i).map_or(Fr::zero(), |&x| Fr::from(x)),
            ColumnData::U16(v) => v.get(i).map_or(Fr::zero(), |&x| Fr::from(x)),
            ColumnData::U32(v) => v.get(i).map_or(Fr::zero(), |&x| Fr::from(x)),
            ColumnData::I32(v) => v.get(i).map_or(Fr::zero(), |&x| Fr::from(x)),
            ColumnData::U64(v) => v.get(i).map_or(Fr::zero(), |&x| Fr::from(x)),
            ColumnData::Field(v) => v.get(i).copied().unwrap_or_else(Fr::zero),
            ColumnData::Sparse(v) => {
                v.binary_search_by_key(&(i as u32), |e| e.0).map_or(Fr::zero(), |k| Fr::from(v[k].1))
            }
        }
    }

    /// Evaluation at hypercube index `i` as an integer, or `None` for full-size field columns.
    pub fn get_int(&self, i: usize) -> Option<i128> {
        Some(match &self.data {
            ColumnData::Bool(v) => v.get(i).map_or(0, |&x| i128::from(x)),
            ColumnData::U8(v) => v.get(i).map_or(0, |&x| i128::from(x)),
            ColumnData::U16(v) => v.get(i).map_or(0, |&x| i128::from(x)),
            ColumnData::U32(v) => v.get(i).map_or(0, |&x| i128::from(x)),
            ColumnData::I32(v) => v.get(i).map_or(0, |&x| i128::from(x)),
            ColumnData::U64(v) => v.get(i).map_or(0, |&x| i128::from(x)),
            ColumnData::Field(_) => return None,
            ColumnData::Sparse(v) => v.binary_search_by_key(&(i as u32), |e| e.0).map_or(0, |k| i128::from(v[k].1)),
        })
    }
}
