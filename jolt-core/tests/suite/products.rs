//! Both ways of proving products: the same statements, and no message of either can be another.

use crate::common::{NO_INPUT, honest_witness, i, program, prove_and_verify, schemes, small};
use lariat_emulator::isa::Opcode::Addi;
use lariat_jolt_core::{
    Config, HeaderError, Params, Plan, Products, Program, ProveOptions, Proven, VerifyError,
    protocol::{label, section},
    prove, prove_witness_by, verify, verify_with_log,
};
use lariat_transcript::{EventKind, PayloadKind};

fn quarks() -> Config {
    Config { products: Products::Quarks, ..small() }
}

/// A run of so many instructions and those of the exit.
fn adds(len: usize) -> Program {
    program(|asm| {
        (0..len).for_each(|_| i(asm, Addi, 5, 5, 1));
        asm.exit(0);
    })
}

fn proven(program: &Program, config: Config) -> Proven {
    prove(program, NO_INPUT, &ProveOptions { config, ..ProveOptions::default() }, &schemes(), &mut |_| {}).unwrap()
}

/// Runs whose rows fill the hypercube, miss it by one and exceed it by one, from the shortest on.
#[test]
fn products_by_columns_prove_runs_of_every_length() {
    let mut lengths = Vec::new();
    for len in (0..=31).chain([60, 61, 62, 63, 125, 126, 127]) {
        let program = adds(len);
        let by_columns = prove_and_verify(&program, quarks(), NO_INPUT);
        let by_layers = prove_and_verify(&program, small(), NO_INPUT);
        assert_eq!(by_columns.rows, by_layers.rows);
        assert_eq!(by_columns.exit, by_layers.exit);
        lengths.push(by_columns.rows);
    }
    for k in 2..7 {
        assert!([0, 1].iter().all(|more| lengths.contains(&((1 << k) + more))), "{k}: {lengths:?}");
    }
}

#[test]
fn products_by_columns_prove_under_every_table_size() {
    for params in Params::ALL {
        let statement = prove_and_verify(&adds(5), Config { params, ..quarks() }, NO_INPUT);
        assert_eq!(statement.config.products, Products::Quarks);
    }
}

/// The interactive part is shorter for all but the shortest runs; what is sent has the size that the shape says.
#[test]
fn products_by_columns_are_shorter() {
    let bytes = |config: Config| {
        let proof = proven(&adds(500), config);
        let sections = proof.log.bytes_by_section();
        sections.iter().filter(|(name, _)| *name == section::PRODUCTS).map(|(_, bytes)| *bytes).sum::<usize>()
    };
    let (by_columns, by_layers) = (bytes(quarks()), bytes(small()));
    assert!(4 * by_columns < 3 * by_layers, "{by_columns} and {by_layers}");
}

/// The commitment comes before every challenge on it, the claims before their combination.
#[test]
fn challenges_come_after_the_columns() {
    let program = adds(20);
    let (_, log) = verify_with_log(&program, &proven(&program, quarks()).proof, &schemes()).unwrap();
    let labels: Vec<(EventKind, &str)> = log.events().iter().map(|e| (e.kind, e.label)).collect();
    let position = |kind: EventKind, wanted: &str| labels.iter().position(|e| *e == (kind, wanted)).unwrap();
    let fingerprint = position(EventKind::Challenge, label::FINGERPRINT);
    let columns = labels.iter().rposition(|e| *e == (EventKind::Message, "hyrax/commitments")).unwrap();
    let products = position(EventKind::Message, "grand products");
    let point = position(EventKind::Challenge, "product column point");
    let claims = position(EventKind::Message, "product column claims");
    let fold = position(EventKind::Challenge, "product column fold");
    let combination = position(EventKind::Challenge, label::COLUMN_BATCHING);
    let order = [fingerprint, columns, products, point, claims, fold, combination];
    assert!(order.is_sorted() && order[0] < order[1], "{order:?}");
}

/// Every element of every message of the products and of their commitment, changed: also where the lengths stay.
#[test]
fn rejects_every_changed_element_of_products_by_columns() {
    let program = adds(20);
    let proven = proven(&program, quarks());
    let start = proven.header.to_bytes().len();
    let mut tried = 0;
    let sections = [section::PRODUCT_COMMITMENTS, section::PRODUCTS, section::EVALUATIONS];
    for (_, event) in proven.log.with_sections().filter(|(name, e)| sections.contains(name) && e.num_bytes > 0) {
        let step = if event.payload == PayloadKind::Bytes { 1 } else { event.num_bytes / event.count };
        for at in (event.offset..event.offset + event.num_bytes).step_by(step) {
            let mut forged = proven.proof.clone();
            forged[start + at] ^= 1;
            assert!(verify(&program, &forged, &schemes()).is_err(), "{} at byte {at}", event.label);
            tried += 1;
        }
    }
    assert!(tried > 200, "{tried}");
}

/// The way is in the header: a proof by one is none by the other, and other ways are unknown.
#[test]
fn rejects_proofs_by_another_way_than_the_header_says() {
    let program = adds(20);
    for config in [small(), quarks()] {
        let mut proof = proven(&program, config).proof;
        let other = 3 - proof[14];
        proof[14] = other;
        assert!(verify(&program, &proof, &schemes()).is_err());
        for unknown in [0, 3, 255] {
            proof[14] = unknown;
            let error = verify(&program, &proof, &schemes()).unwrap_err();
            let expected = HeaderError::UnknownChoice { field: "product argument", value: unknown };
            assert!(matches!(error, VerifyError::Header(e) if e == expected), "{unknown}");
        }
    }
}

/// Every plan makes the same proof.
#[test]
fn plans_make_the_same_proof_by_columns() {
    let program = adds(300);
    let witness = honest_witness(&program, quarks(), NO_INPUT);
    let mut proofs =
        Plan::ALL.map(|plan| prove_witness_by(&program, witness.clone(), plan, &schemes(), &mut |_| {}).unwrap().proof);
    proofs.sort();
    assert_eq!(proofs[0], proofs[3]);
}
