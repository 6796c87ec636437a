//! Pieces stacked to taller ones, for schemes whose openings read the same positions of every piece.
//!
//! A scheme that commits to codewords opens a row of all of them at every position that it queries: fewer and longer ones
//! make shorter proofs. The codewords take longer to compute by the logarithm of their length, and what follows the
//! commitment is longer.
//!
//! # Statement
//! Pieces `f_i` in `l` variables that a commit call sends, `i < n`, are stacked to `T_g(b, x) = f_(2^h g + b)(x)`, `g < n / 2^h`, for `b` in
//! `{0, 1}^h`; what is missing in the last one is zero. With coefficients `c_(g, b)`, a point `z` and a value `v`:
//! `sum_g sum_b c_(g, b) T_g(b, z) = v`, over all commitments.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | 1, for each of `h` variables | constant and quadratic coefficient of the sumcheck over `b` of `sum_g C_g(b) T_g(b, z)`, `C_g` the multilinear extension of `c_(g, .)` | `r_i` |
//! | 2 | the scheme's opening of `sum_g C_g(r) T_g` at `(r, z)`, with the value that the rounds leave | |
//!
//! # Soundness
//! The commitment determines the `T_g`. A wrong `v` survives the rounds with probability at most `2 h / r` [LFKN92].
//! Only pieces that are not zero get here ([`Batched`](super::Batched)), so that no room is given to columns that a program does not use.

use super::{PieceClaim, PieceOpening, PiecePcs};
use crate::{ErrorTerm, Hardness, PcsError, PcsInfo, PcsKind, SecurityBits, VerifyError};
use ark_ff::Zero;
use lariat_algebra::column::Column;
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::poly::{Univariate, eq_evals};
use lariat_algebra::{Fr, par};
use lariat_sumcheck::dense_product::{EqFactorTables, evaluate_row};
use lariat_sumcheck::{Instance, InstanceShape, RoundProver, engine};
use lariat_transcript::encoding::SCALAR_BYTES;
use lariat_transcript::{ProverChannel, VerifierChannel};

/// Label of the rounds.
const STACK: &str = "stacked pieces";
/// Degree of the rounds.
const DEGREE: usize = 2;

/// A scheme for pieces that are stacked, `2^height` of them in each.
#[derive(Clone, Debug)]
pub struct Tall<S> {
    inner: S,
    height: usize,
}

/// Logarithm of the most pieces in a stack, unless another number is asked for: measured in `docs/pcs-comparison.md`.
const USUAL_HEIGHT: usize = 2;
/// Most variables of stacks of such a height: the tree over their codewords and the tables of an opening take 100 MB at
/// this length, and double with each variable more.
const USUAL_STACK_VARS: usize = 18;

/// The height of stacks that a scheme uses unless another one is asked for.
pub fn usual_height(piece_vars: usize) -> usize {
    USUAL_HEIGHT.min(USUAL_STACK_VARS.saturating_sub(piece_vars))
}

/// The height up to which so many pieces fill a stack: `height`, or less.
pub fn stack_height(num_pieces: usize, height: usize) -> usize {
    height.min(num_pieces.max(1).ilog2() as usize)
}

impl<S: PiecePcs> Tall<S> {
    /// Stacks of `2^height` pieces under a scheme for the stacks.
    ///
    /// # Panics
    /// When the scheme's pieces have fewer variables than that.
    pub fn new(inner: S, height: usize) -> Self {
        assert!(height <= inner.piece_vars(), "stacks of 2^{height} in {} variables", inner.piece_vars());
        Self { inner, height }
    }

    /// Number of stacks of the pieces of one commit call.
    fn num_stacks(&self, num_pieces: usize) -> usize {
        num_pieces.div_ceil(1 << self.height)
    }

    fn stacks<'a>(&self, pieces: &'a [RowValues<'a>]) -> Vec<RowValues<'a>> {
        let log_slot = self.piece_vars();
        pieces.chunks(1 << self.height).map(|slots| RowValues::Stack { slots, log_slot }).collect()
    }

    /// The tables of the `C_g`, batch by batch: coefficients, with zeros for what is missing in the last stack.
    fn tables(&self, coefficients: &[Vec<Fr>]) -> Vec<Vec<Vec<Fr>>> {
        let padded = |own: &[Fr]| {
            let mut table = own.to_vec();
            table.resize(1 << self.height, Fr::zero());
            table
        };
        coefficients.iter().map(|batch| batch.chunks(1 << self.height).map(padded).collect()).collect()
    }

    /// `C_g(r)` for all stacks, batch by batch.
    fn bound(tables: &[Vec<Vec<Fr>>], r: &[Fr]) -> Vec<Vec<Fr>> {
        let weights = eq_evals(r);
        let at_r = |table: &Vec<Fr>| table.iter().zip(&weights).map(|(c, w)| *c * w).sum();
        tables.iter().map(|batch| batch.iter().map(at_r).collect()).collect()
    }
}

/// `sum_g C_g(b) E_g(b)`: pairs of tables, of which the last free variable is bound in each round.
struct StackProver {
    num_vars: usize,
    tables: Vec<[Vec<Fr>; 2]>,
}

impl RoundProver for StackProver {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        DEGREE
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        let (mut constant, mut quadratic) = (Fr::zero(), Fr::zero());
        for [c, e] in &self.tables {
            for (c, e) in c.chunks_exact(2).zip(e.chunks_exact(2)) {
                constant += c[0] * e[0];
                quadratic += (c[1] - c[0]) * (e[1] - e[0]);
            }
        }
        // s(0) + s(1) = claim.
        Univariate { coeffs: vec![constant, claim - constant - constant - quadratic, quadratic] }
    }

