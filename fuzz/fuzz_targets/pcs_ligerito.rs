#![no_main]
use lariat_fuzz_targets::pcs_ligerito;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: pcs_ligerito(&[]), |data: &[u8]| pcs_ligerito(data));
