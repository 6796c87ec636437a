#![no_main]
use lariat_fuzz_targets::transcript_reader;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: transcript_reader(&[]), |data: &[u8]| transcript_reader(data));
