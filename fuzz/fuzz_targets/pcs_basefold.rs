#![no_main]
use lariat_fuzz_targets::pcs_basefold;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: pcs_basefold(&[]), |data: &[u8]| pcs_basefold(data));
