//! Every scheme proves; setups are named, checked, and refused where they are insecure or others.

use crate::support::{INPUT, OUTPUT, Outcome, command, elf, folder, hex, lariat, text};
use lariat_emulator::test_util::nightly;
use lariat_jolt_core::HashKind;
use serde_json::Value;
use std::fs;
use std::sync::OnceLock;

/// Path of an insecure setup that is large enough for short runs.
fn insecure_setup() -> String {
    static SETUP: OnceLock<String> = OnceLock::new();
    SETUP
        .get_or_init(|| {
            let path = text(&folder("insecure-setup").join("test.tau"));
            let made = lariat(&["setup", "--insecure-seed", "cli-test", "--log-size", "17", "-o", &path, "--json"]);
            let made = made.ok().json();
            assert_eq!((&made["setup"], &made["setup_name"]), (&"insecure-seed".into(), &"cli-test".into()));
            assert_eq!((&made["log_size"], &made["bytes"]), (&17.into(), &fs::metadata(&path).unwrap().len().into()));
            path
        })
        .clone()
}

/// Options under which any scheme runs.
fn with_setup(path: &str) -> [&str; 3] {
    ["--setup", path, "--allow-insecure-setup"]
}

fn names() -> Vec<(&'static str, bool)> {
    lariat_schemes::ALL.iter().map(|scheme| (scheme.kind.name(), scheme.needs_setup)).collect()
}

#[test]
fn the_list_has_every_scheme() {
    let setup = insecure_setup();
    let list = lariat(&["list", "pcs", "--json", "--setup", &setup]).ok().json();
    let listed = list["pcs"].as_array().unwrap();
    assert_eq!(listed.len(), names().len());
    for (entry, (name, needs_setup)) in listed.iter().zip(names()) {
        assert_eq!((&entry["name"], &entry["needs_setup"]), (&name.into(), &needs_setup.into()));
        // 2^20 powers of tau would be needed for the pairing schemes.
        if needs_setup {
            assert!(entry["unavailable"].as_str().unwrap().contains("powers of tau"), "{entry}");
        } else {
            let bits = |field: &str| entry[field].as_f64().unwrap();
            assert!(bits("security_bits_proven") >= 96.0 && bits("security_bits_conjectured") >= 96.0, "{entry}");
            assert!(!entry["assumptions"].as_str().unwrap().is_empty() && entry["setup"] == "transparent");
        }
    }
    let text = lariat(&["list", "pcs"]).ok().stdout;
    assert!(names().iter().all(|(name, _)| text.contains(name)), "{text}");
    assert_eq!(lariat(&["list", "arguments", "--json"]).ok().json()["arguments"], serde_json::json!(["lasso"]));
    let hashes: Vec<&str> = HashKind::ALL.map(HashKind::name).to_vec();
    assert_eq!(lariat(&["list", "hashes", "--json"]).ok().json()["hashes"], serde_json::json!(hashes));
}

/// Proves and verifies under every scheme, and tampers with each proof.
#[test]
fn every_scheme_proves_and_verifies() {
    tamper_with_proofs_by("gkr");
}

/// The same with products by committed columns: a third commitment, whose columns have a size of their own.
#[test]
fn every_scheme_proves_and_verifies_products_by_columns() {
    tamper_with_proofs_by("quarks");
}

