//! AArch64, in specimens whose code is written by hand over that of an x86-64 one.
//!
//! Data, symbols and relocations stay where the linker put them; the relocations get AArch64's numbers.

use rstest::rstest;
use soabi_definition::{Definition, FoundBy, NoneBecause, Options, Phase, read};
use soabi_object::Image;

use crate::specimen::compile;

const SOURCE: &str = r#"
    static void *f(void *self, void *arguments) { return self; }
    struct method methods[] = {{"system", f, 1, "Runs."}, {0}};
    struct slot slots[] = {{2, f}, {0}};
    struct definition single = {OBJECT, 0, 0, 0, "spam", 0, -1, methods};
    struct definition multi = {OBJECT, 0, 0, 0, "eggs", 0, 8, 0, slots};
    struct definition filled;
    const char *name = "spam";
    void *create = PyModule_Create2, *init = PyModuleDef_Init, *occurred = PyErr_Occurred;
    void *PyInit_spam(void) {
        __asm__ volatile(".fill 256, 1, 0x90");
        return PyModule_Create2(&single, 3);
    }
"#;

/// The numbers of relocations: `ABS64`, `GLOB_DAT`, `JUMP_SLOT`, `RELATIVE`.
const RELOCATIONS: [(u32, u32); 4] = [(1, 257), (6, 1025), (7, 1026), (8, 1027)];

/// An address that code names by `adrp` and a 12-bit offset.
struct Target<'a>(&'a str);

/// Writes code for the function at an address.
struct Assembler<'i> {
    image: &'i Image<'i>,
    at: u64,
    code: Vec<u32>,
}

impl Assembler<'_> {
    fn word(&mut self, word: u32) {
        self.code.push(word);
    }

    /// `adrp xN, target`, and the offset in the page.
    fn page(&mut self, register: u32, Target(name): Target<'_>) -> u32 {
        let target = self.image.export(name).unwrap();
        let pc = self.at + self.code.len() as u64 * 4;
        let pages = u32::try_from((target >> 12) - (pc >> 12)).unwrap();
        self.word(0x9000_0000 | (pages & 3) << 29 | pages >> 2 << 5 | register);
        u32::try_from(target & 0xfff).unwrap()
    }

    /// `adrp xN, target; add xN, xN, #offset`.
    fn address(&mut self, register: u32, name: &str) {
        let offset = self.page(register, Target(name));
        self.word(0x9100_0000 | offset << 10 | register << 5 | register);
    }

    /// `adrp xN, target; ldr xN, [xN, #offset]`.
    fn load(&mut self, register: u32, name: &str) {
        let offset = self.page(register, Target(name));
        self.word(0xf940_0000 | (offset / 8) << 10 | register << 5 | register);
    }
}

