//! From columns of many sizes to one polynomial at one point: what most schemes share.
//!
//! A scheme that implements [`PiecePcs`] commits to *pieces*, multilinear polynomials in `l` variables, and opens one
//! linear combination of them at one point. [`Batched`] makes a [`MultilinearPcs`] of it.
//!
//! # Pieces
//! `l` follows from the workload ([`piece_vars`]). A column in `m >= l` variables is cut into `2^(m - l)` pieces of
//! consecutive evaluations. Columns in the same `m < l` variables are laid one after the other, `2^(l - m)` a piece, the
//! rest zeros; columns of different sizes and of different commit calls do not share pieces. So nothing is padded
//! beyond one piece a size, and a long sparse column does not make every polynomial long.
//!
//! # Short commit calls
//! A commitment of its own costs a scheme from codes a path for every query, however short its columns are. So a commit call
//! whose columns have one size below `l`, fit one piece and have together at most [`PiecePcs::clear_values`] evaluations is these
//! evaluations, sent as scalars. It takes no part in what follows: the verifier evaluates it. Such a scheme's queries reveal
//! as much of columns so short; nothing here hides.
//!
//! # Statement
//! For each column `k` in `m_k` variables: `f_k(last m_k coordinates of x) = y_k`.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | commit | bits of the pieces; the scheme's commitment to those that are not zero, or a short call's evaluations | |
//! | 1 | | `rho`, and for each size `m < l` a point `s_m` of `l - m` coordinates |
//! | 2 | with more than one size: the reduction of one claim a size to one point ([`lariat_sumcheck::reduction`]) | |
//! | 3 | | with more than one size: `sigma` |
//! | 4 | the scheme's opening, of the pieces that are not zero | |
//!
//! # Checks
//! 1. `evaluation of what is sent in clear`, `value of zeros in clear`: columns of a short commit call have the claimed values.
//! 2. `no piece, no value`: if no piece is sent, the combined value is zero.
//!
//! # Zero pieces
//! A commitment begins with one bit a piece ([`Parts`]); a piece that is zero throughout is neither committed to nor
//! opened, and the scheme sees no batch without pieces. Claims are combined as if all were there.
//!
//! A size's claims share the point `p_m = (s_m, last m coordinates of x)`, or the last `l` coordinates of `x` for
//! pieces of long columns. A piece of short columns takes `sum_o eq(s_m, o) y_k` there, over its slots `o`, zero for an
//! empty one; a long column's pieces take values whose `eq`-weighted sum is `y_k`. Claims of a size are combined under
//! powers of `rho`, sizes under powers of `sigma`.
//!
//! # Soundness
//! A column that is sent in clear has the value that the verifier computes. A piece that is not sent is the zero polynomial. A slot of a piece is by definition the polynomial that the piece
//! restricts to, so the values that a commitment binds the prover to are determined. One wrong value survives `s_m` with probability at most `(l - m) / r`, `rho` with
//! (claims of the size) `/ r`, the reduction with `(2 l + sizes) / r`, and `sigma` with (sizes) `/ r`: see
//! [`Shape::error_degree`]. `x` is drawn after the commitments and everything here after the `y_k`, which the seam's
//! contract ensures.

mod clear;
mod layout;
mod tall;
#[cfg(test)]
mod tests;

pub use layout::{Shape, piece_vars};
pub use tall::{Tall, stack_height, usual_height};

use crate::{
    BatchSize, ErrorTerm, Hardness, MultilinearPcs, Parts, PcsError, PcsInfo, PcsKind, SecurityBits, VerifyError,
};
use ark_ff::Zero;
use clear::Split;
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::poly::Powers;
use lariat_sumcheck::reduction::{self, Claim, Reduced};
use lariat_transcript::encoding::SCALAR_BYTES;
use lariat_transcript::{ProverChannel, PublicCoin, VerifierChannel};
use layout::Draws;

