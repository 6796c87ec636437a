//! The programs whose executor errs, with their honest runs.

use crate::{
    kinds::{self, every_kind},
    programs::{DATA, MAX_STEPS, RODATA, i, load, program_with, r, store},
};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    machine::{TraceResult, TraceRow, trace},
    memory_map::{INPUT_START, OUTPUT_START, PRIVATE_INPUT_START},
    test_util::{RandomProgramConfig, random_program},
};
use lariat_jolt_core::{Inputs, Program};

/// A program with inputs, and what it does on them.
#[derive(Debug)]
pub struct Guest {
    /// Its name in reports.
    pub name: String,
    /// The program.
    pub program: Program,
    /// Public input.
    pub public: Vec<u8>,
    /// Private input.
    pub private: Vec<u8>,
    /// The honest run.
    pub honest: TraceResult,
}

impl Guest {
    fn new(name: impl Into<String>, program: Program, public: &[u8], private: &[u8]) -> Self {
        // A guest that does not run to its end is a mistake of this file.
        let honest = trace(program.image(), Inputs { public, private }, MAX_STEPS).unwrap();
        Self { name: name.into(), program, public: public.to_vec(), private: private.to_vec(), honest }
    }

    /// Both inputs.
    pub fn inputs(&self) -> Inputs<'_> {
        Inputs { public: &self.public, private: &self.private }
    }

    /// The instruction of a row of the honest run.
    pub fn instruction(&self, row: &TraceRow) -> Instruction {
        self.program.image().code[row.pc_index as usize]
    }

    /// Rows and instructions of the honest run.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = (&TraceRow, Instruction)> + ExactSizeIterator {
        self.honest.rows.iter().map(|row| (row, self.instruction(row)))
    }
}

/// Random programs: seeds.
const SEEDS: [u64; 4] = [0xfa17, 0xfa18, 0xfa19, 0xfa1a];

/// Every guest, of 60 to 1,100 rows: programs with every instruction, all regions of memory, both ways to end, random
/// programs, and example guests at small inputs.
pub fn all() -> Vec<Guest> {
    let mut out = vec![
        Guest::new("every instruction", every_kind(false), kinds::INPUT, kinds::PRIVATE),
        Guest::new("every instruction, panicking", every_kind(true), kinds::INPUT, kinds::PRIVATE),
        Guest::new("every region", every_region(), b"six words of public text", b"private"),
    ];
    let size = RandomProgramConfig { body_items: 30, scratch_words: 8, max_loop_rounds: 3 };
    out.extend(SEEDS.iter().map(|&seed| {
        let program = Program::from_elf(&random_program(seed, &size).elf()).unwrap();
        Guest::new(format!("random program {seed:#x}"), program, &[], &[])
    }));
    let words = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_le_bytes()).collect() };
    let examples: [(&str, &[u8], Vec<u8>); 4] = [
        ("fibonacci", include_bytes!("../../../guests/elf/fibonacci.elf"), words(&[9])),
        ("quicksort", include_bytes!("../../../guests/elf/quicksort.elf"), words(&[5, 1])),
        ("strsearch", include_bytes!("../../../guests/elf/strsearch.elf"), words(&[3, 1])),
        ("c-program", include_bytes!("../../../guests/elf/c-program.elf"), words(&[3])),
    ];
    out.extend(examples.into_iter().map(|(name, elf, input)| {
        // An input behind those that the guest reads, so that some of it is not read.
        Guest::new(name, Program::from_elf(elf).unwrap(), &input, b"unread")
    }));
    out
}

