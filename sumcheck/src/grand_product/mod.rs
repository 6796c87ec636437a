//! Layered grand products [Thaler13, §5.3.1; Setty20, §7], several side by side.
//!
//! Statement: for every product the values `P_g = prod_j prod_x leaf_{g,j}(x)` of groups `g`, every leaf polynomial in `n`
//! variables; numbers of variables, groups and leaves are those of the product ([`ProductShape`]).
//!
//! ```text
//! V_{g,n}(x) = prod_j leaf_{g,j}(x),   V_{g,k}(x) = V_{g,k+1}(x, 0) V_{g,k+1}(x, 1)
//! P: V_{g,c}(x) for all x in {0,1}^c       for every group; P_g is their product
//! V: r_c                                   claims V_{g,c}(r_c)
//! layer k = c, c + 1, ..., one sumcheck for all products that have it:
//!   tree,  k < n:   V_{g,k}(r) = sum_x eq(r, x) V_{g,k+1}(x, 0) V_{g,k+1}(x, 1)        k variables
//!   slots, k >= n:  U_j(r) = sum_x eq(r, x) U_{2j}(x) U_{2j+1}(x)                      n variables
//!   P: all evaluations of the level below;   V: in a tree, the coordinate on the line between the halves
//! ```
//! with `c` the least of [`CLEAR_VARS`] and all `n`. The slot levels take the product over the leaves of a row apart. A
//! layer's polynomials have random coefficients, over all products, and its rounds are those of [`weighted::Batch`]. Ends
//! with claims on every leaf polynomial of a product at one point.
//!
//! **One set of rounds for all products.** In layer `k` every point is the longest one or a beginning of it: of trees it is
//! all of it, of slot levels its first `n` coordinates. This holds in layer `c`, where all are the same, and stays: a layer
//! ends at beginnings of one point, to which all trees append one coordinate. So a layer has as many rounds as its
//! largest product, and a product that is smaller costs its evaluations only.
//!
//! **Values in the clear.** The first layers have few rounds and more scalars in evaluations: `4 · 2^c` scalars for two products
//! of two groups replace `4 + sum over k < c (2 k + 8)`. That is 16 against 22 for `c = 2`, and least there.
//!
//! Soundness error: at most `c / |F|` for the point `r_c`, and for each layer `(2 rounds + 2) / |F|`: coefficients and
//! line go wrong for one value each, a round for two.

mod provers;

pub use provers::{DenseProduct, LayerRounds, Plan, ProductProver, SparseProduct};

use crate::{SumcheckError, engine::batching, weighted};
use lariat_algebra::{Fr, poly::eq_evals};
use lariat_transcript::{ProverChannel, VerifierChannel};

const LAYER: &str = "grand product layer";
const LAYER_CLAIMS: &str = "grand product claims";
const LAYER_BATCH: &str = "grand product batching";
const LAYER_FOLD: &str = "grand product fold";
const PRODUCTS: &str = "grand products";

/// Scalars of a round, and its degree.
pub const ROUND_SCALARS: usize = 2;

/// Variables of the level that is sent in the clear, if no product has fewer.
pub const CLEAR_VARS: usize = 2;

/// Numbers of one grand product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProductShape {
    /// Variables of a leaf.
    pub num_vars: usize,
    /// Groups: products side by side.
    pub num_groups: usize,
    /// Leaves of a group.
    pub num_leaves: usize,
}

/// What one product has in one layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Level {
    num_vars: usize,
    /// Polynomials of a group, and in the level below.
    size: usize,
    below: usize,
    is_tree: bool,
}

/// One sumcheck of a batch of grand products.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerShape {
    /// Rounds.
    pub rounds: usize,
    /// Claims that are combined.
    pub combined: usize,
    /// Evaluations that are sent.
    pub evaluations: usize,
    /// Whether a tree is among the products, so that a coordinate is appended.
    pub folds: bool,
}

/// What a grand product reduces to: `claims[g][j]` is the claimed evaluation of leaf `j` of group `g` at `point`.
#[derive(Clone, Debug)]
pub struct LeafClaims {
    /// The claimed products, one a group.
    pub products: Vec<Fr>,
    /// The common point.
    pub point: Vec<Fr>,
    /// Claimed evaluations of the leaves, by group.
    pub claims: Vec<Vec<Fr>>,
}

