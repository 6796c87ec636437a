//! The cases: every instruction, on corner operands and random ones, with every way that registers can coincide.

mod accesses;
mod jumps;

use super::program::Case;
use crate::run::Sample;
use lariat_emulator::{
    isa::{Instruction, Opcode},
    test_util::Rng,
};

/// Inputs of the runs.
pub const PUBLIC: &[u8] = b"\x81\x00\xff\x7f public";
/// See [`PUBLIC`].
pub const PRIVATE: &[u8] = b"\x80\xff\x01\x00 private";

/// What is known of a case's run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It goes on behind the instruction.
    Through,
    /// The emulator refuses it: there must be no completion.
    Refused,
    /// The program ends.
    Halts,
    /// It comes back to itself without end.
    Loops,
    /// It loads private words that are none, which no run has: there must be no completion.
    Unreadable,
}

/// Cases of one kind.
pub struct Group {
    /// What becomes of them.
    pub kind: Kind,
    /// Where their code starts.
    pub code_base: u32,
    /// The cases.
    pub cases: Vec<Case>,
}

/// Where code usually starts.
const CODE: u32 = 0x1_0000;
/// Code that ends where the last page begins.
const HIGH_CODE: u32 = 0xffff_d000;

/// First source, second source, destination.
const A: u8 = 5;
const B: u8 = 6;
const D: u8 = 7;

/// Registers of an instruction with two sources: destination, sources.
const REGISTERS: [(u8, u8, u8); 9] =
    [(D, A, B), (A, A, A), (A, A, B), (B, A, B), (D, A, A), (0, A, B), (D, 0, B), (D, A, 0), (0, 0, 0)];

const REGISTER_OPS: [Opcode; 18] = [
    Opcode::Add,
    Opcode::Sub,
    Opcode::Sll,
    Opcode::Slt,
    Opcode::Sltu,
    Opcode::Xor,
    Opcode::Srl,
    Opcode::Sra,
    Opcode::Or,
    Opcode::And,
    Opcode::Mul,
    Opcode::Mulh,
    Opcode::Mulhsu,
    Opcode::Mulhu,
    Opcode::Div,
    Opcode::Divu,
    Opcode::Rem,
    Opcode::Remu,
];
const IMMEDIATE_OPS: [Opcode; 6] = [Opcode::Addi, Opcode::Slti, Opcode::Sltiu, Opcode::Xori, Opcode::Ori, Opcode::Andi];
const SHIFTS: [Opcode; 3] = [Opcode::Slli, Opcode::Srli, Opcode::Srai];

/// Words at which arithmetic changes; the first few are enough for a small run.
const WORDS: [u32; 24] = [
    0,
    1,
    u32::MAX,
    0x8000_0000,
    0x7fff_ffff,
    0x1_0000,
    3,
    0xffff,
    31,
    32,
    0x8000_0001,
    0xffff_fffe,
    255,
    256,
    2,
    0xffff_0000,
    0xff00_ff00,
    0x00ff_00ff,
    0x0f0f_0f0f,
    0x8080_8080,
    0x1234_5678,
    0x0001_0001,
    0xffff_ff00,
    0x7fff_0000,
];
const IMMEDIATES: [i32; 16] = [0, 1, -1, 2047, -2048, 255, -256, 15, 16, -16, 127, -128, 1365, -1366, 31, 4];

/// How many of each.
struct Amount {
    words: usize,
    immediates: usize,
    /// Random operands for each instruction.
    random: usize,
    /// Every so many combinations of the rest one is taken.
    every: usize,
}

