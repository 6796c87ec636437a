//! The official RISC-V ISA tests for RV32IM, built for a machine without CSRs.
//!
//! They ship as test data inside a published crate. Cargo downloads that crate; nothing of it is compiled or linked.
//! In that build a passed test executes `ecall` with `t0 = 0` and `a0 = 0`, and a failed one an `unimp`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

use crate::image::{Image, Segment};
use crate::isa::{Instruction, Opcode, decode, encode};

const CRATE: &str = "risc0-circuit-rv32im";
const VERSION: &str = "4.0.5";
const ARCHIVE: &str = "src/prove/testdata/riscv-tests.tgz";
/// Number of ELFs in the archive.
const NUM_TESTS: usize = 46;

/// The official ISA tests, as pairs of name and ELF, sorted by name: one for each RV32IM mnemonic but FENCE, ECALL and
/// EBREAK, and one smoke test.
///
/// The first call downloads them through Cargo and keeps them below the target directory; later calls need no network.
///
/// # Errors
/// A sentence on what went wrong: no network, no `tar`, or an unexpected archive.
pub fn riscv_tests() -> Result<Vec<(String, Vec<u8>)>, String> {
    // Tests of one process run on many threads; they share the folder that the archive is unpacked into.
    static DOWNLOAD: Mutex<()> = Mutex::new(());
    let cache = target_dir().join("riscv-tests").join(VERSION);
    {
        let _one_at_a_time = DOWNLOAD.lock().unwrap_or_else(PoisonError::into_inner);
        if !cache.is_dir() {
            download(&cache)?;
        }
    }
    let mut tests = Vec::new();
    for path in list(&cache)? {
        let bytes = fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // The archive also has a shell script.
        if bytes.starts_with(b"\x7fELF") {
            tests.push((name, bytes));
        }
    }
    tests.sort();
    if tests.len() != NUM_TESTS {
        return Err(format!(
            "expected {NUM_TESTS} ISA tests in {}, found {}; delete that folder to download them again",
            cache.display(),
            tests.len()
        ));
    }
    Ok(tests)
}

/// Makes the last `ecall` of an ISA test end the program by this machine's convention, with the test's `a0` as code.
///
/// The `ecall` becomes a jump to `addi a7, x0, 93; ecall`, which are appended to the code. Everything else stays.
///
/// # Errors
/// If the image has no `ecall`, or no room for two more words.
pub fn patch_exit(image: &mut Image) -> Result<(), String> {
    let mut segments = image.segments.clone();
    let code = |segment: &&mut Segment| segment.executable;
    let text = segments.iter_mut().rfind(code).ok_or("the image has no code")?;
    text.words.resize(text.num_words() as usize, 0);
    text.zeros = 0;
    let is_ecall = |&word: &u32| decode(word).op == Opcode::Ecall;
    let index = text.words.iter().rposition(is_ecall).ok_or("the last code segment has no ecall")?;
    let offset = 4 * (text.words.len() - index) as i32;
    if offset >= 1 << 20 {
        return Err("the last ecall is too far from the end of the code".to_owned());
    }
    text.words[index] = encode(&Instruction::jal(0, offset));
    text.words.push(encode(&Instruction::i_type(Opcode::Addi, 17, 0, 93)));
    text.words.push(encode(&Instruction::system(Opcode::Ecall)));
    let symbols = std::mem::take(&mut image.symbols);
    *image = Image::from_segments(image.entry, segments, &image.memory).map_err(|error| error.to_string())?;
    image.symbols = symbols;
    Ok(())
}

/// The directory that Cargo builds into.
pub(super) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from)
}

/// Lets Cargo download the crate, and unpacks its archive into `cache`, all at once or not at all.
fn download(cache: &Path) -> Result<(), String> {
    let work = cache.with_extension(format!("download-{}", std::process::id()));
    let result = fetch_crate(&work).and_then(|archive| unpack(&archive, &work.join("unpacked"))).and_then(|unpacked| {
        match fs::rename(&unpacked, cache) {
            // Another process was faster.
            Err(_) if cache.is_dir() => Ok(()),
            other => other.map_err(|error| format!("cannot create {}: {error}", cache.display())),
        }
    });
    // What stays behind on failure is only a waste of space.
    let _ = fs::remove_dir_all(&work);
    result
}

/// The archive inside the downloaded crate. `work` gets a manifest of a package that is never built.
fn fetch_crate(work: &Path) -> Result<PathBuf, String> {
    let manifest = work.join("Cargo.toml");
    let text = format!(
        "[package]\nname = \"fetch-riscv-tests\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{CRATE} = {{ version = \"={VERSION}\", default-features = false }}\n"
    );
    fs::create_dir_all(work.join("src"))
        .and_then(|()| fs::write(&manifest, text))
        .and_then(|()| fs::write(work.join("src/lib.rs"), ""))
        .map_err(|error| format!("cannot write {}: {error}", manifest.display()))?;
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(&manifest)
        .current_dir(work)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(format!("cargo could not download {CRATE} {VERSION}: {}", message.trim()));
    }
    let metadata = String::from_utf8_lossy(&output.stdout);
    let manifest_of_crate = metadata
        .split("\"manifest_path\":\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|path| path.contains(&format!("{CRATE}-{VERSION}")))
        .ok_or_else(|| format!("cargo does not say where {CRATE} {VERSION} is"))?
        .replace("\\\\", "\\");
    let archive = Path::new(&manifest_of_crate).with_file_name(ARCHIVE);
    if archive.is_file() { Ok(archive) } else { Err(format!("{CRATE} {VERSION} has no {ARCHIVE}")) }
}

/// Unpacks `archive` with `tar` and returns the folder with the tests.
fn unpack(archive: &Path, into: &Path) -> Result<PathBuf, String> {
    fs::create_dir_all(into).map_err(|error| format!("cannot create {}: {error}", into.display()))?;
    let status = Command::new("tar")
        .arg("-xzf")
        .arg(archive)
        .arg("-C")
        .arg(into)
        .status()
        .map_err(|error| format!("cannot start tar: {error}"))?;
    if !status.success() {
        return Err(format!("tar could not unpack {}", archive.display()));
    }
    list(into)?.into_iter().find(|path| path.is_dir()).ok_or_else(|| format!("{} has no folder", archive.display()))
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(|error| format!("cannot list {}: {error}", folder.display()))
}
