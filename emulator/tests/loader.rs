//! What the loader makes of ELFs, and which ones it refuses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use lariat_emulator::image::{Image, LoadError, MAX_CODE_WINDOW_BYTES, MAX_IMAGE_BYTES, Segment};
use lariat_emulator::isa::{Instruction, Opcode};
use lariat_emulator::layout::{LayoutError, RegionKind};
use lariat_emulator::machine::{ExecError, Exit, Inputs, run, trace};
use lariat_emulator::memory_map::{
    LAST_PAGE_START, MAX_IO_BYTES, MAX_STACK_BYTES, MemoryConfig, MemoryConfigError, STACK_GUARD_BYTES, STACK_TOP,
};
use lariat_emulator::test_util::{Assembler, ElfBuilder, ElfSection, ElfSegment, ElfSymbol, Rng};

const TEXT: u32 = 0x0001_0000;
const NOP: u32 = 0x0000_0013;

fn config() -> MemoryConfig {
    MemoryConfig::default()
}

fn exit_code() -> Vec<u32> {
    let mut assembler = Assembler::new(TEXT);
    assembler.exit(3);
    assembler.assemble()
}

fn builder() -> ElfBuilder {
    ElfBuilder::from_code(TEXT, &exit_code())
}

fn load(builder: &ElfBuilder) -> Result<Image, LoadError> {
    Image::from_elf(&builder.build(), &config())
}

fn refusal(change: impl FnOnce(&mut ElfBuilder)) -> LoadError {
    let mut builder = builder();
    change(&mut builder);
    load(&builder).unwrap_err()
}

fn segment(start: u32, words: usize, writable: bool, executable: bool) -> Segment {
    Segment { start, words: vec![NOP; words], zeros: 0, writable, executable }
}

#[test]
fn loads_and_runs_a_plain_executable() {
    let image = load(&builder()).unwrap();
    assert_eq!((image.entry, image.code_base, image.code.len()), (TEXT, TEXT, 3));
    assert_eq!(image.heap_start, TEXT + 16, "12 bytes of code, rounded up to 16");
    assert_eq!(image.heap_end(), (image.heap_start + config().heap_size).next_multiple_of(4096));
    assert_eq!(run(&image, Inputs::default(), 10).unwrap().exit, Exit::Halted { code: 3 });
}

#[test]
fn loads_from_bytes_at_any_alignment() {
    let elf = builder().build();
    for shift in 0..4 {
        let mut shifted = vec![0; shift];
        shifted.extend_from_slice(&elf);
        assert_eq!(Image::from_elf(&shifted[shift..], &config()), load(&builder()));
    }
}

#[test]
fn places_bytes_at_unaligned_starts_and_zeros_behind_them() {
    for misalignment in 0..4_u32 {
        for length in 1..10_u32 {
            let mut builder = builder();
            let bytes: Vec<u8> = (1..=length as u8).collect();
            let start = 0x0010_0000 + misalignment;
            let memory_bytes = length + 5;
            builder.segments.push(ElfSegment { kind: 1, address: start, flags: 6, bytes: bytes.clone(), memory_bytes });
            let image = load(&builder).unwrap();
            let data = &image.segments[1];
            assert_eq!(data.start, 0x0010_0000);
            let mut expected = vec![0; misalignment as usize];
            expected.extend(bytes);
            expected.resize((misalignment + memory_bytes).next_multiple_of(4) as usize, 0);
            let actual: Vec<u8> = (0..data.num_words() as usize).flat_map(|i| data.word(i).to_le_bytes()).collect();
            assert_eq!(actual, expected, "{misalignment} {length}");
        }
    }
}

