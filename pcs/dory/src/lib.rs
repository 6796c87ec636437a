//! Dory [Lee21]: a polynomial is a matrix; its commitment is one element of the pairing's target group, made of Pedersen
//! commitments to the rows; an evaluation is proven by `sigma` rounds that each halve two vectors of points.
//!
//! # Statement
//! For pieces `f_i` in `l` variables, bound by `T_i` in GT: `sum_i c_i f_i(x) = y`. Columns of all sizes are reduced to
//! this by [`lariat_pcs::batch`].
//!
//! A piece is a matrix of `2^(l - sigma)` rows of `n = 2^sigma` consecutive evaluations, with at least as many columns
//! as rows ([`Dory::log_columns_for`]); `x` is the row coordinates, then the column coordinates. Row `j` has the
//! commitment `<M_j, Gamma_1>` in G1, and `T = <(row commitments), Gamma_2>` in GT [AFGHO16]: an inner product of
//! points is the product of their pairings. GT is written additively. `Gamma_1`, `Gamma_2` are `n` generators of each
//! group, made by hashing ([`generators`]); prefixes of them serve the shorter vectors. A commitment to zeros is the
//! identity. Since commitments add up, the statement is one about `T = sum_i c_i T_i`.
//!
//! # Rounds
//! With `v_1` the row commitments (identities past the last row), `v` the combination `L M` of the rows under
//! `L = eq(row coordinates, .)`, `v_2 = v Gamma_2[0]`, `s_1 = R = eq(column coordinates, .)`, and `s_2 = L` followed by
//! zeros, `y = <L M, R>` is the case of a statement about vectors [Lee21, §5]:
//!
//! `D_1 = <v_1, Gamma_2>`, `D_2 = <Gamma_1, v_2>`, `C = <v_1, v_2>`, `E_1 = <v_1, s_2>`, `E_2 = <s_1, v_2>`.
//!
//! | | prover | verifier |
//! |---|---|---|
//! | commit | all `T_i` | |
//! | 1 | `E_1`, `C_1 = <v_1, v>` | |
//! | 2 | for `k = sigma, .., 1`, vectors of length `2^k`, halves `L` and `R`, and `'` for the first half of generators: `D_1L = <v_1L, Gamma_2'>`, `D_1R`, `D_2L = <Gamma_1', v_2L>`, `D_2R`, `E_1b = <Gamma_1, s_2>`, `E_2b = <s_1, Gamma_2>` | |
//! | 3 | | `beta`; `v_1 += beta Gamma_1`, `v_2 += beta^-1 Gamma_2` |
//! | 4 | `C_+ = <v_1L, v_2R>`, `C_- = <v_1R, v_2L>`, `E_1+ = <v_1L, s_2R>`, `E_1- = <v_1R, s_2L>`, `E_2+ = <s_1L, v_2R>`, `E_2- = <s_1R, v_2L>` | |
//! | 5 | | `alpha`; `v_1 = alpha v_1L + v_1R`, `s_1` alike; `v_2 = alpha^-1 v_2L + v_2R`, `s_2` alike |
//! | 6 | after all rounds, with vectors of length one: `V_1 = v_1[0]`, `V_2 = v_2[0]` | |
//! | 7 | | `d` |
//!
//! The verifier starts from `D_1 = T`, `D_2 = e(E_1, Gamma_2[0])`, `C = e(C_1, Gamma_2[0])`, `E_2 = y Gamma_2[0]`, and
//! each round makes the five anew, linearly in the messages [Lee21, §3.2, §4.2]:
//!
//! * `C += chi_k + beta D_2 + beta^-1 D_1 + alpha C_+ + alpha^-1 C_-`, of the `D` before the round;
//! * `D_1 = alpha D_1L + D_1R + alpha beta chi_(k-1) + beta Delta_1R`, and
//!   `D_2 = alpha^-1 D_2L + D_2R + (alpha beta)^-1 chi_(k-1) + beta^-1 Delta_2R`;
//! * `E_1 += beta E_1b + alpha E_1+ + alpha^-1 E_1-`, and `E_2 += beta^-1 E_2b + alpha E_2+ + alpha^-1 E_2-`.
//!
//! `chi_k` and `Delta` are inner products of parts of the generators: public constants, kept in [`constants`]. The entries of `s_1` and `s_2`
//! in the end are products of one factor a round, as both are tensors.
//!
//! # Checks
//! All are made at the end, the cheap ones first.
//! 1. Coefficients are as many as pieces, and the point has `l` coordinates.
//! 2. Coordinates in messages of GT and G2 are below `q` (scalars and G1: the channel).
//! 3. Points are on G2's curve.
//! 4. The two coordinates of an element of GT are those of a cyclotomic element: the first is zero for the identity alone
//!    ([`gt`]).
//! 5. Challenges are not zero.
//! 6. `E_1 = s_2[0] V_1`.
//! 7. Points are in G2 ([`g2`]).
//! 8. `E_2 = s_1[0] V_2`.
//! 9. Elements are in GT.
//! 10. `e(V_1 + d Gamma_1[0], V_2 + d^-1 Gamma_2[0]) = chi_0 + C + d D_2 + d^-1 D_1`, as one product of two pairings and
//!     one product of powers in GT, of the `T_i` and all messages: no round computes in GT.
//!
//! # Soundness
//! Beyond a break of symmetric external Diffie-Hellman, under which both commitments bind [AFGHO16; Lee21]:
//!
//! * Check 10 is a Laurent polynomial identity in `d` with exponents from -1 to 1: it implies `C = e(V_1, V_2)`,
//!   `D_1 = e(V_1, Gamma_2[0])` and `D_2 = e(Gamma_1[0], V_2)` but for 2 values of `d`.
//! * If the statement about vectors is false before a round, then it is false after it but for 2 values of
//!   `beta` and 2 of `alpha`: what each must cancel has exponents from -1 to 1 [Lee21, §3.2, §4.2].
//!
//! So the error is `(4 sigma + 2) / r` for an opening, and three values of every challenge extract the vectors.
//! `D_1 = T` then determines `v_1` and with it `E_1 = <v_1, L>`; `D_2 = e(E_1, Gamma_2[0])` determines `v_2`, which
//! depends linearly on `L`; and `E_2` determines `y`, linear in `R`: whoever opens at enough points opens to the values
//! of one multilinear polynomial, and to one value at any point. `C` is the prover's to choose: sending `C_1` in its place
//! restricts it to nothing that is false.
//!
//! Membership in GT is no condition of this argument, for an exponentiation by GT's cofactor maps a proof with
//! elements of the cyclotomic subgroup outside of it to one without. It is tested all the same, so that a product of
//! pairings has one encoding and products of powers may use exponents modulo `r`.
//!
//! Transparent; not post-quantum; not hiding.
//!
//! # Why not a published crate
//! DECISION: `dory-pcs` 0.5 has traits for the field, the groups, the pairing, the transcript and the inner loops, which
//! could be implemented for the types used here. We implement the protocol ourselves because its proof is a structure
//! that carries the matrix's shape and the number of rounds, absorbed apart from its encoding, where a message here
//! exists only as bytes of the channel, of a length that follows from the statement; its generators come from
//! `Group::random`, where the seam asks for public constants with a digest; and its rounds, written against group
//! operations, leave no room for products of pairings that are shared between messages, affine folds, or a commitment
//! that enters the last equation as a product of powers.
//!
//! # Measured
//! 100 columns, a quarter Booleans, half 16-bit and a quarter 32-bit integers, uniform; processor time on one thread of a
//! Zen 4 server core whose other hardware thread was busy (the workload of `cargo bench -p lariat-dory`):
//!
//! | evaluations | columns `n` | setup | commit | open | verify | commitments | opening |
//! |---|---|---|---|---|---|---|---|
//! | 2^14 | 2^8 | 0.17 s | 1.06 s | 0.39 s | 48 ms | 12,800 B | 10,208 B |
//! | 2^16 | 2^9 | 0.32 s | 2.5 s | 0.75 s | 48 ms | 12,800 B | 11,456 B |
//! | 2^18 | 2^10 | 0.63 s | 6.6 s | 1.45 s | 52 ms | 12,800 B | 12,704 B |
//!
//! Commitments and openings spend most of their time in Miller loops, about 0.13 ms a pairing, which unlike the sums of
//! points do not use vector instructions. Nearly half of the verifier's time is tests of membership in GT, most of the rest
//! the product of powers. Setup is made once in a process for each number of columns; its figures here include pairings of
//! generators, which are constants since they were taken. Times are from before elements took a third of their
//! coordinates instead of half: decoding one costs a quarter of what it did then, when that was a twentieth of the
//! verifier's time.
#![forbid(unsafe_code)]

