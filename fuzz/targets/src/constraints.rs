//! Target of the constraint system: integers, field elements and the relation that is proven agree on every row.

use crate::input::Input;
use ark_ff::{One, Zero};
use lariat_algebra::Fr;
use lariat_jolt_core::Params;
use lariat_jolt_core::columns::num_columns;
use lariat_jolt_core::constraints::{constraints, first_violated};
use lariat_jolt_core::operations::{Fingerprint, operations};
use lariat_jolt_core::protocol::step_relation;

/// A row of values, the table size and the address of the code from the input.
pub fn constraint_system(data: &[u8]) {
    let mut input = Input::new(data);
    let params = Params::ALL[usize::from(input.byte()) % 2];
    let code_base = input.word() & !3;
    let system = constraints(params, code_base);
    let mut row = vec![0i128; num_columns(params)];
    while !input.is_empty() {
        let at = usize::from(input.byte()) % row.len();
        row[at] = match input.byte() % 6 {
            0 => 1,
            1 => input.byte().into(),
            2 => input.word().into(),
            3 => i128::from(input.word().cast_signed()),
            4 => input.long().into(),
            _ => i128::from(input.long()) << 63,
        };
    }
    let z: Vec<Fr> = row.iter().map(|&v| Fr::from(v)).collect();
    let mut violated = None;
    for constraint in &system {
        for form in [&constraint.a, &constraint.b, &constraint.c] {
            if let Some(value) = form.eval_int(&row) {
                assert_eq!(Fr::from(value), form.eval(&z), "{}", constraint.name);
            }
        }
        assert_eq!(constraint.a.to_int_form().eval(&z), constraint.a.eval(&z), "{}", constraint.name);
        if violated.is_none() && constraint.a.eval(&z) * constraint.b.eval(&z) != constraint.c.eval(&z) {
            violated = Some(&constraint.name);
        }
    }
    // Integers that overflow violate; the field wraps around at a number that no row of 32-bit values comes near.
    if row.iter().all(|v| v.unsigned_abs() <= 1 << 33) {
        assert_eq!(first_violated(&system, &row).map(|c| &c.name), violated);
    } else if violated.is_some() {
        assert!(first_violated(&system, &row).is_some(), "violated in the field and not in the integers");
    }

    // The relation that is proven: leaves and constraints under powers of rho.
    let fp = Fingerprint::new(Fr::from(0x1234_5678_9abcu64), Fr::from(0xfeed_beefu64));
    let rho = Fr::from(0x0bad_cafe_d00du64);
    let ops = operations(params);
    let mut powers = std::iter::successors(Some(Fr::one()), |power| Some(*power * rho));
    let mut next = || powers.next().unwrap();
    let mut expected = Fr::zero();
    for leaf in ops.iter().map(|op| op.read_leaf(&fp)).chain(ops.iter().map(|op| op.write_leaf(&fp))) {
        let leaf = leaf.active.eval(&z) * leaf.product.eval(&z) + leaf.linear.eval(&z);
        expected += next() * leaf;
    }
    for c in &system {
        expected += next() * (c.a.eval(&z) * c.b.eval(&z) - c.c.eval(&z));
    }
    assert_eq!(step_relation(params, code_base, &ops, &fp, rho).eval(&z), expected);
}
