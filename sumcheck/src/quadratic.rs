//! Relations as data: `claim = sum_x eq(tau, x) Q(z(x))`, with `Q` a sum of products of affine forms in the columns
//! `z`, plus an affine form. R1CS constraints under a random combination of their rows and multiset leaves under
//! random coefficients all have this shape, so one kernel proves them together.
//!
//! The kernel binds *forms*, not columns: the second factors are evaluated once from the compact columns (integer
//! times field), and each further round costs two products and two bindings a product term whatever the number of
//! columns.

use crate::{RoundProver, dense_product::bind_in_place, eq_factor::EqFactor};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    par,
    poly::Univariate,
    wide::{ProductAcc, SmallAcc},
};

/// Row pairs handled by one task of a parallel loop.
const CHUNK: usize = 256;

/// An affine form with integer coefficients: `constant + sum_k coefficient_k z_k`. Its values on rows must fit an
/// `i64`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntForm {
    /// The constant.
    pub constant: i64,
    /// `(column, coefficient)`.
    pub terms: Vec<(usize, i64)>,
}

/// An affine form with field coefficients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinearForm {
    /// The constant.
    pub constant: Fr,
    /// `(column, coefficient)`.
    pub terms: Vec<(usize, Fr)>,
}

impl IntForm {
    /// The form `z_column`.
    pub fn column(column: usize) -> Self {
        Self { constant: 0, terms: vec![(column, 1)] }
    }

    /// Value at field arguments.
    pub fn eval(&self, z: &[Fr]) -> Fr {
        self.terms.iter().map(|&(k, c)| Fr::from(c) * z[k]).sum::<Fr>() + Fr::from(self.constant)
    }

    /// Value at integer arguments.
    #[inline]
    pub fn eval_int(&self, z: &[i64]) -> i64 {
        self.terms.iter().map(|&(k, c)| c * z[k]).sum::<i64>() + self.constant
    }
}

impl LinearForm {
    /// Value at field arguments.
    pub fn eval(&self, z: &[Fr]) -> Fr {
        self.terms.iter().map(|&(k, c)| c * z[k]).sum::<Fr>() + self.constant
    }

    /// Adds `scale * other`, merging equal columns.
    pub fn add_scaled_int(&mut self, other: &IntForm, scale: Fr) {
        self.constant += scale * Fr::from(other.constant);
        for &(k, c) in &other.terms {
            self.add_term(k, scale * Fr::from(c));
        }
    }

    /// Adds `coefficient * z_column`.
    pub fn add_term(&mut self, column: usize, coefficient: Fr) {
        match self.terms.iter_mut().find(|t| t.0 == column) {
            Some(t) => t.1 += coefficient,
            None => self.terms.push((column, coefficient)),
        }
    }
}

/// `Q(z) = sum_i a_i(z) b_i(z) + linear(z)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuadraticRelation {
    /// Number of columns.
    pub num_columns: usize,
    /// The products `a_i b_i`, first factors pairwise different.
    pub products: Vec<(IntForm, LinearForm)>,
    /// The affine part.
    pub linear: LinearForm,
}

impl QuadraticRelation {
    /// `Q = 0` over `num_columns` columns.
    pub fn new(num_columns: usize) -> Self {
        Self { num_columns, ..Self::default() }
    }

    /// The second factor that belongs to first factor `a`, made if there is none yet.
    pub fn factor_of(&mut self, a: &IntForm) -> &mut LinearForm {
        let at = self.products.iter().position(|p| p.0 == *a).unwrap_or_else(|| {
            self.products.push((a.clone(), LinearForm::default()));
            self.products.len() - 1
        });
        &mut self.products[at].1
    }

    /// `Q` at field arguments, one for each column.
    pub fn eval(&self, z: &[Fr]) -> Fr {
        self.products.iter().map(|(a, b)| a.eval(z) * b.eval(z)).sum::<Fr>() + self.linear.eval(z)
    }

    /// `Q` where every column is zero.
    pub fn at_zero(&self) -> Fr {
        self.products.iter().map(|(a, b)| Fr::from(a.constant) * b.constant).sum::<Fr>() + self.linear.constant
    }
}

/// Copies rows `start..start + len` of a column into `out` as integers (zeros past the stored prefix).
///
/// # Panics
/// On columns of 64-bit or full-size entries or sparse ones, which this kernel does not take.
fn load(column: &Column, start: usize, out: &mut [i64]) {
    fn copy<T: Copy + Into<i64>>(v: &[T], start: usize, out: &mut [i64]) {
        let v = &v[start.min(v.len())..];
        for (o, x) in out.iter_mut().zip(v) {
            *o = (*x).into();
        }
    }
    out.fill(0);
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

/// Round prover of a [`QuadraticRelation`] over compact columns.
pub struct QuadraticProver<'a> {
    relation: &'a QuadraticRelation,
    columns: Vec<&'a Column>,
    num_vars: usize,
    /// Rows that any column stores.
    len: usize,
    at_zero: Fr,
    eq: EqFactor,
    /// Factors after the first bind.
    a: Vec<Vec<Fr>>,
    b: Vec<Vec<Fr>>,
    linear: Vec<Fr>,
    /// Values of `a`, `b`, `linear` past their prefix.
    tail: Vec<(Fr, Fr)>,
}

