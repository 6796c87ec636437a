//! Many claims to one point.
//!
//! Statement: `f_k(p_k) = v_k` for multilinear `f_k` in `m_k` variables, at any points. With `gamma` drawn after the
//! claims are bound, one sumcheck proves `sum_k gamma^k v_k = sum_k gamma^k sum_x eq(p_k, x) f_k(x)`; it ends with
//! one claim on each polynomial at (a suffix of) one point. [CBBZ23, §3.8], [Lasso23, §2].
//!
//! Soundness error: `(2 n + #claims) / |F|`.

use crate::{
    Instance, InstanceShape, RoundProver, SumcheckError, engine,
    eq_factor::EqFactor,
    evaluate::{EqFactorTables, evaluate_column},
};
use ark_ff::Zero;
use lariat_algebra::{
    Fr,
    column::{Column, ColumnData},
    count::{self, Kernel},
    ifma::slices,
    par,
    poly::{Powers, Univariate, eq_eval},
    wide::SmallAcc,
};
use lariat_transcript::{ProverChannel, VerifierChannel};

const REDUCTION: &str = "claim reduction";
const REDUCED: &str = "reduced evaluations";

/// A claim that polynomial `poly` takes `value` at `point`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Index of the polynomial.
    pub poly: usize,
    /// Where.
    pub point: Vec<Fr>,
    /// Claimed value.
    pub value: Fr,
}

/// The outcome: evaluations of all polynomials at suffixes of `point`.
#[derive(Debug)]
pub struct Reduced {
    /// The common point.
    pub point: Vec<Fr>,
    /// `evals[k] = f_k(last m_k coordinates of point)`.
    pub evals: Vec<Fr>,
}

/// Claims that share a point, as one instance `sum_x eq(p, x) F(x)` with `F` the combined polynomial.
struct GroupProver {
    num_vars: usize,
    eq: EqFactor,
    combined: Vec<Fr>,
}

impl GroupProver {
    /// `q(X)` at `X = side`: the weighted sum of every even (0) or odd (1) entry.
    fn half_sum(&self, side: usize) -> Fr {
        let weights = self.eq.weights();
        let v = &self.combined;
        par::map_reduce(
            weights.hi.len(),
            Fr::zero,
            |block| {
                let len = weights.lo.len();
                let entries = &v[2 * block * len..2 * (block + 1) * len];
                let half: Vec<Fr> = entries.iter().skip(side).step_by(2).copied().collect();
                weights.hi[block] * slices::inner_product(&half, weights.lo)
            },
            |a, b| a + b,
        )
    }
}

impl RoundProver for GroupProver {
    fn num_vars(&self) -> usize {
        self.num_vars
    }

    fn degree(&self) -> usize {
        2
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        let q_0 = self.half_sum(0);
        // A Boolean coordinate of the point leaves q(1) out of the claim.
        let q_1 = self.eq.solve_at_one(claim, q_0).unwrap_or_else(|| self.half_sum(1));
        let l = self.eq.line();
        Univariate { coeffs: vec![l[0] * q_0, l[0] * (q_1 - q_0) + l[1] * q_0, l[1] * (q_1 - q_0)] }
    }

    fn bind(&mut self, r: Fr) {
        self.eq.bind(r);
        crate::kernels::bind_in_place(&mut self.combined, r);
    }
}

