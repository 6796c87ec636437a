//! Inputs, outputs, exits, extents, and traces that replay.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use std::collections::HashMap;

use lariat_emulator::image::{Image, Segment};
use lariat_emulator::isa::{Format, Instruction, Opcode};
use lariat_emulator::machine::{Exit, Extents, Inputs, TraceResult, run, trace};
use lariat_emulator::memory_map::{
    EXIT_CELL, INITIAL_STACK_POINTER, INPUT_START, MemoryConfig, OUTPUT_START, PANIC_CELL, PRIVATE_INPUT_START,
    STACK_TOP,
};
use lariat_emulator::test_util::{Assembler, RandomProgramConfig, random_program};

const TEXT: u32 = 0x1000;

fn image_with(assembler: &Assembler, more: Vec<Segment>) -> Image {
    let mut segments = more;
    segments.push(Segment { start: TEXT, words: assembler.assemble(), zeros: 0, writable: false, executable: true });
    Image::from_segments(TEXT, segments, &MemoryConfig::default()).unwrap()
}

fn traced(assembler: &Assembler, inputs: Inputs<'_>) -> TraceResult {
    let image = image_with(assembler, Vec::new());
    let result = trace(&image, inputs, 100_000).unwrap();
    assert_eq!(run(&image, inputs, 100_000).as_ref(), Ok(&result.run));
    assert_eq!(result.run.steps, result.rows.len() as u64);
    result
}

#[test]
fn registers_start_at_zero_except_the_stack_pointer() {
    let mut assembler = Assembler::new(TEXT);
    assembler.exit(0);
    let result = traced(&assembler, Inputs::default());
    let mut expected = [0; 32];
    expected[2] = INITIAL_STACK_POINTER;
    expected[17] = 93;
    assert_eq!(result.final_registers, expected);
    assert_eq!(result.rows[0].rd_pre, 0);
}

/// Copies length and bytes of an input region to the output, word by word.
fn copy_to_output(start: u32) -> Assembler {
    let mut assembler = Assembler::new(TEXT);
    let (done, next) = (assembler.label(), assembler.label());
    assembler
        .load_constant(5, start)
        .load_constant(6, OUTPUT_START)
        .push(Instruction::load(Opcode::Lw, 7, 5, 0))
        .push(Instruction::store(Opcode::Sw, 7, 6, 0))
        .bind(next)
        .branch(Opcode::Bge, 0, 7, done)
        .push(Instruction::load(Opcode::Lw, 8, 5, 4))
        .push(Instruction::store(Opcode::Sw, 8, 6, 4))
        .push(Instruction::i_type(Opcode::Addi, 5, 5, 4))
        .push(Instruction::i_type(Opcode::Addi, 6, 6, 4))
        .push(Instruction::i_type(Opcode::Addi, 7, 7, -4))
        .jal(0, next)
        .bind(done)
        .exit(0);
    assembler
}

#[test]
fn inputs_reach_the_guest_and_outputs_come_back() {
    let bytes: Vec<u8> = (1..=255).cycle().take(10_001).collect();
    for length in [0, 1, 2, 3, 4, 5, 8, 4088, 4092, 4093, 10_001] {
        let message = &bytes[..length];
        let public = traced(&copy_to_output(INPUT_START), Inputs { public: message, private: b"other" });
        let private = traced(&copy_to_output(PRIVATE_INPUT_START), Inputs { public: b"other", private: message });
        for result in [public, private] {
            assert_eq!(result.run.output, message);
            let used = 4 + length.next_multiple_of(4) as u32;
            assert_eq!(result.run.extents.output_bytes_used, used);
            let high = result.run.extents.output_high;
            assert!(high >= OUTPUT_START + used && high < OUTPUT_START + used + 4096, "{high:#x}");
        }
    }
}

