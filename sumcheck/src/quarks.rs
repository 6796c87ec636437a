//! The upper part of grand products by one committed column each [SL20, §5].
//!
//! Statement: `P_g = prod_x v_g(x)` over `{0,1}^k`, `k >= 1`, for groups `g`, where each `v_g` is a level of a grand product
//! ([`grand_product`](crate::grand_product)) and nothing that anybody commits to. With the column `u_g` in `k` variables,
//!
//! ```text
//! f(0, x) = v(x),   f(1, x) = u(x)
//! u(x) = f(x, 0) f(x, 1)  for all x,      u(1, ..., 1, 0) = P
//! ```
//! say exactly that: from `v` on, each entry of `u` is the product of two before it, `u(1, ..., 1, 0)` of all. The entry
//! `u(1, ..., 1) = P u(1, ..., 1)` is set to zero. Committed is `h = u - 1`, in which a part of the tree without factors is zero.
//!
//! ```text
//!    h_g are committed to, after v_g are determined
//! P: P_g
//! V: tau in F^k, coefficients
//! P, V: k rounds of  0 = sum_x eq(tau, x) sum_g alpha_g (f_g(x, 0) f_g(x, 1) - u_g(x)),  which ends at r = (r_1, r')
//! P: v_g(r', 0), v_g(r', 1), u_g(r', 0), u_g(r', 1), u_g(r)      f(r, b) = (1 - r_1) v(r', b) + r_1 u(r', b)
//! V: c
//! ```
//! Ends with a claim on each `v_g` at `(r', c)`, with which the layers below go on, and three on each `u_g`: at `r`, at `(r', c)` and
//! at `(1, ..., 1, 0)`. [`ColumnClaims`] combines these for a sumcheck that the caller runs with its own.
//!
//! Soundness error: at most `(k + 1 + 2 k + 1) / |F|`: the zero check at `tau`, the coefficients, the rounds, the lines. The
//! combination of the claims on `u` has another `(3 groups - 1) / |F|`, and the sumcheck its own.

use crate::{
    SumcheckError,
    dense_product::{LayerProver, Leaves},
    engine::{RoundProver, batching},
    weighted,
};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    poly::{Powers, Univariate, eq_eval, eq_evals},
    wide::inner_product,
};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::Arc;

const PRODUCTS: &str = "grand products";
const POINT: &str = "product column point";
const BATCH: &str = "product column batching";
const ROUNDS: &str = "product column check";
const EVALUATIONS: &str = "product column claims";
const FOLD: &str = "product column fold";

/// Scalars of a group after the rounds.
const CLAIMS: usize = 5;
/// Claims on a column.
pub const COLUMN_CLAIMS: usize = 3;

/// Scalars that [`prove`] sends.
pub fn message_scalars(num_vars: usize, num_groups: usize) -> usize {
    num_groups + 2 * num_vars + CLAIMS * num_groups
}

/// What the argument leaves: claims on the level that is multiplied, and on the columns.
#[derive(Clone, Debug)]
pub struct Reduced {
    /// The claimed products.
    pub products: Vec<Fr>,
    /// The point `(r', c)`, and the claims on the level there, one a group.
    pub point: Vec<Fr>,
    /// Claims on the level at the point.
    pub claims: Vec<Fr>,
    /// Claims on the columns.
    pub columns: ColumnClaims,
}

/// Claims on the columns `u_g`, three each.
#[derive(Clone, Debug)]
pub struct ColumnClaims {
    points: [Vec<Fr>; COLUMN_CLAIMS],
    /// By group.
    values: Vec<[Fr; COLUMN_CLAIMS]>,
}

impl ColumnClaims {
    /// Number of variables of the columns.
    pub fn num_vars(&self) -> usize {
        self.points[0].len()
    }

    /// `sum_{g,j} mu^(3 g + j) (value_{g,j} - 1)`: what the combination of the committed `u_g - 1` sums to.
    pub fn claim(&self, mu: Fr) -> Fr {
        self.values.iter().flatten().zip(Powers::new(mu)).map(|(v, w)| w * (*v - Fr::one())).sum()
    }

    /// `sum_j mu^j eq(point_j, x) * sum_g mu^(3 g) h_g` at `x`, for values `h_g` of the committed columns there.
    pub fn summand(&self, mu: Fr, x: &[Fr], columns: &[Fr]) -> Fr {
        let weight: Fr = self.points.iter().zip(Powers::new(mu)).map(|(p, w)| w * eq_eval(p, x)).sum();
        weight * columns.iter().zip(group_weights(mu)).map(|(h, w)| *h * w).sum::<Fr>()
    }

