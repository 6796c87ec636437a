#![no_main]
use lariat_fuzz_targets::bench_records;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: bench_records(&[]), |data: &[u8]| bench_records(data));
