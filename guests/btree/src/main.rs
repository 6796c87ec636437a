//! `n` inserts, `n` lookups and `n / 2` removals in a `BTreeMap`: allocation, pointers and unpredictable branches.
//!
//! Keys are pseudo-random below `2n + 1`, so that about half of the lookups hit.
//!
//! Input: u32 `n` (below 2^31), u32 seed. Output: u32 length in the end, u32 lookups that hit, u32 checksum over the
//! entries in order.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::collections::BTreeMap;

use lariat_guest::{ReadError, Reader, commit_u32};
use lariat_guest_xorshift::XorShift32;

lariat_guest::entry!(main);

fn main() -> Result<(), ReadError> {
    let mut input = Reader::public();
    let n = input.read_u32()?;
    let mut random = XorShift32::new(input.read_u32()?);
    let bound = n.wrapping_mul(2) | 1;
    let mut key = || random.next_u32() % bound;

    let mut map = BTreeMap::new();
    for value in 0..n {
        map.insert(key(), value);
    }
    let mut hits = 0u32;
    for _ in 0..n {
        hits += u32::from(map.contains_key(&key()));
    }
    for _ in 0..n / 2 {
        map.remove(&key());
    }

    let checksum = map.iter().fold(0u32, |sum, (&key, &value)| (sum ^ key).rotate_left(5).wrapping_add(value));
    commit_u32(map.len() as u32);
    commit_u32(hits);
    commit_u32(checksum);
    Ok(())
}
