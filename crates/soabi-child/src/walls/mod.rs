//! Walls around a process that runs foreign code: what keeps it from everything but its own folder.
//!
//! The walls are put up by a process around itself, in this order: namespaces, mounts, limits, capabilities,
//! Landlock, system calls. What comes later needs nothing that an earlier one takes away. Each wall that the system
//! does not give is recorded with the reason ([`Walls`]); whether that is good enough is the caller's decision.
//!
//! Namespaces and mounts are the first wall: the process sees no other process, no network, and no writable file
//! but those in its own folder and `/dev/shm`. Landlock and the filter of system calls are the second: they hold
//! where the kernel allows no namespaces, and keep the process off its own worker.
//!
//! What foreign code tries is told ([`crate::watch`]): calls that a wall stops, and changes outside its folder.
//!
//! What they do not do: foreign code can read every file that its user can read, and the memory of a whole run
//! is not limited, only that of each process.

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
))]
pub(crate) mod calls;
#[cfg(target_os = "linux")]
mod landlock;
mod limits;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(target_os = "linux")]
mod privileges;
#[cfg(target_os = "linux")]
mod seccomp;
mod wall;

#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
pub(crate) use self::namespaces::Entered;
use self::wall::HARMLESS;
pub(crate) use self::wall::Room;
pub use self::wall::{Wall, Walls};
#[cfg(target_os = "linux")]
use crate::watch::Kernel;

/// The folder for shared memory, where it is not the system's.
pub(crate) fn shared_memory(walls: &Walls) -> Option<&'static Path> {
    walls.has(Wall::PrivateDevices).then_some(Path::new("/dev/shm"))
}

/// Puts the limits up, with or without the other walls.
pub(crate) fn limit(room: &Room, walls: &mut Walls) {
    walls.record(Wall::Limits, limits::set(room, walls.has(Wall::UserNamespace)));
}

#[cfg(target_os = "linux")]
pub(crate) fn enter_namespaces(walls: &mut Walls) -> Entered {
    namespaces::enter(walls)
}

/// Makes the file systems read-only. To be called in a new mount namespace, by the first process of its PID
/// namespace.
#[cfg(target_os = "linux")]
pub(crate) fn mount(room: &Room, walls: &mut Walls) {
    mounts::build(room, walls);
}

/// The walls that a process puts up around itself last: privileges, Landlock, system calls. Gives the listener for what
/// it tries.
#[cfg(target_os = "linux")]
pub(crate) fn close(room: &Room, walls: &mut Walls, kernel: &dyn Kernel) -> Option<OwnedFd> {
    walls.record(Wall::NoPrivileges, privileges::drop());
    walls.record(Wall::Landlock, landlock::restrict(room, shared_memory(walls)));
    seccomp::filter(room, walls, kernel)
}

/// What a process may change: its folders, and the devices that hold no state.
pub(crate) fn own(folder: &Path, walls: &Walls) -> Vec<PathBuf> {
    let devices = HARMLESS.map(|name| Path::new("/dev").join(name));
    let shared = shared_memory(walls).map(Path::to_owned);
    std::iter::once(folder.to_owned()).chain(shared).chain(devices).collect()
}
