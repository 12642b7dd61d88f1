//! ELF.

use rstest::rstest;
use soabi_object::RelocationKind::{
    self, Absolute, Copy, GlobDat, IRelative, JumpSlot, Other, Relative, Tls,
};
use soabi_object::facts::{ElfType, FloatAbi, Identification, IsaLevels, ThreadLocalBlock};
use soabi_object::{Binding, ElfFacts, ObjectFacts, ObjectKind, Pointer, SymbolKind};

use super::{image, relocations};
use crate::specimen::elf::{self, Elf, Hash, Patch, Symbol, export, import};

/// The numbers of the psABIs, written down by hand.
#[rstest]
#[case::x86_64(62, 64, &[(1, Absolute), (5, Copy), (6, GlobDat), (7, JumpSlot), (8, Relative), (16, Tls), (18, Tls), (37, IRelative), (2, Other(2))])]
#[case::i386(3, 32, &[(1, Absolute), (5, Copy), (6, GlobDat), (7, JumpSlot), (8, Relative), (14, Tls), (35, Tls), (42, IRelative), (2, Other(2))])]
#[case::aarch64(183, 64, &[(257, Absolute), (1024, Copy), (1025, GlobDat), (1026, JumpSlot), (1027, Relative), (1031, Tls), (1032, IRelative), (260, Other(260))])]
#[case::arm(40, 32, &[(2, Absolute), (20, Copy), (21, GlobDat), (22, JumpSlot), (23, Relative), (17, Tls), (160, IRelative), (3, Other(3))])]
#[case::ppc64(21, 64, &[(38, Absolute), (19, Copy), (20, GlobDat), (21, JumpSlot), (22, Relative), (68, Tls), (248, IRelative), (44, Other(44))])]
#[case::s390x(22, 64, &[(22, Absolute), (9, Copy), (10, GlobDat), (11, JumpSlot), (12, Relative), (56, Tls), (61, IRelative), (5, Other(5))])]
#[case::riscv64(243, 64, &[(2, Absolute), (4, Copy), (5, JumpSlot), (3, Relative), (7, Tls), (58, IRelative), (16, Other(16))])]
#[case::loongarch64(258, 64, &[(2, Absolute), (4, Copy), (5, JumpSlot), (3, Relative), (14, Tls), (12, IRelative), (20, Other(20))])]
#[case::unknown_machine(2, 32, &[(3, Other(3))])]
fn relocation_kinds(
    #[case] machine: u16,
    #[case] bits: u8,
    #[case] kinds: &[(u32, RelocationKind)],
    #[values(false, true)] big_endian: bool,
) {
    // Types of 32-bit ELF have eight bits.
    let kinds: Vec<_> = kinds.iter().filter(|(raw, _)| bits == 64 || *raw < 256).collect();
    let patches = (0..).zip(&kinds).map(|(n, (kind, _))| Patch {
        place: 0x40 + 8 * n,
        kind: *kind,
        symbol: 0,
        addend: 0,
    });
    let elf = Elf { machine, bits, big_endian, patches: patches.collect(), ..Elf::default() };
    let bytes = elf.build();
    let found: Vec<_> =
        image(&bytes).relocations().unwrap().iter().map(|relocation| relocation.kind).collect();
    assert_eq!(found, kinds.iter().map(|(_, kind)| *kind).collect::<Vec<_>>());
}