/// `sum_k c_k f_k`, all `2^num_vars` evaluations.
fn combine(num_vars: usize, terms: &[(Fr, &Column)]) -> Vec<Fr> {
    const CHUNK: usize = 256;
    fn small<T: Copy>(v: &[T], start: usize, sums: &mut [SmallAcc], add: impl Fn(&mut SmallAcc, T)) {
        for (acc, &x) in sums.iter_mut().zip(v.get(start..).unwrap_or_default()) {
            add(acc, x);
        }
    }
    fn unsigned(acc: &mut SmallAcc, c: Fr, x: u64) {
        if x != 0 {
            acc.add_u64(c, x);
        }
    }
    let integers = terms.iter().filter(|term| !matches!(term.1.data(), ColumnData::Field(_)));
    count::add(Kernel::IntegerSums, integers.map(|term| term.1.num_stored()).sum());
    let mut combined = vec![Fr::zero(); 1 << num_vars];
    par::for_each_chunk(&mut combined, CHUNK, |chunk, out| {
        let start = chunk * CHUNK;
        let rows = out.len();
        let mut sums = vec![SmallAcc::default(); rows];
        for &(c, column) in terms {
            match column.data() {
                ColumnData::Bool(v) => small(v, start, &mut sums, |acc, x| {
                    if x {
                        acc.add(c);
                    }
                }),
                ColumnData::U8(v) => small(v, start, &mut sums, |acc, x| unsigned(acc, c, x.into())),
                ColumnData::U16(v) => small(v, start, &mut sums, |acc, x| unsigned(acc, c, x.into())),
                ColumnData::U32(v) => small(v, start, &mut sums, |acc, x| unsigned(acc, c, x.into())),
                ColumnData::U64(v) => small(v, start, &mut sums, |acc, x| unsigned(acc, c, x)),
                ColumnData::I32(v) => small(v, start, &mut sums, |acc, x| {
                    if x != 0 {
                        acc.add_i64(c, x.into());
                    }
                }),
                ColumnData::Field(v) => {
                    let v = v.get(start..).unwrap_or_default();
                    let len = v.len().min(out.len());
                    slices::scale_add(&mut out[..len], c, &v[..len]);
                }
                ColumnData::Sparse(v) => {
                    let from = v.partition_point(|e| (e.0 as usize) < start);
                    for &(i, x) in v[from..].iter().take_while(|e| (e.0 as usize) < start + rows) {
                        sums[i as usize - start].add_u64(c, x.into());
                    }
                }
            }
        }
        for (o, acc) in out.iter_mut().zip(&sums) {
            *o += acc.reduce();
        }
    });
    combined
}

/// A point, and the polynomials and values claimed at it.
type Group<'a> = (&'a [Fr], Vec<(usize, Fr)>);

/// Groups of claims with equal points: `(point, [(poly, value)])`, in order of first appearance.
fn group(claims: &[Claim]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for c in claims {
        match groups.iter_mut().find(|g| g.0 == c.point.as_slice()) {
            Some(g) => g.1.push((c.poly, c.value)),
            None => groups.push((&c.point, vec![(c.poly, c.value)])),
        }
    }
    groups
}

/// Every claim's point has its polynomial's dimension, and the common point is long enough for every polynomial.
fn check_shapes(num_vars: &[usize], claims: &[Claim]) -> Result<(), SumcheckError> {
    for c in claims {
        if num_vars.get(c.poly) != Some(&c.point.len()) {
            return Err(SumcheckError::ClaimShape { poly: c.poly });
        }
    }
    let longest = claims.iter().map(|c| c.point.len()).max().unwrap_or(0);
    match num_vars.iter().position(|&n| n > longest) {
        Some(poly) => Err(SumcheckError::ClaimShape { poly }),
        None => Ok(()),
    }
}

/// Proves the reduction. The claims must be bound to the channel already. Sends the rounds, then the evaluations.
///
/// # Panics
/// When a claim's point does not have its polynomial's dimension, or a polynomial has more variables than all claims.
#[tracing::instrument(name = "reduction", skip_all, fields(num_claims = claims.len()))]
pub fn prove(columns: &[&Column], claims: &[Claim], channel: &mut ProverChannel) -> Reduced {
    let num_vars: Vec<usize> = columns.iter().map(|c| c.num_vars()).collect();
    assert!(check_shapes(&num_vars, claims).is_ok(), "claims and polynomials differ in shape");
    let gamma = channel.challenge(REDUCTION);
    let mut coefficients = Powers::new(gamma);
    let mut provers = Vec::new();
    for (point, members) in group(claims) {
        let weighted: Vec<(Fr, usize, Fr)> =
            members.into_iter().map(|(poly, value)| (coefficients.draw(), poly, value)).collect();
        let sum: Fr = weighted.iter().map(|(c, _, value)| *c * value).sum();
        let terms: Vec<(Fr, &Column)> = weighted.iter().map(|&(c, poly, _)| (c, columns[poly])).collect();
        let combined = combine(point.len(), &terms);
        provers.push((GroupProver { num_vars: point.len(), eq: EqFactor::new(point), combined }, sum));
    }
    let mut instances: Vec<Instance<'_>> =
        provers.iter_mut().map(|(p, claim)| Instance { prover: p, claim: *claim }).collect();
    let point = engine::prove(REDUCTION, &mut instances, channel);
    let evals: Vec<Fr> = columns
        .iter()
        .map(|c| {
            let eq = EqFactorTables::new(&point[point.len() - c.num_vars()..]);
            evaluate_column(c, &eq)
        })
        .collect();
    channel.send_scalars(REDUCED, &evals);
    Reduced { point, evals }
}

