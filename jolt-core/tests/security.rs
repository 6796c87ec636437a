//! The security ledger says what the protocol does: its terms are measured on transcripts and on the verifier's own
//! functions, and summed by a formula of their own.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use ark_ff::{BigInteger, One, PrimeField, UniformRand, Zero};
use lariat_algebra::Fr;
use lariat_attack::{
    forger::Forgery,
    programs::{configurations, i, program, r},
};
use lariat_emulator::isa::Opcode::{Addi, Div, Mul};
use lariat_jolt_core::{
    Config, Inputs, Params, Products, Program, ProveOptions, Proven, Schemes, VerifiedStatement, columns as col,
    constraints::constraints,
    operations::{Fingerprint, NUM_FIELDS, operations},
    protocol::{PrivateWeights, Shape, cell, cell_claim, cell_relation, cell_weights, label, section, step_relation},
    prove,
    security::{MIN_PROVEN_CURVES, SecurityLedger, argument_terms, log_field, part},
    verify_with_log,
};
use lariat_pcs::{Workload, batch};
use lariat_sumcheck::{grand_product::LeafClaims, quadratic::QuadraticRelation};
use lariat_transcript::{Drawn, Event, EventKind, EventLog};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

fn schemes() -> Schemes {
    Schemes::new().with(lariat_hyrax::SCHEME)
}

fn sample() -> Program {
    program(|asm| {
        i(asm, Addi, 5, 0, 77);
        i(asm, Addi, 6, 0, -5);
        r(asm, Div, 7, 5, 6);
        r(asm, Mul, 7, 7, 5);
        asm.exit(0);
    })
}

fn proof(config: Config) -> (Program, Proven) {
    let program = sample();
    let options = ProveOptions { config, ..ProveOptions::default() };
    let proven = prove(&program, Inputs { public: &[], private: &[] }, &options, &schemes(), &mut |_| {}).unwrap();
    (program, proven)
}

fn verified(config: Config) -> (VerifiedStatement, EventLog) {
    let (program, proven) = proof(config);
    verify_with_log(&program, &proven.proof, &schemes()).unwrap()
}

/// Sum of the numerators of a part over the field.
fn numerator(ledger: &SecurityLedger, part: &str) -> f64 {
    let terms = ledger.terms.iter().filter(|term| term.part == part);
    terms.map(|term| (log_field() - term.bits.proven).exp2()).sum()
}

#[track_caller]
fn assert_close(left: f64, right: f64) {
    assert!((left - right).abs() <= 1e-6 * right.abs(), "{left} and {right}");
}

/// What the challenges of a section let a false claim do, from its messages alone: a round of a sumcheck may go wrong in
/// as many ways as its polynomial has coefficients that are sent, a combination or a line in one.
fn errors_in(log: &EventLog, wanted: &str) -> usize {
    let events: Vec<&Event> = log.with_sections().filter(|(name, _)| *name == wanted).map(|(_, e)| e).collect();
    let mut errors = 0;
    for (at, event) in events.iter().enumerate().filter(|(_, e)| e.kind == EventKind::Challenge) {
        let before = events[at - 1];
        let is_round = before.kind == EventKind::Message && before.label == event.label;
        errors += match event.label {
            // Powers of one challenge: measured below.
            label::STEP_BATCHING | label::CELL_BATCHING => 0,
            _ if is_round => before.count,
            "grand product batching" => 1,
            // A coordinate each: of the point of the values in the clear, or on a line.
            "grand product fold" | label::MAIN => event.count,
            other => panic!("the ledger does not know the challenge `{other}`"),
        };
    }
    errors
}

