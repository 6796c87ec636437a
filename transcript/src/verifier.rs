//! The verifier's end: receiving a message decodes it and absorbs it.

use crate::chain::{Chain, MessageKind};
use crate::encoding::{POINT_BYTES, SCALAR_BYTES, point_from_bytes, scalar_from_bytes};
use crate::error::ChannelError;
use crate::events::EventLog;
use lariat_algebra::{Fr, G1Affine, par};

/// The verifier's channel over the bytes of a proof. Not `Clone`: a run has one transcript.
///
/// Lengths are arguments, fixed by the protocol and never read from the proof; nothing is allocated before the proof is
/// known to hold that many bytes.
#[must_use = "a proof is not verified before `finish` has found no trailing bytes"]
pub struct VerifierChannel<'a> {
    pub(crate) chain: Chain,
    proof: &'a [u8],
}

impl<'a> VerifierChannel<'a> {
    pub(crate) fn new(chain: Chain, proof: &'a [u8]) -> Self {
        Self { chain, proof }
    }

    /// The unread part of the proof.
    fn unread(&self) -> &'a [u8] {
        // The position moves by what was received from the proof.
        &self.proof[self.chain.position()..]
    }

    /// The next `count` elements of `SIZE` bytes each, neither decoded nor absorbed.
    fn peek<const SIZE: usize>(&self, label: &'static str, count: usize) -> Result<&'a [[u8; SIZE]], ChannelError> {
        let unread = self.unread();
        let needed = count.saturating_mul(SIZE);
        let message = unread.get(..needed).ok_or(ChannelError::Truncated {
            label,
            offset: self.chain.position(),
            needed,
            remaining: unread.len(),
        })?;
        Ok(message.as_chunks().0)
    }

    /// Receives `n` scalars.
    ///
    /// # Errors
    /// When fewer than `32 n` bytes are left or a scalar is not below the modulus.
    pub fn recv_scalars(&mut self, label: &'static str, n: usize) -> Result<Vec<Fr>, ChannelError> {
        let message = self.peek::<SCALAR_BYTES>(label, n)?;
        let decode = |(index, bytes)| self.scalar(label, index, bytes);
        let scalars = message.iter().enumerate().map(decode).collect::<Result<Vec<_>, _>>()?;
        self.chain.message(label, MessageKind::Scalars, n, message.as_flattened());
        Ok(scalars)
    }

    /// Receives `N` scalars: a message of a length that is fixed.
    ///
    /// # Errors
    /// As [`recv_scalars`](Self::recv_scalars).
    pub fn recv_array<const N: usize>(&mut self, label: &'static str) -> Result<[Fr; N], ChannelError> {
        let message = self.peek::<SCALAR_BYTES>(label, N)?;
        let mut scalars = [Fr::from(0u64); N];
        for (index, (scalar, bytes)) in scalars.iter_mut().zip(message).enumerate() {
            *scalar = self.scalar(label, index, bytes)?;
        }
        self.chain.message(label, MessageKind::Scalars, N, message.as_flattened());
        Ok(scalars)
    }

    /// A scalar of the next message.
    fn scalar(&self, label: &'static str, index: usize, bytes: &[u8; SCALAR_BYTES]) -> Result<Fr, ChannelError> {
        let offset = self.chain.position() + SCALAR_BYTES * index;
        scalar_from_bytes(bytes).ok_or(ChannelError::NonCanonicalScalar { label, index, offset })
    }

    /// Receives `n` points of the group, the identity included.
    ///
    /// # Errors
    /// When fewer than `32 n` bytes are left, or a point is not on the curve or not in its one encoding.
    pub fn recv_points(&mut self, label: &'static str, n: usize) -> Result<Vec<G1Affine>, ChannelError> {
        let message = self.peek::<POINT_BYTES>(label, n)?;
        let position = self.chain.position();
        let decode = |(index, bytes)| {
            point_from_bytes(bytes).map_err(|source| ChannelError::InvalidPoint {
                label,
                index,
                offset: position + POINT_BYTES * index,
                source,
            })
        };
        // A square root each.
        let points = par::map_collect(message.len(), |index| decode((index, &message[index])));
        let points = points.into_iter().collect::<Result<Vec<_>, _>>()?;
        self.chain.message(label, MessageKind::Points, n, message.as_flattened());
        Ok(points)
    }

    /// Receives `n` raw bytes.
    ///
    /// # Errors
    /// When fewer than `n` bytes are left.
    pub fn recv_bytes(&mut self, label: &'static str, n: usize) -> Result<Vec<u8>, ChannelError> {
        let message = self.peek::<1>(label, n)?.as_flattened();
        self.chain.message(label, MessageKind::Bytes, n, message);
        Ok(message.to_vec())
    }

    /// Ends the run.
    ///
    /// # Errors
    /// When the proof holds bytes that no message took.
    pub fn finish(self) -> Result<EventLog, ChannelError> {
        match self.unread().len() {
            0 => Ok(self.chain.into_log()),
            extra => Err(ChannelError::TrailingBytes { offset: self.chain.position(), extra }),
        }
    }

    /// Every challenge handed out so far, to be replayed with [`Session::freeze`](crate::Session::freeze). Tests only.
    #[cfg(any(test, feature = "test-util"))]
    pub fn tape(&self) -> crate::ChallengeTape {
        crate::ChallengeTape(self.chain.drawn().to_vec())
    }
}
