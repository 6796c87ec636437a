//! Loads and stores: every offset, width and sign, addresses that wrap around, and every access that is refused.

use super::{
    CORPUS_CODE, CORPUS_DATA, CORPUS_RODATA, CORPUS_RODATA_WORD, Case, CorpusProgram, Entry, RESULTS, Refusal, entry,
};
use crate::isa::{Instruction, Opcode, encode};
use crate::layout::RegionKind;
use crate::machine::Exit;
use crate::memory_map::{
    CONTROL_END, EXIT_CELL, INPUT_START, LAST_PAGE_START, MemoryConfig, OUTPUT_START, PANIC_CELL, PRIVATE_INPUT_START,
    STACK_TOP,
};

const BASE: u8 = 5;
const VALUE: u8 = 6;
const RD: u8 = 7;

/// Two words whose bytes are `01 7f 81 80 80 fe ff 00`: both signs at each offset of a word.
const WORDS: [u32; 2] = [0x8081_7f01, 0x00ff_fe80];

/// Opcode, offset from the first of [`WORDS`], loaded value.
const LOADS: [(Opcode, i32, u32); 26] = [
    (Opcode::Lb, 0, 0x0000_0001),
    (Opcode::Lb, 1, 0x0000_007f),
    (Opcode::Lb, 2, 0xffff_ff81),
    (Opcode::Lb, 3, 0xffff_ff80),
    (Opcode::Lb, 4, 0xffff_ff80),
    (Opcode::Lb, 5, 0xffff_fffe),
    (Opcode::Lb, 6, 0xffff_ffff),
    (Opcode::Lb, 7, 0x0000_0000),
    (Opcode::Lbu, 0, 0x01),
    (Opcode::Lbu, 1, 0x7f),
    (Opcode::Lbu, 2, 0x81),
    (Opcode::Lbu, 3, 0x80),
    (Opcode::Lbu, 4, 0x80),
    (Opcode::Lbu, 5, 0xfe),
    (Opcode::Lbu, 6, 0xff),
    (Opcode::Lbu, 7, 0x00),
    (Opcode::Lh, 0, 0x0000_7f01),
    (Opcode::Lh, 2, 0xffff_8081),
    (Opcode::Lh, 4, 0xffff_fe80),
    (Opcode::Lh, 6, 0x0000_00ff),
    (Opcode::Lhu, 0, 0x7f01),
    (Opcode::Lhu, 2, 0x8081),
    (Opcode::Lhu, 4, 0xfe80),
    (Opcode::Lhu, 6, 0x00ff),
    (Opcode::Lw, 0, 0x8081_7f01),
    (Opcode::Lw, 4, 0x00ff_fe80),
];

/// Opcode, offset in a word of `81 81 81 81`, the word after storing `fedc_ba98` there, and after storing x0.
const STORES: [(Opcode, i32, u32, u32); 7] = [
    (Opcode::Sb, 0, 0x8181_8198, 0x8181_8100),
    (Opcode::Sb, 1, 0x8181_9881, 0x8181_0081),
    (Opcode::Sb, 2, 0x8198_8181, 0x8100_8181),
    (Opcode::Sb, 3, 0x9881_8181, 0x0081_8181),
    (Opcode::Sh, 0, 0x8181_ba98, 0x8181_0000),
    (Opcode::Sh, 2, 0xba98_8181, 0x0000_8181),
    (Opcode::Sw, 0, 0xfedc_ba98, 0x0000_0000),
];

const LOAD_OPS: [Opcode; 5] = [Opcode::Lb, Opcode::Lbu, Opcode::Lh, Opcode::Lhu, Opcode::Lw];
const STORE_OPS: [Opcode; 3] = [Opcode::Sb, Opcode::Sh, Opcode::Sw];

pub(super) fn entries() -> Vec<Entry> {
    [of_width(), addresses(), regions(), refused()].concat()
}

