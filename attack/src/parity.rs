//! The forger is honest on honest witnesses: what it is caught at is the forgery.

use crate::{
    forger::Forgery,
    programs::{DATA, NO_INPUT, configurations, honest_witness, i, load, program_with, r, store},
};
use lariat_emulator::isa::Opcode;
use lariat_jolt_core::{Inputs, Params, Program, columns, prove_witness};
use lariat_subtables::decompose;

fn sample() -> Program {
    program_with(&[0x8182_8384, 7], &[], |asm| {
        asm.load_constant(5, DATA);
        load(asm, Opcode::Lb, 6, 5, 1);
        r(asm, Opcode::Div, 7, 6, 5);
        store(asm, Opcode::Sh, 7, 5, 6);
        let end = asm.label();
        asm.branch(Opcode::Blt, 7, 0, end);
        i(asm, Opcode::Xori, 8, 8, -1);
        asm.bind(end);
        asm.exit(9);
    })
}

#[test]
fn the_forger_makes_the_same_proof_of_an_honest_witness() {
    let program = sample();
    for config in configurations() {
        for inputs in [NO_INPUT, Inputs { public: b"public", private: b"private" }] {
            let honest = honest_witness(&program, config, inputs);
            let forgery = Forgery::of_witness(&program, honest.clone());
            let violations = forgery.violations();
            assert!(violations.is_empty(), "{violations:?}");
            let proven = prove_witness(&program, honest, &crate::test_schemes(), &mut |_| {}).unwrap();
            assert!(forgery.prove(&crate::test_schemes()) == proven.proof, "{config:?}");
        }
    }
}

#[test]
fn rebalancing_keeps_an_honest_witness_honest() {
    let program = sample();
    for config in configurations() {
        let honest = Forgery::honest(&program, config, NO_INPUT);
        let mut again = honest.clone();
        // Wrong everywhere, so that every entry is computed anew.
        let columns = counter_columns(config.params);
        for &column in &columns {
            again.columns[column].fill(7u32.into());
        }
        again.cells.clear();
        assert!(!again.violations().is_empty());
        again.rebalance();
        assert!(again.violations().is_empty());
        // Two lookups of one row may count one cell in either order.
        assert!(again.cells == honest.cells);
    }
}

/// Columns that [`Forgery::rebalance`] computes.
fn counter_columns(params: Params) -> Vec<usize> {
    let slots = (0..decompose::num_slots(params)).map(columns::slot_count);
    [columns::PC_COUNT].into_iter().chain(columns::DELTA_TS..columns::RAM_ADDRESS).chain(slots).collect()
}
