//! The audit for people: the picture, then what is wrong, then the sums.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use soabi_core::Severity;
use soabi_report::audit::{
    AuditReport, ErrorEntry, FindingEntry, IgnoredEntry, SubjectEntry, SubjectKind, Summary,
};

use super::{file_name, is_installed, lines, list_of, picture, place, says, verdict};
use crate::output::count;

const BOLD: Style = Style::new().bold();
/// Of longer lists only the first names are printed. JSON has them all.
const MOST: usize = 6;

/// With more subjects than this, notes are counted, unless they make the audit fail.
const FEW: usize = 3;

/// Renders the report.
pub(super) fn render(report: &AuditReport) -> String {
    let mut text = String::new();
    heading(&mut text, report);
    let drawn = picture::draw(report);
    if !drawn.is_empty() {
        let _ = write!(text, "\n{drawn}\n{}", picture::legend());
    }
    for subject in &report.subjects {
        let blocks = blocks(subject, least(report));
        if blocks.is_empty() {
            continue;
        }
        if report.subjects.len() > 1 {
            let _ = write!(text, "\n{BOLD}{}{BOLD:#}: {}\n", file_name(subject), sums(subject));
        }
        for block in blocks {
            let _ = write!(text, "\n{block}");
        }
    }
    quiet(&mut text, report);
    let _ = write!(text, "\n{}", total(report));
    text
}

/// What was audited: the subject, or how many there are.
fn heading(text: &mut String, report: &AuditReport) {
    if let [subject] = &report.subjects[..] {
        let _ = writeln!(text, "{BOLD}{}{BOLD:#}: {}", subject.path, content(subject));
        return;
    }
    let kind = |subject: &SubjectEntry| match subject.kind {
        SubjectKind::Wheel => "wheel",
        SubjectKind::Object => "file",
        SubjectKind::Directory if is_installed(subject) => "installed distribution",
        SubjectKind::Directory => "folder",
    };
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for subject in &report.subjects {
        *kinds.entry(kind(subject)).or_default() += 1;
    }
    let kinds: Vec<_> = kinds.into_iter().map(|(what, number)| count(number, what)).collect();
    let summary = &report.summary;
    let _ = writeln!(
        text,
        "{BOLD}{}{BOLD:#}: {}",
        kinds.join(", "),
        natives(summary.objects, summary.extensions)
    );
    let bare: Vec<_> = report
        .subjects
        .iter()
        .filter(|subject| subject.objects.is_empty() && subject.errors.is_empty())
        .map(|subject| file_name(subject).to_owned())
        .collect();
    if !bare.is_empty() {
        let _ = writeln!(text, "nothing native in {}", list_of(&bare, MOST));
    }
}

/// What is in a subject, in numbers.
fn content(subject: &SubjectEntry) -> String {
    let summary = Summary::of(std::slice::from_ref(subject));
    match (subject.kind, summary.objects) {
        (_, 0) if !subject.errors.is_empty() => "not audited".to_owned(),
        (_, 0) => "nothing native in it".to_owned(),
        (SubjectKind::Object, 1) => {
            let object = &subject.objects[0];
            let what = if object.extension { "extension module" } else { "shared library" };
            format!("{} {} {what}", object.format, object.arch)
        }
        (_, objects) => natives(objects, summary.extensions),
    }
}

fn natives(objects: usize, extensions: usize) -> String {
    let plain = objects - extensions;
    let extensions = count(extensions, "extension module");
    match plain {
        0 => extensions,
        1 => format!("{extensions}, 1 other native file"),
        _ => format!("{extensions}, {plain} other native files"),
    }
}

fn sums(subject: &SubjectEntry) -> String {
    verdict(&Summary::of(std::slice::from_ref(subject)))
}

/// The least severity that is told in full.
fn least(report: &AuditReport) -> Severity {
    let many = report.subjects.len() > FEW && report.fail_on != Some(Severity::Note);
    if many { Severity::Warning } else { Severity::Note }
}

/// What is only counted: one line per rule.
fn quiet(text: &mut String, report: &AuditReport) {
    let mut rules: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for subject in &report.subjects {
        let mut here = BTreeSet::new();
        for finding in subject.findings.iter().filter(|finding| finding.severity < least(report)) {
            let (findings, subjects) = rules.entry(&finding.rule).or_default();
            *findings += 1;
            *subjects += usize::from(here.insert(&finding.rule));
        }
    }
    if rules.is_empty() {
        return;
    }
    let _ =
        writeln!(text, "\n{BOLD}notes{BOLD:#}, which `--format json` and an audit of fewer subjects list");
    for (rule, (findings, subjects)) in rules {
        let style = style(Severity::Note);
        let _ = writeln!(text, "  {style}{rule}{style:#}: {findings} in {}", count(subjects, "subject"));
    }
}

