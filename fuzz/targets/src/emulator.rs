//! Targets of the emulator: the ELF loader, the symbol table, instructions, and runs.

use crate::input::Input;
use crate::reference::{End, Fault, Machine};
use lariat_emulator::image::{Image, MAX_IMAGE_BYTES, Segment, Symbols};
use lariat_emulator::isa::{Opcode, decode, encode};
use lariat_emulator::machine::{ExecError, Exit, Inputs, run, trace};
use lariat_emulator::memory_map::{EXIT_CELL, MemoryConfig, OUTPUT_START, PANIC_CELL};
use lariat_emulator::test_util::{ElfBuilder, ElfSegment, ElfSymbol};
use lariat_jolt_core::Program;

/// What every loaded image is.
fn check_image(image: &Image) {
    let mut end = 0;
    let mut bytes = 0;
    for segment in &image.segments {
        assert!(segment.num_words() > 0 && segment.start.is_multiple_of(4));
        assert_ne!(segment.words.last(), Some(&0), "zeros at the end are only counted");
        assert!(u64::from(segment.start) >= end, "segments are sorted and disjoint");
        assert!(!(segment.writable && segment.executable), "nothing is writable and executable");
        end = segment.end();
        bytes += 4 * segment.num_words();
        if segment.executable {
            for (i, &word) in segment.words.iter().enumerate() {
                let pc = segment.start + 4 * i as u32;
                assert_eq!(image.instruction_at(pc), Some(decode(word)), "the code window is the segments' words");
            }
        }
    }
    assert!(bytes <= MAX_IMAGE_BYTES);
    assert!(image.is_code(image.entry) && image.entry.is_multiple_of(4));
    assert!(u64::from(image.heap_start) >= end || image.segments.is_empty());
    // What loads also runs: there is a layout with the longest inputs.
    image.layout(image.memory.max_input_bytes, image.memory.max_private_input_bytes).unwrap();
    let again = Image::from_segments(image.entry, image.segments.clone(), &MemoryConfig::default()).unwrap();
    assert_eq!(Image { symbols: Symbols::default(), ..image.clone() }, again, "segments determine the image");
}

/// Bytes as an ELF: whatever loads is well-formed, and survives as a key file.
pub fn elf_loader(data: &[u8]) {
    let Ok(image) = Image::from_elf(data, &MemoryConfig::default()) else { return };
    check_image(&image);
    let program = Program::from_image(image);
    let key = program.to_bytes();
    let loaded = Program::from_bytes(&key).unwrap();
    assert_eq!((loaded.digest(), loaded.to_bytes()), (program.digest(), key));
}

/// Bytes as names, symbols and damage of an ELF that is sound otherwise: symbols never change what loads.
pub fn symbol_table(data: &[u8]) {
    const CODE: u32 = 0x1000;
    let mut input = Input::new(data);
    let code: Vec<u32> = vec![0x0000_0073; 64];
    let mut elf = ElfBuilder::new(CODE, vec![ElfSegment::load(CODE, 5, &code)]);
    for _ in 0..input.byte() % 16 {
        let address = match input.byte() % 4 {
            0 => input.word(),
            _ => CODE + u32::from(input.byte()),
        };
        let len = usize::from(input.byte() % 32);
        elf.symbols.push(ElfSymbol { name: String::from_utf8_lossy(input.bytes(len)).into_owned(), address });
    }
    let plain = ElfBuilder { symbols: Vec::new(), ..elf.clone() }.build();
    let mut bytes = elf.build();
    // Damage behind the segment: section headers, symbols and strings. And where the section headers are.
    let behind = plain.len();
    while !input.is_empty() {
        let at = match input.byte() % 4 {
            0 => 32 + usize::from(input.byte() % 4),
            1 => 46 + usize::from(input.byte() % 6),
            _ => behind + usize::from(input.half()) % (bytes.len() - behind).max(1),
        };
        let value = input.byte();
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
    }
    let expected = Image::from_elf(&plain, &MemoryConfig::default()).unwrap();
    // A section table outside of the file is an error; nothing else behind the segment is.
    let Ok(image) = Image::from_elf(&bytes, &MemoryConfig::default()) else { return };
    check_image(&image);
    let entries = image.symbols.entries();
    assert!(entries.windows(2).all(|pair| pair[0].address < pair[1].address));
    assert!(entries.iter().all(|s| image.is_code(s.address) && !s.name.is_empty() && !s.name.starts_with('$')));
    for pc in (CODE - 8..CODE + 4 * code.len() as u32 + 8).step_by(4) {
        let nearest = entries.iter().rfind(|s| s.address <= pc && image.is_code(pc));
        assert_eq!(image.nearest_symbol(pc), nearest.map(|s| (s.name.as_str(), pc - s.address)));
    }
    assert_eq!(Image { symbols: expected.symbols.clone(), ..image }, expected, "symbols are names alone");
}

