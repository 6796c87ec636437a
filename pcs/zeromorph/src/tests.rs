//! Zeromorph against the conformance suite, and a forger for each part of its check.

use super::*;
use ark_ec::CurveGroup;
use ark_ff::{One, UniformRand, Zero};
use lariat_algebra::column::{Column, ColumnData};
use lariat_kzg::PowersOfTau;
use lariat_pcs::conformance::{self, Case, EVALS_LABEL, Statement};
use lariat_pcs::{Resources, SetupSource, Workload};
use lariat_transcript::{ChallengeTape, Drawn};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

fn setup(log_len: usize) -> Arc<PowersOfTau> {
    Arc::new(PowersOfTau::from_seed("zeromorph-tests", log_len).unwrap())
}

#[test]
fn conforms_under_a_seeded_setup() {
    let mut resources = Resources::default();
    resources.insert(setup(12));
    conformance::run_scheme(SCHEME, &resources);
}

/// Not in no variables: there, every part of a column is a piece of its own, and a Boolean point leaves most unopened.
#[test]
fn conforms_with_pieces_shorter_than_columns() {
    let kzg = Kzg::shared(&setup(3), 3, Zeromorph::KIND).unwrap();
    conformance::run(|_| Arc::new(Batched(Zeromorph::new(Arc::clone(&kzg)))));
}

#[test]
fn setups_are_asked_for_and_measured() {
    let workload = Workload { num_vars: &[6, 6, 2] };
    let missing = (SCHEME.setup)(workload, &Resources::default()).err();
    assert_eq!(missing, Some(PcsError::NoSetup { kind: Zeromorph::KIND }));
    let mut resources = Resources::default();
    resources.insert(setup(5));
    let short = (SCHEME.setup)(workload, &resources).err();
    assert_eq!(short, Some(PcsError::SetupTooSmall { kind: Zeromorph::KIND, needed: 6, available: 5 }));
    resources.insert(setup(6));
    let pcs = (SCHEME.setup)(workload, &resources).unwrap();
    assert_eq!(pcs.info().setup, SetupSource::InsecureSeed { name: "zeromorph-tests".into() });
    assert_eq!(pcs.opening_bytes(&[pcs.full_batch(&[6, 6])], 6), 32 * (6 + 3) + 32);
    assert_eq!(pcs.commitment_bytes(pcs.full_batch(&[6, 6, 6])), 1 + 3 * 32);
}

fn eval(coeffs: &[Fr], x: Fr) -> Fr {
    coeffs.iter().rev().fold(Fr::zero(), |sum, c| sum * x + c)
}

fn product(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    let mut out = vec![Fr::zero(); a.len() + b.len() - 1];
    for (i, a) in a.iter().enumerate() {
        for (j, b) in b.iter().enumerate() {
            out[i + j] += *a * b;
        }
    }
    out
}

fn add_scaled(sum: &mut Vec<Fr>, scale: Fr, x: &[Fr]) {
    sum.resize(sum.len().max(x.len()), Fr::zero());
    scale_add(&mut sum[..x.len()], scale, x);
}

/// A column of four evaluations at a point, and what a prover may do instead of the protocol. Commitments may use powers
/// past the fourth: ceremonies have them.
struct Forger {
    pcs: Arc<dyn Pcs>,
    long: Arc<Kzg>,
    f: Vec<Fr>,
    point: Vec<Fr>,
    /// Added to the true value.
    offset: Fr,
    /// `q_0` and `q_1`, of any degree.
    quotients: [Vec<Fr>; 2],
    /// Added to `h`, given `y`.
    reversal: fn(Fr) -> Fr,
    /// The value sent, given `h(x)` and what it should be by the quotients.
    value: fn(Fr, Fr) -> Fr,
}

/// `y`, `w`, `z` and `delta`, behind the batch's `rho`.
type Challenges = [Fr; 4];

