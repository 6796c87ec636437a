//! The loaded program: initial memory, decoded code window, entry point.
//!
//! Permissions are static: a segment is code (executable, read-only), read-only data, or writable data, as a whole.
//! Code is never writable.

mod elf;
mod error;
mod symbols;

pub use error::LoadError;
pub use symbols::{Symbol, Symbols};

use crate::isa::{Instruction, decode};
use crate::layout::{Layout, LayoutError};
use crate::memory_map::{IO_WINDOW_START, LAST_PAGE_START, MemoryConfig, PAGE_BYTES};

/// Largest image: the memory of all segments together, in bytes.
pub const MAX_IMAGE_BYTES: u64 = 256 << 20;
/// Largest code window, in bytes of address space.
pub const MAX_CODE_WINDOW_BYTES: u64 = 64 << 20;

/// A run of words of initial memory under one permission.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// First byte; a multiple of 4.
    pub start: u32,
    /// Contents, little-endian words, zeros of `.bss` included.
    pub words: Vec<u32>,
    /// Whether the guest may store here; never together with `executable`.
    pub writable: bool,
    /// Whether the guest may execute this.
    pub executable: bool,
}

impl Segment {
    /// First byte behind the segment, which may be 2^32.
    pub fn end(&self) -> u64 {
        u64::from(self.start) + 4 * self.words.len() as u64
    }
}

/// A program ready to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// Address of the first instruction.
    pub entry: u32,
    /// Initial memory; sorted by address, disjoint, none empty.
    pub segments: Vec<Segment>,
    /// Address of `code[0]`.
    pub code_base: u32,
    /// One contiguous window over all executable segments, index `(pc - code_base) / 4`. Words between two of them are
    /// [`Opcode::Illegal`](crate::isa::Opcode::Illegal) with word 0.
    pub code: Vec<Instruction>,
    /// Names of code addresses.
    pub symbols: Symbols,
    /// First byte of the heap: the end of the highest segment, rounded up to 16.
    pub heap_start: u32,
    /// The configuration that the image was loaded under, with `heap_size` clipped to the free space: the heap ends at
    /// a multiple of 4096 and before the next region.
    pub memory: MemoryConfig,
}

impl Image {
    /// Loads a statically linked 32-bit little-endian RISC-V executable.
    ///
    /// `PT_LOAD` segments go to their virtual addresses. A segment that is writable and executable is split by the
    /// section headers: words with a byte in an executable section are code and read-only, all others are writable
    /// data. Cost: one pass over the image. Memory: the image, at most [`MAX_IMAGE_BYTES`], is allocated only after
    /// all headers are checked.
    ///
    /// # Errors
    /// [`LoadError`] for every file that is not such an executable, whatever its bytes.
    pub fn from_elf(bytes: &[u8], memory: &MemoryConfig) -> Result<Self, LoadError> {
        let parts = elf::load(bytes)?;
        let mut image = Self::from_segments(parts.entry, parts.segments, memory)?;
        image.symbols = elf::symbols(bytes, &image);
        Ok(image)
    }

    /// Builds an image from segments in any order; empty ones are dropped.
    ///
    /// # Errors
    /// Segments that are misaligned, writable and executable at once, overlapping, too large, or in reserved places;
    /// an entry point that is not in code; an invalid `memory`.
    pub fn from_segments(entry: u32, mut segments: Vec<Segment>, memory: &MemoryConfig) -> Result<Self, LoadError> {
        memory.validate()?;
        segments.retain(|segment| !segment.words.is_empty());
        segments.sort_by_key(|segment| segment.start);
        for segment in &segments {
            if !segment.start.is_multiple_of(4) || (segment.writable && segment.executable) {
                return Err(LoadError::InvalidSegment { start: segment.start });
            }
        }
        let bytes = segments.iter().map(|segment| 4 * segment.words.len() as u64).sum();
        if bytes > MAX_IMAGE_BYTES {
            return Err(LoadError::ImageTooLarge { bytes, max: MAX_IMAGE_BYTES });
        }

        // Without a heap: the check is what makes room for it. With the largest inputs, so that what loads also runs.
        let requested_heap = memory.heap_size;
        let memory = MemoryConfig { heap_size: 0, ..*memory };
        Layout::new(&segments, 0, &memory, memory.max_input_bytes, memory.max_private_input_bytes)?;
        let (code_base, code) = code_window(&segments)?;
        let (heap_start, heap_size) = place_heap(&segments, &memory, requested_heap);
        let memory = MemoryConfig { heap_size, ..memory };
        let image = Self { entry, segments, code_base, code, symbols: Symbols::default(), heap_start, memory };
        if !entry.is_multiple_of(4) {
            return Err(LoadError::EntryMisaligned { entry });
        }
        if !image.is_code(entry) {
            return Err(LoadError::EntryNotInCode { entry });
        }
        Ok(image)
    }

