//! RV32IM semantics, ELF loading, the memory map, and step traces. No field arithmetic.
//!
//! The way through the crate: [`image::Image::from_elf`] turns an ELF into initial memory and a window of decoded
//! instructions; [`machine::run`] executes it and [`machine::trace`] also records one [`machine::TraceRow`] per step.
//! `docs/isa-spec.md` is the specification that this crate implements and that the constraint system proves.
//!
//! ```
//! use lariat_emulator::isa::{Instruction, Opcode, encode};
//! use lariat_emulator::image::{Image, Segment};
//! use lariat_emulator::machine::{self, Exit, Inputs};
//! use lariat_emulator::memory_map::MemoryConfig;
//!
//! let program = [
//!     Instruction::i_type(Opcode::Addi, 10, 0, 7),
//!     Instruction::i_type(Opcode::Addi, 17, 0, 93),
//!     Instruction::system(Opcode::Ecall),
//! ];
//! let text = Segment {
//!     start: 0x1000,
//!     words: program.iter().map(encode).collect(),
//!     zeros: 0,
//!     writable: false,
//!     executable: true,
//! };
//! let image = Image::from_segments(0x1000, vec![text], &MemoryConfig::default())?;
//! let result = machine::run(&image, Inputs::default(), 1_000)?;
//! assert_eq!(result.exit, Exit::Halted { code: 7 });
//! assert_eq!(result.steps, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![forbid(unsafe_code)]

pub mod image;
pub mod isa;
pub mod layout;
pub mod machine;
mod memory;
pub mod memory_map;
#[cfg(feature = "test-util")]
pub mod test_util;
