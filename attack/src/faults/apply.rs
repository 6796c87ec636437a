//! Each fault, applied to a run.

use super::{
    guests::Guest,
    kinds::Kind,
    machine::{Machine, Presented, inverse, other_below, other_word, reads_rs2, unsigned, width},
    sites::{altered, stale},
};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    machine::{TraceResult, TraceRow},
    memory_map::{INPUT_START, OUTPUT_START, PAGE_BYTES, PANIC_CELL, PRIVATE_INPUT_START},
    test_util::Rng,
};
use lariat_jolt_core::{Exit, Inputs};

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: Kind,
    /// Which guest it happens to.
    pub guest: usize,
    /// The row of the honest run that it happens at.
    pub at: usize,
    /// Seed of what is left to chance.
    pub salt: u64,
}

/// The run of a guest with a fault, and what is claimed of it.
pub fn run(guest: &Guest, fault: &Fault) -> Presented {
    let mut rng = Rng::new(fault.salt);
    let (mut public, mut private) = (guest.public.clone(), guest.private.clone());
    match fault.kind {
        Kind::InputClaimed => other_bytes(&mut rng, &mut public),
        Kind::PrivateClaimed | Kind::PrivateReplaced => other_bytes(&mut rng, &mut private),
        _ => {}
    }
    let executed = match fault.kind {
        Kind::PrivateReplaced => Inputs { public: &guest.public, private: &private },
        _ => guest.inputs(),
    };
    let machine = Machine::new(guest, executed);
    let trace = match fault.kind {
        Kind::InputClaimed | Kind::PrivateClaimed | Kind::PrivateReplaced => machine.run(),
        Kind::ExtentsMoved => with_other_extents(machine.run(), &mut rng),
        _ => traced(machine, fault, &mut rng),
    };
    Presented { trace, public, private }
}

/// The trace of a run with a fault in its steps or at its end.
fn traced(mut machine: Machine<'_>, fault: &Fault, rng: &mut Rng) -> TraceResult {
    let Fault { kind, at, .. } = *fault;
    if !altered(kind).is_empty() {
        return with_altered_memory(machine, at, rng);
    }
    machine.advance(at);
    match kind {
        Kind::Cut | Kind::CutAsItStands | Kind::CutWithExit => return cut(machine, kind, rng),
        Kind::Appended | Kind::ExitCode | Kind::PanicCell | Kind::OutputWord | Kind::OutputLength => {
            return at_the_end(machine, kind, rng);
        }
        Kind::LoadedValue
        | Kind::StaleLoad
        | Kind::NarrowOff
        | Kind::StoredValue
        | Kind::StoredInRow
        | Kind::StoreLost
        | Kind::StoreElsewhere
        | Kind::AddressInRow => access(&mut machine, fault, rng),
        Kind::RowSkipped
        | Kind::StepSkipped
        | Kind::RowDoubled
        | Kind::StepDoubled
        | Kind::RowsSwapped
        | Kind::StepsSwapped
        | Kind::RowReplaced => order(&mut machine, kind, rng),
        _ => step(&mut machine, kind, rng),
    }
    machine.run()
}

