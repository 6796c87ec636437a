//! Decoding and encoding against an independent table of the instruction set.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use lariat_emulator::isa::{Format, Instruction, Opcode, decode, encode};
use lariat_emulator::test_util::Rng;

/// One row of the specification's instruction listing: name, bits that are fixed, and their values.
const LISTING: [(&str, u32, u32); 48] = [
    ("lui", 0x0000_007f, 0x0000_0037),
    ("auipc", 0x0000_007f, 0x0000_0017),
    ("jal", 0x0000_007f, 0x0000_006f),
    ("jalr", 0x0000_707f, 0x0000_0067),
    ("beq", 0x0000_707f, 0x0000_0063),
    ("bne", 0x0000_707f, 0x0000_1063),
    ("blt", 0x0000_707f, 0x0000_4063),
    ("bge", 0x0000_707f, 0x0000_5063),
    ("bltu", 0x0000_707f, 0x0000_6063),
    ("bgeu", 0x0000_707f, 0x0000_7063),
    ("lb", 0x0000_707f, 0x0000_0003),
    ("lh", 0x0000_707f, 0x0000_1003),
    ("lw", 0x0000_707f, 0x0000_2003),
    ("lbu", 0x0000_707f, 0x0000_4003),
    ("lhu", 0x0000_707f, 0x0000_5003),
    ("sb", 0x0000_707f, 0x0000_0023),
    ("sh", 0x0000_707f, 0x0000_1023),
    ("sw", 0x0000_707f, 0x0000_2023),
    ("addi", 0x0000_707f, 0x0000_0013),
    ("slti", 0x0000_707f, 0x0000_2013),
    ("sltiu", 0x0000_707f, 0x0000_3013),
    ("xori", 0x0000_707f, 0x0000_4013),
    ("ori", 0x0000_707f, 0x0000_6013),
    ("andi", 0x0000_707f, 0x0000_7013),
    ("slli", 0xfe00_707f, 0x0000_1013),
    ("srli", 0xfe00_707f, 0x0000_5013),
    ("srai", 0xfe00_707f, 0x4000_5013),
    ("add", 0xfe00_707f, 0x0000_0033),
    ("sub", 0xfe00_707f, 0x4000_0033),
    ("sll", 0xfe00_707f, 0x0000_1033),
    ("slt", 0xfe00_707f, 0x0000_2033),
    ("sltu", 0xfe00_707f, 0x0000_3033),
    ("xor", 0xfe00_707f, 0x0000_4033),
    ("srl", 0xfe00_707f, 0x0000_5033),
    ("sra", 0xfe00_707f, 0x4000_5033),
    ("or", 0xfe00_707f, 0x0000_6033),
    ("and", 0xfe00_707f, 0x0000_7033),
    ("mul", 0xfe00_707f, 0x0200_0033),
    ("mulh", 0xfe00_707f, 0x0200_1033),
    ("mulhsu", 0xfe00_707f, 0x0200_2033),
    ("mulhu", 0xfe00_707f, 0x0200_3033),
    ("div", 0xfe00_707f, 0x0200_4033),
    ("divu", 0xfe00_707f, 0x0200_5033),
    ("rem", 0xfe00_707f, 0x0200_6033),
    ("remu", 0xfe00_707f, 0x0200_7033),
    ("fence", 0x0000_707f, 0x0000_000f),
    ("ecall", 0xffff_ffff, 0x0000_0073),
    ("ebreak", 0xffff_ffff, 0x0010_0073),
];

fn listed(word: u32) -> &'static str {
    let mut hits = LISTING.iter().filter(|(_, mask, value)| word & mask == *value);
    let name = hits.next().map_or(".word", |row| row.0);
    assert!(hits.next().is_none(), "the listing is ambiguous for {word:#010x}");
    name
}

/// The immediate of a word by the bit positions of the specification's figures, one bit at a time.
fn immediate_by_bits(word: u32, format: Format) -> i32 {
    // Pairs of (bit of the word, bit of the immediate); the last pair is the sign.
    let pairs: Vec<(u32, u32)> = match format {
        Format::Upper => return (word & 0xffff_f000).cast_signed(),
        Format::ShiftImmediate => return ((word >> 20) & 31).cast_signed(),
        Format::JumpRegister | Format::Load | Format::Immediate => (0..12).map(|i| (20 + i, i)).collect(),
        Format::Store => (0..5).map(|i| (7 + i, i)).chain((5..12).map(|i| (20 + i, i))).collect(),
        Format::Branch => {
            (1..5).map(|i| (7 + i, i)).chain((5..11).map(|i| (20 + i, i))).chain([(7, 11), (31, 12)]).collect()
        }
        Format::Jump => {
            (1..11).map(|i| (20 + i, i)).chain([(20, 11)]).chain((12..20).map(|i| (i, i))).chain([(31, 20)]).collect()
        }
        Format::Illegal => return word.cast_signed(),
        Format::Register | Format::System => return 0,
    };
    let sign = pairs[pairs.len() - 1].1;
    let value: i64 = pairs
        .iter()
        .map(|&(from, to)| {
            let weight = if to == sign { -(1_i64 << to) } else { 1 << to };
            weight * i64::from((word >> from) & 1)
        })
        .sum();
    value as i32
}

