//! The extension modules of a subject, and what becomes of each in every interpreter.

use soabi_core::{AbiTag, Prediction, PredictionKind, Severity};
use soabi_report::audit::{AuditReport, FindingEntry, ObjectEntry, SubjectEntry};
use soabi_rules::tables::ExportTable;

use crate::readiness::{self, Readiness, decisive};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

/// The extension modules of a subject.
pub(super) fn modules<'a>(report: &AuditReport, entry: &'a SubjectEntry) -> Vec<Module<'a>> {
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
        Module {
            name: dotted(folder, name, &objects),
            states: pythons.map(state).collect(),
            predictions,
            objects,
        }
    };
    readiness::modules(entry).into_iter().map(module).collect()
}

/// The dotted name of the module `name` in `folder`; of a package (`pkg/__init__.so`) that of the folder.
fn dotted(folder: &str, name: &str, objects: &[&ObjectEntry]) -> String {
    let folder = folder.replace('/', ".");
    let file_name = |object: &&ObjectEntry| object.member.as_deref()?.rsplit('/').next().map(str::to_owned);
    let is_package = objects.iter().filter_map(file_name).any(|file| file.starts_with("__init__"));
    match (folder.is_empty(), is_package) {
        (true, _) => name.to_owned(),
        (false, true) => folder,
        (false, false) => format!("{folder}.{name}"),
    }
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
