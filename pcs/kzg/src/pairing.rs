//! The verifier's key and its one check.

use crate::encoding::g2_to_bytes;
use ark_bn254::{Bn254, G2Affine};
use ark_ec::CurveGroup;
use ark_ec::pairing::Pairing;
use ark_ff::One;
use lariat_algebra::{G1Affine, G1Projective};
use lariat_transcript::encoding::point_to_bytes;

/// All that a verifier needs of a setup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    /// `[1]_1`.
    pub g: G1Affine,
    /// `[1]_2`.
    pub h: G2Affine,
    /// `[tau]_2`.
    pub tau_h: G2Affine,
}

impl VerifyingKey {
    /// Bytes of [`Self::to_bytes`].
    pub const BYTES: usize = 64 + 128 + 128;

    /// `g`, `h`, `tau_h`, coordinates in canonical form, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&point_to_bytes(&self.g)[..], &g2_to_bytes(&self.h), &g2_to_bytes(&self.tau_h)].concat()
    }
}

/// Whether `e(a, h) = e(b, tau h)`: two Miller loops, one final exponentiation.
pub fn check_pairing(key: &VerifyingKey, a: G1Projective, b: G1Projective) -> bool {
    let points = G1Projective::normalize_batch(&[a, -b]);
    Bn254::multi_pairing(points, [key.h, key.tau_h]).0.is_one()
}