fn check(word: u32) -> Opcode {
    let instruction = decode(word);
    let Instruction { op, rd, rs1, rs2, imm } = instruction;
    let format = op.format();
    assert_eq!(op.mnemonic(), listed(word), "{word:#010x}");
    assert_eq!(imm, immediate_by_bits(word, format), "{word:#010x} {instruction}");
    let (has_rd, has_rs1, has_rs2) = match format {
        Format::Upper | Format::Jump => (true, false, false),
        Format::JumpRegister | Format::Load | Format::Immediate | Format::ShiftImmediate => (true, true, false),
        Format::Branch | Format::Store => (false, true, true),
        Format::Register => (true, true, true),
        Format::System | Format::Illegal => (false, false, false),
    };
    assert_eq!(op.has_rd(), has_rd);
    let field = |present: bool, shift: u32| if present { ((word >> shift) & 31) as u8 } else { 0 };
    assert_eq!((rd, rs1, rs2), (field(has_rd, 7), field(has_rs1, 15), field(has_rs2, 20)), "{word:#010x}");
    if op == Opcode::Fence {
        assert_eq!(encode(&instruction), 0x0ff0_000f);
    } else {
        assert_eq!(encode(&instruction), word, "{instruction}");
    }
    assert_eq!(decode(encode(&instruction)), instruction);
    op
}

#[test]
fn every_selector_with_random_operands_decodes_as_listed() {
    let mut rng = Rng::new(1);
    let mut counts = [0_u32; Opcode::ALL.len()];
    for selector in 0..1_u32 << 17 {
        let (major, funct3, funct7) = (selector & 0x7f, (selector >> 7) & 7, selector >> 10);
        let fixed = major | funct3 << 12 | funct7 << 25;
        for operands in [0, 0x01ff_8f80, 0x0010_0000, rng.next_u32(), rng.next_u32()] {
            let word = fixed | operands & 0x01ff_8f80;
            counts[check(word) as usize] += 1;
        }
    }
    for op in Opcode::ALL {
        assert!(counts[op as usize] > 0, "{op} was never decoded");
    }
}

#[test]
fn single_bits_and_random_words_decode_as_listed() {
    let mut rng = Rng::new(2);
    for (_, mask, value) in LISTING {
        for bit in 0..32 {
            check(value ^ (1 << bit));
            check(value | (!mask & (1 << bit)));
        }
        for _ in 0..2000 {
            check(value | (!mask & rng.next_u32()));
        }
    }
    for _ in 0..200_000 {
        check(rng.next_u32());
    }
}

#[test]
#[ignore = "decodes all 2^32 words, which takes minutes; run with --release -- --ignored"]
fn every_word_decodes_as_listed() {
    for word in 0..=u32::MAX {
        let instruction = decode(word);
        if instruction.op != Opcode::Fence {
            assert_eq!(encode(&instruction), word);
        }
        if word % 61 == 0 {
            check(word);
        }
    }
}

#[test]
fn well_known_words_are_illegal() {
    let cases = [
        (0x0000_0000, "all zeros"),
        (0xffff_ffff, "all ones"),
        (0x0000_100f, "fence.i"),
        (0xc000_1073, "csrrw (unimp)"),
        (0x3020_0073, "mret"),
        (0x1050_0073, "wfi"),
        (0x0000_0001, "c.nop"),
        (0x0200_1013, "slli with bit 25 set"),
        (0x4000_1013, "slli with bit 30 set"),
        (0x0000_3003, "ld"),
        (0x0000_6003, "lwu"),
        (0x0000_3023, "sd"),
        (0x0000_003b, "addw"),
        (0x1000_202f, "lr.w"),
        (0x0000_2007, "flw"),
        (0x0000_00f3, "ecall with rd = 1"),
        (0x0020_0073, "uret"),
    ];
    for (word, what) in cases {
        assert_eq!(decode(word), Instruction::illegal(word), "{what}");
    }
}
