//! RV32IM once more, from the words of memory: decoding and meaning after the unprivileged specification, by arithmetic
//! on wide integers. Nothing here calls the emulator.

use super::machine::Machine;
use lariat_emulator::memory_map::{EXIT_CELL, PANIC_CELL};

/// What one instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The register that is written, and the word; never `x0`.
    pub write: Option<(u8, u32)>,
    /// The memory word that is accessed, by its address divided by four, and what it holds after.
    pub access: Option<(u32, u32)>,
    /// Address of the next instruction; `None` where the program ends.
    pub next: Option<u32>,
}

/// Why an instruction has no effect: the run would be an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The word is no instruction.
    Illegal,
    /// The next instruction's address is no multiple of four, or there is no instruction.
    Target,
    /// The address is no multiple of the width.
    Misaligned,
    /// There is no such word, or it may not be stored to.
    Forbidden,
    /// Memory holds something that is no word of 32 bits.
    NoWord,
    /// An `ecall` other than the exit.
    Call,
}

/// `word`'s bits `high` to `low`.
const fn bits(word: u32, high: u32, low: u32) -> u32 {
    (word >> low) % (1 << (high - low + 1))
}

/// `value` of so many bits as a signed integer.
const fn extend(value: u32, width: u32) -> i64 {
    let value = value as i64;
    if value >= 1 << (width - 1) { value - (1 << width) } else { value }
}

/// The immediates of the formats, signed.
struct Immediates {
    i: i64,
    s: i64,
    b: i64,
    u: i64,
    j: i64,
}

impl Immediates {
    const fn of(w: u32) -> Self {
        let b = bits(w, 31, 31) * 4096 + bits(w, 7, 7) * 2048 + bits(w, 30, 25) * 32 + bits(w, 11, 8) * 2;
        let j = bits(w, 31, 31) * (1 << 20) + bits(w, 19, 12) * 4096 + bits(w, 20, 20) * 2048 + bits(w, 30, 21) * 2;
        Self {
            i: extend(bits(w, 31, 20), 12),
            s: extend(bits(w, 31, 25) * 32 + bits(w, 11, 7), 12),
            b: extend(b, 13),
            u: bits(w, 31, 12) as i64 * 4096,
            j: extend(j, 21),
        }
    }
}

/// Modulo `2^32`.
fn wrap(value: i128) -> u32 {
    value.rem_euclid(1 << 32) as u32
}

/// The number of a word as two's complement.
fn signed(word: u32) -> i128 {
    i128::from(extend(word, 32))
}

/// Rounds towards zero, where the divisor is not zero.
fn quotient(a: i128, b: i128) -> i128 {
    let magnitude = a.abs() / b.abs();
    if (a < 0) == (b < 0) { magnitude } else { -magnitude }
}

/// A shift by the low five bits.
fn power(amount: u32) -> i128 {
    1 << (amount % 32)
}

/// `op` of the formats with two operands; `None` for other codes.
fn arithmetic(funct3: u32, funct7: u32, a: u32, b: u32) -> Option<u32> {
    let (ua, ub) = (i128::from(a), i128::from(b));
    let (sa, sb) = (signed(a), signed(b));
    let high = |product: i128| wrap(product.div_euclid(1 << 32));
    Some(match (funct7, funct3) {
        (0, 0) => wrap(ua + ub),
        (32, 0) => wrap(ua - ub),
        (0, 1) => wrap(ua * power(b)),
        (0, 2) => u32::from(sa < sb),
        (0, 3) => u32::from(ua < ub),
        (0, 4) => (0..32).map(|i| (u32::from(a >> i & 1 != b >> i & 1)) << i).sum(),
        (0, 5) => wrap(ua / power(b)),
        (32, 5) => wrap(sa.div_euclid(power(b))),
        (0, 6) => (0..32).map(|i| (u32::from(a >> i & 1 == 1 || b >> i & 1 == 1)) << i).sum(),
        (0, 7) => (0..32).map(|i| (u32::from(a >> i & 1 == 1 && b >> i & 1 == 1)) << i).sum(),
        (1, 0) => wrap(ua * ub),
        (1, 1) => high(sa * sb),
        (1, 2) => high(sa * ub),
        (1, 3) => high(ua * ub),
        (1, 4) => wrap(if b == 0 { -1 } else { quotient(sa, sb) }),
        (1, 5) => wrap(if b == 0 { -1 } else { ua / ub }),
        (1, 6) => wrap(if b == 0 { sa } else { sa - sb * quotient(sa, sb) }),
        (1, 7) => wrap(if b == 0 { ua } else { ua - ub * (ua / ub) }),
        _ => return None,
    })
}

