//! ELF files, in every class and byte order: what stands in them and what soabi reads.

use rstest::rstest;
use soabi_object::{Arch, Endian, ObjectFacts, ObjectKind, Provider, SymbolKind, Uses};

use crate::specimen::elf::{self, Elf, Hash, Symbol, export, import};

const CALL: Uses = Uses { call: true, address: false };
const ADDRESS: Uses = Uses { call: false, address: true };

fn read(elf: &Elf) -> ObjectFacts {
    let facts = soabi_object::read(&elf.build()).unwrap();
    let [facts] = <[_; 1]>::try_from(facts).unwrap();
    facts
}

fn refused(bytes: &[u8]) -> String {
    soabi_object::read(bytes).unwrap_err().to_string()
}

fn imports(facts: &ObjectFacts) -> Vec<&str> {
    facts.imports.iter().map(|import| import.name.as_str()).collect()
}

fn exports(facts: &ObjectFacts) -> Vec<&str> {
    facts.exports.iter().map(|export| export.name.as_str()).collect()
}

/// An extension module: an import by call, one by address, one that may be missing, an export.
fn spam() -> Elf {
    Elf {
        symbols: vec![
            import("PyModule_Create2"),
            import("_Py_NoneStruct"),
            Symbol { info: elf::WEAK, ..import("__gmon_start__") },
            export("PyInit_spam"),
        ],
        calls: vec![1],
        addresses: vec![2, 3],
        ..Elf::default()
    }
}

