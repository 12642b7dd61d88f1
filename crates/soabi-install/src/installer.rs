//! The interface of installers.

use crate::error::InstallError;
use crate::place::Site;

/// Carries out one way to install one interpreter.
pub trait Installer {
    /// Its name in messages: `packages of Debian sid`, `uv`.
    fn name(&self) -> String;

    /// What will be downloaded. It may read the index of a mirror, and installs nothing.
    fn plan(&self, progress: &dyn Progress) -> Result<Plan, InstallError>;

    /// Makes the interpreter in `site` and puts it into its place.
    fn install(&self, site: &Site, progress: &dyn Progress) -> Result<(), InstallError>;
}

/// What an installation will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What will be done, in words: `unpack 12 packages of Debian sid`.
    pub what: String,
    /// The files to download. Empty when a tool does not list them.
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

/// Receives the progress of an installation.
pub trait Progress {
    /// A phase of `steps` steps begins; their number may not be known.
    fn phase(&self, what: &'static str, steps: Option<usize>);

    /// A step of the phase begins.
    fn step(&self, name: &str);
}
