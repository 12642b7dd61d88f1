//! One running child.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Resource, Rlimit, WaitId, WaitIdOptions, waitid};

use crate::groups;
use crate::stream::Stream;

/// How long a child that has closed its output may take to end before it is looked at less often.
const SOON: Duration = Duration::from_millis(5);

/// A running child.
pub struct Child {
    process: std::process::Child,
    /// Its process group, as long as it is alive.
    group: Option<Pid>,
    stdin: Option<ChildStdin>,
    stdout: Stream<ChildStdout>,
    stderr: Stream<ChildStderr>,
    /// Whether it may write more to stdout than is kept.
    may_flood: bool,
}

/// What ended the wait for a child.
#[derive(Debug)]
pub enum Event {
    /// A line of its stdout, without the newline.
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
        command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut groups = groups::lock();
        let mut process = command.spawn()?;
        let group = Pid::from_child(&process);
        groups.push(group);
        drop(groups);
        let stdin = process.stdin.take();
        let (stdout, stderr) = (Stream::new(process.stdout.take())?, Stream::new(process.stderr.take())?);
        Ok(Self { process, group: Some(group), stdin, stdout, stderr, may_flood: true })
    }

    /// The same child, which is killed when it writes more to stdout than is kept.
    pub(crate) fn that_may_not_flood(mut self) -> Self {
        self.may_flood = false;
        self
    }

    /// Sets a limit of the child's, now and for what it will start. Where the system has no such call (it is
    /// Linux's), there is no such limit.
    pub fn limit(&self, resource: Resource, limit: u64) {
        #[cfg(target_os = "linux")]
        let _ = rustix::process::prlimit(
            Some(Pid::from_child(&self.process)),
            resource,
            Rlimit { current: Some(limit), maximum: Some(limit) },
        );
        #[cfg(not(target_os = "linux"))]
        let _ = (resource, limit);
    }

    /// Writes to the child's stdin, if it was piped.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.stdin {
            Some(stdin) => stdin.write_all(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// Waits for the next line of stdout (with `lines`), for the end of the child, or for the deadline.
    pub fn next_event(&mut self, deadline: Instant, lines: bool) -> io::Result<Event> {
        let mut closed_since = None;
        loop {
            if lines && let Some(line) = self.stdout.take_line() {
                return Ok(Event::Line(line));
            }
            if let Some(status) = self.try_end()? {
                self.stdout.drain()?;
                self.stderr.drain()?;
                let line = if lines { self.stdout.take_line() } else { None };
                return Ok(line.map_or(Event::Ended(status), Event::Line));
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(Event::TimedOut);
            }
            if self.stdout.is_open || self.stderr.is_open {
                self.wait_for_output((deadline - now).min(Duration::from_millis(20)))?;
            } else {
                let since = *closed_since.get_or_insert(now);
                let pause = if now - since < SOON { Duration::from_micros(100) } else { SOON };
                std::thread::sleep(pause.min(deadline - now));
            }
        }
    }

    /// What has been kept of stderr.
    pub fn take_stderr(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.stderr.kept)
    }

    /// What has been kept of stdout, and whether that is not everything.
    pub(crate) fn take_stdout(&mut self) -> (Vec<u8>, bool) {
        (std::mem::take(&mut self.stdout.kept), self.stdout.overflowed)
    }

    /// The status, if the child has ended. What it left behind in its group ends with it.
    ///
    /// The group is killed before its leader is reaped: until then nobody else can have its number. And it is
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

    fn wait_for_output(&mut self, pause: Duration) -> io::Result<()> {
        let pause = Timespec::try_from(pause).map_err(io::Error::other)?;
        let mut fds: Vec<PollFd<'_>> = [self.stdout.pollable(), self.stderr.pollable()]
            .into_iter()
            .flatten()
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        match poll(&mut fds, Some(&pause)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        self.stdout.drain()?;
        self.stderr.drain()?;
        if let Some(group) = self.group.filter(|_| self.stdout.overflowed && !self.may_flood) {
            groups::kill(group);
        }
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            drop(groups::end(group));
        }
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
        child.write(b"one\n").unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut seen = Vec::new();
        while let Event::Line(line) = child.next_event(deadline, true).unwrap() {
            seen.push(String::from_utf8(line).unwrap());
        }
        assert_eq!(seen, ["<one>", "two"]);
    }
}
