//! The schemes of this project: one line each.
#![forbid(unsafe_code)]

use lariat_pcs::{Scheme, Schemes};

/// Every scheme, in the order of tables and plots.
pub const ALL: &[Scheme] = &[
    lariat_hyrax::SCHEME, // Hyrax [WTSTW18]
];

/// A list with every scheme; structured parameters are still to be added.
pub fn all() -> Schemes {
    ALL.iter().fold(Schemes::new(), |schemes, scheme| schemes.with(*scheme))
}
