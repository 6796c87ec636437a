//! The interpreter loop.

use super::error::{ExecError, Location};
use super::trace::{Discard, Sink, TraceRow, Watched};
use crate::image::Image;
use crate::isa::{Instruction, Opcode, semantics};
use crate::memory::{Access, AccessFault, Memory};
use crate::memory_map::{EXIT_CELL, EXIT_ECALL, PANIC_CELL, STACK_GUARD_BYTES, WRITE_ECALL};

/// `a0`: exit code, or descriptor.
const A0: usize = 10;
/// `a1`: address of bytes to be printed.
const A1: usize = 11;
/// `a2`: their number.
const A2: usize = 12;
/// `a7`: number of the `ecall`.
const A7: usize = 17;
/// Descriptors of standard output and standard error.
const CONSOLE_DESCRIPTORS: [u32; 2] = [1, 2];
/// Most bytes that one call prints; it says how many it did.
const MAX_PRINTED_BYTES: u32 = 1 << 16;

/// Steps between two looks for a loop without an end.
const STEPS_BETWEEN_LOOKS: u64 = 1 << 20;
/// Instructions of the longest loop that is found.
const LONGEST_LOOP: u64 = 256;

/// Why the loop stopped before the program ended; turned into an [`ExecError`] with its context outside of the loop.
#[derive(Clone, Copy)]
enum Fault {
    Illegal { word: u32 },
    OutsideCode,
    JumpOutsideCode { target: u32 },
    MisalignedJump { target: u32 },
    MisalignedAccess { access: Access, address: u32, width: u8 },
    Access { access: Access, address: u32, fault: AccessFault },
    UnsupportedEcall { number: u32 },
    StepLimit,
    EndlessLoop { instructions: u64 },
}

/// Registers and the index of the next instruction.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Hart {
    pub(super) registers: [u32; 32],
    pub(super) pc_index: u32,
}

/// Runs `code`, which is that of `image` but for tests, until the program ends and returns the number of steps. The exit
/// code and the panic flag are in memory then.
pub(super) fn execute<S: Sink>(
    image: &Image,
    code: &[Instruction],
    hart: &mut Hart,
    memory: &mut Memory<'_>,
    max_steps: u64,
    sink: &mut S,
) -> Result<u64, ExecError> {
    let mut steps = 0;
    loop {
        let pace = STEPS_BETWEEN_LOOKS.min(max_steps - steps);
        match interpret(code, image.code_base, hart, memory, pace, sink) {
            Ok(more) => return Ok(steps + more),
            Err(Fault::StepLimit) => steps += pace,
            Err(fault) => return Err(explain(image, hart.pc_index, memory, max_steps, fault)),
        }
        let pc_index = hart.pc_index;
        let fault = if steps < max_steps {
            match look_for_loop(code, image.code_base, hart, memory, LONGEST_LOOP.min(max_steps - steps), sink) {
                Look::GoesOn { steps: more } => {
                    steps += more;
                    continue;
                }
                Look::Ended { steps: more } => return Ok(steps + more),
                Look::Stopped(fault) => fault,
            }
        } else {
            // These steps are for the message only.
            let look = look_for_loop(code, image.code_base, hart, memory, LONGEST_LOOP, &mut Discard);
            if let Look::Stopped(fault @ Fault::EndlessLoop { .. }) = look {
                fault
            } else {
                hart.pc_index = pc_index;
                Fault::StepLimit
            }
        };
        return Err(explain(image, hart.pc_index, memory, max_steps, fault));
    }
}

#[cfg(feature = "test-util")]
/// One step of `code`, and whether it was the last.
pub(super) fn step<S: Sink>(
    image: &Image,
    code: &[Instruction],
    hart: &mut Hart,
    memory: &mut Memory<'_>,
    sink: &mut S,
) -> Result<bool, ExecError> {
    match interpret(code, image.code_base, hart, memory, 1, sink) {
        Ok(_) => Ok(true),
        Err(Fault::StepLimit) => Ok(false),
        Err(fault) => Err(explain(image, hart.pc_index, memory, 1, fault)),
    }
}

/// What a look at the next steps found.
enum Look {
    GoesOn { steps: u64 },
    Ended { steps: u64 },
    Stopped(Fault),
}

/// Takes up to `max_steps` steps, and stops when registers and program counter are those of the start and no step has
/// changed memory: then it is so forever.
fn look_for_loop<S: Sink>(
    code: &[Instruction],
    base: u32,
    hart: &mut Hart,
    memory: &mut Memory<'_>,
    max_steps: u64,
    sink: &mut S,
) -> Look {
    let start = hart.clone();
    let mut sink = Watched { sink, changed: false };
    for steps in 1..=max_steps {
        match interpret(code, base, hart, memory, 1, &mut sink) {
            Ok(_) => return Look::Ended { steps },
            Err(Fault::StepLimit) => {}
            Err(fault) => return Look::Stopped(fault),
        }
        if *hart == start && !sink.changed {
            return Look::Stopped(Fault::EndlessLoop { instructions: steps });
        }
    }
    Look::GoesOn { steps: max_steps }
}

