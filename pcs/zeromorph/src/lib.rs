//! Zeromorph [KT24]: multilinear evaluations from univariate KZG commitments, with one commitment a quotient.
//!
//! Pieces are polynomials in `n` variables; the `2^n` evaluations of a piece are the coefficients of a univariate
//! polynomial (index `i` is degree `i`), committed under powers of tau ([`lariat_kzg`]). `X_k` is bit `k` of an index, so
//! `u_k` is coordinate `n - 1 - k` of the point `u`. `Phi_m(X) = sum_{i < 2^m} X^i`.
//!
//! # Statement
//! `f = sum_i coefficient_i piece_i` has the value `f(u) = v`, as a multilinear polynomial. That is so if and only if
//! multilinear `q_k` in `X_0, ..., X_{k-1}` exist with `f - v = sum_k (X_k - u_k) q_k`, which in terms of coefficients
//! reads [KT24]
//!
//! `f(X) - v Phi_n(X) = sum_k (X^(2^k) Phi_{n-k-1}(X^(2^(k+1))) - u_k Phi_{n-k}(X^(2^k))) q_k(X)`, `deg q_k < 2^k`.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | 1 | commitments `Q_k` to `q_0, ..., q_{n-1}` | |
//! | 2 | | `y` |
//! | 3 | commitment `H` to `h(X) = sum_k y^k X^(2^k - 1) q_k(1/X)` | |
//! | 4 | | `w`; let `x = 1/w` |
//! | 5 | `a = h(x)` | |
//! | 6 | | `z` |
//! | 7 | commitments `W_1 = [F(X) / (X - w)]`, `W_2 = [(h(X) - a) / (X - x)]` | |
//! | 8 | | `delta` |
//!
//! With `c_k` the factor of `q_k` in the identity at `w`,
//! `F(X) = f(X) - v Phi_n(w) - sum_k c_k q_k(X) + z (sum_k y^k w^(1 - 2^k) q_k(X) - a)`.
//!
//! # Checks
//! One pairing equation over the commitments that stand for `F` and `h`, `C_F` and `H`:
//!
//! `e(C_F + w W_1 + delta (H - [a] + x W_2), [1]_2) = e(W_1 + delta W_2, [tau]_2)`.
//!
//! It says three things:
//! 1. `identity`: the identity above holds at `w` (`F(w)`, without the factor `z`).
//! 2. `reversal`: `sum_k y^k x^(2^k - 1) q_k(w) = a` (the factor of `z` in `F(w)`).
//! 3. `value`: `h(x) = a` (the factor of `delta`).
//!
//! # Soundness
//! Whoever convinces a verifier knows the polynomials in the commitments and they satisfy the three equations, in the
//! algebraic group model under the discrete logarithm assumption with powers [KZG10; FKL18]. Those polynomials may be
//! as long as the longest ceremony, not as long as this setup: powers past `2^n` are public. The construction takes any
//! protocol that bounds degrees [KT24]; this one needs nothing in G2 but `[tau]_2`:
//!
//! * 2 and 3 at a random `w`, drawn after `H`, make `h(X) = sum_k y^k X^(2^k - 1) q_k(1/X)` an identity between Laurent
//!   polynomials. The left side has no negative powers; `y` was drawn after the `Q_k`, so no summand has: `deg q_k < 2^k`.
//! * 1 at a random `w` is an identity of polynomials. Its right side then has degree below `2^n` term by term, and so
//!   has `f`: no check of its own is needed for the degree of `f`.
//! * `f` is the combination of pieces. Coefficients of the combination above `X^(2^n - 1)` vanish, and the factors of
//!   the pieces are distinct monomials and tensor weights in challenges that were drawn after the commitments
//!   ([`lariat_pcs::batch`]): if any piece that has a factor at all had a coefficient there, then with probability at
//!   most (number of pieces and their index bits) `/ r` would they all vanish. So every piece is one multilinear
//!   polynomial in `n` variables, as the batch reduction assumes.
//!
//! Errors, with `D` the number of powers of the longest ceremony ([`LONGEST_CEREMONY`]), over the order of the field:
//!
//! * `y`, `n - 1`: some negative power has a coefficient in the `q_k` that is not zero as a polynomial in `y`.
//! * `w`, `2 D`: the reversal has exponents in `w` from `-(D - 1)`, by `h(1/w)`, to `D - 1`, by the `q_k`. If it is
//!   false it counts alone; if it is true then the `q_k` are short, and the identity has degree below `D` in `w`.
//! * `z` and `delta`, 1 each, and the number of pieces and index bits, at most 32.
//!
//! Not hiding.

