//! Every way in which a run can fail, and what the messages say.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use lariat_emulator::image::{Image, Segment, Symbol, Symbols};
use lariat_emulator::isa::{Instruction, Opcode};
use lariat_emulator::layout::RegionKind;
use lariat_emulator::machine::{Access, ExecError, Exit, InputKind, Inputs, run, run_with_console, trace};
use lariat_emulator::memory_map::{
    EXIT_CELL, INPUT_START, LAST_PAGE_START, MAX_IO_BYTES, MemoryConfig, OUTPUT_START, PANIC_CELL, PRIVATE_INPUT_START,
    STACK_TOP,
};
use lariat_emulator::test_util::Assembler;

const TEXT: u32 = 0x1000;
const RODATA: u32 = 0x2000;
const DATA: u32 = 0x3000;

fn image(assembler: &Assembler) -> Image {
    let segments = vec![
        Segment { start: TEXT, words: assembler.assemble(), zeros: 0, writable: false, executable: true },
        Segment { start: RODATA, words: vec![1, 2], zeros: 0, writable: false, executable: false },
        Segment { start: DATA, words: vec![3, 4], zeros: 0, writable: true, executable: false },
    ];
    let mut image = Image::from_segments(TEXT, segments, &MemoryConfig::default()).unwrap();
    image.symbols = Symbols::new(vec![Symbol { address: TEXT, name: "main".to_owned() }]);
    image
}

/// The error of a program, the same in both modes.
fn error_of(build: impl FnOnce(&mut Assembler)) -> ExecError {
    let mut assembler = Assembler::new(TEXT);
    build(&mut assembler);
    let image = image(&assembler);
    let inputs = Inputs { public: &[1, 2, 3, 4, 5], private: &[] };
    let error = run(&image, inputs, 1000).unwrap_err();
    assert_eq!(trace(&image, inputs, 1000).unwrap_err(), error);
    let message = error.to_string();
    assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
    error
}

/// The error of one load or store at `address`; the access is at `TEXT + 8`.
fn access_error(op: Opcode, address: u32) -> ExecError {
    error_of(|assembler| {
        assembler.load_constant(5, address);
        assembler.push(if matches!(op, Opcode::Sb | Opcode::Sh | Opcode::Sw) {
            Instruction::store(op, 6, 5, 0)
        } else {
            Instruction::load(op, 6, 5, 0)
        });
        assembler.exit(0);
    })
}

#[test]
fn illegal_instructions_name_word_place_and_symbol() {
    let error = error_of(|assembler| {
        assembler.push(Instruction::system(Opcode::Fence)).push(Instruction::illegal(0xc000_1073));
    });
    assert!(matches!(&error, ExecError::IllegalInstruction { word: 0xc000_1073, at } if at.pc == TEXT + 4));
    assert_eq!(
        error.to_string(),
        "unknown instruction 0xc0001073 at pc 0x00001004 (main+0x4); only RV32IM is supported, without CSRs, atomics, \
         floats and compressed code"
    );
}

#[test]
fn running_off_the_code_is_an_error() {
    let error = error_of(|assembler| {
        assembler.push(Instruction::system(Opcode::Fence));
    });
    assert!(matches!(&error, ExecError::OutsideCode { pc, .. } if *pc == TEXT + 4));
    assert!(error.to_string().contains("mapped are: code 0x00001000..0x00001004, read-only data"), "{error}");
}

#[test]
fn running_into_a_gap_between_code_segments_is_an_error() {
    let code = |start| Segment { start, words: vec![0x13], zeros: 0, writable: false, executable: true };
    let image = Image::from_segments(TEXT, vec![code(TEXT), code(TEXT + 8)], &MemoryConfig::default()).unwrap();
    let error = run(&image, Inputs::default(), 10).unwrap_err();
    assert!(matches!(error, ExecError::OutsideCode { pc, .. } if pc == TEXT + 4), "{error}");
}

