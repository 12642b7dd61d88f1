//! The whole matrix of the specimens, on every interpreter of `pythons/`, held to the truth table.
//!
//! The program runs once, and every case looks at its own cells. A required interpreter that is missing fails its
//! cases. Where another one is missing, or the axis is narrowed (`SOABI_PYTHON=cp311,cp312`), and where there is no
//! specimen for a case, the case is ignored with the reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use rstest::rstest;
use soabi_core::{AbiTag, ExpectationKind, FileName, OutcomeKind, PyVersion, Rung, Verdict};
use soabi_harness::specimen::{self, SpecimenPlan, flavors};
use soabi_notes::claims;
use soabi_python::Interpreter;
use soabi_report::matrix::{CellEntry, MatrixReport, Summary};

use crate::harness::{Checked, Skip, ready, skip};
use crate::support::{Soabi, all_interpreters, interpreter, once, root};

/// Every probe of the round trip, with the ten thousand calls.
const PROBES: u32 = 15;

static REPORT: LazyLock<MatrixReport> = LazyLock::new(|| {
    let run = || {
        let truth = root().join("tests/expected/spam.toml");
        let soabi = Soabi::new().args(["matrix", "--format", "json", "--probes", "always", "--expected"]);
        let finished = soabi.args([truth]).run();
        // What could not be done stands in the report, and a test looks at it.
        assert_ne!(finished.stdout(), "", "{}", finished.stderr());
        finished.bytes()
    };
    serde_json::from_slice(&once("matrix.json", run)).unwrap()
});

/// The specimens that can be built with the interpreters of this machine.
static PLAN: LazyLock<SpecimenPlan<'static>> =
    LazyLock::new(|| specimen::plan(flavors(), all_interpreters()));

/// The names of the specimens of one flavor. A case without any is skipped for the reason that the flavor states.
fn specimens(flavor: &str) -> Result<BTreeSet<String>, Skip> {
    let specimens = PLAN.specimens.iter().filter(|specimen| specimen.flavor.id == flavor);
    let names: BTreeSet<_> = specimens.map(|specimen| specimen.id().0).collect();
    if !names.is_empty() {
        return Ok(names);
    }
    let reasons = PLAN.not_applicable.iter().filter(|pair| pair.flavor == flavor);
    let reasons: BTreeSet<_> = reasons.map(|pair| pair.because.as_str()).collect();
    skip(format!("no interpreter here builds {flavor}: {}", Vec::from_iter(reasons).join("; ")))
}

fn family(cell: &CellEntry) -> &str {
    family_of(cell.artifact.0.split('/').next().unwrap())
}

/// A flavor without its floor.
fn family_of(flavor: &str) -> &str {
    flavor.rsplit_once("-py3").map_or(flavor, |(family, _)| family)
}

/// The id of the flavor that a file declares.
fn flavor_in(file: &Path) -> &str {
    file.file_stem().unwrap().to_str().unwrap()
}

#[rstest]
fn every_promise_is_kept(
    #[files("../../pythons/*.toml")] manifest: PathBuf,
    #[files("../../crates/spam-*/flavors/*.toml")] flavor: PathBuf,
) -> Checked {
    let python = interpreter(&manifest)?;
    let flavor = flavor_in(&flavor);
    let names = specimens(flavor)?;
    ready()?;
    let cells: Vec<_> =
        REPORT.cells.iter().filter(|cell| cell.python == python.id && family(cell) == flavor).collect();
    let seen: BTreeSet<_> = cells.iter().map(|cell| cell.artifact.0.clone()).collect();
    assert_eq!(seen, names);
    let bare = cells.iter().filter(|cell| cell.file == FileName::Bare).count();
    // Files for Python 2 have the bare name already.
    let renamed = if flavor.ends_with("py2") { 0 } else { names.len() };
    assert_eq!(bare, renamed, "a tagged file is tried under a bare name too");
    assert_eq!(cells.len(), 2 * names.len() + bare, "a load and an import of every artifact");
    for cell in cells {
        assert_eq!(cell.verdict, Verdict::AsExpected, "{}: {:?} ({})", cell.id, cell.message, cell.why);
        assert_eq!(cell.agrees, Some(true), "{}: the auditor predicts otherwise", cell.id);
        let probed = cell.rung == Rung::Import && cell.outcome == OutcomeKind::Accepted;
        assert_eq!(cell.probes, if probed { PROBES } else { 0 }, "{}", cell.id);
    }
    Ok(())
}

