//! A program that has every kind of row, and what the kinds are called.

use crate::programs::{DATA, RODATA, i, load, program_with, r, store};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    memory_map::{INPUT_START, OUTPUT_START, PRIVATE_INPUT_START},
    test_util::Assembler,
};
use lariat_jolt_core::{Program, bytecode::VIRTUAL_BASE};

/// A kind of row: the instruction, and the position in the rows that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind {
    pub op: Opcode,
    pub part: u8,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.op)?;
        if self.part > 0 { write!(f, "+{}", self.part) } else { Ok(()) }
    }
}

/// The kind of the bytecode row with an index.
pub fn kind_of(program: &Program, index: u32) -> Kind {
    let (code, sequences) = (&program.image().code, &program.bytecode().sequences);
    if index < VIRTUAL_BASE {
        return Kind { op: code[index as usize].op, part: 0 };
    }
    let at = index - VIRTUAL_BASE;
    let (owner, first) =
        sequences.iter().find(|(_, s)| at >= s.0 && at < s.0 + u32::from(s.1)).map(|(i, s)| (i, s.0)).unwrap();
    Kind { op: code[owner].op, part: 1 + (at - first) as u8 }
}

/// All kinds of rows that a program can have, those of `ebreak` included.
pub fn all_kinds() -> Vec<Kind> {
    let parts = |op| match op {
        Opcode::Div => 5,
        Opcode::Rem => 4,
        Opcode::Ebreak => 2,
        _ => 1,
    };
    let real = Opcode::ALL.into_iter().filter(|op| *op != Opcode::Illegal);
    real.flat_map(|op| (0..parts(op)).map(move |part| Kind { op, part })).collect()
}

/// Public and private input of [`every_kind`].
pub const INPUT: &[u8] = b"public input";
/// See [`INPUT`].
pub const PRIVATE: &[u8] = b"private";

/// A program of about a hundred rows with every kind of row, `ebreak`'s only if it is `panicking`. Operands have no zero
/// bytes and differ from each other, so that few changes go unnoticed by accident.
pub fn every_kind(panicking: bool) -> Program {
    let data = [0x8182_f384, 0x1726_3544, 0xdead_beef, 0];
    program_with(&data, &[0x9abc_def1], |asm: &mut Assembler| {
        let (a, b, c) = (5, 6, 7);
        asm.load_constant(a, 0x8765_4321).load_constant(b, 0x1357_9bdf).load_constant(20, 0xffff_fff3);
        for op in [Opcode::Add, Opcode::Sub, Opcode::Xor, Opcode::Or, Opcode::And] {
            r(asm, op, c, a, b);
        }
        for op in [Opcode::Sll, Opcode::Srl, Opcode::Sra, Opcode::Slt, Opcode::Sltu] {
            r(asm, op, c, a, b);
            r(asm, op, 8, b, a);
        }
        for op in [Opcode::Mul, Opcode::Mulh, Opcode::Mulhsu, Opcode::Mulhu] {
            r(asm, op, c, a, b);
            r(asm, op, 8, b, a);
        }
        for op in [Opcode::Div, Opcode::Divu, Opcode::Rem, Opcode::Remu] {
            r(asm, op, c, a, 20);
            r(asm, op, 8, b, 20);
        }
        r(asm, Opcode::Divu, c, a, 0);
        r(asm, Opcode::Rem, c, b, 0);
        for (op, imm) in [
            (Opcode::Addi, -77),
            (Opcode::Slti, -3),
            (Opcode::Sltiu, 1234),
            (Opcode::Xori, -1365),
            (Opcode::Ori, 291),
            (Opcode::Andi, -17),
            (Opcode::Slli, 5),
            (Opcode::Srli, 9),
            (Opcode::Srai, 11),
        ] {
            i(asm, op, c, a, imm);
        }
        asm.push(Instruction::u_type(Opcode::Lui, c, 0x7654_3000));
        asm.push(Instruction::u_type(Opcode::Auipc, c, 0x1000));
        asm.push(Instruction::system(Opcode::Fence));
        // Memory.
        asm.load_constant(9, DATA);
        for offset in 0..4 {
            load(asm, Opcode::Lb, c, 9, offset);
            load(asm, Opcode::Lbu, c, 9, 4 + offset);
            store(asm, Opcode::Sb, a, 9, 8 + offset);
        }
        for offset in [0, 2] {
            load(asm, Opcode::Lh, c, 9, offset);
            load(asm, Opcode::Lhu, c, 9, offset);
            store(asm, Opcode::Sh, b, 9, 8 + offset);
        }
        load(asm, Opcode::Lw, c, 9, 8);
        store(asm, Opcode::Sw, a, 9, 12);
        for start in [RODATA, INPUT_START, PRIVATE_INPUT_START] {
            asm.load_constant(10, start);
            load(asm, Opcode::Lw, 11, 10, 0);
        }
        asm.load_constant(10, OUTPUT_START);
        store(asm, Opcode::Sw, 0, 2, -4);
        i(asm, Opcode::Addi, 12, 0, 7);
        store(asm, Opcode::Sw, 12, 10, 0);
        store(asm, Opcode::Sw, b, 10, 4);
        store(asm, Opcode::Sh, b, 10, 8);
        store(asm, Opcode::Sb, a, 10, 10);
        // Control.
        for op in [Opcode::Beq, Opcode::Bne, Opcode::Blt, Opcode::Bge, Opcode::Bltu, Opcode::Bgeu] {
            for (rs1, rs2) in [(a, b), (b, a), (a, a)] {
                let over = asm.label();
                asm.branch(op, rs1, rs2, over);
                i(asm, Opcode::Addi, c, c, 1);
                asm.bind(over);
            }
        }
        let over = asm.label();
        asm.jal(1, over);
        asm.push(Instruction::system(Opcode::Ebreak));
        asm.bind(over);
        let target = asm.here() + 12;
        asm.load_constant(13, target + 101);
        i(asm, Opcode::Jalr, 1, 13, -100);
        if panicking {
            asm.push(Instruction::system(Opcode::Ebreak));
        } else {
            asm.exit(77);
        }
    })
}
