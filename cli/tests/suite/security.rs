//! The security ledger of every scheme at every size, and where it is shown.

use crate::support::{INPUT, elf, folder, lariat, root, text};
use lariat_emulator::memory_map::{OUTPUT_START, STACK_TOP};
use lariat_jolt_core::{
    Config, Header, Params, Program, Schemes, SecurityLedger, SetupId,
    cells::CellLayout,
    protocol::Shape,
    security::{MIN_PROVEN_CURVES, MIN_PROVEN_HASHES, part},
};
use lariat_kzg::PowersOfTau;
use lariat_pcs::{Pcs, PcsError, QuantumStatus, Workload};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;

/// All schemes; powers of tau are computed when first needed, which is never.
fn schemes() -> Schemes {
    let powers = PowersOfTau::from_seed("security-test", PowersOfTau::MAX_LOG_LEN).unwrap();
    lariat_schemes::all().with_resource(Arc::new(powers)).allow_insecure_setup(true)
}

/// The shape of a run of a guest: with a page of stack, no heap and little output, or with all that it may touch.
fn shape(program: &Program, params: Params, steps: u64, everything: bool) -> Shape {
    let image = program.image();
    let memory = &image.memory;
    let header = Header {
        config: Config { params, ..Config::default() },
        setup: SetupId::UNKNOWN,
        program: program.digest(),
        steps,
        heap_high: if everything { image.heap_end() } else { image.heap_start },
        stack_low: if everything { memory.stack_start() } else { STACK_TOP - 4096 },
        output_high: OUTPUT_START + if everything { 4 + memory.max_output_bytes.next_multiple_of(4) } else { 4 },
        private_bytes: if everything { memory.max_private_input_bytes } else { 0 },
        exit_code: 0,
        panic_word: 0,
        input: Vec::new(),
        output_words: vec![0],
    };
    header.check(image).unwrap();
    Shape::new(params, &header, &CellLayout::new(params, image, program.bytecode(), &header))
}

/// Every shape of a committed guest at `2^10` to `2^24` rows, without repetitions.
fn shapes() -> Vec<(Params, bool, Shape)> {
    let mut shapes = BTreeMap::new();
    let files = fs::read_dir(root().join("guests/elf")).unwrap().map(|entry| entry.unwrap().path());
    let programs: Vec<Program> = files
        .filter(|path| path.extension().is_some_and(|e| e == "elf"))
        .map(|path| Program::from_elf(&fs::read(path).unwrap()).unwrap())
        .collect();
    assert!(programs.len() >= 11);
    for program in &programs {
        for params in [Params::M8, Params::M16] {
            for log_rows in 10..=24 {
                for everything in [false, true] {
                    let shape = shape(program, params, 1 << log_rows, everything);
                    let key = (params.log_m(), everything, shape.step_vars, shape.cell_vars, shape.private_vars);
                    shapes.insert(key, (params, everything, shape));
                }
            }
        }
    }
    shapes.into_values().collect()
}

fn level(pcs: &dyn Pcs) -> f64 {
    match pcs.info().quantum {
        QuantumStatus::Broken => MIN_PROVEN_CURVES,
        _ => MIN_PROVEN_HASHES,
    }
}

/// Less than 96 bits proven under a curve, or less than the configured 100 under a hash, fails here.
#[test]
fn every_scheme_has_its_level_at_every_size() {
    let (schemes, shapes) = (schemes(), shapes());
    let mut checked = 0;
    let mut least: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (params, everything, shape) in &shapes {
        for scheme in schemes.iter() {
            let config = Config { pcs: scheme.kind, params: *params, ..Config::default() };
            let what = format!("{} at 2^{} rows and 2^{} cells", scheme.kind, shape.step_vars, shape.cell_vars);
            let pcs = match schemes.setup(scheme.kind, Workload { num_vars: &shape.all_columns() }) {
                Ok(pcs) => pcs,
                // What cannot be committed to has no proof. That concerns runs that touch more than fits.
                Err(PcsError::TooManyVariables { .. }) if *everything => continue,
                Err(error) => panic!("{what}: {error}"),
            };
            let own = SecurityLedger::new(shape, config, pcs.as_ref());
            // These setups are from a seed: nothing is left to those who know it. The level is that under a ceremony.
            assert_eq!(own.known_trapdoor().is_some(), scheme.needs_setup, "{what}");
            if scheme.needs_setup {
                assert!(own.proven().bits <= 0.0 && own.conjectured().bits <= 0.0, "{what}: {own:?}");
                assert!(own.proven().limit.contains("seed") && own.conjectured().limit.contains("seed"), "{what}");
            }
            let ledger = own.under_sound_setup();
            assert_eq!(ledger.known_trapdoor(), None);
            let (proven, conjectured) = (ledger.proven(), ledger.conjectured());
            assert!(proven.bits >= level(pcs.as_ref()), "{what}: {proven:?}");
            assert!(conjectured.bits >= 96.0, "{what}: {conjectured:?}");
            // What the scheme reports for itself is the sum of what it itemises.
            let own = pcs.security(&[&shape.private_batch(), &shape.witness_batch()]);
            let opening = ledger.by_part().into_iter().find(|(name, _)| *name == part::OPENING).unwrap().1;
            assert!((own.proven - opening.proven).abs() < 1e-6, "{what}: {own:?} and {opening:?}");
            let least = least.entry(scheme.kind.name()).or_insert((f64::MAX, f64::MAX));
            *least = (least.0.min(proven.bits), least.1.min(conjectured.bits));
            checked += 1;
        }
    }
    assert!(checked > 8 * 15 * 2, "{checked}");
    assert_documented(&least);
}

