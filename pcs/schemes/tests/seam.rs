//! What holds between schemes: no one takes another's commitments, and none runs on insecure parameters unasked.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
};
use lariat_kzg::PowersOfTau;
use lariat_pcs::{Pcs, PcsError, Schemes, ShapeError, VerifyError, Workload};
use lariat_transcript::encoding::{SCALAR_BYTES, scalar_to_bytes};
use lariat_transcript::{HashKind, Ready, Session};
use std::sync::Arc;

const SHAPE: [usize; 1] = [4];

fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "seam").bind("statement", b"")
}

fn with_setup() -> Schemes {
    lariat_schemes::all().with_resource(Arc::new(PowersOfTau::from_seed("seam", 8).unwrap()))
}

/// Parameters of every scheme for one column of 16 entries.
fn parameters() -> Vec<Arc<dyn Pcs>> {
    let schemes = with_setup().allow_insecure_setup(true);
    schemes.iter().map(|s| schemes.setup(s.kind, Workload { num_vars: &SHAPE }).unwrap()).collect()
}

#[test]
fn rejects_commitments_of_another_scheme() {
    let all = parameters();
    let column = Column::new(4, ColumnData::U16((0..16).collect()));
    let point = vec![Fr::from(3u64); 4];
    for made in &all {
        let mut channel = session().into_prover();
        made.commit(&[&column], &mut channel).unwrap();
        let (proof, _) = channel.finish();
        for used in all.iter().filter(|used| used.kind() != made.kind()) {
            let mut channel = session().into_verifier(&proof);
            let commitments = made.recv_commitments(&SHAPE, &mut channel).unwrap();
            let verdict = used.verify(&[commitments], &point, &[Fr::from(1u64)], &mut channel);
            let expected = ShapeError::OtherScheme { expected: used.kind(), got: made.kind() };
            assert!(matches!(&verdict, Err(VerifyError::Shape(e)) if *e == expected), "{verdict:?}");
        }
    }
}

#[test]
fn rejects_insecure_parameters_without_leave() {
    let schemes = with_setup();
    let mut refused = 0;
    for scheme in schemes.iter() {
        let made = schemes.setup(scheme.kind, Workload { num_vars: &SHAPE });
        if scheme.needs_setup {
            assert!(
                matches!(&made, Err(PcsError::InsecureSetup { kind, .. }) if *kind == scheme.kind),
                "{:?}",
                made.err()
            );
            refused += 1;
        } else {
            assert!(made.is_ok());
        }
    }
    assert_eq!(refused, 4);
}

/// Columns that are all zero: no value but zero is accepted, under any scheme.
#[test]
fn rejects_a_value_of_columns_that_are_zero() {
    let schemes = with_setup().allow_insecure_setup(true);
    for scheme in schemes.iter() {
        for sizes in [&[3usize][..], &[3, 3], &[2, 3]] {
            let pcs = schemes.setup(scheme.kind, Workload { num_vars: sizes }).unwrap();
            let columns: Vec<Column> = sizes.iter().map(|&m| Column::new(m, ColumnData::U8(Vec::new()))).collect();
            let columns: Vec<&Column> = columns.iter().collect();
            let point = vec![Fr::from(5u64); 3];
            // The prover says what is claimed and is honest otherwise.
            let verdict = |claimed: &[Fr]| {
                let mut channel = session().into_prover();
                let hint = pcs.commit(&columns, &mut channel).unwrap();
                channel.send_scalars("claimed", claimed);
                pcs.open(&columns, &[hint], &point, claimed, &mut channel).unwrap();
                let (proof, _) = channel.finish();
                let mut channel = session().into_verifier(&proof);
                let commitments = pcs.recv_commitments(sizes, &mut channel).unwrap();
                channel.recv_scalars("claimed", claimed.len()).unwrap();
                let verdict = pcs.verify(&[commitments], &point, claimed, &mut channel);
                channel.finish().unwrap();
                verdict
            };
            let honest = vec![Fr::from(0u64); sizes.len()];
            assert_eq!(verdict(&honest), Ok(()), "{}: {sizes:?}", scheme.kind);
            for wrong in 0..sizes.len() {
                let mut claimed = honest.clone();
                claimed[wrong] += Fr::from(1u64);
                assert!(verdict(&claimed).is_err(), "{}: {sizes:?}", scheme.kind);
            }
        }
    }
}

