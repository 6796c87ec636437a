//! Relations as data: `claim = sum_x eq(tau, x) Q(z(x))`, with `Q` a sum of products of affine forms in the columns
//! `z`, plus an affine form. R1CS constraints under a random combination of their rows and multiset leaves under
//! random coefficients all have this shape, so one kernel proves them together.
//!
//! The kernel binds *forms*, not columns: the second factors are evaluated once from the compact columns (integer
//! times field), and the cost of each further round depends on the number of products, not of columns.

use crate::{
    RoundProver,
    eq_factor::EqFactor,
    product_table::{Block, ProductTable, RowWeights, Tail, reverse_bits},
    rows::{BoundForm, RowPairs},
};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::Column,
    par,
    poly::Univariate,
    wide::{ProductAcc, SmallAcc},
};

/// An affine form with integer coefficients: `constant + sum_k coefficient_k z_k`. Its values on rows, and their
/// differences, must fit an `i64`.
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

/// Round prover of a [`QuadraticRelation`] over compact columns.
pub struct QuadraticProver<'a> {
    relation: &'a QuadraticRelation,
    columns: Vec<&'a Column>,
    num_vars: usize,
    /// Rows that any column stores.
    len: usize,
    at_zero: Fr,
    eq: EqFactor,
    /// Weights of the first round's pairs of rows, by block; they are those of the bound rows too.
    weights: RowWeights,
    /// First factors (left), second factors (right) and the linear part after the first bind.
    table: Option<ProductTable>,
}

impl<'a> QuadraticProver<'a> {
    /// `columns` in the relation's order, each in `tau.len()` variables. The coordinates of `tau` must be neither zero
    /// nor one.
    ///
    /// # Panics
    /// When the number of columns or of variables differs.
    pub fn new(relation: &'a QuadraticRelation, columns: Vec<&'a Column>, tau: &[Fr]) -> Self {
        assert_eq!(columns.len(), relation.num_columns);
        assert!(columns.iter().all(|c| c.num_vars() == tau.len()));
        let len = columns.iter().map(|c| c.stored_len()).max().unwrap_or(0);
        let rest = &tau[..tau.len().saturating_sub(1)];
        Self {
            relation,
            columns,
            num_vars: tau.len(),
            len,
            at_zero: relation.at_zero(),
            eq: EqFactor::new(tau),
            weights: RowWeights::new(rest, len.div_ceil(2), relation.products.len()),
            table: None,
        }
    }

    /// `(q(0), q(inf))` contributions of block `k` in the first round.
    fn first_round_block(&self, k: usize) -> (Fr, Fr) {
        let pairs = 1usize << self.weights.log_rows;
        let rows = RowPairs::load(&self.columns, k * pairs, pairs);
        let mut sums = vec![[SmallAcc::default(); 2]; pairs];
        let (mut even, mut odd) = (vec![0i64; pairs], vec![0i64; pairs]);
        for (form_a, form_b) in &self.relation.products {
            rows.int_form(form_a, &mut even, &mut odd);
            // Flags are zero on most rows: their second factor is evaluated only where it counts.
            for ((i, [s_0, s_inf]), (&a_0, &a_1)) in sums.iter_mut().enumerate().zip(even.iter().zip(&odd)) {
                if a_0 != 0 {
                    rows.add_even(form_b, i, a_0, s_0);
                }
                if a_0 != a_1 {
                    rows.add_difference(form_b, i, a_1 - a_0, s_inf);
                }
            }
        }
        let (mut q_0, mut q_inf) = (ProductAcc::default(), ProductAcc::default());
        for ((i, [s_0, s_inf]), &w) in sums.iter_mut().enumerate().zip(&self.weights.lo) {
            rows.add_even(&self.relation.linear, i, 1, s_0);
            q_0.add(s_0.reduce(), w);
            q_inf.add(s_inf.reduce(), w);
        }
        (self.weights.hi[k] * q_0.reduce(), self.weights.hi[k] * q_inf.reduce())
    }

    /// Block `k` of all factors, evaluated from the compact columns with the last variable bound to `r`.
    fn first_bind_block(&self, k: usize, r: Fr, forms: &[BoundForm], block: &mut Block) {
        let log_rows = self.weights.log_rows;
        let pairs = 1usize << log_rows;
        let rows = RowPairs::load(&self.columns, k * pairs, pairs);
        let width = self.relation.products.len();
        let (mut even, mut odd) = (vec![0i64; pairs], vec![0i64; pairs]);
        // First factors with their weight: nearly all are flags, whose bound value is one of four.
        let flags: Vec<[[Fr; 2]; 2]> = self
            .weights
            .lo
            .iter()
            .map(|&w| {
                let odd = w * r;
                [[Fr::zero(), odd], [w - odd, w]]
            })
            .collect();
        for (j, (form, _)) in self.relation.products.iter().enumerate() {
            rows.int_form(form, &mut even, &mut odd);
            for (i, (&a_0, &a_1)) in even.iter().zip(&odd).enumerate() {
                block.left[reverse_bits(i, log_rows) * width + j] = match (a_0, a_1) {
                    (0 | 1, 0 | 1) => flags[i][a_0 as usize][a_1 as usize],
                    _ => self.weights.lo[i] * (Fr::from(a_0) + r * Fr::from(a_1 - a_0)),
                };
            }
        }
        for (j, form) in forms.iter().enumerate() {
            for i in 0..pairs {
                let value = rows.bound_form(form, i);
                if j < width {
                    block.right[reverse_bits(i, log_rows) * width + j] = value;
                } else {
                    block.single[reverse_bits(i, log_rows)] = self.weights.lo[i] * value;
                }
            }
        }
    }

    fn first_bind(&self, r: Fr) -> ProductTable {
        let second = self.relation.products.iter().map(|p| &p.1);
        let forms: Vec<BoundForm> =
            second.chain([&self.relation.linear]).map(|f| BoundForm::new(f, &self.columns, r)).collect();
        let tail = Tail {
            left: self.relation.products.iter().map(|p| Fr::from(p.0.constant)).collect(),
            right: self.relation.products.iter().map(|p| p.1.constant).collect(),
            single: vec![self.relation.linear.constant],
        };
        let fill = |k: usize, block: &mut Block| self.first_bind_block(k, r, &forms, block);
        ProductTable::new(&self.eq, &self.weights, self.len.div_ceil(2), tail, fill)
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
        let (q_0, q_inf) = if let Some(table) = &self.table {
            table.round(&self.eq)
        } else {
            let this = &*self;
            let blocks = this.weights.num_blocks(this.len.div_ceil(2));
            let (q_0, q_inf) = par::map_reduce(
                blocks,
                || (Fr::zero(), Fr::zero()),
                |k| this.first_round_block(k),
                |x, y| (x.0 + y.0, x.1 + y.1),
            );
            // Beyond the blocks every column is zero.
            let beyond = Fr::one() - this.eq.weights().prefix_sum(blocks << this.weights.log_rows);
            (q_0 + this.at_zero * beyond, q_inf)
        };
        self.eq.round_polynomial(claim, q_0, q_inf)
    }

    fn bind(&mut self, r: Fr) {
        let fold = self.eq.fold(r);
        match &mut self.table {
            Some(table) => table.bind(&self.eq, fold, r),
            None => self.table = Some(self.first_bind(r)),
        }
    }
}
