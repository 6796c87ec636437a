//! The schemes of this project: one line each.
#![forbid(unsafe_code)]

use lariat_pcs::{Scheme, Schemes};

/// Every scheme, in the order of tables and plots.
pub const ALL: &[Scheme] = &[
    lariat_hyrax::SCHEME,     // Hyrax [WTSTW18]
    lariat_zeromorph::SCHEME, // Zeromorph [KT24]
    lariat_hyperkzg::SCHEME,  // HyperKZG [BCHO22]
    lariat_mercury::SCHEME,   // Mercury [EG25]
    lariat_kzh::SCHEME,       // KZH-k [KZH25]
    lariat_dory::SCHEME,      // Dory [Lee21]
    lariat_ligero::SCHEME,    // Ligero [AHIV17]
    lariat_basefold::SCHEME,  // BaseFold [ZCF24]
    lariat_whir::SCHEME,      // WHIR [ACFY24]
    lariat_ligerito::SCHEME,  // Ligerito [NA25]
];

/// A list with every scheme; structured parameters are still to be added.
pub fn all() -> Schemes {
    ALL.iter().fold(Schemes::new(), |schemes, scheme| schemes.with(*scheme))
}
