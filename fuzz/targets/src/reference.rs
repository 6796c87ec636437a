//! RV32IM a second time, from the words themselves and in wide integers, to compare the emulator with.
//!
//! Nothing of the emulator is used but where its regions are: instructions are taken apart here, and computed in `i64` and
//! `i128`, where the emulator works on 32-bit words.

use lariat_emulator::image::Image;
use lariat_emulator::layout::{Layout, RegionKind};
use lariat_emulator::memory_map::{EXIT_CELL, INPUT_START, PANIC_CELL, PRIVATE_INPUT_START};
use std::collections::BTreeMap;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By the exit `ecall`.
    Exit,
    /// By EBREAK.
    Break,
    /// The steps ran out.
    Limit,
    /// At an instruction that cannot be executed.
    Fault(Fault),
}

/// Why an instruction cannot be executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No instruction at the program counter, or a jump to where none is.
    OutsideCode,
    /// A word that is no instruction.
    Illegal,
    /// A jump to an address that is no multiple of 4.
    MisalignedJump,
    /// A load or store at an address that is no multiple of its width.
    MisalignedAccess,
    /// Nothing is mapped there.
    Unmapped,
    /// A store to what may only be read.
    ReadOnly,
    /// Another `ecall` than exit.
    Ecall,
}

/// One step: what a trace row says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Address of the instruction.
    pub pc: u32,
    /// Destination register and result; `None` if the format has no destination.
    pub result: Option<(usize, u32)>,
    /// The memory word that was touched: address, before, after.
    pub access: Option<(u32, u32, u32)>,
}

/// A machine before its next step.
pub struct Machine {
    code: BTreeMap<u32, u32>,
    memory: BTreeMap<u32, u32>,
    layout: Layout,
    /// First and last address of the code window, the gaps between its segments included.
    window: (u64, u64),
    pc: u32,
    /// The registers.
    pub registers: [u32; 32],
}

fn words(start: u32, bytes: &[u8]) -> impl Iterator<Item = (u32, u32)> + '_ {
    let word = move |(i, chunk): (usize, &[u8])| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        (start + 4 * i as u32, u32::from_le_bytes(word))
    };
    bytes.chunks(4).enumerate().map(word)
}

/// The low `bits` bits of `value` as a signed number.
fn signed(value: u32, bits: u32) -> i64 {
    let value = i64::from(value) & ((1 << bits) - 1);
    if value >> (bits - 1) == 1 { value - (1 << bits) } else { value }
}

/// Bits `low + width - 1 .. low` of a word.
fn field(word: u32, low: u32, width: u32) -> u32 {
    (word >> low) % (1 << width)
}

/// A number modulo `2^32`.
fn wrap(value: i128) -> u32 {
    value.rem_euclid(1 << 32) as u32
}

impl Machine {
    /// A machine before its first step; `None` if the inputs are too long.
    pub fn new(image: &Image, public: &[u8], private: &[u8]) -> Option<Self> {
        let layout = image.layout(public.len() as u32, private.len() as u32).ok()?;
        let mut memory = BTreeMap::new();
        let mut code = BTreeMap::new();
        for segment in &image.segments {
            let cells = (0..segment.num_words()).map(|i| (segment.start + 4 * i as u32, segment.word(i as usize)));
            memory.extend(cells.clone());
            if segment.executable {
                code.extend(cells);
            }
        }
        for (start, bytes) in [(INPUT_START, public), (PRIVATE_INPUT_START, private)] {
            memory.insert(start, bytes.len() as u32);
            memory.extend(words(start + 4, bytes));
        }
        let (first, last) = (*code.first_key_value()?.0, *code.last_key_value()?.0);
        let mut registers = [0; 32];
        registers[2] = 0x7ffe_fff0;
        Some(Self { code, memory, layout, window: (first.into(), last.into()), pc: image.entry, registers })
    }

    /// The word at an address; zero if it was never written.
    pub fn word(&self, address: u32) -> u32 {
        self.memory.get(&address).copied().unwrap_or(0)
    }

