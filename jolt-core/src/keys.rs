//! Preprocessed programs as files.
//!
//! A *key* holds what [`Program::from_elf`] makes of an ELF: entry point, memory configuration and initial memory, in
//! one canonical encoding behind a digest. Prover and verifier load it in place of the ELF, and get the same program
//! digest. Names of functions are not in it, so that messages about a run name addresses only.
//!
//! All integers are little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | magic `LARIATPK` |
//! | 2 | version |
//! | 32 | digest of the program |
//! | 4 | entry point |
//! | 5 × 4 | stack size, heap size, and the limits of input, private input and output in bytes |
//! | 4 | number of segments, in the order of their addresses |
//! | per segment: 4, 4, 4, 1 | address, words in memory, words in the file, permissions (1: writable, 2: executable) |
//! | per segment: 4 each | words in the file; those behind them are zero, and the last of them is not |
//!
//! A key is untrusted until its digest, recomputed from what was loaded, is compared. One digest has one encoding.

use crate::program::Program;
use lariat_emulator::{
    image::{Image, LoadError, MAX_IMAGE_BYTES, Segment},
    memory_map::MemoryConfig,
};

#[cfg(feature = "files")]
pub use lariat_files::save;

/// First bytes of a key file.
pub const KEY_MAGIC: [u8; 8] = *b"LARIATPK";

/// Version of the key format; a reader takes exactly this one.
pub const KEY_VERSION: u16 = 2;

const WRITABLE: u8 = 1;
const EXECUTABLE: u8 = 2;

/// Why bytes are not a preprocessed program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The magic bytes are missing.
    #[error("this is not a Lariat key file; make one with `lariat preprocess`")]
    NotAKey,
    /// Another version of the format.
    #[error("the key has format version {found}, this release takes version {expected}; preprocess the ELF again")]
    Version {
        /// Version of the key.
        found: u16,
        /// Version of this library.
        expected: u16,
    },
    /// Fewer bytes than announced.
    #[error("the key file is truncated; preprocess the ELF again")]
    Truncated,
    /// More memory than a program can have.
    #[error("the key announces {bytes} bytes of memory, a program has at most {max}; preprocess the ELF again")]
    TooLarge {
        /// Bytes announced.
        bytes: u64,
        /// Most bytes of a program.
        max: u64,
    },
    /// The contents are not a program.
    #[error("the key does not hold a program: {0}")]
    Program(#[from] LoadError),
    /// The contents are not those that the digest is of.
    #[error("the key's contents do not have the digest in its header; preprocess the ELF again")]
    Digest,
    /// Another encoding than the one that [`Program::to_bytes`] writes.
    #[error("the key is not in its canonical encoding; preprocess the ELF again")]
    NotCanonical,
}

impl Program {
    /// The program as a key file.
    ///
    /// The code is not written but decoded again from the executable segments. A program
    /// [made of an image](Self::from_image) whose code was changed by hand gives a key that
    /// [`from_bytes`](Self::from_bytes) refuses with [`KeyError::Digest`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let image = self.image();
        let stored: Vec<&[u32]> = image.segments.iter().map(Segment::stored).collect();
        let mut out = Vec::with_capacity(70 + stored.iter().map(|words| 13 + 4 * words.len()).sum::<usize>());
        out.extend(KEY_MAGIC);
        out.extend(KEY_VERSION.to_le_bytes());
        out.extend(self.digest());
        let m = &image.memory;
        for v in [
            image.entry,
            m.stack_size,
            m.heap_size,
            m.max_input_bytes,
            m.max_private_input_bytes,
            m.max_output_bytes,
            image.segments.len() as u32,
        ] {
            out.extend(v.to_le_bytes());
        }
        for (segment, words) in image.segments.iter().zip(stored) {
            for v in [segment.start, segment.num_words() as u32, words.len() as u32] {
                out.extend(v.to_le_bytes());
            }
            let writable = if segment.writable { WRITABLE } else { 0 };
            let executable = if segment.executable { EXECUTABLE } else { 0 };
            out.push(writable | executable);
            out.extend(words.iter().flat_map(|w| w.to_le_bytes()));
        }
        out
    }

    /// Loads a key file. It is checked as an ELF is, and then against its digest.
    ///
    /// The caller must still know which program it wants: compare [`digest`](Self::digest), or get the key from where
    /// it would get the ELF.
    ///
    /// # Errors
    /// For all bytes that [`to_bytes`](Self::to_bytes) does not write. Allocates by the words that the bytes hold, whatever
    /// they announce.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let mut reader = Reader { rest: bytes };
        if reader.take::<8>().map_err(|_| KeyError::NotAKey)? != KEY_MAGIC {
            return Err(KeyError::NotAKey);
        }
        let version = u16::from_le_bytes(reader.take()?);
        if version != KEY_VERSION {
            return Err(KeyError::Version { found: version, expected: KEY_VERSION });
        }
        let digest: [u8; 32] = reader.take()?;
        let entry = reader.word()?;
        let memory = MemoryConfig {
            stack_size: reader.word()?,
            heap_size: reader.word()?,
            max_input_bytes: reader.word()?,
            max_private_input_bytes: reader.word()?,
            max_output_bytes: reader.word()?,
        };
        let num_segments = reader.word()?;
        let mut segments = Vec::new();
        let mut total = 0u64;
        for _ in 0..num_segments {
            let segment = reader.segment(&mut total)?;
            segments.push(segment);
        }
        let program = Self::from_image(Image::from_segments(entry, segments, &memory)?);
        if program.digest() != digest {
            return Err(KeyError::Digest);
        }
        // Bytes behind the last segment, empty segments and unknown permissions are no part of what is written back.
        if program.to_bytes() != bytes {
            return Err(KeyError::NotCanonical);
        }
        Ok(program)
    }
}

