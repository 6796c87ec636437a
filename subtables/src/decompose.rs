//! Instruction decompositions: which tables a row looks up, and how table keys and values tie to operands and result
//! (collation), as data that the prover, the verifier, the constraint system and the documentation all read.
//!
//! A row has up to `num_slots` lookups. Slot `j` carries a key `(P_j, Q_j)` and a value `V_j`; which table it reads
//! follows from the row's flags. Words are cut either into `C` operand chunks of `b = log M / 2` bits, keyed in pairs
//! `(x_i, y_i)` (bitwise operations, comparisons, shifts), or into `R` range chunks of `log M` bits (sums, products,
//! memory words); chunk 0 is the least significant. After [Lasso23, §5] and [Jolt24, §6], with two departures: a
//! comparison is `C` three-way chunk comparisons and one lookup that decides, instead of `LTU` and `EQ` products; and
//! a row holds one slot per lookup that it makes, instead of one column per (subtable, chunk) pair.

use crate::{Params, TableId};

/// The flags of a bytecode row. Each turns on its relations, lookups or memory operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // The table of flags is in docs/trace-and-constraints.md.
pub enum Flag {
    UseRs1,
    UseRs2,
    WriteRd,
    Mem,
    Store,
    Add,
    Sub,
    And,
    Or,
    Xor,
    CmpU,
    CmpS,
    Set,
    Branch,
    Sll,
    Srl,
    Sra,
    Mul,
    MulHigh,
    SignX,
    SignY,
    DivU,
    RemU,
    NegIf,
    Lb,
    Lbu,
    Lh,
    Lhu,
    Lw,
    Sb,
    Sh,
    Sw,
    Const,
    Jump,
    Jalr,
    Exit,
}

impl Flag {
    /// Every flag, in the order of its bit.
    pub const ALL: [Self; 36] = [
        Self::UseRs1,
        Self::UseRs2,
        Self::WriteRd,
        Self::Mem,
        Self::Store,
        Self::Add,
        Self::Sub,
        Self::And,
        Self::Or,
        Self::Xor,
        Self::CmpU,
        Self::CmpS,
        Self::Set,
        Self::Branch,
        Self::Sll,
        Self::Srl,
        Self::Sra,
        Self::Mul,
        Self::MulHigh,
        Self::SignX,
        Self::SignY,
        Self::DivU,
        Self::RemU,
        Self::NegIf,
        Self::Lb,
        Self::Lbu,
        Self::Lh,
        Self::Lhu,
        Self::Lw,
        Self::Sb,
        Self::Sh,
        Self::Sw,
        Self::Const,
        Self::Jump,
        Self::Jalr,
        Self::Exit,
    ];

    /// Number of flags.
    pub const COUNT: usize = Self::ALL.len();

    /// The flag's bit in a row's flag set.
    pub const fn bit(self) -> u64 {
        1 << self as u8
    }
}

/// What a relation speaks of: the columns of one row, by their part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The constant one.
    One,
    /// Value of `rs1`.
    X,
    /// Value of `rs2`.
    Rs2,
    /// The immediate of the bytecode row.
    Imm,
    /// The result, written to `rd` if there is one.
    Result,
    /// A carry or borrow bit.
    Carry,
    /// Condition code of a comparison (bytecode).
    Cond,
    /// The second constant of the bytecode row: target of a jump or branch as a row index, link of `JALR`.
    Next,
    /// Index of the bytecode row.
    Pc,
    /// Distance of the row after this one from `Pc + 1`.
    Offset,
    /// The multiplicand of the row's product.
    Multiplicand,
    /// Low 32 bits of the product.
    ProductLow,
    /// High 32 bits of the product.
    ProductHigh,
    /// `[y < 0] * x`.
    SignedX,
    /// RAM word index.
    RamAddress,
    /// RAM word before the row.
    RamPre,
    /// RAM word after the row.
    RamPost,
    /// Bit 0 of the byte address.
    Byte0,
    /// Bit 1 of the byte address.
    Byte1,
    /// `Byte1 * (selected half - other half)`.
    HalfMix,
    /// `Byte0 * 256 * (high byte - low byte)` of the selected half.
    ByteMix,
    /// New minus old byte or half of a narrow store.
    Delta,
    /// `Byte0 * Delta`.
    DeltaByte,
    /// `Byte1 * (Delta + 255 DeltaByte)`.
    DeltaHalf,
    /// First key of a slot.
    P(u8),
    /// Second key of a slot.
    Q(u8),
    /// Value of a slot.
    V(u8),
}

