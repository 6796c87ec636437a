//! False witnesses that need a challenge beforehand.
//!
//! | challenge known | forgery |
//! |---|---|
//! | `tau`, `gamma` | cells with other contents and the same fingerprints |
//! | batching of the top products | products that balance although the tuples do not |
//! | `rho` | two violations on one row that cancel |
//! | `sigma` | two violations in one cell that cancel |
//! | a coordinate of a zero check's point | violations on two rows, or in two cells, that cancel |
//! | a coordinate of the final point | a commitment to another polynomial with the same value there |

use super::{
    Attack,
    record::{Record, Side, UNWRITTEN, WRITTEN},
};
use crate::{checker::Tuple, forger::Forgery};
use ark_ff::{Field, One};
use lariat_algebra::Fr;
use lariat_emulator::memory_map::OUTPUT_START;
use lariat_jolt_core::{
    cells::fixed_cells,
    columns as col,
    constraints::constraints,
    operations::{FIELD_VALUE, Fingerprint},
    protocol::{boundary, section},
};
use lariat_transcript::{ChallengeTape, EventKind};

/// The output word that forgeries claim.
const FALSE_WORD: u32 = 0xbad_c0de;

/// Two constraints with a column of their own on every row that is no narrow load: its entry is the violation.
const SLACK: [(&str, col::ColumnId); 2] = [("half mix", col::HALF_MIX), ("byte mix", col::BYTE_MIX)];

fn inverse(x: Fr) -> Fr {
    x.inverse().expect("a random field element is not zero")
}

/// What is changed in an honest witness.
type Change = fn(&Record, &mut Forgery);

/// All forgeries of this kind.
pub fn attacks(record: &Record) -> Vec<Attack<'_>> {
    let map = &record.map;
    let fingerprints: [(&str, Change); 4] = [
        ("an output's value against its timestamp", output_by_gamma),
        ("a register's value against its timestamp", register_by_gamma),
        ("an output and a register with one product", output_by_tau),
        ("two registers with one product", registers_by_tau),
    ];
    let mut out: Vec<Attack<'_>> = fingerprints
        .into_iter()
        .map(|(what, change)| proven(record, "tuples with equal fingerprints", what, map.fingerprint, change))
        .collect();
    out.extend([
        balanced(record, "writes and reads over steps", forge_step_products),
        balanced(record, "initial and final cells", forge_cell_products),
        proven(record, "violations that cancel under rho", "two constraints of a row", map.rho, cancel_under_rho),
        proven(record, "violations that cancel under sigma", "an output word", map.sigma, cancel_under_sigma),
        proven(record, "violations that cancel under sigma", "the private input", map.sigma, cancel_private_words),
    ]);
    // The last coordinate belongs to bit 0 of the number of a row or of a cell.
    for side in Side::ALL {
        let (what, cancel): (_, fn(&mut Forgery, usize, Fr)) = match side {
            Side::Steps => ("rows", cancel_on_rows),
            Side::Cells => ("cells", cancel_in_cells),
        };
        out.extend(record.leaf_coordinates(side).into_iter().rev().enumerate().map(|(bit, at)| {
            let what = format!("{what} that differ in bit {bit}");
            proven(record, "violations that cancel at the zero check", what, at.event, move |record, f| {
                cancel(f, bit, record.coordinate(at));
            })
        }));
    }
    out.extend(map.main.iter().enumerate().map(|(bit, round)| other_commitment(record, bit, round.challenge)));
    out
}

/// The honest witness, changed and proven on the tape.
fn proven<'a>(
    record: &'a Record,
    row: &'static str,
    what: impl Into<String>,
    target: usize,
    change: impl Fn(&Record, &mut Forgery) + Send + Sync + 'a,
) -> Attack<'a> {
    Attack::new(row, what, target, move |tape| {
        let mut forgery = record.honest.clone();
        change(record, &mut forgery);
        forgery.prove_frozen(&record.schemes, tape)
    })
}

/// Makes the statement that an output word is [`FALSE_WORD`], and returns its cell.
fn claim_output(f: &mut Forgery, address: u32) -> usize {
    let word = (address - OUTPUT_START) as usize / 4;
    assert_ne!(f.header.output_words[word], FALSE_WORD);
    f.header.output_words[word] = FALSE_WORD;
    f.ram_cell(address)
}

/// Another last value of a cell, with a timestamp such that `gamma^3 value + gamma^4 timestamp` stays.
fn change_by_gamma(record: &Record, f: &mut Forgery, at: usize) {
    let gamma = record.fingerprint().powers[1];
    let cell = f.cells.get_mut(&at).unwrap();
    let change = Fr::from(FALSE_WORD) - cell.value;
    cell.value += change;
    cell.timestamp -= change * inverse(gamma);
}

