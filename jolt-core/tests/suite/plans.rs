//! What the prover keeps changes memory and time, and nothing else.

use crate::common::{schemes, small};
use lariat_jolt_core::{
    Config, Inputs, Params, Plan, Program, ProverMemory, cheapest_tables, prove_witness_by, verify,
};

fn fibonacci() -> Program {
    let path = format!("{}/../guests/elf/fibonacci.elf", env!("CARGO_MANIFEST_DIR"));
    Program::from_elf(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_plan_makes_the_same_proof() {
    let program = fibonacci();
    for config in [small(), Config::default()] {
        for steps in [1u32, 777] {
            let input = steps.to_le_bytes();
            let inputs = Inputs { public: &input, private: b"" };
            let witness = crate::common::honest_witness(&program, config, inputs);
            let mut proofs = Plan::ALL
                .map(|plan| prove_witness_by(&program, witness.clone(), plan, &schemes(), &mut |_| {}).unwrap().proof);
            assert_eq!(verify(&program, &proofs[0], &schemes()).unwrap().input, input);
            proofs.sort();
            assert_eq!(proofs[0], proofs[3], "{config:?}, {steps} steps");
        }
    }
}

/// Estimates fall from plan to plan; before the columns are known, they say less.
#[test]
fn later_plans_take_less() {
    let program = fibonacci();
    let input = 20_000u32.to_le_bytes();
    let witness = crate::common::honest_witness(&program, Config::default(), Inputs { public: &input, private: b"" });
    let estimates = Plan::ALL.map(|plan| {
        let of_witness = ProverMemory::of_witness(&program, &witness, &schemes(), plan).unwrap();
        let at_least = ProverMemory::at_least(&program, &witness.header, &schemes(), plan).unwrap();
        assert!(at_least.columns <= of_witness.columns, "{at_least:?} {of_witness:?}");
        // Without cells that are touched, what a plan keeps is all of the products.
        assert!(at_least.products < of_witness.products, "{at_least:?} {of_witness:?}");
        [at_least.products, of_witness.sumcheck]
    });
    // As the documentation of the plans has it.
    let rows = witness.header.steps;
    assert_eq!(estimates.map(|[products, _]| products / rows), [576, 320, 256, 128]);
    // Rows of touched cells are no part of a plan, and in the end they are what there is most of.
    for pair in estimates.windows(2) {
        assert!(pair[0][0] > pair[1][0] && pair[0][1] >= pair[1][1], "{estimates:?}");
    }
    assert!(estimates[0][1] > estimates[1][1] && estimates[1][1] > estimates[2][1], "{estimates:?}");
    assert_eq!(Plan::default().and_smaller().count(), Plan::ALL.len() - 1);
}

/// Large tables are for long runs, and once they pay they go on to. What the configuration says does not matter.
#[test]
fn short_runs_take_small_tables() {
    let program = fibonacci();
    let chosen = |steps: u32, params: Params| {
        let input = steps.to_le_bytes();
        let inputs = Inputs { public: &input, private: b"" };
        let run = program.execute(inputs, 1 << 24).unwrap();
        cheapest_tables(&program, Config { params, ..Config::default() }, inputs, &run).unwrap()
    };
    for params in [Params::M8, Params::M16] {
        let choices = [1, 200, 1_000, 4_000, 13_000, 200_000].map(|steps| chosen(steps, params));
        let (short, long) = choices.split_at(choices.iter().take_while(|c| **c == Params::M8).count());
        assert!((3..6).contains(&short.len()) && long.iter().all(|c| *c == Params::M16), "{choices:?}");
    }
}
