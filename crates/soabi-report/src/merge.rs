//! Several `soabi/matrix/v1` reports as one: the shards of a run, or runs in different interpreters.
//!
//! Merging is a fold over cells, interpreters, artifacts and parts: it is associative and commutative, so that
//! reports can be merged in any order and merged reports can be merged again. Nothing is judged again. Reports that
//! contradict each other are refused. What a merged report lacks (a missing part, an interpreter in which nothing
//! ran) is computed from what it has, and listed among its errors.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use soabi_core::{ArtifactId, CellId, PythonId, Shard};

use crate::matrix::{ArtifactEntry, IsolationEntry, MatrixReport, PythonEntry, ShardEntry};

/// A report, and what to call it: the name of its file.
pub type Named = (String, MatrixReport);

/// Why reports do not belong together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("no report is given")]
    None,
    /// Two versions of soabi, or two sets of tables.
    #[error("`{first}` is of soabi {first_is}, and `{second}` of soabi {second_is}")]
    Versions {
        /// A report.
        first: String,
        /// Its version and its tables.
        first_is: String,
        /// Another.
        second: String,
        /// Its version and its tables.
        second_is: String,
    },
    /// The same part of the same run.
    #[error("`{first}` and `{second}` are both part {part} of one run")]
    SamePart {
        /// A report.
        first: String,
        /// Another.
        second: String,
        /// The part.
        part: Shard,
    },
    /// One id, two interpreters.
    #[error("{id} is Python {first_is} in `{first}`, and Python {second_is} in `{second}`")]
    Pythons {
        /// The id.
        id: PythonId,
        /// A report.
        first: String,
        /// The interpreter in it.
        first_is: String,
        /// Another.
        second: String,
        /// The interpreter in that.
        second_is: String,
    },
    /// The same cell, run twice.
    #[error("`{first}` and `{second}` both have the cell {cell}")]
    SameCell {
        /// A report.
        first: String,
        /// Another.
        second: String,
        /// The cell.
        cell: CellId,
    },
}

impl MergeError {
    /// What the user can do.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::None => "name the files that `soabi matrix --format json` wrote",
            Self::Versions { .. } => "run all parts with the same soabi",
            Self::SamePart { .. } => "give every part once",
            Self::Pythons { .. } => "run all parts with the same interpreters",
            Self::SameCell { .. } => {
                "reports are merged when no cell is in two of them: the parts of one run (`--shard 1/3`, \
                 `--shard 2/3`, ...), or runs that end in different interpreters (`--run-on cp311`, \
                 `--run-on cp312`)"
            }
        }
    }
}

/// One report of all of them.
pub fn merge(reports: Vec<Named>) -> Result<MatrixReport, MergeError> {
    same_world(&reports)?;
    every_part_once(&reports)?;
    every_cell_once(&reports)?;
    let pythons = pythons(&reports)?;
    let artifacts = artifacts(&reports);
    let mut merged = reports.first().map(|(_, report)| report.clone()).ok_or(MergeError::None)?;
    let mut parts: BTreeSet<ShardEntry> = BTreeSet::new();
    (merged.cells, merged.errors, merged.isolation) = (Vec::new(), Vec::new(), None);
    (merged.given, merged.required) = (Vec::new(), Vec::new());
    for (_, report) in reports {
        let lacks = lacks(&report);
        parts.extend(report.shard.into_iter().chain(report.parts));
        merged.isolation = IsolationEntry::of_both(merged.isolation.take(), report.isolation);
        merged.given.extend(report.given);
        merged.required.extend(report.required);
        merged.cells.extend(report.cells);
        merged.not_applicable.extend(report.not_applicable);
        merged.errors.extend(report.errors.into_iter().filter(|error| !lacks.contains(error)));
    }
    merged.shard = None;
    merged.parts = incomplete(parts);
    merged.pythons = pythons;
    merged.artifacts = artifacts;
    merged.put_in_order();
    merged.not_applicable.dedup();
    merged.errors.extend(lacks(&merged));
    merged.put_in_order();
    Ok(merged)
}

fn same_world(reports: &[Named]) -> Result<(), MergeError> {
    let is = |report: &MatrixReport| format!("{} with the tables {}", report.version, report.tables);
    let (first, one) = reports.first().ok_or(MergeError::None)?;
    match reports.iter().find(|(_, report)| is(report) != is(one)) {
        Some((name, report)) => Err(MergeError::Versions {
            first: first.clone(),
            first_is: is(one),
            second: name.clone(),
            second_is: is(report),
        }),
        None => Ok(()),
    }
}