#[test]
fn gaps_between_executable_segments_are_illegal_words() {
    let mut builder = builder();
    builder.segments.push(ElfSegment::load(TEXT + 0x20, 5, &[NOP, NOP]));
    builder.segments.push(ElfSegment::load(TEXT + 0x18, 4, &[NOP]));
    let image = load(&builder).unwrap();
    assert_eq!(image.code.len(), 10);
    assert!((3..8).all(|i| image.code[i] == Instruction::illegal(0)));
    assert_eq!(image.instruction_at(TEXT + 0x20).unwrap().op, Opcode::Addi);
    assert_eq!(image.instruction_at(TEXT + 0x21), None);
    assert_eq!(image.instruction_at(TEXT + 0x28), None);
    assert_eq!(image.instruction_at(TEXT - 4), None);
    assert!(image.is_code(TEXT + 0x27) && !image.is_code(TEXT + 0x28) && !image.is_code(TEXT + 0x18));
}

/// One segment with code, data and bss, as a bare-metal linker script without separate segments makes it.
fn all_in_one() -> (ElfBuilder, u32) {
    let data = TEXT + 0x40;
    let mut assembler = Assembler::new(TEXT);
    assembler
        .load_constant(5, data)
        .push(Instruction::load(Opcode::Lw, 6, 5, 0))
        .push(Instruction::i_type(Opcode::Addi, 6, 6, 1))
        .push(Instruction::store(Opcode::Sw, 6, 5, 0))
        .push(Instruction::store(Opcode::Sw, 6, 5, 8))
        .push(Instruction::load(Opcode::Lw, 10, 5, 8))
        .push(Instruction::i_type(Opcode::Addi, 17, 0, 93))
        .push(Instruction::system(Opcode::Ecall));
    let mut words = assembler.assemble();
    words.resize(16, 0);
    words.extend([41, 0]);
    let mut builder = ElfBuilder::from_code(TEXT, &words);
    builder.segments[0].flags = 7;
    builder.segments[0].memory_bytes += 8;
    builder.sections = vec![
        ElfSection { address: data, size: 8, flags: 3 },
        ElfSection { address: TEXT, size: 4 * assembler.len() as u32, flags: 6 },
        ElfSection { address: 0, size: 0x100, flags: 4 },
    ];
    (builder, data)
}

#[test]
fn splits_a_writable_code_segment_by_its_sections() {
    let (builder, data) = all_in_one();
    let image = load(&builder).unwrap();
    let shape: Vec<_> = image.segments.iter().map(|s| (s.start, s.num_words(), s.writable, s.executable)).collect();
    assert_eq!(shape, [(TEXT, 9, false, true), (TEXT + 36, 11, true, false)]);
    assert_eq!(image.segments[1].end(), u64::from(data) + 16);
    assert_eq!(image.code.len(), 9);
    assert_eq!(run(&image, Inputs::default(), 100).unwrap().exit, Exit::Halted { code: 42 });
}

#[test]
fn code_in_a_writable_segment_cannot_be_stored_to() {
    let (mut builder, _) = all_in_one();
    // Half a word of the data belongs to an executable section: the word is code.
    builder.sections.push(ElfSection { address: TEXT + 0x42, size: 1, flags: 7 });
    let image = load(&builder).unwrap();
    assert_eq!(image.segments.len(), 4);
    let error = run(&image, Inputs::default(), 100).unwrap_err();
    assert!(matches!(error, ExecError::ReadOnlyStore { region: RegionKind::Code, .. }), "{error}");
}

#[test]
fn sections_outside_of_the_segment_and_overlapping_ones_are_clipped() {
    let (mut builder, data) = all_in_one();
    for (address, size) in [(0, u32::MAX), (u32::MAX, u32::MAX), (TEXT + 4, 8), (data + 12, 0x1000)] {
        builder.sections.push(ElfSection { address, size, flags: 4 | 2 });
    }
    let image = load(&builder).unwrap();
    assert_eq!(image.segments.len(), 1);
    assert!(image.segments[0].executable && !image.segments[0].writable);
    assert_eq!(image.segments[0].num_words(), 20);
}

