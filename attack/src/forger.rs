//! An adversary's prover: any field elements in any column, on any row and in any cell, committed and proven by the
//! letter of the protocol. It shares no kernel over the steps with the prover under test, and on an honest witness
//! it must make the very same proof.
//!
//! The [checker](crate::checker) tells which demands of the protocol a forgery violates. A test of a forgery asserts
//! both: that nothing but the intended demand fails, and that the verifier rejects.

use crate::{
    checker::{Tuple, Violations, op_tuples, small},
    programs::{is_main_final_claim, run_traced},
};
use ark_ff::{One, Zero};
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    poly::{Univariate, eq_evals},
};
use lariat_emulator::machine::TraceResult;
use lariat_jolt_core::{
    Config, Header, Inputs, Params, Program, Schemes, SetupId, VerifiedStatement, VerifyError,
    cells::{CellContext, CellLayout, RamInit, Region, RegionKind, fixed_cells},
    columns as col,
    operations::{
        FIELD_ADDRESS, FIELD_BYTECODE, FIELD_KEY, FIELD_TS, FIELD_VALUE, Fingerprint, NUM_FIELDS, TAG_BYTECODE, TAG_PC,
        TAG_RAM, TAG_RANGE_TS, TAG_REGISTER, TS_PER_STEP, Tag, operations,
    },
    protocol::{self, Shape, cell, label, section, session},
    verify,
    witness::{self, Witness},
};
use lariat_pcs::Workload;
use lariat_subtables::decompose::{self, Flag};
use lariat_sumcheck::{
    Instance, RoundProver, engine,
    grand_product::{prove_dense, prove_sparse},
    quadratic::QuadraticRelation,
    sparse_product::SparseLayer,
    sparse_quadratic::SparseQuadraticProver,
};
use lariat_transcript::{ChallengeTape, Ready, Session};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

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
        protocol::private_block(&self.layout)
            .and_then(|(base, log_size)| (cell >= base && cell < base + (1 << log_size)).then(|| cell - base))
            .and_then(|i| self.private.get(i).copied())
            .unwrap_or_else(Fr::zero)
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
                } else if i == 0 && matches!(region.kind, RegionKind::Ram { init: RamInit::Private, .. }) {
                    // The statement fixes the length of the private input, read or not.
                    Cell { touched: Fr::one(), value: self.private[0], timestamp: Fr::zero() }
                } else {
                    continue;
                };
                self.cells.insert(region.base + i, cell);
            }
        }
        self
    }

    /// The cell of a RAM word by its byte address.
    pub fn ram_cell(&self, address: u32) -> usize {
        self.layout.ram_cell(address / 4).unwrap()
    }

    /// The cell of a register.
    pub fn register_cell(&self, register: usize) -> usize {
        self.layout.find(|k| *k == RegionKind::Registers).unwrap().base + register
    }

    /// Proves this as if it were true.
    pub fn prove(&self, schemes: &Schemes) -> Vec<u8> {
        self.prove_in(schemes, |session| session)
    }

    /// [`Self::prove`] on given challenges.
    pub fn prove_frozen(&self, schemes: &Schemes, tape: &ChallengeTape) -> Vec<u8> {
        self.prove_in(schemes, |session| session.freeze(tape.clone()))
    }

    fn prove_in(&self, schemes: &Schemes, prepare: impl FnOnce(Session<Ready>) -> Session<Ready>) -> Vec<u8> {
        let params = self.params();
        let mut header = self.header.clone();
        let shape = Shape::new(params, &header, &self.layout);
        let pcs = schemes.setup(header.config.pcs, Workload { num_vars: &shape.all_columns() }).unwrap();
        header.setup = SetupId::of(pcs.as_ref());
        let header = &header;
        let mut channel = prepare(session(header, pcs.as_ref())).into_prover();

        // Step 1: commitments.
        let private = Column::new(shape.private_vars, ColumnData::Field(self.private.clone()));
        let step_columns: Vec<Column> =
            self.columns.iter().map(|c| Column::new(shape.step_vars, ColumnData::Field(c.clone()))).collect();
        let cell_columns: Vec<Column> = [|c: &Cell| c.touched, |c: &Cell| c.value, |c: &Cell| c.timestamp]
            .into_iter()
            .map(|part| sparse_column(shape.cell_vars, self.cells.iter().map(|(&at, c)| (at, part(c)))))
            .collect();
        let committed: Vec<&Column> = step_columns.iter().chain(&cell_columns).collect();
        channel.section(section::PRIVATE);
        let private_hint = pcs.commit(&[&private], &mut channel).unwrap();
        channel.section(section::COMMITMENTS);
        let witness_hint = pcs.commit(&committed, &mut channel).unwrap();

        // Step 2: fingerprints and the grand product over steps.
        let challenges = channel.challenges(label::FINGERPRINT, 2);
        let fp = Fingerprint::new(challenges[0], challenges[1]);
        let ops = operations(params);
        channel.section(section::STEP_PRODUCTS);
        let rows: Vec<Vec<Fr>> = (0..self.rows()).map(|i| self.row(i)).collect();
        let mut groups: Vec<Vec<_>> = vec![Vec::new(), Vec::new()];
        for op in &ops {
            for (side, group) in groups.iter_mut().enumerate() {
                let leaves: Vec<Fr> = rows.iter().map(|z| fingerprint(&op_tuples(op, z)[side], &fp)).collect();
                group.push(Arc::new(leaves));
            }
        }
        let step_claims = prove_dense(shape.step_vars, groups, &mut channel);

        // Step 3: the grand product over cells.
        channel.section(section::CELL_PRODUCTS);
        let entries = self
            .cells
            .iter()
            .map(|(&at, c)| (at as u32, self.cell_tuples(at, c).map(|t| fingerprint(&t, &fp))))
            .collect();
        let cell_claims = prove_sparse(SparseLayer::<2> { num_vars: shape.cell_vars, entries }, &mut channel);

        // Step 4: the main sumcheck.
        channel.section(section::MAIN);
        let rho = channel.challenge(label::STEP_BATCHING);
        let sigma = channel.challenge(label::CELL_BATCHING);
        let relation = protocol::step_relation(params, self.program.bytecode().code_base, &ops, &fp, rho);
        let cell_relation = protocol::cell_relation(&fp, sigma);
        let cx = self.context();
        let dense = self.layout.dense(&cx, &fp, &protocol::cell_weights(&fp, sigma));
        let mut step_prover = FormProver::new(&relation, &rows, &step_claims.point);
        let mut cell_prover = SparseQuadraticProver::<{ cell::NUM_SPARSE }>::new(
            &cell_relation,
            self.cell_rows(),
            vec![dense],
            &cell_claims.point,
        );
        let point = engine::prove(
            label::MAIN,
            &mut [
                Instance { prover: &mut step_prover, claim: protocol::step_claim(&step_claims, rho) },
                Instance { prover: &mut cell_prover, claim: protocol::cell_claim(&cell_claims, sigma) },
            ],
            &mut channel,
        );

        // Step 5: evaluations and their opening.
        channel.section(section::EVALUATIONS);
        let opened: Vec<&Column> = std::iter::once(&private).chain(committed).collect();
        let evals: Vec<Fr> = opened.iter().map(|c| evaluate(c, &point)).collect();
        channel.send_scalars(label::EVALUATIONS, &evals);
        channel.section(section::OPENING);
        pcs.open(&opened, &[private_hint, witness_hint], &point, &evals, &mut channel).unwrap();
        let (messages, _) = channel.finish();
        [header.to_bytes(), messages].concat()
    }

    fn cell_rows(&self) -> Vec<(u32, [Fr; cell::NUM_SPARSE])> {
        let mut rows: BTreeMap<u32, [Fr; cell::NUM_SPARSE]> = BTreeMap::new();
        for (&at, c) in &self.cells {
            let row = rows.entry(at as u32).or_default();
            row[cell::TOUCHED] = c.touched;
            row[cell::VALUE] = c.value;
            row[cell::TIMESTAMP] = c.timestamp;
        }
        if let Some((base, _)) = protocol::private_block(&self.layout) {
            for (i, w) in self.private.iter().enumerate().filter(|(_, w)| !w.is_zero()) {
                rows.entry((base + i) as u32).or_default()[cell::PRIVATE] = *w;
            }
        }
        for (at, word) in fixed_cells(&self.layout, &self.header) {
            let row = rows.entry(at as u32).or_default();
            row[cell::MASK] = Fr::one();
            row[cell::FIXED] = Fr::from(word);
        }
        rows.into_iter().collect()
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

fn fingerprint(tuple: &Tuple, fp: &Fingerprint) -> Fr {
    tuple[0] * fp.tau + tuple[1..].iter().zip(&fp.powers).map(|(c, p)| *c * p).sum::<Fr>()
}

fn sparse_column(num_vars: usize, entries: impl Iterator<Item = (usize, Fr)> + Clone) -> Column {
    let narrow: Option<Vec<(u32, u32)>> = entries
        .clone()
        .filter(|(_, v)| !v.is_zero())
        .map(|(at, v)| Some((at as u32, u32::try_from(small(v)?).ok()?)))
        .collect();
    let data = narrow.map_or_else(
        || {
            let mut full = vec![Fr::zero(); 1 << num_vars];
            for (at, v) in entries {
                full[at] = v;
            }
            ColumnData::Field(full)
        },
        ColumnData::Sparse,
    );
    Column::new(num_vars, data)
}

fn evaluate(column: &Column, point: &[Fr]) -> Fr {
    let eq = eq_evals(&point[point.len() - column.num_vars()..]);
    match column.data() {
        ColumnData::Field(v) => v.iter().zip(&eq).map(|(x, e)| *x * e).sum(),
        ColumnData::Sparse(v) => v.iter().map(|&(at, x)| Fr::from(x) * eq[at as usize]).sum(),
        _ => unreachable!("the forger makes no other columns"),
    }
}

/// A quadratic relation over field columns: factors by row, then plain evaluation at 0, 1, 2, 3.
struct FormProver {
    /// `eq`, first factors, second factors, affine part.
    tables: Vec<Vec<Fr>>,
    num_products: usize,
    num_vars: usize,
}

impl FormProver {
    fn new(relation: &QuadraticRelation, rows: &[Vec<Fr>], tau: &[Fr]) -> Self {
        let mut tables = vec![eq_evals(tau)];
        tables.extend(relation.products.iter().map(|(a, _)| rows.iter().map(|z| a.eval(z)).collect::<Vec<_>>()));
        tables.extend(relation.products.iter().map(|(_, b)| rows.iter().map(|z| b.eval(z)).collect::<Vec<_>>()));
        tables.push(rows.iter().map(|z| relation.linear.eval(z)).collect());
        Self { tables, num_products: relation.products.len(), num_vars: tau.len() }
    }
}

impl RoundProver for FormProver {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        3
    }

    fn round(&mut self, _claim: Fr) -> Univariate {
        let n = self.num_products;
        let mut sums = [Fr::zero(); 4];
        for i in 0..self.tables[0].len() / 2 {
            for (x, sum) in sums.iter_mut().enumerate() {
                let x = Fr::from(x as u64);
                let at = |k: usize| {
                    let (lo, hi) = (self.tables[k][2 * i], self.tables[k][2 * i + 1]);
                    if lo == hi { lo } else { lo + x * (hi - lo) }
                };
                let products: Fr = (1..=n).map(|k| at(k) * at(n + k)).sum();
                *sum += at(0) * (products + at(2 * n + 1));
            }
        }
        Univariate::interpolate(&sums)
    }

    fn bind(&mut self, r: Fr) {
        for t in &mut self.tables {
            *t = t.chunks_exact(2).map(|p| p[0] + r * (p[1] - p[0])).collect();
        }
    }
}
