//! From an instruction to its 32-bit word.

use super::{Format, Instruction, Opcode};

/// Encodes one instruction; the inverse of [`decode`](super::decode) on everything that `decode` returns.
///
/// Fields are truncated to their width in the encoding: a branch offset beyond 4 KiB or an odd one, say, loses bits.
/// FENCE encodes as `fence iorw, iorw`. [`Opcode::Illegal`] encodes as the word in its `imm`.
pub const fn encode(instruction: &Instruction) -> u32 {
    let Instruction { op, rd, rs1, rs2, imm } = *instruction;
    let (major, funct3, funct7) = codes(op);
    let base = major | (funct3 << 12);
    let imm = imm.cast_unsigned();
    let (rd, rs1, rs2) = (((rd & 31) as u32) << 7, ((rs1 & 31) as u32) << 15, ((rs2 & 31) as u32) << 20);
    match op.format() {
        Format::Upper => base | rd | (imm & 0xffff_f000),
        Format::Jump => {
            let offset =
                bits(imm, 20, 1) << 31 | bits(imm, 1, 10) << 21 | bits(imm, 11, 1) << 20 | bits(imm, 12, 8) << 12;
            base | rd | offset
        }
        Format::JumpRegister | Format::Load | Format::Immediate => base | rd | rs1 | (imm << 20),
        Format::Branch => {
            let offset = bits(imm, 12, 1) << 31 | bits(imm, 5, 6) << 25 | bits(imm, 1, 4) << 8 | bits(imm, 11, 1) << 7;
            base | rs1 | rs2 | offset
        }
        Format::Store => base | rs1 | rs2 | (bits(imm, 5, 7) << 25) | (bits(imm, 0, 5) << 7),
        Format::ShiftImmediate => base | rd | rs1 | (bits(imm, 0, 5) << 20) | (funct7 << 25),
        Format::Register => base | rd | rs1 | rs2 | (funct7 << 25),
        Format::System => match op {
            Opcode::Fence => base | 0x0ff0_0000,
            Opcode::Ebreak => base | 0x0010_0000,
            _ => base,
        },
        Format::Illegal => imm,
    }
}

/// `width` bits of `value` from bit `low`.
const fn bits(value: u32, low: u32, width: u32) -> u32 {
    (value >> low) & ((1 << width) - 1)
}

/// Major opcode, `funct3`, `funct7`; zeros where a format has no such field.
const fn codes(op: Opcode) -> (u32, u32, u32) {
    match op {
        Opcode::Lui => (0x37, 0, 0),
        Opcode::Auipc => (0x17, 0, 0),
        Opcode::Jal => (0x6f, 0, 0),
        Opcode::Jalr => (0x67, 0, 0),
        Opcode::Beq => (0x63, 0, 0),
        Opcode::Bne => (0x63, 1, 0),
        Opcode::Blt => (0x63, 4, 0),
        Opcode::Bge => (0x63, 5, 0),
        Opcode::Bltu => (0x63, 6, 0),
        Opcode::Bgeu => (0x63, 7, 0),
        Opcode::Lb => (0x03, 0, 0),
        Opcode::Lh => (0x03, 1, 0),
        Opcode::Lw => (0x03, 2, 0),
        Opcode::Lbu => (0x03, 4, 0),
        Opcode::Lhu => (0x03, 5, 0),
        Opcode::Sb => (0x23, 0, 0),
        Opcode::Sh => (0x23, 1, 0),
        Opcode::Sw => (0x23, 2, 0),
        Opcode::Addi => (0x13, 0, 0),
        Opcode::Slti => (0x13, 2, 0),
        Opcode::Sltiu => (0x13, 3, 0),
        Opcode::Xori => (0x13, 4, 0),
        Opcode::Ori => (0x13, 6, 0),
        Opcode::Andi => (0x13, 7, 0),
        Opcode::Slli => (0x13, 1, 0),
        Opcode::Srli => (0x13, 5, 0),
        Opcode::Srai => (0x13, 5, 0x20),
        Opcode::Add => (0x33, 0, 0),
        Opcode::Sub => (0x33, 0, 0x20),
        Opcode::Sll => (0x33, 1, 0),
        Opcode::Slt => (0x33, 2, 0),
        Opcode::Sltu => (0x33, 3, 0),
        Opcode::Xor => (0x33, 4, 0),
        Opcode::Srl => (0x33, 5, 0),
        Opcode::Sra => (0x33, 5, 0x20),
        Opcode::Or => (0x33, 6, 0),
        Opcode::And => (0x33, 7, 0),
        Opcode::Mul => (0x33, 0, 1),
        Opcode::Mulh => (0x33, 1, 1),
        Opcode::Mulhsu => (0x33, 2, 1),
        Opcode::Mulhu => (0x33, 3, 1),
        Opcode::Div => (0x33, 4, 1),
        Opcode::Divu => (0x33, 5, 1),
        Opcode::Rem => (0x33, 6, 1),
        Opcode::Remu => (0x33, 7, 1),
        Opcode::Fence => (0x0f, 0, 0),
        Opcode::Ecall | Opcode::Ebreak => (0x73, 0, 0),
        Opcode::Illegal => (0, 0, 0),
    }
}
