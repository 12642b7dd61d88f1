//! Why a provider did not get an interpreter.

use std::io;
use std::path::{Path, PathBuf};

use crate::run::RunError;

/// What a provider could not do.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A program is not on this machine.
    #[error("there is no `{program}`")]
    NoProgram {
        /// Its name.
        program: &'static str,
        /// How to get it.
        hint: &'static str,
    },
    /// A file that belongs to Debian is not on this machine.
    #[error("there is no `{}`", .0.display())]
    NoKeyring(PathBuf),
    /// The machine's apt sources name no mirror of Debian.
    #[error("none of the machine's apt sources is a mirror of Debian")]
    NoMirror,
    /// The mirror has no such thing.
    #[error("{what} is not in Debian {suite}")]
    NotThere {
        /// A package.
        what: String,
        /// The suite.
        suite: String,
    },
    /// A program failed.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A file could not be read or written.
    #[error("`{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: io::Error,
    },
    /// Somebody else is at it.
    #[error("another soabi is installing it")]
    Locked,
    /// What was unpacked or built is not what was expected.
    #[error("{0}")]
    Unlike(String),
}

impl Trouble {
    /// Trouble with the file at `path`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// The last lines of the program that failed.
    pub fn lines(&self) -> &[String] {
        if let Self::Run(RunError::Failed { lines, .. }) = self { lines } else { &[] }
    }

    /// What the user can do, where there is something to do.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoProgram { hint, .. } => Some(hint),
            Self::NoKeyring(_) => Some("install the package `debian-archive-keyring`"),
            Self::NoMirror => Some("this way is Debian's; take another one of `soabi pythons`"),
            Self::NotThere { .. } => Some("suites move on: name another one in the manifest"),
            Self::Run(RunError::Failed { .. }) => {
                Some("if it was the network, run it again: downloads are continued")
            }
            Self::Locked => Some("wait for it"),
            Self::File { .. } => Some("name a folder with some room as SOABI_DATA_DIR"),
            Self::Run(RunError::Start { .. }) | Self::Unlike(_) => None,
        }
    }
}
