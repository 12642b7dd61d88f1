//! The walls by name, and which of them are up.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wall {
    /// A user namespace: no privilege of the user holds inside.
    UserNamespace,
    /// A PID namespace: other processes are not seen, and all inside end together.
    PidNamespace,
    /// A network namespace without any interface.
    NetworkNamespace,
    /// An IPC namespace: no shared memory or semaphores of others.
    IpcNamespace,
    /// A mount namespace in which every file system is read-only.
    ReadOnlyFiles,
    /// A folder in memory, of limited size, for everything that is written.
    PrivateFolder,
    /// `/dev` with nothing but `null`, `zero`, `full`, `random`, `urandom` and `shm`.
    PrivateDevices,
    /// `/proc` of the PID namespace.
    PrivateProc,
    /// No capabilities, and none to be gained (`PR_SET_NO_NEW_PRIVS`).
    NoPrivileges,
    /// Limits on memory, processes, processor time and the size of files.
    Limits,
    /// Landlock: files, TCP, signals and abstract sockets.
    Landlock,
    /// A filter of system calls.
    Seccomp,
    /// What it tries is told: calls that the filter denies, and those that would change something outside its folder.
    WatchedCalls,
}

impl Wall {
    /// Every wall.
    pub const ALL: [Self; 13] = [
        Self::UserNamespace,
        Self::PidNamespace,
        Self::NetworkNamespace,
        Self::IpcNamespace,
        Self::ReadOnlyFiles,
        Self::PrivateFolder,
        Self::PrivateDevices,
        Self::PrivateProc,
        Self::NoPrivileges,
        Self::Limits,
        Self::Landlock,
        Self::Seccomp,
        Self::WatchedCalls,
    ];

    /// The wall's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserNamespace => "user-namespace",
            Self::PidNamespace => "pid-namespace",
            Self::NetworkNamespace => "network-namespace",
            Self::IpcNamespace => "ipc-namespace",
            Self::ReadOnlyFiles => "read-only-files",
            Self::PrivateFolder => "private-folder",
            Self::PrivateDevices => "private-devices",
            Self::PrivateProc => "private-proc",
            Self::NoPrivileges => "no-privileges",
            Self::Limits => "limits",
            Self::Landlock => "landlock",
            Self::Seccomp => "seccomp",
            Self::WatchedCalls => "watched-calls",
        }
    }
}

/// Which walls are up, and why the others are not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Walls(BTreeMap<Wall, Option<String>>);

impl Walls {
    /// No wall at all, because of `why`.
    pub fn none(why: &str) -> Self {
        Self(Wall::ALL.into_iter().map(|wall| (wall, Some(why.to_owned()))).collect())
    }

    /// The walls that are up.
    pub fn up(&self) -> impl Iterator<Item = Wall> {
        self.0.iter().filter(|(_, missing)| missing.is_none()).map(|(&wall, _)| wall)
    }

    /// The walls that are not up, each with the reason.
    pub fn missing(&self) -> impl Iterator<Item = (Wall, &str)> {
        self.0.iter().filter_map(|(&wall, missing)| Some((wall, missing.as_deref()?)))
    }

    /// Whether `wall` is up.
    pub fn has(&self, wall: Wall) -> bool {
        self.0.get(&wall).is_some_and(Option::is_none)
    }

    /// Whether every wall is up.
    pub fn is_complete(&self) -> bool {
        Wall::ALL.into_iter().all(|wall| self.has(wall))
    }

    /// Why foreign code has root's rights to the files of the system: this process is root's, and there is no user
    /// namespace.
    pub fn root_without_namespace(&self) -> Option<&str> {
        let why = self.missing().find(|(wall, _)| *wall == Wall::UserNamespace).map(|(_, why)| why);
        why.filter(|_| rustix::process::geteuid().is_root())
    }

    /// The walls that are up in both; for a report about several processes.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (wall, missing) in &other.0 {
            let ours = self.0.entry(*wall).or_default();
            if ours.is_none() {
                ours.clone_from(missing);
            }
        }
        self
    }

    pub(crate) fn record(&mut self, wall: Wall, result: Result<(), impl fmt::Display>) {
        self.0.insert(wall, result.err().map(|error| error.to_string()));
    }
}

/// `user-namespace, landlock; missing: seccomp (not available on this architecture)`.
impl fmt::Display for Walls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let up: Vec<_> = self.up().map(Wall::as_str).collect();
        f.write_str(if up.is_empty() { "none" } else { "" })?;
        f.write_str(&up.join(", "))?;
        let missing: Vec<_> =
            self.missing().map(|(wall, why)| format!("{} ({why})", wall.as_str())).collect();
        if missing.is_empty() { Ok(()) } else { write!(f, "; missing: {}", missing.join(", ")) }
    }
}

/// The devices that hold no state.
pub(super) const HARMLESS: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

/// What a process may have behind its walls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Room {
    /// The folder that it may write to. It is the working folder of every stage, and so is not told to it.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    /// Its time limit, in seconds of processor time for each core.
    pub(crate) seconds: u64,
    /// The processes outside that it must not signal, by their numbers as it sees them.
    pub(crate) outside: Vec<i32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_that_is_missing_once_is_missing() {
        let mut whole = Walls::default();
        for wall in Wall::ALL {
            whole.record(wall, Ok::<_, String>(()));
        }
        assert!(whole.is_complete());
        let mut other = whole.clone();
        other.record(Wall::Seccomp, Err("no such system call"));
        let both = whole.clone().and(&other);
        assert_eq!(both, other.clone().and(&whole));
        assert_eq!(both.missing().collect::<Vec<_>>(), [(Wall::Seccomp, "no such system call")]);
        assert!(!both.is_complete() && both.has(Wall::Landlock));
    }

    #[test]
    fn what_was_never_tried_is_not_up() {
        assert!(!Walls::default().is_complete());
        assert_eq!(Walls::none("not asked for").up().count(), 0);
        assert_eq!(Walls::none("not asked for").missing().count(), Wall::ALL.len());
    }
}
