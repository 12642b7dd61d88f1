//! What a user named for a matrix, and what became of its promise: which of the interpreters that its tags name were
//! witnessed, and which are only predicted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use soabi_core::{OutcomeKind, PythonId};

/// A wheel, an installed distribution, or a module that the user named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GivenEntry {
    /// What its artifacts name as their `wheel`; the id of an artifact that is a file by itself.
    pub name: String,
    /// Where it is, as the user wrote it or the search came upon it.
    pub path: String,
    /// The normalised name of its distribution. Empty for what lies in none. Of the wheels of one distribution each is
    /// for some interpreters.
    pub distribution: String,
    /// The compressed tags of its wheel. Empty for what did not come in one.
    pub tags: String,
    /// Whether its tags are for other systems than the one that it ran on. Nothing is promised there.
    pub elsewhere: bool,
    /// The interpreters that the tags name, where they are for this system.
    pub promised: Vec<PythonId>,
    /// Those of them that load all of its modules, as the auditor predicts.
    pub predicted: Vec<PythonId>,
    /// The interpreters in which all of it was imported.
    pub witnessed: Vec<PythonId>,
    /// The interpreters in which the import of some of it failed, promised or not.
    pub failed: Vec<PythonId>,
    /// The interpreters of the promise in which nothing is known to work or to fail: they are not on this machine, or
    /// something else was missing.
    pub unwitnessed: Vec<PythonId>,
}

/// An import of something that was given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Import<'a> {
    /// The name of what was given.
    pub(crate) name: &'a str,
    pub(crate) python: PythonId,
    pub(crate) outcome: OutcomeKind,
}

impl GivenEntry {
    /// An entry of which nothing was seen yet.
    pub fn new(name: String, path: String, tags: String, promised: Vec<PythonId>) -> Self {
        Self {
            name,
            path,
            tags,
            elsewhere: false,
            promised,
            distribution: String::new(),
            predicted: Vec::new(),
            witnessed: Vec::new(),
            failed: Vec::new(),
            unwitnessed: Vec::new(),
        }
    }

    /// Works out from the cells what was witnessed.
    pub(crate) fn witness(&mut self, imports: &[Import<'_>]) {
        let mut outcomes: BTreeMap<PythonId, Vec<OutcomeKind>> = BTreeMap::new();
        for import in imports.iter().filter(|import| import.name == self.name) {
            outcomes.entry(import.python).or_default().push(import.outcome);
        }
        let of = |holds: &dyn Fn(&[OutcomeKind]) -> bool| -> Vec<PythonId> {
            outcomes.iter().filter(|(_, outcomes)| holds(outcomes)).map(|(python, _)| *python).collect()
        };
        let works = |outcome: &OutcomeKind| *outcome == OutcomeKind::Accepted;
        let fails = |outcome: &OutcomeKind| !matches!(outcome, OutcomeKind::Accepted | OutcomeKind::NotRun);
        self.witnessed = of(&|outcomes| outcomes.iter().all(works));
        self.failed = of(&|outcomes| outcomes.iter().any(fails));
        let is_seen = |python: &&PythonId| self.witnessed.contains(python) || self.failed.contains(python);
        self.unwitnessed = self.promised.iter().filter(|python| !is_seen(python)).copied().collect();
    }
}

/// A requirement that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnmetEntry {
    /// The interpreter that has to be witnessed.
    pub python: PythonId,
    /// The distribution, or the module.
    pub name: String,
    /// Why it was not.
    pub why: String,
}

/// The interpreters of `required` in which something that was `given` was not imported. Of the wheels of one
/// distribution one is enough.
pub(crate) fn unmet(required: &[PythonId], given: &[GivenEntry], imports: &[Import<'_>]) -> Vec<UnmetEntry> {
    let mut groups: BTreeMap<&str, Vec<&GivenEntry>> = BTreeMap::new();
    for entry in given {
        let name = if entry.distribution.is_empty() { &entry.name } else { &entry.distribution };
        groups.entry(name).or_default().push(entry);
    }
    let ran: BTreeSet<PythonId> = imports.iter().map(|import| import.python).collect();
    let mut unmet = Vec::new();
    for python in required {
        for (name, entries) in &groups {
            if entries.iter().any(|entry| entry.witnessed.contains(python)) {
                continue;
            }
            let is_in = |list: fn(&GivenEntry) -> &[PythonId]| {
                entries.iter().any(|entry| list(entry).contains(python))
            };
            let why = if is_in(|entry| &entry.failed) {
                "its import failed there"
            } else if !ran.contains(python) {
                "no such interpreter ran"
            } else if is_in(|entry| &entry.promised) {
                "it was not imported there"
            } else {
                "no tag of it names that interpreter"
            };
            unmet.push(UnmetEntry { python: *python, name: (*name).to_owned(), why: why.to_owned() });
        }
    }
    unmet
}