/// Results, registers, instructions and control: the next step goes wrong.
fn step(machine: &mut Machine<'_>, kind: Kind, rng: &mut Rng) {
    let instruction = machine.instruction();
    let (pc, code_len) = (machine.stepper.pc_index(), machine.guest.program.image().code.len());
    let other_pc = |rng: &mut Rng, pc: u32| other_below(rng, code_len, pc as usize) as u32;
    match kind {
        Kind::ResultBit => machine.step_with_result(|row| row.rd_post ^ 1 << rng.below(32)),
        Kind::ResultOneOff => machine.step_with_result(|row| row.rd_post.wrapping_add(rng.pick(&[1, u32::MAX]))),
        Kind::ResultRandom => machine.step_with_result(|row| other_word(rng, row.rd_post)),
        Kind::ResultInRow => {
            if let Some(row) = machine.step() {
                row.rd_post = other_word(rng, row.rd_post);
            }
        }
        Kind::ResultLost => {
            if let Some(row) = machine.step() {
                let kept = row.rd_pre;
                machine.stepper.registers_mut()[usize::from(instruction.rd)] = kept;
            }
        }
        Kind::SignOmitted => {
            machine.step_as(unsigned(instruction).unwrap_or(instruction));
        }
        Kind::DivisionOff => machine.step_with_result(|row| {
            let off = rng.pick(&[1, u32::MAX, row.rs2, row.rs2.wrapping_neg()]);
            row.rd_post.wrapping_add(off)
        }),
        Kind::OperandOfOther => {
            let second = reads_rs2(instruction) && rng.one_in(2);
            let mut wrong = instruction;
            let field = if second { &mut wrong.rs2 } else { &mut wrong.rs1 };
            *field = other_below(rng, 32, usize::from(*field)) as u8;
            machine.step_as(wrong);
        }
        Kind::OperandInRow => {
            let second = reads_rs2(instruction) && rng.one_in(2);
            if let Some(row) = machine.step() {
                let operand = if second { &mut row.rs2 } else { &mut row.rs1 };
                *operand = other_word(rng, *operand);
            }
        }
        Kind::RegisterChanged | Kind::RegisterAtStart => {
            // Mostly one that is read soon.
            let any = 1 + rng.below(31) as u8;
            let near = rng.pick(&[instruction.rs1, instruction.rs2, instruction.rd, any]);
            let register = &mut machine.stepper.registers_mut()[usize::from(if near == 0 { any } else { near })];
            *register = other_word(rng, *register);
        }
        Kind::X0Written => {
            machine.stepper.registers_mut()[0] = other_word(rng, 0);
            machine.step();
        }
        Kind::FieldsExchanged => {
            let Instruction { op, rd, rs1, rs2, .. } = instruction;
            let sources = Instruction { rs1: rs2, rs2: rs1, ..instruction };
            let with_rd = Instruction { rd: rs1, rs1: rd, ..instruction };
            let may = (reads_rs2(instruction) && rs1 != rs2, op.has_rd() && rd != rs1);
            machine.step_as(match may {
                (true, true) => rng.pick(&[sources, with_rd]),
                (true, false) => sources,
                _ => with_rd,
            });
        }
        Kind::OtherOpcode => {
            let format = instruction.op.format();
            let same: Vec<Opcode> =
                Opcode::ALL.into_iter().filter(|op| op.format() == format && *op != instruction.op).collect();
            machine.step_as(Instruction { op: rng.pick(&same), ..instruction });
        }
        Kind::OtherImmediate => {
            // Mostly by a whole word, so that memory and code are still there.
            let imm = match rng.below(3) {
                0 => other_word(rng, instruction.imm.cast_unsigned()).cast_signed(),
                1 => instruction.imm.wrapping_add(4),
                _ => instruction.imm.wrapping_sub(4),
            };
            machine.step_as(Instruction { imm, ..instruction });
        }
        Kind::BranchFlipped => {
            machine.step_as(Instruction { op: inverse(instruction.op), ..instruction });
        }
        Kind::PcMoved => {
            machine.step();
            let near = pc.wrapping_add(rng.pick(&[2, u32::MAX, 0, 3]));
            let moved = if rng.one_in(2) { near } else { other_pc(rng, pc) };
            machine.stepper.set_pc_index(moved);
        }
        Kind::JumpOneOff => {
            machine.step();
            let target = machine.stepper.pc_index();
            machine.stepper.set_pc_index(target.wrapping_add(rng.pick(&[1, u32::MAX])));
        }
        Kind::EntryMoved => {
            let entry = if rng.one_in(2) { pc + 1 } else { other_pc(rng, pc) };
            machine.stepper.set_pc_index(entry);
        }
        Kind::PcInRow => {
            if let Some(row) = machine.step() {
                row.pc_index = if rng.one_in(4) { code_len as u32 + rng.below(8) } else { other_pc(rng, pc) };
            }
        }
        _ => {}
    }
}

