//! Flags, rows of instructions, and the tables that they look up.

use crate::{run, table};
use lariat_emulator::isa::{Format, Instruction, Opcode};
use lariat_jolt_core::{
    Params,
    bytecode::{Bytecode, HALT, Row, VIRTUAL_BASE},
    columns as col,
    operations::slot_users,
};
use lariat_subtables::{
    TableId, all,
    decompose::{self, Flag},
    table as subtable,
};
use std::collections::BTreeSet;

/// Every instruction with operands in `x5`, `x6`, `x7`.
fn specimens() -> Vec<Instruction> {
    let specimen = |op: Opcode| match op.format() {
        Format::Upper => Instruction::u_type(op, 5, 0x1000),
        Format::Jump => Instruction::jal(5, 8),
        Format::JumpRegister | Format::Immediate => Instruction::i_type(op, 5, 6, 8),
        Format::Branch => Instruction::branch(op, 6, 7, 8),
        Format::Load => Instruction::load(op, 5, 6, 8),
        Format::Store => Instruction::store(op, 7, 6, 8),
        Format::ShiftImmediate => Instruction::i_type(op, 5, 6, 3),
        Format::Register => Instruction::r_type(op, 5, 6, 7),
        Format::System => Instruction::system(op),
        Format::Illegal => unreachable!("not an instruction"),
    };
    Opcode::ALL.into_iter().filter(|op| *op != Opcode::Illegal).map(specimen).collect()
}

/// The bytecode of a program that holds every instruction once.
pub fn every_instruction() -> lariat_jolt_core::Program {
    run::program(&specimens())
}

/// Rows of each instruction, in order.
fn sequences() -> Vec<(Opcode, Vec<Row>)> {
    let program = every_instruction();
    let bytecode: &Bytecode = program.bytecode();
    let rows = |i: usize| {
        let (first, count) = bytecode.sequences[i];
        let virtual_rows = (0..u32::from(count)).map(move |k| VIRTUAL_BASE + first + k);
        std::iter::once(i as u32).chain(virtual_rows).map(|k| *bytecode.row(k).unwrap()).collect()
    };
    specimens().iter().enumerate().map(|(i, s)| (s.op, rows(i))).collect()
}

fn flags_of(row: &Row) -> Vec<Flag> {
    Flag::ALL.into_iter().filter(|f| row.has(*f)).collect()
}

fn code<T: std::fmt::Debug>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|i| format!("`{i:?}`")).collect::<Vec<_>>().join(" ")
}

fn meaning(flag: Flag) -> &'static str {
    match flag {
        Flag::UseRs1 => "reads `rs1`; without it `x = 0`",
        Flag::UseRs2 => "reads `rs2`; without it `rs2 value = 0`",
        Flag::WriteRd => "writes `result` to `rd`; never set for `x0`",
        Flag::Mem => "accesses the RAM word at `x + imm`",
        Flag::Store => "the access may change the word, which must be writable",
        Flag::Add => "`result = x + y mod 2^32`",
        Flag::Sub => "`result = x − y mod 2^32`",
        Flag::And => "`result = x and y`",
        Flag::Or => "`result = x or y`",
        Flag::Xor => "`result = x xor y`",
        Flag::CmpU => "compares `x` and `y` as unsigned words under `cond`",
        Flag::CmpS => "compares them as signed words",
        Flag::Set => "`result` is the verdict",
        Flag::Branch => "`taken` is the verdict",
        Flag::Sll => "`result = x << (y mod 32)`",
        Flag::Srl => "`result = x >> (y mod 32)`, zeros shifted in",
        Flag::Sra => "the same, signs shifted in",
        Flag::Mul => "`result` is the low word of `x · y`",
        Flag::MulHigh => "`result` is the high word of `x · y`",
        Flag::SignX => "`x` is signed in the product",
        Flag::SignY => "`y` is signed in the product, or selects a negation",
        Flag::DivU => "`result` is the quotient of `x` by `y`, unsigned",
        Flag::RemU => "`result` is the remainder",
        Flag::NegIf => "`result = −x mod 2^32` if `y < 0`, else `x`",
        Flag::Lb => "signed byte of the word",
        Flag::Lbu => "unsigned byte",
        Flag::Lh => "signed half",
        Flag::Lhu => "unsigned half",
        Flag::Lw => "the word",
        Flag::Sb => "replaces a byte",
        Flag::Sh => "replaces a half",
        Flag::Sw => "replaces the word by `rs2 value`",
        Flag::Const => "`result = imm`",
        Flag::Jump => "the next row is `next`",
        Flag::Jalr => "the next row is that of address `x + imm`, bit 0 cleared; `result = next`",
        Flag::Exit => "`x = 93`",
    }
}

/// The table of flags.
pub fn flags() -> String {
    let sequences = sequences();
    let rows = Flag::ALL.into_iter().enumerate().map(|(bit, f)| {
        let users: Vec<String> = sequences
            .iter()
            .filter_map(|(op, rows)| {
                let at: Vec<String> =
                    (0..rows.len()).filter(|k| rows[*k].has(f)).map(|k| (k + 1).to_string()).collect();
                match (at.len(), rows.len()) {
                    (0, _) => None,
                    (_, 1) => Some(op.to_string()),
                    _ => Some(format!("{op} (row {})", at.join(", "))),
                }
            })
            .collect();
        assert!(!users.is_empty(), "a flag that nothing sets");
        let users =
            if users.len() > 24 { format!("{} instructions, see below", users.len()) } else { users.join(", ") };
        [bit.to_string(), col::flag(f).to_string(), format!("`{f:?}`"), meaning(f).into(), users]
    });
    table(&["bit", "column", "flag", "says", "set by"], rows)
}

