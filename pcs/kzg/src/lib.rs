//! Powers of tau, and univariate KZG commitments under them [KZG10]: what the pairing schemes share.
//!
//! A *setup* is `[tau^i]_1` for `i < 2^L`, `[1]_2` and `[tau]_2` in BN254, for a `tau` that nobody should know
//! ([`PowersOfTau`]), and those few powers in G2 that pair with the rows of a polynomial ([`PowersOfTau::spaced_powers`]). A polynomial `f` of fewer than `2^L` coefficients is committed to as `[f(tau)]_1`; to show that
//! `f(z) = v` is to show `W = [(f(tau) - v) / (tau - z)]_1`, checked by
//!
//! `e([f(tau)]_1 - [v]_1 + z W, [1]_2) = e(W, [tau]_2)`,
//!
//! which is [`check_pairing`]. Schemes combine many such equations into one.
//!
//! A piece of a column is such a polynomial: its evaluation at hypercube index `i` is the coefficient of `X^i`.
//!
//! # Where a setup comes from
//! * [`PowersOfTau::import_ptau`] reads a ceremony's file as snarkjs writes it, and checks everything that can be
//!   checked without having been there.
//! * [`PowersOfTau::from_seed`] derives `tau` from a name: **insecure**, and called so wherever a setup is shown.
//! * [`PowersOfTau::save`] and [`PowersOfTau::open`] keep either in the project's own file, of which a verifier reads a
//!   header of some hundred bytes and a prover the powers that it uses, when it first uses them.
//!
//! Prover and verifier bind [`PowersOfTau::digest`], which stands for the verifying key. It depends neither on the number
//! of powers, which all follow from `[tau]_2`, nor on what the source is called.
//!
//! # Assumptions
//! Soundness in the algebraic group model [FKL18] under the discrete logarithm assumption with powers. Two consequences
//! for schemes:
//! * **A commitment bounds no degree.** `2^L` powers are what this prover has; an adversary has all of the ceremony's,
//!   [`LONGEST_CEREMONY`] of them at most. A scheme that needs a bound must prove it, with `[1]_2` and `[tau]_2` alone,
//!   and its errors count polynomials of that length, whatever the setup's.
//! * With `d` powers public, `tau` can be found in about `sqrt(r / d)` steps for a divisor `d` of `r - 1` or `r + 1`
//!   [Cheon06]: for the longest ceremonies, of `2^29` powers, about `2^112`. That is above the level of the pairing
//!   ([`lariat_pcs::SecurityBits::CURVE`]), which is what schemes report.

#![forbid(unsafe_code)]

mod encoding;
mod error;
mod file;
mod kzg;
mod pairing;
mod poly;
mod ptau;
mod setup;
mod spaced;
#[cfg(test)]
mod tests;

pub use error::SetupError;
pub use kzg::{Kzg, for_scheme};
pub use pairing::{PairedPoints, VerifyingKey, check_pairing};
pub use poly::divide_by_linear;
pub use ptau::Contributions;
pub use setup::PowersOfTau;

/// A point of the second group.
pub use ark_bn254::G2Affine;

/// Number `D` of powers in G1 of the longest ceremony that an adversary may have taken part in or read: polynomials in
/// commitments have at most so many coefficients. A ceremony of power 28, the largest that BN254's scalar field has
/// roots of unity for, publishes `2^29 - 1` of them.
pub const LONGEST_CEREMONY: usize = 1 << 29;