/// The claims of the notes are part of the matrix: a row with a cell for every interpreter.
#[rstest]
fn the_notes_are_as_expected(#[files("../../pythons/*.toml")] manifest: PathBuf) -> Checked {
    let python = interpreter(&manifest)?;
    ready()?;
    let of_notes = |cell: &&CellEntry| cell.artifact.0 == "notes" && cell.python == python.id;
    let cells: Vec<_> = REPORT.cells.iter().filter(of_notes).collect();
    let [cell] = cells[..] else { panic!("{} cells", cells.len()) };
    assert_eq!(cell.id.0, format!("notes@{}/import", python.id.abi));
    let ended = (cell.outcome, cell.verdict);
    assert_eq!(ended, (OutcomeKind::Accepted, Verdict::AsExpected), "{:?}", cell.message);
    let answers = usize::try_from(cell.probes).unwrap();
    assert!(answers >= claims().len(), "{answers} answers to {} claims", claims().len());
    Ok(())
}

/// For every interpreter each flavor has a specimen, or a reason why there is none.
#[rstest]
fn a_specimen_or_a_reason(#[files("../../pythons/*.toml")] manifest: PathBuf) -> Checked {
    let python = interpreter(&manifest)?;
    ready()?;
    // Those of PyO3 for a stable ABI are built for no interpreter in particular.
    let of_everybody = flavors().iter().filter(|flavor| !flavor.id.starts_with("pyo3-abi3"));
    for flavor in of_everybody.map(|flavor| flavor.id.as_str()) {
        let built = REPORT
            .artifacts
            .iter()
            .filter(|artifact| artifact.built_for == python.id.abi && family_of(&artifact.flavor) == flavor);
        let reasons = REPORT
            .not_applicable
            .iter()
            .filter(|entry| entry.built_for == python.id.abi && entry.flavor == flavor);
        let built: Vec<_> = built.collect();
        assert_ne!(built.is_empty(), reasons.count() == 0, "{flavor} for {}", python.id.abi);
        for artifact in built {
            assert_eq!(artifact.not_built, None, "{}", artifact.id);
            assert!(!artifact.commands.is_empty(), "{} does not say how it was built", artifact.id);
        }
    }
    Ok(())
}

/// Every artifact meets every interpreter, no cell is counted twice, and the summary is the sum of the cells.
#[test]
fn the_matrix_is_whole() {
    assert_eq!(REPORT.errors, Vec::<String>::new());
    let ids: BTreeSet<_> = REPORT.cells.iter().map(|cell| &cell.id).collect();
    assert_eq!(ids.len(), REPORT.cells.len());
    // A file for Python 2 is loaded and imported; one for Python 3 is imported under the bare name too.
    let questions = |file_name: &str| if file_name == "spam.so" { 2 } else { 3 };
    let files = REPORT.artifacts.iter().filter(|artifact| artifact.id.0 != "notes");
    let of_artifacts: usize = files.map(|artifact| questions(&artifact.file_name)).sum();
    let columns = all_interpreters().len();
    assert_eq!(
        REPORT.cells.len(),
        columns * of_artifacts + columns,
        "and the notes, once for each interpreter"
    );
    assert_eq!(REPORT.summary, Summary::of(&REPORT.cells, REPORT.not_applicable.len()));
    assert_eq!((REPORT.summary.unexpected, REPORT.summary.not_run), (0, 0));
}

/// Questions about a module that are asked beside the probes, and the interpreters that can answer them.
#[derive(Clone, Copy)]
enum Question {
    /// Whether the GIL is on after the import (PEP 703).
    Gil,
    /// What a second import gives.
    Again,
    /// Whether a subinterpreter that shares the GIL takes it.
    Legacy,
    /// Whether a subinterpreter with its own GIL takes it (PEP 684).
    Isolated,
}

impl Question {
    const ALL: [Self; 4] = [Self::Gil, Self::Again, Self::Legacy, Self::Isolated];

