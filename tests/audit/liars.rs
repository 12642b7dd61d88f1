//! Wheels that lie, each with the rule that says so, and honest ones, of which nothing is said.
//!
//! What is true of each was seen by loading it in real interpreters. One liar is missing: a file compiled against
//! one version's whole API that uses inlined structs alone, which no symbol gives away.

use rstest::rstest;

use super::wheelhouse::{ARCH, Library, SPAM, Wheelhouse, without_sections};
use super::{audit, rules};

/// What the wheels of a test are tagged, behind the Python and the ABI.
fn platform() -> String {
    format!("manylinux_2_17_{ARCH}")
}

fn tag(python_and_abi: &str) -> String {
    format!("{python_and_abi}-{}", platform())
}

fn suffix(version: &str) -> String {
    format!("spam.cpython-{version}-{ARCH}-linux-gnu.so")
}

/// Checks that an audit of this wheel finds exactly `expected`, and how it ends.
fn check(tag: &str, inside: &str, member: &str, bytes: &[u8], expected: &[&str], code: i32) {
    let house = Wheelhouse::new();
    let wheel = house.wheel_that_says(tag, inside, &[(member, bytes)]);
    let finished = audit(house.path(), &[&wheel]);
    let report = finished.json();
    let found: Vec<_> = rules(&report).into_iter().map(|(rule, _)| rule).collect();
    assert_eq!(found, expected, "{report:#?}");
    assert_eq!(finished.code(), Some(code));
}

#[rstest]
#[case::abi3("cp38-abi3", "spam.abi3.so", SPAM)]
#[case::version_specific("cp312-cp312", &suffix("312"), SPAM)]
#[case::in_a_package("cp38-abi3", "spam/spam.abi3.so", SPAM)]
#[case::at_the_floor("cp314-abi3", "spam.abi3.so", Library { imports: &["PyType_Freeze"], ..SPAM })]
#[case::version_specific_private("cp312-cp312", &suffix("312"), Library { imports: &["PyFrame_GetVar"], ..SPAM })]
#[case::abi3t(
    "cp315-abi3t",
    "spam.abi3t.so",
    Library { exports: &["PyModExport_spam"], imports: &["PyModule_FromSlotsAndSpec"], hidden: &[] }
)]
fn nothing_is_said_of_the_honest(#[case] tags: &str, #[case] member: &str, #[case] library: Library<'_>) {
    check(&tag(tags), &tag(tags), member, &library.compile(), &[], 0);
}

/// Without section headers it loads all the same; and they hide nothing.
#[test]
fn section_headers_are_for_debuggers() {
    check(&tag("cp38-abi3"), &tag("cp38-abi3"), "spam.abi3.so", &without_sections(SPAM.compile()), &[], 0);
    let newer = Library { imports: &["PyType_Freeze"], ..SPAM }.compile();
    let expected = ["abi3-version-too-low"];
    check(&tag("cp38-abi3"), &tag("cp38-abi3"), "spam.abi3.so", &without_sections(newer), &expected, 1);
}

#[rstest]
#[case::another_name("cp38-abi3", "other.abi3.so", SPAM, "init-name-mismatch")]
#[case::another_version("cp38-abi3", &suffix("312"), SPAM, "suffix-tag-mismatch")]
#[case::another_version_specific("cp39-cp39", &suffix("312"), SPAM, "suffix-tag-mismatch")]
#[case::newer_symbol("cp38-abi3", "spam.abi3.so", Library { imports: &["PyType_Freeze"], ..SPAM }, "abi3-version-too-low")]
#[case::newer_symbol_version_specific("cp38-cp38", &suffix("38"), Library { imports: &["PyType_Freeze"], ..SPAM }, "undefined-symbol")]
#[case::no_such_symbol("cp38-abi3", "spam.abi3.so", Library { imports: &["_PyErr_StackItm"], ..SPAM }, "unstable-import-under-abi3")]
fn liars(#[case] tags: &str, #[case] member: &str, #[case] library: Library<'_>, #[case] rule: &str) {
    check(&tag(tags), &tag(tags), member, &library.compile(), &[rule], 1);
}

/// A warning: the package may work without it.
#[test]
fn for_every_python_and_an_extension() {
    let expected = ["none-tag-with-extension"];
    check(&tag("py3-none"), &tag("py3-none"), "spam.abi3.so", &SPAM.compile(), &expected, 0);
}

#[test]
fn metadata_that_says_something_else() {
    let expected = ["wheel-metadata-mismatch"];
    check(&tag("cp38-abi3"), &tag("cp312-cp312"), "spam.abi3.so", &SPAM.compile(), &expected, 0);
}

#[test]
fn another_machine() {
    let other = if ARCH == "aarch64" { "x86_64" } else { "aarch64" };
    let tag = format!("cp38-abi3-manylinux_2_17_{other}");
    check(&tag, &tag, "spam.abi3.so", &SPAM.compile(), &["platform-tag-mismatch"], 1);
}

/// `PyInit_` alone cannot make a module for abi3t, whose `PyModuleDef` is opaque (PEP 803).
#[test]
fn abi3t_of_the_old_era() {
    check(
        &tag("cp315-abi3t"),
        &tag("cp315-abi3t"),
        "spam.abi3t.so",
        &SPAM.compile(),
        &["pymoduledef-under-abi3t"],
        0,
    );
}

#[rstest]
#[case::cut_off(&SPAM.compile()[..100])]
#[case::empty(b"")]
#[case::text(b"this is a text of more than sixty-four bytes, and it is not an object file at all")]
fn what_cannot_be_read(#[case] bytes: &[u8]) {
    check(&tag("cp38-abi3"), &tag("cp38-abi3"), "spam.abi3.so", bytes, &["not-examined"], 2);
}

/// Python does not find it under such a name.
#[test]
fn a_library_version_behind_the_suffix() {
    let expected = ["suffix-not-searched"];
    check(&tag("cp38-abi3"), &tag("cp38-abi3"), "spam.abi3.so.1", &SPAM.compile(), &expected, 0);
}
