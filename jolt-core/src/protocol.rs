//! The protocol's description that prover and verifier share: relations, claims, shapes, labels and sizes.
//!
//! `docs/protocol.md` lists every message and challenge in order.

use crate::{
    bytecode::HALT,
    cells::{CellLayout, CellWeights, RamInit, RegionKind},
    columns as col,
    constraints::constraints,
    operations::{FIELD_ADDRESS, FIELD_TS, FIELD_VALUE, Fingerprint, Operation, TAG_PC, operations},
    statement::Header,
};
use ark_ff::{Field, One, Zero};
use lariat_algebra::Fr;
use lariat_pcs::Pcs;
use lariat_subtables::Params;
use lariat_sumcheck::{
    grand_product::{LeafClaims, dense_message_scalars, sparse_message_scalars},
    quadratic::{IntForm, QuadraticRelation},
};
use lariat_transcript::{Session, encoding::SCALAR_BYTES};

/// Name and version of the protocol, the first thing in every transcript.
pub const PROTOCOL: &str = "Lariat/RV32IM/lasso/1";

/// Labels of challenges and messages outside of sumchecks and commitments.
pub mod label {
    /// Fingerprint challenges.
    pub const FINGERPRINT: &str = "fingerprint";
    /// Batching of leaf claims and constraints over steps.
    pub const STEP_BATCHING: &str = "step relation batching";
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
    /// Grand product over steps.
    pub const STEP_PRODUCTS: &str = "step grand products";
    /// Grand product over cells.
    pub const CELL_PRODUCTS: &str = "cell grand products";
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
    /// Number of sparse columns.
    pub const NUM_SPARSE: usize = 6;
    /// Weighted public contents (public, dense).
    pub const DENSE: usize = 6;
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

    /// All committed columns in the order of their evaluations: private, over steps, over cells.
    pub fn all_columns(&self) -> Vec<usize> {
        [self.private_batch(), self.witness_batch()].concat()
    }

    /// Coordinates of the final point.
    pub fn point_len(&self) -> usize {
        self.cell_vars.max(self.step_vars)
    }

    /// Exact size of the proof's messages in bytes.
    pub fn proof_bytes(&self, pcs: &dyn Pcs) -> usize {
        let scalars = dense_message_scalars(self.step_vars, NUM_GROUPS, self.num_operations)
            + sparse_message_scalars(self.cell_vars, NUM_GROUPS)
            + 3 * self.point_len()
            + self.all_columns().len();
        let (private, witness) = (self.private_batch(), self.witness_batch());
        SCALAR_BYTES * scalars + pcs.proof_bytes(&[&private, &witness], self.point_len())
    }
}

fn powers(x: Fr) -> impl Iterator<Item = Fr> {
    std::iter::successors(Some(Fr::one()), move |p| Some(*p * x))
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
    let mut weights = powers(rho);
    let mut weight = || weights.next().unwrap_or_default();
    for op in ops {
        op.read_leaf(fp).add_to(&mut relation, weight());
    }
    for op in ops {
        op.write_leaf(fp).add_to(&mut relation, weight());
    }
    for c in constraints(params, code_base) {
        let w = weight();
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
    claims.claims.iter().flatten().zip(powers(rho)).map(|(c, w)| *c * w).sum()
}

/// Weights of the dense public column over cells.
pub fn cell_weights(fp: &Fingerprint, sigma: Fr) -> CellWeights {
    CellWeights { fingerprint: Fr::one() + sigma, initial: fp.powers[FIELD_VALUE], vacant: sigma.pow([5]) }
}

/// The relation over cells, under powers of `sigma`:
///
/// 0. initial leaf `1 + touched (f - 1 + gamma_v (v_0 + private))`,
/// 1. final leaf `1 + touched (f - 1 + gamma_v value + gamma_ts timestamp)`,
/// 2. `touched` is a bit,
/// 3. an untouched cell has value zero,
/// 4. final values that the statement fixes,
/// 5. cells that belong to no memory are untouched,
///
/// with `f` the fingerprint of what never changes; `f`, `v_0` and 5 are in the dense column.
pub fn cell_relation(fp: &Fingerprint, sigma: Fr) -> QuadraticRelation {
    let s: Vec<Fr> = powers(sigma).take(6).collect();
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
    relation
}

/// The claim that [`cell_relation`] sums to.
pub fn cell_claim(claims: &LeafClaims, sigma: Fr) -> Fr {
    claims.claims.iter().flatten().zip(powers(sigma)).map(|(c, w)| *c * w).sum()
}

/// Fingerprints of the program counter's first and last state: the chain starts at the entry at time 0 and ends in
/// [`HALT`] after the last step.
pub fn boundary(fp: &Fingerprint, entry: u32, steps: u64) -> (Fr, Fr) {
    let state = |index: u32, time: u64| {
        fp.of(&[(0, Fr::from(TAG_PC)), (FIELD_ADDRESS, Fr::from(index)), (FIELD_TS, Fr::from(time))])
    };
    (state(entry, 0), state(HALT, steps))
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

/// First cell and size of the private input's block.
pub fn private_block(layout: &CellLayout) -> Option<(usize, usize)> {
    layout
        .find(|k| matches!(k, RegionKind::Ram { init: RamInit::Private, .. }))
        .map(|region| (region.base, region.log_size))
}
