//! One proof, measured in this process.

use crate::{
    Batches, BenchError, Cell, Machine, Operations, ProofSecurityRecord, Record, SCHEMA, SecurityRecord, Workload,
    alone, machine, operations, setup,
};
use lariat_algebra::column::{Column, ColumnData};
use lariat_jolt_core::{
    Config, HashKind, Inputs, Params, Phase, Program, ProveOptions, Proven, Schemes, SecurityLedger,
    protocol::Shape,
    prove_witness, trace, verify,
    witness::{self, TouchedCell, Witness},
};
use lariat_pcs::Workload as PcsWorkload;
use std::time::{Duration, Instant};

/// Verifications that are timed.
const VERIFICATIONS: usize = 5;

/// Most steps of a workload.
const MAX_STEPS: u64 = 1 << 26;

/// Makes and verifies a cell's proof on the cell's threads.
///
/// The clock of `prove_ns` starts when the run's columns were committed to and opened once under the same parameters, so
/// that tables which schemes build on first use count as setup for all of them.
///
/// # Errors
/// When there is no such workload or scheme, or the proof is not made or does not verify.
pub fn measure(cell: &Cell, schemes: &Schemes) -> Result<Record, BenchError> {
    let workload = Workload::new(&cell.guest, cell.log_rows)?;
    let scheme = setup::scheme(schemes, &cell.pcs)?;
    let hash = HashKind::ALL.into_iter().find(|h| h.name() == cell.hash).ok_or_else(|| BenchError::UnknownHash {
        hash: cell.hash.clone(),
        known: HashKind::ALL.map(HashKind::name).to_vec(),
    })?;
    let params = Params::new(cell.log_m).map_err(|_| BenchError::LogM { log_m: cell.log_m })?;
    let config = Config { pcs: scheme.kind, hash, params, ..Config::default() };
    let program = workload.program()?;
    let inputs = Inputs { public: &workload.input, private: &[] };
    machine::threads(cell.threads)?.run(|| {
        let mut phases: Vec<(Phase, Duration)> = Vec::new();
        let mut timed = |phase: Phase, start: Instant| phases.push((phase, start.elapsed()));

        let start = Instant::now();
        let trace = trace(program.image(), inputs, MAX_STEPS)?;
        timed(Phase::Execute, start);
        let instructions = trace.run.steps;
        let start = Instant::now();
        let witness = witness::build(&program, config, inputs, &trace)?;
        drop(trace);
        timed(Phase::Witness, start);

        let shape = Shape::new(params, &witness.header, &witness.layout);
        let num_vars = shape.all_columns();
        let pcs_workload = PcsWorkload { num_vars: &num_vars };
        let start = Instant::now();
        let pcs = schemes.setup(scheme.kind, pcs_workload)?;
        let setup = start.elapsed();
        let columns = committed(&witness, &shape);
        let start = Instant::now();
        columns.warm_up(pcs.as_ref())?;
        drop(columns);
        let setup_ns = ns(setup + start.elapsed());
        let security = pcs.security(&[&shape.private_batch(), &shape.witness_batch()]);
        // What the setup takes from it is in the record of the setup.
        let ledger = SecurityLedger::new(&shape, config, pcs.as_ref()).under_sound_setup();
        let (proven_level, conjectured_level) = (ledger.proven(), ledger.conjectured());
        let setup = setup::record(scheme, pcs.as_ref(), pcs_workload);
        drop(pcs);

        let before = machine::mul_ns();
        let mut proven = prove_witness(&program, witness, schemes, &mut |_| {})?;
        let mul_ns = f64::midpoint(before, machine::mul_ns());
        phases.append(&mut proven.phases);
        let verify_ns = time_verification(&program, &proven, schemes)?;

        let total = |wanted: &[Phase]| -> u64 {
            phases.iter().filter(|(phase, _)| wanted.contains(phase)).map(|(_, time)| ns(*time)).sum()
        };
        let (commit_ns, open_ns) = (total(&[Phase::Commit]), total(&[Phase::Open]));
        let iop_ns = total(&[Phase::Products, Phase::MainSumcheck]);
        let prove_ns = total(&[Phase::Witness]) + commit_ns + iop_ns + open_ns;
        let (commitment_bytes, opening_bytes) = operations::pcs_bytes(&proven.log);
        Ok(Record {
            schema: SCHEMA,
            cell: cell.clone(),
            setup,
            security: SecurityRecord { security_proven: security.proven, security_conjectured: security.conjectured },
            proof_security: Some(ProofSecurityRecord {
                proof_security_proven: proven_level.bits,
                proof_security_proven_limit: proven_level.limit.to_owned(),
                proof_security_conjectured: conjectured_level.bits,
                proof_security_conjectured_limit: conjectured_level.limit.to_owned(),
            }),
            argument: config.argument.name().to_owned(),
            program: operations::hex(&program.digest()),
            instructions,
            rows: proven.header.steps,
            columns: num_vars.len(),
            phases_ns: phases.iter().map(|(phase, time)| (phase.name().to_owned(), ns(*time))).collect(),
            setup_ns,
            prove_ns,
            commit_ns,
            iop_ns,
            open_ns,
            verify_ns,
            mul_ns,
            mul_equivalents_per_instruction: prove_ns as f64 * cell.threads as f64 / instructions as f64 / mul_ns,
            proof_bytes: proven.proof.len(),
            commitment_bytes,
            opening_bytes,
            iop: Operations::of_iop(&proven.log),
            pcs_part: Operations::of_pcs(&proven.log),
            peak_rss_bytes: machine::peak_rss_bytes(),
            machine: Machine::detect(),
        })
    })
}

