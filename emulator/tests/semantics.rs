//! Each instruction against arithmetic on wide integers, over corner cases and random operands.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test helpers fail by panicking")]

use lariat_emulator::image::{Image, Segment};
use lariat_emulator::isa::{Format, Instruction, Opcode, encode};
use lariat_emulator::machine::{Inputs, TraceResult, TraceRow, trace};
use lariat_emulator::memory_map::MemoryConfig;
use lariat_emulator::test_util::{Assembler, Rng};

const TEXT: u32 = 0x1000;
const DATA: u32 = 0x8000;
const TWO_32: i128 = 1 << 32;

fn run_code(assembler: &Assembler, data: &[u32]) -> TraceResult {
    let segments = vec![
        Segment { start: TEXT, words: assembler.assemble(), zeros: 0, writable: false, executable: true },
        Segment { start: DATA, words: data.to_vec(), zeros: 0, writable: true, executable: false },
    ];
    let image = Image::from_segments(TEXT, segments, &MemoryConfig::default()).unwrap();
    trace(&image, Inputs::default(), 1000).unwrap()
}

/// Runs `instruction` once with `x5 = a` and `x6 = b`, and returns its row and the registers at the end.
fn step(instruction: Instruction, a: u32, b: u32) -> (TraceRow, [u32; 32]) {
    let mut assembler = Assembler::new(TEXT);
    assembler.load_constant(5, a).load_constant(6, b).load_constant(7, 0x5555_5555).push(instruction).exit(0);
    let result = run_code(&assembler, &[]);
    (result.rows[6], result.final_registers)
}

fn signed(x: u32) -> i128 {
    if x >> 31 == 1 { i128::from(x) - TWO_32 } else { i128::from(x) }
}

fn wrap(x: i128) -> u32 {
    u32::try_from(x.rem_euclid(TWO_32)).unwrap()
}

/// The result by the specification's words, in wide arithmetic.
fn oracle(op: Opcode, a: u32, b: u32) -> u32 {
    let (sa, sb, ua, ub) = (signed(a), signed(b), i128::from(a), i128::from(b));
    let power = 1_i128 << (b % 32);
    let bitwise =
        |f: fn(bool, bool) -> bool| (0..32).map(|i| u32::from(f(a >> i & 1 == 1, b >> i & 1 == 1)) << i).sum();
    match op {
        Opcode::Add | Opcode::Addi => wrap(sa + sb),
        Opcode::Sub => wrap(sa - sb),
        Opcode::Slt | Opcode::Slti => u32::from(sa < sb),
        Opcode::Sltu | Opcode::Sltiu => u32::from(ua < ub),
        Opcode::Xor | Opcode::Xori => bitwise(|x, y| x != y),
        Opcode::Or | Opcode::Ori => bitwise(|x, y| x || y),
        Opcode::And | Opcode::Andi => bitwise(|x, y| x && y),
        Opcode::Sll | Opcode::Slli => wrap(ua * power),
        Opcode::Srl | Opcode::Srli => wrap(ua.div_euclid(power)),
        Opcode::Sra | Opcode::Srai => wrap(sa.div_euclid(power)),
        Opcode::Mul => wrap(sa * sb),
        Opcode::Mulh => wrap((sa * sb).div_euclid(TWO_32)),
        Opcode::Mulhsu => wrap((sa * ub).div_euclid(TWO_32)),
        Opcode::Mulhu => wrap((ua * ub).div_euclid(TWO_32)),
        Opcode::Div => wrap(if b == 0 { -1 } else { sa / sb }),
        Opcode::Divu => wrap(if b == 0 { TWO_32 - 1 } else { ua / ub }),
        Opcode::Rem => wrap(if b == 0 { sa } else { sa % sb }),
        Opcode::Remu => wrap(if b == 0 { ua } else { ua % ub }),
        other => panic!("no oracle for {other}"),
    }
}

