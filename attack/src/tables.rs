//! Lookup tables: whether the extension that the verifier computes is that of the values that lookups are made in.
//!
//! A table of one's own is attacked with [`attack_table`], before any instruction uses it. Once it is in the registry and
//! an instruction looks it up, engine 2 changes every key, value and counter of its lookups.

use crate::outcome::{Fate, Row, guarded};
use lariat_jolt_core::Params;
use lariat_subtables::{Subtable, all, conformance::subtable_conformance, table};

/// Random points of the field at which [`subtable_conformance`] compares, besides every cell.
const POINTS: usize = 10_020;

/// Attacks one table, in two ways: its extension against its values at every cell and at random points of the field, and
/// the list of its entries against its values.
///
/// A survivor is a point at which the verifier would compute something else than the prover looks up. Tables have up to
/// `2^24` entries.
pub fn attack_table(table: &dyn Subtable) -> Vec<Row> {
    let (name, cells) = (table.name(), 1u64 << table.log_size().min(24));
    let mut extension = Row::new(2, format!("table {name}: extension at {cells} cells and {POINTS} points"));
    extension.record(guarded(|| subtable_conformance(table)).map_or_else(Fate::Survived, |()| Fate::Rejected));
    let mut entries = Row::new(2, format!("table {name}: values of {cells} cells"));
    entries.record(match guarded(|| first_wrong_entry(table)) {
        Ok(None) => Fate::Rejected,
        Ok(Some(cell)) => Fate::Survived(format!("cell {cell} of {name}")),
        Err(words) => Fate::Panicked(words),
    });
    vec![extension, entries]
}

/// The first cell whose entry is not its value.
fn first_wrong_entry(table: &dyn Subtable) -> Option<u64> {
    let log_q = table.log_q();
    let cells = table.entries();
    if cells.len() != 1 << table.log_size() {
        return Some(cells.len() as u64);
    }
    let key = |cell: u64| ((cell >> log_q) as u32, (cell & ((1 << log_q) - 1)) as u32);
    let mut numbered = (0u64..).zip(cells);
    numbered
        .find(|&(cell, entry)| {
            let (p, q) = key(cell);
            table.value(p, q) != entry
        })
        .map(|(cell, _)| cell)
}

/// Attacks every table of a chunking.
pub fn attack_all(params: Params, done: &dyn Fn(usize)) -> Vec<Row> {
    let mut rows = Vec::new();
    for id in all(params) {
        let of_table = attack_table(table(id, params).as_ref());
        done(of_table.len());
        rows.extend(of_table);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{One, Zero};
    use lariat_algebra::Fr;

    #[test]
    fn every_table_conforms() {
        let rows = attack_all(Params::M8, &|_| {});
        assert!(rows.iter().all(Row::is_clean), "{rows:?}");
        assert_eq!(rows.len(), 2 * all(Params::M8).len());
    }

    /// `p` and `q` on two bits, wrong in one way.
    struct Broken {
        mle: fn(&[Fr], &[Fr]) -> Fr,
        entries: Option<Vec<u32>>,
    }

    impl Subtable for Broken {
        fn name(&self) -> &'static str {
            "broken"
        }

        fn log_p(&self) -> usize {
            1
        }

        fn log_q(&self) -> usize {
            1
        }

        fn value(&self, p: u32, q: u32) -> u32 {
            p & q
        }

        fn mle(&self, r_p: &[Fr], r_q: &[Fr]) -> Fr {
            (self.mle)(r_p, r_q)
        }

        fn entries(&self) -> Vec<u32> {
            self.entries.clone().unwrap_or_else(|| vec![0, 0, 0, 1])
        }
    }

    fn survivors(table: &Broken) -> Vec<bool> {
        attack_table(table).iter().map(|row| !row.is_clean()).collect()
    }

    #[test]
    fn rejects_broken_tables() {
        let honest: fn(&[Fr], &[Fr]) -> Fr = |p, q| p[0] * q[0];
        let broken = |mle, entries| survivors(&Broken { mle, entries });
        assert_eq!(broken(honest, None), [false, false]);
        // Right on Boolean points alone.
        assert_eq!(broken(|p, q| p[0] * p[0] * q[0], None), [true, false]);
        assert_eq!(broken(|_, _| Fr::zero(), None), [true, false]);
        assert_eq!(broken(|p, q| Fr::one() - (Fr::one() - p[0]) * (Fr::one() - q[0]), None), [true, false]);
        // Entries that are not the values.
        assert_eq!(broken(honest, Some(vec![0, 0, 1, 1])), [true, true]);
        assert_eq!(broken(honest, Some(vec![0, 0, 0])), [true, true]);
    }
}
