//! Emulator throughput on one core, with and without a trace.
//!
//! ```text
//! cargo run --release -p lariat-emulator --example throughput [million steps]
//! ```
//!
//! Workloads: `fibonacci` is an addition loop of 5 instructions without memory; `mixed` touches arrays on heap and stack
//! at all widths, multiplies, divides, shifts, calls and branches on data, about 30 instructions a round; `globals` loads and stores
//! in a data segment that shares its page with the heap.

#![allow(clippy::print_stdout, reason = "prints its measurements")]

use std::error::Error;
use std::time::Instant;

use lariat_emulator::image::{Image, Segment};
use lariat_emulator::isa::{Instruction, Opcode};
use lariat_emulator::machine::{Inputs, run, trace};
use lariat_emulator::memory_map::MemoryConfig;
use lariat_emulator::test_util::Assembler;

const TEXT: u32 = 0x0001_0000;
const DATA: u32 = 0x0010_0000;
const HEAP: u32 = 0x0020_0000;
const REPETITIONS: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let million_steps: u64 = std::env::args().nth(1).map_or(Ok(20), |argument| argument.parse())?;
    println!("{:<10} {:>12} {:>14} {:>16}", "workload", "steps", "run M instr/s", "trace M rows/s");
    for (name, build, per_round) in
        [("fibonacci", fibonacci as fn(u32) -> Assembler, 5), ("mixed", mixed, 30), ("globals", globals, 8)]
    {
        let rounds = (million_steps * 1_000_000 / per_round) as u32;
        let text =
            Segment { start: TEXT, words: build(rounds).assemble(), zeros: 0, writable: false, executable: true };
        let data = Segment { start: DATA, words: vec![1; 64], zeros: 0, writable: true, executable: false };
        let image = Image::from_segments(TEXT, vec![text, data], &MemoryConfig::default())?;
        let mut steps = 0;
        let run_rate = best_rate(|| {
            steps = run(&image, Inputs::default(), u64::MAX)?.steps;
            Ok(steps)
        })?;
        let trace_rate = best_rate(|| Ok(trace(&image, Inputs::default(), u64::MAX)?.run.steps))?;
        println!("{name:<10} {steps:>12} {run_rate:>14.1} {trace_rate:>16.1}");
    }
    Ok(())
}

/// Million steps a second of the fastest repetition.
fn best_rate(mut run: impl FnMut() -> Result<u64, Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut best: f64 = 0.0;
    for _ in 0..REPETITIONS {
        let start = Instant::now();
        let steps = run()?;
        best = best.max(steps as f64 / start.elapsed().as_secs_f64() / 1e6);
    }
    Ok(best)
}

fn fibonacci(rounds: u32) -> Assembler {
    let mut assembler = Assembler::new(TEXT);
    assembler.load_constant(5, 0).load_constant(6, 1).load_constant(8, rounds);
    let next = assembler.label_here();
    assembler
        .push(Instruction::r_type(Opcode::Add, 7, 5, 6))
        .push(Instruction::i_type(Opcode::Addi, 5, 6, 0))
        .push(Instruction::i_type(Opcode::Addi, 6, 7, 0))
        .push(Instruction::i_type(Opcode::Addi, 8, 8, -1))
        .branch(Opcode::Bne, 8, 0, next)
        .exit(0);
    assembler
}

fn mixed(rounds: u32) -> Assembler {
    let mut assembler = Assembler::new(TEXT);
    let (function, start, odd) = (assembler.label(), assembler.label(), assembler.label());
    assembler.jal(0, start);
    // x10 = mix(x10), with a stack frame.
    assembler
        .bind(function)
        .push(Instruction::i_type(Opcode::Addi, 2, 2, -16))
        .push(Instruction::store(Opcode::Sw, 1, 2, 12))
        .push(Instruction::r_type(Opcode::Mul, 10, 10, 9))
        .push(Instruction::i_type(Opcode::Srli, 11, 10, 15))
        .push(Instruction::r_type(Opcode::Xor, 10, 10, 11))
        .push(Instruction::r_type(Opcode::Mulhu, 11, 10, 9))
        .push(Instruction::r_type(Opcode::Add, 10, 10, 11))
        .push(Instruction::load(Opcode::Lw, 1, 2, 12))
        .push(Instruction::i_type(Opcode::Addi, 2, 2, 16))
        .push(Instruction::i_type(Opcode::Jalr, 0, 1, 0));
    assembler.bind(start).load_constant(5, HEAP).load_constant(8, rounds).load_constant(9, 0x9e37_79b1);
    assembler.load_constant(12, 0x7_fffc);
    let next = assembler.label_here();
    assembler
        .push(Instruction::i_type(Opcode::Addi, 10, 8, 0))
        .jal(1, function)
        .push(Instruction::r_type(Opcode::And, 13, 10, 12))
        .push(Instruction::r_type(Opcode::Add, 13, 13, 5))
        .push(Instruction::load(Opcode::Lw, 14, 13, 0))
        .push(Instruction::r_type(Opcode::Add, 14, 14, 10))
        .push(Instruction::store(Opcode::Sw, 14, 13, 0))
        .push(Instruction::load(Opcode::Lbu, 15, 13, 3))
        .push(Instruction::store(Opcode::Sh, 15, 13, 2))
        .push(Instruction::i_type(Opcode::Andi, 16, 10, 1))
        .branch(Opcode::Bne, 16, 0, odd)
        .push(Instruction::r_type(Opcode::Remu, 14, 14, 9))
        .push(Instruction::r_type(Opcode::Sltu, 15, 14, 10))
        .bind(odd)
        .push(Instruction::r_type(Opcode::Sll, 15, 15, 10))
        .push(Instruction::r_type(Opcode::Or, 14, 14, 15))
        .push(Instruction::r_type(Opcode::Sub, 17, 14, 15))
        .push(Instruction::i_type(Opcode::Srai, 17, 17, 3))
        .push(Instruction::i_type(Opcode::Addi, 8, 8, -1))
        .branch(Opcode::Bne, 8, 0, next)
        .exit(0);
    assembler
}

fn globals(rounds: u32) -> Assembler {
    let mut assembler = Assembler::new(TEXT);
    assembler.load_constant(5, DATA).load_constant(8, rounds);
    let next = assembler.label_here();
    assembler
        .push(Instruction::load(Opcode::Lw, 6, 5, 0))
        .push(Instruction::load(Opcode::Lw, 7, 5, 40))
        .push(Instruction::r_type(Opcode::Add, 6, 6, 7))
        .push(Instruction::store(Opcode::Sw, 6, 5, 0))
        .push(Instruction::load(Opcode::Lhu, 9, 5, 2))
        .push(Instruction::store(Opcode::Sb, 9, 5, 41))
        .push(Instruction::i_type(Opcode::Addi, 8, 8, -1))
        .branch(Opcode::Bne, 8, 0, next)
        .exit(0);
    assembler
}
