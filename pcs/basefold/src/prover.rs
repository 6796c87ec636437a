//! The prover's side of an opening. Steps are numbered as in the verifier.

use crate::{
    LABEL_ALPHA, LABEL_BETA, LABEL_EXTRA, LABEL_FINAL, LABEL_GAMMA, LABEL_ORACLE, LABEL_SLOPE, LEAVES, Oracle, Params,
    ROWS, SAMPLES,
};
use ark_ff::{One, Zero};
use lariat_algebra::count::{self, Kernel};
use lariat_algebra::ifma::slices::{inner_product, scale_add};
use lariat_algebra::msm::{RowValues, combine_rows};
use lariat_algebra::ntt::{self, Domain};
use lariat_algebra::poly::{eq_evals, eq_prefix_tables};
use lariat_algebra::{Fr, par};
use lariat_merkle::{CommittedRows, InterleavedMatrix, MerkleTree, samples, send_openings};
use lariat_pcs::batch::PieceOpening;
use lariat_transcript::ProverChannel;

/// Values that one task works on.
const TASK: usize = 1 << 12;

pub(crate) fn open(params: &Params, opening: PieceOpening<'_>, hints: &[&CommittedRows], channel: &mut ProverChannel) {
    let PieceOpening { claim, pieces, mut combined } = opening;

    // Step 0: samples.
    let regime = params.config().regime;
    let sampled = samples::send_others(hints, pieces, params.piece_vars(), regime, SAMPLES, channel);

    // Step 1: a random combination of all pieces, and its value.
    let gamma = channel.challenge(LABEL_GAMMA);
    let powers = std::iter::successors(Some(Fr::one()), |power| Some(*power * gamma));
    let terms: Vec<(Fr, RowValues<'_>)> = powers.zip(pieces.iter().flatten().copied()).collect();
    let extra = combine_rows(&terms, combined.len());
    channel.send_scalars(LABEL_EXTRA, &[evaluate(&extra, claim.point)]);

    // Step 2: both combinations in one.
    let beta = channel.challenge(LABEL_BETA);
    par::for_each_chunk(&mut combined, TASK, |i, chunk| {
        scale_add(chunk, beta, &extra[i * TASK..i * TASK + chunk.len()]);
    });
    drop(extra);

    // Step 3: folds.
    let points = std::iter::once(claim.point).chain(sampled.iter().map(Vec::as_slice)).collect();
    let mut folding = Folding::new(params, combined, points);
    for oracle in params.oracles() {
        folding.commit_and_fold(oracle, channel);
    }

    // Step 4: the final polynomial.
    channel.send_scalars(LABEL_FINAL, &folding.poly);

    // Step 5: queries.
    folding.answer(hints, pieces, channel);
}

/// The polynomial on its way down, with its codeword and the oracles so far.
pub(crate) struct Folding<'a> {
    params: &'a Params,
    /// The polynomial's evaluations.
    pub(crate) poly: Vec<Fr>,
    /// Its codeword.
    pub(crate) word: Vec<Fr>,
    /// The coordinates that are not bound yet, of every point at which it is opened.
    pub(crate) rest: Vec<&'a [Fr]>,
    /// For every point, `eq` of its first coordinates, by their number.
    weights: Vec<Vec<Vec<Fr>>>,
    oracles: Vec<(InterleavedMatrix, MerkleTree)>,
}

impl<'a> Folding<'a> {
    /// Starts with a polynomial that is to be opened at points.
    pub(crate) fn new(params: &'a Params, poly: Vec<Fr>, points: Vec<&'a [Fr]>) -> Self {
        let word = if params.folds().is_empty() { Vec::new() } else { Domain::new(params.log_len()).encode(&poly) };
        let prefixes = |point: &&[Fr]| eq_prefix_tables(point.split_last().map_or(&[], |(_, most)| most));
        let weights = points.iter().map(prefixes).collect();
        Self { params, poly, word, rest: points, weights, oracles: Vec::new() }
    }

    /// Sends the codeword as an oracle and folds it as often as the schedule says.
    pub(crate) fn commit_and_fold(&mut self, oracle: Oracle, channel: &mut ProverChannel) {
        let word = std::mem::take(&mut self.word);
        let matrix = InterleavedMatrix::from_words(vec![word], oracle.log_len, oracle.log_fold);
        let tree = matrix.commit(self.params.num_queries());
        tree.cap().send(LABEL_ORACLE, channel);
        for round in 0..oracle.log_fold {
            let most: Vec<&[Fr]> =
                self.rest.iter().filter_map(|rest| rest.split_last().map(|(_, most)| most)).collect();
            let slopes = most.iter().zip(&self.weights).map(|(most, weights)| slope(&self.poly, &weights[most.len()]));
            channel.send_scalars(LABEL_SLOPE, &slopes.collect::<Vec<_>>());
            let alpha = channel.challenge(LABEL_ALPHA);
            self.poly = bind_last(&self.poly, alpha);
            let source = if round == 0 { matrix.word(0).unwrap_or_default() } else { &self.word };
            self.word = ntt::fold(source, alpha);
            self.rest = most;
        }
        self.oracles.push((matrix, tree));
    }

    /// Draws the queries and sends the rows and the oracles' leaves there.
    pub(crate) fn answer(&self, hints: &[&CommittedRows], pieces: &[Vec<RowValues<'_>>], channel: &mut ProverChannel) {
        let mut indices = self.params.draw_queries(channel);
        for (rows, pieces) in hints.iter().zip(pieces) {
            rows.send(pieces, &indices, ROWS, channel);
        }
        for (oracle, (matrix, tree)) in self.params.oracles().zip(&self.oracles) {
            for i in &mut indices {
                *i >>= oracle.log_fold;
            }
            send_openings(&matrix.leaves(&indices), tree, &indices, LEAVES, channel);
        }
    }
}

/// The value at a point of the polynomial with these evaluations.
pub(crate) fn evaluate(evals: &[Fr], point: &[Fr]) -> Fr {
    // One table a half of the coordinates: 2^(l / 2) products instead of 2^l for weights.
    let (high, low) = point.split_at(point.len() / 2);
    let (high, low) = (eq_evals(high), eq_evals(low));
    let row = |i: usize| high[i] * inner_product(&evals[i * low.len()..(i + 1) * low.len()], &low);
    par::map_reduce(high.len(), Fr::zero, row, |a, b| a + b)
}

/// `sum_b weights[b] (poly[2b + 1] - poly[2b])`.
fn slope(poly: &[Fr], weights: &[Fr]) -> Fr {
    let tasks = weights.len().div_ceil(TASK);
    count::add(Kernel::Differences, weights.len());
    let part = |task: usize| {
        let range = task * TASK..weights.len().min((task + 1) * TASK);
        let pairs = poly[2 * range.start..2 * range.end].as_chunks::<2>().0;
        let differences: Vec<Fr> = pairs.iter().map(|[low, high]| *high - low).collect();
        inner_product(&differences, &weights[range])
    };
    par::map_reduce(tasks, Fr::zero, part, |a, b| a + b)
}

/// The polynomial with its last variable bound to `alpha`.
fn bind_last(poly: &[Fr], alpha: Fr) -> Vec<Fr> {
    let mut out = vec![Fr::zero(); poly.len() / 2];
    let pairs = poly.as_chunks::<2>().0;
    count::add(Kernel::Binds, pairs.len());
    par::for_each_chunk(&mut out, TASK, |task, out| {
        for (out, [low, high]) in out.iter_mut().zip(&pairs[task * TASK..]) {
            *out = *low + alpha * (*high - low);
        }
    });
    out
}
