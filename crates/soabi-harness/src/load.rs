//! The `load` rung: a child process opens the interpreter's library, the artifact, and the init symbol.
//!
//! The child is another program, or this one in another mode: the caller says how it is started.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use soabi_core::{Gate, LoadAnswer, LoadRequest, LoadStep, Outcome};

use crate::gate;
use crate::import::{Seen, death};

/// How the child of the `load` rung is started: its arguments follow the given ones.
#[derive(Clone, Debug)]
pub struct Loader {
    /// The program.
    pub program: PathBuf,
    /// What makes it that child.
    pub args: Vec<String>,
}

/// The child could not be started, or its answer not be understood.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It could not be started or waited for.
    #[error("the loader `{}` could not be run", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// It ended well and said something else than an answer.
    #[error("the loader `{}` answered `{line}`", program.display())]
    Garbage {
        /// The program.
        program: PathBuf,
        /// What it wrote.
        line: String,
    },
}

impl Loader {
    /// Loads what `request` names, within `limit`.
    pub fn run(&self, request: &LoadRequest, limit: Duration) -> Result<Seen, LoadError> {
        let started = Instant::now();
        let mut command = Command::new(&self.program);
        command.args(&self.args).args(request.to_args());
        let finished = soabi_child::run(&mut command, limit)
            .map_err(|source| LoadError::Run { program: self.program.clone(), source })?;
        let outcome = match finished.status {
            None => Outcome::TimedOut,
            Some(status) if !status.success() || finished.stdout.is_empty() => {
                death(status, &finished.stderr)
            }
            Some(_) => self.read(&finished.stdout)?,
        };
        Ok(Seen::outcome(outcome, started.elapsed().as_secs_f64() * 1000.0))
    }

    fn read(&self, stdout: &[u8]) -> Result<Outcome, LoadError> {
        let answer = serde_json::from_slice(stdout).map_err(|_| LoadError::Garbage {
            program: self.program.clone(),
            line: String::from_utf8_lossy(stdout).trim().chars().take(200).collect(),
        })?;
        Ok(match answer {
            LoadAnswer::Accepted { .. } => Outcome::Accepted,
            LoadAnswer::NotLoaded { step: LoadStep::Libpython, message } => {
                Outcome::NotRun { why: format!("the interpreter's own library does not open: {message}") }
            }
            LoadAnswer::NotLoaded { step: LoadStep::Artifact, message } => {
                Outcome::Refused { at: gate::of_linker(&message), message }
            }
            LoadAnswer::NotLoaded { step: LoadStep::Symbol, message } => {
                Outcome::Refused { at: Gate::Symbols, message }
            }
        })
    }
}
