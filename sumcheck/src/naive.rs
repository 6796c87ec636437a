//! The naive prover: any summand over dense tables, by direct evaluation. The oracle against which every fast kernel
//! is tested round by round.

use crate::RoundProver;
use ark_ff::Zero;
use lariat_algebra::{Fr, poly::Univariate};

/// A summand as a function of the columns' values.
type Summand<'a> = Box<dyn Fn(&[Fr]) -> Fr + 'a>;

/// Sumcheck prover for `sum_x summand(columns(x))`, at `O(2^n (d + 1))` summand evaluations in the first round.
pub struct NaiveProver<'a> {
    columns: Vec<Vec<Fr>>,
    summand: Summand<'a>,
    degree: usize,
    num_vars: usize,
}

impl<'a> NaiveProver<'a> {
    /// `columns` are full tables of `2^num_vars` evaluations.
    ///
    /// # Panics
    /// When a table has another length.
    pub fn new(num_vars: usize, columns: Vec<Vec<Fr>>, degree: usize, summand: impl Fn(&[Fr]) -> Fr + 'a) -> Self {
        assert!(columns.iter().all(|c| c.len() == 1 << num_vars));
        Self { columns, summand: Box::new(summand), degree, num_vars }
    }

    /// The sum over the hypercube of what is left.
    pub fn sum(&self) -> Fr {
        let len = self.columns.first().map_or(0, Vec::len);
        (0..len).map(|i| (self.summand)(&self.columns.iter().map(|c| c[i]).collect::<Vec<_>>())).sum()
    }

    /// The columns' values when all variables are bound.
    pub fn finals(&self) -> Vec<Fr> {
        self.columns.iter().map(|c| c[0]).collect()
    }
}

impl RoundProver for NaiveProver<'_> {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        self.degree
    }

    fn round(&mut self, _claim: Fr) -> Univariate {
        let half = self.columns.first().map_or(0, Vec::len) / 2;
        let evals: Vec<Fr> = (0..=self.degree as u64)
            .map(|x| {
                let x = Fr::from(x);
                (0..half).fold(Fr::zero(), |acc, i| {
                    let z: Vec<Fr> = self.columns.iter().map(|c| c[2 * i] + x * (c[2 * i + 1] - c[2 * i])).collect();
                    acc + (self.summand)(&z)
                })
            })
            .collect();
        Univariate::interpolate(&evals)
    }

    fn bind(&mut self, r: Fr) {
        for c in &mut self.columns {
            *c = c.chunks_exact(2).map(|p| p[0] + r * (p[1] - p[0])).collect();
        }
    }
}
