//! Shared objects from the C compiler of the machine: what a real linker writes, with and without its section
//! headers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use soabi_object::{Image, ObjectFacts, Pointer, RelocationKind, SymbolKind, Uses};

const SOURCE: &str = "
    extern int imported(void);
    __attribute__((weak)) extern int perhaps(void);
    extern int imported_data;
    int exported_data = 1;
    int own_helper(void) { return exported_data; }
    __attribute__((visibility(\"hidden\"))) int hidden(void) { return 2; }
    static int local(void) { return 3; }
    int PyInit_spam(void) {
        return imported() + imported_data + own_helper() + hidden() + local() + (perhaps ? perhaps() : 0);
    }
";

fn compile(folder: &Path, flags: &[&str]) -> PathBuf {
    compile_source(SOURCE, folder, flags)
}

fn compile_source(text: &str, folder: &Path, flags: &[&str]) -> PathBuf {
    let (source, object) = (folder.join("spam.c"), folder.join("spam.so"));
    fs::write(&source, text).unwrap();
    let mut command = Command::new("cc");
    // No libc, so that the test knows every symbol.
    command
        .args(["-shared", "-fPIC", "-O0", "-nostdlib", "-fplt"])
        .args(flags)
        .arg("-o")
        .arg(&object)
        .arg(&source);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    object
}

fn read(flags: &[&str]) -> ObjectFacts {
    let folder = tempfile::tempdir().unwrap();
    soabi_object::read_file(&compile(folder.path(), flags)).unwrap().remove(0)
}

fn exports(facts: &ObjectFacts) -> Vec<(&str, SymbolKind)> {
    let mut exports: Vec<_> = facts.exports.iter().map(|e| (e.name.as_str(), e.kind)).collect();
    exports.sort_by_key(|export| export.0);
    exports
}

#[cfg(target_os = "linux")]
#[rstest]
fn imports_and_exports_of_the_source(
    #[values("-Wl,--hash-style=sysv", "-Wl,--hash-style=gnu", "-Wl,--hash-style=both")] hash: &str,
    #[values("-Wl,-z,now", "-Wl,-z,lazy")] binding: &str,
) {
    let facts = read(&[hash, binding]);
    let mut imports: Vec<_> =
        facts.imports.iter().map(|import| (import.name.as_str(), import.weak)).collect();
    imports.sort_unstable();
    assert_eq!(imports, [("imported", false), ("imported_data", false), ("perhaps", true)]);
    let (function, data) = (SymbolKind::Function, SymbolKind::Data);
    assert_eq!(
        exports(&facts),
        [("PyInit_spam", function), ("exported_data", data), ("own_helper", function)]
    );
}

#[cfg(target_os = "linux")]
#[rstest]
#[case::plain(&[], &["exported_data", "own_helper"])]
#[case::symbolic(&["-Wl,-Bsymbolic"], &[])]
#[case::symbolic_functions(&["-Wl,-Bsymbolic-functions"], &["exported_data"])]
#[case::protected(&["-fvisibility=protected"], &[])]
#[case::without_plt(&["-fno-plt"], &["exported_data", "own_helper"])]
fn captured(#[case] flags: &[&str], #[case] expected: &[&str]) {
    let facts = read(flags);
    let mut captured: Vec<_> = facts.captured().map(|export| export.name.as_str()).collect();
    captured.sort_unstable();
    assert_eq!(captured, expected);
}

/// Without a PLT a call is a use by address.
#[cfg(target_os = "linux")]
#[rstest]
#[case("-fplt", true)]
#[case("-fno-plt", false)]
fn calls_with_and_without_a_plt(#[case] flag: &str, #[case] call: bool) {
    let facts = read(&[flag]);
    let import = facts.imports.iter().find(|import| import.name == "imported").unwrap();
    assert_eq!(import.uses, Uses { call, address: !call });
}

/// The dynamic linker needs no section headers, and neither does soabi.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[rstest]
#[case::none(|header: &mut [u8]| header[0x28..0x30].fill(0))]
#[case::beyond_the_file(|header: &mut [u8]| header[0x28..0x30].fill(0x7f))]
#[case::absurd_count(|header: &mut [u8]| header[0x3c..0x40].fill(0xff))]
fn section_headers_are_not_read(#[case] spoil: fn(&mut [u8])) {
    let folder = tempfile::tempdir().unwrap();
    let object = compile(folder.path(), &[]);
    let mut bytes = fs::read(object).unwrap();
    let facts = soabi_object::read(&bytes).unwrap();
    spoil(&mut bytes);
    assert_eq!(soabi_object::read(&bytes).unwrap(), facts);
}

/// Pointers to what the file defines and imports, a thread-local variable and a constructor.
const POINTERS: &str = "
    extern int imported(void);
    extern int data;
    int own = 3;
    static int hidden;
    int own_function(void) { return imported() + data + own; }
    int *table[4] = { &own, &data, &hidden, 0 };
    int (*functions[2])(void) = { own_function, imported };
    __thread int thread_local_variable = 4;
    int get(void) { return thread_local_variable; }
    __attribute__((constructor)) static void constructor(void) { own = 4; }
    int PyInit_spam(void) { return own_function(); }
";

/// What `readelf` prints of a relocation: its place, its type, its symbol, its addend if it has one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    place: u64,
    kind: RelocationKind,
    symbol: String,
    addend: Option<i64>,
}

fn readelf(object: &Path, arguments: &[&str]) -> String {
    let output = Command::new("readelf").args(arguments).arg(object).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// By the names of the types, of which the program under test knows only the numbers.
fn kind(name: &str) -> RelocationKind {
    let kind = name.strip_prefix("R_X86_64_").or(name.strip_prefix("R_386_")).unwrap();
    match kind {
        "64" | "32" => RelocationKind::Absolute,
        "GLOB_DAT" => RelocationKind::GlobDat,
        "JUMP_SLOT" => RelocationKind::JumpSlot,
        "RELATIVE" => RelocationKind::Relative,
        "DTPMOD64" | "DTPOFF64" | "TLS_DTPMOD32" | "TLS_DTPOFF32" => RelocationKind::Tls,
        other => panic!("{other}"),
    }
}

fn lines(text: &str) -> Vec<Line> {
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    let mut found = Vec::new();
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        let relative = RelocationKind::Relative;
        match words[..] {
            // In a table of RELR there are places only.
            [place] if place.len() == 16 && hex(place).is_some() => {
                let place = hex(place).unwrap();
                found.push(Line { place, kind: relative, symbol: String::new(), addend: None });
            }
            [place, info, name, ref rest @ ..] if hex(info).is_some() && name.starts_with("R_") => {
                let (place, kind) = (hex(place).unwrap(), kind(name));
                let (symbol, addend) = match rest {
                    [] => ("", None),
                    [addend] => ("", Some(hex(addend).unwrap().cast_signed())),
                    [_, symbol] => (*symbol, None),
                    [_, symbol, "+", addend] => (*symbol, Some(hex(addend).unwrap().cast_signed())),
                    other => panic!("{other:?}"),
                };
                found.push(Line { place, kind, symbol: symbol.to_owned(), addend });
            }
            _ => {}
        }
    }
    found.sort();
    found
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[rstest]
#[case::rela(&[])]
#[case::relr(&["-Wl,-z,pack-relative-relocs"])]
#[case::rel(&["-m32"])]
fn relocations_as_readelf_prints_them(#[case] flags: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let object = compile_source(POINTERS, folder.path(), flags);
    let bytes = fs::read(&object).unwrap();
    let image = Image::parse(&bytes).unwrap().remove(0);
    let expected = lines(&readelf(&object, &["--relocs", "--wide"]));
    assert!(expected.len() > 10, "{expected:?}");
    let relocations = image.relocations().unwrap();
    let mut found: Vec<Line> = relocations
        .iter()
        .map(|relocation| Line {
            place: relocation.place,
            kind: relocation.kind,
            symbol: relocation.symbol.map_or(String::new(), |i| image.symbols()[i as usize].name.to_string()),
            addend: Some(relocation.addend),
        })
        .collect();
    found.sort();
    for (found, expected) in found.iter_mut().zip(&expected) {
        // Where `readelf` prints none, the addend is in the file.
        if expected.addend.is_none() {
            found.addend = None;
        }
    }
    assert_eq!(found, expected);
    assert!(relocations.is_sorted_by_key(|relocation| relocation.place));
}

/// The pointers in the source, by every kind of table.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[rstest]
#[case::rela(&[])]
#[case::relr(&["-Wl,-z,pack-relative-relocs"])]
#[case::rel(&["-m32"])]
fn pointers_of_the_source(#[case] flags: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = fs::read(compile_source(POINTERS, folder.path(), flags)).unwrap();
    let image = Image::parse(&bytes).unwrap().remove(0);
    let width = u64::from(image.pointer_size());
    let name = |symbol: u32| &*image.symbols()[symbol as usize].name;
    let at = |name: &str, index: u64| {
        image.pointer_at(image.export(name).unwrap() + index * width).unwrap().unwrap()
    };
    for (table, index, expected) in [
        ("table", 0, "own"),
        ("table", 1, "data"),
        ("functions", 0, "own_function"),
        ("functions", 1, "imported"),
    ] {
        let Pointer::Symbol { symbol, addend: 0 } = at(table, index) else {
            panic!("{:?}", at(table, index))
        };
        assert_eq!(name(symbol), expected);
    }
    let Pointer::Address(hidden) = at("table", 2) else { panic!("{:?}", at("table", 2)) };
    assert_eq!(image.word_at(hidden), Some(0));
    assert_eq!(at("table", 3), Pointer::Value(0));
    assert_eq!(image.u32_at(image.export("own").unwrap()), Some(3));
    assert_eq!(image.export("thread_local_variable"), None);
    let [constructor] = image.init_array().unwrap()[..] else { panic!() };
    assert!(image.segment_at(constructor).unwrap().executable);
}

/// `readelf` prints the dynamic symbols by their index in the table.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[rstest]
#[case::wide(&[])]
#[case::narrow(&["-m32"])]
fn symbols_as_readelf_prints_them(#[case] flags: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let object = compile_source(POINTERS, folder.path(), flags);
    let bytes = fs::read(&object).unwrap();
    let image = Image::parse(&bytes).unwrap().remove(0);
    let text = readelf(&object, &["--dyn-syms", "--wide"]);
    let mut expected = Vec::new();
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        let [number, value, size, kind, _, _, section, name] = words[..] else { continue };
        let Ok(value) = u64::from_str_radix(value, 16) else { continue };
        let address = (section != "UND" && kind != "TLS").then_some(value);
        let index: usize = number.trim_end_matches(':').parse().unwrap();
        expected.push((index, name.to_owned(), address, size.parse().unwrap(), section != "UND"));
    }
    assert!(expected.len() > 8, "{text}");
    let found: Vec<(usize, String, Option<u64>, u64, bool)> = image
        .symbols()
        .iter()
        .enumerate()
        .skip(1)
        .map(|(index, symbol)| (index, symbol.name.to_string(), symbol.address, symbol.size, symbol.defined))
        .collect();
    assert_eq!(found, expected);
}

/// The flags of the linker and what they mean for a loader.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[rstest]
#[case::executable_stack(&["-Wl,-z,execstack"], Some(true))]
#[case::plain_stack(&["-Wl,-z,noexecstack"], Some(false))]
fn stacks(#[case] flags: &[&str], #[case] expected: Option<bool>) {
    assert_eq!(read(flags).elf.unwrap().executable_stack, expected);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn headers_of_a_real_file() {
    let flags = ["-Wl,-z,x86-64-v3", "-Wl,-z,nodelete", "-ftls-model=initial-exec"];
    let folder = tempfile::tempdir().unwrap();
    let object = compile_source(POINTERS, folder.path(), &flags);
    let facts = soabi_object::read_file(&object).unwrap().remove(0).elf.unwrap();
    assert!(facts.static_tls && facts.no_delete && !facts.pie && !facts.text_relocations);
    assert_eq!(facts.isa.x86_level_needed(), Some(3));
    assert_eq!(facts.thread_local.map(|block| block.size), Some(4));
    assert!(facts.loads.iter().all(|load| load.is_congruent(0x1000)));
    assert!(facts.loads.iter().any(|load| load.executable && !load.writable));
}