#[test]
fn terms_are_those_of_the_transcript() {
    for config in configurations() {
        let (statement, log) = verified(config);
        let ledger = statement.security;
        for (wanted, part) in [(section::PRODUCTS, part::PRODUCTS), (section::MAIN, part::MAIN)] {
            assert_close(numerator(&ledger, part), errors_in(&log, wanted) as f64);
        }
        // Every challenge is in a section that is counted, is a power that is measured, or is the opening's.
        let counted = [section::PRODUCTS, section::MAIN, section::OPENING];
        let others: Vec<(&str, usize)> = log
            .with_sections()
            .filter(|(name, e)| e.kind == EventKind::Challenge && !counted.contains(name))
            .map(|(_, e)| (e.label, e.count))
            .collect();
        assert_eq!(others, [(label::FINGERPRINT, 2)]);
        // A layer of the ledger for each batch of rounds, and the values in the clear.
        let products: Vec<Event> =
            log.with_sections().filter(|(s, _)| *s == section::PRODUCTS).map(|(_, e)| *e).collect();
        let layers: Vec<&[Event]> = products.split(|e| e.label == "grand product claims").collect();
        assert_eq!(ledger.terms.iter().filter(|t| t.part == part::PRODUCTS).count(), layers.len());
        // Tuples: the largest evaluations are those of the leaves of all operations, on as many rows as their layer has; the last
        // tree's line is through the cells.
        let rounds = |layer: &[Event]| {
            layer.iter().filter(|e| e.kind == EventKind::Message && e.label.ends_with("layer")).count()
        };
        let claims: Vec<usize> =
            products.iter().filter(|e| e.label == "grand product claims").map(|e| e.count).collect();
        let last_tree =
            layers.iter().skip(1).filter(|l| l.first().is_some_and(|e| e.label == "grand product fold")).count();
        let clear = products.iter().find(|e| e.kind == EventKind::Challenge).unwrap().count;
        let cell_vars = clear + last_tree;
        assert_eq!(rounds(layers[last_tree - 1]), cell_vars - 1);
        // In a tree's layer the cells have four of the evaluations.
        let leaves = claims.iter().copied().max().unwrap();
        let leaves_at = claims.iter().position(|&c| c == leaves).unwrap();
        let operations = (leaves - if leaves_at < last_tree { 4 } else { 0 }) / 2;
        let slots = operations.next_power_of_two().ilog2() as usize;
        let step_vars = leaves_at + 1 + clear - slots;
        let tuples = (operations << step_vars) + (1 << cell_vars) + 1;
        assert_close(numerator(&ledger, part::FINGERPRINTS), ((NUM_FIELDS - 1) * tuples) as f64);
        assert_close(numerator(&ledger, part::ZERO_CHECK), (step_vars + cell_vars) as f64);
    }
}

/// The degree of a polynomial that is known by its values, if it is below `bound`: by finite differences.
fn degree(bound: usize, f: impl Fn(Fr) -> Fr) -> usize {
    let mut values: Vec<Fr> = (0..bound as u64).map(|x| f(Fr::from(x))).collect();
    let mut degree = 0;
    for order in 0..bound {
        if !values[0].is_zero() {
            degree = order;
        }
        values = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    }
    assert!(degree + 1 < bound, "the degree may be higher");
    degree
}

