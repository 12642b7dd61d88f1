//! What a process behind walls tries: calls that a wall stops, and calls that would change something outside its folder.
//!
//! A filter hands such a call to soabi before the kernel makes it (`seccomp_unotify(2)`, Linux 5.5). soabi writes down what
//! is tried, and answers: what the walls forbid fails with `EPERM`, everything else goes on, to where the other walls are. So
//! nothing is allowed here that was forbidden without it, and a process that is not answered is one that waits.
//!
//! The memory of the process is read for the path. It may change that path afterwards: what is told is told, and what decides
//! are the walls.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
))]
mod attempt;

/// How many attempts of one job are told one by one.
const MOST_TOLD: usize = 16;

/// How many calls are answered before something else is looked at.
const AT_ONCE: usize = 64;

/// An instruction of a filter, as `struct sock_filter` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What is done.
    pub code: u16,
    /// How far it jumps when the comparison holds.
    pub jt: u8,
    /// How far when not.
    pub jf: u8,
    /// The operand.
    pub k: u32,
}

/// A call that waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The kernel's number for this one call.
    pub id: u64,
    /// The thread that makes it, by its number here.
    pub thread: u32,
    /// The number of the system call.
    pub number: i64,
    /// What it is called with.
    pub arguments: [u64; 6],
}

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The kernel makes it.
    GoOn,
    /// It fails with this error.
    Fail(i32),
}

/// The three system calls behind it. They need `unsafe`, which this crate does not have: soabi-loader has them.
pub trait Kernel: Debug + Send + Sync {
    /// Puts a filter up around this process, and gives the listener for what the filter hands over.
    fn filter(&self, filter: &[Instruction]) -> io::Result<OwnedFd>;

    /// The next call. It waits for one where there is none.
    fn receive(&self, listener: BorrowedFd<'_>) -> io::Result<Call>;

    /// Answers a call.
    fn answer(&self, listener: BorrowedFd<'_>, call: &Call, answer: Answer) -> io::Result<()>;
}

/// Hears what one worker's processes try.
#[derive(Debug)]
pub(crate) struct Watcher {
    /// Until all who could try something are gone.
    listener: Option<OwnedFd>,
    kernel: &'static dyn Kernel,
    /// Where they may change what they like.
    own: Vec<PathBuf>,
    tried: BTreeSet<String>,
    /// How many more there were.
    more: usize,
}

impl Watcher {
    pub(crate) fn new(listener: OwnedFd, kernel: &'static dyn Kernel, own: Vec<PathBuf>) -> Self {
        Self { listener: Some(listener), kernel, own, tried: BTreeSet::new(), more: 0 }
    }

    /// What is readable when a call waits.
    pub(crate) fn pollable(&self) -> Option<BorrowedFd<'_>> {
        self.listener.as_ref().map(AsFd::as_fd)
    }

    /// Answers the calls that wait.
    pub(crate) fn serve(&mut self) {
        for _ in 0..AT_ONCE {
            let Some(listener) = &self.listener else { return };
            let mut state = [PollFd::new(listener, PollFlags::IN)];
            let is_polled = poll(&mut state, Some(&Timespec::default())).is_ok();
            let state = state[0].revents();
            if !is_polled || state.is_empty() {
                return;
            }
            if !state.contains(PollFlags::IN) {
                self.listener = None;
                return;
            }
            // The caller of a call that cannot be received, or not be answered, is gone.
            let Ok(call) = self.kernel.receive(listener.as_fd()) else { continue };
            if let Some(attempt) = attempt::of(&call, &self.own) {
                tell(&mut self.tried, &mut self.more, attempt);
            }
            let _ = self.kernel.answer(listener.as_fd(), &call, attempt::answer(&call));
        }
    }

    /// What was tried since this was asked last.
    pub(crate) fn take(&mut self) -> Vec<String> {
        let more = std::mem::take(&mut self.more);
        let tried = std::mem::take(&mut self.tried).into_iter();
        tried.chain((more > 0).then(|| format!("{more} more"))).collect()
    }
}

/// Each attempt once, and beyond the limit their number.
fn tell(tried: &mut BTreeSet<String>, more: &mut usize, attempt: String) {
    if tried.len() < MOST_TOLD {
        tried.insert(attempt);
    } else if !tried.contains(&attempt) {
        *more += 1;
    }
}

/// No filter is made here, and so no call is handed over.
#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
)))]
mod attempt {
    use super::{Answer, Call, PathBuf};

    pub(super) fn of(_: &Call, _: &[PathBuf]) -> Option<String> {
        None
    }

    pub(super) fn answer(_: &Call) -> Answer {
        Answer::GoOn
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;
    use std::sync::Mutex;

    use super::*;

    /// A kernel in which a byte of a socket is a call.
    #[derive(Debug, Default)]
    struct Numbers(Mutex<Vec<(u64, Answer)>>);

    impl Kernel for Numbers {
        fn filter(&self, _: &[Instruction]) -> io::Result<OwnedFd> {
            Err(io::ErrorKind::Unsupported.into())
        }

        fn receive(&self, listener: BorrowedFd<'_>) -> io::Result<Call> {
            let mut byte = [0];
            if rustix::io::read(listener, &mut byte)? == 0 {
                return Err(io::ErrorKind::NotFound.into());
            }
            Ok(Call { id: 7, thread: 0, number: i64::from(byte[0]), arguments: [0; 6] })
        }

        fn answer(&self, _: BorrowedFd<'_>, call: &Call, answer: Answer) -> io::Result<()> {
            self.0.lock().unwrap().push((call.id, answer));
            Ok(())
        }
    }

    #[test]
    fn attempts_are_told_once_and_counted_beyond_the_limit() {
        let (mut tried, mut more) = (BTreeSet::new(), 0);
        for number in 0..MOST_TOLD + 3 {
            tell(&mut tried, &mut more, format!("x{number:02}"));
        }
        tell(&mut tried, &mut more, "x00".to_owned());
        assert_eq!((tried.len(), more), (MOST_TOLD, 3));
    }

    #[test]
    fn every_call_is_answered_until_nobody_is_left() {
        static KERNEL: Numbers = Numbers(Mutex::new(Vec::new()));
        let (ours, theirs) = UnixStream::pair().unwrap();
        let mut watcher = Watcher::new(theirs.into(), &KERNEL, Vec::new());
        std::io::Write::write_all(&mut &ours, &[255, 255]).unwrap();
        watcher.serve();
        assert_eq!(KERNEL.0.lock().unwrap().len(), 2);
        watcher.serve();
        assert!(watcher.pollable().is_some());
        drop(ours);
        watcher.serve();
        assert_eq!(watcher.take(), ["call number 255"]);
        assert!(watcher.take().is_empty());
    }
}