impl Forger {
    /// Honest, over a point that the seed determines.
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let setup = setup(4);
        let kzg = Kzg::shared(&setup, 2, Zeromorph::KIND).unwrap();
        let [f, point] = [4, 2].map(|len| (0..len).map(|_| Fr::rand(&mut rng)).collect::<Vec<_>>());
        let (q, _) = quotients(&f, &point);
        Self {
            pcs: Arc::new(Batched(Zeromorph::new(kzg))),
            long: Kzg::shared(&setup, 4, Zeromorph::KIND).unwrap(),
            f,
            point,
            offset: Fr::zero(),
            quotients: [quotient(&q, 0).to_vec(), quotient(&q, 1).to_vec()],
            reversal: |_| Fr::zero(),
            value: |h, _| h,
        }
    }

    fn case(&self) -> Case {
        // A longer f is committed to, but not spoken of.
        let column = Column::new(2, ColumnData::Field(self.f[..4].to_vec()));
        Case { name: "forger".into(), batches: vec![vec![column]], point: self.point.clone() }
    }

    fn statement(&self) -> Statement {
        let mut statement = self.case().statement();
        statement.evals[0] += self.offset;
        statement
    }

    /// The factors `c_0`, `c_1` of the quotients in the identity, as polynomials.
    fn factors(&self) -> [Vec<Fr>; 2] {
        let (u_1, u_0, one) = (self.point[0], self.point[1], Fr::one());
        let c_0 = product(&[one, Fr::zero(), one], &[-u_0, one - u_0]);
        [c_0, vec![-u_1, Fr::zero(), one - u_1]]
    }

    /// Replaces the quotients by such that satisfy the identity with the wrong value; they are too long.
    fn use_long_quotients(&mut self) {
        let v = self.statement().evals[0];
        let mut target = self.f.clone();
        target.iter_mut().take(4).for_each(|c| *c -= v);
        target.resize(5, Fr::zero());
        let [c_0, c_1] = self.factors();
        // Modulo c_1, X^2 = s and c_0 = (1 + s) (b X - u_0); q_0 = e_0 + e_1 X follows from a linear system.
        let (s, b, a) = (-c_1[0] / c_1[2], Fr::one() - self.point[1], -self.point[1]);
        let scale = (Fr::one() + s).inverse().unwrap();
        let (r_0, r_1) = ((target[0] + target[2] * s + target[4] * s * s) * scale, (target[1] + target[3] * s) * scale);
        // a e_0 + b s e_1 = r_0, b e_0 + a e_1 = r_1.
        let determinant = (a.square() - b.square() * s).inverse().unwrap();
        let q_0 = vec![(a * r_0 - b * s * r_1) * determinant, (a * r_1 - b * r_0) * determinant];
        let mut rest = target.clone();
        add_scaled(&mut rest, -Fr::one(), &product(&c_0, &q_0));
        let mut q_1 = vec![Fr::zero(); rest.len() - 2];
        for i in (0..q_1.len()).rev() {
            q_1[i] = rest[i + 2] / c_1[2];
            let term = q_1[i];
            rest[i] -= term * c_1[0];
            rest[i + 2] = Fr::zero();
        }
        assert!(rest.iter().all(Fr::is_zero), "the division is exact");
        assert!(q_0.len() == 2 && !q_0[1].is_zero(), "of degree one, should have been zero");
        self.quotients = [q_0, q_1];
    }

    /// A proof: the challenges of the tape, or those that follow from the messages.
    fn prove(&self, tape: Option<&ChallengeTape>) -> Vec<u8> {
        let session = conformance::session(self.pcs.as_ref());
        let mut channel = match tape {
            Some(tape) => session.freeze(tape.clone()).into_prover(),
            None => session.into_prover(),
        };
        let commit = |f: &[Fr]| self.long.commit(f).unwrap();
        lariat_pcs::Parts::new(vec![true]).send(&mut channel);
        channel.send_points(LABEL_COMMITMENTS, &[commit(&self.f)]);
        channel.send_scalars(EVALS_LABEL, &self.statement().evals);
        channel.absorb_public_scalars("pcs/point", &self.point);
        channel.challenge("batch/rho");
        channel.challenges("batch/slots", 0);
        let [q_0, q_1] = &self.quotients;
        channel.send_points(LABEL_QUOTIENTS, &[commit(q_0), commit(q_1)]);
        let y = channel.challenge(LABEL_Y);
        // What a reversal can say: the part without negative powers.
        let mut h = vec![q_0[0] + y * q_1[1] + (self.reversal)(y), y * q_1[0]];
        h.truncate(2);
        channel.send_points(LABEL_REVERSAL, &[commit(&h)]);
        let w = channel.challenge(LABEL_W);
        let x = w.inverse().unwrap();
        let scalars = Scalars::new(&self.point, y, w, x);
        let from_quotients: Fr = self.quotients.iter().zip(&scalars.degree).map(|(q, d)| *d * eval(q, w)).sum();
        let (h_quotient, h_value) = divide_by_linear(&h, x);
        channel.send_scalars(LABEL_VALUE, &[(self.value)(h_value, from_quotients)]);
        let z = channel.challenge(LABEL_Z);
        let mut opened = self.f.clone();
        for (q, factor) in self.quotients.iter().zip(scalars.quotient_factors(z)) {
            add_scaled(&mut opened, factor, q);
        }
        let (f_quotient, _) = divide_by_linear(&opened, w);
        channel.send_points(LABEL_OPENINGS, &[commit(&f_quotient), commit(&h_quotient)]);
        channel.challenge(LABEL_DELTA);
        channel.finish().0
    }

    /// The verdicts of a verifier on the tape's challenges and of the real one.
    fn verdicts(&self, tape: &ChallengeTape) -> [Result<(), VerifyError>; 2] {
        let (frozen, real) = (self.prove(Some(tape)), self.prove(None));
        let channel = conformance::session(self.pcs.as_ref()).freeze(tape.clone()).into_verifier(&frozen);
        // The forgery under frozen challenges fails under real ones, and so does the one made for the real ones.
        assert!(conformance::verify(self.pcs.as_ref(), &self.statement(), &frozen).is_err());
        [
            conformance::verify_in(self.pcs.as_ref(), &self.statement(), channel),
            conformance::verify(self.pcs.as_ref(), &self.statement(), &real),
        ]
    }

    fn verdict(&self) -> Result<(), VerifyError> {
        conformance::verify(self.pcs.as_ref(), &self.statement(), &self.prove(None))
    }
}

