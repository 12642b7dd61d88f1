//! Limits of a process and of those that it starts.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::Room;

/// The largest file that may be written, in bytes.
const LARGEST_FILE: u64 = 64 << 20;

/// The most memory that a process may write to, in bytes.
const MOST_MEMORY: u64 = 2 << 30;

/// The most processes and threads of the user's, where they are counted for a user namespace alone.
const MOST_PROCESSES: u64 = 512;

/// Beyond its time limit.
const MORE_SECONDS: u64 = 30;

/// Sets the limits. None of them is raised.
pub(super) fn set(room: &Room, has_user_namespace: bool) -> io::Result<()> {
    lower(Resource::Core, 0)?;
    lower(Resource::Fsize, LARGEST_FILE)?;
    // Not the address space: what is only reserved costs nothing, and runtimes reserve a lot.
    lower(Resource::Data, MOST_MEMORY)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    lower(Resource::Cpu, room.seconds.saturating_mul(cores).saturating_add(MORE_SECONDS))?;
    #[cfg(target_os = "linux")]
    lower(Resource::Msgqueue, 0)?;
    if has_user_namespace {
        lower(Resource::Nproc, MOST_PROCESSES)?;
    }
    Ok(())
}

fn lower(resource: Resource, limit: u64) -> io::Result<()> {
    let now = getrlimit(resource);
    let least = |now: Option<u64>| Some(now.map_or(limit, |now| now.min(limit)));
    Ok(setrlimit(resource, Rlimit { current: least(now.current), maximum: least(now.maximum) })?)
}
