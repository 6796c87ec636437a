//! The corpus of small programs for what the official ISA tests leave out: those that end are proven, those that are
//! refused have no proof, whatever an emulator says. `docs/isa-tests.md` lists them.

use crate::common::{NO_INPUT, nightly, prove_and_verify, run_traced, schemes, small};
use lariat_attack::{checker::Violations, forger::Forgery};
use lariat_emulator::{
    isa::{Format, Instruction, Opcode},
    machine::{TraceResult, TraceRow},
    memory_map::EXIT_CELL,
    test_util::{
        corpus::{CorpusProgram, Expected, Refusal, corpus},
        figure,
    },
};
use lariat_jolt_core::{Config, Exit, Params, Program, ProveError, VerifyError, prove_witness, verify, witness};
use std::collections::BTreeMap;

fn load(program: &CorpusProgram) -> Program {
    Program::from_elf(&program.elf()).unwrap()
}

/// Every program that ends, with tables of 2^8; every tenth entry, and all with `LARIAT_NIGHTLY=1`, with tables of 2^16
/// too.
#[test]
fn proves_the_corpus() {
    let (mut programs, mut proofs, mut rows) = (0, 0, 0);
    for (k, entry) in corpus().iter().filter(|entry| entry.ends()).enumerate() {
        for corpus_program in &entry.programs {
            let Expected::Ends { exit, output } = &corpus_program.expected else { continue };
            let program = load(corpus_program);
            let large = Config { params: Params::M16, ..Config::default() };
            let configs = [Some(small()), (nightly() || k % 10 == 0).then_some(large)];
            for config in configs.into_iter().flatten() {
                let statement = prove_and_verify(&program, config, NO_INPUT);
                assert_eq!((statement.exit, &statement.output), (*exit, output), "{}", entry.name);
                proofs += 1;
                rows += statement.rows;
            }
            programs += 1;
        }
    }
    println!("corpus: {programs} programs proven and verified, {proofs} proofs of {rows} rows, 0 differences");
    figure("corpus programs proven", programs).unwrap();
}

/// Registers before row `k`.
fn registers_before(program: &Program, rows: &[TraceRow]) -> [u32; 32] {
    let mut registers = [0; 32];
    registers[2] = lariat_emulator::memory_map::INITIAL_STACK_POINTER;
    for row in rows {
        let instruction = program.image().code[row.pc_index as usize];
        if instruction.op.has_rd() && instruction.rd != 0 {
            registers[usize::from(instruction.rd)] = row.rd_post;
        }
    }
    registers
}

/// The word at `address`, with `value` in its bytes from `address` on as far as they reach.
fn with_bytes(word: u32, address: u32, value: u32, width: u32) -> u32 {
    let shift = 8 * (address % 4);
    let mask = (u64::from(u32::MAX) >> (32 - 8 * width)) << shift;
    ((u64::from(word) & !mask) | ((u64::from(value) << shift) & mask)) as u32
}

/// What a machine that refuses nothing would do at the instruction, as a row; `memory` is what is there, zero where
/// nothing is.
fn lenient_row(
    index: u32,
    pc: u32,
    instruction: Instruction,
    registers: &[u32; 32],
    memory: impl Fn(u32) -> u32,
) -> TraceRow {
    let Instruction { op, rd, rs1, rs2, imm } = instruction;
    let of = |register: u8| registers[usize::from(register)];
    let mut row = TraceRow { pc_index: index, rs1: of(rs1), rs2: of(rs2), rd_pre: of(rd), ..TraceRow::default() };
    let address = row.rs1.wrapping_add_signed(imm);
    let width = match op {
        Opcode::Lb | Opcode::Lbu | Opcode::Sb => 1,
        Opcode::Lh | Opcode::Lhu | Opcode::Sh => 2,
        _ => 4,
    };
    match op.format() {
        Format::Load => {
            row.ram_addr = address & !3;
            row.ram_pre = memory(row.ram_addr);
            row.ram_post = row.ram_pre;
            let shifted = row.ram_pre >> (8 * (address % 4));
            row.rd_post = if width == 2 { shifted & 0xffff } else { shifted };
        }
        Format::Store => {
            row.ram_addr = address & !3;
            row.ram_pre = memory(row.ram_addr);
            row.ram_post = with_bytes(row.ram_pre, address, row.rs2, width);
        }
        Format::Jump | Format::JumpRegister => row.rd_post = pc.wrapping_add(4),
        _ if op == Opcode::Ecall => {
            (row.rs1, row.rs2) = (registers[17], registers[10]);
            (row.ram_addr, row.ram_post) = (EXIT_CELL, row.rs2);
        }
        _ => {}
    }
    row
}

/// Traces that an emulator without a check would hand to the prover: one that goes on behind the instruction at fault,
/// and one that calls it the end.
fn lenient_traces(refused: &CorpusProgram, pc: u32) -> Vec<TraceResult> {
    let program = load(refused);
    let Some(twin) = refused.without_the_fault() else { return Vec::new() };
    let honest = run_traced(&load(&twin), NO_INPUT);
    let index = pc.wrapping_sub(program.image().code_base) / 4;
    let at = honest.rows.iter().position(|row| row.pc_index == index).unwrap();
    let instruction = program.image().code[index as usize];
    let registers = registers_before(&program, &honest.rows[..at]);
    let memory = |address| honest.final_memory.word(address).unwrap_or(0);
    let mut goes_on = honest.clone();
    goes_on.rows[at] = lenient_row(index, pc, instruction, &registers, memory);
    let mut stops = goes_on.clone();
    stops.rows.truncate(at + 1);
    stops.run.steps = at as u64 + 1;
    vec![goes_on, stops]
}

