//! The audit as Markdown, for the summary of a CI job.

use std::fmt::Write as _;
use std::io::{self, Write};

use soabi_core::{Foreign, Severity};
use soabi_report::audit::{AuditReport, FindingEntry};

use super::evidence::{applies_to, list_of_some, more};
use super::overview::{Overseen, Overview};
use super::place::place;
use super::release;
use crate::output::format::Format;
use crate::output::picture::{code, escaped, table};
use crate::output::view::View;

/// Of longer lists only the first names are printed.
const MOST: usize = 10;

/// Markdown.
pub(super) struct Markdown;

impl Format<AuditReport> for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "Markdown, for the summary of a CI job"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn Write) -> io::Result<()> {
        let overview = Overview::of(report, view);
        let verdict = overview.verdict();
        let mut text = format!("### soabi audit\n\n**{}**\n", escaped(&verdict.sentence));
        if let Some(picture) = super::picture::of(&overview, view) {
            let _ = write!(text, "\n{}", table(&picture));
        }
        for entry in release::tables(report, view) {
            let (title, picture) =
                (escaped(&release::title(entry)), table(&release::picture(&overview, entry)));
            let _ = write!(text, "\n#### {title}\n\n{picture}");
            for remark in release::remarks(report, entry) {
                let _ = writeln!(text, "\n{}", escaped(&remark));
            }
        }
        let alone = overview.subjects.len() == 1;
        for subject in overview.subjects.iter().filter(|subject| subject.has_words()) {
            if !alone {
                let (title, sentence) = (code(&subject.title), escaped(&overview.sentence(subject)));
                let _ = writeln!(text, "\n#### {title}\n\n{sentence}");
            }
            text.push('\n');
            words(&mut text, subject);
        }
        // Names are escaped already. This is for commands that would begin in a sentence and end in a name.
        let is_heading = |c: char| c == '#';
        text.lines().try_for_each(|line| {
            let words = line.trim_start_matches(is_heading);
            writeln!(out, "{}{}", &line[..line.len() - words.len()], Foreign::new(words))
        })
    }
}

fn words(text: &mut String, subject: &Overseen<'_>) {
    for finding in &subject.shown {
        item(text, subject, finding);
    }
    for entry in &subject.entry.ignored {
        let place = place(subject.entry, entry.finding.object.as_ref());
        let (rule, reason) = (&entry.finding.rule, escaped(&entry.reason));
        let _ = writeln!(text, "- ignored {} in {}: {reason}", code(rule), code(place));
    }
    for error in &subject.errors {
        let place = place(subject.entry, error.object.as_ref());
        let _ = writeln!(text, "- **not judged**: {}: {}", code(place), escaped(&error.message));
    }
}

fn item(text: &mut String, subject: &Overseen<'_>, finding: &FindingEntry) {
    let severity = match finding.severity {
        Severity::Error => "**error**",
        Severity::Warning => "**warning**",
        Severity::Note => "note",
    };
    let place = place(subject.entry, finding.object.as_ref());
    let (rule, message) = (code(&finding.rule), escaped(&finding.message));
    let _ = writeln!(text, "- {severity} {rule} in {}: {message}", code(place));
    for (what, list) in finding.evidence.iter().filter(|(what, _)| *what != "pythons") {
        let _ =
            writeln!(text, "  - {}: {}", escaped(what), code(&list_of_some(list, more(finding, what), MOST)));
    }
    if let Some(pythons) = applies_to(finding, &subject.entry.promised) {
        let _ = writeln!(text, "  - affects: {pythons}");
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(text, "  - fix: {}", escaped(help));
    }
}
