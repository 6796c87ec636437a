//! Registers and immediates: rd = x0, corners of every operation.
//!
//! The results in the tables are literals. They come from arithmetic on integers without bound, outside of this
//! project's code.

use super::{CORPUS_DATA, Case, Entry, RESULTS, entry};
use crate::isa::{Instruction, Opcode};

const A: u8 = 5;
const B: u8 = 6;
const RD: u8 = 7;

pub(super) fn entries() -> Vec<Entry> {
    let mut entries = Vec::new();
    for (op, a, b, result) in REGISTER {
        let of = |rd| Instruction::r_type(op, rd, A, B);
        entries.push(dropped(op, &[(A, a), (B, b)], of, result));
    }
    for (op, a, imm, result) in IMMEDIATE {
        let of = |rd| Instruction::i_type(op, rd, A, imm);
        entries.push(dropped(op, &[(A, a)], of, result));
    }
    entries.push(dropped(Opcode::Lui, &[], |rd| Instruction::u_type(Opcode::Lui, rd, 0x8000_1000), 0x8000_1000));
    entries.push(operations("mul-corners", "low words of products", Opcode::Mul, &MUL));
    entries.push(operations("mulh-corners", "signed products at every sign", Opcode::Mulh, &MULH));
    entries.push(operations("mulhsu-corners", "signed by unsigned products at every sign", Opcode::Mulhsu, &MULHSU));
    entries.push(operations("mulhu-corners", "unsigned products of large words", Opcode::Mulhu, &MULHU));
    entries.push(operations("div-corners", "quotients by zero, of -2^31 by -1, at every sign", Opcode::Div, &DIV));
    entries.push(operations("divu-corners", "unsigned quotients by zero and of large words", Opcode::Divu, &DIVU));
    entries.push(operations("rem-corners", "remainders by zero, of -2^31 by -1, at every sign", Opcode::Rem, &REM));
    entries.push(operations("remu-corners", "unsigned remainders by zero and of large words", Opcode::Remu, &REMU));
    entries.push(immediates(
        "slti-sltiu-negative-immediates",
        "the immediate is sign-extended first, for SLTIU too",
        &COMPARED,
    ));
    entries.push(immediates("negative-immediates", "ADDI, XORI, ORI, ANDI with sign-extended immediates", &EXTENDED));
    let about = "shifts by registers that hold 32 and more use the low five bits";
    entries.push(entry("shift-amounts-beyond-31", about, Case::new(), |case| {
        case.set(RESULTS, CORPUS_DATA);
        for (op, a, b, result) in SHIFTED {
            case.set(A, a);
            case.set(B, b);
            case.check(Instruction::r_type(op, RD, A, B), result);
        }
    }));
    let about = "one register as both operands and the destination, for every register operation";
    entries.push(entry("one-register-three-times", about, Case::new(), |case| {
        case.set(RESULTS, CORPUS_DATA);
        for (op, value, result) in ALIASED {
            case.set(A, value);
            case.check(Instruction::r_type(op, A, A, A), result);
        }
    }));
    entries
}

/// An instruction with x0 as its destination, and then with another one, to show that there was something to drop.
fn dropped(op: Opcode, sources: &[(u8, u32)], of: impl Fn(u8) -> Instruction, result: u32) -> Entry {
    let name = format!("x0-{op}");
    let about = format!("`{op}` with rd = x0 drops {result:#x}");
    entry(&name, &about, Case::new(), |case| {
        assert_ne!(result, 0, "there is something to drop");
        for &(register, value) in sources {
            case.set(register, value);
        }
        case.push(of(0));
        case.push(of(RD));
        case.expect(RD, result);
    })
}

/// An operation on pairs of words.
fn operations(name: &str, about: &str, op: Opcode, table: &[(u32, u32, u32)]) -> Entry {
    entry(name, about, Case::new(), |case| {
        case.set(RESULTS, CORPUS_DATA);
        for &(a, b, result) in table {
            case.set(A, a);
            case.set(B, b);
            case.check(Instruction::r_type(op, RD, A, B), result);
        }
    })
}

fn immediates(name: &str, about: &str, table: &[(Opcode, u32, i32, u32)]) -> Entry {
    entry(name, about, Case::new(), |case| {
        case.set(RESULTS, CORPUS_DATA);
        for &(op, a, imm, result) in table {
            case.set(A, a);
            case.check(Instruction::i_type(op, RD, A, imm), result);
        }
    })
}

