//! Several `soabi/matrix/v1` reports as one: the shards of a run, or runs in different interpreters.
//!
//! Nothing is judged again. Reports that cannot be of one world are refused; parts that are not there are told,
//! because what is not known must not look like what was found to be good.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use soabi_core::{AbiTag, CellId, Shard};

use crate::matrix::{ArtifactEntry, MatrixReport, PythonEntry, Summary};

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
        id: AbiTag,
        /// A report.
        first: String,
        /// The interpreter in it.
        first_is: String,
        /// Another.
        second: String,
        /// The interpreter in that.
        second_is: String,
    },
    /// The same question, asked twice.
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

/// One report of all of them. Times stay those of the cells.
///
/// A part that is missing is an error in the report, and so is an interpreter that was found and in which
/// nothing was run.
pub fn merge(reports: Vec<Named>) -> Result<MatrixReport, MergeError> {
    same_world(&reports)?;
    let missing = missing_parts(&reports)?;
    every_cell_once(&reports)?;
    let pythons = pythons(&reports)?;
    let artifacts = artifacts(&reports);
    let mut merged = MatrixReport { shard: None, pythons, artifacts, ..first(&reports)?.clone() };
    for (_, report) in reports.into_iter().skip(1) {
        merged.cells.extend(report.cells);
        for entry in report.not_applicable {
            if !merged.not_applicable.contains(&entry) {
                merged.not_applicable.push(entry);
            }
        }
        for error in report.errors {
            if !merged.errors.contains(&error) {
                merged.errors.push(error);
            }
        }
    }
    in_the_order_of_the_plan(&mut merged);
    merged.summary = Summary::of(&merged.cells, merged.not_applicable.len());
    merged.errors.extend(missing);
    let ran: BTreeSet<AbiTag> = merged.cells.iter().map(|cell| cell.python).collect();
    let idle = merged.pythons.iter().filter(|python| python.found && !ran.contains(&python.id));
    merged
        .errors
        .extend(idle.map(|python| format!("{} was found, and no report says what was run in it", python.id)));
    Ok(merged)
}

fn first(reports: &[Named]) -> Result<&MatrixReport, MergeError> {
    reports.first().map(|(_, report)| report).ok_or(MergeError::None)
}

fn same_world(reports: &[Named]) -> Result<(), MergeError> {
    let is = |report: &MatrixReport| format!("{} with the tables {}", report.version, report.tables);
    let one = first(reports)?;
    match reports.iter().find(|(_, report)| is(report) != is(one)) {
        Some((name, report)) => Err(MergeError::Versions {
            first: reports[0].0.clone(),
            first_is: is(one),
            second: name.clone(),
            second_is: is(report),
        }),
        None => Ok(()),
    }
}

/// What to say of the parts that are not there. Parts belong together when they are of one plan.
fn missing_parts(reports: &[Named]) -> Result<Vec<String>, MergeError> {
    let mut runs: BTreeMap<(&str, usize), BTreeMap<Shard, &str>> = BTreeMap::new();
    for (name, report) in reports {
        let Some(shard) = &report.shard else { continue };
        let parts = runs.entry((&shard.plan, shard.part.total())).or_default();
        if let Some(first) = parts.insert(shard.part, name) {
            let (first, second) = (first.to_owned(), name.clone());
            return Err(MergeError::SamePart { first, second, part: shard.part });
        }
    }
    let mut errors = Vec::new();
    for parts in runs.into_values() {
        let Some((one, name)) = parts.first_key_value() else { continue };
        let missing = one.all().filter(|part| !parts.contains_key(part));
        errors.extend(missing.map(|part| {
            format!("part {part} of the run that `{name}` is part {one} of is missing, and what it saw is not known")
        }));
    }
    Ok(errors)
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

/// Every interpreter once, as whoever found it describes it. Missing counts for more than left out.
fn pythons(reports: &[Named]) -> Result<Vec<PythonEntry>, MergeError> {
    let mut merged: BTreeMap<AbiTag, (&str, PythonEntry)> = BTreeMap::new();
    for (name, report) in reports {
        for python in &report.pythons {
            let (first, known) = merged.entry(python.id).or_insert_with(|| (name, python.clone()));
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
            if !known.found && (python.found || known.excluded) {
                (*first, *known) = (name, python.clone());
            }
        }
    }
    Ok(merged.into_values().map(|(_, python)| python).collect())
}

/// Every artifact once. Of runs with the same rows these are the rows; otherwise families come in the order in
/// which they were met, and within one the oldest interpreter comes first.
fn artifacts(reports: &[Named]) -> Vec<ArtifactEntry> {
    let mut merged: Vec<ArtifactEntry> = Vec::new();
    let mut known = BTreeSet::new();
    for artifact in reports.iter().flat_map(|(_, report)| &report.artifacts) {
        if known.insert(&artifact.id) {
            merged.push(artifact.clone());
        }
    }
    let longest = reports.iter().map(|(_, report)| report.artifacts.len()).max();
    if longest != Some(merged.len()) {
        let families = families(reports);
        let rank = |artifact: &ArtifactEntry| families.iter().position(|known| *known == family(artifact));
        merged.sort_by_key(|artifact| (rank(artifact), artifact.built_for, artifact.floor));
    }
    merged
}

/// The families of all reports, each after those that stand before it wherever it is met.
fn families(reports: &[Named]) -> Vec<&str> {
    let mut order: Vec<&str> = Vec::new();
    for (_, report) in reports {
        let mut after = 0;
        for artifact in &report.artifacts {
            let family = family(artifact);
            let at = order.iter().position(|known| *known == family).unwrap_or_else(|| {
                order.insert(after, family);
                after
            });
            after = at + 1;
        }
    }
    order
}

/// The flavor without its floor: `c-abi3` of `c-abi3-py39`.
fn family(artifact: &ArtifactEntry) -> &str {
    let floor = artifact.floor.map(|floor| format!("-py{}", floor.compact()));
    let without = floor.and_then(|floor| artifact.flavor.strip_suffix(&floor));
    without.unwrap_or(&artifact.flavor)
}

/// Artifacts, then interpreters, then rungs, as a plan has them.
fn in_the_order_of_the_plan(merged: &mut MatrixReport) {
    let row: HashMap<_, _> =
        merged.artifacts.iter().enumerate().map(|(at, artifact)| (&artifact.id, at)).collect();
    merged.cells.sort_by_key(|cell| (row.get(&cell.artifact).copied(), cell.python, cell.rung, cell.file));
}

#[cfg(test)]
mod tests;
