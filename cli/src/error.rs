//! Every way in which a command fails: one sentence that says what is wrong, where, and what to do.

use crate::files::Kind;
use lariat_bench_suite::BenchError;
use lariat_emulator::machine::{ExecError, InputKind};
use lariat_jolt_core::{HeaderError, LoadError, ProveError, VerifyError, keys::KeyError};
use lariat_kzg::SetupError;
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CliError {
    /// A file cannot be read.
    #[error("cannot read the {kind} {}: {source}; {advice}", path.display(), advice = read_advice(source))]
    Read { kind: Kind, path: PathBuf, source: io::Error },
    /// A file is larger than anything of its kind.
    #[error("the {kind} {} has more than {max} bytes, the most that one can have; is it the right file?", path.display())]
    TooLarge { kind: Kind, path: PathBuf, max: u64 },
    /// A file is another one than the place where it is named asks for.
    #[error("{} is {is}, where a {kind} is asked for; {advice}", path.display(), advice = swap_advice(*kind))]
    Swapped { kind: Kind, path: PathBuf, is: &'static str },
    /// A file cannot be written.
    #[error("cannot write the {kind} {}: {source}; {advice}", path.display(), advice = write_advice(source))]
    Write { kind: Kind, path: PathBuf, source: io::Error },
    /// A file to be written is one that is read.
    #[error("the {kind} would overwrite {}, which is an input of this command; choose another name", path.display())]
    Overwrite { kind: Kind, path: PathBuf },
    /// Two files to be written are one.
    #[error("the {first} and the {second} would both be written to {}; choose another name for one of them", path.display())]
    SameTarget { first: Kind, second: Kind, path: PathBuf },
    /// A file that is read in parts is to come from standard input.
    #[error("the {kind} cannot come from standard input (-), since it is not read from beginning to end; name a file")]
    NotPiped { kind: Kind },
    /// Two files are to come from standard input.
    #[error(
        "the {first} and the {second} cannot both come from standard input (-), which is read once; name a file for one \
         of them"
    )]
    PipedTwice { first: Kind, second: Kind },
    /// A folder is to be written to standard output.
    #[error(
        "a sweep is written into a folder, and not to standard output (-); name a folder, such as ./- for one of that name"
    )]
    NotAFolder,
    /// A program cannot be loaded.
    #[error("cannot load {}: {source}", path.display())]
    Load { path: PathBuf, source: LoadError },
    /// A key cannot be loaded.
    #[error("cannot load {}: {source}", path.display())]
    Key { path: PathBuf, source: KeyError },
    /// A size of memory is asked for, and a key has its own.
    #[error(
        "the key {} has its own sizes of memory, for {option} {found} bytes; leave {option} out, or give it with the ELF",
        path.display()
    )]
    KeyMemory { path: PathBuf, option: &'static str, found: u32 },
    /// A setup file cannot be used.
    #[error("cannot use the setup {}: {source}", path.display())]
    Setup { path: PathBuf, source: Box<SetupError> },
    /// A file that an environment variable names cannot be used.
    #[error("{source} (the variable {variable} names it; unset it, or name another one with --setup)")]
    Variable { variable: &'static str, source: Box<CliError> },
    /// A program does not run to its end.
    #[error("{0}{advice}", advice = exec_advice(.0))]
    Exec(#[from] ExecError),
    /// A run cannot be proven.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The memory is estimated not to suffice.
    #[error(
        "proving {rows} rows takes about {needed_mib} MiB of memory at least and {allowed_mib} MiB are {}, or try all the same with --force",
        if *.limited { format!("allowed; give it --memory {needed_mib}M, shrink the input") } else { "available; shrink the input, free memory".to_owned() }
    )]
    Memory { rows: u64, needed_mib: u64, allowed_mib: u64, limited: bool },
    /// A proof just made does not verify.
    #[error("the proof that was just made does not verify, which is a bug of lariat; please report it: {0}")]
    SelfCheck(VerifyError),
    /// The demonstration's output is not the known one.
    #[error(
        "the guest's output {found} is not the known digest {expected}, which is a bug of lariat; please report it"
    )]
    DemoOutput { found: String, expected: &'static str },
    /// A proof is rejected.
    #[error("rejected {}: {source}{advice}", path.display(), advice = verify_advice(source))]
    Verify { path: PathBuf, source: VerifyError },
    /// A measurement failed.
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// Cells of a sweep failed; the others are measured.
    #[error("{failed} cells failed, the first of them {first}: {reason}; measure them again with --resume")]
    Cells { failed: usize, first: String, reason: String },
    /// An attack was not repelled.
    #[cfg(feature = "attack")]
    #[error(
        "{accepted} forged proofs were accepted, {panicked} made a verifier panic, and {failed} schemes failed on honest \
         runs; the first: {first}; `{again}` makes them again"
    )]
    Survived { accepted: u64, panicked: u64, failed: usize, first: String, again: String },
    /// A command that failed and has a JSON object to print all the same.
    #[error("{source}")]
    Reported { report: String, source: Box<CliError> },
}

