//! PE files: imports by name and by number, delayed ones, exports.

use rstest::rstest;
use soabi_object::{Arch, ObjectFacts, ObjectKind, OrdinalImport, Strength, SymbolKind};

use crate::specimen::pe::{self, Name, Pe};

fn read(pe: &Pe) -> ObjectFacts {
    let facts = soabi_object::read(&pe.build()).unwrap();
    let [facts] = <[_; 1]>::try_from(facts).unwrap();
    facts
}

fn spam() -> Pe {
    Pe {
        imports: vec![
            ("python3.dll", vec![Name::Text("PyModule_Create2"), Name::Text("_Py_NoneStruct")]),
            ("WS2_32.dll", vec![Name::Ordinal(111)]),
        ],
        delayed: vec![("python3t.dll", vec![Name::Text("PyModule_FromSlotsAndSpec")])],
        exports: vec![("PyInit_spam", pe::CODE), ("spam_data", pe::DATA)],
        ..Pe::default()
    }
}

#[rstest]
#[case::amd64(pe::AMD64, Arch::X86_64, 64)]
#[case::arm64(pe::ARM64, Arch::Aarch64, 64)]
#[case::i386(pe::I386, Arch::I686, 32)]
fn imports_and_exports(#[case] machine: u16, #[case] arch: Arch, #[case] bits: u8) {
    let facts = read(&Pe { machine, ..spam() });
    assert_eq!((facts.arch, facts.bits, facts.kind), (arch, bits, ObjectKind::Library));
    let needed: Vec<_> = facts.needed.iter().map(|needed| (&*needed.name, needed.strength)).collect();
    let (required, delayed) = (Strength::Required, Strength::Delayed);
    assert_eq!(needed, [("python3.dll", required), ("WS2_32.dll", required), ("python3t.dll", delayed)]);
    let imports: Vec<_> =
        facts.imports.iter().map(|i| (i.from.library().unwrap(), i.name.as_str())).collect();
    assert_eq!(
        imports,
        [
            ("python3.dll", "PyModule_Create2"),
            ("python3.dll", "_Py_NoneStruct"),
            ("python3t.dll", "PyModule_FromSlotsAndSpec"),
        ]
    );
    assert_eq!(facts.ordinals, [OrdinalImport { library: "WS2_32.dll".into(), ordinal: 111 }]);
    let exports: Vec<_> = facts.exports.iter().map(|export| (export.name.as_str(), export.kind)).collect();
    assert_eq!(exports, [("PyInit_spam", SymbolKind::Function), ("spam_data", SymbolKind::Data)]);
    assert_eq!(facts.soname.as_deref(), Some("spam.pyd"));
}

#[rstest]
#[case(true, ObjectKind::Library)]
#[case(false, ObjectKind::Executable)]
fn kinds_of_files(#[case] library: bool, #[case] kind: ObjectKind) {
    assert_eq!(read(&Pe { library, ..spam() }).kind, kind);
}

/// No import table and no export table is a sound file with nothing in it.
#[test]
fn a_file_with_neither() {
    let facts = read(&Pe::default());
    assert_eq!((facts.imports.len(), facts.exports.len(), facts.needed.len()), (0, 0, 0));
}

/// An address within the export directory is the name of another library's symbol.
#[test]
fn forwarded_exports() {
    let mut bytes = spam().build();
    let directories = 0x40 + 24 + 112;
    let [a, b, c, d, ..] = bytes[directories..] else { unreachable!() };
    let directory = u32::from_le_bytes([a, b, c, d]);
    let table = bytes
        .windows(8)
        .position(|w| w == [pe::CODE.to_le_bytes(), pe::DATA.to_le_bytes()].concat())
        .unwrap();
    bytes[table..table + 4].copy_from_slice(&directory.to_le_bytes());
    let facts = soabi_object::read(&bytes).unwrap();
    assert_eq!(facts[0].exports[0].kind, SymbolKind::Unknown);
}

#[rstest]
#[case::no_headers_there(0x3c, 0xf0, "PE headers at offset 0x0")]
#[case::not_pe(0x40, b'N', "PE headers")]
fn unsound_files(#[case] offset: usize, #[case] byte: u8, #[case] message: &str) {
    let mut bytes = spam().build();
    bytes[offset] = byte;
    let error = soabi_object::read(&bytes).unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
}

/// `MZ` alone is how a sentence may start.
#[rstest]
#[case::text(b"MZ is what DOS programs start with, after Mark Zbikowski, as everyone can see here.", false)]
#[case::short(b"MZ", false)]
fn not_pe(#[case] bytes: &[u8], #[case] native: bool) {
    assert_eq!(soabi_object::is_native(bytes, bytes.len() as u64), native);
}
