//! Engine 2: one entry of an honest witness changed, on every kind of row and in every committed column, and proven by
//! honest code: the verifier rejects.
//!
//! A change is bad if a plain check says so: constraints of its row, and tuples as multisets. Changes that this check
//! finds harmless are in columns that the row does not use; which these are is listed, column by column and with
//! the reason, and the list must be exact. For a sample of all changes the proof is made and verified, and the
//! verdict must be that of the plain check.

#[cfg(test)]
mod tests;
#[cfg(test)]
mod unused;

use crate::{
    checker::{Balance, op_tuples},
    error::AttackError,
    kinds::{INPUT, Kind, PRIVATE, every_kind, kind_of},
    mutation::shuffle,
    outcome::{Fate, Row, guarded, record},
    programs::honest_witness,
};
use lariat_algebra::{Fr, column::ColumnData, par};
use lariat_emulator::{isa::Opcode, test_util::Rng};
use lariat_jolt_core::{
    Config, Inputs, Params, Program, ProveError, Schemes, VerifiedStatement, VerifyError, columns as col,
    constraints::{Affine, Constraint, constraints},
    operations::{Operation, Tag, operations},
    prove_witness, verify,
    witness::Witness,
};
use lariat_subtables::{
    TableId,
    decompose::{self, Flag},
    table,
};
use std::collections::BTreeMap;

const INPUTS: Inputs<'static> = Inputs { public: INPUT, private: PRIVATE };

/// Two changes for each entry: the next value and one farther away.
const DELTAS: [u32; 2] = [1, 0x45];

/// Witnesses that are proven before their outcomes are counted.
const BATCH: usize = 16;

/// An honest witness to be changed.
pub struct Subject {
    program: Program,
    schemes: Schemes,
    witness: Witness,
    /// Constraints and operations that speak of a column.
    by_column: Vec<(Vec<Constraint>, Vec<Operation>)>,
    /// Rows by kind.
    rows: BTreeMap<Kind, Vec<usize>>,
    /// The statement of the honest proof.
    statement: VerifiedStatement,
}

/// One change of one entry.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// What the row is.
    pub kind: Kind,
    /// Its number.
    pub row: usize,
    /// The column.
    pub column: usize,
    /// What is added; bits are flipped.
    pub delta: u32,
}

/// One change of what the prover says of a cell: of its last value, of its last timestamp, or that it was not touched.
#[derive(Clone, Copy, Debug)]
pub struct CellChange {
    /// Which of the touched cells.
    pub at: usize,
    /// What is changed.
    pub part: CellPart,
    /// What is added.
    pub delta: u32,
}

/// What is said of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellPart {
    /// Its last value.
    Value,
    /// Its last timestamp, or how often it was read.
    Timestamp,
    /// That it was touched at all.
    Touched,
}

impl CellPart {
    /// Every part.
    pub const ALL: [Self; 3] = [Self::Value, Self::Timestamp, Self::Touched];

    const fn name(self) -> &'static str {
        match self {
            Self::Value => "cell: another last value",
            Self::Timestamp => "cell: another last timestamp",
            Self::Touched => "cell: a touched one denied",
        }
    }
}

impl Subject {
    /// The witness of a program with every kind of row; those of `ebreak` only if it is `panicking`.
    ///
    /// # Errors
    /// When the honest witness cannot be proven, or its proof is rejected.
    pub fn new(panicking: bool, config: Config, schemes: &Schemes) -> Result<Self, AttackError> {
        let pcs = config.pcs;
        guarded(|| Self::build(panicking, config, schemes))
            .unwrap_or_else(|message| Err(AttackError::Panic { pcs, message }))
    }

