//! Branches, jumps and ends of programs.

use super::{A, Amount, B, CODE, D, IMMEDIATES, WORDS, sources};
use crate::uniqueness::program::{Case, DATA, Target, Tested};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    memory_map::{EXIT_CELL, PANIC_CELL},
    test_util::Rng,
};

const BRANCHES: [Opcode; 6] = [Opcode::Beq, Opcode::Bne, Opcode::Blt, Opcode::Bge, Opcode::Bltu, Opcode::Bgeu];

/// Both ways of every branch, over distances in both directions.
pub(super) fn branches(amount: &Amount, rng: &mut Rng) -> Vec<Case> {
    let mut out = Vec::new();
    let mut distances = [0, 1, -1, 9, -14, 30, -40].into_iter().cycle();
    for op in BRANCHES {
        let mut case = |(rs1, rs2), a, b, to| {
            out.push(Case { registers: sources(a, b).to_vec(), tested: Tested::Branch { op, rs1, rs2, to } });
        };
        let mut landing = || Target::Landing(distances.next().unwrap_or_default());
        for (i, &a) in WORDS[..amount.words].iter().enumerate() {
            for (k, &b) in WORDS[..amount.words].iter().enumerate() {
                // To the next row either way, now and then.
                case((A, B), a, b, if (i * k) % 6 == 5 { Target::Offset(4) } else { landing() });
            }
            for registers in [(A, A), (0, A), (A, 0), (0, 0)] {
                case(registers, a, 0, landing());
            }
        }
        for _ in 0..amount.random {
            let a = rng.word();
            let b = if rng.one_in(3) { a ^ (1 << rng.below(32)) } else { rng.word() };
            case((A, B), a, b, landing());
        }
    }
    out
}

pub(super) fn jumps(amount: &Amount, rng: &mut Rng) -> Vec<Case> {
    let mut out = Vec::new();
    for rd in [1, 0, D] {
        for behind in [0, 1, -1, 5, -5, 20, -20] {
            out.push(Case { registers: vec![], tested: Tested::Jal { rd, to: Target::Landing(behind) } });
        }
        out.push(Case { registers: vec![], tested: Tested::Jal { rd, to: Target::Offset(4) } });
    }
    let mut jalr = |rd, rs1, imm, behind, low| {
        out.push(Case { registers: vec![], tested: Tested::Jalr { rd, rs1, imm, to: Target::Landing(behind), low } });
    };
    for (k, &imm) in IMMEDIATES[..amount.immediates].iter().enumerate() {
        for low in [0, 1] {
            for (rd, rs1) in [(1, A), (A, A), (0, A)] {
                jalr(rd, rs1, imm, k as i32 - 2, low);
            }
        }
    }
    // To the first rows, by a sum that wraps around: unreduced it is the index of a virtual row, of which there are some.
    for low in [0, 1] {
        jalr(1, A, -1, i32::MIN, low);
        jalr(0, A, -2048, i32::MIN, low);
    }
    for _ in 0..amount.random {
        jalr(rng.pick(&[1, A, 0]), A, rng.below(4096) as i32 - 2048, rng.below(40) as i32 - 20, rng.below(2));
    }
    out.push(Case::plain(&sources(100, 7), Instruction::r_type(Opcode::Div, D, A, B)));
    out
}

/// Targets that are no multiple of four, are in no code, or are beyond the end of the address space.
pub(super) fn refused_jumps() -> Vec<Case> {
    let mut out = Vec::new();
    for offset in [2, 6, -2, 4090, -4094, -4096, 4094] {
        for op in BRANCHES {
            let (a, b) = match op {
                Opcode::Bne | Opcode::Blt | Opcode::Bltu => (1, 2),
                _ => (2, 2),
            };
            // Of those that are multiples of four, some are in code.
            if offset % 4 != 0 {
                let tested = Tested::Branch { op, rs1: A, rs2: B, to: Target::Offset(offset) };
                out.push(Case { registers: sources(a, b).to_vec(), tested });
            }
        }
    }
    for offset in [2, -2, 6, 0x0f_fffe, -0x10_0000, 0x0f_fff0] {
        for rd in [0, 1] {
            out.push(Case { registers: vec![], tested: Tested::Jal { rd, to: Target::Offset(offset) } });
        }
    }
    for imm in [0, 1, -1, 2047, -2048] {
        for low in [2, 3] {
            let tested = Tested::Jalr { rd: 1, rs1: A, imm, to: Target::Landing(1), low };
            out.push(Case { registers: vec![], tested });
        }
        // Below the code, at the ends of the address space, in data.
        for target in [0u32, 4, CODE - 4, 0xffff_fffc, 0xffff_fffe, 0x8000_0000, DATA, 0x4000_0000] {
            let a = target.wrapping_sub(imm.cast_unsigned());
            out.push(Case::plain(&[(A, a)], Instruction::i_type(Opcode::Jalr, 1, A, imm)));
        }
    }
    out
}

pub(super) fn refused_calls(amount: &Amount) -> Vec<Case> {
    let numbers = WORDS[..amount.words].iter().copied().chain([92, 94, 93 << 16, 93 + 256]);
    let exits = numbers.chain([93u32.wrapping_sub(EXIT_CELL - PANIC_CELL)]);
    exits.map(|a7| Case::plain(&[(17, a7), (10, 1)], Instruction::system(Opcode::Ecall))).collect()
}

pub(super) fn halts(amount: &Amount, rng: &mut Rng) -> Vec<Case> {
    let codes = WORDS[..amount.words].iter().copied().chain((0..amount.random / 6).map(|_| rng.word()));
    let mut out: Vec<Case> =
        codes.map(|a0| Case::plain(&[(17, 93), (10, a0)], Instruction::system(Opcode::Ecall))).collect();
    out.push(Case::plain(&[], Instruction::system(Opcode::Ebreak)));
    out.push(Case::plain(&[(17, 1), (10, 2)], Instruction::system(Opcode::Ebreak)));
    out
}

/// Jumps to themselves.
pub(super) fn loops() -> Vec<Case> {
    let own = Target::Offset(0);
    let branch =
        |op, a, b| Case { registers: sources(a, b).to_vec(), tested: Tested::Branch { op, rs1: A, rs2: B, to: own } };
    let mut out: Vec<Case> =
        BRANCHES.into_iter().flat_map(|op| [(1, 1), (1, 2), (2, 1)].map(|(a, b)| branch(op, a, b))).collect();
    out.push(Case { registers: vec![], tested: Tested::Branch { op: Opcode::Beq, rs1: 0, rs2: 0, to: own } });
    out.extend([0, 1].map(|rd| Case { registers: vec![], tested: Tested::Jal { rd, to: own } }));
    out
}
