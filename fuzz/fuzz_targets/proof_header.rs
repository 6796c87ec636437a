#![no_main]
use lariat_fuzz_targets::proof_header;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: proof_header(&[]), |data: &[u8]| proof_header(data));
