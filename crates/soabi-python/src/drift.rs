//! Where an interpreter is not what its manifest declares.

use serde::Serialize;
use soabi_core::AbiTag;

/// A declared fact that an interpreter contradicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error(
    "{id}: `{field}` is declared as {declared} in pythons/{id}.toml, and the interpreter says {observed}"
)]
pub struct Drift {
    /// The interpreter.
    pub id: AbiTag,
    /// The key in the manifest.
    pub field: &'static str,
    /// What the manifest says, the platform filled in.
    pub declared: String,
    /// What the interpreter says.
    pub observed: String,
}
