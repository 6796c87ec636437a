//! Random RV32IM programs that always end.
//!
//! A program sets all registers to random constants, runs a random body over a scratch buffer, and writes `x1..x31` and
//! the buffer to the output region. Control flow goes forward, except for loops with a reserved counter and for calls
//! and returns with a reserved link register, so that every program ends. The body has every RV32IM instruction but
//! ECALL and EBREAK; loads and stores have all widths and stay inside the buffer.
//!
//! One program has two forms of equal length that differ in the last instructions only: the form for this machine
//! exits, and the form for Linux writes the output region to standard output before it exits.

use super::{Assembler, ElfBuilder, ElfSegment, Rng};
use crate::isa::{Format, Instruction, Opcode};
use crate::memory_map::OUTPUT_START;

/// Address of the code; above the lowest addresses that Linux lets a program map.
const CODE_START: u32 = 0x0010_0000;
/// Address of the scratch buffer.
const SCRATCH_START: u32 = 0x0020_0000;
/// `a0`, `a1`, `a2`, `a7`.
const ARGUMENTS: [u8; 4] = [10, 11, 12, 17];
/// Linux: `write(fd, buffer, length)`.
const LINUX_WRITE: i32 = 64;
/// Deepest nesting of loops, branches and calls; small enough that every branch reaches its label.
const MAX_DEPTH: u32 = 2;

/// Size of a random program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RandomProgramConfig {
    /// Random items of the body at the top level. Most are one instruction, some are loops or calls; a program executes
    /// around ten times this many instructions, and a fixed number for its beginning and end.
    pub body_items: u32,
    /// Words of the scratch buffer, 1 to 512. The end of the program executes 6 instructions for each.
    pub scratch_words: u32,
    /// Most rounds of one loop, at least 1.
    pub max_loop_rounds: u32,
}

impl Default for RandomProgramConfig {
    fn default() -> Self {
        Self { body_items: 300, scratch_words: 32, max_loop_rounds: 5 }
    }
}

/// A random program; see [`random_program`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RandomProgram {
    body: Vec<u32>,
    exit: Vec<u32>,
    linux_exit: Vec<u32>,
    scratch: Vec<u32>,
    dump_bytes: u32,
}

impl RandomProgram {
    /// The ELF for this machine. Its output is `x1..x31` and the scratch buffer, little-endian, except that the
    /// register that pointed to the buffer has the address of the output region instead. Exit code 0.
    pub fn elf(&self) -> Vec<u8> {
        self.builder(&self.exit).build()
    }

    /// The ELF for `qemu-riscv32`, which writes the same bytes to standard output.
    pub fn linux_elf(&self) -> Vec<u8> {
        let mut builder = self.builder(&self.linux_exit);
        builder.segments.push(ElfSegment::zeros(OUTPUT_START, 6, 4 + self.dump_bytes));
        builder.build()
    }

    /// Bytes of output.
    pub const fn dump_bytes(&self) -> u32 {
        self.dump_bytes
    }

    fn builder(&self, exit: &[u32]) -> ElfBuilder {
        let code = [self.body.as_slice(), exit].concat();
        let segments = vec![ElfSegment::load(CODE_START, 5, &code), ElfSegment::load(SCRATCH_START, 6, &self.scratch)];
        ElfBuilder::new(CODE_START, segments)
    }
}

/// The random program of the given seed and size.
///
/// # Panics
/// If a size in `config` is out of its range.
pub fn random_program(seed: u64, config: &RandomProgramConfig) -> RandomProgram {
    assert!((1..=512).contains(&config.scratch_words) && config.max_loop_rounds >= 1);
    let mut rng = Rng::new(seed);
    let base = 1 + rng.below(31) as u8;
    let scratch: Vec<u32> = (0..config.scratch_words).map(|_| rng.word()).collect();
    let mut generator =
        Generator { assembler: Assembler::new(CODE_START), rng, config: *config, base, reserved: vec![base] };
    generator.prologue();
    for _ in 0..config.body_items {
        generator.item(0);
    }
    generator.dump();
    let dump_bytes = 4 * (31 + config.scratch_words);
    let [exit, linux_exit] = exits(dump_bytes);
    RandomProgram { body: generator.assembler.assemble(), exit, linux_exit, scratch, dump_bytes }
}

struct Generator {
    assembler: Assembler,
    rng: Rng,
    config: RandomProgramConfig,
    /// Points to the middle of the scratch buffer throughout the body.
    base: u8,
    /// Registers that must keep their values here: the base, loop counters, links.
    reserved: Vec<u8>,
}

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
const IMMEDIATE_OPS: [Opcode; 9] = [
    Opcode::Addi,
    Opcode::Slti,
    Opcode::Sltiu,
    Opcode::Xori,
    Opcode::Ori,
    Opcode::Andi,
    Opcode::Slli,
    Opcode::Srli,
    Opcode::Srai,
];
const BRANCH_OPS: [Opcode; 6] = [Opcode::Beq, Opcode::Bne, Opcode::Blt, Opcode::Bge, Opcode::Bltu, Opcode::Bgeu];
const MEMORY_OPS: [Opcode; 8] =
    [Opcode::Lb, Opcode::Lh, Opcode::Lw, Opcode::Lbu, Opcode::Lhu, Opcode::Sb, Opcode::Sh, Opcode::Sw];