#[test]
fn final_memory_has_all_mapped_words_touched_or_not() {
    let mut assembler = Assembler::new(TEXT);
    assembler.exit(4);
    let data: Vec<u32> = (0..3000).collect();
    let segment = Segment { start: 0x2_0ff8, words: data.clone(), zeros: 0, writable: true, executable: false };
    let image = image_with(&assembler, vec![segment]);
    let result = trace(&image, Inputs { public: b"abcde", private: b"" }, 10).unwrap();
    let word = |address| result.final_memory.word(address);
    for (index, value) in data.iter().enumerate() {
        assert_eq!(word(0x2_0ff8 + 4 * index as u32), Some(*value));
    }
    assert_eq!(word(0x2_0ff4), None);
    assert_eq!(
        [word(INPUT_START), word(INPUT_START + 4), word(INPUT_START + 8)],
        [Some(5), Some(0x6463_6261), Some(0x65)]
    );
    assert_eq!([word(INPUT_START + 12), word(PRIVATE_INPUT_START)], [None, Some(0)]);
    assert_eq!([word(OUTPUT_START), word(PANIC_CELL), word(EXIT_CELL)], [Some(0), Some(0), Some(4)]);
    assert_eq!([word(STACK_TOP - 4), word(STACK_TOP)], [Some(0), None]);
    assert_eq!(word(image.heap_start), Some(0));
    assert_eq!([word(image.heap_end() - 4), word(image.heap_end())], [Some(0), None]);
    assert_eq!(result.final_memory.layout(), &image.layout(5, 0).unwrap());
}

#[test]
fn exits_carry_their_code_and_the_panic_flag() {
    let mut assembler = Assembler::new(TEXT);
    assembler.exit(-1);
    let result = traced(&assembler, Inputs::default());
    assert_eq!(result.run.exit, Exit::Halted { code: u32::MAX });
    let row = result.rows[2];
    assert_eq!((row.rs1, row.rs2, row.rd_pre, row.rd_post), (93, u32::MAX, 0, 0));
    assert_eq!((row.ram_addr, row.ram_pre, row.ram_post), (EXIT_CELL, 0, u32::MAX));

    // Any nonzero value in the panic cell is a panic, and zero again is none.
    for (value, exit) in
        [(1, Exit::Panicked { code: 7 }), (-256, Exit::Panicked { code: 7 }), (0, Exit::Halted { code: 7 })]
    {
        let mut assembler = Assembler::new(TEXT);
        assembler
            .load_constant(5, PANIC_CELL)
            .push(Instruction::i_type(Opcode::Addi, 6, 0, 3))
            .push(Instruction::store(Opcode::Sw, 6, 5, 0))
            .push(Instruction::i_type(Opcode::Addi, 6, 0, value))
            .push(Instruction::store(Opcode::Sw, 6, 5, 0))
            .exit(7);
        assert_eq!(traced(&assembler, Inputs::default()).run.exit, exit);
    }
    // The exit cell can be read, and is zero before the end.
    let mut assembler = Assembler::new(TEXT);
    assembler.load_constant(5, EXIT_CELL).push(Instruction::load(Opcode::Lw, 9, 5, 0)).exit(7);
    assert_eq!(traced(&assembler, Inputs::default()).final_registers[9], 0);
}

fn extents_after(accesses: &[(Opcode, u32)]) -> (Extents, Image) {
    let mut assembler = Assembler::new(TEXT);
    for &(op, address) in accesses {
        assembler.load_constant(5, address);
        assembler.push(if op == Opcode::Sb { Instruction::store(op, 0, 5, 0) } else { Instruction::load(op, 6, 5, 0) });
    }
    assembler.exit(0);
    // The image ends in the middle of a page, so that its last page is also the heap's first.
    let segment = Segment { start: 0x2_0000, words: vec![0; 1026], zeros: 0, writable: true, executable: false };
    let image = image_with(&assembler, vec![segment]);
    (run(&image, Inputs::default(), 1000).unwrap().extents, image)
}

