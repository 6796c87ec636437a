//! Why a run does not end properly.

use std::fmt;

use thiserror::Error;

use crate::image::Image;
use crate::layout::{Layout, LayoutError, RegionKind};
use crate::memory::Access;
use crate::memory_map::{EXIT_ECALL, MemoryConfigError, OUTPUT_START, WRITE_ECALL};

/// An instruction address, with the function around it if the program has symbols.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// Address of the instruction.
    pub pc: u32,
    /// Name of the nearest symbol at or below `pc`, and the distance to it in bytes.
    pub symbol: Option<(String, u32)>,
}

impl Location {
    /// The location of `pc` in `image`.
    pub fn new(image: &Image, pc: u32) -> Self {
        Self { pc, symbol: image.nearest_symbol(pc).map(|(name, offset)| (name.to_owned(), offset)) }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pc {:#010x}", self.pc)?;
        match &self.symbol {
            Some((name, offset)) => write!(f, " ({name}+{offset:#x})"),
            None => Ok(()),
        }
    }
}

/// Which of the two inputs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum InputKind {
    /// Known to the verifier.
    Public,
    /// Known to the prover only.
    Private,
}

impl fmt::Display for InputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Public => "public",
            Self::Private => "private",
        })
    }
}

/// Why a program cannot run, or did not run to its end. Such a run has no proof.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum ExecError {
    /// An input is longer than the configuration allows.
    #[error("the {kind} input has {length} bytes, more than the configured limit of {max}")]
    InputTooLong {
        /// Which input.
        kind: InputKind,
        /// Its length in bytes.
        length: usize,
        /// The limit in bytes.
        max: u32,
    },
    /// The image's memory configuration is invalid.
    #[error(transparent)]
    MemoryConfig(#[from] MemoryConfigError),
    /// The image's regions are in conflict.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The word at the program counter is not an RV32IM instruction.
    #[error("{}", illegal(*word, at))]
    IllegalInstruction {
        /// Where.
        at: Location,
        /// The word.
        word: u32,
    },
    /// Execution ran off the end of the code or into a gap between executable segments.
    #[error("execution reached {pc:#010x}, which is not in an executable segment; mapped are: {layout}")]
    OutsideCode {
        /// The program counter.
        pc: u32,
        /// All mapped regions.
        layout: Box<Layout>,
    },
    /// A jump or taken branch leads out of the code.
    #[error("the jump at {at} goes to {target:#010x}, which is not in an executable segment; mapped are: {layout}")]
    JumpOutsideCode {
        /// Where.
        at: Location,
        /// Where to.
        target: u32,
        /// All mapped regions.
        layout: Box<Layout>,
    },
    /// A jump or taken branch leads to an address that is not a multiple of 4.
    #[error("the jump at {at} goes to {target:#010x}, which is not a multiple of 4{}", compressed_target(*compressed))]
    MisalignedJump {
        /// Where.
        at: Location,
        /// Where to.
        target: u32,
        /// The compressed instruction that is at the target, if it looks like one.
        compressed: Option<u16>,
    },
    /// A load or store whose address is not a multiple of its width.
    #[error("misaligned {width}-byte {} {address:#010x} at {at}; the address must be a multiple of {width}", access.verb())]
    MisalignedAccess {
        /// Where.
        at: Location,
        /// Load or store.
        access: Access,
        /// The address.
        address: u32,
        /// Bytes accessed: 2 or 4.
        width: u8,
    },
    /// A load or store to an address that nothing is mapped at.
    #[error("{} unmapped address {address:#010x} at {at}; mapped are: {layout}", access.verb())]
    UnmappedAccess {
        /// Where.
        at: Location,
        /// Load or store.
        access: Access,
        /// The address.
        address: u32,
        /// All mapped regions.
        layout: Box<Layout>,
    },
    /// A store to a region that the guest may only read.
    #[error("store to {address:#010x} at {at}, which is in the read-only {region} region")]
    ReadOnlyStore {
        /// Where.
        at: Location,
        /// The address.
        address: u32,
        /// The region that it lies in.
        region: RegionKind,
    },
    /// An access closely below the stack.
    #[error(
        "stack overflow at {at}: access to {address:#010x}, below the stack of {stack_size} bytes; raise the stack size or recurse less"
    )]
    StackOverflow {
        /// Where.
        at: Location,
        /// The address.
        address: u32,
        /// Configured stack size in bytes.
        stack_size: u32,
    },
    /// An `ecall` other than exit.
    #[error("{}", unsupported_ecall(*number, at))]
    UnsupportedEcall {
        /// Where.
        at: Location,
        /// The value of `a7`.
        number: u32,
    },
    /// The program did not end within the allowed number of steps.
    #[error("the program did not end within {limit} steps and stopped at {at}; raise the limit or shorten the run")]
    StepLimit {
        /// The next instruction.
        at: Location,
        /// The limit.
        limit: u64,
    },
    /// The program is in a loop that changes neither registers nor memory.
    #[error("{}; to end a program, put its exit code into a0 and {EXIT_ECALL} into a7, and execute ecall", endless_loop(*instructions, at))]
    EndlessLoop {
        /// An instruction of the loop.
        at: Location,
        /// Number of its instructions.
        instructions: u64,
    },
    /// The guest's output length is beyond the output region.
    #[error("the guest says that it wrote {length} bytes of output, more than the configured limit of {max}")]
    OutputTooLong {
        /// Value of the output's length word.
        length: u32,
        /// The limit in bytes.
        max: u32,
    },
    /// The bytes between the end of the output and the next word boundary are not zero.
    #[error(
        "the last word of the guest's output is {word:#010x}, but its bytes behind the output of {length} bytes must be zero"
    )]
    OutputPadding {
        /// Value of the output's length word.
        length: u32,
        /// The last, partly used word.
        word: u32,
    },
}

/// The sentence on a word that is no instruction.
fn illegal(word: u32, at: &Location) -> String {
    let half = word as u16;
    if half & 3 != 3 && half != 0 {
        return format!("compressed instruction {half:#06x} at {at}; {NOT_COMPRESSED}");
    }
    format!(
        "unknown instruction {word:#010x} at {at}; only RV32IM is supported, without CSRs, atomics, floats and compressed code"
    )
}

const NOT_COMPRESSED: &str =
    "rebuild the program without the C extension, with -march=rv32im or for riscv32im-unknown-none-elf";

fn compressed_target(compressed: Option<u16>) -> String {
    compressed
        .map_or_else(String::new, |half| format!(" and has the compressed instruction {half:#06x}; {NOT_COMPRESSED}"))
}

fn unsupported_ecall(number: u32, at: &Location) -> String {
    let exit = format!("a program ends with {EXIT_ECALL} (exit) in a7 and its exit code in a0");
    if number == WRITE_ECALL {
        return format!(
            "ecall {number} (write) at {at} has no proof: only runs without one print, to descriptors 1 and 2; output that is proven goes to memory at {OUTPUT_START:#010x}, and {exit}"
        );
    }
    format!("ecall {number} (register a7) at {at} is not supported; {exit}")
}

/// What a loop without an end looks like: the usual last instructions of programs for bare machines.
fn endless_loop(instructions: u64, at: &Location) -> String {
    match instructions {
        1 => format!(
            "the program jumps to itself at {at}, forever, as programs without an operating system do at their end"
        ),
        _ => format!(
            "the program repeats {instructions} instructions at {at} forever and changes nothing, as programs do that report their end through a word such as tohost, which is an ordinary word here"
        ),
    }
}
