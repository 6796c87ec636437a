#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| lariat_fuzz_targets::bench_records(data));