/// A false output.
fn output_by_gamma(record: &Record, f: &mut Forgery) {
    let at = claim_output(f, WRITTEN);
    change_by_gamma(record, f, at);
}

/// The same statement: nothing but commitments stands between the forger and the challenge.
fn register_by_gamma(record: &Record, f: &mut Forgery) {
    change_by_gamma(record, f, f.register_cell(6));
}

fn fingerprint(tuple: &Tuple, fp: &Fingerprint) -> Fr {
    tuple[0] * fp.tau + tuple[1..].iter().zip(&fp.powers).map(|(c, p)| *c * p).sum::<Fr>()
}

/// The fingerprint of a cell's last state.
fn last_leaf(f: &Forgery, at: usize, fp: &Fingerprint) -> Fr {
    fingerprint(&f.cell_tuples(at, &f.cells[&at])[1], fp)
}

/// Another last value of a cell, and one of register 5 such that the product of their last fingerprints stays.
fn change_by_tau(record: &Record, f: &mut Forgery, at: usize) {
    let fp = record.fingerprint();
    let other = f.register_cell(5);
    let before = last_leaf(f, at, &fp);
    f.cells.get_mut(&at).unwrap().value = Fr::from(FALSE_WORD);
    let factor = before * inverse(last_leaf(f, at, &fp));
    let leaf = last_leaf(f, other, &fp);
    f.cells.get_mut(&other).unwrap().value += leaf * (factor - Fr::one()) * inverse(fp.powers[FIELD_VALUE]);
}

/// A false output.
fn output_by_tau(record: &Record, f: &mut Forgery) {
    let at = claim_output(f, WRITTEN);
    change_by_tau(record, f, at);
}

/// The same statement.
fn registers_by_tau(record: &Record, f: &mut Forgery) {
    change_by_tau(record, f, f.register_cell(6));
}

/// Which products are edited, and to what.
type Balance = fn(&Record, &mut [u8]);

/// A false output whose tuples do not balance, with products that do and have the right combination.
fn balanced<'a>(record: &'a Record, what: &str, edit: Balance) -> Attack<'a> {
    let target = record.map.products.layers[0].batching;
    Attack::new("products that balance under a batching", what, target, move |tape| {
        let mut forgery = record.honest.clone();
        let at = claim_output(&mut forgery, WRITTEN);
        forgery.cells.get_mut(&at).unwrap().value = Fr::from(FALSE_WORD);
        let mut proof = forgery.prove_frozen(&record.schemes, tape);
        edit(record, &mut proof);
        proof
    })
}

/// The program counter's first and last fingerprints, and the four products of a proof: reads, writes, initial, final.
fn sides(record: &Record, proof: &[u8]) -> ((Fr, Fr), [Fr; 4]) {
    let entry = record.honest.program.bytecode().entry;
    let products = &record.map.products;
    let v = record.scalars(proof, products.values);
    let product = |g: usize| v[g << products.clear..(g + 1) << products.clear].iter().product();
    (boundary(&record.fingerprint(), entry, record.honest.header.steps), [0, 1, 2, 3].map(product))
}

/// The first values of two groups such that the second product is `ratio` times the first, and that the values have the
/// combination that they had: with `w = c v`, `alpha_0 v + alpha_1 w` is linear in `v`.
fn rebalance(record: &Record, proof: &mut [u8], groups: [usize; 2], ratio: Fr) {
    let products = &record.map.products;
    let alphas = record.batching(products.layers[0].batching);
    let mut values = record.scalars(proof, products.values);
    let at = groups.map(|g| g << products.clear);
    let others = at.map(|at| values[at + 1..at + (1 << products.clear)].iter().product::<Fr>());
    let c = ratio * others[0] * inverse(others[1]);
    let [alpha_0, alpha_1] = groups.map(|g| alphas[g]);
    let sum = alpha_0 * values[at[0]] + alpha_1 * values[at[1]];
    let first = sum * inverse(alpha_0 + alpha_1 * c);
    values[at[0]] = first;
    values[at[1]] = c * first;
    record.put_scalars(proof, products.values, &values);
}

/// `start * init * writes = end * last * reads`.
fn forge_step_products(record: &Record, proof: &mut [u8]) {
    let ((start, end), [_, _, init, last]) = sides(record, proof);
    rebalance(record, proof, [0, 1], end * last * inverse(start * init));
}

fn forge_cell_products(record: &Record, proof: &mut [u8]) {
    let ((start, end), [reads, writes, ..]) = sides(record, proof);
    rebalance(record, proof, [2, 3], start * writes * inverse(end * reads));
}

