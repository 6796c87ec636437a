//! Ligero [AHIV17, §4] as a polynomial commitment [GLSTW21, §4]: a matrix whose rows are Reed-Solomon codewords and whose
//! columns are hashed; an opening is a combined row and some columns.
//!
//! # Statement
//! Pieces `f_i` in `l` variables, bound by Merkle roots, with coefficients `w_i`, a point `z` and a value `v`, all
//! bound to the channel: `sum_i w_i f_i(z) = v`.
//!
//! A piece is cut into `R = 2^(l - c)` rows of `C = 2^c` consecutive evaluations. The rows of all pieces of all commit
//! calls are one matrix `M` of `m` rows, piece after piece. A row is the coefficient vector of a univariate polynomial;
//! its codeword `enc(row)` has the values of that on a group of `N = C / rho` points. A leaf of a commitment's tree is
//! one position of the codewords of its rows: a *column*. `z = (z_hi, z_lo)` with `c` coordinates in `z_lo`.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | commit | cap and root of the columns' tree | |
//! | 1 | | `alpha` |
//! | 2 | `y = <p, eq(z_lo)>` for `p = sum_k alpha^k row_k`, `k` counting all rows | |
//! | 3 | | `beta` |
//! | 4 | `u = p + beta sum_i w_i sum_j eq(z_hi, j) row_{i,j}` | |
//! | 5 | | `t` positions |
//! | 6 | for every commitment: columns at the positions, paths | |
//!
//! # Checks
//! 1. `evaluation`: `<u, eq(z_lo)> = y + beta v`.
//! 2. `cap-root` ([`lariat_merkle::tree`]): the cap of every tree hashes to its root.
//! 3. `merkle`: every opened column is under its cap at its position.
//! 4. `combined row`: at every position `enc(u)` has the value of that combination of the column's entries.
//!
//! # Soundness
//! Let `delta = (1 - rho) / 2`, the unique decoding radius. Two cases, by what the roots bind the prover to.
//!
//! *No matrix of codewords differs from the committed one in fewer than `delta N` columns.* By [BCIKS20, Thm. 1.5], which
//! is proven up to this radius, `P = sum_k alpha^k M_k` over the committed rows `M_k` is then that far from every codeword too, but for `(m - 1) N / r`
//! of the `alpha`; and so is the line through it in `beta`, but for `N / r` of them. So `enc(u)` is wrong at a fraction `delta` of the positions at
//! least, and check 4 passes with probability at most `(1 - delta)^t`.
//!
//! *There is one.* It is the only one, and each commitment alone determines its part: these are the polynomials that the
//! commitments bind to, and the same in every proof that names such a commitment. Let `e < delta N` be the number of columns in which it differs. If `u` is not the combination of its
//! rows, then `enc(u)` agrees with the codeword of that combination in at most `C - 1` positions, and check 4 passes at
//! these and the `e` others only: with probability at most `(rho + delta)^t = (1 - delta)^t`. If `u` is that combination,
//! check 1 says that `y + beta v` is true of these polynomials; `y` is sent before `beta`, so that a wrong `v` survives one `beta` at most.
//!
//! So the error is `((1 + rho) / 2)^t + (m N + 1) / r`, and `t` is the least number with which the first term is below
//! `2^-100`. The combination for the value alone would not test proximity: its coefficients are products of `eq` at a
//! point that a caller may choose and of powers of challenges, and many may be zero, so that no theorem speaks of them. One row
//! that is both costs a scalar, where [AHIV17] and [GLSTW21] send two rows.
//! A radius up to the Johnson bound would shorten nothing: the second case gets worse as `delta` grows.
//!
//! Conjectured: the best attack known is on what a commitment binds, for one that stands for itself, as that to a
//! private input does: a column of words half-way between two codewords opens to either with about `((1 + rho) / 2)^t`
//! ([`lariat_merkle::queries`]), so that here nothing is gained over what is proven. Opening to a wrong value takes more.
//! No conjecture on proximity beyond half the distance is drawn on. Collisions of BLAKE3 take `2^128` work.
//!
//! In the random oracle model for BLAKE3 and the channel's hash; not hiding.
//!
//! # Sizes
//! `c` is the one with the shortest proof for two thirds of the pieces in the workload ([`Ligero::new`]); a proof takes `C + t m + 1`
//! scalars and the paths, about `sqrt(4 t K 2^l)` scalars for `K` pieces.

#![forbid(unsafe_code)]