/// Degrees in `tau`, `gamma`, `rho` and `sigma`, measured on what the verifier evaluates.
#[test]
fn degrees_are_those_of_what_the_verifier_evaluates() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    for config in configurations() {
        let params = config.params;
        let ledger = verified(config).0.security;
        let ops = operations(params);
        let random = |n: usize, rng: &mut ChaCha20Rng| (0..n).map(|_| Fr::rand(rng)).collect::<Vec<Fr>>();
        let z = random(col::num_columns(params), &mut rng);
        let (tau, gamma) = (Fr::rand(&mut rng), Fr::rand(&mut rng));
        let fp = Fingerprint::new(tau, gamma);

        let bound = 2 * ops.len() + constraints(params, 0).len() + 9;
        let in_rho = degree(bound, |rho| step_relation(params, 0, &ops, &fp, rho).eval(&z));
        assert_close(numerator(&ledger, part::RHO), in_rho as f64);

        let w = random(cell::NUM_SPARSE, &mut rng);
        let contents = random(4, &mut rng);
        // A private input of one byte, so that every statement is there.
        let honest = Forgery::honest(&sample(), config, Inputs { public: &[], private: &[1] });
        let (layout, header) = (honest.layout, honest.header);
        let (s, r) = (random(layout.num_vars, &mut rng), random(layout.num_vars, &mut rng));
        let claims = LeafClaims { products: Vec::new(), point: s.clone(), claims: vec![random(2, &mut rng)] };
        let in_sigma = degree(20, |sigma| {
            let private = PrivateWeights::new(&layout, &header, sigma, &s).unwrap();
            let weights = cell_weights(&fp, sigma, &private);
            let dense = contents[0] * weights.fingerprint
                + contents[1] * weights.initial
                + contents[2] * weights.vacant
                + contents[3] * weights.private_bits[0];
            let mut z = [&w[..], &[dense]].concat();
            z[cell::PRIVATE_WEIGHT] = private.evaluate_words(&r);
            cell_relation(&fp, sigma).eval(&z) - cell_claim(&claims, sigma, &header)
        });
        assert_close(numerator(&ledger, part::SIGMA), in_sigma as f64);

        // A fingerprint has degree 1 in tau and this degree in gamma; a tuple is one factor of a product.
        let leaves = |fp: &Fingerprint| -> Vec<Fr> {
            let value = |leaf: lariat_jolt_core::operations::Leaf| {
                let mut relation = QuadraticRelation::new(col::num_columns(params));
                leaf.add_to(&mut relation, Fr::one());
                relation.eval(&z)
            };
            ops.iter().flat_map(|op| [value(op.read_leaf(fp)), value(op.write_leaf(fp))]).collect()
        };
        let most = |in_challenge: &dyn Fn(Fr) -> Fingerprint| {
            (0..2 * ops.len()).map(|k| degree(NUM_FIELDS + 9, |x| leaves(&in_challenge(x))[k])).max().unwrap()
        };
        assert_eq!(most(&|tau| Fingerprint::new(tau, gamma)), 1);
        assert_eq!(most(&|gamma| Fingerprint::new(tau, gamma)), NUM_FIELDS - 1);
    }
}

/// Shapes of every size, of few and of many cells.
fn shapes(params: Params) -> impl Iterator<Item = Shape> {
    (0..=28).flat_map(move |step_vars| {
        [step_vars.max(8), 20.max(step_vars + 3), 31].map(|cell_vars| Shape {
            step_vars,
            cell_vars,
            private_vars: 0,
            num_operations: operations(params).len(),
            num_step_columns: col::num_committed(params),
            product_argument: Products::Gkr,
        })
    })
}

/// The sum of all terms, written down in one line a part from the protocol's description.
#[test]
fn the_sum_is_that_of_the_formula() {
    for config in configurations() {
        for shape in shapes(config.params) {
            let columns = shape.all_columns();
            let pcs = schemes().setup(config.pcs, Workload { num_vars: &columns }).unwrap();
            let (n, m, k) = (shape.step_vars as f64, shape.cell_vars as f64, shape.num_operations as f64);
            let (end_steps, end_cells) = (n + k.log2().ceil(), m);
            // A layer: rounds of the larger product that has it, coefficients, and a line if either has a tree.
            let layer = |j: f64| {
                let steps = if j < end_steps { j.min(n) } else { 0.0 };
                let cells = if j < end_cells { j } else { 0.0 };
                2.0 * steps.max(cells) + 1.0 + if j < n.max(m) { 1.0 } else { 0.0 }
            };
            let clear = 2f64.min(n).min(m);
            let layers = (clear as usize..end_steps.max(end_cells) as usize).map(|j| layer(j as f64));
            let numerator = 46.0 * (k * n.exp2() + m.exp2() + 1.0)
                + clear
                + layers.sum::<f64>()
                + (n + m)
                + (2.0 * k + constraints(config.params, 0).len() as f64 - 1.0)
                + 7.0
                + (3.0 * n.max(m) + 1.0);
            let error = numerator / log_field().exp2()
                + (-pcs.security(&[&shape.private_batch(), &shape.witness_batch()]).proven).exp2();
            let ledger = SecurityLedger::new(&shape, config, pcs.as_ref());
            assert!((ledger.error().proven + error.log2()).abs() < 1e-6, "{shape:?}: {error}");
            let parts: f64 = ledger.by_part().iter().map(|(_, bits)| (-bits.proven).exp2()).sum();
            assert!((ledger.error().proven + parts.log2()).abs() < 1e-6);
        }
    }
}

