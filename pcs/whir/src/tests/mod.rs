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

mod samples;

#[test]
fn conforms() {
    conformance::run_scheme(SCHEME, &Resources::default());
}

const REGIMES: [Regime; 2] = [Regime::Unique, Regime::Johnson];

fn options(log_inv_rate: usize, regime: Regime) -> Options {
    Options { log_inv_rate, regime }
}

/// Rounds that the search would not choose for so short pieces: an oracle for every variable or two.
fn many_oracles(num_vars: usize, regime: Regime) -> Config {
    let round = |num_vars, fold, log_inv_rate| {
        let rate = RateAndRegime::new(log_inv_rate, regime);
        Round { num_vars, fold, log_inv_rate, queries: rate.num_queries(TARGET_BITS + 3), regime }
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
        conformance::run(|workload| Arc::new(Batched(Whir::stacked(workload, Options::default(), height).unwrap())));
    }
}

#[test]
fn conforms_within_the_unique_decoding_radius() {
    let unique = options(1, Regime::Unique);
    conformance::run(|workload| Arc::new(Batched(Whir::stacked(workload, unique, 2).unwrap())));
}

#[test]
fn conforms_with_many_oracles() {
    for regime in REGIMES {
        conformance::run(|workload| {
            let config = many_oracles(piece_vars(workload.num_vars), regime);
            Arc::new(Batched(Whir { config }))
        });
    }
}

#[test]
fn every_shape_has_a_hundred_bits() {
    for num_vars in [0, 1, 4, 10, 14, 18, 22, 24] {
        for pieces in [1, 2, 130, 1 << 12] {
            for (log_inv_rate, regime) in [1, 2, 3].into_iter().flat_map(|rate| REGIMES.map(|regime| (rate, regime))) {
                let shapes = vec![num_vars; pieces];
                let pcs = Whir::new(Workload { num_vars: &shapes }, options(log_inv_rate, regime)).unwrap();
                let SecurityBits { proven, conjectured } = pcs.security(pieces);
                assert!(proven > 99.99, "2^{num_vars}, {pieces} pieces: {proven} bits");
                assert!(conjectured >= proven, "2^{num_vars}, {pieces} pieces: {conjectured} bits");
            }
        }
    }
    let error = Whir::new(Workload { num_vars: &[32] }, options(4, Regime::Johnson)).unwrap_err();
    assert!(matches!(error, PcsError::Parameters { .. }), "{error:?}");
    assert!(Whir::new(Workload { num_vars: &[4] }, options(0, Regime::Johnson)).is_err());
}

#[test]
fn different_rounds_have_different_digests() {
    let digest = |num_vars: usize, rate, regime| {
        Whir::new(Workload { num_vars: &[num_vars] }, options(rate, regime)).unwrap().setup_digest()
    };
    let johnson = Regime::Johnson;
    assert_eq!(digest(10, 1, johnson), digest(10, 1, johnson));
    assert_ne!(digest(10, 1, johnson), digest(10, 2, johnson));
    assert_ne!(digest(10, 1, johnson), digest(11, 1, johnson));
    assert_ne!(digest(10, 1, johnson), digest(10, 1, Regime::Unique));
    // The rounds of the shortest polynomial differ in nothing else.
    assert_ne!(digest(0, 1, johnson), digest(0, 1, Regime::Unique));
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
    /// The same, with no other value at the sample point.
    sampled_before: Option<(usize, Vec<usize>, Fr, Fr)>,
    /// The samples of the first commitment, in place of its own.
    samples: Option<Vec<Fr>>,
}

