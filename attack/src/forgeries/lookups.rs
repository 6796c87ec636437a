//! Bitwise operations, comparisons and shifts: keys, values and collation.

use super::{A, B, BODY, Case, RESULT, breaks, divided, immediate, on_operands, operation, pow2, unbalanced};
use crate::{
    checker::Violations,
    forger::Forgery,
    programs::{NO_INPUT, r},
};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_emulator::{isa::Opcode, memory_map::EXIT_CELL};
use lariat_jolt_core::{Config, columns as col, operations::TAG_TABLE};
use lariat_subtables::{
    TableId,
    decompose::{Flag, num_operand_chunks, operand_bits},
};

const X: u32 = 0x1357_9bdf;
const Y: u32 = 0x8642_f0a5;

const BITWISE: [(Opcode, &str); 3] = [(Opcode::Xor, "Xor"), (Opcode::Or, "Or"), (Opcode::And, "And")];
const SHIFTS: [(Opcode, &str); 3] = [(Opcode::Sll, "Sll"), (Opcode::Srl, "Srl"), (Opcode::Sra, "Sra")];
const COMPARISONS: [(Opcode, &str); 2] = [(Opcode::Sltu, "CmpU"), (Opcode::Slt, "CmpS")];

/// A comparison whose verdict any of the forgeries below turns around.
fn comparison(config: Config, op: Opcode) -> Forgery {
    operation(config, op, 5, 6)
}