/// Words as instructions: decoding and encoding agree, and one step of the emulator is one step of the reference.
pub fn instruction(data: &[u8]) {
    let mut input = Input::new(data);
    let word = input.word();
    let decoded = decode(word);
    let encoded = encode(&decoded);
    assert_eq!(decode(encoded), decoded, "{word:#010x}");
    // FENCE alone has fields that mean nothing.
    if decoded.op != Opcode::Fence {
        assert_eq!(encoded, word, "{decoded}");
    }
    assert!(!decoded.to_string().is_empty());

    // Registers from the input, then the word, then the exit with what the word left in a register.
    let mut code = Vec::new();
    let address = 0x0002_0000 + u32::from(input.half() % 64);
    for register in [5, 6, 7, 10] {
        let value = if input.byte().is_multiple_of(2) { address } else { input.word() };
        code.extend(load_constant(register, value));
    }
    let at = code.len();
    code.push(word);
    code.extend([load_constant(17, 93).to_vec(), vec![0x0000_0073; 2]].concat());
    code.resize(at + 8, 0x0000_0073);
    let text = Segment { start: 0x1_0000, words: code, zeros: 0, writable: false, executable: true };
    let data: Vec<u32> = (0..32).map(|_| input.word()).collect();
    let data = Segment { start: 0x2_0000, words: data, zeros: 0, writable: true, executable: false };
    let image = Image::from_segments(0x1_0000, vec![text, data], &MemoryConfig::default()).unwrap();
    compare(&image, Inputs::default(), 40);
}

/// `lui` and `addi` of a register, encoded here.
fn load_constant(register: u32, value: u32) -> [u32; 2] {
    let upper = value.wrapping_add(0x800) & 0xffff_f000;
    let low = value.wrapping_sub(upper) & 0xfff;
    [upper | (register << 7) | 0x37, (low << 20) | (register << 15) | (register << 7) | 0x13]
}

/// Bytes as code, data and inputs of a program: with a limit on steps, it runs as the reference says.
pub fn emulator_run(data: &[u8]) {
    let mut input = Input::new(data);
    let (public, private) = (usize::from(input.byte() % 16), usize::from(input.byte() % 16));
    let (public, private) = (input.bytes(public), input.bytes(private));
    let limit = u64::from(input.half() % 512);
    let mut words: Vec<u32> = Vec::new();
    while !input.is_empty() && words.len() < 256 {
        // Half of the words are made instructions, so that runs get somewhere.
        let kind = input.byte();
        let word = input.word();
        const MAJOR: [u32; 12] = [0x37, 0x17, 0x6f, 0x67, 0x63, 0x03, 0x23, 0x13, 0x33, 0x0f, 0x73, 0x33];
        words.push(match kind {
            0..16 => word,
            16..24 => 0x0000_0073,
            24..40 => (word & 0x01ff_ff80) | (1 << 25) | 0x33,
            _ => (word & !0x7f) | MAJOR[usize::from(kind) % MAJOR.len()],
        });
    }
    if words.is_empty() {
        return;
    }
    let split = words.len() - words.len() / 4;
    let rest = words.split_off(split);
    let mut segments = vec![Segment { start: 0x800, words, zeros: 0, writable: false, executable: true }];
    // Data close enough to zero to be reached by an offset from x0.
    segments.push(Segment { start: 0x100, words: rest, zeros: 0, writable: true, executable: false });
    let Ok(image) = Image::from_segments(0x800, segments, &MemoryConfig::default()) else { return };
    compare(&image, Inputs { public, private }, limit);
}

