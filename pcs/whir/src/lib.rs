//! WHIR [ACFY24, §5]: a Reed-Solomon codeword with a sumcheck constraint, folded and committed to again at lower rates.
//!
//! # Statement
//! Pieces `f_i` in `l` variables, the columns of matrices bound by Merkle roots, with coefficients `c_i`, a point `z` and
//! a value `v`, all bound to the channel: `sum_i c_i f_i(z) = v`.
//!
//! # Code
//! A polynomial `g` in `m` variables is cut into `2^k` rows of `2^(m - k)` consecutive evaluations. Row `b` is the
//! *coefficient* vector of a univariate polynomial, and its codeword the values of that on a group of `2^(m - k) / rho`
//! points. A position of an oracle holds the values of all rows there; fixing the first `k` variables of `g` to `a`
//! combines the rows under `eq(a, b)`, and so the values at every position. For the folded polynomial `g_a` in `n = m -
//! k` variables, the value at a point `x` of the group is `sum_b g_a(b) x^b`: a linear constraint whose weights are the
//! multilinear polynomial `prod_i (1 - b_i + b_i x^(2^(n - 1 - i)))`.
//!
//! The first oracle is the matrix of all pieces of all commitments: `2^(k_0)` rows for each. The oracles, their fold
//! factors, rates and numbers of queries are in [`Config`], which is computed from `l`, the first rate and the number
//! of pieces of the workload, to minimise the bytes of a proof.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | commit | cap and root of the matrix's tree | |
//! | 1 | | `alpha` |
//! | 2 | `y = h(z)` for `h = sum_i alpha^i f_i` | |
//! | 3 | | `beta`; from here on `g = h + beta sum_i c_i f_i` with the claim `g(z) = y + beta v` |
//! | 4, for each oracle | `k` times the constant and the quadratic coefficient of a sumcheck round | its challenge |
//! | 5 | cap and root of the folded polynomial's oracle; after the last fold, its `2^f` evaluations | |
//! | 6 | | `t` positions `x_j` of the oracle that was folded |
//! | 7 | leaves and paths at these positions, of every tree | |
//! | 8, but for the last oracle | | `gamma`; `gamma^(j+1)` times the value of the fold at `x_j` is added to the claim |
//!
//! # Checks
//! 1. `cap-root` ([`lariat_merkle::tree`]): the cap of every tree hashes to its root.
//! 2. `merkle`: every opened leaf is under its cap at its position.
//! 3. `final queries`: the fold of the last oracle has at every queried position the value of the final polynomial.
//! 4. `final claim`: the weights at all challenges and the final polynomial give the claim that the rounds leave.
//!
//! # Soundness
//! Everything is within the unique decoding radius: words count as close when they differ from a codeword in fewer than
//! a fraction `(1 - rho) / 2` of the positions, that codeword is the only one, and no out-of-domain sample is needed. The
//! one fact about Reed-Solomon codes used is that powers of a challenge have *mutual* correlated agreement up to this
//! radius, with error `(s - 1) N / r` for `s` words on `N` points [ACFY24, Cor. 4.11], which follows from [BCIKS20,
//! Thm. 1.5] and is proven. Oracles of `2^k` rows on `N` points are words on `2^k N` points: `F(X) = sum_b X^rev(b)
//! row_b(X^(2^k))` has on the `2^k` roots of a position the values that a discrete Fourier transform makes of the
//! position's leaf, and fixing the first variable of `b` is the fold `(1 - a) F_even + a F_odd`. So words that differ in
//! whole positions are the blocks of [ACFY24, §4], and that paper's argument applies to every fold.
//!
//! *First oracle.* Nothing that is known of the `c_i` makes `sum_i c_i f_i` a random combination: they are products of
//! powers of a challenge with `eq` at a point that a caller may choose, and many may be zero. So the prover adds `h`,
//! whose coefficients are powers of `alpha`, drawn after the commitments and independent of the point. If the matrices
//! of all commitments together are far from interleaved codewords then so is `h` (error `(K - 1) N / r` for `K` pieces),
//! and so is `h + beta f` (error `N / r`). If they are close, they determine polynomials `f_i`, each from its own
//! commitment alone, and outside of the positions where they differ the combinations are those of the `f_i`; `y` is sent
//! before `beta`, so a claim on the `f_i` that is wrong stays wrong but for one `beta`.
//!
//! *Each fold.* A sumcheck round keeps a wrong claim wrong but for `2 / r`. The next polynomial `g'`, which its own
//! oracle determines if that is close, either is the fold of the committed one, or agrees with the fold of the oracle in
//! less than a fraction `(1 + rho) / 2` of the positions: this fraction to the power `t` bounds the probability that
//! no query finds a difference. A difference, or a wrong claim, survives `gamma` with `(t + 1) / r`.
//!
//! The error of the queries is split evenly: a schedule of at most 1, 2, 4 or 8 oracles gives each of them the least `t`
//! with which its own probability is below `2^-100`, `2^-101`, `2^-102` or `2^-103`, so that the sum is below `2^-100`. A
//! schedule whose oracles are fewer than that power of two, and the rounding up, leave it some bits better than asked
//! for: [`Config::search`] minimises bytes, not the numbers `t`. The terms over `r` are below `2^-200` for every shape.
//! [`PiecePcs::security`] sums all of them.
//!
//! *Commitments that stand for themselves.* If the rows of all commitments are close to interleaved codewords then those
//! of each one are, and determine its polynomials without the others: a commitment that a statement names, as that to a
//! private input, opens to the same ones in every proof, but for the error of the first oracle's queries. No list is
//! decoded anywhere.
//!
//! Conjectured: the best attack known is on that: a commitment to words half-way between two codewords opens to either
//! with `((1 + rho) / 2)^t` at the first oracle ([`lariat_merkle::queries`]), which is the bound that is proven. For the
//! other oracles it is agreement with a codeword at list-decoding capacity. The number that is reported is the lower of
//! these and the `2^128` work of a collision of BLAKE3. That correlated agreement holds up to the capacity was
//! conjectured by [ACFY24, Conj. 4.12] and is false [DG25; CS25, abstract]; we do not draw on it, nor on agreement up
//! to the Johnson bound.
//!
//! All in the random oracle model for BLAKE3 and the channel's hash, with round-by-round errors; not hiding.
//!
//! # Departures
//! Listed in `papers-notes/whir.md`: rows instead of cosets in leaves, rates chosen by the size of the proof, no
//! out-of-domain samples, the combination `h`.