fn taken(op: Opcode, a: u32, b: u32) -> bool {
    match op {
        Opcode::Beq => a == b,
        Opcode::Bne => a != b,
        Opcode::Blt => signed(a) < signed(b),
        Opcode::Bge => signed(a) >= signed(b),
        Opcode::Bltu => a < b,
        Opcode::Bgeu => a >= b,
        other => panic!("{other} is not a branch"),
    }
}

const CORNERS: [u32; 13] =
    [0, 1, 2, 5, 31, 32, 0x7fff_fffe, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffb, 0xffff_fffe, 0xffff_ffff];

fn operand_pairs(seed: u64) -> Vec<(u32, u32)> {
    let mut rng = Rng::new(seed);
    let mut pairs: Vec<_> = CORNERS.iter().flat_map(|&a| CORNERS.map(|b| (a, b))).collect();
    pairs.extend((0..100).map(|_| (rng.next_u32(), rng.next_u32())));
    pairs.extend((0..20).map(|_| (rng.word(), rng.next_u32() >> 24)));
    pairs
}

fn with_format(format: Format) -> impl Iterator<Item = Opcode> {
    Opcode::ALL.into_iter().filter(move |op| op.format() == format)
}

#[test]
fn register_arithmetic_matches_wide_integers() {
    for op in with_format(Format::Register) {
        for (a, b) in operand_pairs(op as u64) {
            let (row, registers) = step(Instruction::r_type(op, 7, 5, 6), a, b);
            let expected = oracle(op, a, b);
            assert_eq!(row.rd_post, expected, "{op} {a:#x} {b:#x}");
            assert_eq!(registers[7], expected);
            assert_eq!((row.rs1, row.rs2, row.rd_pre), (a, b, 0x5555_5555));
            assert_eq!((row.ram_addr, row.ram_pre, row.ram_post), (0, 0, 0));
        }
    }
}

#[test]
fn immediate_arithmetic_matches_wide_integers() {
    for op in with_format(Format::Immediate).chain(with_format(Format::ShiftImmediate)) {
        for (a, b) in operand_pairs(op as u64) {
            let imm =
                if op.format() == Format::ShiftImmediate { (b & 31).cast_signed() } else { b.cast_signed() >> 20 };
            let (row, registers) = step(Instruction::i_type(op, 7, 5, imm), a, b);
            let expected = oracle(op, a, imm.cast_unsigned());
            assert_eq!(row.rd_post, expected, "{op} {a:#x} {imm}");
            assert_eq!(registers[7], expected);
            assert_eq!((row.rs1, row.rs2, row.rd_pre), (a, 0, 0x5555_5555));
        }
    }
}

#[test]
fn upper_immediates_are_added_to_zero_and_to_the_program_counter() {
    let pc = TEXT + 24;
    for value in [0, 0x1000, 0x7fff_f000, 0x8000_0000, 0xffff_f000] {
        assert_eq!(step(Instruction::u_type(Opcode::Lui, 7, value), 1, 2).0.rd_post, value);
        let (row, _) = step(Instruction::u_type(Opcode::Auipc, 7, value), 1, 2);
        assert_eq!(row.rd_post, wrap(i128::from(value) + i128::from(pc)));
        assert_eq!((row.rs1, row.rs2), (0, 0));
    }
}

