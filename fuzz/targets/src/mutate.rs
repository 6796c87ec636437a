//! Damage: to proofs and files, as a fuzzer's bytes ask for it, and to inputs of targets, at random.

use crate::input::Input;
use ark_ff::{BigInteger, PrimeField};
use lariat_algebra::{Fq, Fr};
use lariat_emulator::test_util::Rng;
use std::ops::Range;

/// Edits that one input may ask for.
const MAX_EDITS: usize = 32;

/// `to += n`, little-endian, modulo 2 to the length of `to`.
fn add(to: &mut [u8], n: &[u8]) {
    let mut carry = 0u16;
    for (byte, n) in to.iter_mut().zip(n.iter().copied().chain(std::iter::repeat(0))) {
        let sum = u16::from(*byte) + u16::from(n) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
}

/// Makes `to` its negative modulo 2 to its length.
fn negate(to: &mut [u8]) {
    for byte in to.iter_mut() {
        *byte = !*byte;
    }
    add(to, &[1]);
}

/// `parts` of `honest` damaged as the input asks for, until it ends. `donor` is another byte string of the same structure.
///
/// An edit names a part, an element of 32 bytes in it, and what happens to it.
pub fn edited(honest: &[u8], parts: &[Range<usize>], donor: &[u8], input: &mut Input<'_>) -> Vec<u8> {
    let mut bytes = honest.to_vec();
    for _ in 0..MAX_EDITS {
        if input.is_empty() {
            break;
        }
        let kind = input.byte() % 16;
        let part = parts.get(usize::from(input.half()) % parts.len().max(1)).cloned().unwrap_or(0..bytes.len());
        let element = part.start + 32 * input.below(part.len().div_ceil(32));
        let end = (element + 32).min(part.end);
        let Some(target) = bytes.get_mut(element..end) else { continue };
        if target.is_empty() {
            continue;
        }
        match kind {
            0 => target[usize::from(input.byte()) % (end - element)] ^= 1 << (input.byte() % 8),
            1 => add(target, &[input.byte().max(1)]),
            2 => target.fill(0),
            3 => target.fill(0xff),
            4 => add(target, &Fr::MODULUS.to_bytes_le()),
            5 => add(target, &Fq::MODULUS.to_bytes_le()),
            6 => {
                // modulus - x
                let modulus = if input.byte().is_multiple_of(2) { Fr::MODULUS } else { Fq::MODULUS };
                negate(target);
                add(target, &modulus.to_bytes_le());
            }
            7 => {
                let given = input.bytes(end - element);
                target[..given.len()].copy_from_slice(given);
            }
            8 => {
                // Another element of the same bytes.
                let from = input.below(honest.len().saturating_sub(end - element));
                if let Some(source) = honest.get(from..from + (end - element)) {
                    target.copy_from_slice(source);
                }
            }
            9 => {
                if let Some(source) = donor.get(element..end) {
                    target.copy_from_slice(source);
                }
            }
            10 => {
                // The whole part of the donor.
                if let (Some(to), Some(source)) = (bytes.get_mut(part.clone()), donor.get(part)) {
                    to.copy_from_slice(source);
                }
            }
            11 => {
                // Everything from here on of the donor.
                if let Some(source) = donor.get(element..) {
                    bytes.truncate(element);
                    bytes.extend_from_slice(source);
                }
            }
            12 => bytes.truncate(bytes.len() - usize::from(input.half()) % (bytes.len() + 1)),
            13 => {
                let count = usize::from(input.byte());
                bytes.extend(std::iter::repeat_n(input.byte(), count));
            }
            14 => drop(bytes.drain(element..end)),
            _ => {
                let copy = target.to_vec();
                drop(bytes.splice(element..element, copy));
            }
        }
    }
    bytes
}

/// `len` bytes that repeat `pattern`; if `canonical`, every 32 of them are a scalar below the modulus.
pub fn filled(pattern: &[u8], len: usize, canonical: bool) -> Vec<u8> {
    let mut bytes: Vec<u8> = pattern.iter().copied().cycle().take(len).collect();
    bytes.resize(len, 0);
    if canonical {
        for element in bytes.chunks_mut(32) {
            if let Some(top) = element.get_mut(31) {
                *top &= 0x1f;
            }
        }
    }
    bytes
}

/// Longest input that [`mutated`] makes.
const MAX_BYTES: usize = 4096;

/// Numbers at which parsers go wrong.
const NUMBERS: [u64; 14] =
    [0, 1, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 1 << 28, 1 << 40, u64::MAX];

/// An input near one of a corpus: one to eight random changes.
pub fn mutated(seed: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=rng.below(8) {
        let len = bytes.len() as u32;
        let at = if len == 0 { 0 } else { rng.below(len) as usize };
        match rng.below(10) {
            0 | 1 if len > 0 => bytes[at] ^= 1 << rng.below(8),
            2 if len > 0 => bytes[at] = rng.next_u32() as u8,
            3 if len > 0 => bytes[at] = bytes[at].wrapping_add([1, 255, 16, 128][rng.below(4) as usize]),
            4 if len > 0 => {
                let number = rng.pick(&NUMBERS).to_le_bytes();
                let width = [1, 2, 4, 8][rng.below(4) as usize];
                for (to, from) in bytes[at..].iter_mut().zip(&number[..width]) {
                    *to = *from;
                }
            }
            5 => {
                let count = 1 + rng.below(16) as usize;
                let new: Vec<u8> = (0..count).map(|_| rng.next_u32() as u8).collect();
                drop(bytes.splice(at..at, new));
            }
            6 if len > 0 => {
                let end = (at + 1 + rng.below(32) as usize).min(bytes.len());
                drop(bytes.drain(at..end));
            }
            7 if len > 0 => {
                let end = (at + 1 + rng.below(64) as usize).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = rng.below(len) as usize;
                drop(bytes.splice(to..to, copy));
            }
            8 if !other.is_empty() => {
                let from = rng.below(other.len() as u32) as usize;
                let end = (from + 1 + rng.below(128) as usize).min(other.len());
                let until = (at + end - from).min(bytes.len());
                drop(bytes.splice(at..until, other[from..end].iter().copied()));
            }
            _ => {
                let word = rng.word().to_le_bytes();
                for (to, from) in bytes[at..].iter_mut().zip(word) {
                    *to = from;
                }
            }
        }
    }
    bytes.truncate(MAX_BYTES);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_do_what_they_say() {
        let honest: Vec<u8> = (0..96).collect();
        let donor = vec![200; 96];
        let parts = [0..32, 32..96];
        let edit = |input: &[u8]| edited(&honest, &parts, &donor, &mut Input::new(input));
        assert_eq!(edit(&[]), honest);
        assert_eq!(edit(&[2, 0, 0]), [&[0; 32], &honest[32..]].concat());
        // Part 1, element 1, one added.
        let mut expected = honest.clone();
        expected[64] += 1;
        assert_eq!(edit(&[1, 1, 0, 1, 0, 0, 0, 1]), expected);
        assert_eq!(edit(&[10, 1, 0]), [&honest[..32], &donor[32..]].concat());
        assert_eq!(edit(&[14, 0, 0]), honest[32..]);
        assert_eq!(edit(&[12, 0, 0, 0, 0, 0, 0, 6, 0]), honest[..90]);
    }

    #[test]
    fn negation_is_modulo_the_modulus() {
        let five = [vec![5], vec![0; 31]].concat();
        let bytes = edited(&five, std::slice::from_ref(&(0..32)), &[], &mut Input::new(&[6, 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!(Fr::from_le_bytes_mod_order(&bytes), -Fr::from(5u64));
        assert!(filled(&[0xff], 64, true).chunks(32).all(|c| c[31] == 0x1f));
    }

    #[test]
    fn random_changes_are_the_same_for_the_same_seed() {
        let of = |seed| {
            let mut rng = Rng::new(seed);
            (0..50).map(|_| mutated(b"some input", b"another one", &mut rng)).collect::<Vec<_>>()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert!(of(3).iter().any(|bytes| bytes.len() != 10));
        assert!(mutated(&[], &[], &mut Rng::new(1)).len() <= MAX_BYTES);
    }
}
