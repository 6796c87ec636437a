//! The official ISA tests run and pass, and a damaged one fails.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use lariat_emulator::image::Image;
use lariat_emulator::isa::Opcode;
use lariat_emulator::machine::{ExecError, Exit, Inputs, RunResult, run, trace};
use lariat_emulator::memory_map::MemoryConfig;
use lariat_emulator::test_util::{patch_exit, riscv_tests};

const MAX_STEPS: u64 = 100_000;

fn load(elf: &[u8]) -> Image {
    let mut image = Image::from_elf(elf, &MemoryConfig::default()).unwrap();
    patch_exit(&mut image).unwrap();
    image
}

fn passes(result: &Result<RunResult, ExecError>) -> bool {
    result.as_ref().is_ok_and(|run| run.exit == Exit::Halted { code: 0 })
}

#[test]
fn all_official_tests_pass() {
    let tests = riscv_tests().unwrap();
    let mut steps = 0;
    for (name, elf) in &tests {
        let image = load(elf);
        let result = run(&image, Inputs::default(), MAX_STEPS);
        assert!(passes(&result), "{name}: {result:?}");
        let traced = trace(&image, Inputs::default(), MAX_STEPS).unwrap();
        assert_eq!(result.as_ref(), Ok(&traced.run), "{name}");
        assert_eq!(traced.final_registers[5], 0, "{name}: t0");
        steps += traced.run.steps;
    }
    println!("official tests: {0} of {0} run and pass, {steps} instructions", tests.len());
}

/// Replaces every instance of one opcode by another, and expects the test of that opcode to fail.
#[test]
fn a_wrong_operation_fails_its_test() {
    let swaps = [
        ("add", Opcode::Add, Opcode::Sub),
        ("xor", Opcode::Xor, Opcode::Or),
        ("sra", Opcode::Sra, Opcode::Srl),
        ("sltu", Opcode::Sltu, Opcode::Slt),
        ("blt", Opcode::Blt, Opcode::Bltu),
        ("bgeu", Opcode::Bgeu, Opcode::Bge),
        ("lb", Opcode::Lb, Opcode::Lbu),
        ("lhu", Opcode::Lhu, Opcode::Lh),
        ("sh", Opcode::Sh, Opcode::Sb),
        ("mulh", Opcode::Mulh, Opcode::Mulhu),
        ("mulhsu", Opcode::Mulhsu, Opcode::Mulh),
        ("div", Opcode::Div, Opcode::Divu),
        ("rem", Opcode::Rem, Opcode::Remu),
    ];
    let tests = riscv_tests().unwrap();
    for (name, from, to) in swaps {
        let (_, elf) = tests.iter().find(|(test, _)| test == name).unwrap();
        let mut image = load(elf);
        for instruction in image.code.iter_mut() {
            if instruction.op == from {
                instruction.op = to;
            }
        }
        let result = run(&image, Inputs::default(), MAX_STEPS);
        assert!(!passes(&result), "{name} passes with {to} in place of {from}");
        // A failed test ends at `unimp`, with the number of the failed case in t6.
        assert!(
            matches!(result, Err(ExecError::IllegalInstruction { word: 0xc000_1073, .. })),
            "{name} with {to}: {result:?}"
        );
    }
}

#[test]
fn the_exit_patch_changes_only_the_last_ecall() {
    let tests = riscv_tests().unwrap();
    let (_, elf) = tests.iter().find(|(name, _)| name == "sw").unwrap();
    let before = Image::from_elf(elf, &MemoryConfig::default()).unwrap();
    let after = load(elf);
    assert_eq!(after.code.len(), before.code.len() + 2);
    let changed: Vec<_> = (0..before.code.len()).filter(|&i| before.code[i] != after.code[i]).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(before.code[changed[0]].op, Opcode::Ecall);
    assert_eq!(after.code[changed[0]].op, Opcode::Jal);
    assert_eq!((before.entry, &before.symbols), (after.entry, &after.symbols));
    let unpatched = run(&before, Inputs::default(), MAX_STEPS);
    assert!(matches!(unpatched, Err(ExecError::UnsupportedEcall { number: 0, .. })), "{unpatched:?}");
}
