//! Writing files whole or not at all, and knowing before long work whether they can be written.
//!
//! What a path names decides how it is written:
//!
//! | the path names | what happens |
//! |---|---|
//! | nothing yet, or a regular file | written to a temporary file in the same folder, synced to disk, then renamed |
//! | a symbolic link | the same with the file that it leads to, which need not exist; the link stays |
//! | a pipe, a terminal, another device | opened when it is checked, and written through |
//! | what standard output is: the same pipe or file | written to standard output |
//!
//! # Temporary files
//! They are named `.lariat-` and 16 random letters and digits and `.partial`, whatever the target's name, so that a long
//! name is no obstacle. They are created exclusively: a file or link that somebody put there under the name is neither
//! opened nor followed. Each is locked ([`File::try_lock`](std::fs::File::try_lock)) as long as its writer lives. A file
//! of such a name that nobody has locked was left by a writer that was killed; [`Target::check`] removes those in the
//! target's folder. Where the file system has no locks they stay.
//!
//! A file that replaces another one keeps its permissions, and its owner as far as the system allows; other attributes
//! and further hard links to the old file do not follow. While it is written it is readable by its owner only. A new
//! file has the permissions that the process gives to new files.
//!
//! Two writers of one path: the later rename wins, and at any moment the path holds one whole file.

#![forbid(unsafe_code)]

mod place;
mod target;
mod temporary;

pub use place::{is_same, is_standard_output};
pub use target::{Staged, Target};

use std::{
    io::{self, Write},
    path::Path,
};

/// Writes a file, whole or not at all.
///
/// # Errors
/// Those of the file system. What was there is still there then, and the temporary file is removed.
pub fn save(path: &Path, bytes: &[u8]) -> io::Result<()> {
    Target::check(path)?.save(bytes)
}

/// Has a file written by `write`, whole or not at all.
///
/// # Errors
/// Those of `write` and of the file system. What was there is still there then, and the temporary file is removed.
pub fn save_with<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    Target::check(path)?.save_with(write)
}
