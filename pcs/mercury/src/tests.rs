//! Mercury against the conformance suite, and a forger for each equation that the verifier's check stands for.

use super::*;
use crate::poly::{divide_by_binomial, eval, inner_product, tensor_eval};
use ark_ff::{AdditiveGroup, One, UniformRand, Zero};
use lariat_algebra::msm::combine_rows;
use lariat_algebra::poly::eq_evals;
use lariat_pcs::{Resources, conformance};
use lariat_transcript::{ChallengeTape, Drawn, HashKind, Session};
use prover::{Polys, cross_sum, fold_rows};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

fn setup() -> Arc<PowersOfTau> {
    Arc::new(PowersOfTau::from_seed("mercury-tests", 12).unwrap())
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
    assert_eq!(Mercury::new(&setup, 12).unwrap().piece_vars(), 12);
    let error = Mercury::new(&setup, 13).unwrap_err();
    assert_eq!(error, PcsError::SetupTooSmall { kind: Mercury::KIND, needed: 13, available: 12 });
    let missing = (SCHEME.setup)(lariat_pcs::Workload { num_vars: &[3] }, &Resources::default()).err();
    assert_eq!(missing, Some(PcsError::NoSetup { kind: Mercury::KIND }));
}

/// Adversaries have all powers of the longest ceremony, `2^29`, not those of this setup or of the longest supported.
#[test]
fn the_ledger_counts_the_powers_of_the_longest_ceremony() {
    let pcs = Mercury::new(&setup(), 12).unwrap();
    let bits = pcs.security(1);
    let degree: f64 = 5.0 * 2f64.powi(29) + 8.0;
    assert!((bits.proven - (SecurityBits::FIELD - degree.log2())).abs() < 1e-6, "{bits:?}");
    assert!((bits.proven - 222.178).abs() < 1e-3, "{bits:?}");
    assert!((ErrorTerm::sum(&pcs.error_terms(1)).proven - bits.proven).abs() < 1e-9);
}

const PAIRING: Result<(), VerifyError> = Err(VerifyError::Check { check: "pairing" });

fn session(value: Fr, tape: Option<&ChallengeTape>) -> Session<lariat_transcript::Ready> {
    let bytes = lariat_transcript::encoding::scalar_to_bytes(&value);
    let session = Session::new(HashKind::Blake3, "mercury-tests").bind("value", &bytes);
    match tape {
        Some(tape) => session.freeze(tape.clone()),
        None => session,
    }
}

/// Two pieces and a combination of them.
struct Fixture {
    pcs: Mercury,
    commitment: PieceCommitments,
    coefficients: [Vec<Fr>; 1],
    point: Vec<Fr>,
    combined: Vec<Fr>,
}

impl Fixture {
    fn new(num_vars: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(22);
        let pcs = Mercury::new(&setup(), num_vars).unwrap();
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
        inner_product(&self.combined, &eq_evals(&self.point))
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
        let prove = |channel: &mut ProverChannel| {
            self.pcs.prove(self.combined.clone(), &self.point, channel).unwrap();
        };
        self.forge(value, None, prove).1
    }

    fn verify(&self, value: Fr, proof: &[u8], tape: Option<&ChallengeTape>) -> Result<(), VerifyError> {
        let mut channel = session(value, tape).into_verifier(proof);
        let commitment = self.pcs.recv_commitment(2, &mut channel)?;
        let claim = PieceClaim { coefficients: &self.coefficients, point: &self.point, value };
        self.pcs.verify(&[&commitment], claim, &mut channel)?;
        channel.finish()?;
        Ok(())
    }

    /// Verdicts on `forger`'s opening at a value off by one: `[with real challenges, with those known beforehand, those
    /// known beforehand against real ones]`.
    fn verdicts(&self, forger: &Forger<'_>) -> [Result<(), VerifyError>; 3] {
        let value = self.value() + Fr::one();
        let tape = self.tape(value);
        // Without foresight the forger takes other challenges for the true ones.
        let (blind, _) = self.forge(value, None, |channel| self.prove_forged(forger, &tape, false, channel));
        let (proof, _) = self.forge(value, Some(&tape), |channel| self.prove_forged(forger, &tape, true, channel));
        [self.verify(value, &blind, None), self.verify(value, &proof, Some(&tape)), self.verify(value, &proof, None)]
    }