pub mod constants;
mod fold;
mod fq;
pub mod g2;
pub mod generators;
pub mod gt;
mod messages;
mod pairing;
mod prove;
mod setup;
#[cfg(test)]
mod tests;
mod verify;

pub use setup::{MAX_LOG_LEN, Setup};
pub use verify::{CHECK_CHALLENGES, CHECK_COLUMNS, CHECK_PRODUCTS, CHECK_ROWS};

use crate::gt::Cyclotomic;
use crate::messages::{FRAME_BYTES, LABEL_COMMITMENTS, ROUND_BYTES};
use ark_ec::CurveGroup;
use ark_ff::Zero;
use lariat_algebra::msm::{RowValues, combine_rows, msm};
use lariat_algebra::poly::eq_evals;
use lariat_algebra::{Fr, G1Affine, column::Column, par};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, Shape, piece_vars};
use lariat_pcs::{
    Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError, Workload,
};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::{Arc, OnceLock};

/// Coefficients are not as many as pieces, or the point has another number of coordinates.
pub const CHECK_SHAPE: &str = "claim fits the commitments";

/// Pairings of commitments that cost as much as what one more column adds to set-up and opening.
const PAIRINGS_PER_COLUMN: u128 = 20;
/// Full-size evaluations over fixed bases that cost as much as one term of a combination of row commitments.
const EVALUATIONS_PER_TERM: usize = 3;

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: <Dory as PiecePcs>::KIND,
    summary: "transparent; pairings; one GT element a polynomial, logarithmic openings and verification",
    needs_setup: false,
    setup: |workload, _| Dory::for_workload(workload).map(|scheme| Arc::new(Batched(scheme)) as Arc<dyn Pcs>),
};

