//! Which addresses are mapped, and which of them the guest may store to.
//!
//! The layout is static: it follows from the image, the configuration and the lengths of the inputs, before the first
//! step. Every word has one region, and a region is read-only or writable as a whole.

use std::fmt;

use thiserror::Error;

use crate::image::Segment;
use crate::memory_map::{
    CONTROL_END, EXIT_CELL, INPUT_START, IO_WINDOW_END, IO_WINDOW_START, LAST_PAGE_START, MemoryConfig, OUTPUT_START,
    PANIC_CELL, PRIVATE_INPUT_START, STACK_TOP, io_region_bytes,
};

/// What a mapped range of addresses is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[non_exhaustive]
pub enum RegionKind {
    /// Executable segment; read-only.
    Code,
    /// Segment that is neither executable nor writable.
    ReadOnlyData,
    /// Writable segment.
    Data,
    /// Heap; writable, zero at the start.
    Heap,
    /// Public input; read-only.
    Input,
    /// Private input; read-only.
    PrivateInput,
    /// Public output; writable, zero at the start.
    Output,
    /// The panic cell; writable.
    PanicCell,
    /// The exit cell; written by the exit `ecall` alone.
    ExitCell,
    /// Stack; writable, zero at the start.
    Stack,
}

impl RegionKind {
    /// Whether the guest's store instructions may write here.
    pub const fn is_writable(self) -> bool {
        matches!(self, Self::Data | Self::Heap | Self::Output | Self::PanicCell | Self::Stack)
    }

    /// Whether the region comes from a segment of the image.
    pub const fn is_segment(self) -> bool {
        matches!(self, Self::Code | Self::ReadOnlyData | Self::Data)
    }
}

impl fmt::Display for RegionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Code => "code",
            Self::ReadOnlyData => "read-only data",
            Self::Data => "data",
            Self::Heap => "heap",
            Self::Input => "input",
            Self::PrivateInput => "private input",
            Self::Output => "output",
            Self::PanicCell => "panic cell",
            Self::ExitCell => "exit cell",
            Self::Stack => "stack",
        })
    }
}

/// A mapped range of addresses, a whole number of words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Region {
    /// What the range is for.
    pub kind: RegionKind,
    /// First byte; a multiple of 4.
    pub start: u32,
    /// First byte behind the range; a multiple of 4.
    pub end: u32,
}

impl Region {
    /// Whether `address` lies in the range.
    #[inline]
    pub const fn contains(&self, address: u32) -> bool {
        address >= self.start && address < self.end
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:#010x}..{:#010x}", self.kind, self.start, self.end)
    }
}

/// Two things want the same address, or one is where nothing may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// Two regions share an address (or a word, for segments that are not word-aligned).
    #[error("{}", overlap(first, second))]
    Overlap {
        /// The region with the lower start.
        first: Region,
        /// The other region.
        second: Region,
    },
    /// A segment lies in the range of the I/O regions.
    #[error(
        "{region} reaches into the addresses {:#010x}..{:#010x}, which belong to input and output; link the program elsewhere, such as at 0x80000000",
        IO_WINDOW_START,
        IO_WINDOW_END
    )]
    InIoWindow {
        /// The region of the segment.
        region: Region,
    },
    /// A segment reaches into the last page of the address space.
    #[error(
        "a segment at {start:#010x} of {bytes} bytes reaches into the last page, which starts at {:#010x}; link the program elsewhere, such as at 0x80000000",
        LAST_PAGE_START
    )]
    LastPage {
        /// First byte of the segment.
        start: u32,
        /// Size of the segment in bytes.
        bytes: u64,
    },
}

/// What is wrong with two regions: they have an address in common or, if they are given by bytes, a word.
fn overlap(first: &Region, second: &Region) -> String {
    if first.end > second.start {
        return format!("{first} overlaps {second}; link the program so that they are apart");
    }
    let word = second.start & !3;
    format!(
        "{first} and {second} share the word at {word:#010x}, and a word is in one segment only; align the second to 4 bytes"
    )
}

/// All mapped regions, sorted by address and disjoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    regions: Vec<Region>,
}

