//! Ligerito [NA25]: Ligero whose combined row is not sent but committed to again, with a partial sumcheck in between.
//!
//! # Statement
//! Pieces `f_i` in `l` variables, bound by Merkle roots, with coefficients `c_i`, a point `z` and a value `v`, all bound
//! to the channel: `sum_i c_i f_i(z) = v`.
//!
//! # Matrices
//! A polynomial `g` in `m` variables is a matrix of `2^k` rows of `2^(m - k)` consecutive evaluations. A row is the
//! *coefficient* vector of a univariate polynomial; its codeword has the values of that on a group of `N = 2^(m - k) /
//! rho` points, and a leaf of the tree is one position of the codewords of all rows: a *column*. Combining the rows under
//! `eq(a, .)` fixes the first `k` variables of `g` to `a`. The first matrix has the rows of all pieces of all commitments,
//! piece after piece, so that its row index is the index `i` of a piece, `s` bits for `K <= 2^s` pieces, and then the
//! first `k` variables; pieces that are missing are zero. Each later matrix is the combined row of the one before, cut
//! into rows itself. Row lengths, rates and numbers of queries are in [`Config`], computed from `l`, the first rate and
//! the number of pieces of the workload to minimise the bytes of a proof.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | commit | cap and root of the columns' tree | |
//! | 1, `s` times | constant and quadratic coefficient of the sumcheck over `i` of `c(i) f_i(z)` | `rho_j` |
//! | | from here on `g = sum_i eq(rho, i) f_i`, with the claim on `c(rho) g(z)` that the rounds leave | |
//! | 2, for each matrix, `k` times | constant and quadratic coefficient of a sumcheck round | its challenge |
//! | 3 | cap and root of the combined row's matrix; after the last rounds, its `2^f` values | |
//! | 4 | | `t` positions `x_j` of the matrix whose rows were combined |
//! | 5 | columns and paths at these positions, of every tree | |
//! | 6, but for the last matrix | | `beta`, `gamma`; `beta eq(gamma, j)` times the combined column at `x_j` is added to the claim, for all `j < t` |
//!
//! # Checks
//! 1. `cap-root` ([`lariat_merkle::tree`]): the cap of every tree hashes to its root.
//! 2. `merkle`: every opened column is under its cap at its position.
//! 3. `final queries`: the codeword of the final row has at every queried position the combination of the column.
//! 4. `final claim`: the weights at all challenges and the final row give the claim that the rounds leave.
//!
//! # Soundness
//! Let `delta = (1 - rho) / 2` be the unique decoding radius of a matrix's code, `N` its length, `C` the length of its
//! rows, `t` the number of its queries. A matrix is *close* if some matrix of codewords differs from it in at most `(N -
//! C) / 2` columns. That one is the only one, and its rows are the polynomial `X` that the matrix *has*. The argument is
//! Ligero's for each matrix, and goes by one invariant: **the matrix is far, or its `X` contradicts the claim.** It holds
//! for the first matrix if the statement is false of the pieces that the commitments have, or if they have none.
//!
//! *Rounds.* The matrix is fixed before its rounds. If it is far, then so is the word `u` that combines its rows under
//! `eq` at the challenges, but for a fraction `(s + k) N / r` of them, `s` being zero for later matrices: the tensor
//! combinations of Reed-Solomon words have a proximity gap up to half the distance with this error [DG24, Cor. 3.7]. It
//! follows from that of lines, `N / r` [BCIKS20, Thm. 4.1], which holds for interleaved words with the same error [DG24,
//! Thm. 3.1] and is applied once a challenge [AER24; DG24, Thm. 3.6]: so each round has its own error, whatever the prover
//! sends between them. If the matrix is close and `X` contradicts the claim, its combined row `X_a` contradicts what the
//! rounds leave of the claim, but for `2 / r` a round [LFKN92].
//!
//! *Queries.* Let `y` be the polynomial that the next matrix has, or the final row. (If the next matrix is far, the
//! invariant holds for it without further ado.) If the matrix is far, then `u` differs from the codeword of `y` in more
//! than the fraction `delta` of the positions. If it is close and `y` is not `X_a`, then the codewords of the two agree in
//! at most `C - 1` positions, and `u` agrees with that of `X_a` outside of at most `(N - C) / 2`. Either way a position is
//! one of agreement with probability below `(1 + rho) / 2`, and all `t` are with `((1 + rho) / 2)^t`. Else `y` is `X_a`
//! and contradicts the claim. So but for that error, `y` violates the claim or has at some queried position another value
//! than the column: checks 3 and 4 find it of the final row. Otherwise the sum of the claim and of `beta eq(gamma, j)`
//! times the queried values is violated as well, being a polynomial of degree one in each of `1 + log2 t` challenges
//! (rounded up), but for that number `/ r`: the invariant for the next matrix.
//!
//! No tuple of words is combined under coefficients that a caller has a say in: the coefficients `c_i` are only in the
//! weights of the sumcheck, and may be zero.
//!
//! *Ledger.* For each matrix `((1 + rho) / 2)^t`, `(s + k) N / r`, `2 (s + k) / r`, and for all but the last `(1 + log2 t)
//! / r`. The queries' errors are a half of `2^-100`, a quarter, and so on with the last two alike: the largest part
//! for the first matrix, whose columns are the longest. `t` is the least number for each. The terms over `r` are below
//! `2^-200` for every shape. [`PiecePcs::security`] sums all of them.
//!
//! *Commitments that stand for themselves.* If the matrix of all commitments is close then that of each one is, and has
//! its polynomials without the others: a commitment that a statement names, as that to a private input, opens to the same
//! ones in every proof, but for the error of the first queries. No list is decoded anywhere.
//!
//! Conjectured: the best attack known is on that: a column of words half-way between two codewords opens to either with
//! `((1 + rho) / 2)^t` at the first matrix ([`lariat_merkle::queries`]), which is the bound that is proven. For the other
//! matrices it is agreement with a codeword at list-decoding capacity. The number that is reported is the lower of these
//! and the `2^128` work of a collision of BLAKE3. No conjecture on proximity beyond half the distance is drawn on.
//!
//! All in the random oracle model for BLAKE3 and the channel's hash, with round-by-round errors; not hiding.
//!
//! # WHIR
//! The paper remarks that the protocol is built like WHIR [NA25, discussion]. In this repository they are over the same codes, and
//! differ in how near counts as close (WHIR, by default, up to Johnson's bound) and in what joins things: here the row index of all pieces is
//! a part of the one sumcheck, whose tensor of challenges is what tests proximity, and queried values are joined by a
//! tensor as well; there a combination under powers of a challenge is added for the test, and powers join queried values.
//! Its proof needs mutual correlated agreement of powers on the points of folded cosets, this one proximity gaps of lines
//! on the positions alone. Departures from the paper: `papers-notes/ligerito.md`.

