//! The audit as Markdown, for the summary of a CI job.

use std::fmt::Write;

use soabi_core::{PredictionKind, Severity};
use soabi_report::audit::{AuditReport, ErrorEntry, FindingEntry, SubjectEntry, Summary};

use super::{file_name, list_of, place, says, verdict};

/// Of longer lists only the first names are printed.
const MOST: usize = 10;

/// Renders the report.
pub(super) fn render(report: &AuditReport) -> String {
    let mut text = format!("### soabi audit: {}\n\n", verdict(&report.summary));
    text.push_str("| subject | extension modules | accepted by | result |\n| --- | ---: | --- | --- |\n");
    for subject in &report.subjects {
        let summary = Summary::of(std::slice::from_ref(subject));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            code(file_name(subject)),
            summary.extensions,
            accepted(report, subject),
            verdict(&summary)
        );
    }
    for subject in report.subjects.iter().filter(|subject| has_words(subject)) {
        let _ = writeln!(text, "\n#### {}\n", code(file_name(subject)));
        for finding in &subject.findings {
            tell(&mut text, subject, finding);
        }
        for entry in &subject.ignored {
            let (rule, place) = (&entry.finding.rule, place(subject, entry.finding.object.as_ref()));
            let _ = writeln!(text, "- ignored `{rule}` in {}: {}", code(place), plain(&entry.reason));
        }
        let told = |error: &&ErrorEntry| subject.findings.iter().any(|finding| says(finding, error));
        for error in subject.errors.iter().filter(|error| !told(error)) {
            let place = place(subject, error.object.as_ref());
            let _ = writeln!(text, "- **not audited**: {}: {}", code(place), plain(&error.message));
        }
    }
    text
}

fn has_words(subject: &SubjectEntry) -> bool {
    !(subject.findings.is_empty() && subject.ignored.is_empty() && subject.errors.is_empty())
}

/// The interpreters that accept every extension of the subject.
fn accepted(report: &AuditReport, subject: &SubjectEntry) -> String {
    let accepts = |index: usize| {
        let mut extensions = subject.objects.iter().filter(|object| object.extension).peekable();
        extensions.peek().is_some()
            && extensions.all(|object| object.predictions[index].expect == PredictionKind::Accept)
    };
    let pythons = report.pythons.iter().enumerate();
    pythons
        .filter(|(index, _)| accepts(*index))
        .map(|(_, python)| python.id.to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

fn tell(text: &mut String, subject: &SubjectEntry, finding: &FindingEntry) {
    let severity = match finding.severity {
        Severity::Error => "**error**",
        Severity::Warning => "**warning**",
        Severity::Note => "note",
    };
    let place = place(subject, finding.object.as_ref());
    let _ = writeln!(text, "- {severity} `{}` in {}: {}", finding.rule, code(place), plain(&finding.message));
    for (what, list) in finding.evidence.iter().filter(|(what, _)| *what != "pythons") {
        let _ = writeln!(text, "  - {what}: {}", code(&list_of(list, MOST)));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "  - hint: {}", plain(help));
    }
}

/// Names from a file, which may hold anything, as code: in more backticks than they have themselves. A `|`
/// would end the cell of a table.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    let fence = "`".repeat(text.split(|c| c != '`').map(str::len).max().unwrap_or(0) + 1);
    if fence.len() == 1 { format!("`{text}`") } else { format!("{fence} {text} {fence}") }
}

/// Our own sentences: code in backticks stays, HTML that a name may hold does not.
fn plain(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names() {
        assert_eq!(code("spam/_spam.abi3.so"), "`spam/_spam.abi3.so`");
        assert_eq!(code("a|b\n`c`"), "`` a\\|b `c` ``");
        assert_eq!(plain("needs `x` & <script>"), "needs `x` &amp; &lt;script>");
    }
}