#[test]
fn jumps_out_of_the_code_name_source_and_target() {
    for target in [0, TEXT - 4, RODATA, DATA, STACK_TOP, LAST_PAGE_START, 0xffff_fffc] {
        let error = error_of(|assembler| {
            assembler.load_constant(5, target).push(Instruction::i_type(Opcode::Jalr, 1, 5, 0)).exit(0);
        });
        assert!(
            matches!(&error, ExecError::JumpOutsideCode { at, target: to, .. } if at.pc == TEXT + 8 && *to == target),
            "{error}"
        );
    }
    let error = error_of(|assembler| {
        assembler.push(Instruction::branch(Opcode::Beq, 0, 0, -8));
    });
    assert!(matches!(error, ExecError::JumpOutsideCode { target, .. } if target == TEXT - 8), "{error}");
}

#[test]
fn misaligned_targets_are_errors_only_when_taken() {
    let jumps =
        [Instruction::jal(1, 6), Instruction::branch(Opcode::Beq, 0, 0, 6), Instruction::i_type(Opcode::Jalr, 1, 5, 3)];
    for jump in jumps {
        let error = error_of(|assembler| {
            assembler.load_constant(5, TEXT).push(jump).exit(0);
        });
        assert!(matches!(&error, ExecError::MisalignedJump { at, target, .. } if at.pc == TEXT + 8 && target % 4 == 2));
    }
    let mut assembler = Assembler::new(TEXT);
    assembler.push(Instruction::branch(Opcode::Bne, 0, 0, 6)).exit(9);
    assert_eq!(run(&image(&assembler), Inputs::default(), 10).unwrap().exit, Exit::Halted { code: 9 });
}

#[test]
fn misaligned_accesses_are_errors() {
    let cases = [
        (Opcode::Lh, 1, 2, Access::Load),
        (Opcode::Lhu, 3, 2, Access::Load),
        (Opcode::Lw, 1, 4, Access::Load),
        (Opcode::Lw, 2, 4, Access::Load),
        (Opcode::Lw, 3, 4, Access::Load),
        (Opcode::Sh, 1, 2, Access::Store),
        (Opcode::Sw, 2, 4, Access::Store),
    ];
    for (op, offset, expected_width, expected_access) in cases {
        match access_error(op, DATA + offset) {
            ExecError::MisalignedAccess { at, access, address, width } => {
                assert_eq!((at.pc, access, address, width), (TEXT + 8, expected_access, DATA + offset, expected_width));
            }
            other => panic!("{op}: {other}"),
        }
    }
    assert_eq!(
        access_error(Opcode::Lw, DATA + 2).to_string(),
        "misaligned 4-byte load from 0x00003002 at pc 0x00001008 (main+0x8); the address must be a multiple of 4"
    );
    // Also when nothing is mapped there.
    assert!(matches!(access_error(Opcode::Lw, u32::MAX), ExecError::MisalignedAccess { .. }));
}

#[test]
fn unmapped_accesses_name_the_regions() {
    let unmapped = [
        0,
        TEXT - 4,
        RODATA + 8,
        DATA - 4,
        DATA + 8,
        // Behind the five bytes of input, the empty private input, the largest output, and the control cells.
        INPUT_START + 12,
        PRIVATE_INPUT_START + 4,
        OUTPUT_START + 4 + (1 << 20),
        EXIT_CELL + 4,
        STACK_TOP,
        LAST_PAGE_START,
        0xffff_fffc,
    ];
    for expected in unmapped {
        for op in [Opcode::Lw, Opcode::Sb] {
            match access_error(op, expected) {
                ExecError::UnmappedAccess { at, address, layout, .. } => {
                    assert_eq!((at.pc, address), (TEXT + 8, expected));
                    assert_eq!(layout.region_at(address), None);
                }
                other => panic!("{expected:#x}: {other}"),
            }
        }
    }
    let message = access_error(Opcode::Sw, 0).to_string();
    assert!(message.starts_with("store to unmapped address 0x00000000 at pc 0x00001008 (main+0x8); mapped are: code"));
    assert!(message.ends_with("exit cell 0x4c000004..0x4c000008, stack 0x7fef0000..0x7fff0000"), "{message}");
}

