//! What the verbs print: names of JSON fields, summaries, progress, help.

use crate::support::{INPUT, OUTPUT, elf, folder, lariat, shared_proof, text, unhex};
use lariat_jolt_core::Phase;
use serde_json::Value;
use std::fs;

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

fn sorted<const N: usize>(mut names: [&str; N]) -> [&str; N] {
    names.sort_unstable();
    names
}

/// A digest of 32 bytes.
fn is_digest(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 64 && text.bytes().all(|c| c.is_ascii_hexdigit()))
}

#[test]
fn prove_reports_its_costs() {
    let folder = folder("prove-json");
    let (proof, output) = (folder.join("proof"), folder.join("output"));
    let (proof_arg, output_arg) = (text(&proof), text(&output));
    let fibonacci = elf("fibonacci");
    let args = ["prove", &fibonacci, "--input-hex", INPUT, "-o", &proof_arg, "--output", &output_arg];
    let report = lariat(&[&args[..], &["--json", "--threads", "2", "--hash", "blake3"]].concat()).ok().json();
    let names = [
        "instructions",
        "rows",
        "exit_code",
        "panicked",
        "execute_ns",
        "preprocess_ns",
        "prove_ns",
        "verify_ns",
        "phases_ns",
        "proof_bytes",
        "peak_rss_bytes",
        "estimated_peak_bytes",
        "estimated_bytes",
        "memory_plan",
        "pcs",
        "setup",
        "setup_name",
        "setup_digest",
        "argument",
        "products",
        "hash",
        "log_m",
        "threads",
        "mul_ns",
        "mul_equivalents_per_instruction",
        "program_digest",
        "output_hex",
        "security_bits_proven",
        "security_limit_proven",
        "security_bits_conjectured",
        "security_limit_conjectured",
        "security_bits_interactive",
    ];
    assert_eq!(keys(&report), sorted(names));
    let phases = ["execute", "witness", "setup", "commit", "products", "main_sumcheck", "open"];
    assert_eq!(keys(&report["phases_ns"]), sorted(phases));
    let number = |value: &Value| value.as_f64().unwrap();
    let phase = |name: &str| number(&report["phases_ns"][name]);
    let proving: f64 = phases.into_iter().filter(|name| !["execute", "setup"].contains(name)).map(phase).sum();
    assert!((number(&report["prove_ns"]) - proving).abs() < 1.0, "{report}");
    assert!((number(&report["execute_ns"]) - phase("execute")).abs() < 1.0);
    assert!(number(&report["preprocess_ns"]) > phase("setup"));
    assert!(number(&report["verify_ns"]) > 0.0);
    let threads = number(&report["threads"]);
    assert!((1.0..=2.0).contains(&threads), "{report}");
    let expected = number(&report["prove_ns"]) * threads / number(&report["instructions"]) / number(&report["mul_ns"]);
    assert!((number(&report["mul_equivalents_per_instruction"]) / expected - 1.0).abs() < 1e-9, "{report}");
    for (name, value) in [("instructions", 81), ("rows", 81), ("exit_code", 0), ("log_m", 8)] {
        assert_eq!(report[name], value, "{name}");
    }
    for (name, value) in
        [("pcs", "hyrax"), ("argument", "lasso"), ("products", "gkr"), ("hash", "blake3"), ("output_hex", OUTPUT)]
    {
        assert_eq!(report[name], value, "{name}");
    }
    assert_eq!(report["panicked"], false);
    assert!(is_digest(&report["program_digest"]));
    assert_eq!(report["peak_rss_bytes"].is_u64(), cfg!(target_os = "linux"));
    assert_eq!(report["proof_bytes"], fs::metadata(&proof).unwrap().len());
    assert_eq!(fs::read(&output).unwrap(), unhex(OUTPUT));
}