const LABEL_CLEAR: &str = "batch/evaluations in clear";
const LABEL_RHO: &str = "batch/rho";
const LABEL_SLOTS: &str = "batch/slots";
const LABEL_SIGMA: &str = "batch/sigma";

/// What is opened: the value of a linear combination of pieces at a point.
#[derive(Clone, Copy, Debug)]
pub struct PieceClaim<'a> {
    /// A coefficient for every piece of every commitment, in order.
    pub coefficients: &'a [Vec<Fr>],
    /// The point, `l` coordinates, the first of which is the most significant bit of an index.
    pub point: &'a [Fr],
    /// The claimed value of `sum_i coefficients_i piece_i` at the point.
    pub value: Fr,
}

/// The prover's side of a [`PieceClaim`].
pub struct PieceOpening<'a> {
    /// What is claimed.
    pub claim: PieceClaim<'a>,
    /// The pieces of every commitment, in order.
    pub pieces: &'a [Vec<RowValues<'a>>],
    /// The `2^l` evaluations of the combination.
    pub combined: Vec<Fr>,
}

/// A scheme that commits to polynomials in `l` variables and opens a linear combination of them.
///
/// The claim has been bound to the channel when `open` and `verify` begin.
pub trait PiecePcs: Send + Sync + 'static {
    /// Commitment to the pieces of one commit call.
    type Commitment: Send + Sync + 'static;
    /// What the prover keeps from committing to opening.
    type Hint: Send + Sync + 'static;

    /// The scheme's name and number.
    const KIND: PcsKind;

    /// What the scheme rests on.
    fn info(&self) -> PcsInfo;

    /// Digest of the public parameters.
    fn setup_digest(&self) -> [u8; 32];

    /// Derives what of the public parameters provers alone need. By default, nothing.
    fn prepare_prover(&self) {}

    /// Number of variables `l` of a piece.
    fn piece_vars(&self) -> usize;

    /// Number of variables of the polynomial that an opening is about, for an estimate of memory. By default, those of a piece.
    fn opening_vars(&self) -> usize {
        self.piece_vars()
    }

    /// The most evaluations of columns that fit one piece for which a commit call sends them in clear instead of a commitment:
    /// a function of the parameters alone. By default there are none; [`values_of_a_commitment`] is the number for which that is shorter.
    fn clear_values(&self) -> usize {
        0
    }

    /// Security of opening one combination of `num_pieces` pieces, without the reduction to it.
    fn security(&self, num_pieces: usize) -> SecurityBits;

    /// The errors that [`Self::security`] adds up, one by one, without the level of assumptions. By default, one term.
    fn error_terms(&self, num_pieces: usize) -> Vec<ErrorTerm> {
        vec![crate::seam::opening_term(self.security(num_pieces))]
    }

    /// The problems whose solution breaks the scheme. By default, [`PcsInfo::usual_hardness`].
    fn hardness(&self) -> Vec<Hardness> {
        self.info().usual_hardness()
    }

    /// Memory in bytes that the prover keeps between committing and opening, beside the pieces themselves: an estimate,
    /// and for pieces that are zero an upper bound. By default, nothing.
    fn prover_bytes(&self, num_pieces: usize) -> u64 {
        let _ = num_pieces;
        0
    }

    /// Memory in bytes that committing so many pieces in one call, or opening them, takes beside what is kept: an estimate. By
    /// default, nothing.
    fn working_bytes(&self, num_pieces: usize) -> u64 {
        let _ = num_pieces;
        0
    }

    /// Bytes of public parameters and tables of them that a prover who commits these columns in one call, piece by piece, has in
    /// memory, where they grow with the pieces; without columns, the most that they take. By default none do.
    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        let _ = columns;
        0
    }

    /// Commits to pieces; each has at most `2^l` values and counts as padded with zeros.
    ///
    /// # Errors
    /// When the parameters do not suffice.
    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(Self::Commitment, Self::Hint), PcsError>;

    /// Sends a commitment.
    fn send_commitment(&self, commitment: &Self::Commitment, channel: &mut ProverChannel);

    /// Receives the commitment to so many pieces.
    ///
    /// # Errors
    /// When the proof's bytes are no commitment of that shape. Allocates no more than those bytes.
    fn recv_commitment(
        &self,
        num_pieces: usize,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Self::Commitment, VerifyError>;

    /// Opens the combination.
    ///
    /// # Errors
    /// When the parameters do not suffice.
    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&Self::Hint],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError>;

    /// Checks that the combination of the committed pieces has the claimed value.
    ///
    /// # Errors
    /// When a message is malformed or a check fails.
    fn verify(
        &self,
        commitments: &[&Self::Commitment],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError>;

    /// Bytes of the commitment to so many pieces.
    fn commitment_bytes(&self, num_pieces: usize) -> usize;

    /// Bytes of the opening of commitments to so many pieces.
    fn opening_bytes(&self, num_pieces: &[usize]) -> usize;
}