    /// Plays the protocol with the changes of `forger`, who expects the challenges of `tape`, or one more than each.
    fn prove_forged(&self, forger: &Forger<'_>, tape: &ChallengeTape, foresight: bool, channel: &mut ProverChannel) {
        let shift = if foresight { Fr::zero() } else { Fr::one() };
        let [alpha, gamma, zeta, beta, z, delta] = challenges(tape).map(|c| c + shift);
        let known = Known { fixture: self, alpha, gamma, zeta, beta, z, delta };
        let send = |label, f: &[Fr], channel: &mut ProverChannel| {
            channel.send_points(label, &[self.pcs.kzg.commit(f).unwrap()]);
        };
        let (high, low) = self.pcs.split(&self.point);
        let f = self.combined.clone();
        let mut h = fold_rows(&f, &eq_evals(low));
        (forger.rows)(&known, &mut h);
        send(LABEL_ROWS, &h, channel);
        let alpha = channel.challenge(LABEL_ALPHA);
        let (mut q, mut g) = divide_by_binomial(&f, 1 << low.len(), alpha);
        (forger.folded)(&known, alpha, &mut q, &mut g);
        let mut d: Vec<Fr> = g.iter().take(1 << low.len()).rev().copied().collect();
        (forger.reversed)(&known, &g, &mut d);
        self.pcs.send_folded(&g, &q, &d, channel).unwrap();
        let gamma = channel.challenge(LABEL_GAMMA);
        let mut s = cross_sum(&g, low, &h, high, gamma);
        (forger.cross)(&known, &mut s);
        send(LABEL_CROSS, &s, channel);
        let zeta = channel.challenge(LABEL_ZETA);
        let polys = Polys { f, h, g, q, d, s };
        let points = [zeta, zeta.inverse().unwrap(), alpha];
        let mut evals = polys.evals(points);
        (forger.evals)(&known, &mut evals);
        channel.send_scalars(LABEL_EVALS, &evals);
        let beta = channel.challenge(LABEL_BETA);
        let mut quotient = polys.quotient(points, beta);
        (forger.quotient)(&known, &evals, &polys, &mut quotient);
        send(LABEL_QUOTIENT, &quotient, channel);
        let weights = Weights::new(self.pcs.low_vars(), points, beta, challenge_pair(channel));
        let witness = lariat_kzg::divide_by_linear(&polys.linearise(&quotient, &weights), weights.z).0;
        send(LABEL_WITNESS, &witness, channel);
    }
}

/// `alpha`, `gamma`, `zeta`, `beta`, `z`, `delta`.
fn challenges(tape: &ChallengeTape) -> [Fr; 6] {
    let scalars: Vec<Fr> =
        tape.0.iter().map(|drawn| if let Drawn::Scalar(c) = drawn { *c } else { panic!("a scalar") }).collect();
    scalars.try_into().unwrap()
}

/// What a forger expects.
struct Known<'a> {
    fixture: &'a Fixture,
    alpha: Fr,
    gamma: Fr,
    zeta: Fr,
    beta: Fr,
    z: Fr,
    delta: Fr,
}

impl Known<'_> {
    /// The lowest coefficients of `P_1` and `P_2`.
    fn lowest(&self) -> [Vec<Fr>; 2] {
        let (high, low) = self.fixture.pcs.split(&self.fixture.point);
        [eq_evals(low), eq_evals(high)]
    }

    /// The value at `z` of what the verifier pairs, with constants from the values sent.
    fn residue(&self, evals: &[Fr; 6], polys: &Polys, quotient: &[Fr]) -> Fr {
        let points = Points::new(self.zeta, self.alpha).unwrap();
        let weights = Weights::new(self.fixture.pcs.low_vars(), points.x, self.beta, [self.z, self.delta]);
        let (high, low) = self.fixture.pcs.split(&self.fixture.point);
        let claimed = self.fixture.value() + Fr::one();
        let values = Values::derive(*evals, [high, low], &points, self.gamma, claimed);
        eval(&polys.linearise(quotient, &weights), self.z) - values.at_z(&points, &weights)
    }
}

