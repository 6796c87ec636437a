//! An adversary's prover: any field elements in any column, on any row and in any cell, committed and proven by the
//! letter of the protocol. It shares no kernel over the steps with the prover under test, and on an honest witness
//! it must make the very same proof.
//!
//! The [checker](crate::checker) tells which demands of the protocol a forgery violates. A test of a forgery asserts
//! both: that nothing but the intended demand fails, and that the verifier rejects.

mod prove;

use crate::{
    checker::{Tuple, Violations, small},
    programs::{is_main_final_claim, run_traced},
};
use ark_ff::{One, PrimeField, Zero};
use lariat_algebra::Fr;
use lariat_emulator::machine::TraceResult;
use lariat_jolt_core::{
    Config, Header, Inputs, Params, Program, Schemes, VerifiedStatement, VerifyError,
    cells::{CellContext, CellLayout, Region, RegionKind},
    columns as col,
    operations::{
        FIELD_ADDRESS, FIELD_BYTECODE, FIELD_KEY, FIELD_TS, FIELD_VALUE, NUM_FIELDS, TAG_BYTECODE, TAG_PC, TAG_RAM,
        TAG_RANGE_TS, TAG_REGISTER, TS_PER_STEP, Tag, operations,
    },
    protocol, verify,
    witness::{self, Witness},
};
use lariat_subtables::decompose::{self, Flag};
use std::collections::{BTreeMap, HashMap};

/// What the prover says of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Cell {
    pub touched: Fr,
    pub value: Fr,
    pub timestamp: Fr,
}

/// A witness that need not be one.
#[derive(Clone)]
pub struct Forgery {
    pub program: Program,
    pub header: Header,
    pub layout: CellLayout,
    /// Committed columns, all `2^n` entries.
    pub columns: Vec<Vec<Fr>>,
    pub cells: BTreeMap<usize, Cell>,
    /// The private input's block.
    pub private: Vec<Fr>,
}

impl Forgery {
    /// The honest witness of a run.
    pub fn honest(program: &Program, config: Config, inputs: Inputs<'_>) -> Self {
        Self::of_trace(program, config, inputs, &run_traced(program, inputs))
    }

    /// The witness that honest code builds from a trace, honest or not.
    pub fn of_trace(program: &Program, config: Config, inputs: Inputs<'_>, trace: &TraceResult) -> Self {
        Self::of_witness(program, witness::build(program, config, inputs, trace).unwrap())
    }

    /// Takes over a witness.
    pub fn of_witness(program: &Program, w: Witness) -> Self {
        let params = w.header.config.params;
        let len = (w.header.steps as usize).next_power_of_two();
        let columns =
            w.columns[..col::num_committed(params)].iter().map(|c| (0..len).map(|i| c.get(i)).collect()).collect();
        let cells = w
            .cells
            .iter()
            .map(|c| {
                let cell = Cell { touched: Fr::one(), value: Fr::from(c.value), timestamp: Fr::from(c.timestamp) };
                (c.cell as usize, cell)
            })
            .collect();
        let mut private: Vec<Fr> = w.private_words.iter().map(|w| Fr::from(*w)).collect();
        private.resize(private.len().next_power_of_two(), Fr::zero());
        Self { program: program.clone(), header: w.header, layout: w.layout, columns, cells, private }
    }

    /// Chunking.
    pub fn params(&self) -> Params {
        self.header.config.params
    }

    /// Number of steps.
    pub fn steps(&self) -> usize {
        self.header.steps as usize
    }

    /// Number of rows, padding included.
    pub fn rows(&self) -> usize {
        self.columns[0].len()
    }

    pub fn get(&self, row: usize, column: col::ColumnId) -> Fr {
        self.columns[column][row]
    }

    /// The entry as an integer.
    pub fn int(&self, row: usize, column: col::ColumnId) -> u64 {
        small(self.get(row, column)).unwrap()
    }

    pub fn set(&mut self, row: usize, column: col::ColumnId, value: impl Into<Fr>) -> &mut Self {
        self.columns[column][row] = value.into();
        self
    }

    pub fn add(&mut self, row: usize, column: col::ColumnId, value: i64) -> &mut Self {
        self.columns[column][row] += Fr::from(value);
        self
    }

