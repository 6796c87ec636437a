//! The two faces of a scheme: [`MultilinearPcs`], which an author implements, and [`Pcs`], which a prover holds.

use crate::{
    BatchSize, ErrorTerm, Hardness, Parts, PcsError, PcsKind, SecurityBits, SetupSource, ShapeError, VerifyError,
};
use lariat_algebra::Fr;
use lariat_algebra::column::Column;
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::any::Any;
use std::sync::Arc;

/// What a scheme rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PcsInfo {
    /// Hardness assumptions, in words.
    pub assumptions: &'static str,
    /// Where the public parameters come from.
    pub setup: SetupSource,
    /// Whether quantum computers are known to break it.
    pub quantum: QuantumStatus,
}

impl PcsInfo {
    /// The problems that such a scheme usually rests on: BN254's groups if quantum computers break it, collisions of a
    /// hash otherwise.
    pub fn usual_hardness(&self) -> Vec<Hardness> {
        match self.quantum {
            QuantumStatus::Broken => vec![Hardness::CURVE, Hardness::PAIRING],
            QuantumStatus::Plausible => vec![Hardness::MERKLE],
        }
    }
}

/// Standing against quantum computers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuantumStatus {
    /// Shor's algorithm forges proofs.
    Broken,
    /// No attack better than generic search is known.
    Plausible,
}

/// The one term of a scheme that does not itemise its errors. No attack on the protocol is known that beats the proven
/// bound, so a lower conjectured number is the assumptions', which [`Hardness`] accounts for.
pub(crate) fn opening_term(bits: SecurityBits) -> ErrorTerm {
    let bits = SecurityBits { proven: bits.proven, conjectured: bits.conjectured.max(bits.proven) };
    ErrorTerm { name: "opening", bits, source: "soundness section of the scheme's crate" }
}