/// Pointers to a symbol, to an address and to nothing, with addends in the table or at the place.
#[rstest]
fn pointers(
    #[values(32, 64)] bits: u8,
    #[values(false, true)] big_endian: bool,
    #[values(false, true)] with_addends: bool,
) {
    let machine = if bits == 64 { 62 } else { 3 };
    let width = u64::from(bits) / 8;
    let number = |value: u64| {
        let bytes = if big_endian { value.to_be_bytes() } else { value.to_le_bytes() };
        let width = usize::from(bits / 8);
        if big_endian { bytes[8 - width..].to_vec() } else { bytes[..width].to_vec() }
    };
    // A relative pointer, a pointer to a symbol, a slot for a call, a number.
    let data = [0x8000_0123u64, 5, 0x77, 42].map(number).concat();
    let elf = Elf {
        bits,
        big_endian,
        machine,
        with_addends,
        symbols: vec![import("PyType_Type"), export("spam")],
        data,
        ..Elf::default()
    };
    let patches = |at: u64| {
        let patch = |index, kind, symbol, addend| Patch { place: at + index * width, kind, symbol, addend };
        vec![patch(1, 1, 1, 5), patch(0, 8, 0, 0x8000_0123), patch(2, 7, 2, 0)]
    };
    let at = Elf { patches: patches(0), ..elf.clone() }.data_at();
    let bytes = Elf { patches: patches(at), ..elf }.build();
    let image = image(&bytes);
    assert_eq!(
        relocations(&image),
        [
            (at, Relative, "", 0x8000_0123),
            (at + width, Absolute, "PyType_Type", 5),
            (at + 2 * width, JumpSlot, "spam", 0)
        ]
    );
    let pointer = |index: u64| image.pointer_at(at + index * width).unwrap();
    assert_eq!(pointer(0), Some(Pointer::Address(0x8000_0123)));
    assert_eq!(pointer(1), Some(Pointer::Symbol { symbol: 1, addend: 5 }));
    assert_eq!(pointer(2), Some(Pointer::Symbol { symbol: 2, addend: 0 }));
    assert_eq!(pointer(3), Some(Pointer::Value(42)));
    assert_eq!(pointer(4), None);
    assert_eq!(image.relocation_at(at + 1).unwrap(), None);
    assert_eq!(image.pointer_size(), bits / 8);
}

/// The word at a place of `DT_RELR` is the address.
#[rstest]
fn packed_relocations(#[values(32, 64)] bits: u8) {
    let width = u64::from(bits) / 8;
    let words = [0x1000u64, 0x2000, 0x3000];
    let data = words.iter().flat_map(|word| word.to_le_bytes()[..usize::from(bits / 8)].to_vec()).collect();
    let elf = |at: u64| Elf {
        bits,
        machine: if bits == 64 { 62 } else { 3 },
        packed: vec![at, 0b101],
        data,
        ..Elf::default()
    };
    let elf = elf(0);
    let at = elf.data_at();
    let bytes = Elf { packed: vec![at, 0b101], ..elf }.build();
    assert_eq!(
        relocations(&image(&bytes)),
        [(at, Relative, "", 0x1000), (at + 2 * width, Relative, "", 0x3000)]
    );
    let facts = |elf: &Elf| elf_facts(elf).packed_relocations;
    assert!(!facts(&Elf::default()) && facts(&Elf { packed: vec![at], ..Elf::default() }));
}

/// The table of the PLT may be the end of the other table; its entries count once.
#[test]
fn a_table_within_a_table() {
    let elf =
        Elf { symbols: vec![import("a"), import("b")], calls: vec![1], addresses: vec![2], ..Elf::default() };
    let mut bytes = elf.build();
    assert_eq!(image(&bytes).relocations().unwrap().len(), 2);
    // `DT_JMPREL` comes to lie where `DT_RELA` is.
    let entries: Vec<usize> = (0..bytes.len() - 16)
        .step_by(8)
        .filter(|&at| bytes[at..at + 8] == 23u64.to_le_bytes() || bytes[at..at + 8] == 7u64.to_le_bytes())
        .collect();
    let [plt, rela, _] = entries[..] else { panic!("{entries:?}") };
    bytes.copy_within(rela + 8..rela + 16, plt + 8);
    assert_eq!(relocations(&image(&bytes)), [(0x2000, JumpSlot, "b", 0)]);
}

