//! Target of the benchmarks' records: lines of JSON, tables and plots.

use crate::input::Input;
use crate::temporary::Folder;
use lariat_bench_suite::{AloneRecord, Existing, Measured, Record, Store, load, report};
use std::fs;

/// Records of each kind, as the program wrote them.
const PROOFS: &str = include_str!("../../../bench-suite/results/zkvm.jsonl");
const OPENINGS: &str = include_str!("../../../bench-suite/results/alone.jsonl");

/// The first two lines.
fn two_lines(text: &str) -> &str {
    text.match_indices('\n').nth(1).map_or(text, |(end, _)| text.split_at(end + 1).0)
}

/// Records from lines of JSON: what is read is written and read again, and is drawn, the same way every time.
fn check<M: Measured + PartialEq + std::fmt::Debug>(text: &[u8], draw: fn(&[M]) -> Vec<report::File>) {
    let folder = Folder::new();
    let path = folder.file(M::FILE, text);
    let Ok(records) = load::<M>(&path) else { return };
    fs::remove_file(&path).unwrap();
    let (mut store, found) = Store::<M>::open(path.parent().unwrap(), Existing::Refuse).unwrap();
    assert!(found.is_empty());
    for record in &records {
        store.append(record).unwrap();
    }
    assert_eq!(load::<M>(&path).unwrap(), records, "a record is read as it was written");
    let drawn = draw(&records);
    assert_eq!(draw(&records), drawn);
    assert!(drawn.iter().all(|(name, text)| !name.contains('/') && !text.contains('\0')));
}

/// Bytes as a file of records, or as changes to one: places in it, and what to put there.
pub fn bench_records(data: &[u8]) {
    let mut input = Input::new(data);
    let choice = input.byte();
    let honest = two_lines(if choice & 1 == 0 { PROOFS } else { OPENINGS });
    let text = if choice & 2 == 0 {
        let mut text = honest.as_bytes().to_vec();
        while !input.is_empty() {
            // From a digit or a quote on, a few bytes give way to a few others.
            let at = input.below(text.len().max(1));
            let start = text[at.min(text.len())..].iter().position(|b| b.is_ascii_digit() || *b == b'"');
            let start = at + start.unwrap_or(0);
            let (drop, new) = (usize::from(input.byte() % 8), usize::from(input.byte() % 16));
            let end = (start + drop).min(text.len());
            let new = input.bytes(new).to_vec();
            text.splice(start.min(end)..end, new);
        }
        if choice & 4 == 4 { [honest.as_bytes(), &text].concat() } else { text }
    } else {
        input.rest().to_vec()
    };
    if choice & 1 == 0 {
        check::<Record>(&text, report::of_proofs);
    } else {
        check::<AloneRecord>(&text, report::of_openings);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_honest_records_are_records() {
        let folder = Folder::new();
        assert_eq!(load::<Record>(&folder.file("proofs", two_lines(PROOFS).as_bytes())).unwrap().len(), 2);
        assert_eq!(load::<AloneRecord>(&folder.file("openings", two_lines(OPENINGS).as_bytes())).unwrap().len(), 2);
    }
}
