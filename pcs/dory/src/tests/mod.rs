//! Dory against the conformance suite and the definition; what the forgers of the verifier's checks share.

mod absorption;
mod checks;

use super::*;
use crate::gt::Gt;
use crate::messages::{First, LABEL_ALPHA, LABEL_BETA, LABEL_D, Last, Second, Statement};
use ark_bn254::{Bn254, Fq2, G2Affine, G2Projective};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use ark_ff::{Field, One, PrimeField, UniformRand};
use lariat_algebra::G1Projective;
use lariat_algebra::column::{Column, ColumnData};
use lariat_pcs::Resources;
use lariat_pcs::conformance;
use lariat_transcript::{ChallengeTape, Drawn, HashKind, Ready, Session};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;

#[test]
fn conforms() {
    conformance::run_scheme(SCHEME, &Resources::default());
}

/// Pieces of several types, none of which is zero: a zero piece is not sent.
fn pieces(piece_vars: usize, rng: &mut ChaCha20Rng) -> Vec<Column> {
    let n = 1usize << piece_vars;
    let data = vec![
        ColumnData::U16((0..n).map(|_| rng.r#gen()).collect()),
        ColumnData::Bool((0..n.div_ceil(3)).map(|i| i == 0 || rng.r#gen()).collect()),
        ColumnData::U32(vec![rng.gen_range(1..u32::MAX)]),
        ColumnData::Field((0..n).map(|_| Fr::rand(rng)).collect()),
        ColumnData::Sparse(
            (0..n as u32).filter(|i| *i == 0 || i % 7 == 3).map(|i| (i, rng.gen_range(1..u32::MAX))).collect(),
        ),
    ];
    data.into_iter().map(|d| Column::new(piece_vars, d)).collect()
}

/// A statement with its proof, of commitments in two calls.
struct Case {
    pcs: Dory,
    coefficients: Vec<Vec<Fr>>,
    point: Vec<Fr>,
    value: Fr,
    proof: Vec<u8>,
    tape: ChallengeTape,
}

fn session(pcs: &Dory) -> Session<Ready> {
    Session::new(HashKind::Blake3, "dory-tests").bind("setup", &PiecePcs::setup_digest(pcs))
}

impl Case {
    fn new(piece_vars: usize, log_columns: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(piece_vars as u64);
        let pcs = Dory::new(piece_vars, log_columns).unwrap();
        let columns = pieces(piece_vars, &mut rng);
        let len = 1usize << piece_vars;
        let all: Vec<RowValues<'_>> = columns.iter().map(|c| RowValues::of_column(c, 0, len)).collect();
        let pieces = vec![all[..2].to_vec(), all[2..].to_vec()];
        let coefficients: Vec<Vec<Fr>> =
            pieces.iter().map(|p| p.iter().map(|_| Fr::rand(&mut rng)).collect()).collect();
        let point: Vec<Fr> = (0..piece_vars).map(|_| Fr::rand(&mut rng)).collect();
        let terms: Vec<(Fr, RowValues<'_>)> = coefficients.concat().into_iter().zip(all).collect();
        let combined = combine_rows(&terms, len);
        let value = combined.iter().zip(eq_evals(&point)).map(|(v, w)| *v * w).sum();

        let mut channel = session(&pcs).into_prover();
        let mut hints = Vec::new();
        for batch in &pieces {
            let (commitment, hint) = pcs.commit(batch).unwrap();
            pcs.send_commitment(&commitment, &mut channel);
            hints.push(hint);
        }
        let claim = PieceClaim { coefficients: &coefficients, point: &point, value };
        let opening = PieceOpening { claim, pieces: &pieces, combined };
        pcs.open(opening, &hints.iter().collect::<Vec<_>>(), &mut channel).unwrap();
        let tape = channel.tape();
        let (proof, _) = channel.finish();
        Self { pcs, coefficients, point, value, proof, tape }
    }

    fn verify_in(&self, session: Session<Ready>, proof: &[u8]) -> Result<(), VerifyError> {
        let mut channel = session.into_verifier(proof);
        let mut commitments = Vec::new();
        for batch in &self.coefficients {
            commitments.push(self.pcs.recv_commitment(batch.len(), &mut channel)?);
        }
        let claim = PieceClaim { coefficients: &self.coefficients, point: &self.point, value: self.value };
        self.pcs.verify(&commitments.iter().collect::<Vec<_>>(), claim, &mut channel)?;
        channel.finish()?;
        Ok(())
    }

    /// The verdicts under the honest proof's challenges, and under the forged one's own.
    fn verdicts(&self, forged: &Parsed) -> [Result<(), VerifyError>; 2] {
        let proof = forged.write(&self.pcs);
        let frozen = session(&self.pcs).freeze(self.tape.clone());
        [self.verify_in(frozen, &proof), self.verify_in(session(&self.pcs), &proof)]
    }

    /// A message that only one check tells from the honest one.
    fn fails_only(&self, check: &'static str, forge: impl Fn(&mut Parsed)) {
        let mut forged = self.parse();
        forge(&mut forged);
        let [frozen, real] = self.verdicts(&forged);
        assert_eq!(frozen, Err(VerifyError::Check { check }));
        assert!(real.is_err());
    }

    /// Messages that all checks accept, if challenges do not depend on them.
    fn needs_frozen_challenges(&self, forge: impl Fn(&mut Parsed)) {
        let mut forged = self.parse();
        forge(&mut forged);
        assert_ne!(forged.write(&self.pcs), self.proof, "a forgery");
        let [frozen, real] = self.verdicts(&forged);
        assert_eq!(frozen, Ok(()));
        assert!(matches!(real, Err(VerifyError::Check { .. })), "{real:?}");
    }

    fn parse(&self) -> Parsed {
        let mut channel = session(&self.pcs).into_verifier(&self.proof);
        let commitments =
            self.coefficients.iter().map(|c| self.pcs.recv_commitment(c.len(), &mut channel).unwrap().0).collect();
        let statement = Statement::recv(&mut channel).unwrap();
        let rounds = (0..self.pcs.log_columns())
            .map(|_| {
                let first = First::recv(&mut channel).unwrap();
                channel.challenge(LABEL_BETA);
                let second = Second::recv(&mut channel).unwrap();
                channel.challenge(LABEL_ALPHA);
                (first, second)
            })
            .collect();
        let last = Last::recv(&mut channel).unwrap();
        channel.challenge(LABEL_D);
        assert_eq!(channel.tape(), self.tape);
        channel.finish().unwrap();
        Parsed { commitments, statement, rounds, last }
    }

    fn challenge(&self, i: usize) -> Fr {
        let Drawn::Scalar(c) = self.tape.0[i] else { panic!("challenge {i} is no scalar") };
        c
    }

    fn beta(&self, round: usize) -> Fr {
        self.challenge(2 * round)
    }

    fn alpha(&self, round: usize) -> Fr {
        self.challenge(2 * round + 1)
    }

    fn d(&self) -> Fr {
        self.challenge(2 * self.pcs.log_columns())
    }

    fn gamma1(&self) -> G1Affine {
        self.pcs.setup().gamma1.bases()[0]
    }

    fn gamma2(&self) -> G2Affine {
        self.pcs.setup().gamma2[0]
    }
}

/// The messages of a proof.
struct Parsed {
    commitments: Vec<Vec<Cyclotomic>>,
    statement: Statement,
    rounds: Vec<(First, Second)>,
    last: Last,
}

impl Parsed {
    fn write(&self, pcs: &Dory) -> Vec<u8> {
        let mut channel = session(pcs).into_prover();
        for commitment in &self.commitments {
            pcs.send_commitment(&Commitment(commitment.clone()), &mut channel);
        }
        self.statement.send(&mut channel);
        for (first, second) in &self.rounds {
            first.send(&mut channel);
            second.send(&mut channel);
        }
        self.last.send(&mut channel);
        channel.finish().0
    }
}

fn random_gt() -> Gt {
    let mut rng = ChaCha20Rng::seed_from_u64(77);
    Gt::from_pairing(&Bn254::pairing(G1Affine::rand(&mut rng), G2Affine::rand(&mut rng)).0)
}

/// Multiplies an element by a power of another.
fn shift(element: &mut Cyclotomic, by: &Gt, exponent: Fr) {
    let value = gt::members(&[*element]).unwrap()[0];
    *element = value.times(&by.pow(exponent)).into();
}

fn add1(point: &mut G1Affine, by: G1Projective) {
    *point = (by + *point).into_affine();
}

fn add2(point: &mut G2Affine, by: G2Projective) {
    *point = (by + *point).into_affine();
}

/// 2^2 rows and 2^3 columns: one of the row point's coordinates is padding.
fn case() -> Case {
    Case::new(5, 3)
}

#[test]
fn opens_in_every_shape() {
    for piece_vars in 0..=6usize {
        for log_columns in piece_vars.div_ceil(2)..=piece_vars {
            let case = Case::new(piece_vars, log_columns);
            assert_eq!(case.verify_in(session(&case.pcs), &case.proof), Ok(()), "{piece_vars} {log_columns}");
            let commitments: usize = case.coefficients.iter().map(|c| case.pcs.commitment_bytes(c.len())).sum();
            assert_eq!(case.proof.len(), commitments + case.pcs.opening_bytes(&[2, 3]));
            assert_eq!(case.parse().write(&case.pcs), case.proof);
            let wrong = Case { value: case.value + Fr::one(), ..case };
            let check = CHECK_COLUMNS;
            assert_eq!(wrong.verify_in(session(&wrong.pcs), &wrong.proof), Err(VerifyError::Check { check }));
        }
    }
}

#[test]
fn commitments_are_inner_products_of_row_commitments_and_generators() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let pcs = Dory::new(5, 3).unwrap();
    let mut columns = pieces(5, &mut rng);
    columns[2] = Column::new(5, ColumnData::U32(Vec::new()));
    let rows: Vec<RowValues<'_>> = columns.iter().map(|c| RowValues::of_column(c, 0, 32)).collect();
    let (commitment, _) = pcs.commit(&rows).unwrap();
    for (column, element) in columns.iter().zip(&commitment.0) {
        let row = |i: usize| {
            let terms = pcs.setup().gamma1.bases().iter().enumerate().map(|(j, g)| *g * column.get(8 * i + j));
            terms.sum::<G1Projective>().into_affine()
        };
        let rows: Vec<G1Affine> = (0..4).map(row).collect();
        let expected = Gt::from_pairing(&Bn254::multi_pairing(&rows, &pcs.setup().gamma2[..4]).0);
        assert_eq!(*element, expected.into());
    }
    assert_eq!(commitment.0[2], Gt::ONE.into(), "zeros commit to the identity");
}

#[test]
fn combined_rows_come_out_alike_from_hints_and_from_evaluations() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let pcs = Dory::new(6, 4).unwrap();
    let columns = pieces(6, &mut rng);
    let rows: Vec<RowValues<'_>> = columns.iter().map(|c| RowValues::of_column(c, 0, 64)).collect();
    let (_, hint) = pcs.commit(&rows).unwrap();
    let coefficients: Vec<Fr> = (0..5).map(|_| Fr::rand(&mut rng)).collect();
    let combined = combine_rows(&coefficients.iter().copied().zip(rows).collect::<Vec<_>>(), 64);
    let terms: usize = hint.0.iter().map(Vec::len).sum();
    assert!(EVALUATIONS_PER_TERM * terms < 64, "taken from hints");
    let from_hints = pcs.combined_rows(&[coefficients], &[&hint], &combined);
    // Of a thousand empty-handed pieces with zero coefficients, the hints would cost more.
    let many = Rows(vec![vec![G1Affine::generator(); 4]; 1000]);
    let from_evaluations = pcs.combined_rows(&[vec![Fr::zero(); 1000]], &[&many], &combined);
    assert_eq!(from_hints, from_evaluations);
    assert_eq!(from_hints.len(), 16);
    assert!(from_hints[..4].iter().all(|p| !p.is_zero()) && from_hints[4..].iter().all(AffineRepr::is_zero));
}

#[test]
fn columns_follow_from_the_workload() {
    for l in 0..=MAX_LOG_LEN {
        assert_eq!(Dory::log_columns_for(l, 0), l.div_ceil(2));
        assert!((l.div_ceil(2)..=l).contains(&Dory::log_columns_for(l, 1 << 20)));
    }
    assert_eq!(Dory::log_columns_for(16, 10), 8);
    assert_eq!(Dory::log_columns_for(16, 100), 9);
    assert_eq!(Dory::log_columns_for(18, 130), 10);
    assert_eq!(Dory::log_columns_for(22, 130), 12);
    let workload =
        |num_vars: &[usize]| Dory::for_workload(Workload { num_vars }).map(|d| (d.piece_vars, d.log_columns()));
    assert_eq!(workload(&[5]), Ok((5, 3)));
    assert_eq!(workload(&[]), Ok((0, 0)));
    assert_eq!(workload(&[32]), Err(PcsError::RowTooLong { log_row_len: 16, max: MAX_LOG_LEN }));
    for (piece_vars, log_columns) in [(6, 2), (6, 7), (0, 1)] {
        assert!(matches!(Dory::new(piece_vars, log_columns), Err(PcsError::Parameters { .. })));
    }
    let digest = |l, c| PiecePcs::setup_digest(&Dory::new(l, c).unwrap());
    assert_ne!(digest(6, 3), digest(6, 4));
    assert_ne!(digest(5, 3), digest(6, 3));
}

#[test]
fn security_is_that_of_the_rounds_and_the_curve() {
    let security = Dory::new(5, 3).unwrap().security(100);
    assert_eq!(security, SecurityBits { proven: SecurityBits::FIELD - 14f64.log2(), conjectured: 100.0 });
}
