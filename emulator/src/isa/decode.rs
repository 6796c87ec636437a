//! From a 32-bit word to an instruction.

use super::{Instruction, Opcode};

/// Decodes one word; anything but RV32IM in its canonical encoding becomes [`Opcode::Illegal`].
///
/// Illegal are among others: compressed instructions, CSR instructions, FENCE.I, shifts by an immediate with bit 25
/// set (RV64), reserved `funct3`/`funct7` values, ECALL and EBREAK with nonzero register fields, and the all-zeros and
/// all-ones words. FENCE decodes whatever its ordering and reserved fields hold.
pub const fn decode(word: u32) -> Instruction {
    let funct3 = (word >> 12) & 7;
    let funct7 = word >> 25;
    let rd = ((word >> 7) & 31) as u8;
    let rs1 = ((word >> 15) & 31) as u8;
    let rs2 = ((word >> 20) & 31) as u8;
    match word & 0x7f {
        0x37 => Instruction::u_type(Opcode::Lui, rd, word),
        0x17 => Instruction::u_type(Opcode::Auipc, rd, word),
        0x6f => Instruction::jal(rd, immediate_j(word)),
        0x67 if funct3 == 0 => Instruction::i_type(Opcode::Jalr, rd, rs1, immediate_i(word)),
        0x63 => {
            let op = match funct3 {
                0 => Opcode::Beq,
                1 => Opcode::Bne,
                4 => Opcode::Blt,
                5 => Opcode::Bge,
                6 => Opcode::Bltu,
                7 => Opcode::Bgeu,
                _ => return Instruction::illegal(word),
            };
            Instruction::branch(op, rs1, rs2, immediate_b(word))
        }
        0x03 => {
            let op = match funct3 {
                0 => Opcode::Lb,
                1 => Opcode::Lh,
                2 => Opcode::Lw,
                4 => Opcode::Lbu,
                5 => Opcode::Lhu,
                _ => return Instruction::illegal(word),
            };
            Instruction::load(op, rd, rs1, immediate_i(word))
        }
        0x23 => {
            let op = match funct3 {
                0 => Opcode::Sb,
                1 => Opcode::Sh,
                2 => Opcode::Sw,
                _ => return Instruction::illegal(word),
            };
            Instruction::store(op, rs2, rs1, immediate_s(word))
        }
        0x13 => {
            let op = match (funct3, funct7) {
                (0, _) => Opcode::Addi,
                (2, _) => Opcode::Slti,
                (3, _) => Opcode::Sltiu,
                (4, _) => Opcode::Xori,
                (6, _) => Opcode::Ori,
                (7, _) => Opcode::Andi,
                (1, 0x00) => return Instruction::i_type(Opcode::Slli, rd, rs1, rs2 as i32),
                (5, 0x00) => return Instruction::i_type(Opcode::Srli, rd, rs1, rs2 as i32),
                (5, 0x20) => return Instruction::i_type(Opcode::Srai, rd, rs1, rs2 as i32),
                _ => return Instruction::illegal(word),
            };
            Instruction::i_type(op, rd, rs1, immediate_i(word))
        }
        0x33 => {
            let op = match (funct7, funct3) {
                (0x00, 0) => Opcode::Add,
                (0x00, 1) => Opcode::Sll,
                (0x00, 2) => Opcode::Slt,
                (0x00, 3) => Opcode::Sltu,
                (0x00, 4) => Opcode::Xor,
                (0x00, 5) => Opcode::Srl,
                (0x00, 6) => Opcode::Or,
                (0x00, 7) => Opcode::And,
                (0x20, 0) => Opcode::Sub,
                (0x20, 5) => Opcode::Sra,
                (0x01, 0) => Opcode::Mul,
                (0x01, 1) => Opcode::Mulh,
                (0x01, 2) => Opcode::Mulhsu,
                (0x01, 3) => Opcode::Mulhu,
                (0x01, 4) => Opcode::Div,
                (0x01, 5) => Opcode::Divu,
                (0x01, 6) => Opcode::Rem,
                (0x01, 7) => Opcode::Remu,
                _ => return Instruction::illegal(word),
            };
            Instruction::r_type(op, rd, rs1, rs2)
        }
        0x0f if funct3 == 0 => Instruction::system(Opcode::Fence),
        0x73 => match word {
            0x0000_0073 => Instruction::system(Opcode::Ecall),
            0x0010_0073 => Instruction::system(Opcode::Ebreak),
            _ => Instruction::illegal(word),
        },
        _ => Instruction::illegal(word),
    }
}

const fn immediate_i(word: u32) -> i32 {
    word.cast_signed() >> 20
}

const fn immediate_s(word: u32) -> i32 {
    ((word & 0xfe00_0000).cast_signed() >> 20) | ((word >> 7) & 0x1f).cast_signed()
}

const fn immediate_b(word: u32) -> i32 {
    let low = ((word >> 7) & 0x1e) | ((word >> 20) & 0x7e0) | ((word << 4) & 0x800);
    ((word & 0x8000_0000).cast_signed() >> 19) | low.cast_signed()
}

const fn immediate_j(word: u32) -> i32 {
    let low = ((word >> 20) & 0x7fe) | ((word >> 9) & 0x800) | (word & 0xf_f000);
    ((word & 0x8000_0000).cast_signed() >> 11) | low.cast_signed()
}
