//! What interpreters do with files, from the facts of the formats, PEPs 384, 489, 703, 793, 803, and what was
//! measured of real interpreters. Each boundary from both sides.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own fixture has to stop")]

mod fixture;

use std::collections::HashSet;
use std::sync::Arc;

use rstest::rstest;
use soabi_core::{Gate, GilEffect, OutcomeKind, Prediction, SubinterpreterEffect};
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

/// A file that needs libpython itself has what that library exports, where the linker finds one: not every Python brings it.
#[rstest]
#[case::its_own("libpython3.11.so.1.0", "cp311", "unknown")]
#[case::its_own_debug("libpython3.13d.so.1.0", "cp313d", "unknown")]
#[case::of_a_debug_build("libpython3.11d.so.1.0", "cp311", "unknown")]
#[case::of_debians_debug_build("libpython3.11_d.so.1.0", "cp311", "unknown")]
#[case::of_a_release("libpython3.13.so.1.0", "cp313d", "unknown")]
#[case::of_the_next_version("libpython3.12.so.1.0", "cp311", "unknown")]
#[case::without_the_gil("libpython3.11t.so.1.0", "cp311", "unknown")]
#[case::of_every_version("libpython3.so", "cp311", "unknown")]
#[case::missing_all_the_same("libpython3.6m.so.1.0", "cp27mu", "unknown")]
#[case::beside_pypy("libpython3.11.so.1.0", "pypy311_pp73", "unknown")]
#[case::of_pypy("libpypy3.11-c.so", "pypy311_pp73", "symbols")]
fn second_python(#[case] library: &str, #[case] python: &str, #[case] by_path: &str) {
    let facts =
        format!(r#"exports = ["PyInit_spam"], imports = ["PyModule_Create2"], needed = ["{library}"]"#);
    let file = File { facts: Box::leak(facts.into_boxed_str()), ..RELEASE };
    let prediction = of(&file, &Python::known(python.parse().unwrap(), None));
    let seen = prediction.by_path_gate.map_or(prediction.by_path.as_str(), Gate::as_str);
    assert_eq!(seen, by_path, "{}", prediction.why);
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

/// A file of `facts` for `built_for`, and what `python` does with it when it is imported by its path: `accept`, `luck` or
/// the gate, and how a refusal ends: `refused`, `crashed`, or `-` where it may be either.
fn check_definition(built_for: &str, facts: &str, python: &str, expected: &str) -> Prediction {
    let path = match built_for {
        "abi3" => "spam.abi3.so".to_owned(),
        "abi3t" => "spam.abi3t.so".to_owned(),
        version => format!("spam.cpython-{}-x86_64-linux-gnu.so", version.trim_start_matches("cp")),
    };
    let subject = fixture::parse(&format!("file = [{{ path = \"{path}\", {facts} }}]"));
    let prediction = predict(&subject.objects[0], &Python::known(python.parse().unwrap(), None));
    let seen = match prediction.by_path_gate {
        Some(gate) => format!("{gate} {}", prediction.by_path_outcome.map_or("-", OutcomeKind::as_str)),
        None => prediction.by_path.as_str().to_owned(),
    };
    assert_eq!(seen, expected, "{facts} in {python}: {}", prediction.why);
    prediction
}

/// Facts of a module with this definition, which lacks nothing anywhere.
fn with_definition(definition: &str) -> String {
    let init = if definition.contains("export") { "PyModExport_spam" } else { "PyInit_spam" };
    format!("exports = [\"{init}\"], definition = [{{ init = \"{init}\", {definition} }}]")
}

const MULTI: &str = r#"phase = "multi", slots = ["2"]"#;
const SINGLE: &str = r#"phase = "single""#;
const MULTI_T: &str = r#"phase = "multi", layout = "free-threaded", slots = ["2"]"#;
const MULTI_T_WITH_STATE: &str = r#"phase = "multi", layout = "free-threaded", size = 32"#;
const SINGLE_T: &str = r#"phase = "single", layout = "free-threaded""#;
const OF_3_12: &str = r#"phase = "multi", slots = ["2", "3=2"]"#;
const OF_3_13: &str = r#"phase = "multi", slots = ["2", "3=2", "4=1"]"#;
const OF_3_15: &str = r#"phase = "multi", slots = ["85"]"#;
const NEGATIVE: &str = r#"phase = "multi", size = -1"#;
const SINGLE_WITH_SLOTS: &str = r#"phase = "single", slots = ["2"]"#;
const EXPORT: &str =
    r#"phase = "export", layout = "-", slots = ["109", "85"], abi-info = { flags = ["gil"], abi = "3.15" }"#;
const EXPORT_T: &str =
    r#"phase = "export", layout = "-", slots = ["109"], abi-info = { flags = ["free-threaded"] }"#;
const EXPORT_STABLE: &str = r#"phase = "export", layout = "-", slots = ["109"], abi-info = { flags = ["stable", "gil", "free-threaded"], abi = "3.15" }"#;
const EXPORT_FUTURE: &str =
    r#"phase = "export", layout = "-", slots = ["109"], abi-info = { flags = ["stable"], abi = "3.16" }"#;
const EXPORT_WITHOUT_NOTE: &str = r#"phase = "export", layout = "-", slots = ["85"]"#;
const RELOCATIONS: &str = r#"phase = "multi", slots = ["85"], executed = false"#;

/// Python's `Objects/moduleobject.c` and `Python/modsupport.c`; PEPs 489, 684, 703, 793.
#[rstest]
#[case::fits("cp312", MULTI, "cp312", "accept")]
#[case::multi_without_the_gil("cp313", MULTI, "cp313t", "runtime refused")]
#[case::single_without_the_gil("cp313", SINGLE, "cp313t", "runtime crashed")]
#[case::abi3_without_the_gil("abi3", SINGLE, "cp314t", "runtime crashed")]
#[case::abi3t_by_its_name("abi3t", MULTI, "cp315t", "runtime -")]
#[case::abi3t_with_the_gil("abi3t", MULTI, "cp315", "luck")]
#[case::multi_with_the_gil("cp313t", MULTI_T, "cp313", "runtime -")]
#[case::multi_with_state("cp313t", MULTI_T_WITH_STATE, "cp313", "runtime crashed")]
#[case::single_with_the_gil("cp313t", SINGLE_T, "cp313", "runtime crashed")]
#[case::fits_without_the_gil("cp313t", MULTI_T, "cp313t", "accept")]
#[case::slot_3_before("cp312", OF_3_12, "cp311", "runtime refused")]
#[case::slot_3_from("abi3", OF_3_12, "cp312", "luck")]
#[case::slot_4_before("cp313", OF_3_13, "cp312", "runtime refused")]
#[case::slot_4_from("cp313", OF_3_13, "cp313", "accept")]
#[case::slot_85_before("cp315", OF_3_15, "cp314", "runtime refused")]
#[case::slot_85_from("cp315", OF_3_15, "cp315", "accept")]
#[case::negative_size("cp312", NEGATIVE, "cp312", "runtime refused")]
#[case::slots_of_single_phase("cp312", SINGLE_WITH_SLOTS, "cp312", "runtime refused")]
#[case::note_of_its_own("cp315", EXPORT, "cp315", "accept")]
#[case::note_of_the_gil("cp315", EXPORT, "cp315t", "runtime refused")]
#[case::note_of_no_gil("cp315t", EXPORT_T, "cp315", "runtime refused")]
#[case::note_of_no_gil_there("cp315t", EXPORT_T, "cp315t", "accept")]
#[case::note_of_both("abi3t", EXPORT_STABLE, "cp315t", "luck")]
#[case::note_of_the_future("abi3t", EXPORT_FUTURE, "cp315", "runtime refused")]
#[case::no_note("cp315", EXPORT_WITHOUT_NOTE, "cp315", "runtime refused")]
#[case::draft_slot("cp315", r#"phase = "multi", slots = ["5"]"#, "cp315", "runtime refused")]
#[case::static_function("cp312", r#"phase = "multi", methods = { f = 0x21 }"#, "cp312", "runtime refused")]
#[case::function("cp312", r#"phase = "multi", methods = { f = 0x82 }"#, "cp312", "accept")]
#[case::not_followed("cp315", RELOCATIONS, "cp314", "luck")]
fn definitions(
    #[case] built_for: &str,
    #[case] definition: &str,
    #[case] python: &str,
    #[case] expected: &str,
) {
    check_definition(built_for, &with_definition(definition), python, expected);
}

/// Constructors that call the interpreter may end the process before the interpreter refuses anything, where objects are
/// laid out otherwise than they know them.
#[rstest]
#[case::another_layout("cp313", MULTI, "cp313t", "runtime -")]
#[case::another_layout_crashes_anyway("cp313", SINGLE, "cp313t", "runtime -")]
#[case::the_same_layout("cp313", OF_3_13, "cp312", "runtime refused")]
#[case::its_own("cp313", MULTI, "cp313", "accept")]
fn constructors_that_ask(
    #[case] built_for: &str,
    #[case] definition: &str,
    #[case] python: &str,
    #[case] expected: &str,
) {
    let facts = format!("constructors-ask = true, {}", with_definition(definition));
    check_definition(built_for, &facts, python, expected);
}

/// Nothing is refused where the init function may choose another definition.
#[rstest]
#[case::in_the_middle("cp313", "luck")]
#[case::of_both_too_new("cp311", "runtime refused")]
fn one_of_two_definitions(#[case] python: &str, #[case] expected: &str) {
    let facts = format!(
        "exports = [\"PyInit_spam\"], definition = [{{ init = \"PyInit_spam\", {OF_3_12} }}, {{ init = \
         \"PyInit_spam\", {OF_3_15} }}]"
    );
    check_definition("abi3", &facts, python, expected);
}

#[rstest]
#[case::declared(
    r#"phase = "multi", layout = "free-threaded", slots = ["2", "4=1"]"#,
    Some(GilEffect::StaysOff)
)]
#[case::needs_it(
    r#"phase = "multi", layout = "free-threaded", slots = ["2", "4=0"]"#,
    Some(GilEffect::TurnedOn)
)]
#[case::no_slot(MULTI_T, Some(GilEffect::TurnedOn))]
#[case::single(SINGLE_T, Some(GilEffect::TurnedOn))]
#[case::slots_not_known(r#"phase = "multi", layout = "free-threaded""#, None)]
fn gil(#[case] definition: &str, #[case] expected: Option<GilEffect>) {
    let facts = with_definition(definition);
    assert_eq!(check_definition("cp313t", &facts, "cp313t", "accept").gil, expected);
    let facts = facts.replace("free-threaded", "gil");
    assert_eq!(check_definition("cp313", &facts, "cp313", "accept").gil, None);
}

