//! The prover's end: sending a message appends it to the proof and absorbs it.

use crate::chain::{Chain, MessageKind};
use crate::encoding::{POINT_BYTES, SCALAR_BYTES, point_to_bytes, scalar_to_bytes};
use crate::events::EventLog;
use lariat_algebra::{
    Fr, G1Affine,
    count::{self, Kernel},
};

/// The prover's channel. Not `Clone`: a run has one transcript.
///
/// ```compile_fail
/// use lariat_transcript::{HashKind, Session};
/// let channel = Session::new(HashKind::Keccak256, "example").bind("statement", b"").into_prover();
/// let fork = channel.clone();
/// ```
#[must_use = "the proof is what `finish` returns"]
pub struct ProverChannel {
    pub(crate) chain: Chain,
    proof: Vec<u8>,
}

impl ProverChannel {
    pub(crate) fn new(chain: Chain) -> Self {
        Self { chain, proof: Vec::new() }
    }

    /// Sends scalars: 32 bytes each.
    pub fn send_scalars(&mut self, label: &'static str, v: &[Fr]) {
        self.proof.reserve(SCALAR_BYTES * v.len());
        for x in v {
            self.proof.extend_from_slice(&scalar_to_bytes(x));
        }
        self.absorb_sent(label, MessageKind::Scalars, v.len());
    }

    /// Sends points: 32 bytes each.
    pub fn send_points(&mut self, label: &'static str, v: &[G1Affine]) {
        self.proof.reserve(POINT_BYTES * v.len());
        for p in v {
            self.proof.extend_from_slice(&point_to_bytes(p));
        }
        self.absorb_sent(label, MessageKind::Points, v.len());
    }

    /// Sends raw bytes.
    pub fn send_bytes(&mut self, label: &'static str, v: &[u8]) {
        self.proof.extend_from_slice(v);
        self.absorb_sent(label, MessageKind::Bytes, v.len());
    }

    /// Absorbs what the proof holds past the chain's position.
    fn absorb_sent(&mut self, label: &'static str, kind: MessageKind, count: usize) {
        let message = &self.proof[self.chain.position()..];
        count::add(Kernel::BytesSent, message.len());
        self.chain.message(label, kind, count, message);
    }

    /// Ends the run: the proof, and the log that describes it.
    pub fn finish(self) -> (Vec<u8>, EventLog) {
        (self.proof, self.chain.into_log())
    }

    /// Every challenge handed out so far, to be replayed with [`Session::freeze`](crate::Session::freeze). Tests only.
    #[cfg(any(test, feature = "test-util"))]
    pub fn tape(&self) -> crate::ChallengeTape {
        crate::ChallengeTape(self.chain.drawn().to_vec())
    }
}
