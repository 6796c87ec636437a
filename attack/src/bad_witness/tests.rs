use super::*;
use crate::{
    kinds::all_kinds,
    programs::{nightly, small},
};

fn subject(panicking: bool, config: Config) -> Subject {
    Subject::new(panicking, config, &crate::test_schemes()).unwrap()
}

#[test]
fn the_subjects_have_every_kind_of_row() {
    let kinds = |panicking| subject(panicking, small()).kinds().collect::<Vec<_>>();
    let mut found: Vec<Kind> = [kinds(false), kinds(true)].concat();
    found.sort();
    found.dedup();
    let mut expected = all_kinds();
    expected.sort();
    assert_eq!(found, expected);
}

/// No column is free on any kind of row but those that are listed with a reason, and all of these are.
#[test]
fn exactly_the_unused_columns_are_free() {
    for params in Params::ALL {
        for panicking in [false, true] {
            let subject = subject(panicking, Config { params, ..small() });
            let (mut free, mut bound) = (0, 0);
            for change in subject.changes() {
                let harmless = subject.is_harmless(change);
                let reason = subject.unused(change.kind, change.row, change.column);
                let name = col::name(params, change.column);
                assert_eq!(
                    harmless,
                    reason.is_some(),
                    "column `{name}` on a row of {} ({change:?}); listed as: {reason:?}",
                    change.kind
                );
                *(if harmless { &mut free } else { &mut bound }) += 1;
            }
            println!("log_m = {}: {bound} bad changes, {free} harmless ones", params.log_m());
            assert!(bound > free && free > 0);
        }
    }
}

/// Every pair of a column and a kind of row that the column matters on comes before any pair comes twice.
#[test]
fn bad_changes_visit_every_pair_first() {
    let subjects = Subjects::new(small(), &crate::test_schemes()).unwrap();
    let changes = subjects.bad_changes(1);
    let pairs: Vec<(usize, Kind)> = changes.iter().map(|(_, change)| (change.column, change.kind)).collect();
    let distinct = |n: usize| pairs[..n].iter().collect::<std::collections::BTreeSet<_>>().len();
    let all = distinct(pairs.len());
    println!("{} bad changes of {all} pairs", changes.len());
    assert_eq!(distinct(all), all);
    // Every column matters on some row.
    let columns: std::collections::BTreeSet<usize> = pairs.iter().map(|pair| pair.0).collect();
    assert_eq!(columns.len(), col::num_committed(Params::M8));
    // And every table's lookups come early: a key, the value and the counter of each.
    let early: std::collections::BTreeSet<String> =
        changes[..200].iter().map(|(number, change)| subjects.subjects[*number].row_name(*change)).collect();
    let looked_up = Flag::ALL.into_iter().flat_map(|flag| decompose::tables(flag, Params::M8));
    for (_, id) in looked_up {
        let name = match id {
            TableId::Sll(_) => "sll",
            TableId::Srl(_) => "srl",
            _ => table(id, Params::M8).name(),
        };
        for part in ["first key", "value", "counter"] {
            assert!(early.contains(&format!("lookup in {name}: {part}")), "{name}: {part}");
        }
    }
}

/// Proofs of changed witnesses: at least 500, all (column, kind) pairs of every table size with `LARIAT_NIGHTLY=1`.
#[test]
fn rejects_every_bad_change_of_one_entry() {
    const SEED: u64 = 0x6261_645f_7769_746e;
    println!("seed {SEED:#x}");
    let sizes: &[Params] = if nightly() { &Params::ALL } else { &[Params::M8] };
    for &params in sizes {
        let subjects = Subjects::new(Config { params, ..small() }, &crate::test_schemes()).unwrap();
        let changes = subjects.bad_changes(SEED);
        let wanted = if nightly() { 7_000 } else { 500 };
        let rows = subjects.attack(&changes[..wanted.min(changes.len())], &|_| {});
        assert!(rows.iter().all(Row::is_clean), "{rows:?}");
        let tried: u64 = rows.iter().map(|row| row.tried).sum();
        println!("log_m = {}: {tried} bad witnesses rejected", params.log_m());
        assert!(tried >= 500);
    }
}

/// What the plain check calls harmless is accepted, and changes no statement: the check is not too lenient.
#[test]
fn harmless_changes_are_accepted() {
    const SAMPLE: usize = 120;
    let mut rng = Rng::new(0x6861_726d_6c65_7373);
    let subject = subject(false, small());
    let changes = subject.changes();
    let mut accepted = 0;
    while accepted < SAMPLE {
        let change = rng.pick(&changes);
        if !subject.is_harmless(change) {
            continue;
        }
        let proof = subject.prove(|witness| apply(witness.columns[change.column].data_mut(), change)).unwrap().unwrap();
        match subject.verdict(&proof).unwrap() {
            Ok(statement) => assert_eq!(statement, *subject.statement(), "{change:?}"),
            Err(error) => panic!("refuses {}: {error}", subject.describe(change)),
        }
        accepted += 1;
    }
}

/// The same for cells: what the prover says of the last state of every touched cell.
#[test]
fn rejects_every_bad_change_of_a_cell() {
    const SEED: u64 = 0x6261_645f_6365_6c6c;
    println!("seed {SEED:#x}");
    let subjects = Subjects::new(small(), &crate::test_schemes()).unwrap();
    let all: Vec<CellChange> = subjects.cell_changes(SEED).collect();
    let rows = subjects.attack_cells(&all[..if nightly() { all.len() } else { 150 }], &|_| {});
    assert!(rows.iter().all(Row::is_clean), "{rows:?}");
    assert_eq!(rows.len(), CellPart::ALL.len());
}
