//! Ligerito against the conformance suite, and a forger for each of the verifier's checks.

use super::*;
use ark_ff::{Field, One, UniformRand};
use lariat_merkle::{InterleavedMatrix, RateAndRegime, Regime, RowCode};
use lariat_pcs::Resources;
use lariat_pcs::conformance;
use lariat_transcript::encoding::{scalar_from_bytes, scalar_to_bytes};
use lariat_transcript::{ChallengeTape, Drawn, EventLog, HashKind, Ready, Session};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::ops::Range;

#[test]
fn conforms() {
    conformance::run_scheme(SCHEME, &Resources::default());
}

/// Stacks of one piece, of two and of eight, whole and not.
#[test]
fn conforms_in_stacks() {
    for height in [0, 1, 3] {
        conformance::run(|workload| Arc::new(Batched(Ligerito::stacked(workload, LOG_INV_RATE, height).unwrap())));
    }
}

/// Matrices that the search would not choose for so short pieces: four, with folds of one and two variables.
fn many_matrices(num_vars: usize) -> Config {
    let level = |num_vars, fold, log_inv_rate| {
        let queries = RateAndRegime::new(log_inv_rate, Regime::Unique).num_queries(TARGET_BITS + 2);
        Level {
            num_vars,
            code: RowCode { log_row_len: num_vars - fold, log_inv_rate, queries, regime: Regime::Unique },
        }
    };
    let first = level(num_vars, num_vars.min(1), 3);
    let (mut later, mut left) = (Vec::new(), first.code.log_row_len);
    for (fold, log_inv_rate) in [(1, 5), (2, 4), (1, 3)] {
        if left > 1 {
            later.push(level(left, fold, log_inv_rate));
            left -= fold;
        }
    }
    Config { first, later, final_vars: left }
}

#[test]
fn conforms_with_many_matrices() {
    conformance::run(|workload| {
        let config = many_matrices(piece_vars(workload.num_vars));
        Arc::new(Batched(Ligerito { config }))
    });
}

#[test]
fn every_shape_has_a_hundred_bits() {
    for num_vars in [0, 1, 4, 10, 14, 18, 22, 24] {
        for pieces in [1, 2, 130, 1 << 12] {
            for log_inv_rate in [1, 2, 3] {
                let shapes = vec![num_vars; pieces.min(200)];
                let pcs = Ligerito::new(Workload { num_vars: &shapes }, log_inv_rate).unwrap();
                let SecurityBits { proven, conjectured } = pcs.security(pieces);
                assert!(proven >= f64::from(TARGET_BITS), "2^{num_vars}, {pieces} pieces: {proven} bits");
                assert!(conjectured >= proven);
            }
        }
    }
    let error = Ligerito::new(Workload { num_vars: &[32] }, 4).unwrap_err();
    assert!(matches!(error, PcsError::Parameters { .. }), "{error:?}");
    assert!(Ligerito::new(Workload { num_vars: &[4] }, 0).is_err());
}

/// The ledger against its formulas, written out for the matrices of [`many_matrices`].
#[test]
fn the_ledger_has_every_term() {
    let pcs = Ligerito { config: many_matrices(9) };
    let terms = pcs.error_terms(4);
    let levels: Vec<&Level> = pcs.config.levels().collect();
    let log_r = SecurityBits::FIELD;
    let query = |level: &Level| {
        let rho = 0.5f64.powi(level.code.log_inv_rate as i32);
        f64::midpoint(1.0, rho).powi(level.code.queries as i32)
    };
    // Two rounds over four pieces, and one, one, two, one over rows.
    let rounds = [3.0, 1.0, 2.0, 1.0];
    let positions = levels.iter().map(|level| (level.code.log_domain() as f64).exp2());
    let lines: f64 = positions.zip(rounds).map(|(n, rounds)| rounds * n).sum();
    let glue: f64 = levels[..3].iter().map(|level| 1.0 + (level.code.queries as f64).log2().ceil()).sum();
    let expected = [
        -levels.iter().map(|level| query(level)).sum::<f64>().log2(),
        log_r - lines.log2(),
        log_r - (2.0 * rounds.iter().sum::<f64>()).log2(),
        log_r - glue.log2(),
    ];
    assert_eq!(terms.len(), expected.len());
    for (term, expected) in terms.iter().zip(expected) {
        assert!((term.bits.proven - expected).abs() < 1e-6, "{}: {} bits, not {expected}", term.name, term.bits.proven);
    }
}

