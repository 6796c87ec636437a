//! HyperKZG [BCHO22, §2.4]: a multilinear polynomial's evaluations are a univariate polynomial's coefficients; folding
//! that polynomial once a variable evaluates the multilinear one, and KZG shows that every fold is one.
//!
//! # Statement
//! For pieces `p_i` in `l` variables, bound by `C_i = [p_i(tau)]_1` where `p_i(X) = sum_j p_i(j) X^j`, and coefficients
//! `c_i`: the multilinear extension of `f_0 = sum_i c_i p_i` is `v` at `x`.
//!
//! # Rounds
//! A polynomial is `f(X) = even(X^2) + X odd(X^2)`, its fold with `x` is `(1 - x) even(X) + x odd(X)`. The lowest bit of
//! an index belongs to the last coordinate of the point, so `f_k` is the fold of `f_{k-1}` with `x_{l-k}`; `f_l` is
//! a constant, the value.
//!
//! | | prover | verifier |
//! |---|---|---|
//! | commit | all `C_i` of the batch | |
//! | 1 | `F_k = [f_k(tau)]_1` for `0 < k < l` | |
//! | 2 | | `r` |
//! | 3 | `f_k(r), f_k(-r)` for `0 <= k < l` | |
//! | 4 | | `gamma` |
//! | 5 | `W = [q(tau)]_1` | |
//! | 6 | | `z` |
//! | 7 | `W' = [w(tau)]_1` | |
//!
//! From the values of round 3 follow `f_k(r^2) = (1 - x) even(r^2) + x odd(r^2)` for `0 < k <= l`, with
//! `even(r^2) = (f(r) + f(-r)) / 2` and `odd(r^2) = (f(r) - f(-r)) / 2 r` of `f_{k-1}`. No proof carries them: they are
//! opened as derived. So `f_0` is opened at `r` and `-r`, each other `f_k` at `r`, `-r` and `r^2`, by one quotient
//! [BDFG20, §4]. With `B = sum_{k > 0} gamma^(k-1) f_k` and interpolating polynomials `I_0` of `f_0` and `I` of `B`,
//!
//! `q(X) = (f_0 - I_0) / (X^2 - r^2) + gamma (B - I) / ((X^2 - r^2)(X - r^2))`, and
//! `w(X) = L(X) / (X - z)` for
//! `L(X) = (z - r^2)(f_0(X) - I_0(z)) + gamma (B(X) - I(z)) - (z^2 - r^2)(z - r^2) q(X)`.
//!
//! # Checks
//! 1. `challenge`: `r` is none of 0, 1, -1, so that `r`, `-r` and `r^2` are three points
//!    (test `rejects_coinciding_points`).
//! 2. `fold`: the value that follows for `f_l` is `v` (test `rejects_a_wrong_value_with_honest_folds`).
//! 3. `pairing`: `e([L(tau)]_1 + z W', [1]_2) = e(W', [tau]_2)`, with `[L(tau)]_1` from the `C_i`, `F_k`, `W` and
//!    `[1]_1` by one multi-scalar multiplication (tests `rejects_a_fold_of_another_polynomial` and
//!    `rejects_values_of_no_committed_polynomial`).
//! 4. `constant`, for `l = 0`, instead of all: `e(sum_i c_i C_i - v [1]_1, [1]_2) = 1`. There are no rounds
//!    (test `rejects_a_wrong_value_of_a_constant`).
//!
//! # Soundness
//! In the algebraic group model every point sent comes with a polynomial of at most `D` coefficients, `D` the
//! number of powers that anyone has ([`LONGEST_CEREMONY`]); the lowest `2^l` coefficients are the piece. If `v` is not
//! the value then a first `f_k` is no fold of its predecessor (folding a polynomial with more than `2^l` coefficients
//! ends at a constant only if the piece has that value too: the constant coefficient of the `l`-th fold depends on the
//! lowest `2^l` alone). Errors are degrees over the order of the field:
//!
//! * `r`, `2 D`: `f_k` and the fold of `f_{k-1}` are polynomials of degree below `D` in `r^2`, and differ. The first
//!   wrong fold is known before `r`, so one identity counts.
//! * `gamma`, `l`: with a value that is not the committed polynomial's, the remainder of `f_0` and the `f_k` under
//!   powers `0, ..., l - 1` of `gamma` by the points is not zero as a polynomial in `gamma`.
//! * `z`, `D + 2`: `L`, whose quotient term has degree `D - 1` and a factor of degree 3, is not zero.
//!
//! Together `3 D + l + 2`. Besides that KZG's own assumption, q-DLOG [KZG10; BDFG20].
//!
//! Not hiding: values of the committed polynomials are in the proof.
//!
//! # Cost
//! The prover multiplies `2^l` scalars in `F_1, ...`, and `2^l` each in `W` and `W'`. Nova's HyperKZG sends a quotient
//! for each of the three points and no `W'`, which are four times `2^l` in all; that is the one departure beside the
//! derived values. Field work is some ten products a coefficient.
//!
//! # Measured
//! Four pieces of 2^18 16-bit values, one thread of a Zen 4 server core shared with other work, against the same protocol
//! on arkworks' multiplication, which sends the same bytes (`RAYON_NUM_THREADS=1 cargo bench -p lariat-hyperkzg`): commit
//! 250 ms (arkworks 676), open 1.38 s (6.67), verify 1.3 ms.

