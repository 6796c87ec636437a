//! What `std` asks of the system, on the target `riscv32im-risc0-zkvm-elf`.
//!
//! Standard input is the public input, standard output the public output; standard error is dropped. There are no
//! arguments, no environment and no clock. Signatures: `library/std/src/sys/pal/zkvm/abi.rs` of the Rust repository.

use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

const STDIN: u32 = 0;
const STDOUT: u32 = 1;

/// Bytes of the public input that were read.
static CONSUMED: AtomicUsize = AtomicUsize::new(0);

#[unsafe(no_mangle)]
extern "C" fn sys_halt() -> ! {
    crate::exit(0)
}

#[unsafe(no_mangle)]
extern "C" fn sys_panic(_message: *const u8, _len: usize) -> ! {
    crate::panic_exit()
}

#[unsafe(no_mangle)]
extern "C" fn sys_log(_message: *const u8, _len: usize) {}

#[unsafe(no_mangle)]
extern "C" fn sys_cycle_count() -> usize {
    0
}

/// # Safety
/// `to` is valid for writes of `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn sys_read(descriptor: u32, to: *mut u8, len: usize) -> usize {
    if descriptor != STDIN {
        return 0;
    }
    let consumed = CONSUMED.load(Ordering::Relaxed);
    let rest = crate::input().get(consumed..).unwrap_or_default();
    let len = len.min(rest.len());
    // SAFETY: by the caller; the input is not in memory that anything can be written to.
    unsafe { to.copy_from_nonoverlapping(rest.as_ptr(), len) };
    CONSUMED.store(consumed + len, Ordering::Relaxed);
    len
}

/// # Safety
/// `from` is valid for reads of `len` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn sys_write(descriptor: u32, from: *const u8, len: usize) {
    if descriptor == STDOUT {
        // SAFETY: by the caller.
        crate::commit(unsafe { core::slice::from_raw_parts(from, len) });
    }
}

/// # Safety
/// `to` is valid for writes of `words` words.
#[unsafe(no_mangle)]
unsafe extern "C" fn sys_rand(to: *mut u32, words: usize) {
    // SAFETY: by the caller; the bytes are initialised first.
    let bytes = unsafe {
        to.write_bytes(0, words);
        core::slice::from_raw_parts_mut(to.cast::<u8>(), 4 * words)
    };
    if !crate::unpredictable::fill(bytes) {
        crate::panic_exit();
    }
}

/// No variable is set, which is what the largest number says.
#[unsafe(no_mangle)]
extern "C" fn sys_getenv(_to: *mut u32, _words: usize, _name: *const u8, _name_len: usize) -> usize {
    usize::MAX
}

#[unsafe(no_mangle)]
extern "C" fn sys_argc() -> usize {
    0
}

#[unsafe(no_mangle)]
extern "C" fn sys_argv(_to: *mut u32, _words: usize, _index: usize) -> usize {
    0
}

/// Memory of `std`'s own allocator, which is not the one of a guest and only named.
#[unsafe(no_mangle)]
extern "C" fn sys_alloc_aligned(_bytes: usize, _align: usize) -> *mut u8 {
    ptr::null_mut()
}

#[unsafe(no_mangle)]
extern "C" fn sys_alloc_words(_words: usize) -> *mut u32 {
    ptr::null_mut()
}
