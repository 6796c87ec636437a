//! The verifier's key, and checks of pairings.

use crate::encoding::g2_to_bytes;
use ark_bn254::{Bn254, Config, G2Affine};
use ark_ec::bn::G2Prepared;
use ark_ec::pairing::Pairing;
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_ff::{One, PrimeField};
use lariat_algebra::msm::msm;
use lariat_algebra::poly::Powers;
use lariat_algebra::{Fr, G1Affine, G1Projective};
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

/// Points of G2 that a verifier pairs with others again and again: lines of their Miller loops are made once.
#[derive(Clone, Debug)]
pub struct PairedPoints(Vec<G2Prepared<Config>>);

impl PairedPoints {
    /// Makes the lines, some 17 kB a point.
    pub fn new(points: &[G2Affine]) -> Self {
        Self(points.iter().copied().map(G2Prepared::from).collect())
    }

    /// Whether `prod_i e(points_i, Q_i) = 1` for the points `Q_i` of this value, as many: a Miller loop each, whose squarings are
    /// shared, and one final exponentiation.
    pub fn check(&self, points: &[G1Projective]) -> bool {
        points.len() == self.0.len()
            && Bn254::multi_pairing(G1Projective::normalize_batch(points), self.0.iter().cloned()).0.is_one()
    }
}

/// Domain separation of the challenge by which points of two groups are compared.
const TWINS_CONTEXT: &str = "lariat-kzg 2026 check of powers of tau in both groups v1";

/// Whether points of G1 and of G2, as many, have the same logarithms to `g` and `h`: one pairing check of a random combination,
/// whose challenge is a hash of all of them. `n` points of which some have not pass with probability at most `n / r`.
pub(crate) fn are_twins(key: &VerifyingKey, points: &[G1Affine], twins: &[G2Affine]) -> bool {
    let mut hasher = blake3::Hasher::new_derive_key(TWINS_CONTEXT);
    hasher.update(&key.to_bytes());
    for point in points {
        hasher.update(&coordinates_to_bytes(point));
    }
    for twin in twins {
        hasher.update(&g2_to_bytes(twin));
    }
    let mut bytes = [0; 64];
    hasher.finalize_xof().fill(&mut bytes);
    let scalars: Vec<Fr> = Powers::new(Fr::from_le_bytes_mod_order(&bytes)).take(points.len()).collect();
    let (Ok(left), Ok(right)) = (msm(points, &scalars), <Bn254 as Pairing>::G2::msm(twins, &scalars)) else {
        return false;
    };
    Bn254::multi_pairing([left.into_affine(), -key.g], [key.h, right.into_affine()]).0.is_one()
}