/// Rows and steps that are missing, too many or in another order.
fn order(machine: &mut Machine<'_>, kind: Kind, rng: &mut Rng) {
    let pc = machine.stepper.pc_index();
    match kind {
        Kind::RowSkipped => {
            machine.step();
            machine.rows.pop();
        }
        Kind::StepSkipped => machine.stepper.set_pc_index(pc.wrapping_add(1)),
        Kind::RowDoubled => {
            if let Some(row) = machine.step().copied() {
                machine.rows.push(row);
            }
        }
        Kind::StepDoubled => {
            machine.step();
            machine.stepper.set_pc_index(pc);
            machine.step();
        }
        Kind::RowsSwapped => {
            machine.advance(2);
            if let [.., first, second] = machine.rows.as_mut_slice() {
                std::mem::swap(first, second);
            }
        }
        Kind::StepsSwapped => {
            for index in [pc + 1, pc] {
                machine.stepper.set_pc_index(index);
                machine.step();
            }
            machine.stepper.set_pc_index(pc + 2);
        }
        Kind::RowReplaced => {
            let rows = &machine.guest.honest.rows;
            let other = rows[rng.below(rows.len() as u32) as usize];
            if let Some(row) = machine.step() {
                *row = other;
            }
        }
        _ => {}
    }
}

/// Loads and stores.
fn access(machine: &mut Machine<'_>, fault: &Fault, rng: &mut Rng) {
    let instruction = machine.instruction();
    let address = machine.address();
    match fault.kind {
        Kind::LoadedValue | Kind::StaleLoad => {
            let Some(word) = machine.stepper.word(address) else { return };
            let seen = match fault.kind {
                Kind::StaleLoad => stale(machine.guest, fault.at).unwrap_or(word),
                _ => other_word(rng, word),
            };
            machine.stepper.set_word(address, seen);
            machine.step();
            machine.stepper.set_word(address, word);
        }
        Kind::NarrowOff => {
            let bytes = width(instruction.op);
            let inside = if bytes == 2 { 2 } else { rng.pick(&[1, 2, 3]) };
            let off = (address ^ inside).wrapping_sub(address).cast_signed();
            machine.step_as(Instruction { imm: instruction.imm.wrapping_add(off), ..instruction });
        }
        Kind::StoredValue => {
            if let Some(row) = machine.step() {
                row.ram_post = other_word(rng, row.ram_post);
                let stored = row.ram_post;
                machine.stepper.set_word(address, stored);
            }
        }
        Kind::StoredInRow => {
            if let Some(row) = machine.step() {
                row.ram_post = other_word(rng, row.ram_post);
            }
        }
        Kind::StoreLost => {
            if let Some(row) = machine.step() {
                let before = row.ram_pre;
                machine.stepper.set_word(address, before);
            }
        }
        Kind::StoreElsewhere => store_elsewhere(machine, address, rng),
        Kind::AddressInRow => {
            if let Some(row) = machine.step() {
                row.ram_addr = match rng.below(3) {
                    0 => row.ram_addr.wrapping_add(4),
                    1 => row.ram_addr.wrapping_sub(4),
                    _ => other_word(rng, row.ram_addr) & !3,
                };
            }
        }
        _ => {}
    }
}

/// A store whose word lands elsewhere: beside the right one, or in a word that the guest may not write.
fn store_elsewhere(machine: &mut Machine<'_>, address: u32, rng: &mut Rng) {
    let image = machine.guest.program.image();
    let code = image.segments.iter().find(|segment| segment.executable).map_or(INPUT_START, |segment| segment.start);
    let targets =
        [address.wrapping_add(4), address.wrapping_sub(4), code, INPUT_START, PRIVATE_INPUT_START, PANIC_CELL];
    let target = rng.pick(&targets) & !3;
    let Some(TraceRow { ram_pre, ram_post, .. }) = machine.step().copied() else { return };
    machine.stepper.set_word(address, ram_pre);
    if let (Some(before), Some(row)) = (machine.stepper.set_word(target, ram_post), machine.rows.last_mut()) {
        *row = TraceRow { ram_addr: target, ram_pre: before, ram_post, ..*row };
    }
}

/// A word changes in memory, some time before the access at row `access` of the honest run.
fn with_altered_memory(mut machine: Machine<'_>, access: usize, rng: &mut Rng) -> TraceResult {
    let address = machine.guest.honest.rows[access].ram_addr;
    // Mostly shortly before: earlier, and it may be stored to in between.
    let steps = if rng.one_in(3) { rng.below(access as u32 + 1) as usize } else { access };
    machine.advance(steps);
    if let Some(word) = machine.stepper.word(address) {
        machine.stepper.set_word(address, other_word(rng, word));
    }
    machine.run()
}

