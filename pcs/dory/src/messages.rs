//! The messages of an opening.
//!
//! What the verifier receives is canonical, on the curve, and cyclotomic (as all that [`gt`] decodes is); that elements of
//! G2 and GT have order `r` is checked later, for all of them at once, and cheaper checks come before.

use crate::gt::Cyclotomic;
use crate::{g2, gt};
use ark_bn254::G2Affine;
use lariat_algebra::G1Affine;
use lariat_pcs::VerifyError;
use lariat_transcript::encoding::POINT_BYTES;
use lariat_transcript::{ProverChannel, VerifierChannel};

/// Commitments: one element of GT a piece.
pub(crate) const LABEL_COMMITMENTS: &str = "dory/commitments";
/// `E_1` and `C_1`.
pub(crate) const LABEL_STATEMENT: &str = "dory/statement";
/// GT and G2 of a round's first message.
pub(crate) const LABEL_FIRST: &str = "dory/first";
/// G1 of a round's first message.
pub(crate) const LABEL_FIRST_POINT: &str = "dory/first/g1";
/// GT and G2 of a round's second message.
pub(crate) const LABEL_SECOND: &str = "dory/second";
/// G1 of a round's second message.
pub(crate) const LABEL_SECOND_POINTS: &str = "dory/second/g1";
/// The last vector of G1.
pub(crate) const LABEL_LAST_G1: &str = "dory/last/g1";
/// The last vector of G2.
pub(crate) const LABEL_LAST_G2: &str = "dory/last/g2";
/// Challenge after a round's first message.
pub(crate) const LABEL_BETA: &str = "dory/beta";
/// Challenge after a round's second message.
pub(crate) const LABEL_ALPHA: &str = "dory/alpha";
/// Challenge of the last check.
pub(crate) const LABEL_D: &str = "dory/d";

const FIRST_BYTES: usize = 4 * gt::BYTES + g2::BYTES;
const SECOND_BYTES: usize = 2 * gt::BYTES + 2 * g2::BYTES;

/// Bytes of one round.
pub(crate) const ROUND_BYTES: usize = FIRST_BYTES + POINT_BYTES + SECOND_BYTES + 2 * POINT_BYTES;
/// Bytes of the messages outside of rounds.
pub(crate) const FRAME_BYTES: usize = 2 * POINT_BYTES + POINT_BYTES + g2::BYTES;

/// Receives exactly `N` points.
fn recv_points<const N: usize>(
    label: &'static str,
    channel: &mut VerifierChannel<'_>,
) -> Result<[G1Affine; N], VerifyError> {
    let points = channel.recv_points(label, N)?;
    Ok(points.try_into().expect("as many points as were asked for"))
}

/// Receives `N` elements of GT and `M` points of G2 in one message; membership is still to be checked.
fn recv_groups<const N: usize, const M: usize>(
    label: &'static str,
    channel: &mut VerifierChannel<'_>,
) -> Result<([Cyclotomic; N], [G2Affine; M]), VerifyError> {
    let bytes = channel.recv_bytes(label, N * gt::BYTES + M * g2::BYTES)?;
    let (first, second) = bytes.split_at(N * gt::BYTES);
    let mut points = [G2Affine::default(); M];
    for (point, bytes) in points.iter_mut().zip(second.chunks_exact(g2::BYTES)) {
        *point = g2::from_bytes(bytes)?;
    }
    let elements = gt::from_bytes(first, N)?;
    Ok((elements.try_into().expect("as many elements as were asked for"), points))
}

fn send_groups(label: &'static str, elements: &[Cyclotomic], points: &[G2Affine], channel: &mut ProverChannel) {
    let mut bytes = gt::to_bytes(elements);
    bytes.extend(points.iter().flat_map(g2::to_bytes));
    channel.send_bytes(label, &bytes);
}

/// `E_1`, and `C_1` with `C = e(C_1, Gamma_2[0])`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement {
    pub e1: G1Affine,
    pub c1: G1Affine,
}

impl Statement {
    pub(crate) fn send(&self, channel: &mut ProverChannel) {
        channel.send_points(LABEL_STATEMENT, &[self.e1, self.c1]);
    }

    pub(crate) fn recv(channel: &mut VerifierChannel<'_>) -> Result<Self, VerifyError> {
        let [e1, c1] = recv_points(LABEL_STATEMENT, channel)?;
        Ok(Self { e1, c1 })
    }
}

/// A round's first message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct First {
    /// `D_1L`, `D_1R`.
    pub d1: [Cyclotomic; 2],
    /// `D_2L`, `D_2R`.
    pub d2: [Cyclotomic; 2],
    /// `<Gamma_1, s_2>`.
    pub e1_beta: G1Affine,
    /// `<s_1, Gamma_2>`.
    pub e2_beta: G2Affine,
}

impl First {
    pub(crate) fn send(&self, channel: &mut ProverChannel) {
        send_groups(LABEL_FIRST, &[self.d1, self.d2].concat(), &[self.e2_beta], channel);
        channel.send_points(LABEL_FIRST_POINT, &[self.e1_beta]);
    }

    pub(crate) fn recv(channel: &mut VerifierChannel<'_>) -> Result<Self, VerifyError> {
        let ([d1l, d1r, d2l, d2r], [e2_beta]) = recv_groups(LABEL_FIRST, channel)?;
        let [e1_beta] = recv_points(LABEL_FIRST_POINT, channel)?;
        Ok(Self { d1: [d1l, d1r], d2: [d2l, d2r], e1_beta, e2_beta })
    }
}

/// A round's second message: each pair is `+`, `-`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Second {
    /// `C_+`, `C_-`.
    pub c: [Cyclotomic; 2],
    /// `E_1+`, `E_1-`.
    pub e1: [G1Affine; 2],
    /// `E_2+`, `E_2-`.
    pub e2: [G2Affine; 2],
}

impl Second {
    pub(crate) fn send(&self, channel: &mut ProverChannel) {
        send_groups(LABEL_SECOND, &self.c, &self.e2, channel);
        channel.send_points(LABEL_SECOND_POINTS, &self.e1);
    }

    pub(crate) fn recv(channel: &mut VerifierChannel<'_>) -> Result<Self, VerifyError> {
        let (c, e2) = recv_groups(LABEL_SECOND, channel)?;
        let e1 = recv_points(LABEL_SECOND_POINTS, channel)?;
        Ok(Self { c, e1, e2 })
    }
}

/// The vectors of length one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Last {
    pub v1: G1Affine,
    pub v2: G2Affine,
}

impl Last {
    pub(crate) fn send(&self, channel: &mut ProverChannel) {
        channel.send_points(LABEL_LAST_G1, &[self.v1]);
        send_groups(LABEL_LAST_G2, &[], &[self.v2], channel);
    }

    pub(crate) fn recv(channel: &mut VerifierChannel<'_>) -> Result<Self, VerifyError> {
        let [v1] = recv_points(LABEL_LAST_G1, channel)?;
        let ([], [v2]) = recv_groups(LABEL_LAST_G2, channel)?;
        Ok(Self { v1, v2 })
    }
}
