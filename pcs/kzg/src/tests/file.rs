//! The project's file: what a damaged one is told.

use super::*;
use ark_ff::PrimeField;
use lariat_algebra::Fq;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Bytes before the powers in G2.
const FIXED: usize = 402;
/// Powers in G2 of a file of `2^3` powers: from `[tau^2]_2` to `[tau^7]_2`.
const IN_G2: usize = 6;

/// A saved setup in a directory of its own, with its bytes.
fn saved(log_len: usize) -> (TempDir, PathBuf, Vec<u8>) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("setup.bin");
    setup("file", log_len).save(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    (dir, path, bytes)
}

fn open(path: &Path, bytes: &[u8]) -> Result<PowersOfTau, SetupError> {
    fs::write(path, bytes).unwrap();
    PowersOfTau::open(path)
}

/// Makes the digests right again after a change: a forger's file, not a damaged one.
fn redigest(bytes: &mut [u8], log_len: usize) {
    let blocks = 1usize << log_len.saturating_sub(12);
    let digests = FIXED + 128 * crate::spaced::exponents(log_len).len();
    let header = digests + 32 * blocks;
    let (head, powers) = bytes.split_at_mut(header + 32);
    for (b, block) in powers.chunks(64 << 12).enumerate() {
        head[digests + 32 * b..digests + 32 * (b + 1)].copy_from_slice(blake3::hash(block).as_bytes());
    }
    let digest = *blake3::hash(&head[..header]).as_bytes();
    head[header..].copy_from_slice(&digest);
}

