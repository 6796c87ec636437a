#![no_main]
use lariat_fuzz_targets::setup_file;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: setup_file(&[]), |data: &[u8]| setup_file(data));
