//! The constraint system against an independent implementation: Microsoft's `spartan2` over the same field.
//!
//! The constraints are exported row by row into its circuits. Its own satisfiability check accepts every honest row
//! and says of every damaged one what our evaluation says; its SNARK proves a few steps, and does not prove them
//! damaged.

#[allow(dead_code, reason = "shared with the suite")]
#[path = "suite/common.rs"]
mod common;
#[allow(dead_code, reason = "shared with the suite")]
#[path = "suite/kinds.rs"]
mod kinds;

use bellpepper_core::{ConstraintSystem, LinearCombination, SynthesisError, Variable, num::AllocatedNum};
use common::{honest_witness, nightly, small};
use ff::PrimeField;
use kinds::{INPUT, PRIVATE, every_kind, kind_of};
use lariat_algebra::Fr;
use lariat_emulator::test_util::Rng;
use lariat_jolt_core::{
    Config, Inputs, Params, columns as col,
    constraints::{Affine, Constraint, constraints},
};
use lariat_transcript::encoding::scalar_to_bytes;
use spartan2::{
    bellpepper::{
        solver::SatisfyingAssignment,
        test_r1cs::{TestSpartanShape, TestSpartanWitness},
        test_shape_cs::TestShapeCS,
    },
    provider::Bn254Engine,
    spartan::SpartanSNARK,
    traits::{Engine, circuit::SpartanCircuit, snark::R1CSSNARKTrait},
};
use std::collections::BTreeSet;

type E = Bn254Engine;
type Scalar = <E as Engine>::Scalar;

/// The same element of the same field.
fn convert(x: Fr) -> Scalar {
    let mut repr = <Scalar as PrimeField>::Repr::default();
    repr.as_mut().copy_from_slice(&scalar_to_bytes(&x));
    Scalar::from_repr(repr).expect("a canonical encoding of a field of the same order")
}

fn small_scalar(c: i128) -> Scalar {
    let magnitude = convert(Fr::from(c.unsigned_abs()));
    if c < 0 { -magnitude } else { magnitude }
}

/// Rows of the trace under the constraint system. The public columns are public.
#[derive(Clone)]
struct Rows {
    system: Vec<Constraint>,
    /// Entries of each row: committed columns, then the public ones.
    rows: Vec<Vec<Fr>>,
    num_committed: usize,
}

impl Rows {
    fn enforce<CS: ConstraintSystem<Scalar>>(&self, cs: &mut CS) -> Result<(), SynthesisError> {
        for (i, row) in self.rows.iter().enumerate() {
            let mut variables: Vec<Variable> = Vec::with_capacity(row.len());
            for (column, &value) in row.iter().enumerate() {
                let name = || format!("row {i} column {column}");
                let number = AllocatedNum::alloc(cs.namespace(name), || Ok(convert(value)))?;
                if column >= self.num_committed {
                    number.inputize(cs.namespace(|| format!("row {i} column {column} is public")))?;
                }
                variables.push(number.get_variable());
            }
            let one = CS::one();
            let form = |f: &Affine| {
                f.terms.iter().fold(LinearCombination::zero() + (small_scalar(f.constant), one), |sum, &(column, c)| {
                    sum + (small_scalar(c), variables[column])
                })
            };
            for (k, c) in self.system.iter().enumerate() {
                cs.enforce(|| format!("row {i} constraint {k}"), |_| form(&c.a), |_| form(&c.b), |_| form(&c.c));
            }
        }
        Ok(())
    }
}

impl SpartanCircuit<E> for Rows {
    fn public_values(&self) -> Result<Vec<Scalar>, SynthesisError> {
        Ok(self.rows.iter().flat_map(|row| row[self.num_committed..].iter().map(|x| convert(*x))).collect())
    }

    fn shared<CS: ConstraintSystem<Scalar>>(&self, _: &mut CS) -> Result<Vec<AllocatedNum<Scalar>>, SynthesisError> {
        Ok(Vec::new())
    }

    fn precommitted<CS: ConstraintSystem<Scalar>>(
        &self,
        _: &mut CS,
        _: &[AllocatedNum<Scalar>],
    ) -> Result<Vec<AllocatedNum<Scalar>>, SynthesisError> {
        Ok(Vec::new())
    }

    fn num_challenges(&self) -> usize {
        0
    }

    fn synthesize<CS: ConstraintSystem<Scalar>>(
        &self,
        cs: &mut CS,
        _: &[AllocatedNum<Scalar>],
        _: &[AllocatedNum<Scalar>],
        _: Option<&[Scalar]>,
    ) -> Result<(), SynthesisError> {
        self.enforce(cs)
    }
}

/// The rows of a program with every kind of row.
struct Trace {
    system: Vec<Constraint>,
    rows: Vec<Vec<Fr>>,
    /// Kind of each row, by name.
    kinds: Vec<String>,
    num_committed: usize,
}

impl Trace {
    fn new(params: Params) -> Self {
        let (mut rows, mut kinds) = (Vec::new(), Vec::new());
        let mut system = Vec::new();
        for panicking in [false, true] {
            let program = every_kind(panicking);
            let inputs = Inputs { public: INPUT, private: PRIVATE };
            let witness = honest_witness(&program, Config { params, ..small() }, inputs);
            system = constraints(params, program.bytecode().code_base);
            for row in 0..witness.header.steps as usize {
                rows.push(witness.columns.iter().map(|c| c.get(row)).collect());
                let index = witness.columns[col::PC].get_int(row).unwrap() as u32;
                kinds.push(kind_of(&program, index).to_string());
            }
        }
        // A row of padding.
        rows.push(vec![Fr::from(0u64); col::num_columns(params)]);
        kinds.push("padding".into());
        Self { system, rows, kinds, num_committed: col::num_committed(params) }
    }

