//! The loaded program: initial memory, decoded code window, entry point.
//!
//! Permissions are static: a segment is code (executable, read-only), read-only data, or writable data, as a whole.
//! Code is never writable.

mod compressed;
mod elf;
mod error;
mod symbols;
mod window;

pub use error::LoadError;
pub use symbols::{Symbol, Symbols};
pub use window::Window;

use crate::isa::{Instruction, Opcode, decode, encode};
use crate::layout::{Layout, LayoutError};
use crate::memory_map::{IO_WINDOW_START, LAST_PAGE_START, MemoryConfig, PAGE_BYTES, STACK_GUARD_BYTES};

/// Largest image: the memory of all segments together, in bytes.
pub const MAX_IMAGE_BYTES: u64 = 256 << 20;
/// Largest code window, in bytes of address space.
pub const MAX_CODE_WINDOW_BYTES: u64 = 64 << 20;

/// A run of words of initial memory under one permission.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// First byte; a multiple of 4.
    pub start: u32,
    /// Contents, little-endian words, without the zeros behind them.
    pub words: Vec<u32>,
    /// Number of zero words behind `words`, such as those of `.bss`: they take no memory.
    pub zeros: u32,
    /// Whether the guest may store here; never together with `executable`.
    pub writable: bool,
    /// Whether the guest may execute this.
    pub executable: bool,
}

impl Segment {
    /// First byte behind the segment, which may be 2^32.
    pub fn end(&self) -> u64 {
        u64::from(self.start) + 4 * self.num_words()
    }

    /// Number of words of memory, stored or not.
    pub fn num_words(&self) -> u64 {
        self.words.len() as u64 + u64::from(self.zeros)
    }

    /// Word `index` of the segment; zero behind the stored ones.
    pub fn word(&self, index: usize) -> u32 {
        self.words.get(index).copied().unwrap_or(0)
    }

    /// The words up to the last that is not zero.
    pub fn stored(&self) -> &[u32] {
        let stored = self.words.iter().rposition(|&word| word != 0).map_or(0, |last| last + 1);
        self.words.get(..stored).unwrap_or_default()
    }

    /// Turns zeros at the end of the stored words into ones that are only counted.
    fn trim(&mut self) {
        let stored = self.stored().len();
        self.zeros = self.zeros.saturating_add((self.words.len() - stored) as u32);
        self.words.truncate(stored);
        self.words.shrink_to_fit();
    }
}

/// A program ready to run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Image {
    /// Address of the first instruction.
    pub entry: u32,
    /// Initial memory; sorted by address, disjoint, none empty, no stored words end in zero.
    pub segments: Vec<Segment>,
    /// Address of `code[0]`.
    pub code_base: u32,
    /// One contiguous window over all executable segments, index `(pc - code_base) / 4`. Words between two of them are
    /// [`Opcode::Illegal`](crate::isa::Opcode::Illegal) with word 0.
    pub code: Window<Instruction>,
    /// Names of code addresses.
    pub symbols: Symbols,
    /// First byte of the heap: the end of the highest segment, rounded up to 16.
    pub heap_start: u32,
    /// The configuration that the image was loaded under, with `heap_size` clipped to the free space: the heap ends at
    /// a multiple of 4096, before the next region, and below the stack's guard.
    pub memory: MemoryConfig,
}

impl Image {
    /// Loads a statically linked 32-bit little-endian RISC-V executable.
    ///
    /// `PT_LOAD` segments go to their virtual addresses. Initialised data with another physical address is there too, as
    /// read-only data, if nothing else is. A segment that is writable and executable is split by the
    /// section headers: words with a byte in an executable section are code and read-only, all others are writable
    /// data. Cost: one pass over the file. Memory: the words that the file stores and three times as much for the code
    /// among them, allocated only after all headers are checked. Zeros that the file only counts take none.
    ///
    /// # Errors
    /// [`LoadError`] for every file that is not such an executable, whatever its bytes.
    pub fn from_elf(bytes: &[u8], memory: &MemoryConfig) -> Result<Self, LoadError> {
        let mut parts = elf::load(bytes, memory)?;
        let segments = std::mem::take(&mut parts.segments);
        let mut image =
            Self::from_segments(parts.entry, segments, memory).map_err(|error| parts.with_own_addresses(error))?;
        if parts.may_be_compressed
            && let Some((address, half)) = compressed::first(&image)
        {
            return Err(LoadError::Compressed { address, half });
        }
        image.symbols = elf::symbols(bytes, &image);
        Ok(image)
    }