#[test]
fn names_code_by_its_symbols() {
    let mut builder = builder();
    let symbol = |name: &str, address| ElfSymbol { name: name.to_owned(), address };
    builder.symbols = vec![
        symbol("second", TEXT + 4),
        symbol("main", TEXT),
        symbol("$x", TEXT + 8),
        symbol(".Lloop", TEXT + 8),
        symbol("outside", TEXT + 12),
        symbol("", TEXT + 8),
    ];
    let image = load(&builder).unwrap();
    assert_eq!(image.nearest_symbol(TEXT), Some(("main", 0)));
    assert_eq!(image.nearest_symbol(TEXT + 8), Some(("second", 4)));
    assert_eq!(image.nearest_symbol(TEXT + 12), None);
    assert_eq!(image.symbols.entries().len(), 2);
    assert_eq!(image.symbols.address_of("second"), Some(TEXT + 4));
}

/// Between heap and stack there is a guard in every layout; segments may lie in it, a heap behind them may not.
#[test]
fn no_heap_lies_closely_below_the_stack() {
    for stack_size in [4096, 1 << 20, MAX_STACK_BYTES] {
        let memory = MemoryConfig { stack_size, heap_size: u32::MAX, ..config() };
        let (stack, guard) = (STACK_TOP - stack_size, STACK_TOP - stack_size - STACK_GUARD_BYTES);
        for start in [0x5000_0000, guard - 0x2000, guard - 0x20, guard, guard + 0x1000, stack - 20] {
            let image = Image::from_segments(start, vec![segment(start, 5, false, true)], &memory).unwrap();
            assert_eq!(image.heap_end(), guard.max(image.heap_start), "{start:#x}");
            let layout = image.layout(0, 0).unwrap();
            assert!(layout.regions().iter().all(|r| r.kind != RegionKind::Heap || r.end <= guard));
        }
    }
}

#[test]
fn zeros_that_the_file_only_counts_are_not_stored() {
    let mut builder = builder();
    builder.segments.push(ElfSegment { memory_bytes: 100 << 20, ..ElfSegment::load(0x0100_0000, 6, &[1, 0, 2, 0]) });
    builder.segments.push(ElfSegment::zeros(0x0800_0001, 4, 30 << 20));
    builder.segments[0].memory_bytes += 400;
    builder.segments.push(ElfSegment { memory_bytes: 1 << 20, ..ElfSegment::load(0x0fc0_0000, 4, &[0, 0]) });
    let image = load(&builder).unwrap();
    let stored: Vec<_> = image.segments.iter().map(|s| (s.start, s.words.len(), s.num_words())).collect();
    assert_eq!(
        stored,
        [(TEXT, 3, 103), (0x0100_0000, 3, 25 << 20), (0x0800_0000, 0, (30 << 18) + 1), (0x0fc0_0000, 0, 1 << 18)]
    );
    assert_eq!((image.code.len(), image.code.stored()), (103, 3));
    assert_eq!(image.instruction_at(TEXT + 12), Some(Instruction::illegal(0)));
    assert!(image.is_code(TEXT + 408) && !image.is_code(TEXT + 412));
    let traced = trace(&image, Inputs::default(), 10).unwrap();
    let word = |address| traced.final_memory.word(address);
    assert_eq!([0, 4, 8, 12, 99 << 20].map(|at| word(0x0100_0000 + at)), [Some(1), Some(0), Some(2), Some(0), Some(0)]);
    assert_eq!(word(0x0800_0000), Some(0));
}

/// What linkers make of `-Ttext=0x80000000`: the file's headers are in the first segment, on the page before.
#[test]
fn a_page_of_headers_below_the_usual_address_is_not_the_stack() {
    let start = 0x7fff_f000;
    let code = 0x8000_0000;
    let mut assembler = Assembler::new(code);
    assembler.push(Instruction::store(Opcode::Sw, 0, 2, -4)).exit(0);
    let mut words = vec![0x464c_457f; 1024];
    words.extend(assembler.assemble());
    let image = load(&ElfBuilder::new(code, vec![ElfSegment::load(start, 5, &words)])).unwrap();
    assert_eq!(run(&image, Inputs::default(), 100).unwrap().exit, Exit::Halted { code: 0 });
}

