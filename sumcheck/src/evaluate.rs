//! Multilinear extensions of prefixes and of compact columns at a point, from two half-size `eq` tables.

use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    count::{self, Kernel},
    ifma::slices,
    par,
    wide::SmallAcc,
};

/// The MLE at `point` of a prefix whose later entries are `default`.
///
/// # Panics
/// When the prefix is longer than `2^n`.
pub fn evaluate_prefix(v: &[Fr], point: &[Fr], default: Fr) -> Fr {
    let eq = EqFactorTables::new(point);
    assert!(v.len() <= 1 << point.len(), "prefix longer than the hypercube");
    let stored = evaluate_field(v, &eq);
    if default.is_zero() {
        return stored;
    }
    let (block, rest) = (v.len() >> eq.lo_bits, v.len() & (eq.lo.len() - 1));
    let full: Fr = eq.hi[..block].iter().sum();
    let partial: Fr = if rest == 0 { Fr::zero() } else { eq.hi[block] * eq.lo[..rest].iter().sum::<Fr>() };
    stored + default * (Fr::one() - full - partial)
}

/// `eq(point, i)` for single indices, from two half-size tables.
pub struct EqFactorTables {
    hi: Vec<Fr>,
    lo: Vec<Fr>,
    lo_bits: usize,
}

impl EqFactorTables {
    /// Costs `2^{n/2 + 1}` products.
    pub fn new(point: &[Fr]) -> Self {
        let split = point.len() / 2;
        Self {
            hi: lariat_algebra::poly::eq_evals(&point[..split]),
            lo: lariat_algebra::poly::eq_evals(&point[split..]),
            lo_bits: point.len() - split,
        }
    }

    /// `eq(point, i)`.
    pub fn at(&self, i: usize) -> Fr {
        self.hi[i >> self.lo_bits] * self.lo[i & (self.lo.len() - 1)]
    }

    /// The high half's table, the low half's table and the number of low bits.
    pub fn halves(&self) -> (&[Fr], &[Fr], usize) {
        (&self.hi, &self.lo, self.lo_bits)
    }
}

fn evaluate_field(v: &[Fr], eq: &EqFactorTables) -> Fr {
    by_block(v, eq, slices::inner_product)
}

/// `sum_block hi[block] * inner(entries of the block, their low weights)`.
fn by_block<T: Sync>(v: &[T], eq: &EqFactorTables, inner: impl Fn(&[T], &[Fr]) -> Fr + Sync + Send) -> Fr {
    let (hi, lo, lo_bits) = eq.halves();
    par::map_reduce(
        v.len().div_ceil(1 << lo_bits),
        Fr::zero,
        |block| {
            let start = block << lo_bits;
            let v = &v[start..v.len().min(start + lo.len())];
            hi[block] * inner(v, &lo[..v.len()])
        },
        |a, b| a + b,
    )
}

/// The MLE at `point` of a compact column.
pub fn evaluate_column(column: &Column, eq: &EqFactorTables) -> Fr {
    fn small<T: Copy + Sync>(v: &[T], eq: &EqFactorTables, add: impl Fn(&mut SmallAcc, Fr, T) + Sync + Send) -> Fr {
        count::add(Kernel::IntegerSums, v.len());
        by_block(v, eq, |v, lo| {
            let mut acc = SmallAcc::default();
            for (&x, &e) in v.iter().zip(lo) {
                add(&mut acc, e, x);
            }
            acc.reduce()
        })
    }
    fn unsigned(acc: &mut SmallAcc, e: Fr, x: u64) {
        if x != 0 {
            acc.add_u64(e, x);
        }
    }
    match column.data() {
        ColumnData::Bool(v) => small(v, eq, |acc, e, x| {
            if x {
                acc.add(e);
            }
        }),
        ColumnData::U8(v) => small(v, eq, |acc, e, x| unsigned(acc, e, x.into())),
        ColumnData::U16(v) => small(v, eq, |acc, e, x| unsigned(acc, e, x.into())),
        ColumnData::U32(v) => small(v, eq, |acc, e, x| unsigned(acc, e, x.into())),
        ColumnData::I32(v) => small(v, eq, |acc, e, x| {
            if x != 0 {
                acc.add_i64(e, x.into());
            }
        }),
        ColumnData::U64(v) => small(v, eq, unsigned),
        ColumnData::Field(v) => evaluate_field(v, eq),
        ColumnData::Sparse(v) => {
            const CHUNK: usize = 1 << 12;
            count::add(Kernel::Products, v.len());
            count::add(Kernel::IntegerSums, v.len());
            par::map_reduce(
                v.len().div_ceil(CHUNK),
                Fr::zero,
                |chunk| {
                    let mut acc = SmallAcc::default();
                    for &(i, x) in &v[chunk * CHUNK..v.len().min((chunk + 1) * CHUNK)] {
                        acc.add_u64(eq.at(i as usize), x.into());
                    }
                    acc.reduce()
                },
                |a, b| a + b,
            )
        }
    }
}
