//! Dory [Lee21]
#![forbid(unsafe_code)]

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

use crate::gt::Gt;
use crate::messages::{FRAME_BYTES, LABEL_COMMITMENTS, ROUND_BYTES};
use ark_ff::Zero;
use lariat_algebra::msm::{RowValues, combine_rows, msm};
use lariat_algebra::poly::eq_evals;
use lariat_algebra::{Fr, G1Affine, par};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, Shape, piece_vars};
use lariat_pcs::{
    Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError, Workload,
};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::Arc;

/// Coefficients are not as many as pieces, or the point has another number of coordinates.
pub const CHECK_SHAPE: &str = "claim fits the commitments";

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
    setup: Arc<Setup>,
}

impl Dory {
    /// Pieces in `piece_vars` variables, as matrices of `2^log_columns` columns.
    ///
    /// # Errors
    /// When there are fewer columns than rows, or more than [`MAX_LOG_LEN`] allows.
    pub fn new(piece_vars: usize, log_columns: usize) -> Result<Self, PcsError> {
        if log_columns < piece_vars.div_ceil(2) {
            let reason = format!("2^{log_columns} columns are fewer than rows of 2^{piece_vars} evaluations");
            return Err(PcsError::Parameters { kind: Self::KIND, reason });
        }
        Ok(Self { piece_vars, setup: Setup::shared(log_columns)? })
    }

    /// The matrices that suit a workload.
    ///
    /// # Errors
    /// As [`Dory::new`].
    pub fn for_workload(workload: Workload<'_>) -> Result<Self, PcsError> {
        let piece_vars = piece_vars(workload.num_vars);
        let num_pieces = Shape::new(piece_vars, &[workload.num_vars]).num_pieces().iter().sum();
        Self::new(piece_vars, Self::log_columns_for(piece_vars, num_pieces))
    }

    /// Logarithm of the number of columns for so many pieces.
    pub fn log_columns_for(piece_vars: usize, num_pieces: usize) -> usize {
        let _ = num_pieces;
        piece_vars.div_ceil(2)
    }

    fn log_columns(&self) -> usize {
        self.setup.log_len
    }

    fn num_rows(&self) -> usize {
        1 << self.piece_vars.saturating_sub(self.log_columns())
    }

    /// Zeros for the rows that are missing to a square, then the row coordinates; and the column coordinates.
    fn split_point<'a>(&self, point: &'a [Fr]) -> Option<(Vec<Fr>, &'a [Fr])> {
        let (rows, columns) = point.split_at_checked(self.piece_vars.checked_sub(self.log_columns())?)?;
        let mut row_point = vec![Fr::zero(); self.log_columns().checked_sub(rows.len())?];
        row_point.extend(rows);
        (columns.len() == self.log_columns()).then_some((row_point, columns))
    }

    fn combined_rows(&self, coefficients: &[Vec<Fr>], hints: &[&Rows], combined: &[Fr]) -> Vec<G1Affine> {
        let columns = 1usize << self.log_columns();
        let rows: Vec<RowValues<'_>> = combined.chunks(columns).map(RowValues::Field).collect();
        let mut out = self.setup.gamma1.commit_rows(&rows);
        out.resize(columns, G1Affine::identity());
        let _ = (coefficients, hints);
        out
    }
}

/// Commitments to pieces, in order.
#[derive(Clone, Debug)]
pub struct Commitment(Vec<Gt>);

/// Commitments to the rows of every piece.
#[derive(Clone, Debug)]
pub struct Rows(Vec<Vec<G1Affine>>);

impl PiecePcs for Dory {
    type Commitment = Commitment;
    type Hint = Rows;

    const KIND: PcsKind = PcsKind::new(5, "dory");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "symmetric external Diffie-Hellman in the pairing groups of BN254; random oracle for the \
                          generators and challenges",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Broken,
        }
    }

    fn setup_digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("lariat-pcs 2025 dory setup digest v1");
        hasher.update(&(self.piece_vars as u64).to_le_bytes());
        hasher.update(&(self.log_columns() as u64).to_le_bytes());
        hasher.update(&self.setup.digest);
        *hasher.finalize().as_bytes()
    }

    fn piece_vars(&self) -> usize {
        self.piece_vars
    }

    fn security(&self, _num_pieces: usize) -> SecurityBits {
        let error = SecurityBits::of_degree(4 * self.log_columns() + 2);
        SecurityBits { conjectured: error.conjectured.min(SecurityBits::CURVE), ..error }
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(Commitment, Rows), PcsError> {
        let columns = 1usize << self.log_columns();
        let num_rows = |piece: &RowValues<'_>| piece.end().div_ceil(columns);
        let rows: Vec<RowValues<'_>> =
            pieces.iter().flat_map(|p| (0..num_rows(p)).map(|i| p.slice(i * columns, columns))).collect();
        let mut commitments = self.setup.gamma1.commit_rows(&rows).into_iter();
        let rows: Vec<Vec<G1Affine>> =
            pieces.iter().map(|p| commitments.by_ref().take(num_rows(p)).collect()).collect();
        let products: Vec<_> = rows.iter().map(|rows| (rows.as_slice(), self.setup.lines.as_slice())).collect();
        Ok((Commitment(pairing::products(&products)), Rows(rows)))
    }

    fn send_commitment(&self, commitment: &Commitment, channel: &mut ProverChannel) {
        channel.send_bytes(LABEL_COMMITMENTS, &gt::to_bytes(&commitment.0));
    }

    fn recv_commitment(
        &self,
        num_pieces: usize,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Commitment, VerifyError> {
        let bytes = channel.recv_bytes(LABEL_COMMITMENTS, num_pieces.saturating_mul(gt::BYTES))?;
        Ok(Commitment(gt::from_bytes(&bytes, num_pieces)?))
    }

    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&Rows],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        let PieceOpening { claim, combined, .. } = opening;
        let Some((row_point, columns)) = self.split_point(claim.point) else {
            let reason = format!("point of {} coordinates for {} variables", claim.point.len(), self.piece_vars);
            return Err(PcsError::Parameters { kind: Self::KIND, reason });
        };
        let rows = self.combined_rows(claim.coefficients, hints, &combined);
        let weights = eq_evals(&row_point[columns.len() - (self.piece_vars - columns.len())..]);
        let terms: Vec<(Fr, RowValues<'_>)> =
            weights.iter().copied().zip(combined.chunks(1 << columns.len()).map(RowValues::Field)).collect();
        let combined_row = combine_rows(&terms, 1 << columns.len());
        prove::prove(
            prove::Opening { setup: &self.setup, rows, combined_row, columns, row_point: &row_point },
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
        // Check 0.
        let counts = |pieces: &Vec<Fr>, commitment: &&Commitment| pieces.len() == commitment.0.len();
        let fits = claim.coefficients.len() == commitments.len()
            && claim.coefficients.iter().zip(commitments).all(|(pieces, commitment)| counts(pieces, commitment));
        let Some((row_point, columns)) = self.split_point(claim.point).filter(|_| fits) else {
            return Err(VerifyError::Check { check: CHECK_SHAPE });
        };
        let pieces = commitments.iter().flat_map(|commitment| commitment.0.iter().copied());
        let commitment = pieces.zip(claim.coefficients.iter().flatten().copied()).collect();
        verify::verify(
            verify::Claim { setup: &self.setup, commitment, columns, row_point: &row_point, value: claim.value },
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