/// One chunk of rows of all columns, column-major.
pub(crate) struct RowChunk {
    rows: usize,
    data: Vec<i64>,
}

impl RowChunk {
    pub(crate) fn load(columns: &[&Column], start: usize, rows: usize) -> Self {
        let mut data = vec![0i64; columns.len() * rows];
        for (c, out) in columns.iter().zip(data.chunks_exact_mut(rows)) {
            load(c, start, out);
        }
        Self { rows, data }
    }

    #[inline]
    fn at(&self, column: usize, row: usize) -> i64 {
        self.data[column * self.rows + row]
    }

    pub(crate) fn int_form(&self, form: &IntForm, out: &mut [i64]) {
        out.fill(form.constant);
        for &(k, c) in &form.terms {
            for (o, x) in out.iter_mut().zip(&self.data[k * self.rows..(k + 1) * self.rows]) {
                *o += c * x;
            }
        }
    }

    #[inline]
    pub(crate) fn linear_form(&self, form: &LinearForm, row: usize) -> Fr {
        let mut acc = SmallAcc::default();
        acc.add(form.constant);
        for &(k, c) in &form.terms {
            let x = self.at(k, row);
            if x != 0 {
                acc.add_i64(c, x);
            }
        }
        acc.reduce()
    }
}

impl<'a> QuadraticProver<'a> {
    /// `columns` in the relation's order, each in `tau.len()` variables.
    ///
    /// # Panics
    /// When the number of columns or of variables differs.
    pub fn new(relation: &'a QuadraticRelation, columns: Vec<&'a Column>, tau: &[Fr]) -> Self {
        assert_eq!(columns.len(), relation.num_columns);
        assert!(columns.iter().all(|c| c.num_vars() == tau.len()));
        let len = columns.iter().map(|c| c.stored_len()).max().unwrap_or(0);
        let mut tail: Vec<(Fr, Fr)> =
            relation.products.iter().map(|(a, b)| (Fr::from(a.constant), b.constant)).collect();
        tail.push((relation.linear.constant, Fr::zero()));
        Self {
            relation,
            columns,
            num_vars: tau.len(),
            len,
            at_zero: relation.at_zero(),
            eq: EqFactor::new(tau),
            a: Vec::new(),
            b: Vec::new(),
            linear: Vec::new(),
            tail,
        }
    }

    fn first_round_chunk(&self, start: usize, end: usize) -> (Fr, Fr) {
        let weights = self.eq.weights();
        let pairs = end - start;
        let rows = RowChunk::load(&self.columns, 2 * start, 2 * pairs);
        let (mut s0, mut si) = (vec![SmallAcc::default(); pairs], vec![SmallAcc::default(); pairs]);
        let mut a = vec![0i64; 2 * pairs];
        for (form_a, form_b) in &self.relation.products {
            rows.int_form(form_a, &mut a);
            for i in 0..pairs {
                let (a0, a1) = (a[2 * i], a[2 * i + 1]);
                if a0 == 0 && a1 == 0 {
                    continue;
                }
                // Flags are zero on most rows: their second factor is evaluated only where it counts.
                if a0 == a1 {
                    let b0 = rows.linear_form(form_b, 2 * i);
                    s0[i].add_i64(b0, a0);
                } else {
                    let b0 = rows.linear_form(form_b, 2 * i);
                    let b1 = rows.linear_form(form_b, 2 * i + 1);
                    if a0 != 0 {
                        s0[i].add_i64(b0, a0);
                    }
                    si[i].add_i64(b1 - b0, a1 - a0);
                }
            }
        }
        let (mut q0, mut qi) = (ProductAcc::default(), ProductAcc::default());
        for i in 0..pairs {
            let w = weights.at(start + i);
            let linear = rows.linear_form(&self.relation.linear, 2 * i);
            q0.add(s0[i].reduce() + linear, w);
            qi.add(si[i].reduce(), w);
        }
        (q0.reduce(), qi.reduce())
    }

    fn later_round_chunk(&self, start: usize, end: usize) -> (Fr, Fr) {
        let weights = self.eq.weights();
        let (mut q0, mut qi) = (ProductAcc::default(), ProductAcc::default());
        for i in start..end {
            let (mut s0, mut si) = (ProductAcc::default(), ProductAcc::default());
            for (a, b) in self.a.iter().zip(&self.b) {
                let (a0, a1) = (a[2 * i], a[2 * i + 1]);
                let (b0, b1) = (b[2 * i], b[2 * i + 1]);
                s0.add(a0, b0);
                si.add(a1 - a0, b1 - b0);
            }
            let w = weights.at(i);
            q0.add(s0.reduce() + self.linear[2 * i], w);
            qi.add(si.reduce(), w);
        }
        (q0.reduce(), qi.reduce())
    }

