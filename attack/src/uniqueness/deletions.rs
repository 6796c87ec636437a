//! Deletions: without any one constraint or lookup, some case has another completion.

use super::{
    ENGINE,
    cases::Group,
    judge::Scene,
    runs::{Judge, Laid},
    system::Deletion,
};
use crate::outcome::{Fate, Row, guarded, record};
use ark_ff::Zero;
use lariat_algebra::{Fr, par};
use lariat_jolt_core::{Params, bytecode::Row as BytecodeRow};
use std::{collections::BTreeMap, sync::OnceLock};

/// Constraints whose deletion changes nothing, with the reason.
pub const IMPLIED: [(&str, &str); 1] =
    [("Exit only on steps", "past the last step it demands x = 93, and x is zero where no register is read")];

/// Cases of the same rows on which a deletion is tried before it is left to others, in one pass after another.
const PATIENCE: [usize; 2] = [2, 12];

/// Deletes constraints and lookups one at a time, and asks every case for another completion until one has it. A row for
/// constraints and one for lookups.
pub fn attack(groups: &[Group], params: Params, done: &(dyn Fn(usize) + Sync)) -> Vec<Row> {
    let laid: Vec<(Laid, &Group)> = groups.iter().map(|g| (Laid::new(g, params), g)).collect();
    let Some((first, _)) = laid.first() else { return Vec::new() };
    let all = first.system().deletions().into_iter();
    let deletions: Vec<Tried> = all.map(|deletion| Tried { deletion, noticed: OnceLock::new() }).collect();
    first.at_start(|scene| padding(&deletions, scene));
    let mut failures: Vec<String> = Vec::new();
    for patience in PATIENCE {
        let failed = par::map_collect(laid.len(), |i| {
            let (laid, group) = &laid[i];
            let mut hunt = Hunt { group, deletions: &deletions, patience, tried: BTreeMap::new() };
            guarded(|| laid.judge(&mut hunt)).unwrap_or_else(Err).err()
        });
        failures.extend(failed.into_iter().flatten());
    }
    done(deletions.len());
    let mut rows = Vec::new();
    for failure in failures {
        record(&mut rows, ENGINE, "runs", Fate::Panicked(failure));
    }
    for tried in &deletions {
        let name = first.system().describe(tried.deletion);
        let implied = IMPLIED.iter().find(|(constraint, _)| name.strip_prefix("constraint: ") == Some(*constraint));
        let fate = match (tried.noticed.get(), implied) {
            (Some(_), None) => Fate::Rejected,
            (Some(what), Some((_, reason))) => Fate::Survived(format!("{name} is needed, though {reason}: {what}")),
            (None, None) => Fate::Survived(format!("{name}: no case has another completion")),
            (None, Some(_)) => continue,
        };
        let kind = if matches!(tried.deletion, Deletion::Lookup(..)) { "lookups" } else { "constraints" };
        record(&mut rows, ENGINE, &format!("deleted {kind}"), fate);
    }
    rows
}

/// A deletion, and which case noticed it with what.
struct Tried {
    deletion: Deletion,
    noticed: OnceLock<String>,
}

impl Tried {
    fn notice(&self, what: String) {
        // The first one stays.
        let _ = self.noticed.set(what);
    }
}

/// Past the last step: a flag that is set.
fn padding(deletions: &[Tried], scene: &Scene<'_>) {
    for tried in deletions.iter().filter(|t| scene.system.concerns(t.deletion, None)) {
        let found = scene.padding(Some(tried.deletion)).0;
        if let Some(flags) = found.into_iter().find(|flags| flags.iter().any(|f| !f.is_zero())) {
            tried.notice(format!("flags {flags:?} past the last step"));
        }
    }
}

/// Tries deletions on cases until each is noticed.
struct Hunt<'a> {
    group: &'a Group,
    deletions: &'a [Tried],
    patience: usize,
    /// How often a deletion was tried on cases with the same flags in all rows.
    tried: BTreeMap<(usize, Vec<u64>), usize>,
}

impl Judge for Hunt<'_> {
    fn needs_honest(&self) -> bool {
        false
    }

    fn judge(&mut self, case: usize, scene: &Scene<'_>, _: Option<&[Vec<Fr>]>) {
        let rows = scene.rows();
        let flags: Vec<u64> = rows.iter().map(|row| row.flags).collect();
        let expected = scene.expected();
        for (k, Tried { deletion, noticed }) in self.deletions.iter().enumerate() {
            let concerns = |row: &BytecodeRow| scene.system.concerns(*deletion, Some(row));
            if noticed.get().is_some() || !rows.iter().any(concerns) {
                continue;
            }
            let tried = self.tried.entry((k, flags.clone())).or_default();
            *tried += 1;
            if *tried > self.patience {
                continue;
            }
            let found = scene.completions(Some(*deletion)).found;
            if let Some(other) = found.into_iter().find(|c| Some(c) != expected.as_ref()) {
                self.deletions[k].notice(format!("{:x?}: {other:?}", self.group.cases[case]));
            }
        }
    }
}
