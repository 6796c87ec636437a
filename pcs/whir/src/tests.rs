//! WHIR against the conformance suite, and a forger for each of the verifier's checks.

use super::*;
use ark_ff::{Field, One, UniformRand};
use lariat_merkle::{CommittedRows, InterleavedMatrix, RateAndRegime, Regime};
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

/// Rounds that the search would not choose for so short pieces: an oracle for every variable or two.
fn many_oracles(num_vars: usize) -> Config {
    let round = |num_vars, fold, log_inv_rate| {
        let rate = RateAndRegime::new(log_inv_rate, Regime::Unique);
        Round { num_vars, fold, log_inv_rate, queries: rate.num_queries(TARGET_BITS + 3) }
    };
    let first = round(num_vars, num_vars.min(1), 3);
    let (mut later, mut left) = (Vec::new(), num_vars - first.fold);
    while left > 1 && later.len() < 3 {
        later.push(round(left, 1 + later.len() % 2, 5 - later.len()));
        left -= 1 + (later.len() - 1) % 2;
    }
    Config { first, later, final_vars: left }
}

/// Stacks of one piece, of two and of eight, whole and not.
#[test]
fn conforms_in_stacks() {
    for height in [0, 1, 3] {
        conformance::run(|workload| Arc::new(Batched(Whir::stacked(workload, LOG_INV_RATE, height).unwrap())));
    }
}

#[test]
fn conforms_with_many_oracles() {
    conformance::run(|workload| {
        let config = many_oracles(piece_vars(workload.num_vars));
        Arc::new(Batched(Whir { config }))
    });
}

#[test]
fn every_shape_has_a_hundred_bits() {
    for num_vars in [0, 1, 4, 10, 14, 18, 22, 24] {
        for pieces in [1, 2, 130, 1 << 12] {
            for log_inv_rate in [1, 2, 3] {
                let shapes = vec![num_vars; pieces];
                let pcs = Whir::new(Workload { num_vars: &shapes }, log_inv_rate).unwrap();
                let SecurityBits { proven, conjectured } = pcs.security(pieces);
                assert!(proven > 99.99, "2^{num_vars}, {pieces} pieces: {proven} bits");
                assert!(conjectured >= proven, "2^{num_vars}, {pieces} pieces: {conjectured} bits");
            }
        }
    }
    let error = Whir::new(Workload { num_vars: &[32] }, 4).unwrap_err();
    assert!(matches!(error, PcsError::Parameters { .. }), "{error:?}");
    assert!(Whir::new(Workload { num_vars: &[4] }, 0).is_err());
}

#[test]
fn different_rounds_have_different_digests() {
    let digest = |num_vars: usize, rate| Whir::new(Workload { num_vars: &[num_vars] }, rate).unwrap().setup_digest();
    assert_eq!(digest(10, 1), digest(10, 1));
    assert_ne!(digest(10, 1), digest(10, 2));
    assert_ne!(digest(10, 1), digest(11, 1));
}

/// Two commitments to four polynomials, opened through three oracles, below the batching of columns.
struct Run {
    whir: Whir,
    batches: Vec<Vec<Vec<Fr>>>,
    coefficients: Vec<Vec<Fr>>,
    point: Vec<Fr>,
    value: Fr,
}