const REJECTED: Result<(), VerifyError> = Err(VerifyError::Check { check: "pairing" });

/// Challenges at will: a verifier that draws them has not absorbed what was sent before.
fn tape(challenges: Challenges) -> ChallengeTape {
    ChallengeTape([&[Fr::from(3u64)], &challenges[..]].concat().into_iter().map(Drawn::Scalar).collect())
}

const CHALLENGES: fn() -> Challenges = || [5u64, 7, 11, 13].map(Fr::from);

#[test]
fn the_forger_can_be_honest() {
    let forger = Forger::new(1);
    assert_eq!(forger.verdict(), Ok(()));
    // And is then the prover of the crate.
    let honest = conformance::prove(forger.pcs.as_ref(), &forger.case(), &forger.statement().evals).unwrap().0;
    assert_eq!(forger.prove(None), honest);
}

#[test]
fn rejects_a_value_without_the_identity() {
    let mut forger = Forger::new(2);
    forger.offset = Fr::one();
    assert_eq!(forger.verdict(), REJECTED);
    // Quotients that make up for the value at one w, known before.
    let challenges = CHALLENGES();
    let [_, w, ..] = challenges;
    let scalars = Scalars::new(&forger.point, challenges[0], w, w.inverse().unwrap());
    forger.quotients[0][0] -= scalars.phi / scalars.identity[0];
    assert_eq!(forger.verdicts(&tape(challenges)), [Ok(()), REJECTED]);
}

/// The degrees of the quotients are what makes the identity mean anything: longer ones exist for every value.
#[test]
fn rejects_long_quotients_whose_reversal_has_another_value() {
    let mut forger = Forger::new(3);
    forger.offset = Fr::one();
    forger.use_long_quotients();
    // The identity and the value by the quotients are right; only the opening of H is wrong.
    forger.value = |_, from_quotients| from_quotients;
    assert_eq!(forger.verdict(), REJECTED);
}

#[test]
fn rejects_long_quotients_with_another_value_than_their_reversal() {
    let mut forger = Forger::new(4);
    forger.offset = Fr::one();
    forger.use_long_quotients();
    // The identity and the opening of H are right; only the value by the quotients is wrong.
    forger.value = |from_reversal, _| from_reversal;
    assert_eq!(forger.verdict(), REJECTED);
}

#[test]
fn rejects_long_quotients_whose_excess_cancels() {
    let mut forger = Forger::new(5);
    forger.offset = Fr::one();
    forger.use_long_quotients();
    // Negative powers: q_0 = .. + a X gives a X^-1, y X q_1(1/X) with q_1 = .. + b X^2 gives y b X^-1.
    let [q_0, q_1] = &forger.quotients;
    let mut challenges = CHALLENGES();
    challenges[0] = -q_0[1] / q_1[2];
    assert_eq!(forger.verdicts(&tape(challenges)), [Ok(()), REJECTED]);
}

#[test]
fn rejects_errors_of_identity_and_reversal_that_cancel() {
    let mut forger = Forger::new(6);
    forger.offset = Fr::one();
    // F(w) = -phi + z (A(w) - a), with a = h(x) moved by a constant: z * 1 = -phi.
    let mut challenges = CHALLENGES();
    let [y, w, ..] = challenges;
    forger.reversal = |_| Fr::one();
    challenges[2] = -Scalars::new(&forger.point, y, w, w.inverse().unwrap()).phi;
    assert_eq!(forger.verdicts(&tape(challenges)), [Ok(()), REJECTED]);
}