super::forgeries! {
    /// Another operand in the keys, with the values and the result that belong to it.
    fn rejects_a_bitwise_operation_on_other_operands(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name) in BITWISE {
            for (k, column) in [col::slot_p(1), col::slot_q(2)].into_iter().enumerate() {
                let mut f = operation(config, op, X, Y);
                let other = f.int(BODY, column) ^ 1;
                f.set(BODY, column, other).refill_bitwise(BODY).rebalance();
                cases.push(breaks(format!("{op}, operand {k}"), &f, &[&format!("{name} relation {k}")]));
            }
            let mut f = operation(config, op, X, Y);
            f.add(BODY, col::RESULT, 1).rebalance();
            cases.push(breaks(format!("{op}: result + 1"), &f, &[&format!("{name} relation 2")]));
        }
        cases
    }

    /// Chunks that add up to the operand but are none of its digits: one more than a chunk holds here, one less there.
    /// The value is any number; every linear relation holds.
    fn rejects_noncanonical_chunks_of_operands(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        let ops = BITWISE.iter().chain(&SHIFTS).chain(&COMPARISONS).map(|o| o.0);
        for op in ops {
            let mut f = operation(config, op, X, Y);
            let bits = operand_bits(config.params);
            f.add(BODY, col::slot_p(0), 1 << bits).add(BODY, col::slot_p(1), -1);
            if BITWISE.iter().any(|o| o.0 == op) {
                let (q, chunk) = (f.int(BODY, col::slot_q(0)) as i64, 1i64 << bits);
                // What the formula of the operation gives for the chunk that is too large.
                let p = f.int(BODY, col::slot_p(0)) as i64;
                let value = match op {
                    Opcode::Xor => p ^ q,
                    Opcode::Or => p | q,
                    _ => p & q,
                };
                assert!(p >= chunk);
                f.set(BODY, col::slot_v(0), value as u64);
                let result: Fr = (0..num_operand_chunks(config.params))
                    .map(|k| f.get(BODY, col::slot_v(k)) * pow2(bits * k))
                    .sum();
                f.set(BODY, col::RESULT, result);
            }
            f.rebalance();
            cases.push(unbalanced(format!("{op}"), &f, &["tables"]));
        }
        cases
    }

    /// The value of a lookup is not the table's; the result follows the value.
    fn rejects_a_lookup_value_that_is_not_the_tables(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, _) in BITWISE {
            let mut f = operation(config, op, X, Y);
            f.add(BODY, col::slot_v(3), 1).add(BODY, col::RESULT, 1 << (3 * operand_bits(config.params))).rebalance();
            cases.push(unbalanced(format!("{op}"), &f, &["tables"]));
        }
        for (op, _) in SHIFTS {
            let mut f = operation(config, op, X, 3);
            f.add(BODY, col::slot_v(0), 1).add(BODY, col::RESULT, 1).rebalance();
            cases.push(unbalanced(format!("{op}"), &f, &["tables"]));
        }
        for (op, _) in COMPARISONS {
            let mut f = comparison(config, op);
            let verdict = col::slot_v(num_operand_chunks(config.params));
            f.set(BODY, verdict, 0).set(BODY, col::RESULT, 0).rebalance();
            cases.push(unbalanced(format!("{op}: verdict"), &f, &["tables"]));
            let mut f = comparison(config, op);
            f.set(BODY, col::slot_v(0), 2).add(BODY, col::slot_p(num_operand_chunks(config.params)), 2).decide(BODY).rebalance();
            cases.push(unbalanced(format!("{op}: a chunk's order"), &f, &["tables"]));
        }
        cases
    }

    /// A lookup with a second key where the table has none.
    fn rejects_a_second_key_of_a_range_check(config: Config) -> Vec<Case> {
        let mut f = operation(config, Opcode::Add, X, Y);
        f.set(BODY, col::slot_q(0), 1).rebalance();
        vec![unbalanced("q = 1 on a range check", &f, &["tables"])]
    }

    /// A comparison of other words, by another sum of outcomes, under another condition, with another result.
    fn rejects_a_comparison_that_is_false(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name) in COMPARISONS {
            for (k, column) in [col::slot_p(0), col::slot_q(0)].into_iter().enumerate() {
                let mut f = comparison(config, op);
                f.set(BODY, column, if k == 0 { 7 } else { 4 }).refill_comparison(BODY).rebalance();
                assert!(f.is_zero(BODY, col::RESULT));
                cases.push(breaks(format!("{op}, operand {k}"), &f, &[&format!("{name} relation {k}")]));
            }
            let (p, q) = {
                let decide = num_operand_chunks(config.params);
                (col::slot_p(decide), col::slot_q(decide))
            };
            let mut f = comparison(config, op);
            f.set(BODY, p, 1u32 << num_operand_chunks(config.params)).decide(BODY).rebalance();
            assert!(f.is_zero(BODY, col::RESULT));
            cases.push(breaks(format!("{op}: other outcomes"), &f, &[&format!("{name} relation 2")]));
            // "Not below" in place of "below".
            let mut f = comparison(config, op);
            f.set(BODY, q, 1).decide(BODY).rebalance();
            assert!(f.is_zero(BODY, col::RESULT));
            cases.push(breaks(format!("{op}: other condition"), &f, &[&format!("{name} relation 3")]));
            f.set(BODY, col::COND, 1).rebalance();
            cases.push(unbalanced(format!("{op}: other condition in the bytecode row"), &f, &["bytecode"]));
            let mut f = comparison(config, op);
            f.set(BODY, col::RESULT, 0).rebalance();
            cases.push(breaks(format!("{op}: result"), &f, &["Set relation 0"]));
        }
        cases
    }

    /// A comparison with a sign that is read as unsigned, through the table of unsigned chunks.
    fn rejects_an_unsigned_comparison_of_signed_words(config: Config) -> Vec<Case> {
        let mut f = operation(config, Opcode::Slt, u32::MAX, 0);
        let top = num_operand_chunks(config.params) - 1;
        f.set(BODY, col::slot_v(top), 2);
        let outcomes = f.get(BODY, col::slot_p(top + 1)) + Fr::from(2u64 << top);
        f.set(BODY, col::slot_p(top + 1), outcomes).decide(BODY).rebalance();
        assert!(f.is_zero(BODY, col::RESULT));
        vec![unbalanced("-1 < 0 by unsigned chunks", &f, &["tables"])]
    }

    /// A shift of another word, by another amount, or with another sum.
    fn rejects_a_shift_that_is_false(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        for (op, name) in SHIFTS {
            let honest = operation(config, op, X, 35);
            let c = num_operand_chunks(config.params);
            let mut f = honest.clone();
            f.set(BODY, col::slot_p(1), f.int(BODY, col::slot_p(1)) ^ 5).look_up(BODY).sum_values(BODY).rebalance();
            cases.push(breaks(format!("{op}: other word"), &f, &[&format!("{name} relation 0")]));
            let mut f = honest.clone();
            f.set(BODY, col::slot_p(c), 36).refill_shift(BODY).rebalance();
            cases.push(breaks(format!("{op}: other amount"), &f, &[&format!("{name} relation 1")]));
            // The amount by chunks out of range: the same word, with other low bits.
            let mut f = honest.clone();
            f.add(BODY, col::slot_p(c), 1 << config.params.log_m()).add(BODY, col::slot_p(c + 1), -1);
            f.set(BODY, col::slot_v(c), 4);
            for k in 0..c {
                f.set(BODY, col::slot_q(k), 4);
            }
            f.look_up(BODY).set(BODY, col::slot_v(c), 4).sum_values(BODY).rebalance();
            cases.push(unbalanced(format!("{op}: amount by chunks out of range"), &f, &["tables"]));
            // The amount by an upper chunk that is a fraction; the low one is any.
            let mut f = honest.clone();
            let rest = f.operand_y(BODY) - Fr::from(36u64);
            f.set(BODY, col::slot_p(c), 36).set(BODY, col::slot_p(c + 1), divided(rest, pow2(config.params.log_m())));
            f.refill_shift(BODY).rebalance();
            cases.push(unbalanced(format!("{op}: amount by a fraction"), &f, &["tables"]));
            let mut f = honest.clone();
            f.add(BODY, col::RESULT, 1).rebalance();
            cases.push(breaks(format!("{op}: result + 1"), &f, &[&format!("{name} relation 2")]));
            for k in 0..c {
                let mut f = honest.clone();
                f.set(BODY, col::slot_q(k), 4).look_up(BODY).sum_values(BODY).rebalance();
                cases.push(breaks(format!("{op}: chunk {k} by 4"), &f, &[&format!("{name} relation {}", 3 + k)]));
            }
        }
        cases
    }

    /// A shift by 32 or more that is not reduced.
    fn rejects_a_shift_by_more_than_31(config: Config) -> Vec<Case> {
        SHIFTS.map(|(op, _)| {
            let mut f = operation(config, op, X, 35);
            let c = num_operand_chunks(config.params);
            f.set(BODY, col::slot_v(c), 35);
            for k in 0..c {
                f.set(BODY, col::slot_q(k), 35).set(BODY, col::slot_v(k), 0);
            }
            f.sum_values(BODY).rebalance();
            unbalanced(format!("{op} by 35 gives 0"), &f, &["tables"])
        }).into()
    }

    /// Zeros shifted in where copies of the sign belong.
    fn rejects_an_arithmetic_shift_that_forgets_the_sign(config: Config) -> Vec<Case> {
        let mut f = immediate(config, Opcode::Srai, 0x8000_0000, 4);
        let top = num_operand_chunks(config.params) - 1;
        f.set(BODY, col::slot_v(top), 0x0800_0000).sum_values(BODY).rebalance();
        vec![unbalanced("srai as srli", &f, &["tables"])]
    }

    /// Flags on a row: none, another, one more, one less.
    fn rejects_other_flags_than_the_bytecodes(config: Config) -> Vec<Case> {
        let mut cases = Vec::new();
        // None: the row does nothing but to be counted.
        let mut f = operation(config, Opcode::Xor, X, Y);
        for flag in Flag::ALL {
            f.set(BODY, col::flag(flag), false);
        }
        f.set(BODY, col::X, 0).set(BODY, col::RS2_VALUE, 0).rebalance();
        cases.push(unbalanced("no flags", &f, &["bytecode"]));
        // Another operation, done right.
        let with_or = on_operands(X, Y, |asm| {
            r(asm, Opcode::Xor, RESULT, A, B);
            r(asm, Opcode::Or, RESULT + 1, A, B);
        });
        let mut f = Forgery::honest(&with_or, config, NO_INPUT);
        f.set(BODY, col::flag(Flag::Xor), false).set(BODY, col::flag(Flag::Or), true).refill_bitwise(BODY).rebalance();
        cases.push(unbalanced("or for xor", &f, &["bytecode"]));
        // Two operations whose tables' tags add up to a third's.
        let mut f = operation(config, Opcode::And, X, Y);
        f.set(BODY, col::flag(Flag::Or), true).rebalance();
        cases.push(unbalanced("and with or", &f, &["bytecode", "no memory"]));
        // A flag that is no bit: two lookups in one.
        let mut f = operation(config, Opcode::Xor, X, Y);
        f.set(BODY, col::flag(Flag::Xor), 2).rebalance();
        let violates = Violations {
            constraints: ["Xor only on steps".to_owned()].into(),
            ..Violations::only_balance(&["bytecode", "no memory"])
        };
        cases.push(Case { what: "xor twice".into(), forgery: f, violates });
        let mut f = operation(config, Opcode::Xor, X, Y);
        f.set(BODY, col::flag(Flag::WriteRd), false).rebalance();
        cases.push(unbalanced("no register is written", &f, &["bytecode"]));
        cases
    }

    /// Flags of opposite sign, so that the tag of a slot's tuples is -1 where there is no tuple: the leaf is zero
    /// whatever the challenges are, both products are zero, and any statement would balance.
    fn rejects_a_leaf_that_vanishes(config: Config) -> Vec<Case> {
        let mut f = operation(config, Opcode::Xor, X, Y);
        let tag = |id: TableId| Fr::from(TAG_TABLE + u32::from(id.id()));
        let weight = -divided(Fr::one(), tag(TableId::Xor) - tag(TableId::And));
        f.set(BODY, col::flag(Flag::Xor), weight).set(BODY, col::flag(Flag::And), -weight);
        // The relations of both flags hold; all else is left as it was, but for the exit code.
        f.header.exit_code = 9;
        let exit = f.ram_cell(EXIT_CELL);
        f.cells.get_mut(&exit).unwrap().value = Fr::from(9u64);
        let constraints = [Flag::And, Flag::Xor].map(|flag| format!("{flag:?} only on steps")).into();
        let violates = Violations { constraints, ..Violations::only_balance(&["bytecode", "ram", "tables"]) };
        vec![Case { what: "exit code 9 for 0".into(), forgery: f, violates }]
    }

    /// The counter of a read-only cell: of a lookup, of the bytecode, of a timestamp's distance.
    fn rejects_tampered_counters(config: Config) -> Vec<Case> {
        let honest = operation(config, Opcode::Xor, X, Y);
        let columns = [(col::slot_count(0), "tables"), (col::PC_COUNT, "bytecode"), (col::DELTA_COUNT, "timestamps")];
        let mut cases = Vec::new();
        for (column, memory) in columns {
            for value in [Fr::from(7u64), -Fr::one()] {
                let mut f = honest.clone();
                f.set(BODY, column, value);
                cases.push(unbalanced(format!("counter of {memory} is {value}"), &f, &[memory]));
            }
            // As the field has it, one below the first read is the last of p.
            let mut f = honest.clone();
            for row in 0..f.steps() {
                f.add(row, column, -1);
            }
            cases.push(unbalanced(format!("all counters of {memory} one less"), &f, &[memory]));
        }
        cases
    }

    /// Two instructions exchanged, and an instruction's fields one off, with all that follows from it.
    fn rejects_bytecode_rows_of_another_program(config: Config) -> Vec<Case> {
        let program = |swapped: bool| on_operands(5, 6, |asm| {
            let ops = if swapped { [Opcode::Sub, Opcode::Add] } else { [Opcode::Add, Opcode::Sub] };
            r(asm, ops[0], RESULT, A, B);
            r(asm, ops[1], RESULT + 1, A, B);
        });
        let mut f = Forgery::honest(&program(true), config, NO_INPUT);
        let real = program(false);
        f.program = real.clone();
        f.header.program = real.digest();
        let mut cases = vec![unbalanced("two rows exchanged", &f, &["bytecode"])];
        for (column, value) in [(col::RD, 8), (col::RS1, B.into()), (col::RS2, A.into()), (col::COND, 1), (col::NEXT, 7)] {
            let mut f = operation(config, Opcode::Add, 5, 5);
            f.set(BODY, column, value).rebalance();
            cases.push(unbalanced(format!("field {column} is {value}"), &f, &["bytecode"]));
        }
        cases
    }
}
