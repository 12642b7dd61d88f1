//! The audit as annotations of GitHub Actions: one line per finding, errors included.
//!
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions", and `escapeData` and
//! `escapeProperty` of its toolkit.

use std::io::{self, Write};

use soabi_core::{Foreign, Severity};
use soabi_report::audit::{AuditReport, FindingEntry};

use super::cannot_load::{self, cannot_load};
use super::evidence::lines;
use super::overview::Overview;
use super::place::file;
use super::release::{self, Words};
use crate::output::format::Format;
use crate::output::text::bounded;
use crate::output::view::View;

/// Of longer lists only the first names are printed: an annotation is cut off at 4096 characters.
const MOST: usize = 10;

/// Annotations.
pub(super) struct Github;

impl Format<AuditReport> for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "Annotations of GitHub Actions"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let overview = Overview::of(report, view);
        for subject in &overview.subjects {
            for finding in &subject.shown {
                let file = file(subject.entry, finding.object.as_ref());
                annotate(out, command(finding.severity), &file, &finding.rule, &message(finding))?;
            }
            if let Some(message) = cannot_load(&overview, subject) {
                annotate(out, "error", &file(subject.entry, None), cannot_load::RULE, &data(&message))?;
            }
            for error in &subject.errors {
                let file = file(subject.entry, error.object.as_ref());
                let message = with_member(error.object.as_ref(), &error.message);
                annotate(out, "error", &file, "not judged", &data(&message))?;
            }
        }
        for Words { path, severity, rule, message } in release::words(report) {
            annotate(out, command(severity), &path, rule, &data(&message))?;
        }
        Ok(())
    }
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// The escaped message: its lines are ours, and what is in them is not.
fn message(finding: &FindingEntry) -> String {
    let mut lines = lines(finding, MOST);
    lines[0] = with_member(finding.object.as_ref(), &lines[0]);
    lines.extend(finding.help.as_ref().map(|help| format!("fix: {help}")));
    lines.iter().map(|line| data(line)).collect::<Vec<_>>().join("%0A")
}

/// A message with the member in front.
fn with_member(object: Option<&String>, message: &str) -> String {
    object.map_or_else(|| message.to_owned(), |object| format!("{object}: {message}"))
}

fn annotate(out: &mut dyn Write, command: &str, file: &str, title: &str, message: &str) -> io::Result<()> {
    let (file, title) = (property(file), property(&format!("soabi: {title}")));
    writeln!(out, "::{command} file={file},title={title}::{message}")
}

fn data(text: &str) -> String {
    Foreign::new(&bounded(text)).to_string().replace('%', "%25")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the toolkit escapes, and line breaks as foreign text has them.
    #[test]
    fn escapes() {
        assert_eq!(data("100%\r\na:b,c"), "100%25\\r\\na:b,c");
        assert_eq!(property("100%\r\na:b,c"), "100%25\\r\\na%3Ab%2Cc");
        assert_eq!(data("a::error::b"), "a:\\x3aerror:\\x3ab");
    }
}