#[test]
fn files_give_back_the_setup() {
    for log_len in [0usize, 1, 5, 12, 13] {
        let (dir, path, bytes) = saved(log_len);
        let original = setup("file", log_len);
        let opened = PowersOfTau::open(&path).unwrap();
        assert_eq!(opened.log_len(), log_len);
        assert_eq!(opened.source(), original.source());
        assert_eq!(opened.verifying_key(), original.verifying_key());
        assert_eq!(opened.digest(), original.digest());
        for prefix in [0, log_len / 2, log_len] {
            assert_eq!(opened.prefix(prefix).unwrap(), original.prefix(prefix).unwrap());
        }
        assert_eq!(opened.powers().unwrap(), original.powers().unwrap());
        opened.check_powers(log_len).unwrap();
        for s in 0..=log_len.saturating_sub(2) {
            let count = 2.min(log_len);
            assert_eq!(opened.spaced_powers(s, count).unwrap(), original.spaced_powers(s, count).unwrap());
        }
        // Saving what was opened gives the same bytes, over an old file, and nothing is left beside it.
        opened.save(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

#[test]
fn a_file_that_cannot_be_written_leaves_nothing_behind() {
    let dir = TempDir::new().unwrap();
    let occupied = dir.path().join("taken");
    fs::create_dir(&occupied).unwrap();
    assert!(matches!(setup("file", 3).save(&occupied), Err(SetupError::Io(_))));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    assert!(matches!(PowersOfTau::open(dir.path().join("absent")), Err(SetupError::Io(_))));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let (_dir, path, bytes) = saved(4);
    let header = bytes.len() - (64 << 4);
    for position in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1 << (position % 8);
        let opened = open(&path, &damaged);
        if position < header {
            let error = opened.unwrap_err();
            let expected = match position {
                0..8 => matches!(error, SetupError::BadMagic { .. }),
                8..12 => matches!(error, SetupError::BadVersion { expected: 2, .. }),
                12..16 => matches!(error, SetupError::BadLength { .. } | SetupError::TooLong { .. }),
                _ => matches!(error, SetupError::BadHeader { what: "its digest differs" }),
            };
            assert!(expected, "byte {position}: {error}");
        } else {
            // A verifier does not read the powers, a prover does.
            let setup = opened.unwrap();
            assert!(matches!(setup.powers(), Err(SetupError::BadBlock { first: 0 })), "byte {position}");
        }
    }
}

#[test]
fn cut_and_extended_files_are_noticed() {
    let (_dir, path, bytes) = saved(3);
    for len in 0..bytes.len() {
        let error = open(&path, &bytes[..len]).unwrap_err();
        let expected = match len {
            0..8 => matches!(error, SetupError::BadMagic { .. }),
            8..FIXED => matches!(error, SetupError::BadHeader { .. }),
            _ => matches!(error, SetupError::BadLength { got, .. } if got == len as u64),
        };
        assert!(expected, "{len} bytes: {error}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(open(&path, &longer), Err(SetupError::BadLength { .. })));
    assert!(open(&path, &bytes).is_ok());
}

#[test]
fn a_file_that_changes_after_it_was_opened_is_noticed() {
    let (_dir, path, mut bytes) = saved(13);
    let opened = PowersOfTau::open(&path).unwrap();
    let second_block = bytes.len() - 1;
    bytes[second_block] ^= 1;
    fs::write(&path, &bytes).unwrap();
    // The first block is sound, and a prover that needs no more reads no more.
    assert!(opened.prefix(12).is_ok());
    assert!(matches!(opened.prefix(13), Err(SetupError::BadBlock { first: 4096 })));
    fs::write(&path, &bytes[..second_block]).unwrap();
    assert!(matches!(opened.prefix(3), Err(SetupError::BadLength { .. })));
    fs::remove_file(&path).unwrap();
    assert!(matches!(opened.prefix(3), Err(SetupError::Io(_))));
    assert_eq!(opened.verifying_key(), setup("file", 3).verifying_key());
}

/// Another number with the same residue.
fn add_modulus(coordinate: &mut [u8]) {
    let mut carry = 0;
    for (limb, q) in coordinate.as_chunks_mut::<8>().0.iter_mut().zip(Fq::MODULUS.0) {
        let sum = u128::from(u64::from_le_bytes(*limb)) + u128::from(q) + carry;
        *limb = (sum as u64).to_le_bytes();
        carry = sum >> 64;
    }
    assert_eq!(carry, 0);
}

#[test]
fn files_with_right_digests_and_wrong_content_are_refused() {
    let (_dir, path, bytes) = saved(3);
    let key = 16 + 66;
    let other = setup("other", 3);
    let forge = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut forged = bytes.clone();
        change(&mut forged);
        redigest(&mut forged, 3);
        open(&path, &forged)
    };
    // The source: an unknown kind, a transparent one, a name with a space, bytes after the name, a name too long.
    for (at, value) in [(16usize, 4u8), (16, 0), (18, b' '), (30, b'x'), (17, 65)] {
        let error = forge(&|f| f[at] = value).unwrap_err();
        assert!(matches!(error, SetupError::BadHeader { what: "its source is no valid one" }), "{at}: {error}");
    }
    let transparent = forge(&|f| f[16..16 + 66].fill(0)).unwrap_err();
    assert!(matches!(transparent, SetupError::BadHeader { .. }));
    // The key: another point, no point, the identity, tau = 1 and -1.
    let point = lariat_transcript::encoding::coordinates_to_bytes(&other.powers().unwrap()[1]);
    let error = forge(&|f| f[key..key + 64].copy_from_slice(&point)).unwrap_err();
    assert!(matches!(error, SetupError::NotTheGenerator { group: "G1" }));
    assert!(matches!(forge(&|f| f[key] ^= 1).unwrap_err(), SetupError::BadPoint { group: "G1", .. }));
    let tau_h = crate::encoding::g2_to_bytes(&other.verifying_key().tau_h);
    let (h, t) = (key + 64, key + 64 + 128);
    let error = forge(&|f| f[h..t].copy_from_slice(&tau_h)).unwrap_err();
    assert!(matches!(error, SetupError::NotTheGenerator { group: "G2" }));
    assert!(matches!(forge(&|f| f[t] ^= 1).unwrap_err(), SetupError::BadPoint { group: "G2", index: 1 }));
    assert!(matches!(forge(&|f| f[t..t + 128].fill(0)).unwrap_err(), SetupError::BadPoint { .. }));
    // Each coordinate of the same point, plus the modulus.
    for at in (t..t + 128).step_by(32) {
        let error = forge(&|f| add_modulus(&mut f[at..at + 32])).unwrap_err();
        assert!(matches!(error, SetupError::BadPoint { group: "G2", index: 1 }), "{error}");
    }
    let error = forge(&|f| f.copy_within(h..t, t)).unwrap_err();
    assert!(matches!(error, SetupError::DegenerateTau));
    let minus_h = crate::encoding::g2_to_bytes(&-other.verifying_key().h);
    let error = forge(&|f| f[t..t + 128].copy_from_slice(&minus_h)).unwrap_err();
    assert!(matches!(error, SetupError::DegenerateTau));
    // The powers: off the curve; in a wrong order.
    let first = bytes.len() - (64 << 3);
    let setup = forge(&|f| f[first + 2 * 64] ^= 1).unwrap();
    assert!(matches!(setup.powers(), Err(SetupError::BadPoint { group: "G1", index: 2 })));
    let setup = forge(&|f| f[first + 64..first + 256].rotate_left(64)).unwrap();
    assert!(setup.powers().is_ok());
    assert!(matches!(setup.check_powers(3), Err(SetupError::Inconsistent)));
    assert!(setup.check_powers(0).is_ok());
    let setup = forge(&|f| f[first..first + 64].copy_from_slice(&point)).unwrap();
    assert!(matches!(setup.check_powers(3), Err(SetupError::NotTheGenerator { group: "G1" })));
}

/// The powers in G2 beside the key: each another one, off the curve, above the modulus, the identity.
#[test]
fn files_with_wrong_powers_in_g2_are_refused() {
    let (_dir, path, bytes) = saved(3);
    let tau_h = crate::encoding::g2_to_bytes(&setup("file", 3).verifying_key().tau_h);
    for number in 0..IN_G2 {
        let (exponent, at) = (number + 2, FIXED + 128 * number);
        let forge = |change: &dyn Fn(&mut [u8])| {
            let mut forged = bytes.clone();
            change(&mut forged[at..at + 128]);
            redigest(&mut forged, 3);
            open(&path, &forged).unwrap()
        };
        let swapped = forge(&|point| point.copy_from_slice(&tau_h));
        assert!(matches!(swapped.check_powers(3), Err(SetupError::Inconsistent)), "power {exponent}");
        // A prefix has the powers of its own length alone.
        assert_eq!(swapped.check_powers(2).is_ok(), exponent >= 4);
        for damaged in
            [forge(&|point| point[0] ^= 1), forge(&|point| add_modulus(&mut point[..32])), forge(&|p| p.fill(0))]
        {
            let error = damaged.spaced_powers(0, 3).unwrap_err();
            assert!(matches!(error, SetupError::BadPoint { group: "G2", index } if index == exponent), "{error}");
            assert!(damaged.check_powers(3).is_err() && damaged.powers().is_ok());
        }
    }
}

#[test]
fn a_damaged_file_does_not_serve_later_setups() {
    let (_dir, path, mut bytes) = saved(6);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let damaged = Arc::new(open(&path, &bytes).unwrap());
    let kzg = Kzg::shared(&damaged, 6, KIND).unwrap();
    let error = kzg.commit(&[Fr::one()]).unwrap_err();
    assert!(matches!(&error, PcsError::Parameters { reason, .. } if reason.contains("digest")), "{error}");
    assert_eq!(kzg.verifying_key(), setup("file", 6).verifying_key());
    let sound = Kzg::shared(&setup("file", 6), 6, KIND).unwrap();
    assert_eq!(sound.commit(&[Fr::one()]).unwrap(), G1Affine::generator());
}