/// The effect of the instruction at the machine's `pc`.
///
/// # Errors
/// Why it has none.
pub fn effect(machine: &Machine) -> Result<Effect, Refusal> {
    let pc = machine.pc;
    let word = machine.memory.instruction(pc).ok_or(Refusal::Target)?;
    let (rd, rs1, rs2) = (bits(word, 11, 7), bits(word, 19, 15), bits(word, 24, 20));
    let (funct3, funct7) = (bits(word, 14, 12), bits(word, 31, 25));
    let (a, b) = (machine.registers[rs1 as usize], machine.registers[rs2 as usize]);
    let imm = Immediates::of(word);
    let from = |base: u32, offset: i64| wrap(i128::from(base) + i128::from(offset));
    let link = from(pc, 4);
    let plain = |result: u32| (Some(result), None, link);
    let (result, access, next) = match bits(word, 6, 0) {
        0x37 => plain(wrap(i128::from(imm.u))),
        0x17 => plain(from(pc, imm.u)),
        0x6f => (Some(link), None, from(pc, imm.j)),
        0x67 if funct3 == 0 => {
            let sum = from(a, imm.i);
            (Some(link), None, sum - sum % 2)
        }
        0x63 => {
            let taken = match funct3 {
                0 => a == b,
                1 => a != b,
                4 => signed(a) < signed(b),
                5 => signed(a) >= signed(b),
                6 => a < b,
                7 => a >= b,
                _ => return Err(Refusal::Illegal),
            };
            (None, None, if taken { from(pc, imm.b) } else { link })
        }
        0x03 => {
            let (width, is_signed) = match funct3 {
                0 => (1, true),
                1 => (2, true),
                2 => (4, true),
                4 => (1, false),
                5 => (2, false),
                _ => return Err(Refusal::Illegal),
            };
            let address = from(a, imm.i);
            let held = located(machine, address, width)?.1?;
            let part = bits_of(held, address % 4, width);
            let value = if is_signed { wrap(i128::from(extend(part, 8 * width))) } else { part };
            (Some(value), Some((address / 4, held)), link)
        }
        0x23 => {
            let width = match funct3 {
                0 => 1,
                1 => 2,
                2 => 4,
                _ => return Err(Refusal::Illegal),
            };
            let address = from(a, imm.s);
            let (writable, held) = located(machine, address, width)?;
            if !writable {
                return Err(Refusal::Forbidden);
            }
            let updated = if width == 4 { b } else { replaced(held?, address % 4, width, b) };
            (None, Some((address / 4, updated)), link)
        }
        0x13 => {
            let shift = funct3 == 1 || funct3 == 5;
            let right = wrap(i128::from(imm.i));
            let result = match (shift, funct7) {
                (false, _) => arithmetic(funct3, 0, a, right),
                (true, 0 | 32) => arithmetic(funct3, funct7, a, rs2),
                _ => None,
            };
            plain(result.ok_or(Refusal::Illegal)?)
        }
        0x33 => plain(arithmetic(funct3, funct7, a, b).ok_or(Refusal::Illegal)?),
        0x0f if funct3 == 0 => (None, None, link),
        0x73 if word == 0x73 => {
            if machine.registers[17] != 93 {
                return Err(Refusal::Call);
            }
            return Ok(Effect { write: None, access: Some((EXIT_CELL / 4, machine.registers[10])), next: None });
        }
        0x73 if word == 0x0010_0073 => {
            return Ok(Effect { write: None, access: Some((PANIC_CELL / 4, 1)), next: None });
        }
        _ => return Err(Refusal::Illegal),
    };
    if next % 4 != 0 || !machine.memory.is_instruction(next) {
        return Err(Refusal::Target);
    }
    let write = result.filter(|_| rd != 0).map(|value| (rd as u8, value));
    Ok(Effect { write, access, next: Some(next) })
}

/// Whether the code of a word is one that [`effect`] knows.
pub fn is_instruction(word: u32) -> bool {
    let (funct3, funct7) = (bits(word, 14, 12), bits(word, 31, 25));
    match bits(word, 6, 0) {
        0x37 | 0x17 | 0x6f => true,
        0x67 | 0x0f => funct3 == 0,
        0x63 => funct3 != 2 && funct3 != 3,
        0x03 => matches!(funct3, 0 | 1 | 2 | 4 | 5),
        0x23 => funct3 < 3,
        0x13 => match funct3 {
            1 => funct7 == 0,
            5 => funct7 == 0 || funct7 == 32,
            _ => true,
        },
        0x33 => arithmetic(funct3, funct7, 1, 1).is_some(),
        0x73 => word == 0x73 || word == 0x0010_0073,
        _ => false,
    }
}

/// The memory word of an access: whether stores may change it, and what it holds.
fn located(machine: &Machine, address: u32, width: u32) -> Result<(bool, Result<u32, Refusal>), Refusal> {
    if !address.is_multiple_of(width) {
        return Err(Refusal::Misaligned);
    }
    let (writable, held) = machine.memory.cell(address / 4).ok_or(Refusal::Forbidden)?;
    let held = super::form::signed(held).and_then(|v| u32::try_from(v).ok()).ok_or(Refusal::NoWord);
    Ok((writable, held))
}

/// `width` bytes of a word from byte `at`.
fn bits_of(word: u32, at: u32, width: u32) -> u32 {
    (u64::from(word) / 256u64.pow(at) % 256u64.pow(width)) as u32
}

/// A word with `width` bytes from byte `at` replaced by the low ones of `value`.
fn replaced(word: u32, at: u32, width: u32, value: u32) -> u32 {
    let byte = |i: u32| if (at..at + width).contains(&i) { bits_of(value, i - at, 1) } else { bits_of(word, i, 1) };
    (0..4).map(|i| byte(i) * 256u32.pow(i)).sum()
}
