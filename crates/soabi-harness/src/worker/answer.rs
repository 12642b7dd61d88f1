//! The answers of a job's process, and what they mean.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use soabi_child::protocol::LoadStep;
use soabi_core::{Gate, Outcome};

use super::isolation::Leak;
use super::job::Job;
use crate::foreign::missing;
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
        /// The microseconds of an import, where several are one job.
        us: Option<u64>,
        /// Which of them it is.
        at: Option<usize>,
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
        /// The module that was looked for and is not there, by this exception or one that it came from.
        #[serde(default)]
        missing: Option<String>,
        /// How far it came with the file of the module.
        #[serde(default)]
        reached: Option<Reached>,
        /// As above.
        #[serde(default)]
        us: Option<u64>,
        /// As above.
        #[serde(default)]
        at: Option<usize>,
    },
    /// The author's own checks ended: with an exit status, or by a signal below zero.
    Tested { status: i32, output: String },
    /// Of one of several imports there is nothing to say.
    Unknown { at: usize },
    /// The `load` rung was refused.
    NotLoaded { step: LoadStep, message: String },
    /// Another module of the same name was imported.
    Shadowed { message: String, at: Option<usize> },
    /// A probe saw something else than it should.
    Wrong { probe: String, message: String },
}

/// How far an import that failed came with the file of its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reached {
    /// Not to it: something before it failed, such as the package that it is in.
    No,
    /// The dynamic linker opened it.
    Opened,
    /// It was imported, and something else failed behind it.
    Loaded,
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
    /// What was missing, where that is why it failed: `numpy`, `libpulse.so.0`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// How far an import that failed came with the file; where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<Reached>,
    /// The end of what the checks wrote, where they failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output: String,
    /// What the module left behind.
    pub leaks: Vec<Leak>,
    /// What it tried to do to something that is not its own: `write /etc/passwd`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<String>,
    /// Wall time, in milliseconds.
    pub ms: f64,
}

impl Seen {
    /// An outcome without probes.
    pub fn outcome(outcome: Outcome, ms: f64) -> Self {
        Self {
            outcome,
            probes: 0,
            probed_in: None,
            evidence: BTreeMap::new(),
            needs: Vec::new(),
            reached: None,
            output: String::new(),
            leaks: Vec::new(),
            attempts: Vec::new(),
            ms,
        }
    }

    /// What the outcome says of the file itself, which is what a prediction is about. A file that was imported before
    /// something else failed was accepted; of one that the import did not come to, or that asked for a module that is
    /// not there, nothing was seen.
    pub fn of_file(&self) -> Cow<'_, Outcome> {
        match (self.reached, &self.outcome) {
            (Some(Reached::No), Outcome::Refused { at: Gate::Runtime, .. }) => {
                Cow::Owned(Outcome::NotRun { why: "the import did not come to the file".to_owned() })
            }
            (Some(Reached::Loaded), Outcome::Refused { .. }) => Cow::Owned(Outcome::Accepted),
            (Some(Reached::Opened), Outcome::Refused { at: Gate::Runtime, message })
                if message.contains("No module named ") =>
            {
                Cow::Owned(Outcome::NotRun { why: "it asks for a module that is not there".to_owned() })
            }
            (_, outcome) => Cow::Borrowed(outcome),
        }
    }

    /// Whether it did not come to the question, because the interpreter's library does not open in a process
    /// that is not the interpreter.
    pub fn has_no_libpython(&self) -> bool {
        matches!(&self.outcome, Outcome::NotRun { why } if why.starts_with(NO_LIBPYTHON))
    }
}

impl Answer {
    /// Which of several imports it is about.
    pub(super) fn at(&self) -> Option<usize> {
        match self {
            Self::Accepted { at, .. } | Self::Raised { at, .. } | Self::Shadowed { at, .. } => *at,
            Self::Unknown { at } => Some(*at),
            Self::NotLoaded { .. } | Self::Wrong { .. } | Self::Tested { .. } => None,
        }
    }