#![forbid(unsafe_code)]

mod config;
mod folding;
mod oracle;
#[cfg(test)]
mod tests;

pub use config::{Config, MAX_ROUNDS, Round, TARGET_BITS};

use ark_ff::Zero;
use folding::{Claim, Folding, evaluate};
use lariat_algebra::ifma::slices::{inner_product, scale_add};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::ntt::Domain;
use lariat_algebra::poly::{Powers, eq_evals};
use lariat_algebra::{Fr, par};
use lariat_merkle::queries::COLLISION_BITS;
use lariat_merkle::{Cap, CommittedRows, recv_openings};
use lariat_pcs::batch::{
    Batched, PieceClaim, PieceOpening, PiecePcs, Shape, Tall, piece_vars, stack_height, usual_height,
    values_of_a_commitment,
};
use lariat_pcs::{
    ErrorTerm, Pcs, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError, Workload,
};
use lariat_transcript::{ProverChannel, PublicCoin, VerifierChannel};
use oracle::{OPENINGS, tree_shape};
use std::num::NonZeroU64;
use std::sync::Arc;

/// Logarithm of the inverse of the first oracle's rate, unless another one is asked for.
pub const LOG_INV_RATE: usize = 1;

const LABEL_COMMITMENT: &str = "whir/commitment";
const LABEL_ALPHA: &str = "whir/alpha";
const LABEL_PROXIMITY: &str = "whir/proximity value";
const LABEL_BETA: &str = "whir/beta";
const LABEL_ORACLE: &str = "whir/oracle";
const LABEL_FINAL: &str = "whir/final";
const LABEL_QUERIES: &str = "whir/queries";
const LABEL_GAMMA: &str = "whir/gamma";

const CHECK_FINAL_QUERIES: &str = "final queries";
const CHECK_FINAL_CLAIM: &str = "final claim";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Whir::KIND,
    summary: "transparent; hash-based, Reed-Solomon codes with sumcheck; plausibly post-quantum",
    needs_setup: false,
    setup: |workload, _| {
        let height = usual_height(piece_vars(workload.num_vars));
        Ok(Arc::new(Batched(Whir::stacked(workload, LOG_INV_RATE, height)?)) as Arc<dyn Pcs>)
    },
};

