//! Judging: what was promised of every cell, and what that makes of what was seen. Pure.

use std::collections::HashMap;
use std::hash::BuildHasher;

use soabi_core::{AbiTag, ArtifactId, Cell, Promise};
use soabi_python::Interpreter;
use soabi_report::matrix::CellEntry;
use soabi_rules::{Target, promise};

use crate::agreement::Predictions;
use crate::subject::Subject;
use crate::truth::{About, TruthError, TruthTable};
use crate::worker::Seen;

/// What is promised of every cell, in the order of `cells`: by the table when there is one, by the ABI rules
/// when there is none.
///
/// # Panics
///
/// When a cell names an artifact or an interpreter that is not among those given.
pub fn promises(
    cells: &[Cell],
    subjects: &[Subject],
    pythons: &[Interpreter],
    table: Option<&TruthTable>,
) -> Result<Vec<Promise>, TruthError> {
    let subjects: HashMap<&ArtifactId, &Subject> =
        subjects.iter().map(|subject| (&subject.artifact.id, subject)).collect();
    let pythons: HashMap<AbiTag, &Interpreter> = pythons.iter().map(|python| (python.id, python)).collect();
    let of_cell = |cell: &Cell| {
        let (subject, python) = (subjects[&cell.artifact], pythons[&cell.python]);
        if let Some(table) = table {
            return table.promise(cell, about(subject));
        }
        let target = Target { abi: python.id, suffixes: &python.facts.ext_suffixes };
        Ok(promise(&subject.artifact, target, cell.rung, cell.file))
    };
    cells.iter().map(of_cell).collect()
}

fn about(subject: &Subject) -> About<'_> {
    About {
        names: [subject.flavor.as_str(), subject.family.as_str()],
        built_for: subject.built_for,
        claim: subject.artifact.claim,
    }
}

/// The cells of the report: promised, predicted, seen, compared.
///
/// # Panics
///
/// When a cell names an artifact that is not among those given.
pub fn judge(
    cells: &[Cell],
    promises: Vec<Promise>,
    predictions: &HashMap<ArtifactId, Predictions, impl BuildHasher>,
    seen: &[Seen],
) -> Vec<CellEntry> {
    let both = promises.into_iter().zip(seen);
    let entry = |(cell, (promise, seen)): (&Cell, (Promise, &Seen))| CellEntry {
        agrees: predictions[&cell.artifact].agree(cell, &seen.outcome),
        probed_in: seen.probed_in.map(|at| cells[at].id()),
        evidence: seen.evidence.clone(),
        ..CellEntry::new(cell, promise, &seen.outcome, seen.probes, seen.ms)
    };
    cells.iter().zip(both).map(entry).collect()
}
