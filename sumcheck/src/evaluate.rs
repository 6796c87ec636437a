//! Multilinear extensions of prefixes and of compact columns at a point, from two half-size `eq` tables.

use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::Column,
    count::{self, Kernel},
    ifma::slices,
    msm::RowValues,
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
    by_block(v, 0, eq, slices::inner_product)
}

/// `sum_i v[i] eq(start + i)`: the sum over blocks of equal high bits of `hi[block] * inner(entries, their low weights)`.
fn by_block<T: Sync>(
    v: &[T],
    start: usize,
    eq: &EqFactorTables,
    inner: impl Fn(&[T], &[Fr]) -> Fr + Sync + Send,
) -> Fr {
    let (hi, lo, lo_bits) = eq.halves();
    let (first, end) = (start >> lo_bits, (start + v.len()).div_ceil(lo.len()));
    par::map_reduce(
        end - first,
        Fr::zero,
        |block| {
            let base = (first + block) << lo_bits;
            let entries = base.max(start)..(base + lo.len()).min(start + v.len());
            let weights = &lo[entries.start - base..entries.end - base];
            hi[first + block] * inner(&v[entries.start - start..entries.end - start], weights)
        },
        |a, b| a + b,
    )
}

/// The MLE at `point` of a compact column.
pub fn evaluate_column(column: &Column, eq: &EqFactorTables) -> Fr {
    evaluate_row(RowValues::of_column(column, 0, 1 << column.num_vars()), eq)
}

/// The MLE at a point of a row, padded with zeros.
///
/// # Panics
/// When the row is longer than the hypercube.
pub fn evaluate_row(row: RowValues<'_>, eq: &EqFactorTables) -> Fr {
    let mut sum = Fr::zero();
    row.for_each_part(&mut |start, part| sum += evaluate_part(start, part, eq));
    sum
}

/// The same of a row that is no stack, with `start` zeros before it.
fn evaluate_part(start: usize, row: RowValues<'_>, eq: &EqFactorTables) -> Fr {
    let small = |len: usize| count::add(Kernel::IntegerSums, len);
    /// The inner product of integers with weights.
    fn integers<T: Copy>(v: &[T], lo: &[Fr], add: impl Fn(&mut SmallAcc, Fr, T)) -> Fr {
        let mut acc = SmallAcc::default();
        for (&x, &e) in v.iter().zip(lo) {
            add(&mut acc, e, x);
        }
        acc.reduce()
    }
    fn unsigned(acc: &mut SmallAcc, e: Fr, x: u64) {
        if x != 0 {
            acc.add_u64(e, x);
        }
    }
    macro_rules! sum {
        ($values:expr, $add:expr) => {{
            small($values.len());
            by_block($values, start, eq, |v, lo| integers(v, lo, $add))
        }};
    }
    match row {
        RowValues::Bool(v) => sum!(v, |acc, e, x| if x {
            acc.add(e);
        }),
        RowValues::U8(v) => sum!(v, |acc, e, x| unsigned(acc, e, x.into())),
        RowValues::U16(v) => sum!(v, |acc, e, x| unsigned(acc, e, x.into())),
        RowValues::U32(v) => sum!(v, |acc, e, x| unsigned(acc, e, x.into())),
        RowValues::I32(v) => sum!(v, |acc, e, x| if x != 0 {
            acc.add_i64(e, x.into());
        }),
        RowValues::U64(v) => sum!(v, unsigned),
        RowValues::Field(v) => by_block(v, start, eq, slices::inner_product),
        RowValues::Sparse { entries, offset } => {
            const CHUNK: usize = 1 << 12;
            count::add(Kernel::Products, entries.len());
            small(entries.len());
            par::map_reduce(
                entries.len().div_ceil(CHUNK),
                Fr::zero,
                |chunk| {
                    let mut acc = SmallAcc::default();
                    for &(i, x) in &entries[chunk * CHUNK..entries.len().min((chunk + 1) * CHUNK)] {
                        acc.add_u64(eq.at(start + (i - offset) as usize), x.into());
                    }
                    acc.reduce()
                },
                |a, b| a + b,
            )
        }
        other => unreachable!("{other:?} as a part of a row"),
    }
}
