//! Whether an interpreter that is required (`soabi audit --python`) loads all that is in a subject.
//!
//! Nothing is ready that was not judged: what may load, what is not known, and what could not be read is not known to
//! be ready.

use std::collections::BTreeMap;

use soabi_core::{AbiTag, Prediction, PredictionKind, Severity};
use soabi_report::audit::{AuditReport, FindingEntry, ObjectEntry, SubjectEntry};
use soabi_rules::tables::ExportTable;

/// What becomes of a subject in the required interpreters, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Readiness {
    /// There is nothing in it that an interpreter imports.
    NothingNative,
    /// They load every module.
    Ready,
    /// It is not known whether they load every module.
    Unknown,
    /// One of them does not load a module, an error is reported for it, or the tags do not name it.
    MustBeRebuilt,
}

impl Readiness {
    /// Whether nothing has to be done.
    pub(crate) const fn is_ready(self) -> bool {
        matches!(self, Self::NothingNative | Self::Ready)
    }

    /// What becomes of `subject` in all interpreters that `report` requires.
    pub(crate) fn of(report: &AuditReport, subject: &SubjectEntry) -> Self {
        let worst = report.required.iter().map(|python| Self::of_one(report, subject, *python)).max();
        worst.unwrap_or(Self::NothingNative)
    }

    /// What becomes of `subject` in `python`, one of the interpreters that `report` requires.
    pub(crate) fn of_one(report: &AuditReport, subject: &SubjectEntry, python: AbiTag) -> Self {
        let index = report.pythons.iter().position(|entry| entry.id == python);
        index.map_or(Self::Unknown, |index| of_one(subject, index, python))
    }

    /// Whether the interpreters that `report` requires load everything in it. So it is where none is required.
    pub(crate) fn is_given(report: &AuditReport) -> bool {
        report.subjects.iter().all(|subject| Self::of(report, subject).is_ready())
    }
}

/// What becomes of `subject` in the interpreter at `index` of the report.
fn of_one(subject: &SubjectEntry, index: usize, python: AbiTag) -> Readiness {
    let modules = modules(subject);
    let files = modules.values().map(|objects| of_module(subject, objects, index, python));
    let unread = (!subject.errors.is_empty()).then_some(Readiness::Unknown);
    let refused = subject.findings.iter().any(|finding| is_error_in(finding, python));
    let refused = (refused && !modules.is_empty()).then_some(Readiness::MustBeRebuilt);
    files.chain(unread).chain(refused).max().unwrap_or(Readiness::NothingNative)
}

/// What becomes of a module in the interpreter at `index` of the report.
pub(crate) fn of_module(
    subject: &SubjectEntry,
    objects: &[&ObjectEntry],
    index: usize,
    python: AbiTag,
) -> Readiness {
    match decisive(objects, index).map(|prediction| prediction.expect) {
        Some(PredictionKind::Luck | PredictionKind::Unknown) | None => Readiness::Unknown,
        Some(PredictionKind::Accept) if is_installed_in(subject, python) => Readiness::Ready,
        Some(PredictionKind::Accept | PredictionKind::Refuse) => Readiness::MustBeRebuilt,
    }
}

/// Whether installers take a wheel for `python`, by its tags. The interpreters that tags name are known for release
/// builds of the tables; for others the prediction decides alone.
fn is_installed_in(subject: &SubjectEntry, python: AbiTag) -> bool {
    let is_debug = matches!(python, AbiTag::Cpython(abi) if abi.debug);
    let is_known = !is_debug && ExportTable::get().abis().contains(&python);
    subject.tags.is_empty() || !is_known || subject.promised.contains(&python)
}

/// Whether a finding is an error that `python` meets: one that names it, or none at all.
fn is_error_in(finding: &FindingEntry, python: AbiTag) -> bool {
    let names = finding.evidence.get("pythons");
    finding.severity == Severity::Error
        && names.is_none_or(|names| names.iter().any(|name| *name == python.to_string()))
}

/// The extension modules of a subject: files of one name in one folder, of which each interpreter imports one.
pub(crate) fn modules(subject: &SubjectEntry) -> BTreeMap<(&str, &str), Vec<&ObjectEntry>> {
    let mut modules: BTreeMap<(&str, &str), Vec<&ObjectEntry>> = BTreeMap::new();
    for object in subject.objects.iter().filter(|object| object.extension) {
        let member = object.member.as_deref().unwrap_or_default();
        let folder = member.rsplit_once('/').map_or("", |(folder, _)| folder);
        modules.entry((folder, &object.module)).or_default().push(object);
    }
    modules
}

/// The prediction that decides: of the files of a module the best, for only one is imported; of the slices of a
/// universal file the worst, for each is promised to its machine.
pub(crate) fn decisive<'a>(objects: &[&'a ObjectEntry], index: usize) -> Option<&'a Prediction> {
    let rank = |prediction: &Prediction| match prediction.expect {
        PredictionKind::Accept => 0,
        PredictionKind::Luck => 1,
        PredictionKind::Unknown => 2,
        PredictionKind::Refuse => 3,
    };
    let mut files: BTreeMap<Option<&str>, Vec<&'a Prediction>> = BTreeMap::new();
    for object in objects {
        files.entry(object.member.as_deref()).or_default().push(object.predictions.get(index)?);
    }
    let worst = files.into_values().filter_map(|slices| slices.into_iter().max_by_key(|slice| rank(slice)));
    worst.min_by_key(|prediction| rank(prediction))
}
