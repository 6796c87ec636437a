//! What must be accepted, and everything that must not be.

use super::{Case, EVALS_LABEL, Statement, prove, prove_in, session, verify, verify_in};
use crate::parts::LABEL_PARTS;
use crate::{Pcs, PcsError, ShapeError, VerifyError, Workload};
use ark_ff::One;
use lariat_algebra::Fr;
use lariat_algebra::column::{Column, ColumnData};
use lariat_transcript::{Event, EventLog, PayloadKind};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::sync::Arc;

/// Least security of an opening, in bits, proven and conjectured.
pub const TARGET_BITS: f64 = 96.0;
/// Mutations of one message that are tried in each case.
const FLIPS_PER_MESSAGE: usize = 4;

/// Bits of a message that says which parts are sent, each of which is flipped.
const BITS_PER_MESSAGE: usize = 16;

/// An honest run, to be attacked.
struct Honest<'a> {
    pcs: &'a dyn Pcs,
    case: &'a Case,
    statement: Statement,
    proof: Vec<u8>,
    log: EventLog,
}

impl Honest<'_> {
    fn rejects(&self, statement: &Statement, proof: &[u8], attack: &str) {
        let verdict = verify(self.pcs, statement, proof);
        assert!(verdict.is_err(), "{}, case `{}`: accepted with {attack}", self.pcs.kind(), self.case.name);
    }

    fn rejects_proof(&self, proof: &[u8], attack: &str) {
        assert_ne!(proof, self.proof, "{attack} changes nothing");
        self.rejects(&self.statement, proof, attack);
    }

    /// The messages of the scheme, without the suite's own.
    fn messages(&self) -> Vec<Event> {
        self.log.messages().filter(|e| e.num_bytes > 0 && e.label != EVALS_LABEL).copied().collect()
    }
}

pub(super) fn run_case(pcs: &dyn Pcs, case: &Case) {
    let statement = case.statement();
    let (proof, log) = prove(pcs, case, &statement.evals).expect("an honest case is provable");
    let name = &case.name;

    // Completeness, exact size, determinism.
    assert_eq!(verify(pcs, &statement, &proof), Ok(()), "{}, case `{name}`: honest proof", pcs.kind());
    let batches: Vec<&[usize]> = statement.batches.iter().map(Vec::as_slice).collect();
    let sizes = pcs.batch_sizes(&batches, &proof).expect("a proof begins with its commitments");
    let expected = pcs.proof_bytes(&sizes, case.point.len()) + 32 * statement.evals.len();
    assert_eq!(proof.len(), expected, "{}, case `{name}`: proof_bytes", pcs.kind());
    let again = prove(pcs, case, &statement.evals).expect("an honest case is provable");
    assert!(again.0 == proof && again.1 == log, "{}, case `{name}`: two runs differ", pcs.kind());

    let honest = Honest { pcs, case, statement, proof, log };
    wrong_values(&honest);
    wrong_points(&honest);
    wrong_order(&honest);
    wrong_commitments(&honest);
    mutated_bytes(&honest);
    wrong_lengths(&honest);
    wrong_parts(&honest);
    sizes_of_beginnings(&honest);
}

/// Values off by one: told to the verifier only, or claimed by the prover throughout.
fn wrong_values(honest: &Honest<'_>) {
    for k in 0..honest.statement.evals.len() {
        let mut statement = honest.statement.clone();
        statement.evals[k] += Fr::one();
        honest.rejects(&statement, &honest.proof, "a value changed after proving");
        // A prover may refuse to open at a wrong value; what it does produce must not verify.
        if let Ok((proof, _)) = prove(honest.pcs, honest.case, &statement.evals) {
            honest.rejects(&statement, &proof, "a wrong value claimed by the prover");
        }
    }
}

/// Points at which the columns take other values.
fn wrong_points(honest: &Honest<'_>) {
    for i in 0..honest.case.point.len() {
        let mut moved = honest.case.clone();
        moved.point[i] += Fr::one();
        if moved.evals() != honest.statement.evals {
            let statement = Statement { point: moved.point, ..honest.statement.clone() };
            honest.rejects(&statement, &honest.proof, "another point");
        }
    }
}

