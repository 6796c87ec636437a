//! Temporary files beside their targets, and what is left of them.

use std::{
    fs::{self, File, Metadata, TryLockError},
    io,
    path::Path,
};
use tempfile::NamedTempFile;

const PREFIX: &str = ".lariat-";
const SUFFIX: &str = ".partial";
/// Random letters and digits between the two.
const RANDOM: usize = 16;

/// How often a name is drawn again because somebody who removes leftovers was quicker than the lock.
const ATTEMPTS: usize = 8;

/// Creates a temporary file in a folder, locks it, and gives it the permissions for what it will replace.
pub(crate) fn create(folder: &Path, replaced: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM);
    if replaced.is_none() {
        permissions_of_new_files(&mut builder);
    }
    for _ in 0..ATTEMPTS {
        let file = builder.tempfile_in(folder)?;
        let is_safe = match file.as_file().try_lock() {
            Ok(()) => is_there(&file)?,
            Err(TryLockError::WouldBlock) => false,
            // Nobody can lock it here, and so nobody takes it for a leftover.
            Err(TryLockError::Error(_)) => true,
        };
        if is_safe {
            return Ok(file);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Removes the temporary files in a folder whose writers were killed. Failures are passed over: such files are in
/// nobody's way.
pub(crate) fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_temporary)) {
        let path = entry.path();
        // What has another name or another lock by now belongs to somebody: only the name that was found is removed, and
        // only while the lock is held.
        if let Ok(file) = open_regular(&path)
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Whether a name is one of those that [`create`] gives.
fn is_temporary(name: &str) -> bool {
    let random = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    random.is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(unix)]
mod system {
    use super::{File, Metadata, NamedTempFile, fs, io};
    use rustix::fs::{Mode, OFlags};
    use std::{
        os::unix::fs::{MetadataExt, PermissionsExt, fchown},
        path::Path,
    };

    /// Read and write for all, of which the process's mask takes away.
    pub(super) fn permissions_of_new_files(builder: &mut tempfile::Builder<'_, '_>) {
        builder.permissions(fs::Permissions::from_mode(0o666));
    }

    /// Whether the file still has its name.
    pub(super) fn is_there(file: &NamedTempFile) -> io::Result<bool> {
        let of = |found: Metadata| (found.dev(), found.ino());
        let open = file.as_file().metadata().map(of)?;
        Ok(fs::symlink_metadata(file.path()).is_ok_and(|found| of(found) == open))
    }

    /// Opens a regular file for reading: follows no link, and waits for no pipe.
    pub(super) fn open_regular(path: &Path) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// Opens a regular file to write over it: follows no link.
    pub(crate) fn open_over(path: &Path) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
    }

    /// Gives a file the owner and the permissions of the one that it will replace. Where the group cannot be kept, it
    /// may do no more than everybody.
    pub(crate) fn take_over(file: &File, replaced: &Metadata) -> io::Result<()> {
        let mine = file.metadata()?;
        let mut mode = replaced.mode() & 0o777;
        if (mine.uid(), mine.gid()) != (replaced.uid(), replaced.gid()) {
            // Who is not root keeps the file, but may give it to a group of his own.
            let kept = fchown(file, Some(replaced.uid()), Some(replaced.gid()))
                .or_else(|_| fchown(file, None, Some(replaced.gid())));
            if kept.is_err() {
                mode &= 0o707 | (mode & 0o007) << 3;
            }
        }
        file.set_permissions(fs::Permissions::from_mode(mode))
    }
}

#[cfg(not(unix))]
mod system {
    use super::{File, Metadata, NamedTempFile, fs, io};
    use std::path::Path;

    pub(super) fn permissions_of_new_files(_: &mut tempfile::Builder<'_, '_>) {}

    pub(super) fn is_there(file: &NamedTempFile) -> io::Result<bool> {
        Ok(file.path().exists())
    }

    pub(super) fn open_regular(path: &Path) -> io::Result<File> {
        if fs::symlink_metadata(path)?.is_file() { File::open(path) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    pub(crate) fn open_over(path: &Path) -> io::Result<File> {
        fs::OpenOptions::new().write(true).truncate(true).open(path)
    }

    pub(crate) fn take_over(file: &File, replaced: &Metadata) -> io::Result<()> {
        file.set_permissions(replaced.permissions())
    }
}

use system::{is_there, open_regular, permissions_of_new_files};
pub(crate) use system::{open_over, take_over};
