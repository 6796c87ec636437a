//! Keccak-256 (the original padding, as on Ethereum) applied `n` times to 32 bytes.
//!
//! Input: u32 `n`, 32 bytes. Output: 32 bytes.
#![no_std]
#![no_main]

use lariat_guest::{ReadError, Reader, commit};
use tiny_keccak::{Hasher, Keccak};

lariat_guest::entry!(main);

fn main() -> Result<(), ReadError> {
    let mut input = Reader::public();
    let n = input.read_u32()?;
    let mut state = input.read_array::<32>()?;
    for _ in 0..n {
        let mut hasher = Keccak::v256();
        hasher.update(&state);
        hasher.finalize(&mut state);
    }
    commit(&state);
    Ok(())
}