/// Challenges of 128 bits in the multiset hash would leave less than is demanded; the ledger says so.
#[test]
fn rejects_short_challenges_in_the_multiset_hash() {
    let params = Params::M16;
    let fingerprints = |log_rows: usize, log_challenges: f64| {
        let shape = shapes(params).find(|s| s.step_vars == log_rows).unwrap();
        let terms = argument_terms(&shape, params, log_challenges);
        terms.iter().find(|t| t.part == part::FINGERPRINTS).unwrap().bits.proven
    };
    // More than 25 bits are lost at 2^20 rows, and at 2^24 less is left than a proof must have.
    assert!(fingerprints(20, 128.0) < 128.0 - 25.0);
    assert!(fingerprints(24, 128.0) < MIN_PROVEN_CURVES);
    assert!(fingerprints(24, log_field()) > 200.0);
}

/// The ledger counts on challenges from the whole field. Those of real proofs are: none of a hundred is short.
#[test]
fn rejects_short_challenges_in_proofs() {
    for config in configurations() {
        let (_, proven) = proof(config);
        let bits = |c: &Drawn| match c {
            Drawn::Scalar(c) => c.into_bigint().num_bits(),
            other => panic!("{other:?} is no challenge of the field"),
        };
        let drawn: Vec<u32> = proven.tape.0.iter().map(bits).collect();
        assert!(drawn.len() > 100);
        // A uniform one has fewer than 200 bits with probability 2^-53, and a quarter and more have all 254.
        assert!(drawn.iter().all(|&b| b >= 200), "{drawn:?}");
        assert!(drawn.iter().filter(|&&b| b == Fr::MODULUS_BIT_SIZE).count() * 8 > drawn.len());
    }
}

/// A list-decoding scheme multiplies the error of all that is above it by its list; it counts on no more than this.
#[test]
fn the_argument_is_within_what_list_decoding_schemes_charge_for_it() {
    for params in [Params::M16, Params::M8] {
        for shape in shapes(params) {
            let columns = shape.all_columns();
            let argument: f64 =
                argument_terms(&shape, params, log_field()).iter().map(|t| (log_field() - t.bits.proven).exp2()).sum();
            let pieces = batch::Shape::new(batch::piece_vars(&columns), &[&columns]);
            // Two for each variable of a stack of pieces.
            let above = argument + pieces.error_degree() as f64 + 2.0 * 32.0;
            assert!(above.log2() < 64.0, "{shape:?}");
        }
    }
}

#[test]
fn levels_name_what_limits_them() {
    for config in configurations() {
        let ledger = verified(config).0.security;
        let (proven, conjectured) = (ledger.proven(), ledger.conjectured());
        assert!(ledger.error().proven > 220.0);
        assert_eq!(proven.bits.total_cmp(&128.0), std::cmp::Ordering::Equal);
        assert!(proven.limit.contains(if config.hash.name() == "blake3" { "BLAKE3" } else { "Keccak-256" }));
        assert_eq!(conjectured.bits.total_cmp(&100.0), std::cmp::Ordering::Equal);
        assert!(conjectured.limit.contains("pairing"), "{}", conjectured.limit);
        assert!(ledger.problems.iter().any(|p| p.problem.contains("generic") && p.bits > 125.0));
        // With fewer bits in a term, that term is the limit.
        let mut worse = ledger.clone();
        worse.terms[0].bits.proven = 80.0;
        assert_eq!(worse.proven().limit, part::FINGERPRINTS);
        assert!(worse.proven().bits < 80.1);
    }
}
