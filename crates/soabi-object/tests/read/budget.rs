//! What a file costs, counted in steps and bytes of memory, never in seconds: linkers' files cost little, and files
//! that make their readers look at the same bytes again and again are refused.

use rstest::rstest;
use soabi_object::budget::{FLOOR, MEMORY_PER_BYTE, STEPS_PER_BYTE};
use soabi_object::{Budget, Image, ObjectError, ObjectFacts};

use crate::specimen::elf::{Elf, Hash, export, import};
use crate::specimen::macho::{self, Binding, MachO};
use crate::specimen::pe::{self, Name, Pe};

/// Reads all there is to read and returns what it cost.
fn cost(bytes: &[u8]) -> Result<Budget, ObjectError> {
    let images = Image::parse(bytes)?;
    for image in &images {
        let _ = ObjectFacts::of(image);
        image.relocations()?;
        image.init_array()?;
    }
    let budget = images[0].budget();
    assert!(budget.steps_used() <= STEPS_PER_BYTE * bytes.len() as u64 + FLOOR);
    assert!(budget.memory_used() <= MEMORY_PER_BYTE * bytes.len() as u64 + FLOOR);
    Ok(budget)
}

/// That reading `bytes` costs too much, and which part of it.
#[track_caller]
fn refused(bytes: &[u8], part: &str) {
    match cost(bytes) {
        Err(ObjectError::OverBudget { what, .. }) => assert_eq!(what, part),
        other => panic!("{other:?}"),
    }
}

fn names(count: usize) -> Vec<&'static str> {
    (0..count).map(|number| &*format!("_PyLong_AsLongAndOverflow{number:06}").leak()).collect()
}

/// Files as linkers write them, with this many symbols.
fn sound_files(count: usize) -> Vec<Vec<u8>> {
    let names = names(count);
    let numbers: Vec<u32> = (1..=u32::try_from(count).unwrap()).collect();
    let elf = Elf {
        symbols: names.iter().map(|name| import(name)).chain(names.iter().map(|name| export(name))).collect(),
        calls: numbers.clone(),
        addresses: numbers,
        packed: [0x1000].into_iter().chain(vec![0b1010_1011; count / 8]).collect(),
        ..Elf::default()
    };
    let imports =
        names.iter().map(|name| macho::Import { name, library: macho::FLAT, weak: false }).collect();
    let macho = |binding| MachO { binding, imports: Vec::clone(&imports), ..MachO::default() }.build();
    let texts: Vec<_> = names.iter().map(|name| Name::Text(name)).collect();
    let pe = Pe {
        imports: vec![("python3.dll", texts)],
        exports: names.iter().map(|name| (*name, pe::CODE)).collect(),
        relocations: vec![(0x1000, vec![0xa008; count])],
        ..Pe::default()
    };
    vec![
        elf.build(),
        macho(Binding::ChainedFixups),
        macho(Binding::Opcodes),
        macho(Binding::SymbolTable),
        pe.build(),
    ]
}

/// Twice the file costs twice as much at most, and files without anything but tables have most of both budgets left.
#[test]
fn the_cost_of_sound_files_grows_with_their_size() {
    for (small, large) in sound_files(1000).iter().zip(&sound_files(4000)) {
        let (small_cost, large_cost) = (cost(small).unwrap(), cost(large).unwrap());
        let growth = large.len().div_ceil(small.len()) as u64 + 1;
        assert!(large_cost.steps_used() <= growth * small_cost.steps_used());
        assert!(large_cost.memory_used() <= growth * small_cost.memory_used());
        assert!(large_cost.steps_used() < 3 * large.len() as u64, "{large_cost:?} for {}", large.len());
        assert!(large_cost.memory_used() < 10 * large.len() as u64, "{large_cost:?} for {}", large.len());
    }
}

/// Version definitions in 1,000 segments, which all map the same bytes one behind the other. Base versions have no
/// name that is charged.
#[test]
fn version_definitions_that_are_mapped_again_and_again() {
    // Version 1, `VER_FLG_BASE`, index and count; no hash, no name; the next one is 20 bytes further.
    let halves = [1u16, 1, 1, 1].map(u16::to_le_bytes).concat();
    let entry = [halves, [0u32, 0, 20].map(u32::to_le_bytes).concat()].concat();
    let data = entry.repeat(2000);
    let segments = 1000u64;
    let (size, first) = (data.len() as u64, 0x10_0000u64);
    let build = |at: u64| Elf {
        data: data.clone(),
        entries: vec![(0x6fff_fffc, first)],
        headers: (0..segments).map(|n| (1, 4, (at, first + n * size), (size, size), 0x1000)).collect(),
        ..Elf::default()
    };
    let bytes = build(build(0).data_at()).build();
    refused(&bytes, "version definitions");
}

