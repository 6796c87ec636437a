//! What a forgery violates, in plain text: rows against the constraint system, tuples as a multiset, cells one by one.

use crate::forger::Forgery;
use ark_ff::{One, PrimeField, Zero};
use lariat_algebra::Fr;
use lariat_jolt_core::{
    bytecode::HALT,
    cells::fixed_cells,
    constraints::{Constraint, constraints},
    operations::{
        FIELD_ADDRESS, FIELD_TS, NUM_FIELDS, Operation, TAG_BYTECODE, TAG_PC, TAG_PRIVATE_BITS, TAG_RAM, TAG_RANGE_TS,
        TAG_REGISTER, TAG_TABLE, Tag, operations,
    },
};
use std::collections::{BTreeSet, HashMap};

/// A tuple as coefficients of `tau, 1, gamma, gamma^2, ...` in its fingerprint. A row or cell without a tuple has the
/// fingerprint one.
pub type Tuple = Vec<Fr>;

/// What a forgery violates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Violations {
    /// Names of constraints that some row violates.
    pub constraints: BTreeSet<String>,
    /// Memories in which reads and final states differ from writes and initial states.
    pub unbalanced: BTreeSet<&'static str>,
    /// Demands on cells.
    pub cells: BTreeSet<&'static str>,
}

impl Violations {
    /// Whether everything holds.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Nothing but these constraints.
    pub fn only_constraints(names: &[&str]) -> Self {
        Self { constraints: names.iter().map(|n| (*n).to_owned()).collect(), ..Self::default() }
    }

    /// Nothing but the balance of tuples of these memories.
    pub fn only_balance(memories: &[&'static str]) -> Self {
        Self { unbalanced: memories.iter().copied().collect(), ..Self::default() }
    }

    /// Nothing but this demand on cells.
    pub fn only_cells(name: &'static str) -> Self {
        Self { cells: BTreeSet::from([name]), ..Self::default() }
    }
}

impl Forgery {
    /// What of the protocol's demands this violates.
    pub fn violations(&self) -> Violations {
        let mut out = Violations::default();
        let system = constraints(self.params(), self.program.bytecode().code_base);
        let ops = operations(self.params());
        let mut balance = Balance::default();
        for i in 0..self.rows() {
            let z = self.row(i);
            out.constraints.extend(violated(&system, &z).map(|c| c.name.clone()));
            for op in &ops {
                let [read, write] = op_tuples(op, &z);
                balance.read(read);
                balance.write(write);
            }
        }
        let state = |index: u32, time: u64| {
            let mut t = vec![Fr::zero(); NUM_FIELDS + 1];
            t[0] = Fr::one();
            t[1] = Fr::from(TAG_PC);
            t[1 + FIELD_ADDRESS] = Fr::from(index);
            t[1 + FIELD_TS] = Fr::from(time);
            t
        };
        balance.write(state(self.program.bytecode().entry, 0));
        balance.read(state(HALT, self.header.steps));
        for (&at, c) in &self.cells {
            let [first, last] = self.cell_tuples(at, c);
            balance.write(first);
            balance.read(last);
            if !c.touched.is_zero() && !c.touched.is_one() {
                out.cells.insert("touched is a bit");
            }
            if !(c.value - c.touched * c.value).is_zero() {
                out.cells.insert("an untouched cell has value zero");
            }
            if !c.touched.is_zero() && self.place(at).is_none() {
                out.cells.insert("vacant cells are untouched");
            }
        }
        for (at, word) in fixed_cells(&self.layout, &self.header) {
            if self.cells.get(&at).copied().unwrap_or_default().value != Fr::from(word) {
                out.cells.insert("final values of the statement");
            }
        }
        self.check_private(&mut out);
        out.unbalanced = balance.unbalanced();
        out
    }

    /// The length of the private input, and the bits of its last word.
    fn check_private(&self, out: &mut Violations) {
        if self.private[0] != Fr::from(self.header.private_bytes) {
            out.cells.insert("length of the private input");
        }
        let touched = |j: u32| self.cells.get(&self.private_bit(j as usize)).map_or_else(Fr::zero, |c| c.touched);
        let bits = self.header.private_tail_bits();
        let sum: Fr = (0..bits).map(|j| touched(j) * Fr::from(1u32 << j)).sum();
        if bits > 0 && self.private[self.header.private_words() as usize - 1] != sum {
            out.cells.insert("last word of the private input");
        }
    }
}

/// Tuples written minus tuples read.
#[derive(Default)]
pub struct Balance(HashMap<Tuple, i64>);

impl Balance {
    fn add(&mut self, tuple: Tuple, count: i64) {
        // The fingerprint one: no tuple.
        if tuple[0].is_zero() && tuple[1].is_one() && tuple[2..].iter().all(Zero::is_zero) {
            return;
        }
        *self.0.entry(tuple).or_default() += count;
    }

    pub fn read(&mut self, tuple: Tuple) {
        self.add(tuple, -1);
    }

    pub fn write(&mut self, tuple: Tuple) {
        self.add(tuple, 1);
    }

    pub fn holds(&self) -> bool {
        self.0.values().all(|&n| n == 0)
    }

    /// The memories of tuples that are left over.
    pub fn unbalanced(&self) -> BTreeSet<&'static str> {
        self.0.iter().filter(|(_, n)| **n != 0).map(|(tuple, _)| memory_of(tuple)).collect()
    }
}

/// The memory that a tuple belongs to, by its tag.
fn memory_of(tuple: &Tuple) -> &'static str {
    match small(tuple[1]) {
        _ if !tuple[0].is_one() => "no memory",
        Some(tag) => match u32::try_from(tag) {
            Ok(TAG_PC) => "pc",
            Ok(TAG_BYTECODE) => "bytecode",
            Ok(TAG_REGISTER) => "registers",
            Ok(TAG_RAM) => "ram",
            Ok(TAG_RANGE_TS) => "timestamps",
            Ok(TAG_PRIVATE_BITS) => "private bits",
            Ok(TAG_TABLE..) => "tables",
            _ => "no memory",
        },
        None => "no memory",
    }
}

/// The constraints that a row violates.
pub fn violated<'a>(system: &'a [Constraint], z: &'a [Fr]) -> impl Iterator<Item = &'a Constraint> {
    system.iter().filter(|c| c.a.eval(z) * c.b.eval(z) != c.c.eval(z))
}

/// The tuples that an operation reads and writes on a row.
pub fn op_tuples(op: &Operation, z: &[Fr]) -> [Tuple; 2] {
    let active = op.active.eval(z);
    let mut base = vec![Fr::zero(); NUM_FIELDS + 1];
    base[0] = active;
    base[1] = Fr::one() - active;
    match &op.tag {
        Tag::Fixed(tag) => base[1] += active * Fr::from(*tag),
        Tag::PerFlag(tags) => base[1] += tags.iter().map(|&(c, tag)| z[c] * Fr::from(tag)).sum::<Fr>(),
    }
    let mut read = base.clone();
    for (f, form) in &op.read {
        read[1 + f] += active * form.eval(z);
    }
    let mut write = base;
    for (f, form) in &op.read {
        let form = op.write.iter().find(|w| w.0 == *f).map_or(form, |w| &w.1);
        write[1 + f] += active * form.eval(z);
    }
    [read, write]
}

/// A field element as a small integer, if it is one.
pub fn small(x: Fr) -> Option<u64> {
    let limbs = x.into_bigint().0;
    (limbs[1..] == [0; 3]).then_some(limbs[0])
}
