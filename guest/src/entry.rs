//! Start of a guest, and its ends.

#[cfg(any(guest, doc))]
use crate::layout::{ECALL_EXIT, PANIC, PANIC_EXIT_CODE};
use crate::reader::ReadError;

// Six instructions before the entry function, two after it. Memory that no segment fills is zero, so that there is
// no .bss to clear.
#[cfg(guest)]
core::arch::global_asm!(
    ".section .text.start, \"ax\"",
    ".globl _start",
    "_start:",
    ".option push",
    ".option norelax",
    "la gp, __global_pointer$",
    ".option pop",
    "li sp, {stack_top}",
    "call lariat_main",
    "li a7, {ecall_exit}",
    "ecall",
    ".text",
    stack_top = const crate::layout::STACK_TOP,
    ecall_exit = const ECALL_EXIT,
);

/// The code that a guest ends with: 0 for success, anything else as the guest defines it.
///
/// An entry function returns whatever converts into it: `()`, a `u32`, or a `Result` of two such types. An error type
/// joins in by `impl From<MyError> for ExitCode`; it should avoid 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitCode(
    /// Value of `a0` at the final `ecall`.
    pub u32,
);

impl From<()> for ExitCode {
    fn from((): ()) -> Self {
        Self(0)
    }
}

impl From<u32> for ExitCode {
    fn from(code: u32) -> Self {
        Self(code)
    }
}

/// Unreadable input ends the guest with code 2.
impl From<ReadError> for ExitCode {
    fn from(_: ReadError) -> Self {
        Self(2)
    }
}

impl<T: Into<ExitCode>, E: Into<ExitCode>> From<Result<T, E>> for ExitCode {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(value) => value.into(),
            Err(error) => error.into(),
        }
    }
}

/// Names the function that a guest starts with: `fn()`, or `fn() -> T` where `T: Into<ExitCode>`.
///
/// ```ignore
/// lariat_guest::entry!(main);
/// fn main() -> u32 { 7 }
/// ```
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[unsafe(no_mangle)]
        extern "C" fn lariat_main() -> u32 {
            ::core::convert::Into::<$crate::ExitCode>::into($main()).0
        }
    };
}

/// Ends the program with `code`. What was committed so far is the public output.
#[cfg(any(guest, doc))]
pub fn exit(code: u32) -> ! {
    // The call does not return. A loop says so without an instruction that the machine does not have: behind code
    // declared unreachable the compiler places a trap.
    #[cfg(guest)]
    loop {
        // SAFETY: the exit call ends the program; memory is only observed by the host afterwards.
        unsafe { core::arch::asm!("ecall", in("a7") ECALL_EXIT, in("a0") code, options(nostack)) };
    }
    #[cfg(not(guest))]
    unreachable!("guests run on riscv32im only: code {code}, call {ECALL_EXIT}")
}

/// Ends the program as panicked: sets the panic cell and leaves with code 101, as a panic does, without the code
/// that would format a message.
#[cfg(any(guest, doc))]
#[cold]
#[inline(never)]
pub fn panic_exit() -> ! {
    // SAFETY: the panic cell is a word of the machine's memory that is always mapped and writable.
    unsafe { core::ptr::with_exposed_provenance_mut::<u32>(PANIC).write_volatile(1) };
    exit(PANIC_EXIT_CODE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_take_the_code_of_their_side() {
        let ok: Result<(), u32> = Ok(());
        let err: Result<(), u32> = Err(9);
        let nested: Result<Result<u32, ()>, ReadError> = Ok(Ok(5));
        assert_eq!(ExitCode::from(ok), ExitCode(0));
        assert_eq!(ExitCode::from(err), ExitCode(9));
        assert_eq!(ExitCode::from(nested), ExitCode(5));
        assert_eq!(ExitCode::from(ReadError::TrailingBytes { remaining: 1 }), ExitCode(2));
    }
}
