//! How many positions of a Reed-Solomon codeword to sample, and what proximity arguments around it lose.
//!
//! # Terms
//! A code of length `n` and rate `rho = 2^-b`; a word is close to it when it agrees with a codeword on at least the
//! fraction `alpha = 1 - delta` of all positions. `q` is the size of the field.
//!
//! | | [`Regime::Unique`] | [`Regime::Johnson`] |
//! |---|---|---|
//! | `alpha` | `(1 + rho) / 2` | `sqrt(rho) (1 + 1 / M)`, `M` = [`GAP`] |
//! | close codewords, at most | 1 | `M / (2 rho)` (Johnson's bound) |
//! | exceptional challenges of a curve of degree `d`, at most | `d n` [BCIKS20, Thm. 1.5; ACFY24, Lemma 4.10] | `d n^2 (M + 1/2)^7 / (3 rho^(3/2))` [BCIKS20, Thm. 1.5; Hab25] |
//!
//! *Exceptional* challenges are those `z` for which some set `S` of at least `alpha n` positions has a codeword that
//! agrees on `S` with `sum_i z^i u_i` while not every `u_i` agrees with a codeword on `S`: mutual correlated agreement
//! [ACFY24, Def. 4.9]. Correlated agreement (on some common set of that size) is [BCIKS20, Thm. 1.5]; that the set can be
//! `S` itself is [ACFY24, Lemma 4.10] below half the distance, and [Hab25; BCGM25] up to Johnson's bound. Newer counts are
//! smaller [Hab25; BCHKS25]; over a field of 254 bits the older, larger one costs nothing, so it is what is charged.
//!
//! # Queries
//! A word that is not close passes one uniform position with probability at most `alpha`, `k` independent ones with
//! `alpha^k`. [`RateAndRegime::num_queries`] is the least `k` with `alpha^k <= 2^-bits`, in exact arithmetic rounded
//! against the prover: both sides get the same count on every machine. No count is ever written by hand.
//!
//! # Commitments that stand for themselves
//! A commitment that is compared or kept outside of the proof must bind one message, not a list: the same commitment in
//! two proofs must not open to two. Two codewords agree in fewer than `rho n` positions; a word that takes half of the
//! others from each agrees with either in almost the fraction `(1 + rho) / 2`, and an opening to either passes each
//! query with that probability. No word is closer to two codewords. So queries that are counted in the unique regime
//! bind each commitment to one message, and this attack reaches their bound; in the Johnson regime, the word is among
//! the close ones, and fewer queries bind with fewer bits: [`RateAndRegime::binding`], whatever the regime.
//!
//! # Conjectures
//! No query count rests on a conjecture, and no conjectured number of bits on correlated agreement beyond Johnson's bound.
//! That it holds for all radii below `1 - rho` was conjectured [BCIKS20; ACFY24, Conj. 4.12] and is false: most words
//! have codewords at a distance that is smaller than `1 - rho` by about `H(rho) / log2(q)`, `H` the binary entropy
//! [DG25, abstract; CS25, abstract]. [`RateAndRegime::queries`] reports as conjectured what a prover gains who finds such a
//! codeword: agreement in the fraction `rho + H / log2(q)` of the positions, for `rho = 1/2` and 254 bits a 254th more
//! than `rho`, which is 0.989 bits a query instead of one. Staying above that agreement is what [DG25, §1.5] asks of
//! systems that go on with a conjecture. What holds between Johnson's bound and it is open; for every power of `n` there
//! are codes and radii there with more exceptional challenges than that [BCHKS25, abstract].

use lariat_pcs::SecurityBits;

/// How far from the code a word may be and still count as close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Regime {
    /// Up to half the distance: a word has at most one close codeword.
    Unique,
    /// Up to just below Johnson's bound: a word has a short list of close codewords.
    Johnson,
}

impl Regime {
    /// Number of out-of-domain samples of each committed polynomial: see [`samples`](crate::samples).
    pub fn samples(self) -> usize {
        match self {
            Self::Unique => 0,
            Self::Johnson => 1,
        }
    }
}

/// `M`: the Johnson regime keeps the fraction `1 / M` of `sqrt(rho)` between its radius and Johnson's bound.
///
/// A larger `M` saves fewer than `1.5 / M` of the queries and costs seven bits a doubling in [`RateAndRegime::curve`];
/// at `2^9` a query is worth 0.003 bits less than at the bound, and words of length `2^24` keep over 110 bits.
pub const GAP: u32 = 1 << 9;

/// Largest [`RateAndRegime::log_inv_rate`].
pub const MAX_LOG_INV_RATE: usize = 16;

/// A rate and a regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateAndRegime {
    log_inv_rate: usize,
    regime: Regime,
}

impl RateAndRegime {
    /// Rate `2^-log_inv_rate`.
    ///
    /// # Panics
    /// When `log_inv_rate` is zero or exceeds [`MAX_LOG_INV_RATE`]: words of rate one are all codewords.
    pub fn new(log_inv_rate: usize, regime: Regime) -> Self {
        assert!((1..=MAX_LOG_INV_RATE).contains(&log_inv_rate), "rate 2^-{log_inv_rate}");
        Self { log_inv_rate, regime }
    }