    /// Evaluates all factors from the compact columns with the last variable bound to `r`.
    fn first_bind(&mut self, r: Fr) {
        let half = self.len.div_ceil(2);
        let num_products = self.relation.products.len();
        let scaled: Vec<(LinearForm, LinearForm)> = self
            .relation
            .products
            .iter()
            .map(|p| &p.1)
            .chain([&self.relation.linear])
            .map(|form| {
                let scale = |s: Fr| LinearForm {
                    constant: form.constant * s,
                    terms: form.terms.iter().map(|&(k, c)| (k, c * s)).collect(),
                };
                (scale(Fr::one() - r), scale(r))
            })
            .collect();
        // Row-chunk-major output, then one pass that lays it out factor by factor.
        let this = &*self;
        let chunks = par::map_collect(half.div_ceil(CHUNK), |chunk| {
            let start = chunk * CHUNK;
            let pairs = CHUNK.min(half - start);
            let rows = RowChunk::load(&this.columns, 2 * start, 2 * pairs);
            let mut out = Vec::with_capacity((2 * num_products + 1) * pairs);
            let mut a = vec![0i64; 2 * pairs];
            for (form, _) in &this.relation.products {
                rows.int_form(form, &mut a);
                out.extend((0..pairs).map(|i| {
                    let (a0, a1) = (a[2 * i], a[2 * i + 1]);
                    match (a0, a1) {
                        (0, 0) => Fr::zero(),
                        (0, 1) => r,
                        (1, 0) => Fr::one() - r,
                        (1, 1) => Fr::one(),
                        _ => Fr::from(a0) + r * Fr::from(a1 - a0),
                    }
                }));
            }
            for (lo, hi) in &scaled {
                out.extend((0..pairs).map(|i| {
                    let mut acc = SmallAcc::default();
                    acc.add(lo.constant);
                    acc.add(hi.constant);
                    for (&(k, c0), &(_, c1)) in lo.terms.iter().zip(&hi.terms) {
                        let (x0, x1) = (rows.at(k, 2 * i), rows.at(k, 2 * i + 1));
                        if x0 != 0 {
                            acc.add_i64(c0, x0);
                        }
                        if x1 != 0 {
                            acc.add_i64(c1, x1);
                        }
                    }
                    acc.reduce()
                }));
            }
            out
        });
        let mut factors: Vec<Vec<Fr>> = (0..=2 * num_products).map(|_| Vec::with_capacity(half + 1)).collect();
        for chunk in chunks {
            let pairs = chunk.len() / (2 * num_products + 1);
            for (f, part) in factors.iter_mut().zip(chunk.chunks_exact(pairs)) {
                f.extend_from_slice(part);
            }
        }
        self.linear = factors.pop().unwrap_or_default();
        self.b = factors.split_off(num_products);
        self.a = factors;
        self.pad();
    }

    /// Whole pairs for the next round: one entry past the prefix where its length is odd.
    fn pad(&mut self) {
        if self.eq.free() == 0 || self.linear.len() % 2 == 0 {
            return;
        }
        let tails = &self.tail;
        for (k, (a, b)) in self.a.iter_mut().zip(&mut self.b).enumerate() {
            a.push(tails[k].0);
            b.push(tails[k].1);
        }
        self.linear.push(self.relation.linear.constant);
    }
}

impl RoundProver for QuadraticProver<'_> {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        3
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        let first = self.eq.free() == self.num_vars;
        let pairs = if first { self.len.div_ceil(2) } else { self.linear.len() / 2 };
        let this = &*self;
        let (mut q0, qi) = par::map_reduce(
            pairs.div_ceil(CHUNK),
            || (Fr::zero(), Fr::zero()),
            |chunk| {
                let (start, end) = (chunk * CHUNK, pairs.min((chunk + 1) * CHUNK));
                if first { this.first_round_chunk(start, end) } else { this.later_round_chunk(start, end) }
            },
            |x, y| (x.0 + y.0, x.1 + y.1),
        );
        q0 += self.at_zero * (Fr::one() - self.eq.weights().prefix_sum(pairs));
        self.eq.round_polynomial(claim, q0, qi)
    }

    fn bind(&mut self, r: Fr) {
        let first = self.eq.free() == self.num_vars;
        self.eq.bind(r);
        if first {
            self.first_bind(r);
            return;
        }
        par::for_each_mut(&mut self.a, |_, v| bind_in_place(v, r));
        par::for_each_mut(&mut self.b, |_, v| bind_in_place(v, r));
        bind_in_place(&mut self.linear, r);
        self.pad();
    }
}
