//! Which matrices a proof has: row lengths, rates and numbers of queries, all computed from the shape.

use lariat_algebra::ntt::MAX_LOG_SIZE;
use lariat_merkle::folding::ROUND_BYTES;
use lariat_merkle::{RateAndRegime, Regime, RowCode};
use lariat_transcript::encoding::SCALAR_BYTES;
use std::collections::HashMap;

/// Bits of soundness that all queries of a proof have together, at least. They are counted for unique decoding and rest
/// on no conjecture: see [`lariat_merkle::queries`].
pub const TARGET_BITS: u32 = 100;
/// Most matrices of a proof.
pub const MAX_LEVELS: usize = 8;
/// Largest logarithm of the number of rows of a polynomial.
const MAX_FOLD: usize = 6;
/// Logarithm of the inverse of the smallest rate.
const MAX_LOG_INV_RATE: usize = 8;

/// One polynomial as a matrix: `2^fold` rows, each a codeword.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Level {
    /// Variables of the polynomial.
    pub num_vars: usize,
    /// The code of its rows.
    pub code: RowCode,
}

impl Level {
    /// Logarithm of the number of rows.
    pub fn fold(&self) -> usize {
        self.num_vars - self.code.log_row_len
    }

    /// Number of challenges that join queried values: one for the sum with the claim that was there before, and the
    /// variables of an `eq` over as many values as are queried, or more.
    pub fn glue_challenges(&self) -> usize {
        1 + self.code.queries.next_power_of_two().ilog2() as usize
    }

    /// Bytes of the matrix of one polynomial that is committed to within an opening: its cap, its rounds, its openings.
    fn bytes(&self) -> usize {
        self.code.tree().cap_bytes() + self.fold() * ROUND_BYTES + self.code.query_bytes(1 << self.fold())
    }
}

/// All matrices of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// The matrix of one piece; those of all pieces are one below the other.
    pub first: Level,
    /// The matrices that follow.
    pub later: Vec<Level>,
    /// Variables of the polynomial that is sent in clear.
    pub final_vars: usize,
}

/// Variables of a table with an entry for each of so many pieces.
pub(crate) fn piece_index_vars(num_pieces: usize) -> usize {
    num_pieces.next_power_of_two().ilog2() as usize
}

impl Config {
    /// The matrices with the shortest proof for about `num_pieces` pieces of `num_vars` variables in two commitments, the
    /// first ones having rate `2^-log_inv_rate`.
    ///
    /// The prover's work after the commitments is bounded as WHIR's is here: the second matrix has at most twice as many
    /// entries as the codewords of one piece (as many for two or three pieces, half as many for one), and every further
    /// one at most half as many as the one before.
    ///
    /// `None` when the field has no domain for such a rate, or the rate is none.
    pub fn search(num_vars: usize, log_inv_rate: usize, num_pieces: usize) -> Option<Self> {
        if !(1..=MAX_LOG_INV_RATE).contains(&log_inv_rate) {
            return None;
        }
        let num_pieces = num_pieces.max(1);
        let max_log_entries = (num_vars + log_inv_rate + num_pieces.ilog2().min(2) as usize).saturating_sub(1);
        let mut search = Search::new();
        let mut best: Option<Tail> = None;
        for fold in 0..=num_vars.min(MAX_FOLD) {
            for rest in search.tails(num_vars - fold, max_log_entries, 0) {
                let first = search.level(num_vars, fold, log_inv_rate, bits(0, rest.levels.is_empty()));
                let config = Self { first, later: rest.levels, final_vars: rest.final_vars };
                if config.levels().any(|level| level.code.log_domain() > MAX_LOG_SIZE) {
                    continue;
                }
                let bytes = config.proof_bytes(num_pieces);
                if best.as_ref().is_none_or(|best| bytes < best.bytes) {
                    let levels = config.levels().copied().collect();
                    best = Some(Tail { bytes, levels, final_vars: config.final_vars });
                }
            }
        }
        let Tail { levels, final_vars, .. } = best?;
        let (first, later) = levels.split_first()?;
        Some(Self { first: *first, later: later.to_vec(), final_vars })
    }