fn interpret<S: Sink>(
    code: &[Instruction],
    base: u32,
    hart: &mut Hart,
    memory: &mut Memory<'_>,
    max_steps: u64,
    sink: &mut S,
) -> Result<u64, Fault> {
    let mut registers = hart.registers;
    let mut index = hart.pc_index;
    let mut steps = 0;

    // On a fault, `hart.pc_index` names the instruction at fault.
    macro_rules! stop {
        ($fault:expr) => {{
            hart.registers = registers;
            hart.pc_index = index;
            return Err($fault);
        }};
    }

    loop {
        if steps == max_steps {
            stop!(Fault::StepLimit);
        }
        let Some(&instruction) = code.get(index as usize) else { stop!(Fault::OutsideCode) };
        let imm = instruction.imm.cast_unsigned();
        let rd = (instruction.rd & 31) as usize;
        let a = registers[(instruction.rs1 & 31) as usize];
        let b = registers[(instruction.rs2 & 31) as usize];
        let mut row = TraceRow { pc_index: index, rs1: a, rs2: b, rd_pre: registers[rd], ..TraceRow::default() };
        let mut next = index.wrapping_add(1);

        macro_rules! jump {
            ($target:expr) => {{
                let target: u32 = $target;
                if target & 3 != 0 {
                    stop!(Fault::MisalignedJump { target });
                }
                next = target.wrapping_sub(base) >> 2;
                if next as usize >= code.len() {
                    stop!(Fault::JumpOutsideCode { target });
                }
            }};
        }
        macro_rules! branch {
            ($taken:expr) => {{
                if $taken {
                    jump!(pc_of(base, index).wrapping_add(imm));
                }
                0
            }};
        }
        // Address and arena index of the word that a load or store of `$width` bytes touches.
        macro_rules! locate {
            ($access:expr, $width:literal) => {{
                let address = a.wrapping_add(imm);
                if !address.is_multiple_of($width) {
                    stop!(Fault::MisalignedAccess { access: $access, address, width: $width });
                }
                match memory.locate(address, $access) {
                    Ok(slot) => (address, slot),
                    Err(fault) => stop!(Fault::Access { access: $access, address, fault }),
                }
            }};
        }
        macro_rules! load {
            ($width:literal, $extract:expr) => {{
                let (address, slot) = locate!(Access::Load, $width);
                let word = memory.get(slot);
                row.ram_addr = address & !3;
                row.ram_pre = word;
                row.ram_post = word;
                $extract(word, address)
            }};
        }
        macro_rules! store {
            ($width:literal, $insert:expr) => {{
                let (address, slot) = locate!(Access::Store, $width);
                let word = memory.get(slot);
                let updated = $insert(word, address, b);
                memory.set(slot, updated);
                row.ram_addr = address & !3;
                row.ram_pre = word;
                row.ram_post = updated;
                0
            }};
        }

        let result = match instruction.op {
            Opcode::Lui => imm,
            Opcode::Auipc => pc_of(base, index).wrapping_add(imm),
            Opcode::Jal => {
                let pc = pc_of(base, index);
                jump!(pc.wrapping_add(imm));
                pc.wrapping_add(4)
            }
            Opcode::Jalr => {
                jump!(a.wrapping_add(imm) & !1);
                pc_of(base, index).wrapping_add(4)
            }
            Opcode::Beq => branch!(a == b),
            Opcode::Bne => branch!(a != b),
            Opcode::Blt => branch!(semantics::slt(a, b) == 1),
            Opcode::Bge => branch!(semantics::slt(a, b) == 0),
            Opcode::Bltu => branch!(a < b),
            Opcode::Bgeu => branch!(a >= b),
            Opcode::Lb => load!(1, semantics::load_byte),
            Opcode::Lh => load!(2, semantics::load_half),
            Opcode::Lw => load!(4, |word, _| word),
            Opcode::Lbu => load!(1, semantics::load_byte_unsigned),
            Opcode::Lhu => load!(2, semantics::load_half_unsigned),
            Opcode::Sb => store!(1, semantics::store_byte),
            Opcode::Sh => store!(2, semantics::store_half),
            Opcode::Sw => store!(4, |_, _, value| value),
            Opcode::Addi => a.wrapping_add(imm),
            Opcode::Slti => semantics::slt(a, imm),
            Opcode::Sltiu => semantics::sltu(a, imm),
            Opcode::Xori => a ^ imm,
            Opcode::Ori => a | imm,
            Opcode::Andi => a & imm,
            Opcode::Slli => semantics::sll(a, imm),
            Opcode::Srli => semantics::srl(a, imm),
            Opcode::Srai => semantics::sra(a, imm),
            Opcode::Add => a.wrapping_add(b),
            Opcode::Sub => a.wrapping_sub(b),
            Opcode::Sll => semantics::sll(a, b),
            Opcode::Slt => semantics::slt(a, b),
            Opcode::Sltu => semantics::sltu(a, b),
            Opcode::Xor => a ^ b,
            Opcode::Srl => semantics::srl(a, b),
            Opcode::Sra => semantics::sra(a, b),
            Opcode::Or => a | b,
            Opcode::And => a & b,
            Opcode::Mul => a.wrapping_mul(b),
            Opcode::Mulh => semantics::mulh(a, b),
            Opcode::Mulhsu => semantics::mulhsu(a, b),
            Opcode::Mulhu => semantics::mulhu(a, b),
            Opcode::Div => semantics::div(a, b),
            Opcode::Divu => semantics::divu(a, b),
            Opcode::Rem => semantics::rem(a, b),
            Opcode::Remu => semantics::remu(a, b),
            Opcode::Fence => 0,
            Opcode::Ecall | Opcode::Ebreak => {
                let (cell, value) = if instruction.op == Opcode::Ecall {
                    row.rs1 = registers[A7];
                    row.rs2 = registers[A0];
                    if S::CONSOLE && row.rs1 == WRITE_ECALL && CONSOLE_DESCRIPTORS.contains(&row.rs2) {
                        let mut bytes = Vec::new();
                        for offset in 0..registers[A2].min(MAX_PRINTED_BYTES) {
                            let address = registers[A1].wrapping_add(offset);
                            match memory.locate(address, Access::Load) {
                                Ok(slot) => bytes.push((memory.get(slot) >> (8 * (address & 3))) as u8),
                                Err(fault) => stop!(Fault::Access { access: Access::Load, address, fault }),
                            }
                        }
                        sink.print(&bytes);
                        registers[A0] = bytes.len() as u32;
                        steps += 1;
                        index = next;
                        continue;
                    }
                    if row.rs1 != EXIT_ECALL {
                        stop!(Fault::UnsupportedEcall { number: row.rs1 });
                    }
                    (EXIT_CELL, row.rs2)
                } else {
                    (PANIC_CELL, 1)
                };
                row.ram_addr = cell;
                row.ram_pre = memory.set_cell(cell, value);
                row.ram_post = value;
                sink.push(row);
                hart.registers = registers;
                hart.pc_index = index;
                return Ok(steps + 1);
            }
            Opcode::Illegal => stop!(Fault::Illegal { word: imm }),
        };
        row.rd_post = result;
        registers[rd] = result;
        registers[0] = 0;
        sink.push(row);
        steps += 1;
        index = next;
    }
}

