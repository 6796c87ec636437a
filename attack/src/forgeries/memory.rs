//! Registers and RAM: what is read is what was written last, and nothing else is written.

use super::{A, B, BODY, Case, RESULT, breaks, on_operands, unbalanced};
use crate::{
    forger::{Cell, Forgery},
    programs::{CODE, DATA, NO_INPUT, RODATA, i, load, program, program_with, r, store},
};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_emulator::{
    isa::Opcode,
    memory_map::{EXIT_CELL, INPUT_START, OUTPUT_START, PANIC_CELL, PRIVATE_INPUT_START},
    test_util::{Assembler, ElfBuilder, ElfSegment},
};
use lariat_jolt_core::{Config, Inputs, Program, columns as col};
use lariat_subtables::decompose::Flag;

/// Sets a loaded word with its chunks, on an aligned LW.
pub fn set_loaded(f: &mut Forgery, row: usize, word: u32) {
    f.set(row, col::RAM_PRE, word).set(row, col::RAM_POST, word).set(row, col::RESULT, word);
    f.set_word(row, 0, word);
    assert!(f.is_zero(row, col::BYTE1));
}

/// Two stores to one word with a load between them, and two writes to a register with a read between them.
fn busy() -> Program {
    program_with(&[5, 6], &[], |asm| {
        asm.load_constant(A, DATA).load_constant(B, 17);
        store(asm, Opcode::Sw, B, A, 0);
        load(asm, Opcode::Lw, RESULT, A, 0);
        i(asm, Opcode::Addi, B, 0, 18);
        store(asm, Opcode::Sw, B, A, 0);
        i(asm, Opcode::Addi, 8, 0, 3);
        i(asm, Opcode::Addi, 9, 8, 0);
        i(asm, Opcode::Addi, 8, 0, 4);
        asm.exit(0);
    })
}
const STORE_1: usize = 4;
const LOAD: usize = 5;
const STORE_2: usize = 7;
const WRITE_1: usize = 8;
const READ: usize = 9;
const WRITE_2: usize = 10;

/// Sets the last value of a register.
fn end_register(f: &mut Forgery, register: u8, value: u32) {
    let cell = f.register_cell(register.into());
    f.cells.get_mut(&cell).unwrap().value = Fr::from(value);
}

/// Timestamp of operation `k` of a row.
fn stamp(row: usize, k: usize) -> i64 {
    4 * row as i64 + k as i64 + 1
}

/// Makes operation `k` of a row read what was written at a time.
fn read_at(f: &mut Forgery, row: usize, k: usize, time: i64) {
    f.set(row, col::DELTA_TS + k, Fr::from(stamp(row, k) - 1 - time));
}

