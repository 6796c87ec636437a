//! The one encoding of scalars and points, in proofs and in the hash chain.
//!
//! * A scalar is the 32 bytes of its canonical representative in `[0, r)`, little-endian.
//! * A point of G1 is `x ‖ y`, each the 32 bytes of the canonical representative in `[0, q)`, little-endian. The
//!   identity is 64 zero bytes; `(0, 0)` is not on the curve, so this collides with no other point.
//!
//! Decoding accepts exactly the image of encoding. G1 of BN254 has cofactor 1: a point on the curve is in the group.

use ark_ec::AffineRepr;
use ark_ff::{BigInt, PrimeField};
use lariat_algebra::{Fq, Fr, G1Affine};

/// Bytes of an encoded scalar.
pub const SCALAR_BYTES: usize = 32;
/// Bytes of an encoded point.
pub const POINT_BYTES: usize = 64;

/// Why 64 bytes are not a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PointDecodeError {
    /// A coordinate is not below the base field's modulus.
    #[error("coordinate not below the modulus of the base field")]
    NonCanonicalCoordinate,
    /// The coordinates do not satisfy the curve equation.
    #[error("point not on the curve")]
    NotOnCurve,
}

fn limbs_to_bytes(limbs: &[u64; 4]) -> [u8; 32] {
    let mut out = [0; 32];
    for (chunk, limb) in out.chunks_exact_mut(8).zip(limbs) {
        chunk.copy_from_slice(&limb.to_le_bytes());
    }
    out
}

fn limbs_from_bytes(bytes: &[u8; 32]) -> [u64; 4] {
    let (words, _) = bytes.as_chunks::<8>();
    core::array::from_fn(|i| u64::from_le_bytes(words[i]))
}

/// The encoding of a scalar.
pub fn scalar_to_bytes(x: &Fr) -> [u8; SCALAR_BYTES] {
    limbs_to_bytes(&x.into_bigint().0)
}

/// The scalar that `bytes` encode, or `None` when they are not below the modulus.
pub fn scalar_from_bytes(bytes: &[u8; SCALAR_BYTES]) -> Option<Fr> {
    Fr::from_bigint(BigInt(limbs_from_bytes(bytes)))
}

/// The encoding of a point.
pub fn point_to_bytes(p: &G1Affine) -> [u8; POINT_BYTES] {
    let mut out = [0; POINT_BYTES];
    if let Some((x, y)) = p.xy() {
        let (low, high) = out.split_at_mut(32);
        low.copy_from_slice(&limbs_to_bytes(&x.into_bigint().0));
        high.copy_from_slice(&limbs_to_bytes(&y.into_bigint().0));
    }
    out
}

/// The point that `bytes` encode.
pub fn point_from_bytes(bytes: &[u8; POINT_BYTES]) -> Result<G1Affine, PointDecodeError> {
    if bytes.iter().all(|&b| b == 0) {
        return Ok(G1Affine::identity());
    }
    let (coordinates, _) = bytes.as_chunks::<32>();
    let coordinate = |i: usize| {
        Fq::from_bigint(BigInt(limbs_from_bytes(&coordinates[i]))).ok_or(PointDecodeError::NonCanonicalCoordinate)
    };
    let point = G1Affine::new_unchecked(coordinate(0)?, coordinate(1)?);
    if point.is_on_curve() { Ok(point) } else { Err(PointDecodeError::NotOnCurve) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ec::CurveGroup;
    use ark_ff::{AdditiveGroup, Field};

    /// `n`-th multiple of the generator.
    fn multiple(n: u64) -> G1Affine {
        (G1Affine::generator() * Fr::from(n)).into_affine()
    }

    #[test]
    fn scalar_round_trip_at_the_corners() {
        for x in [Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(u64::MAX), Fr::ONE / Fr::from(3u64)] {
            assert_eq!(scalar_from_bytes(&scalar_to_bytes(&x)), Some(x));
        }
        assert_eq!(scalar_to_bytes(&Fr::from(0x0102u64))[..3], [2, 1, 0]);
    }

    #[test]
    fn scalars_not_below_the_modulus_are_rejected() {
        let modulus = limbs_to_bytes(&Fr::MODULUS.0);
        assert_eq!(scalar_from_bytes(&modulus), None);
        assert_eq!(scalar_from_bytes(&[0xff; 32]), None);
        let mut above = modulus;
        above[0] += 1;
        assert_eq!(scalar_from_bytes(&above), None);
        let mut below = modulus;
        below[0] -= 1;
        assert_eq!(scalar_from_bytes(&below), Some(-Fr::ONE));
    }

    #[test]
    fn point_round_trip() {
        for n in 0..20 {
            let p = multiple(n);
            assert_eq!(point_from_bytes(&point_to_bytes(&p)), Ok(p));
        }
        assert_eq!(point_to_bytes(&G1Affine::identity()), [0; 64]);
        let mut generator = [0; 64];
        (generator[0], generator[32]) = (1, 2);
        assert_eq!(point_to_bytes(&multiple(1)), generator);
    }

    #[test]
    fn other_encodings_are_rejected() {
        let generator = point_to_bytes(&multiple(1));
        // x + q, y + q: the same field elements, another byte string.
        for half in 0..2 {
            let mut bytes = generator;
            let mut limbs = Fq::MODULUS.0;
            limbs[0] += 1 + half as u64;
            bytes[32 * half..32 * half + 32].copy_from_slice(&limbs_to_bytes(&limbs));
            assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
        }
        // Flag bits that other serialisations keep in the top byte, with and without coordinates.
        for flag in [0x40, 0x80] {
            let mut bytes = [0; 64];
            bytes[63] = flag;
            assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
            let mut bytes = generator;
            bytes[63] |= flag;
            assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
        }
        // (q, q) and (q, 0) are further ways to write the coordinates of the identity.
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&limbs_to_bytes(&Fq::MODULUS.0));
        assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
    }

    #[test]
    fn points_off_the_curve_are_rejected() {
        let mut bytes = point_to_bytes(&multiple(5));
        bytes[32] ^= 1;
        assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NotOnCurve));
        let mut bytes = [0; 64];
        bytes[0] = 1;
        assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NotOnCurve));
    }
}