/// The trace of a run that stops here.
fn cut(machine: Machine<'_>, kind: Kind, rng: &mut Rng) -> TraceResult {
    let honest = &machine.guest.honest;
    if kind == Kind::CutAsItStands {
        return machine.stop();
    }
    let steps = machine.rows.len() as u64;
    let mut trace = TraceResult { rows: machine.rows, ..honest.clone() };
    trace.run.steps = steps;
    if kind == Kind::CutWithExit {
        trace.run.exit = with_code(trace.run.exit, rng);
    }
    trace
}

/// The same end with another exit code.
fn with_code(exit: Exit, rng: &mut Rng) -> Exit {
    match exit {
        Exit::Halted { code } => Exit::Halted { code: other_word(rng, code) },
        Exit::Panicked { code } => Exit::Panicked { code: other_word(rng, code) },
    }
}

/// What is claimed, or done, when the run is over.
fn at_the_end(mut machine: Machine<'_>, kind: Kind, rng: &mut Rng) -> TraceResult {
    match kind {
        Kind::Appended => {
            let rows = machine.rows.clone();
            if rng.one_in(2) {
                // From the instruction behind the exit, or the run again.
                let (behind, entry) = (machine.stepper.pc_index() + 1, rows[0].pc_index);
                machine.stepper.set_pc_index(rng.pick(&[behind, entry]));
                machine.advance(1 + rng.below(8) as usize);
            } else {
                let last = rows.len() - 1 - rng.below(rows.len().min(4) as u32) as usize;
                machine.rows.extend(&rows[last..]);
            }
            machine.stop()
        }
        Kind::ExitCode => {
            let mut trace = machine.stop();
            trace.run.exit = with_code(trace.run.exit, rng);
            trace
        }
        Kind::PanicCell => {
            let panicked = matches!(machine.guest.honest.run.exit, Exit::Panicked { .. });
            let word = if panicked { rng.pick(&[0, 2, rng.clone().next_u32()]) } else { other_word(rng, 0) };
            machine.stepper.set_word(PANIC_CELL, word);
            machine.stop()
        }
        Kind::OutputWord => {
            let words = machine.guest.honest.run.output.len().div_ceil(4).max(1) as u32;
            let address = OUTPUT_START + 4 * (1 + rng.below(words));
            if let Some(word) = machine.stepper.word(address) {
                machine.stepper.set_word(address, other_word(rng, word));
            }
            machine.stop()
        }
        Kind::OutputLength => {
            let length = machine.stepper.word(OUTPUT_START).unwrap_or(0);
            // Not so long that the proof becomes slow.
            let other = match rng.below(4) {
                0 => length.wrapping_add(4),
                1 => length.wrapping_sub(4),
                2 => length ^ 1,
                _ => other_below(rng, 256, length as usize % 256) as u32,
            };
            machine.stepper.set_word(OUTPUT_START, other);
            machine.stop()
        }
        _ => machine.run(),
    }
}

/// A byte changed, one more, or one less.
fn other_bytes(rng: &mut Rng, bytes: &mut Vec<u8>) {
    match rng.below(4) {
        0 => bytes.push(rng.next_u32() as u8),
        1 if !bytes.is_empty() => drop(bytes.pop()),
        _ if !bytes.is_empty() => {
            let at = rng.below(bytes.len() as u32) as usize;
            bytes[at] ^= 1 << rng.below(8);
        }
        _ => bytes.push(0),
    }
}

/// Heap, stack or output end a page or a word higher or lower.
fn with_other_extents(mut trace: TraceResult, rng: &mut Rng) -> TraceResult {
    let extents = &mut trace.run.extents;
    let bound = match rng.below(3) {
        0 => &mut extents.heap_high,
        1 => &mut extents.stack_low,
        _ => &mut extents.output_high,
    };
    let by = rng.pick(&[PAGE_BYTES, 4, 2]);
    *bound = if rng.one_in(2) { bound.wrapping_add(by) } else { bound.wrapping_sub(by) };
    trace
}