/// Columns of equal shape whose values are exchanged.
fn wrong_order(honest: &Honest<'_>) {
    let columns = honest.case.columns();
    for k in 1..columns.len() {
        let mut statement = honest.statement.clone();
        statement.evals.swap(k - 1, k);
        if statement.evals != honest.statement.evals {
            honest.rejects(&statement, &honest.proof, "two values exchanged");
            if let Ok((proof, _)) = prove(honest.pcs, honest.case, &statement.evals) {
                honest.rejects(&statement, &proof, "two values exchanged by the prover");
            }
        }
    }
    // Messages of equal length exchanged.
    let messages = honest.messages();
    for pair in messages.windows(2) {
        if pair[0].num_bytes == pair[1].num_bytes {
            let mut proof = honest.proof.clone();
            proof[pair[0].range()].copy_from_slice(&honest.proof[pair[1].range()]);
            proof[pair[1].range()].copy_from_slice(&honest.proof[pair[0].range()]);
            if proof != honest.proof {
                honest.rejects_proof(&proof, "two messages exchanged");
            }
        }
    }
}

/// Commitments of a different witness, with everything else honest for either.
fn wrong_commitments(honest: &Honest<'_>) {
    let mut other = honest.case.clone();
    let Some(column) = other.batches.iter_mut().flatten().find(|c| c.stored_len() > 0) else { return };
    match column.data_mut() {
        ColumnData::Bool(v) => v[0] ^= true,
        ColumnData::U8(v) => v[0] ^= 1,
        ColumnData::U16(v) => v[0] ^= 1,
        ColumnData::U32(v) => v[0] ^= 1,
        ColumnData::I32(v) => v[0] ^= 1,
        ColumnData::U64(v) => v[0] ^= 1,
        ColumnData::Field(v) => v[0] += Fr::one(),
        ColumnData::Sparse(v) => v[0].1 ^= 1,
    }
    let (theirs, log) = prove(honest.pcs, &other, &honest.statement.evals).expect("provable with values of another");
    if other.evals() != honest.statement.evals {
        honest.rejects_proof(&theirs, "a proof over another witness");
    }
    // Lengths may differ: what was zero may not be now.
    let their_messages = log.messages().filter(|e| e.num_bytes > 0 && e.label != EVALS_LABEL);
    for (message, their_message) in honest.messages().into_iter().zip(their_messages) {
        let mut proof = honest.proof.clone();
        proof.splice(message.range(), theirs[their_message.range()].iter().copied());
        if proof != honest.proof {
            honest.rejects_proof(&proof, "one message of another witness");
        }
    }
}

/// Every message: bytes flipped, elements zeroed, incremented, exchanged.
fn mutated_bytes(honest: &Honest<'_>) {
    let mut rng = ChaCha20Rng::seed_from_u64(honest.proof.len() as u64);
    for message in honest.messages() {
        let range = message.range();
        for _ in 0..FLIPS_PER_MESSAGE {
            let mut proof = honest.proof.clone();
            proof[rng.gen_range(range.clone())] ^= 1 << rng.gen_range(0..8);
            honest.rejects_proof(&proof, "a flipped bit");
        }
        let size = match message.payload {
            PayloadKind::Points | PayloadKind::Scalars => 32,
            _ => 1,
        };
        let element = |i: usize| range.start + size * i..range.start + size * (i + 1);
        let sampled = [0, message.count / 2, message.count - 1];
        for &i in &sampled {
            let mut proof = honest.proof.clone();
            proof[element(i)].fill(0);
            if proof != honest.proof {
                honest.rejects_proof(&proof, "an element zeroed (for points: the identity)");
            }
            for fill in [0xff, 0x40] {
                proof[element(i)].fill(fill);
                if proof != honest.proof {
                    honest.rejects_proof(&proof, "an element overwritten");
                }
            }
            let j = rng.gen_range(0..message.count);
            let mut proof = honest.proof.clone();
            proof[element(i)].copy_from_slice(&honest.proof[element(j)]);
            if proof != honest.proof {
                honest.rejects_proof(&proof, "an element repeated");
                proof[element(j)].copy_from_slice(&honest.proof[element(i)]);
                honest.rejects_proof(&proof, "two elements exchanged");
            }
        }
        let mut proof = honest.proof.clone();
        proof[range].fill(0);
        if proof != honest.proof {
            honest.rejects_proof(&proof, "a message zeroed");
        }
    }
}

fn wrong_lengths(honest: &Honest<'_>) {
    let len = honest.proof.len();
    for cut in [1, 31, 32, 64].into_iter().filter(|&cut| cut <= len) {
        honest.rejects_proof(&honest.proof[..len - cut], "its end cut off");
        honest.rejects_proof(&honest.proof[cut..], "its beginning cut off");
    }
    for extra in [1, 32, 64] {
        let mut proof = honest.proof.clone();
        proof.extend(std::iter::repeat_n(0, extra));
        honest.rejects_proof(&proof, "bytes appended");
    }
    for message in honest.messages() {
        let mut proof = honest.proof.clone();
        proof.drain(message.range());
        honest.rejects_proof(&proof, "a message dropped");
        let mut proof = honest.proof.clone();
        proof.splice(message.offset..message.offset, honest.proof[message.range()].iter().copied());
        honest.rejects_proof(&proof, "a message doubled");
    }
}

