//! What `verify` can demand of a run's end, and sizes of memory, which are part of the program.

use crate::support::{Outcome, elf, folder, hex, lariat, shared_proof, text};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    test_util::{Assembler, ElfBuilder},
};
use std::{fs, path::Path};

const CODE: u32 = 0x0001_0000;

/// Appends the exit `ecall` with this code.
fn exit(code: i32, asm: &mut Assembler) {
    asm.push(Instruction::i_type(Opcode::Addi, 10, 0, code));
    asm.push(Instruction::i_type(Opcode::Addi, 17, 0, 93));
    asm.push(Instruction::system(Opcode::Ecall));
}

/// Writes a program.
fn program(path: &Path, build: impl FnOnce(&mut Assembler)) -> String {
    let mut asm = Assembler::new(CODE);
    build(&mut asm);
    fs::write(path, ElfBuilder::from_code(CODE, &asm.assemble()).build()).unwrap();
    text(path)
}

fn prove(program: &str, proof: &str, options: &[&str]) {
    lariat(&[&["prove", program, "-o", proof, "--log-m", "8"], options].concat()).ok();
}

fn rejected(kind: &str, args: &[&str], parts: &[&str]) -> Outcome {
    let outcome = lariat(&[&["verify", "--json"], args].concat()).refused(parts);
    let verdict = outcome.json();
    assert_eq!((&verdict["ok"], &verdict["error_kind"]), (&false.into(), &kind.into()), "{verdict}");
    assert!(verdict["exit_code"].is_null() && verdict["panicked"].is_null(), "{verdict}");
    outcome
}

#[test]
fn rejects_another_end_than_the_one_demanded() {
    let folder = folder("demands-exit");
    let panic = program(&folder.join("panic.elf"), |asm| {
        asm.push(Instruction::system(Opcode::Ebreak));
    });
    let seven = program(&folder.join("seven.elf"), |asm| exit(7, asm));
    let [panic_proof, seven_proof] = ["panic.proof", "seven.proof"].map(|name| text(&folder.join(name)));
    prove(&panic, &panic_proof, &[]);
    prove(&seven, &seven_proof, &[]);

    // Nothing is demanded: both are valid proofs.
    lariat(&["verify", &panic, &panic_proof]).ok();
    lariat(&["verify", &seven, &seven_proof]).ok();
    lariat(&["verify", &seven, &seven_proof, "--no-panic"]).ok();
    lariat(&["verify", &seven, &seven_proof, "--exit", "7", "--no-panic"]).ok();
    lariat(&["verify", &elf("fibonacci"), &shared_proof(), "--exit", "0", "--no-panic"]).ok();

    rejected("panicked", &[&panic, &panic_proof, "--no-panic"], &[&panic_proof, "in a panic", "exit code 0"]);
    // A panic by EBREAK has exit code 0, and is not the end with exit code 0.
    rejected("other_exit", &[&panic, &panic_proof, "--exit", "0"], &["in a panic", "exit code 0 is demanded"]);
    rejected("other_exit", &[&seven, &seven_proof, "--exit", "0"], &["exit code 7", "exit code 0 is demanded"]);
    rejected("other_exit", &[&elf("fibonacci"), &shared_proof(), "--exit", "4294967295"], &["4294967295 is demanded"]);
    for wrong in ["-1", "4294967296", "zero"] {
        lariat(&["verify", &seven, &seven_proof, "--exit", wrong]).wrong_usage(wrong);
    }
    // What is wrong with the proof itself comes first.
    rejected("other_program", &[&seven, &panic_proof, "--exit", "0", "--no-panic"], &["another program"]);
}

/// Stores a mebibyte below the stack pointer, which is a little below the end of a stack of 1 MiB.
fn deep(asm: &mut Assembler) {
    asm.push(Instruction::u_type(Opcode::Lui, 5, 1 << 20));
    asm.push(Instruction::r_type(Opcode::Sub, 5, 2, 5));
    asm.push(Instruction::store(Opcode::Sw, 0, 5, 0));
    exit(0, asm);
}

