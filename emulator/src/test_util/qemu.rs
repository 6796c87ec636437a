//! Running Linux ELFs under `qemu-riscv32`, as a second opinion on what programs do.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PROGRAM: &str = "qemu-riscv32";

/// `qemu-riscv32` with a file that it runs programs from.
#[derive(Clone, Debug)]
pub struct Qemu {
    file: PathBuf,
}

impl Qemu {
    /// The installed `qemu-riscv32`; `None` if there is none, after saying so on standard error. `folder` gets a file
    /// called `name`, which every run replaces.
    ///
    /// # Errors
    /// Under `CI=true`, when it is not installed: there, nothing may be skipped.
    pub fn find(folder: &str, name: &str) -> Result<Option<Self>, String> {
        let version = Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        if version.is_ok_and(|status| status.success()) {
            return Ok(Some(Self { file: Path::new(folder).join(name) }));
        }
        if std::env::var("CI").as_deref() == Ok("true") {
            return Err(format!("{PROGRAM} is missing, and CI=true does not allow to skip"));
        }
        eprintln!("SKIPPED: {PROGRAM} is not installed (scripts/setup-tests.sh does it); nothing was compared with it");
        Ok(None)
    }

    /// Standard output of an ELF that must exit with 0.
    ///
    /// # Errors
    /// A sentence on what went wrong.
    pub fn run(&self, elf: &[u8]) -> Result<Vec<u8>, String> {
        let written = File::create(&self.file).and_then(|mut file| file.write_all(elf)).and_then(|()| {
            #[cfg(unix)]
            fs::set_permissions(&self.file, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
            Ok(())
        });
        written.map_err(|error| format!("cannot write {}: {error}", self.file.display()))?;
        let output = Command::new(PROGRAM).arg(&self.file).stdin(Stdio::null()).output();
        let output = output.map_err(|error| format!("cannot start {PROGRAM}: {error}"))?;
        if output.status.success() { Ok(output.stdout) } else { Err(format!("{PROGRAM} failed: {output:?}")) }
    }
}
