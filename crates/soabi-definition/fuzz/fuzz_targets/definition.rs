//! Any bytes have definitions or none: the executor and every decoder. `cargo +nightly fuzz run definition`.

#![no_main]

use soabi_definition::{Options, read};
use soabi_object::Image;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(images) = Image::parse(bytes) else { return };
    let options = Options { module: Some("spam"), stable_abi: true, ..Options::default() };
    for image in &images {
        let _ = read(image, &options);
    }
});
