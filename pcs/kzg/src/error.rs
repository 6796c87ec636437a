//! What can be wrong with a setup, each with a way out.

use std::io;

/// A structured reference string could not be made, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The operating system refused.
    #[error("setup file: {0}")]
    Io(#[from] io::Error),
    /// Not a name that headers can carry.
    #[error("a setup's name is 1 to 64 printable ASCII characters without spaces; choose another one")]
    BadName,
    /// More powers than this project handles.
    #[error("2^{log_len} powers of tau asked for, at most 2^{max} are supported; ask for fewer")]
    TooLong {
        /// Logarithm of the number asked for.
        log_len: usize,
        /// Logarithm of the largest number supported.
        max: usize,
    },
    /// More powers than the setup has.
    #[error("2^{needed} powers of tau needed, the setup has 2^{available}; make or import a larger one")]
    TooShort {
        /// Logarithm of the number asked for.
        needed: usize,
        /// Logarithm of the number available.
        available: usize,
    },
    /// The first bytes are not those of a file of this kind.
    #[error("not a {expected} file: it does not begin with the bytes of one; check the path")]
    BadMagic {
        /// Kind of file that was expected.
        expected: &'static str,
    },
    /// Another version of the format.
    #[error(
        "{format} version {got} is not supported (this program reads version {expected}); convert or remake the file"
    )]
    BadVersion {
        /// Kind of file.
        format: &'static str,
        /// Version that this program reads.
        expected: u32,
        /// Version of the file.
        got: u32,
    },
    /// The length of the file is not what its header says.
    #[error(
        "the file has {got} bytes where its header calls for {expected}: it was cut or extended; fetch or make it again"
    )]
    BadLength {
        /// Bytes that the header calls for.
        expected: u64,
        /// Bytes of the file.
        got: u64,
    },
    /// The header contradicts itself or its digest.
    #[error("the header is damaged ({what}); fetch or make the file again")]
    BadHeader {
        /// What is wrong.
        what: &'static str,
    },
    /// A block of powers does not have the digest that the header lists.
    #[error(
        "powers from number {first} on do not have the digest in the header: the file is damaged; fetch or make it again"
    )]
    BadBlock {
        /// First power of the block.
        first: usize,
    },
    /// A coordinate is not below the modulus, or a point is not on its curve.
    #[error("{group} point {index} is not a point of the curve; fetch the file again")]
    BadPoint {
        /// `G1` or `G2`.
        group: &'static str,
        /// Position of the point.
        index: usize,
    },
    /// A point of the twist outside of the group of order `r`.
    #[error(
        "G2 point {index} is not in the subgroup of order r: the file is not from a sound ceremony; use another one"
    )]
    NotInSubgroup {
        /// Position of the point.
        index: usize,
    },
    /// The curve is another one.
    #[error(
        "the file is for another curve than BN254 (its prime differs); import a file made for BN254 (bn128 in snarkjs)"
    )]
    WrongCurve,
    /// A section of a `.ptau` file is absent, repeated or of the wrong size.
    #[error("section {section} of the .ptau file {problem}; fetch the file again")]
    BadSection {
        /// Number of the section.
        section: u32,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The zeroth power is not the generator.
    #[error("the zeroth power in {group} is not the generator; use a file that snarkjs or this program wrote")]
    NotTheGenerator {
        /// `G1` or `G2`.
        group: &'static str,
    },
    /// Consecutive powers are not in the ratio `tau`.
    #[error("the powers are not consecutive powers of the tau in G2 (pairing check): do not use this file")]
    Inconsistent,
    /// `tau` is zero, one or minus one.
    #[error(
        "tau is degenerate (zero, one or minus one; one if nobody contributed to a ceremony): do not use this setup"
    )]
    DegenerateTau,
    /// A power of `tau` is one: `tau` is among few numbers, and powers repeat.
    #[error("tau is a root of unity of order {order}, which anybody finds: do not use this setup")]
    RootOfUnity {
        /// The least exponent of a power that is one.
        order: usize,
    },
    /// Only whoever knows `tau` can write a ceremony's file.
    #[error("a .ptau file can be written of an insecure setup only, whose tau is known; use one made from a seed")]
    NoTrapdoor,
}
