//! What becomes of a faulty run: proven by the honest prover, judged by the verifier.
//!
//! The claim of a run is its program, its public input, and the private input that the prover was given. What is true of
//! a claim is what the honest emulator says of it: the machine is deterministic, and the proof commits to the private
//! input, so that there is exactly one true statement. An accepted statement is the *same* if it is that one in
//! everything: program digest, public input, output, exit code and panic as a run of the emulator has them; and rows,
//! configuration, setup and commitment to the private input as the honest proof of that run has them. Any other accepted
//! statement is false, as is any statement on an input that the emulator refuses.

use super::{guests::Guest, machine::Presented};
use crate::{
    error::AttackError,
    outcome::{Fate, guarded},
    programs::MAX_STEPS,
};
use lariat_emulator::machine::run;
use lariat_jolt_core::{
    Config, Inputs, Program, ProveError, Schemes, VerifiedStatement, VerifyError, prove_trace, trace, verify, witness,
};
use std::sync::OnceLock;

/// A verifier.
pub type Verifier<'v> = dyn Fn(&Program, &[u8], &Schemes) -> Result<VerifiedStatement, VerifyError> + Sync + 'v;

/// A guest under a configuration.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The guest.
    pub guest: &'a Guest,
    /// Scheme, hash and table size.
    pub config: Config,
    /// The statement of the honest proof, which is made when it is first needed.
    honest: OnceLock<VerifiedStatement>,
}

impl<'a> Subject<'a> {
    /// A guest under a configuration; nothing is proven yet.
    pub const fn new(guest: &'a Guest, config: Config) -> Self {
        Self { guest, config, honest: OnceLock::new() }
    }

    /// What is true of an input, by an honest proof of an honest run. `None` where the emulator refuses to run.
    fn truth(&self, inputs: Inputs<'_>, schemes: &Schemes) -> Result<Option<VerifiedStatement>, AttackError> {
        let own = inputs == self.guest.inputs();
        if let Some(known) = self.honest.get().filter(|_| own) {
            return Ok(Some(known.clone()));
        }
        let (program, pcs) = (&self.guest.program, self.config.pcs);
        let Ok(trace) = trace(program.image(), inputs, MAX_STEPS) else { return Ok(None) };
        let proven = prove_trace(program, inputs, self.config, schemes, trace, &mut |_| {})
            .map_err(|source| AttackError::Prove { pcs, source })?;
        let statement =
            verify(program, &proven.proof, schemes).map_err(|source| AttackError::Verify { pcs, source })?;
        Ok(Some(if own { self.honest.get_or_init(|| statement).clone() } else { statement }))
    }

    /// Proves and verifies the honest run, once.
    ///
    /// # Errors
    /// When it cannot be proven, or the proof is rejected.
    pub fn prove_honest(&self, schemes: &Schemes) -> Result<(), AttackError> {
        self.truth(self.guest.inputs(), schemes).map(drop)
    }

    /// Scheme and tables, in words.
    pub fn name(&self) -> String {
        format!("tables of 2^{}", self.config.params.log_m())
    }

    /// Whether the honest run gives the prover exactly this.
    pub fn is_honest(&self, presented: &Presented) -> bool {
        let Guest { program, honest, .. } = self.guest;
        if presented.inputs() != self.guest.inputs() || presented.trace.rows != honest.rows {
            return false;
        }
        let header = |trace| witness::header(program, self.config, presented.inputs(), trace);
        matches!((header(&presented.trace), header(honest)), (Ok(a), Ok(b)) if a == b)
    }

    /// Judges what a faulty run presents.
    ///
    /// # Errors
    /// When an honest run cannot be proven, or its proof is rejected.
    pub fn judge(&self, presented: Presented, schemes: &Schemes, verifier: &Verifier<'_>) -> Result<Fate, AttackError> {
        if self.is_honest(&presented) {
            return Ok(Fate::NoEffect);
        }
        self.prove_honest(schemes)?;
        let program = &self.guest.program;
        let Presented { trace, public, private } = presented;
        let inputs = Inputs { public: &public, private: &private };
        let proven = guarded(|| prove_trace(program, inputs, self.config, schemes, trace, &mut |_| {}));
        let proof = match proven {
            Ok(Ok(proven)) => proven.proof,
            // A scheme that fails on what it is given is no answer of the prover to a bad trace.
            Ok(Err(source @ ProveError::Pcs(_))) => return Err(AttackError::Prove { pcs: self.config.pcs, source }),
            Ok(Err(_)) => return Ok(Fate::Stopped),
            Err(words) => return Ok(Fate::Panicked(format!("the prover: {words}"))),
        };
        let accepted = match guarded(|| verifier(program, &proof, schemes)) {
            Ok(Ok(statement)) => statement,
            Ok(Err(_)) => return Ok(Fate::Rejected),
            Err(words) => return Ok(Fate::Panicked(format!("the verifier: {words}"))),
        };
        let truth = self.truth(inputs, schemes)?;
        let is_true =
            truth.is_some_and(|truth| is_of_emulator(program, inputs, &accepted) && is_same(&accepted, &truth));
        Ok(if is_true { Fate::SameStatement } else { Fate::Survived(describe(&accepted)) })
    }
}

/// Whether the emulator, on these inputs, says what the statement says.
fn is_of_emulator(program: &Program, inputs: Inputs<'_>, statement: &VerifiedStatement) -> bool {
    let Ok(result) = run(program.image(), inputs, MAX_STEPS) else { return false };
    statement.program_digest == program.digest()
        && statement.input == inputs.public
        && statement.output == result.output
        && statement.exit == result.exit
}

/// Whether two statements are the same in all but the ledger, which depends on the extents of memory that a proof covers.
fn is_same(statement: &VerifiedStatement, truth: &VerifiedStatement) -> bool {
    VerifiedStatement { security: truth.security.clone(), ..statement.clone() } == *truth
}

/// What was accepted.
fn describe(statement: &VerifiedStatement) -> String {
    let VerifiedStatement { input, output, exit, rows, .. } = statement;
    format!("accepted: input {input:02x?}, output {output:02x?}, {exit:?}, {rows} rows")
}
