//! Mach-O.

use rstest::rstest;
use soabi_object::RelocationKind::{self, Absolute, JumpSlot, Relative};
use soabi_object::facts::LoadKind;
use soabi_object::{MinimumOs, ObjectFacts, Pointer, Provider};

use super::{image, relocations};
use crate::specimen::macho::{self, Binding, DATA_SEGMENT, Import, MachO};

const SYSTEM: &[(&str, bool)] = &[("/usr/lib/libSystem.B.dylib", false)];

fn spam() -> MachO {
    MachO {
        imports: vec![
            Import { name: "_PyModule_Create2", library: macho::FLAT, weak: false },
            Import { name: "_malloc", library: 1, weak: false },
            Import { name: "_spam", library: 0, weak: false },
        ],
        exports: vec![("_PyInit_spam", macho::CODE), ("_spam", macho::DATA)],
        libraries: SYSTEM.to_vec(),
        ..MachO::default()
    }
}

#[test]
fn symbols() {
    let bytes = spam().build();
    let image = image(&bytes);
    let found: Vec<_> = image
        .symbols()
        .iter()
        .map(|symbol| (&*symbol.name, symbol.address, symbol.provider.clone()))
        .collect();
    assert_eq!(
        found,
        [
            ("PyInit_spam", Some(macho::CODE), Provider::Anywhere),
            ("spam", Some(macho::DATA), Provider::Anywhere),
            ("PyModule_Create2", None, Provider::Anywhere),
            ("malloc", None, Provider::Library("/usr/lib/libSystem.B.dylib".into())),
        ]
    );
    assert_eq!(image.export("PyInit_spam"), Some(macho::CODE));
    assert_eq!(image.export("_PyInit_spam"), None);
    assert_eq!(image.export("malloc"), None);
}

/// The bits of `DYLD_CHAINED_PTR_64`: a rebase has a target of 36 bits and 8 high bits, a bind an ordinal of 24 and
/// an addend of 8; both have the distance to the next in words of four bytes, from bit 51, and bit 63 tells them
/// apart.
fn rebase_64(target: u64, high: u64, next: u64) -> u64 {
    target | high << 36 | next << 51
}

fn bind_64(ordinal: u64, addend: u64, next: u64) -> u64 {
    1 << 63 | ordinal | addend << 24 | next << 51
}

/// `DYLD_CHAINED_PTR_ARM64E`: eight bytes to the next, from bit 51; bit 62 is a bind, bit 63 a signed pointer. Binds
/// have ordinals of 16 bits and addends of 19 from bit 32.
fn bind_arm64e(ordinal: u64, addend: u64, next: u64) -> u64 {
    1 << 62 | ordinal | addend << 32 | next << 51
}

const NAMES: [(&str, u64); 3] = [("PyModule_Create2", 0), ("malloc", 7), ("spam", 0)];

#[rstest]
#[case::pointer_64(2, [rebase_64(0x90, 0, 2), bind_64(0, 0, 4), bind_64(1, 7, 2), bind_64(2, 0, 0)])]
#[case::pointer_64_offset(6, [rebase_64(0x90, 0, 2), bind_64(0, 0, 4), bind_64(1, 7, 2), bind_64(2, 0, 0)])]
#[case::arm64e(1, [0x90 | 1 << 51, bind_arm64e(0, 0, 2), bind_arm64e(1, 7, 1), bind_arm64e(2, 0, 0)])]
#[case::arm64e_signed(1, [1 << 63 | 0x90 | 1 << 51, 1 << 63 | bind_arm64e(0, 0, 2), bind_arm64e(1, 7, 1), 1 << 63 | bind_arm64e(2, 0, 0)])]
#[case::arm64e_userland(9, [0x90 | 1 << 51, bind_arm64e(0, 0, 2), bind_arm64e(1, 7, 1), bind_arm64e(2, 0, 0)])]
#[case::arm64e_userland_24(12, [0x90 | 1 << 51, bind_arm64e(0, 0, 2), bind_arm64e(1, 7, 1), bind_arm64e(2, 0, 0)])]
fn chained_fixups(#[case] format: u16, #[case] words: [u64; 4]) {
    let [rebase, first, second, third] = words;
    // Between the second and the third is a number.
    let data = [rebase, first, 42, second, third].map(u64::to_le_bytes).concat();
    let bytes = MachO { data, chains: Some((format, vec![0])), ..spam() }.build();
    let image = image(&bytes);
    let binds = [1, 3, 4].into_iter().zip(NAMES).map(|(index, (name, addend))| {
        (DATA_SEGMENT + 8 * index, Absolute, name, addend.try_into().unwrap())
    });
    let expected: Vec<_> = [(DATA_SEGMENT, Relative, "", 0x90)].into_iter().chain(binds).collect();
    assert_eq!(relocations(&image), expected);
    assert_eq!(image.pointer_at(DATA_SEGMENT).unwrap(), Some(Pointer::Address(0x90)));
    assert_eq!(image.pointer_at(DATA_SEGMENT + 16).unwrap(), Some(Pointer::Value(42)));
    assert_eq!(image.pointer_at(DATA_SEGMENT + 24).unwrap(), Some(Pointer::Symbol { symbol: 3, addend: 7 }));
}

