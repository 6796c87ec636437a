//! Every instruction with corner operands: rows satisfy the constraints, proofs verify, and results are those of the
//! arithmetic written down here, which the programs themselves compare with what they compute.

use crate::common::{
    CODE, DATA, NO_INPUT, RODATA, configurations, i, load, program, program_with, prove_and_verify, r, store,
};
use lariat_emulator::{
    isa::{Instruction, Opcode},
    memory_map::{INPUT_START, OUTPUT_START, PANIC_CELL, PRIVATE_INPUT_START},
    test_util::{Assembler, Label},
};
use lariat_jolt_core::{Exit, Inputs, Program};

/// What a branch asks of two words.
type Predicate = fn(u32, u32) -> bool;

const CORNERS: [u32; 7] = [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX, 0x1234_8765, 0xfedc_ba98];
const A: u8 = 5;
const B: u8 = 6;
const RESULT: u8 = 7;
const EXPECTED: u8 = 9;

/// A program that exits with 0, or with 1 from `fail`.
fn checked(data: &[u32], rodata: &[u32], code: impl FnOnce(&mut Assembler, Label)) -> Program {
    program_with(data, rodata, |asm| {
        let fail = asm.label();
        code(asm, fail);
        asm.exit(0);
        asm.bind(fail);
        asm.exit(1);
    })
}

/// Goes to `fail` unless `register` holds `value`.
fn expect(asm: &mut Assembler, fail: Label, register: u8, value: u32) {
    asm.load_constant(EXPECTED, value);
    asm.push(Instruction::branch(Opcode::Beq, register, EXPECTED, 8));
    asm.jal(0, fail);
}

fn proves(program: &Program) {
    for config in configurations() {
        let statement = prove_and_verify(program, config, NO_INPUT);
        assert_eq!(statement.exit, Exit::Halted { code: 0 }, "the program found a wrong result");
    }
}

fn signed(x: u32) -> i128 {
    i128::from(x.cast_signed())
}

/// The result of a register-register operation, from the definition in mathematical integers.
fn model(op: Opcode, a: u32, b: u32) -> u32 {
    let (ua, ub, sa, sb) = (i128::from(a), i128::from(b), signed(a), signed(b));
    let shift = 1i128 << (b % 32);
    let x: i128 = match op {
        Opcode::Add => ua + ub,
        Opcode::Sub => ua - ub,
        Opcode::Sll => ua * shift,
        Opcode::Srl => ua / shift,
        Opcode::Sra => sa.div_euclid(shift),
        Opcode::Slt => i128::from(sa < sb),
        Opcode::Sltu => i128::from(ua < ub),
        Opcode::Xor => ua ^ ub,
        Opcode::Or => ua | ub,
        Opcode::And => ua & ub,
        Opcode::Mul => ua * ub,
        Opcode::Mulh => (sa * sb).div_euclid(1 << 32),
        Opcode::Mulhsu => (sa * ub).div_euclid(1 << 32),
        Opcode::Mulhu => (ua * ub).div_euclid(1 << 32),
        // Rust's division rounds towards zero, as the ISA's does.
        Opcode::Div | Opcode::Divu if b == 0 => -1,
        Opcode::Div => sa / sb,
        Opcode::Divu => ua / ub,
        Opcode::Rem if b == 0 => sa,
        Opcode::Rem => sa % sb,
        Opcode::Remu if b == 0 => ua,
        Opcode::Remu => ua % ub,
        _ => unreachable!("not a register-register operation"),
    };
    x.rem_euclid(1 << 32) as u32
}