mod columns;
#[cfg(test)]
mod tests;

use ark_ff::Zero;
use columns::{Code, OPENINGS, query_bytes, rows_of};
use lariat_algebra::ifma::slices::{inner_product, scale_add};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::ntt;
use lariat_algebra::poly::{Powers, eq_evals};
use lariat_algebra::{Fr, par};
use lariat_merkle::queries::COLLISION_BITS;
use lariat_merkle::{Cap, CommittedRows, RateAndRegime, Regime, recv_openings};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, Shape, piece_vars, values_of_a_commitment};
use lariat_pcs::{
    ErrorTerm, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError, Workload,
};
use lariat_transcript::encoding::SCALAR_BYTES;
use lariat_transcript::{ProverChannel, PublicCoin, VerifierChannel};
use std::num::NonZeroU64;
use std::sync::Arc;

/// Logarithm of the inverse of the rate, unless another one is asked for.
pub const LOG_INV_RATE: usize = 1;
/// Bits of soundness of the queries. They are counted for unique decoding and rest on no conjecture: see
/// [`lariat_merkle::queries`].
pub const TARGET_BITS: u32 = 100;
/// Logarithm of the inverse of the smallest rate.
const MAX_LOG_INV_RATE: usize = 8;

const LABEL_COMMITMENT: &str = "ligero/commitment";
const LABEL_ALPHA: &str = "ligero/alpha";
const LABEL_PROXIMITY: &str = "ligero/proximity value";
const LABEL_BETA: &str = "ligero/beta";
const LABEL_ROW: &str = "ligero/row";
const LABEL_QUERIES: &str = "ligero/queries";

const CHECK_EVALUATION: &str = "evaluation";
const CHECK_ROW: &str = "combined row";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Ligero::KIND,
    summary: "transparent; hash-based, square-root proofs; plausibly post-quantum",
    needs_setup: false,
    setup: |workload, _| Ok(Arc::new(Batched(Ligero::new(workload, LOG_INV_RATE)?)) as Arc<dyn Pcs>),
};

/// The scheme for pieces of one length.
#[derive(Clone, Debug)]
pub struct Ligero {
    num_vars: usize,
    code: Code,
}

impl Ligero {
    /// The scheme for a workload at rate `2^-log_inv_rate`, with the row length that makes its proofs shortest if two thirds of its
    /// pieces are sent: about as many are not zero in the runs that were measured.
    ///
    /// # Errors
    /// When the rate is not below one, or the field has no domain of the size needed.
    pub fn new(workload: Workload<'_>, log_inv_rate: usize) -> Result<Self, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        let num_pieces: usize = Shape::new(num_vars, &[workload.num_vars]).num_pieces().iter().sum();
        (0..=num_vars)
            .filter_map(|log_row_len| Self::with_row_len(num_vars, log_row_len, log_inv_rate).ok())
            .min_by_key(|scheme| scheme.estimated_bytes(Self::usually_sent(num_pieces)))
            .ok_or_else(|| Self::no_domain(num_vars, log_inv_rate))
    }

    fn usually_sent(num_pieces: usize) -> usize {
        num_pieces - num_pieces / 3
    }

    /// The scheme for pieces in `num_vars` variables in rows of `2^log_row_len` evaluations.
    ///
    /// # Errors
    /// When the rate is not below one, the field has no domain of the size needed, or rows are longer than pieces.
    pub fn with_row_len(num_vars: usize, log_row_len: usize, log_inv_rate: usize) -> Result<Self, PcsError> {
        let rate_exists = (1..=MAX_LOG_INV_RATE).contains(&log_inv_rate);
        if !rate_exists || log_row_len > num_vars || log_row_len + log_inv_rate > ntt::MAX_LOG_SIZE {
            return Err(Self::no_domain(log_row_len, log_inv_rate));
        }
        let queries = RateAndRegime::new(log_inv_rate, Regime::Unique).num_queries(TARGET_BITS);
        let code = Code { log_row_len, log_inv_rate, queries };
        Ok(Self { num_vars, code })
    }

    fn no_domain(log_row_len: usize, log_inv_rate: usize) -> PcsError {
        let reason = format!("no code for rows of 2^{log_row_len} evaluations at rate 2^-{log_inv_rate}");
        PcsError::Parameters { kind: Self::KIND, reason }
    }

    /// Logarithm `c` of the row length.
    pub fn log_row_len(&self) -> usize {
        self.code.log_row_len
    }

