//! Which rounds a proof has: fold factors, rates and numbers of queries, all computed from the shape.

use crate::oracle::{query_bytes, tree_shape};
use lariat_algebra::ntt::MAX_LOG_SIZE;
use lariat_merkle::{RateAndRegime, Regime, samples};
use lariat_transcript::encoding::SCALAR_BYTES;
use std::collections::HashMap;

/// Bits of soundness that all queries of a proof have together, at least. They rest on no conjecture: see
/// [`lariat_merkle::queries`].
pub const TARGET_BITS: u32 = 100;
/// Most oracles of a proof.
pub const MAX_ROUNDS: usize = 8;
/// Most variables that are folded between two oracles.
const MAX_FOLD: usize = 6;
/// Logarithm of the inverse of the smallest rate.
const MAX_LOG_INV_RATE: usize = 8;
/// Bytes of a round of sumcheck.
const SUMCHECK_BYTES: usize = 2 * SCALAR_BYTES;

/// One oracle: a polynomial in `num_vars` variables as `2^fold` interleaved codewords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Round {
    /// Variables of the polynomial.
    pub num_vars: usize,
    /// Logarithm of the number of rows: the number of variables that are folded after the commitment.
    pub fold: usize,
    /// Logarithm of the inverse of the rows' rate.
    pub log_inv_rate: usize,
    /// Positions that are opened.
    pub queries: usize,
    /// What counts as close to the code.
    pub regime: Regime,
}

impl Round {
    /// Logarithm of the number of coefficients of a row.
    pub fn log_dimension(&self) -> usize {
        self.num_vars - self.fold
    }

    /// Logarithm of the number of positions.
    pub fn log_domain(&self) -> usize {
        self.log_dimension() + self.log_inv_rate
    }

    /// The rate, with what counts as close.
    pub fn rate(&self) -> RateAndRegime {
        RateAndRegime::new(self.log_inv_rate, self.regime)
    }
}

/// What a user may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Logarithm of the inverse of the first oracle's rate, at most 8.
    pub log_inv_rate: usize,
    /// How close to the code counts as close.
    pub regime: Regime,
}

impl Default for Options {
    /// Rate 1/2, up to Johnson's bound.
    fn default() -> Self {
        Self { log_inv_rate: 1, regime: Regime::Johnson }
    }
}

/// All rounds of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// The oracle that holds the pieces.
    pub first: Round,
    /// The oracles that follow.
    pub later: Vec<Round>,
    /// Variables of the polynomial that is sent in clear.
    pub final_vars: usize,
}

impl Config {
    /// The rounds with the shortest proof for about `num_pieces` pieces of `num_vars` variables in one commitment.
    ///
    /// Later oracles are bounded so that the prover's work stays below the commitment's: the second one has at most
    /// twice as many entries as the codewords of one piece (as many for two or three pieces, half as many for one), and
    /// every further one at most half as many as the one before.
    ///
    /// `None` when the field has no domain for such a rate, or the rate is none.
    pub fn search(num_vars: usize, options: Options, num_pieces: usize) -> Option<Self> {
        let Options { log_inv_rate, regime } = options;
        if !(1..=MAX_LOG_INV_RATE).contains(&log_inv_rate) {
            return None;
        }
        let num_pieces = num_pieces.max(1);
        let max_log_entries = (num_vars + log_inv_rate + num_pieces.ilog2().min(2) as usize).saturating_sub(1);
        let mut best: Option<Tail> = None;
        // Errors of rounds add up and are split evenly: more rounds need more queries in each.
        for (rounds, log_rounds) in [(1, 0), (2, 1), (4, 2), (MAX_ROUNDS, 3)] {
            let mut search = Search::new(TARGET_BITS + log_rounds, regime);
            for fold in 0..=num_vars.min(MAX_FOLD) {
                let round = search.round(num_vars, fold, log_inv_rate);
                if round.log_domain() > MAX_LOG_SIZE {
                    continue;
                }
                let tree = tree_shape(&round).cap_bytes() + query_bytes(&round, 0);
                let own = (fold * SUMCHECK_BYTES + tree + leaf_bytes(&round, num_pieces)) as u64;
                let rest = search.after(num_vars - fold, max_log_entries, rounds - 1);
                if best.as_ref().is_none_or(|best| own + rest.bytes < best.bytes) {
                    best = Some(rest.preceded_by(own, round));
                }
            }
        }
        let Tail { rounds, final_vars, .. } = best?;
        let (first, later) = rounds.split_first()?;
        Some(Self { first: *first, later: later.to_vec(), final_vars })
    }

    /// All oracles, in order.
    pub fn rounds(&self) -> impl Iterator<Item = &Round> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// Number of variables of a piece.
    pub fn num_vars(&self) -> usize {
        self.first.num_vars
    }

    /// Bytes of an opening of commitments to so many pieces.
    pub fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        let first: usize = num_pieces.iter().map(|&k| query_bytes(&self.first, 0) + leaf_bytes(&self.first, k)).sum();
        let later: usize = self.later.iter().map(later_bytes).sum();
        // The value of the proximity combination, and those of every piece at the points of other commitments.
        let values = SCALAR_BYTES * (1 + samples::num_others(num_pieces, self.first.regime));
        values + self.first.fold * SUMCHECK_BYTES + first + later + (SCALAR_BYTES << self.final_vars)
    }
}

