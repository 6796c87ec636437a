//! Which columns which rows do not use, and why: written down anew, to be compared with what the plain checker finds.

use super::Subject;
use crate::kinds::Kind;
use lariat_emulator::isa::Opcode;
use lariat_jolt_core::{Params, columns as col};
use lariat_subtables::decompose::{Flag, num_operand_chunks, num_range_chunks};

impl Subject {
    /// The reason for which a row does not use a column, if it does not.
    pub(super) fn unused(&self, kind: Kind, row: usize, column: usize) -> Option<&'static str> {
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
