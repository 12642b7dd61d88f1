//! What the child process of the `load` rung answers: one JSON line on its stdout.

use serde::{Deserialize, Serialize};

/// The steps of the `load` rung, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadStep {
    /// The interpreter's own library is opened, `RTLD_NOW | RTLD_GLOBAL`.
    Libpython,
    /// The artifact is opened, `RTLD_NOW | RTLD_LOCAL`.
    Artifact,
    /// The init symbol is looked up in the artifact.
    Symbol,
}

/// The answer of the child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum LoadAnswer {
    /// Every step was taken.
    Accepted {
        /// The init symbol that was found.
        symbol: String,
    },
    /// A step was refused.
    NotLoaded {
        /// Which one.
        step: LoadStep,
        /// The dynamic linker's own words.
        message: String,
    },
}
