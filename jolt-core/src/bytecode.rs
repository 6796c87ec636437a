//! The bytecode: decoded program rows as the read-only memory that every step reads.
//!
//! Row `i` is the instruction at `code_base + 4 i`. An instruction that takes several rows starts at its own index and
//! goes on in *virtual* rows, numbered from [`VIRTUAL_BASE`]: no 32-bit jump target is the index of a virtual row, and
//! every row names its successor, so a sequence can be neither entered midway nor left early.

use lariat_emulator::{
    image::{Image, Window},
    isa::{Instruction, Opcode},
    memory_map::{EXIT_CELL, PANIC_CELL},
};
use lariat_subtables::decompose::Flag;

/// Index of the first virtual row. Indices of instructions are below, for they are addresses divided by four.
pub const VIRTUAL_BASE: u32 = 1 << 30;

/// The successor of the last step: no row has this index.
pub const HALT: u32 = (1 << 31) - 1;

/// Number of registers: the ISA's and those of virtual sequences.
pub const NUM_REGISTERS: usize = 36;

/// First register of virtual sequences.
pub const VIRTUAL_REGISTER: u8 = 32;

/// One row of the bytecode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Row {
    /// Destination register (zero without [`Flag::WriteRd`]).
    pub rd: u8,
    /// First source register (zero without [`Flag::UseRs1`]).
    pub rs1: u8,
    /// Second source register (zero without [`Flag::UseRs2`]).
    pub rs2: u8,
    /// Immediate.
    pub imm: u32,
    /// Target of a jump or branch as a row index; link of `JALR`.
    pub next: u32,
    /// Condition code of a comparison.
    pub cond: u8,
    /// Set of [`Flag`] bits. No row of a program has none.
    pub flags: u64,
}

/// Number of fields of a row in its fingerprint, after the index: `rd, rs1, rs2, imm, next, cond`, then the flags.
pub const NUM_FIELDS: usize = 6 + Flag::COUNT;

impl Row {
    /// Whether `flag` is set.
    pub const fn has(&self, flag: Flag) -> bool {
        self.flags & flag.bit() != 0
    }

    /// The fields of the fingerprint that are not flags.
    pub fn small_fields(&self) -> [u32; 6] {
        [self.rd.into(), self.rs1.into(), self.rs2.into(), self.imm, self.next, self.cond.into()]
    }

    fn with(mut self, flags: &[Flag]) -> Self {
        for f in flags {
            self.flags |= f.bit();
        }
        self
    }

    /// A row that reads `rs1`, `rs2` and writes `rd`; register zero means none.
    fn registers(rd: u8, rs1: u8, rs2: u8) -> Self {
        let mut row = Self { rd, rs1, rs2, ..Self::default() };
        for (register, flag) in [(rd, Flag::WriteRd), (rs1, Flag::UseRs1), (rs2, Flag::UseRs2)] {
            if register != 0 {
                row.flags |= flag.bit();
            }
        }
        row
    }
}

/// The expanded program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytecode {
    /// Address of row 0.
    pub code_base: u32,
    /// Row index of the entry point.
    pub entry: u32,
    /// Rows by instruction; `None` where no instruction decodes. Gaps of the code window are not stored.
    pub rows: Window<Option<Row>>,
    /// Virtual rows: row `i` has index `VIRTUAL_BASE + i`.
    pub virtual_rows: Vec<Row>,
    /// Number of virtual rows after an instruction's own, with the first of them; `(0, 0)` for single rows.
    pub sequences: Window<(u32, u8)>,
}

/// Condition codes in the key of `Decide`.
mod cond {
    pub const LT: u8 = 0;
    pub const GE: u8 = 1;
    pub const EQ: u8 = 2;
    pub const NE: u8 = 3;
}

impl Bytecode {
    /// Expands an image's code.
    pub fn new(image: &Image) -> Self {
        let mut out = Self {
            code_base: image.code_base,
            entry: (image.entry - image.code_base) / 4,
            rows: Window::new(None),
            virtual_rows: Vec::new(),
            sequences: Window::new((0, 0)),
        };
        for (start, instructions) in image.code.runs() {
            let mut rows = Vec::with_capacity(instructions.len());
            let mut sequences = Vec::with_capacity(instructions.len());
            for (index, instruction) in (start..).zip(instructions) {
                let pc = image.code_base.wrapping_add(4 * index as u32);
                let known = instruction.op != Opcode::Illegal && image.is_code(pc);
                rows.push(known.then(|| out.push_sequence(*instruction, pc, &mut sequences)));
                if !known {
                    sequences.push((0, 0));
                }
            }
            out.rows.push_run(start, rows);
            out.sequences.push_run(start, sequences);
        }
        out.rows.extend_to(image.code.len());
        out.sequences.extend_to(image.code.len());
        out
    }