    /// Builds an image from segments in any order; empty ones are dropped, and zeros at their ends only counted.
    ///
    /// # Errors
    /// Segments that are misaligned, writable and executable at once, overlapping, too large, or in reserved places;
    /// an entry point that is not in code; an invalid `memory`.
    pub fn from_segments(entry: u32, mut segments: Vec<Segment>, memory: &MemoryConfig) -> Result<Self, LoadError> {
        memory.validate()?;
        segments.retain(|segment| segment.num_words() > 0);
        segments.sort_by_key(|segment| segment.start);
        for segment in &segments {
            if !segment.start.is_multiple_of(4) || (segment.writable && segment.executable) {
                return Err(LoadError::InvalidSegment { start: segment.start });
            }
        }
        let bytes = segments.iter().map(|segment| 4 * segment.num_words()).sum();
        if bytes > MAX_IMAGE_BYTES {
            return Err(LoadError::ImageTooLarge { bytes, max: MAX_IMAGE_BYTES });
        }
        segments.iter_mut().for_each(Segment::trim);

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

    /// The compressed instruction at `pc`, an even address: its halfword, unless that starts a longer instruction or is
    /// the all-zero one that no extension defines.
    pub fn compressed_at(&self, pc: u32) -> Option<u16> {
        let instruction = self.is_code(pc).then(|| self.instruction_at(pc & !3)).flatten()?;
        let word = match instruction.op {
            Opcode::Illegal => instruction.imm.cast_unsigned(),
            _ => encode(&instruction),
        };
        let half = (word >> (8 * (pc & 2))) as u16;
        (half & 3 != 3 && half != 0).then_some(half)
    }

    /// The static memory layout of a run with inputs of the given lengths in bytes.
    ///
    /// # Errors
    /// A conflict, which an image from [`from_segments`](Self::from_segments) does not have.
    pub fn layout(&self, input_bytes: u32, private_input_bytes: u32) -> Result<Layout, LayoutError> {
        Layout::new(&self.segments, self.heap_start, &self.memory, input_bytes, private_input_bytes)
    }
}

/// Decodes all executable segments into one window. Zeros behind the stored words of one are illegal words, as gaps
/// are.
fn code_window(segments: &[Segment]) -> Result<(u32, Window<Instruction>), LoadError> {
    let executable = || segments.iter().filter(|segment| segment.executable);
    let (Some(first), Some(last)) = (executable().next(), executable().next_back()) else {
        return Err(LoadError::NoCode);
    };
    let bytes = last.end() - u64::from(first.start);
    if bytes > MAX_CODE_WINDOW_BYTES {
        return Err(LoadError::CodeWindowTooLarge { bytes, max: MAX_CODE_WINDOW_BYTES });
    }
    let mut code = Window::new(Instruction::illegal(0));
    for segment in executable() {
        let start = (segment.start - first.start) as usize / 4;
        code.push_run(start, segment.words.iter().map(|&word| decode(word)).collect());
    }
    code.extend_to(bytes as usize / 4);
    Ok((first.start, code))
}

/// Start and size of the heap behind `segments`, which are sorted and laid out without conflict.
fn place_heap(segments: &[Segment], memory: &MemoryConfig, requested: u32) -> (u32, u32) {
    // Segments end at or before the last page, so that rounding up cannot wrap.
    let start = segments.last().map_or(0, Segment::end).next_multiple_of(16);
    let stack = u64::from(memory.stack_start());
    let ceiling = if start <= u64::from(IO_WINDOW_START) {
        u64::from(IO_WINDOW_START)
    } else if start <= stack {
        // A stack that overflows must not find the heap.
        stack.saturating_sub(STACK_GUARD_BYTES.into()).max(start)
    } else {
        u64::from(LAST_PAGE_START).max(start)
    };
    let end = match requested {
        0 => start,
        _ => (start + u64::from(requested)).next_multiple_of(PAGE_BYTES.into()).min(ceiling),
    };
    (start as u32, (end - start) as u32)
}
