//! Ligero against the conformance suite, and a forger for each of the verifier's checks.

use super::*;
use ark_ff::{Field, One, UniformRand};
use lariat_merkle::{CommittedRows, InterleavedMatrix};
use lariat_pcs::Resources;
use lariat_pcs::conformance;
use lariat_transcript::encoding::{scalar_from_bytes, scalar_to_bytes};
use lariat_transcript::{ChallengeTape, Drawn, EventLog, HashKind, Ready, Session};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::ops::Range;

const REGIMES: [Regime; 2] = [Regime::Unique, Regime::Johnson];
const LOG_INV_RATE: usize = 1;

fn options(log_inv_rate: usize, regime: Regime) -> Options {
    Options { log_inv_rate, regime }
}

#[test]
fn conforms() {
    conformance::run_scheme(SCHEME, &Resources::default());
}

#[test]
fn conforms_at_other_rates_and_row_lengths() {
    for regime in REGIMES {
        conformance::run(|workload| {
            let num_vars = piece_vars(workload.num_vars);
            Arc::new(Batched(Ligero::with_row_len(num_vars, num_vars.min(3), options(3, regime)).unwrap()))
        });
    }
}

#[test]
fn conforms_within_the_unique_decoding_radius() {
    conformance::run(|workload| Arc::new(Batched(Ligero::new(workload, options(1, Regime::Unique)).unwrap())));
}

#[test]
fn the_row_length_makes_proofs_shortest() {
    for (num_vars, regime) in [0usize, 3, 10, 16, 18].into_iter().flat_map(|m| REGIMES.map(|regime| (m, regime))) {
        for pieces in [1usize, 2, 30, 130] {
            let shapes = vec![num_vars; pieces];
            let best = Ligero::new(Workload { num_vars: &shapes }, options(1, regime)).unwrap();
            let sent = Ligero::usually_sent(pieces);
            let bytes = |pcs: &Ligero| pcs.commitment_bytes(sent) + pcs.opening_bytes(&[sent]);
            for log_row_len in 0..=num_vars {
                let other = Ligero::with_row_len(num_vars, log_row_len, options(1, regime)).unwrap();
                assert!(bytes(&best) <= bytes(&other));
                assert_eq!(other.estimated_bytes(sent), bytes(&other) as u64);
            }
            let SecurityBits { proven, conjectured } = best.security(pieces);
            assert!(proven > 99.99 && conjectured >= proven, "2^{num_vars}, {pieces} pieces: {proven} bits");
        }
    }
    let zkvm = Ligero::new(Workload { num_vars: &[18; 130] }, Options::default()).unwrap();
    assert_eq!(zkvm.log_row_len(), 16);
    for (num_vars, log_row_len, log_inv_rate) in [(4, 5, 1), (4, 4, 0), (30, 28, 1), (4, 4, 9)] {
        assert!(Ligero::with_row_len(num_vars, log_row_len, options(log_inv_rate, Regime::Johnson)).is_err());
    }
}

#[test]
fn different_codes_have_different_digests() {
    let digest = |l, c, rate| Ligero::with_row_len(l, c, options(rate, Regime::Johnson)).unwrap().setup_digest();
    assert_eq!(digest(8, 4, 1), digest(8, 4, 1));
    assert_ne!(digest(8, 4, 1), digest(9, 4, 1));
    assert_ne!(digest(8, 4, 1), digest(8, 5, 1));
    assert_ne!(digest(8, 4, 1), digest(8, 4, 2));
    let unique = Ligero::with_row_len(8, 4, options(1, Regime::Unique)).unwrap();
    assert_ne!(digest(8, 4, 1), unique.setup_digest());
}

/// Two commitments to four polynomials of four rows each, below the batching of columns.
struct Run {
    pcs: Ligero,
    batches: Vec<Vec<Vec<Fr>>>,
    coefficients: Vec<Vec<Fr>>,
    point: Vec<Fr>,
    value: Fr,
}

