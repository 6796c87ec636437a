//! A file that will be written, from the check before the work to the rename behind it.

use crate::{
    place::{folder_of, follow, is_standard_output},
    temporary::{create, open_over, remove_leftovers, take_over},
};
use std::{
    fs::{self, File, Metadata, OpenOptions},
    io::{self, BufWriter, Seek, Write},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 20;

/// A place that can be written, as was found out before the work.
#[derive(Debug)]
pub struct Target(Place);

#[derive(Debug)]
enum Place {
    /// A regular file behind all links, and what is there now.
    File { path: PathBuf, replaced: Option<Metadata> },
    /// Anything else, open for writing.
    Stream(File),
}

impl Target {
    /// Finds out whether `path` can be written, before the work whose result it is to hold. The file system is left as
    /// it was, but for leftovers of killed writers in the folder, which are removed.
    ///
    /// A pipe is opened here, which waits for a reader, and stays open as long as the target lives.
    ///
    /// # Errors
    /// Those that writing would have, as far as they can be known.
    pub fn check(path: &Path) -> io::Result<Self> {
        if is_standard_output(path) {
            return Self::standard_output();
        }
        let found = match fs::metadata(path) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => {
                return Ok(Self(Place::Stream(OpenOptions::new().write(true).open(path)?)));
            }
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let place = if found.is_some() { fs::canonicalize(path)? } else { follow(path)? };
        if found.is_some() {
            // What may not be changed is not replaced either.
            OpenOptions::new().write(true).open(&place)?;
        }
        let folder = folder_of(&place);
        remove_leftovers(folder);
        create(folder, found.as_ref())?.close()?;
        Ok(Self(Place::File { path: place, replaced: found }))
    }

    /// Standard output.
    ///
    /// # Errors
    /// When it is closed, or open for reading only.
    pub fn standard_output() -> io::Result<Self> {
        let mut out = duplicate_standard_output()?;
        // No bytes, but refused where some would be.
        out.write(&[]).map(drop)?;
        Ok(Self(Place::Stream(out)))
    }

    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// Those of the file system. What was there is still there then, and the temporary file is removed.
    pub fn save(&self, bytes: &[u8]) -> io::Result<()> {
        self.stage(bytes)?.publish()
    }

    /// Has the file written by `write`, whole or not at all.
    ///
    /// # Errors
    /// Those of `write` and of the file system. What was there is still there then, and the temporary file is removed.
    pub fn save_with<E: From<io::Error>>(&self, write: impl FnOnce(&mut dyn Write) -> Result<(), E>) -> Result<(), E> {
        match &self.0 {
            Place::Stream(stream) => {
                let mut out = BufWriter::with_capacity(BUFFER, stream);
                write(&mut out)?;
                Ok(out.flush()?)
            }
            Place::File { path, replaced } => {
                let file = Written::new(path, replaced.as_ref(), write)?;
                Ok(file.publish(path)?)
            }
        }
    }

    /// Writes the bytes and leaves the name as it was: several files can be written before the first one appears.
    ///
    /// # Errors
    /// Those of the file system. The temporary file is removed then.
    pub fn stage<'a>(&'a self, bytes: &'a [u8]) -> io::Result<Staged<'a>> {
        Ok(Staged(match &self.0 {
            Place::Stream(stream) => Stage::Stream { stream, bytes },
            Place::File { path, replaced } => {
                let file = Written::new(path, replaced.as_ref(), |out| out.write_all(bytes))?;
                Stage::File { file, path }
            }
        }))
    }
}

/// A file that is written, and does not have its name yet. Dropped without [`publish`](Self::publish), it is removed.
#[derive(Debug)]
#[must_use = "the file has its name only after `publish`"]
pub struct Staged<'a>(Stage<'a>);

#[derive(Debug)]
enum Stage<'a> {
    File {
        file: Written,
        path: &'a Path,
    },
    /// What is no regular file is written to in the end.
    Stream {
        stream: &'a File,
        bytes: &'a [u8],
    },
}

impl Staged<'_> {
    /// Gives the file its name.
    ///
    /// # Errors
    /// Those of the file system. What had the name before is still there then, and the temporary file is removed.
    pub fn publish(self) -> io::Result<()> {
        match self.0 {
            Stage::File { file, path } => file.publish(path),
            Stage::Stream { mut stream, bytes } => stream.write_all(bytes),
        }
    }
}

/// A temporary file that is written and on the disk.
#[derive(Debug)]
struct Written(NamedTempFile);

impl Written {
    fn new<E: From<io::Error>>(
        path: &Path,
        replaced: Option<&Metadata>,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
    ) -> Result<Self, E> {
        // Whose permissions are kept: of what is there now, or else of what was there when that was found out.
        let now = fs::symlink_metadata(path).ok().filter(Metadata::is_file);
        let replaced = now.as_ref().or(replaced);
        let file = create(folder_of(path), replaced)?;
        {
            let mut out = BufWriter::with_capacity(BUFFER, file.as_file());
            write(&mut out)?;
            out.flush()?;
        }
        if let Some(replaced) = replaced {
            take_over(file.as_file(), replaced)?;
        }
        file.as_file().sync_all()?;
        Ok(Self(file))
    }

    fn publish(self, path: &Path) -> io::Result<()> {
        let Err(failed) = self.0.persist(path) else {
            return Ok(());
        };
        match failed.error.kind() {
            // A file that is mounted by itself, as containers do, or somebody else's in a folder for all: it cannot be
            // replaced, but can be written, as was found out before.
            io::ErrorKind::ResourceBusy | io::ErrorKind::PermissionDenied if path.exists() => {
                let mut written = failed.file.as_file();
                written.rewind()?;
                let mut out = open_over(path)?;
                io::copy(&mut written, &mut out)?;
                out.sync_all()
            }
            _ => Err(failed.error),
        }
    }
}

#[cfg(unix)]
fn duplicate_standard_output() -> io::Result<File> {
    use std::os::fd::AsFd;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn duplicate_standard_output() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}

#[cfg(not(any(unix, windows)))]
fn duplicate_standard_output() -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}