#[test]
fn different_matrices_have_different_digests() {
    let digest =
        |num_vars: usize, rate| Ligerito::new(Workload { num_vars: &[num_vars] }, rate).unwrap().setup_digest();
    assert_eq!(digest(10, 1), digest(10, 1));
    assert_ne!(digest(10, 1), digest(10, 2));
    assert_ne!(digest(10, 1), digest(11, 1));
}

/// Two commitments to four polynomials, opened through four matrices, below the batching of columns.
struct Run {
    pcs: Ligerito,
    batches: Vec<Vec<Vec<Fr>>>,
    coefficients: Vec<Vec<Fr>>,
    point: Vec<Fr>,
    value: Fr,
}

/// What a prover of [`Run`] may do wrong.
#[derive(Default)]
struct Fraud {
    /// The committed words, by batch, in place of the pieces' own.
    words: Option<Vec<Vec<Vec<Fr>>>>,
    /// Adds to the combined row of one matrix something that its weights do not see.
    fold: Option<usize>,
    /// The same, with the weights as they will be after the queries at these positions under these coefficients.
    fold_before: Option<(usize, Vec<usize>, Vec<Fr>)>,
}

impl Run {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let mut random = |n: usize| -> Vec<Fr> { (0..n).map(|_| Fr::rand(&mut rng)).collect() };
        let num_vars = 9;
        let batches =
            vec![vec![random(1 << num_vars)], vec![random(1 << num_vars), random(100), random(1 << num_vars)]];
        let coefficients = vec![random(1), random(3)];
        let point = random(num_vars);
        let config = many_matrices(num_vars);
        assert_eq!(config.later.len(), 3);
        let mut run = Self { pcs: Ligerito { config }, batches, coefficients, point, value: Fr::zero() };
        run.value = run.true_value();
        run
    }

    fn level(&self, nth: usize) -> &Level {
        self.pcs.config.levels().nth(nth).unwrap()
    }

    fn pieces(&self) -> Vec<Vec<RowValues<'_>>> {
        self.batches.iter().map(|batch| batch.iter().map(|piece| RowValues::Field(piece)).collect()).collect()
    }

    fn true_value(&self) -> Fr {
        let weights = eq_evals(&self.point);
        let pieces = self.batches.iter().flatten().zip(self.coefficients.iter().flatten());
        pieces.map(|(piece, c)| *c * inner_product(piece, &weights[..piece.len()])).sum()
    }

    fn claim(&self) -> PieceClaim<'_> {
        PieceClaim { coefficients: &self.coefficients, point: &self.point, value: self.value }
    }

    fn session(&self) -> Session<Ready> {
        Session::new(HashKind::Blake3, "ligerito-test").bind("setup", &self.pcs.setup_digest())
    }

    fn prove_in(&self, session: Session<Ready>, fraud: &Fraud) -> (Vec<u8>, EventLog, ChallengeTape) {
        let mut channel = session.into_prover();
        let pieces = self.pieces();
        let mut hints = Vec::new();
        for (b, batch) in pieces.iter().enumerate() {
            let (mut cap, mut rows) = self.pcs.commit(batch).unwrap();
            if let Some(words) = &fraud.words {
                let code = &self.pcs.config.first.code;
                let matrix = InterleavedMatrix::from_words(words[b].clone(), code.log_domain(), 0);
                rows = CommittedRows::of_words(matrix, code.queries);
                cap = rows.cap();
            }
            self.pcs.send_commitment(&cap, &mut channel);
            hints.push(rows);
        }
        channel.absorb_public_scalars("value", &[self.value]);
        let folding = self.pcs.combine(self.claim(), &pieces, &mut channel);
        let hints: Vec<&CommittedRows> = hints.iter().collect();
        self.pcs.fold_all(folding, &hints, &pieces, &mut channel, |i, folding| {
            if fraud.fold == Some(i) {
                folding.evals[0] += folding.weights[1];
                folding.evals[1] -= folding.weights[0];
            }
            if let Some((matrix, positions, glue)) = &fraud.fold_before
                && *matrix == i
            {
                let weights = folding.weights.clone();
                folding.add_points(self.level(i).code.log_domain(), positions, glue.iter().copied());
                let later = std::mem::replace(&mut folding.weights, weights);
                folding.evals[0] += later[1];
                folding.evals[1] -= later[0];
            }
        });
        let tape = channel.tape();
        let (proof, log) = channel.finish();
        (proof, log, tape)
    }

    /// The codewords of all rows, batch by batch.
    fn words(&self) -> Vec<Vec<Vec<Fr>>> {
        let code = &self.pcs.config.first.code;
        let of_batch = |batch: &Vec<RowValues<'_>>| {
            let rows = code.commit(batch, self.pcs.rows_per_piece());
            let matrix = rows.words().unwrap();
            (0..matrix.width()).map(|w| (0..1 << code.log_domain()).map(|i| matrix.leaf(i)[w]).collect()).collect()
        };
        self.pieces().iter().map(of_batch).collect()
    }

    fn prove(&self, fraud: &Fraud) -> (Vec<u8>, EventLog, ChallengeTape) {
        self.prove_in(self.session(), fraud)
    }

    fn verify_in(&self, session: Session<Ready>, proof: &[u8]) -> Result<(), VerifyError> {
        let mut channel = session.into_verifier(proof);
        let caps: Vec<Cap> = self
            .batches
            .iter()
            .map(|batch| self.pcs.recv_commitment(batch.len(), &mut channel))
            .collect::<Result<_, _>>()?;
        channel.absorb_public_scalars("value", &[self.value]);
        self.pcs.verify(&caps.iter().collect::<Vec<_>>(), self.claim(), &mut channel)?;
        channel.finish()?;
        Ok(())
    }

    fn verify(&self, proof: &[u8]) -> Result<(), VerifyError> {
        self.verify_in(self.session(), proof)
    }

    fn frozen(&self, tape: &ChallengeTape, proof: &[u8]) -> Result<(), VerifyError> {
        self.verify_in(self.session().freeze(tape.clone()), proof)
    }

    /// Where in the tape the challenges of the rounds over rows of a matrix begin.
    fn start(&self, nth: usize) -> usize {
        let before = |level: &Level| level.fold() + level.code.queries + level.glue_challenges();
        PIECE_ROUNDS + self.pcs.config.levels().take(nth).map(before).sum::<usize>()
    }

    /// The challenges of the rounds over rows of a matrix.
    fn row_challenges(&self, tape: &ChallengeTape, nth: usize) -> Vec<Fr> {
        let start = self.start(nth);
        (start..start + self.level(nth).fold()).map(|i| scalar(tape, i)).collect()
    }

    /// The positions of a matrix's queries.
    fn positions(&self, tape: &ChallengeTape, nth: usize) -> Vec<usize> {
        let start = self.start(nth) + self.level(nth).fold();
        let index = |d: &Drawn| if let Drawn::Index(i) = d { *i as usize } else { panic!("{d:?}") };
        tape.0[start..start + self.level(nth).code.queries].iter().map(index).collect()
    }

    /// The coefficients under which a matrix's queried values join the claim.
    fn glue(&self, tape: &ChallengeTape, nth: usize) -> Vec<Fr> {
        let level = self.level(nth);
        let start = self.start(nth) + level.fold() + level.code.queries;
        let gamma: Vec<Fr> = (start + 1..start + level.glue_challenges()).map(|i| scalar(tape, i)).collect();
        eq_evals_scaled(&gamma, scalar(tape, start))
    }
}