impl Run {
    fn new(regime: Regime) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let mut random = |n: usize| -> Vec<Fr> { (0..n).map(|_| Fr::rand(&mut rng)).collect() };
        let num_vars = 9;
        let batches =
            vec![vec![random(1 << num_vars)], vec![random(1 << num_vars), random(100), random(1 << num_vars)]];
        let coefficients = vec![random(1), random(3)];
        let point = random(num_vars);
        let config = many_oracles(num_vars, regime);
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
            let (mut commitment, mut oracle) = self.whir.commit(&pieces).unwrap();
            if let Some(words) = &fraud.words {
                let first = &self.whir.config.first;
                let matrix = InterleavedMatrix::from_words(words[b].clone(), first.log_domain(), 0);
                oracle = CommittedRows::of_words(matrix, first.queries);
                commitment = SampledCommitment::new(oracle.cap(), &pieces, self.whir.piece_vars(), first.regime);
            }
            if let (Some(samples), 0) = (&fraud.samples, b) {
                commitment.samples.clone_from(samples);
            }
            self.whir.send_commitment(&commitment, &mut channel);
            hints.push(oracle);
        }
        channel.absorb_public_scalars("value", &[self.value]);
        let pieces: Vec<Vec<RowValues<'_>>> =
            self.batches.iter().map(|b| b.iter().map(|p| RowValues::Field(p)).collect()).collect();
        let hints: Vec<&CommittedRows> = hints.iter().collect();
        let folding = self.whir.combine(self.claim(), &hints, &pieces, &self.combined(), &mut channel);
        let folding_samples = self.whir.config.first.regime.samples();
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
                folding.add_points(log_domain, positions, Powers::new(*gamma).skip(1 + folding_samples));
                let later = std::mem::replace(&mut folding.weights, weights);
                folding.evals[0] += later[1];
                folding.evals[1] -= later[0];
            }
            if let Some((oracle, positions, gamma, x)) = &fraud.sampled_before
                && *oracle == i
            {
                let weights = folding.weights.clone();
                let log_domain = self.whir.config.rounds().nth(i).unwrap().log_domain();
                folding.add_points(log_domain, positions, Powers::new(*gamma).skip(2));
                let later = std::mem::replace(&mut folding.weights, weights);
                // Orthogonal to the weights and to the powers of the point.
                let (w, p) = ([later[0], later[1], later[2]], [Fr::one(), *x, x.square()]);
                for k in 0..3 {
                    let (a, b) = ((k + 1) % 3, (k + 2) % 3);
                    folding.evals[k] += w[a] * p[b] - w[b] * p[a];
                }
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
        let commitments: Vec<SampledCommitment> = self
            .batches
            .iter()
            .map(|batch| self.whir.recv_commitment(batch.len(), &mut channel))
            .collect::<Result<_, _>>()?;
        channel.absorb_public_scalars("value", &[self.value]);
        self.whir.verify(&commitments.iter().collect::<Vec<_>>(), self.claim(), &mut channel)?;
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

/// A test in both regimes.
fn both(test: impl Fn(Run)) {
    for regime in REGIMES {
        test(Run::new(regime));
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

/// The challenges of one oracle.
struct Challenges {
    /// Of its sumcheck rounds.
    folds: Vec<Fr>,
    /// The next oracle's sample point.
    point: Option<Fr>,
    positions: Vec<usize>,
    gamma: Option<Fr>,
}

/// The challenges of the `nth` oracle.
fn challenges(run: &Run, tape: &ChallengeTape, nth: usize) -> Challenges {
    // Alpha, beta and, with samples, delta; for each oracle the folds, the next one's point, the queries and gamma.
    let samples = run.whir.config.first.regime.samples();
    let before: usize = run.whir.config.rounds().take(nth).map(|r| r.fold + samples + r.queries + 1).sum();
    let round = run.whir.config.rounds().nth(nth).unwrap();
    let is_last = nth == run.whir.config.later.len();
    let fold = 2 + samples + before;
    let point = fold + round.fold;
    let start = point + if is_last { 0 } else { samples };
    let index = |d: &Drawn| if let Drawn::Index(i) = d { *i as usize } else { panic!("{d:?}") };
    Challenges {
        folds: (fold..point).map(|i| scalar(tape, i)).collect(),
        point: (point < start).then(|| scalar(tape, point)),
        positions: tape.0[start..start + round.queries].iter().map(index).collect(),
        gamma: (!is_last).then(|| scalar(tape, start + round.queries)),
    }
}

#[test]
fn the_honest_run_is_accepted_frozen_and_not() {
    for regime in REGIMES {
        let run = Run::new(regime);
        let (proof, _, tape) = run.prove(&Fraud::default());
        assert_eq!(run.verify(&proof), Ok(()));
        assert_eq!(run.frozen(&tape, &proof), Ok(()));
        let pieces: Vec<usize> = run.batches.iter().map(Vec::len).collect();
        let commitments: usize = pieces.iter().map(|&k| run.whir.commitment_bytes(k)).sum();
        assert_eq!(proof.len(), run.whir.opening_bytes(&pieces) + commitments);
    }
}

/// Check 4: the prover's messages are those of the true polynomials; the value is another.
#[test]
fn rejects_a_wrong_value_by_the_final_claim() {
    both(|mut run| {
        run.value += Fr::one();
        let (proof, _, _) = run.prove(&Fraud::default());
        assert_eq!(run.verify(&proof), failed(CHECK_FINAL_CLAIM));
    });
}

/// Check 3: the last polynomial satisfies the claim and is not the last fold.
#[test]
fn rejects_a_final_polynomial_that_is_not_the_fold() {
    both(|run| {
        let (proof, _, _) = run.prove(&Fraud { fold: Some(3), ..Fraud::default() });
        assert_eq!(run.verify(&proof), failed(CHECK_FINAL_QUERIES));
    });
}

/// Constraints of step 8: an oracle of a polynomial that satisfies the claim and is not the fold; honest afterwards.
#[test]
fn rejects_an_oracle_that_is_not_the_fold() {
    both(|run| {
        for oracle in 0..3 {
            let (proof, _, _) = run.prove(&Fraud { fold: Some(oracle), ..Fraud::default() });
            assert_eq!(run.verify(&proof), failed(CHECK_FINAL_CLAIM), "fold of oracle {oracle}");
        }
    });
}

/// An oracle that is not the fold, and whose difference from it the claim and the queried values, batched under a `gamma`
/// that is known beforehand, do not see.
#[test]
fn a_fold_in_the_kernel_of_gamma_needs_a_frozen_challenge() {
    both(|run| {
        let (_, _, tape) = run.prove(&Fraud::default());
        for oracle in 0..3 {
            let Challenges { positions, gamma, .. } = challenges(&run, &tape, oracle);
            let fraud = Fraud { fold_before: Some((oracle, positions, gamma.unwrap())), ..Fraud::default() };
            let (proof, _, _) = run.prove_in(run.session().freeze(tape.clone()), &fraud);
            assert_eq!(run.frozen(&tape, &proof), Ok(()), "oracle {oracle}");
            assert!(run.verify(&proof).is_err(), "oracle {oracle}");
        }
    });
}

/// Check 2: leaves that were not committed to and give the values that the committed ones give.
#[test]
fn rejects_leaves_that_are_not_under_the_cap() {
    both(|run| {
        let (proof, log, tape) = run.prove(&Fraud::default());
        let row_weights = |oracle: usize| eq_evals(&challenges(&run, &tape, oracle).folds);
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
    });
}

/// Check 1: a node of a cap that no path reaches, of either commitment and of a later oracle.
#[test]
fn rejects_a_cap_that_is_not_under_its_root() {
    both(|run| {
        let (proof, log, tape) = run.prove(&Fraud::default());
        for (label, nth, oracle) in [(SAMPLES.cap, 0, 0), (SAMPLES.cap, 1, 0), (LABEL_ORACLE, 0, 1)] {
            let tree = tree_shape(run.whir.config.rounds().nth(oracle).unwrap());
            let reached: Vec<usize> = challenges(&run, &tape, oracle)
                .positions
                .iter()
                .map(|p| p >> (tree.log_leaves() - tree.cap_height()))
                .collect();
            let free = (0..1 << tree.cap_height()).find(|node| !reached.contains(node)).unwrap();
            let mut forged = proof.clone();
            forged[message(&log, label, nth)][32 * free] ^= 1;
            assert_eq!(run.frozen(&tape, &forged), failed(lariat_merkle::tree::CHECK_CAP));
            assert!(run.verify(&forged).is_err());
        }
    });
}

/// The value of `h` is bound before `beta`.
#[test]
fn values_in_the_kernel_of_beta_need_a_frozen_challenge() {
    both(|mut run| {
        let (proof, log, tape) = run.prove(&Fraud::default());
        run.value += Fr::one();
        let mut forged = proof.clone();
        add_scalar(&mut forged[message(&log, LABEL_PROXIMITY, 0)], 0, -scalar(&tape, 1));
        assert_eq!(run.frozen(&tape, &forged), Ok(()));
        assert!(run.verify(&forged).is_err());
    });
}

/// The matrices are bound before `alpha`: pieces that the claim does not see and `h` does not see at one `alpha`.
#[test]
fn pieces_in_the_kernel_of_alpha_need_a_frozen_challenge() {
    both(|mut run| {
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
    });
}

/// Sumcheck messages are bound before their challenge.
#[test]
fn sumcheck_messages_in_the_kernel_of_a_challenge_need_it_frozen() {
    both(|run| {
        let (proof, log, tape) = run.prove(&Fraud::default());
        let r = challenges(&run, &tape, 0).folds[0];
        let mut forged = proof.clone();
        let bytes = &mut forged[message(&log, ROUNDS.sumcheck, 0)];
        add_scalar(bytes, 0, r.square() - r);
        add_scalar(bytes, 1, r + r - Fr::one());
        assert_eq!(run.frozen(&tape, &forged), Ok(()));
        assert!(run.verify(&forged).is_err());
    });
}

/// Words outside of the unique decoding radius, with a claim that everything else is consistent with, even when the
/// claim's own combination does not see them.
#[test]
fn rejects_words_that_are_far_from_the_code() {
    both(|mut run| {
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
    });
}

/// A committed row that is a codeword where the queries look and nowhere else.
#[test]
fn words_that_are_wrong_where_no_query_looks_need_frozen_queries() {
    both(|run| {
        let (_, _, tape) = run.prove(&Fraud::default());
        let queried = challenges(&run, &tape, 0).positions;
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        for batch in 0..2 {
            let mut words = run.words();
            let unseen = words[batch][0].iter_mut().enumerate().filter(|(i, _)| !queried.contains(i));
            unseen.for_each(|(_, value)| *value = Fr::rand(&mut rng));
            let fraud = Fraud { words: Some(words), ..Fraud::default() };
            let (forged, _, _) = run.prove_in(run.session().freeze(tape.clone()), &fraud);
            assert_eq!(run.frozen(&tape, &forged), Ok(()), "batch {batch}");
            assert!(run.verify(&run.prove(&fraud).0).is_err(), "batch {batch}");
        }
    });
}

/// A node of a later oracle's cap that no query reaches, and the root that belongs to it.
#[test]
fn an_oracle_that_is_wrong_where_no_query_looks_needs_frozen_queries() {
    both(|run| {
        let (proof, log, tape) = run.prove(&Fraud::default());
        let mut tried = 0;
        for oracle in 1..=run.whir.config.later.len() {
            let tree = tree_shape(run.whir.config.rounds().nth(oracle).unwrap());
            let queried = challenges(&run, &tape, oracle).positions;
            let reached: Vec<usize> = queried.iter().map(|p| p >> (tree.log_leaves() - tree.cap_height())).collect();
            let Some(free) = (0..1 << tree.cap_height()).find(|node| !reached.contains(node)) else { continue };
            tried += 1;
            let mut forged = proof.clone();
            let (nodes, root) = forged[message(&log, LABEL_ORACLE, oracle - 1)].split_at_mut(32 << tree.cap_height());
            nodes[32 * free] ^= 1;
            let mut layer: Vec<[u8; 32]> = nodes.as_chunks().0.to_vec();
            while layer.len() > 1 {
                layer = layer.chunks(2).map(|pair| lariat_merkle::tree::hash_node(&pair[0], &pair[1])).collect();
            }
            root.copy_from_slice(&layer[0]);
            assert_eq!(run.frozen(&tape, &forged), Ok(()), "oracle {oracle}");
            assert!(run.verify(&forged).is_err(), "oracle {oracle}");
        }
        assert!(tried > 1);
    });
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
        let mut run = Run::new(Regime::Unique);
        run.whir.config.first.queries = 3;
        run.batches[1][0][0] = Fr::from(trial);
        for verdict in open_twice(&mut run) {
            match verdict {
                Ok(()) => accepted += 1.0,
                error => assert_eq!(error, failed(CHECK_FINAL_CLAIM)),
            }
        }
    }
    let mut whir = Run::new(Regime::Unique).whir;
    whir.config.first.queries = 3;
    let bits = whir.error_terms(4)[0].bits;
    let expected: f64 = 2.0 * trials as f64 * (-bits.proven).exp2();
    assert!((accepted - expected).abs() < 4.0 * expected.sqrt(), "{accepted}, not {expected}");
    assert!((bits.conjectured - bits.proven).abs() < 1e-6);
    // At full strength.
    let mut run = Run::new(Regime::Unique);
    assert!(run.whir.config.first.rate().binding(run.whir.config.first.queries).conjectured >= f64::from(TARGET_BITS));
    assert_eq!(open_twice(&mut run), [failed(CHECK_FINAL_CLAIM), failed(CHECK_FINAL_CLAIM)]);
}
