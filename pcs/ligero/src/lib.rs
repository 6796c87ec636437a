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
//! | commit, *J* | the values of the call's pieces at a point `u` that is a hash of the cap ([`lariat_merkle::samples`]) | |
//! | 0, *J* | for each commitment's point, the values there of all other commitments' pieces | |
//! | 1 | | `alpha` |
//! | 2 | `<e_k, eq(x_lo)>` for every row `e_k` below and every point `x`, but for the values that are claimed | |
//! | 3 | | `beta` |
//! | 4 | `u = sum_k beta^k e_k` | |
//! | 5 | | `t` positions |
//! | 6 | for every commitment: columns at the positions, paths | |
//!
//! Rows marked *J* are of the Johnson regime, the default ([`Options::regime`]). The points are `z` and, there, each commitment's point
//! `u_c = (u_hi, u_lo)`. The combined rows are
//!
//! * `e_0 = p = sum_k alpha^k row_k`, `k` counting all rows, for proximity;
//! * `e_1 = sum_i w_i sum_j eq(z_hi, j) row_{i,j}`, of which the claim is `<e_1, eq(z_lo)> = v`;
//! * `e_(2 + c) = sum_i alpha^(R i) sum_j eq(u_hi, j) row_{i,j}`, which has at `u_lo` the same combination of the values that were sent for
//!   `u_c`.
//!
//! # Checks
//! 1. `evaluation`: for every point `x`, `<u, eq(x_lo)> = sum_k beta^k <e_k, eq(x_lo)>`, of values sent and claimed.
//! 2. `cap-root` ([`lariat_merkle::tree`]): the cap of every tree hashes to its root.
//! 3. `merkle`: every opened column is under its cap at its position.
//! 4. `combined row`: at every position `enc(u)` has the value of that combination of the column's entries.
//!
//! # Soundness
//! A word is *close* to a codeword if they agree in at least a fraction `a` of the positions; `L` is the most codewords that are close
//! to one word, or tuples that are close to a tuple of words on common positions. `a = (1 + rho) / 2` and `L = 1` within the unique
//! decoding radius, `sqrt(rho) (1 + 1 / 512)` and `256 / rho` up to Johnson's bound ([`lariat_merkle::queries`]). Powers of a challenge
//! have mutual correlated agreement: but for exceptional challenges, a combination agrees with a codeword on a set of a fraction
//! `a` of the positions only if all words agree on that set with codewords, whose combination it then is [ACFY24, Lemma 4.10; BCIKS20,
//! Thm. 1.5; Hab25; BCGM25].
//!
//! *The row.* If check 4 passes at `t` random positions, then `enc(u)` is close to the combination of the committed rows, but for
//! `a^t`. That combination is one of words `E_k` under powers of `beta`, of which `E_0` is one of all rows under powers of `alpha`. So, but for
//! exceptional `beta` and `alpha`, all committed rows agree on one set of positions with codewords, and `u` is their combination: a
//! tuple of polynomials, of which there are at most `L`.
//!
//! *The claim.* For each such tuple: a wrong `v` makes check 1 at `z` an identity in `beta` of degree `1 + C` that fails, `C` being the number of
//! commitments with samples, as all values are sent before. A piece that has not the value at `u_c` that was sent makes the claim of `e_(2 + c)` wrong, but for
//! `R (K - 1)` values of `alpha`, `K` being the number of pieces, and that of check 1 at `u_c`.
//!
//! *Commitments that stand for themselves.* A commitment that a statement names, as that to a private input, must open to the same
//! pieces in every proof. Within the unique decoding radius the queries see to it: if the rows of all commitments are close to
//! codewords then those of each one are, without the others. Up to Johnson's bound the samples do: two tuples of a list have the same ones
//! with probability `L^2 l / (2 r)`, at a point that depends on the cap alone.
//!
//! So the error is `a^t` and terms over `r` that [`PiecePcs::error_terms`] itemises; `t` is the least number with which the first is below
//! `2^-100`. The combination for the value alone would not test proximity: its coefficients are products of `eq` at a
//! point that a caller may choose and of powers of challenges, and many may be zero, so that no theorem speaks of them. One row
//! that is all of them costs some scalars, where [AHIV17] and [GLSTW21] send two rows.
//!
//! Conjectured: agreement at list-decoding capacity; within the unique decoding radius, the best attack known on what a commitment binds: a
//! column of words half-way between two codewords opens to either with about `((1 + rho) / 2)^t`
//! ([`lariat_merkle::queries`]), so that there nothing is gained over what is proven.
//! Collisions of BLAKE3 take `2^128` work.
//!
//! In the random oracle model for BLAKE3 and the channel's hash; not hiding.
//!
//! # Sizes
//! `c` is the one with the shortest proof for two thirds of the pieces in the workload ([`Ligero::new`]); a proof takes `C + t m + 1`
//! scalars and the paths, about `sqrt(4 t K 2^l)` scalars for `K` pieces.

