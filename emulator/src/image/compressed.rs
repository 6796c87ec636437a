//! Telling programs with compressed instructions from those that only say so in their header.
//!
//! Code and constants lie side by side in executable segments, so that their words alone do not tell. The way from the
//! entry point on does, as far as it does not depend on data; what lies behind it, a run finds.

use super::Image;
use crate::isa::Opcode;

/// Instructions followed at most; start-up code that loops ends there.
const MAX_FOLLOWED: usize = 4096;

/// Address and halfword of the first compressed instruction that the program comes to, following it from its entry point
/// over jumps with a fixed target, and past branches, up to the first jump through a register.
pub(super) fn first(image: &Image) -> Option<(u32, u16)> {
    let mut pc = image.entry;
    for _ in 0..MAX_FOLLOWED {
        if let Some(half) = image.compressed_at(pc) {
            return Some((pc, half));
        }
        let instruction = image.instruction_at(pc)?;
        let target = pc.wrapping_add(instruction.imm.cast_unsigned());
        pc = match instruction.op {
            Opcode::Jal => target,
            Opcode::Beq | Opcode::Bge | Opcode::Bgeu if instruction.rs1 == instruction.rs2 => target,
            Opcode::Jalr | Opcode::Ecall | Opcode::Ebreak | Opcode::Illegal => return None,
            _ => pc.wrapping_add(4),
        };
    }
    None
}
