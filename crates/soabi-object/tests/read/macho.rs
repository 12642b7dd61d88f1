//! Mach-O files: the three ways to say what is imported, thin and universal.

use rstest::rstest;
use soabi_object::{Arch, Endian, MinimumOs, ObjectFacts, ObjectKind, Provider, Strength, SymbolKind};

use crate::specimen::macho::{self, Binding, Import, MachO};

fn read(bytes: &[u8]) -> ObjectFacts {
    let facts = soabi_object::read(bytes).unwrap();
    let [facts] = <[_; 1]>::try_from(facts).unwrap();
    facts
}

fn spam() -> MachO {
    MachO {
        imports: vec![
            Import { name: "_PyModule_Create2", library: macho::FLAT, weak: false },
            Import { name: "_malloc", library: 1, weak: false },
            Import { name: "_PyType_FromMetaclass", library: macho::FLAT, weak: true },
            Import { name: "_main_only", library: macho::EXECUTABLE, weak: false },
        ],
        exports: vec![("_PyInit_spam", macho::CODE), ("_spam_data", macho::DATA)],
        libraries: vec![("/usr/lib/libSystem.B.dylib", false)],
        ..MachO::default()
    }
}

#[rstest]
#[case::arm64(macho::ARM64, false, Arch::Aarch64, 64)]
#[case::x86_64(macho::X86_64, false, Arch::X86_64, 64)]
#[case::i386(macho::I386, false, Arch::I686, 32)]
#[case::powerpc(macho::POWERPC, true, Arch::Other(18), 32)]
fn imports_and_exports(
    #[case] cpu: u32,
    #[case] big_endian: bool,
    #[case] arch: Arch,
    #[case] bits: u8,
    #[values(Binding::ChainedFixups, Binding::Opcodes, Binding::SymbolTable)] binding: Binding,
) {
    let facts = read(&MachO { cpu, big_endian, binding, ..spam() }.build());
    assert_eq!((facts.arch, facts.bits, facts.kind), (arch, bits, ObjectKind::Library));
    assert_eq!(facts.endian, if big_endian { Endian::Big } else { Endian::Little });
    let library = Provider::Library("/usr/lib/libSystem.B.dylib".into());
    let imports: Vec<_> = facts.imports.iter().map(|i| (i.name.as_str(), i.from.clone(), i.weak)).collect();
    assert_eq!(
        imports,
        [
            ("PyModule_Create2", Provider::Anywhere, false),
            ("malloc", library, false),
            ("PyType_FromMetaclass", Provider::Anywhere, true),
            ("main_only", Provider::Executable, false),
        ]
    );
    let exports: Vec<_> = facts.exports.iter().map(|export| (export.name.as_str(), export.kind)).collect();
    assert_eq!(exports, [("PyInit_spam", SymbolKind::Function), ("spam_data", SymbolKind::Data)]);
    assert_eq!(facts.captured().count(), 0);
}

/// A name that is bound both lazily and not is one import, and weak only if both bindings are.
#[test]
fn one_import_for_two_bindings() {
    let import = |weak| Import { name: "_free", library: 1, weak };
    let imports = vec![import(true), import(false)];
    let facts = read(&MachO { binding: Binding::Opcodes, imports, ..spam() }.build());
    assert_eq!(facts.imports.iter().map(|import| import.weak).collect::<Vec<_>>(), [false]);
}

/// The file's own definition is replaced by another's only where dyld looks beyond the file.
#[rstest]
#[case::flat(macho::FLAT, true)]
#[case::coalesced(macho::COALESCED, true)]
#[case::itself(0, false)]
fn own_exports_that_are_looked_up(
    #[case] library: i8,
    #[case] captured: bool,
    #[values(Binding::ChainedFixups, Binding::Opcodes)] binding: Binding,
) {
    let imports = vec![Import { name: "_spam_data", library, weak: false }];
    let facts = read(&MachO { binding, imports, ..spam() }.build());
    assert!(facts.imports.is_empty());
    let names: Vec<_> = facts.captured().map(|export| export.name.as_str()).collect();
    assert_eq!(names, if captured { vec!["spam_data"] } else { vec![] });
}

