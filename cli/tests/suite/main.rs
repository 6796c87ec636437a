//! The `lariat` command as a process: exit codes, standard output, standard error, files.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "test helpers fail by panicking")]

#[cfg(feature = "attack")]
mod attack;
mod bench;
mod counts;
mod crash;
mod demands;
mod documents;
#[cfg(unix)]
mod files;
mod foreign;
mod guests;
mod isa;
mod library;
#[cfg(target_os = "linux")]
mod limits;
mod refusals;
mod rejections;
mod reports;
mod schemes;
mod security;
mod support;
#[cfg(unix)]
mod terminal;
mod threads;
