//! Bytes that no linker made: whatever they are, the answer is facts or an error, within the budget.

use proptest::prelude::*;
use proptest::sample::select;
use soabi_object::budget::{FLOOR, MEMORY_PER_BYTE, STEPS_PER_BYTE};
use soabi_object::{Image, ObjectFacts};

use crate::specimen::elf::{Elf, Hash, Patch, Symbol, export, import};
use crate::specimen::macho::{self, Binding, MachO};
use crate::specimen::pe::{self, Name, Pe};

/// Reads everything there is to read. An error is an answer; a cost beyond the limit is not.
fn read_all(bytes: &[u8]) {
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
        assert!(image.segments().is_sorted_by_key(|segment| segment.address));
        let budget = image.budget();
        assert!(budget.steps_used() <= STEPS_PER_BYTE * bytes.len() as u64 + FLOOR);
        assert!(budget.memory_used() <= MEMORY_PER_BYTE * bytes.len() as u64 + FLOOR);
    }
}

/// One sound file of each kind, with everything in it that is read.
fn sound_files() -> Vec<Vec<u8>> {
    let elf = Elf {
        symbols: vec![
            Symbol { version: 2, ..import("memcpy") },
            import("PyLong_FromLong"),
            export("PyInit_spam"),
        ],
        calls: vec![1, 3],
        addresses: vec![2],
        needs: vec![("libc.so.6", vec![("GLIBC_2.14", 2, false)])],
        definitions: vec!["libspam.so.1", "SPAM_1"],
        texts: vec![(1, "libc.so.6"), (29, "$ORIGIN")],
        patches: vec![Patch { place: 0x40, kind: 1, symbol: 3, addend: 4 }],
        packed: vec![0x48, 0b101],
        entries: vec![(12, 0x10), (25, 0x40), (27, 16)],
        headers: vec![(0x6474_e551, 6, (0, 0), (0, 0), 16), (7, 4, (0, 0), (8, 8), 8)],
        ..Elf::default()
    };
    let macho = MachO {
        imports: vec![macho::Import { name: "_PyLong_FromLong", library: macho::FLAT, weak: false }],
        exports: vec![("_PyInit_spam", macho::CODE), ("_spam", macho::DATA)],
        libraries: vec![("/usr/lib/libSystem.B.dylib", false)],
        minimum: Some((1, 0x000b_0000)),
        data: [0x10 | 2 << 51, 1u64 << 63].map(u64::to_le_bytes).concat(),
        sections: vec![(9, 0, 8)],
        chains: Some((2, vec![0])),
        programs: [
            vec![0x11, 0x21, 0, 0x51, 0],
            Vec::new(),
            vec![0x71, 8, 0x3e, 0x40, b'_', b'x', 0, 0x90, 0],
        ],
        ..MachO::default()
    };
    let pe = Pe {
        imports: vec![("python3.dll", vec![Name::Text("PyLong_FromLong"), Name::Ordinal(3)])],
        delayed: vec![("user32.dll", vec![Name::Text("MessageBoxW")])],
        exports: vec![("PyInit_spam", pe::CODE)],
        blob: vec![0; 64],
        relocations: vec![(0x1000, vec![0xa008, 0x3010])],
        thread_local: pe::BLOB,
        ..Pe::default()
    };
    let bindings = [Binding::ChainedFixups, Binding::Opcodes, Binding::SymbolTable];
    let machos = bindings.map(|binding| MachO { binding, ..macho.clone() }.build());
    let universal =
        macho::universal(&[(macho::ARM64, machos[0].clone()), (macho::X86_64, machos[1].clone())], false);
    let mut files = vec![
        elf.build(),
        Elf { bits: 32, big_endian: true, machine: 20, with_addends: false, hash: Hash::Sysv, ..elf }.build(),
        pe.build(),
        Pe { machine: pe::I386, ..pe }.build(),
        universal,
    ];
    files.extend(machos);
    files
}

#[test]
fn the_files_are_sound_to_begin_with() {
    let files = sound_files();
    // The last one has a symbol table in place of bindings.
    let with_relocations = files.len() - 1;
    for (number, file) in files.iter().enumerate() {
        for image in Image::parse(file).unwrap() {
            let relocations = image.relocations().unwrap().len();
            assert_eq!(relocations >= 2, number < with_relocations, "file {number} has {relocations}");
            assert!(ObjectFacts::of(&image).exports.iter().any(|export| export.name == "PyInit_spam"));
        }
    }
}

/// A file that is cut off within what is read is refused; cut off behind it, it has all its facts.
#[test]
fn every_truncation() {
    for file in sound_files() {
        let whole = soabi_object::read(&file).unwrap();
        for length in 0..file.len() {
            read_all(&file[..length]);
            if let Ok(facts) = soabi_object::read(&file[..length]) {
                assert_eq!(facts, whole, "the first {length} of {} bytes", file.len());
            }
        }
        assert!(soabi_object::read(&file[..file.len() / 2]).is_err());
    }
}

proptest! {
    #[test]
    fn changed_bytes(file in select(sound_files()), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut file = file;
        for (index, byte) in changes {
            let index = index.index(file.len());
            file[index] = byte;
        }
        read_all(&file);
    }

    #[test]
    fn changed_words(file in select(sound_files()), at in any::<prop::sample::Index>(), word in select(vec![0u64, 1, 0x7fff_ffff, 0xffff_ffff, u64::MAX, u64::MAX - 7, 1 << 63])) {
        let mut file = file;
        let at = at.index(file.len() - 8) / 4 * 4;
        file[at..at + 8].copy_from_slice(&word.to_le_bytes());
        read_all(&file);
    }

    #[test]
    fn noise_behind_a_magic(magic in select(vec![&b"\x7fELF\x02\x01\x01"[..], b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe\0\0\0\x02", b"MZ"]), noise in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&[magic, &noise[..]].concat());
    }
}
