//! Engine 5: that every row has exactly one completion.
//!
//! A bytecode row and what memory fixes of it (the values of its source registers, the words of RAM) leave unknowns:
//! the result, the memory word, the next row, and some hundred columns besides. For each of some ten thousand cases a
//! solver finds *everything* over the field that the constraints, the lookups and the memory argument allow the rows of
//! an instruction to do. It must be what RISC-V says, once, or nothing where a run would be an error. Nothing is
//! sampled in a case: where the solver cannot tell, the case counts as a failure.
//!
//! Constraints, slots and bytecode rows are those that prover and verifier run. Everything else is written anew, so that
//! one mistake is not made twice: [`tables`] and [`semantics`] call no code of the subtables and of the emulator. The
//! emulator's trace and the honest witness are compared with both.
//!
//! [`deletions`] then takes away each constraint and each lookup: some case must have another completion.
//!
//! It does not depend on a commitment scheme.

mod cases;
pub mod deletions;
mod eliminate;
mod form;
mod judge;
mod machine;
mod program;
mod runs;
mod search;
mod semantics;
mod solver;
mod system;
mod tables;
#[cfg(test)]
mod tests;

use crate::{
    outcome::{Fate, Row, guarded, record},
    run::Sample,
};
use ark_ff::Zero;
use cases::Group;
use judge::{Completions, Scene, with_next};
use lariat_algebra::{Fr, par};
use lariat_jolt_core::Params;
use runs::{Judge, Laid};
use serde::Serialize;
use std::collections::BTreeMap;

/// Number of this engine.
pub const ENGINE: u8 = 5;

/// What was found at one table size.
#[derive(Clone, Debug, Serialize)]
pub struct Uniqueness {
    /// Logarithm of the size of lookup tables.
    pub log_m: usize,
    /// A row for each instruction. *Rejected* are cases with no completion but that of RISC-V.
    pub cases: Vec<Row>,
    /// A row for constraints and one for lookups. *Rejected* are deletions that some case notices.
    pub deletions: Vec<Row>,
}

impl Uniqueness {
    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.cases.iter().chain(&self.deletions)
    }
}

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Cases.
    pub cases: Sample,
    /// Seed of random operands.
    pub seed: u64,
}

/// Solves every case at both table sizes, and then without each constraint and each lookup; `done` is told of every
/// case and every deletion.
pub fn attack(size: Size, done: &(dyn Fn(usize) + Sync)) -> Vec<Uniqueness> {
    let groups = cases::groups(size.cases, size.seed);
    let few = cases::groups(Sample::Few, size.seed);
    let of = |params: Params| Uniqueness {
        log_m: params.log_m(),
        cases: solve(&groups, params, done),
        deletions: deletions::attack(&few, params, done),
    };
    Params::ALL.into_iter().map(of).collect()
}

/// A row for each instruction, and one for rows past the last step.
fn solve(groups: &[Group], params: Params, done: &(dyn Fn(usize) + Sync)) -> Vec<Row> {
    let of_group = |group: &Group| {
        let mut tally = Tally { group, rows: Vec::new(), judged: 0 };
        let walked = guarded(|| Laid::new(group, params).judge(&mut tally)).unwrap_or_else(Err);
        if let Err(what) = walked {
            record(&mut tally.rows, ENGINE, "runs", Fate::Survived(what));
        } else if tally.judged != group.cases.len() {
            let what = format!("{} of {} cases were reached", tally.judged, group.cases.len());
            record(&mut tally.rows, ENGINE, "runs", Fate::Survived(what));
        }
        done(tally.judged);
        tally.rows
    };
    let mut sums: BTreeMap<String, Row> = BTreeMap::new();
    let found: Vec<Vec<Row>> = par::map_collect(groups.len(), |i| of_group(&groups[i]));
    for row in found.into_iter().flatten().chain([padding(groups, params)]) {
        sums.entry(row.name.clone()).or_insert_with(|| Row::new(ENGINE, &row.name)).add(&row);
    }
    sums.into_values().collect()
}

/// Judges cases, and counts them by instruction.
struct Tally<'a> {
    group: &'a Group,
    rows: Vec<Row>,
    judged: usize,
}

impl Judge for Tally<'_> {
    fn judge(&mut self, case: usize, scene: &Scene<'_>, honest: Option<&[Vec<Fr>]>) {
        self.judged += 1;
        let of = &self.group.cases[case];
        let fate = match guarded(|| verdict(scene, honest)) {
            Ok(Ok(())) => Fate::Rejected,
            Ok(Err(what)) => Fate::Survived(format!("{of:x?}: {what}")),
            Err(words) => Fate::Panicked(format!("{words}, on {of:x?}")),
        };
        record(&mut self.rows, ENGINE, &of.op().to_string(), fate);
    }
}

/// Whether the completion is that of the specification and no other, and the honest rows are it.
fn verdict(scene: &Scene<'_>, honest: Option<&[Vec<Fr>]>) -> Result<(), String> {
    let Completions { found, is_complete } = scene.completions(None);
    let expected = scene.expected();
    if !is_complete {
        return Err(format!("undecided, with {found:?} so far; expected {expected:?}"));
    }
    let is_right = match &expected {
        Some(expected) => found.len() == 1 && found[0] == *expected,
        None => found.is_empty(),
    };
    if !is_right {
        return Err(format!("{found:?} in place of {expected:?}"));
    }
    let Some(honest) = honest else { return Ok(()) };
    let forced = scene.forced(honest);
    if forced.len() != scene.rows().len() {
        return Err(format!("the honest witness has another number of rows than {}", forced.len()));
    }
    for (k, ((given, known), values)) in forced.into_iter().zip(honest).enumerate() {
        let known = known.ok_or_else(|| format!("row {k} has no completion"))?;
        let values = with_next(values);
        scene.system.check(&given, None, &values, scene).map_err(|what| format!("the honest row {k} {what}"))?;
        let timed = scene.system.step_column();
        let differs = known.iter().enumerate().find(|&(v, value)| v != timed && value.is_some_and(|x| x != values[v]));
        if let Some((var, _)) = differs {
            return Err(format!("the honest row {k} has another value in column {var}"));
        }
    }
    Ok(())
}

/// A row past the last step has no flags.
fn padding(groups: &[Group], params: Params) -> Row {
    let mut row = Row::new(ENGINE, "past the last step");
    for group in groups.iter().take(1) {
        row.record(Laid::new(group, params).at_start(|scene| {
            let (found, is_complete) = scene.padding(None);
            let is_right = is_complete && found.len() == 1 && found[0].iter().all(Zero::is_zero);
            if is_right { Fate::Rejected } else { Fate::Survived(format!("flags {found:?}")) }
        }));
    }
    row
}