#[test]
fn symbols() {
    let elf = Elf {
        symbols: vec![
            import("undefined"),
            Symbol { info: elf::WEAK, ..import("weak") },
            Symbol { info: elf::GLOBAL_THREAD_LOCAL, ..export("tls") },
            Symbol { visibility: elf::HIDDEN, ..export("hidden") },
            Symbol { info: elf::GLOBAL_DATA, ..export("data") },
        ],
        hash: Hash::Sysv,
        ..Elf::default()
    };
    let bytes = elf.build();
    let image = image(&bytes);
    let found: Vec<_> = image
        .symbols()
        .iter()
        .map(|symbol| (&*symbol.name, symbol.address, symbol.binding, symbol.kind, symbol.exported))
        .collect();
    let (global, function) = (Binding::Global, SymbolKind::Function);
    assert_eq!(
        found,
        [
            ("", None, Binding::Local, SymbolKind::Unknown, false),
            ("undefined", None, global, SymbolKind::Unknown, false),
            ("weak", None, Binding::Weak, SymbolKind::Unknown, false),
            ("tls", None, global, SymbolKind::ThreadLocal, true),
            ("", Some(0x1000), global, function, false),
            ("data", Some(0x1000), global, SymbolKind::Data, true),
        ]
    );
    assert_eq!(image.export("data"), Some(0x1000));
    for name in ["tls", "hidden", "undefined", "dat", "data1", ""] {
        assert_eq!(image.export(name), None, "{name}");
    }
    assert_eq!(ObjectFacts::of(&image).exports[1].address, Some(0x1000));
}

/// glibc's `dl-version.c` checks `DT_VERNEED` whether or not there is a `DT_VERSYM`.
#[rstest]
fn version_needs_without_version_indices(#[values(false, true)] without_version_indices: bool) {
    let elf = Elf {
        symbols: vec![Symbol { version: 2, ..import("memcpy") }],
        needs: vec![("libc.so.6", vec![("GLIBC_2.99", 2, false)])],
        without_version_indices,
        hash: Hash::Sysv,
        ..Elf::default()
    };
    let facts = soabi_object::read(&elf.build()).unwrap().remove(0);
    assert_eq!(facts.versions.iter().map(|need| &*need.version).collect::<Vec<_>>(), ["GLIBC_2.99"]);
    assert_eq!(facts.imports[0].version.is_none(), without_version_indices);
}

const LOAD: usize = 64;
const LOAD_FILE_SIZE: usize = LOAD + 32;
const LOAD_MEMORY_SIZE: usize = LOAD + 40;

fn set(bytes: &mut [u8], at: usize, value: u64) {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
}

/// Whole pages are mapped: what the file has behind a segment is there up to the end of the page, unless the
/// segment ends in zeros. patchelf leaves programs that depend on it.
#[rstest]
#[case::in_the_same_page(0x100, 0x100, true)]
#[case::zeros_behind_the_file(0x100, 0x101, false)]
#[case::in_the_next_page(0x100, 0x100, false)]
fn the_end_of_the_page(#[case] file_size: u64, #[case] memory_size: u64, #[case] visible: bool) {
    let next_page = !visible && file_size == memory_size;
    let data = if next_page { vec![0; 0x1000] } else { Vec::new() };
    let elf = Elf { symbols: vec![export("PyInit_spam")], ..Elf::default() };
    let whole = soabi_object::read(&elf.build()).unwrap();
    let mut bytes = elf.build();
    if next_page {
        // The dynamic section moves a page further.
        let dynamic =
            usize::try_from(u64::from_le_bytes(bytes[LOAD + 56 + 8..][..8].try_into().unwrap())).unwrap();
        let section = bytes[dynamic..].to_vec();
        bytes.extend(data);
        let moved = bytes.len() as u64;
        bytes.extend(section);
        set(&mut bytes, LOAD + 56 + 8, moved);
        set(&mut bytes, LOAD + 56 + 16, moved);
    }
    set(&mut bytes, LOAD_FILE_SIZE, file_size);
    set(&mut bytes, LOAD_MEMORY_SIZE, memory_size);
    match soabi_object::read(&bytes) {
        Ok(facts) => {
            assert!(visible);
            assert_eq!(facts[0].exports, whole[0].exports);
        }
        Err(error) => assert!(!visible && error.to_string().contains("dynamic section"), "{error}"),
    }
}

fn elf_facts(elf: &Elf) -> ElfFacts {
    soabi_object::read(&elf.build()).unwrap().remove(0).elf.unwrap()
}

const GNU_STACK: u32 = 0x6474_e551;
const GNU_PROPERTY: u32 = 0x6474_e553;
const NOTE: u32 = 4;
const TLS: u32 = 7;

