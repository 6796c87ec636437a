#![no_main]
use lariat_fuzz_targets::pcs_kzh;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: pcs_kzh(&[]), |data: &[u8]| pcs_kzh(data));
