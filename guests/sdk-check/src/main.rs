//! What the other guests use of the SDK only in passing: block copies, fills and comparisons at every alignment, heap
//! blocks that move, unaligned output, and an early exit. A run that meets a misaligned access fails, one that
//! computes something else has another output.
//!
//! Input: at least 64 bytes. Output: the first input byte, u32 checksum of the copies, u64 checksum of the heap, the
//! input. Exit code 9, or 4 when the input is short.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::hint::black_box;

use lariat_guest::{commit, commit_u32, commit_u64, committed_len, exit, input};

lariat_guest::entry!(main);

fn main() -> u32 {
    let input = input();
    if input.len() < 64 {
        return 4;
    }
    commit(&input[..1]);
    commit_u32(copies(input));
    commit_u64(heap(input.len() as u32));
    commit(input);
    if committed_len() == 13 + input.len() { exit(9) } else { panic!("the output has another length") }
}

fn horner(sum: u32, byte: u8) -> u32 {
    sum.wrapping_mul(31).wrapping_add(u32::from(byte))
}

/// Moves blocks about in 96 bytes and sums up the bytes after each round. `black_box` hides the lengths, so that the
/// block routines are called.
fn copies(input: &[u8]) -> u32 {
    let mut scratch = [0u8; 96];
    let mut sum = 0;
    for from in 0..4 {
        for to in 0..4 {
            for len in [0, 3, 16, 23, 40].map(black_box) {
                scratch[to..to + len].copy_from_slice(&input[from..from + len]);
                scratch.copy_within(to..to + len, to + from);
                scratch.copy_within(from + 8..from + 8 + len, to);
                scratch[48 + to..48 + to + len].fill(input[len]);
                sum = match scratch[from..from + len].cmp(&input[to..to + len]) {
                    Ordering::Less => horner(sum, 1),
                    Ordering::Equal => horner(sum, 2),
                    Ordering::Greater => horner(sum, 3),
                };
                sum = scratch.iter().fold(sum, |sum, &byte| horner(sum, byte));
            }
        }
    }
    sum
}

/// Sum over two interleaved growing lists, and over a zeroed list that lies where a dirty one was.
fn heap(rounds: u32) -> u64 {
    let (mut squares, mut odds): (Vec<u64>, Vec<u16>) = (Vec::new(), Vec::new());
    for i in 0..rounds {
        squares.push(u64::from(i) * u64::from(i));
        odds.push(2 * i as u16 + 1);
    }
    squares.shrink_to_fit();
    drop(black_box(vec![0xffu8; 100]));
    let zeros = black_box(vec![0u32; 50]);
    squares.iter().sum::<u64>()
        + odds.iter().map(|&odd| u64::from(odd) << 32).sum::<u64>()
        + zeros.iter().map(|&zero| u64::from(zero)).sum::<u64>()
}