/// Number of scalars in the bytes that a further commitment to one piece adds to a proof.
pub fn values_of_a_commitment<S: PiecePcs>(scheme: &S) -> usize {
    let opening = scheme.opening_bytes(&[1, 1]) - scheme.opening_bytes(&[1]);
    (scheme.commitment_bytes(1) + opening) / SCALAR_BYTES
}

/// A [`PiecePcs`] as a scheme for columns of all sizes.
#[derive(Clone, Debug)]
pub struct Batched<S>(pub S);

/// What the prover keeps: which pieces are sent, and the scheme's hint if any is committed to.
pub struct BatchedHint<H> {
    parts: Parts,
    inner: Option<H>,
}

/// A commitment to those pieces of a batch that are not zero.
pub struct BatchedCommitment<C> {
    parts: Parts,
    sent: Sent<C>,
}

/// What follows the bits of the pieces.
enum Sent<C> {
    /// Nothing: all pieces are zero.
    Nothing,
    /// The evaluations of all columns, one after the other.
    Clear(Vec<Fr>),
    /// The scheme's commitment.
    Pieces(C),
}

/// What prover and verifier derive alike from the claims: one combined claim a size.
struct SizeClaims {
    /// The claims, one a size; `poly` counts sizes.
    claims: Vec<Claim>,
    /// For every piece of every batch that is sent, its size and its coefficient before sizes are combined.
    pieces: Vec<Vec<(usize, Fr)>>,
}

/// Draws `rho` and the slot points, and combines the claims of every size.
fn size_claims(
    shape: &Shape,
    parts: &[&Parts],
    point: &[Fr],
    evals: &[Fr],
    channel: &mut impl PublicCoin,
) -> SizeClaims {
    // Step 1: challenges.
    let rho = channel.challenge(LABEL_RHO);
    let slots = shape.sizes().iter().map(|&m| channel.challenges(LABEL_SLOTS, shape.piece_vars() - m)).collect();
    let (claims, coefficients) = shape.combine(&Draws { rho, slots }, point, evals);
    let sent = |(batch, (coefficients, parts)): (usize, (Vec<Fr>, &&Parts))| {
        parts.select(shape.sizes_of_pieces(batch).zip(coefficients))
    };
    SizeClaims { claims, pieces: coefficients.into_iter().zip(parts).enumerate().map(sent).collect() }
}

/// The one claim left: sizes combined under powers of `sigma`, with a coefficient for every piece that is sent, in batches
/// of which one is. None without a column: then nothing is claimed.
fn combine_sizes(sizes: SizeClaims, reduced: Option<(Reduced, Fr)>) -> Option<(Vec<Vec<Fr>>, Vec<Fr>, Fr)> {
    let SizeClaims { mut claims, pieces } = sizes;
    let (powers, point, value) = if let Some((Reduced { point, evals }, sigma)) = reduced {
        let powers: Vec<Fr> = Powers::new(sigma).take(evals.len()).collect();
        let value = evals.iter().zip(&powers).map(|(v, p)| *v * p).sum();
        (Some(powers), point, value)
    } else {
        // One size or none: its claim is the one.
        let Claim { point, value, .. } = claims.pop()?;
        (None, point, value)
    };
    let scaled = |(size, c): (usize, Fr)| powers.as_ref().map_or(c, |powers| c * powers[size]);
    let batches = pieces.into_iter().filter(|batch| !batch.is_empty());
    Some((batches.map(|batch| batch.into_iter().map(scaled).collect()).collect(), point, value))
}

