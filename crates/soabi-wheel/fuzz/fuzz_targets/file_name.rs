//! `cargo +nightly fuzz run --fuzz-dir crates/soabi-wheel/fuzz file_name`. What is checked is shared with `tests/fuzz.rs`.

#![no_main]

#[path = "../checks/file_name.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::check(bytes));