/// A program linked for read-only memory and RAM: `.data` at `DATA` is a copy of what is behind the code.
#[test]
fn start_up_copies_initialised_data_from_its_load_address() {
    const DATA: u32 = 0x0010_0000;
    let source = TEXT + 0x80;
    let mut assembler = Assembler::new(TEXT);
    assembler.load_constant(5, source).load_constant(6, DATA);
    for offset in [0, 4] {
        assembler.push(Instruction::load(Opcode::Lw, 7, 5, offset)).push(Instruction::store(Opcode::Sw, 7, 6, offset));
    }
    assembler.push(Instruction::load(Opcode::Lw, 10, 6, 4));
    assembler.push(Instruction::i_type(Opcode::Addi, 17, 0, 93)).push(Instruction::system(Opcode::Ecall));
    let mut elf = ElfBuilder::from_code(TEXT, &assembler.assemble());
    elf.segments.push(ElfSegment { memory_bytes: 64, ..ElfSegment::load(DATA, 6, &[41, 42]) });
    // `.bss` of its own has nothing to copy, whatever its physical address.
    elf.segments.push(ElfSegment::zeros(DATA + 64, 6, 64));
    let with = |change: &dyn Fn(&mut ElfBuilder)| {
        let mut elf = elf.clone();
        elf.physical = vec![None, Some(source), Some(source)];
        change(&mut elf);
        load(&elf).unwrap()
    };
    let image = with(&|_| {});
    let shape: Vec<_> = image.segments.iter().map(|s| (s.start, s.num_words(), s.writable, s.executable)).collect();
    assert_eq!(shape[1..], [(source, 2, false, false), (DATA, 16, true, false), (DATA + 64, 16, true, false)]);
    assert_eq!(run(&image, Inputs::default(), 100).unwrap().exit, Exit::Halted { code: 42 });
    assert_eq!(image.heap_start, DATA + 128);

    // Nothing is copied over anything, outside of memory, or from where nobody copies.
    let copies = |change: &dyn Fn(&mut ElfBuilder)| with(change).segments.len() > 3;
    let at = |address: u32| copies(&|elf| elf.physical[1] = Some(address));
    for (address, expected) in [
        (TEXT, false),
        (DATA + 124, false),
        (DATA + 128, true),
        (0x3fff_fff8, true),
        (0x3fff_fffc, false),
        (0x4c00_0008, false),
        (STACK_TOP - 8, false),
        (STACK_TOP, true),
        (STACK_TOP - config().stack_size - 8, true),
        (STACK_TOP - config().stack_size - 7, false),
        (LAST_PAGE_START - 8, true),
        (LAST_PAGE_START - 7, false),
        (u32::MAX, false),
    ] {
        assert_eq!(at(address), expected, "{address:#x}");
    }
    assert!(!copies(&|elf| elf.physical.clear()));
    assert!(!copies(&|elf| elf.segments[1].flags = 4), "read-only data is where it is used");
    // At another alignment the bytes are the same.
    let image = with(&|elf| elf.physical[1] = Some(source + 1));
    assert_eq!((&image.segments[1].words[..], image.segments[1].zeros), (&[41 << 8, 42 << 8][..], 1));
}

