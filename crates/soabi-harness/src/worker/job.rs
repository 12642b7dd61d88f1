//! What a worker is asked to do.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use soabi_child::protocol::{JOB_WORDS, LoadRequest, words};

/// How much an imported module is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// The first few probes.
    Brief,
    /// Every probe.
    Full,
    /// Every probe, and what subinterpreters make of it.
    Thorough,
}

impl Depth {
    fn as_str(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Full => "full",
            Self::Thorough => "thorough",
        }
    }
}

/// One thing to be done by a worker.
#[derive(Clone, Debug)]
pub enum Job {
    /// Import `module` from the folder `dir`, then run the probes.
    Import {
        /// The module's name.
        module: String,
        /// The folder that holds the module's file and nothing else.
        dir: PathBuf,
        /// The probe group.
        probes: Option<&'static str>,
        /// How much is asked.
        depth: Depth,
    },
    /// Open a file and look for the init symbol.
    Load(LoadRequest),
}

impl Job {
    /// The module that is imported, if any.
    pub(super) fn module(&self) -> &str {
        match self {
            Self::Import { module, .. } => module,
            Self::Load(_) => "",
        }
    }

    /// Where the file under test is: its folder, or itself.
    pub(super) fn place(&self) -> &Path {
        match self {
            Self::Import { dir, .. } => dir,
            Self::Load(LoadRequest { path, .. }) => path,
        }
    }

    /// The job as the worker reads it, with its key and its time limit.
    pub(super) fn words(&self, key: &str, limit: Duration) -> Vec<u8> {
        let limit = limit.as_secs().saturating_add(1).to_string();
        let (key, limit) = (key.as_bytes(), limit.as_bytes());
        let job: [&[u8]; JOB_WORDS] = match self {
            Self::Import { module, dir, probes, depth } => {
                let (probes, depth) = (probes.unwrap_or_default(), depth.as_str());
                [key, b"import", module.as_bytes(), bytes(dir), probes.as_bytes(), depth.as_bytes(), limit]
            }
            Self::Load(LoadRequest { path, symbols }) => {
                return words([key, b"load", b"", bytes(path), symbols.join(" ").as_bytes(), b"", limit]);
            }
        };
        words(job)
    }
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}
