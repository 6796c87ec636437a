//! Sums, products, quotients, constants: results that no instruction gives.

use super::{A, B, BODY, Case, RESULT, breaks, divided, immediate, on_operands, operation, pow2, unbalanced};
use crate::{
    forger::Forgery,
    programs::{NO_INPUT, r},
};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_emulator::isa::{Instruction, Opcode};
use lariat_jolt_core::{Config, columns as col};
use lariat_subtables::decompose::{Flag, num_range_chunks, sign_x_slot, sign_y_slot};

/// Range chunks of a word.
fn chunks(f: &Forgery) -> usize {
    num_range_chunks(f.params())
}

/// Sets quotient, remainder and the gap below the divisor of a division row, each by its chunks.
fn set_division(f: &mut Forgery, row: usize, quotient: u32, remainder: u32, gap: u32) {
    let r = chunks(f);
    f.set_word(row, 0, quotient).set_word(row, r, remainder).set_word(row, 2 * r, gap);
    let product = Fr::from(quotient) * f.operand_y(row);
    f.set(row, col::MULTIPLICAND, quotient).set(row, col::PRODUCT_LOW, product).set(row, col::PRODUCT_HIGH, 0);
    let is_quotient = f.get(row, col::flag(Flag::DivU)).is_one();
    f.set(row, col::RESULT, if is_quotient { quotient } else { remainder });
}

/// The last row of a signed division, to be given a result that fits its row.
fn set_negated(f: &mut Forgery, row: usize, magnitude: u32) {
    let negate = f.get(row, col::SIGN_Y).is_one();
    f.set(row, col::X, magnitude).set(row, col::SIGNED_X, if negate { magnitude } else { 0 });
    f.set(row, col::CARRY, negate && magnitude != 0);
    f.set_result(row, if negate { magnitude.wrapping_neg() } else { magnitude });
}

