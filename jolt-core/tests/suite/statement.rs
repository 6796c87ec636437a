//! The header and the statement: every field is bound, bounded, and returned.

use crate::common::{NO_INPUT, configurations, i, load, program, prove_and_verify, run_traced, schemes, small, store};
use lariat_attack::forger::Forgery;
use lariat_emulator::{
    isa::{Instruction, Opcode},
    machine::Exit,
    memory_map::{MAX_IO_BYTES, OUTPUT_START, PRIVATE_INPUT_START},
};
use lariat_jolt_core::{
    Config, Header, HeaderError, Inputs, MAX_STEPS, Program, Schemes, SetupId, SetupSource, VerifiedStatement,
    VerifyError, VerifyOptions,
    cells::CellLayout,
    protocol::{Shape, session},
    prove_trace, verify, verify_with, verify_with_log,
};
use lariat_pcs::{Scheme, Workload};
use lariat_transcript::EventKind;

/// A change of a header.
type Change = fn(&mut Header);

const INPUTS: Inputs<'static> = Inputs { public: b"public", private: b"private" };

/// Commits the first word of the private input.
fn sample() -> Program {
    program(|asm| {
        asm.load_constant(5, PRIVATE_INPUT_START).load_constant(7, OUTPUT_START);
        load(asm, Opcode::Lw, 8, 5, 4);
        i(asm, Opcode::Addi, 10, 0, 3);
        store(asm, Opcode::Sw, 10, 7, 0);
        store(asm, Opcode::Sh, 8, 7, 4);
        load(asm, Opcode::Lbu, 8, 5, 6);
        store(asm, Opcode::Sb, 8, 7, 6);
        asm.exit(3);
    })
}

fn proof_of(program: &Program, config: Config, inputs: Inputs<'_>) -> Vec<u8> {
    prove_trace(program, inputs, config, &schemes(), run_traced(program, inputs), &mut |_| {}).unwrap().proof
}

fn sample_proof() -> (Program, Vec<u8>) {
    let program = sample();
    let proof = proof_of(&program, small(), INPUTS);
    assert_eq!(verify(&program, &proof, &schemes()).unwrap().output, b"pri");
    (program, proof)
}

/// The proof with another header.
fn with_header(proof: &[u8], change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let (mut header, len) = Header::parse(proof, &schemes()).unwrap();
    let before = header.clone();
    change(&mut header);
    assert_ne!(header, before);
    [header.to_bytes(), proof[len..].to_vec()].concat()
}

/// Each field of the header changed alone, within the program's bounds where that can be.
fn changed_headers() -> Vec<(&'static str, Change)> {
    vec![
        ("steps", |h| h.steps += 1),
        ("fewer steps", |h| h.steps -= 1),
        ("heap", |h| h.heap_high += 4),
        ("stack", |h| h.stack_low -= 4),
        ("output region", |h| h.output_high += 4),
        ("private input", |h| h.private_bytes += 1),
        ("shorter private input", |h| h.private_bytes -= 1),
        ("exit code", |h| h.exit_code ^= 1),
        ("panic", |h| h.panic_word ^= 1),
        ("input", |h| h.input[0] ^= 1),
        ("longer input", |h| h.input.push(0)),
        ("no input", |h| h.input.clear()),
        ("output", |h| h.output_words[1] ^= 1),
        ("output length", |h| h.output_words[0] = 4),
        ("shorter output", |h| {
            h.output_words[0] = 2;
            h.output_words[1] &= 0xffff;
        }),
        ("setup digest", |h| h.setup.digest[31] ^= 1),
        ("setup source", |h| h.setup.source = SetupSource::Ceremony { name: "x".into() }),
        ("setup name", |h| h.setup.source = SetupSource::Ceremony { name: "y".into() }),
        ("insecure setup", |h| h.setup.source = SetupSource::InsecureSeed { name: "x".into() }),
        ("hash", |h| h.config.hash = lariat_jolt_core::HashKind::Keccak256),
        ("table size", |h| h.config.params = lariat_jolt_core::Params::M16),
    ]
}

