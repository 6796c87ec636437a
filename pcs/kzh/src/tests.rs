//! KZH against the conformance suite, and a forger for each of the verifier's checks and challenges.

use super::*;
use ark_ff::{Field, UniformRand};
use lariat_algebra::msm::combine_rows;
use lariat_kzg::check_pairing;
use lariat_pcs::{Resources, conformance};
use lariat_transcript::{ChallengeTape, Drawn, HashKind, Session};
use prover::{combine, row_values};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

fn setup() -> Arc<PowersOfTau> {
    Arc::new(PowersOfTau::from_seed("kzh-tests", 12).unwrap())
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
    assert_eq!(Kzh::new(&setup, 12).unwrap().piece_vars(), 12);
    let error = Kzh::new(&setup, 13).unwrap_err();
    assert_eq!(error, PcsError::SetupTooSmall { kind: Kzh::KIND, needed: 13, available: 12 });
    let missing = (SCHEME.setup)(lariat_pcs::Workload { num_vars: &[3] }, &Resources::default()).err();
    assert_eq!(missing, Some(PcsError::NoSetup { kind: Kzh::KIND }));
}

#[test]
fn levels_leave_sixteen_coefficients() {
    let of = |num_vars| Level::all(num_vars).iter().map(|l| (l.log_rows, l.log_len)).collect::<Vec<_>>();
    assert_eq!(of(0), []);
    assert_eq!(of(4), []);
    assert_eq!(of(5), [(1, 4)]);
    assert_eq!(of(8), [(4, 4)]);
    assert_eq!(of(10), [(4, 6), (2, 4)]);
    assert_eq!(of(20), [(4, 16), (4, 12), (4, 8), (4, 4)]);
    for num_vars in 0..30 {
        let mut left = num_vars;
        for Level { log_rows, log_len } in Level::all(num_vars) {
            assert_eq!(log_rows + log_len, left);
            assert!(log_rows == PART_VARS || log_len == LAST_VARS);
            left = log_len;
        }
        assert_eq!(left, num_vars.min(LAST_VARS));
    }
}

/// One multiplication of each coefficient on the first level, and a sixteenth on each that follows.
#[test]
fn an_opening_multiplies_a_fifteenth_more_scalars_than_coefficients() {
    for num_vars in 5..30usize {
        let scalars: u64 = Level::all(num_vars).iter().map(|l| 1u64 << (l.log_rows + l.log_len)).sum();
        assert!(scalars >= 1 << num_vars);
        assert!(15 * scalars <= 16 << num_vars, "{num_vars} variables: {scalars}");
    }
}

/// 64 terms for `2^20` coefficients, and no power of tau among them.
#[test]
fn the_ledger_counts_rows_and_equations() {
    let setup = Arc::new(PowersOfTau::from_seed("kzh-tests", 20).unwrap());
    for (num_vars, degree) in [(20usize, 4 * 15 + 4), (12, 2 * 15 + 2), (10, 15 + 3 + 2), (5, 1 + 1)] {
        let pcs = Kzh::new(&setup, num_vars).unwrap();
        let bits = pcs.security(1);
        assert!((bits.proven - (SecurityBits::FIELD - f64::from(degree).log2())).abs() < 1e-6, "{bits:?}");
        assert!((ErrorTerm::sum(&pcs.error_terms(1)).proven - bits.proven).abs() < 1e-9);
        assert!(f64::from(degree) < 5.0 * num_vars as f64);
    }
}

const ROWS: Result<(), VerifyError> = Err(VerifyError::Check { check: "rows" });
const LAST: Result<(), VerifyError> = Err(VerifyError::Check { check: "last" });
const PAIRING: Result<(), VerifyError> = Err(VerifyError::Check { check: "pairing" });

fn session(value: Fr, tape: Option<&ChallengeTape>) -> Session<lariat_transcript::Ready> {
    let bytes = lariat_transcript::encoding::scalar_to_bytes(&value);
    let session = Session::new(HashKind::Blake3, "kzh-tests").bind("value", &bytes);
    match tape {
        Some(tape) => session.freeze(tape.clone()),
        None => session,
    }
}

/// Two pieces and a combination of them.
struct Fixture {
    pcs: Kzh,
    commitment: PieceCommitments,
    coefficients: [Vec<Fr>; 1],
    point: Vec<Fr>,
    combined: Vec<Fr>,
}