#[test]
fn rejects_errors_of_both_openings_that_cancel() {
    let mut forger = Forger::new(7);
    forger.offset = Fr::one();
    // F(w) = -phi, and the value sent is what the quotients say, one less than h(x): delta * 1 = phi.
    let mut challenges = CHALLENGES();
    let [y, w, ..] = challenges;
    forger.reversal = |_| Fr::one();
    forger.value = |_, from_quotients| from_quotients;
    challenges[3] = Scalars::new(&forger.point, y, w, w.inverse().unwrap()).phi;
    assert_eq!(forger.verdicts(&tape(challenges)), [Ok(()), REJECTED]);
}

#[test]
fn rejects_a_piece_longer_than_its_number_of_variables() {
    // f + X^4: the identity's right side ends at X^3, whatever the quotients of right length.
    let mut forger = Forger::new(8);
    forger.f.push(Fr::one());
    assert_eq!(forger.verdict(), REJECTED);
    // Quotients can make up for it, but those are too long.
    forger.use_long_quotients();
    for value in [|h: Fr, _: Fr| h, |_: Fr, q: Fr| q] {
        forger.value = value;
        assert_eq!(forger.verdict(), REJECTED);
    }
}

#[test]
fn rejects_the_evaluation_challenge_zero() {
    let forger = Forger::new(9);
    let mut challenges = CHALLENGES();
    let proof = forger.prove(Some(&tape(challenges)));
    let verify = |challenges| {
        let channel = conformance::session(forger.pcs.as_ref()).freeze(tape(challenges)).into_verifier(&proof);
        conformance::verify_in(forger.pcs.as_ref(), &forger.statement(), channel)
    };
    assert_eq!(verify(challenges), Ok(()));
    challenges[1] = Fr::zero();
    assert_eq!(verify(challenges), Err(VerifyError::Check { check: "identity" }));
}

#[test]
fn rejects_coefficients_that_do_not_fit_the_commitments() {
    let scheme = Zeromorph::new(Kzg::shared(&setup(4), 2, Zeromorph::KIND).unwrap());
    let (commitment, ()) = scheme.commit(&[RowValues::U8(&[1]), RowValues::U8(&[2])]).unwrap();
    let point = [Fr::one(); 2];
    let zeros = vec![0; scheme.opening_bytes(&[2])];
    let verdict = |commitments: &[&PieceCommitments], lengths: &[usize]| {
        let coefficients: Vec<Vec<Fr>> = lengths.iter().map(|&len| vec![Fr::zero(); len]).collect();
        let claim = PieceClaim { coefficients: &coefficients, point: &point, value: Fr::zero() };
        let session = lariat_transcript::Session::new(lariat_transcript::HashKind::Blake3, "test").bind("nothing", b"");
        scheme.verify(commitments, claim, &mut session.into_verifier(&zeros))
    };
    // Nothing but zeros proves that zero times the pieces is zero.
    assert_eq!(verdict(&[&commitment], &[2]), Ok(()));
    for lengths in [&[1][..], &[3], &[], &[2, 0], &[2, 2]] {
        let error = ShapeError::ColumnCount { columns: lengths.iter().sum(), committed: 2 };
        assert_eq!(verdict(&[&commitment], lengths), Err(VerifyError::Shape(error)), "{lengths:?}");
    }
}

/// Adversaries have all powers of the longest ceremony, `2^29`; the reversal has as many on either side of zero.
#[test]
fn the_ledger_counts_the_powers_of_the_longest_ceremony() {
    let pcs = Zeromorph::new(Kzg::shared(&setup(4), 4, Zeromorph::KIND).unwrap());
    let bits = pcs.security(3);
    let degree: f64 = 2.0 * 2f64.powi(29) + 3.0 + 2.0 + 3.0 + 32.0;
    assert!((bits.proven - (SecurityBits::FIELD - degree.log2())).abs() < 1e-6, "{bits:?}");
    assert!((bits.proven - 223.5).abs() < 1e-3, "{bits:?}");
    assert!((ErrorTerm::sum(&pcs.error_terms(3)).proven - bits.proven).abs() < 1e-9);
}

#[test]
fn commitments_are_those_of_the_coefficients() {
    let kzg = Kzg::shared(&setup(4), 2, Zeromorph::KIND).unwrap();
    let (commitments, ()) = Zeromorph::new(Arc::clone(&kzg)).commit(&[RowValues::U8(&[1, 2, 3])]).unwrap();
    let powers = kzg.powers().unwrap();
    let expected = powers[0] + powers[1] * Fr::from(2u64) + powers[2] * Fr::from(3u64);
    assert_eq!(commitments.0, [expected.into_affine()]);
}
