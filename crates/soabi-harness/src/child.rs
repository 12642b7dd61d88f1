//! Child processes: each in a process group of its own, with a time limit, with bounded output.
//!
//! Whatever happens, a group does not outlive the [`Child`] that stands for it: it is killed when the value
//! is dropped, and [`end_all`] ends every group at once when the user asks for it.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
pub use rustix::process::Resource;
use rustix::process::{Pid, Rlimit, Signal, WaitId, WaitIdOptions, kill_process, kill_process_group, waitid};

/// How much of a stream is kept. A child that floods its output is read to the end all the same, so that it
/// does what it would do elsewhere.
const KEPT: usize = 1 << 20;

/// How long a child that has closed its output may take to end before it is looked at less often.
const SOON: Duration = Duration::from_millis(5);

/// The groups that are alive.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());

/// Ends every process group that is alive, and what they left behind. For the handler of Ctrl-C, after which
/// nothing is started any more: the lock is not given back.
pub fn end_all() {
    let groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
    groups.iter().copied().for_each(kill);
    end_orphans_except(&groups);
    std::mem::forget(groups);
}

/// Makes this process the parent of what its children leave behind, so that [`end_orphans`] finds it. Where
/// there is no such thing (it is Linux's), orphans are the system's.
pub fn adopt_orphans() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Ends the processes that children of this process started and left behind in groups of their own.
pub fn end_orphans() {
    // With the lock nobody is being started: a child that is in no group is nobody's.
    end_orphans_except(&GROUPS.lock().unwrap_or_else(PoisonError::into_inner));
}

fn end_orphans_except(groups: &[Pid]) {
    for orphan in own_children().filter(|pid| !groups.contains(pid)) {
        kill(orphan);
        let _ = kill_process(orphan, Signal::KILL);
        let _ = rustix::process::waitpid(Some(orphan), rustix::process::WaitOptions::empty());
    }
}

/// The children of this process, of whatever thread, as Linux lists them. Nothing elsewhere.
fn own_children() -> impl Iterator<Item = Pid> {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let pids: Vec<_> = lists
        .flat_map(|list| list.split_whitespace().map(str::parse).collect::<Vec<_>>())
        .filter_map(|pid| Pid::from_raw(pid.ok()?))
        .collect();
    pids.into_iter()
}

/// A process group that a child of ours made of one of its own children. It is killed when the value is dropped.
#[derive(Debug)]
pub struct Group(Option<Pid>);

impl Group {
    /// The group whose leader is, or is about to be, the process `pid`.
    pub fn adopt(pid: i32) -> Self {
        let group = Pid::from_raw(pid);
        GROUPS.lock().unwrap_or_else(PoisonError::into_inner).extend(group);
        Self(group)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
            kill(group);
            groups.retain(|&other| other != group);
        }
    }
}

fn kill(group: Pid) {
    // A group that is gone already is what is wanted.
    let _ = kill_process_group(group, Signal::KILL);
}

/// A running child.
pub struct Child {
    process: std::process::Child,
    /// Its process group, as long as it is alive.
    group: Option<Pid>,
    stdin: Option<ChildStdin>,
    stdout: Stream<ChildStdout>,
    stderr: Stream<ChildStderr>,
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

/// A child that has ended, by itself or because its time was up.
#[derive(Debug)]
pub struct Finished {
    /// How it ended; `None` when its time was up.
    pub status: Option<ExitStatus>,
    /// The beginning of its stdout.
    pub stdout: Vec<u8>,
    /// The beginning of its stderr.
    pub stderr: Vec<u8>,
}

/// Runs `command` to its end, or for no longer than `limit`.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Finished> {
    let mut child = Child::spawn(command.stdin(Stdio::null()))?;
    let deadline = Instant::now() + limit;
    let status = loop {
        match child.next_event(deadline, false)? {
            Event::Ended(status) => break Some(status),
            Event::TimedOut => break None,
            Event::Line(_) => {}
        }
    };
    Ok(Finished { status, stdout: std::mem::take(&mut child.stdout.kept), stderr: child.take_stderr() })
}

