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
//! factors, rates and numbers of queries are in [`Config`], which is computed from `l`, the user's [`Options`] and the number
//! of pieces of the workload, to minimise the bytes of a proof.
//!
//! # Regimes
//! What counts as close to the code is a choice ([`Options::regime`]): up to Johnson's bound, the default, or within the unique
//! decoding radius. A query is worth more up to Johnson's bound, half a bit at rate 1/2 instead of 0.415, two at rate 1/16 instead
//! of 0.91, and the proof is a quarter shorter. A word then has a short list of close polynomials, and out-of-domain samples say
//! which one is meant: rows marked *J* are of this regime only.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | commit | cap and root of the matrix's tree | |
//! | commit, *J* | the values `f_i(u)` of the call's pieces, at a point `u` that is a hash of the cap | |
//! | 0, *J* | for each commitment's `u`, the values there of all other commitments' pieces | |
//! | 1 | | `alpha` |
//! | 2 | `y = h(z)` for `h = sum_i alpha^i f_i` | |
//! | 3 | | `beta`; from here on `g = h + beta sum_i c_i f_i` with the claim `g(z) = y + beta v` |
//! | 3, *J* | | `delta`; for the `c`-th commitment's point `u_c`, the claim `g(u_c) = sum_i w_i f_i(u_c)` is added with weight `delta^c`, `w_i` the weight of `f_i` in `g` |
//! | 4, for each oracle | `k` times the constant and the quadratic coefficient of a sumcheck round | its challenge |
//! | 5 | cap and root of the folded polynomial's oracle; after the last fold, its `2^f` evaluations | |
//! | 5, *J*, but for the last | the value `y'` of the folded polynomial at `u'` | `u'`, before `y'` |
//! | 6 | | `t` positions `x_j` of the oracle that was folded |
//! | 7 | leaves and paths at these positions, of every tree | |
//! | 8, but for the last oracle | | `gamma`; its powers times `y'`, if there is one, and the values of the fold at the `x_j` are added to the claim |
//!
//! A commitment's point `u` has `l` coordinates ([`lariat_merkle::samples`]). `u'` is a field element, at which a polynomial has the
//! value `sum_b g(b) u'^b`, as at the points of a group.
//!
//! # Checks
//! 1. `cap-root` ([`lariat_merkle::tree`]): the cap of every tree hashes to its root.
//! 2. `merkle`: every opened leaf is under its cap at its position.
//! 3. `final queries`: the fold of the last oracle has at every queried position the value of the final polynomial.
//! 4. `final claim`: the weights at all challenges and the final polynomial give the claim that the rounds leave.
//!
//! # Soundness
//! A word is *close* to a codeword if they agree in at least a fraction `alpha` of the positions; `L` is the most codewords that
//! are close to one word, or to a tuple of words on common positions. Both are in [`lariat_merkle::queries`]: `alpha = (1 + rho) /
//! 2` and `L = 1` within the unique decoding radius, `sqrt(rho) (1 + 1 / 512)` and `256 / rho` up to Johnson's bound. The one fact
//! about Reed-Solomon codes used is that powers of a challenge have *mutual* correlated agreement: but for exceptional
//! challenges, a combination is close to a codeword on a set of positions only if all words are close to codewords on
//! that set, whose combination it then is. It is proven, with error `(s - 1) N / r` for `s` words on `N` points [ACFY24, Cor. 4.11;
//! BCIKS20, Thm. 1.5] and, up to Johnson's bound, [Hab25; BCGM25]; [`RateAndRegime::curve`](lariat_merkle::RateAndRegime::curve)
//! has the numbers. Oracles of `2^k` rows on `N` points are words on `2^k N` points: `F(X) = sum_b X^rev(b)
//! row_b(X^(2^k))` has on the `2^k` roots of a position the values that a discrete Fourier transform makes of the
//! position's leaf, and fixing the first variable of `b` is the fold `(1 - a) F_even + a F_odd`. So words that differ in
//! whole positions are the blocks of [ACFY24, §4], and that paper's argument applies to every fold.
//!
//! *First oracle.* Nothing that is known of the `c_i` makes `sum_i c_i f_i` a random combination: they are products of
//! powers of a challenge with `eq` at a point that a caller may choose, and many may be zero. So the prover adds `h`,
//! whose coefficients are powers of `alpha`, drawn after the commitments and independent of the point. But for exceptional
//! `alpha` and `beta`, every polynomial that is close to `h + beta f` is the combination of polynomials `f_i` that are close to all
//! matrices on common positions: a tuple, of which there are at most `L`. A tuple with a wrong value of `f` has a wrong claim
//! but for one `beta`, as `y` is sent before. One of which some `f_i` has not the sampled value at some `u_c`
//! has a wrong claim at `u_c` but for `K` values of `alpha`, or one of `beta`, for `K` pieces; and a combination with one wrong claim or
//! more keeps a wrong sum but for as many `delta` as there are commitments. All of this for each of `L` tuples.
//!
//! *Each fold.* Say that all polynomials close to an oracle have wrong claims. A sumcheck round keeps a wrong claim wrong but
//! for `2 / r`, so all do: `2 L / r`. But for exceptional challenges, the polynomials close to the folded word are the folds of those.
//! A polynomial close to the next oracle is one of them and has a wrong claim; or has not the value `y'` at
//! `u'`; or agrees with the fold of the oracle in less than a fraction `alpha` of the positions, and with all of `t` queries with
//! probability at most `alpha^t`. A sample is right for two polynomials of the list with probability at most `L^2 2^m / (2 r)`
//! for all pairs together, so the last case concerns one polynomial alone. A wrong claim, sample or query survives `gamma` with
//! `(t + 2) / r`, for `L` polynomials. The final polynomial is in clear, and is the only one.
//!
//! The error of the queries is split evenly: a schedule of at most 1, 2, 4 or 8 oracles gives each of them the least `t`
//! with which its own probability is below `2^-100`, `2^-101`, `2^-102` or `2^-103`, so that the sum is below `2^-100`. A
//! schedule whose oracles are fewer than that power of two, and the rounding up, leave it some bits better than asked
//! for: [`Config::search`] minimises bytes, not the numbers `t`. Another split makes no proof shorter by a hundredth: later oracles
//! take as many bytes a bit as the first. The terms over `r` are below `2^-110` for every shape.
//! [`PiecePcs::security`] sums all of them.
//!
//! *Commitments that stand for themselves.* A commitment that a statement names, as that to a private input, must open to the
//! same polynomials in every proof. Within the unique decoding radius, the queries see to it: if the rows of all commitments are
//! close to interleaved codewords then those of each one are, and determine its polynomials without the others. Up to Johnson's
//! bound, the samples do. They are a part of the commitment, and their point depends on nothing but its cap: two
//! tuples of one list with equal samples there are a root of a polynomial of degree `l` at a hash of the tree, which takes
//! about `r / (L^2 l)` hashes to find, more than a collision.
//!
//! Conjectured, of the queries: agreement with a codeword at list-decoding capacity; for the first oracle within the unique
//! decoding radius, the best attack known on what a commitment binds: words half-way between two codewords open to either
//! with `((1 + rho) / 2)^t` ([`lariat_merkle::queries`]), which is the bound that is proven. The number that is reported is the lower of
//! these and the `2^128` work of a collision of BLAKE3. That correlated agreement holds up to the capacity was
//! conjectured by [ACFY24, Conj. 4.12] and is false [DG25; CS25, abstract]; we do not draw on it.
//!
//! All in the random oracle model for BLAKE3 and the channel's hash, with round-by-round errors; not hiding.
//!
//! # Departures
//! Listed in `papers-notes/whir.md`: rows instead of cosets in leaves, rates chosen by the size of the proof, a sample of every
//! piece at a hash of its commitment, the combination `h`.

