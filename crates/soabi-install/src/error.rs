//! Why an installer failed.

use std::io;
use std::path::{Path, PathBuf};

use crate::run::RunError;

/// What apt writes of an index that is older than it may be.
const EXPIRED: &str = " is expired (invalid since ";

/// Why an interpreter was not installed.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// A program is missing on this machine.
    #[error("`{program}` is missing")]
    NoProgram {
        /// Its name.
        program: &'static str,
        /// How to get it.
        hint: &'static str,
    },
    /// Debian's archive keyring is missing on this machine.
    #[error("`{}` is missing", .0.display())]
    NoKeyring(PathBuf),
    /// The machine's apt sources have no mirror of Debian.
    #[error("none of the machine's apt sources is a mirror of Debian")]
    NoMirror,
    /// The mirror does not have a package.
    #[error("{what} is not in Debian {suite}")]
    Absent {
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
    /// Another process is installing it.
    #[error("another soabi process is installing it")]
    Locked,
    /// What was unpacked or built is not the expected interpreter.
    #[error("{0}")]
    Unexpected(String),
}

impl InstallError {
    /// An error of the file at `path`.
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// The last lines of the program that failed.
    pub fn lines(&self) -> &[String] {
        if let Self::Run(RunError::Failed { lines, .. }) = self { lines } else { &[] }
    }

    /// What the user can do, if anything.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoProgram { hint, .. } => Some(hint),
            Self::NoKeyring(_) => Some("install the package `debian-archive-keyring`"),
            Self::NoMirror => Some("this way needs Debian; `soabi pythons` shows the others"),
            Self::Absent { .. } => Some("suites change: put another one into the manifest"),
            Self::Run(RunError::Failed { lines, .. }) if lines.iter().any(|line| line.contains(EXPIRED)) => {
                Some(
                    "the mirror no longer updates this suite; if you trust it, set `Acquire::Check-Valid-Until \"false\";` \
                     in apt's own configuration",
                )
            }
            Self::Run(RunError::Failed { .. }) => {
                Some("if the network failed, run it again: downloads are continued")
            }
            Self::Locked => Some("wait until it has finished"),
            Self::File { .. } => Some("set SOABI_DATA_DIR to a folder with free space"),
            Self::Run(RunError::Start { .. }) | Self::Unexpected(_) => None,
        }
    }
}
