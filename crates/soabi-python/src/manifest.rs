//! `pythons/*.toml`: the declared interpreters, one per file. The stem of the file is the interpreter's ABI; its
//! version and its kind of build follow from that.
//!
//! The files are part of the binary. They hold nothing of any one machine.

use std::sync::LazyLock;

use serde::Deserialize;
use soabi_core::abi_tag::ParseAbiTagError;
use soabi_core::{AbiTag, CpythonAbi, PyVersion};

use crate::method::InstallMethod;

/// Stem and text of every `pythons/*.toml`, in the order of their names.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pythons.rs"));

/// One interpreter, as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The stem of the file: the interpreter's ABI.
    pub id: AbiTag,
    /// Whether a run of the whole test suite fails without it.
    pub required: bool,
    /// The suffixes that its finder searches for, in that order, with `{platform}` in place of the platform.
    pub ext_suffixes: Vec<String>,
    /// The ways to install it, the preferred first.
    pub get: Vec<InstallMethod>,
    /// Its feature version, from the id.
    version: PyVersion,
}

/// The keys of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    required: bool,
    ext_suffixes: Vec<String>,
    get: Vec<InstallMethod>,
}

/// Why a file is not a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Its stem is not an ABI tag.
    #[error("pythons/{stem}.toml: the file's name")]
    Id {
        /// The file's stem.
        stem: String,
        /// What is wrong with it.
        source: ParseAbiTagError,
    },
    /// Its stem is an ABI tag of no one interpreter, such as `abi3`.
    #[error("pythons/{stem}.toml: the file's name is not the ABI of an interpreter")]
    NotAnInterpreter {
        /// The file's stem.
        stem: String,
    },
    /// Its text does not have the keys of a manifest.
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

    /// Its feature version; for PyPy that of the Python it implements.
    pub const fn version(&self) -> PyVersion {
        self.version
    }

    /// Whether it has a global interpreter lock.
    pub const fn has_gil(&self) -> bool {
        !matches!(self.id, AbiTag::Cpython(CpythonAbi { free_threaded: true, .. }))
    }

    /// Whether it is built with `Py_DEBUG`.
    pub const fn is_debug(&self) -> bool {
        matches!(self.id, AbiTag::Cpython(CpythonAbi { debug: true, .. }))
    }

    /// Its `SOABI`, with `{platform}` in place of the platform: its own suffix without dots, in CPython 3. `None`
    /// where there is none (2.7), and for PyPy, whose builds differ.
    pub fn soabi(&self) -> Option<&str> {
        let own = self.ext_suffixes.first()?.strip_prefix('.')?.strip_suffix(".so")?;
        own.starts_with("cpython-").then_some(own)
    }

    /// The suffixes on a platform, such as `x86_64-linux-gnu` or `darwin`.
    pub fn suffixes_on(&self, platform: &str) -> Vec<String> {
        self.ext_suffixes.iter().map(|suffix| suffix.replace("{platform}", platform)).collect()
    }

    /// How to get it, in words: soabi's own command if it has one, and a command that works on every system before
    /// one that does not; of these a build by hand is the last. `None` when the manifest has no way.
    pub fn how_to_get(&self) -> Option<String> {
        let automatic = self.get.iter().any(InstallMethod::is_automatic);
        let own = automatic.then(|| format!("`soabi pythons --install {}`", self.id));
        let rank = |method: &&InstallMethod| {
            (method.system().is_some(), matches!(method, InstallMethod::Source { .. }))
        };
        let other = self.get.iter().min_by_key(rank).map(|method| {
            let system = method.system().map(|system| format!(" on {system}")).unwrap_or_default();
            format!("`{}`{system}", method.command())
        });
        let ways: Vec<_> = own.into_iter().chain(other).collect();
        (!ways.is_empty()).then(|| format!("get it with {}", ways.join(", or by hand: ")))
    }

    /// Reads the file `{stem}.toml` with the given text.
    pub fn parse(stem: &str, text: &str) -> Result<Self, ManifestError> {
        let id: AbiTag =
            stem.parse().map_err(|source| ManifestError::Id { stem: stem.to_owned(), source })?;
        let Some(version) = id.python_version() else {
            return Err(ManifestError::NotAnInterpreter { stem: stem.to_owned() });
        };
        let keys = toml::from_str(text)
            .map_err(|source| ManifestError::Keys { stem: stem.to_owned(), source: Box::new(source) })?;
        let Keys { required, ext_suffixes, get } = keys;
        Ok(Self { id, required, ext_suffixes, get, version })
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
