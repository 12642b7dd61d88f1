//! The report of abi3audit, which `soabi abi3audit` writes: the format of abi3audit 0.0.26, key by key.
//!
//! It is another project's format and has neither a schema's name nor a version. What the values mean here, where soabi
//! judges otherwise than abi3audit, is in `docs/accuracy.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use soabi_core::PyVersion;

/// One run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abi3AuditReport {
    /// What was audited, by its spec as the user wrote it.
    pub specs: BTreeMap<String, SpecEntry>,
}

/// A spec and the files in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum SpecEntry {
    /// A wheel.
    Wheel {
        /// Its native files.
        wheel: Vec<FileEntry>,
    },
    /// A native file by itself.
    Object {
        /// The file.
        object: FileEntry,
    },
    /// A project of an index.
    Package {
        /// The native files of each of its wheels, by the wheel's name.
        package: BTreeMap<String, Vec<FileEntry>>,
    },
}

/// A native file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name, without folders.
    pub name: String,
    /// The answer.
    pub result: FileResult,
}

/// What is true of a native file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileResult {
    /// Whether it takes only names of the stable ABI from an interpreter.
    pub is_abi3: bool,
    /// Whether all of them are promised from `baseline` on.
    pub is_abi3_baseline_compatible: bool,
    /// The version that the stable ABI is claimed from.
    pub baseline: PyVersion,
    /// The version that it would have to be claimed from, and at least `baseline`.
    pub computed: PyVersion,
    /// The names outside the stable ABI.
    pub non_abi3_symbols: Vec<String>,
    /// The names of the stable ABI that are promised from a later version than `baseline` on, each with it.
    pub future_abi3_objects: BTreeMap<String, PyVersion>,
}

impl FileResult {
    /// Whether nothing is wrong with it.
    pub const fn passes(&self) -> bool {
        self.is_abi3 && self.is_abi3_baseline_compatible
    }
}
