//! Cells: what the prover says of the first and last state of memory.

use super::{Case, breaks_cells, unbalanced};
use crate::{
    checker::Violations,
    forger::{Cell, Forgery},
    programs::{NO_INPUT, i, load, program, store},
};
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_emulator::{
    isa::{Instruction, Opcode},
    memory_map::{INPUT_START, OUTPUT_START, PRIVATE_INPUT_START, STACK_TOP},
};
use lariat_jolt_core::{Config, Inputs, Program, cells::RegionKind, columns as col};

const FINAL: &str = "final values of the statement";
const LENGTH: &str = "length of the private input";
const TAIL: &str = "last word of the private input";
const INPUTS: Inputs<'static> = Inputs { public: b"public", private: b"private" };

/// Loads words of both inputs, commits eight bytes, and exits with 3.
fn program_with_output() -> Program {
    program(|asm| {
        asm.load_constant(5, PRIVATE_INPUT_START).load_constant(6, INPUT_START).load_constant(7, OUTPUT_START);
        load(asm, Opcode::Lw, 8, 5, 4);
        load(asm, Opcode::Lw, 9, 6, 4);
        i(asm, Opcode::Addi, 10, 0, 8);
        store(asm, Opcode::Sw, 10, 7, 0);
        store(asm, Opcode::Sw, 8, 7, 4);
        store(asm, Opcode::Sw, 9, 7, 8);
        asm.exit(3);
    })
}

/// Commits the length of the private input, and exits with its first word without the lowest byte.
fn program_with_shifted_word() -> Program {
    program(|asm| {
        asm.load_constant(5, PRIVATE_INPUT_START).load_constant(7, OUTPUT_START);
        load(asm, Opcode::Lw, 8, 5, 0);
        load(asm, Opcode::Lw, 9, 5, 4);
        i(asm, Opcode::Addi, 11, 0, 4);
        store(asm, Opcode::Sw, 11, 7, 0);
        store(asm, Opcode::Sw, 8, 7, 4);
        i(asm, Opcode::Srli, 10, 9, 8);
        i(asm, Opcode::Addi, 17, 0, 93);
        asm.push(Instruction::system(Opcode::Ecall));
    })
}
/// Rows of the length's load and of its store.
const SHIFTED_LENGTH: usize = 4;
const SHIFTED_STORE: usize = 8;

/// Row of the private input's load.
const PRIVATE_LOAD: usize = 6;

fn honest(config: Config) -> Forgery {
    Forgery::honest(&program_with_output(), config, INPUTS)
}

