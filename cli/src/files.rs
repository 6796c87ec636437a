//! Reading and writing the files that commands name.

use crate::{
    args::{HexBytes, InputArgs, MemoryArgs, Named, NamedBy, PrivateInputArgs, SETUP_VARIABLE, SetupArgs},
    error::CliError,
};
use lariat_files::{is_same, is_standard_output};
use lariat_jolt_core::{Program, keys};
use lariat_kzg::PowersOfTau;
use lariat_pcs::Schemes;
use std::{
    fmt,
    fs::File,
    io::{self, Read, Write},
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
    Records,
    Trace,
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
            Self::Input | Self::PrivateInput | Self::Output | Self::Records | Self::Trace => 64 << 20,
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
            Self::Records => "file of records",
            Self::Trace => "trace",
            #[cfg(feature = "attack")]
            Self::Report => "report",
        })
    }
}

/// Reads a whole file, or standard input for `-`, but never more than such a file can have.
pub fn read(kind: Kind, path: &Path) -> Result<Vec<u8>, CliError> {
    let max = kind.max_bytes();
    let mut bytes = Vec::new();
    let result = if is_dash(path) {
        io::stdin().lock().take(max + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(max + 1).read_to_end(&mut bytes))
    };
    result.map_err(|source| CliError::Read { kind, path: path.to_path_buf(), source })?;
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

/// The path that stands for standard input or output. A file of that name is `./-`.
fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether what a command writes goes to standard output, by whatever name. What it reports then goes to standard error.
pub fn take_standard_output(writes: &[Named<'_>]) -> bool {
    writes.iter().any(|(_, path)| is_dash(path) || is_standard_output(path))
}

/// Compares the files of a command with each other, before any work: under other names, through links, and those that
/// are not there yet.
pub fn check_apart(reads: &[Named<'_>], writes: &[Named<'_>]) -> Result<(), CliError> {
    let mut piped: Option<Kind> = None;
    for (kind, _) in reads.iter().filter(|(_, path)| is_dash(path)) {
        let kind = *kind;
        if matches!(kind, Kind::Setup | Kind::Records) {
            return Err(CliError::NotPiped { kind });
        }
        if let Some(first) = piped.replace(kind) {
            return Err(CliError::PipedTwice { first, second: kind });
        }
    }
    for (i, (kind, path)) in writes.iter().enumerate() {
        let kind = *kind;
        let is_same = |other: &Path| match (is_dash(path), is_dash(other)) {
            (true, true) => true,
            (true, false) => is_standard_output(other),
            (false, true) => is_standard_output(path),
            (false, false) => is_same(path, other),
        };
        // What is read from standard input is no file.
        if reads.iter().any(|(_, input)| !is_dash(input) && is_same(input)) {
            return Err(CliError::Overwrite { kind, path: path.to_path_buf() });
        }
        if let Some((first, _)) = writes.iter().take(i).find(|(_, other)| is_same(other)) {
            return Err(CliError::SameTarget { first: *first, second: kind, path: path.to_path_buf() });
        }
    }
    Ok(())
}

/// A file that a command will write at its end.
#[derive(Debug)]
pub struct Target<'a> {
    kind: Kind,
    path: &'a Path,
    file: lariat_files::Target,
}

impl<'a> Target<'a> {
    /// Checks, before the work is done, that the file can be written.
    pub fn new(kind: Kind, path: &'a Path) -> Result<Self, CliError> {
        let file =
            if is_dash(path) { lariat_files::Target::standard_output() } else { lariat_files::Target::check(path) };
        let file = file.map_err(|source| CliError::Write { kind, path: path.to_path_buf(), source })?;
        Ok(Self { kind, path, file })
    }

    /// Writes the file, whole or not at all.
    pub fn save(&self, bytes: &[u8]) -> Result<(), CliError> {
        self.stage(bytes)?.publish()
    }

    /// Writes the file under a temporary name; several files are written before the first one appears.
    pub fn stage<'b>(&'b self, bytes: &'b [u8]) -> Result<StagedTarget<'b>, CliError> {
        let staged = self.file.stage(bytes).map_err(|source| self.error(source))?;
        Ok(StagedTarget { target: self, staged })
    }

    /// Has the file written by `write`, and returns its length in bytes.
    pub fn save_with<E: From<io::Error>>(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<u64, E> {
        let mut bytes = 0;
        self.file.save_with(|out| {
            let mut counted = Counted { out, bytes: 0 };
            write(&mut counted)?;
            bytes = counted.bytes;
            Ok::<(), E>(())
        })?;
        Ok(bytes)
    }

    /// Where it is, for a person.
    pub fn place(&self) -> String {
        place(self.path)
    }

    fn error(&self, source: io::Error) -> CliError {
        CliError::Write { kind: self.kind, path: self.path.to_path_buf(), source }
    }
}

/// The name of a file that is written, for a person.
fn place(path: &Path) -> String {
    if is_dash(path) { "standard output".to_owned() } else { path.display().to_string() }
}

/// Counts what is written.
struct Counted<'a> {
    out: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A file that is written and does not have its name yet. Dropped, it is removed.
#[must_use = "the file has its name only after `publish`"]
pub struct StagedTarget<'a> {
    target: &'a Target<'a>,
    staged: lariat_files::Staged<'a>,
}

impl StagedTarget<'_> {
    /// Gives the file its name.
    pub fn publish(self) -> Result<(), CliError> {
        self.staged.publish().map_err(|source| self.target.error(source))
    }
}

/// Loads an ELF with these sizes of memory, or a key, which has its own, and says how long that took without reading the file.
pub fn load_program(path: &Path, memory: &MemoryArgs) -> Result<(Program, Duration), CliError> {
    let bytes = read(Kind::Program, path)?;
    let start = Instant::now();
    let program = if keys::is_key(&bytes) {
        let key = Program::from_bytes(&bytes);
        let program = key.map_err(|source| CliError::Key { path: path.to_path_buf(), source })?;
        memory.check_key(path, &program)?;
        program
    } else {
        Program::from_elf_with(&bytes, &memory.config())
            .map_err(|source| CliError::Load { path: path.to_path_buf(), source })?
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
