//! Cells: one artifact, one interpreter, one question.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::artifact::{ArtifactId, FileName};
use crate::python_id::PythonId;

/// The rungs of evidence, each stronger and dearer than the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// The file is read. No code runs.
    Inspect,
    /// A child process opens the interpreter's library, then the artifact, then looks up the init symbol.
    Load,
    /// The real interpreter imports it and runs the probes.
    Import,
    /// The author's own checks are run with it.
    Test,
}

impl Rung {
    /// The rung's name in reports and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inspect => "inspect",
            Self::Load => "load",
            Self::Import => "import",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One artifact, one interpreter, one question.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The artifact.
    pub artifact: ArtifactId,
    /// The interpreter.
    pub python: PythonId,
    /// The rung.
    pub rung: Rung,
    /// The file name. [`FileName::Tagged`] on the rungs that do not look at it.
    pub file: FileName,
}

impl Cell {
    /// The cell's name in reports: `c-single/cp311@cp312/import`, with `-bare` after the rung for a renamed
    /// file.
    pub fn id(&self) -> CellId {
        let bare = if self.file == FileName::Bare { "-bare" } else { "" };
        CellId(format!("{}@{}/{}{bare}", self.artifact, self.python, self.rung))
    }
}

/// The name of a [`Cell`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct CellId(pub String);

impl fmt::Display for CellId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