    /// Whether `address` lies in an executable segment.
    pub fn is_code(&self, address: u32) -> bool {
        let behind = self.segments.partition_point(|segment| segment.start <= address);
        let below = behind.checked_sub(1).and_then(|index| self.segments.get(index));
        below.is_some_and(|segment| segment.executable && u64::from(address) < segment.end())
    }

    /// First byte behind the heap.
    pub fn heap_end(&self) -> u32 {
        self.heap_start.saturating_add(self.memory.heap_size)
    }

    /// The function that `pc` lies in and the byte offset into it, as far as the symbol table tells.
    ///
    /// `None` outside of code, before the first symbol, and for stripped programs.
    pub fn nearest_symbol(&self, pc: u32) -> Option<(&str, u32)> {
        if !self.is_code(pc) {
            return None;
        }
        let symbol = self.symbols.nearest(pc)?;
        Some((&symbol.name, pc - symbol.address))
    }

    /// The instruction at `pc`, if `pc` is in the code window and a multiple of 4.
    pub fn instruction_at(&self, pc: u32) -> Option<Instruction> {
        let offset = pc.wrapping_sub(self.code_base);
        offset.is_multiple_of(4).then(|| self.code.get(offset as usize / 4).copied()).flatten()
    }

    /// The static memory layout of a run with inputs of the given lengths in bytes.
    ///
    /// # Errors
    /// A conflict, which an image from [`from_segments`](Self::from_segments) does not have.
    pub fn layout(&self, input_bytes: u32, private_input_bytes: u32) -> Result<Layout, LayoutError> {
        Layout::new(&self.segments, self.heap_start, &self.memory, input_bytes, private_input_bytes)
    }
}

/// Decodes all executable segments into one window.
fn code_window(segments: &[Segment]) -> Result<(u32, Vec<Instruction>), LoadError> {
    let executable = || segments.iter().filter(|segment| segment.executable);
    let (Some(first), Some(last)) = (executable().next(), executable().next_back()) else {
        return Err(LoadError::NoCode);
    };
    let bytes = last.end() - u64::from(first.start);
    if bytes > MAX_CODE_WINDOW_BYTES {
        return Err(LoadError::CodeWindowTooLarge { bytes, max: MAX_CODE_WINDOW_BYTES });
    }
    let mut code = Vec::with_capacity(bytes as usize / 4);
    for segment in executable() {
        code.resize((segment.start - first.start) as usize / 4, Instruction::illegal(0));
        code.extend(segment.words.iter().map(|&word| decode(word)));
    }
    Ok((first.start, code))
}

/// Start and size of the heap behind `segments`, which are sorted and laid out without conflict.
fn place_heap(segments: &[Segment], memory: &MemoryConfig, requested: u32) -> (u32, u32) {
    // Segments end at or before the last page, so that rounding up cannot wrap.
    let start = segments.last().map_or(0, Segment::end).next_multiple_of(16);
    let ceilings = [IO_WINDOW_START, memory.stack_start(), LAST_PAGE_START].map(u64::from);
    let ceiling = ceilings.into_iter().find(|&ceiling| start <= ceiling).unwrap_or(start);
    let end = match requested {
        0 => start,
        _ => (start + u64::from(requested)).next_multiple_of(PAGE_BYTES.into()).min(ceiling),
    };
    (start as u32, (end - start) as u32)
}