    /// Expands one instruction: its virtual rows are stored, and its own row is returned.
    fn push_sequence(&mut self, instruction: Instruction, pc: u32, sequences: &mut Vec<(u32, u8)>) -> Row {
        let sequence = expand(instruction, pc, self.code_base);
        let first_virtual = self.virtual_rows.len() as u32;
        let count = sequence.len() - 1;
        sequences.push((first_virtual, count as u8));
        let mut own = Row::default();
        for (k, mut row) in sequence.into_iter().enumerate() {
            if k < count {
                // On to the next virtual row.
                row = row.with(&[Flag::Jump]);
                row.next = VIRTUAL_BASE + first_virtual + k as u32;
            } else if count > 0 && !row.has(Flag::Jump) {
                row = row.with(&[Flag::Jump]);
                row.next = self.index_of(pc.wrapping_add(4));
            }
            if k == 0 {
                own = row;
            } else {
                self.virtual_rows.push(row);
            }
        }
        own
    }

    fn index_of(&self, pc: u32) -> u32 {
        row_index(pc, self.code_base)
    }

    /// The row with index `index`.
    pub fn row(&self, index: u32) -> Option<&Row> {
        if index >= VIRTUAL_BASE {
            self.virtual_rows.get((index - VIRTUAL_BASE) as usize)
        } else {
            self.rows.get(index as usize)?.as_ref()
        }
    }

    /// All rows that exist, with their indices.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Row)> {
        let real = self.rows.iter().filter_map(|(i, r)| r.as_ref().map(|r| (i as u32, r)));
        real.chain(self.virtual_rows.iter().enumerate().map(|(i, r)| (VIRTUAL_BASE + i as u32, r)))
    }

    /// The set of flags that occur in any row.
    pub fn used_flags(&self) -> u64 {
        self.iter().fold(0, |acc, (_, r)| acc | r.flags)
    }
}

/// `(pc - code_base) / 4` modulo `2^30`: targets outside of the code have indices without a row.
fn row_index(pc: u32, code_base: u32) -> u32 {
    pc.wrapping_sub(code_base) / 4
}

