//! The audit as SARIF 2.1.0.
//!
//! Binaries have no lines: a location is the file on disk, without a region. The member of the wheel and the
//! symbols are logical locations. Fingerprints hold across versions of a distribution and of soabi: they are
//! made of the rule, the distribution's name, and the object.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use soabi_core::Severity;
use soabi_report::audit::{AuditReport, ErrorEntry, FindingEntry, SubjectEntry, SubjectKind};
use soabi_rules::{RULES, Rule};

use super::cannot_load::{self, cannot_load};
use super::evidence::lines;
use super::overview::Overview;
use super::place::{file, file_name, is_installed, place};
use super::release;
use crate::output::format::Format;
use crate::output::text::json;
use crate::output::view::View;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Of longer lists a message names only the first. The logical locations have every symbol.
const MOST: usize = 10;
/// The lists of evidence that are names of symbols.
const SYMBOLS: [&str; 3] = ["symbols", "exports", "init"];

/// What is reported and is no rule of files.
const OTHERS: [(&str, &str, Severity); 3] =
    [(cannot_load::RULE, cannot_load::SUMMARY, Severity::Error), release::RULES[0], release::RULES[1]];

/// SARIF.
pub(super) struct Sarif;

impl Format<AuditReport> for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0, for code scanning"
    }

    fn render(&self, report: &AuditReport, view: &View, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(json(&log(&Overview::of(report, view))).as_bytes())
    }
}

fn log(overview: &Overview<'_>) -> Value {
    let report = overview.report;
    let found = report.subjects.iter().flat_map(results);
    let required = overview.subjects.iter().filter_map(|subject| {
        let message = cannot_load(overview, subject)?;
        Some(plain_result(subject.entry, cannot_load::RULE, Severity::Error, &message, ""))
    });
    let of_releases = release::words(report).into_iter().enumerate().filter_map(|(number, words)| {
        let subject = report.subjects.iter().find(|subject| subject.path == words.path)?;
        Some(plain_result(subject, words.rule, words.severity, &words.message, &number.to_string()))
    });
    let results: Vec<Value> = found.chain(required).chain(of_releases).collect();
    let notifications: Vec<Value> = report
        .subjects
        .iter()
        .flat_map(|subject| subject.errors.iter().map(|error| notification(subject, error)))
        .collect();
    let driver = json!({
        "name": "soabi",
        "semanticVersion": report.version,
        "rules": RULES.iter().map(|rule| descriptor(rule)).chain(others()).collect::<Vec<_>>(),
        "properties": { "tables": report.tables },
    });
    let run = json!({
        "tool": { "driver": driver },
        "invocations": [{
            "executionSuccessful": notifications.is_empty(),
            "toolExecutionNotifications": notifications,
        }],
        "results": results,
    });
    json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "help": { "text": rule.docs, "markdown": rule.docs },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

/// What is reported as well and is no rule of files.
fn others() -> impl Iterator<Item = Value> {
    OTHERS.iter().map(|(id, summary, severity)| {
        json!({
            "id": id,
            "shortDescription": { "text": summary },
            "help": { "text": summary, "markdown": summary },
            "defaultConfiguration": { "level": level(*severity) },
        })
    })
}

/// A result about a subject as a whole that no rule of files has found. `detail` tells it from others with the same id.
fn plain_result(subject: &SubjectEntry, id: &str, severity: Severity, message: &str, detail: &str) -> Value {
    let index = OTHERS.iter().position(|(other, ..)| *other == id).map(|at| RULES.len() + at);
    let print = format!("{id}\0{}\0{detail}", distribution_name(subject));
    json!({
        "ruleId": id,
        "ruleIndex": index,
        "level": level(severity),
        "message": { "text": message },
        "locations": [location(subject, None, &[])],
        "partialFingerprints": { "soabi/v1": soabi_core::hex(&Sha256::digest(print)[..16]) },
    })
}

fn level(severity: Severity) -> &'static str {
    severity.as_str()
}