/// `op` on corner operands, and with every kind of register overlap.
fn exercise(asm: &mut Assembler, fail: Label, op: Opcode, pairs: &[(u32, u32)]) {
    for &(a, b) in pairs {
        asm.load_constant(A, a).load_constant(B, b);
        r(asm, op, RESULT, A, B);
        expect(asm, fail, RESULT, model(op, a, b));
    }
    let (a, b) = (0xffff_fff9, 3);
    asm.load_constant(A, a).load_constant(B, b);
    // x0 as source, twice, and as destination.
    r(asm, op, RESULT, 0, B);
    expect(asm, fail, RESULT, model(op, 0, b));
    r(asm, op, RESULT, A, 0);
    expect(asm, fail, RESULT, model(op, a, 0));
    r(asm, op, RESULT, 0, 0);
    expect(asm, fail, RESULT, model(op, 0, 0));
    r(asm, op, 0, A, B);
    expect(asm, fail, 0, 0);
    // One register in several places.
    r(asm, op, RESULT, A, A);
    expect(asm, fail, RESULT, model(op, a, a));
    r(asm, op, B, A, B);
    expect(asm, fail, B, model(op, a, b));
    asm.load_constant(B, b);
    r(asm, op, A, A, B);
    expect(asm, fail, A, model(op, a, b));
    r(asm, op, B, B, B);
    expect(asm, fail, B, model(op, b, b));
}

fn corner_pairs() -> Vec<(u32, u32)> {
    // Every pair of the first five, and a few of the rest.
    let first = &CORNERS[..5];
    let mut pairs: Vec<_> = first.iter().flat_map(|&a| first.iter().map(move |&b| (a, b))).collect();
    pairs.extend([(CORNERS[5], CORNERS[6]), (CORNERS[6], CORNERS[5]), (CORNERS[5], CORNERS[5])]);
    pairs
}

fn proves_operations(ops: &[Opcode], pairs: &[(u32, u32)]) {
    let program = checked(&[], &[], |asm, fail| {
        for &op in ops {
            exercise(asm, fail, op, pairs);
        }
    });
    proves(&program);
}

#[test]
fn proves_sums_and_differences() {
    proves_operations(&[Opcode::Add, Opcode::Sub], &corner_pairs());
}

#[test]
fn proves_bitwise_operations() {
    proves_operations(&[Opcode::Xor, Opcode::Or, Opcode::And], &corner_pairs()[10..]);
}

#[test]
fn proves_comparisons() {
    proves_operations(&[Opcode::Slt, Opcode::Sltu], &corner_pairs());
}

#[test]
fn proves_shifts_by_any_register() {
    let amounts = [0, 1, 7, 8, 16, 31, 32, 33, 63, u32::MAX, 0x8000_0000];
    let pairs: Vec<_> = amounts.into_iter().flat_map(|b| [(0x8765_4321, b), (0x7000_0001, b)]).collect();
    proves_operations(&[Opcode::Sll, Opcode::Srl, Opcode::Sra], &pairs);
}

#[test]
fn proves_products_at_every_sign() {
    proves_operations(&[Opcode::Mul, Opcode::Mulh, Opcode::Mulhsu, Opcode::Mulhu], &corner_pairs());
}

#[test]
fn proves_quotients_and_remainders_at_every_corner() {
    let m = |x: i32| x.cast_unsigned();
    let pairs = [
        (7, 2),
        (m(-7), 2),
        (7, m(-2)),
        (m(-7), m(-2)),
        (0, 0),
        (5, 0),
        (m(-5), 0),
        (0x8000_0000, m(-1)),
        (0x8000_0000, 0x8000_0000),
        (0x8000_0000, 0),
        (0x8000_0000, 1),
        (0x7fff_ffff, 0x8000_0000),
        (1, u32::MAX),
        (u32::MAX, 1),
        (u32::MAX, u32::MAX),
        (0, m(-3)),
        (2, m(-3)),
        (m(-2), 3),
    ];
    proves_operations(&[Opcode::Div, Opcode::Divu, Opcode::Rem, Opcode::Remu], &pairs);
}

