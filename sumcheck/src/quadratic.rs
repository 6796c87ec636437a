//! Relations as data: `claim = sum_x eq(tau, x) Q(z(x))`, with `Q` a sum of products of affine forms in the columns
//! `z`, plus an affine form. R1CS constraints under a random combination of their rows and multiset leaves under
//! random coefficients all have this shape, so one kernel proves them together.
//!
//! The kernel binds *forms*, not columns: factors are computed from the compact columns (integer times field), and the
//! cost of the rounds after that depends on the number of products, not of columns.

use crate::{
    RoundProver,
    eq_factor::EqFactor,
    product_table::{Block, ProductTable, RowWeights, Tail},
    rows::{bias, bias_of, load_bound},
};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::Column,
    count::{self, Kernel},
    forms::{IntegerRows, SmallForm},
    ifma::slices,
    par,
    poly::{Univariate, eq_evals},
    wide::ProductAcc,
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

/// Bytes that a [`QuadraticProver`] of so many products keeps at most, for so many rows.
pub fn table_bytes(rows: u64, num_products: usize, depth: usize) -> u64 {
    (rows * ((2 * num_products + 1) * size_of::<Fr>()) as u64) >> depth
}

/// Round prover of a [`QuadraticRelation`] over compact columns.
///
/// The first rounds compute factors from the columns a block of rows at a time, with the variables that are bound, and
/// keep none: with `k` bound a factor is a form in `2^k` times as many integers. Most first factors are flags that are
/// zero on most rows, so that the products of these rounds are few.
pub struct QuadraticProver<'a> {
    relation: &'a QuadraticRelation,
    columns: Vec<&'a Column>,
    tau: Vec<Fr>,
    /// Rows that any column stores.
    len: usize,
    at_zero: Fr,
    eq: EqFactor,
    depth: usize,
    /// Challenges so far, at most `depth`.
    bound: Vec<Fr>,
    /// Weights of the current round's pairs of rows, by block, before the table; they are those of the bound rows too.
    weights: RowWeights,
    /// First factors (left), second factors (right) and the linear part after `depth` challenges.
    table: Option<ProductTable>,
}

/// The factors of a relation with variables bound: forms over [`load_bound`]'s columns.
struct BoundForms {
    /// Columns of each first factor, and the factor.
    left: Vec<(Vec<usize>, SmallForm)>,
    right: Vec<SmallForm>,
    linear: SmallForm,
}

impl BoundForms {
    fn new(relation: &QuadraticRelation, columns: &[&Column], challenges: &[Fr]) -> Self {
        // The weight of a row among those that are bound together, by its number: the first challenge binds its last bit.
        let reversed: Vec<Fr> = challenges.iter().rev().copied().collect();
        let weights = &eq_evals(&reversed);
        let expand = |form: &LinearForm| {
            let of_rows =
                |&(k, c): &(usize, Fr)| weights.iter().enumerate().map(move |(y, w)| (k * weights.len() + y, c * w));
            let terms = form.terms.iter().flat_map(of_rows);
            SmallForm::new(form.constant - bias_of(form, columns), terms.collect())
        };
        let left = relation.products.iter().map(|(a, _)| {
            let mut form = LinearForm::default();
            form.add_scaled_int(a, Fr::one());
            (a.terms.iter().map(|t| t.0).collect(), expand(&form))
        });
        Self {
            left: left.collect(),
            right: relation.products.iter().map(|(_, b)| expand(b)).collect(),
            linear: expand(&relation.linear),
        }
    }
}

impl<'a> QuadraticProver<'a> {
    /// `columns` in the relation's order, each in `tau.len()` variables. The coordinates of `tau` must be neither zero
    /// nor one. The first `depth` rounds read the columns, at least one: it changes time and memory, not the messages.
    ///
    /// # Panics
    /// When the number of columns or of variables differs.
    pub fn new(relation: &'a QuadraticRelation, columns: Vec<&'a Column>, tau: &[Fr], depth: usize) -> Self {
        assert_eq!(columns.len(), relation.num_columns);
        assert!(columns.iter().all(|c| c.num_vars() == tau.len()));
        let len = columns.iter().map(|c| c.stored_len()).max().unwrap_or(0);
        let mut this = Self {
            relation,
            columns,
            tau: tau.to_vec(),
            len,
            at_zero: relation.at_zero(),
            eq: EqFactor::new(tau),
            depth: depth.clamp(1, tau.len().max(1)),
            bound: Vec::new(),
            weights: RowWeights::default(),
            table: None,
        };
        this.weights = this.weights_of(1);
        this
    }

    /// Weights of rows with so many of the last coordinates bound. A block is made of so many rows that memory for it
    /// does not grow with their number.
    fn weights_of(&self, bound: usize) -> RowWeights {
        let free = self.tau.len().saturating_sub(bound);
        let width = self.relation.products.len().max(1) << bound.saturating_sub(1);
        RowWeights::new(&self.tau[..free], self.len.div_ceil(1 << bound), width)
    }

