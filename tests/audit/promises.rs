//! What abi3audit's own unit tests say is true, told again by files; and what each interpreter will do.

use rstest::rstest;

use super::report;
use super::wheelhouse::{ARCH, Library, SPAM, Wheelhouse};

/// abi3audit's `test_audit_unit.py`: what is claimed, what is imported, what is local; what must come out.
#[rstest]
#[case::enough("3.10", &["PyType_GetModule"], &["Py_TYPE"], "3.10", &[], &[])]
#[case::too_low("3.9", &["PyType_GetModule"], &["Py_TYPE"], "3.10", &["PyType_GetModule (3.10)"], &[])]
#[case::both_too_low(
    "3.9",
    &["PyType_GetModule", "Py_TYPE"],
    &[],
    "3.14",
    &["PyType_GetModule (3.10)", "Py_TYPE (3.14)"],
    &[]
)]
#[case::not_stable(
    "3.9",
    &["PyType_GetModule", "Py_foo_bar"],
    &["Py_TYPE"],
    "3.10",
    &["PyType_GetModule (3.10)"],
    &["Py_foo_bar"]
)]
fn as_abi3audit_expects(
    #[case] baseline: &str,
    #[case] imports: &[&str],
    #[case] hidden: &[&str],
    #[case] computed: &str,
    #[case] future: &[&str],
    #[case] unstable: &[&str],
) {
    let house = Wheelhouse::new();
    let library = Library { imports, hidden, ..SPAM }.compile();
    let tag = format!("cp{}-abi3-manylinux_2_17_{ARCH}", baseline.replace('.', ""));
    let report = report(house.path(), &[&house.wheel(&tag, &[("spam.abi3.so", &library)])]);
    let subject = &report.subjects[0];
    assert_eq!(subject.objects[0].baseline.unwrap().to_string(), baseline);
    assert_eq!(subject.objects[0].computed.unwrap().to_string(), computed);
    let symbols = |rule: &str| {
        let findings = subject.findings.iter().filter(|finding| finding.rule == rule);
        findings.flat_map(|finding| finding.evidence["symbols"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(symbols("abi3-version-too-low"), future);
    assert_eq!(symbols("unstable-import-under-abi3"), unstable);
}

/// A module's own helpers, whatever they are called, are nobody else's (117 false claims of abi3audit's).
#[test]
fn own_names_are_no_imports() {
    let house = Wheelhouse::new();
    let library = Library { exports: &["PyInit_spam", "PyModExport_spam", "PySpam_New"], ..SPAM }.compile();
    let tag = format!("cp39-abi3-manylinux_2_17_{ARCH}");
    let report = report(house.path(), &[&house.wheel(&tag, &[("spam.abi3.so", &library)])]);
    assert_eq!(report.subjects[0].findings, []);
}

/// Every gate, from both sides.
#[rstest]
#[case::below_the_floor("spam.abi3.so", "cp38", "luck", None)]
#[case::at_the_floor("spam.abi3.so", "cp39", "accept", None)]
#[case::above("spam.abi3.so", "cp315", "accept", None)]
#[case::not_searched_for("spam.abi3.so", "cp315t", "refuse", Some("name"))]
#[case::by_luck("spam.abi3.so", "cp313t", "luck", None)]
#[case::another_era("spam.so", "cp27mu", "refuse", Some("symbols"))]
fn predictions(#[case] member: &str, #[case] python: &str, #[case] expect: &str, #[case] gate: Option<&str>) {
    let house = Wheelhouse::new();
    let wheel = house.wheel(&format!("cp39-abi3-manylinux_2_17_{ARCH}"), &[(member, &SPAM.compile())]);
    let report = report(house.path(), &[&wheel, "--show", python]);
    let [prediction] = &report.subjects[0].objects[0].predictions[..] else { panic!("{report:#?}") };
    assert_eq!((prediction.python.to_string().as_str(), prediction.expect.as_str()), (python, expect));
    assert_eq!(prediction.gate.map(soabi_core::Gate::as_str), gate, "{}", prediction.why);
}

#[rstest]
#[case::all(&[], soabi_rules::tables::ExportTable::get().abis().len())]
#[case::required(&["--python", "cp311"], soabi_rules::tables::ExportTable::get().abis().len())]
#[case::one(&["--show", "cp311"], 1)]
#[case::releases_with_the_gil(&["--show", "3.9..3.10"], 2)]
#[case::one_in_two_ways(&["--show", "cp310,3.10"], 1)]
#[case::shown_and_required(&["--show", "cp310", "--python", "3.11"], 2)]
fn the_axis_is_narrowed(#[case] args: &[&str], #[case] number: usize) {
    let house = Wheelhouse::new();
    house.write("spam.so", &SPAM.compile());
    let report = report(house.path(), &[&["spam.so"], args].concat());
    assert_eq!(report.subjects[0].objects[0].predictions.len(), number, "{:?}", report.pythons);
    assert_eq!(report.pythons.len(), number);
}

/// An interpreter's own library has the init symbols of all modules that are built in, and is none.
#[test]
fn libpython_is_no_extension() {
    let house = Wheelhouse::new();
    house.write("libpython3.12.so.1.0", &SPAM.compile());
    let report = report(house.path(), &["libpython3.12.so.1.0"]);
    assert!(!report.subjects[0].objects[0].extension);
    assert_eq!(report.subjects[0].findings, []);
}
