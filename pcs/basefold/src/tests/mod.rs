//! BaseFold against the conformance suite, and a forger for each of the verifier's checks.

mod forgers;
mod frozen;

use super::*;
use crate::prover::{Folding, evaluate};
use ark_ff::{Field, One, UniformRand, Zero};
use lariat_algebra::column::{Column, ColumnData};
use lariat_algebra::msm::combine_rows;
use lariat_algebra::ntt::{Domain, encode};
use lariat_algebra::poly::eq_evals;
use lariat_merkle::tree::CHECK_CAP;
use lariat_merkle::{CommittedRows, InterleavedMatrix, Regime, samples};
use lariat_pcs::Resources;
use lariat_pcs::conformance::{self, Case};
use lariat_transcript::encoding::{scalar_from_bytes, scalar_to_bytes};
use lariat_transcript::{ChallengeTape, Drawn, EventLog, HashKind, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::ops::Range;

#[test]
fn conforms_at_the_default_parameters() {
    conformance::run_scheme(SCHEME, &Resources::default());
}

#[test]
fn conforms_with_folds_down_to_a_few_coefficients() {
    for (max_final_vars, regime) in [(0, Regime::Johnson), (2, Regime::Unique)] {
        let config = Config { log_inv_rate: 4, regime, max_final_vars, ..Config::default() };
        conformance::run(|w| Arc::new(Batched(BaseFold::new(piece_vars(w.num_vars), config).unwrap())));
    }
}

#[test]
fn conforms_within_the_unique_decoding_radius() {
    let unique = Config { regime: Regime::Unique, ..Config::default() };
    conformance::run(|w| Arc::new(Batched(BaseFold::stacked(w, unique, 2).unwrap())));
}

#[test]
fn conforms_without_stacks() {
    conformance::run(|w| Arc::new(Batched(BaseFold::new(piece_vars(w.num_vars), Config::default()).unwrap())));
}

#[test]
fn the_schedule_has_the_fewest_bytes() {
    /// All ways to write `vars` as folds of 1 to 4 and a rest.
    fn schedules(vars: usize) -> Vec<Vec<usize>> {
        let longer =
            (1..=vars.min(4)).flat_map(|k| schedules(vars - k).into_iter().map(move |rest| [&[k], &rest[..]].concat()));
        std::iter::once(Vec::new()).chain(longer).collect()
    }
    for (piece_vars, target_bits) in [(0, 100), (5, 3), (9, 10), (11, 100), (12, 20)] {
        let config = Config { target_bits, ..Config::default() };
        let params = Params::new(piece_vars, config).unwrap();
        let allowed =
            schedules(piece_vars).into_iter().filter(|s| piece_vars - s.iter().sum::<usize>() <= config.max_final_vars);
        let least = allowed.map(|s| params.with_folds(s).opening_bytes(&[1])).min();
        assert_eq!(Some(params.opening_bytes(&[1])), least, "{piece_vars} variables, {:?}", params.folds());
    }
}

#[test]
fn parameters_reach_a_hundred_bits() {
    for regime in [Regime::Unique, Regime::Johnson] {
        for log_inv_rate in 1..=4 {
            for piece_vars in 0..=24 {
                let params = Params::new(piece_vars, Config { log_inv_rate, regime, ..Config::default() }).unwrap();
                for pieces in [0, 1, 130, 100_000] {
                    let bits = ErrorTerm::sum(&params.error_terms(pieces));
                    assert!(bits.proven >= 99.99, "{regime:?}, rate 2^-{log_inv_rate}: {bits:?}");
                    assert!(bits.conjectured > 100.0, "{bits:?}");
                    assert!(params.security(pieces).conjectured <= 128.0);
                }
            }
        }
    }
}

/// The lists of the Johnson regime are charged.
#[test]
fn lists_have_terms_of_their_own() {
    let terms = |regime, target_bits| {
        Params::new(0, Config { regime, target_bits, ..Config::default() }).unwrap().error_terms(1)
    };
    let sum = |terms: Vec<ErrorTerm>| ErrorTerm::sum(&terms).proven;
    assert!(sum(terms(Regime::Unique, 250)) > 240.0);
    assert!(sum(terms(Regime::Johnson, 250)) < 190.0);
    let binding = |terms: Vec<ErrorTerm>| terms.into_iter().find(|t| t.name.contains(BINDING)).unwrap().bits;
    // A list of 512 at rate 1/2, of which two may agree at a point; one piece, whose wrong value survives one beta.
    let agree = (-(SecurityBits::FIELD - 17.0)).exp2() + (-(SecurityBits::FIELD - 9.0)).exp2();
    assert!((binding(terms(Regime::Johnson, 100)).proven + agree.log2()).abs() < 1e-6);
    // 241 queries at rate 1/2, each passed with probability 3/4.
    assert!((binding(terms(Regime::Unique, 100)).proven - 241.0 * (4f64 / 3.0).log2()).abs() < 1e-6);
    assert_eq!(Config::default().regime, Regime::Johnson);
}

#[test]
fn domains_beyond_the_field_are_refused() {
    let error = BaseFold::new(28, Config::default()).unwrap_err();
    assert_eq!(error, PcsError::TooManyVariables { num_vars: 28, max: 27 });
}

#[test]
fn digests_tell_parameters_apart() {
    let digest = |vars, config| BaseFold::new(vars, config).unwrap().setup_digest();
    let base = Config::default();
    let mut all = vec![digest(10, base), digest(11, base)];
    all.push(digest(10, Config { log_inv_rate: 3, ..base }));
    all.push(digest(10, Config { regime: Regime::Unique, ..base }));
    all.push(digest(10, Config { target_bits: 101, ..base }));
    all.push(digest(10, Config { max_final_vars: 3, ..base }));
    for (i, a) in all.iter().enumerate() {
        assert!(all[..i].iter().all(|b| a != b), "{i}");
    }
}

/// Two commitments to random pieces and a true claim on them.
#[derive(Clone)]
struct Setting {
    scheme: BaseFold,
    columns: Vec<Vec<Column>>,
    coefficients: Vec<Vec<Fr>>,
    point: Vec<Fr>,
    value: Fr,
}

/// An accepted proof: its bytes, log and challenges.
struct Run {
    proof: Vec<u8>,
    log: EventLog,
}

const PIECE_VARS: usize = 7;
/// In the name of the term that says how well a commitment alone binds.
const BINDING: &str = "one message a commitment";

/// Oracles with more than one fold, and a final polynomial in `max_final_vars` variables; unique decoding.
fn setting(target_bits: u32, max_final_vars: usize, seed: u64) -> Setting {
    setting_in(Config { log_inv_rate: 2, target_bits, max_final_vars, regime: Regime::Unique }, seed)
}

/// The same up to Johnson's bound.
fn sampled_setting(seed: u64) -> Setting {
    setting_in(Config { log_inv_rate: 2, target_bits: 100, max_final_vars: 2, regime: Regime::Johnson }, seed)
}

fn setting_in(config: Config, seed: u64) -> Setting {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let max_final_vars = config.max_final_vars;
    let mut scheme = BaseFold::new(PIECE_VARS, config).unwrap();
    let mut folds = vec![2; (PIECE_VARS - max_final_vars) / 2];
    folds.extend(std::iter::repeat_n(1, (PIECE_VARS - max_final_vars) % 2));
    scheme.params = scheme.params.with_folds(folds);
    let column = |rng: &mut ChaCha20Rng| {
        Column::new(PIECE_VARS, ColumnData::U16((0..1 << PIECE_VARS).map(|_| rng.r#gen()).collect()))
    };
    let columns = vec![vec![column(&mut rng), column(&mut rng)], vec![column(&mut rng)]];
    let coefficients: Vec<Vec<Fr>> = columns.iter().map(|b| b.iter().map(|_| Fr::rand(&mut rng)).collect()).collect();
    let point: Vec<Fr> = (0..PIECE_VARS).map(|_| Fr::rand(&mut rng)).collect();
    let mut setting = Setting { scheme, columns, coefficients, point, value: Fr::zero() };
    setting.value = evaluate(&setting.combined(), &setting.point);
    setting
}

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "basefold-forger").bind("nothing", b"")
}

/// Commits with these hints, binds the value, and leaves the opening to `open`.
fn prove_with(
    session: Session<Ready>,
    hints: &[CommittedRows],
    value: Fr,
    open: impl FnOnce(&[&CommittedRows], &mut ProverChannel),
) -> Run {
    prove_sampled(session, hints, &[], value, open)
}

/// The same with these samples of every commitment, if there are any.
fn prove_sampled(
    session: Session<Ready>,
    hints: &[CommittedRows],
    samples: &[Vec<Fr>],
    value: Fr,
    open: impl FnOnce(&[&CommittedRows], &mut ProverChannel),
) -> Run {
    let mut channel = session.into_prover();
    for (i, hint) in hints.iter().enumerate() {
        hint.cap().send(SAMPLES.cap, &mut channel);
        if let Some(samples) = samples.get(i) {
            channel.send_scalars(SAMPLES.own, samples);
        }
    }
    channel.absorb_public_scalars("value", &[value]);
    open(&hints.iter().collect::<Vec<_>>(), &mut channel);
    let (proof, log) = channel.finish();
    Run { proof, log }
}

impl Setting {
    fn params(&self) -> &Params {
        &self.scheme.params
    }

    fn pieces(&self) -> Vec<Vec<RowValues<'_>>> {
        let len = 1 << PIECE_VARS;
        self.columns.iter().map(|b| b.iter().map(|c| RowValues::of_column(c, 0, len)).collect()).collect()
    }

    fn combined(&self) -> Vec<Fr> {
        let terms: Vec<_> =
            self.coefficients.iter().flatten().copied().zip(self.pieces().into_iter().flatten()).collect();
        combine_rows(&terms, 1 << PIECE_VARS)
    }

    /// The evaluations of one piece.
    fn evals(&self, batch: usize, piece: usize) -> Vec<Fr> {
        combine_rows(&[(Fr::one(), self.pieces()[batch][piece])], 1 << PIECE_VARS)
    }

    fn claim(&self, value: Fr) -> PieceClaim<'_> {
        PieceClaim { coefficients: &self.coefficients, point: &self.point, value }
    }

    fn hints(&self) -> Vec<CommittedRows> {
        self.pieces().iter().map(|batch| self.scheme.commit(batch).unwrap().1).collect()
    }

    /// The opening of `combined`, honest but for what `tamper` does before oracle `t`, or before the final polynomial
    /// (`t` is then the number of oracles).
    fn open_with(
        &self,
        mut combined: Vec<Fr>,
        hints: &[&CommittedRows],
        channel: &mut ProverChannel,
        mut tamper: impl FnMut(usize, &mut Folding<'_>),
    ) {
        let sampled =
            samples::send_others(hints, &self.pieces(), PIECE_VARS, self.params().config().regime, SAMPLES, channel);
        let gamma = channel.challenge(LABEL_GAMMA);
        let powers = std::iter::successors(Some(Fr::one()), |p| Some(*p * gamma));
        let terms: Vec<_> = powers.zip(self.pieces().into_iter().flatten()).collect();
        let extra = combine_rows(&terms, 1 << PIECE_VARS);
        channel.send_scalars(LABEL_EXTRA, &[evaluate(&extra, &self.point)]);
        let beta = channel.challenge(LABEL_BETA);
        combined.iter_mut().zip(&extra).for_each(|(c, e)| *c += beta * e);
        let points = std::iter::once(&self.point).chain(&sampled).map(Vec::as_slice).collect();
        let mut folding = Folding::new(self.params(), combined, points);
        for (t, oracle) in self.params().oracles().enumerate() {
            tamper(t, &mut folding);
            folding.commit_and_fold(oracle, channel);
        }
        tamper(self.params().folds().len(), &mut folding);
        channel.send_scalars(LABEL_FINAL, &folding.poly);
        folding.answer(hints, &self.pieces(), channel);
    }

    /// The samples of commitments with these hints, if there are any.
    fn samples(&self, hints: &[CommittedRows]) -> Vec<Vec<Fr>> {
        let regime = self.params().config().regime;
        let own = |(rows, pieces): (&CommittedRows, Vec<RowValues<'_>>)| {
            SampledCommitment::new(rows.cap(), &pieces, PIECE_VARS, regime).samples
        };
        hints.iter().zip(self.pieces()).filter(|_| regime.samples() > 0).map(own).collect()
    }

    /// A run of the honest prover.
    fn honest(&self) -> Run {
        let hints = self.hints();
        prove_sampled(session(), &hints, &self.samples(&hints), self.value, |hints, channel| {
            let pieces = self.pieces();
            let claim = self.claim(self.value);
            let opening = PieceOpening { claim, pieces: &pieces, combined: self.combined() };
            self.scheme.open(opening, hints, channel).unwrap();
        })
    }

    fn verify_in(&self, session: Session<Ready>, value: Fr, proof: &[u8]) -> (Result<(), VerifyError>, ChallengeTape) {
        let mut channel = session.into_verifier(proof);
        let run = |channel: &mut VerifierChannel<'_>| {
            let commitments: Vec<SampledCommitment> =
                self.columns.iter().map(|b| self.scheme.recv_commitment(b.len(), channel)).collect::<Result<_, _>>()?;
            channel.absorb_public_scalars("value", &[value]);
            self.scheme.verify(&commitments.iter().collect::<Vec<_>>(), self.claim(value), channel)
        };
        let verdict = run(&mut channel);
        let tape = channel.tape();
        (verdict.and_then(|()| channel.finish().map(|_| ()).map_err(Into::into)), tape)
    }

    fn verify(&self, value: Fr, proof: &[u8]) -> Result<(), VerifyError> {
        self.verify_in(session(), value, proof).0
    }

    /// The challenges of an accepted proof.
    fn tape(&self, run: &Run) -> ChallengeTape {
        let (verdict, tape) = self.verify_in(session(), self.value, &run.proof);
        assert_eq!(verdict, Ok(()));
        tape
    }

    fn verify_frozen(&self, tape: &ChallengeTape, value: Fr, proof: &[u8]) -> Result<(), VerifyError> {
        self.verify_in(session().freeze(tape.clone()), value, proof).0
    }
}

