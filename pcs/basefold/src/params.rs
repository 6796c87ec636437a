//! Parameters, and everything that follows from them: query counts, the schedule of folds, sizes, security.

use lariat_algebra::ntt::MAX_LOG_SIZE;
use lariat_merkle::queries::COLLISION_BITS;
use lariat_merkle::{Code, OpeningShape, RateAndRegime, Regime, TreeShape, samples};
use lariat_pcs::{ErrorTerm, PcsError, SecurityBits};
use lariat_transcript::PublicCoin;
use lariat_transcript::encoding::SCALAR_BYTES;
use std::num::NonZeroU64;

const LABEL_QUERIES: &str = "basefold/queries";

/// Most variables that one oracle folds away.
const MAX_LOG_FOLD: usize = 4;

/// What a user may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// `-log2` of the code's rate.
    pub log_inv_rate: usize,
    /// How close to the code counts as close.
    pub regime: Regime,
    /// Bits of soundness of the queries; their number follows.
    pub target_bits: u32,
    /// Most variables of the final polynomial, which is sent in the clear.
    pub max_final_vars: usize,
}

impl Default for Config {
    /// Rate 1/2, up to Johnson's bound, 100 bits, at most `2^9` coefficients in the clear. See the crate's costs section for
    /// the choice of the rate. No conjecture is drawn on, see [`lariat_merkle::queries`].
    fn default() -> Self {
        Self { log_inv_rate: 1, regime: Regime::Johnson, target_bits: 100, max_final_vars: 9 }
    }
}

/// The parameters of one piece length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Params {
    config: Config,
    code: RateAndRegime,
    piece_vars: usize,
    num_queries: usize,
    /// Logarithm of how many positions of each oracle fold into one of the next.
    folds: Vec<usize>,
}

impl Params {
    /// Parameters for polynomials in `piece_vars` variables.
    ///
    /// # Errors
    /// When the field has no domain of that size.
    pub fn new(piece_vars: usize, config: Config) -> Result<Self, PcsError> {
        let max = MAX_LOG_SIZE.saturating_sub(config.log_inv_rate);
        if piece_vars > max {
            return Err(PcsError::TooManyVariables { num_vars: piece_vars, max });
        }
        let code = RateAndRegime::new(config.log_inv_rate, config.regime);
        let num_queries = code.num_queries(config.target_bits);
        let folds = schedule(piece_vars, num_queries, config);
        Ok(Self { config, code, piece_vars, num_queries, folds })
    }

    /// The same with another schedule, so that tests reach shapes that no short one has.
    #[cfg(test)]
    pub(crate) fn with_folds(&self, folds: Vec<usize>) -> Self {
        Self { folds, ..self.clone() }
    }

    /// What the user chose.
    pub fn config(&self) -> Config {
        self.config
    }

    /// Number of variables `l` of a piece.
    pub fn piece_vars(&self) -> usize {
        self.piece_vars
    }

    /// The code of pieces.
    pub(crate) fn code(&self) -> Code {
        Code { log_coefficients: self.piece_vars, log_blowup: self.config.log_inv_rate }
    }

    /// Number of positions sampled.
    pub fn num_queries(&self) -> usize {
        self.num_queries
    }

    /// The schedule: oracle `t` is folded `folds()[t]` times.
    pub fn folds(&self) -> &[usize] {
        &self.folds
    }

    /// Number of variables of the final polynomial.
    pub fn final_vars(&self) -> usize {
        self.piece_vars - self.folds.iter().sum::<usize>()
    }

    /// Logarithm of the length of committed codewords.
    pub fn log_len(&self) -> usize {
        self.piece_vars + self.config.log_inv_rate
    }

    /// The tree over the rows of one commit call.
    pub fn row_tree(&self) -> TreeShape {
        TreeShape::for_queries(self.log_len(), self.num_queries)
    }

