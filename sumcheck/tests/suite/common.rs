//! What the tests share: seeded randomness, sessions, and the round-by-round comparison with the naive prover.

use ark_ff::{UniformRand, Zero};
use lariat_algebra::{Fr, poly::Univariate};
use lariat_sumcheck::{RoundProver, WeightedRoundProver, eq_factor::EqFactor, naive::NaiveProver};
use lariat_transcript::{HashKind, Ready, Session};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

pub fn random(rng: &mut ChaCha20Rng) -> Fr {
    Fr::rand(rng)
}

pub fn random_vec(len: usize, rng: &mut ChaCha20Rng) -> Vec<Fr> {
    (0..len).map(|_| Fr::rand(rng)).collect()
}

pub fn session() -> Session<Ready> {
    Session::new(HashKind::Blake3, "sumcheck tests").bind("statement", b"test")
}

/// The full table of a prefix.
pub fn padded(v: &[Fr], num_vars: usize, default: Fr) -> Vec<Fr> {
    let mut out = v.to_vec();
    assert!(out.len() <= 1 << num_vars);
    out.resize(1 << num_vars, default);
    out
}

/// The MLE of a full table at `point`, by binding coordinate 0 first.
pub fn dense_mle(table: &[Fr], point: &[Fr]) -> Fr {
    let mut v = table.to_vec();
    assert_eq!(v.len(), 1 << point.len());
    for &r in point {
        let (lo, hi) = v.split_at(v.len() / 2);
        v = lo.iter().zip(hi).map(|(&a, &b)| a + r * (b - a)).collect();
    }
    v[0]
}

/// Prefix lengths worth a test in `n` variables: around 0, 1, 2, powers of two, odd and full.
pub fn prefix_lengths(n: usize) -> Vec<usize> {
    let full = 1usize << n;
    let mut out = vec![0, 1, 2, 3, 5, full / 2, full / 2 + 1, full.saturating_sub(3), full - 1, full];
    out.retain(|&len| len <= full);
    out.sort_unstable();
    out.dedup();
    out
}

/// The rounds of `eq(tau, x) q(x)` from those of `q`: what the naive prover has.
pub struct WithWeights<'a, P> {
    prover: &'a mut P,
    eq: EqFactor,
}

impl<'a, P: WeightedRoundProver> WithWeights<'a, P> {
    pub fn new(tau: &[Fr], prover: &'a mut P) -> Self {
        Self { prover, eq: EqFactor::new(tau) }
    }
}

impl<P: WeightedRoundProver> RoundProver for WithWeights<'_, P> {
    fn num_vars(&self) -> usize {
        self.prover.num_vars()
    }

    fn degree(&self) -> usize {
        3
    }

    fn round(&mut self, claim: Fr) -> Univariate {
        let q = self.prover.round(claim / self.eq.bound());
        Univariate::linear_times_quadratic(self.eq.line(), q)
    }

    fn bind(&mut self, r: Fr) {
        self.eq.bind(r);
        self.prover.bind(r);
    }
}

/// Drives both provers through all rounds with the same random challenges, from the true sum, and compares every
/// round polynomial.
pub fn assert_parity(case: &str, fast: &mut dyn RoundProver, naive: &mut NaiveProver<'_>, rng: &mut ChaCha20Rng) {
    assert_eq!(fast.num_vars(), naive.num_vars(), "{case}");
    assert_eq!(fast.degree(), naive.degree(), "{case}");
    let mut claim = naive.sum();
    for round in 0..fast.num_vars() {
        let expected = naive.round(claim);
        let got = fast.round(claim);
        assert_eq!(got.coeffs, expected.coeffs, "{case}: round {round}");
        assert_eq!(got.eval(Fr::zero()) + got.eval(Fr::from(1u64)), claim, "{case}: round {round}");
        let r = random(rng);
        claim = got.eval(r);
        fast.bind(r);
        naive.bind(r);
    }
    assert_eq!(naive.sum(), claim, "{case}: final claim");
}
