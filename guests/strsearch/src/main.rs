//! Search of a 3-letter word in `n` letters, and statistics of the letters: loads and stores of bytes and halfwords,
//! signed and unsigned.
//!
//! Letters are `b'a' + (top three bits of a pseudo-random word)`; the word to search is drawn first.
//!
//! Input: u32 `n`, u32 seed. Output: u32 occurrences (overlapping ones too), u32 position of the first or `n` if there
//! is none, i32 sum over the letters of `letter index * balance`, u32 checksum of the letter counts. A letter's balance
//! is the sum of the steps (letter minus the letter before, the first letter having no step) that lead to it, mod 2^16
//! and signed; its count is mod 2^16.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::vec::Vec;
use core::hint::black_box;

use lariat_guest::{ReadError, Reader, commit_u32};
use lariat_guest_xorshift::XorShift32;

lariat_guest::entry!(main);

const LETTERS: usize = 8;

fn main() -> Result<(), ReadError> {
    let mut input = Reader::public();
    let n = input.read_u32()?;
    let mut random = XorShift32::new(input.read_u32()?);
    let mut letter = || b'a' + (random.next_u32() >> 29) as u8;
    let needle = [letter(), letter(), letter()];
    let haystack: Vec<u8> = (0..n).map(|_| letter()).collect();

    let (count, first) = search(&haystack, needle);
    let steps: Vec<i8> = haystack.windows(2).map(|pair| (pair[1] - pair[0]) as i8).collect();
    let mut letters = Letters::default();
    letters.tally(&haystack, &steps);

    commit_u32(count);
    commit_u32(first.unwrap_or(n));
    commit_u32(letters.balance() as u32);
    commit_u32(letters.checksum());
    Ok(())
}

/// Number of occurrences and position of the first.
fn search(haystack: &[u8], needle: [u8; 3]) -> (u32, Option<u32>) {
    let (mut count, mut first) = (0, None);
    for (position, window) in haystack.windows(3).enumerate() {
        if window == needle {
            count += 1;
            first = first.or(Some(position as u32));
        }
    }
    (count, first)
}

/// What is known of each letter, in halfwords.
#[derive(Default)]
struct Letters {
    counts: [u16; LETTERS],
    balances: [i16; LETTERS],
}

impl Letters {
    fn tally(&mut self, haystack: &[u8], steps: &[i8]) {
        for &letter in haystack {
            let count = &mut self.counts[index(letter)];
            *count = count.wrapping_add(1);
        }
        for (&letter, &step) in haystack.iter().skip(1).zip(steps) {
            let balance = &mut self.balances[index(letter)];
            *balance = balance.wrapping_add(i16::from(step));
        }
    }

    // `black_box` keeps the tables in memory as halfwords.
    fn balance(&self) -> i32 {
        (0..).zip(black_box(&self.balances)).fold(0, |sum: i32, (i, &balance)| sum.wrapping_add(i * i32::from(balance)))
    }

    fn checksum(&self) -> u32 {
        black_box(&self.counts).iter().fold(0u32, |sum, &count| sum.wrapping_mul(31).wrapping_add(u32::from(count)))
    }
}

fn index(letter: u8) -> usize {
    usize::from(letter - b'a') % LETTERS
}
