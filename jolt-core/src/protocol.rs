//! The protocol's description that prover and verifier share: relations, claims, shapes, labels and sizes.
//!
//! `docs/protocol.md` lists every message and challenge in order.

use crate::{
    bytecode::HALT,
    cells::{CellLayout, CellWeights, RamInit, RegionKind},
    columns as col,
    constraints::constraints,
    operations::{FIELD_ADDRESS, FIELD_TS, FIELD_VALUE, Fingerprint, Operation, TAG_PC, operations},
    statement::{Header, Products},
};
use ark_ff::{AdditiveGroup, Field, One, Zero, batch_inversion};
use lariat_algebra::{
    Fr,
    poly::{Powers, eq_index},
};
use lariat_pcs::{BatchSize, Pcs};
use lariat_subtables::Params;
use lariat_sumcheck::{
    grand_product::{LeafClaims, ProductShape, layer_scalars, message_scalars},
    ledger::{bits_bytes, num_sent},
    quadratic::{IntForm, QuadraticRelation},
    quarks,
};
use lariat_transcript::{Session, encoding::SCALAR_BYTES};

/// Name and version of the protocol, the first thing in every transcript.
pub const PROTOCOL: &str = "Lariat/RV32IM/lasso/4";

/// Labels of challenges and messages outside of sumchecks and commitments.
pub mod label {
    /// Fingerprint challenges.
    pub const FINGERPRINT: &str = "fingerprint";
    /// Batching of leaf claims and constraints over steps.
    pub const STEP_BATCHING: &str = "step relation batching";
    /// Combination of the claims on product columns.
    pub const COLUMN_BATCHING: &str = "product column claims batching";
    /// Batching over cells.
    pub const CELL_BATCHING: &str = "cell relation batching";
    /// The sumcheck over steps and cells.
    pub const MAIN: &str = "main sumcheck";
    /// Evaluations of the committed columns.
    pub const EVALUATIONS: &str = "column evaluations";
}

/// Section marks of the proof, for `inspect`.
pub mod section {
    /// Commitment to the private input.
    pub const PRIVATE: &str = "private input commitment";
    /// Commitments to the witness columns.
    pub const COMMITMENTS: &str = "witness commitments";
    /// Commitments to product columns.
    pub const PRODUCT_COMMITMENTS: &str = "product commitments";
    /// Grand products over steps and over cells.
    pub const PRODUCTS: &str = "grand products";
    /// The main sumcheck.
    pub const MAIN: &str = "main sumcheck";
    /// Evaluations.
    pub const EVALUATIONS: &str = "column evaluations";
    /// The opening.
    pub const OPENING: &str = "opening";
}

/// Columns over cells in the cell relation: sparse ones, then the dense public one.
pub mod cell {
    /// Whether the cell is touched (committed).
    pub const TOUCHED: usize = 0;
    /// Final value (committed).
    pub const VALUE: usize = 1;
    /// Last timestamp or number of reads (committed).
    pub const TIMESTAMP: usize = 2;
    /// Private initial value (committed on its own block).
    pub const PRIVATE: usize = 3;
    /// Whether the statement fixes the final value (public).
    pub const MASK: usize = 4;
    /// That value (public).
    pub const FIXED: usize = 5;
    /// Weights of the private input's length and of its last word (public).
    pub const PRIVATE_WEIGHT: usize = 6;
    /// Number of sparse columns.
    pub const NUM_SPARSE: usize = 7;
    /// Weighted public contents (public, dense).
    pub const DENSE: usize = 7;
}

/// Number of committed columns over the cells.
pub const NUM_CELL_COLUMNS: usize = 3;

/// Groups of the grand products: reads and writes over steps, initial and final states over cells.
pub const NUM_GROUPS: usize = 2;

/// Opens a transcript: the header and the scheme's parameters come before any message.
pub fn session(header: &Header, pcs: &dyn Pcs) -> Session<lariat_transcript::Ready> {
    Session::new(header.config.hash, PROTOCOL)
        .bind("header", &header.to_bytes())
        .bind("commitment parameters", &pcs.setup_digest())
}

/// Numbers of variables in a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Of a column over steps.
    pub step_vars: usize,
    /// Of a column over cells.
    pub cell_vars: usize,
    /// Of the private input's column.
    pub private_vars: usize,
    /// Memory operations of a step.
    pub num_operations: usize,
    /// Committed columns over steps.
    pub num_step_columns: usize,
    /// How products are proven.
    pub product_argument: Products,
}