impl Run {
    fn new(regime: Regime) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let mut random = |n: usize| -> Vec<Fr> { (0..n).map(|_| Fr::rand(&mut rng)).collect() };
        let num_vars = 10;
        let batches =
            vec![vec![random(1 << num_vars)], vec![random(1 << num_vars), random(100), random(1 << num_vars)]];
        let coefficients = vec![random(1), random(3)];
        let point = random(num_vars);
        let pcs = Ligero::with_row_len(num_vars, 8, options(LOG_INV_RATE, regime)).unwrap();
        let mut run = Self { pcs, batches, coefficients, point, value: Fr::zero() };
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
        combine_rows(&terms, 1 << self.pcs.num_vars)
    }

    fn true_value(&self) -> Fr {
        inner_product(&self.combined(), &eq_evals(&self.point))
    }

    fn claim(&self) -> PieceClaim<'_> {
        PieceClaim { coefficients: &self.coefficients, point: &self.point, value: self.value }
    }

    fn session(&self) -> Session<Ready> {
        Session::new(HashKind::Blake3, "ligero-test").bind("setup", &self.pcs.setup_digest())
    }

    /// Proves, over other codewords than the pieces' own if there are `words`.
    fn prove_in(&self, session: Session<Ready>, words: Option<&[Vec<Vec<Fr>>]>) -> (Vec<u8>, EventLog, ChallengeTape) {
        self.prove_sampled(session, words, None)
    }

    /// The same with other samples of the first commitment if there are `samples`.
    fn prove_sampled(
        &self,
        session: Session<Ready>,
        words: Option<&[Vec<Vec<Fr>>]>,
        samples: Option<&[Fr]>,
    ) -> (Vec<u8>, EventLog, ChallengeTape) {
        let mut channel = session.into_prover();
        let mut hints = Vec::new();
        let pieces: Vec<Vec<RowValues<'_>>> =
            self.batches.iter().map(|b| b.iter().map(|p| RowValues::Field(p)).collect()).collect();
        for (b, pieces) in pieces.iter().enumerate() {
            let (mut commitment, mut columns) = self.pcs.commit(pieces).unwrap();
            if let Some(words) = words {
                let matrix = InterleavedMatrix::from_words(words[b].clone(), self.pcs.code.log_domain(), 0);
                columns = CommittedRows::of_words(matrix, self.pcs.code.queries);
                commitment = SampledCommitment::new(columns.cap(), pieces, self.pcs.num_vars, self.pcs.code.regime);
            }
            if let (Some(samples), 0) = (samples, b) {
                commitment.samples = samples.to_vec();
            }
            self.pcs.send_commitment(&commitment, &mut channel);
            hints.push(columns);
        }
        channel.absorb_public_scalars("value", &[self.value]);
        let opening = PieceOpening { claim: self.claim(), pieces: &pieces, combined: self.combined() };
        self.pcs.open(opening, &hints.iter().collect::<Vec<_>>(), &mut channel).unwrap();
        let tape = channel.tape();
        let (proof, log) = channel.finish();
        (proof, log, tape)
    }

    /// The codewords of all rows, batch by batch.
    fn words(&self) -> Vec<Vec<Vec<Fr>>> {
        let words = |piece: &Vec<Fr>| {
            let mut piece = piece.clone();
            piece.resize(1 << self.pcs.num_vars, Fr::zero());
            piece.chunks(1 << 8).map(|row| ntt::encode(row, LOG_INV_RATE)).collect::<Vec<_>>()
        };
        self.batches.iter().map(|batch| batch.iter().flat_map(words).collect()).collect()
    }

    fn prove(&self) -> (Vec<u8>, EventLog, ChallengeTape) {
        self.prove_in(self.session(), None)
    }

    fn verify_in(&self, session: Session<Ready>, proof: &[u8]) -> Result<(), VerifyError> {
        let mut channel = session.into_verifier(proof);
        let commitments: Vec<SampledCommitment> = self
            .batches
            .iter()
            .map(|batch| self.pcs.recv_commitment(batch.len(), &mut channel))
            .collect::<Result<_, _>>()?;
        channel.absorb_public_scalars("value", &[self.value]);
        self.pcs.verify(&commitments.iter().collect::<Vec<_>>(), self.claim(), &mut channel)?;
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

/// `alpha` and `beta` are the first challenges, the positions are the others.
fn alpha_and_beta(tape: &ChallengeTape) -> [Fr; 2] {
    [0, 1].map(|i| if let Drawn::Scalar(c) = tape.0[i] { c } else { panic!("challenge {i} is no scalar") })
}

/// A vector orthogonal to two others.
fn cross(a: [Fr; 3], b: [Fr; 3]) -> [Fr; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[test]
fn the_honest_run_is_accepted_frozen_and_not() {
    for regime in REGIMES {
        let run = Run::new(regime);
        let (proof, _, tape) = run.prove();
        assert_eq!(run.verify(&proof), Ok(()));
        assert_eq!(run.frozen(&tape, &proof), Ok(()));
        let commitments = run.pcs.commitment_bytes(1) + run.pcs.commitment_bytes(3);
        assert_eq!(proof.len(), run.pcs.opening_bytes(&[1, 3]) + commitments);
    }
}

/// Check 1: the rows and columns are those of the true polynomials; the value is another.
#[test]
fn rejects_a_wrong_value() {
    both(|mut run| {
        run.value += Fr::one();
        let (proof, _, _) = run.prove();
        assert_eq!(run.verify(&proof), failed(CHECK_EVALUATION));
    });
}

/// Check 4: a row that has the claimed value, whatever it is, and is not the combination of the committed ones.
#[test]
fn rejects_a_row_that_is_not_the_combination() {
    let mut run = Run::new(Regime::Unique);
    let (proof, log, tape) = run.prove();
    let weights = eq_evals(&run.point[run.pcs.num_vars - 8..]);
    let row = message(&log, LABEL_ROW, 0);
    let mut forged = proof.clone();
    add_scalar(&mut forged[row.clone()], 3, weights[5]);
    add_scalar(&mut forged[row.clone()], 5, -weights[3]);
    assert_eq!(run.frozen(&tape, &forged), failed(CHECK_ROW));
    assert!(run.verify(&forged).is_err());
    // The same for a false value.
    let mut forged = proof.clone();
    let [_, beta] = alpha_and_beta(&tape);
    add_scalar(&mut forged[row], 0, beta * weights[0].inverse().unwrap());
    run.value += Fr::one();
    assert_eq!(run.frozen(&tape, &forged), failed(CHECK_ROW));
}

/// The values of both combinations are bound before `beta`: two wrong ones have the right sum at one `beta`.
#[test]
fn values_in_the_kernel_of_beta_need_a_frozen_challenge() {
    both(|mut run| {
        let (proof, log, tape) = run.prove();
        let [_, beta] = alpha_and_beta(&tape);
        let mut forged = proof.clone();
        add_scalar(&mut forged[message(&log, LABEL_VALUES, 0)], 0, -beta);
        assert_eq!(run.frozen(&tape, &forged), failed(CHECK_EVALUATION));
        run.value += Fr::one();
        assert_eq!(run.frozen(&tape, &forged), Ok(()));
        assert!(run.verify(&forged).is_err());
    });
}

/// Check 3: a column that was not committed to and gives both combinations the values that the committed one gives.
#[test]
fn rejects_a_column_that_is_not_under_the_cap() {
    let run = Run::new(Regime::Unique);
    let (proof, log, tape) = run.prove();
    let [alpha, _] = alpha_and_beta(&tape);
    let rows = eq_evals(&run.point[..run.pcs.num_vars - 8]);
    // Rows 0, 1 and 2 are of one piece: their coefficients are proportional to these in either commitment.
    let kernel = cross([rows[0], rows[1], rows[2]], [Fr::one(), alpha, alpha.square()]);
    for nth in 0..2 {
        let mut forged = proof.clone();
        for (i, k) in kernel.iter().enumerate() {
            add_scalar(&mut forged[message(&log, OPENINGS.leaves, nth)], i, *k);
        }
        assert_eq!(run.frozen(&tape, &forged), failed("merkle"));
        assert!(run.verify(&forged).is_err());
    }
}

/// Check 2: a node of a cap that no path reaches.
#[test]
fn rejects_a_cap_that_is_not_under_its_root() {
    both(|run| {
        let (proof, log, tape) = run.prove();
        let tree = run.pcs.code.tree();
        let index = |d: &Drawn| if let Drawn::Index(i) = d { *i as usize } else { panic!("{d:?}") };
        let reached: Vec<usize> =
            tape.0[2..].iter().map(|d| index(d) >> (tree.log_leaves() - tree.cap_height())).collect();
        let free = (0..1 << tree.cap_height()).find(|node| !reached.contains(node)).unwrap();
        for nth in 0..2 {
            let mut forged = proof.clone();
            forged[message(&log, SAMPLES.cap, nth)][32 * free] ^= 1;
            assert_eq!(run.frozen(&tape, &forged), failed(lariat_merkle::tree::CHECK_CAP));
            assert!(run.verify(&forged).is_err());
        }
    });
}

/// The matrices are bound before `alpha`: pieces that the claim does not see and the random combination does not see at one
/// `alpha`.
#[test]
fn pieces_in_the_kernel_of_alpha_need_a_frozen_challenge() {
    both(|mut run| {
        let (_, _, tape) = run.prove();
        let step = alpha_and_beta(&tape)[0].pow([run.pcs.rows_per_piece() as u64]);
        let c = &run.coefficients[1];
        let kernel = cross([Fr::one(), step, step.square()], [c[0], c[1], c[2]]);
        for (piece, k) in run.batches[1].iter_mut().zip(kernel) {
            piece[7] += k;
        }
        let (forged, _, _) = run.prove_in(run.session().freeze(tape.clone()), None);
        assert_eq!(run.frozen(&tape, &forged), Ok(()));
        assert!(run.verify(&forged).is_err());
    });
}

/// Rows outside of the unique decoding radius, in a piece that the claim's own combination does not see.
#[test]
fn rejects_rows_that_are_far_from_the_code() {
    both(|mut run| {
        run.coefficients[1][1] = Fr::zero();
        run.value = run.true_value();
        let mut rng = ChaCha20Rng::seed_from_u64(6);
        let mut words = run.words();
        let (honest, _, _) = run.prove_in(run.session(), Some(&words));
        assert_eq!(run.verify(&honest), Ok(()));
        // A row of the second piece of the second commitment, in the rows that its 100 values leave empty.
        for value in words[1][run.pcs.rows_per_piece() + 2].iter_mut().step_by(3) {
            *value = Fr::rand(&mut rng);
        }
        let (forged, _, _) = run.prove_in(run.session(), Some(&words));
        assert_eq!(run.verify(&forged), failed(CHECK_ROW));
    });
}

/// A committed row that is a codeword where the queries look and nowhere else.
#[test]
fn rows_that_are_wrong_where_no_query_looks_need_frozen_queries() {
    both(|run| {
        let (_, _, tape) = run.prove();
        let index = |d: &Drawn| if let Drawn::Index(i) = d { *i as usize } else { panic!("{d:?}") };
        let queried: Vec<usize> = tape.0[2..].iter().map(index).collect();
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        for batch in 0..2 {
            let mut words = run.words();
            let unseen = words[batch][0].iter_mut().enumerate().filter(|(i, _)| !queried.contains(i));
            unseen.for_each(|(_, value)| *value = Fr::rand(&mut rng));
            let (forged, _, _) = run.prove_in(run.session().freeze(tape.clone()), Some(&words));
            assert_eq!(run.frozen(&tape, &forged), Ok(()), "batch {batch}");
            let (thawed, _, _) = run.prove_in(run.session(), Some(&words));
            assert_eq!(run.verify(&thawed), failed(CHECK_ROW), "batch {batch}");
        }
    });
}

/// Two proofs over one commitment, a row of which is half-way between two codewords; each opens it to another polynomial.
fn open_twice(run: &mut Run) -> [Result<(), VerifyError>; 2] {
    let mut words = run.words();
    let (other, word) = conformance::half_way(&run.batches[0][0][..1 << 8], LOG_INV_RATE);
    words[0][0] = word;
    run.value = run.true_value();
    let first = run.prove_in(run.session(), Some(&words)).0;
    let verdict = run.verify(&first);
    run.batches[0][0][..1 << 8].copy_from_slice(&other);
    run.value = run.true_value();
    let second = run.prove_in(run.session(), Some(&words)).0;
    let commitments = 2 * run.pcs.commitment_bytes(1);
    assert_eq!(first[..commitments], second[..commitments]);
    [verdict, run.verify(&second)]
}

/// A commitment that stands for itself opens to two messages as often as the ledger says, and no more often than the
/// target.
#[test]
fn a_half_way_word_opens_to_two_messages_as_often_as_the_ledger_says() {
    let rejected = failed(CHECK_ROW);
    let (mut accepted, trials) = (0.0, 60);
    for trial in 0..trials {
        let mut run = Run::new(Regime::Unique);
        run.pcs.code.queries = 4;
        run.batches[1][0][0] = Fr::from(trial);
        for verdict in open_twice(&mut run) {
            match verdict {
                Ok(()) => accepted += 1.0,
                error => assert_eq!(error, rejected),
            }
        }
    }
    let mut pcs = Run::new(Regime::Unique).pcs;
    pcs.code.queries = 4;
    let bits = pcs.error_terms(4)[0].bits;
    let expected: f64 = 2.0 * trials as f64 * (-bits.proven).exp2();
    assert!((accepted - expected).abs() < 4.0 * expected.sqrt(), "{accepted}, not {expected}");
    assert!((bits.conjectured - bits.proven).abs() < 1e-9);
    // At full strength, 241 queries.
    assert!(open_twice(&mut Run::new(Regime::Unique)).iter().all(Result::is_err));
    assert!(Run::new(Regime::Unique).pcs.error_terms(4)[0].bits.conjectured >= f64::from(TARGET_BITS) - 1e-6);
}

/// A word half-way between two codewords has one commitment for each, and its samples open to no other message, however few
/// the queries.
#[test]
fn samples_single_out_one_message_of_a_half_way_word() {
    let (mut accepted, trials) = (0, 60);
    for trial in 0..trials {
        let mut run = Run::new(Regime::Johnson);
        run.pcs.code.queries = 4;
        run.batches[1][0][0] = Fr::from(trial);
        let mut words = run.words();
        let (other, word) = conformance::half_way(&run.batches[0][0][..1 << 8], LOG_INV_RATE);
        words[0][0] = word;
        run.value = run.true_value();
        let (first, log, _) = run.prove_in(run.session(), Some(&words));
        accepted += u32::from(run.verify(&first).is_ok());
        let samples = message(&log, SAMPLES.own, 0);
        let own = scalar_from_bytes(first[samples.clone()].as_array().unwrap()).unwrap();
        run.batches[0][0][..1 << 8].copy_from_slice(&other);
        run.value = run.true_value();
        let second = run.prove_in(run.session(), Some(&words)).0;
        accepted += u32::from(run.verify(&second).is_ok());
        assert_eq!(first[..samples.start], second[..samples.start]);
        assert_ne!(first[samples.clone()], second[samples]);
        let forged = run.prove_sampled(run.session(), Some(&words), Some(&[own])).0;
        assert_eq!(run.verify(&forged), failed(CHECK_EVALUATION));
    }
    assert!(accepted > 0);
}

/// A sample that is not the committed piece's value: of either commitment, or at the other one's point; and each value of a
/// combined row.
#[test]
fn rejects_a_sample_of_another_polynomial() {
    let run = Run::new(Regime::Johnson);
    let (proof, log, tape) = run.prove();
    let samples = message(&log, SAMPLES.own, 0);
    let own = scalar_from_bytes(proof[samples].as_array().unwrap()).unwrap();
    let forged = run.prove_sampled(run.session(), None, Some(&[own + Fr::one()])).0;
    assert_eq!(run.verify(&forged), failed(CHECK_EVALUATION));
    for (label, messages) in [(SAMPLES.own, 2), (SAMPLES.others, 2), (LABEL_VALUES, 1)] {
        assert_eq!(log.messages().filter(|e| e.label == label).count(), messages);
        for nth in 0..messages {
            let bytes = message(&log, label, nth);
            for i in 0..bytes.len() / 32 {
                let mut forged = proof.clone();
                add_scalar(&mut forged[bytes.clone()], i, Fr::one());
                assert_eq!(run.frozen(&tape, &forged), failed(CHECK_EVALUATION), "{label} {nth}, {i}");
                assert!(run.verify(&forged).is_err(), "{label} {nth}, {i}");
            }
        }
    }
}

/// Samples of one point whose errors cancel under the powers of `alpha` that combine pieces.
#[test]
fn samples_in_the_kernel_of_alpha_need_a_frozen_challenge() {
    let run = Run::new(Regime::Johnson);
    let (proof, log, tape) = run.prove();
    let step = alpha_and_beta(&tape)[0].pow([run.pcs.rows_per_piece() as u64]);
    // The second commitment has three pieces: at its own point, and at the first one's.
    for (label, nth) in [(SAMPLES.own, 1), (SAMPLES.others, 0)] {
        let mut forged = proof.clone();
        let bytes = &mut forged[message(&log, label, nth)];
        add_scalar(bytes, 0, step);
        add_scalar(bytes, 1, -Fr::one());
        assert_eq!(run.frozen(&tape, &forged), Ok(()), "{label}");
        assert!(run.verify(&forged).is_err(), "{label}");
    }
}
