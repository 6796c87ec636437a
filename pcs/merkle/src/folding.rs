//! A polynomial under a linear constraint, `sum_b w(b) g(b)`, folded one variable a round: evaluations and weights, as the
//! prover has them; the claimed sum and what its weights are made of, as the verifier keeps them.
//!
//! Weights are those of an evaluation, `eq(z, b)`, and of values of the codeword, `x^b`: the evaluations of `g` are the
//! coefficients of a univariate polynomial.

use ark_ff::{AdditiveGroup, Field, One, Zero};
use lariat_algebra::count::{self, Kernel};
use lariat_algebra::ifma::slices::{bind, inner_product, scale_add};
use lariat_algebra::ntt::Domain;
use lariat_algebra::poly::{Powers, eq_eval, eq_evals};
use lariat_algebra::{Fr, par};
use lariat_pcs::VerifyError;
use lariat_transcript::encoding::SCALAR_BYTES;
use lariat_transcript::{ProverChannel, VerifierChannel};

/// Bytes of a round.
pub const ROUND_BYTES: usize = 2 * SCALAR_BYTES;

/// Labels of a round's message and of its challenge.
#[derive(Clone, Copy, Debug)]
pub struct FoldLabels {
    /// Label of the message.
    pub sumcheck: &'static str,
    /// Label of the challenge.
    pub challenge: &'static str,
}

/// Evaluations that one task takes.
const TASK: usize = 1 << 10;

/// A polynomial `g` with weights `w`; the claim, which the prover needs not, is `sum_b w(b) g(b)`.
pub struct Folding {
    /// Evaluations of `g`.
    pub evals: Vec<Fr>,
    /// Evaluations of `w`.
    pub weights: Vec<Fr>,
}

impl Folding {
    /// `k` rounds of sumcheck, each of which fixes the first free variable: sends the constant and the quadratic
    /// coefficient of `sum_b w(X, b) g(X, b)`.
    /// Returns the challenges.
    pub fn fold(&mut self, k: usize, labels: FoldLabels, channel: &mut ProverChannel) -> Vec<Fr> {
        let mut round = || {
            channel.send_scalars(labels.sumcheck, &self.round_coefficients());
            let r = channel.challenge(labels.challenge);
            fix_first(&mut self.evals, r);
            fix_first(&mut self.weights, r);
            r
        };
        (0..k).map(|_| round()).collect()
    }

    fn round_coefficients(&self) -> [Fr; 2] {
        let half = self.evals.len() / 2;
        let (g0, g1) = self.evals.split_at(half);
        let (w0, w1) = self.weights.split_at(half);
        count::add(Kernel::Differences, 2 * half);
        par::map_reduce(
            half.div_ceil(TASK),
            || [Fr::zero(); 2],
            |task| {
                let range = task * TASK..half.min((task + 1) * TASK);
                let slope = |low: &[Fr], high: &[Fr]| -> Vec<Fr> {
                    high[range.clone()].iter().zip(&low[range.clone()]).map(|(h, l)| *h - l).collect()
                };
                let constant = inner_product(&g0[range.clone()], &w0[range.clone()]);
                [constant, inner_product(&slope(g0, g1), &slope(w0, w1))]
            },
            |a, b| [a[0] + b[0], a[1] + b[1]],
        )
    }

    /// Adds to the weights those of `g(x) = sum_b g(b) x^b`, under a coefficient.
    pub fn add_point(&mut self, x: Fr, coefficient: Fr) {
        let powers: Vec<Fr> = Powers::new(x).take(TASK.min(self.weights.len())).collect();
        par::for_each_chunk(&mut self.weights, TASK, |task, weights| {
            scale_add(weights, coefficient * x.pow([(task * TASK) as u64]), &powers[..weights.len()]);
        });
    }

