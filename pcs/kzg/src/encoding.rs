//! Points of G2 as bytes: `x_0 ‖ x_1 ‖ y_0 ‖ y_1`, each 32 bytes, little-endian, canonical; the identity is all zeros.

use crate::SetupError;
use ark_bn254::{Fq2, G2Affine};
use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField};
use lariat_algebra::Fq;

/// Bytes of a point of G2.
pub(crate) const G2_BYTES: usize = 128;

/// The encoding of a point.
pub(crate) fn g2_to_bytes(p: &G2Affine) -> [u8; G2_BYTES] {
    let mut out = [0; G2_BYTES];
    if let Some((x, y)) = p.xy() {
        for (chunk, c) in out.chunks_exact_mut(32).zip([x.c0, x.c1, y.c0, y.c1]) {
            for (word, limb) in chunk.chunks_exact_mut(8).zip(c.into_bigint().0) {
                word.copy_from_slice(&limb.to_le_bytes());
            }
        }
    }
    out
}

/// Four limbs from 32 bytes, little-endian.
pub(crate) fn limbs(bytes: &[u8; 32]) -> BigInt<4> {
    let (words, _) = bytes.as_chunks::<8>();
    BigInt(core::array::from_fn(|i| u64::from_le_bytes(words[i])))
}

/// The point with these coordinates, if it is one of the group of order `r` and not the identity.
pub(crate) fn checked_g2(c: [Fq; 4], index: usize) -> Result<G2Affine, SetupError> {
    let point = G2Affine::new_unchecked(Fq2::new(c[0], c[1]), Fq2::new(c[2], c[3]));
    // Coordinates that are all zero stand for the identity.
    if point.is_zero() || !point.is_on_curve() {
        return Err(SetupError::BadPoint { group: "G2", index });
    }
    if !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(SetupError::NotInSubgroup { index });
    }
    Ok(point)
}

/// Inverse of [`g2_to_bytes`]; the identity is refused.
pub(crate) fn g2_from_bytes(bytes: &[u8; G2_BYTES], index: usize) -> Result<G2Affine, SetupError> {
    let (chunks, _) = bytes.as_chunks::<32>();
    let mut c = [Fq::default(); 4];
    for (c, chunk) in c.iter_mut().zip(chunks) {
        *c = Fq::from_bigint(limbs(chunk)).ok_or(SetupError::BadPoint { group: "G2", index })?;
    }
    checked_g2(c, index)
}
