//! Any bytes are images and facts, or an error, within the budget: ELF, Mach-O and PE.
//! `cargo +nightly fuzz run object fuzz/corpus/object fuzz/seeds/object`.

#![no_main]

use soabi_object::{Image, ObjectFacts};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(images) = Image::parse(bytes) else { return };
    for image in &images {
        let facts = ObjectFacts::of(image);
        for export in &facts.exports {
            let _ = image.export(&export.name);
        }
        for relocation in image.relocations().unwrap_or_default() {
            let _ = image.pointer_at(relocation.place);
            assert!(relocation.symbol.is_none_or(|symbol| image.symbol(symbol).is_some()));
        }
        let _ = image.init_array();
        let budget = image.budget();
        assert!(budget.steps_used() <= budget.steps_limit());
        assert!(budget.memory_used() <= budget.memory_limit());
    }
});
