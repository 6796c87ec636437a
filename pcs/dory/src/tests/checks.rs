//! A forger for each of the verifier's checks, numbered as in the crate's documentation.

use super::*;
use lariat_transcript::encoding::POINT_BYTES;

// Check 1.

#[test]
fn rejects_a_claim_of_another_shape() {
    let case = case();
    let mut channel = session(&case.pcs).into_verifier(&case.proof);
    let commitments: Vec<Commitment> =
        case.coefficients.iter().map(|c| case.pcs.recv_commitment(c.len(), &mut channel).unwrap()).collect();
    let [a, b] = [&commitments[0], &commitments[1]];
    let mut longer = case.coefficients.clone();
    longer[1].push(Fr::one());
    let mut moved = case.coefficients.clone();
    let piece = moved[1].pop().unwrap();
    moved[0].push(piece);
    let all = &case.coefficients;
    let point = &case.point;
    for (commitments, coefficients, point) in [
        (vec![a], all, &point[..]),
        (vec![a, b, b], all, point),
        (vec![a, b], &longer, point),
        (vec![a, b], &moved, point),
        (vec![a, b], all, &point[1..]),
        (vec![a, b], all, &point[..1]),
        (vec![a, b], all, &[&point[..], &point[..1]].concat()),
    ] {
        let mut channel = session(&case.pcs).into_verifier(&case.proof);
        let claim = PieceClaim { coefficients, point, value: case.value };
        let verdict = case.pcs.verify(&commitments, claim, &mut channel);
        assert_eq!(verdict, Err(VerifyError::Check { check: CHECK_SHAPE }));
    }
    // The prover refuses a point of another length as well.
    let claim = PieceClaim { coefficients: &[], point: &point[1..], value: case.value };
    let opening = PieceOpening { claim, pieces: &[], combined: vec![Fr::zero(); 32] };
    let refused = case.pcs.open(opening, &[], &mut session(&case.pcs).into_prover());
    assert!(matches!(refused, Err(PcsError::Parameters { .. })));
}

// Checks 2, 3, 4, 7 and 9: every slot of every message is decoded by the functions that the tests of `gt` and `g2`
// attack.

/// Offsets of all elements of GT and of all points of G2 in a proof.
fn slots(case: &Case) -> (Vec<usize>, Vec<usize>) {
    let pieces = case.coefficients.concat().len();
    let mut elements: Vec<usize> = (0..pieces).map(|i| gt::BYTES * i).collect();
    let (mut points, mut at) = (Vec::new(), gt::BYTES * pieces + 2 * POINT_BYTES);
    for _ in 0..case.pcs.log_columns() {
        elements.extend((0..4).map(|i| at + gt::BYTES * i));
        points.push(at + 4 * gt::BYTES);
        at += 4 * gt::BYTES + g2::BYTES + POINT_BYTES;
        elements.extend((0..2).map(|i| at + gt::BYTES * i));
        points.extend((0..2).map(|i| at + 2 * gt::BYTES + g2::BYTES * i));
        at += 2 * gt::BYTES + 2 * g2::BYTES + 2 * POINT_BYTES;
    }
    points.push(at + POINT_BYTES);
    assert_eq!(at + POINT_BYTES + g2::BYTES, case.proof.len());
    (elements, points)
}

/// The verdict on a proof with other bytes in one place; challenges are frozen, so that all that follows is as ever.
fn with_bytes(case: &Case, at: usize, bytes: &[u8]) -> Result<(), VerifyError> {
    let mut proof = case.proof.clone();
    proof[at..at + bytes.len()].copy_from_slice(bytes);
    case.verify_in(session(&case.pcs).freeze(case.tape.clone()), &proof)
}

#[test]
fn rejects_coordinates_that_are_not_canonical() {
    let case = case();
    let (elements, points) = slots(&case);
    for (slots, coordinates, check) in [(elements, 4, gt::CHECK_CANONICAL), (points, 4, g2::CHECK_CANONICAL)] {
        for slot in slots {
            for coordinate in 0..coordinates {
                let verdict = with_bytes(&case, slot + 32 * coordinate, &[0xff; 32]);
                assert_eq!(verdict, Err(VerifyError::Check { check }));
            }
        }
    }
}

#[test]
fn rejects_points_off_the_curve_and_encodings_of_no_element() {
    let case = case();
    let (elements, points) = slots(&case);
    let mut one = [0; 32];
    one[0] = 1;
    for slot in points {
        let verdict = with_bytes(&case, slot, &one);
        assert_eq!(verdict, Err(VerifyError::Check { check: g2::CHECK_CURVE }));
    }
    // The first of the two coordinates is zero, the second is one.
    let mut nothing = [0; gt::BYTES];
    nothing[gt::BYTES / 2] = 1;
    for slot in elements {
        let verdict = with_bytes(&case, slot, &nothing);
        assert_eq!(verdict, Err(VerifyError::Check { check: gt::CHECK_ENCODING }));
    }
}

#[test]
fn rejects_elements_outside_of_the_target_group() {
    let case = case();
    // Of norm one to F_(q^4): q^2 + 1 kills what is not cyclotomic.
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let f = ark_bn254::Fq12::rand(&mut rng);
    let norm_one = f.frobenius_map(6) * f.inverse().unwrap();
    let outside = Gt::from_pairing(&(norm_one.frobenius_map(2) * norm_one));
    let bytes = gt::to_bytes(&[outside.into()]);
    for slot in slots(&case).0 {
        let verdict = with_bytes(&case, slot, &bytes);
        assert_eq!(verdict, Err(VerifyError::Check { check: gt::CHECK_SUBGROUP }));
    }
}