/// Loads, stores and goes back over image, heap, stack, inputs and output, so that every word matters some time after it
/// was written; exit code and branches depend on both inputs.
fn every_region() -> Program {
    const HEAP: u32 = RODATA + 16;
    program_with(&[0x1234_5678, 0xfedc_ba98], &[0x0bad_cafe, 3], |asm| {
        let (public, words, private, bytes, heap) = (5, 6, 7, 8, 12);
        let (word, sum, mix, product, popped) = (9, 10, 11, 13, 14);
        asm.load_constant(public, INPUT_START).load_constant(private, PRIVATE_INPUT_START).load_constant(heap, HEAP);
        load(asm, Opcode::Lw, words, public, 0);
        i(asm, Opcode::Addi, words, words, 3);
        i(asm, Opcode::Srli, words, words, 2);
        load(asm, Opcode::Lw, bytes, private, 0);
        // The words of the public input go to the heap.
        let next = asm.label_here();
        i(asm, Opcode::Addi, public, public, 4);
        load(asm, Opcode::Lw, word, public, 0);
        r(asm, Opcode::Xor, sum, sum, word);
        store(asm, Opcode::Sw, word, heap, 0);
        i(asm, Opcode::Addi, heap, heap, 4);
        i(asm, Opcode::Addi, words, words, -1);
        asm.branch(Opcode::Bne, words, 0, next);
        // Sums of the bytes of the private input go to the stack.
        let next = asm.label_here();
        i(asm, Opcode::Addi, private, private, 1);
        load(asm, Opcode::Lbu, word, private, 3);
        r(asm, Opcode::Add, mix, mix, word);
        i(asm, Opcode::Addi, 2, 2, -4);
        store(asm, Opcode::Sw, mix, 2, 0);
        i(asm, Opcode::Addi, bytes, bytes, -1);
        asm.branch(Opcode::Blt, 0, bytes, next);
        // Back over both.
        i(asm, Opcode::Addi, product, 0, 1);
        i(asm, Opcode::Addi, words, 0, 6);
        let next = asm.label_here();
        i(asm, Opcode::Addi, heap, heap, -4);
        load(asm, Opcode::Lh, word, heap, 2);
        r(asm, Opcode::Mul, product, product, word);
        load(asm, Opcode::Lw, word, 2, 0);
        i(asm, Opcode::Addi, 2, 2, 4);
        r(asm, Opcode::Sub, popped, popped, word);
        i(asm, Opcode::Addi, words, words, -1);
        asm.branch(Opcode::Bne, words, 0, next);
        // The image.
        asm.load_constant(15, DATA).load_constant(16, RODATA);
        load(asm, Opcode::Lw, 17, 16, 0);
        load(asm, Opcode::Lw, 18, 15, 4);
        r(asm, Opcode::Mulhu, 18, 18, 17);
        store(asm, Opcode::Sw, 18, 15, 4);
        store(asm, Opcode::Sb, 17, 15, 1);
        load(asm, Opcode::Lw, 19, 15, 0);
        load(asm, Opcode::Lh, 18, 15, 6);
        load(asm, Opcode::Lb, 20, 16, 4);
        r(asm, Opcode::Div, 19, 19, 20);
        r(asm, Opcode::Remu, 18, product, 20);
        // The output: written, read back and written again.
        asm.load_constant(21, OUTPUT_START);
        i(asm, Opcode::Addi, 22, 0, 14);
        store(asm, Opcode::Sw, 22, 21, 0);
        store(asm, Opcode::Sw, sum, 21, 4);
        store(asm, Opcode::Sw, popped, 21, 8);
        store(asm, Opcode::Sw, product, 21, 12);
        store(asm, Opcode::Sh, 19, 21, 16);
        load(asm, Opcode::Lw, 23, 21, 4);
        r(asm, Opcode::Add, 23, 23, 18);
        store(asm, Opcode::Sw, 23, 21, 4);
        // No panic, unless the sums agree; the exit code is of the private input.
        let go_on = asm.label();
        asm.branch(Opcode::Bne, mix, sum, go_on);
        asm.push(Instruction::system(Opcode::Ebreak));
        asm.bind(go_on);
        i(asm, Opcode::Andi, 10, mix, 0x7f);
        i(asm, Opcode::Addi, 17, 0, 93);
        asm.push(Instruction::system(Opcode::Ecall));
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_jolt_core::{Exit, witness::count_rows};
    use std::collections::BTreeSet;

    /// Together they execute every instruction, end in both ways, and are short.
    #[test]
    fn guests_cover_the_machine() {
        let guests = all();
        let ops: BTreeSet<&str> =
            guests.iter().flat_map(|g| g.steps().map(|(_, instruction)| instruction.op.mnemonic())).collect();
        assert_eq!(ops.len(), Opcode::ALL.len() - 1, "all but the word that is no instruction: {ops:?}");
        assert!(guests.iter().any(|g| matches!(g.honest.run.exit, Exit::Panicked { .. })));
        for guest in &guests {
            let rows = count_rows(&guest.program, &guest.honest.rows);
            println!("{}: {rows} rows, {:?}", guest.name, guest.honest.run.exit);
            assert!((60..=1100).contains(&rows), "{}: {rows} rows", guest.name);
        }
    }
}