/// A linear combination of roles.
pub type Form = Vec<(Role, i128)>;

/// Number of operand chunks of a word.
pub fn num_operand_chunks(params: Params) -> usize {
    32 / operand_bits(params)
}

/// Bits of an operand chunk.
pub fn operand_bits(params: Params) -> usize {
    params.log_m() / 2
}

/// Number of range chunks of a word.
pub fn num_range_chunks(params: Params) -> usize {
    32 / params.log_m()
}

/// Lookups that a row can make.
pub fn num_slots(params: Params) -> usize {
    4 * num_range_chunks(params)
}

/// Slot from which the sign of `x` is read off its range chunks.
pub fn sign_x_slot(params: Params) -> usize {
    2 * num_range_chunks(params)
}

/// Slot from which the sign of `y` is read off its range chunks.
pub fn sign_y_slot(params: Params) -> usize {
    3 * num_range_chunks(params)
}

/// `sum_i 2^{log M i} P_{start + i}`: a word from its range chunks.
pub fn word(params: Params, start: usize) -> Form {
    (0..num_range_chunks(params)).map(|i| (Role::P((start + i) as u8), 1i128 << (params.log_m() * i))).collect()
}

/// Slots that a 16-bit half takes.
pub fn half_slots(params: Params) -> usize {
    num_range_chunks(params) / 2
}

/// A 16-bit half from its range chunks.
pub fn half(params: Params, start: usize) -> Form {
    (0..half_slots(params)).map(|i| (Role::P((start + i) as u8), 1i128 << (params.log_m() * i))).collect()
}

/// The low byte of a half that starts at slot `start`.
pub fn low_byte(params: Params, start: usize) -> Form {
    let role = if params.log_m() == 16 { Role::V(start as u8) } else { Role::P(start as u8) };
    vec![(role, 1)]
}

/// Slot that holds the byte which a byte access selects; after the four byte or two half slots of the word.
pub fn selected_byte_slot(params: Params) -> usize {
    num_range_chunks(params)
}

/// Slot from which the halves of a narrow store's source register start.
pub fn source_slot(params: Params) -> usize {
    num_range_chunks(params) + 1
}

/// `a + scale * b`.
pub fn plus(mut a: Form, b: &Form, scale: i128) -> Form {
    a.extend(b.iter().map(|&(r, c)| (r, scale * c)));
    a
}

fn one(role: Role) -> Form {
    vec![(role, 1)]
}

/// The second ALU operand: `rs2 + imm`, of which one is zero.
pub fn operand_y() -> Form {
    vec![(Role::Rs2, 1), (Role::Imm, 1)]
}

