//! Side modules of WebAssembly.

use proptest::prelude::*;
use soabi_object::facts::WasmFacts;
use soabi_object::{Arch, Format, Image, ObjectError, ObjectFacts, ObjectKind, SymbolKind, Uses};

use crate::specimen::wasm::{Kind, Wasm};

fn spam() -> Wasm {
    Wasm {
        needed: vec!["libopenblas.so"],
        runtime_path: vec!["$ORIGIN/../spam.libs"],
        export_flags: vec![("shared", 1)],
        import_flags: vec![("perhaps", 1)],
        imports: vec![
            ("env", "memory", Kind::Memory),
            ("env", "__memory_base", Kind::Global),
            ("env", "PyModule_Create2", Kind::Function),
            ("env", "perhaps", Kind::Function),
            ("GOT.mem", "PyExc_ValueError", Kind::Global),
            ("GOT.func", "PyModule_Create2", Kind::Global),
            ("GOT.func", "shared", Kind::Global),
        ],
        exports: vec![
            ("PyInit_spam", Kind::Function),
            ("shared", Kind::Function),
            ("table", Kind::Global),
            ("memory", Kind::Memory),
        ],
    }
}

#[test]
fn facts() {
    let facts = soabi_object::read(&spam().build()).unwrap().remove(0);
    assert_eq!((facts.format, facts.arch, facts.bits), (Format::Wasm, Arch::Wasm32, 32));
    assert_eq!(facts.kind, ObjectKind::Library);
    assert_eq!(facts.needed.iter().map(|needed| &*needed.name).collect::<Vec<_>>(), ["libopenblas.so"]);
    assert_eq!(facts.runpath, ["$ORIGIN/../spam.libs"]);
    let uses = |call, address| Uses { call, address };
    let imports: Vec<_> =
        facts.imports.iter().map(|import| (import.name.as_str(), import.weak, import.uses)).collect();
    assert_eq!(
        imports,
        [
            ("PyModule_Create2", false, uses(true, true)),
            ("perhaps", true, uses(true, false)),
            ("PyExc_ValueError", false, uses(false, true)),
        ]
    );
    let exports: Vec<_> = facts
        .exports
        .iter()
        .map(|export| (export.name.as_str(), export.kind, export.weak, export.preemptible))
        .collect();
    assert_eq!(
        exports,
        [
            ("PyInit_spam", SymbolKind::Function, false, false),
            ("shared", SymbolKind::Function, true, true),
            ("table", SymbolKind::Data, false, false),
        ]
    );
    assert_eq!(facts.init_symbols().map(|init| init.module).collect::<Vec<_>>(), ["spam"]);
    assert_eq!(
        facts.wasm,
        Some(WasmFacts { memory_size: 300, memory_alignment: 4, table_size: 2, table_alignment: 0 })
    );
}

/// A program, or data of a package.
#[test]
fn other_modules_are_not_native() {
    let bytes = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0";
    assert!(!soabi_object::is_native(bytes, bytes.len() as u64));
    assert!(matches!(soabi_object::read(bytes), Err(ObjectError::NotNative(_))));
}

/// A module whose last section is cut off is refused; one without its last sections is sound.
#[test]
fn every_truncation() {
    let bytes = spam().build();
    let whole = soabi_object::read(&bytes).unwrap().remove(0);
    let mut sound = 0;
    for length in 0..bytes.len() {
        if let Ok(facts) = soabi_object::read(&bytes[..length]) {
            sound += 1;
            assert_eq!(facts[0].needed, whole.needed);
            assert!(facts[0].exports.is_empty());
        }
    }
    assert_eq!(sound, 3, "behind the custom section, the types and the imports");
}

#[test]
fn the_cost_grows_with_the_size() {
    let names = |count: usize| (0..count).map(|number| &*format!("Py_Function{number:06}").leak());
    let build = |count| {
        let imports = names(count).map(|name| ("env", name, Kind::Function)).collect();
        let exports = names(count).map(|name| (name, Kind::Function)).collect();
        Wasm { imports, exports, ..spam() }.build()
    };
    let cost = |bytes: &[u8]| Image::parse(bytes).unwrap()[0].budget();
    let (small, large) = (build(1000), build(4000));
    assert!(cost(&large).steps_used() < 5 * cost(&small).steps_used());
    assert!(cost(&large).memory_used() < 5 * cost(&small).memory_used());
    assert!(cost(&large).steps_used() < 3 * large.len() as u64);
}

proptest! {
    #[test]
    fn changed_bytes(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = spam().build();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        for image in Image::parse(&bytes).unwrap_or_default() {
            let facts = ObjectFacts::of(&image);
            prop_assert!(facts.exports.iter().all(|export| export.address.is_none()));
            prop_assert!(image.relocations().unwrap().is_empty() && image.segments().is_empty());
        }
    }
}
