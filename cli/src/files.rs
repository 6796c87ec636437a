//! Reading and writing the files that commands name.

use crate::{
    args::{HexBytes, InputArgs, NamedBy, PrivateInputArgs, SETUP_VARIABLE, SetupArgs},
    error::CliError,
};
use lariat_jolt_core::{Program, keys};
use lariat_kzg::PowersOfTau;
use lariat_pcs::Schemes;
use std::{
    fmt,
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// What a file is to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Program,
    Input,
    PrivateInput,
    Output,
    Proof,
    Key,
    Setup,
    #[cfg(feature = "attack")]
    Report,
}

impl Kind {
    /// Most bytes of such a file: a bound on memory, far above what is useful.
    const fn max_bytes(self) -> u64 {
        match self {
            Self::Program | Self::Key => 1 << 30,
            Self::Setup => 1 << 40,
            Self::Proof => 256 << 20,
            Self::Input | Self::PrivateInput | Self::Output => 64 << 20,
            #[cfg(feature = "attack")]
            Self::Report => 64 << 20,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Program => "program",
            Self::Input => "input",
            Self::PrivateInput => "private input",
            Self::Output => "output",
            Self::Proof => "proof",
            Self::Key => "key",
            Self::Setup => "setup",
            #[cfg(feature = "attack")]
            Self::Report => "report",
        })
    }
}

/// Reads a whole file, but never more than such a file can have.
pub fn read(kind: Kind, path: &Path) -> Result<Vec<u8>, CliError> {
    let max = kind.max_bytes();
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(max + 1).read_to_end(&mut bytes)).map_err(|source| CliError::Read {
        kind,
        path: path.to_path_buf(),
        source,
    })?;
    if bytes.len() as u64 > max {
        return Err(CliError::TooLarge { kind, path: path.to_path_buf(), max });
    }
    match (kind, recognize(&bytes)) {
        // What is read as an input may be anything.
        (Kind::Program | Kind::Proof, Some((found, is))) if found != kind => {
            Err(CliError::Swapped { kind, path: path.to_path_buf(), is })
        }
        _ => Ok(bytes),
    }
}

/// What a file is by its first bytes, and what to call it; a key stands for its program.
fn recognize(bytes: &[u8]) -> Option<(Kind, &'static str)> {
    let known: [(&[u8], Kind, &str); 5] = [
        (b"\x7fELF", Kind::Program, "an ELF"),
        (&keys::KEY_MAGIC, Kind::Program, "a key"),
        (b"LARIATPF", Kind::Proof, "a proof"),
        (b"lariatpt", Kind::Setup, "a setup"),
        (b"ptau", Kind::Setup, "a ceremony's file"),
    ];
    known.into_iter().find(|(magic, ..)| bytes.starts_with(magic)).map(|(_, kind, is)| (kind, is))
}

/// A file that a command will write at its end.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    kind: Kind,
    path: &'a Path,
}

impl<'a> Target<'a> {
    /// Checks, before the work is done, that the file can be written and is none of those in `inputs`.
    pub fn new(kind: Kind, path: &'a Path, inputs: &[Option<&Path>]) -> Result<Self, CliError> {
        let place = fs::canonicalize(path).ok();
        let same = |input: &&Path| place.is_some() && fs::canonicalize(input).ok() == place;
        if inputs.iter().flatten().any(same) && fs::metadata(path).is_ok_and(|found| found.is_file()) {
            return Err(CliError::Overwrite { kind, path: path.to_path_buf() });
        }
        let target = Self { kind, path };
        keys::check_can_save(path).map_err(|source| target.error(source))?;
        keys::remove_leftovers(path);
        Ok(target)
    }

    /// Writes the file, whole or not at all.
    pub fn save(&self, bytes: &[u8]) -> Result<(), CliError> {
        self.stage(bytes)?.publish()
    }