/// The one definition of a specimen with this code in place of its init function.
fn definition(assemble: impl Fn(&mut Assembler<'_>)) -> Definition {
    // Stripped, so that no second table of symbols follows.
    let mut bytes = compile(SOURCE, &["-s"]);
    let original = bytes.clone();
    let image = Image::parse(&original).unwrap().remove(0);
    let at = image.export("PyInit_spam").unwrap();
    let mut assembler = Assembler { image: &image, at, code: Vec::new() };
    assemble(&mut assembler);
    let segment = image.segment_at(at).unwrap();
    let start = usize::try_from(at - segment.address + segment.file_offset).unwrap();
    for (index, word) in assembler.code.iter().enumerate() {
        bytes[start + index * 4..][..4].copy_from_slice(&word.to_le_bytes());
    }
    for relocation in image.relocations().unwrap() {
        // The relocations are the last table of the file that has the place; the symbols have it too.
        let number = |at: usize| u32::from_le_bytes(*original[at + 8..].first_chunk().unwrap());
        let places = (0..original.len() - 24)
            .rev()
            .filter(|&at| original[at..at + 8] == relocation.place.to_le_bytes());
        let mut renumbered = places.flat_map(|at| {
            RELOCATIONS.iter().filter(move |(old, _)| *old == number(at)).map(move |(_, new)| (at, *new))
        });
        let (at, new) = renumbered.next().unwrap();
        bytes[at + 8..at + 12].copy_from_slice(&new.to_le_bytes());
    }
    // `e_machine` is EM_AARCH64.
    bytes[18..20].copy_from_slice(&183_u16.to_le_bytes());
    let images = Image::parse(&bytes).unwrap();
    let mut definitions = read(&images[0], &Options::default()).unwrap().definitions;
    assert_eq!(definitions.len(), 1, "{definitions:?}");
    definitions.remove(0)
}

const ENTER: u32 = 0xa9bf_7bfd; // stp x29, x30, [sp, #-16]!
const LEAVE: u32 = 0xa8c1_7bfd; // ldp x29, x30, [sp], #16
const RETURN: u32 = 0xd65f_03c0; // ret
const CALL_16: u32 = 0xd63f_0200; // blr x16
const JUMP_16: u32 = 0xd61f_0200; // br x16
const TRAP: u32 = 0xd420_0020; // brk #1

#[test]
fn single_phase() {
    let read = definition(|code| {
        code.word(ENTER);
        code.address(0, "single");
        code.word(0x5280_0001 | 1013 << 5); // mov w1, #1013
        code.load(16, "create");
        for word in [CALL_16, LEAVE, RETURN] {
            code.word(word);
        }
    });
    assert_eq!((read.phase, read.api_version), (Phase::Single, Some(1013)));
    assert_eq!((read.name.as_deref(), read.size), (Some("spam"), Some(-1)));
    assert_eq!(read.methods.unwrap()[0].flags, ["VARARGS"]);
    assert_eq!(read.found_by, [FoundBy::Execution, FoundBy::Relocations]);
}

/// A tail call behind a check that the happy path passes.
#[test]
fn multi_phase() {
    let read = definition(|code| {
        code.word(ENTER);
        code.load(16, "occurred");
        code.word(CALL_16);
        code.word(LEAVE);
        code.word(0xb400_0040); // cbz x0, +8
        code.word(TRAP);
        code.address(0, "multi");
        code.load(16, "init");
        code.word(JUMP_16);
    });
    assert_eq!((read.phase, read.name.as_deref(), read.size), (Phase::Multi, Some("eggs"), Some(8)));
    assert_eq!(read.slots.unwrap()[0].id, 2);
}

/// Stored by pairs, by vectors and with write-back.
#[test]
fn filled_at_run_time() {
    let read = definition(|code| {
        code.address(0, "filled");
        code.word(0xaa00_03e3); // mov x3, x0
        code.word(0x5280_0021); // mov w1, #1
        code.word(0x6f00_e400); // movi v0.2d, #0
        code.word(0xa900_7c61); // stp x1, xzr, [x3]
        code.word(0xad00_8060); // stp q0, q0, [x3, #16]
        code.load(4, "name");
        code.word(0xf802_8c64); // str x4, [x3, #40]!
        code.word(0x9280_0005); // mov x5, #-1
        code.word(0xa900_947f); // stp xzr, x5, [x3, #8]
        code.address(6, "methods");
        code.word(0x9e67_00c1); // fmov d1, x6
        code.word(0x3d80_0861); // str q1, [x3, #32]
        code.word(0xf901_0c7f); // str xzr, [x3, #536]: behind the definition
        code.word(0xf900_0c66); // str x6, [x3, #24]
        code.word(0xf900_107f); // str xzr, [x3, #32]
        code.word(0x5280_0061); // mov w1, #3
        code.load(16, "create");
        code.word(JUMP_16);
    });
    assert_eq!((read.phase, read.api_version), (Phase::Single, Some(3)));
    assert_eq!((read.name.as_deref(), read.size), (Some("spam"), Some(-1)));
    assert_eq!(read.methods.map(|methods| methods.len()), Some(1));
    assert_eq!(read.found_by, [FoundBy::Execution]);
}

#[test]
fn a_trap_ends_the_path() {
    let read = definition(|code| code.word(TRAP));
    // The relocations show two definitions, one of which has the module's name.
    assert_eq!((read.found_by.as_slice(), read.name.as_deref()), (&[FoundBy::Relocations][..], Some("spam")));
}

#[test]
fn a_stub() {
    let read = definition(|code| {
        code.word(0xaa1f_03e0); // mov x0, xzr
        code.word(RETURN);
    });
    assert_eq!(read.none_because, Some(NoneBecause::Stub));
}

/// On the way on which a register equals a number its value is known: here it is added to an address.
#[rstest]
#[case::zero(&[
    0xb400_004a, // cbz x10, +8
    TRAP,
    0x8b0a_0000, // add x0, x0, x10
])]
#[case::not_zero(&[
    0xb500_004a, // cbnz x10, +8
    0x1400_0002, // b +8
    TRAP,
    0x8b0a_0000, // add x0, x0, x10
])]
#[case::number(&[
    0xf100_215f, // cmp x10, #8
    0x5400_0040, // b.eq +8
    TRAP,
    0x8b0a_0000, // add x0, x0, x10
    0xd100_2000, // sub x0, x0, #8
])]
fn a_comparison_tells_a_value(#[case] comparison: &[u32]) {
    let read = definition(|code| {
        code.address(0, "multi");
        code.word(0xaa09_03ea); // mov x10, x9: unknown
        for &word in comparison {
            code.word(word);
        }
        code.load(16, "init");
        code.word(JUMP_16);
    });
    assert_eq!((read.phase, read.name.as_deref()), (Phase::Multi, Some("eggs")));
}
