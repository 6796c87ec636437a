//! Where results are written: pipes, links, standard output, and files that are inputs or other results as well.

use crate::support::{INPUT, OUTPUT, Outcome, command, elf, folder, lariat, names, shared_proof, text, unhex};
use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Stdio},
};

/// What a command left whose standard output may be anything.
struct Written {
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: String,
}

/// Runs the command with these bytes as its standard input.
fn piped(args: &[&str], stdin: &[u8]) -> Written {
    let mut child = command(args).stdin(Stdio::piped()).spawn().unwrap();
    // A command that refuses reads nothing.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    Written { code: output.status.code(), stdout: output.stdout, stderr: String::from_utf8(output.stderr).unwrap() }
}

/// Runs a line of a shell in which `$L` is the command.
fn shell(folder: &Path, line: &str) -> Outcome {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder);
    command.env("L", env!("CARGO_BIN_EXE_lariat")).env("ELF", elf("fibonacci"));
    let output = command.output().unwrap();
    let utf8 = |bytes| String::from_utf8(bytes).unwrap();
    Outcome { code: output.status.code().unwrap_or(-1), stdout: utf8(output.stdout), stderr: utf8(output.stderr) }
}

const PROVE: [&str; 4] = ["--input-hex", INPUT, "--log-m", "8"];

fn prove(options: &[&str]) -> Written {
    piped(&[&["prove", &elf("fibonacci")], &PROVE[..], options].concat(), &[])
}

fn proof() -> Vec<u8> {
    fs::read(shared_proof()).unwrap()
}

#[test]
fn a_dash_is_standard_output_for_every_result() {
    let folder = folder("files-dash");
    let written = prove(&["-o", "-"]);
    assert!(written.code == Some(0) && written.stdout == proof(), "{}", written.stderr);
    assert!(written.stderr.contains("proven and verified") && written.stderr.contains("standard output"));
    // The report goes beside it, also as JSON.
    let output = text(&folder.join("output"));
    let written = prove(&["-o", "-", "--json", "--output", &output]);
    let report: serde_json::Value = serde_json::from_str(&written.stderr).unwrap();
    assert_eq!((&report["output_hex"], &report["proof_bytes"]), (&OUTPUT.into(), &proof().len().into()));
    assert!(written.stdout == proof() && fs::read(&output).unwrap() == unhex(OUTPUT));

    let program = elf("fibonacci");
    let written = piped(&["run", &program, "--input-hex", INPUT, "--output", "-"], &[]);
    assert_eq!((written.code, written.stdout), (Some(0), unhex(OUTPUT)));
    assert!(written.stderr.contains("ran 81 instructions"), "{}", written.stderr);

    let key = text(&folder.join("key"));
    lariat(&["preprocess", &program, "-o", &key]).ok();
    let written = piped(&["preprocess", &program, "-o", "-"], &[]);
    assert!(written.stdout == fs::read(&key).unwrap() && written.stderr.contains("preprocessed"));

    let setup = text(&folder.join("setup"));
    let make = ["setup", "--insecure-seed", "dash", "--log-size", "4", "-o"];
    let report = lariat(&[&make[..], &[&setup, "--json"]].concat()).ok().json();
    assert_eq!(report["bytes"], fs::metadata(&setup).unwrap().len());
    let written = piped(&[&make[..], &["-"]].concat(), &[]);
    assert!(written.stdout == fs::read(&setup).unwrap() && written.stderr.contains("written to"));

    #[cfg(feature = "attack")]
    {
        let attack = ["attack", "--pcs", "hyrax", "--engine", "1", "--mutations", "2", "-o", "-"];
        let written = piped(&attack, &[]);
        let report: serde_json::Value = serde_json::from_slice(&written.stdout).unwrap();
        assert_eq!((&report["ok"], written.code), (&true.into(), Some(0)));
        assert!(written.stderr.contains("hyrax"), "{}", written.stderr);
    }
    lariat(&["bench", "-o", "-"]).refused(&["folder", "standard output"]);
    assert_eq!(names(&folder), ["key", "output", "setup"]);
}

#[test]
fn a_dash_is_standard_input_for_what_is_read_at_once() {
    let (program, proof_path) = (elf("fibonacci"), shared_proof());
    let verify = |args: &[&str], stdin: &[u8]| piped(&[&["verify"], args].concat(), stdin).code;
    assert_eq!(verify(&[&program, "-", "--input-hex", INPUT], &proof()), Some(0));
    assert_eq!(verify(&["-", &proof_path], &fs::read(&program).unwrap()), Some(0));
    assert_eq!(verify(&[&program, &proof_path, "--input", "-"], &unhex(INPUT)), Some(0));
    assert_eq!(verify(&[&program, &proof_path, "--input", "-"], &[]), Some(1));
    assert_eq!(verify(&[&program, &proof_path, "--output", "-"], &unhex(OUTPUT)), Some(0));
    let run = piped(&["run", &program, "--input", "-", "--output", "-"], &unhex(INPUT));
    assert_eq!((run.code, run.stdout), (Some(0), unhex(OUTPUT)));
    lariat(&["verify", "-", "-"]).refused(&["the program and the proof", "read once"]);
    lariat(&["run", &program, "--input", "-", "--private-input", "-"]).refused(&["the input and the private input"]);
    lariat(&["list", "pcs", "--setup", "-"]).refused(&["setup", "standard input", "name a file"]);
    lariat(&["setup", "--ptau", "-", "-o", "x"]).refused(&["setup", "standard input", "name a file"]);
    lariat(&["bench", "--plot", "-", "-o", "x"]).refused(&["file of records", "name a file"]);
}

