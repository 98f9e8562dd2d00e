//! libFuzzer entry of target `mir`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kiln_fuzz::mir(data));
