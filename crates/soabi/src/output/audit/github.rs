//! The audit as annotations of GitHub Actions: one line per finding, errors included.
//!
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions", and `escapeData` and
//! `escapeProperty` of its toolkit.

use std::fmt::Write;

use soabi_core::Severity;
use soabi_core::report::audit::{AuditReport, FindingEntry, SubjectEntry};

use super::lines;

/// Of longer lists only the first names are printed: an annotation is cut off at 4096 characters.
const MOST: usize = 10;

/// Renders the report.
pub(super) fn render(report: &AuditReport) -> String {
    let mut text = String::new();
    for subject in &report.subjects {
        for finding in &subject.findings {
            let message = message(finding);
            annotate(&mut text, command(finding.severity), subject, &finding.rule, &message);
        }
        for error in &subject.errors {
            let place = error.object.as_ref().map(|object| format!("{object}: ")).unwrap_or_default();
            annotate(&mut text, "error", subject, "not audited", &format!("{place}{}", error.message));
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
    let place = finding.object.as_ref().map(|object| format!("{object}: ")).unwrap_or_default();
    let hint = finding.help.as_ref().map(|help| format!("\nhint: {help}")).unwrap_or_default();
    format!("{place}{}{hint}", lines(finding, MOST).join("\n"))
}

fn annotate(text: &mut String, command: &str, subject: &SubjectEntry, title: &str, message: &str) {
    let (file, title) = (property(&subject.path), property(&format!("soabi: {title}")));
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
