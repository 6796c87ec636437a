//! The official architectural tests have the signatures that `qemu-riscv32` gives them, and that they themselves name.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use lariat_emulator::image::Image;
use lariat_emulator::isa::Opcode;
use lariat_emulator::machine::{Exit, Inputs, run};
use lariat_emulator::memory_map::MemoryConfig;
use lariat_emulator::test_util::{ArchTest, Qemu, arch_tests, figure};

const MAX_STEPS: u64 = 1_000_000;

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect()
}

fn load(test: &ArchTest) -> Image {
    Image::from_elf(&test.elf, &MemoryConfig::default()).unwrap_or_else(|error| panic!("{}: {error}", test.name))
}

/// What the test says that its first results are.
fn expected(image: &Image) -> Vec<u32> {
    let named = image.segments.iter().find(|segment| !segment.writable && !segment.executable);
    named.map(|segment| segment.words.clone()).unwrap_or_default()
}

#[test]
fn signatures_agree_with_the_reference_model_and_the_tests() {
    let Some(tests) = arch_tests().unwrap() else { return };
    let Some(qemu) = Qemu::find(env!("CARGO_TARGET_TMPDIR"), "arch-test").unwrap() else { return };
    let (mut steps, mut results, mut named) = (0, 0, 0);
    for test in &tests {
        let image = load(test);
        let ours = run(&image, Inputs::default(), MAX_STEPS).unwrap_or_else(|error| panic!("{}: {error}", test.name));
        assert_eq!(ours.exit, Exit::Halted { code: 0 }, "{}", test.name);
        let signature = words(&ours.output);
        assert_eq!(signature, words(&qemu.run(&test.linux_elf).unwrap()), "{}", test.name);
        let expected = expected(&image);
        assert_eq!(signature.get(..expected.len()), Some(&expected[..]), "{}", test.name);
        steps += ours.steps;
        results += signature.len();
        named += expected.len();
    }
    println!(
        "architectural tests: {} programs, {steps} instructions, {results} words of signatures agree with qemu, {named} \
         of them named by the tests",
        tests.len()
    );
    figure("architectural tests run", tests.len() as u64).unwrap();
}

/// Another operation in place of the tested one changes the signature.
#[test]
fn a_wrong_operation_changes_the_signature() {
    let Some(tests) = arch_tests().unwrap() else { return };
    let swaps = [
        ("add-01", Opcode::Add, Opcode::Sub),
        ("xori-01", Opcode::Xori, Opcode::Ori),
        ("sra-01", Opcode::Sra, Opcode::Srl),
        ("bltu-01", Opcode::Bltu, Opcode::Blt),
        ("lb-align-01", Opcode::Lb, Opcode::Lbu),
        ("sh-align-01", Opcode::Sh, Opcode::Sb),
        ("mulhsu-01", Opcode::Mulhsu, Opcode::Mulh),
        ("rem-01", Opcode::Rem, Opcode::Remu),
    ];
    for (name, from, to) in swaps {
        let test = tests.iter().find(|test| test.name == name).unwrap();
        let mut image = load(test);
        let right = run(&image, Inputs::default(), MAX_STEPS).unwrap();
        for instruction in image.code.iter_mut().filter(|instruction| instruction.op == from) {
            instruction.op = to;
        }
        let wrong = run(&image, Inputs::default(), MAX_STEPS);
        assert_ne!(wrong.map(|run| run.output), Ok(right.output), "{name} with {to}");
    }
}
