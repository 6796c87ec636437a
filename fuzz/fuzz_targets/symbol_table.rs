#![no_main]
use lariat_fuzz_targets::symbol_table;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: symbol_table(&[]), |data: &[u8]| symbol_table(data));
