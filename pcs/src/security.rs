//! How much can go wrong in an opening: error terms, and the problems that an adversary may attack instead.

/// Security of one batch opening, in bits; the scheme's share of a proof's ledger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SecurityBits {
    /// `-log2` of the soundness error that is proven, given that the assumptions hold.
    pub proven: f64,
    /// Bits of work at which the best known attack succeeds, on the assumptions or on the protocol.
    pub conjectured: f64,
}

impl SecurityBits {
    /// Bits of the order of the scalar field, rounded down to a tenth.
    pub const FIELD: f64 = 253.5;
    /// Level of BN254's groups: the pairing moves discrete logarithms into a field of `q^12` elements, where number
    /// field sieves take about `2^100` steps [BD19, §4].
    pub const CURVE: f64 = 100.0;
    /// What is certain: the identity of [`Self::and`].
    pub const CERTAIN: Self = Self { proven: f64::INFINITY, conjectured: f64::INFINITY };

    /// An event of probability at most `degree / r`, for the scalar field's order `r`.
    pub fn of_degree(degree: usize) -> Self {
        let bits = Self::FIELD - (degree.max(1) as f64).log2();
        Self { proven: bits, conjectured: bits }
    }

    /// Both events: error probabilities add up.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let sum = |a: f64, b: f64| {
            let (low, high) = (a.min(b), a.max(b));
            if high.is_infinite() { low } else { low - (1.0 + (low - high).exp2()).log2() }
        };
        Self { proven: sum(self.proven, other.proven), conjectured: sum(self.conjectured, other.conjectured) }
    }
}

/// One way in which an opening can go wrong by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ErrorTerm {
    /// What it is the chance of.
    pub name: &'static str,
    /// `proven`: `-log2` of the bound that is proven. `conjectured`: of the best attack known on this step alone.
    pub bits: SecurityBits,
    /// Where the bound comes from.
    pub source: &'static str,
}

impl ErrorTerm {
    /// The chance that one of these happens: their sum.
    pub fn sum<'a>(terms: impl IntoIterator<Item = &'a Self>) -> SecurityBits {
        terms.into_iter().fold(SecurityBits::CERTAIN, |sum, term| sum.and(term.bits))
    }
}

/// What an estimate of a problem's hardness rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Basis {
    /// The hash function counts as a random oracle: in that model the level is proven.
    RandomOracle,
    /// The cost of the best algorithm known.
    BestAttack,
    /// The solution is public: there is nothing to solve, and no level holds against those who know it.
    Public,
}

/// A problem whose solution forges proofs, and the work that it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hardness {
    /// The problem.
    pub problem: &'static str,
    /// Logarithm of the work.
    pub bits: f64,
    /// What the number rests on.
    pub basis: Basis,
    /// Where it comes from.
    pub source: &'static str,
}

impl Hardness {
    /// Discrete logarithms in G1 of BN254 by generic steps: `sqrt(pi r / 12)`, six automorphisms used.
    pub const CURVE: Self = Self {
        problem: "discrete logarithms in BN254's groups, generic",
        bits: 125.8,
        basis: Basis::BestAttack,
        source: "sqrt(pi r / 12) steps of Pollard's rho with six automorphisms",
    };
    /// The same problem carried by the pairing into the field of `q^12` elements.
    pub const PAIRING: Self = Self {
        problem: "discrete logarithms in BN254's groups, through the pairing",
        bits: SecurityBits::CURVE,
        basis: Basis::BestAttack,
        source: "number field sieve in the field of q^12 elements [BD19, §4]",
    };
    /// `tau` from its powers, for the longest ceremonies: about `sqrt(r / d)` steps for a divisor `d` of `r - 1`.
    pub const POWERS_OF_TAU: Self = Self {
        problem: "the trapdoor of 2^29 powers of tau",
        bits: 112.0,
        basis: Basis::BestAttack,
        source: "sqrt(r / 2^29) steps [Cheon06]",
    };
    /// The trapdoor of a setup that was made from a seed: see [`SetupSource::known_trapdoor`](crate::SetupSource).
    pub const SEED: Self = Self {
        problem: "the trapdoor of a setup whose seed is public",
        bits: 0.0,
        basis: Basis::Public,
        source: "whoever knows the seed, or made the file, forges a proof of anything",
    };
    /// Collisions of a hash of 256 bits under a commitment.
    pub const MERKLE: Self = Self {
        problem: "collisions of BLAKE3 in Merkle trees",
        bits: 128.0,
        basis: Basis::RandomOracle,
        source: "birthday bound of 256 bits",
    };
}