#[test]
fn stores_to_read_only_regions_are_errors() {
    let cases = [
        (TEXT, RegionKind::Code),
        (RODATA + 4, RegionKind::ReadOnlyData),
        (INPUT_START, RegionKind::Input),
        (INPUT_START + 8, RegionKind::Input),
        (PRIVATE_INPUT_START, RegionKind::PrivateInput),
        (EXIT_CELL, RegionKind::ExitCell),
    ];
    for (target, expected) in cases {
        for op in [Opcode::Sb, Opcode::Sh, Opcode::Sw] {
            match access_error(op, target) {
                ExecError::ReadOnlyStore { at, address, region } => {
                    assert_eq!((at.pc, address, region), (TEXT + 8, target, expected));
                }
                other => panic!("{target:#x}: {other}"),
            }
        }
    }
    // Also when the page was made accessible by a load before.
    let big = Segment { start: 0x10_0000, words: vec![0; 4096], zeros: 0, writable: false, executable: false };
    let mut assembler = Assembler::new(TEXT);
    assembler.load_constant(5, 0x10_1000).push(Instruction::load(Opcode::Lw, 6, 5, 0));
    assembler.push(Instruction::load(Opcode::Lw, 6, 5, 4)).push(Instruction::store(Opcode::Sw, 6, 5, 8)).exit(0);
    let mut segments = image(&assembler).segments;
    segments.push(big);
    let image = Image::from_segments(TEXT, segments, &MemoryConfig::default()).unwrap();
    let error = run(&image, Inputs::default(), 10).unwrap_err();
    assert!(matches!(error, ExecError::ReadOnlyStore { region: RegionKind::ReadOnlyData, .. }), "{error}");
}

#[test]
fn accesses_closely_below_the_stack_are_overflows() {
    let stack_start = MemoryConfig::default().stack_start();
    for address in [stack_start - 4, stack_start - (16 << 20)] {
        match access_error(Opcode::Sw, address) {
            ExecError::StackOverflow { address: actual, stack_size, .. } => {
                assert_eq!((actual, stack_size), (address, 1 << 20));
            }
            other => panic!("{other}"),
        }
    }
    assert!(matches!(access_error(Opcode::Lw, stack_start - (16 << 20) - 4), ExecError::UnmappedAccess { .. }));
}

#[test]
fn unknown_ecalls_are_errors() {
    let error = error_of(|assembler| {
        assembler.push(Instruction::i_type(Opcode::Addi, 17, 0, 1)).push(Instruction::system(Opcode::Ecall));
    });
    assert_eq!(
        error.to_string(),
        "ecall 1 (register a7) at pc 0x00001004 (main+0x4) is not supported; \
         a program ends with 93 (exit) in a7 and its exit code in a0"
    );
}

/// `a0`, `a1` and `a2` as given, then `ecall` 64.
fn write(assembler: &mut Assembler, descriptor: u32, address: u32, length: u32) {
    assembler.load_constant(10, descriptor).load_constant(11, address).load_constant(12, length);
    assembler.push(Instruction::i_type(Opcode::Addi, 17, 0, 64)).push(Instruction::system(Opcode::Ecall));
}