impl CliError {
    /// The proof at `path` is rejected.
    pub fn rejected(path: &Path, source: VerifyError) -> Self {
        Self::Verify { path: path.to_path_buf(), source }
    }

    /// What goes to standard output in spite of the failure.
    pub fn report(&self) -> Option<&str> {
        match self {
            Self::Reported { report, .. } => Some(report),
            _ => None,
        }
    }

    /// A stable word for the kind of failure, for programs that read the JSON object.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Read { .. }
            | Self::TooLarge { .. }
            | Self::Swapped { .. }
            | Self::Write { .. }
            | Self::Overwrite { .. }
            | Self::SameTarget { .. }
            | Self::NotPiped { .. }
            | Self::PipedTwice { .. }
            | Self::NotAFolder => "file",
            Self::Load { .. } | Self::Key { .. } | Self::KeyMemory { .. } => "program",
            Self::Setup { .. } => "setup",
            Self::Verify { source, .. } => match source {
                VerifyError::Header(_) => "header",
                VerifyError::OtherProgram { .. } => "other_program",
                VerifyError::TooManyRows { .. } => "too_many_rows",
                VerifyError::OtherConfig => "other_config",
                VerifyError::OtherInput => "other_input",
                VerifyError::OtherOutput => "other_output",
                VerifyError::OtherExit { .. } => "other_exit",
                VerifyError::Panicked { .. } => "panicked",
                VerifyError::Length { .. } => "length",
                VerifyError::Channel(_) => "message",
                VerifyError::Sumcheck(_) => "sumcheck",
                VerifyError::Multiset => "multiset",
                VerifyError::Pcs(_) => "opening",
                VerifyError::Setup(_) | VerifyError::OtherSetup { .. } => "setup",
                _ => "verification",
            },
            Self::Reported { source, .. } | Self::Variable { source, .. } => source.word(),
            _ => "failure",
        }
    }
}

fn read_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::IsADirectory => "name a file in it",
        _ => "check the path and its permissions",
    }
}

fn swap_advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Proof => "name the proof that `lariat prove` wrote; `verify` takes the ELF first, `inspect` the proof",
        Kind::Setup => "name a file that `lariat setup` wrote; it imports ceremonies with --ptau",
        _ => "name the ELF or its key; `verify` takes it first, `inspect` behind the proof",
    }
}

fn write_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "nothing was written; free space there, or choose another place"
        }
        io::ErrorKind::FileTooLarge => {
            "nothing was written; raise the limit on the size of files (ulimit -f), or choose another place"
        }
        io::ErrorKind::BrokenPipe => "whoever was to read it went away",
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::IsADirectory => {
            "choose a folder that exists and that you may write to"
        }
        _ => "choose another place",
    }
}

fn exec_advice(error: &ExecError) -> &'static str {
    match error {
        ExecError::StepLimit { .. } => " (--max-steps)",
        ExecError::StackOverflow { .. } => " (--stack)",
        ExecError::OutputTooLong { .. } => "; allow more with --max-output",
        ExecError::InputTooLong { kind: InputKind::Public, .. } => "; allow more with --max-input",
        ExecError::InputTooLong { kind: InputKind::Private, .. } => "; allow more with --max-private-input",
        _ => "",
    }
}

fn verify_advice(error: &VerifyError) -> &'static str {
    match error {
        VerifyError::Header(HeaderError::NotAProof) => "; make one with `lariat prove`",
        VerifyError::Header(HeaderError::Truncated) => "; copy it again from where it was made",
        VerifyError::OtherProgram { .. } => {
            "; give the ELF that was proven, in the very same build, with the sizes of memory that it was proven with (--stack, --heap, --max-input, --max-private-input, --max-output)"
        }
        VerifyError::TooManyRows { .. } => "; raise --max-rows if it is expected to be so long",
        VerifyError::OtherConfig => "; leave out --pcs, --argument, --products, --hash and --log-m to accept any",
        VerifyError::OtherInput | VerifyError::OtherOutput => "; `lariat inspect` shows which",
        VerifyError::OtherExit { .. } | VerifyError::Panicked { .. } => {
            "; the proof is valid, but not of what was asked for"
        }
        VerifyError::Setup(_) | VerifyError::OtherSetup { .. } => "",
        _ => "; do not rely on it, and copy it again if it came over a network",
    }
}
