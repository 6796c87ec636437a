//! Programs that know nothing of Lariat: how they print, how they end, and what the command says when they do not.

use crate::support::{folder, lariat, names, text};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    test_util::{Assembler, ElfBuilder, ElfSegment},
};
use std::fs;

const CODE: u32 = 0x8000_0000;
const DATA: u32 = 0x8000_1000;

/// Path of a program in a folder of its own; its data is the text.
fn program(name: &str, data: &[u8], build: impl FnOnce(&mut Assembler)) -> String {
    let mut assembler = Assembler::new(CODE);
    build(&mut assembler);
    let mut elf = ElfBuilder::from_code(CODE, &assembler.assemble());
    let data = ElfSegment { bytes: data.to_vec(), memory_bytes: data.len() as u32, ..ElfSegment::load(DATA, 4, &[]) };
    elf.segments.push(data);
    let path = folder(name).join("program.elf");
    fs::write(&path, elf.build()).unwrap();
    text(&path)
}

fn write(assembler: &mut Assembler, descriptor: u32, start: u32, length: usize) {
    assembler.load_constant(10, descriptor).load_constant(11, start).load_constant(12, length as u32);
    assembler.push(Instruction::i_type(Opcode::Addi, 17, 0, 64)).push(Instruction::system(Opcode::Ecall));
}

#[test]
fn run_prints_what_a_program_writes() {
    let said = "Grüße\t1\n\x1b[31mred\0 without an end";
    let path = program("prints", said.as_bytes(), |asm| {
        // Cut in the middle of a character.
        write(asm, 1, DATA, 3);
        write(asm, 2, DATA + 3, said.len() - 3);
        asm.exit(0);
    });
    let ran = lariat(&["run", &path]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "Grüße\t1\n\\u{1b}[31mred\\u{0} without an end"));
    assert!(ran.stdout.contains(&format!("{} bytes, by ecall 64 (write)", said.len())), "{ran:?}");
    assert!(ran.stdout.contains("has no proof"), "{ran:?}");
    let ran = lariat(&["run", &path, "--json"]);
    assert_eq!(ran.json()["printed_bytes"], said.len());

    let folder = folder("prints-no-proof");
    lariat(&["prove", &path, "-o", &text(&folder.join("proof"))]).refused(&[
        "ecall 64 (write)",
        "has no proof",
        "0x48000000",
    ]);
    assert_eq!(names(&folder), [""; 0]);
    let silent = program("silent", b"", |asm| {
        asm.exit(0);
    });
    let ran = lariat(&["run", &silent]).ok();
    assert!(!ran.stdout.contains("printed"), "{ran:?}");
}

#[test]
fn programs_that_do_not_end_are_told_how_to() {
    let spin = program("spin", b"", |asm| {
        asm.push(Instruction::jal(0, 0));
    });
    let tohost = program("tohost", b"", |asm| {
        asm.load_constant(5, 0x7ffe_f000).push(Instruction::store(Opcode::Sw, 5, 5, 0)).push(Instruction::jal(0, -4));
    });
    let folder = folder("endless");
    for (path, what) in [(&spin, "jumps to itself"), (&tohost, "tohost")] {
        // The limit of 2^28 steps is far away.
        lariat(&["run", path]).refused(&[what, "93 into a7"]);
        lariat(&["prove", path, "-o", &text(&folder.join("proof"))]).refused(&[what, "93 into a7"]);
    }
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn ebreak_is_not_called_an_exit_code() {
    let path = program("ebreak", b"", |asm| {
        asm.load_constant(10, 7).push(Instruction::system(Opcode::Ebreak));
    });
    let ran = lariat(&["run", &path]).ok();
    assert!(ran.stdout.contains("PANICKED and gave no exit code, as EBREAK does"), "{ran:?}");
    let proof = text(&folder("ebreak-proof").join("proof"));
    let proven = lariat(&["prove", &path, "-o", &proof, "--log-m", "8"]).ok();
    let verified = lariat(&["verify", &path, &proof]).ok();
    for outcome in [proven, verified] {
        assert!(outcome.stdout.contains("gave no exit code, as EBREAK does"), "{outcome:?}");
    }
}
