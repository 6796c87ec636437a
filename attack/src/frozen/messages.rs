//! Forgeries of single messages of the grand products and of the sumchecks.
//!
//! * A round polynomial may change by a multiple of `q` with `q(0) + q(1) = 0` and `q(r) = 0`.
//! * Values in the clear may change where their product does not, and where they lie on a line through the right value
//!   ([`on_the_line`]).
//! * A layer's evaluations may change where their products do not, and where the next claim does not: on the line
//!   between the halves of a tree ([`on_the_line`]), or under the coefficients that batch the next claims ([`bend`]).

use super::{
    Attack,
    record::{Coordinate, Layer, Record, Round, Side},
};
use ark_ff::{AdditiveGroup, Field, One};
use lariat_algebra::Fr;
use lariat_jolt_core::protocol::boundary;

/// A number that nothing depends on.
const ANY: u64 = 0x5eed;

fn inverse(x: Fr) -> Fr {
    x.inverse().expect("a random field element is not zero")
}

fn powers(x: Fr, len: usize) -> Vec<Fr> {
    std::iter::successors(Some(Fr::one()), |p| Some(*p * x)).take(len).collect()
}

fn pow2(k: usize) -> Fr {
    Fr::from(2u64).pow([k as u64])
}

/// Changes of the coefficients 0 and 2 of a round polynomial that keep `s(0) + s(1)` and `s(r)`.
///
/// The linear coefficient is not sent, so that coefficient 0 moves `s(r)` by `1 - 2r` and coefficient 2 by `r^2 - r`.
pub fn round_kernel(r: Fr) -> [Fr; 2] {
    [r - r.square(), Fr::one() - r.double()]
}

/// `d` with `(l + t d)(r - (1 - t) d) = l r`: the same product and the same value at `t` of the line through `l` and `r`.
pub fn on_the_line(l: Fr, r: Fr, t: Fr) -> [Fr; 2] {
    let s = Fr::one() - t;
    let d = (t * r - s * l) * inverse(t * s);
    [t * d, -(s * d)]
}

/// Two pairs `(l, r)` of a layer: values, the weights of their products in the layer's claim, and the weights of the
/// first three values in what comes next.
pub struct Pairs {
    pub values: [Fr; 4],
    pub products: [Fr; 2],
    pub next: [Fr; 3],
}

/// Changes of the first three values that keep the weighted sum of products and move the next sum by `by`.
///
/// With the first value moved by `a`, the second by `e`, and the third so that the products stay, the next sum is linear
/// in `e`.
pub fn bend(pairs: &Pairs, by: Fr) -> [Fr; 3] {
    let [l_0, r_0, _, r_1] = pairs.values;
    let [u_0, u_1, u_2] = pairs.next;
    let a = Fr::from(ANY);
    let k = pairs.products[0] * inverse(pairs.products[1] * r_1);
    let e = (by - u_0 * a + u_2 * k * a * r_0) * inverse(u_1 - u_2 * k * (l_0 + a));
    [a, e, -(k * (a * r_0 + (l_0 + a) * e))]
}

/// All forgeries of this kind.
pub fn attacks(record: &Record) -> Vec<Attack<'_>> {
    let map = &record.map;
    let mut out = Vec::new();
    for (k, layer) in map.products.layers.iter().enumerate() {
        // Rounds bind the coordinates of the point before from the last on.
        let point = map.products.point_before(k, layer.rounds.len()).into_iter().rev();
        for ((i, round), coordinate) in layer.rounds.iter().enumerate().zip(point) {
            let what = format!("round {i} of layer {k} of the products");
            out.push(bent_weighted_round(record, what, *round, coordinate));
        }
    }
    out.extend(values_on_lines(record));
    for side in Side::ALL {
        out.extend(lines(record, side));
        out.extend(next_claims(record, side));
    }
    out.extend(
        map.main
            .iter()
            .enumerate()
            .map(|(i, round)| bent_round(record, "round of the main sumcheck", format!("round {i}"), *round)),
    );
    out.push(across_instances(record));
    out.push(wrong_products(record));
    out
}

