//! Forgeries by name: each keeps all of the protocol's demands but the one that it is about, and is rejected for that.
//!
//! A forgery comes with the exact list of what it violates, which the plain checker confirms; the verifier must then
//! reject its proof, with the error that belongs to the violation. [`teeth`] asks that every constraint and every other
//! demand stands alone against some forgery here: whoever deletes one makes a forgery pass.

mod arithmetic;
mod cells;
mod control;
mod lookups;
mod memory;
mod narrow;
mod padding;
#[cfg(test)]
mod teeth;

use crate::{
    checker::Violations,
    forger::Forgery,
    programs::{NO_INPUT, i, program, r},
};
use ark_ff::{Field, One, Zero};
use lariat_algebra::Fr;
use lariat_emulator::{isa::Opcode, test_util::Assembler};
use lariat_jolt_core::{Config, Program, columns as col};
use lariat_subtables::{
    TableId,
    decompose::{Flag, num_operand_chunks, num_range_chunks, operand_bits},
};

/// Makes the cases of a forgery for a configuration.
pub type Build = fn(Config) -> Vec<Case>;

/// One forgery and what it violates.
pub struct Case {
    pub what: String,
    pub forgery: Forgery,
    pub violates: Violations,
}

/// Every forgery: its module, the name of its test, and what makes its cases for a configuration.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, Build)> {
    let modules = [
        ("arithmetic", arithmetic::ALL),
        ("cells", cells::ALL),
        ("control", control::ALL),
        ("lookups", lookups::ALL),
        ("memory", memory::ALL),
        ("narrow", narrow::ALL),
        ("padding", padding::ALL),
    ];
    modules.into_iter().flat_map(|(module, all)| all.iter().map(move |(name, build)| (module, *name, *build)))
}

/// A forgery that violates these constraints and nothing else.
pub fn breaks(what: impl Into<String>, forgery: &Forgery, constraints: &[&str]) -> Case {
    Case { what: what.into(), forgery: forgery.clone(), violates: Violations::only_constraints(constraints) }
}