#[test]
fn rejects_a_proof_under_another_header() {
    let (program, proof) = sample_proof();
    for (what, change) in changed_headers() {
        let error = verify(&program, &with_header(&proof, change), &schemes()).expect_err(what);
        assert!(!matches!(error, VerifyError::Header(HeaderError::NotAProof)), "{what}: {error:?}");
    }
}

/// A header field that is not absorbed would leave the first challenge as it is.
#[test]
fn every_header_field_changes_the_first_challenge() {
    let (_, proof) = sample_proof();
    let (header, _) = Header::parse(&proof, &schemes()).unwrap();
    let first_challenge = |header: &Header| {
        let pcs = schemes().setup(header.config.pcs, Workload { num_vars: &[4] }).unwrap();
        session(header, pcs.as_ref()).into_prover().challenge("first")
    };
    let honest = first_challenge(&header);
    assert_eq!(first_challenge(&header.clone()), honest);
    let mut seen = vec![honest];
    let program_digest: (&str, Change) = ("program", |h| h.program[31] ^= 1);
    for (what, change) in changed_headers().into_iter().chain([program_digest]) {
        let mut changed = header.clone();
        change(&mut changed);
        let challenge = first_challenge(&changed);
        assert!(!seen.contains(&challenge), "{what}");
        seen.push(challenge);
    }
}

/// The order of all that is absorbed and drawn: nothing is drawn before the header, the commitments, and all claims
/// that a challenge batches.
#[test]
fn challenges_come_after_what_they_depend_on() {
    let (program, proof) = sample_proof();
    let (_, log) = verify_with_log(&program, &proof, &schemes()).unwrap();
    let position = |kind: EventKind, label: &str| {
        log.events().iter().position(|e| e.kind == kind && e.label == label).unwrap_or_else(|| panic!("no {label}"))
    };
    let last_message_before = |label: &str| {
        let at = position(EventKind::Challenge, label);
        log.events()[..at].iter().rev().find(|e| e.kind == EventKind::Message).unwrap().label
    };
    assert!(log.events()[..2].iter().all(|e| e.kind == EventKind::Bind));
    // Both commitments come first of all messages, and before the fingerprints' challenges.
    let first: Vec<&str> = log.messages().take(4).map(|e| e.label).collect();
    assert_eq!(first, ["pcs/parts", "hyrax/commitments", "pcs/parts", "hyrax/commitments"], "{log}");
    let first_challenge = log.events().iter().position(|e| e.kind == EventKind::Challenge).unwrap();
    let in_front = log.events()[..first_challenge].iter().filter(|e| e.kind == EventKind::Message).count();
    assert_eq!(in_front, first.len(), "{log}");
    assert!(position(EventKind::Challenge, "fingerprint") > position(EventKind::Message, "hyrax/commitments"));
    assert_eq!(last_message_before("fingerprint"), "hyrax/commitments");
    // Both grand products end before their leaf claims are batched.
    assert_eq!(last_message_before("step relation batching"), "grand product claims");
    // Evaluations are sent before they are batched for the opening.
    assert_eq!(last_message_before("hyrax/rho"), "column evaluations");
    assert_eq!(last_message_before("hyrax/sigma"), "hyrax/row");
}