/// Runs with and without a trace and by the reference, and compares all three.
fn compare(image: &Image, inputs: Inputs<'_>, limit: u64) {
    let mut machine = Machine::new(image, inputs.public, inputs.private).unwrap();
    let (steps, end) = machine.run(limit);
    let (plain, traced) = (run(image, inputs, limit), trace(image, inputs, limit));
    let traced = match (plain, traced, end) {
        (Ok(plain), Ok(traced), _) => {
            assert_eq!(plain, traced.run);
            traced
        }
        (Err(plain), Err(traced), End::Fault(fault)) => {
            assert_eq!(plain, traced);
            assert!(same_fault(fault, &plain), "{fault:?}, and {plain}");
            return;
        }
        (Err(plain), Err(traced), End::Limit) => {
            assert_eq!(plain, traced);
            match plain {
                ExecError::StepLimit { .. } => {}
                // Once more around, and no nearer to an end.
                ExecError::EndlessLoop { instructions, .. } => {
                    let registers = machine.registers;
                    assert!(matches!(machine.run(instructions).1, End::Limit) && machine.registers == registers);
                }
                other => panic!("{other}"),
            }
            return;
        }
        // The program ended, but what it calls its output is none.
        (Err(plain), Err(traced), _) => {
            assert_eq!(plain, traced);
            let length = machine.word(OUTPUT_START);
            match plain {
                ExecError::OutputTooLong { length: found, max } => assert!(found == length && length > max),
                ExecError::OutputPadding { word, .. } => {
                    let last = machine.word(OUTPUT_START + 4 * length.div_ceil(4));
                    assert!(word == last && last >> (8 * (length % 4)) != 0);
                }
                other => panic!("{other}"),
            }
            return;
        }
        (plain, traced, _) => panic!("{plain:?} without a trace and {traced:?} with one"),
    };
    assert_eq!((traced.rows.len() as u64, traced.rows.len()), (traced.run.steps, steps.len()));
    for (row, step) in traced.rows.iter().zip(&steps) {
        assert_eq!(image.code_base + 4 * row.pc_index, step.pc);
        assert_eq!(row.rd_post, step.result.map_or(0, |(_, value)| value), "result at {:#x}", step.pc);
        assert_eq!((row.ram_addr, row.ram_pre, row.ram_post), step.access.unwrap_or_default(), "at {:#x}", step.pc);
    }
    assert_eq!(traced.final_registers, machine.registers);
    let (code, panicked) = (machine.word(EXIT_CELL), machine.word(PANIC_CELL) != 0);
    let exit = if panicked { Exit::Panicked { code } } else { Exit::Halted { code } };
    assert_eq!(traced.run.exit, exit);
    assert!(matches!(end, End::Exit | End::Break));
    let length = machine.word(OUTPUT_START) as usize;
    assert_eq!(traced.run.output.len(), length);
    for (i, byte) in traced.run.output.iter().enumerate() {
        let word = machine.word(OUTPUT_START + 4 + 4 * (i as u32 / 4));
        assert_eq!(*byte, word.to_le_bytes()[i % 4]);
    }
}

/// Whether an error of the emulator is this fault of the reference.
fn same_fault(fault: Fault, error: &ExecError) -> bool {
    match error {
        ExecError::IllegalInstruction { .. } => fault == Fault::Illegal,
        ExecError::OutsideCode { .. } | ExecError::JumpOutsideCode { .. } => fault == Fault::OutsideCode,
        ExecError::MisalignedJump { .. } => fault == Fault::MisalignedJump,
        ExecError::MisalignedAccess { .. } => fault == Fault::MisalignedAccess,
        ExecError::UnmappedAccess { .. } | ExecError::StackOverflow { .. } => fault == Fault::Unmapped,
        ExecError::ReadOnlyStore { .. } => fault == Fault::ReadOnly,
        ExecError::UnsupportedEcall { .. } => fault == Fault::Ecall,
        _ => false,
    }
}