super::forgeries! {
    /// A load between two stores returns the value of the second one.
    fn rejects_a_read_from_the_future(config: Config) -> Vec<Case> {
        let honest = Forgery::honest(&busy(), config, NO_INPUT);
        let mut f = honest.clone();
        set_loaded(&mut f, LOAD, 18);
        end_register(&mut f, RESULT, 18);
        read_at(&mut f, LOAD, 3, stamp(STORE_2, 3));
        read_at(&mut f, STORE_2, 3, stamp(STORE_1, 3));
        let cell = f.ram_cell(DATA);
        f.cells.get_mut(&cell).unwrap().timestamp = Fr::from(stamp(LOAD, 3));
        let mut g = honest;
        g.set(READ, col::X, 4).set_result(READ, 4);
        end_register(&mut g, 9, 4);
        read_at(&mut g, READ, 0, stamp(WRITE_2, 2));
        read_at(&mut g, WRITE_2, 2, stamp(WRITE_1, 2));
        let cell = g.register_cell(8);
        *g.cells.get_mut(&cell).unwrap() =
            Cell { touched: Fr::one(), value: Fr::from(4u64), timestamp: Fr::from(stamp(READ, 0)) };
        // The tuples of memory balance; only the distances are none that the table has.
        [("RAM", f), ("register", g)].map(|(what, mut f)| {
            f.recount();
            unbalanced(what, &f, &["timestamps"])
        }).into()
    }

    /// An access that reads what it writes itself: any value at all.
    fn rejects_a_read_of_its_own_write(config: Config) -> Vec<Case> {
        let mut f = Forgery::honest(&busy(), config, NO_INPUT);
        set_loaded(&mut f, LOAD, 0xbad);
        end_register(&mut f, RESULT, 0xbad);
        read_at(&mut f, LOAD, 3, stamp(LOAD, 3));
        read_at(&mut f, STORE_2, 3, stamp(STORE_1, 3));
        f.recount();
        let mut g = Forgery::honest(&busy(), config, NO_INPUT);
        g.set(READ, col::X, 0xbad).set_result(READ, 0xbad);
        end_register(&mut g, 9, 0xbad);
        read_at(&mut g, READ, 0, stamp(READ, 0));
        read_at(&mut g, WRITE_2, 2, stamp(WRITE_1, 2));
        g.recount();
        vec![unbalanced("RAM", &f, &["timestamps"]), unbalanced("register", &g, &["timestamps"])]
    }

    /// An older value than the last one, at the time of either.
    fn rejects_a_stale_read(config: Config) -> Vec<Case> {
        let mut f = Forgery::honest(&busy(), config, NO_INPUT);
        set_loaded(&mut f, LOAD, 5);
        f.rebalance();
        let mut g = f.clone();
        read_at(&mut g, LOAD, 3, 0);
        g.recount();
        vec![unbalanced("the word before the store", &f, &["ram"]), unbalanced("at time 0", &g, &["ram"])]
    }

    /// The final state of a word that was overwritten.
    fn rejects_a_stale_final_value(config: Config) -> Vec<Case> {
        let honest = Forgery::honest(&busy(), config, NO_INPUT);
        let cell = honest.ram_cell(DATA);
        let mut f = honest.clone();
        f.cells.get_mut(&cell).unwrap().value = Fr::from(17u64);
        let mut g = f.clone();
        g.cells.get_mut(&cell).unwrap().timestamp = Fr::from(stamp(LOAD, 3));
        let mut h = honest;
        h.cells.remove(&cell);
        vec![
            unbalanced("the value alone", &f, &["ram"]),
            unbalanced("the value with its time", &g, &["ram"]),
            unbalanced("the whole cell", &h, &["ram"]),
        ]
    }

    /// The first read of a word returns another one than the program and its inputs put there.
    fn rejects_another_initial_word_in_every_region(config: Config) -> Vec<Case> {
        let regions = [
            ("data", DATA),
            ("read-only data", RODATA),
            ("code", CODE),
            ("input length", INPUT_START),
            ("input", INPUT_START + 4),
            ("private input length", PRIVATE_INPUT_START),
            ("private input", PRIVATE_INPUT_START + 4),
            ("output", OUTPUT_START + 4),
            ("panic cell", PANIC_CELL),
            ("exit cell", EXIT_CELL),
            ("stack", 0x7ffe_ffe0),
            ("heap", 0x3_1000),
        ];
        let mut cases = Vec::new();
        for (what, address) in regions {
            let program = program_with(&[5], &[6], |asm| {
                asm.load_constant(A, address).load_constant(B, 0);
                load(asm, Opcode::Lw, RESULT, A, 0);
                store(asm, Opcode::Sw, 0, 2, -4);
                asm.exit(0);
            });
            let inputs = Inputs { public: b"public", private: b"private" };
            let mut f = Forgery::honest(&program, config, inputs);
            let word = f.int(BODY, col::RAM_PRE) as u32 ^ 1;
            set_loaded(&mut f, BODY, word);
            f.rebalance();
            // A cell that the statement fixes must keep its final value, which is not that of the read.
            if what == "panic cell" {
                let cell = f.ram_cell(address);
                f.cells.get_mut(&cell).unwrap().value = Fr::from(0u64);
            }
            cases.push(unbalanced(what, &f, &["ram"]));
        }
        // Registers: zero, but for the stack pointer.
        for register in [2u8, 30] {
            let program = on_operands(1, 2, |asm| i(asm, Opcode::Addi, RESULT, register, 0));
            let mut f = Forgery::honest(&program, config, NO_INPUT);
            f.set(BODY, col::X, 77).set_result(BODY, 77).rebalance();
            cases.push(unbalanced(format!("x{register}"), &f, &["registers"]));
        }
        cases
    }

    /// 123 written to x0, by an instruction that has x0 as its destination.
    fn rejects_a_write_to_x0(config: Config) -> Vec<Case> {
        let program = on_operands(100, 23, |asm| {
            r(asm, Opcode::Add, 0, A, B);
            r(asm, Opcode::Add, RESULT, 0, B);
        });
        let honest = Forgery::honest(&program, config, NO_INPUT);
        let mut f = honest.clone();
        f.set(BODY, col::flag(Flag::WriteRd), true).rebalance();
        // And read from there by the next instruction.
        let mut g = f.clone();
        g.set(BODY + 1, col::flag(Flag::UseRs1), true).set(BODY + 1, col::X, 123).set_result(BODY + 1, 146).rebalance();
        vec![unbalanced("written", &f, &["bytecode"]), unbalanced("written and read", &g, &["bytecode"])]
    }

    /// A register that another instruction's destination becomes.
    fn rejects_a_write_to_another_register(config: Config) -> Vec<Case> {
        let mut f = crate::forgeries::operation(config, Opcode::Add, 100, 23);
        f.set(BODY, col::RD, 9).rebalance();
        let mut g = crate::forgeries::operation(config, Opcode::Add, 100, 23);
        g.set(BODY, col::RD, 35).rebalance();
        vec![unbalanced("x9 for x7", &f, &["bytecode"]), unbalanced("a virtual register", &g, &["bytecode"])]
    }

    /// A store to the word whose number is a register's, to write the register.
    fn rejects_a_register_written_through_ram(config: Config) -> Vec<Case> {
        let real = program_with(&[1], &[], |asm| {
            asm.load_constant(A, 4 * 8).load_constant(B, 99);
            store(asm, Opcode::Sw, B, A, 0);
            i(asm, Opcode::Addi, RESULT, 8, 0);
            asm.exit(0);
        });
        let twin = program_with(&[1], &[], |asm| {
            asm.load_constant(A, DATA).load_constant(B, 99);
            store(asm, Opcode::Sw, B, A, 0);
            i(asm, Opcode::Addi, RESULT, 8, 0);
            asm.exit(0);
        });
        let mut f = Forgery::honest(&twin, config, NO_INPUT);
        f.transplant(&real);
        f.reload_constant(0, 32).set(BODY, col::X, 32).set(BODY, col::RAM_ADDRESS, 8);
        f.set(BODY, col::RAM_PRE, 0);
        // What the next instruction finds in x8.
        f.set(BODY + 1, col::X, 99).set_result(BODY + 1, 99);
        f.rebalance();
        read_at(&mut f, BODY + 1, 0, stamp(BODY, 3));
        f.recount();
        vec![unbalanced("x8 by a store to 32", &f, &["ram", "registers"])]
    }

    /// Stores to read-only memory: the honest run is of a program that may.
    fn rejects_a_store_to_read_only_memory(config: Config) -> Vec<Case> {
        let image = |flags: u32| {
            let mut asm = Assembler::new(CODE);
            asm.load_constant(A, DATA).load_constant(B, 99);
            store(&mut asm, Opcode::Sw, B, A, 0);
            store(&mut asm, Opcode::Sb, B, A, 1);
            asm.exit(0);
            let segments = vec![ElfSegment::load(CODE, 5, &asm.assemble()), ElfSegment::load(DATA, flags, &[1, 2])];
            Program::from_elf(&ElfBuilder::new(CODE, segments).build()).unwrap()
        };
        let mut f = Forgery::honest(&image(6), config, NO_INPUT);
        f.transplant(&image(4));
        let mut forged = f.clone();
        for row in [BODY, BODY + 1] {
            f.set(row, col::PERM, 0);
        }
        f.rebalance();
        let mut cases = vec![
            breaks("the word is not writable", &f, &["stores need a writable word"]),
            unbalanced("the word is called writable", forged.rebalance(), &["ram"]),
        ];
        // Input cells and the exit cell, by the address.
        for address in [INPUT_START, PRIVATE_INPUT_START, EXIT_CELL, CODE] {
            let storing = |address: u32| program_with(&[9], &[], |asm| {
                asm.load_constant(A, address).load_constant(B, 0);
                store(asm, Opcode::Sw, B, A, 0);
                asm.exit(0);
            });
            let mut f = Forgery::honest(&storing(DATA), config, NO_INPUT);
            f.transplant(&storing(address));
            f.reload_constant(0, address).set(BODY, col::X, address).set(BODY, col::RAM_ADDRESS, address / 4);
            let pre = if address == CODE { f.program.image().segments[0].words[0] } else { 0 };
            f.set(BODY, col::RAM_PRE, pre).rebalance();
            cases.push(unbalanced(format!("{address:#x} is called writable"), &f, &["ram"]));
            f.set(BODY, col::PERM, 0).rebalance();
            cases.push(breaks(format!("{address:#x}"), &f, &["stores need a writable word"]));
        }
        cases
    }

    /// An access to memory that the proof does not cover.
    fn rejects_an_access_to_unmapped_memory(config: Config) -> Vec<Case> {
        let loading = |address: u32| program_with(&[0], &[], |asm| {
            asm.load_constant(A, address).load_constant(B, 0);
            load(asm, Opcode::Lw, RESULT, A, 0);
            asm.exit(0);
        });
        [0u32, 0x5000_0000, DATA + 0x80_0000, OUTPUT_START - 4, 0x8000_0000].map(|address| {
            let mut f = Forgery::honest(&loading(DATA), config, NO_INPUT);
            f.transplant(&loading(address));
            f.reload_constant(0, address).set(BODY, col::X, address).set(BODY, col::RAM_ADDRESS, address / 4).rebalance();
            unbalanced(format!("{address:#x}"), &f, &["ram"])
        }).into()
    }

    /// A register write left out, so that the old value lives on.
    fn rejects_a_write_that_is_left_out(config: Config) -> Vec<Case> {
        let program = program(|asm| {
            i(asm, Opcode::Addi, A, 0, 1);
            i(asm, Opcode::Addi, A, 0, 2);
            i(asm, Opcode::Addi, RESULT, A, 0);
            asm.exit(0);
        });
        let mut f = Forgery::honest(&program, config, NO_INPUT);
        f.set(1, col::flag(Flag::WriteRd), false).set(2, col::X, 1).set_result(2, 1).rebalance();
        vec![unbalanced("addi that writes nothing", &f, &["bytecode"])]
    }

    /// Timestamps at the border of what the table of distances holds.
    fn rejects_distances_beyond_the_table(config: Config) -> Vec<Case> {
        let honest = Forgery::honest(&busy(), config, NO_INPUT);
        let limit = 4 * honest.rows() as i64;
        let mut cases = Vec::new();
        for distance in [limit, limit + 1, -1, -2, 1 << 32] {
            let mut f = honest.clone();
            f.set(WRITE_1, col::DELTA_TS + 2, Fr::from(distance)).recount();
            cases.push(unbalanced(format!("distance {distance}"), &f, &["registers", "timestamps"]));
        }
        cases
    }
}