#![forbid(unsafe_code)]

mod config;
#[cfg(test)]
mod tests;

pub use config::{Config, Level, MAX_LEVELS, TARGET_BITS};

use ark_ff::Zero;
use config::piece_index_vars;
use lariat_algebra::ifma::slices::inner_product;
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::ntt::Domain;
use lariat_algebra::poly::{eq_evals, eq_evals_scaled};
use lariat_algebra::{Fr, par};
use lariat_merkle::folding::{Claim, FoldLabels, Folding, evaluate};
use lariat_merkle::queries::COLLISION_BITS;
use lariat_merkle::tree::DIGEST_BYTES;
use lariat_merkle::{Cap, CommittedRows, OpeningLabels, recv_openings};
use lariat_pcs::batch::{
    Batched, PieceClaim, PieceOpening, PiecePcs, Shape, Tall, piece_vars, stack_height, usual_height,
    values_of_a_commitment,
};
use lariat_pcs::{
    ErrorTerm, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError, Workload,
};
use lariat_sumcheck::dense_product::{EqFactorTables, evaluate_row};
use lariat_transcript::{ProverChannel, PublicCoin, VerifierChannel};
use std::sync::Arc;

/// Logarithm of the inverse of the first matrices' rate, unless another one is asked for.
pub const LOG_INV_RATE: usize = 1;

const LABEL_COMMITMENT: &str = "ligerito/commitment";
const LABEL_ORACLE: &str = "ligerito/oracle";
const LABEL_FINAL: &str = "ligerito/final";
const LABEL_QUERIES: &str = "ligerito/queries";
const LABEL_GLUE: &str = "ligerito/glue";
/// Labels of the rounds over the index of pieces.
const PIECES: FoldLabels = FoldLabels { sumcheck: "ligerito/pieces", challenge: "ligerito/rho" };
/// Labels of the rounds over the first variables of a polynomial.
const ROWS: FoldLabels = FoldLabels { sumcheck: "ligerito/sumcheck", challenge: "ligerito/fold" };
/// Labels of opened columns, and the check that they are under the cap.
const OPENINGS: OpeningLabels = OpeningLabels { leaves: "ligerito/columns", paths: "ligerito/paths", check: "merkle" };