/// Parts left out, added, and exchanged: bits alone, and with what is sent for a part.
fn wrong_parts(honest: &Honest<'_>) {
    let messages = honest.messages();
    for (at, bits) in messages.iter().enumerate().filter(|(_, m)| m.label == LABEL_PARTS) {
        // All of them, or some of many: a scheme of short rows has thousands.
        let num_bits = 8 * bits.num_bytes;
        for bit in (0..num_bits).step_by(num_bits.div_ceil(BITS_PER_MESSAGE).max(1)).chain([num_bits - 1]) {
            let mut proof = honest.proof.clone();
            proof[bits.offset + bit / 8] ^= 1 << (bit % 8);
            honest.rejects_proof(&proof, "one bit of the parts");
            // What is sent for a part is in one place if the next message is as many pieces of equal length.
            let sent = |proof: &[u8], up_to: usize| {
                (0..up_to).filter(|bit| proof[bits.offset + bit / 8] >> (bit % 8) & 1 == 1).count()
            };
            let count = sent(&honest.proof, 8 * bits.num_bytes);
            let next = messages.get(at + 1).filter(|m| count > 0 && m.num_bytes.is_multiple_of(count));
            let Some(next) = next else { continue };
            let size = next.num_bytes / count;
            let place = next.offset + size * sent(&honest.proof, bit);
            if honest.proof[bits.offset + bit / 8] >> (bit % 8) & 1 == 1 {
                proof.drain(place..place + size);
                honest.rejects_proof(&proof, "a part left out");
            } else {
                let mut zero = proof.clone();
                zero.splice(place..place, std::iter::repeat_n(0, size));
                honest.rejects_proof(&zero, "a zero part sent");
                proof.splice(place..place, honest.proof[next.offset..next.offset + size].iter().copied());
                honest.rejects_proof(&proof, "a part sent that is zero");
            }
        }
    }
}

/// Sizes are those of the whole, or the beginning of the messages is refused because it ends before the bits of a batch.
fn sizes_of_beginnings(honest: &Honest<'_>) {
    let batches: Vec<&[usize]> = honest.statement.batches.iter().map(Vec::as_slice).collect();
    let sizes = |messages: &[u8]| honest.pcs.batch_sizes(&batches, messages);
    let whole = sizes(&honest.proof).expect("the bits are an honest prover's");
    let bytes: usize = whole.iter().map(|&batch| honest.pcs.commitment_bytes(batch)).sum();
    for len in (0..bytes).step_by(bytes.div_ceil(300).max(1)) {
        let read = sizes(honest.proof.split_at(len).0);
        let is_refused = matches!(read, Err(VerifyError::PartsMissing { needed }) if len < needed && needed <= bytes);
        let (kind, name) = (honest.pcs.kind(), &honest.case.name);
        assert!(is_refused || read.as_ref() == Ok(&whole), "{kind}, case `{name}`: {len} of {bytes} bytes: {read:?}");
    }
}

