//! What a report of an audit comes to, worked out once for all formats: the verdicts, which findings are shown, which
//! squares are good.
//!
//! Formats render what is decided here. The exit code is not decided here, but by [`AuditReport::fails`].

use std::collections::{BTreeMap, BTreeSet};

use soabi_core::{AbiTag, Severity};
use soabi_report::audit::{AuditReport, ErrorEntry, FindingEntry, SubjectEntry};

use super::module::{Module, State, modules};
use super::place::distribution;
use super::verdict::Verdict;
use crate::output::columns::{Family, supported};
use crate::output::view::{Columns, View};
use crate::readiness::Readiness;

/// The report, and what it comes to.
pub(crate) struct Overview<'a> {
    /// The report.
    pub(crate) report: &'a AuditReport,
    /// The interpreters that are columns of a picture, by their index in the report.
    pub(crate) columns: Vec<usize>,
    /// The subjects, in the order of the report.
    pub(crate) subjects: Vec<Overseen<'a>>,
    /// How many names of a list are in a sentence before the rest is counted.
    pub(crate) most_names: usize,
}

/// A subject, and what it comes to.
pub(crate) struct Overseen<'a> {
    /// The subject.
    pub(crate) entry: &'a SubjectEntry,
    /// What people call it: `bcrypt 5.0.0` for a wheel, a path for everything else.
    pub(crate) title: String,
    /// Its extension modules.
    pub(crate) modules: Vec<Module<'a>>,
    /// What becomes of its modules in each interpreter of the report: the worst.
    pub(crate) states: Vec<State>,
    /// The findings that are shown; the others are counted.
    pub(crate) shown: Vec<&'a FindingEntry>,
    /// How many findings are not shown.
    pub(crate) hidden: usize,
    /// The errors that no finding reports.
    pub(crate) errors: Vec<&'a ErrorEntry>,
    /// What becomes of it in the required interpreters.
    pub(crate) readiness: Readiness,
    /// How many of its modules are not ready for one of them.
    pub(crate) not_ready_modules: usize,
    /// The verdict.
    pub(crate) verdict: Verdict,
}

impl<'a> Overview<'a> {
    /// Works out what `report` comes to.
    pub(crate) fn of(report: &'a AuditReport, view: &View) -> Self {
        let least = match (view.verbosity, report.fail_on) {
            (..=0, Some(Severity::Warning | Severity::Error) | None) => Severity::Warning,
            _ => Severity::Note,
        };
        let mut subjects: Vec<Overseen<'a>> =
            report.subjects.iter().map(|entry| Overseen::of(report, entry, least)).collect();
        distinguish(&mut subjects);
        Self { report, columns: columns(report, view), subjects, most_names: view.most_names() }
    }

    /// Whether a finding makes the audit fail.
    pub(crate) fn fails(&self, finding: &FindingEntry) -> bool {
        self.report.fail_on.is_some_and(|least| finding.severity >= least)
    }

    /// Whether a module of the subject at `path` is promised to `python` and does not load there.
    pub(crate) fn is_broken(&self, path: Option<&str>, python: AbiTag) -> bool {
        let subject = self.subjects.iter().find(|subject| Some(subject.entry.path.as_str()) == path);
        let index = self.report.pythons.iter().position(|entry| entry.id == python);
        let (Some(subject), Some(index)) = (subject, index) else { return false };
        matches!(subject.states[index], State::Broken | State::NotReady)
    }

    /// The shown columns by family, empty families left out.
    pub(crate) fn families(&self) -> Vec<(Family, Vec<usize>)> {
        let mut families: BTreeMap<Family, Vec<usize>> = BTreeMap::new();
        for &column in &self.columns {
            families.entry(Family::of(self.report.pythons[column].id)).or_default().push(column);
        }
        families.into_iter().collect()
    }
}

/// The interpreters that matter: promised and required ones, and the supported releases with the GIL and without.
fn columns(report: &AuditReport, view: &View) -> Vec<usize> {
    let all = 0..report.pythons.len();
    if view.columns == Columns::All || view.verbosity > 1 {
        return all.collect();
    }
    // Tags of what has no module, such as `py3-none-any`, promise nothing that could be in a picture.
    let has_modules = |subject: &&SubjectEntry| subject.objects.iter().any(|object| object.extension);
    let subjects = report.subjects.iter().filter(has_modules);
    let promised: BTreeSet<AbiTag> = subjects.flat_map(|subject| &subject.promised).copied().collect();
    let ids: Vec<AbiTag> = report.pythons.iter().map(|python| python.id).collect();
    let supported = supported(&ids);
    let matters = |index: &usize| {
        let python = &report.pythons[*index];
        let is_release = matches!(Family::of(python.id), Family::Cpython | Family::FreeThreaded);
        let is_supported = python.id.python_version().is_some_and(|version| supported.contains(&version));
        let is_asked = report.required.contains(&python.id);
        promised.contains(&python.id) || is_asked || (is_release && is_supported)
    };
    all.filter(matters).collect()
}