#[rstest]
#[case::x86_64(62, 64, false, Arch::X86_64)]
#[case::i686(3, 32, false, Arch::I686)]
#[case::x32(62, 32, false, Arch::Other(62))]
#[case::aarch64(183, 64, false, Arch::Aarch64)]
#[case::aarch64_big_endian(183, 64, true, Arch::Other(183))]
#[case::armv7l(40, 32, false, Arch::Arm)]
#[case::ppc64le(21, 64, false, Arch::Ppc64le)]
#[case::ppc64(21, 64, true, Arch::Ppc64)]
#[case::s390x(22, 64, true, Arch::S390x)]
#[case::riscv64(243, 64, false, Arch::Riscv64)]
#[case::loongarch64(258, 64, false, Arch::Loongarch64)]
#[case::sparc(2, 32, true, Arch::Other(2))]
fn every_machine(
    #[case] machine: u16,
    #[case] bits: u8,
    #[case] big_endian: bool,
    #[case] arch: Arch,
    #[values(Hash::Sysv, Hash::Gnu)] hash: Hash,
    #[values(true, false)] with_addends: bool,
) {
    let facts = read(&Elf { bits, big_endian, machine, hash, with_addends, ..spam() });
    assert_eq!((facts.arch, facts.bits, facts.kind), (arch, bits, ObjectKind::Library));
    assert_eq!(facts.endian, if big_endian { Endian::Big } else { Endian::Little });
    assert_eq!(imports(&facts), ["PyModule_Create2", "_Py_NoneStruct", "__gmon_start__"]);
    assert_eq!(facts.imports.iter().map(|import| import.weak).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(facts.imports.iter().map(|import| import.uses).collect::<Vec<_>>(), [CALL, ADDRESS, ADDRESS]);
    assert!(facts.imports.iter().all(|import| import.from == Provider::Anywhere));
    assert_eq!(exports(&facts), ["PyInit_spam"]);
}

/// A file without exports may have a hash table that counts nothing, or none.
#[rstest]
fn relocations_alone_lead_to_imports(#[values(Hash::EmptyGnu, Hash::None)] hash: Hash) {
    let facts =
        read(&Elf { symbols: vec![import("a"), import("b")], calls: vec![2], hash, ..Elf::default() });
    assert_eq!(imports(&facts), ["a", "b"]);
}

#[rstest]
#[case::function(elf::GLOBAL_FUNCTION, elf::DEFINED, Some(SymbolKind::Function))]
#[case::data(elf::GLOBAL_DATA, elf::DEFINED, Some(SymbolKind::Data))]
#[case::thread_local(elf::GLOBAL_THREAD_LOCAL, elf::DEFINED, Some(SymbolKind::ThreadLocal))]
#[case::absolute(elf::GLOBAL, elf::ABSOLUTE, Some(SymbolKind::Unknown))]
#[case::local(elf::LOCAL, elf::DEFINED, None)]
fn kinds_of_exports(#[case] info: u8, #[case] section: u16, #[case] kind: Option<SymbolKind>) {
    let facts = read(&Elf { symbols: vec![Symbol { info, section, ..export("spam") }], ..Elf::default() });
    assert_eq!(facts.exports.first().map(|export| export.kind), kind);
    assert!(facts.imports.is_empty());
}

const SYMBOLIC: (u64, u64) = (16, 0);
const FLAGS_SYMBOLIC: (u64, u64) = (30, 2);
const FLAGS_BIND_NOW: (u64, u64) = (30, 8);

/// Symbol capture needs a use through the dynamic linker of a definition that others may replace.
#[rstest]
#[case::called(elf::DEFAULT, &[], true, true)]
#[case::not_called(elf::DEFAULT, &[], false, false)]
#[case::bind_now(elf::DEFAULT, &[FLAGS_BIND_NOW], true, true)]
#[case::protected(elf::PROTECTED, &[], true, false)]
#[case::symbolic(elf::DEFAULT, &[SYMBOLIC], true, false)]
#[case::symbolic_flag(elf::DEFAULT, &[FLAGS_SYMBOLIC], true, false)]
fn captured_exports(
    #[case] visibility: u8,
    #[case] entries: &[(u64, u64)],
    #[case] called: bool,
    #[case] captured: bool,
) {
    let symbols = vec![Symbol { visibility, ..export("PyLong_AsInt") }];
    let calls = if called { vec![1] } else { Vec::new() };
    let facts = read(&Elf { symbols, calls, entries: entries.to_vec(), ..Elf::default() });
    assert_eq!(exports(&facts), ["PyLong_AsInt"]);
    assert_eq!(facts.captured().count(), usize::from(captured));
}

#[test]
fn hidden_definitions_are_no_exports() {
    let symbols = vec![Symbol { visibility: elf::HIDDEN, ..export("spam") }];
    assert!(read(&Elf { symbols, ..Elf::default() }).exports.is_empty());
}

#[rstest]
fn versions_and_who_asks_for_them(#[values(false, true)] big_endian: bool, #[values(32, 64)] bits: u8) {
    let facts = read(&Elf {
        bits,
        big_endian,
        symbols: vec![
            Symbol { version: 2, ..import("memcpy") },
            Symbol { version: 3, ..import("stat") },
            Symbol { version: 3, ..import("fstat") },
            Symbol { version: 4, ..import("pow") },
            Symbol { version: 0, ..import("PyLong_FromLong") },
            Symbol { version: 5, ..export("spam") },
            // Bit 15 marks a version that is not the default.
            Symbol { version: 0x8005, ..export("old_spam") },
        ],
        needs: vec![
            ("libc.so.6", vec![("GLIBC_2.14", 2, false), ("GLIBC_2.33", 3, true)]),
            ("libm.so.6", vec![("GLIBC_2.29", 4, false)]),
        ],
        definitions: vec!["libspam.so.1", "unused", "unused", "unused", "SPAM_1.0"],
        ..Elf::default()
    });
    let needs: Vec<_> =
        facts.versions.iter().map(|need| (&*need.library, &*need.version, need.weak)).collect();
    assert_eq!(
        needs,
        [
            ("libc.so.6", "GLIBC_2.14", false),
            ("libc.so.6", "GLIBC_2.33", true),
            ("libm.so.6", "GLIBC_2.29", false)
        ]
    );
    let asking =
        |index: usize| facts.asking(&facts.versions[index]).map(|i| i.name.as_str()).collect::<Vec<_>>();
    assert_eq!([asking(0), asking(1), asking(2)], [vec!["memcpy"], vec!["stat", "fstat"], vec!["pow"]]);
    assert_eq!(facts.imports[4].version, None);
    let defined: Vec<_> = facts.exports.iter().map(|export| export.version.as_deref()).collect();
    assert_eq!(defined, [Some("SPAM_1.0"), Some("SPAM_1.0")]);
    assert_eq!(facts.exports.iter().map(|export| export.old_version).collect::<Vec<_>>(), [false, true]);
}

/// `dlsym` finds the default version of a symbol, and no other.
#[rstest]
#[case::default(2, &["PyInit_spam"])]
#[case::old(0x8002, &[])]
fn versions_of_init_symbols(#[case] version: u16, #[case] expected: &[&str]) {
    let symbols = vec![Symbol { version, ..export("PyInit_spam") }];
    let facts = read(&Elf { symbols, definitions: vec!["libspam.so.1", "SPAM_1.0"], ..Elf::default() });
    assert_eq!(facts.init_symbols().map(|init| init.to_string()).collect::<Vec<_>>(), expected);
}

#[test]
fn libraries_and_paths() {
    let texts = vec![
        (1, "libc.so.6"),
        (14, "libspam.so.1"),
        (15, "$ORIGIN/.libs"),
        (29, "$ORIGIN/../spam.libs:/opt/lib"),
        (1, "libpython3.11.so.1.0"),
    ];
    let facts = read(&Elf { texts, ..Elf::default() });
    let needed: Vec<_> = facts.needed.iter().map(|needed| &*needed.name).collect();
    assert_eq!(needed, ["libc.so.6", "libpython3.11.so.1.0"]);
    assert_eq!(facts.soname.as_deref(), Some("libspam.so.1"));
    assert_eq!(facts.rpath, ["$ORIGIN/.libs"]);
    assert_eq!(facts.runpath, ["$ORIGIN/../spam.libs", "/opt/lib"]);
}

#[test]
fn init_symbols_of_every_kind() {
    let names = ["PyInit_spam", "PyInitU_spm_rla", "PyModExport_eggs", "PyModExportU_spm_rla", "initialize"];
    let facts = read(&Elf { symbols: names.map(export).to_vec(), ..Elf::default() });
    let modules: Vec<_> = facts.init_symbols().map(|init| init.module).collect();
    assert_eq!(modules, ["spam", "späm", "eggs", "späm"]);
    let candidates: Vec<_> = facts.python_2_candidates().map(|init| init.to_string()).collect();
    assert_eq!(candidates, ["initialize"]);
}

#[rstest]
#[case::pie(&[(0x6fff_fffb, 0x0800_0000)], 3, ObjectKind::PieExecutable)]
#[case::bind_now_is_not_pie(&[(0x6fff_fffb, 1)], 3, ObjectKind::Library)]
#[case::program(&[], 2, ObjectKind::Executable)]
#[case::relocatable(&[], 1, ObjectKind::NotLoadable)]
fn kinds_of_files(#[case] entries: &[(u64, u64)], #[case] file_type: u16, #[case] kind: ObjectKind) {
    let facts = read(&Elf { entries: entries.to_vec(), file_type, ..spam() });
    assert_eq!(facts.kind, kind);
    assert_eq!(facts.imports.is_empty(), kind == ObjectKind::NotLoadable);
}

/// Separate debug information keeps the program headers, but its segments have no bytes.
#[test]
fn debug_information_is_not_loadable() {
    let mut bytes = spam().build();
    let (dynamic, file_size) = (64 + 56, 32);
    assert_eq!(bytes[dynamic], 2);
    bytes[dynamic + file_size..][..8].fill(0);
    assert_eq!(soabi_object::read(&bytes).unwrap()[0].kind, ObjectKind::NotLoadable);
}

#[rstest]
#[case::core_file(|elf: &mut Elf| elf.file_type = 4, "ELF type at offset 0x10: it is 4, expected 1, 2 or 3")]
#[case::symbol_beyond_the_table(|elf: &mut Elf| elf.calls = vec![0xff_ffff], "symbol 16777215 is used")]
#[case::plt_beyond_the_file(|elf: &mut Elf| elf.entries = vec![(2, 1 << 40)], "ELF PLT relocations at address")]
#[case::needed_beyond_the_strings(|elf: &mut Elf| elf.entries = vec![(1, 0xffff)], "no text that ends in a NUL at 0xffff")]
#[case::hash_beyond_the_file(|elf: &mut Elf| elf.entries = vec![(0x6fff_fef5, 1 << 40)], "ELF GNU hash table at address")]
fn unsound_files(#[case] spoil: fn(&mut Elf), #[case] message: &str) {
    let mut elf = spam();
    spoil(&mut elf);
    let error = refused(&elf.build());
    assert!(error.contains(message), "{error}");
}

#[rstest]
#[case::empty(b"", "the file is empty")]
#[case::text(b"#!/bin/sh\n", "not an ELF, Mach-O or PE file: it starts with [23, 21, 2f, 62]")]
#[case::short(b"\x7fELF", "ELF class at offset 0x4: it is None, expected 1 (32-bit) or 2 (64-bit)")]
#[case::class(b"\x7fELF\x03", "ELF class at offset 0x4: it is Some(3), expected 1 (32-bit) or 2 (64-bit)")]
#[case::header(b"\x7fELF\x02\x01\x01", "ELF header at offset 0x0")]
fn not_elf(#[case] bytes: &[u8], #[case] message: &str) {
    let error = refused(bytes);
    assert!(error.starts_with(message), "{error}");
}

#[test]
fn a_shared_object_without_a_dynamic_section_is_refused() {
    let mut bytes = spam().build();
    bytes[64 + 56] = 4; // PT_DYNAMIC becomes PT_NOTE.
    assert!(refused(&bytes).contains("a shared object has no PT_DYNAMIC"));
}