/// Each header names the same notes.
#[test]
fn notes_that_are_named_again_and_again() {
    let data = vec![0u8; 12 * 5000];
    let size = data.len() as u64;
    let build = |at: u64| Elf {
        headers: vec![(4, 4, (at, at), (size, size), 8); 2000],
        data: data.clone(),
        ..Elf::default()
    };
    refused(&build(build(0).data_at()).build(), "notes");
}

/// A word of `DT_RELR` stands for 63 relocations.
#[test]
fn packed_relocations_that_are_too_many() {
    let packed = [0x1000].into_iter().chain(vec![u64::MAX; 20_000]).collect();
    refused(&Elf { packed, ..Elf::default() }.build(), "RELR relocations");
}

#[test]
fn an_init_array_without_end() {
    let entries = vec![(25, 0x1000), (27, 1 << 60)];
    refused(&Elf { entries, ..Elf::default() }.build(), "init array");
}

/// Every symbol has the same long name.
#[test]
fn symbols_that_share_a_name() {
    let long: &'static str = "n".repeat(1 << 16).leak();
    let symbols = [vec![export(long)], vec![export("x"); 1000]].concat();
    let mut bytes = Elf { symbols, hash: Hash::Sysv, ..Elf::default() }.build();
    let table = 64 + 2 * 56;
    for symbol in 2..=1001 {
        bytes.copy_within(table + 24..table + 28, table + 24 * symbol);
    }
    refused(&bytes, "string table");
}

/// Segments are searched by bisection, however many there are.
#[test]
fn a_thousand_segments() {
    let headers = (1..=1000u64).map(|n| (1, 4, (0, n << 20), (64, 64), 0x1000)).collect();
    let elf = Elf { symbols: vec![export("PyInit_spam")], headers, ..Elf::default() };
    let bytes = elf.build();
    let images = Image::parse(&bytes).unwrap();
    assert_eq!(images[0].segments().len(), 1001);
    assert_eq!(images[0].bytes_from(500 << 20), Some(&bytes[..0x1000]));
    assert!(cost(&bytes).is_ok());
}

const LONG: usize = 1 << 16;

/// The import table of chained fixups, of `count` entries, in a built file.
fn chained_imports(bytes: &[u8], count: usize) -> usize {
    let count = u32::try_from(count).unwrap();
    let header = [0, 28, 32, 32 + 4 * count, count, 1, 0].map(u32::to_le_bytes).concat();
    bytes.windows(header.len()).position(|window| window == header).unwrap() + 32
}

fn many_imports(count: usize) -> Vec<macho::Import> {
    let name: &'static str = format!("_{}", "P".repeat(LONG)).leak();
    let import = |name| macho::Import { name, library: macho::FLAT, weak: false };
    [import(name)].into_iter().chain(vec![import("_x"); count - 1]).collect()
}

/// All imports have the same long name, at the same place: it is looked at once.
#[test]
fn chained_imports_that_share_a_name() {
    let count = 20_000;
    let mut bytes = MachO { imports: many_imports(count), ..MachO::default() }.build();
    let table = chained_imports(&bytes, count);
    for index in 1..count {
        bytes.copy_within(table..table + 4, table + 4 * index);
    }
    let cost = cost(&bytes).unwrap();
    assert!(cost.steps_used() < 2 * bytes.len() as u64, "{cost:?}");
    let facts = soabi_object::read(&bytes).unwrap();
    assert_eq!(facts[0].imports.len(), 1);
}

/// The same, each name beginning one byte further into the long one.
#[test]
fn chained_imports_that_share_the_tail_of_a_name() {
    let count = 20_000;
    let mut bytes = MachO { imports: many_imports(count), ..MachO::default() }.build();
    let table = chained_imports(&bytes, count);
    for index in 1..count {
        let entry = 0xfe | u32::try_from(index + 1).unwrap() << 9;
        bytes[table + 4 * index..][..4].copy_from_slice(&entry.to_le_bytes());
    }
    refused(&bytes, "bindings");
}

