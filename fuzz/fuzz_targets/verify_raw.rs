#![no_main]
use lariat_fuzz_targets::verify_raw;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: verify_raw(&[]), |data: &[u8]| verify_raw(data));
