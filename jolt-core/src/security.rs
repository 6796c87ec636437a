//! The security ledger: every way in which a proof of a false statement could pass, with its probability or its cost.
//!
//! # What is counted
//! *Terms* are errors of the interactive argument: each is the degree of a polynomial identity over the number of values
//! that a challenge can take, [LFKN92], the Schwartz-Zippel lemma, or a bound of the commitment scheme's own
//! ([`Pcs::error_terms`]). They are statistical: no computing power helps. They hold if commitments bind, that is, if
//! the *problems* are hard ([`Pcs::hardness`], and collisions of the transcript's hash).
//!
//! # Fiat-Shamir
//! In the random oracle model, a prover who tries `q` continuations of transcripts succeeds with probability at most
//! about `q` times the error of the round that it tries, if the error of every round is small whatever came before
//! (round-by-round soundness, which all terms here are bounds for), and `q^2 / 2^256` for collisions. The level is
//! the logarithm of the `q` at which this reaches one. So it is the smaller of `-log2` of the sum of all terms, which is
//! no less than the largest term, and of the 128 bits of collisions. Challenges are 512 bits of output reduced modulo
//! the order of the field, indices 256 bits: no value is more likely than uniform by a factor of more than `1 + 2^-190`,
//! which is neglected. Reductions to the problems are not tight, and what they lose is not counted.
//!
//! A random oracle is nothing that a program can evaluate; a hash is. [KRS25] proves false statements with GKR under
//! Fiat-Shamir by circuits that compute the challenge from the commitment in layers that nobody commits to. Here every
//! value that a program computes is in a column that is committed to before the first challenge, and no layer behind it
//! is of the program's making. That is an argument and no theorem: docs/security.md has it, and what it means for programs
//! that an adversary chose.
//!
//! # Proven and conjectured
//! *Proven* bits follow from the papers' theorems, given that the commitments bind and hashes are random oracles.
//! *Conjectured* bits are the work of the best attack known on anything: on a term, a hash, or the groups. A number
//! for the groups (100 bits for BN254's pairing) is an estimate of the best algorithm known, and never proven: that is
//! why it counts among the conjectured bits only, and can be below the proven ones.
//!
//! # Setups from a seed
//! Whoever knows the seed of an insecure setup knows the trapdoor and forges proofs of anything. Such a ledger has that
//! among its problems, with no bits, so that both levels are 0. What the same proof would be worth under a ceremony's
//! setup, for tests and measurements, is the level of [`SecurityLedger::under_sound_setup`].

use crate::{
    constraints::constraints,
    operations::NUM_FIELDS,
    protocol::{CELL_STATEMENTS_DEGREE, NUM_GROUPS, Shape},
    statement::Config,
};
use ark_ff::PrimeField;
use lariat_algebra::Fr;
use lariat_pcs::{Basis, ErrorTerm, Hardness, Pcs, SecurityBits};
use lariat_subtables::Params;
use lariat_sumcheck::{
    grand_product::{LayerShape, ROUND_SCALARS, clear_vars, layers_from},
    quarks::COLUMN_CLAIMS,
};
use lariat_transcript::HashKind;

/// Least proven bits of a proof under a scheme over curves, at any size up to `2^24` rows.
pub const MIN_PROVEN_CURVES: f64 = 96.0;

/// Least proven bits of a proof under a scheme over hashes: the level that these are configured for.
pub const MIN_PROVEN_HASHES: f64 = 100.0;

/// Degree in each variable of the main sumcheck: two multilinear factors, and `eq`.
const ROUND_DEGREE: usize = 3;
/// Degree in each variable of what a layer of a grand product sends: two multilinear factors; `eq` is known.
const LAYER_DEGREE: usize = ROUND_SCALARS;

/// Parts of the argument, in order.
pub mod part {
    /// Fingerprints of tuples.
    pub const FINGERPRINTS: &str = "fingerprints";
    /// Grand products over steps and over cells.
    pub const PRODUCTS: &str = "grand products";
    /// Points at which constraints are tested for being zero.
    pub const ZERO_CHECK: &str = "point of the zero checks";
    /// Powers of `rho`.
    pub const RHO: &str = "rho";
    /// Powers of `sigma`.
    pub const SIGMA: &str = "sigma";
    /// The main sumcheck.
    pub const MAIN: &str = "main sumcheck";
    /// All of the commitment scheme.
    pub const OPENING: &str = "opening";
}

