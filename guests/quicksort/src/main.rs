//! Quicksort of `n` pseudo-random words: recursion, branches and word accesses.
//!
//! Input: u32 `n`, u32 seed. Output: u32 checksum of the sorted words, u32 1 if they are in order, else 0.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;

use lariat_guest::{ReadError, Reader, commit_u32};
use lariat_guest_xorshift::XorShift32;

lariat_guest::entry!(main);

fn main() -> Result<(), ReadError> {
    let mut input = Reader::public();
    let n = input.read_u32()?;
    let mut random = XorShift32::new(input.read_u32()?);
    let mut words: Vec<u32> = (0..n).map(|_| random.next_u32()).collect();

    quicksort(&mut words);

    let checksum = words.iter().fold(0u32, |sum, &word| sum.wrapping_mul(31).wrapping_add(word));
    commit_u32(checksum);
    commit_u32(u32::from(words.windows(2).all(|pair| pair[0] <= pair[1])));
    Ok(())
}

/// Below this length insertion sort is faster.
const SMALL: usize = 12;

/// Hoare's partition around the median of three; recursion into the shorter side only, so that the depth is at most
/// `log2(n)`.
fn quicksort(mut words: &mut [u32]) {
    while words.len() > SMALL {
        let split = partition(words);
        let (low, high) = words.split_at_mut(split);
        let (shorter, longer) = if low.len() < high.len() { (low, high) } else { (high, low) };
        quicksort(shorter);
        words = longer;
    }
    insertion_sort(words);
}

/// Splits `words` (at least 3) so that no word left of the returned index is greater than one right of it. Both sides
/// are non-empty, because two of the three samples are not above the pivot and two are not below it.
fn partition(words: &mut [u32]) -> usize {
    let (first, middle, last) = (words[0], words[words.len() / 2], words[words.len() - 1]);
    let pivot = first.max(middle).min(first.min(middle).max(last));
    let (mut i, mut j) = (0, words.len() - 1);
    loop {
        while words[i] < pivot {
            i += 1;
        }
        while words[j] > pivot {
            j -= 1;
        }
        if i >= j {
            return i;
        }
        words.swap(i, j);
        i += 1;
        j -= 1;
    }
}

fn insertion_sort(words: &mut [u32]) {
    for end in 1..words.len() {
        let word = words[end];
        let mut hole = end;
        while hole > 0 && words[hole - 1] > word {
            words[hole] = words[hole - 1];
            hole -= 1;
        }
        words[hole] = word;
    }
}