#[test]
fn writes_to_x0_are_dropped_and_their_results_traced() {
    for op in Opcode::ALL.into_iter().filter(|op| op.has_rd()) {
        let instruction = match op.format() {
            Format::Upper => Instruction::u_type(op, 0, 0x5000),
            Format::Jump => Instruction::jal(0, 4),
            Format::JumpRegister => Instruction::i_type(op, 0, 5, 0),
            Format::Load => Instruction::load(op, 0, 5, 0),
            Format::Register => Instruction::r_type(op, 0, 5, 6),
            _ => Instruction::i_type(op, 0, 5, 3),
        };
        // A pointer for loads, and for JALR the address behind the instruction.
        let a = if op == Opcode::Jalr { TEXT + 28 } else { DATA };
        let mut assembler = Assembler::new(TEXT);
        assembler.load_constant(5, a).load_constant(6, 3).load_constant(7, 0).push(instruction);
        assembler.push(Instruction::r_type(Opcode::Add, 8, 0, 0)).exit(0);
        let result = run_code(&assembler, &[0x8182_8384]);
        let row = result.rows[6];
        assert_eq!(row.rd_pre, 0, "{op}");
        assert_eq!(result.final_registers[0], 0, "{op}");
        assert_eq!(result.rows[7].rd_post, 0, "x0 reads zero after {op}");
        let expected = match op {
            Opcode::Lui => 0x5000,
            Opcode::Auipc => TEXT + 24 + 0x5000,
            Opcode::Jal | Opcode::Jalr => TEXT + 28,
            Opcode::Lb => 0xffff_ff84,
            Opcode::Lbu => 0x84,
            Opcode::Lh => 0xffff_8384,
            Opcode::Lhu => 0x8384,
            Opcode::Lw => 0x8182_8384,
            _ => oracle(op, a, 3),
        };
        assert_eq!(row.rd_post, expected, "{op}");
    }
}

#[test]
fn branches_are_taken_exactly_when_their_relation_holds() {
    for op in with_format(Format::Branch) {
        for (a, b) in operand_pairs(op as u64) {
            let mut assembler = Assembler::new(TEXT);
            let target = assembler.label();
            assembler.load_constant(5, a).load_constant(6, b).branch(op, 5, 6, target).exit(1).bind(target).exit(2);
            let result = run_code(&assembler, &[]);
            let next = if taken(op, a, b) { 8 } else { 5 };
            assert_eq!(result.rows[5].pc_index, next, "{op} {a:#x} {b:#x}");
            let row = result.rows[4];
            assert_eq!((row.rs1, row.rs2, row.rd_pre, row.rd_post), (a, b, 0, 0));
        }
    }
}

#[test]
fn branches_and_jumps_reach_both_ends_of_their_range() {
    type Jump = fn(i32) -> Instruction;
    // A branch reaches from -4096 to 4092, a jump from -2^20 to 2^20 - 4.
    let reaches: [(i32, Jump); 2] = [
        (1 << 12, |offset| Instruction::branch(Opcode::Beq, 0, 0, offset)),
        (1 << 20, |offset| Instruction::jal(0, offset)),
    ];
    for (reach, jump) in reaches {
        for offset in [-reach, reach - 4] {
            let mut exit = Assembler::new(0);
            exit.exit(0);
            let words = reach as usize / 4;
            let mut code = vec![0; 2 * words + 4];
            code[words] = encode(&jump(offset));
            let target = words.checked_add_signed(offset as isize / 4).unwrap();
            code[target..target + 3].copy_from_slice(&exit.assemble());
            let text = Segment { start: TEXT, words: code, zeros: 0, writable: false, executable: true };
            let image = Image::from_segments(TEXT + reach as u32, vec![text], &MemoryConfig::default()).unwrap();
            let result = trace(&image, Inputs::default(), 10).unwrap();
            assert_eq!(result.rows[1].pc_index as usize, target);
        }
    }
}

#[test]
fn jal_and_jalr_link_the_next_instruction() {
    let mut assembler = Assembler::new(TEXT);
    let target = assembler.label();
    assembler.jal(1, target).exit(1).bind(target);
    // Bit 0 of the target is cleared; the base register may be the link register.
    assembler.load_constant(6, TEXT + 0x100 + 1).push(Instruction::i_type(Opcode::Jalr, 6, 6, -0x100 + 32));
    assert_eq!(assembler.here(), TEXT + 28);
    assembler.exit(2).exit(0);
    let result = run_code(&assembler, &[]);
    assert_eq!(result.rows[0].rd_post, TEXT + 4);
    assert_eq!(result.final_registers[1], TEXT + 4);
    assert_eq!(result.rows[3].rd_post, TEXT + 28);
    assert_eq!(result.final_registers[6], TEXT + 28);
    assert_eq!(result.rows[4].pc_index, 8);
}