    /// The prover of that sum over the hypercube.
    pub fn prover(&self, mu: Fr, columns: &[&Column]) -> ColumnProver {
        let num_vars = self.num_vars();
        let mut weights = vec![Fr::zero(); 1 << num_vars];
        for (point, w) in self.points.iter().zip(Powers::new(mu)) {
            weights.iter_mut().zip(eq_evals(point)).for_each(|(sum, e)| *sum += w * e);
        }
        let mut values = vec![Fr::zero(); 1 << num_vars];
        for (column, w) in columns.iter().zip(group_weights(mu)) {
            if let ColumnData::Field(h) = column.data() {
                values.iter_mut().zip(h).filter(|(_, h)| !h.is_zero()).for_each(|(sum, h)| *sum += w * h);
            }
        }
        ColumnProver { num_vars, weights, values }
    }
}

fn group_weights(mu: Fr) -> impl Iterator<Item = Fr> {
    Powers::new(mu).step_by(COLUMN_CLAIMS)
}

/// Round prover of a product of two multilinear polynomials: weights, and the combined columns.
pub struct ColumnProver {
    num_vars: usize,
    weights: Vec<Fr>,
    values: Vec<Fr>,
}

impl RoundProver for ColumnProver {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        2
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        let (mut at_zero, mut leading) = (Fr::zero(), Fr::zero());
        let pairs = self.weights.as_chunks::<2>().0.iter().zip(self.values.as_chunks::<2>().0);
        for ([w_0, w_1], [v_0, v_1]) in pairs.filter(|(_, v)| !v[0].is_zero() || !v[1].is_zero()) {
            at_zero += *w_0 * v_0;
            leading += (*w_1 - w_0) * (*v_1 - v_0);
        }
        let at_one = claim - at_zero;
        Univariate { coeffs: vec![at_zero, at_one - at_zero - leading, leading] }
    }

    fn bind(&mut self, r: Fr) {
        for table in [&mut self.weights, &mut self.values] {
            *table = table.as_chunks::<2>().0.iter().map(|[a, b]| *a + r * (*b - a)).collect();
        }
    }
}

/// The column of a level's products: `u - 1`, to be committed to.
///
/// # Panics
/// When the level has not `2^k` values, `k >= 1`.
pub fn column(level: &[Fr]) -> Column {
    assert!(level.len().is_power_of_two() && level.len() > 1, "a level of at least two values");
    let mut upper: Vec<Fr> = Vec::with_capacity(level.len());
    upper.extend(products(level));
    let mut start = 0;
    while upper.len() + 1 < level.len() {
        let next: Vec<Fr> = products(&upper[start..]).collect();
        start = upper.len();
        upper.extend(next);
    }
    upper.push(Fr::zero());
    for u in &mut upper {
        *u -= Fr::one();
    }
    Column::new(level.len().ilog2() as usize, ColumnData::Field(upper))
}

fn products(level: &[Fr]) -> impl Iterator<Item = Fr> + '_ {
    level.as_chunks::<2>().0.iter().map(|[a, b]| *a * b)
}

/// `u` of a committed column.
fn uncommitted(column: &Column) -> Vec<Fr> {
    (0..1 << column.num_vars()).map(|i| column.get(i) + Fr::one()).collect()
}

fn at_root(num_vars: usize) -> Vec<Fr> {
    let mut point = vec![Fr::one(); num_vars];
    point.iter_mut().rev().take(1).for_each(|x| *x = Fr::zero());
    point
}

