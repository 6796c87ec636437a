//! Loads and stores.

use super::{A, Amount, B, CODE, D, FOREIGN, IMMEDIATES, WORDS, sources};
use crate::uniqueness::program::{Case, DATA, RODATA};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    memory_map::{EXIT_CELL, INPUT_START, OUTPUT_START, PANIC_CELL, PRIVATE_INPUT_START, STACK_TOP},
    test_util::Rng,
};

const LOADS: [(Opcode, u32); 5] =
    [(Opcode::Lb, 1), (Opcode::Lbu, 1), (Opcode::Lh, 2), (Opcode::Lhu, 2), (Opcode::Lw, 4)];
const STORES: [(Opcode, u32); 3] = [(Opcode::Sb, 1), (Opcode::Sh, 2), (Opcode::Sw, 4)];

/// Loads and stores that are allowed, of every width at every offset of a word.
pub(super) fn memory(amount: &Amount, rng: &mut Rng) -> Vec<Case> {
    let mut out = Vec::new();
    let heap = (RODATA + 256).next_multiple_of(16);
    let writable = [DATA, heap, STACK_TOP - 4096, OUTPUT_START + 16];
    let readable = [DATA + 12, RODATA, INPUT_START, PRIVATE_INPUT_START, CODE, PANIC_CELL, EXIT_CELL, heap + 8];
    let imms = &IMMEDIATES[..amount.immediates];
    let address = |a: u32, imm: i32| a.wrapping_sub(imm.cast_unsigned());
    let registers = [(D, A), (A, A), (0, A)];
    let mut turn = 0;
    for (op, width) in LOADS {
        for word in 0..12 {
            for offset in (0..4).step_by(width as usize) {
                let imm = imms[turn % imms.len()];
                let (rd, rs1) = registers[turn % 7 % 3];
                turn += 1;
                let a = address(DATA + 4 * word + offset, imm);
                out.push(Case::plain(&[(A, a)], Instruction::load(op, rd, rs1, imm)));
            }
        }
        for start in readable {
            for &imm in imms.iter().step_by(amount.every.min(3)) {
                let offset = rng.below(4 / width) * width;
                out.push(Case::plain(&[(A, address(start + offset, imm))], Instruction::load(op, D, A, imm)));
            }
        }
        for _ in 0..amount.random {
            let imm = rng.below(4096) as i32 - 2048;
            let a = address(DATA + rng.below(256 / width) * width, imm);
            out.push(Case::plain(&[(A, a)], Instruction::load(op, D, A, imm)));
        }
    }
    for (op, width) in STORES {
        for (i, &value) in WORDS[..amount.words].iter().enumerate() {
            for offset in (0..4).step_by(width as usize) {
                for (k, start) in writable.into_iter().enumerate().filter(|(k, _)| *k == i % 4 || amount.every == 1) {
                    let imm = imms[(i + k) % imms.len()];
                    let rs2 = if (i + k) % 5 == 4 { A } else { B };
                    let a = address(start + 8 + offset, imm);
                    out.push(Case::plain(&sources(a, value), Instruction::store(op, rs2, A, imm)));
                }
            }
            let a = address(DATA + 4 * (i as u32 % 12), imms[0]);
            out.push(Case::plain(&sources(a, value), Instruction::store(op, 0, A, imms[0])));
        }
        for _ in 0..amount.random {
            let imm = rng.below(4096) as i32 - 2048;
            let a = address(DATA + rng.below(256 / width) * width, imm);
            out.push(Case::plain(&sources(a, rng.word()), Instruction::store(op, B, A, imm)));
        }
    }
    out
}

pub(super) fn refused_accesses(amount: &Amount) -> Vec<Case> {
    let mut out = Vec::new();
    let imms = &IMMEDIATES[..amount.immediates];
    let all = LOADS.map(|l| (l, false)).into_iter().chain(STORES.map(|s| (s, true)));
    for ((op, width), is_store) in all {
        let mut case = |a: u32, imm: i32| {
            let a = a.wrapping_sub(imm.cast_unsigned());
            let instruction =
                if is_store { Instruction::store(op, B, A, imm) } else { Instruction::load(op, D, A, imm) };
            out.push(Case::plain(&sources(a, 0x1357_9bdf), instruction));
        };
        for (k, &imm) in imms.iter().enumerate() {
            // Misaligned, in a word of equal bytes too, and across words.
            for offset in (1..4u32).filter(|o| o % width != 0) {
                for word in [0, 4, 5, 9].into_iter().skip(k % 2) {
                    case(DATA + 4 * word + offset, imm);
                }
            }
            // Nothing is there: below and above everything, at both ends of the address space, beside regions.
            for a in [0, 0xffff_fffc, 0xffff_f000, STACK_TOP, DATA - 4, DATA + 256, EXIT_CELL + 4, 0x4000_0020, 8] {
                case(a, imm);
            }
            if is_store {
                for a in [RODATA, INPUT_START, INPUT_START + 4, PRIVATE_INPUT_START, EXIT_CELL, CODE] {
                    case(a, imm);
                }
            }
        }
    }
    out
}

/// Loads of every width from every private word that is none.
pub(super) fn unreadable() -> Vec<Case> {
    let words = 1..=FOREIGN;
    let all = words.flat_map(|word| LOADS.into_iter().map(move |(op, width)| (op, width, word)));
    let all = all.flat_map(|(op, width, word)| (0..4).step_by(width as usize).map(move |offset| (op, word, offset)));
    all.map(|(op, word, offset)| {
        Case::plain(&[(A, PRIVATE_INPUT_START + 4 * word + offset)], Instruction::load(op, D, A, 0))
    })
    .collect()
}
