//! Hyrax [WTSTW18, §6]: a column is a matrix, a commitment is one Pedersen commitment a row, an opening is one combined row.
//!
//! # Statement
//! For each column `k` in `m_k` variables, bound by points `C_{k,i}`: `f_k(last m_k coordinates of x) = y_k`.
//!
//! A column with `m_k >= l` is cut into `2^(m_k - l)` rows of `L = 2^l` consecutive evaluations; its variables are first
//! the row bits, then the position bits. A column with `m_k < l` is one row of `2^m_k` evaluations. All rows are
//! committed over the same bases, `C_{k,i} = sum_j row_{k,i}[j] G_j`. Row lengths that occur are *classes*; class `c` has
//! length `2^c`.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | commit | one bit for each row of the batch, whether it is not zero; `C_{k,i}` of those rows | |
//! | 1 | | `rho` |
//! | 2 | `u_c = sum_k rho^k sum_i w_{k,i} row_{k,i}` over the columns of class `c`, classes in ascending order | |
//! | 3 | | `sigma` |
//!
//! `w_{k,i} = eq(x[n - m_k..n - l], i)` (one, for the single row of a short column); `k` counts over all batches.
//!
//! # Checks
//! 1. For each class: `<u_c, eq(x[n - c..])> = sum_k rho^k y_k` over its columns.
//! 2. `sum_c sigma^c' (sum_k rho^k sum_i w_{k,i} C_{k,i} - sum_{j < 2^c} u_c[j] G_j) = 0`, `c'` counting classes: one
//!    multi-scalar multiplication.
//!
//! A row that is not sent is the zero row, `C_{k,i} = 0`; a point that is sent is not the identity.
//!
//! A short column gets a class of its own length instead of padding to `L`: a row that a cheating prover extends
//! past `2^m_k` then has no `u_c`, at any point, Boolean points included.
//!
//! # Soundness
//! `rho`: degree below the number of columns `K`; `sigma`: degree below the number of classes. Both are polynomial
//! identities over the scalar field once Pedersen commitments bind, so the error is at most `(K + classes) / r` beyond
//! a discrete-logarithm relation between bases. The point must be drawn after the commitments and `rho` after
//! the values, which callers ensure by absorbing both.
//!
//! Not hiding: commitments and combined rows reveal information on the columns.
//!
//! # Measured
//! 16 full columns of 2^18 evaluations, one thread of a Zen 4 server core shared with other work, against the same
//! protocol on arkworks' routines (`cargo bench -p lariat-hyrax`):
//!
//! | values | commit | open | verify |
//! |---|---|---|---|
//! | bool | 31 ms (arkworks 585) | 19 ms (249) | 8 ms (38) |
//! | u16 | 503 ms (3,650) | 29 ms (595) | 16 ms (74) |

#![forbid(unsafe_code)]

mod bases;
#[cfg(test)]
mod tests;

pub use bases::{CONTEXT, base, bases};

use ark_ec::AffineRepr;
use ark_ff::{Field, One, Zero};
use lariat_algebra::column::Column;
use lariat_algebra::msm::{FixedBases, RowValues, combine_rows, msm};
use lariat_algebra::poly::{eq_evals, eq_evals_scaled};
use lariat_algebra::wide::inner_product;
use lariat_algebra::{Fr, G1Affine};
use lariat_pcs::{
    BatchSize, MultilinearPcs, Parts, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits,
    SetupSource, VerifyError, recv_part_points,
};
use lariat_transcript::encoding::{POINT_BYTES, SCALAR_BYTES, coordinates_to_bytes};
use lariat_transcript::{ProverChannel, VerifierChannel};
use std::sync::{Arc, OnceLock};

/// Logarithm of the longest row.
pub const MAX_LOG_ROW_LEN: usize = 14;
/// Most variables of a column: its commitment alone takes up to a gigabyte.
pub const MAX_NUM_VARS: usize = 32;

const LABEL_COMMITMENTS: &str = "hyrax/commitments";
const LABEL_RHO: &str = "hyrax/rho";
const LABEL_ROW: &str = "hyrax/row";
const LABEL_SIGMA: &str = "hyrax/sigma";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Hyrax::KIND,
    summary: "transparent; square-root commitments, openings and verification; discrete logarithms",
    needs_setup: false,
    setup: |workload, _| Hyrax::shared(Hyrax::log_row_len_for(workload.num_vars)).map(|scheme| scheme as Arc<dyn Pcs>),
};

/// The scheme with its bases.
#[derive(Debug)]
pub struct Hyrax {
    log_row_len: usize,
    /// Made when they are first needed: sizes follow from the row length alone, and a verifier compares them before it
    /// derives bases for a statement that nobody may have proven.
    made: OnceLock<Made>,
}

/// Bases, and their digest.
#[derive(Debug)]
struct Made {
    bases: FixedBases,
    digest: [u8; 32],
}