super::forgeries! {
    /// Statements about the same rows: another exit code, panic flag, output, output length.
    fn rejects_another_statement_about_the_same_run(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        let mut change = |what: &str, change: &dyn Fn(&mut lariat_jolt_core::Header)| {
            let mut f = honest(config);
            change(&mut f.header);
            cases.push(breaks_cells(what, f.lay_out_again().rebalance(), FINAL));
        };
        change("exit code", &|h| h.exit_code = 4);
        change("panic", &|h| h.panic_word = 1);
        change("an output word", &|h| h.output_words[1] ^= 1);
        change("the input for the output", &|h| h.output_words[1] = h.output_words[2]);
        change("two output words exchanged", &|h| h.output_words.swap(1, 2));
        change("a shorter output", &|h| h.output_words = vec![4, h.output_words[1]]);
        change("an output of seven bytes", &|h| {
            h.output_words[0] = 7;
            h.output_words[2] &= 0xff_ffff;
        });
        change("no output", &|h| h.output_words = vec![0]);
        change("trailing words of zeros", &|h| {
            h.output_words[0] = 12;
            h.output_words.push(0);
        });
        change("a trailing word that nobody wrote", &|h| {
            h.output_words[0] = 12;
            h.output_words.push(7);
        });
        cases
    }

    /// The panic of a run that did.
    fn rejects_a_panic_denied(config: Config) -> Vec<Case> {
        let ebreak = program(|asm| {
            asm.push(lariat_emulator::isa::Instruction::system(Opcode::Ebreak));
        });
        let mut f = Forgery::honest(&ebreak, config, NO_INPUT);
        f.header.panic_word = 0;
        vec![breaks_cells("ebreak without a panic", &f, FINAL)]
    }

    /// Output words that the guest never touched, given a value by the last column alone.
    fn rejects_an_output_in_an_untouched_cell(config: Config) -> Vec<Case> {
        let program = program(|asm| {
            asm.load_constant(7, OUTPUT_START);
            i(asm, Opcode::Addi, 10, 0, 8);
            store(asm, Opcode::Sw, 10, 7, 0);
            asm.exit(0);
        });
        let mut f = Forgery::honest(&program, config, NO_INPUT);
        f.header.output_words = vec![8, 0, 0xbad];
        let cell = f.ram_cell(OUTPUT_START + 8);
        f.cells.insert(cell, Cell { touched: Fr::zero(), value: Fr::from(0xbadu32), timestamp: Fr::zero() });
        let mut g = f.clone();
        g.cells.insert(cell, Cell { touched: Fr::one(), value: Fr::from(0xbadu32), timestamp: Fr::zero() });
        vec![
            breaks_cells("untouched", &f, "an untouched cell has value zero"),
            unbalanced("touched, but not written", &g, &["ram"]),
        ]
    }

    /// A cell that is touched more than once: it would have several first and last states.
    fn rejects_a_cell_that_is_touched_twice(config: Config) -> Vec<Case> {
        let mut f = honest(config);
        let register = f.register_cell(31);
        f.cells.insert(register, Cell { touched: Fr::from(2u64), ..Cell::default() });
        let mut g = honest(config);
        let used = g.register_cell(8);
        g.cells.get_mut(&used).unwrap().touched = Fr::from(2u64);
        let violations = g.violations();
        assert!(!violations.unbalanced.is_empty() && violations.cells.contains("touched is a bit"));
        vec![
            breaks_cells("no access to it", &f, "touched is a bit"),
            Case { what: "accesses to it".into(), forgery: g, violates: violations },
        ]
    }

    /// Cells behind the end of a region, in the gaps of the code, and behind all regions.
    fn rejects_a_cell_that_belongs_to_no_memory(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        let f = honest(config);
        let registers = f.layout.find(|k| *k == RegionKind::Registers).unwrap();
        let end = 1usize << f.layout.num_vars;
        let behind = f.layout.regions.last().map_or(0, |r| r.base + (1 << r.log_size));
        let mut vacant = vec![registers.base + registers.len];
        if behind < end {
            vacant.extend([behind, end - 1]);
        }
        for at in vacant {
            let mut f = f.clone();
            f.cells.insert(at, Cell { touched: Fr::one(), ..Cell::default() });
            cases.push(breaks_cells(format!("cell {at}"), &f, "vacant cells are untouched"));
        }
        cases
    }

    /// The last value of a cell that has none: a table's, a bytecode row's.
    fn rejects_a_final_value_of_a_read_only_cell(config: Config) -> Vec<Case> {
        let f = honest(config);
        let read_only: Vec<usize> = f
            .cells
            .keys()
            .copied()
            .filter(|at| {
                let region = f.layout.regions.iter().rfind(|r| r.base <= *at).unwrap();
                !matches!(region.kind, RegionKind::Ram { .. } | RegionKind::Registers)
            })
            .collect();
        [(read_only[0], "tables"), (read_only[read_only.len() - 1], "bytecode")].map(|(at, memory)| {
            let mut f = f.clone();
            f.cells.get_mut(&at).unwrap().value = Fr::from(1u64);
            unbalanced(format!("cell {at}"), &f, &[memory])
        }).into()
    }

    /// Smaller regions than the run touches.
    fn rejects_extents_that_leave_out_what_is_touched(config: Config) -> Vec<Case> {
        let program = program(|asm| {
            store(asm, Opcode::Sw, 2, 2, -8);
            // The heap starts behind the program.
            asm.load_constant(6, 0x1_1000);
            store(asm, Opcode::Sw, 2, 6, 0);
            asm.exit(0);
        });
        let honest = Forgery::honest(&program, config, NO_INPUT);
        let mut cases = Vec::new();
        let mut change = |what: &str, change: &dyn Fn(&mut lariat_jolt_core::Header)| {
            let mut f = honest.clone();
            change(&mut f.header);
            assert_ne!(f.header, honest.header, "{what}");
            cases.push(unbalanced(what, f.lay_out_again().rebalance(), &["ram"]));
        };
        change("stack", &|h| h.stack_low = STACK_TOP);
        change("heap", &|h| h.heap_high = 0x1_1000);
        cases
    }

    /// A public input that the run did not have.
    fn rejects_another_public_input(config: Config) -> Vec<Case> {
        let mut f = honest(config);
        f.header.input = b"Public".to_vec();
        let mut g = f.clone();
        g.rebalance();
        vec![unbalanced("one bit", &f, &["ram"]), unbalanced("one bit, all cells made new", &g, &["ram"])]
    }

    /// A word of the private input that is no word, loaded: with its low part, with itself, with chunks out of range.
    fn rejects_a_private_word_beyond_32_bits(config: Config) -> Vec<Case> {
        let mut f = honest(config);
        let beyond = f.private[1] + crate::forgeries::pow2(32);
        f.private[1] = beyond;
        f.set(PRIVATE_LOAD, col::RAM_PRE, beyond).set(PRIVATE_LOAD, col::RAM_POST, beyond).rebalance();
        let mut cases = Vec::new();
        let low = crate::forgeries::breaks("its low part is loaded", &f, &["Lw relation 0", "Lw relation 1"]);
        cases.push(low);
        let mut g = f;
        g.set(PRIVATE_LOAD, col::RESULT, beyond);
        let store = PRIVATE_LOAD + 4;
        g.set(store, col::RS2_VALUE, beyond).set(store, col::RAM_POST, beyond).rebalance();
        // The output word is public, and no more than a word.
        let output = g.ram_cell(OUTPUT_START + 4);
        assert!(g.cells[&output].value == beyond);
        let mut violates = Violations::only_constraints(&["Lw relation 0"]);
        violates.cells.insert(FINAL);
        cases.push(Case { what: "it is loaded, and stored".into(), forgery: g.clone(), violates });
        let log_m = config.params.log_m();
        let top = lariat_subtables::decompose::num_range_chunks(config.params) - 1;
        g.add(PRIVATE_LOAD, col::slot_p(top), 1 << (32 - log_m * top)).rebalance();
        let mut violates = Violations::only_balance(&["tables"]);
        violates.cells.insert(FINAL);
        cases.push(Case { what: "by a chunk out of range".into(), forgery: g, violates });
        cases
    }

    /// A length of the private input that is not the header's: no run of the machine has it.
    fn rejects_another_length_of_the_private_input(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for length in [0u64, 8, u64::from(u32::MAX)] {
            let mut f = honest(config);
            f.private[0] = Fr::from(length);
            cases.push(breaks_cells(format!("length {length} for 7, which nothing reads"), &f, LENGTH));
            // The cell keeps what the statement says, and is no longer what was committed to.
            let cell = f.ram_cell(PRIVATE_INPUT_START);
            f.cells.insert(cell, Cell { touched: Fr::one(), value: Fr::from(7u64), timestamp: Fr::zero() });
            let mut violates = Violations::only_balance(&["ram"]);
            violates.cells.insert(LENGTH);
            let what = format!("length {length} for 7 in the commitment alone");
            cases.push(Case { what, forgery: f, violates });
        }
        cases
    }

    /// No private input, of which nothing reads the length: the commitment to it is to a word that is not zero.
    fn rejects_a_length_word_where_there_is_no_private_input(config: Config) -> Vec<Case> {
        let program = program(|asm| {
            asm.exit(3);
        });
        let mut cases = Vec::new();
        for word in [Fr::one(), Fr::from(1u64 << 32), -Fr::one()] {
            let mut f = Forgery::honest(&program, config, NO_INPUT);
            f.private[0] = word;
            cases.push(breaks_cells(format!("length word {word}"), &f, LENGTH));
        }
        cases
    }

    /// Bytes behind the end of the private input, which a guest that loads whole words sees: a guest that commits the
    /// length and exits with `word >> 8` ends with 0 on every input of one byte.
    fn rejects_padding_of_the_private_input_that_is_loaded(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for bytes in 1..4u32 {
            let private = [1, 0xbe, 0xba, 0xfe];
            let mut f = Forgery::honest(&program_with_shifted_word(), config, Inputs { public: b"", private: &private });
            assert_eq!(f.header.exit_code, 0xfe_babe);
            // The run is that of four bytes, but for the length that it loads and commits.
            f.header.private_bytes = bytes;
            f.private[0] = Fr::from(bytes);
            f.header.output_words[1] = bytes;
            crate::forgeries::memory::set_loaded(&mut f, SHIFTED_LENGTH, bytes);
            f.set(SHIFTED_STORE, col::RS2_VALUE, bytes).set(SHIFTED_STORE, col::RAM_POST, bytes);
            f.lay_out_again().rebalance();
            cases.push(breaks_cells(format!("length {bytes}, and padding that is loaded"), &f, TAIL));
        }
        cases
    }

    /// The last word of the private input, which nothing reads, with padding, with a wrong bit, and as no word.
    fn rejects_another_last_word_of_the_private_input(config: Config) -> Vec<Case> {
        let honest = honest(config);
        let mut cases = Vec::new();
        for (what, change) in [
            ("a byte behind the end", Fr::from(1u32 << 24)),
            ("all bytes behind the end", Fr::from(0xff00_0000u32)),
            ("beyond 32 bits", crate::forgeries::pow2(32)),
            ("below zero", -Fr::from(1u32 << 25)),
        ] {
            let mut f = honest.clone();
            f.private[2] += change;
            cases.push(breaks_cells(what, &f, TAIL));
        }
        for j in [0, 23] {
            let mut f = honest.clone();
            let cell = f.private_bit(j);
            if f.cells.remove(&cell).is_none() {
                f.cells.insert(cell, Cell { touched: Fr::one(), ..Cell::default() });
            }
            cases.push(breaks_cells(format!("bit {j} the other way"), &f, TAIL));
        }
        cases
    }

    /// Bits of the last word that are none: twice the highest is a byte behind the end.
    fn rejects_bits_of_the_private_input_that_are_none(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for touched in [Fr::from(2u64), -Fr::one()] {
            let mut f = honest(config);
            let cell = f.private_bit(23);
            let before = f.cells.get(&cell).map_or_else(Fr::zero, |c| c.touched);
            f.cells.insert(cell, Cell { touched, ..Cell::default() });
            f.private[2] += (touched - before) * Fr::from(1u32 << 23);
            cases.push(breaks_cells(format!("bit {touched}"), &f, "touched is a bit"));
        }
        cases
    }

    /// Bits of the last word that end otherwise than they began: their memory has no accesses.
    fn rejects_a_final_state_of_a_bit_of_the_private_input(config: Config) -> Vec<Case> {
        let mut f = honest(config);
        let cell = (0..24).map(|j| f.private_bit(j)).find(|at| f.cells.contains_key(at)).unwrap();
        f.cells.get_mut(&cell).unwrap().value = Fr::one();
        let mut g = honest(config);
        g.cells.get_mut(&cell).unwrap().timestamp = Fr::one();
        vec![unbalanced("a value", &f, &["private bits"]), unbalanced("a time", &g, &["private bits"])]
    }
}
