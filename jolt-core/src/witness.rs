//! From a trace to witness columns: one pass over the rows, small integers throughout.

mod builder;
mod pages;

use crate::{
    cells::{CellLayout, io_word},
    error::{HeaderError, ProveError},
    program::Program,
    statement::{Config, Header, MAX_STEPS, SetupId},
};
use builder::Builder;
use lariat_algebra::column::Column;
use lariat_emulator::{
    machine::{Exit, Extents, Inputs, RunResult, TraceResult, TraceRow},
    memory_map::{OUTPUT_START, io_region_bytes},
};
use lariat_subtables::Params;

/// A cell that the execution touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TouchedCell {
    /// Index of the cell.
    pub cell: u32,
    /// Final value of a RAM word or register; zero for read-only cells.
    pub value: u32,
    /// Timestamp of the last access, or number of reads.
    pub timestamp: u32,
}

/// Everything that the prover commits to, with the public columns and the header.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The header.
    pub header: Header,
    /// Layout of the cells.
    pub layout: CellLayout,
    /// Columns over the steps, in the order of [`columns`](crate::columns): committed, then `step` and `active`.
    pub columns: Vec<Column>,
    /// Touched cells in increasing order.
    pub cells: Vec<TouchedCell>,
    /// Words of the private input region.
    pub private_words: Vec<u32>,
}

/// Number of rows that a trace takes with its virtual sequences.
pub fn count_rows(program: &Program, rows: &[TraceRow]) -> u64 {
    let sequences = &program.bytecode().sequences;
    rows.iter().map(|r| 1 + u64::from(sequences.get(r.pc_index as usize).map_or(0, |s| s.1))).sum()
}

/// Bytes that a row takes in all columns of a witness.
pub fn row_bytes(params: Params) -> u64 {
    builder::empty_columns(params, 1).into_iter().map(|data| Column::new(0, data).heap_bytes() as u64).sum()
}

/// The header of an execution that was not traced, as if every step were one row and every panic wrote the word one.
///
/// # Errors
/// When the execution is too long.
pub fn run_header(
    program: &Program,
    config: Config,
    inputs: Inputs<'_>,
    run: &RunResult,
) -> Result<Header, ProveError> {
    if run.steps > MAX_STEPS {
        return Err(ProveError::TooLong { rows: run.steps, max: MAX_STEPS });
    }
    let (exit_code, panic_word) = match run.exit {
        Exit::Halted { code } => (code, 0),
        Exit::Panicked { code } => (code, 1),
    };
    let words = 1 + run.output.len().div_ceil(4);
    let Extents { output_bytes_used, output_high, heap_high, stack_low, .. } = run.extents;
    Ok(Header {
        config,
        setup: SetupId::UNKNOWN,
        program: program.digest(),
        steps: run.steps,
        heap_high,
        stack_low,
        output_high: output_high.max(OUTPUT_START.saturating_add(output_bytes_used)),
        private_bytes: u32::try_from(inputs.private.len()).unwrap_or(u32::MAX),
        exit_code,
        panic_word,
        input: inputs.public.to_vec(),
        output_words: (0..words).map(|i| io_word(&run.output, i)).collect(),
    })
}

/// The header of a traced execution.
///
/// # Errors
/// When the execution is empty or too long, or when the trace's extents or the inputs' lengths are not possible for the program.
pub fn header(
    program: &Program,
    config: Config,
    inputs: Inputs<'_>,
    trace: &TraceResult,
) -> Result<Header, ProveError> {
    let steps = count_rows(program, &trace.rows);
    if steps == 0 {
        return Err(ProveError::Empty);
    }
    if steps > MAX_STEPS {
        return Err(ProveError::TooLong { rows: steps, max: MAX_STEPS });
    }
    let Extents { output_bytes_used, output_high, heap_high, stack_low, .. } = trace.run.extents;
    let (exit_code, panicked) = match trace.run.exit {
        Exit::Halted { code } => (code, false),
        Exit::Panicked { code } => (code, true),
    };
    let out_of_bounds = |field| Err(ProveError::Extents(HeaderError::OutOfBounds { field }));
    if !(4..=io_region_bytes(program.image().memory.max_output_bytes)).contains(&output_bytes_used) {
        return out_of_bounds("output length");
    }
    let Ok(private_bytes) = u32::try_from(inputs.private.len()) else { return out_of_bounds("private input") };
    let output_words: Vec<u32> =
        (0..output_bytes_used / 4).map(|i| trace.final_memory.word(OUTPUT_START + 4 * i).unwrap_or(0)).collect();
    let panic_word =
        if panicked { trace.final_memory.word(lariat_emulator::memory_map::PANIC_CELL).unwrap_or(0) } else { 0 };
    let header = Header {
        config,
        setup: SetupId::UNKNOWN,
        program: program.digest(),
        steps,
        heap_high,
        stack_low,
        output_high: output_high.max(OUTPUT_START + output_bytes_used),
        private_bytes,
        exit_code,
        panic_word,
        input: inputs.public.to_vec(),
        output_words,
    };
    header.check(program.image()).map_err(ProveError::Extents)?;
    Ok(header)
}

/// Builds the witness of a traced execution.
///
/// # Errors
/// When the execution is empty or too long, is at an instruction that the program does not have, or touches memory outside of what
/// its extents say. A trace that is no execution of the program in another way gives a witness that
/// [`check`](Witness::check) refuses, or one whose proof does not verify.
#[tracing::instrument(skip_all, name = "witness")]
pub fn build(
    program: &Program,
    config: Config,
    inputs: Inputs<'_>,
    trace: &TraceResult,
) -> Result<Witness, ProveError> {
    let header = header(program, config, inputs, trace)?;
    let params = config.params;
    let layout = CellLayout::new(params, program.image(), program.bytecode(), &header);
    let steps = header.steps as usize;
    let mut builder = Builder::new(params, &layout, program, &header, inputs, steps);
    for (i, row) in trace.rows.iter().enumerate() {
        let next = trace.rows.get(i + 1).map_or(crate::bytecode::HALT, |r| r.pc_index);
        builder.instruction(row, next)?;
    }
    let (columns, cells) = builder.finish(steps);
    let private_words = (0..header.private_words() as usize).map(|i| io_word(inputs.private, i)).collect();
    Ok(Witness { header, layout, columns, cells, private_words })
}

impl Witness {
    /// Checks every row against the constraint system.
    ///
    /// # Errors
    /// [`ProveError::Unsatisfied`] with the first row and constraint that fail.
    pub fn check(&self, program: &Program) -> Result<(), ProveError> {
        let params = self.header.config.params;
        let constraints = crate::constraints::constraints(params, program.bytecode().code_base);
        for i in 0..self.header.steps as usize {
            if let Some(c) = crate::constraints::first_violated(&constraints, &self.row(i)) {
                return Err(ProveError::Unsatisfied { row: i, constraint: c.name.clone() });
            }
        }
        Ok(())
    }

    /// Row `i` of all columns as integers.
    pub fn row(&self, i: usize) -> Vec<i128> {
        self.columns.iter().map(|c| c.get_int(i).unwrap_or_default()).collect()
    }
}
