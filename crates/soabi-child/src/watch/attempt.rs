//! What a call tries, in words: `write /etc/passwd`, `connect to 192.0.2.1:80`, `call ptrace`.

use std::ffi::OsStr;
use std::fs::File;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Component, Path, PathBuf};

use super::{Answer, Call};
use crate::walls::calls::{self, ADDRESSED, At, CHANGES};

/// The longest path that the kernel takes.
const PATH_MAX: usize = 4096;
/// Memory is readable page by page.
const PAGE: usize = 4096;
/// The largest address of a socket that is read: of IPv6.
const ADDRESS: usize = 28;

/// What is answered: what changes something goes on to the walls that decide about it; everything else is denied.
pub(super) fn answer(call: &Call) -> Answer {
    let number = number(call);
    let is_changing = CHANGES.iter().any(|change| change.number == number);
    let is_addressed = ADDRESSED.iter().any(|(addressed, ..)| *addressed == number);
    if is_changing || is_addressed { Answer::GoOn } else { Answer::Fail(libc::EPERM) }
}

/// What is tried. `None` for what changes nothing outside the folders of its own, and for what is no attempt at anything.
pub(super) fn of(call: &Call, own: &[PathBuf]) -> Option<String> {
    let number = number(call);
    if let Some(change) = CHANGES.iter().find(|change| change.number == number) {
        let paths: Vec<_> = change.paths.iter().map(|at| path(call, at)).collect();
        let outside = paths.iter().find(|path| path.as_ref().is_none_or(|path| !is_own(path, own)))?;
        let outside = outside.as_ref().map(|path| path.to_string_lossy());
        return Some(format!(
            "{} {}",
            change.verb,
            outside.as_deref().unwrap_or("something outside its folder")
        ));
    }
    if let Some((_, verb, at)) = ADDRESSED.iter().find(|(addressed, ..)| *addressed == number) {
        return Some(format!("{verb} {}", address(call, *at)?));
    }
    // glibc asks its name service daemon about users and hosts, and goes on without it.
    if number == libc::SYS_socket && argument_i32(call, 0) == libc::AF_UNIX {
        return None;
    }
    let name = calls::name(number).map_or_else(|| format!("number {number}"), str::to_owned);
    if !calls::is_of_a_process(number) {
        return Some(format!("call {name}"));
    }
    Some(match argument_i32(call, 0) {
        -1 => format!("call {name} on every process"),
        process if process < 0 => format!("call {name} on the process group of its worker"),
        _ => format!("call {name} on its worker"),
    })
}

/// The number of a call. The second set of numbers of x86-64 is that of the first with a bit set.
fn number(call: &Call) -> i64 {
    const X32: i64 = 0x4000_0000;
    if cfg!(target_arch = "x86_64") { call.number & !X32 } else { call.number }
}

/// An `int`, of which the kernel takes the lower half.
#[expect(clippy::cast_possible_truncation, reason = "as the kernel does")]
fn argument_i32(call: &Call, argument: u8) -> i32 {
    call.arguments[usize::from(argument)] as i32
}

/// The path that a call is about, as it is written, from the root. `None` where it cannot be read.
fn path(call: &Call, at: &At) -> Option<PathBuf> {
    let pointer = call.arguments[usize::from(at.path)];
    // Without a path it is about the folder itself, or the file that is open in its place.
    let written = if pointer == 0 { Vec::new() } else { text(call.thread, pointer)? };
    let written = Path::new(OsStr::from_bytes(&written));
    if written.is_absolute() {
        return Some(lexically(written));
    }
    let folder =
        at.folder.map(|folder| argument_i32(call, folder)).filter(|folder| *folder != libc::AT_FDCWD);
    let folder = folder.map_or_else(|| "cwd".to_owned(), |folder| format!("fd/{folder}"));
    let folder = std::fs::read_link(format!("/proc/{}/{folder}", call.thread)).ok()?;
    Some(lexically(&folder.join(written)))
}

/// The path without `.` and `..`, whatever the links in it are.
fn lexically(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, component| {
        match component {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            component => path.push(component),
        }
        path
    })
}

fn is_own(path: &Path, own: &[PathBuf]) -> bool {
    own.iter().any(|own| path.starts_with(own))
}

/// The text at an address of a process, up to its NUL.
fn text(thread: u32, address: u64) -> Option<Vec<u8>> {
    let memory = File::open(format!("/proc/{thread}/mem")).ok()?;
    let (mut text, mut at) = (Vec::new(), address);
    while text.len() < PATH_MAX {
        let mut page = [0; PAGE];
        let length = PAGE - usize::try_from(at % PAGE as u64).ok()?;
        memory.read_exact_at(&mut page[..length], at).ok()?;
        if let Some(end) = page[..length].iter().position(|&byte| byte == 0) {
            text.extend_from_slice(&page[..end]);
            return Some(text);
        }
        text.extend_from_slice(&page[..length]);
        at = at.checked_add(length as u64)?;
    }
    None
}

