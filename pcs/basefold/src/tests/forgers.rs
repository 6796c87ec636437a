//! A forger for each check: as far as it can be, everything else about its proof is right.

use super::*;

/// Check 1: everything is honest but the claim.
#[test]
fn rejects_a_wrong_value() {
    let setting = setting(100, 2, 2);
    let wrong = setting.value + Fr::one();
    let run = prove_with(session(), &setting.hints(), wrong, |hints, channel| {
        setting.open_with(setting.combined(), hints, channel, |_, _| {});
    });
    assert_eq!(setting.verify(wrong, &run.proof), check("final-value"));
}

/// Check 2: the rows are not those committed to, and their combination is.
#[test]
fn rejects_rows_that_are_not_committed() {
    let setting = setting(100, 2, 3);
    let run = setting.honest();
    let drawn = scalars(&setting.tape(&run));
    let coefficients = test_coefficients(&setting.coefficients, drawn[0], drawn[1]);
    let rows = ranges(&run, ROWS.leaves);
    // The first commitment has two pieces.
    for query in [0, 50, setting.params().num_queries() - 1] {
        let mut proof = run.proof.clone();
        let message = &mut proof[rows[0].clone()];
        add_scalar(message, 2 * query, coefficients[0][1]);
        add_scalar(message, 2 * query + 1, -coefficients[0][0]);
        assert_eq!(setting.verify(setting.value, &proof), check("row-path"));
    }
    // A path's byte.
    for range in ranges(&run, ROWS.paths) {
        let mut proof = run.proof.clone();
        proof[range.end - 1] ^= 1;
        assert_eq!(setting.verify(setting.value, &proof), check("row-path"));
    }
}

/// Check 3: leaves with the right value in the queried place and the right fold, which are not committed.
#[test]
fn rejects_leaves_that_are_not_committed() {
    let setting = setting(100, 2, 4);
    let run = setting.honest();
    let tape = setting.tape(&run);
    let alphas = &scalars(&tape)[2..];
    let queries = indices(&tape);
    for (t, oracle) in setting.params().oracles().enumerate().filter(|(_, o)| o.log_fold == 2) {
        let leaf = queries[0] >> (2 * t);
        let place = leaf & 3;
        let unit = |j: usize| (0..4).map(|i| Fr::from(u64::from(i == j))).collect();
        let weight = |j: usize| verifier::fold_leaf(unit(j), leaf >> 2, oracle.log_len, &alphas[2 * t..2 * t + 2]);
        let (a, b) = ((place + 1) & 3, (place + 2) & 3);
        let mut proof = run.proof.clone();
        let message = &mut proof[ranges(&run, LEAVES.leaves)[t].clone()];
        add_scalar(message, a, weight(b));
        add_scalar(message, b, -weight(a));
        assert_eq!(setting.verify(setting.value, &proof), check("leaf-path"), "oracle {t}");
        let mut proof = run.proof.clone();
        proof[ranges(&run, LEAVES.paths)[t].end - 1] ^= 1;
        assert_eq!(setting.verify(setting.value, &proof), check("leaf-path"), "oracle {t}");
    }
}

/// Check 4: a codeword with the claimed value that is not the combination of the rows.
#[test]
fn rejects_the_opening_of_another_polynomial() {
    let setting = setting(100, 2, 5);
    let wrong = setting.value + Fr::one();
    let run = prove_with(session(), &setting.hints(), wrong, |hints, channel| {
        // One more everywhere is one more at the point.
        let other = setting.combined().iter().map(|x| *x + Fr::one()).collect();
        setting.open_with(other, hints, channel, |_, _| {});
    });
    assert_eq!(setting.verify(wrong, &run.proof), check("combination"));
}

/// Check 4 without oracles: the final polynomial is not the combination of the rows.
#[test]
fn rejects_another_polynomial_in_the_clear() {
    let mut setting = setting(100, 2, 5);
    setting.scheme.params = setting.scheme.params.with_folds(Vec::new());
    let run = setting.honest();
    assert_eq!(setting.verify(setting.value, &run.proof), Ok(()));
    let run = prove_with(session(), &setting.hints(), setting.value, |hints, channel| {
        let mut other = setting.combined();
        shift_within_kernel(&mut other, &setting.point);
        setting.open_with(other, hints, channel, |_, _| {});
    });
    assert_eq!(setting.verify(setting.value, &run.proof), check("final-word"));
}

