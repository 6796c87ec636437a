//! Every committed guest runs as `guests/vectors.txt` says, and is proven and verified.

use crate::support::{elf, folder, hex, lariat, root, text};
use lariat_emulator::test_util::nightly;
use serde_json::json;
use std::fs;

/// A line of `guests/vectors.txt`.
#[derive(Clone, Debug)]
struct Vector {
    guest: String,
    input: String,
    output: String,
    private: String,
    exit: u32,
    panicked: bool,
}

fn vectors() -> Vec<Vector> {
    let bytes = |text: &str| if text == "-" { String::new() } else { text.to_owned() };
    let file = fs::read_to_string(root().join("guests/vectors.txt")).unwrap();
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut words = line.split(' ');
            let mut word = || words.next().unwrap();
            let mut vector = Vector {
                guest: word().to_owned(),
                input: bytes(word()),
                output: bytes(word()),
                private: String::new(),
                exit: 0,
                panicked: false,
            };
            for option in words {
                match option.split_once('=').unwrap() {
                    ("private", digits) => digits.clone_into(&mut vector.private),
                    ("exit", code) => vector.exit = code.parse().unwrap(),
                    ("panicked", "1") => vector.panicked = true,
                    _ => panic!("unknown option in {line:?}"),
                }
            }
            vector
        })
        .collect()
}

impl Vector {
    fn inputs(&self) -> [&str; 4] {
        ["--input-hex", &self.input, "--private-input-hex", &self.private]
    }

    fn check(&self, report: &serde_json::Value) {
        for (field, expected) in
            [("exit_code", json!(self.exit)), ("panicked", json!(self.panicked)), ("output_hex", json!(self.output))]
        {
            assert_eq!(report[field], expected, "{self:?}: {report}");
        }
    }

    /// Proves and verifies in two processes.
    fn prove_and_verify(&self, proof: &str, options: &[&str]) {
        let elf = elf(&self.guest);
        let inputs = self.inputs();
        let proven = lariat(&[&["prove", &elf, "-o", proof, "--json"], &inputs[..], options].concat()).ok().json();
        self.check(&proven);
        let verified = lariat(&["verify", &elf, proof, "--json", "--input-hex", &self.input]).ok().json();
        assert_eq!(verified["ok"], true);
        self.check(&verified);
        assert_eq!(verified["rows"], proven["rows"]);
        assert_eq!(verified["program_digest"], proven["program_digest"]);
    }
}

#[test]
fn every_vector_runs() {
    let vectors = vectors();
    assert!(vectors.len() >= 50, "{}", vectors.len());
    for vector in vectors {
        let report = lariat(&[&["run", &elf(&vector.guest), "--json"], &vector.inputs()[..]].concat()).ok().json();
        vector.check(&report);
    }
}

/// One vector for each guest, and the ends that are not success; configurations take turns.
#[test]
fn every_guest_is_proven_and_verified() {
    let chosen = [
        ("fibonacci", "e8030000", "", ""),
        ("sha256-chain", "01000000", "", ""),
        ("keccak-chain", "01000000", "", ""),
        ("quicksort", "0c000000", "", ""),
        ("btree", "0b000000", "", ""),
        ("modexp", "02000000", "", ""),
        ("strsearch", "64000000", "", ""),
        ("c-program", "64000000", "", ""),
        ("freestanding", "", "", "exit=42"),
        ("atomics", "6303", "", ""),
        ("std-words", "63", "", ""),
        ("std-words", "61ff", "", "panicked"),
        ("c-library", "3320", "", ""),
        ("ledger", "", "04c7", ""),
        ("ledger", "", "", "panicked"),
        ("modexp", "", "", "exit=3"),
    ];
    let folder = folder("every-guest");
    let all = vectors();
    for (turn, (guest, input, private, end)) in chosen.into_iter().enumerate() {
        let vector = all
            .iter()
            .filter(|v| v.guest == guest && v.input.starts_with(input) && v.private.starts_with(private))
            .find(|v| match end.strip_prefix("exit=") {
                Some(code) => v.exit.to_string() == code && !v.panicked,
                None => v.panicked == (end == "panicked") && (v.panicked || v.exit == 0),
            })
            .unwrap_or_else(|| panic!("no vector for {guest} {input} {end}"));
        let log_m = if turn % 2 == 0 { "8" } else { "16" };
        let hash = if turn % 3 == 0 { "blake3" } else { "keccak256" };
        let proof = text(&folder.join(format!("{turn}.proof")));
        vector.prove_and_verify(&proof, &["--log-m", log_m, "--hash", hash]);
    }
}

/// All eight guests at sizes from the table in `guests/README.md`: about 2^10 rows, and with `LARIAT_NIGHTLY=1` also
/// 2^16 and 2^18.
#[test]
fn every_guest_is_proven_at_every_size() {
    let bytes = hex(&(0..32).collect::<Vec<u8>>());
    let word = |n: u32| hex(&n.to_le_bytes());
    let seed = word(1);
    let sizes: &[(&str, [u32; 3])] = &[
        ("fibonacci", [190, 13_000, 52_000]),
        ("sha256-chain", [1, 18, 72]),
        ("keccak-chain", [1, 3, 15]),
        ("quicksort", [16, 640, 2250]),
        ("btree", [4, 125, 435]),
        ("modexp", [1, 16, 64]),
        ("strsearch", [12, 1000, 4000]),
        ("c-program", [18, 1600, 4600]),
    ];
    let num_sizes = if nightly() { 3 } else { 1 };
    let folder = folder("every-size");
    for (guest, sizes) in sizes {
        for size in &sizes[..num_sizes] {
            let n = word(*size);
            let input = match *guest {
                "sha256-chain" | "keccak-chain" => n + &bytes,
                "quicksort" | "btree" | "strsearch" => n + &seed,
                "modexp" => word(8) + &n + &seed,
                _ => n,
            };
            let run = lariat(&["run", &elf(guest), "--json", "--input-hex", &input]).ok().json();
            assert_eq!(run["exit_code"], 0, "{guest} {size}");
            let vector = Vector {
                guest: (*guest).to_owned(),
                input,
                output: run["output_hex"].as_str().unwrap().to_owned(),
                private: String::new(),
                exit: 0,
                panicked: false,
            };
            vector.prove_and_verify(&text(&folder.join(format!("{guest}-{size}.proof"))), &[]);
        }
    }
}
