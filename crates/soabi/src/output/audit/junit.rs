//! The audit as JUnit XML: a test suite per subject, a test case per file and one for the subject itself.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use soabi_core::Severity;
use soabi_report::audit::{AuditReport, FindingEntry, SubjectEntry};

use super::cannot_load::{self, cannot_load};
use super::evidence::lines;
use super::overview::{Overseen, Overview};
use super::place::place;
use super::release::{self, Words};
use crate::output::format::Format;
use crate::output::junit::{shown, write};
use crate::output::view::View;

/// Of longer lists only the first names are printed.
const MOST: usize = 20;

/// JUnit XML. A case fails when it has a finding that makes the audit fail; what is less bad is its output.
pub(super) struct Junit;

impl Format<AuditReport> for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "A test suite per subject, a test case per file"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let overview = Overview::of(report, view);
        let mut junit = Report::new("soabi audit");
        for subject in &overview.subjects {
            let mut suite = TestSuite::new(shown(&subject.entry.path));
            let objects = objects(subject.entry);
            suite.add_test_cases(objects.into_iter().map(|object| case(&overview, subject, object)));
            junit.add_test_suite(suite);
        }
        // Only what makes the audit fail is a failure.
        let lost: Vec<Words> =
            release::words(report).into_iter().filter(|words| words.severity == Severity::Error).collect();
        if !lost.is_empty() {
            let mut suite = TestSuite::new("releases");
            suite.add_test_cases(lost.iter().map(|words| {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                status.set_type(words.rule).set_message(shown(&words.message));
                TestCase::new(shown(&words.path), status)
            }));
            junit.add_test_suite(suite);
        }
        write(&junit, out)
    }
}

/// The subject itself, then everything in it that was read or reported, each once.
fn objects(subject: &SubjectEntry) -> Vec<Option<&String>> {
    let read = subject.objects.iter().map(|object| object.member.as_ref());
    let found = subject.findings.iter().map(|finding| finding.object.as_ref());
    let failed = subject.errors.iter().map(|error| error.object.as_ref());
    let mut objects: Vec<_> = std::iter::once(None).chain(read).chain(found).chain(failed).collect();
    objects.sort();
    objects.dedup();
    objects
}

fn case(overview: &Overview<'_>, subject: &Overseen<'_>, object: Option<&String>) -> TestCase {
    let is_here = |finding: &&&FindingEntry| finding.object.as_ref() == object;
    let findings: Vec<&FindingEntry> = subject.shown.iter().filter(is_here).copied().collect();
    let failures: Vec<_> = findings.iter().filter(|finding| overview.fails(finding)).collect();
    let errors: Vec<_> =
        subject.entry.errors.iter().filter(|error| error.object.as_ref() == object).collect();
    let mut status = if let [error, ..] = errors[..] {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("not-judged").set_message(shown(&error.message));
        status
    } else if let [finding, ..] = failures[..] {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(finding.rule.as_str()).set_message(shown(&finding.message));
        status
    } else if let (Some(message), None) = (cannot_load(overview, subject), object) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(cannot_load::RULE).set_message(shown(&message));
        status
    } else {
        TestCaseStatus::success()
    };
    let details = findings.iter().map(|finding| details(finding)).collect::<Vec<_>>().join("\n");
    let failed = !errors.is_empty() || !failures.is_empty();
    if failed && !details.is_empty() {
        status.set_description(details.as_str());
    }
    let mut case = TestCase::new(shown(place(subject.entry, object)), status);
    case.set_classname(shown(&subject.entry.path));
    if !failed && !details.is_empty() {
        case.set_system_out(details);
    }
    case
}

fn details(finding: &FindingEntry) -> String {
    let mut lines = lines(finding, MOST);
    lines[0] = format!("{}[{}]: {}", finding.severity.as_str(), finding.rule, lines[0]);
    lines.extend(finding.help.as_ref().map(|help| format!("fix: {help}")));
    lines.iter().map(|line| shown(line)).collect::<Vec<_>>().join("\n  ")
}
