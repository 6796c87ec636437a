//! The constraints of a step, exported to the crate `spartan2`: an implementation of R1CS and of Spartan over the same
//! field that shares no code with this one. It accepts what the constraints accept, and nothing else.
//!
//! A system of `n` rows is `n` copies of the constraints. The committed columns of a row are witness variables; `step`
//! and `active` are public inputs.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use ark_ff::{BigInteger, PrimeField as _};
use bellpepper_core::{ConstraintSystem, LinearCombination, SynthesisError, Variable, num::AllocatedNum};
use ff::{Field, PrimeField};
use lariat_algebra::Fr;
use lariat_attack::{
    kinds::{INPUT, Kind, PRIVATE, all_kinds, every_kind, kind_of},
    programs::honest_witness,
};
use lariat_emulator::isa::Opcode;
use lariat_jolt_core::{
    Config, Inputs, Params, columns as col,
    constraints::{Affine, Constraint, constraints, first_violated},
};
use lariat_subtables::decompose::Flag;
use spartan2::{
    bellpepper::{
        solver::SatisfyingAssignment,
        test_r1cs::{TestSpartanShape, TestSpartanWitness},
        test_shape_cs::TestShapeCS,
    },
    errors::SpartanError,
    provider::Bn254Engine,
    spartan::SpartanSNARK,
    traits::{Engine, circuit::SpartanCircuit, snark::R1CSSNARKTrait},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

type Scalar = <Bn254Engine as Engine>::Scalar;
type Snark = SpartanSNARK<Bn254Engine>;

/// Added to an entry to make a mutated row: neighbours, and a wrap-around of the word.
const DELTAS: [i128; 3] = [1, -1, 1 << 32];

/// The same element in the other implementation of the field.
fn scalar(v: Fr) -> Scalar {
    let mut repr = <Scalar as PrimeField>::Repr::default();
    repr.as_mut().copy_from_slice(&v.into_bigint().to_bytes_le());
    Scalar::from_repr(repr).unwrap()
}

fn scalars(row: &[i128]) -> Vec<Scalar> {
    row.iter().map(|&v| scalar(Fr::from(v))).collect()
}

/// Rows of columns, and the constraints that each of them is to satisfy.
#[derive(Clone)]
struct Rows {
    params: Params,
    system: Arc<[Constraint]>,
    entries: Vec<Vec<i128>>,
}

impl Rows {
    /// Variables and constraints of all rows.
    fn export<CS: ConstraintSystem<Scalar>>(&self, cs: &mut CS) -> Result<(), SynthesisError> {
        for (i, row) in self.entries.iter().enumerate() {
            let mut variables: Vec<Variable> = Vec::with_capacity(row.len());
            for (column, &value) in scalars(row).iter().enumerate() {
                let name = || format!("row {i}, column {column}");
                variables.push(if column < col::num_committed(self.params) {
                    cs.alloc(name, || Ok(value))?
                } else {
                    cs.alloc_input(name, || Ok(value))?
                });
            }
            let form = |f: &Affine| {
                let constant = LinearCombination::from_coeff(CS::one(), scalar(Fr::from(f.constant)));
                f.terms.iter().fold(constant, |lc, &(column, c)| lc + (scalar(Fr::from(c)), variables[column]))
            };
            for (k, c) in self.system.iter().enumerate() {
                cs.enforce(|| format!("row {i}, constraint {k}"), |_| form(&c.a), |_| form(&c.b), |_| form(&c.c));
            }
        }
        Ok(())
    }

    /// `step` and `active` of all rows.
    fn public(&self) -> Vec<Scalar> {
        self.entries.iter().flat_map(|row| scalars(&row[col::num_committed(self.params)..])).collect()
    }
}

impl SpartanCircuit<Bn254Engine> for Rows {
    fn public_values(&self) -> Result<Vec<Scalar>, SynthesisError> {
        Ok(self.public())
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
        self.export(cs)
    }
}

/// A question about a row.
type Ask<T> = Box<dyn Fn(&[i128]) -> T>;

/// What `spartan2` says of single rows.
struct Oracle {
    /// Indices of the constraints that a row violates, by its products of matrices and vector.
    violated: Ask<Vec<usize>>,
    /// Its own verdict on the row as an instance and a witness.
    is_satisfied: Ask<bool>,
}

impl Oracle {
    fn new(params: Params, system: &Arc<[Constraint]>) -> Self {
        let one_row = move |system: &Arc<[Constraint]>, row: &[i128]| Rows {
            params,
            system: system.clone(),
            entries: vec![row.to_vec()],
        };
        let mut cs = TestShapeCS::<Bn254Engine>::new();
        one_row(system, &vec![0; col::num_columns(params)]).export(&mut cs).unwrap();
        let (shape, key, _) = cs.r1cs_shape().unwrap();
        let shape = Arc::new(shape);

        let matrices = shape.clone();
        let violated = move |row: &[i128]| {
            let mut z = scalars(row);
            z.insert(col::num_committed(params), Scalar::ONE);
            let (a, b, c) = matrices.multiply_vec(&z).unwrap();
            (0..c.len()).filter(|&k| a[k] * b[k] != c[k]).collect()
        };
        let system = system.clone();
        let is_satisfied = move |row: &[i128]| {
            let mut assignment = SatisfyingAssignment::<Bn254Engine>::new();
            one_row(&system, row).export(&mut assignment).unwrap();
            let (instance, witness) = assignment.r1cs_instance_and_witness(&shape, &key, false).unwrap();
            match shape.is_sat(&key, &instance, &witness) {
                Ok(()) => true,
                Err(SpartanError::UnSat { reason }) if reason == "R1CS is unsatisfiable" => false,
                Err(other) => panic!("{other}"),
            }
        };
        Self { violated: Box::new(violated), is_satisfied: Box::new(is_satisfied) }
    }
}

/// The constraints that a row of integers violates.
fn violated(system: &[Constraint], row: &[i128]) -> Vec<usize> {
    (0..system.len()).filter(|&k| first_violated(&system[k..=k], row).is_some()).collect()
}

/// Columns that the constraints speak of.
fn constrained_columns(system: &[Constraint]) -> BTreeSet<usize> {
    let forms = system.iter().flat_map(|c| [&c.a, &c.b, &c.c]);
    forms.flat_map(|f| f.terms.iter().map(|t| t.0)).collect()
}

/// Honest rows of two programs that cover every kind of row between them, with a padding row behind each, under
/// constraints that both share.
struct Honest {
    system: Arc<[Constraint]>,
    code_base: u32,
    /// Rows by kind; `None` are padding.
    rows: Vec<(Option<Kind>, Vec<i128>)>,
}

impl Honest {
    fn new(params: Params) -> Self {
        let (mut rows, mut bases) = (Vec::new(), BTreeSet::new());
        for panicking in [false, true] {
            let program = every_kind(panicking);
            let inputs = Inputs { public: INPUT, private: PRIVATE };
            let witness = honest_witness(&program, Config { params, ..Config::default() }, inputs);
            let steps = witness.header.steps as usize;
            rows.extend((0..steps).map(|i| {
                let row = witness.row(i);
                (Some(kind_of(&program, row[col::PC] as u32)), row)
            }));
            assert!(!steps.is_power_of_two(), "there is padding");
            rows.push((None, witness.row(steps)));
            bases.insert(program.bytecode().code_base);
        }
        let code_base = bases.pop_first().unwrap();
        assert!(bases.is_empty());
        Self { system: constraints(params, code_base).into(), code_base, rows }
    }

    /// The first row of each kind.
    fn one_of_each_kind(&self) -> BTreeMap<Option<Kind>, &[i128]> {
        let all: BTreeMap<_, _> = self.rows.iter().rev().map(|(kind, row)| (*kind, row.as_slice())).collect();
        assert!(all_kinds().into_iter().all(|kind| all.contains_key(&Some(kind))));
        assert!(all.contains_key(&None));
        all
    }
}

/// A row with an entry changed.
fn changed(row: &[i128], column: usize, delta: i128) -> Vec<i128> {
    let mut row = row.to_vec();
    row[column] += delta;
    row
}

#[test]
fn the_fields_are_the_same() {
    assert_eq!(scalar(-Fr::from(1u8)), -Scalar::ONE);
    for v in [0u128, 1, 255, 1 << 64, u128::MAX] {
        assert_eq!(scalar(Fr::from(v)), Scalar::from_u128(v));
        assert_eq!(scalar(-Fr::from(v)), -Scalar::from_u128(v));
    }
}

#[test]
fn honest_rows_of_every_kind_are_satisfied() {
    for params in Params::ALL {
        let honest = Honest::new(params);
        let oracle = Oracle::new(params, &honest.system);
        honest.one_of_each_kind();
        for (kind, row) in &honest.rows {
            assert!((oracle.violated)(row).is_empty(), "{kind:?}");
            assert!((oracle.is_satisfied)(row), "{kind:?}");
        }
    }
}

#[test]
fn agrees_on_every_constraint_of_every_mutated_row() {
    for params in Params::ALL {
        let honest = Honest::new(params);
        let oracle = Oracle::new(params, &honest.system);
        let columns = constrained_columns(&honest.system);
        let (mut caught_by, mut caught_in) = (BTreeSet::new(), BTreeSet::new());
        for (kind, row) in &honest.rows {
            for &column in &columns {
                for delta in DELTAS {
                    let mutated = changed(row, column, delta);
                    let ours = violated(&honest.system, &mutated);
                    assert_eq!((oracle.violated)(&mutated), ours, "{kind:?}, column {column} plus {delta}");
                    let known = caught_by.len() + caught_in.len();
                    if !ours.is_empty() {
                        caught_in.insert(column);
                    }
                    caught_by.extend(ours);
                    if caught_by.len() + caught_in.len() > known {
                        assert!(!(oracle.is_satisfied)(&mutated), "{kind:?}, column {column} plus {delta}");
                    }
                }
            }
        }
        let names = honest.system.iter().enumerate();
        let missed: Vec<&str> = names.filter(|(k, _)| !caught_by.contains(k)).map(|(_, c)| c.name.as_str()).collect();
        assert!(missed.is_empty(), "no mutated row violates {missed:?}");
        assert_eq!(caught_in, columns, "a change of every column is caught on some row");
    }
}

#[test]
fn rejects_exactly_the_mutated_rows_that_violate_a_constraint() {
    for params in Params::ALL {
        let honest = Honest::new(params);
        let oracle = Oracle::new(params, &honest.system);
        let (mut accepted, mut rejected) = (0, 0);
        for (kind, row) in honest.one_of_each_kind() {
            for column in constrained_columns(&honest.system) {
                let mutated = changed(row, column, 1);
                let satisfied = first_violated(&honest.system, &mutated).is_none();
                assert_eq!((oracle.is_satisfied)(&mutated), satisfied, "{kind:?}, column {column}");
                *(if satisfied { &mut accepted } else { &mut rejected }) += 1;
            }
        }
        // Columns that a row does not use may change; what then forbids it are the lookups, if anything.
        assert!(accepted > 1000 && rejected > 3000, "{accepted} accepted, {rejected} rejected");
    }
}

#[test]
fn rejects_jumps_under_another_code_base() {
    for params in Params::ALL {
        let honest = Honest::new(params);
        let moved: Arc<[Constraint]> = constraints(params, honest.code_base + 4).into();
        let oracle = Oracle::new(params, &moved);
        for (kind, row) in honest.one_of_each_kind() {
            let is_jalr = row[col::flag(Flag::Jalr)] == 1;
            assert_eq!((oracle.violated)(row), violated(&moved, row), "{kind:?}");
            assert_eq!((oracle.is_satisfied)(row), !is_jalr, "{kind:?}");
        }
    }
}

#[test]
fn proves_honest_rows_and_no_mutated_ones() {
    for params in Params::ALL {
        let honest = Honest::new(params);
        let (kinds, entries): (Vec<_>, Vec<_>) =
            honest.one_of_each_kind().into_iter().map(|(kind, row)| (kind, row.to_vec())).unzip();
        let circuit = Rows { params, system: honest.system.clone(), entries };
        let (prover_key, verifier_key) = Snark::setup(circuit.clone()).unwrap();
        let verdict = |circuit: &Rows| {
            let prepared = Snark::prep_prove(&prover_key, circuit.clone(), false)?;
            let (proof, _) = Snark::prove(&prover_key, circuit.clone(), prepared, false)?;
            proof.verify(&verifier_key)
        };
        assert_eq!(verdict(&circuit).unwrap(), circuit.public());

        let at = |op: Option<Opcode>| kinds.iter().position(|k| k.map(|k| k.op) == op).unwrap();
        let with = |row: usize, column: usize, delta: i128| {
            let mut circuit = circuit.clone();
            circuit.entries[row] = changed(&circuit.entries[row], column, delta);
            circuit
        };
        for (op, column, delta) in [
            (Some(Opcode::Add), col::RESULT, 1),
            (Some(Opcode::Add), col::active(params), -1),
            (Some(Opcode::Beq), col::TAKEN, 1),
            (Some(Opcode::Divu), col::NONZERO, -1),
            (Some(Opcode::Jalr), col::NEXT, 1),
            (Some(Opcode::Lb), col::BYTE_MIX, 256),
            (Some(Opcode::Mulh), col::PRODUCT_HIGH, -1),
            (Some(Opcode::Sb), col::RAM_POST, 1),
            (None, col::flag(Flag::Add), 1),
        ] {
            let mutated = with(at(op), column, delta);
            assert!(first_violated(&honest.system, &mutated.entries[at(op)]).is_some(), "{op:?}, column {column}");
            assert_eq!(verdict(&mutated), Err(SpartanError::InvalidSumcheckProof), "{op:?}, column {column}");
        }

        // It is the violation that is rejected, not the difference: no constraint speaks of read counters.
        let harmless = with(at(Some(Opcode::Add)), col::PC_COUNT, 1);
        assert_eq!(verdict(&harmless).unwrap(), circuit.public());
    }
}
