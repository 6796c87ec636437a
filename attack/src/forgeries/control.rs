//! The program counter: every step leads to the next, from the entry to a halt.

use super::{A, B, BODY, Case, RESULT, breaks, divided, on_operands, unbalanced};
use crate::{
    checker::Violations,
    forger::Forgery,
    programs::{CODE, NO_INPUT, i, load, program, r},
};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_emulator::{
    isa::{Instruction, Opcode},
    memory_map::PANIC_CELL,
    test_util::{Assembler, ElfBuilder},
};
use lariat_jolt_core::{
    Config, Program,
    bytecode::{HALT, VIRTUAL_BASE},
    columns as col,
};
use lariat_subtables::decompose::Flag;

/// A branch over an instruction.
fn branching(op: Opcode, a: u32, b: u32) -> Program {
    on_operands(a, b, |asm| {
        asm.push(Instruction::branch(op, A, B, 8));
        i(asm, Opcode::Addi, RESULT, 0, 1);
    })
}

/// `jalr x1, offset(x5)` with `x5` at the instruction behind it, then three instructions.
fn jumping(offset: i32) -> Program {
    program(|asm| {
        asm.load_constant(A, CODE + 12);
        i(asm, Opcode::Jalr, 1, A, offset);
        for k in 1..4 {
            i(asm, Opcode::Addi, RESULT, RESULT, k);
        }
        asm.exit(0);
    })
}

/// Row of the jump in [`jumping`].
const JALR: usize = 2;

/// Sets the distance of the next row and nothing else.
fn set_next(f: &mut Forgery, row: usize, next: u32) {
    let pc = f.int(row, col::PC) as i64;
    f.set(row, col::OFFSET, Fr::from(i64::from(next) - pc - 1));
    if f.get(row, col::flag(Flag::Jalr)).is_one() {
        let offset = f.get(row, col::OFFSET);
        f.set(row, col::JALR_OFFSET, offset);
    }
}

