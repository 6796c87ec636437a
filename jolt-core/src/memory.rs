//! How much memory a proof takes, told before it is made.
//!
//! The prover's memory has parts that live one after the other. Columns and commitments are kept from the witness to the
//! opening; levels of the grand products, tables of the sumcheck, and what an opening needs are not there at once. So the
//! peak is what is kept and the largest of the others. All figures are for the allocations that grow with the program,
//! the run, or the scheme; what is left is a constant, and something a thread of the caller's pool. They hold where freed
//! memory is taken again ([`lariat_algebra::heap`]).
//!
//! The verifier's memory follows from what the program stores and from the proof's length alone: zeros and gaps are in
//! closed form.

use crate::{
    bytecode::Row,
    cells::{CellContext, CellLayout},
    columns as col,
    error::ProveError,
    operations::{Fingerprint, operations},
    plan::Plan,
    program::Program,
    protocol::{NUM_CELL_COLUMNS, NUM_GROUPS, Shape, cell, step_relation},
    statement::Header,
    witness::{self, TouchedCell, Witness},
};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    par,
};
use lariat_emulator::{isa::Instruction, machine::TraceRow};
use lariat_pcs::{Pcs, PcsKind, Schemes, Workload, batch::piece_vars};
use lariat_subtables::Params;
use lariat_sumcheck::quadratic::table_bytes;
use std::collections::BTreeSet;

/// Code and tables of the field and the scheme: what every proof takes. Measured on runs of 2^10 rows.
const FIXED_BYTES: u64 = 9 << 20;

/// What a thread computes blocks of rows in, for so many rows. Measured on runs of 2^10 and 2^14 rows.
const fn thread_bytes(rows: u64) -> u64 {
    let (most, needed) = (6 << 20, (1 << 20) + 320 * rows);
    if needed < most { needed } else { most }
}

const SCALAR: u64 = size_of::<Fr>() as u64;

/// Estimated bytes of the prover's memory by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct ProverMemory {
    /// The program: its stored words, decoded and expanded, and what every proof takes.
    pub program: u64,
    /// The run: a row a step, the pages of memory it has, and the code window side by side.
    pub execution: u64,
    /// Committed and public columns over the steps, in their compact form, the touched cells, and the inputs.
    pub columns: u64,
    /// The scheme's parameters where they grow with the run, and what it keeps from committing to opening, for columns over the steps and for pieces of columns over the
    /// cells in which a cell is touched.
    pub commitments: u64,
    /// Levels of the grand products over the steps that the plan keeps.
    pub step_products: u64,
    /// Leaves and products over the touched cells.
    pub cell_products: u64,
    /// The main sumcheck: factors over the steps when as many variables are bound as the plan says, rows of touched cells and of the private input,
    /// and the public cells that have to be listed.
    pub sumcheck: u64,
    /// What an opening takes.
    pub opening: u64,
}

impl ProverMemory {
    /// The most that is there at once: what is kept, and the largest of the other parts.
    pub fn peak(&self) -> u64 {
        let later = [self.step_products, self.cell_products, self.sumcheck, self.opening].into_iter().max();
        let proving = self.commitments.saturating_add(later.unwrap_or(0));
        self.program.saturating_add(self.columns).saturating_add(self.execution.max(proving))
    }

    /// Estimates the memory of proving a run with this header, which has the configuration, the number of rows, and how far
    /// regions reach. `schemes` has the configured scheme. Every column over the steps counts as one that is not zero.
    ///
    /// # Errors
    /// When the header is out of the program's bounds, or the scheme cannot be set up for that size.
    pub fn estimate(program: &Program, header: &Header, schemes: &Schemes, plan: Plan) -> Result<Self, ProveError> {
        Self::parts(program, header, &[], col::num_committed(header.config.params), schemes, plan)
    }

    /// A lower bound of what proving a run with this header takes, whichever cells it touches: half of the columns' bytes
    /// are zeros, and to the scheme all.
    ///
    /// # Errors
    /// As [`estimate`](Self::estimate).
    pub fn at_least(program: &Program, header: &Header, schemes: &Schemes, plan: Plan) -> Result<Self, ProveError> {
        let parts = Self::parts(program, header, &[], 0, schemes, plan)?;
        Ok(Self { columns: parts.columns / 2, ..parts })
    }

    /// The estimate for a witness: which cells are touched and which columns are zero is known, and the run is over.
    ///
    /// # Errors
    /// As [`estimate`](Self::estimate).
    pub fn of_witness(program: &Program, witness: &Witness, schemes: &Schemes, plan: Plan) -> Result<Self, ProveError> {
        let in_use = || witness.columns.iter().filter(|column| !is_zero(column));
        let used = in_use().count().min(col::num_committed(witness.header.config.params));
        let parts = Self::parts(program, &witness.header, &witness.cells, used, schemes, plan)?;
        // Columns of zeros are memory that nothing has touched.
        let bytes = |columns: &mut dyn Iterator<Item = &Column>| columns.map(|c| c.heap_bytes() as u64).sum::<u64>();
        let unused = bytes(&mut witness.columns.iter()) - bytes(&mut in_use());
        Ok(Self { execution: 0, columns: parts.columns.saturating_sub(unused), ..parts })
    }