/// What a prover of [`Run`] may do wrong.
#[derive(Default)]
struct Fraud {
    /// The committed codewords, by batch, in place of the pieces' own.
    words: Option<Vec<Vec<Vec<Fr>>>>,
    /// Adds to the folded polynomial of one oracle something that its weights do not see.
    fold: Option<usize>,
    /// The same, with the weights as they will be after the queries at these positions and this `gamma`.
    fold_before: Option<(usize, Vec<usize>, Fr)>,
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
        let config = many_oracles(num_vars);
        assert_eq!(config.later.len(), 3);
        let mut run = Self { whir: Whir { config }, batches, coefficients, point, value: Fr::zero() };
        run.value = run.true_value();
        run
    }

    fn combined(&self) -> Vec<Fr> {
        let terms: Vec<(Fr, RowValues<'_>)> = self
            .coefficients
            .iter()
            .flatten()
            .copied()
            .zip(self.batches.iter().flatten().map(|p| RowValues::Field(p)))
            .collect();
        combine_rows(&terms, 1 << self.whir.piece_vars())
    }

    fn true_value(&self) -> Fr {
        inner_product(&self.combined(), &eq_evals(&self.point))
    }

    fn claim(&self) -> PieceClaim<'_> {
        PieceClaim { coefficients: &self.coefficients, point: &self.point, value: self.value }
    }

    fn session(&self) -> Session<Ready> {
        Session::new(HashKind::Blake3, "whir-test").bind("setup", &self.whir.setup_digest())
    }

    fn prove_in(&self, session: Session<Ready>, fraud: &Fraud) -> (Vec<u8>, EventLog, ChallengeTape) {
        let mut channel = session.into_prover();
        let mut hints = Vec::new();
        for (b, batch) in self.batches.iter().enumerate() {
            let pieces: Vec<RowValues<'_>> = batch.iter().map(|p| RowValues::Field(p)).collect();
            let (mut cap, mut oracle) = self.whir.commit(&pieces).unwrap();
            if let Some(words) = &fraud.words {
                let first = &self.whir.config.first;
                let matrix = InterleavedMatrix::from_words(words[b].clone(), first.log_domain(), 0);
                oracle = CommittedRows::of_words(matrix, first.queries);
                cap = oracle.cap();
            }
            self.whir.send_commitment(&cap, &mut channel);
            hints.push(oracle);
        }
        channel.absorb_public_scalars("value", &[self.value]);
        let pieces: Vec<Vec<RowValues<'_>>> =
            self.batches.iter().map(|b| b.iter().map(|p| RowValues::Field(p)).collect()).collect();
        let folding = self.whir.combine(self.claim(), &pieces, &self.combined(), &mut channel);
        let hints: Vec<&CommittedRows> = hints.iter().collect();
        self.whir.fold_all(folding, &hints, &pieces, &mut channel, |i, folding| {
            if fraud.fold == Some(i) {
                folding.evals[0] += folding.weights[1];
                folding.evals[1] -= folding.weights[0];
            }
            if let Some((oracle, positions, gamma)) = &fraud.fold_before
                && *oracle == i
            {
                let weights = folding.weights.clone();
                let log_domain = self.whir.config.rounds().nth(i).unwrap().log_domain();
                folding.add_points(log_domain, positions, Powers::new(*gamma).skip(1));
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
        let first = &self.whir.config.first;
        let of_batch = |batch: &Vec<Vec<Fr>>| {
            let pieces: Vec<RowValues<'_>> = batch.iter().map(|p| RowValues::Field(p)).collect();
            let rows = oracle::commit(first, &pieces);
            let matrix = rows.words().unwrap();
            let leaves: Vec<Vec<Fr>> = (0..1 << first.log_domain()).map(|i| matrix.leaf(i)).collect();
            (0..matrix.width()).map(|w| leaves.iter().map(|leaf| leaf[w]).collect()).collect()
        };
        self.batches.iter().map(of_batch).collect()
    }

    fn prove(&self, fraud: &Fraud) -> (Vec<u8>, EventLog, ChallengeTape) {
        self.prove_in(self.session(), fraud)
    }

    fn verify_in(&self, session: Session<Ready>, proof: &[u8]) -> Result<(), VerifyError> {
        let mut channel = session.into_verifier(proof);
        let caps: Vec<Cap> = self
            .batches
            .iter()
            .map(|batch| self.whir.recv_commitment(batch.len(), &mut channel))
            .collect::<Result<_, _>>()?;
        channel.absorb_public_scalars("value", &[self.value]);
        self.whir.verify(&caps.iter().collect::<Vec<_>>(), self.claim(), &mut channel)?;
        channel.finish()?;
        Ok(())
    }

    fn verify(&self, proof: &[u8]) -> Result<(), VerifyError> {
        self.verify_in(self.session(), proof)
    }

    fn frozen(&self, tape: &ChallengeTape, proof: &[u8]) -> Result<(), VerifyError> {
        self.verify_in(self.session().freeze(tape.clone()), proof)
    }
}

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

/// The positions of the `nth` oracle's queries, and where in the tape they begin.
fn positions(run: &Run, tape: &ChallengeTape, nth: usize) -> (Vec<usize>, usize) {
    let before: usize = run.whir.config.rounds().take(nth).map(|r| r.fold + r.queries + 1).sum();
    let round = run.whir.config.rounds().nth(nth).unwrap();
    let start = 2 + before + round.fold;
    let index = |d: &Drawn| if let Drawn::Index(i) = d { *i as usize } else { panic!("{d:?}") };
    (tape.0[start..start + round.queries].iter().map(index).collect(), start)
}

#[test]
fn the_honest_run_is_accepted_frozen_and_not() {
    let run = Run::new();
    let (proof, _, tape) = run.prove(&Fraud::default());
    assert_eq!(run.verify(&proof), Ok(()));
    assert_eq!(run.frozen(&tape, &proof), Ok(()));
    let pieces: Vec<usize> = run.batches.iter().map(Vec::len).collect();
    assert_eq!(proof.len(), run.whir.opening_bytes(&pieces) + 2 * run.whir.commitment_bytes(1));
}

/// Check 4: the prover's messages are those of the true polynomials; the value is another.
#[test]
fn rejects_a_wrong_value_by_the_final_claim() {
    let mut run = Run::new();
    run.value += Fr::one();
    let (proof, _, _) = run.prove(&Fraud::default());
    assert_eq!(run.verify(&proof), failed(CHECK_FINAL_CLAIM));
}

/// Check 3: the last polynomial satisfies the claim and is not the last fold.
#[test]
fn rejects_a_final_polynomial_that_is_not_the_fold() {
    let run = Run::new();
    let (proof, _, _) = run.prove(&Fraud { fold: Some(3), ..Fraud::default() });
    assert_eq!(run.verify(&proof), failed(CHECK_FINAL_QUERIES));
}

/// Constraints of step 8: an oracle of a polynomial that satisfies the claim and is not the fold; honest afterwards.
#[test]
fn rejects_an_oracle_that_is_not_the_fold() {
    let run = Run::new();
    for oracle in 0..3 {
        let (proof, _, _) = run.prove(&Fraud { fold: Some(oracle), ..Fraud::default() });
        assert_eq!(run.verify(&proof), failed(CHECK_FINAL_CLAIM), "fold of oracle {oracle}");
    }
}

/// An oracle that is not the fold, and whose difference from it the claim and the queried values, batched under a `gamma`
/// that is known beforehand, do not see.
#[test]
fn a_fold_in_the_kernel_of_gamma_needs_a_frozen_challenge() {
    let run = Run::new();
    let (_, _, tape) = run.prove(&Fraud::default());
    for oracle in 0..3 {
        let (queried, start) = positions(&run, &tape, oracle);
        let gamma = scalar(&tape, start + queried.len());
        let fraud = Fraud { fold_before: Some((oracle, queried, gamma)), ..Fraud::default() };
        let (proof, _, _) = run.prove_in(run.session().freeze(tape.clone()), &fraud);
        assert_eq!(run.frozen(&tape, &proof), Ok(()), "oracle {oracle}");
        assert!(run.verify(&proof).is_err(), "oracle {oracle}");
    }
}

/// Check 2: leaves that were not committed to and give the values that the committed ones give.
#[test]
fn rejects_leaves_that_are_not_under_the_cap() {
    let run = Run::new();
    let (proof, log, tape) = run.prove(&Fraud::default());
    let row_weights = |oracle: usize| {
        let (_, start) = positions(&run, &tape, oracle);
        let fold = run.whir.config.rounds().nth(oracle).unwrap().fold;
        eq_evals(&(start - fold..start).map(|i| scalar(&tape, i)).collect::<Vec<_>>())
    };
    // Messages of leaves: two of the first oracle, one of each later one. Rows 0 and 1 of a leaf are the first two of
    // one polynomial.
    for (nth, oracle) in [(0, 0), (1, 0), (2, 1), (3, 2), (4, 3)] {
        let weights = row_weights(oracle);
        let mut forged = proof.clone();
        let bytes = &mut forged[message(&log, oracle::OPENINGS.leaves, nth)];
        add_scalar(bytes, 0, weights[1]);
        add_scalar(bytes, 1, -weights[0]);
        assert_eq!(run.frozen(&tape, &forged), failed("merkle"), "leaves {nth}");
        assert!(run.verify(&forged).is_err());
    }
}

/// Check 1: a node of a cap that no path reaches, of either commitment and of a later oracle.
#[test]
fn rejects_a_cap_that_is_not_under_its_root() {
    let run = Run::new();
    let (proof, log, tape) = run.prove(&Fraud::default());
    for (label, nth, oracle) in [(LABEL_COMMITMENT, 0, 0), (LABEL_COMMITMENT, 1, 0), (LABEL_ORACLE, 0, 1)] {
        let tree = tree_shape(run.whir.config.rounds().nth(oracle).unwrap());
        let reached: Vec<usize> =
            positions(&run, &tape, oracle).0.iter().map(|p| p >> (tree.log_leaves() - tree.cap_height())).collect();
        let free = (0..1 << tree.cap_height()).find(|node| !reached.contains(node)).unwrap();
        let mut forged = proof.clone();
        forged[message(&log, label, nth)][32 * free] ^= 1;
        assert_eq!(run.frozen(&tape, &forged), failed(lariat_merkle::tree::CHECK_CAP));
        assert!(run.verify(&forged).is_err());
    }
}

/// The value of `h` is bound before `beta`.
#[test]
fn values_in_the_kernel_of_beta_need_a_frozen_challenge() {
    let mut run = Run::new();
    let (proof, log, tape) = run.prove(&Fraud::default());
    run.value += Fr::one();
    let mut forged = proof.clone();
    add_scalar(&mut forged[message(&log, LABEL_PROXIMITY, 0)], 0, -scalar(&tape, 1));
    assert_eq!(run.frozen(&tape, &forged), Ok(()));
    assert!(run.verify(&forged).is_err());
}

/// The matrices are bound before `alpha`: pieces that the claim does not see and `h` does not see at one `alpha`.
#[test]
fn pieces_in_the_kernel_of_alpha_need_a_frozen_challenge() {
    let mut run = Run::new();
    let (_, _, tape) = run.prove(&Fraud::default());
    let alpha = scalar(&tape, 0);
    let c = &run.coefficients[1];
    // Orthogonal to (alpha, alpha^2, alpha^3) and to the coefficients of the second commitment.
    let [a, b] = [[Fr::one(), alpha, alpha.square()], [c[0], c[1], c[2]]];
    let kernel = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    for (piece, k) in run.batches[1].iter_mut().zip(kernel) {
        piece[7] += k;
    }
    let (forged, _, _) = run.prove_in(run.session().freeze(tape.clone()), &Fraud::default());
    assert_eq!(run.frozen(&tape, &forged), Ok(()));
    assert!(run.verify(&forged).is_err());
}

/// Sumcheck messages are bound before their challenge.
#[test]
fn sumcheck_messages_in_the_kernel_of_a_challenge_need_it_frozen() {
    let run = Run::new();
    let (proof, log, tape) = run.prove(&Fraud::default());
    // The first round's challenge follows alpha and beta.
    let r = scalar(&tape, 2);
    let mut forged = proof.clone();
    let bytes = &mut forged[message(&log, ROUNDS.sumcheck, 0)];
    add_scalar(bytes, 0, r.square() - r);
    add_scalar(bytes, 1, r + r - Fr::one());
    assert_eq!(run.frozen(&tape, &forged), Ok(()));
    assert!(run.verify(&forged).is_err());
}

/// Words outside of the unique decoding radius, with a claim that everything else is consistent with, even when the
/// claim's own combination does not see them.
#[test]
fn rejects_words_that_are_far_from_the_code() {
    let mut run = Run::new();
    let first = run.whir.config.first;
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    for coefficient in [Fr::rand(&mut rng), Fr::zero()] {
        run.coefficients[1][1] = coefficient;
        run.value = run.true_value();
        let words = run.words();
        let honest = run.prove(&Fraud { words: Some(words.clone()), ..Fraud::default() }).0;
        assert_eq!(run.verify(&honest), Ok(()));
        // The second piece of the second commitment: half of the values of one row.
        let mut far = words;
        for value in far[1][1 << first.fold].iter_mut().step_by(2) {
            *value = Fr::rand(&mut rng);
        }
        let forged = run.prove(&Fraud { words: Some(far), ..Fraud::default() }).0;
        assert_eq!(run.verify(&forged), failed(CHECK_FINAL_CLAIM));
    }
}

/// Two proofs over one commitment, a row of which is half-way between two codewords; each opens it to another polynomial.
fn open_twice(run: &mut Run) -> [Result<(), VerifyError>; 2] {
    let first = run.whir.config.first;
    let row = 1 << first.log_dimension();
    let mut words = run.words();
    let (other, word) = conformance::half_way(&run.batches[0][0][..row], first.log_inv_rate);
    words[0][0] = word;
    let fraud = Fraud { words: Some(words), ..Fraud::default() };
    run.value = run.true_value();
    let honest = run.prove(&fraud).0;
    let verdict = run.verify(&honest);
    run.batches[0][0][..row].copy_from_slice(&other);
    run.value = run.true_value();
    let second = run.prove(&fraud).0;
    let commitments = 2 * run.whir.commitment_bytes(1);
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
        run.whir.config.first.queries = 3;
        run.batches[1][0][0] = Fr::from(trial);
        for verdict in open_twice(&mut run) {
            match verdict {
                Ok(()) => accepted += 1.0,
                error => assert_eq!(error, failed(CHECK_FINAL_CLAIM)),
            }
        }
    }
    let mut whir = Run::new().whir;
    whir.config.first.queries = 3;
    let bits = whir.error_terms(4)[0].bits;
    let expected: f64 = 2.0 * trials as f64 * (-bits.proven).exp2();
    assert!((accepted - expected).abs() < 4.0 * expected.sqrt(), "{accepted}, not {expected}");
    assert!((bits.conjectured - bits.proven).abs() < 1e-6);
    // At full strength.
    let mut run = Run::new();
    assert!(run.whir.config.first.rate().binding(run.whir.config.first.queries).conjectured >= f64::from(TARGET_BITS));
    assert_eq!(open_twice(&mut run), [failed(CHECK_FINAL_CLAIM), failed(CHECK_FINAL_CLAIM)]);
}
