//! `lariat verify` takes only the proof of exactly this statement.

use crate::support::{INPUT, OUTPUT, Outcome, elf, folder, lariat, shared_proof, text, unhex};
use std::fs;

/// Verifies with `--json`, and returns the outcome if the verdict is a refusal of the given kind.
fn rejected(kind: &str, args: &[&str]) -> Outcome {
    let outcome = lariat(&[&["verify", "--json"], args].concat()).refused(&[]);
    let verdict = outcome.json();
    assert_eq!((&verdict["ok"], &verdict["error_kind"]), (&false.into(), &kind.into()), "{verdict}");
    assert_eq!(format!("lariat: {}\n", verdict["error"].as_str().unwrap()), outcome.stderr);
    assert!(verdict["output_hex"].is_null() && verdict["exit_code"].is_null(), "{verdict}");
    outcome
}

/// Verifies changed bytes of the shared proof; returns the kind of the refusal.
fn kind_of_changed(name: &str, change: impl FnOnce(&mut Vec<u8>)) -> (String, String) {
    let mut bytes = fs::read(shared_proof()).unwrap();
    change(&mut bytes);
    let path = folder(name).join("changed.proof");
    fs::write(&path, bytes).unwrap();
    let outcome = lariat(&["verify", "--json", &elf("fibonacci"), &text(&path)]).refused(&["rejected"]);
    let verdict = outcome.json();
    assert_eq!(verdict["ok"], false);
    (verdict["error_kind"].as_str().unwrap().to_owned(), outcome.stderr)
}

#[test]
fn rejects_another_program() {
    rejected("other_program", &[&elf("btree"), &shared_proof()]).refused(&[
        "rejected ",
        &shared_proof(),
        "another program",
        "give the ELF",
    ]);
    // The same code, linked with one different word of data.
    let mut key = Vec::new();
    let path = folder("other-program").join("changed.elf");
    key.extend(fs::read(elf("sha256-chain")).unwrap());
    let constant = 0x428a_2f98_u32.to_le_bytes();
    let at = key.windows(4).position(|w| w == constant).unwrap();
    key[at] ^= 1;
    fs::write(&path, key).unwrap();
    let proof = text(&path.with_extension("proof"));
    lariat(&["prove", &text(&path), "--input-hex", &format!("00000000{}", "00".repeat(32)), "-o", &proof]).ok();
    rejected("other_program", &[&elf("sha256-chain"), &proof]);
    lariat(&["verify", &text(&path), &proof]).ok();
}

#[test]
fn rejects_another_input() {
    for input in ["0b000000", "0a00000000", "0a0000", ""] {
        rejected("other_input", &[&elf("fibonacci"), &shared_proof(), "--input-hex", input]).refused(&["public input"]);
    }
    let path = folder("other-input").join("input");
    fs::write(&path, unhex(INPUT)).unwrap();
    let file = text(&path);
    lariat(&["verify", &elf("fibonacci"), &shared_proof(), "--input", &file]).ok();
    fs::write(&path, [11, 0, 0, 0]).unwrap();
    rejected("other_input", &[&elf("fibonacci"), &shared_proof(), "--input", &file]);
}

#[test]
fn rejects_another_output() {
    let path = folder("other-output").join("output");
    let file = text(&path);
    fs::write(&path, unhex(OUTPUT)).unwrap();
    lariat(&["verify", &elf("fibonacci"), &shared_proof(), "--output", &file]).ok();
    for wrong in [&[0x37, 0, 0, 1][..], &[0x37, 0, 0], &[0x37, 0, 0, 0, 0], &[]] {
        fs::write(&path, wrong).unwrap();
        rejected("other_output", &[&elf("fibonacci"), &shared_proof(), "--output", &file]).refused(&["output"]);
    }
}

#[test]
fn rejects_another_configuration() {
    let (elf, proof) = (elf("fibonacci"), shared_proof());
    lariat(&["verify", &elf, &proof, "--log-m", "8", "--hash", "keccak256", "--pcs", "hyrax"]).ok();
    rejected("other_config", &[&elf, &proof, "--log-m", "16"]).refused(&["--log-m"]);
    rejected("other_config", &[&elf, &proof, "--hash", "blake3"]);
}

/// The header's output, input, exit and configuration are bound, so that no claim can be put in place of another.
#[test]
fn rejects_every_changed_claim_in_the_header() {
    let header = 134; // bytes: the last 12 are 4 of input and 8 of output
    let claims = [
        ("hash", 12, 3),
        ("exit code", 106, 1),
        ("panic", 110, 1),
        ("input", header - 12, 1),
        ("output", header - 4, 1),
    ];
    for (claim, at, flip) in claims {
        let (kind, sentence) = kind_of_changed(&format!("claim-{at}"), |bytes| bytes[at] ^= flip);
        assert!(["message", "sumcheck", "multiset", "opening"].contains(&kind.as_str()), "{claim}: {kind}: {sentence}");
    }
    // Rows and private bytes change the shape of a proof, so that its length is already wrong, or else its contents.
    for at in [82, 102] {
        let (kind, sentence) = kind_of_changed(&format!("claim-{at}"), |bytes| bytes[at] ^= 2);
        assert!(["length", "message", "sumcheck"].contains(&kind.as_str()), "{kind}: {sentence}");
    }
}