#[test]
fn verify_reports_the_statement() {
    let names = [
        "ok",
        "program_digest",
        "input_digest",
        "exit_code",
        "panicked",
        "output_hex",
        "rows",
        "private_input_commitment",
        "pcs",
        "setup",
        "setup_name",
        "setup_digest",
        "argument",
        "products",
        "hash",
        "log_m",
        "verify_ns",
        "security_bits_proven",
        "security_limit_proven",
        "security_bits_conjectured",
        "security_limit_conjectured",
        "security_bits_interactive",
        "error",
        "error_kind",
    ];
    let verdict = lariat(&["verify", "--json", &elf("fibonacci"), &shared_proof()]).ok().json();
    assert_eq!(keys(&verdict), sorted(names));
    assert_eq!(verdict["ok"], true);
    assert_eq!((&verdict["error"], &verdict["error_kind"]), (&Value::Null, &Value::Null));
    assert_eq!((&verdict["exit_code"], &verdict["rows"]), (&0.into(), &81.into()));
    assert_eq!((&verdict["panicked"], &verdict["output_hex"]), (&false.into(), &OUTPUT.into()));
    for digest in ["program_digest", "input_digest", "private_input_commitment"] {
        assert!(is_digest(&verdict[digest]), "{digest}");
    }
    // BLAKE3 of the bytes 0a 00 00 00.
    assert_eq!(verdict["input_digest"], "cabb163ea8b383114bab0450f2ea4bdf6f97d50dc22e57b50903db81e30bce47");
    let rejected = lariat(&["verify", "--json", &elf("btree"), &shared_proof()]).refused(&[]).json();
    assert_eq!(keys(&rejected), sorted(names));
}

#[test]
fn run_and_preprocess_report() {
    let folder = folder("run-json");
    let (output, key) = (folder.join("output"), text(&folder.join("key")));
    let fibonacci = elf("fibonacci");
    let output_arg = text(&output);
    let args = ["--input-hex", INPUT, "--json", "--output", &output_arg];
    let run = lariat(&[&["run", &fibonacci], &args[..]].concat()).ok().json();
    let names =
        ["instructions", "exit_code", "panicked", "output_hex", "printed_bytes", "execute_ns", "program_digest"];
    assert_eq!(keys(&run), sorted(names));
    assert_eq!((&run["instructions"], &run["output_hex"]), (&81.into(), &OUTPUT.into()));
    assert_eq!(fs::read(&output).unwrap(), unhex(OUTPUT));

    let preprocessed = lariat(&["preprocess", &elf("fibonacci"), "-o", &key, "--json"]).ok().json();
    assert_eq!(keys(&preprocessed), sorted(["program_digest", "key_bytes", "preprocess_ns"]));
    assert_eq!(preprocessed["program_digest"], run["program_digest"]);
    assert_eq!(preprocessed["key_bytes"], fs::metadata(&key).unwrap().len());
    let again = lariat(&["run", &key, "--input-hex", INPUT, "--json"]).ok().json();
    assert_eq!(again["program_digest"], run["program_digest"]);
}

#[test]
fn keys_and_threads_do_not_change_the_proof() {
    let folder = folder("same-proof");
    let key = text(&folder.join("key"));
    lariat(&["preprocess", &elf("fibonacci"), "-o", &key]).ok();
    // Tables of 2^16 entries keep several threads busy.
    let proofs = [("1", &key), ("2", &elf("fibonacci")), ("3", &key)].map(|(threads, program)| {
        let proof = text(&folder.join(threads));
        lariat(&["prove", program, "--input-hex", INPUT, "-o", &proof, "--threads", threads, "--log-m", "16"]).ok();
        fs::read(proof).unwrap()
    });
    assert!(proofs.iter().all(|proof| *proof == proofs[0]));
}

