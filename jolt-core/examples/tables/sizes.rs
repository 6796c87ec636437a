//! Sizes of the constraint system and of proofs, and the error terms of the argument.

use crate::{instructions::every_instruction, run, table};
use ark_ff::PrimeField;
use lariat_algebra::{Fr, column::ColumnData};
use lariat_emulator::memory_map::{OUTPUT_START, STACK_TOP};
use lariat_jolt_core::{
    Config, Header, Params, Program, SetupId,
    cells::CellLayout,
    columns as col,
    constraints::constraints,
    operations::{Fingerprint, NUM_FIELDS, operations},
    protocol::{NUM_CELL_COLUMNS, NUM_GROUPS, Shape, step_relation},
};
use lariat_pcs::Workload;
use lariat_subtables::decompose::{Flag, num_operand_chunks, num_range_chunks, num_slots, operand_bits};
use lariat_sumcheck::{
    grand_product::{dense_message_scalars, sparse_message_scalars},
    quadratic::QuadraticRelation,
};
use lariat_transcript::encoding::SCALAR_BYTES;

fn relation(params: Params) -> QuadraticRelation {
    let fp = Fingerprint::new(Fr::from(3u64), Fr::from(5u64));
    step_relation(params, 0, &operations(params), &fp, Fr::from(7u64))
}

/// Widths of the committed columns over steps, in bits, summed.
fn committed_bits(params: Params) -> usize {
    let witness = run::witness(params);
    let width = |data: &ColumnData| match data {
        ColumnData::Bool(_) => 1,
        ColumnData::U8(_) => 8,
        ColumnData::U16(_) => 16,
        ColumnData::U32(_) | ColumnData::I32(_) => 32,
        ColumnData::U64(_) => 64,
        ColumnData::Field(_) | ColumnData::Sparse(_) => panic!("columns over steps hold small integers"),
    };
    witness.columns.iter().take(col::num_committed(params)).map(|c| width(c.data())).sum()
}

/// What the chunking decides.
pub fn parameters() -> String {
    let line = |what: &str, f: &dyn Fn(Params) -> usize| {
        [what.to_string(), f(Params::M16).to_string(), f(Params::M8).to_string()]
    };
    let rows = [
        line("`log M`", &|p| p.log_m()),
        line("`b`: bits of an operand chunk", &operand_bits),
        line("`C`: operand chunks of a word", &num_operand_chunks),
        line("`R`: range chunks of a word, of `log M` bits each", &num_range_chunks),
        line("lookup slots of a row", &num_slots),
        line("flags", &|_| Flag::COUNT),
        line("committed columns over steps", &col::num_committed),
        line("committed columns over cells", &|_| NUM_CELL_COLUMNS),
        line("memory operations of a row", &|p| operations(p).len()),
        line("constraints of a row", &|p| constraints(p, 0).len()),
        line("product terms of the step relation", &|p| relation(p).products.len()),
        line("bits of all committed columns over steps, a row", &committed_bits),
    ];
    table(&["", "`log M = 16`", "`log M = 8`"], rows)
}

/// A header for `steps` rows of a program: one page of stack, no heap, no input.
fn header(program: &Program, params: Params, steps: u64) -> Header {
    Header {
        config: Config { params, ..Config::default() },
        setup: SetupId::UNKNOWN,
        program: program.digest(),
        steps,
        heap_high: program.image().heap_start,
        stack_low: STACK_TOP - 4096,
        output_high: OUTPUT_START + 4096,
        private_bytes: 0,
        exit_code: 0,
        panic_word: 0,
        input: Vec::new(),
        output_words: vec![0],
    }
}

fn shape(program: &Program, params: Params, steps: u64) -> (Header, Shape) {
    let header = header(program, params, steps);
    header.check(program.image()).unwrap();
    let layout = CellLayout::new(params, program.image(), program.bytecode(), &header);
    let shape = Shape::new(params, &header, &layout);
    (header, shape)
}

fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(d);
    }
    out
}

