//! Every message of an honest proof, damaged in every way: generated from the log of the proof's own run.

use crate::kinds::{INPUT, PRIVATE, every_kind};
use crate::programs::{nightly, run_traced, small};
use ark_ff::{BigInteger, PrimeField};
use lariat_algebra::{Fq, Fr};
use lariat_emulator::test_util::Rng;
use lariat_jolt_core::{Inputs, Program, Proven, VerifyError, prove_trace, verify};
use lariat_transcript::{Event, EventKind, PayloadKind};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Ways to damage a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Damage {
    FlipBit,
    AddOne,
    Zero,
    Negate,
    SwapWithNeighbour,
    Drop,
    DropElement,
    Duplicate,
    Extend,
    NonCanonical,
    AllOnes,
    OffCurve,
    Generator,
    FlagBit,
}

const FOR_ALL: [Damage; 10] = [
    Damage::FlipBit,
    Damage::AddOne,
    Damage::Zero,
    Damage::SwapWithNeighbour,
    Damage::Drop,
    Damage::DropElement,
    Damage::Duplicate,
    Damage::Extend,
    Damage::NonCanonical,
    Damage::AllOnes,
];
const FOR_SCALARS: [Damage; 1] = [Damage::Negate];
const FOR_POINTS: [Damage; 4] = [Damage::Negate, Damage::OffCurve, Damage::Generator, Damage::FlagBit];

fn add_one(bytes: &mut [u8]) {
    for b in bytes {
        *b = b.wrapping_add(1);
        if *b != 0 {
            break;
        }
    }
}

/// Adds an integer to a 32-byte little-endian one, unless that overflows.
fn add(bytes: &mut [u8], n: &[u8]) {
    let mut carry = 0u16;
    for (b, m) in bytes.iter_mut().zip(n) {
        let sum = u16::from(*b) + u16::from(*m) + carry;
        *b = sum as u8;
        carry = sum >> 8;
    }
}

/// `modulus - x`, for `x` that is not zero.
fn negate(bytes: &mut [u8], modulus: &[u8]) {
    let mut borrow = 0i16;
    for (b, m) in bytes.iter_mut().zip(modulus) {
        let difference = i16::from(*m) - i16::from(*b) - borrow;
        *b = difference.rem_euclid(256) as u8;
        borrow = i16::from(difference < 0);
    }
}

/// The damaged proof; `None` where the damage changes nothing.
fn damaged(
    proof: &[u8],
    start: usize,
    event: &Event,
    element: usize,
    damage: Damage,
    rng: &mut Rng,
) -> Option<Vec<u8>> {
    let size = event.num_bytes / event.count;
    let message = start + event.offset..start + event.offset + event.num_bytes;
    let at = message.start + size * element..message.start + size * (element + 1);
    let is_point = event.payload == PayloadKind::Points;
    let field = if is_point { Fq::MODULUS.to_bytes_le() } else { Fr::MODULUS.to_bytes_le() };
    let mut out = proof.to_vec();
    match damage {
        Damage::FlipBit => out[at.start + rng.below(size as u32) as usize] ^= 1 << rng.below(8),
        Damage::AddOne => add_one(&mut out[at]),
        Damage::Zero => out[at].fill(0),
        Damage::AllOnes => out[at].fill(0xff),
        Damage::Negate => {
            // Of a point: the coordinate y.
            let at = if is_point { at.start + 32..at.end } else { at };
            if out[at.clone()].iter().all(|b| *b == 0) {
                return None;
            }
            negate(&mut out[at], &field);
        }
        Damage::SwapWithNeighbour => {
            let other =
                if at.end < proof.len() { at.end..(at.end + size).min(proof.len()) } else { at.start - size..at.start };
            let n = other.len();
            out[at.start..at.start + n].copy_from_slice(&proof[other.clone()]);
            out[other].copy_from_slice(&proof[at.start..at.start + n]);
        }
        Damage::Drop => drop(out.drain(message)),
        Damage::DropElement => drop(out.drain(at)),
        Damage::Duplicate => {
            let copy = proof[message.clone()].to_vec();
            out.splice(message.end..message.end, copy);
        }
        Damage::Extend => drop(out.splice(message.end..message.end, vec![0; size])),
        Damage::NonCanonical => add(&mut out[at.start..at.start + 32], &field),
        Damage::OffCurve => add_one(&mut out[at.start + 32..at.end]),
        Damage::Generator => {
            out[at.clone()].fill(0);
            out[at.start] = 1;
            out[at.start + 32] = 2;
        }
        Damage::FlagBit => out[at.end - 1] |= 0x40,
    }
    (out != proof).then_some(out)
}