/// All four products are wrong; they balance, and the first values of all groups have the right combination.
///
/// With `reads + alpha_1 d`, `writes - d`, `init + alpha_3 f` and `last - alpha_2 f`, the balance is linear in `f`.
fn wrong_products(record: &Record) -> Attack<'_> {
    let products = &record.map.products;
    let target = products.layers[0].batching;
    let row = "products that balance under a batching";
    Attack::edit(record, row, "all four products", target, move |proof| {
        let alphas = record.batching(target);
        let mut v = record.scalars(proof, products.values);
        let group = 1 << products.clear;
        let d = Fr::from(ANY);
        v[0] += alphas[1] * d;
        v[group] -= d;
        let entry = record.honest.program.bytecode().entry;
        let (start, end) = boundary(&record.fingerprint(), entry, record.honest.header.steps);
        let product = |g: usize, from: usize| v[g * group + from..(g + 1) * group].iter().product::<Fr>();
        let (left, right) = (start * product(1, 0) * product(2, 1), end * product(0, 0) * product(3, 1));
        let f = (right * v[3 * group] - left * v[2 * group]) * inverse(left * alphas[3] + right * alphas[2]);
        v[2 * group] += alphas[3] * f;
        v[3 * group] -= alphas[2] * f;
        record.put_scalars(proof, products.values, &v);
    })
}

/// Two values in the clear that have the right product and lie on a line through the right value.
fn values_on_lines(record: &Record) -> impl Iterator<Item = Attack<'_>> {
    let products = &record.map.products;
    (0..products.clear).map(move |index| {
        let what = format!("two neighbours in coordinate {index}");
        Attack::edit(record, "values in the clear on a line", what, products.point, move |proof| {
            let v = record.scalars(proof, products.values);
            let neighbour = 1 << (products.clear - 1 - index);
            let t = record.coordinate(Coordinate { event: products.point, index });
            let [l, r] = on_the_line(v[0], v[neighbour], t);
            record.add(proof, products.values, &[(0, l), (neighbour, r)]);
        })
    })
}

/// A round polynomial that has the right sum and the right value at the challenge.
pub fn bent_round<'a>(record: &'a Record, row: &'static str, what: String, round: Round) -> Attack<'a> {
    let [c_0, c_2] = round_kernel(record.challenge(round.challenge));
    Attack::edit(record, row, what, round.challenge, move |proof| {
        // Coefficients 0 and 2 are the first two of the message.
        record.add(proof, round.message, &[(0, c_0), (1, c_2)]);
    })
}

/// The same of a round whose weights are known: a coordinate `t` of the point of the layer before is bound.
fn bent_weighted_round(record: &Record, what: String, round: Round, at: Coordinate) -> Attack<'_> {
    let (r, t) = (record.challenge(round.challenge), record.coordinate(at));
    // d(X) = d_1 (X - t) + X^2 - t: (1 - t) d(0) + t d(1) = 0 = d(r).
    let d_1 = (r * r - t) * inverse(t - r);
    Attack::edit(record, "round of a grand product", what, round.challenge, move |proof| {
        record.add(proof, round.message, &[(0, d_1), (1, Fr::one())]);
    })
}

/// Halves of a tree's layer that have the right product and lie on a line through the right value.
fn lines(record: &Record, side: Side) -> impl Iterator<Item = Attack<'_>> {
    let layers = record.map.products.layers.iter().enumerate();
    let trees = layers.filter_map(move |(k, layer)| {
        let part = layer.part(side).filter(|part| part.is_tree)?;
        Some((k, layer.claims, part.evaluations.start, layer.fold?))
    });
    trees.map(move |(k, claims, at, fold)| {
        let what = format!("evaluations of layer {k} of the {} products", side.name());
        Attack::edit(record, "halves of a layer on a line", what, fold, move |proof| {
            let v = record.scalars(proof, claims);
            let [l, r] = on_the_line(v[at], v[at + 1], record.challenge(fold));
            record.add(proof, claims, &[(at, l), (at + 1, r)]);
        })
    })
}