/// A claim on no piece at all holds if its value is zero.
///
/// # Errors
/// When it is another.
fn check_empty(value: Fr) -> Result<(), VerifyError> {
    if value == Fr::from(0u64) { Ok(()) } else { Err(VerifyError::Check { check: "no piece, no value" }) }
}

impl<S: PiecePcs> Batched<S> {
    fn split<'a>(&self, batches: &'a [&'a [usize]]) -> Split<'a> {
        Split::new(self.0.piece_vars(), batches, self.0.clear_values())
    }

    /// The pieces of the calls that the scheme commits to.
    fn shape(&self, batches: &[&[usize]]) -> Shape {
        self.split(batches).shape(self.0.piece_vars())
    }

    /// The number of variables of the columns of a call that is sent in clear; none for another.
    fn clear_vars(&self, num_vars: &[usize]) -> Option<usize> {
        let is_clear = clear::is_clear(self.0.piece_vars(), num_vars, self.0.clear_values());
        num_vars.first().copied().filter(|_| is_clear)
    }
}

impl<S: PiecePcs> MultilinearPcs for Batched<S> {
    type Commitment = BatchedCommitment<S::Commitment>;
    type Hint = BatchedHint<S::Hint>;

    const KIND: PcsKind = S::KIND;

    fn info(&self) -> PcsInfo {
        self.0.info()
    }

    fn security(&self, batches: &[&[usize]]) -> SecurityBits {
        let shape = self.shape(batches);
        let inner = self.0.security(shape.num_pieces().iter().sum());
        let reduction = SecurityBits::of_degree(shape.error_degree());
        inner.and(reduction)
    }

    fn error_terms(&self, batches: &[&[usize]]) -> Vec<ErrorTerm> {
        let shape = self.shape(batches);
        let mut terms = vec![ErrorTerm {
            name: "batching of columns and sizes",
            bits: SecurityBits::of_degree(shape.error_degree()),
            source: "soundness section of lariat_pcs::batch",
        }];
        terms.extend(self.0.error_terms(shape.num_pieces().iter().sum()));
        terms
    }

    fn prover_bytes(&self, batches: &[&[usize]]) -> u64 {
        self.0.prover_bytes(self.shape(batches).num_pieces().iter().sum())
    }

    fn working_bytes(&self, batches: &[&[usize]]) -> u64 {
        self.0.working_bytes(self.shape(batches).num_pieces().iter().sum())
    }

    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        self.0.parameter_bytes(columns)
    }

    fn hardness(&self) -> Vec<Hardness> {
        self.0.hardness()
    }

    fn setup_digest(&self) -> [u8; 32] {
        self.0.setup_digest()
    }

    fn prepare_prover(&self) {
        self.0.prepare_prover();
    }

    fn piece_vars(&self) -> Option<usize> {
        Some(self.0.piece_vars())
    }

    fn opening_vars(&self) -> Option<usize> {
        Some(self.0.opening_vars())
    }

    fn max_num_vars(&self) -> usize {
        (self.0.piece_vars() + layout::MAX_LOG_PIECES).min(layout::MAX_NUM_VARS)
    }

