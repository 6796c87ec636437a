//! The programs of riscv-arch-test for RV32I and M, the official architectural tests.
//!
//! Their sources ship inside of RISCOF 1.20.3 on PyPI, the last release of the framework that has them. They are built
//! twice, for this machine and for Linux, with the same words but for the last ones, which hand over the signature. The
//! release has no reference signatures: a reference model makes them, here `qemu-riscv32`. What the tests themselves say
//! that a result must be is in the programs too.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

use super::isa_tests::target_dir;

const VERSION: &str = "1.20.3";
const SHA256: &str = "343a60f2ab20f7640691c940d97a7b07b62c1018144d90871b02c1467ca73f09";
/// Packages that the source archive needs to be looked at by pip.
const PIP_NEEDS: [&str; 2] = ["setuptools==69.5.1", "wheel==0.43.0"];
const COMPILER: &str = "riscv64-unknown-elf-gcc";
const FLAGS: [&str; 10] = [
    "-march=rv32im",
    "-mabi=ilp32",
    "-static",
    "-mcmodel=medany",
    "-nostdlib",
    "-nostartfiles",
    // Warnings are about macros that a model need not define.
    "-w",
    "-DXLEN=32",
    "-DTEST_CASE_1=True",
    "-Tlink.ld",
];
const MODEL: &str = include_str!("arch_tests/model_test.h");
const LINKER_SCRIPT: &str = include_str!("arch_tests/link.ld");
/// Programs for RV32I and for M in the archive.
const NUM_TESTS: [(&str, usize); 2] = [("I", 38), ("M", 8)];

/// One architectural test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArchTest {
    /// Name of the source without its ending, such as `add-01`.
    pub name: String,
    /// The program for this machine. Its output is the signature; its read-only data is what the test says that the
    /// signature starts with.
    pub elf: Vec<u8>,
    /// The program for Linux, which prints the signature.
    pub linux_elf: Vec<u8>,
}

/// All architectural tests of RV32I and M, sorted by extension and name; `None` without the tools that fetch and build
/// them, after saying so on standard error.
///
/// The first call fetches and builds them and keeps them below the target directory; later calls need neither network
/// nor tools.
///
/// # Errors
/// A sentence on what went wrong; under `CI=true` also if tools are missing, for nothing may be skipped there.
pub fn arch_tests() -> Result<Option<Vec<ArchTest>>, String> {
    // Tests of one process run on many threads.
    static FETCH: Mutex<()> = Mutex::new(());
    let mut hasher = DefaultHasher::new();
    (MODEL, LINKER_SCRIPT, FLAGS).hash(&mut hasher);
    let cache = target_dir().join("riscv-arch-test").join(format!("{VERSION}-{:016x}", hasher.finish()));
    {
        let _one_at_a_time = FETCH.lock().unwrap_or_else(PoisonError::into_inner);
        if !cache.is_dir() {
            if let Some(missing) = missing_tool() {
                if env::var("CI").as_deref() == Ok("true") {
                    return Err(format!("{missing} is missing, and CI=true does not allow to skip"));
                }
                eprintln!(
                    "SKIPPED: {missing} is missing (scripts/setup-tests.sh installs it); no architectural test ran"
                );
                return Ok(None);
            }
            fetch_and_build(&cache)?;
        }
    }
    let mut tests = Vec::new();
    for (extension, expected) in NUM_TESTS {
        let folder = cache.join(extension);
        let mut names: Vec<String> = list(&folder)?
            .iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.strip_suffix(".elf")?.to_owned()))
            .collect();
        names.sort();
        if names.len() != expected {
            let found = names.len();
            return Err(format!(
                "expected {expected} programs in {}, found {found}; delete {} to fetch them again",
                folder.display(),
                cache.display()
            ));
        }
        for name in names {
            let read = |ending| {
                let path = folder.join(format!("{name}.{ending}"));
                fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))
            };
            let (elf, linux_elf) = (read("elf")?, read("linux")?);
            tests.push(ArchTest { name, elf, linux_elf });
        }
    }
    Ok(Some(tests))
}

/// The first tool that does not start.
fn missing_tool() -> Option<&'static str> {
    let starts = |program: &str, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if !starts(COMPILER, &["--version"]) {
        return Some(COMPILER);
    }
    (!starts("python3", &["-c", "import venv, ensurepip"])).then_some("python3 with its module venv")
}

/// Fetches the sources and builds all programs into `cache`, all at once or not at all.
fn fetch_and_build(cache: &Path) -> Result<(), String> {
    let work = cache.with_file_name(format!("work-{}", std::process::id()));
    let result = create(&work).and_then(|()| fetch(&work)).and_then(|suite| build(&work, &suite)).and_then(|built| {
        match fs::rename(&built, cache) {
            // Another process was faster.
            Err(_) if cache.is_dir() => Ok(()),
            other => other.map_err(|error| format!("cannot create {}: {error}", cache.display())),
        }
    });
    // What stays behind on failure is only a waste of space.
    let _ = fs::remove_dir_all(&work);
    result
}

/// Lets pip download the archive, checked by its digest, and unpacks it; returns the folder of the suite.
fn fetch(work: &Path) -> Result<PathBuf, String> {
    let venv = work.join("venv");
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    let pip = |arguments: &[&str]| {
        run(Command::new(venv.join("bin/pip")).current_dir(work).args(arguments).arg("--disable-pip-version-check"))
    };
    pip(&[&["install", "--quiet"], &PIP_NEEDS[..]].concat())?;
    write(&work.join("requirements.txt"), &format!("riscof=={VERSION} --hash=sha256:{SHA256}\n"))?;
    pip(&[
        "download",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-binary",
        ":all:",
        "-r",
        "requirements.txt",
    ])?;
    run(Command::new("tar").current_dir(work).args(["-xzf", &format!("riscof-{VERSION}.tar.gz")]))?;
    Ok(work.join(format!("riscof-{VERSION}/riscof/suite")))
}

/// Builds every program for both machines; returns the folder with them.
fn build(work: &Path, suite: &Path) -> Result<PathBuf, String> {
    write(&work.join("model_test.h"), MODEL)?;
    write(&work.join("link.ld"), LINKER_SCRIPT)?;
    let built = work.join("built");
    for (extension, _) in NUM_TESTS {
        let folder = built.join(extension);
        create(&folder)?;
        for source in list(&suite.join("rv32i_m").join(extension))? {
            let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            for (machine, ending) in [("LARIAT", "elf"), ("LINUX", "linux")] {
                run(Command::new(COMPILER)
                    .current_dir(work)
                    .args(FLAGS)
                    .arg(format!("-D{machine}"))
                    .arg("-I.")
                    .arg("-I")
                    .arg(suite.join("env"))
                    .arg(&source)
                    .arg("-o")
                    .arg(folder.join(format!("{name}.{ending}"))))?;
            }
        }
    }
    Ok(built)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("cannot start {command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

fn create(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("cannot create {}: {error}", folder.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(|error| format!("cannot list {}: {error}", folder.display()))
}
