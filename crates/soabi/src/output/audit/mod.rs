//! The audit report in its forms.

mod github;
mod human;
mod junit;
mod markdown;
mod picture;
mod sarif;

use soabi_core::report::audit::{AuditReport, FindingEntry, SubjectEntry, Summary};

use crate::cli::AuditFormat;
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

/// What a finding says and what proves it, one line each: `pythons: cp313, cp314`. Of long lists the first
/// `most` names.
fn lines(finding: &FindingEntry, most: usize) -> Vec<String> {
    let evidence = finding.evidence.iter().map(|(what, list)| format!("{what}: {}", list_of(list, most)));
    std::iter::once(finding.message.clone()).chain(evidence).collect()
}

/// `a, b and 12 more`. One more than `most` is named rather than counted.
fn list_of(list: &[String], most: usize) -> String {
    if list.len() <= most + 1 {
        return list.join(", ");
    }
    format!("{} and {} more", list[..most].join(", "), list.len() - most)
}
