#![no_main]
use lariat_fuzz_targets::key_file;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: key_file(&[]), |data: &[u8]| key_file(data));