impl Shape {
    /// The shape for a layout.
    pub fn new(params: Params, header: &Header, layout: &CellLayout) -> Self {
        Self {
            step_vars: crate::cells::log2_ceil(header.steps as usize),
            cell_vars: layout.num_vars,
            private_vars: crate::cells::log2_ceil(header.private_words() as usize),
            num_operations: operations(params).len(),
            num_step_columns: col::num_committed(params),
            product_argument: header.config.products,
        }
    }

    /// Variables of the private batch.
    pub fn private_batch(&self) -> Vec<usize> {
        vec![self.private_vars]
    }

    /// Variables of the witness batch: columns over steps, then over cells.
    pub fn witness_batch(&self) -> Vec<usize> {
        let mut v = vec![self.step_vars; self.num_step_columns];
        v.extend([self.cell_vars; NUM_CELL_COLUMNS]);
        v
    }

    /// Variables of the product columns, if there are any: one for each group of each product, of as many variables as the
    /// smaller product has. A product of one leaf needs none.
    pub fn product_vars(&self) -> Option<usize> {
        let vars = self.step_vars.min(self.cell_vars);
        (self.product_argument == Products::Quarks && vars > 0).then_some(vars)
    }

    /// Variables of the batch of product columns, which may be empty.
    pub fn product_batch(&self) -> Vec<usize> {
        self.product_vars().map_or(Vec::new(), |vars| vec![vars; self.products().iter().map(|p| p.num_groups).sum()])
    }

    /// The batches that are committed to, in order: the private column, the witness, and product columns if there are any.
    pub fn batches(&self) -> Vec<Vec<usize>> {
        let all = [self.private_batch(), self.witness_batch(), self.product_batch()];
        all.into_iter().filter(|batch| !batch.is_empty()).collect()
    }

    /// All committed columns in the order of their evaluations: private, over steps, over cells, of products.
    pub fn all_columns(&self) -> Vec<usize> {
        self.batches().concat()
    }

    /// Scalars of the messages that prove the products.
    pub fn product_scalars(&self) -> usize {
        let products = self.products();
        match self.product_vars() {
            None => message_scalars(&products),
            Some(vars) => quarks::message_scalars(vars, self.product_batch().len()) + layer_scalars(vars, &products),
        }
    }

    /// The grand products: over steps, then over cells.
    pub fn products(&self) -> [ProductShape; 2] {
        let product = |num_vars, num_leaves| ProductShape { num_vars, num_groups: NUM_GROUPS, num_leaves };
        [product(self.step_vars, self.num_operations), product(self.cell_vars, 1)]
    }

    /// Coordinates of the final point.
    pub fn point_len(&self) -> usize {
        self.cell_vars.max(self.step_vars)
    }

    /// Exact size in bytes of the messages of the proof that begins with `messages`: it depends on which parts of the commitments and
    /// which evaluations are sent. The bits of the parts are at the beginning, those of the evaluations at a place that follows from them.
    ///
    /// # Errors
    /// When `messages` ends before the bits do, or they are malformed.
    pub fn proof_bytes(&self, pcs: &dyn Pcs, messages: &[u8]) -> Result<usize, lariat_pcs::VerifyError> {
        let batches = self.batches();
        let batches: Vec<&[usize]> = batches.iter().map(Vec::as_slice).collect();
        let batches = pcs.batch_sizes(&batches, messages)?;
        let at = self.bytes_before_evaluations(pcs, &batches);
        let needed = at.saturating_add(bits_bytes(self.all_columns().len()));
        let bits = messages.get(at..needed).ok_or(lariat_pcs::VerifyError::PartsMissing { needed })?;
        Ok(self.bytes_of(pcs, &batches, num_sent(self.all_columns().len(), bits)))
    }

    /// Most bytes of a proof's messages: those of a proof that sends every part.
    pub fn most_proof_bytes(&self, pcs: &dyn Pcs) -> usize {
        let batches = self.batches();
        let batches: Vec<BatchSize<'_>> = batches.iter().map(|batch| pcs.full_batch(batch)).collect();
        self.bytes_of(pcs, &batches, self.all_columns().len())
    }

