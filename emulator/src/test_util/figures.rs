//! Counts of what tests covered.

use std::{
    fs::OpenOptions,
    io::{self, Write},
};

/// Records a count that a test covered without a failure, for the table of figures in the README: prints it and, where
/// the variable `LARIAT_FIGURES` names a file, appends it there as a JSON object on a line. Counts of one name add up.
///
/// To be called behind the last assertion.
///
/// # Errors
/// When the file cannot be written: the table would lack the count.
pub fn figure(name: &str, count: u64) -> io::Result<()> {
    eprintln!("figure: {name}: {count}");
    let Some(path) = super::variable("LARIAT_FIGURES") else { return Ok(()) };
    let line = format!("{{\"figure\": {name:?}, \"count\": {count}}}\n");
    // One write, so that lines of tests that run at the same time do not mix.
    OpenOptions::new().create(true).append(true).open(path)?.write_all(line.as_bytes())
}