/// Every opcode at every offset.
fn of_width() -> Vec<Entry> {
    let mut entries = Vec::new();
    for op in LOAD_OPS {
        let about = format!("`{op}` at each offset, of bytes of both signs");
        entries.push(entry(&format!("{op}-at-each-offset"), &about, Case::new(), |case| {
            case.set(RESULTS, CORPUS_DATA);
            for word in WORDS {
                case.word(word, word);
            }
            for (_, offset, value) in LOADS.into_iter().filter(|load| load.0 == op) {
                case.check(Instruction::load(op, RD, RESULTS, offset), value);
            }
        }));
        let about = format!("`{op}` with rd = x0 drops what it loads");
        entries.push(entry(&format!("x0-{op}"), &about, Case::new(), |case| {
            case.word(u32::MAX, u32::MAX);
            case.set(BASE, CORPUS_DATA);
            case.push(Instruction::load(op, 0, BASE, 0));
        }));
    }
    for op in STORE_OPS {
        let about = format!("`{op}` at each offset, of a register and of x0; the other bytes stay");
        entries.push(entry(&format!("{op}-at-each-offset"), &about, Case::new(), |case| {
            case.set(BASE, CORPUS_DATA);
            case.set(VALUE, 0xfedc_ba98);
            for (_, offset, stored, zeroed) in STORES.into_iter().filter(|store| store.0 == op) {
                for (source, after) in [(VALUE, stored), (0, zeroed)] {
                    let word = 4 * case.data.len() as i32;
                    case.word(0x8181_8181, after);
                    case.push(Instruction::store(op, source, BASE, word + offset));
                }
            }
        }));
    }
    entries
}

/// Addresses that are formed in unusual ways.
fn addresses() -> Vec<Entry> {
    let mut entries = vec![
        entry("limits-of-memory-offsets", "offsets -2048 and 2047, and -1 into the word before", Case::new(), |case| {
            for word in WORDS {
                case.word(word, word);
            }
            case.set(RESULTS, CORPUS_DATA);
            case.set(BASE, CORPUS_DATA + 2048);
            case.check(Instruction::load(Opcode::Lw, RD, BASE, -2048), WORDS[0]);
            case.set(BASE, CORPUS_DATA - 2044);
            case.check(Instruction::load(Opcode::Lb, RD, BASE, 2047), 0xffff_ff80);
            case.set(BASE, CORPUS_DATA + 4);
            case.check(Instruction::load(Opcode::Lbu, RD, BASE, -1), 0x80);
        }),
        entry("load-over-its-own-base", "a load whose destination is its base register", Case::new(), |case| {
            case.word(0x1234_5678, 0x1234_5678);
            case.set(BASE, CORPUS_DATA);
            case.push(Instruction::load(Opcode::Lw, BASE, BASE, 0));
            case.expect(BASE, 0x1234_5678);
        }),
        entry("store-of-its-own-base", "a store of its base register", Case::new(), |case| {
            case.word(0, CORPUS_DATA);
            case.set(BASE, CORPUS_DATA);
            case.push(Instruction::store(Opcode::Sw, BASE, BASE, 0));
        }),
    ];
    // The data is where a sum of nearly 2^32 and an offset wraps around to.
    let wrapping = || Case { data_base: 0x600, ..Case::bare(CORPUS_CODE) };
    entries.push(entry("addresses-wrap-around", "rs1 + imm beyond 2^32 in loads and stores", wrapping(), |case| {
        case.word(WORDS[0], WORDS[0]);
        case.word(0, 0x77);
        case.set(BASE, 0xffff_ff00);
        case.set(VALUE, 0x77);
        case.push(Instruction::load(Opcode::Lw, RD, BASE, 0x700));
        case.expect(RD, WORDS[0]);
        case.push(Instruction::load(Opcode::Lh, 8, BASE, 0x702));
        case.expect(8, 0xffff_8081);
        case.push(Instruction::store(Opcode::Sb, VALUE, BASE, 0x704));
        // With x0 as the base.
        case.push(Instruction::load(Opcode::Lw, 9, 0, 0x600));
        case.expect(9, WORDS[0]);
    }));
    entries
}