#[rstest]
#[case::executable(&[(GNU_STACK, 7, (0, 0), (0, 0), 16)], Some(true))]
#[case::not_executable(&[(GNU_STACK, 6, (0, 0), (0, 0), 16)], Some(false))]
#[case::no_header(&[], None)]
fn stacks(#[case] headers: &[elf::Header], #[case] expected: Option<bool>) {
    assert_eq!(elf_facts(&Elf { headers: headers.to_vec(), ..Elf::default() }).executable_stack, expected);
}

const FLAGS: u64 = 30;
const FLAGS_1: u64 = 0x6fff_fffb;

#[rstest]
#[case::plain(&[], [false; 4])]
#[case::static_tls(&[(FLAGS, 0x10)], [true, false, false, false])]
#[case::text_relocations(&[(FLAGS, 4)], [false, true, false, false])]
#[case::text_relocations_by_tag(&[(22, 0)], [false, true, false, false])]
#[case::no_delete(&[(FLAGS_1, 8)], [false, false, true, false])]
#[case::pie(&[(FLAGS_1, 0x0800_0000)], [false, false, false, true])]
fn dynamic_flags(#[case] entries: &[(u64, u64)], #[case] expected: [bool; 4]) {
    let facts = elf_facts(&Elf { entries: entries.to_vec(), ..Elf::default() });
    let found = [facts.static_tls, facts.text_relocations, facts.no_delete, facts.pie];
    assert_eq!((facts.file_type, found), (ElfType::Dynamic, expected));
}

#[rstest]
#[case::plain(&[], false)]
#[case::no_open(&[(FLAGS_1, 0x40)], true)]
#[case::another(&[(FLAGS_1, 8)], false)]
fn not_to_be_opened(#[case] entries: &[(u64, u64)], #[case] expected: bool) {
    assert_eq!(elf_facts(&Elf { entries: entries.to_vec(), ..Elf::default() }).no_open, expected);
}

/// `e_ident` from byte 7 on, and `e_version` at byte 20.
#[rstest]
#[case::plain(7, 0, Identification { os_abi: 0, abi_version: 0, is_padded: true, version: 1 })]
#[case::os_abi(7, 9, Identification { os_abi: 9, abi_version: 0, is_padded: true, version: 1 })]
#[case::abi_version(8, 1, Identification { os_abi: 0, abi_version: 1, is_padded: true, version: 1 })]
#[case::first_of_the_padding(9, 1, Identification { os_abi: 0, abi_version: 0, is_padded: false, version: 1 })]
#[case::last_of_the_padding(15, 1, Identification { os_abi: 0, abi_version: 0, is_padded: false, version: 1 })]
#[case::version(20, 2, Identification { os_abi: 0, abi_version: 0, is_padded: true, version: 2 })]
fn identification(#[case] at: usize, #[case] byte: u8, #[case] expected: Identification) {
    let mut bytes = Elf::default().build();
    bytes[at] = byte;
    assert_eq!(soabi_object::read(&bytes).unwrap().remove(0).elf.unwrap().identification, expected);
}

#[test]
fn thread_local_blocks_and_load_segments() {
    let facts = elf_facts(&Elf { headers: vec![(TLS, 4, (0, 0), (8, 24), 16)], ..Elf::default() });
    assert_eq!(facts.thread_local, Some(ThreadLocalBlock { size: 24, alignment: 16 }));
    let [load] = facts.loads[..] else { panic!() };
    assert_eq!(
        (load.offset, load.address, load.alignment, load.readable, load.executable),
        (0, 0, 8, true, false)
    );
}

#[test]
fn calling_conventions() {
    let facts = elf_facts(&Elf { machine: 40, bits: 32, flags: 0x0500_0400, ..Elf::default() });
    assert_eq!((facts.abi.raw, facts.abi.float), (0x0500_0400, Some(FloatAbi::Hard)));
}

/// A note of properties: its header and name, then type, size, value and padding of each.
fn property_note(properties: &[(u32, u32)], alignment: usize) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, value) in properties {
        body.extend([*kind, 4, *value].map(u32::to_le_bytes).concat());
        body.resize(body.len().next_multiple_of(alignment), 0);
    }
    let header = [4, u32::try_from(body.len()).unwrap(), 5].map(u32::to_le_bytes).concat();
    [header, b"GNU\0".to_vec(), body].concat()
}

