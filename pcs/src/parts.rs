//! Which parts of a batch are not zero: the others are not sent.
//!
//! A scheme cuts the columns of a commit call into *parts* ([`MultilinearPcs::num_parts`](crate::MultilinearPcs::num_parts)): rows, or
//! pieces. The commitment begins with one bit a part, in order, the lowest bit of a byte first; bits past the last part are zero.
//! A part whose bit is zero is the zero polynomial by definition, so that nothing is sent or opened for it, and a prover who leaves
//! out another one has committed to zeros. A commitment that shows that its part is zero is refused where the scheme can see it
//! (`Err(`[`ZeroPart`](VerifyError::ZeroPart)`)`): in a group, one batch then has one commitment.

use crate::VerifyError;
use ark_ec::AffineRepr;
use lariat_algebra::G1Affine;
use lariat_transcript::{ProverChannel, VerifierChannel};

pub(crate) const LABEL_PARTS: &str = "pcs/parts";

/// Which parts of a batch are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts(Vec<bool>);

impl Parts {
    /// The parts for which `is_sent` has `true`.
    pub fn new(is_sent: Vec<bool>) -> Self {
        Self(is_sent)
    }

    /// Bytes of the bits of so many parts.
    pub fn bytes_for(num_parts: usize) -> usize {
        num_parts.div_ceil(8)
    }

    /// For every part, whether it is sent.
    pub fn is_sent(&self) -> &[bool] {
        &self.0
    }

    /// Number of parts that are sent.
    pub fn num_sent(&self) -> usize {
        self.0.iter().filter(|&&sent| sent).count()
    }

    /// The items of those parts that are sent, out of one for each part.
    pub fn select<T>(&self, all: impl IntoIterator<Item = T>) -> Vec<T> {
        all.into_iter().zip(&self.0).filter_map(|(item, &sent)| sent.then_some(item)).collect()
    }

    /// The bits, packed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let byte = |bits: &[bool]| bits.iter().enumerate().fold(0, |byte, (at, &bit)| byte | u8::from(bit) << at);
        self.0.chunks(8).map(byte).collect()
    }

    /// Reads the bits of so many parts; none if the bytes are not as many as that takes, or a bit past the last part is set.
    pub fn from_bytes(num_parts: usize, bytes: &[u8]) -> Option<Self> {
        let bit = |at: usize| Some(bytes.get(at / 8)? >> (at % 8) & 1 == 1);
        // Other lengths have no such bit, or another encoding.
        let parts = Self((0..num_parts).map(bit).collect::<Option<_>>()?);
        (parts.to_bytes() == bytes).then_some(parts)
    }

    /// Sends the bits.
    pub fn send(&self, channel: &mut ProverChannel) {
        channel.send_bytes(LABEL_PARTS, &self.to_bytes());
    }

    /// Receives the bits of so many parts.
    ///
    /// # Errors
    /// When the proof is too short, or a bit past the last part is set.
    pub fn recv(num_parts: usize, channel: &mut VerifierChannel<'_>) -> Result<Self, VerifyError> {
        let bytes = channel.recv_bytes(LABEL_PARTS, Self::bytes_for(num_parts))?;
        Self::from_bytes(num_parts, &bytes).ok_or(VerifyError::PartsPadding)
    }
}

/// The columns of one commit call as far as sizes depend on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSize<'a> {
    /// Numbers of variables of the columns.
    pub num_vars: &'a [usize],
    /// Number of parts that are sent.
    pub num_sent: usize,
}

/// Receives one point of the group for each part that is sent.
///
/// # Errors
/// When the proof is too short, a point is malformed, or it is the identity.
pub fn recv_part_points(
    label: &'static str,
    num_sent: usize,
    channel: &mut VerifierChannel<'_>,
) -> Result<Vec<G1Affine>, VerifyError> {
    let points = channel.recv_points(label, num_sent)?;
    match points.iter().position(AffineRepr::is_zero) {
        Some(index) => Err(VerifyError::ZeroPart { index }),
        None => Ok(points),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_transcript::{HashKind, Session};

    fn session() -> Session<lariat_transcript::Ready> {
        Session::new(HashKind::Blake3, "parts").bind("nothing", b"")
    }

    #[test]
    fn rejects_bits_past_the_last_part() {
        for byte in 0..=255u8 {
            let mut channel = session().into_prover();
            channel.send_bytes(LABEL_PARTS, &[byte]);
            let (proof, _) = channel.finish();
            let read = Parts::recv(3, &mut session().into_verifier(&proof));
            let expected = Parts::new((0..3).map(|at| byte >> at & 1 == 1).collect());
            assert_eq!(read, if byte < 8 { Ok(expected) } else { Err(VerifyError::PartsPadding) });
        }
        let missing = Parts::recv(9, &mut session().into_verifier(&[0xff]));
        assert!(matches!(missing, Err(VerifyError::Channel(_))), "{missing:?}");
    }

    #[test]
    fn rejects_a_part_that_is_sent_and_zero() {
        let (g, zero) = (G1Affine::generator(), G1Affine::identity());
        let recv = |points: &[G1Affine]| {
            let mut channel = session().into_prover();
            channel.send_points("points", points);
            let (proof, _) = channel.finish();
            recv_part_points("points", points.len(), &mut session().into_verifier(&proof))
        };
        assert_eq!(recv(&[g, g]), Ok(vec![g, g]));
        assert_eq!(recv(&[]), Ok(Vec::new()));
        assert_eq!(recv(&[g, zero, g]), Err(VerifyError::ZeroPart { index: 1 }));
        assert_eq!(recv(&[zero, g]), Err(VerifyError::ZeroPart { index: 0 }));
    }

    #[test]
    fn bits_have_one_encoding() {
        for num_parts in 0..20 {
            for seed in 0..64u64 {
                let parts = Parts::new((0..num_parts).map(|at| (seed * 0x9e37 + at * seed) >> 3 & 1 == 1).collect());
                let (num_parts, bytes) = (num_parts as usize, parts.to_bytes());
                assert_eq!(bytes.len(), Parts::bytes_for(num_parts));
                assert_eq!(Parts::from_bytes(num_parts, &bytes), Some(parts.clone()));
                let sent: Vec<usize> = parts.select(0..num_parts);
                assert_eq!(sent.len(), parts.num_sent());
                assert!(sent.iter().all(|&at| bytes[at / 8] & 1 << (at % 8) != 0));
                // Every other string of bytes stands for other parts, or for none.
                for at in 0..8 * bytes.len() {
                    let mut other = bytes.clone();
                    other[at / 8] ^= 1 << (at % 8);
                    let read = Parts::from_bytes(num_parts, &other);
                    assert_eq!(read.is_some(), at < num_parts, "bit {at} of {num_parts}");
                    assert_ne!(read, Some(parts.clone()));
                }
                assert_eq!(Parts::from_bytes(num_parts, &[&bytes[..], &[0]].concat()), None);
                if let Some((_, shorter)) = bytes.split_last() {
                    assert_eq!(Parts::from_bytes(num_parts, shorter), None);
                }
            }
        }
    }
}