#[test]
fn inspect_lists_the_parts() {
    let proof = shared_proof();
    let size = fs::metadata(&proof).unwrap().len();
    let shown = lariat(&["inspect", "--json", &proof, &elf("fibonacci")]).ok().json();
    assert_eq!(keys(&shown), sorted(["proof_bytes", "verified", "header", "security", "parts"]));
    assert_eq!((&shown["proof_bytes"], &shown["verified"]), (&size.into(), &true.into()));
    let header = &shown["header"];
    let names = [
        "pcs",
        "setup",
        "setup_name",
        "setup_digest",
        "argument",
        "products",
        "hash",
        "log_m",
        "program_digest",
        "rows",
        "heap_high",
        "stack_low",
        "output_high",
        "private_input_bytes",
        "exit_code",
        "panicked",
        "input_hex",
        "output_hex",
    ];
    assert_eq!(keys(header), sorted(names));
    assert_eq!((&header["input_hex"], &header["output_hex"]), (&INPUT.into(), &OUTPUT.into()));
    let parts = shown["parts"].as_array().unwrap();
    assert!(parts.len() >= 7, "{shown}");
    // The parts tile the file, and their messages tile them.
    let mut position = 0;
    for part in parts {
        assert_eq!(keys(part), sorted(["name", "what", "offset", "bytes", "messages"]));
        assert_eq!(part["offset"], position, "{part}");
        assert!(!part["what"].as_str().unwrap().contains("no description"), "{part}");
        let bytes = part["bytes"].as_u64().unwrap();
        let messages = part["messages"].as_array().unwrap();
        if part["name"] != "header" {
            assert_eq!(messages.iter().map(|m| m["bytes"].as_u64().unwrap()).sum::<u64>(), bytes, "{part}");
        }
        position += bytes;
    }
    assert_eq!(position, size);

    let unverified = lariat(&["inspect", "--json", &proof]).ok().json();
    assert_eq!((&unverified["verified"], unverified["parts"].as_array().unwrap().len()), (&false.into(), 1));
    assert_eq!(unverified["header"], *header);
    let text = lariat(&["inspect", &proof]).ok().stdout;
    assert!(text.contains("NOT verified") && text.contains("whose parts follow from the program"), "{text}");
    lariat(&["inspect", &proof, &elf("btree")]).refused(&["another program"]);
    lariat(&["inspect", &elf("btree")]).refused(&["is an ELF, where a proof is asked for"]);
}

/// The first command of the README.
#[test]
fn the_demonstration_proves_a_known_digest() {
    let summary = lariat(&["demo"]).ok().stdout;
    for part in [
        "proven and verified: 64430 instructions",
        "a second on",
        "proof",
        "peak memory",
        "b444c2aed009986cfd0ff660f5a576548198070541d5d24c66d7c1bd323aaee2",
        "the verified output is SHA-256 applied 18 times",
        "succinct, not zero-knowledge: the proof may reveal the private input",
    ] {
        assert!(summary.contains(part), "no {part:?} in {summary}");
    }
}

#[test]
fn summaries_say_what_a_proof_is_and_is_not() {
    let folder = folder("summaries");
    let proof = text(&folder.join("proof"));
    let honest = "succinct, not zero-knowledge: the proof may reveal the private input";
    // A guest that panics: an account that is overdrawn.
    let inputs = ["--input-hex", "0764", "--private-input-hex", "01c901"];
    let ledger = elf("ledger");
    let args = [&["prove", &ledger, "-o", &proof, "--log-m", "8"], &inputs[..]].concat();
    let proven = lariat(&args).ok().stdout;
    let verified = lariat(&["verify", &elf("ledger"), &proof]).ok().stdout;
    let run = lariat(&[&["run", &elf("ledger")], &inputs[..]].concat()).ok().stdout;
    for text in [&proven, &verified] {
        assert!(text.contains(honest), "{text}");
    }
    for text in [&proven, &verified, &run] {
        assert!(text.contains("exit code 101: the guest PANICKED"), "{text}");
    }
    let failed = lariat(&["run", &elf("freestanding")]).ok().stdout;
    assert!(failed.contains("exit code 42: the guest reports a failure"), "{failed}");
}