    fn key(self) -> &'static str {
        match self {
            Self::Gil => "gil",
            Self::Again => "import-again",
            Self::Legacy => "legacy-subinterpreter",
            Self::Isolated => "isolated-subinterpreter",
        }
    }

    fn is_asked_in(self, python: &Interpreter) -> bool {
        let from = |minor| python.facts.feature >= PyVersion::new(3, minor);
        match (self, python.id.abi) {
            (Self::Again, _) => true,
            (Self::Gil, AbiTag::Cpython(abi)) => abi.free_threaded,
            (Self::Legacy, AbiTag::Cpython(_)) => from(8),
            (Self::Isolated, AbiTag::Cpython(_)) => from(12),
            _ => false,
        }
    }
}

/// Where modules of `flavor` are promised to be imported, the answer to `question` is `answer`.
fn check_evidence(question: Question, flavor: &str, answer: &str) -> Checked {
    let builds = |python: &&Interpreter| {
        PLAN.specimens
            .iter()
            .any(|specimen| specimen.flavor.id == flavor && specimen.built_for == python.id.abi)
    };
    let can_answer = |python: &Interpreter| question.is_asked_in(python);
    if !all_interpreters().iter().filter(builds).any(can_answer) {
        return skip(format!(
            "no interpreter here builds {flavor} and can be asked for `{}`",
            question.key()
        ));
    }
    ready()?;
    let promised = |cell: &&CellEntry| {
        cell.expectation == ExpectationKind::Accept && cell.rung == Rung::Import && family(cell) == flavor
    };
    let cells = REPORT.cells.iter().filter(promised);
    let answers: Vec<_> =
        cells.filter_map(|cell| Some((&cell.id, cell.evidence.get(question.key())?))).collect();
    assert!(!answers.is_empty(), "no cell of {flavor} answers");
    for (id, seen) in answers {
        assert_eq!(seen, answer, "{id}");
    }
    Ok(())
}

#[rstest]
fn modules_that_declare_it_run_without_the_gil(
    #[values("c-slots", "c-export", "c-abi3t", "ffi-export")] flavor: &str,
) -> Checked {
    check_evidence(Question::Gil, flavor, "off")
}

#[rstest]
fn modules_that_do_not_declare_it_turn_the_gil_on(#[values("c-single", "c-multi")] flavor: &str) -> Checked {
    check_evidence(Question::Gil, flavor, "on")
}

#[rstest]
fn modules_that_declare_it_are_imported_in_an_isolated_subinterpreter(
    #[values("c-slots", "c-export", "c-abi3t", "ffi-export")] flavor: &str,
) -> Checked {
    check_evidence(Question::Isolated, flavor, "accepted")
}

/// Neither single-phase modules nor multi-phase ones without the slot (PEP 684).
#[rstest]
fn other_modules_are_refused_in_an_isolated_subinterpreter(
    #[values("c-single", "c-multi")] flavor: &str,
) -> Checked {
    let refusal = "ImportError: module spam does not support loading in subinterpreters";
    check_evidence(Question::Isolated, flavor, refusal)
}

#[rstest]
fn multi_phase_modules_are_imported_in_a_legacy_subinterpreter(
    #[values("c-multi", "c-slots", "c-export", "c-abi3t", "ffi-export")] flavor: &str,
) -> Checked {
    check_evidence(Question::Legacy, flavor, "accepted")
}

#[rstest]
fn a_second_import_gives_another_module(
    #[values("c-single", "c-multi", "c-slots", "c-export", "c-abi3t", "ffi-export")] flavor: &str,
) -> Checked {
    check_evidence(Question::Again, flavor, "another module")
}

/// Evidence is there where the interpreter can give it, and nowhere else.
#[rstest]
fn every_question_is_asked(#[files("../../pythons/*.toml")] manifest: PathBuf) -> Checked {
    let python = interpreter(&manifest)?;
    ready()?;
    let mut cells = REPORT.cells.iter().filter(|cell| {
        cell.python == python.id
            && cell.expectation == ExpectationKind::Accept
            && cell.file == FileName::Tagged
    });
    let evidence = cells.find(|cell| !cell.evidence.is_empty()).map(|cell| &cell.evidence).unwrap();
    for question in Question::ALL {
        let key = question.key();
        assert_eq!(evidence.contains_key(key), question.is_asked_in(python), "{key} in {evidence:?}");
    }
    Ok(())
}