/// A copy of the columns that the prover commits to, in its two batches.
fn committed(witness: &Witness, shape: &Shape) -> Batches {
    let private = Column::new(shape.private_vars, ColumnData::U32(witness.private_words.clone()));
    let sparse = |value: fn(&TouchedCell) -> u32| {
        let entries = witness.cells.iter().map(|c| (c.cell, value(c))).filter(|e| e.1 != 0).collect();
        Column::new(shape.cell_vars, ColumnData::Sparse(entries))
    };
    let mut columns: Vec<Column> = witness.columns.iter().take(shape.num_step_columns).cloned().collect();
    columns.extend([sparse(|_| 1), sparse(|c| c.value), sparse(|c| c.timestamp)]);
    Batches::new(vec![vec![private], columns])
}

/// Median time of verifying; every time, the statement must be the run's.
fn time_verification(program: &Program, proven: &Proven, schemes: &Schemes) -> Result<u64, BenchError> {
    let mut times = Vec::with_capacity(VERIFICATIONS);
    for _ in 0..VERIFICATIONS {
        let start = Instant::now();
        let statement = verify(program, &proven.proof, schemes).map_err(Box::new)?;
        times.push(ns(start.elapsed()));
        if statement.rows != proven.header.steps || statement.output != proven.header.output() {
            return Err(BenchError::OtherStatement);
        }
    }
    Ok(alone::median(&mut times))
}

/// Makes one proof of a workload, for benches that time it themselves.
///
/// # Errors
/// When the guest does not run to its end or cannot be proven.
pub fn prove_once(
    program: &Program,
    workload: &Workload,
    options: &ProveOptions,
    schemes: &Schemes,
) -> Result<Proven, BenchError> {
    let inputs = Inputs { public: &workload.input, private: &[] };
    Ok(lariat_jolt_core::prove(program, inputs, options, schemes, &mut |_| {})?)
}

/// Nanoseconds from the witness to the opening.
pub fn core_ns(proven: &Proven) -> u64 {
    let core = proven.phases.iter().filter(|(p, _)| !matches!(p, Phase::Execute | Phase::Setup));
    core.map(|(_, d)| ns(*d)).sum()
}

pub(crate) fn ns(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
