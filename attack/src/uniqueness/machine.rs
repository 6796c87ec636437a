//! State of the machine of `docs/isa-spec.md`: registers, and memory as the static map has it.

use super::{
    form::signed,
    semantics::{Effect, is_instruction},
};
use lariat_algebra::Fr;
use lariat_emulator::{
    image::Image,
    memory_map::{
        EXIT_CELL, INITIAL_STACK_POINTER, INPUT_START, OUTPUT_START, PANIC_CELL, PRIVATE_INPUT_START, STACK_TOP,
    },
};
use lariat_jolt_core::Inputs;
use std::collections::HashMap;

/// A range of words under one permission.
#[derive(Clone, Debug)]
struct Range {
    /// First word: its address divided by four.
    start: u32,
    /// Number of words.
    len: u32,
    /// Whether stores may change it.
    writable: bool,
    /// Whether it holds instructions.
    executable: bool,
    /// Words at the start; zeros behind them.
    initial: Vec<u32>,
}

/// Words by their address divided by four.
#[derive(Clone, Debug)]
pub struct Memory {
    ranges: Vec<Range>,
    written: HashMap<u32, Fr>,
}

impl Memory {
    /// Memory before the first step.
    pub fn new(image: &Image, inputs: Inputs<'_>) -> Self {
        let range = |start: u32, bytes: u32, writable, initial| Range {
            start: start / 4,
            len: bytes / 4,
            writable,
            executable: false,
            initial,
        };
        let mut ranges: Vec<Range> = image
            .segments
            .iter()
            .map(|s| Range {
                executable: s.executable,
                ..range(s.start, 4 * s.words.len() as u32, s.writable, s.words.clone())
            })
            .collect();
        let (config, whole) = (&image.memory, |bytes: u32| bytes.div_ceil(4) * 4);
        let input = |bytes: &[u8]| {
            let word = |c: &[u8]| c.iter().rev().fold(0, |word, &byte| word * 256 + u32::from(byte));
            [bytes.len() as u32].into_iter().chain(bytes.chunks(4).map(word)).collect::<Vec<u32>>()
        };
        for (start, bytes) in [(INPUT_START, inputs.public), (PRIVATE_INPUT_START, inputs.private)] {
            ranges.push(range(start, 4 + whole(bytes.len() as u32), false, input(bytes)));
        }
        let zero = |start, bytes, writable| range(start, bytes, writable, Vec::new());
        ranges.push(zero(image.heap_start, config.heap_size, true));
        ranges.push(zero(OUTPUT_START, 4 + whole(config.max_output_bytes), true));
        ranges.push(zero(PANIC_CELL, 4, true));
        ranges.push(zero(EXIT_CELL, 4, false));
        ranges.push(zero(STACK_TOP - config.stack_size, config.stack_size, true));
        ranges.sort_by_key(|r| r.start);
        Self { ranges, written: HashMap::new() }
    }

    fn range(&self, word: u32) -> Option<&Range> {
        let at = self.ranges.partition_point(|r| r.start <= word).checked_sub(1)?;
        Some(&self.ranges[at]).filter(|r| word - r.start < r.len)
    }

    /// Whether stores may change a word, and what it holds; `None` where nothing is mapped.
    pub fn cell(&self, word: u32) -> Option<(bool, Fr)> {
        let range = self.range(word)?;
        let initial = || Fr::from(range.initial.get((word - range.start) as usize).copied().unwrap_or(0));
        Some((range.writable, self.written.get(&word).copied().unwrap_or_else(initial)))
    }

    /// Words that are mapped, from `low` to `high`; those of the highest region first, which start as zeros.
    pub fn mapped(&self, low: u32, high: u32) -> impl Iterator<Item = u32> {
        self.ranges.iter().rev().flat_map(move |r| r.start.max(low)..(r.start + r.len).min(high.saturating_add(1)))
    }

    /// Puts any field element into a word, as whoever chooses the private input may.
    pub fn set(&mut self, word: u32, value: Fr) {
        self.written.insert(word, value);
    }

    /// The word of code at an address.
    pub fn instruction(&self, pc: u32) -> Option<u32> {
        let range = self.range(pc / 4).filter(|r| r.executable && pc.is_multiple_of(4))?;
        range.initial.get((pc / 4 - range.start) as usize).copied()
    }

    /// Whether there is an instruction at an address.
    pub fn is_instruction(&self, pc: u32) -> bool {
        self.instruction(pc).is_some_and(is_instruction)
    }
}

/// Registers, `pc` and memory.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The 32 registers; the first is zero.
    pub registers: [u32; 32],
    /// Address of the instruction that is next.
    pub pc: u32,
    /// Memory.
    pub memory: Memory,
}

impl Machine {
    /// The machine before the first step.
    pub fn new(image: &Image, inputs: Inputs<'_>) -> Self {
        let mut out = Self { registers: [0; 32], pc: 0, memory: Memory::new(image, inputs) };
        out.start(image.entry);
        out
    }

    /// Starts anew at an address, with the registers of the start; memory stays.
    pub fn start(&mut self, pc: u32) {
        self.registers = [0; 32];
        self.registers[2] = INITIAL_STACK_POINTER;
        self.pc = pc;
    }

    /// Goes on; false where the program ends.
    pub fn apply(&mut self, effect: Effect) -> bool {
        if let Some((register, word)) = effect.write {
            self.registers[usize::from(register)] = word;
        }
        if let Some((word, after)) = effect.access {
            let unchanged = self.memory.cell(word).is_some_and(|(_, held)| signed(held) == Some(i128::from(after)));
            if !unchanged {
                self.memory.set(word, Fr::from(after));
            }
        }
        effect.next.inspect(|next| self.pc = *next).is_some()
    }
}
