//! `pythons/*.toml`: the interpreters of the world, declared, one per file.
//!
//! The files are part of the binary. They say nothing of any one machine.

use std::sync::LazyLock;

use serde::Deserialize;
use soabi_core::abi_tag::ParseAbiTagError;
use soabi_core::{AbiTag, PyVersion};

use crate::recipe::Recipe;

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
    /// Its `SOABI`, with `{platform}` where the platform stands. `None`: builds differ, and nothing is declared.
    pub soabi: Option<String>,
    /// The suffixes that its finder searches for, in that order, with `{platform}` where the platform stands.
    pub ext_suffixes: Vec<String>,
    /// The ways to get it.
    pub get: Vec<Way>,
    /// What soabi itself does to get it, the preferred first.
    pub install: Vec<Recipe>,
}

/// A way to get an interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Who provides it.
    pub with: Provider,
    /// The system on which it is good, when it is good on one only: `Debian 12`.
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
    /// CPython's sources, and a compiler.
    Source,
    /// A container image.
    Image,
}

/// The keys of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    version: PyVersion,
    required: bool,
    gil: bool,
    debug: bool,
    soabi: Option<String>,
    ext_suffixes: Vec<String>,
    get: Vec<Way>,
    #[serde(default)]
    install: Vec<Recipe>,
}

/// Why a file is not a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Its stem is no ABI tag.
    #[error("pythons/{stem}.toml: the file's name")]
    Id {
        /// The file's stem.
        stem: String,
        /// What is wrong with it.
        source: ParseAbiTagError,
    },
    /// Its text is not what a manifest says.
    #[error("pythons/{stem}.toml")]
    Keys {
        /// The file's stem.
        stem: String,
        /// What is wrong with it, and where.
        source: Box<toml::de::Error>,
    },
}

impl Manifest {
    /// The declaration of `id`.
    pub fn of(id: AbiTag) -> Option<&'static Self> {
        manifests().iter().find(|manifest| manifest.id == id)
    }

    /// The suffixes on a platform, such as `x86_64-linux-gnu` or `darwin`.
    pub fn suffixes_on(&self, platform: &str) -> Vec<String> {
        self.ext_suffixes.iter().map(|suffix| suffix.replace("{platform}", platform)).collect()
    }

    /// Reads the file `{stem}.toml` with the given text.
    pub fn parse(stem: &str, text: &str) -> Result<Self, ManifestError> {
        let id = stem.parse().map_err(|source| ManifestError::Id { stem: stem.to_owned(), source })?;
        let keys = toml::from_str(text)
            .map_err(|source| ManifestError::Keys { stem: stem.to_owned(), source: Box::new(source) })?;
        let Keys { version, required, gil, debug, soabi, ext_suffixes, get, install } = keys;
        Ok(Self { id, version, required, gil, debug, soabi, ext_suffixes, get, install })
    }
}

/// Every declared interpreter, by version.
///
/// # Panics
///
/// When a file in `pythons/` is not a manifest. The files are those the binary was built with, and this
/// crate's tests read them all.
pub fn manifests() -> &'static [Manifest] {
    static MANIFESTS: LazyLock<Vec<Manifest>> = LazyLock::new(|| {
        let read = |(stem, text): &(&str, &str)| match Manifest::parse(stem, text) {
            Ok(manifest) => manifest,
            Err(error) => panic!("{error}: {:?}", std::error::Error::source(&error)),
        };
        let mut manifests: Vec<_> = FILES.iter().map(read).collect();
        manifests.sort_by_key(|manifest| manifest.id);
        manifests
    });
    &MANIFESTS
}
