//! KZH-k [KZH25] over powers of tau: a polynomial is opened by commitments to its rows, which pairings compare with it; a
//! combination of the rows is opened in turn, down to a last row in clear. An opening makes no quotient.
//!
//! # Statement
//! For pieces `p_i` in `l` variables, bound by `C_i = [p_i(tau)]_1` where `p_i(X) = sum_j p_i(j) X^j`, and coefficients
//! `c_i`: the multilinear extension of `f_0 = sum_i c_i p_i` is `v_0` at `x`.
//!
//! # Rounds
//! The first `l - 4` coordinates of the point are cut into parts of four, the last of which may be shorter ([`Level`]); `q` is
//! the number of parts, `n_t` is 2 to the length of part `t`. `f_{t-1}` is a matrix of `n_t` rows `d_{t,i}` of `N_t` coefficients,
//! `f_{t-1}(X) = sum_i X^(i N_t) d_{t,i}(X)`, and `x_{>t}` are the `log N_t` coordinates after part `t`.
//!
//! | | prover | verifier |
//! |---|---|---|
//! | commit | all `C_i` of the batch | |
//! | for `t = 1, ..., q` | `D_{t,i} = [d_{t,i}(tau)]_1`, `v_{t,i} = d_{t,i}(x_{>t})` | |
//! | | | `rho_t`: `f_t = sum_i rho_t^i d_{t,i}`, `v_t = sum_i rho_t^i v_{t,i}` |
//! | last | the coefficients `a_j` of `f_q`, 16 of them (`2^l` for `l < 4`) | |
//! | | | `omega` |
//!
//! `F_0 = sum_i c_i C_i`, and `F_t = sum_i rho_t^i D_{t,i}`.
//!
//! # Checks
//! 1. `point`: the point has `l` coordinates (test `rejects_points_of_another_length`).
//! 2. `rows`, for each `t`: `sum_i eq(x_t, i) v_{t,i} = v_{t-1}` (test `rejects_a_wrong_value_with_honest_messages`).
//! 3. `last`: `sum_j eq(x_{>q}, j) a_j = v_q` (test `rejects_wrong_values_of_rows`).
//! 4. `pairing`: the equations (a) `e(F_{t-1}, [1]_2) = prod_i e(D_{t,i}, [tau^(i N_t)]_2)` for each `t`, and (b)
//!    `F_q = sum_j a_j [tau^j]_1`, combined under powers of `omega`. What is paired with `[1]_2` is one multi-scalar
//!    multiplication; every other `D_{t,i}` is in one pairing (tests `rejects_a_last_row_of_another_polynomial` and
//!    `rejects_rows_of_another_polynomial`).
//!
//! # Soundness
//! In the algebraic group model every point sent comes with a polynomial, of no more coefficients than anyone has powers. (a) and
//! (b) are equations between points with known polynomials and fixed powers of tau; unless `tau` is found as the root of a polynomial that
//! is not zero, they hold of the polynomials [FKL18]. Errors are over the order of the field:
//!
//! * `omega`, `q`: one of the `q + 1` equations is wrong, and their combination is not.
//! * `rho_t`, `n_t - 1`: some `d_{t,i}` has more than `N_t` coefficients or another value at `x_{>t}` than `v_{t,i}`, and `f_t` is short
//!   and has the value `v_t`. The `d_{t,i}` and `v_{t,i}` are fixed before `rho_t`; one coefficient of `f_t`, or the
//!   difference of the values, is a polynomial in `rho_t` of degree below `n_t` that is not zero.
//!
//! So from the last row up: `f_q` has the coefficients that are in clear, and by check 3 the value `v_q`. If `f_t` has at most `N_t`
//! coefficients and the value `v_t`, then so have all rows `d_{t,i}`; by (a) `f_{t-1}` consists of these rows and of nothing
//! else, and by check 2 its value is `v_{t-1}`. Together `q + sum_t (n_t - 1)`, less than `5 l`: the length of a ceremony does not
//! enter, for **nothing bounds a degree but a random combination, and that of rows is the one that is opened**. Besides that
//! KZG's own assumption, q-DLOG with powers in both groups [KZG10; FKL18]. Ceremonies publish these powers whatever a scheme
//! does with them.
//!
//! # Departure
//! The paper's string has a secret `mu_i` for every row and a generator `G_j` of unknown logarithm for every position in one: `mu_i G_j`
//! for commitments and `[mu_i]_2` to pair with rows. No ceremony has made one. Here `mu_i G_j` is `[tau^(i N + j)]_1`, so that
//! commitments are those of the other pairing schemes and any powers of tau do. Then the paper's verifier, who combines rows
//! by `eq(x_t, i)`, is wrong: rows that are too long may overlap so that both their sum and their combination come out as if they were
//! short. The test `the_paper_s_combination_is_unsound_over_powers_of_tau` has the forger. Combining by powers of a challenge drawn
//! after the rows, and sending the rows' values before it, is what repairs it: `n_t` scalars more a part.
//!
//! Rows are those of the combination and are committed to at the opening. The paper has provers keep the rows of every polynomial
//! from the time they commit, and open for a few of them without a large multiplication. That is a second multiplication of each
//! column; an opening here combines all columns of a run, and costs one multiplication of full-size scalars for all of them.
//!
//! Not hiding: values of rows are in the proof.
//!
//! # Cost
//! The prover multiplies `2^l` scalars in the `D_{1,i}`, a sixteenth of that in the `D_{2,i}`, and so on: `16 / 15` times
//! `2^l`, where Mercury multiplies `2 * 2^l`, and HyperKZG `3 * 2^l`. Field work is two products a coefficient for the rows' values and their combination, and again
//! a sixteenth of that on the next part. The verifier's Miller loops are 15 a full part and one more. An opening is 64
//! bytes a row and 512 for the last: 4,608 for `2^20` coefficients.

