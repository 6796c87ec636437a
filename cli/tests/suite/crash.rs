//! Commands that are killed, that run out of space, and that are given other files than they ask for.

use crate::support::{INPUT, Outcome, command, elf, finish, folder, lariat, names, shared_proof, skipped, text};
use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// Kills of each command that come before its end, spread over its run.
const KILLS: u32 = 20;

/// Runs a command to see how long it takes, then kills it again and again, ever later. `check` sees what each left.
fn kill_all_along(args: &[&str], mut prepare: impl FnMut(), mut check: impl FnMut(bool)) {
    prepare();
    let start = Instant::now();
    assert!(command(args).output().unwrap().status.success(), "{args:?}");
    let mut whole = start.elapsed();
    check(true);
    let (mut killed, mut tried) = (0, 0);
    while killed < KILLS {
        assert!(tried < 4 * KILLS, "only {killed} of {tried} kills came before the end");
        let k = tried % KILLS;
        tried += 1;
        prepare();
        let mut child = command(args).spawn().unwrap();
        // Most of them late, where files are written.
        let part = 1.0 - (1.0 - f64::from(k) / f64::from(KILLS)).powi(2);
        std::thread::sleep(whole.mul_f64(part.max(0.02)));
        child.kill().unwrap();
        let finished = child.wait().unwrap().success();
        killed += u32::from(!finished);
        if finished {
            // The first run was slower than the others are.
            whole = whole.mul_f64(0.9);
        }
        check(finished);
    }
    println!("{}: {killed} of {tried} killed before the end of {whole:.0?}", args[0]);
}

/// Names in a folder that a person would take for results.
fn visible(folder: &Path) -> Vec<String> {
    names(folder).into_iter().filter(|name| !name.starts_with('.')).collect()
}

#[test]
fn a_prover_killed_at_any_moment_leaves_whole_files_or_none() {
    let folder = folder("crash-prove");
    let (proof, output) = (folder.join("proof"), folder.join("output"));
    let program = elf("fibonacci");
    let (proof_text, output_text) = (text(&proof), text(&output));
    let args = ["prove", &program, "--input-hex", INPUT, "-o", &proof_text, "--output", &output_text, "--log-m", "8"];
    let mut old = false;
    let prepare = || {
        // In turns over nothing, and over what an earlier run left.
        old = !old;
        for path in [&proof, &output] {
            let _ = fs::remove_file(path);
        }
        if old {
            fs::copy(shared_proof(), &proof).unwrap();
        }
    };
    kill_all_along(&args, prepare, |finished| {
        assert!(visible(&folder).iter().all(|name| name == "proof" || name == "output"), "{:?}", names(&folder));
        if proof.exists() {
            lariat(&["verify", &program, &proof_text, "--input-hex", INPUT]).ok();
        }
        assert!(!finished || (proof.exists() && output.exists()));
        if output.exists() {
            assert_eq!(fs::read(&output).unwrap(), 55u32.to_le_bytes());
        }
    });
    // What was left behind is gone after the next run.
    fs::write(folder.join(".lariat-aaaaaaaaaaaaaaaa.partial"), b"half a proof").unwrap();
    lariat(&args).ok();
    if cfg!(target_os = "linux") {
        assert_eq!(names(&folder), ["output", "proof"]);
    }
}

/// A setup is several MiB, so that kills hit the writing too.
#[test]
fn a_setup_killed_at_any_moment_leaves_a_whole_file_or_none() {
    let folder = folder("crash-setup");
    let path = folder.join("test.tau");
    let name = text(&path);
    let args = ["setup", "--insecure-seed", "crash", "--log-size", "15", "-o", &name];
    kill_all_along(
        &args,
        || drop(fs::remove_file(&path)),
        |finished| {
            assert!(visible(&folder).iter().all(|name| name == "test.tau"), "{:?}", names(&folder));
            assert!(!finished || path.exists());
            if path.exists() {
                let powers = lariat_kzg::PowersOfTau::open(&path).unwrap();
                assert_eq!(powers.powers().unwrap().len(), 1 << 15);
            }
        },
    );
    lariat(&args).ok();
    if cfg!(target_os = "linux") {
        assert_eq!(names(&folder), ["test.tau"]);
    }
}

#[test]
fn a_preprocessor_killed_at_any_moment_leaves_a_whole_key_or_none() {
    let folder = folder("crash-preprocess");
    let path = folder.join("key");
    let name = text(&path);
    let program = elf("sha256-chain");
    kill_all_along(
        &["preprocess", &program, "-o", &name],
        || drop(fs::remove_file(&path)),
        |finished| {
            assert!(visible(&folder).iter().all(|name| name == "key"), "{:?}", names(&folder));
            assert!(!finished || path.exists());
            if path.exists() {
                lariat(&["run", &name, "--input-hex", &format!("01000000{}", "00".repeat(32))]).ok();
            }
        },
    );
}

