//! The whole matrix of the specimens, on every interpreter of `pythons/`, held to the truth table.
//!
//! The program runs once; every case looks at its own cells. A required interpreter that is not there fails its
//! cases with the way to get it. Who has fewer narrows the axis (`SOABI_PYTHON=cp311,cp312`), and the cases that
//! did not run say so on stderr.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;
use std::sync::LazyLock;

use rstest::rstest;
use soabi_core::{AbiTag, ExpectationKind, FileName, OutcomeKind, PyVersion, Rung, Verdict};
use soabi_harness::specimen::flavors;
use soabi_python::Manifest;
use soabi_report::matrix::{CellEntry, MatrixReport, PythonEntry};

use crate::support::{Soabi, narrowed, root};

/// Every probe of the round trip, with the ten thousand calls.
const PROBES: u32 = 15;

static REPORT: LazyLock<MatrixReport> = LazyLock::new(|| {
    let truth = root().join("tests/expected/spam.toml");
    Soabi::new()
        .args(["matrix", "--format", "json", "--probes", "always", "--expected"])
        .args([truth])
        .run()
        .json()
});

/// The entry of the interpreter that `manifest` declares, if the case can run.
fn interpreter(manifest: &std::path::Path) -> Option<&'static PythonEntry> {
    let id: AbiTag = manifest.file_stem().unwrap().to_str().unwrap().parse().unwrap();
    let declared = Manifest::of(id).unwrap();
    let entry = REPORT.pythons.iter().find(|python| python.id == id).unwrap();
    if entry.found {
        return Some(entry);
    }
    let help = entry.help.as_deref().unwrap_or("no way to get it is known");
    let excluded = narrowed().is_some() && entry.excluded;
    assert!(excluded || !declared.required, "{id} is required and is not on this machine: {help}");
    let why = if excluded { "the axis is narrowed by SOABI_PYTHON" } else { help };
    // Past the capture of the test harness: what did not run is not green in silence.
    let _ = writeln!(std::io::stderr(), "not run: {id}: {why}");
    None
}

fn family(cell: &CellEntry) -> &str {
    family_of(cell.artifact.0.split('/').next().unwrap())
}

/// A flavor without its floor.
fn family_of(flavor: &str) -> &str {
    flavor.rsplit_once("-py3").map_or(flavor, |(family, _)| family)
}

/// Checks the cells of one flavor in one interpreter.
fn check(flavor: &str, python: &PythonEntry) {
    let cells: Vec<_> =
        REPORT.cells.iter().filter(|cell| cell.python == python.id && family(cell) == flavor).collect();
    let artifacts: BTreeSet<_> = cells.iter().map(|cell| &cell.artifact).collect();
    let bare = cells.iter().filter(|cell| cell.file == FileName::Bare).count();
    let renamed = if flavor.ends_with("py2") { 0 } else { artifacts.len() };
    assert_eq!(bare, renamed, "a tagged file is tried under a bare name too");
    assert_eq!(cells.len(), 2 * artifacts.len() + bare, "a load and an import of every artifact");
    for cell in &cells {
        assert_eq!(cell.verdict, Verdict::AsExpected, "{}: {:?} ({})", cell.id, cell.message, cell.why);
        assert_eq!(cell.agrees, Some(true), "{}: the auditor predicts otherwise", cell.id);
        let probed = cell.rung == Rung::Import && cell.outcome == OutcomeKind::Accepted;
        assert_eq!(cell.probes, if probed { PROBES } else { 0 }, "{}", cell.id);
    }
}

#[rstest]
fn every_promise_is_kept(
    #[files("../../pythons/*.toml")] manifest: PathBuf,
    #[values(
        "c-py2",
        "c-single",
        "c-multi",
        "c-slots",
        "c-export",
        "c-layout",
        "c-abi3",
        "c-abi3t",
        "ffi-py2",
        "ffi",
        "ffi-export",
        "pyo3",
        "pyo3-abi3",
        "pyo3-abi3t"
    )]
    flavor: &str,
) {
    if let Some(python) = interpreter(&manifest) {
        check(flavor, python);
    }
}

/// What the notes claim is part of the matrix: a row with a cell for every interpreter.
#[rstest]
fn the_notes_are_as_expected(#[files("../../pythons/*.toml")] manifest: PathBuf) {
    let Some(python) = interpreter(&manifest) else { return };
    let mut cells = REPORT.cells.iter().filter(|cell| cell.artifact.0 == "notes" && cell.python == python.id);
    let cell = cells.next().unwrap();
    assert_eq!(cell.id.0, format!("notes@{}/import", python.id));
    assert_eq!(
        (cell.outcome.as_str(), cell.verdict),
        ("accepted", Verdict::AsExpected),
        "{:?}",
        cell.message
    );
    assert!(cell.probes > 700, "{} answers", cell.probes);
    assert_eq!(cells.count(), 0);
}