#[test]
fn rejects_points_outside_of_the_subgroup() {
    let case = case();
    let mut rng = ChaCha20Rng::seed_from_u64(10);
    let outside = loop {
        if let Some(point) = G2Affine::get_point_from_x_unchecked(Fq2::rand(&mut rng), false) {
            break point.mul_bigint(Fr::MODULUS).into_affine();
        }
    };
    let bytes = g2::to_bytes(&outside);
    for slot in slots(&case).1 {
        let verdict = with_bytes(&case, slot, &bytes);
        assert_eq!(verdict, Err(VerifyError::Check { check: g2::CHECK_SUBGROUP }));
    }
}

// Check 5.

#[test]
fn rejects_challenges_without_an_inverse() {
    let case = case();
    for i in 0..case.tape.0.len() {
        let mut tape = case.tape.clone();
        tape.0[i] = Drawn::Scalar(Fr::zero());
        let verdict = case.verify_in(session(&case.pcs).freeze(tape), &case.proof);
        assert_eq!(verdict, Err(VerifyError::Check { check: CHECK_CHALLENGES }), "challenge {i}");
    }
}

#[test]
fn a_prover_at_a_zero_challenge_does_not_panic() {
    let case = case();
    for i in 0..case.tape.0.len() {
        let mut tape = case.tape.clone();
        tape.0[i] = Drawn::Scalar(Fr::zero());
        let mut channel = session(&case.pcs).freeze(tape).into_prover();
        let claim = PieceClaim { coefficients: &[], point: &case.point, value: case.value };
        let opening = PieceOpening { claim, pieces: &[], combined: vec![Fr::one(); 32] };
        assert_eq!(case.pcs.open(opening, &[], &mut channel), Ok(()));
    }
}

// Check 6.

#[test]
fn rejects_row_weights_that_do_not_fold() {
    let case = case();
    let p = case.gamma1() * Fr::from(5u64);
    for round in 0..3 {
        case.fails_only(CHECK_ROWS, |f| add1(&mut f.rounds[round].0.e1_beta, p));
        case.fails_only(CHECK_ROWS, |f| add1(&mut f.rounds[round].1.e1[0], p));
        case.fails_only(CHECK_ROWS, |f| add1(&mut f.rounds[round].1.e1[1], p));
    }
    // E_1 also stands for D_2; C_1 makes up for that under the challenge that it was sent before.
    case.fails_only(CHECK_ROWS, |f| {
        add1(&mut f.statement.e1, p);
        add1(&mut f.statement.c1, -p * case.beta(0));
    });
}

// Check 8.

#[test]
fn rejects_column_weights_that_do_not_fold() {
    let case = case();
    let q = case.gamma2() * Fr::from(5u64);
    for round in 0..3 {
        case.fails_only(CHECK_COLUMNS, |f| add2(&mut f.rounds[round].0.e2_beta, q));
        case.fails_only(CHECK_COLUMNS, |f| add2(&mut f.rounds[round].1.e2[0], q));
        case.fails_only(CHECK_COLUMNS, |f| add2(&mut f.rounds[round].1.e2[1], q));
    }
    let wrong = Case { value: case.value + Fr::one(), ..case };
    wrong.fails_only(CHECK_COLUMNS, |_| {});
}

// Check 10.

#[test]
fn rejects_inner_products_that_do_not_fold() {
    let case = case();
    let g = random_gt();
    let one = Fr::one();
    for round in 0..3 {
        for i in 0..2 {
            case.fails_only(CHECK_PRODUCTS, |f| shift(&mut f.rounds[round].0.d1[i], &g, one));
            case.fails_only(CHECK_PRODUCTS, |f| shift(&mut f.rounds[round].0.d2[i], &g, one));
            case.fails_only(CHECK_PRODUCTS, |f| shift(&mut f.rounds[round].1.c[i], &g, one));
        }
    }
    for (batch, piece) in [(0, 0), (0, 1), (1, 0), (1, 2)] {
        case.fails_only(CHECK_PRODUCTS, |f| shift(&mut f.commitments[batch][piece], &g, one));
    }
    case.fails_only(CHECK_PRODUCTS, |f| add1(&mut f.statement.c1, case.gamma1().into()));
}

/// A zero piece that is sent would be another commitment to the same columns.
#[test]
fn rejects_the_identity_as_a_commitment() {
    let case = case();
    let prove = |commitments: &[Cyclotomic]| {
        let mut channel = session(&case.pcs).into_prover();
        case.pcs.send_commitment(&Commitment(commitments.to_vec()), &mut channel);
        channel.finish().0
    };
    let recv = |proof: &[u8]| {
        let mut channel = session(&case.pcs).into_verifier(proof);
        case.pcs.recv_commitment(2, &mut channel).map(|_| ())
    };
    let honest = &case.parse().commitments[0];
    assert_eq!(recv(&prove(honest)), Ok(()));
    for index in 0..2 {
        let mut forged = honest.clone();
        forged[index] = Cyclotomic::ONE;
        assert_eq!(recv(&prove(&forged)), Err(VerifyError::ZeroPart { index }));
    }
}
