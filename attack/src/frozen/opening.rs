//! Forgeries of what an opening batches: evaluations, commitments, and the claims that the sizes of columns leave.
//!
//! Hyrax weighs column `k` by `rho^k`. All other schemes of this project, and any that is built on
//! [`lariat_pcs::batch`], combine columns of a size under slot weights and powers of `rho`, and sizes in a claim
//! reduction. The labels of the log tell which is the case; a scheme that does neither has no forgery here.

use super::{
    Attack,
    messages::{bent_round, round_kernel},
    record::{Record, Round, Side},
    witnesses::with_commitments_of,
};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, Field, One, Zero};
use lariat_algebra::{
    Fr, G1Affine,
    msm::msm,
    poly::{eq_eval, eq_evals, eq_index, truncated_identity_mle},
};
use lariat_jolt_core::{
    cells::{CellContext, evaluate_mask},
    operations::operations,
    protocol::{PrivateWeights, cell, cell_relation, cell_weights, private_block, step_relation},
    verify_frozen,
};
use lariat_transcript::{EventKind, PayloadKind};
use std::collections::BTreeSet;

const HYRAX_RHO: &str = "hyrax/rho";
const BATCH_RHO: &str = "batch/rho";
const BATCH_SLOTS: &str = "batch/slots";
const BATCH_SIGMA: &str = "batch/sigma";
const REDUCTION: &str = "claim reduction";
/// Schemes that take the combination of commitments for the commitment to the combination. Of others it is found out.
const HOMOMORPHIC: [&str; 5] =
    ["hyrax/commitments", "zeromorph/commitments", "hyperkzg/commitments", "mercury/commitments", "kzh/commitments"];
const HYRAX_SIGMA: &str = "hyrax/sigma";
const HYRAX_ROW: &str = "hyrax/row";
/// Challenges that combine all pieces by their powers, to test that what is committed to are codewords.
const PROXIMITY: [&str; 3] = ["ligero/alpha", "basefold/gamma", "whir/alpha"];
/// Ligero's pieces are of several rows, whose lengths this message has.
const LIGERO_ROW: &str = "ligero/row";
const REDUCED: &str = "reduced evaluations";
/// Columns that are sent instead of a commitment to them.
const CLEAR: &str = "batch/evaluations in clear";
/// The sumcheck of stacked pieces: as many rounds as a stack has variables.
const STACK: &str = "stacked pieces";

fn inverse(x: Fr) -> Fr {
    x.inverse().expect("a random field element is not zero")
}

/// A column's place in the batch: its size (an index), its piece's power of `rho`, and its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    size: usize,
    power: usize,
    slot: usize,
}

/// A piece: a part of a long column, or slots of short ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    size: usize,
    power: usize,
    /// Number of the part; zero for slots.
    part: usize,
}

/// How [`lariat_pcs::batch`] lays out the columns of a proof.
struct Batch {
    piece_vars: usize,
    /// Numbers of variables that occur, ascending.
    sizes: Vec<usize>,
    /// Columns in the order of evaluations; none for one that is sent in clear.
    places: Vec<Option<Place>>,
    /// Pieces of the witness.
    witness: Vec<Piece>,
}

impl Batch {
    fn new(record: &Record, slots: &[usize]) -> Self {
        let is_clear = !clear_events(record).is_empty();
        let private = if is_clear { Vec::new() } else { record.shape.private_batch() };
        let num_clear = record.shape.private_batch().len() - private.len();
        let batches = [private, record.shape.witness_batch()];
        let all = batches.concat();
        let shortest = all.iter().min().copied().unwrap_or(0);
        // The shortest columns have the most slots.
        let piece_vars = shortest + slots.first().map_or(0, |&k| record.events[k].count);
        let sizes: BTreeSet<usize> = all.iter().map(|&m| m.min(piece_vars)).collect();
        let sizes: Vec<usize> = sizes.into_iter().collect();
        let size_of = |m: usize| sizes.iter().position(|&s| s == m.min(piece_vars)).unwrap();
        let mut places = vec![None; num_clear + all.len()];
        let (mut power, mut first, mut pieces) = (0, num_clear, Vec::new());
        for batch in &batches {
            pieces.clear();
            let (long, mut short): (Vec<usize>, Vec<usize>) = (0..batch.len()).partition(|&k| batch[k] >= piece_vars);
            for k in long {
                let size = size_of(batch[k]);
                places[first + k] = Some(Place { size, power, slot: 0 });
                pieces.extend((0..1usize << (batch[k] - piece_vars)).map(|part| Piece { size, power, part }));
                power += 1;
            }
            short.sort_by_key(|&k| std::cmp::Reverse(batch[k]));
            for alike in short.chunk_by(|&a, &b| batch[a] == batch[b]) {
                let size = size_of(batch[alike[0]]);
                for piece in alike.chunks(1 << (piece_vars - batch[alike[0]])) {
                    for (slot, &k) in piece.iter().enumerate() {
                        places[first + k] = Some(Place { size, power, slot });
                    }
                    pieces.push(Piece { size, power, part: 0 });
                    power += 1;
                }
            }
            first += batch.len();
        }
        Self { piece_vars, sizes, places, witness: pieces }
    }

