//! The corpus of small programs: every program does what is written down for it, here and under `qemu-riscv32`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use lariat_emulator::image::Image;
use lariat_emulator::isa::{Format, Opcode};
use lariat_emulator::machine::{Exit, Inputs, RunResult, run, trace};
use lariat_emulator::memory_map::MemoryConfig;
use lariat_emulator::test_util::{
    Qemu,
    corpus::{CorpusProgram, Entry, Expected, corpus},
    variable,
};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

const MAX_STEPS: u64 = 10_000;

fn image(program: &CorpusProgram) -> Image {
    Image::from_elf(&program.elf(), &MemoryConfig::default()).unwrap()
}

fn words(bytes: &[u8]) -> Vec<String> {
    bytes.chunks(4).enumerate().map(|(k, word)| format!("{k}: {word:02x?}")).collect()
}

#[test]
fn every_program_does_what_is_written_down() {
    let (mut programs, mut ending, mut refused, mut executed) = (0, 0, 0, 0);
    for entry in corpus() {
        let name = &entry.name;
        assert!(!entry.programs.is_empty(), "{name}");
        for (k, program) in entry.programs.iter().enumerate() {
            programs += 1;
            let result = run(&image(program), Inputs::default(), MAX_STEPS);
            match &program.expected {
                Expected::Ends { exit, output } => {
                    assert!(entry.ends(), "{name} mixes programs that end and that do not");
                    let RunResult { steps, exit: actual, output: bytes, .. } =
                        result.unwrap_or_else(|error| panic!("{name} {k}: {error}"));
                    assert_eq!(actual, *exit, "{name} {k}");
                    assert_eq!(words(&bytes), words(output), "{name} {k}: output, first x0 to x30 and then the data");
                    ending += 1;
                    executed += steps;
                }
                Expected::Refused { pc, refusal } => {
                    let error = result.expect_err(name);
                    assert!(refusal.is(*pc, &error), "{name} {k}: {refusal:?} at {pc:#x} expected, but {error}");
                    refused += 1;
                }
            }
        }
    }
    println!(
        "corpus: {programs} programs, {ending} end after {executed} instructions, {refused} are refused, 0 differences"
    );
}

/// Without the instruction at fault the program ends, so that nothing else is wrong with it.
#[test]
fn refusals_are_due_to_the_instruction_at_fault() {
    let mut twins = 0;
    for entry in corpus() {
        for twin in entry.programs.iter().filter_map(CorpusProgram::without_the_fault) {
            let result = run(&image(&twin), Inputs::default(), MAX_STEPS).unwrap();
            assert_eq!((result.exit, result.output.len()), (Exit::Halted { code: 0 }, 0), "{}", entry.name);
            twins += 1;
        }
    }
    assert!(twins > 1000, "{twins}");
}

#[test]
fn qemu_agrees_with_what_is_written_down() {
    let Some(qemu) = Qemu::find(env!("CARGO_TARGET_TMPDIR"), "corpus-program").unwrap() else { return };
    let (mut compared, mut programs) = (0, 0);
    for entry in corpus().iter().filter(|entry| entry.ends()) {
        for program in &entry.programs {
            programs += 1;
            let (Some(elf), Expected::Ends { output, .. }) = (program.linux_elf(), &program.expected) else { continue };
            assert_eq!(words(&qemu.run(&elf).unwrap()), words(output), "{}", entry.name);
            compared += 1;
        }
    }
    println!("corpus under qemu: {compared} of {programs} programs that end, 0 differences");
    // All but those that need addresses or regions that Linux does not have.
    assert!(4 * compared > 3 * programs, "{compared} of {programs}");
}

