//! SHA-256 applied `n` times to 32 bytes.
//!
//! Input: u32 `n`, 32 bytes. Output: 32 bytes.
#![no_std]
#![no_main]

use lariat_guest::{ReadError, Reader, commit};
use sha2::{Digest, Sha256};

lariat_guest::entry!(main);

fn main() -> Result<(), ReadError> {
    let mut input = Reader::public();
    let n = input.read_u32()?;
    let mut state = input.read_array::<32>()?;
    for _ in 0..n {
        state = Sha256::digest(state).into();
    }
    commit(&state);
    Ok(())
}
