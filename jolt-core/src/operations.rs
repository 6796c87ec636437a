//! The memory operations of a step: which tuples it reads and writes.
//!
//! All memories, read-only tables included, share one multiset equality [Spice18, §4; Lasso23, §5.1; BEGKN91]:
//! `init * writes = reads * final`, over fingerprints `tau + sum_i gamma^i field_i` of tuples
//! `(tag, address, second key, value, timestamp or counter, bytecode fields ...)`. Tags keep the memories apart.

use crate::{bytecode, columns as col, constraints::Affine};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_subtables::{
    Params, TableId,
    decompose::{self, Flag},
};
use lariat_sumcheck::{
    leaves::LeafForm,
    quadratic::{IntForm, LinearForm, QuadraticRelation},
};

/// Tag of the program counter's chain of states.
pub const TAG_PC: u32 = 1;
/// Tag of the bytecode.
pub const TAG_BYTECODE: u32 = 2;
/// Tag of registers.
pub const TAG_REGISTER: u32 = 3;
/// Tag of RAM.
pub const TAG_RAM: u32 = 4;
/// Tag of the table that range-checks timestamp distances.
pub const TAG_RANGE_TS: u32 = 5;
/// Tag of the bits of the private input's last word. No operation has it: its cells are touched or not, and that is all.
pub const TAG_PRIVATE_BITS: u32 = 6;
/// Tag of table `t` is `TAG_TABLE + t.id()`.
pub const TAG_TABLE: u32 = 256;

/// Field of an address or first key.
pub const FIELD_ADDRESS: usize = 1;
/// Field of the second key (tables), or of the write permission (RAM).
pub const FIELD_KEY: usize = 2;
/// Field of the value.
pub const FIELD_VALUE: usize = 3;
/// Field of the timestamp or read counter.
pub const FIELD_TS: usize = 4;
/// First of the bytecode's fields.
pub const FIELD_BYTECODE: usize = 5;
/// Number of fields, the tag included.
pub const NUM_FIELDS: usize = FIELD_BYTECODE + bytecode::NUM_FIELDS;

/// Timestamps of a step's operations are `TS_PER_STEP * step + 1, ..., + 4`.
pub const TS_PER_STEP: u64 = 4;

/// The challenges of the fingerprints.
#[derive(Clone, Debug)]
pub struct Fingerprint {
    /// The offset `tau`.
    pub tau: Fr,
    /// `gamma^i` for field `i`.
    pub powers: Vec<Fr>,
}

impl Fingerprint {
    /// From the challenges `tau` and `gamma`.
    pub fn new(tau: Fr, gamma: Fr) -> Self {
        let powers = std::iter::successors(Some(Fr::one()), |p| Some(*p * gamma)).take(NUM_FIELDS).collect();
        Self { tau, powers }
    }

    /// The fingerprint of the tuple with the given `(field, value)` pairs.
    pub fn of(&self, fields: &[(usize, Fr)]) -> Fr {
        self.tau + fields.iter().map(|&(i, v)| self.powers[i] * v).sum::<Fr>()
    }
}

/// How the tag of an operation's tuples is given.
#[derive(Clone, Debug)]
pub enum Tag {
    /// The same on all rows.
    Fixed(u32),
    /// The sum of tags of the flags that are set; exactly one is, where the operation is active.
    PerFlag(Vec<(col::ColumnId, u32)>),
}

/// One memory operation of a step: a tuple read and a tuple written where `active` is one, nothing where it is zero.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// Whether the row makes it.
    pub active: Affine,
    /// The tag.
    pub tag: Tag,
    /// Fields of the tuple read.
    pub read: Vec<(usize, Affine)>,
    /// Fields of the tuple written that differ from those read.
    pub write: Vec<(usize, Affine)>,
}

/// The leaf polynomial of one side of an operation: `1 + active * product + linear`.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Whether the row makes the operation.
    pub active: IntForm,
    /// What is multiplied with it.
    pub product: LinearForm,
    /// Tags of per-flag tables, and the constant one.
    pub linear: LinearForm,
}

impl Operation {
    fn leaf(&self, fields: &[(usize, &Affine)], fp: &Fingerprint) -> Leaf {
        let mut product = LinearForm { constant: fp.tau - Fr::one(), terms: Vec::new() };
        for (i, form) in fields {
            form.add_to(&mut product, fp.powers[*i]);
        }
        let mut linear = LinearForm { constant: Fr::one(), terms: Vec::new() };
        match &self.tag {
            Tag::Fixed(tag) => product.constant += Fr::from(*tag),
            Tag::PerFlag(tags) => {
                for &(column, tag) in tags {
                    linear.add_term(column, Fr::from(tag));
                }
            }
        }
        Leaf { active: self.active.to_int_form(), product, linear }
    }

    /// The leaf of tuples read.
    pub fn read_leaf(&self, fp: &Fingerprint) -> Leaf {
        self.leaf(&self.read.iter().map(|(i, f)| (*i, f)).collect::<Vec<_>>(), fp)
    }

    /// The leaf of tuples written.
    pub fn write_leaf(&self, fp: &Fingerprint) -> Leaf {
        let fields: Vec<(usize, &Affine)> =
            self.read.iter().map(|(i, f)| (*i, self.write.iter().find(|w| w.0 == *i).map_or(f, |w| &w.1))).collect();
        self.leaf(&fields, fp)
    }
}

