//! Small programs for what the official ISA tests leave out, with what each must do written down by hand.
//!
//! A program that ends writes `x0..x30` and its data words to the output, so that one byte string says what all
//! registers and the memory must be. The emulator, `qemu-riscv32` and the statement of a verified proof are compared
//! with the same string. `x31` points to the output then. All registers that a program does not mention are zero at the
//! end.
//!
//! A program that is refused says which instruction is at fault and why. `docs/isa-tests.md` lists all entries.

mod arithmetic;
mod control;
mod illegal;
mod memory;

use super::{Assembler, ElfBuilder, ElfSegment, random_program::exits};
use crate::isa::{Instruction, Opcode, encode};
use crate::layout::RegionKind;
use crate::machine::{ExecError, Exit};
use crate::memory_map::OUTPUT_START;

/// Where programs have their code unless they say otherwise: above the lowest addresses that Linux lets a program map.
pub const CORPUS_CODE: u32 = 0x0010_0000;
/// Where they have their data unless they say otherwise.
pub const CORPUS_DATA: u32 = 0x0060_0000;
/// Where they have their read-only data, one word.
pub const CORPUS_RODATA: u32 = 0x0070_0000;
/// The word of read-only data.
pub const CORPUS_RODATA_WORD: u32 = 0xc0de_da7a;

/// Points to the data in programs that keep results there.
const RESULTS: u8 = 30;
/// Points to the output at the end.
const DUMP: u8 = 31;
/// Registers that a program's output shows: `x0..x30`.
const NUM_SHOWN: usize = 31;

/// Why a program is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The word is no instruction.
    Illegal {
        /// The word.
        word: u32,
    },
    /// Execution runs off the code.
    OutsideCode,
    /// A jump or taken branch leaves the code.
    JumpOutsideCode {
        /// Where to.
        target: u32,
    },
    /// A jump or taken branch to an address that is not a multiple of 4.
    MisalignedJump {
        /// Where to.
        target: u32,
    },
    /// A load or store at an address that is not a multiple of its width.
    MisalignedAccess {
        /// The address.
        address: u32,
        /// Bytes accessed.
        width: u8,
    },
    /// A load or store where nothing is mapped.
    Unmapped {
        /// The address.
        address: u32,
    },
    /// A load or store closely below the stack.
    StackOverflow {
        /// The address.
        address: u32,
    },
    /// A store to what the guest may only read.
    ReadOnly {
        /// The address.
        address: u32,
        /// The region of the address.
        region: RegionKind,
    },
    /// An `ecall` that is not the exit.
    Ecall {
        /// Value of `a7`.
        number: u32,
    },
}

impl Refusal {
    /// Whether `error` is this refusal of the instruction at `pc`.
    pub fn is(&self, pc: u32, error: &ExecError) -> bool {
        let (at, same) = match (*self, error) {
            (Self::Illegal { word }, ExecError::IllegalInstruction { at, word: w }) => (at.pc, *w == word),
            (Self::OutsideCode, ExecError::OutsideCode { pc, .. }) => (*pc, true),
            (Self::JumpOutsideCode { target }, ExecError::JumpOutsideCode { at, target: t, .. })
            | (Self::MisalignedJump { target }, ExecError::MisalignedJump { at, target: t, .. }) => {
                (at.pc, *t == target)
            }
            (
                Self::MisalignedAccess { address, width },
                ExecError::MisalignedAccess { at, address: a, width: w, .. },
            ) => (at.pc, (*a, *w) == (address, width)),
            (Self::Unmapped { address }, ExecError::UnmappedAccess { at, address: a, .. })
            | (Self::StackOverflow { address }, ExecError::StackOverflow { at, address: a, .. }) => {
                (at.pc, *a == address)
            }
            (Self::ReadOnly { address, region }, ExecError::ReadOnlyStore { at, address: a, region: r }) => {
                (at.pc, (*a, *r) == (address, region))
            }
            (Self::Ecall { number }, ExecError::UnsupportedEcall { at, number: n }) => (at.pc, *n == number),
            _ => return false,
        };
        same && at == pc
    }
}

/// What a program must do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// It ends.
    Ends {
        /// How.
        exit: Exit,
        /// Its output.
        output: Vec<u8>,
    },
    /// It is refused, and cannot be proven.
    Refused {
        /// Address of the instruction at fault, or the address behind the code for [`Refusal::OutsideCode`].
        pc: u32,
        /// Why.
        refusal: Refusal,
    },
}

