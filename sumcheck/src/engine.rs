//! The batched sumcheck.
//!
//! Statement: for every instance `j`, `claim_j = sum_{x in {0,1}^{m_j}} g_j(x)`, with `g_j` of degree at most `d_j`
//! in each variable. With `N = max m_j`, coefficients `alpha_j` drawn from the channel, the instances run as one
//! sumcheck over `N` variables of `sum_j alpha_j 2^{N - m_j} g_j`, where an instance with fewer variables does not
//! depend on the first `N - m_j` coordinates. Each round binds the last free coordinate:
//!
//! ```text
//! P: c_0, c_2, ..., c_d of the round polynomial   (c_1 follows from the claim: s(0) + s(1) = claim)
//! V: r_i
//! ```
//!
//! Soundness error: at most `N d / |F|` for the rounds plus `(#instances) / |F|` for the batching [LFKN92; Thaler22,
//! §4]. All claims must be bound to the channel (sent, or computed from sent values) before the call.

use crate::SumcheckError;
use ark_ff::{AdditiveGroup, One, Zero};
use lariat_algebra::{Fr, poly::Univariate};
use lariat_transcript::{ProverChannel, VerifierChannel};

/// A compute kernel for one sumcheck instance. It never sees the channel.
pub trait RoundProver {
    /// Number of variables of the summand before any is bound.
    fn num_vars(&self) -> usize;
    /// Degree of the summand in each variable.
    fn degree(&self) -> usize;
    /// The round polynomial `s(X)` of the last free variable; `claim = s(0) + s(1)`.
    fn round(&mut self, claim: Fr) -> Univariate;
    /// Binds the last free variable to `r`.
    fn bind(&mut self, r: Fr);
}

/// One sumcheck instance: its kernel and its claimed sum.
pub struct Instance<'a> {
    /// The kernel.
    pub prover: &'a mut dyn RoundProver,
    /// The claimed sum over the hypercube.
    pub claim: Fr,
}

/// What the verifier knows of an instance.
#[derive(Clone, Copy, Debug)]
pub struct InstanceShape {
    /// Number of variables.
    pub num_vars: usize,
    /// Degree in each variable.
    pub degree: usize,
    /// The claimed sum.
    pub claim: Fr,
}

/// What a verified batch leaves to check: `sum_j coefficients[j] * g_j(suffix of point) = claim`.
#[derive(Debug)]
#[must_use = "the final claim is not yet checked against the relations"]
pub struct BatchVerdict {
    /// The common point; instance `j` ends at its last `m_j` coordinates.
    pub point: Vec<Fr>,
    /// The claim left by the last round.
    pub claim: Fr,
    /// The batching coefficients.
    pub coefficients: Vec<Fr>,
    protocol: &'static str,
}

impl BatchVerdict {
    /// Checks the final claim against the instances' summands evaluated at the point.
    ///
    /// # Errors
    /// [`SumcheckError::FinalClaim`] when they differ.
    pub fn check(&self, summands: &[Fr]) -> Result<(), SumcheckError> {
        let expected: Fr = self.coefficients.iter().zip(summands).map(|(a, g)| *a * g).sum();
        if summands.len() == self.coefficients.len() && expected == self.claim {
            Ok(())
        } else {
            Err(SumcheckError::FinalClaim { protocol: self.protocol })
        }
    }
}

/// Coefficients `1, alpha_1, ...` of a batch of `len`; a batch of one draws nothing.
pub(crate) fn batching(len: usize, draw: impl FnOnce(usize) -> Vec<Fr>) -> Vec<Fr> {
    let mut alphas = Vec::with_capacity(len);
    if len > 0 {
        alphas.push(Fr::one());
    }
    if len > 1 {
        alphas.extend(draw(len - 1));
    }
    alphas
}