/// For every interpreter each flavor has a specimen, or a reason why there is none.
#[rstest]
fn a_specimen_or_a_reason(#[files("../../pythons/*.toml")] manifest: PathBuf) {
    let Some(python) = interpreter(&manifest) else { return };
    // Those of PyO3 for a stable ABI are built for nobody in particular.
    let of_everybody = flavors().iter().filter(|flavor| !flavor.id.starts_with("pyo3-abi3"));
    for flavor in of_everybody.map(|flavor| flavor.id.as_str()) {
        let built = REPORT
            .artifacts
            .iter()
            .filter(|artifact| artifact.built_for == python.id && family_of(&artifact.flavor) == flavor);
        let reasons = REPORT
            .not_applicable
            .iter()
            .filter(|entry| entry.built_for == python.id && entry.flavor == flavor);
        let built: Vec<_> = built.collect();
        assert_ne!(built.is_empty(), reasons.count() == 0, "{flavor} for {}", python.id);
        for artifact in built {
            assert_eq!(artifact.not_built, None, "{}", artifact.id);
            assert!(!artifact.commands.is_empty(), "{} does not say how it was built", artifact.id);
        }
    }
}

/// What the README says of the development machine, as one number: 58 artifacts, 9 interpreters; the two
/// specimens for Python 2 have one file name, the others two; and the notes, once for each interpreter. Where there are more interpreters than the required,
/// there is more of everything.
#[test]
fn the_sums_are_right() {
    if narrowed().is_some() {
        let _ = writeln!(std::io::stderr(), "not run: the sums are those of the whole axis");
        return;
    }
    let summary = &REPORT.summary;
    assert_eq!(REPORT.errors, Vec::<String>::new());
    assert_eq!((summary.unexpected, summary.not_run), (0, 0));
    if REPORT.pythons.iter().filter(|python| python.found).count() == 9 {
        assert_eq!((summary.cells, summary.not_applicable), (58 * 9 * 2 + 56 * 9 + 9, 60));
    }
    assert_eq!(summary.as_expected + summary.luck, summary.cells);
}

/// What a module says of itself in its slots is what the interpreter does with it. Multi-phase modules without
/// slots may share the GIL with a legacy subinterpreter and not be in one of its own (PEP 684); single-phase ones
/// neither, once the interpreter has no GIL to share (PEP 703).
#[rstest]
#[case::gil_declared("gil", &["c-slots", "c-export", "c-abi3t", "ffi-export"], "off")]
#[case::gil_not_declared("gil", &["c-single", "c-multi"], "on")]
#[case::own_gil(
    "isolated-subinterpreter",
    &["c-slots", "c-export", "c-abi3t", "ffi-export"],
    "accepted"
)]
#[case::no_own_gil(
    "isolated-subinterpreter",
    &["c-single", "c-multi"],
    "ImportError: module spam does not support loading in subinterpreters"
)]
#[case::shared_gil(
    "legacy-subinterpreter",
    &["c-multi", "c-slots", "c-export", "c-abi3t", "ffi-export"],
    "accepted"
)]
#[case::again(
    "import-again",
    &["c-single", "c-multi", "c-slots", "c-export", "c-abi3t", "ffi-export"],
    "another module"
)]
fn slots_are_heeded(#[case] question: &str, #[case] flavors: &[&str], #[case] answer: &str) {
    let of_flavors = REPORT.cells.iter().filter(|cell| flavors.contains(&family(cell)));
    let promised =
        of_flavors.filter(|cell| cell.expectation == ExpectationKind::Accept && cell.rung == Rung::Import);
    for cell in promised {
        if let Some(seen) = cell.evidence.get(question) {
            assert_eq!(seen, answer, "{}", cell.id);
        }
    }
}

/// Evidence is there where it can be had.
#[rstest]
fn every_question_is_asked(#[files("../../pythons/*.toml")] manifest: PathBuf) {
    let Some(python) = interpreter(&manifest) else { return };
    let mut cells = REPORT.cells.iter().filter(|cell| {
        cell.python == python.id
            && cell.expectation == ExpectationKind::Accept
            && cell.file == FileName::Tagged
    });
    let asked = cells.find(|cell| !cell.evidence.is_empty()).map(|cell| &cell.evidence);
    let asked: Vec<&str> = asked.into_iter().flatten().map(|(question, _)| question.as_str()).collect();
    assert!(asked.contains(&"import-again"), "{asked:?}");
    let AbiTag::Cpython(abi) = python.id else { return };
    assert_eq!(asked.contains(&"legacy-subinterpreter"), abi.version >= PyVersion::new(3, 8));
    assert_eq!(asked.contains(&"isolated-subinterpreter"), abi.version >= PyVersion::new(3, 12));
    assert_eq!(asked.contains(&"gil"), abi.free_threaded);
}
