//! The audit as annotations of GitHub Actions: one line per finding, errors included.
//!
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions", and `escapeData` and
//! `escapeProperty` of its toolkit.

use std::fmt::Write;

use soabi_core::Severity;
use soabi_report::audit::{AuditReport, FindingEntry};

use super::{file, lines, says};

/// Of longer lists only the first names are printed: an annotation is cut off at 4096 characters.
const MOST: usize = 10;

/// Renders the report.
pub(super) fn render(report: &AuditReport) -> String {
    let mut text = String::new();
    for subject in &report.subjects {
        let twice = |finding: &FindingEntry| subject.errors.iter().any(|error| says(finding, error));
        for finding in subject.findings.iter().filter(|finding| !twice(finding)) {
            let file = file(subject, finding.object.as_ref());
            annotate(&mut text, command(finding.severity), &file, &finding.rule, &message(finding));
        }
        for error in &subject.errors {
            let file = file(subject, error.object.as_ref());
            let message = told_of(error.object.as_ref(), &error.message);
            annotate(&mut text, "error", &file, "not audited", &message);
        }
    }
    text
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

fn message(finding: &FindingEntry) -> String {
    let hint = finding.help.as_ref().map(|help| format!("\nhint: {help}")).unwrap_or_default();
    told_of(finding.object.as_ref(), &format!("{}{hint}", lines(finding, MOST).join("\n")))
}

/// A message with the member in front.
fn told_of(object: Option<&String>, message: &str) -> String {
    object.map_or_else(|| message.to_owned(), |object| format!("{object}: {message}"))
}

fn annotate(text: &mut String, command: &str, file: &str, title: &str, message: &str) {
    let (file, title) = (property(file), property(&format!("soabi: {title}")));
    let _ = writeln!(text, "::{command} file={file},title={title}::{}", data(message));
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The toolkit's own examples of what has to be escaped.
    #[test]
    fn escapes() {
        assert_eq!(data("100%\r\na:b,c"), "100%25%0D%0Aa:b,c");
        assert_eq!(property("100%\r\na:b,c"), "100%25%0D%0Aa%3Ab%2Cc");
    }
}