/// Check 5: between two oracles the prover changes to another polynomial with the same value.
#[test]
fn rejects_a_wrong_fold() {
    let setting = setting(100, 2, 6);
    for wrong in [1, 2] {
        let run = prove_with(session(), &setting.hints(), setting.value, |hints, channel| {
            setting.open_with(setting.combined(), hints, channel, |t, folding| {
                if t == wrong {
                    shift_within_kernel(&mut folding.poly, folding.rest[0]);
                    folding.word = encode(&folding.poly, setting.params().config().log_inv_rate);
                }
            });
        });
        assert_eq!(setting.verify(setting.value, &run.proof), check("fold"), "oracle {wrong}");
    }
}

/// Check 6: the final polynomial has the claimed value and another codeword.
#[test]
fn rejects_a_wrong_final_polynomial() {
    let setting = setting(100, 2, 7);
    let run = prove_with(session(), &setting.hints(), setting.value, |hints, channel| {
        setting.open_with(setting.combined(), hints, channel, |t, folding| {
            if t == setting.params().folds().len() {
                shift_within_kernel(&mut folding.poly, folding.rest[0]);
            }
        });
    });
    assert_eq!(setting.verify(setting.value, &run.proof), check("final-word"));
}

/// A cap whose nodes do not hash to its root.
#[test]
fn rejects_a_cap_without_its_root() {
    let setting = setting(100, 2, 8);
    let run = setting.honest();
    for label in [SAMPLES.cap, LABEL_ORACLE] {
        for range in ranges(&run, label) {
            for byte in [range.start, range.end - 1] {
                let mut proof = run.proof.clone();
                proof[byte] ^= 1;
                assert_eq!(setting.verify(setting.value, &proof), check(CHECK_CAP));
            }
        }
    }
}

/// Committed rows that agree with a codeword of the wrong value in a part of the positions only: the forger's proof
/// passes everything but the queries that fall elsewhere.
#[test]
fn words_far_from_the_code_are_caught_by_queries() {
    let forge = |setting: &Setting, part: usize| {
        // The first piece has another first value, so its codeword differs by the same constant everywhere.
        let mut forged = setting.clone();
        let ColumnData::U16(v) = forged.columns[0][0].data_mut() else { panic!("16-bit values") };
        v[0] ^= 1;
        let wrong = evaluate(&forged.combined(), &setting.point);
        assert_ne!(wrong, setting.value);
        let truth = setting.hints();
        let mut hints = forged.hints();
        let log_len = setting.params().log_len();
        let word = |hints: &[CommittedRows], column| hints[0].words().unwrap().word(column).unwrap().to_vec();
        let mut mixed = word(&hints, 0);
        // Every `part`-th position is honest.
        mixed.iter_mut().zip(word(&truth, 0)).step_by(part).for_each(|(x, honest)| *x = honest);
        let matrix = InterleavedMatrix::from_words(vec![mixed, word(&hints, 1)], log_len, 0);
        hints[0] = CommittedRows::of_words(matrix, setting.params().num_queries());
        let run = prove_with(session(), &hints, wrong, |hints, channel| {
            forged.open_with(forged.combined(), hints, channel, |_, _| {});
        });
        forged.verify(wrong, &run.proof)
    };
    // At full strength: a quarter of the positions off, and 148 queries.
    let strong = setting(100, 2, 9);
    assert_eq!(forge(&strong, 4), check("combination"));
    // At 2 bits: three queries, each of which misses half of the positions with probability 1/2.
    let mut accepted = 0;
    let trials = 400;
    for seed in 0..trials {
        let weak = setting(2, 2, 100 + seed);
        assert_eq!(weak.params().num_queries(), 3);
        match forge(&weak, 2) {
            Ok(()) => accepted += 1,
            error => assert_eq!(error, check("combination")),
        }
    }
    // 400 / 8 = 50 expected, standard deviation 6.6.
    assert!((28..=72).contains(&accepted), "{accepted} of {trials} accepted");
}