impl Generator {
    fn scratch_bytes(&self) -> u32 {
        4 * self.config.scratch_words
    }

    /// Offset of the base register from the start of the buffer.
    fn base_offset(&self) -> u32 {
        self.scratch_bytes() / 2
    }

    /// Any register, `x0` and reserved ones included.
    fn source(&mut self) -> u8 {
        self.rng.below(32) as u8
    }

    /// A register that may be written; sometimes `x0`.
    fn target(&mut self) -> u8 {
        loop {
            let register = self.source();
            if !self.reserved.contains(&register) {
                return register;
            }
        }
    }

    /// A register that may be written and holds a value.
    fn target_not_zero(&mut self) -> u8 {
        loop {
            let register = self.target();
            if register != 0 {
                return register;
            }
        }
    }

    fn immediate(&mut self) -> i32 {
        if self.rng.one_in(3) {
            self.rng.pick(&[0, 1, -1, 2047, -2048])
        } else {
            (self.rng.next_u32().cast_signed()) >> 20
        }
    }

    fn prologue(&mut self) {
        for register in 1..32 {
            let value = if register == self.base { SCRATCH_START + self.base_offset() } else { self.rng.word() };
            self.assembler.load_constant(register, value);
        }
    }

    fn item(&mut self, depth: u32) {
        match self.rng.below(if depth < MAX_DEPTH { 40 } else { 36 }) {
            0..14 => self.register_arithmetic(),
            14..21 => self.immediate_arithmetic(),
            21..23 => self.upper(),
            23..25 => self.corner_value(),
            25..33 => self.memory(),
            33..36 => self.small_jump(),
            36..38 => self.skip(depth),
            38 => self.counted_loop(depth),
            _ => self.call(depth),
        }
    }

    fn items(&mut self, depth: u32) {
        for _ in 0..=self.rng.below(8) {
            self.item(depth);
        }
    }

    fn register_arithmetic(&mut self) {
        let op = self.rng.pick(&REGISTER_OPS);
        let (rd, rs1, rs2) = (self.target(), self.source(), self.source());
        self.assembler.push(Instruction::r_type(op, rd, rs1, rs2));
    }

    fn immediate_arithmetic(&mut self) {
        let op = self.rng.pick(&IMMEDIATE_OPS);
        let (rd, rs1, imm) = (self.target(), self.source(), self.immediate());
        let imm = if op.format() == Format::ShiftImmediate { imm & 31 } else { imm };
        self.assembler.push(Instruction::i_type(op, rd, rs1, imm));
    }

    fn upper(&mut self) {
        let op = self.rng.pick(&[Opcode::Lui, Opcode::Auipc]);
        let (rd, value) = (self.target(), self.rng.word());
        self.assembler.push(Instruction::u_type(op, rd, value));
    }

    fn corner_value(&mut self) {
        let (rd, value) = (self.target(), self.rng.word());
        if rd == 0 {
            self.assembler.push(Instruction::system(Opcode::Fence));
        } else {
            self.assembler.load_constant(rd, value);
        }
    }

    /// A load or store at a constant offset, or through a computed pointer.
    fn memory(&mut self) {
        let op = self.rng.pick(&MEMORY_OPS);
        let width = match op {
            Opcode::Lb | Opcode::Lbu | Opcode::Sb => 1,
            Opcode::Lh | Opcode::Lhu | Opcode::Sh => 2,
            _ => 4,
        };
        let position = self.rng.below(self.scratch_bytes() / width) * width;
        let offset = position.cast_signed() - self.base_offset().cast_signed();
        let (address, offset) = if self.rng.one_in(4) {
            // Spread the offset over a pointer and the instruction.
            let pointer = self.target_not_zero();
            let part = self.immediate() / 2;
            self.assembler.push(Instruction::i_type(
                Opcode::Addi,
                pointer,
                self.base,
                (offset - part).clamp(-2048, 2047),
            ));
            (pointer, offset - (offset - part).clamp(-2048, 2047))
        } else {
            (self.base, offset)
        };
        let register = if op.format() == Format::Load { self.target() } else { self.source() };
        self.assembler.push(match op.format() {
            Format::Load => Instruction::load(op, register, address, offset),
            _ => Instruction::store(op, register, address, offset),
        });
    }

