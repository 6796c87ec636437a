//! The RV32IM instruction set: mnemonics, decoding, encoding, disassembly and arithmetic.
//!
//! [`decode`] is strict: every word that is not an instruction of RV32IM in its one encoding is
//! [`Opcode::Illegal`]. `FENCE` is the exception that the specification asks for: its ordering fields and reserved
//! fields are ignored.

mod decode;
mod encode;
mod instruction;
mod opcode;
pub mod semantics;

pub use decode::decode;
pub use encode::encode;
pub use instruction::Instruction;
pub use opcode::{Format, Opcode};