impl<'a> Overseen<'a> {
    fn of(report: &AuditReport, entry: &'a SubjectEntry, least: Severity) -> Self {
        let modules = modules(report, entry);
        let worst = |index: usize| modules.iter().map(|module| module.states[index]).max();
        let states: Vec<State> =
            (0..report.pythons.len()).map(|index| worst(index).unwrap_or(State::NotCovered)).collect();
        let shown: Vec<&FindingEntry> =
            entry.findings.iter().filter(|finding| finding.severity >= least).collect();
        let required: Vec<usize> = report
            .pythons
            .iter()
            .enumerate()
            .filter(|(_, python)| report.required.contains(&python.id))
            .map(|(index, _)| index)
            .collect();
        let is_ready = |module: &&Module<'_>| {
            required.iter().all(|&index| matches!(module.states[index], State::Works | State::Flagged))
        };
        Self {
            not_ready_modules: modules.iter().filter(|module| !is_ready(module)).count(),
            title: title(entry),
            verdict: Verdict::of(report, entry, &modules, &states),
            readiness: Readiness::of(report, entry),
            hidden: entry.findings.len() - shown.len(),
            shown,
            errors: entry.unreported_errors().collect(),
            modules,
            states,
            entry,
        }
    }

    /// Whether there is more to say of it than its verdict.
    pub(crate) fn has_words(&self) -> bool {
        !(self.shown.is_empty() && self.errors.is_empty() && self.entry.ignored.is_empty())
    }
}

/// Adds the tags to titles that several subjects have, as much of them as it takes.
fn distinguish(subjects: &mut [Overseen<'_>]) {
    let whole = |tags: &str| tags.to_owned();
    let plain: Vec<String> = subjects.iter().map(|subject| subject.title.clone()).collect();
    for part in [&abi as &dyn Fn(&str) -> String, &abi_and_platform, &whole] {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for subject in subjects.iter() {
            *times.entry(subject.title.clone()).or_default() += 1;
        }
        for (subject, plain) in subjects.iter_mut().zip(&plain) {
            if times[&subject.title] > 1
                && let Some(tags) = subject.entry.tags.first()
            {
                subject.title = format!("{plain} {}", part(tags));
            }
        }
    }
}

/// `cp313t` of `cp313-cp313t-...`, `cp39-abi3` of `cp39-abi3-...`: the ABI tag where it names a version.
fn abi(tags: &str) -> String {
    let mut parts = tags.split('-');
    let (python, abi) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if abi.starts_with(python) { abi.to_owned() } else { format!("{python}-{abi}") }
}

/// `cp313t linux_x86_64`: the last of the platforms, without the version of its C library.
fn abi_and_platform(tags: &str) -> String {
    let platform = tags.rsplit(['-', '.']).next().unwrap_or_default();
    let mut words = platform.splitn(4, '_');
    let short = match (words.next(), words.next(), words.next(), words.next()) {
        (Some("manylinux"), Some(_), Some(_), Some(arch)) => format!("linux_{arch}"),
        (Some("musllinux"), Some(_), Some(_), Some(arch)) => format!("musl_{arch}"),
        (Some("macosx"), Some(_), Some(_), Some(arch)) => format!("macos_{arch}"),
        (Some("manylinux1" | "manylinux2010" | "manylinux2014"), ..) => {
            format!("linux_{}", platform.split_once('_').map_or("", |(_, arch)| arch))
        }
        _ => platform.to_owned(),
    };
    format!("{} {short}", abi(tags))
}

/// `bcrypt 5.0.0` for a wheel and an installed distribution, the path for everything else.
fn title(entry: &SubjectEntry) -> String {
    match distribution(entry) {
        Some((name, version)) => format!("{name} {version}"),
        _ if matches!(entry.path.as_str(), "." | "./") => "this folder".to_owned(),
        _ => entry.path.clone(),
    }
}
