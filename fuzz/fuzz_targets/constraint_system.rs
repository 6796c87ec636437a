#![no_main]
use lariat_fuzz_targets::constraint_system;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: constraint_system(&[]), |data: &[u8]| constraint_system(data));
