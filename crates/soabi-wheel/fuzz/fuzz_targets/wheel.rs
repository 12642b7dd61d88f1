//! Any archive is a wheel or an error, member by member. `cargo +nightly fuzz run wheel`.

#![no_main]

use std::fs;

use soabi_wheel::{Inflater, Limits, Wheel};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for the wheel");
    let path = folder.path().join("spam-1.0-py3-none-any.whl");
    fs::write(&path, bytes).expect("the wheel can be written");
    let limits = Limits { member: 1 << 20, ..Limits::default() };
    let Ok(wheel) = Wheel::open_with(&path, limits) else { return };
    let _ = wheel.metadata(&mut Inflater::default());
    wheel.for_each_native(|_, facts| drop(facts));
});