#[test]
fn loads_extract_and_extend_at_every_offset() {
    let word: u32 = 0x80f1_7f02;
    let bytes = word.to_le_bytes();
    for op in with_format(Format::Load) {
        let width = match op {
            Opcode::Lb | Opcode::Lbu => 1,
            Opcode::Lh | Opcode::Lhu => 2,
            _ => 4,
        };
        for offset in (0..4).step_by(width) {
            let unsigned: i128 = (0..width).map(|i| i128::from(bytes[offset + i]) << (8 * i)).sum();
            let is_signed = matches!(op, Opcode::Lb | Opcode::Lh);
            let negative = is_signed && unsigned >= 1 << (8 * width - 1);
            let expected = wrap(if negative { unsigned - (1 << (8 * width)) } else { unsigned });
            let mut assembler = Assembler::new(TEXT);
            // Reach the address from above, with a wrapping negative offset, and through 2^32.
            assembler
                .load_constant(5, DATA + 4 + offset as u32 + 2000)
                .push(Instruction::load(op, 7, 5, -2000))
                .exit(0);
            let result = run_code(&assembler, &[1, word, 2]);
            let row = result.rows[2];
            assert_eq!(row.rd_post, expected, "{op} at {offset}");
            assert_eq!((row.ram_addr, row.ram_pre, row.ram_post, row.rs2), (DATA + 4, word, word, 0));
        }
    }
}

#[test]
fn stores_replace_their_bytes_and_no_others() {
    let value: u32 = 0xa1b2_c3d4;
    for op in with_format(Format::Store) {
        let width = match op {
            Opcode::Sb => 1,
            Opcode::Sh => 2,
            _ => 4,
        };
        for offset in (0..4).step_by(width) {
            let before: u32 = 0x1122_3344;
            let mut bytes = before.to_le_bytes();
            bytes[offset..offset + width].copy_from_slice(&value.to_le_bytes()[..width]);
            let after = u32::from_le_bytes(bytes);
            let mut assembler = Assembler::new(TEXT);
            assembler.load_constant(5, DATA).load_constant(6, value);
            assembler.push(Instruction::store(op, 6, 5, 4 + offset as i32)).exit(0);
            let result = run_code(&assembler, &[9, before, 8]);
            let row = result.rows[4];
            assert_eq!((row.ram_addr, row.ram_pre, row.ram_post), (DATA + 4, before, after), "{op} at {offset}");
            assert_eq!((row.rs1, row.rs2, row.rd_pre, row.rd_post), (DATA, value, 0, 0));
            let memory = |address| result.final_memory.word(address);
            assert_eq!([memory(DATA), memory(DATA + 4), memory(DATA + 8)], [Some(9), Some(after), Some(8)]);
        }
    }
}

#[test]
fn addresses_wrap_at_the_end_of_the_address_space() {
    let text = |words| Segment { start: TEXT, words, zeros: 0, writable: false, executable: true };
    let data = Segment { start: 0, words: vec![0x77], zeros: 0, writable: true, executable: false };
    let mut assembler = Assembler::new(TEXT);
    assembler.load_constant(5, 0xffff_fff0).push(Instruction::load(Opcode::Lw, 7, 5, 16)).exit(0);
    let image = Image::from_segments(TEXT, vec![data, text(assembler.assemble())], &MemoryConfig::default()).unwrap();
    let result = trace(&image, Inputs::default(), 10).unwrap();
    assert_eq!(result.final_registers[7], 0x77);
    assert_eq!(result.rows[2].ram_addr, 0);
}

#[test]
fn fence_does_nothing() {
    let (row, registers) = step(Instruction::system(Opcode::Fence), 1, 2);
    assert_eq!(row, TraceRow { pc_index: 6, ..TraceRow::default() });
    assert_eq!(&registers[5..8], &[1, 2, 0x5555_5555]);
}