#[test]
fn proves_immediates() {
    let ops = [
        (Opcode::Addi, Opcode::Add),
        (Opcode::Slti, Opcode::Slt),
        (Opcode::Sltiu, Opcode::Sltu),
        (Opcode::Xori, Opcode::Xor),
        (Opcode::Ori, Opcode::Or),
        (Opcode::Andi, Opcode::And),
    ];
    let shifts = [(Opcode::Slli, Opcode::Sll), (Opcode::Srli, Opcode::Srl), (Opcode::Srai, Opcode::Sra)];
    let program = checked(&[], &[], |asm, fail| {
        let mut case = |op, twin, a: u32, imm: i32| {
            asm.load_constant(A, a);
            i(asm, op, RESULT, A, imm);
            expect(asm, fail, RESULT, model(twin, a, imm.cast_unsigned()));
            i(asm, op, 0, A, imm);
            expect(asm, fail, 0, 0);
            i(asm, op, RESULT, 0, imm);
            expect(asm, fail, RESULT, model(twin, 0, imm.cast_unsigned()));
            i(asm, op, A, A, imm);
            expect(asm, fail, A, model(twin, a, imm.cast_unsigned()));
        };
        for (op, twin) in ops {
            for (a, imm) in [(0, -1), (u32::MAX, 1), (0x8000_0000, -2048), (0x7fff_ffff, 2047), (0xf0f0_f0f0, 0)] {
                case(op, twin, a, imm);
            }
        }
        for (op, twin) in shifts {
            for (a, imm) in [(0x8000_0001, 0), (0x8000_0001, 31), (0x4567_89ab, 13)] {
                case(op, twin, a, imm);
            }
        }
    });
    proves(&program);
}

#[test]
fn proves_constants_and_fences() {
    let program = checked(&[], &[], |asm, fail| {
        asm.push(Instruction::u_type(Opcode::Lui, RESULT, 0xffff_f000));
        expect(asm, fail, RESULT, 0xffff_f000);
        asm.push(Instruction::u_type(Opcode::Lui, RESULT, 0));
        expect(asm, fail, RESULT, 0);
        asm.push(Instruction::u_type(Opcode::Lui, 0, 0x1000));
        for value in [0, 0x1000, 0x7fff_f000, 0x8000_0000, 0xffff_f000] {
            let pc = asm.here();
            asm.push(Instruction::u_type(Opcode::Auipc, RESULT, value));
            expect(asm, fail, RESULT, pc.wrapping_add(value));
        }
        asm.push(Instruction::u_type(Opcode::Auipc, 0, 0x1000));
        asm.push(Instruction::system(Opcode::Fence));
        expect(asm, fail, 0, 0);
    });
    proves(&program);
}

#[test]
fn proves_loads_at_every_offset() {
    let words = [0x8081_7f01, 0x00ff_fe80];
    let byte = |k: usize| words[k / 4] >> (8 * (k % 4)) & 0xff;
    let half = |k: usize| words[k / 4] >> (8 * (k % 4)) & 0xffff;
    let program = checked(&words, &words, |asm, fail| {
        for base in [DATA, RODATA] {
            for k in 0..8usize {
                let offset = k as i32;
                asm.load_constant(A, base);
                load(asm, Opcode::Lb, RESULT, A, offset);
                expect(asm, fail, RESULT, (byte(k) as u8).cast_signed() as u32);
                load(asm, Opcode::Lbu, RESULT, A, offset);
                expect(asm, fail, RESULT, byte(k));
                if k % 2 == 0 {
                    load(asm, Opcode::Lh, RESULT, A, offset);
                    expect(asm, fail, RESULT, (half(k) as u16).cast_signed() as u32);
                    load(asm, Opcode::Lhu, RESULT, A, offset);
                    expect(asm, fail, RESULT, half(k));
                }
            }
        }
        for op in [Opcode::Lb, Opcode::Lbu, Opcode::Lh, Opcode::Lhu, Opcode::Lw] {
            load(asm, op, 0, A, 0);
            expect(asm, fail, 0, 0);
        }
        // Negative offsets, an address that wraps around, x0 as base is not mapped here; rd = rs1.
        asm.load_constant(A, DATA + 4);
        load(asm, Opcode::Lw, RESULT, A, -4);
        expect(asm, fail, RESULT, words[0]);
        asm.load_constant(A, DATA.wrapping_sub(2047));
        load(asm, Opcode::Lw, A, A, 2047);
        expect(asm, fail, A, words[0]);
        // Code can be read as data; fresh stack is zero.
        asm.load_constant(A, CODE);
        load(asm, Opcode::Lhu, RESULT, A, 0);
        load(asm, Opcode::Lw, RESULT, 2, 0);
        expect(asm, fail, RESULT, 0);
    });
    proves(&program);
}

