//! Why an ELF or a list of segments is not a program for this machine.

use thiserror::Error;

use crate::layout::LayoutError;
use crate::memory_map::MemoryConfigError;

/// Why a program cannot be loaded. Each message says what is wrong, where, and what to do.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The file does not start with the ELF magic number.
    #[error("the file is not an ELF: it does not start with 7f 45 4c 46")]
    NotElf,
    /// A 64-bit ELF.
    #[error("the ELF is 64-bit; build the guest for a 32-bit target such as riscv32im-unknown-none-elf")]
    Class64,
    /// A big-endian ELF.
    #[error("the ELF is big-endian; RV32IM programs are little-endian")]
    BigEndian,
    /// An ELF for another processor.
    #[error("the ELF is for machine {machine}, not for RISC-V (243); build for riscv32im-unknown-none-elf")]
    WrongMachine {
        /// The header's `e_machine`.
        machine: u16,
    },
    /// A header or table lies outside of the file or is malformed.
    #[error("the ELF is malformed or truncated ({source}); build it again")]
    Malformed {
        /// What the ELF reader said.
        #[from]
        source: object::read::Error,
    },
    /// An object file, a core dump or the like.
    #[error("the ELF has type {file_type}, but only linked executables (type 2) can run; link it first")]
    NotExecutable {
        /// The header's `e_type`.
        file_type: u16,
    },
    /// A position-independent executable or shared object.
    #[error(
        "the ELF is position-independent (type 3); link it at fixed addresses, with -no-pie or -C relocation-model=static"
    )]
    PositionIndependent,
    /// The ELF asks for an interpreter or has a dynamic section.
    #[error("the ELF is dynamically linked; link it statically")]
    DynamicallyLinked,
    /// The program comes to a compressed instruction before anything that depends on data.
    #[error(
        "the ELF uses compressed instructions, the first of them {half:#06x} at {address:#010x}; rebuild it without the C extension, with -march=rv32im or for riscv32im-unknown-none-elf"
    )]
    Compressed {
        /// Address of the first compressed instruction from the entry point on.
        address: u32,
        /// The instruction.
        half: u16,
    },
    /// The ELF is for the base ISA with 16 registers.
    #[error(
        "the ELF is for RV32E, which has 16 registers, and its programs cannot put a number into a7 to exit; rebuild it for 32 registers, with -march=rv32im -mabi=ilp32"
    )]
    Embedded,
    /// The ELF passes floating-point values in floating-point registers.
    #[error("the ELF uses the hardware floating-point ABI (e_flags {flags:#x}); rebuild it with -mabi=ilp32")]
    FloatAbi {
        /// The header's `e_flags`.
        flags: u32,
    },
    /// A segment has more bytes in the file than in memory.
    #[error(
        "segment {index} has {file_bytes} bytes in the file, but only {memory_bytes} in memory; the ELF is damaged"
    )]
    SegmentFileSize {
        /// Index of the program header.
        index: usize,
        /// `p_filesz`.
        file_bytes: u32,
        /// `p_memsz`.
        memory_bytes: u32,
    },
    /// The bytes of a segment are not all in the file.
    #[error("segment {index} ends at byte {end} of the file, which has {file_bytes} bytes; the ELF is truncated")]
    SegmentTruncated {
        /// Index of the program header.
        index: usize,
        /// `p_offset + p_filesz`.
        end: u64,
        /// Length of the file.
        file_bytes: usize,
    },
    /// The segments together are too large.
    #[error("the segments take {bytes} bytes of memory, more than the limit of {max}; put large buffers on the heap")]
    ImageTooLarge {
        /// Sum of the segment sizes in bytes.
        bytes: u64,
        /// The limit in bytes.
        max: u64,
    },
    /// The executable segments are too far apart.
    #[error(
        "the executable segments span {bytes} bytes of address space, more than the limit of {max}; link them closer together"
    )]
    CodeWindowTooLarge {
        /// From the first to behind the last executable byte.
        bytes: u64,
        /// The limit in bytes.
        max: u64,
    },
    /// A writable and executable segment that nothing tells the code and the data of.
    #[error(
        "the segment at {start:#010x} is writable and executable, and without section headers its code cannot be told from its data; keep the section headers, or link code and data into separate segments"
    )]
    UnseparatedCode {
        /// First byte of the segment.
        start: u32,
    },
    /// A segment given as words does not start at a word boundary, or is both writable and executable.
    #[error("the segment at {start:#010x} must start at a multiple of 4 and must not be both writable and executable")]
    InvalidSegment {
        /// First byte of the segment.
        start: u32,
    },
    /// No segment can be executed.
    #[error("the program has no executable segment")]
    NoCode,
    /// The entry point is not a multiple of 4.
    #[error("the entry point {entry:#010x} is not a multiple of 4")]
    EntryMisaligned {
        /// The entry point.
        entry: u32,
    },
    /// The entry point is not in an executable segment.
    #[error(
        "the entry point {entry:#010x} is not in an executable segment; is the start symbol defined and kept by the linker?"
    )]
    EntryNotInCode {
        /// The entry point.
        entry: u32,
    },
    /// A size in the memory configuration is outside of its limits.
    #[error(transparent)]
    MemoryConfig(#[from] MemoryConfigError),
    /// Segments overlap each other or a reserved range.
    #[error(transparent)]
    Layout(#[from] LayoutError),
}