impl Fixture {
    fn new(num_vars: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(22);
        let pcs = Kzh::new(&setup(), num_vars).unwrap();
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

    /// The honest opening under the claim of `value`.
    fn honest(&self, value: Fr) -> (Vec<u8>, ChallengeTape) {
        self.forge(value, None, |channel| self.pcs.prove(self.combined.clone(), &self.point, channel).unwrap())
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
        let tape = self.honest(value).1;
        // Without foresight the forger takes other challenges for the true ones.
        let (blind, _) = self.forge(value, None, |channel| self.prove_forged(forger, &tape, false, channel));
        let (proof, _) = self.forge(value, Some(&tape), |channel| self.prove_forged(forger, &tape, true, channel));
        [self.verify(value, &blind, None), self.verify(value, &proof, Some(&tape)), self.verify(value, &proof, None)]
    }

    /// Plays the protocol with the changes of `forger`, who expects the challenges of `tape`, or one more than each.
    fn prove_forged(&self, forger: &Forger<'_>, tape: &ChallengeTape, foresight: bool, channel: &mut ProverChannel) {
        let shift = if foresight { Fr::zero() } else { Fr::one() };
        let mut expected = challenges(tape).into_iter().map(|c| c + shift);
        let omega = expected.next_back().unwrap();
        let mut f = self.combined.clone();
        let mut rest = &self.point[..];
        for (round, level) in self.pcs.levels.iter().enumerate() {
            let (part, after) = rest.split_at(level.log_rows);
            let rho = expected.next().unwrap();
            let len = 1usize << level.log_len;
            let mut rows: Vec<Vec<Fr>> = f.chunks(len).map(<[Fr]>::to_vec).collect();
            let mut values = row_values(&f, &eq_evals(after));
            let known = Known { fixture: self, round, weights: eq_evals(part), after: eq_evals(after), rho, omega };
            (forger.rows)(&known, &mut rows, &mut values);
            let commitments: Vec<&[Fr]> = rows.iter().map(Vec::as_slice).collect();
            channel.send_points(LABEL_ROWS, &self.pcs.kzg.commit_all(&commitments).unwrap());
            channel.send_scalars(LABEL_VALUES, &values);
            let rho = channel.challenge(LABEL_RHO);
            f = combine(&f, len, rho);
            rest = after;
        }
        let known = Known {
            fixture: self,
            round: self.pcs.levels.len(),
            weights: Vec::new(),
            after: eq_evals(rest),
            rho: Fr::zero(),
            omega,
        };
        (forger.last)(&known, &mut f);
        channel.send_scalars(LABEL_LAST, &f);
        channel.challenge(LABEL_OMEGA);
    }
}

fn challenges(tape: &ChallengeTape) -> Vec<Fr> {
    tape.0.iter().map(|drawn| if let Drawn::Scalar(c) = drawn { *c } else { panic!("a scalar") }).collect()
}

/// What a forger expects.
struct Known<'a> {
    fixture: &'a Fixture,
    /// Number of the level; that of levels for the last row.
    round: usize,
    /// `eq(x_t, i)`.
    weights: Vec<Fr>,
    /// `eq(x_{>t}, j)`.
    after: Vec<Fr>,
    rho: Fr,
    omega: Fr,
}

impl Known<'_> {
    fn is_last_level(&self) -> bool {
        self.round + 1 == self.fixture.pcs.levels.len()
    }
}

type OnRows<'a> = dyn Fn(&Known<'_>, &mut [Vec<Fr>], &mut [Fr]) + 'a;
type OnLast<'a> = dyn Fn(&Known<'_>, &mut [Fr]) + 'a;

/// Changes to the honest messages of every level, and of the last row.
struct Forger<'a> {
    rows: &'a OnRows<'a>,
    last: &'a OnLast<'a>,
}

/// Changes nothing but the value claimed.
const HONEST: Forger<'static> = Forger { rows: &|_, _, _| (), last: &|_, _| () };

/// The forger fails at this check, whatever is foreseen; with challenges foreseen wrongly, there or before.
fn fails_at(num_vars: usize, forger: &Forger<'_>, check: &Result<(), VerifyError>) {
    let [blind, frozen, real] = Fixture::new(num_vars).verdicts(forger);
    assert_eq!([&blind, &frozen], [check, check], "{num_vars} variables");
    assert!(real.is_err(), "{num_vars} variables");
}

/// One, two and three levels, of full and of shorter parts.
const SHAPES: [usize; 5] = [5, 6, 8, 9, 12];

