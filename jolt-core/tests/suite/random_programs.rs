//! Random programs: the emulator, `qemu-riscv32` and the statement of a verified proof agree on every register and word.
//!
//! The programs are those of `emulator/tests/qemu.rs`, by the same seeds.

use crate::common::{NO_INPUT, nightly, run_traced, schemes, small};
use lariat_emulator::test_util::{Qemu, RandomProgramConfig, figure, random_program};
use lariat_jolt_core::{Config, Exit, Program, prove_witness, verify, witness};
use std::time::Instant;

const FIRST_SEED: u64 = 0x1a71_a700;

/// Programs on every change.
const ALWAYS: u64 = 24;

/// Instructions that are proven with `LARIAT_NIGHTLY=1`, at least.
const NIGHTLY: u64 = 1_000_000;

/// Of a few hundred instructions.
const SHORT: RandomProgramConfig = RandomProgramConfig { body_items: 50, scratch_words: 8, max_loop_rounds: 4 };

/// Of ten thousands of instructions.
const LONG: RandomProgramConfig = RandomProgramConfig { body_items: 2000, scratch_words: 256, max_loop_rounds: 20 };

#[test]
fn proves_random_programs_that_agree_with_qemu() {
    let qemu = Qemu::find(env!("CARGO_TARGET_TMPDIR"), "proven-random-program").unwrap();
    let start = Instant::now();
    let (mut programs, mut compared, mut instructions, mut rows) = (0, 0, 0, 0);
    while if nightly() { instructions < NIGHTLY } else { programs < ALWAYS } {
        let seed = FIRST_SEED + programs;
        let (size, config) = match (nightly(), programs % 4) {
            (true, 1..) => (LONG, if programs.is_multiple_of(2) { small() } else { Config::default() }),
            (false, 3) => (RandomProgramConfig::default(), small()),
            _ => (SHORT, small()),
        };
        let random = random_program(seed, &size);
        let program = Program::from_elf(&random.elf()).unwrap();
        let trace = run_traced(&program, NO_INPUT);
        let run = trace.run.clone();
        assert_eq!(run.exit, Exit::Halted { code: 0 }, "seed {seed:#x}");
        assert_eq!(run.output.len(), random.dump_bytes() as usize, "seed {seed:#x}");
        if let Some(qemu) = &qemu {
            assert_eq!(run.output, qemu.run(&random.linux_elf()).unwrap(), "seed {seed:#x}: ours and qemu's differ");
            compared += 1;
        }

        let witness = witness::build(&program, config, NO_INPUT, &trace).unwrap();
        witness.check(&program).unwrap_or_else(|error| panic!("seed {seed:#x}: {error}"));
        let proven = prove_witness(&program, witness, &schemes(), &mut |_| {}).unwrap();
        let statement = verify(&program, &proven.proof, &schemes()).unwrap();
        assert_eq!((statement.exit, &statement.output), (run.exit, &run.output), "seed {seed:#x}");
        assert_eq!((statement.program_digest, statement.rows), (program.digest(), proven.header.steps));
        assert!(statement.rows >= run.steps, "a row for each instruction");
        programs += 1;
        instructions += run.steps;
        rows += statement.rows;
    }
    println!(
        "random programs: {programs} from seed {FIRST_SEED:#x}, {instructions} instructions executed and proven in \
         {rows} rows, {compared} programs compared with qemu, 0 differences, {:.0} s",
        start.elapsed().as_secs_f64()
    );
    if compared == programs {
        figure("random instructions proven and compared with QEMU", instructions).unwrap();
    }
}
