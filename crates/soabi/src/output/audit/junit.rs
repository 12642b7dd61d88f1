//! The audit as JUnit XML: a test suite per subject, a test case per file and one for the subject itself.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use soabi_report::audit::{AuditReport, FindingEntry, SubjectEntry};

use super::{lines, place};

/// Of longer lists only the first names are printed.
const MOST: usize = 20;

/// Renders the report. A case fails when it has a finding that makes the audit fail; what is less bad is its
/// output.
pub(super) fn render(report: &AuditReport) -> String {
    let mut junit = Report::new("soabi audit");
    for subject in &report.subjects {
        let mut suite = TestSuite::new(subject.path.as_str());
        suite.add_test_cases(objects(subject).into_iter().map(|object| case(report, subject, object)));
        junit.add_test_suite(suite);
    }
    junit.to_string().unwrap_or_default()
}

/// The subject itself, then everything in it that is spoken of, each once.
fn objects(subject: &SubjectEntry) -> Vec<Option<&String>> {
    let read = subject.objects.iter().map(|object| object.member.as_ref());
    let found = subject.findings.iter().map(|finding| finding.object.as_ref());
    let failed = subject.errors.iter().map(|error| error.object.as_ref());
    let mut objects: Vec<_> = std::iter::once(None).chain(read).chain(found).chain(failed).collect();
    objects.sort();
    objects.dedup();
    objects
}

fn case(report: &AuditReport, subject: &SubjectEntry, object: Option<&String>) -> TestCase {
    let findings: Vec<_> =
        subject.findings.iter().filter(|finding| finding.object.as_ref() == object).collect();
    let fails = |finding: &&&FindingEntry| report.fail_on.is_some_and(|least| finding.severity >= least);
    let failures: Vec<_> = findings.iter().filter(fails).collect();
    let errors: Vec<_> = subject.errors.iter().filter(|error| error.object.as_ref() == object).collect();
    let mut status = if let [error, ..] = errors[..] {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("not-audited").set_message(error.message.as_str());
        status
    } else if let [finding, ..] = failures[..] {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(finding.rule.as_str()).set_message(finding.message.as_str());
        status
    } else {
        TestCaseStatus::success()
    };
    let told = findings.iter().map(|finding| tell(finding)).collect::<Vec<_>>().join("\n");
    let failed = !errors.is_empty() || !failures.is_empty();
    if failed && !told.is_empty() {
        status.set_description(told.as_str());
    }
    let mut case = TestCase::new(place(subject, object), status);
    case.set_classname(subject.path.as_str());
    if !failed && !told.is_empty() {
        case.set_system_out(told);
    }
    case
}

fn tell(finding: &FindingEntry) -> String {
    let mut text =
        format!("{}[{}]: {}", finding.severity.as_str(), finding.rule, lines(finding, MOST).join("\n  "));
    if let Some(help) = &finding.help {
        text = format!("{text}\n  hint: {help}");
    }
    text
}