#[test]
fn a_larger_stack_is_an_option_and_part_of_the_program() {
    let folder = folder("demands-stack");
    let program = program(&folder.join("deep.elf"), deep);
    let [proof, key] = ["deep.proof", "deep.key"].map(|name| text(&folder.join(name)));
    lariat(&["run", &program]).refused(&["stack overflow", "1048576 bytes", "--stack"]);
    let small = lariat(&["run", &elf("fibonacci"), "--input-hex", "0a000000", "--json"]).ok().json();
    let run = lariat(&["run", &program, "--stack", "2M", "--json"]).ok().json();
    prove(&program, &proof, &["--stack", "2097152"]);
    lariat(&["verify", &program, &proof, "--stack", "2048K", "--exit", "0"]).ok();
    lariat(&["inspect", &proof, &program, "--stack", "2M"]).ok();
    for other in
        [&[][..], &["--stack", "4M"], &["--stack", "2M", "--heap", "0"], &["--stack", "2M", "--max-input", "0"]]
    {
        let args = [&[program.as_str(), &proof], other].concat();
        rejected("other_program", &args, &["another program", "--stack"]);
    }
    // A key has its sizes in it.
    lariat(&["preprocess", &program, "-o", &key, "--stack", "2M"]).ok();
    let by_key = lariat(&["verify", &key, &proof, "--json"]).ok().json();
    assert_eq!(by_key["program_digest"], run["program_digest"]);
    assert_ne!(small["program_digest"], run["program_digest"]);
    for size in ["2M", "4M"] {
        lariat(&["run", &key, "--stack", size]).refused(&["deep.key", "--stack 2097152", "leave --stack out"]);
    }
    let verdict = lariat(&["verify", &key, &proof, "--max-output", "4", "--json"]).refused(&["--max-output 1048576"]);
    assert_eq!(verdict.json()["error_kind"], "program");
    for (size, part) in [("0", "nonzero multiple of 4096"), ("4097", "nonzero multiple of 4096"), ("2G", "up to")] {
        lariat(&["run", &program, "--stack", size]).refused(&["deep.elf", part]);
    }
    lariat(&["run", &program, "--stack", "4G"]).wrong_usage("not a number of bytes");
}

#[test]
fn longer_inputs_and_outputs_are_options() {
    let folder = folder("demands-input");
    let program = program(&folder.join("ends.elf"), |asm| exit(0, asm));
    let [input, proof] = ["input", "proof"].map(|name| text(&folder.join(name)));
    fs::write(&input, vec![0; (1 << 20) + 1]).unwrap();
    lariat(&["run", &program, "--input", &input]).refused(&["public input", "1048577 bytes", "--max-input"]);
    lariat(&["run", &program, "--input", &input, "--max-input", "2M"]).ok();
    let private = ["run", &program, "--private-input", &input];
    lariat(&private).refused(&["private input", "1048577 bytes", "--max-private-input"]);
    lariat(&[&private[..], &["--max-private-input", "2M"]].concat()).ok();
    lariat(&["run", &program, "--max-input", "64M"]).refused(&["public input may be limited to at most"]);
    // Less than the usual is a program of its own, too.
    let args = ["--input-hex", "00000000", "--max-input", "4"];
    prove(&program, &proof, &args);
    lariat(&[&["verify", program.as_str(), &proof], &args[..]].concat()).ok();
    rejected("other_program", &[&program, &proof, "--input-hex", "00000000"], &["--max-input"]);

    let fibonacci = elf("fibonacci");
    let run = ["run", &fibonacci, "--input-hex", &hex(&10u32.to_le_bytes())];
    lariat(&[&run[..], &["--max-output", "4"]].concat()).ok();
    lariat(&[&run[..], &["--max-output", "0"]].concat()).refused(&["mapped are"]);
}
