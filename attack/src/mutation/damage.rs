//! The ways to damage a proof, as edits of bytes.

use ark_bn254::{Fq2, G2Affine};
use ark_ff::{BigInteger, PrimeField};
use lariat_algebra::{Fq, Fr};
use lariat_emulator::test_util::Rng;
use lariat_transcript::{
    Event, PayloadKind,
    encoding::{PointDecodeError, point_from_bytes},
};
use std::sync::OnceLock;

/// Bytes of a point of G2 where a scheme sends one: two coordinates in the quadratic extension.
const G2_BYTES: usize = 128;

/// A way to damage a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Damage {
    /// One bit of a message flipped.
    FlipBit,
    /// One added to an element, as a little-endian integer.
    AddOne,
    /// An element of zeros: a zero scalar, a digest of zeros.
    Zero,
    /// An element of ones.
    AllOnes,
    /// `-x` for a scalar `x`; the other point with the same first coordinate.
    Negate,
    /// An element exchanged with the one behind it; the last one with the one before it.
    SwapWithNeighbour,
    /// A message left out.
    Drop,
    /// A message one element short.
    DropElement,
    /// A message twice.
    Duplicate,
    /// A message with one more element, of zeros.
    Extend,
    /// The same residue in another encoding: the modulus is added.
    NonCanonical,
    /// The identity in the place of a point.
    Identity,
    /// A point moved off the curve.
    OffCurve,
    /// The generator in the place of a point.
    Generator,
    /// Flag bits that other encodings keep in a last byte.
    FlagBits,
    /// A point of the twist outside of the subgroup, where a message of bytes may hold one.
    WrongSubgroup,
    /// A message of another honest proof.
    Transplant,
    /// All messages from one on are those of another honest proof.
    TransplantRest,
    /// All messages up to one are those of another honest proof.
    TransplantStart,
    /// The header of another honest proof.
    TransplantHeader,
    /// One bit of the header flipped.
    HeaderBit,
    /// One byte of the header replaced: one more, zero, all ones.
    HeaderByte,
    /// The proof cut where a message begins.
    Truncate,
    /// Bytes behind the proof's end.
    Append,
    /// A few bits flipped anywhere.
    RandomBits,
    /// Bytes that never were a proof behind an honest header.
    Noise,
}

impl Damage {
    /// Every damage.
    pub const ALL: [Self; 26] = [
        Self::FlipBit,
        Self::AddOne,
        Self::Zero,
        Self::AllOnes,
        Self::Negate,
        Self::SwapWithNeighbour,
        Self::Drop,
        Self::DropElement,
        Self::Duplicate,
        Self::Extend,
        Self::NonCanonical,
        Self::Identity,
        Self::OffCurve,
        Self::Generator,
        Self::FlagBits,
        Self::WrongSubgroup,
        Self::Transplant,
        Self::TransplantRest,
        Self::TransplantStart,
        Self::TransplantHeader,
        Self::HeaderBit,
        Self::HeaderByte,
        Self::Truncate,
        Self::Append,
        Self::RandomBits,
        Self::Noise,
    ];

