//! Sizes of the constraint system and of proofs, and the error terms of the argument.

use crate::{instructions::every_instruction, run, table};
use lariat_algebra::{Fr, column::ColumnData};
use lariat_emulator::memory_map::{OUTPUT_START, STACK_TOP};
use lariat_jolt_core::{
    Config, Header, Params, Program, SecurityLedger, SetupId,
    cells::CellLayout,
    columns as col,
    constraints::constraints,
    operations::{Fingerprint, operations},
    protocol::{NUM_CELL_COLUMNS, Shape, step_relation},
    security::log_field,
};
use lariat_pcs::Workload;
use lariat_subtables::decompose::{Flag, num_operand_chunks, num_range_chunks, num_slots, operand_bits};
use lariat_sumcheck::{ledger::bits_bytes, quadratic::QuadraticRelation};
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
        let batches = shape.batches();
        let batches: Vec<_> = batches.iter().map(|batch| pcs.full_batch(batch)).collect();
        let parts = [
            header.to_bytes().len(),
            batches.iter().map(|&batch| pcs.commitment_bytes(batch)).sum(),
            SCALAR_BYTES * shape.product_scalars(),
            SCALAR_BYTES * 3 * shape.point_len(),
            bits_bytes(shape.all_columns().len()) + SCALAR_BYTES * shape.all_columns().len(),
            pcs.opening_bytes(&batches, shape.point_len()),
        ];
        let total: usize = parts.iter().sum();
        assert_eq!(total, header.to_bytes().len() + shape.most_proof_bytes(pcs.as_ref()));
        line.push(format!("2^{}", shape.cell_vars));
        line.extend(parts.map(grouped));
        line.push(grouped(total));
        rows.push(line);
    }
    table(&["rows", "cells", "header", "commitments", "products", "main", "evaluations", "opening", "total"], rows)
}

/// The security ledger of proofs under Hyrax, part by part.
pub fn error_terms() -> String {
    let program = every_instruction();
    let ledger = |log_rows: usize| {
        let (header, shape) = shape(&program, Params::M16, 1 << log_rows);
        let pcs = lariat_jolt_core::Schemes::new()
            .with(lariat_hyrax::SCHEME)
            .setup(header.config.pcs, Workload { num_vars: &shape.all_columns() })
            .unwrap();
        SecurityLedger::new(&shape, header.config, pcs.as_ref())
    };
    let (small, large) = (ledger(18), ledger(24));
    let terms = &small.terms;
    let bits = |proven: f64| format!("2^−{proven:.1}");
    let mut rows: Vec<[String; 4]> = small
        .by_part()
        .into_iter()
        .zip(large.by_part())
        .map(|((part, small), (_, large))| {
            let mut numerators: Vec<&str> = terms.iter().filter(|t| t.part == part).map(|t| t.numerator).collect();
            numerators.dedup();
            // Terms of the scheme have no numerators of their own.
            let (name, numerator) = if numerators == [""] {
                (format!("{part} (Hyrax)"), "columns + row variables + 1".to_owned())
            } else {
                (part.to_owned(), numerators.join(" + "))
            };
            [name, numerator.replace('-', "−"), bits(small.proven), bits(large.proven)]
        })
        .collect();
    let total = |ledger: &SecurityLedger| format!("**{}**", bits(ledger.error().proven));
    rows.push(["**sum**".into(), String::new(), total(&small), total(&large)]);
    format!(
        "`|F|` is 2^{:.1}.\n\n{}",
        log_field(),
        table(&["challenge or part", "numerator over `|F|`", "2^18 rows", "2^24 rows"], rows)
    )
}
