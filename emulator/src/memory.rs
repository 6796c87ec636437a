//! The guest's memory while it runs: pages on demand behind a flat page table.
//!
//! One table entry per 4 KiB page of the address space holds the page's slot in one arena of words, and whether loads
//! and stores to any of its words are allowed without asking. The fast path is one table read and one arena access.
//! Pages enter the arena when they are first touched, with the image's or the input's contents, so that starting a run
//! costs nothing per byte of memory. Pages that belong to several regions, or only in part to one, always take the slow
//! path, which asks the layout.

use crate::image::Segment;
use crate::layout::{Layout, Region, RegionKind};
use crate::memory_map::{INPUT_START, OUTPUT_START, PAGE_BYTES, PRIVATE_INPUT_START, STACK_TOP, io_region_bytes};

const LOG_PAGE_BYTES: u32 = PAGE_BYTES.trailing_zeros();
const PAGE_WORDS: usize = PAGE_BYTES as usize / 4;
const NUM_PAGES: usize = 1 << (32 - LOG_PAGE_BYTES);

/// Table entry: the slot in the arena above these flags; 0 for a page that is not in the arena.
const RESIDENT: u32 = 1;
/// Every word of the page may be loaded.
const LOAD: u32 = 2;
/// Every word of the page may be stored to.
const STORE: u32 = 4;
const SLOT_SHIFT: u32 = 3;

/// Whether an access reads or writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Access {
    /// A load instruction.
    Load,
    /// A store instruction.
    Store,
}

impl Access {
    /// The verb, for messages.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Load => "load from",
            Self::Store => "store to",
        }
    }
}

/// Why an aligned access is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum AccessFault {
    Unmapped,
    ReadOnly(RegionKind),
}

/// Initial contents of memory: the segments of the image and the words of the two input regions.
pub(crate) struct Initial<'a> {
    segments: &'a [Segment],
    inputs: [(u32, Vec<u32>); 2],
}

impl<'a> Initial<'a> {
    /// Contents for inputs of at most `MAX_IO_BYTES` each.
    pub(crate) fn new(segments: &'a [Segment], public: &[u8], private: &[u8]) -> Self {
        let inputs = [(INPUT_START, io_words(public)), (PRIVATE_INPUT_START, io_words(private))];
        Self { segments, inputs }
    }

    /// Copies whatever lies in the page at `start` into `page`.
    fn fill(&self, start: u32, page: &mut [u32]) {
        let first = self.segments.partition_point(|segment| segment.end() <= u64::from(start));
        for segment in self.segments.iter().skip(first) {
            if u64::from(segment.start) >= u64::from(start) + u64::from(PAGE_BYTES) {
                break;
            }
            copy_overlap(start, page, segment.start, &segment.words);
        }
        for (input_start, words) in &self.inputs {
            copy_overlap(start, page, *input_start, words);
        }
    }
}

/// The words of an I/O region that holds `bytes`.
fn io_words(bytes: &[u8]) -> Vec<u32> {
    let mut words = Vec::with_capacity(io_region_bytes(bytes.len() as u32) as usize / 4);
    words.push(bytes.len() as u32);
    words.extend(
        bytes.chunks(4).map(|chunk| {
            chunk.iter().enumerate().fold(0, |word, (index, &byte)| word | u32::from(byte) << (8 * index))
        }),
    );
    words
}

/// Copies the part of `words` (which start at address `start`) that lies in the page at `page_start`.
fn copy_overlap(page_start: u32, page: &mut [u32], start: u32, words: &[u32]) {
    let (to, from) = if start >= page_start {
        ((start - page_start) as usize / 4, 0)
    } else {
        (0, (page_start - start) as usize / 4)
    };
    let (Some(to), Some(from)) = (page.get_mut(to..), words.get(from..)) else { return };
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}

/// Memory of one run.
pub(crate) struct Memory<'a> {
    initial: Initial<'a>,
    state: MemoryState,
    /// The region of the last access that took the slow path.
    recent: Region,
    heap_high: u32,
    output_high: u32,
    stack_low: u32,
}

/// Contents of memory at some moment. Words that are mapped and were never touched read as their initial value.
#[derive(Clone, Debug)]
pub struct MemoryState {
    table: Box<[u32]>,
    arena: Vec<u32>,
    layout: Layout,
}

impl MemoryState {
    /// The word at `address` (its low two bits are ignored); `None` if the address is not mapped.
    pub fn word(&self, address: u32) -> Option<u32> {
        self.layout.region_at(address)?;
        let entry = *self.table.get((address >> LOG_PAGE_BYTES) as usize)?;
        if entry & RESIDENT == 0 {
            return Some(0);
        }
        self.arena.get(arena_index(entry, address)).copied()
    }

    /// Which addresses are mapped.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}

#[inline(always)]
const fn arena_index(entry: u32, address: u32) -> usize {
    (entry >> SLOT_SHIFT) as usize * PAGE_WORDS + ((address & (PAGE_BYTES - 1)) >> 2) as usize
}

impl<'a> Memory<'a> {
    pub(crate) fn new(layout: Layout, initial: Initial<'a>) -> Self {
        let heap_high = layout.first_of(RegionKind::Heap).map_or(0, |heap| heap.start);
        let recent = Region { kind: RegionKind::Stack, start: 0, end: 0 };
        let state = MemoryState { table: vec![0; NUM_PAGES].into_boxed_slice(), arena: Vec::new(), layout };
        Self { initial, state, recent, heap_high, output_high: OUTPUT_START, stack_low: STACK_TOP }
    }

