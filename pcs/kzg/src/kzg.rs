//! Commitments to univariate polynomials under a setup.

use crate::{PowersOfTau, SetupError, VerifyingKey};
use ark_ec::CurveGroup;
use lariat_algebra::msm::{FixedBases, RowValues, msm};
use lariat_algebra::{Fr, G1Affine, G1Projective, column::Column, par};
use lariat_pcs::{PcsError, PcsKind, Resources};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// KZG commitments to polynomials of fewer than `2^l` coefficients, as a scheme's prover and verifier hold them.
///
/// A piece's evaluation at hypercube index `i` is the coefficient of `X^i`. Making one reads no power of tau; the first
/// commitment does, and builds what makes the next ones fast.
#[derive(Debug)]
pub struct Kzg {
    kind: PcsKind,
    log_len: usize,
    /// The caller's, whose name and kind of source are its own.
    setup: Arc<PowersOfTau>,
    tables: Arc<Tables>,
}

/// What openings compute in, whatever their size. Measured on runs of 2^10 rows.
const FIXED_BYTES: u64 = 4 << 20;

/// Full-size coefficients of one task. Shorter blocks repeat more of the work on buckets, longer ones leave the cache.
const BLOCK: usize = 1 << 16;

/// The powers of a setup below `2^log_len`, ready for multiplication.
#[derive(Debug)]
struct Tables {
    setup: Arc<PowersOfTau>,
    log_len: usize,
    bases: OnceLock<FixedBases>,
}

impl Tables {
    fn bases(&self) -> Result<&FixedBases, SetupError> {
        if let Some(bases) = self.bases.get() {
            return Ok(bases);
        }
        // Made outside of the cell, as in `FixedBases`: waiting threads must not hold up the pool.
        let made = FixedBases::new(self.setup.prefix(self.log_len)?);
        Ok(self.bases.get_or_init(|| made))
    }
}

/// Sets of tables that a process keeps.
const KEPT: usize = 4;

/// The tables of a setup and length: those of an earlier call if it had the same digest.
fn shared_tables(setup: &Arc<PowersOfTau>, log_len: usize) -> Arc<Tables> {
    static MADE: Mutex<Vec<Arc<Tables>>> = Mutex::new(Vec::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |t: &Arc<Tables>| t.log_len == log_len && t.setup.digest() == setup.digest();
    // Tables over other bytes than the caller's count only once those bytes were read and found sound.
    let usable = |t: &Arc<Tables>| same(t) && (t.bases.get().is_some() || Arc::ptr_eq(&t.setup, setup));
    let tables = match made.iter().position(usable) {
        Some(i) => made.remove(i),
        None => Arc::new(Tables { setup: Arc::clone(setup), log_len, bases: OnceLock::new() }),
    };
    made.insert(0, Arc::clone(&tables));
    made.truncate(KEPT);
    tables
}

impl Kzg {
    /// For polynomials of fewer than `2^log_len` coefficients; `kind` names the scheme in errors. Tables are shared in a
    /// process by all schemes under the same setup and length.
    ///
    /// # Errors
    /// [`PcsError::SetupTooSmall`] when the setup has fewer powers.
    pub fn shared(setup: &Arc<PowersOfTau>, log_len: usize, kind: PcsKind) -> Result<Arc<Self>, PcsError> {
        if log_len > setup.log_len() {
            return Err(PcsError::SetupTooSmall { kind, needed: log_len, available: setup.log_len() });
        }
        Ok(Arc::new(Self { kind, log_len, setup: Arc::clone(setup), tables: shared_tables(setup, log_len) }))
    }

    /// Logarithm `l` of the number of coefficients.
    pub fn log_len(&self) -> usize {
        self.log_len
    }

    /// Bytes that the powers and the tables that these columns need take in memory; without columns, the most.
    pub fn parameter_bytes(&self, columns: Option<&[&Column]>) -> u64 {
        FIXED_BYTES + FixedBases::bytes_for(1 << self.log_len, columns)
    }

    /// The setup.
    pub fn setup(&self) -> &PowersOfTau {
        &self.setup
    }

    /// The verifier's part of the setup.
    pub fn verifying_key(&self) -> &VerifyingKey {
        self.setup.verifying_key()
    }

    /// The powers `[tau^i]_1` for `i < 2^l`.
    ///
    /// # Errors
    /// [`PcsError::Parameters`] when the setup's file turns out to be damaged.
    pub fn powers(&self) -> Result<&[G1Affine], PcsError> {
        Ok(self.bases()?.bases())
    }

    fn bases(&self) -> Result<&FixedBases, PcsError> {
        self.tables.bases().map_err(|e| PcsError::Parameters { kind: self.kind, reason: e.to_string() })
    }

    /// The commitments `sum_i row[i] [tau^i]_1`, in order, in the type in which the values are stored.
    ///
    /// # Errors
    /// [`PcsError::Parameters`] when the setup's file turns out to be damaged.
    ///
    /// # Panics
    /// When a row is longer than `2^l`.
    pub fn commit_rows(&self, rows: &[RowValues<'_>]) -> Result<Vec<G1Affine>, PcsError> {
        Ok(self.bases()?.commit_rows(rows))
    }

    /// The commitment to a polynomial with full-size coefficients, lowest degree first.
    ///
    /// # Errors
    /// [`PcsError::Parameters`] when the setup's file turns out to be damaged.
    ///
    /// # Panics
    /// When there are more than `2^l` coefficients.
    pub fn commit(&self, coeffs: &[Fr]) -> Result<G1Affine, PcsError> {
        Ok(self.commit_all(&[coeffs])?.first().copied().unwrap_or_default())
    }

    /// The commitments to several polynomials with full-size coefficients, in order.
    ///
    /// Without the tables of [`Self::commit_rows`]: at 2^18 coefficients they take longer to build than an opening, and
    /// memory traffic makes them slower than [`msm`] even when built.
    ///
    /// # Errors
    /// [`PcsError::Parameters`] when the setup's file turns out to be damaged.
    ///
    /// # Panics
    /// When one has more than `2^l` coefficients.
    pub fn commit_all(&self, polys: &[&[Fr]]) -> Result<Vec<G1Affine>, PcsError> {
        let powers = self.powers()?;
        assert!(polys.iter().all(|f| f.len() <= powers.len()), "as many powers as coefficients");
        let blocks: Vec<(usize, &[Fr], &[G1Affine])> = polys
            .iter()
            .enumerate()
            .flat_map(|(i, f)| f.chunks(BLOCK).zip(powers.chunks(BLOCK)).map(move |(f, powers)| (i, f, powers)))
            .collect();
        let parts = par::map_collect(blocks.len(), |k| {
            let (_, f, powers) = blocks[k];
            msm(&powers[..f.len()], f).expect("as many powers as coefficients")
        });
        let mut sums = vec![G1Projective::default(); polys.len()];
        for (&(i, _, _), part) in blocks.iter().zip(parts) {
            sums[i] += part;
        }
        Ok(G1Projective::normalize_batch(&sums))
    }
}

/// The setup among a program's resources.
///
/// # Errors
/// [`PcsError::NoSetup`] when there is none.
pub fn for_scheme(resources: &Resources, kind: PcsKind) -> Result<Arc<PowersOfTau>, PcsError> {
    resources.get::<PowersOfTau>().ok_or(PcsError::NoSetup { kind })
}