/// Rounds over the index of the four pieces of a [`Run`].
const PIECE_ROUNDS: usize = 2;

fn failed(check: &'static str) -> Result<(), VerifyError> {
    Err(VerifyError::Check { check })
}

/// The bytes of the `nth` message with a label.
fn message(log: &EventLog, label: &str, nth: usize) -> Range<usize> {
    log.messages().filter(|e| e.label == label).nth(nth).unwrap().range()
}

fn add_scalar(bytes: &mut [u8], i: usize, x: Fr) {
    let place: &mut [u8; 32] = (&mut bytes[32 * i..32 * (i + 1)]).try_into().unwrap();
    *place = scalar_to_bytes(&(scalar_from_bytes(place).unwrap() + x));
}

fn scalar(tape: &ChallengeTape, i: usize) -> Fr {
    let Drawn::Scalar(c) = tape.0[i] else { panic!("challenge {i} is no scalar") };
    c
}

#[test]
fn the_honest_run_is_accepted_frozen_and_not() {
    let run = Run::new();
    let (proof, _, tape) = run.prove(&Fraud::default());
    assert_eq!(run.verify(&proof), Ok(()));
    assert_eq!(run.frozen(&tape, &proof), Ok(()));
    let pieces: Vec<usize> = run.batches.iter().map(Vec::len).collect();
    assert_eq!(proof.len(), run.pcs.opening_bytes(&pieces) + 2 * run.pcs.commitment_bytes(1));
}

