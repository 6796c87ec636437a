//! Parts that come from a run: kinds of columns, regions of cells, the log of a proof.

use crate::table;
use lariat_emulator::{
    image::{Image, Segment},
    isa::{Instruction, Opcode, encode},
    machine::trace,
};
use lariat_jolt_core::{
    Config, Inputs, MemoryConfig, Params, Program, ProveOptions,
    cells::{RamInit, RegionKind},
    prove, verify_with_log,
    witness::{self, Witness},
};
use lariat_subtables::table as subtable;
use lariat_transcript::{EventKind, PayloadKind};

/// A program from instructions at address `0x1_0000`.
pub fn program(code: &[Instruction]) -> Program {
    let words = code.iter().map(encode).collect();
    let segment = Segment { start: 0x1_0000, words, zeros: 0, writable: false, executable: true };
    Program::from_image(Image::from_segments(0x1_0000, vec![segment], &MemoryConfig::default()).unwrap())
}

/// Three instructions: exit with code 7.
pub fn smallest() -> Program {
    program(&[
        Instruction::i_type(Opcode::Addi, 10, 0, 7),
        Instruction::i_type(Opcode::Addi, 17, 0, 93),
        Instruction::system(Opcode::Ecall),
    ])
}

/// The witness of [`smallest`].
pub fn witness(params: Params) -> Witness {
    let program = smallest();
    let inputs = Inputs { public: &[], private: &[] };
    let trace = trace(program.image(), inputs, 10).unwrap();
    witness::build(&program, Config { params, ..Config::default() }, inputs, &trace).unwrap()
}

/// Regions of cells of the smallest program.
pub fn regions() -> String {
    let layout = witness(Params::M16).layout;
    let rows = layout.regions.iter().map(|r| {
        let what = match r.kind {
            RegionKind::RangeTs => "timestamp distances".into(),
            RegionKind::Table(id) => format!("table `{}`", subtable(id, Params::M16).name()),
            RegionKind::Registers => "registers".into(),
            RegionKind::Bytecode => "bytecode".into(),
            RegionKind::VirtualBytecode => "virtual bytecode".into(),
            RegionKind::PrivateBits => "bits of the last private word".into(),
            RegionKind::Ram { start, writable, init } => format!(
                "RAM from {:#010x}, {}, {}",
                4 * start,
                if writable { "writable" } else { "read-only" },
                match init {
                    RamInit::Zero => "zero",
                    RamInit::Segment(_) => "image",
                    RamInit::Input => "public input",
                    RamInit::Private => "private input",
                }
            ),
        };
        [r.base.to_string(), format!("2^{}", r.log_size), r.len.to_string(), what]
    });
    format!("{} variables.\n\n{}", layout.num_vars, table(&["first cell", "block", "cells in use", "what"], rows))
}

/// The log of a proof of the smallest program, repetitions folded.
pub fn events() -> String {
    let program = smallest();
    let proven = prove(
        &program,
        Inputs { public: &[], private: &[] },
        &ProveOptions::default(),
        &lariat_jolt_core::Schemes::new().with(lariat_hyrax::SCHEME),
        &mut |_| {},
    )
    .unwrap();
    let (_, log) =
        verify_with_log(&program, &proven.proof, &lariat_jolt_core::Schemes::new().with(lariat_hyrax::SCHEME)).unwrap();
    assert!(log == proven.log, "prover and verifier disagree on the log");
    let lines: Vec<(String, usize)> = log
        .events()
        .iter()
        .map(|e| {
            let payload = match e.payload {
                PayloadKind::None => "",
                PayloadKind::Bytes => "bytes",
                PayloadKind::Scalars => "scalars",
                PayloadKind::Points => "points",
                PayloadKind::Indices => "indices",
                PayloadKind::Digest => "digest",
            };
            let line = match e.kind {
                EventKind::Section => format!("== {} ==", e.label),
                EventKind::Bind => format!("bind       {}: {} {payload}", e.label, e.count),
                EventKind::Public => format!("public     {}: {} {payload}", e.label, e.count),
                EventKind::Message => format!("message    {}: {} {payload}", e.label, e.count),
                EventKind::Challenge => format!("challenge  {}: {} {payload}", e.label, e.count),
            };
            (line, e.num_bytes)
        })
        .collect();
    let mut out = format!(
        "{} rows, {} bytes: {} of header, {} of messages.\n\n```text\n",
        proven.header.steps,
        proven.proof.len(),
        proven.header.to_bytes().len(),
        proven.proof.len() - proven.header.to_bytes().len()
    );
    let mut i = 0;
    while i < lines.len() {
        let block = [lines.get(i), lines.get(i + 1)];
        let repeats = lines[i..].chunks(2).take_while(|c| c.len() == 2 && [c.first(), c.get(1)] == block).count();
        let (fold, width) = if repeats > 1 { (repeats, 2) } else { (1, 1) };
        for (line, bytes) in &lines[i..i + width] {
            let times = if fold > 1 { format!("  x {fold}") } else { String::new() };
            let size = if *bytes > 0 { format!("  [{} bytes]", bytes * fold) } else { String::new() };
            out += &format!("{line}{times}{size}\n");
        }
        i += width * fold;
    }
    out + "```\n"
}