/// The tables that a flag looks up, by slot.
pub fn tables(flag: Flag, params: Params) -> Vec<(usize, TableId)> {
    let c = num_operand_chunks(params);
    let r = num_range_chunks(params);
    let range = |from: usize, to: usize| (from..to).map(|j| (j, TableId::Range)).collect::<Vec<_>>();
    let chunks = |table: TableId| (0..c).map(|j| (j, table)).collect::<Vec<_>>();
    let shift = |table: fn(u8) -> TableId, top: TableId| {
        let mut t: Vec<_> = (0..c).map(|j| (j, if j + 1 == c { top } else { table(j as u8) })).collect();
        t.push((c, TableId::Low5));
        t.extend(range(c + 1, c + r));
        t
    };
    // The sign of a word: all range chunks, the top one through Msb.
    let sign = |start: usize| {
        let mut t = range(start, start + r - 1);
        t.push((start + r - 1, TableId::Msb));
        t
    };
    let byte_of_half = |start: usize| {
        let mut t = range(start, start + half_slots(params));
        if params.log_m() == 16 {
            t[0].1 = TableId::LowByte;
        }
        t
    };
    let concat = |parts: Vec<Vec<(usize, TableId)>>| parts.concat();
    let h = half_slots(params);
    let source = source_slot(params);
    match flag {
        Flag::Add | Flag::Sub | Flag::NegIf | Flag::Jalr | Flag::Lhu | Flag::Lw => range(0, r),
        Flag::And => chunks(TableId::And),
        Flag::Or => chunks(TableId::Or),
        Flag::Xor => chunks(TableId::Xor),
        Flag::CmpU | Flag::CmpS => {
            let mut t = chunks(TableId::CmpU);
            if flag == Flag::CmpS {
                t[c - 1].1 = TableId::CmpS;
            }
            t.push((c, TableId::Decide));
            t
        }
        Flag::Sll => shift(TableId::Sll, TableId::Sll((c - 1) as u8)),
        Flag::Srl => shift(TableId::Srl, TableId::Srl((c - 1) as u8)),
        Flag::Sra => shift(TableId::Srl, TableId::SraTop),
        Flag::Mul | Flag::MulHigh => range(0, 2 * r),
        Flag::SignX => sign(sign_x_slot(params)),
        Flag::SignY => sign(sign_y_slot(params)),
        Flag::DivU | Flag::RemU => range(0, 3 * r),
        Flag::Lb => concat(vec![byte_of_half(0), range(h, 2 * h), vec![(selected_byte_slot(params), TableId::Msb8)]]),
        Flag::Lbu => concat(vec![byte_of_half(0), range(h, 2 * h)]),
        Flag::Lh => {
            let mut t = range(0, r);
            t[h - 1].1 = TableId::Msb;
            t
        }
        Flag::Sb => {
            concat(vec![byte_of_half(0), range(h, 2 * h), byte_of_half(source), range(source + h, source + 2 * h)])
        }
        Flag::Sh => concat(vec![range(0, r), range(source, source + r)]),
        _ => Vec::new(),
    }
}