/// The scheme with its generators.
#[derive(Clone, Debug)]
pub struct Dory {
    piece_vars: usize,
    log_columns: usize,
    /// Made when a prover first needs it: a verifier needs [`constants`] alone.
    setup: OnceLock<Arc<Setup>>,
}

impl Dory {
    /// Pieces in `piece_vars` variables, as matrices of `2^log_columns` columns. Generators are derived when they are first
    /// needed, and shared by all schemes of a process with as many columns.
    ///
    /// # Errors
    /// When there are fewer columns than rows, more columns than evaluations, or more than [`MAX_LOG_LEN`] allows.
    pub fn new(piece_vars: usize, log_columns: usize) -> Result<Self, PcsError> {
        if !(piece_vars.div_ceil(2)..=piece_vars).contains(&log_columns) {
            let reason = format!("2^{log_columns} columns for matrices of 2^{piece_vars} evaluations");
            return Err(PcsError::Parameters { kind: Self::KIND, reason });
        }
        if log_columns > MAX_LOG_LEN {
            return Err(PcsError::RowTooLong { log_row_len: log_columns, max: MAX_LOG_LEN });
        }
        Ok(Self { piece_vars, log_columns, setup: OnceLock::new() })
    }

    /// The generators.
    fn setup(&self) -> &Setup {
        if let Some(setup) = self.setup.get() {
            return setup;
        }
        // Made outside of the cell, as in `Setup::shared`.
        let made = Setup::shared(self.log_columns).expect("`new` has checked the length");
        self.setup.get_or_init(|| made)
    }

    /// The matrices that suit a workload.
    ///
    /// # Errors
    /// When pieces are too long for [`MAX_LOG_LEN`].
    pub fn for_workload(workload: Workload<'_>) -> Result<Self, PcsError> {
        let piece_vars = piece_vars(workload.num_vars);
        let num_pieces = Shape::new(piece_vars, &[workload.num_vars]).num_pieces().iter().sum();
        Self::new(piece_vars, Self::log_columns_for(piece_vars, num_pieces))
    }