    /// The place of a column of the witness.
    fn place(&self, column: usize) -> Place {
        self.places[column].expect("the witness is committed to")
    }
}

/// Messages of columns in clear before the fingerprints.
fn clear_events(record: &Record) -> Vec<usize> {
    let is_clear = |&k: &usize| record.events[k].label == CLEAR;
    (0..record.map.fingerprint).filter(is_clear).collect()
}

/// Everything of an opening that forgeries use.
struct Opening<'a> {
    record: &'a Record,
    /// Challenge that batches columns.
    rho: usize,
    /// Events of slot points, one a size; none for Hyrax.
    slots: Vec<usize>,
    /// Absent for Hyrax.
    batch: Option<Batch>,
    /// Events of challenges of the claim reduction before its rounds.
    reduction: Vec<usize>,
    /// Its rounds.
    rounds: Vec<Round>,
    /// Rounds of the sumcheck of stacked pieces; none where pieces are not stacked.
    stack: Vec<Round>,
}

impl<'a> Opening<'a> {
    fn of(record: &'a Record) -> Option<Self> {
        let challenges = |label| record.in_opening(EventKind::Challenge, label);
        if let Some(&rho) = challenges(HYRAX_RHO).first() {
            let (slots, reduction, rounds) = (Vec::new(), Vec::new(), Vec::new());
            return Some(Self { record, rho, slots, batch: None, reduction, rounds, stack: Vec::new() });
        }
        let rho = *challenges(BATCH_RHO).first()?;
        let slots = challenges(BATCH_SLOTS);
        let batch = Batch::new(record, &slots);
        let messages = record.in_opening(EventKind::Message, REDUCTION);
        let mut reduction = challenges(REDUCTION);
        let drawn = reduction.split_off(reduction.len() - messages.len());
        let rounds = |messages: Vec<usize>, drawn: Vec<usize>| -> Vec<Round> {
            messages.into_iter().zip(drawn).map(|(message, challenge)| Round { message, challenge }).collect()
        };
        let stack = rounds(record.in_opening(EventKind::Message, STACK), challenges(STACK));
        Some(Self { record, rho, slots, batch: Some(batch), reduction, rounds: rounds(messages, drawn), stack })
    }

    /// The weight of each column's evaluation in what the opening checks.
    fn weights(&self) -> Vec<Fr> {
        let rho = self.record.challenge(self.rho);
        let Some(batch) = &self.batch else {
            return (0..self.record.shape.all_columns().len()).map(|k| rho.pow([k as u64])).collect();
        };
        let sizes = self.size_weights();
        let slots: Vec<Vec<Fr>> = self.slots.iter().map(|&k| eq_evals(&self.record.challenges(k))).collect();
        let weight = |p: Place| sizes[p.size] * rho.pow([p.power as u64]) * slots[p.size][p.slot];
        batch.places.iter().map(|place| place.map_or(Fr::zero(), weight)).collect()
    }

    /// The weight of each size's claim in the claim reduction.
    fn size_weights(&self) -> Vec<Fr> {
        let [gamma, batching] = self.reduction[..] else { return vec![Fr::one()] };
        let gamma = self.record.challenge(gamma);
        let alphas = self.record.batching(batching);
        alphas.iter().enumerate().map(|(k, a)| *a * gamma.pow([k as u64])).collect()
    }