    fn build(panicking: bool, config: Config, schemes: &Schemes) -> Result<Self, AttackError> {
        let program = every_kind(panicking);
        let witness = honest_witness(&program, config, INPUTS);
        let mut rows: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
        for row in 0..witness.header.steps as usize {
            let index = witness.columns[col::PC].get_int(row).unwrap() as u32;
            rows.entry(kind_of(&program, index)).or_default().push(row);
        }
        let system = constraints(config.params, program.bytecode().code_base);
        let ops = operations(config.params);
        let has = |form: &Affine, column: usize| form.terms.iter().any(|t| t.0 == column);
        let by_column = (0..col::num_committed(config.params))
            .map(|column| {
                let constraints = system.iter().filter(|c| [&c.a, &c.b, &c.c].into_iter().any(|f| has(f, column)));
                let operations = ops.iter().filter(|op| {
                    let tagged = matches!(&op.tag, Tag::PerFlag(tags) if tags.iter().any(|t| t.0 == column));
                    tagged || has(&op.active, column) || op.read.iter().chain(&op.write).any(|f| has(&f.1, column))
                });
                (constraints.cloned().collect(), operations.cloned().collect())
            })
            .collect();
        let proven = prove_witness(&program, witness.clone(), schemes, &mut |_| {})
            .map_err(|source| AttackError::Prove { pcs: config.pcs, source })?;
        let statement = verify(&program, &proven.proof, schemes)
            .map_err(|source| AttackError::Verify { pcs: config.pcs, source })?;
        Ok(Self { program, schemes: schemes.clone(), witness, by_column, rows, statement })
    }

    fn params(&self) -> Params {
        self.witness.header.config.params
    }

    fn row(&self, row: usize) -> Vec<Fr> {
        self.witness.columns.iter().map(|c| c.get(row)).collect()
    }

    /// The statement of the honest proof.
    pub fn statement(&self) -> &VerifiedStatement {
        &self.statement
    }

    /// Kinds of rows.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.rows.keys().copied()
    }

    /// Every change: of each entry of each committed column, on each row.
    pub fn changes(&self) -> Vec<Change> {
        let rows = self.rows.iter().flat_map(|(&kind, rows)| rows.iter().map(move |&row| (kind, row)));
        rows.flat_map(|(kind, row)| {
            let columns = 0..col::num_committed(self.params());
            columns.flat_map(move |column| DELTAS.map(|delta| Change { kind, row, column, delta }))
        })
        .collect()
    }

    /// Whether the changed row may stand in the place of the honest one, all else being equal.
    pub fn is_harmless(&self, change: Change) -> bool {
        let before = self.row(change.row);
        let mut column = self.witness.columns[change.column].clone();
        apply(column.data_mut(), change);
        let mut after = before.clone();
        after[change.column] = column.get(change.row);
        assert_ne!(before[change.column], after[change.column], "{change:?} changes something");
        let (constraints, operations) = &self.by_column[change.column];
        if constraints.iter().any(|c| c.a.eval(&after) * c.b.eval(&after) != c.c.eval(&after)) {
            return false;
        }
        let mut balance = Balance::default();
        for op in operations {
            let ([read, write], [new_read, new_write]) = (op_tuples(op, &before), op_tuples(op, &after));
            balance.read(new_read);
            balance.write(new_write);
            balance.write(read);
            balance.read(write);
        }
        balance.holds()
    }

    /// Proves a changed witness; the prover may fail, or panic.
    ///
    /// # Errors
    /// What the prover said.
    pub fn prove(&self, change: impl FnOnce(&mut Witness)) -> Result<Result<Vec<u8>, ProveError>, String> {
        let mut witness = self.witness.clone();
        change(&mut witness);
        guarded(|| prove_witness(&self.program, witness, &self.schemes, &mut |_| {}).map(|proven| proven.proof))
    }

    /// What the verifier says of a proof.
    ///
    /// # Errors
    /// A panic's words.
    pub fn verdict(&self, proof: &[u8]) -> Result<Result<VerifiedStatement, VerifyError>, String> {
        guarded(|| verify(&self.program, proof, &self.schemes))
    }

    /// What becomes of a bad witness. A prover that fails or panics made no proof.
    fn fate(&self, change: impl FnOnce(&mut Witness), what: &dyn Fn() -> String) -> Fate {
        let Ok(Ok(proof)) = self.prove(change) else { return Fate::Rejected };
        match self.verdict(&proof) {
            Ok(Err(_)) => Fate::Rejected,
            Ok(Ok(_)) => Fate::Survived(what()),
            Err(words) => Fate::Panicked(format!("{words}, on {}", what())),
        }
    }

    /// The change as text.
    pub fn describe(&self, change: Change) -> String {
        let Change { kind, row, column, delta } = change;
        format!("column `{}` changed by {delta} on row {row}, a row of {kind}", col::name(self.params(), column))
    }

    /// The row of the kill matrix that a change belongs to: the table of a lookup, or what the column holds.
    fn row_name(&self, change: Change) -> String {
        let column = change.column;
        if let Some(at) = column.checked_sub(col::FIRST_SLOT) {
            let part = match at % col::SLOT_COLUMNS {
                0 => "first key",
                1 => "second key",
                2 => "value",
                _ => "counter",
            };
            let slot = at / col::SLOT_COLUMNS;
            return match self.table_of(change.row, slot) {
                Some(TableId::Sll(_)) => format!("lookup in sll: {part}"),
                Some(TableId::Srl(_)) => format!("lookup in srl: {part}"),
                Some(id) => format!("lookup in {}: {part}", table(id, self.params()).name()),
                None => format!("no lookup: {part}"),
            };
        }
        group_of(self.params(), column).to_owned()
    }

    /// The table that a slot looks up on a row.
    fn table_of(&self, row: usize, slot: usize) -> Option<TableId> {
        let index = self.witness.columns[col::PC].get_int(row)? as u32;
        let flags = self.program.bytecode().row(index)?;
        let set = Flag::ALL.into_iter().filter(|flag| flags.has(*flag));
        let mut tables = set.flat_map(|flag| decompose::tables(flag, self.params()));
        tables.find(|(at, _)| *at == slot).map(|(_, id)| id)
    }
}