fn check(name: &'static str) -> Result<(), VerifyError> {
    Err(VerifyError::Check { check: name })
}

/// Byte ranges of the messages with a label.
fn ranges(run: &Run, label: &str) -> Vec<Range<usize>> {
    run.log.messages().filter(|e| e.label == label).map(lariat_transcript::Event::range).collect()
}

fn add_scalar(bytes: &mut [u8], index: usize, x: Fr) {
    let place: &mut [u8; 32] = (&mut bytes[32 * index..32 * index + 32]).try_into().unwrap();
    *place = scalar_to_bytes(&(scalar_from_bytes(place).unwrap() + x));
}

fn scalars(tape: &ChallengeTape) -> Vec<Fr> {
    tape.0.iter().filter_map(|d| if let Drawn::Scalar(x) = d { Some(*x) } else { None }).collect()
}

fn indices(tape: &ChallengeTape) -> Vec<usize> {
    tape.0.iter().filter_map(|d| if let Drawn::Index(i) = d { Some(*i as usize) } else { None }).collect()
}

/// Adds a polynomial that is zero at `point`.
fn shift_within_kernel(poly: &mut [Fr], point: &[Fr]) {
    let weights = eq_evals(point);
    poly[0] += weights[1];
    poly[1] -= weights[0];
}