    /// The point of each size's claim.
    fn size_points(&self, batch: &Batch) -> Vec<Vec<Fr>> {
        let point = self.record.point(&self.record.map.main);
        let points = batch.sizes.iter().zip(&self.slots);
        points.map(|(&m, &slots)| [&self.record.challenges(slots), &point[point.len() - m..]].concat()).collect()
    }
}

/// All forgeries of this kind.
pub fn attacks(record: &Record) -> Vec<Attack<'_>> {
    let Some(opening) = Opening::of(record) else { return Vec::new() };
    let mut out = wrong_evaluations(&opening);
    out.extend(wrong_commitments(&opening));
    out.extend(opening.rounds.iter().enumerate().map(|(i, &round)| bent_reduction(record, i, round)));
    out.extend(wrong_sizes(&opening));
    out.extend(opening.stack.iter().enumerate().map(|(i, &round)| bent_stack(record, i, round)));
    out.extend(unseen_pieces(&opening));
    out.extend(evaluations_in_clear(record));
    out.extend(wrong_rows(&opening));
    out.extend(super::elsewhere::caps(record));
    out
}

/// The sum of the two relations' summands at the final point, for these evaluations.
fn final_claim(record: &Record, evals: &[Fr]) -> Fr {
    let f = &record.honest;
    let (map, shape, params) = (&record.map, &record.shape, f.params());
    let point = record.point(&map.main);
    let (_, r_step) = point.split_at(point.len() - shape.step_vars);
    let (_, r_cell) = point.split_at(point.len() - shape.cell_vars);
    let (private, rest) = evals.split_first().unwrap();
    let (step_evals, cell_evals) = rest.split_at(shape.num_step_columns);
    let fp = record.fingerprint();

    let (active, step) = truncated_identity_mle(f.header.steps, r_step);
    let z = [step_evals, &[step, active]].concat();
    let steps = eq_eval(&record.leaf_point(Side::Steps), r_step) * relation_over_steps(record).eval(&z);

    let sigma = record.challenge(map.sigma);
    let cx = CellContext { params, image: f.program.image(), bytecode: f.program.bytecode(), header: &f.header };
    let (mask, fixed) = evaluate_mask(&f.layout, &f.header, r_cell);
    let mut z = vec![Fr::zero(); cell::NUM_SPARSE + 1];
    for (slot, value) in [cell::TOUCHED, cell::VALUE, cell::TIMESTAMP].into_iter().zip(cell_evals) {
        z[slot] = *value;
    }
    let (base, log_size) = private_block(&f.layout);
    z[cell::PRIVATE] = *private * eq_index(base >> log_size, &r_cell[..r_cell.len() - log_size]);
    (z[cell::MASK], z[cell::FIXED]) = (mask, fixed);
    let s = record.leaf_point(Side::Cells);
    let weights = PrivateWeights::new(&f.layout, &f.header, sigma, &s).unwrap();
    z[cell::PRIVATE_WEIGHT] = weights.evaluate_words(r_cell);
    z[cell::DENSE] = f.layout.evaluate(&cx, &fp, &cell_weights(&fp, sigma, &weights), r_cell);
    let cells = eq_eval(&s, r_cell) * cell_relation(&fp, sigma).eval(&z);
    steps + record.challenge(map.main_batching) * cells
}

fn relation_over_steps(record: &Record) -> lariat_sumcheck::quadratic::QuadraticRelation {
    let f = &record.honest;
    let rho = record.challenge(record.map.rho);
    let code_base = f.program.bytecode().code_base;
    step_relation(f.params(), code_base, &operations(f.params()), &record.fingerprint(), rho)
}

/// Evaluations of columns over steps that the relation is linear in, jointly: positions among all evaluations.
fn linear_columns(record: &Record) -> Vec<usize> {
    let relation = relation_over_steps(record);
    let factors: BTreeSet<usize> = relation.products.iter().flat_map(|p| p.0.terms.iter().map(|t| t.0)).collect();
    (0..record.shape.num_step_columns).filter(|k| !factors.contains(k)).map(|k| 1 + k).collect()
}

