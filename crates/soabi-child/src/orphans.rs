//! This process as the parent of others: what its children left behind, and what they may see of it.

use rustix::process::{Pid, Signal, getpgid, kill_process};

use crate::groups::{self, kill};

/// How often it is looked for what was started while others were ended.
const LOOKS: u32 = 100;

/// Makes this process the parent of what its children leave behind, so that [`end_orphans`] finds it. Where
/// there is no such thing (it is Linux's), orphans are the system's.
pub fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Keeps this process's memory and environment from other processes of the same user: they can neither read them
/// in `/proc` nor attach to it. Root can. There is no such thing but on Linux (`PR_SET_DUMPABLE`).
pub fn hide_this_process() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Ends the processes that children of this process started and left behind in groups of their own. Returns how
/// many there were.
pub fn end_orphans() -> u32 {
    // With the lock nothing is being started: a child that is in no known group was left behind, or was started by
    // another part of this program, and then it is in the group of this process.
    let groups = groups::lock();
    let ours = rustix::process::getpgrp();
    end_children(|child| !groups.contains(&child) && getpgid(Some(child)).is_ok_and(|group| group != ours))
}

/// Ends all children but the leaders of `groups`.
pub(crate) fn end_children_except(groups: &[Pid]) {
    end_children(|child| !groups.contains(&child));
}

fn end_children(is_meant: impl Fn(Pid) -> bool) -> u32 {
    let mut ended = 0;
    for _ in 0..LOOKS {
        let orphans: Vec<_> = own_children().filter(|&child| is_meant(child)).collect();
        if orphans.is_empty() {
            break;
        }
        // None of them is reaped but here, so none of the numbers can have passed to another process.
        for orphan in orphans {
            kill(orphan);
            let _ = kill_process(orphan, Signal::KILL);
            let _ = rustix::process::waitpid(Some(orphan), rustix::process::WaitOptions::empty());
            ended += 1;
        }
    }
    ended
}

/// The children of this process, of whatever thread, as Linux lists them. Nothing elsewhere.
pub(crate) fn own_children() -> impl Iterator<Item = Pid> {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let pids: Vec<_> = lists
        .flat_map(|list| list.split_whitespace().map(str::parse).collect::<Vec<_>>())
        .filter_map(|pid| Pid::from_raw(pid.ok()?))
        .collect();
    pids.into_iter()
}