super::forgeries! {
    /// The result is one more, with its chunks.
    fn rejects_a_sum_or_difference_that_is_one_off(config: Config) -> Vec<Case> {
        [(Opcode::Add, "Add"), (Opcode::Sub, "Sub")].map(|(op, name)| {
            let mut f = operation(config, op, 0x8765_4321, 0x9abc_def0);
            let result = f.int(BODY, col::RESULT) as u32;
            f.set_result(BODY, result + 1).rebalance();
            breaks(format!("{op} + 1"), &f, &[&format!("{name} relation 0")])
        }).into()
    }

    /// The other carry, and a result beyond 32 bits that makes up for it; the chunks are those of its low word.
    fn rejects_a_sum_or_difference_that_does_not_fit_a_word(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name, sign) in [(Opcode::Add, "Add", -1), (Opcode::Sub, "Sub", 1)] {
            for (a, b) in [(u32::MAX, 3), (3, 7)] {
                let mut f = operation(config, op, a, b);
                let flip = if f.is_zero(BODY, col::CARRY) { 1 } else { -1 };
                f.add(BODY, col::CARRY, flip).add(BODY, col::RESULT, (sign * flip) << 32).rebalance();
                cases.push(breaks(format!("{a} {op} {b}"), &f, &[&format!("{name} relation 1")]));
            }
        }
        cases
    }

    /// The same with all of the result in the chunks: the top one is then no entry of the range table.
    fn rejects_any_sum_through_a_chunk_out_of_range(config: Config) -> Vec<Case> {
        [Opcode::Add, Opcode::Sub].map(|op| {
            let mut f = operation(config, op, 5, 9);
            let log_m = f.params().log_m();
            let top = chunks(&f) - 1;
            let flip = if f.is_zero(BODY, col::CARRY) { 1 } else { -1 };
            let sign = if op == Opcode::Add { -1 } else { 1 };
            f.add(BODY, col::CARRY, flip).add(BODY, col::RESULT, (sign * flip) << 32);
            f.add(BODY, col::slot_p(top), (sign * flip) << (32 - log_m * top)).rebalance();
            unbalanced(format!("{op} with a chunk out of range"), &f, &["tables"])
        }).into()
    }

    /// A carry that is no bit lets the sum be any word.
    fn rejects_any_sum_through_a_carry_that_is_no_bit(config: Config) -> Vec<Case> {
        let mut f = operation(config, Opcode::Add, 11, 31);
        f.set_result(BODY, 123).set(BODY, col::CARRY, divided(Fr::from(11u64 + 31) - Fr::from(123u64), pow2(32)));
        f.rebalance();
        vec![breaks("11 + 31 = 123", &f, &["carry is a bit"])]
    }

    /// 123 in place of a constant.
    fn rejects_another_constant_for_lui_and_auipc(config: Config) -> Vec<Case> {
        [Opcode::Lui, Opcode::Auipc].map(|op| {
            let program = on_operands(1, 2, |asm| {
                asm.push(Instruction::u_type(op, RESULT, 0x1234_5000));
            });
            let mut f = Forgery::honest(&program, config, NO_INPUT);
            f.set(BODY, col::RESULT, 123).rebalance();
            breaks(format!("{op}"), &f, &["Const relation 0"])
        }).into()
    }

    /// An operand that no register holds, on rows that read none.
    fn rejects_an_operand_out_of_nothing(config: Config) -> Vec<Case> {
        let mut f = Forgery::honest(&on_operands(1, 2, |asm| r(asm, Opcode::Add, RESULT, 0, B)), config, NO_INPUT);
        f.set(BODY, col::X, 40).set_result(BODY, 42).rebalance();
        let mut g = Forgery::honest(&on_operands(1, 2, |asm| r(asm, Opcode::Add, RESULT, A, 0)), config, NO_INPUT);
        g.set(BODY, col::RS2_VALUE, 41).set_result(BODY, 42).rebalance();
        vec![
            breaks("x0 + 2 = 42", &f, &["x is zero unless read"]),
            breaks("1 + x0 = 42", &g, &["rs2 value is zero unless read"]),
        ]
    }

    /// Another result with the honest product; another multiplicand with its own.
    fn rejects_a_product_of_something_else(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name) in [(Opcode::Mul, "Mul"), (Opcode::Mulhu, "MulHigh")] {
            let honest = operation(config, op, 0xdead_beef, 0xcafe_babe);
            let mut f = honest.clone();
            f.add(BODY, col::RESULT, 1).rebalance();
            cases.push(breaks(format!("{op}: result + 1"), &f, &[&format!("{name} relation 3")]));

            let mut f = honest.clone();
            let product = 0xdead_bef0u64 * 0xcafe_babe;
            f.set(BODY, col::MULTIPLICAND, 0xdead_bef0u32).set_product(BODY, product.into());
            f.set(BODY, col::RESULT, if op == Opcode::Mul { product as u32 } else { (product >> 32) as u32 });
            f.rebalance();
            cases.push(breaks(format!("{op}: (x + 1) y"), &f, &[&format!("{name} relation 0")]));

            let mut f = honest;
            f.set_product(BODY, (77i128 << 32) + 66).set(BODY, col::RESULT, if op == Opcode::Mul { 66 } else { 77 });
            f.rebalance();
            cases.push(breaks(format!("{op}: any product"), &f, &["product"]));
        }
        cases
    }

    /// Words of the product that are no words: one more in the high word for 2^32 less in the low one, and a high word
    /// that is a fraction.
    fn rejects_a_product_whose_words_are_out_of_range(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name) in [(Opcode::Mul, "Mul"), (Opcode::Mulhu, "MulHigh")] {
            let honest = operation(config, op, 0xdead_beef, 0xcafe_babe);
            let r = chunks(&honest);
            let (low, high) = (honest.int(BODY, col::PRODUCT_LOW) as u32, honest.int(BODY, col::PRODUCT_HIGH) as u32);
            let mut f = honest.clone();
            f.add(BODY, col::PRODUCT_LOW, 1 << 32).add(BODY, col::PRODUCT_HIGH, -1).set_word(BODY, r, high - 1);
            f.add(BODY, col::RESULT, if op == Opcode::Mul { 1 << 32 } else { -1 }).rebalance();
            cases.push(breaks(format!("{op}: high word - 1"), &f, &[&format!("{name} relation 1")]));

            let mut f = honest;
            let fraction = divided(Fr::one(), pow2(32));
            f.set(BODY, col::PRODUCT_LOW, low - 1).set_word(BODY, 0, low - 1);
            let wrong_high = f.get(BODY, col::PRODUCT_HIGH) + fraction;
            f.set(BODY, col::PRODUCT_HIGH, wrong_high);
            f.set(BODY, col::RESULT, if op == Opcode::Mul { Fr::from(low - 1) } else { wrong_high }).rebalance();
            cases.push(breaks(format!("{op}: low word - 1"), &f, &[&format!("{name} relation 2")]));
        }
        cases
    }

    /// The signed product read with another sign: of x, of y, and of the product itself.
    fn rejects_forged_signs_of_products(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        let corners = [(0x8000_0000u32, 0x8000_0000u32), (u32::MAX, u32::MAX), (0x8000_0000, 0x7fff_ffff), (3, u32::MAX)];
        for (a, b) in corners {
            let (sa, sb) = (i128::from(a.cast_signed()), i128::from(b.cast_signed()));
            let unsigned_if_negative = |x: u32| if x >> 31 == 1 { i128::from(x) } else { i128::from(x) - (1 << 32) };
            let high = |p: i128| (p >> 32) as u32;
            for (op, y) in [(Opcode::Mulh, sb), (Opcode::Mulhsu, i128::from(b))] {
                let honest = operation(config, op, a, b);
                // The sign of x is flipped in its column, then in its lookup's word.
                let product = unsigned_if_negative(a) * y;
                if (-(1i128 << 63)..1 << 64).contains(&product) {
                    let sign = Fr::from(a >> 31 == 0);
                    let mut f = honest.clone();
                    f.set(BODY, col::SIGN_X, sign).set_product(BODY, product).set(BODY, col::RESULT, high(product));
                    f.rebalance();
                    cases.push(breaks(format!("{op} {a:#x} {b:#x}: sign of x"), &f, &["sign of x"]));
                    f.set_word(BODY, sign_x_slot(config.params), a ^ 1 << 31).look_up(BODY).rebalance();
                    cases.push(breaks(format!("{op} {a:#x} {b:#x}: word of x"), &f, &["SignX relation 0"]));
                }
                if op == Opcode::Mulh {
                    let product = sa * unsigned_if_negative(b);
                    let sign = Fr::from(b >> 31 == 0);
                    let mut f = honest.clone();
                    f.set(BODY, col::SIGN_Y, sign).set_product(BODY, product).set(BODY, col::RESULT, high(product));
                    // [y < 0] x is part of every row.
                    let x = f.get(BODY, col::X);
                    f.set(BODY, col::SIGNED_X, sign * x).rebalance();
                    cases.push(breaks(format!("{op} {a:#x} {b:#x}: sign of y"), &f, &["sign of y"]));
                    f.set_word(BODY, sign_y_slot(config.params), b ^ 1 << 31).look_up(BODY).rebalance();
                    cases.push(breaks(format!("{op} {a:#x} {b:#x}: word of y"), &f, &["SignY relation 0"]));
                }
                // Any words for the product, if the bit that says that it is negative is none.
                let mut f = honest;
                let x = f.get(BODY, col::MULTIPLICAND) - pow2(32) * f.get(BODY, col::SIGN_X);
                let y = f.operand_y(BODY) - pow2(32) * f.get(BODY, col::SIGN_Y);
                let negative = divided(Fr::from(7u64) + pow2(32) * Fr::from(5u64) - x * y, pow2(64));
                f.set_product(BODY, (5i128 << 32) + 7).set(BODY, col::NEGATIVE, negative).set(BODY, col::RESULT, 5);
                f.rebalance();
                cases.push(breaks(format!("{op} {a:#x} {b:#x}: any"), &f, &["negative product is a bit"]));
            }
        }
        assert!(cases.len() > 20);
        cases
    }

    /// The flipped bit with the words that it asks for: 2^64 more or less than 64 bits can hold.
    fn rejects_the_other_sign_of_a_signed_product(config: Config) -> Vec<Case> {
        [(3, 5), (u32::MAX, 5)].map(|(a, b)| {
            let mut f = operation(config, Opcode::Mulh, a, b);
            let r = chunks(&f);
            let flip = if f.is_zero(BODY, col::NEGATIVE) { 1 } else { -1 };
            let log_m = f.params().log_m();
            f.add(BODY, col::NEGATIVE, flip).add(BODY, col::PRODUCT_HIGH, flip << 32).add(BODY, col::RESULT, flip << 32);
            f.add(BODY, col::slot_p(2 * r - 1), flip << (32 - log_m * (r - 1))).rebalance();
            unbalanced(format!("mulh {a} {b}"), &f, &["tables"])
        }).into()
    }

    /// A quotient that is one off, alone and with the remainder that belongs to it.
    fn rejects_another_quotient(config: Config) -> Vec<Case> {
        let honest = operation(config, Opcode::Divu, 100, 7);
        let mut cases = Vec::new();
        let mut f = honest.clone();
        f.add(BODY, col::RESULT, 1).rebalance();
        cases.push(breaks("result + 1", &f, &["DivU relation 2"]));
        let mut f = honest.clone();
        f.set_word(BODY, 0, 15).set(BODY, col::RESULT, 15).rebalance();
        cases.push(breaks("quotient that is not multiplied", &f, &["DivU relation 0"]));
        let mut f = honest.clone();
        set_division(&mut f, BODY, 15, 2, 4);
        f.rebalance();
        cases.push(breaks("q + 1, r", &f, &["DivU relation 1"]));
        // q - 1 and r + d: the remainder is not below the divisor.
        let mut f = honest.clone();
        set_division(&mut f, BODY, 13, 9, 0);
        f.rebalance();
        cases.push(breaks("q - 1, r + d", &f, &["remainder below divisor"]));
        let mut f = honest.clone();
        set_division(&mut f, BODY, 13, 9, 0);
        let r = chunks(&f);
        f.set(BODY, col::slot_p(2 * r), -Fr::from(3u64)).rebalance();
        cases.push(unbalanced("q - 1, r + d with a negative gap", &f, &["tables"]));
        let mut f = honest.clone();
        set_division(&mut f, BODY, 13, 9, 0);
        f.set(BODY, col::NONZERO, 0).rebalance();
        cases.push(breaks("neither divisor", &f, &["a division has a zero or a nonzero divisor"]));
        // q + 1 and r - d: the remainder is negative.
        let mut f = honest;
        set_division(&mut f, BODY, 15, 0, 0);
        f.set(BODY, col::slot_p(r), -Fr::from(5u64)).set_word(BODY, 2 * r, 11).rebalance();
        cases.push(unbalanced("q + 1, r - d", &f, &["tables"]));
        cases
    }

    /// The same of remainders, and any remainder through a quotient that is a fraction.
    fn rejects_another_remainder(config: Config) -> Vec<Case> {
        let honest = operation(config, Opcode::Remu, 100, 7);
        let mut cases = Vec::new();
        let mut f = honest.clone();
        f.add(BODY, col::RESULT, 1).rebalance();
        cases.push(breaks("result + 1", &f, &["RemU relation 2"]));
        let mut f = honest.clone();
        set_division(&mut f, BODY, 14, 3, 3);
        f.rebalance();
        cases.push(breaks("r + 1", &f, &["RemU relation 1"]));
        let mut f = honest.clone();
        set_division(&mut f, BODY, 13, 9, 0);
        f.rebalance();
        cases.push(breaks("r + d", &f, &["remainder below divisor"]));
        let mut f = honest.clone();
        set_division(&mut f, BODY, 14, 5, 1);
        let quotient = divided(Fr::from(95u64), Fr::from(7u64));
        f.set(BODY, col::MULTIPLICAND, quotient).set(BODY, col::PRODUCT_LOW, 95).rebalance();
        cases.push(breaks("a fraction for a quotient", &f, &["RemU relation 0"]));
        f.set(BODY, col::slot_p(0), quotient);
        for k in 1..chunks(&f) {
            f.set(BODY, col::slot_p(k), 0);
        }
        f.rebalance();
        cases.push(unbalanced("a fraction in the chunks", &f, &["tables"]));
        cases
    }

    /// Division by zero gives all ones and the dividend.
    fn rejects_another_result_of_division_by_zero(config: Config) -> Vec<Case> {
        let mut f = operation(config, Opcode::Divu, 100, 0);
        set_division(&mut f, BODY, 5, 100, 0);
        f.rebalance();
        let mut g = operation(config, Opcode::Remu, 100, 0);
        set_division(&mut g, BODY, u32::MAX, 5, 0);
        g.rebalance();
        // A zero divisor that is called nonzero, the gap below it being negative.
        let mut h = operation(config, Opcode::Divu, 100, 0);
        set_division(&mut h, BODY, 5, 100, 0);
        let r = chunks(&h);
        h.set(BODY, col::ZERO, 0).set(BODY, col::NONZERO, 1).set(BODY, col::slot_p(2 * r), -Fr::from(101u64)).rebalance();
        vec![
            breaks("100 / 0 = 5", &f, &["quotient by zero"]),
            breaks("100 % 0 = 5", &g, &["RemU relation 1"]),
            unbalanced("100 / 0 = 5, not called zero", &h, &["tables"]),
        ]
    }

    /// Results of DIV and REM through each row of their sequences, at every sign.
    fn rejects_another_signed_quotient_or_remainder(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (a, b) in [(100i32, 7i32), (-100, 7), (100, -7), (-100, -7), (i32::MIN, -1)] {
            for op in [Opcode::Div, Opcode::Rem] {
                let f = operation(config, op, a.cast_unsigned(), b.cast_unsigned());
                let last = if op == Opcode::Div { BODY + 4 } else { BODY + 3 };
                // The division itself: one off, with all that follows.
                let mut g = f.clone();
                let row = BODY + 2;
                let (x, y) = (g.int(row, col::X) as u32, g.int(row, col::RS2_VALUE) as u32);
                set_division(&mut g, row, (x / y).wrapping_sub(1), x % y, y - x % y - 1);
                let magnitude = g.int(row, col::RESULT) as u32;
                set_negated(&mut g, last, magnitude);
                g.rebalance();
                let name = if op == Opcode::Div { "DivU relation 1" } else { "RemU relation 1" };
                cases.push(breaks(format!("{a} {op} {b}: division"), &g, &[name]));
                // The last row: the other sign, where it makes a difference.
                let magnitude = f.int(last, col::X) as u32;
                if magnitude != 0 && magnitude != 1 << 31 {
                    let mut g = f.clone();
                    let sign = g.is_zero(last, col::SIGN_Y);
                    g.set(last, col::SIGN_Y, sign);
                    set_negated(&mut g, last, magnitude);
                    let y = g.operand_y(last) - pow2(32) * g.get(last, col::SIGN_Y);
                    g.set(last, col::MULTIPLICAND, 0).set(last, col::PRODUCT_LOW, y * Fr::from(0u64)).rebalance();
                    cases.push(breaks(format!("{a} {op} {b}: sign"), &g, &["sign of y"]));
                }
            }
        }
        cases
    }

    /// The negation of a sequence: one off, out of range, and by half of any number.
    fn rejects_another_negation(config: Config) -> Vec<Case> {
        let honest = operation(config, Opcode::Div, 0xffff_ff9c, 7);
        let row = BODY + 4;
        let mut cases = Vec::new();
        let mut f = honest.clone();
        f.set_result(row, 123).rebalance();
        cases.push(breaks("-14 = 123", &f, &["NegIf relation 0"]));
        let mut f = honest.clone();
        f.set(row, col::CARRY, 0).add(row, col::RESULT, -(1 << 32)).rebalance();
        cases.push(breaks("no carry", &f, &["NegIf relation 1"]));
        let mut f = honest;
        let half = divided(f.get(row, col::X) + pow2(32) - Fr::from(123u64), Fr::from(2u64));
        f.set_result(row, 123).set(row, col::SIGNED_X, half).rebalance();
        cases.push(breaks("half of anything", &f, &["signed x"]));
        cases
    }

    /// Immediate operands are those of the bytecode.
    fn rejects_an_immediate_that_is_one_off(config: Config) -> Vec<Case> {
        [Opcode::Addi, Opcode::Xori].map(|op| {
            let mut f = immediate(config, op, 0x100, 5);
            f.set(BODY, col::IMM, 6);
            if op == Opcode::Addi {
                f.set_result(BODY, 0x106);
            } else {
                f.set(BODY, col::slot_q(0), 6).refill_bitwise(BODY);
            }
            f.rebalance();
            unbalanced(format!("{op} with 6 for 5"), &f, &["bytecode"])
        }).into()
    }
}