/// Half a record is no record: a sweep that was killed is continued, and tables and plots are whole or absent.
#[test]
fn a_sweep_that_was_killed_goes_on() {
    let folder = folder("crash-bench");
    let out = folder.join("out");
    let out_text = text(&out);
    let args = ["bench", "--pcs", "hyrax", "--guests", "fibonacci", "--sizes", "10", "--runs", "2", "--log-m", "8"];
    let args = [&args[..], &["-o", &out_text, "--resume"]].concat();
    for delay in [0, 20, 80, 200, 400] {
        let mut child = command(&args).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        for name in if out.exists() { visible(&out) } else { Vec::new() } {
            let text = fs::read_to_string(out.join(&name)).unwrap();
            let whole = match Path::new(&name).extension().and_then(|e| e.to_str()) {
                Some("svg") => text.trim_end().ends_with("</svg>"),
                Some("md") => text.ends_with('\n'),
                _ => true,
            };
            assert!(whole, "{name} is cut");
        }
    }
    let records = out.join("results.jsonl");
    fs::create_dir_all(&out).unwrap();
    let mut text = fs::read(&records).unwrap_or_default();
    text.extend(b"{\"schema\":2,\"pcs\":\"hy");
    fs::write(&records, text).unwrap();
    lariat(&[&args[..], &["--json"]].concat()).ok();
    let text = fs::read_to_string(&records).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
}

