//! Forgeries of single messages of the grand products and of the sumchecks.
//!
//! * A round polynomial may change by a multiple of `q` with `q(0) + q(1) = 0` and `q(r) = 0`.
//! * A layer's evaluations may change where their products do not, and where the next claim does not: on the line
//!   between the halves of a tree ([`on_the_line`]), or under the coefficients that batch the next claims ([`bend`]).

use super::{
    Attack,
    record::{Layer, Product, Record, Round},
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
    for (name, product) in [("step", &map.steps), ("cell", &map.cells)] {
        for (k, layer) in product.layers.iter().enumerate() {
            // The point of the layer before, in the order in which rounds bind its coordinates.
            let before = k.checked_sub(1).map(|k| &product.layers[k]);
            let point = before.into_iter().flat_map(|l| l.fold.into_iter().chain(l.rounds.iter().map(|r| r.challenge)));
            for ((i, round), coordinate) in layer.rounds.iter().enumerate().zip(point) {
                let what = format!("round {i} of layer {k} of the {name} products");
                out.push(bent_weighted_round(record, what, *round, coordinate));
            }
        }
        out.extend(lines(record, name, product));
        out.extend(next_claims(record, name, product));
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

/// All four products are wrong; they balance, and either pair has the right combination.
///
/// With `reads + alpha d`, `writes - d`, `init + beta f` and `last - f`, the balance is linear in `f`.
fn wrong_products(record: &Record) -> Attack<'_> {
    let (steps, cells) = (&record.map.steps, &record.map.cells);
    let targets = [steps, cells].map(|product| product.layers[0].batching);
    let row = "products that balance under both batchings";
    let mut attack = Attack::edit(record, row, "all four products", targets[0], move |proof| {
        let [alpha, beta] = targets.map(|event| record.challenge(event));
        let [v, w] = [steps, cells].map(|product| record.scalars(proof, product.products));
        let d = Fr::from(ANY);
        let (reads, writes) = (v[0] + alpha * d, v[1] - d);
        let entry = record.honest.program.bytecode().entry;
        let (start, end) = boundary(&record.fingerprint(), entry, record.honest.header.steps);
        let f = (end * w[1] * reads - start * w[0] * writes) * inverse(start * beta * writes + end * reads);
        record.put_scalars(proof, steps.products, &[reads, writes]);
        record.put_scalars(proof, cells.products, &[w[0] + beta * f, w[1] - f]);
    });
    attack.targets = targets.to_vec();
    attack
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
fn bent_weighted_round(record: &Record, what: String, round: Round, coordinate: usize) -> Attack<'_> {
    let (r, t) = (record.challenge(round.challenge), record.challenge(coordinate));
    // d(X) = d_1 (X - t) + X^2 - t: (1 - t) d(0) + t d(1) = 0 = d(r).
    let d_1 = (r * r - t) * inverse(t - r);
    Attack::edit(record, "round of a grand product", what, round.challenge, move |proof| {
        record.add(proof, round.message, &[(0, d_1), (1, Fr::one())]);
    })
}

/// Halves of a tree's layer that have the right product and lie on a line through the right value.
fn lines<'a>(record: &'a Record, name: &'a str, product: &'a Product) -> impl Iterator<Item = Attack<'a>> {
    let folds = product.layers.iter().enumerate().filter_map(|(k, layer)| Some((k, layer.claims, layer.fold?)));
    folds.map(move |(k, claims, fold)| {
        let what = format!("evaluations of layer {k} of the {name} products");
        Attack::edit(record, "halves of a layer on a line", what, fold, move |proof| {
            let v = record.scalars(proof, claims);
            let [l, r] = on_the_line(v[0], v[1], record.challenge(fold));
            record.add(proof, claims, &[(0, l), (1, r)]);
        })
    })
}

/// The first pair of either product in a layer's evaluations, with the weights of the layer's claims in the next sum.
/// Returns the positions of the three values that move.
fn pairs(record: &Record, proof: &[u8], layer: &Layer, next: &[Fr]) -> ([usize; 3], Pairs) {
    let v = record.scalars(proof, layer.claims);
    let alphas = record.batching(layer.batching);
    // One half of the evaluations belongs to each product.
    let second = v.len() / 2;
    let weights = match layer.fold {
        Some(fold) => {
            let t = record.challenge(fold);
            [Fr::one() - t, t, (Fr::one() - t) * next[1]]
        }
        None => [next[0], next[1], next[second]],
    };
    let pairs = Pairs {
        values: [v[0], v[1], v[second], v[second + 1]],
        products: [alphas[0], alphas[alphas.len() / 2]],
        next: weights,
    };
    ([0, 1, second], pairs)
}

/// Number of claims that a layer hands on.
fn num_claims(record: &Record, layer: &Layer) -> usize {
    let count = record.events[layer.claims].count;
    if layer.fold.is_some() { count / 2 } else { count }
}

/// Evaluations of a layer with the right products, whose combination by the next challenge is right.
fn next_claims<'a>(record: &'a Record, name: &'a str, product: &'a Product) -> impl Iterator<Item = Attack<'a>> {
    let last = if name == "step" { record.map.rho } else { record.map.sigma };
    product.layers.iter().enumerate().map(move |(k, layer)| {
        let (target, weights) = match product.layers.get(k + 1) {
            Some(below) => (below.batching, record.batching(below.batching)),
            None => (last, powers(record.challenge(last), num_claims(record, layer))),
        };
        let what = format!("evaluations of layer {k} of the {name} products");
        Attack::edit(record, "claims of a layer under the next batching", what, target, move |proof| {
            let (at, pairs) = pairs(record, proof, layer, &weights);
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
        let sides = [
            (&map.steps, map.rho, by),
            (&map.cells, map.sigma, -(by * scale(shape.step_vars)) * inverse(alpha * scale(shape.cell_vars))),
        ];
        for (product, batching, by) in sides {
            let layer = product.layers.last().unwrap();
            let weights = powers(record.challenge(batching), num_claims(record, layer));
            let (at, pairs) = pairs(record, proof, layer, &weights);
            let change = bend(&pairs, by);
            record.add(proof, layer.claims, &[(at[0], change[0]), (at[1], change[1]), (at[2], change[2])]);
        }
    })
}