    /// Whether it says anything.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown { .. })
    }

    /// The answer to `job`.
    pub(super) fn into_seen(mut self, job: &Job, ms: f64) -> Seen {
        let (probes, evidence) = match &mut self {
            Self::Accepted { probes, evidence, .. } => (*probes, std::mem::take(evidence)),
            _ => (0, BTreeMap::new()),
        };
        let (module, reached) = match &mut self {
            Self::Raised { missing, reached, .. } => (missing.take(), *reached),
            _ => (None, None),
        };
        let output = match &mut self {
            Self::Tested { status, output } if *status != 0 => output.clone(),
            _ => String::new(),
        };
        let us = match self {
            Self::Accepted { us, .. } | Self::Raised { us, .. } => us,
            _ => None,
        };
        #[expect(clippy::cast_precision_loss, reason = "microseconds of no more than some days")]
        let ms = us.map_or(ms, |us| us as f64 / 1000.0);
        let outcome = self.into_outcome(job);
        let needs = job.own().map(|own| missing::needs(&outcome, module.as_deref(), own)).unwrap_or_default();
        let needs = if says_no_pytest(&output) { vec!["pytest".to_owned()] } else { needs };
        Seen { probes, evidence, needs, reached, output, ..Seen::outcome(outcome, ms) }
    }

    fn into_outcome(self, job: &Job) -> Outcome {
        match self {
            Self::Accepted { .. } => Outcome::Accepted,
            Self::Raised { step: Step::Import, exception, message, module, path, .. } => {
                let at = gate::of_import(&Raised {
                    module: job.module(),
                    folder: job.place(),
                    exception: &exception,
                    message: &message,
                    name: module.as_deref(),
                    path: path.as_deref(),
                    is_a_package: job.is_a_package(),
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
            Self::Shadowed { message, .. } => Outcome::Refused { at: Gate::Name, message },
            Self::Tested { status, output } => checked(status, &output),
            Self::Unknown { .. } => Outcome::NotRun { why: "nothing is known of it".to_owned() },
            Self::Wrong { probe, message } => Outcome::Wrong { probe, message },
        }
    }
}

/// Whether the checks were not begun, because what runs them is not there.
fn says_no_pytest(output: &str) -> bool {
    output.trim_end().ends_with("No module named pytest")
}

/// What the checks came to. A shell says of a process that a signal ended that its status is 128 and the signal.
fn checked(status: i32, output: &str) -> Outcome {
    let last = output.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or("without a word");
    let signal =
        if status < 0 { Some(-status) } else { (129..=128 + 64).contains(&status).then(|| status - 128) };
    match (status, signal) {
        (0, _) => Outcome::Accepted,
        (_, Some(signal)) => Outcome::Crashed { signal, last_words: last.to_owned() },
        (status, None) => {
            Outcome::Wrong { probe: "checks".to_owned(), message: format!("exit status {status}: {last}") }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use soabi_core::PyVersion;

    use super::*;
    use crate::worker::Depth;

    fn refused(at: Gate, message: &str) -> Outcome {
        Outcome::Refused { at, message: message.to_owned() }
    }

    #[rstest]
    #[case::passed(0, "5 passed", "")]
    #[case::failed(1, "E  assert\n1 failed\n\n", "checks: exit status 1: 1 failed")]
    #[case::silent(2, "", "checks: exit status 2: without a word")]
    #[case::by_a_signal(-11, "", "killed by SIGSEGV: without a word")]
    #[case::as_a_shell_says_it(134, "Fatal Python error", "killed by SIGABRT: Fatal Python error")]
    fn checks(#[case] status: i32, #[case] output: &str, #[case] message: &str) {
        assert_eq!(checked(status, output).message().unwrap_or_default(), message);
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
        let version = PyVersion::new(3, 12);
        let job = Job::Import { module, dir, version, probes: None, depth: Depth::Full };
        assert_eq!(answer.into_seen(&job, 1.5).outcome, outcome);
    }
}
