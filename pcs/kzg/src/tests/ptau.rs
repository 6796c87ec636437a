//! Ceremony files: the project's own, one made by another program, and damaged ones.

use super::*;
use crate::Contributions;
use crate::ptau::POINTS_AT_ONCE;
use crate::setup::Origin;
use crate::spaced::Spaced;
use ark_bn254::{Fq2, G2Affine};
use ark_ff::FftField;
use lariat_algebra::Fq;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Offsets in a file of `write_ptau` of power 3: section 1 has 44 bytes, every section a head of 12.
const HEADER: usize = 24;
const G1: usize = HEADER + 44 + 12;
const G2: usize = G1 + 15 * 64 + 12;
/// Bytes of the one contribution at the end.
const CONTRIBUTION: usize = 64 + 128 + 1308 + 4;

fn written(power: usize) -> (TempDir, PathBuf, Vec<u8>) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("test.ptau");
    setup("ceremony", power).write_ptau(&path, Contributions::StandIn).unwrap();
    let bytes = fs::read(&path).unwrap();
    (dir, path, bytes)
}

fn import(path: &Path, bytes: &[u8]) -> Result<PowersOfTau, SetupError> {
    fs::write(path, bytes).unwrap();
    PowersOfTau::import_ptau(path, "test-ceremony", None)
}

#[test]
fn files_give_back_the_powers() {
    for power in [1usize, 3, 7] {
        let (_dir, path, _) = written(power);
        let original = setup("ceremony", power);
        for max in [None, Some(0), Some(power - 1), Some(power), Some(20)] {
            let imported = PowersOfTau::import_ptau(&path, "test-ceremony", max).unwrap();
            let log_len = max.unwrap_or(power).min(power);
            assert_eq!(imported.log_len(), log_len);
            assert_eq!(imported.powers().unwrap(), original.prefix(log_len).unwrap());
            assert_eq!(imported.verifying_key(), original.verifying_key());
            let spacing = log_len.saturating_sub(4);
            let in_g2 = |setup: &PowersOfTau| setup.spaced_powers(spacing, log_len - spacing).unwrap();
            assert_eq!(in_g2(&imported), in_g2(&original));
            assert_eq!(*imported.source(), SetupSource::Ceremony { name: "test-ceremony".into() });
        }
        assert!(matches!(PowersOfTau::import_ptau(&path, "no good", None), Err(SetupError::BadName)));
    }
}

#[test]
fn an_imported_setup_survives_its_file_and_commits() {
    let (dir, path, _) = written(4);
    let imported = PowersOfTau::import_ptau(&path, "test-ceremony", None).unwrap();
    let saved = dir.path().join("saved");
    imported.save(&saved).unwrap();
    let opened = Arc::new(PowersOfTau::open(&saved).unwrap());
    assert_eq!(opened.digest(), imported.digest());
    assert_eq!(opened.source(), imported.source());
    let kzg = Kzg::shared(&opened, 4, KIND).unwrap();
    let f: Vec<Fr> = (1..=16u64).map(Fr::from).collect();
    assert_eq!(kzg.commit(&f).unwrap(), Kzg::shared(&setup("ceremony", 4), 4, KIND).unwrap().commit(&f).unwrap());
    // Nobody knows the tau of what was imported.
    assert!(matches!(opened.write_ptau(&path, Contributions::None), Err(SetupError::NoTrapdoor)));
}

#[test]
fn a_file_made_by_an_independent_program_is_read() {
    // scripts/make-test-ptau.py 1789 3
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/tau-1789-power-3.ptau");
    let imported = PowersOfTau::import_ptau(&path, "python", None).unwrap();
    assert_eq!(imported.powers().unwrap(), naive_powers(Fr::from(1789u64), 8));
    assert_eq!(imported.verifying_key().tau_h, (G2Affine::generator() * Fr::from(1789u64)).into_affine());
    // And what this program writes has the same layout.
    let (theirs, (_dir, _, ours)) = (fs::read(&path).unwrap(), written(3));
    assert_eq!(theirs.len(), ours.len() - CONTRIBUTION, "no contributions");
    assert_eq!(*imported.source(), SetupSource::InsecureFile { name: "python".into() });
    assert_eq!(theirs[..G1 + 64], ours[..G1 + 64], "heads, header and first point");
    assert_eq!(theirs[G2..G2 + 128], ours[G2..G2 + 128], "first point in G2");
}

