//! The schemes of this crate: one line each.

use crate::hyrax::Hyrax;
use crate::{Pcs, PcsError};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// What a scheme must be able to commit to and open; all that its parameters may depend on.
#[derive(Clone, Copy, Debug)]
pub struct Workload<'a> {
    /// Number of variables of every column that is opened in one batch, over all commit calls.
    pub num_vars: &'a [usize],
}

macro_rules! schemes {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $name:literal, $setup:expr;)*) => {
        /// Names a scheme; the number is what headers carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum PcsKind {
            $($(#[$doc])* $variant = $id,)*
        }

        impl PcsKind {
            /// Every scheme.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Name on command lines and in data files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The scheme with this number in proof headers.
            pub fn from_id(id: u8) -> Option<Self> {
                match id {
                    $($id => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Public parameters for a workload. Prover and verifier call this with the same workload.
            ///
            /// # Errors
            /// When the scheme cannot carry the workload.
            pub fn setup(self, workload: Workload<'_>) -> Result<Arc<dyn Pcs>, PcsError> {
                match self {
                    $(Self::$variant => $setup(workload).map(|scheme| scheme as Arc<dyn Pcs>),)*
                }
            }
        }
    };
}

schemes! {
    /// Hyrax: transparent, square-root commitments, discrete logarithms [WTSTW18, §6].
    Hyrax = 1, "hyrax", |workload: Workload<'_>| Hyrax::shared(Hyrax::log_row_len_for(workload.num_vars));
}

impl PcsKind {
    /// Number in proof headers.
    pub fn id(self) -> u8 {
        self as u8
    }
}

impl fmt::Display for PcsKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no scheme has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no commitment scheme has that name")]
pub struct UnknownScheme;

impl FromStr for PcsKind {
    type Err = UnknownScheme;

    fn from_str(name: &str) -> Result<Self, UnknownScheme> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name).ok_or(UnknownScheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_identify_schemes() {
        for (i, &kind) in PcsKind::ALL.iter().enumerate() {
            assert_eq!(PcsKind::from_id(kind.id()), Some(kind));
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert!(PcsKind::ALL[..i].iter().all(|k| k.id() != kind.id() && k.name() != kind.name()));
            assert_eq!(kind.setup(Workload { num_vars: &[4, 5] }).unwrap().kind(), kind);
        }
        assert_eq!(PcsKind::from_id(0), None);
        assert_eq!("Hyrax".parse::<PcsKind>(), Err(UnknownScheme));
    }
}