/// The trace of a program that runs off its code, as if that were an end. The first two instructions are all there is.
fn run_off(refused: &CorpusProgram, some_trace: &TraceResult) -> TraceResult {
    let program = load(refused);
    assert_eq!(program.image().code.len(), 2);
    let mut trace = some_trace.clone();
    let rd_pre = lariat_emulator::memory_map::INITIAL_STACK_POINTER;
    trace.rows = vec![TraceRow { rd_pre, ..TraceRow::default() }, TraceRow { pc_index: 1, ..TraceRow::default() }];
    trace.run.steps = 2;
    trace.run.extents.heap_high = program.image().heap_start;
    trace
}

#[test]
fn rejects_what_the_emulator_refuses() {
    let mut some_trace = None;
    let (mut programs, mut attempts, mut verified) = (0, 0, 0);
    // How many attempts ended how, by the reason of the refusal.
    let mut outcomes: BTreeMap<(String, &str), u32> = BTreeMap::new();
    for entry in corpus().iter().filter(|entry| !entry.ends()) {
        for refused in &entry.programs {
            let Expected::Refused { pc, refusal } = refused.expected else { continue };
            let program = load(refused);
            // The prover as it is refuses too, and says why.
            let error = program.execute(NO_INPUT, 1000).unwrap_err();
            assert!(refusal.is(pc, &error), "{}: {error}", entry.name);

            let traces = match (refusal, &some_trace) {
                (Refusal::OutsideCode, Some(some)) => vec![run_off(refused, some)],
                _ => lenient_traces(refused, pc),
            };
            assert!(!traces.is_empty(), "{}", entry.name);
            for trace in &traces {
                attempts += 1;
                let outcome = match witness::build(&program, small(), NO_INPUT, trace) {
                    Err(ProveError::Uncovered { .. } | ProveError::NoInstruction { .. }) => "no row or cell",
                    Err(other) => panic!("{}: {other}", entry.name),
                    Ok(witness) => {
                        let satisfied = witness.check(&program).is_ok();
                        let proven = prove_witness(&program, witness, &schemes(), &mut |_| {}).unwrap();
                        let error = verify(&program, &proven.proof, &schemes()).expect_err(&entry.name);
                        verified += 1;
                        match (satisfied, error) {
                            (false, _) => "constraint",
                            (true, VerifyError::Multiset) => "memory",
                            (true, other) => panic!("{}: {other}", entry.name),
                        }
                    }
                };
                let reason = format!("{refusal:?}");
                let reason = reason.split([' ', '{']).next().unwrap_or_default().to_owned();
                *outcomes.entry((reason, outcome)).or_default() += 1;
            }
            some_trace.get_or_insert_with(|| traces[0].clone());
            programs += 1;
        }
    }
    for ((reason, outcome), count) in &outcomes {
        println!("  {reason}: {count} stopped by: {outcome}");
    }
    println!(
        "corpus: {programs} refused programs, {attempts} attempts without the refusal, {verified} of them proofs, \
         0 accepted"
    );
    assert!(verified > 50, "most attempts do not get as far as a proof: {verified}");
    figure("corpus programs refused", programs).unwrap();
}

/// A word that is no instruction has no row in the bytecode, so that not even a step that reads the row of `addi x0, x0,
/// 0` there balances: the last word of each family, and every one with `LARIAT_NIGHTLY=1`.
#[test]
fn rejects_a_step_on_a_word_that_is_no_instruction() {
    let mut forgeries = 0;
    for entry in corpus().iter().filter(|entry| !entry.ends()) {
        let illegal = |program: &&CorpusProgram| {
            matches!(program.expected, Expected::Refused { refusal: Refusal::Illegal { .. }, .. })
        };
        let words = entry.programs.iter().filter(illegal).rev();
        for refused in words.take(if nightly() { usize::MAX } else { 1 }) {
            let program = load(refused);
            let twin = load(&refused.without_the_fault().unwrap());
            let mut forgery = Forgery::honest(&twin, small(), NO_INPUT);
            forgery.header.program = program.digest();
            forgery.program = program;
            forgery.lay_out_again().rebalance();
            forgery.assert_rejected_for(&Violations::only_balance(&["bytecode"]), &schemes());
            forgeries += 1;
        }
    }
    println!("corpus: {forgeries} steps on words that are no instructions, 0 accepted");
    assert!(forgeries >= 10, "{forgeries}");
}

/// The attempts of the test above fail for the instruction at fault alone: without it, their traces are proven.
#[test]
fn proves_the_refused_programs_without_the_fault() {
    let mut proofs = 0;
    for entry in corpus().iter().filter(|entry| !entry.ends()) {
        // All programs of the entry differ in one word; one is enough.
        let Some(twin) = entry.programs[0].without_the_fault() else { continue };
        let statement = prove_and_verify(&load(&twin), small(), NO_INPUT);
        assert_eq!((statement.exit, statement.output.len()), (Exit::Halted { code: 0 }, 0), "{}", entry.name);
        proofs += 1;
    }
    println!("corpus: {proofs} refused programs proven without the instruction at fault");
}
