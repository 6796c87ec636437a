//! Records, their files, tables and plots, on measured data.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use lariat_bench_suite::{
    AloneCell, AlonePlan, AloneRecord, BenchError, Cell, Existing, Measured, Plan, Record, Step, Store, Values, load,
    measure, measure_alone, read, report, setup, sweep,
};
use lariat_pcs::Schemes;
use std::{fs, path::Path, process::Command, sync::OnceLock};

fn schemes() -> Schemes {
    setup::with_insecure_setup(&lariat_schemes::all(), 18).unwrap()
}

fn cell(pcs: &str, run: usize) -> Cell {
    Cell { pcs: pcs.into(), guest: "fibonacci".into(), log_rows: 10, threads: 1, log_m: 8, hash: "blake3".into(), run }
}

/// One record for each scheme of the list: fibonacci at 2^10.
fn records() -> &'static [Record] {
    static RECORDS: OnceLock<Vec<Record>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let schemes = schemes();
        schemes.iter().map(|scheme| measure(&cell(scheme.kind.name(), 1), &schemes).unwrap()).collect()
    })
}

fn alone(pcs: &str, num_vars: u32) -> AloneRecord {
    let cell = AloneCell { pcs: pcs.into(), num_vars, values: "u16".into(), columns: 2, threads: 1, run: 1 };
    measure_alone(&cell, &schemes()).unwrap()
}

/// The same record at another size and run, as if the machine were so much slower.
fn scaled(record: &Record, rows: u64, run: usize, factor: u64) -> Record {
    let mut record = record.clone();
    record.rows = rows;
    record.cell.run = run;
    record.prove_ns *= factor;
    record
}

#[test]
fn a_measured_proof_has_all_figures() {
    for r in records() {
        assert_eq!((r.instructions, r.rows), (981, 981));
        assert_eq!(r.prove_ns, r.commit_ns + r.iop_ns + r.open_ns + phase(r, "witness"));
        assert!(r.setup_ns > 0 && r.verify_ns > 0 && r.mul_ns > 0.0 && r.mul_equivalents_per_instruction > 0.0);
        assert!(r.security.security_proven > 60.0 && r.security.security_conjectured > 60.0, "{:?}", r.cell);
        let parts = r.commitment_bytes + r.opening_bytes + r.iop.message_bytes;
        assert!(parts < r.proof_bytes && r.proof_bytes < parts + 400, "a header is all that is left");
        assert_eq!(r.pcs_part.message_bytes, r.commitment_bytes + r.opening_bytes);
        let scheme = *setup::scheme(&schemes(), &r.cell.pcs).unwrap();
        assert_eq!(r.setup.setup == "insecure-seed", scheme.needs_setup, "{:?}", r.cell);
        assert_eq!(r.setup.setup_name == setup::INSECURE_SEED, scheme.needs_setup);
        assert_eq!(r.setup.setup_bytes.unwrap() > 0, scheme.needs_setup);
        // Bits are those under a sound setup; what a seed that is public makes of them is said beside it.
        assert_eq!(r.setup.security_known_seed, scheme.needs_setup.then_some(0));
        let proof = r.proof_security.as_ref().unwrap();
        assert!(proof.proof_security_proven >= 96.0 && proof.proof_security_conjectured >= 96.0, "{proof:?}");
        let line = serde_json::to_string(r).unwrap();
        assert_eq!(line.contains("\"security_known_seed\":0"), scheme.needs_setup, "{line}");
    }
}

fn phase(record: &Record, name: &str) -> u64 {
    record.phases_ns.iter().find(|(phase, _)| phase == name).unwrap().1
}

#[test]
fn outside_of_the_commitment_scheme_all_proofs_are_alike() {
    let first = &records()[0];
    assert!(first.iop.messages > 20 && first.iop.challenges > 50 && first.iop.rounds > 20, "{:?}", first.iop);
    for r in records() {
        assert_eq!(r.iop, first.iop, "{} and {}", r.cell.pcs, first.cell.pcs);
        assert_eq!(r.columns, first.columns);
        let is_same = r.pcs_part.schedule == first.pcs_part.schedule;
        assert_eq!(is_same, r.cell.pcs == first.cell.pcs, "the schemes' own parts differ");
    }
}

#[test]
fn other_sizes_have_another_schedule() {
    let small = &records()[0];
    let large = measure(&Cell { log_rows: 12, ..small.cell.clone() }, &schemes()).unwrap();
    assert_ne!(small.iop.schedule, large.iop.schedule);
    assert!(large.iop.messages > small.iop.messages);
}