type OnCoefficients = dyn Fn(&Known<'_>, &mut [Fr]);
type OnFolded = dyn Fn(&Known<'_>, Fr, &mut [Fr], &mut Vec<Fr>);
type OnReversed = dyn Fn(&Known<'_>, &[Fr], &mut [Fr]);
type OnQuotient = dyn Fn(&Known<'_>, &[Fr; 6], &Polys, &mut [Fr]);

/// Changes to the honest messages, step by step.
struct Forger<'a> {
    /// `h`.
    rows: &'a OnCoefficients,
    /// `q` and `g`, with the true `alpha`.
    folded: &'a OnFolded,
    /// `d`, with `g`.
    reversed: &'a OnReversed,
    /// `S`.
    cross: &'a OnCoefficients,
    /// The values sent.
    evals: &'a OnCoefficients,
    /// `W`.
    quotient: &'a OnQuotient,
}

/// Changes nothing but the value claimed.
const HONEST: Forger<'static> = Forger {
    rows: &|_, _| (),
    folded: &|_, _, _, _| (),
    reversed: &|_, _, _| (),
    cross: &|_, _| (),
    evals: &|_, _| (),
    quotient: &|_, _, _, _| (),
};

/// Rows with the value that is claimed: a first coefficient more.
fn lift_rows(known: &Known<'_>, h: &mut [Fr]) {
    let [_, high] = known.lowest();
    h[0] += high[0].inverse().unwrap();
}

/// Both an even and an odd number of variables.
const SHAPES: [usize; 2] = [5, 6];

/// The forger succeeds with foresight of challenges alone.
fn needs_foresight(forger: &Forger<'_>) {
    for num_vars in SHAPES {
        assert_eq!(Fixture::new(num_vars).verdicts(forger), [PAIRING, Ok(()), PAIRING], "{num_vars} variables");
    }
}

#[test]
fn an_honest_opening_has_the_stated_size() {
    for num_vars in [0, 1, 2, 5, 6] {
        let fixture = Fixture::new(num_vars);
        let value = fixture.value();
        let (proof, _) = fixture.forge(value, None, |channel| {
            let claim = PieceClaim { coefficients: &fixture.coefficients, point: &fixture.point, value };
            let opening = PieceOpening { claim, pieces: &[], combined: fixture.combined.clone() };
            fixture.pcs.open(opening, &[&()], channel).unwrap();
        });
        assert_eq!(fixture.pcs.opening_bytes(&[2]), 416);
        assert_eq!(proof.len(), 64 + 416);
        assert_eq!(fixture.verify(value, &proof, None), Ok(()));
    }
}

#[test]
fn rejects_coinciding_points() {
    let fixture = Fixture::new(5);
    let value = fixture.value();
    let honest = fixture.tape(value);
    let [alpha, ..] = challenges(&honest);
    for zeta in [Fr::zero(), Fr::one(), -Fr::one(), alpha, alpha.inverse().unwrap()] {
        let mut tape = honest.clone();
        tape.0[2] = Drawn::Scalar(zeta);
        let prove = |channel: &mut ProverChannel| {
            fixture.pcs.prove(fixture.combined.clone(), &fixture.point, channel).unwrap();
        };
        let (proof, _) = fixture.forge(value, Some(&tape), prove);
        assert_eq!(fixture.verify(value, &proof, Some(&tape)), Err(VerifyError::Check { check: "challenge" }));
    }
}

#[test]
fn rejects_a_wrong_value_with_honest_messages() {
    for num_vars in [0, 1, 2, 5, 6] {
        let [blind, frozen, real] = Fixture::new(num_vars).verdicts(&HONEST);
        assert_eq!([blind, frozen, real], [PAIRING, PAIRING, PAIRING]);
    }
}

#[test]
fn the_forger_that_changes_nothing_is_the_prover() {
    let fixture = Fixture::new(6);
    let value = fixture.value();
    let tape = fixture.tape(value);
    let forged = fixture.forge(value, None, |channel| fixture.prove_forged(&HONEST, &tape, true, channel)).0;
    let prove = |channel: &mut ProverChannel| {
        fixture.pcs.prove(fixture.combined.clone(), &fixture.point, channel).unwrap();
    };
    assert_eq!(forged, fixture.forge(value, None, prove).0);
}

/// (c): rows of another polynomial, whose inner product with `P_2` is right.
#[test]
fn rows_that_are_right_at_alpha_need_foresight() {
    let rows = |known: &Known<'_>, h: &mut [Fr]| {
        let [_, high] = known.lowest();
        let c = (high[1] - known.alpha * high[0]).inverse().unwrap();
        h[0] -= c * known.alpha;
        h[1] += c;
    };
    needs_foresight(&Forger { rows: &rows, ..HONEST });
}

/// (c): two wrong inner products that cancel.
#[test]
fn inner_products_that_cancel_under_gamma_need_foresight() {
    let rows = |known: &Known<'_>, h: &mut [Fr]| {
        // A constant c changes h(alpha) by c and <h, P_2> by c high_0, which is to exceed 1 by c / gamma.
        let [_, high] = known.lowest();
        h[0] += (high[0] - known.gamma.inverse().unwrap()).inverse().unwrap();
    };
    needs_foresight(&Forger { rows: &rows, ..HONEST });
}