#[test]
fn rejects_each_flipped_bit_of_the_header() {
    let (program, proof) = sample_proof();
    let (_, len) = Header::parse(&proof, &schemes()).unwrap();
    for at in 0..len {
        for bit in 0..8 {
            let mut wrong = proof.clone();
            wrong[at] ^= 1 << bit;
            assert!(verify(&program, &wrong, &schemes()).is_err(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn rejects_what_is_no_proof_of_this_version() {
    let (program, proof) = sample_proof();
    let error = |bytes: &[u8]| match verify(&program, bytes, &schemes()).unwrap_err() {
        VerifyError::Header(error) => error,
        other => panic!("{other:?}"),
    };
    let with = |at: usize, value: u8| {
        let mut bytes = proof.clone();
        bytes[at] = value;
        bytes
    };
    assert_eq!(error(&[]), HeaderError::NotAProof);
    assert_eq!(error(b"\x7fELF"), HeaderError::NotAProof);
    assert_eq!(error(&with(0, b'l')), HeaderError::NotAProof);
    assert!(matches!(error(&with(8, 0xee)), HeaderError::Version { expected: 5, .. }));
    for (at, field) in [(10, "commitment scheme"), (11, "argument"), (12, "hash"), (13, "table size")] {
        assert_eq!(error(&with(at, 0xee)), HeaderError::UnknownChoice { field, value: 0xee });
    }
    assert_eq!(error(&with(14, 0xee)), HeaderError::UnknownChoice { field: "product argument", value: 0xee });
    assert_eq!(error(&with(15, 1)), HeaderError::UnknownChoice { field: "flags", value: 1 });
    // A source of parameters that is none, and a nameless ceremony; transparent parameters have no name.
    for value in [3, 0xee, 1] {
        assert_eq!(error(&with(16, value)), HeaderError::UnknownChoice { field: "setup source", value });
    }
    assert_eq!(error(&with(17, 1)), HeaderError::UnknownChoice { field: "setup source", value: 0 });
}

/// Parameters of another source or digest than the verifier's own.
#[test]
fn rejects_a_proof_under_another_setup() {
    let (program, proof) = sample_proof();
    let insecure = SetupSource::InsecureSeed { name: "known".into() };
    let wrong = with_header(&proof, |h| h.setup.source = SetupSource::InsecureSeed { name: "known".into() });
    let expected = SetupSource::Transparent;
    let Err(VerifyError::OtherSetup { found, expected: own }) = verify(&program, &wrong, &schemes()) else { panic!() };
    assert_eq!((found.source, own.source), (insecure, expected));
    let wrong = with_header(&proof, |h| h.setup.digest[0] ^= 1);
    assert!(matches!(verify(&program, &wrong, &schemes()), Err(VerifyError::OtherSetup { .. })));
}

#[test]
fn rejects_a_truncated_or_extended_proof() {
    let (program, proof) = sample_proof();
    let (_, header_len) = Header::parse(&proof, &schemes()).unwrap();
    for len in 0..header_len {
        let verdict = verify(&program, &proof[..len], &schemes());
        assert!(matches!(verdict, Err(VerifyError::Header(HeaderError::NotAProof | HeaderError::Truncated))), "{len}");
    }
    // Where the bits are there that say what is sent, those of the evaluations last, the length is known; before, a length that is
    // more than what is there.
    let (_, log) = verify_with_log(&program, &proof, &schemes()).unwrap();
    let last = log.messages().find(|e| e.label == lariat_sumcheck::ledger::LABEL_BITS).unwrap();
    let bits = header_len + last.range().end;
    for len in (header_len..proof.len()).step_by(97).chain([bits - 1, bits]) {
        let Err(VerifyError::Length { found, expected }) = verify(&program, &proof[..len], &schemes()) else {
            panic!("{len} bytes")
        };
        assert_eq!(found, len);
        assert!(
            expected == proof.len() || (len < bits && len < expected && expected < proof.len()),
            "{len}, {expected}"
        );
    }
    for extra in [1, 32, 64, 4096] {
        let longer = [proof.clone(), vec![0; extra]].concat();
        assert!(matches!(verify(&program, &longer, &schemes()), Err(VerifyError::Length { .. })));
    }
}

/// Lengths in the header that announce more than there is.
#[test]
fn rejects_announced_sizes_without_taking_memory() {
    let (program, proof) = sample_proof();
    let fixed = 8 + 2 + 4 + 2 + 32 + 8;
    for field in 0..8 {
        for value in [u32::MAX, 1 << 31, 1 << 26] {
            let mut wrong = proof.clone();
            wrong[fixed + 4 * field..fixed + 4 * field + 4].copy_from_slice(&value.to_le_bytes());
            // The stack that the run does not touch starts at 2^31.
            if wrong != proof {
                assert!(verify(&program, &wrong, &schemes()).is_err(), "word {field} is {value:#x}");
            }
        }
    }
}

#[test]
fn rejects_a_header_out_of_the_programs_bounds() {
    let (program, proof) = sample_proof();
    let cases: [(&str, Change); 16] = [
        ("steps", |h| h.steps = 0),
        ("steps", |h| h.steps = (1 << 28) + 1),
        ("steps", |h| h.steps = u64::MAX),
        ("heap", |h| h.heap_high += 1),
        ("heap", |h| h.heap_high = 0),
        ("heap", |h| h.heap_high = 0x3fff_fffc),
        ("stack", |h| h.stack_low -= 1),
        ("stack", |h| h.stack_low = 0x8000_0004),
        ("stack", |h| h.stack_low = 0x4000_0000),
        ("private input", |h| h.private_bytes = (1 << 20) + 1),
        ("output length", |h| h.output_words.clear()),
        ("output length", |h| h.output_words[0] = (1 << 20) + 1),
        ("output words", |h| h.output_words.push(0)),
        ("output words", |h| h.output_words[0] = 5),
        ("output padding", |h| h.output_words[1] |= 0xff00_0000),
        ("output region", |h| h.output_high = OUTPUT_START + 4),
    ];
    for (field, change) in cases {
        let verdict = verify(&program, &with_header(&proof, change), &schemes());
        assert!(
            matches!(verdict, Err(VerifyError::Header(HeaderError::OutOfBounds { field: found })) if found == field),
            "{field}: {verdict:?}"
        );
    }
    let input: Vec<u8> = vec![0; (1 << 20) + 1];
    let verdict = verify(&program, &with_header(&proof, |h| h.input = input), &schemes());
    assert!(matches!(verdict, Err(VerifyError::Header(HeaderError::OutOfBounds { field: "input" }))));
    // A program made by hand whose output would reach into the region behind.
    let mut image = program.image().clone();
    image.memory.max_output_bytes = MAX_IO_BYTES + 4;
    let (header, _) = Header::parse(&proof, &schemes()).unwrap();
    header.check(program.image()).unwrap();
    assert!(matches!(header.check(&image), Err(HeaderError::OutOfBounds { field: "output length" })));
    for high in [OUTPUT_START + 10, 0x4c00_0000, 0] {
        let verdict = verify(&program, &with_header(&proof, |h| h.output_high = high), &schemes());
        assert!(matches!(verdict, Err(VerifyError::Header(HeaderError::OutOfBounds { field: "output region" }))));
    }
}

#[test]
fn rejects_a_proof_of_another_program() {
    let (program, proof) = sample_proof();
    let other = program_with_another_exit();
    assert!(
        matches!(verify(&other, &proof, &schemes()), Err(VerifyError::OtherProgram { found }) if found == program.digest())
    );
    // The other program's digest in the header does not help.
    let relabelled = with_header(&proof, |h| h.program = other.digest());
    assert!(verify(&other, &relabelled, &schemes()).is_err());
}

fn program_with_another_exit() -> Program {
    let mut image = sample().image().clone();
    let last = image.segments[0].words.len() - 3;
    // addi a0, x0, 4 in place of 3.
    image.segments[0].words[last] += 1 << 20;
    let image = lariat_jolt_core::Image::from_segments(image.entry, image.segments, &image.memory).unwrap();
    Program::from_image(image)
}

/// The same ELF under another memory configuration is another program.
#[test]
fn rejects_a_proof_under_another_memory_configuration() {
    let (program, proof) = sample_proof();
    let mut memory = program.image().memory;
    memory.max_output_bytes += 4;
    let image = program.image();
    let other = lariat_jolt_core::Image::from_segments(image.entry, image.segments.clone(), &memory).unwrap();
    assert!(matches!(verify(&Program::from_image(other), &proof, &schemes()), Err(VerifyError::OtherProgram { .. })));
}

#[test]
fn rejects_a_proof_relabelled_to_another_configuration() {
    let program = sample();
    let all: Vec<Config> = configurations().collect();
    for &made in &all {
        let proof = proof_of(&program, made, INPUTS);
        assert_eq!(verify(&program, &proof, &schemes()).unwrap().config, made);
        for &claimed in all.iter().filter(|c| **c != made) {
            assert!(verify(&program, &with_header(&proof, |h| h.config = claimed), &schemes()).is_err());
        }
    }
}

/// Range of the private input's commitment in a proof.
fn private_commitment(program: &Program, proof: &[u8]) -> std::ops::Range<usize> {
    let (header, len) = Header::parse(proof, &schemes()).unwrap();
    let layout = CellLayout::new(header.config.params, program.image(), program.bytecode(), &header);
    let shape = Shape::new(header.config.params, &header, &layout);
    let pcs = schemes().setup(header.config.pcs, Workload { num_vars: &shape.all_columns() }).unwrap();
    let batch = shape.private_batch();
    let sizes = pcs.batch_sizes(&[&batch], &proof[len..]).unwrap();
    len..len + pcs.commitment_bytes(sizes[0])
}

/// Proven with one private input, presented with the commitment to another.
#[test]
fn rejects_the_commitment_of_another_private_input() {
    let program = sample();
    // The guest commits three bytes of it; the others make no difference to the run.
    let [mine, other] = [b"private", b"priVATE"].map(|private| {
        let inputs = Inputs { public: b"", private };
        let proof = proof_of(&program, small(), inputs);
        let statement = verify(&program, &proof, &schemes()).unwrap();
        assert_eq!(statement.output, b"pri");
        (proof, statement)
    });
    assert_ne!(mine.1.private_input_commitment, other.1.private_input_commitment);
    let range = private_commitment(&program, &mine.0);
    assert_eq!(mine.1.private_input_commitment, *blake3::hash(&mine.0[range.clone()]).as_bytes());
    let mut spliced = mine.0.clone();
    spliced[range.clone()].copy_from_slice(&other.0[range]);
    assert_ne!(spliced, mine.0);
    assert!(verify(&program, &spliced, &schemes()).is_err());
}

/// A commitment depends on the input alone, so that equal statements can be recognised.
#[test]
fn the_private_commitment_is_that_of_the_input() {
    let commitment = |program: &Program, public: &[u8]| {
        prove_and_verify(program, small(), Inputs { public, private: b"private" }).private_input_commitment
    };
    assert_eq!(commitment(&sample(), b"a"), commitment(&sample(), b"b"));
}

/// Regions that cover more than the run touches make the same true statement.
#[test]
fn accepts_larger_extents_within_the_programs_bounds() {
    let mut f = Forgery::honest(&sample(), small(), INPUTS);
    let honest = f.verdict(&schemes()).unwrap();
    f.header.heap_high += 4096;
    f.header.stack_low -= 4096;
    f.header.output_high += 64;
    f.lay_out_again().rebalance();
    assert!(f.violations().is_empty());
    // Larger regions may take longer bases, and have more cells to err on; all else that the statement says is the same.
    let larger = f.verdict(&schemes()).unwrap();
    let (setup, security) = (honest.setup.clone(), honest.security.clone());
    assert_eq!(VerifiedStatement { setup, security, ..larger }, honest);
}

/// Proofs of two runs with their headers exchanged.
#[test]
fn rejects_the_header_of_another_run() {
    let program = sample();
    let [a, b] = [b"private", b"PRIVATE"].map(|private| proof_of(&program, small(), Inputs { public: b"", private }));
    let (header_a, len) = Header::parse(&a, &schemes()).unwrap();
    let (header_b, _) = Header::parse(&b, &schemes()).unwrap();
    assert_ne!(header_a, header_b);
    assert!(verify(&program, &[header_b.to_bytes(), a[len..].to_vec()].concat(), &schemes()).is_err());
    assert!(verify(&program, &[header_a.to_bytes(), b[len..].to_vec()].concat(), &schemes()).is_err());
}

#[test]
fn the_statement_repeats_what_was_proven() {
    let program = sample();
    let statement = prove_and_verify(&program, small(), INPUTS);
    assert_eq!((statement.input.as_slice(), statement.output.as_slice()), (&b"public"[..], &b"pri"[..]));
    assert_eq!(statement.exit, lariat_jolt_core::Exit::Halted { code: 3 });
    assert_eq!(statement.rows, 13);
    let without = program.execute(NO_INPUT, 100);
    assert!(without.is_err(), "an input that is not there is not mapped");
}

/// Two setups of a scheme lead to different challenges.
#[test]
fn the_commitment_parameters_change_the_first_challenge() {
    let (_, proof) = sample_proof();
    let (header, _) = Header::parse(&proof, &schemes()).unwrap();
    let [small, large] = [4, 16].map(|num_vars| {
        let pcs = schemes().setup(header.config.pcs, Workload { num_vars: &[num_vars] }).unwrap();
        session(&header, pcs.as_ref()).into_prover().challenge("first")
    });
    assert_ne!(small, large);
}

/// Rows beyond the verifier's bound are refused before a scheme is asked for parameters.
#[test]
fn rejects_more_rows_than_the_options_allow() {
    let (program, proof) = sample_proof();
    let rows = verify(&program, &proof, &schemes()).unwrap().rows;
    let with_max =
        |proof: &[u8], max_rows, schemes: &Schemes| verify_with(&program, proof, schemes, &VerifyOptions { max_rows });
    assert_eq!(with_max(&proof, rows, &schemes()).unwrap().rows, rows);
    assert_eq!(VerifyOptions::default().max_rows, MAX_STEPS);

    // A scheme of the same number whose parameters nobody may ask for.
    let untouched = Scheme { setup: |_, _| panic!("asks for parameters"), ..lariat_hyrax::SCHEME };
    let untouched = Schemes::new().with(untouched);
    let verdict = with_max(&proof, rows - 1, &untouched);
    let expected = (rows, rows - 1);
    assert!(matches!(verdict, Err(VerifyError::TooManyRows { rows, max_rows }) if (rows, max_rows) == expected));
    let claims = with_header(&proof, |h| h.steps = MAX_STEPS);
    let verdict = with_max(&claims, MAX_STEPS - 1, &untouched);
    assert!(matches!(verdict, Err(VerifyError::TooManyRows { rows: MAX_STEPS, .. })));
    // Rows that no proof has are out of bounds whatever the options say.
    let claims = with_header(&proof, |h| h.steps = MAX_STEPS + 1);
    let verdict = with_max(&claims, u64::MAX, &untouched);
    assert!(matches!(verdict, Err(VerifyError::Header(HeaderError::OutOfBounds { field: "steps" }))));
}

/// Names of a setup do not matter to a verifier, kinds and digests do; the statement has the verifier's name.
#[test]
fn setups_are_the_same_by_kind_and_digest() {
    let id = |source, digest| SetupId { source, digest: [digest; 32] };
    let ceremony = |name: &str| SetupSource::Ceremony { name: name.into() };
    let ours = id(ceremony("ours"), 1);
    assert!(ours.is_same(&id(ceremony("theirs"), 1)));
    assert!(!ours.is_same(&id(ceremony("ours"), 2)));
    assert!(!ours.is_same(&id(SetupSource::InsecureSeed { name: "ours".into() }, 1)));
    assert!(!ours.is_same(&id(SetupSource::InsecureFile { name: "ours".into() }, 1)));
}

/// A proof of a failure and one of a panic are valid; who wants neither asks.
#[test]
fn rejects_another_end_than_the_one_demanded() {
    let (program_of_three, proof) = sample_proof();
    let three = verify(&program_of_three, &proof, &schemes()).unwrap();
    three.demand_exit(3).unwrap();
    three.demand_no_panic().unwrap();
    let other = three.demand_exit(0);
    assert!(matches!(other, Err(VerifyError::OtherExit { found: Exit::Halted { code: 3 }, expected: 0 })), "{other:?}");

    let panics = program(|asm| {
        asm.push(Instruction::system(Opcode::Ebreak));
    });
    let panicked = verify(&panics, &proof_of(&panics, small(), NO_INPUT), &schemes()).unwrap();
    assert!(matches!(panicked.demand_no_panic(), Err(VerifyError::Panicked { code: 0 })));
    // The exit code is the one that is demanded, the end is not.
    let other = panicked.demand_exit(0);
    assert!(
        matches!(other, Err(VerifyError::OtherExit { found: Exit::Panicked { code: 0 }, expected: 0 })),
        "{other:?}"
    );
}
