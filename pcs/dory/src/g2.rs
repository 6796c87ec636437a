//! G2: encoding, membership, and the endomorphism `psi`.
//!
//! A point is `x_0 ‖ x_1 ‖ y_0 ‖ y_1` for `x = x_0 + x_1 u`, `y = y_0 + y_1 u`, each coordinate the 32 bytes of its
//! canonical representative, little-endian; the identity is 128 zero bytes, which encode no other point, as `(0, 0)` is
//! not on the twist. Decoding accepts exactly the image of encoding
//! over the twist.
//!
//! # Membership
//! The twist over `F_{q^2}` has order `r h`, so being on it is not enough. `psi`, the Frobenius map of the curve carried
//! to the twist, multiplies G2 by `q`. A point `Q` of the twist is in G2 exactly if
//! `(x + 1) Q + psi(x Q) + psi^2(x Q) = psi^3(2 x Q)` for the curve's parameter `x` [DLZZ22]: the
//! difference of both sides is `(a + b psi) Q`, by `psi^2 = t psi - q`, its kernel has
//! `a^2 + a b t + b^2 q` points at most, and the greatest common divisor of this number and `r h` is `r`.

use crate::fq;
use ark_bn254::{Config, Fq2, G2Affine, G2Projective};
use ark_ec::bn::BnConfig;
use ark_ec::{AdditiveGroup, AffineRepr, CurveGroup};
use ark_ff::Field;
use lariat_algebra::par;
use lariat_pcs::VerifyError;

/// Bytes of an encoded point.
pub const BYTES: usize = 4 * fq::BYTES;

/// A coordinate of a point is not below the base field's modulus.
pub const CHECK_CANONICAL: &str = "G2 coordinates are canonical";
/// A point does not satisfy the twist's equation.
pub const CHECK_CURVE: &str = "G2 points are on the curve";
/// A point is not of order `r`.
pub const CHECK_SUBGROUP: &str = "G2 points are in the subgroup";

/// The encoding of a point.
pub fn to_bytes(point: &G2Affine) -> [u8; BYTES] {
    let mut out = [0; BYTES];
    if let Some((x, y)) = point.xy() {
        for (chunk, coordinate) in out.chunks_exact_mut(fq::BYTES).zip([x.c0, x.c1, y.c0, y.c1]) {
            chunk.copy_from_slice(&fq::to_bytes(&coordinate));
        }
    }
    out
}

/// The point of the twist that `bytes` encode; [`check_members`] tells whether it is in G2.
///
/// # Errors
/// When a coordinate is not canonical, or the point is not on the twist.
pub fn from_bytes(bytes: &[u8]) -> Result<G2Affine, VerifyError> {
    let [x0, x1, y0, y1] = fq::many_from_bytes(bytes).ok_or(VerifyError::Check { check: CHECK_CANONICAL })?;
    if bytes.iter().all(|&b| b == 0) {
        return Ok(G2Affine::identity());
    }
    let point = G2Affine::new_unchecked(Fq2::new(x0, x1), Fq2::new(y0, y1));
    if !point.is_on_curve() {
        return Err(VerifyError::Check { check: CHECK_CURVE });
    }
    Ok(point)
}

/// Checks that points of the twist are in G2; in parallel.
///
/// # Errors
/// When one is not.
pub fn check_members(points: &[G2Affine]) -> Result<(), VerifyError> {
    let verdicts = par::map_collect(points.len(), |i| is_in_subgroup(&points[i]));
    if verdicts.contains(&false) {
        return Err(VerifyError::Check { check: CHECK_SUBGROUP });
    }
    Ok(())
}

/// The Frobenius map of the curve, carried to the twist: multiplication by `q` on G2.
pub(crate) fn psi(point: &G2Projective) -> G2Projective {
    let mut image = *point;
    for c in [&mut image.x, &mut image.y, &mut image.z] {
        c.frobenius_map_in_place(1);
    }
    image.x *= Config::TWIST_MUL_BY_Q_X;
    image.y *= Config::TWIST_MUL_BY_Q_Y;
    image
}

/// `x P` for the curve's parameter `x`.
pub(crate) fn mul_by_x(point: &G2Projective) -> G2Projective {
    // Most significant bit first; the first doubling is of the identity.
    let x = Config::X[0];
    let affine = point.into_affine();
    let mut sum = G2Projective::default();
    for bit in (0..u64::BITS - x.leading_zeros()).rev() {
        sum.double_in_place();
        if x >> bit & 1 == 1 {
            sum += affine;
        }
    }
    sum
}

