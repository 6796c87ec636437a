#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| lariat_fuzz_targets::pcs_hyperkzg(data));
