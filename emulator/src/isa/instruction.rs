//! The decoded instruction: constructors by format, and disassembly.

use std::fmt;

use super::{Format, Opcode};

/// A decoded instruction (8 bytes).
///
/// `imm` is sign-extended; for shifts by an immediate it is the shift amount; for LUI and AUIPC it is the 32-bit value
/// that the upper immediate stands for (`imm20 << 12`); for [`Opcode::Illegal`] it is the word. Fields that a format
/// does not have are 0; in particular ECALL names no registers here, although it reads `x17` and `x10`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Instruction {
    /// What to do.
    pub op: Opcode,
    /// Destination register, 0 to 31.
    pub rd: u8,
    /// First source register, 0 to 31.
    pub rs1: u8,
    /// Second source register, 0 to 31.
    pub rs2: u8,
    /// Immediate operand.
    pub imm: i32,
}

impl Instruction {
    /// The instruction that stands for a word which does not decode.
    pub const fn illegal(word: u32) -> Self {
        Self { op: Opcode::Illegal, rd: 0, rs1: 0, rs2: 0, imm: word.cast_signed() }
    }

    /// `op rd, rs1, rs2`.
    pub const fn r_type(op: Opcode, rd: u8, rs1: u8, rs2: u8) -> Self {
        Self { op, rd, rs1, rs2, imm: 0 }
    }

    /// `op rd, rs1, imm`: immediate arithmetic, shifts by an immediate, and JALR.
    pub const fn i_type(op: Opcode, rd: u8, rs1: u8, imm: i32) -> Self {
        Self { op, rd, rs1, rs2: 0, imm }
    }

    /// `op rd, offset(base)`: a load.
    pub const fn load(op: Opcode, rd: u8, base: u8, offset: i32) -> Self {
        Self { op, rd, rs1: base, rs2: 0, imm: offset }
    }

    /// `op source, offset(base)`: a store.
    pub const fn store(op: Opcode, source: u8, base: u8, offset: i32) -> Self {
        Self { op, rd: 0, rs1: base, rs2: source, imm: offset }
    }

    /// `op rs1, rs2, offset`: a conditional branch, offset in bytes from this instruction.
    pub const fn branch(op: Opcode, rs1: u8, rs2: u8, offset: i32) -> Self {
        Self { op, rd: 0, rs1, rs2, imm: offset }
    }

    /// `op rd, value >> 12`: LUI or AUIPC; the low 12 bits of `value` are dropped.
    pub const fn u_type(op: Opcode, rd: u8, value: u32) -> Self {
        Self { op, rd, rs1: 0, rs2: 0, imm: (value & 0xffff_f000).cast_signed() }
    }

    /// `jal rd, offset`, offset in bytes from this instruction.
    pub const fn jal(rd: u8, offset: i32) -> Self {
        Self { op: Opcode::Jal, rd, rs1: 0, rs2: 0, imm: offset }
    }

    /// FENCE, ECALL or EBREAK.
    pub const fn system(op: Opcode) -> Self {
        Self { op, rd: 0, rs1: 0, rs2: 0, imm: 0 }
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { op, rd, rs1, rs2, imm } = *self;
        match op.format() {
            Format::Upper => write!(f, "{op} x{rd}, {:#x}", imm.cast_unsigned() >> 12),
            Format::Jump => write!(f, "{op} x{rd}, {imm}"),
            Format::Branch => write!(f, "{op} x{rs1}, x{rs2}, {imm}"),
            Format::Load | Format::JumpRegister => write!(f, "{op} x{rd}, {imm}(x{rs1})"),
            Format::Store => write!(f, "{op} x{rs2}, {imm}(x{rs1})"),
            Format::Immediate | Format::ShiftImmediate => write!(f, "{op} x{rd}, x{rs1}, {imm}"),
            Format::Register => write!(f, "{op} x{rd}, x{rs1}, x{rs2}"),
            Format::System => write!(f, "{op}"),
            Format::Illegal => write!(f, "{op} {:#010x}", imm.cast_unsigned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disassembles_each_format() {
        let cases = [
            (Instruction::u_type(Opcode::Lui, 1, 0x1234_5fff), "lui x1, 0x12345"),
            (Instruction::jal(1, -2048), "jal x1, -2048"),
            (Instruction::i_type(Opcode::Jalr, 0, 1, 4), "jalr x0, 4(x1)"),
            (Instruction::branch(Opcode::Bgeu, 3, 4, -16), "bgeu x3, x4, -16"),
            (Instruction::load(Opcode::Lbu, 5, 2, -1), "lbu x5, -1(x2)"),
            (Instruction::store(Opcode::Sh, 6, 2, 2), "sh x6, 2(x2)"),
            (Instruction::i_type(Opcode::Xori, 7, 8, -1), "xori x7, x8, -1"),
            (Instruction::i_type(Opcode::Srai, 7, 8, 31), "srai x7, x8, 31"),
            (Instruction::r_type(Opcode::Mulhsu, 9, 10, 11), "mulhsu x9, x10, x11"),
            (Instruction::system(Opcode::Ebreak), "ebreak"),
            (Instruction::illegal(0xc000_1073), ".word 0xc0001073"),
        ];
        for (instruction, text) in cases {
            assert_eq!(instruction.to_string(), text);
        }
    }

    #[test]
    fn is_eight_bytes() {
        assert_eq!(size_of::<Instruction>(), 8);
    }
}