    /// All matrices, in order.
    pub fn levels(&self) -> impl Iterator<Item = &Level> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// Number of variables of a piece.
    pub fn num_vars(&self) -> usize {
        self.first.num_vars
    }

    /// Bytes of an opening of commitments to so many pieces.
    pub fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        let rounds = piece_index_vars(num_pieces.iter().sum()) + self.first.fold();
        let first: usize = num_pieces.iter().map(|&k| self.first.code.query_bytes(k << self.first.fold())).sum();
        let later: usize = self.later.iter().map(Level::bytes).sum();
        rounds * ROUND_BYTES + first + later + (SCALAR_BYTES << self.final_vars)
    }

    /// Bytes of a proof over so many pieces in two commitments, as one of the machine has, with the commitments; in 64
    /// bits, for all shapes that the search sees.
    fn proof_bytes(&self, num_pieces: usize) -> u64 {
        let code = &self.first.code;
        let leaves = (code.queries * SCALAR_BYTES) as u64 * ((num_pieces as u64) << self.first.fold());
        let trees = 2 * (code.tree().cap_bytes() + code.query_bytes(0)) as u64;
        let rounds = ((piece_index_vars(num_pieces) + self.first.fold()) * ROUND_BYTES) as u64;
        let later: u64 = self.later.iter().map(|level| level.bytes() as u64).sum();
        leaves + trees + rounds + later + ((SCALAR_BYTES as u64) << self.final_vars)
    }
}

/// Bits above [`TARGET_BITS`] of the queries to the matrix number `index`: the errors are a half of the whole, a quarter and
/// so on, with the last two alike, so that they add up to the whole.
fn bits(index: usize, last: bool) -> usize {
    index + usize::from(!last)
}

/// What follows a fold.
#[derive(Clone)]
struct Tail {
    bytes: u64,
    levels: Vec<Level>,
    final_vars: usize,
}

/// Exhaustive search over row lengths and rates, with the answers found so far.
struct Search {
    /// Number of queries by the bits above the target and by the rate, `1 / 2` first.
    queries: [[usize; MAX_LOG_INV_RATE]; MAX_LEVELS],
    known: HashMap<(usize, usize, usize), Option<Tail>>,
}

impl Search {
    fn new() -> Self {
        let queries = |above: usize, rate: usize| {
            RateAndRegime::new(rate + 1, Regime::Unique).num_queries(TARGET_BITS + above as u32)
        };
        let queries = std::array::from_fn(|above| std::array::from_fn(|rate| queries(above, rate)));
        Self { queries, known: HashMap::new() }
    }

    /// A matrix; the rate is between `1 / 2` and `2^-MAX_LOG_INV_RATE`.
    fn level(&self, num_vars: usize, fold: usize, log_inv_rate: usize, above: usize) -> Level {
        let queries = self.queries[above][log_inv_rate - 1];
        Level {
            num_vars,
            code: RowCode { log_row_len: num_vars - fold, log_inv_rate, queries, regime: Regime::Unique },
        }
    }

    /// Both ways on from a folded polynomial in `num_vars` variables after the matrix number `index`: in clear, and the
    /// shortest one through a further matrix of at most `2^max_log_entries` entries, if there is one. Which one is taken
    /// decides how many queries the matrix before has.
    fn tails(&mut self, num_vars: usize, max_log_entries: usize, index: usize) -> Vec<Tail> {
        let clear = Tail { bytes: (SCALAR_BYTES as u64) << num_vars, levels: Vec::new(), final_vars: num_vars };
        std::iter::once(clear).chain(self.through_a_matrix(num_vars, max_log_entries, index + 1)).collect()
    }