    /// Where the word at `address` lies in the arena, if the guest may access it.
    #[inline(always)]
    pub(crate) fn locate(&mut self, address: u32, access: Access) -> Result<usize, AccessFault> {
        let entry = self.state.table[(address >> LOG_PAGE_BYTES) as usize];
        let wanted = match access {
            Access::Load => LOAD,
            Access::Store => STORE,
        };
        if entry & wanted != 0 { Ok(arena_index(entry, address)) } else { self.locate_slowly(address, access) }
    }

    /// The word at an index that [`locate`](Self::locate) returned.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> u32 {
        self.state.arena[index]
    }

    /// Replaces the word at an index that [`locate`](Self::locate) returned.
    #[inline(always)]
    pub(crate) fn set(&mut self, index: usize, value: u32) {
        self.state.arena[index] = value;
    }

    /// Sets a word that the machine itself owns (panic and exit cell) and returns the one before.
    pub(crate) fn set_cell(&mut self, address: u32, value: u32) -> u32 {
        let entry = self.page_in(address);
        std::mem::replace(&mut self.state.arena[arena_index(entry, address)], value)
    }

    /// The current value of a mapped word, with the initial contents where it was not touched yet.
    #[cfg(feature = "test-util")]
    pub(crate) fn cell(&mut self, address: u32) -> u32 {
        let entry = self.page_in(address);
        self.state.arena[arena_index(entry, address)]
    }

    #[cold]
    #[inline(never)]
    fn locate_slowly(&mut self, address: u32, access: Access) -> Result<usize, AccessFault> {
        if !self.recent.contains(address) {
            self.recent = self.state.layout.region_at(address).ok_or(AccessFault::Unmapped)?;
        }
        let region = self.recent;
        if access == Access::Store && !region.kind.is_writable() {
            return Err(AccessFault::ReadOnly(region.kind));
        }
        let entry = self.page_in(address);
        let page_start = address & !(PAGE_BYTES - 1);
        // No region reaches into the last page, so that this does not wrap.
        let page_end = page_start + PAGE_BYTES;
        match region.kind {
            RegionKind::Heap => self.heap_high = self.heap_high.max(page_end),
            RegionKind::Output => self.output_high = self.output_high.max(page_end.min(region.end)),
            RegionKind::Stack => self.stack_low = self.stack_low.min(page_start),
            _ => {}
        }
        if region.start <= page_start && region.end >= page_end {
            let flags = if region.kind.is_writable() { LOAD | STORE } else { LOAD };
            self.state.table[(address >> LOG_PAGE_BYTES) as usize] = entry | flags;
        }
        Ok(arena_index(entry, address))
    }

    /// The table entry of the page of `address`, after making sure that it is in the arena.
    fn page_in(&mut self, address: u32) -> u32 {
        let number = (address >> LOG_PAGE_BYTES) as usize;
        let entry = self.state.table[number];
        if entry & RESIDENT != 0 {
            return entry;
        }
        let arena = &mut self.state.arena;
        let slot = arena.len() / PAGE_WORDS;
        arena.resize(arena.len() + PAGE_WORDS, 0);
        self.initial.fill(address & !(PAGE_BYTES - 1), &mut arena[slot * PAGE_WORDS..]);
        let entry = (slot as u32) << SLOT_SHIFT | RESIDENT;
        self.state.table[number] = entry;
        entry
    }

    /// The current value of a mapped word that is not part of the initial contents, such as output and control cells.
    pub(crate) fn word(&self, address: u32) -> u32 {
        self.state.word(address).unwrap_or(0)
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.state.layout
    }

    /// Exclusive end of the touched heap, in whole pages; the start of the heap if it was not touched.
    pub(crate) fn heap_high(&self) -> u32 {
        self.heap_high
    }

    /// Exclusive end of the touched output, in whole pages up to the end of its region.
    pub(crate) fn output_high(&self) -> u32 {
        self.output_high
    }

    /// Start of the lowest touched page of the stack; the top of the stack if it was not touched.
    pub(crate) fn stack_low(&self) -> u32 {
        self.stack_low
    }

    /// Ends the run: brings in all pages with initial contents other than zeros, so that the state stands for itself.
    pub(crate) fn into_state(mut self) -> MemoryState {
        let stored = |start: u32, words: &[u32]| (start, u64::from(start) + 4 * words.len() as u64);
        let mut ranges: Vec<(u32, u64)> =
            self.initial.segments.iter().map(|segment| stored(segment.start, &segment.words)).collect();
        ranges.extend(self.initial.inputs.iter().map(|(start, words)| stored(*start, words)));
        for (start, end) in ranges {
            let mut page = u64::from(start & !(PAGE_BYTES - 1));
            while page < end {
                self.page_in(page as u32);
                page += u64::from(PAGE_BYTES);
            }
        }
        self.state
    }
}