fn every_part_once(reports: &[Named]) -> Result<(), MergeError> {
    let mut owner: BTreeMap<&ShardEntry, &str> = BTreeMap::new();
    for (name, report) in reports {
        for part in report.shard.iter().chain(&report.parts) {
            if let Some(first) = owner.insert(part, name) {
                let (first, second) = (first.to_owned(), name.clone());
                return Err(MergeError::SamePart { first, second, part: part.part });
            }
        }
    }
    Ok(())
}

fn every_cell_once(reports: &[Named]) -> Result<(), MergeError> {
    let mut owner: HashMap<&CellId, &str> = HashMap::new();
    for (name, report) in reports {
        for cell in &report.cells {
            if let Some(first) = owner.insert(&cell.id, name) {
                let (first, second) = (first.to_owned(), name.clone());
                return Err(MergeError::SameCell { first, second, cell: cell.id.clone() });
            }
        }
    }
    Ok(())
}

/// The parts of runs of which at least one part is missing. Parts belong to one run when their plan and their number
/// are the same.
fn incomplete(parts: BTreeSet<ShardEntry>) -> Vec<ShardEntry> {
    let mut runs: BTreeMap<(String, usize), Vec<ShardEntry>> = BTreeMap::new();
    for part in parts {
        runs.entry((part.plan.clone(), part.part.total())).or_default().push(part);
    }
    runs.into_iter().filter(|((_, total), parts)| parts.len() < *total).flat_map(|(_, parts)| parts).collect()
}

/// What a merged report lacks: parts of its runs, and cells in interpreters that were found.
fn lacks(report: &MatrixReport) -> Vec<String> {
    let mut runs: BTreeMap<(&str, usize), BTreeSet<Shard>> = BTreeMap::new();
    for part in &report.parts {
        runs.entry((&part.plan, part.part.total())).or_default().insert(part.part);
    }
    let missing = runs.into_iter().flat_map(|((plan, _), parts)| {
        let all: Vec<Shard> = parts.first().map(|part| part.all().collect()).unwrap_or_default();
        all.into_iter()
            .filter(move |part| !parts.contains(part))
            .map(move |part| format!("part {part} of the run {plan} is missing; its cells are unknown"))
    });
    let ran: BTreeSet<PythonId> = report.cells.iter().map(|cell| cell.python).collect();
    let idle = report.pythons.iter().filter(|python| python.found && !ran.contains(&python.id));
    let idle = idle.map(|python| format!("{} was found, and no report has cells that ran in it", python.id));
    missing.chain(idle).collect()
}

/// Every interpreter once. One that was found outranks one that was left out, and that one a missing one; of equal
/// ones the first by path is taken.
fn pythons(reports: &[Named]) -> Result<Vec<PythonEntry>, MergeError> {
    let rank = |python: &PythonEntry| {
        (!python.found, !python.excluded, python.path.clone(), python.soabi.clone(), python.help.clone())
    };
    let mut merged: BTreeMap<PythonId, (&str, &PythonEntry)> = BTreeMap::new();
    for (name, report) in reports {
        for python in &report.pythons {
            let (first, known) = merged.entry(python.id).or_insert((name, python));
            if known.found && python.found && known.version != python.version {
                let is = |python: &PythonEntry| python.version.clone().unwrap_or_default();
                return Err(MergeError::Pythons {
                    id: python.id,
                    first: (*first).to_owned(),
                    first_is: is(known),
                    second: name.clone(),
                    second_is: is(python),
                });
            }
            if rank(python) < rank(known) {
                (*first, *known) = (name, python);
            }
        }
    }
    Ok(merged.into_values().map(|(_, python)| python.clone()).collect())
}

/// Every artifact once; of equal ids one that was built, the first by path.
fn artifacts(reports: &[Named]) -> Vec<ArtifactEntry> {
    let rank = |artifact: &ArtifactEntry| {
        (artifact.not_built.clone(), artifact.path.clone(), artifact.commands.clone())
    };
    let mut merged: BTreeMap<&ArtifactId, &ArtifactEntry> = BTreeMap::new();
    for artifact in reports.iter().flat_map(|(_, report)| &report.artifacts) {
        let known = merged.entry(&artifact.id).or_insert(artifact);
        if rank(artifact) < rank(known) {
            *known = artifact;
        }
    }
    merged.into_values().cloned().collect()
}

#[cfg(test)]
mod tests;
