//! The one encoding of scalars and points, in proofs and in the hash chain.
//!
//! * A scalar is the 32 bytes of its canonical representative in `[0, r)`, little-endian.
//! * A point of G1 is the 32 bytes of the canonical representative of `x` in `[0, q)`, little-endian, whose highest bit is the
//!   parity of `y`. The identity is 32 zero bytes: 3 is no square modulo `q`, so that no point has `x = 0`.
//! * Where points are read that nobody wants to take roots for, as in files of public parameters, a point is `x ‖ y`, in 64 bytes.
//!   The identity is zero bytes; `(0, 0)` is not on the curve.
//!
//! Decoding accepts exactly the image of encoding. G1 of BN254 has cofactor 1: a point on the curve is in the group. Decoding 32
//! bytes takes a square root, some 300 multiplications.

use ark_ec::AffineRepr;
use ark_ff::{BigInt, Field, PrimeField};
use lariat_algebra::{Fq, Fr, G1Affine};

/// Bytes of an encoded scalar.
pub const SCALAR_BYTES: usize = 32;
/// Bytes of an encoded point.
pub const POINT_BYTES: usize = 32;
/// Bytes of both coordinates of a point.
pub const COORDINATES_BYTES: usize = 64;
/// In the last byte of an encoded point: whether `y` is odd.
const ODD: u8 = 0x80;

/// Why bytes are not a point.
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
    let Some((x, y)) = p.xy() else { return [0; POINT_BYTES] };
    let mut out = limbs_to_bytes(&x.into_bigint().0);
    if y.into_bigint().0[0] & 1 == 1 {
        out[POINT_BYTES - 1] |= ODD;
    }
    out
}

/// The point that `bytes` encode. A square root.
pub fn point_from_bytes(bytes: &[u8; POINT_BYTES]) -> Result<G1Affine, PointDecodeError> {
    if bytes.iter().all(|&b| b == 0) {
        return Ok(G1Affine::identity());
    }
    let mut x = *bytes;
    let is_odd = x[POINT_BYTES - 1] & ODD != 0;
    x[POINT_BYTES - 1] &= !ODD;
    let x = Fq::from_bigint(BigInt(limbs_from_bytes(&x))).ok_or(PointDecodeError::NonCanonicalCoordinate)?;
    let y = (x.square() * x + Fq::from(3u64)).sqrt().ok_or(PointDecodeError::NotOnCurve)?;
    let y = if (y.into_bigint().0[0] & 1 == 1) == is_odd { y } else { -y };
    Ok(G1Affine::new_unchecked(x, y))
}

/// Both coordinates of a point.
pub fn coordinates_to_bytes(p: &G1Affine) -> [u8; COORDINATES_BYTES] {
    let mut out = [0; COORDINATES_BYTES];
    if let Some((x, y)) = p.xy() {
        let (low, high) = out.split_at_mut(32);
        low.copy_from_slice(&limbs_to_bytes(&x.into_bigint().0));
        high.copy_from_slice(&limbs_to_bytes(&y.into_bigint().0));
    }
    out
}