#![forbid(unsafe_code)]

mod prover;
#[cfg(test)]
mod tests;

use ark_ff::{One, Zero};
use lariat_algebra::msm::{RowValues, msm};
use lariat_algebra::poly::{Powers, eq_evals};
use lariat_algebra::wide::inner_product;
use lariat_algebra::{Fr, G1Affine, G1Projective, column::Column, par};
use lariat_kzg::{Kzg, PairedPoints, PowersOfTau, SetupError};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, piece_vars};
use lariat_pcs::{
    ErrorTerm, Hardness, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, VerifyError,
    recv_part_points,
};
use lariat_transcript::encoding::{POINT_BYTES, SCALAR_BYTES};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::{Arc, OnceLock};

const LABEL_COMMITMENTS: &str = "kzh/commitments";
const LABEL_ROWS: &str = "kzh/rows";
const LABEL_VALUES: &str = "kzh/values";
const LABEL_RHO: &str = "kzh/rho";
const LABEL_LAST: &str = "kzh/last";
const LABEL_OMEGA: &str = "kzh/omega";

/// Coordinates of a full part: 16 rows. With 8, an opening of `2^20` coefficients would have 1.2 kB less and a tenth more scalars; with
/// 32, twice the pairings.
const PART_VARS: usize = 4;
/// Coordinates that are left for the last row, which is in clear.
const LAST_VARS: usize = 4;

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Kzh::KIND,
    summary: "powers of tau; one point a column, openings without quotients; some sixty pairings",
    needs_setup: true,
    setup: |workload, resources| {
        let powers = lariat_kzg::for_scheme(resources, Kzh::KIND)?;
        let scheme = Kzh::new(&powers, piece_vars(workload.num_vars))?;
        Ok(Arc::new(Batched(scheme)) as Arc<dyn Pcs>)
    },
};

/// A polynomial as a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Logarithm of the number of rows.
    pub log_rows: usize,
    /// Logarithm of the number of coefficients of a row.
    pub log_len: usize,
}

impl Level {
    fn num_rows(self) -> usize {
        1 << self.log_rows
    }

    /// Those of a polynomial in so many variables, from the longest rows down.
    fn all(num_vars: usize) -> Vec<Self> {
        let mut left = num_vars;
        std::iter::from_fn(|| {
            let log_rows = left.saturating_sub(LAST_VARS).min(PART_VARS);
            left -= log_rows;
            (log_rows > 0).then_some(Self { log_rows, log_len: left })
        })
        .collect()
    }
}

/// The scheme for pieces in `l` variables.
#[derive(Clone, Debug)]
pub struct Kzh {
    kzg: Arc<Kzg>,
    levels: Vec<Level>,
    verifier: Arc<VerifierPoints>,
}