    /// The name of its row in the kill matrix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FlipBit => "message: a bit flipped",
            Self::AddOne => "message: an element plus one",
            Self::Zero => "message: an element zeroed",
            Self::AllOnes => "message: an element of ones",
            Self::Negate => "message: an element negated",
            Self::SwapWithNeighbour => "message: neighbours swapped",
            Self::Drop => "message dropped",
            Self::DropElement => "message: an element dropped",
            Self::Duplicate => "message duplicated",
            Self::Extend => "message extended",
            Self::NonCanonical => "message: non-canonical encoding",
            Self::Identity => "message: identity point",
            Self::OffCurve => "message: point off the curve",
            Self::Generator => "message: generator for a point",
            Self::FlagBits => "message: flag bits",
            Self::WrongSubgroup => "message: point outside of G2",
            Self::Transplant => "message of another proof",
            Self::TransplantRest => "rest of another proof",
            Self::TransplantStart => "start of another proof",
            Self::TransplantHeader => "header of another proof",
            Self::HeaderBit => "header: a bit flipped",
            Self::HeaderByte => "header: a byte replaced",
            Self::Truncate => "proof truncated",
            Self::Append => "bytes appended",
            Self::RandomBits => "random bits flipped",
            Self::Noise => "noise for messages",
        }
    }

    /// In how many places, in this message, the damage can be done; none where it does not apply. Damages of the proof
    /// as a whole apply to no message.
    pub fn places(self, event: &Event) -> usize {
        let of_elements = |applies: bool| if applies { event.num_bytes / element_bytes(event) } else { 0 };
        let points = event.payload == PayloadKind::Points;
        let scalars = event.payload == PayloadKind::Scalars;
        let words = element_bytes(event) > 1;
        match self {
            Self::FlipBit => 8 * event.num_bytes,
            Self::AddOne | Self::AllOnes | Self::SwapWithNeighbour | Self::DropElement => of_elements(true),
            Self::Zero => of_elements(!points),
            Self::Identity | Self::Generator | Self::OffCurve => of_elements(points),
            Self::Negate => of_elements(points || scalars),
            Self::NonCanonical | Self::FlagBits => of_elements(words),
            Self::WrongSubgroup if event.payload == PayloadKind::Bytes => event.num_bytes / G2_BYTES,
            Self::Drop | Self::Duplicate | Self::Extend | Self::Transplant => 1,
            _ => 0,
        }
    }

    /// Does the damage to `message`, at one of its [`Self::places`]. `proof` is what is damaged.
    pub(super) fn apply(self, proof: &mut Vec<u8>, event: &Event, start: usize, place: usize) {
        let message = start..start + event.num_bytes;
        let size = element_bytes(event);
        let element = message.start + size * place..message.start + size * (place + 1);
        let field = if event.payload == PayloadKind::Scalars { Fr::MODULUS } else { Fq::MODULUS }.to_bytes_le();
        match self {
            Self::FlipBit => proof[message.start + place / 8] ^= 1 << (place % 8),
            Self::AddOne => add_one(&mut proof[element]),
            Self::Zero | Self::Identity => proof[element].fill(0),
            Self::AllOnes => proof[element].fill(0xff),
            // Zero and the identity are their own negatives.
            Self::Negate if proof[element.clone()].iter().all(|b| *b == 0) => {}
            // The parity of y.
            Self::Negate if event.payload == PayloadKind::Points => proof[element.end - 1] ^= 0x80,
            Self::Negate => negate(&mut proof[element], &field),
            Self::SwapWithNeighbour => {
                let other = if element.end < proof.len() {
                    element.end..(element.end + size).min(proof.len())
                } else {
                    element.start.saturating_sub(size)..element.start
                };
                let (here, there) =
                    (proof[element.start..element.start + other.len()].to_vec(), proof[other.clone()].to_vec());
                proof[element.start..element.start + other.len()].copy_from_slice(&there);
                proof[other].copy_from_slice(&here);
            }
            Self::Drop => drop(proof.drain(message)),
            Self::DropElement => drop(proof.drain(element)),
            Self::Duplicate => {
                let copy = proof[message.clone()].to_vec();
                proof.splice(message.end..message.end, copy);
            }
            Self::Extend => drop(proof.splice(message.end..message.end, vec![0; size])),
            Self::NonCanonical => add(&mut proof[element.start..element.start + 32], &field),
            Self::OffCurve => {
                // The next x that no point has.
                let is_off = |bytes: &[u8]| {
                    matches!(bytes.first_chunk().map(point_from_bytes), Some(Err(PointDecodeError::NotOnCurve)))
                };
                add_one(&mut proof[element.clone()]);
                while !is_off(&proof[element.clone()]) {
                    add_one(&mut proof[element.clone()]);
                }
            }
            Self::Generator => {
                proof[element.clone()].fill(0);
                proof[element.start] = 1;
            }
            // The highest bit of a point is that of y.
            Self::FlagBits if event.payload == PayloadKind::Points => proof[element.end - 1] |= 0x40,
            Self::FlagBits => proof[element.end - 1] |= if place.is_multiple_of(2) { 0x40 } else { 0x80 },
            Self::WrongSubgroup => {
                // Counted from the end of the message: elements of other groups come first there.
                let end = message.end - G2_BYTES * place;
                proof[end - G2_BYTES..end].copy_from_slice(outside_of_g2());
            }
            _ => {}
        }
    }
}

/// Bytes of an element of a message; bytes are taken as digests where their number allows.
pub fn element_bytes(event: &Event) -> usize {
    match event.payload {
        PayloadKind::Bytes if event.num_bytes.is_multiple_of(32) => 32,
        _ => event.num_bytes / event.count.max(1),
    }
}

