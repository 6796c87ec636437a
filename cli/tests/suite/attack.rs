//! `lariat attack` on the real schemes: small runs, their reports, and refusals.

use crate::support::{elf, folder, lariat, names, text};
use serde_json::Value;
use std::fs;

/// The report of a run of so many mutated proofs.
fn small_run(mutations: &str, extra: &[&str]) -> Value {
    lariat(&[&["attack", "--engine", "1", "--mutations", mutations, "--json"], extra].concat()).ok().json()
}

fn count(report: &Value, field: &str) -> u64 {
    report["totals"][field].as_u64().unwrap()
}

#[test]
fn every_scheme_rejects_mutated_proofs() {
    let folder = folder("attack");
    let file = text(&folder.join("report.json"));
    let mutations = 26 * lariat_schemes::ALL.len() as u64;
    let report = small_run(&mutations.to_string(), &["-o", &file]);
    assert_eq!((count(&report, "tried"), count(&report, "rejected")), (mutations, mutations), "{report}");
    assert_eq!((&report["ok"], &report["size"]), (&true.into(), &"quick".into()));
    let schemes = report["schemes"].as_array().unwrap();
    let expected: Vec<&str> = lariat_schemes::ALL.iter().map(|scheme| scheme.kind.name()).collect();
    assert_eq!(schemes.iter().map(|s| s["scheme"].as_str().unwrap()).collect::<Vec<_>>(), expected);
    for scheme in schemes {
        let tried: u64 = scheme["rows"].as_array().unwrap().iter().map(|row| row["tried"].as_u64().unwrap()).sum();
        assert_eq!(tried, 26, "{scheme}");
    }
    // The file holds the same report, and nothing else was written.
    assert_eq!(serde_json::from_str::<Value>(&fs::read_to_string(&file).unwrap()).unwrap(), report);
    assert_eq!(names(&folder), ["report.json"]);
}

#[test]
fn the_seed_decides_what_is_tried() {
    let rows = |seed: &str| {
        let report = small_run("40", &["--pcs", "hyrax", "--seed", seed]);
        report["schemes"][0]["rows"].clone()
    };
    assert_eq!(rows("5"), rows("0x5"));
}

#[test]
fn the_matrix_is_text_with_a_column_for_each_scheme() {
    let run = lariat(&["attack", "--engine", "1,1", "--mutations", "52", "--pcs", "hyrax,zeromorph"]).ok();
    let header = run.stdout.lines().find(|line| line.starts_with("engine 1: mutated proofs")).unwrap();
    assert!(header.ends_with("hyrax  zeromorph"), "{header}");
    assert!(run.stdout.contains("engine 1, mutated proofs: 52 tried, 52 rejected, 0 accepted, 0 panics"), "{run:?}");
    assert!(run.stdout.contains("seed 0x1"), "{run:?}");
}

/// Faults in the executor: counted by outcome, in the text and in the report; all under the first scheme.
#[test]
fn faults_are_counted_by_their_outcome() {
    let faults = |count| ["attack", "--engine", "6", "--pcs", "hyrax,zeromorph", "--faults", count];
    let run = lariat(&faults("3")).ok();
    let header = run.stdout.lines().find(|line| line.starts_with("engine 6: faults in the executor")).unwrap();
    assert!(header.ends_with("rejected  stopped  no effect  same statement  accepted false  panicked"), "{header}");
    assert!(run.stdout.contains("engine 6, faults in the executor: 3 tried, "), "{run:?}");
    let report = lariat(&[&faults("53")[..], &["--json"]].concat()).ok().json();
    let sum: u64 =
        ["rejected", "stopped", "no_effect", "same_statement"].map(|field| count(&report, field)).iter().sum();
    assert_eq!((count(&report, "tried"), sum, count(&report, "accepted")), (53, 53, 0), "{report}");
    let rows = |scheme: usize| report["schemes"][scheme]["rows"].as_array().unwrap();
    assert_eq!((rows(0).len(), rows(1).len()), (53, 0));
    assert!(rows(0).iter().all(|row| row["no_effect"].is_u64()), "{report}");
}

#[test]
fn progress_is_told_on_standard_error() {
    let run = lariat(&["attack", "--engine", "1", "--mutations", "1", "--pcs", "hyrax", "--progress", "json"]);
    assert_eq!(run.code, 0);
    let lines: Vec<Value> = run.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1, "{run:?}");
    assert_eq!((&lines[0]["scheme"], &lines[0]["part"]), (&"hyrax".into(), &"mutated proofs".into()));
}

#[test]
fn wrong_requests_are_refused_before_anything_runs() {
    lariat(&["attack", "--pcs", "nonsense"]).wrong_usage("nonsense");
    lariat(&["attack", "--engine", "4"]).wrong_usage("4");
    lariat(&["attack", "--quick", "--nightly"]).wrong_usage("--nightly");
    lariat(&["attack", "--seed", "x"]).wrong_usage("decimal");
    lariat(&["attack", "--setup", &elf("fibonacci")]).refused(&["setup"]);
    lariat(&["attack", "-o", "/nonexistent/report.json"]).refused(&["cannot write the report"]);
}