#[test]
fn progress_goes_to_standard_error_when_asked_for() {
    let proof = text(&folder("progress").join("proof"));
    let progress = |mode: &str| {
        let args = ["prove", &elf("fibonacci"), "-o", &proof, "--log-m", "8", "--input-hex", INPUT, "--progress", mode];
        let outcome = lariat(&args);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome.stderr
    };
    // Standard error is no terminal here.
    assert_eq!(progress("auto"), "");
    assert_eq!(progress("none"), "");
    let phases = ["execute", "witness", "setup", "commit", "products", "main_sumcheck", "open", "verify", "done"];
    let lines: Vec<Value> = progress("json").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<&str> = lines.iter().map(|line| line["phase"].as_str().unwrap()).collect();
    assert_eq!(names, phases);
    for (index, line) in lines.iter().enumerate() {
        assert_eq!(keys(line), sorted(["phase", "index", "phases", "elapsed_ns"]));
        assert_eq!((&line["index"], &line["phases"]), (&index.into(), &phases.len().saturating_sub(1).into()));
    }
    let elapsed: Vec<u64> = lines.iter().map(|line| line["elapsed_ns"].as_u64().unwrap()).collect();
    assert!(elapsed.is_sorted() && elapsed[0] < elapsed[8], "{elapsed:?}");
    let text = progress("bar");
    assert_eq!(text.lines().count(), 8, "{text}");
    assert!(text.starts_with("[1/8] execute\n") && text.ends_with("[8/8] verify\n"), "{text}");
}

#[test]
fn help_has_an_example_for_every_verb() {
    let general = lariat(&["--help"]).ok().stdout;
    assert!(general.contains("not zero-knowledge") && general.contains("lariat demo"), "{general}");
    for verb in ["demo", "run", "prove", "verify", "inspect", "preprocess"] {
        let help = lariat(&[verb, "--help"]).ok().stdout;
        assert!(help.contains(&format!("Example:\n  lariat {verb}")), "{help}");
        assert!(general.contains(verb));
    }
    assert!(lariat(&["--version"]).ok().stdout.starts_with("lariat "));
}

/// The trace has a span for every phase, one after the other, and the proof is the same with it.
#[test]
fn a_trace_has_the_phases_in_order() {
    let folder = folder("reports-trace");
    let path = |name: &str| text(&folder.join(name));
    let (plain, proof, trace) = (path("plain"), path("proof"), path("trace.json"));
    let prove = |more: &[&str]| {
        let program = elf("fibonacci");
        lariat(&[&["prove", program.as_str(), "--input-hex", INPUT, "--log-m", "8"][..], more].concat()).ok();
    };
    prove(&["-o", &plain]);
    prove(&["-o", &proof, "--trace", &trace]);
    assert!(fs::read(&plain).unwrap() == fs::read(&proof).unwrap());
    let events: Vec<Value> = serde_json::from_slice(&fs::read(&trace).unwrap()).unwrap();
    let at = |phase: &str, kind: &str| {
        let event = events.iter().find(|e| e["name"] == phase && e["ph"] == kind);
        event.unwrap_or_else(|| panic!("no {kind} of {phase}"))["ts"].as_f64().unwrap()
    };
    let mut end = 0.0;
    for phase in Phase::ALL.map(Phase::name) {
        // The witness is built before the scheme is set up.
        let (begins, ends) = (at(phase, "B"), at(phase, "E"));
        assert!(begins <= ends && (phase == "witness" || phase == "setup" || end <= begins), "{phase}");
        end = f64::max(end, ends);
    }
    assert!(events.iter().filter(|e| e["name"] == "sumcheck" && e["ph"] == "B").count() > 10);
    // What is refused leaves none.
    fs::remove_file(&trace).unwrap();
    lariat(&["prove", &elf("fibonacci"), "-o", &proof, "--trace", &proof, "--input-hex", INPUT])
        .refused(&["trace", "proof"]);
    lariat(&["prove", &elf("fibonacci"), "-o", &proof, "--trace", &trace, "--input-hex", INPUT, "--memory", "1M"])
        .refused(&["1 MiB are allowed"]);
    assert!(!fs::exists(&trace).unwrap());
}
