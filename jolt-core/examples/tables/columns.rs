//! The witness columns.

use crate::{run, table};
use lariat_algebra::column::ColumnData;
use lariat_jolt_core::{Params, columns as col};
use lariat_subtables::decompose::num_slots;

/// Columns that are neither flags nor slots: meaning, and the rows on which they may differ from zero.
const MEANINGS: &[(col::ColumnId, &str, &str)] = &[
    (col::PC, "index of the bytecode row", "all steps"),
    (col::RD, "destination register", "`WriteRd`"),
    (col::RS1, "first source register", "`UseRs1`"),
    (col::RS2, "second source register", "`UseRs2`"),
    (col::IMM, "immediate, as a 32-bit word", "rows whose bytecode row has one"),
    (col::NEXT, "row index of the target of a jump or branch; link (`pc + 4`) of `JALR`", "`Jump`, `Branch`, `Jalr`"),
    (col::COND, "condition: 0 below, 1 not below, 2 equal, 3 different", "`CmpU`, `CmpS`"),
    (col::X, "value of `rs1`, the first operand", "`UseRs1`"),
    (col::RS2_VALUE, "value of `rs2`; the second operand is `y = rs2 value + imm`", "`UseRs2`"),
    (col::RESULT, "result; written to `rd` under `WriteRd`", "all that compute one, `rd = x0` included"),
    (col::RD_PRE, "value of `rd` before the step", "`WriteRd`"),
    (
        col::CARRY,
        "carry of a sum or an address, borrow of a difference, wrap of a negation",
        "`Add` `Sub` `NegIf` `Mem` `Jalr`",
    ),
    (col::PC_COUNT, "how often the bytecode row was read before", "all steps"),
    (col::DELTA_TS, "timestamp distance of the `rs1` access", "`UseRs1`"),
    (col::DELTA_TS + 1, "timestamp distance of the `rs2` access", "`UseRs2`"),
    (col::DELTA_TS + 2, "timestamp distance of the `rd` access", "`WriteRd`"),
    (col::DELTA_TS + 3, "timestamp distance of the RAM access", "`Mem`"),
    (col::DELTA_COUNT, "how often that `rs1` distance was looked up before", "`UseRs1`"),
    (col::DELTA_COUNT + 1, "the same for `rs2`", "`UseRs2`"),
    (col::DELTA_COUNT + 2, "the same for `rd`", "`WriteRd`"),
    (col::DELTA_COUNT + 3, "the same for RAM", "`Mem`"),
    (col::RAM_ADDRESS, "word index: byte address divided by four", "`Mem`"),
    (col::RAM_PRE, "RAM word before the step", "`Mem`"),
    (col::RAM_POST, "RAM word after the step", "`Mem`"),
    (col::PERM, "whether the RAM word is writable", "`Mem`"),
    (col::BYTE0, "bit 0 of the byte address, or of the target of `JALR`", "`Mem`, `Jalr`"),
    (col::BYTE1, "bit 1 of the byte address", "`Mem`"),
    (col::HALF_MIX, "address bit 1 times (selected half − other half)", "narrow loads and stores"),
    (
        col::BYTE_MIX,
        "address bit 0 times 256 (high byte − low byte) of the selected half",
        "`Lb` `Lbu` `Sb`; `Jalr` to an odd address",
    ),
    (col::DELTA, "new minus old byte or half", "`Sb` `Sh`"),
    (col::DELTA_BYTE, "address bit 0 times `store delta`", "`Sb`"),
    (col::DELTA_HALF, "address bit 1 times (`store delta` + 255 `store delta byte`)", "`Sb` `Sh`"),
    (col::MULTIPLICAND, "first factor of the row's product: `x`, or the quotient", "`Mul` `MulHigh` `DivU` `RemU`"),
    (col::PRODUCT_LOW, "low word of the product", "the same"),
    (col::PRODUCT_HIGH, "high word of the product", "the same"),
    (col::SIGN_X, "whether `x` is negative", "`SignX`"),
    (col::SIGN_Y, "whether `y` is negative", "`SignY`"),
    (col::NEGATIVE, "whether the signed product is negative", "`SignX`"),
    (col::SIGNED_X, "`sign y` times `x`", "`SignY`"),
    (col::ZERO, "whether the divisor is zero", "`DivU` `RemU`"),
    (col::NONZERO, "whether the divisor is not zero", "`DivU` `RemU`"),
    (col::TAKEN, "whether a branch is taken", "`Branch`"),
    (col::OFFSET, "index of the next row minus (`pc` + 1)", "wherever the next row is not the next index"),
    (col::JALR_OFFSET, "the same on `JALR` rows, zero elsewhere", "`Jalr`"),
];

fn kind(data: &ColumnData) -> String {
    match data {
        ColumnData::Bool(_) => "bit",
        ColumnData::U8(_) => "u8",
        ColumnData::U16(_) => "u16",
        ColumnData::U32(_) => "u32",
        ColumnData::I32(_) => "i32",
        ColumnData::U64(_) => "u64",
        ColumnData::Field(_) => "field",
        ColumnData::Sparse(_) => "sparse",
    }
    .into()
}

/// The table of columns, at both chunkings.
pub fn columns() -> String {
    let witness = run::witness(Params::M16);
    let kind_of = |c: col::ColumnId| kind(witness.columns[c].data());
    let mut rows: Vec<[String; 5]> = Vec::new();
    let mut push = |index: String, name: String, kind: String, meaning: &str, set: &str| {
        rows.push([index, name, kind, meaning.into(), set.into()]);
    };
    let mut c = 0;
    while c < col::FIRST_SLOT {
        if c == col::FIRST_FLAG {
            let range = format!("{}–{}", col::FIRST_FLAG, col::X - 1);
            push(range, "flags".into(), kind_of(c), "one per flag, in the order of the table below", "see there");
            c = col::X;
            continue;
        }
        let (_, meaning, set) = MEANINGS.iter().find(|m| m.0 == c).expect("every column has a meaning");
        push(c.to_string(), format!("`{}`", col::name(Params::M16, c)), kind_of(c), meaning, set);
        c += 1;
    }
    for (part, name, meaning) in [
        (0, "slot j p", "first key of lookup `j`"),
        (1, "slot j q", "second key"),
        (2, "slot j v", "value"),
        (3, "slot j count", "how often that cell of that table was read before"),
    ] {
        let index = format!("{} + 4j", col::FIRST_SLOT + part);
        push(
            index,
            format!("`{name}`"),
            kind_of(col::FIRST_SLOT + part),
            meaning,
            "rows with a flag that uses slot `j`",
        );
    }
    let public = |f: fn(Params) -> usize| format!("{} / {}", f(Params::M16), f(Params::M8));
    push(public(col::step), "`step`".into(), "public".into(), "number of the row", "all steps");
    push(public(col::active), "`active`".into(), "public".into(), "one on steps", "all steps");
    let slots = |p: Params| num_slots(p);
    format!(
        "`j` runs over {} slots at `log M = 16` and over {} at `log M = 8`; the two public columns follow.\n\n{}",
        slots(Params::M16),
        slots(Params::M8),
        table(&["index", "name", "kind", "meaning", "not zero on"], rows)
    )
}
