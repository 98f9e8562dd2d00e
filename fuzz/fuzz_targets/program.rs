//! libFuzzer entry of target `program`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kiln_fuzz::program(data));