#[inline(always)]
const fn pc_of(base: u32, index: u32) -> u32 {
    base.wrapping_add(index.wrapping_mul(4))
}

#[cold]
fn explain(image: &Image, pc_index: u32, memory: &Memory<'_>, max_steps: u64, fault: Fault) -> ExecError {
    let pc = pc_of(image.code_base, pc_index);
    let at = Location::new(image, pc);
    let layout = || Box::new(memory.layout().clone());
    match fault {
        Fault::Illegal { word } if image.is_code(pc) => ExecError::IllegalInstruction { at, word },
        Fault::Illegal { .. } | Fault::OutsideCode => ExecError::OutsideCode { pc, layout: layout() },
        Fault::JumpOutsideCode { target } => ExecError::JumpOutsideCode { at, target, layout: layout() },
        Fault::MisalignedJump { target } => {
            ExecError::MisalignedJump { at, target, compressed: image.compressed_at(target) }
        }
        Fault::MisalignedAccess { access, address, width } => {
            ExecError::MisalignedAccess { at, access, address, width }
        }
        Fault::Access { access, address, fault: AccessFault::Unmapped } => {
            let stack_start = image.memory.stack_start();
            if (stack_start.saturating_sub(STACK_GUARD_BYTES)..stack_start).contains(&address) {
                ExecError::StackOverflow { at, address, stack_size: image.memory.stack_size }
            } else {
                ExecError::UnmappedAccess { at, access, address, layout: layout() }
            }
        }
        Fault::Access { address, fault: AccessFault::ReadOnly(region), .. } => {
            ExecError::ReadOnlyStore { at, address, region }
        }
        Fault::UnsupportedEcall { number } => ExecError::UnsupportedEcall { at, number },
        Fault::EndlessLoop { instructions } => ExecError::EndlessLoop { at, instructions },
        Fault::StepLimit => ExecError::StepLimit { at, limit: max_steps },
    }
}
