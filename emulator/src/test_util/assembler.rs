//! Collecting instructions, with labels for jumps.

use crate::isa::{Format, Instruction, Opcode, encode};

/// A position in an [`Assembler`]'s code, before or after it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(usize);

/// A list of instructions from a fixed address.
#[derive(Clone, Debug)]
pub struct Assembler {
    base: u32,
    code: Vec<Instruction>,
    /// Word index of each label, once bound.
    labels: Vec<Option<usize>>,
    /// Instructions whose offset is that of a label.
    fixups: Vec<(usize, Label)>,
}

impl Assembler {
    /// An empty list; the first instruction will be at `base`.
    pub const fn new(base: u32) -> Self {
        Self { base, code: Vec::new(), labels: Vec::new(), fixups: Vec::new() }
    }

    /// Address of the next instruction.
    pub fn here(&self) -> u32 {
        self.base + 4 * self.code.len() as u32
    }

    /// Number of instructions so far.
    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// Whether there are no instructions yet.
    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
    }

    /// Appends an instruction.
    pub fn push(&mut self, instruction: Instruction) -> &mut Self {
        self.code.push(instruction);
        self
    }

    /// Appends `lui` and `addi` that load `value` into `rd`. Always two instructions.
    pub fn load_constant(&mut self, rd: u8, value: u32) -> &mut Self {
        let low = (value << 20).cast_signed() >> 20;
        self.push(Instruction::u_type(Opcode::Lui, rd, value.wrapping_sub(low.cast_unsigned())));
        self.push(Instruction::i_type(Opcode::Addi, rd, rd, low))
    }

    /// A label to be bound later.
    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// Makes `label` stand for the next instruction.
    pub fn bind(&mut self, label: Label) -> &mut Self {
        self.labels[label.0] = Some(self.code.len());
        self
    }

    /// A label for the next instruction.
    pub fn label_here(&mut self) -> Label {
        let label = self.label();
        self.bind(label);
        label
    }

    /// Appends a conditional branch to `label`.
    pub fn branch(&mut self, op: Opcode, rs1: u8, rs2: u8, label: Label) -> &mut Self {
        self.fixups.push((self.code.len(), label));
        self.push(Instruction::branch(op, rs1, rs2, 0))
    }

    /// Appends `jal rd, label`.
    pub fn jal(&mut self, rd: u8, label: Label) -> &mut Self {
        self.fixups.push((self.code.len(), label));
        self.push(Instruction::jal(rd, 0))
    }

    /// Appends the exit `ecall` with `code`.
    pub fn exit(&mut self, code: i32) -> &mut Self {
        self.push(Instruction::i_type(Opcode::Addi, 10, 0, code));
        self.push(Instruction::i_type(Opcode::Addi, 17, 0, 93));
        self.push(Instruction::system(Opcode::Ecall))
    }

    /// The encoded words, with all labels resolved.
    ///
    /// # Panics
    /// If a used label is unbound, or too far away for its instruction.
    pub fn assemble(&self) -> Vec<u32> {
        let mut code = self.code.clone();
        for &(index, label) in &self.fixups {
            let target = self.labels[label.0].expect("every label that a jump uses is bound");
            let offset = 4 * (target as i32 - index as i32);
            let reach = if code[index].op.format() == Format::Jump { 1 << 20 } else { 1 << 12 };
            assert!((-reach..reach).contains(&offset), "a label is {offset} bytes away, beyond {reach}");
            code[index].imm = offset;
        }
        code.iter().map(encode).collect()
    }
}