    /// Number `t` of columns that are opened.
    pub fn num_queries(&self) -> usize {
        self.code.queries
    }

    /// Bytes of a proof over so many pieces in two commitments, as a proof of the machine has; in 64 bits, for all shapes
    /// that the search for the shortest one sees.
    fn estimated_bytes(&self, num_pieces: usize) -> u64 {
        let tree = self.code.tree();
        let (queries, scalar) = (self.code.queries as u64, SCALAR_BYTES as u64);
        let trees = 2 * (tree.cap_bytes() as u64 + queries * tree.path_bytes() as u64);
        scalar
            + (scalar << self.code.log_row_len)
            + trees
            + queries * scalar * num_pieces as u64 * self.rows_per_piece() as u64
    }

    /// Rows of a piece.
    fn rows_per_piece(&self) -> usize {
        1 << (self.num_vars - self.code.log_row_len)
    }

    fn draw_positions(&self, channel: &mut impl PublicCoin) -> Vec<usize> {
        let bound = NonZeroU64::new(1 << self.code.log_domain()).expect("a power of two");
        channel.challenge_indices(LABEL_QUERIES, self.code.queries, bound).into_iter().map(|i| i as usize).collect()
    }

    /// `sum_j weights_j row_j` over the rows of one polynomial.
    fn combine_rows_of(&self, evals: &[Fr], weights: &[Fr]) -> Vec<Fr> {
        const TASK: usize = 1 << 10;
        let len = 1usize << self.code.log_row_len;
        let mut out = vec![Fr::zero(); len];
        par::for_each_chunk(&mut out, TASK, |task, out| {
            for (row, weight) in evals.chunks_exact(len).zip(weights) {
                scale_add(out, *weight, &row[task * TASK..task * TASK + out.len()]);
            }
        });
        out
    }

    /// The combinations `p` of all rows for their proximity, and of the rows for the claim's value.
    fn combined_rows(&self, opening: &PieceOpening<'_>, alpha: Fr) -> [Vec<Fr>; 2] {
        let (high, _) = opening.claim.point.split_at(self.num_vars - self.code.log_row_len);
        let evaluation = self.combine_rows_of(&opening.combined, &eq_evals(high));
        // Row j of piece i has the number i R + j: pieces are combined first.
        let rows: Vec<Fr> = Powers::new(alpha).take(self.rows_per_piece() + 1).collect();
        let (within, across) = rows.split_at(self.rows_per_piece());
        let across = across.iter().copied().sum();
        let pieces = opening.pieces.iter().flatten().copied();
        let terms: Vec<(Fr, RowValues<'_>)> = Powers::new(across).zip(pieces).collect();
        let pieces = combine_rows(&terms, 1 << self.num_vars);
        [self.combine_rows_of(&pieces, within), evaluation]
    }
}

impl PiecePcs for Ligero {
    type Commitment = Cap;
    type Hint = CommittedRows;