    /// Commitments, products and the main sumcheck.
    fn bytes_before_evaluations(&self, pcs: &dyn Pcs, batches: &[BatchSize<'_>]) -> usize {
        let scalars = self.product_scalars() + 3 * self.point_len();
        SCALAR_BYTES * scalars + batches.iter().map(|&batch| pcs.commitment_bytes(batch)).sum::<usize>()
    }

    /// For so many evaluations that are not zero.
    fn bytes_of(&self, pcs: &dyn Pcs, batches: &[BatchSize<'_>], num_evaluations: usize) -> usize {
        self.bytes_before_evaluations(pcs, batches)
            + bits_bytes(self.all_columns().len())
            + SCALAR_BYTES * num_evaluations
            + pcs.opening_bytes(batches, self.point_len())
    }
}

/// The relation over steps: leaves of all operations, then all constraints, under powers of `rho`.
pub fn step_relation(
    params: Params,
    code_base: u32,
    ops: &[Operation],
    fp: &Fingerprint,
    rho: Fr,
) -> QuadraticRelation {
    let mut relation = QuadraticRelation::new(col::num_columns(params));
    let mut weights = Powers::new(rho);
    for op in ops {
        op.read_leaf(fp).add_to(&mut relation, weights.draw());
    }
    for op in ops {
        op.write_leaf(fp).add_to(&mut relation, weights.draw());
    }
    for c in constraints(params, code_base) {
        let w = weights.draw();
        c.b.add_to(relation.factor_of(&c.a.to_int_form()), w);
        c.c.add_to(&mut relation.linear, -w);
    }
    // A constant first factor belongs to the linear part.
    let one = IntForm { constant: 1, terms: Vec::new() };
    if let Some(at) = relation.products.iter().position(|p| p.0 == one) {
        let (_, form) = relation.products.swap_remove(at);
        relation.linear.constant += form.constant;
        for (k, c) in form.terms {
            relation.linear.add_term(k, c);
        }
    }
    relation
}

/// The claim that [`step_relation`] sums to: leaf claims under the same powers, constraints zero.
pub fn step_claim(claims: &LeafClaims, rho: Fr) -> Fr {
    claims.claims.iter().flatten().zip(Powers::new(rho)).map(|(c, w)| *c * w).sum()
}

/// Power of `sigma` of the statement on the private input's length.
const PRIVATE_LENGTH: usize = 6;
/// Power of `sigma` of the statement on the private input's last word.
const PRIVATE_TAIL: usize = 7;
/// Highest power of `sigma`: the degree of the relation over cells in it.
pub const CELL_STATEMENTS_DEGREE: usize = PRIVATE_TAIL;

/// Weights that make two sums over cells of the relation over cells, which sums `eq(s, a) Q(a)`:
///
/// - `sigma^6 private(length)`,
/// - `sigma^7 (private(last word) - sum_j 2^j touched(bit j))`, if the last word is not filled.
///
/// A cell `a` has its weight over `eq(s, a)`, so that each counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrivateWeights {
    /// Cells of the private input, with their weights.
    pub words: Vec<(usize, Fr)>,
    /// Of the bits of the last word.
    pub bits: Vec<Fr>,
}

impl PrivateWeights {
    /// The weights for the point `s` of the zero check over cells. At most 26 products of `s.len()` factors, and one
    /// inversion.
    ///
    /// `None` if `eq(s, .)` is zero on one of these cells: a coordinate of `s` is zero or one then.
    pub fn new(layout: &CellLayout, header: &Header, sigma: Fr, s: &[Fr]) -> Option<Self> {
        let (base, _) = private_block(layout);
        let length = (base, private_length_weight(sigma));
        let bits = layout.find(|k| *k == RegionKind::PrivateBits);
        let tail = sigma.pow([PRIVATE_TAIL as u64]);
        let last = bits.map(|_| (base + header.private_words() as usize - 1, tail));
        let powers_of_two = std::iter::successors(Some(tail), |w| Some(w.double()));
        let bits = bits.into_iter().flat_map(|region| region.base..region.base + region.len).zip(powers_of_two);
        let mut cells: Vec<(usize, Fr)> =
            std::iter::once(length).chain(last).chain(bits.map(|(at, w)| (at, -w))).collect();
        let mut eq: Vec<Fr> = cells.iter().map(|(at, _)| eq_index(*at, s)).collect();
        if eq.iter().any(Zero::is_zero) {
            return None;
        }
        batch_inversion(&mut eq);
        for ((_, w), inverse) in cells.iter_mut().zip(&eq) {
            *w *= inverse;
        }
        let bits = cells.split_off(1 + usize::from(last.is_some()));
        Some(Self { words: cells, bits: bits.into_iter().map(|(_, w)| w).collect() })
    }

