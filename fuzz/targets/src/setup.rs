//! Targets of setup files: the project's own, and ceremonies'.

use crate::input::Input;
use crate::mutate::edited;
use crate::temporary::Folder;
use lariat_kzg::{Contributions, PowersOfTau, SetupError};
use std::fs;
use std::sync::OnceLock;

/// Logarithm of the powers in the honest files.
const LOG_LEN: usize = 2;
/// Offset of the source, of the verifying key, of the other powers in G2 (two), of the block's digest, and of the header's, in the project's file.
const SOURCE: usize = 16;
const KEY: usize = SOURCE + 66;
const IN_G2: usize = KEY + 320;
const BLOCK: usize = IN_G2 + 2 * 128;
const HEADER: usize = BLOCK + 32;
const POWERS: usize = HEADER + 32;

/// The honest setup, its file, and its file as a ceremony's.
struct Files {
    powers: PowersOfTau,
    native: Vec<u8>,
    ptau: Vec<u8>,
}

fn files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = Folder::new();
        let powers = PowersOfTau::from_seed("fuzz", LOG_LEN).unwrap();
        let (native, ptau) = (folder.path("native"), folder.path("ptau"));
        powers.save(&native).unwrap();
        powers.write_ptau(&ptau, Contributions::StandIn).unwrap();
        let (native, ptau) = (fs::read(native).unwrap(), fs::read(ptau).unwrap());
        assert_eq!(native.len(), POWERS + (64 << LOG_LEN));
        Files { powers, native, ptau }
    })
}

/// Bytes as a setup file: what opens is saved as the same bytes, and what is consistent with the honest `[tau]_2` is the
/// honest setup.
pub fn setup_file(data: &[u8]) {
    let Files { powers: honest, native, .. } = files();
    let mut input = Input::new(data);
    let choice = input.byte();
    let parts = [
        0..8,
        8..12,
        12..16,
        SOURCE..KEY,
        KEY..IN_G2,
        BLOCK..HEADER,
        HEADER..POWERS,
        POWERS..native.len(),
        IN_G2..BLOCK,
    ];
    let mut bytes = match choice % 4 {
        0 => input.rest().to_vec(),
        _ => edited(native, &parts, &[], &mut input),
    };
    // With digests made anew, damage gets past them.
    if bytes.len() >= POWERS && choice % 4 >= 2 {
        if choice % 4 == 3 {
            let digest = *blake3::hash(&bytes[POWERS..]).as_bytes();
            bytes[BLOCK..HEADER].copy_from_slice(&digest);
        }
        let digest = *blake3::hash(&bytes[..HEADER]).as_bytes();
        bytes[HEADER..POWERS].copy_from_slice(&digest);
    }
    let folder = Folder::new();
    let path = folder.file("setup", &bytes);
    let Ok(opened) = PowersOfTau::open(&path) else { return };
    let Ok(powers) = opened.powers() else { return };
    assert_eq!(powers.len(), 1 << opened.log_len());
    let again = folder.path("again");
    // Powers in G2 are read when they are needed, as those in G1 are.
    if let Err(error) = opened.save(&again) {
        assert!(matches!(error, SetupError::BadPoint { group: "G2", .. }), "{error}");
        assert!(opened.check_powers(opened.log_len()).is_err(), "a setup with malformed powers passes the check");
        return;
    }
    assert!(fs::read(&again).unwrap() == bytes, "a setup has one encoding");
    if opened.check_powers(opened.log_len()).is_ok() && opened.verifying_key() == honest.verifying_key() {
        let len = opened.log_len().min(LOG_LEN);
        assert_eq!(powers[..1 << len], honest.powers().unwrap()[..1 << len], "wrong powers pass the check");
    }
}

/// Bytes as a ceremony's file: what is imported are the powers of the honest one.
pub fn ptau_file(data: &[u8]) {
    let Files { powers: honest, ptau, .. } = files();
    let mut input = Input::new(data);
    let choice = input.byte();
    let limit = (choice & 4 == 4).then(|| usize::from(input.byte() % 32));
    let g1 = 12 + 12 + 44 + 12;
    let g2 = g1 + 64 * 7 + 12;
    // The head of section 7 and the taus of its one contribution.
    let contributions = ptau.len() - (12 + 4 + 64 + 128 + 1308 + 4);
    let parts = [
        0..4,
        4..8,
        8..12,
        12..24,
        24..60,
        60..68,
        68..g1,
        g1..g2 - 12,
        g2 - 12..g2,
        g2..g2 + 256,
        g2 + 256..contributions,
        contributions..ptau.len(),
    ];
    let bytes = match choice % 4 {
        0 => input.rest().to_vec(),
        1 => [&ptau[..12], input.rest()].concat(),
        _ => edited(ptau, &parts, &[], &mut input),
    };
    let folder = Folder::new();
    let path = folder.file("ptau", &bytes);
    let Ok(imported) = PowersOfTau::import_ptau(&path, "fuzzed", limit) else { return };
    let powers = imported.powers().unwrap();
    assert_eq!(powers.len(), 1 << imported.log_len());
    assert!(limit.is_none_or(|limit| imported.log_len() <= limit));
    // Nobody finds other powers with a consistent tau than by knowing it.
    assert_eq!(imported.verifying_key(), honest.verifying_key());
    let len = powers.len().min(1 << LOG_LEN);
    assert_eq!(powers[..len], honest.powers().unwrap()[..len]);
}