/// The linear relations that hold on rows with `flag` set; each form vanishes.
pub fn relations(flag: Flag, params: Params) -> Vec<Form> {
    use Role::{
        Byte0, ByteMix, Carry, Cond, Delta, DeltaByte, DeltaHalf, HalfMix, Imm, Multiplicand, Next, Offset, One, P, Pc,
        ProductHigh, ProductLow, Q, RamAddress, RamPost, RamPre, Result, Rs2, SignedX, V, X,
    };
    const WRAP: i128 = 1 << 32;
    let c = num_operand_chunks(params);
    let r = num_range_chunks(params);
    let b = operand_bits(params);
    let h = half_slots(params);
    let y = operand_y();
    let chunked = |role: fn(u8) -> Role| (0..c).map(|i| (role(i as u8), -(1i128 << (b * i)))).collect::<Form>();
    let sum_of_values = |n: usize| (0..n).map(|i| (V(i as u8), -1)).collect::<Form>();
    let bitwise =
        || vec![plus(one(X), &chunked(P), 1), plus(y.clone(), &chunked(Q), 1), plus(one(Result), &chunked(V), 1)];
    let selected = selected_byte_slot(params) as u8;
    let source = source_slot(params);
    // The RAM word from its selected and its other half.
    let halves = || {
        let other: Form = half(params, h);
        let mut f = plus(plus(one(RamPre), &half(params, 0), -1), &other, -(1 << 16));
        f.push((HalfMix, -((1 << 16) - 1)));
        f
    };
    let select_byte = || {
        let mut f: Form = vec![(P(selected), 256), (ByteMix, -1)];
        f = plus(f, &low_byte(params, 0), -256);
        f
    };
    let unchanged = || vec![(RamPost, 1), (RamPre, -1)];
    let half_aligned = || one(Byte0);
    let store = || vec![(RamPost, 1), (RamPre, -1), (Delta, -1), (DeltaByte, -255), (DeltaHalf, -65535)];
    match flag {
        Flag::Add => vec![
            plus(plus(one(X), &y, 1), &vec![(Carry, WRAP), (Result, 1)], -1),
            plus(one(Result), &word(params, 0), -1),
        ],
        Flag::Sub => vec![
            plus(plus(one(X), &y, -1), &vec![(Carry, WRAP), (Result, -1)], 1),
            plus(one(Result), &word(params, 0), -1),
        ],
        Flag::And | Flag::Or | Flag::Xor => bitwise(),
        Flag::CmpU | Flag::CmpS => {
            let mut weighted: Form = one(P(c as u8));
            weighted.extend((0..c).map(|i| (V(i as u8), -(1i128 << i))));
            let [x, y, _] = <[Form; 3]>::try_from(bitwise()).unwrap_or_default();
            vec![x, y, weighted, vec![(Q(c as u8), 1), (Cond, -1)]]
        }
        Flag::Set => vec![vec![(Result, 1), (V(c as u8), -1)]],
        Flag::Sll | Flag::Srl | Flag::Sra => {
            let mut out = vec![
                plus(one(X), &chunked(P), 1),
                plus(y, &word(params, c), -1),
                plus(one(Result), &sum_of_values(c), 1),
            ];
            out.extend((0..c).map(|i| vec![(Q(i as u8), 1), (V(c as u8), -1)]));
            out
        }
        Flag::Mul | Flag::MulHigh => vec![
            vec![(Multiplicand, 1), (X, -1)],
            plus(one(ProductLow), &word(params, 0), -1),
            plus(one(ProductHigh), &word(params, r), -1),
            vec![(Result, 1), (if flag == Flag::Mul { ProductLow } else { ProductHigh }, -1)],
        ],
        Flag::SignX => vec![plus(one(X), &word(params, sign_x_slot(params)), -1)],
        Flag::SignY => vec![plus(y, &word(params, sign_y_slot(params)), -1)],
        Flag::DivU | Flag::RemU => vec![
            plus(one(Multiplicand), &word(params, 0), -1),
            plus(vec![(X, 1), (ProductLow, -1), (ProductHigh, -WRAP)], &word(params, r), -1),
            plus(one(Result), &word(params, if flag == Flag::DivU { 0 } else { r }), -1),
        ],
        Flag::NegIf => {
            vec![vec![(X, 1), (SignedX, -2), (Carry, WRAP), (Result, -1)], plus(one(Result), &word(params, 0), -1)]
        }
        Flag::Lb => vec![
            halves(),
            select_byte(),
            vec![(Result, 1), (P(selected), -1), (V(selected), -(WRAP - 256))],
            unchanged(),
        ],
        Flag::Lbu => vec![halves(), select_byte(), vec![(Result, 1), (P(selected), -1)], unchanged()],
        Flag::Lh => vec![
            halves(),
            plus(vec![(Result, 1), (V((h - 1) as u8), -(WRAP - 65536))], &half(params, 0), -1),
            half_aligned(),
            unchanged(),
        ],
        Flag::Lhu => vec![halves(), plus(one(Result), &half(params, 0), -1), half_aligned(), unchanged()],
        Flag::Lw => vec![halves(), vec![(Result, 1), (RamPre, -1)], half_aligned(), one(Role::Byte1), unchanged()],
        Flag::Sb => vec![
            halves(),
            select_byte(),
            plus(one(Rs2), &word(params, source), -1),
            plus(vec![(Delta, 1), (P(selected), 1)], &low_byte(params, source), -1),
            store(),
        ],
        Flag::Sh => vec![
            halves(),
            plus(one(Rs2), &word(params, source), -1),
            plus(plus(one(Delta), &half(params, source), -1), &half(params, 0), 1),
            half_aligned(),
            store(),
        ],
        Flag::Sw => vec![vec![(RamPost, 1), (Rs2, -1)], half_aligned(), one(Role::Byte1)],
        Flag::Mem => vec![vec![(X, 1), (Imm, 1), (Carry, -WRAP), (RamAddress, -4), (Role::Byte1, -2), (Byte0, -1)]],
        Flag::Const => vec![vec![(Result, 1), (Imm, -1)]],
        Flag::Jalr => vec![
            plus(vec![(X, 1), (Imm, 1), (Carry, -WRAP)], &word(params, 0), -1),
            // The target's row index times four, without bit 0; the code base is added by the constraint system.
            plus(vec![(Byte0, -1), (Pc, -4), (Offset, -4), (One, -4)], &word(params, 0), 1),
            vec![(Result, 1), (Next, -1)],
        ],
        Flag::Exit => vec![vec![(X, 1), (One, -93)]],
        Flag::UseRs1 | Flag::UseRs2 | Flag::WriteRd | Flag::Store | Flag::Branch | Flag::Jump => Vec::new(),
    }
}