/// The point with these coordinates.
pub fn coordinates_from_bytes(bytes: &[u8; COORDINATES_BYTES]) -> Result<G1Affine, PointDecodeError> {
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
    use ark_ff::AdditiveGroup;

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
        let mut parities = [0; 2];
        for n in 0..40 {
            for p in [multiple(n), -multiple(n)] {
                let bytes = point_to_bytes(&p);
                assert_eq!(point_from_bytes(&bytes), Ok(p));
                parities[usize::from(bytes[31] >> 7)] += 1;
            }
        }
        // Each point and its negative, and the identity twice.
        assert_eq!(parities, [41, 39]);
        assert_eq!(point_to_bytes(&G1Affine::identity()), [0; 32]);
        let mut generator = [0; 32];
        generator[0] = 1;
        assert_eq!(point_to_bytes(&multiple(1)), generator);
    }

    /// Every string of bytes that is accepted is the encoding of what it is read as.
    #[test]
    fn other_encodings_are_rejected() {
        let generator = point_to_bytes(&multiple(1));
        let mut plus_modulus = Fq::MODULUS.0;
        plus_modulus[0] += 1;
        let plus_modulus = limbs_to_bytes(&plus_modulus);
        for odd in [0, ODD] {
            // x + q, the modulus itself, and the bit that other serialisations have for the identity.
            for bytes in [plus_modulus, limbs_to_bytes(&Fq::MODULUS.0), [0xff; 32]] {
                let mut bytes = bytes;
                bytes[31] |= odd;
                assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
            }
            for mut bytes in [generator, [0; 32]] {
                bytes[31] |= 0x40 | odd;
                assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
            }
        }
        // An odd identity.
        let mut bytes = [0; 32];
        bytes[31] = ODD;
        assert_eq!(point_from_bytes(&bytes), Err(PointDecodeError::NotOnCurve));
        let mut seed = 1u64;
        for _ in 0..200 {
            let bytes: [u8; 32] = core::array::from_fn(|i| {
                seed = seed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                if i == 31 { (seed >> 56) as u8 & 0x9f } else { (seed >> 56) as u8 }
            });
            if let Ok(point) = point_from_bytes(&bytes) {
                assert!(point.is_on_curve());
                assert_eq!(point_to_bytes(&point), bytes);
            }
        }
    }

    #[test]
    fn points_off_the_curve_are_rejected() {
        let on_the_curve = |x: u64| {
            let mut bytes = [0; 32];
            bytes[..8].copy_from_slice(&x.to_le_bytes());
            match point_from_bytes(&bytes) {
                Ok(point) => Some(point),
                Err(error) => {
                    assert_eq!(error, PointDecodeError::NotOnCurve);
                    None
                }
            }
        };
        // Half of all x are; a square root is checked against Euler's criterion.
        let euler = |x: u64| {
            let x = Fq::from(x);
            (x.square() * x + Fq::from(3u64)).pow(Fq::MODULUS_MINUS_ONE_DIV_TWO) == Fq::ONE
        };
        for x in 1..100 {
            assert_eq!(on_the_curve(x).is_some(), euler(x), "{x}");
        }
    }

    #[test]
    fn coordinates_round_trip() {
        for n in 0..20 {
            let p = multiple(n);
            assert_eq!(coordinates_from_bytes(&coordinates_to_bytes(&p)), Ok(p));
        }
        assert_eq!(coordinates_to_bytes(&G1Affine::identity()), [0; 64]);
        let mut generator = [0; 64];
        (generator[0], generator[32]) = (1, 2);
        assert_eq!(coordinates_to_bytes(&multiple(1)), generator);
    }

    #[test]
    fn other_coordinates_are_rejected() {
        let generator = coordinates_to_bytes(&multiple(1));
        // x + q, y + q: the same field elements, another byte string.
        for half in 0..2 {
            let mut bytes = generator;
            let mut limbs = Fq::MODULUS.0;
            limbs[0] += 1 + half as u64;
            bytes[32 * half..32 * half + 32].copy_from_slice(&limbs_to_bytes(&limbs));
            assert_eq!(coordinates_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
        }
        // Flag bits that other serialisations keep in the top byte, with and without coordinates.
        for flag in [0x40, 0x80] {
            let mut bytes = [0; 64];
            bytes[63] = flag;
            assert_eq!(coordinates_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
            let mut bytes = generator;
            bytes[63] |= flag;
            assert_eq!(coordinates_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
        }
        // (q, q) and (q, 0) are further ways to write the coordinates of the identity.
        let mut bytes = [0; 64];
        bytes[..32].copy_from_slice(&limbs_to_bytes(&Fq::MODULUS.0));
        assert_eq!(coordinates_from_bytes(&bytes), Err(PointDecodeError::NonCanonicalCoordinate));
    }

    #[test]
    fn coordinates_off_the_curve_are_rejected() {
        let mut bytes = coordinates_to_bytes(&multiple(5));
        bytes[32] ^= 1;
        assert_eq!(coordinates_from_bytes(&bytes), Err(PointDecodeError::NotOnCurve));
        let mut bytes = [0; 64];
        bytes[0] = 1;
        assert_eq!(coordinates_from_bytes(&bytes), Err(PointDecodeError::NotOnCurve));
    }
}