/// Two proofs over one commitment, whose word is half-way between two codewords; each opens it to another polynomial.
fn open_twice(setting: &Setting) -> [Result<(), VerifyError>; 2] {
    let mut other = setting.clone();
    let piece: Vec<Fr> = setting.evals(1, 0);
    let (second, word) = conformance::half_way(&piece, setting.params().config().log_inv_rate);
    other.columns[1][0] = Column::new(PIECE_VARS, ColumnData::Field(second));
    other.value = evaluate(&other.combined(), &setting.point);
    assert_ne!(other.value, setting.value);
    let mut hints = setting.hints();
    let matrix = InterleavedMatrix::from_words(vec![word], setting.params().log_len(), 0);
    hints[1] = CommittedRows::of_words(matrix, setting.params().num_queries());
    let runs = [setting, &other].map(|s| {
        let run = prove_with(session(), &hints, s.value, |hints, channel| {
            s.open_with(s.combined(), hints, channel, |_, _| {});
        });
        (s.verify(s.value, &run.proof), run)
    });
    let commitments = ranges(&runs[0].1, SAMPLES.cap);
    for range in commitments {
        assert_eq!(runs[0].1.proof[range.clone()], runs[1].1.proof[range]);
    }
    runs.map(|(verdict, _)| verdict)
}

/// Without samples, a commitment that stands for itself opens to two messages as often as the ledger's term for that says, and no
/// more often than the target.
#[test]
fn a_half_way_word_opens_to_two_messages_as_often_as_the_ledger_says() {
    let config = Config { log_inv_rate: 2, target_bits: 6, max_final_vars: 2, regime: Regime::Unique };
    let (mut accepted, trials) = (0.0, 300);
    for seed in 0..trials {
        let setting = setting_in(config, 1000 + seed);
        assert_eq!(setting.params().num_queries(), 9);
        for verdict in open_twice(&setting) {
            match verdict {
                Ok(()) => accepted += 1.0,
                error => assert_eq!(error, check("combination")),
            }
        }
    }
    let params = Params::new(PIECE_VARS, config).unwrap();
    let term = params.error_terms(3).into_iter().find(|term| term.name.contains(BINDING)).unwrap();
    let by_ledger = 2.0 * trials as f64 * (-term.bits.proven).exp2();
    assert!((accepted - by_ledger).abs() < 4.0 * by_ledger.sqrt(), "{accepted}, not {by_ledger}");
    assert!(by_ledger <= 2.0 * trials as f64 / 64.0);
}

/// The same with 241 queries at rate 1/2, none of which may fall on a quarter of the positions.
#[test]
fn rejects_both_openings_of_a_half_way_word() {
    let setting = setting_in(Config { max_final_vars: 2, regime: Regime::Unique, ..Config::default() }, 17);
    assert_eq!(setting.params().num_queries(), 241);
    assert_eq!(open_twice(&setting), [check("combination"), check("combination")]);
}

/// A word half-way between two codewords has one commitment for each, and its samples open to no other message, however few
/// the queries.
#[test]
fn samples_single_out_one_message_of_a_half_way_word() {
    let config = Config { log_inv_rate: 2, target_bits: 6, max_final_vars: 2, regime: Regime::Johnson };
    let (mut accepted, trials) = (0, 60);
    for seed in 0..trials {
        let setting = setting_in(config, 2000 + seed);
        let mut other = setting.clone();
        let (second, word) = conformance::half_way(&setting.evals(1, 0), config.log_inv_rate);
        other.columns[1][0] = Column::new(PIECE_VARS, ColumnData::Field(second));
        other.value = evaluate(&other.combined(), &setting.point);
        let mut hints = setting.hints();
        let matrix = InterleavedMatrix::from_words(vec![word], setting.params().log_len(), 0);
        hints[1] = CommittedRows::of_words(matrix, setting.params().num_queries());
        let samples = setting.samples(&hints);
        assert_ne!(samples[1], other.samples(&hints)[1]);
        let verdict = |of: &Setting, samples: &[Vec<Fr>]| {
            let run = prove_sampled(session(), &hints, samples, of.value, |hints, channel| {
                of.open_with(of.combined(), hints, channel, |_, _| {});
            });
            of.verify(of.value, &run.proof)
        };
        for verdict in [verdict(&setting, &samples), verdict(&other, &other.samples(&hints))] {
            accepted += u32::from(verdict.is_ok());
        }
        assert_eq!(verdict(&other, &samples), check("final-value"));
    }
    assert!(accepted > 0);
}

/// A sample that is not the committed piece's value: of either commitment, or at the other one's point.
#[test]
fn rejects_a_sample_of_another_polynomial() {
    let setting = sampled_setting(18);
    let hints = setting.hints();
    for batch in 0..2 {
        let mut samples = setting.samples(&hints);
        samples[batch][0] += Fr::one();
        let run = prove_sampled(session(), &hints, &samples, setting.value, |hints, channel| {
            setting.open_with(setting.combined(), hints, channel, |_, _| {});
        });
        assert_eq!(setting.verify(setting.value, &run.proof), check("final-value"));
    }
    let run = setting.honest();
    let tape = setting.tape(&run);
    for label in [SAMPLES.own, SAMPLES.others] {
        assert_eq!(ranges(&run, label).len(), 2);
        for range in ranges(&run, label) {
            let mut proof = run.proof.clone();
            add_scalar(&mut proof[range], 0, Fr::one());
            assert_eq!(setting.verify_frozen(&tape, setting.value, &proof), check("final-value"), "{label}");
            assert!(setting.verify(setting.value, &proof).is_err(), "{label}");
        }
    }
}

