//! Shared objects from the C compiler of the machine: what a real linker writes, with and without its section
//! headers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rstest::rstest;
use soabi_object::{ObjectFacts, SymbolKind, Uses};

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
    let (source, object) = (folder.join("spam.c"), folder.join("spam.so"));
    fs::write(&source, SOURCE).unwrap();
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
fn what_the_source_says(
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