    /// Adds to the weights those of `g(x_j) = sum_b g(b) x_j^b` for the points at these positions of the domain of
    /// `2^log_domain` points, under the coefficients `gamma_j`.
    ///
    /// `sum_j gamma_j x_j^b` for all `b` is one transform of the vector that has the coefficients at the points' exponents.
    ///
    /// # Panics
    /// When the domain is smaller than the polynomial, or has no such position.
    pub fn add_points(&mut self, log_domain: usize, positions: &[usize], gammas: impl Iterator<Item = Fr>) {
        let domain = Domain::new(log_domain);
        let reversed = |i: usize| reverse(i, log_domain);
        let mut sums = vec![Fr::zero(); domain.size()];
        for (&position, gamma) in positions.iter().zip(gammas) {
            sums[reversed(position)] += gamma;
        }
        domain.forward(&mut sums);
        par::for_each_chunk(&mut self.weights, TASK, |task, weights| {
            for (b, weight) in (task * TASK..).zip(weights) {
                *weight += sums[reversed(b)];
            }
        });
    }
}

/// The lowest `bits` bits of `i` in reverse order.
fn reverse(i: usize, bits: usize) -> usize {
    i.reverse_bits().checked_shr(usize::BITS - bits as u32).unwrap_or(0)
}

/// Fixes the first variable to `r`.
fn fix_first(evals: &mut Vec<Fr>, r: Fr) {
    let half = evals.len() / 2;
    let (low, high) = evals.split_at_mut(half);
    let high = &*high;
    par::for_each_chunk(low, TASK, |task, low| bind(low, &high[task * TASK..task * TASK + low.len()], r));
    evals.truncate(half);
}

/// What the verifier knows of the claim: the claimed sum and where its weights come from.
pub struct Claim {
    /// The claimed `sum_b w(b) g(b)`.
    pub sum: Fr,
    /// All challenges so far: the values of the first variables.
    pub fixed: Vec<Fr>,
    /// The points at which the first polynomial is evaluated, with their coefficients.
    evaluations: Vec<(Vec<Fr>, Fr)>,
    points: Vec<Points>,
}

/// Constraints `g(x_j) = y_j` on a polynomial in the variables that were free when they were made.
struct Points {
    /// Variables fixed before.
    offset: usize,
    /// `x_j` with its coefficient.
    terms: Vec<(Fr, Fr)>,
}

impl Claim {
    /// The claim that a polynomial has the value `sum` at `point`.
    pub fn new(point: &[Fr], sum: Fr) -> Self {
        Self::scaled(point, Fr::one(), sum)
    }

    /// The claim that `scale` times a polynomial's value at `point` is `sum`.
    pub fn scaled(point: &[Fr], scale: Fr, sum: Fr) -> Self {
        let evaluations = vec![(point.to_vec(), scale)];
        Self { sum, fixed: Vec::with_capacity(point.len()), evaluations, points: Vec::new() }
    }

    /// Adds that the first polynomial has a value at one more point, under a coefficient; before anything is folded.
    pub fn add_evaluation(&mut self, point: &[Fr], value: Fr, coefficient: Fr) {
        self.sum += coefficient * value;
        self.evaluations.push((point.to_vec(), coefficient));
    }

