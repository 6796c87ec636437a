//! A commitment scheme of one's own: a BLAKE3 tree over all evaluations, opened by sending them.
//!
//! Proofs are as long as the witness and the verifier reads all of it: a baseline, and the shortest scheme that binds.
//!
//! # Checks
//! 1. The evaluations that the prover sends have the committed digest.
//! 2. Their combination has the claimed value at the point.
#![forbid(unsafe_code)]

use lariat_algebra::Fr;
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::poly::eq_evals;
use lariat_algebra::wide::inner_product;
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, piece_vars};
use lariat_pcs::{Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError};
use lariat_transcript::encoding::{SCALAR_BYTES, scalar_to_bytes};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::Arc;

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Clear::KIND,
    summary: "example: a hash of all evaluations, opened by sending them",
    needs_setup: false,
    setup: |workload, _| {
        let scheme = Clear { piece_vars: piece_vars(workload.num_vars) };
        Ok(Arc::new(Batched(scheme)) as Arc<dyn Pcs>)
    },
};

/// The scheme for polynomials in `piece_vars` variables.
#[derive(Debug)]
pub struct Clear {
    piece_vars: usize,
}

impl Clear {
    /// All `2^l` evaluations of a piece.
    fn evaluations(&self, piece: RowValues<'_>) -> Vec<Fr> {
        combine_rows(&[(Fr::from(1u64), piece)], 1 << self.piece_vars)
    }

    fn absorb(hasher: &mut blake3::Hasher, evaluations: &[Fr]) {
        for value in evaluations {
            hasher.update(&scalar_to_bytes(value));
        }
    }
}

impl PiecePcs for Clear {
    type Commitment = [u8; 32];
    type Hint = ();

    const KIND: PcsKind = PcsKind::new(128, "clear");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "collision resistance of BLAKE3",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Plausible,
        }
    }

    fn setup_digest(&self) -> [u8; 32] {
        *blake3::hash(&(self.piece_vars as u64).to_le_bytes()).as_bytes()
    }

    fn piece_vars(&self) -> usize {
        self.piece_vars
    }

    fn security(&self, _num_pieces: usize) -> SecurityBits {
        // Collisions of a digest of 256 bits; the opening itself has no error.
        SecurityBits { proven: 128.0, conjectured: 128.0 }
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<([u8; 32], ()), PcsError> {
        let mut hasher = blake3::Hasher::new();
        for piece in pieces {
            Self::absorb(&mut hasher, &self.evaluations(*piece));
        }
        Ok((*hasher.finalize().as_bytes(), ()))
    }

    fn send_commitment(&self, commitment: &[u8; 32], channel: &mut ProverChannel) {
        channel.send_bytes("clear/digest", commitment);
    }

    fn recv_commitment(&self, _: usize, channel: &mut VerifierChannel<'_>) -> Result<[u8; 32], VerifyError> {
        let bytes = channel.recv_bytes("clear/digest", 32)?;
        bytes.try_into().map_err(|_| VerifyError::Check { check: "length of the digest" })
    }

    fn open(&self, opening: PieceOpening<'_>, _: &[&()], channel: &mut ProverChannel) -> Result<(), PcsError> {
        for piece in opening.pieces.iter().flatten() {
            channel.send_scalars("clear/evaluations", &self.evaluations(*piece));
        }
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&[u8; 32]],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let weights = eq_evals(claim.point);
        let mut value = Fr::from(0u64);
        for (digest, coefficients) in commitments.iter().zip(claim.coefficients) {
            let mut hasher = blake3::Hasher::new();
            for coefficient in coefficients {
                let evaluations = channel.recv_scalars("clear/evaluations", 1 << self.piece_vars)?;
                Self::absorb(&mut hasher, &evaluations);
                value += *coefficient * inner_product(&evaluations, &weights);
            }
            // Check 1: the evaluations are the committed ones.
            if hasher.finalize() != **digest {
                return Err(VerifyError::Check { check: "digest of the evaluations" });
            }
        }
        // Check 2: the claimed value.
        if value != claim.value {
            return Err(VerifyError::Check { check: "value at the point" });
        }
        Ok(())
    }

    fn commitment_bytes(&self, _num_pieces: usize) -> usize {
        32
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        num_pieces.iter().sum::<usize>() * (SCALAR_BYTES << self.piece_vars)
    }
}

/// The guide is compiled with this crate, so that its code cannot go stale.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/add-a-pcs.md")]
struct Guide;
