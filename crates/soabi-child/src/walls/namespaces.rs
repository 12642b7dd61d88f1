//! Namespaces: of users, processes, mounts, the network and System V IPC.

use std::{fs, io};

use nix::sched::{CloneFlags, unshare};

use super::{Wall, Walls, privileges};

/// What the calling process has entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entered {
    /// All namespaces. The next child is the first process of the PID namespace.
    All,
    /// None.
    Nothing,
}

const NAMESPACES: [(Wall, CloneFlags); 4] = [
    (Wall::PidNamespace, CloneFlags::CLONE_NEWPID),
    (Wall::ReadOnlyFiles, CloneFlags::CLONE_NEWNS),
    (Wall::NetworkNamespace, CloneFlags::CLONE_NEWNET),
    (Wall::IpcNamespace, CloneFlags::CLONE_NEWIPC),
];

/// Enters a new namespace of each kind. A user namespace gives everybody the right to the others; without one,
/// only root has it.
pub(super) fn enter(walls: &mut Walls) -> Entered {
    let others = NAMESPACES.iter().fold(CloneFlags::empty(), |all, (_, flag)| all | *flag);
    // Before: inside, until they are mapped, they are nobody's.
    let (user, group) = (rustix::process::geteuid(), rustix::process::getegid());
    let entered = match unshare(CloneFlags::CLONE_NEWUSER | others).map_err(io::Error::from) {
        Ok(()) => {
            let mapped = map(user.as_raw(), group.as_raw()).and_then(|()| privileges::pass_on());
            walls.record(Wall::UserNamespace, mapped.as_ref().copied());
            mapped
        }
        Err(error) => {
            walls.record(Wall::UserNamespace, Err(&error));
            unshare(others).map_err(|_| error)
        }
    };
    for (wall, _) in NAMESPACES {
        walls.record(wall, entered.as_ref().copied());
    }
    match entered {
        Ok(()) => Entered::All,
        Err(error) => {
            for wall in [Wall::PrivateFolder, Wall::PrivateDevices, Wall::PrivateProc] {
                walls.record(wall, Err(&error));
            }
            Entered::Nothing
        }
    }
}

/// The same user and group inside as outside (`user_namespaces(7)`).
fn map(user: u32, group: u32) -> io::Result<()> {
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
}