#![forbid(unsafe_code)]

mod algebra;
#[cfg(test)]
mod tests;

use algebra::{Scalars, quotient, quotients, reversal};
use ark_ec::AffineRepr;
use ark_ff::Field;
use lariat_algebra::ifma::slices::scale_add;
use lariat_algebra::msm::{RowValues, msm};
use lariat_algebra::{Fr, G1Affine, column::Column};
use lariat_kzg::{Kzg, LONGEST_CEREMONY, check_pairing, divide_by_linear, for_scheme};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, piece_vars};
use lariat_pcs::{
    ErrorTerm, Hardness, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, ShapeError, VerifyError,
    recv_part_points,
};
use lariat_transcript::encoding::{POINT_BYTES, SCALAR_BYTES};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::Arc;

/// Most index bits of a piece in its column.
const INDEX_BITS: usize = 32;

const LABEL_COMMITMENTS: &str = "zeromorph/commitments";
const LABEL_QUOTIENTS: &str = "zeromorph/quotients";
const LABEL_Y: &str = "zeromorph/y";
const LABEL_REVERSAL: &str = "zeromorph/reversal";
const LABEL_W: &str = "zeromorph/w";
const LABEL_VALUE: &str = "zeromorph/value";
const LABEL_Z: &str = "zeromorph/z";
const LABEL_OPENINGS: &str = "zeromorph/openings";
const LABEL_DELTA: &str = "zeromorph/delta";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Zeromorph::KIND,
    summary: "powers of tau; one group element a polynomial, logarithmic openings; pairings",
    needs_setup: true,
    setup: |workload, resources| {
        let setup = for_scheme(resources, Zeromorph::KIND)?;
        let kzg = Kzg::shared(&setup, piece_vars(workload.num_vars), Zeromorph::KIND)?;
        Ok(Arc::new(Batched(Zeromorph::new(kzg))) as Arc<dyn Pcs>)
    },
};

/// The scheme for pieces of `2^n` evaluations.
#[derive(Clone, Debug)]
pub struct Zeromorph {
    kzg: Arc<Kzg>,
}

impl Zeromorph {
    /// Pieces have as many evaluations as `kzg` has powers.
    pub fn new(kzg: Arc<Kzg>) -> Self {
        Self { kzg }
    }
}

/// One commitment a piece.
#[derive(Debug)]
pub struct PieceCommitments(Vec<G1Affine>);

impl PiecePcs for Zeromorph {
    type Commitment = PieceCommitments;
    type Hint = ();

    const KIND: PcsKind = PcsKind::new(2, "zeromorph");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "discrete logarithms with powers (algebraic group model) in BN254; random oracle for \
                          challenges",
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

    /// Proven: the errors listed under soundness, that of the pieces' degrees among them. Conjectured: the level of the
    /// pairing.
    fn security(&self, num_pieces: usize) -> SecurityBits {
        SecurityBits { conjectured: SecurityBits::CURVE, ..ErrorTerm::sum(&self.error_terms(num_pieces)) }
    }