/// (c): cross terms that are right at zeta alone.
#[test]
fn cross_terms_that_are_right_at_zeta_need_foresight() {
    let cross = |known: &Known<'_>, s: &mut [Fr]| {
        // A constant c changes X S(X) + S(1/X) / X by c (X + 1/X), which is to be -2 gamma at zeta.
        let sum = known.zeta + known.zeta.inverse().unwrap();
        s[0] -= known.gamma.double() * sum.inverse().unwrap();
    };
    needs_foresight(&Forger { cross: &cross, ..HONEST });
}

/// Wrong rows, and `g` plus a multiple of `X^b - alpha` that has the inner product that they call for.
fn overlong(known: &Known<'_>, alpha: Fr, q: &mut [Fr], g: &mut Vec<Fr>) {
    // The constant that `lift_rows` added to h(alpha), here as -alpha c low_0.
    let [low, high] = known.lowest();
    let c = -(alpha * low[0] * high[0]).inverse().unwrap();
    q[0] -= c;
    g[0] -= alpha * c;
    g.push(c);
}

/// (b): a remainder whose degree is too high.
#[test]
fn rejects_a_remainder_of_too_high_degree() {
    let forger = Forger { rows: &lift_rows, folded: &overlong, ..HONEST };
    for num_vars in SHAPES {
        // Nothing but (b) is violated, whatever is foreseen.
        assert_eq!(Fixture::new(num_vars).verdicts(&forger), [PAIRING, PAIRING, PAIRING]);
    }
    let reversed = |known: &Known<'_>, g: &[Fr], d: &mut [Fr]| {
        // X^(b-1) g(1/X) at zeta, by another constant coefficient.
        let b = d.len();
        let inverse = known.zeta.inverse().unwrap();
        let now = eval(d, known.zeta);
        d[0] += known.zeta.pow([b as u64 - 1]) * eval(g, inverse) - now;
    };
    needs_foresight(&Forger { reversed: &reversed, ..forger });
}

/// Wrong rows, and a remainder of the right degree that has the inner product that they call for.
#[expect(clippy::ptr_arg, reason = "one type for all that change the remainder")]
fn replaced(known: &Known<'_>, _: Fr, _: &mut [Fr], g: &mut Vec<Fr>) {
    let [low, high] = known.lowest();
    g[0] += (low[0] * high[0]).inverse().unwrap();
}