    fn circuit(&self, rows: Vec<Vec<Fr>>) -> Rows {
        Rows { system: self.system.clone(), rows, num_committed: self.num_committed }
    }

    fn is_satisfied(&self, row: &[Fr]) -> bool {
        self.system.iter().all(|c| c.a.eval(row) * c.b.eval(row) == c.c.eval(row))
    }
}

/// Asks `spartan2` of single rows.
struct Oracle<S>(S);

fn oracle(trace: &Trace) -> Oracle<impl Fn(&[Fr]) -> bool> {
    let mut shape_of = TestShapeCS::<E>::new();
    trace.circuit(vec![trace.rows[0].clone()]).enforce(&mut shape_of).unwrap();
    let (shape, key, _) = shape_of.r1cs_shape().unwrap();
    assert_eq!(shape_of.num_constraints(), trace.system.len() + 2, "two public columns are inputs");
    let circuit = trace.circuit(Vec::new());
    Oracle(move |row: &[Fr]| {
        let mut assignment = SatisfyingAssignment::<E>::new();
        Rows { rows: vec![row.to_vec()], ..circuit.clone() }.enforce(&mut assignment).unwrap();
        let (instance, witness) = assignment.r1cs_instance_and_witness(&shape, &key, false).unwrap();
        shape.is_sat(&key, &instance, &witness).is_ok()
    })
}

#[test]
fn spartan2_accepts_every_honest_row() {
    for params in Params::ALL {
        let trace = Trace::new(params);
        let oracle = oracle(&trace);
        let mut seen = BTreeSet::new();
        for (row, kind) in trace.rows.iter().zip(&trace.kinds) {
            // A few of each kind.
            if seen.insert((kind, row[col::RESULT])) {
                assert!(oracle.0(row), "{kind}");
            }
        }
    }
}

/// Damaged rows of every kind: the oracle and our evaluation agree, and most are violated.
#[test]
fn spartan2_rejects_the_rows_that_we_reject() {
    const SEED: u64 = 0x7370_6172_7461_6e32;
    println!("seed {SEED:#x}");
    let mut rng = Rng::new(SEED);
    let per_kind = if nightly() { 60 } else { 8 };
    let (mut violated, mut satisfied) = (0, 0);
    for params in Params::ALL {
        let trace = Trace::new(params);
        let oracle = oracle(&trace);
        let kinds: BTreeSet<&String> = trace.kinds.iter().collect();
        for kind in kinds {
            let of_kind: Vec<usize> = (0..trace.rows.len()).filter(|&i| trace.kinds[i] == *kind).collect();
            let mut rejected = 0;
            for _ in 0..per_kind {
                let mut row = trace.rows[rng.pick(&of_kind)].clone();
                let column = rng.below(trace.num_committed as u32) as usize;
                let delta = Fr::from(1 + rng.below(300));
                row[column] = if rng.one_in(2) { row[column] + delta } else { row[column] - delta };
                let ours = trace.is_satisfied(&row);
                assert_eq!(oracle.0(&row), ours, "{kind}, column {}", col::name(params, column));
                *(if ours { &mut satisfied } else { &mut violated }) += 1;
                rejected += usize::from(!ours);
            }
            // One damage that every kind of row notices.
            let mut row = trace.rows[of_kind[0]].clone();
            row[col::CARRY] += Fr::from(2u64);
            assert!(!oracle.0(&row) && !trace.is_satisfied(&row), "{kind}, after {rejected} others");
            violated += 1;
        }
    }
    println!("{violated} damaged rows rejected by both, {satisfied} accepted by both");
    assert!(violated > 200 && satisfied > 50);
}

/// A few steps proven and verified by `spartan2`; damaged, they have no proof that verifies.
#[test]
fn spartan2_proves_a_few_steps() {
    const STEPS: usize = 6;
    let trace = Trace::new(Params::M8);
    let rows = trace.rows[4..4 + STEPS].to_vec();
    let honest = trace.circuit(rows.clone());
    let (prover_key, verifier_key) = SpartanSNARK::<E>::setup(honest.clone()).unwrap();
    let verdict = |circuit: Rows| {
        let prepared = SpartanSNARK::<E>::prep_prove(&prover_key, circuit.clone(), false).ok()?;
        let (proof, _) = SpartanSNARK::<E>::prove(&prover_key, circuit.clone(), prepared, false).ok()?;
        proof.verify(&verifier_key).ok()
    };
    let public = verdict(honest.clone()).expect("honest steps verify");
    assert_eq!(public, honest.public_values().unwrap());
    for (step, column) in [(0, col::RESULT), (2, col::slot_p(1)), (STEPS - 1, col::X)] {
        let mut wrong = rows.clone();
        wrong[step][column] += Fr::from(1u64);
        assert!(!trace.is_satisfied(&wrong[step]));
        assert!(verdict(trace.circuit(wrong)).is_none(), "step {step}, column {column}");
    }
}
