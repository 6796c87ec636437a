//! Layered grand products [Thaler13, §5.3.1; Setty20, §7].
//!
//! Statement: the values `P_g = prod_j prod_x leaf_{g,j}(x)` for groups `g`, every leaf polynomial in `n` variables.
//!
//! ```text
//! P: P_g                                  for every group
//! tree:   for k = 0..n:   V_{g,k}(r_k) = sum_x eq(r_k, x) V_{g,k+1}(x, 0) V_{g,k+1}(x, 1)
//! slots:  for each level: U_j(r) = sum_x eq(r, x) U_{2j}(x) U_{2j+1}(x)
//! ```
//! where `V_{g,n}` is the product over the leaves of a group, row by row, and the slot levels take it apart into the
//! leaves. Every level is one sumcheck ([`weighted`]), batched over its polynomials by random coefficients; its final
//! evaluations are sent and become the claims of the level below. Ends with claims on every leaf polynomial at one point.
//!
//! Soundness error: at most `sum over levels (2 k + polynomials of the level + 1) / |F|`.

use crate::{
    SumcheckError,
    dense_product::LayerProver,
    engine::batching,
    leaves::LeafSource,
    levels::{LevelFactors, Levels, Stored},
    segments::Segments,
    sparse_product::{SparseLayer, SparseLayerProver},
    weighted,
};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_transcript::{ProverChannel, VerifierChannel};

const LAYER: &str = "grand product layer";
const LAYER_CLAIMS: &str = "grand product claims";
const LAYER_BATCH: &str = "grand product batching";
const LAYER_FOLD: &str = "grand product fold";
const PRODUCTS: &str = "grand products";

/// Scalars of a round, and its degree.
pub const ROUND_SCALARS: usize = 2;

/// What a grand product reduces to: `claims[g][j]` is the claimed evaluation of leaf `j` of group `g` at `point`.
#[derive(Debug)]
pub struct LeafClaims {
    /// The claimed products, one a group.
    pub products: Vec<Fr>,
    /// The common point.
    pub point: Vec<Fr>,
    /// Claimed evaluations of the leaves, by group.
    pub claims: Vec<Vec<Fr>>,
}

/// Sizes of the slot levels, from the leaves (excluded) up to one polynomial.
fn slot_level_sizes(num_leaves: usize) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut k = num_leaves;
    while k > 1 {
        k = k.div_ceil(2);
        sizes.push(k);
    }
    sizes
}

/// How much the prover of a dense grand product keeps. It changes time and memory, not the proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Plan {
    /// The slot level that is kept from the first pass on, 0 being the leaves: levels below it are computed from the
    /// leaves, those above from it. A number beyond the levels keeps none.
    pub keep: usize,
    /// Most bytes a row that the bound factors of a level take once they are kept. The factors of a level are read once
    /// more for each halving that this takes.
    pub table_bytes: usize,
}

impl Default for Plan {
    /// For 18 leaves in each of two groups: three polynomials a group are kept, and 320 bytes a row, whatever the level.
    fn default() -> Self {
        Self { keep: 3, table_bytes: 320 }
    }
}

impl Plan {
    /// Most bytes that [`prove_dense`] keeps at once, for so many rows and leaves.
    pub fn bytes(self, rows: u64, num_groups: usize, num_leaves: usize) -> u64 {
        let scalars = |polynomials: usize| (num_groups * polynomials * size_of::<Fr>()) as u64;
        let sizes: Vec<usize> = std::iter::once(num_leaves).chain(slot_level_sizes(num_leaves)).collect();
        let top = sizes.len() - 1;
        let kept = if self.keep < top { scalars(sizes[self.keep]) } else { 0 };
        // Both halves of every layer of a tree.
        let trees = kept + 2 * scalars(1);
        let level = |level: usize| {
            let table = scalars(sizes[level]) >> self.depth(num_groups * sizes[level]);
            table + if self.keep <= level { kept } else { 0 }
        };
        rows * (0..top).map(level).chain([trees]).max().unwrap_or(0)
    }

    /// Rounds that read the factors of a level of so many polynomials.
    fn depth(self, polynomials: usize) -> usize {
        let bytes = polynomials * size_of::<Fr>();
        (1..usize::BITS as usize / 2).find(|&d| bytes >> d <= self.table_bytes.max(1)).unwrap_or(1)
    }
}

