//! The table size that suits a run.
//!
//! Tables of 2^16 entries take half the lookups of a row that tables of 2^8 take. But every table that some instruction of
//! the program looks up is listed whole, by prover and verifier, however short the run. So a run has a fixed cost, by the
//! entries that are listed, and one by its rows, and the two sizes meet at some ten thousand rows.

use crate::{
    ProveError,
    cells::{CellContext, CellLayout},
    program::Program,
    statement::Config,
    witness,
};
use lariat_emulator::machine::{Inputs, RunResult};
use lariat_subtables::Params;

/// Costs in nanoseconds of one Zen 3 core: an entry that is listed, and a row under tables of 2^8 and of 2^16 entries. Only
/// their ratios count. Fitted to fibonacci and chains of SHA-256 with 81 to 32,031 rows; `docs/performance.md`.
const LISTED: u64 = 150;
const ROW: [(Params, u64); 2] = [(Params::M8, 30_000), (Params::M16, 26_000)];

/// The table size under which the proof of a run is expected to cost least.
///
/// # Errors
/// When the run is too long for a proof.
pub fn cheapest_tables(
    program: &Program,
    config: Config,
    inputs: Inputs<'_>,
    run: &RunResult,
) -> Result<Params, ProveError> {
    let mut best = (u64::MAX, config.params);
    for (params, row) in ROW {
        let header = witness::run_header(program, Config { params, ..config }, inputs, run)?;
        let (image, bytecode) = (program.image(), program.bytecode());
        let layout = CellLayout::new(params, image, bytecode, &header);
        let listed = CellContext { params, image, bytecode, header: &header }.num_listed(&layout);
        let cost = (listed as u64).saturating_mul(LISTED).saturating_add(run.steps.saturating_mul(row));
        tracing::debug!(log_m = params.log_m(), listed, cost);
        if cost < best.0 {
            best = (cost, params);
        }
    }
    Ok(best.1)
}
