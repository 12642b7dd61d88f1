//! Judging: what was promised of every cell, and what that makes of what was seen. Pure.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher;

use soabi_core::{
    Arch, ArtifactId, Cell, Expectation, Outcome, OutcomeKind, PredictionKind, Promise, PythonId, Verdict,
};
use soabi_python::Interpreter;
use soabi_report::matrix::{CellEntry, PredictedEntry};
use soabi_rules::{Target, promise};

use crate::agreement::Predictions;
use crate::foreign;
use crate::pair::About;
use crate::subject::Subject;
use crate::truth::{Expected, TruthError, TruthTable};
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
) -> Result<Vec<Expected>, TruthError> {
    let subjects: HashMap<&ArtifactId, &Subject> =
        subjects.iter().map(|subject| (&subject.artifact.id, subject)).collect();
    let pythons: HashMap<PythonId, &Interpreter> = pythons.iter().map(|python| (python.id, python)).collect();
    let of_cell = |cell: &Cell| {
        let (subject, python) = (subjects[&cell.artifact], pythons[&cell.python]);
        if let Some(table) = table {
            return table.expected(cell, about(subject));
        }
        let target = Target { abi: python.id.abi, suffixes: &python.facts.ext_suffixes };
        let artifact = &subject.artifact;
        let promise = match &subject.placed {
            Some(placed) => {
                let (file_name, stem) = (&artifact.file_name, &artifact.module);
                foreign::promise::promise(placed, file_name, stem, target, python.id.machine, cell.rung)
            }
            None if subject.machine != python.id.machine => {
                let why = format!("it is a file for {}", subject.machine.unwrap_or_else(Arch::here));
                Promise { expectation: Expectation::Luck, why, reference: None }
            }
            None => promise(artifact, target, cell.rung, cell.file),
        };
        Ok(Expected { promise, seen: None })
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
    expected: Vec<Expected>,
    predictions: &HashMap<ArtifactId, Predictions, impl BuildHasher>,
    seen: &[Seen],
) -> Vec<CellEntry> {
    let rows = cells.iter().zip(expected).zip(seen);
    rows.map(|((cell, expected), seen)| {
        let predictions = &predictions[&cell.artifact];
        let expected = without_certainty(cell, expected, predictions);
        let listed = expected.seen.as_ref();
        let outcome = settled(cell, seen, predictions);
        let is_run = outcome.kind() != OutcomeKind::NotRun;
        let of_file = if is_run { seen.of_file() } else { Cow::Borrowed(&*outcome) };
        let entry = CellEntry {
            agrees: predictions.agree(cell, &of_file, listed),
            predicted: predictions.of_cell(cell).map(PredictedEntry::from),
            needs: if is_run { Vec::new() } else { seen.needs.clone() },
            probed_in: seen.probed_in.map(|at| cells[at].id()),
            evidence: seen.evidence.clone(),
            output: Some(&seen.output).filter(|output| !output.is_empty()).cloned(),
            leaks: seen.leaks.iter().map(ToString::to_string).collect(),
            attempts: seen.attempts.clone(),
            ..CellEntry::new(cell, expected.promise, &outcome, seen.probes, seen.ms)
        };
        match listed {
            Some(set) if !set.contains(&outcome) => {
                let why = format!("{}; only these outcomes are known: {set}", entry.why.trim_end());
                CellEntry { verdict: Verdict::Unexpected, why, ..entry }
            }
            _ => entry,
        }
    })
    .collect()
}

/// What is expected of a cell. Tags cannot say that a file is refused where it brings, by a library of its own, what an
/// interpreter lacks: where the auditor does not know, nothing is expected.
fn without_certainty(cell: &Cell, expected: Expected, predictions: &Predictions) -> Expected {
    match (expected.promise.expectation, predictions.of_cell(cell)) {
        (Expectation::Refuse(_), Some(predicted))
            if expected.seen.is_none() && predicted.expect == PredictionKind::Unknown =>
        {
            let promise = Promise { expectation: Expectation::Luck, ..expected.promise };
            Expected { promise, ..expected }
        }
        _ => expected,
    }
}

/// The outcome of a cell: where something was missing that the file does not have to bring, the question was not
/// answered. Where the auditor says that the file refuses itself, it does.
fn settled<'a>(cell: &Cell, seen: &'a Seen, predictions: &Predictions) -> Cow<'a, Outcome> {
    let outcome = &seen.outcome;
    let is_predicted = || {
        let predicted = predictions.of_cell(cell);
        predicted.is_some_and(|predicted| predicted.gate.is_some() && predicted.gate == outcome.gate())
    };
    if seen.needs.is_empty() || is_predicted() {
        return Cow::Borrowed(outcome);
    }
    let message = outcome.message().map(|message| format!(": {message}")).unwrap_or_default();
    Cow::Owned(Outcome::NotRun { why: format!("needs {}{message}", seen.needs.join(", ")) })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use soabi_core::{FileName, Gate, Prediction, Rung};

    use super::*;
    use crate::agreement::tests::prediction;

    /// A cell that is luck, with the outcomes that its row lists.
    #[rstest]
    #[case::any(None, Outcome::TimedOut, Verdict::AsExpected)]
    #[case::listed(Some("[\"accepted\"]"), Outcome::Accepted, Verdict::AsExpected)]
    #[case::not_listed(Some("[\"accepted\"]"), Outcome::TimedOut, Verdict::Unexpected)]
    #[case::not_run(Some("[\"accepted\"]"), Outcome::NotRun { why: String::new() }, Verdict::NotRun)]
    fn outcomes_of_luck(#[case] listed: Option<&str>, #[case] outcome: Outcome, #[case] verdict: Verdict) {
        #[derive(serde::Deserialize)]
        struct Row {
            seen: crate::outcome_set::OutcomeSet,
        }
        let read = |list: &str| toml::from_str::<Row>(&format!("seen = {list}")).unwrap().seen;
        let promise = Promise { expectation: Expectation::Luck, why: "luck".to_owned(), reference: None };
        let artifact = ArtifactId("spam".to_owned());
        let python = "cp311".parse().unwrap();
        let cell = Cell { artifact: artifact.clone(), python, rung: Rung::Import, file: FileName::Bare };
        let seen = Seen::outcome(outcome, 0.0);
        let expected = vec![Expected { promise, seen: listed.map(read) }];
        let predictions = HashMap::from([(artifact, Predictions::default())]);
        let entries = judge(&[cell], expected, &predictions, &[seen]);
        assert_eq!(entries[0].verdict, verdict);
        assert_eq!(entries[0].why == "luck", verdict != Verdict::Unexpected);
    }

    /// A file that is accepted where its tags say that it is refused is unexpected, unless the auditor does not know.
    #[rstest]
    #[case::not_known(PredictionKind::Unknown, Verdict::AsExpected)]
    #[case::known(PredictionKind::Refuse, Verdict::Unexpected)]
    #[case::known_otherwise(PredictionKind::Accept, Verdict::Unexpected)]
    fn refusals_that_nobody_knows(#[case] by_path: PredictionKind, #[case] verdict: Verdict) {
        let expectation = Expectation::Refuse(Gate::Symbols);
        let promise = Promise { expectation, why: String::new(), reference: None };
        let artifact = ArtifactId("spam".to_owned());
        let python: PythonId = "pypy311_pp73".parse().unwrap();
        let cell = Cell { artifact: artifact.clone(), python, rung: Rung::Load, file: FileName::Tagged };
        let prediction =
            Prediction { gate: Some(Gate::Name), by_path, ..prediction(python.abi, PredictionKind::Refuse) };
        let predictions = HashMap::from([(artifact, Predictions::given([prediction], None, "spam.so"))]);
        let expected = vec![Expected { promise, seen: None }];
        let entries = judge(&[cell], expected, &predictions, &[Seen::outcome(Outcome::Accepted, 0.0)]);
        assert_eq!(entries[0].verdict, verdict);
    }
}