impl Hyrax {
    /// The scheme with rows of `2^log_row_len` evaluations; its bases are derived when they are first needed.
    ///
    /// # Errors
    /// When `log_row_len` exceeds [`MAX_LOG_ROW_LEN`].
    pub fn new(log_row_len: usize) -> Result<Self, PcsError> {
        if log_row_len > MAX_LOG_ROW_LEN {
            return Err(PcsError::RowTooLong { log_row_len, max: MAX_LOG_ROW_LEN });
        }
        Ok(Self { log_row_len, made: OnceLock::new() })
    }

    fn made(&self) -> &Made {
        if let Some(made) = self.made.get() {
            return made;
        }
        // Made outside of the cell: a thread that waits for the cell must not hold up the pool that derives the bases.
        let bases = bases(1 << self.log_row_len);
        let mut hasher = blake3::Hasher::new_derive_key("lariat-pcs 2025 hyrax setup digest v1");
        for point in &bases {
            hasher.update(&coordinates_to_bytes(point));
        }
        let made = Made { bases: FixedBases::new(bases), digest: *hasher.finalize().as_bytes() };
        self.made.get_or_init(|| made)
    }

    /// [`new`](Self::new), made once in a process for each row length and kept: the bases are public constants.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn shared(log_row_len: usize) -> Result<Arc<Self>, PcsError> {
        static MADE: [OnceLock<Arc<Hyrax>>; MAX_LOG_ROW_LEN + 1] = [const { OnceLock::new() }; MAX_LOG_ROW_LEN + 1];
        let slot = MADE.get(log_row_len).ok_or(PcsError::RowTooLong { log_row_len, max: MAX_LOG_ROW_LEN })?;
        let made = Self::new(log_row_len)?;
        Ok(Arc::clone(slot.get_or_init(|| Arc::new(made))))
    }

    /// The row length that balances an opening against the commitments: half the logarithm (rounded down) of the total
    /// number of evaluations of all columns, at most [`MAX_LOG_ROW_LEN`].
    ///
    /// A function of the shapes alone, which the verifier knows; no proof carries it.
    pub fn log_row_len_for(num_vars: &[usize]) -> usize {
        let total: u128 = num_vars.iter().map(|&m| 1u128 << m.min(MAX_NUM_VARS)).sum();
        let log_total = total.checked_ilog2().unwrap_or(0) as usize;
        (log_total / 2).min(MAX_LOG_ROW_LEN)
    }

    /// Logarithm `l` of the row length.
    pub fn log_row_len(&self) -> usize {
        self.log_row_len
    }

    /// The bases `G_j`.
    pub fn bases(&self) -> &FixedBases {
        &self.made().bases
    }

    /// Number of rows of a column.
    fn num_rows(&self, num_vars: usize) -> usize {
        1 << num_vars.saturating_sub(self.log_row_len)
    }

    /// The class of a column: logarithm of its row length.
    fn class(&self, num_vars: usize) -> usize {
        num_vars.min(self.log_row_len)
    }

    /// The classes that occur, ascending.
    fn classes(&self, num_vars: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut classes: Vec<usize> = num_vars.map(|m| self.class(m)).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    }

    /// `w_{k,i}` for all rows `i` of a column in `num_vars` variables, times `scale`.
    fn row_weights(&self, num_vars: usize, point: &[Fr], scale: Fr) -> Vec<Fr> {
        let suffix = &point[point.len() - num_vars..];
        eq_evals_scaled(&suffix[..num_vars - self.class(num_vars)], scale)
    }
}

/// Commitments to the rows of a batch that are not zero, column after column.
pub struct RowCommitments {
    parts: Parts,
    points: Vec<G1Affine>,
}

impl MultilinearPcs for Hyrax {
    type Commitment = RowCommitments;
    type Hint = ();

