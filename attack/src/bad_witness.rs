//! One entry of an honest witness changed, on every kind of row and in every committed column, and proven by honest
//! code: the verifier rejects.
//!
//! A change is bad if a plain check says so: constraints of its row, and tuples as multisets. Changes that this check
//! finds harmless are in columns that the row does not use; which these are is listed here, column by column and with
//! the reason, and the list must be exact. For a sample of all changes the proof is made and verified, and the
//! verdict must be that of the plain check.

use crate::{
    checker::{Balance, op_tuples},
    kinds::{INPUT, Kind, PRIVATE, all_kinds, every_kind, kind_of},
    programs::{honest_witness, nightly, small},
};
use lariat_algebra::{Fr, column::ColumnData};
use lariat_emulator::{isa::Opcode, test_util::Rng};
use lariat_jolt_core::{
    Config, Inputs, Params, Program, VerifiedStatement, columns as col,
    constraints::{Affine, Constraint, constraints},
    operations::{Operation, Tag, operations},
    prove_witness, verify,
    witness::Witness,
};
use lariat_subtables::decompose::{Flag, num_operand_chunks, num_range_chunks};
use std::collections::BTreeMap;

const INPUTS: Inputs<'static> = Inputs { public: INPUT, private: PRIVATE };

/// Two changes for each entry: the next value and one farther away.
const DELTAS: [u32; 2] = [1, 0x45];

struct Subject {
    program: Program,
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
struct Change {
    kind: Kind,
    row: usize,
    column: usize,
    delta: u32,
}

impl Subject {
    fn new(panicking: bool, config: Config) -> Self {
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
        let proven = prove_witness(&program, witness.clone(), &crate::test_schemes(), &mut |_| {}).unwrap();
        let statement = verify(&program, &proven.proof, &crate::test_schemes()).unwrap();
        Self { program, witness, by_column, rows, statement }
    }

    fn params(&self) -> Params {
        self.witness.header.config.params
    }

    fn row(&self, row: usize) -> Vec<Fr> {
        self.witness.columns.iter().map(|c| c.get(row)).collect()
    }

    /// Every change that the tests know.
    fn changes(&self) -> Vec<Change> {
        let rows = self.rows.iter().flat_map(|(&kind, rows)| rows.iter().map(move |&row| (kind, row)));
        rows.flat_map(|(kind, row)| {
            let columns = 0..col::num_committed(self.params());
            columns.flat_map(move |column| DELTAS.map(|delta| Change { kind, row, column, delta }))
        })
        .collect()
    }

    /// Whether the changed row may stand in the place of the honest one, all else being equal.
    fn is_harmless(&self, before: &[Fr], change: Change) -> bool {
        let mut column = self.witness.columns[change.column].clone();
        apply(column.data_mut(), change);
        let mut after = before.to_vec();
        after[change.column] = column.get(change.row);
        assert_ne!(before[change.column], after[change.column], "{change:?} changes something");
        let (constraints, operations) = &self.by_column[change.column];
        if constraints.iter().any(|c| c.a.eval(&after) * c.b.eval(&after) != c.c.eval(&after)) {
            return false;
        }
        let mut balance = Balance::default();
        for op in operations {
            let ([read, write], [new_read, new_write]) = (op_tuples(op, before), op_tuples(op, &after));
            balance.read(new_read);
            balance.write(new_write);
            balance.write(read);
            balance.read(write);
        }
        balance.holds()
    }