const REGISTER: [(Opcode, u32, u32, u32); 18] = [
    (Opcode::Add, 0x8000_0006, 0xffff_fffd, 0x8000_0003),
    (Opcode::Sub, 0x8000_0006, 0xffff_fffd, 0x8000_0009),
    (Opcode::Sll, 0x8000_0006, 0xffff_fffd, 0xc000_0000),
    (Opcode::Slt, 0x8000_0006, 0xffff_fffd, 0x0000_0001),
    (Opcode::Sltu, 0x8000_0006, 0xffff_fffd, 0x0000_0001),
    (Opcode::Xor, 0x8000_0006, 0xffff_fffd, 0x7fff_fffb),
    (Opcode::Srl, 0x8000_0006, 0xffff_fffd, 0x0000_0004),
    (Opcode::Sra, 0x8000_0006, 0xffff_fffd, 0xffff_fffc),
    (Opcode::Or, 0x8000_0006, 0xffff_fffd, 0xffff_ffff),
    (Opcode::And, 0x8000_0006, 0xffff_fffd, 0x8000_0004),
    (Opcode::Mul, 0x8000_0006, 0xffff_fffd, 0x7fff_ffee),
    (Opcode::Mulh, 0x8000_0006, 0xffff_fffd, 0x0000_0001),
    (Opcode::Mulhsu, 0x8000_0006, 0xffff_fffd, 0x8000_0007),
    (Opcode::Mulhu, 0x8000_0006, 0xffff_fffd, 0x8000_0004),
    (Opcode::Div, 0x8000_0006, 0xffff_fffd, 0x2aaa_aaa8),
    (Opcode::Divu, 0x8000_0006, 0x0000_0003, 0x2aaa_aaac),
    (Opcode::Rem, 0x8000_0006, 0xffff_fffd, 0xffff_fffe),
    (Opcode::Remu, 0x8000_0006, 0xffff_fffd, 0x8000_0006),
];
const IMMEDIATE: [(Opcode, u32, i32, u32); 9] = [
    (Opcode::Addi, 0x8000_0006, -3, 0x8000_0003),
    (Opcode::Slti, 0x8000_0006, -3, 0x0000_0001),
    (Opcode::Sltiu, 0x8000_0006, -3, 0x0000_0001),
    (Opcode::Xori, 0x8000_0006, -3, 0x7fff_fffb),
    (Opcode::Ori, 0x8000_0006, -3, 0xffff_ffff),
    (Opcode::Andi, 0x8000_0006, -3, 0x8000_0004),
    (Opcode::Slli, 0x8000_0006, 29, 0xc000_0000),
    (Opcode::Srli, 0x8000_0006, 29, 0x0000_0004),
    (Opcode::Srai, 0x8000_0006, 29, 0xffff_fffc),
];
const MUL: [(u32, u32, u32); 19] = [
    (0x0000_0000, 0x0000_0000, 0x0000_0000),
    (0x0000_0000, 0x8000_0000, 0x0000_0000),
    (0x0000_0001, 0xffff_ffff, 0xffff_ffff),
    (0xffff_ffff, 0x0000_0001, 0xffff_ffff),
    (0xffff_ffff, 0xffff_ffff, 0x0000_0001),
    (0x8000_0000, 0x8000_0000, 0x0000_0000),
    (0x8000_0000, 0x7fff_ffff, 0x8000_0000),
    (0x7fff_ffff, 0x8000_0000, 0x8000_0000),
    (0x7fff_ffff, 0x7fff_ffff, 0x0000_0001),
    (0x8000_0000, 0x0000_0001, 0x8000_0000),
    (0x0000_0001, 0x8000_0000, 0x8000_0000),
    (0x8000_0000, 0xffff_ffff, 0x8000_0000),
    (0xffff_ffff, 0x8000_0000, 0x8000_0000),
    (0x7fff_ffff, 0xffff_ffff, 0x8000_0001),
    (0xffff_ffff, 0x7fff_ffff, 0x8000_0001),
    (0x0001_0000, 0x0001_0000, 0x0000_0000),
    (0xffff_fffe, 0x0000_0003, 0xffff_fffa),
    (0x0000_0003, 0xffff_fffe, 0xffff_fffa),
    (0x1234_8765, 0xfedc_ba98, 0x8a5b_c5f8),
];
const MULH: [(u32, u32, u32); 19] = [
    (0x0000_0000, 0x0000_0000, 0x0000_0000),
    (0x0000_0000, 0x8000_0000, 0x0000_0000),
    (0x0000_0001, 0xffff_ffff, 0xffff_ffff),
    (0xffff_ffff, 0x0000_0001, 0xffff_ffff),
    (0xffff_ffff, 0xffff_ffff, 0x0000_0000),
    (0x8000_0000, 0x8000_0000, 0x4000_0000),
    (0x8000_0000, 0x7fff_ffff, 0xc000_0000),
    (0x7fff_ffff, 0x8000_0000, 0xc000_0000),
    (0x7fff_ffff, 0x7fff_ffff, 0x3fff_ffff),
    (0x8000_0000, 0x0000_0001, 0xffff_ffff),
    (0x0000_0001, 0x8000_0000, 0xffff_ffff),
    (0x8000_0000, 0xffff_ffff, 0x0000_0000),
    (0xffff_ffff, 0x8000_0000, 0x0000_0000),
    (0x7fff_ffff, 0xffff_ffff, 0xffff_ffff),
    (0xffff_ffff, 0x7fff_ffff, 0xffff_ffff),
    (0x0001_0000, 0x0001_0000, 0x0000_0001),
    (0xffff_fffe, 0x0000_0003, 0xffff_ffff),
    (0x0000_0003, 0xffff_fffe, 0xffff_ffff),
    (0x1234_8765, 0xfedc_ba98, 0xffeb_495a),
];
const MULHSU: [(u32, u32, u32); 19] = [
    (0x0000_0000, 0x0000_0000, 0x0000_0000),
    (0x0000_0000, 0x8000_0000, 0x0000_0000),
    (0x0000_0001, 0xffff_ffff, 0x0000_0000),
    (0xffff_ffff, 0x0000_0001, 0xffff_ffff),
    (0xffff_ffff, 0xffff_ffff, 0xffff_ffff),
    (0x8000_0000, 0x8000_0000, 0xc000_0000),
    (0x8000_0000, 0x7fff_ffff, 0xc000_0000),
    (0x7fff_ffff, 0x8000_0000, 0x3fff_ffff),
    (0x7fff_ffff, 0x7fff_ffff, 0x3fff_ffff),
    (0x8000_0000, 0x0000_0001, 0xffff_ffff),
    (0x0000_0001, 0x8000_0000, 0x0000_0000),
    (0x8000_0000, 0xffff_ffff, 0x8000_0000),
    (0xffff_ffff, 0x8000_0000, 0xffff_ffff),
    (0x7fff_ffff, 0xffff_ffff, 0x7fff_fffe),
    (0xffff_ffff, 0x7fff_ffff, 0xffff_ffff),
    (0x0001_0000, 0x0001_0000, 0x0000_0001),
    (0xffff_fffe, 0x0000_0003, 0xffff_ffff),
    (0x0000_0003, 0xffff_fffe, 0x0000_0002),
    (0x1234_8765, 0xfedc_ba98, 0x121f_d0bf),
];
const MULHU: [(u32, u32, u32); 19] = [
    (0x0000_0000, 0x0000_0000, 0x0000_0000),
    (0x0000_0000, 0x8000_0000, 0x0000_0000),
    (0x0000_0001, 0xffff_ffff, 0x0000_0000),
    (0xffff_ffff, 0x0000_0001, 0x0000_0000),
    (0xffff_ffff, 0xffff_ffff, 0xffff_fffe),
    (0x8000_0000, 0x8000_0000, 0x4000_0000),
    (0x8000_0000, 0x7fff_ffff, 0x3fff_ffff),
    (0x7fff_ffff, 0x8000_0000, 0x3fff_ffff),
    (0x7fff_ffff, 0x7fff_ffff, 0x3fff_ffff),
    (0x8000_0000, 0x0000_0001, 0x0000_0000),
    (0x0000_0001, 0x8000_0000, 0x0000_0000),
    (0x8000_0000, 0xffff_ffff, 0x7fff_ffff),
    (0xffff_ffff, 0x8000_0000, 0x7fff_ffff),
    (0x7fff_ffff, 0xffff_ffff, 0x7fff_fffe),
    (0xffff_ffff, 0x7fff_ffff, 0x7fff_fffe),
    (0x0001_0000, 0x0001_0000, 0x0000_0001),
    (0xffff_fffe, 0x0000_0003, 0x0000_0002),
    (0x0000_0003, 0xffff_fffe, 0x0000_0002),
    (0x1234_8765, 0xfedc_ba98, 0x121f_d0bf),
];
const DIV: [(u32, u32, u32); 24] = [
    (0x0000_0007, 0x0000_0002, 0x0000_0003),
    (0xffff_fff9, 0x0000_0002, 0xffff_fffd),
    (0x0000_0007, 0xffff_fffe, 0xffff_fffd),
    (0xffff_fff9, 0xffff_fffe, 0x0000_0003),
    (0x0000_0000, 0x0000_0000, 0xffff_ffff),
    (0x0000_0005, 0x0000_0000, 0xffff_ffff),
    (0xffff_fffb, 0x0000_0000, 0xffff_ffff),
    (0x8000_0000, 0x0000_0000, 0xffff_ffff),
    (0x7fff_ffff, 0x0000_0000, 0xffff_ffff),
    (0x8000_0000, 0xffff_ffff, 0x8000_0000),
    (0x7fff_ffff, 0xffff_ffff, 0x8000_0001),
    (0x8000_0000, 0x0000_0001, 0x8000_0000),
    (0x8000_0000, 0x8000_0000, 0x0000_0001),
    (0x7fff_ffff, 0x8000_0000, 0x0000_0000),
    (0x8000_0000, 0x7fff_ffff, 0xffff_ffff),
    (0x0000_0001, 0xffff_ffff, 0xffff_ffff),
    (0xffff_ffff, 0x0000_0001, 0xffff_ffff),
    (0xffff_ffff, 0xffff_ffff, 0x0000_0001),
    (0x0000_0000, 0xffff_fffd, 0x0000_0000),
    (0x0000_0002, 0xffff_fffd, 0x0000_0000),
    (0xffff_fffe, 0x0000_0003, 0x0000_0000),
    (0xffff_fffa, 0x0000_0003, 0xffff_fffe),
    (0x8000_0000, 0x0000_0002, 0xc000_0000),
    (0x8000_0000, 0xffff_fffe, 0x4000_0000),
];
const DIVU: [(u32, u32, u32); 24] = [
    (0x0000_0007, 0x0000_0002, 0x0000_0003),
    (0xffff_fff9, 0x0000_0002, 0x7fff_fffc),
    (0x0000_0007, 0xffff_fffe, 0x0000_0000),
    (0xffff_fff9, 0xffff_fffe, 0x0000_0000),
    (0x0000_0000, 0x0000_0000, 0xffff_ffff),
    (0x0000_0005, 0x0000_0000, 0xffff_ffff),
    (0xffff_fffb, 0x0000_0000, 0xffff_ffff),
    (0x8000_0000, 0x0000_0000, 0xffff_ffff),
    (0x7fff_ffff, 0x0000_0000, 0xffff_ffff),
    (0x8000_0000, 0xffff_ffff, 0x0000_0000),
    (0x7fff_ffff, 0xffff_ffff, 0x0000_0000),
    (0x8000_0000, 0x0000_0001, 0x8000_0000),
    (0x8000_0000, 0x8000_0000, 0x0000_0001),
    (0x7fff_ffff, 0x8000_0000, 0x0000_0000),
    (0x8000_0000, 0x7fff_ffff, 0x0000_0001),
    (0x0000_0001, 0xffff_ffff, 0x0000_0000),
    (0xffff_ffff, 0x0000_0001, 0xffff_ffff),
    (0xffff_ffff, 0xffff_ffff, 0x0000_0001),
    (0x0000_0000, 0xffff_fffd, 0x0000_0000),
    (0x0000_0002, 0xffff_fffd, 0x0000_0000),
    (0xffff_fffe, 0x0000_0003, 0x5555_5554),
    (0xffff_fffa, 0x0000_0003, 0x5555_5553),
    (0x8000_0000, 0x0000_0002, 0x4000_0000),
    (0x8000_0000, 0xffff_fffe, 0x0000_0000),
];
const REM: [(u32, u32, u32); 24] = [
    (0x0000_0007, 0x0000_0002, 0x0000_0001),
    (0xffff_fff9, 0x0000_0002, 0xffff_ffff),
    (0x0000_0007, 0xffff_fffe, 0x0000_0001),
    (0xffff_fff9, 0xffff_fffe, 0xffff_ffff),
    (0x0000_0000, 0x0000_0000, 0x0000_0000),
    (0x0000_0005, 0x0000_0000, 0x0000_0005),
    (0xffff_fffb, 0x0000_0000, 0xffff_fffb),
    (0x8000_0000, 0x0000_0000, 0x8000_0000),
    (0x7fff_ffff, 0x0000_0000, 0x7fff_ffff),
    (0x8000_0000, 0xffff_ffff, 0x0000_0000),
    (0x7fff_ffff, 0xffff_ffff, 0x0000_0000),
    (0x8000_0000, 0x0000_0001, 0x0000_0000),
    (0x8000_0000, 0x8000_0000, 0x0000_0000),
    (0x7fff_ffff, 0x8000_0000, 0x7fff_ffff),
    (0x8000_0000, 0x7fff_ffff, 0xffff_ffff),
    (0x0000_0001, 0xffff_ffff, 0x0000_0000),
    (0xffff_ffff, 0x0000_0001, 0x0000_0000),
    (0xffff_ffff, 0xffff_ffff, 0x0000_0000),
    (0x0000_0000, 0xffff_fffd, 0x0000_0000),
    (0x0000_0002, 0xffff_fffd, 0x0000_0002),
    (0xffff_fffe, 0x0000_0003, 0xffff_fffe),
    (0xffff_fffa, 0x0000_0003, 0x0000_0000),
    (0x8000_0000, 0x0000_0002, 0x0000_0000),
    (0x8000_0000, 0xffff_fffe, 0x0000_0000),
];
const REMU: [(u32, u32, u32); 24] = [
    (0x0000_0007, 0x0000_0002, 0x0000_0001),
    (0xffff_fff9, 0x0000_0002, 0x0000_0001),
    (0x0000_0007, 0xffff_fffe, 0x0000_0007),
    (0xffff_fff9, 0xffff_fffe, 0xffff_fff9),
    (0x0000_0000, 0x0000_0000, 0x0000_0000),
    (0x0000_0005, 0x0000_0000, 0x0000_0005),
    (0xffff_fffb, 0x0000_0000, 0xffff_fffb),
    (0x8000_0000, 0x0000_0000, 0x8000_0000),
    (0x7fff_ffff, 0x0000_0000, 0x7fff_ffff),
    (0x8000_0000, 0xffff_ffff, 0x8000_0000),
    (0x7fff_ffff, 0xffff_ffff, 0x7fff_ffff),
    (0x8000_0000, 0x0000_0001, 0x0000_0000),
    (0x8000_0000, 0x8000_0000, 0x0000_0000),
    (0x7fff_ffff, 0x8000_0000, 0x7fff_ffff),
    (0x8000_0000, 0x7fff_ffff, 0x0000_0001),
    (0x0000_0001, 0xffff_ffff, 0x0000_0001),
    (0xffff_ffff, 0x0000_0001, 0x0000_0000),
    (0xffff_ffff, 0xffff_ffff, 0x0000_0000),
    (0x0000_0000, 0xffff_fffd, 0x0000_0000),
    (0x0000_0002, 0xffff_fffd, 0x0000_0002),
    (0xffff_fffe, 0x0000_0003, 0x0000_0002),
    (0xffff_fffa, 0x0000_0003, 0x0000_0001),
    (0x8000_0000, 0x0000_0002, 0x0000_0000),
    (0x8000_0000, 0xffff_fffe, 0x8000_0000),
];
const COMPARED: [(Opcode, u32, i32, u32); 26] = [
    (Opcode::Sltiu, 0x0000_0000, -1, 1),
    (Opcode::Sltiu, 0xffff_ffff, -1, 0),
    (Opcode::Sltiu, 0xffff_fffe, -1, 1),
    (Opcode::Sltiu, 0xffff_f800, -2048, 0),
    (Opcode::Sltiu, 0xffff_f7ff, -2048, 1),
    (Opcode::Sltiu, 0xffff_f801, -2048, 0),
    (Opcode::Sltiu, 0x7fff_ffff, -2048, 1),
    (Opcode::Sltiu, 0x8000_0000, -2048, 1),
    (Opcode::Sltiu, 0x0000_0000, 0, 0),
    (Opcode::Sltiu, 0x0000_0000, 1, 1),
    (Opcode::Sltiu, 0x0000_07ff, 2047, 0),
    (Opcode::Sltiu, 0x0000_07fe, 2047, 1),
    (Opcode::Sltiu, 0x0000_0fff, -1, 1),
    (Opcode::Slti, 0x0000_0000, -1, 0),
    (Opcode::Slti, 0xffff_ffff, -1, 0),
    (Opcode::Slti, 0xffff_fffe, -1, 1),
    (Opcode::Slti, 0xffff_f800, -2048, 0),
    (Opcode::Slti, 0xffff_f7ff, -2048, 1),
    (Opcode::Slti, 0xffff_f801, -2048, 0),
    (Opcode::Slti, 0x7fff_ffff, -2048, 0),
    (Opcode::Slti, 0x8000_0000, -2048, 1),
    (Opcode::Slti, 0x0000_0000, 0, 0),
    (Opcode::Slti, 0x0000_0000, 1, 1),
    (Opcode::Slti, 0x0000_07ff, 2047, 0),
    (Opcode::Slti, 0x0000_07fe, 2047, 1),
    (Opcode::Slti, 0x0000_0fff, -1, 0),
];
const EXTENDED: [(Opcode, u32, i32, u32); 24] = [
    (Opcode::Addi, 0x0000_0001, -1, 0x0000_0000),
    (Opcode::Addi, 0x0000_0000, -2048, 0xffff_f800),
    (Opcode::Addi, 0xffff_ffff, 2047, 0x0000_07fe),
    (Opcode::Addi, 0x8000_0000, -1, 0x7fff_ffff),
    (Opcode::Addi, 0xf0f0_f0f0, -256, 0xf0f0_eff0),
    (Opcode::Addi, 0x7fff_ffff, 1, 0x8000_0000),
    (Opcode::Xori, 0x0000_0001, -1, 0xffff_fffe),
    (Opcode::Xori, 0x0000_0000, -2048, 0xffff_f800),
    (Opcode::Xori, 0xffff_ffff, 2047, 0xffff_f800),
    (Opcode::Xori, 0x8000_0000, -1, 0x7fff_ffff),
    (Opcode::Xori, 0xf0f0_f0f0, -256, 0x0f0f_0ff0),
    (Opcode::Xori, 0x7fff_ffff, 1, 0x7fff_fffe),
    (Opcode::Ori, 0x0000_0001, -1, 0xffff_ffff),
    (Opcode::Ori, 0x0000_0000, -2048, 0xffff_f800),
    (Opcode::Ori, 0xffff_ffff, 2047, 0xffff_ffff),
    (Opcode::Ori, 0x8000_0000, -1, 0xffff_ffff),
    (Opcode::Ori, 0xf0f0_f0f0, -256, 0xffff_fff0),
    (Opcode::Ori, 0x7fff_ffff, 1, 0x7fff_ffff),
    (Opcode::Andi, 0x0000_0001, -1, 0x0000_0001),
    (Opcode::Andi, 0x0000_0000, -2048, 0x0000_0000),
    (Opcode::Andi, 0xffff_ffff, 2047, 0x0000_07ff),
    (Opcode::Andi, 0x8000_0000, -1, 0x8000_0000),
    (Opcode::Andi, 0xf0f0_f0f0, -256, 0xf0f0_f000),
    (Opcode::Andi, 0x7fff_ffff, 1, 0x0000_0001),
];
const SHIFTED: [(Opcode, u32, u32, u32); 27] = [
    (Opcode::Sll, 0x8765_4321, 0x0000_0020, 0x8765_4321),
    (Opcode::Sll, 0x8765_4321, 0x0000_0021, 0x0eca_8642),
    (Opcode::Sll, 0x8765_4321, 0x0000_003f, 0x8000_0000),
    (Opcode::Sll, 0x8765_4321, 0x0000_0040, 0x8765_4321),
    (Opcode::Sll, 0x8765_4321, 0x8000_0000, 0x8765_4321),
    (Opcode::Sll, 0x8765_4321, 0xffff_ffff, 0x8000_0000),
    (Opcode::Sll, 0x7000_0001, 0x1000_001f, 0x8000_0000),
    (Opcode::Sll, 0x7000_0001, 0xffff_ffe4, 0x0000_0010),
    (Opcode::Sll, 0x7000_0001, 0x0000_0020, 0x7000_0001),
    (Opcode::Srl, 0x8765_4321, 0x0000_0020, 0x8765_4321),
    (Opcode::Srl, 0x8765_4321, 0x0000_0021, 0x43b2_a190),
    (Opcode::Srl, 0x8765_4321, 0x0000_003f, 0x0000_0001),
    (Opcode::Srl, 0x8765_4321, 0x0000_0040, 0x8765_4321),
    (Opcode::Srl, 0x8765_4321, 0x8000_0000, 0x8765_4321),
    (Opcode::Srl, 0x8765_4321, 0xffff_ffff, 0x0000_0001),
    (Opcode::Srl, 0x7000_0001, 0x1000_001f, 0x0000_0000),
    (Opcode::Srl, 0x7000_0001, 0xffff_ffe4, 0x0700_0000),
    (Opcode::Srl, 0x7000_0001, 0x0000_0020, 0x7000_0001),
    (Opcode::Sra, 0x8765_4321, 0x0000_0020, 0x8765_4321),
    (Opcode::Sra, 0x8765_4321, 0x0000_0021, 0xc3b2_a190),
    (Opcode::Sra, 0x8765_4321, 0x0000_003f, 0xffff_ffff),
    (Opcode::Sra, 0x8765_4321, 0x0000_0040, 0x8765_4321),
    (Opcode::Sra, 0x8765_4321, 0x8000_0000, 0x8765_4321),
    (Opcode::Sra, 0x8765_4321, 0xffff_ffff, 0xffff_ffff),
    (Opcode::Sra, 0x7000_0001, 0x1000_001f, 0x0000_0000),
    (Opcode::Sra, 0x7000_0001, 0xffff_ffe4, 0x0700_0000),
    (Opcode::Sra, 0x7000_0001, 0x0000_0020, 0x7000_0001),
];
const ALIASED: [(Opcode, u32, u32); 36] = [
    (Opcode::Add, 0xffff_fff9, 0xffff_fff2),
    (Opcode::Add, 0x0000_0000, 0x0000_0000),
    (Opcode::Sub, 0xffff_fff9, 0x0000_0000),
    (Opcode::Sub, 0x0000_0000, 0x0000_0000),
    (Opcode::Sll, 0xffff_fff9, 0xf200_0000),
    (Opcode::Sll, 0x0000_0000, 0x0000_0000),
    (Opcode::Slt, 0xffff_fff9, 0x0000_0000),
    (Opcode::Slt, 0x0000_0000, 0x0000_0000),
    (Opcode::Sltu, 0xffff_fff9, 0x0000_0000),
    (Opcode::Sltu, 0x0000_0000, 0x0000_0000),
    (Opcode::Xor, 0xffff_fff9, 0x0000_0000),
    (Opcode::Xor, 0x0000_0000, 0x0000_0000),
    (Opcode::Srl, 0xffff_fff9, 0x0000_007f),
    (Opcode::Srl, 0x0000_0000, 0x0000_0000),
    (Opcode::Sra, 0xffff_fff9, 0xffff_ffff),
    (Opcode::Sra, 0x0000_0000, 0x0000_0000),
    (Opcode::Or, 0xffff_fff9, 0xffff_fff9),
    (Opcode::Or, 0x0000_0000, 0x0000_0000),
    (Opcode::And, 0xffff_fff9, 0xffff_fff9),
    (Opcode::And, 0x0000_0000, 0x0000_0000),
    (Opcode::Mul, 0xffff_fff9, 0x0000_0031),
    (Opcode::Mul, 0x0000_0000, 0x0000_0000),
    (Opcode::Mulh, 0xffff_fff9, 0x0000_0000),
    (Opcode::Mulh, 0x0000_0000, 0x0000_0000),
    (Opcode::Mulhsu, 0xffff_fff9, 0xffff_fff9),
    (Opcode::Mulhsu, 0x0000_0000, 0x0000_0000),
    (Opcode::Mulhu, 0xffff_fff9, 0xffff_fff2),
    (Opcode::Mulhu, 0x0000_0000, 0x0000_0000),
    (Opcode::Div, 0xffff_fff9, 0x0000_0001),
    (Opcode::Div, 0x0000_0000, 0xffff_ffff),
    (Opcode::Divu, 0xffff_fff9, 0x0000_0001),
    (Opcode::Divu, 0x0000_0000, 0xffff_ffff),
    (Opcode::Rem, 0xffff_fff9, 0x0000_0000),
    (Opcode::Rem, 0x0000_0000, 0x0000_0000),
    (Opcode::Remu, 0xffff_fff9, 0x0000_0000),
    (Opcode::Remu, 0x0000_0000, 0x0000_0000),
];
