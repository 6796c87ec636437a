//! The equation at `z`, which the prover divides by `X - z` and the verifier pairs.

use crate::poly::{Points, tensor_eval};
use ark_ff::{AdditiveGroup, Field};
use lariat_algebra::Fr;

/// Scalars of an opening: `g(zeta)`, `g(1/zeta)`, `h(zeta)`, `h(1/zeta)`, `h(alpha)`, `S(1/zeta)`.
pub(crate) const NUM_EVALS: usize = 6;

/// Challenges of one opening after `gamma`, as scalars of the committed polynomials in `A + delta B`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weights {
    /// `z`.
    pub z: Fr,
    /// `beta`.
    pub beta: Fr,
    /// `beta (z - alpha)`, of `g + beta S`.
    pub pair: Fr,
    /// `beta^3 (z - alpha)(z - 1/zeta)`, of `d`.
    pub single: Fr,
    /// `Z_T(z)`, of `-W`.
    pub vanishing: Fr,
    /// `delta`, of `f - g`.
    pub delta: Fr,
    /// `delta (z^b - alpha)`, of `-q`.
    pub binomial: Fr,
}

impl Weights {
    /// For `b = 2^low_vars` and the points `zeta`, `1/zeta` and `alpha`.
    pub fn new(low_vars: usize, [zeta, inverse, alpha]: [Fr; 3], beta: Fr, [z, delta]: [Fr; 2]) -> Self {
        let gap = z - alpha;
        let gaps = gap * (z - inverse);
        Self {
            z,
            beta,
            pair: beta * gap,
            single: beta.square() * beta * gaps,
            vanishing: gaps * (z - zeta),
            delta,
            binomial: delta * (z.pow([1 << low_vars]) - alpha),
        }
    }
}

/// The values at `zeta`, `1/zeta` and `alpha`: those of the proof, and those that follow.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values {
    g: [Fr; 2],
    h: [Fr; 3],
    s: [Fr; 2],
    d: Fr,
}

impl Values {
    /// Completes the values of a proof under the equations (b) and (c), for the halves `u_2` and `u_1` of the point and
    /// the value claimed.
    pub fn derive(evals: [Fr; NUM_EVALS], [high, low]: [&[Fr]; 2], points: &Points, gamma: Fr, value: Fr) -> Self {
        let [g_zeta, g_inverse, h_zeta, h_inverse, h_alpha, s_inverse] = evals;
        let [zeta, inverse, _] = points.x;
        // (b)
        let d = zeta.pow([(1 << low.len()) - 1]) * g_inverse;
        // (c)
        let of_g = g_zeta * tensor_eval(low, inverse) + g_inverse * tensor_eval(low, zeta);
        let of_h = h_zeta * tensor_eval(high, inverse) + h_inverse * tensor_eval(high, zeta);
        let constant = (h_alpha + gamma * value).double();
        let s_zeta = (of_g + gamma * of_h - constant - s_inverse * inverse) * inverse;
        Self { g: [g_zeta, g_inverse], h: [h_zeta, h_inverse, h_alpha], s: [s_zeta, s_inverse], d }
    }

    /// What the committed polynomials, weighted, are at `z` if these are their values: the interpolating polynomials.
    pub fn at_z(&self, points: &Points, weights: &Weights) -> Fr {
        let Weights { z, beta, pair, single, .. } = *weights;
        let batched = [self.g[0] + beta * self.s[0], self.g[1] + beta * self.s[1]];
        points.parabola(self.h, z) + pair * points.line(batched, z) + single * self.d
    }
}
