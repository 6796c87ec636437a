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
use ark_ff::One;
use lariat_algebra::{Fr, column::Column, msm::RowValues, par};
use lariat_emulator::{isa::Instruction, machine::TraceRow};
use lariat_pcs::{Pcs, Schemes, Workload};
use lariat_subtables::Params;
use lariat_sumcheck::quadratic::table_bytes;
use std::collections::BTreeSet;

/// Code and constants of the field and the schemes: what every proof takes. Measured on runs of 2^10 rows.
const FIXED_BYTES: u64 = 11 << 20;

/// What threads compute blocks of rows in, for so many rows; what is a thread's own, and what one of them needs anyhow.
/// Measured on runs of 2^10 to 2^20 rows.
fn thread_bytes(rows: u64, threads: u64) -> u64 {
    (2 << 20).min(1024 * rows) + threads * (3 << 20).min(256 * rows)
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
    /// Grand products: levels over the steps that the plan keeps, leaves and products over the touched cells.
    pub products: u64,
    /// The main sumcheck: factors over the steps when as many variables are bound as the plan says, rows of touched cells and of the private input,
    /// and the public cells that have to be listed.
    pub sumcheck: u64,
    /// What an opening takes.
    pub opening: u64,
}

impl ProverMemory {
    /// The parts with their names.
    pub fn named_parts(&self) -> [(&'static str, u64); 7] {
        [
            ("program", self.program),
            ("execution", self.execution),
            ("columns", self.columns),
            ("commitments", self.commitments),
            ("products", self.products),
            ("sumcheck", self.sumcheck),
            ("opening", self.opening),
        ]
    }

    /// The most that is there at once: what is kept, and the largest of the other parts.
    pub fn peak(&self) -> u64 {
        let later = [self.products, self.sumcheck, self.opening].into_iter().max();
        let proving = self.commitments.saturating_add(later.unwrap_or(0));
        self.program.saturating_add(self.columns).saturating_add(self.execution.max(proving))
    }

    /// Estimates the memory of proving a run with this header, which has the configuration, the number of rows, and how far
    /// regions reach. `schemes` has the configured scheme. Every column over the steps counts as one that is not zero.
    ///
    /// # Errors
    /// When the header is out of the program's bounds, or the scheme cannot be set up for that size.
    pub fn estimate(program: &Program, header: &Header, schemes: &Schemes, plan: Plan) -> Result<Self, ProveError> {
        Self::parts(program, header, &[], None, schemes, plan)
    }

    /// A lower bound of what proving a run with this header takes, whichever cells it touches: half of the columns' bytes
    /// are zeros, and to the scheme all.
    ///
    /// # Errors
    /// As [`estimate`](Self::estimate).
    pub fn at_least(program: &Program, header: &Header, schemes: &Schemes, plan: Plan) -> Result<Self, ProveError> {
        let parts = Self::parts(program, header, &[], Some(&[]), schemes, plan)?;
        Ok(Self { columns: parts.columns / 2, ..parts })
    }

    /// The estimate for a witness: which cells are touched and which columns are zero is known, and the run is over.
    ///
    /// # Errors
    /// As [`estimate`](Self::estimate).
    pub fn of_witness(program: &Program, witness: &Witness, schemes: &Schemes, plan: Plan) -> Result<Self, ProveError> {
        let committed = witness.columns.iter().take(col::num_committed(witness.header.config.params));
        let in_use: Vec<&Column> = committed.filter(|column| !is_zero(column)).collect();
        let parts = Self::parts(program, &witness.header, &witness.cells, Some(&in_use), schemes, plan)?;
        // Columns of zeros are memory that nothing has touched.
        let zero = witness.columns.iter().filter(|column| is_zero(column));
        let unused: u64 = zero.map(|column| column.heap_bytes() as u64).sum();
        Ok(Self { execution: 0, columns: parts.columns.saturating_sub(unused), ..parts })
    }

    /// All parts, for these committed columns over the steps that are not zero. `None` stands for all of them, whatever they hold.
    fn parts(
        program: &Program,
        header: &Header,
        touched: &[TouchedCell],
        in_use: Option<&[&Column]>,
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

        let steps = in_use.map_or(col::num_committed(params), <[_]>::len);
        let committed = [vec![shape.step_vars; steps], pieces_in_use(pcs.as_ref(), &shape, touched)].concat();
        let threads = par::num_threads() as u64;
        let (rows, cells) = (header.steps, touched.len() as u64);
        let private = u64::from(header.private_words());
        // A cell that is not touched has a private word all the same; most touched ones are others.
        let sparse_rows = cells + private;
        // The table over the steps is there once so many variables are bound; neighbouring cells are then one row.
        let merged = num_blocks(touched.iter(), plan.depth) as u64 + (private >> plan.depth);
        let row = size_of::<(u32, [Fr; cell::NUM_SPARSE])>() as u64;
        let leaf = size_of::<(u32, [Fr; NUM_GROUPS])>() as u64;
        Ok(Self {
            program: FIXED_BYTES + thread_bytes(rows, threads) + program_bytes(program),
            execution: execution_bytes(program, header),
            columns: rows * witness::row_bytes(params)
                + cells * (size_of::<TouchedCell>() as u64 + NUM_CELL_COLUMNS as u64 * 8)
                + 5 * private
                + header.input.len() as u64,
            commitments: pcs.parameter_bytes(in_use)
                + pcs.prover_bytes(&[&committed])
                // A column of one value at most is a constant, which costs nothing.
                + if private > 1 { pcs.prover_bytes(&[&shape.private_batch()]) } else { 0 },
            products: plan.products.bytes(rows, NUM_GROUPS, shape.num_operations)
                + num_nodes(touched) * leaf
                + product_column_bytes(&shape),
            sumcheck: (sparse_rows * (row + row / 2))
                .max(table_bytes(rows, num_products(params), plan.depth) + merged * (row + row / 2))
                + cx.num_listed(&layout) as u64 * SCALAR,
            opening: opening_bytes(pcs.as_ref(), &committed),
        })
    }
}

/// Product columns, with their levels, both halves of these, and the columns as factors: eight scalars for each entry.
fn product_column_bytes(shape: &Shape) -> u64 {
    shape.product_vars().map_or(0, |vars| 8 * shape.product_batch().len() as u64 * (SCALAR << vars))
}

/// How many nodes the tree over some cells has: those with a cell below.
fn num_nodes(cells: &[TouchedCell]) -> u64 {
    let mut level: Vec<u64> = cells.iter().map(|c| u64::from(c.cell)).collect();
    level.sort_unstable();
    let mut nodes = 0;
    while level.last().is_some_and(|&last| last > 0) {
        nodes += level.len() as u64;
        for node in &mut level {
            *node >>= 1;
        }
        level.dedup();
    }
    nodes
}

/// How many blocks of `2^log_block` cells some cells lie in.
fn num_blocks<'c>(cells: impl Iterator<Item = &'c TouchedCell>, log_block: usize) -> usize {
    cells.map(|c| u64::from(c.cell) >> log_block).collect::<BTreeSet<u64>>().len()
}

