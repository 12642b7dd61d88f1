//! One child process that may hang, flood, crash, or leave children of its own behind.
//!
//! It gets no input, a time limit and a limit on what is read of it, and it is the leader of a process
//! group, so that whatever it started ends with it.

use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// How often the child is looked at. An interpreter takes ten times as long to start.
const TICK: Duration = Duration::from_millis(2);

/// How long to wait for the end of a pipe whose writers have all been killed. A process that left the group
/// may hold it open for ever.
const GRACE: Duration = Duration::from_millis(200);

/// How a child ended.
#[derive(Debug)]
pub(crate) enum End {
    /// By itself, or by somebody else's signal.
    Exited(ExitStatus),
    /// It ran out of time and was killed.
    TimedOut,
    /// It wrote more to stdout than may be read, and was killed.
    Flooded,
    /// The caller gave up, and it was killed.
    Cancelled,
}

/// What a child left.
#[derive(Debug)]
pub(crate) struct Output {
    /// How it ended.
    pub(crate) end: End,
    /// Everything it wrote to stdout.
    pub(crate) stdout: String,
    /// The start of what it wrote to stderr.
    pub(crate) stderr: String,
}

/// What a child may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits<'a> {
    /// Wall time.
    pub(crate) time: Duration,
    /// Bytes of stdout; one more and it is killed.
    pub(crate) stdout: usize,
    /// Bytes of stderr that are kept; the rest is read and forgotten.
    pub(crate) stderr: usize,
    /// Set when nobody wants the output any more.
    pub(crate) cancel: &'a AtomicBool,
}

/// Runs `command` to its end, or to the end of its `limits`. An error means that it did not start.
pub(crate) fn run(command: &mut Command, limits: Limits<'_>) -> io::Result<Output> {
    let deadline = Instant::now() + limits.time;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn()?;
    let stdout = child.stdout.take().map(|pipe| Capture::start(pipe, limits.stdout, Excess::Stop));
    let stderr = child.stderr.take().map(|pipe| Capture::start(pipe, limits.stderr, Excess::Forget));

    let leader = Pid::from_child(&child);
    let flooded = || stdout.as_ref().is_some_and(Capture::is_full);
    let stopped = loop {
        if has_ended(leader)? {
            break None;
        } else if flooded() {
            break Some(End::Flooded);
        } else if limits.cancel.load(Ordering::Relaxed) {
            break Some(End::Cancelled);
        } else if Instant::now() >= deadline {
            break Some(End::TimedOut);
        }
        thread::sleep(TICK);
    };
    // Before the child is reaped: until then its number, which is the group's, cannot be given to another.
    let _ = kill_process_group(leader, Signal::KILL);
    let status = child.wait()?;
    let text = |capture: Option<&Capture>| capture.map(Capture::finish).unwrap_or_default();
    let (stdout_text, stderr_text) = (text(stdout.as_ref()), text(stderr.as_ref()));
    let end = match stopped {
        Some(end) => end,
        None if flooded() => End::Flooded,
        None => End::Exited(status),
    };
    Ok(Output { end, stdout: stdout_text, stderr: stderr_text })
}

/// Whether the child has ended; it is not reaped.
fn has_ended(child: Pid) -> io::Result<bool> {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    Ok(waitid(WaitId::Pid(child), options)?.is_some())
}

/// What to do with more bytes than are kept.
#[derive(Clone, Copy)]
enum Excess {
    /// Read no more: the writer's next write fails.
    Stop,
    /// Read on and throw away: the writer notices nothing.
    Forget,
}

/// A pipe that a thread reads.
struct Capture {
    shared: Arc<Shared>,
    ended: Receiver<()>,
}

#[derive(Default)]
struct Shared {
    bytes: Mutex<Vec<u8>>,
    full: AtomicBool,
}

impl Capture {
    /// Reads `pipe` on a thread of its own and keeps the first `limit` bytes.
    fn start(mut pipe: impl Read + Send + 'static, limit: usize, excess: Excess) -> Self {
        let shared = Arc::new(Shared::default());
        let (end, ended) = channel::<()>();
        let writer = Arc::clone(&shared);
        thread::spawn(move || {
            let _end = end; // Dropped with the thread, which the receiver sees.
            let mut chunk = [0; 8192];
            while let Ok(length @ 1..) = pipe.read(&mut chunk) {
                let mut bytes = writer.bytes.lock().unwrap_or_else(PoisonError::into_inner);
                let room = limit - bytes.len();
                bytes.extend_from_slice(&chunk[..length.min(room)]);
                if length > room {
                    writer.full.store(true, Ordering::Relaxed);
                    if matches!(excess, Excess::Stop) {
                        break;
                    }
                }
            }
        });
        Self { shared, ended }
    }

    fn is_full(&self) -> bool {
        self.shared.full.load(Ordering::Relaxed)
    }

    /// What was read, at the pipe's end or after a short wait for it.
    fn finish(&self) -> String {
        let _ = self.ended.recv_timeout(GRACE);
        let bytes = self.shared.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