/// The three commands say the same, in text and in JSON.
#[test]
fn commands_print_the_level_and_the_ledger() {
    let folder = folder("security");
    let (program, proof) = (elf("fibonacci"), text(&folder.join("fibonacci.proof")));
    for (pcs, proven, limit, conjectured) in
        [("hyrax", 128.0, "Keccak-256", 100.0), ("ligerito", 100.0, "opening", 101.27)]
    {
        let make = ["prove", &program, "-o", &proof, "--input-hex", INPUT, "--log-m", "8", "--pcs", pcs];
        let made = lariat(&[&make[..], &["--json"]].concat()).ok().json();
        let verified = lariat(&["verify", &program, &proof, "--json"]).ok().json();
        let inspected = lariat(&["inspect", &proof, &program, "--json"]).ok().json();
        let shown = &inspected["security"];
        for report in [&made, &verified, shown] {
            let bits = |name: &str| report[name].as_f64().unwrap();
            assert!((bits("security_bits_proven") - proven).abs() < 1.0, "{report}");
            assert!((bits("security_bits_conjectured") - conjectured).abs() < 0.1, "{report}");
            assert!(report["security_limit_proven"].as_str().unwrap().contains(limit), "{report}");
            assert_eq!(report["security_bits_interactive"], shown["security_bits_interactive"]);
        }
        let terms = shown["terms"].as_array().unwrap();
        let total: f64 = terms.iter().map(|term| (-term["bits_proven"].as_f64().unwrap()).exp2()).sum();
        assert!((total.log2() + shown["security_bits_interactive"].as_f64().unwrap()).abs() < 1e-6);
        assert!(shown["problems"].as_array().unwrap().len() >= 2);

        let line = format!("{proven:.0} bits proven (limit: ");
        for args in [&["verify", &program, &proof][..], &["inspect", &proof, &program]] {
            let text = lariat(args).ok().stdout;
            assert!(text.lines().any(|l| l.trim_start().starts_with("security ") && l.contains(&line)), "{text}");
        }
        let text = lariat(&["inspect", &proof, &program]).ok().stdout;
        for part in [part::FINGERPRINTS, part::PRODUCTS, part::MAIN, part::OPENING] {
            assert!(text.contains(part), "{text}");
        }
    }
    // Nothing is known of a proof that is rejected.
    let mut bytes = fs::read(&proof).unwrap();
    bytes.push(0);
    fs::write(&proof, &bytes).unwrap();
    let rejected = lariat(&["verify", &program, &proof, "--json"]).refused(&[]).json();
    assert_eq!((&rejected["ok"], rejected.get("security_bits_proven")), (&false.into(), Some(&Value::Null)));
    // Without a program, nothing is known of a proof's shape.
    let unknown = lariat(&["inspect", &proof, "--json"]).ok().json();
    assert_eq!(unknown["security"], Value::Null);
}

/// Decoders that believe lengths, and routines that cut their arguments, have no place in what proves and verifies.
#[test]
fn libraries_call_no_unchecked_routine() {
    // `new_unchecked` and `get_point_from_x_unchecked` make points whose curve and subgroup the caller then checks.
    const BANNED: [&str; 6] = [
        "msm_unchecked",
        "deserialize_compressed",
        "deserialize_uncompressed",
        "deserialize_with_mode",
        "CanonicalDeserialize",
        "serialize_unchecked",
    ];
    let mut folders = vec![root()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let skipped = ["target", "benches", "tests", "fuzz", "attack", "tests.rs"];
            if name.starts_with('.') || skipped.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files += 1;
                let source = fs::read_to_string(&path).unwrap();
                for banned in BANNED {
                    assert!(!source.contains(banned), "{} calls {banned}", path.display());
                }
            }
        }
    }
    assert!(files > 100, "{files}");
}

/// The table of `docs/security.md` has every scheme with its least bits over all shapes.
fn assert_documented(least: &BTreeMap<&str, (f64, f64)>) {
    let text = fs::read_to_string(root().join("docs/security.md")).unwrap();
    let documented: BTreeMap<String, Vec<f64>> = text
        .lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let name = cells.get(1)?.strip_prefix('`')?.strip_suffix('`')?;
            let bits: Option<Vec<f64>> = cells.get(5..7)?.iter().map(|bits| bits.parse().ok()).collect();
            Some((name.to_owned(), bits?))
        })
        .collect();
    assert_eq!(documented.len(), least.len(), "{documented:?}");
    for (name, (proven, conjectured)) in least {
        let whole = [proven, conjectured].map(|bits| (bits + 1e-9).floor());
        assert_eq!(documented[*name], whole, "{name}: {proven} and {conjectured}");
    }
}
