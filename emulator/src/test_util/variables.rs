//! Environment variables that tests read.

use std::ffi::OsString;

/// The value of a variable; none where it is empty, for an empty variable is usually meant as none.
pub fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Whether `LARIAT_NIGHTLY` asks for the long form of a test.
pub fn nightly() -> bool {
    variable("LARIAT_NIGHTLY").is_some()
}
