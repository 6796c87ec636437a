//! Mnemonics of RV32IM and the formats that they are encoded in.

use std::fmt;

/// One RV32IM mnemonic, or [`Opcode::Illegal`] for a word that does not decode.
///
/// The discriminants are dense, start at 0, and follow [`Opcode::ALL`].
#[allow(missing_docs, reason = "each variant is the mnemonic of the same name in the RISC-V specification")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
#[repr(u8)]
pub enum Opcode {
    Lui,
    Auipc,
    Jal,
    Jalr,
    Beq,
    Bne,
    Blt,
    Bge,
    Bltu,
    Bgeu,
    Lb,
    Lh,
    Lw,
    Lbu,
    Lhu,
    Sb,
    Sh,
    Sw,
    Addi,
    Slti,
    Sltiu,
    Xori,
    Ori,
    Andi,
    Slli,
    Srli,
    Srai,
    Add,
    Sub,
    Sll,
    Slt,
    Sltu,
    Xor,
    Srl,
    Sra,
    Or,
    And,
    Mul,
    Mulh,
    Mulhsu,
    Mulhu,
    Div,
    Divu,
    Rem,
    Remu,
    Fence,
    Ecall,
    Ebreak,
    /// A word that does not decode; the instruction's `imm` holds the word.
    Illegal,
}

/// Encoding format, which also says which operands an instruction has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Format {
    /// `rd, imm` with the immediate in the upper 20 bits (LUI, AUIPC).
    Upper,
    /// `rd, offset` (JAL).
    Jump,
    /// `rd, offset(rs1)` (JALR).
    JumpRegister,
    /// `rs1, rs2, offset`.
    Branch,
    /// `rd, offset(rs1)`.
    Load,
    /// `rs2, offset(rs1)`.
    Store,
    /// `rd, rs1, imm` with a sign-extended 12-bit immediate.
    Immediate,
    /// `rd, rs1, shamt` with a 5-bit shift amount.
    ShiftImmediate,
    /// `rd, rs1, rs2`.
    Register,
    /// No operand in the encoding (FENCE, ECALL, EBREAK).
    System,
    /// Not an instruction.
    Illegal,
}

impl Opcode {
    /// Every opcode in the order of its discriminant, [`Opcode::Illegal`] last.
    pub const ALL: [Self; 49] = [
        Self::Lui,
        Self::Auipc,
        Self::Jal,
        Self::Jalr,
        Self::Beq,
        Self::Bne,
        Self::Blt,
        Self::Bge,
        Self::Bltu,
        Self::Bgeu,
        Self::Lb,
        Self::Lh,
        Self::Lw,
        Self::Lbu,
        Self::Lhu,
        Self::Sb,
        Self::Sh,
        Self::Sw,
        Self::Addi,
        Self::Slti,
        Self::Sltiu,
        Self::Xori,
        Self::Ori,
        Self::Andi,
        Self::Slli,
        Self::Srli,
        Self::Srai,
        Self::Add,
        Self::Sub,
        Self::Sll,
        Self::Slt,
        Self::Sltu,
        Self::Xor,
        Self::Srl,
        Self::Sra,
        Self::Or,
        Self::And,
        Self::Mul,
        Self::Mulh,
        Self::Mulhsu,
        Self::Mulhu,
        Self::Div,
        Self::Divu,
        Self::Rem,
        Self::Remu,
        Self::Fence,
        Self::Ecall,
        Self::Ebreak,
        Self::Illegal,
    ];

    /// The encoding format of this opcode.
    pub const fn format(self) -> Format {
        match self {
            Self::Lui | Self::Auipc => Format::Upper,
            Self::Jal => Format::Jump,
            Self::Jalr => Format::JumpRegister,
            Self::Beq | Self::Bne | Self::Blt | Self::Bge | Self::Bltu | Self::Bgeu => Format::Branch,
            Self::Lb | Self::Lh | Self::Lw | Self::Lbu | Self::Lhu => Format::Load,
            Self::Sb | Self::Sh | Self::Sw => Format::Store,
            Self::Addi | Self::Slti | Self::Sltiu | Self::Xori | Self::Ori | Self::Andi => Format::Immediate,
            Self::Slli | Self::Srli | Self::Srai => Format::ShiftImmediate,
            Self::Add
            | Self::Sub
            | Self::Sll
            | Self::Slt
            | Self::Sltu
            | Self::Xor
            | Self::Srl
            | Self::Sra
            | Self::Or
            | Self::And
            | Self::Mul
            | Self::Mulh
            | Self::Mulhsu
            | Self::Mulhu
            | Self::Div
            | Self::Divu
            | Self::Rem
            | Self::Remu => Format::Register,
            Self::Fence | Self::Ecall | Self::Ebreak => Format::System,
            Self::Illegal => Format::Illegal,
        }
    }

    /// The assembler mnemonic, in lower case; `.word` for [`Opcode::Illegal`].
    pub const fn mnemonic(self) -> &'static str {
        match self {
            Self::Lui => "lui",
            Self::Auipc => "auipc",
            Self::Jal => "jal",
            Self::Jalr => "jalr",
            Self::Beq => "beq",
            Self::Bne => "bne",
            Self::Blt => "blt",
            Self::Bge => "bge",
            Self::Bltu => "bltu",
            Self::Bgeu => "bgeu",
            Self::Lb => "lb",
            Self::Lh => "lh",
            Self::Lw => "lw",
            Self::Lbu => "lbu",
            Self::Lhu => "lhu",
            Self::Sb => "sb",
            Self::Sh => "sh",
            Self::Sw => "sw",
            Self::Addi => "addi",
            Self::Slti => "slti",
            Self::Sltiu => "sltiu",
            Self::Xori => "xori",
            Self::Ori => "ori",
            Self::Andi => "andi",
            Self::Slli => "slli",
            Self::Srli => "srli",
            Self::Srai => "srai",
            Self::Add => "add",
            Self::Sub => "sub",
            Self::Sll => "sll",
            Self::Slt => "slt",
            Self::Sltu => "sltu",
            Self::Xor => "xor",
            Self::Srl => "srl",
            Self::Sra => "sra",
            Self::Or => "or",
            Self::And => "and",
            Self::Mul => "mul",
            Self::Mulh => "mulh",
            Self::Mulhsu => "mulhsu",
            Self::Mulhu => "mulhu",
            Self::Div => "div",
            Self::Divu => "divu",
            Self::Rem => "rem",
            Self::Remu => "remu",
            Self::Fence => "fence",
            Self::Ecall => "ecall",
            Self::Ebreak => "ebreak",
            Self::Illegal => ".word",
        }
    }

    /// Whether the encoding names a destination register.
    pub const fn has_rd(self) -> bool {
        !matches!(self.format(), Format::Branch | Format::Store | Format::System | Format::Illegal)
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mnemonic())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_lists_every_discriminant_in_order() {
        for (index, op) in Opcode::ALL.iter().enumerate() {
            assert_eq!(*op as usize, index);
        }
        assert_eq!(Opcode::Illegal as usize + 1, Opcode::ALL.len());
    }

    #[test]
    fn mnemonics_are_distinct() {
        let mut names: Vec<_> = Opcode::ALL.iter().map(|op| op.mnemonic()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Opcode::ALL.len());
    }
}