/// Sizes of the slot levels, from the leaves up to one polynomial.
fn slot_level_sizes(num_leaves: usize) -> Vec<usize> {
    std::iter::successors(Some(num_leaves), |&k| (k > 1).then(|| k.div_ceil(2))).collect()
}

impl ProductShape {
    /// Layer `k`, if the product has it.
    fn level(&self, k: usize) -> Option<Level> {
        if k < self.num_vars {
            return Some(Level { num_vars: k, size: 1, below: 2, is_tree: true });
        }
        let sizes = slot_level_sizes(self.num_leaves);
        let at = (sizes.len() - 1).checked_sub(k - self.num_vars)?;
        let below = sizes.get(at.checked_sub(1)?).copied()?;
        Some(Level { num_vars: self.num_vars, size: sizes.get(at).copied()?, below, is_tree: false })
    }

    /// One past the last layer.
    fn end(&self) -> usize {
        self.num_vars + slot_level_sizes(self.num_leaves).len() - 1
    }
}

/// Variables of the level that is sent in the clear.
pub fn clear_vars(shapes: &[ProductShape]) -> usize {
    shapes.iter().map(|s| s.num_vars).min().unwrap_or(0).min(CLEAR_VARS)
}

/// The sumchecks of a batch of products, in order.
pub fn layers(shapes: &[ProductShape]) -> Vec<LayerShape> {
    layers_from(clear_vars(shapes), shapes)
}

/// The sumchecks of the layers from `start` on.
pub fn layers_from(start: usize, shapes: &[ProductShape]) -> Vec<LayerShape> {
    let end = shapes.iter().map(ProductShape::end).max().unwrap_or(0);
    let layer = |k: usize| {
        let levels = || shapes.iter().filter_map(move |s| Some((s.num_groups, s.level(k)?)));
        LayerShape {
            rounds: levels().map(|(_, l)| l.num_vars).max().unwrap_or(0),
            combined: levels().map(|(g, l)| g * l.size).sum(),
            evaluations: levels().map(|(g, l)| g * l.below).sum(),
            folds: levels().any(|(_, l)| l.is_tree),
        }
    };
    (start..end).map(layer).collect()
}

/// Scalars that [`prove`] sends.
pub fn message_scalars(shapes: &[ProductShape]) -> usize {
    let clear: usize = shapes.iter().map(|s| s.num_groups << clear_vars(shapes)).sum();
    clear + layer_scalars(clear_vars(shapes), shapes)
}

/// Scalars of the layers from `start` on.
pub fn layer_scalars(start: usize, shapes: &[ProductShape]) -> usize {
    layers_from(start, shapes).iter().map(|l| ROUND_SCALARS * l.rounds + l.evaluations).sum()
}

/// What is known above a level: products, and claims on the level at one point, product by product and group by group.
#[derive(Clone, Debug)]
pub struct Top {
    /// The products.
    pub products: Vec<Fr>,
    /// The claims.
    pub claims: Vec<Fr>,
    /// Their point.
    pub point: Vec<Fr>,
}

impl Top {
    /// From the values of the level, group by group.
    fn of_values(values: &[Fr], point: Vec<Fr>) -> Self {
        let eq = eq_evals(&point);
        let groups = || values.chunks(eq.len());
        let products = groups().map(|v| v.iter().product()).collect();
        Self { products, claims: groups().map(|v| combine(v, &eq)).collect(), point }
    }
}

/// Where a batch stands: the longest point, and for each product its claims on its current level.
struct State {
    point: Vec<Fr>,
    /// Flat, group by group; none once the product has ended.
    claims: Vec<Vec<Fr>>,
    ended: Vec<Option<LeafClaims>>,
    products: Vec<Vec<Fr>>,
}

impl State {
    /// Before layer `start`.
    fn new(shapes: &[ProductShape], start: usize, top: Top) -> Self {
        let apart = |all: Vec<Fr>| {
            let mut all = all.into_iter();
            shapes.iter().map(|s| all.by_ref().take(s.num_groups).collect()).collect()
        };
        let (products, claims) = (apart(top.products), apart(top.claims));
        let mut this = Self { point: top.point, claims, ended: vec![None; shapes.len()], products };
        this.end(shapes, start);
        this
    }