    /// All columns of a row, the public ones included.
    pub fn row(&self, i: usize) -> Vec<Fr> {
        let mut z: Vec<Fr> = self.columns.iter().map(|c| c[i]).collect();
        let active = i < self.steps();
        z.push(if active { Fr::from(i as u64) } else { Fr::zero() });
        z.push(Fr::from(active));
        z
    }

    /// Sets the values of all lookups of a row to what the tables hold at its keys; keys that no table has are left.
    pub fn look_up(&mut self, row: usize) -> &mut Self {
        let params = self.params();
        for f in Flag::ALL.into_iter().filter(|f| self.get(row, col::flag(*f)).is_one()).collect::<Vec<_>>() {
            for (slot, id) in decompose::tables(f, params) {
                let table = lariat_subtables::table(id, params);
                let key = |column| small(self.get(row, column));
                let (Some(p), Some(q)) = (key(col::slot_p(slot)), key(col::slot_q(slot))) else { continue };
                if p >> table.log_p() == 0 && q >> table.log_q() == 0 {
                    self.set(row, col::slot_v(slot), table.value(p as u32, q as u32));
                }
            }
        }
        self
    }

    /// Makes this the witness of another program with as many rows: the same values, the other's bytecode.
    pub fn transplant(&mut self, program: &Program) -> &mut Self {
        self.program = program.clone();
        self.header.program = program.digest();
        self.lay_out_again();
        for i in 0..self.steps() {
            let index = self.int(i, col::PC) as u32;
            let row = *program.bytecode().row(index).unwrap();
            let fixed = [col::RD, col::RS1, col::RS2, col::IMM, col::NEXT, col::COND];
            for (column, v) in fixed.into_iter().zip(row.small_fields()) {
                self.set(i, column, v);
            }
            for f in Flag::ALL {
                self.set(i, col::flag(f), row.has(f));
            }
        }
        self.rebalance()
    }

    /// Takes a row out; those behind it move up, and there is a step less.
    pub fn remove_row(&mut self, row: usize) -> &mut Self {
        self.header.steps -= 1;
        let len = (self.header.steps as usize).next_power_of_two();
        for column in &mut self.columns {
            column.remove(row);
            column.push(Fr::zero());
            column.truncate(len);
        }
        self.lay_out_again()
    }

    /// Cuts the trace behind its first `steps` rows.
    pub fn truncate(&mut self, steps: usize) -> &mut Self {
        while self.steps() > steps {
            self.remove_row(self.steps() - 1);
        }
        self
    }

    /// Exchanges two rows.
    pub fn swap_rows(&mut self, a: usize, b: usize) -> &mut Self {
        for column in &mut self.columns {
            column.swap(a, b);
        }
        self
    }

    /// Cuts `word` into range chunks from slot `start` on.
    pub fn set_word(&mut self, row: usize, start: usize, word: u32) -> &mut Self {
        let params = self.params();
        for k in 0..decompose::num_range_chunks(params) {
            let chunk = u64::from(word) >> (params.log_m() * k) & ((1 << params.log_m()) - 1);
            self.set(row, col::slot_p(start + k), chunk);
        }
        self
    }

    /// Moves the layout and the length of columns along with a changed header.
    pub fn lay_out_again(&mut self) -> &mut Self {
        let len = self.steps().next_power_of_two();
        for column in &mut self.columns {
            column.resize(len, Fr::zero());
        }
        self.layout = CellLayout::new(self.params(), self.program.image(), self.program.bytecode(), &self.header);
        self
    }