#[test]
fn records_survive_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, found) = Store::<Record>::open(folder.path(), Existing::Refuse).unwrap();
    assert!(found.is_empty());
    for record in records() {
        store.append(record).unwrap();
    }
    assert_eq!(load::<Record>(store.path()).unwrap(), records());
    let alone = alone("hyrax", 6);
    let (mut store, _) = Store::open(folder.path(), Existing::Refuse).unwrap();
    store.append(&alone).unwrap();
    assert_eq!(load::<AloneRecord>(store.path()).unwrap(), [alone]);
}

#[test]
fn files_with_records_are_not_mixed_by_accident() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::open(folder.path(), Existing::Refuse).unwrap();
    store.append(&records()[0]).unwrap();
    let error = Store::<Record>::open(folder.path(), Existing::Refuse).unwrap_err();
    assert!(matches!(&error, BenchError::Exists { .. }) && error.to_string().contains("--resume"), "{error}");
    assert_eq!(Store::<Record>::open(folder.path(), Existing::Resume).unwrap().1, records()[..1]);
}

#[test]
fn a_killed_run_loses_half_a_line_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let (mut store, _) = Store::open(folder.path(), Existing::Refuse).unwrap();
    let record = &records()[0];
    store.append(record).unwrap();
    let path = store.path().to_owned();
    let whole = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{whole}{}", &whole[..whole.len() / 2])).unwrap();
    assert_eq!(read::<Record>(&path).unwrap(), std::slice::from_ref(record));
    let (mut store, found) = Store::open(folder.path(), Existing::Resume).unwrap();
    assert_eq!(found, std::slice::from_ref(record));
    let second = scaled(record, 981, 2, 1);
    store.append(&second).unwrap();
    assert_eq!(load::<Record>(&path).unwrap(), [record.clone(), second]);
}

#[test]
fn lines_that_are_no_records_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.jsonl");
    let line = serde_json::to_string(&records()[0]).unwrap();
    fs::write(&path, format!("{line}\n{{}}\n")).unwrap();
    let error = read::<Record>(&path).unwrap_err();
    assert!(matches!(error, BenchError::BadRecord { line: 2, .. }), "{error}");
    fs::write(&path, format!("{}\n", line.replacen("\"schema\":2", "\"schema\":1", 1))).unwrap();
    let error = read::<Record>(&path).unwrap_err();
    assert!(matches!(error, BenchError::Schema { line: 1, found: 1, .. }), "{error}");
    fs::write(&path, "").unwrap();
    assert!(matches!(load::<Record>(&path).unwrap_err(), BenchError::NoRecords { .. }));
    let missing = read::<Record>(&folder.path().join("missing")).unwrap_err().to_string();
    assert!(missing.contains("missing"), "{missing}");
}

fn plan(runs: usize) -> Plan {
    Plan {
        pcs: vec!["a".into(), "b".into()],
        guests: vec!["fibonacci".into()],
        sizes: vec![10, 12],
        threads: vec![1],
        runs,
        log_m: 8,
        hash: "blake3".into(),
    }
}

#[test]
fn schemes_take_turns_and_runs_come_last() {
    let cells = plan(2).cells().unwrap();
    let order: Vec<(&str, u32, usize)> = cells.iter().map(|c| (c.pcs.as_str(), c.log_rows, c.run)).collect();
    let once = [("a", 10), ("b", 10), ("a", 12), ("b", 12)];
    let expected: Vec<(&str, u32, usize)> = [1, 2].iter().flat_map(|&run| once.map(|(p, s)| (p, s, run))).collect();
    assert_eq!(order, expected);
    assert!(matches!(
        Plan { sizes: vec![11], ..plan(1) }.cells().unwrap_err(),
        BenchError::UnknownSize { log_rows: 11, .. }
    ));
    let alone = AlonePlan {
        pcs: vec!["a".into(), "b".into()],
        values: vec![Values::U16],
        columns: vec![1, 16],
        sizes: vec![10],
        threads: vec![1],
        runs: 3,
    };
    assert_eq!(alone.cells().len(), 12);
    assert_eq!(alone.cells()[1].pcs, "b");
}

/// A process that prints what a file has.
fn cat(path: &Path) -> Command {
    let mut command = Command::new("cat");
    command.arg(path);
    command
}

