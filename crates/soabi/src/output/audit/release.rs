//! The releases of a report: which wheel installers choose where, what is missing, what an index refuses.

use std::collections::BTreeMap;

use soabi_core::{AbiTag, Severity};
use soabi_report::audit::AuditReport;
use soabi_report::release::{ChoiceEntry, GapEntry, ReleaseEntry, SystemEntry};

use super::module::known;
use super::overview::Overview;
use super::verdict::cpython;
use crate::output::columns::{Family, heads, span};
use crate::output::picture::{Block, Meaning, Picture, Row, Square};
use crate::output::text::count;
use crate::output::view::View;

const OWN: Square = Square::new(Meaning::Kept, "cp", "a wheel for this version");
const STABLE: Square = Square::new(Meaning::Kept, "a3", "a wheel with a stable ABI");
const PURE: Square = Square::new(Meaning::Look, "py", "a wheel for any platform");
const SOURCE: Square = Square::new(Meaning::Look, "sd", "no wheel: it is built from the source distribution");
const NOTHING: Square = Square::new(Meaning::Look, "?", "no wheel and no source distribution");
const OTHERS: Square =
    Square { meaning: Meaning::NotCovered, mark: "\u{b7}", ascii: "-", says: "no wheel for this build" };
const EXCLUDED: Square = Square::new(Meaning::NotCovered, "x", "excluded by Requires-Python");
const FAILS: Square = Square::new(Meaning::Broken, "!!", "a wheel that does not load there");
const LOST: Square = Square {
    meaning: Meaning::Broken,
    mark: "\u{2717}",
    ascii: "X",
    says: "no wheel any more: the other release had one",
};

/// The ids of what is wrong with a release, and what each is, in a line.
pub(super) const RULES: [(&str, &str, Severity); 2] = [
    (
        LOST_WHEEL,
        "the release that this one is compared with has a wheel that this one has not",
        Severity::Error,
    ),
    (UPLOAD_OBSTACLE, "an index such as PyPI refuses the wheel", Severity::Warning),
];
/// How many gaps are in a sentence.
const MOST_GAPS: usize = 3;
/// How many releases are shown as tables.
const MOST_TABLES: usize = 2;
const LOST_WHEEL: &str = "lost-wheel";
const UPLOAD_OBSTACLE: &str = "upload-obstacle";

/// Something to say of a release, for formats with a line for each finding.
pub(super) struct Words {
    /// The file that it is about.
    pub(super) path: String,
    /// How bad it is.
    pub(super) severity: Severity,
    /// The id under which it is reported. It is no rule of files.
    pub(super) rule: &'static str,
    /// What is wrong.
    pub(super) message: String,
}

/// What is wrong with the releases: what has been lost, and what an index refuses.
pub(super) fn words(report: &AuditReport) -> Vec<Words> {
    let mut words = Vec::new();
    for release in &report.releases {
        for lost in release.against.iter().flat_map(|against| &against.lost) {
            let path = release.wheels.first().cloned().unwrap_or_default();
            let message = format!("no wheel for {}, which {} had", gap(report, lost), other(release));
            words.push(Words { path, severity: Severity::Error, rule: LOST_WHEEL, message });
        }
        for obstacle in &release.obstacles {
            let message = format!("{}; {}", obstacle.message, obstacle.help);
            let path = obstacle.wheel.clone();
            words.push(Words { path, severity: Severity::Warning, rule: UPLOAD_OBSTACLE, message });
        }
    }
    words
}

/// What the releases have lost, in sentences.
pub(super) fn lost(report: &AuditReport) -> Vec<String> {
    let mut sentences = Vec::new();
    for release in &report.releases {
        let lost: Vec<&GapEntry> = release.against.iter().flat_map(|against| &against.lost).collect();
        if !lost.is_empty() {
            let (project, version, other) = (&release.project, &release.version, other(release));
            let gaps = gaps(report, lost.into_iter(), MOST_GAPS);
            sentences.push(format!("{project} {version} has lost wheels that {other} had: for {gaps}."));
        }
    }
    sentences
}