#[test]
fn only_runs_with_a_console_print() {
    let error = error_of(|assembler| {
        write(assembler, 1, DATA, 3);
        assembler.exit(0);
    });
    assert!(matches!(error, ExecError::UnsupportedEcall { number: 64, .. }), "{error}");
    assert!(error.to_string().contains("ecall 64 (write)") && error.to_string().contains("has no proof"), "{error}");

    let printed = |build: &dyn Fn(&mut Assembler)| {
        let mut assembler = Assembler::new(TEXT);
        build(&mut assembler);
        let mut bytes = Vec::new();
        let result =
            run_with_console(&image(&assembler), Inputs::default(), 1000, &mut |part| bytes.extend_from_slice(part));
        (result, bytes)
    };
    // The data is 3 and 4, as words; the exit code is what the last call returned.
    let (result, bytes) = printed(&|asm| {
        write(asm, 1, DATA + 3, 2);
        write(asm, 2, DATA, 1);
        write(asm, 1, 0, 0);
        write(asm, 2, 0x4800_0000, 0x10_0000);
        asm.push(Instruction::i_type(Opcode::Addi, 17, 0, 93)).push(Instruction::system(Opcode::Ecall));
    });
    assert_eq!(result.unwrap().exit, Exit::Halted { code: 1 << 16 }, "no call prints more at once");
    assert_eq!(bytes[..3], [0, 4, 3]);
    assert_eq!(bytes.len(), 3 + (1 << 16));
    let (result, _) = printed(&|asm| write(asm, 1, DATA + 7, 2));
    assert!(matches!(result, Err(ExecError::UnmappedAccess { address, .. }) if address == DATA + 8), "{result:?}");
    for (descriptor, number) in [(0, 64), (3, 64), (1, 63)] {
        let (result, bytes) = printed(&|asm| {
            asm.load_constant(10, descriptor).push(Instruction::i_type(Opcode::Addi, 17, 0, number));
            asm.push(Instruction::system(Opcode::Ecall));
        });
        assert!(matches!(result, Err(ExecError::UnsupportedEcall { .. })), "{result:?}");
        assert!(bytes.is_empty());
    }
}

/// Loops without an end are found long before a generous limit, and told apart from runs that are only long.
#[test]
fn loops_without_an_end_are_named() {
    let endless = |limit, build: &dyn Fn(&mut Assembler)| {
        let mut assembler = Assembler::new(TEXT);
        assembler.load_constant(5, DATA).load_constant(6, 1);
        build(&mut assembler);
        let image = image(&assembler);
        let error = run(&image, Inputs::default(), limit).unwrap_err();
        assert_eq!(trace(&image, Inputs::default(), limit).unwrap_err(), error);
        error
    };
    let store = Instruction::store(Opcode::Sw, 6, 5, 0);
    for limit in [7, 1000, (1 << 20) + 5, u64::MAX] {
        let spin = endless(limit, &|asm| {
            asm.push(Instruction::jal(0, 0));
        });
        assert!(matches!(&spin, ExecError::EndlessLoop { at, instructions: 1 } if at.pc == TEXT + 16), "{spin}");
        assert!(spin.to_string().contains("jumps to itself") && spin.to_string().contains("93 into a7"), "{spin}");
        let tohost = endless(limit, &|asm| {
            asm.push(store).push(Instruction::jal(0, -4));
        });
        assert!(matches!(tohost, ExecError::EndlessLoop { instructions: 2, .. }), "{tohost}");
        assert!(tohost.to_string().contains("tohost") && tohost.to_string().contains("93 into a7"), "{tohost}");
    }
    // A loop that counts in a register or in memory goes on, as far as anyone can tell.
    let count = Instruction::i_type(Opcode::Addi, 6, 6, 1);
    for limit in [3, 1000, (1 << 20) + 300] {
        for body in [[count, count], [count, store]] {
            let error = endless(limit, &|asm| {
                asm.push(body[0]).push(body[1]).push(Instruction::jal(0, -8));
            });
            assert!(matches!(error, ExecError::StepLimit { limit: named, .. } if named == limit), "{error}");
        }
    }
    let toggle = endless(1000, &|asm| {
        asm.push(Instruction::i_type(Opcode::Xori, 6, 6, 1)).push(store).push(Instruction::jal(0, -8));
    });
    assert!(matches!(toggle, ExecError::StepLimit { .. }), "{toggle}");
}

/// Looking for loops changes neither the number of steps nor the rows, wherever the program ends.
#[test]
fn looking_for_loops_leaves_runs_as_they_are() {
    for rounds in [(1 << 19) - 3, (1 << 19) + 50, (1 << 19) + 200] {
        let mut assembler = Assembler::new(TEXT);
        assembler.load_constant(5, rounds).push(Instruction::i_type(Opcode::Addi, 5, 5, -1));
        assembler.push(Instruction::branch(Opcode::Bne, 5, 0, -4)).exit(0);
        let setup = assembler.len() as u64 - 5;
        let image = image(&assembler);
        let steps = setup + 2 * u64::from(rounds) + 3;
        assert_eq!(run(&image, Inputs::default(), u64::MAX).unwrap().steps, steps);
        let traced = trace(&image, Inputs::default(), steps).unwrap();
        assert_eq!((traced.run.steps, traced.rows.len() as u64), (steps, steps));
        assert!(matches!(run(&image, Inputs::default(), steps - 1), Err(ExecError::StepLimit { .. })));
    }
}

