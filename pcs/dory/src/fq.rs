//! Coordinates in the base field as bytes.

use ark_ff::{BigInt, PrimeField};
use lariat_algebra::Fq;

/// Bytes of an encoded coordinate.
pub(crate) const BYTES: usize = 32;

/// The canonical representative in `[0, q)`, little-endian.
pub(crate) fn to_bytes(x: &Fq) -> [u8; BYTES] {
    let mut out = [0; BYTES];
    for (chunk, limb) in out.chunks_exact_mut(8).zip(x.into_bigint().0) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    out
}

/// The coordinate that `bytes` encode, or `None` when they are not below the modulus.
pub(crate) fn from_bytes(bytes: &[u8; BYTES]) -> Option<Fq> {
    let (words, _) = bytes.as_chunks::<8>();
    let mut limbs = [0; 4];
    for (limb, word) in limbs.iter_mut().zip(words) {
        *limb = u64::from_le_bytes(*word);
    }
    Fq::from_bigint(BigInt(limbs))
}

/// `N` coordinates, one after the other; `bytes` hold exactly as many.
pub(crate) fn many_from_bytes<const N: usize>(bytes: &[u8]) -> Option<[Fq; N]> {
    let (chunks, rest) = bytes.as_chunks::<BYTES>();
    if chunks.len() != N || !rest.is_empty() {
        return None;
    }
    let mut out = [Fq::from(0u64); N];
    for (x, chunk) in out.iter_mut().zip(chunks) {
        *x = from_bytes(chunk)?;
    }
    Some(out)
}
