//! Files and programs that cannot be used, and wrong usage.

use crate::support::{INPUT, command, elf, folder, hex, lariat, names, root, shared_proof, text};
use std::{
    fs,
    io::{BufRead, BufReader},
};

#[test]
fn programs_that_are_none_are_refused() {
    let folder = folder("no-programs");
    let readme = text(&root().join("README.md"));
    let proof = text(&folder.join("proof"));
    for args in [
        &["run", readme.as_str()][..],
        &["prove", &readme, "-o", &proof],
        &["verify", &readme, &shared_proof()],
        &["inspect", &shared_proof(), &readme],
        &["preprocess", &readme, "-o", &proof],
    ] {
        lariat(args).refused(&["README.md", "not an ELF"]);
    }
    let cut = folder.join("cut.elf");
    fs::write(&cut, &fs::read(elf("fibonacci")).unwrap()[..1000]).unwrap();
    lariat(&["run", &text(&cut)]).refused(&["cut.elf", "truncated"]);
    assert_eq!(names(&folder), ["cut.elf"]);
}

#[test]
fn missing_files_are_named() {
    let (program, missing) = (elf("fibonacci"), "no/such/file");
    let proof = text(&folder("missing").join("proof"));
    let cases: &[(&str, &[&str])] = &[
        ("program", &["run", missing]),
        ("program", &["prove", missing, "-o", &proof]),
        ("program", &["verify", missing, &shared_proof()]),
        ("program", &["preprocess", missing, "-o", &proof]),
        ("proof", &["verify", &program, missing]),
        ("proof", &["inspect", missing]),
        ("input", &["run", &program, "--input", missing]),
        ("input", &["verify", &program, &shared_proof(), "--input", missing]),
        ("private input", &["prove", &program, "-o", &proof, "--private-input", missing]),
        ("output", &["verify", &program, &shared_proof(), "--output", missing]),
    ];
    for (kind, args) in cases {
        lariat(args).refused(&[&format!("cannot read the {kind} {missing}"), "check the path"]);
    }
    let verdict = lariat(&["verify", "--json", &program, missing]).refused(&[]).json();
    assert_eq!((&verdict["ok"], &verdict["error_kind"]), (&false.into(), &"file".into()));
}

/// More than any file of a kind has is not read to its end.
#[test]
fn files_too_large_are_named() {
    let path = folder("too-large").join("large");
    let large = text(&path);
    let file = fs::File::create(&path).unwrap();
    // Sparse: they take no space.
    for (mib, args) in [
        (64, &["verify", &elf("fibonacci"), &shared_proof(), "--input", &large]),
        (256, &["verify", &elf("fibonacci"), &large, "--log-m", "8"]),
    ] {
        let max = mib << 20;
        file.set_len(max + 1).unwrap();
        lariat(args).refused(&[&large, &format!("more than {max} bytes")]);
    }
}

