//! Setups, their files, and commitments under them.

mod file;
mod ptau;

use crate::{Kzg, PairedPoints, PowersOfTau, SetupError, check_pairing, divide_by_linear, for_scheme};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, One, UniformRand, Zero};
use lariat_algebra::msm::RowValues;
use lariat_algebra::{Fr, G1Affine};
use lariat_pcs::{PcsError, PcsKind, Resources, SetupSource};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::sync::Arc;

const KIND: PcsKind = PcsKind::new(200, "test");

fn setup(name: &str, log_len: usize) -> Arc<PowersOfTau> {
    Arc::new(PowersOfTau::from_seed(name, log_len).unwrap())
}

/// The powers by repeated multiplication with a known `tau`.
fn naive_powers(tau: Fr, len: usize) -> Vec<G1Affine> {
    let powers = std::iter::successors(Some(Fr::one()), |p| Some(*p * tau));
    powers.take(len).map(|p| (G1Affine::generator() * p).into_affine()).collect()
}

#[test]
fn seeded_powers_are_those_of_the_tau_in_g2() {
    let setup = setup("seeded", 9);
    let tau = crate::setup::secret("seeded", "tau");
    assert_eq!(setup.powers().unwrap(), naive_powers(tau, 512));
    assert_eq!(setup.verifying_key().tau_h, (setup.verifying_key().h * tau).into_affine());
    for log_len in 0..=9 {
        setup.check_powers(log_len).unwrap();
        assert_eq!(setup.prefix(log_len).unwrap(), setup.powers().unwrap()[..1 << log_len]);
    }
    assert!(matches!(setup.prefix(10), Err(SetupError::TooShort { needed: 10, available: 9 })));
    assert_eq!(*setup.source(), SetupSource::InsecureSeed { name: "seeded".into() });
}

#[test]
fn spaced_powers_are_those_of_tau_in_g2() {
    let setup = setup("spaced", 9);
    let (h, tau) = (setup.verifying_key().h, crate::setup::secret("spaced", "tau"));
    for count in 0..=4usize {
        for s in 0..=9 - count {
            let expected: Vec<_> = (0..1u64 << count).map(|i| (h * tau.pow([i << s])).into_affine()).collect();
            assert_eq!(setup.spaced_powers(s, count).unwrap(), expected);
        }
        // No more than a setup of so many powers in G1 has in G2, and no more than 16 of one spacing.
        let error = setup.spaced_powers(10 - count, count).unwrap_err();
        assert!(matches!(error, SetupError::TooShort { needed: 10, available: 9 }), "{error}");
    }
    assert!(matches!(setup.spaced_powers(0, 5), Err(SetupError::TooShort { needed: 5, available: 9 })));
    let without = crate::spaced::Spaced::Points(Vec::new());
    let powers = crate::setup::Origin::Memory(setup.powers().unwrap().to_vec());
    let bare = PowersOfTau::new(9, setup.source().clone(), setup.verifying_key().clone(), powers, without).unwrap();
    assert!(matches!(bare.spaced_powers(1, 1), Err(SetupError::BadPoint { group: "G2", index: 2 })));
}

#[test]
fn pairings_are_multiplied() {
    let setup = setup("paired", 4);
    let tau = crate::setup::secret("paired", "tau");
    let points = PairedPoints::new(&setup.spaced_powers(1, 2).unwrap());
    let g = setup.verifying_key().g;
    // a + b tau^2 + c tau^4 + d tau^6 = 0.
    let [b, c, d] = [3u64, 5, 7].map(Fr::from);
    let a = -(b * tau.pow([2]) + c * tau.pow([4]) + d * tau.pow([6]));
    let multiples = [a, b, c, d].map(|s| g * s);
    assert!(points.check(&multiples));
    assert!(points.check(&[Fr::zero(); 4].map(|s| g * s)));
    for i in 0..4 {
        let mut wrong = multiples;
        wrong[i] += g;
        assert!(!points.check(&wrong));
    }
    // As many points as there are, and no others.
    assert!(!points.check(&[Fr::zero(); 3].map(|s| g * s)));
    assert!(!points.check(&[Fr::zero(); 5].map(|s| g * s)));
}

#[test]
fn digests_bind_the_powers_and_neither_length_nor_name() {
    assert_eq!(setup("a", 3).digest(), setup("a", 20).digest());
    assert_ne!(setup("a", 3).digest(), setup("b", 3).digest());
    assert_ne!(setup("a", 3).verifying_key(), setup("b", 3).verifying_key());
    // The same tau under another source and name is the same setup.
    let key = setup("a", 3).verifying_key().clone();
    let powers = setup("a", 3).powers().unwrap().to_vec();
    let source = SetupSource::Ceremony { name: "other".into() };
    let spaced = crate::spaced::Spaced::Points(Vec::new());
    let other = Arc::new(PowersOfTau::new(3, source, key, crate::setup::Origin::Memory(powers), spaced).unwrap());
    assert_eq!(other.digest(), setup("a", 3).digest());
    // Tables are shared between the two, sources are not: a seed's setup must not pass for a ceremony's.
    for own in [setup("a", 3), other] {
        let kzg = Kzg::shared(&own, 3, KIND).unwrap();
        kzg.powers().unwrap();
        assert_eq!(kzg.setup().source(), own.source());
    }
}