    const KIND: PcsKind = PcsKind::new(6, "ligero");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "BLAKE3 is collision-resistant and, with the transcript's hash, a random oracle",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Plausible,
        }
    }

    fn setup_digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("lariat-ligero 2025 setup digest v1");
        let Code { log_row_len, log_inv_rate, queries } = self.code;
        for x in [self.num_vars, log_row_len, log_inv_rate, queries] {
            hasher.update(&(x as u64).to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    fn piece_vars(&self) -> usize {
        self.num_vars
    }

    fn clear_values(&self) -> usize {
        values_of_a_commitment(self)
    }

    fn security(&self, num_pieces: usize) -> SecurityBits {
        let total = ErrorTerm::sum(&self.error_terms(num_pieces));
        SecurityBits { proven: total.proven, conjectured: total.conjectured.min(COLLISION_BITS) }
    }

    fn prover_bytes(&self, num_pieces: usize) -> u64 {
        CommittedRows::kept_bytes(num_pieces * self.rows_per_piece(), self.code.of_rows())
    }

    fn working_bytes(&self, num_pieces: usize) -> u64 {
        CommittedRows::working_bytes(num_pieces * self.rows_per_piece(), self.code.of_rows())
    }

    fn error_terms(&self, num_pieces: usize) -> Vec<ErrorTerm> {
        let rate = self.code.rate();
        let rows = num_pieces.max(1).saturating_mul(self.rows_per_piece());
        let term = |name, bits, source| ErrorTerm { name, bits, source };
        // A matrix that is close has one tuple of polynomials. The attack on binding is the best one known.
        let (queries, binding) = (rate.queries(self.code.queries), rate.binding(self.code.queries));
        let queries = SecurityBits { proven: queries.proven, conjectured: binding.conjectured };
        vec![
            term(
                "queries; one message a commitment",
                queries,
                "(1 - delta)^t for half the distance [AHIV17; GLSTW21], reached by words half-way between two codewords",
            ),
            term(
                "proximity of all rows",
                rate.curve(rows - 1, self.code.log_domain()).and(rate.curve(1, self.code.log_domain())),
                "[BCIKS20, Thm. 1.5]",
            ),
            term("combined claim", rate.identity(1), "1 / r"),
        ]
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(Cap, CommittedRows), PcsError> {
        let rows = columns::commit(&self.code, pieces, self.rows_per_piece());
        Ok((rows.cap(), rows))
    }

    fn send_commitment(&self, commitment: &Cap, channel: &mut ProverChannel) {
        commitment.send(LABEL_COMMITMENT, channel);
    }

    fn recv_commitment(&self, _num_pieces: usize, channel: &mut VerifierChannel<'_>) -> Result<Cap, VerifyError> {
        // Check 2: `cap-root`.
        Cap::recv(self.code.tree(), LABEL_COMMITMENT, channel)
    }

    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&CommittedRows],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        // Steps 1 and 2: a random combination of all rows, and its value.
        let alpha = channel.challenge(LABEL_ALPHA);
        let [mut row, evaluation] = self.combined_rows(&opening, alpha);
        let low = &opening.claim.point[self.num_vars - self.code.log_row_len..];
        channel.send_scalars(LABEL_PROXIMITY, &[inner_product(&row, &eq_evals(low))]);

        // Steps 3 and 4: both combinations in one.
        let beta = channel.challenge(LABEL_BETA);
        scale_add(&mut row, beta, &evaluation);
        channel.send_scalars(LABEL_ROW, &row);

        // Step 5: positions.
        let positions = self.draw_positions(channel);

        // Step 6: columns.
        for (rows, pieces) in hints.iter().zip(opening.pieces) {
            rows.send(&rows_of(&self.code, pieces, self.rows_per_piece()), &positions, OPENINGS, channel);
        }
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&Cap],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let failed = |check| Err(VerifyError::Check { check });
        let PieceClaim { coefficients, point, value } = claim;
        let (high, low) = point.split_at((self.num_vars - self.code.log_row_len).min(point.len()));

        // Steps 1 to 4: the combined row.
        let alpha = channel.challenge(LABEL_ALPHA);
        let [proximity] = channel.recv_scalars(LABEL_PROXIMITY, 1)?[..] else { return failed(CHECK_EVALUATION) };
        let beta = channel.challenge(LABEL_BETA);
        let row = channel.recv_scalars(LABEL_ROW, 1 << self.code.log_row_len)?;

        // Check 1: the combined row has the claimed value.
        if inner_product(&row, &eq_evals(low)) != proximity + beta * value {
            return failed(CHECK_EVALUATION);
        }

        // Step 5: positions.
        let positions = self.draw_positions(channel);

        // Step 6: columns. Check 3: `merkle`.
        let row_weights = eq_evals(high);
        let mut alphas = Powers::new(alpha);
        let mut values = vec![Fr::zero(); positions.len()];
        for (cap, coefficients) in commitments.iter().zip(coefficients) {
            let of_claim = coefficients.iter().flat_map(|c| row_weights.iter().map(move |w| beta * c * w));
            let weights: Vec<Fr> = of_claim.map(|weight| alphas.draw() + weight).collect();
            let columns = recv_openings(cap, weights.len(), &positions, OPENINGS, channel)?;
            for (value, column) in values.iter_mut().zip(&columns) {
                *value += inner_product(column, &weights);
            }
        }

        // Check 4: the row is that combination of the committed rows.
        let codeword = ntt::encode(&row, self.code.log_inv_rate);
        if !positions.iter().zip(&values).all(|(&position, value)| codeword.get(position) == Some(value)) {
            return failed(CHECK_ROW);
        }
        Ok(())
    }

    fn commitment_bytes(&self, _num_pieces: usize) -> usize {
        self.code.tree().cap_bytes()
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        let row = SCALAR_BYTES + (SCALAR_BYTES << self.code.log_row_len);
        let columns: usize = num_pieces.iter().map(|&k| query_bytes(&self.code, k * self.rows_per_piece())).sum();
        row + columns
    }
}
