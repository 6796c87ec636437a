//! HyperKZG against the conformance suite, and a forger for each of the verifier's checks.

use super::*;
use ark_ff::{One, UniformRand};
use lariat_algebra::msm::combine_rows;
use lariat_algebra::poly::{eq_evals, eq_index};
use lariat_kzg::divide_by_linear;
use lariat_pcs::{Resources, conformance};
use lariat_transcript::{ChallengeTape, Drawn, HashKind, Session};
use prover::{batch, divide_all, folds, linearise};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

fn setup() -> Arc<PowersOfTau> {
    Arc::new(PowersOfTau::from_seed("hyperkzg-tests", 12).unwrap())
}

#[test]
fn conforms() {
    let mut resources = Resources::default();
    resources.insert(setup());
    conformance::run_scheme(SCHEME, &resources);
}

#[test]
fn needs_a_setup_that_is_long_enough() {
    let setup = setup();
    assert_eq!(HyperKzg::new(&setup, 12).unwrap().piece_vars(), 12);
    let error = HyperKzg::new(&setup, 13).unwrap_err();
    assert_eq!(error, PcsError::SetupTooSmall { kind: HyperKzg::KIND, needed: 13, available: 12 });
    let missing = (SCHEME.setup)(lariat_pcs::Workload { num_vars: &[3] }, &Resources::default()).err();
    assert_eq!(missing, Some(PcsError::NoSetup { kind: HyperKzg::KIND }));
}

/// Adversaries have all powers of the longest ceremony, `2^29`, not those of this setup or of the longest supported.
#[test]
fn the_ledger_counts_the_powers_of_the_longest_ceremony() {
    let pcs = HyperKzg::new(&setup(), 12).unwrap();
    let bits = pcs.security(1);
    let degree: f64 = 3.0 * 2f64.powi(29) + 14.0;
    assert!((bits.proven - (SecurityBits::FIELD - degree.log2())).abs() < 1e-6, "{bits:?}");
    assert!((bits.proven - 222.915).abs() < 1e-3, "{bits:?}");
    assert!((ErrorTerm::sum(&pcs.error_terms(1)).proven - bits.proven).abs() < 1e-9);
}

const NUM_VARS: usize = 5;
const PAIRING: Result<(), VerifyError> = Err(VerifyError::Check { check: "pairing" });

fn session(value: Fr, tape: Option<&ChallengeTape>) -> Session<lariat_transcript::Ready> {
    let bytes = lariat_transcript::encoding::scalar_to_bytes(&value);
    let session = Session::new(HashKind::Blake3, "hyperkzg-tests").bind("value", &bytes);
    match tape {
        Some(tape) => session.freeze(tape.clone()),
        None => session,
    }
}

/// Two pieces and a combination of them.
struct Fixture {
    pcs: HyperKzg,
    commitment: PieceCommitments,
    coefficients: [Vec<Fr>; 1],
    point: Vec<Fr>,
    combined: Vec<Fr>,
}

