//! Completions of an instruction: everything that its rows allow it to do, from a state of the machine.

use super::{
    form::signed,
    machine::Machine,
    search::{Infinite, Search},
    semantics::{self, Effect},
    solver::Surroundings,
    system::{Deletion, Given, System, next_row},
};
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_jolt_core::{
    Params,
    bytecode::{Bytecode, HALT, NUM_REGISTERS, Row, VIRTUAL_BASE, VIRTUAL_REGISTER},
    columns as col,
};
use lariat_subtables::decompose::Flag;

/// Cases that a row may take before it counts as undecided.
const CASES: usize = 4_000;
/// The same where a second completion is looked for after a deletion.
const CASES_OF_DELETIONS: usize = 1_500;
/// Rows of a sequence; a deletion may make one that does not end.
const MAX_ROWS: usize = 6;

/// What an instruction with all its rows does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// Registers that the instruction names and what is written to them.
    pub writes: Vec<(u8, Fr)>,
    /// Memory words, by their address divided by four, and what they hold after.
    pub accesses: Vec<(Fr, Fr)>,
    /// Index of the row after the last.
    pub next: Fr,
}

/// What was found of completions.
#[derive(Clone, Debug, Default)]
pub struct Completions {
    /// Those found, all different.
    pub found: Vec<Completion>,
    /// Whether there are no others.
    pub is_complete: bool,
}

/// An instruction about to be executed: a program, and the state of the machine.
pub struct Scene<'a> {
    /// Demands on rows.
    pub system: &'a System,
    /// The program's rows.
    pub bytecode: &'a Bytecode,
    /// Registers, memory, and the instruction's address.
    pub machine: &'a Machine,
}

impl Surroundings for Scene<'_> {
    fn params(&self) -> Params {
        self.system.params
    }

    fn is_row(&self, index: u32) -> bool {
        index == HALT || self.bytecode.row(index).is_some()
    }

    fn cell(&self, word: u32) -> Option<(bool, Fr)> {
        self.machine.memory.cell(word)
    }

    fn rows(&self, low: u32, high: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        Box::new(self.bytecode.iter().map(|r| r.0).filter(move |i| (low..=high).contains(i)))
    }

    fn words(&self, low: u32, high: u32) -> Box<dyn Iterator<Item = u32> + '_> {
        Box::new(self.machine.memory.mapped(low, high))
    }
}

/// Rows that were followed so far.
#[derive(Clone)]
struct Path {
    index: u32,
    registers: [Fr; NUM_REGISTERS],
    completion: Completion,
    rows: usize,
}

