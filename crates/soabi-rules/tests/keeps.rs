//! What keeps a module from a stable ABI, from free threading and from subinterpreters. What is promised from which
//! version on is CPython's `Misc/stable_abi.toml`; the rest are PEPs 384, 489, 684, 703, 803.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own fixture has to stop")]

mod fixture;

use rstest::rstest;
use soabi_rules::keeps::{self, BlockerKind, Goal};

/// `what since` of each blocker of a file with these lines, in their order.
fn blockers(path: &str, lines: &str, goal: Goal) -> Vec<String> {
    let text = format!("[[file]]\npath = \"{path}\"\nexports = [\"PyInit_spam\"]\n{lines}");
    let subject = fixture::parse(&text);
    let found = keeps::keeps(&subject.objects[0], goal);
    let since = |blocker: &keeps::Blocker| {
        blocker.since.map_or_else(|| "never".to_owned(), |version| version.to_string())
    };
    found.iter().map(|blocker| format!("{} {}", blocker.what, since(blocker))).collect()
}

const ABI3: &str = "spam.abi3.so";
const OWN: &str = "spam.cpython-312-x86_64-linux-gnu.so";
const MULTI: &str = "[[file.definition]]\ninit = \"PyInit_spam\"\nphase = \"multi\"\n";
const SINGLE: &str = "[[file.definition]]\ninit = \"PyInit_spam\"\nphase = \"single\"\n";
const FREE_THREADED: &str =
    "[[file.definition]]\ninit = \"PyInit_spam\"\nphase = \"multi\"\nlayout = \"free-threaded\"\n";

#[rstest]
#[case::nothing(ABI3, r#"imports = ["PyModule_Create2"]"#, &[])]
#[case::newest_first(ABI3, r#"imports = ["PyBuffer_Release", "PyType_GetModule"]"#,
    &["PyBuffer_Release 3.11", "PyType_GetModule 3.10"])]
#[case::private(ABI3, r#"imports = ["_PyErr_StackItem", "PyBuffer_Release"]"#,
    &["_PyErr_StackItem never", "PyBuffer_Release 3.11"])]
#[case::public_and_not_stable(ABI3, r#"imports = ["_PyDict_NewPresized", "PyFrame_GetBack"]"#,
    &["PyFrame_GetBack never", "_PyDict_NewPresized never"])]
#[case::static_type(OWN, "limited = true\nstatic-types = [\"spam.Spam\"]", &["spam.Spam never"])]
#[case::compiled_without(OWN, "imports = [\"PyBuffer_Release\"]\nlimited = false",
    &["PyBuffer_Release 3.11", "Py_LIMITED_API 3.11"])]
#[case::inlined(ABI3, "inlined = [\"tuple 0x18\"]", &["tuple at 0x18 never"])]
fn from_abi3(#[case] path: &str, #[case] lines: &str, #[case] expected: &[&str]) {
    let lines = if lines.contains("imports") && !lines.contains("limited") {
        lines.to_owned()
    } else {
        format!("{lines}\n{MULTI}")
    };
    assert_eq!(blockers(path, &lines, Goal::Abi3), expected);
}

#[rstest]
#[case::pymoduledef("", MULTI, &["PyInit_spam never"])]
#[case::counts_references(r#"imports = ["_Py_Dealloc"]"#, MULTI, &["_Py_Dealloc never", "PyInit_spam never"])]
#[case::of_3_14(r#"imports = ["PyType_Freeze"]"#, MULTI, &["PyInit_spam never"])]
fn from_abi3t(#[case] lines: &str, #[case] definition: &str, #[case] expected: &[&str]) {
    assert_eq!(blockers(ABI3, &format!("{lines}\n{definition}"), Goal::Abi3t), expected);
}

#[rstest]
#[case::both(SINGLE, "", &["PyUnstable_Module_SetGIL never", "Py_GIL_DISABLED never"])]
#[case::no_slot(FREE_THREADED, "slots = [\"2\"]", &["Py_mod_gil never"])]
#[case::needs_it(FREE_THREADED, "slots = [\"2\", \"4=0\"]", &["Py_mod_gil never"])]
#[case::declared(FREE_THREADED, "slots = [\"2\", \"4=1\"]", &[])]
#[case::slots_not_known(FREE_THREADED, "", &[])]
fn from_free_threading(#[case] definition: &str, #[case] slots: &str, #[case] expected: &[&str]) {
    assert_eq!(blockers(OWN, &format!("{definition}{slots}"), Goal::FreeThreading), expected);
}

#[rstest]
#[case::single_phase("", SINGLE, &["PyInit_spam never"])]
#[case::no_slot("", "slots = [\"2\"]", &["Py_mod_multiple_interpreters never"])]
#[case::shares_the_gil("", "slots = [\"3=1\"]", &["Py_mod_multiple_interpreters never"])]
#[case::own_gil("", "slots = [\"3=2\"]", &[])]
#[case::own_threads("imports = [\"PyGILState_Ensure\"]", "slots = [\"3=2\"]", &["PyGILState_Ensure never"])]
fn from_subinterpreters(#[case] lines: &str, #[case] rest: &str, #[case] expected: &[&str]) {
    let definition = if rest.starts_with("[[") { rest.to_owned() } else { format!("{MULTI}{rest}") };
    assert_eq!(blockers(OWN, &format!("{lines}\n{definition}"), Goal::Subinterpreters), expected);
}

/// The floor is the newest version that is asked for, and there is none beside a name that no version has.
#[rstest]
#[case(r#"imports = ["PyBuffer_Release", "PyType_GetModule"]"#, Some("3.11"))]
#[case(r#"imports = ["PyModule_Create2"]"#, Some("3.2"))]
#[case(r#"imports = ["_PyErr_StackItem"]"#, None)]
fn floors(#[case] imports: &str, #[case] expected: Option<&str>) {
    let subject =
        fixture::parse(&format!("[[file]]\npath = \"{ABI3}\"\nexports = [\"PyInit_spam\"]\n{imports}"));
    let found = keeps::keeps(&subject.objects[0], Goal::Abi3);
    assert_eq!(keeps::floor(&found).map(|version| version.to_string()).as_deref(), expected);
    assert!(found.iter().all(|blocker| blocker.kind == BlockerKind::Symbol && !blocker.why.is_empty()));
}

#[test]
fn toolkits_say_what_to_do() {
    let of = |toolkit: &str| {
        let text = format!(
            "[[file]]\npath = \"{OWN}\"\nexports = [\"PyInit_spam\"]\ntoolkit = \"{toolkit}\"\n{MULTI}"
        );
        keeps::toolkit_advice(&fixture::parse(&text).objects[0])
    };
    assert!(of("PyO3 0.29.2").unwrap().contains("abi3-pyXY"));
    assert!(of("something else").is_none());
}