/// Check 4: the prover's messages are those of the true polynomials; the value is another.
#[test]
fn rejects_a_wrong_value_by_the_final_claim() {
    let mut run = Run::new();
    run.value += Fr::one();
    let (proof, _, _) = run.prove(&Fraud::default());
    assert_eq!(run.verify(&proof), failed(CHECK_FINAL_CLAIM));
}

/// Check 3: the last row satisfies the claim and is not the combination.
#[test]
fn rejects_a_final_row_that_is_not_the_combination() {
    let run = Run::new();
    let (proof, _, _) = run.prove(&Fraud { fold: Some(3), ..Fraud::default() });
    assert_eq!(run.verify(&proof), failed(CHECK_FINAL_QUERIES));
}

/// Step 6: a matrix of a polynomial that satisfies the claim and is not the combined row; honest afterwards.
#[test]
fn rejects_a_matrix_that_is_not_the_combined_row() {
    let run = Run::new();
    for matrix in 0..3 {
        let (proof, _, _) = run.prove(&Fraud { fold: Some(matrix), ..Fraud::default() });
        assert_eq!(run.verify(&proof), failed(CHECK_FINAL_CLAIM), "combined row of matrix {matrix}");
    }
}

/// A matrix that is not the combined row, and whose difference from it the claim does not see once the queried values have
/// joined it under coefficients that are known beforehand.
#[test]
fn a_row_in_the_kernel_of_the_glue_needs_frozen_challenges() {
    let run = Run::new();
    let (_, _, tape) = run.prove(&Fraud::default());
    for matrix in 0..3 {
        let fraud = (matrix, run.positions(&tape, matrix), run.glue(&tape, matrix));
        let fraud = Fraud { fold_before: Some(fraud), ..Fraud::default() };
        let (proof, _, _) = run.prove_in(run.session().freeze(tape.clone()), &fraud);
        assert_eq!(run.frozen(&tape, &proof), Ok(()), "matrix {matrix}");
        assert!(run.verify(&proof).is_err(), "matrix {matrix}");
    }
}

/// Check 2: columns that were not committed to and give the values that the committed ones give.
#[test]
fn rejects_columns_that_are_not_under_the_cap() {
    let run = Run::new();
    let (proof, log, tape) = run.prove(&Fraud::default());
    // Messages of columns: two of the first matrices, one of each later one. The first two entries of a column are of one
    // polynomial.
    for (nth, matrix) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 3)] {
        let weights = eq_evals(&run.row_challenges(&tape, matrix));
        let mut forged = proof.clone();
        let bytes = &mut forged[message(&log, OPENINGS.leaves, nth)];
        add_scalar(bytes, 0, weights[1]);
        add_scalar(bytes, 1, -weights[0]);
        assert_eq!(run.frozen(&tape, &forged), failed("merkle"), "columns {nth}");
        assert!(run.verify(&forged).is_err());
    }
}

/// Check 1: a node of a cap that no path reaches, of either commitment and of a later matrix.
#[test]
fn rejects_a_cap_that_is_not_under_its_root() {
    let run = Run::new();
    let (proof, log, tape) = run.prove(&Fraud::default());
    for (label, nth, matrix) in [(LABEL_COMMITMENT, 0, 0), (LABEL_COMMITMENT, 1, 0), (LABEL_ORACLE, 0, 1)] {
        let tree = run.level(matrix).code.tree();
        let below = tree.log_leaves() - tree.cap_height();
        let reached: Vec<usize> = run.positions(&tape, matrix).iter().map(|p| p >> below).collect();
        let free = (0..1 << tree.cap_height()).find(|node| !reached.contains(node)).unwrap();
        let mut forged = proof.clone();
        forged[message(&log, label, nth)][32 * free] ^= 1;
        assert_eq!(run.frozen(&tape, &forged), failed(lariat_merkle::tree::CHECK_CAP));
        assert!(run.verify(&forged).is_err());
    }
}

