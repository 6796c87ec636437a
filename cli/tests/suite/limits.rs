//! A verifier in little memory: honest and hostile proofs of every scheme under a limit on the address space.

use crate::support::{INPUT, OUTPUT, elf, folder, hex, lariat, skipped, text};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    test_util::{Assembler, ElfBuilder, ElfSegment, nightly},
};
use lariat_jolt_core::{Header, Program, SetupId, cells::CellLayout, protocol::Shape};
use lariat_pcs::{BatchSize, Parts, VerifyError, Workload};
use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

/// The limit on the address space, in KiB: 256 MiB.
const LIMIT_KIB: u32 = 256 << 10;

/// Longest file that the command reads as a proof.
const MAX_PROOF_BYTES: u64 = 256 << 20;

/// Longest that a refusal or a verification may take.
const TIMEOUT: Duration = Duration::from_secs(120);

/// An insecure setup that is large enough for short runs.
fn setup() -> &'static str {
    static SETUP: OnceLock<String> = OnceLock::new();
    SETUP.get_or_init(|| {
        let path = text(&folder("limits-setup").join("limits.tau"));
        lariat(&["setup", "--insecure-seed", "limits", "--log-size", "17", "-o", &path]).ok();
        path
    })
}

/// An honest proof under each scheme.
fn proofs() -> &'static [(&'static str, Vec<u8>)] {
    static PROOFS: OnceLock<Vec<(&'static str, Vec<u8>)>> = OnceLock::new();
    PROOFS.get_or_init(|| {
        let folder = folder("limits-proofs");
        let prove = |name: &'static str| {
            let path = folder.join(name);
            let args = ["--pcs", name, "--log-m", "8", "--setup", setup(), "--allow-insecure-setup"];
            let prove = ["prove", &elf("fibonacci"), "--input-hex", INPUT, "-o", &text(&path)];
            lariat(&[&prove[..], &args].concat()).ok();
            (name, fs::read(path).unwrap())
        };
        lariat_schemes::ALL.iter().map(|scheme| prove(scheme.kind.name())).collect()
    })
}