/// Names bound to the file itself are no imports, and cost as much.
#[test]
fn chained_imports_of_the_file_itself() {
    let count = 20_000;
    let mut bytes = MachO { imports: many_imports(count), ..MachO::default() }.build();
    let table = chained_imports(&bytes, count);
    for index in 0..count {
        let entry = u32::try_from(index + 1).unwrap() << 9;
        bytes[table + 4 * index..][..4].copy_from_slice(&entry.to_le_bytes());
    }
    refused(&bytes, "bindings");
}

/// The undefined symbols of a symbol table, likewise.
#[rstest]
#[case::the_same_place(0, true)]
#[case::one_byte_further_each(1, false)]
fn symbols_of_mach_o_that_share_a_name(#[case] step: usize, #[case] cheap: bool) {
    let count = 20_000;
    let imports = many_imports(count);
    let mut bytes = MachO { binding: Binding::SymbolTable, imports, ..MachO::default() }.build();
    let second = [u32::try_from(LONG + 3).unwrap().to_le_bytes(), [1, 0, 0, 0xfe]].concat();
    let table = bytes.windows(8).position(|window| window == second).unwrap() - 16;
    for index in 0..count {
        let name = u32::try_from(1 + step * index).unwrap();
        bytes[table + 16 * index..][..4].copy_from_slice(&name.to_le_bytes());
    }
    match cost(&bytes) {
        Ok(cost) => assert!(cheap && cost.steps_used() < bytes.len() as u64, "{cost:?}"),
        Err(error) => assert!(!cheap && matches!(error, ObjectError::OverBudget { .. }), "{error}"),
    }
}

/// The slices of a universal file may be the same bytes, and share one budget.
#[test]
fn slices_that_are_the_same_bytes() {
    let names = names(2000);
    let imports =
        names.iter().map(|name| macho::Import { name, library: macho::FLAT, weak: false }).collect();
    let slice = MachO { imports, ..MachO::default() }.build();
    assert!(cost(&slice).is_ok());
    let mut bytes = [0xcafe_babe_u32, 40].map(u32::to_be_bytes).concat();
    for _ in 0..40 {
        let size = u32::try_from(slice.len()).unwrap();
        bytes.extend([macho::ARM64, 0, 0x1000, size, 12].map(u32::to_be_bytes).concat());
    }
    bytes.resize(0x1000, 0);
    bytes.extend(&slice);
    assert!(matches!(cost(&bytes), Err(ObjectError::OverBudget { .. })));
}

/// Each header of a universal file makes an image, however small the slice.
#[test]
fn slices_that_are_too_many() {
    let count = 50_000u32;
    let mut bytes = [0xcafe_babf_u32, count].map(u32::to_be_bytes).concat();
    for _ in 0..count {
        bytes.extend([macho::ARM64, 0].map(u32::to_be_bytes).concat());
        bytes.extend([8 + 32 * u64::from(count), 8].map(u64::to_be_bytes).concat());
        bytes.extend([0; 8]);
    }
    bytes.extend(b"!<arch>\n");
    refused(&bytes, "slice");
}

/// What is read once is charged once.
#[test]
fn second_calls() {
    for bytes in sound_files(10) {
        let images = Image::parse(&bytes).unwrap();
        let read = || (images[0].relocations().unwrap().len(), images[0].init_array().unwrap());
        let first = read();
        let budget = images[0].budget();
        assert_eq!(read(), first);
        assert_eq!(images[0].budget(), budget);
    }
}

