#![no_main]
use lariat_fuzz_targets::elf_loader;
// The first call makes what the target needs, outside of the time that is given to fuzzing.
libfuzzer_sys::fuzz_target!(init: elf_loader(&[]), |data: &[u8]| elf_loader(data));