#![forbid(unsafe_code)]

mod config;
mod oracle;
#[cfg(test)]
mod tests;

pub use config::{Config, MAX_ROUNDS, Options, Round, TARGET_BITS};

use ark_ff::Zero;
use lariat_algebra::ifma::slices::{inner_product, scale_add};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::ntt::Domain;
use lariat_algebra::poly::{Powers, eq_evals};
use lariat_algebra::{Fr, par};
use lariat_merkle::folding::{Claim, FoldLabels, Folding, evaluate};
use lariat_merkle::queries::COLLISION_BITS;
use lariat_merkle::{Cap, CommittedRows, Regime, SampleLabels, SampledCommitment, recv_openings, samples};
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

const SAMPLES: SampleLabels =
    SampleLabels { cap: "whir/commitment", own: "whir/samples", others: "whir/samples of others" };
const LABEL_ALPHA: &str = "whir/alpha";
const LABEL_DELTA: &str = "whir/delta";
const LABEL_PROXIMITY: &str = "whir/proximity value";
const LABEL_BETA: &str = "whir/beta";
const LABEL_ORACLE: &str = "whir/oracle";
const LABEL_POINT: &str = "whir/sample point";
const LABEL_SAMPLE: &str = "whir/sample";
const LABEL_FINAL: &str = "whir/final";
const LABEL_FIRST_QUERIES: &str = "whir/queries of commitments";
const LABEL_QUERIES: &str = "whir/queries";
const LABEL_GAMMA: &str = "whir/gamma";