/// What a column holds that belongs to no lookup.
fn group_of(params: Params, column: usize) -> &'static str {
    if Flag::ALL.iter().any(|flag| col::flag(*flag) == column) {
        return "flags";
    }
    match column {
        col::PC | col::PC_COUNT | col::TAKEN => "program counter",
        col::RD | col::RS1 | col::RS2 | col::IMM | col::NEXT | col::COND => "fields of the bytecode",
        c if (col::DELTA_TS..col::RAM_ADDRESS).contains(&c) => "timestamps and their counters",
        col::RAM_ADDRESS | col::RAM_PRE | col::RAM_POST => "memory access",
        _ => {
            debug_assert!(column < col::num_committed(params));
            "operands, results and their parts"
        }
    }
}

/// The witnesses of both ways to end, to be changed.
pub struct Subjects {
    /// Ends in an exit, and ends in a panic.
    subjects: [Subject; 2],
}

impl Subjects {
    /// Proves both honest runs.
    ///
    /// # Errors
    /// See [`Subject::new`].
    pub fn new(config: Config, schemes: &Schemes) -> Result<Self, AttackError> {
        Ok(Self { subjects: [Subject::new(false, config, schemes)?, Subject::new(true, config, schemes)?] })
    }

    /// Bad changes, spread evenly: over the rows of the kill matrix first; in a row over the pairs of a column and a kind
    /// of row that it matters on, one change each; then a second one for each pair that has it, and so on. The number
    /// says which of the subjects is changed.
    pub fn bad_changes(&self, seed: u64) -> Vec<(usize, Change)> {
        let mut rng = Rng::new(seed);
        let mut by_pair: BTreeMap<(String, usize, Kind), Vec<(usize, Change)>> = BTreeMap::new();
        for (number, subject) in self.subjects.iter().enumerate() {
            // Without a panic, all but the rows of ebreak are present; with it, only those are of interest.
            let wanted = |change: &Change| number == 0 || change.kind.op == Opcode::Ebreak;
            for change in subject.changes().into_iter().filter(wanted) {
                let pair = (subject.row_name(change), change.column, change.kind);
                by_pair.entry(pair).or_default().push((number, change));
            }
        }
        let mut by_name: BTreeMap<String, Vec<Vec<(usize, Change)>>> = BTreeMap::new();
        for ((name, ..), mut changes) in by_pair {
            changes.retain(|(number, change)| !self.subjects[*number].is_harmless(*change));
            shuffle(&mut changes, &mut rng);
            by_name.entry(name).or_default().push(changes);
        }
        let mut out = Vec::new();
        while by_name.values().flatten().any(|changes| !changes.is_empty()) {
            // One change of each pair that has one left, name after name in turn.
            let mut rounds: Vec<Vec<(usize, Change)>> = by_name
                .values_mut()
                .map(|pairs| {
                    let mut round = pairs.iter_mut().filter_map(Vec::pop).collect::<Vec<_>>();
                    shuffle(&mut round, &mut rng);
                    round
                })
                .collect();
            while rounds.iter().any(|round| !round.is_empty()) {
                let mut turn: Vec<(usize, Change)> = rounds.iter_mut().filter_map(Vec::pop).collect();
                shuffle(&mut turn, &mut rng);
                out.extend(turn);
            }
        }
        out
    }

