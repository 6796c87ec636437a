#![no_main]
use lariat_fuzz_targets::emulator_run;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: emulator_run(&[]), |data: &[u8]| emulator_run(data));
