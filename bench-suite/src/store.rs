//! Files of records: one JSON object a line, only ever appended to.

use crate::{BenchError, Measured, SCHEMA};
use serde::{Deserialize, de::Error as _};
use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    marker::PhantomData,
    path::{Path, PathBuf},
};

/// What to do with records that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Refuse to mix new ones with them.
    Refuse,
    /// Keep them, and measure what is missing.
    Resume,
}

/// A file of records that is open for appending.
#[derive(Debug)]
pub struct Store<M> {
    path: PathBuf,
    file: File,
    records: PhantomData<M>,
}

/// The one field that every version of a record has.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

/// Parses the line with number `line` of a file.
fn parse<M: Measured>(text: &str, path: &Path, line: usize) -> Result<M, BenchError> {
    let bad = |source| BenchError::BadRecord { path: path.to_owned(), line, expected: SCHEMA, source };
    let Version { schema } = serde_json::from_str(text).map_err(bad)?;
    if schema != SCHEMA {
        return Err(BenchError::Schema { path: path.to_owned(), line, found: schema, expected: SCHEMA });
    }
    let record: M = serde_json::from_str(text).map_err(bad)?;
    match record.problem() {
        Some(problem) => Err(bad(serde_json::Error::custom(problem))),
        None => Ok(record),
    }
}

/// All records of a file. A last line without an end is no record: what wrote it was killed.
///
/// # Errors
/// When the file cannot be read, or one of its lines is no record of this version.
pub fn read<M: Measured>(path: &Path) -> Result<Vec<M>, BenchError> {
    let text = fs::read_to_string(path).map_err(BenchError::file("read", path))?;
    let whole = text.rfind('\n').map_or("", |end| text.split_at(end).0);
    let lines = whole.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(i, line)| parse(line, path, i + 1)).collect()
}

impl<M: Measured> Store<M> {
    /// Opens the file [`Measured::FILE`] of a folder, made if need be, and reads the records that it has.
    ///
    /// # Errors
    /// When it cannot be written, when it has records and `existing` refuses them, or when they are of another version.
    pub fn open(folder: &Path, existing: Existing) -> Result<(Self, Vec<M>), BenchError> {
        fs::create_dir_all(folder).map_err(BenchError::file("make the folder", folder))?;
        let path = folder.join(M::FILE);
        let file = OpenOptions::new().create(true).append(true).open(&path);
        let file = file.map_err(BenchError::file("write", &path))?;
        let text = fs::read_to_string(&path).map_err(BenchError::file("read", &path))?;
        if !text.is_empty() && existing == Existing::Refuse {
            return Err(BenchError::Exists { path });
        }
        let records = read(&path)?;
        // Half a record, left by a run that was killed.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            file.set_len(whole as u64).map_err(BenchError::file("write", &path))?;
        }
        Ok((Self { path, file, records: PhantomData }, records))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a record: one write of a whole line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn append(&mut self, record: &M) -> Result<(), BenchError> {
        let json = serde_json::to_string(record).map_err(|source| BenchError::BadRecord {
            path: self.path.clone(),
            line: 0,
            expected: SCHEMA,
            source,
        })?;
        let written = self.file.write_all(format!("{json}\n").as_bytes()).and_then(|()| self.file.flush());
        written.map_err(BenchError::file("write", &self.path))
    }
}