/// The first round over pieces is bound before its challenge: a wrong value that the round polynomial hides at one point.
#[test]
fn a_wrong_value_that_is_right_at_rho_needs_a_frozen_challenge() {
    let mut run = Run::new();
    let (proof, log, tape) = run.prove(&Fraud::default());
    run.value += Fr::one();
    // With q added to the quadratic coefficient, 1 - q is added to the linear one.
    let q = (Fr::one() - scalar(&tape, 0)).inverse().unwrap();
    let mut forged = proof.clone();
    add_scalar(&mut forged[message(&log, PIECES.sumcheck, 0)], 1, q);
    assert_eq!(run.frozen(&tape, &forged), Ok(()));
    assert!(run.verify(&forged).is_err());
    assert_eq!(run.frozen(&tape, &proof), failed(CHECK_FINAL_CLAIM));
}

/// Every round of sumcheck is bound before its challenge: messages that leave the same claim at one point.
#[test]
fn sumcheck_messages_in_the_kernel_of_a_challenge_need_it_frozen() {
    let run = Run::new();
    let (proof, log, tape) = run.prove(&Fraud::default());
    let rows = (0..4).flat_map(|nth| (0..run.level(nth).fold()).map(move |round| (nth, round)));
    let rows = rows.map(|(nth, round)| run.start(nth) + round).enumerate();
    let rounds = [(PIECES.sumcheck, 0, 0), (PIECES.sumcheck, 1, 1)].into_iter();
    let rounds: Vec<_> = rounds.chain(rows.map(|(message, at)| (ROWS.sumcheck, message, at))).collect();
    assert_eq!(rounds.len(), 2 + 5);
    for (label, nth, at) in rounds {
        let r = scalar(&tape, at);
        let mut forged = proof.clone();
        let bytes = &mut forged[message(&log, label, nth)];
        add_scalar(bytes, 0, r.square() - r);
        add_scalar(bytes, 1, r + r - Fr::one());
        assert_eq!(run.frozen(&tape, &forged), Ok(()), "{label} {nth}");
        assert!(run.verify(&forged).is_err(), "{label} {nth}");
    }
}

/// Words that are no codewords anywhere, and cancel in the combination of all rows: rows of one piece, rows of two pieces
/// of one commitment, and of pieces of two commitments. The matrices are bound before the tensor is drawn.
#[test]
fn rows_in_the_kernel_of_the_tensor_need_frozen_challenges() {
    let run = Run::new();
    let (_, _, tape) = run.prove(&Fraud::default());
    let rho: Vec<Fr> = (0..PIECE_ROUNDS).map(|i| scalar(&tape, i)).collect();
    let rows = eq_evals(&run.row_challenges(&tape, 0));
    let weights: Vec<Fr> = eq_evals(&rho).iter().flat_map(|w| rows.iter().map(move |r| *w * r)).collect();
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    // Two rows a piece; one piece in the first commitment.
    for [a, b] in [[2, 3], [3, 4], [0, 7]] {
        let mut words = run.words();
        let width = words[0].len();
        let noise: Vec<Fr> = words[0][0].iter().map(|_| Fr::rand(&mut rng)).collect();
        for (row, weight) in [(a, weights[b]), (b, -weights[a])] {
            let word = if row < width { &mut words[0][row] } else { &mut words[1][row - width] };
            word.iter_mut().zip(&noise).for_each(|(x, e)| *x += weight * e);
        }
        let fraud = Fraud { words: Some(words), ..Fraud::default() };
        let (forged, _, _) = run.prove_in(run.session().freeze(tape.clone()), &fraud);
        assert_eq!(run.frozen(&tape, &forged), Ok(()), "rows {a} and {b}");
        assert!(run.verify(&forged).is_err());
        assert_eq!(run.verify(&run.prove(&fraud).0), failed(CHECK_FINAL_CLAIM));
    }
}

/// Words outside of the unique decoding radius, with a claim that everything else is consistent with, even when the
/// claim's own combination does not see them.
#[test]
fn rejects_words_that_are_far_from_the_code() {
    let mut run = Run::new();
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    for coefficient in [Fr::rand(&mut rng), Fr::zero()] {
        run.coefficients[1][1] = coefficient;
        run.value = run.true_value();
        let words = run.words();
        let honest = run.prove(&Fraud { words: Some(words.clone()), ..Fraud::default() }).0;
        assert_eq!(run.verify(&honest), Ok(()));
        // The second piece of the second commitment: half of the values of one row.
        let mut far = words;
        for value in far[1][run.pcs.rows_per_piece()].iter_mut().step_by(2) {
            *value = Fr::rand(&mut rng);
        }
        let forged = run.prove(&Fraud { words: Some(far), ..Fraud::default() }).0;
        assert_eq!(run.verify(&forged), failed(CHECK_FINAL_CLAIM));
    }
}