#[test]
fn outputs_that_cannot_be_written_are_refused_before_the_work() {
    let program = elf("fibonacci");
    let folder = folder("unwritable");
    let nowhere = text(&folder.join("missing/file"));
    let whole_folder = text(&folder);
    let good = text(&folder.join("good"));
    for path in [&nowhere, &whole_folder] {
        let cases: &[(&str, &[&str])] = &[
            ("proof", &["prove", &program, "-o", path, "--max-steps", "1"]),
            ("output", &["prove", &program, "-o", &good, "--output", path, "--max-steps", "1"]),
            ("output", &["run", &program, "--output", path, "--max-steps", "1"]),
            ("key", &["preprocess", &program, "-o", path]),
        ];
        for (kind, args) in cases {
            // Programs do not end in one step, which would be the next complaint.
            lariat(args).refused(&[&format!("cannot write the {kind} {path}"), "choose a folder"]);
        }
    }
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn inputs_are_not_overwritten() {
    let folder = folder("overwrite");
    let (program, input) = (folder.join("a.elf"), folder.join("input"));
    fs::copy(elf("fibonacci"), &program).unwrap();
    fs::write(&input, [10, 0, 0, 0]).unwrap();
    let (program, input) = (text(&program), text(&input));
    lariat(&["prove", &program, "-o", &program]).refused(&["would overwrite"]);
    lariat(&["preprocess", &program, "-o", &program]).refused(&["would overwrite"]);
    lariat(&["run", &program, "--input", &input, "--output", &input]).refused(&["would overwrite"]);
    assert_eq!(fs::read(&program).unwrap(), fs::read(elf("fibonacci")).unwrap());
}

#[test]
fn runs_without_an_end_are_refused() {
    let folder = folder("no-end");
    let proof = text(&folder.join("proof"));
    let args = ["--input-hex", "ffffffff", "--max-steps", "1000"];
    lariat(&[&["run", &elf("fibonacci")], &args[..]].concat()).refused(&["within 1000 steps", "--max-steps"]);
    lariat(&[&["prove", &elf("fibonacci"), "-o", &proof], &args[..]].concat()).refused(&["within 1000 steps"]);
    lariat(&["run", &elf("fibonacci"), "--input", &elf("fibonacci"), "--max-steps", "1"]).refused(&["within 1 steps"]);
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn inputs_beyond_the_limit_are_refused() {
    let path = folder("long-input").join("input");
    fs::write(&path, vec![0; (1 << 20) + 1]).unwrap();
    lariat(&["run", &elf("fibonacci"), "--input", &text(&path)]).refused(&["1048577 bytes", "1048576"]);
}

/// 250 million rows take more memory than any machine that runs these tests is expected to have, whatever the plan.
#[cfg(target_os = "linux")]
#[test]
fn proofs_beyond_the_memory_are_refused() {
    let folder = folder("memory");
    let input = hex(&50_000_000u32.to_le_bytes());
    let proof = text(&folder.join("proof"));
    lariat(&["prove", &elf("fibonacci"), "-o", &proof, "--input-hex", &input, "--max-steps", "300000000"]).refused(&[
        "250000",
        "MiB are available",
        "--force",
    ]);
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn force_is_for_memory_only() {
    let folder = folder("force");
    let proof = text(&folder.join("proof"));
    lariat(&["prove", &elf("fibonacci"), "-o", &proof, "--input-hex", INPUT, "--force", "--log-m", "8"]).ok();
    assert_eq!(fs::read(proof).unwrap(), fs::read(shared_proof()).unwrap());
}

/// A prover that is killed in its last phase leaves what was there before, and no file that looks like a proof.
#[test]
fn a_killed_prover_leaves_no_proof() {
    let folder = folder("killed");
    let (old, new) = (folder.join("old"), folder.join("new"));
    fs::write(&old, b"before").unwrap();
    let input = format!("12000000{}", "00".repeat(32));
    for path in [&old, &new] {
        let args = ["prove", &elf("sha256-chain"), "-o", &text(path), "--input-hex", &input, "--progress", "json"];
        let mut child = command(&args).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let reached = lines.any(|line| line.unwrap().contains("\"main_sumcheck\""));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert!(reached && !status.success(), "{status}");
    }
    assert_eq!(fs::read(&old).unwrap(), b"before");
    assert!(!new.exists(), "{:?}", names(&folder));
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let program = elf("fibonacci");
    lariat(&[]).wrong_usage("Usage");
    lariat(&["frobnicate"]).wrong_usage("unrecognized");
    lariat(&["prove", &program]).wrong_usage("--proof");
    lariat(&["run", &program, "--input-hex", "0g"]).wrong_usage("not a hexadecimal digit");
    lariat(&["run", &program, "--input-hex", "000"]).wrong_usage("odd number of digits");
    lariat(&["run", &program, "--input-hex", "00", "--input", "x"]).wrong_usage("cannot be used with");
    lariat(&["prove", &program, "-o", "x", "--pcs", "none"]).wrong_usage("hyrax");
    lariat(&["prove", &program, "-o", "x", "--argument", "none"]).wrong_usage("lasso");
    lariat(&["prove", &program, "-o", "x", "--hash", "md5"]).wrong_usage("keccak256");
    lariat(&["prove", &program, "-o", "x", "--log-m", "12"]).wrong_usage("8 or 16");
    lariat(&["prove", &program, "-o", "x", "--threads", "0"]).wrong_usage("--threads");
    lariat(&["prove", &program, "-o", "x", "--progress", "loud"]).wrong_usage("json");
}
