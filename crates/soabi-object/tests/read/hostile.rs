//! Bytes that nobody's linker made: whatever they are, the answer is facts or an error, soon.

use proptest::prelude::*;
use proptest::sample::select;

use crate::specimen::elf::{Elf, Hash, Symbol, export, import};
use crate::specimen::macho::{self, Binding, MachO};
use crate::specimen::pe::{self, Name, Pe};

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
        ..Elf::default()
    };
    let macho = MachO {
        imports: vec![macho::Import { name: "_PyLong_FromLong", library: macho::FLAT, weak: false }],
        exports: vec![("_PyInit_spam", macho::CODE), ("_spam", macho::DATA)],
        libraries: vec![("/usr/lib/libSystem.B.dylib", false)],
        minimum: Some((1, 0x000b_0000)),
        ..MachO::default()
    };
    let pe = Pe {
        imports: vec![("python3.dll", vec![Name::Text("PyLong_FromLong"), Name::Ordinal(3)])],
        delayed: vec![("user32.dll", vec![Name::Text("MessageBoxW")])],
        exports: vec![("PyInit_spam", pe::CODE)],
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
    for file in sound_files() {
        for facts in soabi_object::read(&file).unwrap() {
            assert!(facts.exports.iter().any(|export| export.name == "PyInit_spam"));
        }
    }
}

/// A file that is cut off within what is read is refused; cut off behind it, it has all its facts.
#[test]
fn every_truncation() {
    for file in sound_files() {
        let whole = soabi_object::read(&file).unwrap();
        for length in 0..file.len() {
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
        let _ = soabi_object::read(&file);
    }

    #[test]
    fn changed_words(file in select(sound_files()), at in any::<prop::sample::Index>(), word in select(vec![0u64, 1, 0x7fff_ffff, 0xffff_ffff, u64::MAX, u64::MAX - 7, 1 << 63])) {
        let mut file = file;
        let at = at.index(file.len() - 8) / 4 * 4;
        file[at..at + 8].copy_from_slice(&word.to_le_bytes());
        let _ = soabi_object::read(&file);
    }

    #[test]
    fn noise_behind_a_magic(magic in select(vec![&b"\x7fELF\x02\x01\x01"[..], b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe\0\0\0\x02", b"MZ"]), noise in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = soabi_object::read(&[magic, &noise[..]].concat());
    }
}
