//! BaseFold [ZCF24, protocol 4] over Reed-Solomon codes: a sumcheck and a folding proximity test that share their challenges.
//!
//! # Statement
//! The seam leaves one claim ([`lariat_pcs::batch`]): `sum_i c_i f_i(z) = v` for multilinear pieces `f_1, ..., f_w` in `l`
//! variables, of one or several commit calls, and coefficients, point and value that both sides know.
//!
//! # Codes and folds
//! The `2^l` evaluations of a piece are taken as they are for the coefficients of a univariate polynomial, `F(X) = sum_b
//! f(b) X^b` with the bits of `b` most significant first, and its codeword is `F` on the `N = 2^(l + r)` points of
//! [`lariat_algebra::ntt::Domain`]: a Reed-Solomon code of rate `rho = 2^-r`. Write `F(X) = E(X^2) + X O(X^2)`. The
//! coefficient of `X^i` in `E` is `f(i, 0)`, in `O` it is `f(i, 1)`, the last variable being the least significant bit. So
//! the coefficients of `(1 - a) E + a O` are `(1 - a) f(i, 0) + a f(i, 1)`, which is `f(i, a)`: **folding the codeword with
//! `a` is binding the last variable to `a`**, and no change of basis is needed. On codewords, from the values at `x` and
//! `-x`: `E(x^2) = (F(x) + F(-x)) / 2`, `O(x^2) = (F(x) - F(-x)) / 2x`.
//!
//! # Rounds
//! | | prover | verifier |
//! |---|---|---|
//! | commit | one Merkle tree a commit call over the rows `(F_1(x), ..., F_w(x))`: its cap | |
//! | commit, *J* | the values of the call's pieces at a point `u` that is a hash of the cap | |
//! | 0, *J* | for each commitment's `u`, the values there of all other commitments' pieces | |
//! | 1 | | `gamma` |
//! | 1 | `y = g(z)` for `g = sum_i gamma^i f_i` over the pieces of all commit calls | |
//! | 2 | | `beta`; from here on `f = sum_i (c_i + beta gamma^i) f_i`, claimed to be `v + beta y` at `z` |
//! | 3 | for each oracle `t`: the cap over the codeword of `f`, `2^(k_t)` neighbouring positions a leaf; then `k_t` times: | |
//! | | the slope `d = f(z', 1) - f(z', 0)`, where `z = (z', z_last)` are the coordinates left | `a` |
//! | | both bind the last variable to `a`; the claim becomes `v + (a - z_last) d` at `z'` | |
//! | 4 | the `2^s` evaluations of what is left | |
//! | 5 | | `Q` positions of the committed codewords |
//! | 5 | the rows there, and every oracle's leaf above them, with paths | |
//!
//! Rows marked *J* are of the Johnson regime, the default ([`Config::regime`]): there the claim at `z` has beside it, for each
//! commitment's `u`, the claim that `f` has at `u` the combination of the values that were sent. Each fold then has a slope for each
//! claim, all in one message.
//!
//! The claims of one polynomial at one point need no sumcheck of degree two: `f(z', X)` is a line, known by its value at
//! `z_last` (the claim) and its slope. `l`, the folds `k_t`, `s` and `Q` follow from the shape and the [`Config`]: the
//! schedule is the one with the fewest bytes, and short polynomials (`l <= s`) go in the clear with no oracle.
//!
//! # Checks
//! 1. `final-value`: the final polynomial has the value that is left of each claim.
//! 2. `row-path`: every row is under its commitment's cap.
//! 3. `leaf-path`: every leaf is under its oracle's cap.
//! 4. `combination`: the first oracle (without oracles: the final polynomial's codeword) holds the combination of the row.
//! 5. `fold`: each later oracle holds the fold of the leaf before.
//! 6. `final-word`: the final polynomial's codeword holds the fold of the last leaf.
//!
//! and `cap-root` of [`lariat_merkle::tree`], for every cap.
//!
//! # Soundness
//! Terms as in [`lariat_merkle::queries`]: `alpha` is the agreement of a close word, `L` the list size, and a challenge is
//! exceptional when mutual correlated agreement fails; call those probabilities `e(w - 1)` for the curve in `gamma` and
//! `e_j` for lines between words of length `N / 2^j`. Let `U` be the committed rows, fixed before `z`.
//!
//! *Claim.* If no tuple of codewords `p_1, ..., p_w` agrees with `U` in a fraction `alpha` of rows and has `sum_i c_i
//! p_i(z) = v`, the verifier accepts with probability at most `e(w - 1) + e_0 + L / q + sum_(j = 1)^(l - s) (e_j + L / q) +
//! alpha^Q`.
//!
//! - `gamma`, `beta` not exceptional: any set `S` of a fraction `alpha` of rows on which the combination with
//!   coefficients `c_i + beta gamma^i` agrees with a codeword is one on which the words `sum_i c_i U_i` and `sum_i gamma^i
//!   U_i` do (line in `beta`), hence on which every `U_i` does (curve in `gamma`), say with `p_i`; two codewords that agree
//!   on `S` are equal, as `alpha > rho`, so the codeword is `h = sum_i (c_i + beta gamma^i) p_i`. By assumption the `p_i`
//!   have `sum_i c_i p_i(z) != v`, so `h(z) = v + beta y` for at most one `beta`, `y` being sent before; there are at most
//!   `L` such tuples. So with probability `1 - e(w - 1) - e_0 - L / q` no codeword close to the combination has the claimed
//!   value. Likewise for samples: a tuple of which some `p_i` has not the value at `u` that was sent gives the combination another value
//!   there than the sum of those but for `w - 1` values of `gamma` and one of `beta`, which `L w / q` bounds.
//! - Folds keep this. Say that a position of `N` *passes* a codeword if all checks 4 and 5 below it hold up to the current
//!   oracle and the oracle's word agrees with the codeword there; a codeword is close if the positions that pass are a
//!   fraction `alpha`. Let `h` be a codeword close to the fold of the current word. The fold agrees with `h` on a set of
//!   at least the fraction `alpha` of its positions; unless the challenge is exceptional, `E` and `O - E` of the word agree
//!   there with codewords, so the word agrees above that set with one codeword `p` whose fold is `h`, and the same
//!   positions pass `p`. If `p` has not the claimed value, the lines `p(z', X)` and the claimed one differ, and `h` has the
//!   claimed value for at most one challenge; with several claims, all of their values for at most one. Several folds of one oracle need no oracle between them, as nothing in this
//!   speaks of what is sent.
//! - At the end the final polynomial is a codeword with the claimed value (check 1), so it is not close: fewer than a
//!   fraction `alpha` of positions pass all checks, and each query is one.
//!
//! The mutual form of correlated agreement is what lets the argument name one set for all words. Up to half the
//! distance it is [ACFY24, Lemma 4.10], up to Johnson's bound [Hab25; BCGM25]. Another proof of BaseFold in that regime goes
//! by correlated agreement for subcodes [Hab24, abstract].
//!
//! *Own batching challenge.* The seam's coefficients `c_i` are powers of its challenge times weights of the point for
//! columns that are cut into pieces. The statements above are on powers of one challenge; they do not cover weights of a
//! point of the caller's, some of which may be zero. Hence `gamma`: it tests all rows with coefficients that are covered,
//! whatever the `c_i` are.
//!
//! *Lists.* In the unique regime each commit call alone fixes at most one tuple of pieces before any
//! challenge: its rows agree with one in a fraction `alpha` whenever all rows do. So a commitment that stands for itself,
//! as that to a private input does, binds one message in all proofs that name it, but for the error of the queries. A
//! word half-way between two codewords shows that no fewer queries would do without samples ([`lariat_merkle::queries`]).
//!
//! In the Johnson regime a commitment's rows are close to a list of at most `L` tuples (512 at rate 1/2), and its samples say which one
//! is meant: two have the same values at a random point with probability at most `L^2 l / (2 q)` for all pairs together. The point
//! depends on nothing but the cap, so the samples bind the same tuple in every proof, to a prover who does not find a root
//! of a polynomial of degree `l` at a hash of the tree: about `q / (L^2 l)` hashes, more than a collision takes. Without them a commitment
//! alone would bind with `((1 + rho) / 2)^Q` only: 84 bits where the queries reach 100 at rate 1/2.
//!
//! Hashes: BLAKE3 collisions (`2^128` work). Fiat-Shamir: the rounds are round-by-round sound with the errors above.
//! No grinding. Not hiding: rows and the final polynomial reveal information on the pieces.
//!
//! # Costs
//! Codewords are kept from commitment to opening: `32 w N` bytes, a constant piece none. The opening's work is linear in
//! `N` but for the random combination of all pieces, one pass of small-integer products like the one by which the seam
//! makes the claimed combination.
//!
//! Measured with 130 columns (a third each of bits, 16-bit and 32-bit integers) and one more of a single value, in two
//! commit calls, by the processor's time of one thread of a Zen 4 core whose other thread and caches were busy (times
//! with the fewer queries of the Johnson regime, of which neither depends on much; sizes as they are):
//!
//! | `l` | rate | queries | commit | open | proof | codewords |
//! |---|---|---|---|---|---|---|
//! | 16 | 1/2 | 241 | 1.6 s | 0.16 s | 1.42 MB | 0.5 GB |
//! | 16 | 1/4 | 148 | 3.1 s | 0.24 s | 0.92 MB | 1.1 GB |
//! | 16 | 1/8 | 121 | 5.9 s | 0.36 s | 0.78 MB | 2.2 GB |
//! | 18 | 1/2 | 241 | 6.6 s | 0.65 s | 1.54 MB | 2.2 GB |
//! | 18 | 1/4 | 148 | 14.4 s | 1.0 s | 0.99 MB | 4.4 GB |
//!
//! Each halving of the rate doubles time and memory; the first takes a third off the proof, of which the rows are about
//! four fifths. The default is rate 1/2: the prover's time and above all its memory are what limits the length of a trace.
#![forbid(unsafe_code)]

