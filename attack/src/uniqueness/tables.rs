//! The lookup tables once more, by arithmetic on integers from their descriptions in `docs/trace-and-constraints.md`.
//!
//! Nothing here calls the crate `subtables` for an entry: a wrong table there is a difference to what is found here.

use lariat_jolt_core::Params;
use lariat_subtables::TableId;

/// Bits of the two keys.
pub fn key_bits(table: TableId, params: Params) -> (u32, u32) {
    let index = params.log_m() as u32;
    let chunk = index / 2;
    match table {
        TableId::Range | TableId::Low5 | TableId::LowByte | TableId::Msb => (index, 0),
        TableId::Msb8 => (8, 0),
        TableId::And | TableId::Or | TableId::Xor | TableId::CmpU | TableId::CmpS => (chunk, chunk),
        // A sum of 2^i times an outcome up to two for each of 32 / chunk comparisons.
        TableId::Decide => (32 / chunk + 1, 2),
        TableId::Sll(_) | TableId::Srl(_) | TableId::SraTop => (chunk, 5),
        TableId::RangeTs(_) => panic!("no instruction looks up timestamps"),
    }
}

/// A bound that no entry exceeds.
pub fn largest(table: TableId, params: Params) -> i128 {
    match table {
        TableId::Range | TableId::RangeTs(_) => 0,
        TableId::Decide | TableId::Msb | TableId::Msb8 => 1,
        TableId::CmpU | TableId::CmpS => 2,
        TableId::Low5 => 31,
        TableId::LowByte => 255,
        TableId::And | TableId::Or | TableId::Xor => (1 << (params.log_m() / 2)) - 1,
        TableId::Sll(_) | TableId::Srl(_) | TableId::SraTop => (1 << 32) - 1,
    }
}

/// The entry at keys within [`key_bits`].
pub fn entry(table: TableId, params: Params, p: u64, q: u64) -> u64 {
    let chunk = params.log_m() as u32 / 2;
    let word = 1u64 << 32;
    let bitwise = |rule: fn(u64, u64) -> u64| {
        (0..chunk).map(|i| 2u64.pow(i)).map(|bit| bit * rule(p / bit % 2, q / bit % 2)).sum()
    };
    let outcome = |p: i64, q: i64| match p - q {
        ..0 => 0,
        0 => 1,
        _ => 2,
    };
    // Chunk i of a word alone in its place.
    let place = |i: u8| p * 2u64.pow(chunk * u32::from(i));
    let signed = |v: u64| if v >= 2u64.pow(chunk - 1) { v as i64 - 2i64.pow(chunk) } else { v as i64 };
    match table {
        TableId::Range | TableId::RangeTs(_) => 0,
        TableId::And => bitwise(|a, b| a * b),
        TableId::Or => bitwise(|a, b| a + b - a * b),
        TableId::Xor => bitwise(|a, b| (a + b) % 2),
        TableId::CmpU => outcome(p as i64, q as i64),
        TableId::CmpS => outcome(signed(p), signed(q)),
        TableId::Decide => {
            // All comparisons equal: 1 + 2 + 4 + ...
            let equal: u64 = (0..32 / chunk).map(|i| 2u64.pow(i)).sum();
            let holds = match q {
                0 => p < equal,
                1 => p >= equal,
                2 => p == equal,
                _ => p != equal,
            };
            u64::from(holds)
        }
        TableId::Low5 => p % 32,
        TableId::LowByte => p % 256,
        TableId::Msb => p / 2u64.pow(params.log_m() as u32 - 1),
        TableId::Msb8 => p / 128,
        TableId::Sll(i) => (u128::from(place(i)) * 2u128.pow(q as u32) % u128::from(word)) as u64,
        TableId::Srl(i) => place(i) / 2u64.pow(q as u32),
        TableId::SraTop => {
            let top = 2i64.pow(32 - chunk) * signed(p);
            top.div_euclid(2i64.pow(q as u32)).rem_euclid(word as i64) as u64
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_subtables::{all, table};

    /// Both definitions of every table agree at every cell.
    #[test]
    fn the_tables_are_those_that_are_looked_up() {
        for params in Params::ALL {
            for id in all(params) {
                let (log_p, log_q) = key_bits(id, params);
                let subject = table(id, params);
                assert_eq!((log_p as usize, log_q as usize), (subject.log_p(), subject.log_q()), "{id:?}");
                for cell in 0..1u64 << (log_p + log_q) {
                    let (p, q) = (cell >> log_q, cell & ((1 << log_q) - 1));
                    let found = entry(id, params, p, q);
                    assert!(i128::from(found) <= largest(id, params), "{id:?} at {p}, {q}");
                    assert_eq!(found, u64::from(subject.value(p as u32, q as u32)), "{id:?} at {p}, {q}");
                }
            }
        }
    }
}
