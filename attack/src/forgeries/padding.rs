//! Rows past the last step do nothing.

use super::{A, B, Case, RESULT, breaks};
use crate::{
    forger::Forgery,
    programs::{DATA, NO_INPUT, i, load, program_with, r, store},
};
use ark_ff::{Field, One};
use lariat_algebra::Fr;
use lariat_emulator::{
    isa::{Format, Opcode},
    memory_map::OUTPUT_START,
};
use lariat_jolt_core::{Config, Program, columns as col};
use lariat_subtables::decompose::Flag;

/// Says that the output has four bytes, and writes none; loads a word of its data, and uses a register that it never
/// writes.
fn program() -> Program {
    program_with(&[5, 6], &[], |asm| {
        asm.load_constant(A, DATA).load_constant(B, OUTPUT_START);
        load(asm, Opcode::Lw, RESULT, A, 0);
        i(asm, Opcode::Addi, 9, 30, 0);
        i(asm, Opcode::Addi, 8, 0, 4);
        store(asm, Opcode::Sw, 8, B, 0);
        asm.exit(0);
        // Never run, so that the proof has every table.
        for op in Opcode::ALL {
            match op.format() {
                Format::Register => r(asm, op, RESULT, A, B),
                Format::Load => load(asm, op, RESULT, A, 0),
                Format::Store => store(asm, op, B, A, 0),
                _ => {}
            }
        }
    })
}

/// Row of the load, and of the addition behind it.
const LOAD: usize = 4;

fn honest(config: Config) -> Forgery {
    let f = Forgery::honest(&program(), config, NO_INPUT);
    assert!(f.rows() > f.steps(), "there is padding");
    f
}

fn set_flags(f: &mut Forgery, row: usize, flags: &[Flag]) {
    for &flag in flags {
        f.set(row, col::flag(flag), true);
    }
}

fn only(flags: &[Flag]) -> Vec<String> {
    flags.iter().map(|f| format!("{f:?} only on steps")).collect()
}

fn case(what: &str, f: &Forgery, flags: &[Flag]) -> Case {
    let names = only(flags);
    breaks(what, f, &names.iter().map(String::as_str).collect::<Vec<_>>())
}

super::forgeries! {
    /// A row of padding stores to the output, so that the statement has a word that the guest never wrote.
    fn rejects_a_padding_row_that_writes_the_output(config: Config) -> Vec<Case> {
        let flags = [Flag::Mem];
        let mut f = honest(config);
        let row = f.steps();
        set_flags(&mut f, row, &flags);
        f.set(row, col::IMM, OUTPUT_START + 4).set(row, col::RAM_ADDRESS, OUTPUT_START / 4 + 1).set(row, col::PERM, 1);
        f.set(row, col::RAM_POST, 0xbad).rebalance();
        f.header.output_words = vec![4, 0xbad];
        vec![case("a word that nobody wrote", &f, &flags)]
    }

    /// A row of padding changes a word before the guest loads it.
    fn rejects_a_padding_row_that_writes_memory(config: Config) -> Vec<Case> {
        let flags = [Flag::Mem];
        let mut f = honest(config);
        let row = f.steps();
        set_flags(&mut f, row, &flags);
        f.set(row, col::IMM, DATA).set(row, col::RAM_ADDRESS, DATA / 4).set(row, col::PERM, 1);
        f.set(row, col::RAM_PRE, 5).set(row, col::RAM_POST, 99);
        f.set(LOAD, col::RAM_PRE, 99).set(LOAD, col::RAM_POST, 99).set(LOAD, col::RESULT, 99).set_word(LOAD, 0, 99);
        f.rebalance();
        vec![case("99 for 5", &f, &flags)]
    }

    /// A row of padding writes a register.
    fn rejects_a_padding_row_that_writes_a_register(config: Config) -> Vec<Case> {
        let flags = [Flag::WriteRd];
        let mut f = honest(config);
        let row = f.steps();
        set_flags(&mut f, row, &flags);
        f.set(row, col::RD, 30).set(row, col::RESULT, 99);
        f.set(LOAD + 1, col::X, 99).set_result(LOAD + 1, 99).rebalance();
        vec![case("x30 = 99", &f, &flags)]
    }

    /// Each flag alone on a row of padding, with all that it demands.
    fn rejects_each_flag_on_a_padding_row(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        // All but `Exit`, which alone does nothing but demand that x = 93, and x is zero where no register is read.
        for flag in Flag::ALL.into_iter().filter(|f| *f != Flag::Exit) {
            let mut f = honest(config);
            let row = f.steps();
            match flag {
                Flag::UseRs1 => drop(f.set(row, col::RS1, 35)),
                Flag::UseRs2 => drop(f.set(row, col::RS2, 35)),
                Flag::WriteRd => drop(f.set(row, col::RD, 35)),
                Flag::Mem => {
                    f.set(row, col::IMM, DATA + 4).set(row, col::RAM_ADDRESS, DATA / 4 + 1).set(row, col::PERM, 1);
                    f.set(row, col::RAM_PRE, 6).set(row, col::RAM_POST, 6);
                }
                Flag::Store => drop(f.set(row, col::PERM, 1)),
                Flag::DivU | Flag::RemU => {
                    f.set(row, col::ZERO, 1).set(row, col::MULTIPLICAND, u32::MAX).set_word(row, 0, u32::MAX);
                    f.set(row, col::RESULT, if flag == Flag::DivU { u32::MAX } else { 0 });
                }
                Flag::Jump => drop(f.set(row, col::OFFSET, -Fr::one())),
                Flag::Jalr => {
                    let base = Fr::from(f.program.bytecode().code_base);
                    let offset = -base * Fr::from(4u64).inverse().unwrap() - Fr::one();
                    f.set(row, col::OFFSET, offset).set(row, col::JALR_OFFSET, offset);
                }
                _ => {}
            }
            set_flags(&mut f, row, &[flag]);
            match flag {
                Flag::CmpU | Flag::CmpS => drop(f.refill_comparison(row)),
                Flag::Sll | Flag::Srl | Flag::Sra => drop(f.refill_shift(row)),
                _ => drop(f.look_up(row)),
            }
            f.rebalance();
            cases.push(case(&format!("{flag:?}"), &f, &[flag]));
        }
        cases
    }
}