/// Every group at a size.
pub fn groups(sample: Sample, seed: u64) -> Vec<Group> {
    let amount = match sample {
        Sample::Few => Amount { words: 6, immediates: 5, random: 6, every: 7 },
        Sample::All => Amount { words: WORDS.len(), immediates: IMMEDIATES.len(), random: 160, every: 1 },
    };
    let mut rng = Rng::new(seed);
    let mut out = Vec::new();
    // Runs of a few hundred cases, so that branches reach every landing that they aim at and threads share the work.
    let mut add = |kind, cases: Vec<Case>| {
        out.extend(cases.chunks(400).map(|c| Group { kind, code_base: CODE, cases: c.to_vec() }));
    };
    add(Kind::Through, registers(&amount, &mut rng));
    add(Kind::Through, immediates(&amount, &mut rng));
    add(Kind::Through, upper(&amount));
    add(Kind::Through, jumps::branches(&amount, &mut rng));
    add(Kind::Through, jumps::jumps(&amount, &mut rng));
    add(Kind::Through, accesses::memory(&amount, &mut rng));
    add(Kind::Refused, accesses::refused_accesses(&amount));
    add(Kind::Refused, jumps::refused_jumps());
    add(Kind::Refused, jumps::refused_calls(&amount));
    add(Kind::Halts, jumps::halts(&amount, &mut rng));
    add(Kind::Loops, jumps::loops());
    add(Kind::Unreadable, accesses::unreadable());
    // The end of the address space: sums of addresses and of pc wrap around.
    let mut at_end = |kind, cases| out.push(Group { kind, code_base: HIGH_CODE, cases });
    at_end(Kind::Through, [jumps::jumps(&Amount { random: 3, ..amount }, &mut rng), upper(&amount)].concat());
    at_end(Kind::Refused, jumps::refused_jumps());
    out
}

fn sources(a: u32, b: u32) -> [(u8, u32); 2] {
    [(A, a), (B, b)]
}

fn registers(amount: &Amount, rng: &mut Rng) -> Vec<Case> {
    let mut out = Vec::new();
    let words = &WORDS[..amount.words];
    for op in REGISTER_OPS {
        let mut case = |(rd, rs1, rs2): (u8, u8, u8), a, b| {
            out.push(Case::plain(&sources(a, b), Instruction::r_type(op, rd, rs1, rs2)));
        };
        for &a in words {
            for &b in words {
                case(REGISTERS[0], a, b);
            }
        }
        for (k, &r) in REGISTERS.iter().enumerate().skip(1) {
            for (i, &a) in words.iter().enumerate().filter(|(i, _)| (i + k) % amount.every.min(3) == 0) {
                case(r, a, words[(i + k) % words.len()]);
            }
        }
        for i in 0..amount.random {
            case(REGISTERS[i % 2 * (i % REGISTERS.len())], rng.word(), rng.word());
        }
        // Near the border of a quotient: a multiple of the divisor and its neighbours.
        for _ in 0..amount.random / 4 {
            let b = rng.word() >> rng.below(31);
            let multiple = b.wrapping_mul(rng.next_u32() >> rng.below(31));
            for a in [multiple.wrapping_sub(1), multiple, multiple.wrapping_add(1)] {
                case(REGISTERS[0], a, b);
            }
        }
    }
    out
}

fn immediates(amount: &Amount, rng: &mut Rng) -> Vec<Case> {
    let mut out = Vec::new();
    let registers = [(D, A), (A, A), (0, A), (D, 0)];
    let mut case = |op, (rd, rs1), a, imm| out.push(Case::plain(&[(A, a)], Instruction::i_type(op, rd, rs1, imm)));
    for op in IMMEDIATE_OPS {
        for (i, &a) in WORDS[..amount.words].iter().enumerate() {
            for (k, &imm) in IMMEDIATES[..amount.immediates].iter().enumerate() {
                case(op, registers[if (i + k) % 5 == 0 { k % 4 } else { 0 }], a, imm);
            }
        }
        for _ in 0..amount.random {
            case(op, rng.pick(&registers), rng.word(), rng.below(4096) as i32 - 2048);
        }
    }
    for op in SHIFTS {
        for (i, &a) in WORDS[..amount.words].iter().enumerate() {
            for shift in (0..32).filter(|s| (s + i) % amount.every == 0) {
                case(op, registers[if i + shift == 31 { i % 4 } else { 0 }], a, shift as i32);
            }
        }
    }
    out
}

fn upper(amount: &Amount) -> Vec<Case> {
    let mut out = vec![Case::plain(&[], Instruction::system(Opcode::Fence))];
    for op in [Opcode::Lui, Opcode::Auipc] {
        for (i, &word) in WORDS[..amount.words].iter().enumerate() {
            let rd = [D, A, 0][i % 3];
            out.push(Case::plain(&[], Instruction::u_type(op, rd, word)));
            out.push(Case::plain(&[], Instruction::u_type(op, D, word << 12)));
        }
    }
    out
}

/// Private words that are none.
pub const FOREIGN: u32 = 3;