/// The final row is bound before the last positions: one that agrees with the true one at the positions and in the claim.
#[test]
fn the_final_row_is_absorbed() {
    let mut run = Run::new();
    run.pcs.config.later[2].code.queries = 2;
    let (proof, log, tape) = run.prove(&Fraud::default());
    assert_eq!(run.verify(&proof), Ok(()));
    let domain = Domain::new(run.level(3).code.log_domain());
    let [x, y] = run.positions(&tape, 3)[..] else { panic!("two positions") };
    let (x, y) = (domain.element(x), domain.element(y));
    // (X - x) (X - y) and X times it: two rows that vanish at the positions, of which the claim sees a value each.
    let vanishing = [x * y, -x - y, Fr::one()];
    let weights = weights_of_the_last_row(&run, &tape);
    let at = |shift: usize| -> Fr { vanishing.iter().zip(&weights[shift..]).map(|(c, w)| *c * w).sum() };
    let (a, b) = (at(0), at(1));
    let mut forged = proof.clone();
    let bytes = &mut forged[message(&log, LABEL_FINAL, 0)];
    for (i, c) in vanishing.iter().enumerate() {
        add_scalar(bytes, i, *c * b);
        add_scalar(bytes, i + 1, -*c * a);
    }
    assert_eq!(run.frozen(&tape, &forged), Ok(()));
    assert!(run.verify(&forged).is_err());
}

/// The weights of the final claim, from an honest prover under the challenges of a tape.
fn weights_of_the_last_row(run: &Run, tape: &ChallengeTape) -> Vec<Fr> {
    let mut channel = run.session().freeze(tape.clone()).into_prover();
    let pieces = run.pieces();
    let hints: Vec<CommittedRows> = pieces.iter().map(|batch| run.pcs.commit(batch).unwrap().1).collect();
    let folding = run.pcs.combine(run.claim(), &pieces, &mut channel);
    let mut weights = Vec::new();
    let hints: Vec<&CommittedRows> = hints.iter().collect();
    run.pcs.fold_all(folding, &hints, &pieces, &mut channel, |_, folding| weights.clone_from(&folding.weights));
    weights
}

/// Two proofs over one commitment, a row of which is half-way between two codewords; each opens it to another polynomial.
fn open_twice(run: &mut Run) -> [Result<(), VerifyError>; 2] {
    let code = run.pcs.config.first.code;
    let row = 1 << code.log_row_len;
    let mut words = run.words();
    let (other, word) = conformance::half_way(&run.batches[0][0][..row], code.log_inv_rate);
    words[0][0] = word;
    let fraud = Fraud { words: Some(words), ..Fraud::default() };
    run.value = run.true_value();
    let honest = run.prove(&fraud).0;
    let verdict = run.verify(&honest);
    run.batches[0][0][..row].copy_from_slice(&other);
    run.value = run.true_value();
    let second = run.prove(&fraud).0;
    let commitments = 2 * run.pcs.commitment_bytes(1);
    assert_eq!(honest[..commitments], second[..commitments]);
    [verdict, run.verify(&second)]
}

/// A commitment that stands for itself opens to two messages as often as the ledger says, and no more often than the
/// target.
#[test]
fn a_half_way_word_opens_to_two_messages_as_often_as_the_ledger_says() {
    let (mut accepted, trials) = (0.0, 60);
    for trial in 0..trials {
        let mut run = Run::new();
        run.pcs.config.first.code.queries = 3;
        run.batches[1][0][0] = Fr::from(trial);
        for verdict in open_twice(&mut run) {
            match verdict {
                Ok(()) => accepted += 1.0,
                error => assert_eq!(error, failed(CHECK_FINAL_CLAIM)),
            }
        }
    }
    let mut pcs = Run::new().pcs;
    pcs.config.first.code.queries = 3;
    let bits = pcs.error_terms(4)[0].bits;
    let expected: f64 = 2.0 * trials as f64 * (-bits.proven).exp2();
    assert!((accepted - expected).abs() < 4.0 * expected.sqrt(), "{accepted}, not {expected}");
    assert!((bits.conjectured - bits.proven).abs() < 1e-6);
    // At full strength.
    let mut run = Run::new();
    let first = run.pcs.config.first.code;
    assert!(first.rate().binding(first.queries).conjectured >= f64::from(TARGET_BITS));
    assert_eq!(open_twice(&mut run), [failed(CHECK_FINAL_CLAIM), failed(CHECK_FINAL_CLAIM)]);
}
