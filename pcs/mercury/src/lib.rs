//! Mercury [EG25, §6]: a multilinear evaluation as two inner products of square-root length, shown by KZG in a proof whose
//! size does not depend on the polynomial's.
//!
//! # Statement
//! For pieces `p_i` in `l` variables, bound by `C_i = [p_i(tau)]_1` where `p_i(X) = sum_j p_i(j) X^j`, and coefficients
//! `c_i`: the multilinear extension of `f = sum_i c_i p_i` is `v` at `x`.
//!
//! # Rounds
//! `b = 2^t` with `t = l / 2`, rounded up. The coefficients are a matrix with rows of `b`: `f(X) = sum_j f_j(X^b) X^j`
//! over its columns `f_j`. `u_1` are the last `t` coordinates of `x`, positions in a row, `u_2` the first `l - t`.
//! `P_u(X) = sum_i eq(u, i) X^i`, and `<f, g>` is the inner product of coefficients.
//!
//! | | prover | verifier |
//! |---|---|---|
//! | commit | all `C_i` of the batch | |
//! | 1 | `[h]` for `h(X) = sum_j eq(u_1, j) f_j(X)` | |
//! | 2 | | `alpha` |
//! | 3 | `[g], [q], [d]` for `f = q (X^b - alpha) + g` with `deg g < b`, and `d(X) = X^(b-1) g(1/X)` | |
//! | 4 | | `gamma` |
//! | 5 | `[S]`, see (c) | |
//! | 6 | | `zeta` |
//! | 7 | `g(zeta), g(1/zeta), h(zeta), h(1/zeta), h(alpha), S(1/zeta)` | |
//! | 8 | | `beta` |
//! | 9 | `W`, see (d) | |
//! | 10 | | `z, delta` |
//! | 11 | `W'`, see (d) | |
//!
//! Equations of polynomials, each of which holds if it does at a random point:
//!
//! * (a) `f(X) = q(X) (X^b - alpha) + g(X)`, taken at `z`.
//! * (b) `d(X) = X^(b-1) g(1/X)`, taken at `zeta`: `g` has degree below `b`, so by (a) its coefficients are the `f_j(alpha)`.
//! * (c) `g(X) P_1(1/X) + g(1/X) P_1(X) + gamma (h(X) P_2(1/X) + h(1/X) P_2(X)) = X S(X) + 2 (h(alpha) + gamma v) + S(1/X) / X`,
//!   taken at `zeta`, with `P_i` for `P_{u_i}`: the constant terms are `<g, P_1> + gamma <h, P_2> = h(alpha) + gamma v`, so
//!   `sum_j eq(u_1, j) f_j(alpha) = h(alpha)`, whence `h` is what round 1 says, and `<h, P_2> = v`.
//! * (d) the values are those of the committed polynomials, by one quotient over the points `T = {zeta, 1/zeta, alpha}`
//!   [BDFG20, §4]: `W = (h - I_h) / Z_T + beta (g + beta S - I) / ((X - zeta)(X - 1/zeta)) + beta^3 (d - d(zeta)) / (X - zeta)`
//!   with interpolating polynomials `I_h` and `I`. Cleared of denominators and taken at `z`, this is linear in
//!   the committed polynomials, as is (a): both are one opening at `z`, `W' = [(A + delta B)(tau) / (tau - z)]_1` with
//!   `A(X) = h(X) - I_h(z) + beta (z - alpha)(g(X) + beta S(X) - I(z)) + beta^3 (z - alpha)(z - 1/zeta)(d(X) - d(zeta)) - Z_T(z) W(X)`
//!   and `B(X) = f(X) - q(X) (z^b - alpha) - g(X)`.
//!
//! `d(zeta)` follows from (b) and `S(zeta)` from (c); no proof carries them, and (d) opens them as derived.
//!
//! # Checks
//! 1. `challenge`: `zeta` is not 0, and `zeta`, `1/zeta` and `alpha` are three points (test `rejects_coinciding_points`).
//! 2. `pairing`: `e([A + delta B] + z W', [1]_2) = e(W', [tau]_2)`, with `[A + delta B]` by one multi-scalar
//!    multiplication. The equations (a) to (d) are its terms; each has a forger who meets the other three: tests
//!    `rejects_a_remainder_of_another_polynomial`, `rejects_a_remainder_of_too_high_degree`,
//!    `rejects_a_wrong_value_with_honest_messages` and `rejects_values_of_no_committed_polynomial`.
//!
//! # Soundness
//! In the algebraic group model every point sent comes with a polynomial of at most `D` coefficients, `D` the
//! number of powers that anyone has ([`LONGEST_CEREMONY`]); the lowest `2^l` coefficients are the piece. Longer
//! polynomials gain nothing: in (c) only the lowest `b` coefficients of `g` and `2^(l-t)` of `h` meet nonzero ones of
//! `P_1` and `P_2`, and `f_j` may be longer than a column. Errors are degrees over the order of the field:
//!
//! * `alpha`, `D`: `sum_j eq(u_1, j) f_j` and `h` have degree below `D`, and differ.
//! * `gamma`, 1: one wrong inner product is hidden by the other.
//! * `zeta`, `2 D + 1`: (b) has exponents from `b - D` to `D - 1`, (c) from `-D` to `D`. If (b) is false it counts
//!   alone; if it is true then (c) does.
//! * `beta`, 3: a value that is not opened leaves a remainder that is not zero as a polynomial in `beta`.
//! * `z` and `delta`, `2 D + 3`: `A` has degree `D + 2` and `B` degree `D + b - 1`, where `b < D`; `delta` hides one by
//!   the other with 1.
//!
//! Together `5 D + 8`. Besides that KZG's own assumption, q-DLOG [KZG10; BDFG20].
//!
//! Not hiding: values of committed polynomials are in the proof.
//!
//! # Cost
//! The prover multiplies `2^l - b` scalars in `[q]`, `2^l` in `W'`, and `O(b)` in the rest. An opening is seven points
//! and six scalars, 640 bytes. Field work is some five products a coefficient, on vector lanes but for one division, and
//! `O(b log b)`; there is no transform.
//!
//! # Measured
//! 2^18 coefficients, one thread of a Zen 4 server core shared with other work (`RAYON_NUM_THREADS=1 cargo bench -p
//! lariat-mercury`): open 671 ms, where arkworks takes 3.2 s for two multiplications of 2^18 scalars alone; verify 1.1 ms.