/// A short commit call beside a long one, which some schemes send in clear: no value but its own is accepted, and no other
/// evaluations have it, under any scheme.
#[test]
fn rejects_a_wrong_value_of_a_short_commit_call() {
    let schemes = with_setup().allow_insecure_setup(true);
    let sizes = [2usize, 2, 6, 6, 6];
    let batches: [&[usize]; 2] = [&sizes[..2], &sizes[2..]];
    let point: Vec<Fr> = (5..11u64).map(Fr::from).collect();
    let mut num_clear = 0;
    for scheme in schemes.iter() {
        let pcs = schemes.setup(scheme.kind, Workload { num_vars: &sizes }).unwrap();
        // The second column of the first call is zero in one case, both in another.
        for num_short in [2usize, 1, 0] {
            let entries = |k: usize, m: usize| (0..1u32 << m).map(|i| 3 * i * i + k as u32 + 1).collect();
            let column = |(k, &m): (usize, &usize)| {
                let stored = if k < 2 && k >= num_short { Vec::new() } else { entries(k, m) };
                Column::new(m, ColumnData::U32(stored))
            };
            let columns: Vec<Column> = sizes.iter().enumerate().map(column).collect();
            let columns: Vec<&Column> = columns.iter().collect();
            let value = |c: &&Column| {
                let weights = lariat_algebra::poly::eq_evals(&point[6 - c.num_vars()..]);
                weights.iter().enumerate().map(|(i, w)| *w * c.get(i)).sum::<Fr>()
            };
            let honest: Vec<Fr> = columns.iter().map(value).collect();
            let prove = |claimed: &[Fr]| {
                let mut channel = session().into_prover();
                let hints = [&columns[..2], &columns[2..]].map(|own| pcs.commit(own, &mut channel).unwrap());
                channel.send_scalars("claimed", claimed);
                pcs.open(&columns, &hints, &point, claimed, &mut channel).unwrap();
                channel.finish().0
            };
            let verify = |proof: &[u8], claimed: &[Fr]| {
                let mut channel = session().into_verifier(proof);
                let commitments = batches.map(|batch| pcs.recv_commitments(batch, &mut channel).unwrap());
                channel.recv_scalars("claimed", claimed.len()).unwrap();
                pcs.verify(&commitments, &point, claimed, &mut channel)?;
                channel.finish().unwrap();
                Ok(())
            };
            let proof = prove(&honest);
            assert_eq!(verify(&proof, &honest), Ok(()), "{}", scheme.kind);
            for wrong in 0..sizes.len() {
                let mut claimed = honest.clone();
                claimed[wrong] += Fr::from(1u64);
                let verdict: Result<(), VerifyError> = verify(&prove(&claimed), &claimed);
                assert!(verdict.is_err(), "{}: column {wrong}", scheme.kind);
            }
            // In clear: a byte of bits, then the evaluations.
            let evaluations = columns[..2].iter().flat_map(|c| (0..4).map(|i| scalar_to_bytes(&c.get(i))));
            let clear = [vec![1], evaluations.collect::<Vec<_>>().concat()].concat();
            if num_short > 0 && proof.starts_with(&clear) {
                num_clear += 1;
                for at in (1..clear.len()).step_by(SCALAR_BYTES) {
                    let mut forged = proof.clone();
                    forged[at] ^= 1;
                    assert!(verify(&forged, &honest).is_err(), "{}: byte {at}", scheme.kind);
                }
            }
        }
    }
    // Four schemes from codes, twice each.
    assert_eq!(num_clear, 8);
}
