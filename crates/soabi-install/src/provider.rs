//! What a provider is.

use soabi_python::{Manifest, Recipe};

use crate::place::{Folders, Site};
use crate::run::Run;
use crate::trouble::Trouble;
use crate::{Debian, Pyenv, Source, Uv};

/// One way to get one interpreter.
pub trait Provider {
    /// What it is called in messages: `Debian sid`, `uv`.
    fn name(&self) -> String;

    /// Says what will be downloaded. It may read the index of a mirror, and installs nothing.
    fn plan(&self, watch: &dyn Watch) -> Result<Plan, Trouble>;

    /// Makes the interpreter in `site` and puts it into its place.
    fn install(&self, site: &Site, watch: &dyn Watch) -> Result<(), Trouble>;
}

/// What an installation will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What will be done, in words: `unpack 12 packages of Debian sid`.
    pub what: String,
    /// What will be downloaded. Empty when a tool does not say.
    pub downloads: Vec<Download>,
}

impl Plan {
    /// The size of all downloads, in bytes. `None` when it is not known.
    pub fn bytes(&self) -> Option<u64> {
        (!self.downloads.is_empty()).then(|| self.downloads.iter().map(|download| download.bytes).sum())
    }
}

/// A file to download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Whoever watches an installation.
pub trait Watch {
    /// A phase of `steps` steps begins; their number may not be known.
    fn phase(&self, what: &'static str, steps: Option<usize>);

    /// A step of the phase begins.
    fn step(&self, name: &str);
}

/// The providers of an interpreter, in the order in which its manifest declares them.
pub fn providers<'a>(
    manifest: &Manifest,
    folders: &'a Folders,
    run: &'a dyn Run,
) -> Vec<Box<dyn Provider + 'a>> {
    let provider = |recipe: &Recipe| -> Box<dyn Provider + 'a> {
        match recipe.clone() {
            Recipe::Debian { suite, packages, python } => {
                Box::new(Debian { suite, packages, python, folders, run })
            }
            Recipe::Source { suite, package, configure } => {
                Box::new(Source { suite, package, configure, folders, run })
            }
            Recipe::Uv { request } => Box::new(Uv { request, run }),
            Recipe::Pyenv { version, configure } => Box::new(Pyenv { version, configure, run }),
        }
    };
    manifest.install.iter().map(provider).collect()
}