const ROUNDS: FoldLabels = FoldLabels { sumcheck: "whir/sumcheck", challenge: "whir/fold" };

const CHECK_FINAL_QUERIES: &str = "final queries";
const CHECK_FINAL_CLAIM: &str = "final claim";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: Whir::KIND,
    summary: "transparent; hash-based, Reed-Solomon codes with sumcheck; plausibly post-quantum",
    needs_setup: false,
    setup: |workload, _| {
        let height = usual_height(piece_vars(workload.num_vars));
        Ok(Arc::new(Batched(Whir::stacked(workload, Options::default(), height)?)) as Arc<dyn Pcs>)
    },
};

/// The scheme for pieces of one length.
#[derive(Clone, Debug)]
pub struct Whir {
    config: Config,
}

impl Whir {
    /// The scheme for a workload. Costs the search for [`Config`].
    ///
    /// # Errors
    /// When the rate is not below one, or the field has no domain of the size needed.
    pub fn new(workload: Workload<'_>, options: Options) -> Result<Self, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        Self::for_pieces(num_vars, Self::num_pieces(workload, num_vars), options)
    }

    /// [`Self::new`] over stacks of `2^height` pieces, or of fewer if that is more than there are.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn stacked(workload: Workload<'_>, options: Options, height: usize) -> Result<Tall<Self>, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        let num_pieces = Self::num_pieces(workload, num_vars);
        let height = stack_height(num_pieces, height);
        let inner = Self::for_pieces(num_vars + height, num_pieces.div_ceil(1 << height), options)?;
        Ok(Tall::new(inner, height))
    }

    fn num_pieces(workload: Workload<'_>, num_vars: usize) -> usize {
        Shape::new(num_vars, &[workload.num_vars]).num_pieces().iter().sum()
    }

    fn for_pieces(num_vars: usize, num_pieces: usize, options: Options) -> Result<Self, PcsError> {
        let config = Config::search(num_vars, options, num_pieces).ok_or_else(|| PcsError::Parameters {
            kind: Self::KIND,
            reason: format!("no domain for 2^{num_vars} evaluations at rate 2^-{}", options.log_inv_rate),
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
            folding.fold(round.fold, ROUNDS, channel);
            adjust(i, &mut folding);

            // Step 5: the folded polynomial, as an oracle or in clear.
            let next = self.config.later.get(i).map(|next| {
                let oracle = oracle::commit(next, &[RowValues::Field(&folding.evals)]);
                oracle.cap().send(LABEL_ORACLE, channel);
                oracle
            });
            // In the Johnson regime, its value at a point.
            let sampled = self.config.later.get(i).filter(|next| next.regime.samples() > 0).map(|_| {
                let x = channel.challenge(LABEL_POINT);
                channel.send_scalars(LABEL_SAMPLE, &[evaluate(&folding.evals, x)]);
                x
            });
            if next.is_none() {
                channel.send_scalars(LABEL_FINAL, &folding.evals);
            }

            // Step 6: positions.
            let positions = draw_positions(i, round, channel);

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
                let mut powers = Powers::new(gamma);
                powers.draw();
                if let Some(x) = sampled {
                    folding.add_point(x, powers.draw());
                }
                folding.add_points(round.log_domain(), &positions, powers);
            }
            later = next;
        }
    }
}