    /// A JAL or JALR over at most two instructions, with the link in any register.
    fn small_jump(&mut self) {
        let skipped = self.rng.below(3);
        if self.rng.one_in(2) {
            let rd = self.target();
            self.assembler.push(Instruction::jal(rd, 4 + 4 * skipped.cast_signed()));
        } else {
            // The pointer is the address of the AUIPC; JALR clears bit 0 of its target.
            let (pointer, rd) = (self.target_not_zero(), self.target());
            let offset = 8 + 4 * skipped + self.rng.below(2);
            self.assembler.push(Instruction::u_type(Opcode::Auipc, pointer, 0));
            self.assembler.push(Instruction::i_type(Opcode::Jalr, rd, pointer, offset.cast_signed()));
        }
        for _ in 0..skipped {
            self.register_arithmetic();
        }
    }

    /// A conditional branch over some items.
    fn skip(&mut self, depth: u32) {
        let behind = self.assembler.label();
        let op = self.rng.pick(&BRANCH_OPS);
        let (rs1, rs2) = (self.source(), self.source());
        self.assembler.branch(op, rs1, rs2, behind);
        self.items(depth + 1);
        self.assembler.bind(behind);
    }

    fn counted_loop(&mut self, depth: u32) {
        let counter = self.target_not_zero();
        let rounds = 1 + self.rng.below(self.config.max_loop_rounds);
        // Counting up or down, with a branch of either kind.
        let (from, step, op) = self.rng.pick(&[
            (rounds.cast_signed(), -1, Opcode::Bne),
            (-rounds.cast_signed(), 1, Opcode::Blt),
            (-rounds.cast_signed(), 1, Opcode::Bltu),
        ]);
        self.assembler.load_constant(counter, from.cast_unsigned());
        let start = self.assembler.label_here();
        self.reserved.push(counter);
        self.items(depth + 1);
        self.reserved.pop();
        self.assembler.push(Instruction::i_type(Opcode::Addi, counter, counter, step));
        if op == Opcode::Bltu {
            // 0 < counter as unsigned numbers, until the counter is 0.
            self.assembler.branch(op, 0, counter, start);
        } else {
            self.assembler.branch(op, counter, 0, start);
        }
    }

    /// A function, jumped over, and one or two calls of it.
    fn call(&mut self, depth: u32) {
        let link = self.target_not_zero();
        let (function, behind) = (self.assembler.label(), self.assembler.label());
        self.assembler.jal(0, behind);
        self.assembler.bind(function);
        self.reserved.push(link);
        self.items(depth + 1);
        self.reserved.pop();
        let dropped = self.rng.pick(&[0, link]);
        self.assembler.push(Instruction::i_type(Opcode::Jalr, dropped, link, 0));
        self.assembler.bind(behind);
        for _ in 0..=self.rng.below(2) {
            self.assembler.jal(link, function);
        }
    }

    /// Writes the output's length, `x1..x31` and the scratch buffer to the output region.
    fn dump(&mut self) {
        let base = self.base;
        self.assembler.load_constant(base, OUTPUT_START);
        for register in 1..32 {
            self.assembler.push(Instruction::store(Opcode::Sw, register, base, 4 * i32::from(register)));
        }
        let (from, to, left, word) = (5, 6, 7, 8);
        self.assembler.load_constant(to, OUTPUT_START);
        self.assembler.load_constant(word, 4 * (31 + self.config.scratch_words));
        self.assembler.push(Instruction::store(Opcode::Sw, word, to, 0));
        self.assembler.load_constant(from, SCRATCH_START);
        self.assembler.load_constant(left, self.config.scratch_words);
        let next = self.assembler.label_here();
        self.assembler
            .push(Instruction::load(Opcode::Lw, word, from, 0))
            .push(Instruction::store(Opcode::Sw, word, to, 4 * 32))
            .push(Instruction::i_type(Opcode::Addi, from, from, 4))
            .push(Instruction::i_type(Opcode::Addi, to, to, 4))
            .push(Instruction::i_type(Opcode::Addi, left, left, -1))
            .branch(Opcode::Bne, left, 0, next);
    }
}

/// The last instructions, for this machine and for Linux: the same number of them.
pub(super) fn exits(dump_bytes: u32) -> [Vec<u32>; 2] {
    [Opcode::Fence, Opcode::Ecall].map(|write| {
        let [a0, a1, a2, a7] = ARGUMENTS;
        let mut assembler = Assembler::new(0);
        assembler
            .push(Instruction::i_type(Opcode::Addi, a0, 0, 1))
            .load_constant(a1, OUTPUT_START + 4)
            .load_constant(a2, dump_bytes)
            .push(Instruction::i_type(Opcode::Addi, a7, 0, LINUX_WRITE))
            .push(Instruction::system(write))
            .exit(0);
        assembler.assemble()
    })
}