/// Whether a file that starts so is meant to be a key. It may still be damaged.
pub fn is_key(bytes: &[u8]) -> bool {
    bytes.starts_with(&KEY_MAGIC)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn slice(&mut self, len: usize) -> Result<&'a [u8], KeyError> {
        let (part, rest) = self.rest.split_at_checked(len).ok_or(KeyError::Truncated)?;
        self.rest = rest;
        Ok(part)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], KeyError> {
        self.slice(N)?.try_into().map_err(|_| KeyError::Truncated)
    }

    fn word(&mut self) -> Result<u32, KeyError> {
        self.take().map(u32::from_le_bytes)
    }

    /// One segment. `total` counts the bytes of memory announced so far.
    fn segment(&mut self, total: &mut u64) -> Result<Segment, KeyError> {
        let (start, in_memory, in_file) = (self.word()?, self.word()?, self.word()?);
        let [permissions] = self.take()?;
        if in_file > in_memory {
            return Err(KeyError::NotCanonical);
        }
        *total += 4 * u64::from(in_memory);
        if *total > MAX_IMAGE_BYTES {
            return Err(KeyError::TooLarge { bytes: *total, max: MAX_IMAGE_BYTES });
        }
        let contents = self.slice(4 * in_file as usize)?;
        let words = contents.chunks_exact(4).map(|w| u32::from_le_bytes([w[0], w[1], w[2], w[3]])).collect();
        Ok(Segment {
            start,
            words,
            zeros: in_memory - in_file,
            writable: permissions & WRITABLE != 0,
            executable: permissions & EXECUTABLE != 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn guest(name: &str) -> Program {
        let path = format!("{}/../guests/elf/{name}.elf", env!("CARGO_MANIFEST_DIR"));
        Program::from_elf(&fs::read(path).unwrap()).unwrap()
    }

    /// Offset of the first segment's head.
    const SEGMENTS: usize = 8 + 2 + 32 + 7 * 4;

    fn with_word(bytes: &[u8], at: usize, value: u32) -> Vec<u8> {
        let mut out = bytes.to_vec();
        out[at..at + 4].copy_from_slice(&value.to_le_bytes());
        out
    }

    #[test]
    fn keys_restore_every_guest_but_for_symbols() {
        for name in ["fibonacci", "btree", "c-program", "freestanding", "sha256-chain"] {
            let program = guest(name);
            let bytes = program.to_bytes();
            let loaded = Program::from_bytes(&bytes).unwrap();
            assert_eq!(loaded.digest(), program.digest(), "{name}");
            assert_eq!(loaded.bytecode(), program.bytecode(), "{name}");
            let mut image = program.image().clone();
            image.symbols = loaded.image().symbols.clone();
            assert_eq!(loaded.image(), &image, "{name}");
            assert_eq!(loaded.to_bytes(), bytes, "{name}");
        }
    }

    #[test]
    fn keys_keep_the_memory_configuration() {
        let elf = fs::read(format!("{}/../guests/elf/fibonacci.elf", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let memory = MemoryConfig { stack_size: 8192, heap_size: 0, max_output_bytes: 16, ..MemoryConfig::default() };
        let program = Program::from_elf_with(&elf, &memory).unwrap();
        let loaded = Program::from_bytes(&program.to_bytes()).unwrap();
        assert_eq!(loaded.image().memory, memory);
        assert_ne!(loaded.digest(), guest("fibonacci").digest());
    }

    #[test]
    fn rejects_every_flipped_byte_and_every_cut() {
        let bytes = guest("fibonacci").to_bytes();
        for at in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[at] ^= 1 << (at % 8);
            assert!(Program::from_bytes(&wrong).is_err(), "byte {at} flipped");
            assert!(Program::from_bytes(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn names_what_is_wrong() {
        let program = guest("fibonacci");
        let bytes = program.to_bytes();
        let error = |bytes: &[u8]| Program::from_bytes(bytes).unwrap_err();
        assert!(matches!(error(b""), KeyError::NotAKey));
        assert!(matches!(error(b"\x7fELF and so on"), KeyError::NotAKey));
        let mut wrong = bytes.clone();
        wrong[8] = 1;
        assert!(matches!(error(&wrong), KeyError::Version { found: 1, expected: 2 }));
        assert!(matches!(error(&bytes[..bytes.len() - 1]), KeyError::Truncated));
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(matches!(error(&longer), KeyError::NotCanonical));
        let mut wrong = bytes.clone();
        wrong[10] ^= 1;
        assert!(matches!(error(&wrong), KeyError::Digest));
        // The entry point is moved to the next instruction: a valid program, but another one.
        let entry = u32::from_le_bytes(bytes[42..46].try_into().unwrap());
        assert!(matches!(error(&with_word(&bytes, 42, entry + 4)), KeyError::Digest));
        assert!(matches!(
            error(&with_word(&bytes, 42, entry + 2)),
            KeyError::Program(LoadError::EntryMisaligned { .. })
        ));
        let mut changed = program.image().clone();
        changed.code.iter_mut().next().unwrap().rd ^= 1;
        assert!(matches!(error(&Program::from_image(changed).to_bytes()), KeyError::Digest));
    }

    #[test]
    fn announced_sizes_are_checked_before_memory_is_taken() {
        let bytes = guest("fibonacci").to_bytes();
        let announced = Program::from_bytes(&with_word(&bytes, SEGMENTS + 4, u32::MAX));
        assert!(matches!(announced, Err(KeyError::TooLarge { .. })), "{announced:?}");
        let announced = Program::from_bytes(&with_word(&bytes, SEGMENTS - 4, u32::MAX));
        assert!(matches!(announced, Err(KeyError::Truncated)), "{announced:?}");
        let more_in_file = Program::from_bytes(&with_word(&bytes, SEGMENTS + 8, u32::MAX));
        assert!(matches!(more_in_file, Err(KeyError::NotCanonical)), "{more_in_file:?}");
        let mut wrong = bytes.clone();
        wrong[SEGMENTS + 12] |= 4;
        assert!(matches!(Program::from_bytes(&wrong), Err(KeyError::NotCanonical)));
        // One more segment, of no words.
        let num_segments = u32::from_le_bytes(bytes[SEGMENTS - 4..SEGMENTS].try_into().unwrap());
        let empty = [&with_word(&bytes, SEGMENTS - 4, num_segments + 1)[..], &[0; 13]].concat();
        assert!(matches!(Program::from_bytes(&empty), Err(KeyError::NotCanonical)));
    }

    #[test]
    fn rejects_zeros_that_need_not_be_stored_and_segments_out_of_order() {
        let text =
            Segment { start: 0x1000, words: vec![0x0000_0073, 0, 0], zeros: 0, writable: false, executable: true };
        let data = Segment { start: 0x2000, words: vec![7], zeros: 0, writable: true, executable: false };
        let image = Image::from_segments(0x1000, vec![text, data], &MemoryConfig::default()).unwrap();
        let bytes = Program::from_image(image).to_bytes();
        assert_eq!(bytes.len(), SEGMENTS + 2 * (13 + 4));
        Program::from_bytes(&bytes).unwrap();
        let mut stored = with_word(&bytes, SEGMENTS + 8, 2);
        stored.splice(SEGMENTS + 17..SEGMENTS + 17, [0; 4]);
        assert!(matches!(Program::from_bytes(&stored), Err(KeyError::NotCanonical)));
        let (head, segments) = bytes.split_at(SEGMENTS);
        let (first, second) = segments.split_at(17);
        let swapped = [head, second, first].concat();
        assert!(matches!(Program::from_bytes(&swapped), Err(KeyError::NotCanonical)));
    }
}