    /// Runs to the end, with a report of every step.
    pub fn run(&mut self, max_steps: u64) -> (Vec<Step>, End) {
        let mut steps = Vec::new();
        loop {
            if steps.len() as u64 == max_steps {
                return (steps, End::Limit);
            }
            match self.step() {
                Ok((step, end)) => {
                    steps.push(step);
                    if let Some(end) = end {
                        return (steps, end);
                    }
                }
                Err(fault) => return (steps, End::Fault(fault)),
            }
        }
    }

    /// The word around an address, if an access of `width` bytes is allowed there.
    fn access(&self, address: u32, width: u32, store: bool) -> Result<u32, Fault> {
        if !address.is_multiple_of(width) {
            return Err(Fault::MisalignedAccess);
        }
        let region = self.layout.regions().iter().find(|r| r.start <= address && address < r.end);
        let region = region.ok_or(Fault::Unmapped)?;
        let writable =
            [RegionKind::Data, RegionKind::Heap, RegionKind::Output, RegionKind::PanicCell, RegionKind::Stack];
        if store && !writable.contains(&region.kind) {
            return Err(Fault::ReadOnly);
        }
        Ok(address - address % 4)
    }

    fn jump(&self, target: i64) -> Result<u32, Fault> {
        let target = wrap(target.into());
        if !target.is_multiple_of(4) {
            return Err(Fault::MisalignedJump);
        }
        let inside = (self.window.0..=self.window.1).contains(&target.into());
        if inside { Ok(target) } else { Err(Fault::OutsideCode) }
    }

    fn step(&mut self) -> Result<(Step, Option<End>), Fault> {
        let pc = self.pc;
        let word = *self.code.get(&pc).ok_or(Fault::OutsideCode)?;
        let (rd, rs1, rs2) = (field(word, 7, 5), field(word, 15, 5), field(word, 20, 5));
        let (funct3, funct7) = (field(word, 12, 3), field(word, 25, 7));
        let (a, b) = (self.registers[rs1 as usize], self.registers[rs2 as usize]);
        let i_imm = signed(word >> 20, 12);
        let mut next = wrap(i128::from(pc) + 4);
        let (mut access, mut end) = (None, None);
        let result = match field(word, 0, 7) {
            0b011_0111 => Some(word - word % 4096),
            0b001_0111 => Some(wrap(i128::from(pc) + i128::from(word - word % 4096))),
            0b110_1111 => {
                let offset = (field(word, 31, 1) << 20)
                    + (field(word, 12, 8) << 12)
                    + (field(word, 20, 1) << 11)
                    + (field(word, 21, 10) << 1);
                let link = next;
                next = self.jump(i64::from(pc) + signed(offset, 21))?;
                Some(link)
            }
            0b110_0111 if funct3 == 0 => {
                let target = wrap(i128::from(a) + i128::from(i_imm));
                let link = next;
                next = self.jump((target - target % 2).into())?;
                Some(link)
            }
            0b110_0011 => {
                let (x, y) = (signed(a, 32), signed(b, 32));
                let taken = match funct3 {
                    0 => a == b,
                    1 => a != b,
                    4 => x < y,
                    5 => x >= y,
                    6 => a < b,
                    7 => a >= b,
                    _ => return Err(Fault::Illegal),
                };
                let offset = (field(word, 31, 1) << 12)
                    + (field(word, 7, 1) << 11)
                    + (field(word, 25, 6) << 5)
                    + (field(word, 8, 4) << 1);
                if taken {
                    next = self.jump(i64::from(pc) + signed(offset, 13))?;
                }
                None
            }
            0b000_0011 => {
                let bits = *[8, 16, 32, 0, 8, 16, 0, 0].get(funct3 as usize).ok_or(Fault::Illegal)?;
                if bits == 0 {
                    return Err(Fault::Illegal);
                }
                let address = wrap(i128::from(a) + i128::from(i_imm));
                let at = self.access(address, bits / 8, false)?;
                let word = self.word(at);
                access = Some((at, word, word));
                let part = (u64::from(word) >> (8 * (address % 4))) % (1 << bits);
                Some(if funct3 < 4 { wrap(signed(part as u32, bits).into()) } else { part as u32 })
            }
            0b010_0011 => {
                let bits = match funct3 {
                    0..=2 => 8u32 << funct3,
                    _ => return Err(Fault::Illegal),
                };
                let offset = signed((funct7 << 5) + rd, 12);
                let address = wrap(i128::from(a) + i128::from(offset));
                let at = self.access(address, bits / 8, true)?;
                let before = self.word(at);
                let shift = 8 * (address % 4);
                let mask = ((1u64 << bits) - 1) << shift;
                let after = (u64::from(before) & !mask) | ((u64::from(b) << shift) & mask);
                access = Some((at, before, after as u32));
                None
            }
            0b001_0011 => Some(Self::immediate(funct3, funct7, a, rs2, i_imm).ok_or(Fault::Illegal)?),
            0b011_0011 => Some(Self::register(funct3, funct7, a, b).ok_or(Fault::Illegal)?),
            0b000_1111 if funct3 == 0 => None,
            0b111_0011 if word == 0x73 => {
                if self.registers[17] != 93 {
                    return Err(Fault::Ecall);
                }
                access = Some((EXIT_CELL, self.word(EXIT_CELL), self.registers[10]));
                end = Some(End::Exit);
                None
            }
            0b111_0011 if word == 0x0010_0073 => {
                access = Some((PANIC_CELL, self.word(PANIC_CELL), 1));
                end = Some(End::Break);
                None
            }
            _ => return Err(Fault::Illegal),
        };
        if let Some((at, _, after)) = access {
            self.memory.insert(at, after);
        }
        let result = result.map(|value| (rd as usize, value));
        if let Some((rd @ 1.., value)) = result {
            self.registers[rd] = value;
        }
        self.pc = next;
        Ok((Step { pc, result, access }, end))
    }