    fn through_a_matrix(&mut self, num_vars: usize, max_log_entries: usize, index: usize) -> Option<Tail> {
        let key = (num_vars, max_log_entries, index);
        if let Some(tail) = self.known.get(&key) {
            return tail.clone();
        }
        let mut best: Option<Tail> = None;
        let max_log_inv_rate = max_log_entries.saturating_sub(num_vars).min(MAX_LOG_INV_RATE);
        for fold in (1..=num_vars.min(MAX_FOLD)).filter(|_| index < MAX_LEVELS) {
            for log_inv_rate in 1..=max_log_inv_rate {
                for rest in self.tails(num_vars - fold, num_vars + log_inv_rate - 1, index) {
                    let own = self.level(num_vars, fold, log_inv_rate, bits(index, rest.levels.is_empty()));
                    let bytes = own.bytes() as u64 + rest.bytes;
                    if best.as_ref().is_none_or(|best| bytes < best.bytes) {
                        let levels = std::iter::once(own).chain(rest.levels).collect();
                        best = Some(Tail { bytes, levels, final_vars: rest.final_vars });
                    }
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

    #[test]
    fn every_matrix_continues_the_one_before_and_reaches_the_target() {
        for num_vars in 0..=24 {
            for num_pieces in [0, 1, 2, 10, 130, 1000] {
                for log_inv_rate in [1, 2, 4] {
                    let config = Config::search(num_vars, log_inv_rate, num_pieces).unwrap();
                    assert_eq!(config.num_vars(), num_vars);
                    let (mut left, mut error) = (num_vars, 0.0);
                    for level in config.levels() {
                        assert_eq!(level.num_vars, left);
                        left = level.code.log_row_len;
                        error += (-level.code.rate().queries(level.code.queries).proven).exp2();
                    }
                    assert_eq!(left, config.final_vars);
                    assert!(-error.log2() >= f64::from(TARGET_BITS), "{config:?}");
                    assert!(config.later.len() < MAX_LEVELS);
                    let mut entries = num_vars + log_inv_rate + 1;
                    for level in &config.later {
                        assert!(level.num_vars + level.code.log_inv_rate <= entries, "{config:?}");
                        entries = level.num_vars + level.code.log_inv_rate - 1;
                    }
                }
            }
        }
        assert_eq!(Config::search(4, 0, 1), None);
        assert_eq!(Config::search(4, MAX_LOG_INV_RATE + 1, 1), None);
    }

    /// No matrix is longer than the field's largest domain, the later ones included, whose rates are lower.
    #[test]
    fn every_matrix_has_a_domain() {
        let longest = MAX_LOG_SIZE + MAX_FOLD - 1;
        for num_vars in [longest - 6, longest - 3, longest] {
            for num_pieces in [1, 2, 4, 16] {
                let config = Config::search(num_vars, 1, num_pieces).unwrap();
                assert!(config.levels().all(|level| level.code.log_domain() <= MAX_LOG_SIZE), "{config:?}");
            }
        }
        assert_eq!(Config::search(longest + 1, 1, 1), None);
    }

    /// The bytes that the search minimises are those of the proof.
    #[test]
    fn the_search_counts_the_bytes_of_proofs() {
        for num_vars in [0, 3, 9, 14, 18] {
            for num_pieces in [2, 3, 33, 130] {
                let config = Config::search(num_vars, 1, num_pieces).unwrap();
                let caps = 2 * config.first.code.tree().cap_bytes();
                let bytes = caps + config.opening_bytes(&[1, num_pieces - 1]);
                assert_eq!(config.proof_bytes(num_pieces), bytes as u64);
            }
        }
    }

    /// One row more or less for the first matrix, with all else searched again, makes no proof shorter.
    #[test]
    fn the_first_matrix_follows_the_number_of_pieces() {
        let fold = |pieces| Config::search(18, 1, pieces).unwrap().first.fold();
        assert_eq!(fold(130), 0);
        assert!(fold(1) > fold(16));
        let (one, many) = (Config::search(18, 1, 2).unwrap(), Config::search(18, 1, 130).unwrap());
        assert!(one.proof_bytes(2) < many.proof_bytes(2));
        assert!(many.proof_bytes(130) < one.proof_bytes(130));
    }

    /// The schedule of errors is no worse than an even one would be, by the queries that cost most.
    #[test]
    fn the_first_matrix_has_half_of_the_error() {
        let config = Config::search(18, 1, 33).unwrap();
        assert!(config.later.len() > 1);
        let half = RateAndRegime::new(1, Regime::Unique).num_queries(TARGET_BITS + 1);
        assert_eq!(config.first.code.queries, half);
    }
}