#![forbid(unsafe_code)]

mod equation;
mod poly;
mod prover;
#[cfg(test)]
mod tests;

use ark_ff::Field;
use equation::{NUM_EVALS, Values, Weights};
use lariat_algebra::msm::{RowValues, msm};
use lariat_algebra::{Fr, G1Affine, column::Column};
use lariat_kzg::{Kzg, LONGEST_CEREMONY, PowersOfTau, check_pairing};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, piece_vars};
use lariat_pcs::{
    ErrorTerm, Hardness, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, VerifyError,
    recv_part_points,
};
use lariat_transcript::encoding::{POINT_BYTES, SCALAR_BYTES};
use lariat_transcript::{ProverChannel, PublicCoin, VerifierChannel};
use poly::Points;
use std::sync::Arc;

const LABEL_COMMITMENTS: &str = "mercury/commitments";
const LABEL_ROWS: &str = "mercury/rows";
const LABEL_ALPHA: &str = "mercury/alpha";
const LABEL_FOLDED: &str = "mercury/folded";
const LABEL_GAMMA: &str = "mercury/gamma";
const LABEL_CROSS: &str = "mercury/cross";
const LABEL_ZETA: &str = "mercury/zeta";
const LABEL_EVALS: &str = "mercury/evals";
const LABEL_BETA: &str = "mercury/beta";
const LABEL_QUOTIENT: &str = "mercury/quotient";
const LABEL_Z: &str = "mercury/z";
const LABEL_WITNESS: &str = "mercury/witness";

/// Points of an opening.
const NUM_POINTS: usize = 7;

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Mercury::KIND,
    summary: "powers of tau; one point a column, openings of constant size; pairing",
    needs_setup: true,
    setup: |workload, resources| {
        let powers = lariat_kzg::for_scheme(resources, Mercury::KIND)?;
        let scheme = Mercury::new(&powers, piece_vars(workload.num_vars))?;
        Ok(Arc::new(Batched(scheme)) as Arc<dyn Pcs>)
    },
};

/// The scheme for pieces in `l` variables.
#[derive(Clone, Debug)]
pub struct Mercury {
    kzg: Arc<Kzg>,
}

/// Commitments to the pieces of a batch, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceCommitments(Vec<G1Affine>);

impl Mercury {
    /// The scheme for pieces in `piece_vars` variables under a setup.
    ///
    /// # Errors
    /// [`PcsError::SetupTooSmall`] when the setup has fewer than `2^piece_vars` powers.
    pub fn new(setup: &Arc<PowersOfTau>, piece_vars: usize) -> Result<Self, PcsError> {
        Ok(Self { kzg: Kzg::shared(setup, piece_vars, Self::KIND)? })
    }

    /// The univariate scheme underneath.
    pub fn kzg(&self) -> &Kzg {
        &self.kzg
    }

    /// `t`, the logarithm of the length of a row.
    fn low_vars(&self) -> usize {
        self.kzg.log_len().div_ceil(2)
    }

