//! The matrix of faults in the executor: a line for each kind, a column for each outcome, all schemes together.

use super::{FAULTS, Report, engine_name};
use crate::outcome::{Harmless, Row};
use std::fmt::Write;

/// Headings of the columns.
const COLUMNS: [&str; 7] =
    ["tried", "rejected", "stopped", "no effect", "same statement", "accepted false", "panicked"];

/// Outcomes in the order of [`COLUMNS`].
fn counts(row: &Row) -> [u64; 7] {
    let Harmless { stopped, no_effect, same_statement } = row.harmless.unwrap_or_default();
    [row.tried, row.rejected, stopped, no_effect, same_statement, row.accepted, row.panicked]
}

/// The matrix; nothing where no fault was tried.
pub fn matrix(report: &Report) -> String {
    let mut rows: Vec<Row> = Vec::new();
    for row in report.schemes.iter().flat_map(|scheme| &scheme.rows).filter(|row| row.engine == FAULTS) {
        match rows.iter_mut().find(|sum| sum.name == row.name) {
            Some(sum) => sum.add(row),
            None => rows.push(row.clone()),
        }
    }
    let mut out = String::new();
    if rows.is_empty() {
        return out;
    }
    let mut together = Row::new(FAULTS, "together");
    for row in &rows {
        together.add(row);
    }
    let title = format!("engine {FAULTS}: {}", engine_name(FAULTS));
    let width = rows.iter().map(|row| row.name.chars().count() + 2).chain([title.len()]).max().unwrap_or_default();
    // Writing to a string cannot fail.
    let _ = write!(out, "\n{title:<width$}");
    for column in COLUMNS {
        let _ = write!(out, "  {column}");
    }
    out.push('\n');
    for row in rows.iter().chain([&together]) {
        let _ = write!(out, "  {:<1$}", row.name, width - 2);
        for (count, column) in counts(row).into_iter().zip(COLUMNS) {
            let _ = write!(out, "  {count:>0$}", column.len());
        }
        out.push('\n');
    }
    out
}

/// What is harmless, with a comma behind it.
pub fn in_words(harmless: Harmless) -> String {
    let Harmless { stopped, no_effect, same_statement } = harmless;
    format!("{stopped} stopped, {no_effect} without effect, {same_statement} with the same statement, ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        outcome::Fate,
        report::{Attacked, Seed},
    };

    fn report(last: Fate) -> Report {
        let fates = [Fate::Rejected, Fate::Rejected, Fate::Stopped, Fate::NoEffect, Fate::SameStatement, last];
        let mut row = Row::of_faults(FAULTS, "end: another exit code");
        for fate in fates {
            row.record(fate);
        }
        let attacked =
            |scheme: &str| Attacked { scheme: scheme.to_owned(), rows: vec![row.clone()], failure: None, seconds: 1.0 };
        Report {
            seed: Seed(1),
            hash: "blake3".to_owned(),
            log_m: 8,
            engines: vec![FAULTS],
            schemes: vec![attacked("one"), attacked("two")],
            tables: vec![],
            uniqueness: Vec::new(),
            seconds: 1.0,
        }
    }

    #[test]
    fn every_outcome_has_a_column() {
        let clean = report(Fate::NoEffect);
        assert!(clean.is_clean());
        let text = clean.text();
        let counts = |name: &str| {
            let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
            line.trim_start().trim_start_matches(name).split_whitespace().collect::<Vec<_>>()
        };
        assert_eq!(counts("end: another exit code"), ["12", "4", "2", "4", "2", "0", "0"], "{text}");
        assert_eq!(counts("together"), counts("end: another exit code"));
        let sum = "12 tried, 4 rejected, 2 stopped, 4 without effect, 2 with the same statement, 0 accepted, 0 panics";
        assert!(text.contains(sum) && !text.contains("SURVIVORS"), "{text}");
    }

    #[test]
    fn a_false_statement_fails_the_run() {
        let bad = report(Fate::Survived("accepted: here".to_owned()));
        assert!(!bad.is_clean());
        let text = bad.text();
        assert!(
            text.contains("one: end: another exit code: 1 accepted, 0 panics of 6") && text.contains("here"),
            "{text}"
        );
    }
}
