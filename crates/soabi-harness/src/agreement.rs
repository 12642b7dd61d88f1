//! The auditor predicts, the interpreter witnesses: whether the two agree, cell by cell. Pure, but for reading
//! the artifact.
//!
//! A prediction knows the file and the tables and nothing of this machine's interpreters. A disagreement is a
//! bug in soabi.

use std::collections::HashMap;

use soabi_core::{
    Arch, Artifact, Cell, FileName, Gate, ModuleFileName, Outcome, OutcomeKind, Prediction, PredictionKind,
    PythonId, Rung,
};
use soabi_definition::{Slice, read_slices};
use soabi_object::Format;
use soabi_object::read::{Limits, read_native};
use soabi_report::matrix::PredictedEntry;
use soabi_rules::suffixes::suffixes;
use soabi_rules::{NativeFile, Platform, Python, Subject, predict};

use crate::outcome_set::OutcomeSet;

/// What the auditor predicts of one artifact, for every interpreter that it knows.
#[derive(Clone, Debug, Default)]
pub struct Predictions {
    under_its_name: HashMap<PythonId, Prediction>,
    renamed: HashMap<PythonId, Prediction>,
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
    /// Reads the artifact and predicts. A file that cannot be read as an object has no predictions. `machine` is that of
    /// the file, where it is another one than this.
    pub fn of(artifact: &Artifact, machine: Option<Arch>) -> Self {
        let Ok(bytes) = read_native(&artifact.path, Limits::default()) else { return Self::default() };
        let Ok(slices) = read_slices(&bytes, &artifact.file_name, None, false) else {
            return Self::default();
        };
        let bare = artifact.file_name_as(FileName::Bare);
        let predictions = |name: &str| on_machines(named(slices.clone(), name), machine, name);
        Self { under_its_name: predictions(&artifact.file_name), renamed: predictions(&bare) }
    }

    /// Predictions that the auditor made of the file `file_name` where it lies, for each interpreter of its machine. It
    /// is never renamed.
    pub fn given(
        predictions: impl IntoIterator<Item = Prediction>,
        machine: Option<Arch>,
        file_name: &str,
    ) -> Self {
        Self { under_its_name: on_machines(predictions, machine, file_name), renamed: HashMap::new() }
    }

    /// Predictions of a file of a format that this system does not load.
    pub fn of_another_system(
        predictions: impl IntoIterator<Item = Prediction>,
        file_name: &str,
        what: &str,
    ) -> Self {
        let refused = predictions.into_iter().map(|prediction| not_loaded_here(&prediction, file_name, what));
        let under_its_name = refused.map(|prediction| (prediction.python.into(), prediction)).collect();
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
            // Where an import may be an exception or the end of the process, constructors may be what ends it.
            (Rung::Load | Rung::Inspect, _)
                if by_path.gate == Some(Gate::Runtime) && by_path.outcome.is_none() =>
            {
                Predicted {
                    expect: PredictionKind::Luck,
                    gate: None,
                    outcome: None,
                    why: "everything binds; no init function is called, and constructors are",
                }
            }
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

/// The predictions of a file by the interpreters that they are about: those of its machine. Where that is another one,
/// those of this machine refuse it.
fn on_machines(
    predictions: impl IntoIterator<Item = Prediction>,
    machine: Option<Arch>,
    file_name: &str,
) -> HashMap<PythonId, Prediction> {
    let mut of_all = HashMap::new();
    for prediction in predictions {
        let abi = prediction.python;
        if let Some(arch) = machine {
            let here = not_loaded_here(&prediction, file_name, &format!("a file for {arch}"));
            of_all.insert(abi.into(), here);
        }
        of_all.insert(PythonId { abi, machine }, prediction);
    }
    of_all
}

/// What becomes of a file in an interpreter of this machine when no loader here takes it: where it has a name that is
/// found, the loader refuses it.
fn not_loaded_here(prediction: &Prediction, file_name: &str, what: &str) -> Prediction {
    let names = suffixes(prediction.python, here());
    let is_found = ModuleFileName::parse(file_name)
        .is_some_and(|named| ModuleFileName::is_found_as(file_name, &named.module, &names));
    Prediction {
        by_path: PredictionKind::Refuse,
        by_path_gate: Some(Gate::Platform),
        by_path_outcome: Some(OutcomeKind::Refused),
        outcome: Some(OutcomeKind::Refused),
        expect: PredictionKind::Refuse,
        gate: Some(if is_found { Gate::Platform } else { Gate::Name }),
        why: format!("{what} does not load on {} {}", Arch::here(), here().format.title()),
        ..prediction.clone()
    }
}

/// The system that soabi runs on.
fn here() -> Platform {
    let format = if cfg!(target_os = "macos") { Format::MachO } else { Format::Elf };
    Platform { format, arch: Arch::here(), libc: None, apple: None }
}

/// What is predicted of a file by that name, for each interpreter of its machine.
fn named(slices: Vec<Slice>, file_name: &str) -> Vec<Prediction> {
    let file = |Slice { facts, reading }| NativeFile {
        member: None,
        folder: None,
        beside_init: true,
        file_name: file_name.to_owned(),
        facts,
        reading,
    };
    let subject = Subject::new(None, slices.into_iter().map(file).collect(), Vec::new());
    let Some(object) = subject.objects.first() else { return Vec::new() };
    Python::all().iter().map(|python| predict(object, python)).collect()
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
pub(crate) mod tests {
    use rstest::rstest;
    use soabi_core::{AbiTag, ArtifactId};

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

    /// A file for another machine: the interpreters of that one do what the auditor says, and those of this one refuse
    /// it, by its name or by what it is.
    #[rstest]
    #[case::found("spam.abi3.so", Gate::Platform)]
    #[case::not_found("spam.cpython-313-s390x-linux-gnu.so", Gate::Name)]
    fn on_another_machine(#[case] file_name: &str, #[case] gate: Gate) {
        let python = "cp313".parse().unwrap();
        let accepted = prediction(python, PredictionKind::Accept);
        let predictions = Predictions::given([accepted.clone()], Some(Arch::S390x), file_name);
        let of = |python: &str, rung| {
            let python = python.parse().unwrap();
            let artifact = ArtifactId("spam".to_owned());
            let predicted = predictions.of_cell(&Cell { artifact, python, rung, file: FileName::Tagged });
            predicted.map(|predicted| (predicted.expect, predicted.gate))
        };
        assert_eq!(of("cp313-s390x", Rung::Import), Some((PredictionKind::Accept, None)));
        assert_eq!(of("cp313-s390x", Rung::Load), Some((PredictionKind::Accept, None)));
        assert_eq!(of("cp313", Rung::Import), Some((PredictionKind::Refuse, Some(gate))));
        assert_eq!(of("cp313", Rung::Load), Some((PredictionKind::Refuse, Some(Gate::Platform))));
        assert_eq!(of("cp313-ppc64le", Rung::Load), None);
        // A file for this machine is for no other.
        let here = Predictions::given([accepted], None, file_name);
        assert_eq!(here.under_its_name.keys().map(ToString::to_string).collect::<Vec<_>>(), ["cp313"]);
    }

    /// A prediction that an import, by its name and by its path, ends so.
    pub(crate) fn prediction(python: AbiTag, expect: PredictionKind) -> Prediction {
        Prediction {
            python,
            expect,
            gate: None,
            missing: Vec::new(),
            missing_more: 0,
            by_path: expect,
            by_path_gate: None,
            outcome: None,
            by_path_outcome: None,
            gil: None,
            subinterpreters: None,
            why: String::new(),
        }
    }
}