/// The high byte of a rebased pointer is kept (pointers with tags).
#[test]
fn high_bits_of_rebases() {
    let data = rebase_64(0x90, 0x80, 0).to_le_bytes().to_vec();
    let bytes = MachO { data, chains: Some((2, vec![0])), ..spam() }.build();
    assert_eq!(
        image(&bytes).pointer_at(DATA_SEGMENT).unwrap(),
        Some(Pointer::Address(0x8000_0000_0000_0090))
    );
}

/// 32-bit pointers: 26 bits of target, 5 of the distance in words; a bind has 20 of ordinal and 6 of addend.
#[test]
fn chained_fixups_of_32_bits() {
    let data = [0x90 | 1 << 26, 1 << 31 | 1 | 7 << 20].map(u32::to_le_bytes).concat();
    let bytes = MachO { cpu: macho::I386, data, chains: Some((3, vec![0])), ..spam() }.build();
    assert_eq!(
        relocations(&image(&bytes)),
        [(DATA_SEGMENT, Relative, "", 0x90), (DATA_SEGMENT + 4, Absolute, "malloc", 7)]
    );
}

/// Each page has its chain, or none.
#[test]
fn pages_without_a_chain() {
    let mut data = vec![0; 0x2010];
    data[8..16].copy_from_slice(&rebase_64(0x90, 0, 0).to_le_bytes());
    data[0x2000..0x2008].copy_from_slice(&rebase_64(0x98, 0, 0).to_le_bytes());
    let bytes = MachO { data, chains: Some((2, vec![8, 0xffff, 0])), ..spam() }.build();
    assert_eq!(
        relocations(&image(&bytes)),
        [(DATA_SEGMENT + 8, Relative, "", 0x90), (DATA_SEGMENT + 0x2000, Relative, "", 0x98)]
    );
}

#[rstest]
#[case::import_beyond_the_table(bind_64(3, 0, 0), "import 3 is used, but there are 3")]
#[case::beyond_the_segment(rebase_64(0x90, 0, 2), "Invalid Mach-O chained fixup offset")]
fn unsound_chains(#[case] word: u64, #[case] message: &str) {
    let bytes = MachO { data: word.to_le_bytes().to_vec(), chains: Some((2, vec![0])), ..spam() }.build();
    let image = image(&bytes);
    let error = image.relocations().unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
    assert_eq!(image.relocations().unwrap_err().to_string(), error);
    // Facts need no relocations.
    assert_eq!(ObjectFacts::of(&image).imports.len(), 2);
}

