//! Powers of tau and univariate KZG commitments [KZG10], which the pairing schemes share.
#![forbid(unsafe_code)]

mod encoding;
mod error;
mod file;
mod kzg;
mod pairing;
mod poly;
mod ptau;
mod setup;
#[cfg(test)]
mod tests;

pub use error::SetupError;
pub use kzg::{Kzg, for_scheme};
pub use pairing::{VerifyingKey, check_pairing};
pub use poly::divide_by_linear;
pub use setup::PowersOfTau;
