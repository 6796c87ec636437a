//! The verifier. It builds without rayon and depends on nothing of the prover.

use crate::{
    cells::{CellContext, CellLayout, evaluate_mask},
    error::{HeaderError, VerifyError},
    operations::{Fingerprint, operations},
    program::Program,
    protocol::{
        self, NUM_CELL_COLUMNS, PrivateWeights, Shape, balanced, boundary, cell, cell_claim, cell_relation,
        cell_weights, label, section, session, step_claim, step_relation,
    },
    security::SecurityLedger,
    statement::{Header, MAX_STEPS, SetupId, VerifiedStatement},
};
use ark_ff::Zero;
use lariat_algebra::{
    Fr,
    poly::{eq_eval, eq_index, truncated_identity_mle},
};
use lariat_pcs::{Schemes, Workload};
use lariat_sumcheck::{
    InstanceShape, SumcheckError, engine,
    grand_product::{self, Top},
    ledger::Ledger,
    quarks,
    reduction::Reduced,
};
use lariat_transcript::{EventLog, Ready, Session};

/// What a verifier demands of a proof before it begins to work on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Most rows of the run. The work of a verifier grows with the rows that a header claims, by a logarithm or a square
    /// root according to the scheme; whoever serves strangers accepts no more than it expects.
    pub max_rows: u64,
}

impl Default for VerifyOptions {
    /// Whatever a proof can have: [`MAX_STEPS`] rows.
    fn default() -> Self {
        Self { max_rows: MAX_STEPS }
    }
}

impl VerifyOptions {
    /// Whether the header, as it stands in the file, is of a proof that these options let through.
    ///
    /// # Errors
    /// [`VerifyError::TooManyRows`].
    pub fn check(&self, header: &Header) -> Result<(), VerifyError> {
        let (rows, max_rows) = (header.steps, self.max_rows);
        if rows > max_rows {
            return Err(VerifyError::TooManyRows { rows, max_rows });
        }
        Ok(())
    }
}

/// Verifies a proof about `program` and returns what it says: [`verify_with`] under the default options.
///
/// `schemes` are those that the caller trusts, with the structured parameters that it trusts. The caller must compare
/// the statement with what it expects: the input, the output, the exit and, if it matters, the configuration.
///
/// # Errors
/// When the file is no proof about this program, or does not verify. Never panics, whatever the bytes.
pub fn verify(program: &Program, proof: &[u8], schemes: &Schemes) -> Result<VerifiedStatement, VerifyError> {
    verify_with(program, proof, schemes, &VerifyOptions::default())
}

/// [`verify`], with limits to what is accepted. They are checked when the header has been read, before parameters of a
/// scheme are derived.
///
/// # Errors
/// As [`verify`], and [`VerifyError::TooManyRows`].
pub fn verify_with(
    program: &Program,
    proof: &[u8],
    schemes: &Schemes,
    options: &VerifyOptions,
) -> Result<VerifiedStatement, VerifyError> {
    verify_in(program, proof, schemes, *options, |session| session).map(|(statement, _)| statement)
}

/// [`verify`], with the log of every message and challenge.
///
/// # Errors
/// As [`verify`].
pub fn verify_with_log(
    program: &Program,
    proof: &[u8],
    schemes: &Schemes,
) -> Result<(VerifiedStatement, EventLog), VerifyError> {
    verify_in(program, proof, schemes, VerifyOptions::default(), |session| session)
}

/// [`verify_with_log`] on challenges that are not drawn but given: what a verifier that forgot to absorb would accept.
/// For attacks only.
///
/// # Errors
/// As [`verify`].
///
/// # Panics
/// When the tape does not hold the challenges that the verifier asks for.
#[cfg(feature = "test-util")]
pub fn verify_frozen(
    program: &Program,
    proof: &[u8],
    schemes: &Schemes,
    tape: &lariat_transcript::ChallengeTape,
) -> Result<(VerifiedStatement, EventLog), VerifyError> {
    verify_in(program, proof, schemes, VerifyOptions::default(), |session| session.freeze(tape.clone()))
}

