//! Fixed addresses of the guest's world, and the sizes that a configuration may choose.
//!
//! `docs/isa-spec.md` has the same map as a table. All addresses are byte addresses; every region is a whole number of
//! words.

use thiserror::Error;

/// Granularity, in bytes, of the reported heap and stack extents and of the reserved last page.
pub const PAGE_BYTES: u32 = 4096;

/// First byte of the address range that belongs to the I/O regions; the image and the heap stay out of it.
pub const IO_WINDOW_START: u32 = 0x4000_0000;
/// First byte behind the address range that belongs to the I/O regions.
pub const IO_WINDOW_END: u32 = 0x5000_0000;

/// Public input: word 0 is the length in bytes, then the bytes, zero-padded to a word. Read-only.
pub const INPUT_START: u32 = 0x4000_0000;
/// Private input, in the same shape as the public one. Read-only.
pub const PRIVATE_INPUT_START: u32 = 0x4400_0000;
/// Public output: word 0 is the length in bytes that the guest wrote, then the bytes.
pub const OUTPUT_START: u32 = 0x4800_0000;
/// First control cell.
pub const CONTROL_START: u32 = 0x4C00_0000;
/// Word that the guest sets to a nonzero value to say that it panicked.
pub const PANIC_CELL: u32 = 0x4C00_0000;
/// Word that receives the exit code when the exit `ecall` executes; the guest cannot store to it.
pub const EXIT_CELL: u32 = 0x4C00_0004;
/// First byte behind the control cells.
pub const CONTROL_END: u32 = 0x4C00_0008;

/// Exclusive end of the stack region, which grows down.
///
/// 64 KiB below the address that most programs are linked at: a linker that is told to put the code there places the
/// file's headers on the page before it, in the loaded segment.
pub const STACK_TOP: u32 = 0x7fff_0000;
/// Value of `x2` at the start; every other register starts at zero.
pub const INITIAL_STACK_POINTER: u32 = STACK_TOP - 16;

/// The heap ends this many bytes below the stack, or before. Unmapped accesses in these bytes are reported as a stack
/// overflow. Segments of the image may lie there all the same.
pub const STACK_GUARD_BYTES: u32 = 16 << 20;

/// The page from here on is never mapped, so that `address + 4` cannot wrap for a mapped address.
pub const LAST_PAGE_START: u32 = 0xffff_f000;

/// `a7` of the `ecall` that ends the program.
pub const EXIT_ECALL: u32 = 93;
/// `a7` of the `ecall` that writes `a2` bytes at `a1` to the descriptor `a0`, in runs with a console only.
pub const WRITE_ECALL: u32 = 64;

/// Largest value of each of the three `max_*_bytes` limits: what fits between two I/O regions, less a page.
pub const MAX_IO_BYTES: u32 = 0x0400_0000 - PAGE_BYTES;
/// Largest stack, in bytes.
pub const MAX_STACK_BYTES: u32 = 0x1000_0000;

/// Sizes of the regions that a configuration may choose.
///
/// It is part of what a proof is about: the same image under another configuration is another program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct MemoryConfig {
    /// Stack size in bytes: a nonzero multiple of 4096, at most [`MAX_STACK_BYTES`].
    pub stack_size: u32,
    /// Heap size in bytes that the guest asks for. An image clips it to the free space behind it, less
    /// [`STACK_GUARD_BYTES`] below the stack.
    pub heap_size: u32,
    /// Longest public input in bytes, at most [`MAX_IO_BYTES`].
    pub max_input_bytes: u32,
    /// Longest private input in bytes, at most [`MAX_IO_BYTES`].
    pub max_private_input_bytes: u32,
    /// Longest public output in bytes, at most [`MAX_IO_BYTES`].
    pub max_output_bytes: u32,
}

impl Default for MemoryConfig {
    fn default() -> Self {
        Self {
            stack_size: 1 << 20,
            heap_size: 64 << 20,
            max_input_bytes: 1 << 20,
            max_private_input_bytes: 1 << 20,
            max_output_bytes: 1 << 20,
        }
    }
}

/// A [`MemoryConfig`] outside of its limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum MemoryConfigError {
    /// The stack size is zero, too large, or not a whole number of pages.
    #[error("the stack size must be a nonzero multiple of 4096 up to {max} bytes, but {requested} was asked for")]
    StackSize {
        /// Size asked for, in bytes.
        requested: u32,
        /// Largest size, in bytes.
        max: u32,
    },
    /// One of the input and output limits is too large.
    #[error("{what} may be limited to at most {max} bytes, but {requested} was asked for")]
    IoLimit {
        /// Which limit.
        what: &'static str,
        /// Limit asked for, in bytes.
        requested: u32,
        /// Largest limit, in bytes.
        max: u32,
    },
}

impl MemoryConfig {
    /// Checks every size against its limit.
    ///
    /// # Errors
    /// The first size outside of its limit.
    pub fn validate(&self) -> Result<(), MemoryConfigError> {
        if self.stack_size == 0 || self.stack_size > MAX_STACK_BYTES || !self.stack_size.is_multiple_of(PAGE_BYTES) {
            return Err(MemoryConfigError::StackSize { requested: self.stack_size, max: MAX_STACK_BYTES });
        }
        let limits = [
            ("the public input", self.max_input_bytes),
            ("the private input", self.max_private_input_bytes),
            ("the output", self.max_output_bytes),
        ];
        for (what, requested) in limits {
            if requested > MAX_IO_BYTES {
                return Err(MemoryConfigError::IoLimit { what, requested, max: MAX_IO_BYTES });
            }
        }
        Ok(())
    }

    /// First byte of the stack region.
    ///
    /// Meaningful for a configuration that [`validate`](Self::validate) accepts; else saturates at 0.
    pub const fn stack_start(&self) -> u32 {
        STACK_TOP.saturating_sub(self.stack_size)
    }
}

/// Bytes of an I/O region that holds `length` bytes: the length word and the bytes, rounded up to a word.
///
/// `length` is at most [`MAX_IO_BYTES`], else the result saturates.
pub const fn io_region_bytes(length: u32) -> u32 {
    if length > MAX_IO_BYTES { MAX_IO_BYTES + 4 } else { 4 + length.next_multiple_of(4) }
}
