//! Every message is absorbed before what could cancel it is drawn: under frozen challenges each of these is accepted.

use super::*;

#[test]
fn a_wrong_value_needs_a_frozen_beta() {
    let case = case();
    let beta = case.beta(0);
    let wrong = Case { value: case.value + Fr::one(), ..case };
    wrong.needs_frozen_challenges(|f| add2(&mut f.rounds[0].0.e2_beta, -(wrong.gamma2() * beta)));
}

#[test]
fn commitments_in_the_kernel_of_coefficients_need_frozen_challenges() {
    let case = case();
    let g = random_gt();
    let ratio = case.coefficients[0][1] * case.coefficients[1][2].inverse().unwrap();
    case.needs_frozen_challenges(|f| {
        shift(&mut f.commitments[0][1], &g, Fr::one());
        shift(&mut f.commitments[1][2], &g, -ratio);
    });
}

#[test]
fn statements_in_the_kernel_of_beta_need_a_frozen_challenge() {
    let case = case();
    let p = case.gamma1() * Fr::from(3u64);
    case.needs_frozen_challenges(|f| {
        add1(&mut f.statement.e1, p);
        add1(&mut f.rounds[0].0.e1_beta, -p * case.beta(0).inverse().unwrap());
        add1(&mut f.statement.c1, -p * case.beta(0));
    });
}

#[test]
fn messages_in_the_kernel_of_alpha_need_a_frozen_challenge() {
    let case = case();
    let (g, one) = (random_gt(), Fr::one());
    let (p, q) = (G1Projective::from(case.gamma1()), G2Projective::from(case.gamma2()));
    for round in 0..3 {
        let alpha = case.alpha(round);
        case.needs_frozen_challenges(|f| {
            shift(&mut f.rounds[round].1.c[0], &g, one);
            shift(&mut f.rounds[round].1.c[1], &g, -alpha.square());
        });
        case.needs_frozen_challenges(|f| {
            shift(&mut f.rounds[round].0.d1[0], &g, one);
            shift(&mut f.rounds[round].0.d1[1], &g, -alpha);
        });
        case.needs_frozen_challenges(|f| {
            shift(&mut f.rounds[round].0.d2[0], &g, one);
            shift(&mut f.rounds[round].0.d2[1], &g, -alpha.inverse().unwrap());
        });
        case.needs_frozen_challenges(|f| {
            add1(&mut f.rounds[round].1.e1[0], p);
            add1(&mut f.rounds[round].1.e1[1], -p * alpha.square());
        });
        case.needs_frozen_challenges(|f| {
            add2(&mut f.rounds[round].1.e2[0], q);
            add2(&mut f.rounds[round].1.e2[1], -q * alpha.square());
        });
        // A round's first message against its second.
        case.needs_frozen_challenges(|f| {
            add1(&mut f.rounds[round].0.e1_beta, p);
            add1(&mut f.rounds[round].1.e1[0], -p * case.beta(round) * alpha.inverse().unwrap());
        });
        case.needs_frozen_challenges(|f| {
            add2(&mut f.rounds[round].0.e2_beta, q);
            add2(&mut f.rounds[round].1.e2[0], -q * (case.beta(round) * alpha).inverse().unwrap());
        });
    }
}

#[test]
fn last_vectors_in_the_kernel_of_all_challenges_need_frozen_ones() {
    let case = case();
    let coordinates = &case.point;
    let (alpha, beta, d) = (case.alpha(2), case.beta(2), case.d());
    let fold = |factor: Fr, x: Fr| factor * (Fr::one() - x) + x;
    let pair = |p: G1Projective, q: G2Projective| Gt::from_pairing(&Bn254::pairing(p, q).0);
    let inverse = |x: Fr| x.inverse().unwrap();
    // s_2[0] and s_1[0]: rows are the first two coordinates after a zero, columns the last three.
    let row_point = [Fr::zero(), coordinates[0], coordinates[1]];
    let s2: Fr = (0..3).map(|i| fold(inverse(case.alpha(i)), row_point[i])).product();
    let s1: Fr = (0..3).map(|i| fold(case.alpha(i), coordinates[2 + i])).product();
    let p = case.gamma1() * Fr::from(3u64);
    let q = case.gamma2() * Fr::from(3u64);
    case.needs_frozen_challenges(|f| {
        let other = case.gamma2() * inverse(d) + f.last.v2;
        add1(&mut f.last.v1, p);
        add1(&mut f.rounds[2].0.e1_beta, p * s2 * inverse(beta));
        shift(&mut f.rounds[2].1.c[0], &pair(p, other), inverse(alpha));
    });
    case.needs_frozen_challenges(|f| {
        let other = case.gamma1() * d + f.last.v1;
        add2(&mut f.last.v2, q);
        add2(&mut f.rounds[2].0.e2_beta, q * s1 * beta);
        shift(&mut f.rounds[2].1.c[0], &pair(other, q), inverse(alpha));
    });
    // Without the message before it: V_1 and V_2 against d alone.
    let mut forged = case.parse();
    add1(&mut forged.last.v1, p);
    let [frozen, real] = case.verdicts(&forged);
    assert_eq!(frozen, Err(VerifyError::Check { check: CHECK_ROWS }));
    assert!(real.is_err());
}

#[test]
fn a_proof_of_another_session_is_rejected() {
    let case = case();
    let other = Session::new(HashKind::Blake3, "dory-tests").bind("setup", &[0; 32]);
    assert!(matches!(case.verify_in(other, &case.proof), Err(VerifyError::Check { .. })));
}
