//! The process groups that are alive.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::orphans::end_children_except;

static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// The groups, locked. With the lock no child is started and none is reaped.
pub(crate) type Groups = MutexGuard<'static, Vec<Pid>>;

pub(crate) fn lock() -> Groups {
    GROUPS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends every process group that is alive, and what they left behind. For the handler of Ctrl-C, after which
/// nothing is started any more: the lock is not given back.
pub fn end_all() {
    let groups = lock();
    groups.iter().copied().for_each(kill);
    end_children_except(&groups);
    std::mem::forget(groups);
}

/// Ends `group` and strikes it off. The caller reaps its leader before it gives the lock back.
pub(crate) fn end(group: Pid) -> Groups {
    let mut groups = lock();
    kill(group);
    groups.retain(|&other| other != group);
    groups
}

/// Kills the group of a child that has not been reaped: its number cannot be another's.
pub(crate) fn kill(group: Pid) {
    // A group that is gone already is what is wanted.
    let _ = kill_process_group(group, Signal::KILL);
}