#[test]
fn clips_the_heap_to_the_free_space() {
    let memory = |heap_size| MemoryConfig { heap_size, ..config() };
    let load_at = |start, heap_size| {
        Image::from_segments(start, vec![segment(start, 5, false, true)], &memory(heap_size)).unwrap()
    };
    let image = load_at(0x3fff_0000, u32::MAX);
    assert_eq!((image.heap_start, image.heap_end()), (0x3fff_0020, 0x4000_0000));
    let image = load_at(0x5000_0000, u32::MAX);
    assert_eq!(
        (image.heap_start, image.heap_end()),
        (0x5000_0020, STACK_TOP - config().stack_size - STACK_GUARD_BYTES)
    );
    let image = load_at(STACK_TOP, u32::MAX);
    assert_eq!((image.heap_start, image.heap_end()), (STACK_TOP + 0x20, LAST_PAGE_START));
    let image = load_at(STACK_TOP - config().stack_size - 20, 1);
    assert_eq!((image.heap_end() - image.heap_start, image.memory.heap_size), (0, 0));
    let image = load_at(0x2000, 0);
    assert_eq!((image.heap_start, image.heap_end()), (0x2020, 0x2020));
    let image = load_at(0x2000, 1);
    assert_eq!((image.heap_start, image.heap_end()), (0x2020, 0x3000));
}

#[test]
fn refuses_what_is_not_a_static_rv32_executable() {
    assert_eq!(Image::from_elf(b"", &config()), Err(LoadError::NotElf));
    assert_eq!(Image::from_elf(b"#!/bin/sh\n", &config()), Err(LoadError::NotElf));
    assert!(matches!(Image::from_elf(b"\x7fELF", &config()), Err(LoadError::Malformed { .. })));
    assert_eq!(refusal(|elf| elf.class = 2), LoadError::Class64);
    assert_eq!(refusal(|elf| elf.data = 2), LoadError::BigEndian);
    assert_eq!(refusal(|elf| elf.machine = 40), LoadError::WrongMachine { machine: 40 });
    assert_eq!(refusal(|elf| elf.file_type = 1), LoadError::NotExecutable { file_type: 1 });
    assert_eq!(refusal(|elf| elf.file_type = 3), LoadError::PositionIndependent);
    assert_eq!(refusal(|elf| elf.flags = 8), LoadError::Embedded);
    assert_eq!(refusal(|elf| elf.flags = 4), LoadError::FloatAbi { flags: 4 });
    for kind in [2, 3] {
        let header = ElfSegment { kind, ..ElfSegment::zeros(0, 4, 0) };
        assert_eq!(refusal(|elf| elf.segments.push(header)), LoadError::DynamicallyLinked);
    }
}

/// Assemblers set the header's bit for a directive; only instructions count.
#[test]
fn the_header_alone_makes_no_program_compressed() {
    let mut flagged = builder();
    flagged.flags = 1;
    // Constants behind the last instruction, which would be compressed ones.
    flagged.segments[0].bytes.extend_from_slice(&[0x01, 0x45, 0x01, 0x45]);
    flagged.segments[0].memory_bytes += 4;
    let image = load(&flagged).unwrap();
    assert_eq!(run(&image, Inputs::default(), 10).unwrap().exit, Exit::Halted { code: 3 });
}

/// `c.li a0, 0`.
const COMPRESSED: u16 = 0x4501;

#[test]
fn names_the_first_compressed_instruction() {
    let pair = u32::from(COMPRESSED) | u32::from(COMPRESSED) << 16;
    let refuse = |build: &dyn Fn(&mut Assembler), expected: u32| {
        let mut assembler = Assembler::new(TEXT);
        build(&mut assembler);
        let mut elf = ElfBuilder::from_code(TEXT, &assembler.assemble());
        elf.flags = 1;
        let error = load(&elf).unwrap_err();
        assert_eq!(error, LoadError::Compressed { address: expected, half: COMPRESSED });
        let message = error.to_string();
        assert!(
            message.contains(&format!("0x4501 at {expected:#010x}")) && message.contains("-march=rv32im"),
            "{message}"
        );
        // Without the bit the program loads: the words decide when they are reached.
        elf.flags = 0;
        let error = run(&load(&elf).unwrap(), Inputs::default(), 10).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("compressed instruction 0x4501") && message.contains("-march=rv32im"), "{message}");
    };
    refuse(
        &|asm| {
            asm.push(Instruction::illegal(pair));
        },
        TEXT,
    );
    refuse(
        &|asm| {
            asm.load_constant(5, 0x1234_5678).push(Instruction::illegal(pair));
        },
        TEXT + 8,
    );
    // Behind branches that may not be taken, and those that always are.
    let bnez = Instruction::branch(Opcode::Bne, 0, 0, 64);
    refuse(
        &|asm| {
            asm.push(bnez).push(Instruction::illegal(pair));
        },
        TEXT + 4,
    );
    for jump in [Instruction::jal(1, 8), Instruction::branch(Opcode::Beq, 5, 5, 8)] {
        refuse(
            &|asm| {
                asm.push(jump).push(Instruction::illegal(0)).push(Instruction::illegal(pair));
            },
            TEXT + 8,
        );
    }
    // In the middle of a word.
    refuse(
        &|asm| {
            asm.push(Instruction::jal(1, 6)).push(Instruction::illegal(pair));
        },
        TEXT + 6,
    );
}