#[rstest]
#[case::x86_64(62, 64, &[(0xc000_8002, 0b111), (0xc001_0002, 0b1111), (0xc000_0002, 3)], IsaLevels { x86_needed: Some(7), x86_used: Some(15), x86_features: Some(3), aarch64_features: None })]
#[case::i386(3, 32, &[(0xc000_8002, 1)], IsaLevels { x86_needed: Some(1), ..IsaLevels::default() })]
#[case::aarch64(183, 64, &[(0xc000_0000, 3)], IsaLevels { aarch64_features: Some(3), ..IsaLevels::default() })]
#[case::other_machine(243, 64, &[(0xc000_8002, 7)], IsaLevels::default())]
#[case::other_property(62, 64, &[(1, 7)], IsaLevels::default())]
fn gnu_properties(
    #[case] machine: u16,
    #[case] bits: u8,
    #[case] properties: &[(u32, u32)],
    #[case] expected: IsaLevels,
    #[values(GNU_PROPERTY, NOTE)] kind: u32,
) {
    let alignment = usize::from(bits / 8);
    let data = property_note(properties, alignment);
    let header = |at: u64, size: usize| (kind, 4, (at, at), (size as u64, size as u64), alignment as u64);
    let elf = Elf { machine, bits, headers: vec![header(0, data.len())], data, ..Elf::default() };
    let (at, size) = (elf.data_at(), elf.data.len());
    assert_eq!(elf_facts(&Elf { headers: vec![header(at, size)], ..elf.clone() }).isa, expected);
    // A note that is cut off says nothing.
    assert_eq!(elf_facts(&Elf { headers: vec![header(at, 20)], ..elf }).isa, IsaLevels::default());
}

#[rstest]
#[case::library(3, &[], &[], ObjectKind::Library)]
#[case::pie_by_flag(3, &[(FLAGS_1, 0x0800_0000)], &[], ObjectKind::PieExecutable)]
#[case::pie_by_interpreter(3, &[], &[(3, 4, (0, 0), (5, 5), 1)], ObjectKind::PieExecutable)]
#[case::fixed(2, &[], &[(3, 4, (0, 0), (5, 5), 1)], ObjectKind::Executable)]
fn programs(
    #[case] file_type: u16,
    #[case] entries: &[(u64, u64)],
    #[case] headers: &[elf::Header],
    #[case] kind: ObjectKind,
) {
    let elf = Elf { file_type, entries: entries.to_vec(), headers: headers.to_vec(), ..Elf::default() };
    let facts = soabi_object::read(&elf.build()).unwrap().remove(0);
    assert_eq!((facts.kind, facts.kind.is_program()), (kind, kind != ObjectKind::Library));
}

/// `libc.so.6` and `ld.so` can be run and have a name, which no program has.
#[test]
fn a_library_with_an_interpreter_and_a_name() {
    let elf =
        Elf { headers: vec![(3, 4, (0, 0), (5, 5), 1)], texts: vec![(14, "libc.so.6")], ..Elf::default() };
    let facts = soabi_object::read(&elf.build()).unwrap().remove(0);
    assert_eq!(facts.kind, ObjectKind::Library);
    assert!(facts.elf.unwrap().interpreter.is_some());
}

const INIT: u64 = 12;
const INIT_ARRAY: u64 = 25;
const INIT_ARRAY_SIZE: u64 = 27;

/// In the order of their calls; 0 and -1 are no functions.
#[test]
fn initializers() {
    let data = [0x500u64, 0, u64::MAX, 0x600, 0].map(u64::to_le_bytes).concat();
    let elf = |at: u64| Elf {
        symbols: vec![import("elsewhere"), export("spam")],
        entries: vec![(INIT, 0x400), (INIT_ARRAY, at), (INIT_ARRAY_SIZE, 48)],
        patches: vec![
            Patch { place: at, kind: 8, symbol: 0, addend: 0x500 },
            Patch { place: at + 32, kind: 1, symbol: 2, addend: 4 },
            Patch { place: at + 40, kind: 1, symbol: 1, addend: 0 },
        ],
        data: [&data[..], &[0; 8]].concat(),
        ..Elf::default()
    };
    let bytes = elf(elf(0).data_at()).build();
    assert_eq!(image(&bytes).init_array().unwrap(), [0x400, 0x500, 0x600, 0x1004]);
}
