//! Atomics, and crates that are built on them, on a machine without the extension A.
//!
//! Public input: bytes. Output: u32 handles alive at once, u32 sum over all suffixes of the sums of their bytes, u32
//! checksum, i32 least byte as a signed number, at most 0.

#![no_std]
#![no_main]

extern crate alloc;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicI8, AtomicU32, Ordering};

use bytes::Bytes;

lariat_guest::entry!(main);

static LEAST: AtomicI8 = AtomicI8::new(0);

struct Totals {
    sum: AtomicU32,
    checksum: AtomicU32,
}

/// A suffix of the input, and a handle to what all of them add to.
struct Part {
    bytes: Bytes,
    totals: Arc<Totals>,
}

impl Drop for Part {
    fn drop(&mut self) {
        let sum = self.bytes.iter().map(|&byte| u32::from(byte)).sum();
        self.totals.sum.fetch_add(sum, Ordering::AcqRel);
        let mix = |old: u32| Some(old.rotate_left(5) ^ sum);
        // The closure always returns a value, so that the update succeeds.
        let _ = self.totals.checksum.fetch_update(Ordering::SeqCst, Ordering::Relaxed, mix);
        for &byte in &self.bytes {
            LEAST.fetch_min(byte.cast_signed(), Ordering::Relaxed);
        }
    }
}

fn main() {
    let input = Bytes::copy_from_slice(lariat_guest::input());
    let totals = Arc::new(Totals { sum: AtomicU32::new(0), checksum: AtomicU32::new(0) });
    let part = |start| Part { bytes: input.slice(start..), totals: Arc::clone(&totals) };
    let parts: Vec<Part> = (0..input.len()).map(part).collect();
    lariat_guest::commit_u32(Arc::strong_count(&totals) as u32);
    drop(parts);
    lariat_guest::commit_u32(totals.sum.load(Ordering::SeqCst));
    lariat_guest::commit_u32(totals.checksum.swap(0, Ordering::SeqCst));
    lariat_guest::commit_u32(i32::from(LEAST.load(Ordering::SeqCst)).cast_unsigned());
}