/// Arguments that do not fit together are errors on both sides, never panics.
pub(super) fn refuses_contradictory_arguments(setup: &impl Fn(Workload<'_>) -> Arc<dyn Pcs>) {
    let pcs = setup(Workload { num_vars: &[3, 4] });
    let columns =
        [Column::new(3, ColumnData::U8((1..=8).collect())), Column::new(4, ColumnData::U8((1..=16).collect()))];
    let case = Case {
        name: "contradictory arguments".into(),
        batches: vec![columns.to_vec()],
        point: (2..6u64).map(Fr::from).collect(),
    };
    let evals = case.evals();
    let open = |columns: &[&Column], point: &[Fr], evals: &[Fr], batches: &[&[&Column]]| {
        let mut channel = session(pcs.as_ref()).into_prover();
        let hints: Vec<_> =
            batches.iter().map(|b| pcs.commit(b, &mut channel).expect("small columns are committed")).collect();
        pcs.open(columns, &hints, point, evals, &mut channel)
    };
    let [a, b] = [&columns[0], &columns[1]];
    let shape = |error| Err(PcsError::Shape(error));
    assert_eq!(open(&[a, b], &case.point, &evals, &[&[a, b]]), Ok(()));
    assert_eq!(
        open(&[a], &case.point, &evals, &[&[a, b]]),
        shape(ShapeError::ColumnCount { columns: 1, committed: 2 })
    );
    assert_eq!(
        open(&[b, a], &case.point, &evals, &[&[a, b]]),
        shape(ShapeError::NumVars { index: 0, expected: 3, got: 4 })
    );
    assert_eq!(
        open(&[a, b], &case.point, &evals[..1], &[&[a, b]]),
        shape(ShapeError::EvalCount { evals: 1, columns: 2 })
    );
    assert_eq!(open(&[a, b], &case.point, &evals, &[&[a]]), shape(ShapeError::EvalCount { evals: 2, columns: 1 }));
    assert_eq!(
        open(&[a, b], &case.point[1..], &evals, &[&[a], &[b]]),
        shape(ShapeError::PointTooShort { index: 1, num_vars: 4, point_len: 3 })
    );

    let (proof, _) = prove(pcs.as_ref(), &case, &evals).expect("an honest case is provable");
    let honest = case.statement();
    let check = |statement: &Statement| verify(pcs.as_ref(), statement, &proof);
    assert_eq!(check(&honest), Ok(()));
    let short = Statement { point: honest.point[1..].to_vec(), ..honest.clone() };
    let error = ShapeError::PointTooShort { index: 1, num_vars: 4, point_len: 3 };
    assert_eq!(check(&short), Err(VerifyError::Shape(error)));
    for evals in [Vec::new(), evals[..1].to_vec(), [&evals[..], &evals[..1]].concat()] {
        let statement = Statement { evals, ..honest.clone() };
        assert!(check(&statement).is_err(), "a statement with {} values", statement.evals.len());
    }
    for batches in [vec![], vec![vec![3]], vec![vec![4, 3]], vec![vec![3, 4, 4]], vec![vec![2, 4]], vec![vec![3, 5]]] {
        let statement = Statement { batches, ..honest.clone() };
        assert!(check(&statement).is_err(), "a statement with columns {:?}", statement.batches);
    }
    // The same messages in other batches are another transcript.
    let split = Statement { batches: vec![vec![3], vec![4]], ..honest };
    assert!(check(&split).is_err(), "one batch read as two");
}

/// Columns past the limit are refused before anything is allocated or read.
pub(super) fn enforces_size_limits(setup: &impl Fn(Workload<'_>) -> Arc<dyn Pcs>) {
    let pcs = setup(Workload { num_vars: &[4] });
    let max = pcs.max_num_vars();
    for num_vars in [max + 1, 63, 64, usize::MAX] {
        let mut channel = session(pcs.as_ref()).into_verifier(&[0; 64]);
        let error = pcs.recv_commitments(&[2, num_vars], &mut channel).err();
        assert_eq!(error, Some(VerifyError::TooManyVariables { num_vars, max }));
    }
    let column = Column::new(max + 1, ColumnData::U8(vec![1]));
    let mut channel = session(pcs.as_ref()).into_prover();
    let error = pcs.commit(&[&column], &mut channel).err();
    assert_eq!(error, Some(PcsError::TooManyVariables { num_vars: max + 1, max }));
    // The largest allowed column against an empty proof: an error, without memory for its commitments.
    let mut channel = session(pcs.as_ref()).into_verifier(&[]);
    assert!(matches!(pcs.recv_commitments(&[max; 4], &mut channel), Err(VerifyError::Channel(_))));
}

/// The digest stands for the parameters, and the scheme is registered under its name.
pub(super) fn binds_the_setup(setup: &impl Fn(Workload<'_>) -> Arc<dyn Pcs>) {
    let (a, b) = (setup(Workload { num_vars: &[6] }), setup(Workload { num_vars: &[6] }));
    assert_eq!(a.setup_digest(), b.setup_digest(), "equal workloads, equal parameters");
    let case = Case {
        name: "setup".into(),
        // Two columns, so that the proof depends on a challenge.
        batches: vec![vec![
            Column::new(6, ColumnData::U8((0..64).collect())),
            Column::new(6, ColumnData::U8((64..128).collect())),
        ]],
        point: (3..9u64).map(Fr::from).collect(),
    };
    let statement = case.statement();
    let (proof, _) = prove(a.as_ref(), &case, &statement.evals).expect("an honest case is provable");
    assert_eq!(verify(b.as_ref(), &statement, &proof), Ok(()));
    let other = || {
        let session = lariat_transcript::Session::new(lariat_transcript::HashKind::Blake3, "pcs-conformance");
        session.bind("setup", &[0xa5; 32])
    };
    // Only an opening without any challenge in its messages is the same in every session.
    let (theirs, _) = prove_in(a.as_ref(), &case, &statement.evals, other().into_prover()).expect("provable as well");
    if theirs != proof {
        assert!(verify_in(a.as_ref(), &statement, other().into_verifier(&proof)).is_err(), "another session");
    }
    let security = a.security(&[&[6]]);
    assert!(security.proven >= TARGET_BITS && security.conjectured >= TARGET_BITS, "{security:?}");
    assert!(!a.info().assumptions.is_empty());
}