/// The scheme for pieces of one length.
#[derive(Clone, Debug)]
pub struct Whir {
    config: Config,
}

impl Whir {
    /// The scheme for a workload, with a first oracle of rate `2^-log_inv_rate`. Costs the search for [`Config`].
    ///
    /// # Errors
    /// When the rate is not below one, or the field has no domain of the size needed.
    pub fn new(workload: Workload<'_>, log_inv_rate: usize) -> Result<Self, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        Self::for_pieces(num_vars, Self::num_pieces(workload, num_vars), log_inv_rate)
    }

    /// [`Self::new`] over stacks of `2^height` pieces, or of fewer if that is more than there are.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn stacked(workload: Workload<'_>, log_inv_rate: usize, height: usize) -> Result<Tall<Self>, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        let num_pieces = Self::num_pieces(workload, num_vars);
        let height = stack_height(num_pieces, height);
        let inner = Self::for_pieces(num_vars + height, num_pieces.div_ceil(1 << height), log_inv_rate)?;
        Ok(Tall::new(inner, height))
    }

    fn num_pieces(workload: Workload<'_>, num_vars: usize) -> usize {
        Shape::new(num_vars, &[workload.num_vars]).num_pieces().iter().sum()
    }

    fn for_pieces(num_vars: usize, num_pieces: usize, log_inv_rate: usize) -> Result<Self, PcsError> {
        let config = Config::search(num_vars, log_inv_rate, num_pieces).ok_or_else(|| PcsError::Parameters {
            kind: Self::KIND,
            reason: format!("no domain for 2^{num_vars} evaluations at rate 2^-{log_inv_rate}"),
        })?;
        Ok(Self { config })
    }

    /// The rounds.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The coefficients of all pieces, batch by batch, in the polynomial that the rounds are about.
    fn weights(coefficients: &[Vec<Fr>], alpha: Fr, beta: Fr) -> Vec<Vec<Fr>> {
        let mut powers = Powers::new(alpha);
        let mut weigh = |c: &Fr| powers.draw() + beta * c;
        coefficients.iter().map(|batch| batch.iter().map(&mut weigh).collect()).collect()
    }

    /// The rounds 4 to 8. `adjust` sees every folded polynomial before it is committed to or sent, with its weights: an
    /// honest prover leaves it as it is.
    fn fold_all(
        &self,
        mut folding: Folding,
        hints: &[&CommittedRows],
        pieces: &[Vec<RowValues<'_>>],
        channel: &mut ProverChannel,
        mut adjust: impl FnMut(usize, &mut Folding),
    ) {
        let mut later: Option<CommittedRows> = None;
        for (i, round) in self.config.rounds().enumerate() {
            // Step 4: sumcheck.
            folding.fold(round.fold, channel);
            adjust(i, &mut folding);

            // Step 5: the folded polynomial, as an oracle or in clear.
            let next = self.config.later.get(i).map(|next| {
                let oracle = oracle::commit(next, &[RowValues::Field(&folding.evals)]);
                oracle.cap().send(LABEL_ORACLE, channel);
                oracle
            });
            if next.is_none() {
                channel.send_scalars(LABEL_FINAL, &folding.evals);
            }

            // Step 6: positions.
            let positions = draw_positions(round, channel);

            // Step 7: openings.
            match &later {
                None => {
                    for (rows, pieces) in hints.iter().zip(pieces) {
                        rows.send(&oracle::rows_of(round, pieces), &positions, OPENINGS, channel);
                    }
                }
                Some(rows) => rows.send(&[], &positions, OPENINGS, channel),
            }

            // Step 8: new constraints.
            if next.is_some() {
                let gamma = channel.challenge(LABEL_GAMMA);
                folding.add_points(round, &positions, gamma);
            }
            later = next;
        }
    }
}

/// Positions of a round's domain.
fn draw_positions(round: &Round, channel: &mut impl PublicCoin) -> Vec<usize> {
    let size = NonZeroU64::new(1 << round.log_domain()).expect("a power of two");
    channel.challenge_indices(LABEL_QUERIES, round.queries, size).into_iter().map(|i| i as usize).collect()
}