/// (a): a remainder of another polynomial.
#[test]
fn rejects_a_remainder_of_another_polynomial() {
    let forger = Forger { rows: &lift_rows, folded: &replaced, ..HONEST };
    for num_vars in SHAPES {
        assert_eq!(Fixture::new(num_vars).verdicts(&forger), [PAIRING, PAIRING, PAIRING]);
    }
    let folded = |known: &Known<'_>, alpha: Fr, q: &mut [Fr], g: &mut Vec<Fr>| {
        // Right at z, by another constant coefficient of the quotient.
        let before = g[0];
        replaced(known, alpha, q, g);
        let b = g.len() as u64;
        q[0] -= (g[0] - before) * (known.z.pow([b]) - known.alpha).inverse().unwrap();
    };
    needs_foresight(&Forger { folded: &folded, ..forger });
}

/// What `S(zeta)` should be made to follow: a change of values that hides the wrong inner product.
fn hide_in_values(known: &Known<'_>, evals: &mut [Fr]) {
    // h(alpha) off by -gamma makes h(alpha) + gamma v what honest inner products give.
    evals[4] -= known.gamma;
}

/// (d): values of no committed polynomial.
#[test]
fn rejects_values_of_no_committed_polynomial() {
    let forger = Forger { evals: &hide_in_values, ..HONEST };
    for num_vars in SHAPES {
        assert_eq!(Fixture::new(num_vars).verdicts(&forger), [PAIRING, PAIRING, PAIRING]);
    }
    let quotient = |known: &Known<'_>, evals: &[Fr; 6], polys: &Polys, quotient: &mut [Fr]| {
        // Right at z, by another constant coefficient.
        let [x, y, z] = [known.zeta, known.zeta.inverse().unwrap(), known.z];
        let vanishing = (z - x) * (z - y) * (z - known.alpha);
        let residue = known.residue(evals, polys, quotient);
        quotient[0] += residue * vanishing.inverse().unwrap();
    };
    needs_foresight(&Forger { quotient: &quotient, ..forger });
}

/// (d): two wrong values that cancel.
#[test]
fn values_that_cancel_under_beta_need_foresight() {
    let evals = |known: &Known<'_>, evals: &mut [Fr]| {
        // At zeta, the batch has h(zeta) + (zeta - alpha) (beta g(zeta) + beta^2 S(zeta)). With g(zeta) off by e and
        // h(zeta) by c, S(zeta) follows off by (e P_1(1/zeta) + gamma c P_2(1/zeta) - 2 gamma) / zeta.
        let (high, low) = known.fixture.pcs.split(&known.fixture.point);
        let inverse = known.zeta.inverse().unwrap();
        let [p_1, p_2] = [low, high].map(|u| tensor_eval(u, inverse));
        let gap = known.zeta - known.alpha;
        let s_weight = gap * known.beta.square() * inverse;
        let e = Fr::from(7u64);
        let rest = gap * known.beta * e + s_weight * (e * p_1 - known.gamma.double());
        let c = -rest * (Fr::one() + s_weight * known.gamma * p_2).inverse().unwrap();
        evals[0] += e;
        evals[2] += c;
    };
    needs_foresight(&Forger { evals: &evals, ..HONEST });
}

/// (a) and (d): two wrong residues at `z` that cancel.
#[test]
fn residues_that_cancel_under_delta_need_foresight() {
    let quotient = |known: &Known<'_>, evals: &[Fr; 6], polys: &Polys, quotient: &mut [Fr]| {
        let [x, y, z] = [known.zeta, known.zeta.inverse().unwrap(), known.z];
        let vanishing = (z - x) * (z - y) * (z - known.alpha);
        let residue = known.residue(evals, polys, quotient);
        assert_ne!(residue, Fr::zero());
        quotient[0] += residue * vanishing.inverse().unwrap();
    };
    needs_foresight(&Forger { rows: &lift_rows, folded: &replaced, quotient: &quotient, ..HONEST });
}

#[test]
fn a_witness_for_other_commitments_is_rejected() {
    let mut fixture = Fixture::new(5);
    let value = fixture.value();
    fixture.commitment.0.swap(0, 1);
    let prove = |channel: &mut ProverChannel| {
        fixture.pcs.prove(fixture.combined.clone(), &fixture.point, channel).unwrap();
    };
    let (proof, _) = fixture.forge(value, None, prove);
    assert_eq!(fixture.verify(value, &proof, None), PAIRING);
}
