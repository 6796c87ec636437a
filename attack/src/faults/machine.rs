//! The executor that errs: the emulator, one step at a time, with what happens to it between and in the steps.

use super::guests::Guest;
use lariat_emulator::{
    isa::{Format, Instruction, Opcode},
    machine::{Stepper, TraceResult, TraceRow},
    test_util::Rng,
};
use lariat_jolt_core::Inputs;

/// Rows that a run may have beyond those of the honest one; a run that does not end by then is presented as it stands.
const MORE_ROWS: usize = 512;

/// What the prover is given: a trace, and the inputs that it is said to be of.
#[derive(Clone, Debug)]
pub struct Presented {
    /// The trace.
    pub trace: TraceResult,
    /// The public input that is claimed.
    pub public: Vec<u8>,
    /// The private input that is claimed.
    pub private: Vec<u8>,
}

impl Presented {
    /// Both inputs.
    pub fn inputs(&self) -> Inputs<'_> {
        Inputs { public: &self.public, private: &self.private }
    }
}

/// A run in the hands of a fault. A step that the machine refuses, a row too many and an exit end it; whoever asks for
/// more steps gets none.
pub struct Machine<'a> {
    /// The program with its honest run.
    pub guest: &'a Guest,
    /// The machine between two steps.
    pub stepper: Stepper<'a>,
    /// Rows so far.
    pub rows: Vec<TraceRow>,
    refused: bool,
}

impl<'a> Machine<'a> {
    /// The machine before the first step, on inputs of its own.
    pub fn new(guest: &'a Guest, inputs: Inputs<'_>) -> Self {
        // The inputs of a guest, and changes of them by a few bytes, are within the limits.
        let stepper = Stepper::new(guest.program.image(), inputs).unwrap();
        Self { guest, stepper, rows: Vec::new(), refused: false }
    }

    /// The instruction at the program counter; one that the machine refuses where there is none.
    pub fn instruction(&self) -> Instruction {
        let code = &self.guest.program.image().code;
        code.get(self.stepper.pc_index() as usize).copied().unwrap_or(Instruction::illegal(0))
    }

    /// The address that the next instruction, a load or store, accesses.
    pub fn address(&mut self) -> u32 {
        let instruction = self.instruction();
        self.stepper.registers_mut()[usize::from(instruction.rs1)].wrapping_add(instruction.imm.cast_unsigned())
    }

    /// Takes a step and returns its row, to be altered.
    pub fn step(&mut self) -> Option<&mut TraceRow> {
        self.step_as(self.instruction())
    }

    /// Takes a step by another instruction than the one that is there.
    pub fn step_as(&mut self, instruction: Instruction) -> Option<&mut TraceRow> {
        let limit = self.guest.honest.rows.len() + MORE_ROWS;
        if self.refused || self.stepper.is_over() || self.rows.len() >= limit {
            return None;
        }
        let step =
            if instruction == self.instruction() { self.stepper.step() } else { self.stepper.step_as(instruction) };
        match step {
            Ok(row) => self.rows.push(row),
            Err(_) => self.refused = true,
        }
        if self.refused { None } else { self.rows.last_mut() }
    }

    /// Takes so many steps.
    pub fn advance(&mut self, steps: usize) {
        for _ in 0..steps {
            self.step();
        }
    }

    /// Takes a step whose result is replaced, in the row and in the register.
    pub fn step_with_result(&mut self, result: impl FnOnce(&TraceRow) -> u32) {
        let rd = usize::from(self.instruction().rd);
        if let Some(row) = self.step() {
            let value = result(row);
            row.rd_post = value;
            if rd != 0 {
                self.stepper.registers_mut()[rd] = value;
            }
        }
    }

    /// Runs to the end.
    pub fn run(mut self) -> TraceResult {
        while self.step().is_some() {}
        self.stop()
    }

    /// Ends here.
    pub fn stop(self) -> TraceResult {
        self.stepper.into_trace(self.rows)
    }
}

/// Another word: a bit flipped, one more, one less, a corner case of arithmetic, or any.
pub fn other_word(rng: &mut Rng, word: u32) -> u32 {
    loop {
        let other = match rng.below(4) {
            0 => word ^ 1 << rng.below(32),
            1 => word.wrapping_add(1),
            2 => word.wrapping_sub(1),
            _ => rng.word(),
        };
        if other != word {
            return other;
        }
    }
}

/// A number below `bound`, which is at least 2, other than `number`.
pub fn other_below(rng: &mut Rng, bound: usize, number: usize) -> usize {
    (number + 1 + rng.below(bound as u32 - 1) as usize) % bound
}

/// Whether the instruction reads its `rs1` field.
pub fn reads_rs1(instruction: Instruction) -> bool {
    !matches!(instruction.op.format(), Format::Upper | Format::Jump | Format::System | Format::Illegal)
}

/// Whether it reads its `rs2` field.
pub fn reads_rs2(instruction: Instruction) -> bool {
    matches!(instruction.op.format(), Format::Branch | Format::Store | Format::Register)
}

/// Whether it writes a register.
pub fn writes(instruction: Instruction) -> bool {
    instruction.op.has_rd() && instruction.rd != 0
}

/// Whether it may go on elsewhere than at the next instruction.
pub fn is_control(instruction: Instruction) -> bool {
    matches!(instruction.op.format(), Format::Branch | Format::Jump | Format::JumpRegister | Format::System)
}

/// Whether it loads.
pub fn is_load(instruction: Instruction) -> bool {
    instruction.op.format() == Format::Load
}

/// Whether it stores.
pub fn is_store(instruction: Instruction) -> bool {
    instruction.op.format() == Format::Store
}

/// Bytes that a load or store accesses.
pub fn width(op: Opcode) -> u32 {
    match op {
        Opcode::Lb | Opcode::Lbu | Opcode::Sb => 1,
        Opcode::Lh | Opcode::Lhu | Opcode::Sh => 2,
        _ => 4,
    }
}

/// The instruction with its signed operand, extension or immediate taken as unsigned; `None` where nothing is signed.
pub fn unsigned(instruction: Instruction) -> Option<Instruction> {
    let op = match instruction.op {
        Opcode::Lb => Opcode::Lbu,
        Opcode::Lh => Opcode::Lhu,
        Opcode::Slti => Opcode::Sltiu,
        Opcode::Slt => Opcode::Sltu,
        Opcode::Srai => Opcode::Srli,
        Opcode::Sra => Opcode::Srl,
        Opcode::Mulh | Opcode::Mulhsu => Opcode::Mulhu,
        Opcode::Div => Opcode::Divu,
        Opcode::Rem => Opcode::Remu,
        Opcode::Blt => Opcode::Bltu,
        Opcode::Bge => Opcode::Bgeu,
        Opcode::Addi | Opcode::Xori | Opcode::Ori | Opcode::Sltiu if instruction.imm < 0 => {
            return Some(Instruction { imm: instruction.imm & 0xfff, ..instruction });
        }
        _ => return None,
    };
    Some(Instruction { op, ..instruction })
}

/// The branch with the other condition.
pub const fn inverse(op: Opcode) -> Opcode {
    match op {
        Opcode::Beq => Opcode::Bne,
        Opcode::Bne => Opcode::Beq,
        Opcode::Blt => Opcode::Bge,
        Opcode::Bge => Opcode::Blt,
        Opcode::Bltu => Opcode::Bgeu,
        Opcode::Bgeu => Opcode::Bltu,
        other => other,
    }
}