    const KIND: PcsKind = PcsKind::HYRAX;

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "discrete logarithm relations in G1 of BN254; random oracle for the bases and challenges",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Broken,
        }
    }

    /// Proven: `log2(r / (K + l + 1))`. Conjectured: the level of the curve.
    fn security(&self, batches: &[&[usize]]) -> SecurityBits {
        let num_columns: usize = batches.iter().map(|b| b.len()).sum();
        let error = SecurityBits::of_degree(num_columns + self.log_row_len + 1);
        SecurityBits { conjectured: SecurityBits::CURVE, ..error }
    }

    fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        FixedBases::bytes_for(1 << self.log_row_len, columns)
    }

    fn setup_digest(&self) -> [u8; 32] {
        self.made().digest
    }

    fn max_num_vars(&self) -> usize {
        MAX_NUM_VARS
    }

    fn commit(&self, columns: &[&Column]) -> Result<(RowCommitments, ()), PcsError> {
        let rows = self.bases().commit_columns(columns).concat();
        let parts = Parts::new(rows.iter().map(|point| !point.is_zero()).collect());
        let points = parts.select(rows);
        Ok((RowCommitments { parts, points }, ()))
    }

    fn send_commitment(&self, commitment: &RowCommitments, channel: &mut ProverChannel) {
        commitment.parts.send(channel);
        channel.send_points(LABEL_COMMITMENTS, &commitment.points);
    }

    fn num_parts(&self, num_vars: &[usize]) -> usize {
        num_vars.iter().map(|&m| self.num_rows(m)).sum()
    }

    fn recv_commitment(
        &self,
        num_vars: &[usize],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<RowCommitments, VerifyError> {
        let parts = Parts::recv(MultilinearPcs::num_parts(self, num_vars), channel)?;
        let points = recv_part_points(LABEL_COMMITMENTS, parts.num_sent(), channel)?;
        Ok(RowCommitments { parts, points })
    }

    fn open(
        &self,
        columns: &[&Column],
        _hints: &[&()],
        _batches: &[&[usize]],
        point: &[Fr],
        _evals: &[Fr],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        // Step 1: batching challenge.
        let rho = channel.challenge(LABEL_RHO);

        // Step 2: one combined row per class.
        let powers = powers(rho, columns.len());
        for class in self.classes(columns.iter().map(|c| c.num_vars())) {
            let len = 1 << class;
            let mut terms: Vec<(Fr, RowValues<'_>)> = Vec::new();
            for (column, &power) in columns.iter().zip(&powers).filter(|(c, _)| self.class(c.num_vars()) == class) {
                let used = column.stored_len().div_ceil(len);
                let weights = self.row_weights(column.num_vars(), point, power);
                terms.extend(
                    weights
                        .iter()
                        .take(used)
                        .enumerate()
                        .map(|(i, &w)| (w, RowValues::of_column(column, i * len, len))),
                );
            }
            channel.send_scalars(LABEL_ROW, &combine_rows(&terms, len));
        }

        // Step 3: the verifier's challenge over classes.
        channel.challenge(LABEL_SIGMA);
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&RowCommitments],
        num_vars: &[&[usize]],
        point: &[Fr],
        evals: &[Fr],
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let num_vars: Vec<usize> = num_vars.iter().copied().flatten().copied().collect();
        let classes = self.classes(num_vars.iter().copied());

        // Step 1: batching challenge.
        let rho = channel.challenge(LABEL_RHO);

        // Step 2: combined rows.
        let powers = powers(rho, num_vars.len());
        let mut rows = Vec::with_capacity(classes.len());
        for &class in &classes {
            rows.push(channel.recv_scalars(LABEL_ROW, 1 << class)?);
        }

        // Step 3: the challenge over classes.
        let sigma = channel.challenge(LABEL_SIGMA);

        // Check 1: combined rows have the combined values.
        for (&class, row) in classes.iter().zip(&rows) {
            let claimed: Fr = num_vars
                .iter()
                .zip(&powers)
                .zip(evals)
                .filter(|((m, _), _)| self.class(**m) == class)
                .map(|((_, power), eval)| *power * eval)
                .sum();
            if inner_product(row, &eq_evals(&point[point.len() - class..])) != claimed {
                return Err(VerifyError::EvaluationMismatch { log_row_len: class });
            }
        }

        // Check 2: combined commitments are commitments to the combined rows.
        let class_powers = powers_by_class(&classes, sigma);
        let mut points: Vec<G1Affine> = commitments.iter().flat_map(|c| c.points.iter().copied()).collect();
        let mut scalars = Vec::with_capacity(points.len() + self.bases().len());
        let mut is_sent = commitments.iter().flat_map(|c| c.parts.is_sent().iter().copied());
        for (&m, &power) in num_vars.iter().zip(&powers) {
            let class = self.class(m);
            let (_, scale) = class_powers.iter().find(|(c, _)| *c == class).expect("every column is in a class");
            // Column by column, so that rows that are not sent take no memory.
            let weights = self.row_weights(m, point, power * scale);
            scalars.extend(weights.into_iter().zip(&mut is_sent).filter_map(|(w, sent)| sent.then_some(w)));
        }
        let mut combined = vec![Fr::zero(); rows.last().map_or(0, Vec::len)];
        for (row, (_, scale)) in rows.iter().zip(&class_powers) {
            for (sum, value) in combined.iter_mut().zip(row) {
                *sum -= *scale * value;
            }
        }
        points.extend(self.bases().bases().iter().take(combined.len()));
        scalars.extend(combined);
        match msm(&points, &scalars) {
            Ok(sum) if sum.is_zero() => Ok(()),
            _ => Err(VerifyError::CommitmentMismatch),
        }
    }

    fn commitment_bytes(&self, batch: BatchSize<'_>) -> usize {
        Parts::bytes_for(MultilinearPcs::num_parts(self, batch.num_vars)) + POINT_BYTES * batch.num_sent
    }

    fn opening_bytes(&self, batches: &[BatchSize<'_>], _point_len: usize) -> usize {
        let classes = self.classes(batches.iter().flat_map(|batch| batch.num_vars).copied());
        classes.iter().map(|class| SCALAR_BYTES << class).sum()
    }
}

/// `1, x, ..., x^(n-1)`.
fn powers(x: Fr, n: usize) -> Vec<Fr> {
    std::iter::successors(Some(Fr::one()), |power| Some(*power * x)).take(n).collect()
}

/// Each class with its power of `sigma`.
fn powers_by_class(classes: &[usize], sigma: Fr) -> Vec<(usize, Fr)> {
    classes.iter().enumerate().map(|(i, &class)| (class, sigma.pow([i as u64]))).collect()
}
