//! The kill matrix: what was tried under which scheme, and what survived.

mod faults;

use crate::{
    faults::ENGINE as FAULTS,
    outcome::{Harmless, Row},
    uniqueness::{self, Uniqueness},
};
use serde::{Serialize, Serializer};
use std::fmt::Write;

/// What became of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Seed of all that was random.
    pub seed: Seed,
    /// Fiat-Shamir hash.
    pub hash: String,
    /// Logarithm of the size of lookup tables.
    pub log_m: usize,
    /// The engines that ran.
    pub engines: Vec<u8>,
    /// The schemes under attack, in order.
    pub schemes: Vec<Attacked>,
    /// Rows of lookup tables, which do not depend on a scheme.
    pub tables: Vec<Row>,
    /// Rows of engine 5 at each table size, which do not depend on a scheme either.
    pub uniqueness: Vec<Uniqueness>,
    /// Time of the whole run.
    pub seconds: f64,
}

/// What became of one scheme.
#[derive(Debug, Clone, Serialize)]
pub struct Attacked {
    /// Its name.
    pub scheme: String,
    /// A row for each kind of attack.
    pub rows: Vec<Row>,
    /// Why the attack ended early: something honest does not work.
    pub failure: Option<String>,
    /// Time of this scheme.
    pub seconds: f64,
}

/// Sums over rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Forged proofs.
    pub tried: u64,
    /// Rejected ones.
    pub rejected: u64,
    /// Accepted ones.
    pub accepted: u64,
    /// Panics.
    pub panicked: u64,
    /// Faults that led to no false proof, where there are faults.
    #[serde(flatten)]
    pub harmless: Option<Harmless>,
}

/// A seed: text in JSON, where numbers may not be that large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

impl std::fmt::Display for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Totals {
    fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut sum = Row::default();
        rows.for_each(|row| sum.add(row));
        let Row { tried, rejected, accepted, panicked, harmless, .. } = sum;
        Self { tried, rejected, accepted, panicked, harmless }
    }
}

/// What engines are called.
pub const fn engine_name(engine: u8) -> &'static str {
    match engine {
        1 => "mutated proofs",
        2 => "bad witnesses",
        3 => "frozen challenges",
        FAULTS => "faults in the executor",
        uniqueness::ENGINE => "completions of rows",
        _ => "other attacks",
    }
}

impl Report {
    /// Every row with the scheme that it belongs to; rows of tables and of completions belong to none.
    fn rows(&self) -> impl Iterator<Item = (Option<&str>, &Row)> {
        let of_schemes = self.schemes.iter().flat_map(|s| s.rows.iter().map(|row| (Some(s.scheme.as_str()), row)));
        let of_none = self.tables.iter().chain(self.uniqueness.iter().flat_map(Uniqueness::rows));
        of_schemes.chain(of_none.map(|row| (None, row)))
    }

    /// The columns of an engine's matrix: schemes, or table sizes where schemes do not matter.
    fn columns(&self, engine: u8) -> Vec<(String, Vec<&Row>)> {
        if engine == uniqueness::ENGINE {
            return self.uniqueness.iter().map(|u| (format!("2^{}", u.log_m), u.rows().collect())).collect();
        }
        let of = |s: &Attacked, rows| (s.scheme.clone(), rows);
        self.schemes.iter().map(|s| of(s, s.rows.iter().filter(|row| row.engine == engine).collect())).collect()
    }

    /// Sums over everything.
    pub fn totals(&self) -> Totals {
        Totals::of(self.rows().map(|(_, row)| row))
    }

    /// Sums over an engine.
    pub fn engine(&self, engine: u8) -> Totals {
        Totals::of(self.rows().map(|(_, row)| row).filter(|row| row.engine == engine))
    }

    /// Whether nothing was accepted, nothing panicked, and everything honest worked.
    pub fn is_clean(&self) -> bool {
        self.schemes.iter().all(|s| s.failure.is_none()) && self.rows().all(|(_, row)| row.is_clean())
    }

    /// Lines on whatever is wrong: rows that something survived, with examples, and schemes that fail.
    pub fn survivors(&self) -> Vec<String> {
        let mut out = Vec::new();
        for attacked in &self.schemes {
            out.extend(attacked.failure.iter().map(|failure| format!("{}: {failure}", attacked.scheme)));
        }
        for (scheme, row) in self.rows().filter(|(_, row)| !row.is_clean()) {
            let Row { name, tried, accepted, panicked, survivors, .. } = row;
            let scheme = scheme.unwrap_or("every scheme");
            out.push(format!("{scheme}: {name}: {accepted} accepted, {panicked} panics of {tried}"));
            out.extend(survivors.iter().map(|survivor| format!("    {survivor}")));
        }
        out
    }

