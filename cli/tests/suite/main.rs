//! The `lariat` command as a process: exit codes, standard output, standard error, files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

mod bench;
mod documents;
mod guests;
mod library;
mod refusals;
mod rejections;
mod reports;
mod schemes;
mod support;
