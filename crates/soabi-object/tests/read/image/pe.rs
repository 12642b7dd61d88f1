//! PE.

use rstest::rstest;
use soabi_object::RelocationKind::{JumpSlot, Relative};
use soabi_object::{Pointer, Provider};

use super::{image, relocations};
use crate::specimen::pe::{self, BLOB, Name, Pe};

const BASE: u64 = 0x1_8000_0000;
const BASE_32: u64 = 0x1000_0000;

fn spam() -> Pe {
    Pe {
        imports: vec![("python3.dll", vec![Name::Text("PyModule_Create2"), Name::Ordinal(7)])],
        delayed: vec![("user32.dll", vec![Name::Text("MessageBoxW")])],
        exports: vec![("PyInit_spam", pe::CODE)],
        ..Pe::default()
    }
}

#[rstest]
#[case::amd64(pe::AMD64, BASE, 8)]
#[case::i386(pe::I386, BASE_32, 4)]
fn symbols_and_their_slots(#[case] machine: u16, #[case] base: u64, #[case] width: u64) {
    let bytes = Pe { machine, ..spam() }.build();
    let image = image(&bytes);
    assert_eq!(image.base(), base);
    assert_eq!(image.export("PyInit_spam"), Some(base + u64::from(pe::CODE)));
    let found: Vec<_> = image
        .symbols()
        .iter()
        .map(|symbol| (&*symbol.name, symbol.ordinal, symbol.provider.library().map(str::to_owned)))
        .collect();
    let library = |name: &str| Some(name.to_owned());
    assert_eq!(
        found,
        [
            ("PyModule_Create2", None, library("python3.dll")),
            ("", Some(7), library("python3.dll")),
            ("MessageBoxW", None, library("user32.dll")),
            ("PyInit_spam", None, None),
        ]
    );
    let relocations = image.relocations().unwrap();
    let slots: Vec<_> = relocations.iter().map(|found| (found.kind, found.symbol.unwrap())).collect();
    assert_eq!(slots, [(JumpSlot, 0), (JumpSlot, 1), (JumpSlot, 2)]);
    assert_eq!(relocations[1].place - relocations[0].place, width);
    let pointer = image.pointer_at(relocations[1].place).unwrap();
    assert_eq!(pointer, Some(Pointer::Symbol { symbol: 1, addend: 0 }));
    assert_eq!(image.symbols()[1].provider, Provider::Library("python3.dll".into()));
}

/// Type 10 is an address of 64 bits, type 3 one of 32, type 0 is padding.
#[rstest]
#[case::amd64(pe::AMD64, BASE, 10, 8)]
#[case::i386(pe::I386, BASE_32, 3, 4)]
fn base_relocations(#[case] machine: u16, #[case] base: u64, #[case] kind: u16, #[case] width: usize) {
    let target = base + u64::from(pe::CODE);
    let blob = [target.to_le_bytes()[..width].to_vec(), vec![42, 0, 0, 0, 0, 0, 0, 0]].concat();
    let offset = u16::try_from(BLOB & 0xfff).unwrap();
    let relocations_of_page = vec![kind << 12 | offset, 0];
    let pe = Pe { machine, blob, relocations: vec![(BLOB & !0xfff, relocations_of_page)], ..Pe::default() };
    let bytes = pe.build();
    let image = image(&bytes);
    let place = base + u64::from(BLOB);
    assert_eq!(relocations(&image), [(place, Relative, "", target.cast_signed())]);
    assert_eq!(usize::from(image.relocations().unwrap()[0].size), width);
    assert_eq!(image.pointer_at(place).unwrap(), Some(Pointer::Address(target)));
    assert_eq!(image.pointer_at(place + width as u64).unwrap(), Some(Pointer::Value(42)));
    let facts = soabi_object::read(&bytes).unwrap().remove(0).pe.unwrap();
    assert_eq!((facts.machine, facts.image_base, facts.relocatable), (machine, base, true));
}

#[rstest]
#[case::too_small(4, "a block of 4 bytes, where 8 to 12 are possible")]
#[case::too_large(14, "a block of 14 bytes, where 8 to 12 are possible")]
fn unsound_base_relocations(#[case] size: u32, #[case] message: &str) {
    let page = 0x5000u32;
    let mut bytes = Pe { relocations: vec![(page, vec![0, 0])], ..Pe::default() }.build();
    let block = [page.to_le_bytes(), 12u32.to_le_bytes()].concat();
    let at = bytes.windows(8).position(|window| window == block).unwrap();
    bytes[at + 4..at + 8].copy_from_slice(&size.to_le_bytes());
    let error = image(&bytes).relocations().unwrap_err().to_string();
    assert!(error.contains(message), "{error}");
}

/// The TLS directory's fourth field is the address of an array of callbacks.
#[rstest]
#[case::amd64(pe::AMD64, BASE, 8)]
#[case::i386(pe::I386, BASE_32, 4)]
fn callbacks(#[case] machine: u16, #[case] base: u64, #[case] width: usize) {
    let callbacks = base + u64::from(BLOB) + 4 * width as u64;
    let words = [0, 0, 0, callbacks, base + 0x1000, base + 0x1004, 0];
    let blob = words.iter().flat_map(|word| word.to_le_bytes()[..width].to_vec()).collect();
    let bytes = Pe { machine, blob, thread_local: BLOB, ..Pe::default() }.build();
    assert_eq!(image(&bytes).init_array().unwrap(), [base + 0x1000, base + 0x1004]);
}

#[test]
fn headers() {
    let facts = soabi_object::read(&spam().build()).unwrap().remove(0).pe.unwrap();
    assert_eq!((facts.machine, facts.relocatable), (pe::AMD64, false));
}

/// Addresses in an image have 32 bits beside the base.
#[rstest]
#[case::highest(u64::MAX - 0xffff_ffff, true)]
#[case::too_high(u64::MAX - 0xffff_fffe, false)]
fn image_bases(#[case] base: u64, #[case] sound: bool) {
    let mut bytes = spam().build();
    let at = 0x40 + 24 + 24;
    assert_eq!(bytes[at..at + 8], BASE.to_le_bytes());
    bytes[at..at + 8].copy_from_slice(&base.to_le_bytes());
    assert_eq!(soabi_object::read(&bytes).is_ok(), sound);
}
