//! The verifier's key and its one check.

use crate::encoding::g2_to_bytes;
use ark_bn254::{Bn254, Config, G2Affine};
use ark_ec::CurveGroup;
use ark_ec::bn::G2Prepared;
use ark_ec::pairing::Pairing;
use ark_ff::One;
use lariat_algebra::{G1Affine, G1Projective};
use lariat_transcript::encoding::coordinates_to_bytes;
use std::sync::OnceLock;

/// All that a verifier needs of a setup.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    /// `[1]_1`.
    pub g: G1Affine,
    /// `[1]_2`.
    pub h: G2Affine,
    /// `[tau]_2`.
    pub tau_h: G2Affine,
    /// Lines of the Miller loops of `h` and `tau_h`, made at the first check.
    prepared: OnceLock<[G2Prepared<Config>; 2]>,
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        (self.g, self.h, self.tau_h) == (other.g, other.h, other.tau_h)
    }
}

impl Eq for VerifyingKey {}

impl VerifyingKey {
    /// The key of these points, which count as checked.
    pub fn new(g: G1Affine, h: G2Affine, tau_h: G2Affine) -> Self {
        Self { g, h, tau_h, prepared: OnceLock::new() }
    }

    /// Bytes of [`Self::to_bytes`].
    pub const BYTES: usize = 64 + 128 + 128;

    /// `g`, `h`, `tau_h`, coordinates in canonical form, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&coordinates_to_bytes(&self.g)[..], &g2_to_bytes(&self.h), &g2_to_bytes(&self.tau_h)].concat()
    }
}

/// Whether `e(a, h) = e(b, tau h)`: two Miller loops, one final exponentiation.
pub fn check_pairing(key: &VerifyingKey, a: G1Projective, b: G1Projective) -> bool {
    let points = G1Projective::normalize_batch(&[a, -b]);
    let [h, tau_h] = key.prepared.get_or_init(|| [key.h, key.tau_h].map(G2Prepared::from));
    Bn254::multi_pairing(points, [h.clone(), tau_h.clone()]).0.is_one()
}
