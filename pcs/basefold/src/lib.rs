//! BaseFold [ZCF24] over Reed-Solomon codes.
#![forbid(unsafe_code)]

mod params;
mod prover;
#[cfg(test)]
mod tests;
mod verifier;

pub use params::{Config, Oracle, Params};

use lariat_algebra::Fr;
use lariat_algebra::msm::RowValues;
use lariat_merkle::{Cap, InterleavedMatrix, MerkleTree, OpeningLabels};
use lariat_pcs::batch::{Batched, PieceClaim, PieceOpening, PiecePcs, piece_vars};
use lariat_pcs::{PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::Arc;

const LABEL_COMMITMENT: &str = "basefold/commitment";
const LABEL_GAMMA: &str = "basefold/gamma";
const LABEL_EXTRA: &str = "basefold/extra";
const LABEL_BETA: &str = "basefold/beta";
const LABEL_ORACLE: &str = "basefold/oracle";
const LABEL_SLOPE: &str = "basefold/slope";
const LABEL_ALPHA: &str = "basefold/alpha";
const LABEL_FINAL: &str = "basefold/final";
const LABEL_QUERIES: &str = "basefold/queries";

const ROWS: OpeningLabels =
    OpeningLabels { leaves: "basefold/rows", paths: "basefold/row-paths", check: "row-path" };
const LEAVES: OpeningLabels =
    OpeningLabels { leaves: "basefold/leaves", paths: "basefold/leaf-paths", check: "leaf-path" };

const CHECK_FINAL_VALUE: &str = "final-value";
const CHECK_COMBINATION: &str = "combination";
const CHECK_FOLD: &str = "fold";
const CHECK_FINAL_WORD: &str = "final-word";
const CHECK_EMPTY: &str = "empty-claim";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: BaseFold::KIND,
    summary: "transparent; hashes only, plausibly post-quantum; large proofs",
    needs_setup: false,
    setup: |workload, _| {
        let scheme = BaseFold::new(piece_vars(workload.num_vars), Config::default())?;
        Ok(Arc::new(Batched(scheme)))
    },
};

/// The scheme for pieces of one length.
#[derive(Clone, Debug)]
pub struct BaseFold {
    params: Params,
}

impl BaseFold {
    /// The scheme for polynomials in `piece_vars` variables.
    ///
    /// # Errors
    /// When the field has no domain of that size.
    pub fn new(piece_vars: usize, config: Config) -> Result<Self, PcsError> {
        Ok(Self { params: Params::new(piece_vars, config)? })
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }
}

/// Commitment to the pieces of one commit call: the cap over the rows, or nothing for no pieces.
#[derive(Clone, Debug)]
pub struct RowsCommitment {
    cap: Option<Cap>,
    num_pieces: usize,
}

/// What the prover keeps of one commit call: the codewords and their tree.
#[derive(Debug)]
pub struct RowsHint {
    rows: Option<(InterleavedMatrix, MerkleTree)>,
}

impl PiecePcs for BaseFold {
    type Commitment = RowsCommitment;
    type Hint = RowsHint;

    const KIND: PcsKind = PcsKind::new(7, "basefold");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "collision resistance of BLAKE3; random oracle for challenges",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Plausible,
        }
    }

    fn setup_digest(&self) -> [u8; 32] {
        let config = self.params.config();
        let mut hasher = blake3::Hasher::new_derive_key("lariat 2025 basefold setup digest v1");
        let folds = self.params.folds();
        let numbers = [
            self.params.piece_vars(),
            config.log_inv_rate,
            config.regime as usize,
            config.target_bits as usize,
            self.params.num_queries(),
            folds.len(),
        ];
        for number in numbers.iter().chain(folds) {
            hasher.update(&(*number as u64).to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    fn piece_vars(&self) -> usize {
        self.params.piece_vars()
    }

    fn security(&self, num_pieces: usize) -> SecurityBits {
        self.params.security(num_pieces)
    }

    #[tracing::instrument(level = "debug", skip_all, name = "basefold_commit")]
    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(RowsCommitment, RowsHint), PcsError> {
        let num_pieces = pieces.len();
        if num_pieces == 0 {
            return Ok((RowsCommitment { cap: None, num_pieces }, RowsHint { rows: None }));
        }
        let params = &self.params;
        let matrix = InterleavedMatrix::encode(pieces, params.piece_vars(), params.config().log_inv_rate, 0);
        let tree = matrix.commit(params.num_queries());
        Ok((RowsCommitment { cap: Some(tree.cap()), num_pieces }, RowsHint { rows: Some((matrix, tree)) }))
    }

    fn send_commitment(&self, commitment: &RowsCommitment, channel: &mut ProverChannel) {
        if let Some(cap) = &commitment.cap {
            cap.send(LABEL_COMMITMENT, channel);
        }
    }

    fn recv_commitment(
        &self,
        num_pieces: usize,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<RowsCommitment, VerifyError> {
        let cap = match num_pieces {
            0 => None,
            _ => Some(Cap::recv(self.params.row_tree(), LABEL_COMMITMENT, channel)?),
        };
        Ok(RowsCommitment { cap, num_pieces })
    }

    #[tracing::instrument(level = "debug", skip_all, name = "basefold_open")]
    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&RowsHint],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        prover::open(&self.params, opening, hints, channel);
        Ok(())
    }

    #[tracing::instrument(level = "debug", skip_all, name = "basefold_verify")]
    fn verify(
        &self,
        commitments: &[&RowsCommitment],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        verifier::verify(&self.params, commitments, claim, channel)
    }

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        if num_pieces == 0 { 0 } else { self.params.row_tree().cap_bytes() }
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        self.params.opening_bytes(num_pieces)
    }
}

/// The coefficients under which prover and verifier combine pieces: those of the claim plus `beta` times powers of
/// `gamma`.
fn test_coefficients(claimed: &[Vec<Fr>], gamma: Fr, beta: Fr) -> Vec<Vec<Fr>> {
    let mut power = beta;
    let mut with_power = |c: &Fr| {
        let sum = *c + power;
        power *= gamma;
        sum
    };
    claimed.iter().map(|batch| batch.iter().map(&mut with_power).collect()).collect()
}