#[test]
fn compressed_code_behind_a_jump_by_register_is_found_by_the_run() {
    let mut assembler = Assembler::new(TEXT);
    assembler.load_constant(5, TEXT + 14).push(Instruction::i_type(Opcode::Jalr, 0, 5, 0));
    assembler.push(Instruction::illegal(u32::from(COMPRESSED) << 16 | 1));
    let mut elf = ElfBuilder::from_code(TEXT, &assembler.assemble());
    elf.flags = 1;
    let error = run(&load(&elf).unwrap(), Inputs::default(), 10).unwrap_err();
    assert!(
        matches!(error, ExecError::MisalignedJump { target, compressed: Some(COMPRESSED), .. } if target == TEXT + 14),
        "{error}"
    );
    assert!(error.to_string().contains("0x0001000e") && error.to_string().contains("0x4501"), "{error}");
}

#[test]
fn refuses_entries_outside_of_code() {
    assert_eq!(refusal(|elf| elf.entry = TEXT + 2), LoadError::EntryMisaligned { entry: TEXT + 2 });
    assert_eq!(refusal(|elf| elf.entry = TEXT + 12), LoadError::EntryNotInCode { entry: TEXT + 12 });
    assert_eq!(refusal(|elf| elf.entry = 0), LoadError::EntryNotInCode { entry: 0 });
    assert_eq!(refusal(|elf| elf.segments[0].flags = 6), LoadError::NoCode);
    assert_eq!(refusal(|elf| elf.segments.clear()), LoadError::NoCode);
}

#[test]
fn refuses_inconsistent_and_truncated_segments() {
    assert_eq!(
        refusal(|elf| elf.segments[0].memory_bytes = 11),
        LoadError::SegmentFileSize { index: 0, file_bytes: 12, memory_bytes: 11 }
    );
    let elf = builder().build();
    let file_bytes = elf.len() - 1;
    assert_eq!(
        Image::from_elf(&elf[..file_bytes], &config()),
        Err(LoadError::SegmentTruncated { index: 0, end: elf.len() as u64, file_bytes })
    );
    assert_eq!(refusal(|elf| elf.segments[0].flags = 7), LoadError::UnseparatedCode { start: TEXT });
}

#[test]
fn refuses_segments_in_each_others_way() {
    for (start, bytes) in [(TEXT + 8, 4), (TEXT - 4, 8), (TEXT, 12), (TEXT + 9, 1)] {
        let error = refusal(|elf| elf.segments.push(ElfSegment::zeros(start, 6, bytes)));
        assert!(matches!(error, LoadError::Layout(LayoutError::Overlap { .. })), "{error}");
    }
    let stack = refusal(|elf| elf.segments.push(ElfSegment::zeros(STACK_TOP - 4, 6, 4)));
    assert!(matches!(stack, LoadError::Layout(LayoutError::Overlap { .. })), "{stack}");
    for start in [0x3fff_fffc, 0x4000_0000, 0x4bff_0000, 0x4c00_0000, 0x4fff_fff8] {
        let error = refusal(|elf| elf.segments.push(ElfSegment::zeros(start, 6, 8)));
        assert!(matches!(error, LoadError::Layout(LayoutError::InIoWindow { .. })), "{error}");
    }
    for (start, bytes) in [(LAST_PAGE_START, 4), (LAST_PAGE_START - 4, 5), (u32::MAX, 1), (4, u32::MAX)] {
        let error = refusal(|elf| elf.segments.push(ElfSegment::zeros(start, 6, bytes)));
        assert_eq!(error, LoadError::Layout(LayoutError::LastPage { start, bytes: bytes.into() }));
    }
}