/// What is told of a subject, and what is ignored with its reason.
fn results(subject: &SubjectEntry) -> Vec<Value> {
    let told = subject.findings.iter().map(|finding| (finding, None));
    let ignored = subject.ignored.iter().map(|entry| (&entry.finding, Some(entry.reason.as_str())));
    let mut seen: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let mut results = Vec::new();
    for (finding, reason) in told.chain(ignored) {
        let times = seen.entry((&finding.rule, finding.object.as_deref())).or_default();
        *times += 1;
        results.push(result(subject, finding, reason, *times));
    }
    results
}

fn result(subject: &SubjectEntry, finding: &FindingEntry, reason: Option<&str>, times: usize) -> Value {
    let hint = finding.help.iter().map(|help| format!("hint: {help}"));
    let place = place(subject, finding.object.as_ref());
    let text: Vec<String> = lines(finding, MOST).into_iter().chain(hint).collect();
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": RULES.iter().position(|rule| rule.id == finding.rule),
        "level": level(finding.severity),
        "message": { "text": format!("{place}: {}", text.join("\n")) },
        "locations": [location(subject, finding.object.as_ref(), &symbols(finding))],
        "partialFingerprints": { "soabi/v1": fingerprint(subject, finding, times) },
    });
    if let Some(reason) = reason {
        result["suppressions"] = json!([{ "kind": "external", "justification": reason }]);
    }
    result
}

fn symbols(finding: &FindingEntry) -> Vec<&str> {
    // The version that a symbol came with stands behind it: `PyType_Freeze (3.14)`.
    let name = |text: &'_ String| -> usize { text.find(' ').unwrap_or(text.len()) };
    let lists = finding.evidence.iter().filter(|(what, _)| SYMBOLS.contains(&what.as_str()));
    lists.flat_map(|(_, list)| list).map(|text| &text[..name(text)]).collect()
}

fn location(subject: &SubjectEntry, object: Option<&String>, symbols: &[&str]) -> Value {
    let inside = object.filter(|_| subject.kind == SubjectKind::Wheel);
    let member = inside.map(|member| json!({ "fullyQualifiedName": member, "kind": "module" }));
    let whole = place(subject, object);
    let symbols = symbols.iter().map(
        |name| json!({ "name": name, "fullyQualifiedName": format!("{whole}::{name}"), "kind": "function" }),
    );
    let mut location =
        json!({ "physicalLocation": { "artifactLocation": { "uri": uri(&file(subject, object)) } } });
    let logical: Vec<Value> = member.into_iter().chain(symbols).collect();
    if !logical.is_empty() {
        location["logicalLocations"] = Value::Array(logical);
    }
    location
}

fn notification(subject: &SubjectEntry, error: &ErrorEntry) -> Value {
    let place = place(subject, error.object.as_ref());
    json!({
        "level": "error",
        "message": { "text": format!("{place}: not audited: {}", error.message) },
        "locations": [location(subject, error.object.as_ref(), &[])],
    })
}

fn fingerprint(subject: &SubjectEntry, finding: &FindingEntry, times: usize) -> String {
    let name = distribution_name(subject);
    let object = finding.object.as_deref().unwrap_or_default();
    let print = format!("{}\0{name}\0{object}\0{times}", finding.rule);
    soabi_core::hex(&Sha256::digest(print)[..16])
}

/// What a subject is called in every version.
fn distribution_name(subject: &SubjectEntry) -> &str {
    let file = file_name(subject);
    match subject.kind {
        SubjectKind::Wheel => file.split('-').next().unwrap_or(file),
        SubjectKind::Object => file,
        SubjectKind::Directory if is_installed(subject) => file.split('-').next().unwrap_or(file),
        SubjectKind::Directory => "",
    }
}

/// A path as a reference: relative as it is written, or a `file:` URI.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.trim_start_matches("./").bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    /// RFC 3986.
    #[rstest]
    #[case("dist/x-1.0-py3-none-any.whl", "dist/x-1.0-py3-none-any.whl")]
    #[case("./a b.so", "a%20b.so")]
    #[case("/tmp/ä:%.so", "file:///tmp/%C3%A4%3A%25.so")]
    fn uris(#[case] path: &str, #[case] uri: &str) {
        assert_eq!(super::uri(path), uri);
    }
}
