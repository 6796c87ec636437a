//! The hash chain that prover and verifier share. Every absorb and every squeeze of either side goes through here.

use crate::encoding::{coordinates_to_bytes, scalar_to_bytes};
use crate::events::{Event, EventKind, EventLog, PayloadKind};
use crate::hash::HashKind;
use ark_ff::{AdditiveGroup, Field};
use core::num::NonZeroU64;
use lariat_algebra::{Fr, G1Affine};

#[cfg(any(test, feature = "test-util"))]
use crate::replay::{Drawn, Replay};

const DOMAIN: &[u8] = b"lariat-transcript/v1";
/// Domain byte of output blocks; no absorb uses it.
const OUTPUT: u8 = 0xff;

/// Domain byte of an absorb. See the table in the crate's documentation.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Op {
    Bind = 0x01,
    Seal = 0x02,
    Section = 0x03,
    MessageScalars = 0x10,
    MessagePoints = 0x11,
    MessageBytes = 0x12,
    PublicScalars = 0x20,
    PublicPoints = 0x21,
    PublicBytes = 0x22,
    ChallengeScalars = 0x30,
    ChallengeIndices = 0x31,
    ChallengeDigest = 0x32,
}

/// Length of a label or protocol name as one byte.
///
/// # Panics
/// When `text` is longer than 255 bytes. Labels are literals of the protocol, never data.
fn short_len(text: &str) -> u8 {
    u8::try_from(text.len()).expect("labels have at most 255 bytes")
}

/// State of the chain, position in the proof, and log. Deliberately neither `Clone` nor `Copy`: one state, one run.
pub(crate) struct Chain {
    hash: HashKind,
    state: [u8; 32],
    num_bindings: u64,
    /// Bytes of the proof sent or received so far.
    position: usize,
    log: EventLog,
    #[cfg(any(test, feature = "test-util"))]
    pub(crate) replay: Replay,
}

impl Chain {
    pub(crate) fn new(hash: HashKind, protocol: &'static str) -> Self {
        let state = hash.digest(&[DOMAIN, &[hash.id(), short_len(protocol)], protocol.as_bytes()]);
        Self {
            hash,
            state,
            num_bindings: 0,
            position: 0,
            log: EventLog::default(),
            #[cfg(any(test, feature = "test-util"))]
            replay: Replay::default(),
        }
    }

    pub(crate) fn hash(&self) -> HashKind {
        self.hash
    }

    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn into_log(self) -> EventLog {
        self.log
    }

    /// Every challenge handed out so far.
    #[cfg(any(test, feature = "test-util"))]
    pub(crate) fn drawn(&self) -> &[Drawn] {
        self.replay.handed_out()
    }

    fn absorb(&mut self, op: Op, label: &'static str, count: usize, payload: &[u8]) {
        let head = [op as u8, short_len(label)];
        let count = (count as u64).to_le_bytes();
        self.state = self.hash.digest(&[&self.state, &head, label.as_bytes(), &count, payload]);
    }

    fn record(&mut self, kind: EventKind, label: &'static str, payload: PayloadKind, count: usize, num_bytes: usize) {
        self.log.push(Event { kind, label, payload, count, offset: self.position, num_bytes });
        self.position += num_bytes;
    }

    pub(crate) fn bind(&mut self, label: &'static str, bytes: &[u8]) {
        self.absorb(Op::Bind, label, bytes.len(), bytes);
        self.num_bindings += 1;
        self.record(EventKind::Bind, label, PayloadKind::Bytes, bytes.len(), 0);
    }

    /// Ends the set-up.
    pub(crate) fn seal(&mut self) {
        self.absorb(Op::Seal, "", self.num_bindings as usize, &[]);
    }

    /// Absorbs a message of `count` elements whose encoding is `bytes`, and moves past it in the proof.
    pub(crate) fn message(&mut self, label: &'static str, payload: MessageKind, count: usize, bytes: &[u8]) {
        let (op, payload) = match payload {
            MessageKind::Scalars => (Op::MessageScalars, PayloadKind::Scalars),
            MessageKind::Points => (Op::MessagePoints, PayloadKind::Points),
            MessageKind::Bytes => (Op::MessageBytes, PayloadKind::Bytes),
        };
        self.absorb(op, label, count, bytes);
        self.record(EventKind::Message, label, payload, count, bytes.len());
    }

    pub(crate) fn section(&mut self, label: &'static str) {
        self.absorb(Op::Section, label, 0, &[]);
        self.record(EventKind::Section, label, PayloadKind::None, 0, 0);
    }

