//! Counts of operations: the same on every machine, and no more than the checked-in ones.

use crate::support::{Outcome, command, elf, finish, folder, hex, root, text};
use serde_json::{Map, Value, json};
use std::fs;

/// What is compared, of each phase.
const FIGURES: [&str; 8] = [
    "multiplications",
    "small_multiplications",
    "additions",
    "g1_additions",
    "hashes",
    "bytes_committed",
    "bytes_sent",
    "bytes_touched",
];

/// How far a figure may be from the checked-in one, as a part of it.
const TOLERANCE: f64 = 0.01;

/// Guests at two sizes, with their inputs.
fn runs() -> [(&'static str, Vec<u8>); 6] {
    let number = |n: u32| n.to_le_bytes().to_vec();
    let chain = |n: u32| n.to_le_bytes().into_iter().chain(0..32).collect();
    // The number of words, and the seed that they are drawn from.
    let sorted = |n: u32| [n, 1].into_iter().flat_map(u32::to_le_bytes).collect();
    [
        ("fibonacci", number(200)),
        ("fibonacci", number(3200)),
        ("sha256-chain", chain(1)),
        ("sha256-chain", chain(4)),
        ("quicksort", sorted(16)),
        ("quicksort", sorted(160)),
    ]
}

/// Proves with `--count`, with these options and variables.
fn count(guest: &str, input: &[u8], options: &[&str], variables: &[(&str, &str)]) -> Value {
    let proof = text(&folder(&format!("count-{guest}-{}", options.concat())).join("proof"));
    let (elf, input) = (elf(guest), hex(input));
    let args = [&["prove", &elf, "--input-hex", &input, "-o", &proof, "--count", "--json"], options].concat();
    let mut command = command(&args);
    command.envs(variables.iter().copied());
    finish(command, &args).ok().json()["counts"].take()
}

/// Counts as they are checked in: phases with the figures that are not zero.
fn figures(counts: &Value) -> Value {
    let phase = |counts: &Value| -> Value {
        let figures = FIGURES.iter().map(|&name| (name.to_owned(), counts[name].clone()));
        figures.filter(|(_, n)| n.as_u64().unwrap() > 0).collect::<Map<_, _>>().into()
    };
    counts.as_object().unwrap().iter().map(|(name, counts)| (name.clone(), phase(counts))).collect::<Map<_, _>>().into()
}

/// Lines on figures that differ by more than the tolerance.
fn differences(run: &str, known: &Value, found: &Value) -> Vec<String> {
    let empty = Map::new();
    let phases = |v: &Value| v.as_object().unwrap_or(&empty).clone();
    let (known, found) = (phases(known), phases(found));
    let names: std::collections::BTreeSet<&String> = known.keys().chain(found.keys()).collect();
    let mut lines = Vec::new();
    for name in names {
        for figure in FIGURES {
            let of = |v: &Map<String, Value>| v.get(name).map_or(0, |phase| phase[figure].as_u64().unwrap_or(0)) as f64;
            let (was, is) = (of(&known), of(&found));
            if (is - was).abs() > TOLERANCE * was {
                lines.push(format!("{run}, {name}, {figure}: {was} are checked in, {is} counted"));
            }
        }
    }
    lines
}

#[test]
fn no_run_takes_more_than_the_checked_in_counts() {
    let path = root().join("bench-suite/counts.json");
    let found: Map<String, Value> = runs()
        .iter()
        .map(|(guest, input)| (format!("{guest} {}", hex(input)), figures(&count(guest, input, &[], &[]))))
        .collect();
    if std::env::var_os("LARIAT_BLESS").is_some_and(|v| v == "1") {
        fs::write(&path, serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
    }
    let known: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(known.as_object().unwrap().keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    let lines: Vec<String> = found.iter().flat_map(|(run, found)| differences(run, &known[run], found)).collect();
    assert!(
        lines.is_empty(),
        "{}\nWhere that is meant, LARIAT_BLESS=1 cargo test -p lariat-cli --test suite counts:: writes the counts anew; say why \
         in the commit.",
        lines.join("\n")
    );
}

#[test]
fn growth_and_stale_figures_are_noticed() {
    let known = json!({"commit": {"g1_additions": 1000, "hashes": 10}, "open": {"additions": 5}});
    assert_eq!(differences("r", &known, &known), Vec::<String>::new());
    let near = json!({"commit": {"g1_additions": 1010, "hashes": 10}, "open": {"additions": 5}});
    assert_eq!(differences("r", &known, &near), Vec::<String>::new());
    let grown =
        json!({"commit": {"g1_additions": 1011, "hashes": 10}, "open": {"additions": 5}, "witness": {"hashes": 1}});
    assert_eq!(differences("r", &known, &grown).len(), 2);
    assert_eq!(differences("r", &grown, &known).len(), 2);
}

#[test]
fn counts_are_those_of_every_machine() {
    let input = 3200u32.to_le_bytes();
    for pcs in ["hyrax", "dory", "basefold"] {
        let options = |threads| ["--pcs", pcs, "--threads", threads, "--log-m", "8"];
        let one = count("fibonacci", &input, &options("1"), &[]);
        assert!(one["main_sumcheck"]["multiplications"].as_u64().unwrap() > 100_000, "{one}");
        assert_eq!(count("fibonacci", &input, &options("2"), &[]), one, "{pcs} on two threads");
        assert_eq!(count("fibonacci", &input, &options("1"), &[("LARIAT_SIMD", "off")]), one, "{pcs}, portable");
    }
}

#[test]
fn sent_bytes_are_the_proof() {
    let folder = folder("count-sent");
    let proof = text(&folder.join("proof"));
    let fibonacci = elf("fibonacci");
    let args = ["prove", &fibonacci, "--input-hex", "0a000000", "-o", &proof, "--log-m", "8"];
    let report = crate::support::lariat(&[&args[..], &["--count", "--json", "--force"]].concat()).ok().json();
    let sent: u64 = report["counts"].as_object().unwrap().values().map(|p| p["bytes_sent"].as_u64().unwrap()).sum();
    let bytes = fs::read(&proof).unwrap();
    let (_, header_bytes) = lariat_jolt_core::Header::parse(&bytes, &lariat_schemes::all()).unwrap();
    assert_eq!(sent as usize + header_bytes, bytes.len());

    // The table has a line a phase, their sum, and the sum by instructions.
    let Outcome { stdout, .. } = crate::support::lariat(&[&args[..], &["--count", "--force"]].concat()).ok();
    let table: Vec<&str> = stdout.lines().skip_while(|line| !line.starts_with("counts ")).collect();
    let total = |line: &str| -> u64 { line.split_whitespace().nth_back(1).unwrap().parse().unwrap() };
    assert_eq!(total(table[table.len() - 2]), sent, "{stdout}");
    assert!(table.last().unwrap().starts_with("an instruction"), "{stdout}");
}