const CHECK_FINAL_QUERIES: &str = "final queries";
const CHECK_FINAL_CLAIM: &str = "final claim";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Ligerito::KIND,
    summary: "transparent; hash-based, Ligero's matrices one in another by sumcheck; plausibly post-quantum",
    needs_setup: false,
    setup: |workload, _| {
        let height = usual_height(piece_vars(workload.num_vars));
        Ok(Arc::new(Batched(Ligerito::stacked(workload, LOG_INV_RATE, height)?)) as Arc<dyn Pcs>)
    },
};

/// The scheme for pieces of one length.
#[derive(Clone, Debug)]
pub struct Ligerito {
    config: Config,
}

impl Ligerito {
    /// The scheme for a workload, with first matrices of rate `2^-log_inv_rate`. Costs the search for [`Config`].
    ///
    /// # Errors
    /// When the rate is not below one, or the field has no domain of the size needed.
    pub fn new(workload: Workload<'_>, log_inv_rate: usize) -> Result<Self, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        Self::for_pieces(num_vars, Self::num_pieces(workload, num_vars), log_inv_rate)
    }

    /// [`Self::new`] over stacks of `2^height` pieces, or of fewer if that is more than there are.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn stacked(workload: Workload<'_>, log_inv_rate: usize, height: usize) -> Result<Tall<Self>, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        let num_pieces = Self::num_pieces(workload, num_vars);
        let height = stack_height(num_pieces, height);
        let inner = Self::for_pieces(num_vars + height, num_pieces.div_ceil(1 << height), log_inv_rate)?;
        Ok(Tall::new(inner, height))
    }

    fn num_pieces(workload: Workload<'_>, num_vars: usize) -> usize {
        Shape::new(num_vars, &[workload.num_vars]).num_pieces().iter().sum()
    }

    fn for_pieces(num_vars: usize, num_pieces: usize, log_inv_rate: usize) -> Result<Self, PcsError> {
        let config = Config::search(num_vars, log_inv_rate, num_pieces).ok_or_else(|| PcsError::Parameters {
            kind: Self::KIND,
            reason: format!("no domain for 2^{num_vars} evaluations at rate 2^-{log_inv_rate}"),
        })?;
        Ok(Self { config })
    }

    /// The matrices.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Rows of a piece.
    fn rows_per_piece(&self) -> usize {
        1 << self.config.first.fold()
    }

    /// The prover's step 1: the combination of all pieces, with the weights of its value at the point.
    fn combine(&self, claim: PieceClaim<'_>, pieces: &[Vec<RowValues<'_>>], channel: &mut ProverChannel) -> Folding {
        let pieces: Vec<RowValues<'_>> = pieces.iter().flatten().copied().collect();
        let eq = EqFactorTables::new(claim.point);
        let mut over_pieces = Folding {
            evals: par::map_collect(pieces.len(), |i| evaluate_row(pieces[i], &eq)),
            weights: claim.coefficients.iter().flatten().copied().collect(),
        };
        let num_vars = piece_index_vars(pieces.len());
        over_pieces.evals.resize(1 << num_vars, Fr::zero());
        over_pieces.weights.resize(1 << num_vars, Fr::zero());
        let rho = over_pieces.fold(num_vars, PIECES, channel);
        let terms: Vec<(Fr, RowValues<'_>)> = eq_evals(&rho).into_iter().zip(pieces).collect();
        Folding {
            evals: combine_rows(&terms, 1 << self.piece_vars()),
            weights: eq_evals_scaled(claim.point, over_pieces.weights[0]),
        }
    }

    /// The prover's steps 2 to 6. `adjust` sees every combined row before it is committed to or sent, with its weights: an
    /// honest prover leaves it as it is.
    fn fold_all(
        &self,
        mut folding: Folding,
        hints: &[&CommittedRows],
        pieces: &[Vec<RowValues<'_>>],
        channel: &mut ProverChannel,
        mut adjust: impl FnMut(usize, &mut Folding),
    ) {
        let mut later: Option<CommittedRows> = None;
        for (i, level) in self.config.levels().enumerate() {
            // Step 2: sumcheck.
            folding.fold(level.fold(), ROWS, channel);
            adjust(i, &mut folding);

            // Step 3: the combined row, as a matrix or in clear.
            let next = self.config.later.get(i).map(|next| {
                let matrix = next.code.commit(&[RowValues::Field(&folding.evals)], 1 << next.fold());
                matrix.cap().send(LABEL_ORACLE, channel);
                matrix
            });
            if next.is_none() {
                channel.send_scalars(LABEL_FINAL, &folding.evals);
            }

            // Step 4: positions.
            let positions = level.code.draw_positions(LABEL_QUERIES, channel);

            // Step 5: columns.
            match &later {
                None => {
                    for (rows, pieces) in hints.iter().zip(pieces) {
                        let of_pieces = level.code.rows_of(pieces, self.rows_per_piece());
                        rows.send(&of_pieces, &positions, OPENINGS, channel);
                    }
                }
                Some(rows) => rows.send(&[], &positions, OPENINGS, channel),
            }

            // Step 6: the queried values join the claim.
            if next.is_some() {
                folding.add_points(level.code.log_domain(), &positions, draw_glue(level, channel).into_iter());
            }
            later = next;
        }
    }
}

/// The coefficients `beta eq(gamma, j)` of queried values.
fn draw_glue(level: &Level, channel: &mut impl PublicCoin) -> Vec<Fr> {
    let challenges = channel.challenges(LABEL_GLUE, level.glue_challenges());
    let (beta, gamma) = challenges.split_first().expect("one challenge at least");
    eq_evals_scaled(gamma, *beta)
}

impl PiecePcs for Ligerito {
    type Commitment = Cap;
    type Hint = CommittedRows;

    const KIND: PcsKind = PcsKind::new(10, "ligerito");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "BLAKE3 is collision-resistant and, with the transcript's hash, a random oracle",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Plausible,
        }
    }

    fn setup_digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("lariat-ligerito 2026 setup digest v1");
        for Level { num_vars, code } in self.config.levels() {
            for x in [*num_vars, code.log_row_len, code.log_inv_rate, code.queries] {
                hasher.update(&(x as u64).to_le_bytes());
            }
        }
        *hasher.finalize().as_bytes()
    }

    fn piece_vars(&self) -> usize {
        self.config.num_vars()
    }

    fn clear_values(&self) -> usize {
        values_of_a_commitment(self)
    }

    fn security(&self, num_pieces: usize) -> SecurityBits {
        let total = ErrorTerm::sum(&self.error_terms(num_pieces));
        SecurityBits { proven: total.proven, conjectured: total.conjectured.min(COLLISION_BITS) }
    }

    fn prover_bytes(&self, num_pieces: usize) -> u64 {
        CommittedRows::kept_bytes(num_pieces * self.rows_per_piece(), self.config.first.code.of_rows())
    }

    fn working_bytes(&self, num_pieces: usize) -> u64 {
        // A later matrix, its codewords and its tree, is there until the next one is.
        let bytes = |level: &Level| {
            let codewords = (size_of::<Fr>() as u64) << (level.num_vars + level.code.log_inv_rate);
            codewords + ((2 * DIGEST_BYTES as u64) << level.code.log_domain())
        };
        let later: Vec<u64> = self.config.later.iter().map(bytes).collect();
        let two = later.windows(2).map(|pair| pair[0] + pair[1]).max();
        let later = two.or(later.first().copied()).unwrap_or(0);
        let first = CommittedRows::working_bytes(num_pieces * self.rows_per_piece(), self.config.first.code.of_rows());
        first + later
    }

    fn error_terms(&self, num_pieces: usize) -> Vec<ErrorTerm> {
        let [mut queries, mut proximity, mut rounds, mut glue] = [SecurityBits::CERTAIN; 4];
        let last = self.config.later.len();
        for (i, level) in self.config.levels().enumerate() {
            let (rate, code) = (level.code.rate(), &level.code);
            let own = rate.queries(code.queries);
            // The first matrix's commitments stand for themselves; the attack on what they bind is the best one known.
            let known = if i == 0 { rate.binding(code.queries) } else { own };
            queries = queries.and(SecurityBits { proven: own.proven, conjectured: known.conjectured });
            let challenges = level.fold() + if i == 0 { piece_index_vars(num_pieces) } else { 0 };
            if challenges > 0 {
                proximity = proximity.and(rate.curve(challenges, code.log_domain()));
                rounds = rounds.and(rate.identity(2 * challenges));
            }
            if i < last {
                glue = glue.and(rate.identity(level.glue_challenges()));
            }
        }
        let term = |name, bits, source| ErrorTerm { name, bits, source };
        vec![
            term(
                "queries of all matrices; one message a commitment",
                queries,
                "((1 + rho) / 2)^t each [AHIV17; NA25], reached at the first by words half-way between two codewords",
            ),
            term("proximity of all rows", proximity, "[DG24, Cor. 3.7; BCIKS20, Thm. 4.1], N / r a challenge"),
            term("sumcheck rounds", rounds, "2 / r each [LFKN92]"),
            term("batching of queried values", glue, "degree one in each challenge"),
        ]
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(Cap, CommittedRows), PcsError> {
        let rows = self.config.first.code.commit(pieces, self.rows_per_piece());
        Ok((rows.cap(), rows))
    }

    fn send_commitment(&self, commitment: &Cap, channel: &mut ProverChannel) {
        commitment.send(LABEL_COMMITMENT, channel);
    }

    fn recv_commitment(&self, _num_pieces: usize, channel: &mut VerifierChannel<'_>) -> Result<Cap, VerifyError> {
        // Check 1: `cap-root`.
        Cap::recv(self.config.first.code.tree(), LABEL_COMMITMENT, channel)
    }

    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&CommittedRows],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        let PieceOpening { claim, pieces, combined } = opening;
        drop(combined);
        let folding = self.combine(claim, pieces, channel);
        self.fold_all(folding, hints, pieces, channel, |_, _| {});
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&Cap],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let failed = |check| Err(VerifyError::Check { check });

        // Step 1: the combination of all pieces.
        let num_pieces = claim.coefficients.iter().map(Vec::len).sum();
        let mut over_pieces = Claim::new(&[], claim.value);
        let piece_weights = eq_evals(&over_pieces.fold(piece_index_vars(num_pieces), PIECES, channel)?);
        let scale = claim.coefficients.iter().flatten().zip(&piece_weights).map(|(c, w)| *c * w).sum();
        let mut state = Claim::scaled(claim.point, scale, over_pieces.sum);

        let mut later: Option<Cap> = None;
        for (i, level) in self.config.levels().enumerate() {
            // Step 2: sumcheck.
            let row_weights = eq_evals(&state.fold(level.fold(), ROWS, channel)?);

            // Step 3: the combined row, as a matrix or in clear.
            let (mut next, mut last) = (None, Vec::new());
            if let Some(matrix) = self.config.later.get(i) {
                // Check 1: `cap-root`.
                next = Some(Cap::recv(matrix.code.tree(), LABEL_ORACLE, channel)?);
            } else {
                last = channel.recv_scalars(LABEL_FINAL, 1 << self.config.final_vars)?;
            }

            // Step 4: positions.
            let positions = level.code.draw_positions(LABEL_QUERIES, channel);

            // Step 5: columns. Check 2: `merkle`.
            let mut values = vec![Fr::zero(); positions.len()];
            let mut add_columns = |cap: &Cap, weights: &[Fr]| -> Result<(), VerifyError> {
                let columns = recv_openings(cap, weights.len(), &positions, OPENINGS, channel)?;
                for (value, column) in values.iter_mut().zip(&columns) {
                    *value += inner_product(column, weights);
                }
                Ok(())
            };
            match &later {
                None => {
                    let mut of_pieces = piece_weights.iter();
                    for (cap, coefficients) in commitments.iter().zip(claim.coefficients) {
                        let own = of_pieces.by_ref().take(coefficients.len());
                        let rows: Vec<Fr> = own.flat_map(|w| row_weights.iter().map(move |r| *w * r)).collect();
                        add_columns(cap, &rows)?;
                    }
                }
                Some(cap) => add_columns(cap, &row_weights)?,
            }
            let domain = Domain::new(level.code.log_domain());
            let points = positions.iter().map(|&position| domain.element(position));

            // Step 6: the queried values join the claim.
            if next.is_some() {
                state.add_points(points.zip(values), draw_glue(level, channel).into_iter());
            } else {
                // Check 3: the final row is the combination of the last matrix's rows.
                if points.zip(values).any(|(x, value)| evaluate(&last, x) != value) {
                    return failed(CHECK_FINAL_QUERIES);
                }
                // Check 4: the final row satisfies the claim.
                if state.weigh(&last) != state.sum {
                    return failed(CHECK_FINAL_CLAIM);
                }
            }
            later = next;
        }
        Ok(())
    }

    fn commitment_bytes(&self, _num_pieces: usize) -> usize {
        self.config.first.code.tree().cap_bytes()
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        self.config.opening_bytes(num_pieces)
    }
}