fn cross(a: [Fr; 3], b: [Fr; 3]) -> [Fr; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Three wrong evaluations that neither the relations nor the opening's combination see.
fn wrong_evaluations<'a>(opening: &Opening<'a>) -> Vec<Attack<'a>> {
    let record = opening.record;
    let (evals, places) = (record.evaluations(), record.evaluation_places());
    let honest = final_claim(record, &evals);
    let slope = |k: usize| {
        let mut moved = evals.clone();
        moved[k] += Fr::one();
        final_claim(record, &moved) - honest
    };
    // Columns without influence on the relation would be a kernel of nothing.
    let linear: Vec<usize> =
        linear_columns(record).into_iter().filter(|&k| places[k].is_some() && !slope(k).is_zero()).collect();
    let weights = opening.weights();
    let attack = |what: &str, targets: Vec<usize>, columns: [usize; 3]| {
        let kernel = cross(columns.map(slope), columns.map(|k| weights[k]));
        let changes: Vec<(usize, Fr)> = columns.into_iter().filter_map(|k| places[k]).zip(kernel).collect();
        assert_eq!(changes.len(), columns.len(), "zero columns are no part of a forgery");
        let row = "column evaluations under the opening's batching";
        let mut attack = Attack::edit(record, row, what, targets[0], move |proof| {
            record.add(proof, record.map.evaluations, &changes);
        });
        attack.targets = targets;
        attack
    };
    let [a, b, ..] = linear[..] else { return Vec::new() };
    let Some(batch) = &opening.batch else {
        return linear.get(2).map(|&c| attack("three columns", vec![opening.rho], [a, b, c])).into_iter().collect();
    };
    let mut out = Vec::new();
    let place = |k: usize| batch.place(k);
    let is_short = batch.sizes[place(a).size] < batch.piece_vars;
    if is_short {
        // Neighbours in one piece.
        let same = |x: &&usize| place(**x).power == place(a).power;
        let alike: Vec<usize> = linear.iter().filter(same).copied().collect();
        if let [a, b, c, ..] = alike[..] {
            out.push(attack("three columns of a piece", vec![opening.slots[place(a).size]], [a, b, c]));
        }
    }
    if let Some(&c) = linear.iter().find(|&&k| place(k).power != place(a).power && k != b) {
        out.push(attack("columns of two pieces", vec![opening.rho], [a, b, c]));
    }
    // The private column and those over cells may be of other sizes; the relations are linear in some of them alone.
    let over_cells = 1 + record.shape.num_step_columns..batch.places.len();
    let is_linear = |k: usize| {
        let mut moved = evals.clone();
        moved[k] += Fr::from(2u64);
        final_claim(record, &moved) - honest == slope(k).double()
    };
    let other = std::iter::once(0).chain(over_cells).find_map(|k| {
        let size = batch.places[k]?.size;
        (size != place(a).size && !slope(k).is_zero() && is_linear(k)).then_some((k, size))
    });
    if let Some((other, size)) = other {
        let mut targets = opening.reduction.clone();
        targets.extend(opening.slots.get(size).filter(|&&k| record.events[k].count > 0));
        out.push(attack("columns of two sizes", targets, [other, a, b]));
    }
    out
}

/// `point + factor * by`.
fn shifted(point: G1Affine, by: G1Affine, factor: Fr) -> G1Affine {
    msm(&[point, by], &[Fr::one(), factor]).expect("two points and two scalars").into()
}

