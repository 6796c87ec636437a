//! Out-of-domain samples: forgers of their values, and of what comes before and after them.

use super::*;

/// A sample that is not the committed piece's value, of either commitment, sent by a prover who is honest otherwise.
#[test]
fn rejects_a_sample_of_another_polynomial() {
    let run = Run::new(Regime::Johnson);
    let mut channel = run.session().into_prover();
    let pieces: Vec<RowValues<'_>> = run.batches[0].iter().map(|p| RowValues::Field(p)).collect();
    let (commitment, _) = run.whir.commit(&pieces).unwrap();
    run.whir.send_commitment(&commitment, &mut channel);
    let wrong: Vec<Fr> = commitment.samples.iter().map(|v| *v + Fr::one()).collect();
    let (proof, _, _) = run.prove(&Fraud { samples: Some(wrong), ..Fraud::default() });
    assert_eq!(run.verify(&proof), failed(CHECK_FINAL_CLAIM));
    // Changed in the proof, with the challenges that the right ones led to.
    let (proof, log, tape) = run.prove(&Fraud::default());
    for (label, messages) in [(SAMPLES.own, 2), (SAMPLES.others, 2), (LABEL_SAMPLE, 3)] {
        assert_eq!(log.messages().filter(|e| e.label == label).count(), messages);
        for nth in 0..messages {
            let mut forged = proof.clone();
            add_scalar(&mut forged[message(&log, label, nth)], 0, Fr::one());
            assert_eq!(run.frozen(&tape, &forged), failed(CHECK_FINAL_CLAIM), "{label} {nth}");
            assert!(run.verify(&forged).is_err());
        }
    }
}

/// The weights of all pieces in the polynomial that the rounds are about.
fn piece_weights(run: &Run, tape: &ChallengeTape) -> Vec<Vec<Fr>> {
    Whir::weights(&run.coefficients, scalar(tape, 0), scalar(tape, 1))
}

/// Samples of one point whose errors cancel under `alpha` and `beta`.
#[test]
fn samples_in_the_kernel_of_alpha_need_a_frozen_challenge() {
    let run = Run::new(Regime::Johnson);
    let (proof, log, tape) = run.prove(&Fraud::default());
    let weights = piece_weights(&run, &tape);
    // The second commitment's own samples; its samples at the first one's point.
    for (label, nth) in [(SAMPLES.own, 1), (SAMPLES.others, 0)] {
        let mut forged = proof.clone();
        let bytes = &mut forged[message(&log, label, nth)];
        add_scalar(bytes, 0, weights[1][1]);
        add_scalar(bytes, 1, -weights[1][0]);
        assert_eq!(run.frozen(&tape, &forged), Ok(()), "{label}");
        assert!(run.verify(&forged).is_err(), "{label}");
    }
}

/// Samples of two points whose errors cancel under `delta`.
#[test]
fn samples_in_the_kernel_of_delta_need_a_frozen_challenge() {
    let run = Run::new(Regime::Johnson);
    let (proof, log, tape) = run.prove(&Fraud::default());
    let (weights, delta) = (piece_weights(&run, &tape), scalar(&tape, 2));
    let mut forged = proof.clone();
    // At the first point, a piece of the second commitment; at the second point, the first commitment's.
    add_scalar(&mut forged[message(&log, SAMPLES.others, 0)], 0, delta * weights[0][0]);
    add_scalar(&mut forged[message(&log, SAMPLES.others, 1)], 0, -weights[1][0]);
    assert_eq!(run.frozen(&tape, &forged), Ok(()));
    assert!(run.verify(&forged).is_err());
}

/// A later oracle's sample is bound before `gamma` and the next sumcheck round.
#[test]
fn a_sample_in_the_kernel_of_the_next_round_needs_frozen_challenges() {
    let run = Run::new(Regime::Johnson);
    let (proof, log, tape) = run.prove(&Fraud::default());
    for oracle in 0..3 {
        let gamma = challenges(&run, &tape, oracle).gamma.unwrap();
        let r = challenges(&run, &tape, oracle + 1).folds[0];
        let first: usize = run.whir.config.rounds().take(oracle + 1).map(|round| round.fold).sum();
        // The claim is off by gamma; at r, the round's polynomial is off by (gamma - 2 c) r + c.
        let c = gamma * r * (r + r - Fr::one()).inverse().unwrap();
        let mut forged = proof.clone();
        add_scalar(&mut forged[message(&log, LABEL_SAMPLE, oracle)], 0, Fr::one());
        add_scalar(&mut forged[message(&log, ROUNDS.sumcheck, first)], 0, c);
        assert_eq!(run.frozen(&tape, &forged), Ok(()), "oracle {}", oracle + 1);
        assert!(run.verify(&forged).is_err(), "oracle {}", oracle + 1);
    }
}

/// An oracle that is not the fold, differs from it by what neither the claims nor the queries see, and has the fold's value at a
/// sample point that is known beforehand.
#[test]
fn a_fold_with_the_right_sample_needs_a_frozen_point() {
    let run = Run::new(Regime::Johnson);
    let (_, _, tape) = run.prove(&Fraud::default());
    for oracle in 0..3 {
        let Challenges { point, positions, gamma, .. } = challenges(&run, &tape, oracle);
        let fraud =
            Fraud { sampled_before: Some((oracle, positions, gamma.unwrap(), point.unwrap())), ..Fraud::default() };
        let (proof, _, _) = run.prove_in(run.session().freeze(tape.clone()), &fraud);
        assert_eq!(run.frozen(&tape, &proof), Ok(()), "oracle {oracle}");
        assert!(run.verify(&proof).is_err(), "oracle {oracle}");
    }
}

/// A word half-way between two codewords has one commitment for each, and its samples open to no other message, however few
/// the queries.
#[test]
fn samples_single_out_one_message_of_a_half_way_word() {
    let (mut accepted, trials) = (0, 60);
    for trial in 0..trials {
        let mut run = Run::new(Regime::Johnson);
        run.whir.config.first.queries = 3;
        run.batches[1][0][0] = Fr::from(trial);
        let first = run.whir.config.first;
        let row = 1 << first.log_dimension();
        let mut words = run.words();
        let (other, word) = conformance::half_way(&run.batches[0][0][..row], first.log_inv_rate);
        words[0][0] = word;
        let fraud = Fraud { words: Some(words), ..Fraud::default() };
        run.value = run.true_value();
        let (honest, log, _) = run.prove(&fraud);
        accepted += u32::from(run.verify(&honest).is_ok());
        let samples = message(&log, SAMPLES.own, 0);
        let own = scalar_from_bytes(honest[samples.clone()].as_array().unwrap()).unwrap();

        run.batches[0][0][..row].copy_from_slice(&other);
        run.value = run.true_value();
        let second = run.prove(&fraud).0;
        assert_eq!(honest[..samples.start], second[..samples.start]);
        assert_ne!(honest[samples.clone()], second[samples]);
        let forged = run.prove(&Fraud { samples: Some(vec![own]), ..fraud }).0;
        assert_eq!(run.verify(&forged), failed(CHECK_FINAL_CLAIM));
    }
    assert!(accepted > 0);
}
