//! Forgeries that pass under challenges drawn before them, and fail under the real ones.

use super::*;

#[test]
fn an_extra_value_in_the_kernel_of_beta_needs_a_frozen_challenge() {
    let setting = setting(100, 2, 10);
    let run = setting.honest();
    let tape = setting.tape(&run);
    let beta = scalars(&tape)[1];
    let mut proof = run.proof.clone();
    add_scalar(&mut proof[ranges(&run, LABEL_EXTRA)[0].clone()], 0, Fr::one());
    let wrong = setting.value - beta;
    assert_eq!(setting.verify_frozen(&tape, wrong, &proof), Ok(()));
    assert!(setting.verify(wrong, &proof).is_err());
}

#[test]
fn slopes_that_cancel_need_frozen_challenges() {
    let setting = setting(100, 2, 11);
    let run = setting.honest();
    let tape = setting.tape(&run);
    let alphas = &scalars(&tape)[2..];
    let slopes = ranges(&run, LABEL_SLOPE);
    for j in 1..slopes.len() {
        // The claim moves by (alpha - z) d in each round.
        let step = |j: usize| alphas[j] - setting.point[PIECE_VARS - 1 - j];
        let mut proof = run.proof.clone();
        add_scalar(&mut proof[slopes[j - 1].clone()], 0, step(j));
        add_scalar(&mut proof[slopes[j].clone()], 0, -step(j - 1));
        assert_eq!(setting.verify_frozen(&tape, setting.value, &proof), Ok(()));
        assert!(setting.verify(setting.value, &proof).is_err());
    }
}

/// Words changed where no frozen query looks: accepted then, and caught by fresh queries' challenges.
#[test]
fn commitments_and_oracles_are_absorbed() {
    let setting = setting(5, 2, 12);
    let run = setting.honest();
    let tape = setting.tape(&run);
    let queries = indices(&tape);
    // Leaves of the oracles above queried positions, at every depth.
    let log_len = setting.params().log_len();
    let free = (0..1usize << log_len).find(|i| queries.iter().all(|q| q >> 5 != i >> 5)).unwrap();
    let frozen = |hints: &[CommittedRows], tampered: Option<usize>| {
        prove_with(session().freeze(tape.clone()), hints, setting.value, |hints, channel| {
            setting.open_with(setting.combined(), hints, channel, |t, folding| {
                if tampered == Some(t) {
                    folding.word[free >> (2 * t)] += Fr::one();
                }
            });
        })
    };
    let judge = |run: &Run, what: &str| {
        assert_eq!(setting.verify_frozen(&tape, setting.value, &run.proof), Ok(()), "{what}");
        assert!(setting.verify(setting.value, &run.proof).is_err(), "{what}");
    };
    for t in 0..3 {
        judge(&frozen(&setting.hints(), Some(t)), "an oracle");
    }
    for batch in 0..2 {
        let mut hints = setting.hints();
        let matrix = hints[batch].words().unwrap();
        let mut words: Vec<Vec<Fr>> = (0..matrix.width()).map(|i| matrix.word(i).unwrap().to_vec()).collect();
        words[0][free] += Fr::one();
        let matrix = InterleavedMatrix::from_words(words, log_len, 0);
        hints[batch] = CommittedRows::of_words(matrix, setting.params().num_queries());
        judge(&frozen(&hints, None), "a commitment");
    }
}

/// A final polynomial that agrees at the frozen queries.
#[test]
fn the_final_polynomial_is_absorbed() {
    let setting = setting(2, 4, 13);
    let run = setting.honest();
    let tape = setting.tape(&run);
    // Zero at the queried points: a product of linear factors. Zero at the point: times a linear polynomial in the kernel.
    let domain = Domain::new(4 + setting.params().config().log_inv_rate);
    let mut points: Vec<Fr> = indices(&tape).iter().map(|i| domain.element(i >> 3)).collect();
    points.sort_unstable();
    points.dedup();
    let mut vanishing = vec![Fr::one()];
    for x in points {
        vanishing.insert(0, Fr::zero());
        for i in 1..vanishing.len() {
            let next = vanishing[i];
            vanishing[i - 1] -= x * next;
        }
    }
    assert!(vanishing.len() < 16);
    let weights = eq_evals(&setting.point[..4]);
    let at = |shift: usize| vanishing.iter().enumerate().map(|(i, c)| *c * weights[i + shift]).sum::<Fr>();
    let (a, b) = (at(0), at(1));
    let mut proof = run.proof.clone();
    let message = &mut proof[ranges(&run, LABEL_FINAL)[0].clone()];
    for (i, c) in vanishing.iter().enumerate() {
        add_scalar(message, i, *c * b);
        add_scalar(message, i + 1, -*c * a);
    }
    assert_eq!(setting.verify_frozen(&tape, setting.value, &proof), Ok(()));
    assert!(setting.verify(setting.value, &proof).is_err());
}

/// Samples of one point whose errors cancel under `gamma` and `beta`.
#[test]
fn samples_in_the_kernel_of_gamma_need_a_frozen_challenge() {
    let setting = sampled_setting(19);
    let run = setting.honest();
    let tape = setting.tape(&run);
    let drawn = scalars(&tape);
    let coefficients = test_coefficients(&setting.coefficients, drawn[0], drawn[1]);
    // The first commitment has two pieces: at its own point, and at the second one's.
    for range in [ranges(&run, SAMPLES.own)[0].clone(), ranges(&run, SAMPLES.others)[1].clone()] {
        let mut proof = run.proof.clone();
        add_scalar(&mut proof[range.clone()], 0, coefficients[0][1]);
        add_scalar(&mut proof[range], 1, -coefficients[0][0]);
        assert_eq!(setting.verify_frozen(&tape, setting.value, &proof), Ok(()));
        assert!(setting.verify(setting.value, &proof).is_err());
    }
}

/// Slopes of the claim on samples whose errors cancel two folds on.
#[test]
fn slopes_of_samples_in_the_kernel_of_alpha_need_a_frozen_challenge() {
    let setting = sampled_setting(20);
    let run = setting.honest();
    let tape = setting.tape(&run);
    let alphas = &scalars(&tape)[2..];
    let slopes = ranges(&run, LABEL_SLOPE);
    let caps = setting.hints().iter().map(CommittedRows::cap).collect::<Vec<_>>();
    for claim in [1, 2] {
        let point = samples::point(&caps[claim - 1], setting.columns[claim - 1].len(), PIECE_VARS);
        for round in 0..slopes.len() - 1 {
            let by = |round: usize| alphas[round] - point[PIECE_VARS - 1 - round];
            let mut proof = run.proof.clone();
            add_scalar(&mut proof[slopes[round].clone()], claim, by(round + 1));
            add_scalar(&mut proof[slopes[round + 1].clone()], claim, -by(round));
            assert_eq!(setting.verify_frozen(&tape, setting.value, &proof), Ok(()), "claim {claim}, fold {round}");
            assert!(setting.verify(setting.value, &proof).is_err(), "claim {claim}, fold {round}");
        }
    }
}
