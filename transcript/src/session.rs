//! Set-up of a channel: protocol name, then bindings of the statement, then one of the two channels.

use crate::chain::Chain;
use crate::hash::HashKind;
use crate::prover::ProverChannel;
use crate::verifier::VerifierChannel;
use core::marker::PhantomData;

/// State of a [`Session`] that has bound nothing yet: it cannot become a channel.
pub struct Unbound(());
/// State of a [`Session`] that has bound a part of the statement: it can bind more, or become a channel.
pub struct Ready(());

/// A protocol name and the statement bound so far. Prover and verifier build it by the same code.
///
/// A session that binds nothing cannot become a channel:
/// ```compile_fail
/// use lariat_transcript::{HashKind, Session};
/// let channel = Session::new(HashKind::Keccak256, "example").into_prover();
/// ```
/// There are no challenges before the set-up is closed:
/// ```compile_fail
/// use lariat_transcript::{HashKind, Session};
/// let mut session = Session::new(HashKind::Keccak256, "example").bind("statement", b"");
/// let alpha = session.challenge("alpha");
/// ```
/// Nor can a channel bind any more:
/// ```compile_fail
/// use lariat_transcript::{HashKind, Session};
/// let channel = Session::new(HashKind::Keccak256, "example").bind("statement", b"").into_prover();
/// let channel = channel.bind("more", b"");
/// ```
/// This compiles:
/// ```
/// use lariat_transcript::{HashKind, Session};
/// let mut channel = Session::new(HashKind::Keccak256, "example").bind("statement", b"").into_prover();
/// let alpha = channel.challenge("alpha");
/// ```
#[must_use = "a session does nothing until it becomes a channel"]
pub struct Session<State = Unbound> {
    chain: Chain,
    state: PhantomData<State>,
}

impl Session {
    /// Starts a session of `protocol` (at most 255 bytes, versioned) over `hash`.
    ///
    /// # Panics
    /// When the name is longer than 255 bytes.
    pub fn new(hash: HashKind, protocol: &'static str) -> Self {
        Self { chain: Chain::new(hash, protocol), state: PhantomData }
    }
}

impl<State> Session<State> {
    /// Binds a part of the statement: every challenge depends on `label`, `bytes` and the order of bindings.
    ///
    /// # Panics
    /// When the label is longer than 255 bytes.
    pub fn bind(mut self, label: &'static str, bytes: &[u8]) -> Session<Ready> {
        self.chain.bind(label, bytes);
        Session { chain: self.chain, state: PhantomData }
    }

    /// The hash function of the session.
    pub fn hash(&self) -> HashKind {
        self.chain.hash()
    }
}

impl Session<Ready> {
    /// Closes the set-up on the prover's side.
    pub fn into_prover(mut self) -> ProverChannel {
        self.chain.seal();
        ProverChannel::new(self.chain)
    }

    /// Closes the set-up on the verifier's side, to read `proof`.
    pub fn into_verifier(mut self, proof: &[u8]) -> VerifierChannel<'_> {
        self.chain.seal();
        VerifierChannel::new(self.chain, proof)
    }

    /// Makes the channel hand out the challenges of `tape` instead of its own; it absorbs as always. Tests only.
    ///
    /// The channel panics when it is asked for a challenge that the tape does not hold in this place.
    #[cfg(any(test, feature = "test-util"))]
    pub fn freeze(mut self, tape: crate::ChallengeTape) -> Self {
        self.chain.replay.freeze(tape);
        self
    }
}
