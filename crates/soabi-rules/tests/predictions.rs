//! What interpreters do with files, from the facts of the formats, PEPs 384, 489, 703, 793, 803, and what was
//! measured of real interpreters. Each boundary from both sides.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own fixture has to stop")]

mod fixture;

use std::collections::HashSet;
use std::sync::Arc;

use rstest::rstest;
use soabi_core::{Gate, Prediction};
use soabi_object::{Arch, Format};
use soabi_rules::{Exports, Libc, Platform, Python, predict};

/// One file of a fixture: its path, exports and imports, apart by spaces.
struct File {
    wheel: Option<&'static str>,
    path: &'static str,
    facts: &'static str,
}

const RELEASE: File = File {
    wheel: None,
    path: "spam.cpython-311-x86_64-linux-gnu.so",
    facts: r#"exports = ["PyInit_spam"], imports = ["PyModule_Create2", "_Py_NoneStruct"]"#,
};
const ABI3: File = File {
    wheel: Some("cp39-abi3-manylinux_2_17_x86_64"),
    path: "spam.abi3.so",
    facts: r#"exports = ["PyInit_spam"], imports = ["PyModule_Create2"]"#,
};
const ABI3T: File = File {
    wheel: Some("cp315-abi3.abi3t-manylinux_2_17_x86_64"),
    path: "spam.abi3t.so",
    facts: r#"exports = ["PyModExport_spam"], imports = ["PyABIInfo_Check"]"#,
};
const TWO_SEVEN: File = File {
    wheel: Some("cp27-cp27mu-manylinux1_x86_64"),
    path: "spam.so",
    facts: r#"exports = ["initspam"], imports = ["Py_InitModule4_64", "PyUnicodeUCS4_FromObject"]"#,
};
const FREE_THREADED: File = File {
    wheel: None,
    path: "spam.cpython-313t-x86_64-linux-gnu.so",
    facts: r#"exports = ["PyInit_spam"], imports = ["PyModule_Create2", "_Py_DecRefShared"]"#,
};
const PYPY: File = File {
    wheel: None,
    path: "spam.pypy311-pp73-x86_64-linux-gnu.so",
    facts: r#"exports = ["PyInit_spam"], imports = ["PyPyModule_Create2"]"#,
};
const BARE: File = File { wheel: None, path: "spam.so", facts: RELEASE.facts };
const HOOK_ONLY: File = File { wheel: None, path: "spam.so", facts: r#"exports = ["PyModExport_spam"]"# };
const MISNAMED: File = File { wheel: ABI3.wheel, path: "other.abi3.so", facts: ABI3.facts };
const LATE: File = File {
    wheel: None,
    path: "spam.cpython-313-x86_64-linux-gnu.so",
    facts: r#"exports = ["PyInit_spam"], imports = ["_PySys_GetOptionalAttr"]"#,
};
const WINDOWS: File = File {
    wheel: Some("cp36-abi3-win_amd64"),
    path: "spam.pyd",
    facts: r#"format = "pe", exports = ["PyInit_spam"], imports = ["PyErr_SetFromWindowsErr python3.dll"]"#,
};
const ARM: File = File {
    wheel: Some("cp311-cp311-manylinux_2_17_aarch64"),
    path: "spam.cpython-311-aarch64-linux-gnu.so",
    facts: r#"arch = "aarch64", exports = ["PyInit_spam"], imports = ["PyModule_Create2"]"#,
};
const WRONG_MACHINE: File = File { facts: RELEASE.facts, ..ARM };

const TWO_SEVENS_OWN: &[&str] = &["PyUnicodeUCS4_FromObject", "Py_InitModule4_64"];

fn of(file: &File, python: &Python) -> Prediction {
    let wheel = file.wheel.map(|tag| format!("wheel = \"spam-1.0-{tag}.whl\"\n")).unwrap_or_default();
    let subject = fixture::parse(&format!("{wheel}file = [{{ path = \"{}\", {} }}]", file.path, file.facts));
    predict(&subject.objects[0], python)
}

/// `accept`, `luck`, `unknown`, or the gate that refuses.
fn check(file: &File, python: &Python, expect: &str, by_path: &str, missing: &[&str]) {
    let prediction = of(file, python);
    let words = |expect: &'static str, gate: Option<Gate>| gate.map_or(expect, Gate::as_str);
    let seen = (
        words(prediction.expect.as_str(), prediction.gate),
        words(prediction.by_path.as_str(), prediction.by_path_gate),
    );
    assert_eq!(seen, (expect, by_path), "{} in {}: {}", file.path, python.abi, prediction.why);
    assert_eq!(prediction.missing, missing);
    assert!(!prediction.why.is_empty());
}

#[rstest]
#[case::itself(RELEASE, "cp311", "accept", "accept", &[])]
#[case::next(RELEASE, "cp312", "name", "luck", &[])]
#[case::previous(RELEASE, "cp310", "name", "luck", &[])]
#[case::two(RELEASE, "cp27mu", "name", "symbols", &["PyModule_Create2"])]
#[case::pypy(RELEASE, "pypy311_pp73", "name", "symbols", &["PyModule_Create2", "_Py_NoneStruct"])]
#[case::release_in_debug(LATE, "cp313d", "accept", "accept", &[])]
#[case::at_the_floor(ABI3, "cp39", "accept", "accept", &[])]
#[case::below_the_floor(ABI3, "cp38", "luck", "luck", &[])]
#[case::newest(ABI3, "cp315", "accept", "accept", &[])]
#[case::free_threaded(ABI3, "cp313t", "luck", "luck", &[])]
#[case::free_threaded_without_abi3(ABI3, "cp315t", "name", "luck", &[])]
#[case::abi3t_with_the_gil(ABI3T, "cp315", "accept", "accept", &[])]
#[case::abi3t_without(ABI3T, "cp315t", "accept", "accept", &[])]
#[case::abi3t_too_old(ABI3T, "cp314t", "name", "symbols", &["PyABIInfo_Check"])]
#[case::two_seven(TWO_SEVEN, "cp27mu", "accept", "accept", &[])]
#[case::two_seven_narrow(TWO_SEVEN, "cp27m", "symbols", "symbols", &["PyUnicodeUCS4_FromObject"])]
#[case::two_seven_in_three(TWO_SEVEN, "cp311", "symbols", "symbols", TWO_SEVENS_OWN)]
#[case::without_the_gil(FREE_THREADED, "cp313t", "accept", "accept", &[])]
#[case::without_the_gil_in_one_with(FREE_THREADED, "cp313", "name", "symbols", &["_Py_DecRefShared"])]
#[case::pypy_itself(PYPY, "pypy311_pp73", "accept", "accept", &[])]
#[case::pypy_newer_abi(PYPY, "pypy311_pp80", "name", "luck", &[])]
#[case::pypy_in_cpython(PYPY, "cp311", "name", "symbols", &["PyPyModule_Create2"])]
#[case::untagged_is_taken_by_all(BARE, "cp36m", "luck", "luck", &[])]
#[case::untagged_three_in_two(BARE, "cp27mu", "symbols", "symbols", &["PyModule_Create2"])]
#[case::hook_before_its_time(HOOK_ONLY, "cp314", "symbols", "symbols", &[])]
#[case::hook(HOOK_ONLY, "cp315", "luck", "luck", &[])]
#[case::init_of_another_name(MISNAMED, "cp311", "symbols", "symbols", &[])]
#[case::nobody_looked(RELEASE, "cp35m", "name", "unknown", &[])]
fn on_linux(
    #[case] file: File,
    #[case] python: &str,
    #[case] expect: &str,
    #[case] by_path: &str,
    #[case] missing: &[&str],
) {
    check(&file, &Python::known(python.parse().unwrap(), None), expect, by_path, missing);
}

#[rstest]
#[case::lacks_it(Some("3.13.0"), "symbols", &["_PySys_GetOptionalAttr"])]
#[case::has_it(Some("3.13.18"), "accept", &[])]
#[case::between_two_that_differ(Some("3.13.3"), "unknown", &["_PySys_GetOptionalAttr"])]
#[case::between_two_that_agree(Some("3.13.7"), "accept", &[])]
#[case::any(None, "unknown", &["_PySys_GetOptionalAttr"])]
fn patch_levels(#[case] release: Option<&str>, #[case] expect: &str, #[case] missing: &[&str]) {
    let release = release.map(|release| release.parse().unwrap());
    check(&LATE, &Python::known("cp313".parse().unwrap(), release), expect, expect, missing);
}

/// The tables were measured on Linux; what only Windows has is promised or not known.
#[rstest]
#[case::promised("cp37m", "accept")]
#[case::not_yet_promised("cp36m", "unknown")]
fn on_windows(#[case] python: &str, #[case] expect: &str) {
    check(&WINDOWS, &Python::known(python.parse().unwrap(), None), expect, expect, &[]);
}

const X86_64: Platform =
    Platform { format: Format::Elf, arch: Arch::X86_64, libc: Some(Libc::Gnu), apple: None };

#[rstest]
#[case::its_own(ARM, None, "accept", "accept")]
#[case::this_machine(ARM, Some(X86_64), "name", "platform")]
#[case::lies_about_the_machine(WRONG_MACHINE, None, "platform", "platform")]
fn platforms(
    #[case] file: File,
    #[case] platform: Option<Platform>,
    #[case] expect: &str,
    #[case] by_path: &str,
) {
    let python = Python { platform, ..Python::known("cp311".parse().unwrap(), None) };
    check(&file, &python, expect, by_path, &[]);
}

/// An interpreter that answered for itself is believed, whatever the tables say.
#[rstest]
#[case::exports_it(&["PyModule_Create2"], "accept", &[])]
#[case::does_not(&["PyModule_New"], "symbols", &["PyModule_Create2"])]
fn own_exports(#[case] exports: &[&str], #[case] expect: &str, #[case] missing: &[&str]) {
    let exports: HashSet<String> = exports.iter().map(|&name| name.to_owned()).collect();
    let python = Python {
        exports: Exports::Given(Arc::new(exports)),
        ..Python::known("cp311".parse().unwrap(), None)
    };
    check(&ABI3, &python, expect, expect, missing);
}

/// Debian's 3.14 searches for a suffix that CPython's does not.
#[test]
fn own_suffixes() {
    let file = File { path: "spam.abi3-x86_64-linux-gnu.so", ..ABI3 };
    let suffixes = [".abi3-x86_64-linux-gnu.so".to_owned(), ".so".to_owned()];
    let upstream = Python::known("cp314".parse().unwrap(), None);
    check(&file, &upstream, "name", "accept", &[]);
    check(&file, &Python { suffixes: Some(suffixes.into()), ..upstream }, "accept", "accept", &[]);
}

/// Luck is never told without what could go wrong.
#[rstest]
#[case(RELEASE, "cp312", "does not search for")]
#[case(BARE, "cp312", "nothing says what the file was built for")]
#[case(ABI3, "cp38", "may lack a function")]
#[case(ABI3, "cp313t", "lay out PyObject")]
#[case(HOOK_ONLY, "cp314", "`PyInit_spam`")]
#[case(WRONG_MACHINE, "cp311", "x86_64 Linux")]
#[case(LATE, "cp313", "exported by 3.13.5, 3.13.18 and not by 3.13.0")]
fn reasons(#[case] file: File, #[case] python: &str, #[case] part: &str) {
    let why = of(&file, &Python::known(python.parse().unwrap(), None)).why;
    assert!(why.contains(part), "{why}");
}

/// The cases of abi3audit's own unit tests: names the file defines itself are not imports.
#[rstest]
#[case::at_the_baseline("cp310", r#""PyType_GetModule""#, r#""Py_TYPE", "Py_REFCNT""#, "3.10")]
#[case::below("cp39", r#""PyType_GetModule""#, r#""Py_TYPE", "Py_REFCNT""#, "3.10")]
#[case::imported_after_all("cp39", r#""PyType_GetModule", "Py_TYPE""#, "", "3.14")]
#[case::unknown_name("cp39", r#""PyType_GetModule", "Py_foo_bar""#, r#""Py_TYPE""#, "3.10")]
#[case::nothing_imported("cp39", "", "", "3.2")]
fn computed_versions(
    #[case] python: &str,
    #[case] imports: &str,
    #[case] exports: &str,
    #[case] computed: &str,
) {
    let subject = fixture::parse(&format!(
        "wheel = \"spam-1.0-{python}-abi3-win32.whl\"\nfile = [{{ path = \"spam.abi3.so\", imports = \
         [{imports}], exports = [{exports}] }}]"
    ));
    let object = &subject.objects[0];
    assert_eq!(object.baseline().map(|version| format!("cp{}", version.compact())).as_deref(), Some(python));
    assert_eq!(object.computed().map(|version| version.to_string()).as_deref(), Some(computed));
}