#[test]
fn proves_stores_at_every_offset() {
    let before = 0x8181_8181u32;
    let value = 0xfedc_ba98u32;
    let program = checked(&[before, before], &[], |asm, fail| {
        asm.load_constant(A, DATA).load_constant(B, value);
        let mut case = |op, offset: i32, source: u8, mask: u32| {
            asm.load_constant(RESULT, before);
            store(asm, Opcode::Sw, RESULT, A, offset & !3);
            store(asm, op, source, A, offset);
            load(asm, Opcode::Lw, RESULT, A, offset & !3);
            let shift = 8 * (offset & 3);
            let stored = if source == 0 { 0 } else { value };
            let word = (before & !(mask << shift)) | ((stored & mask) << shift);
            expect(asm, fail, RESULT, word);
        };
        for source in [B, 0] {
            for k in 0..8 {
                case(Opcode::Sb, k, source, 0xff);
            }
            for k in [0, 2, 4, 6] {
                case(Opcode::Sh, k, source, 0xffff);
            }
            for k in [0, 4] {
                case(Opcode::Sw, k, source, u32::MAX);
            }
        }
        // The address itself, to the stack, with a negative offset.
        store(asm, Opcode::Sw, 2, 2, -8);
        load(asm, Opcode::Lw, RESULT, 2, -8);
        expect(asm, fail, RESULT, 0x7ffe_fff0);
    });
    proves(&program);
}

#[test]
fn proves_branches_both_ways() {
    let ops: [(Opcode, Predicate); 6] = [
        (Opcode::Beq, |a, b| a == b),
        (Opcode::Bne, |a, b| a != b),
        (Opcode::Blt, |a, b| a.cast_signed() < b.cast_signed()),
        (Opcode::Bge, |a, b| a.cast_signed() >= b.cast_signed()),
        (Opcode::Bltu, |a, b| a < b),
        (Opcode::Bgeu, |a, b| a >= b),
    ];
    let pairs = [(0, 0), (1, 2), (2, 1), (u32::MAX, 0), (0, u32::MAX), (0x8000_0000, 0x7fff_ffff), (5, 5)];
    let program = checked(&[], &[], |asm, fail| {
        for (op, holds) in ops {
            for (a, b) in pairs {
                asm.load_constant(A, a).load_constant(B, b);
                i(asm, Opcode::Addi, RESULT, 0, 1);
                asm.push(Instruction::branch(op, A, B, 8));
                i(asm, Opcode::Addi, RESULT, 0, 0);
                expect(asm, fail, RESULT, u32::from(holds(a, b)));
            }
            // x0 on either side, on both, and a register against itself.
            for (rs1, rs2, a, b) in [(0, A, 0, 9), (A, 0, 9, 0), (0, 0, 0, 0), (A, A, 9, 9)] {
                asm.load_constant(A, 9);
                i(asm, Opcode::Addi, RESULT, 0, 1);
                asm.push(Instruction::branch(op, rs1, rs2, 8));
                i(asm, Opcode::Addi, RESULT, 0, 0);
                expect(asm, fail, RESULT, u32::from(holds(a, b)));
            }
        }
        // Backwards: count down from three.
        i(asm, Opcode::Addi, A, 0, 3);
        let again = asm.label_here();
        i(asm, Opcode::Addi, A, A, -1);
        asm.branch(Opcode::Bne, A, 0, again);
        expect(asm, fail, A, 0);
        // A branch to a misaligned address is harmless when it is not taken.
        asm.push(Instruction::branch(Opcode::Bne, 0, 0, 6));
    });
    proves(&program);
}