/// A point of the twist that is not in the subgroup, with its coordinates one after the other.
fn outside_of_g2() -> &'static [u8; G2_BYTES] {
    static BYTES: OnceLock<[u8; G2_BYTES]> = OnceLock::new();
    BYTES.get_or_init(|| {
        let candidates =
            (1u64..).filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::from(1u64)), false));
        let mut outside = candidates.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve());
        let mut bytes = [0; G2_BYTES];
        if let Some(point) = outside.next() {
            let coordinates = [point.x.c0, point.x.c1, point.y.c0, point.y.c1];
            for (chunk, coordinate) in bytes.chunks_exact_mut(32).zip(coordinates) {
                chunk.copy_from_slice(&coordinate.into_bigint().to_bytes_le());
            }
        }
        bytes
    })
}

/// Adds one to a little-endian integer; the largest becomes zero.
fn add_one(bytes: &mut [u8]) {
    for b in bytes {
        *b = b.wrapping_add(1);
        if *b != 0 {
            break;
        }
    }
}

/// Adds an integer to a little-endian one, modulo `2^256`.
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

/// Replaces a byte of a header by one of three others.
pub(super) fn replace_byte(byte: u8, which: usize) -> u8 {
    match which {
        0 => byte.wrapping_add(1),
        1 => 0,
        _ => 0xff,
    }
}

/// Bits flipped anywhere, one to four.
pub(super) fn flip_random_bits(proof: &mut [u8], rng: &mut Rng) {
    for _ in 0..=rng.below(4) {
        let at = rng.below(proof.len() as u32) as usize;
        proof[at] ^= 1 << rng.below(8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_transcript::EventKind;
    use lariat_transcript::encoding::{
        PointDecodeError, point_from_bytes, point_to_bytes, scalar_from_bytes, scalar_to_bytes,
    };

    fn event(payload: PayloadKind, count: usize, num_bytes: usize) -> Event {
        Event { kind: EventKind::Message, label: "test", payload, count, offset: 0, num_bytes }
    }

    #[test]
    fn damages_of_scalars_are_what_they_are_called() {
        let x = Fr::from(123u64);
        let event = event(PayloadKind::Scalars, 1, 32);
        let damaged = |damage: Damage| {
            let mut proof = scalar_to_bytes(&x).to_vec();
            damage.apply(&mut proof, &event, 0, 0);
            proof
        };
        let decoded = |damage| scalar_from_bytes(&damaged(damage).try_into().unwrap());
        assert_eq!(decoded(Damage::AddOne), Some(Fr::from(124u64)));
        assert_eq!(decoded(Damage::Negate), Some(-x));
        assert_eq!(decoded(Damage::Zero), Some(Fr::from(0u64)));
        for damage in [Damage::NonCanonical, Damage::AllOnes, Damage::FlagBits] {
            assert_eq!(decoded(damage), None, "{damage:?}");
        }
        assert_eq!(Fr::from_le_bytes_mod_order(&damaged(Damage::NonCanonical)), x);
        assert_eq!(damaged(Damage::Duplicate).len(), 64);
        assert_eq!(damaged(Damage::Drop).len(), 0);
    }

    #[test]
    fn damages_of_points_are_what_they_are_called() {
        let generator = lariat_algebra::G1Affine::new_unchecked(Fq::from(1u64), Fq::from(2u64));
        let event = event(PayloadKind::Points, 1, 32);
        let decoded = |damage: Damage| {
            let mut proof = point_to_bytes(&generator).to_vec();
            damage.apply(&mut proof, &event, 0, 0);
            point_from_bytes(&proof.try_into().unwrap())
        };
        assert_eq!(decoded(Damage::Negate), Ok(-generator));
        assert_eq!(decoded(Damage::Identity), Ok(lariat_algebra::G1Affine::identity()));
        assert_eq!(decoded(Damage::Generator), Ok(generator));
        assert_eq!(decoded(Damage::OffCurve), Err(PointDecodeError::NotOnCurve));
        assert_eq!(decoded(Damage::NonCanonical), Err(PointDecodeError::NonCanonicalCoordinate));
        assert_eq!(decoded(Damage::FlagBits), Err(PointDecodeError::NonCanonicalCoordinate));
    }

    #[test]
    fn the_point_outside_of_the_subgroup_is_on_the_twist() {
        let bytes = outside_of_g2();
        let fq = |i: usize| Fq::from_le_bytes_mod_order(&bytes[32 * i..32 * (i + 1)]);
        let point = G2Affine::new_unchecked(Fq2::new(fq(0), fq(1)), Fq2::new(fq(2), fq(3)));
        assert!(point.is_on_curve() && !point.is_in_correct_subgroup_assuming_on_curve());
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = Damage::ALL.iter().map(|d| d.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Damage::ALL.len());
    }
}