/// Whether a point of the twist has order `r` or 1.
fn is_in_subgroup(point: &G2Affine) -> bool {
    let point = G2Projective::from(*point);
    let x_p = mul_by_x(&point);
    let psi_x_p = psi(&x_p);
    let psi2_x_p = psi(&psi_x_p);
    point + x_p + psi_x_p + psi2_x_p == psi(&psi2_x_p).double()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{BigInteger, PrimeField, UniformRand, Zero};
    use lariat_algebra::{Fq, Fr};
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    fn failed<T>(check: &'static str) -> Result<T, VerifyError> {
        Err(VerifyError::Check { check })
    }

    /// A point of the twist that is not in G2.
    fn outsider(rng: &mut ChaCha20Rng) -> G2Affine {
        loop {
            if let Some(point) = G2Affine::get_point_from_x_unchecked(Fq2::rand(rng), true) {
                return point;
            }
        }
    }

    #[test]
    fn encoding_round_trip() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let points: Vec<G2Affine> = (0..10).map(|_| G2Affine::rand(&mut rng)).chain([G2Affine::identity()]).collect();
        for q in &points {
            assert_eq!(from_bytes(&to_bytes(q)), Ok(*q));
        }
        assert_eq!(check_members(&points), Ok(()));
        assert_eq!(to_bytes(&G2Affine::identity()), [0; BYTES]);
    }

    #[test]
    fn coordinates_not_below_the_modulus_are_rejected() {
        let bytes = to_bytes(&G2Affine::generator());
        for i in 0..4 {
            for other in [Fq::MODULUS.to_bytes_le(), vec![0xff; 32]] {
                let mut forged = bytes;
                forged[32 * i..32 * (i + 1)].copy_from_slice(&other);
                assert_eq!(from_bytes(&forged), failed(CHECK_CANONICAL));
                // The identity has one encoding.
                let mut forged = [0; BYTES];
                forged[32 * i..32 * (i + 1)].copy_from_slice(&other);
                assert_eq!(from_bytes(&forged), failed(CHECK_CANONICAL));
            }
        }
    }

    #[test]
    fn other_lengths_are_rejected() {
        let bytes = to_bytes(&G2Affine::generator());
        let longer = [&bytes[..], &[0; 32]].concat();
        assert_eq!(from_bytes(&bytes), Ok(G2Affine::generator()));
        for wrong in [&longer[..=BYTES], &longer, &bytes[1..], &bytes[..BYTES - 1], &bytes[..BYTES - 32], &[]] {
            assert_eq!(from_bytes(wrong), failed(CHECK_CANONICAL), "{} bytes", wrong.len());
        }
    }

    #[test]
    fn points_off_the_curve_are_rejected() {
        for i in [0, 32, 64, 96] {
            let mut bytes = to_bytes(&G2Affine::generator());
            bytes[i] ^= 1;
            assert_eq!(from_bytes(&bytes), failed(CHECK_CURVE));
        }
        let mut bytes = [0; BYTES];
        bytes[0] = 1;
        assert_eq!(from_bytes(&bytes), failed(CHECK_CURVE));
    }

    #[test]
    fn points_outside_of_the_subgroup_are_rejected() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        for _ in 0..20 {
            let point = outsider(&mut rng);
            let decoded = from_bytes(&to_bytes(&point)).unwrap();
            let order_r = decoded.mul_bigint(Fr::MODULUS).is_zero();
            assert!(!order_r);
            assert_eq!(check_members(&[G2Affine::generator(), point]), failed(CHECK_SUBGROUP));
            // Nor is its part of the cofactor's order; the part in G2 is accepted.
            let rest = point.mul_bigint(Fr::MODULUS).into_affine();
            assert_eq!(check_members(&[rest]), failed(CHECK_SUBGROUP));
            assert_eq!(check_members(&[point.clear_cofactor()]), Ok(()));
        }
    }

    #[test]
    fn the_endomorphism_multiplies_by_the_base_fields_order() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let q = G2Projective::rand(&mut rng);
        assert_eq!(psi(&q), q * Fr::from(6u64) * Fr::from(Config::X[0]) * Fr::from(Config::X[0]));
        assert_eq!(mul_by_x(&q), q * Fr::from(Config::X[0]));
        assert!(mul_by_x(&G2Projective::zero()).is_zero());
    }
}