#[test]
fn proves_jumps() {
    let program = checked(&[], &[], |asm, fail| {
        // Forwards with a link, backwards without.
        let (over, back, done) = (asm.label(), asm.label(), asm.label());
        let link = asm.here() + 4;
        asm.jal(1, over);
        asm.bind(back);
        i(asm, Opcode::Addi, RESULT, 0, 7);
        asm.jal(0, done);
        asm.bind(over);
        asm.jal(0, back);
        asm.bind(done);
        expect(asm, fail, RESULT, 7);
        expect(asm, fail, 1, link);
        // JALR: bit 0 of the target is dropped; rd = rs1; x0 as link; negative and wrapping offsets.
        for (rd, base_bias, imm) in [(1, 0, 0), (A, 1, 0), (0, 0, 1), (1, 2047, -2047), (A, -2047, 2047), (1, 5, -4)] {
            let target = asm.here() + 4 * 4;
            asm.load_constant(A, target.wrapping_add_signed(base_bias));
            let link = asm.here() + 4;
            i(asm, Opcode::Jalr, rd, A, imm);
            asm.jal(0, fail);
            if rd != 0 {
                expect(asm, fail, rd, link);
            }
        }
        // A call and its return.
        let (function, after) = (asm.label(), asm.label());
        asm.jal(1, function);
        asm.jal(0, after);
        asm.bind(function);
        i(asm, Opcode::Jalr, 0, 1, 0);
        asm.bind(after);
        // An operand that wraps around on its way to the target.
        let target = asm.here() + 4 * 3;
        asm.load_constant(A, target.wrapping_add(100));
        i(asm, Opcode::Jalr, 0, A, -100);
    });
    proves(&program);
}

#[test]
fn proves_exit_codes() {
    for code in [0, 1, 42, 255, -1, -2048] {
        let program = program(|asm| {
            asm.exit(code);
        });
        for config in configurations() {
            let exit = prove_and_verify(&program, config, NO_INPUT).exit;
            assert_eq!(exit, Exit::Halted { code: code.cast_unsigned() });
        }
    }
}

#[test]
fn proves_panics() {
    let ebreak = program(|asm| {
        asm.push(Instruction::system(Opcode::Ebreak));
    });
    let cell = program(|asm| {
        asm.load_constant(A, PANIC_CELL);
        i(asm, Opcode::Addi, B, 0, -1);
        store(asm, Opcode::Sh, B, A, 2);
        load(asm, Opcode::Lw, RESULT, A, 0);
        asm.exit(3);
    });
    for config in configurations() {
        assert_eq!(prove_and_verify(&ebreak, config, NO_INPUT).exit, Exit::Panicked { code: 0 });
        assert_eq!(prove_and_verify(&cell, config, NO_INPUT).exit, Exit::Panicked { code: 3 });
    }
}

/// Copies an input region with its length word to the output.
fn copier(from: u32) -> Program {
    program(|asm| {
        asm.load_constant(A, from).load_constant(B, OUTPUT_START);
        load(asm, Opcode::Lw, EXPECTED, A, 0);
        store(asm, Opcode::Sw, EXPECTED, B, 0);
        let done = asm.label();
        asm.branch(Opcode::Beq, EXPECTED, 0, done);
        let again = asm.label_here();
        load(asm, Opcode::Lbu, RESULT, A, 4);
        store(asm, Opcode::Sb, RESULT, B, 4);
        i(asm, Opcode::Addi, A, A, 1);
        i(asm, Opcode::Addi, B, B, 1);
        i(asm, Opcode::Addi, EXPECTED, EXPECTED, -1);
        asm.branch(Opcode::Bne, EXPECTED, 0, again);
        asm.bind(done);
        asm.exit(0);
    })
}

#[test]
fn proves_input_and_output_of_every_length() {
    let (public, private) = (copier(INPUT_START), copier(PRIVATE_INPUT_START));
    let bytes = b"\xff\x00seven!";
    for len in 0..=bytes.len() {
        let part = &bytes[..len];
        for config in configurations() {
            let of_public = prove_and_verify(&public, config, Inputs { public: part, private: b"unread" });
            assert_eq!(of_public.output, part);
            let of_private = prove_and_verify(&private, config, Inputs { public: b"unread", private: part });
            assert_eq!(of_private.output, part);
        }
    }
}