    fn bind(&mut self, r: Fr) {
        for table in self.tables.iter_mut().flatten() {
            *table = table.chunks_exact(2).map(|pair| pair[0] + r * (pair[1] - pair[0])).collect();
        }
    }
}

impl<S: PiecePcs> PiecePcs for Tall<S> {
    type Commitment = S::Commitment;
    type Hint = S::Hint;

    const KIND: PcsKind = S::KIND;

    fn info(&self) -> PcsInfo {
        self.inner.info()
    }

    fn setup_digest(&self) -> [u8; 32] {
        if self.height == 0 {
            return self.inner.setup_digest();
        }
        let mut hasher = blake3::Hasher::new_derive_key("lariat-pcs 2026 stacked pieces setup digest v1");
        hasher.update(&(self.height as u64).to_le_bytes());
        hasher.update(&self.inner.setup_digest());
        *hasher.finalize().as_bytes()
    }

    fn prepare_prover(&self) {
        self.inner.prepare_prover();
    }

    fn piece_vars(&self) -> usize {
        self.inner.piece_vars() - self.height
    }

    fn clear_values(&self) -> usize {
        self.inner.clear_values()
    }

    fn security(&self, num_pieces: usize) -> SecurityBits {
        self.inner.security(num_pieces).and(SecurityBits::of_degree(DEGREE * self.height))
    }

    /// Those of as many stacks as there are pieces: each may be a commit call of its own.
    fn error_terms(&self, num_pieces: usize) -> Vec<ErrorTerm> {
        let mut terms = self.inner.error_terms(num_pieces);
        if self.height > 0 {
            terms.push(ErrorTerm {
                name: "stacked pieces",
                bits: SecurityBits::of_degree(DEGREE * self.height),
                source: "2 h / r [LFKN92]",
            });
        }
        terms
    }

    fn hardness(&self) -> Vec<Hardness> {
        self.inner.hardness()
    }

    fn prover_bytes(&self, num_pieces: usize) -> u64 {
        self.inner.prover_bytes(self.num_stacks(num_pieces))
    }

    fn working_bytes(&self, num_pieces: usize) -> u64 {
        self.inner.working_bytes(self.num_stacks(num_pieces))
    }

    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        self.inner.parameter_bytes(columns)
    }

    fn opening_vars(&self) -> usize {
        self.inner.opening_vars()
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(S::Commitment, S::Hint), PcsError> {
        self.inner.commit(&self.stacks(pieces))
    }

    fn send_commitment(&self, commitment: &S::Commitment, channel: &mut ProverChannel) {
        self.inner.send_commitment(commitment, channel);
    }

    fn recv_commitment(
        &self,
        num_pieces: usize,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<S::Commitment, VerifyError> {
        self.inner.recv_commitment(self.num_stacks(num_pieces), channel)
    }

    fn open(&self, opening: PieceOpening<'_>, hints: &[&S::Hint], channel: &mut ProverChannel) -> Result<(), PcsError> {
        if self.height == 0 {
            return self.inner.open(opening, hints, channel);
        }
        let PieceOpening { claim: PieceClaim { coefficients, point, value }, pieces, combined } = opening;
        drop(combined);

        // Step 1: one point in the stacks.
        let eq = EqFactorTables::new(point);
        let values = |batch: &Vec<RowValues<'_>>| par::map_collect(batch.len(), |i| evaluate_row(batch[i], &eq));
        let values: Vec<Vec<Fr>> = pieces.iter().map(values).collect();
        let tables = self.tables(coefficients);
        let pairs = tables.iter().flatten().cloned().zip(self.tables(&values).into_iter().flatten());
        let mut prover = StackProver { num_vars: self.height, tables: pairs.map(|(c, e)| [c, e]).collect() };
        let instance = Instance { prover: &mut prover, claim: value };
        let r = engine::prove(STACK, &mut [instance], channel);
        let value = prover.tables.iter().map(|[c, e]| c[0] * e[0]).sum();

        // Step 2: the scheme's opening.
        let coefficients = Self::bound(&tables, &r);
        let stacks: Vec<Vec<RowValues<'_>>> = pieces.iter().map(|batch| self.stacks(batch)).collect();
        let terms = coefficients.iter().flatten().copied().zip(stacks.iter().flatten().copied());
        let combined = combine_rows(&terms.collect::<Vec<_>>(), 1 << self.inner.piece_vars());
        let point = [&r, point].concat();
        let claim = PieceClaim { coefficients: &coefficients, point: &point, value };
        self.inner.open(PieceOpening { claim, pieces: &stacks, combined }, hints, channel)
    }

    fn verify(
        &self,
        commitments: &[&S::Commitment],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        if self.height == 0 {
            return self.inner.verify(commitments, claim, channel);
        }
        // Step 1: one point in the stacks.
        let shape = InstanceShape { num_vars: self.height, degree: DEGREE, claim: claim.value };
        let verdict = engine::verify(STACK, &[shape], channel)?;

        // Step 2: the scheme's opening, of the value that the rounds leave.
        let coefficients = Self::bound(&self.tables(claim.coefficients), &verdict.point);
        let point = [&verdict.point, claim.point].concat();
        let claim = PieceClaim { coefficients: &coefficients, point: &point, value: verdict.claim };
        self.inner.verify(commitments, claim, channel)
    }

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        self.inner.commitment_bytes(self.num_stacks(num_pieces))
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        let num_stacks: Vec<usize> = num_pieces.iter().map(|&n| self.num_stacks(n)).collect();
        DEGREE * SCALAR_BYTES * self.height + self.inner.opening_bytes(&num_stacks)
    }
}