/// One error term.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The part of the protocol; one of [`part`].
    pub part: &'static str,
    /// What it is the chance of.
    pub name: String,
    /// `-log2` of it: proven, and by the best attack known on this step alone.
    pub bits: SecurityBits,
    /// How the numerator over the field follows from the shape; empty for terms of the commitment scheme.
    pub numerator: &'static str,
    /// A paper, or the derivation.
    pub source: &'static str,
}

/// A number of bits, and what keeps it from being higher.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Bits of security.
    pub bits: f64,
    /// What limits it.
    pub limit: &'static str,
}

/// All error terms and problems of one proof. Its shape and configuration determine it.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityLedger {
    /// Errors of the interactive argument, in the order of the protocol.
    pub terms: Vec<Term>,
    /// Problems whose solution forges a proof.
    pub problems: Vec<Hardness>,
}

impl SecurityLedger {
    /// The ledger of proofs of this shape. Absorbs nothing and costs microseconds.
    pub fn new(shape: &Shape, config: Config, pcs: &dyn Pcs) -> Self {
        let mut terms = argument_terms(shape, config.params, log_field());
        let batches = shape.batches();
        let batches: Vec<&[usize]> = batches.iter().map(Vec::as_slice).collect();
        let opening = pcs.error_terms(&batches).into_iter().map(|term| {
            let ErrorTerm { name, bits, source } = term;
            Term { part: part::OPENING, name: name.to_owned(), bits, numerator: "", source }
        });
        terms.extend(opening);
        let mut problems = vec![transcript_collisions(config.hash)];
        problems.extend(pcs.hardness());
        problems.extend(pcs.info().setup.known_trapdoor());
        Self { terms, problems }
    }

    /// The trapdoor, if it is public: then no level holds against those who know it, and both are 0.
    pub fn known_trapdoor(&self) -> Option<&Hardness> {
        self.problems.iter().find(|problem| problem.basis == Basis::Public)
    }

    /// The ledger of the same proof under a setup whose trapdoor nobody knows.
    #[must_use]
    pub fn under_sound_setup(&self) -> Self {
        let unsolved = |problem: &&Hardness| problem.basis != Basis::Public;
        Self { terms: self.terms.clone(), problems: self.problems.iter().filter(unsolved).copied().collect() }
    }

    /// All terms together: the error of the interactive argument, given that commitments bind.
    pub fn error(&self) -> SecurityBits {
        sum(self.terms.iter().map(|term| term.bits))
    }

    /// The terms of each part together, in the order of the protocol.
    pub fn by_part(&self) -> Vec<(&'static str, SecurityBits)> {
        let parts = self.terms.chunk_by(|a, b| a.part == b.part);
        parts.filter_map(|terms| Some((terms.first()?.part, sum(terms.iter().map(|t| t.bits))))).collect()
    }

    /// Bits that are proven in the random oracle model, given that commitments bind; none under a known trapdoor.
    pub fn proven(&self) -> Level {
        let in_model = |problem: &&Hardness| matches!(problem.basis, Basis::RandomOracle | Basis::Public);
        self.level(self.error().proven, |bits| bits.proven, self.problems.iter().filter(in_model))
    }

    /// Bits of the best attack known, assumptions included.
    pub fn conjectured(&self) -> Level {
        self.level(self.error().conjectured, |bits| bits.conjectured, self.problems.iter())
    }

    fn level<'a>(
        &self,
        error: f64,
        of: impl Fn(SecurityBits) -> f64,
        problems: impl Iterator<Item = &'a Hardness>,
    ) -> Level {
        let worst = self.terms.iter().min_by(|a, b| of(a.bits).total_cmp(&of(b.bits)));
        let limit = worst.map_or("nothing", |term| if term.part == part::OPENING { "opening" } else { term.part });
        let terms = Level { bits: error, limit };
        problems.fold(terms, |level, problem| {
            if problem.bits < level.bits { Level { bits: problem.bits, limit: problem.problem } } else { level }
        })
    }
}

/// `log2` of the order of the scalar field.
pub fn log_field() -> f64 {
    Fr::MODULUS.0.iter().rev().fold(0f64, |acc, &limb| acc * 2f64.powi(64) + limb as f64).log2()
}

