//! Target of the verifier's channel: any sequence of calls on any bytes.

use crate::input::Input;
use lariat_algebra::{Fr, G1Affine};
use lariat_transcript::encoding::{point_to_bytes, scalar_to_bytes};
use lariat_transcript::{HashKind, PublicCoin, Session};
use std::num::NonZeroU64;

/// A message that was received.
enum Received {
    Scalars(&'static str, Vec<Fr>),
    Points(&'static str, Vec<G1Affine>),
    Bytes(&'static str, Vec<u8>),
    Coin(u8, &'static str, u8),
}

const LABELS: [&str; 4] = ["a", "b", "some longer label", ""];

/// What both sides do alike, and what they draw.
fn coin(channel: &mut dyn PublicCoin, kind: u8, label: &'static str, n: u8) -> Vec<u8> {
    let n_scalars = usize::from(n % 4);
    match kind {
        0 => channel.challenges(label, n_scalars).iter().flat_map(scalar_to_bytes).collect(),
        1 => channel.challenge_digest(label).to_vec(),
        2 => {
            let bound = NonZeroU64::new(u64::from(n) + 1).unwrap_or(NonZeroU64::MIN);
            let indices = channel.challenge_indices(label, n_scalars, bound);
            assert!(indices.iter().all(|i| *i < bound.get()));
            indices.iter().flat_map(|i| i.to_le_bytes()).collect()
        }
        3 => {
            channel.section(label);
            Vec::new()
        }
        _ => {
            channel.absorb_public_bytes(label, &[n; 3]);
            Vec::new()
        }
    }
}

/// Calls and the bytes that they read: what is received, sent again, gives the same bytes and the same challenges.
pub fn transcript_reader(data: &[u8]) {
    let mut input = Input::new(data);
    let hash = HashKind::ALL[usize::from(input.byte()) % 2];
    let calls = usize::from(input.byte() % 32);
    let mut calls = Input::new(input.bytes(calls * 3));
    let proof = input.rest();
    let session = || Session::new(hash, "fuzz").bind("statement", b"of a fuzzer");
    let mut verifier = session().into_verifier(proof);
    let mut received = Vec::new();
    let mut drawn = Vec::new();
    while !calls.is_empty() {
        let (call, label, n) = (calls.byte() % 8, LABELS[usize::from(calls.byte()) % LABELS.len()], calls.byte());
        // Counts that no proof has, up to those that overflow when multiplied.
        let count = if n >= 0xf0 { usize::MAX >> (n - 0xf0) } else { usize::from(n % 64) };
        let before = verifier.position();
        let result = match call {
            0 => verifier.recv_scalars(label, count).map(|v| received.push(Received::Scalars(label, v))),
            1 => verifier.recv_points(label, count).map(|v| received.push(Received::Points(label, v))),
            2 => verifier.recv_bytes(label, count).map(|v| received.push(Received::Bytes(label, v))),
            kind => {
                drawn.extend(coin(&mut verifier, kind - 3, label, n));
                received.push(Received::Coin(kind - 3, label, n));
                Ok(())
            }
        };
        if result.is_err() {
            assert_eq!(verifier.position(), before, "a message that is refused is not read");
        }
        assert!(verifier.position() <= proof.len());
    }
    let position = verifier.position();
    drawn.extend(coin(&mut verifier, 1, "last", 0));
    assert_eq!(verifier.finish().is_ok(), position == proof.len(), "trailing bytes are an error, and only they");

    let mut prover = session().into_prover();
    let mut expected = Vec::new();
    for message in &received {
        match message {
            Received::Scalars(label, v) => prover.send_scalars(label, v),
            Received::Points(label, v) => {
                assert!(v.iter().all(|p| p.is_on_curve() && point_to_bytes(p).len() == 32));
                prover.send_points(label, v);
            }
            Received::Bytes(label, v) => prover.send_bytes(label, v),
            Received::Coin(kind, label, n) => expected.extend(coin(&mut prover, *kind, label, *n)),
        }
    }
    expected.extend(coin(&mut prover, 1, "last", 0));
    assert_eq!(prover.finish().0, proof[..position], "every message has one encoding");
    assert_eq!(drawn, expected, "both sides draw the same challenges");
}
