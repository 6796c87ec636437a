//! The inventory of challenges and the golden transcripts.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use lariat_attack::{
    inventory::{Run, document},
    programs::{NO_INPUT, honest_witness, program, small},
};
use lariat_jolt_core::{Header, Image, MemoryConfig, PcsKind, Program, Schemes, SetupId, protocol::session};
use lariat_kzg::PowersOfTau;
use lariat_pcs::Workload;
use std::{collections::BTreeSet, fs, path::PathBuf, sync::Arc};

fn schemes() -> Schemes {
    let setup = PowersOfTau::from_seed("inventory", 16).unwrap();
    lariat_schemes::all().with_resource(Arc::new(setup)).allow_insecure_setup(true)
}

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

const GOLDEN: &str = "tests/golden/transcripts.txt";

/// One line a scheme and hash: digests of the log's text and of the values of all challenges.
fn golden(runs: &[Run]) -> String {
    let line = |run: &Run| {
        let [log, challenges] = run.digests();
        format!("{} {} log {log} challenges {challenges}\n", run.config.pcs, run.config.hash)
    };
    runs.iter().map(line).collect()
}

#[test]
fn transcripts_and_inventory_are_the_reviewed_ones() {
    let start = std::time::Instant::now();
    let runs = Run::all(&schemes()).unwrap();
    println!("{} runs in {:?}", runs.len(), start.elapsed());
    let inventory = fs::read_to_string(file("../docs/challenges.md")).unwrap_or_default();
    assert!(
        document(&runs) == inventory,
        "docs/challenges.md is stale: the protocol draws or absorbs something else than it says.\n\
         Run scripts/generate-docs.sh, and look at the difference: is everything that a challenge tests still above it?"
    );
    let now = golden(&runs);
    if std::env::var_os("LARIAT_BLESS").is_some_and(|v| v == "1") {
        fs::create_dir_all(file("tests/golden")).unwrap();
        fs::write(file(GOLDEN), &now).unwrap();
    }
    let pinned = fs::read_to_string(file(GOLDEN)).unwrap_or_default();
    let differs: Vec<&str> = now.lines().filter(|line| !pinned.lines().any(|p| p == *line)).collect();
    assert!(
        now == pinned,
        "transcripts differ from the pinned ones in attack/{GOLDEN}; now:\n{}\n\
         Another log means that messages or challenges were added, moved or dropped: review the difference of \
         docs/challenges.md. The same log with other challenges means that what is absorbed, or how, has changed: another \
         encoding, header, digest of the public parameters, or prover. Proofs of the last release then no longer verify. \
         When the change is meant, say so in the changelog, run\n    \
         LARIAT_BLESS=1 cargo test -p lariat-attack --test inventory\nand commit the file.",
        differs.join("\n")
    );
}

/// Every scheme and hash draws other challenges than every other one.
#[test]
fn every_configuration_has_challenges_of_its_own() {
    let pinned = fs::read_to_string(file(GOLDEN)).unwrap();
    let challenges: BTreeSet<&str> = pinned.lines().map(|line| line.rsplit(' ').next().unwrap()).collect();
    assert_eq!(challenges.len(), pinned.lines().count());
    assert_eq!(challenges.len(), 2 * schemes().iter().count());
}

/// The first challenge under a header and the scheme that it was made for.
fn first_challenge(header: &Header) -> lariat_algebra::Fr {
    let pcs = schemes().setup(PcsKind::HYRAX, Workload { num_vars: &[4] }).unwrap();
    session(header, pcs.as_ref()).into_prover().challenge("first")
}

fn sample(memory: &MemoryConfig) -> Program {
    let honest = program(|asm| {
        asm.load_constant(5, 0x1234_5678).exit(3);
    });
    let image = honest.image();
    Program::from_image(Image::from_segments(image.entry, image.segments.clone(), memory).unwrap())
}

/// Every bit of the header, and with it configuration, setup, program, sizes, exit, panic, input and output.
#[test]
fn every_bit_of_the_header_changes_the_first_challenge() {
    let program = sample(&MemoryConfig::default());
    let mut header = honest_witness(&program, small(), NO_INPUT).header;
    let pcs = schemes().setup(PcsKind::HYRAX, Workload { num_vars: &[4] }).unwrap();
    header.setup = SetupId::of(pcs.as_ref());
    header.input = b"in".to_vec();
    header.output_words = vec![4, 0x0102_0304];
    let bytes = header.to_bytes();
    let mut seen = vec![first_challenge(&header)];
    let mut refused = 0;
    for bit in 0..8 * bytes.len() {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        match Header::parse(&flipped, &schemes()) {
            Ok((other, len)) if len == flipped.len() => {
                assert_ne!(other, header, "bit {bit} says nothing");
                let challenge = first_challenge(&other);
                assert!(!seen.contains(&challenge), "bit {bit}");
                seen.push(challenge);
            }
            // No header of this version, or one of another length.
            _ => refused += 1,
        }
    }
    assert_eq!(seen.len() - 1 + refused, 8 * bytes.len());
    // Everything behind the fixed part is taken: two digests, the number of rows, and six words; input and output.
    assert!(seen.len() > 8 * (32 + 32 + 8 + 6 * 4 + 2 + 8), "{} of {}", seen.len(), 8 * bytes.len());
}

/// Each limit of the memory's layout, and every word of the program, is in the program's digest, which the header has.
#[test]
fn every_part_of_the_program_changes_its_digest() {
    let honest = sample(&MemoryConfig::default());
    // An image clips the heap to the space that there is.
    let memory = honest.image().memory;
    let mut seen = vec![honest.digest()];
    let layouts = [
        MemoryConfig { stack_size: memory.stack_size - 4096, ..memory },
        MemoryConfig { heap_size: memory.heap_size - 4096, ..memory },
        MemoryConfig { max_input_bytes: memory.max_input_bytes - 1, ..memory },
        MemoryConfig { max_private_input_bytes: memory.max_private_input_bytes - 1, ..memory },
        MemoryConfig { max_output_bytes: memory.max_output_bytes - 1, ..memory },
    ];
    for (i, layout) in layouts.iter().enumerate() {
        let digest = sample(layout).digest();
        assert!(!seen.contains(&digest), "limit {i} of the memory");
        seen.push(digest);
    }
    let image = honest.image();
    for segment in 0..image.segments.len() {
        for word in 0..image.segments[segment].words.len() {
            for bit in [0, 31] {
                let mut segments = image.segments.clone();
                segments[segment].words[word] ^= 1 << bit;
                let other = Program::from_image(Image::from_segments(image.entry, segments, &memory).unwrap());
                assert!(!seen.contains(&other.digest()), "word {word} of segment {segment}");
                seen.push(other.digest());
            }
        }
    }
}
