//! An audit against an interpreter that is there.

use rstest::rstest;

use super::wheelhouse::{ARCH, Library, SPAM, Wheelhouse};
use super::{python_3, report, rules};
use crate::support::pythons;

/// Its own exports count, and its own suffixes.
#[test]
fn an_interpreter_by_path() {
    let python = python_3();
    let path = python["executable"].as_str().unwrap();
    assert!(pythons().iter().any(|id| id.to_string() == python["id"].as_str().unwrap()));

    let house = Wheelhouse::new();
    house.write("spam.so", &SPAM.compile());
    let report = report(house.path(), &["spam.so", "--show", path]);
    let [entry] = &report.pythons[..] else { panic!("{:?}", report.pythons) };
    assert_eq!(entry.id.to_string(), python["id"].as_str().unwrap());
    assert!(entry.path.is_some());
    let prediction = &report.subjects[0].objects[0].predictions[0];
    assert_eq!((prediction.expect.as_str(), prediction.missing.len()), ("luck", 0), "{}", prediction.why);
}

#[test]
fn what_is_no_interpreter() {
    let house = Wheelhouse::new();
    house.write("spam.so", &SPAM.compile());
    let finished = super::audit(house.path(), &["spam.so", "--python", "./spam.so"]);
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    assert!(finished.stderr().contains("is not an interpreter that can be queried"), "{}", finished.stderr());
}

/// A Python 3.12 by its own word, whose library exports what the test wants.
fn python_with(house: &Wheelhouse, exports: &[&str]) -> String {
    use std::os::unix::fs::PermissionsExt;
    let library = house.write("libpython3.12.so", &Library { exports, imports: &[], hidden: &[] }.compile());
    let path = house.path().join("python3.12");
    let suffixes = [format!(".cpython-312-{ARCH}-linux-gnu.so"), ".abi3.so".to_owned(), ".so".to_owned()];
    let answer = serde_json::json!({
        "result": "success", "implementation": "cpython", "version": "3.12.1", "hexversion": 0x030c_01f0,
        "abiflags": "", "counts_references": false, "pymalloc": true,
        "soabi": format!("cpython-312-{ARCH}-linux-gnu"), "ext_suffixes": suffixes, "pointer_bits": 64,
        "debug": false, "gil_disabled": false, "wide_unicode": true, "platform": format!("linux-{ARCH}"),
        "multiarch": null, "include_dirs": [], "platinclude": null, "libpython": [library],
        "executable": path, "prefix": "/", "base_prefix": "/",
    });
    house.write("python3.12", format!("#!/bin/sh\necho 'soabi-answer: {answer}'\n").as_bytes());
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    "./python3.12".to_owned()
}

/// The rules hear it as the predictions do; without it they hear the tables.
#[rstest]
#[case::as_the_tables(&["PyModule_Create2"], &[])]
#[case::lacks_a_name(&["PyModule_New"], &["undefined-symbol"])]
#[case::has_the_module_s_own(&["PyModule_Create2", "PyLong_AsInt"], &["symbol-capture"])]
fn rules_hear_the_interpreter(#[case] exports: &[&str], #[case] expected: &[&str]) {
    let house = Wheelhouse::new();
    let python = python_with(&house, exports);
    let own = ["PyInit_spam", "PyLong_AsInt"];
    let module = Library { exports: &own, imports: &["PyModule_Create2", "PyLong_AsInt"], hidden: &[] };
    let member = format!("spam.cpython-312-{ARCH}-linux-gnu.so");
    let tag = format!("cp312-cp312-manylinux_2_17_{ARCH}");
    let wheel = house.wheel(&tag, &[(&member, &module.compile())]);
    let told = |args: &[&str]| {
        let report = report(house.path(), args);
        rules(&report).into_iter().map(|(rule, _)| rule.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(told(&[&wheel]), [""; 0]);
    assert_eq!(told(&[&wheel, "--python", &python]), expected);
}
