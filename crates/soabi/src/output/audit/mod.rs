//! The audit report in its forms.

mod github;
mod human;
mod junit;
mod markdown;
mod picture;
mod sarif;

use std::path::Path;

use soabi_report::audit::{AuditReport, ErrorEntry, FindingEntry, SubjectEntry, SubjectKind, Summary};

use crate::cli::audit::AuditFormat;
use crate::output::count;

/// The report as `format` asks.
pub(crate) fn render(report: &AuditReport, format: AuditFormat) -> String {
    match format {
        AuditFormat::Human => human::render(report),
        AuditFormat::Json => super::json(report),
        AuditFormat::Sarif => sarif::render(report),
        AuditFormat::Junit => junit::render(report),
        AuditFormat::Markdown => markdown::render(report),
        AuditFormat::Github => github::render(report),
    }
}

/// The last part of a subject's path, which is enough to tell it by where the whole is too long.
fn file_name(subject: &SubjectEntry) -> &str {
    let path = subject.path.trim_end_matches('/');
    path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(&subject.path)
}

/// Where a finding or an error is: the member, or the subject itself.
fn place<'a>(subject: &'a SubjectEntry, object: Option<&'a String>) -> &'a str {
    object.map_or_else(|| file_name(subject), String::as_str)
}

/// `2 errors, 1 warning`; `clean` where there is nothing to tell.
fn verdict(summary: &Summary) -> String {
    let counts = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note")];
    let mut parts: Vec<_> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| count(*number, what)).collect();
    if parts.is_empty() && summary.not_audited == 0 {
        parts.push("clean".to_owned());
    }
    if summary.ignored > 0 {
        parts.push(format!("{} ignored", summary.ignored));
    }
    if summary.not_audited > 0 {
        parts.push(format!("{} not audited", summary.not_audited));
    }
    parts.join(", ")
}

/// The file on disk that a finding or an error is about: a wheel as a whole, in a folder the very file.
fn file(subject: &SubjectEntry, object: Option<&String>) -> String {
    let Some(member) = object.filter(|_| subject.kind == SubjectKind::Directory) else {
        return subject.path.clone();
    };
    let path = Path::new(&subject.path);
    let folder = if is_installed(subject) { path.parent().unwrap_or(path) } else { path };
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    folder.join(member).display().to_string()
}

/// Whether a subject is an installed distribution, whose files are beside its `.dist-info`.
fn is_installed(subject: &SubjectEntry) -> bool {
    subject.kind == SubjectKind::Directory && subject.path.ends_with(".dist-info")
}

/// Whether a finding says the same as an error, as `not-examined` does.
fn says(finding: &FindingEntry, error: &ErrorEntry) -> bool {
    finding.rule == "not-examined"
        && finding.object == error.object
        && finding.message.ends_with(&error.message)
}

/// What a finding says and what proves it, one line each: `symbols: PyType_Freeze (3.14)`. Of long lists the
/// first `most` names. Interpreters are left out: the message says them in words.
fn lines(finding: &FindingEntry, most: usize) -> Vec<String> {
    let evidence = finding.evidence.iter().filter(|(what, _)| *what != "pythons");
    let evidence = evidence.map(|(what, list)| format!("{what}: {}", list_of(list, most)));
    std::iter::once(finding.message.clone()).chain(evidence).collect()
}

/// `a, b and 12 more`. One more than `most` is named rather than counted.
fn list_of(list: &[String], most: usize) -> String {
    if list.len() <= most + 1 {
        return list.join(", ");
    }
    format!("{} and {} more", list[..most].join(", "), list.len() - most)
}
