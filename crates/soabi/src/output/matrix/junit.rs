//! The matrix as JUnit XML: a test suite per interpreter, a test case per cell.

use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use soabi_core::Verdict;
use soabi_report::matrix::{CellEntry, MatrixReport};

use crate::output::format::Format;
use crate::output::junit::{shown, write};
use crate::output::view::View;

/// JUnit XML. What soabi could not do is a suite of its own, in which every case is an error.
pub(super) struct Junit;

impl Format<MatrixReport> for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "A test suite per interpreter, a test case per cell"
    }

    fn render(&self, report: &MatrixReport, _: &View, out: &mut dyn Write) -> io::Result<()> {
        write(&document(report), out)
    }
}

fn document(report: &MatrixReport) -> Report {
    let mut junit = Report::new("soabi matrix");
    for python in &report.pythons {
        let cells: Vec<_> = report.cells.iter().filter(|cell| cell.python == python.id).collect();
        if cells.is_empty() {
            continue;
        }
        let mut suite = TestSuite::new(python.id.to_string());
        suite.add_test_cases(cells.into_iter().map(case));
        junit.add_test_suite(suite);
    }
    if !report.unmet.is_empty() {
        let mut suite = TestSuite::new("required");
        suite.add_test_cases(report.unmet.iter().map(|unmet| {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type("unmet").set_message(shown(&unmet.why));
            TestCase::new(shown(&format!("{} in {}", unmet.name, unmet.python)), status)
        }));
        junit.add_test_suite(suite);
    }
    if !report.errors.is_empty() {
        let mut suite = TestSuite::new("soabi");
        for error in &report.errors {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(shown(error));
            suite.add_test_case(TestCase::new("could not be done", status));
        }
        junit.add_test_suite(suite);
    }
    junit
}

fn case(cell: &CellEntry) -> TestCase {
    let status = match cell.verdict {
        Verdict::AsExpected if cell.agrees == Some(false) || cell.is_asked_and_dangerous() => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let what = if cell.agrees == Some(false) { "predicted otherwise" } else { "asked for" };
            let message = cell.message.as_deref().unwrap_or(cell.outcome.as_str());
            status.set_type(what).set_message(format!("{what}: {}", shown(message)));
            status
        }
        Verdict::AsExpected => TestCaseStatus::success(),
        Verdict::Unexpected => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(cell.outcome.as_str()).set_message(format!(
                "expected {}, saw {}: {}",
                cell.expectation,
                cell.outcome,
                shown(cell.message.as_deref().unwrap_or("without a message"))
            ));
            status.set_description(shown(&cell.why));
            status
        }
        Verdict::NotRun => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(shown(cell.message.as_deref().unwrap_or_default()));
            status
        }
    };
    let mut case = TestCase::new(shown(&cell.id.0), status);
    case.set_classname(shown(&cell.artifact.0));
    case.set_time(Duration::try_from_secs_f64(cell.ms / 1000.0).unwrap_or_default());
    case
}