    /// Those of the crate's soundness section.
    fn error_terms(&self, num_pieces: usize) -> Vec<ErrorTerm> {
        let term = |name, degree, source| ErrorTerm { name, bits: SecurityBits::of_degree(degree), source };
        vec![
            term("y: a quotient of too high degree", self.piece_vars().saturating_sub(1), "(n - 1) / r [KT24]"),
            term("w: a wrong reversal or identity", 2 * LONGEST_CEREMONY, "2 D / r for D powers of tau"),
            term("z, delta: three equations in one", 2, "2 / r"),
            term("degrees of the pieces", num_pieces + INDEX_BITS, "(pieces + index bits) / r"),
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

    fn open(
        &self,
        PieceOpening { claim, combined, .. }: PieceOpening<'_>,
        _hints: &[&()],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        let n = self.piece_vars();
        let mut f = combined;

        // Step 1: the quotients.
        let (q, _) = quotients(&f, claim.point);
        let committed: Vec<&[Fr]> = (0..n).map(|k| quotient(&q, k)).collect();
        channel.send_points(LABEL_QUOTIENTS, &self.kzg.commit_all(&committed)?);

        // Steps 2 and 3: their combined reversal.
        let y = channel.challenge(LABEL_Y);
        let h = reversal(&q, n, y);
        channel.send_points(LABEL_REVERSAL, &[self.kzg.commit(&h)?]);

        // Steps 4 and 5: its value. Zero, the one challenge without inverse, makes a proof that fails.
        let w = channel.challenge(LABEL_W);
        let w_inverse = w.inverse().unwrap_or_default();
        let (h_quotient, a) = divide_by_linear(&h, w_inverse);
        channel.send_scalars(LABEL_VALUE, &[a]);

        // Steps 6 and 7: both openings. Constants of F do not change its quotient.
        let z = channel.challenge(LABEL_Z);
        let scalars = Scalars::new(claim.point, y, w, w_inverse);
        for (k, factor) in scalars.quotient_factors(z).enumerate() {
            scale_add(&mut f[..1 << k], factor, quotient(&q, k));
        }
        let (f_quotient, _) = divide_by_linear(&f, w);
        channel.send_points(LABEL_OPENINGS, &self.kzg.commit_all(&[&f_quotient, &h_quotient])?);

        // Step 8: the verifier's last challenge.
        channel.challenge(LABEL_DELTA);
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&PieceCommitments],
        PieceClaim { coefficients, point, value }: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let n = self.piece_vars();

        // Step 1: the quotients.
        let quotients = channel.recv_points(LABEL_QUOTIENTS, n)?;

        // Steps 2 and 3: their combined reversal.
        let y = channel.challenge(LABEL_Y);
        let [reversal] = recv_points(LABEL_REVERSAL, channel)?;

        // Steps 4 and 5: its value.
        let w = channel.challenge(LABEL_W);
        let w_inverse = w.inverse().ok_or(VerifyError::Check { check: "identity" })?;
        let a = channel.recv_scalars(LABEL_VALUE, 1)?.iter().sum::<Fr>();

        // Steps 6 and 7: both openings.
        let z = channel.challenge(LABEL_Z);
        let [f_opening, h_opening] = recv_points(LABEL_OPENINGS, channel)?;

        // Step 8: one equation for both.
        let delta = channel.challenge(LABEL_DELTA);

        let scalars = Scalars::new(point, y, w, w_inverse);
        let mut terms: Vec<(G1Affine, Fr)> = Vec::new();
        let pieces = |lengths: &[usize]| lengths.iter().sum();
        let committed: Vec<usize> = commitments.iter().map(|c| c.0.len()).collect();
        let combined: Vec<usize> = coefficients.iter().map(Vec::len).collect();
        if committed != combined {
            return Err(ShapeError::ColumnCount { columns: pieces(&combined), committed: pieces(&committed) }.into());
        }
        for (commitment, coefficients) in commitments.iter().zip(coefficients) {
            terms.extend(commitment.0.iter().copied().zip(coefficients.iter().copied()));
        }
        // Checks 1 and 2: F(w) = 0; the factor of z is the reversal.
        terms.extend(quotients.into_iter().zip(scalars.quotient_factors(z)));
        terms.push((f_opening, w));
        // Check 3: h(x) = a.
        terms.push((reversal, delta));
        terms.push((h_opening, delta * w_inverse));
        let key = self.kzg.verifying_key();
        terms.push((key.g, -(value * scalars.phi + (z + delta) * a)));
        let (points, factors): (Vec<G1Affine>, Vec<Fr>) = terms.into_iter().unzip();
        let left = msm(&points, &factors).map_err(|_| VerifyError::CommitmentMismatch)?;
        let right = f_opening.into_group() + h_opening * delta;
        if check_pairing(key, left, right) { Ok(()) } else { Err(VerifyError::Check { check: "pairing" }) }
    }

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        POINT_BYTES * num_pieces
    }

    fn opening_bytes(&self, _num_pieces: &[usize]) -> usize {
        POINT_BYTES * (self.piece_vars() + 3) + SCALAR_BYTES
    }
}

/// So many points.
fn recv_points<const N: usize>(
    label: &'static str,
    channel: &mut VerifierChannel<'_>,
) -> Result<[G1Affine; N], VerifyError> {
    let points = channel.recv_points(label, N)?;
    points.try_into().map_err(|_| VerifyError::CommitmentMismatch)
}