    fn immediate(funct3: u32, funct7: u32, a: u32, shift: u32, imm: i64) -> Option<u32> {
        let wide = wrap(imm.into());
        Some(match (funct3, funct7) {
            (0, _) => wrap(i128::from(a) + i128::from(imm)),
            (1, 0) => wrap(i128::from(a) << shift),
            (2, _) => (signed(a, 32) < imm).into(),
            (3, _) => (a < wide).into(),
            (4, _) => a ^ wide,
            (5, 0) => wrap(i128::from(a) >> shift),
            (5, 0x20) => wrap(i128::from(signed(a, 32)) >> shift),
            (6, _) => a | wide,
            (7, _) => a & wide,
            _ => return None,
        })
    }

    fn register(funct3: u32, funct7: u32, a: u32, b: u32) -> Option<u32> {
        let (x, y) = (i128::from(signed(a, 32)), i128::from(signed(b, 32)));
        let (u, v) = (i128::from(a), i128::from(b));
        Some(match (funct7, funct3) {
            (0, 0) => wrap(u + v),
            (0x20, 0) => wrap(u - v),
            (0, 1) => wrap(u << (b % 32)),
            (0, 2) => (x < y).into(),
            (0, 3) => (u < v).into(),
            (0, 4) => a ^ b,
            (0, 5) => wrap(u >> (b % 32)),
            (0x20, 5) => wrap(x >> (b % 32)),
            (0, 6) => a | b,
            (0, 7) => a & b,
            (1, 0) => wrap(u * v),
            (1, 1) => wrap((x * y) >> 32),
            (1, 2) => wrap((x * v) >> 32),
            (1, 3) => wrap((u * v) >> 32),
            // Rust's division rounds towards zero as the machine's does; in wide integers it cannot overflow.
            (1, 4) => wrap(if y == 0 { -1 } else { x / y }),
            (1, 5) => wrap(if v == 0 { -1 } else { u / v }),
            (1, 6) => wrap(if y == 0 { x } else { x % y }),
            (1, 7) => wrap(if v == 0 { u } else { u % v }),
            _ => return None,
        })
    }
}