#[test]
fn resuming_measures_only_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let record = &records()[0];
    let cells = [cell("hyrax", 1), cell("hyrax", 2)];
    let second = scaled(record, 981, 2, 1);
    let printed = folder.path().join("printed");
    fs::write(&printed, serde_json::to_string(&second).unwrap()).unwrap();

    let (mut store, _) = Store::open(folder.path(), Existing::Refuse).unwrap();
    let mut first = record.clone();
    first.cell = cells[0].clone();
    store.append(&first).unwrap();
    let (mut store, found) = Store::open(folder.path(), Existing::Resume).unwrap();
    let mut begun = Vec::new();
    let process = |json: &str| {
        assert_eq!(serde_json::from_str::<Cell>(json).unwrap(), cells[1]);
        cat(&printed)
    };
    let swept =
        sweep(&cells, found, &mut store, process, |step: Step<'_, Record>| begun.push((step.cell.clone(), step.count)))
            .unwrap();
    assert_eq!(begun, [(cells[1].clone(), 1)]);
    assert_eq!((swept.found, swept.records.len(), swept.failures.len()), (1, 2, 0));
    assert_eq!(load::<Record>(store.path()).unwrap(), swept.records);

    let (mut store, found) = Store::open(folder.path(), Existing::Resume).unwrap();
    let again = sweep::<Record>(&cells, found, &mut store, |_| panic!("nothing is missing"), |_| {}).unwrap();
    assert_eq!((again.found, again.records.len()), (2, 2));
}

#[test]
fn failed_cells_are_reported_and_the_others_measured() {
    let folder = tempfile::tempdir().unwrap();
    let printed = folder.path().join("printed");
    fs::write(&printed, serde_json::to_string(&records()[0]).unwrap()).unwrap();
    let good = records()[0].cell.clone();
    let cells = [cell("broken", 1), good.clone(), cell("broken", 2), cell("confused", 1)];
    let (mut store, found) = Store::<Record>::open(folder.path(), Existing::Refuse).unwrap();
    let process = |json: &str| {
        if json.contains("broken") { cat(&folder.path().join("no-such-file")) } else { cat(&printed) }
    };
    let swept = sweep(&cells, found, &mut store, process, |_| {}).unwrap();
    assert_eq!(swept.records.iter().map(|r| r.cell.clone()).collect::<Vec<_>>(), [good]);
    let reasons: Vec<&str> = swept.failures.iter().map(|f| f.reason.as_str()).collect();
    assert_eq!(reasons.len(), 2, "the second run of a cell that fails is left out: {reasons:?}");
    assert!(reasons[0].contains("no-such-file") && swept.failures[0].cell.contains("broken"));
    assert_eq!(reasons[1], "the process measured another cell");
}

/// Two sizes with three runs each, for every scheme.
fn sweep_data() -> Vec<Record> {
    let sizes = [(981, 1), (4_000, 4)];
    let runs = |r: &Record| {
        let of_size = |(rows, factor): (u64, u64)| (1..=3).map(move |run| (rows, run, factor * (2 + run as u64)));
        let all: Vec<Record> =
            sizes.into_iter().flat_map(of_size).map(|(rows, run, factor)| scaled(r, rows, run, factor)).collect();
        all
    };
    records().iter().flat_map(runs).collect()
}

#[test]
fn plots_are_the_same_for_the_same_data_and_have_every_scheme() {
    let data = sweep_data();
    let files = report::of_proofs(&data);
    assert_eq!(files, report::of_proofs(&data));
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "table.md",
        "prover-time-fibonacci.svg",
        "proof-bytes-fibonacci.svg",
        "verifier-time-fibonacci.svg",
        "peak-memory-fibonacci.svg",
        "phases-fibonacci.svg",
    ];
    assert_eq!(names, expected);
    for (name, text) in &files {
        for record in records() {
            let pcs = &record.cell.pcs;
            let mark = if name == "table.md" { format!("| {pcs} |") } else { format!(">{pcs}</text>") };
            assert!(text.contains(&mark), "no {pcs} in {name}");
        }
        if name.contains("time") {
            assert_eq!(text.matches("<polyline").count(), records().len(), "{name}");
        }
    }
    assert!(files[1].1.contains(&escaped(&data[0])), "the machine is in the title");
    // Another run's time is another plot, and no other plot's business.
    let mut slower = data;
    slower[0].prove_ns *= 10;
    let other = report::of_proofs(&slower);
    let changed: Vec<&str> =
        files.iter().zip(&other).filter(|(a, b)| a != b).map(|((name, _), _)| name.as_str()).collect();
    assert_eq!(changed, ["table.md", "prover-time-fibonacci.svg"]);
}

