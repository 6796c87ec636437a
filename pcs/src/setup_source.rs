//! Where public parameters come from.

use crate::Hardness;

/// Where public parameters come from. Proof headers carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupSource {
    /// Derived from public constants by a hash function: nobody holds a trapdoor.
    Transparent,
    /// A ceremony's output, pinned by digest: sound if one participant was honest.
    Ceremony {
        /// What it is called.
        name: String,
    },
    /// Made from a known seed, for tests and benchmarks: whoever reads the seed can forge.
    InsecureSeed {
        /// The seed.
        name: String,
    },
    /// A ceremony's file to which nobody contributed: whoever wrote it knows the trapdoor, and can forge.
    InsecureFile {
        /// What it is called.
        name: String,
    },
}

impl SetupSource {
    /// Longest name in bytes.
    pub const MAX_NAME_BYTES: usize = 64;

    /// Whether a trapdoor is known, to the public or to the one who wrote the file.
    pub fn is_insecure(&self) -> bool {
        matches!(self, Self::InsecureSeed { .. } | Self::InsecureFile { .. })
    }

    /// The problem that is solved by knowing what is public, for parameters whose trapdoor is: a proof under them is worth
    /// nothing to those who know the seed or made the file. Whoever adds up a proof's problems adds this one.
    pub fn known_trapdoor(&self) -> Option<Hardness> {
        self.is_insecure().then_some(Hardness::SEED)
    }

    /// The kind of source in data files: `transparent`, `ceremony`, `insecure-seed` or `insecure-file`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Transparent => "transparent",
            Self::Ceremony { .. } => "ceremony",
            Self::InsecureSeed { .. } => "insecure-seed",
            Self::InsecureFile { .. } => "insecure-file",
        }
    }

    /// The name, empty for transparent parameters.
    pub fn name(&self) -> &str {
        match self {
            Self::Transparent => "",
            Self::Ceremony { name } | Self::InsecureSeed { name } | Self::InsecureFile { name } => name,
        }
    }

    /// Whether a text can be a name: 1 to [`Self::MAX_NAME_BYTES`] printable ASCII characters without spaces.
    pub fn is_name(name: &str) -> bool {
        (1..=Self::MAX_NAME_BYTES).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic())
    }

    /// One number for the kind, the length of the name, the name.
    pub fn to_bytes(&self) -> Vec<u8> {
        let number = match self {
            Self::Transparent => 0,
            Self::Ceremony { .. } => 1,
            Self::InsecureSeed { .. } => 2,
            Self::InsecureFile { .. } => 3,
        };
        let name = self.name();
        [&[number, name.len() as u8], name.as_bytes()].concat()
    }

    /// The source that [`Self::to_bytes`] made from its number and name.
    pub fn from_parts(number: u8, name: &str) -> Option<Self> {
        match number {
            0 => name.is_empty().then_some(Self::Transparent),
            1 if Self::is_name(name) => Some(Self::Ceremony { name: name.to_owned() }),
            2 if Self::is_name(name) => Some(Self::InsecureSeed { name: name.to_owned() }),
            3 if Self::is_name(name) => Some(Self::InsecureFile { name: name.to_owned() }),
            _ => None,
        }
    }
}

impl std::fmt::Display for SetupSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Transparent => f.write_str("transparent"),
            Self::Ceremony { name } => write!(f, "ceremony {name}"),
            Self::InsecureSeed { name } => write!(f, "INSECURE seed {name}"),
            Self::InsecureFile { name } => write!(f, "INSECURE file {name} without contributions"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_parameters_have_one_encoding() {
        let named = |name: &str| name.to_owned();
        for source in [
            SetupSource::Transparent,
            SetupSource::Ceremony { name: named("ptau-20") },
            SetupSource::InsecureSeed { name: named("x") },
            SetupSource::InsecureFile { name: named("x") },
        ] {
            let bytes = source.to_bytes();
            let name = std::str::from_utf8(&bytes[2..]).unwrap();
            assert_eq!(bytes[1] as usize, name.len());
            assert_eq!(SetupSource::from_parts(bytes[0], name).as_ref(), Some(&source));
            assert_eq!(source.is_insecure(), bytes[0] >= 2);
            assert_eq!(source.to_string().contains("INSECURE"), source.is_insecure());
        }
        let long = "x".repeat(SetupSource::MAX_NAME_BYTES + 1);
        for (number, name) in [(0, "x"), (1, ""), (2, ""), (2, "a b"), (1, "\u{e9}"), (1, &long), (3, ""), (4, "x")] {
            assert_eq!(SetupSource::from_parts(number, name), None, "{number} {name:?}");
        }
    }
}