#[test]
fn names_and_lengths_are_checked() {
    assert!(matches!(PowersOfTau::from_seed("", 3), Err(SetupError::BadName)));
    assert!(matches!(PowersOfTau::from_seed("two words", 3), Err(SetupError::BadName)));
    assert!(matches!(PowersOfTau::from_seed("x", 29), Err(SetupError::TooLong { log_len: 29, max: 28 })));
    // The largest costs nothing before powers are needed.
    assert_eq!(PowersOfTau::from_seed("x", 28).unwrap().log_len(), 28);
}

#[test]
fn division_leaves_the_value() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    assert_eq!(divide_by_linear(&[], Fr::one()), (vec![], Fr::zero()));
    for len in [1usize, 2, 3, 17, 1000] {
        let f: Vec<Fr> = (0..len).map(|_| Fr::rand(&mut rng)).collect();
        for z in [Fr::zero(), Fr::one(), Fr::rand(&mut rng)] {
            let (q, v) = divide_by_linear(&f, z);
            assert_eq!(q.len(), len - 1);
            // f = q (X - z) + v, coefficient by coefficient.
            let at = |i: usize| q.get(i).copied().unwrap_or_default();
            for (i, c) in f.iter().enumerate() {
                let shifted = if i == 0 { v } else { at(i - 1) };
                assert_eq!(*c, shifted - z * at(i));
            }
        }
    }
}

#[test]
fn openings_verify_and_wrong_ones_do_not() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let kzg = Kzg::shared(&setup("openings", 8), 6, KIND).unwrap();
    let key = kzg.verifying_key();
    for len in [1usize, 2, 63, 64] {
        let f: Vec<Fr> = (0..len).map(|_| Fr::rand(&mut rng)).collect();
        let z = Fr::rand(&mut rng);
        let (q, v) = divide_by_linear(&f, z);
        let (c, w) = (kzg.commit(&f).unwrap(), kzg.commit(&q).unwrap());
        let check = |v: Fr, w: G1Affine| check_pairing(key, c + w * z - key.g * v, w.into_group());
        assert!(check(v, w));
        assert!(!check(v + Fr::one(), w));
        assert!(!check(v, (w + key.g).into_affine()));
    }
    let zero = Fr::zero();
    assert!(check_pairing(key, key.g * zero, key.g * zero));
    assert!(!check_pairing(key, key.g * zero, key.g.into_group()));
    assert!(!check_pairing(key, key.g.into_group(), key.g * zero));
}

#[test]
fn index_of_an_evaluation_is_the_degree() {
    let kzg = Kzg::shared(&setup("openings", 8), 6, KIND).unwrap();
    for i in [0usize, 1, 5, 63] {
        let mut row = [0u8; 64];
        row[i] = 1;
        assert_eq!(kzg.commit_rows(&[RowValues::U8(&row)]).unwrap(), [kzg.powers().unwrap()[i]]);
    }
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let small: Vec<u16> = (0..64).map(|_| rng.r#gen()).collect();
    let full: Vec<Fr> = small.iter().map(|&v| Fr::from(v)).collect();
    let rows = [RowValues::U16(&small), RowValues::Field(&full), RowValues::Bool(&[])];
    let expected = kzg.commit(&full).unwrap();
    assert_eq!(kzg.commit_rows(&rows).unwrap(), [expected, expected, G1Affine::identity()]);
}

#[test]
fn a_setup_that_lacks_powers_is_refused_with_the_number() {
    let error = Kzg::shared(&setup("short", 5), 6, KIND).unwrap_err();
    assert_eq!(error, PcsError::SetupTooSmall { kind: KIND, needed: 6, available: 5 });
    assert!(Kzg::shared(&setup("short", 5), 5, KIND).is_ok());
    let mut resources = Resources::default();
    assert_eq!(for_scheme(&resources, KIND).unwrap_err(), PcsError::NoSetup { kind: KIND });
    resources.insert(setup("short", 5));
    assert_eq!(for_scheme(&resources, KIND).unwrap().log_len(), 5);
}

#[test]
fn tables_are_made_once_for_a_setup_and_length() {
    let first = Kzg::shared(&setup("shared", 6), 5, KIND).unwrap();
    let same = Kzg::shared(&setup("shared", 7), 5, PcsKind::new(201, "other")).unwrap();
    let longer = Kzg::shared(&setup("shared", 7), 6, KIND).unwrap();
    let first_powers = first.powers().unwrap();
    // Only tables that exist are shared between setups.
    let later = Kzg::shared(&setup("shared", 8), 5, KIND).unwrap();
    assert!(std::ptr::eq(first_powers, later.powers().unwrap()));
    assert_eq!(first_powers, same.powers().unwrap());
    assert_eq!(longer.powers().unwrap().len(), 64);
}

#[test]
fn rejects_a_tau_of_zero_one_or_minus_one() {
    use crate::{VerifyingKey, setup::Origin, spaced::Spaced};
    let (g, h) = (G1Affine::generator(), ark_bn254::G2Affine::generator());
    for tau in [Fr::zero(), Fr::one(), -Fr::one()] {
        let key = VerifyingKey::new(g, h, (h * tau).into_affine());
        let source = SetupSource::InsecureSeed { name: "degenerate".into() };
        let made = PowersOfTau::new(1, source, key, Origin::Seed(tau), Spaced::Seed(tau));
        assert!(matches!(made, Err(SetupError::DegenerateTau)));
    }
}
