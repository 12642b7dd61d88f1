//! The answers of a job's process, and what they mean.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use soabi_child::protocol::LoadStep;
use soabi_core::{Gate, Outcome};

use super::isolation::Leak;
use super::job::Job;
use crate::gate::{self, Raised};

/// Why nothing was loaded beside it.
const NO_LIBPYTHON: &str = "the interpreter's own library does not open";

/// What the process of a job says of it.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Answer {
    /// Everything that was asked is right.
    Accepted {
        #[serde(default)]
        probes: u32,
        /// The init symbol that the loader found.
        #[serde(rename = "symbol")]
        _symbol: Option<String>,
        /// What was seen beside it, by the name of the question.
        #[serde(flatten)]
        evidence: BTreeMap<String, String>,
    },
    /// An exception came out of the import, or out of the probes where none belongs.
    Raised {
        step: Step,
        #[serde(rename = "type")]
        exception: String,
        message: String,
        module: Option<String>,
        /// The file that an `ImportError` is about.
        #[serde(default)]
        path: Option<String>,
    },
    /// The `load` rung was refused.
    NotLoaded { step: LoadStep, message: String },
    /// Another module of the same name was imported.
    Shadowed { message: String },
    /// A probe saw something else than it should.
    Wrong { probe: String, message: String },
}

/// During what an exception came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    Import,
    Probes,
}

/// What was seen in one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// The outcome.
    pub outcome: Outcome,
    /// How many probes ran and were right.
    pub probes: u32,
    /// The cell, by its number in the plan, in which the same bytes passed all probes in the same interpreter,
    /// where that made a few enough here.
    pub probed_in: Option<usize>,
    /// What was seen beside the outcome, by the name of the question; where everything was asked.
    pub evidence: BTreeMap<String, String>,
    /// What the module left behind.
    pub leaks: Vec<Leak>,
    /// Wall time, in milliseconds.
    pub ms: f64,
}

impl Seen {
    /// An outcome without probes.
    pub fn outcome(outcome: Outcome, ms: f64) -> Self {
        Self { outcome, probes: 0, probed_in: None, evidence: BTreeMap::new(), leaks: Vec::new(), ms }
    }

    /// Whether it did not come to the question, because the interpreter's library does not open in a process
    /// that is not the interpreter.
    pub fn has_no_libpython(&self) -> bool {
        matches!(&self.outcome, Outcome::NotRun { why } if why.starts_with(NO_LIBPYTHON))
    }
}

impl Answer {
    /// The answer to `job`.
    pub(super) fn into_seen(mut self, job: &Job, ms: f64) -> Seen {
        let (probes, evidence) = match &mut self {
            Self::Accepted { probes, evidence, .. } => (*probes, std::mem::take(evidence)),
            _ => (0, BTreeMap::new()),
        };
        Seen { probes, evidence, ..Seen::outcome(self.into_outcome(job), ms) }
    }

    fn into_outcome(self, job: &Job) -> Outcome {
        match self {
            Self::Accepted { .. } => Outcome::Accepted,
            Self::Raised { step: Step::Import, exception, message, module, path } => {
                let at = gate::of_import(&Raised {
                    module: job.module(),
                    folder: job.place(),
                    exception: &exception,
                    message: &message,
                    name: module.as_deref(),
                    path: path.as_deref(),
                });
                let plain = at != Gate::Runtime;
                Outcome::Refused {
                    at,
                    message: if plain { message } else { format!("{exception}: {message}") },
                }
            }
            Self::Raised { step: Step::Probes, exception, message, .. } => {
                Outcome::Wrong { probe: "probes".to_owned(), message: format!("{exception}: {message}") }
            }
            Self::NotLoaded { step: LoadStep::Libpython, message } => {
                Outcome::NotRun { why: format!("{NO_LIBPYTHON}: {message}") }
            }
            Self::NotLoaded { step: LoadStep::Artifact, message } => {
                Outcome::Refused { at: gate::of_linker(&message), message }
            }
            Self::NotLoaded { step: LoadStep::Symbol, message } => {
                Outcome::Refused { at: Gate::Symbols, message }
            }
            Self::Shadowed { message } => Outcome::Refused { at: Gate::Name, message },
            Self::Wrong { probe, message } => Outcome::Wrong { probe, message },
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::worker::Depth;

    fn refused(at: Gate, message: &str) -> Outcome {
        Outcome::Refused { at, message: message.to_owned() }
    }

    #[rstest]
    #[case(r#"{"kind": "accepted", "probes": 14}"#, Outcome::Accepted)]
    #[case(
        r#"{"kind": "raised", "step": "import", "type": "ImportError", "message": "No module named spam", "module": null}"#,
        refused(Gate::Name, "No module named spam")
    )]
    #[case(
        r#"{"kind": "raised", "step": "import", "type": "SystemError", "message": "bad slot", "module": null}"#,
        refused(Gate::Runtime, "SystemError: bad slot")
    )]
    #[case(
        r#"{"kind": "raised", "step": "probes", "type": "SystemExit", "message": "3", "module": null}"#,
        Outcome::Wrong { probe: "probes".to_owned(), message: "SystemExit: 3".to_owned() }
    )]
    #[case(
        r#"{"kind": "not-loaded", "step": "artifact", "message": "x.so: undefined symbol: Py_X"}"#,
        refused(Gate::Symbols, "x.so: undefined symbol: Py_X")
    )]
    #[case(
        r#"{"kind": "not-loaded", "step": "symbol", "message": "undefined symbol: PyInit_spam"}"#,
        refused(Gate::Symbols, "undefined symbol: PyInit_spam")
    )]
    #[case(
        r#"{"kind": "not-loaded", "step": "libpython", "message": "file too short"}"#,
        Outcome::NotRun { why: "the interpreter's own library does not open: file too short".to_owned() }
    )]
    #[case(r#"{"kind": "accepted", "symbol": "PyInit_spam"}"#, Outcome::Accepted)]
    fn answers(#[case] answer: &str, #[case] outcome: Outcome) {
        let answer: Answer = serde_json::from_str(answer).unwrap();
        let (module, dir) = ("spam".to_owned(), "/x".into());
        let job = Job::Import { module, dir, probes: None, depth: Depth::Full };
        assert_eq!(answer.into_seen(&job, 1.5).outcome, outcome);
    }
}
