//! Guest SDK of Lariat: what a program needs to run inside the VM, and no more.
//!
//! ```ignore
//! #![no_std]
//! #![no_main]
//! lariat_guest::entry!(main);
//!
//! fn main() -> Result<(), lariat_guest::ReadError> {
//!     let mut input = lariat_guest::Reader::public();
//!     let n = input.read_u32()?;
//!     lariat_guest::commit_u32(n.wrapping_mul(n));
//!     Ok(())
//! }
//! ```
//!
//! # Three layers
//! * **Bytes**, the fast path: [`input`] and [`private_input`] are slices over the memory cells themselves, nothing
//!   is copied; [`commit`] appends to the public output.
//! * **Words**: [`Reader`] walks over such a slice, [`commit_u32`] and [`commit_u64`] append to the output.
//!   Everything is little-endian.
//! * **Values** (feature `serde`): [`read`], [`read_private`], [`Reader::read`] and [`commit_value`] speak postcard.
//!
//! # How a guest ends
//! By returning from its entry function (see [`ExitCode`]), by [`exit`], or by a panic. A panic is a provable end
//! like any other: it sets the panic cell and leaves with code 101, and the verified statement says so.
//!
//! # What is part of the crate
//! `_start`, the panic handler and a bump allocator (64 MiB after the image) are linked in for
//! `riscv32im-unknown-none-elf`; what a guest does not use is dropped by the linker. On other targets only the pure
//! parts exist ([`Reader`], [`ReadError`], [`ExitCode`], [`layout`]), so that guest logic can be tested on the host.
//!
//! # Features
//! * `serde`: typed values.
//! * `critical-section`: the crate of that name, and with it `portable-atomic`, for one hart without interrupts.
//! * `getrandom`: a backend for that crate (0.2 to 0.4) that always fails. A guest has no randomness: whatever it
//!   computes follows from its inputs. What must be unpredictable comes in as private input.
//! * `insecure-deterministic-random`: that backend gives the same numbers in every run, which everybody can compute.
//!   They are good for hash maps and tests, never for keys or challenges.
#![no_std]

#[cfg(test)]
extern crate std;

mod entry;
mod heap;
pub mod layout;
mod reader;

#[cfg(any(guest, doc))]
mod io;
#[cfg(all(guest, not(target_os = "zkvm")))]
mod panic;
#[cfg(feature = "insecure-deterministic-random")]
pub mod random;
#[cfg(all(guest, feature = "critical-section"))]
mod single_hart;
#[cfg(target_os = "zkvm")]
mod system;
#[cfg(all(guest, any(feature = "getrandom", target_os = "zkvm")))]
mod unpredictable;
#[cfg(all(feature = "serde", any(guest, doc)))]
mod values;

pub use entry::ExitCode;
#[cfg(any(guest, doc))]
pub use entry::{exit, panic_exit};
#[cfg(any(guest, doc))]
pub use io::{commit, commit_u32, commit_u64, committed_len, input, private_input};
pub use reader::{ReadError, Reader};
#[cfg(all(feature = "serde", any(guest, doc)))]
pub use values::{CommitError, commit_value, read, read_private};