impl Leaf {
    /// The leaf as the prover's kernels take it.
    pub fn form(&self) -> LeafForm<'_> {
        LeafForm { active: &self.active, product: &self.product, linear: &self.linear }
    }

    /// Adds `scale * leaf` to a relation.
    pub fn add_to(&self, relation: &mut QuadraticRelation, scale: Fr) {
        let factor = relation.factor_of(&self.active);
        factor.constant += scale * self.product.constant;
        for &(k, c) in &self.product.terms {
            factor.add_term(k, scale * c);
        }
        relation.linear.constant += scale * self.linear.constant;
        for &(k, c) in &self.linear.terms {
            relation.linear.add_term(k, scale * c);
        }
    }
}

/// All operations of a step.
pub fn operations(params: Params) -> Vec<Operation> {
    let column = Affine::column;
    let flag = |f: Flag| column(col::flag(f));
    let (step, active) = (col::step(params), col::active(params));
    let scaled_step = |offset: u64| Affine::constant(i128::from(offset)).plus(step, i128::from(TS_PER_STEP));
    let mut out = vec![
        Operation {
            name: "pc".into(),
            active: column(active),
            tag: Tag::Fixed(TAG_PC),
            read: vec![(FIELD_ADDRESS, column(col::PC)), (FIELD_TS, column(step))],
            write: vec![
                (FIELD_ADDRESS, column(col::PC).plus(col::OFFSET, 1).plus_constant(1)),
                (FIELD_TS, column(step).plus_constant(1)),
            ],
        },
        Operation {
            name: "bytecode".into(),
            active: column(active),
            tag: Tag::Fixed(TAG_BYTECODE),
            read: [(FIELD_ADDRESS, column(col::PC)), (FIELD_TS, column(col::PC_COUNT))]
                .into_iter()
                .chain(
                    [col::RD, col::RS1, col::RS2, col::IMM, col::NEXT, col::COND]
                        .into_iter()
                        .chain(Flag::ALL.map(col::flag))
                        .enumerate()
                        .map(|(i, c)| (FIELD_BYTECODE + i, column(c))),
                )
                .collect(),
            write: vec![(FIELD_TS, column(col::PC_COUNT).plus_constant(1))],
        },
    ];
    // Registers and RAM: (name, flag, tag, address, key, value before, value after).
    let none = Affine::default;
    let accesses = [
        ("rs1", Flag::UseRs1, TAG_REGISTER, col::RS1, none(), col::X, col::X),
        ("rs2", Flag::UseRs2, TAG_REGISTER, col::RS2, none(), col::RS2_VALUE, col::RS2_VALUE),
        ("rd", Flag::WriteRd, TAG_REGISTER, col::RD, none(), col::RD_PRE, col::RESULT),
        ("ram", Flag::Mem, TAG_RAM, col::RAM_ADDRESS, column(col::PERM), col::RAM_PRE, col::RAM_POST),
    ];
    for (k, (name, f, tag, address, key, before, after)) in accesses.into_iter().enumerate() {
        let now = k as u64 + 1;
        // read timestamp = now - 1 - distance
        let read_ts = scaled_step(now - 1).plus(col::DELTA_TS + k, -1);
        out.push(Operation {
            name: name.into(),
            active: flag(f),
            tag: Tag::Fixed(tag),
            read: vec![
                (FIELD_ADDRESS, column(address)),
                (FIELD_KEY, key),
                (FIELD_VALUE, column(before)),
                (FIELD_TS, read_ts),
            ],
            write: vec![(FIELD_VALUE, column(after)), (FIELD_TS, scaled_step(now))],
        });
        let count = column(col::DELTA_COUNT + k);
        out.push(Operation {
            name: format!("{name} timestamp"),
            active: flag(f),
            tag: Tag::Fixed(TAG_RANGE_TS),
            read: vec![(FIELD_ADDRESS, column(col::DELTA_TS + k)), (FIELD_TS, count.clone())],
            write: vec![(FIELD_TS, count.plus_constant(1))],
        });
    }
    for (slot, users) in slot_users(params).into_iter().enumerate() {
        let active = users.iter().fold(none(), |acc, (f, _)| acc.plus(col::flag(*f), 1));
        let count = column(col::slot_count(slot));
        out.push(Operation {
            name: format!("slot {slot}"),
            active,
            tag: Tag::PerFlag(users.iter().map(|(f, t)| (col::flag(*f), TAG_TABLE + u32::from(t.id()))).collect()),
            read: vec![
                (FIELD_ADDRESS, column(col::slot_p(slot))),
                (FIELD_KEY, column(col::slot_q(slot))),
                (FIELD_VALUE, column(col::slot_v(slot))),
                (FIELD_TS, count.clone()),
            ],
            write: vec![(FIELD_TS, count.plus_constant(1))],
        });
    }
    out
}

/// For every slot, the flags that use it and the table each looks up.
pub fn slot_users(params: Params) -> Vec<Vec<(Flag, TableId)>> {
    let mut users = vec![Vec::new(); decompose::num_slots(params)];
    for f in Flag::ALL {
        for (slot, table) in decompose::tables(f, params) {
            users[slot].push((f, table));
        }
    }
    users
}
