//! What a row has to satisfy, as facts about unknowns: constraints, lookups, the memory word that it accesses, and the
//! row that comes next.
//!
//! Taken from the code that prover and verifier run: `constraints`, the slots of `decompose::tables`, and the rows of
//! [`Bytecode`]. Given are what memory fixes: the bytecode row, and the values of its source registers.
//! Timestamps and read counters are in no constraint ([`System::new`] asserts it), and are left out.

use super::{
    form::{Form, Var},
    solver::{Fact, State},
    tables,
};
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_jolt_core::{
    Params,
    bytecode::{HALT, Row},
    columns as col,
    constraints::{Constraint, constraints},
};
use lariat_subtables::{
    TableId,
    decompose::{self, Flag},
};

/// What is taken away, to see whether something is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deletion {
    /// The constraint with this number.
    Constraint(usize),
    /// The lookup that a flag makes in a slot.
    Lookup(Flag, usize),
}

/// The demands on the rows of one program at one table size.
pub struct System {
    /// Table size.
    pub params: Params,
    /// The constraints as they are proven.
    pub constraints: Vec<Constraint>,
    /// The same as forms, with the flag that turns each on.
    forms: Vec<(Option<Flag>, [Form; 3])>,
    /// Tables by flag.
    lookups: Vec<Vec<(usize, TableId)>>,
}

/// What is given of a row.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Its index.
    pub index: u32,
    /// Its bytecode row; none past the last step.
    pub row: Option<Row>,
    /// The value of `rs1`, if it is read.
    pub x: Fr,
    /// The value of `rs2`, if it is read.
    pub y: Fr,
}

/// Index of the row that comes next.
pub fn next_row(params: Params) -> Var {
    col::num_columns(params)
}

/// Number of unknowns: the columns, and the next row's index.
pub fn num_vars(params: Params) -> usize {
    next_row(params) + 1
}

impl System {
    /// For a program whose code starts at `code_base`.
    pub fn new(params: Params, code_base: u32) -> Self {
        let constraints = constraints(params, code_base);
        let forms = constraints.iter().map(|c| {
            let gate =
                Flag::ALL.into_iter().find(|f| c.a == lariat_jolt_core::constraints::Affine::column(col::flag(*f)));
            let is_gated = c.c.terms.is_empty() && c.c.constant == 0;
            (gate.filter(|_| is_gated), [&c.a, &c.b, &c.c].map(Form::of))
        });
        let forms: Vec<_> = forms.collect();
        let timed = [col::PC_COUNT, col::RD_PRE, col::step(params)]
            .into_iter()
            .chain(col::DELTA_TS..col::RAM_ADDRESS)
            .chain((0..decompose::num_slots(params)).map(col::slot_count));
        for column in timed {
            let speaks = |f: &Form| f.coefficient(column).is_some();
            assert!(!forms.iter().any(|(_, c)| c.iter().any(speaks)), "a constraint on {}", col::name(params, column));
        }
        let lookups = Flag::ALL.iter().map(|f| decompose::tables(*f, params)).collect();
        Self { params, constraints, forms, lookups }
    }

    /// The public column of the step's number, on which nothing depends.
    pub fn step_column(&self) -> Var {
        col::step(self.params)
    }

    /// Everything that can be taken away.
    pub fn deletions(&self) -> Vec<Deletion> {
        let lookups = Flag::ALL.into_iter().zip(&self.lookups);
        let lookups = lookups.flat_map(|(f, slots)| slots.iter().map(move |(slot, _)| Deletion::Lookup(f, *slot)));
        (0..self.constraints.len()).map(Deletion::Constraint).chain(lookups).collect()
    }

    /// What is taken away, in words.
    pub fn describe(&self, deletion: Deletion) -> String {
        match deletion {
            Deletion::Constraint(k) => format!("constraint: {}", self.constraints[k].name),
            Deletion::Lookup(flag, slot) => format!("lookup: {flag:?} in slot {slot}"),
        }
    }

    /// Whether a row can miss what is taken away: constraints and lookups of flags that it does not have are nothing to it.
    pub fn concerns(&self, deletion: Deletion, row: Option<&Row>) -> bool {
        let has = |f: Flag| row.is_some_and(|r| r.has(f));
        match deletion {
            // Past the last step flags are unknown.
            Deletion::Constraint(k) => row.is_none() || self.forms[k].0.is_none_or(has),
            Deletion::Lookup(f, _) => has(f),
        }
    }

    /// The lookups of a row but for the deleted one.
    fn lookups(&self, row: Row, without: Option<Deletion>) -> impl Iterator<Item = (usize, TableId)> {
        let flags = Flag::ALL.into_iter().zip(&self.lookups).filter(move |(f, _)| row.has(*f));
        flags.flat_map(move |(f, slots)| {
            slots.iter().copied().filter(move |(slot, _)| without != Some(Deletion::Lookup(f, *slot)))
        })
    }

    /// What a row does to the machine: the index of the next row, the result if it is written, and the memory word
    /// that is accessed with what it holds after. Past the last step, its flags, which must all be zero.
    pub fn outputs(&self, given: &Given) -> Vec<Var> {
        let Some(row) = given.row else { return Flag::ALL.map(col::flag).into() };
        let mut out = vec![next_row(self.params)];
        if row.has(Flag::WriteRd) {
            out.push(col::RESULT);
        }
        if row.has(Flag::Mem) {
            out.extend([col::RAM_ADDRESS, col::RAM_POST]);
        }
        out
    }

