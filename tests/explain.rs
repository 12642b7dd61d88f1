//! `soabi explain CELL`: what is promised in a cell, and why, with nothing run.

use insta::assert_snapshot;
use rstest::rstest;

use crate::support::{Finished, Soabi, pythons, root};

/// Explaining needs no Python.
fn explain(cell: &str) -> Finished {
    Soabi::without_pythons().args(["explain", cell]).run()
}

/// A snapshot that is the same on every machine.
fn assert_screen(name: &str, text: &str) {
    let platform = r"(x86_64|aarch64)-linux-(gnu|musl)";
    insta::with_settings!({filters => vec![(platform, "[platform]")]}, {
        assert_snapshot!(name, text);
    });
}

#[rstest]
#[case::accepted("c-single/cp311@cp311/import")]
#[case::refused_by_name("c-single/cp311@cp312/import")]
#[case::renamed("c-single/cp311@cp312/import-bare")]
#[case::below_the_floor("c-abi3-py39/cp39@cp38/load")]
#[case::other_names("ffi/cp311@pypy311_pp73/load")]
#[case::somebody_s("eggs.abi3.so@cp313t/import")]
#[case::notes("notes@cp311/import")]
fn a_cell(#[case] cell: &str) {
    let finished = explain(cell);
    assert_eq!((finished.code(), finished.stderr()), (Some(0), String::new()));
    let name = std::thread::current().name().unwrap_or_default().rsplit("::").next().unwrap().to_owned();
    assert_screen(&format!("explain-{}", &name["case_1_".len()..]), &finished.stdout());
}

/// A claim is its section of the page.
#[test]
fn a_claim() {
    let finished = explain("meth-method");
    assert_eq!((finished.code(), finished.stderr()), (Some(0), String::new()));
    let page = std::fs::read_to_string(root().join("docs/notes.md")).unwrap();
    let section = finished.stdout();
    assert!(section.starts_with("# meth-method\n\nA method with `METH_METHOD"), "{section}");
    assert!(page.contains(&format!("\n##{section}")), "{section}");
}

/// The promise, and where it is written down; both sides of every boundary.
#[rstest]
#[case::at_the_floor("c-abi3-py39/cp39@cp39/import", "accept", "PEP 384")]
#[case::below_it("c-abi3-py39/cp39@cp38/import", "luck", "PEP 384")]
#[case::without_gil("c-abi3-py39/cp39@cp313t/import", "luck", "PEP 703, PEP 803")]
#[case::not_searched_for("c-abi3-py39/cp39@cp315t/import", "refuse at the gate name", "PEP 803")]
#[case::with_gil("c-abi3-py39/cp39@cp315/import", "accept", "PEP 384")]
#[case::both_builds("c-abi3t-py315/cp315@cp315t/import", "accept", "PEP 803")]
#[case::debug("c-single/cp39@cp39d/import", "accept", "bpo-36465")]
#[case::not_the_other_way("c-single/cp39d@cp39/import-bare", "luck", "stable.html")]
#[case::before_3_14("c-layout/cp312@cp313/import-bare", "luck", "stable.html")]
#[case::tuples("c-layout/cp313@cp314/import-bare", "luck", "gh-131525")]
#[case::strings("c-layout/cp311@cp312/import-bare", "luck", "PEP 623")]
#[case::unicode("c-py2/cp27m@cp27mu/import", "luck", "PEP 261")]
#[case::two_on_two("c-py2/cp27mu@cp27mu/import", "accept", "stable.html")]
#[case::two_on_three("c-py2/cp27mu@cp36m/import", "refuse at the gate symbols", "PEP 3121")]
#[case::three_on_two("c-single/cp36m@cp27mu/import", "refuse at the gate name", "imp.get_suffixes()")]
#[case::of_one_floor("pyo3-abi3-py39/cp39@cp313/import", "accept", "PEP 384")]
fn promises(#[case] cell: &str, #[case] promise: &str, #[case] reference: &str) {
    let stdout = explain(cell).stdout();
    assert!(stdout.starts_with(&format!("{cell}: {promise}\n")), "{stdout}");
    let see = stdout.lines().find_map(|line| line.strip_prefix("See ")).unwrap();
    assert!(see.contains(reference), "{stdout}");
}

/// What is asked for wrongly is answered with what could have been meant.
#[rstest]
#[case::not_a_cell("c-single/cp311@cp312", "is not the name of a cell", "`c-single/cp311@cp312/import`")]
#[case::flavor("c-singel/cp311@cp312/import", "no artifact `c-singel/cp311`", "`c-single/cp311`")]
#[case::no_floor("c-abi3/cp311@cp312/import", "no artifact `c-abi3/cp311`", "`c-abi3-py36/cp311`")]
#[case::built_for("c-single/cp31@cp312/import", "no artifact `c-single/cp31`", "`c-single/cp310`")]
#[case::never_made("c-slots/cp311@cp312/import", "no `c-slots` for cp311: ", "--flavor c-slots")]
#[case::python("c-single/cp311@cp39x/import", "no interpreter `cp39x`", "`cp39`")]
#[case::rung("c-single/cp311@cp312/imprt", "no rung `imprt`", "`c-single/cp311@cp312/import-bare`")]
#[case::bare_already("c-py2/cp27mu@cp27mu/import-bare", "`spam.so` is the own name", "@cp27mu/import`")]
#[case::no_module("README.md@cp312/import", "no artifact `README.md`", "`eggs.abi3.so`")]
fn unknown_names_get_suggestions(#[case] cell: &str, #[case] why: &str, #[case] hint: &str) {
    let finished = explain(cell);
    assert_eq!((finished.code(), finished.stdout()), (Some(2), String::new()));
    let stderr = finished.stderr();
    let (error, help) = stderr.split_once("\n\nhint: ").unwrap();
    assert!(error.starts_with("error: ") && error.contains(why), "{stderr}");
    assert!(help.contains(hint), "{stderr}");
}

/// Every cell that the plan names can be explained.
#[test]
fn all_of_the_plan() {
    let python = pythons()[0].to_string();
    let plan =
        Soabi::new().args(["matrix", "--plan", "--probes", "always", "--python", &python]).run().stdout();
    assert!(!plan.is_empty());
    for cell in plan.lines() {
        let finished = explain(cell);
        assert!(finished.stdout().starts_with(&format!("{cell}: ")), "{}", finished.stderr());
    }
}