    /// `k` rounds of sumcheck. Returns the challenges.
    ///
    /// # Errors
    /// When the proof ends before.
    pub fn fold(
        &mut self,
        k: usize,
        labels: FoldLabels,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<Vec<Fr>, VerifyError> {
        let mut challenges = Vec::with_capacity(k);
        for _ in 0..k {
            let [constant, quadratic] = channel.recv_array(labels.sumcheck)?;
            let r = channel.challenge(labels.challenge);
            // The values at 0 and 1 sum up to the claim.
            let linear = self.sum - constant.double() - quadratic;
            self.sum = (quadratic * r + linear) * r + constant;
            challenges.push(r);
        }
        self.fixed.extend(&challenges);
        Ok(challenges)
    }

    /// Adds `g(x_j) = y_j` under the coefficients `gamma_j`; a value for every coefficient.
    pub fn add_points(&mut self, values: impl Iterator<Item = (Fr, Fr)>, gammas: impl Iterator<Item = Fr>) {
        let mut terms = Vec::new();
        for ((x, y), gamma) in values.zip(gammas) {
            self.sum += gamma * y;
            terms.push((x, gamma));
        }
        self.points.push(Points { offset: self.fixed.len(), terms });
    }

    /// `sum_b w(fixed, b) g(b)` for the polynomial that is left.
    pub fn weigh(&self, last: &[Fr]) -> Fr {
        let mut total = Fr::zero();
        for (point, coefficient) in &self.evaluations {
            let (bound, free) = point.split_at(self.fixed.len().min(point.len()));
            total += *coefficient * eq_eval(bound, &self.fixed) * inner_product(&eq_evals(free), last);
        }
        for Points { offset, terms } in &self.points {
            let fixed = &self.fixed[*offset..];
            for (x, coefficient) in terms {
                total += *coefficient * power_weight(fixed, *x, last.len()) * evaluate(last, *x);
            }
        }
        total
    }
}

/// The weight of the first variables in `x^b`: they stand for the powers from `x^n` on, the last of them for `x^n`.
fn power_weight(fixed: &[Fr], x: Fr, n: usize) -> Fr {
    let mut power = x.pow([n as u64]);
    let mut weight = Fr::one();
    for a in fixed.iter().rev() {
        weight *= Fr::one() + *a * (power - Fr::one());
        power.square_in_place();
    }
    weight
}

/// The univariate polynomial with these coefficients at `x`: halves are joined under powers of `x`, which runs in lanes,
/// until Horner's rule is faster.
pub fn evaluate(coefficients: &[Fr], x: Fr) -> Fr {
    const SHORT: usize = 16;
    let horner = |c: &[Fr]| c.iter().rev().fold(Fr::zero(), |sum, c| sum * x + c);
    let mut half = coefficients.len() / 2;
    if !coefficients.len().is_power_of_two() || half < SHORT {
        return horner(coefficients);
    }
    let mut low = coefficients.to_vec();
    let mut powers = vec![x];
    while powers.len() < half.ilog2() as usize + 1 {
        powers.extend(powers.last().map(Fr::square));
    }
    // powers[k] = x^(2^k)
    while half >= SHORT {
        let (first, second) = low.split_at_mut(half);
        scale_add(first, powers.pop().expect("a power for every halving"), second);
        low.truncate(half);
        half /= 2;
    }
    horner(&low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;
    use lariat_algebra::poly::eq_evals_scaled;
    use rand::SeedableRng;
    use rand_chacha::ChaCha20Rng;

    #[test]
    fn evaluation_is_that_of_the_definition() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let x = Fr::rand(&mut rng);
        for len in [0usize, 1, 2, 15, 16, 31, 32, 33, 64, 100, 256] {
            let coefficients: Vec<Fr> = (0..len).map(|_| Fr::rand(&mut rng)).collect();
            let expected: Fr = coefficients.iter().enumerate().map(|(i, c)| *c * x.pow([i as u64])).sum();
            assert_eq!(evaluate(&coefficients, x), expected);
        }
    }

    /// The verifier's closed form of the weights is what the prover's vectors fold to.
    #[test]
    fn weights_fold_to_their_closed_form() {
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        let mut random = |n: usize| -> Vec<Fr> { (0..n).map(|_| Fr::rand(&mut rng)).collect() };
        let point = random(7);
        let outside = random(1)[0];
        let scale = random(1)[0];
        let mut folding = Folding { evals: random(128), weights: eq_evals_scaled(&point, scale) };
        let mut claim = Claim::scaled(&point, scale, Fr::zero());
        let (other, weight) = (random(7), random(1)[0]);
        scale_add(&mut folding.weights, weight, &eq_evals(&other));
        claim.add_evaluation(&other, Fr::zero(), weight);
        for (gamma, k) in random(2).into_iter().zip([2, 1]) {
            let log_domain = folding.evals.len().ilog2() as usize - k + 3;
            for r in random(k) {
                fix_first(&mut folding.evals, r);
                fix_first(&mut folding.weights, r);
                claim.fixed.push(r);
            }
            let positions = [3, 0, 17, 3, (1 << log_domain) - 1];
            let gammas = || Powers::new(gamma).skip(1);
            folding.add_point(outside, gamma);
            folding.add_points(log_domain, &positions, gammas().skip(1));
            let domain = Domain::new(log_domain);
            let points = std::iter::once(outside).chain(positions.map(|p| domain.element(p)));
            claim.add_points(points.map(|x| (x, evaluate(&folding.evals, x))), gammas());
        }
        let r = random(1)[0];
        fix_first(&mut folding.evals, r);
        fix_first(&mut folding.weights, r);
        claim.fixed.push(r);
        assert_eq!(claim.weigh(&folding.evals), inner_product(&folding.weights, &folding.evals));
    }
}
