//! What a job left behind: the processes that it started, which are ended, and files, which are counted.
//!
//! `soabi-harness/src/import/worker.py` does the same in Python.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus, getpid, wait};

use crate::orphans;
use crate::protocol::Remains;

/// How often a process without a PID namespace looks again for what was started while it looked.
const LOOKS: u32 = 100;

/// Ends every process below this one, the parent of all that its children leave behind, and counts what is in
/// `folders`. To be called when its own child has ended and it has no other.
pub fn end(folders: &[PathBuf]) -> Remains {
    let (processes, all) = end_processes();
    // A folder that was removed, or is no longer as it was made, is itself what was left behind.
    let files = folders.iter().map(|folder| count(folder).unwrap_or(1)).sum::<u32>() + count_ipc();
    Remains { processes, files, sound: all && files == 0 }
}

/// How many processes there were, and whether all of them are gone.
fn end_processes() -> (u32, bool) {
    let mut ended = 0;
    if getpid() == Pid::INIT {
        // All processes of the PID namespace but this one: the group of the first process means everybody.
        let _ = rustix::process::kill_process_group(Pid::INIT, Signal::KILL);
        loop {
            match wait(WaitOptions::empty()) {
                Ok(Some((_, status))) => ended += u32::from(was_killed(status)),
                Ok(None) | Err(Errno::INTR) => {}
                Err(_) => return (ended, true),
            }
        }
    }
    for _ in 0..LOOKS {
        for child in orphans::own_children() {
            let _ = rustix::process::kill_process(child, Signal::KILL);
            let status = rustix::process::waitpid(Some(child), WaitOptions::empty());
            ended += u32::from(status.ok().flatten().is_some_and(|(_, status)| was_killed(status)));
        }
        if matches!(wait(WaitOptions::NOHANG), Err(Errno::CHILD)) {
            return (ended, true);
        }
    }
    (ended.max(1), false)
}

/// A process that had ended by itself was no longer running when its job ended.
fn was_killed(status: WaitStatus) -> bool {
    status.terminating_signal() == Some(Signal::KILL.as_raw())
}

/// The entries of `folder`; `None` where it is not as it was made.
fn count(folder: &Path) -> Option<u32> {
    let entries = u32::try_from(std::fs::read_dir(folder).ok()?.count()).ok()?;
    let mode = std::fs::metadata(folder).ok()?.permissions().mode() & 0o7777;
    (mode == 0o700).then_some(entries)
}

/// Objects of System V IPC, in a namespace that had none.
fn count_ipc() -> u32 {
    if getpid() != Pid::INIT {
        return 0;
    }
    let list = |name| std::fs::read_to_string(Path::new("/proc/sysvipc").join(name)).unwrap_or_default();
    // The first line is a heading.
    let objects = ["shm", "sem", "msg"].map(|name| list(name).lines().count().saturating_sub(1));
    u32::try_from(objects.iter().sum::<usize>()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_counted_in_a_folder_that_is_as_it_was_made() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o700)).unwrap();
        assert_eq!(count(folder.path()), Some(0));
        std::fs::write(folder.path().join("x"), "").unwrap();
        assert_eq!(count(folder.path()), Some(1));
        assert_eq!(count(&folder.path().join("gone")), None);
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
        assert_eq!(count(folder.path()), None);
    }
}
