//! Hyrax against the conformance suite, and a forger for each of the verifier's checks.

use super::*;
use ark_ec::CurveGroup;
use ark_ff::UniformRand;
use lariat_algebra::column::ColumnData;
use lariat_pcs::Resources;
use lariat_pcs::conformance::{self, Case, EVALS_LABEL, Statement};
use lariat_transcript::{ChallengeTape, Drawn};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::sync::Arc;

#[test]
fn conforms_at_the_default_row_length() {
    conformance::run_scheme(SCHEME, &Resources::default());
}

#[test]
fn conforms_at_every_row_length() {
    for log_row_len in [0, 1, 4, 10] {
        conformance::run(|_| Arc::new(Hyrax::new(log_row_len).unwrap()));
    }
}

#[test]
fn row_length_balances_rows_and_positions() {
    assert_eq!(Hyrax::log_row_len_for(&[]), 0);
    assert_eq!(Hyrax::log_row_len_for(&[0]), 0);
    assert_eq!(Hyrax::log_row_len_for(&[10]), 5);
    assert_eq!(Hyrax::log_row_len_for(&[18; 110]), 12);
    assert_eq!(Hyrax::log_row_len_for(&[20; 110]), 13);
    assert_eq!(Hyrax::log_row_len_for(&[32; 110]), MAX_LOG_ROW_LEN);
    assert_eq!(Hyrax::log_row_len_for(&[usize::MAX]), MAX_LOG_ROW_LEN);
    let error = Hyrax::new(MAX_LOG_ROW_LEN + 1).unwrap_err();
    assert_eq!(error, PcsError::RowTooLong { log_row_len: 15, max: 14 });
}

#[test]
fn setups_of_different_lengths_have_different_digests() {
    let digest = |log_row_len| Pcs::setup_digest(&Hyrax::new(log_row_len).unwrap());
    assert_ne!(digest(3), digest(4));
    assert_eq!(digest(4), digest(4));
}

