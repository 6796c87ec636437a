//! Sweeps: which cells, in which order, each in a process of its own.

use crate::{AloneCell, BenchError, Cell, Measured, Store, Values, Workload, store::read};
use serde::Serialize;
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Guests x sizes x threads x schemes, so many runs each.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Names of schemes.
    pub pcs: Vec<String>,
    /// Names of guests.
    pub guests: Vec<String>,
    /// Logarithms of numbers of rows.
    pub sizes: Vec<u32>,
    /// Numbers of threads.
    pub threads: Vec<usize>,
    /// Runs of each.
    pub runs: usize,
    /// Logarithm of the table size.
    pub log_m: usize,
    /// Fiat-Shamir hash.
    pub hash: String,
}

impl Plan {
    /// The cells, in the order in which they are measured: run after run through the whole sweep, and scheme after scheme
    /// at a workload, so that a machine that gets faster or slower does so for all schemes alike.
    ///
    /// # Errors
    /// When a guest is unknown or has no input for a size.
    pub fn cells(&self) -> Result<Vec<Cell>, BenchError> {
        let mut cells = Vec::new();
        for run in 1..=self.runs {
            for guest in &self.guests {
                for &log_rows in &self.sizes {
                    Workload::new(guest, log_rows)?;
                    for &threads in &self.threads {
                        cells.extend(self.pcs.iter().map(|pcs| Cell {
                            pcs: pcs.clone(),
                            guest: guest.clone(),
                            log_rows,
                            threads,
                            log_m: self.log_m,
                            hash: self.hash.clone(),
                            run,
                        }));
                    }
                }
            }
        }
        Ok(cells)
    }
}

/// Kinds of values x numbers of columns x sizes x threads x schemes, so many runs each.
#[derive(Clone, Debug)]
pub struct AlonePlan {
    /// Names of schemes.
    pub pcs: Vec<String>,
    /// Kinds of values.
    pub values: Vec<Values>,
    /// Columns of a batch.
    pub columns: Vec<usize>,
    /// Logarithms of numbers of evaluations.
    pub sizes: Vec<u32>,
    /// Numbers of threads.
    pub threads: Vec<usize>,
    /// Runs of each.
    pub runs: usize,
}

impl AlonePlan {
    /// The cells, in the order in which they are measured; see [`Plan::cells`].
    pub fn cells(&self) -> Vec<AloneCell> {
        let mut cells = Vec::new();
        for run in 1..=self.runs {
            for values in &self.values {
                for &columns in &self.columns {
                    for &num_vars in &self.sizes {
                        for &threads in &self.threads {
                            cells.extend(self.pcs.iter().map(|pcs| AloneCell {
                                pcs: pcs.clone(),
                                num_vars,
                                values: values.name().to_owned(),
                                columns,
                                threads,
                                run,
                            }));
                        }
                    }
                }
            }
        }
        cells
    }
}

/// What a sweep tells while it runs.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a, M: Measured> {
    /// The cell that begins.
    pub cell: &'a M::Cell,
    /// Its position among the cells that are measured, from zero.
    pub index: usize,
    /// How many are measured.
    pub count: usize,
}

/// A cell whose process failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The cell.
    pub cell: String,
    /// What the process said on standard error.
    pub reason: String,
}

/// How a sweep went.
#[derive(Clone, Debug)]
pub struct Swept<M> {
    /// Every record, those found among them.
    pub records: Vec<M>,
    /// Number of records that were there.
    pub found: usize,
    /// Cells that failed; their further runs were left out.
    pub failures: Vec<Failure>,
}

/// Measures the cells that `found` lacks, one process after the other, and appends each record as soon as it is there.
///
/// `process` makes the command for a cell, given as JSON; it prints the record on standard output. A cell that fails is
/// reported in the result and does not end the sweep.
///
/// # Errors
/// When a process cannot be started or the file cannot be written.
pub fn sweep<M: Measured>(
    cells: &[M::Cell],
    found: Vec<M>,
    store: &mut Store<M>,
    process: impl Fn(&str) -> Command,
    mut begin: impl FnMut(Step<'_, M>),
) -> Result<Swept<M>, BenchError> {
    let missing: Vec<&M::Cell> = cells.iter().filter(|cell| found.iter().all(|r| r.cell() != *cell)).collect();
    let mut swept = Swept { found: found.len(), records: found, failures: Vec::new() };
    let mut failed: Vec<String> = Vec::new();
    for (index, cell) in missing.iter().enumerate() {
        // The name without the run, which comes last.
        let name = cell.to_string().rsplit_once(", run").map(|(name, _)| name.to_owned()).unwrap_or_default();
        if failed.contains(&name) {
            continue;
        }
        begin(Step { cell, index, count: missing.len() });
        match measure_apart(*cell, &process)? {
            Ok(record) => {
                store.append(&record)?;
                swept.records.push(record);
            }
            Err(reason) => {
                swept.failures.push(Failure { cell: cell.to_string(), reason });
                failed.push(name);
            }
        }
    }
    Ok(swept)
}

/// Runs the process of a cell; the inner error is what it said.
fn measure_apart<M: Measured>(
    cell: &M::Cell,
    process: impl Fn(&str) -> Command,
) -> Result<Result<M, String>, BenchError> {
    let json = serde_json::to_string(cell).map_err(BenchError::BadCell)?;
    let output = process(&json).stdin(Stdio::null()).output();
    let output = output.map_err(|source| BenchError::Start { cell: cell.to_string(), source })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Ok(Err(if said.is_empty() { format!("the process ended with {}", output.status) } else { said }));
    }
    let record: Result<M, _> = serde_json::from_slice(&output.stdout);
    Ok(match record {
        Ok(record) if record.cell() == cell => Ok(record),
        Ok(_) => Err("the process measured another cell".to_owned()),
        Err(error) => Err(format!("the process did not print a record: {error}")),
    })
}

/// Records of a file, which must not be none.
///
/// # Errors
/// When the file cannot be read, has none, or has those of another version.
pub fn load<M: Measured>(path: &Path) -> Result<Vec<M>, BenchError> {
    let records: Vec<M> = read(path)?;
    if records.is_empty() { Err(BenchError::NoRecords { path: path.to_owned() }) } else { Ok(records) }
}
