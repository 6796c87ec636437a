//! Engine 3 under every scheme: each challenge has a forgery, and no forgery passes.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_attack::{
    frozen::{
        self, Verdict,
        elsewhere::TABLE,
        record::{Map, Record, Side},
    },
    inventory::Run,
    outcome::Row,
    programs::{nightly, small},
};
use lariat_emulator::test_util::figure;
use lariat_jolt_core::{Config, PcsKind, Schemes, VerifyError, verify_frozen};
use lariat_kzg::PowersOfTau;
use lariat_transcript::{ChallengeTape, Drawn, EventKind};
use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

const SEED: u64 = 0x6672_6f7a_656e_0003;

fn schemes() -> Schemes {
    let setup = PowersOfTau::from_seed("frozen-challenges", 16).unwrap();
    lariat_schemes::all().with_resource(Arc::new(setup)).allow_insecure_setup(true)
}

fn record(pcs: PcsKind) -> Record {
    Record::new(&schemes(), Config { pcs, ..small() }).unwrap()
}

#[test]
fn rejects_every_forgery_that_the_frozen_verifier_accepts() {
    let mut forgeries = 0;
    for scheme in schemes().iter() {
        let start = std::time::Instant::now();
        let quick = scheme.kind != PcsKind::HYRAX && !nightly();
        let rows = frozen::run(&schemes(), Config { pcs: scheme.kind, ..small() }, SEED, quick);
        for row in &rows {
            let Row { name, tried, rejected, accepted, panicked, survivors, .. } = row;
            println!(
                "{} {name}: {tried} tried, {rejected} rejected, {accepted} accepted, {panicked} panicked",
                scheme.kind
            );
            forgeries += tried;
            assert!(*tried > 0 && rejected == tried && survivors.is_empty(), "{}: {name}: {survivors:#?}", scheme.kind);
        }
        println!("{}: {:?}", scheme.kind, start.elapsed());
    }
    figure("forgeries of frozen challenges", forgeries).unwrap();
}

/// Every challenge of the log, by place and not by label alone.
#[test]
fn every_challenge_is_the_target_of_a_forgery() {
    let mut unused: BTreeSet<&str> = TABLE.iter().map(|e| e.label).collect();
    let schemes = schemes();
    let mut challenges = 0;
    for scheme in schemes.iter() {
        let record = record(scheme.kind);
        let attacks = frozen::all(&record);
        let targets: BTreeSet<usize> = attacks.iter().flat_map(|a| a.targets.iter().copied()).collect();
        let elsewhere = |event: usize| TABLE.iter().any(|e| e.label == record.events[event].label);
        let missing: Vec<String> = record
            .all_challenges()
            .filter(|event| !targets.contains(event))
            // Only what is inside of an opening may be left to the scheme's own tests.
            .filter(|event| !(record.map.opening.contains(event) && elsewhere(*event)))
            .map(|event| record.name_of(event))
            .collect();
        assert!(missing.is_empty(), "{}: no forgery against {missing:?}", scheme.kind);
        println!("{}: {} forgeries against {} challenges", scheme.kind, attacks.len(), targets.len());
        challenges += targets.len() as u64;
        // Larger tables make longer pieces, whose openings have more rounds: no label that is not attacked there either.
        let attacked: BTreeSet<&str> = targets.iter().map(|&event| record.events[event].label).collect();
        let log = Run::new(&schemes, Config { pcs: scheme.kind, ..Config::default() }).unwrap().log;
        for label in log.events().iter().filter(|e| e.kind == EventKind::Challenge && e.count > 0).map(|e| e.label) {
            let listed = TABLE.iter().any(|e| e.label == label);
            assert!(listed != attacked.contains(label), "{}: {label} is attacked here or elsewhere", scheme.kind);
            unused.remove(label);
        }
    }
    assert!(unused.is_empty(), "no scheme draws {unused:?}");
    figure("challenges that a forgery is against", challenges).unwrap();
}

/// What is left to the crates' own tests is there.
#[test]
fn tests_elsewhere_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for entry in TABLE {
        let source = fs::read_to_string(root.join(entry.file)).unwrap_or_else(|e| panic!("{}: {e}", entry.file));
        for test in entry.tests {
            let found = source.contains(&format!("#[test]\nfn {test}() {{"));
            assert!(found, "{}: {} has no test `{test}`", entry.label, entry.file);
        }
    }
}

/// The verifiers of the engine, on a proof that is not forged, accept: frozen, and with each challenge drawn in turn.
#[test]
fn the_honest_proof_passes_every_verifier() {
    let record = record(PcsKind::HYRAX);
    let accepts =
        |tape: &ChallengeTape| verify_frozen(&record.honest.program, &record.proof, &record.schemes, tape).is_ok();
    assert!(accepts(&record.tape));
    let all: Vec<usize> = record.all_challenges().collect();
    for &event in all.iter().step_by(if nightly() { 1 } else { 10 }) {
        assert!(accepts(&record.thawed(event)), "{}", record.name_of(event));
    }
}

/// A forgery that is none, one that comes too late, and one that needs no foresight are told apart.
#[test]
fn forgeries_without_teeth_are_reported() {
    let record = record(PcsKind::HYRAX);
    let judge = |target: usize, edit: &(dyn Fn(&mut Vec<u8>) + Send + Sync)| {
        frozen::judge(&record, &frozen::Attack::edit(&record, "test", "test", target, edit))
    };
    let Map { rho, evaluations, main_batching, .. } = record.map.clone();
    assert_eq!(judge(rho, &|_| ()), Verdict::Toothless("nothing is forged".into()));
    let flip = |proof: &mut Vec<u8>| proof[record.range(evaluations).start] ^= 1;
    let late = judge(main_batching, &flip);
    assert!(matches!(&late, Verdict::Toothless(why) if why.starts_with("nothing is forged before")), "{late:?}");
    let opening = record.map.opening.clone();
    let target = record.all_challenges().find(|k| opening.contains(k)).unwrap();
    let random = judge(target, &flip);
    assert!(matches!(&random, Verdict::Toothless(why) if why.starts_with("the frozen verifier rejects")), "{random:?}");
    let panics = judge(target, &|_| panic!("a forger that fails"));
    assert!(matches!(panics, Verdict::Panicked(_)));
}

/// A scheme that is not there is reported and does not stop the other engines.
#[test]
fn an_honest_run_that_fails_is_a_row() {
    let rows = frozen::run(&Schemes::new(), small(), SEED, true);
    let [row] = &rows[..] else { panic!("{rows:?}") };
    assert_eq!((row.tried, row.panicked), (1, 1));
    assert!(!row.is_clean() && row.survivors[0].contains("nothing to forge"), "{row:?}");
}

/// At a point with a coordinate of zero or one, the statements on the private input have no weights.
#[test]
fn rejects_a_degenerate_point_of_the_zero_check() {
    let record = record(PcsKind::HYRAX);
    // The last coordinate of the point, drawn behind all layers: nothing but the main sumcheck depends on it.
    let last = *record.leaf_coordinates(Side::Cells).last().unwrap();
    assert_eq!(Some(last.event), record.map.products.layers.last().unwrap().fold);
    for coordinate in [Fr::zero(), Fr::one()] {
        let mut tape = record.tape.clone();
        tape.0[record.drawn(last.event).start + last.index] = Drawn::Scalar(coordinate);
        let verdict = verify_frozen(&record.honest.program, &record.proof, &record.schemes, &tape);
        assert!(matches!(verdict, Err(VerifyError::DegeneratePoint)), "{verdict:?}");
    }
}