#[test]
fn other_files_and_versions_are_refused() {
    let (_dir, path, bytes) = written(3);
    let forge = |at: usize, value: u8| {
        let mut forged = bytes.clone();
        forged[at] = value;
        import(&path, &forged).unwrap_err()
    };
    assert!(matches!(forge(0, b'z'), SetupError::BadMagic { expected: ".ptau" }));
    assert!(matches!(import(&path, b""), Err(SetupError::BadMagic { .. })));
    assert!(matches!(forge(4, 2), SetupError::BadVersion { format: ".ptau", expected: 1, got: 2 }));
    assert!(matches!(forge(11, 1), SetupError::BadHeader { .. }));
    // Coordinates of 48 bytes; another prime.
    assert!(matches!(forge(HEADER, 48), SetupError::WrongCurve));
    assert!(matches!(forge(HEADER + 4, 1), SetupError::WrongCurve));
    // The scalar field's prime in place of the base field's.
    let mut forged = bytes.clone();
    let r: Vec<u8> = <Fr as ark_ff::PrimeField>::MODULUS.0.iter().flat_map(|limb| limb.to_le_bytes()).collect();
    forged[HEADER + 4..HEADER + 36].copy_from_slice(&r);
    assert!(matches!(import(&path, &forged), Err(SetupError::WrongCurve)));
    // Another power than there are points for; one that is absurd; more than the ceremony's.
    assert!(matches!(forge(HEADER + 36, 2), SetupError::BadSection { section: 2, .. }));
    assert!(matches!(forge(HEADER + 36, 29), SetupError::TooLong { log_len: 29, max: 28 }));
    assert!(matches!(forge(HEADER + 40, 2), SetupError::BadHeader { .. }));
    assert!(matches!(forge(HEADER + 40, 29), SetupError::BadHeader { .. }));
}