/// Bytes of a proof by part.
pub fn proof_bytes() -> String {
    let program = every_instruction();
    let mut rows = Vec::new();
    for log_rows in (10..=24).step_by(2) {
        let mut line = vec![format!("2^{log_rows}")];
        let (header, shape) = shape(&program, Params::M16, 1 << log_rows);
        let pcs = lariat_jolt_core::Schemes::new()
            .with(lariat_hyrax::SCHEME)
            .setup(header.config.pcs, Workload { num_vars: &shape.all_columns() })
            .unwrap();
        let (private, witness) = (shape.private_batch(), shape.witness_batch());
        let parts = [
            header.to_bytes().len(),
            pcs.commitment_bytes(&private) + pcs.commitment_bytes(&witness),
            SCALAR_BYTES * dense_message_scalars(shape.step_vars, NUM_GROUPS, shape.num_operations),
            SCALAR_BYTES * sparse_message_scalars(shape.cell_vars, NUM_GROUPS),
            SCALAR_BYTES * 3 * shape.point_len(),
            SCALAR_BYTES * shape.all_columns().len(),
            pcs.opening_bytes(&[&private, &witness], shape.point_len()),
        ];
        let total: usize = parts.iter().sum();
        assert_eq!(total, header.to_bytes().len() + shape.proof_bytes(pcs.as_ref()));
        line.push(format!("2^{}", shape.cell_vars));
        line.extend(parts.map(grouped));
        line.push(grouped(total));
        rows.push(line);
    }
    table(
        &[
            "rows",
            "cells",
            "header",
            "commitments",
            "step products",
            "cell products",
            "main",
            "evaluations",
            "opening",
            "total",
        ],
        rows,
    )
}

/// Error terms, as `log2` of numerator over `|F|`.
pub fn error_terms() -> String {
    let log_field = Fr::MODULUS.0.iter().rev().fold(0f64, |acc, &limb| acc * 2f64.powi(64) + limb as f64).log2();
    let program = every_instruction();
    let terms = |log_rows: usize| -> Vec<(&'static str, String, f64)> {
        let steps = 1u64 << log_rows;
        let (_, s) = shape(&program, Params::M16, steps);
        let (n, m, ops) = (s.step_vars as f64, s.cell_vars as f64, s.num_operations as f64);
        let rows_of_constraints = constraints(Params::M16, 0).len() as f64;
        let groups = NUM_GROUPS as f64;
        let tuples = ops * steps as f64 + 2f64.powi(s.cell_vars as i32) + 1.0;
        let tree = |vars: usize| (0..vars).map(|k| 3.0 * k as f64 + groups + 1.0).sum::<f64>();
        let mut slots = 0.0;
        let mut below = s.num_operations;
        while below > 1 {
            below = below.div_ceil(2);
            slots += 3.0 * n + groups * below as f64 + 1.0;
        }
        let columns = s.all_columns();
        let pcs = lariat_jolt_core::Schemes::new()
            .with(lariat_hyrax::SCHEME)
            .setup(header(&program, Params::M16, steps).config.pcs, Workload { num_vars: &columns })
            .unwrap();
        let opening = 2f64.powf(log_field - pcs.security(&[&s.private_batch(), &s.witness_batch()]).proven);
        vec![
            (
                "fingerprints `tau`, `gamma`",
                format!("{} · (operations · rows + cells + 1)", NUM_FIELDS - 1),
                (NUM_FIELDS - 1) as f64 * tuples,
            ),
            ("grand product over steps", "sum over levels (3k + polynomials + 1)".into(), tree(s.step_vars) + slots),
            ("grand product over cells", "the same".into(), tree(s.cell_vars)),
            ("point of the zero checks", "step variables + cell variables".into(), n + m),
            ("`rho`", "2 · operations + constraints − 1".into(), 2.0 * ops + rows_of_constraints - 1.0),
            ("`sigma`", "5".into(), 5.0),
            ("main sumcheck", "3 · point length + 2".into(), 3.0 * s.point_len() as f64 + 2.0),
            ("opening (Hyrax)", "columns + classes".into(), opening),
        ]
    };
    let (small, large) = (terms(18), terms(24));
    let bits = |x: f64| format!("2^−{:.1}", log_field - x.log2());
    let mut rows: Vec<[String; 4]> =
        small.iter().zip(&large).map(|(a, b)| [a.0.to_string(), a.1.clone(), bits(a.2), bits(b.2)]).collect();
    let total = |t: &[(&str, String, f64)]| bits(t.iter().map(|x| x.2).sum());
    rows.push(["**sum**".into(), String::new(), format!("**{}**", total(&small)), format!("**{}**", total(&large))]);
    format!(
        "`|F|` is 2^{log_field:.1}.\n\n{}",
        table(&["challenge or part", "numerator over `|F|`", "2^18 rows", "2^24 rows"], rows)
    )
}
