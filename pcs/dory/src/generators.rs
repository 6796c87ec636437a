//! Generators of both groups whose discrete logarithms nobody knows, by try-and-increment.
//!
//! Generator `i` of a group is made from the first curve point among `x = H(i, 0), H(i, 1), ...`, where `H` is BLAKE3
//! in key-derivation mode under the group's context; each coordinate of `x` is a 512-bit little-endian integer modulo
//! `q` (distance from uniform below `2^-256`), and one further bit chooses between the two `y`. It does not depend on
//! how many generators are derived.
//!
//! * G1 has cofactor 1: a point on the curve is a generator.
//! * The twist has order `r h` with `h = 2 q - r`. A point on it is mapped into G2 by
//!   `x P + psi(3 x P) + psi^2(x P) + psi^3(P)`, a multiple of `h P` by a number prime to `r` [FKR11, §6.1], where `x`
//!   is the curve's parameter and `psi` the map of [`g2`](crate::g2). The identity, which one point in `r`
//!   is mapped to, is passed over.

use crate::g2::{mul_by_x, psi};
use ark_bn254::{Fq2, G2Affine, G2Projective};
use ark_ec::{AdditiveGroup, AffineRepr, CurveGroup};
use ark_ff::PrimeField;
use lariat_algebra::{Fq, G1Affine, par};

/// Domain separation of the hash to G1.
pub const G1_CONTEXT: &str = "lariat-pcs 2025 dory generators of bn254 g1 v1";
/// Domain separation of the hash to G2.
pub const G2_CONTEXT: &str = "lariat-pcs 2025 dory generators of bn254 g2 v1";

/// `N` coordinates and a bit, from the hash of a generator's number and an attempt's.
fn candidate<const N: usize>(context: &str, index: u64, attempt: u64) -> ([Fq; N], bool) {
    let mut hasher = blake3::Hasher::new_derive_key(context);
    hasher.update(&index.to_le_bytes());
    hasher.update(&attempt.to_le_bytes());
    let mut stream = hasher.finalize_xof();
    let coordinates = core::array::from_fn(|_| {
        let mut bytes = [0; 64];
        stream.fill(&mut bytes);
        Fq::from_le_bytes_mod_order(&bytes)
    });
    let mut sign = [0];
    stream.fill(&mut sign);
    (coordinates, sign[0] & 1 == 1)
}

/// Generator `index` of G1. Two square roots on average.
pub fn g1_generator(index: u64) -> G1Affine {
    for attempt in 0u64.. {
        let ([x], larger) = candidate(G1_CONTEXT, index, attempt);
        if let Some(point) = G1Affine::get_point_from_x_unchecked(x, larger) {
            return point;
        }
    }
    unreachable!("half of all x are on the curve")
}

/// Generator `index` of G2. Two square roots on average, and two multiplications by 63-bit numbers.
pub fn g2_generator(index: u64) -> G2Affine {
    for attempt in 0u64.. {
        let ([x0, x1], larger) = candidate(G2_CONTEXT, index, attempt);
        let Some(point) = G2Affine::get_point_from_x_unchecked(Fq2::new(x0, x1), larger) else { continue };
        let point = clear_cofactor(&point).into_affine();
        if !point.is_zero() {
            return point;
        }
    }
    unreachable!("half of all x are on the curve")
}

/// A multiple of `h P` by a fixed number prime to `r` [FKR11, §6.1].
fn clear_cofactor(point: &G2Affine) -> G2Projective {
    let x_p = mul_by_x(&(*point).into());
    let three_x_p = x_p.double() + x_p;
    x_p + psi(&three_x_p) + psi(&psi(&x_p)) + psi(&psi(&psi(&(*point).into())))
}

/// Generators `0..count` of G1, in parallel.
pub fn g1_generators(count: usize) -> Vec<G1Affine> {
    par::map_collect(count, |i| g1_generator(i as u64))
}

/// Generators `0..count` of G2, in parallel.
pub fn g2_generators(count: usize) -> Vec<G2Affine> {
    par::map_collect(count, |i| g2_generator(i as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::g2;
    use ark_ec::AffineRepr;
    use ark_ff::Zero;
    use lariat_algebra::Fr;
    use lariat_transcript::encoding::coordinates_to_bytes;
    use std::collections::HashSet;

    #[test]
    fn generators_are_distinct_points_of_the_groups() {
        let (first, second) = (g1_generators(256), g2_generators(256));
        assert!(first.iter().all(|p| p.is_on_curve() && !p.is_zero()));
        for q in &second {
            assert!(q.is_on_curve() && !q.is_zero());
            assert!(q.mul_bigint(Fr::MODULUS).is_zero(), "a multiple of the cofactor");
        }
        assert_eq!(first.iter().map(|p| p.x).collect::<HashSet<_>>().len(), 256);
        assert_eq!(second.iter().map(|q| q.x).collect::<HashSet<_>>().len(), 256);
        let larger = second.iter().filter(|q| q.y > -q.y).count();
        assert!((78..178).contains(&larger), "{larger} of 256 roots are the larger one");
    }

    #[test]
    fn the_cofactor_is_cleared_from_every_point_of_the_twist() {
        let mut found = 0;
        for attempt in 0.. {
            let ([x0, x1], larger) = candidate(G2_CONTEXT, 1 << 40, attempt);
            let Some(point) = G2Affine::get_point_from_x_unchecked(Fq2::new(x0, x1), larger) else { continue };
            assert!(!point.mul_bigint(Fr::MODULUS).is_zero(), "a point of the twist is not in G2");
            assert!(clear_cofactor(&point).into_affine().mul_bigint(Fr::MODULUS).is_zero());
            // A point without a part in G2 becomes the identity.
            let outside = point.mul_bigint(Fr::MODULUS).into_affine();
            assert!(clear_cofactor(&outside).is_zero());
            found += 1;
            if found == 20 {
                break;
            }
        }
    }

    #[test]
    fn first_generators_are_pinned() {
        let mut hasher = blake3::Hasher::new();
        for i in 0..16 {
            hasher.update(&coordinates_to_bytes(&g1_generator(i)));
            hasher.update(&g2::to_bytes(&g2_generator(i)));
        }
        assert_eq!(
            hasher.finalize().to_hex().as_str(),
            "0fb55b5a4ff1124a8d0938f6f74dd2128f19ccafbd026412edebfc4ae2cc7231"
        );
        assert_eq!(g1_generator(7), g1_generators(8)[7]);
        assert_eq!(g2_generator(7), g2_generators(8)[7]);
    }
}