/// Rebases are at their places, and what is bound there replaces them. Opcodes: 0x11 a pointer, 0x21 segment 1,
/// 0x52 two rebases; 0x40 a name, 0x51 a pointer, 0x71 segment 1, 0x60 an addend, 0x90 a bind.
#[rstest]
fn opcodes(#[values(macho::X86_64, macho::I386)] cpu: u32) {
    let width = if cpu == macho::I386 { 4 } else { 8 };
    let data: Vec<u8> = (0..6u64).flat_map(|index| (0x90 + index).to_le_bytes()[..width].to_vec()).collect();
    let width = width as u64;
    let at = |index: u64| u8::try_from(index * width).unwrap();
    let bind = |segment_and_offset: [u8; 2]| {
        [&[0x11, 0x40][..], b"_malloc\0", &[0x51], &segment_and_offset, &[0x60, 5, 0x90, 0x90]].concat()
    };
    let lazy = [&[0x71, at(1)][..], &[0x3e, 0x40], b"_PyModule_Create2\0", &[0x90, 0]].concat();
    let programs = [vec![0x11, 0x21, 0, 0x52, 0], bind([0x71, at(3)]), lazy];
    // The binds of the specimen are in `__TEXT`.
    let imports = vec![Import { name: "_spam", library: 0, weak: false }];
    let bytes = MachO { cpu, binding: Binding::Opcodes, data, programs, imports, ..spam() }.build();
    let image = image(&bytes);
    let place = |index| DATA_SEGMENT + index * width;
    assert_eq!(
        relocations(&image),
        [
            (0, Absolute, "spam", 0),
            (place(0), Relative, "", 0x90),
            (place(1), Relative, "", 0x91),
            (place(1), JumpSlot, "PyModule_Create2", 0),
            (place(3), Absolute, "malloc", 5),
            (place(4), Absolute, "malloc", 5),
        ]
    );
    assert_eq!(image.relocation_at(place(1)).unwrap().unwrap().kind, JumpSlot);
}

/// A program of opcodes may claim any number of rebases.
#[test]
fn rebases_without_end() {
    let programs = [[&[0x11, 0x21, 0, 0x60][..], &[0xff; 8], &[0x7f]].concat(), Vec::new(), Vec::new()];
    let bytes = MachO { binding: Binding::Opcodes, data: vec![0; 16], programs, ..spam() }.build();
    let image = image(&bytes);
    let error = image.relocations().unwrap_err().to_string();
    assert!(error.contains("Mach-O rebases") && error.contains("reading it takes more than"), "{error}");
    let budget = image.budget();
    assert!(budget.steps_used() <= budget.steps_limit() && budget.memory_used() <= budget.memory_limit());
}

/// Sections of pointers (type 9) and of offsets from the header (type 0x16).
#[test]
fn initializers() {
    let data = [rebase_64(0x20, 0, 2), bind_64(1, 0, 0), 0x30 | 0x40 << 32].map(u64::to_le_bytes).concat();
    let sections = vec![(9, 0, 16), (0x16, 16, 8)];
    let bytes = MachO { data, sections, chains: Some((2, vec![0])), ..spam() }.build();
    assert_eq!(image(&bytes).init_array().unwrap(), [0x20, 0x30, 0x40]);
}

#[test]
fn facts_of_load_commands() {
    let libraries = vec![("/usr/lib/libSystem.B.dylib", false), ("@rpath/libomp.dylib", true)];
    // Platform 7 is the simulator of iOS; version 13.0.
    let minimum = Some((7, 0x000d_0000));
    let facts = soabi_object::read(&MachO { libraries, minimum, ..spam() }.build()).unwrap().remove(0);
    assert_eq!(facts.minimum_os, Some(MinimumOs { platform: "iossimulator", version: (13, 0, 0) }));
    let facts = facts.macho.unwrap();
    assert_eq!((facts.platform, facts.sdk), (Some(7), Some((0, 0, 0))));
    let kinds: Vec<_> = facts.dylibs.iter().map(|dylib| dylib.kind).collect();
    assert_eq!(kinds, [LoadKind::Load, LoadKind::Weak]);
    assert!(facts.two_level && facts.bundle);
    assert_eq!(facts.cpu_subtype, 0);
}

/// The slices of a universal file are images of their own and share a budget.
#[test]
fn slices() {
    let data = rebase_64(0x90, 0, 0).to_le_bytes().to_vec();
    let slice = MachO { data, chains: Some((2, vec![0])), ..spam() }.build();
    let bytes = macho::universal(&[(macho::ARM64, slice.clone()), (macho::X86_64, slice)], false);
    let images = soabi_object::Image::parse(&bytes).unwrap();
    assert_eq!(images.len(), 2);
    let before = images[0].budget().steps_used();
    let kinds: Vec<RelocationKind> =
        images[1].relocations().unwrap().iter().map(|found| found.kind).collect();
    assert_eq!(kinds, [Relative]);
    assert!(images[0].budget().steps_used() > before);
    assert_eq!(
        images[0].budget().steps_limit(),
        soabi_object::Budget::for_size(bytes.len() as u64).steps_limit()
    );
}
