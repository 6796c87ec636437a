//! What a path leads to.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Most symbolic links in a row; systems follow as many.
const MAX_LINKS: usize = 40;

/// The place of a file that is not there yet, behind all symbolic links: its folder without links, and its name.
///
/// # Errors
/// When the folder is not there.
pub(crate) fn follow(path: &Path) -> io::Result<PathBuf> {
    let mut place = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        if ends_as_a_folder(&place) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let folder = folder_of(&place);
        let Ok(link) = fs::read_link(&place) else {
            let name = place.file_name().ok_or(io::ErrorKind::InvalidInput)?;
            return Ok(fs::canonicalize(folder)?.join(name));
        };
        // A link that is absolute takes the place of the folder.
        place = folder.join(link);
    }
    Err(io::ErrorKind::InvalidInput.into())
}

/// The folder that a path is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether a path can only be that of a folder; its last name alone does not tell.
fn ends_as_a_folder(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|&last| std::path::is_separator(last.into()))
}

/// Whether two paths lead to one file: under other names, through links, and also if it is not there yet. Terminals and
/// other devices are never the same: what is written to them takes nothing away.
pub fn is_same(a: &Path, b: &Path) -> bool {
    identity(a).is_some_and(|a| identity(b) == Some(a))
}

#[cfg(unix)]
mod system {
    use super::{folder_of, follow};
    use std::{
        ffi::OsString,
        fs::{self, File, Metadata},
        io,
        os::{
            fd::AsFd,
            unix::fs::{FileTypeExt, MetadataExt},
        },
        path::Path,
    };

    /// What makes a file this one and no other.
    #[derive(Debug, PartialEq, Eq)]
    pub(crate) enum Identity {
        /// Device and number of a file.
        Found(u64, u64),
        /// Device and number of the folder, and the name of a file to come.
        New(u64, u64, OsString),
    }

    pub(super) fn identity(path: &Path) -> Option<Identity> {
        if let Ok(found) = fs::metadata(path) {
            return of(&found);
        }
        let place = follow(path).ok()?;
        let folder = fs::metadata(folder_of(&place)).ok()?;
        Some(Identity::New(folder.dev(), folder.ino(), place.file_name()?.to_owned()))
    }

    fn of(found: &Metadata) -> Option<Identity> {
        let kind = found.file_type();
        let is_device = kind.is_char_device() || kind.is_block_device();
        (!is_device).then(|| Identity::Found(found.dev(), found.ino()))
    }

    /// Whether a path leads to the file or pipe that standard output is: `/dev/stdout` and all its like. A terminal or
    /// another device is opened anew instead, which is no different.
    pub fn is_standard_output(path: &Path) -> bool {
        let open = || File::from(io::stdout().as_fd().try_clone_to_owned().ok()?).metadata().ok();
        let found = identity(path);
        found.is_some() && found == open().as_ref().and_then(of)
    }
}

#[cfg(not(unix))]
mod system {
    use super::follow;
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    pub(super) fn identity(path: &Path) -> Option<PathBuf> {
        fs::canonicalize(path).or_else(|_| follow(path)).ok()
    }

    /// Whether a path leads to what standard output is; this system does not tell.
    pub fn is_standard_output(_: &Path) -> bool {
        false
    }
}

use system::identity;
pub use system::is_standard_output;