/// What must be said of a file that cannot be written for want of space.
fn no_space(outcome: Outcome, kind: &str) {
    outcome.refused(&[&format!("cannot write the {kind}"), "nothing was written", "choose another place"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_so() {
    use std::os::unix::fs::symlink;
    let folder = folder("crash-full");
    let (full, proof) = (folder.join("full"), folder.join("proof"));
    symlink("/dev/full", &full).unwrap();
    let (full_text, proof_text, program) = (text(&full), text(&proof), elf("fibonacci"));
    let prove = ["prove", &program, "--input-hex", INPUT, "--log-m", "8"];
    no_space(lariat(&[&prove[..], &["-o", &full_text]].concat()), "proof");
    no_space(lariat(&[&prove[..], &["-o", &proof_text, "--output", &full_text]].concat()), "output");
    no_space(lariat(&["preprocess", &program, "-o", &full_text]), "key");
    no_space(lariat(&["setup", "--insecure-seed", "x", "--log-size", "4", "-o", &full_text]), "setup");
    no_space(lariat(&["run", &program, "--input-hex", INPUT, "--output", &full_text]), "output");
    // The device is still there, and nothing appeared beside the link.
    assert_eq!((names(&folder), fs::read_link(&full).unwrap()), (vec!["full".to_owned()], "/dev/full".into()));
}

/// A limit on the size of files stands for a disk that gets full while a file is written: what was there stays.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_gets_full_leaves_what_was_there() {
    let folder = folder("crash-size");
    let program = elf("fibonacci");
    // `ulimit -f` counts blocks of 512 or 1024 bytes.
    let small_files = |blocks: u32, args: &[&str]| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let output =
            Command::new("sh").args(["-c", &script, "sh", env!("CARGO_BIN_EXE_lariat")]).args(args).output().unwrap();
        let utf8 = |bytes| String::from_utf8(bytes).unwrap();
        Outcome { code: output.status.code().unwrap_or(-1), stdout: utf8(output.stdout), stderr: utf8(output.stderr) }
    };
    let path = |name: &str| text(&folder.join(name));
    for name in ["proof", "output", "key", "setup"] {
        fs::write(folder.join(name), b"before").unwrap();
    }
    let (proof, output, key, setup) = (path("proof"), path("output"), path("key"), path("setup"));
    let prove = ["prove", &program, "--input-hex", INPUT, "--log-m", "8", "-o", &proof, "--output", &output];
    no_space(small_files(8, &prove), "proof");
    no_space(small_files(0, &["preprocess", &program, "-o", &key]), "key");
    no_space(small_files(8, &["setup", "--insecure-seed", "x", "--log-size", "10", "-o", &setup]), "setup");
    assert_eq!(names(&folder), ["key", "output", "proof", "setup"]);
    for name in ["proof", "output", "key", "setup"] {
        assert_eq!(fs::read(folder.join(name)).unwrap(), b"before", "{name}");
    }
}

/// Files that cannot be read, and files in each other's place: one sentence that names the file.
#[test]
fn other_files_than_asked_for_are_named() {
    let folder = folder("crash-swapped");
    let (program, proof) = (elf("fibonacci"), shared_proof());
    let path = |name: &str| text(&folder.join(name));
    let (setup, other, small, key) = (path("a.tau"), path("b.tau"), path("c.tau"), path("a.key"));
    let kzg = path("kzg.proof");
    lariat(&["setup", "--insecure-seed", "a", "--log-size", "17", "-o", &setup]).ok();
    lariat(&["setup", "--insecure-seed", "b", "--log-size", "17", "-o", &other]).ok();
    lariat(&["setup", "--insecure-seed", "a", "--log-size", "4", "-o", &small]).ok();
    lariat(&["preprocess", &program, "-o", &key]).ok();
    let insecure = |setup| ["--pcs", "zeromorph", "--allow-insecure-setup", "--setup", setup];
    let prove = ["prove", &program, "--input-hex", INPUT, "--log-m", "8", "-o", &kzg];
    lariat(&[&prove[..], &insecure(&setup)].concat()).ok();
    let ptau = path("d.ptau");
    lariat_kzg::PowersOfTau::from_seed("d", 3).unwrap().write_ptau(&ptau, lariat_kzg::Contributions::None).unwrap();
    let here = text(&folder);
    let btree = elf("btree");

    let cases: Vec<(Vec<&str>, &[&str])> = vec![
        // In each other's place.
        (
            vec!["verify", &proof, &program],
            &["fibonacci.proof is a proof", "program is asked for", "`verify` takes it first"],
        ),
        (vec!["verify", &program, &program], &["fibonacci.elf is an ELF", "proof is asked for"]),
        (vec!["verify", &program, &key], &["a.key is a key", "proof is asked for"]),
        (vec!["verify", &program, &setup], &["a.tau is a setup", "proof is asked for"]),
        (vec!["inspect", &program, &proof], &["fibonacci.elf is an ELF", "proof is asked for"]),
        (vec!["run", &setup], &["a.tau is a setup", "program is asked for"]),
        (vec!["run", &proof], &["fibonacci.proof is a proof", "program is asked for"]),
        (vec!["preprocess", &proof, "-o", &kzg], &["fibonacci.proof is a proof", "program is asked for"]),
        (vec!["verify", &program, &kzg, "--setup", &proof], &["fibonacci.proof is a proof", "setup is asked for"]),
        (vec!["verify", &program, &kzg, "--setup", &program], &["fibonacci.elf is an ELF", "setup is asked for"]),
        (vec!["verify", &program, &kzg, "--setup", &ptau], &["d.ptau is a ceremony's file", "--ptau"]),
        // Of another program, another seed, too small.
        (vec!["verify", &btree, &proof], &["another program", "give the ELF that was proven"]),
        (
            vec!["verify", &program, &kzg, "--allow-insecure-setup", "--setup", &other],
            &["another setup", "INSECURE seed a", "INSECURE seed b", "pass the setup file"],
        ),
        (vec!["verify", &program, &kzg], &["zeromorph", "lariat setup", "--setup"]),
        ([&prove[..], &insecure(&small)].concat(), &["powers of tau", "2^4"]),
        // Not readable.
        (vec!["run", &here], &["cannot read the program", "crash-swapped", "name a file in it"]),
        (vec!["verify", &program, &here], &["cannot read the proof", "crash-swapped", "name a file in it"]),
        (vec!["verify", &program, &kzg, "--setup", &here], &["cannot read the setup", "crash-swapped"]),
        (vec!["verify", &program, &kzg, "--setup", "no/such"], &["cannot read the setup no/such", "check the path"]),
        (
            vec!["setup", "--ptau", "no/such.ptau", "-o", &kzg],
            &["cannot read the setup no/such.ptau", "check the path"],
        ),
        (vec!["setup", "--ptau", &program, "-o", &kzg], &["fibonacci.elf", ".ptau"]),
        (vec!["run", &program, "--input", &here], &["cannot read the input", "crash-swapped", "name a file in it"]),
    ];
    for (args, parts) in cases {
        lariat(&args).refused(parts);
    }
    // None of them changed what they named.
    lariat(&["verify", &program, &kzg, "--allow-insecure-setup", "--setup", &setup]).ok();
    lariat(&["verify", &key, &proof]).ok();
    lariat(&["verify", &program]).wrong_usage("PROOF");
}

/// Root may read everything, unless it gives up the right to.
#[cfg(unix)]
#[test]
fn files_without_permission_are_named() {
    use std::os::unix::fs::PermissionsExt;
    const LESS: [&str; 1] = ["--bounding-set=-dac_override,-dac_read_search"];
    let path = folder("crash-permission").join("secret.elf");
    fs::copy(elf("fibonacci"), &path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    let program = text(&path);
    let args = ["run", program.as_str()];
    let mut run = command(&args);
    if fs::read(&path).is_ok() {
        let may_read =
            Command::new("setpriv").args(LESS).args(["cat", &program]).output().is_ok_and(|o| o.status.success());
        let works = Command::new("setpriv").args(LESS).arg("true").status().is_ok_and(|status| status.success());
        if may_read || !works {
            skipped("this user may read every file, and `setpriv` does not change that");
            return;
        }
        let own = run;
        run = Command::new("setpriv");
        run.args(LESS).arg(own.get_program()).args(args);
    }
    finish(run, &args).refused(&["cannot read the program", "secret.elf", "check the path and its permissions"]);
}
