//! Programs made of cases: each loads registers with constants and executes one instruction.
//!
//! A case that goes on comes back to the instruction behind it, wherever it jumped: in front of every case of a jump there
//! is a *landing*, `jalr x0, 0(x31)`, and every such case puts into `x31` where it is to be resumed.

use lariat_emulator::{
    image::{Image, Segment},
    isa::{Instruction, Opcode, encode},
    memory_map::MemoryConfig,
};

/// Where the register of landings points.
const RESUME: u8 = 31;

/// Writable words that cases load and store.
pub const DATA: u32 = 0x1800_0000;
/// Words that they load.
pub const RODATA: u32 = 0x1900_0000;
/// Words of either.
pub const DATA_WORDS: u32 = 64;

/// Where a jump of a case goes.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// So many bytes from the instruction.
    Offset(i64),
    /// The landing of the case so many behind this one, or the last or first one; zero is this one's own.
    Landing(i32),
}

/// What a case executes.
#[derive(Clone, Copy, Debug)]
pub enum Tested {
    /// An instruction as it stands.
    Plain(Instruction),
    /// A branch; the offset is put in.
    Branch { op: Opcode, rs1: u8, rs2: u8, to: Target },
    /// `jal rd`; the offset is put in.
    Jal { rd: u8, to: Target },
    /// `jalr rd, imm(rs1)`; `rs1` is loaded so that the target is hit, plus `low` for its low bits.
    Jalr { rd: u8, rs1: u8, imm: i32, to: Target, low: u32 },
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Registers and the words that they are loaded with.
    pub registers: Vec<(u8, u32)>,
    /// The instruction.
    pub tested: Tested,
}

impl Case {
    /// An instruction on these registers.
    pub fn plain(registers: &[(u8, u32)], instruction: Instruction) -> Self {
        Self { registers: registers.to_vec(), tested: Tested::Plain(instruction) }
    }

    /// The mnemonic.
    pub const fn op(&self) -> Opcode {
        match self.tested {
            Tested::Plain(i) => i.op,
            Tested::Branch { op, .. } => op,
            Tested::Jal { .. } => Opcode::Jal,
            Tested::Jalr { .. } => Opcode::Jalr,
        }
    }

    const fn has_landing(&self) -> bool {
        !matches!(self.tested, Tested::Plain(_))
    }

    /// Words of code.
    fn len(&self) -> u32 {
        let jalr = u32::from(matches!(self.tested, Tested::Jalr { .. }));
        2 * self.registers.len() as u32 + 2 * jalr + if self.has_landing() { 4 } else { 0 } + 1
    }
}

/// Cases laid out in memory.
pub struct Program {
    /// The image; its entry is the first case.
    pub image: Image,
    /// Address of each case's first instruction, and of the instruction under test.
    pub places: Vec<(u32, u32)>,
}

/// Lays cases out from an address on, with an exit behind them.
pub fn program(code_base: u32, cases: &[Case]) -> Program {
    let mut starts = Vec::with_capacity(cases.len());
    let mut pc = code_base;
    for case in cases {
        starts.push(pc);
        pc = pc.wrapping_add(4 * case.len());
    }
    let mut code: Vec<Instruction> = Vec::new();
    let mut places = Vec::with_capacity(cases.len());
    let landing = |i: usize, behind: i32| {
        let range = 0..starts.len();
        let mut at = (i as i64 + i64::from(behind)).clamp(0, range.end as i64 - 1) as usize;
        // Of the nearest jump before: only jumps have one.
        while !cases[at].has_landing() {
            at -= 1;
        }
        starts[at].wrapping_add(4)
    };
    for (i, case) in cases.iter().enumerate() {
        let here = |code: &[Instruction]| code_base.wrapping_add(4 * code.len() as u32);
        let resumed = starts[i].wrapping_add(4 * case.len());
        let tested_at = resumed.wrapping_sub(4);
        let target = |to: Target| match to {
            Target::Offset(by) => i64::from(tested_at).wrapping_add(by) as u32,
            Target::Landing(behind) => landing(i, behind),
        };
        if case.has_landing() {
            code.push(Instruction::jal(0, 8));
            code.push(Instruction::i_type(Opcode::Jalr, 0, RESUME, 0));
            load(&mut code, RESUME, resumed);
        }
        for &(register, word) in &case.registers {
            load(&mut code, register, word);
        }
        if let Tested::Jalr { rs1, imm, to, low, .. } = case.tested {
            let word = target(to).wrapping_add(low).wrapping_sub(imm.cast_unsigned());
            load(&mut code, rs1, word);
        }
        let offset = |to: Target, reach: i32| {
            let offset = target(to).wrapping_sub(tested_at).cast_signed();
            assert!((-reach..reach).contains(&offset), "a jump over {offset} bytes");
            offset
        };
        assert_eq!(here(&code), tested_at);
        places.push((starts[i], tested_at));
        code.push(match case.tested {
            Tested::Plain(instruction) => instruction,
            Tested::Branch { op, rs1, rs2, to } => Instruction::branch(op, rs1, rs2, offset(to, 1 << 12)),
            Tested::Jal { rd, to } => Instruction::jal(rd, offset(to, 1 << 20)),
            Tested::Jalr { rd, rs1, imm, .. } => Instruction::i_type(Opcode::Jalr, rd, rs1, imm),
        });
    }
    code.push(Instruction::i_type(Opcode::Addi, 10, 0, 0));
    code.push(Instruction::i_type(Opcode::Addi, 17, 0, 93));
    code.push(Instruction::system(Opcode::Ecall));
    Program { image: image(code_base, code.iter().map(encode).collect()), places }
}

/// Words at the start of data: halves and bytes of every sign, and equal ones.
fn data(seed: u32) -> Vec<u32> {
    let corners = [
        0x8182_f384,
        0x0001_7fff,
        0x8000_ff00,
        0x7f80_0180,
        0xffff_ffff,
        0,
        0x00ff_ff00,
        0x1234_5678,
        0xdead_beef,
        0x8080_8080,
        0x0000_8000,
        0x0080_0000,
    ];
    (0..DATA_WORDS).map(|i| corners.get(i as usize).copied().unwrap_or(seed.wrapping_mul(2 * i + 1))).collect()
}

fn image(code_base: u32, words: Vec<u32>) -> Image {
    let segment = |start, words, writable, executable| Segment { start, words, zeros: 0, writable, executable };
    let segments = vec![
        segment(code_base, words, false, true),
        segment(DATA, data(0x9e37_79b9), true, false),
        segment(RODATA, data(0x85eb_ca6b), false, false),
    ];
    let memory = MemoryConfig { heap_size: 1 << 12, ..MemoryConfig::default() };
    Image::from_segments(code_base, segments, &memory).expect("cases fit between the fixed regions")
}

/// `lui` and `addi`.
fn load(code: &mut Vec<Instruction>, register: u8, word: u32) {
    let low = (word << 20).cast_signed() >> 20;
    code.push(Instruction::u_type(Opcode::Lui, register, word.wrapping_sub(low.cast_unsigned())));
    code.push(Instruction::i_type(Opcode::Addi, register, register, low));
}