fn tamper_with_proofs_by(products: &str) {
    let folder = folder(&format!("every-scheme-{products}"));
    let setup = insecure_setup();
    let program = elf("fibonacci");
    for (name, needs_setup) in names() {
        let path = folder.join(format!("{name}.proof"));
        let proof = text(&path);
        let common = [&["--input-hex", INPUT, "--json"][..], &with_setup(&setup)].concat();
        let options = ["--pcs", name, "--log-m", "8", "--products", products];
        let made = lariat(&[&["prove", &program, "-o", &proof][..], &options[..], &common[..]].concat()).ok().json();
        let source = if needs_setup { "insecure-seed" } else { "transparent" };
        assert_eq!((&made["pcs"], &made["setup"], &made["output_hex"]), (&name.into(), &source.into(), &OUTPUT.into()));
        let verified = lariat(&[&["verify", &program, &proof, "--pcs", name], &common[..]].concat()).ok().json();
        assert_eq!((&verified["pcs"], &verified["setup"]), (&name.into(), &source.into()));
        assert_eq!((&made["products"], &verified["products"]), (&products.into(), &products.into()));
        assert_eq!((&verified["output_hex"], &verified["setup_digest"]), (&OUTPUT.into(), &made["setup_digest"]));
        let shown = lariat(&[&["inspect", &proof, &program, "--json"], &with_setup(&setup)[..]].concat()).ok().json();
        assert_eq!((&shown["verified"], &shown["header"]["pcs"]), (&true.into(), &name.into()));
        assert_eq!(shown["header"]["products"], products);
        // The setup's seed is public: no report may say that a proof under it is worth anything.
        for report in [&made, &verified, &shown["security"]] {
            for kind in ["proven", "conjectured"] {
                let bits = report[format!("security_bits_{kind}")].as_f64().unwrap();
                let limit = report[format!("security_limit_{kind}")].as_str().unwrap();
                assert_eq!((bits <= 0.0, limit.contains("seed")), (needs_setup, needs_setup), "{report}");
            }
        }
        for verb in [vec!["verify", &program, &proof], vec!["inspect", &proof, &program]] {
            let text = lariat(&[&verb[..], &with_setup(&setup)].concat()).ok().stdout;
            let line = text.lines().find(|l| l.trim_start().starts_with("security ")).unwrap();
            assert_eq!(line.contains(" 0 bits: whoever knows the seed"), needs_setup, "{text}");
            assert!(line.contains("bits proven"), "{text}");
        }
        let bytes = fs::read(&path).unwrap();
        let sizes: u64 = shown["parts"].as_array().unwrap().iter().map(|part| part["bytes"].as_u64().unwrap()).sum();
        assert_eq!(sizes, bytes.len() as u64);
        for at in (0..12).map(|i| bytes.len() - 1 - i * (bytes.len() / 13)) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            lariat(&[&["verify", &program, &proof], &common[..]].concat()).refused(&["rejected"]);
        }
        for changed in [&bytes[..bytes.len() - 1], &[&bytes[..], &[0]].concat()] {
            fs::write(&path, changed).unwrap();
            lariat(&[&["verify", &program, &proof], &common[..]].concat()).refused(&["truncated or extended"]);
        }
    }
}

/// All eight guests under every scheme, with `LARIAT_NIGHTLY=1`; else one guest that writes much memory.
#[test]
fn every_scheme_proves_every_guest() {
    let bytes = hex(&(0..32).collect::<Vec<u8>>());
    let word = |n: u32| hex(&n.to_le_bytes());
    let all = [
        ("quicksort", word(12) + &word(1)),
        ("fibonacci", word(100)),
        ("sha256-chain", word(1) + &bytes),
        ("keccak-chain", word(1) + &bytes),
        ("btree", word(4) + &word(1)),
        ("modexp", word(8) + &word(1) + &word(1)),
        ("strsearch", word(12) + &word(1)),
        ("c-program", word(18)),
    ];
    let nightly = nightly();
    let guests = if nightly { &all[..] } else { &all[..1] };
    let folder = folder("every-scheme-every-guest");
    let setup = insecure_setup();
    for (guest, input) in guests {
        let program = elf(guest);
        let run = lariat(&["run", &program, "--json", "--input-hex", input]).ok().json();
        assert_eq!(run["exit_code"], 0, "{guest}");
        for (name, _) in names() {
            let proof = text(&folder.join(format!("{guest}-{name}.proof")));
            let common = [&["--input-hex", input, "--json"][..], &with_setup(&setup)].concat();
            lariat(&[&["prove", &program, "-o", &proof, "--pcs", name, "--log-m", "8"], &common[..]].concat()).ok();
            let verified = lariat(&[&["verify", &program, &proof], &common[..]].concat()).ok().json();
            assert_eq!((&verified["output_hex"], &verified["pcs"]), (&run["output_hex"], &name.into()));
        }
    }
}