    /// The tree of each oracle: logarithm of the oracle's length, of its group, and shape.
    pub fn oracles(&self) -> impl Iterator<Item = Oracle> + '_ {
        let mut log_len = self.log_len();
        self.folds.iter().map(move |&log_fold| {
            let oracle = Oracle { log_len, log_fold, tree: oracle_tree(log_len, log_fold, self.num_queries) };
            log_len -= log_fold;
            oracle
        })
    }

    /// Draws the positions to sample, with repetitions.
    pub(crate) fn draw_queries(&self, channel: &mut impl PublicCoin) -> Vec<usize> {
        let len = NonZeroU64::new(1 << self.log_len()).expect("a power of two");
        let drawn = channel.challenge_indices(LABEL_QUERIES, self.num_queries, len);
        drawn.into_iter().map(|i| i as usize).collect()
    }

    /// Bytes of the opening of commitments to so many pieces.
    pub fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        let rows = num_pieces.iter().map(|&leaf_scalars| {
            OpeningShape { tree: self.row_tree(), leaf_scalars, num_queries: self.num_queries }.bytes()
        });
        let oracles = self.oracles().map(|o| o.tree.cap_bytes() + o.opening(self.num_queries).bytes());
        // The values of pieces at the points of other commitments; the extra value; a slope a fold, for each point; the
        // final polynomial.
        let others = samples::num_others(num_pieces, self.config.regime);
        let points = 1 + num_pieces.len() * self.config.regime.samples();
        let folds = self.piece_vars - self.final_vars();
        let scalars = others + 1 + points * folds + (1 << self.final_vars());
        SCALAR_BYTES * scalars + rows.sum::<usize>() + oracles.sum::<usize>()
    }

    /// Security of opening `num_pieces` pieces.
    pub fn security(&self, num_pieces: usize) -> SecurityBits {
        let hash = SecurityBits { proven: COLLISION_BITS, conjectured: COLLISION_BITS };
        let all = ErrorTerm::sum(&self.error_terms(num_pieces));
        SecurityBits { proven: all.proven, conjectured: all.and(hash).conjectured }
    }

    /// The errors of opening `num_pieces` pieces; the terms are those of the crate's soundness section.
    pub fn error_terms(&self, num_pieces: usize) -> Vec<ErrorTerm> {
        let batching = self.code.curve(num_pieces.saturating_sub(1), self.log_len());
        let line = self.code.curve(1, self.log_len());
        let rounds = self.piece_vars - self.final_vars();
        let folds = (0..rounds).map(|j| self.code.curve(1, self.log_len() - j - 1).and(self.code.identity(1)));
        let term = |name, bits, source| ErrorTerm { name, bits, source };
        let (queries, binding) = (self.code.queries(self.num_queries), self.code.binding(self.num_queries));
        let is_unique = self.config.regime == Regime::Unique;
        let mut terms = vec![
            if is_unique {
                // One event: a word that is close has one message. The attack on binding is the best one known.
                term(
                    "queries; one message a commitment",
                    SecurityBits { proven: queries.proven, conjectured: binding.conjectured },
                    "alpha^Q [BCIKS20], reached by a word half-way between two codewords",
                )
            } else {
                term("queries", queries, "alpha^Q [BCIKS20; Hab25]")
            },
            term("proximity of all pieces", batching.and(line), "[BCIKS20, Thm. 1.5; Hab25]"),
            term("combined claim", self.code.identity(1), "list size / r"),
        ];
        if rounds > 0 {
            terms.push(term("folds", folds.fold(SecurityBits::CERTAIN, SecurityBits::and), "[BCIKS20; Hab25]"));
        }
        if !is_unique {
            terms.push(term(
                "samples: one message a commitment",
                self.code.samples(self.piece_vars as f64, num_pieces).and(self.code.identity(num_pieces)),
                "L^2 l / (2 r) a commitment: two polynomials of a list agree at one point; L w / r for wrong ones in the combination",
            ));
        }
        terms
    }
}

/// One oracle of the folding phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oracle {
    /// Logarithm of its length.
    pub log_len: usize,
    /// Logarithm of the positions in a leaf, which fold to one.
    pub log_fold: usize,
    /// Its tree.
    pub tree: TreeShape,
}

impl Oracle {
    /// The shape of its openings.
    pub fn opening(&self, num_queries: usize) -> OpeningShape {
        OpeningShape { tree: self.tree, leaf_scalars: 1 << self.log_fold, num_queries }
    }
}

fn oracle_tree(log_len: usize, log_fold: usize, num_queries: usize) -> TreeShape {
    TreeShape::for_queries(log_len - log_fold, num_queries)
}

/// The schedule with the fewest bytes of proof, of one commitment: each oracle costs a cap and its openings, each fold a slope a
/// point, and the final polynomial a scalar a coefficient. Found exactly, from the last variable up; ties go to the longer fold.
fn schedule(piece_vars: usize, num_queries: usize, config: Config) -> Vec<usize> {
    let points = 1 + config.regime.samples();
    // best[v]: bytes of finishing a polynomial in v variables, and the next oracle's fold, or none: in the clear.
    let mut best: Vec<(usize, Option<usize>)> = Vec::with_capacity(piece_vars + 1);
    for vars in 0..=piece_vars {
        let clear = (vars <= config.max_final_vars).then_some((SCALAR_BYTES << vars, None));
        let folded = (1..=vars.min(MAX_LOG_FOLD)).rev().map(|k| {
            let log_len = vars + config.log_inv_rate;
            let oracle = Oracle { log_len, log_fold: k, tree: oracle_tree(log_len, k, num_queries) };
            let slopes = SCALAR_BYTES * k * points;
            let bytes = oracle.tree.cap_bytes() + oracle.opening(num_queries).bytes() + slopes;
            (bytes + best[vars - k].0, Some(k))
        });
        let choice = clear.into_iter().chain(folded).min_by_key(|(bytes, _)| *bytes);
        best.push(choice.unwrap_or((SCALAR_BYTES << vars, None)));
    }
    let (mut folds, mut vars) = (Vec::new(), piece_vars);
    while let Some(k) = best[vars].1 {
        folds.push(k);
        vars -= k;
    }
    folds
}
