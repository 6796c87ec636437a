#![no_main]
use lariat_fuzz_targets::pcs_zeromorph;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: pcs_zeromorph(&[]), |data: &[u8]| pcs_zeromorph(data));