    /// `b`, where the rate is `2^-b`.
    pub fn log_inv_rate(&self) -> usize {
        self.log_inv_rate
    }

    /// What counts as close.
    pub fn regime(&self) -> Regime {
        self.regime
    }

    /// `alpha 2^32`, rounded up.
    fn agreement_fixed(&self) -> u64 {
        match self.regime {
            Regime::Unique => (1 << 31) + (1 << (31 - self.log_inv_rate)),
            Regime::Johnson => {
                // The square is 2^-b ((M + 1) / M)^2, at scale 2^64.
                let m = u128::from(GAP);
                let square = ((1u128 << (64 - self.log_inv_rate)) * (m + 1).pow(2)).div_ceil(m * m);
                let root = square.isqrt();
                (root + u128::from(root * root < square)) as u64
            }
        }
    }

    /// The agreement `alpha` above which a word is close.
    pub fn agreement(&self) -> f64 {
        self.agreement_fixed() as f64 / 2f64.powi(32)
    }

    /// The least number of independent uniform positions on all of which a word that is not close agrees with a codeword
    /// with probability at most `2^-target_bits`.
    pub fn num_queries(&self, target_bits: u32) -> usize {
        let agreement = u128::from(self.agreement_fixed());
        // The probability is at most mantissa / 2^exponent; the mantissa has 64 bits at most.
        let (mut mantissa, mut exponent, mut count) = (1u128 << 63, 63u32, 0);
        while (u128::BITS - (mantissa - 1).leading_zeros()) + target_bits > exponent {
            mantissa *= agreement;
            exponent += 32;
            let excess = (u128::BITS - mantissa.leading_zeros()).saturating_sub(64);
            mantissa = mantissa.div_ceil(1 << excess);
            exponent -= excess;
            count += 1;
        }
        count
    }

    /// The error of so many queries: a word that is not close passes. Conjectured: the best agreement that a word without
    /// structure has, see the module.
    pub fn queries(&self, num_queries: usize) -> SecurityBits {
        let bits = |agreement: f64| -(num_queries as f64) * agreement.log2();
        SecurityBits { proven: bits(self.agreement()), conjectured: bits(self.capacity_agreement()) }
    }

    /// The error of so many queries to a commitment that stands for itself: it opens to a second message. The bound of
    /// the unique regime, which a word half-way between two codewords reaches.
    pub fn binding(&self, num_queries: usize) -> SecurityBits {
        let unique = Self { regime: Regime::Unique, ..*self };
        let bits = unique.queries(num_queries).proven;
        SecurityBits { proven: bits, conjectured: bits }
    }

    /// The agreement `a = rho + H(a) / log2(q)` at which a word has a codeword on the average.
    fn capacity_agreement(&self) -> f64 {
        let rate = (-(self.log_inv_rate as f64)).exp2();
        let entropy = |a: f64| -a * a.log2() - (1.0 - a) * (1.0 - a).log2();
        // Each step shrinks the distance to the solution by more than ten.
        (0..10).fold(rate, |agreement, _| rate + entropy(agreement) / SecurityBits::FIELD)
    }

    /// Most codewords that are close to one word, or to one tuple of words on common positions.
    pub fn list_size(&self) -> f64 {
        match self.regime {
            Regime::Unique => 1.0,
            Regime::Johnson => f64::from(GAP) * 2f64.powi(self.log_inv_rate as i32) / 2.0,
        }
    }

    /// The error of combining `degree + 1` words of length `2^log_len` with powers of one challenge: mutual correlated
    /// agreement fails.
    ///
    /// Charged in full to the conjectured bits too, where it is far above everything else.
    pub fn curve(&self, degree: usize, log_len: usize) -> SecurityBits {
        let degree = (degree.max(1) as f64).log2();
        let exceptional = match self.regime {
            Regime::Unique => degree + log_len as f64,
            Regime::Johnson => {
                let gap = 7.0 * (f64::from(GAP) + 0.5).log2();
                degree + 2.0 * log_len as f64 + gap + 1.5 * self.log_inv_rate as f64 - 3f64.log2()
            }
        };
        let bits = SecurityBits::FIELD - exceptional;
        SecurityBits { proven: bits, conjectured: bits }
    }

    /// The error of samples of so many commitments to polynomials that differ in a random point with probability `degree / r`: two
    /// tuples of one list have the same.
    pub fn samples(&self, degree: f64, num_commitments: usize) -> SecurityBits {
        let pairs = 2.0 * self.list_size().log2() - 1.0;
        let bits = SecurityBits::FIELD - pairs - degree.max(1.0).log2() - (num_commitments.max(1) as f64).log2();
        SecurityBits { proven: bits, conjectured: bits }
    }

    /// The error of an identity of degree `degree` in one challenge that each close codeword must satisfy.
    pub fn identity(&self, degree: usize) -> SecurityBits {
        let bits = SecurityBits::FIELD - (degree.max(1) as f64).log2() - self.list_size().log2();
        SecurityBits { proven: bits, conjectured: bits }
    }
}

/// Bits of BLAKE3's resistance to collisions: what a Merkle commitment rests on.
pub const COLLISION_BITS: f64 = 128.0;
