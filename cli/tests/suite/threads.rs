//! Threads: no more than help are started, and commands do their work where none can be.

use crate::support::{INPUT, OUTPUT, Outcome, command, elf, folder, lariat, names, text};
use std::{fs, num::NonZero, thread};

/// Threads that the machine runs at a time.
fn cores() -> u64 {
    thread::available_parallelism().map_or(1, NonZero::get) as u64
}

#[test]
fn more_threads_than_the_machine_runs_are_not_started() {
    let proof = text(&folder("many-threads").join("proof"));
    let prove = ["prove", &elf("fibonacci"), "--input-hex", INPUT, "-o", &proof, "--threads", "1024"];
    let report = lariat(&[&prove[..], &["--json"]].concat()).ok().json();
    assert!(report["threads"].as_u64().unwrap() <= cores(), "{report}");
    let summary = lariat(&prove).ok().stdout;
    assert!(summary.contains(" of the 1024 asked for: "), "{summary}");
    // 81 rows over small tables keep one thread busy.
    let report = lariat(&[&prove[..], &["--log-m", "8", "--json"]].concat()).ok().json();
    assert_eq!(report["threads"], 1);
    let summary = lariat(&[&prove[..7], &["2", "--log-m", "8"]].concat()).ok().stdout;
    let shortage = "1 of the 2 asked for: the run is too short for more";
    assert!(cores() == 1 || summary.contains(shortage), "{summary}");
    let summary = lariat(&[&prove[..7], &["1"]].concat()).ok().stdout;
    assert!(summary.contains(" on 1 thread\n") && !summary.contains("asked for"), "{summary}");
    assert!(lariat(&["prove", "--help"]).ok().stdout.contains("no more are used than the machine runs at a time"));
}

/// Runs the command where no thread can be started: no address space holds a stack of this size.
fn without_threads(args: &[&str]) -> Outcome {
    let output = command(args).env("RUST_MIN_STACK", (1u64 << 60).to_string()).output().unwrap();
    let outcome = Outcome {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!outcome.stderr.contains("panicked at"), "{args:?}: {outcome:?}");
    outcome
}

#[cfg(unix)]
#[test]
fn commands_go_on_where_no_thread_can_be_started() {
    let folder = folder("no-threads");
    let path = |name: &str| text(&folder.join(name));
    let (program, setup, proof, with_threads) = (elf("fibonacci"), path("setup"), path("proof"), path("with-threads"));
    let leave = ["--setup", &setup, "--allow-insecure-setup", "--json"];

    without_threads(&["setup", "--insecure-seed", "no-threads", "--log-size", "17", "-o", &setup]).ok();
    for pcs in ["hyrax", "zeromorph", "dory", "whir"] {
        let prove = ["prove", &program, "--input-hex", INPUT, "--pcs", pcs, "--log-m", "8", "-o"];
        without_threads(&[&prove[..], &[&proof], &leave].concat()).ok();
        lariat(&[&prove[..], &[&with_threads], &leave].concat()).ok();
        assert_eq!(fs::read(&proof).unwrap(), fs::read(&with_threads).unwrap(), "{pcs}");
        let verified = without_threads(&[&["verify", &program, &proof][..], &leave].concat()).ok().json();
        assert_eq!((&verified["ok"], &verified["output_hex"]), (&true.into(), &OUTPUT.into()), "{pcs}");
        without_threads(&[&["inspect", &proof, &program][..], &leave].concat()).ok();
    }
    // Tables of 2^16 entries keep two threads busy.
    let prove = ["prove", &program, "--input-hex", INPUT, "-o", &proof, "--threads", "2", "--log-m", "16"];
    let made = without_threads(&prove).ok();
    assert!(made.stdout.contains(" on 1 thread\n"), "{made:?}");
    let shortage = "1 of the 2 asked for: the system starts no more";
    assert!(cores() == 1 || made.stdout.contains(shortage), "{made:?}");
    let demo = without_threads(&["demo", "--log-m", "8", "--threads", "4", "--json"]).ok().json();
    assert_eq!(demo["threads"], 1);
    without_threads(&["list", "pcs"]).ok();
}

/// A cell of several threads is not measured on one, and its record does not say so.
#[cfg(unix)]
#[test]
fn a_benchmark_runs_on_its_threads_or_not_at_all() {
    let folder = folder("no-threads-bench");
    let out = text(&folder.join("out"));
    let bench = ["bench", "--pcs", "hyrax", "--guests", "fibonacci", "--sizes", "10", "--log-m", "8", "--runs", "1"];
    without_threads(&[&bench[..], &["-o", &out, "--threads", "1"]].concat()).ok();
    assert!(names(&folder.join("out")).contains(&"results.jsonl".to_owned()));
    let failed = without_threads(&[&bench[..], &["-o", &out, "--resume", "--threads", "2"]].concat());
    failed.refused(&["only 1 of 2 threads can be started", "--threads"]);
}

#[cfg(all(unix, feature = "attack"))]
#[test]
fn attacks_go_on_where_no_thread_can_be_started() {
    let attack = ["attack", "--engine", "1", "--mutations", "40", "--pcs", "hyrax,dory", "--json"];
    let report = without_threads(&attack).ok().json();
    assert_eq!((&report["ok"], &report["totals"]["panicked"]), (&true.into(), &0.into()));
}