/// What a verifier reads of a setup.
#[derive(Debug)]
struct VerifierPoints {
    /// `[tau^j]_1` for the positions `j` of the last row.
    last: Vec<G1Affine>,
    /// `[1]_2`, and `[tau^(i N_t)]_2` for each level and `0 < i < n_t`.
    in_g2: Vec<lariat_kzg::G2Affine>,
    /// The latter with their lines, made at the first check.
    paired: OnceLock<PairedPoints>,
}

impl VerifierPoints {
    fn new(setup: &PowersOfTau, num_vars: usize, levels: &[Level]) -> Result<Self, SetupError> {
        let mut in_g2 = vec![setup.verifying_key().h];
        for level in levels {
            in_g2.extend(setup.spaced_powers(level.log_len, level.log_rows)?.iter().skip(1));
        }
        Ok(Self { last: setup.prefix(num_vars.min(LAST_VARS))?, in_g2, paired: OnceLock::new() })
    }

    fn paired(&self) -> &PairedPoints {
        self.paired.get_or_init(|| PairedPoints::new(&self.in_g2))
    }
}

/// Commitments to the pieces of a batch, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceCommitments(Vec<G1Affine>);

/// A level's messages and challenge.
struct Round {
    rows: Vec<G1Affine>,
    rho: Fr,
}

impl Kzh {
    /// The scheme for pieces in `piece_vars` variables under a setup.
    ///
    /// # Errors
    /// [`PcsError::SetupTooSmall`] when the setup has fewer than `2^piece_vars` powers, and [`PcsError::Parameters`] when
    /// those that a verifier uses cannot be read.
    pub fn new(setup: &Arc<PowersOfTau>, piece_vars: usize) -> Result<Self, PcsError> {
        let kzg = Kzg::shared(setup, piece_vars, Self::KIND)?;
        let levels = Level::all(piece_vars);
        let bad = |e: SetupError| PcsError::Parameters { kind: Self::KIND, reason: e.to_string() };
        let verifier = Arc::new(VerifierPoints::new(setup, piece_vars, &levels).map_err(bad)?);
        Ok(Self { kzg, levels, verifier })
    }

    /// The univariate scheme underneath.
    pub fn kzg(&self) -> &Kzg {
        &self.kzg
    }

    /// The matrices that a polynomial is opened by, from the longest rows down.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Coefficients of the last row.
    fn last_len(&self) -> usize {
        1 << self.kzg.log_len().min(LAST_VARS)
    }

    /// Whether (a) and (b) hold of the combination `pieces` of commitments.
    fn check_pairings(&self, pieces: (Vec<G1Affine>, Vec<Fr>), rounds: &[Round], last: &[Fr], omega: Fr) -> bool {
        let (mut points, mut scalars) = pieces;
        // What is paired with other points than [1]_2, in the order of the levels.
        let mut others: Vec<(G1Affine, Fr)> = Vec::new();
        let mut weight = Fr::one();
        for round in rounds {
            // Equation t with weight omega^(t-1): -D_{t,0} here; equation t + 1: F_t here.
            let next = weight * omega;
            points.extend(&round.rows);
            scalars.extend(Powers::new(round.rho).take(round.rows.len()).enumerate().map(|(i, power)| {
                let own = if i == 0 { weight } else { Fr::zero() };
                next * power - own
            }));
            others.extend(round.rows.iter().skip(1).map(|row| (*row, -weight)));
            weight = next;
        }
        points.extend(&self.verifier.last);
        scalars.extend(last.iter().map(|a| -weight * a));
        let Ok(first) = msm(&points, &scalars) else { return false };
        let scaled = par::map_collect(others.len(), |i| others[i].0 * others[i].1);
        let paired: Vec<G1Projective> = std::iter::once(first).chain(scaled).collect();
        self.verifier.paired().check(&paired)
    }
}

impl PiecePcs for Kzh {
    type Commitment = PieceCommitments;
    type Hint = ();