/// A forgery whose tuples of these memories do not balance, and which violates nothing else.
pub fn unbalanced(what: impl Into<String>, forgery: &Forgery, memories: &[&'static str]) -> Case {
    Case { what: what.into(), forgery: forgery.clone(), violates: Violations::only_balance(memories) }
}

/// A forgery that violates one demand on cells and nothing else.
pub fn breaks_cells(what: impl Into<String>, forgery: &Forgery, demand: &'static str) -> Case {
    Case { what: what.into(), forgery: forgery.clone(), violates: Violations::only_cells(demand) }
}

/// Asserts that every case is rejected for what it violates.
#[cfg(test)]
fn assert_rejected(build: Build) {
    let cases: Vec<Case> = configs().into_iter().flat_map(build).collect();
    assert!(!cases.is_empty());
    for case in cases {
        println!("{}", case.what);
        case.forgery.assert_rejected_for(&case.violates, &crate::test_schemes());
    }
}

/// Small tables always, large ones in the long form.
#[cfg(test)]
fn configs() -> Vec<Config> {
    use crate::programs::{nightly, small};
    use lariat_jolt_core::Params;
    let sizes: &[Params] = if nightly() { &Params::ALL } else { &[Params::M8] };
    sizes.iter().map(|&params| Config { params, ..small() }).collect()
}

/// Tests of forgeries. Each body makes the cases for a configuration; `all` collects them for [`teeth`].
macro_rules! forgeries {
    ($($(#[$doc:meta])* fn $name:ident($config:ident: Config) -> Vec<Case> $body:block)*) => {
        /// The forgeries by the names of their tests.
        mod cases {
            #[allow(clippy::wildcard_imports, reason = "the module's own imports")]
            use super::*;
            $($(#[$doc])*
            pub(super) fn $name($config: Config) -> Vec<Case> $body)*
        }

        /// The forgeries of this module: name of the test, and what makes its cases.
        pub(super) const ALL: &[(&str, $crate::forgeries::Build)] = &[$((stringify!($name), cases::$name)),*];

        #[cfg(test)]
        mod tests {
            $($(#[$doc])*
            #[test]
            fn $name() {
                $crate::forgeries::assert_rejected(super::cases::$name);
            })*
        }
    };
}
use forgeries;

/// Operands and destination of one-instruction programs.
pub const A: u8 = 5;
pub const B: u8 = 6;
pub const RESULT: u8 = 7;

/// A program that loads two operands, does something, and exits with 0.
pub fn on_operands(a: u32, b: u32, body: impl FnOnce(&mut Assembler)) -> Program {
    program(|asm| {
        asm.load_constant(A, a).load_constant(B, b);
        body(asm);
        asm.exit(0);
    })
}

/// Row of the body's first instruction.
pub const BODY: usize = 4;

/// The honest witness of `op x7, x5, x6` on two operands.
pub fn operation(config: Config, op: Opcode, a: u32, b: u32) -> Forgery {
    Forgery::honest(&on_operands(a, b, |asm| r(asm, op, RESULT, A, B)), config, NO_INPUT)
}

/// The honest witness of `op x7, x5, imm`.
pub fn immediate(config: Config, op: Opcode, a: u32, imm: i32) -> Forgery {
    Forgery::honest(&on_operands(a, 0, |asm| i(asm, op, RESULT, A, imm)), config, NO_INPUT)
}

/// The quotient in the field.
pub fn divided(a: Fr, b: Fr) -> Fr {
    a * b.inverse().unwrap()
}

pub fn pow2(k: usize) -> Fr {
    Fr::from(2u64).pow([k as u64])
}

impl Forgery {
    /// Sets the result and its range chunks in the first slots.
    pub fn set_result(&mut self, row: usize, value: u32) -> &mut Self {
        self.set(row, col::RESULT, value).set_word(row, 0, value)
    }

    /// Makes `lui; addi` from a row on load another constant, as [`Assembler::load_constant`] does.
    pub fn reload_constant(&mut self, row: usize, value: u32) -> &mut Self {
        let upper = value.wrapping_add(0x800) & 0xffff_f000;
        let low = value.wrapping_sub(upper);
        self.set(row, col::RESULT, upper).set(row + 1, col::X, upper).set(row + 1, col::RD_PRE, upper);
        self.set(row + 1, col::CARRY, upper.checked_add(low).is_none()).set_result(row + 1, value)
    }

    /// After a change of keys: values, and the result of a bitwise operation.
    pub fn refill_bitwise(&mut self, row: usize) -> &mut Self {
        self.look_up(row);
        let bits = operand_bits(self.params());
        let chunks = num_operand_chunks(self.params());
        let result: Fr = (0..chunks).map(|k| self.get(row, col::slot_v(k)) * pow2(bits * k)).sum();
        self.set(row, col::RESULT, result)
    }

    /// After a change of keys: values, the verdict, and what it decides.
    pub fn refill_comparison(&mut self, row: usize) -> &mut Self {
        self.look_up(row);
        let chunks = num_operand_chunks(self.params());
        let sum: Fr = (0..chunks).map(|k| self.get(row, col::slot_v(k)) * pow2(k)).sum();
        self.set(row, col::slot_p(chunks), sum);
        self.decide(row)
    }

    /// After a change of the deciding lookup's keys.
    pub fn decide(&mut self, row: usize) -> &mut Self {
        let verdict = col::slot_v(num_operand_chunks(self.params()));
        let key = |column| crate::checker::small(self.get(row, column)).unwrap() as u32;
        let slot = num_operand_chunks(self.params());
        let value = TableId::Decide.value(self.params(), key(col::slot_p(slot)), key(col::slot_q(slot)));
        self.set(row, verdict, value);
        for (flag, column) in [(Flag::Set, col::RESULT), (Flag::Branch, col::TAKEN)] {
            if self.get(row, col::flag(flag)).is_one() {
                self.set(row, column, value);
            }
        }
        self
    }

    /// After a change of the amount's chunks: keys, values and the result of a shift.
    pub fn refill_shift(&mut self, row: usize) -> &mut Self {
        let chunks = num_operand_chunks(self.params());
        self.look_up(row);
        let amount = self.get(row, col::slot_v(chunks));
        for k in 0..chunks {
            self.set(row, col::slot_q(k), amount);
        }
        self.look_up(row).sum_values(row)
    }

    /// The result of a shift from the values of its lookups.
    pub fn sum_values(&mut self, row: usize) -> &mut Self {
        let chunks = num_operand_chunks(self.params());
        let result: Fr = (0..chunks).map(|k| self.get(row, col::slot_v(k))).sum();
        self.set(row, col::RESULT, result)
    }

    /// Sets the product to an integer, with its chunks.
    pub fn set_product(&mut self, row: usize, product: i128) -> &mut Self {
        let negative = product < 0;
        let bits = (product + if negative { 1 << 64 } else { 0 }) as u64;
        let (low, high) = (bits as u32, (bits >> 32) as u32);
        self.set(row, col::PRODUCT_LOW, low).set(row, col::PRODUCT_HIGH, high).set(row, col::NEGATIVE, negative);
        let r = num_range_chunks(self.params());
        self.set_word(row, 0, low).set_word(row, r, high)
    }

    /// The second operand.
    pub fn operand_y(&self, row: usize) -> Fr {
        self.get(row, col::RS2_VALUE) + self.get(row, col::IMM)
    }

    /// Whether a column is zero on a row.
    pub fn is_zero(&self, row: usize, column: usize) -> bool {
        self.get(row, column).is_zero()
    }
}
