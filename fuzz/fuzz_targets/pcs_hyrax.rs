#![no_main]
use lariat_fuzz_targets::pcs_hyrax;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: pcs_hyrax(&[]), |data: &[u8]| pcs_hyrax(data));
