//! What a report of an audit comes to, worked out once for all formats: the verdicts, which findings are shown, which
//! squares are good.
//!
//! Formats render what is decided here. The exit code is not decided here, but by [`AuditReport::fails`].

use std::collections::{BTreeMap, BTreeSet};

use soabi_core::{AbiTag, Prediction, PredictionKind, Severity};
use soabi_report::audit::{AuditReport, ErrorEntry, FindingEntry, ObjectEntry, SubjectEntry};
use soabi_rules::tables::ExportTable;

use super::distribution;
use super::verdict::Verdict;
use crate::output::columns::{Family, supported};
use crate::output::view::{Columns, View};
use crate::readiness::{self, Readiness, decisive};

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
    /// The verdict.
    pub(crate) verdict: Verdict,
}

/// An extension module: files of one name in one folder, of which each interpreter imports one.
pub(crate) struct Module<'a> {
    /// Its dotted name, as the path gives it.
    pub(crate) name: String,
    /// Its files; of a universal file each slice.
    pub(crate) objects: Vec<&'a ObjectEntry>,
    /// What becomes of it in each interpreter of the report.
    pub(crate) states: Vec<State>,
    /// The prediction behind each state.
    pub(crate) predictions: Vec<&'a Prediction>,
}

/// What becomes of a module in an interpreter, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// Nothing promises it to this interpreter.
    NotCovered,
    /// It is promised or required, and loads.
    Works,
    /// It is promised and loads, and a finding says that it may fail there.
    Flagged,
    /// It is required and not promised, and whether it loads and works is not known.
    NotKnownReady,
    /// It is promised, and whether it loads is not known.
    NotKnown,
    /// It is promised and may load, but nothing guarantees that it works.
    NotGuaranteed,
    /// It is required and not promised, and does not load, or is not installed.
    NotReady,
    /// It is promised and does not load.
    Broken,
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
        Self {
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
    let without_platform = |tags: &str| tags.rsplit_once('-').map_or(tags, |(tags, _)| tags).to_owned();
    let plain: Vec<String> = subjects.iter().map(|subject| subject.title.clone()).collect();
    for part in [&without_platform as &dyn Fn(&str) -> String, &whole] {
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

/// `bcrypt 5.0.0` for a wheel and an installed distribution, the path for everything else.
fn title(entry: &SubjectEntry) -> String {
    match distribution(entry) {
        Some((name, version)) => format!("{name} {version}"),
        _ if matches!(entry.path.as_str(), "." | "./") => "this folder".to_owned(),
        _ => entry.path.clone(),
    }
}

fn modules<'a>(report: &AuditReport, entry: &'a SubjectEntry) -> Vec<Module<'a>> {
    let module = |((folder, name), objects): ((&str, &str), Vec<&'a ObjectEntry>)| {
        let known = objects.iter().map(|object| object.predictions.len()).min().unwrap_or(0);
        let predictions: Vec<&Prediction> =
            (0..known).filter_map(|index| decisive(&objects, index)).collect();
        let state = |(index, python): (usize, AbiTag)| {
            if report.required.contains(&python) && !entry.promised.contains(&python) {
                return required(readiness::of_module(entry, &objects, index, python));
            }
            predictions
                .get(index)
                .map_or(State::NotCovered, |prediction| state(entry, &objects, python, prediction))
        };
        let pythons = report.pythons.iter().map(|python| python.id).enumerate();
        let folder = folder.replace('/', ".");
        Module {
            name: if folder.is_empty() { name.to_owned() } else { format!("{folder}.{name}") },
            states: pythons.map(state).collect(),
            predictions,
            objects,
        }
    };
    readiness::modules(entry).into_iter().map(module).collect()
}

/// What becomes of a module in an interpreter that is required and not promised.
const fn required(readiness: Readiness) -> State {
    match readiness {
        Readiness::MustBeRebuilt => State::NotReady,
        Readiness::Unknown => State::NotKnownReady,
        Readiness::Ready | Readiness::NothingNative => State::Works,
    }
}

fn state(entry: &SubjectEntry, objects: &[&ObjectEntry], python: AbiTag, prediction: &Prediction) -> State {
    if !entry.promised.contains(&python) {
        return State::NotCovered;
    }
    match prediction.expect {
        PredictionKind::Refuse => State::Broken,
        PredictionKind::Luck => State::NotGuaranteed,
        PredictionKind::Unknown => State::NotKnown,
        PredictionKind::Accept => {
            let is_flagged = entry.findings.iter().any(|finding| flags(finding, objects, python));
            if is_flagged { State::Flagged } else { State::Works }
        }
    }
}

/// Whether a finding says that one of `objects` may fail in an interpreter: one that names it, or an error that names
/// none.
fn flags(finding: &FindingEntry, objects: &[&ObjectEntry], python: AbiTag) -> bool {
    let is_here = objects.iter().any(|object| finding.object == object.member) || finding.object.is_none();
    let names = finding.evidence.get("pythons");
    let applies = names.map_or(finding.severity == Severity::Error, |names| {
        finding.severity > Severity::Note && names.iter().any(|name| *name == python.to_string())
    });
    is_here && applies
}

/// Every interpreter of the tables and of the report: only those that are neighbours among these are joined in words.
pub(super) fn known(report: &AuditReport) -> Vec<AbiTag> {
    let mut known = ExportTable::get().abis();
    known.extend(report.pythons.iter().map(|python| python.id));
    known
}

/// The interpreters that are promised and that no tables know.
pub(super) fn unknown_to_tables(entry: &SubjectEntry) -> Vec<AbiTag> {
    let known = ExportTable::get().abis();
    entry.promised.iter().copied().filter(|abi| !known.contains(abi)).collect()
}