/// What the regions hold, and how a run ends.
fn regions() -> Vec<Entry> {
    let here = || Case::bare(CORPUS_CODE);
    let panicking = || Case { exit: Exit::Panicked { code: 0 }, ..Case::bare(CORPUS_CODE) };
    vec![
        entry(
            "code-and-read-only-data-are-readable",
            "loads of the first instruction and of rodata",
            Case::new(),
            |c| {
                c.set(BASE, CORPUS_CODE);
                c.push(Instruction::load(Opcode::Lw, RD, BASE, 0));
                // addi x2, x0, 0
                c.expect(RD, 0x0000_0113);
                c.set(BASE, CORPUS_RODATA);
                c.push(Instruction::load(Opcode::Lh, VALUE, BASE, 2));
                c.expect(VALUE, 0xffff_0000 | CORPUS_RODATA_WORD >> 16);
            },
        ),
        entry("fresh-memory-is-zero", "heap, stack, output, empty inputs, control cells", here(), |case| {
            let heap = CORPUS_RODATA + 16;
            let starts =
                [heap, STACK_TOP - 4, OUTPUT_START + 8, INPUT_START, PRIVATE_INPUT_START, PANIC_CELL, EXIT_CELL];
            for (start, register) in starts.into_iter().zip(8..) {
                case.set(BASE, start);
                case.set(register, u32::MAX);
                case.push(Instruction::load(Opcode::Lw, register, BASE, 0));
                case.expect(register, 0);
            }
        }),
        entry("stack-keeps-what-is-stored", "the highest and the lowest word of the stack", here(), |case| {
            case.set(VALUE, 0xfeed_f00d);
            for (start, register) in [(STACK_TOP - 4, 8), (MemoryConfig::default().stack_start(), 9)] {
                case.set(BASE, start);
                case.push(Instruction::store(Opcode::Sw, VALUE, BASE, 0));
                case.push(Instruction::load(Opcode::Lw, register, BASE, 0));
                case.expect(register, 0xfeed_f00d);
            }
        }),
        entry("a-byte-in-the-panic-cell", "any nonzero byte of the panic cell makes a panic", panicking(), |case| {
            case.set(BASE, PANIC_CELL);
            case.set(VALUE, 0x100);
            case.push(Instruction::store(Opcode::Sh, VALUE, BASE, 2));
        }),
        entry("a-panic-taken-back", "the panic cell counts at the end only", here(), |case| {
            case.set(BASE, PANIC_CELL);
            case.push(Instruction::store(Opcode::Sw, BASE, BASE, 0));
            case.push(Instruction::store(Opcode::Sw, 0, BASE, 0));
        }),
    ]
}

/// One access to `address` through a base register that holds it.
fn access(op: Opcode, address: u32, refusal: Refusal) -> CorpusProgram {
    let mut case = Case::bare(CORPUS_CODE);
    case.word(0, 0);
    case.set(BASE, address);
    case.set(VALUE, 1);
    let instruction = match op {
        Opcode::Sb | Opcode::Sh | Opcode::Sw => Instruction::store(op, VALUE, BASE, 0),
        _ => Instruction::load(op, RD, BASE, 0),
    };
    case.refused(instruction, refusal)
}