/// All that there is to tell of a subject, one text each.
fn blocks(subject: &SubjectEntry, least: Severity) -> Vec<String> {
    let loud = subject.findings.iter().filter(|finding| finding.severity >= least).collect();
    let findings = grouped(loud).into_iter().map(|group| finding(subject, &group));
    let ignored = subject.ignored.iter().map(|entry| ignored(subject, entry));
    let told = |error: &&ErrorEntry| subject.findings.iter().any(|finding| says(finding, error));
    let errors = subject.errors.iter().filter(|error| !told(error)).map(|entry| error(subject, entry));
    findings.chain(ignored).chain(errors).collect()
}

/// Findings of one rule with one advice, together; in each group those that say the same.
fn grouped(findings: Vec<&FindingEntry>) -> Vec<Vec<Vec<&FindingEntry>>> {
    let same_words =
        |a: &FindingEntry, b: &FindingEntry| (&a.message, &a.evidence) == (&b.message, &b.evidence);
    let same_rule =
        |a: &FindingEntry, b: &FindingEntry| (&a.rule, a.severity, &a.help) == (&b.rule, b.severity, &b.help);
    let rules = gather(findings, same_rule);
    rules.into_iter().map(|group| gather(group, same_words)).collect()
}

fn gather<T: Copy>(items: Vec<T>, same: impl Fn(T, T) -> bool) -> Vec<Vec<T>> {
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in items {
        match groups.iter_mut().find(|group| same(group[0], item)) {
            Some(group) => group.push(item),
            None => groups.push(vec![item]),
        }
    }
    groups
}

fn finding(subject: &SubjectEntry, group: &[Vec<&FindingEntry>]) -> String {
    let first = group[0][0];
    let style = style(first.severity);
    let mut text = format!("{style}{}[{}]{style:#}: ", first.severity.as_str(), first.rule);
    if let [same] = group {
        let _ = writeln!(text, "{}", places(subject, same));
        words(&mut text, first, "  ");
    } else {
        let _ = writeln!(text, "{}", count(group.iter().map(Vec::len).sum(), "finding"));
        for same in group.iter().take(MOST) {
            let _ = writeln!(text, "  {}", places(subject, same));
            words(&mut text, same[0], "    ");
        }
        if group.len() > MOST {
            let _ = writeln!(text, "  and {} more, which `--format json` lists", group.len() - MOST);
        }
    }
    if let Some(help) = &first.help {
        let _ = writeln!(text, "  {BOLD}hint{BOLD:#}: {help}");
    }
    text
}

/// What a finding says, and what proves it.
fn words(text: &mut String, finding: &FindingEntry, margin: &str) {
    for line in lines(finding, MOST) {
        let _ = writeln!(text, "{margin}{line}");
    }
}

/// Where findings are that say the same.
fn places(subject: &SubjectEntry, findings: &[&FindingEntry]) -> String {
    let places: Vec<_> =
        findings.iter().map(|finding| place(subject, finding.object.as_ref()).to_owned()).collect();
    list_of(&places, 3)
}

fn ignored(subject: &SubjectEntry, entry: &IgnoredEntry) -> String {
    let IgnoredEntry { finding, reason } = entry;
    let dimmed = Style::new().dimmed();
    format!(
        "{dimmed}ignored[{}]{dimmed:#}: {}\n  {}\n  reason: {reason}\n",
        finding.rule,
        place(subject, finding.object.as_ref()),
        finding.message
    )
}

fn error(subject: &SubjectEntry, entry: &ErrorEntry) -> String {
    let red = style(Severity::Error);
    format!("{red}not audited{red:#}: {}\n  {}\n", place(subject, entry.object.as_ref()), entry.message)
}

fn style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    BOLD.fg_color(Some(color.into()))
}

/// The last line: what came of it.
fn total(report: &AuditReport) -> String {
    let summary = &report.summary;
    let bad = summary.not_audited > 0 || report.fails();
    let color = if bad { AnsiColor::Red } else { AnsiColor::Green };
    let style = BOLD.fg_color(Some(color.into()));
    format!("{style}{}{style:#}\n", verdict(summary))
}