#[test]
fn says_what_is_wrong_with_a_header() {
    let expect = |name: &str, at: usize, value: u8, kind: &str, part: &str| {
        let (found, sentence) = kind_of_changed(name, |bytes| bytes[at] = value);
        assert_eq!(found, kind, "{sentence}");
        assert!(sentence.contains(part), "no {part:?} in {sentence}");
    };
    expect("magic", 0, b'x', "header", "not a Lariat proof file");
    expect("version", 8, 9, "header", "version 9");
    expect("pcs", 10, 200, "header", "commitment scheme");
    expect("argument", 11, 200, "header", "argument");
    expect("hash", 12, 200, "header", "hash");
    expect("log-m", 13, 9, "header", "table size");
    expect("products", 14, 9, "header", "product argument");
    expect("flags", 15, 1, "header", "flags");
    expect("setup source", 16, 7, "header", "setup source");
    expect("setup digest", 18, 1, "setup", "another setup");
    expect("program", 50, 0, "other_program", "another program");
    expect("steps", 89, 1, "header", "steps");
    expect("log-m-valid", 13, 16, "length", "truncated or extended");
}

#[test]
fn rejects_flipped_bytes_everywhere() {
    let proof = shared_proof();
    let bytes = fs::read(&proof).unwrap();
    let shown = lariat(&["inspect", "--json", &proof, &elf("fibonacci")]).ok().json();
    let parts = shown["parts"].as_array().unwrap();
    let mut at_least_once = Vec::new();
    for part in parts {
        let (offset, size) = (part["offset"].as_u64().unwrap(), part["bytes"].as_u64().unwrap());
        // First, last, and two between; the bit takes turns.
        for (turn, at) in [0, size / 3, size / 2, size - 1].into_iter().enumerate() {
            let at = (offset + at) as usize;
            let (kind, _) = kind_of_changed("flip", |bytes| bytes[at] ^= 1 << (turn * 2 + 1));
            at_least_once.push(kind);
        }
    }
    assert_eq!(at_least_once.len(), 4 * parts.len());
    assert!(parts.iter().map(|part| part["bytes"].as_u64().unwrap()).sum::<u64>() == bytes.len() as u64);
    for kind in ["header", "message", "sumcheck", "opening"] {
        assert!(at_least_once.iter().any(|found| found == kind), "no {kind} in {at_least_once:?}");
    }
}

#[test]
fn rejects_every_other_length() {
    let len = fs::read(shared_proof()).unwrap().len();
    for cut in [0, 1, 7] {
        let (kind, sentence) = kind_of_changed("cut", |bytes| bytes.truncate(cut));
        assert_eq!(kind, "header", "{sentence}");
        assert!(sentence.contains("not a Lariat proof file"), "{sentence}");
    }
    for cut in [8, 50, 133] {
        let (kind, sentence) = kind_of_changed("cut", |bytes| bytes.truncate(cut));
        assert_eq!(kind, "header", "{sentence}");
        assert!(sentence.contains("truncated inside its header"), "{sentence}");
    }
    for cut in [134, len / 2, len - 1] {
        let (kind, sentence) = kind_of_changed("cut", |bytes| bytes.truncate(cut));
        assert_eq!(kind, "length", "{sentence}");
        assert!(sentence.contains(&format!("has {cut} bytes")), "{sentence}");
    }
    let (kind, sentence) = kind_of_changed("extend", |bytes| bytes.push(0));
    assert_eq!(kind, "length", "{sentence}");
    assert!(sentence.contains(&format!("has {} bytes where a proof of this statement has {len}", len + 1)));
    let (kind, _) = kind_of_changed("insert", |bytes| bytes.insert(134, 0));
    assert_eq!(kind, "length");
}

#[test]
fn rejects_a_changed_key() {
    let folder = folder("changed-key");
    let key = text(&folder.join("fibonacci.key"));
    lariat(&["preprocess", &elf("fibonacci"), "-o", &key]).ok();
    lariat(&["verify", &key, &shared_proof()]).ok();
    let bytes = fs::read(&key).unwrap();
    for (at, part) in [(10, "digest"), (bytes.len() - 1, "digest"), (8, "version")] {
        let mut changed = bytes.clone();
        changed[at] ^= 4;
        fs::write(&key, changed).unwrap();
        rejected("program", &[&key, &shared_proof()]).refused(&[part, "preprocess the ELF again"]);
    }
    fs::write(&key, &bytes[..bytes.len() - 1]).unwrap();
    rejected("program", &[&key, &shared_proof()]).refused(&["truncated"]);
}

/// A bound on rows is checked first: before the length, before a setup is asked for, and by `inspect` too.
#[test]
fn rejects_more_rows_than_are_accepted() {
    let folder = folder("max-rows");
    let (program, proof, long) = (elf("fibonacci"), shared_proof(), text(&folder.join("long")));
    let verify = |proof: &str, max: &str| lariat(&["verify", &program, proof, "--max-rows", max, "--json"]);
    for args in [["verify", &program, &proof, "--max-rows"], ["inspect", &proof, &program, "--max-rows"]] {
        lariat(&[&args[..], &["81"]].concat()).ok();
        let refused = lariat(&[&args[..], &["80"]].concat());
        refused.refused(&["a run of 81 rows, more than the 80 that are accepted", "raise --max-rows"]);
    }
    let verdict = verify(&proof, "80").refused(&["81 rows"]).json();
    assert_eq!((&verdict["ok"], &verdict["error_kind"]), (&false.into(), &"too_many_rows".into()));
    // A header that claims 2^28 rows and a scheme for which there is no setup.
    let mut bytes = fs::read(&proof).unwrap();
    bytes[10] = lariat_schemes::all().by_name("zeromorph").unwrap().id();
    bytes[82..90].copy_from_slice(&(1u64 << 28).to_le_bytes());
    fs::write(&long, bytes).unwrap();
    verify(&long, "1000000").refused(&["a run of 268435456 rows, more than the 1000000"]);
    verify(&long, "268435456").refused(&["needs a powers-of-tau setup file"]);
    lariat(&["verify", &program, &proof, "--max-rows", "many"]).wrong_usage("--max-rows");
}
