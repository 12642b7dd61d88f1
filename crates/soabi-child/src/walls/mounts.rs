//! The file systems that a process behind walls sees: all of the system's, read-only, and a folder in memory.

use std::collections::BTreeMap;
use std::ffi::{CString, OsString};
use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, mount, mount_bind, mount_change, mount_move, mount_remount,
};

use super::wall::{HARMLESS, Room, Wall, Walls};

/// The size of the private folder, and that of `/dev/shm`.
const FOLDER: &str = "size=64m,nr_inodes=16k,mode=0700";

/// The size of the folder of devices.
const DEVICES: &str = "size=64k,mode=0755";

const MEMORY: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

fn build_all(room: &Room, walls: &mut Walls) -> io::Result<()> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)?;
    walls.record(Wall::PrivateDevices, devices(&room.folder));
    walls.record(Wall::PrivateFolder, memory(&room.folder, FOLDER));
    let flags = MEMORY | MountFlags::NOEXEC | MountFlags::RDONLY;
    walls.record(Wall::PrivateProc, mount("proc", "/proc", "proc", flags, None).map_err(io::Error::from));
    read_only(&[&room.folder, Path::new("/dev/shm")])
}

pub(super) fn build(room: &Room, walls: &mut Walls) {
    let result = build_all(room, walls);
    walls.record(Wall::ReadOnlyFiles, result);
}

/// A file system in memory at `folder`.
fn memory(folder: &Path, options: &str) -> io::Result<()> {
    let options = CString::new(options)?;
    Ok(mount("soabi", folder, "tmpfs", MEMORY, options.as_c_str())?)
}

/// Puts a folder with the harmless devices in the place of `/dev`. `place` is an empty folder, and is one
/// afterwards.
fn devices(place: &Path) -> io::Result<()> {
    let options = CString::new(DEVICES)?;
    mount("soabi", place, "tmpfs", MountFlags::NOSUID, options.as_c_str())?;
    for name in HARMLESS {
        File::create(place.join(name))?;
        mount_bind(Path::new("/dev").join(name), place.join(name))?;
    }
    for (name, number) in [("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")] {
        symlink(format!("/proc/self/fd{number}"), place.join(name))?;
    }
    fs::create_dir(place.join("shm"))?;
    mount_move(place, "/dev")?;
    memory(Path::new("/dev/shm"), FOLDER)
}

/// Makes every mount read-only, but for those of `writable`.
fn read_only(writable: &[&Path]) -> io::Result<()> {
    for (place, flags) in mounts(&fs::read("/proc/self/mountinfo")?) {
        if writable.contains(&place.as_path()) || flags.contains(MountFlags::RDONLY) {
            continue;
        }
        match mount_remount(&place, flags | MountFlags::BIND | MountFlags::RDONLY, "") {
            // What this process cannot reach, what it becomes cannot either.
            Ok(()) | Err(Errno::ACCESS | Errno::NOENT) => {}
            // It is below another mount.
            Err(Errno::INVAL) if place != Path::new("/") => {}
            Err(error) => {
                let error = io::Error::from(error);
                return Err(io::Error::new(error.kind(), format!("`{}`: {error}", place.display())));
            }
        }
    }
    Ok(())
}

/// The mounts in `/proc/PID/mountinfo` (`proc_pid_mountinfo(5)`), each with the flags that a remount must repeat.
/// Of several at one place it is the one on top, which comes last.
fn mounts(mountinfo: &[u8]) -> BTreeMap<PathBuf, MountFlags> {
    let lines = mountinfo.split(|&byte| byte == b'\n');
    lines
        .filter_map(|line| {
            let mut words = line.split(|&byte| byte == b' ').skip(4);
            let (place, options) = (words.next()?, words.next()?);
            let flag = |name: &[u8]| match name {
                b"ro" => MountFlags::RDONLY,
                b"nosuid" => MountFlags::NOSUID,
                b"nodev" => MountFlags::NODEV,
                b"noexec" => MountFlags::NOEXEC,
                b"nosymfollow" => MountFlags::NOSYMFOLLOW,
                _ => MountFlags::empty(),
            };
            let flags = options.split(|&byte| byte == b',').map(flag).fold(MountFlags::empty(), |a, b| a | b);
            Some((unescaped(place), flags))
        })
        .collect()
}

/// A path as mountinfo writes it: blanks, tabs, newlines and backslashes as `\` and three octal digits.
fn unescaped(word: &[u8]) -> PathBuf {
    let mut path = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((&byte, behind)) = rest.split_first() {
        let digits = behind.get(..3).filter(|digits| digits.iter().all(|digit| (b'0'..b'8').contains(digit)));
        if let Some(digits) = digits.filter(|_| byte == b'\\') {
            let value = |sum: u8, digit: &u8| sum.wrapping_mul(8).wrapping_add(digit - b'0');
            path.push(digits.iter().fold(0, value));
            rest = &behind[3..];
        } else {
            path.push(byte);
            rest = behind;
        }
    }
    OsString::from_vec(path).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mountinfo_is_read_with_its_escapes_and_flags() {
        let text = b"25 24 0:23 / /mnt/a\\040b\\134c rw,nosuid,relatime shared:1 - tmpfs tmpfs rw,size=1k\n\
            26 24 0:24 / /ro rw - ext4 /dev/x rw\n27 24 0:24 / /ro ro,nodev - ext4 /dev/x rw\n\ngarbage\n";
        let expected = [
            ("/mnt/a b\\c".into(), MountFlags::NOSUID),
            ("/ro".into(), MountFlags::RDONLY | MountFlags::NODEV),
        ];
        assert_eq!(mounts(text), BTreeMap::from(expected));
    }
}
