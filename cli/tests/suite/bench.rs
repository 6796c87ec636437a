//! `lariat bench`: sweeps of tiny cells.

use crate::support::{folder, lariat, names, text};
use serde_json::Value;
use std::{fs, path::Path};

const PLOTS: [&str; 5] = [
    "peak-memory-fibonacci.svg",
    "phases-fibonacci.svg",
    "proof-bytes-fibonacci.svg",
    "prover-time-fibonacci.svg",
    "verifier-time-fibonacci.svg",
];

/// A small sweep into a folder, and whatever else is asked for.
fn sweep<'a>(folder: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let args = ["bench", "--guests", "fibonacci", "--sizes", "10", "--log-m", "8", "-o", folder];
    [&args[..], more].concat()
}

/// The plots and these files, in order.
fn sorted(others: &[&'static str]) -> Vec<&'static str> {
    let mut names = [&PLOTS[..], others].concat();
    names.sort_unstable();
    names
}

fn records(file: &Path) -> Vec<Value> {
    fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_sweep_leaves_records_a_table_and_plots() {
    let folder = folder("bench");
    let (out, again) = (folder.join("out"), folder.join("again"));
    let out_arg = text(&out);
    let json = lariat(&sweep(&out_arg, &["--pcs", "hyrax", "--runs", "2", "--json"])).ok().json();
    for (name, value) in [("records", 2), ("measured", 2), ("found", 0)] {
        assert_eq!(json[name], value, "{json}");
    }
    assert_eq!(json["setup"], Value::Null);
    assert_eq!(names(&out), sorted(&["results.jsonl", "table.md"]));
    let results = out.join("results.jsonl");
    let measured = records(&results);
    let runs: Vec<&Value> = measured.iter().map(|r| &r["run"]).collect();
    assert_eq!(runs, [1, 2]);
    for record in &measured {
        assert_eq!(
            (&record["pcs"], &record["setup"], &record["rows"]),
            (&"hyrax".into(), &"transparent".into(), &981.into())
        );
        assert!(record["prove_ns"].as_u64().unwrap() > 0 && record["machine"]["cores"].as_u64().unwrap() > 0);
    }
    assert!(fs::read_to_string(out.join("table.md")).unwrap().contains("| 981 | hyrax | 2 |"));

    // Records are never mixed by accident, and found again on demand.
    lariat(&sweep(&out_arg, &["--pcs", "hyrax"])).refused(&["results.jsonl", "--resume"]);
    let before = fs::read(&results).unwrap();
    let json = lariat(&sweep(&out_arg, &["--pcs", "hyrax", "--runs", "2", "--resume", "--json"])).ok().json();
    assert_eq!((&json["measured"], &json["found"]), (&0.into(), &2.into()));
    assert_eq!(fs::read(&results).unwrap(), before);
    let progress = lariat(&sweep(&out_arg, &["--pcs", "hyrax", "--resume", "--progress", "json"]));
    assert_eq!(progress.stderr.lines().count(), 1, "the third run alone is missing: {progress:?}");
    let line: Value = serde_json::from_str(&progress.stderr).unwrap();
    assert_eq!((&line["cell"]["run"], &line["index"], &line["cells"]), (&3.into(), &0.into(), &1.into()));
    assert_eq!(records(&results)[..2], measured);

    // Tables and plots follow from the records alone.
    lariat(&["bench", "--plot", &text(&results), "-o", &text(&again)]).ok();
    assert_eq!(names(&again), sorted(&["table.md"]));
    for name in names(&again) {
        assert_eq!(fs::read(again.join(&name)).unwrap(), fs::read(out.join(&name)).unwrap(), "{name}");
    }
}

#[test]
fn without_a_setup_an_insecure_one_is_made_and_named() {
    let folder = folder("bench-insecure");
    let out = text(&folder.join("out"));
    let report = lariat(&sweep(&out, &["--pcs", "hyrax,zeromorph", "--runs", "1"])).ok().stdout;
    assert!(report.contains("INSECURE") && report.contains("insecure.tau"), "{report}");
    let measured = records(&folder.join("out/results.jsonl"));
    let setups: Vec<(&Value, &Value, &Value)> =
        measured.iter().map(|r| (&r["pcs"], &r["setup"], &r["setup_name"])).collect();
    let [hyrax, zeromorph] = setups[..] else { panic!("two records") };
    assert_eq!(hyrax, (&"hyrax".into(), &"transparent".into(), &"".into()));
    assert_eq!(zeromorph, (&"zeromorph".into(), &"insecure-seed".into(), &"lariat-bench".into()));
    assert_eq!(measured[0]["iop"], measured[1]["iop"], "the schemes are compared on equal terms");
    for name in PLOTS {
        let svg = fs::read_to_string(folder.join("out").join(name)).unwrap();
        assert!(svg.contains(">hyrax</text>") && svg.contains(">zeromorph</text>"), "{name}");
    }

    // A setup that is given is not trusted more than by the other verbs.
    let (setup, given) = (text(&folder.join("other.tau")), text(&folder.join("given")));
    lariat(&["setup", "--insecure-seed", "other", "--log-size", "18", "-o", &setup]).ok();
    let args = ["--pcs", "hyrax,zeromorph", "--runs", "2", "--setup", &setup];
    let outcome = lariat(&sweep(&given, &args)).refused(&["zeromorph", "--allow-insecure-setup", "--resume"]);
    assert!(outcome.stdout.contains("FAILED") && outcome.stdout.contains("2 measured"), "{outcome:?}");
    let args = ["--pcs", "zeromorph", "--runs", "1", "--resume", "--allow-insecure-setup", "--setup", &setup];
    lariat(&sweep(&given, &args)).ok();
    assert_eq!(records(&folder.join("given/results.jsonl"))[2]["setup_name"], "other");
    lariat(&sweep(&out, &args)).refused(&["lariat-bench", "other", "choose another folder"]);
}

#[test]
fn schemes_are_measured_alone() {
    let folder = folder("bench-alone");
    let out = text(&folder);
    let args =
        ["bench", "--alone", "--pcs", "hyrax", "--sizes", "4,6", "--values", "u16", "--columns", "2", "--runs", "1"];
    lariat(&[&args[..], &["-o", &out]].concat()).ok();
    let plots = ["alone-bytes-u16-2.svg", "alone-commit-u16-2.svg", "alone-open-u16-2.svg", "alone-verify-u16-2.svg"];
    assert_eq!(names(&folder), [&plots[..], &["alone.jsonl", "alone.md"]].concat());
    let measured = records(&folder.join("alone.jsonl"));
    let sizes: Vec<&Value> = measured.iter().map(|r| &r["num_vars"]).collect();
    assert_eq!(sizes, [4, 6]);
    assert!(measured.iter().all(|r| r["values"] == "u16" && r["columns"] == 2 && r["setup_bytes"] == 0));
    let plot = ["bench", "--alone", "--plot", &text(&folder.join("alone.jsonl")), "-o", &out];
    let before = fs::read(folder.join(plots[0])).unwrap();
    lariat(&plot).ok();
    assert_eq!(fs::read(folder.join(plots[0])).unwrap(), before);
}

#[test]
fn unknown_choices_are_refused_before_the_work() {
    let folder = folder("bench-refused");
    let out = text(&folder.join("out"));
    lariat(&["bench", "--pcs", "nothing", "-o", &out]).wrong_usage("hyrax");
    lariat(&["bench", "--guests", "tetris", "-o", &out]).wrong_usage("sha256-chain");
    lariat(&["bench", "--alone", "--values", "prime", "-o", &out]).wrong_usage("one-hot");
    lariat(&["bench", "--values", "u16", "-o", &out]).wrong_usage("--alone");
    lariat(&["bench", "--runs", "0", "-o", &out]).wrong_usage("--runs");
    lariat(&["bench", "--log-m", "9", "-o", &out]).wrong_usage("--log-m");
    lariat(&["bench"]).wrong_usage("--output");
    lariat(&["bench", "--guests", "keccak-chain", "--sizes", "16,17", "-o", &out]).refused(&[
        "keccak-chain",
        "2^17",
        "16, 18, 20",
    ]);
    lariat(&["bench", "--plot", "no/such/file", "-o", &out]).refused(&["no/such/file"]);
    lariat(&["bench", "--cell", "{}"]).refused(&["--cell"]);
    assert_eq!(names(&folder), [""; 0]);
}