    /// The multilinear extension at `r` of the weights of words.
    pub fn evaluate_words(&self, r: &[Fr]) -> Fr {
        self.words.iter().map(|(at, w)| *w * eq_index(*at, r)).sum()
    }
}

fn private_length_weight(sigma: Fr) -> Fr {
    sigma.pow([PRIVATE_LENGTH as u64])
}

/// Weights of the dense public column over cells.
pub fn cell_weights(fp: &Fingerprint, sigma: Fr, private: &PrivateWeights) -> CellWeights {
    CellWeights {
        fingerprint: Fr::one() + sigma,
        initial: fp.powers[FIELD_VALUE],
        vacant: sigma.pow([5]),
        private_bits: private.bits.clone(),
    }
}

/// The relation over cells, under powers of `sigma`:
///
/// 0. initial leaf `1 + touched (f - 1 + gamma_v (v_0 + private))`,
/// 1. final leaf `1 + touched (f - 1 + gamma_v value + gamma_ts timestamp)`,
/// 2. `touched` is a bit,
/// 3. an untouched cell has value zero,
/// 4. final values that the statement fixes,
/// 5. cells that belong to no memory are untouched,
/// 6. the private input's first word is its length,
/// 7. its last word is the sum of its bits, which are cells that are touched or not,
///
/// with `f` the fingerprint of what never changes. In the dense column are `f`, `v_0`, 5 and the bits of 7; 6 and 7 are
/// sums over cells, by [`PrivateWeights`].
pub fn cell_relation(fp: &Fingerprint, sigma: Fr) -> QuadraticRelation {
    let s: Vec<Fr> = Powers::new(sigma).take(5).collect();
    let (value, ts) = (fp.powers[FIELD_VALUE], fp.powers[FIELD_TS]);
    let mut relation = QuadraticRelation::new(cell::NUM_SPARSE + 1);
    relation.linear.constant = s[0] + s[1];
    let touched = relation.factor_of(&IntForm::column(cell::TOUCHED));
    touched.constant = -s[2];
    touched.add_term(cell::DENSE, Fr::one());
    touched.add_term(cell::PRIVATE, s[0] * value);
    touched.add_term(cell::VALUE, s[1] * value - s[3]);
    touched.add_term(cell::TIMESTAMP, s[1] * ts);
    touched.add_term(cell::TOUCHED, s[2]);
    relation.linear.add_term(cell::VALUE, s[3]);
    relation.factor_of(&IntForm::column(cell::MASK)).add_term(cell::VALUE, s[4]);
    relation.linear.add_term(cell::FIXED, -s[4]);
    relation.factor_of(&IntForm::column(cell::PRIVATE)).add_term(cell::PRIVATE_WEIGHT, Fr::one());
    relation
}

/// The claim that [`cell_relation`] sums to.
pub fn cell_claim(claims: &LeafClaims, sigma: Fr, header: &Header) -> Fr {
    let leaves: Fr = claims.claims.iter().flatten().zip(Powers::new(sigma)).map(|(c, w)| *c * w).sum();
    leaves + private_length_weight(sigma) * Fr::from(header.private_bytes)
}

/// Fingerprints of the program counter's first and last state: the chain starts at the entry at time 0 and ends in
/// [`HALT`] after the last step.
pub fn boundary(fp: &Fingerprint, entry: u32, steps: u64) -> (Fr, Fr) {
    let state = |index: u32, time: u64| {
        fp.of(&[(0, Fr::from(TAG_PC)), (FIELD_ADDRESS, Fr::from(index)), (FIELD_TS, Fr::from(time))])
    };
    (state(entry, 0), state(HALT, steps))
}

/// The claims of both products apart: over steps, and over cells.
pub fn step_and_cell_claims(claims: Vec<LeafClaims>) -> Option<[LeafClaims; 2]> {
    claims.try_into().ok()
}

/// Whether tuples balance: `first * init * writes = last * final * reads`.
pub fn balanced(boundary: (Fr, Fr), steps: &LeafClaims, cells: &LeafClaims) -> bool {
    match (steps.products.as_slice(), cells.products.as_slice()) {
        // A product of zero would say nothing: the sides would balance whatever the other tuples are.
        ([reads, writes], [init, last]) => {
            let (left, right) = (boundary.0 * init * writes, boundary.1 * last * reads);
            left == right && !left.is_zero()
        }
        _ => false,
    }
}

/// First cell of the private input's block and logarithm of its size. Every layout has one, for the length word at least.
pub fn private_block(layout: &CellLayout) -> (usize, usize) {
    let region = layout.find(|k| matches!(k, RegionKind::Ram { init: RamInit::Private, .. }));
    let region = region.expect("a layout has the private input's length word");
    (region.base, region.log_size)
}