impl Layout {
    /// Lays out an image of `segments` and a heap of `memory.heap_size` bytes from `heap_start`, with inputs of the
    /// given lengths in bytes (each at most its limit in `memory`).
    ///
    /// # Errors
    /// The first conflict in the order of addresses.
    pub fn new(
        segments: &[Segment],
        heap_start: u32,
        memory: &MemoryConfig,
        input_bytes: u32,
        private_input_bytes: u32,
    ) -> Result<Self, LayoutError> {
        let mut regions = Vec::with_capacity(segments.len() + 8);
        for segment in segments {
            let kind = match (segment.executable, segment.writable) {
                (true, _) => RegionKind::Code,
                (false, true) => RegionKind::Data,
                (false, false) => RegionKind::ReadOnlyData,
            };
            regions.push(checked_region(kind, segment.start, 4 * segment.num_words())?);
        }
        if memory.heap_size > 0 {
            regions.push(checked_region(RegionKind::Heap, heap_start, memory.heap_size.into())?);
        }
        for &region in &regions {
            if region.start < IO_WINDOW_END && region.end > IO_WINDOW_START {
                return Err(LayoutError::InIoWindow { region });
            }
        }
        let io = |kind, start: u32, length| Region { kind, start, end: start + io_region_bytes(length) };
        regions.extend([
            io(RegionKind::Input, INPUT_START, input_bytes),
            io(RegionKind::PrivateInput, PRIVATE_INPUT_START, private_input_bytes),
            io(RegionKind::Output, OUTPUT_START, memory.max_output_bytes),
            Region { kind: RegionKind::PanicCell, start: PANIC_CELL, end: EXIT_CELL },
            Region { kind: RegionKind::ExitCell, start: EXIT_CELL, end: CONTROL_END },
            Region { kind: RegionKind::Stack, start: memory.stack_start(), end: STACK_TOP },
        ]);
        regions.sort_by_key(|region| region.start);
        for pair in regions.windows(2) {
            if let [first, second] = *pair
                && first.end > second.start
            {
                return Err(LayoutError::Overlap { first, second });
            }
        }
        Ok(Self { regions })
    }

    /// The regions, sorted by address and disjoint.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The region that `address` lies in.
    #[inline]
    pub fn region_at(&self, address: u32) -> Option<Region> {
        let behind = self.regions.partition_point(|region| region.start <= address);
        let region = *self.regions.get(behind.checked_sub(1)?)?;
        region.contains(address).then_some(region)
    }

    /// The first region of the given kind.
    pub fn first_of(&self, kind: RegionKind) -> Option<Region> {
        self.regions.iter().copied().find(|region| region.kind == kind)
    }
}

/// A region of `bytes` bytes from `start`, which must end before the last page.
fn checked_region(kind: RegionKind, start: u32, bytes: u64) -> Result<Region, LayoutError> {
    let end = u64::from(start) + bytes;
    if start >= LAST_PAGE_START || end > u64::from(LAST_PAGE_START) {
        return Err(LayoutError::LastPage { start, bytes });
    }
    Ok(Region { kind, start, end: end as u32 })
}

impl fmt::Display for Layout {
    /// One line: the regions in the order of their addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, region) in self.regions.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{region}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(start: u32, words: u32) -> Segment {
        Segment { start, words: Vec::new(), zeros: words, writable: true, executable: false }
    }

    fn layout(segments: &[Segment], heap_start: u32) -> Result<Layout, LayoutError> {
        Layout::new(segments, heap_start, &MemoryConfig::default(), 5, 0)
    }

    #[test]
    fn finds_the_region_at_both_ends_of_each() {
        let layout = layout(&[segment(0, 4), segment(0x10, 1)], 0x20).unwrap();
        for region in layout.regions() {
            assert_eq!(layout.region_at(region.start), Some(*region));
            assert_eq!(layout.region_at(region.end - 1), Some(*region));
            assert_ne!(layout.region_at(region.end), Some(*region));
        }
        assert_eq!(layout.region_at(0x14), None);
        assert_eq!(layout.region_at(u32::MAX), None);
        assert_eq!(layout.region_at(INPUT_START + 12), None, "4 + 5 bytes, rounded up to a word, are mapped");
        assert_eq!(layout.first_of(RegionKind::Input).unwrap().end, INPUT_START + 12);
    }

    #[test]
    fn rejects_every_kind_of_conflict() {
        let heap = 0x0200_0000;
        assert!(matches!(layout(&[segment(0x1000, 2), segment(0x1004, 2)], heap), Err(LayoutError::Overlap { .. })));
        assert!(matches!(layout(&[segment(STACK_TOP - 8, 3)], heap), Err(LayoutError::Overlap { .. })));
        assert!(matches!(layout(&[segment(heap + 16, 3)], heap), Err(LayoutError::Overlap { .. })));
        assert!(matches!(layout(&[segment(IO_WINDOW_START - 4, 2)], heap), Err(LayoutError::InIoWindow { .. })));
        assert!(matches!(layout(&[segment(IO_WINDOW_END - 4, 1)], heap), Err(LayoutError::InIoWindow { .. })));
        assert!(matches!(layout(&[segment(LAST_PAGE_START - 4, 2)], heap), Err(LayoutError::LastPage { .. })));
        assert!(matches!(layout(&[segment(LAST_PAGE_START, 0)], heap), Err(LayoutError::LastPage { .. })));
        assert!(layout(&[segment(LAST_PAGE_START - 4, 1), segment(IO_WINDOW_END, 1)], heap).is_ok());
    }
}