/// One program of the corpus.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CorpusProgram {
    code_base: u32,
    data_base: u32,
    code: Vec<u32>,
    /// The last instructions for Linux, and how many words of `code` precede them.
    linux: Option<(usize, Vec<u32>)>,
    data: Vec<u32>,
    /// What it must do.
    pub expected: Expected,
}

impl CorpusProgram {
    /// The ELF for this machine.
    pub fn elf(&self) -> Vec<u8> {
        self.builder(&self.code).build()
    }

    /// The ELF for `qemu-riscv32`, which writes the same output to standard output; `None` for programs that Linux
    /// cannot run: those that are refused, that panic, or that need addresses or regions that Linux does not have.
    pub fn linux_elf(&self) -> Option<Vec<u8>> {
        let (at, exit) = self.linux.as_ref()?;
        let mut code = self.code.clone();
        code.get_mut(*at..at + exit.len())?.copy_from_slice(exit);
        let mut builder = self.builder(&code);
        let Expected::Ends { output, .. } = &self.expected else { return None };
        builder.segments.push(ElfSegment::zeros(OUTPUT_START, 6, 4 + output.len() as u32));
        Some(builder.build())
    }

    /// This program with `addi x0, x0, 0` in place of the instruction at fault, which then ends with exit code 0; `None`
    /// for programs that end anyway, or that no instruction of is at fault.
    pub fn without_the_fault(&self) -> Option<Self> {
        let Expected::Refused { pc, .. } = self.expected else { return None };
        let mut twin = self.clone();
        *twin.code.get_mut((pc.wrapping_sub(self.code_base) / 4) as usize)? = encode(&NOP);
        twin.expected = Expected::Ends { exit: Exit::Halted { code: 0 }, output: Vec::new() };
        Some(twin)
    }

    fn builder(&self, code: &[u32]) -> ElfBuilder {
        let mut segments =
            vec![ElfSegment::load(self.code_base, 5, code), ElfSegment::load(CORPUS_RODATA, 4, &[CORPUS_RODATA_WORD])];
        if !self.data.is_empty() {
            segments.push(ElfSegment::load(self.data_base, 6, &self.data));
        }
        ElfBuilder::new(self.code_base, segments)
    }
}

/// Programs with one name and one purpose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Name, unique in the corpus.
    pub name: String,
    /// What is tested, as a half sentence.
    pub about: String,
    /// The programs; at least one, and all of them end or all are refused.
    pub programs: Vec<CorpusProgram>,
}

impl Entry {
    fn new(name: impl Into<String>, about: impl Into<String>, programs: Vec<CorpusProgram>) -> Self {
        Self { name: name.into(), about: about.into(), programs }
    }

    /// Whether its programs end.
    pub fn ends(&self) -> bool {
        self.programs.iter().all(|program| matches!(program.expected, Expected::Ends { .. }))
    }
}

/// All entries, in the order of the documentation.
pub fn corpus() -> Vec<Entry> {
    [arithmetic::entries(), memory::entries(), control::entries(), illegal::entries()].concat()
}

const NOP: Instruction = Instruction::i_type(Opcode::Addi, 0, 0, 0);

/// A program being written, with what it must do.
struct Case {
    asm: Assembler,
    code_base: u32,
    data_base: u32,
    data: Vec<u32>,
    /// Data at the end.
    data_after: Vec<u32>,
    registers: [u32; NUM_SHOWN],
    /// Instructions at word indices behind all others.
    far: Vec<(usize, Instruction)>,
    linux: bool,
    exit: Exit,
}

impl Case {
    /// A program at `code_base` that Linux cannot run.
    fn bare(code_base: u32) -> Self {
        let mut case = Self {
            asm: Assembler::new(code_base),
            code_base,
            data_base: CORPUS_DATA,
            data: Vec::new(),
            data_after: Vec::new(),
            registers: [0; NUM_SHOWN],
            far: Vec::new(),
            linux: false,
            exit: Exit::Halted { code: 0 },
        };
        // The stack pointer is the one register that does not start as zero, and starts elsewhere on Linux.
        case.asm.push(Instruction::i_type(Opcode::Addi, 2, 0, 0));
        case
    }

    /// A program at the usual place, which Linux can run too.
    fn new() -> Self {
        Self { linux: true, ..Self::bare(CORPUS_CODE) }
    }

    /// A word of data, `before` at the start and `after` at the end.
    fn word(&mut self, before: u32, after: u32) {
        self.data.push(before);
        self.data_after.push(after);
    }

    /// Loads a constant.
    fn set(&mut self, register: u8, value: u32) {
        self.asm.load_constant(register, value);
        self.expect(register, value);
    }

    fn push(&mut self, instruction: Instruction) {
        self.asm.push(instruction);
    }