fn transcript_collisions(hash: HashKind) -> Hardness {
    let problem = match hash {
        HashKind::Keccak256 => "collisions of the transcript's Keccak-256",
        HashKind::Blake3 => "collisions of the transcript's BLAKE3",
    };
    Hardness { problem, bits: 128.0, basis: Basis::RandomOracle, source: "birthday bound of 256 bits" }
}

fn sum(bits: impl Iterator<Item = SecurityBits>) -> SecurityBits {
    bits.fold(SecurityBits::CERTAIN, SecurityBits::and)
}

/// The terms of the argument without its commitments, for challenges of `log_challenges` bits.
///
/// The argument draws from the whole field: [`log_field`]. Fewer bits show what shorter challenges would cost.
pub fn argument_terms(shape: &Shape, params: Params, log_challenges: f64) -> Vec<Term> {
    let (n, m) = (shape.step_vars, shape.cell_vars);
    let mut terms = Vec::new();
    let mut push = |part, name: String, degree: f64, numerator, source| {
        let bits = log_challenges - degree.log2();
        let bits = SecurityBits { proven: bits, conjectured: bits };
        terms.push(Term { part, name, bits, numerator, source });
    };

    // Tuples on either side of the balance: of all operations on all rows, of all cells, and one boundary.
    let tuples = shape.num_operations as f64 * (n as f64).exp2() + (m as f64).exp2() + 1.0;
    push(
        part::FINGERPRINTS,
        "tau, gamma".to_owned(),
        (NUM_FIELDS - 1) as f64 * tuples,
        "(fields - 1) · (operations · rows + cells + 1)",
        "two products of fingerprints as polynomials in tau and gamma [BEGKN91; Spice18, §4]",
    );
    let products = shape.products();
    let columns = shape.product_vars();
    let start = columns.unwrap_or(clear_vars(&products));
    if let Some(vars) = columns {
        let source = "[SL20, §5]: a zero check, a combination, rounds of degree 2, a line";
        push(part::PRODUCTS, "product columns".to_owned(), (3 * vars + 2) as f64, "columns: 3 · variables + 2", source);
        let claims = COLUMN_CLAIMS * shape.product_batch().len();
        let source = "degree in the challenge of the combination";
        push(part::PRODUCTS, "claims on columns".to_owned(), (claims - 1) as f64, "3 · columns − 1", source);
    } else if start > 0 {
        let clear = start;
        push(
            part::PRODUCTS,
            "values in the clear".to_owned(),
            clear as f64,
            "values in the clear: a variable 1",
            "a multilinear extension that is not zero, at a random point",
        );
    }
    for (index, layer) in layers_from(start, &products).into_iter().enumerate() {
        push(
            part::PRODUCTS,
            format!("layer {}", start + index),
            layer_degree(layer) as f64,
            "a layer: batching 1, rounds 2 each, fold 1",
            "[Thaler13, §5.3.1; Gruen24, §3]",
        );
    }
    push(
        part::ZERO_CHECK,
        "row and cell points".to_owned(),
        (n + m) as f64,
        "step variables + cell variables",
        "a multilinear extension that is not zero, at a random point [Setty20]",
    );
    let constraints = constraints(params, 0).len();
    push(
        part::RHO,
        "leaf claims and constraints".to_owned(),
        (NUM_GROUPS * shape.num_operations + constraints - 1) as f64,
        "2 · operations + constraints - 1",
        "degree in rho",
    );
    push(part::SIGMA, "statements on cells".to_owned(), CELL_STATEMENTS_DEGREE as f64, "7", "degree in sigma");
    push(part::MAIN, "batching".to_owned(), 1.0, "1", "linear in the coefficient");
    push(
        part::MAIN,
        "rounds".to_owned(),
        (ROUND_DEGREE * shape.point_len()) as f64,
        "3 · point length",
        "degree 3 a round [LFKN92]",
    );
    terms
}

/// What the challenges of a layer let a wrong claim do. Coefficients are independent, so that a wrong claim among several
/// survives them, and the fold, for one value.
fn layer_degree(layer: LayerShape) -> usize {
    usize::from(layer.combined > 1) + LAYER_DEGREE * layer.rounds + usize::from(layer.folds)
}
