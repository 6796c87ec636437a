#![no_main]
use lariat_fuzz_targets::ptau_file;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: ptau_file(&[]), |data: &[u8]| ptau_file(data));