impl Child {
    /// Starts `command` in a process group of its own, with stdout and stderr captured. Its stdin is the
    /// caller's choice.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
        command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
        let mut process = command.spawn()?;
        let group = Pid::from_child(&process);
        groups.push(group);
        drop(groups);
        let stdin = process.stdin.take();
        let (stdout, stderr) = (Stream::new(process.stdout.take())?, Stream::new(process.stderr.take())?);
        Ok(Self { process, group: Some(group), stdin, stdout, stderr })
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
            if self.stdout.open || self.stderr.open {
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

    /// The status, if the child has ended. What it left behind in its group ends with it.
    ///
    /// The group is killed before its leader is reaped: until then nobody else can have its number.
    fn try_end(&mut self) -> io::Result<Option<ExitStatus>> {
        if self.group.is_some() {
            let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            let pid = Pid::from_child(&self.process);
            if waitid(WaitId::Pid(pid), look)?.is_none() {
                return Ok(None);
            }
            self.end_group();
        }
        self.process.wait().map(Some)
    }

    fn end_group(&mut self) {
        if let Some(group) = self.group.take() {
            let mut groups = GROUPS.lock().unwrap_or_else(PoisonError::into_inner);
            kill(group);
            groups.retain(|&other| other != group);
        }
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
        self.stderr.drain()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end_group();
        let _ = self.process.wait();
    }
}

/// One captured stream.
struct Stream<R> {
    pipe: Option<R>,
    open: bool,
    kept: Vec<u8>,
}

impl<R: Read + AsFd> Stream<R> {
    fn new(pipe: Option<R>) -> io::Result<Self> {
        if let Some(pipe) = &pipe {
            let flags = rustix::fs::fcntl_getfl(pipe)?;
            rustix::fs::fcntl_setfl(pipe, flags | rustix::fs::OFlags::NONBLOCK)?;
        }
        Ok(Self { open: pipe.is_some(), pipe, kept: Vec::new() })
    }

    fn pollable(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().filter(|_| self.open).map(AsFd::as_fd)
    }

    /// Reads what is there. Beyond [`KEPT`] it is read and forgotten.
    fn drain(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        while let Some(pipe) = self.pipe.as_mut().filter(|_| self.open) {
            match pipe.read(&mut buffer) {
                Ok(0) => self.open = false,
                Ok(length) => {
                    let room = KEPT.saturating_sub(self.kept.len());
                    self.kept.extend_from_slice(&buffer[..length.min(room)]);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn take_line(&mut self) -> Option<Vec<u8>> {
        let end = self.kept.iter().position(|&byte| byte == b'\n')?;
        let mut line: Vec<u8> = self.kept.drain(..=end).collect();
        line.pop();
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    const PLENTY: Duration = Duration::from_secs(20);

    #[test]
    fn output_and_status_come_back() {
        let finished = run(&mut sh("echo out; echo err >&2; exit 3"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(3));
        assert_eq!((&finished.stdout[..], &finished.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
    }

    #[test]
    fn a_signal_is_a_signal() {
        let finished = run(&mut sh("kill -SEGV $$"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().signal(), Some(11));
    }

    #[test]
    fn time_is_up_for_the_whole_group() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("the-grandchild-lived-on");
        let script = format!("(sleep 1; : > '{}') & sleep 60", mark.display());
        let finished = run(&mut sh(&script), Duration::from_millis(100)).unwrap();
        assert!(finished.status.is_none());
        std::thread::sleep(Duration::from_millis(1500));
        assert!(!mark.exists());
    }

    #[test]
    fn a_grandchild_that_holds_the_pipes_does_not_hold_us() {
        let finished = run(&mut sh("sleep 60 & exit 4"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(4));
    }

    #[test]
    fn a_child_that_closes_its_output_is_waited_for() {
        let finished = run(&mut sh("exec >&- 2>&-; sleep 0.1; exit 5"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(5));
    }

    #[test]
    fn a_flood_is_read_to_its_end_and_not_kept() {
        let finished = run(&mut sh("head -c 5000000 /dev/zero; exit 6"), PLENTY).unwrap();
        assert_eq!(finished.status.unwrap().code(), Some(6));
        assert_eq!(finished.stdout.len(), KEPT);
    }

    #[test]
    fn lines_come_one_by_one_and_then_the_end() {
        let mut child = Child::spawn(sh("read a; echo \"<$a>\"; echo two").stdin(Stdio::piped())).unwrap();
        child.write(b"one\n").unwrap();
        let deadline = Instant::now() + PLENTY;
        let mut seen = Vec::new();
        while let Event::Line(line) = child.next_event(deadline, true).unwrap() {
            seen.push(String::from_utf8(line).unwrap());
        }
        assert_eq!(seen, ["<one>", "two"]);
    }
}