#[test]
fn extents_follow_the_touched_pages() {
    let (extents, image) = extents_after(&[(Opcode::Sb, 0x2_0000), (Opcode::Lw, 0x2_1004)]);
    let untouched =
        Extents { output_bytes_used: 4, output_high: OUTPUT_START, heap_high: image.heap_start, stack_low: STACK_TOP };
    assert_eq!(image.heap_start, 0x2_1010);
    assert_eq!(extents, untouched);

    let heap_high = |accesses: &[_]| extents_after(accesses).0.heap_high;
    for op in [Opcode::Lw, Opcode::Sb] {
        assert_eq!(heap_high(&[(op, 0x2_1010)]), 0x2_2000);
        assert_eq!(heap_high(&[(op, 0x2_2000)]), 0x2_3000);
        assert_eq!(heap_high(&[(op, 0x12_3ffc), (op, 0x2_2000), (op, 0x12_3000)]), 0x12_4000);
        let last = image.heap_end() - 4;
        assert_eq!(heap_high(&[(op, last)]), image.heap_end());
    }
    let stack_low = |accesses: &[_]| extents_after(accesses).0.stack_low;
    for op in [Opcode::Lw, Opcode::Sb] {
        assert_eq!(stack_low(&[(op, STACK_TOP - 4)]), STACK_TOP - 4096);
        assert_eq!(stack_low(&[(op, STACK_TOP - 4096)]), STACK_TOP - 4096);
        assert_eq!(stack_low(&[(op, STACK_TOP - 4100), (op, STACK_TOP - 4)]), STACK_TOP - 8192);
        let lowest = image.memory.stack_start();
        assert_eq!(stack_low(&[(op, lowest)]), lowest);
    }
    let output_high = |accesses: &[_]| extents_after(accesses).0.output_high;
    assert_eq!(output_high(&[(Opcode::Sb, OUTPUT_START + 5000)]), OUTPUT_START + 8192);
    let last = OUTPUT_START + (1 << 20);
    assert_eq!(output_high(&[(Opcode::Lw, last)]), last + 4);
}

/// Replays a trace from the initial state by its rows alone: what is read was last written, and control flow follows
/// the instructions.
fn check_rows(image: &Image, inputs: Inputs<'_>, result: &TraceResult) {
    let mut registers = [0_u32; 32];
    registers[2] = INITIAL_STACK_POINTER;
    let mut memory: HashMap<u32, u32> = HashMap::new();
    for segment in &image.segments {
        memory.extend((segment.start..).step_by(4).zip(segment.words.iter().copied()));
    }
    assert!(inputs.public.is_empty() && inputs.private.is_empty());
    let mut pc = image.entry;
    for (step, row) in result.rows.iter().enumerate() {
        assert_eq!(image.code_base + 4 * row.pc_index, pc, "step {step}");
        let Instruction { op, rd, rs1, rs2, imm } = image.code[row.pc_index as usize];
        let (a, b) = if op == Opcode::Ecall { (17, 10) } else { (usize::from(rs1), usize::from(rs2)) };
        assert_eq!((row.rs1, row.rs2), (registers[a], registers[b]), "step {step}: {op}");
        assert_eq!(row.rd_pre, registers[usize::from(rd)], "step {step}: {op}");
        let touches_memory = matches!(op.format(), Format::Load | Format::Store) || op == Opcode::Ecall;
        if touches_memory {
            assert_eq!(row.ram_addr % 4, 0);
            assert_eq!(memory.get(&row.ram_addr).copied().unwrap_or(0), row.ram_pre, "step {step}: {op}");
            assert!(op.format() != Format::Load || row.ram_post == row.ram_pre);
            memory.insert(row.ram_addr, row.ram_post);
        } else {
            assert_eq!((row.ram_addr, row.ram_pre, row.ram_post), (0, 0, 0));
        }
        if op.has_rd() {
            registers[usize::from(rd)] = row.rd_post;
            registers[0] = 0;
        } else {
            assert_eq!(row.rd_post, 0);
        }
        let offset = imm.cast_unsigned();
        pc = match op {
            Opcode::Jal => pc.wrapping_add(offset),
            Opcode::Jalr => row.rs1.wrapping_add(offset) & !1,
            _ if op.format() == Format::Branch => {
                let next = result.rows[step + 1].pc_index * 4 + image.code_base;
                assert!(next == pc + 4 || next == pc.wrapping_add(offset));
                next
            }
            _ => pc + 4,
        };
    }
    assert_eq!(registers, result.final_registers);
    for (address, value) in memory {
        assert_eq!(result.final_memory.word(address), Some(value), "{address:#x}");
    }
}

#[test]
fn traces_of_random_programs_replay() {
    for seed in 100..140 {
        let program = random_program(seed, &RandomProgramConfig::default());
        let image = Image::from_elf(&program.elf(), &MemoryConfig::default()).unwrap();
        let result = trace(&image, Inputs::default(), 1_000_000).unwrap();
        assert_eq!(run(&image, Inputs::default(), 1_000_000).as_ref(), Ok(&result.run));
        check_rows(&image, Inputs::default(), &result);
    }
}
