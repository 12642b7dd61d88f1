//! What the child process of the `load` rung is asked, and what it answers.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What is to be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadRequest {
    /// The artifact.
    pub path: PathBuf,
    /// The init symbols that the interpreter would look for, in its order.
    pub symbols: Vec<String>,
}

/// The steps of the `load` rung, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadStep {
    /// The interpreter's own library is opened, `RTLD_NOW | RTLD_GLOBAL`. It comes first: the data symbols of a
    /// module (`_Py_NoneStruct`) are bound when it is opened, however lazily.
    Libpython,
    /// The artifact is opened, `RTLD_NOW | RTLD_LOCAL`.
    Artifact,
    /// The init symbol is looked up in the artifact.
    Symbol,
}

/// The answer of the child: one JSON line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
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