/// The starts of all segments are the same ones, of 65,535 pages without a chain.
#[test]
fn chains_that_start_again_and_again() {
    let more_segments = 200;
    let count = u32::try_from(2 + more_segments).unwrap();
    let mut starts = count.to_le_bytes().to_vec();
    starts.extend((4 + 4 * count).to_le_bytes().repeat(2 + more_segments));
    starts.extend((22u32 + 2 * 65_535).to_le_bytes());
    starts.extend([0x1000u16, 2].map(u16::to_le_bytes).concat());
    starts.extend([0; 12]);
    starts.extend(vec![0xff; 2 + 2 * 65_535]);
    let macho =
        MachO { data: starts.clone(), chains: Some((2, vec![0xffff])), more_segments, ..MachO::default() };
    let mut bytes = macho.build();
    // The header of the fixups says where the starts are: in the segment of data, which comes last in the file.
    let header = [0u32, 28].map(u32::to_le_bytes).concat();
    let fixups = bytes.windows(8).position(|window| window == header).unwrap();
    let size = u32::try_from(bytes.len() - fixups).unwrap();
    let starts_at = size - u32::try_from(starts.len()).unwrap();
    bytes[fixups + 4..fixups + 8].copy_from_slice(&starts_at.to_le_bytes());
    let command = [0x8000_0034u32, 16, u32::try_from(fixups).unwrap()].map(u32::to_le_bytes).concat();
    let command = bytes.windows(12).position(|window| window == command).unwrap();
    bytes[command + 12..command + 16].copy_from_slice(&size.to_le_bytes());
    refused(&bytes, "chained fixups");
}

/// A trie in which each node adds a byte to the name and has a symbol: the names add up to its length squared.
#[test]
fn tries_that_are_deep() {
    let mut trie = Vec::new();
    let depth = 20_000u32;
    for node in 0..depth {
        // Size 2, flags and address, one edge `a`, and the child's offset in three groups of seven bits.
        let child = 9 * (node + 1);
        let bits = |shift: u32| u8::try_from(child >> shift & 0x7f).unwrap();
        trie.extend([2, 0, 0x10, 1, b'a', 0, bits(0) | 0x80, bits(7) | 0x80, bits(14)]);
    }
    trie.extend([2, 0, 0x10, 0]);
    let bytes = MachO { exports: vec![("_a", macho::CODE)], data: trie.clone(), ..MachO::default() }.build();
    let (at, size) = (bytes.len() - trie.len(), trie.len());
    let mut bytes = bytes;
    let command = [0x8000_0033u32, 16].map(u32::to_le_bytes).concat();
    let command = bytes.windows(8).position(|window| window == command).unwrap();
    bytes[command + 8..command + 12].copy_from_slice(&u32::try_from(at).unwrap().to_le_bytes());
    bytes[command + 12..command + 16].copy_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    refused(&bytes, "export trie");
}

/// Exports of PE that share one long name.
#[test]
fn exports_of_pe_that_share_a_name() {
    let long: &'static str = "n".repeat(1 << 16).leak();
    let exports = [vec![(long, pe::CODE)], vec![("x", pe::CODE); 1000]].concat();
    let mut bytes = Pe { exports, ..Pe::default() }.build();
    // The addresses of the names: 16 bytes apart for `x`.
    let first = bytes.windows(3).position(|window| window == b"nnn").unwrap();
    let address = u32::try_from(first - 0x200 + 0x1000).unwrap();
    let table = bytes.windows(4).position(|window| window == address.to_le_bytes()).unwrap();
    for index in 1..=1000 {
        bytes.copy_within(table..table + 4, table + 4 * index);
    }
    refused(&bytes, "export's name");
}

/// Imports of PE likewise.
#[test]
fn imports_of_pe_that_share_a_name() {
    let long: &'static str = "n".repeat(1 << 16).leak();
    let names = [vec![Name::Text(long)], vec![Name::Text("x"); 1000]].concat();
    let mut bytes = Pe { imports: vec![("python3.dll", names)], ..Pe::default() }.build();
    let first = bytes.windows(3).position(|window| window == b"nnn").unwrap() - 2;
    let address = u64::try_from(first - 0x200 + 0x1000).unwrap();
    let table = bytes.windows(8).position(|window| window == address.to_le_bytes()).unwrap();
    for index in 1..=1000 {
        bytes.copy_within(table..table + 8, table + 8 * index);
    }
    refused(&bytes, "import's name");
}

/// The message says the part, the place and the reason.
#[test]
fn the_message() {
    let packed = [0x1000].into_iter().chain(vec![u64::MAX; 20_000]).collect();
    let error = cost(&Elf { packed, ..Elf::default() }.build()).unwrap_err().to_string();
    let (start, end) = ("ELF RELR relocations at address 0x", ", the most for a file of this size");
    assert!(error.starts_with(start) && error.ends_with(end), "{error}");
    assert!(error.contains(": reading it takes more than ") && error.contains(" bytes of memory"), "{error}");
}