/// Commitments to two parts changed by opposite multiples of a point, with the same combination. A part that was zero is sent then.
fn wrong_commitments<'a>(opening: &Opening<'a>) -> Vec<Attack<'a>> {
    let record = opening.record;
    let witness_commitments = |&k: &usize| {
        let e = &record.events[k];
        e.kind == EventKind::Message && e.payload == PayloadKind::Points && e.label.ends_with("/commitments")
    };
    let Some(event) = (0..record.map.fingerprint).rfind(witness_commitments) else { return Vec::new() };
    let commitments = record.commitments(event);
    let by = commitments.iter().copied().find(|c| !c.is_zero()).expect("a witness is not zero");
    let attack = |row, what: String, target: usize, [i, j]: [usize; 2], [v, w]: [Fr; 2]| {
        let mut commitments = commitments.clone();
        commitments[i] = shifted(commitments[i], by, w);
        commitments[j] = shifted(commitments[j], by, -v);
        Attack::edit(record, row, what, target, move |proof| {
            record.put_commitments(proof, event, &commitments);
        })
    };
    let mut out = Vec::new();
    let rho = record.challenge(opening.rho);
    let power = |k: usize| rho.pow([k as u64]);
    let batched = "commitments under the opening's batching";
    let at_point = "commitments that cancel at the opening's point";
    let (shape, main) = (&record.shape, &record.map.main);
    // The first part of a column over cells, how many there are, and bits of a cell within one.
    let (long, count, low);
    if let Some(batch) = &opening.batch {
        assert_eq!(commitments.len(), batch.witness.len(), "parts are pieces");
        let of_steps: Vec<usize> = (0..commitments.len())
            .filter(|&i| batch.witness[i].size == batch.place(1).size && batch.witness[i].part == 0)
            .collect();
        if let [.., i, j] = of_steps[..] {
            let weights = [i, j].map(|i| power(batch.witness[i].power));
            out.push(attack(batched, "two pieces".into(), opening.rho, [i, j], weights));
        }
        low = batch.piece_vars;
        count = 1usize << shape.cell_vars.saturating_sub(low);
        long = batch.witness.iter().position(|p| p.power == batch.place(1 + shape.num_step_columns).power).unwrap();
    } else {
        // Rows: as many for every column over steps, and as many for every one over cells.
        let rows = |l: usize, vars: usize| 1usize << vars.saturating_sub(l);
        let total = |l: usize| shape.witness_batch().iter().map(|&m| rows(l, m)).sum::<usize>();
        let l = (0..=shape.cell_vars).find(|&l| total(l) == commitments.len()).expect("parts are rows");
        let columns = [0, rows(l, shape.step_vars)];
        out.push(attack(batched, "first rows of two columns".into(), opening.rho, columns, [power(1), power(2)]));
        (low, count, long) = (l, rows(l, shape.cell_vars), shape.num_step_columns * rows(l, shape.step_vars));
    }
    // Parts of one column that differ in a bit: their weights differ in a factor.
    for (bit, round) in main.iter().enumerate().skip(low).take(count.trailing_zeros() as usize) {
        let r = record.challenge(round.challenge);
        let pair = [long, long + (1 << (bit - low))];
        let what = format!("parts that differ in bit {bit}");
        out.push(attack(at_point, what, round.challenge, pair, [Fr::one() - r, r]));
    }
    if !HOMOMORPHIC.contains(&record.events[event].label) {
        out.retain(|attack: &Attack<'_>| {
            let forged = (attack.forge)(&record.tape);
            verify_frozen(&record.honest.program, &forged, &record.schemes, &record.tape).is_ok()
        });
    }
    out
}

/// A round of the claim reduction.
fn bent_reduction(record: &Record, i: usize, round: Round) -> Attack<'_> {
    bent_round(record, "round of the claim reduction", format!("round {i}"), round)
}

/// A round of the sumcheck of stacked pieces.
fn bent_stack(record: &Record, i: usize, round: Round) -> Attack<'_> {
    bent_round(record, "round of stacked pieces", format!("round {i}"), round)
}

/// Reduced evaluations with the right combination. Three of them leave room for the reduction's final claim to be right
/// as well; for two, its last round is bent to fit.
fn wrong_sizes<'a>(opening: &Opening<'a>) -> Option<Attack<'a>> {
    let record = opening.record;
    let batch = opening.batch.as_ref()?;
    let sigma_event = *record.in_opening(EventKind::Challenge, BATCH_SIGMA).first()?;
    let reduced = *record.in_opening(EventKind::Message, REDUCED).first()?;
    let last = *opening.rounds.last()?;
    let point = record.point(&opening.rounds);
    let weights: Vec<Fr> =
        opening.size_points(batch).iter().zip(opening.size_weights()).map(|(p, w)| w * eq_eval(p, &point)).collect();
    let (sigma, r) = (record.challenge(sigma_event), record.challenge(last.challenge));
    let [by_0, by_2] = round_kernel(r);
    let row = "reduced evaluations under the next batching";
    if let Some(&weights) = weights.first_chunk::<3>() {
        let kernel = cross(weights, [Fr::one(), sigma, sigma.square()]);
        let changes: Vec<(usize, Fr)> = kernel.into_iter().enumerate().collect();
        return Some(Attack::edit(record, row, "evaluations of three sizes", sigma_event, move |proof| {
            record.add(proof, reduced, &changes);
        }));
    }
    Some(Attack::edit(record, row, "evaluations of two sizes", sigma_event, move |proof| {
        // e_0 + sigma e_1 stays; the final claim follows, by 1 - 2r times what coefficient 0 changes.
        let [e_0, e_1] = [-sigma, Fr::one()];
        record.add(proof, reduced, &[(0, e_0), (1, e_1)]);
        let change = (weights[0] * e_0 + weights[1] * e_1) * inverse(by_2);
        record.add(proof, last.message, &[(0, change + by_0), (1, by_2)]);
    }))
}