#[test]
fn load_commands() {
    let facts = read(
        &MachO {
            file_type: macho::DYLIB,
            id: Some("@rpath/libspam.dylib"),
            rpath: Some("@loader_path/.dylibs"),
            minimum: Some((1, 0x000a_0f02)),
            libraries: vec![("/usr/lib/libSystem.B.dylib", false), ("@rpath/libomp.dylib", true)],
            ..spam()
        }
        .build(),
    );
    assert_eq!(facts.soname.as_deref(), Some("@rpath/libspam.dylib"));
    assert_eq!(facts.runpath, ["@loader_path/.dylibs"]);
    assert_eq!(facts.minimum_os, Some(MinimumOs { platform: "macos", version: (10, 15, 2) }));
    let needed: Vec<_> = facts.needed.iter().map(|needed| (&*needed.name, needed.strength)).collect();
    assert_eq!(
        needed,
        [("/usr/lib/libSystem.B.dylib", Strength::Required), ("@rpath/libomp.dylib", Strength::Weak)]
    );
}

#[rstest]
fn one_set_of_facts_per_slice(#[values(false, true)] wide: bool) {
    let slices = [macho::X86_64, macho::ARM64].map(|cpu| (cpu, MachO { cpu, ..spam() }.build()));
    let facts = soabi_object::read(&macho::universal(&slices, wide)).unwrap();
    assert_eq!(facts.iter().map(|facts| facts.arch).collect::<Vec<_>>(), [Arch::X86_64, Arch::Aarch64]);
    assert!(facts.iter().all(|facts| facts.exports.len() == 2));
}

#[test]
fn an_object_file_is_not_loadable() {
    let facts = read(&MachO { file_type: macho::OBJECT, ..spam() }.build());
    assert_eq!((facts.kind, facts.exports.len()), (ObjectKind::NotLoadable, 0));
}

#[test]
fn a_universal_static_library_is_not_loadable() {
    let facts = read(&macho::universal(&[(macho::ARM64, b"!<arch>\nspam".to_vec())], false));
    assert_eq!((facts.arch, facts.kind), (Arch::Aarch64, ObjectKind::NotLoadable));
}

#[test]
fn one_bad_slice_spoils_the_file() {
    let slices = [(macho::X86_64, spam().build()), (macho::ARM64, b"spam".to_vec())];
    assert!(soabi_object::read(&macho::universal(&slices, false)).is_err());
}

/// Java's class files have the same magic; version 8 is 52.
#[rstest]
#[case::slices([0, 0, 0, 2], true)]
#[case::java([0, 0, 0, 52], false)]
fn not_java(#[case] next: [u8; 4], #[case] native: bool) {
    assert_eq!(soabi_object::is_native(&[&[0xca, 0xfe, 0xba, 0xbe], &next[..]].concat(), 1000), native);
}

/// A trie whose edges lead back, or meet, would be walked forever or exponentially often.
#[rstest]
#[case::cycle(0)]
#[case::shared_node(1)]
fn tries_that_are_no_trees(#[case] spoil: u8) {
    let mut bytes = MachO { exports: vec![("_a", macho::CODE), ("_b", macho::CODE)], ..spam() }.build();
    let root = bytes.windows(6).position(|window| window == [0, 2, b'_', b'a', 0, 0x8c]).unwrap();
    let second = root + 2 + 5 + 3;
    assert_eq!(bytes[second], 0x91);
    bytes[second] = if spoil == 0 { 0x80 } else { 0x8c };
    let error = soabi_object::read(&bytes).unwrap_err().to_string();
    assert!(error.contains("Mach-O export trie") && error.contains("two edges lead to this node"), "{error}");
}