/// What the verifier must say of a kind of damage.
fn is_right_error(damage: Damage, event: &Event, error: &VerifyError) -> bool {
    match damage {
        Damage::Drop | Damage::DropElement | Damage::Duplicate | Damage::Extend => {
            matches!(error, VerifyError::Length { .. })
        }
        // Not an encoding: the message is refused before anything is computed with it. Layers of grand products and
        // openings have errors of their own around that of the channel.
        Damage::NonCanonical | Damage::AllOnes | Damage::FlagBit => is_of_channel(error),
        Damage::OffCurve if event.payload == PayloadKind::Points => is_of_channel(error),
        _ => true,
    }
}

fn is_of_channel(error: &VerifyError) -> bool {
    matches!(
        error,
        VerifyError::Channel(_)
            | VerifyError::Sumcheck(lariat_sumcheck::SumcheckError::Channel(_))
            | VerifyError::Pcs(lariat_pcs::VerifyError::Channel(_))
    )
}

fn proven() -> (Program, Proven) {
    let program = every_kind(false);
    let inputs = Inputs { public: INPUT, private: PRIVATE };
    let proven =
        prove_trace(&program, inputs, small(), &crate::test_schemes(), run_traced(&program, inputs), &mut |_| {})
            .unwrap();
    assert_eq!(verify(&program, &proven.proof, &crate::test_schemes()).unwrap().input, INPUT);
    (program, proven)
}

/// Proofs damaged in one place: at least 1,000, at least 5,000 with `LARIAT_NIGHTLY=1`.
#[test]
fn rejects_every_damaged_message() {
    const SEED: u64 = 0x6461_6d61_6765_6421;
    println!("seed {SEED:#x}");
    let mut rng = Rng::new(SEED);
    let (program, proven) = proven();
    let proof = &proven.proof;
    let messages: Vec<Event> = proven.log.events().iter().filter(|e| e.kind == EventKind::Message).copied().collect();
    let total: usize = messages.iter().map(|e| e.num_bytes).sum();
    let start = proof.len() - total;
    let rounds = if nightly() { 5 } else { 1 };
    let mut counts: BTreeMap<Damage, usize> = BTreeMap::new();
    for event in messages.iter().filter(|e| e.num_bytes > 0) {
        let special: &[Damage] = match event.payload {
            PayloadKind::Points => &FOR_POINTS,
            _ => &FOR_SCALARS,
        };
        for &damage in FOR_ALL.iter().chain(special) {
            for _ in 0..rounds {
                let element = rng.below(event.count as u32) as usize;
                let Some(wrong) = damaged(proof, start, event, element, damage, &mut rng) else { continue };
                let verdict = catch_unwind(AssertUnwindSafe(|| verify(&program, &wrong, &crate::test_schemes())));
                let verdict = verdict.unwrap_or_else(|_| panic!("panics on {damage:?} of {event:?}"));
                let error = verdict.expect_err("accepts a damaged proof");
                assert!(
                    is_right_error(damage, event, &error),
                    "{damage:?} of element {element} of {event:?}: {error:?}"
                );
                *counts.entry(damage).or_default() += 1;
            }
        }
    }
    let count: usize = counts.values().sum();
    println!("{count} damaged proofs of {} messages: {counts:?}", messages.len());
    assert!(count >= if nightly() { 5_000 } else { 1_000 });
}

/// Bits flipped anywhere, one or a few at a time.
#[test]
fn rejects_random_damage() {
    const SEED: u64 = 0x7261_6e64_6f6d_2121;
    println!("seed {SEED:#x}");
    let mut rng = Rng::new(SEED);
    let (program, proven) = proven();
    for _ in 0..if nightly() { 2_000 } else { 200 } {
        let mut wrong = proven.proof.clone();
        for _ in 0..=rng.below(3) {
            wrong[rng.below(proven.proof.len() as u32) as usize] ^= 1 << rng.below(8);
        }
        if wrong != proven.proof {
            let verdict = catch_unwind(AssertUnwindSafe(|| verify(&program, &wrong, &crate::test_schemes())));
            assert!(verdict.expect("panics on a damaged proof").is_err());
        }
    }
}

/// Bytes that never were a proof, behind an honest header and not.
#[test]
fn rejects_noise() {
    let mut rng = Rng::new(7);
    let (program, proven) = proven();
    let (_, header_len) = lariat_jolt_core::Header::parse(&proven.proof, &crate::test_schemes()).unwrap();
    for round in 0..40 {
        let keep = if round % 2 == 0 { header_len } else { 0 };
        let mut noise = proven.proof.clone();
        for b in &mut noise[keep..] {
            *b = rng.next_u32() as u8;
        }
        let verdict = catch_unwind(AssertUnwindSafe(|| verify(&program, &noise, &crate::test_schemes())));
        assert!(verdict.expect("panics on noise").is_err());
    }
}