impl Fixture {
    fn new(num_vars: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(21);
        let pcs = HyperKzg::new(&setup(), num_vars).unwrap();
        let pieces: Vec<Vec<u16>> = (0..2).map(|_| (0..1 << num_vars).map(|_| rng.r#gen()).collect()).collect();
        let rows: Vec<RowValues<'_>> = pieces.iter().map(|p| RowValues::from(&p[..])).collect();
        let coefficients = [vec![Fr::rand(&mut rng), Fr::rand(&mut rng)]];
        let point = (0..num_vars).map(|_| Fr::rand(&mut rng)).collect();
        let terms: Vec<(Fr, RowValues<'_>)> = coefficients[0].iter().copied().zip(rows.iter().copied()).collect();
        let combined = combine_rows(&terms, 1 << num_vars);
        let (commitment, ()) = pcs.commit(&rows).unwrap();
        Self { pcs, commitment, coefficients, point, combined }
    }

    fn value(&self) -> Fr {
        self.combined.iter().zip(eq_evals(&self.point)).map(|(c, w)| *c * w).sum()
    }

    /// The opening that `prove` sends, and its challenges.
    fn forge(
        &self,
        value: Fr,
        tape: Option<&ChallengeTape>,
        prove: impl FnOnce(&mut ProverChannel),
    ) -> (Vec<u8>, ChallengeTape) {
        let mut channel = session(value, tape).into_prover();
        self.pcs.send_commitment(&self.commitment, &mut channel);
        prove(&mut channel);
        let tape = channel.tape();
        (channel.finish().0, tape)
    }

    /// The challenges of an honest prover who is told to claim `value`.
    fn tape(&self, value: Fr) -> ChallengeTape {
        let polys = folds(self.combined.clone(), &self.point);
        self.forge(value, None, |channel| self.pcs.prove(&polys, channel).unwrap()).1
    }

    fn verify(&self, value: Fr, proof: &[u8], tape: Option<&ChallengeTape>) -> Result<(), VerifyError> {
        let mut channel = session(value, tape).into_verifier(proof);
        let commitment = self.pcs.recv_commitment(2, &mut channel)?;
        let claim = PieceClaim { coefficients: &self.coefficients, point: &self.point, value };
        self.pcs.verify(&[&commitment], claim, &mut channel)?;
        channel.finish()?;
        Ok(())
    }

    /// `[frozen, real]` verdicts on a proof that was made for frozen challenges.
    fn verdicts(&self, value: Fr, proof: &[u8], tape: &ChallengeTape) -> [Result<(), VerifyError>; 2] {
        [self.verify(value, proof, Some(tape)), self.verify(value, proof, None)]
    }
}

/// `r`, `gamma`, `z`.
fn challenges(tape: &ChallengeTape) -> [Fr; 3] {
    let scalars: Vec<Fr> =
        tape.0.iter().map(|drawn| if let Drawn::Scalar(c) = drawn { *c } else { panic!("a scalar") }).collect();
    scalars.try_into().unwrap()
}

#[test]
fn an_honest_opening_has_the_stated_size() {
    for num_vars in [0, 1, 2, NUM_VARS] {
        let fixture = Fixture::new(num_vars);
        let value = fixture.value();
        let (proof, _) = fixture.forge(value, None, |channel| {
            let claim = PieceClaim { coefficients: &fixture.coefficients, point: &fixture.point, value };
            let opening = PieceOpening { claim, pieces: &[], combined: fixture.combined.clone() };
            fixture.pcs.open(opening, &[&()], channel).unwrap();
        });
        assert_eq!(proof.len(), 2 * POINT_BYTES + fixture.pcs.opening_bytes(&[2]));
        assert_eq!(fixture.verify(value, &proof, None), Ok(()));
    }
}

#[test]
fn rejects_coinciding_points() {
    let fixture = Fixture::new(NUM_VARS);
    let value = fixture.value();
    let polys = folds(fixture.combined.clone(), &fixture.point);
    for r in [Fr::zero(), Fr::one(), -Fr::one()] {
        let mut tape = fixture.tape(value);
        tape.0[0] = Drawn::Scalar(r);
        let (proof, _) = fixture.forge(value, Some(&tape), |channel| fixture.pcs.prove(&polys, channel).unwrap());
        assert_eq!(fixture.verify(value, &proof, Some(&tape)), Err(VerifyError::Check { check: "challenge" }));
    }
}

#[test]
fn rejects_a_wrong_value_with_honest_folds() {
    for num_vars in [1, 2, NUM_VARS] {
        let fixture = Fixture::new(num_vars);
        let value = fixture.value() + Fr::one();
        let polys = folds(fixture.combined.clone(), &fixture.point);
        let (proof, _) = fixture.forge(value, None, |channel| fixture.pcs.prove(&polys, channel).unwrap());
        assert_eq!(fixture.verify(value, &proof, None), Err(VerifyError::Check { check: "fold" }));
    }
}

#[test]
fn rejects_a_wrong_value_of_a_constant() {
    let fixture = Fixture::new(0);
    let value = fixture.value();
    let (proof, _) = fixture.forge(value, None, |_| ());
    assert_eq!(fixture.verify(value, &proof, None), Ok(()));
    let other = value + Fr::one();
    assert_eq!(fixture.verify(other, &proof, None), Err(VerifyError::Check { check: "constant" }));
}

/// `f_0`, and honest folds of `f_1 + change`.
fn with_changed_fold(fixture: &Fixture, change: [Fr; 2]) -> Vec<Vec<Fr>> {
    let mut polys = folds(fixture.combined.clone(), &fixture.point);
    let mut first = polys[1].clone();
    first[0] += change[0];
    first[1] += change[1];
    polys.truncate(1);
    polys.extend(folds(first, &fixture.point[..NUM_VARS - 1]));
    polys
}

#[test]
fn rejects_a_fold_of_another_polynomial() {
    let fixture = Fixture::new(NUM_VARS);
    let value = fixture.value() + Fr::one();
    // f_1 + c has the value that is claimed, and all that follows fits it.
    let change = eq_index(0, &fixture.point[..NUM_VARS - 1]).inverse().unwrap();
    let polys = with_changed_fold(&fixture, [change, Fr::zero()]);
    let (proof, _) = fixture.forge(value, None, |channel| fixture.pcs.prove(&polys, channel).unwrap());
    assert_eq!(fixture.verify(value, &proof, None), PAIRING);
}

#[test]
fn a_wrong_fold_that_is_right_at_r_needs_a_frozen_challenge() {
    let fixture = Fixture::new(NUM_VARS);
    let value = fixture.value() + Fr::one();
    let tape = fixture.tape(value);
    let [r, _, _] = challenges(&tape);
    // f_1 + c (X - r^2)
    let rest = &fixture.point[..NUM_VARS - 1];
    let c = (eq_index(1, rest) - r.square() * eq_index(0, rest)).inverse().unwrap();
    let polys = with_changed_fold(&fixture, [-c * r.square(), c]);
    let (proof, _) = fixture.forge(value, Some(&tape), |channel| fixture.pcs.prove(&polys, channel).unwrap());
    // At another r, other folds follow from the same values.
    let fold = Err(VerifyError::Check { check: "fold" });
    assert_eq!(fixture.verdicts(value, &proof, &tape), [Ok(()), fold]);
}

/// An opening of honest folds with changed values; `fix` sees the quotient before it is sent, and what `L(z)` is with it.
fn prove_with_values(
    fixture: &Fixture,
    channel: &mut ProverChannel,
    change: impl FnOnce(&mut [Line]),
    fix: impl FnOnce(&mut Vec<Fr>, &dyn Fn(&Vec<Fr>, Fr) -> Fr),
) {
    let polys = folds(fixture.combined.clone(), &fixture.point);
    let commit = |f: &Vec<Fr>| fixture.pcs.kzg.commit(f).unwrap();
    channel.send_points(LABEL_FOLDS, &polys[1..].iter().map(commit).collect::<Vec<_>>());
    let r = channel.challenge(LABEL_R);
    let points = Points::new(r).unwrap();
    let divided = divide_all(&polys, points.square);
    let mut lines: Vec<Line> = divided.iter().map(|(_, line)| *line).collect();
    change(&mut lines);
    let evals: Vec<Fr> = lines.iter().flat_map(|line| [line.at(r), line.at(-r)]).collect();
    channel.send_scalars(LABEL_EVALS, &evals);
    let gamma = channel.challenge(LABEL_GAMMA);
    let (folded, mut quotient) = batch(&polys, &divided, gamma, points.square);
    // L(z) as the verifier will have it: constants from the values sent.
    let residue = |quotient: &Vec<Fr>, z: Fr| {
        let (_, linear) = divide_by_linear(&linearise(&polys[0], &folded, quotient, gamma, z, points.square), z);
        let (mut line, mut value) = (Line::default(), Fr::zero());
        for (k, weight) in (1..NUM_VARS).zip(powers(gamma, NUM_VARS)) {
            line.add_scaled(weight, &lines[k]);
            value += weight * lines[k - 1].fold(fixture.point[NUM_VARS - k]);
        }
        linear - (z - points.square) * lines[0].at(z) - gamma * points.extend(&line, value, z)
    };
    fix(&mut quotient, &residue);
    channel.send_points(LABEL_QUOTIENT, &[commit(&quotient)]);
    let z = channel.challenge(LABEL_Z);
    let (witness, _) = divide_by_linear(&linearise(&polys[0], &folded, &quotient, gamma, z, points.square), z);
    channel.send_points(LABEL_WITNESS, &[commit(&witness)]);
}

#[test]
fn rejects_values_of_no_committed_polynomial() {
    let fixture = Fixture::new(NUM_VARS);
    let value = fixture.value() + Fr::one();
    // f_{l-1}(X) + 1 has the value that is claimed.
    let change = |lines: &mut [Line]| {
        lines[NUM_VARS - 1].even += Fr::one();
        lines[NUM_VARS - 1].odd += Fr::one();
    };
    let (proof, _) = fixture.forge(value, None, |channel| prove_with_values(&fixture, channel, change, |_, _| ()));
    assert_eq!(fixture.verify(value, &proof, None), PAIRING);
}

#[test]
fn wrong_values_that_cancel_under_gamma_need_a_frozen_challenge() {
    let fixture = Fixture::new(NUM_VARS);
    let value = fixture.value() + Fr::one();
    let tape = fixture.tape(value);
    let [_, gamma, _] = challenges(&tape);
    // The last line changes by t (-x_1 + (1 - x_1) X), whose fold with x_1 is zero; the one before by -gamma times
    // that, so that neither the value that follows for f_{l-1} nor the combination changes.
    let [x_0, x_1] = [fixture.point[0], fixture.point[1]];
    let t = (x_0 - x_1).inverse().unwrap();
    let error = Line { even: -x_1 * t, odd: (Fr::one() - x_1) * t };
    let change = |lines: &mut [Line]| {
        lines[NUM_VARS - 1].add_scaled(Fr::one(), &error);
        lines[NUM_VARS - 2].add_scaled(-gamma, &error);
    };
    let prove = |channel: &mut ProverChannel| prove_with_values(&fixture, channel, change, |_, _| ());
    let (proof, _) = fixture.forge(value, Some(&tape), prove);
    assert_eq!(fixture.verdicts(value, &proof, &tape), [Ok(()), PAIRING]);
}

#[test]
fn a_wrong_quotient_that_is_right_at_z_needs_a_frozen_challenge() {
    let fixture = Fixture::new(NUM_VARS);
    let value = fixture.value() + Fr::one();
    let tape = fixture.tape(value);
    let [r, _, z] = challenges(&tape);
    let change = |lines: &mut [Line]| {
        lines[NUM_VARS - 1].even += Fr::one();
        lines[NUM_VARS - 1].odd += Fr::one();
    };
    let vanishing = (z.square() - r.square()) * (z - r.square());
    let prove = |channel: &mut ProverChannel| {
        prove_with_values(&fixture, channel, change, |quotient, residue| {
            let wrong = residue(quotient, z);
            assert_ne!(wrong, Fr::zero());
            quotient[0] += wrong * vanishing.inverse().unwrap();
            assert_eq!(residue(quotient, z), Fr::zero());
        });
    };
    let (proof, _) = fixture.forge(value, Some(&tape), prove);
    assert_eq!(fixture.verdicts(value, &proof, &tape), [Ok(()), PAIRING]);
}

#[test]
fn a_witness_for_other_commitments_is_rejected() {
    let mut fixture = Fixture::new(NUM_VARS);
    let value = fixture.value();
    let polys = folds(fixture.combined.clone(), &fixture.point);
    fixture.commitment.0.swap(0, 1);
    let (proof, _) = fixture.forge(value, None, |channel| fixture.pcs.prove(&polys, channel).unwrap());
    assert_eq!(fixture.verify(value, &proof, None), PAIRING);
}
