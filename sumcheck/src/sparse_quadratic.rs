//! A [`QuadraticRelation`] over columns that are zero except at listed positions, times public dense columns.
//!
//! The last `num_dense` columns of the relation are dense and public; they may appear only in products whose other
//! factor vanishes where all sparse columns vanish. So only their entries at and beside listed positions are ever
//! looked up, and a [`BlockColumn`] gives them without a table of all.

use crate::{
    RoundProver, block_column::BlockColumn, eq_factor::EqFactor, quadratic::QuadraticRelation,
    sparse_product::for_siblings,
};
use ark_ff::Zero;
use lariat_algebra::{
    Fr,
    count::{self, Kernel},
    par,
    poly::Univariate,
};

/// Values of all sparse columns at one position.
pub type SparseRow<const S: usize> = (u32, [Fr; S]);

/// Round prover over `S` sparse columns and any number of dense ones.
pub struct SparseQuadraticProver<'a, const S: usize> {
    relation: &'a QuadraticRelation,
    num_vars: usize,
    rows: Vec<SparseRow<S>>,
    dense: Vec<BlockColumn>,
    eq: EqFactor,
}

impl<'a, const S: usize> SparseQuadraticProver<'a, S> {
    /// `rows` in increasing order of position; `dense` are columns in `tau.len()` variables.
    ///
    /// # Panics
    /// When the shapes do not match the relation, or a dense column occurs outside a product with a sparse form.
    pub fn new(relation: &'a QuadraticRelation, rows: Vec<SparseRow<S>>, dense: Vec<BlockColumn>, tau: &[Fr]) -> Self {
        assert_eq!(relation.num_columns, S + dense.len());
        assert!(dense.iter().all(|d| d.num_vars() == tau.len()));
        assert!(rows.windows(2).all(|w| w[0].0 < w[1].0));
        assert!(relation.linear.terms.iter().all(|t| t.0 < S), "dense columns only inside products");
        for (a, b) in &relation.products {
            assert!(a.terms.iter().all(|t| t.0 < S), "first factors are sparse");
            if b.terms.iter().any(|t| t.0 >= S) {
                assert_eq!(a.constant, 0, "a dense factor needs a sparse partner");
            }
        }
        Self { relation, num_vars: tau.len(), rows, dense, eq: EqFactor::new(tau) }
    }

    /// The sparse columns at the bound point.
    pub fn finals(&self) -> [Fr; S] {
        self.rows.first().map_or([Fr::zero(); S], |r| r.1)
    }
}

impl<const S: usize> RoundProver for SparseQuadraticProver<'_, S> {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        3
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        const CHUNK: usize = 1 << 11;
        let weights = self.eq.weights();
        let at_zero = self.relation.at_zero();
        let mut chunks = Vec::new();
        let mut start = 0;
        while start < self.rows.len() {
            let mut end = self.rows.len().min(start + CHUNK);
            while end < self.rows.len() && self.rows[end].0 >> 1 == self.rows[end - 1].0 >> 1 {
                end += 1;
            }
            chunks.push(start..end);
            start = end;
        }
        let zero = (0u32, [Fr::zero(); S]);
        let (relation, rows, dense) = (self.relation, &self.rows, &self.dense);
        // A value of the relation, its leading coefficient, and the weights of both.
        let terms: usize = relation.products.iter().map(|(a, b)| 2 * (a.terms.len() + b.terms.len() + 1)).sum();
        let products_a_pair = terms + relation.linear.terms.len() + 3;
        let (q0, qi) = par::map_reduce(
            chunks.len(),
            || (Fr::zero(), Fr::zero()),
            |c| {
                let (mut q0, mut qi) = (Fr::zero(), Fr::zero());
                let mut z0 = vec![Fr::zero(); relation.num_columns];
                let mut dz = z0.clone();
                let mut near = vec![0; dense.len()];
                let mut pairs = 0;
                for_siblings(
                    &rows[chunks[c].clone()],
                    |r| r.0,
                    |i, even, odd| {
                        let (x, y) = (even.unwrap_or(&zero), odd.unwrap_or(&zero));
                        pairs += 1;
                        for k in 0..S {
                            z0[k] = x.1[k];
                            dz[k] = y.1[k] - x.1[k];
                        }
                        for (k, (d, near)) in dense.iter().zip(&mut near).enumerate() {
                            let lo = d.get_near(2 * i as usize, near);
                            let hi = d.get_near(2 * i as usize + 1, near);
                            z0[S + k] = lo;
                            dz[S + k] = hi - lo;
                        }
                        let w = weights.at(i as usize);
                        // The constant is accounted for once, over the whole hypercube.
                        q0 += w * (relation.eval(&z0) - at_zero);
                        let leading: Fr = relation
                            .products
                            .iter()
                            .map(|(a, b)| {
                                let da: Fr = a.terms.iter().map(|&(k, c)| Fr::from(c) * dz[k]).sum();
                                let db: Fr = b.terms.iter().map(|&(k, c)| c * dz[k]).sum();
                                da * db
                            })
                            .sum();
                        qi += w * leading;
                    },
                );
                count::add(Kernel::SparseProducts, products_a_pair * pairs);
                // Entries of dense columns are affine in their place, in the most part.
                count::add(Kernel::IntegerSums, 2 * dense.len() * pairs);
                (q0, qi)
            },
            |x, y| (x.0 + y.0, x.1 + y.1),
        );
        self.eq.round_polynomial(claim, q0 + at_zero, qi)
    }

    fn bind(&mut self, r: Fr) {
        self.eq.bind(r);
        let zero = (0u32, [Fr::zero(); S]);
        let mut out = Vec::with_capacity(self.rows.len());
        let mut products = 0;
        for_siblings(
            &self.rows,
            |row| row.0,
            |i, even, odd| {
                let (x, y) = (even.unwrap_or(&zero), odd.unwrap_or(&zero));
                let mut v = [Fr::zero(); S];
                for k in 0..S {
                    // Most entries are zero or equal; skip the product then.
                    let equal = x.1[k] == y.1[k];
                    products += usize::from(!equal);
                    v[k] = if equal { x.1[k] } else { x.1[k] + r * (y.1[k] - x.1[k]) };
                }
                out.push((i, v));
            },
        );
        count::add(Kernel::SparseProducts, products);
        self.rows = out;
        par::for_each_mut(&mut self.dense, |_, column| column.bind(r));
    }
}