/// Positions of an oracle's domain.
fn draw_positions(oracle: usize, round: &Round, channel: &mut impl PublicCoin) -> Vec<usize> {
    let size = NonZeroU64::new(1 << round.log_domain()).expect("a power of two");
    let label = if oracle == 0 { LABEL_FIRST_QUERIES } else { LABEL_QUERIES };
    channel.challenge_indices(label, round.queries, size).into_iter().map(|i| i as usize).collect()
}

impl PiecePcs for Whir {
    type Commitment = SampledCommitment;
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
        let mut hasher = blake3::Hasher::new_derive_key("lariat-whir 2026 setup digest v2");
        for round in self.config.rounds() {
            for x in [round.num_vars, round.fold, round.log_inv_rate, round.queries, round.regime.samples()] {
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
        let is_unique = first.regime == Regime::Unique;
        // Powers of alpha over the pieces; the line in beta; beta in the claim. Words are on all points of the blocks.
        let log_points = first.log_domain() + first.fold;
        let combination =
            first.rate().curve(num_pieces.saturating_sub(1), log_points).and(first.rate().curve(1, log_points));
        let combination = combination.and(first.rate().identity(1));
        // Two tuples with the samples of each commitment; alpha and delta in the claims on samples.
        let mut samples =
            first.rate().samples(first.num_vars as f64, num_pieces).and(first.rate().identity(2 * num_pieces + 1));
        let (mut folds, mut queries, mut claims) =
            (SecurityBits::CERTAIN, SecurityBits::CERTAIN, SecurityBits::CERTAIN);
        for (i, round) in self.config.rounds().enumerate() {
            let rate = round.rate();
            // Folds, on half as many points each, and sumcheck rounds of degree 2; the queries; gamma.
            for fixed in 1..=round.fold {
                let line = rate.curve(1, round.log_domain() + round.fold - fixed);
                folds = folds.and(line).and(rate.identity(2));
            }
            // Without samples, the attack on what the first oracle's commitments bind is the best one known.
            let own = rate.queries(round.queries);
            let known = if i == 0 && is_unique { rate.binding(round.queries) } else { own };
            queries = queries.and(SecurityBits { proven: own.proven, conjectured: known.conjectured });
            // The claims are on the polynomials close to the next oracle.
            let next = self.config.later.get(i);
            let list = next
                .map_or(SecurityBits::CERTAIN, |next| next.rate().identity(round.queries + 1 + next.regime.samples()));
            claims = claims.and(list);
            // A later oracle is sampled as a polynomial in one variable.
            let degree = |next: &Round| (next.num_vars as f64).exp2();
            samples = next.map_or(samples, |next| samples.and(next.rate().samples(degree(next), 1)));
        }
        let term = |name, bits, source| ErrorTerm { name, bits, source };
        let mut terms = if is_unique {
            vec![
                term(
                    "queries of all oracles; one message a commitment",
                    queries,
                    "((1 + rho) / 2)^t each [ACFY24, §5], reached at the first by words half-way between two codewords",
                ),
                term("proximity of all pieces", combination, "[ACFY24, Cor. 4.11; BCIKS20, Thm. 1.5]"),
                term("folds and sumcheck rounds", folds, "[ACFY24, Cor. 4.11; LFKN92]"),
            ]
        } else {
            vec![
                term("queries of all oracles", queries, "alpha^t each [ACFY24, §5; Hab25]"),
                term("proximity of all pieces", combination, "[BCIKS20, Thm. 1.5; Hab25; BCGM25]"),
                term("folds and sumcheck rounds", folds, "[Hab25; BCGM25; LFKN92]"),
                term(
                    "samples: one message a commitment",
                    samples,
                    "L^2 l / (2 r) a commitment, L^2 2^m / (2 r) an oracle: two polynomials of a list agree at one point",
                ),
            ]
        };
        terms.push(term("batching of queried values", claims, "degree in gamma"));
        terms
    }

    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(SampledCommitment, CommittedRows), PcsError> {
        let rows = oracle::commit(&self.config.first, pieces);
        Ok((SampledCommitment::new(rows.cap(), pieces, self.piece_vars(), self.config.first.regime), rows))
    }

    fn send_commitment(&self, commitment: &SampledCommitment, channel: &mut ProverChannel) {
        commitment.send(self.config.first.regime, SAMPLES, channel);
    }

    fn recv_commitment(
        &self,
        num_pieces: usize,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<SampledCommitment, VerifyError> {
        // Check 1: `cap-root`.
        let first = &self.config.first;
        SampledCommitment::recv(tree_shape(first), num_pieces, first.regime, SAMPLES, channel)
    }

    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&CommittedRows],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        let PieceOpening { claim, pieces, combined } = opening;
        let folding = self.combine(claim, hints, pieces, &combined, channel);
        drop(combined);
        self.fold_all(folding, hints, pieces, channel, |_, _| {});
        Ok(())
    }

