//! `soabi abi3audit`, held against what abi3audit 0.0.26 wrote about the same files (`tests/abi3audit/`).

use std::fs;
use std::path::Path;

use rstest::rstest;
use serde_json::Value;

use super::inputs::fake_pip;
use super::wheelhouse::{ARCH, Library, SPAM, Wheelhouse, compile};
use crate::support::{Finished, Soabi, root};

/// A wheel for 3.8 that takes a name of 3.14 and one that no version promises. Its name is that of the recorded run.
fn house() -> (Wheelhouse, &'static str) {
    let house = Wheelhouse::new();
    let names = ["PyModule_Create2", "PyType_Freeze", "_PyErr_StackItm"];
    let library = Library { imports: &names, ..SPAM }.compile();
    house.wheel("cp38-abi3-manylinux_2_17_x86_64", &[("spam.abi3.so", &library)]);
    house.write("spam.abi3.so", &library);
    (house, "spam-1.0-cp38-abi3-manylinux_2_17_x86_64.whl")
}

fn abi3audit(folder: &Path, args: &[&str]) -> Finished {
    Soabi::new().within(folder).args(["abi3audit"]).args(args).run()
}

fn recorded(name: &str) -> String {
    fs::read_to_string(root().join("tests/abi3audit").join(name)).unwrap()
}

/// Key by key and value by value the same.
#[rstest]
#[case::wheel("wheel.json", &["spam-1.0-cp38-abi3-manylinux_2_17_x86_64.whl"])]
#[case::object("object.json", &["--assume-minimum-abi3", "3.9", "spam.abi3.so"])]
fn the_report_is_abi3audit_s(#[case] expected: &str, #[case] args: &[&str]) {
    let (house, _) = house();
    let finished = abi3audit(house.path(), &[&["--report"], args].concat());
    let expected: Value = serde_json::from_str(&recorded(expected)).unwrap();
    assert_eq!((finished.code(), finished.json::<Value>()), (Some(1), expected));
    let to_file = abi3audit(house.path(), &[&["-R", "-o", "report.json"], args].concat());
    assert_eq!(to_file.stdout(), "");
    assert_eq!(fs::read_to_string(house.path().join("report.json")).unwrap(), finished.stdout());
}

/// The words of abi3audit's, but for the time and the places where it breaks lines.
#[test]
fn the_words_are_abi3audit_s() {
    let (house, wheel) = house();
    let said = abi3audit(house.path(), &["-v", wheel]);
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&said.stderr()), words(&recorded("wheel.txt")));
    assert_eq!(said.stdout(), "");
}

/// As recipes of conda-forge call it.
#[test]
fn a_file_by_itself() {
    let (house, _) = house();
    let clean = Library { imports: &["PyModule_Create2"], ..SPAM }.compile();
    house.write("_spam.so", &clean);
    let finished = abi3audit(house.path(), &["-s", "-v", "--assume-minimum-abi3", "3.9", "_spam.so"]);
    let line = "_spam.so: 1 extensions scanned; 0 ABI version mismatches and 0 ABI violations found\n";
    assert_eq!(finished.code(), Some(0));
    assert!(finished.stderr().ends_with(line), "{}", finished.stderr());
    assert_eq!(abi3audit(house.path(), &["--assume-minimum-abi3", "3.9", "_spam.so"]).stderr(), "");
}

/// The wheels of a package for a stable ABI, fetched with the user's pip; another kind of wheel is not asked.
#[test]
fn a_package_by_its_name() {
    let house = Wheelhouse::new();
    fake_pip(&house);
    let soabi = || Soabi::new().within(house.path()).env("SOABI_CACHE_DIR", house.path().join("cache"));
    let asked = |spec| soabi().env("PATH", house.path().join("bin")).args(["abi3audit", "-R", spec]).run();
    let finished = asked("spam");
    assert_eq!(finished.code(), Some(0), "{}", finished.stderr());
    assert!(finished.stderr().starts_with("fetching spam with `pip download"), "{}", finished.stderr());
    let package = &finished.json::<Value>()["specs"]["spam"];
    let files = &package["package"][format!("spam-1.0-cp39-abi3-manylinux_2_17_{ARCH}.whl")];
    assert_eq!((&package["kind"], &files[0]["name"]), (&"package".into(), &"spam.abi3.so".into()));
    assert_eq!(files[0]["result"]["baseline"], "3.9");
    // From the cache, without pip.
    let again = soabi().env("PATH", "").args(["abi3audit", "-R", "spam==1.0"]).run();
    assert_eq!(again.json::<Value>()["specs"]["spam==1.0"], *package);
    let other = asked("eggs");
    assert_eq!(other.code(), Some(1));
    assert!(other.stderr().contains("`eggs` could not be fetched: ERROR: no network"), "{}", other.stderr());
}

