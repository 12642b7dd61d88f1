//! The kernel's side of [`soabi_child::watch`]: what a filter of system calls hands over, by the three system calls that
//! need `unsafe`.
//!
//! Source: `seccomp_unotify(2)`.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use soabi_child::watch::{Answer, Call, Instruction, Kernel};

/// The kernel that runs this process.
#[derive(Clone, Copy, Debug)]
pub struct ThisKernel;

#[cfg(target_os = "linux")]
impl Kernel for ThisKernel {
    fn filter(&self, filter: &[Instruction]) -> io::Result<OwnedFd> {
        linux::filter(filter)
    }

    fn receive(&self, listener: BorrowedFd<'_>) -> io::Result<Call> {
        linux::receive(listener)
    }

    fn answer(&self, listener: BorrowedFd<'_>, call: &Call, answer: Answer) -> io::Result<()> {
        linux::answer(listener, call, answer)
    }
}

#[cfg(not(target_os = "linux"))]
impl Kernel for ThisKernel {
    fn filter(&self, _: &[Instruction]) -> io::Result<OwnedFd> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn receive(&self, _: BorrowedFd<'_>) -> io::Result<Call> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn answer(&self, _: BorrowedFd<'_>, _: &Call, _: Answer) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

    use libc::{
        SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_SET_MODE_FILTER, SECCOMP_USER_NOTIF_FLAG_CONTINUE,
        seccomp_data, seccomp_notif, seccomp_notif_resp, sock_filter, sock_fprog,
    };
    use rustix::ioctl::{Updater, ioctl, opcode};

    use super::{Answer, Call, Instruction};

    const RECEIVE: rustix::ioctl::Opcode = opcode::read_write::<seccomp_notif>(b'!', 0);
    const SEND: rustix::ioctl::Opcode = opcode::read_write::<seccomp_notif_resp>(b'!', 1);

    /// The first Linux that goes on with a call that was handed over. Those before it have listeners, and no such answer.
    const FIRST: (u32, u32) = (5, 5);

    /// The version in the name of a release: `6.1.0-18-amd64`.
    pub(super) fn version(release: &str) -> Option<(u32, u32)> {
        let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    }

    pub(super) fn filter(filter: &[Instruction]) -> io::Result<OwnedFd> {
        let uname = rustix::system::uname();
        if uname.release().to_str().ok().and_then(version).is_none_or(|version| version < FIRST) {
            return Err(io::Error::other("the kernel is older than 5.5"));
        }
        rustix::thread::set_no_new_privs(true)?;
        let instruction = |&Instruction { code, jt, jf, k }: &Instruction| sock_filter { code, jt, jf, k };
        let mut filter: Vec<sock_filter> = filter.iter().map(instruction).collect();
        let len = filter.len().try_into().map_err(io::Error::other)?;
        let program = sock_fprog { len, filter: filter.as_mut_ptr() };
        // SAFETY: the program points to as many instructions as it says, which live until the call is over; the kernel
        // copies and checks them.
        let listener = unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                SECCOMP_SET_MODE_FILTER,
                SECCOMP_FILTER_FLAG_NEW_LISTENER,
                std::ptr::from_ref(&program),
            )
        };
        let listener = RawFd::try_from(listener).map_err(io::Error::other)?;
        if listener < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel has just made this descriptor, for nobody else.
        Ok(unsafe { OwnedFd::from_raw_fd(listener) })
    }

    pub(super) fn receive(listener: BorrowedFd<'_>) -> io::Result<Call> {
        let data = seccomp_data { nr: 0, arch: 0, instruction_pointer: 0, args: [0; 6] };
        let mut call = seccomp_notif { id: 0, pid: 0, flags: 0, data };
        // SAFETY: the operation writes one `seccomp_notif`, which it wants to be all zeros, and keeps no pointer.
        unsafe { ioctl(listener, Updater::<RECEIVE, _>::new(&mut call)) }?;
        let seccomp_notif { id, pid, data, .. } = call;
        Ok(Call { id, thread: pid, number: data.nr.into(), arguments: data.args })
    }

    pub(super) fn answer(listener: BorrowedFd<'_>, call: &Call, answer: Answer) -> io::Result<()> {
        let (error, flags) = match answer {
            Answer::GoOn => (0, u32::try_from(SECCOMP_USER_NOTIF_FLAG_CONTINUE).map_err(io::Error::other)?),
            Answer::Fail(error) => (-error, 0),
        };
        let mut answer = seccomp_notif_resp { id: call.id, val: 0, error, flags };
        // SAFETY: the operation reads one `seccomp_notif_resp` and keeps no pointer.
        unsafe { ioctl(listener, Updater::<SEND, _>::new(&mut answer)) }?;
        Ok(())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::linux::version;

    #[test]
    fn versions_of_kernels() {
        assert_eq!(version("6.1.0-18-amd64"), Some((6, 1)));
        assert_eq!(version("5.4.0-1103-aws"), Some((5, 4)));
        assert_eq!(version("5.10"), Some((5, 10)));
        assert!(version("5.10") > Some((5, 5)) && version("5.4.99") < Some((5, 5)));
        assert_eq!((version("6"), version("")), (None, None));
    }
}
