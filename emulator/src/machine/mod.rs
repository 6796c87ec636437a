//! Running a program, with or without a trace of its steps.
//!
//! Both modes are the same loop over the same decoded instructions; they differ in whether rows are kept. A run ends
//! with an [`Exit`] or an [`ExecError`], and only the former can be proved.

mod error;
mod execute;
#[cfg(feature = "test-util")]
mod stepper;
mod trace;

pub use crate::memory::{Access, MemoryState};
pub use error::{ExecError, InputKind, Location};
#[cfg(feature = "test-util")]
pub use stepper::Stepper;
pub use trace::TraceRow;

use crate::image::Image;
use crate::memory::{Initial, Memory};
use crate::memory_map::{EXIT_CELL, INITIAL_STACK_POINTER, OUTPUT_START, PANIC_CELL, io_region_bytes};
use execute::{Hart, execute};
use trace::{Console, Discard, Sink};

/// How a program ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Exit {
    /// By the exit `ecall`, with the panic cell at zero.
    Halted {
        /// Exit code: `a0` of the `ecall`.
        code: u32,
    },
    /// With a nonzero panic cell: set by the guest before the exit `ecall`, or by EBREAK.
    Panicked {
        /// Exit code: `a0` of the `ecall`, 0 for EBREAK.
        code: u32,
    },
}

/// What a program reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Inputs<'a> {
    /// Public input, part of the statement that is proved.
    pub public: &'a [u8],
    /// Private input, known to the prover only.
    pub private: &'a [u8],
}

/// How much of the regions without initial contents a run used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Extents {
    /// 4 plus the output length in bytes, rounded up to a word.
    pub output_bytes_used: u32,
    /// Exclusive end of the touched part of the output region: whole pages up to the end of the region; the start of
    /// the region if it was not touched. Beyond `output_bytes_used` lies what the guest wrote and did not declare.
    pub output_high: u32,
    /// Exclusive end of the touched part of the heap, rounded up to 4096; `heap_start` if it was not touched.
    pub heap_high: u32,
    /// Lowest touched address of the stack, rounded down to 4096; [`STACK_TOP`](crate::memory_map::STACK_TOP) if it
    /// was not touched.
    pub stack_low: u32,
}

/// What a run produced.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunResult {
    /// Executed instructions, the final ECALL or EBREAK included.
    pub steps: u64,
    /// How the program ended.
    pub exit: Exit,
    /// The bytes that the guest wrote to its output.
    pub output: Vec<u8>,
    /// Used sizes of regions.
    pub extents: Extents,
}

/// What a traced run produced.
#[derive(Clone, Debug)]
pub struct TraceResult {
    /// The same as the run without a trace produces.
    pub run: RunResult,
    /// One row per step, `run.steps` rows.
    pub rows: Vec<TraceRow>,
    /// Memory after the last step.
    pub final_memory: MemoryState,
    /// Registers after the last step.
    pub final_registers: [u32; 32],
}

/// Runs a program to its end, for at most `max_steps` steps.
///
/// # Errors
/// [`ExecError`] for inputs that are too long, for every access, jump or instruction that the machine does not have,
/// and when the steps run out.
pub fn run(image: &Image, inputs: Inputs<'_>, max_steps: u64) -> Result<RunResult, ExecError> {
    let (run, _, _) = run_with(image, inputs, max_steps, &mut Discard)?;
    Ok(run)
}

/// Runs a program as [`run`] does and hands what it prints to `console`: the bytes of each `ecall` 64 (write) to
/// descriptor 1 or 2, at most 2^16 a call, with their number returned in `a0`.
///
/// A run with such a call has no proof: [`trace`] refuses it.
///
/// # Errors
/// As [`run`], and for bytes in memory that is not mapped.
pub fn run_with_console(
    image: &Image,
    inputs: Inputs<'_>,
    max_steps: u64,
    console: &mut dyn FnMut(&[u8]),
) -> Result<RunResult, ExecError> {
    let (run, _, _) = run_with(image, inputs, max_steps, &mut Console(console))?;
    Ok(run)
}