    fn verify(
        &self,
        commitments: &[&SampledCommitment],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        let failed = |check| Err(VerifyError::Check { check });

        // Steps 0 to 3: the combination.
        let regime = self.config.first.regime;
        let sampled = samples::recv_others(commitments, self.piece_vars(), regime, SAMPLES, channel)?;
        let alpha = channel.challenge(LABEL_ALPHA);
        let [proximity] = channel.recv_array(LABEL_PROXIMITY)?;
        let beta = channel.challenge(LABEL_BETA);
        let weights = Self::weights(claim.coefficients, alpha, beta);
        let mut state = Claim::new(claim.point, proximity + beta * claim.value);
        if !sampled.is_empty() {
            let delta = channel.challenge(LABEL_DELTA);
            for (sampled, power) in sampled.iter().zip(Powers::new(delta).skip(1)) {
                state.add_evaluation(&sampled.point, sampled.combine(weights.iter().flatten()), power);
            }
        }

        let mut later: Option<Cap> = None;
        for (i, round) in self.config.rounds().enumerate() {
            // Step 4: sumcheck.
            let row_weights = eq_evals(&state.fold(round.fold, ROUNDS, channel)?);

            // Step 5: the folded polynomial, as an oracle or in clear.
            let (mut next, mut sample, mut last) = (None, None, Vec::new());
            if let Some(oracle) = self.config.later.get(i) {
                // Check 1: `cap-root`.
                next = Some(Cap::recv(tree_shape(oracle), LABEL_ORACLE, channel)?);
                if oracle.regime.samples() > 0 {
                    let x = channel.challenge(LABEL_POINT);
                    let [value] = channel.recv_array(LABEL_SAMPLE)?;
                    sample = Some((x, value));
                }
            } else {
                last = channel.recv_scalars(LABEL_FINAL, 1 << self.config.final_vars)?;
            }

            // Step 6: positions.
            let positions = draw_positions(i, round, channel);

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
                    for (commitment, weights) in commitments.iter().zip(&weights) {
                        let rows: Vec<Fr> =
                            weights.iter().flat_map(|w| row_weights.iter().map(move |r| *w * r)).collect();
                        add_leaves(&commitment.cap, &rows)?;
                    }
                }
                Some(cap) => add_leaves(cap, &row_weights)?,
            }
            let domain = Domain::new(round.log_domain());
            let points = positions.iter().map(|&position| domain.element(position));

            // Step 8: new constraints.
            if next.is_some() {
                let gamma = channel.challenge(LABEL_GAMMA);
                let values = sample.into_iter().chain(points.zip(values));
                state.add_points(values, Powers::new(gamma).skip(1));
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

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        let first = &self.config.first;
        SampledCommitment::bytes(tree_shape(first), num_pieces, first.regime)
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        self.config.opening_bytes(num_pieces)
    }
}

impl Whir {
    /// The prover's steps 0 to 3: `h + beta f` with the weights of its values at the point and at the commitments' points.
    fn combine(
        &self,
        claim: PieceClaim<'_>,
        hints: &[&CommittedRows],
        pieces: &[Vec<RowValues<'_>>],
        combined: &[Fr],
        channel: &mut ProverChannel,
    ) -> Folding {
        let points = samples::send_others(hints, pieces, self.piece_vars(), self.config.first.regime, SAMPLES, channel);
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
        let mut folding = Folding { evals, weights };
        if !points.is_empty() {
            let delta = channel.challenge(LABEL_DELTA);
            for (point, power) in points.iter().zip(Powers::new(delta).skip(1)) {
                scale_add(&mut folding.weights, power, &eq_evals(point));
            }
        }
        folding
    }
}