impl PiecePcs for Whir {
    type Commitment = Cap;
    type Hint = CommittedRows;

    const KIND: PcsKind = PcsKind::new(8, "whir");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "BLAKE3 is collision-resistant and, with the transcript's hash, a random oracle",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Plausible,
        }
    }

    fn setup_digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("lariat-whir 2025 setup digest v1");
        for round in self.config.rounds() {
            for x in [round.num_vars, round.fold, round.log_inv_rate, round.queries] {
                hasher.update(&(x as u64).to_le_bytes());
            }
        }
        *hasher.finalize().as_bytes()
    }

    fn piece_vars(&self) -> usize {
        self.config.num_vars()
    }

    fn clear_values(&self) -> usize {
        values_of_a_commitment(self)
    }

    fn security(&self, num_pieces: usize) -> SecurityBits {
        let total = ErrorTerm::sum(&self.error_terms(num_pieces));
        SecurityBits { proven: total.proven, conjectured: total.conjectured.min(COLLISION_BITS) }
    }

    fn prover_bytes(&self, num_pieces: usize) -> u64 {
        let first = &self.config.first;
        CommittedRows::kept_bytes(num_pieces << first.fold, oracle::code(first))
    }

    fn working_bytes(&self, num_pieces: usize) -> u64 {
        let first = &self.config.first;
        // An oracle, its codewords and its tree, is there until the next one is.
        let later: Vec<u64> = self.config.later.iter().map(oracle::bytes).collect();
        let two = later.windows(2).map(|pair| pair[0] + pair[1]).max();
        let later = two.or(later.first().copied()).unwrap_or(0);
        CommittedRows::working_bytes(num_pieces << first.fold, oracle::code(first)) + later
    }

    fn error_terms(&self, num_pieces: usize) -> Vec<ErrorTerm> {
        let first = &self.config.first;
        // Powers of alpha over the pieces; the line in beta; beta in the claim. Words are on all points of the blocks.
        let log_points = first.log_domain() + first.fold;
        let combination = first.rate().curve(num_pieces, log_points).and(first.rate().curve(1, log_points));
        let combination = combination.and(first.rate().identity(1));
        let (mut folds, mut queries, mut claims) =
            (SecurityBits::CERTAIN, SecurityBits::CERTAIN, SecurityBits::CERTAIN);
        for (i, round) in self.config.rounds().enumerate() {
            let rate = round.rate();
            // Folds, on half as many points each, and sumcheck rounds of degree 2; the queries; gamma.
            for fixed in 1..=round.fold {
                let line = rate.curve(1, round.log_domain() + round.fold - fixed);
                folds = folds.and(line).and(rate.identity(2));
            }
            // The first oracle's commitments stand for themselves; the attack on what they bind is the best one known.
            let own = rate.queries(round.queries);
            let known = if i == 0 { rate.binding(round.queries) } else { own };
            queries = queries.and(SecurityBits { proven: own.proven, conjectured: known.conjectured });
            claims = claims.and(rate.identity(round.queries + 1));
        }
        let term = |name, bits, source| ErrorTerm { name, bits, source };
        vec![
            term(
                "queries of all oracles; one message a commitment",
                queries,
                "((1 + rho) / 2)^t each [ACFY24, §5], reached at the first by words half-way between two codewords",
            ),
            term("proximity of all pieces", combination, "[ACFY24, Cor. 4.11; BCIKS20, Thm. 1.5]"),
            term("folds and sumcheck rounds", folds, "[ACFY24, Cor. 4.11; LFKN92]"),
            term("batching of queried values", claims, "degree in gamma"),
        ]
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(Cap, CommittedRows), PcsError> {
        let rows = oracle::commit(&self.config.first, pieces);
        Ok((rows.cap(), rows))
    }

    fn send_commitment(&self, commitment: &Cap, channel: &mut ProverChannel) {
        commitment.send(LABEL_COMMITMENT, channel);
    }

    fn recv_commitment(&self, _num_pieces: usize, channel: &mut VerifierChannel<'_>) -> Result<Cap, VerifyError> {
        // Check 1: `cap-root`.
        Cap::recv(tree_shape(&self.config.first), LABEL_COMMITMENT, channel)
    }

    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&CommittedRows],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        let PieceOpening { claim, pieces, combined } = opening;
        let folding = self.combine(claim, pieces, &combined, channel);
        drop(combined);
        self.fold_all(folding, hints, pieces, channel, |_, _| {});
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&Cap],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let failed = |check| Err(VerifyError::Check { check });

        // Steps 1 to 3: the combination.
        let alpha = channel.challenge(LABEL_ALPHA);
        let proximity: Fr = channel.recv_scalars(LABEL_PROXIMITY, 1)?.into_iter().sum();
        let beta = channel.challenge(LABEL_BETA);
        let weights = Self::weights(claim.coefficients, alpha, beta);
        let mut state = Claim::new(claim.point, proximity + beta * claim.value);

        let mut later: Option<Cap> = None;
        for (i, round) in self.config.rounds().enumerate() {
            // Step 4: sumcheck.
            let row_weights = eq_evals(&state.fold(round.fold, channel)?);

            // Step 5: the folded polynomial, as an oracle or in clear.
            let (mut next, mut last) = (None, Vec::new());
            if let Some(oracle) = self.config.later.get(i) {
                // Check 1: `cap-root`.
                next = Some(Cap::recv(tree_shape(oracle), LABEL_ORACLE, channel)?);
            } else {
                last = channel.recv_scalars(LABEL_FINAL, 1 << self.config.final_vars)?;
            }

            // Step 6: positions.
            let positions = draw_positions(round, channel);

            // Step 7: openings. Check 2: `merkle`.
            let mut values = vec![Fr::zero(); positions.len()];
            let mut add_leaves = |cap: &Cap, weights: &[Fr]| -> Result<(), VerifyError> {
                let leaves = recv_openings(cap, weights.len(), &positions, OPENINGS, channel)?;
                for (value, leaf) in values.iter_mut().zip(&leaves) {
                    *value += inner_product(leaf, weights);
                }
                Ok(())
            };
            match &later {
                None => {
                    for (cap, weights) in commitments.iter().zip(&weights) {
                        let rows: Vec<Fr> =
                            weights.iter().flat_map(|w| row_weights.iter().map(move |r| *w * r)).collect();
                        add_leaves(cap, &rows)?;
                    }
                }
                Some(cap) => add_leaves(cap, &row_weights)?,
            }
            let domain = Domain::new(round.log_domain());
            let points = positions.iter().map(|&position| domain.element(position));

            // Step 8: new constraints.
            if next.is_some() {
                let gamma = channel.challenge(LABEL_GAMMA);
                state.add_points(points.zip(values), gamma);
            } else {
                // Check 3: the last fold is the final polynomial.
                if points.zip(values).any(|(x, value)| evaluate(&last, x) != value) {
                    return failed(CHECK_FINAL_QUERIES);
                }
                // Check 4: the final polynomial satisfies the claim.
                if state.weigh(&last) != state.sum {
                    return failed(CHECK_FINAL_CLAIM);
                }
            }
            later = next;
        }
        Ok(())
    }

    fn commitment_bytes(&self, _num_pieces: usize) -> usize {
        tree_shape(&self.config.first).cap_bytes()
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        self.config.opening_bytes(num_pieces)
    }
}

impl Whir {
    /// The prover's steps 1 to 3: `h + beta f` with the weights of its value at the point.
    fn combine(
        &self,
        claim: PieceClaim<'_>,
        pieces: &[Vec<RowValues<'_>>],
        combined: &[Fr],
        channel: &mut ProverChannel,
    ) -> Folding {
        let alpha = channel.challenge(LABEL_ALPHA);
        let terms: Vec<(Fr, RowValues<'_>)> = Powers::new(alpha).zip(pieces.iter().flatten().copied()).collect();
        let mut evals = combine_rows(&terms, 1 << self.piece_vars());
        let weights = eq_evals(claim.point);
        channel.send_scalars(LABEL_PROXIMITY, &[inner_product(&evals, &weights)]);
        let beta = channel.challenge(LABEL_BETA);
        par::for_each_chunk(&mut evals, 1 << 12, |i, evals| {
            let start = i << 12;
            scale_add(evals, beta, &combined[start..start + evals.len()]);
        });
        Folding { evals, weights }
    }
}