#![forbid(unsafe_code)]

mod poly;
mod prover;
#[cfg(test)]
mod tests;

use ark_ff::{Field, Zero};
use lariat_algebra::msm::{RowValues, msm};
use lariat_algebra::{Fr, G1Affine, column::Column};
use lariat_kzg::{Kzg, LONGEST_CEREMONY, PowersOfTau, check_pairing};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, piece_vars};
use lariat_pcs::{
    ErrorTerm, Hardness, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, VerifyError,
    recv_part_points,
};
use lariat_transcript::encoding::{POINT_BYTES, SCALAR_BYTES};
use lariat_transcript::{ProverChannel, VerifierChannel};
use poly::{Line, Points};
use std::sync::Arc;

const LABEL_COMMITMENTS: &str = "hyperkzg/commitments";
const LABEL_FOLDS: &str = "hyperkzg/folds";
const LABEL_R: &str = "hyperkzg/r";
const LABEL_EVALS: &str = "hyperkzg/evals";
const LABEL_GAMMA: &str = "hyperkzg/gamma";
const LABEL_QUOTIENT: &str = "hyperkzg/quotient";
const LABEL_Z: &str = "hyperkzg/z";
const LABEL_WITNESS: &str = "hyperkzg/witness";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: HyperKzg::KIND,
    summary: "powers of tau; one point a column, logarithmic openings; pairing",
    needs_setup: true,
    setup: |workload, resources| {
        let powers = lariat_kzg::for_scheme(resources, HyperKzg::KIND)?;
        let scheme = HyperKzg::new(&powers, piece_vars(workload.num_vars))?;
        Ok(Arc::new(Batched(scheme)) as Arc<dyn Pcs>)
    },
};

/// The scheme for pieces in `l` variables.
#[derive(Clone, Debug)]
pub struct HyperKzg {
    kzg: Arc<Kzg>,
}

/// `1, x, x^2, ...`, `n` of them.
fn powers(x: Fr, n: usize) -> impl Iterator<Item = Fr> {
    std::iter::successors(Some(Fr::from(1u64)), move |p| Some(*p * x)).take(n)
}

impl HyperKzg {
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

    /// `sum_i scalars_i points_i` is the identity when paired: see `# Checks`.
    fn paired(
        &self,
        check: &'static str,
        points: &[G1Affine],
        scalars: &[Fr],
        z: Fr,
        witness: G1Affine,
    ) -> Result<(), VerifyError> {
        let failed = VerifyError::Check { check };
        let left = msm(points, scalars).map_err(|_| failed.clone())?;
        let holds = check_pairing(self.kzg.verifying_key(), left + witness * z, witness.into());
        if holds { Ok(()) } else { Err(failed) }
    }
}

/// Commitments to the pieces of a batch, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceCommitments(Vec<G1Affine>);

impl PiecePcs for HyperKzg {
    type Commitment = PieceCommitments;
    type Hint = ();

    const KIND: PcsKind = PcsKind::new(3, "hyperkzg");

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

