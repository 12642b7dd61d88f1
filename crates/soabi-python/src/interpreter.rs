//! An interpreter that was found, and where.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use soabi_core::PythonId;

use crate::emulator::Emulator;
use crate::facts::Facts;
use crate::manifest::Manifest;

/// Where an interpreter was found, in the order of the search. pyenv is searched where its shims stand on
/// `PATH`, and after `PATH` when they do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchPlace {
    /// Named by the caller.
    Explicit,
    /// A name on `PATH`: `python`, `python3`, `python3.11`, `python3.13t`, `pypy3`.
    Path,
    /// `versions/*/bin` of pyenv.
    Pyenv,
    /// uv's managed Pythons.
    Uv,
    /// `/opt/python/*/bin` of the manylinux and musllinux images.
    Manylinux,
    /// Installed by soabi.
    Soabi,
}

impl SearchPlace {
    /// The source by the name that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::Path => "path",
            Self::Pyenv => "pyenv",
            Self::Uv => "uv",
            Self::Manylinux => "manylinux",
            Self::Soabi => "soabi",
        }
    }
}

impl fmt::Display for SearchPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An interpreter of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// Its id: its ABI, which is the stem of its file in `pythons/` when it has one, and its machine.
    pub id: PythonId,
    /// The real file: links and shims are seen through.
    pub executable: PathBuf,
    /// What runs it, where it is of another machine.
    pub emulator: Option<Emulator>,
    /// Where it was found.
    pub source: SearchPlace,
    /// What it is.
    pub facts: Facts,
    /// Other interpreters of the same id, for which this one was preferred.
    pub also: Vec<Also>,
}

impl Interpreter {
    /// What starts it: a program and its first arguments.
    pub fn command(&self) -> (PathBuf, Vec<OsString>) {
        let itself = || (self.executable.clone(), Vec::new());
        self.emulator.as_ref().map_or_else(itself, |emulator| emulator.command(&self.executable))
    }

    /// The time that is to it what `limit` is to an interpreter of this machine.
    pub fn time(&self, limit: Duration) -> Duration {
        if self.emulator.is_some() { Emulator::slowed(limit) } else { limit }
    }

    /// Its declaration in `pythons/`. `None` for an undeclared interpreter, which is used all the same.
    pub fn manifest(&self) -> Option<&'static Manifest> {
        Manifest::of(self.id.abi)
    }
}

/// An interpreter that was found and is not used, because a better one has the same id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Also {
    /// The real file.
    pub executable: PathBuf,
    /// Where it was found.
    pub source: SearchPlace,
    /// Its version in full.
    pub version: String,
}