#[test]
fn damaged_section_tables_are_refused() {
    let (_dir, path, bytes) = written(3);
    for len in (0..bytes.len()).filter(|len| *len < G1 || len % 61 == 0) {
        assert!(import(&path, &bytes[..len]).is_err(), "{len} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(import(&path, &longer), Err(SetupError::BadLength { .. })));
    let renumbered = |from: usize, to: u8| {
        let mut forged = bytes.clone();
        forged[from] = to;
        import(&path, &forged)
    };
    let seven = bytes.len() - CONTRIBUTION - 4 - 12;
    for (section, at) in [(1u32, 12usize), (2, G1 - 12), (3, G2 - 12), (7, seven)] {
        assert_eq!(u32::from(bytes[at]), section);
        let error = renumbered(at, 60).unwrap_err();
        assert!(
            matches!(error, SetupError::BadSection { section: s, problem: "is absent" } if s == section),
            "{error}"
        );
    }
    let error = renumbered(G2 - 12, 2).unwrap_err();
    assert!(matches!(error, SetupError::BadSection { section: 2, problem: "is there twice" }), "{error}");
    // A header of one byte too many, in a table that adds up.
    let one = [&1u32.to_le_bytes()[..], &45u64.to_le_bytes(), &bytes[HEADER..HEADER + 44], &[0]].concat();
    let error = import(&path, &[&bytes[..12], &one, &bytes[G1 - 12..]].concat()).unwrap_err();
    assert!(matches!(error, SetupError::BadSection { section: 1, problem: "has the wrong length" }), "{error}");
    // A length that wraps around.
    let mut forged = bytes.clone();
    forged[G1 - 8..G1].fill(0xff);
    assert!(matches!(import(&path, &forged), Err(SetupError::BadLength { .. })));
    // Section 3 one point short, section 4 that much longer: the table still adds up.
    let mut forged = bytes.clone();
    let four = G2 + 8 * 128;
    forged[G2 - 8..G2].copy_from_slice(&(7u64 * 128).to_le_bytes());
    let head: Vec<u8> = [&4u32.to_le_bytes()[..], &(8 * 64 + 128u64).to_le_bytes()].concat();
    forged[four - 128..four - 116].copy_from_slice(&head);
    let error = import(&path, &forged).unwrap_err();
    assert!(matches!(error, SetupError::BadSection { section: 3, .. }), "{error}");
    // Power zero has no tau in G2.
    let (_dir, path, bytes) = written(0);
    assert!(matches!(import(&path, &bytes), Err(SetupError::BadSection { section: 3, problem: "holds no tau" })));
}

#[test]
fn sections_in_another_order_are_read() {
    let (_dir, path, bytes) = written(3);
    let (one, two) = (&bytes[12..G1 - 12], &bytes[G1 - 12..G2 - 12]);
    let reordered = [&bytes[..12], two, &bytes[G2 - 12..], one].concat();
    assert_eq!(import(&path, &reordered).unwrap().digest(), import(&path, &bytes).unwrap().digest());
}

#[test]
fn points_that_are_none_are_refused() {
    let (_dir, path, bytes) = written(3);
    for index in [0usize, 1, 7] {
        let at = G1 + 64 * index;
        let mut forged = bytes.clone();
        forged[at] ^= 1;
        assert!(matches!(import(&path, &forged), Err(SetupError::BadPoint { group: "G1", index: i }) if i == index));
        // A coordinate that is not below the prime, and the identity.
        forged[at..at + 32].fill(0xff);
        assert!(matches!(import(&path, &forged), Err(SetupError::BadPoint { group: "G1", index: i }) if i == index));
        forged[at..at + 64].fill(0);
        assert!(matches!(import(&path, &forged), Err(SetupError::BadPoint { group: "G1", index: i }) if i == index));
    }
    // The same element of the field, written as a number that is not below the prime.
    for coordinate in 0..2 {
        let at = G1 + 64 * 3 + 32 * coordinate;
        let mut forged = bytes.clone();
        let mut carry = 0u128;
        for (i, p) in <Fq as ark_ff::PrimeField>::MODULUS.0.into_iter().enumerate() {
            let word = &mut forged[at + 8 * i..at + 8 * (i + 1)];
            carry += u128::from(p) + u128::from(u64::from_le_bytes((&*word).try_into().unwrap()));
            word.copy_from_slice(&(carry as u64).to_le_bytes());
            carry >>= 64;
        }
        assert_eq!(carry, 0);
        assert!(matches!(import(&path, &forged), Err(SetupError::BadPoint { group: "G1", index: 3 })));
    }
    for index in 0..8usize {
        let mut forged = bytes.clone();
        forged[G2 + 128 * index] ^= 1;
        assert!(matches!(import(&path, &forged), Err(SetupError::BadPoint { group: "G2", index: i }) if i == index));
    }
    // On the twist, outside of the group.
    let outside = (0u64..1000)
        .filter_map(|x| G2Affine::get_point_from_x_unchecked(Fq2::new(Fq::from(x), Fq::one()), false))
        .find(|p| !p.is_in_correct_subgroup_assuming_on_curve())
        .unwrap();
    for index in 1..8usize {
        let mut forged = bytes.clone();
        for (i, c) in [outside.x.c0, outside.x.c1, outside.y.c0, outside.y.c1].into_iter().enumerate() {
            let limbs: Vec<u8> = c.0.0.iter().flat_map(|limb| limb.to_le_bytes()).collect();
            let at = G2 + 128 * index + 32 * i;
            forged[at..at + 32].copy_from_slice(&limbs);
        }
        assert!(matches!(import(&path, &forged), Err(SetupError::NotInSubgroup { index: i }) if i == index));
    }
}

#[test]
fn powers_that_are_not_consecutive_are_refused() {
    let (_dir, path, bytes) = written(3);
    // One power replaced by its neighbour, two exchanged, all scaled: every point is sound by itself.
    for index in 1..8 {
        let mut forged = bytes.clone();
        let at = G1 + 64 * index;
        forged.copy_within(at - 64..at, at);
        assert!(matches!(import(&path, &forged), Err(SetupError::Inconsistent)), "power {index}");
    }
    let mut forged = bytes.clone();
    forged[G1 + 64..G1 + 192].rotate_left(64);
    assert!(matches!(import(&path, &forged), Err(SetupError::Inconsistent)));
    let mut forged = bytes.clone();
    forged.copy_within(G1 + 64..G1 + 9 * 64, G1);
    assert!(matches!(import(&path, &forged), Err(SetupError::NotTheGenerator { group: "G1" })));
    // Powers past those that are used, and past those that are asked for.
    for index in [8usize, 9, 14] {
        let mut forged = bytes.clone();
        forged.copy_within(G1 + 64..G1 + 128, G1 + 64 * index);
        assert!(matches!(import(&path, &forged), Err(SetupError::Inconsistent)), "power {index}");
        let cut = |max| PowersOfTau::import_ptau(&path, "test-ceremony", Some(max)).unwrap_err();
        assert!(matches!(cut(0), SetupError::Inconsistent) && matches!(cut(1), SetupError::Inconsistent));
        forged[G1 + 64 * index] ^= 1;
        let error = import(&path, &forged).unwrap_err();
        assert!(matches!(error, SetupError::BadPoint { group: "G1", index: i } if i == index), "{error}");
    }
}

#[test]
fn another_tau_in_g2_is_refused() {
    let (_dir, path, bytes) = written(3);
    let mut forged = bytes.clone();
    forged.copy_within(G2 + 256..G2 + 384, G2 + 128);
    assert!(matches!(import(&path, &forged), Err(SetupError::Inconsistent)));
    // Another power of the same tau in place of each that is kept, and of none that is not.
    for index in 2..8usize {
        let mut forged = bytes.clone();
        forged.copy_within(G2 + 128 * (index - 1)..G2 + 128 * index, G2 + 128 * index);
        assert!(matches!(import(&path, &forged), Err(SetupError::Inconsistent)), "power {index}");
        let cut = PowersOfTau::import_ptau(&path, "test-ceremony", Some(2));
        assert_eq!(cut.is_ok(), index >= 4, "power {index}");
    }
    let mut forged = bytes.clone();
    forged.copy_within(G2 + 128..G2 + 256, G2);
    assert!(matches!(import(&path, &forged), Err(SetupError::NotTheGenerator { group: "G2" })));
    // A ceremony that nobody took part in: tau = 1.
    let mut forged = bytes;
    for i in 1..15 {
        forged.copy_within(G1..G1 + 64, G1 + 64 * i);
    }
    forged.copy_within(G2..G2 + 128, G2 + 128);
    assert!(matches!(import(&path, &forged), Err(SetupError::DegenerateTau)));
}

/// Powers are checked in blocks, of which this file has two: each follows the one before.
#[test]
fn blocks_of_powers_follow_each_other() {
    let (_dir, path, bytes) = written(POINTS_AT_ONCE.ilog2() as usize);
    let imported = PowersOfTau::import_ptau(&path, "test-ceremony", None).unwrap();
    assert_eq!(imported.powers().unwrap().len(), POINTS_AT_ONCE);
    // The first block again in place of the second: powers in the right ratio, which do not follow.
    let mut forged = bytes;
    let second = G1 + 64 * POINTS_AT_ONCE;
    forged.copy_within(G1 + 64..second, second);
    assert!(matches!(import(&path, &forged), Err(SetupError::Inconsistent)));
}

#[test]
fn files_without_contributions_are_insecure() {
    let (dir, _, _) = written(3);
    let path = dir.path().join("none.ptau");
    setup("ceremony", 3).write_ptau(&path, Contributions::None).unwrap();
    let imported = PowersOfTau::import_ptau(&path, "none", None).unwrap();
    assert_eq!(*imported.source(), SetupSource::InsecureFile { name: "none".into() });
    assert!(imported.source().is_insecure());
    assert_eq!(imported.digest(), setup("ceremony", 3).digest());
    // It stays what it is when it is saved.
    let saved = dir.path().join("saved");
    imported.save(&saved).unwrap();
    assert_eq!(PowersOfTau::open(&saved).unwrap().source(), imported.source());
}

#[test]
fn contributions_must_lead_to_the_files_tau() {
    let (_dir, path, bytes) = written(3);
    let seven = bytes.len() - CONTRIBUTION - 4;
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut forged = bytes.clone();
        change(&mut forged);
        import(&path, &forged).unwrap_err()
    };
    // The generators, with which a ceremony begins, in place of [tau]_1 and of [tau]_2.
    for (at, from, len) in [(seven + 4, G1, 64), (seven + 4 + 64, G2, 128)] {
        let error = refused(&|f| f.copy_within(from..from + len, at));
        assert!(matches!(error, SetupError::BadSection { section: 7, .. }), "{error}");
        assert!(error.to_string().contains("another tau"), "{error}");
    }
    let error = refused(&|f| f[seven + 4] ^= 1);
    assert!(matches!(error, SetupError::BadPoint { group: "G1", index: 0 }), "{error}");
    let error = refused(&|f| f[seven + 4 + 64] ^= 1);
    assert!(matches!(error, SetupError::BadPoint { group: "G2", index: 0 }), "{error}");
    // More contributions than there are, fewer, and parameters that are longer than the section.
    let end = bytes.len();
    for (at, value) in [(seven, 2), (seven, 0), (seven + 3, 0xff), (end - 4, 1), (end - 1, 0xff)] {
        let error = refused(&|f| f[at] = value);
        assert!(matches!(error, SetupError::BadSection { section: 7, .. }), "{at}: {error}");
        assert!(error.to_string().contains("as many contributions as it states"), "{at}: {error}");
    }
    // Names and beacons follow a contribution.
    let mut named = bytes.clone();
    named[seven - 8..seven].copy_from_slice(&(4 + CONTRIBUTION as u64 + 3).to_le_bytes());
    named[end - 4] = 3;
    named.extend([1, 1, b'x']);
    assert_eq!(*import(&path, &named).unwrap().source(), SetupSource::Ceremony { name: "test-ceremony".into() });
}

/// A file whose `tau` has an order within the powers: they repeat, and `tau` is found by trying.
#[test]
fn rejects_a_tau_that_is_a_root_of_unity() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("root.ptau");
    let written = |order: u64| {
        let (g, h) = (G1Affine::generator(), G2Affine::generator());
        let tau = Fr::get_root_of_unity(order).unwrap();
        let key = crate::VerifyingKey::new(g, h, (h * tau).into_affine());
        let source = SetupSource::InsecureSeed { name: "root".into() };
        let setup = PowersOfTau::new(3, source, key, Origin::Seed(tau), Spaced::Seed(tau)).unwrap();
        setup.write_ptau(&path, Contributions::StandIn).unwrap();
        setup
    };
    for order in [4usize, 8] {
        let setup = written(order as u64);
        for max in [None, Some(1)] {
            let error = PowersOfTau::import_ptau(&path, "root", max).unwrap_err();
            assert!(matches!(error, SetupError::RootOfUnity { order: o } if o == order), "{error}");
        }
        assert_eq!(setup.check_powers(3).is_err(), order < 8);
    }
    // Its powers do not show a longer order.
    written(16);
    assert!(PowersOfTau::import_ptau(&path, "root", None).is_ok());
    // The square of a root of order four is minus one.
    written(4);
    let mut forged = fs::read(&path).unwrap();
    for i in 0..15 {
        let from = G1 + 64 * (2 * (i % 2));
        forged.copy_within(from..from + 64, G1 + 64 * i);
    }
    forged.copy_within(G2 + 256..G2 + 384, G2 + 128);
    assert!(matches!(import(&path, &forged), Err(SetupError::DegenerateTau)));
}
