//! The Pythons of this machine, found, asked, compared with what is declared.

use std::path::PathBuf;

use soabi_core::AbiTag;

use crate::drift::Drift;
use crate::interpreter::{Interpreter, Source};
use crate::manifest::Manifest;
use crate::query::QueryError;
use crate::request::{Request, Selector};

/// What a search found, and what it did not.
#[derive(Debug, Default)]
pub struct Discovery {
    /// The wanted interpreters, one per id, by version.
    pub found: Vec<Interpreter>,
    /// Declared and wanted, and not on this machine.
    pub missing: Vec<&'static Manifest>,
    /// What looked like an interpreter and did not answer as one.
    pub broken: Vec<Broken>,
    /// Where a found interpreter is not what its manifest declares.
    pub drifted: Vec<Drift>,
    /// Declared, and not wanted by this request: the axis is narrower than `pythons/`.
    pub excluded: Vec<AbiTag>,
    /// Parts of the request that no interpreter answers to, and no manifest either.
    pub unmatched: Vec<Selector>,
}

/// A file that looked like an interpreter and did not answer as one.
#[derive(Debug)]
pub struct Broken {
    /// The file, as it was found.
    pub path: PathBuf,
    /// Where it was found.
    pub source: Source,
    /// What happened.
    pub error: QueryError,
}

/// Finds the interpreters that `request` asks for.
///
/// Nothing here fails as a whole: an interpreter that does not answer is in [`Discovery::broken`] and does
/// not stop the others.
pub fn discover(request: &Request) -> Discovery {
    let _ = request;
    Discovery::default()
}