/// Products of the relation over steps: which there are does not depend on challenges.
fn num_products(params: Params) -> usize {
    let fp = Fingerprint::new(Fr::one(), Fr::one());
    step_relation(params, 0, &operations(params), &fp, Fr::one()).products.len()
}

/// Whether all of a column is zero.
fn is_zero(column: &Column) -> bool {
    RowValues::of_column(column, 0, 1 << column.num_vars()).is_zero()
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

/// Numbers of variables of the pieces of columns over the cells in which a cell is touched, or of all these columns under a scheme
/// without pieces. The others are zero and cost nothing.
fn pieces_in_use(pcs: &dyn Pcs, shape: &Shape, touched: &[TouchedCell]) -> Vec<usize> {
    let vars = pcs.piece_vars().unwrap_or(shape.cell_vars).min(shape.cell_vars);
    let in_use = |entry: fn(&TouchedCell) -> u32| num_blocks(touched.iter().filter(|&c| entry(c) != 0), vars);
    let columns: [fn(&TouchedCell) -> u32; NUM_CELL_COLUMNS] = [|_| 1, |c| c.value, |c| c.timestamp];
    vec![vars; columns.into_iter().map(in_use).sum()]
}

/// What an opening takes: the combined piece and its tables, and what the scheme needs.
fn opening_bytes(pcs: &dyn Pcs, committed: &[usize]) -> u64 {
    let tables = pcs.opening_vars().map_or(0, |vars| 5 * (SCALAR << vars));
    pcs.working_bytes(&[committed]) + tables
}