    /// Logarithm of the number of columns for so many pieces: half the variables, rounded up, and one more as long as
    /// the commitments save more by having half as many rows to pair up than set-up and opening lose by having twice as
    /// many columns.
    ///
    /// A function of the shapes alone, which the verifier knows; no proof carries it.
    pub fn log_columns_for(piece_vars: usize, num_pieces: usize) -> usize {
        let pays = |log_columns: usize| {
            let rows_saved = (num_pieces as u128) << (piece_vars - log_columns) >> 1;
            rows_saved > PAIRINGS_PER_COLUMN << log_columns
        };
        let mut log_columns = piece_vars.div_ceil(2);
        while log_columns < piece_vars.min(MAX_LOG_LEN) && pays(log_columns) {
            log_columns += 1;
        }
        log_columns
    }

    /// Logarithm `sigma` of the number of columns.
    pub fn log_columns(&self) -> usize {
        self.log_columns
    }

    /// The point of `s_2`, zeros for the rows that are missing to a square matrix and then the row coordinates; and the
    /// column coordinates.
    fn split_point<'a>(&self, point: &'a [Fr]) -> Option<(Vec<Fr>, &'a [Fr])> {
        let (rows, columns) = point.split_at_checked(self.piece_vars - self.log_columns())?;
        if columns.len() != self.log_columns() {
            return None;
        }
        let mut row_point = vec![Fr::zero(); columns.len() - rows.len()];
        row_point.extend(rows);
        Some((row_point, columns))
    }

    /// Commitments to the rows of the combination, padded with identities to as many as columns: combined from those of
    /// the pieces, or made anew from the combined evaluations, whichever takes less.
    fn combined_rows(&self, coefficients: &[Vec<Fr>], hints: &[&Rows], combined: &[Fr]) -> Vec<G1Affine> {
        let columns = 1usize << self.log_columns();
        let pieces: Vec<(&[G1Affine], Fr)> = hints
            .iter()
            .zip(coefficients)
            .flat_map(|(hint, coefficients)| hint.0.iter().map(Vec::as_slice).zip(coefficients.iter().copied()))
            .collect();
        let terms: usize = pieces.iter().map(|(rows, _)| rows.len()).sum();
        let mut out = if EVALUATIONS_PER_TERM * terms < combined.len() {
            par::map_collect(combined.len() / columns, |i| {
                let (points, scalars): (Vec<G1Affine>, Vec<Fr>) =
                    pieces.iter().filter_map(|(rows, c)| Some((*rows.get(i)?, *c))).unzip();
                msm(&points, &scalars).expect("as many scalars as points").into_affine()
            })
        } else {
            let rows: Vec<RowValues<'_>> = combined.chunks(columns).map(RowValues::Field).collect();
            self.setup().gamma1.commit_rows(&rows)
        };
        out.resize(columns, G1Affine::identity());
        out
    }
}

/// Commitments to pieces, in order.
#[derive(Clone, Debug)]
pub struct Commitment(Vec<Cyclotomic>);

/// Commitments to the rows of every piece, as far as its last nonzero row.
#[derive(Clone, Debug)]
pub struct Rows(Vec<Vec<G1Affine>>);

impl PiecePcs for Dory {
    type Commitment = Commitment;
    type Hint = Rows;