#[test]
fn refuses_insecure_missing_and_other_setups() {
    let Some((name, _)) = names().into_iter().find(|(_, needs_setup)| *needs_setup) else { return };
    let folder = folder("setups");
    let (program, proof) = (elf("fibonacci"), text(&folder.join("proof")));
    let setup = insecure_setup();
    let prove = ["prove", &program, "--input-hex", INPUT, "--pcs", name, "--log-m", "8", "-o", &proof];
    lariat(&prove).refused(&["lariat setup", "--setup"]);
    lariat(&[&prove[..], &["--setup", &setup]].concat()).refused(&["cli-test", "--allow-insecure-setup", "forge"]);
    assert!(!folder.join("proof").exists());
    let made = lariat(&[&prove[..], &with_setup(&setup)].concat()).ok();
    assert!(made.stdout.contains("INSECURE seed cli-test"), "{}", made.stdout);

    let verify = ["verify", &program, &proof];
    lariat(&verify).refused(&["lariat setup", "--setup"]);
    lariat(&[&verify[..], &["--setup", &setup]].concat()).refused(&["cli-test", "--allow-insecure-setup"]);
    let verified = lariat(&[&verify[..], &with_setup(&setup)].concat()).ok();
    assert!(verified.stdout.contains("INSECURE seed cli-test"), "{}", verified.stdout);
    // Without verifying, the header says so too.
    assert!(lariat(&["inspect", &proof]).ok().stdout.contains("INSECURE seed cli-test"));

    let other = text(&folder.join("other.tau"));
    lariat(&["setup", "--insecure-seed", "other", "--log-size", "10", "-o", &other]).ok();
    lariat(&[&verify[..], &with_setup(&other)].concat()).refused(&["another setup", "cli-test", "other"]);
    // A verifier needs no powers, a prover does.
    let short = text(&folder.join("short.tau"));
    lariat(&["setup", "--insecure-seed", "cli-test", "--log-size", "1", "-o", &short]).ok();
    lariat(&[&prove[..], &with_setup(&short)].concat()).refused(&["powers of tau", "2^1"]);

    // Files that are no setup, or a damaged one.
    lariat(&[&verify[..], &with_setup(&program)].concat()).refused(&["is an ELF, where a setup is asked for"]);
    let mut bytes = fs::read(&setup).unwrap();
    bytes.pop();
    fs::write(&other, &bytes).unwrap();
    lariat(&[&verify[..], &with_setup(&other)].concat()).refused(&["cannot use the setup", "bytes"]);
    lariat(&[&verify[..], &with_setup("/nonexistent")].concat()).refused(&["cannot read the setup", "check the path"]);
}

#[test]
fn setup_refuses_what_is_no_ceremony() {
    let folder = folder("setup-refusals");
    let out = text(&folder.join("out.tau"));
    lariat(&["setup", "-o", &out]).wrong_usage("--ptau");
    lariat(&["setup", "--insecure-seed", "two words", "-o", &out]).refused(&["printable ASCII"]);
    lariat(&["setup", "--insecure-seed", "x", "--log-size", "29", "-o", &out]).wrong_usage("29");
    lariat(&["setup", "--ptau", &elf("fibonacci"), "-o", &out]).refused(&["cannot use the setup"]);
    assert_eq!(crate::support::names(&folder), [""; 0]);
}