#[rstest]
#[case::own_gil(OF_3_12, "cp312", Some(SubinterpreterEffect::OwnGil))]
#[case::shared(r#"phase = "multi", slots = ["3=1"]"#, "cp312", Some(SubinterpreterEffect::Shared))]
#[case::by_default(MULTI, "cp312", Some(SubinterpreterEffect::Shared))]
#[case::not_supported(r#"phase = "multi", slots = ["3=0"]"#, "cp312", Some(SubinterpreterEffect::Refused))]
#[case::single(SINGLE, "cp312", Some(SubinterpreterEffect::Refused))]
#[case::slots_not_known(r#"phase = "multi""#, "cp312", None)]
#[case::nobody_asked_before(SINGLE, "cp311", None)]
fn subinterpreters(
    #[case] definition: &str,
    #[case] python: &str,
    #[case] expected: Option<SubinterpreterEffect>,
) {
    let prediction = check_definition(python, &with_definition(definition), python, "accept");
    assert_eq!(prediction.subinterpreters, expected);
}

/// Luck names the layouts that lie between the headers and the interpreter.
#[rstest]
#[case::strings("built-with = [\"3.11\"]", "cp312", "PyASCIIObject has 48 bytes")]
#[case::integers("built-with = [\"3.11\"]", "cp312", "PyLongObject")]
#[case::tuples("built-with = [\"3.12\", \"3.13\"]", "cp314", "tuple items")]
#[case::nothing("built-with = [\"3.9\"]", "cp310", "no layout that is known")]
#[case::cython("built-with = [\"3.9\"], toolkit = \"Cython 3.1.2\"", "cp310", "PyThreadState")]
fn layouts_in_words(#[case] headers: &str, #[case] python: &str, #[case] part: &str) {
    let facts = format!("{}, {headers}", with_definition(MULTI));
    let subject = fixture::parse(&format!("file = [{{ path = \"spam.so\", {facts} }}]"));
    let prediction = predict(&subject.objects[0], &Python::known(python.parse().unwrap(), None));
    assert!(prediction.why.contains(part), "{}", prediction.why);
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