    /// The unknowns of a row and all that is demanded of them.
    pub fn state(&self, given: &Given, without: Option<Deletion>) -> State {
        let params = self.params;
        let mut state = State::new(num_vars(params), &self.outputs(given));
        let mut know = |var: Var, value: Fr| state.values[var] = Some(value);
        know(col::active(params), Fr::from(u8::from(given.row.is_some())));
        know(col::step(params), Fr::zero());
        if let Some(row) = given.row {
            know(col::PC, Fr::from(given.index));
            let fields = [col::RD, col::RS1, col::RS2, col::IMM, col::NEXT, col::COND];
            for (column, value) in fields.into_iter().zip(row.small_fields()) {
                know(column, Fr::from(value));
            }
            for f in Flag::ALL {
                know(col::flag(f), Fr::from(u8::from(row.has(f))));
            }
            for (flag, column, value) in [(Flag::UseRs1, col::X, given.x), (Flag::UseRs2, col::RS2_VALUE, given.y)] {
                if row.has(flag) {
                    know(column, value);
                }
            }
            self.tuples(row, without, &mut state);
        }
        for (k, (gate, [a, b, c])) in self.forms.iter().enumerate() {
            let is_off = gate.is_some_and(|f| given.row.is_some_and(|row| !row.has(f)));
            if !is_off && without != Some(Deletion::Constraint(k)) {
                state.facts.push(Fact::Product { a: a.clone(), b: b.clone(), c: c.clone() });
            }
        }
        state
    }

    /// What the tuples of a row demand: lookups find entries of tables, the memory word exists, and so does the next row.
    fn tuples(&self, row: Row, without: Option<Deletion>, state: &mut State) {
        let params = self.params;
        for (slot, table) in self.lookups(row, without) {
            let (p, q, v) = (col::slot_p(slot), col::slot_q(slot), col::slot_v(slot));
            let (log_p, log_q) = tables::key_bits(table, params);
            state.domains[p] = Some((0, (1 << log_p) - 1));
            state.domains[q] = Some((0, (1 << log_q) - 1));
            state.domains[v] = Some((0, tables::largest(table, params)));
            state.facts.push(Fact::Lookup { table, p, q, v });
        }
        let next = next_row(params);
        state.domains[next] = Some((0, i128::from(HALT)));
        state.facts.push(Fact::Next { var: next });
        // The tuple of the program counter that is written: address `pc + offset + 1`.
        let mut chain = Form::variable(next);
        chain.add(col::OFFSET, -Fr::one());
        chain.add(col::PC, -Fr::one());
        chain.constant = -Fr::one();
        state.facts.push(Fact::Linear(chain));
        if row.has(Flag::Mem) {
            state.domains[col::RAM_ADDRESS] = Some((0, (1 << 30) - 1));
            state.facts.push(Fact::Memory { address: col::RAM_ADDRESS, writable: col::PERM, held: col::RAM_PRE });
        }
    }

    /// Whether a whole row satisfies everything, by putting it in: no solver takes part.
    ///
    /// # Errors
    /// What it does not satisfy.
    pub fn check(
        &self,
        given: &Given,
        without: Option<Deletion>,
        values: &[Fr],
        surroundings: &dyn super::solver::Surroundings,
    ) -> Result<(), String> {
        let params = self.params;
        let operand = |flag, column: Var, value| !given.row.is_some_and(|row| row.has(flag)) || values[column] == value;
        if !operand(Flag::UseRs1, col::X, given.x) || !operand(Flag::UseRs2, col::RS2_VALUE, given.y) {
            return Err("has other operands than are given".to_owned());
        }
        for (k, (c, (_, [fa, fb, fc]))) in self.constraints.iter().zip(&self.forms).enumerate() {
            let (a, b, c_value) = (c.a.eval(values), c.b.eval(values), c.c.eval(values));
            debug_assert_eq!([fa, fb, fc].map(|f| f.value(values)), [a, b, c_value]);
            if without != Some(Deletion::Constraint(k)) && a * b != c_value {
                return Err(format!("violates: {}", c.name));
            }
        }
        let Some(row) = given.row else { return Ok(()) };
        let small = |var: Var| super::form::signed(values[var]).and_then(|v| u64::try_from(v).ok());
        for (slot, table) in self.lookups(row, without) {
            let (log_p, log_q) = tables::key_bits(table, params);
            let keys = small(col::slot_p(slot)).zip(small(col::slot_q(slot)));
            let keys = keys.filter(|(p, q)| *p < 1 << log_p && *q < 1 << log_q);
            let entry = keys.map(|(p, q)| tables::entry(table, params, p, q));
            if entry.is_none() || small(col::slot_v(slot)) != entry {
                return Err(format!("slot {slot} has no entry of {table:?}"));
            }
        }
        let next = values[col::PC] + values[col::OFFSET] + Fr::one();
        let index = super::form::signed(next).and_then(|n| u32::try_from(n).ok());
        if next != values[next_row(params)] || !index.is_some_and(|n| surroundings.is_row(n)) {
            return Err("there is no next row".to_owned());
        }
        if row.has(Flag::Mem) {
            let word = small(col::RAM_ADDRESS).and_then(|w| u32::try_from(w).ok());
            let cell = word.and_then(|w| surroundings.cell(w));
            let expected = (values[col::PERM], values[col::RAM_PRE]);
            if cell.map(|(writable, held)| (Fr::from(u8::from(writable)), held)) != Some(expected) {
                return Err("there is no such memory word".to_owned());
            }
        }
        Ok(())
    }
}
