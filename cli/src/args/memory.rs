//! Sizes of the guest's memory.

use crate::error::CliError;
use clap::Args;
use lariat_jolt_core::{MemoryConfig, Program};
use std::path::Path;

const HEADING: &str =
    "Memory of the program (part of its digest: verify with the sizes that were proven, or use a key)";

/// Sizes of the regions of a guest's memory, and limits of what it reads and writes. They are part of the program that a
/// proof is about.
#[derive(Debug, Default, Args)]
pub struct MemoryArgs {
    /// Stack: a multiple of 4K [default: 1M]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes, help_heading = HEADING)]
    pub stack: Option<u32>,
    /// Heap, as far as there is room behind the program [default: 64M]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes, help_heading = HEADING)]
    pub heap: Option<u32>,
    /// Longest public input [default: 1M]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes, help_heading = HEADING)]
    pub max_input: Option<u32>,
    /// Longest private input [default: 1M]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes, help_heading = HEADING)]
    pub max_private_input: Option<u32>,
    /// Longest output [default: 1M]
    #[arg(long, value_name = "BYTES", value_parser = parse_bytes, help_heading = HEADING)]
    pub max_output: Option<u32>,
}

impl MemoryArgs {
    /// The sizes that were given, and the usual ones where none were.
    pub fn config(&self) -> MemoryConfig {
        let mut config = MemoryConfig::default();
        for (_, given, size) in self.sizes(&mut config) {
            *size = given.unwrap_or(*size);
        }
        config
    }

    /// Refuses sizes beside a key, which has its own.
    pub fn check_key(&self, path: &Path, program: &Program) -> Result<(), CliError> {
        let mut config = program.image().memory;
        match self.sizes(&mut config).into_iter().find(|(_, given, _)| given.is_some()) {
            Some((option, _, found)) => Err(CliError::KeyMemory { path: path.to_path_buf(), option, found: *found }),
            None => Ok(()),
        }
    }

    /// Each option with its name, what was given, and its place in a configuration.
    fn sizes<'a>(&self, config: &'a mut MemoryConfig) -> [(&'static str, Option<u32>, &'a mut u32); 5] {
        [
            ("--stack", self.stack, &mut config.stack_size),
            ("--heap", self.heap, &mut config.heap_size),
            ("--max-input", self.max_input, &mut config.max_input_bytes),
            ("--max-private-input", self.max_private_input, &mut config.max_private_input_bytes),
            ("--max-output", self.max_output, &mut config.max_output_bytes),
        ]
    }
}

/// A number of bytes: digits, and K, M or G for 2^10, 2^20 or 2^30 of them.
fn parse_bytes(text: &str) -> Result<u32, String> {
    let bytes = bytes(text).and_then(|bytes| u32::try_from(bytes).ok());
    bytes.ok_or_else(|| "not a number of bytes below 2^32, such as 65536, 64K or 8M".to_owned())
}

/// A number of bytes as for [`parse_bytes`], of any size.
pub fn parse_memory(text: &str) -> Result<u64, String> {
    bytes(text).ok_or_else(|| "not a number of bytes, such as 512M or 4G".to_owned())
}

fn bytes(text: &str) -> Option<u64> {
    let (digits, unit) = match text.as_bytes().last() {
        Some(b'K' | b'k') => (&text[..text.len() - 1], 1u64 << 10),
        Some(b'M' | b'm') => (&text[..text.len() - 1], 1 << 20),
        Some(b'G' | b'g') => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse::<u64>().ok()?.checked_mul(unit)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_bytes_or_have_a_unit() {
        assert_eq!(parse_bytes("0"), Ok(0));
        assert_eq!(parse_bytes("65536"), Ok(1 << 16));
        assert_eq!(parse_bytes("64K"), Ok(1 << 16));
        assert_eq!(parse_bytes("8m"), Ok(8 << 20));
        assert_eq!(parse_bytes("3G"), Ok(3 << 30));
        for wrong in ["", "K", "-1", "+1", "4G", "4294967296", "1.5M", "8MB", "8 M", "\u{e9}"] {
            assert!(parse_bytes(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse_memory("24G"), Ok(24 << 30));
        for wrong in ["", "G", "18446744073709551616", "17179869184G", "2T"] {
            assert!(parse_memory(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_given_is_as_usual() {
        assert_eq!(MemoryArgs::default().config(), MemoryConfig::default());
        let args = MemoryArgs { stack: Some(8192), max_output: Some(4), ..MemoryArgs::default() };
        let expected = MemoryConfig { stack_size: 8192, max_output_bytes: 4, ..MemoryConfig::default() };
        assert_eq!(args.config(), expected);
    }
}