/// What `/dev/stdout` is: a link to an open pipe.
#[cfg(target_os = "linux")]
#[test]
fn a_link_to_standard_output_is_written_through() {
    let folder = folder("files-link");
    let link = folder.join("out");
    symlink("/proc/self/fd/1", &link).unwrap();
    let written = prove(&["-o", &text(&link)]);
    assert!(written.code == Some(0) && written.stdout == proof(), "{}", written.stderr);
    assert!(written.stderr.contains("proven and verified"));
    assert_eq!((names(&folder), fs::read_link(&link).unwrap()), (vec!["out".into()], "/proc/self/fd/1".into()));
    // Where standard output is a file, the result alone is in it; and the same file under its name.
    let line = "$L prove $ELF --input-hex 0a000000 --log-m 8 -o";
    for line in [format!("{line} out > a"), format!("{line} - > b"), format!("{line} c > c")] {
        let outcome = shell(&folder, &line);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""), "{outcome:?}");
        assert!(outcome.stderr.contains("proven and verified"), "{outcome:?}");
    }
    for name in ["a", "b", "c"] {
        assert!(fs::read(folder.join(name)).unwrap() == proof(), "{name}");
    }
    // Appended to what is there, as the shell was told.
    shell(&folder, &format!("printf before >> d; {line} - >> d"));
    assert!(fs::read(folder.join("d")).unwrap() == [&b"before"[..], &proof()].concat());
}

#[test]
fn pipes_are_written_through() {
    let folder = folder("files-pipe");
    let pipe = folder.join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let path = text(&pipe);
    for name in ["pipe", "link"] {
        if name == "link" {
            symlink("pipe", folder.join("link")).unwrap();
        }
        let reader = {
            let pipe = pipe.clone();
            // One who ends with the first writer that closes.
            std::thread::spawn(move || {
                let mut got = Vec::new();
                File::open(pipe).unwrap().read_to_end(&mut got).unwrap();
                got
            })
        };
        let written = prove(&["-o", &text(&folder.join(name))]);
        assert_eq!(written.code, Some(0), "{}", written.stderr);
        assert!(reader.join().unwrap() == proof());
    }
    lariat(&["prove", &elf("fibonacci"), "-o", &path, "--output", &path]).refused(&["the proof and the output", &path]);
    assert_eq!(names(&folder), ["link", "pipe"]);
}

/// A pipe without a name, as `>(...)` of a shell is one, and one whose reader has gone.
#[cfg(target_os = "linux")]
#[test]
fn pipes_without_a_name_are_written_through() {
    let folder = folder("files-anonymous");
    let line = "{ $L prove $ELF --input-hex 0a000000 --log-m 8 -o /dev/fd/3 3>&1 >report; } | cat > proof";
    let outcome = shell(&folder, line);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{outcome:?}");
    assert!(fs::read(folder.join("proof")).unwrap() == proof());
    assert!(fs::read_to_string(folder.join("report")).unwrap().contains("proven and verified"));
    let line = "{ $L prove $ELF --input-hex 0a000000 --log-m 8 -o -; echo $? > code; } | true";
    let outcome = shell(&folder, line);
    assert!(outcome.stderr.contains("cannot write the proof -") && outcome.stderr.contains("went away"), "{outcome:?}");
    assert_eq!(fs::read_to_string(folder.join("code")).unwrap(), "1\n");
    // Read-only, which is known before the work.
    let outcome = shell(&folder, "$L prove $ELF --max-steps 1 -o - 1<proof");
    outcome.refused(&["cannot write the proof -"]);
}

#[test]
fn results_under_one_name_are_refused_before_the_work() {
    let folder = folder("files-same");
    let at = |name: &str| text(&folder.join(name));
    fs::create_dir(folder.join("sub")).unwrap();
    fs::write(folder.join("old"), b"old").unwrap();
    fs::hard_link(folder.join("old"), folder.join("hard")).unwrap();
    symlink("new", folder.join("to-new")).unwrap();
    let program = elf("fibonacci");
    for (proof, output) in [
        (at("new"), at("new")),
        (at("new"), at("sub/../new")),
        (at("new"), format!("{}/./new", text(&folder))),
        (at("to-new"), at("new")),
        (at("new"), at("to-new")),
        (at("old"), at("hard")),
        ("-".to_owned(), "-".to_owned()),
    ] {
        let args = ["prove", &program, "-o", &proof, "--output", &output, "--max-steps", "1"];
        lariat(&args).refused(&["the proof and the output", &output, "another name"]);
    }
    assert_eq!(names(&folder), ["hard", "old", "sub", "to-new"]);
    assert_eq!(fs::read(folder.join("old")).unwrap(), b"old");
    // Devices take nothing away from each other.
    lariat(&[&["prove", &program, "-o", "/dev/null", "--output", "/dev/null"], &PROVE[..]].concat()).ok();
}

