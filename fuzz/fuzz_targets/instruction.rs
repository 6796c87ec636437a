#![no_main]
use lariat_fuzz_targets::instruction;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: instruction(&[]), |data: &[u8]| instruction(data));