/// What all values that are zero but for the zeroth add to the claim is made up for by the zeroth, here of every level.
fn lift_values(known: &Known<'_>, _: &mut [Vec<Fr>], values: &mut [Fr]) {
    let above = lifted_before(known);
    values[0] += above * known.weights[0].inverse().unwrap();
}

/// By how much [`lift_values`] has left the value of a level's matrix too large: one, divided by the `eq(x_s, 0)` above.
fn lifted_before(known: &Known<'_>) -> Fr {
    let (mut product, mut rest) = (Fr::one(), &known.fixture.point[..]);
    for level in &known.fixture.pcs.levels[..known.round] {
        let (part, after) = rest.split_at(level.log_rows);
        product *= eq_evals(part)[0];
        rest = after;
    }
    product.inverse().unwrap()
}

#[test]
fn an_honest_opening_has_the_stated_size() {
    for num_vars in (0..=9).chain([12]) {
        let fixture = Fixture::new(num_vars);
        let value = fixture.value();
        let (proof, _) = fixture.forge(value, None, |channel| {
            let claim = PieceClaim { coefficients: &fixture.coefficients, point: &fixture.point, value };
            let opening = PieceOpening { claim, pieces: &[], combined: fixture.combined.clone() };
            fixture.pcs.open(opening, &[&()], channel).unwrap();
        });
        let expected = match num_vars {
            0..=4 => 32 << num_vars,
            5..=8 => (64 << (num_vars - 4)) + 512,
            9 => 1024 + 128 + 512,
            _ => 2 * 1024 + 512,
        };
        assert_eq!(fixture.pcs.opening_bytes(&[2]), expected);
        assert_eq!(proof.len(), 64 + expected);
        assert_eq!(fixture.verify(value, &proof, None), Ok(()), "{num_vars} variables");
    }
    let setup = Arc::new(PowersOfTau::from_seed("kzh-tests", 20).unwrap());
    assert_eq!(Kzh::new(&setup, 20).unwrap().opening_bytes(&[2]), 4608);
}

#[test]
fn the_forger_that_changes_nothing_is_the_prover() {
    for num_vars in SHAPES {
        let fixture = Fixture::new(num_vars);
        let value = fixture.value();
        let (honest, tape) = fixture.honest(value);
        let forged = fixture.forge(value, None, |channel| fixture.prove_forged(&HONEST, &tape, true, channel)).0;
        assert_eq!(forged, honest);
    }
}

/// Check 1: a caller's point that is too short or too long.
#[test]
fn rejects_points_of_another_length() {
    for num_vars in [0, 3, 5, 9] {
        let fixture = Fixture::new(num_vars);
        let value = fixture.value();
        let (proof, _) = fixture.honest(value);
        for len in [num_vars.saturating_sub(1), num_vars, num_vars + 1] {
            let point: Vec<Fr> = fixture.point.iter().copied().chain([Fr::zero()]).take(len).collect();
            let mut channel = session(value, None).into_verifier(&proof);
            let commitment = fixture.pcs.recv_commitment(2, &mut channel).unwrap();
            let claim = PieceClaim { coefficients: &fixture.coefficients, point: &point, value };
            let verdict = fixture.pcs.verify(&[&commitment], claim, &mut channel);
            let wrong = Err(VerifyError::Check { check: "point" });
            assert_eq!(verdict, if len == num_vars { Ok(()) } else { wrong }, "{len} of {num_vars}");
        }
    }
}

/// Check 2: everything is honest but the claim.
#[test]
fn rejects_a_wrong_value_with_honest_messages() {
    for num_vars in SHAPES {
        fails_at(num_vars, &HONEST, &ROWS);
    }
    // Without a level there is but the last row.
    for num_vars in 0..=LAST_VARS {
        fails_at(num_vars, &HONEST, &LAST);
    }
}

/// Check 3: values of rows that meet check 2 on every level, of rows that do not have them.
#[test]
fn rejects_wrong_values_of_rows() {
    let forger = Forger { rows: &lift_values, ..HONEST };
    for num_vars in SHAPES {
        fails_at(num_vars, &forger, &LAST);
    }
}

/// The last row with the value that is left after [`lift_values`].
fn lift_last(known: &Known<'_>, last: &mut [Fr]) {
    last[0] += lifted_before(known) * known.after[0].inverse().unwrap();
}

/// Check 4, (b): values that meet checks 2 and 3, with rows of the committed polynomial.
#[test]
fn rejects_a_last_row_of_another_polynomial() {
    let forger = Forger { rows: &lift_values, last: &lift_last };
    for num_vars in SHAPES.into_iter().chain(0..=LAST_VARS) {
        fails_at(num_vars, &forger, &PAIRING);
    }
}