fn escaped(record: &Record) -> String {
    record.machine.to_string().replace('&', "&amp;")
}

#[test]
fn tables_say_what_differs() {
    let mut data = sweep_data();
    let table = report::of_proofs(&data)[0].1.clone();
    assert!(table.contains("in every proof") && !table.contains("NOT THE SAME"));
    assert_eq!(table.contains("INSECURE"), data.iter().any(|r| r.setup.setup == "insecure-seed"));
    data[0].iop.challenges += 1;
    assert!(report::of_proofs(&data)[0].1.contains("NOT THE SAME"));
    // Threads name curves once they differ.
    data[0].iop.challenges -= 1;
    let mut two: Vec<Record> = data.clone();
    for record in &mut two {
        record.cell.threads = 2;
    }
    data.extend(two);
    let table = &report::of_proofs(&data)[0].1;
    assert!(table.contains("| hyrax, 1 thr |") && table.contains("| hyrax, 2 thr |"));
}

#[test]
fn every_scheme_is_measured_alone() {
    let schemes = schemes();
    let mut records = Vec::new();
    for scheme in schemes.iter() {
        for num_vars in [4, 7] {
            let record = alone(scheme.kind.name(), num_vars);
            assert_eq!(record.proof_bytes, record.commitment_bytes + record.opening_bytes);
            assert!(record.commit_ns > 0 && record.open_ns > 0 && record.verify_ns > 0);
            assert_eq!(record.setup.setup == "insecure-seed", scheme.needs_setup);
            records.push(record);
        }
    }
    let files = report::of_openings(&records);
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let plots = ["commit", "open", "verify", "bytes"].map(|what| format!("alone-{what}-u16-2.svg"));
    assert_eq!(names[1..], plots);
    for (name, text) in &files {
        let curves = if name == "alone.md" { text.matches("| 2^7 |") } else { text.matches("<polyline") };
        assert_eq!(curves.count(), schemes.iter().count(), "{name}");
    }
}

#[test]
fn unknown_choices_are_refused() {
    let schemes = schemes();
    let unknown = |cell: Cell| measure(&cell, &schemes).unwrap_err();
    let base = || cell("hyrax", 1);
    assert!(matches!(unknown(Cell { pcs: "nothing".into(), ..base() }), BenchError::UnknownScheme { .. }));
    assert!(matches!(unknown(Cell { guest: "tetris".into(), ..base() }), BenchError::UnknownGuest { .. }));
    assert!(matches!(unknown(Cell { log_rows: 11, ..base() }), BenchError::UnknownSize { .. }));
    assert!(matches!(unknown(Cell { log_m: 9, ..base() }), BenchError::LogM { log_m: 9 }));
    assert!(matches!(unknown(Cell { hash: "md5".into(), ..base() }), BenchError::UnknownHash { .. }));
    let values = AloneCell { pcs: "hyrax".into(), num_vars: 4, values: "prime".into(), columns: 1, threads: 1, run: 1 };
    assert!(matches!(measure_alone(&values, &schemes).unwrap_err(), BenchError::UnknownValues { .. }));
    let error = setup::choose(&schemes, &["hyrax".into(), "nothing".into()]).unwrap_err().to_string();
    assert!(error.contains("`nothing`") && error.contains("hyrax"), "{error}");
    assert_eq!(setup::choose(&schemes, &["all".into()]).unwrap().len(), schemes.iter().count());
}

#[test]
fn insecure_setups_are_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("insecure.tau");
    setup::save_insecure(&path, 8).unwrap();
    let made = fs::metadata(&path).unwrap().modified().unwrap();
    setup::save_insecure(&path, 8).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), made);
    let small = fs::metadata(&path).unwrap().len();
    setup::save_insecure(&path, 11).unwrap();
    assert!(fs::metadata(&path).unwrap().len() > 3 * small);
}

#[test]
fn cells_are_told_apart() {
    let [a, b] = [cell("hyrax", 1), cell("hyrax", 2)];
    assert_ne!(a, b);
    assert_eq!(records()[0].cell(), &cell(&records()[0].cell.pcs, 1));
    assert_eq!(a.to_string(), "fibonacci at 2^10 rows under hyrax, 1 thread, run 1");
}