mod params;
mod prover;
#[cfg(test)]
mod tests;
mod verifier;

pub use params::{Config, Oracle, Params};

use lariat_algebra::Fr;
use lariat_algebra::msm::RowValues;
use lariat_merkle::{CommittedRows, OpeningLabels, SampleLabels, SampledCommitment};
use lariat_pcs::batch::{
    Batched, PieceClaim, PieceOpening, PiecePcs, Shape, Tall, piece_vars, stack_height, usual_height,
    values_of_a_commitment,
};
use lariat_pcs::{
    ErrorTerm, PcsError, PcsInfo, PcsKind, QuantumStatus, Scheme, SecurityBits, SetupSource, VerifyError, Workload,
};
use lariat_transcript::{ProverChannel, VerifierChannel, encoding::SCALAR_BYTES};
use std::sync::Arc;

const SAMPLES: SampleLabels =
    SampleLabels { cap: "basefold/commitment", own: "basefold/samples", others: "basefold/samples of others" };
const LABEL_GAMMA: &str = "basefold/gamma";
const LABEL_EXTRA: &str = "basefold/extra";
const LABEL_BETA: &str = "basefold/beta";
const LABEL_ORACLE: &str = "basefold/oracle";
const LABEL_SLOPE: &str = "basefold/slope";
const LABEL_ALPHA: &str = "basefold/alpha";
const LABEL_FINAL: &str = "basefold/final";