/// Adds to the first coefficients of the matrix of every level what makes its value the one that is claimed.
fn lift_rows(known: &Known<'_>, rows: &mut [Vec<Fr>], values: &mut [Fr]) {
    lift_values(known, rows, values);
    let above = lifted_before(known);
    rows[0][0] += above * (known.weights[0] * known.after[0]).inverse().unwrap();
}

/// Check 4, (a): rows that have all the values claimed, and the last row that follows from them, of another polynomial.
#[test]
fn rejects_rows_of_another_polynomial() {
    // One more in the zeroth coefficient of the matrix adds as much to that of the combination, whatever rho is.
    let forger = Forger { rows: &lift_rows, last: &lift_last };
    for num_vars in SHAPES {
        fails_at(num_vars, &forger, &PAIRING);
    }
}

/// Check 4 has every row and every pairing: an error in any one of them is seen, also if the others hide it in `F_t`.
#[test]
fn every_row_is_in_its_own_pairing() {
    for (num_vars, level) in [(6usize, 0usize), (9, 0), (9, 1)] {
        let fixture = Fixture::new(num_vars);
        let value = fixture.value();
        let tape = fixture.honest(value).1;
        for row in 1..fixture.pcs.levels[level].num_rows() {
            let rows = |known: &Known<'_>, rows: &mut [Vec<Fr>], _: &mut [Fr]| {
                if known.round == level {
                    // Constants that cancel under the powers of rho, but not under those of X^N.
                    rows[row][0] += Fr::one();
                    rows[0][0] -= known.rho.pow([row as u64]);
                }
            };
            let forger = Forger { rows: &rows, ..HONEST };
            let (proof, _) =
                fixture.forge(value, Some(&tape), |channel| fixture.prove_forged(&forger, &tape, true, channel));
            assert_eq!(fixture.verify(value, &proof, Some(&tape)), PAIRING, "row {row} of level {level}");
        }
    }
}

/// `rho`: wrong values that are right together.
#[test]
fn values_that_cancel_under_rho_need_foresight() {
    for num_vars in SHAPES {
        let values = |known: &Known<'_>, _: &mut [Vec<Fr>], values: &mut [Fr]| {
            if known.round == 0 {
                // c on v_1 and -c rho on v_0: nothing under rho, and c (eq_1 - rho eq_0) under eq.
                let c = (known.weights[1] - known.rho * known.weights[0]).inverse().unwrap();
                values[1] += c;
                values[0] -= c * known.rho;
            }
        };
        let [blind, frozen, real] = Fixture::new(num_vars).verdicts(&Forger { rows: &values, ..HONEST });
        let seen = if num_vars > 8 { ROWS } else { LAST };
        assert_eq!([blind, frozen, real], [seen.clone(), Ok(()), seen], "{num_vars} variables");
    }
}

/// `omega`: two wrong equations that are right together.
#[test]
fn equations_that_cancel_under_omega_need_foresight() {
    for num_vars in SHAPES {
        // The last row too large by e in its zeroth coefficient, so that (b) is short of e, and its row 0 by d too small,
        // which leaves d in (a) and takes d from (b): d + omega (-d - e) = 0.
        let rows = |known: &Known<'_>, rows: &mut [Vec<Fr>], values: &mut [Fr]| {
            lift_values(known, rows, values);
            if known.is_last_level() {
                let e = lifted_before(known) * (known.weights[0] * known.after[0]).inverse().unwrap();
                rows[0][0] -= known.omega * e * (Fr::one() - known.omega).inverse().unwrap();
            }
        };
        let [blind, frozen, real] = Fixture::new(num_vars).verdicts(&Forger { rows: &rows, last: &lift_last });
        assert_eq!([blind, frozen], [PAIRING, Ok(())], "{num_vars} variables");
        assert!(real.is_err(), "{num_vars} variables");
    }
}

/// Rows `d_i` of at most `2 * 2^4` coefficients with `sum_i X^(16 i) d_i = f`, and a combination under `weights` of 16 coefficients
/// that is not that of the true rows: it differs by one in the zeroth.
fn overlapping_rows(f: &[Fr], weights: &[Fr]) -> Vec<Vec<Fr>> {
    let mut rows: Vec<Vec<Fr>> = f.chunks(16).map(|row| [row, &[Fr::zero(); 16]].concat()).collect();
    // With Y = X^16: row 0 less a Y, row 1 more a + b Y, row 2 less b. Their sum is unchanged; their combination is, in Y, by
    // w_1 a - w_2 b + (w_1 b - w_0 a) Y, where b = a w_0 / w_1 leaves the constant.
    let ratio = weights[0] * weights[1].inverse().unwrap();
    let a = (weights[1] - weights[2] * ratio).inverse().unwrap();
    let b = a * ratio;
    rows[0][16] -= a;
    rows[1][0] += a;
    rows[1][16] += b;
    rows[2][0] -= b;
    rows
}

