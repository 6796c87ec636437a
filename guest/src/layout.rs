//! Addresses of the machine that a guest sees. The VM fixes them; they are not configurable.

/// Public input: one word with the length in bytes, then the bytes, zero-padded to a word.
pub const INPUT: usize = 0x4000_0000;
/// Private input, in the form of [`INPUT`].
pub const PRIVATE_INPUT: usize = 0x4400_0000;
/// Public output, in the form of [`INPUT`]; the guest writes the length as well.
pub const OUTPUT: usize = 0x4800_0000;
/// Most bytes that a guest can commit. The host's configuration may set a lower limit (1 MiB by default); a store
/// beyond that one is an error of the run, not a panic.
pub const MAX_OUTPUT_BYTES: usize = PANIC - OUTPUT - 4096;
/// Control cell: any nonzero word stored here says that the guest panicked.
pub const PANIC: usize = 0x4C00_0000;
/// Stack pointer at the entry. The stack grows downward, 1 MiB unless the host sets another size.
pub const STACK_TOP: usize = 0x7ffe_fff0;
/// First address of the program image.
pub const IMAGE: usize = 0x8000_0000;
/// Bytes of heap behind the end of the image.
pub const HEAP_BYTES: usize = 64 << 20;
/// `a7` of the `ecall` that ends the program with the code in `a0`.
pub const ECALL_EXIT: usize = 93;
/// Exit code of a guest that panicked.
pub const PANIC_EXIT_CODE: u32 = 101;