super::forgeries! {
    /// The other way at each branch, with each part of the verdict forged.
    fn rejects_the_other_way_at_a_branch(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        // Operands, and operands for which the branch goes the other way.
        let branches = [
            (Opcode::Beq, (5, 6), (5, 5)),
            (Opcode::Beq, (5, 5), (5, 6)),
            (Opcode::Bne, (5, 5), (5, 6)),
            (Opcode::Blt, (5, u32::MAX), (5, 6)),
            (Opcode::Bge, (u32::MAX, 5), (5, 5)),
            (Opcode::Bltu, (u32::MAX, 5), (4, 5)),
            (Opcode::Bgeu, (5, u32::MAX), (5, 5)),
        ];
        for (op, (a, b), (other_a, other_b)) in branches {
            // The rows of the other way, with the operands and the verdict of this one.
            let mut f = Forgery::honest(&branching(op, other_a, other_b), config, NO_INPUT);
            let honest = Forgery::honest(&branching(op, a, b), config, NO_INPUT);
            f.transplant(&honest.program);
            for row in 0..=BODY {
                for column in 0..f.columns.len() {
                    if ![col::OFFSET, col::TAKEN].contains(&column) {
                        f.columns[column][row] = honest.columns[column][row];
                    }
                }
            }
            assert_ne!(f.get(BODY, col::TAKEN), honest.get(BODY, col::TAKEN));
            f.rebalance();
            cases.push(breaks(format!("{op} {a} {b}: taken"), &f, &["branch taken"]));
            let mut g = f.clone();
            g.set(BODY, col::TAKEN, honest.get(BODY, col::TAKEN)).rebalance();
            cases.push(breaks(format!("{op} {a} {b}: offset"), &g, &["jump"]));
            let verdict = col::slot_v(lariat_subtables::decompose::num_operand_chunks(config.params));
            let mut g = f;
            g.set(BODY, verdict, g.get(BODY, col::TAKEN)).rebalance();
            cases.push(unbalanced(format!("{op} {a} {b}: verdict"), &g, &["tables"]));
        }
        cases
    }

    /// A jump to another instruction than its target; an instruction that jumps.
    fn rejects_a_jump_to_another_target(config: Config) -> Vec<Case> {
        let to = |offset: i32, op: Opcode| program(|asm| {
            asm.push(if op == Opcode::Jal { Instruction::jal(1, offset) } else { Instruction::jal(0, offset) });
            for k in 1..4 {
                i(asm, Opcode::Addi, RESULT, RESULT, k);
            }
            asm.exit(0);
        });
        let mut f = Forgery::honest(&to(12, Opcode::Jal), config, NO_INPUT);
        f.transplant(&to(8, Opcode::Jal));
        let mut cases = vec![breaks("jal", &f, &["jump"])];
        // With the target that it has taken in its bytecode row.
        f.set(0, col::NEXT, 3).rebalance();
        cases.push(unbalanced("jal with another target", &f, &["bytecode"]));
        // An addition that skips the next instruction, by its distance and by that of a JALR.
        let mut f = Forgery::honest(&to(8, Opcode::Addi), config, NO_INPUT);
        let adding = program(|asm| {
            for k in 0..4 {
                i(asm, Opcode::Addi, RESULT, RESULT, k);
            }
            asm.exit(0);
        });
        f.transplant(&adding);
        let x = f.get(0, col::X);
        f.set(0, col::RD_PRE, x).set_result(0, 0).rebalance();
        cases.push(breaks("addi that jumps", &f, &["jump"]));
        f.set(0, col::JALR_OFFSET, f.get(0, col::OFFSET)).rebalance();
        cases.push(breaks("addi that jumps as jalr does", &f, &["jalr offset"]));
        cases
    }

    /// A register jump to another target: by the target's word, by the distance, by the link.
    fn rejects_a_register_jump_to_another_target(config: Config) -> Vec<Case> {
        // The rows go one instruction further than the program says.
        let mut f = Forgery::honest(&jumping(4), config, NO_INPUT);
        f.transplant(&jumping(0));
        f.set_word(JALR, 0, CODE + 12).refill_jalr(JALR).rebalance();
        let mut g = f.clone();
        g.set_word(JALR, 0, CODE + 16).refill_jalr(JALR).rebalance();
        let mut h = Forgery::honest(&jumping(0), config, NO_INPUT);
        h.set(JALR, col::RESULT, 123).rebalance();
        vec![
            breaks("the distance is not the word's", &f, &["Jalr relation 1"]),
            breaks("the word is not the sum", &g, &["Jalr relation 0"]),
            breaks("another link", &h, &["Jalr relation 2"]),
        ]
    }

    /// A carry that is no bit lets a register jump go anywhere.
    fn rejects_a_register_jump_by_a_wrong_carry(config: Config) -> Vec<Case> {
        let mut f = Forgery::honest(&jumping(4), config, NO_INPUT);
        f.transplant(&jumping(0));
        f.set(JALR, col::CARRY, divided(-Fr::from(4u64), crate::forgeries::pow2(32))).rebalance();
        let mut g = Forgery::honest(&jumping(0), config, NO_INPUT);
        // The other bit, with a word beyond 32 bits and a distance that makes up for it: no such row.
        g.set(JALR, col::CARRY, 1);
        let top = lariat_subtables::decompose::num_range_chunks(config.params) - 1;
        g.add(JALR, col::slot_p(top), -1 << (32 - config.params.log_m() * top)).refill_jalr(JALR);
        let word = g.word(JALR);
        let next = divided(word - Fr::from(CODE), Fr::from(4u64));
        let offset = next - Fr::one() - g.get(JALR, col::PC);
        g.set(JALR, col::OFFSET, offset).set(JALR, col::JALR_OFFSET, offset).rebalance();
        vec![breaks("a fraction", &f, &["carry is a bit"]), unbalanced("the other bit", &g, &["pc", "tables"])]
    }

    /// A register jump to an address that is no multiple of four, through bit 0.
    fn rejects_a_register_jump_to_a_misaligned_target(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for offset in [2, 3] {
            // The real target is refused by the machine; the rows go where its low bits are dropped.
            let mut f = Forgery::honest(&jumping(0), config, NO_INPUT);
            f.transplant(&jumping(offset));
            f.set_word(JALR, 0, CODE + 12 + offset.cast_unsigned()).set(JALR, col::BYTE0, offset).refill_jalr(JALR);
            f.rebalance();
            cases.push(breaks(format!("offset {offset}"), &f, &["address bit 0 is a bit"]));
            f.set(JALR, col::BYTE0, offset & 1).refill_jalr(JALR);
            let word = f.word(JALR) - Fr::from(CODE) - Fr::from(offset & 1);
            let distance = divided(word, Fr::from(4u64)) - Fr::one() - f.get(JALR, col::PC);
            f.set(JALR, col::OFFSET, distance).set(JALR, col::JALR_OFFSET, distance).rebalance();
            cases.push(unbalanced(format!("offset {offset} to no row"), &f, &["pc"]));
        }
        cases
    }

    /// A register jump whose sum wraps around is not reduced, and so lands in the rows of a virtual sequence: that of
    /// EBREAK, behind the row that would have made the panic.
    fn rejects_a_register_jump_into_a_virtual_row(config: Config) -> Vec<Case> {
        const LOW: u32 = 0x100;
        let mut asm = Assembler::new(LOW);
        asm.load_constant(A, 0xffff_fff8);
        i(&mut asm, Opcode::Jalr, 0, A, LOW as i32 + 8 + 12);
        asm.push(Instruction::system(Opcode::Ebreak));
        let program = Program::from_elf(&ElfBuilder::from_code(LOW, &asm.assemble()).build()).unwrap();
        let mut f = Forgery::honest(&program, config, NO_INPUT);
        // lui, addi, jalr, ebreak, and its store, which now stores the zero that its register still holds.
        f.remove_row(3).set(3, col::RS2_VALUE, 0).set(3, col::RAM_POST, 0);
        f.header.panic_word = 0;
        set_next(&mut f, JALR, VIRTUAL_BASE);
        let mut cases = Vec::new();
        let mut g = f.clone();
        g.rebalance();
        cases.push(breaks("by the distance", &g, &["Jalr relation 1"]));
        // code_base + 4 * 2^30 is 2^32 more than the address of the first instruction.
        f.transplant_offset(JALR, 12);
        f.set(JALR, col::CARRY, 0).set_word(JALR, 0, LOW);
        let top = lariat_subtables::decompose::num_range_chunks(config.params) - 1;
        f.add(JALR, col::slot_p(top), 1 << (32 - config.params.log_m() * top)).refill_jalr(JALR).rebalance();
        cases.push(unbalanced("by a word beyond 32 bits", &f, &["tables"]));
        cases
    }

    /// Entering a sequence midway by a jump whose target is in the bytecode, and leaving one early.
    fn rejects_a_sequence_entered_midway_or_left_early(config: Config) -> Vec<Case> {
        let program = on_operands(100, 7, |asm| r(asm, Opcode::Div, RESULT, A, B));
        let honest = Forgery::honest(&program, config, NO_INPUT);
        let mut cases = Vec::new();
        for skipped in 0..5 {
            // Without row `skipped` of the sequence; values are those of the registers as they are then.
            let mut f = honest.clone();
            f.remove_row(BODY + skipped);
            let before = BODY + skipped - 1;
            let next = f.int(before + 1, col::PC) as u32;
            set_next(&mut f, before, next);
            f.rebalance();
            let mut v = f.violations();
            assert!(v.constraints.contains("jump") && v.cells.is_empty(), "{v:?}");
            // Later rows read what the missing one did not write.
            v.constraints.retain(|c| c != "jump");
            assert!(v.constraints.is_empty(), "{v:?}");
            cases.push(Case { what: format!("without row {skipped}"), violates: f.violations(), forgery: f });
        }
        cases
    }

    /// A taken branch and a jump to an address that is no multiple of four: the rows go past it, or nowhere.
    fn rejects_a_jump_to_a_misaligned_target(config: Config) -> Vec<Case> {
        let branch = |offset| on_operands(1, 1, |asm| {
            asm.push(Instruction::branch(Opcode::Beq, A, B, offset));
            i(asm, Opcode::Addi, RESULT, 0, 1);
        });
        let jump = |offset| on_operands(1, 1, |asm| {
            asm.push(Instruction::jal(1, offset));
            i(asm, Opcode::Addi, RESULT, 0, 1);
        });
        let mut cases = Vec::new();
        for (what, aligned, misaligned) in [("beq", branch(8), branch(6)), ("jal", jump(8), jump(6))] {
            let mut f = Forgery::honest(&aligned, config, NO_INPUT);
            f.transplant(&misaligned);
            cases.push(breaks(what, &f, &["jump"]));
            set_next(&mut f, BODY, HALT - 1);
            cases.push(unbalanced(format!("{what} to no row"), f.rebalance(), &["pc"]));
        }
        cases
    }

    /// Two rows in the other order; all else goes with them.
    fn rejects_rows_out_of_order(config: Config) -> Vec<Case> {
        let program = program(|asm| {
            i(asm, Opcode::Addi, A, 0, 1);
            i(asm, Opcode::Addi, B, 0, 2);
            i(asm, Opcode::Addi, RESULT, 0, 3);
            asm.exit(0);
        });
        let mut cases = Vec::new();
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            let mut f = Forgery::honest(&program, config, NO_INPUT);
            f.swap_rows(a, b).rebalance();
            cases.push(unbalanced(format!("rows {a} and {b}"), &f, &["pc"]));
        }
        cases
    }

    /// A trace cut at every row: it does not end in a halt.
    fn rejects_a_trace_cut_at_every_row(config: Config) -> Vec<Case> {
        let honest = Forgery::honest(&jumping(0), config, NO_INPUT);
        (1..honest.steps()).map(|steps| {
            let mut f = honest.clone();
            f.truncate(steps).rebalance();
            unbalanced(format!("after {steps} rows"), &f, &["pc"])
        }).collect()
    }

    /// The last row's successor, moved to the row before.
    fn rejects_a_halt_that_is_no_exit(config: Config) -> Vec<Case> {
        let mut f = Forgery::honest(&jumping(0), config, NO_INPUT);
        let last = f.steps() - 2;
        f.truncate(last + 1);
        set_next(&mut f, last, HALT);
        f.rebalance();
        let mut g = f.clone();
        g.set(last, col::NEXT, HALT).set(last, col::flag(Flag::Jump), true).rebalance();
        vec![breaks("by the distance", &f, &["jump"]), unbalanced("by a jump", &g, &["bytecode"])]
    }

    /// A start behind the first instruction.
    fn rejects_another_entry(config: Config) -> Vec<Case> {
        let program = program(|asm| {
            i(asm, Opcode::Addi, RESULT, 0, 3);
            asm.exit(0);
        });
        let mut f = Forgery::honest(&program, config, NO_INPUT);
        f.remove_row(0).rebalance();
        vec![unbalanced("entry + 4", &f, &["pc"])]
    }

    /// One step more than there are, and one less.
    fn rejects_another_number_of_steps(config: Config) -> Vec<Case> {
        let program = on_operands(1, 2, |asm| {
            for rd in [7, 8, 9] {
                r(asm, Opcode::Add, rd, A, B);
            }
        });
        let honest = Forgery::honest(&program, config, NO_INPUT);
        let mut more = honest.clone();
        more.header.steps += 1;
        more.lay_out_again().rebalance();
        let mut less = honest;
        less.header.steps -= 1;
        less.lay_out_again().rebalance();
        // The row past the last step still has its flags.
        let active: Vec<String> = Flag::ALL
            .into_iter()
            .filter(|f| less.get(less.steps(), col::flag(*f)).is_one())
            .map(|f| format!("{f:?} only on steps"))
            .collect();
        let violates = Violations {
            constraints: active.into_iter().collect(),
            ..Violations::only_balance(&["pc", "registers"])
        };
        vec![
            unbalanced("one more", &more, &["bytecode", "pc"]),
            Case { what: "the halt in the padding".into(), forgery: less, violates },
        ]
    }

    /// An `ecall` with another number than the exit's, which would store the code elsewhere.
    fn rejects_an_ecall_of_another_number(config: Config) -> Vec<Case> {
        let ecall = |number: i32| program(|asm| {
            i(asm, Opcode::Addi, 10, 0, 0);
            i(asm, Opcode::Addi, 17, 0, number);
            asm.push(Instruction::system(Opcode::Ecall));
        });
        let mut f = Forgery::honest(&ecall(93), config, NO_INPUT);
        f.transplant(&ecall(89));
        f.set_result(1, 89).set(2, col::X, 89).set(2, col::RAM_ADDRESS, PANIC_CELL / 4).set(2, col::PERM, 1);
        f.rebalance();
        let mut g = f.clone();
        g.set(2, col::X, 93).set(2, col::RAM_ADDRESS, PANIC_CELL / 4 + 1).set(2, col::PERM, 0).rebalance();
        vec![breaks("89 for 93", &f, &["Exit relation 0"]), unbalanced("93 that is not in a7", &g, &["registers"])]
    }

    /// A program that never halts, cut where its jump comes back to the start.
    fn rejects_a_loop_as_a_halt(config: Config) -> Vec<Case> {
        let spinning = |offset| program(|asm| {
            load(asm, Opcode::Lw, RESULT, 2, 0);
            asm.push(Instruction::jal(0, offset));
            asm.exit(0);
        });
        let mut f = Forgery::honest(&spinning(4), config, NO_INPUT);
        f.transplant(&spinning(-4)).truncate(2);
        set_next(&mut f, 1, 0);
        f.rebalance();
        vec![unbalanced("two steps of a loop", &f, &["pc"])]
    }
}

