//! What only an interpreter can tell of a module that works: `--probes always` and `--call`. It is told and not judged.

use std::path::PathBuf;

use rstest::rstest;
use soabi_core::{PyVersion, Rung};
use soabi_report::matrix::MatrixReport;

use crate::audit::wheelhouse::Wheelhouse;
use crate::harness::{Checked, ready};
use crate::support::{Soabi, interpreter};
use crate::wheels::{ABI3, cells, from, matrix, report, tag};

/// Where nothing would be called or counted, nothing runs.
#[rstest]
#[case::no_such_module("pkg.other:f()", "no module `pkg.other` is to be imported")]
#[case::no_debug_build("pkg:f()", "no debug build of Python is to import `pkg`")]
#[case::no_expression("pkg:", "not MODULE:EXPRESSION")]
#[case::no_module(":f()", "not MODULE:EXPRESSION")]
#[case::neither("f()", "not MODULE:EXPRESSION")]
fn calls_of_which_nothing_can_be_said(#[case] call: &str, #[case] message: &str) {
    let house = Wheelhouse::new();
    let wheel = house.wheel("py3-none-any", &[("pkg/__init__.py", b"")]);
    let python = from(9)[0].to_string();
    let finished = matrix(house.path(), &[&wheel, "--call", call, "--run-on", &python]);
    assert_eq!(finished.code(), Some(2), "{}", finished.stdout());
    assert!(finished.stderr().contains(message), "{}", finished.stderr());
}

/// Debug builds count what calls leave; the module works in any of them, so only the counts are looked at.
#[rstest]
#[case::leaks("keep()", 90, 110)]
#[case::leaks_nothing("drop()", -10, 10)]
fn calls_are_counted_in_debug_builds(
    #[files("../../pythons/cp3*d.toml")] manifest: PathBuf,
    #[case] call: &str,
    #[case] least: i64,
    #[case] most: i64,
) -> Checked {
    let python = interpreter(&manifest)?;
    ready()?;
    let house = Wheelhouse::new();
    let source = b"kept = []\ndef keep():\n    kept.append(object())\ndef drop():\n    return [object()]\n";
    let wheel = house.wheel("py3-none-any", &[("pkg/__init__.py", source)]);
    let (call, id) = (format!("pkg:{call}"), python.id.to_string());
    let args = [wheel.as_str(), "--format", "json", "--rung", "import", "--calls", "100", "--call", &call];
    let report: MatrixReport =
        Soabi::new().within(house.path()).args(["matrix"]).args(args).args(["--run-on", &id]).run().json();
    let said = report.cells.iter().find_map(|cell| cell.evidence.get("left-by-calls")).unwrap();
    let counts: Vec<i64> =
        said.split(|c: char| c != '-' && !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    assert_eq!(counts.len(), 2, "{said}");
    assert!(counts.iter().all(|count| (least..=most).contains(count)), "{id}: {said}");
    Ok(())
}

/// What only an interpreter can tell; a module that crashes at one question answers the others.
#[test]
fn evidence_of_a_module_in_a_wheel() {
    let house = Wheelhouse::new();
    let warns = b"import warnings\nwarnings.warn('old', DeprecationWarning)\n";
    let wheel = house.wheel(&tag("cp39-abi3"), &[("pkg/__init__.py", warns), ("pkg/spam.abi3.so", &ABI3)]);
    let report = report(house.path(), &[&wheel, "--probes", "always", "--rung", "import"]);
    for cell in cells(&report, "pkg.spam", Rung::Import) {
        let said = |question: &str| cell.evidence.get(question).map(String::as_str);
        assert_eq!(said("import-again"), Some("another module"), "{}", cell.id);
        assert_eq!(said("warnings"), Some("DeprecationWarning: old"), "{}", cell.id);
        if cell.python.python_version() >= Some(PyVersion::new(3, 12)) {
            let refusal = "ImportError: module pkg.spam does not support loading in subinterpreters";
            assert_eq!(said("isolated-subinterpreter"), Some(refusal), "{}", cell.id);
        }
    }
}

/// An interpreter that does not end well with the module in it is told; one that ends as it should is not.
#[rstest]
#[case::well("", None)]
#[case::killed("import atexit, os; atexit.register(os.abort)", Some("killed by signal 6"))]
#[case::with_a_status("import atexit, os; atexit.register(os._exit, 3)", Some("ended with status 3"))]
fn how_the_interpreter_ends(#[case] source: &str, #[case] expected: Option<&str>) {
    let house = Wheelhouse::new();
    let members: [(&str, &[u8]); 2] = [("pkg/__init__.py", source.as_bytes()), ("pkg/spam.abi3.so", &ABI3)];
    let wheel = house.wheel(&tag("cp39-abi3"), &members);
    let report = report(house.path(), &[&wheel, "--probes", "always", "--rung", "import"]);
    for cell in cells(&report, "pkg.spam", Rung::Import) {
        assert_eq!(cell.outcome.as_str(), "accepted", "{}", cell.id);
        assert_eq!(cell.evidence.get("end").map(String::as_str), expected, "{}", cell.id);
    }
}
