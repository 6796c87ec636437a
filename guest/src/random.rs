//! Numbers that look random and that everybody can compute.

use core::sync::atomic::{AtomicU32, Ordering};

/// The state of the generator, low half first.
static STATE: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];

/// Starts the numbers anew from `seed`; they start from 0 otherwise.
///
/// A seed from the public input makes them depend on it. Whoever knows the seed knows the numbers.
pub fn seed(seed: u64) {
    STATE[0].store(seed as u32, Ordering::Relaxed);
    STATE[1].store((seed >> 32) as u32, Ordering::Relaxed);
}

/// The next 64 bits, by `SplitMix64` [Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014].
pub fn next() -> u64 {
    let state = u64::from(STATE[0].load(Ordering::Relaxed)) | u64::from(STATE[1].load(Ordering::Relaxed)) << 32;
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    seed(state);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Fills `bytes` with the next numbers.
pub fn fill(bytes: &mut [u8]) {
    for chunk in bytes.chunks_mut(8) {
        let next = next().to_le_bytes();
        for (byte, next) in chunk.iter_mut().zip(next) {
            *byte = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_reference_and_start_anew() {
        // The reference implementation's first outputs for the seed 1234567.
        seed(1_234_567);
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(expected.map(|_| next()), expected);
        seed(1_234_567);
        let mut bytes = [0; 11];
        fill(&mut bytes);
        assert_eq!(bytes[..8], expected[0].to_le_bytes());
        assert_eq!(bytes[8..], expected[1].to_le_bytes()[..3]);
    }
}