#[test]
fn refuses_huge_images_before_allocating_them() {
    let error = refusal(|elf| elf.segments.push(ElfSegment::zeros(0x0002_0000, 6, 0x3000_0000)));
    assert_eq!(error, LoadError::ImageTooLarge { bytes: 0x3000_0000 + 12, max: MAX_IMAGE_BYTES });
    // Many segments over one another count in full.
    let error = refusal(|elf| elf.segments = vec![ElfSegment::zeros(0x0002_0000, 6, 0x0fff_0000); 1000]);
    assert!(matches!(error, LoadError::ImageTooLarge { .. }), "{error}");
    let far = TEXT + MAX_CODE_WINDOW_BYTES as u32;
    let error = refusal(|elf| elf.segments.push(ElfSegment::load(far, 5, &[NOP])));
    assert_eq!(error, LoadError::CodeWindowTooLarge { bytes: MAX_CODE_WINDOW_BYTES + 4, max: MAX_CODE_WINDOW_BYTES });
}

#[test]
fn refuses_segments_that_break_the_rules_of_the_image() {
    let build = |segments| Image::from_segments(TEXT, segments, &config());
    let invalid = |start| Err(LoadError::InvalidSegment { start });
    assert_eq!(build(vec![segment(TEXT + 2, 1, false, true)]), invalid(TEXT + 2));
    assert_eq!(build(vec![segment(TEXT, 1, true, true)]), invalid(TEXT));
    for zeros in [1 + MAX_IMAGE_BYTES as u32 / 4, u32::MAX] {
        let huge = Segment { zeros, ..segment(0, 0, true, false) };
        assert!(matches!(build(vec![huge]), Err(LoadError::ImageTooLarge { .. })));
    }
    // Order does not matter, and empty segments vanish.
    let image =
        build(vec![segment(0x2_0000, 1, true, false), segment(4, 0, true, false), segment(TEXT, 1, false, true)]);
    assert_eq!(image.unwrap().segments.len(), 2);
}

#[test]
fn refuses_sizes_beyond_their_limits() {
    let load = |memory: MemoryConfig| Image::from_elf(&builder().build(), &memory).map(|_| ());
    for stack_size in [0, 4095, 4097, MAX_STACK_BYTES + 4096] {
        let error = MemoryConfigError::StackSize { requested: stack_size, max: MAX_STACK_BYTES };
        assert_eq!(load(MemoryConfig { stack_size, ..config() }), Err(error.into()));
    }
    let limit = MAX_IO_BYTES;
    let too_long = [
        MemoryConfig { max_input_bytes: limit + 1, ..config() },
        MemoryConfig { max_private_input_bytes: limit + 1, ..config() },
        MemoryConfig { max_output_bytes: limit + 1, ..config() },
    ];
    for memory in too_long {
        let error = load(memory).unwrap_err();
        assert!(matches!(error, LoadError::MemoryConfig(MemoryConfigError::IoLimit { .. })), "{error}");
    }
    let largest = MemoryConfig {
        stack_size: MAX_STACK_BYTES,
        heap_size: u32::MAX,
        max_input_bytes: limit,
        max_private_input_bytes: limit,
        max_output_bytes: limit,
    };
    assert_eq!(load(largest), Ok(()));
}