/// What a command under the limit left: its exit code, `None` if a signal ended it, and what it printed.
#[derive(Debug)]
struct Limited {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Runs `lariat` under the limit. It must end by itself, in time.
fn limited(kib: u32, args: &[&str]) -> Limited {
    let script = format!("ulimit -v {kib} && exec \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &script, "sh", env!("CARGO_BIN_EXE_lariat")])
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > TIMEOUT {
            child.kill().unwrap();
            panic!("{args:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let mut outcome = Limited { code: status.code(), stdout: String::new(), stderr: String::new() };
    child.stdout.unwrap().read_to_string(&mut outcome.stdout).unwrap();
    child.stderr.unwrap().read_to_string(&mut outcome.stderr).unwrap();
    outcome
}

/// Whether address spaces can be limited here; says so where they cannot.
fn can_limit() -> bool {
    let can = Command::new("sh").args(["-c", "ulimit -v 1000000"]).status().is_ok_and(|s| s.success());
    if !can {
        skipped("this system has no `ulimit -v`");
    }
    can
}

fn verify(path: &Path) -> Limited {
    let args = ["verify", &elf("fibonacci"), &text(path), "--json", "--setup", setup(), "--allow-insecure-setup"];
    limited(LIMIT_KIB, &args)
}

/// Expects one sentence and exit code 1.
fn refused(what: &str, outcome: &Limited) {
    let Limited { code, stdout, stderr } = outcome;
    assert_eq!(*code, Some(1), "{what}: {outcome:?}");
    assert!(stderr.starts_with("lariat: ") && stderr.lines().count() == 1, "{what}: {stderr}");
    assert!(stdout.starts_with("{\"ok\":false") && !stderr.contains("bug"), "{what}: {stdout} {stderr}");
}

#[test]
fn honest_proofs_verify_in_256_mib() {
    if !can_limit() {
        return;
    }
    let folder = folder("limits-honest");
    for (name, proof) in proofs() {
        let path = folder.join(name);
        fs::write(&path, proof).unwrap();
        let outcome = verify(&path);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{name}: {outcome:?}");
        assert!(outcome.stdout.contains(OUTPUT), "{name}: {outcome:?}");
    }
}

/// The proof with a field of its header replaced. `offset` is that of a header without a setup's name.
fn with_field(proof: &[u8], offset: usize, value: &[u8]) -> Vec<u8> {
    let at = offset + usize::from(proof[17]);
    let mut bytes = proof.to_vec();
    bytes[at..at + value.len()].copy_from_slice(value);
    bytes
}

/// Bytes that look random, the same on every run.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn rejects_hostile_proofs_in_256_mib() {
    if !can_limit() {
        return;
    }
    let folder = folder("limits-hostile");
    for (name, proof) in proofs() {
        let header = 122 + usize::from(proof[17]) + 4 + 8;
        let mut hostile: Vec<(String, Vec<u8>)> = Vec::new();
        for rows in [0, 1 << 24, 1 << 28, (1 << 28) + 1, u64::MAX] {
            hostile.push((format!("{rows} rows"), with_field(proof, 82, &rows.to_le_bytes())));
        }
        let all = u32::MAX.to_le_bytes();
        for (field, offset) in
            [("heap", 90), ("stack", 94), ("output", 98), ("private input", 102), ("input", 114), ("output words", 118)]
        {
            hostile.push((format!("largest {field}"), with_field(proof, offset, &all)));
        }
        // As large as the program allows: heap, private input and rows.
        let largest = with_field(proof, 102, &(1u32 << 20).to_le_bytes());
        hostile.push(("longest private input".into(), with_field(&largest, 82, &(1u64 << 28).to_le_bytes())));
        for len in [header - 1, header, proof.len() / 2, proof.len() - 1] {
            hostile.push((format!("cut at {len}"), proof[..len].to_vec()));
        }
        let rest = proof.len() - header;
        hostile.push(("random messages".into(), [&proof[..header], &noise(rest)].concat()));
        hostile.push(("zero messages".into(), [&proof[..header], &vec![0; rest]].concat()));
        hostile.push(("random end".into(), [&proof[..proof.len() - 4096], &noise(4096)].concat()));
        for (what, bytes) in hostile {
            let path = folder.join(name);
            fs::write(&path, bytes).unwrap();
            refused(&format!("{name}, {what}"), &verify(&path));
        }
    }
}

/// Long runs under every scheme: `2^14` rows, and `2^20` with `LARIAT_NIGHTLY=1`.
#[test]
fn honest_proofs_of_long_runs_verify_in_256_mib() {
    if !can_limit() {
        return;
    }
    let nightly = nightly();
    let (log_rows, n) = if nightly { (20, 209_000_u32) } else { (14, 3_200) };
    let folder = folder("limits-long");
    let (setup, path) = (text(&folder.join("long.tau")), text(&folder.join("proof")));
    let log_size = (log_rows + 1).to_string();
    lariat(&["setup", "--insecure-seed", "limits", "--log-size", &log_size, "-o", &setup]).ok();
    let input = hex(&n.to_le_bytes());
    let program = elf("fibonacci");
    let common = ["--setup", &setup, "--allow-insecure-setup", "--json"];
    for scheme in lariat_schemes::ALL {
        let name = scheme.kind.name();
        let prove = ["prove", &program, "--input-hex", &input, "--pcs", name, "-o", &path];
        let rows = lariat(&[&prove[..], &common].concat()).ok().json()["rows"].as_u64().unwrap();
        assert_eq!(rows.next_power_of_two(), 1 << log_rows, "{name}: {rows} rows");
        let start = Instant::now();
        let outcome = limited(LIMIT_KIB, &[&["verify", &program, &path, "--input-hex", &input][..], &common].concat());
        println!("{name}: {} bytes verified in {:.1?}", fs::metadata(&path).unwrap().len(), start.elapsed());
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{name}: {outcome:?}");
    }
}

/// The beginning of a proof of so many rows under the parameters that belong to them, which says that every part of its
/// commitments is sent or that none is, and the length of such a proof; none if there are no parameters for so many.
fn start_for(proof: &[u8], rows: u64, is_sent: bool) -> Option<(Vec<u8>, u64)> {
    let schemes = lariat_schemes::all();
    let program = Program::from_elf(&fs::read(elf("fibonacci")).unwrap()).unwrap();
    let (mut header, _) = Header::parse(proof, &schemes).unwrap();
    header.steps = rows;
    let params = header.config.params;
    let layout = CellLayout::new(params, program.image(), program.bytecode(), &header);
    let shape = Shape::new(params, &header, &layout);
    let pcs = schemes.setup(header.config.pcs, Workload { num_vars: &shape.all_columns() }).ok()?;
    header.setup = SetupId::of(pcs.as_ref());
    let mut bytes = header.to_bytes();
    let header_len = bytes.len();
    let mut next = header_len;
    for num_vars in [shape.private_batch(), shape.witness_batch()] {
        bytes.resize(next, 0);
        let parts = Parts::new(vec![is_sent; pcs.num_parts(&num_vars)]);
        bytes.extend(parts.to_bytes());
        next += pcs.commitment_bytes(BatchSize { num_vars: &num_vars, num_sent: parts.num_sent() });
    }
    // All or none of the evaluations are zero, as their bits say.
    let columns = shape.all_columns().len();
    let Err(VerifyError::PartsMissing { needed }) = shape.proof_bytes(pcs.as_ref(), &bytes[header_len..]) else {
        panic!("the length does not follow from the commitments alone");
    };
    bytes.resize(header_len + needed - columns.div_ceil(8), 0);
    bytes.extend(Parts::new(vec![is_sent; columns]).to_bytes());
    let length = header_len + shape.proof_bytes(pcs.as_ref(), &bytes[header_len..]).unwrap();
    Some((bytes, length as u64))
}

/// A file of just the right length for 2^24 rows (2^28 with `LARIAT_NIGHTLY=1`), under the right parameters, with every part of the
/// commitments or with none, its messages all zero: refused for what is in the messages, within the limit.
#[test]
fn rejects_proofs_of_the_right_length_for_many_rows_in_256_mib() {
    if !can_limit() {
        return;
    }
    let nightly = nightly();
    let folder = folder("limits-length");
    let needs_setup = |name: &str| lariat_schemes::ALL.iter().any(|s| s.needs_setup && s.kind.name() == name);
    for (name, proof) in proofs() {
        let path = folder.join(name);
        if needs_setup(name) {
            // There are powers of tau for 2^17 evaluations: refused for want of more.
            fs::write(&path, with_field(proof, 82, &(1u64 << 24).to_le_bytes())).unwrap();
            refused(name, &verify(&path));
            continue;
        }
        let wanted = if nightly { 28 } else { 24 };
        for is_sent in [true, false] {
            // Or the most rows that the scheme takes.
            let most =
                (1..=wanted).rev().find_map(|log_rows| Some((log_rows, start_for(proof, 1 << log_rows, is_sent)?)));
            let (log_rows, (start, length)) = most.unwrap();
            assert!(log_rows >= 24, "{name}: 2^{log_rows} rows");
            fs::write(&path, &start).unwrap();
            refused(name, &verify(&path));
            fs::File::options().write(true).open(&path).unwrap().set_len(length).unwrap();
            if length > MAX_PROOF_BYTES {
                refused(name, &verify(&path));
                continue;
            }
            let start = Instant::now();
            let outcome = verify(&path);
            let elapsed = start.elapsed();
            println!("{name}: {length} bytes for 2^{log_rows} rows refused in {elapsed:.1?}");
            refused(name, &outcome);
            // Nothing is derived at the size that the header claims before messages are looked at.
            assert!(elapsed < Duration::from_secs(10), "{name}: {elapsed:.1?}");
            for early in ["truncated or extended", "another setup"] {
                assert!(!outcome.stderr.contains(early), "{name}: {outcome:?}");
            }
        }
    }
}

/// A file as large as the machine's disk allows is refused without being read into memory.
#[test]
fn rejects_huge_files_in_256_mib() {
    if !can_limit() {
        return;
    }
    let folder = folder("limits-huge");
    let (_, proof) = &proofs()[0];
    let path: PathBuf = folder.join("huge");
    for bytes in [200 << 20, 300 << 20, 1u64 << 36] {
        fs::write(&path, proof).unwrap();
        // Sparse: it takes no space.
        fs::File::options().write(true).open(&path).unwrap().set_len(bytes).unwrap();
        refused(&format!("{bytes} bytes"), &verify(&path));
    }
}

/// Where memory does not suffice for proving, the command says so before it begins, or is ended without an output.
#[test]
fn proving_in_too_little_memory_leaves_nothing() {
    if !can_limit() {
        return;
    }
    let folder = folder("limits-prove");
    let (proof, output) = (text(&folder.join("proof")), text(&folder.join("output")));
    let input = format!("48000000{}", "00".repeat(32));
    let args =
        ["prove", &elf("sha256-chain"), "-o", &proof, "--output", &output, "--input-hex", &input, "--threads", "1"];
    let outcome = limited(64 << 10, &args);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert!(outcome.stderr.contains("MiB are available") && outcome.stderr.contains("--force"), "{outcome:?}");
    // With --force it fails on the way, by a signal or with a code, but not with a proof.
    let outcome = limited(64 << 10, &[&args[..], &["--force"]].concat());
    assert_ne!(outcome.code, Some(0), "{outcome:?}");
    assert!(!outcome.stderr.is_empty());
    assert_eq!(crate::support::names(&folder), [""; 0]);
}

/// Three instructions that exit with 7, as `li a0, 7; li a7, 93; ecall`, and more memory than a file stores: 255 MiB of
/// zeros behind them, or an instruction at the other end of the code window.
fn sparse_programs() -> [(&'static str, Vec<u8>); 2] {
    let (start, end) = (0x1_0000, 0x1_0000 + (64 << 20));
    let exit = |at| {
        let mut code = Assembler::new(at);
        code.exit(7);
        ElfSegment::load(at, 5, &code.assemble())
    };
    let mut jump = Assembler::new(start);
    jump.load_constant(5, end - 12).push(Instruction::i_type(Opcode::Jalr, 0, 5, 0));
    let zeros = vec![exit(start), ElfSegment::zeros(0x2_0000, 6, 0x0fff_0000 - 12)];
    let ends = vec![ElfSegment::load(start, 5, &jump.assemble()), exit(end - 12)];
    [("zeros", zeros), ("ends", ends)].map(|(name, segments)| (name, ElfBuilder::new(start, segments).build()))
}

/// Zeros and gaps cost neither prover nor verifier anything: the first takes 512 MiB, the second 256 MiB.
#[test]
fn programs_of_zeros_and_gaps_are_proven_and_verified_in_little_memory() {
    if !can_limit() {
        return;
    }
    let folder = folder("limits-sparse");
    for (name, elf) in sparse_programs() {
        let (program, proof) = (text(&folder.join(name)), text(&folder.join(format!("{name}.proof"))));
        fs::write(&program, &elf).unwrap();
        assert!(elf.len() <= 1 << 14, "{name}: {} bytes", elf.len());
        let outcome = limited(512 << 10, &["prove", &program, "-o", &proof, "--json", "--threads", "1"]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{name}: {outcome:?}");
        let outcome = limited(LIMIT_KIB, &["verify", &program, &proof, "--json"]);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{name}: {outcome:?}");
        assert!(outcome.stdout.contains("\"exit_code\":7"), "{name}: {outcome:?}");
    }
}

/// Where a scheme takes much for columns that are long and almost all zero, the command says so before it begins.
#[test]
fn the_estimate_covers_what_a_scheme_takes_for_large_regions() {
    if !can_limit() {
        return;
    }
    let folder = folder("limits-estimate");
    let (name, elf) = &sparse_programs()[0];
    let (program, proof) = (text(&folder.join(name)), text(&folder.join("proof")));
    fs::write(&program, elf).unwrap();
    for scheme in ["basefold", "whir", "ligerito"] {
        let args = ["prove", &program, "-o", &proof, "--pcs", scheme, "--threads", "1"];
        let outcome = limited(LIMIT_KIB, &args);
        assert_eq!(outcome.code, Some(1), "{scheme}: {outcome:?}");
        assert!(outcome.stderr.contains("MiB are available") && outcome.stderr.contains("--force"), "{outcome:?}");
        assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:?}");
    }
}

/// A limit of the memory is kept, by keeping less, and what the refusal asks for is enough.
#[cfg(target_os = "linux")]
#[test]
fn a_limit_of_the_memory_is_kept() {
    let folder = folder("limits-memory");
    let proof = |name: &str| text(&folder.join(name));
    let (usual, less) = (proof("usual"), proof("less"));
    let prove = |proof: &str, more: &[&str]| {
        let program = elf("fibonacci");
        // 169,631 rows: the plans then differ by more than holes of the heap, which depend on as little as the length of a path.
        let mut args = vec!["prove", &program, "-o", proof, "--input-hex", "80840000", "--threads", "1", "--json"];
        args.extend(more);
        lariat(&args)
    };
    let costs = prove(&usual, &[]).ok().json();
    assert_eq!(costs["memory_plan"], "medium");
    let peak = |costs: &serde_json::Value, name: &str| costs[name].as_f64().unwrap() / f64::from(1 << 20);
    let both = |costs: &serde_json::Value| (peak(costs, "estimated_peak_bytes"), peak(costs, "peak_rss_bytes"));
    let (usual_estimate, usual_peak) = both(&costs);
    // One run has taken 64 to 69 MiB, by its paths and its environment.
    let near = |estimated: f64, was: f64| (estimated - was).abs() < 0.1 * was + 6.0;
    assert!(near(usual_estimate, usual_peak), "{usual_estimate} MiB estimated, {usual_peak} MiB taken");
    // So little that nothing helps, and what the refusal says would do.
    let refusal = prove(&less, &["--memory", "8M"]).refused(&["at least and 8 MiB are allowed", "--memory "]).stderr;
    let wanted = refusal.split("give it --memory ").nth(1).unwrap().split(',').next().unwrap();
    assert!(!Path::new(&less).exists());
    let allowed: f64 = wanted.trim_end_matches('M').parse().unwrap();
    let (_, was) = both(&prove(&less, &["--memory", wanted]).ok().json());
    assert!(was < 1.1 * allowed + 6.0, "{wanted} were asked for, {was} MiB taken");
    // The least that there is, and that it is kept when it is the limit.
    let costs = prove(&less, &["--memory", "8M", "--force"]).ok().json();
    let (least, _) = both(&costs);
    let limit = format!("{}M", least.ceil());
    let costs = prove(&less, &["--memory", &limit]).ok().json();
    let (estimated, was) = both(&costs);
    assert!(["small", "least"].iter().any(|plan| costs["memory_plan"] == *plan), "{costs}");
    assert!((estimated - least).abs() < 1e-6 && near(estimated, was), "{estimated} MiB estimated, {was} MiB taken");
    assert!(estimated < usual_estimate && was < usual_peak, "{was} MiB, {usual_peak} MiB usual");
    assert!(fs::read(&usual).unwrap() == fs::read(&less).unwrap());
    // More than the usual plan takes.
    assert_eq!(prove(&less, &["--memory", "1G"]).ok().json()["memory_plan"], "large");
}
