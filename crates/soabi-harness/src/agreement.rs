//! The auditor predicts, the interpreter witnesses: whether the two agree, cell by cell. Pure, but for reading
//! the artifact.
//!
//! A prediction knows the file and the tables and nothing of this machine's interpreters. A disagreement is a
//! bug in soabi.

use std::collections::HashMap;

use soabi_core::{
    AbiTag, Artifact, Cell, FileName, Gate, Outcome, OutcomeKind, Prediction, PredictionKind, Rung,
};
use soabi_definition::{Slice, read_slices};
use soabi_object::read::{Limits, read_native};
use soabi_report::matrix::PredictedEntry;
use soabi_rules::{NativeFile, Python, Subject, predict};

use crate::outcome_set::OutcomeSet;

/// What the auditor predicts of one artifact, for every interpreter that it knows.
#[derive(Clone, Debug, Default)]
pub struct Predictions {
    under_its_name: HashMap<AbiTag, Prediction>,
    renamed: HashMap<AbiTag, Prediction>,
}

/// What is predicted of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Predicted<'a> {
    /// What the interpreter will do.
    pub expect: PredictionKind,
    /// The gate that refuses.
    pub gate: Option<Gate>,
    /// How it ends; `None` where that is not known.
    pub outcome: Option<OutcomeKind>,
    /// Why an import under the file's own name ends so.
    pub why: &'a str,
}

impl From<Predicted<'_>> for PredictedEntry {
    fn from(predicted: Predicted<'_>) -> Self {
        let Predicted { expect, gate, outcome, why } = predicted;
        Self { expect, gate, outcome, why: why.to_owned() }
    }
}

impl Predictions {
    /// Reads the artifact and predicts. A file that cannot be read as an object has no predictions.
    pub fn of(artifact: &Artifact) -> Self {
        let Ok(bytes) = read_native(&artifact.path, Limits::default()) else { return Self::default() };
        let Ok(slices) = read_slices(&bytes, &artifact.file_name, None, false) else {
            return Self::default();
        };
        let bare = artifact.file_name_as(FileName::Bare);
        Self { under_its_name: named(slices.clone(), &artifact.file_name), renamed: named(slices, &bare) }
    }

    /// Predictions that the auditor made of a file where it lies, for each interpreter. It is never renamed.
    pub fn given(predictions: impl IntoIterator<Item = Prediction>) -> Self {
        let under_its_name =
            predictions.into_iter().map(|prediction| (prediction.python, prediction)).collect();
        Self { under_its_name, renamed: HashMap::new() }
    }

    /// What is predicted of `cell`; `None` where nothing is.
    pub fn of_cell(&self, cell: &Cell) -> Option<Predicted<'_>> {
        let prediction = self.under_its_name.get(&cell.python)?;
        let why = prediction.why.as_str();
        let Prediction { expect, gate, outcome, .. } = *prediction;
        let by_name = Predicted { expect, gate, outcome, why };
        let by_path = Predicted {
            expect: prediction.by_path,
            gate: prediction.by_path_gate,
            outcome: prediction.by_path_outcome,
            why,
        };
        Some(match (cell.rung, cell.file) {
            (Rung::Import, FileName::Tagged) => by_name,
            // A bare name says nothing of what the file was built for: it is found or not, and then it is loaded.
            (Rung::Import, FileName::Bare) => match self.renamed.get(&cell.python)?.gate {
                Some(Gate::Name) => Predicted {
                    expect: PredictionKind::Refuse,
                    gate: Some(Gate::Name),
                    outcome: Some(OutcomeKind::Refused),
                    why: &self.renamed.get(&cell.python)?.why,
                },
                _ => by_path,
            },
            (Rung::Load | Rung::Inspect, _) if by_path.gate == Some(Gate::Runtime) => Predicted {
                expect: PredictionKind::Accept,
                gate: None,
                outcome: Some(OutcomeKind::Accepted),
                why: "everything binds; no init function is called, so that the interpreter has nothing to refuse",
            },
            (Rung::Load | Rung::Inspect, _) => by_path,
            // What the checks say is no matter of the file.
            (Rung::Test, _) => return None,
        })
    }

    /// Whether the outcome of `cell` agrees with what was predicted; `None` where nothing was predicted or
    /// the cell did not run. `listed` are the outcomes that a truth table lists for the cell: an outcome that it does
    /// not list is forgiven to no prediction.
    pub fn agree(&self, cell: &Cell, outcome: &Outcome, listed: Option<&OutcomeSet>) -> Option<bool> {
        let agrees = self.of_cell(cell)?.agrees(outcome)?;
        Some(agrees && listed.is_none_or(|set| set.contains(outcome)))
    }
}