    /// Writes the file under a temporary name; several files are written before the first one appears.
    pub fn stage<'b>(&self, bytes: &'b [u8]) -> Result<StagedTarget<'a, 'b>, CliError> {
        let staged = keys::Staged::write(self.path, bytes).map_err(|source| self.error(source))?;
        Ok(StagedTarget { target: *self, staged })
    }

    /// Has the file written by something that writes whole files or none.
    pub fn save_with<E>(&self, write: impl FnOnce(&Path) -> Result<(), E>) -> Result<(), E> {
        write(self.path)
    }

    fn error(&self, source: std::io::Error) -> CliError {
        CliError::Write { kind: self.kind, path: self.path.to_path_buf(), source }
    }
}

/// A file that is written and does not have its name yet. Dropped, it is removed.
#[must_use = "the file has its name only after `publish`"]
pub struct StagedTarget<'a, 'b> {
    target: Target<'a>,
    staged: keys::Staged<'b>,
}

impl StagedTarget<'_, '_> {
    /// Gives the file its name.
    pub fn publish(self) -> Result<(), CliError> {
        self.staged.publish().map_err(|source| self.target.error(source))
    }
}

/// Loads an ELF or a key, and says how long that took without reading the file.
pub fn load_program(path: &Path) -> Result<(Program, Duration), CliError> {
    let bytes = read(Kind::Program, path)?;
    let start = Instant::now();
    let program = if keys::is_key(&bytes) {
        Program::from_bytes(&bytes).map_err(|source| CliError::Key { path: path.to_path_buf(), source })?
    } else {
        Program::from_elf(&bytes).map_err(|source| CliError::Load { path: path.to_path_buf(), source })?
    };
    Ok((program, start.elapsed()))
}

/// Refuses what is by its first bytes another file than a setup, before a message about its contents.
fn check_is_setup(path: &Path) -> Result<(), CliError> {
    let error = |source| CliError::Read { kind: Kind::Setup, path: path.to_path_buf(), source };
    let mut start = Vec::new();
    File::open(path).and_then(|file| file.take(8).read_to_end(&mut start)).map_err(error)?;
    match recognize(&start) {
        // A ceremony's file is to be imported first.
        Some((_, is)) if !start.starts_with(b"lariatpt") => {
            Err(CliError::Swapped { kind: Kind::Setup, path: path.to_path_buf(), is })
        }
        _ => Ok(()),
    }
}

impl InputArgs {
    /// The bytes, if any were given.
    pub fn load(&self) -> Result<Option<Vec<u8>>, CliError> {
        load_bytes(Kind::Input, self.input.as_deref(), self.input_hex.as_ref())
    }
}

impl SetupArgs {
    /// The setup of the file that was named, if one was.
    pub fn open(&self) -> Result<Option<(PathBuf, PowersOfTau)>, CliError> {
        let Some((path, named_by)) = self.file() else { return Ok(None) };
        let open = || {
            check_is_setup(&path)?;
            let error = |source| CliError::Setup { path: path.clone(), source: Box::new(source) };
            PowersOfTau::open(&path).map_err(error)
        };
        let setup = open().map_err(|error| match named_by {
            NamedBy::Option => error,
            NamedBy::Variable => CliError::Variable { variable: SETUP_VARIABLE, source: Box::new(error) },
        })?;
        Ok(Some((path, setup)))
    }

    /// The schemes, with the setup file that was given and the leave to use an insecure one.
    pub fn apply(&self, schemes: &Schemes) -> Result<Schemes, CliError> {
        let schemes = schemes.clone().allow_insecure_setup(self.allow_insecure);
        Ok(match self.open()? {
            Some((_, setup)) => schemes.with_resource(Arc::new(setup)),
            None => schemes,
        })
    }
}

impl PrivateInputArgs {
    /// The bytes; none if none were given.
    pub fn load(&self) -> Result<Vec<u8>, CliError> {
        let given = load_bytes(Kind::PrivateInput, self.private_input.as_deref(), self.private_input_hex.as_ref())?;
        Ok(given.unwrap_or_default())
    }
}

fn load_bytes(kind: Kind, file: Option<&Path>, hex: Option<&HexBytes>) -> Result<Option<Vec<u8>>, CliError> {
    match (file, hex) {
        (Some(path), _) => read(kind, path).map(Some),
        (None, Some(HexBytes(bytes))) => Ok(Some(bytes.clone())),
        (None, None) => Ok(None),
    }
}