#![forbid(unsafe_code)]

#[cfg(test)]
mod tests;

use ark_ff::{Field, Zero};
use lariat_algebra::ifma::slices::{inner_product, scale_add};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::ntt;
use lariat_algebra::poly::{Powers, eq_evals};
use lariat_algebra::{Fr, par};
use lariat_merkle::queries::COLLISION_BITS;
use lariat_merkle::{
    CommittedRows, OpeningLabels, RateAndRegime, Regime, RowCode, SampleLabels, SampledCommitment, recv_openings,
    samples,
};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, Shape, piece_vars, values_of_a_commitment};
use lariat_pcs::{
    ErrorTerm, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError, Workload,
};
use lariat_transcript::encoding::SCALAR_BYTES;
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::Arc;

/// Bits of soundness of the queries. They rest on no conjecture: see [`lariat_merkle::queries`].
pub const TARGET_BITS: u32 = 100;
/// Logarithm of the inverse of the smallest rate.
const MAX_LOG_INV_RATE: usize = 8;

const SAMPLES: SampleLabels =
    SampleLabels { cap: "ligero/commitment", own: "ligero/samples", others: "ligero/samples of others" };
const LABEL_ALPHA: &str = "ligero/alpha";
const LABEL_VALUES: &str = "ligero/values";
const LABEL_BETA: &str = "ligero/beta";
const LABEL_ROW: &str = "ligero/row";
const LABEL_QUERIES: &str = "ligero/queries";

/// Labels of opened columns, and the check that they are under the cap.
const OPENINGS: OpeningLabels = OpeningLabels { leaves: "ligero/columns", paths: "ligero/paths", check: "merkle" };

const CHECK_EVALUATION: &str = "evaluation";
const CHECK_ROW: &str = "combined row";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Ligero::KIND,
    summary: "transparent; hash-based, square-root proofs; plausibly post-quantum",
    needs_setup: false,
    setup: |workload, _| Ok(Arc::new(Batched(Ligero::new(workload, Options::default())?)) as Arc<dyn Pcs>),
};

/// What a user may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Logarithm of the inverse of the rate, at most 8.
    pub log_inv_rate: usize,
    /// How close to the code counts as close.
    pub regime: Regime,
}

impl Default for Options {
    /// Rate 1/2, up to Johnson's bound.
    fn default() -> Self {
        Self { log_inv_rate: 1, regime: Regime::Johnson }
    }
}

/// The scheme for pieces of one length.
#[derive(Clone, Debug)]
pub struct Ligero {
    num_vars: usize,
    code: RowCode,
}