    /// The reason for which a row does not use a column, if it does not.
    fn unused(&self, kind: Kind, row: usize, column: usize) -> Option<&'static str> {
        let flags = self.program.bytecode().row(self.int(row, col::PC) as u32).unwrap();
        let has = |f: Flag| flags.has(f);
        let any = |list: &[Flag]| list.iter().any(|f| has(*f));
        let y = self.int(row, col::RS2_VALUE) + self.int(row, col::IMM);
        let bits = [self.int(row, col::BYTE0), self.int(row, col::BYTE1)];
        let unless = |used: bool, reason| (!used).then_some(reason);
        match column {
            c if c == col::DELTA_TS || c == col::DELTA_COUNT => unless(has(Flag::UseRs1), "no rs1 is read"),
            c if c == col::DELTA_TS + 1 || c == col::DELTA_COUNT + 1 => unless(has(Flag::UseRs2), "no rs2 is read"),
            c if c == col::RD_PRE || c == col::DELTA_TS + 2 || c == col::DELTA_COUNT + 2 => {
                unless(has(Flag::WriteRd), "no register is written")
            }
            c if c == col::DELTA_TS + 3 || c == col::DELTA_COUNT + 3 => unless(has(Flag::Mem), "no RAM access"),
            col::RAM_ADDRESS | col::RAM_PRE | col::RAM_POST | col::PERM => unless(has(Flag::Mem), "no RAM access"),
            col::RESULT => unless(!is_without_result(kind), "the row has no result"),
            col::CARRY => unless(
                any(&[Flag::Add, Flag::Sub, Flag::NegIf, Flag::Jalr, Flag::Mem]),
                "nothing is added that may wrap around",
            ),
            col::BYTE0 => unless(
                any(&[Flag::Mem, Flag::Jalr]) || self.byte_difference(row) != 0,
                "no address; the byte mix is zero either way",
            ),
            col::BYTE1 => {
                unless(has(Flag::Mem) || self.half_difference(row) != 0, "no address; the half mix is zero either way")
            }
            col::DELTA => unless(
                any(&[Flag::Sb, Flag::Sh]) || bits != [0, 0],
                "no narrow store; the delta's products with address bits are zero",
            ),
            col::MULTIPLICAND => unless(
                any(&[Flag::Mul, Flag::MulHigh, Flag::DivU, Flag::RemU]) || y != 0,
                "no product; what is multiplied with y = 0",
            ),
            c if c >= col::FIRST_SLOT => {
                let (slot, part) =
                    ((c - col::FIRST_SLOT) / col::SLOT_COLUMNS, (c - col::FIRST_SLOT) % col::SLOT_COLUMNS);
                // The byte that Lbu and Sb select is tied by relations to bytes that are looked up.
                let tied = part == 0 && slot == num_range_chunks(self.params()) && any(&[Flag::Lbu, Flag::Sb]);
                unless(tied || slots_of(has, self.params()).contains(&slot), "the slot makes no lookup")
            }
            _ => None,
        }
    }

    fn int(&self, row: usize, column: usize) -> i128 {
        self.witness.columns[column].get_int(row).unwrap()
    }

    /// First range chunks of a row as halves: the number in slots `0..h` and that in slots `h..2h`.
    fn halves(&self, row: usize) -> [i128; 2] {
        let p = |slot| self.int(row, col::slot_p(slot));
        if self.params() == Params::M16 { [p(0), p(1)] } else { [p(0) + 256 * p(1), p(2) + 256 * p(3)] }
    }

    fn half_difference(&self, row: usize) -> i128 {
        let [selected, other] = self.halves(row);
        selected - other
    }

    fn byte_difference(&self, row: usize) -> i128 {
        let low = if self.params() == Params::M16 { col::slot_v(0) } else { col::slot_p(0) };
        self.halves(row)[0] - 257 * self.int(row, low)
    }
}

/// Instructions that compute nothing.
fn is_without_result(kind: Kind) -> bool {
    use Opcode::{Beq, Bge, Bgeu, Blt, Bltu, Bne, Ebreak, Ecall, Sb, Sh, Sw};
    match kind.op {
        Beq | Bne | Blt | Bge | Bltu | Bgeu | Sb | Sh | Sw | Ecall => true,
        Ebreak => kind.part == 1,
        _ => false,
    }
}