/// The address of a socket on the Internet. `None` for those of other families, which lead nowhere from here.
fn address(call: &Call, at: u8) -> Option<SocketAddr> {
    let (pointer, length) = (call.arguments[usize::from(at)], call.arguments[usize::from(at) + 1]);
    let mut bytes = [0; ADDRESS];
    let length = usize::try_from(length).ok()?.min(ADDRESS);
    let memory = File::open(format!("/proc/{}/mem", call.thread)).ok()?;
    memory.read_exact_at(&mut bytes[..length], pointer).ok()?;
    let family = i32::from(u16::from_ne_bytes([bytes[0], bytes[1]]));
    let port = u16::from_be_bytes([bytes[2], bytes[3]]);
    if family == libc::AF_INET {
        let host: [u8; 4] = bytes[4..8].try_into().ok()?;
        return Some((Ipv4Addr::from(host), port).into());
    }
    let host: [u8; 16] = bytes[8..24].try_into().ok()?;
    (family == libc::AF_INET6).then(|| (Ipv6Addr::from(host), port).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call of this process.
    fn call(number: i64, arguments: &[u64]) -> Call {
        let mut all = [0; 6];
        all[..arguments.len()].copy_from_slice(arguments);
        Call { id: 0, thread: std::process::id(), number, arguments: all }
    }

    fn pointer(text: &'static [u8]) -> u64 {
        text.as_ptr() as u64
    }

    const CWD: u64 = i64::cast_unsigned(libc::AT_FDCWD as i64);

    fn tried(number: i64, arguments: &[u64]) -> Option<String> {
        of(&call(number, arguments), &["/home/x".into(), "/dev/null".into()])
    }

    #[test]
    fn what_changes_outside_is_told_with_its_path() {
        let write = |path| tried(libc::SYS_openat, &[CWD, pointer(path), 1]);
        assert_eq!(write(b"/etc/passwd\0").unwrap(), "write /etc/passwd");
        assert_eq!(write(b"/home/x/../y\0").unwrap(), "write /home/y");
        assert_eq!(write(b"/home/x/./y\0"), None);
        assert_eq!(write(b"/home/x\0"), None);
        assert_eq!(write(b"/home/xy\0").unwrap(), "write /home/xy");
        assert_eq!(write(b"/dev/null\0"), None);
        let rename = |from, to| tried(libc::SYS_renameat2, &[CWD, pointer(from), CWD, pointer(to)]);
        assert_eq!(rename(b"/home/x/a\0", b"/tmp/a\0").unwrap(), "rename /tmp/a");
        assert_eq!(rename(b"/home/x/a\0", b"/home/x/b\0"), None);
    }

    #[test]
    fn a_path_below_a_folder_is_told_whole() {
        let here = std::env::current_dir().unwrap();
        let told = tried(libc::SYS_unlinkat, &[CWD, pointer(b"a/../b\0")]).unwrap();
        assert_eq!(told, format!("remove {}", here.join("b").display()));
        let root = File::open("/usr").unwrap();
        let folder = u64::try_from(std::os::fd::AsRawFd::as_raw_fd(&root)).unwrap();
        assert_eq!(tried(libc::SYS_mkdirat, &[folder, pointer(b"lib/b\0")]).unwrap(), "make /usr/lib/b");
        assert_eq!(tried(libc::SYS_utimensat, &[folder, 0]).unwrap(), "change /usr");
    }

    #[test]
    fn what_cannot_be_read_is_told_all_the_same() {
        let told = tried(libc::SYS_openat, &[CWD, 8, 1]).unwrap();
        assert_eq!(told, "write something outside its folder");
        let endless: &'static [u8] = Box::leak(vec![b'a'; 3 * PATH_MAX].into_boxed_slice());
        assert!(tried(libc::SYS_openat, &[CWD, pointer(endless), 1]).is_some());
    }

    #[test]
    fn an_address_is_told_where_it_is_one_of_the_internet() {
        let connect =
            |address: &'static [u8]| tried(libc::SYS_connect, &[3, pointer(address), address.len() as u64]);
        assert_eq!(
            connect(b"\x02\0\0\x50\xc0\0\x02\x01\0\0\0\0\0\0\0\0").unwrap(),
            "connect to 192.0.2.1:80"
        );
        let six = b"\x0a\0\x01\xbb\0\0\0\0\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0";
        assert_eq!(connect(six).unwrap(), "connect to [2001:db8::1]:443");
        assert_eq!(connect(b"\x01\0/run/nscd/socket\0"), None);
        let any = b"\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        assert_eq!(tried(libc::SYS_bind, &[3, pointer(any), 16]).unwrap(), "listen at 0.0.0.0:0");
    }

    #[test]
    fn what_is_denied_is_told_by_its_name() {
        assert_eq!(tried(libc::SYS_ptrace, &[]).unwrap(), "call ptrace");
        assert_eq!(tried(libc::SYS_kill, &[1, 9]).unwrap(), "call kill on its worker");
        assert_eq!(tried(libc::SYS_kill, &[u64::MAX, 9]).unwrap(), "call kill on every process");
        assert_eq!(tried(libc::SYS_socket, &[17]).unwrap(), "call socket");
        assert_eq!(tried(libc::SYS_socket, &[1]), None);
        assert_eq!(tried(100_000, &[]).unwrap(), "call number 100000");
    }

    #[test]
    fn only_what_other_walls_decide_about_goes_on() {
        for number in [libc::SYS_openat, libc::SYS_unlinkat, libc::SYS_connect] {
            assert_eq!(answer(&call(number, &[])), Answer::GoOn);
        }
        for number in [libc::SYS_ptrace, libc::SYS_kill, libc::SYS_socket, libc::SYS_clone, 100_000] {
            assert_eq!(answer(&call(number, &[])), Answer::Fail(libc::EPERM));
        }
    }
}