/// Accesses that have no meaning.
fn refused() -> Vec<Entry> {
    let mut entries = Vec::new();
    for (op, width) in [(Opcode::Lh, 2), (Opcode::Lhu, 2), (Opcode::Lw, 4), (Opcode::Sh, 2), (Opcode::Sw, 4)] {
        let offsets = (1..4).filter(|offset| offset % u32::from(width) != 0);
        let programs = offsets
            .map(|k| CORPUS_DATA + k)
            .map(|address| access(op, address, Refusal::MisalignedAccess { address, width }));
        let about = format!("`{op}` at each misaligned offset of a word");
        entries.push(Entry::new(format!("{op}-misaligned"), about, programs.collect()));
    }
    let read_only = [
        ("store-to-code", CORPUS_CODE, RegionKind::Code),
        ("store-to-read-only-data", CORPUS_RODATA, RegionKind::ReadOnlyData),
        ("store-to-input", INPUT_START, RegionKind::Input),
        ("store-to-private-input", PRIVATE_INPUT_START, RegionKind::PrivateInput),
        ("store-to-exit-cell", EXIT_CELL, RegionKind::ExitCell),
    ];
    for (name, address, region) in read_only {
        let programs = STORE_OPS.map(|op| access(op, address, Refusal::ReadOnly { address, region }));
        let about = format!("SB, SH and SW to the {region} region");
        entries.push(Entry::new(name, about, programs.into()));
    }
    let unmapped = [
        ("access-to-nothing", "loads and stores at 0 and in the last page", vec![0, LAST_PAGE_START, 0xffff_fffc]),
        (
            "access-behind-inputs",
            "loads and stores behind the words of empty inputs",
            vec![INPUT_START + 4, PRIVATE_INPUT_START + 4],
        ),
        (
            "access-behind-output-and-cells",
            "loads and stores behind the output, the control cells and the stack",
            vec![OUTPUT_START + 4 + (1 << 20), CONTROL_END, STACK_TOP],
        ),
        (
            "access-beside-segments",
            "loads and stores before the data and before the read-only data",
            vec![CORPUS_DATA - 4, CORPUS_RODATA - 4],
        ),
    ];
    for (name, about, addresses) in unmapped {
        let programs = addresses
            .into_iter()
            .flat_map(|address| [Opcode::Lb, Opcode::Sw].map(|op| access(op, address, Refusal::Unmapped { address })));
        entries.push(Entry::new(name, about, programs.collect()));
    }
    let address = MemoryConfig::default().stack_start() - 4;
    let programs = [Opcode::Lw, Opcode::Sb].map(|op| access(op, address, Refusal::StackOverflow { address }));
    entries.push(Entry::new("access-below-the-stack", "a load and a store below the stack", programs.into()));
    entries.push(Entry::new("access-wraps-below-zero", "rs1 + imm below 0 is an address near 2^32", {
        let mut case = Case::bare(CORPUS_CODE);
        case.set(BASE, 0x10);
        let load = Instruction::load(Opcode::Lw, RD, BASE, -0x20);
        vec![case.refused(load, Refusal::Unmapped { address: 0xffff_fff0 })]
    }));
    let into_x0 = |address: u32, refusal| {
        let mut case = Case::bare(CORPUS_CODE);
        case.word(0, 0);
        case.set(BASE, address);
        case.refused(Instruction::load(Opcode::Lw, 0, BASE, 0), refusal)
    };
    let misaligned = CORPUS_DATA + 2;
    entries.push(Entry::new(
        "x0-lw-of-nothing",
        "a load into x0 accesses memory all the same: unmapped, and misaligned",
        vec![
            into_x0(4, Refusal::Unmapped { address: 4 }),
            into_x0(misaligned, Refusal::MisalignedAccess { address: misaligned, width: 4 }),
        ],
    ));
    entries.push(Entry::new("store-over-the-next-instruction", "no code can be changed while it runs", {
        let mut case = Case::bare(CORPUS_CODE);
        case.set(VALUE, encode(&super::NOP));
        let next = CORPUS_CODE + 4 * 6;
        case.set(BASE, next);
        let store = Instruction::store(Opcode::Sw, VALUE, BASE, 0);
        vec![case.refused(store, Refusal::ReadOnly { address: next, region: RegionKind::Code })]
    }));
    entries
}
