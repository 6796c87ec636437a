//! Columns that are bits on every row, where they matter and where not.

use super::{A, BODY, Case, RESULT, breaks};
use crate::{
    forger::Forgery,
    programs::{NO_INPUT, program},
};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_emulator::isa::{Instruction, Opcode};
use lariat_jolt_core::{Config, columns as col};
use lariat_subtables::decompose::num_range_chunks;

super::forgeries! {
    /// The two bits that say what a divisor is. On rows that divide, the other constraints leave no choice of either;
    /// elsewhere they must add up to zero, and so be no bits or nothing.
    fn rejects_divisor_bits_that_are_none(config: Config) -> Vec<Case> {
        let program = program(|asm| {
            for _ in 0..=BODY {
                asm.push(Instruction::u_type(Opcode::Lui, RESULT, 0));
            }
            asm.push(Instruction::u_type(Opcode::Lui, A, 0x1000));
            asm.exit(0);
        });
        let r = num_range_chunks(config.params);
        [(1i64, "divisor nonzero is a bit"), (-1, "divisor zero is a bit")].map(|(zero, name)| {
            let mut f = Forgery::honest(&program, config, NO_INPUT);
            f.set(BODY, col::ZERO, Fr::from(zero)).set(BODY, col::NONZERO, Fr::from(-zero));
            // A quotient of all ones, and y = 0 = remainder + gap + 1.
            f.set_word(BODY, 0, u32::MAX).set(BODY, col::slot_p(2 * r), -Fr::one()).rebalance();
            breaks(name, &f, &[name])
        }).into()
    }
}