/// A ceremony's file goes all the way: imported, pinned by digest, named in the proof.
#[test]
fn proofs_under_a_ceremony_name_it() {
    let Some((name, _)) = names().into_iter().find(|(_, needs_setup)| *needs_setup) else { return };
    let folder = folder("ceremony");
    let (ptau, setup, proof) =
        (text(&folder.join("test_12.ptau")), text(&folder.join("setup.tau")), text(&folder.join("proof")));
    // The library's writer stands in for a ceremony: the format is the same, its trapdoor is not secret.
    let written = lariat_kzg::PowersOfTau::from_seed("stand-in", 12).unwrap();
    written.write_ptau(&ptau, lariat_kzg::Contributions::StandIn).unwrap();
    let made = lariat(&["setup", "--ptau", &ptau, "-o", &setup, "--json"]).ok().json();
    assert_eq!(
        (&made["setup"], &made["setup_name"], &made["log_size"]),
        (&"ceremony".into(), &"test_12".into(), &12.into())
    );
    let program = elf("fibonacci");
    let prove =
        ["prove", &program, "--input-hex", INPUT, "--pcs", name, "--log-m", "8", "-o", &proof, "--setup", &setup];
    let proven = lariat(&[&prove[..], &["--json"]].concat()).ok().json();
    let verified: Value = lariat(&["verify", &program, &proof, "--setup", &setup, "--json"]).ok().json();
    for report in [&proven, &verified] {
        assert_eq!((&report["setup"], &report["setup_name"]), (&"ceremony".into(), &"test_12".into()));
        assert_eq!(report["setup_digest"], made["setup_digest"]);
    }
}

/// One ceremony under two file names, and cut to two lengths, is one setup: what is proven under one verifies under the
/// other, and the verifier reports its own name for it.
#[test]
fn a_ceremony_under_two_names_is_one_setup() {
    let folder = folder("two-names");
    let path = |name: &str| text(&folder.join(name));
    let (ptau, proof) = (path("ceremony_12.ptau"), path("proof"));
    let written = lariat_kzg::PowersOfTau::from_seed("stand-in", 13).unwrap();
    written.write_ptau(&ptau, lariat_kzg::Contributions::StandIn).unwrap();
    fs::copy(&ptau, path("ceremony_13.ptau")).unwrap();
    let import = |from: &str, to: &str, more: &[&str]| {
        let made = lariat(&[&["setup", "--ptau", &path(from), "-o", &path(to), "--json"][..], more].concat());
        made.ok().json()
    };
    let long = import("ceremony_13.ptau", "long.tau", &[]);
    let short = import("ceremony_12.ptau", "short.tau", &["--log-size", "12"]);
    let named = import("ceremony_12.ptau", "named.tau", &["--name", "ours"]);
    assert_eq!((&long["setup_name"], &short["setup_name"]), (&"ceremony_13".into(), &"ceremony_12".into()));
    assert_eq!((&named["setup_name"], &short["log_size"]), (&"ours".into(), &12.into()));
    assert_eq!([&short["setup_digest"], &named["setup_digest"]], [&long["setup_digest"]; 2]);
    let prove = ["prove", &elf("fibonacci"), "--input-hex", INPUT, "--pcs", "hyperkzg", "--log-m", "8", "-o", &proof];
    lariat(&[&prove[..], &["--setup", &path("long.tau")]].concat()).ok();
    for (setup, name) in [("short.tau", "ceremony_12"), ("named.tau", "ours"), ("long.tau", "ceremony_13")] {
        let verify = ["verify", &elf("fibonacci"), &proof, "--json", "--setup", &path(setup)];
        let verified = lariat(&verify).ok().json();
        assert_eq!((&verified["setup"], &verified["setup_name"]), (&"ceremony".into(), &name.into()));
        assert_eq!(verified["setup_digest"], long["setup_digest"]);
    }
}