/// Proves the products of levels of one size, whose columns are committed to.
///
/// # Panics
/// When levels and columns differ in size or number.
#[tracing::instrument(name = "quarks", skip_all)]
pub fn prove(levels: &[Vec<Fr>], columns: &[&Column], channel: &mut ProverChannel) -> Reduced {
    assert_eq!(levels.len(), columns.len(), "a column for each level");
    let num_vars = columns.first().map_or(0, |c| c.num_vars());
    assert!(levels.iter().all(|v| v.len() == 1 << num_vars), "levels have the columns' size");
    // Step 1: the products.
    let upper: Vec<Vec<Fr>> = columns.iter().map(|c| uncommitted(c)).collect();
    let products: Vec<Fr> = upper.iter().map(|u| u[u.len() - 2]).collect();
    channel.send_scalars(PRODUCTS, &products);
    // Step 2: the zero check.
    let tau = channel.challenges(POINT, num_vars);
    let alphas = batching(levels.len(), |n| channel.challenges(BATCH, n));
    let half = |v: &[Fr], u: &[Fr], bit: usize| -> Leaves {
        Arc::new(v.iter().chain(u).skip(bit).step_by(2).copied().collect())
    };
    let mut pairs: Vec<(Leaves, Option<Leaves>)> = Vec::with_capacity(2 * levels.len());
    let mut coefficients = Vec::with_capacity(2 * levels.len());
    for ((v, u), alpha) in levels.iter().zip(&upper).zip(&alphas) {
        pairs.push((half(v, u, 0), Some(half(v, u, 1))));
        pairs.push((Arc::new(u.clone()), None));
        coefficients.extend([*alpha, -*alpha]);
    }
    let mut prover = LayerProver::new(&tau, pairs, &coefficients);
    let r = weighted::prove(ROUNDS, &mut prover, Fr::zero(), channel);
    let at_r: Vec<Fr> = prover.finals().iter().skip(1).step_by(2).map(|(u, _)| *u).collect();
    drop(prover);
    // Step 3: evaluations at both ends of the line.
    let eq = eq_evals(&r[1..]);
    let end = |v: &[Fr], bit: usize| inner_product(&v.iter().skip(bit).step_by(2).copied().collect::<Vec<_>>(), &eq);
    let evaluations: Vec<Fr> = levels
        .iter()
        .zip(&upper)
        .zip(at_r)
        .flat_map(|((v, u), at_r)| [end(v, 0), end(v, 1), end(u, 0), end(u, 1), at_r])
        .collect();
    channel.send_scalars(EVALUATIONS, &evaluations);
    let c = channel.challenge(FOLD);
    reduce(products, r, c, &evaluations)
}

/// Verifies the products of `num_groups` levels in `num_vars >= 1` variables. The caller must check the claims on the levels and,
/// with an opening, those on the columns, which were committed to before the call.
///
/// # Errors
/// When there are no variables, a message is malformed, or the final claim does not match.
pub fn verify(num_vars: usize, num_groups: usize, channel: &mut VerifierChannel<'_>) -> Result<Reduced, SumcheckError> {
    // Step 1: the products.
    let products = channel.recv_scalars(PRODUCTS, num_groups)?;
    // Step 2: the zero check.
    let tau = channel.challenges(POINT, num_vars);
    let alphas = batching(num_groups, |n| channel.challenges(BATCH, n));
    let verdict = weighted::verify(ROUNDS, &tau, Fr::zero(), channel)?;
    // Step 3: evaluations at both ends of the line.
    let evaluations = channel.recv_scalars(EVALUATIONS, CLAIMS * num_groups)?;
    let r_1 = *verdict.point.first().ok_or(SumcheckError::NoVariables)?;
    let terms = evaluations.as_chunks::<CLAIMS>().0.iter().zip(&alphas).map(|([v_0, v_1, u_0, u_1, at_r], alpha)| {
        let [f_0, f_1] = [(v_0, u_0), (v_1, u_1)].map(|(v, u)| *v + r_1 * (*u - v));
        *alpha * (f_0 * f_1 - at_r)
    });
    verdict.check(terms.sum())?;
    let c = channel.challenge(FOLD);
    Ok(reduce(products, verdict.point, c, &evaluations))
}

fn reduce(products: Vec<Fr>, r: Vec<Fr>, c: Fr, evaluations: &[Fr]) -> Reduced {
    let mut point: Vec<Fr> = r.iter().skip(1).copied().collect();
    point.push(c);
    let line = |at_zero: Fr, at_one: Fr| at_zero + c * (at_one - at_zero);
    let groups = evaluations.as_chunks::<CLAIMS>().0;
    let claims = groups.iter().map(|[v_0, v_1, ..]| line(*v_0, *v_1)).collect();
    let values = groups.iter().zip(&products);
    let values = values.map(|([_, _, u_0, u_1, at_r], product)| [*at_r, line(*u_0, *u_1), *product]).collect();
    let root = at_root(r.len());
    let columns = ColumnClaims { points: [r, point.clone(), root], values };
    Reduced { products, point, claims, columns }
}