    const KIND: PcsKind = PcsKind::new(9, "kzh");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "q-DLOG in the groups of BN254 in the algebraic group model; one honest participant in the \
                          setup; random oracle for challenges",
            setup: self.kzg.setup().source().clone(),
            quantum: QuantumStatus::Broken,
        }
    }

    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        self.kzg.parameter_bytes(columns)
    }

    fn setup_digest(&self) -> [u8; 32] {
        self.kzg.setup().digest()
    }

    fn piece_vars(&self) -> usize {
        self.kzg.log_len()
    }

    /// Proven: the sum of [`Self::error_terms`]. Conjectured: the level of the curve.
    fn security(&self, num_pieces: usize) -> SecurityBits {
        SecurityBits { conjectured: SecurityBits::CURVE, ..ErrorTerm::sum(&self.error_terms(num_pieces)) }
    }

    /// Those of the crate's soundness section.
    fn error_terms(&self, _num_pieces: usize) -> Vec<ErrorTerm> {
        let term = |name, degree, source| ErrorTerm { name, bits: SecurityBits::of_degree(degree), source };
        let rows = self.levels.iter().map(|level| level.num_rows() - 1).sum();
        vec![
            term("rho: a row that is too long or has another value", rows, "(rows - 1) / r a level"),
            term("omega: a wrong pairing equation", self.levels.len(), "levels / r"),
        ]
    }

    fn hardness(&self) -> Vec<Hardness> {
        vec![Hardness::CURVE, Hardness::PAIRING, Hardness::POWERS_OF_TAU]
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(PieceCommitments, ()), PcsError> {
        Ok((PieceCommitments(self.kzg.commit_rows(pieces)?), ()))
    }

    fn send_commitment(&self, commitment: &PieceCommitments, channel: &mut ProverChannel) {
        channel.send_points(LABEL_COMMITMENTS, &commitment.0);
    }

    fn recv_commitment(
        &self,
        num_pieces: usize,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<PieceCommitments, VerifyError> {
        Ok(PieceCommitments(recv_part_points(LABEL_COMMITMENTS, num_pieces, channel)?))
    }

    fn open(&self, opening: PieceOpening<'_>, _hints: &[&()], channel: &mut ProverChannel) -> Result<(), PcsError> {
        self.prove(opening.combined, opening.claim.point, channel)
    }

    fn verify(
        &self,
        commitments: &[&PieceCommitments],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let PieceClaim { mut value, point: mut rest, coefficients } = claim;
        // Check 1: the parts of the point are those of the levels.
        if rest.len() != self.kzg.log_len() {
            return Err(VerifyError::Check { check: "point" });
        }
        let mut rounds = Vec::with_capacity(self.levels.len());
        for level in &self.levels {
            // Step 1: rows and their values.
            let (part, after) = rest.split_at(level.log_rows);
            let rows = channel.recv_points(LABEL_ROWS, level.num_rows())?;
            let values = channel.recv_scalars(LABEL_VALUES, level.num_rows())?;
            // Check 2: the values of rows make up that of the matrix.
            if inner_product(&eq_evals(part), &values) != value {
                return Err(VerifyError::Check { check: "rows" });
            }

            // Step 2: their combination.
            let rho = channel.challenge(LABEL_RHO);
            value = Powers::new(rho).zip(&values).map(|(power, v)| power * v).sum();
            rest = after;
            rounds.push(Round { rows, rho });
        }

        // Step 3: the last row.
        let last = channel.recv_scalars(LABEL_LAST, self.last_len())?;
        // Check 3: it has the value that is left.
        if inner_product(&eq_evals(rest), &last) != value {
            return Err(VerifyError::Check { check: "last" });
        }

        // Step 4. Check 4: every polynomial is made of its rows, the last one of its coefficients.
        let omega = channel.challenge(LABEL_OMEGA);
        let points = commitments.iter().flat_map(|c| &c.0).copied().collect();
        let scalars = coefficients.iter().flatten().copied().collect();
        if self.check_pairings((points, scalars), &rounds, &last, omega) {
            Ok(())
        } else {
            Err(VerifyError::Check { check: "pairing" })
        }
    }

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        POINT_BYTES * num_pieces
    }

    fn opening_bytes(&self, _num_pieces: &[usize]) -> usize {
        let rows: usize = self.levels.iter().map(|level| level.num_rows()).sum();
        rows * (POINT_BYTES + SCALAR_BYTES) + self.last_len() * SCALAR_BYTES
    }
}