impl Ligero {
    /// The scheme for a workload, with the row length that makes its proofs shortest if two thirds of its
    /// pieces are sent: about as many are not zero in the runs that were measured.
    ///
    /// # Errors
    /// When the rate is not below one, or the field has no domain of the size needed.
    pub fn new(workload: Workload<'_>, options: Options) -> Result<Self, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        let num_pieces: usize = Shape::new(num_vars, &[workload.num_vars]).num_pieces().iter().sum();
        (0..=num_vars)
            .filter_map(|log_row_len| Self::with_row_len(num_vars, log_row_len, options).ok())
            .min_by_key(|scheme| scheme.estimated_bytes(Self::usually_sent(num_pieces)))
            .ok_or_else(|| Self::no_domain(num_vars, options.log_inv_rate))
    }

    fn usually_sent(num_pieces: usize) -> usize {
        num_pieces - num_pieces / 3
    }

    /// The scheme for pieces in `num_vars` variables in rows of `2^log_row_len` evaluations.
    ///
    /// # Errors
    /// When the rate is not below one, the field has no domain of the size needed, or rows are longer than pieces.
    pub fn with_row_len(num_vars: usize, log_row_len: usize, options: Options) -> Result<Self, PcsError> {
        let Options { log_inv_rate, regime } = options;
        let rate_exists = (1..=MAX_LOG_INV_RATE).contains(&log_inv_rate);
        if !rate_exists || log_row_len > num_vars || log_row_len + log_inv_rate > ntt::MAX_LOG_SIZE {
            return Err(Self::no_domain(log_row_len, log_inv_rate));
        }
        let queries = RateAndRegime::new(log_inv_rate, regime).num_queries(TARGET_BITS);
        let code = RowCode { log_row_len, log_inv_rate, queries, regime };
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

    /// Bytes of a proof over so many pieces in one commitment; in 64 bits, for all shapes that the search for the shortest one
    /// sees.
    fn estimated_bytes(&self, num_pieces: usize) -> u64 {
        let tree = self.code.tree();
        let (queries, scalar) = (self.code.queries as u64, SCALAR_BYTES as u64);
        let paths = tree.cap_bytes() as u64 + queries * tree.path_bytes() as u64;
        let values = num_pieces * self.code.regime.samples() + self.num_values(1);
        scalar * values as u64
            + (scalar << self.code.log_row_len)
            + paths
            + queries * scalar * num_pieces as u64 * self.rows_per_piece() as u64
    }

    /// Number of values of combined rows that are sent, for so many commitments: those of a row and a point for each claim, but for
    /// the claims.
    fn num_values(&self, num_commitments: usize) -> usize {
        (1 + num_commitments * self.code.regime.samples()).pow(2)
    }

    /// The coordinates of a point that choose a row of a piece, and those within a row.
    fn split<'a>(&self, point: &'a [Fr]) -> (&'a [Fr], &'a [Fr]) {
        point.split_at((self.num_vars - self.code.log_row_len).min(point.len()))
    }

