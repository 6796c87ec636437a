//! The programs that are proven, embedded, with inputs by size.

use crate::BenchError;
use lariat_jolt_core::Program;

/// Logarithm of a size, and the words of the input.
type Sizes = &'static [(u32, &'static [u32])];

/// An embedded guest with the inputs at which it is measured.
struct Guest {
    name: &'static str,
    elf: &'static [u8],
    sizes: Sizes,
}

macro_rules! guests {
    ($($name:literal: $sizes:expr,)*) => {
        &[$(Guest {
            name: $name,
            elf: include_bytes!(concat!("../../guests/elf/", $name, ".elf")),
            sizes: &$sizes,
        }),*]
    };
}

/// Inputs by guest and size: the largest whose trace fits, from `guests/README.md`.
const GUESTS: &[Guest] = guests! {
    "fibonacci": [
        (10, &[190]), (12, &[800]), (14, &[3_200]), (16, &[13_000]), (18, &[52_000]), (20, &[208_000])
    ],
    "sha256-chain": [(12, &[1]), (14, &[4]), (16, &[18]), (18, &[72]), (20, &[290])],
    "keccak-chain": [(16, &[3]), (18, &[15]), (20, &[60])],
    "quicksort": [(10, &[16, 1]), (16, &[640, 1]), (18, &[2_250, 1]), (20, &[8_000, 1])],
    "btree": [(10, &[4, 1]), (16, &[110, 1]), (18, &[400, 1]), (20, &[1_400, 1])],
    "modexp": [(16, &[8, 14, 1]), (18, &[8, 56, 1]), (20, &[8, 220, 1])],
    "strsearch": [(10, &[12, 1]), (16, &[1_000, 1]), (18, &[4_000, 1]), (20, &[16_000, 1])],
    "c-program": [(10, &[16]), (16, &[1_500]), (18, &[4_400]), (20, &[17_000])],
};

/// A guest with an input that makes its trace fill `2^log_rows` rows: more than half of them, and no more than all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workload {
    /// Name of the guest.
    pub guest: &'static str,
    /// Logarithm of the length that the trace fills.
    pub log_rows: u32,
    /// Public input.
    pub input: Vec<u8>,
    elf: &'static [u8],
}

impl Workload {
    /// The workload of a guest at a size.
    ///
    /// # Errors
    /// When there is no such guest, or it has no input for the size.
    pub fn new(guest: &str, log_rows: u32) -> Result<Self, BenchError> {
        let Some(found) = GUESTS.iter().find(|g| g.name == guest) else {
            return Err(BenchError::UnknownGuest { guest: guest.to_owned(), known: Self::guests().collect() });
        };
        let Some((_, words)) = found.sizes.iter().find(|(size, _)| *size == log_rows) else {
            let known = found.sizes.iter().map(|(size, _)| *size).collect();
            return Err(BenchError::UnknownSize { guest: found.name, log_rows, known });
        };
        let mut input: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        if guest.ends_with("-chain") {
            input.extend(0..32);
        }
        Ok(Self { guest: found.name, log_rows, input, elf: found.elf })
    }

    /// Names of all guests.
    pub fn guests() -> impl Iterator<Item = &'static str> {
        GUESTS.iter().map(|g| g.name)
    }

    /// Every guest at every size.
    pub fn all() -> Vec<Self> {
        let sizes = GUESTS.iter().flat_map(|g| g.sizes.iter().map(move |(size, _)| (g.name, *size)));
        sizes.filter_map(|(guest, size)| Self::new(guest, size).ok()).collect()
    }

    /// Loads the guest.
    ///
    /// # Errors
    /// When the embedded file is no program, which the tests exclude.
    pub fn program(&self) -> Result<Program, BenchError> {
        Program::from_elf(self.elf).map_err(|source| BenchError::Program { guest: self.guest, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lariat_jolt_core::{Inputs, ProveOptions, trace, witness};

    #[test]
    fn workloads_fit_their_size() {
        for w in Workload::all().into_iter().filter(|w| w.log_rows <= 16) {
            let program = w.program().unwrap();
            let inputs = Inputs { public: &w.input, private: &[] };
            let trace = trace(program.image(), inputs, ProveOptions::default().max_steps).unwrap();
            let rows = witness::count_rows(&program, &trace.rows);
            assert!(rows <= 1 << w.log_rows, "{} at 2^{} has {rows} rows", w.guest, w.log_rows);
            assert!(rows > 1 << (w.log_rows - 1), "{} at 2^{} has {rows} rows", w.guest, w.log_rows);
        }
    }

    #[test]
    fn unknown_workloads_are_refused_with_the_known_ones() {
        let error = Workload::new("tetris", 10).unwrap_err().to_string();
        assert!(error.contains("tetris") && error.contains("fibonacci, sha256-chain"), "{error}");
        let error = Workload::new("keccak-chain", 12).unwrap_err().to_string();
        assert!(error.contains("keccak-chain") && error.contains("2^12") && error.contains("16, 18, 20"), "{error}");
    }
}