    /// Attacks with changes of [`Self::bad_changes`]; `done` is told of every batch.
    pub fn attack(&self, changes: &[(usize, Change)], done: &dyn Fn(usize)) -> Vec<Row> {
        let mut rows = Vec::new();
        for batch in changes.chunks(BATCH) {
            let fates: Vec<(String, Fate)> = par::map_collect(batch.len(), |i| {
                let (number, change) = batch[i];
                let subject = &self.subjects[number];
                let fate = subject.fate(|witness| apply(witness.columns[change.column].data_mut(), change), &|| {
                    subject.describe(change)
                });
                (format!("entry: {}", subject.row_name(change)), fate)
            });
            done(fates.len());
            for (name, fate) in fates {
                record(&mut rows, 2, &name, fate);
            }
        }
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        rows
    }

    /// Changes of cells, each part in turn; as many as wanted may be taken from the front.
    pub fn cell_changes(&self, seed: u64) -> impl Iterator<Item = CellChange> + use<> {
        let mut rng = Rng::new(seed);
        let mut cells: Vec<usize> = (0..self.subjects[0].witness.cells.len()).collect();
        shuffle(&mut cells, &mut rng);
        let parts = CellPart::ALL.into_iter();
        cells.into_iter().flat_map(move |at| {
            let delta = 1 + rng.below(100);
            parts.clone().map(move |part| CellChange { at, part, delta })
        })
    }

    /// Attacks with changes of cells.
    pub fn attack_cells(&self, changes: &[CellChange], done: &dyn Fn(usize)) -> Vec<Row> {
        let subject = &self.subjects[0];
        let mut rows = Vec::new();
        for batch in changes.chunks(BATCH) {
            let fates: Vec<Fate> = par::map_collect(batch.len(), |i| {
                let change = batch[i];
                let what = || format!("{change:?} of {:?}", subject.witness.cells[change.at]);
                subject.fate(|witness| apply_to_cell(witness, change), &what)
            });
            done(fates.len());
            for (change, fate) in batch.iter().zip(fates) {
                record(&mut rows, 2, change.part.name(), fate);
            }
        }
        rows
    }
}

/// Flips a bit, or adds within the column's type.
fn apply(data: &mut ColumnData, change: Change) {
    let Change { row, delta, .. } = change;
    match data {
        ColumnData::Bool(v) => v[row] ^= true,
        ColumnData::U8(v) => v[row] = v[row].wrapping_add(delta as u8),
        ColumnData::U16(v) => v[row] = v[row].wrapping_add(delta as u16),
        ColumnData::U32(v) => v[row] = v[row].wrapping_add(delta),
        ColumnData::I32(v) => v[row] = v[row].wrapping_add_unsigned(delta),
        other => panic!("no such column over the steps: {other:?}"),
    }
}

fn apply_to_cell(witness: &mut Witness, change: CellChange) {
    let CellChange { at, part, delta } = change;
    let cell = &mut witness.cells[at];
    match part {
        CellPart::Value => cell.value = cell.value.wrapping_add(delta),
        CellPart::Timestamp => cell.timestamp = cell.timestamp.wrapping_add(delta),
        CellPart::Touched => drop(witness.cells.remove(at)),
    }
}