/// Verifies the reduction; the caller must check `evals` with an opening at the returned point. Polynomial `k` has
/// `num_vars[k]` variables.
///
/// # Errors
/// When a message is malformed, the claims do not hold for the evaluations, or claims and polynomials differ in shape.
pub fn verify(
    num_vars: &[usize],
    claims: &[Claim],
    channel: &mut VerifierChannel<'_>,
) -> Result<Reduced, SumcheckError> {
    check_shapes(num_vars, claims)?;
    let gamma = channel.challenge(REDUCTION);
    let groups = group(claims);
    let mut coefficients = Powers::new(gamma);
    let weighted: Vec<Vec<(usize, Fr, Fr)>> =
        groups.iter().map(|g| g.1.iter().map(|&(k, v)| (k, v, coefficients.draw())).collect()).collect();
    let shapes: Vec<InstanceShape> = groups
        .iter()
        .zip(&weighted)
        .map(|(g, w)| InstanceShape { num_vars: g.0.len(), degree: 2, claim: w.iter().map(|(_, v, c)| *c * v).sum() })
        .collect();
    let verdict = engine::verify(REDUCTION, &shapes, channel)?;
    let evals = channel.recv_scalars(REDUCED, num_vars.len())?;
    let summands: Vec<Fr> = groups
        .iter()
        .zip(&weighted)
        .map(|(g, w)| {
            let suffix = &verdict.point[verdict.point.len() - g.0.len()..];
            let terms =
                w.iter().map(|&(k, _, c)| evals.get(k).map(|v| c * v).ok_or(SumcheckError::ClaimShape { poly: k }));
            Ok(eq_eval(g.0, suffix) * terms.sum::<Result<Fr, SumcheckError>>()?)
        })
        .collect::<Result<_, SumcheckError>>()?;
    verdict.check(&summands)?;
    Ok(Reduced { point: verdict.point, evals })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::naive::NaiveProver;
    use ark_ff::{One, UniformRand};
    use lariat_algebra::poly::eq_evals;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    /// Every round of the group kernel against the naive prover, at random points and at points with Boolean
    /// coordinates.
    #[test]
    fn group_prover_matches_naive_at_every_round() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for n in 0..8usize {
            for len in [1, (1 << n) / 2 + 1, 1 << n] {
                for boolean in [None, Some(Fr::zero()), Some(Fr::one())] {
                    let mut point: Vec<Fr> = (0..n).map(|_| Fr::rand(&mut rng)).collect();
                    if let Some(b) = boolean {
                        point.iter_mut().step_by(2).for_each(|p| *p = b);
                    }
                    let mut combined: Vec<Fr> = (0..len).map(|_| Fr::rand(&mut rng)).collect();
                    combined.resize(1 << n, Fr::zero());
                    let mut naive = NaiveProver::new(n, vec![eq_evals(&point), combined.clone()], 2, |z| z[0] * z[1]);
                    let mut fast = GroupProver { num_vars: n, eq: EqFactor::new(&point), combined };
                    let mut claim = naive.sum();
                    for round in 0..n {
                        let s = fast.round(claim);
                        assert_eq!(s, naive.round(claim), "n = {n}, len = {len}, {boolean:?}, round {round}");
                        let r = Fr::rand(&mut rng);
                        claim = s.eval(r);
                        fast.bind(r);
                        naive.bind(r);
                    }
                    assert_eq!(fast.eq.bound() * fast.combined[0], claim);
                    assert_eq!(vec![fast.eq.bound(), fast.combined[0]], naive.finals());
                }
            }
        }
    }
}