    fn commit(&self, columns: &[&Column]) -> Result<(Self::Commitment, Self::Hint), PcsError> {
        let num_vars: Vec<usize> = columns.iter().map(|c| c.num_vars()).collect();
        if self.clear_vars(&num_vars).is_some() {
            let values = clear::evaluations(columns);
            let parts = Parts::new(vec![values.iter().any(|value| !value.is_zero())]);
            let sent = if parts.num_sent() == 0 { Sent::Nothing } else { Sent::Clear(values) };
            return Ok((BatchedCommitment { parts: parts.clone(), sent }, BatchedHint { parts, inner: None }));
        }
        let shape = Shape::new(self.0.piece_vars(), &[&num_vars]);
        let slots = shape.slots(0, columns);
        let pieces = shape.pieces(0, columns, &slots);
        let parts = Parts::new(pieces.iter().map(|piece| !piece.is_zero()).collect());
        let pieces = parts.select(pieces);
        let (sent, inner) = if pieces.is_empty() {
            (Sent::Nothing, None)
        } else {
            let (commitment, hint) = self.0.commit(&pieces)?;
            (Sent::Pieces(commitment), Some(hint))
        };
        Ok((BatchedCommitment { parts: parts.clone(), sent }, BatchedHint { parts, inner }))
    }

    fn send_commitment(&self, commitment: &Self::Commitment, channel: &mut ProverChannel) {
        commitment.parts.send(channel);
        match &commitment.sent {
            Sent::Nothing => {}
            Sent::Clear(values) => channel.send_scalars(LABEL_CLEAR, values),
            Sent::Pieces(inner) => self.0.send_commitment(inner, channel),
        }
    }

    fn num_parts(&self, num_vars: &[usize]) -> usize {
        Shape::new(self.0.piece_vars(), &[num_vars]).num_pieces().iter().sum()
    }

