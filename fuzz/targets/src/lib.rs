//! Fuzz targets: one function a target, each from bytes to nothing, that panics if a property does not hold.
//!
//! A target's property is more than the absence of crashes: what parses is written back as the same bytes, two
//! implementations agree, and no verifier accepts anything but the honest proof. `cargo fuzz` runs these functions under
//! coverage feedback (`fuzz/fuzz_targets`); [`runner`] runs them on a stable compiler over the committed corpora
//! (`fuzz/corpus/NAME`) and mutations of them.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a property that does not hold is a panic")]

mod cli;
mod constraints;
mod emulator;
mod honest;
pub mod input;
pub mod mutate;
mod pcs;
mod proof;
mod records;
mod reference;
pub mod runner;
mod setup;
mod temporary;
mod transcript;

pub use cli::cli_arguments;
pub use constraints::constraint_system;
pub use emulator::{elf_loader, emulator_run, instruction, symbol_table};
pub use pcs::{
    pcs_basefold, pcs_dory, pcs_hyperkzg, pcs_hyrax, pcs_kzh, pcs_ligerito, pcs_ligero, pcs_mercury, pcs_whir,
    pcs_zeromorph,
};
pub use proof::{key_file, proof_header, verify_damaged, verify_raw};
pub use records::bench_records;
pub use setup::{ptau_file, setup_file};
pub use transcript::transcript_reader;

/// A target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Name of the function, of its `cargo fuzz` binary and of its corpus.
    pub name: &'static str,
    /// The function.
    pub run: fn(&[u8]),
}

macro_rules! targets {
    ($($name:ident),* $(,)?) => {
        /// Every target.
        pub const TARGETS: &[Target] = &[$(Target { name: stringify!($name), run: $name }),*];
    };
}

targets! {
    elf_loader,
    symbol_table,
    instruction,
    emulator_run,
    key_file,
    proof_header,
    verify_damaged,
    verify_raw,
    setup_file,
    ptau_file,
    pcs_hyrax,
    pcs_zeromorph,
    pcs_hyperkzg,
    pcs_mercury,
    pcs_kzh,
    pcs_dory,
    pcs_ligero,
    pcs_basefold,
    pcs_whir,
    pcs_ligerito,
    constraint_system,
    transcript_reader,
    bench_records,
    cli_arguments,
}