/// Rows of each instruction with their flags.
pub fn rows() -> String {
    let mut lines: Vec<[String; 6]> = Vec::new();
    for (op, rows) in sequences() {
        for (k, row) in rows.iter().enumerate() {
            let name = if rows.len() == 1 { op.to_string() } else { format!("{op}, row {} of {}", k + 1, rows.len()) };
            let register = |flag: Flag, r: u8| match r {
                _ if !row.has(flag) => "–".into(),
                5 => "rd".into(),
                6 => "rs1".into(),
                7 => "rs2".into(),
                r if r >= 32 => format!("v{}", r - 32),
                r => format!("x{r}"),
            };
            let next = match row.next {
                _ if row.has(Flag::Jalr) => "computed".into(),
                _ if row.has(Flag::Branch) => "target or + 1".into(),
                _ if !row.has(Flag::Jump) => "+ 1".into(),
                HALT => "halt".into(),
                n if n >= VIRTUAL_BASE => "next virtual row".into(),
                _ if rows.len() > 1 => "instruction after".into(),
                _ => "target".into(),
            };
            let flags = flags_of(row);
            let plain = [Flag::UseRs1, Flag::UseRs2, Flag::WriteRd, Flag::Jump];
            let shown = flags.into_iter().filter(|f| !plain.contains(f));
            lines.push([
                name,
                register(Flag::WriteRd, row.rd),
                register(Flag::UseRs1, row.rs1),
                register(Flag::UseRs2, row.rs2),
                code(shown),
                next,
            ]);
        }
    }
    table(&["instruction", "writes", "reads as `x`", "reads as `y`", "flags", "next row"], lines)
}

/// `0-3 cmp_u, 4 decide` from `(slot, table)` pairs.
fn slots(params: Params, mut lookups: Vec<(usize, TableId)>) -> String {
    lookups.sort_by_key(|l| l.0);
    let distinct: BTreeSet<usize> = lookups.iter().map(|l| l.0).collect();
    assert_eq!(distinct.len(), lookups.len(), "two lookups of a row in one slot");
    let mut parts: Vec<(usize, usize, &'static str)> = Vec::new();
    for (slot, id) in lookups {
        let name = subtable(id, params).name();
        match parts.last_mut() {
            Some((_, to, last)) if *last == name && *to + 1 == slot => *to = slot,
            _ => parts.push((slot, slot, name)),
        }
    }
    let show = |(from, to, name): (usize, usize, &str)| {
        if from == to { format!("{from} `{name}`") } else { format!("{from}–{to} `{name}`") }
    };
    parts.into_iter().map(show).collect::<Vec<_>>().join(", ")
}

/// Lookups of each instruction by slot.
pub fn lookups(params: Params) -> String {
    let mut lines: Vec<[String; 3]> = Vec::new();
    for (op, rows) in sequences() {
        for (k, row) in rows.iter().enumerate() {
            let name = if rows.len() == 1 { op.to_string() } else { format!("{op}, row {}", k + 1) };
            let lookups: Vec<_> = flags_of(row).into_iter().flat_map(|f| decompose::tables(f, params)).collect();
            let count = lookups.len();
            let slots = if count == 0 { "–".into() } else { slots(params, lookups) };
            match lines.last_mut() {
                Some(last) if last[2] == slots && rows.len() == 1 && !last[0].contains("row") => {
                    last[0] += &format!(", {name}");
                }
                _ => lines.push([name, count.to_string(), slots]),
            }
        }
    }
    table(&["instruction", "lookups", "tables by slot"], lines)
}

/// The lookup tables, their keys at both chunkings, and their users.
pub fn tables() -> String {
    let users = |id: TableId| -> BTreeSet<String> {
        [Params::M16, Params::M8]
            .into_iter()
            .flat_map(|p| slot_users(p).into_iter().flatten())
            .filter(|(_, t)| t.id() == id.id())
            .map(|(f, _)| format!("`{f:?}`"))
            .collect()
    };
    let keys = |p: Params, id: TableId| {
        let t = all(p).into_iter().find(|t| t.id() == id.id()).map(|t| subtable(t, p));
        t.map_or("none".into(), |t| match t.log_q() {
            0 => format!("{}", t.log_p()),
            q => format!("{} + {q}", t.log_p()),
        })
    };
    let mut ids: Vec<TableId> = all(Params::M16);
    ids.extend(all(Params::M8).into_iter().filter(|t| all(Params::M16).iter().all(|u| u.id() != t.id())));
    ids.sort_by_key(|t| t.id());
    let rows = ids.into_iter().map(|id| {
        let params = if all(Params::M16).iter().any(|t| t.id() == id.id()) { Params::M16 } else { Params::M8 };
        let name = subtable(id, params).name();
        [
            format!("{:#04x}", id.id()),
            format!("`{name}`"),
            keys(Params::M16, id),
            keys(Params::M8, id),
            users(id).into_iter().collect::<Vec<_>>().join(" "),
        ]
    });
    table(&["id", "table", "key bits, `log M = 16`", "key bits, `log M = 8`", "looked up by"], rows)
}