/// Three columns over rows of 8: two of eight rows, one short.
fn case() -> (Hyrax, Case) {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let column =
        |m: usize, rng: &mut ChaCha20Rng| Column::new(m, ColumnData::U16((0..1 << m).map(|_| rng.r#gen()).collect()));
    let columns = vec![column(6, &mut rng), column(2, &mut rng), column(6, &mut rng)];
    let point = (0..6).map(|_| Fr::rand(&mut rng)).collect();
    (Hyrax::new(3).unwrap(), Case { name: "forger".into(), batches: vec![columns], point })
}

/// An honest proof, its challenges, and the byte ranges of the combined rows.
fn honest(pcs: &Hyrax, case: &Case) -> (Vec<u8>, ChallengeTape, Vec<std::ops::Range<usize>>) {
    let evals = case.evals();
    let (proof, log) = conformance::prove(pcs, case, &evals).unwrap();
    let rows = log.messages().filter(|e| e.label == LABEL_ROW).map(lariat_transcript::Event::range).collect();
    // Replaying the verifier yields the challenges.
    let mut channel = conformance::session(pcs).into_verifier(&proof);
    let commitments = pcs.recv_commitments(&case.num_vars(), &mut channel).unwrap();
    channel.recv_scalars(EVALS_LABEL, evals.len()).unwrap();
    Pcs::verify(pcs, &[commitments], &case.point, &evals, &mut channel).unwrap();
    let tape = channel.tape();
    channel.finish().unwrap();
    (proof, tape, rows)
}

fn challenge(tape: &ChallengeTape, i: usize) -> Fr {
    let Drawn::Scalar(c) = tape.0[i] else { panic!("challenge {i} is no scalar") };
    c
}

fn verdicts(pcs: &Hyrax, statement: &Statement, proof: &[u8], tape: &ChallengeTape) -> [Result<(), VerifyError>; 2] {
    let frozen = conformance::session(pcs).freeze(tape.clone()).into_verifier(proof);
    [conformance::verify_in(pcs, statement, frozen), conformance::verify(pcs, statement, proof)]
}

fn read_scalars(bytes: &[u8]) -> Vec<Fr> {
    let (chunks, _) = bytes.as_chunks::<32>();
    chunks.iter().map(|c| lariat_transcript::encoding::scalar_from_bytes(c).unwrap()).collect()
}

fn write_scalars(bytes: &mut [u8], scalars: &[Fr]) {
    for (chunk, x) in bytes.chunks_mut(32).zip(scalars) {
        chunk.copy_from_slice(&lariat_transcript::encoding::scalar_to_bytes(x));
    }
}

/// A vector orthogonal to `weights`, supported on its first two entries.
fn kernel(weights: &[Fr]) -> [Fr; 2] {
    [weights[1], -weights[0]]
}

/// Where the point of a row is: behind the bits of 17 rows, all of which are sent.
fn row_range(row: usize) -> std::ops::Range<usize> {
    let start = Parts::bytes_for(17) + POINT_BYTES * row;
    start..start + POINT_BYTES
}

/// Where the claimed values are: behind the commitments of the one batch.
fn start_of_values(pcs: &Hyrax, case: &Case, proof: &[u8]) -> usize {
    Pcs::commitment_bytes(pcs, pcs.batch_sizes(&[&case.num_vars()], proof).unwrap()[0])
}

#[test]
fn values_in_the_kernel_of_rho_need_a_frozen_challenge() {
    let (pcs, case) = case();
    let (proof, tape, _) = honest(&pcs, &case);
    let rho = challenge(&tape, 0);
    let mut statement = case.statement();
    // Columns 0 and 2 share a class: 1 * a + rho^2 * b = 0.
    statement.evals[0] += rho.square();
    statement.evals[2] -= Fr::one();
    let mut forged = proof.clone();
    let start = start_of_values(&pcs, &case, &proof);
    write_scalars(&mut forged[start..start + 96], &statement.evals);
    let [frozen, real] = verdicts(&pcs, &statement, &forged, &tape);
    assert_eq!(frozen, Ok(()));
    assert_eq!(real, Err(VerifyError::EvaluationMismatch { log_row_len: 2 }));
}

#[test]
fn a_row_with_the_right_value_must_match_the_commitments() {
    let (pcs, case) = case();
    let (proof, tape, rows) = honest(&pcs, &case);
    for (range, class) in rows.iter().zip([2usize, 3]) {
        let mut u = read_scalars(&proof[range.clone()]);
        let weights = eq_evals(&case.point[6 - class..]);
        let [a, b] = kernel(&weights);
        u[0] += a;
        u[1] += b;
        assert_eq!(inner_product(&u, &weights), inner_product(&read_scalars(&proof[range.clone()]), &weights));
        let mut forged = proof.clone();
        write_scalars(&mut forged[range.clone()], &u);
        assert_eq!(
            verdicts(&pcs, &case.statement(), &forged, &tape),
            [Err(VerifyError::CommitmentMismatch), Err(VerifyError::CommitmentMismatch)]
        );
    }
}

#[test]
fn a_row_that_matches_the_commitments_must_have_the_right_value() {
    let (pcs, case) = case();
    let (proof, tape, _) = honest(&pcs, &case);
    let mut statement = case.statement();
    statement.evals[2] += Fr::one();
    let mut forged = proof.clone();
    let start = start_of_values(&pcs, &case, &proof);
    write_scalars(&mut forged[start..start + 96], &statement.evals);
    let [frozen, real] = verdicts(&pcs, &statement, &forged, &tape);
    assert_eq!(frozen, Err(VerifyError::EvaluationMismatch { log_row_len: 3 }));
    assert!(real.is_err());
}

#[test]
fn errors_that_cancel_between_classes_need_a_frozen_sigma() {
    let (pcs, case) = case();
    let (proof, tape, rows) = honest(&pcs, &case);
    let sigma = challenge(&tape, 1);
    // Over the first two bases: delta on the short class, -delta / sigma on the full one. The weights of the first
    // entries of both classes are proportional, so one delta is in both kernels.
    let [a, b] = kernel(&eq_evals(&case.point[4..]));
    let mut forged = proof.clone();
    for (range, scale) in rows.iter().zip([Fr::one(), -sigma.inverse().unwrap()]) {
        let mut u = read_scalars(&proof[range.clone()]);
        u[0] += a * scale;
        u[1] += b * scale;
        write_scalars(&mut forged[range.clone()], &u);
    }
    let [frozen, real] = verdicts(&pcs, &case.statement(), &forged, &tape);
    assert_eq!(frozen, Ok(()));
    assert_eq!(real, Err(VerifyError::CommitmentMismatch));
}

#[test]
fn commitments_in_the_kernel_of_rho_need_a_frozen_challenge() {
    let (pcs, case) = case();
    let (proof, tape, _) = honest(&pcs, &case);
    let rho = challenge(&tape, 0);
    // Row 0 of columns 0 and 2 have equal row weights: add rho^2 P to one and subtract P from the other.
    let p = base(1000);
    let mut forged = proof.clone();
    for (row, shift) in [(0, p * rho.square()), (9, -p * Fr::one())] {
        let bytes = &mut forged[row_range(row)];
        let point = lariat_transcript::encoding::point_from_bytes((&*bytes).try_into().unwrap()).unwrap();
        bytes.copy_from_slice(&lariat_transcript::encoding::point_to_bytes(&(shift + point).into_affine()));
    }
    let [frozen, real] = verdicts(&pcs, &case.statement(), &forged, &tape);
    assert_eq!(frozen, Ok(()));
    assert!(real.is_err());
}

#[test]
fn a_short_column_cannot_hide_entries_past_its_end() {
    let pcs = Hyrax::new(3).unwrap();
    // Claimed: 2 variables. Committed: 8 entries, whose extension vanishes at the claimed column's place.
    let row = [7u16, 1, 2, 3, 9, 0, 0, 4];
    let commitment = pcs.bases().commit_row(RowValues::from(&row[..]));
    let point: Vec<Fr> = (2..5u64).map(Fr::from).collect();
    let weights = eq_evals(&point[1..]);
    let u: Vec<Fr> = row[..4].iter().map(|&v| Fr::from(v)).collect();
    let eval = inner_product(&u, &weights);
    let mut channel = conformance::session(&pcs).into_prover();
    Parts::new(vec![true]).send(&mut channel);
    channel.send_points(LABEL_COMMITMENTS, &[commitment]);
    channel.send_scalars(EVALS_LABEL, &[eval]);
    channel.absorb_public_scalars("pcs/point", &point);
    channel.challenge(LABEL_RHO);
    channel.send_scalars(LABEL_ROW, &u);
    let (proof, _) = channel.finish();
    let statement = Statement { batches: vec![vec![2]], point, evals: vec![eval] };
    assert_eq!(conformance::verify(&pcs, &statement, &proof), Err(VerifyError::CommitmentMismatch));
}

#[test]
fn one_row_more_or_less_is_rejected() {
    let (pcs, case) = case();
    let (proof, _, _) = honest(&pcs, &case);
    let statement = case.statement();
    for row in [0, 7, 8, 16] {
        let mut shorter = proof.clone();
        shorter.drain(row_range(row));
        assert!(conformance::verify(&pcs, &statement, &shorter).is_err());
        let mut longer = proof.clone();
        longer.splice(row_range(row).start..row_range(row).start, [0; POINT_BYTES]);
        assert!(conformance::verify(&pcs, &statement, &longer).is_err());
    }
    // Another row length is another shape of proof.
    for log_row_len in [2, 4] {
        let other = Hyrax::new(log_row_len).unwrap();
        assert!(conformance::verify(&other, &statement, &proof).is_err());
    }
}

#[test]
fn zero_rows_are_not_sent() {
    let pcs = Hyrax::new(3).unwrap();
    let zero = Column::new(5, ColumnData::U32(Vec::new()));
    let stored = Column::new(5, ColumnData::U32(vec![0; 32]));
    let (commitments, ()) = MultilinearPcs::commit(&pcs, &[&zero, &stored]).unwrap();
    assert_eq!((commitments.parts, commitments.points), (Parts::new(vec![false; 8]), Vec::new()));
    let case = Case { name: "zero".into(), batches: vec![vec![zero, stored]], point: vec![Fr::from(5u64); 5] };
    let statement = case.statement();
    let (proof, _) = conformance::prove(&pcs, &case, &statement.evals).unwrap();
    assert!(proof.iter().all(|&b| b == 0), "nothing but zeros to say about zeros");
    assert_eq!(conformance::verify(&pcs, &statement, &proof), Ok(()));
}

/// A prover that sends a zero row all the same has another commitment to the same columns, if that is not refused.
#[test]
fn a_zero_row_that_is_sent_is_refused() {
    let pcs = Hyrax::new(2).unwrap();
    let column = Column::new(3, ColumnData::U8(vec![0, 0, 0, 0, 5, 6, 7, 8]));
    let prove = |parts: Vec<bool>, points: &[G1Affine]| {
        let mut channel = conformance::session(&pcs).into_prover();
        pcs.send_commitment(&RowCommitments { parts: Parts::new(parts), points: points.to_vec() }, &mut channel);
        channel.finish().0
    };
    let recv = |proof: &[u8]| {
        let mut channel = conformance::session(&pcs).into_verifier(proof);
        pcs.recv_commitment(&[3], &mut channel).map(|_| ())
    };
    let (RowCommitments { parts, points }, ()) = MultilinearPcs::commit(&pcs, &[&column]).unwrap();
    assert_eq!((parts.is_sent(), points.len()), (&[false, true][..], 1));
    assert_eq!(recv(&prove(vec![false, true], &points)), Ok(()));
    let with_zero = [G1Affine::identity(), points[0]];
    assert_eq!(recv(&prove(vec![true, true], &with_zero)), Err(VerifyError::ZeroPart { index: 0 }));
}

/// A row that is left out is zero: the combined row must be that of the others.
#[test]
fn a_row_that_is_left_out_is_zero() {
    let pcs = Hyrax::new(2).unwrap();
    let column = Column::new(3, ColumnData::U8((1..=8).collect()));
    let case = Case { name: "left out".into(), batches: vec![vec![column]], point: (2..5u64).map(Fr::from).collect() };
    let (proof, _) = conformance::prove(&pcs, &case, &case.evals()).unwrap();
    let at_opening = || {
        let mut channel = conformance::session(&pcs).into_verifier(&proof);
        let commitment = pcs.recv_commitment(&[3], &mut channel).unwrap();
        channel.recv_scalars(EVALS_LABEL, 1).unwrap();
        (commitment, channel)
    };
    let verdict = |commitment: &RowCommitments, mut channel: VerifierChannel<'_>| {
        MultilinearPcs::verify(&pcs, &[commitment], &[&[3]], &case.point, &case.evals(), &mut channel)
    };
    // The point is absorbed by the caller; without it challenges differ, and one column needs none.
    let (mut commitment, channel) = at_opening();
    assert_eq!(verdict(&commitment, channel), Ok(()));
    commitment.points.pop();
    commitment.parts = Parts::new(vec![true, false]);
    assert_eq!(verdict(&commitment, at_opening().1), Err(VerifyError::CommitmentMismatch));
}

#[test]
fn equal_values_in_any_type_give_equal_commitments() {
    let pcs = Hyrax::new(4).unwrap();
    let values: Vec<u8> = (0..64).map(|i| i % 2).collect();
    let columns = [
        ColumnData::Bool(values.iter().map(|&v| v == 1).collect()),
        ColumnData::U8(values.clone()),
        ColumnData::U16(values.iter().map(|&v| v.into()).collect()),
        ColumnData::U32(values.iter().map(|&v| v.into()).collect()),
        ColumnData::I32(values.iter().map(|&v| v.into()).collect()),
        ColumnData::U64(values.iter().map(|&v| v.into()).collect()),
        ColumnData::Field(values.iter().map(|&v| v.into()).collect()),
        ColumnData::Sparse((0..64).filter(|i| i % 2 == 1).map(|i| (i, 1)).collect()),
    ]
    .map(|data| Column::new(6, data));
    let (commitments, ()) = MultilinearPcs::commit(&pcs, &columns.iter().collect::<Vec<_>>()).unwrap();
    assert_eq!(commitments.parts.num_sent(), 4 * columns.len());
    for rows in commitments.points.chunks(4) {
        assert_eq!(rows, &commitments.points[..4]);
    }
}
