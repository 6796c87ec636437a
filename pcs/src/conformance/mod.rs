//! The tests that every scheme passes: call [`run_scheme`], or [`run`] with a way to make the scheme.
//!
//! The suite plays a small protocol around the scheme (commit in one or several batches, send the claimed values, open
//! at one point) and then attacks the statement and the bytes of the proof. It panics at the first violation, with the
//! case and the attack in the message.

mod attacks;
mod cases;
mod words;

pub use cases::Case;
pub use words::half_way;

use crate::{Commitments, Pcs, PcsError, Resources, Scheme, VerifyError, Workload};
use lariat_algebra::Fr;
use lariat_transcript::{EventLog, HashKind, ProverChannel, Session, VerifierChannel};
use std::sync::Arc;

/// Label of the claimed values in the suite's protocol.
pub const EVALS_LABEL: &str = "conformance/evals";

/// What the verifier is told about a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Numbers of variables, batch by batch.
    pub batches: Vec<Vec<usize>>,
    /// The point.
    pub point: Vec<Fr>,
    /// The claimed values, in order.
    pub evals: Vec<Fr>,
}

/// A session that binds the public parameters.
pub fn session(pcs: &dyn Pcs) -> Session<lariat_transcript::Ready> {
    Session::new(HashKind::Blake3, "pcs-conformance").bind("setup", &pcs.setup_digest())
}

/// Proves a case honestly, except that `claimed` values take the place of the true ones.
///
/// # Errors
/// As the scheme's `commit` and `open`.
pub fn prove(pcs: &dyn Pcs, case: &Case, claimed: &[Fr]) -> Result<(Vec<u8>, EventLog), PcsError> {
    prove_in(pcs, case, claimed, session(pcs).into_prover())
}

/// [`prove`] in a given channel.
///
/// # Errors
/// As the scheme's `commit` and `open`.
pub fn prove_in(
    pcs: &dyn Pcs,
    case: &Case,
    claimed: &[Fr],
    mut channel: ProverChannel,
) -> Result<(Vec<u8>, EventLog), PcsError> {
    let mut hints = Vec::new();
    for batch in &case.batches {
        hints.push(pcs.commit(&batch.iter().collect::<Vec<_>>(), &mut channel)?);
    }
    channel.send_scalars(EVALS_LABEL, claimed);
    pcs.open(&case.columns(), &hints, &case.point, claimed, &mut channel)?;
    Ok(channel.finish())
}

/// Verifies a proof of the suite's protocol. The claimed values in the proof must be those of the statement.
///
/// # Errors
/// Whatever the scheme or the channel finds.
pub fn verify(pcs: &dyn Pcs, statement: &Statement, proof: &[u8]) -> Result<(), VerifyError> {
    verify_in(pcs, statement, session(pcs).into_verifier(proof))
}

/// [`verify`] in a given channel.
///
/// # Errors
/// Whatever the scheme or the channel finds.
pub fn verify_in(pcs: &dyn Pcs, statement: &Statement, mut channel: VerifierChannel<'_>) -> Result<(), VerifyError> {
    let commitments: Vec<Commitments> = statement
        .batches
        .iter()
        .map(|num_vars| pcs.recv_commitments(num_vars, &mut channel))
        .collect::<Result<_, _>>()?;
    // The values are those of the proof: an attack on them is an attack on the statement, and is made there too.
    channel.recv_scalars(EVALS_LABEL, statement.evals.len())?;
    pcs.verify(&commitments, &statement.point, &statement.evals, &mut channel)?;
    channel.finish()?;
    Ok(())
}

/// Runs the whole suite on a scheme of a list: the one line of a scheme's tests.
///
/// # Panics
/// At the first violation.
pub fn run_scheme(scheme: Scheme, resources: &Resources) {
    run(|workload| {
        let pcs = (scheme.setup)(workload, resources).expect("the suite's workloads are small");
        assert_eq!(pcs.kind(), scheme.kind);
        pcs
    });
}

/// Runs the whole suite. `setup` makes the scheme for a workload, as prover and as verifier do.
///
/// # Panics
/// At the first violation.
pub fn run(setup: impl Fn(Workload<'_>) -> Arc<dyn Pcs>) {
    for case in cases::all() {
        let num_vars = case.num_vars();
        let pcs = setup(Workload { num_vars: &num_vars });
        attacks::run_case(pcs.as_ref(), &case);
    }
    attacks::refuses_contradictory_arguments(&setup);
    attacks::enforces_size_limits(&setup);
    attacks::binds_the_setup(&setup);
}