/// abi3audit's exit codes: 1 whatever is wrong, 2 for a wrong command line.
#[rstest]
#[case::no_such_wheel(&["nosuch.whl"], 1, "not a file: nosuch.whl")]
#[case::no_version(&["nosuch.so"], 1, "--assume-minimum-abi3 must be used")]
#[case::no_such_file(&["nosuch.abi3.so"], 1, "not a file: nosuch.abi3.so")]
#[case::no_spec(&["foo?"], 1, "'foo?' does not look like a valid wheel")]
#[case::nothing(&[], 2, "Usage: soabi abi3audit")]
#[case::too_old(&["--assume-minimum-abi3", "2.7", "x.so"], 2, "must have syntax '3.x', with x>=2; you gave '2.7'")]
#[case::no_wheel(&["text.whl"], 1, "text.whl")]
#[case::no_library(&["text.abi3.so"], 1, "text.abi3.so")]
#[case::a_pattern_of_nothing(&["nosuch-*.whl"], 0, "")]
fn exit_codes(#[case] args: &[&str], #[case] code: i32, #[case] words: &str) {
    let house = Wheelhouse::new();
    house.write("text.whl", b"this is a text and no archive of any kind");
    house.write(
        "text.abi3.so",
        b"this is a text and no library of any kind, though its name says so; 64 bytes",
    );
    let finished = abi3audit(house.path(), args);
    assert_eq!(finished.code(), Some(code), "{}", finished.stderr());
    assert!(finished.stderr().contains(words), "{}", finished.stderr());
}

/// What is not tagged for a stable ABI is a failure with `--strict` alone. What cannot be read is one always.
#[test]
fn strict() {
    let house = Wheelhouse::new();
    let library = SPAM.compile();
    let tag = format!("cp39-cp39-manylinux_2_17_{ARCH}");
    let other = house.wheel(&tag, &[("spam.so", &library)]);
    for (args, code) in [(&[other.as_str()][..], 0), (&["-S", &other], 1)] {
        let finished = abi3audit(house.path(), args);
        assert_eq!(finished.code(), Some(code));
        assert!(finished.stderr().contains("failed to determine ABI version baseline: not abi3 tagged?"));
    }
    assert_eq!(abi3audit(house.path(), &["-S", "--assume-minimum-abi3", "3.9", &other]).code(), Some(0));
    let tag = format!("cp38-abi3-manylinux_2_17_{ARCH}");
    let broken = house
        .wheel(&tag, &[("spam.abi3.so", b"\x7fELF, and then nothing that anybody could read at all ......")]);
    let finished = abi3audit(house.path(), &[&broken]);
    assert_eq!(finished.code(), Some(1), "{}", finished.stderr());
}

/// Where soabi judges otherwise: own names are not taken from the interpreter, unless it captures them.
#[test]
fn own_names() {
    let house = Wheelhouse::new();
    let own = compile(
        "extern int PyModule_Create2(void); int PyOwn_Name(void) { return 1; } int PyModExport_spam(void) { return 2; }\n\
         int PyInit_spam(void) { return PyModule_Create2() + PyOwn_Name(); }",
    );
    let captured = compile(
        "extern int PyModule_Create2(void); int PyLong_AsInt(void) { return 1; }\n\
         int PyInit_spam(void) { return PyModule_Create2() + PyLong_AsInt(); }",
    );
    let tag = format!("cp39-abi3-manylinux_2_17_{ARCH}");
    let wheel = house.wheel(&tag, &[("a/own.abi3.so", &own), ("a/captured.abi3.so", &captured)]);
    let report: Value = abi3audit(house.path(), &["-R", &wheel]).json();
    let files = report["specs"][&wheel]["wheel"].as_array().unwrap();
    let answers: Vec<_> =
        files.iter().map(|file| (&file["name"], &file["result"]["future_abi3_objects"])).collect();
    let later = serde_json::json!({ "PyLong_AsInt": "3.13" });
    let none = serde_json::json!({});
    let names = [Value::from("captured.abi3.so"), Value::from("own.abi3.so")];
    assert_eq!(answers, [(&names[0], &later), (&names[1], &none)]);
    assert_eq!(files[1]["result"]["is_abi3"], true);
}

/// Under the name of abi3audit the program is abi3audit.
#[test]
fn by_another_name() {
    let (house, wheel) = house();
    let link = house.path().join("abi3audit");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_soabi"), &link).unwrap();
    let said = std::process::Command::new(&link)
        .args(["--report", wheel])
        .current_dir(house.path())
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(said.stdout).unwrap(),
        abi3audit(house.path(), &["--report", wheel]).stdout()
    );
    let version = std::process::Command::new(&link).arg("-V").output().unwrap();
    let expected = format!("abi3audit 0.0.26 (soabi {})\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(version.stdout).unwrap(), expected);
}

/// A report does not replace the wheel that it is about.
#[test]
fn the_report_replaces_no_input() {
    let (house, wheel) = house();
    let finished = abi3audit(house.path(), &["-R", "-o", wheel, wheel]);
    assert_eq!(finished.code(), Some(2));
    assert!(finished.stderr().contains("which is an input"), "{}", finished.stderr());
}
