//! How jobs are kept apart, and what was seen to get past that.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How jobs are kept apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// One worker, a forked child for every job that runs something, behind all walls that the system gives.
    #[default]
    Fork,
    /// The same, with a fresh worker for every job, which does the job itself.
    Process,
    /// As [`Isolation::Fork`]. Where a wall is missing, nothing is run.
    Strict,
    /// As [`Isolation::Fork`], without walls; with limits all the same.
    None,
}

impl Isolation {
    /// Whether the worker forks a child for each job.
    pub(crate) fn forks(self) -> bool {
        self != Self::Process
    }

    /// Whether there are walls.
    pub(crate) fn is_walled(self) -> bool {
        self != Self::None
    }

    /// The worker's last argument of its own.
    pub(super) fn mode(self) -> &'static str {
        if self.forks() { "fork" } else { "process" }
    }
}

/// Something that a module left behind when its process had ended. It is gone before the next job begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "count", rename_all = "kebab-case")]
pub enum Leak {
    /// So many processes that were still running.
    Processes(u32),
    /// So many files and folders in its working folder and `/dev/shm`, or objects of System V IPC.
    Files(u32),
}

/// `2 processes were still running`.
impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processes(1) => f.write_str("a process was still running"),
            Self::Processes(count) => write!(f, "{count} processes were still running"),
            Self::Files(1) => f.write_str("a file was left behind"),
            Self::Files(count) => write!(f, "{count} files were left behind"),
        }
    }
}
