#![no_main]
use lariat_fuzz_targets::cli_arguments;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: cli_arguments(&[]), |data: &[u8]| cli_arguments(data));