    fn recv_commitment(
        &self,
        num_vars: &[usize],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Self::Commitment, VerifyError> {
        let parts = Parts::recv(MultilinearPcs::num_parts(self, num_vars), channel)?;
        let sent = match (parts.num_sent(), self.clear_vars(num_vars)) {
            (0, _) => Sent::Nothing,
            (_, Some(m)) => Sent::Clear(channel.recv_scalars(LABEL_CLEAR, num_vars.len() << m)?),
            (num_sent, None) => Sent::Pieces(self.0.recv_commitment(num_sent, channel)?),
        };
        Ok(BatchedCommitment { parts, sent })
    }

    fn open(
        &self,
        columns: &[&Column],
        hints: &[&Self::Hint],
        batches: &[&[usize]],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        let len = 1usize << self.0.piece_vars();
        let split = self.split(batches);
        let shape = split.shape(self.0.piece_vars());
        let of_batches = split.committed(split.by_call(columns));
        let evals = split.committed(split.by_call(evals)).concat();
        let hints = split.committed(hints.iter().copied());
        let slots: Vec<_> = of_batches.iter().enumerate().map(|(batch, own)| shape.slots(batch, own)).collect();
        let mut pieces: Vec<Vec<RowValues<'_>>> = hints
            .iter()
            .enumerate()
            .map(|(batch, hint)| hint.parts.select(shape.pieces(batch, of_batches[batch], &slots[batch])))
            .collect();
        let parts: Vec<&Parts> = hints.iter().map(|hint| &hint.parts).collect();
        let sizes = size_claims(&shape, &parts, point, &evals, channel);

        // Step 2: one point for all sizes.
        let combine = |size: usize| {
            let all = sizes.pieces.iter().flatten().zip(pieces.iter().flatten());
            let own = all.filter(|((of, _), _)| *of == size).map(|((_, c), piece)| (*c, *piece));
            combine_rows(&own.collect::<Vec<_>>(), len)
        };
        let mut combined = None;
        let reduced = (sizes.claims.len() > 1).then(|| {
            let polys: Vec<Column> = (0..sizes.claims.len())
                .map(|size| Column::new(self.0.piece_vars(), ColumnData::Field(combine(size))))
                .collect();
            let polys: Vec<&Column> = polys.iter().collect();
            let reduced = reduction::prove(&polys, &sizes.claims, channel);
            // Step 3: the verifier's challenge over sizes.
            let sigma = channel.challenge(LABEL_SIGMA);
            let rows: Vec<(Fr, RowValues<'_>)> =
                Powers::new(sigma).zip(&polys).map(|(p, c)| (p, RowValues::of_column(c, 0, len))).collect();
            combined = Some(combine_rows(&rows, len));
            (reduced, sigma)
        });
        let Some((coefficients, point, value)) = combine_sizes(sizes, reduced) else { return Ok(()) };

        // Step 4: the scheme's opening.
        pieces.retain(|batch| !batch.is_empty());
        if pieces.is_empty() {
            return Ok(());
        }
        let combined = combined.unwrap_or_else(|| {
            let terms = coefficients.iter().flatten().copied().zip(pieces.iter().flatten().copied());
            combine_rows(&terms.collect::<Vec<_>>(), len)
        });
        let claim = PieceClaim { coefficients: &coefficients, point: &point, value };
        let hints: Vec<&S::Hint> = hints.iter().filter_map(|hint| hint.inner.as_ref()).collect();
        self.0.open(PieceOpening { claim, pieces: &pieces, combined }, &hints, channel)
    }

    fn verify(
        &self,
        commitments: &[&Self::Commitment],
        batches: &[&[usize]],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        // Check 1: what is sent in clear.
        let split = self.split(batches);
        for ((commitment, num_vars), own) in commitments.iter().zip(batches).zip(split.by_call(evals)) {
            match (&commitment.sent, self.clear_vars(num_vars)) {
                (Sent::Clear(values), Some(m)) => clear::check(values, m, point, own)?,
                (_, Some(_)) => clear::check_zeros(own)?,
                (_, None) => {}
            }
        }

        let shape = split.shape(self.0.piece_vars());
        let commitments = split.committed(commitments.iter().copied());
        let evals = split.committed(split.by_call(evals)).concat();
        let parts: Vec<&Parts> = commitments.iter().map(|commitment| &commitment.parts).collect();
        let sizes = size_claims(&shape, &parts, point, &evals, channel);

        // Step 2: one point for all sizes.
        let num_sizes = sizes.claims.len();
        let reduced = if num_sizes > 1 {
            let num_vars = vec![self.0.piece_vars(); num_sizes];
            let reduced = reduction::verify(&num_vars, &sizes.claims, channel)?;
            // Step 3: the challenge over sizes.
            Some((reduced, channel.challenge(LABEL_SIGMA)))
        } else {
            None
        };
        let Some((coefficients, point, value)) = combine_sizes(sizes, reduced) else { return Ok(()) };

        // Step 4: the scheme's opening. Check 2: none without pieces.
        if coefficients.is_empty() {
            return check_empty(value);
        }
        let claim = PieceClaim { coefficients: &coefficients, point: &point, value };
        let sent = commitments.iter().filter_map(|commitment| match &commitment.sent {
            Sent::Pieces(inner) => Some(inner),
            Sent::Nothing | Sent::Clear(_) => None,
        });
        let commitments: Vec<&S::Commitment> = sent.collect();
        self.0.verify(&commitments, claim, channel)
    }

    fn commitment_bytes(&self, batch: BatchSize<'_>) -> usize {
        let sent = match (batch.num_sent, self.clear_vars(batch.num_vars)) {
            (0, _) => 0,
            (_, Some(m)) => SCALAR_BYTES * (batch.num_vars.len() << m),
            (num_sent, None) => self.0.commitment_bytes(num_sent),
        };
        Parts::bytes_for(MultilinearPcs::num_parts(self, batch.num_vars)) + sent
    }

    fn opening_bytes(&self, batches: &[BatchSize<'_>], _point_len: usize) -> usize {
        let num_vars: Vec<&[usize]> = batches.iter().map(|batch| batch.num_vars).collect();
        let nums_sent = self.split(&num_vars).committed(batches.iter().map(|batch| batch.num_sent));
        let nums_sent: Vec<usize> = nums_sent.into_iter().filter(|&num_sent| num_sent > 0).collect();
        let opening = if nums_sent.is_empty() { 0 } else { self.0.opening_bytes(&nums_sent) };
        self.shape(&num_vars).reduction_bytes() + opening
    }
}