    /// A register's value at the end, unless something later changes it.
    fn expect(&mut self, register: u8, value: u32) {
        self.registers[usize::from(register)] = value;
    }

    /// Executes an instruction that writes `value` to its destination, and keeps the destination in a new word of data.
    /// [`RESULTS`] points to the data.
    fn check(&mut self, instruction: Instruction, value: u32) {
        self.push(instruction);
        if instruction.rd != 0 {
            self.expect(instruction.rd, value);
        }
        self.keep(instruction.rd, value);
    }

    /// Stores a register, which holds `value`, to a new word of data.
    fn keep(&mut self, register: u8, value: u32) {
        let offset = 4 * self.data.len() as i32;
        self.push(Instruction::store(Opcode::Sw, register, RESULTS, offset));
        self.word(0x5555_5555, value);
    }

    /// The program that ends here, after writing registers and data to the output.
    fn ends(mut self) -> CorpusProgram {
        self.asm.load_constant(DUMP, OUTPUT_START);
        for register in 0..NUM_SHOWN as u8 {
            self.push(Instruction::store(Opcode::Sw, register, DUMP, 4 + 4 * i32::from(register)));
        }
        let (from, to, left, word) = (5, 6, 7, 8);
        let words = self.data.len() as u32;
        let dump_bytes = 4 * (NUM_SHOWN as u32 + words);
        self.asm.load_constant(word, dump_bytes).push(Instruction::store(Opcode::Sw, word, DUMP, 0));
        if words > 0 {
            self.asm.load_constant(from, self.data_base).load_constant(left, words).load_constant(to, OUTPUT_START);
            let next = self.asm.label_here();
            self.asm
                .push(Instruction::load(Opcode::Lw, word, from, 0))
                .push(Instruction::store(Opcode::Sw, word, to, 4 + 4 * NUM_SHOWN as i32))
                .push(Instruction::i_type(Opcode::Addi, from, from, 4))
                .push(Instruction::i_type(Opcode::Addi, to, to, 4))
                .push(Instruction::i_type(Opcode::Addi, left, left, -1))
                .branch(Opcode::Bne, left, 0, next);
        }
        let mut code = self.asm.assemble();
        let [exit, linux_exit] = exits(dump_bytes);
        let linux = self.linux.then_some((code.len(), linux_exit));
        code.extend(exit);
        for (index, instruction) in &self.far {
            assert!(*index >= code.len(), "a far instruction lies behind the program");
            // What lies between is never executed, and no instruction.
            code.resize(*index, 0);
            code.push(encode(instruction));
        }
        let output = self.registers.iter().chain(&self.data_after).flat_map(|word| word.to_le_bytes()).collect();
        let expected = Expected::Ends { exit: self.exit, output };
        CorpusProgram { code_base: self.code_base, data_base: self.data_base, code, linux, data: self.data, expected }
    }

    /// The program that ends with the word `word`, before an exit with code 0.
    fn last_word(self, word: u32, expected: Expected) -> CorpusProgram {
        let mut code = self.asm.assemble();
        code.push(word);
        let mut exit = Assembler::new(0);
        exit.exit(0);
        code.extend(exit.assemble());
        CorpusProgram {
            code_base: self.code_base,
            data_base: self.data_base,
            code,
            linux: None,
            data: self.data,
            expected,
        }
    }

    /// The program that `instruction` ends, without output.
    fn ends_at(self, instruction: Instruction, exit: Exit) -> CorpusProgram {
        self.last_word(encode(&instruction), Expected::Ends { exit, output: Vec::new() })
    }

    /// The program whose next word is `word` and is refused. Without it, the program would exit with 0.
    fn refused_word(self, word: u32, refusal: Refusal) -> CorpusProgram {
        let pc = self.asm.here();
        self.last_word(word, Expected::Refused { pc, refusal })
    }

    /// The same with an instruction.
    fn refused(self, instruction: Instruction, refusal: Refusal) -> CorpusProgram {
        self.refused_word(encode(&instruction), refusal)
    }

    /// The program that runs off its code here.
    fn runs_off(self) -> CorpusProgram {
        let expected = Expected::Refused { pc: self.asm.here(), refusal: Refusal::OutsideCode };
        CorpusProgram {
            code_base: self.code_base,
            data_base: self.data_base,
            code: self.asm.assemble(),
            linux: None,
            data: self.data,
            expected,
        }
    }
}

/// An entry of one program.
fn entry(name: &str, about: &str, mut case: Case, write: impl FnOnce(&mut Case)) -> Entry {
    write(&mut case);
    Entry::new(name, about, vec![case.ends()])
}