#[test]
fn results_in_the_place_of_inputs_are_refused_before_the_work() {
    let folder = folder("files-inputs");
    let at = |name: &str| text(&folder.join(name));
    fs::copy(elf("fibonacci"), folder.join("a.elf")).unwrap();
    lariat(&["setup", "--insecure-seed", "x", "--log-size", "4", "-o", &at("a.tau")]).ok();
    lariat_kzg::PowersOfTau::from_seed("x", 3)
        .unwrap()
        .write_ptau(at("a.ptau"), lariat_kzg::Contributions::None)
        .unwrap();
    for name in ["input", "private"] {
        fs::write(folder.join(name), [1, 0, 0, 0]).unwrap();
    }
    for name in ["a.elf", "a.tau", "a.ptau", "input", "private"] {
        fs::hard_link(folder.join(name), folder.join(format!("hard-{name}"))).unwrap();
        symlink(name, folder.join(format!("link-{name}"))).unwrap();
    }
    let before: Vec<Vec<u8>> = names(&folder).iter().map(|name| fs::read(folder.join(name)).unwrap()).collect();
    let (program, input, private, tau, ptau) = (at("a.elf"), at("input"), at("private"), at("a.tau"), at("a.ptau"));
    let inputs = [program.as_str(), "--input", &input, "--private-input", &private];
    for prefix in ["", "hard-", "link-", "./"] {
        for name in ["a.elf", "input", "private"] {
            let target = format!("{}/{prefix}{name}", text(&folder));
            for option in ["-o", "--output"] {
                let other: &[&str] = if option == "-o" { &[] } else { &["-o", "unused"] };
                lariat(&[&["prove"], &inputs[..], other, &[option, &target]].concat()).refused(&["would overwrite"]);
            }
            lariat(&[&["run"], &inputs[..], &["--output", &target]].concat()).refused(&["would overwrite"]);
        }
        let target = |name: &str| format!("{}/{prefix}{name}", text(&folder));
        let setup = ["--setup", &tau, "--allow-insecure-setup"];
        let prove = ["prove", program.as_str(), "-o", &target("a.tau")];
        lariat(&[&prove[..], &setup].concat()).refused(&["the proof would overwrite"]);
        let mut by_variable = command(&prove);
        let refused = by_variable.env("LARIAT_SETUP", &tau).output().unwrap();
        assert!(String::from_utf8(refused.stderr).unwrap().contains("the proof would overwrite"));
        lariat(&["setup", "--ptau", &ptau, "-o", &target("a.ptau")]).refused(&["the setup would overwrite"]);
        lariat(&["preprocess", &program, "-o", &target("a.elf")]).refused(&["the key would overwrite"]);
        #[cfg(feature = "attack")]
        lariat(&[&["attack", "-o", &target("a.tau")], &setup[..]].concat()).refused(&["the report would overwrite"]);
    }
    let after: Vec<Vec<u8>> = names(&folder).iter().map(|name| fs::read(folder.join(name)).unwrap()).collect();
    assert!(before == after);
}

#[test]
fn permissions_stay_and_long_names_are_names() {
    let folder = folder("files-mode");
    let long = folder.join("a".repeat(250));
    let secret = folder.join("secret");
    File::create(&secret).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    let written = prove(&["-o", &text(&secret), "--output", &text(&long)]);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    assert_eq!(fs::metadata(&secret).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fs::read(&secret).unwrap() == proof() && fs::read(&long).unwrap() == unhex(OUTPUT));
    assert_eq!(names(&folder).len(), 2);
}

/// The name that an earlier release gave to its temporary file, planted as a link by somebody who shares the folder.
#[test]
fn planted_links_are_not_followed() {
    let folder = folder("files-planted");
    fs::write(folder.join("victim"), b"precious").unwrap();
    let line = "ln -s victim .proof.$$.partial; exec $L preprocess $ELF -o proof";
    assert_eq!(shell(&folder, line).code, 0);
    assert_eq!(fs::read(folder.join("victim")).unwrap(), b"precious");
    lariat(&["verify", &text(&folder.join("proof")), &shared_proof()]).ok();
}

/// Many processes write one path at once: each succeeds, and the file is that of one of them.
#[test]
fn of_many_processes_one_whole_file_wins() {
    let folder = folder("files-race");
    let key = folder.join("key");
    let guests = ["fibonacci", "btree", "quicksort"];
    let whole: Vec<Vec<u8>> = guests.map(|guest| piped(&["preprocess", &elf(guest), "-o", "-"], &[]).stdout).into();
    for _ in 0..8 {
        let children = guests.map(|guest| command(&["preprocess", &elf(guest), "-o", &text(&key)]).spawn().unwrap());
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{output:?}");
        }
        assert!(whole.contains(&fs::read(&key).unwrap()));
        assert_eq!(names(&folder), ["key"]);
    }
}