/// Proves the products of dense leaves, by group; every leaf is one past the rows that the source has.
///
/// # Panics
/// When there are more rows than `2^num_vars`.
#[tracing::instrument(name = "grand_product.dense", skip_all, fields(num_vars, num_groups = leaves.shape().0))]
pub fn prove_dense(num_vars: usize, leaves: &dyn LeafSource, plan: Plan, channel: &mut ProverChannel) -> LeafClaims {
    let (num_groups, num_leaves) = leaves.shape();
    assert!(leaves.len() <= 1 << num_vars, "prefix longer than the hypercube");
    // Step 0: build the slot levels, then the trees.
    let (mut levels, roots) = Levels::new(leaves, plan.keep);
    // trees[k] = L, R of every group, with V_{g,k} = L R in k variables.
    let mut trees: Vec<Vec<Segments>> = Vec::with_capacity(num_vars);
    let mut current: Vec<Segments> = roots;
    for _ in 0..num_vars {
        let halves: Vec<(Segments, Segments)> = current.into_iter().map(Segments::halves).collect();
        current = halves.iter().map(|(l, r)| l.product(r)).collect();
        trees.push(halves.into_iter().flat_map(|(l, r)| [l, r]).collect());
    }
    trees.reverse();
    // Step 1: the products.
    let products: Vec<Fr> = current.iter().map(|v| v.first().unwrap_or(Fr::one())).collect();
    drop(current);
    channel.send_scalars(PRODUCTS, &products);
    // Step 2: the trees, root first.
    let mut point: Vec<Fr> = Vec::new();
    let mut claims = products.clone();
    for polynomials in trees {
        let alphas = batching(num_groups, |n| channel.challenges(LAYER_BATCH, n));
        let claim = combine(&alphas, &claims);
        let factors = Box::new(Stored { polynomials });
        let mut prover = LayerProver::from_factors(&point, factors, vec![true; num_groups], &alphas, 1);
        let mut next = weighted::prove(LAYER, &mut prover, claim, channel);
        let finals = prover.finals();
        channel.send_scalars(LAYER_CLAIMS, &flatten(&finals));
        let fold = channel.challenge(LAYER_FOLD);
        claims = finals.iter().map(|(l, r)| *l + fold * (*r - *l)).collect();
        next.push(fold);
        point = next;
    }
    // Step 3: the slot levels, root first.
    for level in (0..levels.top()).rev() {
        levels.free_above(level);
        let size = levels.size(level);
        let has_right: Vec<bool> =
            (0..num_groups).flat_map(|_| (0..size.div_ceil(2)).map(|j| 2 * j + 1 < size)).collect();
        let alphas = batching(has_right.len(), |n| channel.challenges(LAYER_BATCH, n));
        let claim = combine(&alphas, &claims);
        let factors = Box::new(LevelFactors { levels: &levels, level });
        let mut prover =
            LayerProver::from_factors(&point, factors, has_right.clone(), &alphas, plan.depth(num_groups * size));
        point = weighted::prove(LAYER, &mut prover, claim, channel);
        claims = prover
            .finals()
            .iter()
            .zip(has_right)
            .flat_map(|((l, r), both)| if both { vec![*l, *r] } else { vec![*l] })
            .collect();
        channel.send_scalars(LAYER_CLAIMS, &claims);
    }
    LeafClaims { products, point, claims: claims.chunks(num_leaves.max(1)).map(<[Fr]>::to_vec).collect() }
}

/// Verifies the products of `num_groups` groups of `num_leaves` leaves each in `num_vars` variables. The caller must
/// check the returned leaf claims and compare the products.
///
/// # Errors
/// When a message is malformed or a layer's final claim does not match.
pub fn verify_dense(
    num_vars: usize,
    num_groups: usize,
    num_leaves: usize,
    channel: &mut VerifierChannel<'_>,
) -> Result<LeafClaims, SumcheckError> {
    // Step 1: the products.
    let products = channel.recv_scalars(PRODUCTS, num_groups)?;
    // Step 2: the trees, root first.
    let (mut point, mut claims) = verify_trees(num_vars, &products, channel)?;
    // Step 3: the slot levels, root first.
    let mut sizes = slot_level_sizes(num_leaves);
    sizes.reverse();
    for (level, &size) in sizes.iter().enumerate() {
        let below = sizes.get(level + 1).copied().unwrap_or(num_leaves);
        let alphas = batching(size * num_groups, |n| channel.challenges(LAYER_BATCH, n));
        let verdict = weighted::verify(LAYER, &point, combine(&alphas, &claims), channel)?;
        let finals = channel.recv_scalars(LAYER_CLAIMS, below * num_groups)?;
        let products: Vec<Fr> =
            finals.chunks(below.max(1)).flat_map(|g| g.chunks(2).map(|p| p.iter().product::<Fr>())).collect();
        verdict.check(combine(&alphas, &products))?;
        point = verdict.point;
        claims = finals;
    }
    Ok(LeafClaims { products, point, claims: claims.chunks(num_leaves.max(1)).map(<[Fr]>::to_vec).collect() })
}