/// Slots that a row with these flags looks up, written down anew.
fn slots_of(has: impl Fn(Flag) -> bool, params: Params) -> Vec<usize> {
    let (c, r) = (num_operand_chunks(params), num_range_chunks(params));
    let mut slots = Vec::new();
    for f in Flag::ALL.into_iter().filter(|f| has(*f)) {
        match f {
            Flag::Add | Flag::Sub | Flag::NegIf | Flag::Jalr | Flag::Lw | Flag::Lh | Flag::Lhu | Flag::Lbu => {
                slots.extend(0..r);
            }
            Flag::Lb => slots.extend(0..=r),
            Flag::Sb | Flag::Sh => slots.extend((0..r).chain(r + 1..=2 * r)),
            Flag::And | Flag::Or | Flag::Xor => slots.extend(0..c),
            Flag::CmpU | Flag::CmpS => slots.extend(0..=c),
            Flag::Sll | Flag::Srl | Flag::Sra => slots.extend(0..c + r),
            Flag::Mul | Flag::MulHigh => slots.extend(0..2 * r),
            Flag::SignX => slots.extend(2 * r..3 * r),
            Flag::SignY => slots.extend(3 * r..4 * r),
            Flag::DivU | Flag::RemU => slots.extend(0..3 * r),
            _ => {}
        }
    }
    slots
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

#[test]
fn the_subjects_have_every_kind_of_row() {
    let kinds = |panicking| Subject::new(panicking, small()).rows.into_keys();
    let mut found: Vec<Kind> = kinds(false).chain(kinds(true)).collect();
    found.sort();
    found.dedup();
    let mut expected = all_kinds();
    expected.sort();
    assert_eq!(found, expected);
}

/// No column is free on any kind of row but those that are listed with a reason, and all of these are.
#[test]
fn exactly_the_unused_columns_are_free() {
    for params in Params::ALL {
        for panicking in [false, true] {
            let subject = Subject::new(panicking, Config { params, ..small() });
            let (mut free, mut bound) = (0, 0);
            for change in subject.changes() {
                let harmless = subject.is_harmless(&subject.row(change.row), change);
                let reason = subject.unused(change.kind, change.row, change.column);
                let name = col::name(params, change.column);
                assert_eq!(
                    harmless,
                    reason.is_some(),
                    "column `{name}` on a row of {} ({change:?}); listed as: {reason:?}",
                    change.kind
                );
                *(if harmless { &mut free } else { &mut bound }) += 1;
            }
            println!("log_m = {}: {bound} bad changes, {free} harmless ones", params.log_m());
            assert!(bound > free && free > 0);
        }
    }
}

/// Proofs of changed witnesses: at least 500, all (column, kind) pairs of every table size with `LARIAT_NIGHTLY=1`.
#[test]
fn rejects_every_bad_change_of_one_entry() {
    const SEED: u64 = 0x6261_645f_7769_746e;
    const SAMPLE: usize = 800;
    println!("seed {SEED:#x}");
    let mut rng = Rng::new(SEED);
    let (mut rejected, mut accepted) = (0, 0);
    let subjects: Vec<Subject> = if nightly() {
        Params::ALL
            .into_iter()
            .flat_map(|params| [false, true].map(|panicking| Subject::new(panicking, Config { params, ..small() })))
            .collect()
    } else {
        vec![Subject::new(false, small()), Subject::new(true, small())]
    };
    for (number, subject) in subjects.iter().enumerate() {
        // One change for each pair of column and kind, then a sample of them.
        let mut by_pair: BTreeMap<(usize, Kind), Vec<Change>> = BTreeMap::new();
        for change in subject.changes() {
            by_pair.entry((change.column, change.kind)).or_default().push(change);
        }
        let mut picked: Vec<Change> = by_pair.into_values().map(|changes| rng.pick(&changes)).collect();
        if !nightly() {
            // Without a panic, all but the rows of ebreak are present; with it, only those are of interest.
            picked.retain(|c| number == 0 || c.kind.op == Opcode::Ebreak);
            let wanted = if number == 0 { SAMPLE - 60 } else { 60 };
            while picked.len() > wanted {
                picked.swap_remove(rng.below(picked.len() as u32) as usize);
            }
        }
        for change in picked {
            let harmless = subject.is_harmless(&subject.row(change.row), change);
            let mut witness = subject.witness.clone();
            apply(witness.columns[change.column].data_mut(), change);
            let proof = prove_witness(&subject.program, witness, &crate::test_schemes(), &mut |_| {}).unwrap().proof;
            let name = col::name(subject.params(), change.column);
            if let Ok(statement) = verify(&subject.program, &proof, &crate::test_schemes()) {
                assert!(harmless, "accepts {change:?} in `{name}`");
                assert_eq!(statement, subject.statement, "a change where it is harmless changes no statement");
                accepted += 1;
            } else {
                assert!(!harmless, "refuses {change:?} in `{name}`");
                rejected += 1;
            }
        }
    }
    println!("{rejected} bad witnesses rejected, {accepted} harmless changes accepted");
    assert!(rejected >= 500 && accepted >= 100, "{rejected} + {accepted}");
}

/// The same for cells: what the prover says of the last state of every touched cell.
#[test]
fn rejects_every_bad_change_of_a_cell() {
    const SEED: u64 = 0x6261_645f_6365_6c6c;
    println!("seed {SEED:#x}");
    let mut rng = Rng::new(SEED);
    let subject = Subject::new(false, small());
    let count = if nightly() { subject.witness.cells.len() } else { 60 };
    let all: Vec<usize> = (0..subject.witness.cells.len()).collect();
    for _ in 0..count {
        let at = rng.pick(&all);
        for part in 0..3 {
            let mut witness = subject.witness.clone();
            match part {
                0 => witness.cells[at].value = witness.cells[at].value.wrapping_add(1 + rng.below(100)),
                1 => witness.cells[at].timestamp = witness.cells[at].timestamp.wrapping_add(1 + rng.below(100)),
                _ => {
                    witness.cells.remove(at);
                }
            }
            let proof = prove_witness(&subject.program, witness, &crate::test_schemes(), &mut |_| {}).unwrap().proof;
            let verdict = verify(&subject.program, &proof, &crate::test_schemes());
            assert!(verdict.is_err(), "accepts a change of {:?}", subject.witness.cells[at]);
        }
    }
}
