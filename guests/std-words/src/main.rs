//! A guest with `std`: reads standard input, prints to standard output, and shares a map behind a lock.
//!
//! Public input: text in UTF-8. Output: a line for each of its words, in order, with the number of times it occurs.
//! Ends with a panic if the input is not UTF-8.

#![no_main]

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex};

lariat_guest::entry!(main);

fn main() -> u32 {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("the input is text");
    let counts = Arc::new(Mutex::new(BTreeMap::<&str, u32>::new()));
    for word in text.split_whitespace() {
        let counts = Arc::clone(&counts);
        let Ok(mut counts) = counts.lock() else { return 1 };
        *counts.entry(word).or_default() += 1;
    }
    let Ok(counts) = counts.lock() else { return 1 };
    for (word, count) in &*counts {
        println!("{word} {count}");
    }
    0
}