impl Scene<'_> {
    /// Index of the instruction's first row.
    pub fn index(&self) -> u32 {
        self.machine.pc.wrapping_sub(self.bytecode.code_base) / 4
    }

    /// The completion that the specification gives; `None` where the run would be an error.
    pub fn expected(&self) -> Option<Completion> {
        let Effect { write, access, next } = semantics::effect(self.machine).ok()?;
        let next = next.map_or(HALT, |pc| pc.wrapping_sub(self.bytecode.code_base) / 4);
        Some(Completion {
            writes: write.into_iter().map(|(r, word)| (r, Fr::from(word))).collect(),
            accesses: access.into_iter().map(|(word, after)| (Fr::from(word), Fr::from(after))).collect(),
            next: Fr::from(next),
        })
    }

    /// The rows of the instruction, in order.
    pub fn rows(&self) -> Vec<Row> {
        let index = self.index();
        let (first, count) = self.bytecode.sequences.get(index as usize).copied().unwrap_or_default();
        let behind = (0..u32::from(count)).filter_map(|k| self.bytecode.row(VIRTUAL_BASE + first + k));
        self.bytecode.row(index).into_iter().chain(behind).copied().collect()
    }

    /// What is given of a row in a path.
    fn given(&self, path: &Path) -> Option<Given> {
        let row = *self.bytecode.row(path.index)?;
        let register = |r: u8| path.registers[usize::from(r)];
        Some(Given { index: path.index, row: Some(row), x: register(row.rs1), y: register(row.rs2) })
    }

    fn start(&self) -> Path {
        let mut registers = [Fr::zero(); NUM_REGISTERS];
        for (register, &word) in registers.iter_mut().zip(&self.machine.registers) {
            *register = Fr::from(word);
        }
        Path { index: self.index(), registers, completion: Completion::default(), rows: 0 }
    }

    /// Up to two completions: from every completion of a row on to the next row, to the end of the sequence.
    ///
    /// With a deletion the search takes chances where cases are infinite.
    pub fn completions(&self, without: Option<Deletion>) -> Completions {
        let mut out = Completions { found: Vec::new(), is_complete: true };
        self.follow(&self.start(), without, &mut out);
        out
    }

    fn follow(&self, path: &Path, without: Option<Deletion>, out: &mut Completions) {
        let Some(given) = self.given(path) else { return };
        let (infinite, cases) =
            if without.is_some() { (Infinite::Try, CASES_OF_DELETIONS) } else { (Infinite::Report, CASES) };
        let mut search = Search::new(self, infinite, cases);
        let solutions = search.solutions(self.system.state(&given, without), 2);
        out.is_complete &= search.is_complete;
        for values in solutions {
            // The solver is not trusted with what it finds.
            if let Err(what) = self.system.check(&given, without, &values, self) {
                panic!("the solver found a row that {what}");
            }
            if let Some(path) = self.after(path, &given, &values) {
                self.follow(&path, without, out);
            } else {
                let completion = self.ended(path, &given, &values);
                if !out.found.contains(&completion) {
                    out.found.push(completion);
                }
            }
        }
    }

    /// The completion so far with what a row does to registers and memory.
    fn ended(&self, path: &Path, given: &Given, values: &[Fr]) -> Completion {
        let mut completion = path.completion.clone();
        if let Some(row) = given.row {
            if row.has(Flag::WriteRd) && row.rd < VIRTUAL_REGISTER {
                completion.writes.push((row.rd, values[col::RESULT]));
            }
            if row.has(Flag::Mem) {
                completion.accesses.push((values[col::RAM_ADDRESS], values[col::RAM_POST]));
            }
        }
        completion.next = values[next_row(self.system.params)];
        completion
    }

    /// The path behind a row, if it goes on in virtual rows.
    fn after(&self, path: &Path, given: &Given, values: &[Fr]) -> Option<Path> {
        let next = signed(values[next_row(self.system.params)]).and_then(|n| u32::try_from(n).ok())?;
        let goes_on = (VIRTUAL_BASE..HALT).contains(&next) && path.rows < MAX_ROWS && path.index != next;
        goes_on.then(|| {
            let mut registers = path.registers;
            if let Some(row) = given.row.filter(|row| row.has(Flag::WriteRd)) {
                registers[usize::from(row.rd)] = values[col::RESULT];
            }
            Path { index: next, registers, completion: self.ended(path, given, values), rows: path.rows + 1 }
        })
    }

    /// Up to two choices of flags that a row past the last step may have, and whether there are no others.
    pub fn padding(&self, without: Option<Deletion>) -> (Vec<Vec<Fr>>, bool) {
        let given = Given { index: 0, row: None, x: Fr::zero(), y: Fr::zero() };
        let infinite = if without.is_some() { Infinite::Try } else { Infinite::Report };
        let mut search = Search::new(self, infinite, CASES);
        let solutions = search.solutions(self.system.state(&given, without), 2);
        let flags = |values: Vec<Fr>| {
            if let Err(what) = self.system.check(&given, without, &values, self) {
                panic!("the solver found a row that {what}");
            }
            Flag::ALL.iter().map(|f| values[col::flag(*f)]).collect()
        };
        (solutions.into_iter().map(flags).collect(), search.is_complete)
    }

    /// What is given of the instruction's first row, and a solution.
    #[cfg(test)]
    pub fn first_row(&self) -> (Given, Vec<Fr>) {
        let given = self.given(&self.start()).unwrap();
        let mut search = Search::new(self, Infinite::Report, CASES);
        (given, search.solutions(self.system.state(&given, None), 1).remove(0))
    }

    /// What is known of each row of the honest path without distinguishing cases, with what is given of the row: every
    /// witness must have these values.
    pub fn forced(&self, honest: &[Vec<Fr>]) -> Vec<(Given, Option<Vec<Option<Fr>>>)> {
        let mut path = self.start();
        let mut out = Vec::new();
        for values in honest {
            let Some(given) = self.given(&path) else { break };
            let mut state = self.system.state(&given, None);
            let values_of = state.propagate(self).is_ok().then_some(state.values);
            out.push((given, values_of));
            let values = with_next(values);
            match self.after(&path, &given, &values) {
                Some(next) => path = next,
                None => break,
            }
        }
        out
    }
}

/// The values of a row's columns, and the index of the next row.
pub fn with_next(columns: &[Fr]) -> Vec<Fr> {
    let next = columns[col::PC] + columns[col::OFFSET] + Fr::one();
    columns.iter().copied().chain([next]).collect()
}