    fn context(&self) -> CellContext<'_> {
        CellContext {
            params: self.params(),
            image: self.program.image(),
            bytecode: self.program.bytecode(),
            header: &self.header,
        }
    }

    /// The region and position of a cell, unless the cell is vacant.
    pub fn place(&self, cell: usize) -> Option<(&Region, usize)> {
        let region = self.layout.regions.iter().find(|r| cell >= r.base && cell < r.base + r.len)?;
        self.context().fields(region, cell - region.base)?;
        Some((region, cell - region.base))
    }

    /// The read-only fields of a cell, the public initial value left out; `None` for vacant cells.
    fn cell_fields(&self, cell: usize) -> Option<Vec<Fr>> {
        let (region, i) = self.place(cell)?;
        let mut fields = vec![Fr::zero(); NUM_FIELDS];
        for (f, v) in self.context().fields(region, i)? {
            fields[f] += Fr::from(v);
        }
        let row = match region.kind {
            RegionKind::Bytecode => self.program.bytecode().rows[i].as_ref(),
            RegionKind::VirtualBytecode => Some(&self.program.bytecode().virtual_rows[i]),
            _ => None,
        };
        if let Some(row) = row {
            for (k, v) in row.small_fields().into_iter().enumerate() {
                fields[FIELD_BYTECODE + k] = Fr::from(v);
            }
            for f in Flag::ALL {
                fields[FIELD_BYTECODE + 6 + f as usize] = Fr::from(row.has(f));
            }
        }
        Some(fields)
    }

    fn private_at(&self, cell: usize) -> Fr {
        let (base, _) = protocol::private_block(&self.layout);
        cell.checked_sub(base).and_then(|i| self.private.get(i).copied()).unwrap_or_else(Fr::zero)
    }

    /// Initial and final tuple of a cell, as the cell relation defines them: `1 + touched (fingerprint - 1)`. A vacant
    /// cell has no fingerprint; there the relation has only the prover's own values.
    pub fn cell_tuples(&self, cell: usize, c: &Cell) -> [Tuple; 2] {
        let mut tuple = vec![Fr::zero(); NUM_FIELDS + 1];
        if let Some(fields) = self.cell_fields(cell) {
            tuple[0] = c.touched;
            tuple[1] = -c.touched;
            for (t, f) in tuple[1..].iter_mut().zip(fields) {
                *t += c.touched * f;
            }
        }
        tuple[1] += Fr::one();
        let (mut first, mut last) = (tuple.clone(), tuple);
        let public = self.place(cell).map_or(0, |(region, i)| self.context().initial_value(region, i));
        first[1 + FIELD_VALUE] += c.touched * (Fr::from(public) + self.private_at(cell));
        last[1 + FIELD_VALUE] += c.touched * c.value;
        last[1 + FIELD_TS] += c.touched * c.timestamp;
        [first, last]
    }

    /// Recomputes all timestamps, counters and cells so that tuples balance as far as they can: every access is as
    /// young as the last one of its address, every lookup counts from zero, and cells end where accesses left them. Rows
    /// past the last step come first: they have the step number zero.
    pub fn rebalance(&mut self) -> &mut Self {
        self.balance(true)
    }

    /// Recomputes all read counters, and the cells of read-only memories. Timestamps stay as they are.
    pub fn recount(&mut self) -> &mut Self {
        let memory: Vec<(usize, Cell)> = self
            .cells
            .iter()
            .filter(|(at, _)| {
                let kind = self.place(**at).map(|(region, _)| region.kind);
                matches!(kind, None | Some(RegionKind::Registers | RegionKind::Ram { .. }))
            })
            .map(|(at, cell)| (*at, *cell))
            .collect();
        self.balance(false);
        self.cells.retain(|at, _| {
            let region = self.layout.regions.iter().rfind(|r| r.base <= *at);
            !matches!(region.map(|r| r.kind), Some(RegionKind::Registers | RegionKind::Ram { .. }))
        });
        self.cells.extend(memory);
        self
    }

    fn balance(&mut self, timestamps: bool) -> &mut Self {
        let ops = operations(self.params());
        // Last timestamp and value by tag, address and key; counts alike.
        let mut memory: HashMap<(u32, Fr, Fr), (Fr, Fr)> = HashMap::new();
        let mut counts: HashMap<(u32, Fr, Fr), u64> = HashMap::new();
        let mut memory_op = 0;
        let kinds: Vec<Option<usize>> = ops
            .iter()
            .map(|op| {
                let is_memory = matches!(op.tag, Tag::Fixed(TAG_REGISTER | TAG_RAM));
                is_memory.then(|| {
                    memory_op += 1;
                    memory_op - 1
                })
            })
            .collect();
        for i in (self.steps()..self.rows()).chain(0..self.steps()) {
            for (k, op) in ops.iter().enumerate() {
                let z = self.row(i);
                if op.active.eval(&z) != Fr::one() {
                    continue;
                }
                let field = |list: &[(usize, lariat_jolt_core::constraints::Affine)], f: usize| {
                    list.iter().find(|(g, _)| *g == f).map(|(_, form)| form.eval(&z))
                };
                let tag = match &op.tag {
                    Tag::Fixed(tag) => *tag,
                    Tag::PerFlag(tags) => tags.iter().filter(|(c, _)| z[*c].is_one()).map(|t| t.1).sum(),
                };
                if tag == TAG_PC {
                    continue;
                }
                let address = field(&op.read, FIELD_ADDRESS).unwrap_or_default();
                let key = (tag, address, field(&op.read, FIELD_KEY).unwrap_or_default());
                if let Some(m) = kinds[k] {
                    let now = Fr::from(TS_PER_STEP) * z[col::step(self.params())] + Fr::from(m as u64 + 1);
                    let last = memory.get(&key).map_or_else(Fr::zero, |v| v.0);
                    if timestamps {
                        self.columns[col::DELTA_TS + m][i] = now - Fr::one() - last;
                    }
                    let z = self.row(i);
                    let value =
                        op.write.iter().find(|w| w.0 == FIELD_VALUE).map_or_else(Fr::zero, |(_, form)| form.eval(&z));
                    memory.insert(key, (now, value));
                } else {
                    let count_column = match tag {
                        TAG_BYTECODE => col::PC_COUNT,
                        TAG_RANGE_TS => {
                            // The operation follows the one whose distance it checks.
                            col::DELTA_COUNT + kinds[k - 1].unwrap()
                        }
                        _ => col::slot_count(ops[..k].iter().filter(|o| matches!(o.tag, Tag::PerFlag(_))).count()),
                    };
                    let count = counts.entry(key).or_default();
                    self.columns[count_column][i] = Fr::from(*count);
                    *count += 1;
                }
            }
        }
        // Cells.
        self.cells.clear();
        let last_word = self.private.get(self.header.private_words() as usize - 1).copied().unwrap_or_default();
        let cx = CellContext {
            params: self.header.config.params,
            image: self.program.image(),
            bytecode: self.program.bytecode(),
            header: &self.header,
        };
        for region in &self.layout.regions {
            for i in 0..region.len {
                let Some(fields) = cx.fields(region, i) else { continue };
                let of = |f: usize| fields.iter().find(|(g, _)| *g == f).map_or(0, |p| p.1);
                let key = (of(0), Fr::from(of(FIELD_ADDRESS)), Fr::from(of(FIELD_KEY)));
                let cell = if let Some(&(timestamp, value)) = memory.get(&key) {
                    Cell { touched: Fr::one(), value, timestamp }
                } else if let Some(&count) = counts.get(&key) {
                    Cell { touched: Fr::one(), value: Fr::zero(), timestamp: Fr::from(count) }
                } else if region.kind == RegionKind::PrivateBits && bit_of(last_word, i) {
                    Cell { touched: Fr::one(), ..Cell::default() }
                } else {
                    continue;
                };
                self.cells.insert(region.base + i, cell);
            }
        }
        self
    }

    /// The cell of bit `j` of the private input's last word.
    pub fn private_bit(&self, j: usize) -> usize {
        self.layout.find(|k| *k == RegionKind::PrivateBits).unwrap().base + j
    }

    /// The cell of a RAM word by its byte address.
    pub fn ram_cell(&self, address: u32) -> usize {
        self.layout.ram_cell(address / 4).unwrap()
    }

    /// The cell of a register.
    pub fn register_cell(&self, register: usize) -> usize {
        self.layout.find(|k| *k == RegionKind::Registers).unwrap().base + register
    }

    /// What the verifier says of the proof of this.
    pub fn verdict(&self, schemes: &Schemes) -> Result<VerifiedStatement, VerifyError> {
        verify(&self.program, &self.prove(schemes), schemes)
    }

    /// Asserts that nothing but `expected` is wrong with this, and that the verifier rejects it for that.
    pub fn assert_rejected_for(&self, expected: &Violations, schemes: &Schemes) {
        assert!(!expected.is_empty(), "a forgery violates something");
        assert_eq!(self.violations(), *expected, "what the forgery violates");
        let error = self.verdict(schemes).expect_err("the verifier accepts a forgery");
        if expected.unbalanced.is_empty() {
            assert!(is_main_final_claim(&error), "{error:?}");
        } else {
            assert!(matches!(error, VerifyError::Multiset), "{error:?}");
        }
    }
}

/// Bit `j` of a field element as an integer.
fn bit_of(x: Fr, j: usize) -> bool {
    x.into_bigint().0[0] >> j & 1 == 1
}