/// A file to which nobody contributed is imported as what it is, and used only by those who say that they want it.
#[test]
fn a_file_without_contributions_is_no_ceremony() {
    let folder = folder("no-contributions");
    let path = |name: &str| text(&folder.join(name));
    let (ptau, setup, proof) = (path("fresh.ptau"), path("setup.tau"), path("proof"));
    let written = lariat_kzg::PowersOfTau::from_seed("stand-in", 12).unwrap();
    written.write_ptau(&ptau, lariat_kzg::Contributions::None).unwrap();
    let import = ["setup", "--ptau", &ptau, "-o", &setup];
    let made = lariat(&import).ok().stdout;
    assert!(
        made.contains("INSECURE file fresh without contributions") && made.contains("Nobody contributed"),
        "{made}"
    );
    let made = lariat(&[&import[..], &["--json"]].concat()).ok().json();
    assert_eq!((&made["setup"], &made["setup_name"]), (&"insecure-file".into(), &"fresh".into()));
    let program = elf("fibonacci");
    let common = ["--pcs", "mercury", "--log-m", "8", "--input-hex", INPUT, "--setup", &setup];
    let (prove, verify) = (["prove", &program, "-o", &proof], ["verify", &program, &proof]);
    let leave = ["--allow-insecure-setup"];
    lariat(&[&prove[..], &common].concat()).refused(&["INSECURE file fresh", "--allow-insecure-setup"]);
    lariat(&[&prove[..], &common, &leave].concat()).ok();
    lariat(&[&verify[..], &common].concat()).refused(&["INSECURE file fresh", "--allow-insecure-setup"]);
    let verified = lariat(&[&verify[..], &common, &leave, &["--json"]].concat()).ok().json();
    assert_eq!((&verified["setup"], &verified["setup_digest"]), (&"insecure-file".into(), &made["setup_digest"]));
}

/// An empty variable names no setup, whatever the verb; another one is used, and named where it is wrong.
#[test]
fn the_variable_names_the_setup_unless_it_is_empty() {
    let folder = folder("setup-variable");
    let (program, proof) = (elf("fibonacci"), text(&folder.join("proof")));
    let with = |value: &str, args: &[&str]| {
        let output = command(args).env("LARIAT_SETUP", value).output().unwrap();
        Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    };
    let prove = |pcs| ["prove", &program, "--input-hex", INPUT, "--log-m", "8", "-o", &proof, "--pcs", pcs];
    let bench =
        ["bench", "--pcs", "hyrax", "--guests", "fibonacci", "--sizes", "10", "--log-m", "8", "--runs", "1", "-o"];
    let out = text(&folder.join("bench"));
    with("", &prove("hyrax")).ok();
    with("", &["verify", &program, &proof]).ok();
    with("", &["inspect", &proof, &program]).ok();
    with("", &["list", "pcs"]).ok();
    with("", &[&bench[..], &[&out]].concat()).ok();
    with("", &prove("zeromorph")).refused(&["needs a powers-of-tau setup file", "--setup"]);
    let setup = insecure_setup();
    with(&setup, &[&prove("zeromorph")[..], &["--allow-insecure-setup"]].concat()).ok();
    with(&setup, &["verify", &program, &proof, "--allow-insecure-setup"]).ok();
    let named = "(the variable LARIAT_SETUP names it; unset it";
    for (value, why) in [("/no/such/file", "cannot read the setup /no/such/file"), (program.as_str(), "is an ELF")] {
        for args in [&["verify", &program, &proof][..], &prove("hyrax"), &["list", "pcs"]] {
            with(value, args).refused(&[why, named]);
        }
    }
    // The option comes before the variable, and an empty option is no leave to look at it.
    let chosen = [&prove("zeromorph")[..], &["--allow-insecure-setup", "--setup", &setup]].concat();
    with("/no/such/file", &chosen).ok();
    with("", &[&prove("hyrax")[..], &["--setup", ""]].concat()).wrong_usage("--setup");
    assert!(lariat(&["verify", "--help"]).ok().stdout.contains("LARIAT_SETUP"));
}