/// The first pair of either group in a layer's evaluations, with the weights of the layer's claims in the next sum.
/// Returns the positions of the three values that move.
fn pairs(record: &Record, proof: &[u8], layer: &Layer, side: Side, next: &[Fr]) -> ([usize; 3], Pairs) {
    let part = layer.part(side).unwrap();
    let v = record.scalars(proof, layer.claims)[part.evaluations.clone()].to_vec();
    let alphas = record.batching(layer.batching)[part.coefficients.clone()].to_vec();
    // One half of the evaluations belongs to each group.
    let second = v.len() / 2;
    let weights = match layer.fold {
        Some(fold) if part.is_tree => {
            let t = record.challenge(fold);
            [(Fr::one() - t) * next[0], t * next[0], (Fr::one() - t) * next[1]]
        }
        _ => [next[0], next[1], next[second]],
    };
    let pairs = Pairs {
        values: [v[0], v[1], v[second], v[second + 1]],
        products: [alphas[0], alphas[alphas.len() / 2]],
        next: weights,
    };
    ([0, 1, second].map(|at| part.evaluations.start + at), pairs)
}

/// Number of claims of a product that a layer hands on.
fn num_claims(layer: &Layer, side: Side) -> usize {
    let part = layer.part(side).unwrap();
    if part.is_tree { part.evaluations.len() / 2 } else { part.evaluations.len() }
}

/// The challenge that combines a product's leaf claims.
fn leaf_batching(record: &Record, side: Side) -> usize {
    match side {
        Side::Steps => record.map.rho,
        Side::Cells => record.map.sigma,
    }
}

/// Evaluations of a layer with the right products, whose combination by the next challenge is right.
fn next_claims(record: &Record, side: Side) -> impl Iterator<Item = Attack<'_>> {
    let products = &record.map.products;
    (0..products.end(side)).map(move |k| {
        let layer = &products.layers[k];
        let below = products.layers.get(k + 1).and_then(|below| Some((below.batching, below.part(side)?)));
        let (target, weights) = if let Some((batching, part)) = below {
            (batching, record.batching(batching)[part.coefficients.clone()].to_vec())
        } else {
            let last = leaf_batching(record, side);
            (last, powers(record.challenge(last), num_claims(layer, side)))
        };
        let what = format!("evaluations of layer {k} of the {} products", side.name());
        Attack::edit(record, "claims of a layer under the next batching", what, target, move |proof| {
            let (at, pairs) = pairs(record, proof, layer, side, &weights);
            let change = bend(&pairs, Fr::from(0u64));
            record.add(proof, layer.claims, &[(at[0], change[0]), (at[1], change[1]), (at[2], change[2])]);
        })
    })
}

/// Leaf claims over steps and over cells that are both wrong, with the right sum under the main sumcheck's batching.
fn across_instances(record: &Record) -> Attack<'_> {
    let map = &record.map;
    let row = "leaf claims under the main batching";
    Attack::edit(record, row, "claims over steps and over cells", map.main_batching, move |proof| {
        let (shape, alpha) = (&record.shape, record.challenge(map.main_batching));
        let by = Fr::from(ANY + 1);
        let scale = |vars: usize| pow2(shape.point_len() - vars);
        let cells_by = -(by * scale(shape.step_vars)) * inverse(alpha * scale(shape.cell_vars));
        for (side, by) in [(Side::Steps, by), (Side::Cells, cells_by)] {
            let layer = &map.products.layers[map.products.end(side) - 1];
            let weights = powers(record.challenge(leaf_batching(record, side)), num_claims(layer, side));
            let (at, pairs) = pairs(record, proof, layer, side, &weights);
            let change = bend(&pairs, by);
            record.add(proof, layer.claims, &[(at[0], change[0]), (at[1], change[1]), (at[2], change[2])]);
        }
    })
}