#[tracing::instrument(skip_all, name = "verify")]
fn verify_in(
    program: &Program,
    proof: &[u8],
    schemes: &Schemes,
    options: VerifyOptions,
    prepare: impl FnOnce(Session<Ready>) -> Session<Ready>,
) -> Result<(VerifiedStatement, EventLog), VerifyError> {
    // Step 0: header, shape, exact length.
    let (header, header_len) = Header::parse(proof, schemes)?;
    if header.program != program.digest() {
        return Err(VerifyError::OtherProgram { found: header.program });
    }
    header.check(program.image())?;
    options.check(&header)?;
    let params = header.config.params;
    let layout = CellLayout::new(params, program.image(), program.bytecode(), &header);
    let shape = Shape::new(params, &header, &layout);
    let pcs = schemes.setup(header.config.pcs, Workload { num_vars: &shape.all_columns() })?;
    // A wrong length says more than a wrong digest where the shape decides on the parameters.
    let messages = proof.get(header_len..).ok_or(HeaderError::Truncated)?;
    let expected = match shape.proof_bytes(pcs.as_ref(), messages) {
        Err(lariat_pcs::VerifyError::PartsMissing { needed }) => needed,
        other => other?,
    };
    let expected = header_len.saturating_add(expected);
    if proof.len() != expected {
        return Err(VerifyError::Length { found: proof.len(), expected });
    }
    let setup = SetupId::of(pcs.as_ref());
    if !setup.is_same(&header.setup) {
        return Err(VerifyError::OtherSetup { found: Box::new(header.setup), expected: Box::new(setup) });
    }
    let mut channel = prepare(session(&header, pcs.as_ref())).into_verifier(messages);

    // Step 1: commitments.
    channel.section(section::PRIVATE);
    let private_start = channel.position();
    let private = pcs.recv_commitments(&shape.private_batch(), &mut channel)?;
    let private_bytes = messages.get(private_start..channel.position()).ok_or(HeaderError::Truncated)?;
    channel.section(section::COMMITMENTS);
    let witness = pcs.recv_commitments(&shape.witness_batch(), &mut channel)?;

    // Step 2: fingerprints.
    let [tau, gamma] = channel.challenge_array(label::FINGERPRINT);
    let fp = Fingerprint::new(tau, gamma);
    let ops = operations(params);

    // Step 3: the grand products over steps and over cells, and the balance of all tuples.
    let mut commitments = vec![private, witness];
    let (claims, column_claims) = match shape.product_vars() {
        None => {
            channel.section(section::PRODUCTS);
            (grand_product::verify(&shape.products(), &mut channel)?, None)
        }
        Some(vars) => {
            channel.section(section::PRODUCT_COMMITMENTS);
            let batch = shape.product_batch();
            commitments.push(pcs.recv_commitments(&batch, &mut channel)?);
            channel.section(section::PRODUCTS);
            let upper = quarks::verify(vars, batch.len(), &mut channel)?;
            let quarks::Reduced { products, point, claims, columns } = upper;
            let top = Top { products, claims, point };
            (grand_product::verify_layers(&shape.products(), vars, top, &mut channel)?, Some(columns))
        }
    };
    let [step_claims, cell_claims] = protocol::step_and_cell_claims(claims).ok_or(VerifyError::Multiset)?;
    if !balanced(boundary(&fp, program.bytecode().entry, header.steps), &step_claims, &cell_claims) {
        return Err(VerifyError::Multiset);
    }

    // Step 4: one sumcheck for leaves and constraints, over steps and over cells.
    channel.section(section::MAIN);
    let rho = channel.challenge(label::STEP_BATCHING);
    let sigma = channel.challenge(label::CELL_BATCHING);
    let private_weights = PrivateWeights::new(&layout, &header, sigma, &cell_claims.point);
    let private_weights = private_weights.ok_or(VerifyError::DegeneratePoint)?;
    let column_claims = column_claims.map(|claims| (claims, channel.challenge(label::COLUMN_BATCHING)));
    let mut shapes = vec![
        InstanceShape { num_vars: shape.step_vars, degree: 3, claim: step_claim(&step_claims, rho) },
        InstanceShape { num_vars: shape.cell_vars, degree: 3, claim: cell_claim(&cell_claims, sigma, &header) },
    ];
    if let Some((claims, mu)) = &column_claims {
        shapes.push(InstanceShape { num_vars: claims.num_vars(), degree: 2, claim: claims.claim(*mu) });
    }
    let verdict = engine::verify(label::MAIN, &shapes, &mut channel)?;

    // Step 5: evaluations; the relations at the final point.
    channel.section(section::EVALUATIONS);
    let num_columns = shape.all_columns().len();
    let mut ledger = Ledger::new(shape.all_columns());
    let evals = ledger.recv(label::EVALUATIONS, &verdict.point, 0..num_columns, &mut channel).map_err(|e| match e {
        SumcheckError::Channel(malformed) => VerifyError::Channel(malformed),
        other => other.into(),
    })?;
    let (private_eval, rest) = evals.split_first().ok_or(HeaderError::Truncated)?;
    let (step_evals, rest) = rest.split_at(shape.num_step_columns.min(rest.len()));
    let (cell_evals, product_evals) = rest.split_at(NUM_CELL_COLUMNS.min(rest.len()));
    let suffix = |m: usize| verdict.point.split_at(verdict.point.len() - m).1;

    let r_step = suffix(shape.step_vars);
    let mut z = step_evals.to_vec();
    let (active, step) = truncated_identity_mle(header.steps, r_step);
    z.extend([step, active]);
    let relation = step_relation(params, program.bytecode().code_base, &ops, &fp, rho);
    let step_summand = eq_eval(&step_claims.point, r_step) * relation.eval(&z);

    let r_cell = suffix(shape.cell_vars);
    let cx = CellContext { params, image: program.image(), bytecode: program.bytecode(), header: &header };
    let (mask, fixed) = evaluate_mask(&layout, &header, r_cell);
    let (private_base, private_vars) = protocol::private_block(&layout);
    let (hi, _) = r_cell.split_at(r_cell.len() - private_vars);
    let private_value = *private_eval * eq_index(private_base >> private_vars, hi);
    let mut z = vec![Fr::zero(); cell::NUM_SPARSE + 1];
    for (slot, value) in [cell::TOUCHED, cell::VALUE, cell::TIMESTAMP].into_iter().zip(cell_evals) {
        z[slot] = *value;
    }
    z[cell::PRIVATE] = private_value;
    z[cell::MASK] = mask;
    z[cell::FIXED] = fixed;
    z[cell::PRIVATE_WEIGHT] = private_weights.evaluate_words(r_cell);
    z[cell::DENSE] = layout.evaluate(&cx, &fp, &cell_weights(&fp, sigma, &private_weights), r_cell);
    let cell_summand = eq_eval(&cell_claims.point, r_cell) * cell_relation(&fp, sigma).eval(&z);
    let mut summands = vec![step_summand, cell_summand];
    if let Some((claims, mu)) = &column_claims {
        summands.push(claims.summand(*mu, suffix(claims.num_vars()), product_evals));
    }
    verdict.check(&summands)?;

    // Step 6: the opening.
    channel.section(section::OPENING);
    let Reduced { point, evals } = ledger.verify_reduction(&mut channel)?;
    pcs.verify(&commitments, &point, &evals, &mut channel)?;
    let log = channel.finish()?;

    let statement = VerifiedStatement {
        program_digest: header.program,
        output: header.output(),
        exit: header.exit(),
        rows: header.steps,
        config: header.config,
        setup,
        private_input_commitment: *blake3::hash(private_bytes).as_bytes(),
        security: SecurityLedger::new(&shape, header.config, pcs.as_ref()),
        input: header.input,
    };
    Ok((statement, log))
}
