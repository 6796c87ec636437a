//! The choice of hash function, made at run time.

use core::fmt;
use core::str::FromStr;
use lariat_algebra::count;
use sha3::{Digest, Keccak256};

/// Hash function under a channel. The discriminants are the ids that a proof header stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum HashKind {
    /// Keccak-256 with the original padding: the EVM's native hash.
    #[default]
    Keccak256 = 1,
    /// BLAKE3 with 32 bytes of output: the fast choice on a CPU.
    Blake3 = 2,
}

impl HashKind {
    /// Every hash, in the order of ids.
    pub const ALL: [Self; 2] = [Self::Keccak256, Self::Blake3];

    /// The stable one-byte id.
    pub const fn id(self) -> u8 {
        self as u8
    }

    /// The hash with this id, or `None` when there is none.
    pub const fn from_id(id: u8) -> Option<Self> {
        match id {
            1 => Some(Self::Keccak256),
            2 => Some(Self::Blake3),
            _ => None,
        }
    }

    /// The name that the command line and result files use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keccak256 => "keccak256",
            Self::Blake3 => "blake3",
        }
    }

    /// Hash of the concatenation of `parts`.
    pub fn digest(self, parts: &[&[u8]]) -> [u8; 32] {
        let len = parts.iter().map(|part| part.len()).sum();
        match self {
            Self::Keccak256 => {
                count::keccak256(len);
                let mut hasher = Keccak256::new();
                for part in parts {
                    hasher.update(part);
                }
                hasher.finalize().into()
            }
            Self::Blake3 => {
                count::blake3(len, 1);
                let mut hasher = blake3::Hasher::new();
                for part in parts {
                    hasher.update(part);
                }
                hasher.finalize().into()
            }
        }
    }
}

impl fmt::Display for HashKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for HashKind {
    type Err = UnknownHash;

    fn from_str(name: &str) -> Result<Self, UnknownHash> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or(UnknownHash)
    }
}

/// A name that is not one of a [`HashKind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown hash; expected keccak256 or blake3")]
pub struct UnknownHash;

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: [u8; 32]) -> String {
        bytes.iter().fold(String::new(), |text, b| text + &format!("{b:02x}"))
    }

    #[test]
    fn digests_are_the_published_ones_of_the_empty_string() {
        assert_eq!(
            hex(HashKind::Keccak256.digest(&[])),
            "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
        );
        assert_eq!(
            hex(HashKind::Blake3.digest(&[])),
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
        );
    }

    #[test]
    fn digest_is_of_the_concatenation() {
        for hash in HashKind::ALL {
            assert_eq!(hash.digest(&[b"ab", b"", b"c"]), hash.digest(&[b"abc"]));
        }
    }

    #[test]
    fn names_and_ids_round_trip() {
        for hash in HashKind::ALL {
            assert_eq!(hash.to_string().parse(), Ok(hash));
            assert_eq!(HashKind::from_id(hash.id()), Some(hash));
        }
        assert_eq!("Keccak256".parse::<HashKind>(), Err(UnknownHash));
        assert_eq!(HashKind::from_id(0), None);
        assert_eq!(HashKind::from_id(3), None);
        assert_eq!(HashKind::Keccak256.id(), 1);
        assert_eq!(HashKind::Blake3.id(), 2);
    }
}