    /// `(q(0), q(inf))` contributions of block `k` in a round that reads the columns.
    fn round_block(&self, k: usize, forms: &BoundForms) -> (Fr, Fr) {
        let pairs = 1usize << self.weights.log_rows;
        // The even rows of the pairs, then the odd ones.
        let order: Vec<usize> = (0..pairs).map(|i| 2 * i).chain((0..pairs).map(|i| 2 * i + 1)).collect();
        let mut rows = IntegerRows::default();
        load_bound(&self.columns, self.bound.len(), 2 * k * pairs, &order, &mut rows);
        let (mut left, mut right) = (vec![Fr::zero(); 2 * pairs], vec![Fr::zero(); 2 * pairs]);
        let mut sums = vec![[ProductAcc::default(); 2]; pairs];
        let mut products = 2 * pairs;
        for (j, (columns, form)) in forms.left.iter().enumerate() {
            let constant = self.relation.products[j].0.constant;
            if constant == 0 && columns.iter().all(|&column| is_zero(&rows, column, &self.columns, self.bound.len())) {
                continue;
            }
            form.evaluate(&rows, &mut left, 1);
            forms.right[j].evaluate(&rows, &mut right, 1);
            let (l_0, l_1) = left.split_at(pairs);
            let (r_0, r_1) = right.split_at(pairs);
            for (i, [s_0, s_inf]) in sums.iter_mut().enumerate() {
                let uses = [!l_0[i].is_zero(), l_0[i] != l_1[i]];
                products += uses.into_iter().map(usize::from).sum::<usize>();
                if uses[0] {
                    s_0.add(l_0[i], r_0[i]);
                }
                if uses[1] {
                    s_inf.add(l_1[i] - l_0[i], r_1[i] - r_0[i]);
                }
            }
        }
        count::add(Kernel::InnerProducts, products);
        forms.linear.evaluate(&rows, &mut right, 1);
        let (mut q_0, mut q_inf) = (ProductAcc::default(), ProductAcc::default());
        for ((&w, linear), [s_0, s_inf]) in self.weights.lo.iter().zip(&right).zip(&sums) {
            q_0.add(w, s_0.reduce() + linear);
            q_inf.add(w, s_inf.reduce());
        }
        (self.weights.hi[k] * q_0.reduce(), self.weights.hi[k] * q_inf.reduce())
    }

    /// Block `k` of all factors, computed from the columns with all `depth` challenges bound.
    fn bind_block(&self, k: usize, forms: &BoundForms, block: &mut Block) {
        let order = &self.weights.places;
        let rows = order.len();
        let weights: Vec<Fr> = order.iter().map(|&i| self.weights.lo[i]).collect();
        let width = self.relation.products.len();
        let mut integers = IntegerRows::default();
        load_bound(&self.columns, self.bound.len(), k * rows, order, &mut integers);
        let (mut values, mut weighted) = (vec![Fr::zero(); rows], vec![Fr::zero(); rows]);
        for (j, (_, form)) in forms.left.iter().enumerate() {
            form.evaluate(&integers, &mut values, 1);
            slices::mul_slices(&values, &weights, &mut weighted);
            block.left[j..].iter_mut().step_by(width).zip(&weighted).for_each(|(out, x)| *out = *x);
        }
        for (j, form) in forms.right.iter().enumerate() {
            form.evaluate(&integers, &mut block.right[j..], width);
        }
        forms.linear.evaluate(&integers, &mut values, 1);
        slices::mul_slices(&values, &weights, &mut block.single);
    }

    fn build_table(&self) -> ProductTable {
        let forms = BoundForms::new(self.relation, &self.columns, &self.bound);
        let tail = Tail {
            left: self.relation.products.iter().map(|p| Fr::from(p.0.constant)).collect(),
            right: self.relation.products.iter().map(|p| p.1.constant).collect(),
            single: vec![self.relation.linear.constant],
        };
        let fill = |k: usize, block: &mut Block| self.bind_block(k, &forms, block);
        ProductTable::new(&self.eq, &self.weights, self.len.div_ceil(1 << self.bound.len()), tail, fill)
    }
}

/// Whether a column with so many variables bound is zero on all rows of a block.
fn is_zero(rows: &IntegerRows, column: usize, columns: &[&Column], bound: usize) -> bool {
    let zero = bias(columns[column]);
    (column << bound..(column + 1) << bound).all(|k| rows.column(k).iter().all(|&x| x == zero))
}

impl RoundProver for QuadraticProver<'_> {
    fn num_vars(&self) -> usize {
        self.tau.len()
    }

    fn degree(&self) -> usize {
        3
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        let (q_0, q_inf) = if let Some(table) = &self.table {
            table.round(&self.eq)
        } else {
            let this = &*self;
            let forms = BoundForms::new(this.relation, &this.columns, &this.bound);
            let blocks = this.weights.num_blocks(this.len.div_ceil(2 << this.bound.len()));
            let (q_0, q_inf) = par::map_reduce(
                blocks,
                || (Fr::zero(), Fr::zero()),
                |k| this.round_block(k, &forms),
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
        if let Some(table) = &mut self.table {
            table.bind(&self.eq, fold, r);
            return;
        }
        self.bound.push(r);
        if self.bound.len() < self.depth {
            self.weights = self.weights_of(self.bound.len() + 1);
        } else {
            self.table = Some(self.build_table());
        }
    }
}