/// Another witness whose pieces differ from the proven ones where neither the claim's combination of pieces sees it nor
/// the one that tests their proximity to a code.
fn unseen_pieces<'a>(opening: &Opening<'a>) -> Option<Attack<'a>> {
    let record = opening.record;
    let batch = opening.batch.as_ref()?;
    let target = PROXIMITY.iter().find_map(|label| record.in_opening(EventKind::Challenge, label).first().copied())?;
    let rows = record.in_opening(EventKind::Message, LIGERO_ROW).first().map_or(1, |&row| {
        let rows = (1 << batch.piece_vars) / record.events[row].count;
        rows as u64
    });
    let rho = record.challenge(opening.rho);
    let proximity = record.challenge(target).pow([rows]);
    // All pieces of the private column come before those of the witness, which shifts all powers alike.
    let parts = record.witness_parts();
    let piece = |k: usize| batch.witness.iter().position(|p| p.power == batch.place(k).power).unwrap();
    // Where a piece is among those that are sent: its stack, and its place there.
    let place = |k: usize| {
        let at = parts.is_sent()[..piece(k)].iter().filter(|&&sent| sent).count();
        (at >> opening.stack.len(), at & ((1 << opening.stack.len()) - 1))
    };
    // The first columns over steps of three pieces at one place of their stacks.
    let is_first = |k: &usize| batch.place(*k).slot == 0 && parts.is_sent()[piece(*k)];
    let alike = |k: &usize| is_first(k) && place(*k).1 == 0;
    let columns: Vec<usize> = (1..=record.shape.num_step_columns).filter(alike).collect();
    let columns = *columns.first_chunk::<3>()?;
    let kernel = cross(
        columns.map(|k| rho.pow([batch.place(k).power as u64])),
        columns.map(|k| proximity.pow([place(k).0 as u64])),
    );
    let row = "pieces that no combination sees";
    Some(Attack::new(row, "three columns on the first row", target, move |tape| {
        let mut other = record.honest.clone();
        for (k, by) in columns.into_iter().zip(kernel) {
            other.columns[k - 1][0] += by;
        }
        with_commitments_of(record, &other, tape)
    }))
}

/// Columns in clear, in which two evaluations differ from the proven ones by what the point does not see.
fn evaluations_in_clear(record: &Record) -> Vec<Attack<'_>> {
    let point = record.point(&record.map.main);
    let forgery = |event: usize| {
        let log_len = record.events[event].count.trailing_zeros() as usize;
        let weights = eq_evals(&point[point.len() - log_len..]);
        let [first, second] = *weights.first_chunk::<2>()?;
        let last = record.map.main.last()?.challenge;
        let row = "evaluations in clear at the point";
        Some(Attack::edit(record, row, "two evaluations", last, move |proof| {
            record.add(proof, event, &[(0, second), (1, -first)]);
        }))
    };
    clear_events(record).into_iter().filter_map(forgery).collect()
}

/// Hyrax's combined rows of two lengths, both wrong, with the right values and the right sum of commitments.
fn wrong_rows<'a>(opening: &Opening<'a>) -> Option<Attack<'a>> {
    let record = opening.record;
    let target = *record.in_opening(EventKind::Challenge, HYRAX_SIGMA).first()?;
    let rows = *record.in_opening(EventKind::Message, HYRAX_ROW).first_chunk::<2>()?;
    let point = record.point(&record.map.main);
    // The shorter row's weights: up to a factor, the longer row's begin with the same ones.
    let log_len = record.events[rows[0]].count.trailing_zeros() as usize;
    let weights = eq_evals(&point[point.len() - log_len..]);
    let [first, second] = *weights.first_chunk::<2>()?;
    let kernel = [second, -first];
    let factor = -inverse(record.challenge(target));
    Some(Attack::edit(record, "combined rows under the next batching", "rows of two lengths", target, move |proof| {
        for (row, factor) in rows.into_iter().zip([Fr::one(), factor]) {
            let changes: Vec<(usize, Fr)> = kernel.iter().map(|k| *k * factor).enumerate().collect();
            record.add(proof, row, &changes);
        }
    }))
}