    /// Sets the products aside that end before layer `k`.
    fn end(&mut self, shapes: &[ProductShape], k: usize) {
        let slots = self.claims.iter_mut().zip(&mut self.products).zip(&mut self.ended);
        for (shape, ((claims, products), ended)) in shapes.iter().zip(slots) {
            if ended.is_none() && shape.level(k).is_none() {
                let claims = std::mem::take(claims).chunks(shape.num_leaves.max(1)).map(<[Fr]>::to_vec).collect();
                let point = self.point.iter().take(shape.num_vars).copied().collect();
                *ended = Some(LeafClaims { products: std::mem::take(products), point, claims });
            }
        }
    }

    /// The products that have layer `k`, and their levels.
    fn levels(shapes: &[ProductShape], k: usize) -> Vec<(usize, Level)> {
        shapes.iter().enumerate().filter_map(|(at, s)| Some((at, s.level(k)?))).collect()
    }

    /// Coefficients of all claims of layer `k`, product by product.
    fn coefficients(&self, levels: &[(usize, Level)], draw: impl FnOnce(usize) -> Vec<Fr>) -> Vec<Vec<Fr>> {
        let lens: Vec<usize> = levels.iter().filter_map(|(at, _)| self.claims.get(*at)).map(Vec::len).collect();
        let mut alphas = batching(lens.iter().sum(), draw).into_iter();
        lens.iter().map(|&len| alphas.by_ref().take(len).collect()).collect()
    }

    /// The claims of layer `k`, combined product by product.
    fn combined(&self, levels: &[(usize, Level)], coefficients: &[Vec<Fr>]) -> Vec<Fr> {
        let claims = levels.iter().filter_map(|(at, _)| self.claims.get(*at));
        claims.zip(coefficients).map(|(claims, alphas)| combine(alphas, claims)).collect()
    }

    /// Takes the evaluations of the level below at the point of the rounds; trees go on to the line's point.
    fn descend(&mut self, levels: &[(usize, Level)], point: Vec<Fr>, evaluations: &[Vec<Fr>], fold: Option<Fr>) {
        self.point = point;
        self.point.extend(fold);
        for (claims, ((_, level), evaluations)) in active(&mut self.claims, levels).zip(levels.iter().zip(evaluations))
        {
            *claims = match fold {
                Some(fold) if level.is_tree => {
                    evaluations.as_chunks::<2>().0.iter().map(|[l, r]| *l + fold * (*r - *l)).collect()
                }
                _ => evaluations.clone(),
            };
        }
    }

    fn into_claims(self) -> Vec<LeafClaims> {
        self.ended.into_iter().flatten().collect()
    }
}

/// The items of the products that have a layer, out of one for each product; `levels` are in the products' order.
fn active<'a, T>(all: &'a mut [T], levels: &'a [(usize, Level)]) -> impl Iterator<Item = &'a mut T> {
    let is_active = |(at, _): &(usize, &mut T)| levels.iter().any(|level| level.0 == *at);
    all.iter_mut().enumerate().filter(is_active).map(|(_, item)| item)
}

/// Rounds of a layer, whose point is as long as that of its largest product.
fn rounds(levels: &[(usize, Level)]) -> usize {
    levels.iter().map(|(_, l)| l.num_vars).max().unwrap_or(0)
}

fn combine(alphas: &[Fr], values: &[Fr]) -> Fr {
    alphas.iter().zip(values).map(|(a, v)| *a * v).sum()
}

/// Proves products side by side and returns what each reduces to, in order.
#[tracing::instrument(name = "grand_products", skip_all)]
pub fn prove(provers: &mut [&mut dyn ProductProver], channel: &mut ProverChannel) -> Vec<LeafClaims> {
    let shapes: Vec<ProductShape> = provers.iter().map(|p| p.shape()).collect();
    // Step 1: the values in the clear.
    let clear = clear_vars(&shapes);
    let values: Vec<Fr> = provers.iter_mut().flat_map(|p| p.grow(clear)).collect();
    channel.send_scalars(PRODUCTS, &values);
    let top = Top::of_values(&values, channel.challenges(LAYER_FOLD, clear));
    prove_layers(provers, clear, top, channel)
}

