//! Public parameters: which are needed, how large they are, and insecure ones for measurements.

use crate::{BenchError, SetupRecord};
use lariat_kzg::PowersOfTau;
use lariat_pcs::{Pcs, PcsError, PcsKind, Resources, Scheme, Schemes, Workload};
use std::{path::Path, sync::Arc};

/// Seed of the setups that benchmarks make for themselves: **insecure**.
pub const INSECURE_SEED: &str = "lariat-bench";

/// Bytes of a power of tau.
const POWER_BYTES: u64 = 64;

/// The scheme with this name.
///
/// # Errors
/// When there is none.
pub fn scheme<'a>(schemes: &'a Schemes, name: &str) -> Result<&'a Scheme, BenchError> {
    schemes.iter().find(|s| s.kind.name() == name).ok_or_else(|| BenchError::UnknownScheme {
        pcs: name.to_owned(),
        known: schemes.iter().map(|s| s.kind.name()).collect(),
    })
}

/// The schemes with an insecure setup of `2^log_len` powers in memory, and the leave to use it.
///
/// # Errors
/// When `log_len` is too large.
pub fn with_insecure_setup(schemes: &Schemes, log_len: usize) -> Result<Schemes, BenchError> {
    let powers = PowersOfTau::from_seed(INSECURE_SEED, log_len)
        .map_err(|source| BenchError::Setup { path: "(in memory)".into(), source })?;
    Ok(schemes.clone().with_resource(Arc::new(powers)).allow_insecure_setup(true))
}

/// Makes the file `path` a setup from [`INSECURE_SEED`] with `2^log_len` powers or more; one that is there is left.
///
/// # Errors
/// When the file cannot be written.
pub fn save_insecure(path: &Path, log_len: usize) -> Result<(), BenchError> {
    if PowersOfTau::open(path).is_ok_and(|s| s.log_len() >= log_len && s.source().name() == INSECURE_SEED) {
        return Ok(());
    }
    let error = |source| BenchError::Setup { path: path.to_owned(), source };
    PowersOfTau::from_seed(INSECURE_SEED, log_len).map_err(error)?.save(path).map_err(error)
}

/// Logarithm of the powers of tau that suffice for sizes up to `2^log_size`: workloads of few rows still commit to the
/// lookup tables' counters.
pub fn log_powers_for(log_size: u32) -> usize {
    (log_size as usize + 1).max(18)
}

/// The parameters of a scheme that was set up for a workload.
pub(crate) fn record(scheme: &Scheme, pcs: &dyn Pcs, workload: Workload<'_>) -> SetupRecord {
    let source = pcs.info().setup;
    SetupRecord {
        setup: source.kind().to_owned(),
        setup_name: source.name().to_owned(),
        setup_bytes: setup_bytes(scheme, workload),
        security_known_seed: source.is_insecure().then_some(0),
    }
}

/// Bytes of the powers of tau that a workload needs: asks the scheme by offering it a single one.
fn setup_bytes(scheme: &Scheme, workload: Workload<'_>) -> Option<u64> {
    if !scheme.needs_setup {
        return Some(0);
    }
    let mut resources = Resources::default();
    resources.insert(Arc::new(PowersOfTau::from_seed(INSECURE_SEED, 0).ok()?));
    match (scheme.setup)(workload, &resources) {
        Ok(_) => Some(POWER_BYTES),
        Err(PcsError::SetupTooSmall { needed, .. }) => Some(POWER_BYTES << needed),
        Err(_) => None,
    }
}

/// Names of the chosen schemes: `all`, or some of `schemes`.
///
/// # Errors
/// When one of the names is none of these.
pub fn choose(schemes: &Schemes, names: &[String]) -> Result<Vec<PcsKind>, BenchError> {
    if names.iter().any(|name| name == "all") {
        return Ok(schemes.iter().map(|s| s.kind).collect());
    }
    names.iter().map(|name| scheme(schemes, name).map(|s| s.kind)).collect()
}