/// Runs a program as [`run`] does and keeps one 32-byte row per step.
///
/// # Errors
/// As [`run`].
pub fn trace(image: &Image, inputs: Inputs<'_>, max_steps: u64) -> Result<TraceResult, ExecError> {
    let mut rows = Vec::new();
    let (run, memory, final_registers) = run_with(image, inputs, max_steps, &mut rows)?;
    Ok(TraceResult { run, rows, final_memory: memory.into_state(), final_registers })
}

fn run_with<'a, S: Sink>(
    image: &'a Image,
    inputs: Inputs<'_>,
    max_steps: u64,
    sink: &mut S,
) -> Result<(RunResult, Memory<'a>, [u32; 32]), ExecError> {
    let mut memory = memory_of(image, inputs)?;
    let mut hart = start(image);
    let steps = execute(image, image.code.flat().as_ref(), &mut hart, &mut memory, max_steps, sink)?;
    let output = read_output(&memory, image.memory.max_output_bytes)?;
    Ok((summary(image, &memory, steps, output), memory, hart.registers))
}

/// Memory before the first step.
fn memory_of<'a>(image: &'a Image, inputs: Inputs<'_>) -> Result<Memory<'a>, ExecError> {
    let config = &image.memory;
    config.validate()?;
    let input_bytes = checked_length(InputKind::Public, inputs.public, config.max_input_bytes)?;
    let private_bytes = checked_length(InputKind::Private, inputs.private, config.max_private_input_bytes)?;
    let layout = image.layout(input_bytes, private_bytes)?;
    Ok(Memory::new(layout, Initial::new(&image.segments, inputs.public, inputs.private)))
}

/// Registers and program counter before the first step.
fn start(image: &Image) -> Hart {
    let mut hart = Hart { registers: [0; 32], pc_index: image.entry.wrapping_sub(image.code_base) / 4 };
    hart.registers[2] = INITIAL_STACK_POINTER;
    hart
}

/// What memory says of a run that wrote this output.
fn summary(image: &Image, memory: &Memory<'_>, steps: u64, output: Vec<u8>) -> RunResult {
    let code = memory.word(EXIT_CELL);
    let exit = if memory.word(PANIC_CELL) == 0 { Exit::Halted { code } } else { Exit::Panicked { code } };
    let extents = Extents {
        output_bytes_used: io_region_bytes(output.len() as u32),
        output_high: memory.output_high(),
        heap_high: memory.heap_high().max(image.heap_start),
        stack_low: memory.stack_low(),
    };
    RunResult { steps, exit, output, extents }
}

fn checked_length(kind: InputKind, bytes: &[u8], max: u32) -> Result<u32, ExecError> {
    let length = bytes.len();
    u32::try_from(length).ok().filter(|&length| length <= max).ok_or(ExecError::InputTooLong { kind, length, max })
}

/// The declared output; its last word must be zero behind it, so that the bytes determine the words.
fn read_output(memory: &Memory<'_>, max: u32) -> Result<Vec<u8>, ExecError> {
    let length = memory.word(OUTPUT_START);
    if length > max {
        return Err(ExecError::OutputTooLong { length, max });
    }
    let mut bytes = output_words(memory, length);
    let padding = bytes.split_off(length as usize);
    if padding.iter().any(|&byte| byte != 0) {
        let word = memory.word(OUTPUT_START + 4 * length.div_ceil(4));
        return Err(ExecError::OutputPadding { length, word });
    }
    Ok(bytes)
}

/// The bytes of the words that hold an output of `length` bytes.
fn output_words(memory: &Memory<'_>, length: u32) -> Vec<u8> {
    (1..=length.div_ceil(4)).flat_map(|index| memory.word(OUTPUT_START + 4 * index).to_le_bytes()).collect()
}