const ROWS: OpeningLabels = OpeningLabels { leaves: "basefold/rows", paths: "basefold/row-paths", check: "row-path" };
const LEAVES: OpeningLabels =
    OpeningLabels { leaves: "basefold/leaves", paths: "basefold/leaf-paths", check: "leaf-path" };

const CHECK_FINAL_VALUE: &str = "final-value";
const CHECK_COMBINATION: &str = "combination";
const CHECK_FOLD: &str = "fold";
const CHECK_FINAL_WORD: &str = "final-word";

/// The scheme, for a list of schemes.
pub const SCHEME: Scheme = Scheme {
    kind: BaseFold::KIND,
    summary: "transparent; hashes only, plausibly post-quantum; large proofs",
    needs_setup: false,
    setup: |workload, _| {
        let height = usual_height(piece_vars(workload.num_vars));
        Ok(Arc::new(Batched(BaseFold::stacked(workload, Config::default(), height)?)))
    },
};

/// The scheme for pieces of one length.
#[derive(Clone, Debug)]
pub struct BaseFold {
    params: Params,
}

impl BaseFold {
    /// The scheme for stacks of `2^height` pieces of a workload, or of fewer if that is more than there are.
    ///
    /// # Errors
    /// When the field has no domain of that size.
    pub fn stacked(workload: Workload<'_>, config: Config, height: usize) -> Result<Tall<Self>, PcsError> {
        let num_vars = piece_vars(workload.num_vars);
        let num_pieces = Shape::new(num_vars, &[workload.num_vars]).num_pieces().iter().sum();
        let height = stack_height(num_pieces, height);
        Ok(Tall::new(Self::new(num_vars + height, config)?, height))
    }

    /// The scheme for polynomials in `piece_vars` variables.
    ///
    /// # Errors
    /// When the field has no domain of that size.
    pub fn new(piece_vars: usize, config: Config) -> Result<Self, PcsError> {
        Ok(Self { params: Params::new(piece_vars, config)? })
    }