    pub(crate) fn public_scalars(&mut self, label: &'static str, v: &[Fr]) {
        let bytes: Vec<u8> = v.iter().flat_map(scalar_to_bytes).collect();
        self.absorb(Op::PublicScalars, label, v.len(), &bytes);
        self.record(EventKind::Public, label, PayloadKind::Scalars, v.len(), 0);
    }

    pub(crate) fn public_points(&mut self, label: &'static str, v: &[G1Affine]) {
        let bytes: Vec<u8> = v.iter().flat_map(coordinates_to_bytes).collect();
        self.absorb(Op::PublicPoints, label, v.len(), &bytes);
        self.record(EventKind::Public, label, PayloadKind::Points, v.len(), 0);
    }

    pub(crate) fn public_bytes(&mut self, label: &'static str, v: &[u8]) {
        self.absorb(Op::PublicBytes, label, v.len(), v);
        self.record(EventKind::Public, label, PayloadKind::Bytes, v.len(), 0);
    }

    fn output_block(&self, i: usize, j: u8) -> [u8; 32] {
        self.hash.digest(&[&self.state, &[OUTPUT], &(i as u64).to_le_bytes(), &[j]])
    }

    fn scalar_output(&self, i: usize) -> Fr {
        let (low, high) = (self.output_block(i, 0), self.output_block(i, 1));
        // Horner in base 2^128: several times faster than byte-wise reduction.
        let base = Fr::from(u128::MAX) + Fr::ONE;
        let digits = low.as_chunks::<16>().0.iter().chain(high.as_chunks::<16>().0);
        digits.rev().fold(Fr::ZERO, |acc, digit| acc * base + Fr::from(u128::from_le_bytes(*digit)))
    }

    fn index_output(&self, i: usize, bound: NonZeroU64) -> u64 {
        let block = self.output_block(i, 0);
        let (limbs, _) = block.as_chunks::<8>();
        // Long division, most significant limb first; the remainder stays below 2^64.
        limbs.iter().rev().fold(0, |rem, limb| {
            let dividend = (u128::from(rem) << 64) | u128::from(u64::from_le_bytes(*limb));
            (dividend % u128::from(bound.get())) as u64
        })
    }

    pub(crate) fn challenge(&mut self, label: &'static str) -> Fr {
        self.absorb(Op::ChallengeScalars, label, 1, &[]);
        self.record(EventKind::Challenge, label, PayloadKind::Scalars, 1, 0);
        let drawn = self.scalar_output(0);
        #[cfg(any(test, feature = "test-util"))]
        let drawn = self.replay.scalar(drawn);
        drawn
    }

    pub(crate) fn challenges(&mut self, label: &'static str, n: usize) -> Vec<Fr> {
        self.absorb(Op::ChallengeScalars, label, n, &[]);
        self.record(EventKind::Challenge, label, PayloadKind::Scalars, n, 0);
        let drawn = (0..n).map(|i| self.scalar_output(i)).collect::<Vec<_>>();
        #[cfg(any(test, feature = "test-util"))]
        let drawn = drawn.into_iter().map(|c| self.replay.scalar(c)).collect();
        drawn
    }

    pub(crate) fn challenge_array<const N: usize>(&mut self, label: &'static str) -> [Fr; N] {
        let drawn = self.challenges(label, N);
        std::array::from_fn(|i| drawn[i])
    }

    pub(crate) fn challenge_indices(&mut self, label: &'static str, n: usize, bound: NonZeroU64) -> Vec<u64> {
        self.absorb(Op::ChallengeIndices, label, n, &bound.get().to_le_bytes());
        self.record(EventKind::Challenge, label, PayloadKind::Indices, n, 0);
        let drawn = (0..n).map(|i| self.index_output(i, bound)).collect::<Vec<_>>();
        #[cfg(any(test, feature = "test-util"))]
        let drawn = drawn.into_iter().map(|c| self.replay.index(c)).collect();
        drawn
    }

    pub(crate) fn challenge_digest(&mut self, label: &'static str) -> [u8; 32] {
        self.absorb(Op::ChallengeDigest, label, 1, &[]);
        self.record(EventKind::Challenge, label, PayloadKind::Digest, 1, 0);
        let drawn = self.output_block(0, 0);
        #[cfg(any(test, feature = "test-util"))]
        let drawn = self.replay.digest(drawn);
        drawn
    }
}

/// What a message is made of.
#[derive(Clone, Copy)]
pub(crate) enum MessageKind {
    Scalars,
    Points,
    Bytes,
}

