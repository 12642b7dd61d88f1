//! `soabi/inspect/v1`: what `soabi inspect` read out of a file.

use serde::{Deserialize, Serialize};

use crate::audit::{ErrorEntry, ObjectEntry, PythonEntry};

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/inspect/v1";

/// A file, and what it says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InspectReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The path of the file, as the user wrote it.
    pub path: String,
    /// The interpreters that predictions are made for, oldest first.
    pub pythons: Vec<PythonEntry>,
    /// Its native files; of a universal file each slice.
    pub objects: Vec<ObjectEntry>,
    /// What could not be read.
    pub errors: Vec<ErrorEntry>,
}