    /// Rows of a piece.
    fn rows_per_piece(&self) -> usize {
        1 << (self.num_vars - self.code.log_row_len)
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

    /// The combined rows `e_k`: of all rows for their proximity, for the claim's value, and for the samples at points.
    fn combined_rows(&self, opening: &PieceOpening<'_>, points: &[Vec<Fr>], alpha: Fr) -> Vec<Vec<Fr>> {
        let at = |evals: &[Fr], point: &[Fr]| self.combine_rows_of(evals, &eq_evals(self.split(point).0));
        let evaluation = at(&opening.combined, opening.claim.point);
        // Row j of piece i has the number i R + j: pieces are combined first.
        let rows: Vec<Fr> = Powers::new(alpha).take(self.rows_per_piece() + 1).collect();
        let (within, across) = rows.split_at(self.rows_per_piece());
        let across = across.iter().copied().sum();
        let pieces = opening.pieces.iter().flatten().copied();
        let terms: Vec<(Fr, RowValues<'_>)> = Powers::new(across).zip(pieces).collect();
        let pieces = combine_rows(&terms, 1 << self.num_vars);
        let mut all = vec![self.combine_rows_of(&pieces, within), evaluation];
        all.extend(points.iter().map(|point| at(&pieces, point)));
        all
    }
}

impl PiecePcs for Ligero {
    type Commitment = SampledCommitment;
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
        let mut hasher = blake3::Hasher::new_derive_key("lariat-ligero 2026 setup digest v2");
        let RowCode { log_row_len, log_inv_rate, queries, regime: _ } = self.code;
        for x in [self.num_vars, log_row_len, log_inv_rate, queries, self.code.regime.samples()] {
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
        let line = match self.code.regime {
            Regime::Unique => 1,
            Regime::Johnson => num_pieces + 1,
        };
        let proximity = rate.curve(rows - 1, self.code.log_domain()).and(rate.curve(line, self.code.log_domain()));
        let queries = rate.queries(self.code.queries);
        if self.code.regime == Regime::Unique {
            // A matrix that is close has one tuple of polynomials. The attack on binding is the best one known.
            let binding = rate.binding(self.code.queries);
            let queries = SecurityBits { proven: queries.proven, conjectured: binding.conjectured };
            return vec![
                term(
                    "queries; one message a commitment",
                    queries,
                    "(1 - delta)^t for half the distance [AHIV17; GLSTW21], reached by words half-way between two codewords",
                ),
                term("proximity of all rows", proximity, "[BCIKS20, Thm. 1.5]"),
                term("combined claim", rate.identity(1), "1 / r"),
            ];
        }
        // The pieces of a wrong sample have powers of alpha^R: a polynomial of degree R (K - 1) in alpha.
        let powers = self.rows_per_piece().saturating_mul(num_pieces.saturating_sub(1));
        vec![
            term("queries", queries, "a^t [BCIKS20; Hab25]"),
            term("proximity of all rows", proximity, "[BCIKS20, Thm. 1.5; Hab25; BCGM25]"),
            term("combined claims", rate.identity(num_pieces + 1), "L (1 + commitments) / r"),
            term(
                "samples: one message a commitment",
                // At most as many commitments as pieces.
                rate.samples(self.num_vars as f64, num_pieces).and(rate.identity(powers)),
                "L^2 l / (2 r) a commitment: two polynomials of a list agree at one point; L R (K - 1) / r for wrong ones in the combination",
            ),
        ]
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(SampledCommitment, CommittedRows), PcsError> {
        let rows = self.code.commit(pieces, self.rows_per_piece());
        Ok((SampledCommitment::new(rows.cap(), pieces, self.num_vars, self.code.regime), rows))
    }

    fn send_commitment(&self, commitment: &SampledCommitment, channel: &mut ProverChannel) {
        commitment.send(self.code.regime, SAMPLES, channel);
    }

    fn recv_commitment(
        &self,
        num_pieces: usize,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<SampledCommitment, VerifyError> {
        // Check 2: `cap-root`.
        SampledCommitment::recv(self.code.tree(), num_pieces, self.code.regime, SAMPLES, channel)
    }

    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&CommittedRows],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        // Step 0: samples.
        let regime = self.code.regime;
        let points = samples::send_others(hints, opening.pieces, self.num_vars, regime, SAMPLES, channel);

        // Steps 1 and 2: combinations of rows, and their values.
        let alpha = channel.challenge(LABEL_ALPHA);
        let rows = self.combined_rows(&opening, &points, alpha);
        let mut values = Vec::with_capacity(self.num_values(points.len()));
        for (j, point) in std::iter::once(opening.claim.point).chain(points.iter().map(Vec::as_slice)).enumerate() {
            let weights = eq_evals(self.split(point).1);
            // The claim at point j is on row j + 1.
            let others = rows.iter().enumerate().filter(|(k, _)| *k != j + 1);
            values.extend(others.map(|(_, row)| inner_product(row, &weights)));
        }
        channel.send_scalars(LABEL_VALUES, &values);

        // Steps 3 and 4: all combinations in one.
        let beta = channel.challenge(LABEL_BETA);
        let mut row = vec![Fr::zero(); 1 << self.code.log_row_len];
        for (power, combined) in Powers::new(beta).zip(&rows) {
            scale_add(&mut row, power, combined);
        }
        channel.send_scalars(LABEL_ROW, &row);

        // Step 5: positions.
        let positions = self.code.draw_positions(LABEL_QUERIES, channel);

        // Step 6: columns.
        for (rows, pieces) in hints.iter().zip(opening.pieces) {
            rows.send(&self.code.rows_of(pieces, self.rows_per_piece()), &positions, OPENINGS, channel);
        }
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&SampledCommitment],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let failed = |check| Err(VerifyError::Check { check });
        let PieceClaim { coefficients, point, value } = claim;

        // Step 0: samples.
        let sampled = samples::recv_others(commitments, self.num_vars, self.code.regime, SAMPLES, channel)?;

        // Steps 1 to 4: the combined row.
        let alpha = channel.challenge(LABEL_ALPHA);
        let sent = channel.recv_scalars(LABEL_VALUES, self.num_values(sampled.len()))?;
        let beta = channel.challenge(LABEL_BETA);
        let row = channel.recv_scalars(LABEL_ROW, 1 << self.code.log_row_len)?;

        // Check 1: the combined row has the values that are claimed and sent.
        let across = alpha.pow([self.rows_per_piece() as u64]);
        let of_pieces: Vec<Fr> = Powers::new(across).take(coefficients.iter().map(Vec::len).sum()).collect();
        let of_samples = sampled.iter().map(|s| (s.point.as_slice(), s.combine(&of_pieces)));
        let claims: Vec<(&[Fr], Fr)> = std::iter::once((point, value)).chain(of_samples).collect();
        let betas: Vec<Fr> = Powers::new(beta).take(claims.len() + 1).collect();
        for ((j, (point, value)), others) in claims.iter().enumerate().zip(sent.chunks(claims.len())) {
            // The claim at point j is on row j + 1.
            let mut values = others.to_vec();
            values.insert(j + 1, *value);
            if inner_product(&row, &eq_evals(self.split(point).1)) != inner_product(&values, &betas) {
                return failed(CHECK_EVALUATION);
            }
        }

        // Step 5: positions.
        let positions = self.code.draw_positions(LABEL_QUERIES, channel);

        // Step 6: columns. Check 3: `merkle`.
        let of_value = eq_evals(self.split(point).0);
        // For every row of a piece, what samples weigh it with beside the power of the piece.
        let mut of_samples = vec![Fr::zero(); self.rows_per_piece()];
        for (sampled, power) in sampled.iter().zip(betas.iter().skip(2)) {
            scale_add(&mut of_samples, *power, &eq_evals(self.split(&sampled.point).0));
        }
        let mut alphas = Powers::new(alpha);
        let mut pieces = of_pieces.iter();
        let mut values = vec![Fr::zero(); positions.len()];
        for (commitment, coefficients) in commitments.iter().zip(coefficients) {
            let mut weights = Vec::with_capacity(coefficients.len() * self.rows_per_piece());
            for (c, piece) in coefficients.iter().zip(&mut pieces) {
                let of_claims = of_value.iter().zip(&of_samples).map(|(v, s)| beta * c * v + *piece * s);
                weights.extend(of_claims.map(|weight| alphas.draw() + weight));
            }
            let columns = recv_openings(&commitment.cap, weights.len(), &positions, OPENINGS, channel)?;
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

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        SampledCommitment::bytes(self.code.tree(), num_pieces, self.code.regime)
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        let values = samples::num_others(num_pieces, self.code.regime) + self.num_values(num_pieces.len());
        let row = SCALAR_BYTES * values + (SCALAR_BYTES << self.code.log_row_len);
        let columns: usize = num_pieces.iter().map(|&k| self.code.query_bytes(k * self.rows_per_piece())).sum();
        row + columns
    }
}