/// The paper's verifier [KZH25, KZH-2] with rows apart by powers of tau instead of by a secret of their own: rows are compared with the
/// commitment by pairings, and their combination by `eq(x_1, i)` is opened in clear.
fn paper_s_verifier(pcs: &Kzh, f: G1Affine, rows: &[G1Affine], last: &[Fr], point: &[Fr], value: Fr) -> bool {
    let (part, after) = point.split_at(pcs.levels[0].log_rows);
    let of_rows = pcs.verifier.paired().check(
        &std::iter::once(rows[0] - f).chain(rows[1..].iter().map(|row| (*row).into())).collect::<Vec<G1Projective>>(),
    );
    let combination = msm(rows, &eq_evals(part)).unwrap() - msm(&pcs.verifier.last, last).unwrap();
    of_rows
        && check_pairing(pcs.kzg.verifying_key(), combination, G1Projective::zero())
        && inner_product(last, &eq_evals(after)) == value
}

#[test]
fn the_paper_s_combination_is_unsound_over_powers_of_tau() {
    let fixture = Fixture::new(6);
    let (part, after) = fixture.point.split_at(2);
    let weights = eq_evals(part);
    let commit =
        |rows: &[Vec<Fr>]| fixture.pcs.kzg.commit_all(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
    let f = fixture.pcs.kzg.commit(&fixture.combined).unwrap();
    let true_rows: Vec<Vec<Fr>> = fixture.combined.chunks(16).map(<[Fr]>::to_vec).collect();
    let mut last: Vec<Fr> = (0..16).map(|j| true_rows.iter().zip(&weights).map(|(row, w)| row[j] * w).sum()).collect();
    let paper = |rows: &[Vec<Fr>], last: &[Fr], value: Fr| {
        paper_s_verifier(&fixture.pcs, f, &commit(rows), last, &fixture.point, value)
    };
    assert!(paper(&true_rows, &last, fixture.value()));
    assert!(!paper(&true_rows, &last, fixture.value() + Fr::one()));
    // The forger needs the point, which is there before the rows are, and no challenge.
    let forged = overlapping_rows(&fixture.combined, &weights);
    last[0] += Fr::one();
    assert!(paper(&forged, &last, fixture.value() + eq_evals(after)[0]));
}

/// The verifier's own answer to rows that overlap: their combination is too long for the last row.
#[test]
fn rejects_rows_that_overlap() {
    let rows = |known: &Known<'_>, rows: &mut [Vec<Fr>], values: &mut [Fr]| {
        let f: Vec<Fr> = rows.concat();
        for (row, forged) in rows.iter_mut().zip(overlapping_rows(&f, &known.weights)) {
            *row = forged;
        }
        // One more in the zeroth coefficient of the combination under eq, given to the zeroth row's value.
        values[0] += known.weights[0].inverse().unwrap();
    };
    let forger = Forger { rows: &rows, last: &lift_last };
    fails_at(6, &forger, &PAIRING);
}

#[test]
fn an_opening_of_other_commitments_is_rejected() {
    for num_vars in [2, 5, 8] {
        let mut fixture = Fixture::new(num_vars);
        let value = fixture.value();
        fixture.commitment.0.swap(0, 1);
        let (proof, _) = fixture.honest(value);
        assert_eq!(fixture.verify(value, &proof, None), PAIRING);
    }
}

/// A setup whose powers in G2 are of another `tau` than those in G1 accepts nothing.
#[test]
fn other_powers_in_g2_are_refused() {
    let fixture = Fixture::new(8);
    let value = fixture.value();
    let (proof, _) = fixture.honest(value);
    assert_eq!(fixture.verify(value, &proof, None), Ok(()));
    let other = Kzh::new(&Arc::new(PowersOfTau::from_seed("other", 12).unwrap()), 8).unwrap();
    let mixed = Fixture { pcs: Kzh { verifier: Arc::clone(&other.verifier), ..fixture.pcs.clone() }, ..fixture };
    assert_eq!(mixed.verify(value, &proof, None), PAIRING);
}
