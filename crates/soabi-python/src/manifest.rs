//! `pythons/*.toml`: the interpreters of the world, declared, one per file.
//!
//! The files are part of the binary. They say nothing of any one machine.

use std::sync::LazyLock;

use serde::Deserialize;
use soabi_core::{AbiTag, PyVersion};

/// Stem and text of every `pythons/*.toml`, in the order of their names.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pythons.rs"));

/// One interpreter, as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The stem of the file: the interpreter's ABI.
    pub id: AbiTag,
    /// Its feature version.
    pub version: PyVersion,
    /// Whether a run of the whole test suite fails without it.
    pub required: bool,
    /// Whether it has a global interpreter lock.
    pub gil: bool,
    /// Whether it was built with `Py_DEBUG`.
    pub debug: bool,
    /// Its `SOABI`, with `{platform}` where the platform stands. `None`: the builds differ, nothing is declared.
    pub soabi: Option<String>,
    /// The suffixes that its finder searches for, in that order, with `{platform}` where the platform stands.
    pub ext_suffixes: Vec<String>,
    /// How to get it.
    pub get: Vec<Way>,
}

/// A way to get an interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Who provides it.
    pub with: Provider,
    /// On which system, when it is good on that one only: `Debian 12`.
    pub on: Option<String>,
    /// What to type.
    pub command: String,
}

/// Who provides interpreters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// `uv python install`.
    Uv,
    /// `pyenv install`.
    Pyenv,
    /// The packages of a Linux distribution.
    Packages,
    /// A container image.
    Image,
}

impl Manifest {
    /// The declaration of `id`.
    pub fn of(id: AbiTag) -> Option<&'static Self> {
        manifests().iter().find(|manifest| manifest.id == id)
    }
}

/// Every declared interpreter, by version.
pub fn manifests() -> &'static [Manifest] {
    static MANIFESTS: LazyLock<Vec<Manifest>> = LazyLock::new(Vec::new);
    &MANIFESTS
}