/// Proves the layers from `start` on, down to which the provers have grown.
pub fn prove_layers(
    provers: &mut [&mut dyn ProductProver],
    start: usize,
    top: Top,
    channel: &mut ProverChannel,
) -> Vec<LeafClaims> {
    let shapes: Vec<ProductShape> = provers.iter().map(|p| p.shape()).collect();
    let mut state = State::new(&shapes, start, top);
    // Step 2: the layers, root first.
    let end = shapes.iter().map(ProductShape::end).max().unwrap_or(0);
    for k in start..end {
        let levels = State::levels(&shapes, k);
        let coefficients = state.coefficients(&levels, |n| channel.challenges(LAYER_BATCH, n));
        let claims = state.combined(&levels, &coefficients);
        state.point.truncate(rounds(&levels));
        let mut layers: Vec<Box<dyn LayerRounds + '_>> = active(provers, &levels)
            .zip(&levels)
            .zip(&coefficients)
            .map(|((prover, (_, level)), alphas)| prover.layer(k, &state.point[..level.num_vars], alphas))
            .collect();
        let parts = layers.iter_mut().zip(claims).map(|(layer, claim)| (layer.rounds(), claim)).collect();
        let mut batch = weighted::Batch::new(parts);
        let claim = batch.claim();
        let point = weighted::prove(LAYER, &mut batch, claim, channel);
        let evaluations: Vec<Vec<Fr>> = layers.iter().map(|layer| layer.evaluations()).collect();
        drop(layers);
        channel.send_scalars(LAYER_CLAIMS, &evaluations.concat());
        let folds = levels.iter().any(|(_, l)| l.is_tree);
        let fold = folds.then(|| channel.challenge(LAYER_FOLD));
        state.descend(&levels, point, &evaluations, fold);
        state.end(&shapes, k + 1);
    }
    state.into_claims()
}

/// Verifies products side by side and returns what each reduces to, in order. The caller must check the returned leaf claims
/// and compare the products.
///
/// # Errors
/// When a message is malformed or a layer's final claim does not match.
pub fn verify(shapes: &[ProductShape], channel: &mut VerifierChannel<'_>) -> Result<Vec<LeafClaims>, SumcheckError> {
    // Step 1: the values in the clear.
    let clear = clear_vars(shapes);
    let num_values: usize = shapes.iter().map(|s| s.num_groups << clear).sum();
    let values = channel.recv_scalars(PRODUCTS, num_values)?;
    let top = Top::of_values(&values, channel.challenges(LAYER_FOLD, clear));
    verify_layers(shapes, clear, top, channel)
}

/// Verifies the layers from `start` on. The caller must check the returned leaf claims and compare the products.
///
/// # Errors
/// As [`verify`].
pub fn verify_layers(
    shapes: &[ProductShape],
    start: usize,
    top: Top,
    channel: &mut VerifierChannel<'_>,
) -> Result<Vec<LeafClaims>, SumcheckError> {
    let mut state = State::new(shapes, start, top);
    // Step 2: the layers, root first.
    let end = shapes.iter().map(ProductShape::end).max().unwrap_or(0);
    for k in start..end {
        let levels = State::levels(shapes, k);
        let coefficients = state.coefficients(&levels, |n| channel.challenges(LAYER_BATCH, n));
        let claim = state.combined(&levels, &coefficients).iter().sum();
        state.point.truncate(rounds(&levels));
        let verdict = weighted::verify(LAYER, &state.point, claim, channel)?;
        let groups = |at: usize| shapes.get(at).map_or(0, |s| s.num_groups);
        let lens: Vec<usize> = levels.iter().map(|(at, level)| groups(*at) * level.below).collect();
        let mut received = channel.recv_scalars(LAYER_CLAIMS, lens.iter().sum())?.into_iter();
        let evaluations: Vec<Vec<Fr>> = lens.iter().map(|&len| received.by_ref().take(len).collect()).collect();
        let products = levels.iter().zip(&evaluations).zip(&coefficients).map(|(((_, level), values), alphas)| {
            let groups = values.chunks(level.below.max(1));
            let products: Vec<Fr> = groups.flat_map(|g| g.chunks(2).map(|pair| pair.iter().product())).collect();
            combine(alphas, &products)
        });
        verdict.check(products.sum())?;
        let folds = levels.iter().any(|(_, l)| l.is_tree);
        let fold = folds.then(|| channel.challenge(LAYER_FOLD));
        state.descend(&levels, verdict.point, &evaluations, fold);
        state.end(shapes, k + 1);
    }
    Ok(state.into_claims())
}
