#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| loive_fuzz::targets::recording(bytes));
