//! One running child.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use crate::groups;
use crate::orphans;
use crate::stream::Stream;
use crate::walls::{self, Walls};
use crate::watch::{Kernel, Watcher};

/// How long a child that has closed its output may take to end before it is looked at less often.
const SOON: Duration = Duration::from_millis(5);

/// How often a child that writes nothing is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// A running child.
pub struct Child {
    process: std::process::Child,
    /// Its process group, as long as it is alive.
    group: Option<Pid>,
    input: Option<File>,
    /// Its stdout, or what it writes to its control socket.
    lines: Stream,
    stderr: Stream,
    /// Whether it may write more to stdout than is kept.
    may_flood: bool,
    /// Of a worker, what hears what it tries.
    watcher: Option<Watcher>,
}

/// What ended the wait for a child.
#[derive(Debug)]
pub enum Event {
    /// A line of its stdout or control socket, without the newline.
    Line(Vec<u8>),
    /// The child is gone.
    Ended(ExitStatus),
    /// The time was up first.
    TimedOut,
}

impl Child {
    /// Starts `command` in a process group of its own, with stdout and stderr captured. Its stdin is the
    /// caller's choice.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        let mut child = Self::start(command.stdout(Stdio::piped()))?;
        child.lines = Stream::new(child.process.stdout.take())?;
        child.input = child.process.stdin.take().map(|stdin| OwnedFd::from(stdin).into());
        Ok(child)
    }

    /// Starts `command` as a worker, whose stdin is a control socket and whose stdout is `answers`. What it
    /// writes to the socket are its lines.
    pub fn spawn_worker(command: &mut Command, answers: File) -> io::Result<Self> {
        // Where it has no PID namespace, what it leaves behind is then found.
        orphans::adopt_orphans();
        let (ours, theirs) = UnixStream::pair()?;
        let mut child = Self::start(command.stdin(OwnedFd::from(theirs)).stdout(answers))?;
        // The command would hold the worker's end open, and its end would not be seen.
        command.stdin(Stdio::null()).stdout(Stdio::null());
        child.input = Some(OwnedFd::from(ours.try_clone()?).into());
        child.lines = Stream::of_socket(ours)?;
        Ok(child)
    }

    /// Hears from now on what the processes of this worker try, if the launcher has handed over the means: it does so with
    /// the walls. They wait for an answer whenever nobody asks for an event.
    pub fn watch(&mut self, kernel: &'static dyn Kernel, folder: &Path, walls: &Walls) {
        let listener = self.lines.take_descriptor();
        self.watcher = listener.map(|listener| Watcher::new(listener, kernel, walls::own(folder, walls)));
    }

    /// What they tried since this was asked last: `write /etc/passwd`.
    pub fn take_attempts(&mut self) -> Vec<String> {
        self.watcher.as_mut().map(Watcher::take).unwrap_or_default()
    }

    fn start(command: &mut Command) -> io::Result<Self> {
        command.process_group(0).stderr(Stdio::piped());
        let mut groups = groups::lock();
        let mut process = command.spawn()?;
        let group = Pid::from_child(&process);
        groups.push(group);
        drop(groups);
        let (lines, stderr) = (Stream::new(None::<OwnedFd>)?, Stream::new(process.stderr.take())?);
        Ok(Self { process, group: Some(group), input: None, lines, stderr, may_flood: true, watcher: None })
    }

    /// The same child, which is killed when it writes more to stdout than is kept.
    pub(crate) fn that_may_not_flood(mut self) -> Self {
        self.may_flood = false;
        self
    }

    /// Writes to the child's stdin, if it was piped, or to its control socket. Fails with
    /// [`io::ErrorKind::TimedOut`] when the child does not read.
    pub fn write(&mut self, mut bytes: &[u8], deadline: Instant) -> io::Result<()> {
        let Some(input) = &mut self.input else { return Err(io::ErrorKind::BrokenPipe.into()) };
        while !bytes.is_empty() {
            match input.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(length) => bytes = &bytes[length..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                    let left = Timespec::try_from(left.min(LOOK)).map_err(io::Error::other)?;
                    let _ = poll(&mut [PollFd::new(input, PollFlags::OUT)], Some(&left));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits for the next line (with `lines`), for the end of the child, or for the deadline.
    pub fn next_event(&mut self, deadline: Instant, lines: bool) -> io::Result<Event> {
        let mut closed_since = None;
        loop {
            if lines && let Some(line) = self.lines.take_line() {
                return Ok(Event::Line(line));
            }
            if let Some(status) = self.try_end()? {
                self.lines.drain()?;
                self.stderr.drain()?;
                let line = if lines { self.lines.take_line() } else { None };
                return Ok(line.map_or(Event::Ended(status), Event::Line));
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(Event::TimedOut);
            }
            if self.lines.is_open || self.stderr.is_open || self.watched().is_some() {
                self.wait_for_output((deadline - now).min(LOOK))?;
            } else {
                let since = *closed_since.get_or_insert(now);
                let pause = if now - since < SOON { Duration::from_micros(100) } else { SOON };
                std::thread::sleep(pause.min(deadline - now));
            }
        }
    }

    /// What was written to stderr until now, as far as it is kept.
    pub fn take_stderr(&mut self) -> Vec<u8> {
        // What cannot be read is as good as not written.
        let _ = self.stderr.drain();
        self.stderr.take()
    }

    /// What has been kept of stdout, and whether that is not everything.
    pub(crate) fn take_stdout(&mut self) -> (Vec<u8>, bool) {
        (self.lines.take(), self.lines.overflowed)
    }

    /// The status, if the child has ended. What it left behind in its group ends with it.
    ///
    /// The group is killed before its leader is reaped: until then no other group can have its number. And it is
    /// reaped before the lock is given back: a child in no group would be taken for an orphan.
    fn try_end(&mut self) -> io::Result<Option<ExitStatus>> {
        let Some(group) = self.group else {
            return self.process.wait().map(Some);
        };
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        if waitid(WaitId::Pid(group), look)?.is_none() {
            return Ok(None);
        }
        self.group = None;
        let _lock = groups::end(group);
        self.process.wait().map(Some)
    }

    /// What is readable when a call waits for an answer.
    fn watched(&self) -> Option<BorrowedFd<'_>> {
        self.watcher.as_ref().and_then(Watcher::pollable)
    }

    fn wait_for_output(&mut self, pause: Duration) -> io::Result<()> {
        let pause = Timespec::try_from(pause).map_err(io::Error::other)?;
        let mut fds: Vec<PollFd<'_>> = [self.lines.pollable(), self.stderr.pollable(), self.watched()]
            .into_iter()
            .flatten()
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        match poll(&mut fds, Some(&pause)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(watcher) = &mut self.watcher {
            watcher.serve();
        }
        self.lines.drain()?;
        self.stderr.drain()?;
        if let Some(group) = self.group.filter(|_| self.lines.overflowed && !self.may_flood) {
            groups::kill(group);
        }
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _lock = self.group.map(groups::end);
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_one_by_one_and_then_the_end() {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read a; echo \"<$a>\"; echo two"]);
        let mut child = Child::spawn(command.stdin(Stdio::piped())).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        child.write(b"one\n", deadline).unwrap();
        assert_eq!(lines(&mut child, deadline), ["<one>", "two"]);
    }

    fn lines(child: &mut Child, deadline: Instant) -> Vec<String> {
        let mut seen = Vec::new();
        while let Event::Line(line) = child.next_event(deadline, true).unwrap() {
            seen.push(String::from_utf8(line).unwrap());
        }
        seen
    }

    #[test]
    fn a_worker_speaks_over_its_socket_and_answers_in_its_file() {
        let mut answers = tempfile::tempfile().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "read a; echo \"<$a>\" >&0; echo answer; echo words >&2"]);
        let mut child = Child::spawn_worker(&mut command, answers.try_clone().unwrap()).unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        child.write(b"one\n", deadline).unwrap();
        assert_eq!(lines(&mut child, deadline), ["<one>"]);
        let mut answer = String::new();
        std::io::Seek::rewind(&mut answers).unwrap();
        std::io::Read::read_to_string(&mut answers, &mut answer).unwrap();
        assert_eq!((answer.as_str(), child.take_stderr().as_slice()), ("answer\n", &b"words\n"[..]));
    }

    #[test]
    fn a_worker_that_does_not_read_does_not_hold_us() {
        let mut command = Command::new("/bin/sleep");
        let answers = tempfile::tempfile().unwrap();
        let mut child = Child::spawn_worker(command.arg("60"), answers).unwrap();
        let words = vec![b'x'; 4 << 20];
        let error = child.write(&words, Instant::now() + Duration::from_millis(200)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