    const KIND: PcsKind = PcsKind::new(5, "dory");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "symmetric external Diffie-Hellman in the groups of BN254; random oracle for the generators and \
                          challenges",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Broken,
        }
    }

    /// Commitments to the rows of all pieces.
    fn prover_bytes(&self, num_pieces: usize) -> u64 {
        (num_pieces * size_of::<G1Affine>()) as u64 * (1 << (self.piece_vars - self.log_columns()))
    }

    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        Setup::bytes(self.log_columns(), columns)
    }

    fn setup_digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("lariat-pcs 2025 dory setup digest v1");
        hasher.update(&(self.piece_vars as u64).to_le_bytes());
        hasher.update(&(self.log_columns() as u64).to_le_bytes());
        hasher.update(&constants::generators_digest(self.log_columns()));
        *hasher.finalize().as_bytes()
    }

    fn prepare_prover(&self) {
        self.setup();
    }

    fn piece_vars(&self) -> usize {
        self.piece_vars
    }

    /// Proven: `log2(r / (4 sigma + 2))`. Conjectured: the level of the curve.
    fn security(&self, _num_pieces: usize) -> SecurityBits {
        let error = SecurityBits::of_degree(4 * self.log_columns() + 2);
        SecurityBits { conjectured: error.conjectured.min(SecurityBits::CURVE), ..error }
    }

    /// One Pedersen commitment a row, then one pairing a row that is not zero; both in parallel over all pieces.
    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(Commitment, Rows), PcsError> {
        let columns = 1usize << self.log_columns();
        let num_rows = |piece: &RowValues<'_>| piece.end().div_ceil(columns);
        let rows: Vec<RowValues<'_>> =
            pieces.iter().flat_map(|p| (0..num_rows(p)).map(|i| p.slice(i * columns, columns))).collect();
        let mut commitments = self.setup().gamma1.commit_rows(&rows).into_iter();
        let rows: Vec<Vec<G1Affine>> =
            pieces.iter().map(|p| commitments.by_ref().take(num_rows(p)).collect()).collect();
        let products: Vec<_> = rows.iter().map(|rows| (rows.as_slice(), self.setup().lines())).collect();
        let commitments = pairing::products(&products).into_iter().map(Cyclotomic::from).collect();
        Ok((Commitment(commitments), Rows(rows)))
    }

    fn send_commitment(&self, commitment: &Commitment, channel: &mut ProverChannel) {
        channel.send_bytes(LABEL_COMMITMENTS, &gt::to_bytes(&commitment.0));
    }

    fn recv_commitment(&self, num_pieces: usize, channel: &mut VerifierChannel<'_>) -> Result<Commitment, VerifyError> {
        let bytes = channel.recv_bytes(LABEL_COMMITMENTS, num_pieces.saturating_mul(gt::BYTES))?;
        let commitments = gt::from_bytes(&bytes, num_pieces)?;
        match commitments.iter().position(Cyclotomic::is_one) {
            Some(index) => Err(VerifyError::ZeroPart { index }),
            None => Ok(Commitment(commitments)),
        }
    }

    fn open(&self, opening: PieceOpening<'_>, hints: &[&Rows], channel: &mut ProverChannel) -> Result<(), PcsError> {
        let PieceOpening { claim, combined, .. } = opening;
        let Some((row_point, columns)) = self.split_point(claim.point) else {
            let reason = format!("point of {} coordinates for {} variables", claim.point.len(), self.piece_vars);
            return Err(PcsError::Parameters { kind: Self::KIND, reason });
        };
        let rows = self.combined_rows(claim.coefficients, hints, &combined);
        let weights = eq_evals(&claim.point[..self.piece_vars - columns.len()]);
        let terms: Vec<(Fr, RowValues<'_>)> =
            weights.iter().copied().zip(combined.chunks(1 << columns.len()).map(RowValues::Field)).collect();
        let combined_row = combine_rows(&terms, 1 << columns.len());
        prove::prove(
            prove::Opening { setup: self.setup(), rows, combined_row, columns, row_point: &row_point },
            channel,
        );
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&Commitment],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        // Check 1.
        let counts = |pieces: &Vec<Fr>, commitment: &&Commitment| pieces.len() == commitment.0.len();
        let fits = claim.coefficients.len() == commitments.len()
            && claim.coefficients.iter().zip(commitments).all(|(pieces, commitment)| counts(pieces, commitment));
        let Some((row_point, columns)) = self.split_point(claim.point).filter(|_| fits) else {
            return Err(VerifyError::Check { check: CHECK_SHAPE });
        };
        let pieces = commitments.iter().flat_map(|commitment| commitment.0.iter().copied());
        let commitment = pieces.zip(claim.coefficients.iter().flatten().copied()).collect();
        verify::verify(
            verify::Claim {
                log_len: self.log_columns(),
                commitment,
                columns,
                row_point: &row_point,
                value: claim.value,
            },
            channel,
        )
    }

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        gt::BYTES * num_pieces
    }

    fn opening_bytes(&self, _num_pieces: &[usize]) -> usize {
        FRAME_BYTES + ROUND_BYTES * self.log_columns()
    }
}