/// Proves `G` products over one sparse set of positions; the leaf claims are one a group.
#[tracing::instrument(name = "grand_product.sparse", skip_all)]
pub fn prove_sparse<const G: usize>(leaves: SparseLayer<G>, channel: &mut ProverChannel) -> LeafClaims {
    // Step 0: build the trees.
    let mut layers = vec![leaves];
    while let Some(top) = layers.last()
        && top.num_vars > 0
    {
        let parent = top.parent();
        layers.push(parent);
    }
    // Step 1: the products.
    let products: Vec<Fr> =
        layers.pop().and_then(|root| root.entries.first().map(|e| e.1.to_vec())).unwrap_or(vec![Fr::one(); G]);
    channel.send_scalars(PRODUCTS, &products);
    // Step 2: the trees, root first.
    let mut point: Vec<Fr> = Vec::new();
    let mut claims = products.clone();
    while let Some(children) = layers.pop() {
        let alphas = batching(G, |n| channel.challenges(LAYER_BATCH, n));
        let claim = combine(&alphas, &claims);
        let mut fixed = [Fr::one(); G];
        fixed.copy_from_slice(&alphas);
        let mut prover = SparseLayerProver::new(&point, &children, fixed);
        drop(children);
        let mut next = weighted::prove(LAYER, &mut prover, claim, channel);
        let finals = prover.finals();
        channel.send_scalars(LAYER_CLAIMS, &flatten(&finals));
        let fold = channel.challenge(LAYER_FOLD);
        claims = finals.iter().map(|(l, r)| *l + fold * (*r - *l)).collect();
        next.push(fold);
        point = next;
    }
    LeafClaims { products, point, claims: claims.into_iter().map(|c| vec![c]).collect() }
}

/// Verifies `num_groups` products of one leaf polynomial each.
///
/// # Errors
/// As [`verify_dense`].
pub fn verify_sparse(
    num_vars: usize,
    num_groups: usize,
    channel: &mut VerifierChannel<'_>,
) -> Result<LeafClaims, SumcheckError> {
    let products = channel.recv_scalars(PRODUCTS, num_groups)?;
    let (point, claims) = verify_trees(num_vars, &products, channel)?;
    Ok(LeafClaims { products, point, claims: claims.into_iter().map(|c| vec![c]).collect() })
}

fn verify_trees(
    num_vars: usize,
    products: &[Fr],
    channel: &mut VerifierChannel<'_>,
) -> Result<(Vec<Fr>, Vec<Fr>), SumcheckError> {
    let mut point: Vec<Fr> = Vec::new();
    let mut claims = products.to_vec();
    for _ in 0..num_vars {
        let alphas = batching(products.len(), |n| channel.challenges(LAYER_BATCH, n));
        let verdict = weighted::verify(LAYER, &point, combine(&alphas, &claims), channel)?;
        let finals = channel.recv_scalars(LAYER_CLAIMS, 2 * products.len())?;
        let (pairs, _) = finals.as_chunks::<2>();
        let layer_products: Vec<Fr> = pairs.iter().map(|[l, r]| *l * r).collect();
        verdict.check(combine(&alphas, &layer_products))?;
        let fold = channel.challenge(LAYER_FOLD);
        claims = pairs.iter().map(|[l, r]| *l + fold * (*r - *l)).collect();
        point = verdict.point;
        point.push(fold);
    }
    Ok((point, claims))
}

/// Scalars that [`prove_dense`] sends.
pub fn dense_message_scalars(num_vars: usize, num_groups: usize, num_leaves: usize) -> usize {
    let mut below = num_leaves;
    let mut slots = 0;
    for size in slot_level_sizes(num_leaves) {
        slots += ROUND_SCALARS * num_vars + below * num_groups;
        below = size;
    }
    sparse_message_scalars(num_vars, num_groups) + slots
}

/// Scalars that [`prove_sparse`] sends.
pub fn sparse_message_scalars(num_vars: usize, num_groups: usize) -> usize {
    num_groups + (0..num_vars).map(|k| ROUND_SCALARS * k + 2 * num_groups).sum::<usize>()
}

fn combine(alphas: &[Fr], values: &[Fr]) -> Fr {
    alphas.iter().zip(values).map(|(a, v)| *a * v).sum()
}

fn flatten(pairs: &[(Fr, Fr)]) -> Vec<Fr> {
    pairs.iter().flat_map(|(l, r)| [*l, *r]).collect()
}