/// What prover and verifier do alike: everything but sending and receiving. A step of a protocol that only absorbs
/// public values and draws challenges is written once over this trait. Both channels also have these as inherent
/// methods, so the trait need not be imported to call them. Object-safe.
pub trait PublicCoin {
    /// Begins a named section; it separates domains and groups the [`EventLog`].
    fn section(&mut self, label: &'static str);
    /// Absorbs scalars that both sides know; no part of the proof.
    fn absorb_public_scalars(&mut self, label: &'static str, v: &[Fr]);
    /// Absorbs points that both sides know; no part of the proof.
    fn absorb_public_points(&mut self, label: &'static str, v: &[G1Affine]);
    /// Absorbs bytes that both sides know; no part of the proof.
    fn absorb_public_bytes(&mut self, label: &'static str, v: &[u8]);
    /// Draws a scalar uniform in the whole field. The same as `challenges(label, 1)[0]`.
    fn challenge(&mut self, label: &'static str) -> Fr;
    /// Draws `n` scalars uniform in the whole field.
    fn challenges(&mut self, label: &'static str, n: usize) -> Vec<Fr>;
    /// Draws scalars uniform in the whole field: those of `challenges(label, N)`.
    fn challenge_array<const N: usize>(&mut self, label: &'static str) -> [Fr; N]
    where
        Self: Sized;
    /// Draws `n` indices uniform in `[0, bound)`, repetitions possible.
    fn challenge_indices(&mut self, label: &'static str, n: usize, bound: NonZeroU64) -> Vec<u64>;
    /// Draws 32 bytes: a seed for an expansion or a grinding puzzle outside the channel.
    fn challenge_digest(&mut self, label: &'static str) -> [u8; 32];
}

/// Gives a channel type with a field `chain: Chain` the shared methods, inherent and as [`PublicCoin`].
macro_rules! public_coin {
    ([$($generics:tt)*] $channel:ty) => {
        impl<$($generics)*> $channel {
            /// The hash function of the channel.
            pub fn hash(&self) -> HashKind {
                self.chain.hash()
            }

            /// Bytes of the proof sent or received so far.
            pub fn position(&self) -> usize {
                self.chain.position()
            }

            public_coin! { @methods [pub] }
        }

        impl<$($generics)*> PublicCoin for $channel {
            public_coin! { @methods [] }
        }
    };
    (@methods [$($vis:tt)*]) => {
        /// Begins a named section: separates domains and groups the log. Absorbs the label.
        $($vis)* fn section(&mut self, label: &'static str) {
            self.chain.section(label);
        }

        /// Absorbs scalars that both sides know; no part of the proof.
        $($vis)* fn absorb_public_scalars(&mut self, label: &'static str, v: &[Fr]) {
            self.chain.public_scalars(label, v);
        }

        /// Absorbs points that both sides know; no part of the proof.
        $($vis)* fn absorb_public_points(&mut self, label: &'static str, v: &[G1Affine]) {
            self.chain.public_points(label, v);
        }

        /// Absorbs bytes that both sides know; no part of the proof.
        $($vis)* fn absorb_public_bytes(&mut self, label: &'static str, v: &[u8]) {
            self.chain.public_bytes(label, v);
        }

        /// Draws a scalar uniform in the whole field: 512 bits of hash output modulo `r`. Three hash calls. The same
        /// as `challenges(label, 1)[0]`.
        $($vis)* fn challenge(&mut self, label: &'static str) -> Fr {
            self.chain.challenge(label)
        }

        /// Draws `n` scalars uniform in the whole field; `1 + 2n` hash calls.
        $($vis)* fn challenges(&mut self, label: &'static str, n: usize) -> Vec<Fr> {
            self.chain.challenges(label, n)
        }

        /// Draws scalars uniform in the whole field: those of `challenges(label, N)`.
        $($vis)* fn challenge_array<const N: usize>(&mut self, label: &'static str) -> [Fr; N] {
            self.chain.challenge_array(label)
        }

        /// Draws `n` indices uniform in `[0, bound)`, repetitions possible; `1 + n` hash calls.
        $($vis)* fn challenge_indices(&mut self, label: &'static str, n: usize, bound: NonZeroU64) -> Vec<u64> {
            self.chain.challenge_indices(label, n, bound)
        }

        /// Draws 32 bytes: a seed for an expansion or a grinding puzzle outside the channel.
        $($vis)* fn challenge_digest(&mut self, label: &'static str) -> [u8; 32] {
            self.chain.challenge_digest(label)
        }
    };
}

public_coin! { [] crate::ProverChannel }
public_coin! { ['a] crate::VerifierChannel<'a> }