/// A row that [`SLACK`] is free on.
fn free_row(f: &Forgery) -> usize {
    (0..f.rows()).find(|&i| SLACK.iter().all(|(_, column)| f.is_zero(i, *column))).unwrap()
}

/// `rho^i v_0 + rho^j v_1 = 0` for the two constraints of [`SLACK`].
fn cancel_under_rho(record: &Record, f: &mut Forgery) {
    let system = constraints(f.params(), f.program.bytecode().code_base);
    let [i, j] = SLACK.map(|(name, _)| system.iter().position(|c| c.name == name).unwrap());
    let rho = record.challenge(record.map.rho);
    let row = free_row(f);
    f.set(row, SLACK[0].1, rho.pow([j as u64])).set(row, SLACK[1].1, -rho.pow([i as u64]));
}

/// The weights at `r` of a bit that is not set and of one that is, exchanged and of opposite sign.
fn cancelling(r: Fr) -> [Fr; 2] {
    [r, r - Fr::one()]
}

fn cancel_on_rows(f: &mut Forgery, bit: usize, r: Fr) {
    let (_, column) = SLACK[0];
    let free = |row: usize| f.is_zero(row, column);
    let row = (0..f.rows()).find(|&row| row >> bit & 1 == 0 && free(row) && free(row | 1 << bit)).unwrap();
    let [low, high] = cancelling(r);
    f.set(row, column, low).set(row | 1 << bit, column, high);
}

/// Two cells that differ in a bit, which the run does not touch and the statement does not fix.
fn free_cells(f: &Forgery, bit: usize) -> [usize; 2] {
    let fixed = fixed_cells(&f.layout, &f.header);
    let free = |at: usize| !f.cells.contains_key(&at) && fixed.iter().all(|(cell, _)| *cell != at);
    let low = (0..1usize << f.layout.num_vars).find(|&at| at >> bit & 1 == 0 && free(at) && free(at | 1 << bit));
    let low = low.expect("most cells are not touched");
    [low, low | 1 << bit]
}

/// Untouched cells with values that are not zero.
fn cancel_in_cells(f: &mut Forgery, bit: usize, r: Fr) {
    for (at, value) in free_cells(f, bit).into_iter().zip(cancelling(r)) {
        f.cells.entry(at).or_default().value = value;
    }
}

/// `sigma^3 v + sigma^4 (v - word) = 0` in an untouched cell of the output.
fn cancel_under_sigma(record: &Record, f: &mut Forgery) {
    let sigma = record.challenge(record.map.sigma);
    let at = claim_output(f, UNWRITTEN);
    assert!(!f.cells.contains_key(&at), "the program does not touch it");
    f.cells.entry(at).or_default().value = sigma * Fr::from(FALSE_WORD) * inverse(Fr::one() + sigma);
}

/// `sigma^6 d + sigma^7 d' = 0` for what the length and the last word of the private input are off by.
fn cancel_private_words(record: &Record, f: &mut Forgery) {
    let padding = Fr::from(1u32 << 31);
    let last = f.header.private_words() as usize - 1;
    f.private[0] -= record.challenge(record.map.sigma) * padding;
    f.private[last] += padding;
}

/// An honest proof, but committing to and opening another polynomial: it differs in two cells, with the same value at
/// the final point.
fn other_commitment(record: &Record, bit: usize, challenge: usize) -> Attack<'_> {
    let row = "another polynomial with the same value at the final point";
    Attack::new(row, format!("final values that differ in bit {bit} of a cell"), challenge, move |tape| {
        let mut other = record.honest.clone();
        cancel_in_cells(&mut other, bit, record.challenge(challenge));
        with_commitments_of(record, &other, tape)
    })
}

/// The honest proof on a tape, but with the commitments to another witness and with its opening.
pub fn with_commitments_of(record: &Record, other: &Forgery, tape: &ChallengeTape) -> Vec<u8> {
    let (theirs, log) = other.prove_frozen_with_log(&record.schemes, tape);
    let honest = record.honest.prove_frozen(&record.schemes, tape);
    assert_eq!(
        log.events().len(),
        record.events.len(),
        "another witness has the same messages, of other lengths perhaps"
    );
    let at = |label| record.events.iter().position(|e| e.kind == EventKind::Section && e.label == label).unwrap();
    let (commitments, opening) = (at(section::COMMITMENTS)..record.map.fingerprint, record.map.opening.clone());
    let mut proof = honest[..record.start].to_vec();
    for (event, their_event) in log.events().iter().enumerate() {
        if commitments.contains(&event) || opening.contains(&event) {
            let range = their_event.range();
            proof.extend(&theirs[record.start + range.start..record.start + range.end]);
        } else {
            proof.extend(&honest[record.range(event)]);
        }
    }
    proof
}