    /// The parameters.
    pub fn params(&self) -> &Params {
        &self.params
    }
}

impl PiecePcs for BaseFold {
    type Commitment = SampledCommitment;
    type Hint = CommittedRows;

    const KIND: PcsKind = PcsKind::new(7, "basefold");

    fn info(&self) -> PcsInfo {
        PcsInfo {
            assumptions: "collision resistance of BLAKE3; random oracle for challenges",
            setup: SetupSource::Transparent,
            quantum: QuantumStatus::Plausible,
        }
    }

    fn setup_digest(&self) -> [u8; 32] {
        let config = self.params.config();
        let mut hasher = blake3::Hasher::new_derive_key("lariat 2026 basefold setup digest v2");
        let folds = self.params.folds();
        let numbers = [
            self.params.piece_vars(),
            config.log_inv_rate,
            config.regime as usize,
            config.target_bits as usize,
            self.params.num_queries(),
            folds.len(),
        ];
        for number in numbers.iter().chain(folds) {
            hasher.update(&(*number as u64).to_le_bytes());
        }
        *hasher.finalize().as_bytes()
    }

    fn piece_vars(&self) -> usize {
        self.params.piece_vars()
    }

    fn clear_values(&self) -> usize {
        values_of_a_commitment(self)
    }

    fn security(&self, num_pieces: usize) -> SecurityBits {
        self.params.security(num_pieces)
    }

    fn prover_bytes(&self, num_pieces: usize) -> u64 {
        CommittedRows::kept_bytes(num_pieces, self.params.code())
    }

    fn working_bytes(&self, num_pieces: usize) -> u64 {
        // The codeword of the combination and its folds.
        let code = self.params.code();
        CommittedRows::working_bytes(num_pieces, code) + ((2 * SCALAR_BYTES as u64) << code.log_len())
    }

    fn error_terms(&self, num_pieces: usize) -> Vec<ErrorTerm> {
        self.params.error_terms(num_pieces)
    }

    #[tracing::instrument(level = "debug", skip_all, name = "basefold_commit")]
    fn commit(&self, pieces: &[RowValues<'_>]) -> Result<(SampledCommitment, CommittedRows), PcsError> {
        let rows = CommittedRows::encode(pieces, self.params.code(), self.params.num_queries());
        Ok((SampledCommitment::new(rows.cap(), pieces, self.params.piece_vars(), self.params.config().regime), rows))
    }

    fn send_commitment(&self, commitment: &SampledCommitment, channel: &mut ProverChannel) {
        commitment.send(self.params.config().regime, SAMPLES, channel);
    }

    fn recv_commitment(
        &self,
        num_pieces: usize,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<SampledCommitment, VerifyError> {
        SampledCommitment::recv(self.params.row_tree(), num_pieces, self.params.config().regime, SAMPLES, channel)
    }

    #[tracing::instrument(level = "debug", skip_all, name = "basefold_open")]
    fn open(
        &self,
        opening: PieceOpening<'_>,
        hints: &[&CommittedRows],
        channel: &mut ProverChannel,
    ) -> Result<(), PcsError> {
        prover::open(&self.params, opening, hints, channel);
        Ok(())
    }

    #[tracing::instrument(level = "debug", skip_all, name = "basefold_verify")]
    fn verify(
        &self,
        commitments: &[&SampledCommitment],
        claim: PieceClaim<'_>,
        channel: &mut VerifierChannel<'_>,
    ) -> Result<(), VerifyError> {
        verifier::verify(&self.params, commitments, claim, channel)
    }

    fn commitment_bytes(&self, num_pieces: usize) -> usize {
        SampledCommitment::bytes(self.params.row_tree(), num_pieces, self.params.config().regime)
    }

    fn opening_bytes(&self, num_pieces: &[usize]) -> usize {
        self.params.opening_bytes(num_pieces)
    }
}

/// The coefficients under which prover and verifier combine pieces: those of the claim plus `beta` times powers of
/// `gamma`.
fn test_coefficients(claimed: &[Vec<Fr>], gamma: Fr, beta: Fr) -> Vec<Vec<Fr>> {
    let mut power = beta;
    let mut with_power = |c: &Fr| {
        let sum = *c + power;
        power *= gamma;
        sum
    };
    claimed.iter().map(|batch| batch.iter().map(&mut with_power).collect()).collect()
}
