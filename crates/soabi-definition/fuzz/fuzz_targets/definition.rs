//! `cargo +nightly fuzz run --fuzz-dir crates/soabi-definition/fuzz definition`. What is checked is shared with
//! `tests/fuzz.rs`.

#![no_main]

#[path = "../checks/definition.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::check(bytes));