impl Forgery {
    /// The word of the first range chunks.
    fn word(&self, row: usize) -> Fr {
        let params = self.params();
        (0..lariat_subtables::decompose::num_range_chunks(params))
            .map(|k| self.get(row, col::slot_p(k)) * crate::forgeries::pow2(params.log_m() * k))
            .sum()
    }

    /// The byte mix of a register jump, which address bit 0 takes part in.
    fn refill_jalr(&mut self, row: usize) -> &mut Self {
        use lariat_subtables::decompose::{half_slots, num_range_chunks};
        let params = self.params();
        assert!(num_range_chunks(params) == 2 * half_slots(params));
        self.look_up(row);
        let half: Fr = (0..half_slots(params))
            .map(|k| self.get(row, col::slot_p(k)) * crate::forgeries::pow2(params.log_m() * k))
            .sum();
        let low = self.get(row, if params.log_m() == 16 { col::slot_v(0) } else { col::slot_p(0) });
        let mix = self.get(row, col::BYTE0) * (half - Fr::from(257u64) * low);
        self.set(row, col::BYTE_MIX, mix)
    }

    /// Rewrites the jump's program so that its target is `back` bytes before where it was.
    fn transplant_offset(&mut self, row: usize, back: i32) {
        let mut image = self.program.image().clone();
        let index = self.int(row, col::PC) as usize;
        let mut segment = image.segments[0].clone();
        let mut instruction = image.code[index];
        instruction.imm -= back;
        segment.words[index] = lariat_emulator::isa::encode(&instruction);
        image = lariat_jolt_core::Image::from_segments(image.entry, vec![segment], &image.memory).unwrap();
        self.transplant(&Program::from_image(image));
    }
}
