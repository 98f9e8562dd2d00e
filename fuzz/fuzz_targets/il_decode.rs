//! libFuzzer entry of target `il_decode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| kiln_fuzz::il_decode(data));