/// What an index refuses, in a sentence.
pub(super) fn refused(report: &AuditReport) -> Option<String> {
    let refused: BTreeMap<&str, &str> = report
        .releases
        .iter()
        .flat_map(|release| &release.obstacles)
        .map(|obstacle| (obstacle.wheel.as_str(), obstacle.message.as_str()))
        .collect();
    let message = refused.values().next()?;
    let whom = match (refused.len(), report.subjects.len()) {
        (1, 1) => "it".to_owned(),
        (number, _) => count(number, "wheel"),
    };
    Some(format!("An index such as PyPI refuses {whom}: {message}."))
}

/// The releases that are shown as a table: those of which installers can choose. Of a folder with many projects only with
/// more verbosity, or those that are compared with another release.
pub(super) fn tables<'r>(report: &'r AuditReport, view: &View) -> Vec<&'r ReleaseEntry> {
    let tables: Vec<&ReleaseEntry> =
        report.releases.iter().filter(|release| !served(release).is_empty()).collect();
    let is_much = tables.len() > MOST_TABLES && view.verbosity < 1;
    tables.into_iter().filter(|release| !is_much || release.against.is_some()).collect()
}

/// The systems for which there is a wheel that is not for any platform.
fn served(release: &ReleaseEntry) -> Vec<&SystemEntry> {
    let is_native = |choice: &ChoiceEntry| choice.tag.as_ref().is_some_and(|tag| !tag.ends_with("-any"));
    let lost: Vec<&str> = release
        .against
        .iter()
        .flat_map(|against| &against.lost)
        .map(|lost| lost.systems.words.as_str())
        .collect();
    let is_served = |system: &&SystemEntry| {
        system.choices.iter().any(is_native) || lost.contains(&system.systems.words.as_str())
    };
    release.systems.iter().filter(is_served).collect()
}

/// `spam 1.0, 8 wheels, Requires-Python >=3.9`.
pub(super) fn title(release: &ReleaseEntry) -> String {
    let mut title =
        format!("{} {}, {}", release.project, release.version, count(release.wheels.len(), "wheel"));
    if !release.sdists.is_empty() {
        title = format!("{title} and a source distribution");
    }
    match &release.requires_python[..] {
        [] => title,
        texts => format!("{title}, Requires-Python {}", texts.join(" or ")),
    }
}

/// Which wheel is chosen: systems down, interpreters across.
pub(super) fn picture(overview: &Overview<'_>, release: &ReleaseEntry) -> Picture {
    let rows = served(release);
    let pythons: Vec<AbiTag> =
        rows.first().iter().flat_map(|row| &row.choices).map(|choice| choice.python).collect();
    let mut families: BTreeMap<Family, Vec<usize>> = BTreeMap::new();
    for (index, python) in pythons.iter().enumerate() {
        // What Requires-Python excludes everywhere is no column.
        if rows.iter().all(|row| row.choices.get(index).is_none_or(|choice| choice.excluded)) {
            continue;
        }
        families.entry(Family::of(*python)).or_default().push(index);
    }
    let blocks = families.values().map(|columns| {
        let ids: Vec<AbiTag> = columns.iter().map(|&column| pythons[column]).collect();
        Block { title: String::new(), heads: heads(&ids) }
    });
    let row = |system: &&SystemEntry| Row::Squares {
        label: system.systems.words.clone(),
        squares: families
            .values()
            .map(|columns| {
                let choice = |&column: &usize| system.choices.get(column);
                columns
                    .iter()
                    .map(|column| choice(column).map(|choice| square(overview, release, system, choice)))
                    .collect()
            })
            .collect(),
        note: String::new(),
    };
    Picture {
        corner: "installers choose".to_owned(),
        blocks: blocks.collect(),
        rows: rows.iter().map(row).collect(),
        filled: false,
    }
}