/// Degree of the batched round polynomials. The linear coefficient is the one not sent, so there always is one.
fn batch_degree(degrees: impl Iterator<Item = usize>) -> usize {
    degrees.max().unwrap_or(0).max(1)
}

fn pow2(k: usize) -> Fr {
    (0..k).fold(Fr::one(), |acc, _| acc.double())
}

/// Proves the batch and returns the common point, coordinate 0 first.
///
/// Sends, per round, the coefficients of the batched round polynomial except the linear one.
#[tracing::instrument(name = "sumcheck", skip_all, fields(protocol))]
pub fn prove(protocol: &'static str, instances: &mut [Instance<'_>], channel: &mut ProverChannel) -> Vec<Fr> {
    let num_rounds = instances.iter().map(|i| i.prover.num_vars()).max().unwrap_or(0);
    let degree = batch_degree(instances.iter().map(|i| i.prover.degree()));
    // Step 1: batching coefficients.
    let coefficients = batching(instances.len(), |n| channel.challenges(protocol, n));
    let mut claims: Vec<Fr> = instances.iter().map(|i| i.claim).collect();
    let mut point = vec![Fr::zero(); num_rounds];
    // Step 2: rounds, last coordinate first.
    for round in 0..num_rounds {
        let mut s = Univariate { coeffs: vec![Fr::zero(); degree + 1] };
        let mut parts = Vec::with_capacity(instances.len());
        for (j, instance) in instances.iter_mut().enumerate() {
            let m = instance.prover.num_vars();
            let scale = coefficients[j] * pow2(num_rounds - m.max(round + 1));
            if round < m {
                let part = instance.prover.round(claims[j]);
                debug_assert!(part.coeffs.len() <= degree + 1, "a kernel of `{protocol}` exceeds its degree");
                s.add_scaled(&part, scale);
                parts.push(Some(part));
            } else {
                s.coeffs[0] += scale * claims[j];
                parts.push(None);
            }
        }
        let mut message = s.coeffs.clone();
        message.remove(1);
        channel.send_scalars(protocol, &message);
        let r = channel.challenge(protocol);
        for (j, part) in parts.into_iter().enumerate() {
            if let Some(part) = part {
                claims[j] = part.eval(r);
                instances[j].prover.bind(r);
            }
        }
        point[num_rounds - 1 - round] = r;
    }
    point
}

/// Verifies the rounds of a batch. The caller must still evaluate every summand at the returned point and call
/// [`BatchVerdict::check`].
///
/// # Errors
/// When a message is missing or not canonical.
pub fn verify(
    protocol: &'static str,
    shapes: &[InstanceShape],
    channel: &mut VerifierChannel<'_>,
) -> Result<BatchVerdict, SumcheckError> {
    let num_rounds = shapes.iter().map(|s| s.num_vars).max().unwrap_or(0);
    let degree = batch_degree(shapes.iter().map(|s| s.degree));
    // Step 1: batching coefficients.
    let coefficients = batching(shapes.len(), |n| channel.challenges(protocol, n));
    let mut claim: Fr =
        shapes.iter().zip(&coefficients).map(|(s, a)| *a * s.claim * pow2(num_rounds - s.num_vars)).sum();
    let mut point = vec![Fr::zero(); num_rounds];
    // Step 2: rounds, last coordinate first.
    for round in 0..num_rounds {
        let message = channel.recv_scalars(protocol, degree)?;
        let r = channel.challenge(protocol);
        // s(0) + s(1) = claim fixes the linear coefficient.
        let Some((&constant, higher)) = message.split_first() else {
            return Err(SumcheckError::FinalClaim { protocol });
        };
        let linear = claim - constant.double() - higher.iter().sum::<Fr>();
        claim = Univariate { coeffs: [&[constant, linear], higher].concat() }.eval(r);
        if let Some(slot) = point.get_mut(num_rounds - 1 - round) {
            *slot = r;
        }
    }
    Ok(BatchVerdict { point, claim, coefficients, protocol })
}