/// Bytes of the opened leaves of an oracle of `num_pieces` polynomials.
fn leaf_bytes(round: &Round, num_pieces: usize) -> usize {
    round.queries * SCALAR_BYTES * (num_pieces << round.fold)
}

/// Bytes of an oracle of one polynomial: its cap, its samples, its fold, its openings.
fn later_bytes(round: &Round) -> usize {
    SCALAR_BYTES * round.regime.samples()
        + tree_shape(round).cap_bytes()
        + round.fold * SUMCHECK_BYTES
        + query_bytes(round, 1 << round.fold)
}

/// What follows a fold.
#[derive(Clone)]
struct Tail {
    bytes: u64,
    rounds: Vec<Round>,
    final_vars: usize,
}

impl Tail {
    fn preceded_by(&self, bytes: u64, round: Round) -> Self {
        let rounds = std::iter::once(round).chain(self.rounds.iter().copied()).collect();
        Self { bytes: self.bytes + bytes, rounds, final_vars: self.final_vars }
    }
}

/// Exhaustive search over fold factors and rates, with the answers found so far.
struct Search {
    /// Number of queries at rate `1 / 2`, `1 / 4` and so on.
    queries: [usize; MAX_LOG_INV_RATE],
    regime: Regime,
    known: HashMap<(usize, usize, usize), Tail>,
}

impl Search {
    /// For queries of soundness error at most `2^-bits` in every round.
    fn new(bits: u32, regime: Regime) -> Self {
        let queries = std::array::from_fn(|i| RateAndRegime::new(i + 1, regime).num_queries(bits));
        Self { queries, regime, known: HashMap::new() }
    }

    /// An oracle; the rate is between `1 / 2` and `2^-MAX_LOG_INV_RATE`.
    fn round(&self, num_vars: usize, fold: usize, log_inv_rate: usize) -> Round {
        Round { num_vars, fold, log_inv_rate, queries: self.queries[log_inv_rate - 1], regime: self.regime }
    }

    /// The shortest way on from a folded polynomial in `num_vars` variables: in clear, or by an oracle of at most
    /// `2^max_log_entries` entries.
    fn after(&mut self, num_vars: usize, max_log_entries: usize, rounds_left: usize) -> Tail {
        let key = (num_vars, max_log_entries, rounds_left);
        if let Some(tail) = self.known.get(&key) {
            return tail.clone();
        }
        let mut best = Tail { bytes: (SCALAR_BYTES as u64) << num_vars, rounds: Vec::new(), final_vars: num_vars };
        let max_log_inv_rate = max_log_entries.saturating_sub(num_vars).min(MAX_LOG_INV_RATE);
        for fold in (1..=num_vars.min(MAX_FOLD)).filter(|_| rounds_left > 0) {
            for log_inv_rate in 1..=max_log_inv_rate {
                let round = self.round(num_vars, fold, log_inv_rate);
                let own = later_bytes(&round) as u64;
                if round.log_domain() > MAX_LOG_SIZE || own >= best.bytes {
                    continue;
                }
                let rest = self.after(num_vars - fold, num_vars + log_inv_rate - 1, rounds_left - 1);
                if own + rest.bytes < best.bytes {
                    best = rest.preceded_by(own, round);
                }
            }
        }
        self.known.insert(key, best.clone());
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGIMES: [Regime; 2] = [Regime::Unique, Regime::Johnson];

    #[test]
    fn every_round_continues_the_one_before_and_reaches_the_target() {
        for num_vars in 0..=24 {
            for num_pieces in [0, 1, 2, 10, 130, 1000] {
                for (log_inv_rate, regime) in
                    [1, 2, 4].into_iter().flat_map(|rate| REGIMES.map(|regime| (rate, regime)))
                {
                    let options = Options { log_inv_rate, regime };
                    let config = Config::search(num_vars, options, num_pieces).unwrap();
                    assert_eq!(config.num_vars(), num_vars);
                    let (mut left, mut error) = (num_vars, 0.0);
                    for round in config.rounds() {
                        assert_eq!(round.num_vars, left);
                        left -= round.fold;
                        error += (-round.rate().queries(round.queries).proven).exp2();
                    }
                    assert_eq!(left, config.final_vars);
                    assert!(-error.log2() >= f64::from(TARGET_BITS), "{config:?}");
                    assert!(config.later.len() < MAX_ROUNDS);
                    let mut entries = num_vars + log_inv_rate + 1;
                    for round in &config.later {
                        assert!(round.num_vars + round.log_inv_rate <= entries, "{config:?}");
                        entries = round.num_vars + round.log_inv_rate - 1;
                    }
                }
            }
        }
        assert_eq!(Config::search(4, Options { log_inv_rate: 0, ..Options::default() }, 1), None);
        assert_eq!(Config::search(40, Options::default(), 1), None);
    }

    /// A fold factor larger or smaller by one, with all else searched again, makes no proof shorter.
    #[test]
    fn the_first_fold_follows_the_number_of_pieces() {
        let search = |pieces| Config::search(18, Options::default(), pieces).unwrap();
        let fold = |pieces| search(pieces).first.fold;
        assert_eq!(fold(130), 0);
        assert!(fold(1) > fold(16));
        let bytes = |config: &Config, pieces: usize| config.opening_bytes(&[1, pieces - 1]);
        let (one, many) = (search(2), search(130));
        assert!(bytes(&one, 2) < bytes(&many, 2));
        assert!(bytes(&many, 130) < bytes(&one, 130));
    }
}
