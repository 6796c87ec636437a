//! The interpreter loop.

use super::error::{ExecError, Location};
use super::trace::{Sink, TraceRow};
use crate::image::Image;
use crate::isa::{Instruction, Opcode, semantics};
use crate::memory::{Access, AccessFault, Memory};
use crate::memory_map::{EXIT_CELL, EXIT_ECALL, PANIC_CELL, STACK_GUARD_BYTES};

/// `a0`: exit code.
const A0: usize = 10;
/// `a7`: number of the `ecall`.
const A7: usize = 17;

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
}

/// Registers and the index of the next instruction.
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
    interpret(code, image.code_base, hart, memory, max_steps, sink)
        .map_err(|fault| explain(image, hart.pc_index, memory, max_steps, fault))
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
        Fault::StepLimit => ExecError::StepLimit { at, limit: max_steps },
    }
}