fn square(
    overview: &Overview<'_>,
    release: &ReleaseEntry,
    system: &SystemEntry,
    choice: &ChoiceEntry,
) -> Square {
    let lost = release.against.iter().flat_map(|against| &against.lost);
    let mut lost = lost
        .filter(|gap| gap.systems.arch == system.systems.arch && gap.systems.family == system.systems.family);
    let is_lost =
        lost.any(|gap| gap.pythons.contains(&choice.python) && gap.systems.since == system.systems.since);
    let Some(tag) = &choice.tag else {
        return match Family::of(choice.python) {
            _ if is_lost => LOST,
            _ if choice.excluded => EXCLUDED,
            Family::Cpython if release.sdists.is_empty() => NOTHING,
            Family::Cpython => SOURCE,
            _ => OTHERS,
        };
    };
    if overview.is_broken(choice.wheel.as_deref(), choice.python) {
        return FAILS;
    }
    let abi = tag.split('-').nth(1).unwrap_or_default();
    match tag.ends_with("-any") {
        true if is_lost => LOST,
        true => PURE,
        false if abi.starts_with("abi3") => STABLE,
        false => OWN,
    }
}

/// What the release does not cover, in sentences.
pub(super) fn remarks(report: &AuditReport, release: &ReleaseEntry) -> Vec<String> {
    let fallback = if release.sdists.is_empty() {
        "there is no source distribution either"
    } else {
        "installers build from the source distribution"
    };
    let mut remarks = Vec::new();
    if !release.gaps.is_empty() {
        let gaps = gaps(report, release.gaps.iter(), MOST_GAPS);
        remarks.push(format!("no wheel for {gaps}, which Requires-Python allows; {fallback}"));
    }
    if let Some(against) = &release.against {
        let only = if against.fetched { " on this machine, for which it was fetched" } else { "" };
        if against.lost.is_empty() {
            remarks.push(format!("nothing that {} had is lost{only}", other(release)));
        }
        if !against.dropped.is_empty() {
            let words = gaps(report, against.dropped.iter(), MOST_GAPS);
            remarks.push(format!("excluded by Requires-Python, and not by {}: {words}", other(release)));
        }
    }
    if release.fetched {
        remarks.push("fetched for this machine: wheels for other systems are not known".to_owned());
        return remarks;
    }
    let whole = |family: &str| {
        let mut systems = release.systems.iter().filter(|system| system.systems.family == family);
        systems.all(|system| system.choices.iter().all(|choice| choice.wheel.is_none()))
    };
    let names = [
        ("glibc", "Linux with glibc"),
        ("musl", "Linux with musl"),
        ("macos", "macOS"),
        ("windows", "Windows"),
    ];
    let missing: Vec<&str> =
        names.iter().filter(|(family, _)| whole(family)).map(|(_, words)| *words).collect();
    if !missing.is_empty() && missing.len() < names.len() {
        remarks.push(format!("no wheel for {}", missing.join(", ")));
    }
    remarks
}

/// Several gaps, those of the same interpreters together; of more than `most` only the first.
fn gaps<'a>(report: &AuditReport, entries: impl Iterator<Item = &'a GapEntry>, most: usize) -> String {
    let mut groups: Vec<(&[AbiTag], Vec<&str>)> = Vec::new();
    for entry in entries {
        let words = entry.systems.words.as_str();
        match groups.iter_mut().find(|(pythons, _)| *pythons == entry.pythons) {
            Some((_, systems)) => systems.push(words),
            None => groups.push((&entry.pythons, vec![words])),
        }
    }
    let word = |(pythons, systems): &(&[AbiTag], Vec<&str>)| {
        let pythons = cpython(pythons, &span(pythons, &known(report), false));
        format!("{pythons} on {}", systems.join(" / "))
    };
    let mut words: Vec<String> = groups.iter().take(most).map(word).collect();
    if groups.len() > most {
        words.push(format!("and {} more (`--format json` has them)", groups.len() - most));
    }
    words.join("; ")
}

/// `CPython 3.11 on Windows amd64`.
fn gap(report: &AuditReport, entry: &GapEntry) -> String {
    let pythons = cpython(&entry.pythons, &span(&entry.pythons, &known(report), false));
    format!("{pythons} on {}", entry.systems.words)
}

/// The release that was compared with, in words.
fn other(release: &ReleaseEntry) -> String {
    let versions = release.against.iter().flat_map(|against| &against.versions).cloned().collect::<Vec<_>>();
    format!("{} {}", release.project, versions.join(", "))
}