    /// All parts, for so many columns over the steps that are not zero.
    fn parts(
        program: &Program,
        header: &Header,
        touched: &[TouchedCell],
        columns_in_use: usize,
        schemes: &Schemes,
        plan: Plan,
    ) -> Result<Self, ProveError> {
        header.check(program.image()).map_err(ProveError::Extents)?;
        let params = header.config.params;
        let layout = CellLayout::new(params, program.image(), program.bytecode(), header);
        let shape = Shape::new(params, header, &layout);
        let all = shape.all_columns();
        let pcs = schemes.setup(header.config.pcs, Workload { num_vars: &all })?;
        let cx = CellContext { params, image: program.image(), bytecode: program.bytecode(), header };

        let threads = par::num_threads() as u64;
        let (rows, cells) = (header.steps, touched.len() as u64);
        let private = u64::from(header.private_words());
        // A cell that is not touched has a private word all the same; most touched ones are others.
        let sparse_rows = cells + private;
        let row = size_of::<(u32, [Fr; cell::NUM_SPARSE])>() as u64;
        let leaf = size_of::<(u32, [Fr; NUM_GROUPS])>() as u64;
        // Scattered cells share no parents on the way up, until there are as many parents as cells.
        let layers = 2 + (layout.num_vars as u64).saturating_sub(u64::from(cells.max(1).ilog2()));
        Ok(Self {
            program: FIXED_BYTES + thread_bytes(rows) * threads + program_bytes(program),
            execution: execution_bytes(program, header),
            columns: rows * witness::row_bytes(params)
                + cells * (size_of::<TouchedCell>() as u64 + NUM_CELL_COLUMNS as u64 * 8)
                + 5 * private
                + header.input.len() as u64,
            commitments: commitment_bytes(pcs.as_ref(), &shape, touched, columns_in_use),
            step_products: plan.products.bytes(rows, NUM_GROUPS, shape.num_operations),
            cell_products: cells * (layers + 2) * leaf,
            sumcheck: table_bytes(rows, num_products(params), plan.depth)
                + sparse_rows * (row + row / 2)
                + cx.num_listed(&layout) as u64 * SCALAR,
            opening: opening_bytes(pcs.as_ref(), &all),
        })
    }
}

/// Products of the relation over steps: which there are does not depend on challenges.
fn num_products(params: Params) -> usize {
    let fp = Fingerprint::new(Fr::one(), Fr::one());
    step_relation(params, 0, &operations(params), &fp, Fr::one()).products.len()
}

/// Whether all of a column is zero.
fn is_zero(column: &Column) -> bool {
    match column.data() {
        ColumnData::Bool(v) => !v.contains(&true),
        ColumnData::U8(v) => v.iter().all(|x| *x == 0),
        ColumnData::U16(v) => v.iter().all(|x| *x == 0),
        ColumnData::U32(v) => v.iter().all(|x| *x == 0),
        ColumnData::I32(v) => v.iter().all(|x| *x == 0),
        ColumnData::U64(v) => v.iter().all(|x| *x == 0),
        ColumnData::Field(v) => v.iter().all(Zero::is_zero),
        ColumnData::Sparse(v) => v.iter().all(|entry| entry.1 == 0),
    }
}

/// A program in memory: stored words, instructions, rows and sequences.
fn program_bytes(program: &Program) -> u64 {
    let words: usize = program.image().segments.iter().map(|s| s.words.len()).sum();
    let (code, bytecode) = (&program.image().code, program.bytecode());
    let row = size_of::<Option<Row>>() + size_of::<(u32, u8)>() + size_of::<Instruction>();
    let virtual_bytes = size_of_val(bytecode.virtual_rows.as_slice());
    (4 * words + row * code.stored() + virtual_bytes) as u64
}

/// A traced run: its rows, memory pages of what it starts with and of what it may touch, and the code side by side.
fn execution_bytes(program: &Program, header: &Header) -> u64 {
    let image = program.image();
    let stored: usize = image.segments.iter().map(|s| 4 * s.words.len()).sum();
    let started = stored as u64 + u64::from(header.private_bytes) + header.input.len() as u64;
    let code = if image.code.stored() < image.code.len() { size_of::<Instruction>() * image.code.len() } else { 0 };
    let row = size_of::<TraceRow>() as u64;
    // A growing list has up to twice the room that it needs.
    (8 << 20) + 2 * (row * header.steps + started) + started + code as u64
}

/// What the scheme keeps. Its pieces are of one size; those that are zero, such as pieces of the columns over the cells
/// without a touched cell, cost nothing.
fn commitment_bytes(pcs: &dyn Pcs, shape: &Shape, touched: &[TouchedCell], columns_in_use: usize) -> u64 {
    let steps = vec![shape.step_vars; columns_in_use];
    let kept = pcs.parameter_bytes() + pcs.prover_bytes(&[&shape.private_batch(), &steps]);
    let piece = pcs.prover_bytes(&[&[0]]);
    if piece == 0 {
        return kept;
    }
    let pieces = (pcs.prover_bytes(&[&[shape.cell_vars]]) / piece).max(1);
    let log_cells = shape.cell_vars.saturating_sub(pieces.ilog2() as usize);
    let in_use = |entry: fn(&TouchedCell) -> u32| {
        let cells = touched.iter().filter(|&c| entry(c) != 0);
        cells.map(|c| c.cell.checked_shr(log_cells as u32).unwrap_or(0)).collect::<BTreeSet<u32>>().len() as u64
    };
    let columns: [fn(&TouchedCell) -> u32; NUM_CELL_COLUMNS] = [|_| 1, |c| c.value, |c| c.timestamp];
    // A tree over the code words of either commitment has two hashes a position.
    kept + piece * (columns.into_iter().map(in_use).sum::<u64>() + 4)
}

/// What an opening takes: the combined piece and its tables, and code words or a commitment key of its size.
fn opening_bytes(pcs: &dyn Pcs, all: &[usize]) -> u64 {
    if pcs.kind() == PcsKind::HYRAX {
        // Rows of the square root of all.
        return 0;
    }
    let combined = SCALAR << piece_vars(all);
    3 * pcs.prover_bytes(&[&[0]]) + 5 * combined
}
