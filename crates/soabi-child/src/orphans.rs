//! Processes that children of this process started and left behind in groups of their own.

use rustix::process::{Pid, Signal, kill_process};

use crate::groups::{self, kill};

/// Makes this process the parent of what its children leave behind, so that [`end_orphans`] finds it. Where
/// there is no such thing (it is Linux's), orphans are the system's.
pub fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends the processes that children of this process started and left behind in groups of their own.
pub fn end_orphans() {
    // With the lock nobody is being started: a child that is in no group is nobody's.
    end_orphans_except(&groups::lock());
}

pub(crate) fn end_orphans_except(groups: &[Pid]) {
    for orphan in own_children().filter(|pid| !groups.contains(pid)) {
        kill(orphan);
        let _ = kill_process(orphan, Signal::KILL);
        let _ = rustix::process::waitpid(Some(orphan), rustix::process::WaitOptions::empty());
    }
}

/// The children of this process, of whatever thread, as Linux lists them. Nothing elsewhere.
fn own_children() -> impl Iterator<Item = Pid> {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let pids: Vec<_> = lists
        .flat_map(|list| list.split_whitespace().map(str::parse).collect::<Vec<_>>())
        .filter_map(|pid| Pid::from_raw(pid.ok()?))
        .collect();
    pids.into_iter()
}