#[test]
fn honest_runs_verify() {
    let setting = setting(100, 2, 1);
    assert_eq!(setting.params().folds(), [2, 2, 1]);
    let run = setting.honest();
    assert_eq!(setting.verify(setting.value, &run.proof), Ok(()));
    // The forger's prover without tampering is the honest one.
    let same = prove_with(session(), &setting.hints(), setting.value, |hints, channel| {
        setting.open_with(setting.combined(), hints, channel, |_, _| {});
    });
    assert_eq!(same.proof, run.proof);
    let sampled = sampled_setting(1);
    let with_samples = sampled.honest();
    assert_eq!(sampled.verify(sampled.value, &with_samples.proof), Ok(()));
    let sizes = [2, 1];
    for (setting, run) in [(setting, run), (sampled, with_samples)] {
        let commitments: usize = sizes.iter().map(|&w| setting.scheme.commitment_bytes(w)).sum();
        assert_eq!(run.proof.len(), commitments + setting.scheme.opening_bytes(&sizes));
    }
}

/// A value of a leaf by definition of the fold: the codeword of the bound polynomial.
#[test]
fn leaves_fold_to_the_codeword_of_the_bound_polynomial() {
    let mut rng = ChaCha20Rng::seed_from_u64(16);
    let vars = 6;
    let poly: Vec<Fr> = (0..1 << vars).map(|_| Fr::rand(&mut rng)).collect();
    let word = encode(&poly, 2);
    for k in 0..=4 {
        let alphas: Vec<Fr> = (0..k).map(|_| Fr::rand(&mut rng)).collect();
        let mut bound = poly.clone();
        for alpha in &alphas {
            bound = bound.chunks(2).map(|c| (Fr::one() - alpha) * c[0] + *alpha * c[1]).collect();
        }
        let expected = encode(&bound, 2);
        for (index, leaf) in word.chunks(1 << k).enumerate() {
            assert_eq!(verifier::fold_leaf(leaf.to_vec(), index, vars + 2, &alphas), expected[index]);
        }
    }
    assert!(Fr::from(2u64).inverse().is_some());
}