/// Rows of one commitment whose errors cancel under the claim's coefficients: `gamma` finds them.
#[test]
fn gamma_tests_rows_that_the_claim_does_not_touch() {
    // A point at which one half of a long column has weight zero.
    let num_vars = 8;
    let mut rng = ChaCha20Rng::seed_from_u64(14);
    let column = Column::new(num_vars, ColumnData::U16((0..1 << num_vars).map(|_| rng.r#gen()).collect()));
    let config = Config { log_inv_rate: 2, max_final_vars: 3, regime: Regime::Unique, ..Config::default() };
    let scheme = BaseFold::new(num_vars - 1, config).unwrap();
    let mut point: Vec<Fr> = (0..num_vars).map(|_| Fr::rand(&mut rng)).collect();
    point[0] = Fr::zero();
    let case = Case { name: "half".into(), batches: vec![vec![column]], point };
    let pcs = Batched(scheme.clone());
    let evals = case.evals();
    let (proof, _) = conformance::prove(&pcs, &case, &evals).unwrap();
    assert_eq!(conformance::verify(&pcs, &case.statement(), &proof), Ok(()));
    // The second half replaced by a random word, which is no codeword.
    let pieces: Vec<RowValues<'_>> =
        (0..2).map(|i| RowValues::of_column(&case.batches[0][0], i << (num_vars - 1), 1 << (num_vars - 1))).collect();
    let honest = InterleavedMatrix::encode(&pieces, num_vars - 1, 2, 0);
    let log_len = num_vars + 1;
    let noise: Vec<Fr> = (0..1 << log_len).map(|_| Fr::rand(&mut rng)).collect();
    let matrix = InterleavedMatrix::from_words(vec![honest.word(0).unwrap().to_vec(), noise], log_len, 0);
    let rows = CommittedRows::of_words(matrix, scheme.params().num_queries());
    let mut channel = conformance::session(&pcs).into_prover();
    lariat_pcs::Parts::new(vec![true; 2]).send(&mut channel);
    rows.cap().send(SAMPLES.cap, &mut channel);
    channel.send_scalars(conformance::EVALS_LABEL, &evals);
    channel.absorb_public_scalars("pcs/point", &case.point);
    let rho = channel.challenge("batch/rho");
    assert_ne!(rho, Fr::zero());
    assert!(channel.challenges("batch/slots", 0).is_empty());
    // With the claim's coefficients (1, 0) alone the noise would be invisible.
    let coefficients = vec![vec![Fr::one(), Fr::zero()]];
    let combined = combine_rows(&[(Fr::one(), pieces[0])], 1 << (num_vars - 1));
    let claim = PieceClaim { coefficients: &coefficients, point: &case.point[1..], value: evals[0] };
    scheme.open(PieceOpening { claim, pieces: &[pieces], combined }, &[&rows], &mut channel).unwrap();
    let (forged, _) = channel.finish();
    assert_eq!(conformance::verify(&pcs, &case.statement(), &forged), check("combination"));
}

#[test]
fn one_value_more_or_less_is_rejected() {
    let setting = setting(100, 2, 15);
    let run = setting.honest();
    for label in [ROWS.leaves, ROWS.paths, LEAVES.leaves, LEAVES.paths, LABEL_FINAL, LABEL_SLOPE, LABEL_ORACLE] {
        for range in ranges(&run, label).into_iter().filter(|r| !r.is_empty()) {
            let mut shorter = run.proof.clone();
            shorter.drain(range.start..range.start + 32);
            assert!(setting.verify(setting.value, &shorter).is_err(), "{label}");
            let mut longer = run.proof.clone();
            longer.splice(range.end..range.end, [0; 32]);
            assert!(setting.verify(setting.value, &longer).is_err(), "{label}");
        }
    }
    // Another schedule is another shape of proof.
    let mut other = setting.clone();
    other.scheme.params = other.scheme.params.with_folds(vec![3, 2]);
    assert!(other.verify(setting.value, &run.proof).is_err());
}