/// Damaged files give an error or an image, never a panic, and an image that loads has a valid layout.
#[test]
fn survives_damaged_files() {
    let (mut all_in_one, _) = all_in_one();
    all_in_one.symbols = vec![ElfSymbol { name: "main".to_owned(), address: TEXT }];
    let elf = all_in_one.build();
    // Every header byte; the contents of the segment are in between.
    let headers: Vec<usize> = (0..84).chain(4096 + 72..elf.len()).collect();
    let mut rng = Rng::new(3);
    let (mut loaded, mut refused) = (0, 0);
    let mut check = |bytes: &[u8]| match Image::from_elf(bytes, &config()) {
        Ok(image) => {
            assert!(image.layout(0, 0).is_ok());
            loaded += 1;
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            refused += 1;
        }
    };
    for length in 0..elf.len() {
        check(&elf[..length]);
    }
    for &position in &headers {
        for value in [0, 1, 2, 4, 7, 0x10, 0x7f, 0x80, 0xff] {
            let mut damaged = elf.clone();
            damaged[position] = value;
            check(&damaged);
        }
    }
    for _ in 0..10_000 {
        let mut damaged = elf.clone();
        for _ in 0..=rng.below(3) {
            let position = rng.pick(&headers) & !3;
            let word = rng.word().to_le_bytes();
            let end = (position + 4).min(damaged.len());
            damaged[position..end].copy_from_slice(&word[..end - position]);
        }
        check(&damaged);
    }
    assert!(loaded > 100 && refused > 1000, "{loaded} loaded, {refused} refused");
}

#[test]
fn every_message_is_one_sentence() {
    let errors = [
        refusal(|elf| elf.flags = 8),
        refusal(|elf| elf.class = 2),
        refusal(|elf| elf.entry = 0),
        refusal(|elf| elf.segments.push(ElfSegment::zeros(TEXT, 6, 4))),
        refusal(|elf| elf.segments[0].flags = 7),
    ];
    for error in errors {
        let message = error.to_string();
        assert!(!message.contains('\n') && !message.ends_with('.'), "{message}");
    }
    let overlap = |start, bytes| refusal(|elf| elf.segments.push(ElfSegment::zeros(start, 6, bytes))).to_string();
    assert_eq!(
        overlap(TEXT + 8, 8),
        "code 0x00010000..0x0001000c overlaps data 0x00010008..0x00010010; link the program so that they are apart"
    );
    // The addresses are those of the file, not of the words around them.
    assert_eq!(
        overlap(TEXT + 9, 5),
        "code 0x00010000..0x0001000c overlaps data 0x00010009..0x0001000e; link the program so that they are apart"
    );
    assert_eq!(
        overlap(STACK_TOP - 5, 6),
        "stack 0x7fef0000..0x7fff0000 overlaps data 0x7ffefffb..0x7fff0001; link the program so that they are apart"
    );
    assert!(overlap(0x3fff_ffff, 2).starts_with("data 0x3fffffff..0x40000001 reaches into"));
    let share = refusal(|elf| {
        let data = |address, bytes: &[u8]| ElfSegment {
            address,
            bytes: bytes.to_vec(),
            memory_bytes: bytes.len() as u32,
            ..ElfSegment::load(0, 6, &[])
        };
        elf.segments.extend([data(0x2_0005, &[6, 7, 8]), data(0x2_0000, &[1, 2, 3, 4, 5])]);
    });
    assert_eq!(
        share.to_string(),
        "data 0x00020000..0x00020005 and data 0x00020005..0x00020008 share the word at 0x00020004, \
         and a word is in one segment only; align the second to 4 bytes"
    );
    // Two segments in one word.
    let share = refusal(|elf| elf.segments.extend([5, 7].map(|k| ElfSegment::zeros(0x2_0000 + k, 6, 1))));
    assert!(
        share.to_string().starts_with("data 0x00020005..0x00020006 and data 0x00020007..0x00020008 share the word"),
        "{share}"
    );
}
