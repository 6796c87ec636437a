//! The witness columns of a step, by index. The table with meanings is in `docs/trace-and-constraints.md`.

use lariat_subtables::{
    Params,
    decompose::{Flag, Role, num_slots},
};

/// Index of a column among all columns over the steps: committed ones first, then the public ones.
pub type ColumnId = usize;

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $index:expr, $label:literal;)*) => {
        $($(#[$doc])* pub const $name: ColumnId = $index;)*
        const FIXED_NAMES: &[(ColumnId, &str)] = &[$(($index, $label)),*];
    };
}

columns! {
    /// Bytecode row index.
    PC = 0, "pc";
    /// Destination register.
    RD = 1, "rd";
    /// First source register.
    RS1 = 2, "rs1";
    /// Second source register.
    RS2 = 3, "rs2";
    /// Immediate.
    IMM = 4, "imm";
    /// Jump or branch target as a row index; link of `JALR`.
    NEXT = 5, "next";
    /// Condition code.
    COND = 6, "cond";
    /// Value of `rs1`.
    X = FIRST_FLAG + Flag::COUNT, "x";
    /// Value of `rs2`.
    RS2_VALUE = X + 1, "rs2 value";
    /// Result.
    RESULT = X + 2, "result";
    /// Value of `rd` before the step.
    RD_PRE = X + 3, "rd before";
    /// Carry.
    CARRY = X + 4, "carry";
    /// Read counter of the bytecode row.
    PC_COUNT = X + 5, "bytecode count";
    /// First of four timestamp distances: `rs1`, `rs2`, `rd`, RAM.
    DELTA_TS = X + 6, "timestamp distance";
    /// First of four read counters of the timestamp range table.
    DELTA_COUNT = X + 10, "timestamp range count";
    /// RAM word index.
    RAM_ADDRESS = X + 14, "ram address";
    /// RAM word before.
    RAM_PRE = X + 15, "ram before";
    /// RAM word after.
    RAM_POST = X + 16, "ram after";
    /// Whether the RAM word is writable.
    PERM = X + 17, "ram writable";
    /// Bit 0 of the address.
    BYTE0 = X + 18, "address bit 0";
    /// Bit 1 of the address.
    BYTE1 = X + 19, "address bit 1";
    /// `BYTE1 * (selected half - other half)`.
    HALF_MIX = X + 20, "half mix";
    /// `BYTE0 * 256 (high byte - low byte)`.
    BYTE_MIX = X + 21, "byte mix";
    /// Change of a narrow store.
    DELTA = X + 22, "store delta";
    /// `BYTE0 * DELTA`.
    DELTA_BYTE = X + 23, "store delta byte";
    /// `BYTE1 * (DELTA + 255 DELTA_BYTE)`.
    DELTA_HALF = X + 24, "store delta half";
    /// Multiplicand.
    MULTIPLICAND = X + 25, "multiplicand";
    /// Product, low word.
    PRODUCT_LOW = X + 26, "product low";
    /// Product, high word.
    PRODUCT_HIGH = X + 27, "product high";
    /// Sign of `x`.
    SIGN_X = X + 28, "sign x";
    /// Sign of `y`.
    SIGN_Y = X + 29, "sign y";
    /// Whether the signed product is negative.
    NEGATIVE = X + 30, "negative product";
    /// `SIGN_Y * X`.
    SIGNED_X = X + 31, "signed x";
    /// Divisor is zero.
    ZERO = X + 32, "divisor zero";
    /// Divisor is not zero.
    NONZERO = X + 33, "divisor nonzero";
    /// Branch taken.
    TAKEN = X + 34, "taken";
    /// Distance of the next row from `PC + 1`.
    OFFSET = X + 35, "offset";
    /// The same on `JALR` rows, else zero.
    JALR_OFFSET = X + 36, "jalr offset";
}

/// Column of the first flag; the others follow in the order of [`Flag::ALL`].
pub const FIRST_FLAG: ColumnId = 7;

/// Column of the first slot; a slot takes four: key `P`, key `Q`, value `V`, read counter.
pub const FIRST_SLOT: ColumnId = X + 37;

/// Columns a slot takes.
pub const SLOT_COLUMNS: usize = 4;

/// Column of a flag.
pub const fn flag(f: Flag) -> ColumnId {
    FIRST_FLAG + f as usize
}

/// First key of a slot.
pub const fn slot_p(slot: usize) -> ColumnId {
    FIRST_SLOT + SLOT_COLUMNS * slot
}

/// Second key of a slot.
pub const fn slot_q(slot: usize) -> ColumnId {
    slot_p(slot) + 1
}

/// Value of a slot.
pub const fn slot_v(slot: usize) -> ColumnId {
    slot_p(slot) + 2
}

/// Read counter of a slot.
pub const fn slot_count(slot: usize) -> ColumnId {
    slot_p(slot) + 3
}

/// Number of committed columns over the steps.
pub fn num_committed(params: Params) -> usize {
    FIRST_SLOT + SLOT_COLUMNS * num_slots(params)
}

/// Public column: the step number, zero past the last step.
pub fn step(params: Params) -> ColumnId {
    num_committed(params)
}

/// Public column: one on steps, zero past the last.
pub fn active(params: Params) -> ColumnId {
    num_committed(params) + 1
}

/// Number of columns, committed and public.
pub fn num_columns(params: Params) -> usize {
    num_committed(params) + 2
}

/// The column that a role names, or `None` for the constant.
pub const fn of_role(role: Role) -> Option<ColumnId> {
    Some(match role {
        Role::One => return None,
        Role::X => X,
        Role::Rs2 => RS2_VALUE,
        Role::Imm => IMM,
        Role::Result => RESULT,
        Role::Carry => CARRY,
        Role::Cond => COND,
        Role::Next => NEXT,
        Role::Pc => PC,
        Role::Offset => OFFSET,
        Role::Multiplicand => MULTIPLICAND,
        Role::ProductLow => PRODUCT_LOW,
        Role::ProductHigh => PRODUCT_HIGH,
        Role::SignedX => SIGNED_X,
        Role::RamAddress => RAM_ADDRESS,
        Role::RamPre => RAM_PRE,
        Role::RamPost => RAM_POST,
        Role::Byte0 => BYTE0,
        Role::Byte1 => BYTE1,
        Role::HalfMix => HALF_MIX,
        Role::ByteMix => BYTE_MIX,
        Role::Delta => DELTA,
        Role::DeltaByte => DELTA_BYTE,
        Role::DeltaHalf => DELTA_HALF,
        Role::P(j) => slot_p(j as usize),
        Role::Q(j) => slot_q(j as usize),
        Role::V(j) => slot_v(j as usize),
    })
}

/// A readable name of a committed or public column.
pub fn name(params: Params, column: ColumnId) -> String {
    if column == step(params) {
        return "step".into();
    }
    if column == active(params) {
        return "active".into();
    }
    if (FIRST_FLAG..X).contains(&column) {
        return format!("flag {:?}", Flag::ALL[column - FIRST_FLAG]);
    }
    if column >= FIRST_SLOT {
        let (slot, part) = ((column - FIRST_SLOT) / SLOT_COLUMNS, (column - FIRST_SLOT) % SLOT_COLUMNS);
        return format!("slot {slot} {}", ["p", "q", "v", "count"][part]);
    }
    let (base, label) = FIXED_NAMES.iter().rev().find(|(c, _)| *c <= column).copied().unwrap_or((0, "?"));
    if column == base { label.into() } else { format!("{label} {}", column - base) }
}
