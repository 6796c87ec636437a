//! The `n`-th Fibonacci number mod 2^32, by `n` additions.
//!
//! Input: u32 `n`. Output: u32.
#![no_std]
#![no_main]

use lariat_guest::{ReadError, Reader, commit_u32};

lariat_guest::entry!(main);

fn main() -> Result<(), ReadError> {
    let n = Reader::public().read_u32()?;
    let (mut current, mut next) = (0u32, 1u32);
    for _ in 0..n {
        (current, next) = (next, current.wrapping_add(next));
    }
    commit_u32(current);
    Ok(())
}