    /// `(u_2, u_1)`.
    fn split<'a>(&self, point: &'a [Fr]) -> (&'a [Fr], &'a [Fr]) {
        point.split_at(point.len().saturating_sub(self.low_vars()))
    }
}

/// The points that `channel` holds next.
fn recv<const N: usize>(label: &'static str, channel: &mut VerifierChannel<'_>) -> Result<[G1Affine; N], VerifyError> {
    let points = channel.recv_points(label, N)?;
    points.try_into().map_err(|_| VerifyError::Check { check: "pairing" })
}

/// `z` and `delta`.
fn challenge_pair(channel: &mut impl PublicCoin) -> [Fr; 2] {
    channel.challenge_array(LABEL_Z)
}

impl PiecePcs for Mercury {
    type Commitment = PieceCommitments;
    type Hint = ();

    const KIND: PcsKind = PcsKind::new(4, "mercury");

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

    /// Proven: `log2(r / (5 D + 8))` for the `D` powers of the longest ceremony. Conjectured: the level of the curve.
    fn security(&self, num_pieces: usize) -> SecurityBits {
        SecurityBits { conjectured: SecurityBits::CURVE, ..ErrorTerm::sum(&self.error_terms(num_pieces)) }
    }

    /// Those of the crate's soundness section.
    fn error_terms(&self, _num_pieces: usize) -> Vec<ErrorTerm> {
        let term = |name, degree, source| ErrorTerm { name, bits: SecurityBits::of_degree(degree), source };
        vec![
            term("alpha: wrong rows", LONGEST_CEREMONY, "D / r for D powers of tau"),
            term("gamma: a wrong inner product", 1, "1 / r"),
            term("zeta: a wrong reversal or cross term", 2 * LONGEST_CEREMONY + 1, "(2 D + 1) / r"),
            term("beta: a value that is not opened", 3, "3 / r [BDFG20, §4]"),
            term("z, delta: a wrong quotient", 2 * LONGEST_CEREMONY + 3, "(2 D + 3) / r [BDFG20, §4]"),
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
        let (high, low) = self.split(claim.point);

        // Step 1: rows.
        let [h] = recv(LABEL_ROWS, channel)?;

        // Step 2: columns.
        let alpha = channel.challenge(LABEL_ALPHA);
        let [g, q, d] = recv(LABEL_FOLDED, channel)?;

        // Step 3: inner products.
        let gamma = channel.challenge(LABEL_GAMMA);
        let [s] = recv(LABEL_CROSS, channel)?;

        // Step 4: values. Check 1: the points differ.
        let zeta = channel.challenge(LABEL_ZETA);
        let three = Points::new(zeta, alpha).ok_or(VerifyError::Check { check: "challenge" })?;
        let evals = channel.recv_scalars(LABEL_EVALS, NUM_EVALS)?;
        let Ok(evals) = <[Fr; NUM_EVALS]>::try_from(evals) else {
            return Err(VerifyError::Check { check: "pairing" });
        };
        let values = Values::derive(evals, [high, low], &three, gamma, claim.value);

        // Step 5: the quotient over all points.
        let beta = channel.challenge(LABEL_BETA);
        let [quotient] = recv(LABEL_QUOTIENT, channel)?;

        // Step 6: (a) and (d) at z.
        let weights = Weights::new(self.low_vars(), three.x, beta, challenge_pair(channel));
        let [witness] = recv(LABEL_WITNESS, channel)?;

        // Check 2: both vanish.
        let Weights { z, pair, single, vanishing, delta, binomial, .. } = weights;
        let terms = [
            (h, Fr::ONE),
            (g, pair - delta),
            (s, pair * beta),
            (d, single),
            (quotient, -vanishing),
            (q, -binomial),
            (witness, z),
            (self.kzg.verifying_key().g, -values.at_z(&three, &weights)),
        ];
        let pieces = commitments.iter().flat_map(|c| &c.0).copied();
        let points: Vec<G1Affine> = pieces.chain(terms.map(|(point, _)| point)).collect();
        let coefficients = claim.coefficients.iter().flatten().map(|c| delta * c);
        let scalars: Vec<Fr> = coefficients.chain(terms.map(|(_, scalar)| scalar)).collect();
        let failed = VerifyError::Check { check: "pairing" };
        let left = msm(&points, &scalars).map_err(|_| failed.clone())?;
        if check_pairing(self.kzg.verifying_key(), left, witness.into()) { Ok(()) } else { Err(failed) }
    }

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        POINT_BYTES * num_pieces
    }

    fn opening_bytes(&self, _num_pieces: &[usize]) -> usize {
        NUM_POINTS * POINT_BYTES + NUM_EVALS * SCALAR_BYTES
    }
}
