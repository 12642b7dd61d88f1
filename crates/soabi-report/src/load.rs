//! `soabi/load/v1`: one artifact beside interpreters' libraries, in full detail.

use serde::{Deserialize, Serialize};
use soabi_core::{AbiTag, Gate, OutcomeKind};

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/load/v1";

/// One run of `soabi load`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoadReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The artifact, as the user named it.
    pub artifact: String,
    /// The module that its name is for.
    pub module: String,
    /// The loads, by interpreter.
    pub loads: Vec<LoadEntry>,
}

/// The artifact beside one interpreter's library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoadEntry {
    /// The interpreter.
    pub python: AbiTag,
    /// Its version with patch level.
    pub version: String,
    /// Its shared library. `None` where the interpreter has none.
    pub libpython: Option<String>,
    /// The init symbols that it looks up, in its order.
    pub symbols: Vec<String>,
    /// What was seen.
    pub outcome: OutcomeKind,
    /// The gate of a refusal.
    pub gate: Option<Gate>,
    /// The message of the dynamic linker, or what went wrong.
    pub message: Option<String>,
}