fn named(slices: Vec<Slice>, file_name: &str) -> HashMap<AbiTag, Prediction> {
    let file = |Slice { facts, reading }| NativeFile {
        member: None,
        folder: None,
        file_name: file_name.to_owned(),
        facts,
        reading,
    };
    let subject = Subject::new(None, slices.into_iter().map(file).collect(), Vec::new());
    let Some(object) = subject.objects.first() else { return HashMap::new() };
    Python::all().iter().map(|python| (python.abi, predict(object, python))).collect()
}

impl Predicted<'_> {
    /// A prediction is about loading: a wrong result of a loaded module contradicts none. Luck is a prediction too: the
    /// file is found and everything binds. What happens then is unknown, unless a truth table lists it.
    fn agrees(self, outcome: &Outcome) -> Option<bool> {
        let Self { expect, gate, .. } = self;
        match (expect, outcome) {
            (PredictionKind::Unknown, _) | (_, Outcome::NotRun { .. }) => None,
            (PredictionKind::Refuse, Outcome::Crashed { .. }) => {
                Some(gate == Some(Gate::Runtime) && self.outcome != Some(OutcomeKind::Refused))
            }
            (PredictionKind::Refuse, outcome) => {
                Some(outcome.gate() == gate && self.outcome != Some(OutcomeKind::Crashed))
            }
            (PredictionKind::Accept, outcome) => {
                Some(matches!(outcome, Outcome::Accepted | Outcome::Wrong { .. }))
            }
            (PredictionKind::Luck, outcome) => Some(matches!(outcome.gate(), None | Some(Gate::Runtime))),
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn refused(at: Gate) -> Outcome {
        Outcome::Refused { at, message: "no".to_owned() }
    }

    fn wrong() -> Outcome {
        Outcome::Wrong { probe: "exit-3".to_owned(), message: String::new() }
    }

    fn crashed() -> Outcome {
        Outcome::Crashed { signal: 11, last_words: String::new() }
    }

    #[rstest]
    #[case(PredictionKind::Accept, None, Outcome::Accepted, Some(true))]
    #[case(PredictionKind::Accept, None, wrong(), Some(true))]
    #[case(PredictionKind::Accept, None, crashed(), Some(false))]
    #[case(PredictionKind::Accept, None, refused(Gate::Runtime), Some(false))]
    #[case(PredictionKind::Refuse, Some(Gate::Name), refused(Gate::Name), Some(true))]
    #[case(PredictionKind::Refuse, Some(Gate::Symbols), refused(Gate::Name), Some(false))]
    #[case(PredictionKind::Refuse, Some(Gate::Symbols), Outcome::Accepted, Some(false))]
    #[case(PredictionKind::Refuse, Some(Gate::Symbols), crashed(), Some(false))]
    #[case(PredictionKind::Refuse, Some(Gate::Runtime), crashed(), Some(true))]
    #[case(PredictionKind::Luck, None, Outcome::Accepted, Some(true))]
    #[case(PredictionKind::Luck, None, crashed(), Some(true))]
    #[case(PredictionKind::Luck, None, refused(Gate::Runtime), Some(true))]
    #[case(PredictionKind::Luck, None, refused(Gate::Symbols), Some(false))]
    #[case(PredictionKind::Unknown, None, Outcome::Accepted, None)]
    #[case(PredictionKind::Accept, None, Outcome::NotRun { why: String::new() }, None)]
    fn prediction_against_fact(
        #[case] expect: PredictionKind,
        #[case] gate: Option<Gate>,
        #[case] outcome: Outcome,
        #[case] agreed: Option<bool>,
    ) {
        assert_eq!(Predicted { expect, gate, outcome: None, why: "" }.agrees(&outcome), agreed);
    }

    /// Of the interpreter's own refusals it is often known whether they are exceptions.
    #[rstest]
    #[case(Some(OutcomeKind::Crashed), crashed(), true)]
    #[case(Some(OutcomeKind::Crashed), refused(Gate::Runtime), false)]
    #[case(Some(OutcomeKind::Refused), crashed(), false)]
    #[case(Some(OutcomeKind::Refused), refused(Gate::Runtime), true)]
    #[case(None, crashed(), true)]
    #[case(None, refused(Gate::Runtime), true)]
    #[case(None, Outcome::Accepted, false)]
    fn ends_of_a_refusal(
        #[case] predicted: Option<OutcomeKind>,
        #[case] outcome: Outcome,
        #[case] agreed: bool,
    ) {
        let gate = Some(Gate::Runtime);
        let predicted = Predicted { expect: PredictionKind::Refuse, gate, outcome: predicted, why: "" };
        assert_eq!(predicted.agrees(&outcome), Some(agreed));
    }
}