/// The rows of one instruction; jumps between them are set by the caller.
fn expand(i: Instruction, pc: u32, code_base: u32) -> Vec<Row> {
    let imm = i.imm as u32;
    let target = row_index(pc.wrapping_add(imm), code_base);
    let alu = |flags: &[Flag]| vec![Row { imm, ..Row::registers(i.rd, i.rs1, i.rs2) }.with(flags)];
    let constant = |value: u32| Row { imm: value, ..Row::registers(i.rd, 0, 0) }.with(&[Flag::Const]);
    let compare =
        |flags: &[Flag], code: u8| vec![Row { imm, cond: code, ..Row::registers(i.rd, i.rs1, i.rs2) }.with(flags)];
    let branch = |flag: Flag, code: u8| {
        if !pc.wrapping_add(imm).is_multiple_of(4) {
            // Not provable when taken: no row has this index.
            return vec![
                Row { next: HALT - 1, cond: code, ..Row::registers(0, i.rs1, i.rs2) }.with(&[flag, Flag::Branch]),
            ];
        }
        vec![Row { next: target, cond: code, ..Row::registers(0, i.rs1, i.rs2) }.with(&[flag, Flag::Branch])]
    };
    let load = |flag: Flag| vec![Row { imm, ..Row::registers(i.rd, i.rs1, 0) }.with(&[Flag::Mem, flag])];
    let store = |flag: Flag| vec![Row { imm, ..Row::registers(0, i.rs1, i.rs2) }.with(&[Flag::Mem, Flag::Store, flag])];
    match i.op {
        Opcode::Lui => vec![constant(imm)],
        Opcode::Auipc => vec![constant(pc.wrapping_add(imm))],
        Opcode::Jal => {
            let next = if pc.wrapping_add(imm).is_multiple_of(4) { target } else { HALT - 1 };
            vec![Row { next, ..constant(pc.wrapping_add(4)) }.with(&[Flag::Jump])]
        }
        Opcode::Jalr => {
            vec![Row { imm, next: pc.wrapping_add(4), ..Row::registers(i.rd, i.rs1, 0) }.with(&[Flag::Jalr])]
        }
        Opcode::Beq => branch(Flag::CmpU, cond::EQ),
        Opcode::Bne => branch(Flag::CmpU, cond::NE),
        Opcode::Blt => branch(Flag::CmpS, cond::LT),
        Opcode::Bge => branch(Flag::CmpS, cond::GE),
        Opcode::Bltu => branch(Flag::CmpU, cond::LT),
        Opcode::Bgeu => branch(Flag::CmpU, cond::GE),
        Opcode::Lb => load(Flag::Lb),
        Opcode::Lh => load(Flag::Lh),
        Opcode::Lw => load(Flag::Lw),
        Opcode::Lbu => load(Flag::Lbu),
        Opcode::Lhu => load(Flag::Lhu),
        Opcode::Sb => store(Flag::Sb),
        Opcode::Sh => store(Flag::Sh),
        Opcode::Sw => store(Flag::Sw),
        Opcode::Addi | Opcode::Add => alu(&[Flag::Add]),
        Opcode::Slti | Opcode::Slt => compare(&[Flag::CmpS, Flag::Set], cond::LT),
        Opcode::Sltiu | Opcode::Sltu => compare(&[Flag::CmpU, Flag::Set], cond::LT),
        Opcode::Xori | Opcode::Xor => alu(&[Flag::Xor]),
        Opcode::Ori | Opcode::Or => alu(&[Flag::Or]),
        Opcode::Andi | Opcode::And => alu(&[Flag::And]),
        Opcode::Slli | Opcode::Sll => alu(&[Flag::Sll]),
        Opcode::Srli | Opcode::Srl => alu(&[Flag::Srl]),
        Opcode::Srai | Opcode::Sra => alu(&[Flag::Sra]),
        Opcode::Sub => alu(&[Flag::Sub]),
        Opcode::Mul => alu(&[Flag::Mul]),
        Opcode::Mulh => alu(&[Flag::MulHigh, Flag::SignX, Flag::SignY]),
        Opcode::Mulhsu => alu(&[Flag::MulHigh, Flag::SignX]),
        Opcode::Mulhu => alu(&[Flag::MulHigh]),
        Opcode::Divu => alu(&[Flag::DivU]),
        Opcode::Remu => alu(&[Flag::RemU]),
        // |x|, |y|, |x| / |y|, the product's sign, and the quotient with that sign.
        Opcode::Div => {
            let [a, b, q, s] = [0, 1, 2, 3].map(|k| VIRTUAL_REGISTER + k);
            vec![
                Row::registers(a, i.rs1, i.rs1).with(&[Flag::NegIf, Flag::SignY]),
                Row::registers(b, i.rs2, i.rs2).with(&[Flag::NegIf, Flag::SignY]),
                Row::registers(q, a, b).with(&[Flag::DivU]),
                Row::registers(s, i.rs1, i.rs2).with(&[Flag::MulHigh, Flag::SignX, Flag::SignY]),
                Row::registers(i.rd, q, s).with(&[Flag::NegIf, Flag::SignY]),
            ]
        }
        // |x|, |y|, |x| mod |y|, and the remainder with the sign of x.
        Opcode::Rem => {
            let [a, b, r] = [0, 1, 2].map(|k| VIRTUAL_REGISTER + k);
            vec![
                Row::registers(a, i.rs1, i.rs1).with(&[Flag::NegIf, Flag::SignY]),
                Row::registers(b, i.rs2, i.rs2).with(&[Flag::NegIf, Flag::SignY]),
                Row::registers(r, a, b).with(&[Flag::RemU]),
                Row::registers(i.rd, r, i.rs1).with(&[Flag::NegIf, Flag::SignY]),
            ]
        }
        Opcode::Fence => vec![constant(0)],
        // Stores a0 to the exit cell and halts; a7 must be 93. The exit cell is read-only to stores.
        Opcode::Ecall => {
            vec![Row { imm: EXIT_CELL.wrapping_sub(93), next: HALT, ..Row::registers(0, 17, 10) }.with(&[
                Flag::Mem,
                Flag::Sw,
                Flag::Exit,
                Flag::Jump,
            ])]
        }
        // Stores one to the panic cell and halts.
        Opcode::Ebreak => {
            vec![
                Row { imm: 1, ..Row::registers(VIRTUAL_REGISTER, 0, 0) }.with(&[Flag::Const]),
                Row { imm: PANIC_CELL, next: HALT, ..Row::registers(0, 0, VIRTUAL_REGISTER) }.with(&[
                    Flag::Mem,
                    Flag::Store,
                    Flag::Sw,
                    Flag::Jump,
                ]),
            ]
        }
        Opcode::Illegal => Vec::new(),
    }
}
