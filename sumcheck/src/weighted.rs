//! The sumcheck of a summand with the factor `eq(tau, x)`, which no message carries [Gruen24, §3; DT24].
//!
//! Statement: `claim = sum_{x in {0,1}^n} eq(tau, x) q(x)`, with `q` of degree at most 2 in each variable. Each round binds
//! the last free coordinate, whose coordinate of `tau` is `t`:
//!
//! ```text
//! P: c_1, c_2 of q_i(X) = sum_x eq(tau', x) q(x, X, bound)    (c_0 follows: (1 - t) q_i(0) + t q_i(1) = claim)
//! V: r_i; the next claim is q_i(r_i)
//! ```
//!
//! So a round sends one scalar less than that of [`engine`](crate::engine) on the same summand, and the claim that is left is
//! `q(point)` alone: weights of bound coordinates are in neither claim.
//!
//! Soundness error: at most `2 n / |F|`. A wrong claim makes every message a wrong `q_i`, for any `tau`, since `c_0` is
//! determined, and two different ones of degree 2 agree at `r_i` with probability at most `2 / |F|`. The claim and `tau` must be bound
//! to the channel before the call.

use crate::SumcheckError;
use ark_ff::Zero;
use lariat_algebra::Fr;
use lariat_transcript::{ProverChannel, VerifierChannel};

/// Coefficients of a polynomial of degree 2, the constant first.
pub type Quadratic = [Fr; 3];

/// A compute kernel for `q` with its weights. It never sees the channel.
pub trait WeightedRoundProver {
    /// Number of variables before any is bound.
    fn num_vars(&self) -> usize;
    /// `q_i` of the last free variable; `claim = (1 - t) q_i(0) + t q_i(1)`.
    fn round(&mut self, claim: Fr) -> Quadratic;
    /// Binds the last free variable to `r`.
    fn bind(&mut self, r: Fr);
}

/// The value at `x`.
pub fn evaluate([c_0, c_1, c_2]: Quadratic, x: Fr) -> Fr {
    c_0 + x * (c_1 + x * c_2)
}

/// Several such sums as one: `sum_x eq(tau, x) sum_j q_j(x)`, with `q_j` in the first `m_j` of the variables.
///
/// Its weights are a beginning of `tau`, as `eq` sums to one over the variables that `q_j` does not have. As long as those are
/// bound, `q_j` adds its claim to every message, and from then on its own rounds.
pub struct Batch<'a> {
    parts: Vec<Part<'a>>,
    num_vars: usize,
    free: usize,
}

struct Part<'a> {
    prover: &'a mut dyn WeightedRoundProver,
    claim: Fr,
    /// The round's polynomial.
    current: Quadratic,
}

impl<'a> Batch<'a> {
    /// Kernels with their claims, coefficients of a combination among them.
    pub fn new(parts: Vec<(&'a mut dyn WeightedRoundProver, Fr)>) -> Self {
        let num_vars = parts.iter().map(|(prover, _)| prover.num_vars()).max().unwrap_or(0);
        let part = |(prover, claim)| Part { prover, claim, current: [claim, Fr::zero(), Fr::zero()] };
        Self { parts: parts.into_iter().map(part).collect(), num_vars, free: num_vars }
    }

    /// The sum of all claims.
    pub fn claim(&self) -> Fr {
        self.parts.iter().map(|part| part.claim).sum()
    }
}

impl WeightedRoundProver for Batch<'_> {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn round(&mut self, _claim: Fr) -> Quadratic {
        let mut sum = [Fr::zero(); 3];
        for part in &mut self.parts {
            // Before its first round, `current` is the constant claim.
            if part.prover.num_vars() >= self.free {
                part.current = part.prover.round(part.claim);
            }
            sum.iter_mut().zip(part.current).for_each(|(sum, c)| *sum += c);
        }
        sum
    }

    fn bind(&mut self, r: Fr) {
        for part in self.parts.iter_mut().filter(|part| part.prover.num_vars() >= self.free) {
            part.claim = evaluate(part.current, r);
            part.prover.bind(r);
        }
        self.free -= 1;
    }
}

/// What the verified rounds leave to check: `q(point) = claim`.
#[derive(Debug)]
#[must_use = "the final claim is not yet checked against the relation"]
pub struct WeightedVerdict {
    /// The point.
    pub point: Vec<Fr>,
    /// The claim left by the last round.
    pub claim: Fr,
    protocol: &'static str,
}

impl WeightedVerdict {
    /// Checks the final claim against `q` evaluated at the point.
    ///
    /// # Errors
    /// [`SumcheckError::FinalClaim`] when they differ.
    pub fn check(&self, value: Fr) -> Result<(), SumcheckError> {
        if value == self.claim { Ok(()) } else { Err(SumcheckError::FinalClaim { protocol: self.protocol }) }
    }
}

/// Proves the claim and returns the point, coordinate 0 first. Sends, per round, the coefficients of `X` and `X^2`.
#[tracing::instrument(name = "sumcheck", skip_all, fields(protocol))]
pub fn prove(
    protocol: &'static str,
    prover: &mut dyn WeightedRoundProver,
    mut claim: Fr,
    channel: &mut ProverChannel,
) -> Vec<Fr> {
    let mut point = vec![Fr::zero(); prover.num_vars()];
    for slot in point.iter_mut().rev() {
        let q = prover.round(claim);
        channel.send_scalars(protocol, &q[1..]);
        let r = channel.challenge(protocol);
        claim = evaluate(q, r);
        prover.bind(r);
        *slot = r;
    }
    point
}

/// Verifies the rounds for the weights of `tau`. The caller must still evaluate `q` at the point and call
/// [`WeightedVerdict::check`].
///
/// # Errors
/// When a message is missing or not canonical.
pub fn verify(
    protocol: &'static str,
    tau: &[Fr],
    mut claim: Fr,
    channel: &mut VerifierChannel<'_>,
) -> Result<WeightedVerdict, SumcheckError> {
    let mut point = tau.to_vec();
    for slot in point.iter_mut().rev() {
        let t = *slot;
        let message = channel.recv_scalars(protocol, 2)?;
        let &[c_1, c_2] = message.as_slice() else { return Err(SumcheckError::FinalClaim { protocol }) };
        let r = channel.challenge(protocol);
        // (1 - t) q(0) + t q(1) = claim fixes the constant.
        claim = evaluate([claim - t * (c_1 + c_2), c_1, c_2], r);
        *slot = r;
    }
    Ok(WeightedVerdict { point, claim, protocol })
}