    /// Names of rows of an engine, in the order in which columns have them first.
    fn names<'a>(engine: u8, columns: &[(String, Vec<&'a Row>)]) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        for row in columns.iter().flat_map(|(_, rows)| rows) {
            if !names.contains(&row.name.as_str()) {
                names.push(&row.name);
            }
        }
        if engine == 2 {
            names.sort_unstable();
        }
        names
    }

    /// The kill matrix as text: a line for each kind of attack, a column for each scheme with `rejected/tried`, and `!`
    /// where something survived. Then the sums, and the survivors.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut width = 28;
        let mut lines: Vec<(String, Vec<String>)> = Vec::new();
        for &engine in &self.engines {
            let columns = self.columns(engine);
            let names = Self::names(engine, &columns);
            // Faults have a matrix of their own: they have more outcomes.
            if names.is_empty() || engine == FAULTS {
                continue;
            }
            lines.push((String::new(), Vec::new()));
            lines.push((
                format!("engine {engine}: {}", engine_name(engine)),
                columns.iter().map(|(head, _)| head.clone()).collect(),
            ));
            for name in names {
                width = width.max(name.chars().count() + 2);
                let find = |rows: &[&Row]| rows.iter().find(|row| row.name == name).map(|row| cell(row));
                let cells = columns.iter().map(|(_, rows)| find(rows).unwrap_or_default()).collect();
                lines.push((format!("  {name}"), cells));
            }
            let sum = |rows: &[&Row]| {
                let Totals { tried, rejected, .. } = Totals::of(rows.iter().copied());
                format!("{rejected}/{tried}")
            };
            lines.push(("  together".to_owned(), columns.iter().map(|(_, rows)| sum(rows)).collect()));
        }
        let most = lines.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..most)
            .map(|i| lines.iter().filter_map(|(_, cells)| cells.get(i)).map(String::len).max().unwrap_or(0))
            .collect();
        for (name, cells) in lines {
            // Writing to a string cannot fail.
            let _ = write!(out, "{name:<width$}");
            for (cell, width) in cells.iter().zip(&widths) {
                let _ = write!(out, "  {cell:>width$}");
            }
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
        }
        out += &faults::matrix(self);
        if !self.tables.is_empty() {
            let sum = Totals::of(self.tables.iter());
            let tables = self.tables.len() / 2;
            let _ = writeln!(out, "\nlookup tables: {}/{} checks of {tables} tables hold", sum.rejected, sum.tried);
        }
        out.push('\n');
        for &engine in &self.engines {
            let Totals { tried, rejected, accepted, panicked, harmless } = self.engine(engine);
            if tried > 0 {
                let name = engine_name(engine);
                let harmless = harmless.map(faults::in_words).unwrap_or_default();
                let _ = writeln!(
                    out,
                    "engine {engine}, {name}: {tried} tried, {rejected} rejected, {harmless}{accepted} accepted, \
                     {panicked} panics"
                );
            }
        }
        let _ = write!(out, "seed {}, {} transcript, tables of 2^{}", self.seed, self.hash, self.log_m);
        let _ = write!(out, ", {:.0} s", self.seconds);
        let survivors = self.survivors();
        if !survivors.is_empty() {
            let _ = write!(out, "\n\nSURVIVORS\n{}", survivors.join("\n"));
        }
        out
    }
}

/// `rejected/tried`, marked where something survived.
fn cell(row: &Row) -> String {
    format!("{}{}/{}", if row.is_clean() { "" } else { "!" }, row.rejected, row.tried)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Fate;

    fn report(fate: Fate) -> Report {
        let mut rows = vec![Row::new(1, "message dropped"), Row::new(2, "entry: flags")];
        for row in &mut rows {
            row.record(Fate::Rejected);
        }
        rows[0].record(fate);
        let attacked = |scheme: &str, rows: &[Row]| Attacked {
            scheme: scheme.to_owned(),
            rows: rows.to_vec(),
            failure: None,
            seconds: 1.0,
        };
        Report {
            seed: Seed(0x2a),
            hash: "blake3".to_owned(),
            log_m: 8,
            engines: vec![1, 2, 3],
            schemes: vec![attacked("one", &rows), attacked("two", &rows[1..])],
            tables: vec![],
            uniqueness: vec![],
            seconds: 2.0,
        }
    }

    #[test]
    fn the_matrix_has_a_line_for_each_attack_and_a_column_for_each_scheme() {
        let clean = report(Fate::Rejected);
        assert!(clean.is_clean() && clean.survivors().is_empty());
        let text = clean.text();
        let line = |name: &str| {
            text.lines().find(|l| l.trim_start().starts_with(name)).unwrap().split_whitespace().collect::<Vec<_>>()
        };
        assert_eq!(line("message dropped"), ["message", "dropped", "2/2"]);
        assert_eq!(line("entry"), ["entry:", "flags", "1/1", "1/1"]);
        assert!(text.contains("engine 1, mutated proofs: 2 tried, 2 rejected, 0 accepted, 0 panics"), "{text}");
        assert!(text.contains("seed 0x2a") && !text.contains('!') && !text.contains("SURVIVORS"), "{text}");
        assert_eq!(clean.engine(2), Totals { tried: 2, rejected: 2, ..Totals::default() });
    }

    #[test]
    fn survivors_are_named() {
        for fate in [Fate::Survived("here".to_owned()), Fate::Panicked("here".to_owned())] {
            let bad = report(fate);
            assert!(!bad.is_clean());
            let text = bad.text();
            assert!(text.contains("!1/2") && text.contains("one: message dropped") && text.contains("here"), "{text}");
        }
        let mut failed = report(Fate::Rejected);
        failed.schemes[1].failure = Some("rejects an honest proof".to_owned());
        assert!(!failed.is_clean() && failed.text().contains("two: rejects an honest proof"));
    }
}