/// One opcode executed as another makes some program differ from what is written down.
#[test]
fn a_wrong_operation_would_be_seen() {
    let near = [
        (Opcode::Addi, Opcode::Ori),
        (Opcode::Slti, Opcode::Sltiu),
        (Opcode::Sltiu, Opcode::Slti),
        (Opcode::Srai, Opcode::Srli),
        (Opcode::Sra, Opcode::Srl),
        (Opcode::Or, Opcode::Add),
        (Opcode::Xor, Opcode::Or),
        (Opcode::Mulh, Opcode::Mulhu),
        (Opcode::Mulh, Opcode::Mulhsu),
        (Opcode::Mulhsu, Opcode::Mulhu),
        (Opcode::Mulhsu, Opcode::Mulh),
        (Opcode::Mulhu, Opcode::Mulhsu),
        (Opcode::Div, Opcode::Divu),
        (Opcode::Divu, Opcode::Div),
        (Opcode::Rem, Opcode::Remu),
        (Opcode::Remu, Opcode::Rem),
        (Opcode::Lb, Opcode::Lbu),
        (Opcode::Lbu, Opcode::Lb),
        (Opcode::Lh, Opcode::Lhu),
        (Opcode::Lhu, Opcode::Lh),
        (Opcode::Sb, Opcode::Sh),
        (Opcode::Sh, Opcode::Sb),
        (Opcode::Blt, Opcode::Bltu),
        (Opcode::Bltu, Opcode::Blt),
        (Opcode::Bge, Opcode::Bgeu),
        (Opcode::Bgeu, Opcode::Bge),
        (Opcode::Auipc, Opcode::Lui),
    ];
    let entries = corpus();
    let ending = || entries.iter().filter(|entry| entry.ends()).flat_map(|entry| &entry.programs);
    for (op, wrong) in near {
        let seen = ending().any(|program| {
            let Expected::Ends { exit, output } = &program.expected else { return false };
            let mut image = image(program);
            for instruction in image.code.iter_mut().filter(|instruction| instruction.op == op) {
                instruction.op = wrong;
            }
            let result = run(&image, Inputs::default(), MAX_STEPS);
            !result.is_ok_and(|run| (run.exit, &run.output) == (*exit, output))
        });
        assert!(seen, "{wrong} in place of {op} makes no difference");
    }
}

/// Every opcode that has a destination is executed with rd = x0 and a result that is not zero.
#[test]
fn every_destination_is_x0_once() {
    let mut dropped = BTreeSet::new();
    for entry in corpus().iter().filter(|entry| entry.ends()) {
        for program in &entry.programs {
            let image = image(program);
            for row in trace(&image, Inputs::default(), MAX_STEPS).unwrap().rows {
                let instruction = image.code[row.pc_index as usize];
                if instruction.op.has_rd() && instruction.rd == 0 && row.rd_post != 0 {
                    dropped.insert(instruction.op.mnemonic());
                }
            }
        }
    }
    let all: BTreeSet<_> = Opcode::ALL.into_iter().filter(|op| op.has_rd()).map(Opcode::mnemonic).collect();
    assert_eq!(dropped, all);
}

/// The corpus executes every opcode, and loads and stores of each width at each offset that they have.
#[test]
fn every_opcode_and_offset_is_executed() {
    let mut seen = BTreeSet::new();
    for entry in corpus().iter().filter(|entry| entry.ends()) {
        for program in &entry.programs {
            let image = image(program);
            for row in trace(&image, Inputs::default(), MAX_STEPS).unwrap().rows {
                let instruction = image.code[row.pc_index as usize];
                let memory = matches!(instruction.op.format(), Format::Load | Format::Store);
                let offset = if memory { row.rs1.wrapping_add_signed(instruction.imm) % 4 } else { 0 };
                seen.insert((instruction.op.mnemonic(), offset));
            }
        }
    }
    for op in Opcode::ALL.into_iter().filter(|op| *op != Opcode::Illegal) {
        let offsets: &[u32] = match op {
            Opcode::Lb | Opcode::Lbu | Opcode::Sb => &[0, 1, 2, 3],
            Opcode::Lh | Opcode::Lhu | Opcode::Sh => &[0, 2],
            _ => &[0],
        };
        for offset in offsets {
            assert!(seen.contains(&(op.mnemonic(), *offset)), "{op} at offset {offset} is missing");
        }
    }
}

const BEGIN: &str = "<!-- corpus: begin -->\n";
const END: &str = "<!-- corpus: end -->";

fn table(entries: &[Entry]) -> String {
    let mut out = String::from("\n| entry | programs | must | what is tested |\n|---|---|---|---|\n");
    for entry in entries {
        let must = match (entry.ends(), entry.programs.iter().any(|program| program.linux_elf().is_some())) {
            (true, true) => "end, here and under qemu",
            (true, false) => "end",
            (false, _) => "be refused",
        };
        writeln!(out, "| `{}` | {} | {must} | {} |", entry.name, entry.programs.len(), entry.about).unwrap();
    }
    out.push('\n');
    out
}

/// `docs/isa-tests.md` lists exactly the corpus. `LARIAT_WRITE_DOCS=1` rewrites the list.
#[test]
fn the_document_lists_the_corpus() {
    let entries = corpus();
    let names: BTreeSet<_> = entries.iter().map(|entry| &entry.name).collect();
    assert_eq!(names.len(), entries.len(), "names are unique");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/isa-tests.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the list begins");
    let (list, after) = rest.split_once(END).expect("the list ends");
    let expected = table(&entries);
    if variable("LARIAT_WRITE_DOCS").is_some() && list != expected {
        fs::write(path, [before, BEGIN, &expected, END, after].concat()).unwrap();
        return;
    }
    assert!(
        list == expected,
        "docs/isa-tests.md is stale; LARIAT_WRITE_DOCS=1 cargo test -p lariat-emulator --test corpus rewrites it"
    );
}
