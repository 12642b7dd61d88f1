//! The audit report in its forms.

mod github;
mod human;
mod junit;
mod markdown;
mod names;
mod overview;
mod picture;
mod reasons;
mod requirement;
mod sarif;
#[cfg(test)]
mod tests;
mod verdict;

use std::path::Path;

use soabi_core::AbiTag;
use soabi_report::audit::{AuditReport, FindingEntry, SCHEMA, SubjectEntry, SubjectKind};

use crate::output::columns::span;
use crate::output::format::{Format, Json};

/// The formats, in the order of `--help`.
pub(crate) static FORMATS: &[&dyn Format<AuditReport>] = &[
    &human::Human,
    &Json { schema: SCHEMA },
    &sarif::Sarif,
    &junit::Junit,
    &markdown::Markdown,
    &github::Github,
    &names::Names,
];

/// The last part of a subject's path, which is enough to tell it by where the whole is too long.
fn file_name(subject: &SubjectEntry) -> &str {
    let path = subject.path.trim_end_matches('/');
    path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(&subject.path)
}

/// Where a finding or an error is: the member, or the subject itself.
fn place<'a>(subject: &'a SubjectEntry, object: Option<&'a String>) -> &'a str {
    object.map_or_else(|| file_name(subject), String::as_str)
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

/// The name and the version of a wheel or an installed distribution, as its file name has them.
fn distribution(subject: &SubjectEntry) -> Option<(&str, &str)> {
    let file = file_name(subject);
    let stem = match subject.kind {
        SubjectKind::Wheel => file.strip_suffix(".whl"),
        SubjectKind::Directory if is_installed(subject) => file.strip_suffix(".dist-info"),
        SubjectKind::Directory | SubjectKind::Object => None,
    };
    let mut parts = stem?.split('-');
    Some((parts.next()?, parts.next()?))
}

/// What a finding says and what proves it, one line each: `symbols: PyType_Freeze (3.14)`. Of long lists the
/// first `most` names. Interpreters are left out: the message says them in words.
fn lines(finding: &FindingEntry, most: usize) -> Vec<String> {
    let evidence = finding.evidence.iter().filter(|(what, _)| *what != "pythons");
    let evidence =
        evidence.map(|(what, list)| format!("{what}: {}", list_of_some(list, more(finding, what), most)));
    std::iter::once(finding.message.clone()).chain(evidence).collect()
}

/// The interpreters that a finding is about, in words. `None` where it names none.
fn applies_to(finding: &FindingEntry, promised: &[AbiTag]) -> Option<String> {
    let pythons: Vec<AbiTag> =
        finding.evidence.get("pythons")?.iter().filter_map(|name| name.parse().ok()).collect();
    Some(span(&pythons, promised, false))
}

/// `a, b and 12 more`. One more than `most` is named rather than counted.
fn list_of(list: &[String], most: usize) -> String {
    list_of_some(list, 0, most)
}

/// The same of a list from which the report leaves out `more`.
fn list_of_some(list: &[String], more: usize, most: usize) -> String {
    if more == 0 && list.len() <= most.saturating_add(1) {
        return list.join(", ");
    }
    let shown = most.min(list.len());
    format!("{} and {} more", list[..shown].join(", "), list.len() - shown + more)
}

/// How much of its evidence a finding leaves out under a word.
fn more(finding: &FindingEntry, what: &str) -> usize {
    finding.more.get(what).copied().unwrap_or_default()
}
