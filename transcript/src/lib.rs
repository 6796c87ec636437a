//! Fiat-Shamir channels: the proof *is* the sequence of sent messages.
//!
//! A [`Session`] names the protocol and binds the statement; it then becomes a [`ProverChannel`] or a
//! [`VerifierChannel`]. Sending absorbs, receiving absorbs, and there is no third way for a value to enter a proof, so
//! a message that the challenges do not depend on cannot be written by mistake.
//!
//! ```
//! use lariat_algebra::Fr;
//! use lariat_transcript::{ChannelError, HashKind, Session, Ready};
//!
//! fn session(statement: &[u8]) -> Session<Ready> {
//!     Session::new(HashKind::Keccak256, "example").bind("statement", statement)
//! }
//!
//! let mut prover = session(b"2 + 3 = 5").into_prover();
//! prover.send_scalars("summands", &[Fr::from(2u64), Fr::from(3u64)]);
//! let alpha = prover.challenge("alpha");
//! let (proof, log) = prover.finish();
//!
//! let mut verifier = session(b"2 + 3 = 5").into_verifier(&proof);
//! let summands = verifier.recv_scalars("summands", 2)?;
//! assert_eq!(summands[0] + summands[1], Fr::from(5u64));
//! assert_eq!(verifier.challenge("alpha"), alpha);
//! assert_eq!(verifier.finish()?, log);
//! # Ok::<(), ChannelError>(())
//! ```
//!
//! # The hash chain, exactly
//!
//! `H` is Keccak-256 (the original padding, as the EVM has it) or BLAKE3 with 32 bytes of output ([`HashKind`]). All
//! integers are little-endian; `le64` is 8 bytes, `u8` one. The state `s` is 32 bytes.
//!
//! | step | new state |
//! |---|---|
//! | start | `s = H("lariat-transcript/v1" ‖ u8 hash id ‖ u8 len(protocol) ‖ protocol)` |
//! | absorb | `s = H(s ‖ u8 op ‖ u8 len(label) ‖ label ‖ le64 count ‖ payload)` |
//! | squeeze | an absorb with an empty payload and `count` = number of values drawn, then outputs as below |
//! | output block `(i, j)` | `H(s ‖ u8 0xff ‖ le64 i ‖ u8 j)`, leaving `s` as it is |
//!
//! | op | step | count | payload |
//! |---|---|---|---|
//! | `0x01` | bind during set-up | bytes | the bytes |
//! | `0x02` | seal: end of set-up, empty label | number of bindings | – |
//! | `0x03` | section marker | 0 | – |
//! | `0x10` | message of scalars | scalars | 32 bytes each |
//! | `0x11` | message of points | points | 32 bytes each |
//! | `0x12` | message of bytes | bytes | the bytes |
//! | `0x20` | public scalars | scalars | 32 bytes each |
//! | `0x21` | public points | points | both coordinates, 64 bytes each |
//! | `0x22` | public bytes | bytes | the bytes |
//! | `0x30` | scalar challenges | number drawn | – |
//! | `0x31` | index challenges | number drawn | `le64 bound` |
//! | `0x32` | digest challenge | 1 | – |
//!
//! Each preimage starts with a fixed-size state and op, and every later field has a fixed size or a length before it;
//! the sequence of steps can therefore be read back from the preimages, which excludes collisions by label prefix,
//! by trailing zeros, and by splitting or merging messages. The output op `0xff` is no absorb op, so an output is never
//! a state.
//!
//! * Scalar challenge `i` is the 64-byte little-endian integer `block(i, 0) ‖ block(i, 1)` reduced modulo `r`; its
//!   distance from uniform is below `2^-256`.
//! * Index challenge `i` is the 32-byte little-endian integer `block(i, 0)` reduced modulo the bound; its distance from
//!   uniform is below `2^-192` (zero when the bound is a power of two).
//! * A digest challenge is `block(0, 0)`.
//!
//! Encodings of scalars and points are in [`encoding`].
#![forbid(unsafe_code)]

mod chain;
pub mod encoding;
mod error;
mod events;
mod hash;
mod prover;
#[cfg(any(test, feature = "test-util"))]
mod replay;
mod session;
#[cfg(test)]
mod tests;
mod verifier;

pub use chain::PublicCoin;
pub use error::ChannelError;
pub use events::{Event, EventKind, EventLog, PayloadKind};
pub use hash::{HashKind, UnknownHash};
pub use prover::ProverChannel;
#[cfg(any(test, feature = "test-util"))]
pub use replay::{ChallengeTape, Drawn};
pub use session::{Ready, Session, Unbound};
pub use verifier::VerifierChannel;
