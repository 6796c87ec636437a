//! Programs for tests: hand-written, random, and the official ISA tests. Behind the feature `test-util`.
//!
//! - [`ElfBuilder`] writes small static ELFs without a toolchain.
//! - [`Assembler`] collects instructions and resolves labels.
//! - [`random_program`] makes random terminating RV32IM programs, as an image for this machine and as a Linux ELF for
//!   `qemu-riscv32`.
//! - [`corpus`] has small programs for what the official tests leave out, with what each must do.
//! - [`Qemu`] runs Linux ELFs under `qemu-riscv32`, where it is installed.
//! - [`figure`] records how much a test covered.
//! - [`nightly`] says whether tests run in their long form.
//! - [`arch_tests`] gives the official architectural tests.
//! - [`riscv_tests`] and [`patch_exit`] give the official ISA tests in this machine's exit convention.

mod arch_tests;
mod assembler;
pub mod corpus;
mod elf_builder;
mod figures;
mod isa_tests;
mod qemu;
mod random_program;
mod rng;
mod variables;

pub use arch_tests::{ArchTest, arch_tests};
pub use assembler::{Assembler, Label};
pub use corpus::corpus;
pub use elf_builder::{ElfBuilder, ElfSection, ElfSegment, ElfSymbol};
pub use figures::figure;
pub use isa_tests::{patch_exit, riscv_tests};
pub use qemu::Qemu;
pub use random_program::{RandomProgram, RandomProgramConfig, random_program};
pub use rng::Rng;
pub use variables::{nightly, variable};