#[test]
fn the_step_limit_counts_every_instruction() {
    let mut assembler = Assembler::new(TEXT);
    assembler.exit(0);
    let image = image(&assembler);
    assert_eq!(run(&image, Inputs::default(), 3).unwrap().steps, 3);
    for limit in 0..3 {
        match run(&image, Inputs::default(), limit).unwrap_err() {
            ExecError::StepLimit { at, limit: actual } => {
                assert_eq!((at.pc, actual), (TEXT + 4 * limit as u32, limit));
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn inputs_beyond_their_limits_are_refused() {
    let mut assembler = Assembler::new(TEXT);
    assembler.exit(0);
    let mut image = image(&assembler);
    image.memory = MemoryConfig { max_input_bytes: 3, max_private_input_bytes: 2, ..image.memory };
    assert!(run(&image, Inputs { public: &[0; 3], private: &[0; 2] }, 10).is_ok());
    let too_long = |kind, length, max| ExecError::InputTooLong { kind, length, max };
    let error = run(&image, Inputs { public: &[0; 4], private: &[] }, 10).unwrap_err();
    assert_eq!(error, too_long(InputKind::Public, 4, 3));
    let error = run(&image, Inputs { public: &[], private: &[0; 3] }, 10).unwrap_err();
    assert_eq!(error, too_long(InputKind::Private, 3, 2));
    assert_eq!(error.to_string(), "the private input has 3 bytes, more than the configured limit of 2");
}

#[test]
fn images_changed_after_loading_are_checked_again() {
    let mut assembler = Assembler::new(TEXT);
    assembler.exit(0);
    let mut bad = image(&assembler);
    bad.memory.max_output_bytes = MAX_IO_BYTES + 1;
    assert!(matches!(run(&bad, Inputs::default(), 10), Err(ExecError::MemoryConfig(_))));
    let mut bad = image(&assembler);
    bad.segments[1].start = TEXT + 8;
    assert!(matches!(run(&bad, Inputs::default(), 10), Err(ExecError::Layout(_))));
}

#[test]
fn declared_outputs_must_fit_and_end_in_zeros() {
    let write = |length: u32, word: u32| {
        error_of(|assembler| {
            assembler.load_constant(5, OUTPUT_START).load_constant(6, length).load_constant(7, word);
            assembler.push(Instruction::store(Opcode::Sw, 6, 5, 0)).push(Instruction::store(Opcode::Sw, 7, 5, 4));
            assembler.exit(0);
        })
    };
    let max = 1 << 20;
    for length in [max + 1, u32::MAX] {
        assert_eq!(write(length, 0), ExecError::OutputTooLong { length, max });
    }
    assert_eq!(write(3, 0x0100_0000), ExecError::OutputPadding { length: 3, word: 0x0100_0000 });
    assert_eq!(write(1, 0x0000_0100), ExecError::OutputPadding { length: 1, word: 0x0000_0100 });
}

#[test]
fn ebreak_panics_with_code_zero() {
    let mut assembler = Assembler::new(TEXT);
    assembler.push(Instruction::i_type(Opcode::Addi, 10, 0, 5)).push(Instruction::system(Opcode::Ebreak));
    let result = trace(&image(&assembler), Inputs::default(), 10).unwrap();
    assert_eq!(result.run.exit, Exit::Panicked { code: 0 });
    let row = result.rows[1];
    assert_eq!((row.ram_addr, row.ram_pre, row.ram_post, row.rs1, row.rs2), (PANIC_CELL, 0, 1, 0, 0));
    assert_eq!(result.final_memory.word(PANIC_CELL), Some(1));
}
