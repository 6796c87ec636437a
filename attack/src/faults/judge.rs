//! What becomes of a faulty run: proven by the honest prover, judged by the verifier.
//!
//! The claim of a run is its program, its public input, and the private input that the prover was given. What is true of
//! a claim is what the honest emulator says of it: the machine is deterministic, and the proof commits to the private
//! input, so that there is exactly one true statement. An accepted statement is the *same* if it is that one in
//! everything: program digest, public input, output, exit code and panic as a run of the emulator has them; rows and
//! configuration as the honest proof of that run has them; and setup and commitment to the private input as they are made
//! for the memory that the accepted proof covers, since transparent parameters have the size of what is committed to. Any
//! other accepted statement is false, as is any statement on an input that the emulator refuses.

use super::{guests::Guest, machine::Presented};
use crate::{
    error::AttackError,
    outcome::{Fate, guarded},
    programs::MAX_STEPS,
};
use lariat_algebra::column::{Column, ColumnData};
use lariat_emulator::machine::run;
use lariat_jolt_core::{
    Config, Header, Inputs, Program, ProveError, Schemes, SetupId, VerifiedStatement, VerifyError,
    cells::{CellLayout, io_word},
    protocol::{Shape, session},
    prove_trace, trace, verify, witness,
};
use lariat_pcs::Workload;
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
        let Some(truth) = self.truth(inputs, schemes)? else { return Ok(Fate::Survived(describe(&accepted, None))) };
        let truth = self.at_size_of(&proof, truth, inputs, schemes)?;
        let is_true = is_of_emulator(program, inputs, &accepted) && is_same(&accepted, &truth);
        Ok(if is_true { Fate::SameStatement } else { Fate::Survived(describe(&accepted, Some(&truth))) })
    }

    /// A true statement with the setup and the commitment to the private input that belong to the extents of this proof.
    fn at_size_of(
        &self,
        proof: &[u8],
        truth: VerifiedStatement,
        inputs: Inputs<'_>,
        schemes: &Schemes,
    ) -> Result<VerifiedStatement, AttackError> {
        let (program, pcs) = (&self.guest.program, self.config.pcs);
        let (header, _) = Header::parse(proof, schemes)
            .map_err(|source| AttackError::Verify { pcs, source: VerifyError::Header(source) })?;
        let params = header.config.params;
        let layout = CellLayout::new(params, program.image(), program.bytecode(), &header);
        let shape = Shape::new(params, &header, &layout);
        let failed = |source| AttackError::Prove { pcs, source: ProveError::Pcs(source) };
        let scheme = schemes.setup(pcs, Workload { num_vars: &shape.all_columns() }).map_err(failed)?;
        let words = (0..header.private_words() as usize).map(|i| io_word(inputs.private, i)).collect();
        let column = Column::new(shape.private_vars, ColumnData::U32(words));
        let mut channel = session(&header, scheme.as_ref()).into_prover();
        scheme.commit(&[&column], &mut channel).map_err(failed)?;
        let commitment = *blake3::hash(&channel.finish().0).as_bytes();
        Ok(VerifiedStatement { setup: SetupId::of(scheme.as_ref()), private_input_commitment: commitment, ..truth })
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

/// What was accepted, and in which parts it differs from the truth.
fn describe(statement: &VerifiedStatement, truth: Option<&VerifiedStatement>) -> String {
    let VerifiedStatement { input, output, exit, rows, .. } = statement;
    let parts = |truth: &VerifiedStatement| {
        let parts = [
            ("program", statement.program_digest != truth.program_digest),
            ("input", *input != truth.input),
            ("output", *output != truth.output),
            ("end", *exit != truth.exit),
            ("rows", *rows != truth.rows),
            ("configuration", statement.config != truth.config),
            ("setup", statement.setup != truth.setup),
            ("commitment to the private input", statement.private_input_commitment != truth.private_input_commitment),
        ];
        let wrong: Vec<&str> = parts.into_iter().filter(|part| part.1).map(|part| part.0).collect();
        format!("wrong: {}", wrong.join(", "))
    };
    let wrong = truth.map_or_else(|| "the emulator refuses the input".to_owned(), parts);
    format!("accepted: input {input:02x?}, output {output:02x?}, {exit:?}, {rows} rows; {wrong}")
}
