//! Bases whose discrete logarithms nobody knows, by try-and-increment.
//!
//! Base `i` is the first curve point among `x = H(i, 0), H(i, 1), ...`, where `H` is BLAKE3 in key-derivation mode under
//! [`CONTEXT`], read as a 512-bit little-endian integer modulo `q` (distance from uniform below `2^-256`); one further
//! bit chooses between the two `y`. It does not depend on how many bases are derived. BN254's G1 has cofactor 1, so a
//! point on the curve is a generator of the group.

use ark_ff::PrimeField;
use lariat_algebra::{Fq, G1Affine, par};

/// Domain separation of the hash.
pub const CONTEXT: &str = "lariat-pcs 2025 hyrax bases of bn254 g1 v1";

/// Base `index`. Two square roots on average, about 15 microseconds.
pub fn base(index: u64) -> G1Affine {
    for attempt in 0u64.. {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(&index.to_le_bytes());
        hasher.update(&attempt.to_le_bytes());
        let mut stream = hasher.finalize_xof();
        let (mut x, mut sign) = ([0; 64], [0; 1]);
        stream.fill(&mut x);
        stream.fill(&mut sign);
        let x = Fq::from_le_bytes_mod_order(&x);
        if let Some(point) = G1Affine::get_point_from_x_unchecked(x, sign[0] & 1 == 1) {
            return point;
        }
    }
    unreachable!("half of all x are on the curve")
}

/// Bases `0..count`, in parallel.
pub fn bases(count: usize) -> Vec<G1Affine> {
    par::map_collect(count, |i| base(i as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_transcript::encoding::coordinates_to_bytes;
    use std::collections::HashSet;

    #[test]
    fn bases_are_distinct_points_of_the_group_up_to_sign() {
        let bases = bases(1 << 10);
        assert!(bases.iter().all(|b| b.is_on_curve() && b.is_in_correct_subgroup_assuming_on_curve()));
        let x: HashSet<_> = bases.iter().map(|b| b.x).collect();
        assert_eq!(x.len(), bases.len());
        // Both signs occur.
        let larger = bases.iter().filter(|b| b.y > -b.y).count();
        assert!((400..624).contains(&larger), "{larger} of 1024 roots are the larger one");
    }

    #[test]
    fn first_bases_are_pinned() {
        let mut hasher = blake3::Hasher::new();
        for point in bases(16) {
            hasher.update(&coordinates_to_bytes(&point));
        }
        assert_eq!(
            hasher.finalize().to_hex().as_str(),
            "b07016209cdf25b20f84b8e6c9c6b40565bf5e26e5ba66f85ad5879aa744d01d"
        );
        assert_eq!(base(7), bases(8)[7]);
    }
}