/// A multilinear polynomial commitment scheme with its public parameters, as its author writes it.
///
/// Coordinate 0 of a point is the most significant bit of a hypercube index. A column in `m` variables is opened at the
/// **last** `m` coordinates of the point. Every argument has been checked by the blanket [`Pcs`] implementation before
/// a method here sees it: counts agree, and no column has more variables than the point has coordinates.
///
/// What the transcript holds when `open` and `verify` begin: the commitments (absorbed by `send_commitment`,
/// `recv_commitment`), the claimed values (absorbed by the caller) and the point (absorbed by the blanket
/// implementation).
pub trait MultilinearPcs: Send + Sync + 'static {
    /// Commitment to a batch of columns.
    type Commitment: Send + Sync + 'static;
    /// What the prover keeps from committing to opening.
    type Hint: Send + Sync + 'static;

    /// The scheme's name and number.
    const KIND: PcsKind;

    /// What the scheme rests on.
    fn info(&self) -> PcsInfo;

    /// Security of one opening of commit calls over columns with these numbers of variables.
    fn security(&self, batches: &[&[usize]]) -> SecurityBits;

    /// The errors that [`Self::security`] adds up, one by one, without the level of assumptions. By default, one term.
    fn error_terms(&self, batches: &[&[usize]]) -> Vec<ErrorTerm> {
        vec![opening_term(self.security(batches))]
    }

    /// The problems whose solution breaks the scheme. By default, [`PcsInfo::usual_hardness`].
    fn hardness(&self) -> Vec<Hardness> {
        self.info().usual_hardness()
    }

    /// Memory in bytes that the prover keeps between committing and opening, beside the columns themselves: an estimate,
    /// and for columns that are zero an upper bound. By default, nothing.
    fn prover_bytes(&self, batches: &[&[usize]]) -> u64 {
        let _ = batches;
        0
    }

    /// Memory in bytes that committing these columns, or opening them, takes beside what is kept: an estimate. By default,
    /// nothing.
    fn working_bytes(&self, batches: &[&[usize]]) -> u64 {
        let _ = batches;
        0
    }

    /// Bytes of public parameters and tables of them that a prover who commits these columns in one call has in memory, where
    /// they grow with the columns; without columns, the most that they take. By default none do.
    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        let _ = columns;
        0
    }

    /// Digest of the public parameters, to be bound into the transcript before anything else. A verifier asks for it before
    /// it has looked at a message: where deriving the parameters takes long, keep their digests.
    fn setup_digest(&self) -> [u8; 32];

    /// Derives what of the public parameters provers alone need, so that the first commitment does not. By default,
    /// nothing.
    fn prepare_prover(&self) {}

    /// Most variables that a column may have.
    fn max_num_vars(&self) -> usize;

    /// Number of variables of the pieces that columns are cut into or laid out in, if there are any and all are of one length:
    /// an estimate of memory needs it. By default there are none.
    fn piece_vars(&self) -> Option<usize> {
        None
    }

    /// Number of variables of the one polynomial that an opening is about, if it makes one. By default it does not.
    fn opening_vars(&self) -> Option<usize> {
        None
    }

    /// Number of parts that columns with these numbers of variables have together: see [`Parts`]. With none, the default, a scheme
    /// has no such bits, and sizes follow from the numbers of variables alone.
    fn num_parts(&self, num_vars: &[usize]) -> usize {
        let _ = num_vars;
        0
    }

    /// Commits to a batch.
    ///
    /// # Errors
    /// When the parameters do not suffice.
    fn commit(&self, columns: &[&Column]) -> Result<(Self::Commitment, Self::Hint), PcsError>;

    /// Sends a commitment. Its first message is the bits of its [`Parts`], if there are any.
    fn send_commitment(&self, commitment: &Self::Commitment, channel: &mut ProverChannel);

    /// Receives the commitment to columns with these numbers of variables.
    ///
    /// # Errors
    /// When the proof's bytes are no commitment of that shape.
    fn recv_commitment(
        &self,
        num_vars: &[usize],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Self::Commitment, VerifyError>;

    /// Opens all columns, batch after batch, at one point. `batches` has the numbers of variables of every commit call's
    /// columns.
    ///
    /// # Errors
    /// When the parameters do not suffice.
    fn open(
        &self,
        columns: &[&Column],
        hints: &[&Self::Hint],
        batches: &[&[usize]],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError>;

    /// Checks that the columns bound by `commitments`, whose numbers of variables are `num_vars` in order, have the
    /// values `evals` at `point`.
    ///
    /// # Errors
    /// When a message is malformed or a check fails.
    fn verify(
        &self,
        commitments: &[&Self::Commitment],
        num_vars: &[&[usize]],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError>;

    /// Bytes of the commitment to a batch, with the bits of its parts.
    fn commitment_bytes(&self, batch: BatchSize<'_>) -> usize;

    /// Bytes of an opening of these batches at a point of `point_len` coordinates.
    fn opening_bytes(&self, batches: &[BatchSize<'_>], point_len: usize) -> usize;
}

/// What the prover keeps from one commit call; opaque.
pub struct CommitHint {
    kind: PcsKind,
    num_vars: Vec<usize>,
    inner: Box<dyn Any + Send + Sync>,
}

impl CommitHint {
    /// Numbers of variables of the columns, in order.
    pub fn num_vars(&self) -> &[usize] {
        &self.num_vars
    }
}

/// The verifier's view of one commit call; opaque, cheap to clone.
#[derive(Clone)]
pub struct Commitments {
    kind: PcsKind,
    num_vars: Arc<[usize]>,
    inner: Arc<dyn Any + Send + Sync>,
}

impl Commitments {
    /// Numbers of variables of the columns, in order.
    pub fn num_vars(&self) -> &[usize] {
        &self.num_vars
    }
}

/// A scheme with its public parameters, as provers and verifiers hold it. Object-safe: the protocol above is compiled
/// once and a scheme is chosen at run time. Implemented for every [`MultilinearPcs`].
///
/// The caller's duties: bind [`Pcs::setup_digest`] into the session, absorb the claimed values before opening, and draw
/// the point after the commitments.
pub trait Pcs: Send + Sync {
    /// The scheme's name and number.
    fn kind(&self) -> PcsKind;

    /// What the scheme rests on.
    fn info(&self) -> PcsInfo;

    /// Security of one opening of commit calls over columns with these numbers of variables.
    fn security(&self, batches: &[&[usize]]) -> SecurityBits;

    /// The errors of one opening, one by one, without the level of assumptions.
    fn error_terms(&self, batches: &[&[usize]]) -> Vec<ErrorTerm>;

    /// The problems whose solution breaks the scheme.
    fn hardness(&self) -> Vec<Hardness>;

    /// Memory in bytes that the prover keeps between committing and opening, beside the columns themselves: an estimate.
    fn prover_bytes(&self, batches: &[&[usize]]) -> u64;

    /// Memory in bytes that committing these columns, or opening them, takes beside what is kept: an estimate.
    fn working_bytes(&self, batches: &[&[usize]]) -> u64;

    /// Bytes of public parameters and tables of them that a prover who commits these columns in one call has in memory, where
    /// they grow with the columns; without columns, the most that they take.
    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64;

    /// Digest of the public parameters, to be bound into the transcript before anything else.
    fn setup_digest(&self) -> [u8; 32];

    /// Derives what of the public parameters provers alone need, so that the first commitment does not.
    fn prepare_prover(&self);

    /// Most variables that a column may have.
    fn max_num_vars(&self) -> usize;

    /// Commits to a batch of columns and sends the commitments.
    ///
    /// # Errors
    /// When a column has more than [`Pcs::max_num_vars`] variables.
    fn commit(&self, columns: &[&Column], channel: &mut ProverChannel) -> Result<CommitHint, PcsError>;

    /// Opens the columns of one or several commit calls, in order, at one point: column `k` in `m_k` variables at the
    /// last `m_k` coordinates. Absorbs the point; the caller has absorbed `evals`.
    ///
    /// # Errors
    /// When the columns are not those of `hints`, the counts differ, or the point is too short.
    fn open(
        &self,
        columns: &[&Column],
        hints: &[CommitHint],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError>;

    /// Receives the commitments of one commit call over columns with these numbers of variables.
    ///
    /// # Errors
    /// When the proof's bytes are no commitments of that shape.
    fn recv_commitments(
        &self,
        num_vars: &[usize],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Commitments, VerifyError>;

    /// Checks an opening. Absorbs the point; the caller has absorbed `evals`.
    ///
    /// `Ok` says: the prover knows, for each commitment, one polynomial with the claimed value at its suffix of the
    /// point. The caller must still check that the channel has no bytes left.
    ///
    /// # Errors
    /// When the counts differ, the point is too short, a message is malformed or a check fails.
    fn verify(
        &self,
        commitments: &[Commitments],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError>;

    /// Number of variables of the pieces that columns are cut into or laid out in, if there are any and all are of one length.
    fn piece_vars(&self) -> Option<usize>;

    /// Number of variables of the one polynomial that an opening is about, if it makes one.
    fn opening_vars(&self) -> Option<usize>;

    /// Number of parts that columns with these numbers of variables have together: see [`Parts`].
    fn num_parts(&self, num_vars: &[usize]) -> usize;

    /// Bytes of the commitments to a batch, with the bits of its parts: exact.
    fn commitment_bytes(&self, batch: BatchSize<'_>) -> usize;

    /// Bytes of the opening of these batches at a point of `point_len` coordinates: exact.
    fn opening_bytes(&self, batches: &[BatchSize<'_>], point_len: usize) -> usize;

    /// Bytes of all messages of these commit calls and one opening: exact.
    fn proof_bytes(&self, batches: &[BatchSize<'_>], point_len: usize) -> usize {
        let commitments: usize = batches.iter().map(|&batch| self.commitment_bytes(batch)).sum();
        commitments + self.opening_bytes(batches, point_len)
    }

    /// A batch of which every part is sent: its largest size.
    fn full_batch<'a>(&self, num_vars: &'a [usize]) -> BatchSize<'a> {
        BatchSize { num_vars, num_sent: self.num_parts(num_vars) }
    }

    /// The sizes of commit calls over columns with these numbers of variables, whose commitments `messages` begins with, one after the
    /// other. Reads nothing but the bits of their parts.
    ///
    /// # Errors
    /// When `messages` ends before the bits of a batch do, or a bit past the last part is set.
    fn batch_sizes<'a>(&self, batches: &[&'a [usize]], messages: &[u8]) -> Result<Vec<BatchSize<'a>>, VerifyError> {
        let mut at = 0usize;
        let size = |&num_vars: &&'a [usize]| {
            let num_parts = self.num_parts(num_vars);
            let needed = at.saturating_add(Parts::bytes_for(num_parts));
            let bytes = messages.get(at..needed).ok_or(VerifyError::PartsMissing { needed })?;
            let parts = Parts::from_bytes(num_parts, bytes).ok_or(VerifyError::PartsPadding)?;
            let batch = BatchSize { num_vars, num_sent: parts.num_sent() };
            at = at.saturating_add(self.commitment_bytes(batch));
            Ok(batch)
        };
        batches.iter().map(size).collect()
    }
}

const POINT_LABEL: &str = "pcs/point";

/// Every batch was made by `kind`, and columns, values and point fit together.
fn check_shape<'a>(
    kind: PcsKind,
    batches: impl Iterator<Item = (PcsKind, &'a [usize])>,
    point: &[Fr],
    evals: &[Fr],
) -> Result<usize, ShapeError> {
    let mut index = 0;
    for (got, num_vars) in batches {
        if got != kind {
            return Err(ShapeError::OtherScheme { expected: kind, got });
        }
        for &num_vars in num_vars {
            if num_vars > point.len() {
                return Err(ShapeError::PointTooShort { index, num_vars, point_len: point.len() });
            }
            index += 1;
        }
    }
    if evals.len() != index {
        return Err(ShapeError::EvalCount { evals: evals.len(), columns: index });
    }
    Ok(index)
}

impl<S: MultilinearPcs> Pcs for S {
    fn kind(&self) -> PcsKind {
        S::KIND
    }

    fn info(&self) -> PcsInfo {
        MultilinearPcs::info(self)
    }

    fn security(&self, batches: &[&[usize]]) -> SecurityBits {
        MultilinearPcs::security(self, batches)
    }

    fn error_terms(&self, batches: &[&[usize]]) -> Vec<ErrorTerm> {
        MultilinearPcs::error_terms(self, batches)
    }

    fn hardness(&self) -> Vec<Hardness> {
        MultilinearPcs::hardness(self)
    }

    fn prover_bytes(&self, batches: &[&[usize]]) -> u64 {
        MultilinearPcs::prover_bytes(self, batches)
    }

    fn working_bytes(&self, batches: &[&[usize]]) -> u64 {
        MultilinearPcs::working_bytes(self, batches)
    }

    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        MultilinearPcs::parameter_bytes(self, columns)
    }

    fn setup_digest(&self) -> [u8; 32] {
        MultilinearPcs::setup_digest(self)
    }

    fn prepare_prover(&self) {
        MultilinearPcs::prepare_prover(self);
    }

    fn max_num_vars(&self) -> usize {
        MultilinearPcs::max_num_vars(self)
    }

    #[tracing::instrument(level = "debug", skip_all, name = "pcs_commit", fields(columns = columns.len()))]
    fn commit(&self, columns: &[&Column], channel: &mut ProverChannel) -> Result<CommitHint, PcsError> {
        let max = MultilinearPcs::max_num_vars(self);
        let num_vars: Vec<usize> = columns.iter().map(|c| c.num_vars()).collect();
        if let Some(&num_vars) = num_vars.iter().find(|&&m| m > max) {
            return Err(PcsError::TooManyVariables { num_vars, max });
        }
        let (commitment, hint) = MultilinearPcs::commit(self, columns)?;
        self.send_commitment(&commitment, channel);
        Ok(CommitHint { kind: S::KIND, num_vars, inner: Box::new(hint) })
    }

    #[tracing::instrument(level = "debug", skip_all, name = "pcs_open", fields(columns = columns.len()))]
    fn open(
        &self,
        columns: &[&Column],
        hints: &[CommitHint],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        let committed = check_shape(S::KIND, hints.iter().map(|h| (h.kind, h.num_vars())), point, evals)?;
        if columns.len() != committed {
            return Err(ShapeError::ColumnCount { columns: columns.len(), committed }.into());
        }
        let expected = hints.iter().flat_map(CommitHint::num_vars);
        for (index, (column, &expected)) in columns.iter().zip(expected).enumerate() {
            if column.num_vars() != expected {
                return Err(ShapeError::NumVars { index, expected, got: column.num_vars() }.into());
            }
        }
        let batches: Vec<&[usize]> = hints.iter().map(CommitHint::num_vars).collect();
        let inner: Vec<&S::Hint> = hints
            .iter()
            .map(|h| h.inner.downcast_ref().ok_or(ShapeError::OtherScheme { expected: S::KIND, got: h.kind }))
            .collect::<Result<_, _>>()?;
        channel.absorb_public_scalars(POINT_LABEL, point);
        MultilinearPcs::open(self, columns, &inner, &batches, point, evals, channel)
    }

    fn recv_commitments(
        &self,
        num_vars: &[usize],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Commitments, VerifyError> {
        let max = MultilinearPcs::max_num_vars(self);
        if let Some(&num_vars) = num_vars.iter().find(|&&m| m > max) {
            return Err(VerifyError::TooManyVariables { num_vars, max });
        }
        let inner = Arc::new(self.recv_commitment(num_vars, channel)?);
        Ok(Commitments { kind: S::KIND, num_vars: num_vars.into(), inner })
    }

    #[tracing::instrument(level = "debug", skip_all, name = "pcs_verify", fields(columns = evals.len()))]
    fn verify(
        &self,
        commitments: &[Commitments],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        check_shape(S::KIND, commitments.iter().map(|c| (c.kind, c.num_vars())), point, evals)?;
        let inner: Vec<&S::Commitment> = commitments
            .iter()
            .map(|c| c.inner.downcast_ref().ok_or(ShapeError::OtherScheme { expected: S::KIND, got: c.kind }))
            .collect::<Result<_, _>>()?;
        let num_vars: Vec<&[usize]> = commitments.iter().map(Commitments::num_vars).collect();
        channel.absorb_public_scalars(POINT_LABEL, point);
        MultilinearPcs::verify(self, &inner, &num_vars, point, evals, channel)
    }

    fn piece_vars(&self) -> Option<usize> {
        MultilinearPcs::piece_vars(self)
    }

    fn opening_vars(&self) -> Option<usize> {
        MultilinearPcs::opening_vars(self)
    }

    fn num_parts(&self, num_vars: &[usize]) -> usize {
        MultilinearPcs::num_parts(self, num_vars)
    }

    fn commitment_bytes(&self, batch: BatchSize<'_>) -> usize {
        MultilinearPcs::commitment_bytes(self, batch)
    }

    fn opening_bytes(&self, batches: &[BatchSize<'_>], point_len: usize) -> usize {
        MultilinearPcs::opening_bytes(self, batches, point_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_algebra::column::ColumnData;
    use lariat_transcript::{HashKind, Session};

    /// A scheme whose commitments are nothing, so that only the seam can refuse.
    struct Clear;

    impl MultilinearPcs for Clear {
        type Commitment = ();
        type Hint = ();
        const KIND: PcsKind = PcsKind::new(255, "clear");
        fn info(&self) -> PcsInfo {
            PcsInfo { assumptions: "", setup: SetupSource::Transparent, quantum: QuantumStatus::Plausible }
        }
        fn security(&self, _: &[&[usize]]) -> SecurityBits {
            SecurityBits { proven: 0.0, conjectured: 0.0 }
        }
        fn setup_digest(&self) -> [u8; 32] {
            [0; 32]
        }
        fn max_num_vars(&self) -> usize {
            4
        }
        fn commit(&self, _: &[&Column]) -> Result<((), ()), PcsError> {
            Ok(((), ()))
        }
        fn send_commitment(&self, (): &(), _: &mut ProverChannel) {}
        fn recv_commitment(&self, _: &[usize], _: &mut VerifierChannel<'_>) -> Result<(), VerifyError> {
            Ok(())
        }
        fn open(
            &self,
            _: &[&Column],
            _: &[&()],
            _: &[&[usize]],
            _: &[Fr],
            _: &[Fr],
            _: &mut ProverChannel,
        ) -> Result<(), PcsError> {
            Ok(())
        }
        fn verify(
            &self,
            _: &[&()],
            _: &[&[usize]],
            _: &[Fr],
            _: &[Fr],
            _: &mut VerifierChannel<'_>,
        ) -> Result<(), VerifyError> {
            Ok(())
        }
        fn commitment_bytes(&self, _: BatchSize<'_>) -> usize {
            0
        }
        fn opening_bytes(&self, _: &[BatchSize<'_>], _: usize) -> usize {
            0
        }
    }

    #[test]
    fn values_of_another_scheme_are_refused() {
        let pcs: &dyn Pcs = &Clear;
        let kind = pcs.kind();
        let error = ShapeError::OtherScheme { expected: kind, got: kind };
        let session = || Session::new(HashKind::Blake3, "test").bind("nothing", b"");
        let column = Column::new(0, ColumnData::U8(vec![1]));
        let hint = CommitHint { kind, num_vars: vec![0], inner: Box::new("no hint of this scheme") };
        let verdict = pcs.open(&[&column], &[hint], &[], &[Fr::from(1u64)], &mut session().into_prover());
        assert_eq!(verdict, Err(PcsError::Shape(error)));
        let commitments = Commitments { kind, num_vars: [0].into(), inner: Arc::new("no commitment of this scheme") };
        let verdict = pcs.verify(&[commitments], &[], &[Fr::from(1u64)], &mut session().into_verifier(&[]));
        assert_eq!(verdict, Err(VerifyError::Shape(error)));
    }
}
