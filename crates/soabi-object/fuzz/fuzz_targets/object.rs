//! Any bytes are facts or an error: ELF, Mach-O and PE. `cargo +nightly fuzz run object`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = soabi_object::read(bytes);
});