    /// Proven: `log2(r / (3 D + l + 2))` for the `D` powers of the longest ceremony. Conjectured: the level of the curve.
    fn security(&self, num_pieces: usize) -> SecurityBits {
        SecurityBits { conjectured: SecurityBits::CURVE, ..ErrorTerm::sum(&self.error_terms(num_pieces)) }
    }

    /// Those of the crate's soundness section.
    fn error_terms(&self, _num_pieces: usize) -> Vec<ErrorTerm> {
        let term = |name, degree, source| ErrorTerm { name, bits: SecurityBits::of_degree(degree), source };
        vec![
            term("r: a wrong fold", 2 * LONGEST_CEREMONY, "2 D / r for D powers of tau"),
            term("gamma: a value that is not opened", self.piece_vars(), "l / r [BDFG20, §4]"),
            term("z: a quotient that is none", LONGEST_CEREMONY + 2, "(D + 2) / r [BDFG20, §4]"),
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
        if self.piece_vars() == 0 {
            return Ok(());
        }
        self.prove(&prover::folds(opening.combined, opening.claim.point), channel)
    }

    fn verify(
        &self,
        commitments: &[&PieceCommitments],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let num_vars = self.piece_vars();
        let mut points: Vec<G1Affine> = commitments.iter().flat_map(|c| &c.0).copied().collect();
        let mut scalars: Vec<Fr> = claim.coefficients.concat();
        let g = self.kzg.verifying_key().g;
        if num_vars == 0 {
            // Check 4: one value a piece.
            points.push(g);
            scalars.push(-claim.value);
            return self.paired("constant", &points, &scalars, Fr::zero(), G1Affine::default());
        }

        // Step 1: the folds.
        let folds = channel.recv_points(LABEL_FOLDS, num_vars - 1)?;

        // Step 2: the point. Check 1: r, -r and r^2 differ.
        let r = channel.challenge(LABEL_R);
        let three = Points::new(r).ok_or(VerifyError::Check { check: "challenge" })?;

        // Step 3: values at r and -r, and what follows at r^2.
        let evals = channel.recv_scalars(LABEL_EVALS, 2 * num_vars)?;
        let (pairs, _) = evals.as_chunks::<2>();
        let lines: Vec<Line> = pairs.iter().map(|[plus, minus]| three.line(*plus, *minus)).collect();
        let squares: Vec<Fr> = lines.iter().zip(claim.point.iter().rev()).map(|(line, x)| line.fold(*x)).collect();

        // Check 2: the last fold is the value.
        let Some((&last, squares)) = squares.split_last() else { return Err(VerifyError::Check { check: "fold" }) };
        if last != claim.value {
            return Err(VerifyError::Check { check: "fold" });
        }

        // Step 4: the quotient.
        let gamma = channel.challenge(LABEL_GAMMA);
        let quotient = channel.recv_points(LABEL_QUOTIENT, 1)?;

        // Step 5: the same equation at z.
        let z = channel.challenge(LABEL_Z);
        let witness = channel.recv_points(LABEL_WITNESS, 1)?;

        // Check 3: L vanishes at z.
        let (Some((first, rest)), &[witness]) = (lines.split_first(), witness.as_slice()) else {
            return Err(VerifyError::Check { check: "fold" });
        };
        let (mut line, mut value) = (Line::default(), Fr::zero());
        for (weight, (other, square)) in powers(gamma, rest.len()).zip(rest.iter().zip(squares)) {
            line.add_scaled(weight, other);
            value += weight * square;
        }
        let third = z - three.square;
        let vanishing = (z.square() - three.square) * third;
        for scalar in &mut scalars {
            *scalar *= third;
        }
        points.extend(&folds);
        scalars.extend(powers(gamma, folds.len()).map(|weight| gamma * weight));
        points.extend(&quotient);
        scalars.push(-vanishing);
        points.push(g);
        scalars.push(-third * first.at(z) - gamma * three.extend(&line, value, z));
        self.paired("pairing", &points, &scalars, z, witness)
    }

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        POINT_BYTES * num_pieces
    }

    fn opening_bytes(&self, _num_pieces: &[usize]) -> usize {
        match self.piece_vars() {
            0 => 0,
            num_vars => POINT_BYTES * (num_vars + 1) + 2 * SCALAR_BYTES * num_vars,
        }
    }
}
